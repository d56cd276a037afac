/* engine/store/sqlite_open.c - the files of a database, its connections, and
 * what its errors mean. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite_internal.h"

#define WAL_KEEP_BYTES 67108864

/* ---- Errors ---- */

enum usher_status sqlite_status(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return USHER_OK;
    case SQLITE_NOMEM:
        return USHER_ERR_NOMEM;
    case SQLITE_CONSTRAINT:
        return USHER_ERR_EXISTS;
    case SQLITE_TOOBIG:
        return USHER_ERR_LIMIT;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return USHER_ERR_PARSE;
    default:
        return USHER_ERR_IO;
    }
}

void sqlite_explain(const struct sqlite_store *store, sqlite3 *db, int rc,
                    struct usher_error *error)
{
    const char *path = store->path;
    const char *said = db ? sqlite3_errmsg(db) : sqlite3_errstr(rc);

    if (rc == SQLITE_READONLY_DBMOVED && sqlite_place_lost(store, error))
        return;
    switch (rc & 0xff) {
    case SQLITE_FULL:
        usher_error_set(error,
                        "the disk with the database %s is full: make room, "
                        "usher goes on by itself",
                        path);
        break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
        usher_error_set(error,
                        "cannot write the database %s (%s): check the owner "
                        "and the rights of the file and its folder",
                        path, said);
        break;
    case SQLITE_NOTADB:
        usher_error_set(error,
                        "%s is not a SQLite database: move it away, or name "
                        "another file in DATABASE_URL",
                        path);
        break;
    case SQLITE_CORRUPT:
        usher_error_set(error,
                        "the database %s is damaged (%s): stop usher, put a "
                        "backup in its place or move it away",
                        path, said);
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        usher_error_set(error,
                        "another program keeps the database %s locked: close "
                        "what has it open (sqlite3, a backup)",
                        path);
        break;
    default:
        usher_error_set(error, "the database %s: %s", path, said);
        break;
    }
}

/* ---- Files ---- */

/* The folder must exist; the file need not. */
static char *path_resolve(const char *path)
{
    char *whole = realpath(path, NULL);
    char *copy = NULL;
    char *folder = NULL;
    const char *name = strrchr(path, '/');

    if (whole || errno != ENOENT)
        return whole;
    copy = strdup(path);
    if (!copy)
        return NULL;
    name = name ? name + 1 : path;
    folder = realpath(dirname(copy), NULL);
    if (folder && asprintf(&whole, "%s/%s", folder, name) < 0)
        whole = NULL;
    free(folder);
    free(copy);
    return whole;
}

enum usher_status sqlite_path(const char *base, const char *file, char **out,
                              struct usher_error *error)
{
    enum usher_status st = USHER_ERR_IO;
    char *path = NULL;

    *out = NULL;
    if (file[0] == '/' || !base || base[0] == '\0')
        path = strdup(file);
    else if (asprintf(&path, "%s/%s", base, file) < 0)
        path = NULL;
    if (!path)
        return USHER_ERR_NOMEM;
    *out = path_resolve(path);
    if (!*out) {
        usher_error_set(error,
                        "the folder of the database %s: %s. Make it, or name "
                        "another file in DATABASE_URL",
                        path, strerror(errno));
        goto done;
    }
    st = USHER_OK;
    if (strlen(*out) >= PATH_MAX - 16) { /* room for .lock, -wal, -shm */
        usher_error_set(error, "the path of the database is too long");
        st = USHER_ERR_LIMIT;
    }
done:
    free(path);
    return st;
}

static enum usher_status file_make(const struct sqlite_store *store,
                                   struct usher_error *error)
{
    int fd = open(store->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0) {
        usher_error_set(error, "cannot open the database %s: %s", store->path,
                        strerror(errno));
        return USHER_ERR_IO;
    }
    close(fd);
    return USHER_OK;
}

/* SQLite gives -wal and -shm the mode of the database; those left over from
 * another time are set right here. */
static void files_protect(const struct sqlite_store *store)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char name[PATH_MAX];

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        snprintf(name, sizeof(name), "%s%s", store->path, ends[i]);
        if (chmod(name, 0600) != 0 && errno != ENOENT)
            usher_log_event(store->base.log, USHER_LOG_WARN, "store",
                            "cannot make the database private", "file", name,
                            "error", strerror(errno), NULL);
    }
}

/* ---- Connections ---- */

static int db_exec(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static int db_open(const char *path, sqlite3 **db)
{
    int rc = sqlite3_open_v2(path, db,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

    if (rc != SQLITE_OK)
        return rc;
    sqlite3_extended_result_codes(*db, 1);
    sqlite3_busy_timeout(*db, SQLITE_BUSY_MS);
    return db_exec(*db, "PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=OFF;"
                        "PRAGMA trusted_schema=OFF");
}

static int db_use_wal(sqlite3 *db, int *is_wal)
{
    sqlite3_stmt *query = NULL;
    int rc =
        sqlite3_prepare_v2(db, "PRAGMA journal_mode=WAL", -1, &query, NULL);

    *is_wal = 0;
    if (rc == SQLITE_OK && sqlite3_step(query) == SQLITE_ROW) {
        const char *mode = (const char *)sqlite3_column_text(query, 0);
        *is_wal = mode && strcmp(mode, "wal") == 0;
    }
    if (rc == SQLITE_OK)
        rc = sqlite3_finalize(query);
    return rc;
}

static int on_wal(void *user, sqlite3 *db, const char *name, int pages)
{
    struct sqlite_store *store = user;

    (void)db;
    (void)name;
    store->wal_pages = pages;
    return SQLITE_OK;
}

static enum usher_status use_wal(struct sqlite_store *store,
                                 struct usher_error *error)
{
    char sql[128];
    int is_wal = 0;
    int rc = db_use_wal(store->write_db, &is_wal);

    snprintf(sql, sizeof(sql),
             "PRAGMA synchronous=FULL; PRAGMA journal_size_limit=%d;"
             "PRAGMA cache_size=-32768",
             WAL_KEEP_BYTES);
    if (rc == SQLITE_OK)
        rc = db_exec(store->write_db, sql);
    if (rc != SQLITE_OK) {
        sqlite_explain(store, store->write_db, rc, error);
        return sqlite_status(rc);
    }
    if (!is_wal) {
        usher_error_set(error,
                        "the folder of the database %s cannot hold it (no "
                        "shared memory there, a network disk?): use a local "
                        "disk",
                        store->path);
        return USHER_ERR_IO;
    }
    sqlite3_wal_autocheckpoint(store->write_db, 0);
    sqlite3_wal_hook(store->write_db, on_wal, store);
    return USHER_OK;
}

/* Nothing of the file changes, its mode neither, before it is known for ours.
 */
static enum usher_status open_writer(struct sqlite_store *store,
                                     struct usher_error *error)
{
    int version;
    int rc = db_open(store->path, &store->write_db);
    enum usher_status st = sqlite_status(rc);

    if (rc != SQLITE_OK)
        sqlite_explain(store, store->write_db, rc, error);
    if (st == USHER_OK)
        st = sqlite_schema_look(store, &version, error);
    if (st != USHER_OK)
        return st;
    files_protect(store);
    st = use_wal(store, error);
    return st == USHER_OK ? sqlite_schema_raise(store, version, error) : st;
}

static enum usher_status open_reader(const struct sqlite_store *store,
                                     sqlite3 **db, struct usher_error *error)
{
    int rc = db_open(store->path, db);

    if (rc == SQLITE_OK)
        rc = db_exec(*db, "PRAGMA query_only=ON");
    if (rc != SQLITE_OK)
        sqlite_explain(store, *db, rc, error);
    return sqlite_status(rc);
}

enum usher_status sqlite_open_files(struct sqlite_store *store,
                                    struct usher_error *error)
{
    enum usher_status st = file_make(store, error);

    if (st == USHER_OK)
        st = open_writer(store, error);
    if (st == USHER_OK)
        st = open_reader(store, &store->load_db, error);
    if (st == USHER_OK)
        st = open_reader(store, &store->ask_db, error);
    if (st == USHER_OK)
        st = sqlite_prepare(store, error);
    if (st == USHER_OK)
        st = sqlite_place_take(store, error);
    return st;
}

void sqlite_close_files(struct sqlite_store *store)
{
    for (int i = 0; i < WRITER_SQL_COUNT; i++)
        sqlite3_finalize(store->writer[i]);
    for (int i = 0; i < LOADER_SQL_COUNT; i++)
        sqlite3_finalize(store->loader[i]);
    sqlite3_close(store->load_db);
    sqlite3_close(store->ask_db);
    sqlite3_close(store->write_db); /* the last: it empties the WAL */
}
