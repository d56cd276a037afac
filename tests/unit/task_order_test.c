/* tests/unit/task_order_test.c - tasks of one name that one conversation began
 * go one after another, as they were promised. */
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

#define DAY_MS (24LL * 3600 * 1000)

/* A task for each letter of a message, of the other name where it is one of
 * x, y, z; behind a question it says whether the last one is done or waits for
 * a person. */
static const struct turn_flow flows[] = {
    {"init.lua", "return { apology = 'sorry', tasks = { 'job', 'other' },\n"
                 "flows = { { 'first', fallback = true } } }"},
    {"first.lua",
     "return function(chat)\n"
     "  local task\n"
     "  for letter in chat.message.text:gmatch '%l' do\n"
     "    task = chat:task(letter < 'x' and 'job' or 'other',\n"
     "      { letter = letter })\n"
     "  end\n"
     "  local r = task:wait(chat.message.text:find '?' and 3 or 0)\n"
     "  chat:say(r.done and 'done' or r.waiting or 'later')\n"
     "end"},
    {"job.lua", "local kinds = { [401] = 'token', [409] = 'unclear' }\n"
                "return function(task)\n"
                "  local to = 'http://out/' .. task.args.letter\n"
                "  local a = http.post(to, to)\n"
                "  if a.status == 200 then return true end\n"
                "  return nil, { kind = kinds[a.status] or 'rate_limited' }\n"
                "end"},
    {"other.lua", "return require 'job'"},
    {NULL, NULL}};

static struct usher_tasks *tasks_of(struct turn_world *world)
{
    return usher_stage_worker(world->stage)->tasks;
}

/* A world where the task `a` has failed so often that it is not due for a
 * while. */
static struct turn_world *begin(void)
{
    struct turn_world *world = turn_world_new(flows, 1);

    world->status = 429;
    turn_ask(world, "c", "a");
    while (tasks_of(world)->list->due_ms - world->time.wall_ms < 60000)
        turn_wait(world, 60000);
    world->status = 200;
    return world;
}

static void done(struct turn_world *world, const char *writes)
{
    turn_wait(world, 3600000);
    assert_string_equal(world->done, writes);
    assert_int_equal(tasks_of(world)->open, 0);
    turn_world_free(world);
}

static void a_newer_one_waits_for_the_end_of_an_older_one(void **state)
{
    for (int restart = 0; restart < 2; restart++) {
        struct turn_world *world = begin();

        (void)state;
        turn_ask(world, "c", "b");
        turn_ask(world, "c", "c");
        if (restart)
            turn_crash(world, NULL);
        turn_wait(world, 1000);
        assert_string_equal(world->done, "");
        done(world, "POST /a\nPOST /b\nPOST /c\n");
    }
}

static void but_not_for_another_name_or_conversation(void **state)
{
    struct turn_world *world = begin();

    (void)state;
    turn_ask(world, "c", "x");
    turn_ask(world, "d", "x");
    done(world, "POST /x\nPOST /a\nPOST /x\n");
}

/* A change waits for the call that it changes, which may be there now. */
static void what_is_done_lets_others_of_its_conversation_go_on(void **state)
{
    struct turn_world *world = begin();

    (void)state;
    turn_ask(world, "d", "x");
    turn_wait(world, 1000);
    assert_string_equal(world->done, "POST /x\n");
    turn_ask(world, "c", "x");
    turn_wait(world, 1000);
    assert_string_equal(world->done, "POST /x\nPOST /x\nPOST /a\n");
    turn_world_free(world);
}

static void a_wake_changes_no_order(void **state)
{
    struct turn_world *world = begin();

    (void)state;
    turn_ask(world, "c", "b");
    usher_worker_wake_tasks(usher_stage_worker(world->stage));
    turn_wait(world, 100);
    assert_string_equal(world->done, "POST /a\nPOST /b\n");
    done(world, "POST /a\nPOST /b\n");
}

/* Several in one turn are of one moment; it is kept which came first. */
static void of_one_turn_they_go_as_they_were_written(void **state)
{
    struct turn_world *world = turn_world_new(flows, 1);

    (void)state;
    world->refused = "/a";
    world->refusals = 3;
    turn_ask(world, "c", "abc");
    turn_crash(world, NULL);
    turn_wait(world, 1000);
    assert_string_equal(world->done, "");
    turn_crash(world, NULL);
    done(world, "POST /a\nPOST /b\nPOST /c\n");
}

static void wherever_the_clock_is_set(void **state)
{
    struct turn_world *world = begin();

    (void)state;
    usher_stage_free(world->stage);
    world->stage = NULL;
    world->time.wall_ms -= DAY_MS;
    turn_crash(world, NULL);
    turn_ask(world, "c", "b");
    turn_crash(world, NULL);
    turn_wait(world, 1000);
    assert_string_equal(world->done, "");
    done(world, "POST /a\nPOST /b\n");
}

/* ---- a person ---- */

static int keep_dead(void *user, const struct usher_task_row *row)
{
    struct usher_task_row ready = *row;

    ready.state = USHER_TASK_READY;
    assert_int_equal(usher_worker_retry_task(user, &ready), USHER_OK);
    return 1;
}

static void retry_dead(struct turn_world *world)
{
    usher_store_tasks(usher_stage_store(world->stage), 1u << USHER_TASK_DEAD,
                      keep_dead, usher_stage_worker(world->stage));
    turn_settle(world);
}

static void one_that_waits_for_a_person_lets_the_next_go(void **state)
{
    struct turn_world *world = turn_world_new(flows, 1);

    (void)state;
    world->status = 409;
    turn_ask(world, "c", "a");
    turn_wait(world, 1000);
    assert_string_equal(turn_task(world, "job"), "dead 0");
    world->status = 200;
    turn_ask(world, "c", "b");
    done(world, "POST /b\n");
}

static void an_older_one_that_is_wanted_again_goes_before(void **state)
{
    for (int at_work = 0; at_work < 2; at_work++) {
        struct turn_world *world = turn_world_new(flows, 1);

        (void)state;
        world->status = 409;
        turn_ask(world, "c", "a");
        turn_wait(world, 1000);
        world->status = 429;
        world->delay_ms = at_work ? 500 : 0;
        turn_ask(world, "c", "b");
        turn_ask(world, "c", "c");
        turn_wait(world, 100);
        assert_int_equal(tasks_of(world)->running, at_work);
        world->status = 200;
        world->refused = "/b";
        world->refusals = at_work;
        retry_dead(world);
        assert_true(tasks_of(world)->running <= 1);
        done(world, "POST /a\nPOST /b\nPOST /c\n");
    }
}

/* ---- who waits ---- */

static void who_waits_is_told_what_the_older_one_waits_for(void **state)
{
    struct turn_world *world = turn_world_new(flows, 1);

    (void)state;
    world->status = 401;
    assert_non_null(strstr(turn_ask(world, "c", "a?"), "person"));
    assert_non_null(strstr(turn_ask(world, "c", "b?"), "person"));
    assert_non_null(strstr(turn_ask(world, "d", "x?"), "person"));
    world->status = 200;
    world->delay_ms = 500;
    usher_worker_wake_tasks(usher_stage_worker(world->stage));
    turn_say(world, "c", NULL, "c?");
    turn_wait(world, 1400);
    assert_null(strstr(world->answer, "done"));
    turn_wait(world, 200);
    assert_non_null(strstr(world->answer, "done"));
    turn_world_free(world);
}

static void who_waits_hears_that_the_older_one_failed(void **state)
{
    struct turn_world *world = turn_world_new(flows, 0);

    (void)state;
    world->status = 429;
    world->delay_ms = 1000;
    turn_say(world, "c", NULL, "ab?");
    turn_wait(world, 900);
    assert_int_equal(world->answers, 0);
    turn_wait(world, 200);
    assert_non_null(strstr(world->answer, "later"));
    turn_world_free(world);
}

/* ---- room ---- */

static void who_stands_behind_takes_no_room(void **state)
{
    struct turn_world *world = turn_world_new(flows, 0);

    (void)state;
    world->delay_ms = 100;
    turn_ask(world, "c", "abcdefghijklmnopqrstuvw");
    assert_int_equal(tasks_of(world)->open, 23);
    turn_ask(world, "d", "a");
    turn_wait(world, 150);
    assert_int_equal(world->asked, 3);
    turn_wait(world, 2300);
    assert_int_equal(world->asked, 24);
    assert_int_equal(tasks_of(world)->open, 0);
    turn_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_newer_one_waits_for_the_end_of_an_older_one),
        cmocka_unit_test(but_not_for_another_name_or_conversation),
        cmocka_unit_test(a_wake_changes_no_order),
        cmocka_unit_test(of_one_turn_they_go_as_they_were_written),
        cmocka_unit_test(wherever_the_clock_is_set),
        cmocka_unit_test(one_that_waits_for_a_person_lets_the_next_go),
        cmocka_unit_test(an_older_one_that_is_wanted_again_goes_before),
        cmocka_unit_test(who_waits_is_told_what_the_older_one_waits_for),
        cmocka_unit_test(who_waits_hears_that_the_older_one_failed),
        cmocka_unit_test(who_stands_behind_takes_no_room),
        cmocka_unit_test(what_is_done_lets_others_of_its_conversation_go_on),
    };

    return cmocka_run_group_tests_name("task_order", tests, NULL, NULL);
}
