/* engine/core/clock.c - the machine's clock, and one that tests move. */
#include "core/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static int64_t clock_read(clockid_t id)
{
    struct timespec at;

    /* Fails only for clocks the system does not have; these two it has. */
    if (clock_gettime(id, &at) != 0)
        return 0;
    return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

static int64_t system_wall_ms(void *user)
{
    (void)user;
    return clock_read(CLOCK_REALTIME);
}

static int64_t system_steady_ms(void *user)
{
    (void)user;
    return clock_read(CLOCK_MONOTONIC);
}

static void system_random(void *user, void *out, size_t len)
{
    unsigned char *at = out;

    (void)user;
    while (len > 0) {
        ssize_t got = getrandom(at, len, 0);
        if (got < 0 && errno == EINTR)
            continue;
        /* Without randomness every secret made here could be guessed:
         * better no service than that one. */
        if (got <= 0)
            abort();
        at += got;
        len -= (size_t)got;
    }
}

const struct usher_clock *usher_clock_system(void)
{
    static const struct usher_clock system_clock = {
        .wall_ms = system_wall_ms,
        .steady_ms = system_steady_ms,
        .random = system_random,
        .user = NULL,
    };

    return &system_clock;
}

int64_t usher_clock_wall_ms(const struct usher_clock *clock)
{
    return clock->wall_ms(clock->user);
}

int64_t usher_clock_steady_ms(const struct usher_clock *clock)
{
    return clock->steady_ms(clock->user);
}

double usher_clock_random(const struct usher_clock *clock)
{
    uint64_t bits;

    clock->random(clock->user, &bits, sizeof(bits));
    /* 53 bits: what a double holds exactly, so 1.0 never comes out. */
    return (double)(bits >> 11) * 0x1.0p-53;
}

static int64_t manual_wall_ms(void *user)
{
    const struct usher_clock_manual *manual = user;

    return manual->wall_ms;
}

static int64_t manual_steady_ms(void *user)
{
    const struct usher_clock_manual *manual = user;

    return manual->steady_ms;
}

/* splitmix64: any seed is good, 0 too. */
static uint64_t manual_next(struct usher_clock_manual *manual)
{
    uint64_t z;

    manual->seed += UINT64_C(0x9E3779B97F4A7C15);
    z = manual->seed;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static void manual_random(void *user, void *out, size_t len)
{
    unsigned char *at = out;

    while (len > 0) {
        uint64_t bits = manual_next(user);
        /* Byte by byte, so that the sequence is the same on every machine. */
        for (int i = 0; i < 8 && len > 0; i++, len--) {
            *at++ = (unsigned char)(bits & 0xFF);
            bits >>= 8;
        }
    }
}

void usher_clock_manual_init(struct usher_clock_manual *manual, int64_t wall_ms,
                             uint64_t seed)
{
    manual->clock = (struct usher_clock){
        .wall_ms = manual_wall_ms,
        .steady_ms = manual_steady_ms,
        .random = manual_random,
        .user = manual,
    };
    manual->wall_ms = wall_ms;
    manual->steady_ms = 0;
    manual->seed = seed;
}

void usher_clock_manual_advance(struct usher_clock_manual *manual, int64_t ms)
{
    manual->wall_ms += ms;
    manual->steady_ms += ms;
}
