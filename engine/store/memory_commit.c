/* engine/store/memory_commit.c - a commit in memory: lock what it touches,
 * check it all, allocate it all, and only then change anything. */
#include <stdlib.h>
#include <string.h>

#include "store/memory_internal.h"

static struct memory_conversation *conversation_find(struct memory_store *store,
                                                     const struct store_op *op)
{
    struct table_entry **place =
        store_table_place(&memory_shard_of(store, op->hash)->conversations,
                          (uint32_t)op->hash, store_op_run(op, 0), op->len[0]);

    return (struct memory_conversation *)*place;
}

static struct memory_conversation *conversation_new(const struct store_op *op,
                                                    size_t head_cap)
{
    struct memory_conversation *made;

    made = malloc(sizeof(*made) + op->len[0] + head_cap);
    if (!made)
        return NULL;
    memset(made, 0, sizeof(*made));
    made->entry.hash = (uint32_t)op->hash;
    made->entry.key_len = op->len[0];
    made->head_cap = (uint32_t)head_cap;
    memcpy(made->bytes, store_op_run(op, 0), op->len[0]);
    return made;
}

/* ---- Locks: shards in their order, then the records ---- */

struct touched {
    uint64_t shards; /* a bit each */
    int records;
};

static void commit_hash(struct memory_store *store, struct usher_commit *commit,
                        struct touched *touched)
{
    struct store_op *op = NULL;

    touched->shards = 0;
    touched->records = 0;
    while ((op = store_op_next(commit, op)) != NULL) {
        op->made = NULL;
        op->stub = NULL;
        if (op->what >= STORE_FORGET)
            continue;
        op->hash =
            store_hash(store->base.seed, store_op_run(op, 0), op->len[0]);
        if (op->what <= STORE_ROW)
            touched->shards |= UINT64_C(1) << (op->hash >> 58);
        else
            touched->records = 1;
    }
}

static void touched_lock(struct memory_store *store,
                         const struct touched *touched)
{
    uint64_t left = touched->shards;

    for (; left; left &= left - 1)
        pthread_mutex_lock(&store->shards[__builtin_ctzll(left)].lock);
    if (touched->records)
        pthread_mutex_lock(&store->lock);
}

static void touched_unlock(struct memory_store *store,
                           const struct touched *touched)
{
    uint64_t left = touched->shards;

    if (touched->records)
        pthread_mutex_unlock(&store->lock);
    for (; left; left &= left - 1)
        pthread_mutex_unlock(&store->shards[__builtin_ctzll(left)].lock);
}

/* ---- Check ---- */

static enum usher_status op_check(struct memory_store *store,
                                  const struct store_op *op)
{
    const struct memory_conversation *found;
    const struct memory_row *row;

    if (op->what > STORE_ROW)
        return USHER_OK;
    found = conversation_find(store, op);
    if (op->what == STORE_HEAD)
        return (found ? found->seq : 0) == op->num[0] ? USHER_OK
                                                      : USHER_ERR_EXISTS;
    row = found ? found->rows : NULL;
    while (row && row->seq > op->num[0])
        row = row->next;
    return row && row->seq == op->num[0] ? USHER_ERR_EXISTS : USHER_OK;
}

/* ---- Make: all that can fail ---- */

static enum usher_status head_make(struct memory_store *store,
                                   struct store_op *op)
{
    const struct memory_conversation *found = conversation_find(store, op);
    size_t len = op->len[1];
    size_t cap = (len + 15) & ~(size_t)15;

    /* A head that stays in its size is written over the old one; one that
     * grew gets room to grow again, one that shrank gives its room back. */
    if (found && len <= found->head_cap &&
        (found->head_cap <= 512 || len > found->head_cap / 4))
        return USHER_OK;
    if (found && found->seq > 0 && len > found->head_cap)
        cap += cap / 8;
    op->made = conversation_new(op, cap);
    return op->made ? USHER_OK : USHER_ERR_NOMEM;
}

static int head_comes_before(const struct usher_commit *commit,
                             const struct store_op *op)
{
    const struct store_op *at = NULL;

    while ((at = store_op_next(commit, at)) != op) {
        if (at->what == STORE_HEAD && store_op_same_key(at, op))
            return 1;
    }
    return 0;
}

static enum usher_status row_make(struct memory_store *store,
                                  const struct usher_commit *commit,
                                  struct store_op *op)
{
    struct memory_row *row;

    if (!head_comes_before(commit, op) && !conversation_find(store, op)) {
        op->stub = conversation_new(op, 0);
        if (!op->stub)
            return USHER_ERR_NOMEM;
    }
    row = malloc(sizeof(*row) + op->len[1]);
    if (!row)
        return USHER_ERR_NOMEM;
    row->next = NULL;
    row->seq = op->num[0];
    row->len = op->len[1];
    row->kind = op->kind;
    memcpy(row->data, store_op_run(op, 1), op->len[1]);
    op->made = row;
    return USHER_OK;
}

static enum usher_status record_make(struct store_op *op)
{
    struct memory_record *record =
        malloc(offsetof(struct memory_record, op) + op->size);

    if (!record)
        return USHER_ERR_NOMEM;
    memset(record, 0, offsetof(struct memory_record, op));
    memcpy(&record->op, op, op->size);
    record->entry.hash = (uint32_t)op->hash;
    record->entry.key_len = op->len[0];
    op->made = record;
    return USHER_OK;
}

static enum usher_status op_make(struct memory_store *store,
                                 const struct usher_commit *commit,
                                 struct store_op *op)
{
    switch ((enum store_what)op->what) {
    case STORE_HEAD:
        return head_make(store, op);
    case STORE_ROW:
        return row_make(store, commit, op);
    case STORE_TASK:
    case STORE_VERSION:
    case STORE_CREDENTIAL:
        return record_make(op);
    case STORE_FORGET:
    case STORE_TRIM:
        break;
    }
    return USHER_OK;
}

static void commit_unmake(struct usher_commit *commit)
{
    struct store_op *op = NULL;

    while ((op = store_op_next(commit, op)) != NULL) {
        if (op->what >= STORE_TASK && op->made)
            memory_record_free(op->made);
        else
            free(op->made); /* a row, or a conversation without rows */
        free(op->stub);
    }
}

/* ---- Apply: nothing here fails ---- */

static void rows_drop_below(struct memory_row **place, int64_t keep_from)
{
    struct memory_row *row;

    while (*place && (*place)->seq >= keep_from)
        place = &(*place)->next;
    row = *place;
    *place = NULL;
    while (row) {
        struct memory_row *next = row->next;
        free(row);
        row = next;
    }
}

static void head_apply(struct memory_store *store, struct store_op *op,
                       int64_t now_ms)
{
    struct table *table = &memory_shard_of(store, op->hash)->conversations;
    struct memory_conversation *to = op->made;
    struct table_entry **place = store_table_place(
        table, (uint32_t)op->hash, store_op_run(op, 0), op->len[0]);
    struct memory_conversation *old = (struct memory_conversation *)*place;

    if (!to) {
        to = old;
    } else if (old) {
        to->rows = old->rows;
        to->keep_from = old->keep_from;
        to->pin = old->pin;
        to->entry.next = old->entry.next;
        *place = &to->entry;
        free(old);
    } else {
        store_table_link(table, &to->entry);
    }
    if (to->keep_from != op->num[2])
        rows_drop_below(&to->rows, op->num[2]);
    to->seq = op->num[1];
    to->keep_from = op->num[2];
    to->updated_ms = now_ms;
    if (store_op_run(op, 2))
        to->pin = memory_pin(store, store_op_run(op, 2));
    to->head_len = op->len[1];
    memcpy(to->bytes + to->entry.key_len, store_op_run(op, 1), op->len[1]);
}

static void row_apply(struct memory_store *store, struct store_op *op,
                      int64_t now_ms)
{
    struct table *table = &memory_shard_of(store, op->hash)->conversations;
    struct memory_conversation *to = conversation_find(store, op);
    struct memory_row *row = op->made;
    struct memory_row **place;

    if (!to) {
        to = op->stub;
        store_table_link(table, &to->entry);
    } else {
        free(op->stub);
    }
    to->updated_ms = now_ms;
    if (row->seq < to->keep_from) {
        free(row);
        return;
    }
    place = &to->rows;
    while (*place && (*place)->seq > row->seq)
        place = &(*place)->next;
    row->next = *place;
    *place = row;
}

static void record_apply(struct memory_store *store, struct store_op *op,
                         int64_t now_ms)
{
    struct table *table = memory_records(store, (enum store_what)op->what);
    struct memory_record *record = op->made;
    struct table_entry **place = store_table_place(
        table, (uint32_t)op->hash, store_op_run(op, 0), op->len[0]);

    record->updated_ms = now_ms;
    record->stamp = ++store->stamp;
    if (op->what == STORE_VERSION) {
        if (record->op.num[0] <= store->loaded_ms)
            record->op.num[0] = store->loaded_ms + 1;
        store->loaded_ms = record->op.num[0];
    }
    if (*place)
        memory_record_free(store_table_unlink(table, place));
    store_table_link(table, &record->entry);
}

static void op_apply(struct memory_store *store, struct store_op *op,
                     int64_t now_ms)
{
    switch ((enum store_what)op->what) {
    case STORE_HEAD:
        head_apply(store, op, now_ms);
        break;
    case STORE_ROW:
        row_apply(store, op, now_ms);
        break;
    case STORE_TASK:
    case STORE_VERSION:
    case STORE_CREDENTIAL:
        record_apply(store, op, now_ms);
        break;
    case STORE_FORGET: /* after the locks are given back */
    case STORE_TRIM:
        break;
    }
}

static enum usher_status commit_locked(struct memory_store *store,
                                       struct usher_commit *commit)
{
    int64_t now_ms = usher_clock_wall_ms(store->base.clock);
    enum usher_status st = USHER_OK;
    struct store_op *op = NULL;

    while (st == USHER_OK && (op = store_op_next(commit, op)) != NULL)
        st = op_check(store, op);
    op = NULL;
    while (st == USHER_OK && (op = store_op_next(commit, op)) != NULL)
        st = op_make(store, commit, op);
    if (st != USHER_OK) {
        commit_unmake(commit);
        return st;
    }
    op = NULL;
    while ((op = store_op_next(commit, op)) != NULL)
        op_apply(store, op, now_ms);
    return USHER_OK;
}

enum usher_status memory_commit(struct memory_store *store,
                                struct usher_commit *commit)
{
    struct touched touched;
    struct store_op *op = NULL;
    enum usher_status st;

    commit_hash(store, commit, &touched);
    touched_lock(store, &touched);
    st = commit_locked(store, commit);
    touched_unlock(store, &touched);
    while (st == USHER_OK && (op = store_op_next(commit, op)) != NULL) {
        if (op->what == STORE_FORGET)
            memory_forget(store, op->num[0], op->num[1]);
        if (op->what == STORE_TRIM)
            memory_trim(store, (size_t)op->num[0]);
    }
    return st;
}
