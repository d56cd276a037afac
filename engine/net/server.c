/* engine/net/server.c - one libmicrohttpd daemon on a loop.
 *
 * The daemon has an epoll of its own and no thread. Its epoll descriptor is
 * watched by the loop, and MHD_run() is called from the hook, once a round:
 * when that descriptor was readable, when a suspended connection was resumed
 * (libmicrohttpd wakes nothing for that and does not tell of it), or when a
 * connection has been idle for too long. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "net/server_private.h"

/* libmicrohttpd zeroes a connection's memory after each request: 32 KiB, its
 * default, costs a sixth of the whole. 8 KiB hold some 7 KB of headers. */
enum { CONNECTION_MEMORY = 8192, DEFAULT_MAX_BODY = 1024 * 1024 };

static void server_readable(void *user, uint32_t events)
{
    struct usher_server *server = user;

    (void)events;
    server->ready = 1;
}

static void server_idle_due(void *user)
{
    struct usher_server *server = user;

    server->ready = 1;
}

/* The timer is left where it is when it is armed already: it then fires too
 * early once, and is set anew, which is cheaper than to move it each round. */
static void server_plan(struct usher_server *server)
{
    MHD_UNSIGNED_LONG_LONG wait_ms;

    if (MHD_get_timeout(server->daemon, &wait_ms) != MHD_YES)
        return;
    if (wait_ms == 0)
        server->ready = 1;
    else if (!server->idle_timer.armed)
        usher_timer_set(server->loop, &server->idle_timer, (int64_t)wait_ms,
                        server_idle_due, server);
}

static int server_work(void *user)
{
    struct usher_server *server = user;

    if (!server->ready)
        return 0;
    server->ready = 0;
    MHD_run(server->daemon);
    server_plan(server);
    return 1;
}

/* At its bound of connections (or of descriptors) libmicrohttpd takes the
 * listening socket out of its epoll. It puts it back at the start of the run
 * after the one in which a connection ended: nothing else would call for it. */
static void server_connection(void *user, struct MHD_Connection *connection,
                              void **state,
                              enum MHD_ConnectionNotificationCode code)
{
    struct usher_server *server = user;

    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        usher_server_client_came(server, connection, state);
        return;
    }
    usher_server_client_went(server, state);
    server->ready = 1;
}

/* libmicrohttpd gets a duplicate, as it is not sure to close what it was given
 * when it fails to start. */
static struct MHD_Daemon *daemon_start(struct usher_server *server,
                                       const struct usher_server_options *o)
{
    struct MHD_Daemon *daemon;
    int fd = fcntl(o->listen_fd, F_DUPFD_CLOEXEC, 0);

    close(o->listen_fd);
    if (fd < 0)
        return NULL;
    daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO |
            MHD_USE_SUPPRESS_DATE_NO_CLOCK,
        0, NULL, NULL, usher_server_handle, server, /* port, accept policy */
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
        o->max_clients, MHD_OPTION_CONNECTION_TIMEOUT, o->idle_s,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_NOTIFY_COMPLETED, usher_server_completed, server,
        MHD_OPTION_NOTIFY_CONNECTION, server_connection, server,
        MHD_OPTION_END);
    return daemon;
}

static enum usher_status daemon_watch(struct usher_server *server)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);

    if (info == NULL)
        return USHER_ERR_IO;
    return usher_watch_new(server->loop, info->epoll_fd, EPOLLIN,
                           server_readable, server, &server->watch);
}

enum usher_status usher_server_new(struct usher_loop *loop,
                                   const struct usher_server_options *options,
                                   usher_server_fn *fn, void *user,
                                   struct usher_server **out)
{
    struct usher_server *server = calloc(1, sizeof(*server));
    enum usher_status st = USHER_ERR_IO;

    *out = NULL;
    if (server == NULL) {
        close(options->listen_fd);
        return USHER_ERR_NOMEM;
    }
    server->loop = loop;
    server->fn = fn;
    server->refused = options->refused;
    server->user = user;
    server->max_body =
        options->max_body > 0 ? options->max_body : DEFAULT_MAX_BODY;
    server->too_large_body = options->too_large_body;
    server->max_clients = options->max_clients;
    server->idle_ms = (int64_t)options->idle_s * 1000;
    server->hook.fn = server_work;
    server->hook.user = server;
    usher_loop_hook(loop, &server->hook);
    server->daemon = daemon_start(server, options);
    if (server->daemon != NULL)
        st = daemon_watch(server);
    if (st != USHER_OK) {
        usher_server_free(server);
        return st;
    }
    *out = server;
    return USHER_OK;
}

void usher_server_quiesce(struct usher_server *server)
{
    MHD_socket fd;

    if (server->quiet)
        return;
    server->quiet = 1;
    fd = MHD_quiesce_daemon(server->daemon);
    if (fd != MHD_INVALID_SOCKET)
        close(fd);
    server->ready = 1;
}

size_t usher_server_pending(const struct usher_server *server)
{
    return server->pending_count;
}

/* libmicrohttpd aborts the process when it is stopped while a connection is
 * suspended, so all are resumed first; one MHD_run() then takes them in, and
 * the handler closes them. */
static void server_drop_pending(struct usher_server *server)
{
    struct usher_request *request, *next;

    for (request = server->pending; request != NULL; request = next) {
        next = request->next;
        if (request->stage == REQUEST_PROMISED)
            usher_request_drop(request);
    }
    MHD_run(server->daemon);
}

void usher_server_free(struct usher_server *server)
{
    if (server == NULL)
        return;
    server->closing = 1;
    usher_loop_unhook(server->loop, &server->hook);
    usher_watch_free(server->watch);
    if (server->daemon != NULL) {
        usher_server_quiesce(server);
        server_drop_pending(server);
        MHD_stop_daemon(server->daemon);
    }
    usher_timer_cancel(server->loop, &server->idle_timer);
    usher_timer_cancel(server->loop, &server->clients_timer);
    usher_server_pool_free(server);
    free(server);
}
