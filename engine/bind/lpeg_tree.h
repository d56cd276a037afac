/* engine/bind/lpeg_tree.h - what lpeg will make of a pattern, read from its
 * own tree. Only where lpeg is a version whose tree is known. */
#ifndef USHER_BIND_LPEG_TREE_H
#define USHER_BIND_LPEG_TREE_H

#include <lua.h>

/* Whether this lpeg's trees can be read. Its table is at `index`. */
int usher_lpeg_is_known(lua_State *L, int index);

/* Whether the pattern at `index` may look at much of a text and yet take
 * little, as "a"^1 * "b" + 1 does: when it is repeated, that may happen at each
 * place. What its rules do, which begin with a step, does not count. */
int usher_lpeg_wastes(lua_State *L, int index);
/* Whether something in it captures, or may, and is no plain lpeg.C. */
int usher_lpeg_captures(lua_State *L, int index);

/* Whether lpeg has made the pattern's code already. */
int usher_lpeg_is_compiled(lua_State *L, int index);

/* How long lpeg takes to check and compile the pattern at `index`, or the
 * grammar of the patterns in the table there, counted beforehand: lpeg goes
 * into each rule that another begins with, each time anew. In steps of some
 * 5 ns. */
float usher_lpeg_cost(lua_State *L, int index);

/* Pushes the name that comes first of those that the grammar in the table at
 * `index` calls and has no rule for, and returns it; NULL: none that is a
 * text. */
const char *usher_lpeg_undefined(lua_State *L, int index);

#endif
