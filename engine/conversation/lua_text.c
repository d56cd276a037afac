/* engine/conversation/lua_text.c */
#include "conversation/lua_text.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/bind.h"
#include "conversation/run.h"
#include "script/author.h"

#define CODE_MAX 2000 /* bytes of a call, over all its lines */

int usher_lua_author(lua_State *L)
{
    struct usher_author at;

    if (!usher_author_find(L, &at))
        return 0;
    lua_pushstring(L, at.path);
    lua_pushinteger(L, at.line);
    return 2;
}

int usher_lua_code(lua_State *L)
{
    const char *path = strchr(luaL_checkstring(L, 1), '/');
    lua_Integer line = luaL_checkinteger(L, 2);
    size_t count, len;
    const struct usher_source *sources =
        usher_script_sources(usher_script_of(L), &count);
    const char *at;

    for (size_t i = 0; path && i < count; i++) {
        if (strcmp(sources[i].path, path + 1) != 0)
            continue;
        at = usher_source_code(&sources[i], &len);
        for (; line > 1 && len > 0; at++, len--)
            line -= *at == '\n';
        if (!lua_toboolean(L, 3) && len > CODE_MAX)
            len = CODE_MAX;
        lua_pushlstring(L, at, len);
        return 1;
    }
    return 0;
}

int usher_lua_made(lua_State *L)
{
    const struct usher_author_word *made = usher_author_words(L);
    lua_Integer count = 0;

    if (!made)
        return 0;
    lua_newtable(L);
    for (int i = 0; i < USHER_AUTHOR_MADE; i++) {
        if (!made[i].word[0])
            continue;
        lua_createtable(L, 3, 0);
        lua_pushstring(L, made[i].word);
        lua_rawseti(L, -2, 1);
        lua_pushstring(L, made[i].at.line ? made[i].at.path : "");
        lua_rawseti(L, -2, 2);
        lua_pushinteger(L, made[i].at.line);
        lua_rawseti(L, -2, 3);
        lua_rawseti(L, -2, ++count);
    }
    return 1;
}

int usher_lua_strict(lua_State *L)
{
    const struct usher_bind *bind = usher_bind_of(L);

    lua_pushboolean(L, bind && bind->strict);
    return 1;
}

int usher_lua_hole(lua_State *L)
{
    const char *message = luaL_checkstring(L, 1);
    const struct usher_run *run = usher_run_of(L);

    if (run && run->ops->hole && !usher_effect_replaying(L))
        run->ops->hole(run->owner, message);
    return 0;
}

int usher_lua_chat_index(lua_State *L)
{
    usher_author_note(L);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    lua_settop(L, 2);
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_insert(L, 1);
    lua_call(L, 2, 1);
    return 1;
}
