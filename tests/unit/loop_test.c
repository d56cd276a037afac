/* tests/unit/loop_test.c - rounds, timers, watches, posts. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "fail_alloc.h"
#include "net/loop.h"

struct world {
    struct usher_clock_manual time;
    struct usher_loop *loop;
    char seen[64];
    size_t seen_len;
};

struct mark {
    struct world *world;
    char letter;
    struct usher_timer timer;
};

static int world_make(void **state)
{
    struct world *world = calloc(1, sizeof(*world));

    assert_non_null(world);
    usher_clock_manual_init(&world->time, 1700000000000, 7);
    assert_int_equal(usher_loop_new(&world->time.clock, &world->loop),
                     USHER_OK);
    *state = world;
    return 0;
}

static int world_drop(void **state)
{
    struct world *world = *state;

    usher_loop_free(world->loop);
    free(world);
    return 0;
}

static void mark_seen(void *user)
{
    struct mark *mark = user;

    mark->world->seen[mark->world->seen_len++] = mark->letter;
}

static void advance(struct world *world, int64_t ms)
{
    usher_clock_manual_advance(&world->time, ms);
    usher_loop_step(world->loop, 0);
}

static void timers_fire_in_order_of_time_then_of_setting(void **state)
{
    static const int64_t delay[] = {30, 10, 20, 10, 30};
    struct world *world = *state;
    struct mark marks[5];
    size_t i;

    memset(marks, 0, sizeof(marks));
    for (i = 0; i < 5; i++) {
        marks[i].world = world;
        marks[i].letter = (char)('a' + i);
        usher_timer_set(world->loop, &marks[i].timer, delay[i], mark_seen,
                        &marks[i]);
    }
    advance(world, 9);
    assert_string_equal(world->seen, "");
    advance(world, 1);
    assert_string_equal(world->seen, "bd");
    advance(world, 100);
    assert_string_equal(world->seen, "bdcae");
}

static void a_timer_set_again_moves(void **state)
{
    struct world *world = *state;
    struct mark a = {.world = world, .letter = 'a'};

    usher_timer_set(world->loop, &a.timer, 5, mark_seen, &a);
    usher_timer_set(world->loop, &a.timer, 50, mark_seen, &a);
    advance(world, 10);
    assert_string_equal(world->seen, "");
    assert_true(a.timer.armed);
    advance(world, 40);
    assert_string_equal(world->seen, "a");
    assert_false(a.timer.armed);
}

static void cancelling_is_fine_idle_or_not(void **state)
{
    struct world *world = *state;
    struct mark a = {.world = world, .letter = 'a'};

    usher_timer_cancel(world->loop, &a.timer);
    usher_timer_set(world->loop, &a.timer, 5, mark_seen, &a);
    usher_timer_cancel(world->loop, &a.timer);
    usher_timer_cancel(world->loop, &a.timer);
    advance(world, 10);
    assert_string_equal(world->seen, "");
}

struct canceller {
    struct mark *victim;
    struct usher_timer timer;
};

static void cancel_victim(void *user)
{
    struct canceller *canceller = user;

    usher_timer_cancel(canceller->victim->world->loop,
                       &canceller->victim->timer);
}

static void a_timer_cancels_another_that_is_due_too(void **state)
{
    struct world *world = *state;
    struct mark b = {.world = world, .letter = 'b'};
    struct mark c = {.world = world, .letter = 'c'};
    struct canceller a = {.victim = &b};

    usher_timer_set(world->loop, &a.timer, 5, cancel_victim, &a);
    usher_timer_set(world->loop, &b.timer, 5, mark_seen, &b);
    usher_timer_set(world->loop, &c.timer, 5, mark_seen, &c);
    advance(world, 5);
    assert_string_equal(world->seen, "c");
}

struct again {
    struct usher_loop *loop;
    struct usher_timer timer;
    int fired;
};

static void set_again(void *user)
{
    struct again *again = user;

    again->fired++;
    usher_timer_set(again->loop, &again->timer, 0, set_again, again);
}

static void a_timer_without_delay_waits_for_the_next_round(void **state)
{
    struct world *world = *state;
    struct again again = {.loop = world->loop};

    usher_timer_set(world->loop, &again.timer, 0, set_again, &again);
    usher_loop_step(world->loop, 0);
    assert_int_equal(again.fired, 1);
    usher_loop_step(world->loop, -1);
    assert_int_equal(again.fired, 2);
    usher_timer_cancel(world->loop, &again.timer);
}

static void take_long(void *user)
{
    usher_clock_manual_advance(user, 5000);
}

static void stop_loop(void *user)
{
    usher_loop_stop(user);
}

/* The wait is reckoned from the end of the round, not from its start. */
static void a_long_callback_does_not_delay_timers(void **state)
{
    struct world *world = *state;
    const struct usher_clock *real = usher_clock_system();
    int64_t start = usher_clock_steady_ms(real);
    struct usher_timer timer = {0};

    usher_timer_set(world->loop, &timer, 5000, stop_loop, world->loop);
    assert_int_equal(usher_loop_post(world->loop, take_long, &world->time),
                     USHER_OK);
    usher_loop_run(world->loop);
    assert_true(usher_clock_steady_ms(real) - start < 2500);
}

enum { MANY = 2000 };

struct swarm {
    struct world *world;
    int64_t last_due;
    int fired, disorder;
    struct swarm_timer {
        struct swarm *swarm;
        struct usher_timer timer;
    } timers[MANY];
};

static void swarm_fired(void *user)
{
    struct swarm_timer *one = user;

    one->swarm->fired++;
    if (one->timer.due_ms < one->swarm->last_due)
        one->swarm->disorder++;
    one->swarm->last_due = one->timer.due_ms;
}

/* Sets, moves and cancels at random; what is left fires in order. */
static void thousands_of_timers_keep_their_order(void **state)
{
    struct world *world = *state;
    struct swarm *swarm = calloc(1, sizeof(*swarm));
    const struct usher_clock *clock = &world->time.clock;
    int i, alive = 0;

    assert_non_null(swarm);
    for (i = 0; i < MANY; i++)
        swarm->timers[i].swarm = swarm;
    for (i = 0; i < 6 * MANY; i++) {
        struct swarm_timer *one =
            &swarm->timers[(int)(usher_clock_random(clock) * MANY)];

        if (usher_clock_random(clock) < 0.3)
            usher_timer_cancel(world->loop, &one->timer);
        else
            usher_timer_set(world->loop, &one->timer,
                            (int64_t)(usher_clock_random(clock) * 5000),
                            swarm_fired, one);
    }
    for (i = 0; i < MANY; i++)
        alive += swarm->timers[i].timer.armed != 0;
    for (i = 0; i < 50; i++)
        advance(world, 100);
    assert_true(alive > MANY / 4);
    assert_int_equal(swarm->fired, alive);
    assert_int_equal(swarm->disorder, 0);
    free(swarm);
}

/* Watches */

struct reader {
    struct usher_watch *watch;
    struct usher_watch *other;
    int fd, calls;
    uint32_t events;
};

static void reader_event(void *user, uint32_t events)
{
    struct reader *reader = user;
    char byte;

    reader->calls++;
    reader->events = events;
    assert_int_equal(read(reader->fd, &byte, 1), 1);
}

static void a_watch_tells_when_a_descriptor_is_readable(void **state)
{
    struct world *world = *state;
    struct reader reader = {0};
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    reader.fd = ends[0];
    assert_int_equal(usher_watch_new(world->loop, ends[0], EPOLLIN,
                                     reader_event, &reader, &reader.watch),
                     USHER_OK);
    usher_loop_step(world->loop, 0);
    assert_int_equal(reader.calls, 0);
    assert_int_equal(write(ends[1], "xy", 2), 2);
    usher_loop_step(world->loop, 1000);
    assert_int_equal(reader.calls, 1);
    assert_true(reader.events & EPOLLIN);
    assert_int_equal(usher_watch_change(reader.watch, 0), USHER_OK);
    usher_loop_step(world->loop, 0);
    assert_int_equal(reader.calls, 1);
    usher_watch_free(reader.watch);
    usher_watch_free(NULL);
    close(ends[0]);
    close(ends[1]);
}

static void free_both(void *user, uint32_t events)
{
    struct reader *reader = user;

    (void)events;
    reader->calls++;
    usher_watch_free(reader->watch);
    usher_watch_free(reader->other);
}

static void a_watch_frees_itself_and_another_in_its_callback(void **state)
{
    struct world *world = *state;
    struct reader reader = {0};
    int a[2], b[2];

    assert_int_equal(pipe(a), 0);
    assert_int_equal(pipe(b), 0);
    assert_int_equal(write(a[1], "x", 1), 1);
    assert_int_equal(write(b[1], "x", 1), 1);
    assert_int_equal(usher_watch_new(world->loop, a[0], EPOLLIN, free_both,
                                     &reader, &reader.watch),
                     USHER_OK);
    assert_int_equal(usher_watch_new(world->loop, b[0], EPOLLIN, free_both,
                                     &reader, &reader.other),
                     USHER_OK);
    usher_loop_step(world->loop, 1000);
    usher_loop_step(world->loop, 0);
    assert_int_equal(reader.calls, 1);
    close(a[0]);
    close(a[1]);
    close(b[0]);
    close(b[1]);
}

static void a_closed_descriptor_is_refused(void **state)
{
    struct world *world = *state;
    struct usher_watch *watch;

    assert_int_equal(usher_watch_new(world->loop, -1, EPOLLIN, free_both, NULL,
                                     &watch),
                     USHER_ERR_IO);
    assert_null(watch);
}

/* Hooks */

struct pump {
    struct usher_hook hook;
    int work, calls;
};

static int pump_work(void *user)
{
    struct pump *pump = user;

    pump->calls++;
    return pump->work > 0 ? pump->work-- : 0;
}

static void hooks_run_until_all_are_done(void **state)
{
    struct world *world = *state;
    struct pump a = {.work = 3}, b = {.work = 0};

    a.hook.fn = b.hook.fn = pump_work;
    a.hook.user = &a;
    b.hook.user = &b;
    usher_loop_hook(world->loop, &a.hook);
    usher_loop_hook(world->loop, &b.hook);
    usher_loop_step(world->loop, 0);
    assert_int_equal(a.work, 0);
    assert_true(b.calls >= 4);
    usher_loop_unhook(world->loop, &a.hook);
    usher_loop_unhook(world->loop, &b.hook);
    a.calls = 0;
    usher_loop_step(world->loop, 0);
    assert_int_equal(a.calls, 0);
}

static void a_hook_without_end_does_not_starve_timers(void **state)
{
    struct world *world = *state;
    struct pump pump = {.work = 1 << 20};
    struct mark a = {.world = world, .letter = 'a'};

    pump.hook.fn = pump_work;
    pump.hook.user = &pump;
    usher_loop_hook(world->loop, &pump.hook);
    usher_timer_set(world->loop, &a.timer, 1, mark_seen, &a);
    advance(world, 1);
    assert_string_equal(world->seen, "a");
    assert_true(pump.work > 0);
    usher_loop_unhook(world->loop, &pump.hook);
}

/* Posts */

static void posts_run_in_order_and_not_inside_the_call(void **state)
{
    struct world *world = *state;
    struct mark a = {.world = world, .letter = 'a'};
    struct mark b = {.world = world, .letter = 'b'};

    assert_int_equal(usher_loop_post(world->loop, mark_seen, &a), USHER_OK);
    assert_int_equal(usher_loop_post(world->loop, mark_seen, &b), USHER_OK);
    assert_string_equal(world->seen, "");
    usher_loop_step(world->loop, -1);
    assert_string_equal(world->seen, "ab");
}

static void stop_ends_after_the_callback_and_keeps_the_rest(void **state)
{
    struct world *world = *state;
    struct mark a = {.world = world, .letter = 'a'};
    struct mark b = {.world = world, .letter = 'b'};

    assert_int_equal(usher_loop_post(world->loop, mark_seen, &a), USHER_OK);
    assert_int_equal(usher_loop_post(world->loop, stop_loop, world->loop),
                     USHER_OK);
    assert_int_equal(usher_loop_post(world->loop, mark_seen, &b), USHER_OK);
    usher_loop_run(world->loop);
    assert_string_equal(world->seen, "a");
    assert_int_equal(usher_loop_post(world->loop, stop_loop, world->loop),
                     USHER_OK);
    usher_loop_run(world->loop);
    assert_string_equal(world->seen, "ab");
    usher_loop_stop(world->loop);
    usher_loop_run(world->loop);
}

static void what_never_ran_is_dropped_with_the_loop(void **state)
{
    struct world *world = *state;
    struct mark a = {.world = world, .letter = 'a'};
    struct usher_watch *watch;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(usher_watch_new(world->loop, ends[0], EPOLLIN, free_both,
                                     NULL, &watch),
                     USHER_OK);
    usher_timer_set(world->loop, &a.timer, 5, mark_seen, &a);
    assert_int_equal(usher_loop_post(world->loop, mark_seen, &a), USHER_OK);
    usher_loop_free(world->loop);
    world->loop = NULL;
    assert_false(a.timer.armed);
    assert_string_equal(world->seen, "");
    close(ends[0]);
    close(ends[1]);
}

static void health_from_inside(void *user)
{
    struct world *world = user;
    struct usher_loop_health health = usher_loop_health(world->loop);

    assert_int_not_equal(health.busy_since_ms, 0);
    world->seen[0] = 'h';
}

static void health_tells_whether_the_loop_is_busy(void **state)
{
    struct world *world = *state;
    uint64_t before = usher_loop_health(world->loop).rounds;

    assert_int_equal(usher_loop_post(world->loop, health_from_inside, world),
                     USHER_OK);
    usher_loop_step(world->loop, 0);
    assert_string_equal(world->seen, "h");
    assert_int_equal(usher_loop_health(world->loop).busy_since_ms, 0);
    assert_int_equal(usher_loop_health(world->loop).rounds, before + 1);
}

/* A post that could not be queued is told of and does not run. */
static void no_memory_is_told(void **state)
{
    struct world *world = *state;
    struct mark a = {.world = world, .letter = 'a'};
    struct usher_loop *loop;
    struct usher_watch *watch;

    fail_alloc_at(1);
    assert_int_equal(usher_loop_new(&world->time.clock, &loop),
                     USHER_ERR_NOMEM);
    assert_null(loop);
    fail_alloc_at(1);
    assert_int_equal(usher_watch_new(world->loop, 0, EPOLLIN, free_both, NULL,
                                     &watch),
                     USHER_ERR_NOMEM);
    assert_null(watch);
    fail_alloc_at(1);
    assert_int_equal(usher_loop_post(world->loop, mark_seen, &a),
                     USHER_ERR_NOMEM);
    assert_int_equal(fail_alloc_off(), 1);
    usher_loop_step(world->loop, 0);
    assert_string_equal(world->seen, "");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_make, world_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(timers_fire_in_order_of_time_then_of_setting),
        CASE(a_timer_set_again_moves),
        CASE(cancelling_is_fine_idle_or_not),
        CASE(a_timer_cancels_another_that_is_due_too),
        CASE(a_timer_without_delay_waits_for_the_next_round),
        CASE(a_long_callback_does_not_delay_timers),
        CASE(thousands_of_timers_keep_their_order),
        CASE(a_watch_tells_when_a_descriptor_is_readable),
        CASE(a_watch_frees_itself_and_another_in_its_callback),
        CASE(a_closed_descriptor_is_refused),
        CASE(hooks_run_until_all_are_done),
        CASE(a_hook_without_end_does_not_starve_timers),
        CASE(posts_run_in_order_and_not_inside_the_call),
        CASE(stop_ends_after_the_callback_and_keeps_the_rest),
        CASE(what_never_ran_is_dropped_with_the_loop),
        CASE(health_tells_whether_the_loop_is_busy),
        CASE(no_memory_is_told),
    };

    return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
