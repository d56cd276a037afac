/* engine/script/lua_table.h - Lua's table library for flows, within the limits
 * of a turn.
 *
 * Lua's own functions ask for a table's length and then work through it in one
 * C call: a __len that lies, or that answers otherwise the second time, lets
 * them run for years. These ask once and charge each step. Sorting is stable,
 * and the same in each run: Lua's draws its pivots from the time. */
#ifndef USHER_SCRIPT_LUA_TABLE_H
#define USHER_SCRIPT_LUA_TABLE_H

#include <lua.h>

/* Pushes { insert, remove, move, concat, unpack, pack, sort }. */
void usher_table_open(lua_State *L);

#endif
