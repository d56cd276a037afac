/* engine/store/memory_trim.c - versions that nobody needs any more. */
#include <string.h>

#include "store/memory_internal.h"

uint64_t memory_pin(const struct memory_store *store, const char *version)
{
    return version[0]
               ? store_hash(store->base.seed, version, strlen(version)) | 1
               : 0;
}

static int is_pinned(struct memory_store *store, uint64_t pin)
{
    int found = 0;

    for (size_t i = 0; i < MEMORY_SHARDS && !found; i++) {
        struct memory_shard *shard = &store->shards[i];
        const struct table *table = &shard->conversations;

        pthread_mutex_lock(&shard->lock);
        for (size_t at = 0; at < table->size && !found; at++) {
            const struct table_entry *entry = table->buckets[at];

            for (; entry && !found; entry = entry->next)
                found = ((const struct memory_conversation *)entry)->pin == pin;
        }
        pthread_mutex_unlock(&shard->lock);
    }
    return found;
}

/* Where `record` comes among the versions, the newest being 0. */
static size_t rank_of(const struct table *versions,
                      const struct memory_record *record)
{
    size_t newer = 0;

    for (size_t at = 0; at < versions->size; at++) {
        const struct table_entry *entry = versions->buckets[at];

        for (; entry; entry = entry->next)
            newer +=
                ((const struct memory_record *)entry)->stamp > record->stamp;
    }
    return newer;
}

/* Copies the name of a version that is over the bound, the `skip` first such
 * ones passed over; 0 when there is none. */
static int surplus_find(struct memory_store *store, size_t keep, size_t skip,
                        char *name, size_t size)
{
    const struct table *versions = &store->versions;
    int found = 0;

    pthread_mutex_lock(&store->lock);
    for (size_t at = 0; versions->count > keep && at < versions->size; at++) {
        const struct table_entry *entry = versions->buckets[at];

        for (; entry && !found; entry = entry->next) {
            const struct memory_record *record = (const void *)entry;

            if (rank_of(versions, record) < keep || skip-- > 0)
                continue;
            found = record->op.len[0] < size;
            if (found)
                memcpy(name, store_op_run(&record->op, 0),
                       record->op.len[0] + (size_t)1);
        }
        if (found)
            break;
    }
    pthread_mutex_unlock(&store->lock);
    return found;
}

static void version_drop(struct memory_store *store, const char *name)
{
    size_t len = strlen(name);
    uint32_t hash = (uint32_t)store_hash(store->base.seed, name, len);
    struct table_entry **place;

    pthread_mutex_lock(&store->lock);
    place = store_table_place(&store->versions, hash, name, len);
    if (*place)
        memory_record_free(store_table_unlink(&store->versions, place));
    pthread_mutex_unlock(&store->lock);
}

void memory_trim(struct memory_store *store, size_t keep)
{
    char name[STORE_KEY_MAX + 1];
    size_t kept = 0;

    /* Shards' locks come before the records': never both at once here. */
    while (surplus_find(store, keep, kept, name, sizeof(name))) {
        if (is_pinned(store, memory_pin(store, name)))
            kept++;
        else
            version_drop(store, name);
    }
}
