/* engine/conversation/check_ask.c */
#include "conversation/check_ask.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "script/advice.h"

struct question {
    struct usher_script *script;
    const char *path;
    lua_Integer line;
    const char *code;
};

/* Argument: the question. In the script's state. */
static int question_run(lua_State *L)
{
    const struct question *question = lua_touserdata(L, 1);
    luaL_Buffer code;
    const char *text;
    size_t len;

    luaL_buffinit(L, &code);
    for (lua_Integer i = 1; i < question->line; i++)
        luaL_addchar(&code, '\n'); /* so that messages name its line */
    luaL_addstring(&code, question->code);
    luaL_pushresult(&code);
    text = lua_tolstring(L, -1, &len);
    if (usher_script_compile(question->script,
                             lua_pushfstring(L, "@%s", question->path), text,
                             len) != LUA_OK)
        return lua_error(L);
    lua_getfield(L, LUA_REGISTRYINDEX, "usher.object");
    lua_call(L, 0, 1);
    lua_call(L, 1, 0);
    return 0;
}

/* Upvalue: the script. Arguments: path, line, code. */
static int ask(lua_State *L)
{
    struct question question = {
        .script = lua_touserdata(L, lua_upvalueindex(1)),
        .path = luaL_checkstring(L, 1),
        .line = luaL_checkinteger(L, 2),
        .code = luaL_checkstring(L, 3),
    };
    lua_State *script = usher_script_lua(question.script);
    struct usher_error error = {""};
    const char *advice;
    char *traceback;

    lua_pushcfunction(script, question_run);
    lua_pushlightuserdata(script, &question);
    if (usher_script_call(question.script, 1, 0, &error) == USHER_OK)
        return 0;
    traceback = strstr(error.text, "\nstack traceback:");
    if (traceback)
        *traceback = '\0';
    advice = usher_advice(error.text, "");
    lua_pushfstring(L, "%s%s%s", error.text, advice[0] ? " | " : "", advice);
    return 1;
}

void usher_check_ask_push(lua_State *L, struct usher_script *script)
{
    lua_pushlightuserdata(L, script);
    lua_pushcclosure(L, ask, 1);
}
