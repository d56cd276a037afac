/* tests/unit/zoho_job_test.c - a call's way: never sent a third time, no slot
 * kept while it waits, and each of its limits on both sides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "zoho_case.h"

static int64_t in_ms(struct zoho_world *world, int64_t ms)
{
    return world->time.steady_ms + ms;
}

/* A call to Desk that goes with this credential. */
static struct usher_zoho_call with(const char *credential)
{
    struct usher_zoho_call call = {.service = USHER_ZOHO_DESK,
                                   .method = "GET",
                                   .path = "/api/v1/things",
                                   .credential = credential};

    return call;
}

/* ---- Twice, and no more ---- */

/* Refused, refreshed, sent again: that one is held. */
static void second_is_held(struct zoho_world *world,
                           struct usher_zoho_call call, struct got *got)
{
    world_set(world, "OAUTH_ACCESS_TOKEN=1000.stale.one");
    world_start(world);
    world->api_hold = 1;
    world_send(world, &call, got);
    world_settle(world);
    assert_int_equal(world->calls, 1);
    world_release(world);
    assert_int_equal(world->calls, 2);
    assert_int_equal(world->refreshes, 1);
    assert_int_equal(got->answers, 0);
    world->refuse_all = 1;
}

static void not_with_a_token_that_came_meanwhile(void **state)
{
    struct zoho_world *world = *state;
    struct got got;

    second_is_held(world, world_write(), &got);
    world_set(world, "OAUTH_ACCESS_TOKEN=1000.by.hand");
    world_reload(world);
    world_release(world);
    assert_int_equal(got.answers, 1);
    assert_int_equal(got.kind, USHER_KIND_TOKEN);
    assert_int_equal(got.status, 401);
    assert_int_equal(got.attempts, 2);
    assert_int_equal(world->calls, 2);
    assert_int_equal(world->refreshes, 1);
}

static void nor_with_one_that_is_made_for_it(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_write();
    struct got got;

    call.deadline_ms = in_ms(world, 300000);
    second_is_held(world, call, &got);
    world_advance(world, MINUTE); /* it is fresh no longer */
    world_release(world);
    assert_int_equal(world->refreshes, 2);
    assert_int_equal(got.answers, 1);
    assert_int_equal(got.kind, USHER_KIND_TOKEN);
    assert_int_equal(got.attempts, 2);
    assert_int_equal(world->calls, 2);
    /* Whoever comes next has the new one. */
    world->refuse_all = 0;
    world->api_hold = 0;
    assert_int_equal(world_call(world, world_write()).attempts, 1);
}

/* Refused twice: that is what is told, also where the time ends first. */
static void what_was_refused_twice_is_no_deadline(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_write();
    struct got got;

    call.deadline_ms = in_ms(world, 65000);
    second_is_held(world, call, &got);
    world_advance(world, MINUTE);
    world->accounts_hold = 1;
    world_release(world);
    assert_int_equal(world->refreshes, 2);
    world_advance(world, 4999);
    assert_int_equal(got.answers, 0);
    world_advance(world, 1);
    assert_int_equal(got.answers, 1);
    assert_int_equal(got.kind, USHER_KIND_TOKEN);
    assert_int_equal(got.status, 401);
    assert_int_equal(world->calls, 2);
}

static void refused_once_it_is_a_deadline(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_write();
    struct got got;

    world_set(world, "OAUTH_ACCESS_TOKEN=1000.stale.one");
    world_start(world);
    world->accounts_hold = 1;
    call.deadline_ms = in_ms(world, 3500);
    world_send(world, &call, &got);
    world_settle(world);
    world_advance(world, 3499);
    assert_int_equal(got.answers, 0);
    world_advance(world, 1);
    assert_int_equal(got.kind, USHER_KIND_DEADLINE);
    assert_string_equal(got.message, "no fresh token in time");
    assert_int_equal(got.attempts, 1);
    /* The refresh goes on, and serves who comes next. */
    call.deadline_ms = 0;
    world_send(world, &call, &got);
    world_settle(world);
    assert_int_equal(got.answers, 0);
    world_release(world);
    assert_true(got.ok);
    assert_int_equal(world->refreshes, 1);
    assert_int_equal(world->calls, 2);
}

/* ---- Slots ---- */

static void who_waits_for_a_token_keeps_no_slot(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call read = world_read();
    struct usher_zoho_call other = with("salesiq");
    struct usher_request *refresh;
    struct asked asked;
    struct got got[4];
    int i;

    world_set(world, "OAUTH_ACCESS_TOKEN=1000.good.one");
    world_set(world, "SALESIQ_ACCESS_TOKEN=1000.good.one");
    world_start(world);
    strcpy(world->valid, "1000.good.one");
    usher_gate_limit(world->gate, USHER_ZOHO_DESK, 1);
    world->accounts_hold = world->api_hold = 1;
    for (i = 0; i < 3; i++)
        world_send(world, &read, &got[i]);
    world_send(world, &other, &got[3]);
    world_settle(world);
    /* Another worker hears that the token is no good here. */
    world_ask(world, 0, world_token(world, 0)->generation, &asked);
    world_settle(world);
    assert_int_equal(world->held_count, 2);
    refresh = world->held[1];
    world->held_count = 1;
    world->api_hold = 0;
    world_release(world);
    assert_true(got[0].ok);
    assert_int_equal(got[1].answers + got[2].answers, 0);
    assert_int_equal(got[3].answers, 1);
    assert_true(got[3].ok);
    assert_int_equal(world->calls, 2);
    world->held[world->held_count++] = refresh;
    world_release(world);
    assert_true(got[1].ok);
    assert_true(got[2].ok);
    assert_int_equal(world->calls, 4);
}

static void nor_who_waits_for_a_moment(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call read = world_read();
    struct got first, second;

    usher_gate_limit(world->gate, USHER_ZOHO_DESK, 1);
    world->busy = 1;
    world_send(world, &read, &first);
    world_send(world, &read, &second);
    world_settle(world);
    assert_int_equal(first.answers, 0);
    assert_true(second.ok);
    world_advance(world, 200);
    assert_true(first.ok);
}

/* Whatever becomes of calls, all slots are there again. */
static void each_end_gives_its_slot_back(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call read = world_read();
    struct usher_zoho_call late = read;
    struct usher_zoho_job *job;
    struct got got;

    usher_gate_limit(world->gate, USHER_ZOHO_DESK, 1);
    assert_true(world_call(world, read).ok);
    world->api_status = 500;
    assert_false(world_call(world, read).ok);
    world->api_drop = 1;
    assert_false(world_call(world, read).ok);
    world->api_drop = 0;
    world->api_status = 0;
    world->api_hold = 1;
    late.deadline_ms = in_ms(world, 100);
    world_send(world, &late, &got);
    world_settle(world);
    world_advance(world, 100);
    assert_int_equal(got.kind, USHER_KIND_DEADLINE);
    assert_int_equal(usher_zoho_send(world->zoho, &read, world_got, &got, &job,
                                     NULL),
                     USHER_OK);
    world_settle(world);
    usher_zoho_cancel(job);
    world->api_hold = 0;
    assert_true(world_call(world, read).ok);
    world->refuse_all = 1;
    assert_false(world_call(world, read).ok);
    world->refuse_all = 0;
    assert_true(world_call(world, read).ok);
    assert_int_equal(usher_gate_waiting(world->gate, USHER_ZOHO_DESK), 0);
    assert_int_equal(usher_zoho_pending(world->zoho), 0);
}

static void one_of_those_who_wait_may_leave(void **state)
{
    int who;

    for (who = 0; who < 3; who++) {
        struct usher_zoho_call read = world_read();
        struct usher_zoho_job *job[3];
        struct zoho_world *world;
        struct got got[3];
        int i;

        zoho_drop(state);
        zoho_make(state);
        world = *state;
        world->accounts_hold = 1;
        world_start(world);
        memset(got, 0, sizeof(got));
        for (i = 0; i < 3; i++)
            assert_int_equal(usher_zoho_send(world->zoho, &read, world_got,
                                             &got[i], &job[i], NULL),
                             USHER_OK);
        world_settle(world);
        assert_int_equal(usher_zoho_pending(world->zoho), 3);
        usher_zoho_cancel(job[who]);
        world_release(world);
        for (i = 0; i < 3; i++)
            assert_int_equal(got[i].answers, i != who);
        assert_int_equal(usher_zoho_pending(world->zoho), 0);
    }
}

/* ---- Time ---- */

static void a_call_has_thirty_seconds(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_read();
    struct got got;

    world->api_hold = 1;
    world_send(world, &call, &got);
    world_settle(world);
    world_advance(world, 29999);
    assert_int_equal(got.answers, 0);
    world_advance(world, 1);
    assert_int_equal(got.kind, USHER_KIND_TIMEOUT); /* nobody's deadline */
}

static void a_place_in_the_queue_is_kept_to_the_deadline(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_read();
    struct got first, second;

    usher_gate_limit(world->gate, USHER_ZOHO_DESK, 1);
    world->api_hold = 1;
    world_send(world, &call, &first);
    call.deadline_ms = in_ms(world, 1000);
    world_send(world, &call, &second);
    world_settle(world);
    world_advance(world, 999);
    assert_int_equal(second.answers, 0);
    world_advance(world, 1);
    assert_int_equal(second.kind, USHER_KIND_DEADLINE);
    assert_string_equal(second.message, "not sent: the time was over");
    assert_int_equal(second.attempts, 0);
}

/* 120 ms, doubled, each half to one and a half of it; three times. */
static void a_busy_zoho_is_asked_three_times_more(void **state)
{
    static const int64_t least[] = {60, 120, 240};
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_read();
    struct got got;
    unsigned i;

    world->busy = 100;
    world_send(world, &call, &got);
    world_settle(world);
    for (i = 0; i < 3; i++) {
        int64_t waited = least[i] - 1;

        assert_int_equal(world->calls, i + 1);
        world_advance(world, waited);
        assert_int_equal(world->calls, i + 1);
        for (; world->calls == i + 1 && waited < 3 * least[i]; waited++)
            world_advance(world, 1);
        assert_int_equal(world->calls, i + 2);
        assert_true(waited < 3 * least[i]);
    }
    assert_int_equal(got.answers, 1);
    assert_int_equal(got.kind, USHER_KIND_RATE_LIMITED);
    assert_int_equal(got.attempts, 4);
}

static void but_not_where_it_says_when(void **state)
{
    struct zoho_world *world = *state;
    struct got got;

    world->api_status = 429;
    world->retry_after = "5";
    world->api_body = "{\"errorCode\":\"TOO_MANY_REQUESTS\"}";
    got = world_call(world, world_read());
    assert_int_equal(got.kind, USHER_KIND_RATE_LIMITED);
    assert_int_equal(got.retry_after_s, 5);
    assert_int_equal(got.attempts, 1);
}

static void nor_where_no_time_is_left(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_read();
    struct got got;

    world->busy = 100;
    call.deadline_ms = in_ms(world, 60);
    got = world_call(world, call);
    assert_int_equal(got.kind, USHER_KIND_RATE_LIMITED);
    assert_int_equal(got.attempts, 1);
}

static void nor_a_write(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = with(NULL);

    world->busy = 100;
    call.method = "POST";
    assert_int_equal(world_call(world, call).attempts, 1);
    call.method = "PATCH";
    assert_int_equal(world_call(world, call).attempts, 1);
    world->busy = 1;
    call.method = "POST";
    call.is_read = 1; /* whatever its method says */
    world_send(world, &call, &(struct got){0});
    world_settle(world);
    world_advance(world, 200);
    assert_int_equal(world->calls, 4);
}

static void a_throttle_is_told_in_whole_seconds_to_come(void **state)
{
    struct zoho_world *world = *state;

    world->accounts_error = "Access Denied";
    world_start(world);
    assert_int_equal(world_call(world, world_read()).retry_after_s, 600);
    world_advance(world, 1);
    assert_int_equal(world_call(world, world_read()).retry_after_s, 600);
    world_advance(world, 999);
    assert_int_equal(world_call(world, world_read()).retry_after_s, 599);
    assert_int_equal(world->calls, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(not_with_a_token_that_came_meanwhile),
        WITH_WORLD(nor_with_one_that_is_made_for_it),
        WITH_WORLD(what_was_refused_twice_is_no_deadline),
        WITH_WORLD(refused_once_it_is_a_deadline),
        WITH_WORLD(who_waits_for_a_token_keeps_no_slot),
        RUNNING(nor_who_waits_for_a_moment),
        RUNNING(each_end_gives_its_slot_back),
        WITH_WORLD(one_of_those_who_wait_may_leave),
        RUNNING(a_call_has_thirty_seconds),
        RUNNING(a_place_in_the_queue_is_kept_to_the_deadline),
        RUNNING(a_busy_zoho_is_asked_three_times_more),
        RUNNING(but_not_where_it_says_when),
        RUNNING(nor_where_no_time_is_left),
        RUNNING(nor_a_write),
        WITH_WORLD(a_throttle_is_told_in_whole_seconds_to_come),
    };

    return cmocka_run_group_tests_name("zoho_job", tests, NULL, NULL);
}
