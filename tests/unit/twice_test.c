/* tests/unit/twice_test.c - a write that was done is not done a second time
 * because the clock or chance is in its body: over tries of a task, over turns
 * that failed, over crashes; and another write is not taken for it. */
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

static const char init[] = "return { apology = 'sorry', tasks = { 'job' },\n"
                           "  flows = { { 'first', fallback = true },\n"
                           "    { 'second' } } }";
static const char begins_job[] = "return function(chat)\n"
                                 "  chat:task('job', { n = 1 })\n"
                                 "  chat:say 'noted'\nend";

/* Steps of the flows below. */
#define HELPERS                                                   \
    "local function post(where, body)\n"                          \
    "  local r, err = http.post('http://out/' .. where, body)\n"  \
    "  if not r then return nil, err end\n"                       \
    "  if r.status ~= 200 then return nil, { kind = 'offline',\n" \
    "    message = where .. ' is away' } end\n"                   \
    "  return r\n"                                                \
    "end\n"

static struct turn_world *world_of(const char *first, const char *second,
                                   const char *job, int on_disk)
{
    const struct turn_flow flows[] = {{"init.lua", init},
                                      {"first.lua", first},
                                      {"second.lua", second},
                                      {"job.lua", job},
                                      {NULL, NULL}};

    return turn_world_new(flows, on_disk);
}

static const char nothing[] = "return function() end";

static unsigned count_of(const struct turn_world *world, const char *line)
{
    unsigned count = 0;

    for (const char *at = world->done; (at = strstr(at, line)) != NULL; at++)
        count++;
    return count;
}

/* ---- tasks ---- */

/* Runs a task that does /a with this body, then /b, which is away three times.
 * crash: between the tries. */
static void job_tried(const char *body, int crash)
{
    char job[1024];
    struct turn_world *world;

    snprintf(job, sizeof(job),
             HELPERS "return function(task)\n"
                     "  local a, err = post('a', { v = %s })\n"
                     "  if not a then return nil, err end\n"
                     "  local b, why = post('b', { v = %s })\n"
                     "  if not b then return nil, why end\n"
                     "  return true\nend",
             body, body);
    world = world_of(begins_job, nothing, job, crash);
    world->refused = "/b";
    world->refusals = 3;
    turn_ask(world, "c", "x");
    turn_settle(world);
    assert_string_equal(world->done, "POST /a\n");
    for (int i = 0; i < 4; i++) {
        if (crash)
            turn_crash(world, NULL);
        turn_wait(world, 60000);
    }
    assert_string_equal(turn_task(world, "job"), "done 3");
    if (strcmp(world->done, "POST /a\nPOST /b\n") != 0)
        fail_msg("%s: %s", body, world->done);
    turn_world_free(world);
}

static void a_step_that_is_done_stays_done_whatever_time_it_is(void **state)
{
    static const char *const bodies[] = {
        "'x'",
        "os.time()",
        "os.date()",
        "os.date('%Y-%m-%d', os.time() + 86400)",
        "os.clock()",
        "clock.now()",
        "math.random()",
        "math.random(0)",
        "math.random(1, 1000000)",
        "task.at",
        "task.at + clock.now() + math.random()",
        "{ os.time(), os.time(), math.random() }",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        job_tried(bodies[i], 0);
        job_tried(bodies[i], 1);
    }
}

static void two_writes_with_times_are_two(void **state)
{
    struct turn_world *world =
        world_of(begins_job, nothing,
                 HELPERS "return function(task)\n"
                         "  post('a', { at = clock.now() })\n"
                         "  post('a', { at = clock.now() })\n"
                         "  local b, err = post('b', { at = clock.now() })\n"
                         "  post('a', { at = clock.now() })\n"
                         "  return b and true, err\nend",
                 0);

    (void)state;
    world->refused = "/b";
    world->refusals = 2;
    turn_ask(world, "c", "x");
    turn_wait(world, 60000);
    turn_wait(world, 60000);
    assert_string_equal(turn_task(world, "job"), "done 2");
    assert_string_equal(world->done, "POST /a\nPOST /a\nPOST /a\nPOST /b\n");
    turn_world_free(world);
}

/* What a read gave differs, not only the time: it is another write. */
static void another_write_is_not_taken_for_it(void **state)
{
    struct turn_world *world =
        world_of(begins_job, nothing,
                 HELPERS "return function(task)\n"
                         "  local item = http.get('http://out/list').body\n"
                         "  post('a', { item = item, at = os.time() })\n"
                         "  local b, err = post('b', 'x')\n"
                         "  return b and true, err\nend",
                 1);

    (void)state;
    world->refused = "/b";
    world->refusals = 3;
    world->body = "one";
    turn_ask(world, "c", "x");
    turn_settle(world);
    world->body = "two";
    turn_wait(world, 60000);
    turn_crash(world, NULL);
    turn_wait(world, 60000);
    turn_wait(world, 60000);
    assert_string_equal(turn_task(world, "job"), "done 3");
    assert_string_equal(world->done, "POST /a\nPOST /a\nPOST /b\n");
    turn_world_free(world);
}

/* The clock of a try is the present one where no write needs another. */
static void a_flow_that_waits_for_a_time_sees_it_come(void **state)
{
    struct turn_world *world =
        world_of(begins_job, nothing,
                 HELPERS
                 "return function(task)\n"
                 "  local now = os.time()\n"
                 "  post('a', 'begun')\n"
                 "  if now < 1772442120 then\n"
                 "    return nil, { kind = 'offline', message = 'early' }\n"
                 "  end\n"
                 "  return true\nend",
                 0);

    (void)state;
    turn_ask(world, "c", "x");
    for (int i = 0; i < 5; i++)
        turn_wait(world, 60000);
    assert_int_equal(strncmp(turn_task(world, "job"), "done", 4), 0);
    assert_string_equal(world->done, "POST /a\n");
    turn_world_free(world);
}

/* The second try looks first, and asks for the time on its way. */
static void a_later_try_may_look_at_the_clock_more_often(void **state)
{
    struct turn_world *world =
        world_of(begins_job, nothing,
                 HELPERS "return function(task)\n"
                         "  if task.tries > 0 then\n"
                         "    http.get('http://out/look/' .. clock.now())\n"
                         "  end\n"
                         "  post('a', { at = clock.now() })\n"
                         "  if task.tries > 1 then clock.now() end\n"
                         "  post('a', { at = clock.now() })\n"
                         "  local b, err = post('b', 'x')\n"
                         "  return b and true, err\nend",
                 1);

    (void)state;
    world->refused = "/b";
    world->refusals = 3;
    turn_ask(world, "c", "x");
    for (int i = 0; i < 4; i++) {
        turn_crash(world, NULL);
        turn_wait(world, 60000);
    }
    assert_string_equal(turn_task(world, "job"), "done 3");
    assert_string_equal(world->done, "POST /a\nPOST /a\nPOST /b\n");
    turn_world_free(world);
}

/* ... and before what it reads on its way. */
static void what_was_drawn_before_a_read_is_found_again(void **state)
{
    struct turn_world *world =
        world_of(begins_job, nothing,
                 HELPERS "return function(task)\n"
                         "  if task.tries > 0 then clock.now() end\n"
                         "  local now = clock.now()\n"
                         "  http.get('http://out/list')\n"
                         "  post('a', { at = now })\n"
                         "  local b, err = post('b', 'x')\n"
                         "  return b and true, err\nend",
                 1);

    (void)state;
    world->refused = "/b";
    world->refusals = 2;
    turn_ask(world, "c", "x");
    for (int i = 0; i < 3; i++) {
        turn_crash(world, NULL);
        turn_wait(world, 60000);
    }
    assert_string_equal(turn_task(world, "job"), "done 2");
    assert_string_equal(world->done, "POST /a\nPOST /b\n");
    turn_world_free(world);
}

/* One that is refused, then another one to the same place. */
static void what_was_done_beside_a_refusal_stays_done(void **state)
{
    struct turn_world *world =
        world_of(begins_job, nothing,
                 HELPERS "return function(task)\n"
                         "  local one = post('a', { 1, clock.now() })\n"
                         "  local two = post('a', { 2, clock.now() })\n"
                         "  if one and two then return true end\n"
                         "  return nil, { kind = 'offline', message = 'a' }\n"
                         "end",
                 1);

    (void)state;
    world->refused = "/a";
    world->refusals = 1;
    turn_ask(world, "c", "x");
    for (int i = 0; i < 2; i++) {
        turn_crash(world, NULL);
        turn_wait(world, 60000);
    }
    assert_string_equal(turn_task(world, "job"), "done 1");
    assert_string_equal(world->done, "POST /a\nPOST /a\n");
    turn_world_free(world);
}

/* Refused, asked for again, done; each with a draw of its own. */
static void done_after_a_refusal(const char *draw)
{
    char job[1024];
    struct turn_world *world;

    snprintf(job, sizeof(job),
             HELPERS "return function(task)\n"
                     "  local start = %s\n"
                     "  local a = post('a', { at = %s, start = start })\n"
                     "  if not a then\n"
                     "    a = post('a', { at = %s, start = start })\n"
                     "  end\n"
                     "  if task.tries < 2 then\n"
                     "    return nil, { kind = 'offline', message = 'b' }\n"
                     "  end\n"
                     "  return a and true\nend",
             draw, draw, draw);
    world = world_of(begins_job, nothing, job, 1);
    world->refused = "/a";
    world->refusals = 1;
    world->delay_ms = 50;
    turn_ask(world, "c", "x");
    turn_wait(world, 500);
    for (int i = 0; i < 3; i++) {
        turn_crash(world, NULL);
        turn_wait(world, 60000);
    }
    assert_string_equal(turn_task(world, "job"), "done 2");
    assert_string_equal(world->done, "POST /a\n");
    turn_world_free(world);
}

static void what_was_done_after_a_refusal_stays_done(void **state)
{
    (void)state;
    done_after_a_refusal("clock.now()");
    done_after_a_refusal("math.random(0)");
}

/* Six steps of any kind, refused now and then: each is done once. */
static const char any_steps[] = HELPERS
    "return function(task)\n"
    "  local seed = task.args.n\n"
    "  local function rnd(n)\n"
    "    seed = (seed * 1103515245 + 12345) % 2147483648\n"
    "    return seed // 65536 % n + 1\n"
    "  end\n"
    "  local now = os.time()\n"
    "  local bodies = { function() return 'x' end,\n"
    "    function() return { now } end,\n"
    "    function() return { clock.now() } end,\n"
    "    function() return { math.random(0) } end,\n"
    "    function() return { task.at, os.date() } end,\n"
    "    function() return { clock.now(), math.random(), now } end }\n"
    "  for i = 1, 6 do\n"
    "    local body, where = bodies[rnd(6)], ({ 's', 's' .. i })[rnd(2)]\n"
    "    local again, read = rnd(2) == 1, rnd(3) == 1\n"
    "    if rnd(3) == 1 then clock.now() end\n"
    "    if read then http.get('http://out/r') end\n"
    "    local r, err = post(where, body())\n"
    "    if not r and again then r, err = post(where, body()) end\n"
    "    if not r then return nil, err end\n"
    "  end\n"
    "  return true\nend";

static const char begins_numbered[] =
    "return function(chat)\n"
    "  chat:task('job', { n = math.tointeger(chat.message.text) })\n"
    "  chat:say 'noted'\nend";

static void steps_of_any_kind_are_done_once(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 150; seed++) {
        struct turn_world *world =
            world_of(begins_numbered, nothing, any_steps, seed % 10 == 0);
        char text[16];

        snprintf(text, sizeof(text), "%u", seed * 7919);
        world->chance = 35;
        world->seed = seed;
        turn_ask(world, "c", text);
        for (int i = 0; i < 30; i++) {
            if (world->database[0] && i < 4)
                turn_crash(world, NULL);
            turn_wait(world, 900000);
            if (strncmp(turn_task(world, "job"), "done", 4) == 0)
                break;
        }
        assert_int_equal(strncmp(turn_task(world, "job"), "done", 4), 0);
        if (count_of(world, "POST /s") != 6)
            fail_msg("%u: %s", seed, world->done);
        turn_world_free(world);
    }
}

/* Killed while it is sent: what is asked again is the same write. */
static void a_write_that_was_cut_off_is_not_sent_again(void **state)
{
    static const char *const bodies[] = {"task.at", "clock.now()",
                                         "{ task.at, math.random() }"};

    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        char job[512];
        struct turn_world *world;

        snprintf(job, sizeof(job),
                 HELPERS "return function(task)\n"
                         "  post('a', 'one')\n"
                         "  local b, err = post('b', { v = %s })\n"
                         "  return b and true, err\nend",
                 bodies[i]);
        world = world_of(begins_job, nothing, job, 1);
        world->delay_ms = 1000;
        turn_ask(world, "c", "x");
        turn_wait(world, 1500);
        assert_int_equal(world->asked, 2);
        usher_clock_manual_advance(&world->time, 7000);
        turn_crash(world, NULL);
        turn_wait(world, 60000);
        assert_int_equal(world->asked, 2);
        assert_string_equal(turn_task(world, "job"), "dead 0");
        turn_world_free(world);
    }
}

/* ---- conversations: in memory, on disk, and with a crash ---- */

#define ASKS_AGAIN(step)                                   \
    HELPERS "return function(chat)\n"                      \
            "  local n = chat:ask 'go?'\n"                 \
            "  chat:say 'one'\n"                           \
            "  " step "\n"                                 \
            "  if n == 'bad' then error 'a mistake' end\n" \
            "  chat:say('two')\nend"

static void a_turn_that_failed_did_its_writes(void **state)
{
    static const char *const flows[] = {
        ASKS_AGAIN("post('a', { at = os.time() })"),
        ASKS_AGAIN("post('a', { at = chat.message.at })"),
        ASKS_AGAIN("post('a', { math.random(), clock.now() })"),
        ASKS_AGAIN("for i = 1, 3 do clock.now() end\n"
                   "post('a', { clock.now() })"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof(flows) / sizeof(flows[0]); i++) {
        for (int way = 0; way < 3; way++) {
            struct turn_world *world =
                world_of(flows[i], nothing, nothing, way > 0);
            int crash = way == 2;

            turn_ask(world, "c", "x");
            turn_ask(world, "c", "bad");
            assert_string_equal(world->done, "POST /a\n");
            turn_wait(world, 60000);
            if (crash)
                turn_crash(world, NULL);
            turn_ask(world, "c", "bad");
            turn_wait(world, 60000);
            if (crash)
                turn_crash(world, NULL);
            turn_ask(world, "c", "good");
            assert_non_null(strstr(world->answer, "[\"one\",\"two\"]"));
            assert_string_equal(world->done, "POST /a\n");
            turn_world_free(world);
        }
    }
}

static void what_the_visitor_says_anew_is_another_write(void **state)
{
    struct turn_world *world =
        world_of(ASKS_AGAIN("post('a', { n = n, at = os.time() })"), nothing,
                 nothing, 0);

    (void)state;
    turn_ask(world, "c", "x");
    turn_ask(world, "c", "bad");
    turn_wait(world, 60000);
    turn_ask(world, "c", "good");
    assert_non_null(strstr(world->answer, "[\"one\",\"two\"]"));
    assert_string_equal(world->done, "POST /a\nPOST /a\n");
    turn_world_free(world);
}

static const char jumps[] = HELPERS "return function(chat)\n"
                                    "  post('a', { at = clock.now() })\n"
                                    "  chat:continue 'second'\nend";
static const char jumped[] =
    HELPERS "return function(chat)\n"
            "  post('a', { at = clock.now() })\n"
            "  post('b', { at = clock.now() })\n"
            "  if chat.message.text == 'bad' then error 'a mistake' end\n"
            "  chat:say 'fine'\nend";

static void a_first_turn_over_two_flows_did_its_writes(void **state)
{
    (void)state;
    for (int way = 0; way < 3; way++) {
        struct turn_world *world = world_of(jumps, jumped, nothing, way > 0);
        int crash = way == 2;

        turn_ask(world, "c", "bad");
        assert_non_null(strstr(world->answer, "sorry"));
        turn_wait(world, 60000);
        if (crash)
            turn_crash(world, NULL);
        turn_ask(world, "c", "good");
        assert_non_null(strstr(world->answer, "fine"));
        assert_string_equal(world->done, "POST /a\nPOST /a\nPOST /b\n");
        /* A conversation that begins anew does it all anew. */
        turn_ask(world, "c", "good");
        assert_int_equal(count_of(world, "POST /b"), 2);
        turn_world_free(world);
    }
}

/* Cut off in mid-turn; then the visitor says something else. */
static void a_turn_that_was_cut_off_did_its_writes(void **state)
{
    struct turn_world *world =
        world_of(ASKS_AGAIN("post('a', { at = clock.now() })\n"
                            "post('b', { at = clock.now() })"),
                 nothing, nothing, 1);

    (void)state;
    turn_ask(world, "c", "x");
    world->delay_ms = 1000;
    turn_say(world, "c", NULL, "one");
    turn_wait(world, 1500); /* /a is done, /b is under way */
    assert_int_equal(world->asked, 2);
    turn_crash(world, NULL);
    world->delay_ms = 0;
    turn_wait(world, 60000);
    turn_ask(world, "c", "two");
    assert_non_null(strstr(world->answer, "[\"one\",\"two\"]"));
    assert_int_equal(world->asked, 2);
    turn_world_free(world);
}

/* A task that was committed before the turn failed is the same one. */
static void a_task_with_a_time_is_begun_once(void **state)
{
    (void)state;
    for (int way = 0; way < 3; way++) {
        struct turn_world *world =
            world_of(ASKS_AGAIN("chat:task('job', { at = clock.now() })\n"
                                "post('b', 'x')"),
                     nothing,
                     HELPERS "return function() return (post('a', 'x')) end",
                     way > 0);

        turn_ask(world, "c", "x");
        turn_ask(world, "c", "bad");
        turn_wait(world, 60000);
        if (way == 2)
            turn_crash(world, NULL);
        turn_ask(world, "c", "good");
        turn_wait(world, 60000);
        assert_int_equal(count_of(world, "POST /b"), 1);
        assert_int_equal(count_of(world, "POST /a"), 1);
        turn_world_free(world);
    }
}

/* A turn may look at the clock thousands of times: its head holds 64 KiB. */
static void what_is_kept_of_the_clock_is_bounded(void **state)
{
    struct turn_world *world =
        world_of(ASKS_AGAIN("post('a', { at = clock.now() })\n"
                            "for _ = 1, 9000 do clock.now() end"),
                 nothing, nothing, 1);
    const struct conversation *conv;

    (void)state;
    turn_ask(world, "c", "x");
    turn_ask(world, "c", "bad");
    conv = usher_stage_worker(world->stage)->newest;
    assert_in_range(conv->earlier.len + conv->drawn.len, 60 * 1024, 64 * 1024);
    turn_wait(world, 60000);
    turn_ask(world, "c", "good");
    assert_non_null(strstr(world->answer, "[\"one\",\"two\"]"));
    assert_string_equal(world->done, "POST /a\n");
    turn_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_that_is_done_stays_done_whatever_time_it_is),
        cmocka_unit_test(two_writes_with_times_are_two),
        cmocka_unit_test(another_write_is_not_taken_for_it),
        cmocka_unit_test(a_flow_that_waits_for_a_time_sees_it_come),
        cmocka_unit_test(a_later_try_may_look_at_the_clock_more_often),
        cmocka_unit_test(what_was_drawn_before_a_read_is_found_again),
        cmocka_unit_test(what_was_done_beside_a_refusal_stays_done),
        cmocka_unit_test(what_was_done_after_a_refusal_stays_done),
        cmocka_unit_test(steps_of_any_kind_are_done_once),
        cmocka_unit_test(a_write_that_was_cut_off_is_not_sent_again),
        cmocka_unit_test(a_turn_that_failed_did_its_writes),
        cmocka_unit_test(what_the_visitor_says_anew_is_another_write),
        cmocka_unit_test(a_first_turn_over_two_flows_did_its_writes),
        cmocka_unit_test(a_turn_that_was_cut_off_did_its_writes),
        cmocka_unit_test(a_task_with_a_time_is_begun_once),
        cmocka_unit_test(what_is_kept_of_the_clock_is_bounded),
    };

    return cmocka_run_group_tests_name("twice", tests, NULL, NULL);
}
