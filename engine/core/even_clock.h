/* engine/core/even_clock.h - a clock for ages: how long ago something was, and
 * what is old enough to be deleted.
 *
 * Its wall time goes on evenly where the machine's jumps (somebody sets it, a
 * virtual machine wakes up), until the machine's has stood by its new time for
 * an hour: a clock that is wrong for a moment must not make everything old.
 * What people and Zoho are told comes from the machine's clock at once. */
#ifndef USHER_CORE_EVEN_CLOCK_H
#define USHER_CORE_EVEN_CLOCK_H

#include <pthread.h>
#include <stdatomic.h>

#include "core/clock.h"

#define USHER_EVEN_STAND_MS (3600 * 1000)

struct usher_even_clock {
    struct usher_clock clock; /* for who wants one; any thread */
    const struct usher_clock *machine;
    int64_t started_ms;       /* steady */
    _Atomic int64_t believed; /* wall minus steady */
    atomic_int jumped;        /* the machine's is another one by now: */
    pthread_mutex_t lock;
    int64_t heard;    /* lock: wall minus steady after the jump */
    int64_t since_ms; /* lock: steady; how long it has stood by that */
};

/* machine outlives it. The machine's time now is believed. */
void usher_even_clock_init(struct usher_even_clock *even,
                           const struct usher_clock *machine);
void usher_even_clock_clear(struct usher_even_clock *even);

/* When something was last written, before this process began (0: never): where
 * the machine's time is more than a year later, the clock goes on from there
 * until the machine's has stood for an hour. */
void usher_even_clock_last(struct usher_even_clock *even, int64_t last_ms);

/* Nonzero once the machine's time has stood for an hour of this process, and
 * is none that a machine without a clock begins with. */
int usher_even_clock_is_sure(struct usher_even_clock *even);

#endif
