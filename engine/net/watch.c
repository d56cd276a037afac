/* engine/net/watch.c - descriptors in the loop's epoll. */
#include <stdlib.h>

#include "net/loop_private.h"

enum usher_status usher_watch_new(struct usher_loop *loop, int fd,
                                  uint32_t events, usher_watch_fn *fn,
                                  void *user, struct usher_watch **out)
{
    struct usher_watch *watch = calloc(1, sizeof(*watch));
    struct epoll_event event = {.events = events, .data.ptr = watch};

    *out = NULL;
    if (watch == NULL)
        return USHER_ERR_NOMEM;
    watch->loop = loop;
    watch->fd = fd;
    watch->fn = fn;
    watch->user = user;
    if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) {
        free(watch);
        return USHER_ERR_IO;
    }
    watch->next = loop->watches;
    if (watch->next != NULL)
        watch->next->prev = watch;
    loop->watches = watch;
    *out = watch;
    return USHER_OK;
}

enum usher_status usher_watch_change(struct usher_watch *watch, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = watch};

    if (epoll_ctl(watch->loop->epoll_fd, EPOLL_CTL_MOD, watch->fd, &event))
        return USHER_ERR_IO;
    return USHER_OK;
}

/* Events of this watch may lie in the batch that is being worked off, so the
 * memory stays until the batch is done. */
void usher_watch_free(struct usher_watch *watch)
{
    struct usher_loop *loop;
    struct epoll_event none = {0};

    if (watch == NULL)
        return;
    loop = watch->loop;
    (void)epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, watch->fd, &none);
    if (watch->prev != NULL)
        watch->prev->next = watch->next;
    else
        loop->watches = watch->next;
    if (watch->next != NULL)
        watch->next->prev = watch->prev;
    watch->fn = NULL;
    watch->next = loop->dead;
    loop->dead = watch;
    if (loop->event_at >= loop->event_count)
        usher_loop_bury_watches(loop);
}

void usher_loop_bury_watches(struct usher_loop *loop)
{
    struct usher_watch *watch, *next;

    for (watch = loop->dead; watch != NULL; watch = next) {
        next = watch->next;
        free(watch);
    }
    loop->dead = NULL;
}

/* An event without a watch is the wake-up, whose work the round does anyway.
 * When the loop is stopped the rest of the batch stays for a later run: an
 * edge-triggered event would not come again. */
void usher_loop_dispatch_events(struct usher_loop *loop)
{
    while (loop->event_at < loop->event_count && !usher_loop_halted(loop)) {
        struct epoll_event *event = &loop->events[loop->event_at];
        struct usher_watch *watch = event->data.ptr;

        if (watch != NULL && watch->fn != NULL)
            watch->fn(watch->user, event->events);
        loop->event_at++;
    }
    if (loop->event_at >= loop->event_count)
        usher_loop_bury_watches(loop);
}
