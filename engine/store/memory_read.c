/* engine/store/memory_read.c - reading from memory. What a callback sees is
 * always a copy: it runs without a lock and may call the store again. */
#include <stdlib.h>
#include <string.h>

#include "core/buffer.h"
#include "store/memory_internal.h"

/* ---- One conversation ---- */

struct copy {
    struct usher_stored_conversation found;
    struct usher_stored_row *rows;
    char *block; /* owns; NULL while it is `room` */
    _Alignas(16) char room[4096];
};

static enum usher_status copy_fill(struct copy *copy,
                                   const struct memory_conversation *from)
{
    size_t count = 0;
    size_t bytes = from->head_len + (size_t)1;
    const struct memory_row *row;
    char *at = copy->room;

    for (row = from->rows; row; row = row->next) {
        count++;
        bytes += row->len + (size_t)1;
    }
    if (count * sizeof(*copy->rows) + bytes > sizeof(copy->room)) {
        at = copy->block = malloc(count * sizeof(*copy->rows) + bytes);
        if (!at)
            return USHER_ERR_NOMEM;
    }
    copy->rows = (struct usher_stored_row *)(void *)at;
    at += count * sizeof(*copy->rows);
    copy->found.seq = from->seq;
    copy->found.head = at;
    copy->found.head_len = from->head_len;
    copy->found.rows = copy->rows;
    copy->found.row_count = count;
    memcpy(at, from->bytes + from->entry.key_len, from->head_len);
    at[from->head_len] = '\0';
    at += from->head_len + (size_t)1;
    for (row = from->rows; row; row = row->next) {
        struct usher_stored_row *to = &copy->rows[--count];
        to->seq = row->seq;
        to->kind = row->kind;
        to->data = at;
        to->len = row->len;
        memcpy(at, row->data, row->len);
        at[row->len] = '\0';
        at += row->len + (size_t)1;
    }
    return USHER_OK;
}

static enum usher_status copy_take(struct memory_store *store, const char *key,
                                   size_t key_len, struct copy *copy)
{
    uint64_t hash = store_hash(store->base.seed, key, key_len);
    struct memory_shard *shard = memory_shard_of(store, hash);
    const struct memory_conversation *found;
    enum usher_status st = USHER_OK;

    memset(&copy->found, 0, sizeof(copy->found));
    copy->found.head = "";
    copy->rows = NULL;
    copy->block = NULL;
    pthread_mutex_lock(&shard->lock);
    found = (const void *)*store_table_place(&shard->conversations,
                                             (uint32_t)hash, key, key_len);
    if (found)
        st = copy_fill(copy, found);
    pthread_mutex_unlock(&shard->lock);
    return st;
}

/* A task's state and data as a conversation's number and head. */
static enum usher_status task_take(struct memory_store *store, const char *id,
                                   size_t id_len, struct copy *copy)
{
    uint64_t hash = store_hash(store->base.seed, id, id_len);
    const struct memory_record *found;
    enum usher_status st = USHER_OK;

    memset(&copy->found, 0, sizeof(copy->found));
    copy->found.head = "";
    copy->block = NULL;
    pthread_mutex_lock(&store->lock);
    found = (const void *)*store_table_place(&store->tasks, (uint32_t)hash, id,
                                             id_len);
    if (found) {
        copy->block = malloc(found->op.len[1] + (size_t)1);
        st = copy->block ? USHER_OK : USHER_ERR_NOMEM;
    }
    if (copy->block) {
        memcpy(copy->block, store_op_run(&found->op, 1),
               found->op.len[1] + (size_t)1);
        copy->found.seq = 1 + found->op.state;
        copy->found.head = copy->block;
        copy->found.head_len = found->op.len[1];
    }
    pthread_mutex_unlock(&store->lock);
    return st;
}

int memory_load(struct usher_store *base, enum store_what what, const char *key,
                size_t key_len, struct usher_loop *loop, usher_load_fn *fn,
                void *user)
{
    struct memory_store *store = (struct memory_store *)base;
    struct copy copy;
    enum usher_status st;

    (void)loop;
    st = what == STORE_TASK ? task_take(store, key, key_len, &copy)
                            : copy_take(store, key, key_len, &copy);
    if (st == USHER_OK && store_fault_is(base, STORE_FAULT_LOAD))
        st = USHER_ERR_IO;
    fn(user, st, &copy.found);
    free(copy.block);
    return 1;
}

enum usher_status
memory_journal(struct usher_store *base, const char *key, size_t key_len,
               int (*each)(void *user, const struct usher_stored_row *),
               void *user)
{
    struct copy copy;
    enum usher_status st;

    st = copy_take((struct memory_store *)base, key, key_len, &copy);
    for (size_t i = 0; st == USHER_OK && i < copy.found.row_count; i++) {
        if (each(user, &copy.rows[i]))
            break;
    }
    free(copy.block);
    return st;
}

/* ---- Many conversations ---- */

struct listed {
    int64_t updated_ms;
    int64_t seq;
    size_t key_at;
    uint32_t key_len;
};

static int listed_compare(const void *a, const void *b)
{
    const struct listed *one = a;
    const struct listed *two = b;

    if (one->updated_ms != two->updated_ms)
        return one->updated_ms > two->updated_ms ? -1 : 1;
    return one->key_at < two->key_at ? -1 : 1;
}

static void list_shard(struct memory_shard *shard, struct usher_buffer *list,
                       struct usher_buffer *keys)
{
    const struct table *table = &shard->conversations;

    pthread_mutex_lock(&shard->lock);
    for (size_t i = 0; i < table->size; i++) {
        const struct table_entry *entry = table->buckets[i];
        for (; entry; entry = entry->next) {
            const struct memory_conversation *at = (const void *)entry;
            struct listed listed = {at->updated_ms, at->seq, keys->len,
                                    entry->key_len};
            (void)usher_buffer_append(keys, at->bytes, entry->key_len);
            (void)usher_buffer_append(list, &listed, sizeof(listed));
        }
    }
    pthread_mutex_unlock(&shard->lock);
}

enum usher_status memory_conversations(struct usher_store *base, size_t limit,
                                       int (*each)(void *user, const char *key,
                                                   size_t key_len, int64_t seq,
                                                   int64_t updated_ms),
                                       void *user)
{
    struct memory_store *store = (struct memory_store *)base;
    enum usher_status st = USHER_OK;
    struct usher_buffer list;
    struct usher_buffer keys;
    const struct listed *at;
    size_t count;

    usher_buffer_init(&list, 0);
    usher_buffer_init(&keys, 0);
    for (int i = 0; i < MEMORY_SHARDS; i++)
        list_shard(&store->shards[i], &list, &keys);
    if (list.failed || keys.failed) {
        st = USHER_ERR_NOMEM;
        goto done;
    }
    count = list.len / sizeof(*at);
    if (count > 0)
        qsort(list.data, count, sizeof(*at), listed_compare);
    at = (const void *)list.data;
    for (size_t i = 0; i < count && i < limit; i++) {
        if (each(user, keys.data + at[i].key_at, at[i].key_len, at[i].seq,
                 at[i].updated_ms))
            break;
    }
done:
    usher_buffer_free(&list);
    usher_buffer_free(&keys);
    return st;
}

/* ---- Records ---- */

/* Copies of the records that `wanted` has a bit for (1 << state), whole or
 * only as far as their name. NULL and 0 also when there is none. */
struct records {
    struct memory_record **list;
    size_t count;
};

static void records_free(struct records *records)
{
    for (size_t i = 0; i < records->count; i++)
        memory_record_free(&records->list[i]->entry);
    free(records->list);
}

static enum usher_status records_add(struct records *records,
                                     const struct memory_record *from,
                                     int whole)
{
    size_t size =
        whole ? from->op.size : sizeof(from->op) + from->op.len[0] + (size_t)1;
    struct memory_record *copy =
        malloc(offsetof(struct memory_record, op) + size);

    if (!copy)
        return USHER_ERR_NOMEM;
    memcpy(copy, from, offsetof(struct memory_record, op) + size);
    copy->op.size = (uint32_t)size;
    records->list[records->count++] = copy;
    return USHER_OK;
}

static enum usher_status records_copy(const struct table *table,
                                      unsigned wanted, int whole,
                                      struct records *records)
{
    enum usher_status st = USHER_OK;

    records->count = 0;
    records->list = calloc(table->count + 1, sizeof(*records->list));
    if (!records->list)
        return USHER_ERR_NOMEM;
    for (size_t i = 0; i < table->size; i++) {
        const struct table_entry *entry = table->buckets[i];
        for (; entry && st == USHER_OK; entry = entry->next) {
            const struct memory_record *record = (const void *)entry;
            if (wanted & (1U << record->op.state))
                st = records_add(records, record, whole);
        }
    }
    return st;
}

static int record_compare(int64_t a, int64_t b, uint64_t a_stamp,
                          uint64_t b_stamp)
{
    if (a != b)
        return a < b ? -1 : 1;
    return a_stamp < b_stamp ? -1 : a_stamp > b_stamp;
}

static int due_compare(const void *a, const void *b)
{
    const struct memory_record *one = *(struct memory_record *const *)a;
    const struct memory_record *two = *(struct memory_record *const *)b;

    return record_compare(one->op.num[1], two->op.num[1], one->stamp,
                          two->stamp);
}

/* The last written first: a clock may have been set back. */
static int loaded_compare(const void *a, const void *b)
{
    const struct memory_record *one = *(struct memory_record *const *)a;
    const struct memory_record *two = *(struct memory_record *const *)b;

    return one->stamp > two->stamp ? -1 : one->stamp < two->stamp;
}

enum usher_status
memory_tasks(struct usher_store *base, unsigned state_mask,
             int (*each)(void *user, const struct usher_task_row *), void *user)
{
    struct memory_store *store = (struct memory_store *)base;
    struct records records;
    enum usher_status st;

    pthread_mutex_lock(&store->lock);
    st = records_copy(&store->tasks, state_mask, 1, &records);
    pthread_mutex_unlock(&store->lock);
    if (st != USHER_OK)
        goto done;
    qsort(records.list, records.count, sizeof(*records.list), due_compare);
    for (size_t i = 0; i < records.count; i++) {
        struct usher_task_row row;
        store_op_task(&records.list[i]->op, &row);
        if (each(user, &row))
            break;
    }
done:
    records_free(&records);
    return st;
}

enum usher_status memory_versions(struct usher_store *base,
                                  int (*each)(void *user, const char *hash,
                                              int64_t loaded_ms),
                                  void *user)
{
    struct memory_store *store = (struct memory_store *)base;
    struct records records;
    enum usher_status st;

    pthread_mutex_lock(&store->lock);
    st = records_copy(&store->versions, ~0U, 0, &records);
    pthread_mutex_unlock(&store->lock);
    if (st != USHER_OK)
        goto done;
    qsort(records.list, records.count, sizeof(*records.list), loaded_compare);
    for (size_t i = 0; i < records.count; i++) {
        const struct store_op *op = &records.list[i]->op;
        if (each(user, store_op_run(op, 0), op->num[0]))
            break;
    }
done:
    records_free(&records);
    return st;
}

enum usher_status memory_record(struct usher_store *base, enum store_what what,
                                const char *name, char **out, size_t *len)
{
    struct memory_store *store = (struct memory_store *)base;
    size_t name_len = strlen(name);
    uint32_t hash = (uint32_t)store_hash(base->seed, name, name_len);
    enum usher_status st = USHER_ERR_NOT_FOUND;
    const struct memory_record *found;

    pthread_mutex_lock(&store->lock);
    found = (const void *)*store_table_place(memory_records(store, what), hash,
                                             name, name_len);
    if (found) {
        *len = found->op.len[1];
        *out = malloc(*len + 1);
        st = *out ? USHER_OK : USHER_ERR_NOMEM;
        if (*out)
            memcpy(*out, store_op_run(&found->op, 1), *len + 1);
    }
    pthread_mutex_unlock(&store->lock);
    return st;
}
