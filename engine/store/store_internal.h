/* engine/store/store_internal.h - what the backends share: the shape of a
 * commit, the face of a backend, the way of results back to the loops.
 * Private to engine/store. */
#ifndef USHER_STORE_STORE_INTERNAL_H
#define USHER_STORE_STORE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "store/store.h"

/* ---- A commit: operations, one behind the other in one run of bytes ---- */

enum store_what {
    STORE_HEAD,
    STORE_ROW,
    STORE_TASK,
    STORE_VERSION,
    STORE_CREDENTIAL,
    STORE_FORGET,
    STORE_TRIM
};

#define STORE_RUNS 5
#define STORE_NULL UINT32_MAX   /* the length of a run that is NULL */
#define STORE_KEY_MAX 256       /* bytes of a key, a hash, a name */
#define STORE_DATA_MAX 67108864 /* bytes of one run */

/* An operation, followed by its runs of bytes, each with a 0 behind it.
 *
 *             run 0  run 1    run 2  run 3         run 4   num
 *  HEAD       key    head     version                      expect, seq, keep
 *  ROW        key    data                                  seq
 *  TASK       id     data     name   conversation  reason  created, due
 *  VERSION    hash   sources                               loaded
 *  CREDENTIAL name   data
 *  FORGET                                                  before, latest
 *  TRIM                                                    keep
 *
 * hash, made, stub and id are scratch of the backend that does it. */
struct store_op {
    uint32_t size; /* bytes, with the runs; a multiple of 8 */
    uint8_t what;
    uint8_t state;
    char kind;
    uint32_t tries;
    uint32_t len[STORE_RUNS];
    int64_t num[3];
    uint64_t hash; /* of run 0 */
    void *made;
    void *stub;
    int64_t id;
};

/* What waits in a queue and goes back to a loop: a commit or a load. */
enum store_item_kind { STORE_COMMIT, STORE_LOAD };
struct store_item {
    struct store_item *next;
    struct usher_loop *loop; /* NULL: nobody wants to know */
    enum store_item_kind kind;
};

#define STORE_COMMIT_ROOM 1920 /* a turn's head and row fit */

struct usher_commit {
    struct store_item item; /* first */
    usher_commit_fn *fn;
    void *user;
    enum usher_status status;
    enum usher_status broken; /* the first error of building it */
    int secret;               /* holds a credential: wiped when freed */
    int refused;              /* decided before its group was done */
    _Atomic(struct usher_commit *) *spare; /* where it goes, or NULL */
    size_t len;
    size_t cap;
    char *data; /* room or from malloc */
    _Alignas(8) char room[STORE_COMMIT_ROOM];
};

struct store_load {
    struct store_item item; /* first */
    usher_load_fn *fn;
    void *user;
    enum usher_status status;
    enum store_what what;
    struct usher_stored_conversation found;
    struct usher_stored_row *rows; /* owns */
    char *bytes;                   /* owns: head, then each row's data */
    uint32_t key_len;
    uint64_t hash;
    char key[];
};

/* Walks a commit: store_op_next(commit, NULL) is the first, NULL the end. */
struct store_op *store_op_next(const struct usher_commit *commit,
                               const struct store_op *op);
/* Run number `run` of op; NULL where it is NULL. */
const char *store_op_run(const struct store_op *op, int run);
/* Nonzero when both are operations on one conversation. */
int store_op_same_key(const struct store_op *a, const struct store_op *b);
/* The borrowed form of a TASK operation. */
void store_op_task(const struct store_op *op, struct usher_task_row *row);
/* Not for secrets; the seed keeps strangers from choosing collisions. */
uint64_t store_hash(uint64_t seed, const char *key, size_t len);

/* ---- A backend ---- */

struct store_backend {
    int is_local;
    void (*stop)(struct usher_store *store); /* NULL: nothing to wait for */
    void (*close)(struct usher_store *store);
    int (*failing)(struct usher_store *store, struct usher_error *error);
    int (*submit)(struct usher_store *store, struct usher_commit *commit,
                  enum usher_status *status);
    /* what: STORE_HEAD or STORE_TASK */
    int (*load)(struct usher_store *store, enum store_what what,
                const char *key, size_t key_len, struct usher_loop *loop,
                usher_load_fn *fn, void *user);
    enum usher_status (*tasks)(struct usher_store *store, unsigned state_mask,
                               int (*each)(void *user,
                                           const struct usher_task_row *),
                               void *user);
    enum usher_status (*versions)(struct usher_store *store,
                                  int (*each)(void *user, const char *hash,
                                              int64_t loaded_ms),
                                  void *user);
    /* what: STORE_VERSION or STORE_CREDENTIAL */
    enum usher_status (*record)(struct usher_store *store, enum store_what what,
                                const char *name, char **out, size_t *len);
    enum usher_status (*conversations)(struct usher_store *store, size_t limit,
                                       int (*each)(void *user, const char *key,
                                                   size_t key_len, int64_t seq,
                                                   int64_t updated_ms),
                                       void *user);
    enum usher_status (*journal)(
        struct usher_store *store, const char *key, size_t key_len,
        int (*each)(void *user, const struct usher_stored_row *), void *user);
};

struct store_outbox;
struct usher_store {
    const struct store_backend *backend;
    const struct usher_clock *clock;
    struct usher_log *log;
    uint64_t seed;               /* of store_hash() */
    struct store_outbox *outbox; /* deliver.c */
    int fault;                   /* atomic; see usher_store_fault() */
    /* For usher_store_commit_new(); of local stores, which are done with a
     * commit before usher_store_submit() returns. */
    _Atomic(struct usher_commit *) spare;
    int stopped;     /* atomic */
    int64_t last_ms; /* see usher_store_last_ms() */
};

enum usher_status store_base_init(struct usher_store *store,
                                  const struct store_backend *backend,
                                  const struct usher_store_options *options);
/* Frees also what loops were sent and never ran. */
void store_base_clear(struct usher_store *store);
/* Whether this fault is switched on; always 0 without USHER_FAULTS. */
int store_fault_is(struct usher_store *store, int fault);
#define STORE_FAULT_COMMIT 1
#define STORE_FAULT_LOAD 2

enum usher_status store_memory_open(const struct usher_store_options *options,
                                    struct usher_store **out);
/* path: what follows "sqlite:" in the URL. */
enum usher_status store_sqlite_open(const struct usher_store_options *options,
                                    const char *path, struct usher_store **out,
                                    struct usher_error *error);

/* ---- Results back to the loops (deliver.c) ---- */

/* Sends the items of the list to their loops, one post a loop and call, and
 * frees those nobody waits for. Any thread. Where memory is used up it tries
 * again until it is not: an answer may be late, never lost. */
void store_deliver(struct usher_store *store, struct store_item *list);
/* Frees an item without telling anybody. */
void store_item_free(struct store_item *item);

/* ---- The lock beside a database (lock.c) ---- */

/* Takes <path>.lock, a file that holds this process's number and name. On
 * USHER_OK *fd holds the lock until store_lock_release(). USHER_ERR_EXISTS:
 * another process has it, `error` names it. */
enum usher_status store_lock_take(const char *path, int *fd,
                                  struct usher_error *error);
void store_lock_release(int fd); /* -1 is fine */

#endif
