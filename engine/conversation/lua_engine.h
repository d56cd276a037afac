/* engine/conversation/lua_engine.h - the primitives below chat.lua and
 * task.lua: the table `engine` that only the engine's own Lua files see. */
#ifndef USHER_CONVERSATION_LUA_ENGINE_H
#define USHER_CONVERSATION_LUA_ENGINE_H

#include "script/script.h"

/* Makes a script ready for runs: loads the engine's Lua files, the version's
 * sources, and compiles init's routes. On error says file and line. */
USHER_MUST_USE enum usher_status
usher_lua_engine_open(struct usher_script *script, struct usher_error *error);

/* Only what a flow finds under `chat` and among the modules: for a version that
 * does not load, to ask what there is. */
USHER_MUST_USE enum usher_status
usher_lua_engine_sketch(struct usher_script *script, struct usher_error *error);

/* What is odd about the flows, though they load, one line each, from 0 on; ""
 * behind the last. Lives as long as the script. */
const char *usher_lua_engine_note(struct usher_script *script, size_t index);

/* nearest(word, table) -> the key that the word was probably meant as, or nil;
 * in any state. */
int usher_lua_engine_nearest(lua_State *L);

#endif
