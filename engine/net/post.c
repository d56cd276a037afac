/* engine/net/post.c - work for the loop from other threads.
 *
 * Posts go into an array under a short lock; the loop swaps the whole array
 * for its own. A poster writes the eventfd only when the loop may be asleep:
 * `asleep` and `posted` are each written before the other is read, so one of
 * both sides always sees the other. The eventfd is edge-triggered and never
 * read: every write is an edge. */
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "net/loop_private.h"

enum { POSTS_FIRST = 32 };

enum usher_status usher_loop_posts_init(struct usher_loop *loop)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = NULL};

    loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (loop->wake_fd < 0)
        return USHER_ERR_IO;
    if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, loop->wake_fd, &event) != 0)
        return USHER_ERR_IO;
    return USHER_OK;
}

void usher_loop_posts_free(struct usher_loop *loop)
{
    if (loop->wake_fd >= 0)
        close(loop->wake_fd);
    free(loop->incoming.items);
    free(loop->batch.items);
}

void usher_loop_wake(struct usher_loop *loop)
{
    uint64_t one = 1;
    ssize_t written;

    if (!atomic_exchange(&loop->asleep, 0))
        return;
    /* Fails only when the counter is full, and then it is readable. */
    written = write(loop->wake_fd, &one, sizeof(one));
    (void)written;
}

static int list_grow(struct usher_post_list *list)
{
    size_t cap = list->cap > 0 ? list->cap * 2 : POSTS_FIRST;
    struct usher_post *items = realloc(list->items, cap * sizeof(*items));

    if (items == NULL)
        return 0;
    list->items = items;
    list->cap = cap;
    return 1;
}

enum usher_status usher_loop_post(struct usher_loop *loop,
                                  void (*fn)(void *user), void *user)
{
    struct usher_post_list *list = &loop->incoming;
    enum usher_status st = USHER_OK;

    pthread_mutex_lock(&loop->lock);
    if (list->len < list->cap || list_grow(list)) {
        list->items[list->len].fn = fn;
        list->items[list->len].user = user;
        list->len++;
        atomic_store(&loop->posted, 1);
    } else {
        st = USHER_ERR_NOMEM;
    }
    pthread_mutex_unlock(&loop->lock);
    if (st == USHER_OK)
        usher_loop_wake(loop);
    return st;
}

static void batch_take(struct usher_loop *loop)
{
    struct usher_post_list empty = loop->batch;

    empty.len = 0;
    pthread_mutex_lock(&loop->lock);
    loop->batch = loop->incoming;
    loop->incoming = empty;
    atomic_store(&loop->posted, 0);
    pthread_mutex_unlock(&loop->lock);
    loop->batch_at = 0;
}

/* One batch a round: posts that post again do not hold up the rest. */
void usher_loop_run_posts(struct usher_loop *loop)
{
    if (loop->batch_at >= loop->batch.len) {
        if (!atomic_load(&loop->posted))
            return;
        batch_take(loop);
    }
    while (loop->batch_at < loop->batch.len && !usher_loop_halted(loop)) {
        struct usher_post *post = &loop->batch.items[loop->batch_at++];

        post->fn(post->user);
    }
}
