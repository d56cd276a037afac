/* engine/bind/lua_zone.h - the pure half of the flows' `clock` module. */

#ifndef USHER_BIND_LUA_ZONE_H
#define USHER_BIND_LUA_ZONE_H

#include <lua.h>

/* Pushes one table: zone, fields, unix. It keeps its own cache of zones,
 * which goes with the Lua state. Raises when memory is out. */
int usher_lua_zone_open(lua_State *L);

#endif
