/* tests/bench/zone.c - `clock` as a module for an ordinary Lua, for parse.lua.
 */
#include "bind/lua_zone.h"

int luaopen_zone(lua_State *L);
int luaopen_zone(lua_State *L)
{
    return usher_lua_zone_open(L);
}
