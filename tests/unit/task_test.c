/* tests/unit/task_test.c - tasks: tries, pauses, the store failing under
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conversation/task_internal.h"
#include "patience.h"
#include "task_flows.h"
#include "turn_world.h"

static const struct turn_flow writes[] = {INIT, FIRST, WRITES, END};

static struct task *only_task(struct turn_world *world)
{
    return usher_stage_worker(world->stage)->tasks->list;
}

/* Whatever it gives instead of an error table, a reason is there. */
static void a_task_that_failed_has_a_reason(void **state)
{
    static const struct {
        const char *gives;
        const char *reason;
    } cases[] = {
        {"return function() return nil, 'busy' end", "busy"},
        {"return function() return nil, { kind = 'invalid', message = 'no',\n"
         "  hint = 'look' } end",
         "invalid: no (look)"},
        {"return function() return nil, {kind = 'offline'} end", "offline"},
        {"return function() return nil, {} end", "said no reason"},
        {"return function() return nil, 7 end", "said no reason"},
        {"return function() return false end", "said no reason"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct turn_flow flows[] = {
            INIT, FIRST, {"job.lua", cases[i].gives}, END};
        struct turn_world *world = turn_world_new(flows, 0);

        turn_ask(world, "c", "a");
        turn_wait(world, 100);
        assert_non_null(only_task(world));
        assert_non_null(strstr(only_task(world)->reason, cases[i].reason));
        turn_world_free(world);
    }
}

/* Nothing, or anything but nil and false, is a good end. */
static void what_a_task_returns_is_how_it_ended(void **state)
{
    static const struct {
        const char *returns, *row;
    } cases[] = {
        {"", "done 0"},          {"nil", "done 0"},
        {"true", "done 0"},      {"0", "done 0"},
        {"''", "done 0"},        {"{}", "done 0"},
        {"true, 'x'", "done 0"}, {"false", "ready 1"},
        {"nil, 'x'", "ready 1"}, {"false, 'x'", "ready 1"},
        {"nil, nil", "ready 1"}, {"nil, {}", "ready 1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char job[128];
        const struct turn_flow flows[] = {INIT, FIRST, {"job.lua", job}, END};
        struct turn_world *world;

        snprintf(job, sizeof(job), "return function() return %s end",
                 cases[i].returns);
        world = turn_world_new(flows, 0);
        turn_ask(world, "c", "a");
        assert_string_equal(turn_task(world, "job"), cases[i].row);
        turn_world_free(world);
    }
}

static void a_task_is_done_once(void **state)
{
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct turn_world *world = turn_world_new(writes, on_disk);

        (void)state;
        turn_ask(world, "c", "a");
        turn_wait(world, 100);
        assert_int_equal(world->asked, 1);
        assert_string_equal(turn_task(world, "job"), "done 0");
        assert_null(only_task(world));
        turn_world_free(world);
    }
}

static void a_task_that_failed_is_tried_again(void **state)
{
    struct turn_world *world = turn_world_new(writes, 1);

    (void)state;
    world->status = 429;
    turn_ask(world, "c", "a");
    turn_wait(world, 100);
    assert_int_equal(world->asked, 1);
    assert_string_equal(turn_task(world, "job"), "ready 1");
    world->status = 200;
    turn_crash(world, NULL);
    turn_wait(world, 60000);
    assert_string_equal(turn_task(world, "job"), "done 1");
    turn_world_free(world);
}

static void a_task_cut_off_by_a_crash_is_for_a_person(void **state)
{
    struct turn_world *world = turn_world_new(writes, 1);

    (void)state;
    world->hang = 1;
    turn_ask(world, "c", "a");
    turn_settle(world);
    assert_int_equal(world->asked, 1);
    assert_string_equal(turn_task(world, "job"), "ready 0");
    turn_crash(world, NULL);
    world->hang = 0;
    turn_wait(world, 60000);
    assert_int_equal(world->asked, 1);
    assert_string_equal(turn_task(world, "job"), "dead 0");
    turn_world_free(world);
}

#ifdef USHER_FAULTS
static void
a_store_that_fails_before_the_write_leaves_nothing_unclear(void **state)
{
    struct turn_world *world = turn_world_new(writes, 0);

    (void)state;
    turn_say(world, "c", NULL, "a");
    assert_int_equal(world->answers, 1);
    usher_store_fault(usher_stage_store(world->stage),
                      USHER_STORE_FAULT_COMMIT);
    turn_settle(world);
    assert_int_equal(world->asked, 0);
    usher_store_fault(usher_stage_store(world->stage), USHER_STORE_FAULT_NONE);
    turn_wait(world, 60000);
    assert_int_equal(world->asked, 1);
    assert_string_equal(turn_task(world, "job"), "done 1");
    turn_world_free(world);
}
#endif

#ifdef USHER_FAULTS
/* A flow must not tell a visitor what a crash would take back. */
static void an_end_that_is_not_kept_is_no_end(void **state)
{
    static const struct turn_flow waits[] = {
        INIT,
        {"first.lua", "return function(chat)\n"
                      "  local r = chat:task('job', {}):wait(3)\n"
                      "  chat:finish(r.done and 'done' or 'later')\nend"},
        {"job.lua", "return function()\n"
                    "  http.get('http://out/x')\n"
                    "  return true\nend"},
        END};
    struct turn_world *world = turn_world_new(waits, 0);
    struct usher_store *store = usher_stage_store(world->stage);

    (void)state;
    world->delay_ms = 1000;
    turn_say(world, "c", NULL, "a");
    turn_wait(world, 500);
    usher_store_fault(store, USHER_STORE_FAULT_COMMIT);
    turn_wait(world, 600);
    assert_null(strstr(world->logged, "event=done"));
    assert_null(strstr(world->answer, "done"));
    usher_store_fault(store, USHER_STORE_FAULT_NONE);
    turn_wait(world, 10000);
    assert_non_null(strstr(world->logged, "event=done"));
    assert_memory_equal(turn_task(world, "job"), "done", 4);
    turn_world_free(world);
}
#endif

/* ---- when it is tried again ---- */

#define DAY_MS (24LL * 3600 * 1000)

static const struct turn_flow put_off[] = {
    INIT,
    FIRST,
    {"job.lua", "local after = { soon = 60, later = 3600.5, year = 31536000,\n"
                "  past = -5, never = 0/0, word = 'soon', big = 1e300 }\n"
                "return function(task)\n"
                "  local a = http.get('http://out/x')\n"
                "  if a and a.status == 200 then return true end\n"
                "  return nil, { kind = a and a.status == 401 and 'token' or\n"
                "    'rate_limited', message = 'no',\n"
                "    retry_after = after[task.args.n] }\nend"},
    END};

static struct turn_world *put_off_begin(const char *after, int on_disk)
{
    struct turn_world *world = turn_world_new(put_off, on_disk);

    world->status = 429;
    turn_ask(world, "c", after);
    turn_wait(world, 100);
    assert_int_equal(world->asked, 1);
    return world;
}

static void what_retry_after_says_is_kept(void **state)
{
    struct turn_world *world = put_off_begin("soon", 1);

    (void)state;
    turn_wait(world, 30000);
    turn_crash(world, NULL);
    turn_wait(world, 29800);
    assert_int_equal(world->asked, 1);
    turn_wait(world, 5000);
    assert_int_equal(world->asked, 2);
    turn_world_free(world);
    world = put_off_begin("later", 0);
    turn_wait(world, 3600000);
    assert_int_equal(world->asked, 1);
    turn_wait(world, 5000);
    assert_int_equal(world->asked, 2);
    turn_world_free(world);
}

static void retry_after_has_sane_bounds(void **state)
{
    static const char *const none[] = {"past", "never", "word"};
    static const char *const far[] = {"year", "big"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct turn_world *world = put_off_begin(none[i], 0);

        turn_wait(world, 5000);
        assert_in_range(world->asked, 2, 4);
        turn_world_free(world);
    }
    for (size_t i = 0; i < 2; i++) {
        struct turn_world *world = put_off_begin(far[i], 0);

        turn_wait(world, DAY_MS - 1000);
        assert_int_equal(world->asked, 1);
        turn_wait(world, 10000);
        assert_int_equal(world->asked, 2);
        turn_world_free(world);
    }
}

static void a_clock_set_forward_gives_no_task_up(void **state)
{
    struct turn_world *world = put_off_begin("past", 1);

    (void)state;
    world->time.wall_ms += 8 * DAY_MS;
    turn_wait(world, 60000);
    turn_crash(world, NULL);
    world->time.wall_ms += 8 * DAY_MS;
    turn_wait(world, 60000);
    assert_memory_equal(turn_task(world, "job"), "ready", 5);
    world->time.wall_ms -= 16 * DAY_MS;
    world->status = 200;
    turn_wait(world, 1800000);
    assert_memory_equal(turn_task(world, "job"), "done", 4);
    turn_world_free(world);
}

static void a_clock_set_back_keeps_no_task_waiting(void **state)
{
    struct turn_world *world = put_off_begin("past", 1);

    (void)state;
    world->status = 200;
    usher_stage_free(world->stage);
    world->stage = NULL;
    world->time.wall_ms -= 7 * DAY_MS;
    turn_crash(world, NULL);
    turn_wait(world, 60000);
    assert_string_equal(turn_task(world, "job"), "done 1");
    turn_world_free(world);
}

static void seven_days_of_tries_are_enough_whatever_the_clock(void **state)
{
    struct turn_world *world = put_off_begin("past", 1);

    (void)state;
    turn_wait(world, 3 * DAY_MS);
    turn_crash(world, NULL);
    world->time.wall_ms -= 30 * DAY_MS;
    turn_wait(world, 4 * DAY_MS - 3600000);
    assert_memory_equal(turn_task(world, "job"), "ready", 5);
    turn_wait(world, 2 * 3600000);
    assert_memory_equal(turn_task(world, "job"), "dead", 4);
    turn_world_free(world);
}

static void a_pause_takes_nothing_off_the_seven_days(void **state)
{
    struct turn_world *world = put_off_begin("past", 0);

    (void)state;
    world->status = 401;
    turn_wait(world, 60000);
    assert_memory_equal(turn_task(world, "job"), "paused", 6);
    turn_wait(world, 8 * DAY_MS);
    world->status = 429;
    usher_worker_wake_tasks(usher_stage_worker(world->stage));
    turn_wait(world, 1000);
    assert_memory_equal(turn_task(world, "job"), "ready", 5);
    turn_world_free(world);
}

/* ---- credentials ---- */

static const struct turn_flow refused[] = {
    INIT,
    FIRST,
    {"job.lua", "return function(task)\n"
                "  local a = http.get('http://out/x')\n"
                "  if a and a.status == 401 then\n"
                "    return nil, { kind = 'token', message = 'no' }\n"
                "  end\n"
                "  http.post('http://out/y', 'y')\n"
                "  return true\nend"},
    END};

static void a_new_token_wakes_what_waits_for_it(void **state)
{
    struct turn_world *world = turn_world_new(refused, 0);

    (void)state;
    world->status = 401;
    turn_ask(world, "c", "a");
    turn_wait(world, 60000);
    assert_string_equal(turn_task(world, "job"), "paused 0");
    assert_int_equal(world->asked, 1);
    world->status = 200;
    usher_worker_wake_tasks(usher_stage_worker(world->stage));
    turn_wait(world, 100);
    assert_string_equal(turn_task(world, "job"), "done 0");
    turn_world_free(world);
}

static void a_token_that_came_meanwhile_is_not_missed(void **state)
{
    struct turn_world *world = turn_world_new(refused, 0);

    (void)state;
    world->status = 401;
    world->delay_ms = 500;
    turn_ask(world, "c", "a");
    turn_wait(world, 100);
    world->status = 200;
    usher_worker_wake_tasks(usher_stage_worker(world->stage));
    turn_wait(world, 3000);
    assert_string_equal(turn_task(world, "job"), "done 0");
    turn_world_free(world);
}

static void a_wake_while_the_pause_is_committed_starts_one_try(void **state)
{
    struct turn_world *world = turn_world_new(refused, 1);
    struct usher_loop *loop = usher_stage_loop(world->stage);

    (void)state;
    world->status = 401;
    turn_say(world, "c", NULL, "a");
    WAIT_FOR("a task that pauses", strstr(world->logged, "paused until"),
             usher_loop_step(loop, 5));
    world->status = 200;
    assert_true(only_task(world)->committing);
    usher_worker_wake_tasks(usher_stage_worker(world->stage));
    turn_wait(world, 100);
    assert_string_equal(turn_task(world, "job"), "done 0");
    assert_int_equal(world->asked, 3);
    turn_world_free(world);
}

static void many_tasks_get_done(void **state)
{
    struct turn_world *world = turn_world_new(writes, 0);

    (void)state;
    for (int i = 0; i < 200; i++) {
        char key[16], text[16];

        snprintf(key, sizeof(key), "c%d", i);
        snprintf(text, sizeof(text), "t%d", i);
        turn_say(world, key, NULL, text);
    }
    world->delay_ms = 10;
    turn_wait(world, 1000);
    assert_int_equal(world->asked, 200);
    assert_null(only_task(world));
    assert_int_equal(usher_stage_worker(world->stage)->tasks->open, 0);
    turn_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_task_is_done_once),
        cmocka_unit_test(a_task_that_failed_has_a_reason),
        cmocka_unit_test(what_a_task_returns_is_how_it_ended),
        cmocka_unit_test(a_task_that_failed_is_tried_again),
        cmocka_unit_test(a_task_cut_off_by_a_crash_is_for_a_person),
#ifdef USHER_FAULTS
        cmocka_unit_test(
            a_store_that_fails_before_the_write_leaves_nothing_unclear),
        cmocka_unit_test(an_end_that_is_not_kept_is_no_end),
#endif
        cmocka_unit_test(what_retry_after_says_is_kept),
        cmocka_unit_test(retry_after_has_sane_bounds),
        cmocka_unit_test(a_clock_set_forward_gives_no_task_up),
        cmocka_unit_test(a_clock_set_back_keeps_no_task_waiting),
        cmocka_unit_test(seven_days_of_tries_are_enough_whatever_the_clock),
        cmocka_unit_test(a_pause_takes_nothing_off_the_seven_days),
        cmocka_unit_test(a_new_token_wakes_what_waits_for_it),
        cmocka_unit_test(a_token_that_came_meanwhile_is_not_missed),
        cmocka_unit_test(a_wake_while_the_pause_is_committed_starts_one_try),
        cmocka_unit_test(many_tasks_get_done),
    };

    return cmocka_run_group_tests_name("task", tests, NULL, NULL);
}
