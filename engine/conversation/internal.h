/* engine/conversation/internal.h - what worker.c, webhook.c, conversation.c,
 * head.c and tasks.c share. */
#ifndef USHER_CONVERSATION_INTERNAL_H
#define USHER_CONVERSATION_INTERNAL_H

#include <pthread.h>

#include "conversation/guard.h"
#include "conversation/answer.h"
#include "conversation/run.h"
#include "conversation/tasks.h"
#include "conversation/transcript.h"
#include "conversation/turn.h"
#include "conversation/worker.h"

/* Somebody who waits for a call's answer: an HTTP request on the worker
 * where it arrived, or a function. */
struct waiter {
    struct usher_worker *origin;
    struct usher_request *request;
    usher_answer_fn *fn;
    void *user;
    struct waiter *next;

    /* The answer on its way to the request's worker. */
    struct usher_worker *owner; /* whose loop `again` is on */
    char *json;                 /* NULL: there was no memory for it */
    size_t len;
    struct usher_timer again;
};

/* One webhook call on its way through the worker that owns it. */
struct call {
    struct usher_turn turn;
    struct waiter *waiters;
    int64_t started_ms; /* steady */
    struct usher_timer holding;
    int held; /* the holding reply went out */
    int kept; /* what its turn said is in the answer to come, or was sent */
    int64_t begun_ms; /* steady; when its turn began */
    struct usher_worker *owner;
    struct conversation *conversation;
    struct call *next;
};

/* So many calls of a conversation are known again when they are repeated. */
#define USHER_SEEN_MAX 8

enum phase {
    PHASE_EMPTY,   /* nothing loaded yet */
    PHASE_LOADING, /* asked the store */
    PHASE_IDLE,
    PHASE_STATE, /* waits for an old version's Lua state */
    PHASE_RUN,   /* a turn is at work */
    PHASE_COMMIT /* waits for the store */
};

/* What a commit was for. */
enum commit_step { COMMIT_INTENT, COMMIT_RESULT, COMMIT_TURN };

struct conversation {
    /* ---- kept for the conversation that uses the struct next ---- */
    struct usher_run run;
    struct usher_answer answer;
    struct usher_transcript transcript;
    struct usher_buffer memory;      /* chat.memory, encoded; "": empty */
    struct usher_buffer offered;     /* "\0value\0value\0" of the last answer */
    struct usher_buffer undelivered; /* replies nobody has seen: JSON items */
    struct usher_buffer recorded;    /* the last turn's answer */
    struct usher_buffer unfinished_entries;
    struct usher_buffer earlier; /* of usher_run.earlier */
    struct usher_buffer drawn;   /* by the flows of this turn that went on with
                                    another one */
    struct usher_buffer before;  /* what those wrote into their journals: the
                                    turn's row begins with it */

    /* ---- from here on zeroed then ---- */
    struct usher_worker *worker;
    struct conversation *hash_next;
    struct conversation *older, *newer; /* by last use */
    char key[USHER_KEY_MAX];
    size_t key_len;
    uint64_t hash;
    enum phase phase;
    int anonymous;  /* without a key: it ends with its turn, nothing is kept */
    int unreadable; /* why it could not be read; the turn is lost */
    int pumping;    /* conversation_pump() is at work: it does the rest */
    struct call *queue, **queue_end;
    struct call *current;

    /* ---- what the head holds, with buffers above ---- */
    int64_t seq;
    uint64_t run_number;
    char request_id[129];
    uint64_t fingerprint;
    uint64_t seen[USHER_SEEN_MAX]; /* deliveries, the latest first; 0: none */
    int64_t touched_ms; /* Unix, by the even clock; when the last turn ended */
    /* `recorded` was decided after its caller had got the holding reply, and
     * it does more than reply: the next caller gets it. */
    int owed;

    int has_run;       /* `run` waits for a message, or is in this turn */
    int pending;       /* ... and has committed turns */
    char version[65];  /* the run's; "": the newest (unpinned) */
    char pinned[65];   /* what the store has as its pin; "": none */
    int64_t first_seq; /* the run's first row */
    /* A run failed or was cut off in its first turn: the next run takes its
     * outside writes over. */
    int retry;
    struct usher_intents retry_intents;

    /* A turn that a crash cut off: its entries (unfinished_entries) are
     * replayed when the same message comes again. */
    int unfinished;
    uint64_t unfinished_print;

    /* ---- the turn at work ---- */
    struct usher_state *state;
    struct usher_new_tasks new_tasks;
    enum commit_step step;
    int keeps; /* the commit holds the sources of the run's version, too */
    unsigned jumps;
    int again;    /* the turn goes on in another state: its own was full */
    int stepping; /* ... where it stood, once that is there */
    int restarted;
    int apology;
};

#define CONVERSATION_BUCKETS 4096

struct usher_worker {
    struct usher_shared *shared;
    size_t index;
    struct usher_loop *loop;
    int own_loop, own_client;
    struct usher_server *server;
    struct usher_client *client;
    struct usher_zoho *zoho;
    struct usher_config *config;
    struct usher_webhook_guard guard;
    int objects; /* SUGGESTIONS=objects */
    struct usher_states states;
    struct usher_buffer head; /* the one that is being committed */
    struct usher_publication *adopted;
    struct usher_tasks *tasks;
    struct served *served; /* requests that flows are answering */
                           /* NULL once it is closed */
    int draining;          /* no task begins */
    int closing;           /* stopped: no outside write begins */
    int closed;
    struct usher_bind *bind;
    struct usher_zones *zones;
    struct usher_turn_place place;
    struct usher_json json; /* reads the bodies */

    struct conversation *buckets[CONVERSATION_BUCKETS];
    struct conversation *oldest, *newest;
    size_t conversations;
    struct conversation *spare; /* structs to use again, by hash_next */
    size_t spares;
    struct call *finished; /* the call that ended last, for call_accept() */
    uint64_t anonymous;    /* numbers conversations without a key */
    char forced[USHER_NAME_MAX +
                1]; /* the flow that the next turn starts; "": none */

    struct usher_counters counters;
    atomic_size_t busy;
    pthread_t thread;
    int running;
    /* The running flow's name, eight bytes a word: read by the watchdog. */
    atomic_ullong current[8];
};

/* conversation.c */
/* Takes the call. */
void conversation_accept(struct usher_worker *worker, struct call *call);
/* A state that was asked for is there, or cannot be had (USHER_OK: the newest
 * must do); otherwise why its version could not be read. */
void conversation_state_ready(struct usher_worker *worker, const char *hash,
                              enum usher_status why);
void conversations_free(struct usher_worker *worker);
/* Where flows at rest hold states of many old versions, those of the oldest
 * leave it: their next turn replays. */
void conversations_leave_old_states(struct usher_worker *worker);

/* No turn begins in a state any more that was replaced. */
void conversations_leave_replaced(struct usher_worker *worker);
/* After a turn, a try or a request: asks for others in place of the states
 * that are full of what the files keep. flow: whose turn it was. */
void states_look(struct usher_worker *worker, const char *flow);

/* state_full.c: what the files keep fills the state: another one is asked
 * for, and it is said. Once for each state. 0: it holds what it did from the
 * start, and another one would be as full. Whose turn found it so has given its
 * fiber back. */
int state_full(struct usher_worker *worker, struct usher_state *state,
               const char *flow);

/* head.c */
void head_write(const struct conversation *conv, struct usher_buffer *out);
/* Fills a fresh conversation; rows give the pending run's journal.
 * USHER_ERR_PARSE: damaged, or of a format to come; whoever gets that leaves
 * the stored bytes as they are. */
USHER_MUST_USE enum usher_status
head_read(struct conversation *conv,
          const struct usher_stored_conversation *found);
void row_write(const struct conversation *conv, struct usher_buffer *out);

/* unreadable.c: a conversation was loaded (USHER_OK), or could not be read
 * (USHER_ERR_PARSE). Any thread. */
void unreadable_seen(struct usher_shared *shared, const char *key,
                     size_t key_len, enum usher_status status);

/* serve.c: requests that flows answer (http.serve). */
/* Nonzero: it takes the request. */
int serve_request(struct usher_worker *worker, struct usher_request *request);
/* Answers and drops all that are under way. */
void serve_end(struct usher_worker *worker);

/* webhook.c: the face to HTTP */
void webhook_request(struct usher_worker *worker,
                     struct usher_request *request);
/* Logs, once in a while, that a call was turned away. */
void refusal_log(struct usher_worker *worker,
                 const struct usher_request *request, const char *why);
/* Answers all who wait for the call with this JSON, once. */
void call_answer(struct call *call, const char *json, size_t len);
void call_free(struct call *call);

/* Adopts the newest publication, if there is one. */
void worker_adopt(struct usher_worker *worker);
/* Sets what the watchdog sees; NULL: nothing runs. */
void worker_current(struct usher_worker *worker, const char *flow);
#define WORKER_COUNT(worker, counter)                         \
    atomic_fetch_add_explicit(&(worker)->counters.counter, 1, \
                              memory_order_relaxed)

#define WORKER_GAUGE(worker, gauge, value)                               \
    atomic_store_explicit(&(worker)->counters.gauge, (long long)(value), \
                          memory_order_relaxed)

#endif
