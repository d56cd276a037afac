/* engine/net/loop.c - the rounds of an event loop. */
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "net/loop_private.h"

/* Hooks that always find more work must not starve timers and events. */
enum { HOOK_PASSES = 64 };

enum usher_status usher_loop_new(const struct usher_clock *clock,
                                 struct usher_loop **out)
{
    struct usher_loop *loop = calloc(1, sizeof(*loop));
    enum usher_status st;

    *out = NULL;
    if (loop == NULL)
        return USHER_ERR_NOMEM;
    loop->clock = clock;
    loop->wake_fd = -1;
    pthread_mutex_init(&loop->lock, NULL);
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    st = loop->epoll_fd < 0 ? USHER_ERR_IO : usher_loop_posts_init(loop);
    if (st != USHER_OK) {
        usher_loop_free(loop);
        return st;
    }
    *out = loop;
    return USHER_OK;
}

void usher_loop_free(struct usher_loop *loop)
{
    if (loop == NULL)
        return;
    loop->event_at = loop->event_count;
    while (loop->watches != NULL)
        usher_watch_free(loop->watches);
    usher_loop_bury_watches(loop);
    usher_loop_forget_timers(loop);
    usher_loop_posts_free(loop);
    if (loop->epoll_fd >= 0)
        close(loop->epoll_fd);
    pthread_mutex_destroy(&loop->lock);
    free(loop);
}

/* Outside a round nobody keeps now_ms fresh. */
int64_t usher_loop_now_ms(const struct usher_loop *loop)
{
    return loop->in_round ? loop->now_ms : usher_clock_steady_ms(loop->clock);
}

const struct usher_clock *usher_loop_clock(const struct usher_loop *loop)
{
    return loop->clock;
}

void usher_loop_hook(struct usher_loop *loop, struct usher_hook *hook)
{
    hook->next = loop->hooks;
    loop->hooks = hook;
}

void usher_loop_unhook(struct usher_loop *loop, struct usher_hook *hook)
{
    struct usher_hook **at = &loop->hooks;

    while (*at != NULL && *at != hook)
        at = &(*at)->next;
    if (*at != NULL)
        *at = hook->next;
}

static void loop_run_hooks(struct usher_loop *loop)
{
    int work = 1, passes;

    for (passes = 0; work && passes < HOOK_PASSES; passes++) {
        struct usher_hook *hook, *next;

        work = 0;
        for (hook = loop->hooks; hook != NULL; hook = next) {
            next = hook->next; /* a hook may remove itself */
            work |= hook->fn(hook->user) != 0;
        }
    }
    loop->hooks_left = work;
}

/* How long this round may wait, ms; -1 without bound. */
static int loop_patience(const struct usher_loop *loop, int timeout_ms)
{
    int64_t left;

    if (loop->hooks_left || loop->due != NULL ||
        loop->batch_at < loop->batch.len)
        return 0;
    if (loop->heap == NULL)
        return timeout_ms;
    left = loop->heap->due_ms - loop->now_ms;
    if (left <= 0)
        return 0;
    if (timeout_ms >= 0 && left > timeout_ms)
        return timeout_ms;
    return left > INT_MAX ? INT_MAX : (int)left;
}

int64_t usher_loop_patience_ms(const struct usher_loop *loop)
{
    int64_t left;

    if (loop->hooks_left || loop->due != NULL ||
        loop->batch_at < loop->batch.len || atomic_load(&loop->posted))
        return 0;
    if (loop->heap == NULL)
        return -1;
    left = loop->heap->due_ms - usher_loop_now_ms(loop);
    return left > 0 ? left : 0;
}

static void loop_wait(struct usher_loop *loop, int timeout_ms)
{
    int wait_ms, count;

    if (loop->event_at < loop->event_count)
        return;             /* left over from a round that was stopped */
    if (loop->heap != NULL) /* the round itself may have taken long */
        loop->now_ms = usher_clock_steady_ms(loop->clock);
    wait_ms = loop_patience(loop, timeout_ms);
    atomic_store_explicit(&loop->busy_since_ms, 0, memory_order_relaxed);
    atomic_store(&loop->asleep, 1);
    if (atomic_load(&loop->posted) || usher_loop_halted(loop))
        wait_ms = 0;
    count = epoll_wait(loop->epoll_fd, loop->events, LOOP_EVENTS, wait_ms);
    atomic_store_explicit(&loop->asleep, 0, memory_order_relaxed);
    loop->event_at = 0;
    loop->event_count = count > 0 ? count : 0; /* EINTR is an empty round */
}

static void loop_read_clock(struct usher_loop *loop)
{
    loop->now_ms = usher_clock_steady_ms(loop->clock);
    /* 0 means "waiting" to readers, and a manual clock may stand at 0. */
    atomic_store_explicit(&loop->busy_since_ms,
                          loop->now_ms != 0 ? loop->now_ms : 1,
                          memory_order_relaxed);
}

static void loop_round(struct usher_loop *loop, int timeout_ms)
{
    loop_wait(loop, timeout_ms);
    loop_read_clock(loop);
    usher_loop_dispatch_events(loop);
    usher_loop_run_posts(loop);
    usher_loop_fire_timers(loop);
    loop_run_hooks(loop);
    atomic_fetch_add_explicit(&loop->rounds, 1, memory_order_relaxed);
}

/* What was begun outside a round (a request sent, say) gets its first push
 * from the hooks before anything waits. */
static void loop_enter(struct usher_loop *loop)
{
    loop->in_round = 1;
    loop_read_clock(loop);
    loop_run_hooks(loop);
}

static void loop_leave(struct usher_loop *loop)
{
    atomic_store(&loop->busy_since_ms, 0);
    loop->in_round = 0;
}

void usher_loop_run(struct usher_loop *loop)
{
    loop->heeds_stop = 1;
    loop_enter(loop);
    while (!usher_loop_halted(loop))
        loop_round(loop, -1);
    atomic_store(&loop->stopped, 0);
    loop->heeds_stop = 0;
    loop_leave(loop);
}

void usher_loop_step(struct usher_loop *loop, int timeout_ms)
{
    loop_enter(loop);
    loop_round(loop, timeout_ms);
    loop_leave(loop);
}

int usher_loop_halted(const struct usher_loop *loop)
{
    return loop->heeds_stop && atomic_load(&loop->stopped);
}

void usher_loop_stop(struct usher_loop *loop)
{
    atomic_store(&loop->stopped, 1);
    usher_loop_wake(loop);
}

struct usher_loop_health usher_loop_health(const struct usher_loop *loop)
{
    struct usher_loop_health health;

    health.rounds = atomic_load(&loop->rounds);
    health.busy_since_ms = atomic_load(&loop->busy_since_ms);
    return health;
}
