/* engine/script/lua_sort.h - table.sort for flows: stable, the same in each
 * run, and never more than n log n comparisons, whatever they answer. */
#ifndef USHER_SCRIPT_LUA_SORT_H
#define USHER_SCRIPT_LUA_SORT_H

#include <lua.h>

/* table.sort(list [, comes_before]) with the list's length. */
int usher_sort(lua_State *L, lua_Integer n);

#endif
