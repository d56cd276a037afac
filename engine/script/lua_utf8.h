/* engine/script/lua_utf8.h - Lua's utf8 library for flows, charged by the
 * bytes that it goes over. */
#ifndef USHER_SCRIPT_LUA_UTF8_H
#define USHER_SCRIPT_LUA_UTF8_H

#include <lua.h>

/* Pushes the library. */
void usher_utf8_open(lua_State *L);

#endif
