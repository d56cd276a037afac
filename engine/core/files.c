/* engine/core/files.c - the limit of open files. */
#include "core/files.h"

#include <sys/resource.h>

void usher_files_raise_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    /* Where this is refused there is nothing better to do than to go on. */
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}
