/* engine/core/regular.c - see regular.h */
#include "core/regular.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int usher_regular_open(int dir, const char *name, int flags, struct stat *st)
{
    int fd =
        openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags);
    int error = errno;

    if (fd < 0 && error == ENXIO && fstatat(dir, name, st, 0) == 0)
        error = EBADFD; /* a socket */
    else if (fd >= 0 && fstat(fd, st) != 0)
        error = errno;
    else if (fd >= 0 && S_ISREG(st->st_mode))
        return fd;
    else if (fd >= 0)
        error = EBADFD;
    if (fd >= 0)
        close(fd);
    errno = error;
    return -1;
}

const char *usher_regular_why(int error, const struct stat *st, char *out,
                              size_t size)
{
    if (error != EBADFD)
        return strerror_r(error, out, size);
    snprintf(out, size,
             "it is %s, which may keep its reader waiting for ever; put a "
             "regular file there",
             S_ISFIFO(st->st_mode)   ? "a pipe"
             : S_ISSOCK(st->st_mode) ? "a socket"
             : S_ISDIR(st->st_mode)  ? "a folder"
                                     : "a device");
    return out;
}
