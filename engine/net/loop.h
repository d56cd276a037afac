/* engine/net/loop.h - one thread's event loop: epoll, timers, posts from other
 * threads.
 *
 * Only usher_loop_post() and usher_loop_stop() may be called from other
 * threads; everything else belongs to the thread that runs the loop. No
 * function blocks but usher_loop_run(). Callbacks run one at a time, never
 * from inside the call that registered them. */
#ifndef USHER_NET_LOOP_H
#define USHER_NET_LOOP_H

#include <stdint.h>

#include "core/clock.h"
#include "core/status.h"

struct usher_loop;
struct usher_watch;

USHER_MUST_USE enum usher_status usher_loop_new(const struct usher_clock *clock,
                                                struct usher_loop **out);

/* After usher_loop_run() has returned. Posts that did not run are dropped;
 * watches and timers that are still there are freed (not their fds). */
void usher_loop_free(struct usher_loop *loop);

/* Runs callbacks until usher_loop_stop(); blocks. */
void usher_loop_run(struct usher_loop *loop);

/* One round: what is due now, waiting at most timeout_ms (-1: until
 * something happens). For tests and for hosts with a loop of their own. */
void usher_loop_step(struct usher_loop *loop, int timeout_ms);

/* How long a step could wait: ms until the next timer, 0 when there is
 * something to do at once, -1 without any timer. With usher_loop_step(loop, 0)
 * it lets specs move a clock of their own from event to event. */
int64_t usher_loop_patience_ms(const struct usher_loop *loop);

/* Ends usher_loop_run() after the callback that runs (hooks still finish their
 * work); before it, makes it return at once. Any thread. What was due but did
 * not run is kept for the next run. usher_loop_step() takes no notice. */
void usher_loop_stop(struct usher_loop *loop);

/* The steady time of this round, ms: cheap, read once a round. */
int64_t usher_loop_now_ms(const struct usher_loop *loop);
/* The clock the loop was made with. */
const struct usher_clock *usher_loop_clock(const struct usher_loop *loop);

/* Runs fn(user) on the loop's thread, in the order of the posts, batched with
 * one wake-up. Any thread. USHER_ERR_NOMEM when it could not be queued. */
enum usher_status usher_loop_post(struct usher_loop *loop,
                                  void (*fn)(void *user), void *user);

/* A descriptor. `events` are epoll's (EPOLLIN, EPOLLOUT, EPOLLET, ...). The
 * descriptor stays the caller's; usher_watch_free() before closing it, also
 * from inside its own callback. */
typedef void usher_watch_fn(void *user, uint32_t events);
USHER_MUST_USE enum usher_status usher_watch_new(struct usher_loop *loop,
                                                 int fd, uint32_t events,
                                                 usher_watch_fn *fn, void *user,
                                                 struct usher_watch **out);
enum usher_status usher_watch_change(struct usher_watch *watch,
                                     uint32_t events);
void usher_watch_free(struct usher_watch *watch); /* NULL is fine */

/* A timer lies inside its owner's struct (zero-initialised) and fires once.
 * Setting it again moves it; cancelling an idle one is fine. Setting cannot
 * fail: a heap of intrusive nodes. It must be cancelled before its memory
 * goes. Timers that are due in the same millisecond fire in the order they
 * were set; one that is set with no delay fires in the next round. */
struct usher_timer {
    int64_t due_ms;
    void (*fn)(void *user);
    void *user;
    uint64_t order; /* these are the loop's */
    struct usher_timer *child, *sibling, *prev;
    int armed; /* nonzero while it is to fire */
};
void usher_timer_set(struct usher_loop *loop, struct usher_timer *timer,
                     int64_t delay_ms, void (*fn)(void *user), void *user);
void usher_timer_cancel(struct usher_loop *loop, struct usher_timer *timer);

/* Called in each round after all events, posts and timers, before waiting:
 * the HTTP daemon and the client finish their work here. It may itself cause
 * more work; it gives nonzero when it did some, and is called again until all
 * hooks give 0. Lives until the loop is freed or the hook is removed. */
struct usher_hook {
    int (*fn)(void *user);
    void *user;
    struct usher_hook *next;
};
void usher_loop_hook(struct usher_loop *loop, struct usher_hook *hook);
void usher_loop_unhook(struct usher_loop *loop, struct usher_hook *hook);

/* Callbacks that have run, and the longest of the last run, for the
 * watchdog: read from any thread. `busy_since_ms` is 0 while waiting. */
struct usher_loop_health {
    uint64_t rounds;
    int64_t busy_since_ms;
};
struct usher_loop_health usher_loop_health(const struct usher_loop *loop);

#endif
