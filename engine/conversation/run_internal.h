/* engine/conversation/run_internal.h - what run.c, run_effects.c,
 * run_writes.c, run_guess.c and run_drawn.c share: the journal's entries.
 *
 * An entry is name, target, count, values (length-prefixed, the count a
 * varint). That of an outside write has one byte more behind its values, the
 * mark: which outcome it had (enum usher_outcome, plus 1). Who does not know of
 * it reads `count` values and sees no difference; entries from before have
 * none. That of a draw (the time, a random number) has RUN_MARK_DRAWN there. An
 * effect that raised is the entry "raised" with its message. */
#ifndef USHER_CONVERSATION_RUN_INTERNAL_H
#define USHER_CONVERSATION_RUN_INTERNAL_H

#include "conversation/run.h"

struct run_entry {
    const char *name, *target, *values;
    size_t name_len, target_len, len; /* of values: what is read has the mark */
    unsigned count;
    unsigned mark; /* to be written, or of run_entry_mark(); 0: none */
};

#define RUN_MARK_DRAWN (USHER_OUTCOME_UNCLEAR + 2u)
/* ... and that of one which took its value from an earlier try. */
#define RUN_MARK_TAKEN (RUN_MARK_DRAWN + 1u)
#define RUN_MARK_MAX RUN_MARK_TAKEN

/* run->begun: an effect began, and its entry is not written yet. */
enum {
    RUN_BEGUN = 1,  /* what raised since left no entry: the turn cannot go on */
    RUN_CALLING = 2 /* it calls code that is not ours: what that raises is kept,
                     * and no effect is taken from inside */
};

/* Why a turn cannot go on. */
#define RUN_NO_MEMORY "not enough memory"
#define RUN_HALF_DONE \
    "an effect ended in an error that left no entry in the journal"

/* Appends an entry; the cursor stands behind it. USHER_ERR_LIMIT (the journal
 * is full) or USHER_ERR_NOMEM: nothing is appended, and run->broken makes the
 * turn fail, whatever the flow does. */
enum usher_status run_entry_write(struct usher_run *run,
                                  const struct run_entry *entry);
/* To any buffer, whose `failed` tells. */
void run_entry_append(struct usher_buffer *out, const struct run_entry *entry);
/* The next entry with its mark, borrowed; 0: damaged. */
int run_entry_next(struct usher_reader *reader, struct run_entry *entry);
/* Reads the entry at the cursor, borrowed from the journal; 0: damaged. */
int run_entry_read(struct usher_run *run, struct run_entry *entry);
/* Finds the mark behind the values of one that was read; 0: damaged. */
int run_entry_mark(struct run_entry *entry);
/* The cursor is not at the journal's end yet. */
int run_replaying(const struct usher_run *run);
/* Pushes `count` encoded values; gives count. May raise. */
int run_values_push(lua_State *L, const char *values, size_t len,
                    unsigned count);
/* Raises, and the turn fails whatever the flow does about it: an effect that
 * leaves no entry must not be one that a flow can go on after. `why` is a
 * literal. */
int run_break(lua_State *L, struct usher_run *run, const char *why);

/* run_writes.c. Answers a write from its recorded result and gives their
 * count; -1: its intent is made, it may be sent. A write that surely failed
 * uses up no number (usher_occurrence): asked for again it is the same one. */
int run_write_begin(lua_State *L, struct usher_run *run,
                    const struct usher_effect *effect);
/* It was sent, or refused: its intent is closed. */
void run_write_end(struct usher_run *run, const void *results, size_t len,
                   unsigned count, enum usher_outcome outcome);
/* It was answered from the journal: it counts as it did. Raises without
 * memory. */
void run_write_replayed(lua_State *L, struct usher_run *run,
                        const struct usher_effect *effect,
                        const struct run_entry *entry);

/* run_guess.c. A write or a task is not known, and would be a new one: returns
 * where it is. Else the coroutine is left, for another look at what it would be
 * had time stood still. */
void run_guess_look(lua_State *L, struct usher_run *run,
                    const struct usher_effect *effect);
/* It is known. */
void run_guess_found(struct usher_run *run, struct usher_intent *intent);
/* Something else happens that stands in no journal. */
void run_guess_live(lua_State *L, struct usher_run *run);
/* After the coroutine was left, or ended: 1 when it is to be started again, on
 * the journal that is there now. */
int run_guess_again(struct usher_run *run);
/* Forgets the question. */
void run_guess_drop(struct usher_run *run);

/* run_drawn.c. Ways to put the earlier draws in the place of the new ones. */
enum run_drawn_way {
    RUN_DRAWN_ALL,        /* the first for the first, and so on */
    RUN_DRAWN_NOT_FAILED, /* without those for a write that failed and was asked
                           * for again: it is asked for only once now */
    RUN_DRAWN_FROM_WRITE, /* the last before the write for the last before it: a
                           * later try may draw more on its way there */
    RUN_DRAWN_NEAREST,    /* the same, but only of those that nothing came
                           * after: what it read before may hold such, too */
    RUN_DRAWN_WAYS
};
/* Appends the journal with the earlier draws; 0: it is the same as before, or
 * there is no memory. */
int run_drawn_journal(const struct usher_run *run, enum run_drawn_way way,
                      struct usher_buffer *out);

/* In effect.flags: it looks itself whether it is known (chat:task). */
#define RUN_EFFECT_KNOWN 0x100u

/* Reads counts_start into the occurrences; 0 without memory. */
int run_counts_read(struct usher_run *run);
/* Frees the job, started or not, without cancelling it. */
void run_job_free(struct usher_run *run);

#endif
