/* tests/unit/net_peer.c - a scripted HTTP peer on loopback. */
#include "net_peer.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/server.h"

static void must(int good)
{
    if (!good)
        abort();
}

static void connection_close(struct peer_connection *connection)
{
    if (connection->peer == NULL)
        return;
    usher_watch_free(connection->watch);
    close(connection->fd);
    connection->peer = NULL;
}

/* The length of a complete request at the start of the text, else 0. */
static size_t request_length(const char *text, size_t len)
{
    const char *end = strstr(text, "\r\n\r\n");
    const char *length = strstr(text, "Content-Length: ");
    size_t need;

    if (end == NULL)
        return 0;
    need = (size_t)(end + 4 - text);
    if (length != NULL && length < end)
        need += strtoul(length + 16, NULL, 10);
    return need <= len ? need : 0;
}

static void send_all(int fd, const struct peer_reply *reply)
{
    const char *at = reply->data;
    size_t left = reply->len;

    if (at != NULL && left == 0)
        left = strlen(at);
    while (at != NULL && left > 0) {
        ssize_t sent = send(fd, at, left, MSG_NOSIGNAL);

        if (sent <= 0)
            return;
        at += sent;
        left -= (size_t)sent;
    }
}

static int connection_reply(struct peer_connection *connection, size_t len)
{
    struct peer *peer = connection->peer;
    const struct peer_reply *reply;

    memcpy(peer->last, connection->text, len);
    peer->last[len] = '\0';
    connection->len -= len;
    memmove(connection->text, connection->text + len, connection->len + 1);
    if (peer->requests++ >= peer->reply_count)
        return 1;
    reply = &peer->replies[peer->requests - 1];
    send_all(connection->fd, reply);
    if (reply->then == PEER_KEEP)
        return 1;
    connection_close(connection);
    return 0;
}

static void connection_ready(void *user, uint32_t events)
{
    struct peer_connection *connection = user;
    size_t room = sizeof(connection->text) - 1 - connection->len, len;
    ssize_t got;

    (void)events;
    got = recv(connection->fd, connection->text + connection->len, room, 0);
    if (got <= 0) {
        connection_close(connection);
        return;
    }
    connection->len += (size_t)got;
    connection->text[connection->len] = '\0';
    while ((len = request_length(connection->text, connection->len)) > 0) {
        if (!connection_reply(connection, len))
            return;
    }
}

static void peer_ready(void *user, uint32_t events)
{
    struct peer *peer = user;
    struct peer_connection *connection = peer->connections;
    int fd = accept(peer->fd, NULL, NULL);

    (void)events;
    if (fd < 0)
        return;
    while (connection->peer != NULL)
        connection++;
    must(connection < peer->connections + PEER_CONNECTIONS);
    peer->accepted++;
    connection->peer = peer;
    connection->fd = fd;
    connection->len = 0;
    connection->text[0] = '\0';
    must(usher_watch_new(peer->loop, fd, EPOLLIN, connection_ready, connection,
                         &connection->watch) == USHER_OK);
}

void peer_open(struct peer *peer, struct usher_loop *loop,
               const struct peer_reply *replies, size_t reply_count)
{
    memset(peer, 0, sizeof(*peer));
    peer->loop = loop;
    peer->replies = replies;
    peer->reply_count = reply_count;
    must(usher_server_listen("127.0.0.1", 0, 0, &peer->fd, &peer->port, NULL) ==
         USHER_OK);
    must(usher_watch_new(loop, peer->fd, EPOLLIN, peer_ready, peer,
                         &peer->watch) == USHER_OK);
}

void peer_close(struct peer *peer)
{
    int i;

    for (i = 0; i < PEER_CONNECTIONS; i++)
        connection_close(&peer->connections[i]);
    usher_watch_free(peer->watch);
    close(peer->fd);
}
