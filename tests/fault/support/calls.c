/* tests/fault/support/calls.c - the system calls that layer.c follows, by the
 * names that usher, SQLite, libcurl and libmicrohttpd call. */
#include <fcntl.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "layer.h"

/* ---- Connections ---- */

#define AROUND(fd, name, call)                      \
    __extension__({                                 \
        __typeof__(call) done_;                     \
        point(class_of_fd(fd), "before", name, ""); \
        done_ = call;                               \
        point(class_of_fd(fd), "after", name, "");  \
        done_;                                      \
    })

static int has_something(int fd)
{
    char byte;

    return NEXT(recv, fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* ---- What the others call ---- */

int open(const char *path, int flags, ...)
{
    va_list more;
    mode_t mode;

    va_start(more, flags);
    mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
    va_end(more);
    return file_open(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));

int openat(int folder, const char *path, int flags, ...)
{
    va_list more;
    mode_t mode;

    va_start(more, flags);
    mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
    va_end(more);
    return file_open(folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...)
    __attribute__((alias("openat")));

int creat(const char *path, mode_t mode)
{
    return file_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

int close(int fd)
{
    fd_is(fd, POINT_NONE, 0);
    return NEXT(close, fd);
}

ssize_t write(int fd, const void *data, size_t len)
{
    enum point_class class = class_of_fd(fd);

    if (class == POINT_NONE)
        return NEXT(write, fd, data, len);
    if (is_socket(class))
        return AROUND(fd, "write", NEXT(write, fd, data, len));
    return file_write(fd, data, len, lseek(fd, 0, SEEK_CUR), "write", 0);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
    if (class_of_fd(fd) == POINT_NONE)
        return NEXT(pwrite, fd, data, len, at);
    return file_write(fd, data, len, at, "pwrite", 1);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off_t at)
    __attribute__((alias("pwrite")));

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    enum point_class class = class_of_fd(fd);

    if (is_socket(class))
        return AROUND(fd, "writev", NEXT(writev, fd, parts, count));
    if (class != POINT_NONE)
        give_up("writev() to a file");
    return NEXT(writev, fd, parts, count);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at)
{
    if (class_of_fd(fd) != POINT_NONE)
        give_up("pwritev()");
    return NEXT(pwritev, fd, parts, count, at);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t at)
    __attribute__((alias("pwritev")));

int fsync(int fd)
{
    if (class_of_fd(fd) == POINT_NONE)
        return NEXT(fsync, fd);
    return file_sync(fd, "fsync");
}

int fdatasync(int fd)
{
    if (class_of_fd(fd) == POINT_NONE)
        return NEXT(fdatasync, fd);
    return file_sync(fd, "fdatasync");
}

int ftruncate(int fd, off_t size)
{
    if (class_of_fd(fd) == POINT_NONE)
        return NEXT(ftruncate, fd, size);
    return file_cut(fd, size);
}

int ftruncate64(int fd, off_t size) __attribute__((alias("ftruncate")));

int rename(const char *from, const char *to)
{
    return file_rename(AT_FDCWD, from, AT_FDCWD, to);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    return file_rename(from_folder, from, to_folder, to);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to,
              unsigned flags)
{
    if (flags)
        give_up("renameat2()");
    return file_rename(from_folder, from, to_folder, to);
}

int unlink(const char *path)
{
    return file_unlink(AT_FDCWD, path, 0);
}

int unlinkat(int folder, const char *path, int flags)
{
    return file_unlink(folder, path, flags);
}

int connect(int fd, const struct sockaddr *to, socklen_t len)
{
    const struct sockaddr_in *address = (const void *)to;

    if (to->sa_family == AF_INET && ntohs(address->sin_port) == zoho_port)
        fd_is(fd, POINT_ZOHO, 0);
    return AROUND(fd, "connect", NEXT(connect, fd, to, len));
}

static int accepted(int fd)
{
    int family = 0;
    socklen_t len = sizeof(family);

    if (fd >= 0 && getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len) == 0 &&
        family == AF_INET)
        fd_is(fd, POINT_VISITOR, 0);
    return fd;
}

int accept(int fd, struct sockaddr *from, socklen_t *len)
{
    return accepted(NEXT(accept, fd, from, len));
}

int accept4(int fd, struct sockaddr *from, socklen_t *len, int flags)
{
    return accepted(NEXT(accept4, fd, from, len, flags));
}

ssize_t send(int fd, const void *data, size_t len, int flags)
{
    return AROUND(fd, "send", NEXT(send, fd, data, len, flags));
}

ssize_t sendto(int fd, const void *data, size_t len, int flags,
               const struct sockaddr *to, socklen_t to_len)
{
    return AROUND(fd, "sendto", NEXT(sendto, fd, data, len, flags, to, to_len));
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    return AROUND(fd, "sendmsg", NEXT(sendmsg, fd, message, flags));
}

ssize_t recv(int fd, void *data, size_t len, int flags)
{
    if (!is_socket(class_of_fd(fd)) || !has_something(fd))
        return NEXT(recv, fd, data, len, flags);
    return AROUND(fd, "recv", NEXT(recv, fd, data, len, flags));
}

ssize_t __recv_chk(int fd, void *data, size_t len, size_t room, int flags);
ssize_t __recv_chk(int fd, void *data, size_t len, size_t room, int flags)
{
    return len <= room ? recv(fd, data, len, flags) : -1;
}
