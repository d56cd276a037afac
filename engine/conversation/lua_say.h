/* engine/conversation/lua_say.h - what a flow says, into the turn's answer and
 * the journal. */
#ifndef USHER_CONVERSATION_LUA_SAY_H
#define USHER_CONVERSATION_LUA_SAY_H

#include <lua.h>

/* engine.say("text"|"button"|"card"|"input", payload, more) */
int usher_lua_say(lua_State *L);

/* engine.say_plain(reply) -> true, or false where nothing was said: the reply
 * is more than short texts and known or plain buttons, or may be wrong, and Lua
 * sees to it. Upvalue: the table `engine`. */
int usher_lua_say_plain(lua_State *L);

#endif
