/* engine/store/sqlite_forget.c - deletes what RETENTION_DAYS are over for, a
 * little at a time, in the transaction of whoever asked.
 *
 * There is no index by time, since every turn would have to move its entry,
 * and ids rise with the time of creation only while nobody sets the clock: all
 * conversations are looked at, round after round. */
#include "store/sqlite_internal.h"

#define FORGET_LOOKS 1024 /* conversations a call */
#define FORGET_DROPS 256  /* of them, and tasks */

struct ages {
    int64_t old[FORGET_DROPS];
    int old_count;
    int64_t ahead[FORGET_DROPS]; /* touched later than can be */
    int ahead_count;
};

/* Collects ids and moves the mark; reading and writing at once in one table is
 * for SQLite to sort out, and it promises nothing. */
static int ages_find(struct sqlite_store *store, int64_t before_ms,
                     int64_t latest_ms, struct ages *ages)
{
    sqlite3_stmt *sql = store->writer[WRITER_AGES];
    int looked = 0;
    int rc = SQLITE_ROW;

    ages->old_count = ages->ahead_count = 0;
    sqlite3_bind_int64(sql, 1, store->forget_at);
    sqlite3_bind_int(sql, 2, FORGET_LOOKS);
    while (ages->old_count < FORGET_DROPS && ages->ahead_count < FORGET_DROPS &&
           (rc = sqlite3_step(sql)) == SQLITE_ROW) {
        int64_t id = sqlite3_column_int64(sql, 0);
        int64_t updated_ms = sqlite3_column_int64(sql, 1);

        looked++;
        store->forget_at = id;
        if (updated_ms < before_ms)
            ages->old[ages->old_count++] = id;
        else if (updated_ms > latest_ms)
            ages->ahead[ages->ahead_count++] = id;
    }
    sqlite3_reset(sql);
    if (rc == SQLITE_DONE && looked < FORGET_LOOKS)
        store->forget_at = 0;
    return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

static int drop(struct sqlite_store *store, enum writer_sql what, int64_t id)
{
    sqlite3_bind_int64(store->writer[what], 1, id);
    return sqlite_run(store->writer[what]);
}

static int conversations_forget(struct sqlite_store *store, int64_t before_ms,
                                int64_t latest_ms)
{
    sqlite3_stmt *touch = store->writer[WRITER_TOUCH];
    struct ages ages;
    int rc = ages_find(store, before_ms, latest_ms, &ages);

    for (int i = 0; i < ages.old_count && rc == SQLITE_OK; i++) {
        rc = drop(store, WRITER_DROP_ROWS, ages.old[i]);
        if (rc == SQLITE_OK)
            rc = drop(store, WRITER_DROP, ages.old[i]);
    }
    for (int i = 0; i < ages.ahead_count && rc == SQLITE_OK; i++) {
        sqlite3_bind_int64(touch, 1, ages.ahead[i]);
        sqlite3_bind_int64(touch, 2, latest_ms);
        rc = sqlite_run(touch);
    }
    return rc;
}

/* The same for all finished tasks, which have an index by time. */
static int tasks_run(struct sqlite_store *store, enum writer_sql what,
                     int64_t time_ms)
{
    sqlite3_bind_int64(store->writer[what], 1, time_ms);
    sqlite3_bind_int(store->writer[what], 2, FORGET_DROPS);
    return sqlite_run(store->writer[what]);
}

int sqlite_forget(struct sqlite_store *store, int64_t before_ms,
                  int64_t latest_ms)
{
    int rc = conversations_forget(store, before_ms, latest_ms);

    if (rc == SQLITE_OK)
        rc = tasks_run(store, WRITER_DROP_TASKS, before_ms);
    if (rc == SQLITE_OK)
        rc = tasks_run(store, WRITER_TOUCH_TASKS, latest_ms);
    return rc;
}
