/* engine/conversation/task_internal.h - what tasks.c, task_run.c and
 * new_tasks.c share. */
#ifndef USHER_CONVERSATION_TASK_INTERNAL_H
#define USHER_CONVERSATION_TASK_INTERNAL_H

#include "conversation/internal.h"
#include "conversation/waiting.h"

/* Tasks of one worker that are at work at the same time. */
#define TASKS_RUNNING_MAX 16

/* Failed tries come again with full jitter between these two, or after what
 * Retry-After says, but within a day; for seven days. */
#define TASK_RETRY_FIRST_MS 1000
#define TASK_RETRY_LAST_MS (15 * 60 * 1000)
#define TASK_RETRY_AFTER_MAX_MS (24LL * 3600 * 1000)
#define TASK_PUT_OFF_MAX_MS \
    (TASK_RETRY_AFTER_MAX_MS + TASK_RETRY_FIRST_MS + TASK_RETRY_LAST_MS)
#define TASK_GIVE_UP_MS (7LL * 24 * 3600 * 1000)

struct task_wait; /* a flow that waits for a task */
struct task_look; /* a task that the store is asked for */

struct task {
    struct usher_tasks *tasks;
    struct task *next;
    /* Of its name and conversation, in the order in which they were promised:
     * it stands behind `before`, and none of them begins a try before that
     * one's end. */
    struct task *before, *behind;
    char id[USHER_TASK_ID_MAX];
    char name[USHER_NAME_MAX + 1];
    char conversation[USHER_KEY_MAX];
    size_t conversation_len;
    enum usher_task_state state;
    uint32_t tries;
    int64_t created_ms; /* Unix; grows in the order of promises */
    int64_t due_ms;     /* Unix */
    int64_t delay_ms;   /* what it was put off for at its last failure */
    /* How long it was worked on by a running engine, pauses left out: what the
     * seven days are counted in, since a clock may jump. */
    int64_t age_ms;
    int64_t aged_ms;  /* steady; when that was last counted */
    char reason[640]; /* "kind: message (hint)" of the last try */

    struct usher_buffer args;     /* encoded */
    struct usher_buffer progress; /* entries of a try that a crash cut off */
    struct usher_intents intents; /* while no run holds them */
    struct usher_buffer result;   /* encoded, once it is done */
    struct usher_buffer earlier;  /* of usher_run.earlier */
    int64_t
        began_ms; /* wall; when the try at work, or cut off, began; else 0 */

    int running;
    int idle; /* has failed; goes on when it is due, or something wakes it */
    int told; /* ... but a service has said when */
    int unreached;    /* it failed since a service could not be reached */
    int guessed;      /* this try comes of a guess */
    unsigned guesses; /* those that were wrong since it was last woken */
    int64_t guess_ms; /* steady; no other one before */
    int committing;   /* the store has not answered yet: nothing else begins */
    unsigned wakes;   /* of all tasks, when its try began */
    int token_works;  /* usher_tasks_token_works() since then */
    struct usher_state *lua;
    struct usher_run run;
    enum commit_step step;
    struct usher_timer timer; /* due; of a paused one: a guess is */
    struct task_wait *waits;
};

struct usher_tasks {
    struct usher_worker *worker;
    struct task *list;
    struct task_look *looks;
    size_t open, paused; /* as /metrics shows them */
    size_t running, idle;
    unsigned wakes; /* how often they were woken */
    int closing;
};

/* Unix, by the even clock. */
int64_t task_now_ms(const struct usher_tasks *tasks);
/* Counts its age up to now. */
void task_age(struct task *task);
struct task *task_find(struct usher_tasks *tasks, const char *id);

/* task_order.c: puts one that is in the list among those of its name and
 * conversation; takes it out, so that the next one may go. */
void task_order_in(struct task *task);
void task_order_out(struct task *task);
/* Nonzero: one of them goes first, or is at work. */
int task_is_behind(const struct task *task);
/* Behind all that are open of this name and conversation; now_ms if it can be.
 */
int64_t task_order_ms(const struct usher_tasks *tasks, const char *name,
                      const char *key, size_t key_len, int64_t now_ms);

/* task_data.c: the stored form. */
void task_data_new(const struct usher_buffer *args, struct usher_buffer *out);
void task_data_write(const struct task *task, struct usher_buffer *out);
/* USHER_ERR_PARSE: damaged, or of a format to come. */
USHER_MUST_USE enum usher_status task_data_read(struct task *task,
                                                const void *data, size_t len);
/* Borrowed from data; empty where the task is not done. */
const char *task_data_result(const void *data, size_t data_len, size_t *len);

/* task_look.c: asks the store for a task; fn comes later, or from inside. It is
 * not called after task_look_cancel() of its user. */
typedef usher_load_fn task_look_fn;
USHER_MUST_USE enum usher_status task_look(struct usher_tasks *tasks,
                                           const char *id, task_look_fn *fn,
                                           void *user);
void task_look_cancel(struct usher_tasks *tasks, const void *user);
void task_looks_free(struct usher_tasks *tasks);
/* See usher_tasks_retry(). */
USHER_MUST_USE enum usher_status
task_load_again(struct usher_tasks *tasks, const struct usher_task_row *row);

/* It is at work, or not any more. */
void task_started(struct task *task);
void task_stopped(struct task *task);

/* task_run.c: a try. */
void task_try(struct task *task);
/* Its state, counted; it waits for nobody any more where it goes on or is
 * done. */
void task_state_set(struct task *task, enum usher_task_state state);
/* Whether a person must act before it succeeds. */
void task_why_set(struct task *task, enum usher_why why);
/* Sets the timer for its next try, or starts it where there is room. */
void task_schedule(struct task *task);
/* Starts what is due and had no room. */
void tasks_next(struct usher_tasks *tasks);

/* task_wake.c: counts it as idle, or not. */
void task_idle_set(struct task *task, int idle);
/* A try failed: whether what was missing may have come while it was at work. */
int task_may_be_mended(const struct task *task);
/* It is done: what its conversation's other tasks missed may be there now. */
void task_done_wake(const struct task *done);
/* A try failed: the next guess has to wait longer. */
void task_guess_failed(struct task *task);
/* On all workers, see usher_tasks_guess(). */
void tasks_guess_all(const struct usher_shared *shared, const char *name);
/* A call to the service was answered, or was not. */
void tasks_network(struct usher_shared *shared, enum usher_zoho_service service,
                   int reached);
/* task_wait.c: it is finished or put off: tells the flows that wait. results:
 * encoded first value of a finished one; NULL: not done. */
void task_tell(struct task *task, const struct usher_buffer *results);
/* Not done, neither it nor what stands behind it. */
void task_tell_all(struct task *task);
void task_free(struct task *task);

#endif
