/* tests/unit/fail_alloc.c - lets the N-th allocation of libusher.a fail. */
#include "fail_alloc.h"

#include <stdatomic.h>
#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static atomic_ulong left;  /* allocations until the one that fails */
static atomic_int reached; /* it was asked for */

void fail_alloc_at(unsigned long nth)
{
    atomic_store(&reached, 0);
    atomic_store(&left, nth);
}

int fail_alloc_off(void)
{
    atomic_store(&left, 0);
    return atomic_load(&reached);
}

static int fails(void)
{
    if (atomic_load(&left) == 0 || atomic_fetch_sub(&left, 1) != 1)
        return 0;
    atomic_store(&reached, 1);
    return 1;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}
