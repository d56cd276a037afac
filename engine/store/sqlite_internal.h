/* engine/store/sqlite_internal.h - what the SQLite backend consists of.
 *
 * Three connections, each with one user: the committing thread writes, the
 * loading thread reads for the loops, and the blocking reads share the third
 * under a lock. WAL lets the readers go on while the writer waits for the
 * disk. */
#ifndef USHER_STORE_SQLITE_INTERNAL_H
#define USHER_STORE_SQLITE_INTERNAL_H

#include <sqlite3.h>
#include <sys/types.h>

#include "store/store_internal.h"

#define SQLITE_PENDING 4096 /* counters; a power of two */

enum writer_sql {
    WRITER_BEGIN,
    WRITER_COMMIT,
    WRITER_ROLLBACK,
    WRITER_FIND,        /* key -> id, seq */
    WRITER_INSERT_HEAD, /* key, seq, keep_from, now, head */
    WRITER_UPDATE_HEAD, /* id, seq, keep_from, now, head */
    WRITER_TOUCH,       /* id, now */
    WRITER_ROW,         /* conversation, seq, kind, data */
    WRITER_TASK,
    WRITER_VERSION,
    WRITER_CREDENTIAL,
    WRITER_AGES,        /* id, limit -> id, updated */
    WRITER_DROP_ROWS,   /* conversation */
    WRITER_DROP,        /* conversation */
    WRITER_DROP_TASKS,  /* before, limit */
    WRITER_TOUCH_TASKS, /* latest, limit */
    WRITER_PIN,         /* id, version */
    WRITER_TRIM,        /* keep */
    WRITER_PROBE,
    WRITER_SQL_COUNT
};

enum loader_sql {
    LOADER_BEGIN,
    LOADER_END,
    LOADER_HEAD, /* key -> id, seq, keep_from, head */
    LOADER_ROWS, /* conversation, from -> seq, kind, data */
    LOADER_TASK, /* id -> 0, 1 + state, 0, data */
    LOADER_SQL_COUNT
};

struct item_queue {
    struct store_item *first;
    struct store_item **end;
};

#define SQLITE_LOOK_MS 1000 /* between two looks after the files */
#define SQLITE_FILES 2      /* the database and its -wal */

struct sqlite_store {
    struct usher_store base; /* first */
    char *path;              /* absolute */
    int lock_fd;
    struct {
        dev_t device;
        ino_t inode;
    } place[SQLITE_FILES]; /* what was opened; constant */

    sqlite3 *write_db; /* the committing thread's */
    sqlite3_stmt *writer[WRITER_SQL_COUNT];
    int64_t now_ms;      /* of the group that is written */
    int64_t forget_at;   /* the conversation to look behind next */
    int wal_pages;       /* in the WAL after the last commit */
    int checkpoint_from; /* pages from which a checkpoint is due */

    sqlite3 *load_db; /* the loading thread's */
    sqlite3_stmt *loader[LOADER_SQL_COUNT];

    sqlite3 *ask_db; /* the blocking reads', under ask_lock (recursive) */
    pthread_mutex_t ask_lock;

    pthread_t committing;
    pthread_t loading;
    int has_committing;
    int has_loading;

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t commit_work;
    pthread_cond_t load_work;
    pthread_cond_t decided_more;
    struct item_queue commits; /* and loads that must wait for one of them */
    struct item_queue loads;
    uint64_t submitted; /* commits taken ... */
    uint64_t decided;   /* ... and done with */
    int stop_committing;
    int stop_loading;
    int failing;
    struct usher_error failure;
    int64_t probe_ms; /* how long to wait before the next probe */
    /* How many undecided commits touch a conversation or a task, by its hash: a
     * load of one that none touches need not wait for the group on its way to
     * disk. */
    uint32_t pending[SQLITE_PENDING];
};

/* ---- sqlite_open.c: files and connections ---- */

/* "file" of "sqlite:file" as an absolute path without symbolic links, for
 * free(). */
enum usher_status sqlite_path(const char *base, const char *file, char **out,
                              struct usher_error *error);
/* Makes the file (0600), opens the connections, creates or checks the schema,
 * prepares the statements. What it opened is closed by
 * sqlite_close_files(), also after a failure. */
enum usher_status sqlite_open_files(struct sqlite_store *store,
                                    struct usher_error *error);
void sqlite_close_files(struct sqlite_store *store);
#define SQLITE_BUSY_MS 2000 /* a connection waits so long for another one */
/* What SQLite's result code means for the store's callers, and for people:
 * what is wrong with the database and what to do. */
enum usher_status sqlite_status(int rc);
void sqlite_explain(const struct sqlite_store *store, sqlite3 *db, int rc,
                    struct usher_error *error);

/* ---- sqlite_place.c: whether they are still in their place ---- */

/* Remembers which files they are; the connections are open. */
enum usher_status sqlite_place_take(struct sqlite_store *store,
                                    struct usher_error *error);
/* Nonzero: one of them was removed, moved away or replaced, and `error` says
 * which and what to do. A microsecond or two. */
int sqlite_place_lost(const struct sqlite_store *store,
                      struct usher_error *error);

/* ---- sqlite_schema.c: on the connections that are open ---- */

/* Sees that the file is empty (*from is 0) or ours, of a version we know
 * (*from); changes nothing. */
enum usher_status sqlite_schema_look(struct sqlite_store *store, int *from,
                                     struct usher_error *error);
/* Brings it from that version to this one. */
enum usher_status sqlite_schema_raise(struct sqlite_store *store, int from,
                                      struct usher_error *error);
enum usher_status sqlite_prepare(struct sqlite_store *store,
                                 struct usher_error *error);

/* ---- sqlite_commit.c: the committing thread ---- */

/* Writes the commits of the list in one transaction, each all or not at all,
 * and sets their status. Loads in the list are passed over. */
void sqlite_write_group(struct sqlite_store *store, struct store_item *list);
/* Between groups: whether the files are still there and, of a store that
 * fails, whether it can write again. */
void sqlite_probe(struct sqlite_store *store);
/* Between groups, once their answers are out: moves the WAL into the
 * database when it has grown. */
void sqlite_checkpoint(struct sqlite_store *store);
/* Runs a statement that gives no rows, and resets it. */
int sqlite_run(sqlite3_stmt *sql);

/* ---- sqlite_forget.c ---- */
int sqlite_forget(struct sqlite_store *store, int64_t before_ms,
                  int64_t latest_ms);

/* ---- sqlite_load.c: the loading thread ---- */
void *sqlite_loading_main(void *store);

/* ---- sqlite_read.c: the blocking reads ---- */
enum usher_status sqlite_tasks(struct usher_store *store, unsigned state_mask,
                               int (*each)(void *user,
                                           const struct usher_task_row *),
                               void *user);
enum usher_status sqlite_versions(struct usher_store *store,
                                  int (*each)(void *user, const char *hash,
                                              int64_t loaded_ms),
                                  void *user);
enum usher_status sqlite_record(struct usher_store *store, enum store_what what,
                                const char *name, char **out, size_t *len);
enum usher_status sqlite_conversations(struct usher_store *store, size_t limit,
                                       int (*each)(void *user, const char *key,
                                                   size_t key_len, int64_t seq,
                                                   int64_t updated_ms),
                                       void *user);
enum usher_status
sqlite_journal(struct usher_store *store, const char *key, size_t key_len,
               int (*each)(void *user, const struct usher_stored_row *),
               void *user);

/* ---- sqlite.c: queues ---- */
void sqlite_queue_init(struct item_queue *queue);
void sqlite_queue_add(struct item_queue *queue, struct store_item *item);
/* Takes at most max items out, as a list. */
struct store_item *sqlite_queue_take(struct item_queue *queue, int max);

#endif
