/* tests/unit/conversation_test.c - turns of whole conversations: order,
 * crashes, failing commits, flows that hand over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conversation/internal.h"
#include "turn_world.h"

#define says(world, text) assert_non_null(strstr((world)->answer, text))
#define says_not(world, text) assert_null(strstr((world)->answer, text))

#define INIT(flows, more)                                           \
    {                                                               \
        "init.lua", "return { apology = 'sorry', holding "          \
                    "= 'hold on',\n" more "flows = {\n"             \
                    "  { 'first', fallback = true },\n" flows "} }" \
    }
#define END        \
    {              \
        NULL, NULL \
    }

static const struct turn_flow asks[] = {
    INIT("", ""),
    {"first.lua", "return function(chat)\n"
                  "  local a = chat:ask 'one?'\n"
                  "  local b = chat:ask('two? ' .. a)\n"
                  "  chat:say('got ' .. a .. ' ' .. b)\nend"},
    END};

static void a_question_waits_for_its_answer(void **state)
{
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct turn_world *world = turn_world_new(asks, on_disk);

        (void)state;
        turn_ask(world, "c", "hi");
        says(world, "one?");
        turn_ask(world, "c", "red");
        says(world, "two? red");
        turn_crash(world, NULL);
        if (on_disk) {
            turn_ask(world, "c", "blue");
            says(world, "got red blue");
        }
        turn_world_free(world);
    }
}

static const struct turn_flow slow[] = {
    INIT("", ""),
    {"first.lua", "return function(chat)\n"
                  "  local said = chat.message.text\n"
                  "  local a, err = http.post('http://out/x', said)\n"
                  "  chat:say(said .. ' ' .. (a and 'ok' or err.kind))\n"
                  "  assert(a or err.at == clock.now())\nend"},
    END};

static void turns_of_one_conversation_go_in_order(void **state)
{
    struct turn_world *world = turn_world_new(slow, 0);

    (void)state;
    world->delay_ms = 1000;
    turn_say(world, "c", NULL, "first");
    turn_settle(world);
    turn_say(world, "c", NULL, "second");
    turn_settle(world);
    assert_int_equal(world->asked, 1);
    turn_wait(world, 1000);
    assert_int_equal(world->answers, 1);
    says(world, "first ok");
    assert_int_equal(world->asked, 2);
    turn_wait(world, 1000);
    assert_int_equal(world->answers, 2);
    says(world, "second ok");
    turn_world_free(world);
}

static void an_effect_that_hangs_ends_at_the_deadline(void **state)
{
    struct turn_world *world = turn_world_new(slow, 0);

    (void)state;
    world->hang = 1;
    turn_say(world, "c", NULL, "a");
    turn_wait(world, 3490);
    assert_int_equal(world->answers, 0);
    turn_wait(world, 10);
    assert_int_equal(world->answers, 1);
    turn_world_free(world);
}

static void who_waits_behind_a_slow_turn_is_told_so(void **state)
{
    struct turn_world *world = turn_world_new(slow, 0);

    (void)state;
    world->delay_ms = 3000;
    turn_say(world, "c", NULL, "a");
    turn_settle(world);
    turn_say(world, "c", NULL, "b");
    turn_wait(world, 3000);
    says(world, "a ok");
    turn_wait(world, 1000);
    says(world, "hold on");
    /* Nobody waits any more: b's effects have a whole turn's time. */
    turn_wait(world, 3000);
    world->delay_ms = 0;
    turn_ask(world, "c", "c");
    says(world, "b ok");
    says(world, "c ok");
    turn_world_free(world);
}

/* ---- what the answer of a held call decided is not lost ---- */

static const struct turn_flow leaves[] = {INIT("", ""),
                                          {"first.lua",
                                           "return function(chat)\n"
                                           "  http.post('http://out/x', 'x')\n"
                                           "  http.post('http://out/x', 'y')\n"
                                           "  chat:forward 'to a person'\nend"},
                                          END};

static void a_late_forward_comes_with_the_next_answer(void **state)
{
    struct turn_world *world = turn_world_new(leaves, 0);

    (void)state;
    world->delay_ms = 3000;
    turn_say(world, "c", NULL, "a");
    turn_settle(world);
    turn_say(world, "c", NULL, "b");
    turn_wait(world, 3500);
    says(world, "forward");
    turn_wait(world, 500);
    says(world, "hold on");
    turn_wait(world, 10000);
    assert_int_equal(world->answers, 2);
    turn_ask(world, "c", "hello?");
    says(world, "\"action\":\"forward\"");
    says(world, "to a person");
    world->delay_ms = 0;
    turn_ask(world, "c", "again");
    turn_world_free(world);
}

/* ---- flows that hand over to each other ---- */

static const struct turn_flow pair[] = {
    INIT("{ 'second' },", "tasks = { 'job' },\n"),
    {"first.lua", "return function(chat)\n"
                  "  http.post('http://out/x', 'same')\n"
                  "  chat:task('job', {})\n"
                  "  chat:continue 'second'\nend"},
    {"second.lua", "return function(chat)\n"
                   "  http.post('http://out/x', 'same')\n"
                   "  chat:task('job', {})\n"
                   "  if chat.message.text == 'bad' then error 'no' end\n"
                   "  chat:ask 'more?'\n"
                   "  chat:continue 'first'\nend"},
    {"job.lua", "return function(task)\n"
                "  return http.post('http://out/task', 'task')\nend"},
    END};

static void the_same_write_of_two_flows_is_two_writes(void **state)
{
    struct turn_world *world = turn_world_new(pair, 0);

    (void)state;
    turn_ask(world, "c", "hi");
    says(world, "more?");
    turn_wait(world, 100);
    assert_int_equal(world->asked, 4); /* two writes, two tasks */
    turn_ask(world, "c", "go");        /* round again */
    says(world, "more?");
    turn_wait(world, 100);
    assert_int_equal(world->asked, 8);
    turn_world_free(world);
}

static void writes_of_earlier_flows_do_not_pile_up(void **state)
{
    struct turn_world *world = turn_world_new(pair, 1);
    struct conversation *conv;
    size_t once;

    (void)state;
    turn_ask(world, "c", "hi");
    turn_ask(world, "c", "go");
    conv = usher_stage_worker(world->stage)->newest;
    assert_non_null(conv);
    once = conv->run.intents.count;
    for (int i = 0; i < 5; i++)
        turn_ask(world, "c", "go");
    assert_int_equal(conv->run.intents.count, once);
    turn_world_free(world);
}

static void a_replay_behind_another_flow_finds_its_writes(void **state)
{
    struct turn_world *world = turn_world_new(pair, 1);
    unsigned asked;

    (void)state;
    turn_ask(world, "c", "hi");
    turn_wait(world, 100);
    turn_crash(world, NULL);
    asked = world->asked;
    turn_ask(world, "c", "go");
    turn_wait(world, 100);
    says(world, "more?");
    assert_int_equal(world->asked, asked + 4);
    turn_world_free(world);
}

static void a_failed_turn_of_two_flows_writes_once(void **state)
{
    struct turn_world *world = turn_world_new(pair, 0);

    (void)state;
    turn_ask(world, "c", "bad");
    says(world, "sorry");
    turn_wait(world, 100);
    assert_int_equal(world->asked, 3); /* the first task came with a write */
    turn_ask(world, "c", "bad");
    says(world, "sorry");
    turn_ask(world, "c", "good");
    says(world, "more?");
    turn_wait(world, 100);
    assert_int_equal(world->asked, 4); /* and the two tasks, once */
    turn_world_free(world);
}

/* ---- failing ---- */

static const struct turn_flow fails[] = {
    INIT("", ""),
    {"first.lua", "return function(chat)\n"
                  "  local a = chat:ask 'one?'\n"
                  "  http.post('http://out/x', a == 'bad' and 'same' or a)\n"
                  "  if a == 'bad' then error 'no' end\n"
                  "  chat:say('fine ' .. a)\nend"},
    END};

static void a_failed_turn_can_be_tried_again(void **state)
{
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct turn_world *world = turn_world_new(fails, on_disk);

        (void)state;
        turn_ask(world, "c", "hi");
        turn_ask(world, "c", "bad");
        says(world, "sorry");
        turn_ask(world, "c", "bad");
        says(world, "sorry");
        assert_int_equal(world->asked, 1);
        turn_ask(world, "c", "good");
        says(world, "fine good");
        assert_int_equal(world->asked, 2);
        turn_world_free(world);
    }
}

static const struct turn_flow large[] = {
    INIT("", ""),
    {"first.lua", "return function(chat)\n"
                  "  local what = chat.message.text\n"
                  "  if what == 'say' then\n"
                  "    pcall(function()\n"
                  "      for i = 1, 400 do chat:say(('x'):rep(900)) end\n"
                  "    end)\n"
                  "  else\n"
                  "    chat:forward { 'x', department = ('1'):rep(20000) }\n"
                  "  end\nend"},
    END};

static void an_answer_that_does_not_fit_is_an_apology(void **state)
{
    struct turn_world *world = turn_world_new(large, 0);

    (void)state;
    turn_ask(world, "c", "say");
    says(world, "{\"action\":\"reply\",\"replies\":[\"sorry\"]");
    turn_ask(world, "c", "forward");
    says(world, "{\"action\":\"reply\",\"replies\":[\"sorry\"]");
    turn_world_free(world);
}

/* ---- crashes ---- */

static void a_write_cut_off_by_a_crash_is_not_sent_again(void **state)
{
    struct turn_world *world = turn_world_new(slow, 1);

    (void)state;
    world->hang = 1;
    turn_ask(world, "c", "a");
    assert_int_equal(world->asked, 1);
    turn_crash(world, NULL);
    world->hang = 0;
    turn_ask(world, "c", "a");
    says(world, "a unclear");
    assert_int_equal(world->asked, 1);
    turn_ask(world, "c", "a"); /* a new message, a new write */
    says(world, "a ok");
    assert_int_equal(world->asked, 2);
    turn_world_free(world);
}

static const struct turn_flow remembers[] = {INIT("", ""),
                                             {"first.lua",
                                              "return function(chat)\n"
                                              "  chat:ask 'one?'\n"
                                              "  chat.memory.colour = 'red'\n"
                                              "  chat:ask 'two?'\nend"},
                                             END};
static const struct turn_flow remembers_otherwise[] = {
    INIT("", ""),
    {"first.lua", "return function(chat)\n"
                  "  chat:ask('zero? ' .. (chat.memory.colour or 'none'))\n"
                  "end"},
    END};

static void what_was_remembered_outlives_a_divergence(void **state)
{
    struct turn_world *world = turn_world_new(remembers, 1);

    (void)state;
    turn_ask(world, "c", "hi");
    turn_ask(world, "c", "x");
    says(world, "two?");
    turn_crash(world, remembers_otherwise);
    turn_ask(world, "c", "y");
    says(world, "zero? red");
    assert_non_null(strstr(world->logged, "diverged"));
    turn_world_free(world);
}

#ifdef USHER_FAULTS
static void fault(struct turn_world *world, enum usher_store_fault what)
{
    usher_store_fault(usher_stage_store(world->stage), what);
}

static void a_failing_store_is_told_and_nothing_is_kept(void **state)
{
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct turn_world *world = turn_world_new(asks, on_disk);

        (void)state;
        turn_ask(world, "c", "hi");
        fault(world, USHER_STORE_FAULT_COMMIT);
        turn_ask(world, "c", "red");
        says(world, "sorry");
        for (int i = 0; i < 20; i++) {
            char key[16];

            snprintf(key, sizeof(key), "k%d", i);
            turn_ask(world, key, "hi");
            says(world, "sorry");
        }
        assert_int_equal(usher_stage_worker(world->stage)->conversations, 0);
        fault(world, USHER_STORE_FAULT_NONE);
        turn_ask(world, "c", "blue");
        says(world, "two? blue");
        turn_world_free(world);
    }
}

static void a_result_that_cannot_be_kept_is_unclear(void **state)
{
    struct turn_world *world = turn_world_new(slow, 0);

    (void)state;
    world->delay_ms = 100;
    turn_say(world, "c", NULL, "a");
    turn_settle(world);
    fault(world, USHER_STORE_FAULT_COMMIT);
    turn_wait(world, 100);
    says(world, "sorry");
    fault(world, USHER_STORE_FAULT_NONE);
    turn_ask(world, "c", "a");
    says(world, "a unclear");
    assert_int_equal(world->asked, 1);
    turn_world_free(world);
}

static void a_store_that_cannot_be_read_is_told(void **state)
{
    struct turn_world *world = turn_world_new(asks, 1);

    (void)state;
    turn_ask(world, "c", "hi");
    turn_crash(world, NULL);
    fault(world, USHER_STORE_FAULT_LOAD);
    turn_ask(world, "c", "red");
    says(world, "sorry");
    fault(world, USHER_STORE_FAULT_NONE);
    turn_ask(world, "c", "red");
    says(world, "two? red");
    turn_world_free(world);
}
#endif

/* ---- conversations without a key ---- */

static int count_each(void *user, const char *key, size_t key_len, int64_t seq,
                      int64_t updated_ms)
{
    (void)key;
    (void)key_len;
    (void)seq;
    (void)updated_ms;
    ++*(int *)user;
    return 0;
}

static void nothing_is_kept_of_who_cannot_be_found_again(void **state)
{
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct turn_world *world = turn_world_new(asks, on_disk);
        int count = 0;

        (void)state;
        for (int i = 0; i < 3; i++) {
            turn_ask(world, NULL, "hi");
            says(world, "one?");
        }
        assert_int_equal(usher_stage_worker(world->stage)->conversations, 0);
        assert_int_equal(
            usher_store_conversations(usher_stage_store(world->stage), 10,
                                      count_each, &count),
            USHER_OK);
        assert_int_equal(count, 0);
        turn_world_free(world);
    }
}

static void their_tasks_are_kept_all_the_same(void **state)
{
    struct turn_world *world = turn_world_new(pair, 0);

    (void)state;
    turn_ask(world, NULL, "hi");
    turn_wait(world, 100);
    assert_int_equal(world->asked, 4);
    assert_string_equal(turn_task(world, "job"), "done 0");
    turn_world_free(world);
}

/* ---- a caller that asks again from inside its answer ---- */

struct echo {
    struct turn_world *world;
    int left;
};

static void on_echo(void *user, const char *json, size_t len)
{
    static const char body[] =
        "{\"handler\":\"message\",\"message\":{\"text\":\"x\"},"
        "\"visitor\":{\"active_conversation_id\":\"c\"}}";
    struct echo *echo = user;

    (void)json;
    (void)len;
    if (echo->left-- > 0)
        assert_int_equal(
            usher_worker_webhook(usher_stage_worker(echo->world->stage), body,
                                 sizeof(body) - 1, on_echo, echo),
            USHER_OK);
}

static void an_answer_may_ask_again(void **state)
{
    struct turn_world *world = turn_world_new(slow, 0);
    struct echo echo = {world, 3};

    (void)state;
    world->delay_ms = 10;
    on_echo(&echo, NULL, 0);
    turn_wait(world, 1000);
    assert_int_equal(echo.left, -1);
    assert_int_equal(world->asked, 3);
    turn_world_free(world);
}

static void a_question_of_yesterday_is_forgotten(void **state)
{
    struct turn_world *world = turn_world_new(asks, 0);

    (void)state;
    turn_ask(world, "c", "hi");
    world->time.wall_ms += 25LL * 3600 * 1000;
    turn_ask(world, "c", "red");
    says(world, "one?");
    turn_world_free(world);
}

/* ---- the Lua state of a version that is not here ---- */

static unsigned wanted;

/* The first question is lost. */
static void want_state(void *control, size_t index, const char *hash)
{
    struct turn_world *world = control;

    assert_int_equal(index, 0);
    if (wanted++ > 0)
        usher_worker_state_ready(usher_stage_worker(world->stage), hash, NULL,
                                 NULL, USHER_OK);
}

static void who_waits_for_an_old_version_goes_on(void **state)
{
    struct turn_world *world = turn_world_new(asks, 1);
    struct usher_shared *shared;

    (void)state;
    turn_ask(world, "c", "hi");
    says(world, "one?");
    turn_crash(world, slow);
    shared = usher_stage_worker(world->stage)->shared;
    shared->want_state = want_state;
    shared->control = world;
    shared->flow = NULL;
    shared->zoho_event = NULL;
    wanted = 0;
    world->answer[0] = '\0';
    turn_ask(world, "c", "red");
    assert_string_equal(world->answer, "");
    assert_int_equal(wanted, 1);
    turn_ask(world, "c", "blue");
    assert_int_equal(wanted, 2);
    turn_wait(world, 5000);
    assert_int_equal(world->answers, 3);
    turn_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_waits_for_its_answer),
        cmocka_unit_test(turns_of_one_conversation_go_in_order),
        cmocka_unit_test(an_effect_that_hangs_ends_at_the_deadline),
        cmocka_unit_test(who_waits_behind_a_slow_turn_is_told_so),
        cmocka_unit_test(a_late_forward_comes_with_the_next_answer),
        cmocka_unit_test(the_same_write_of_two_flows_is_two_writes),
        cmocka_unit_test(writes_of_earlier_flows_do_not_pile_up),
        cmocka_unit_test(a_replay_behind_another_flow_finds_its_writes),
        cmocka_unit_test(a_failed_turn_of_two_flows_writes_once),
        cmocka_unit_test(a_failed_turn_can_be_tried_again),
        cmocka_unit_test(an_answer_that_does_not_fit_is_an_apology),
        cmocka_unit_test(a_write_cut_off_by_a_crash_is_not_sent_again),
        cmocka_unit_test(what_was_remembered_outlives_a_divergence),
#ifdef USHER_FAULTS
        cmocka_unit_test(a_failing_store_is_told_and_nothing_is_kept),
        cmocka_unit_test(a_result_that_cannot_be_kept_is_unclear),
        cmocka_unit_test(a_store_that_cannot_be_read_is_told),
#endif
        cmocka_unit_test(nothing_is_kept_of_who_cannot_be_found_again),
        cmocka_unit_test(their_tasks_are_kept_all_the_same),
        cmocka_unit_test(an_answer_may_ask_again),
        cmocka_unit_test(a_question_of_yesterday_is_forgotten),
        cmocka_unit_test(who_waits_for_an_old_version_goes_on),
    };

    return cmocka_run_group_tests_name("conversation", tests, NULL, NULL);
}
