/* engine/net/client_socket.c - libcurl's sockets and timers on the loop.
 *
 * Sockets of ours stay in the epoll between two requests, watched for
 * reading: a request on a warm connection then costs no epoll_ctl at all.
 * Level-triggered, as libcurl does not always read until nothing is left. */
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/client_private.h"

static struct client_socket *socket_find(const struct usher_client *client,
                                         int fd)
{
    if (fd < 0 || (size_t)fd >= client->socket_cap)
        return NULL;
    return client->sockets[fd];
}

static int sockets_grow(struct usher_client *client, int fd)
{
    size_t cap = client->socket_cap > 0 ? client->socket_cap : 64, i;
    struct client_socket **sockets;

    while (cap <= (size_t)fd)
        cap *= 2;
    if (cap == client->socket_cap)
        return 1;
    sockets = realloc(client->sockets, cap * sizeof(struct client_socket *));
    if (sockets == NULL)
        return 0;
    for (i = client->socket_cap; i < cap; i++)
        sockets[i] = NULL;
    client->sockets = sockets;
    client->socket_cap = cap;
    return 1;
}

static struct client_socket *socket_add(struct usher_client *client, int fd,
                                        int ours)
{
    struct client_socket *entry;

    if (!sockets_grow(client, fd))
        return NULL;
    entry = calloc(1, sizeof(*entry));
    if (entry == NULL)
        return NULL;
    entry->fd = fd;
    entry->ours = ours;
    client->sockets[fd] = entry;
    return entry;
}

static void socket_unwatch(struct client_socket *entry)
{
    usher_watch_free(entry->watch);
    entry->watch = NULL;
    entry->events = 0;
}

static void socket_forget(struct usher_client *client, int fd)
{
    struct client_socket *entry = socket_find(client, fd);

    if (entry == NULL)
        return;
    socket_unwatch(entry);
    client->sockets[fd] = NULL;
    free(entry);
}

void usher_client_sockets_free(struct usher_client *client)
{
    size_t fd;

    for (fd = 0; fd < client->socket_cap; fd++)
        socket_forget(client, (int)fd);
    free(client->sockets);
    client->sockets = NULL;
    client->socket_cap = 0;
}

/* An error or a hang-up is told as what libcurl waits for: its own read or
 * write then finds out what it is. */
static int select_mask(uint32_t events, uint32_t wants)
{
    int mask = 0;

    if (events & (EPOLLERR | EPOLLHUP))
        events |= wants;
    if (events & EPOLLIN)
        mask |= CURL_CSELECT_IN;
    if (events & EPOLLOUT)
        mask |= CURL_CSELECT_OUT;
    return mask;
}

static void socket_ready(void *user, uint32_t events)
{
    struct client_socket *entry = user;
    struct client_shard *shard = entry->shard;
    int running;

    if (entry->wants == 0) {
        /* News on an idle connection: the server has closed it. libcurl sees
         * that when it next looks for a connection; till then it is mute. */
        socket_unwatch(entry);
        return;
    }
    if ((events & (entry->wants | EPOLLERR | EPOLLHUP)) == 0) {
        if (usher_watch_change(entry->watch, entry->wants) == USHER_OK)
            entry->events = entry->wants;
        return;
    }
    shard->touched = 1;
    /* May close the socket: entry is not to be touched after. */
    curl_multi_socket_action(shard->multi, entry->fd,
                             select_mask(events, entry->wants), &running);
}

static int socket_watch(struct client_socket *entry)
{
    struct usher_loop *loop = entry->shard->client->loop;
    uint32_t wants = entry->wants;

    if (entry->watch == NULL) {
        if (usher_watch_new(loop, entry->fd, wants, socket_ready, entry,
                            &entry->watch) != USHER_OK)
            return -1;
        entry->events = wants;
        return 0;
    }
    /* Watching for more reading than asked is harmless, see above; watching
     * for writing would spin. */
    if ((entry->events & wants) == wants &&
        (entry->events & EPOLLOUT) == (wants & EPOLLOUT))
        return 0;
    if (usher_watch_change(entry->watch, wants) != USHER_OK)
        return -1;
    entry->events = wants;
    return 0;
}

int usher_client_on_socket(CURL *easy, curl_socket_t fd, int what, void *user,
                           void *assigned)
{
    struct client_shard *shard = user;
    struct usher_client *client = shard->client;
    struct client_socket *entry = socket_find(client, fd);

    (void)easy;
    (void)assigned;
    if (what == CURL_POLL_REMOVE) {
        if (entry == NULL)
            return 0;
        entry->wants = 0;
        /* libcurl closes sockets of its own (the resolver's) unannounced. */
        if (!entry->ours)
            socket_forget(client, fd);
        return 0;
    }
    if (entry == NULL)
        entry = socket_add(client, fd, 0);
    if (entry == NULL)
        return -1;
    entry->shard = shard;
    entry->wants = (what & CURL_POLL_IN ? (uint32_t)EPOLLIN : 0) |
                   (what & CURL_POLL_OUT ? (uint32_t)EPOLLOUT : 0);
    return socket_watch(entry);
}

static void shard_timer_due(void *user)
{
    struct client_shard *shard = user;

    shard->due = 1;
}

/* One millisecond more than asked: libcurl's clock and the loop's are cut to
 * milliseconds each in its own way, and a timer that libcurl finds not yet due
 * is not asked for again. */
int usher_client_on_timer(CURLM *multi, long timeout_ms, void *user)
{
    struct client_shard *shard = user;
    struct usher_loop *loop = shard->client->loop;

    (void)multi;
    usher_timer_cancel(loop, &shard->timer);
    shard->due = timeout_ms == 0;
    if (timeout_ms > 0)
        usher_timer_set(loop, &shard->timer, timeout_ms + 1, shard_timer_due,
                        shard);
    return 0;
}

curl_socket_t usher_client_open_socket(void *user, curlsocktype purpose,
                                       struct curl_sockaddr *address)
{
    struct usher_client *client = user;
    int fd = socket(address->family,
                    address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                    address->protocol);

    (void)purpose;
    if (fd < 0)
        return CURL_SOCKET_BAD;
    if (socket_add(client, fd, 1) == NULL) {
        close(fd);
        return CURL_SOCKET_BAD;
    }
    return fd;
}

int usher_client_close_socket(void *user, curl_socket_t fd)
{
    socket_forget(user, fd);
    return close(fd);
}
