/* engine/core/once.c - a set of hashes that only grows, to a bound. */
#include "core/once.h"

/* FNV-1a, 64 bits; never 0. */
static uint64_t hash(const char *text)
{
    uint64_t sum = 0xcbf29ce484222325ULL;

    for (; *text; text++)
        sum = (sum ^ (unsigned char)*text) * 0x100000001b3ULL;
    return sum ? sum : 1;
}

int usher_once_first(struct usher_once *once, const char *text)
{
    uint64_t own = hash(text);

    for (int i = 0; i < USHER_ONCE_MAX; i++) {
        uint64_t there = 0;

        /* On failure `there` is what another thread was quicker to write. */
        if (atomic_compare_exchange_strong(&once->seen[i], &there, own))
            return 1;
        if (there == own)
            return 0;
    }
    return 0;
}
