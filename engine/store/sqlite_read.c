/* engine/store/sqlite_read.c - the reads that block: at start and for the
 * commands, on a connection of their own. */
#include <stdlib.h>
#include <string.h>

#include "store/sqlite_internal.h"

/* Waits until what was submitted so far is decided, then prepares a query.
 * ask_end() must follow, also after a failure. */
static enum usher_status ask_begin(struct sqlite_store *store, const char *sql,
                                   sqlite3_stmt **query)
{
    uint64_t upto;

    *query = NULL;
    pthread_mutex_lock(&store->lock);
    upto = store->submitted;
    while (store->decided < upto)
        pthread_cond_wait(&store->decided_more, &store->lock);
    pthread_mutex_unlock(&store->lock);
    pthread_mutex_lock(&store->ask_lock);
    return sqlite_status(
        sqlite3_prepare_v2(store->ask_db, sql, -1, query, NULL));
}

/* rc: what the last step gave, SQLITE_ROW where `each` wanted no more. */
static enum usher_status ask_end(struct sqlite_store *store,
                                 sqlite3_stmt *query, enum usher_status st,
                                 int rc)
{
    if (st == USHER_OK)
        st = sqlite_status(rc);
    sqlite3_finalize(query);
    pthread_mutex_unlock(&store->ask_lock);
    return st;
}

static const char *column_text(sqlite3_stmt *query, int at)
{
    return (const char *)sqlite3_column_text(query, at);
}

/* Never NULL: SQLite gives NULL for an empty blob. */
static const char *column_blob(sqlite3_stmt *query, int at)
{
    const char *data = sqlite3_column_blob(query, at);

    return data ? data : "";
}

static enum usher_task_state state_read(sqlite3_stmt *query, int at)
{
    sqlite3_int64 state = sqlite3_column_int64(query, at);

    return state < 0 || state > USHER_TASK_DEAD ? USHER_TASK_UNKNOWN
                                                : (enum usher_task_state)state;
}

enum usher_status
sqlite_tasks(struct usher_store *base, unsigned state_mask,
             int (*each)(void *user, const struct usher_task_row *), void *user)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    sqlite3_stmt *query;
    enum usher_status st;
    int rc = SQLITE_DONE;

    st = ask_begin(store,
                   "SELECT id, name, conversation, state, tries, created_ms,"
                   " due_ms, reason, data FROM task"
                   " WHERE state IN (?1, ?2, ?3, ?4) OR state > ?5"
                   " OR state < ?6 ORDER BY due_ms, rowid",
                   &query);
    for (int i = 0; st == USHER_OK && i <= USHER_TASK_DEAD; i++)
        sqlite3_bind_int(query, i + 1, state_mask & (1U << i) ? i : -1);
    if (st == USHER_OK) {
        int unknown = (state_mask & (1U << USHER_TASK_UNKNOWN)) != 0;

        sqlite3_bind_int64(query, 5, unknown ? USHER_TASK_DEAD : INT64_MAX);
        sqlite3_bind_int64(query, 6, unknown ? 0 : INT64_MIN);
    }
    while (st == USHER_OK && (rc = sqlite3_step(query)) == SQLITE_ROW) {
        struct usher_task_row row = {
            .id = column_text(query, 0),
            .name = column_text(query, 1),
            .conversation = column_text(query, 2),
            .conversation_len = (size_t)sqlite3_column_bytes(query, 2),
            .state = state_read(query, 3),
            .tries = (uint32_t)sqlite3_column_int64(query, 4),
            .created_ms = sqlite3_column_int64(query, 5),
            .due_ms = sqlite3_column_int64(query, 6),
            .reason = column_text(query, 7),
            .data = column_blob(query, 8),
            .data_len = (size_t)sqlite3_column_bytes(query, 8),
        };
        if (each(user, &row))
            break;
    }
    return ask_end(store, query, st, rc);
}

enum usher_status sqlite_versions(struct usher_store *base,
                                  int (*each)(void *user, const char *hash,
                                              int64_t loaded_ms),
                                  void *user)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    sqlite3_stmt *query;
    enum usher_status st;
    int rc = SQLITE_DONE;

    st = ask_begin(store,
                   "SELECT hash, loaded_ms FROM version"
                   " ORDER BY loaded_ms DESC, rowid DESC",
                   &query);
    while (st == USHER_OK && (rc = sqlite3_step(query)) == SQLITE_ROW) {
        if (each(user, column_text(query, 0), sqlite3_column_int64(query, 1)))
            break;
    }
    return ask_end(store, query, st, rc);
}

enum usher_status sqlite_record(struct usher_store *base, enum store_what what,
                                const char *name, char **out, size_t *len)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    sqlite3_stmt *query;
    enum usher_status st;
    int rc = SQLITE_DONE;

    st = ask_begin(store,
                   what == STORE_VERSION
                       ? "SELECT sources FROM version WHERE hash = ?1"
                       : "SELECT data FROM credential WHERE name = ?1",
                   &query);
    if (st != USHER_OK)
        goto done;
    sqlite3_bind_text(query, 1, name, -1, SQLITE_STATIC);
    rc = sqlite3_step(query);
    if (rc == SQLITE_DONE)
        st = USHER_ERR_NOT_FOUND;
    if (rc != SQLITE_ROW)
        goto done;
    *len = (size_t)sqlite3_column_bytes(query, 0);
    *out = malloc(*len + 1);
    if (!*out) {
        st = USHER_ERR_NOMEM;
        goto done;
    }
    memcpy(*out, column_blob(query, 0), *len);
    (*out)[*len] = '\0';
done:
    return ask_end(store, query, st, rc);
}

enum usher_status sqlite_conversations(struct usher_store *base, size_t limit,
                                       int (*each)(void *user, const char *key,
                                                   size_t key_len, int64_t seq,
                                                   int64_t updated_ms),
                                       void *user)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    sqlite3_stmt *query;
    enum usher_status st;
    int rc = SQLITE_DONE;

    st = ask_begin(store,
                   "SELECT key, seq, updated_ms FROM conversation"
                   " ORDER BY updated_ms DESC, id DESC LIMIT ?1",
                   &query);
    if (st == USHER_OK)
        sqlite3_bind_int64(query, 1,
                           limit > INT64_MAX ? INT64_MAX : (int64_t)limit);
    while (st == USHER_OK && (rc = sqlite3_step(query)) == SQLITE_ROW) {
        if (each(user, column_text(query, 0),
                 (size_t)sqlite3_column_bytes(query, 0),
                 sqlite3_column_int64(query, 1),
                 sqlite3_column_int64(query, 2)))
            break;
    }
    return ask_end(store, query, st, rc);
}

enum usher_status
sqlite_journal(struct usher_store *base, const char *key, size_t key_len,
               int (*each)(void *user, const struct usher_stored_row *),
               void *user)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    sqlite3_stmt *query;
    enum usher_status st;
    int rc = SQLITE_DONE;

    st = ask_begin(store,
                   "SELECT j.seq, j.kind, j.data FROM conversation c"
                   " JOIN journal j ON j.conversation = c.id"
                   " WHERE c.key = ?1 ORDER BY j.seq",
                   &query);
    if (st == USHER_OK)
        sqlite3_bind_text64(query, 1, key, key_len, SQLITE_STATIC, SQLITE_UTF8);
    while (st == USHER_OK && (rc = sqlite3_step(query)) == SQLITE_ROW) {
        struct usher_stored_row row = {
            .seq = sqlite3_column_int64(query, 0),
            .kind = column_text(query, 1)[0],
            .data = column_blob(query, 2),
            .len = (size_t)sqlite3_column_bytes(query, 2),
        };
        if (each(user, &row))
            break;
    }
    return ask_end(store, query, st, rc);
}
