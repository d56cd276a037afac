/* engine/conversation/lua_text.h - what texts.lua needs to judge what a
 * visitor is to read, and to say where its author wrote it. */
#ifndef USHER_CONVERSATION_LUA_TEXT_H
#define USHER_CONVERSATION_LUA_TEXT_H

#include <lua.h>

/* engine.author() -> "flows/one.lua", line; nothing where it is not known */
int usher_lua_author(lua_State *L);

/* engine.code(path, line) -> some lines of the source, from that one on; or
 * nil */
int usher_lua_code(lua_State *L);

/* engine.is_written(word, path [, "begin" or "end"]) -> whether a text in that
 * file has it among its words, and is meant to be read then; or begins or ends
 * with it. */
int usher_lua_is_written(lua_State *L);

/* engine.made() -> { { word, path, line }, ... } of what the running flow made
 * a text of though it is none ("nil", "table"); nil: nothing. path is "" where
 * it is not known. */
int usher_lua_made(lua_State *L);

/* engine.strict() -> whether a text that no visitor should read raises: where
 * its author looks on, in specs and in the terminal chat (usher_bind.strict),
 * and in `usher check`, which has no worker.
 * In service it is said without what is wrong, and logged. */
int usher_lua_strict(lua_State *L);

/* engine.hole(message): logs it, each of them now and then, and counts it. */
int usher_lua_hole(lua_State *L);

/* __index of chat: upvalues are the table of its methods, and the function for
 * all else. Notes the line, see script/author.h. */
int usher_lua_chat_index(lua_State *L);

#endif
