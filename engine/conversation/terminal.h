/* engine/conversation/terminal.h - a talk with the bot in a terminal, for
 * `usher chat`: lines typed are what a visitor says, numbers are clicks
 * (engine/cli/chat.lua). */
#ifndef USHER_CONVERSATION_TERMINAL_H
#define USHER_CONVERSATION_TERMINAL_H

#include <stdio.h>

#include "core/config.h"

struct usher_terminal_options {
    const char *flows;  /* the folder; NULL: the flows that are built in */
    const char *url;    /* a running engine's webhook; NULL: one of its own,
                           with a store in memory and the simulator */
    const char *secret; /* WEBHOOK_SECRET of that engine; or NULL */
    const char *web;    /* Lua that says what other hosts answer (then there
                           is no network); NULL: they are asked */
    const char *zone;   /* the visitor's */
    const struct usher_config_source *source; /* as usher_stage_options */
    const char *welcome;                      /* said before the first line */
    int in;                                   /* a descriptor */
    FILE *out;
    int colours;
    int echo; /* shows what was typed: input does not come from a terminal */
};

/* Talks until the input ends or /quit; blocks. USHER_ERR_INVALID: flows that
 * do not load, with `error` for people. */
USHER_MUST_USE enum usher_status
usher_terminal_run(const struct usher_terminal_options *options,
                   struct usher_error *error);

#endif
