/* tests/unit/gate_test.c - slots: how many at once, who is next, and that none
 * is lost, whatever its owner does. Several workers, stepped by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/clock.h"
#include "zoho/gate.h"

#define WORKERS 3
#define TICKETS 8
#define DESK USHER_ZOHO_DESK
#define SALESIQ USHER_ZOHO_SALESIQ

struct call {
    struct usher_gate_ticket ticket;
    char name;
};

static struct usher_gate *gate;
static struct usher_loop *loop[WORKERS];
static struct usher_gate_entry *entry[WORKERS];
static struct call call[TICKETS];
static char granted[64]; /* the names, in order */
static struct usher_gate_ticket *given_inside;

static void on_slot(void *user)
{
    struct call *one = user;
    size_t len = strlen(granted);

    granted[len] = one->name;
    granted[len + 1] = '\0';
    if (given_inside)
        usher_gate_give(given_inside);
    given_inside = NULL;
}

static int gate_open(void **state)
{
    struct usher_clock_manual *time = malloc(sizeof(*time));
    int i;

    assert_non_null(time);
    usher_clock_manual_init(time, 0, 1);
    *state = time;
    memset(call, 0, sizeof(call));
    memset(granted, 0, sizeof(granted));
    for (i = 0; i < TICKETS; i++)
        call[i].name = (char)('a' + i);
    assert_int_equal(usher_gate_new(3, &gate), USHER_OK);
    for (i = 0; i < WORKERS; i++) {
        assert_int_equal(usher_loop_new(&time->clock, &loop[i]), USHER_OK);
        assert_int_equal(usher_gate_enter(gate, loop[i], &entry[i]), USHER_OK);
    }
    return 0;
}

static int gate_close(void **state)
{
    int i;

    for (i = 0; i < TICKETS; i++)
        usher_gate_give(&call[i].ticket);
    for (i = 0; i < WORKERS; i++)
        usher_gate_leave(entry[i]);
    for (i = 0; i < WORKERS; i++)
        if (loop[i]) {
            usher_loop_step(loop[i], 0);
            usher_loop_free(loop[i]);
        }
    usher_gate_free(gate);
    free(*state);
    return 0;
}

static enum usher_status take(int worker, int which,
                              enum usher_zoho_service service)
{
    return usher_gate_take(entry[worker], &call[which].ticket, service, on_slot,
                           &call[which]);
}

static void give(int which)
{
    usher_gate_give(&call[which].ticket);
}

/* All workers get to know. */
static void step(void)
{
    int i, round;

    for (round = 0; round < 2; round++)
        for (i = 0; i < WORKERS; i++)
            usher_loop_step(loop[i], 0);
}

/* So many are free: they can be taken, and are given back. */
static unsigned room(enum usher_zoho_service service)
{
    struct usher_gate_ticket ticket[TICKETS];
    unsigned free_slots = 0;
    unsigned i;

    memset(ticket, 0, sizeof(ticket));
    for (i = 0; i < TICKETS; i++)
        free_slots += usher_gate_take(entry[0], &ticket[i], service, on_slot,
                                      &call[0]) == USHER_OK;
    for (i = TICKETS; i > 0; i--)
        usher_gate_give(&ticket[i - 1]);
    return free_slots;
}

/* ---- How many ---- */

static void as_many_as_the_limit(void **state)
{
    unsigned limit;

    (void)state;
    for (limit = 1; limit < 5; limit++) {
        usher_gate_limit(gate, DESK, limit);
        assert_int_equal(room(DESK), limit);
        assert_int_equal(usher_gate_waiting(gate, DESK), 0);
    }
    assert_int_equal(room(SALESIQ), TICKETS); /* no limit there */
    usher_gate_limit(gate, DESK, 0);
    assert_int_equal(room(DESK), TICKETS);
}

static void as_many_wait_as_may(void **state)
{
    int i;

    (void)state;
    usher_gate_limit(gate, DESK, 1);
    usher_gate_limit(gate, SALESIQ, 1);
    assert_int_equal(take(0, 0, DESK), USHER_OK);
    for (i = 1; i < 4; i++)
        assert_int_equal(take(i % WORKERS, i, DESK), USHER_ERR_EXISTS);
    assert_int_equal(usher_gate_waiting(gate, DESK), 3);
    assert_int_equal(take(0, 4, DESK), USHER_ERR_LIMIT);
    assert_int_equal(usher_gate_waiting(gate, DESK), 3);
    /* The other queue is another. */
    assert_int_equal(take(0, 5, SALESIQ), USHER_OK);
    assert_int_equal(take(0, 6, SALESIQ), USHER_ERR_EXISTS);
    assert_int_equal(usher_gate_waiting(gate, SALESIQ), 1);
    give(2); /* a place in the queue is free */
    assert_int_equal(take(0, 4, DESK), USHER_ERR_EXISTS);
    step();
    assert_string_equal(granted, "");
}

static void a_lower_limit_counts_as_calls_end(void **state)
{
    (void)state;
    usher_gate_limit(gate, DESK, 3);
    take(0, 0, DESK);
    take(1, 1, DESK);
    take(2, 2, DESK);
    usher_gate_limit(gate, DESK, 1);
    assert_int_equal(take(0, 3, DESK), USHER_ERR_EXISTS);
    give(0);
    give(1);
    step();
    assert_string_equal(granted, "");
    give(2);
    step();
    assert_string_equal(granted, "d");
}

static void a_higher_limit_lets_in_at_once(void **state)
{
    (void)state;
    usher_gate_limit(gate, DESK, 1);
    take(0, 0, DESK);
    take(0, 1, DESK);
    take(1, 2, DESK);
    take(2, 3, DESK);
    usher_gate_limit(gate, DESK, 3);
    step();
    assert_string_equal(granted, "bc");
    usher_gate_limit(gate, DESK, 0);
    step();
    assert_string_equal(granted, "bcd");
    assert_int_equal(usher_gate_waiting(gate, DESK), 0);
}

/* ---- Who is next ---- */

static void in_the_order_they_came_whatever_their_worker(void **state)
{
    (void)state;
    usher_gate_limit(gate, DESK, 1);
    take(2, 0, DESK);
    take(1, 1, DESK);
    take(0, 2, DESK);
    take(1, 3, DESK);
    give(0);
    step();
    assert_string_equal(granted, "b");
    give(1);
    assert_int_equal(usher_gate_waiting(gate, DESK), 1);
    step();
    assert_string_equal(granted, "bc");
    give(2);
    step();
    assert_string_equal(granted, "bcd");
}

static void who_leaves_the_queue_holds_up_nobody(void **state)
{
    static const int who[] = {1, 2, 3}; /* first, middle, last */
    static const char *const rest[] = {"cd", "bd", "bc"};
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        granted[0] = '\0';
        usher_gate_limit(gate, DESK, 1);
        assert_int_equal(take(0, 0, DESK), USHER_OK);
        take(0, 1, DESK);
        take(1, 2, DESK);
        take(2, 3, DESK);
        give(who[i]);
        assert_int_equal(usher_gate_waiting(gate, DESK), 2);
        usher_gate_limit(gate, DESK, 3);
        step();
        assert_string_equal(granted, rest[i]);
        give(0);
        give(1);
        give(2);
        give(3);
        give(3); /* twice is once */
        usher_gate_limit(gate, DESK, 2);
        assert_int_equal(room(DESK), 2);
    }
}

/* A slot that its worker does not know of yet is given on, too. */
static void who_is_granted_and_leaves_gives_it_on(void **state)
{
    (void)state;
    usher_gate_limit(gate, DESK, 1);
    take(0, 0, DESK);
    take(1, 1, DESK);
    take(1, 2, DESK);
    give(0);
    give(1); /* before worker 1 has run */
    step();
    assert_string_equal(granted, "c");
    give(2);
    assert_int_equal(room(DESK), 1);
}

static void one_who_is_told_may_end_the_next(void **state)
{
    (void)state;
    usher_gate_limit(gate, DESK, 1);
    take(0, 0, DESK);
    take(1, 1, DESK);
    take(1, 2, DESK);
    take(1, 3, DESK);
    usher_gate_limit(gate, DESK, 3);
    give(0);
    given_inside = &call[2].ticket;
    step();
    assert_string_equal(granted, "bd");
    usher_gate_limit(gate, DESK, 2);
    assert_int_equal(room(DESK), 0);
}

/* ---- Every worker ---- */

static void each_worker_is_told_of_its_own(void **state)
{
    int i;

    (void)state;
    usher_gate_limit(gate, DESK, 1);
    take(0, 7, DESK);
    for (i = 0; i < WORKERS; i++)
        take(i, i, DESK);
    usher_gate_limit(gate, DESK, 4);
    for (i = WORKERS - 1; i >= 0; i--)
        usher_loop_step(loop[i], 0);
    assert_string_equal(granted, "cba");
    /* And once more, each of them. */
    for (i = 0; i < WORKERS; i++)
        give(i);
    usher_gate_limit(gate, DESK, 1);
    for (i = 0; i < WORKERS; i++)
        take(i, i, DESK);
    usher_gate_limit(gate, DESK, 4);
    step();
    assert_string_equal(granted, "cbaabc");
}

/* The others go on without it, also with the news on its way. */
static void a_worker_that_leaves_takes_nothing_along(void **state)
{
    (void)state;
    usher_gate_limit(gate, DESK, 1);
    take(0, 0, DESK);
    take(1, 1, DESK);
    take(2, 2, DESK);
    give(0); /* worker 1 has the slot, and a post on its way */
    give(1);
    usher_gate_leave(entry[1]);
    entry[1] = NULL;
    step();
    assert_string_equal(granted, "c");
    give(2);
    assert_int_equal(room(DESK), 1);
}

/* What was taken while there was no limit counts for none. */
static void no_limit_counts_nothing(void **state)
{
    (void)state;
    take(0, 0, DESK);
    take(1, 1, DESK);
    usher_gate_limit(gate, DESK, 1);
    assert_int_equal(take(0, 2, DESK), USHER_OK);
    assert_int_equal(take(0, 3, DESK), USHER_ERR_EXISTS);
    give(0);
    give(1);
    step();
    assert_string_equal(granted, "");
    give(2);
    step();
    assert_string_equal(granted, "d");
}

#define GATE(test) cmocka_unit_test_setup_teardown(test, gate_open, gate_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        GATE(as_many_as_the_limit),
        GATE(as_many_wait_as_may),
        GATE(a_lower_limit_counts_as_calls_end),
        GATE(a_higher_limit_lets_in_at_once),
        GATE(in_the_order_they_came_whatever_their_worker),
        GATE(who_leaves_the_queue_holds_up_nobody),
        GATE(who_is_granted_and_leaves_gives_it_on),
        GATE(one_who_is_told_may_end_the_next),
        GATE(each_worker_is_told_of_its_own),
        GATE(a_worker_that_leaves_takes_nothing_along),
        GATE(no_limit_counts_nothing),
    };

    return cmocka_run_group_tests_name("gate", tests, NULL, NULL);
}
