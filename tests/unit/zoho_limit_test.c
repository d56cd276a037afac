/* tests/unit/zoho_limit_test.c - calls to Zoho: errors, deadlines, how many at
 * once, ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fail_alloc.h"
#include "zoho_case.h"

static int64_t in_ms(struct zoho_world *world, int64_t ms)
{
    return usher_clock_steady_ms(&world->time.clock) + ms;
}

/* ---- Errors, deadlines ---- */

static void zohos_complaint_comes_through(void **state)
{
    struct zoho_world *world = *state;
    struct got got;

    world->api_status = 422;
    world->api_body = "{\"errorCode\":\"INVALID_DATA\",\"message\":\"no\","
                      "\"errors\":[{\"fieldName\":\"/lastName\","
                      "\"errorType\":\"invalid\"}]}";
    got = world_call(world, world_write());
    assert_int_equal(got.kind, USHER_KIND_INVALID);
    assert_int_equal(got.status, 422);
    assert_string_equal(got.field, "lastName");
    assert_string_equal(got.body, world->api_body);
    assert_int_equal(world_logged(world, "call failed"), 1);
    assert_int_equal(world_logged(world, "desk.create_contact"), 1);
}

static void a_lost_write_is_unclear_and_not_repeated(void **state)
{
    struct zoho_world *world = *state;

    world->api_drop = 1;
    assert_int_equal(world_call(world, world_write()).kind, USHER_KIND_UNCLEAR);
    assert_int_equal(world->calls, 1);
    assert_int_equal(world_call(world, world_read()).kind, USHER_KIND_OFFLINE);
}

static void a_deadline_ends_a_read_and_leaves_a_write_unclear(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call write = world_write();
    struct usher_zoho_call read = world_read();
    struct got wrote;
    struct got looked;

    world->api_hold = 1;
    write.deadline_ms = read.deadline_ms = in_ms(world, 3500);
    world_send(world, &write, &wrote);
    world_send(world, &read, &looked);
    world_settle(world);
    assert_int_equal(world->held_count, 2);
    world_advance(world, 3499);
    assert_int_equal(wrote.answers + looked.answers, 0);
    world_advance(world, 2);
    assert_int_equal(wrote.kind, USHER_KIND_UNCLEAR);
    assert_int_equal(looked.kind, USHER_KIND_DEADLINE);
}

static void a_call_without_a_deadline_times_out(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_read();
    struct got got;

    world->api_hold = 1;
    world_send(world, &call, &got);
    world_settle(world);
    world_advance(world, 29990);
    assert_int_equal(got.answers, 0);
    world_advance(world, 11);
    assert_int_equal(got.kind, USHER_KIND_TIMEOUT);
}

static void a_deadline_that_is_over_sends_nothing(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_write();
    struct got got;

    world_advance(world, 1000);
    call.deadline_ms = in_ms(world, 0);
    got = world_call(world, call);
    assert_int_equal(got.kind, USHER_KIND_DEADLINE);
    assert_int_equal(got.attempts, 0);
    assert_int_equal(world->calls, 0);
}

/* ---- How many at once ---- */

static void a_path_has_16_kib(void **state)
{
    struct zoho_world *world = *state;
    char path[17001] = "/";
    struct usher_zoho_call call = {
        .service = USHER_ZOHO_DESK, .method = "GET", .path = path};
    struct usher_error error = {""};
    struct got got;

    memset(path + 1, 'x', 16000);
    world_send(world, &call, &got);
    world_settle(world);
    memset(path + 1, 'x', 16999);
    assert_int_equal(usher_zoho_send(world->zoho, &call, world_got, &got, NULL,
                                     &error),
                     USHER_ERR_INVALID);
    assert_string_equal(error.text, "the URL is too long");
}

static void calls_wait_for_a_slot_in_order(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_read();
    struct got got[6];
    size_t i;

    usher_gate_limit(world->gate, USHER_ZOHO_DESK, 2);
    world->api_hold = 1;
    for (i = 0; i < 6; i++)
        world_send(world, &call, &got[i]);
    world_settle(world);
    assert_int_equal(world->held_count, 2);
    assert_int_equal(usher_gate_waiting(world->gate, USHER_ZOHO_DESK), 4);
    world_release(world);
    assert_int_equal(got[0].answers + got[1].answers, 2);
    assert_int_equal(world->held_count, 2);
    world_release(world);
    assert_int_equal(got[2].answers + got[3].answers, 2);
    assert_int_equal(got[4].answers + got[5].answers, 0);
    world_release(world);
    assert_int_equal(world->calls, 6);
    assert_int_equal(usher_gate_waiting(world->gate, USHER_ZOHO_DESK), 0);
}

static void a_full_queue_refuses(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_read();
    struct got got[10];
    size_t i;

    usher_gate_limit(world->gate, USHER_ZOHO_DESK, 1);
    world->api_hold = 1;
    for (i = 0; i < 10; i++)
        world_send(world, &call, &got[i]);
    world_settle(world);
    assert_int_equal(got[8].answers, 0);
    assert_int_equal(got[9].kind, USHER_KIND_RATE_LIMITED);
    assert_non_null(strstr(got[9].hint, "ZOHO_CONCURRENCY"));
    world->api_hold = 0;
    for (i = 0; i < 10; i++)
        world_release(world);
    for (i = 0; i < 9; i++)
        assert_true(got[i].ok);
}

static void a_waiting_call_gives_up_its_place_at_the_deadline(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_read();
    struct got first;
    struct got second;

    usher_gate_limit(world->gate, USHER_ZOHO_DESK, 1);
    world->api_hold = 1;
    world_send(world, &call, &first);
    call.deadline_ms = in_ms(world, 1000);
    world_send(world, &call, &second);
    world_settle(world);
    world_advance(world, 1001);
    assert_int_equal(second.kind, USHER_KIND_DEADLINE);
    assert_int_equal(second.attempts, 0);
    assert_int_equal(usher_gate_waiting(world->gate, USHER_ZOHO_DESK), 0);
    world_release(world);
    assert_true(first.ok);
}

static void salesiq_does_not_wait_for_desk(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call desk = world_read();
    struct usher_zoho_call salesiq = {0};
    struct got got;
    struct got other;

    usher_gate_limit(world->gate, USHER_ZOHO_DESK, 1);
    world->api_hold = 1;
    world_send(world, &desk, &got);
    world_settle(world);
    world->api_hold = 0;
    salesiq.operation = usher_zoho_operation_find("salesiq.operators");
    world_send(world, &salesiq, &other);
    world_settle(world);
    assert_true(other.ok);
    world_release(world);
    assert_true(got.ok);
}

static void a_busy_zoho_is_asked_again_when_reading(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_read();
    struct got got;
    int i;

    world->busy = 2;
    world_send(world, &call, &got);
    world_settle(world);
    assert_int_equal(got.answers, 0);
    for (i = 0; i < 10 && !got.answers; i++)
        world_advance(world, 200);
    assert_true(got.ok);
    assert_int_equal(got.attempts, 3);
    world->busy = 1;
    got = world_call(world, world_write());
    assert_int_equal(got.kind, USHER_KIND_RATE_LIMITED);
    assert_int_equal(got.attempts, 1);
}

static void busy_for_too_long_is_told(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_read();
    struct got got;
    int i;

    world->busy = 100;
    world_send(world, &call, &got);
    for (i = 0; i < 20 && !got.answers; i++)
        world_advance(world, 200);
    assert_int_equal(got.kind, USHER_KIND_RATE_LIMITED);
    assert_int_equal(got.attempts, 4);
}

/* ---- Ends ---- */

static void a_cancelled_call_is_silent(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_read();
    struct usher_zoho_job *job[4];
    struct got got = {0};
    size_t i;

    /* One sent, one in the queue, one that waits for a token, one failed. */
    usher_gate_limit(world->gate, USHER_ZOHO_DESK, 1);
    world->api_hold = 1;
    for (i = 0; i < 2; i++)
        assert_int_equal(usher_zoho_send(world->zoho, &call, world_got, &got,
                                         &job[i], NULL),
                         USHER_OK);
    world_settle(world);
    for (i = 0; i < 2; i++)
        usher_zoho_cancel(job[i]);
    assert_int_equal(usher_zoho_pending(world->zoho), 0);
    world->api_hold = 0;
    world_release(world);
    call.deadline_ms = in_ms(world, 0);
    assert_int_equal(usher_zoho_send(world->zoho, &call, world_got, &got,
                                     &job[3], NULL),
                     USHER_OK);
    usher_zoho_cancel(job[3]);
    call.deadline_ms = 0;
    world->refuse_all = 1;
    world->accounts_hold = 1;
    assert_int_equal(usher_zoho_send(world->zoho, &call, world_got, &got,
                                     &job[2], NULL),
                     USHER_OK);
    world_settle(world);
    assert_int_equal(world->refreshes, 2);
    usher_zoho_cancel(job[2]);
    world_release(world);
    assert_int_equal(got.answers, 0);
    world->refuse_all = 0;
    assert_true(world_call(world, world_read()).ok); /* no slot was lost */
}

static void memory_that_runs_out_is_an_error_not_a_hang(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_write();
    unsigned long n;
    int failed = 1;

    for (n = 1; failed; n++) {
        struct got got = {0};
        enum usher_status st;

        fail_alloc_at(n);
        st = usher_zoho_send(world->zoho, &call, world_got, &got, NULL, NULL);
        failed = fail_alloc_off();
        world_settle(world);
        assert_int_equal(got.answers, st == USHER_OK);
        if (!failed)
            assert_true(got.ok);
    }
    assert_true(n > 2);
    assert_int_equal(usher_zoho_pending(world->zoho), 0);
}

/* Nobody waits for ever for a token that could not even be asked for. */
static void nor_where_a_token_is_to_be_waited_for(void **state)
{
    struct usher_zoho_call call = world_write();
    unsigned long n;
    int failed = 1;

    for (n = 1; failed; n++) {
        struct zoho_world *world;
        struct got got = {0};
        enum usher_status st;

        zoho_drop(state);
        zoho_make(state);
        world = *state;
        world->accounts_hold = 1;
        world_start(world);
        fail_alloc_at(n);
        st = usher_zoho_send(world->zoho, &call, world_got, &got, NULL, NULL);
        failed = fail_alloc_off();
        world_settle(world);
        if (!failed)
            assert_int_equal(got.answers, 0);
        world_release(world);
        assert_int_equal(got.answers, st == USHER_OK);
        assert_int_equal(usher_zoho_pending(world->zoho), 0);
    }
    assert_true(n > 3);
}

static void the_end_of_the_client_is_silent(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_read();
    struct got got[4];
    size_t i;

    usher_gate_limit(world->gate, USHER_ZOHO_DESK, 2);
    world->api_hold = 1;
    for (i = 0; i < 4; i++)
        world_send(world, &call, &got[i]);
    world_settle(world);
    world_stop(world);
    world->api_hold = 0;
    world_release(world);
    for (i = 0; i < 4; i++)
        assert_int_equal(got[i].answers, 0);
    assert_int_equal(usher_gate_waiting(world->gate, USHER_ZOHO_DESK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUNNING(zohos_complaint_comes_through),
        RUNNING(a_lost_write_is_unclear_and_not_repeated),
        RUNNING(a_deadline_ends_a_read_and_leaves_a_write_unclear),
        RUNNING(a_call_without_a_deadline_times_out),
        RUNNING(a_deadline_that_is_over_sends_nothing),
        RUNNING(a_path_has_16_kib),
        RUNNING(calls_wait_for_a_slot_in_order),
        RUNNING(a_full_queue_refuses),
        RUNNING(a_waiting_call_gives_up_its_place_at_the_deadline),
        RUNNING(salesiq_does_not_wait_for_desk),
        RUNNING(a_busy_zoho_is_asked_again_when_reading),
        RUNNING(busy_for_too_long_is_told),
        RUNNING(a_cancelled_call_is_silent),
        RUNNING(memory_that_runs_out_is_an_error_not_a_hang),
        WITH_WORLD(nor_where_a_token_is_to_be_waited_for),
        RUNNING(the_end_of_the_client_is_silent),
    };

    return cmocka_run_group_tests_name("zoho_limit", tests, NULL, NULL);
}
