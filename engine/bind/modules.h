/* engine/bind/modules.h - what opens each module, and the few things that the
 * modules share. For this folder and its tests. */
#ifndef USHER_BIND_MODULES_H
#define USHER_BIND_MODULES_H

#include <lua.h>

#include "bind/bind.h"

/* Each pushes the module's table and gives 1; they raise when memory is out. */
int usher_lua_http_serve(lua_State *L); /* of the module http */
int usher_lua_http_open(lua_State *L);
int usher_lua_zoho_open(lua_State *L);
int usher_lua_token_open(lua_State *L);
int usher_lua_clock_open(lua_State *L);
int usher_lua_log_open(lua_State *L);
int usher_lua_config_open(lua_State *L);
int usher_lua_os_open(lua_State *L);
int usher_lua_math_open(lua_State *L);
int usher_lua_cjson_open(lua_State *L);
int usher_lua_lpeg_open(lua_State *L);
int usher_lua_re_open(lua_State *L);

#endif
