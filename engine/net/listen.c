/* engine/net/listen.c - listening sockets for the server. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "net/listen_owner.h"
#include "net/server.h"

enum { BACKLOG = 4096 };

static int set_flag(int fd, int option)
{
    int on = 1;

    return setsockopt(fd, SOL_SOCKET, option, &on, sizeof(on));
}

/* SO_REUSEADDR is for the connections in TIME_WAIT that a restart leaves: on
 * Linux it lets nobody bind where another listens. SO_REUSEPORT does, so it is
 * set before the bind only when asked for; set after it, it takes part in
 * nothing yet but lets later listeners of ours in. */
static int bind_exclusive_or_shared(int fd, const struct addrinfo *address,
                                    int reuse_port)
{
    if (set_flag(fd, SO_REUSEADDR) != 0)
        return -1;
    if (reuse_port && set_flag(fd, SO_REUSEPORT) != 0)
        return -1;
    if (bind(fd, address->ai_addr, address->ai_addrlen) != 0)
        return -1;
    if (!reuse_port && set_flag(fd, SO_REUSEPORT) != 0)
        return -1;
    return listen(fd, BACKLOG);
}

/* A socket of the first address that works, or -1 with errno set. */
static int listen_any(const struct addrinfo *address, int reuse_port)
{
    int failed = EADDRNOTAVAIL, fd;

    for (; address != NULL; address = address->ai_next) {
        fd = socket(address->ai_family,
                    address->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0) {
            failed = errno;
            continue;
        }
        if (bind_exclusive_or_shared(fd, address, reuse_port) == 0)
            return fd;
        failed = errno;
        close(fd);
    }
    errno = failed;
    return -1;
}

static uint16_t socket_port(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address = {0};
    socklen_t size = sizeof(address);

    if (getsockname(fd, &address.any, &size) != 0)
        return 0;
    return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port
                                                   : address.v4.sin_port);
}

static void explain(struct usher_error *error, const char *host, uint16_t port,
                    int reason)
{
    char owner[128];

    if (error == NULL)
        return;
    if (reason == EADDRINUSE && usher_listen_owner(port, owner, sizeof(owner)))
        usher_error_set(error,
                        "port %u is taken by %s: stop it, or set PORT to "
                        "another number",
                        port, owner);
    else if (reason == EADDRINUSE)
        usher_error_set(error,
                        "port %u is taken by another process: stop it, or set "
                        "PORT to another number",
                        port);
    else if (reason == EACCES)
        usher_error_set(error,
                        "no permission to listen on port %u: ports below 1024 "
                        "are the system's, set PORT to a higher number",
                        port);
    else
        usher_error_set(error, "cannot listen on %s port %u: %s", host, port,
                        strerror(reason));
}

enum usher_status usher_server_listen(const char *host, uint16_t port,
                                      int reuse_port, int *fd,
                                      uint16_t *bound_port,
                                      struct usher_error *error)
{
    struct addrinfo hints = {0}, *addresses = NULL;
    char service[8];
    int reason;

    *fd = -1;
    if (host == NULL || host[0] == '\0')
        host = "0.0.0.0";
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    snprintf(service, sizeof(service), "%u", (unsigned)port);
    reason = getaddrinfo(host, service, &hints, &addresses);
    if (reason != 0) {
        usher_error_set(error, "HOST \"%s\" is no address: %s", host,
                        gai_strerror(reason));
        return USHER_ERR_INVALID;
    }
    *fd = listen_any(addresses, reuse_port);
    reason = errno;
    freeaddrinfo(addresses);
    if (*fd < 0) {
        explain(error, host, port, reason);
        return reason == EADDRINUSE ? USHER_ERR_EXISTS : USHER_ERR_IO;
    }
    if (bound_port != NULL)
        *bound_port = socket_port(*fd);
    return USHER_OK;
}

/* 1: somebody listens there. */
static int is_in_use(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int in_use = fd >= 0 && (connect(fd, (const struct sockaddr *)address,
                                     sizeof(*address)) == 0 ||
                             errno == EAGAIN);

    if (fd >= 0)
        close(fd);
    return in_use;
}

/* Only a socket is ever removed, so a mistyped path costs no file. */
static enum usher_status clear_old_socket(const struct sockaddr_un *address,
                                          struct usher_error *error)
{
    const char *path = address->sun_path;
    struct stat info;

    if (lstat(path, &info) != 0)
        return USHER_OK;
    if (!S_ISSOCK(info.st_mode)) {
        usher_error_set(error, "%s is in the way and is no socket", path);
        return USHER_ERR_EXISTS;
    }
    if (is_in_use(address)) {
        usher_error_set(error, "another process listens on %s", path);
        return USHER_ERR_EXISTS;
    }
    if (unlink(path) != 0) {
        usher_error_set(error, "cannot replace the socket %s: %s", path,
                        strerror(errno));
        return USHER_ERR_IO;
    }
    return USHER_OK;
}

enum usher_status usher_server_listen_unix(const char *path, int *fd,
                                           struct usher_error *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    enum usher_status st;
    int listener;

    *fd = -1;
    if (strlen(path) >= sizeof(address.sun_path)) {
        usher_error_set(error, "%s is too long for a socket: at most %zu bytes",
                        path, sizeof(address.sun_path) - 1);
        return USHER_ERR_LIMIT;
    }
    strcpy(address.sun_path, path);
    st = clear_old_socket(&address, error);
    if (st != USHER_OK)
        return st;
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* The mode is set before there is a file, so that there is no moment in
     * which others could connect. */
    if (listener < 0 || fchmod(listener, 0600) != 0 ||
        bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(listener, BACKLOG) != 0) {
        usher_error_set(error, "cannot listen on %s: %s", path,
                        strerror(errno));
        if (listener >= 0)
            close(listener);
        return USHER_ERR_IO;
    }
    *fd = listener;
    return USHER_OK;
}

/* Of the very socket that `socket` (O_PATH) names, whatever the path names by
 * now; for the group only once it is theirs. 0: done, else errno. */
static int group_set(int socket, int64_t group)
{
    char path[32];
    struct stat info;

    if (fstat(socket, &info) != 0)
        return errno;
    if (!S_ISSOCK(info.st_mode))
        return ENOTSOCK;
    snprintf(path, sizeof(path), "/proc/self/fd/%d", socket);
    if (chmod(path, 0600) != 0)
        return errno;
    if (group < 0)
        return 0;
    if (info.st_gid != (gid_t)group &&
        fchownat(socket, "", (uid_t)-1, (gid_t)group, AT_EMPTY_PATH) != 0)
        return errno;
    return chmod(path, 0660) != 0 ? errno : 0;
}

enum usher_status usher_server_unix_group(const char *path, int64_t group,
                                          struct usher_error *error)
{
    int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC), failed;

    if (fd < 0) {
        usher_error_set(error, "%s is gone: %s", path, strerror(errno));
        return USHER_ERR_IO;
    }
    failed = group_set(fd, group);
    close(fd);
    if (!failed)
        return USHER_OK;
    if (failed == EPERM || failed == EINVAL)
        usher_error_set(error,
                        "%s cannot be given to ADMIN_GROUP: the user that "
                        "usher runs as is not in that group. Put it there and "
                        "restart usher; with systemd: Group= of that name in "
                        "the unit",
                        path);
    else
        usher_error_set(error, "%s cannot be given to ADMIN_GROUP: %s", path,
                        strerror(failed));
    return USHER_ERR_IO;
}
