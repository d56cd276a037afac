/* tests/unit/fail_alloc.c - lets the N-th allocation of libusher.a fail. */
#include "fail_alloc.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *old);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *old);

static atomic_ulong left;  /* allocations until the one that fails */
static atomic_int reached; /* it was asked for */
static atomic_long bytes, most;
static const char *_Atomic looked_for;
static atomic_size_t left_behind;

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

void fail_alloc_count(void)
{
    atomic_store(&bytes, 0);
    atomic_store(&most, 0);
}

size_t fail_alloc_most(void)
{
    return (size_t)atomic_load(&most);
}

void fail_alloc_look_for(const char *text)
{
    atomic_store(&looked_for, text);
    atomic_store(&left_behind, 0);
}

size_t fail_alloc_left_behind(void)
{
    return atomic_load(&left_behind);
}

/* Nonzero where the block holds the text. */
static int holds(void *block)
{
    const char *text = atomic_load(&looked_for);

    return text && block &&
           memmem(block, malloc_usable_size(block), text, strlen(text)) != NULL;
}

size_t fail_alloc_held(void)
{
    long now = atomic_load(&bytes);

    return now > 0 ? (size_t)now : 0;
}

static void *counted(void *block)
{
    long size = (long)malloc_usable_size(block);
    long now = atomic_fetch_add(&bytes, size) + size;

    if (now > atomic_load(&most))
        atomic_store(&most, now);
    return block;
}

static void gone(void *block)
{
    atomic_fetch_sub(&bytes, (long)malloc_usable_size(block));
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : counted(__real_calloc(count, size));
}

void *__wrap_realloc(void *old, size_t size)
{
    uintptr_t before = (uintptr_t)old;
    int held = holds(old);
    void *block;

    if (fails())
        return NULL;
    gone(old);
    block = __real_realloc(old, size);
    if (held && block && (uintptr_t)block != before)
        atomic_fetch_add(&left_behind, 1);
    if (!block && size) /* the old one is there still */
        counted(old);
    return block ? counted(block) : NULL;
}

void __wrap_free(void *old)
{
    gone(old);
    if (holds(old))
        atomic_fetch_add(&left_behind, 1);
    __real_free(old);
}
