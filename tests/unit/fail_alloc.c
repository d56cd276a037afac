/* tests/unit/fail_alloc.c - lets the N-th allocation of the library fail. */
#include "fail_alloc.h"

#include <glib.h>
#include <malloc.h>
#include <pthread.h>
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
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t most_bytes);

static atomic_ulong left;  /* allocations until the one that fails */
static atomic_int reached; /* it was asked for */
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

/* ---- Counting ---- */

/* Block -> its bytes: what is freed and not in here was taken before, or by
 * libc (realpath(), asprintf()). GLib's own memory is not the library's. */
static GHashTable *_Atomic blocks;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static size_t bytes, most;

void fail_alloc_count(void)
{
    pthread_mutex_lock(&mutex);
    if (!blocks)
        blocks = g_hash_table_new(g_direct_hash, g_direct_equal);
    g_hash_table_remove_all(blocks);
    bytes = most = 0;
    pthread_mutex_unlock(&mutex);
}

static size_t get(const size_t *number)
{
    size_t now;

    pthread_mutex_lock(&mutex);
    now = *number;
    pthread_mutex_unlock(&mutex);
    return now;
}

size_t fail_alloc_most(void)
{
    return get(&most);
}

size_t fail_alloc_held(void)
{
    return get(&bytes);
}

/* 0 where it was not counted. With the mutex. */
static size_t forget(void *block)
{
    size_t size = GPOINTER_TO_SIZE(g_hash_table_lookup(blocks, block));

    if (size)
        g_hash_table_remove(blocks, block);
    bytes -= size;
    return size;
}

static void *counted(void *block)
{
    size_t size = malloc_usable_size(block);

    if (!blocks || !block)
        return block;
    pthread_mutex_lock(&mutex);
    forget(block); /* another library freed what was here */
    g_hash_table_insert(blocks, block, GSIZE_TO_POINTER(size));
    bytes += size;
    most = bytes > most ? bytes : most;
    pthread_mutex_unlock(&mutex);
    return block;
}

static int is_gone(void *block)
{
    size_t size;

    if (!blocks)
        return 0;
    pthread_mutex_lock(&mutex);
    size = forget(block);
    pthread_mutex_unlock(&mutex);
    return size > 0;
}

/* ---- In the place of libc's ---- */

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
    int was_counted;
    void *block;

    if (fails())
        return NULL;
    was_counted = is_gone(old);
    block = __real_realloc(old, size);
    if (held && block && (uintptr_t)block != before)
        atomic_fetch_add(&left_behind, 1);
    if (!block && size && was_counted) /* the old one is there still */
        counted(old);
    return counted(block);
}

void __wrap_free(void *old)
{
    (void)is_gone(old);
    if (holds(old))
        atomic_fetch_add(&left_behind, 1);
    __real_free(old);
}

char *__wrap_strndup(const char *text, size_t most_bytes)
{
    size_t len = strnlen(text, most_bytes);
    char *copy = __wrap_malloc(len + 1);

    if (!copy)
        return NULL;
    memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

char *__wrap_strdup(const char *text)
{
    return __wrap_strndup(text, strlen(text));
}
