/* engine/store/lock.c - one process a database: a lock file beside it, held
 * with flock(2), so that a killed process leaves nothing to clean up. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/store_internal.h"

#define LOCK_TEXT_MAX 128

/* What the holder wrote: "PID NAME". Empty when it is just starting. */
static void lock_name_holder(int fd, const char *path,
                             struct usher_error *error)
{
    char text[LOCK_TEXT_MAX];
    ssize_t len = pread(fd, text, sizeof(text) - 1, 0);
    char *name;

    text[len > 0 ? len : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    name = strchr(text, ' ');
    if (name)
        *name++ = '\0';
    usher_error_set(error,
                    "the database %s is in use by process %s (%s): stop it, "
                    "or give this one another DATABASE_URL",
                    path, text[0] ? text : "unknown", name ? name : "unknown");
}

static enum usher_status lock_write_holder(int fd)
{
    char text[LOCK_TEXT_MAX];
    int len = snprintf(text, sizeof(text), "%ld %.64s\n", (long)getpid(),
                       program_invocation_short_name);

    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)len, 0) != len)
        return USHER_ERR_IO;
    return USHER_OK;
}

enum usher_status store_lock_take(const char *path, int *fd,
                                  struct usher_error *error)
{
    char name[4096 + 8];
    enum usher_status st = USHER_ERR_IO;
    int lock = -1;

    *fd = -1;
    snprintf(name, sizeof(name), "%s.lock", path);
    lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0) {
        usher_error_set(error, "cannot make the lock file %s: %s", name,
                        strerror(errno));
        goto done;
    }
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) {
            lock_name_holder(lock, path, error);
            st = USHER_ERR_EXISTS;
        } else {
            usher_error_set(error, "cannot lock %s: %s", name, strerror(errno));
        }
        goto done;
    }
    st = lock_write_holder(lock);
    if (st != USHER_OK) {
        usher_error_set(error, "cannot write the lock file %s: %s", name,
                        strerror(errno));
        goto done;
    }
    *fd = lock;
    lock = -1;
done:
    if (lock >= 0)
        close(lock);
    return st;
}

/* The file stays: removing it would let two processes lock two files of one
 * name. Empty, so that nobody reads a number that means nothing any more. */
void store_lock_release(int fd)
{
    if (fd < 0)
        return;
    if (ftruncate(fd, 0) != 0) {
        /* Only the text for people stays; the lock goes with the fd. */
    }
    close(fd);
}
