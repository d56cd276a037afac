/* engine/conversation/check_ask.h - what the sandbox says of a piece of a flow:
 * `usher check` asks it, so that it says what a visitor's turn would log. */
#ifndef USHER_CONVERSATION_CHECK_ASK_H
#define USHER_CONVERSATION_CHECK_ASK_H

#include <lua.h>

#include "script/script.h"

/* Pushes a function: ask("flows/one.lua", 3, "return chat.sya") -> "flows/
 * one.lua:3: there is no chat.sya; ...", nil where nothing is raised. The code
 * runs outside of any conversation, with the chat as its argument: effects
 * raise. The script must live as long. */
void usher_check_ask_push(lua_State *L, struct usher_script *script);

#endif
