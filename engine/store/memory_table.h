/* engine/store/memory_table.h - a hash table of entries that own their key;
 * the memory backend's. Not safe for several threads: its owner locks. */
#ifndef USHER_STORE_MEMORY_TABLE_H
#define USHER_STORE_MEMORY_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

/* Stands first in its owner's struct; the key lies key_at bytes behind it. */
struct table_entry {
    struct table_entry *next;
    uint32_t hash;
    uint32_t key_len;
};

struct table {
    struct table_entry **buckets;
    size_t size; /* a power of two */
    size_t count;
    size_t key_at;
};

enum usher_status store_table_init(struct table *table, size_t key_at);
/* Frees the buckets; each entry is given to drop first. */
void store_table_clear(struct table *table,
                       void (*drop)(struct table_entry *entry));
/* The place that points to the entry of this key, or to the NULL at the end
 * of its bucket. Lives until the table changes. */
struct table_entry **store_table_place(const struct table *table, uint32_t hash,
                                       const char *key, size_t key_len);
/* Links a new entry (hash and key filled) that is not there yet. Cannot
 * fail: without memory to grow, the buckets get longer. */
void store_table_link(struct table *table, struct table_entry *entry);
/* Takes the entry at this place out; the caller frees it. */
struct table_entry *store_table_unlink(struct table *table,
                                       struct table_entry **place);

#endif
