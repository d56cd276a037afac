/* engine/conversation/normal.h - a message as buttons, triggers and words are
 * compared with it. */
#ifndef USHER_CONVERSATION_NORMAL_H
#define USHER_CONVERSATION_NORMAL_H

#include <lua.h>
#include <stddef.h>

/* Writes text in lower case (ASCII), without emoji and signs (apostrophes
 * stay), single spaces between words, none at the ends. Returns the length;
 * out has room for len bytes and may be text itself. */
size_t usher_normal(const char *text, size_t len, char *out);

/* engine.normal(text) -> text */
int usher_lua_normal(lua_State *L);

#endif
