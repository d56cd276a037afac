/* tests/unit/commit_hold_test.c - nothing leaves the house before what it rests
 * on is on disk: a commit is held back, and whoever waits for it waits.
 * (threaded) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sqlite3.h>
#include <string.h>
#include <cmocka.h>

#include "patience.h"
#include "store_disk.h"
#include "task_flows.h"
#include "turn_world.h"

static const struct turn_flow says[] = {
    INIT,
    {"first.lua", "return function(chat) chat:say 'hello' end"},
    {"job.lua", "return function() return true end"},
    END};

static const struct turn_flow posts[] = {
    INIT,
    {"first.lua", "return function(chat)\n"
                  "  local a = http.post('http://out/x', 'x')\n"
                  "  chat:say('got ' .. a.status)\nend"},
    {"job.lua", "return function() return true end"},
    END};

static const struct turn_flow promises[] = {INIT, FIRST, WRITES, END};

static int setup(void **state)
{
    disk_begin();
    *state = turn_world_new(*state, 1);
    /* What the start keeps is on disk, since a list sees it: what is held from
     * now on is of the case. */
    assert_string_equal(turn_task(*state, "job"), "none");
    return 0;
}

static int teardown(void **state)
{
    disk_go_on();
    turn_world_free(*state);
    disk_end();
    return 0;
}

static void step(struct turn_world *world)
{
    usher_loop_step(usher_stage_loop(world->stage), 5);
}

/* The next commit is on its way; so many answers were given by then, and so
 * many requests sent, whatever could be done meanwhile. */
static void until_held(struct turn_world *world, unsigned answers,
                       unsigned asked)
{
    WAIT_FOR("a commit on its way", disk_is_held(), step(world));
    for (int i = 0; i < 5; i++)
        step(world);
    assert_int_equal(world->answers, answers);
    assert_int_equal(world->asked, asked);
}

static void until_answered(struct turn_world *world)
{
    WAIT_FOR("an answer", world->answers, step(world));
}

static void until_asked(struct turn_world *world)
{
    WAIT_FOR("a request", world->asked, step(world));
}

static void an_answer_waits_for_its_commit(void **state)
{
    struct turn_world *world = *state;

    disk_hold();
    turn_say(world, "c", "r1", "hi");
    until_held(world, 0, 0);
    disk_go_on();
    until_answered(world);
    assert_false(disk_is_dirty());
    assert_non_null(strstr(world->answer, "hello"));
}

/* The next turn of a conversation begins after the last one's commit. */
static void turns_wait_for_the_one_before(void **state)
{
    struct turn_world *world = *state;

    disk_hold();
    turn_say(world, "c", "r1", "one");
    turn_say(world, "c", "r2", "two");
    until_held(world, 0, 0);
    disk_let_one();
    until_held(world, 1, 0);
    disk_let_one();
    WAIT_FOR("both answers", world->answers == 2, step(world));
}

static void a_write_waits_for_its_intent(void **state)
{
    struct turn_world *world = *state;

    disk_hold();
    turn_say(world, "c", "r1", "hi");
    until_held(world, 0, 0);
    disk_let_one();
    until_asked(world);
    until_held(world, 0, 1);
    disk_go_on();
    until_answered(world);
    assert_false(disk_is_dirty());
    assert_non_null(strstr(world->answer, "got 200"));
}

/* The task is promised with the answer; its write has an intent of its own. */
static void a_task_waits_for_its_promise_and_its_intent(void **state)
{
    struct turn_world *world = *state;

    disk_hold();
    turn_say(world, "c", "r1", "hi");
    until_held(world, 0, 0);
    disk_let_one();
    until_answered(world);
    until_held(world, 1, 0);
    disk_let_one();
    until_asked(world);
    until_held(world, 1, 1); /* its end */
    disk_go_on();
    turn_wait(world, 100);
    assert_string_equal(turn_task(world, "job"), "done 0");
    assert_int_equal(world->asked, 1);
}

/* A commit that fails: no visitor hears what it held, and nothing is sent. */
static void a_write_whose_intent_fails_is_not_sent(void **state)
{
    struct turn_world *world = *state;

    (void)disk_refuse(DISK_SYNC, 1, SQLITE_IOERR_FSYNC);
    turn_say(world, "c", "r1", "hi");
    until_answered(world);
    assert_int_equal(world->asked, 0);
    assert_null(strstr(world->answer, "got"));
    assert_true(disk_refuse(DISK_NOTHING, 1, 0));
}

static void an_answer_whose_commit_fails_is_not_given(void **state)
{
    struct turn_world *world = *state;

    (void)disk_refuse(DISK_SYNC, 1, SQLITE_IOERR_FSYNC);
    turn_say(world, "c", "r1", "hi");
    until_answered(world);
    assert_null(strstr(world->answer, "noted"));
    assert_true(disk_refuse(DISK_NOTHING, 1, 0));
    turn_wait(world, 100);
    assert_string_equal(turn_task(world, "job"), "none");
    assert_int_equal(world->asked, 0);
}

#define CASE(test, flows)                                           \
    cmocka_unit_test_prestate_setup_teardown(test, setup, teardown, \
                                             (void *)(uintptr_t)flows)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_answer_waits_for_its_commit, says),
        CASE(turns_wait_for_the_one_before, says),
        CASE(a_write_waits_for_its_intent, posts),
        CASE(a_task_waits_for_its_promise_and_its_intent, promises),
        CASE(a_write_whose_intent_fails_is_not_sent, posts),
        CASE(an_answer_whose_commit_fails_is_not_given, promises),
    };

    return cmocka_run_group_tests_name("commit_hold", tests, NULL, NULL);
}
