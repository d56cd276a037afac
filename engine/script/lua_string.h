/* engine/script/lua_string.h - what flows get in place of those functions of
 * Lua's string library that show addresses or make strings without bound. */

#ifndef USHER_SCRIPT_LUA_STRING_H
#define USHER_SCRIPT_LUA_STRING_H

#include <lua.h>
#include <stddef.h>

/* Pushes a table { format, rep }.
 *
 * format is Lua's, but its %s shows what usher_string_tostring() gives, and
 * its %p raises. rep is Lua's, but raises where the result would be longer
 * than max_bytes. Both charge their work to the state's script
 * (usher_script_charge()). Leaves the metatable of strings as it is. */
void usher_string_open(lua_State *L, size_t max_bytes);

/* tostring(v): Lua's, with __tostring and __name, but a value of which Lua
 * shows the address is only named: "table", "function", or its __name. */
int usher_string_tostring(lua_State *L);

/* The same for C, like luaL_tolstring(): pushes the string and returns its
 * bytes, which live as long as it is on the stack. Raises if __tostring does,
 * or gives no string. */
const char *usher_string_tolstring(lua_State *L, int index, size_t *bytes);

#endif
