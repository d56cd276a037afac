/* engine/conversation/conversation.h - between conversation.c (which
 * conversations there are) and turn_run.c (what a turn does). */
#ifndef USHER_CONVERSATION_CONVERSATION_H
#define USHER_CONVERSATION_CONVERSATION_H

#include "conversation/internal.h"

/* Works on what is queued until it has to wait. */
void conversation_pump(struct conversation *conv);
/* Forgets the run and lets its state go. */
void conversation_drop_run(struct conversation *conv);
/* Forgets all; the next call loads from the store. */
void conversation_reset(struct conversation *conv);

/* turn_run.c: begins a turn; takes the call. */
void conversation_turn(struct conversation *conv, struct call *call);
/* The state it waited for is there (or not). */
void conversation_go_on(struct conversation *conv);
/* One of init.lua's texts ("apology", "holding", ...), cut to size. */
void route_text(struct usher_worker *worker, const char *name, char *out,
                size_t size);

/* The apology and the ways to a person. */
void apology_fill(struct usher_worker *worker, struct usher_answer *answer);

#endif
