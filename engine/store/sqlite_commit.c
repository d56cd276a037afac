/* engine/store/sqlite_commit.c - the committing thread's work: many commits,
 * one transaction, one fsync.
 *
 * A commit is checked before anything of it is written, so one that comes too
 * late costs the others nothing. Where writing fails all the same, the whole
 * transaction is rolled back and done again without the commit at fault; a
 * savepoint around each would cost all of them a copy of each page. */
#include <limits.h>
#include <string.h>

#include "store/sqlite_internal.h"

/* Pages in the WAL from which it is moved into the database, and how many
 * more before it is tried again where a reader was in the way. */
#define CHECKPOINT_PAGES 2000

/* A store that fails tries to write after so long, twice as long each time. */
#define PROBE_LAST_MS 30000

int sqlite_run(sqlite3_stmt *sql)
{
    int rc = sqlite3_step(sql);

    sqlite3_reset(sql);
    return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

/* The bytes stay where they are until the statement has run. */
static void bind_text(sqlite3_stmt *sql, int at, const struct store_op *op,
                      int run)
{
    const char *text = store_op_run(op, run);

    if (text)
        sqlite3_bind_text(sql, at, text, (int)op->len[run], SQLITE_STATIC);
    else
        sqlite3_bind_null(sql, at);
}

static void bind_blob(sqlite3_stmt *sql, int at, const struct store_op *op,
                      int run)
{
    sqlite3_bind_blob(sql, at, store_op_run(op, run), (int)op->len[run],
                      SQLITE_STATIC);
}

/* ---- Conversations ---- */

/* id and seq of a conversation, 0 where there is none. */
static int conversation_find(struct sqlite_store *store,
                             const struct store_op *op, int64_t *id,
                             int64_t *seq)
{
    sqlite3_stmt *sql = store->writer[WRITER_FIND];
    int rc;

    *id = 0;
    *seq = 0;
    bind_text(sql, 1, op, 0);
    rc = sqlite3_step(sql);
    if (rc == SQLITE_ROW) {
        *id = sqlite3_column_int64(sql, 0);
        *seq = sqlite3_column_int64(sql, 1);
    }
    sqlite3_reset(sql);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Checks every expectation; leaves the conversations' ids in the heads. */
static int commit_check(struct sqlite_store *store,
                        const struct usher_commit *commit, int *fits)
{
    struct store_op *op = NULL;
    int rc = SQLITE_OK;

    *fits = 1;
    while (rc == SQLITE_OK && (op = store_op_next(commit, op)) != NULL) {
        int64_t seq;
        op->id = 0;
        if (op->what != STORE_HEAD)
            continue;
        rc = conversation_find(store, op, &op->id, &seq);
        if (rc == SQLITE_OK && seq != op->num[0])
            *fits = 0;
    }
    return rc;
}

/* What an operation of this commit already knows about op's conversation:
 * its id, and whether a head of it is there (which touches it anyhow). */
static void commit_recall(const struct usher_commit *commit,
                          struct store_op *op, int *has_head)
{
    const struct store_op *at = NULL;

    *has_head = 0;
    while ((at = store_op_next(commit, at)) != NULL) {
        if (!store_op_same_key(at, op))
            continue;
        *has_head |= at->what == STORE_HEAD;
        if (op->id == 0)
            op->id = at->id;
    }
}

static int head_insert(struct sqlite_store *store, struct store_op *op,
                       int64_t seq, int64_t keep_from)
{
    sqlite3_stmt *sql = store->writer[WRITER_INSERT_HEAD];
    int rc;

    bind_text(sql, 1, op, 0);
    sqlite3_bind_int64(sql, 2, seq);
    sqlite3_bind_int64(sql, 3, keep_from);
    sqlite3_bind_int64(sql, 4, store->now_ms);
    if (op->what == STORE_HEAD)
        bind_blob(sql, 5, op, 1);
    else
        sqlite3_bind_zeroblob(sql, 5, 0);
    rc = sqlite_run(sql);
    if (rc == SQLITE_OK)
        op->id = sqlite3_last_insert_rowid(store->write_db);
    return rc;
}

static int head_update(struct sqlite_store *store, const struct store_op *op)
{
    sqlite3_stmt *sql = store->writer[WRITER_UPDATE_HEAD];

    sqlite3_bind_int64(sql, 1, op->id);
    sqlite3_bind_int64(sql, 2, op->num[1]);
    sqlite3_bind_int64(sql, 3, op->num[2]);
    sqlite3_bind_int64(sql, 4, store->now_ms);
    bind_blob(sql, 5, op, 1);
    return sqlite_run(sql);
}

/* The pin has a statement of its own: it changes once in a flow, and its index
 * would have to be written at each turn. */
static int pin_write(struct sqlite_store *store, const struct store_op *op)
{
    sqlite3_stmt *sql = store->writer[WRITER_PIN];

    sqlite3_bind_int64(sql, 1, op->id);
    bind_text(sql, 2, op, 2);
    return sqlite_run(sql);
}

static int head_write(struct sqlite_store *store,
                      const struct usher_commit *commit, struct store_op *op)
{
    int has_head;
    int rc;

    if (op->id == 0)
        commit_recall(commit, op, &has_head);
    if (op->id == 0)
        rc = head_insert(store, op, op->num[1], op->num[2]);
    else
        rc = head_update(store, op);
    if (rc == SQLITE_OK && op->len[2] != STORE_NULL)
        rc = pin_write(store, op);
    return rc;
}

/* Finds, or makes, the conversation of a row, and marks it as touched. */
static int row_place(struct sqlite_store *store,
                     const struct usher_commit *commit, struct store_op *op)
{
    sqlite3_stmt *sql = store->writer[WRITER_TOUCH];
    int has_head;
    int64_t seq;
    int rc = SQLITE_OK;

    commit_recall(commit, op, &has_head);
    if (op->id == 0)
        rc = conversation_find(store, op, &op->id, &seq);
    if (rc != SQLITE_OK)
        return rc;
    if (op->id == 0)
        return head_insert(store, op, 0, 0);
    if (has_head)
        return SQLITE_OK;
    sqlite3_bind_int64(sql, 1, op->id);
    sqlite3_bind_int64(sql, 2, store->now_ms);
    return sqlite_run(sql);
}

static int row_write(struct sqlite_store *store,
                     const struct usher_commit *commit, struct store_op *op)
{
    sqlite3_stmt *sql = store->writer[WRITER_ROW];
    int rc = row_place(store, commit, op);

    if (rc != SQLITE_OK)
        return rc;
    sqlite3_bind_int64(sql, 1, op->id);
    sqlite3_bind_int64(sql, 2, op->num[0]);
    sqlite3_bind_text(sql, 3, &op->kind, 1, SQLITE_STATIC);
    bind_blob(sql, 4, op, 1);
    return sqlite_run(sql);
}

/* ---- The rest ---- */

static int task_write(struct sqlite_store *store, const struct store_op *op)
{
    sqlite3_stmt *sql = store->writer[WRITER_TASK];

    bind_text(sql, 1, op, 0);
    bind_text(sql, 2, op, 2);
    bind_text(sql, 3, op, 3);
    sqlite3_bind_int(sql, 4, op->state);
    sqlite3_bind_int64(sql, 5, op->tries);
    sqlite3_bind_int64(sql, 6, op->num[0]);
    sqlite3_bind_int64(sql, 7, op->num[1]);
    sqlite3_bind_int64(sql, 8, store->now_ms);
    bind_text(sql, 9, op, 4);
    bind_blob(sql, 10, op, 1);
    return sqlite_run(sql);
}

static int record_write(struct sqlite_store *store, sqlite3_stmt *sql,
                        const struct store_op *op, int64_t time_ms)
{
    (void)store;
    bind_text(sql, 1, op, 0);
    sqlite3_bind_int64(sql, 2, time_ms);
    bind_blob(sql, 3, op, 1);
    return sqlite_run(sql);
}

static int op_write(struct sqlite_store *store,
                    const struct usher_commit *commit, struct store_op *op)
{
    switch ((enum store_what)op->what) {
    case STORE_HEAD:
        return head_write(store, commit, op);
    case STORE_ROW:
        return row_write(store, commit, op);
    case STORE_TASK:
        return task_write(store, op);
    case STORE_VERSION:
        return record_write(store, store->writer[WRITER_VERSION], op,
                            op->num[0]);
    case STORE_CREDENTIAL:
        return record_write(store, store->writer[WRITER_CREDENTIAL], op,
                            store->now_ms);
    case STORE_FORGET:
        return sqlite_forget(store, op->num[0], op->num[1]);
    case STORE_TRIM:
        sqlite3_bind_int64(store->writer[WRITER_TRIM], 1, op->num[0]);
        return sqlite_run(store->writer[WRITER_TRIM]);
    }
    return SQLITE_MISUSE;
}

static int commit_write(struct sqlite_store *store, struct usher_commit *commit)
{
    struct store_op *op = NULL;
    int fits;
    int rc = commit_check(store, commit, &fits);

    if (rc != SQLITE_OK)
        return rc;
    if (!fits) {
        commit->status = USHER_ERR_EXISTS;
        return SQLITE_OK;
    }
    while (rc == SQLITE_OK && (op = store_op_next(commit, op)) != NULL)
        rc = op_write(store, commit, op);
    return rc;
}

/* ---- A group ---- */

static struct usher_commit *commit_of(struct store_item *item)
{
    return item->kind == STORE_COMMIT ? (struct usher_commit *)item : NULL;
}

/* The commit alone is at fault, not the disk. */
static int is_own_fault(int rc)
{
    return (rc & 0xff) == SQLITE_CONSTRAINT || (rc & 0xff) == SQLITE_TOOBIG;
}

/* Before a transaction's end, which could otherwise succeed in files that
 * nobody finds any more. */
static int place_check(const struct sqlite_store *store)
{
    return sqlite_place_lost(store, NULL) ? SQLITE_READONLY_DBMOVED : SQLITE_OK;
}

/* One try. *again: a commit was refused, the rest is to be done anew. */
static int group_try(struct sqlite_store *store, struct store_item *list,
                     int *again)
{
    int rc = sqlite_run(store->writer[WRITER_BEGIN]);

    *again = 0;
    for (; list && rc == SQLITE_OK; list = list->next) {
        struct usher_commit *commit = commit_of(list);
        if (!commit || commit->refused)
            continue;
        commit->status = USHER_OK;
        rc = commit_write(store, commit);
        if (is_own_fault(rc)) {
            commit->status = sqlite_status(rc);
            commit->refused = 1;
            *again = 1;
        }
    }
    if (rc == SQLITE_OK && store_fault_is(&store->base, STORE_FAULT_COMMIT))
        rc = SQLITE_FULL;
    if (rc == SQLITE_OK)
        rc = place_check(store);
    if (rc == SQLITE_OK)
        rc = sqlite_run(store->writer[WRITER_COMMIT]);
    return rc;
}

/* Says it once when commits begin to fail, and once when they work again. */
static void failing_set(struct sqlite_store *store,
                        const struct usher_error *failure)
{
    int was;
    int same;

    pthread_mutex_lock(&store->lock);
    was = store->failing;
    same = was && failure && strcmp(store->failure.text, failure->text) == 0;
    store->failing = failure != NULL;
    if (!was || !failure)
        store->probe_ms = SQLITE_LOOK_MS;
    if (failure)
        store->failure = *failure;
    pthread_mutex_unlock(&store->lock);
    if (failure && !same)
        usher_log_event(store->base.log, USHER_LOG_ERROR, "store",
                        "commits fail", "error", failure->text, NULL);
    if (!failure && was)
        usher_log_event(store->base.log, USHER_LOG_INFO, "store",
                        "commits work again", NULL);
}

static void group_fail(struct sqlite_store *store, struct store_item *list,
                       int rc, const struct usher_error *failure)
{
    /* A damaged file is an I/O error to who only wanted to write. */
    enum usher_status st =
        (rc & 0xff) == SQLITE_NOMEM ? USHER_ERR_NOMEM : USHER_ERR_IO;

    for (; list; list = list->next) {
        struct usher_commit *commit = commit_of(list);
        if (commit && !commit->refused)
            commit->status = st;
    }
    failing_set(store, failure);
}

void sqlite_write_group(struct sqlite_store *store, struct store_item *list)
{
    int before = sqlite3_total_changes(store->write_db);
    struct usher_error failure;
    int again;
    int rc;

    store->now_ms = usher_clock_wall_ms(store->base.clock);
    do {
        int64_t forget_at = store->forget_at;
        rc = group_try(store, list, &again);
        if (rc == SQLITE_OK)
            break;
        sqlite_explain(store, store->write_db, rc, &failure);
        store->forget_at = forget_at;
        if (!sqlite3_get_autocommit(store->write_db))
            (void)sqlite_run(store->writer[WRITER_ROLLBACK]);
    } while (again);
    if (rc != SQLITE_OK)
        group_fail(store, list, rc, &failure);
    else if (sqlite3_total_changes(store->write_db) != before)
        failing_set(store, NULL); /* one that wrote nothing proves nothing */
}

static void probe_later(struct sqlite_store *store, int64_t ms)
{
    pthread_mutex_lock(&store->lock);
    store->probe_ms = ms < PROBE_LAST_MS ? ms : PROBE_LAST_MS;
    pthread_mutex_unlock(&store->lock);
}

/* Without waiting for other programs: commits may come meanwhile, and would
 * wait, too. */
static void write_probe(struct sqlite_store *store)
{
    struct usher_error failure;
    int rc;

    sqlite3_busy_timeout(store->write_db, 0);
    rc = sqlite_run(store->writer[WRITER_BEGIN]);
    if (rc == SQLITE_OK)
        rc = sqlite_run(store->writer[WRITER_PROBE]);
    if (rc == SQLITE_OK && store_fault_is(&store->base, STORE_FAULT_COMMIT))
        rc = SQLITE_FULL;
    if (rc == SQLITE_OK)
        rc = sqlite_run(store->writer[WRITER_COMMIT]);
    if (rc != SQLITE_OK)
        sqlite_explain(store, store->write_db, rc, &failure);
    if (!sqlite3_get_autocommit(store->write_db))
        (void)sqlite_run(store->writer[WRITER_ROLLBACK]);
    sqlite3_busy_timeout(store->write_db, SQLITE_BUSY_MS);
    failing_set(store, rc == SQLITE_OK ? NULL : &failure);
    if (rc != SQLITE_OK)
        probe_later(store, store->probe_ms * 2);
}

void sqlite_probe(struct sqlite_store *store)
{
    struct usher_error failure;

    if (sqlite_place_lost(store, &failure)) {
        failing_set(store, &failure);
        probe_later(store, SQLITE_LOOK_MS); /* looking costs nothing */
    } else if (store->failing) {            /* this thread alone changes it */
        write_probe(store);
    }
}

void sqlite_checkpoint(struct sqlite_store *store)
{
    int in_wal = 0;
    int moved = 0;

    if (store->checkpoint_from == 0)
        store->checkpoint_from = CHECKPOINT_PAGES;
    if (store->wal_pages < store->checkpoint_from)
        return;
    (void)sqlite3_wal_checkpoint_v2(store->write_db, NULL,
                                    SQLITE_CHECKPOINT_PASSIVE, &in_wal, &moved);
    /* Moved whole, the WAL starts anew with the next commit. A reader in the
     * way, or a full disk: what is written is safe in the WAL, so try later. */
    store->checkpoint_from = CHECKPOINT_PAGES;
    if (moved < in_wal || in_wal < 0)
        store->checkpoint_from += store->wal_pages;
    store->wal_pages = 0;
}
