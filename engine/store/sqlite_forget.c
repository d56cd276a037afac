/* engine/store/sqlite_forget.c - deletes what RETENTION_DAYS are over for, a
 * little at a time, in the transaction of whoever asked.
 *
 * There is no index by time, since every turn would have to move its entry.
 * Ids rise with the time of creation instead: looking from the lowest id on,
 * nothing behind the first conversation younger than before_ms is old. */
#include "store/sqlite_internal.h"

#define FORGET_LOOKS 256 /* conversations, and tasks, a call */

struct oldest {
    int64_t ids[FORGET_LOOKS];
    int count;
};

/* Collects what is old and moves the mark; reading and deleting at once in
 * one table is for SQLite to sort out, and it promises nothing. */
static int oldest_find(struct sqlite_store *store, int64_t before_ms,
                       struct oldest *oldest)
{
    sqlite3_stmt *sql = store->writer[WRITER_OLDEST];
    int looked = 0;
    int rc;

    oldest->count = 0;
    sqlite3_bind_int64(sql, 1, store->forget_at);
    sqlite3_bind_int(sql, 2, FORGET_LOOKS);
    while ((rc = sqlite3_step(sql)) == SQLITE_ROW) {
        int64_t id = sqlite3_column_int64(sql, 0);
        if (sqlite3_column_int64(sql, 1) >= before_ms)
            break;
        looked++;
        store->forget_at = id;
        if (sqlite3_column_int64(sql, 2) < before_ms)
            oldest->ids[oldest->count++] = id;
    }
    sqlite3_reset(sql);
    if (looked < FORGET_LOOKS)
        store->forget_at = 0;
    return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

static int drop(struct sqlite_store *store, enum writer_sql what, int64_t id)
{
    sqlite3_bind_int64(store->writer[what], 1, id);
    return sqlite_run(store->writer[what]);
}

int sqlite_forget(struct sqlite_store *store, int64_t before_ms)
{
    sqlite3_stmt *tasks = store->writer[WRITER_DROP_TASKS];
    struct oldest oldest;
    int rc = oldest_find(store, before_ms, &oldest);

    for (int i = 0; i < oldest.count && rc == SQLITE_OK; i++) {
        rc = drop(store, WRITER_DROP_ROWS, oldest.ids[i]);
        if (rc == SQLITE_OK)
            rc = drop(store, WRITER_DROP, oldest.ids[i]);
    }
    if (rc != SQLITE_OK)
        return rc;
    sqlite3_bind_int64(tasks, 1, before_ms);
    sqlite3_bind_int(tasks, 2, FORGET_LOOKS);
    return sqlite_run(tasks);
}
