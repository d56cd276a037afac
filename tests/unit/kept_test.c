/* tests/unit/kept_test.c - what is on disk before anything leaves the house,
 * and what is known again after a failure, a restart, a crash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conversation/task_internal.h"
#include "turn_world.h"

#define says(world, text) assert_non_null(strstr((world)->answer, text))
#define says_not(world, text) assert_null(strstr((world)->answer, text))

#define INIT                                                             \
    {                                                                    \
        "init.lua", "return { apology = 'sorry', holding = 'hold on',\n" \
                    "tasks = { 'job' }, flows = {\n"                     \
                    "{ 'first', fallback = true },\n"                    \
                    "{ 'second', triggers = { '=second' },\n"            \
                    "  button = { '1', 'Second' } } } }"                 \
    }
#define FLOW(name, text)                                    \
    {                                                       \
        name ".lua", "return function(chat)\n" text "\nend" \
    }
#define TASK(text)                                        \
    {                                                     \
        "job.lua", "return function(task)\n" text "\nend" \
    }
#define END        \
    {              \
        NULL, NULL \
    }

static const struct turn_flow writes[] = {
    INIT,
    FLOW("first", "local a, err = http.post('http://out/x', 'x')\n"
                  "chat:say(a and 'wrote' or err.kind)"),
    FLOW("second", "chat:task('job', {})\n"
                   "chat:say 'noted'"),
    TASK("http.post('http://out/a', 'a')\n"
         "local b = http.post('http://out/b', 'b')\n"
         "if b.status ~= 200 then return nil, { kind = 'rejected' } end\n"
         "http.post('http://out/c', 'c')\n"
         "return true"),
    END};

/* ---- before anything leaves the house ---- */

/* The disk is slow: its answer has not come while the loop has not gone on. */
static void no_answer_goes_out_before_its_commit(void **state)
{
    static const char *const messages[] = {"second", "other"};
    static const struct turn_flow flows[] = {
        INIT, FLOW("first", "chat:ask 'one?'"),
        FLOW("second", "chat:task('job', {})\nchat:say 'noted'"),
        TASK("return true"), END};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct turn_world *world = turn_world_new(flows, 1);
        const struct usher_worker *worker = usher_stage_worker(world->stage);

        turn_ask(world, "c", "hi"); /* what loads has been loaded */
        for (int n = 0; n < 3; n++) {
            unsigned answers = world->answers;

            turn_say(world, "c", NULL, messages[i]);
            assert_int_equal(worker->newest->phase, PHASE_COMMIT);
            assert_int_equal(world->answers, answers);
            assert_int_equal(worker->tasks->open, 0);
            turn_settle(world);
            assert_int_equal(world->answers, answers + 1);
        }
        turn_world_free(world);
    }
}

#ifdef USHER_FAULTS
static void fault(struct turn_world *world, enum usher_store_fault what)
{
    usher_store_fault(usher_stage_store(world->stage), what);
}

static void nothing_is_sent_whose_intent_is_not_kept(void **state)
{
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct turn_world *world = turn_world_new(writes, on_disk);

        (void)state;
        turn_ask(world, "c", "second");
        turn_wait(world, 1000);
        assert_int_equal(world->asked, 3);
        fault(world, USHER_STORE_FAULT_COMMIT);
        turn_ask(world, "c", "x");
        turn_wait(world, 1000);
        says(world, "sorry");
        turn_ask(world, "c", "second");
        turn_wait(world, 1000);
        says(world, "sorry");
        assert_int_equal(world->asked, 3);
        assert_int_equal(usher_stage_worker(world->stage)->tasks->open, 0);
        fault(world, USHER_STORE_FAULT_NONE);
        turn_ask(world, "c", "x");
        says(world, "wrote");
        assert_int_equal(world->asked, 4);
        turn_world_free(world);
    }
}

/* The last commit of a task fails, once: it is not lost, and nothing that it
 * did is done again. */
static void an_end_that_is_not_kept_comes_again(void **state)
{
    static const unsigned statuses[] = {200, 409};
    static const struct turn_flow flows[] = {
        INIT, FLOW("first", "chat:say 'x'"),
        FLOW("second", "chat:task('job', {})\nchat:say 'noted'"),
        TASK("http.post('http://out/a', 'a')\n"
             "local b = http.get('http://out/b')\n"
             "if b.status == 200 then return true end\n"
             "return nil, { kind = 'unclear' }"),
        END};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        int on_disk = (int)i % 2;
        struct turn_world *world = turn_world_new(flows, on_disk);

        world->delay_ms = 100;
        turn_ask(world, "c", "second");
        turn_wait(world, 150);
        assert_int_equal(world->asked, 2);
        world->status = statuses[i / 2];
        fault(world, USHER_STORE_FAULT_COMMIT);
        turn_wait(world, 60);
        assert_int_equal(usher_stage_worker(world->stage)->tasks->open, 1);
        assert_int_equal(
            usher_stage_worker(world->stage)->counters.commits_failed, 1);
        assert_string_equal(turn_task(world, "job"), "ready 0");
        assert_string_equal(world->done, "POST /a\n");
        fault(world, USHER_STORE_FAULT_NONE);
        if (on_disk)
            turn_crash(world, NULL);
        turn_wait(world, 10000);
        assert_memory_equal(turn_task(world, "job"), i / 2 ? "dead" : "done",
                            4);
        assert_string_equal(world->done, "POST /a\n");
        assert_int_equal(usher_stage_worker(world->stage)->tasks->open, 0);
        turn_world_free(world);
    }
}
#endif

/* ---- what was done is not done again ---- */

static void a_step_that_is_done_is_done_once(void **state)
{
    (void)state;
    for (int restart = 0; restart < 2; restart++) {
        struct turn_world *world = turn_world_new(writes, 1);

        world->refused = "/b";
        world->refusals = 3;
        turn_ask(world, "c", "second");
        for (int i = 0; i < 4; i++) {
            if (restart)
                turn_crash(world, NULL);
            turn_wait(world, 60000);
        }
        assert_string_equal(world->done, "POST /a\nPOST /b\nPOST /c\n");
        assert_int_equal(world->asked, 6);
        assert_string_equal(turn_task(world, "job"), "done 3");
        turn_world_free(world);
    }
}

/* A crash at each moment of a try: a step is done once, or a person hears that
 * nobody knows. */
static void a_try_that_is_cut_off_goes_on(void **state)
{
    (void)state;
    for (unsigned at = 1; at <= 3; at++) {
        struct turn_world *world = turn_world_new(writes, 1);

        world->delay_ms = 100;
        turn_ask(world, "c", "second");
        turn_wait(world, (int64_t)at * 100 - 50);
        assert_int_equal(world->asked, at);
        turn_crash(world, NULL);
        turn_wait(world, 60000);
        /* What was under way is unclear, and the flow went on (a, c) or
         * raised (b). */
        assert_int_equal(world->asked, at == 2 ? 2 : 3);
        turn_world_free(world);
    }
}

/* The flow was edited while it was cut off: from its start, with what it wrote
 * known. */
static void a_try_that_an_edit_leads_elsewhere_begins_anew(void **state)
{
    static const struct turn_flow before[] = {
        INIT, FLOW("first", "chat:task('job', {})\nchat:say 'noted'"),
        FLOW("second", ""),
        TASK("http.post('http://out/a', 'a')\nhttp.get('http://out/b')"), END};
    static const struct turn_flow edited[] = {
        INIT, FLOW("first", ""), FLOW("second", ""),
        TASK("http.get('http://out/c')\n"
             "http.post('http://out/a', 'a')\n"
             "http.post('http://out/d', 'd')\nreturn true"),
        END};
    struct turn_world *world = turn_world_new(before, 1);

    (void)state;
    world->delay_ms = 100;
    turn_ask(world, "c", "hi");
    turn_wait(world, 150);
    assert_int_equal(world->asked, 2);
    world->delay_ms = 0;
    turn_crash(world, edited);
    turn_wait(world, 60000);
    assert_int_equal(usher_stage_worker(world->stage)->counters.diverged, 1);
    assert_string_equal(world->done, "POST /a\nPOST /d\n");
    assert_memory_equal(turn_task(world, "job"), "done", 4);
    turn_world_free(world);
}

/* A turn that is cut off at its write and said again: its answer has what it
 * said before and after, and nothing of the turns before. */
static void a_turn_that_is_cut_off_says_all_of_it_once(void **state)
{
    static const struct turn_flow flows[] = {
        INIT,
        FLOW("first", "chat:say 'hello'\n"
                      "chat:say('got ' .. chat:ask 'one?')\n"
                      "local a, err = http.post('http://out/x', 'x')\n"
                      "chat:say(a and 'wrote' or err.kind)\n"
                      "chat:ask 'two?'\n"
                      "chat:say 'end'"),
        FLOW("second", "chat:say 'begun'\n"
                       "local a, err = http.post('http://out/x', 'x')\n"
                       "chat:say(a and 'wrote' or err.kind)"),
        TASK("return"), END};
    struct turn_world *world = turn_world_new(flows, 1);

    (void)state;
    turn_ask(world, "c", "hi");
    says(world, "[\"hello\",\"one?\"]");
    world->hang = 1;
    turn_ask(world, "c", "red");
    turn_crash(world, NULL);
    world->hang = 0;
    turn_ask(world, "c", "red");
    says(world, "[\"got red\",\"unclear\",\"two?\"]");
    turn_crash(world, NULL);
    turn_ask(world, "c", "x");
    says(world, "[\"end\"]");
    world->hang = 1;
    turn_ask(world, "c", "second");
    turn_crash(world, NULL);
    world->hang = 0;
    turn_ask(world, "c", "second");
    says(world, "[\"begun\",\"unclear\"]");
    turn_world_free(world);
}

/* ---- what a conversation is known by after a restart ---- */

static void what_was_said_late_is_heard_after_a_restart(void **state)
{
    static const struct turn_flow flows[] = {
        INIT,
        FLOW("first", "local said = chat.message.text\n"
                      "http.get('http://out/x')\n"
                      "chat:say('late ' .. said)\n"
                      "if said == 'go' then chat:forward 'to a person' end"),
        FLOW("second", "chat:say 'second'"), TASK("return"), END};

    (void)state;
    for (int leaves = 0; leaves < 2; leaves++) {
        struct turn_world *world = turn_world_new(flows, 1);

        world->delay_ms = 3000;
        turn_ask(world, "c", "a");
        turn_ask(world, "c", leaves ? "go" : "stay");
        turn_wait(world, 10000);
        assert_int_equal(world->answers, 2);
        says(world, "hold on");
        turn_crash(world, NULL);
        turn_ask(world, "c", "second");
        says(world, leaves ? "\"action\":\"forward\"" : "\"action\":\"reply\"");
        says(world, leaves ? "late go" : "\"late stay\",\"second\"");
        turn_ask(world, "c", "second");
        says_not(world, "late");
        says(world, "\"second\"");
        turn_world_free(world);
    }
}

static void a_late_hand_over_of_yesterday_is_none(void **state)
{
    static const struct turn_flow flows[] = {
        INIT,
        FLOW("first", "http.get('http://out/x')\nchat:forward 'to a person'"),
        FLOW("second", "chat:say 'second'"), TASK("return"), END};
    static const struct {
        int64_t hours;
        const char *answer;
    } cases[] = {{23, "forward"}, {25, "second"}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct turn_world *world = turn_world_new(flows, 1);

        world->delay_ms = 3000;
        turn_ask(world, "c", "a");
        turn_ask(world, "c", "b");
        turn_wait(world, 10000);
        world->time.wall_ms += cases[i].hours * 3600 * 1000;
        turn_ask(world, "c", "second");
        says(world, cases[i].answer);
        turn_world_free(world);
    }
}

static void numbers_of_buttons_are_known_after_a_restart(void **state)
{
    static const struct turn_flow flows[] = {
        INIT,
        FLOW("first", "chat:say { chat.message.text .. '?',\n"
                      "  buttons = chat.message.text ~= '1'\n"
                      "    and { 'second' } or nil }"),
        FLOW("second", "chat:say 'second'"), TASK("return"), END};
    struct turn_world *world = turn_world_new(flows, 1);

    (void)state;
    turn_ask(world, "c", "1");
    says(world, "1?");
    turn_ask(world, "c", "hi");
    turn_crash(world, NULL);
    turn_ask(world, "c", "1");
    says(world, "second");
    turn_crash(world, NULL);
    turn_ask(world, "c", "1");
    says(world, "1?");
    turn_world_free(world);
}

/* A first turn that failed, a later one that did, a flow that was edited: what
 * was written is known. */
static void writes_are_known_after_a_restart(void **state)
{
    static const struct turn_flow fails[] = {
        INIT,
        FLOW("first", "http.post('http://out/a', 'a')\n"
                      "if chat.message.text == 'bad' then error 'no' end\n"
                      "local said = chat:ask 'one?'\n"
                      "http.post('http://out/b', 'b')\n"
                      "if said == 'bad' then error 'no' end\n"
                      "chat:say 'fine'"),
        FLOW("second", "chat:say 'second'"), TASK("return"), END};
    static const struct turn_flow edited[] = {
        INIT,
        FLOW("first", "http.post('http://out/a', 'a')\n"
                      "http.post('http://out/b', 'b')\n"
                      "chat:ask 'uno?'"),
        FLOW("second", "chat:say 'second'"), TASK("return"), END};
    struct turn_world *world = turn_world_new(fails, 1);

    (void)state;
    turn_ask(world, "c", "bad");
    says(world, "sorry");
    turn_crash(world, NULL);
    turn_ask(world, "c", "good");
    says(world, "one?");
    assert_string_equal(world->done, "POST /a\n");
    turn_crash(world, NULL);
    turn_ask(world, "c", "bad");
    says(world, "sorry");
    assert_string_equal(world->done, "POST /a\nPOST /b\n");
    turn_crash(world, edited);
    turn_ask(world, "c", "good");
    says(world, "uno?");
    assert_string_equal(world->done, "POST /a\nPOST /b\n");
    turn_world_free(world);
}

/* A replay begins with what the flow began with. */
static void a_replay_remembers_no_more_than_the_flow_did(void **state)
{
    static const struct turn_flow flows[] = {
        INIT,
        FLOW("first", "local n = (chat.memory.n or 0) + 1\n"
                      "chat.memory.n = n\n"
                      "chat:ask('one?')\n"
                      "chat:say('%d times', n)"),
        FLOW("second", "chat:say('in all %d', chat.memory.n)"), TASK("return"),
        END};
    struct turn_world *world = turn_world_new(flows, 1);

    (void)state;
    for (int i = 1; i <= 2; i++) {
        char times[24];

        snprintf(times, sizeof(times), "%d times", i);
        turn_ask(world, "c", "hi");
        says(world, "one?");
        turn_crash(world, NULL);
        turn_ask(world, "c", "x");
        says(world, times);
    }
    turn_ask(world, "c", "second");
    says(world, "in all 2");
    turn_crash(world, NULL);
    turn_ask(world, "c", "second");
    says(world, "in all 2");
    turn_world_free(world);
}

/* ---- the version it waits in ---- */

static unsigned wanted;
static char wishes[4][65];

static void want_noted(void *control, size_t index, const char *hash)
{
    (void)control;
    (void)index;
    assert_true(wanted < 4);
    memcpy(wishes[wanted++], hash, 65);
}

static void wishes_note(struct turn_world *world)
{
    struct usher_shared *shared = usher_stage_worker(world->stage)->shared;

    shared->want_state = want_noted;
    shared->flow = NULL;
    shared->zoho_event = NULL;
    wanted = 0;
    world->answers = 0;
}

/* There is none: it could not be read, or (USHER_OK) the newest must do. */
static void state_comes(struct turn_world *world, const char *hash,
                        enum usher_status why)
{
    usher_worker_state_ready(usher_stage_worker(world->stage), hash, NULL, NULL,
                             why);
    turn_settle(world);
}

/* Two visitors wait in one version, and one in another. */
static void who_waits_for_one_version_waits_for_no_other(void **state)
{
    static const struct turn_flow versions[][5] = {
        {INIT, FLOW("first", "chat:ask 'one?'"), FLOW("second", ""),
         TASK("return"), END},
        {INIT, FLOW("first", "chat:ask 'uno?'"), FLOW("second", ""),
         TASK("return"), END},
        {INIT, FLOW("first", "chat:ask 'eins?'"), FLOW("second", ""),
         TASK("return"), END},
    };
    struct turn_world *world = turn_world_new(versions[0], 1);

    (void)state;
    turn_ask(world, "a", "hi");
    turn_ask(world, "b", "hi");
    turn_crash(world, versions[1]);
    turn_ask(world, "c", "hi");
    says(world, "uno?");
    turn_crash(world, versions[2]);
    wishes_note(world);
    turn_ask(world, "a", "x");
    turn_ask(world, "c", "x");
    turn_ask(world, "b", "x");
    assert_string_equal(wishes[0], wishes[2]);
    assert_string_not_equal(wishes[0], wishes[1]);
    assert_int_equal(world->answers, 0);
    state_comes(world, wishes[1], USHER_OK);
    assert_int_equal(world->answers, 1);
    state_comes(world, wishes[0], USHER_OK);
    assert_int_equal(world->answers, 3);
    turn_world_free(world);
}

/* Nothing is done on another one, and all is as it was once it can be read. */
static void a_version_that_cannot_be_read_sends_nobody_elsewhere(void **state)
{
    static const struct turn_flow first[] = {
        INIT, FLOW("first", "chat:say('got ' .. chat:ask 'one?')"),
        FLOW("second", ""), TASK("return"), END};
    static const struct turn_flow edited[] = {
        INIT, FLOW("first", "http.post('http://out/x', 'x')"),
        FLOW("second", ""), TASK("return"), END};
    struct turn_world *world = turn_world_new(first, 1);

    (void)state;
    turn_ask(world, "c", "hi");
    turn_crash(world, edited);
    wishes_note(world);
    for (unsigned i = 0; i < 2; i++) {
        turn_say(world, "c", NULL, "x");
        turn_say(world, "c", NULL, "y");
        turn_settle(world);
        assert_int_equal(world->answers, 2 * i);
        state_comes(world, wishes[0], USHER_ERR_PARSE);
        if (world->answers < 2 * (i + 1)) /* y asks once more */
            state_comes(world, wishes[0], USHER_ERR_PARSE);
        assert_int_equal(world->answers, 2 * (i + 1));
        says(world, "sorry");
    }
    assert_int_equal(world->asked, 0);
    turn_crash(world, first);
    turn_ask(world, "c", "red");
    says(world, "got red");
    turn_world_free(world);
}

/* ---- the end ---- */

/* The worker has stopped, its store too: what was committed meanwhile is told
 * to it, and it sends nothing any more. The next start finds it unclear. */
static void nothing_is_sent_once_the_worker_has_stopped(void **state)
{
    static const char *const messages[] = {"x", "second"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct turn_world *world = turn_world_new(writes, 1);
        struct usher_worker *worker = usher_stage_worker(world->stage);

        assert_int_equal(usher_worker_start(worker), USHER_OK);
        usher_worker_stop(worker);
        turn_say(world, "c", NULL, messages[i]);
        for (int n = 0; n < 200; n++)
            usher_loop_step(worker->loop, n < 20 ? 5 : 0);
        assert_int_equal(world->asked, 0);
        turn_crash(world, NULL);
        turn_wait(world, 1000);
        if (i == 0)
            says(world, "sorry"); /* as the engine ends: a way to a person */
        turn_ask(world, "c", messages[0]);
        if (i == 0)
            says(world, "unclear");
        turn_world_free(world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_answer_goes_out_before_its_commit),
#ifdef USHER_FAULTS
        cmocka_unit_test(nothing_is_sent_whose_intent_is_not_kept),
        cmocka_unit_test(an_end_that_is_not_kept_comes_again),
#endif
        cmocka_unit_test(a_step_that_is_done_is_done_once),
        cmocka_unit_test(a_try_that_is_cut_off_goes_on),
        cmocka_unit_test(a_try_that_an_edit_leads_elsewhere_begins_anew),
        cmocka_unit_test(a_turn_that_is_cut_off_says_all_of_it_once),
        cmocka_unit_test(what_was_said_late_is_heard_after_a_restart),
        cmocka_unit_test(a_late_hand_over_of_yesterday_is_none),
        cmocka_unit_test(numbers_of_buttons_are_known_after_a_restart),
        cmocka_unit_test(writes_are_known_after_a_restart),
        cmocka_unit_test(a_replay_remembers_no_more_than_the_flow_did),
        cmocka_unit_test(who_waits_for_one_version_waits_for_no_other),
        cmocka_unit_test(a_version_that_cannot_be_read_sends_nobody_elsewhere),
        cmocka_unit_test(nothing_is_sent_once_the_worker_has_stopped),
    };

    return cmocka_run_group_tests_name("kept", tests, NULL, NULL);
}
