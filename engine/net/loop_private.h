/* engine/net/loop_private.h - what the files of the loop share; nobody else
 * includes it. */
#ifndef USHER_NET_LOOP_PRIVATE_H
#define USHER_NET_LOOP_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/epoll.h>

#include "net/loop.h"

#define LOOP_EVENTS 256

enum usher_timer_place { TIMER_IDLE, TIMER_IN_HEAP, TIMER_IN_DUE };

struct usher_watch {
    struct usher_loop *loop;
    int fd;
    usher_watch_fn *fn; /* NULL: freed, waiting for the end of the round */
    void *user;
    struct usher_watch *next, *prev;
};

struct usher_post {
    void (*fn)(void *user);
    void *user;
};

struct usher_post_list {
    struct usher_post *items;
    size_t len, cap;
};

struct usher_loop {
    const struct usher_clock *clock;
    int epoll_fd;
    int64_t now_ms;
    int in_round;
    int heeds_stop; /* in usher_loop_run(), not in a step */

    struct usher_watch *watches; /* the living */
    struct usher_watch *dead;    /* freed during a round, linked by next */
    struct epoll_event events[LOOP_EVENTS];
    int event_at, event_count;

    struct usher_timer *heap;
    struct usher_timer *due; /* taken from the heap, to fire now */
    uint64_t timer_order;

    struct usher_hook *hooks;
    int hooks_left; /* the bound of a round was reached, work remains */

    pthread_mutex_t lock; /* guards incoming */
    struct usher_post_list incoming;
    struct usher_post_list batch; /* the loop thread's */
    size_t batch_at;
    atomic_int posted; /* incoming is not empty */
    atomic_int asleep; /* the loop may be in epoll_wait: wake it */
    atomic_int stopped;
    int wake_fd;

    atomic_uint_fast64_t rounds;
    atomic_int_fast64_t busy_since_ms;
};

/* loop.c: whether the round ends after the callback that just ran. */
int usher_loop_halted(const struct usher_loop *loop);

/* watch.c: one batch of events, and the memory of watches. */
void usher_loop_dispatch_events(struct usher_loop *loop);
void usher_loop_bury_watches(struct usher_loop *loop);

/* timer.c */
void usher_loop_fire_timers(struct usher_loop *loop);
void usher_loop_forget_timers(struct usher_loop *loop);

/* post.c: the eventfd and the queue; init gives USHER_ERR_IO. */
enum usher_status usher_loop_posts_init(struct usher_loop *loop);
void usher_loop_posts_free(struct usher_loop *loop);
void usher_loop_run_posts(struct usher_loop *loop);
void usher_loop_wake(struct usher_loop *loop);

#endif
