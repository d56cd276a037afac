/* engine/script/blocks.c */
#include "script/blocks.h"

#include <stdlib.h>
#include <string.h>

#define SLAB_BYTES ((size_t)32 * 1024)

#if defined(__SANITIZE_ADDRESS__)
#define SMALL_MAX ((size_t)0)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SMALL_MAX ((size_t)0)
#endif
#endif
#ifndef SMALL_MAX
#define SMALL_MAX ((size_t)USHER_BLOCK_STEP * USHER_BLOCK_CLASSES)
#endif

struct usher_block {
    struct usher_block *next;
};

struct usher_slab {
    struct usher_slab *next;
    _Alignas(USHER_BLOCK_STEP) char bytes[];
};

static size_t class_of(size_t size)
{
    return (size - 1) / USHER_BLOCK_STEP;
}

static int is_small(size_t size)
{
    return size > 0 && size <= SMALL_MAX;
}

/* What is left of the slab before goes to the class that it fits. */
static int slab_add(struct usher_blocks *blocks)
{
    size_t left = (size_t)(blocks->end - blocks->at);
    struct usher_slab *slab = malloc(SLAB_BYTES);

    if (!slab)
        return 0;
    if (left > 0) {
        struct usher_block *rest = (struct usher_block *)(void *)blocks->at;

        rest->next = blocks->free[class_of(left)];
        blocks->free[class_of(left)] = rest;
    }
    slab->next = blocks->slabs;
    blocks->slabs = slab;
    blocks->at = slab->bytes;
    blocks->end = (char *)slab + SLAB_BYTES;
    return 1;
}

static void *small_take(struct usher_blocks *blocks, size_t class)
{
    struct usher_block *block = blocks->free[class];
    size_t size = (class + 1) * USHER_BLOCK_STEP;

    if (block) {
        blocks->free[class] = block->next;
        return block;
    }
    if ((size_t)(blocks->end - blocks->at) < size && !slab_add(blocks))
        return NULL;
    blocks->at += size;
    return blocks->at - size;
}

static void small_give(struct usher_blocks *blocks, void *old, size_t class)
{
    struct usher_block *block = old;

    block->next = blocks->free[class];
    blocks->free[class] = block;
}

static void block_give(struct usher_blocks *blocks, void *old, size_t size)
{
    if (is_small(size))
        small_give(blocks, old, class_of(size));
    else
        free(old);
}

/* Between classes, and to or from malloc(). A block that should become
 * smaller and finds no room stays: it is more than enough. (One of malloc()'s
 * is then taken for a small one, and lost with the state.) */
static void *block_move(struct usher_blocks *blocks, void *old, size_t old_size,
                        size_t size)
{
    void *fresh =
        is_small(size) ? small_take(blocks, class_of(size)) : malloc(size);

    if (!fresh)
        return size <= old_size ? old : NULL;
    memcpy(fresh, old, size < old_size ? size : old_size);
    block_give(blocks, old, old_size);
    return fresh;
}

void *usher_blocks_resize(struct usher_blocks *blocks, void *old,
                          size_t old_size, size_t size)
{
    if (!old) {
        if (size == 0)
            return NULL;
        return is_small(size) ? small_take(blocks, class_of(size))
                              : malloc(size);
    }
    if (size == 0) {
        block_give(blocks, old, old_size);
        return NULL;
    }
    if (is_small(old_size) && is_small(size) &&
        class_of(old_size) == class_of(size))
        return old;
    if (!is_small(old_size) && !is_small(size)) {
        void *fresh = realloc(old, size);

        return fresh || size > old_size ? fresh : old;
    }
    return block_move(blocks, old, old_size, size);
}

void usher_blocks_free(struct usher_blocks *blocks)
{
    struct usher_slab *slab;

    while ((slab = blocks->slabs) != NULL) {
        blocks->slabs = slab->next;
        free(slab);
    }
    memset(blocks, 0, sizeof(*blocks));
}
