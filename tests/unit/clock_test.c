/* tests/unit/clock_test.c - the machine's clock and the one tests move. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <string.h>
#include <time.h>

#include "core/clock.h"
#include "core/even_clock.h"

static void the_system_tells_the_time(void **state)
{
    const struct usher_clock *clock = usher_clock_system();
    int64_t before = (int64_t)time(NULL) * 1000;
    int64_t now = usher_clock_wall_ms(clock);
    int64_t steady = usher_clock_steady_ms(clock);

    (void)state;
    assert_in_range(now, before - 1000, before + 60000);
    assert_true(usher_clock_steady_ms(clock) >= steady);
}

static void the_system_fills_all_bytes_with_chance(void **state)
{
    const struct usher_clock *clock = usher_clock_system();
    unsigned char seen[64] = {0};
    unsigned char bytes[sizeof(seen) + 1];

    (void)state;
    /* A byte stays 0 in 40 draws once in 256^40 runs of this test. */
    for (int i = 0; i < 40; i++) {
        bytes[sizeof(seen)] = 0xA5;
        clock->random(clock->user, bytes, sizeof(seen));
        assert_int_equal(bytes[sizeof(seen)], 0xA5);
        for (size_t k = 0; k < sizeof(seen); k++)
            seen[k] |= bytes[k];
    }
    for (size_t k = 0; k < sizeof(seen); k++)
        assert_int_not_equal(seen[k], 0);
}

/* Time that nobody can set. */
static void steady_time_is_the_systems_own(void **state)
{
    struct timespec before, after;
    int64_t steady;

    (void)state;
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &before), 0);
    steady = usher_clock_steady_ms(usher_clock_system());
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &after), 0);
    assert_true(steady >= before.tv_sec * 1000 + before.tv_nsec / 1000000);
    assert_true(steady <= after.tv_sec * 1000 + after.tv_nsec / 1000000);
}

static void the_manual_clock_moves_only_by_hand(void **state)
{
    struct usher_clock_manual manual;

    (void)state;
    usher_clock_manual_init(&manual, 1000, 1);
    assert_int_equal(usher_clock_wall_ms(&manual.clock), 1000);
    assert_int_equal(usher_clock_steady_ms(&manual.clock), 0);
    usher_clock_manual_advance(&manual, 250);
    assert_int_equal(usher_clock_wall_ms(&manual.clock), 1250);
    assert_int_equal(usher_clock_steady_ms(&manual.clock), 250);
}

static void a_seed_fixes_the_sequence(void **state)
{
    struct usher_clock_manual a;
    struct usher_clock_manual b;
    unsigned char from_a[20];
    unsigned char from_b[20];
    /* splitmix64 from seed 0, published values, lowest byte first */
    const unsigned char known[16] = {0xAF, 0xCD, 0x1D, 0x7B, 0x39, 0xA8,
                                     0x20, 0xE2, 0xF4, 0x65, 0xB9, 0xA1,
                                     0x6A, 0x9E, 0x78, 0x6E};

    (void)state;
    usher_clock_manual_init(&a, 0, 0);
    usher_clock_manual_init(&b, 0, 0);
    a.clock.random(a.clock.user, from_a, sizeof(from_a));
    b.clock.random(b.clock.user, from_b, sizeof(from_b));
    assert_memory_equal(from_a, from_b, sizeof(from_a));
    assert_memory_equal(from_a, known, sizeof(known));
    usher_clock_manual_init(&b, 0, 1);
    b.clock.random(b.clock.user, from_b, sizeof(from_b));
    assert_memory_not_equal(from_a, from_b, sizeof(from_a));
}

static void random_numbers_are_spread_over_0_to_1(void **state)
{
    struct usher_clock_manual manual;
    int counts[10] = {0};

    (void)state;
    usher_clock_manual_init(&manual, 0, 42);
    for (int i = 0; i < 10000; i++) {
        double x = usher_clock_random(&manual.clock);
        assert_true(x >= 0.0 && x < 1.0);
        counts[(int)(x * 10)]++;
    }
    for (int i = 0; i < 10; i++)
        assert_in_range(counts[i], 850, 1150);
}

/* All bits set give the largest number there is: still below 1. */
static void all_ones(void *user, void *out, size_t len)
{
    (void)user;
    memset(out, 0xFF, len);
}

static void random_never_gives_1(void **state)
{
    struct usher_clock clock = {.random = all_ones};

    (void)state;
    assert_true(usher_clock_random(&clock) < 1.0);
}

/* ---- the even clock ---- */

#define HOUR 3600000LL
#define DAY (24 * HOUR)
#define NOW 1772442000000LL

struct even {
    struct usher_clock_manual machine;
    struct usher_even_clock even;
};

static int even_make(void **state)
{
    static struct even even;

    usher_clock_manual_init(&even.machine, NOW, 1);
    even.machine.steady_ms = 12345;
    usher_even_clock_init(&even.even, &even.machine.clock);
    *state = &even;
    return 0;
}

static int even_drop(void **state)
{
    struct even *even = *state;

    usher_even_clock_clear(&even->even);
    return 0;
}

static int64_t even_now(struct even *even)
{
    return usher_clock_wall_ms(&even->even.clock) - NOW;
}

static void an_even_clock_follows_time_and_small_corrections(void **state)
{
    struct even *even = *state;

    for (int i = 0; i < 10; i++) {
        usher_clock_manual_advance(&even->machine, DAY);
        even->machine.wall_ms += 30000;
        assert_int_equal(even_now(even), (i + 1) * (DAY + 30000));
    }
}

/* Less than a minute is a correction, a minute is a jump. */
static void a_minute_is_a_jump_to_either_side(void **state)
{
    struct even *even = *state;

    for (int side = -1; side <= 1; side += 2) {
        int64_t before = even_now(even);

        even->machine.wall_ms += side * 59999;
        assert_int_equal(even_now(even), before + side * 59999);
        even->machine.wall_ms += side * 60000;
        assert_int_equal(even_now(even), before + side * 59999);
        assert_false(usher_even_clock_is_sure(&even->even));
        even->machine.wall_ms -= side * 60000;
        assert_int_equal(even_now(even), before + side * 59999);
    }
}

/* The hour of a second jump begins anew, also where it is a small one more;
 * one that goes on by less than a minute has no hour of its own. */
static void the_hour_of_a_jump_is_its_own(void **state)
{
    struct even *even = *state;

    even->machine.wall_ms += DAY;
    (void)even_now(even);
    usher_clock_manual_advance(&even->machine, HOUR - 1000);
    even->machine.wall_ms += 59000;
    assert_int_equal(even_now(even), HOUR - 1000);
    usher_clock_manual_advance(&even->machine, 1000);
    assert_int_equal(even_now(even), HOUR + DAY + 59000);
    even->machine.wall_ms += DAY;
    assert_int_equal(even_now(even), HOUR + DAY + 59000);
    even->machine.wall_ms -= DAY; /* and back: a later jump has a whole hour */
    (void)even_now(even);
    usher_clock_manual_advance(&even->machine, 2 * HOUR);
    even->machine.wall_ms += DAY;
    assert_int_equal(even_now(even), 3 * HOUR + DAY + 59000);
}

static void *ask_often(void *user)
{
    struct even *even = user;
    int wrong = 0;

    for (int i = 0; i < 1000; i++)
        wrong += even_now(even) != 0;
    return wrong ? user : NULL;
}

/* While a jump is looked at. */
static void any_thread_may_ask(void **state)
{
    struct even *even = *state;
    pthread_t threads[4];
    void *wrong;

    even->machine.wall_ms += 8 * DAY;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, even), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
}

static void a_jump_that_is_taken_back_is_none(void **state)
{
    struct even *even = *state;

    for (int64_t jump = -8 * DAY; jump <= 8 * DAY; jump += 16 * DAY) {
        int64_t before = even_now(even);

        even->machine.wall_ms += jump;
        assert_int_equal(even_now(even), before);
        usher_clock_manual_advance(&even->machine, HOUR - 1);
        assert_int_equal(even_now(even), before + HOUR - 1);
        even->machine.wall_ms -= jump;
        assert_int_equal(even_now(even), before + HOUR - 1);
        usher_clock_manual_advance(&even->machine, HOUR);
        assert_int_equal(even_now(even), before + 2 * HOUR - 1);
    }
}

static void a_time_that_stands_for_an_hour_is_believed(void **state)
{
    struct even *even = *state;

    even->machine.wall_ms += 8 * DAY;
    assert_int_equal(even_now(even), 0);
    usher_clock_manual_advance(&even->machine, HOUR / 2);
    even->machine.wall_ms += DAY; /* another one: its hour begins now */
    assert_int_equal(even_now(even), HOUR / 2);
    usher_clock_manual_advance(&even->machine, HOUR - 1);
    assert_int_equal(even_now(even), HOUR / 2 + HOUR - 1);
    usher_clock_manual_advance(&even->machine, 1);
    assert_int_equal(even_now(even), HOUR / 2 + HOUR + 9 * DAY);
}

static void a_start_years_later_is_not_believed_at_once(void **state)
{
    struct even *even = *state;

    usher_even_clock_last(&even->even, NOW - 300 * DAY);
    assert_int_equal(even_now(even), 0);
    usher_even_clock_last(&even->even, 0); /* nothing was ever written */
    assert_int_equal(even_now(even), 0);
    usher_even_clock_last(&even->even, NOW + 9 * DAY); /* set back */
    assert_int_equal(even_now(even), 0);
    usher_even_clock_last(&even->even, NOW - 366 * DAY);
    assert_int_equal(even_now(even), 0);
    usher_even_clock_last(&even->even, NOW - 367 * DAY);
    assert_int_equal(even_now(even), -367 * DAY);
    usher_even_clock_last(&even->even, NOW - 400 * DAY);
    assert_int_equal(even_now(even), -400 * DAY);
    usher_clock_manual_advance(&even->machine, HOUR);
    assert_int_equal(even_now(even), HOUR);
}

static void an_even_clock_is_sure_after_an_hour(void **state)
{
    struct even *even = *state;

    assert_false(usher_even_clock_is_sure(&even->even));
    usher_clock_manual_advance(&even->machine, HOUR - 1);
    assert_false(usher_even_clock_is_sure(&even->even));
    usher_clock_manual_advance(&even->machine, 1);
    assert_true(usher_even_clock_is_sure(&even->even));
    even->machine.wall_ms += DAY;
    assert_false(usher_even_clock_is_sure(&even->even));
    usher_clock_manual_advance(&even->machine, HOUR);
    assert_true(usher_even_clock_is_sure(&even->even));
    even->machine.wall_ms -= DAY;
    assert_false(usher_even_clock_is_sure(&even->even));
    usher_clock_manual_advance(&even->machine, HOUR);
    assert_true(usher_even_clock_is_sure(&even->even));
    even->machine.wall_ms += DAY;
    assert_false(usher_even_clock_is_sure(&even->even));
    even->machine.wall_ms = 2 * HOUR; /* 1970 */
    (void)even_now(even);
    usher_clock_manual_advance(&even->machine, 2 * HOUR);
    assert_false(usher_even_clock_is_sure(&even->even));
    even->machine.wall_ms = 1735689600000 - 2 * HOUR; /* New Year 2025 */
    (void)even_now(even);
    usher_clock_manual_advance(&even->machine, 2 * HOUR);
    assert_false(usher_even_clock_is_sure(&even->even));
    usher_clock_manual_advance(&even->machine, 1);
    assert_true(usher_even_clock_is_sure(&even->even));
}

#define EVEN(test) cmocka_unit_test_setup_teardown(test, even_make, even_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_system_tells_the_time),
        cmocka_unit_test(the_system_fills_all_bytes_with_chance),
        cmocka_unit_test(steady_time_is_the_systems_own),
        cmocka_unit_test(the_manual_clock_moves_only_by_hand),
        cmocka_unit_test(a_seed_fixes_the_sequence),
        cmocka_unit_test(random_numbers_are_spread_over_0_to_1),
        cmocka_unit_test(random_never_gives_1),
        EVEN(an_even_clock_follows_time_and_small_corrections),
        EVEN(a_minute_is_a_jump_to_either_side),
        EVEN(any_thread_may_ask),
        EVEN(the_hour_of_a_jump_is_its_own),
        EVEN(a_jump_that_is_taken_back_is_none),
        EVEN(a_time_that_stands_for_an_hour_is_believed),
        EVEN(a_start_years_later_is_not_believed_at_once),
        EVEN(an_even_clock_is_sure_after_an_hour),
    };

    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
