/* engine/conversation/export.c - runs engine/cli/export.lua. */
#include "conversation/export.h"

#include <lauxlib.h>

#include "bind/lua_zone.h"
#include "bind/ordinary.h"

/* Argument: the JSON. Gives the spec's text. */
static int run(lua_State *L)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    usher_lua_zone_open(L);
    lua_setfield(L, -2, "usher.zone");
    lua_getglobal(L, "require");
    lua_pushliteral(L, "usher.cli.export");
    lua_call(L, 1, 1);
    lua_pushvalue(L, 1);
    lua_call(L, 1, 1);
    return 1;
}

enum usher_status usher_export_spec(const char *json, size_t len,
                                    struct usher_buffer *out,
                                    struct usher_error *error)
{
    lua_State *L = usher_ordinary_new();
    enum usher_status st;
    const char *text;

    if (!L)
        return USHER_ERR_NOMEM;
    lua_pushcfunction(L, run);
    lua_pushlstring(L, json, len);
    st = usher_ordinary_call(L, 1, 1, error);
    if (st == USHER_OK) {
        text = lua_tolstring(L, -1, &len);
        usher_buffer_append(out, text ? text : "", text ? len : 0);
        if (out->failed)
            st = USHER_ERR_NOMEM;
    }
    lua_close(L);
    return st;
}
