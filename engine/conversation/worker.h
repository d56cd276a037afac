/* engine/conversation/worker.h - a worker: a thread that owns some
 * conversations and a Lua state per version, and shares nothing but what
 * stands in struct usher_shared. */
#ifndef USHER_CONVERSATION_WORKER_H
#define USHER_CONVERSATION_WORKER_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "conversation/states.h"
#include "core/clock.h"
#include "core/config.h"
#include "core/log.h"
#include "core/once.h"
#include "core/problems.h"
#include "net/client.h"
#include "net/loop.h"
#include "net/server.h"
#include "net/signature.h"
#include "store/store.h"
#include "zoho/zoho.h"

/* Times in ms that design.md section 4.7 fixes. */
#define USHER_EFFECTS_DEADLINE_MS 3500
#define USHER_HOLDING_MS 4000

struct usher_worker;
struct usher_bind;
struct usher_places;
struct usher_waiting;

/* Counters for /metrics; written by one worker, read by any thread. */
struct usher_counters {
    atomic_ullong turns, answered_late, apologies, holes, diverged, refused,
        unreadable, replays, zoho_calls, zoho_failures, tasks_done,
        tasks_failed, commits_failed;
    atomic_llong conversations, waiting_runs, tasks_open, tasks_paused,
        tasks_idle, script_bytes;
};

/* Common to all workers. Filled by the engine before they start and constant
 * but for the atomics; outlives them. */
struct usher_shared {
    const struct usher_clock *clock;
    const struct usher_clock *even; /* for ages; see core/even_clock.h */
    struct usher_log *log;
    struct usher_problems *problems; /* NULL: nobody is to be told */
    struct usher_waiting *waiting;   /* tasks that wait for a person */
    struct usher_store *store;
    struct usher_credentials *credentials;
    struct usher_gate *gate;
    atomic_size_t unreadable; /* conversations told to be; see unreadable.c */
    size_t unreadable_looked; /* the control thread's */
    _Atomic(struct usher_publication *) publication;
    atomic_llong rebuilt_ms; /* steady; when a state was full last; 0: never */
    atomic_llong failed_ms;  /* the same of a flow that ended in an error */
    atomic_uint unreached;   /* bit 1 << service: its last call had no answer */
    struct usher_worker **workers;
    size_t worker_count;
    const struct usher_places *places;
    const char *zone; /* the machine's, where TIME_ZONE is not set */
    struct usher_once unknown_zones; /* of visitors; each is logged once */
    int strict;                      /* see struct usher_bind */

    /* The control thread's services; called on a worker's thread. */
    void *control;
    /* A state for the version of this hash: built aside, handed to
     * usher_worker_state_ready(). */
    void (*want_state)(void *control, size_t worker, const char *hash);
    /* Everything that is not the webhook: /healthz, /readyz, /metrics,
     * /admin. Answers the request. */
    void (*other_request)(void *control, struct usher_worker *worker,
                          struct usher_request *request);
    /* Each call to Zoho that ended; may be NULL. */
    void (*zoho_event)(void *control, const struct usher_zoho_event *event);
    /* Each effect, before it happens: for fault tests; NULL otherwise. */
    void (*effect)(void *control, const char *name);
    /* Each flow that a conversation starts: for specs; NULL otherwise. */
    void (*flow)(void *control, const char *flow);
};

struct usher_worker_options {
    struct usher_shared *shared;
    size_t index;
    int listen_fd;               /* the worker's now; -1: no server (specs) */
    unsigned max_clients;        /* its connections */
    struct usher_config *config; /* retained */
    struct usher_loop *loop;     /* NULL: the worker makes its own */
    struct usher_client *client; /* NULL: likewise */
};

USHER_MUST_USE enum usher_status
usher_worker_new(const struct usher_worker_options *options,
                 struct usher_worker **out, struct usher_error *error);
/* Runs its loop in a thread of its own. */
enum usher_status usher_worker_start(struct usher_worker *worker);
/* No new connections; usher_worker_busy() tells when all is finished. Any
 * thread. */
void usher_worker_drain(struct usher_worker *worker);
/* Webhook calls without answer yet, commits included. Any thread. */
size_t usher_worker_busy(const struct usher_worker *worker);
/* Stops the loop and joins the thread. From then on nothing is sent any more
 * that would change something outside. */
void usher_worker_stop(struct usher_worker *worker);
/* After it was stopped, and its store: everybody who still waits, and whoever
 * comes from now on, gets the way to a person. Answers to calls that arrived at
 * other workers are posted there: their loops take one more step. */
void usher_worker_close(struct usher_worker *worker);
void usher_worker_free(struct usher_worker *worker);

struct usher_loop *usher_worker_loop(struct usher_worker *worker);
/* What the worker's Lua states get as their user pointer. */
struct usher_bind *usher_worker_bind(struct usher_worker *worker);
struct usher_counters *usher_worker_counters(struct usher_worker *worker);
/* The flow that runs right now on the worker's thread, "" when none; for the
 * watchdog. Any thread; copies. */
void usher_worker_current(struct usher_worker *worker, char *out, size_t size);

/* New settings, retained. Any thread. Like all that is posted to it the worker
 * takes them in order: what is asked of it later, it does with them.
 * USHER_ERR_NOMEM: they have to be sent again. */
USHER_MUST_USE enum usher_status
usher_worker_configure(struct usher_worker *worker,
                       struct usher_config *config);
/* A new publication is there: adopt it now; then done(user) is called on the
 * worker's thread. Any thread. */
void usher_worker_adopt(struct usher_worker *worker, void (*done)(void *user),
                        void *user);
/* The answer to want_state: takes the script; version is retained. Script
 * NULL: it cannot be had, and the newest must do (why: USHER_OK), or it is in
 * the store and could not be read. Any thread. */
void usher_worker_state_ready(struct usher_worker *worker, const char *hash,
                              struct usher_version *version,
                              struct usher_script *script,
                              enum usher_status why);
/* What tasks have failed for may be mended (a token, a setting): those that
 * wait are tried now. Any thread. USHER_ERR_NOMEM: it has to be said again. */
enum usher_status usher_worker_wake_tasks(struct usher_worker *worker);
/* See usher_tasks_token_works(). Any thread. USHER_ERR_NOMEM: say it again. */
enum usher_status usher_worker_token_works(struct usher_worker *worker);
/* A person wants this task tried now; the row is copied. Any thread. */
enum usher_status usher_worker_retry_task(struct usher_worker *worker,
                                          const struct usher_task_row *row);
/* See usher_tasks_guess(); name is copied. Any thread. Lost for want of memory:
 * the tasks are due by themselves. */
void usher_worker_guess(struct usher_worker *worker, const char *name);
/* A task from the store at start, before the thread runs. */
enum usher_status usher_worker_load_task(struct usher_worker *worker,
                                         const struct usher_task_row *row);
/* Which worker owns a conversation. */
size_t usher_worker_of(const char *key, size_t len, size_t worker_count);

/* For specs, on the worker's thread. All conversations at rest leave the
 * memory, as after a restart: their next turn replays. */
void usher_worker_forget(struct usher_worker *worker);
/* And this state (taken) of the version is the newest from now on. */
void usher_worker_restart(struct usher_worker *worker,
                          struct usher_version *version,
                          struct usher_script *script);
/* The next turn starts this flow, whatever was said. */
void usher_worker_force(struct usher_worker *worker, const char *flow);

/* A webhook body from elsewhere than HTTP (the terminal chat, specs): fn gets
 * the JSON answer, on the worker's thread. On that thread only. */
typedef void usher_answer_fn(void *user, const char *json, size_t len);
enum usher_status usher_worker_webhook(struct usher_worker *worker,
                                       const char *body, size_t len,
                                       usher_answer_fn *fn, void *user);

#endif
