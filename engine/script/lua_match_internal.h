/* engine/script/lua_match_internal.h - what find, match and gmatch
 * (lua_match.c) and gsub (lua_gsub.c) share. */

#ifndef USHER_SCRIPT_LUA_MATCH_INTERNAL_H
#define USHER_SCRIPT_LUA_MATCH_INTERNAL_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

#include "script/lua_match.h"

/* What a call costs whatever it finds: about the time of so many steps. */
enum { LUA_MATCH_CALL_STEPS = 8 };

/* A match with the state it runs in; its own host.user. */
struct lua_match {
    struct usher_match m;
    lua_State *L;
    const struct usher_match_limit *limit;
};

/* The strings that the arguments 1 and 2 are. */
struct lua_match_args {
    const char *subject;
    const char *pattern;
    size_t subject_bytes;
    size_t pattern_bytes;
};

/* Reads them, converting numbers; raises where they are no strings. */
void usher_match_lua_args(lua_State *L, struct lua_match_args *args);

/* Takes a leading '^' off the pattern, and says whether there was one. */
bool usher_match_lua_take_anchor(struct lua_match_args *args);

/* Prepares *call, which stays where it is. The limit is upvalue 1. */
void usher_match_lua_begin(lua_State *L, struct lua_match *call,
                           const struct lua_match_args *args);

/* Pushes value number `index` of the match from start to end. */
void usher_match_lua_push(lua_State *L, struct lua_match *call, int index,
                          const char *start, const char *end);

/* Pushes `count` values of the match and returns count. */
int usher_match_lua_push_all(lua_State *L, struct lua_match *call, int count,
                             const char *start, const char *end);

/* The end of the next match from *at on that does not end at `last`, with its
 * start in *at; or NULL. */
const char *usher_match_lua_next(struct lua_match *call, const char **at,
                                 const char *last);

/* string.gsub, with the limit as upvalue 1. */
int usher_match_lua_gsub(lua_State *L);

#endif
