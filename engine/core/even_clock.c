/* engine/core/even_clock.c */
#include "core/even_clock.h"

/* Less than this is no jump: clocks are set right by parts of a second. */
#define SLEW_MS 60000
#define YEAR_MS (366LL * 24 * 3600 * 1000)
/* 2025-01-01: whoever runs this program is later than that. */
#define UNSET_MS 1735689600000LL

static int is_near(int64_t a, int64_t b)
{
    return a - b < SLEW_MS && b - a < SLEW_MS;
}

/* The machine's time is another one than what is believed: since when? */
static void jump_look(struct usher_even_clock *even, int64_t offset,
                      int64_t steady)
{
    pthread_mutex_lock(&even->lock);
    if (!atomic_load(&even->jumped) || !is_near(offset, even->heard)) {
        even->since_ms = steady;
        atomic_store(&even->jumped, 1);
    }
    even->heard = offset;
    if (steady - even->since_ms >= USHER_EVEN_STAND_MS) {
        atomic_store(&even->believed, offset);
        atomic_store(&even->jumped, 0);
    }
    pthread_mutex_unlock(&even->lock);
}

static int64_t even_steady_ms(void *user)
{
    const struct usher_even_clock *even = user;

    return usher_clock_steady_ms(even->machine);
}

static int64_t even_wall_ms(void *user)
{
    struct usher_even_clock *even = user;
    int64_t steady = usher_clock_steady_ms(even->machine);
    int64_t offset = usher_clock_wall_ms(even->machine) - steady;

    if (!is_near(offset, atomic_load(&even->believed))) {
        jump_look(even, offset, steady);
    } else {
        atomic_store(&even->believed, offset);
        atomic_store(&even->jumped, 0);
    }
    return atomic_load(&even->believed) + steady;
}

static void even_random(void *user, void *out, size_t len)
{
    const struct usher_even_clock *even = user;

    even->machine->random(even->machine->user, out, len);
}

void usher_even_clock_init(struct usher_even_clock *even,
                           const struct usher_clock *machine)
{
    even->clock =
        (struct usher_clock){even_wall_ms, even_steady_ms, even_random, even};
    even->machine = machine;
    even->started_ms = usher_clock_steady_ms(machine);
    atomic_init(&even->believed,
                usher_clock_wall_ms(machine) - even->started_ms);
    atomic_init(&even->jumped, 0);
    pthread_mutex_init(&even->lock, NULL);
    even->heard = 0;
    even->since_ms = 0;
}

void usher_even_clock_clear(struct usher_even_clock *even)
{
    pthread_mutex_destroy(&even->lock);
}

void usher_even_clock_last(struct usher_even_clock *even, int64_t last_ms)
{
    if (last_ms > 0 && usher_clock_wall_ms(even->machine) - last_ms > YEAR_MS)
        atomic_store(&even->believed, last_ms - even->started_ms);
}

int usher_even_clock_is_sure(struct usher_even_clock *even)
{
    int64_t now = usher_clock_wall_ms(&even->clock);

    return now > UNSET_MS && !atomic_load(&even->jumped) &&
           usher_clock_steady_ms(even->machine) - even->started_ms >=
               USHER_EVEN_STAND_MS;
}
