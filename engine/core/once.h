/* engine/core/once.h - what was told once is not told again: texts that
 * strangers choose must not fill a log. All zeros is a fresh one. Any thread;
 * no memory to free. */
#ifndef USHER_CORE_ONCE_H
#define USHER_CORE_ONCE_H

#include <stdatomic.h>
#include <stdint.h>

#define USHER_ONCE_MAX 64

struct usher_once {
    _Atomic(uint64_t) seen[USHER_ONCE_MAX]; /* hashes; 0: free */
};

/* Whether this text comes for the first time; 0 too once USHER_ONCE_MAX others
 * have come. */
int usher_once_first(struct usher_once *once, const char *text);

#endif
