/* engine/conversation/run.h - one execution of a flow or a task: its fiber,
 * its journal, its outside writes.
 *
 * The journal is the truth, the fiber a cache: usher_run_rest() may free the
 * fiber whenever the flow waits for the visitor; the next step replays. A run
 * belongs to one worker. It is stepped by its owner (a conversation, a task),
 * who commits what the header asks for between the steps. */
#ifndef USHER_CONVERSATION_RUN_H
#define USHER_CONVERSATION_RUN_H

#include <stdint.h>

#include "core/buffer.h"
#include "script/effect.h"
#include "script/fiber.h"

/* An entry of the journal may have this many bytes, a run's journal that
 * many, and a turn so many effects. */
#define USHER_ENTRY_MAX (256u * 1024)
#define USHER_JOURNAL_MAX (8u * 1024 * 1024)
#define USHER_EFFECTS_MAX 10000
#define USHER_MEMORY_MAX (32u * 1024)

/* Bytes of a flow's or a task's name; init.lua can name no longer one. */
#define USHER_NAME_MAX 63

enum usher_run_state {
    USHER_RUN_LISTEN,  /* waits for the visitor's next message */
    USHER_RUN_PASS,    /* its question did not understand the message */
    USHER_RUN_JOB,     /* waits for a job; see run->write */
    USHER_RUN_LEFT,    /* ended by forward, finish or hand_over */
    USHER_RUN_DONE,    /* returned; a task's results are in run->results */
    USHER_RUN_FAILED,  /* raised; run->error */
    USHER_RUN_KILLED,  /* over a limit; run->error */
    USHER_RUN_DIVERGED /* replay met other effects than the journal holds */
};

enum usher_intent_state {
    USHER_INTENT_OPEN,   /* may be under way, or lost in a crash */
    USHER_INTENT_DONE,   /* result recorded */
    USHER_INTENT_FAILED, /* surely not done: may be done again */
    USHER_INTENT_UNCLEAR /* nobody knows; result recorded */
};

/* Whether it was asked for: in this turn or try, or in one that ended well. */
enum usher_met { USHER_UNMET, USHER_MET, USHER_MET_WELL };

/* How the last call ended: what a try that fails then has to do with it. */
enum usher_last_call {
    USHER_CALL_CLEAR,   /* a read, a write that was done, or surely was not */
    USHER_CALL_UNCLEAR, /* a write that nobody knows of */
    USHER_CALL_STUCK    /* such a one of an earlier turn or try: its record was
                         * the answer, and nothing was sent */
};

/* An outside write of this run: found again by its key in every replay,
 * restart or mended version. */
struct usher_intent {
    char key[33];
    enum usher_intent_state state;
    int carried;                 /* of the flow before in this turn, and not
                                  * asked for since */
    enum usher_met met;          /* not kept */
    unsigned count;              /* of results */
    struct usher_buffer results; /* encoded */
};

struct usher_intents {
    struct usher_intent *list; /* as they were last asked for, but in replay */
    size_t count;
};
void usher_intents_clear(struct usher_intents *intents);
/* Marks all as carried; drops those that still are. */
void usher_intents_carry(struct usher_intents *intents);
void usher_intents_drop_carried(struct usher_intents *intents);
/* The turn ended well: what was asked for is settled. */
void usher_intents_settle(struct usher_intents *intents);
/* They are to be asked for again; `all`: also what was settled. */
void usher_intents_unmeet(struct usher_intents *intents, int all);
void usher_intents_write(const struct usher_intents *intents,
                         struct usher_buffer *out);
/* USHER_ERR_PARSE or USHER_ERR_NOMEM leave it empty. */
USHER_MUST_USE enum usher_status
usher_intents_read(struct usher_intents *intents, struct usher_reader *reader);

struct usher_run;
struct usher_answer;
struct usher_transcript;
struct usher_new_tasks;

/* What a run asks of its owner, from inside a step. */
struct usher_run_owner {
    /* A job ended: commit its result if run->write, then step. */
    void (*job_done)(void *owner, struct usher_run *run);
    /* An effect is about to happen; for fault tests. May be NULL. */
    void (*effect)(void *owner, const char *name);
    /* A text was said without what was missing in it; the message is of the
     * flow's line and code, with nothing of a visitor's. May be NULL. */
    void (*hole)(void *owner, const char *message);
    /* Unix. May be NULL: nobody knows. */
    int64_t (*wall_ms)(void *owner);
};

struct usher_run {
    struct usher_script *script;
    char flow[USHER_NAME_MAX + 1];
    struct usher_fiber *fiber; /* NULL: not live */
    struct usher_buffer journal;
    size_t turn_start; /* length of the journal when the turn began */
    size_t cursor;     /* what replay has read of it */
    struct usher_buffer memory_start; /* chat.memory as the run began */
    /* Occurrences as the run began, encoded; "": none. What the flow before it
     * did in the same turn counts on, so that the same write of both is two. */
    struct usher_buffer counts_start;
    struct usher_intents intents;

    void *owner;
    const struct usher_run_owner *ops;
    struct usher_answer *answer;               /* NULL: a task */
    const struct usher_transcript *transcript; /* or NULL */
    struct usher_new_tasks *new_tasks;         /* NULL: a task */
    int64_t deadline_ms;                       /* for jobs; 0: none */
    unsigned effects;                          /* in this turn */

    enum usher_run_state wait; /* set by whoever yields */
    struct usher_job *job;     /* under way or about to start */
    int job_started;
    int write;           /* the job is an outside write: its intent, then its
                            result, are to be committed */
    size_t write_intent; /* its place in intents */
    uint64_t write_hash; /* of its usher_occurrence */
    enum usher_last_call last_call; /* the clock and settings are no calls */
    struct usher_buffer results;    /* of the job or the task, encoded */
    unsigned result_count;
    int object; /* registry reference of the chat (or task) object */

    /* Of RUN_LEFT. */
    char leave[16];                      /* "forward", "end", "flow", ... */
    char leave_flow[USHER_NAME_MAX + 1]; /* the flow to go on with */

    /* The task that it waited for last of those that returned nothing. */
    char gave_nothing[USHER_NAME_MAX + 1];

    int diverged;
    int broken; /* USHER_OK, or why an effect could not be kept: the turn
                 * fails. USHER_ERR_LIMIT: the journal is full */
    const char *broken_why; /* a literal, or NULL */

    /* What clock and chance gave in a try or turn before this one, which failed
     * (usher_run_drawn()); NULL: nothing. Where a write is not known, it is
     * looked for with these: see run_guess.c. `part`: which flow of the turn
     * this is, 0, 1, ... */
    const struct usher_buffer *earlier;
    unsigned part;
    int made;                      /* a write or a task was, in this turn */
    struct usher_buffer untouched; /* the journal, while one with those is
                                    * tried; and how far that is: */
    struct usher_buffer wanted;
    int guess, again;
    unsigned guess_way, refused;
    size_t said; /* what the journal says up to here is in the answer */

    int begun; /* see run_internal.h */

    /* Occurrences of each write, and of tasks by name, since the run's start:
     * of those that were done or may have been. */
    struct usher_occurrence {
        uint64_t hash;
        unsigned count;
    } * occurrences;
    size_t occurrence_count;

    struct usher_fiber_error error; /* the last: large, and seldom read */
};

/* The run starts on `script` with the given journal owner; nothing runs yet.
 * The struct is all zeros or was cleared before. */
void usher_run_init(struct usher_run *run, struct usher_script *script,
                    const char *flow, void *owner,
                    const struct usher_run_owner *ops);
/* Cancels a job under way, frees the fiber, drops the journal, everything;
 * the buffers keep some memory for the next run. */
void usher_run_clear(struct usher_run *run);
/* Likewise, and that memory, too. */
void usher_run_free(struct usher_run *run);
/* Frees the fiber only; not while a job is under way. */
void usher_run_rest(struct usher_run *run);
/* Drops the journal behind turn_start and the fiber: the turn never was,
 * except for its intents. */
void usher_run_undo_turn(struct usher_run *run);
/* Drops the whole journal and the fiber; intents and occurrences stay known
 * as intents. For restarts after divergence and for a task's next try. */
void usher_run_restart(struct usher_run *run);

/* Writes the first entry: what the run starts with (encoded value: a turn's
 * input, a task's arguments). The journal must be empty. */
void usher_run_begin(struct usher_run *run, const void *input, size_t len);

/* Marks the beginning of a turn: limits anew, turn_start set. */
void usher_run_turn(struct usher_run *run);

/* Starts or replays the flow up to its first live wait, or goes on after a
 * job. */
enum usher_run_state usher_run_step(struct usher_run *run);
/* Gives the visitor's message to a run that waits for one (after
 * usher_run_step() gave USHER_RUN_LISTEN). */
enum usher_run_state usher_run_message(struct usher_run *run, const void *input,
                                       size_t len);
/* After USHER_RUN_PASS: nobody else wants the message; the flow asks again. */
enum usher_run_state usher_run_ask_again(struct usher_run *run);

/* Starts the job that USHER_RUN_JOB waits for. */
void usher_run_job_start(struct usher_run *run);

/* The occurrences so far, for counts_start of the flow that goes on. */
void usher_run_counts(const struct usher_run *run, struct usher_buffer *out);
/* Appends what these entries hold of clock and chance as one flow's part, for
 * `earlier` of a try or turn to come. */
void usher_run_drawn(const void *entries, size_t len, struct usher_buffer *out);
/* A try or turn failed that drew this: it becomes `earlier`, unless that knows
 * of writes that this one did not come to. `drawn` is empty after. */
void usher_run_drawn_keep(const struct usher_run *run,
                          struct usher_buffer *drawn,
                          struct usher_buffer *earlier);
/* Which task of this name it is: 1, 2, ...; 0 without memory. */
unsigned usher_run_task_number(struct usher_run *run, const char *name);

/* Keeps the key (32 characters) among the intents as done; and asks. */
USHER_MUST_USE enum usher_status usher_run_remember(struct usher_run *run,
                                                    const char *key);
int usher_run_remembers(struct usher_run *run, const char *key);

/* Pushes what the run began with: its input, its memory. Raise without
 * memory; give 1. */
int usher_run_input_push(struct usher_run *run, lua_State *L);
int usher_run_memory_push(struct usher_run *run, lua_State *L);

/* chat.memory as it is now, encoded; fails like usher_value_encode(). Only
 * with a live fiber. */
USHER_MUST_USE enum usher_status usher_run_memory(struct usher_run *run,
                                                  struct usher_buffer *out,
                                                  struct usher_error *error);

/* Nonzero: these are entries of a journal, each whole. */
int usher_entries_are_whole(const void *bytes, size_t len);
/* Where the last flow among them starts; 0: it started before. */
size_t usher_entries_last_start(const void *bytes, size_t len);

/* For effects made in this folder: like usher_effect_* but known to be inside
 * a run. */
extern const struct usher_effect_host usher_run_host;
/* The run whose fiber L is. */
struct usher_run *usher_run_of(lua_State *L);

#endif
