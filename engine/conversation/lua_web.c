/* engine/conversation/lua_web.c - reads the answers that Lua gives. */
#include "conversation/lua_web.h"

#include <lauxlib.h>

#include "script/lua_string.h"

void usher_lua_web_open(struct usher_lua_web *web, lua_State *L)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
    web->L = lua_tothread(L, -1);
    lua_pop(L, 1);
    web->answer = LUA_NOREF;
    web->function = luaL_ref(L, LUA_REGISTRYINDEX);
}

void usher_lua_web_close(struct usher_lua_web *web)
{
    if (!web->L)
        return;
    luaL_unref(web->L, LUA_REGISTRYINDEX, web->function);
    luaL_unref(web->L, LUA_REGISTRYINDEX, web->answer);
    web->L = NULL;
}

static const char *member_text(lua_State *L, const char *name, size_t *len)
{
    const char *text = NULL;

    lua_getfield(L, -1, name);
    if (lua_isstring(L, -1))
        text = lua_tolstring(L, -1, len);
    lua_pop(L, 1); /* its table keeps it alive */
    return text;
}

/* The table on the top stays in the registry, so that what *answer borrows
 * lives until the next call. */
static int answer_read(struct usher_lua_web *web,
                       struct usher_simulator_answer *answer)
{
    lua_State *L = web->L;
    size_t len = 0;
    const char *type = member_text(L, "type", &len);
    const char *body = member_text(L, "body", &answer->body_len);

    answer->body = body ? body : "";
    answer->headers[0].name = "Content-Type";
    answer->headers[0].value = type ? type : "application/json";
    answer->header_count = 1;
    lua_getfield(L, -1, "status");
    answer->status = (unsigned)lua_tointeger(L, -1);
    lua_getfield(L, -2, "delay");
    answer->delay_ms = (int64_t)(lua_tonumber(L, -1) * 1000.0);
    lua_getfield(L, -3, "hang");
    answer->hang = lua_toboolean(L, -1);
    lua_getfield(L, -4, "drop");
    answer->drop = lua_toboolean(L, -1);
    lua_pop(L, 4);
    luaL_unref(L, LUA_REGISTRYINDEX, web->answer);
    web->answer = luaL_ref(L, LUA_REGISTRYINDEX);
    return 1;
}

int usher_lua_web_answer(struct usher_lua_web *web,
                         const struct usher_client_request *request,
                         struct usher_simulator_answer *answer,
                         struct usher_error *error)
{
    lua_State *L = web->L;

    error->text[0] = '\0';
    if (!L)
        return 0;
    lua_rawgeti(L, LUA_REGISTRYINDEX, web->function);
    lua_pushstring(L, request->method);
    lua_pushstring(L, request->url);
    lua_pushlstring(L, request->body ? request->body : "", request->body_len);
    if (lua_pcall(L, 3, 1, 0) != LUA_OK) {
        usher_error_set(error, "%s", usher_string_tolstring(L, -1, NULL));
        lua_pop(L, 2);
        return 0;
    }
    if (lua_istable(L, -1))
        return answer_read(web, answer);
    lua_pop(L, 1);
    return 0;
}
