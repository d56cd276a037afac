/* engine/store/store.h - where journals, tasks, versions and tokens live.
 *
 * One interface, several backends: "memory:" keeps in the process what is
 * needed to go on; "sqlite:PATH" keeps all in a SQLite database (WAL,
 * synchronous=FULL) behind one committing thread that groups the commits of
 * all workers into one transaction and one fsync, without waiting when idle.
 * DATABASE_URL names the backend.
 *
 * Asynchronous to its callers: usher_store_submit() may be called from any
 * thread and does not block; the answer comes through the submitter's loop,
 * or, where the backend can answer at once, as the result of the call. */
#ifndef USHER_STORE_STORE_H
#define USHER_STORE_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/status.h"
#include "net/loop.h"

struct usher_store;
struct usher_commit;

struct usher_store_options {
    const char *url;  /* DATABASE_URL */
    const char *base; /* folder that a relative path counts from */
    const struct usher_clock *clock;
    struct usher_log *log;
};

/* FILE of "sqlite:FILE" or "sqlite://FILE", inside `url`; NULL where the URL
 * names no file. */
const char *usher_store_file(const char *url);

/* Opens (and creates, files mode 0600) the store and takes the lock beside
 * the database: USHER_ERR_EXISTS when another process has it, `error` names
 * that process. Blocks; at start only. */
USHER_MUST_USE enum usher_status
usher_store_open(const struct usher_store_options *options,
                 struct usher_store **out, struct usher_error *error);
/* Commits and answers what was submitted; refuses everything that is submitted
 * or loaded from then on with USHER_ERR_CLOSED. Before the loops are stepped
 * for the last time. Blocks; NULL is fine, and so is twice. */
void usher_store_stop(struct usher_store *store);
/* Commits what was submitted, then closes. Blocks; NULL is fine. No thread may
 * use the store any more; loops may still run or be freed. Answers that a loop
 * has not run by then are dropped: it is not called for them. A loop that is
 * to be freed runs one last usher_loop_step(loop, 0) after this, else a few
 * bytes for each dropped post are lost. */
void usher_store_close(struct usher_store *store);

/* Nonzero: loads are answered at once from this process's memory, so nobody
 * needs a cache above it. */
int usher_store_is_local(const struct usher_store *store);
/* Gives 1 while commits fail, and the last error in `error` (NULL is fine), for
 * /readyz. A store that fails tries by itself whether it can write again, from
 * every second to every half minute. One whose files were removed, moved away
 * or replaced fails, too, within a second also without commits, and until the
 * same files are back. Any thread. */
int usher_store_failing(struct usher_store *store, struct usher_error *error);
/* When something was last written before this opening, as far as that is
 * cheap to know: Unix ms, 0: never. */
int64_t usher_store_last_ms(const struct usher_store *store);

/* ---- Writing: all of a commit is kept, or nothing ----
 *
 * The usher_commit_* functions copy what they are given. Their errors stick:
 * after one, the others do nothing and usher_store_submit() gives that error,
 * so a caller may check there only. USHER_ERR_NOMEM; USHER_ERR_LIMIT (over 64
 * MiB); USHER_ERR_INVALID: a key, name or hash that is empty or over 256
 * bytes, a second head of one conversation or a second row of one number in
 * one commit, a sequence number below 1, a kind that is no letter. */

USHER_MUST_USE struct usher_commit *usher_commit_new(void); /* NULL: memory */
/* The same, for turns: uses the memory of one that this store is done with. */
USHER_MUST_USE struct usher_commit *
usher_store_commit_new(struct usher_store *store);
void usher_commit_free(struct usher_commit *commit); /* if not submitted */

/* A conversation's head (an opaque snapshot) replaces the one before. seq is
 * the new sequence number, expect_seq the one it must have now (0: it is
 * new); otherwise the whole commit fails with USHER_ERR_EXISTS. Journal rows
 * of this conversation with a number below keep_from are not needed to go on
 * (memory: drops them; SQLite keeps them until RETENTION_DAYS are over). */
enum usher_status usher_commit_head(struct usher_commit *commit,
                                    const char *key, size_t key_len,
                                    int64_t expect_seq, int64_t seq,
                                    int64_t keep_from, const void *head,
                                    size_t head_len);
/* The same, and the version that the conversation's flow waits in, which
 * usher_commit_trim() keeps: "" none, NULL as it was. */
enum usher_status usher_commit_pinned_head(struct usher_commit *commit,
                                           const char *key, size_t key_len,
                                           int64_t expect_seq, int64_t seq,
                                           int64_t keep_from, const void *head,
                                           size_t head_len,
                                           const char *version);
/* One journal row, append-only: where the conversation has a row of this
 * number, the whole commit fails with USHER_ERR_EXISTS. kind: 't' turn, 'i'
 * intent, 'r' result. The conversation need not have a head yet. */
enum usher_status usher_commit_row(struct usher_commit *commit, const char *key,
                                   size_t key_len, int64_t seq, char kind,
                                   const void *data, size_t len);

enum usher_task_state {
    USHER_TASK_READY = 0,  /* due at due_ms */
    USHER_TASK_PAUSED = 1, /* waits for a credential (named in `reason`) */
    USHER_TASK_DONE = 2,
    USHER_TASK_DEAD = 3,   /* tries used up or unclear: for a person */
    USHER_TASK_UNKNOWN = 4 /* in the row is another one, of a newer engine:
                              found, never written */
};
struct usher_task_row {
    const char *id; /* unique, at most 64 bytes */
    const char *name;
    const char *conversation; /* key; may be NULL */
    size_t conversation_len;
    const void *data; /* opaque: arguments, progress, result */
    size_t data_len;
    enum usher_task_state state;
    uint32_t tries;
    int64_t created_ms;
    int64_t due_ms;
    const char *reason; /* last error, for people; may be NULL */
};
/* Inserts the task or replaces the one of this id. */
enum usher_status usher_commit_task(struct usher_commit *commit,
                                    const struct usher_task_row *task);

/* A version's sources (an opaque archive) under its hash; kept once. Marks it
 * as the newest, loaded at loaded_ms, or right after the one before it where a
 * clock that was set back says otherwise. */
enum usher_status usher_commit_version(struct usher_commit *commit,
                                       const char *hash, int64_t loaded_ms,
                                       const void *sources, size_t len);
/* Deletes all versions but the newest `keep` and those that conversations are
 * pinned to. */
enum usher_status usher_commit_trim(struct usher_commit *commit, size_t keep);
/* A credential's token and counters (an opaque record; secret). */
enum usher_status usher_commit_credential(struct usher_commit *commit,
                                          const char *name, const void *data,
                                          size_t len);
/* Deletes conversations (with their rows) and DONE tasks untouched since
 * before_ms. What was touched after latest_ms, by a clock that stood ahead,
 * counts as touched then; INT64_MAX: nothing does. Looks at a few hundred a
 * call, each time on from where the last one ended: call it every minute, not
 * once a day. */
enum usher_status usher_commit_forget(struct usher_commit *commit,
                                      int64_t before_ms, int64_t latest_ms);

typedef void usher_commit_fn(void *user, enum usher_status status);

/* Takes the commit, which is the store's from here on, whatever happens.
 * Gives 1 when it is already decided: *status tells and fn
 * is not called; 0: fn(user, status) comes later on `loop`. Commits of one
 * thread are done in the order of their submission. loop NULL: the submitter
 * does not want to know. An empty commit succeeds at once. Statuses:
 * USHER_ERR_EXISTS (above), USHER_ERR_IO (disk; see usher_store_failing()),
 * USHER_ERR_NOMEM, USHER_ERR_CLOSED, and those of building it. */
int usher_store_submit(struct usher_store *store, struct usher_commit *commit,
                       struct usher_loop *loop, usher_commit_fn *fn, void *user,
                       enum usher_status *status);

/* ---- Reading ---- */

struct usher_stored_row {
    int64_t seq;
    char kind;
    const char *data;
    size_t len;
};
struct usher_stored_conversation {
    int64_t seq;      /* 0: there is no head; rows may be there all the same
                       * (an intent of a first turn that never ended) */
    const char *head; /* never NULL */
    size_t head_len;
    const struct usher_stored_row *rows; /* keep_from and above, in order */
    size_t row_count;
};
/* found lives until the callback returns; it is empty unless status is
 * USHER_OK (also for a conversation that does not exist). */
typedef void usher_load_fn(void *user, enum usher_status status,
                           const struct usher_stored_conversation *found);
/* fn is called from inside the call where the store is local (gives 1), else
 * later on `loop` (gives 0). A load sees every commit submitted before it by
 * the same thread. */
int usher_store_load(struct usher_store *store, const char *key, size_t key_len,
                     struct usher_loop *loop, usher_load_fn *fn, void *user);
/* The same for a task, whatever its state: found->head is its data, found->seq
 * 1 + its state, 0 where there is none. */
int usher_store_load_task(struct usher_store *store, const char *id,
                          struct usher_loop *loop, usher_load_fn *fn,
                          void *user);

/* These block, behind all that is submitted: at start and for the commands, on
 * the control thread, never on a worker's. They see
 * every commit submitted before them. Each calls `each` for what it finds
 * until that gives nonzero; borrowed data lives until it returns; it may
 * itself submit, and read: what it reads may be as it was when the list began.
 *
 * Tasks whose state has its bit (1 << state) in state_mask, in the order of
 * due_ms. Versions, newest first. One version's sources and a credential
 * (USHER_ERR_NOT_FOUND). Conversations, the last touched first, at
 * most `limit`: SQLite reads them all for it. All rows of one conversation that
 * are still kept, in order. */
enum usher_status
usher_store_tasks(struct usher_store *store, unsigned state_mask,
                  int (*each)(void *user, const struct usher_task_row *),
                  void *user);
enum usher_status usher_store_versions(struct usher_store *store,
                                       int (*each)(void *user, const char *hash,
                                                   int64_t loaded_ms),
                                       void *user);
/* *out is the caller's, for free(); a credential is to be wiped before. */
USHER_MUST_USE enum usher_status usher_store_version(struct usher_store *store,
                                                     const char *hash,
                                                     char **out, size_t *len);
USHER_MUST_USE enum usher_status
usher_store_credential(struct usher_store *store, const char *name, char **out,
                       size_t *len);
enum usher_status usher_store_conversations(
    struct usher_store *store, size_t limit,
    int (*each)(void *user, const char *key, size_t key_len, int64_t seq,
                int64_t updated_ms),
    void *user);
enum usher_status
usher_store_journal(struct usher_store *store, const char *key, size_t key_len,
                    int (*each)(void *user, const struct usher_stored_row *),
                    void *user);

#ifdef USHER_FAULTS
/* For tests, in builds with -DUSHER_FAULTS only: from now on every commit, or
 * every load, fails with USHER_ERR_IO, as on a full disk. Any thread. */
enum usher_store_fault {
    USHER_STORE_FAULT_NONE = 0,
    USHER_STORE_FAULT_COMMIT = 1,
    USHER_STORE_FAULT_LOAD = 2
};
void usher_store_fault(struct usher_store *store, enum usher_store_fault fault);
#endif

#endif
