/* engine/core/clock.h - the time and randomness, passed in so that tests own
 * them. */
#ifndef USHER_CORE_CLOCK_H
#define USHER_CORE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/* Where a unit gets the time from. wall: Unix time in ms. steady: ms that
 * never go back, for deadlines. random: fills bytes, fit for secrets. Every
 * member may be called from any thread. */
struct usher_clock {
    int64_t (*wall_ms)(void *user);
    int64_t (*steady_ms)(void *user);
    void (*random)(void *user, void *out, size_t len);
    void *user;
};

/* The machine's own; lives for ever. */
const struct usher_clock *usher_clock_system(void);

int64_t usher_clock_wall_ms(const struct usher_clock *clock);
int64_t usher_clock_steady_ms(const struct usher_clock *clock);
/* Uniform in [0, 1). */
double usher_clock_random(const struct usher_clock *clock);

/* A clock that stands still until it is moved; for tests and specs. Its
 * random numbers are a fixed sequence from `seed`. One thread only. */
struct usher_clock_manual {
    struct usher_clock clock;
    int64_t wall_ms;
    int64_t steady_ms;
    uint64_t seed;
};

void usher_clock_manual_init(struct usher_clock_manual *manual, int64_t wall_ms,
                             uint64_t seed);
void usher_clock_manual_advance(struct usher_clock_manual *manual, int64_t ms);

#endif
