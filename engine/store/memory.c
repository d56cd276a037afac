/* engine/store/memory.c - "memory:", the backend that lives and dies with the
 * process: opening, closing, and what is too old. A hash table in shards,
 * each with its lock, so that workers seldom meet. */
#include <stdlib.h>
#include <string.h>

#include "store/memory_internal.h"

#define FORGET_LOOKS 4096 /* conversations a call, then whole shards */

void memory_conversation_free(struct table_entry *entry)
{
    struct memory_conversation *found = (struct memory_conversation *)entry;
    struct memory_row *row = found->rows;

    while (row) {
        struct memory_row *next = row->next;
        free(row);
        row = next;
    }
    free(found);
}

void memory_record_free(struct table_entry *entry)
{
    struct memory_record *record = (struct memory_record *)entry;

    if (record->op.what == STORE_CREDENTIAL)
        explicit_bzero(&record->op, record->op.size);
    free(record);
}

struct age {
    int64_t before_ms;
    int64_t latest_ms; /* nothing counts as touched later */
};

/* Takes out of the table what `old` says, a whole table in one go. */
static void
forget_in(struct table *table,
          int (*old)(struct table_entry *entry, const struct age *age),
          void (*drop)(struct table_entry *entry), const struct age *age)
{
    for (size_t i = 0; i < table->size; i++) {
        struct table_entry **place = &table->buckets[i];
        while (*place) {
            if (old(*place, age))
                drop(store_table_unlink(table, place));
            else
                place = &(*place)->next;
        }
    }
}

static int is_old(int64_t *updated_ms, const struct age *age)
{
    if (*updated_ms > age->latest_ms)
        *updated_ms = age->latest_ms;
    return *updated_ms < age->before_ms;
}

static int conversation_is_old(struct table_entry *entry, const struct age *age)
{
    return is_old(&((struct memory_conversation *)entry)->updated_ms, age);
}

static int task_is_old(struct table_entry *entry, const struct age *age)
{
    struct memory_record *record = (struct memory_record *)entry;

    return record->op.state == USHER_TASK_DONE &&
           is_old(&record->updated_ms, age);
}

void memory_forget(struct memory_store *store, int64_t before_ms,
                   int64_t latest_ms)
{
    const struct age age = {before_ms, latest_ms};
    size_t looked = 0;
    unsigned at;

    pthread_mutex_lock(&store->lock);
    forget_in(&store->tasks, task_is_old, memory_record_free, &age);
    at = store->forget_at;
    pthread_mutex_unlock(&store->lock);
    for (int i = 0; i < MEMORY_SHARDS && looked < FORGET_LOOKS; i++) {
        struct memory_shard *shard = &store->shards[at];
        pthread_mutex_lock(&shard->lock);
        looked += shard->conversations.count;
        forget_in(&shard->conversations, conversation_is_old,
                  memory_conversation_free, &age);
        pthread_mutex_unlock(&shard->lock);
        at = (at + 1) % MEMORY_SHARDS;
    }
    pthread_mutex_lock(&store->lock);
    store->forget_at = at;
    pthread_mutex_unlock(&store->lock);
}

static int memory_submit(struct usher_store *base, struct usher_commit *commit,
                         enum usher_status *status)
{
    *status = store_fault_is(base, STORE_FAULT_COMMIT)
                  ? USHER_ERR_IO
                  : memory_commit((struct memory_store *)base, commit);
    usher_commit_free(commit);
    return 1;
}

static int memory_failing(struct usher_store *base, struct usher_error *error)
{
    if (!store_fault_is(base, STORE_FAULT_COMMIT))
        return 0;
    usher_error_set(error, "commits fail because a test wants it");
    return 1;
}

static void memory_close(struct usher_store *base)
{
    struct memory_store *store = (struct memory_store *)base;

    for (int i = 0; i < MEMORY_SHARDS; i++) {
        store_table_clear(&store->shards[i].conversations,
                          memory_conversation_free);
        pthread_mutex_destroy(&store->shards[i].lock);
    }
    store_table_clear(&store->tasks, memory_record_free);
    store_table_clear(&store->versions, memory_record_free);
    store_table_clear(&store->credentials, memory_record_free);
    pthread_mutex_destroy(&store->lock);
    store_base_clear(base);
    free(store);
}

static const struct store_backend memory_backend = {
    .is_local = 1,
    .close = memory_close,
    .failing = memory_failing,
    .submit = memory_submit,
    .load = memory_load,
    .tasks = memory_tasks,
    .versions = memory_versions,
    .record = memory_record,
    .conversations = memory_conversations,
    .journal = memory_journal,
};

static enum usher_status memory_init(struct memory_store *store)
{
    const size_t record_key =
        offsetof(struct memory_record, op) + sizeof(struct store_op);

    for (int i = 0; i < MEMORY_SHARDS; i++) {
        pthread_mutex_init(&store->shards[i].lock, NULL);
        if (store_table_init(&store->shards[i].conversations,
                             offsetof(struct memory_conversation, bytes)) !=
            USHER_OK)
            return USHER_ERR_NOMEM;
    }
    pthread_mutex_init(&store->lock, NULL);
    if (store_table_init(&store->tasks, record_key) != USHER_OK ||
        store_table_init(&store->versions, record_key) != USHER_OK ||
        store_table_init(&store->credentials, record_key) != USHER_OK)
        return USHER_ERR_NOMEM;
    return USHER_OK;
}

enum usher_status store_memory_open(const struct usher_store_options *options,
                                    struct usher_store **out)
{
    struct memory_store *store = NULL;
    enum usher_status st;

    *out = NULL;
    /* calloc() would not keep the shards apart by cache lines. */
    store = aligned_alloc(64, sizeof(*store));
    if (!store)
        return USHER_ERR_NOMEM;
    memset(store, 0, sizeof(*store));
    st = store_base_init(&store->base, &memory_backend, options);
    if (st == USHER_OK)
        st = memory_init(store);
    if (st != USHER_OK) {
        memory_close(&store->base);
        return st;
    }
    *out = &store->base;
    return USHER_OK;
}
