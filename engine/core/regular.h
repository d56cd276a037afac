/* engine/core/regular.h - opening files whose names people give.
 *
 * Anything may stand under such a name: a pipe that nobody writes to would
 * keep its reader for ever, and so would some devices. */
#ifndef USHER_CORE_REGULAR_H
#define USHER_CORE_REGULAR_H

#include <stddef.h>
#include <sys/stat.h>

/* Opens a regular file for reading and waits for nobody. dir and flags (more
 * of them) as of openat(2). On success st has its state; otherwise -1, and
 * errno is the system's or EBADFD: st says what it is instead. */
int usher_regular_open(int dir, const char *name, int flags, struct stat *st);

/* Why it was not opened, and what to do. Gives out, or a text for ever. */
const char *usher_regular_why(int error, const struct stat *st, char *out,
                              size_t size);

#endif
