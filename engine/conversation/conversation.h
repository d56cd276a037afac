/* engine/conversation/conversation.h - between conversation.c (which
 * conversations there are) and turn_run.c (what a turn does). */
#ifndef USHER_CONVERSATION_CONVERSATION_H
#define USHER_CONVERSATION_CONVERSATION_H

#include "conversation/internal.h"

/* Works on what is queued until it has to wait. */
void conversation_pump(struct conversation *conv);
/* Forgets the run and lets its state go. */
void conversation_drop_run(struct conversation *conv);
/* Frees the struct and its buffers; it is in no list and holds no state. */
void conversation_memory_free(struct conversation *conv);
/* unreadable.c: one that no worker has, for head_read(); for
 * conversation_memory_free(). NULL: memory. */
struct conversation *conversation_scratch(const char *key, size_t key_len);
/* Forgets all; the next call loads from the store. */
void conversation_reset(struct conversation *conv);

/* show.c: reads one from the store, for conversation_memory_free() whatever
 * the status; *out is NULL without memory. USHER_ERR_NOT_FOUND;
 * USHER_ERR_PARSE: what could be read. Waits. */
struct usher_admin;
enum usher_status usher_conversation_load(const struct usher_admin *admin,
                                          const char *key, size_t len,
                                          struct conversation **out);
/* show_turns.c: the input of the last turn in some entries: what its flow
 * began with, or its last question got. 0: they hold none. */
int usher_turn_input_find(const char *entries, size_t len,
                          struct usher_reader *input);

/* ---- turn_run.c ---- */

/* Begins a turn; takes the call. */
void conversation_turn(struct conversation *conv, struct call *call);
/* The state it waited for is there (or not). */
void conversation_go_on(struct conversation *conv);
/* Goes on after a step of the run. */
void turn_handle(struct conversation *conv, enum usher_run_state state);
/* Adds to conv->drawn what its flow drew in this turn. */
void turn_drawn(struct conversation *conv);

/* ---- turn_end.c ---- */

/* The flow waits for the visitor, or ended: records, commits, answers. */
void turn_finish(struct conversation *conv);
/* It raised or went over a limit: what it said, asked and remembered in this
 * turn is dropped, its outside writes are not. */
void turn_fail(struct conversation *conv, const char *what);
/* Sends the recorded answer; the conversation rests. */
void turn_send(struct conversation *conv);
/* The next caller gets what is owed. */
void turn_owed(struct conversation *conv);
/* The store failed: the visitor gets the way to a person, what the turn did is
 * forgotten. */
void turn_lost(struct conversation *conv, enum usher_status status);
/* Commits an outside write's intent or result, and new tasks, in mid-turn. */
void turn_commit_write(struct conversation *conv, enum commit_step step);

/* ---- route.c ---- */

/* The flow that answers the turn, into out; "" when none does. stage: see
 * engine/lua/routing.lua. Gives 0 when a trigger's function raised. */
int route_find(struct conversation *conv, int stage, char *out, size_t size);
/* One of init.lua's texts ("apology", "holding", ...), cut to size. */
void route_text(struct usher_worker *worker, const char *name, char *out,
                size_t size);
/* The apology and the ways to a person. */
void apology_fill(struct usher_worker *worker, struct usher_answer *answer);

#endif
