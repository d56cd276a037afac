/* tests/unit/engine_control_test.c - threaded; what the control thread does
 * every half second: the watchdog, what is old, what is over, what a worker has
 * not been told. And how many callers a process may have. */
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "conversation/internal.h"
#include "conversation/reload_internal.h"
#include "engine_world.h"
#include "net/client_private.h"
#include "net/server_private.h"
#include "patience.h"

#define MEMORY "DATABASE_URL=memory:\n"
#define ADMIN MEMORY "ADMIN_TOKEN=an-admin-token\n"
#define HOUR_MS 3600000LL
#define DAY_MS (24 * HOUR_MS)

static int talk_each(void *user, const char *key, size_t key_len, int64_t seq,
                     int64_t updated_ms)
{
    (void)key;
    (void)key_len;
    (void)seq;
    (void)updated_ms;
    ++*(size_t *)user;
    return 0;
}

static size_t talks(struct engine_world *world)
{
    size_t count = 0;

    assert_int_equal(usher_store_conversations(world->usher->store, 100,
                                               talk_each, &count),
                     USHER_OK);
    return count;
}

static void what_is_older_than_the_retention_is_forgotten(void **state)
{
    struct engine_world world;

    (void)state;
    engine_open(&world, MEMORY "RETENTION_DAYS=3\n");
    for (int i = 0; i < 3; i++)
        engine_say(&world, 0, i, "hello");
    engine_ahead(&world, 3 * DAY_MS - HOUR_MS);
    engine_look(&world);
    assert_int_equal(talks(&world), 3);
    engine_ahead(&world, 3 * DAY_MS + HOUR_MS);
    engine_look(&world);
    assert_int_equal(talks(&world), 0);
    engine_close(&world);
}

static void they_are_looked_for_every_minute(void **state)
{
    struct engine_world world;

    (void)state;
    engine_open(&world, MEMORY "RETENTION_DAYS=1\n");
    engine_say(&world, 0, 1, "hello");
    engine_ahead(&world, 2 * DAY_MS);
    world.usher->forget_ms = usher_clock_steady_ms(world.usher->clock) - 50000;
    engine_look(&world);
    assert_int_equal(talks(&world), 1);
    world.usher->forget_ms = usher_clock_steady_ms(world.usher->clock) - 60000;
    engine_look(&world);
    assert_int_equal(talks(&world), 0);
    engine_close(&world);
}

static void a_failure_of_an_hour_ago_is_no_news(void **state)
{
    struct engine_world world;
    int talk = 0;

    (void)state;
    engine_open(&world, "");
    engine_save(&world, "flows/first.lua", "return function() error 'no' end");
    usher_reload_now(world.usher->reload, NULL, NULL);
    WAIT_FOR("a flow that fails", world.usher->shared.failed_ms != 0,
             engine_say(&world, 0, talk++, "hello"));
    engine_look(&world);
    assert_true(engine_has_problem(&world, "flow_fails"));
    engine_ahead(&world, HOUR_MS - 60000);
    engine_look(&world);
    assert_true(engine_has_problem(&world, "flow_fails"));
    engine_ahead(&world, HOUR_MS);
    engine_look(&world);
    assert_false(engine_has_problem(&world, "flow_fails"));
    /* The same of a state that was full. */
    atomic_store(&world.usher->shared.rebuilt_ms,
                 usher_clock_steady_ms(world.usher->clock));
    usher_problem_raise(world.usher->problems, USHER_PROBLEM_STATE_REBUILT, "x",
                        NULL, NULL);
    engine_ahead(&world, 2 * HOUR_MS - 60000);
    engine_look(&world);
    assert_true(engine_has_problem(&world, "state_rebuilt"));
    engine_ahead(&world, 2 * HOUR_MS);
    engine_look(&world);
    assert_false(engine_has_problem(&world, "state_rebuilt"));
    engine_close(&world);
}

static void what_can_be_read_again_is_told_no_more(void **state)
{
    struct engine_world world;

    (void)state;
    engine_open(&world, "");
    usher_problem_raise(world.usher->problems,
                        USHER_PROBLEM_CONVERSATION_UNREADABLE, "siq:9", NULL,
                        NULL);
    atomic_store(&world.usher->shared.unreadable, 1);
    engine_ahead(&world, 60000);
    engine_look(&world);
    engine_await_problem(&world, "conversation_unreadable", 0);
    engine_close(&world);
}

static void a_file_that_others_can_read_is_told_until_mended(void **state)
{
    static const mode_t modes[] = {0644, 0640, 0604};
    struct engine_world world;
    char path[96];

    (void)state;
    engine_open(&world, "");
    snprintf(path, sizeof(path), "%s/.env", world.folder);
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        assert_int_equal(chmod(path, modes[i]), 0);
        engine_look(&world);
        assert_true(engine_has_problem(&world, "env_readable"));
        assert_int_equal(chmod(path, 0600), 0);
        engine_look(&world);
        assert_false(engine_has_problem(&world, "env_readable"));
    }
    engine_close(&world);
}

/* ---- what is a number ---- */

/* Set within these two moments, to so much later. */
static void assert_later(int64_t due_ms, int64_t ms, int64_t before_ms)
{
    int64_t now = usher_clock_steady_ms(usher_clock_system());

    assert_in_range(due_ms, before_ms + ms, now + ms);
}

static void it_looks_twice_a_second_and_ends_after_two(void **state)
{
    const struct usher_clock *clock = usher_clock_system();
    struct engine_world world;
    int64_t before;

    (void)state;
    engine_open(&world, "");
    before = usher_clock_steady_ms(clock);
    engine_look(&world);
    assert_true(world.usher->health_timer.armed);
    assert_later(world.usher->health_timer.due_ms, 500, before);
    before = usher_clock_steady_ms(clock);
    usher_loop_step(world.usher->loop, 0); /* its time is that of its step */
    control_drain(world.usher);
    assert_later(world.usher->drain_until_ms, 2000, before);
    engine_close(&world);
}

/* OPERATING.md, "Limits of the door"; and of the commands' own door. What the
 * server does with them has its tests in server_bound_test.c and
 * server_clients_test.c. */
static void the_doors_have_the_limits_that_are_promised(void **state)
{
    struct engine_world world;
    const struct usher_server *door, *admin;

    (void)state;
    engine_open(&world, "DATABASE_URL=sqlite:usher.db\n");
    for (size_t i = 0; i < ENGINE_WORKERS; i++) {
        door = world.usher->shared.workers[i]->server;
        assert_int_equal(door->max_body, 1024 * 1024);
        assert_int_equal(door->idle_ms, 75 * 1000);
    }
    admin = world.usher->admin;
    assert_non_null(admin);
    assert_int_equal(admin->max_body, 64 * 1024);
    assert_int_equal(admin->max_clients, 64);
    assert_int_equal(admin->idle_ms, 30 * 1000);
    /* An answer of Accounts. */
    assert_int_equal(world.usher->client->max_response, 1024 * 1024);
    engine_close(&world);
}

/* ---- the watchdog ---- */

static sem_t stuck, loose;

static void stick(void *user)
{
    (void)user;
    sem_post(&stuck);
    while (sem_wait(&loose) != 0)
        ;
}

static void a_worker_that_is_stuck_for_a_second_is_logged_once(void **state)
{
    struct engine_world world;
    struct usher_loop *loop;
    int64_t since, now;

    (void)state;
    engine_open(&world, "");
    sem_init(&stuck, 0, 0);
    sem_init(&loose, 0, 0);
    loop = usher_worker_loop(world.usher->shared.workers[1]);
    assert_int_equal(usher_loop_post(loop, stick, NULL), USHER_OK);
    while (sem_wait(&stuck) != 0)
        ;
    since = usher_loop_health(loop).busy_since_ms;
    now = usher_clock_steady_ms(usher_clock_system());
    if (now - since < 500) { /* else this machine is busy itself */
        engine_ahead(&world, 0);
        assert_null(strstr(engine_look(&world), "stuck"));
    }
    engine_ahead(&world, 1000 - (now - since));
    assert_non_null(strstr(engine_look(&world), "a worker is stuck"));
    assert_non_null(strstr(world.answer, "worker=1"));
    assert_null(strstr(engine_look(&world), "stuck"));
    sem_post(&loose);
    engine_settle(&world);
    engine_close(&world);
}

/* ---- what workers are owed ---- */

static unsigned long long failed(const struct engine_world *world, size_t at)
{
    return atomic_load(
        &usher_worker_counters(world->usher->shared.workers[at])->tasks_failed);
}

/* Each worker's task has been tried so often. */
static void assert_woken(struct engine_world *world, unsigned long long times)
{
    WAIT_FOR("a try on each worker",
             failed(world, 0) >= times && failed(world, 1) >= times,
             usher_loop_step(world->usher->loop, 10));
    assert_int_equal(failed(world, 0), times);
    assert_int_equal(failed(world, 1), times);
}

/* A task on each worker that has failed for an hour to come. */
static void tasks_begin(struct engine_world *world)
{
    engine_open(world, ADMIN);
    for (size_t i = 0; i < ENGINE_WORKERS; i++)
        engine_say(world, i, 1, "job rate_limited");
    assert_woken(world, 1);
}

static void every_worker_is_woken(void **state)
{
    struct engine_world world;

    (void)state;
    tasks_begin(&world);
    /* By a changed setting, and not by none. */
    engine_settings(&world, ADMIN);
    assert_woken(&world, 1);
    engine_settings(&world, ADMIN "SHOP=corner\n");
    assert_woken(&world, 2);
    /* By a person. */
    assert_int_equal(engine_call(&world, "POST", "/admin/reload",
                                 "Authorization: Bearer an-admin-token\r\n",
                                 ""),
                     200);
    assert_woken(&world, 3);
    /* What could not be said is said later. */
    for (size_t i = 0; i < ENGINE_WORKERS; i++)
        world.usher->owed[i] = USHER_OWED_WAKE;
    engine_look(&world);
    assert_woken(&world, 4);
    engine_close(&world);
}

/* Nobody but the credentials says so: no setting, no person. */
static void a_new_token_wakes_every_worker(void **state)
{
    char *settings[] = {(char *)(uintptr_t) "OAUTH_ACCESS_TOKEN=1000.new.one",
                        NULL};
    struct usher_config_source source = {.environ = settings};
    struct usher_config *config;
    struct engine_world world;

    (void)state;
    tasks_begin(&world);
    assert_int_equal(usher_config_load(&source, &config, NULL), USHER_OK);
    usher_credentials_reload(world.usher->credentials, config,
                             &world.usher->zoho);
    usher_config_release(config);
    assert_woken(&world, 2);
    engine_close(&world);
}

static int row_each(void *user, const struct usher_task_row *row)
{
    unsigned *seen = user;

    seen[row->state]++;
    return 0;
}

static int all_are_tried(const struct engine_world *world)
{
    unsigned seen[5] = {0};

    assert_int_equal(usher_store_tasks(world->usher->store, 31, row_each, seen),
                     USHER_OK);
    return seen[USHER_TASK_READY] == 1 && seen[USHER_TASK_PAUSED] == 1 &&
           seen[USHER_TASK_DEAD] == 1;
}

static int is_counted(struct engine_world *world, const char *line)
{
    assert_int_equal(engine_call(world, "GET", "/metrics", NULL, NULL), 200);
    return strstr(world->answer, line) != NULL;
}

/* Whatever it waits for, a task is there again after a restart. */
static void every_task_that_is_not_done_is_loaded(void **state)
{
    static const char *const kinds[] = {"job rate_limited", "job token",
                                        "job unclear"};
    struct engine_world world;

    (void)state;
    engine_open(&world, "DATABASE_URL=sqlite:usher.db\n");
    for (int i = 0; i < 3; i++)
        engine_say(&world, (size_t)i % ENGINE_WORKERS, i, kinds[i]);
    WAIT_FOR("each task's first try", all_are_tried(&world),
             usher_loop_step(world.usher->loop, 10));
    engine_end(&world);
    assert_true(engine_begin(&world));
    /* A start tries what is paused, which is paused again then. */
    WAIT_FOR("two tasks, one of them paused",
             is_counted(&world, "\nusher_tasks_open 2\n") &&
                 is_counted(&world, "\nusher_tasks_paused 1\n"),
             (void)0);
    assert_true(
        is_counted(&world, "\nusher_tasks_waiting{reason=\"unclear\"} 1\n"));
    assert_true(engine_has_problem(&world, "task_waits unclear"));
    engine_close(&world);
}

static void a_store_that_is_well_again_wakes_what_it_had_failed(void **state)
{
    struct engine_world world;

    (void)state;
    tasks_begin(&world);
    world.usher->store_failed = 1; /* as when it was last looked at */
    engine_look(&world);
    assert_woken(&world, 2);
    assert_int_equal(world.usher->store_failed, 0);
    engine_look(&world);
    engine_settle(&world);
    assert_woken(&world, 2);
    engine_close(&world);
}

/* As it was when somebody last looked; nobody does any more. */
static void that_a_problem_is_over_is_told_though_nobody_asks(void **state)
{
    static const struct {
        enum usher_problem code;
        const char *subject;
    } each[] = {{USHER_PROBLEM_STORE_FAILING, NULL},
                {USHER_PROBLEM_CREDENTIAL_DEAD, "default"},
                {USHER_PROBLEM_CREDENTIAL_REFUSED, "salesiq"},
                {USHER_PROBLEM_CREDENTIAL_WAITING, "desk"},
                {USHER_PROBLEM_CREDENTIAL_ENDS, "visitor"},
                {USHER_PROBLEM_NO_FLOWS, NULL}};
    struct engine_world world;

    (void)state;
    engine_open(&world, "");
    usher_log_set_level(world.usher->log, USHER_LOG_INFO);
    for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
        struct usher_problems *problems = world.usher->problems;
        const char *name = usher_problem_name(each[i].code), *log;

        usher_problem_raise(problems, each[i].code, each[i].subject, "d", NULL);
        log = engine_look(&world);
        assert_int_equal(usher_problems_count(problems, each[i].code), 0);
        assert_non_null(strstr(log, "event=over"));
        assert_non_null(strstr(log, name));
    }
    engine_close(&world);
}

static void every_worker_drains(void **state)
{
    struct engine_world world;

    (void)state;
    engine_open(&world, "");
    control_drain(world.usher);
    engine_settle(&world);
    for (size_t i = 0; i < ENGINE_WORKERS; i++)
        assert_true(world.usher->shared.workers[i]->draining);
    assert_null(world.usher->reload->builder); /* no edit goes live any more */
    engine_close(&world);
}

/* ---- how many may come ---- */

static void callers_leave_room_for_all_else(void **state)
{
    (void)state;
    /* What systems begin with, and 4 workers. */
    assert_int_equal(descriptors_for_clients(1024, 4), 200);
    assert_int_equal(descriptors_for_clients(1024, 1), 824);
    /* Half of what there is, where that is little. */
    assert_int_equal(descriptors_for_clients(64, 1), 32);
    assert_int_equal(descriptors_for_clients(64, 2), 16);
    assert_int_equal(descriptors_for_clients(64, 16), 8); /* one must get in */
    assert_int_equal(descriptors_for_clients(1u << 20, 1), 16384);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_older_than_the_retention_is_forgotten),
        cmocka_unit_test(they_are_looked_for_every_minute),
        cmocka_unit_test(a_failure_of_an_hour_ago_is_no_news),
        cmocka_unit_test(what_can_be_read_again_is_told_no_more),
        cmocka_unit_test(a_file_that_others_can_read_is_told_until_mended),
        cmocka_unit_test(it_looks_twice_a_second_and_ends_after_two),
        cmocka_unit_test(the_doors_have_the_limits_that_are_promised),
        cmocka_unit_test(a_worker_that_is_stuck_for_a_second_is_logged_once),
        cmocka_unit_test(every_worker_is_woken),
        cmocka_unit_test(a_new_token_wakes_every_worker),
        cmocka_unit_test(every_task_that_is_not_done_is_loaded),
        cmocka_unit_test(a_store_that_is_well_again_wakes_what_it_had_failed),
        cmocka_unit_test(that_a_problem_is_over_is_told_though_nobody_asks),
        cmocka_unit_test(every_worker_drains),
        cmocka_unit_test(callers_leave_room_for_all_else),
    };

    return cmocka_run_group_tests_name("engine_control", tests, NULL, NULL);
}
