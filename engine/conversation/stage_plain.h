/* engine/conversation/stage_plain.h - modules of the flows seen from a spec's
 * state: only plain data goes between the two. */
#ifndef USHER_CONVERSATION_STAGE_PLAIN_H
#define USHER_CONVERSATION_STAGE_PLAIN_H

#include <lua.h>

#include "script/script.h"

/* Pushes what the module returned as plain data of L: functions (and what else
 * is not plain) as true; nil when there is no such module. */
int stage_plain_module(lua_State *L, struct usher_script *script,
                       const char *name);
/* Calls a module's function (or the module itself, function "") with the
 * values of L from `first` on, within a turn's limits. Raises in L what it
 * raises, and for what is no plain data. Effects cannot be used there. */
int stage_plain_call(lua_State *L, struct usher_script *script,
                     const char *module, const char *function, int first);

#endif
