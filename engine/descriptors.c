/* engine/descriptors.c - what the system lets a process open, and how much of
 * it callers may take. */
#include <sys/resource.h>

#include "engine.h"

enum {
    CLIENTS_MIN = 8,
    CLIENTS_MAX = 16384,
    /* Kept for the store, Zoho, what flows call, files read at a reload; and
     * a worker's own. */
    RESERVE = 192,
    RESERVE_WORKER = 8
};

/* Systems begin with 1024 and allow far more to who asks. */
size_t descriptors_raise(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 1024;
    if (limit.rlim_cur < limit.rlim_max) {
        struct rlimit wanted = {limit.rlim_max, limit.rlim_max};

        if (setrlimit(RLIMIT_NOFILE, &wanted) == 0)
            limit = wanted;
    }
    return limit.rlim_cur > 1u << 30 ? 1u << 30 : (size_t)limit.rlim_cur;
}

unsigned descriptors_for_clients(size_t limit, size_t workers)
{
    size_t reserve = RESERVE + RESERVE_WORKER * workers;
    size_t each;

    if (reserve > limit / 2)
        reserve = limit / 2;
    each = (limit - reserve) / workers;
    return (unsigned)(each > CLIENTS_MAX   ? CLIENTS_MAX
                      : each < CLIENTS_MIN ? CLIENTS_MIN
                                           : each);
}
