/* engine/conversation/lua_engine.h - the primitives below chat.lua and
 * task.lua: the table `engine` that only the engine's own Lua files see. */
#ifndef USHER_CONVERSATION_LUA_ENGINE_H
#define USHER_CONVERSATION_LUA_ENGINE_H

#include "script/script.h"

/* Makes a script ready for runs: loads the engine's Lua files, the version's
 * sources, and compiles init's routes. On error says file and line. */
USHER_MUST_USE enum usher_status
usher_lua_engine_open(struct usher_script *script, struct usher_error *error);

/* What is odd about the flows, though they load: one line, or "". Lives as long
 * as the script. */
const char *usher_lua_engine_note(struct usher_script *script);

#endif
