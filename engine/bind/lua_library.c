/* engine/bind/lua_library.c - lpeg and its re for flows: the libraries as they
 * are, without what prints, what is kept for the whole state, and with the
 * patterns' metatable out of reach. */
#include "bind/lpeg_bound.h"
#include "bind/modules.h"

#include <lauxlib.h>

#include "script/built_in.h"

static void drop(lua_State *L, const char *const *names)
{
    for (; *names; names++) {
        lua_pushnil(L);
        lua_setfield(L, -2, *names);
    }
}

/* getmetatable within re.lua, which sees the one that flows do not. */
static int give_metatable(lua_State *L)
{
    luaL_checkany(L, 1);
    if (!lua_getmetatable(L, 1))
        lua_pushnil(L);
    return 1;
}

/* require within re.lua */
static int give_lpeg(lua_State *L)
{
    usher_lpeg_push(L);
    return 1;
}

static void re_load(lua_State *L)
{
    static const char *const globals[] = {"tonumber",     "type",  "error",
                                          "setmetatable", "pairs", "ipairs",
                                          "_VERSION",     NULL};
    const struct usher_embedded *file = usher_embedded_find("re.lua");

    if (!file)
        luaL_error(L, "re.lua is not built in");
    usher_built_in_load(L, file);
    lua_newtable(L); /* its globals */
    lua_pushglobaltable(L);
    for (const char *const *name = globals; *name; name++) {
        lua_getfield(L, -1, *name);
        lua_setfield(L, -3, *name);
    }
    lua_pop(L, 1);
    lua_pushcfunction(L, give_lpeg);
    lua_setfield(L, -2, "require");
    lua_pushcfunction(L, give_metatable);
    lua_setfield(L, -2, "getmetatable");
    lua_setupvalue(L, -2, 1);
    lua_call(L, 0, 1);
}

int usher_lua_re_open(lua_State *L)
{
    static const char *const unwanted[] = {"updatelocale", NULL};

    re_load(L);
    drop(L, unwanted);
    return 1;
}

int usher_lua_lpeg_open(lua_State *L)
{
    static const char *const unwanted[] = {"setmaxstack", "ptree", "pcode",
                                           NULL};

    usher_lpeg_push(L);
    drop(L, unwanted);
    return 1;
}
