/* engine/bind/ordinary.c - a Lua state for the engine's own programs. */
#include "bind/ordinary.h"

#include <lauxlib.h>
#include <lua-cjson.h>
#include <lualib.h>
#include <stdio.h>
#include <string.h>

#include "script/built_in.h"
#include "script/lua_string.h"

extern int luaopen_cjson_safe(lua_State *L);

/* Where the files of a name's first word lie. */
static const struct {
    const char *prefix;
    const char *folder;
} places[] = {
    {"simulator.", "engine/simulator/"},
    {"usher.cli.", "engine/cli/"},
    {"usher.", "engine/lua/"},
};

static const struct usher_embedded *file_find(const char *name)
{
    char path[256];

    if (strcmp(name, "simulator") == 0)
        name = "simulator.simulator";
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        size_t len = strlen(places[i].prefix);

        if (strncmp(name, places[i].prefix, len) != 0)
            continue;
        snprintf(path, sizeof(path), "%s%s.lua", places[i].folder, name + len);
        return usher_embedded_find(path);
    }
    return NULL;
}

static int searcher(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    const struct usher_embedded *file = file_find(name);

    if (!file) {
        lua_pushfstring(L, "\n\tno built-in file '%s'", name);
        return 1;
    }
    usher_built_in_load(L, file);
    lua_pushstring(L, file->name);
    return 2;
}

static void preload(lua_State *L, const char *name, lua_CFunction open)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    lua_pushcfunction(L, open);
    lua_setfield(L, -2, name);
    lua_pop(L, 1);
}

static int state_fill(lua_State *L)
{
    luaL_openlibs(L);
    preload(L, "cjson", luaopen_cjson);
    preload(L, "cjson.safe", luaopen_cjson_safe);
    lua_getglobal(L, "package");
    lua_getfield(L, -1, "searchers");
    lua_getglobal(L, "table");
    lua_getfield(L, -1, "insert");
    lua_pushvalue(L, -3);
    lua_pushinteger(L, 2); /* behind what is preloaded */
    lua_pushcfunction(L, searcher);
    lua_call(L, 3, 0);
    return 0;
}

lua_State *usher_ordinary_new(void)
{
    lua_State *L = luaL_newstate();

    if (!L)
        return NULL;
    /* No script's: usher_script_of() gives NULL. */
    memset(lua_getextraspace(L), 0, LUA_EXTRASPACE);
    lua_pushcfunction(L, state_fill);
    if (lua_pcall(L, 0, 0, 0) != LUA_OK) {
        lua_close(L);
        return NULL;
    }
    return L;
}

static int traceback(lua_State *L)
{
    const char *message = usher_string_tolstring(L, 1, NULL);

    luaL_traceback(L, L, message, 1);
    return 1;
}

enum usher_status usher_ordinary_call(lua_State *L, int nargs, int nresults,
                                      struct usher_error *error)
{
    int base = lua_gettop(L) - nargs;
    int status;

    lua_pushcfunction(L, traceback);
    lua_insert(L, base);
    status = lua_pcall(L, nargs, nresults, base);
    lua_remove(L, base);
    if (status == LUA_OK)
        return USHER_OK;
    usher_error_set(error, "%s", lua_tostring(L, -1));
    lua_pop(L, 1);
    return status == LUA_ERRMEM ? USHER_ERR_NOMEM : USHER_ERR_INVALID;
}
