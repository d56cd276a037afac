/* engine/store/sqlite_schema.c - the tables of a database and the statements
 * that are kept prepared. */
#include <stdio.h>
#include <string.h>

#include "store/sqlite_internal.h"

#define SCHEMA_VERSION 2
#define APPLICATION_ID 0x75736872 /* "ushr" */
#define TEXT_OF(number) #number
#define NUMBER(number) TEXT_OF(number)

/* journal is in the order of writing, not by conversation: a group of turns
 * of many conversations then fills a few pages instead of one page each. */
static const char SCHEMA[] =
    "CREATE TABLE conversation(id INTEGER PRIMARY KEY,"
    " key TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL,"
    " keep_from INTEGER NOT NULL, created_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL, head BLOB NOT NULL) STRICT;"
    "CREATE TABLE journal(id INTEGER PRIMARY KEY,"
    " conversation INTEGER NOT NULL, seq INTEGER NOT NULL,"
    " kind TEXT NOT NULL, data BLOB NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX journal_order ON journal(conversation, seq);"
    "CREATE TABLE task(id TEXT PRIMARY KEY, name TEXT NOT NULL,"
    " conversation TEXT, state INTEGER NOT NULL, tries INTEGER NOT NULL,"
    " created_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL, reason TEXT, data BLOB NOT NULL) STRICT;"
    "CREATE INDEX task_state ON task(state, updated_ms);"
    "CREATE TABLE version(hash TEXT PRIMARY KEY,"
    " loaded_ms INTEGER NOT NULL, sources BLOB NOT NULL) STRICT;"
    "CREATE TABLE credential(name TEXT PRIMARY KEY,"
    " updated_ms INTEGER NOT NULL, data BLOB NOT NULL) STRICT;";

/* From version 1 on: which version a conversation's flow waits in. */
static const char SCHEMA_PINS[] =
    "ALTER TABLE conversation ADD COLUMN version TEXT;"
    "CREATE INDEX conversation_version ON conversation(version)"
    " WHERE version IS NOT NULL;";

static const char *const WRITER_SQL[WRITER_SQL_COUNT] = {
    [WRITER_BEGIN] = "BEGIN IMMEDIATE",
    [WRITER_COMMIT] = "COMMIT",
    [WRITER_ROLLBACK] = "ROLLBACK",
    [WRITER_FIND] = "SELECT id, seq FROM conversation WHERE key = ?1",
    [WRITER_INSERT_HEAD] =
        "INSERT INTO conversation(key, seq, keep_from, created_ms, updated_ms,"
        " head) VALUES(?1, ?2, ?3, ?4, ?4, ?5)",
    [WRITER_UPDATE_HEAD] =
        "UPDATE conversation SET seq = ?2, keep_from = ?3, updated_ms = ?4,"
        " head = ?5 WHERE id = ?1",
    [WRITER_TOUCH] = "UPDATE conversation SET updated_ms = ?2 WHERE id = ?1",
    [WRITER_ROW] = "INSERT INTO journal(conversation, seq, kind, data)"
                   " VALUES(?1, ?2, ?3, ?4)",
    [WRITER_TASK] =
        "INSERT INTO task(id, name, conversation, state, tries, created_ms,"
        " due_ms, updated_ms, reason, data)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
        " ON CONFLICT(id) DO UPDATE SET name = ?2, conversation = ?3,"
        " state = ?4, tries = ?5, created_ms = ?6, due_ms = ?7,"
        " updated_ms = ?8, reason = ?9, data = ?10",
    [WRITER_VERSION] =
        "INSERT INTO version(hash, loaded_ms, sources) VALUES(?1, max(?2,"
        " (SELECT ifnull(max(loaded_ms), 0) + 1 FROM version)), ?3)"
        " ON CONFLICT(hash) DO UPDATE SET loaded_ms = excluded.loaded_ms",
    [WRITER_CREDENTIAL] =
        "INSERT INTO credential(name, updated_ms, data) VALUES(?1, ?2, ?3)"
        " ON CONFLICT(name) DO UPDATE SET updated_ms = ?2, data = ?3",
    [WRITER_AGES] = "SELECT id, updated_ms FROM conversation"
                    " WHERE id > ?1 ORDER BY id LIMIT ?2",
    [WRITER_DROP_ROWS] = "DELETE FROM journal WHERE conversation = ?1",
    [WRITER_DROP] = "DELETE FROM conversation WHERE id = ?1",
    [WRITER_DROP_TASKS] =
        "DELETE FROM task WHERE rowid IN (SELECT rowid FROM task"
        " WHERE state = 2 AND updated_ms < ?1 LIMIT ?2)",
    [WRITER_TOUCH_TASKS] =
        "UPDATE task SET updated_ms = ?1 WHERE rowid IN (SELECT rowid FROM task"
        " WHERE state = 2 AND updated_ms > ?1 LIMIT ?2)",
    [WRITER_PIN] =
        "UPDATE conversation SET version = nullif(?2, '') WHERE id = ?1",
    [WRITER_TRIM] =
        "DELETE FROM version WHERE hash NOT IN (SELECT hash FROM version"
        " ORDER BY loaded_ms DESC, rowid DESC LIMIT ?1) AND NOT EXISTS"
        " (SELECT 1 FROM conversation"
        " WHERE conversation.version = version.hash)",
    /* Writes a page and changes nothing. */
    [WRITER_PROBE] = "PRAGMA user_version=" NUMBER(SCHEMA_VERSION),
};

static const char *const LOADER_SQL[LOADER_SQL_COUNT] = {
    [LOADER_BEGIN] = "BEGIN",
    [LOADER_END] = "COMMIT",
    [LOADER_HEAD] =
        "SELECT id, seq, keep_from, head FROM conversation WHERE key = ?1",
    [LOADER_ROWS] =
        ("SELECT seq, kind, data FROM journal WHERE conversation = ?1 AND"
         " seq >= ?2 ORDER BY seq"),
    [LOADER_TASK] = "SELECT 0, 1 + state, 0, data FROM task WHERE id = ?1",
};

static int db_number(sqlite3 *db, const char *sql, int64_t *number)
{
    sqlite3_stmt *query = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &query, NULL);

    *number = 0;
    if (rc == SQLITE_OK && sqlite3_step(query) == SQLITE_ROW)
        *number = sqlite3_column_int64(query, 0);
    if (rc == SQLITE_OK)
        rc = sqlite3_finalize(query);
    return rc;
}

/* By what is small or has an index: versions, tokens, finished tasks, the
 * conversation that was made last. */
static void last_find(struct sqlite_store *store)
{
    if (db_number(store->write_db,
                  "SELECT max(ifnull((SELECT max(loaded_ms) FROM version), 0),"
                  " ifnull((SELECT max(updated_ms) FROM credential), 0),"
                  " ifnull((SELECT max(updated_ms) FROM task"
                  " WHERE state = 2), 0), ifnull((SELECT updated_ms"
                  " FROM conversation ORDER BY id DESC LIMIT 1), 0))",
                  &store->base.last_ms) != SQLITE_OK)
        store->base.last_ms = 0;
}

enum usher_status sqlite_schema_look(struct sqlite_store *store, int *from,
                                     struct usher_error *error)
{
    int64_t version;
    int64_t application;
    int64_t tables;
    int rc = db_number(store->write_db, "PRAGMA user_version", &version);

    *from = 0;
    if (rc == SQLITE_OK)
        rc = db_number(store->write_db, "PRAGMA application_id", &application);
    if (rc == SQLITE_OK)
        rc = db_number(store->write_db, "SELECT count(*) FROM sqlite_schema",
                       &tables);
    if (rc != SQLITE_OK) {
        sqlite_explain(store, store->write_db, rc, error);
        return sqlite_status(rc);
    }
    if (tables == 0 && version == 0)
        return USHER_OK;
    if (application != APPLICATION_ID) {
        usher_error_set(error,
                        "%s is a database of another program: name another "
                        "file in DATABASE_URL",
                        store->path);
        return USHER_ERR_INVALID;
    }
    if (version > SCHEMA_VERSION) {
        usher_error_set(error,
                        "the database %s was made by a newer usher (schema "
                        "%lld, this one knows %d): install that one, or name "
                        "another file in DATABASE_URL",
                        store->path, (long long)version, SCHEMA_VERSION);
        return USHER_ERR_INVALID;
    }
    *from = (int)version;
    return USHER_OK;
}

/* In one transaction. */
enum usher_status sqlite_schema_raise(struct sqlite_store *store, int from,
                                      struct usher_error *error)
{
    char sql[sizeof(SCHEMA) + sizeof(SCHEMA_PINS) + 160];
    int rc = SQLITE_OK;

    snprintf(sql, sizeof(sql),
             "BEGIN IMMEDIATE; %s %s PRAGMA application_id=%d;"
             "PRAGMA user_version=%d; COMMIT",
             from < 1 ? SCHEMA : "", SCHEMA_PINS, APPLICATION_ID,
             SCHEMA_VERSION);
    if (from < SCHEMA_VERSION)
        rc = sqlite3_exec(store->write_db, sql, NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        sqlite_explain(store, store->write_db, rc, error);
    else
        last_find(store);
    return sqlite_status(rc);
}

static enum usher_status statements_prepare(const struct sqlite_store *store,
                                            sqlite3 *db, const char *const *sql,
                                            int count, sqlite3_stmt **out,
                                            struct usher_error *error)
{
    for (int i = 0; i < count; i++) {
        int rc = sqlite3_prepare_v3(db, sql[i], -1, SQLITE_PREPARE_PERSISTENT,
                                    &out[i], NULL);
        if (rc != SQLITE_OK) {
            sqlite_explain(store, db, rc, error);
            return sqlite_status(rc);
        }
    }
    return USHER_OK;
}

enum usher_status sqlite_prepare(struct sqlite_store *store,
                                 struct usher_error *error)
{
    enum usher_status st;

    st = statements_prepare(store, store->write_db, WRITER_SQL,
                            WRITER_SQL_COUNT, store->writer, error);
    if (st == USHER_OK)
        st = statements_prepare(store, store->load_db, LOADER_SQL,
                                LOADER_SQL_COUNT, store->loader, error);
    return st;
}
