/* engine/store/commit.c - builds a commit: each operation is encoded behind
 * the one before, so that a turn's commit is one allocation. */
#include <stdlib.h>
#include <string.h>

#include "store/store_internal.h"

struct run {
    const void *data; /* NULL: absent */
    size_t len;
};

static void commit_init(struct usher_commit *commit)
{
    memset(commit, 0, offsetof(struct usher_commit, room));
    commit->item.kind = STORE_COMMIT;
    commit->data = commit->room;
    commit->cap = sizeof(commit->room);
}

struct usher_commit *usher_commit_new(void)
{
    struct usher_commit *commit = malloc(sizeof(*commit));

    if (commit)
        commit_init(commit);
    return commit;
}

struct usher_commit *usher_store_commit_new(struct usher_store *store)
{
    struct usher_commit *commit;

    if (!store->backend->is_local)
        return usher_commit_new();
    commit = atomic_exchange(&store->spare, NULL);
    if (!commit)
        commit = malloc(sizeof(*commit));
    if (!commit)
        return NULL;
    commit_init(commit);
    commit->spare = &store->spare;
    return commit;
}

static void commit_release_data(struct usher_commit *commit)
{
    if (commit->secret)
        explicit_bzero(commit->data, commit->len);
    if (commit->data != commit->room)
        free(commit->data);
}

void usher_commit_free(struct usher_commit *commit)
{
    if (!commit)
        return;
    commit_release_data(commit);
    if (commit->spare)
        commit = atomic_exchange(commit->spare, commit);
    free(commit);
}

/* Not realloc(): what it leaves behind could not be wiped. */
static enum usher_status commit_grow(struct usher_commit *commit, size_t more)
{
    size_t cap = commit->cap;
    char *data;

    while (cap - commit->len < more)
        cap *= 2;
    data = malloc(cap);
    if (!data)
        return USHER_ERR_NOMEM;
    memcpy(data, commit->data, commit->len);
    commit_release_data(commit);
    commit->data = data;
    commit->cap = cap;
    return USHER_OK;
}

static enum usher_status commit_break(struct usher_commit *commit,
                                      enum usher_status status)
{
    if (commit->broken == USHER_OK)
        commit->broken = status;
    return status;
}

/* Appends the operation with its runs; `op` is filled but for sizes. */
static enum usher_status commit_add(struct usher_commit *commit,
                                    struct store_op *op, const struct run *runs,
                                    int count)
{
    size_t size = sizeof(*op);
    char *at;

    if (commit->broken != USHER_OK)
        return commit->broken;
    for (int i = 0; i < STORE_RUNS; i++) {
        op->len[i] = STORE_NULL;
        if (i >= count || !runs[i].data)
            continue;
        if (runs[i].len > STORE_DATA_MAX)
            return commit_break(commit, USHER_ERR_LIMIT);
        op->len[i] = (uint32_t)runs[i].len;
        size += runs[i].len + 1;
    }
    size = (size + 7) & ~(size_t)7;
    op->size = (uint32_t)size;
    if (commit->cap - commit->len < size &&
        commit_grow(commit, size) != USHER_OK)
        return commit_break(commit, USHER_ERR_NOMEM);
    at = commit->data + commit->len;
    memcpy(at, op, sizeof(*op));
    at += sizeof(*op);
    for (int i = 0; i < count; i++) {
        if (op->len[i] == STORE_NULL)
            continue;
        memcpy(at, runs[i].data, runs[i].len);
        at[runs[i].len] = '\0';
        at += runs[i].len + 1;
    }
    commit->len += size;
    return USHER_OK;
}

/* NULL with a length of 0 stands for an empty run. */
static struct run run_of(const void *data, size_t len)
{
    struct run run = {data || len ? data : "", len};
    return run;
}

static struct run run_text(const char *text)
{
    struct run run = {text, text ? strlen(text) : 0};
    return run;
}

static int key_is_good(const char *key, size_t len)
{
    return key && len > 0 && len <= STORE_KEY_MAX;
}

/* A second head, or a second row of this number, of one conversation. */
static int commit_has(const struct usher_commit *commit, enum store_what what,
                      const char *key, size_t key_len, int64_t seq)
{
    const struct store_op *op = NULL;

    while ((op = store_op_next(commit, op)) != NULL) {
        if (op->what != what || op->len[0] != key_len)
            continue;
        if (what == STORE_ROW && op->num[0] != seq)
            continue;
        if (memcmp(store_op_run(op, 0), key, key_len) == 0)
            return 1;
    }
    return 0;
}

enum usher_status usher_commit_pinned_head(struct usher_commit *commit,
                                           const char *key, size_t key_len,
                                           int64_t expect_seq, int64_t seq,
                                           int64_t keep_from, const void *head,
                                           size_t head_len, const char *version)
{
    struct store_op op = {.what = STORE_HEAD,
                          .num = {expect_seq, seq, keep_from}};
    struct run runs[] = {
        {key, key_len}, run_of(head, head_len), run_text(version)};

    if (!key_is_good(key, key_len) || !runs[1].data || expect_seq < 0 ||
        seq < 1 || runs[2].len > STORE_KEY_MAX ||
        commit_has(commit, STORE_HEAD, key, key_len, 0))
        return commit_break(commit, USHER_ERR_INVALID);
    return commit_add(commit, &op, runs, version ? 3 : 2);
}

enum usher_status usher_commit_head(struct usher_commit *commit,
                                    const char *key, size_t key_len,
                                    int64_t expect_seq, int64_t seq,
                                    int64_t keep_from, const void *head,
                                    size_t head_len)
{
    return usher_commit_pinned_head(commit, key, key_len, expect_seq, seq,
                                    keep_from, head, head_len, NULL);
}

enum usher_status usher_commit_row(struct usher_commit *commit, const char *key,
                                   size_t key_len, int64_t seq, char kind,
                                   const void *data, size_t len)
{
    struct store_op op = {.what = STORE_ROW, .kind = kind, .num = {seq, 0, 0}};
    struct run runs[] = {{key, key_len}, run_of(data, len)};

    if (!key_is_good(key, key_len) || !runs[1].data || seq < 1 || kind <= ' ' ||
        kind > '~' || commit_has(commit, STORE_ROW, key, key_len, seq))
        return commit_break(commit, USHER_ERR_INVALID);
    return commit_add(commit, &op, runs, 2);
}

enum usher_status usher_commit_task(struct usher_commit *commit,
                                    const struct usher_task_row *task)
{
    struct store_op op = {.what = STORE_TASK,
                          .state = (uint8_t)task->state,
                          .tries = task->tries,
                          .num = {task->created_ms, task->due_ms, 0}};
    struct run runs[] = {run_text(task->id),
                         run_of(task->data, task->data_len),
                         run_text(task->name),
                         {task->conversation, task->conversation_len},
                         run_text(task->reason)};

    if (!key_is_good(task->id, runs[0].len) || runs[0].len > 64 ||
        !key_is_good(task->name, runs[2].len) || !runs[1].data ||
        task->conversation_len > STORE_KEY_MAX || task->state > USHER_TASK_DEAD)
        return commit_break(commit, USHER_ERR_INVALID);
    return commit_add(commit, &op, runs, 5);
}

enum usher_status usher_commit_version(struct usher_commit *commit,
                                       const char *hash, int64_t loaded_ms,
                                       const void *sources, size_t len)
{
    struct store_op op = {.what = STORE_VERSION, .num = {loaded_ms, 0, 0}};
    struct run runs[] = {run_text(hash), run_of(sources, len)};

    if (!key_is_good(hash, runs[0].len) || !runs[1].data)
        return commit_break(commit, USHER_ERR_INVALID);
    return commit_add(commit, &op, runs, 2);
}

enum usher_status usher_commit_credential(struct usher_commit *commit,
                                          const char *name, const void *data,
                                          size_t len)
{
    struct store_op op = {.what = STORE_CREDENTIAL};
    struct run runs[] = {run_text(name), run_of(data, len)};

    if (!key_is_good(name, runs[0].len) || !runs[1].data)
        return commit_break(commit, USHER_ERR_INVALID);
    commit->secret = 1;
    return commit_add(commit, &op, runs, 2);
}

enum usher_status usher_commit_forget(struct usher_commit *commit,
                                      int64_t before_ms, int64_t latest_ms)
{
    struct store_op op = {.what = STORE_FORGET,
                          .num = {before_ms, latest_ms, 0}};

    return commit_add(commit, &op, NULL, 0);
}

enum usher_status usher_commit_trim(struct usher_commit *commit, size_t keep)
{
    struct store_op op = {.what = STORE_TRIM, .num = {(int64_t)keep, 0, 0}};

    return commit_add(commit, &op, NULL, 0);
}

struct store_op *store_op_next(const struct usher_commit *commit,
                               const struct store_op *op)
{
    const char *at = op ? (const char *)op + op->size : commit->data;

    if (at >= commit->data + commit->len)
        return NULL;
    return (struct store_op *)(void *)(uintptr_t)at;
}

const char *store_op_run(const struct store_op *op, int run)
{
    const char *at = (const char *)(op + 1);

    if (op->len[run] == STORE_NULL)
        return NULL;
    for (int i = 0; i < run; i++)
        at += op->len[i] == STORE_NULL ? 0 : op->len[i] + (size_t)1;
    return at;
}

int store_op_same_key(const struct store_op *a, const struct store_op *b)
{
    return a->what <= STORE_ROW && b->what <= STORE_ROW && a->hash == b->hash &&
           a->len[0] == b->len[0] && memcmp(a + 1, b + 1, a->len[0]) == 0;
}

void store_op_task(const struct store_op *op, struct usher_task_row *row)
{
    memset(row, 0, sizeof(*row));
    row->id = store_op_run(op, 0);
    row->data = store_op_run(op, 1);
    row->data_len = op->len[1];
    row->name = store_op_run(op, 2);
    row->conversation = store_op_run(op, 3);
    row->conversation_len = row->conversation ? op->len[3] : 0;
    row->reason = store_op_run(op, 4);
    row->state = (enum usher_task_state)op->state;
    row->tries = op->tries;
    row->created_ms = op->num[0];
    row->due_ms = op->num[1];
}

uint64_t store_hash(uint64_t seed, const char *key, size_t len)
{
    uint64_t hash = seed ^ (len * UINT64_C(0x9e3779b97f4a7c15));
    uint64_t part;

    for (; len >= sizeof(part); key += sizeof(part), len -= sizeof(part)) {
        memcpy(&part, key, sizeof(part));
        hash = (hash ^ part) * UINT64_C(0xd6e8feb86659fd93);
        hash ^= hash >> 32;
    }
    part = 0;
    memcpy(&part, key, len);
    hash = (hash ^ part) * UINT64_C(0xd6e8feb86659fd93);
    hash ^= hash >> 29;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    return hash ^ hash >> 32;
}
