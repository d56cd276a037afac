/* tests/unit/task_wake_test.c - what lets tasks go on that have failed:
 * CONTRIBUTING.md, "What waits, and what wakes it". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conversation/build.h"
#include "conversation/task_internal.h"
#include "fail_alloc.h"
#include "task_flows.h"
#include "turn_world.h"

/* Fails as the web says; "bad" always. */
static const struct turn_flow asks[] = {
    INIT,
    FIRST,
    {"job.lua",
     "local kinds = {\n"
     "  [401] = { kind = 'token' }, [403] = { kind = 'scope' },\n"
     "  [404] = { kind = 'not_found', status = 404 },\n"
     "  [422] = { kind = 'invalid', status = 422 },\n"
     "  [429] = { kind = 'rate_limited', status = 429, retry_after = 600 },\n"
     "  [430] = { kind = 'rate_limited', retry_after = 600 },\n"
     "  [431] = { kind = 'rate_limited', status = 401, retry_after = 600 },\n"
     "  [503] = { kind = 'offline' }, [504] = { kind = 'timeout' },\n"
     "}\n"
     "return function(task)\n"
     "  local a = http.get('http://out/x')\n"
     "  if task.args.n == 'bad' then return nil, kinds[403] end\n"
     "  if a.status == 200 then return true end\n"
     "  return nil, kinds[a.status]\nend"},
    END};

static const struct turn_flow raises[] = {
    INIT, FIRST, {"job.lua", "return function(task) error('not so') end"}, END};

static const struct turn_flow mended[] = {
    INIT, FIRST, {"job.lua", "return function(task) return true end"}, END};

static struct usher_worker *worker_of(struct turn_world *world)
{
    return usher_stage_worker(world->stage);
}

static void wake(struct turn_world *world)
{
    assert_int_equal(usher_worker_wake_tasks(worker_of(world)), USHER_OK);
    turn_settle(world);
}

static void token_works(struct turn_world *world)
{
    assert_int_equal(usher_worker_token_works(worker_of(world)), USHER_OK);
    turn_settle(world);
}

/* A world with one task that has failed so, and so often that it is not due
 * for a while. */
static struct turn_world *failed_begin(unsigned status)
{
    struct turn_world *world = turn_world_new(asks, 1);

    world->status = status;
    turn_ask(world, "c", "a");
    turn_wait(world, 100);
    while (worker_of(world)->tasks->list->state == USHER_TASK_READY &&
           worker_of(world)->tasks->list->due_ms - world->time.wall_ms < 60000)
        turn_wait(world, 60000);
    world->asked = 0;
    world->status = 200;
    return world;
}

static void done(struct turn_world *world)
{
    assert_memory_equal(turn_task(world, "job"), "done", 4);
    turn_world_free(world);
}

/* ---- facts ---- */

static void a_wake_lets_all_go_on_that_failed(void **state)
{
    static const unsigned failures[] = {401, 403, 422, 430, 431, 503};

    (void)state;
    for (size_t i = 0; i < 2 * sizeof(failures) / sizeof(failures[0]); i++) {
        struct turn_world *world = failed_begin(failures[i / 2]);

        if (i % 2 && i / 2 > 1) /* those that are paused are tried then */
            turn_crash(world, NULL);
        assert_int_equal(world->asked, 0);
        wake(world);
        assert_int_equal(world->asked, 1);
        done(world);
    }
}

static void but_time_alone_what_a_service_put_off(void **state)
{
    for (int restart = 0; restart < 2; restart++) {
        struct turn_world *world = failed_begin(429);

        (void)state;
        if (restart)
            turn_crash(world, NULL);
        wake(world);
        turn_wait(world, 30000);
        assert_int_equal(world->asked, 0);
        turn_wait(world, 20 * 60000);
        done(world);
    }
}

static void a_wake_while_it_is_at_work_is_not_missed(void **state)
{
    static const unsigned failures[] = {401, 422, 503};

    (void)state;
    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
        struct turn_world *world = turn_world_new(asks, 0);

        world->status = failures[i];
        world->delay_ms = 500;
        turn_ask(world, "c", "a");
        turn_wait(world, 100);
        world->status = 200;
        wake(world);
        turn_wait(world, 1000);
        assert_int_equal(world->asked, 2);
        done(world);
    }
}

static void adopted(void *user)
{
    *(int *)user = 1;
}

static void a_new_version_is_tried_at_once(void **state)
{
    struct turn_world *world = turn_world_new(raises, 1);
    struct usher_worker *worker = worker_of(world);
    struct usher_publication *old, *fresh;
    struct usher_version *version = turn_version(mended);
    struct usher_error error;
    int is_adopted = 0;

    (void)state;
    turn_ask(world, "c", "a");
    turn_wait(world, 60 * 60000);
    assert_memory_equal(turn_task(world, "job"), "ready", 5);
    world->status = 200;
    fresh = usher_publication_new(version, 1);
    assert_non_null(fresh);
    assert_int_equal(usher_state_build(version, NULL, 0, "flows",
                                       usher_worker_bind(worker), NULL, NULL,
                                       &fresh->scripts[0], &error),
                     USHER_OK);
    old = atomic_exchange(&worker->shared->publication, fresh);
    usher_worker_adopt(worker, adopted, &is_adopted);
    turn_settle(world);
    assert_true(is_adopted);
    usher_publication_release(old);
    usher_version_release(version);
    done(world);
}

/* A call of another operation went through: that tells of no scope, field or
 * id. */
static void a_token_that_works_is_news_for_who_missed_one(void **state)
{
    static const struct {
        unsigned status;
        unsigned tries;
    } cases[] = {{401, 1}, {430, 1}, {503, 1}, {403, 0}, {404, 0}, {422, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct turn_world *world = failed_begin(cases[i].status);
        const char *stands = cases[i].status == 403 ? "paused" : "ready ";

        token_works(world);
        assert_int_equal(world->asked, cases[i].tries);
        stands = cases[i].tries ? "done 0" : stands;
        assert_memory_equal(turn_task(world, "job"), stands, 5);
        turn_world_free(world);
        /* The same while it is at work. */
        world = turn_world_new(asks, 0);
        world->status = cases[i].status;
        world->delay_ms = 500;
        turn_ask(world, "c", "a");
        turn_wait(world, 100);
        world->status = 200;
        token_works(world);
        turn_wait(world, 1000);
        assert_int_equal(world->asked, 1 + cases[i].tries);
        turn_world_free(world);
    }
}

static void each_wake_is_one_try(void **state)
{
    struct turn_world *world = failed_begin(401);

    (void)state;
    world->status = 401;
    for (unsigned i = 1; i <= 5; i++) {
        wake(world);
        turn_wait(world, 60000);
        assert_int_equal(world->asked, i);
    }
    assert_string_equal(turn_task(world, "job"), "paused 0");
    turn_world_free(world);
}

static const struct turn_flow partner[] = {
    {"init.lua", "return { apology = 'sorry', tasks = { 'job' },\n"
                 "settings = { 'PARTNER' },\n"
                 "flows = { { 'first', fallback = true } } }"},
    FIRST,
    {"job.lua", "return function(task)\n"
                "  if config.PARTNER == 'right' then return true end\n"
                "  return nil, { kind = 'scope', message = 'wrong' }\nend"},
    END};

#define KEY                                                            \
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDDTJahoaOwIPHRqLBJ6spHFaBa" \
    "VCAzGnIM3cR+3Gy54pSV802Tw3j1tCsEG0eKnCSXcNRwPlMY7uCBTkrZnxopTaDK" \
    "dr5XtmO/xHWBb+b/IRaI3p12cLhOFVybFAK8gzUj6NaMW+cdh7EPd8+pmsCISng6" \
    "fTaJ7dHoQy+4nmeppwIDAQAB"

static struct usher_config *config_of(const char *line)
{
    char *environment[] = {(char *)(uintptr_t)line, NULL};
    struct usher_config_source source = {.environ = environment};
    struct usher_config *config;

    assert_int_equal(usher_config_load(&source, &config, NULL), USHER_OK);
    return config;
}

/* Whatever allocation fails: it is told, so that it can be said again. */
static void what_wakes_comes_behind_the_settings(void **state)
{
    struct turn_world *world = turn_world_new(partner, 0);
    struct usher_config *config = config_of("PARTNER=right");
    enum usher_status st = USHER_ERR_NOMEM;

    (void)state;
    turn_ask(world, "c", "a");
    turn_wait(world, 60000);
    assert_string_equal(turn_task(world, "job"), "paused 0");
    for (unsigned long n = 1; st != USHER_OK; n++) {
        fail_alloc_at(n);
        st = usher_worker_configure(worker_of(world), config);
        assert_int_equal(fail_alloc_off(), st != USHER_OK);
        if (st != USHER_OK) {
            wake(world);
            assert_string_equal(turn_task(world, "job"), "paused 0");
        }
    }
    wake(world);
    usher_config_release(config);
    done(world);
}

/* Whatever else it was told: only a wake gets a paused one going. */
static void a_pause_with_a_time_is_woken(void **state)
{
    static const struct turn_flow flows[] = {
        {"init.lua", "return { apology = 'sorry', tasks = { 'job' },\n"
                     "settings = { 'PARTNER' },\n"
                     "flows = { { 'first', fallback = true } } }"},
        FIRST,
        {"job.lua", "return function(task)\n"
                    "  if config.PARTNER == 'right' then return true end\n"
                    "  return nil, { kind = 'scope', message = 'wrong',\n"
                    "    status = 503, retry_after = 60 }\nend"},
        END};
    struct turn_world *world = turn_world_new(flows, 0);
    struct usher_config *config = config_of("PARTNER=right");

    (void)state;
    turn_ask(world, "c", "a");
    turn_wait(world, 10 * 60000);
    assert_string_equal(turn_task(world, "job"), "paused 0");
    assert_int_equal(usher_worker_configure(worker_of(world), config),
                     USHER_OK);
    usher_config_release(config);
    wake(world);
    done(world);
}

/* The same one call later: what the worker has been told it can take. */
static void settings_that_were_told_are_used(void **state)
{
    struct turn_world *world = turn_world_new(partner, 0);
    int is_reached = 1;

    (void)state;
    for (unsigned long n = 1; is_reached; n++) {
        struct usher_config *config = config_of("SALESIQ_PUBLIC_KEY=" KEY);
        enum usher_status st;

        fail_alloc_at(n);
        st = usher_worker_configure(worker_of(world), config);
        turn_settle(world);
        is_reached = fail_alloc_off();
        assert_int_equal(worker_of(world)->config == config, st == USHER_OK);
        usher_config_release(config);
    }
    turn_world_free(world);
}

/* ---- guesses ---- */

static void one_that_is_done_lets_others_of_its_name_go_on(void **state)
{
    static const unsigned failures[] = {401, 403, 422, 503};

    (void)state;
    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
        struct turn_world *world = failed_begin(failures[i]);

        turn_wait(world, 2000);
        turn_ask(world, "d", "b");
        turn_settle(world);
        assert_int_equal(world->asked, 2);
        assert_int_equal(worker_of(world)->tasks->open, 0);
        turn_world_free(world);
    }
}

/* A paused one has no other time, and nobody else may come. */
static void also_where_that_was_done_too_early(void **state)
{
    struct turn_world *world = turn_world_new(asks, 0);

    (void)state;
    world->status = 403;
    turn_ask(world, "c", "a");
    turn_wait(world, 100);
    world->status = 200;
    turn_ask(world, "d", "b");
    turn_settle(world);
    assert_int_equal(worker_of(world)->tasks->paused, 1);
    turn_wait(world, TASK_RETRY_FIRST_MS);
    assert_int_equal(worker_of(world)->tasks->open, 0);
    turn_world_free(world);
}

static void more_and_more_seldom_where_that_is_wrong(void **state)
{
    struct turn_world *world = turn_world_new(asks, 0);

    (void)state;
    world->status = 200;
    turn_ask(world, "c", "bad");
    turn_wait(world, 60000);
    assert_int_equal(world->asked, 1);
    for (int i = 0; i < 60; i++) {
        turn_ask(world, "d", "good");
        turn_wait(world, 60000);
    }
    assert_in_range(world->asked - 60, 8, 14);
    /* A fact counts at once, and all begins anew. */
    world->asked = 0;
    wake(world);
    turn_wait(world, 2000);
    turn_ask(world, "d", "good");
    turn_settle(world);
    assert_int_equal(world->asked, 3);
    turn_world_free(world);
}

static void a_service_that_answers_again_lets_go_on_what_missed_it(void **state)
{
    static const struct {
        unsigned status;
        unsigned asked;
    } cases[] = {{503, 1}, {504, 1}, {422, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct turn_world *world = failed_begin(cases[i].status);
        struct usher_shared *shared = worker_of(world)->shared;

        turn_wait(world, 2000);
        tasks_network(shared, USHER_ZOHO_DESK, 1); /* it was never away */
        turn_settle(world);
        assert_int_equal(world->asked, 0);
        tasks_network(shared, USHER_ZOHO_DESK, 0);
        tasks_network(shared, USHER_ZOHO_SALESIQ, 1);
        turn_settle(world);
        assert_int_equal(world->asked, 0);
        tasks_network(shared, USHER_ZOHO_DESK, 1);
        turn_settle(world);
        assert_int_equal(world->asked, cases[i].asked);
        turn_world_free(world);
    }
}

/* ---- a person ---- */

static void a_person_who_asks_while_it_is_at_work_gets_another_try(void **state)
{
    struct turn_world *world = turn_world_new(asks, 0);
    struct usher_task_row row = {.name = "job", .data = ""};

    (void)state;
    world->status = 422;
    world->delay_ms = 500;
    turn_ask(world, "c", "a");
    turn_wait(world, 100);
    world->status = 200;
    row.id = worker_of(world)->tasks->list->id;
    assert_int_equal(usher_worker_retry_task(worker_of(world), &row), USHER_OK);
    turn_wait(world, 1000);
    done(world);
}

/* ---- a flow that waits for it ---- */

static const struct turn_flow waits[] = {
    INIT,
    {"first.lua", "return function(chat)\n"
                  "  local r = chat:task('job', {}):wait(3)\n"
                  "  chat:say(r.done and 'booked' or r.waiting or 'later')\n"
                  "end"},
    {"job.lua", "return function(task)\n"
                "  local a = http.get('http://out/x')\n"
                "  if a.status == 200 then return true end\n"
                "  return nil, { kind = a.status == 401 and 'token'\n"
                "    or a.status == 403 and 'scope' }\nend"},
    END};

static void a_flow_that_waits_hears_of_its_end(void **state)
{
    static const struct {
        unsigned status;
        int64_t delay_ms, after_ms;
        const char *answer;
    } cases[] = {
        {200, 1000, 1000, "booked"}, /* done */
        {401, 1000, 1000, "person"}, /* paused */
        {422, 1000, 1000, "later"},  /* put off */
        {200, 9000, 3000, "later"},  /* its time is over */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct turn_world *world = turn_world_new(waits, 0);

        world->status = cases[i].status;
        world->delay_ms = cases[i].delay_ms;
        turn_ask(world, "c", "hi");
        turn_wait(world, cases[i].after_ms - 100);
        assert_int_equal(world->answers, 0);
        turn_wait(world, 200);
        assert_int_equal(world->answers, 1);
        assert_non_null(strstr(world->answer, cases[i].answer));
        turn_world_free(world);
    }
}

/* A token came while it was at work, renewed in the call itself, say. */
static void a_flow_that_waits_hears_of_the_try_that_follows(void **state)
{
    static const struct {
        unsigned status, then;
        int64_t delay_ms, after_ms;
        const char *answer;
    } cases[] = {
        {403, 403, 1000, 2000, "person"}, /* it makes no difference */
        {403, 200, 1000, 2000, "booked"}, /* it does */
        {403, 200, 2000, 3000, "person"}, /* nobody knows in time */
        {503, 200, 2000, 3000, "later"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct turn_world *world = turn_world_new(waits, 0);

        world->status = cases[i].status;
        world->delay_ms = cases[i].delay_ms;
        turn_ask(world, "c", "hi");
        turn_wait(world, 100);
        world->status = cases[i].then;
        wake(world);
        turn_wait(world, cases[i].after_ms - 200);
        assert_int_equal(world->answers, 0);
        turn_wait(world, 200);
        assert_int_equal(world->answers, 1);
        assert_non_null(strstr(world->answer, cases[i].answer));
        turn_world_free(world);
    }
}

/* ---- room ---- */

static void who_had_no_room_is_next(void **state)
{
    static const int64_t jumps[] = {0, -24 * 3600000, 24 * 3600000};

    (void)state;
    for (size_t i = 0; i < sizeof(jumps) / sizeof(jumps[0]); i++) {
        struct turn_world *world = failed_begin(401);
        struct usher_worker *worker = worker_of(world);

        world->status = 401;
        for (int n = 0; n < 3 * TASKS_RUNNING_MAX; n++) {
            char key[16];

            snprintf(key, sizeof(key), "d%d", n);
            turn_ask(world, key, "a");
        }
        turn_wait(world, 1000);
        assert_int_equal(worker->tasks->paused, 3 * TASKS_RUNNING_MAX + 1);
        world->asked = 0;
        world->status = 200;
        world->delay_ms = 50;
        wake(world);
        assert_int_equal(worker->tasks->running, TASKS_RUNNING_MAX);
        world->time.wall_ms += jumps[i];
        turn_wait(world, 500);
        assert_int_equal(world->asked, 3 * TASKS_RUNNING_MAX + 1);
        assert_int_equal(worker->tasks->open, 0);
        turn_world_free(world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wake_lets_all_go_on_that_failed),
        cmocka_unit_test(but_time_alone_what_a_service_put_off),
        cmocka_unit_test(a_wake_while_it_is_at_work_is_not_missed),
        cmocka_unit_test(a_new_version_is_tried_at_once),
        cmocka_unit_test(a_token_that_works_is_news_for_who_missed_one),
        cmocka_unit_test(each_wake_is_one_try),
        cmocka_unit_test(what_wakes_comes_behind_the_settings),
        cmocka_unit_test(settings_that_were_told_are_used),
        cmocka_unit_test(a_pause_with_a_time_is_woken),
        cmocka_unit_test(one_that_is_done_lets_others_of_its_name_go_on),
        cmocka_unit_test(also_where_that_was_done_too_early),
        cmocka_unit_test(more_and_more_seldom_where_that_is_wrong),
        cmocka_unit_test(
            a_service_that_answers_again_lets_go_on_what_missed_it),
        cmocka_unit_test(
            a_person_who_asks_while_it_is_at_work_gets_another_try),
        cmocka_unit_test(a_flow_that_waits_hears_of_its_end),
        cmocka_unit_test(a_flow_that_waits_hears_of_the_try_that_follows),
        cmocka_unit_test(who_had_no_room_is_next),
    };

    return cmocka_run_group_tests_name("task_wake", tests, NULL, NULL);
}
