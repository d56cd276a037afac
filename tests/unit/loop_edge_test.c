/* tests/unit/loop_edge_test.c - how long a loop waits, what it does where a
 * callback changes what is still to come, and where the system has nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/files.h"
#include "net/loop.h"
#include "net/server.h"

struct world {
    struct usher_clock_manual time;
    struct usher_loop *loop;
    char seen[64];
};

struct mark {
    struct world *world;
    char letter;
    struct usher_timer timer;
};

static int world_make(void **state)
{
    struct world *world = calloc(1, sizeof(*world));

    if (!world)
        return -1;
    usher_clock_manual_init(&world->time, 1700000000000, 7);
    *state = world;
    return (int)usher_loop_new(&world->time.clock, &world->loop);
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
    size_t len = strlen(mark->world->seen);

    mark->world->seen[len] = mark->letter;
}

static void set(struct mark *mark, int64_t delay_ms)
{
    usher_timer_set(mark->world->loop, &mark->timer, delay_ms, mark_seen, mark);
}

static void advance(struct world *world, int64_t ms)
{
    usher_clock_manual_advance(&world->time, ms);
    usher_loop_step(world->loop, 0);
}

/* ---- patience ---- */

struct pump {
    struct usher_hook hook;
    int work;
};

static int pump_work(void *user)
{
    struct pump *pump = user;

    return pump->work > 0 ? pump->work-- : 0;
}

static void a_loop_knows_how_long_it_could_wait(void **state)
{
    struct world *world = *state;
    struct mark near = {.world = world, .letter = 'n'};
    struct mark far = {.world = world, .letter = 'f'};
    struct pump pump = {.work = 1 << 20};

    assert_int_equal(usher_loop_patience_ms(world->loop), -1);
    set(&far, 7000);
    assert_int_equal(usher_loop_patience_ms(world->loop), 7000);
    set(&near, 5000);
    assert_int_equal(usher_loop_patience_ms(world->loop), 5000);
    usher_clock_manual_advance(&world->time, 4999);
    assert_int_equal(usher_loop_patience_ms(world->loop), 1);
    usher_clock_manual_advance(&world->time, 1);
    assert_int_equal(usher_loop_patience_ms(world->loop), 0);
    usher_clock_manual_advance(&world->time, 1);
    assert_int_equal(usher_loop_patience_ms(world->loop), 0);
    usher_loop_step(world->loop, 0);
    assert_string_equal(world->seen, "n");
    assert_int_equal(usher_loop_patience_ms(world->loop), 1999);
    usher_timer_cancel(world->loop, &far.timer);
    assert_int_equal(usher_loop_patience_ms(world->loop), -1);
    assert_int_equal(usher_loop_post(world->loop, mark_seen, &far), USHER_OK);
    assert_int_equal(usher_loop_patience_ms(world->loop), 0);
    usher_loop_step(world->loop, 0);
    assert_int_equal(usher_loop_patience_ms(world->loop), -1);
    pump.hook.fn = pump_work; /* more than a round's worth of work */
    pump.hook.user = &pump;
    usher_loop_hook(world->loop, &pump.hook);
    usher_loop_step(world->loop, 0);
    assert_int_equal(usher_loop_patience_ms(world->loop), 0);
    pump.work = 0;
    usher_loop_step(world->loop, 0);
    assert_int_equal(usher_loop_patience_ms(world->loop), -1);
    usher_loop_unhook(world->loop, &pump.hook);
}

/* A step waits no longer than it may, however far the next timer is, and no
 * longer than to the next timer. */
static void a_step_waits_no_longer_than_it_may(void **state)
{
    const struct usher_clock *real = usher_clock_system();
    int64_t start = usher_clock_steady_ms(real);
    struct world *world = *state;
    struct mark far = {.world = world, .letter = 'f'};

    set(&far, 15000);
    usher_loop_step(world->loop, 0);
    usher_loop_step(world->loop, 1);
    assert_true(usher_clock_steady_ms(real) - start < 7000);
    set(&far, 1);
    usher_loop_step(world->loop, 15000);
    assert_true(usher_clock_steady_ms(real) - start < 7000);
    usher_timer_cancel(world->loop, &far.timer);
}

/* ---- timers ---- */

static void a_timer_in_the_past_is_due_at_once(void **state)
{
    struct world *world = *state;
    struct mark a = {.world = world, .letter = 'a'};
    struct mark b = {.world = world, .letter = 'b'};

    set(&a, 0);
    set(&b, -5000);
    usher_loop_step(world->loop, 0);
    assert_string_equal(world->seen, "ab");
}

struct busy {
    struct mark *marks;
    struct usher_timer timer;
    int what;
};

/* Among timers that are due in the same round. */
static void change_others(void *user)
{
    struct busy *busy = user;
    struct usher_loop *loop = busy->marks[0].world->loop;

    if (busy->what == 0) /* the next, the one after, the last */
        usher_timer_cancel(loop, &busy->marks[0].timer);
    else if (busy->what == 1)
        usher_timer_cancel(loop, &busy->marks[1].timer);
    else if (busy->what == 2)
        usher_timer_cancel(loop, &busy->marks[2].timer);
    else /* one that is due moves away */
        set(&busy->marks[1], 10);
}

static void what_is_due_may_still_be_changed(void **state)
{
    static const char *const seen[] = {"bc", "ac", "ab", "ac"};
    struct world *world = *state;

    for (int what = 0; what < 4; what++) {
        struct mark marks[3] = {{.world = world, .letter = 'a'},
                                {.world = world, .letter = 'b'},
                                {.world = world, .letter = 'c'}};
        struct busy busy = {.marks = marks, .what = what};

        memset(world->seen, 0, sizeof(world->seen));
        usher_timer_set(world->loop, &busy.timer, 5, change_others, &busy);
        for (int i = 0; i < 3; i++)
            set(&marks[i], 5);
        advance(world, 5);
        assert_string_equal(world->seen, seen[what]);
        advance(world, 10);
        assert_int_equal(strlen(world->seen), what < 3 ? 2 : 3);
        assert_int_equal(usher_loop_patience_ms(world->loop), -1);
    }
}

static void stop_it(void *user)
{
    usher_loop_stop(user);
}

/* What was due when the loop was stopped comes in the next run, in order and
 * before what is due later. */
static void what_was_due_comes_in_the_next_run(void **state)
{
    struct world *world = *state;
    struct mark a = {.world = world, .letter = 'a'};
    struct mark b = {.world = world, .letter = 'b'};
    struct mark c = {.world = world, .letter = 'c'};
    struct usher_timer stop = {0};

    usher_timer_set(world->loop, &stop, 1, stop_it, world->loop);
    set(&a, 1);
    set(&b, 1);
    set(&c, 2);
    usher_clock_manual_advance(&world->time, 1);
    usher_loop_run(world->loop);
    assert_string_equal(world->seen, "");
    assert_int_equal(usher_loop_patience_ms(world->loop), 0);
    usher_timer_cancel(world->loop, &a.timer); /* also while it is due */
    usher_clock_manual_advance(&world->time, 5);
    usher_loop_step(world->loop, 0);
    assert_string_equal(world->seen, "bc");
}

/* A timer that is due while its loop ends is idle after. */
static void a_loop_forgets_what_was_due(void **state)
{
    struct world *world = *state;
    struct mark a = {.world = world, .letter = 'a'};
    struct mark b = {.world = world, .letter = 'b'};
    struct mark later = {.world = world, .letter = 'l'};
    struct usher_timer stop = {0};

    usher_timer_set(world->loop, &stop, 1, stop_it, world->loop);
    set(&a, 1);
    set(&b, 1);
    set(&later, 9);
    usher_clock_manual_advance(&world->time, 1);
    usher_loop_run(world->loop);
    assert_true(a.timer.armed && b.timer.armed && later.timer.armed);
    usher_loop_free(world->loop);
    world->loop = NULL;
    assert_false(a.timer.armed || b.timer.armed || later.timer.armed);
}

/* ---- hooks, watches ---- */

static void whichever_hook_goes_the_others_stay(void **state)
{
    struct world *world = *state;

    for (int gone = 0; gone < 3; gone++) {
        struct pump pumps[3] = {{.work = 1}, {.work = 1}, {.work = 1}};
        struct pump stranger = {.work = 1};

        for (int i = 0; i < 3; i++) {
            pumps[i].hook.fn = pump_work;
            pumps[i].hook.user = &pumps[i];
            usher_loop_hook(world->loop, &pumps[i].hook);
        }
        usher_loop_unhook(world->loop, &pumps[gone].hook);
        usher_loop_unhook(world->loop, &stranger.hook); /* is none: no effect */
        usher_loop_step(world->loop, 0);
        for (int i = 0; i < 3; i++) {
            assert_int_equal(pumps[i].work, i == gone);
            if (i != gone)
                usher_loop_unhook(world->loop, &pumps[i].hook);
        }
    }
}

static void read_byte(void *user, uint32_t events)
{
    int *fd = user;
    char byte;

    assert_true(events & EPOLLIN);
    assert_int_equal(read(*fd, &byte, 1), 1);
    *fd = -1;
}

static void whichever_watch_goes_the_others_are_told(void **state)
{
    struct world *world = *state;

    for (int gone = 0; gone < 3; gone++) {
        struct usher_watch *watches[3];
        int ends[3][2], fds[3];

        for (int i = 0; i < 3; i++) {
            assert_int_equal(pipe(ends[i]), 0);
            fds[i] = ends[i][0];
            assert_int_equal(usher_watch_new(world->loop, fds[i], EPOLLIN,
                                             read_byte, &fds[i], &watches[i]),
                             USHER_OK);
            assert_int_equal(write(ends[i][1], "x", 1), 1);
        }
        usher_watch_free(watches[gone]);
        usher_loop_step(world->loop, 0);
        for (int i = 0; i < 3; i++) {
            assert_int_equal(fds[i] >= 0, i == gone);
            if (i != gone)
                usher_watch_free(watches[i]);
            close(ends[i][0]);
            close(ends[i][1]);
        }
    }
}

static void a_watch_of_a_closed_descriptor_cannot_change(void **state)
{
    struct world *world = *state;
    struct usher_watch *watch;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(usher_watch_new(world->loop, ends[0], EPOLLIN, read_byte,
                                     NULL, &watch),
                     USHER_OK);
    close(ends[0]);
    assert_int_equal(usher_watch_change(watch, EPOLLOUT), USHER_ERR_IO);
    usher_watch_free(watch);
    close(ends[1]);
}

/* ---- where the system has no descriptor left ---- */

/* Only so many more descriptors can be had; gives the old limit. */
static struct rlimit leave_descriptors(int count)
{
    struct rlimit old, now;
    int next = open("/dev/null", O_RDONLY | O_CLOEXEC);

    assert_true(next >= 0);
    close(next);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    now = old;
    now.rlim_cur = (rlim_t)(next + count);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
    return old;
}

/* As many as the system lets us have. */
static void the_soft_limit_of_files_is_raised(void **state)
{
    struct rlimit old, now;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    now = old;
    now.rlim_cur = old.rlim_max > 256 ? 256 : old.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
    usher_files_raise_limit();
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &now), 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
    assert_int_equal(now.rlim_cur, old.rlim_max);
}

static void without_descriptors_there_is_no_loop(void **state)
{
    struct world *world = *state;

    for (int count = 0; count < 2; count++) {
        struct rlimit old = leave_descriptors(count);
        struct usher_loop *loop = world->loop;
        enum usher_status st = usher_loop_new(&world->time.clock, &loop);

        assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
        assert_int_equal(st, USHER_ERR_IO);
        assert_null(loop);
    }
}

static void ignore_request(void *user, struct usher_request *request)
{
    (void)user;
    usher_request_drop(request);
}

/* And the descriptor that it was given is closed all the same. */
static void without_descriptors_there_is_no_server(void **state)
{
    struct world *world = *state;
    struct usher_server_options options = {.max_clients = 10};
    struct usher_server *server = (void *)world;
    struct usher_error error = {""};
    struct rlimit old;
    enum usher_status st;
    int fd;

    assert_int_equal(usher_server_listen("127.0.0.1", 0, 0, &options.listen_fd,
                                         NULL, NULL),
                     USHER_OK);
    old = leave_descriptors(0);
    st = usher_server_listen("127.0.0.1", 0, 0, &fd, NULL, &error);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
    assert_int_equal(st, USHER_ERR_IO);
    assert_int_equal(fd, -1);
    assert_non_null(strstr(error.text, "cannot listen on 127.0.0.1"));
    old = leave_descriptors(0);
    st = usher_server_new(world->loop, &options, ignore_request, NULL, &server);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
    assert_int_equal(st, USHER_ERR_IO);
    assert_null(server);
    assert_int_equal(fcntl(options.listen_fd, F_GETFD), -1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_make, world_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_loop_knows_how_long_it_could_wait),
        CASE(a_step_waits_no_longer_than_it_may),
        CASE(a_timer_in_the_past_is_due_at_once),
        CASE(what_is_due_may_still_be_changed),
        CASE(what_was_due_comes_in_the_next_run),
        CASE(a_loop_forgets_what_was_due),
        CASE(whichever_hook_goes_the_others_stay),
        CASE(whichever_watch_goes_the_others_are_told),
        CASE(a_watch_of_a_closed_descriptor_cannot_change),
        cmocka_unit_test(the_soft_limit_of_files_is_raised),
        CASE(without_descriptors_there_is_no_loop),
        CASE(without_descriptors_there_is_no_server),
    };

    return cmocka_run_group_tests_name("loop_edge", tests, NULL, NULL);
}
