/* tests/unit/turn_limit_test.c - what a turn and a conversation are bounded by:
 * both sides of each limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "bind/bind.h"
#include "conversation/internal.h"
#include "turn_world.h"

#define HOUR_MS (3600LL * 1000)

#define says(world, text) assert_non_null(strstr((world)->answer, text))
#define says_not(world, text) assert_null(strstr((world)->answer, text))

#define INIT                                                          \
    {                                                                 \
        "init.lua", "return { apology = 'sorry', holding = 'hold "    \
                    "on',\nflows = { { 'first', fallback = true },\n" \
                    "{ 'second' } } }"                                \
    }
#define END        \
    {              \
        NULL, NULL \
    }

/* ---- time ---- */

/* Asks the web as often as the message says, and says how it ended. */
static const struct turn_flow slow[] = {
    INIT,
    {"first.lua", "local function work(text)\n"
                  "  local last\n"
                  "  for _ = 1, tonumber(text:match '%d+') do\n"
                  "    local a, err = http.get('http://out/x')\n"
                  "    last = a and 'ok' or err.kind\n"
                  "  end\n"
                  "  return text .. ' ' .. last\nend\n"
                  "return function(chat)\n"
                  "  local said = chat.message.text\n"
                  "  while true do said = chat:ask(work(said)) end\nend"},
    {"second.lua", "return function() end"},
    END};

static void a_turns_effects_share_three_and_a_half_seconds(void **state)
{
    struct turn_world *world = turn_world_new(slow, 0);

    (void)state;
    /* In the first turn of a flow, in a later one, after a replay. */
    for (int round = 0; round < 3; round++) {
        world->answers = 0;
        world->delay_ms = 3400;
        turn_ask(world, "c", "a1");
        turn_wait(world, 3400);
        assert_int_equal(world->answers, 1);
        says(world, "a1 ok");
        world->delay_ms = 3600;
        turn_ask(world, "c", "b1");
        turn_wait(world, 3490);
        assert_int_equal(world->answers, 1);
        turn_wait(world, 10);
        assert_int_equal(world->answers, 2);
        says(world, "b1 deadline");
        /* All of them together. */
        world->delay_ms = 1200;
        turn_ask(world, "c", "c3");
        turn_wait(world, 3490);
        assert_int_equal(world->answers, 2);
        turn_wait(world, 10);
        says(world, "c3 deadline");
        if (round == 1)
            usher_run_rest(&usher_stage_worker(world->stage)->newest->run);
    }
    turn_world_free(world);
}

static void the_holding_reply_comes_at_four_seconds(void **state)
{
    struct turn_world *world = turn_world_new(slow, 0);

    (void)state;
    world->delay_ms = 3000;
    turn_ask(world, "c", "a1");
    turn_ask(world, "c", "b1");
    turn_wait(world, 3000);
    says(world, "a1 ok");
    turn_wait(world, 990);
    assert_int_equal(world->answers, 1);
    turn_wait(world, 10);
    assert_int_equal(world->answers, 2);
    says(world, "hold on");
    assert_int_equal(usher_stage_worker(world->stage)->counters.answered_late,
                     1);
    turn_wait(world, 2000);
    assert_int_equal(world->answers, 2);
    turn_world_free(world);
}

/* Who has been told to wait and asks again is told so again, in time: that is a
 * message of its own, since what it repeats has had its answer. */
static void each_call_is_answered_in_time(void **state)
{
    struct turn_world *world = turn_world_new(slow, 0);

    (void)state;
    world->delay_ms = 3400;
    turn_ask(world, "c", "a1");
    turn_ask(world, "c", "b1");
    turn_wait(world, 4000);
    says(world, "hold on");
    turn_ask(world, "c", "b1");
    assert_int_equal(world->answers, 2);
    turn_wait(world, 3990);
    assert_int_equal(world->answers, 2);
    turn_wait(world, 10);
    assert_int_equal(world->answers, 3);
    turn_wait(world, 4000);
    assert_int_equal(world->asked, 3);
    world->delay_ms = 0;
    turn_ask(world, "c", "c1");
    says(world, "[\"b1 ok\",\"b1 ok\",\"c1 ok\"]");
    turn_world_free(world);
}

static const struct turn_flow asks[] = {
    INIT,
    {"first.lua", "return function(chat)\n"
                  "  chat:say('got ' .. chat:ask 'one?')\nend"},
    {"second.lua", "return function() end"},
    END};

/* QUESTION_HOURS; 24 where it is not set. */
static void a_question_waits_for_its_hours(void **state)
{
    static char one[] = "QUESTION_HOURS=1", most[] = "QUESTION_HOURS=720";
    static const struct {
        char *setting;
        int64_t hours;
    } cases[] = {{NULL, 24}, {one, 1}, {most, 720}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]) * 4; i++) {
        int on_disk = i % 2, is_over = i / 2 % 2;
        struct turn_world *world =
            turn_world_with(asks, on_disk, cases[i / 4].setting);

        turn_ask(world, "c", "hi");
        says(world, "one?");
        world->time.wall_ms += cases[i / 4].hours * HOUR_MS + is_over;
        if (on_disk)
            turn_crash(world, NULL);
        turn_ask(world, "c", "red");
        says(world, is_over ? "one?" : "got red");
        turn_world_free(world);
    }
}

/* ---- flows that hand over ---- */

static const struct turn_flow circle[] = {
    INIT,
    {"first.lua", "return function(chat)\n"
                  "  local left = chat.memory.left or\n"
                  "    tonumber(chat.message.text)\n"
                  "  if left == 0 then\n"
                  "    chat.memory.left = nil\n"
                  "    return chat:say 'there'\n"
                  "  end\n"
                  "  chat.memory.left = left - 1\n"
                  "  chat:continue(left % 2 == 0 and 'first' or 'second')\n"
                  "end"},
    {"second.lua", "return require 'first'"},
    END};

static void eight_flows_may_hand_over_in_one_turn(void **state)
{
    struct turn_world *world = turn_world_new(circle, 0);

    (void)state;
    turn_ask(world, "c", "8");
    says(world, "there");
    turn_ask(world, "c", "9");
    says(world, "sorry");
    assert_non_null(strstr(world->logged, "in a circle"));
    turn_ask(world, "c", "8");
    says(world, "there");
    turn_world_free(world);
}

/* ---- how much ---- */

/* Does as many effects as the message says. */
static const struct turn_flow busy[] = {
    INIT,
    {"first.lua", "return function(chat)\n"
                  "  local said = chat.message.text\n"
                  "  while true do\n"
                  "    for _ = 1, tonumber(said) do os.time() end\n"
                  "    said = chat:ask('did ' .. said)\n"
                  "  end\nend"},
    {"second.lua", "return function() end"},
    END};

static void a_turn_has_ten_thousand_effects(void **state)
{
    struct turn_world *world = turn_world_new(busy, 0);

    (void)state;
    for (int turn = 0; turn < 3; turn++) {
        turn_ask(world, "c", "9900");
        says(world, "did 9900");
    }
    turn_ask(world, "c", "10001");
    says(world, "sorry");
    assert_non_null(strstr(world->logged, "more than 10000 effects"));
    turn_ask(world, "c", "5");
    says(world, "did 5");
    turn_world_free(world);
}

/* Remembers as many bytes as the message says; and says how many it had. */
static const struct turn_flow remembers[] = {
    INIT,
    {"first.lua",
     "return function(chat)\n"
     "  local had = #(chat.memory.text or '')\n"
     "  chat.memory.text = ('x'):rep(tonumber(chat.message.text))\n"
     "  chat:say('had ' .. had)\nend"},
    {"second.lua", "return function() end"},
    END};

static void a_memory_has_32_kib(void **state)
{
    struct turn_world *world = turn_world_new(remembers, 1);

    (void)state;
    turn_ask(world, "c", "32700"); /* and its name, and their lengths */
    says(world, "had 0");
    turn_ask(world, "c", "32769");
    says(world, "sorry");
    turn_crash(world, NULL);
    turn_ask(world, "c", "1");
    says(world, "had 32700");
    turn_world_free(world);
}

/* Says 20 KiB, after a while; x: a word. */
static const struct turn_flow talks[] = {
    INIT,
    {"first.lua", "return function(chat)\n"
                  "  local said = chat.message.text\n"
                  "  if said == 'x' then return chat:say 'word' end\n"
                  "  http.get('http://out/x')\n"
                  "  for _ = 1, 40 do chat:say(said .. ('y'):rep(500)) end\n"
                  "end"},
    {"second.lua", "return function() end"},
    END};

static void what_nobody_has_heard_is_bounded(void **state)
{
    struct turn_world *world = turn_world_new(talks, 0);
    struct usher_worker *worker = usher_stage_worker(world->stage);

    (void)state;
    world->delay_ms = 3000;
    turn_ask(world, "c", "a");
    turn_ask(world, "c", "b");
    turn_ask(world, "c", "c");
    turn_ask(world, "c", "x");
    turn_wait(world, 6000);
    assert_int_equal(world->answers, 4);
    says(world, "hold on");
    /* b is kept, c has no room beside it. */
    assert_in_range(worker->newest->undelivered.len, 20000, 32 * 1024);
    turn_wait(world, 9000);
    turn_ask(world, "c", "x");
    says(world, "\"byyy");
    says_not(world, "\"cyyy");
    turn_world_free(world);
}

/* Those that have waited longest leave the memory, and are known all the
 * same. */
static void four_thousand_flows_stay_live(void **state)
{
    enum { MOST = 4096, MORE = 4 };
    struct turn_world *world = turn_world_new(asks, 0);
    const struct usher_worker *worker = usher_stage_worker(world->stage);
    char key[16];

    (void)state;
    for (unsigned i = 0; i < MOST + MORE; i++) {
        snprintf(key, sizeof(key), "c%u", i);
        turn_say(world, key, NULL, "hi");
        assert_int_equal(worker->conversations, i < MOST ? i + 1 : MOST);
    }
    assert_memory_equal(worker->oldest->key, "siq:c4", 6);
    assert_int_equal(worker->counters.conversations, MOST);
    turn_ask(world, "c0", "red");
    says(world, "got red");
    assert_int_equal(worker->counters.replays, 1);
    turn_world_free(world);
}

/* ---- what /metrics shows ---- */

static const struct turn_flow counted[] = {
    {"init.lua", "return { apology = 'sorry', tasks = { 'job' },\n"
                 "flows = { { 'first', fallback = true } } }"},
    {"first.lua", "return function(chat)\n"
                  "  local said = chat.message.text\n"
                  "  if said == 'bad' then error 'no' end\n"
                  "  if said == 'hole' then chat:say('x %s', nil) end\n"
                  "  if said == 'task' then chat:task('job') end\n"
                  "  chat:ask 'one?'\n"
                  "  chat:say 'fine'\nend"},
    {"job.lua", "return function(task) return task.tries > 1 end"},
    END};
static const struct turn_flow other[] = {
    {"init.lua", "return { apology = 'sorry', tasks = { 'job' },\n"
                 "flows = { { 'first', fallback = true } } }"},
    {"first.lua", "return function(chat) chat:ask 'uno?' end"},
    {"job.lua", "return function(task) return true end"},
    END};

static void what_happens_is_counted(void **state)
{
    struct turn_world *world = turn_world_new(counted, 1);
    struct usher_worker *worker = usher_stage_worker(world->stage);
    const struct usher_counters *counters = &worker->counters;

    (void)state;
    worker->bind->strict = worker->shared->strict = 0; /* as in service */
    turn_ask(world, "a", "bad");
    assert_int_equal(counters->turns, 1);
    assert_int_equal(counters->apologies, 1);
    assert_int_equal(counters->holes, 0);
    turn_ask(world, "b", "hole");
    says(world, "\"x\"");
    assert_int_equal(counters->holes, 1);
    turn_ask(world, "c", "task");
    turn_wait(world, 60000);
    turn_ask(world, "d", "hi");
    assert_int_equal(counters->turns, 4);
    assert_int_equal(counters->apologies, 1);
    assert_int_equal(counters->tasks_failed, 2);
    assert_int_equal(counters->tasks_done, 1);
    assert_int_equal(counters->conversations, worker->conversations);
    assert_int_equal(counters->replays, 0);
    assert_true(counters->script_bytes > 100000);
    turn_crash(world, NULL);
    counters = &usher_stage_worker(world->stage)->counters;
    turn_ask(world, "d", "x");
    says(world, "fine");
    assert_int_equal(counters->replays, 1);
    assert_int_equal(counters->diverged, 0);
    turn_crash(world, other);
    counters = &usher_stage_worker(world->stage)->counters;
    turn_ask(world, "c", "x");
    says(world, "uno?");
    assert_int_equal(counters->replays, 1);
    assert_int_equal(counters->diverged, 1);
    turn_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_turns_effects_share_three_and_a_half_seconds),
        cmocka_unit_test(the_holding_reply_comes_at_four_seconds),
        cmocka_unit_test(each_call_is_answered_in_time),
        cmocka_unit_test(a_question_waits_for_its_hours),
        cmocka_unit_test(eight_flows_may_hand_over_in_one_turn),
        cmocka_unit_test(a_turn_has_ten_thousand_effects),
        cmocka_unit_test(a_memory_has_32_kib),
        cmocka_unit_test(what_nobody_has_heard_is_bounded),
        cmocka_unit_test(four_thousand_flows_stay_live),
        cmocka_unit_test(what_happens_is_counted),
    };

    return cmocka_run_group_tests_name("turn_limit", tests, NULL, NULL);
}
