/* tests/unit/task_unclear_test.c - tasks that end at a write of which nobody
 * knows whether it was done, and the person who has looked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "conversation/admin.h"
#include "conversation/task_internal.h"
#include "task_flows.h"
#include "turn_world.h"

static const struct turn_flow writes[] = {INIT, FIRST, WRITES, END};

/* ---- a person's retry ---- */

static int id_take(void *user, const struct usher_task_row *row)
{
    snprintf(user, 65, "%s", row->id);
    return 1;
}

/* `usher tasks retry`, of the only task of the store; crash: while no engine
 * runs. What the admin call answers. */
static unsigned retry_ask(struct turn_world *world, int crash)
{
    struct usher_admin admin = {.store = usher_stage_store(world->stage),
                                .clock = &world->time.clock};
    char id[65] = "";
    struct usher_admin_ask ask = {.post = 1, .name = "retry", .id = id};
    struct usher_buffer out;
    unsigned status;

    if (!crash)
        admin.shared = usher_stage_worker(world->stage)->shared;
    assert_int_equal(usher_store_tasks(admin.store, 15, id_take, id), USHER_OK);
    assert_int_equal(usher_loop_new(admin.clock, &admin.loop), USHER_OK);
    usher_buffer_init(&out, 0);
    status = usher_admin_answer(&admin, &ask, &out);
    usher_buffer_free(&out);
    usher_loop_free(admin.loop);
    return status;
}

static void person_retries(struct turn_world *world, int crash)
{
    assert_int_equal(retry_ask(world, crash), 200);
    if (crash)
        turn_crash(world, NULL);
    turn_wait(world, 100);
}

#ifdef USHER_FAULTS
static void a_retry_that_cannot_be_kept_is_told(void **state)
{
    for (int crash = 0; crash < 2; crash++) {
        struct turn_world *world = turn_world_new(writes, 1);
        struct usher_store *store = usher_stage_store(world->stage);

        (void)state;
        world->hang = 1;
        turn_ask(world, "c", "a");
        turn_wait(world, 60000);
        assert_string_equal(turn_task(world, "job"), "dead 0");
        usher_store_fault(store, USHER_STORE_FAULT_COMMIT);
        assert_int_equal(retry_ask(world, crash), 503);
        usher_store_fault(store, USHER_STORE_FAULT_NONE);
        turn_wait(world, 100);
        assert_string_equal(turn_task(world, "job"), "dead 0");
        turn_world_free(world);
    }
}
#endif

static void a_person_who_has_looked_has_it_sent_again_once(void **state)
{
    for (int crash = 0; crash < 2; crash++) {
        struct turn_world *world = turn_world_new(writes, 1);

        (void)state;
        world->hang = 1;
        turn_ask(world, "c", "a");
        turn_crash(world, NULL);
        turn_wait(world, 60000);
        assert_string_equal(turn_task(world, "job"), "dead 0");
        /* Unclear again: again nobody but a person sends it. */
        person_retries(world, crash);
        assert_int_equal(world->asked, 2);
        turn_crash(world, NULL);
        turn_wait(world, 60000);
        assert_string_equal(turn_task(world, "job"), "dead 0");
        assert_int_equal(world->asked, 2);
        world->hang = 0;
        person_retries(world, crash);
        assert_int_equal(world->asked, 3);
        assert_string_equal(turn_task(world, "job"), "done 0");
        turn_world_free(world);
    }
}

/* The first is asked for anew, but later than the second, and is settled:
 * whatever came of it, the flow goes on. */
static const struct turn_flow two_writes[] = {
    INIT,
    FIRST,
    {"job.lua", "local function post(path)\n"
                "  local a, err = http.post('http://out/' .. path, path)\n"
                "  return a and a.status == 200, err or { kind = 'unclear' }\n"
                "end\n"
                "return function(task)\n"
                "  if task.tries == 0 then\n"
                "    post 'a'\n"
                "    return nil, { kind = 'offline' }\n"
                "  end\n"
                "  post 'b'\n"
                "  return post 'a'\nend"},
    END};

static void only_the_write_that_ended_it_is_sent_again(void **state)
{
    struct turn_world *world = turn_world_new(two_writes, 1);

    (void)state;
    world->status = 429;
    turn_ask(world, "c", "a");
    turn_wait(world, 100);
    assert_int_equal(world->asked, 1);
    world->status = 500;
    turn_wait(world, 60000);
    assert_int_equal(world->asked, 3);
    assert_memory_equal(turn_task(world, "job"), "dead", 4);
    world->status = 200;
    person_retries(world, 0);
    assert_int_equal(world->asked, 4);
    assert_string_equal(world->last, "a");
    assert_memory_equal(turn_task(world, "job"), "done", 4);
    turn_world_free(world);
}

static void who_retries_something_else_says_nothing_of_it(void **state)
{
    struct turn_world *world = turn_world_new(two_writes, 1);

    (void)state;
    world->status = 500;
    turn_ask(world, "c", "a");
    turn_wait(world, 100);
    assert_memory_equal(turn_task(world, "job"), "ready", 5);
    person_retries(world, 1);
    turn_wait(world, 60000);
    assert_memory_equal(turn_task(world, "job"), "dead", 4);
    assert_int_equal(world->asked, 2); /* a, b */
    turn_world_free(world);
}

/* ---- what makes it one ---- */

#define POST "local a, err = http.post('http://out/x', 'x')\n"

static void a_task_that_always_gets_the_same_5xx_is_for_a_person(void **state)
{
    static const char *const ends[] = {
        "if a.status ~= 200 then return nil, { kind = 'offline' } end",
        "if a.status ~= 200 then return nil, 'busy' end",
        "if a.status ~= 200 then return false end",
        "if a.status ~= 200 then return nil, { kind = 'rejected' } end",
        ("if a.status ~= 200 then\n"
         "  return nil, { message = os.date() .. config.TIME_ZONE }\nend"),
        "assert(a.status == 200, 'no')",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        char text[512];
        struct turn_flow flows[] = {INIT, FIRST, {"job.lua", text}, END};
        struct turn_world *world;

        snprintf(text, sizeof(text),
                 "return function(task)\n" POST "%s\nreturn true\nend",
                 ends[i]);
        world = turn_world_new(flows, 1);
        world->status = 500 + (unsigned)i % 5;
        turn_ask(world, "c", "a");
        turn_wait(world, 5000);
        assert_int_equal(world->asked, 1);
        assert_string_equal(turn_task(world, "job"), "dead 1");
        assert_int_equal(usher_waiting_count(
                             usher_stage_worker(world->stage)->shared->waiting,
                             USHER_WHY_UNCLEAR),
                         1);
        world->status = 200;
        person_retries(world, 0);
        assert_int_equal(world->asked, 2);
        assert_string_equal(turn_task(world, "job"), "done 1");
        turn_world_free(world);
    }
}

/* What its next try does may end otherwise: it looks, goes on to a read, sends
 * another write since it is another try. */
static void one_that_has_more_to_do_is_tried_again(void **state)
{
    static const char *const ends[] = {
        "local b = http.get('http://out/y')\n"
        "if b.status ~= 200 then return nil, { kind = 'offline' } end",
        "a = http.post('http://out/y', 'y')\n"
        "if a.status ~= 200 then return nil, { kind = 'offline' } end",
        "for _ = 1, task.tries do\n" POST
        "  if a.status == 200 then return true end\n"
        "end\n"
        "do return nil, { kind = 'timeout' } end",
        "a = http.post('http://out/y', tostring(task.tries))\n"
        "if a.status ~= 200 then return nil, { kind = 'offline' } end",
    };
    static const unsigned later[] = {503, 429, 503, 503};

    (void)state;
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        char text[512];
        struct turn_flow flows[] = {INIT, FIRST, {"job.lua", text}, END};
        struct turn_world *world;

        snprintf(text, sizeof(text),
                 "return function(task)\n" POST "%s\nreturn true\nend",
                 ends[i]);
        world = turn_world_new(flows, 1);
        world->status = 503;
        world->refused = "/y";
        world->refusals = later[i] == 429 ? 20 : 0;
        turn_ask(world, "c", "a");
        /* A wake is no other try by itself. */
        usher_worker_wake_tasks(usher_stage_worker(world->stage));
        turn_wait(world, 30000);
        assert_memory_equal(turn_task(world, "job"), "ready", 5);
        world->refusals = 0;
        world->status = 200;
        turn_wait(world, 3600000);
        assert_memory_equal(turn_task(world, "job"), "done", 4);
        turn_world_free(world);
    }
}

static void who_waits_for_it_hears_of_the_person(void **state)
{
    static const struct turn_flow flows[] = {
        INIT,
        {"first.lua",
         "return function(chat)\n"
         "  chat:say(chat:task('job'):wait(1.5).waiting or 'later')\n"
         "end"},
        {"job.lua", "return function(task)\n" POST "if a.status ~= 200 then\n"
                    "  return nil, { kind = 'offline' }\nend\nend"},
        END};
    struct turn_world *world = turn_world_new(flows, 0);

    (void)state;
    world->status = 503;
    turn_say(world, "c", NULL, "a");
    turn_wait(world, 1600);
    assert_non_null(strstr(world->answer, "person"));
    turn_world_free(world);
}

/* A second later it is known how old the question is: by a crash, where it
 * became one with the restart, and by what was not answered. */
static void since_when_nobody_knows_is_told_and_kept(void **state)
{
    static const struct turn_flow flows[] = {
        INIT,
        FIRST,
        {"job.lua",
         "return function(task)\n"
         "  local a, err = http.post('http://out/x', 'x', { timeout = 1 })\n"
         "  local age = clock.now() - err.at\n"
         "  if task.tries == 0 and age == 0 then\n"
         "    http.get('http://out/y')\n"
         "    return nil, { kind = 'timeout', retry_after = 60 }\n"
         "  end\n"
         "  return age >= 60 and age < 65, { kind = 'rejected' }\n"
         "end"},
        END};

    (void)state;
    for (int crash = 0; crash < 2; crash++) {
        struct turn_world *world = turn_world_new(flows, 1);

        world->hang = 1;
        turn_ask(world, "c", "a");
        assert_int_equal(world->asked, 1);
        turn_wait(world, 500);
        world->hang = 0;
        if (crash)
            turn_crash(world, NULL);
        turn_wait(world, 55000);
        assert_string_equal(turn_task(world, "job"), "ready 1");
        turn_wait(world, 10000);
        assert_string_equal(turn_task(world, "job"), "done 1");
        turn_world_free(world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef USHER_FAULTS
        cmocka_unit_test(a_retry_that_cannot_be_kept_is_told),
#endif
        cmocka_unit_test(a_person_who_has_looked_has_it_sent_again_once),
        cmocka_unit_test(only_the_write_that_ended_it_is_sent_again),
        cmocka_unit_test(who_retries_something_else_says_nothing_of_it),
        cmocka_unit_test(a_task_that_always_gets_the_same_5xx_is_for_a_person),
        cmocka_unit_test(one_that_has_more_to_do_is_tried_again),
        cmocka_unit_test(who_waits_for_it_hears_of_the_person),
        cmocka_unit_test(since_when_nobody_knows_is_told_and_kept),
    };

    return cmocka_run_group_tests_name("task_unclear", tests, NULL, NULL);
}
