/* engine/net/server_clients.c - connections, and which of them must go.
 *
 * Who connects and then says nothing, or half a request, or does not read his
 * answer, keeps a place. All these stand in one list, by when they were last
 * answered (or came). From the front of it they go: when the time for a
 * request is over, and before that when the last places are taken. Who waits
 * for an answer of ours is not in the list. A connection is ended by a
 * shutdown of its socket, which libmicrohttpd then closes by itself. */
#include <stdlib.h>
#include <sys/socket.h>

#include "net/server_private.h"

enum {
    LOOK_MS = 1000,
    REQUEST_MS = 10000, /* from its head to its end */
    SPARE_MAX = 32      /* places for who comes while others are being ended */
};

struct client {
    struct usher_server *server;
    int fd;
    int listed;
    int64_t since_ms; /* connected, or last answered */
    int64_t head_ms;  /* the head of a request came; 0: none yet */
    struct client *next, *prev;
};

static void unlist(struct client *client)
{
    struct usher_server *server = client->server;

    if (!client->listed)
        return;
    client->listed = 0;
    if (client->prev)
        client->prev->next = client->next;
    else
        server->clients = client->next;
    if (client->next)
        client->next->prev = client->prev;
    else
        server->clients_last = client->prev;
}

static void end(struct client *client)
{
    unlist(client);
    (void)shutdown(client->fd, SHUT_RDWR);
    client->server->ready = 1;
}

static int is_over(const struct client *client, int64_t now)
{
    int64_t idle_ms = client->server->idle_ms;

    return (client->head_ms && now - client->head_ms >= REQUEST_MS) ||
           (idle_ms && now - client->since_ms >= idle_ms);
}

static void look(void *user)
{
    struct usher_server *server = user;
    int64_t now = usher_loop_now_ms(server->loop);
    struct client *next;

    for (struct client *client = server->clients; client; client = next) {
        next = client->next;
        if (is_over(client, now))
            end(client);
    }
    if (server->clients)
        usher_timer_set(server->loop, &server->clients_timer, LOOK_MS, look,
                        server);
}

/* From now on it is up to the client, as the last one. */
static void list(struct client *client)
{
    struct usher_server *server = client->server;

    unlist(client);
    client->since_ms = usher_loop_now_ms(server->loop);
    client->head_ms = 0;
    client->next = NULL;
    client->prev = server->clients_last;
    if (client->prev)
        client->prev->next = client;
    else
        server->clients = client;
    server->clients_last = client;
    client->listed = 1;
    if (!server->clients_timer.armed)
        usher_timer_set(server->loop, &server->clients_timer, LOOK_MS, look,
                        server);
}

/* NULL where there was no memory for it. */
static struct client *client_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info ? info->socket_context : NULL;
}

/* Without memory it goes unseen, within libmicrohttpd's own bounds. */
static struct client *client_new(struct usher_server *server,
                                 struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct client *client = info ? calloc(1, sizeof(*client)) : NULL;

    if (!client)
        return NULL;
    client->server = server;
    client->fd = info->connect_fd;
    return client;
}

static size_t spare(const struct usher_server *server)
{
    size_t quarter = server->max_clients / 4;

    return quarter < SPARE_MAX ? quarter : SPARE_MAX;
}

void usher_server_client_came(struct usher_server *server,
                              struct MHD_Connection *connection, void **state)
{
    struct client *client = client_new(server, connection);

    *state = client;
    server->client_count++;
    if (server->client_count + spare(server) > server->max_clients &&
        server->clients)
        end(server->clients);
    if (client)
        list(client);
}

void usher_server_client_went(struct usher_server *server, void **state)
{
    struct client *client = *state;

    *state = NULL;
    server->client_count--;
    if (!client)
        return;
    unlist(client);
    free(client);
}

void usher_server_client_head(struct MHD_Connection *connection)
{
    struct client *client = client_of(connection);

    if (client)
        client->head_ms = usher_loop_now_ms(client->server->loop);
}

void usher_server_client_asked(struct MHD_Connection *connection)
{
    struct client *client = client_of(connection);

    if (client)
        unlist(client);
}

void usher_server_client_answered(struct MHD_Connection *connection)
{
    struct client *client = client_of(connection);

    if (client)
        list(client);
}
