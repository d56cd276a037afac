/* engine/script/blocks.h - the memory of one Lua state: small blocks by their
 * size, from slabs that are given back when the state is closed.
 *
 * Thousands of coroutines make and drop small tables in bursts, which malloc()
 * has to sort again and again: it took a quarter of a busy worker's time. Of
 * one thread. Built with the address sanitizer every block is malloc()'s. */
#ifndef USHER_SCRIPT_BLOCKS_H
#define USHER_SCRIPT_BLOCKS_H

#include <stddef.h>

#define USHER_BLOCK_STEP 16
/* Up to 512 bytes; larger ones are malloc()'s. */
#define USHER_BLOCK_CLASSES 32

struct usher_block; /* a free one */
struct usher_slab;

/* All zeros: empty. */
struct usher_blocks {
    struct usher_block *free[USHER_BLOCK_CLASSES];
    struct usher_slab *slabs;
    char *at, *end; /* what is left of the newest slab */
};

/* Like realloc() with the old size, which must be right: old NULL takes a
 * block, size 0 gives it back. NULL without memory, the old block then stays;
 * making a block smaller never fails. */
void *usher_blocks_resize(struct usher_blocks *blocks, void *old,
                          size_t old_size, size_t size);
/* After all blocks were given back. */
void usher_blocks_free(struct usher_blocks *blocks);

#endif
