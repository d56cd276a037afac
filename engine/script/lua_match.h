/* engine/script/lua_match.h - string.find, match, gmatch and gsub for flows:
 * Lua 5.4's in results and errors, but bounded by a budget of steps. */

#ifndef USHER_SCRIPT_LUA_MATCH_H
#define USHER_SCRIPT_LUA_MATCH_H

#include <lua.h>
#include <stddef.h>

#include "script/match.h"

/* What bounds the library functions of one Lua state. */
struct usher_match_limit {
    /* Borrowed; outlives the state. */
    struct usher_match_budget *budget;
    /* Called by any function of the state once steps_left is 0 or less, with
     * the coroutine that runs: gives more steps or raises a Lua error of its
     * choice. */
    void (*exhausted)(lua_State *L, void *user);
    void *user;
};

/* Takes steps from the budget, and calls exhausted when they are used up: may
 * raise. A limit of NULL bounds nothing. */
void usher_match_limit_spend(lua_State *L,
                             const struct usher_match_limit *limit,
                             size_t steps);

/* Pushes a table { find, match, gmatch, gsub } whose functions share the
 * budget. A result that grows costs one step for each 16 bytes. Memory is the
 * state's own and may raise. Like Lua's, none of the four can be yielded
 * across; the iterator that gmatch returns may be kept over a yield. */
void usher_match_open(lua_State *L, struct usher_match_budget *budget,
                      void (*exhausted)(lua_State *L, void *user), void *user);

#endif
