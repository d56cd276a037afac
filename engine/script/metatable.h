/* engine/script/metatable.h - setmetatable and getmetatable of flows.
 *
 * A table that is weak shows what the collector has done, so a replay could
 * go elsewhere. Lua reads "__mode" each time it collects: to look at it in
 * setmetatable() is not enough, it may be set later. So every table that is
 * used as a metatable gets a hidden metatable of its own, the guard, whose
 * __newindex refuses that key (and "__gc"). Flows have no other way to write a
 * new key, since they have no rawset.
 *
 * Where such a table has a metatable itself (a class that inherits), a hidden
 * one takes its place, which looks up there what it is asked for. Flows see
 * what they have set. So does one in the place of a metatable with "__call",
 * which must be a function: through tables that stand for each other Lua would
 * go in a loop of its own. */
#ifndef USHER_SCRIPT_METATABLE_H
#define USHER_SCRIPT_METATABLE_H

#include <lua.h>

/* Sets setmetatable, getmetatable and error (which counts no hidden function as
 * a level) in the table on the stack's top. Once for each state. */
void usher_metatable_open(lua_State *L);
/* Pushes the metatable that flows see of the value; 0: none, nothing is
 * pushed. In any state. */
int usher_metatable_get(lua_State *L, int index);
/* The metatable on the stack's top refuses all writes to its tables, and is
 * seen by no flow: its tables need no guard. */
void usher_metatable_sealed(lua_State *L);

#endif
