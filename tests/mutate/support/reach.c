/* tests/mutate/support/reach.c - notes which functions of the library ran.
 *
 * The compiler calls us at the start of each function (-finstrument-functions).
 * Where the file REACH is there, its byte number N becomes 1 when the function
 * N * 4 bytes behind the library's start runs. It is mapped and shared: what a
 * process noted stays when it is killed, and all processes note into one. */
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIZE ((size_t)16 << 20)

void __cyg_profile_func_enter(void *function, void *caller);
void __cyg_profile_func_exit(void *function, void *caller);

extern const char start[] __asm__("__ehdr_start")
    __attribute__((visibility("hidden")));
static unsigned char *map;

__attribute__((constructor)) static void map_open(void)
{
    int fd = open(REACH, O_RDWR | O_CLOEXEC);
    void *at;

    if (fd < 0)
        return;
    at = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at != MAP_FAILED)
        map = at;
    (void)close(fd);
}

void __cyg_profile_func_enter(void *function, void *caller)
{
    size_t at = ((uintptr_t)function - (uintptr_t)start) / 4;

    (void)caller;
    if (map && at < SIZE)
        map[at] = 1;
}

void __cyg_profile_func_exit(void *function, void *caller)
{
    (void)function;
    (void)caller;
}
