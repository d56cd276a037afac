/* tests/unit/zoho_workers_test.c - one set of tokens, three workers: what is
 * news reaches each of them. All on one thread, stepped by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "zoho_case.h"

#define WORKERS 3
#define CALLS 2 /* of each */

struct worker {
    struct usher_loop *loop;
    struct usher_client *client;
    struct usher_zoho *zoho;
    struct got got[CALLS];
};

static struct worker workers[WORKERS];

static void worker_open(struct zoho_world *world, struct worker *worker)
{
    struct usher_client_options client = {.max_response = 65536,
                                          .user_agent = "usher-test"};
    struct usher_zoho_options options = {.credentials = world->credentials,
                                         .gate = world->gate,
                                         .clock = &world->time.clock,
                                         .log = world->log};

    memset(worker, 0, sizeof(*worker));
    assert_int_equal(usher_loop_new(&world->time.clock, &worker->loop),
                     USHER_OK);
    assert_int_equal(usher_client_new(worker->loop, &client, &worker->client),
                     USHER_OK);
    options.loop = worker->loop;
    options.client = worker->client;
    assert_int_equal(usher_zoho_new(&options, &worker->zoho), USHER_OK);
}

static int open_all(void **state)
{
    struct zoho_world *world;
    int i;

    zoho_make(state);
    world = *state;
    world_set(world, "OAUTH_ACCESS_TOKEN=1000.stale.one");
    world_start(world);
    for (i = 0; i < WORKERS; i++)
        worker_open(world, &workers[i]);
    return 0;
}

static void settle_all(struct zoho_world *world)
{
    int goes_on, i;

    do {
        usher_loop_step(world->loop, 0);
        for (i = 0; i < WORKERS; i++)
            usher_loop_step(workers[i].loop, 0);
        goes_on = world_goes_on(world->loop);
        for (i = 0; i < WORKERS; i++)
            goes_on |= world_goes_on(workers[i].loop);
    } while (goes_on);
}

static int close_all(void **state)
{
    int i;

    for (i = 0; i < WORKERS; i++)
        usher_zoho_free(workers[i].zoho);
    settle_all(*state);
    for (i = 0; i < WORKERS; i++) {
        usher_client_free(workers[i].client);
        usher_loop_free(workers[i].loop);
    }
    return zoho_drop(state);
}

static void send_all(struct zoho_world *world, struct usher_zoho_call call)
{
    int i, n;

    for (i = 0; i < WORKERS; i++)
        for (n = 0; n < CALLS; n++) {
            memset(&workers[i].got[n], 0, sizeof(workers[i].got[n]));
            assert_int_equal(usher_zoho_send(workers[i].zoho, &call, world_got,
                                             &workers[i].got[n], NULL, NULL),
                             USHER_OK);
        }
    settle_all(world);
}

/* Each call of each worker has ended so; USHER_KIND_NONE: well. */
static void all_ended(enum usher_error_kind kind)
{
    int i, n;

    for (i = 0; i < WORKERS; i++)
        for (n = 0; n < CALLS; n++) {
            assert_int_equal(workers[i].got[n].answers, 1);
            assert_int_equal(workers[i].got[n].kind, kind);
            assert_int_equal(workers[i].got[n].ok, kind == USHER_KIND_NONE);
        }
}

static void none_ended(void)
{
    int i, n;

    for (i = 0; i < WORKERS; i++)
        for (n = 0; n < CALLS; n++)
            assert_int_equal(workers[i].got[n].answers, 0);
}

/* All wait for a token, each worker with its calls. */
static void all_wait(struct zoho_world *world)
{
    world->accounts_hold = 1;
    send_all(world, world_write());
    none_ended();
    assert_int_equal(world->refreshes, 1);
    assert_int_equal(world->calls, WORKERS * CALLS);
}

static void a_new_token_wakes_every_worker(void **state)
{
    struct zoho_world *world = *state;

    all_wait(world);
    world_release(world);
    settle_all(world);
    all_ended(USHER_KIND_NONE);
    assert_int_equal(world->refreshes, 1);
    assert_int_equal(world->calls, 2 * WORKERS * CALLS);
}

static void one_by_hand_wakes_every_worker(void **state)
{
    struct zoho_world *world = *state;

    all_wait(world);
    strcpy(world->valid, "1000.by.hand");
    world_set(world, "OAUTH_ACCESS_TOKEN=1000.by.hand");
    world_reload(world);
    settle_all(world);
    all_ended(USHER_KIND_NONE);
}

static void a_death_is_told_to_every_worker(void **state)
{
    struct zoho_world *world = *state;

    all_wait(world);
    world->accounts_error = "invalid_code";
    world_release(world);
    settle_all(world);
    all_ended(USHER_KIND_TOKEN);
    /* From then on nobody asks. */
    send_all(world, world_write());
    all_ended(USHER_KIND_TOKEN);
    assert_int_equal(world->calls, WORKERS * CALLS);
    assert_int_equal(world->refreshes, 1);
    /* And with a new value, everybody. */
    world->accounts_error = NULL;
    world->accounts_hold = 0;
    world_set(world, "OAUTH_REFRESH_TOKEN=1000.refresh.two");
    world_reload(world);
    send_all(world, world_write());
    all_ended(USHER_KIND_NONE);
}

/* What one was told by Zoho the others need not ask. */
static void what_one_was_refused_the_others_do_not_try(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_write();
    struct got first = {0};

    world->accounts_hold = 1;
    assert_int_equal(usher_zoho_send(workers[1].zoho, &call, world_got, &first,
                                     NULL, NULL),
                     USHER_OK);
    settle_all(world);
    assert_int_equal(world->calls, 1);
    send_all(world, call);
    none_ended();
    assert_int_equal(world->calls, 1);
    world_release(world);
    settle_all(world);
    all_ended(USHER_KIND_NONE);
    assert_true(first.ok);
    assert_int_equal(world->refreshes, 1);
}

static void new_hosts_and_ids_reach_every_worker(void **state)
{
    struct zoho_world *world = *state;
    int i;

    strcpy(world->valid, "1000.stale.one");
    send_all(world, world_read());
    all_ended(USHER_KIND_NONE);
    strcpy(world->settings.org_id, "800");
    snprintf(world->settings.hosts.base[USHER_ZOHO_DESK], USHER_ZOHO_URL_MAX,
             "%s/new", world->base);
    world_reload(world);
    for (i = 0; i < WORKERS; i++) {
        struct usher_zoho_call call = world_read();

        world->org[0] = world->path[0] = '\0';
        assert_int_equal(usher_zoho_send(workers[i].zoho, &call, world_got,
                                         &workers[i].got[0], NULL, NULL),
                         USHER_OK);
        settle_all(world);
        assert_string_equal(world->org, "800");
        assert_string_equal(world->path, "/new/api/v1/departments");
    }
}

/* Slots are of all: one worker's end is another's turn. */
static void a_free_slot_goes_round_the_workers(void **state)
{
    struct zoho_world *world = *state;
    unsigned i;

    strcpy(world->valid, "1000.stale.one");
    usher_gate_limit(world->gate, USHER_ZOHO_DESK, 1);
    world->api_hold = 1;
    send_all(world, world_read());
    for (i = 0; i < WORKERS * CALLS; i++) {
        assert_int_equal(world->calls, i + 1);
        assert_int_equal(world->held_count, 1);
        world_release(world);
        settle_all(world);
    }
    all_ended(USHER_KIND_NONE);
}

/* The news of a token is on its way to a worker that ends. */
static void a_worker_that_ends_hears_of_nothing(void **state)
{
    struct zoho_world *world = *state;

    all_wait(world);
    world_release(world); /* no worker has run since */
    usher_zoho_free(workers[0].zoho);
    workers[0].zoho = NULL;
    settle_all(world);
    assert_int_equal(workers[0].got[0].answers, 0);
    assert_int_equal(workers[0].got[1].answers, 0);
    assert_true(workers[1].got[0].ok);
    assert_true(workers[2].got[1].ok);
}

#define ALL(test) cmocka_unit_test_setup_teardown(test, open_all, close_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ALL(a_new_token_wakes_every_worker),
        ALL(one_by_hand_wakes_every_worker),
        ALL(a_death_is_told_to_every_worker),
        ALL(what_one_was_refused_the_others_do_not_try),
        ALL(new_hosts_and_ids_reach_every_worker),
        ALL(a_free_slot_goes_round_the_workers),
        ALL(a_worker_that_ends_hears_of_nothing),
    };

    return cmocka_run_group_tests_name("zoho_workers", tests, NULL, NULL);
}
