/* engine/bind/ordinary.h - an ordinary Lua state, with all of Lua's libraries
 * and without limits: for the engine's own Lua programs (the simulator, specs,
 * the commands), never for flows. */
#ifndef USHER_BIND_ORDINARY_H
#define USHER_BIND_ORDINARY_H

#include <lua.h>

#include "core/status.h"

/* A state in which `require` finds cjson, and the built-in files before those
 * of the disk: "simulator" and "simulator.desk" lie in
 * engine/simulator/, "usher.spec" is engine/lua/spec.lua, "usher.cli.parse" is
 * engine/cli/parse.lua. For lua_close(); NULL: memory is out. */
lua_State *usher_ordinary_new(void);

/* Calls the function below nargs arguments, leaves nresults; on error leaves
 * nothing, and the message with its traceback is in error. Where `exit` was
 * called, nothing returns. */
USHER_MUST_USE enum usher_status usher_ordinary_call(lua_State *L, int nargs,
                                                     int nresults,
                                                     struct usher_error *error);

#endif
