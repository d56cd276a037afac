/* engine/store/memory_table.c - chained buckets that double at one entry a
 * bucket. */
#include <stdlib.h>
#include <string.h>

#include "store/memory_table.h"

#define TABLE_FIRST_SIZE 16

enum usher_status store_table_init(struct table *table, size_t key_at)
{
    table->buckets = calloc(TABLE_FIRST_SIZE, sizeof(*table->buckets));
    if (!table->buckets)
        return USHER_ERR_NOMEM;
    table->size = TABLE_FIRST_SIZE;
    table->count = 0;
    table->key_at = key_at;
    return USHER_OK;
}

void store_table_clear(struct table *table,
                       void (*drop)(struct table_entry *entry))
{
    for (size_t i = 0; i < table->size; i++) {
        struct table_entry *entry = table->buckets[i];
        while (entry) {
            struct table_entry *next = entry->next;
            drop(entry);
            entry = next;
        }
    }
    free(table->buckets);
    memset(table, 0, sizeof(*table));
}

struct table_entry **store_table_place(const struct table *table, uint32_t hash,
                                       const char *key, size_t key_len)
{
    struct table_entry **place = &table->buckets[hash & (table->size - 1)];

    while (*place) {
        const struct table_entry *entry = *place;
        if (entry->hash == hash && entry->key_len == key_len &&
            memcmp((const char *)entry + table->key_at, key, key_len) == 0)
            break;
        place = &(*place)->next;
    }
    return place;
}

static void table_push(struct table_entry **buckets, size_t size,
                       struct table_entry *entry)
{
    struct table_entry **bucket = &buckets[entry->hash & (size - 1)];

    entry->next = *bucket;
    *bucket = entry;
}

static void table_grow(struct table *table)
{
    size_t size = table->size * 2;
    struct table_entry **buckets = calloc(size, sizeof(*buckets));

    if (!buckets)
        return;
    for (size_t i = 0; i < table->size; i++) {
        struct table_entry *entry = table->buckets[i];
        while (entry) {
            struct table_entry *next = entry->next;
            table_push(buckets, size, entry);
            entry = next;
        }
    }
    free(table->buckets);
    table->buckets = buckets;
    table->size = size;
}

void store_table_link(struct table *table, struct table_entry *entry)
{
    if (table->count >= table->size)
        table_grow(table);
    table_push(table->buckets, table->size, entry);
    table->count++;
}

struct table_entry *store_table_unlink(struct table *table,
                                       struct table_entry **place)
{
    struct table_entry *entry = *place;

    *place = entry->next;
    entry->next = NULL;
    table->count--;
    return entry;
}
