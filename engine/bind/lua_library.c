/* engine/bind/lua_library.c - lpeg and its re for flows: the libraries as they
 * are, without what prints, what is kept for the whole state, and with the
 * patterns' metatable out of reach. */
#include "bind/modules.h"

#include <lauxlib.h>
#include <lua-lpeg.h>

#include "core/embedded.h"
#include "script/script.h"

static void drop(lua_State *L, const char *const *names)
{
    for (; *names; names++) {
        lua_pushnil(L);
        lua_setfield(L, -2, *names);
    }
}

/* ---- grammars are bounded ----
 *
 * A grammar may try exponentially many ways, and lpeg matches in one C call
 * where no hook fires. So each rule begins with a step that is charged to the
 * turn. Patterns without rules cannot recurse: their work is a power of the
 * text's length at most, and they are left as fast as they are. */

#define RULE_COST 20

static int rule_step(lua_State *L)
{
    usher_script_charge(L, RULE_COST);
    lua_pushboolean(L, 1); /* matches, takes nothing */
    return 1;
}

/* Stack: a rule's value; becomes step * value. Upvalues as below. */
static void rule_bound(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_insert(L, -2);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, -2);
    lua_call(L, 1, 1); /* lpeg.P(value) */
    lua_arith(L, LUA_OPMUL);
}

/* lpeg.P(value). Upvalues: lpeg's own P, the step. */
static int bounded_P(lua_State *L)
{
    lua_settop(L, 1);
    if (lua_istable(L, 1)) {
        lua_newtable(L);
        for (lua_pushnil(L); lua_next(L, 1);) {
            int is_first = lua_isinteger(L, -2) && lua_tointeger(L, -2) == 1;

            /* [1] may be the name of the first rule. */
            if (!is_first || lua_type(L, -1) != LUA_TSTRING)
                rule_bound(L);
            lua_pushvalue(L, -2);
            lua_insert(L, -2);
            lua_rawset(L, 2);
        }
        lua_replace(L, 1);
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 1, 1);
    return 1;
}

/* Pushes lpeg's table: the same one for flows and for re. */
static void lpeg_push(lua_State *L)
{
    lua_getfield(L, LUA_REGISTRYINDEX, "usher.lpeg");
    if (lua_istable(L, -1))
        return;
    lua_pop(L, 1);
    luaL_requiref(L, "lpeg", luaopen_lpeg, 0);
    lua_getfield(L, -1, "P"); /* lpeg P */
    lua_getfield(L, -2, "Cmt");
    lua_pushliteral(L, "");
    lua_pushcfunction(L, rule_step);
    lua_call(L, 2, 1); /* lpeg P step */
    lua_pushcclosure(L, bounded_P, 2);
    lua_setfield(L, -2, "P");
    lua_pushvalue(L, -1);
    lua_setfield(L, LUA_REGISTRYINDEX, "usher.lpeg");
}

/* Stack: ... a table; hides the metatable of lpeg's patterns. */
static void hide_metatable(lua_State *L)
{
    lua_getfield(L, -1, "P");
    lua_pushinteger(L, 0);
    lua_call(L, 1, 1);
    if (lua_getmetatable(L, -1)) {
        lua_pushboolean(L, 0);
        lua_setfield(L, -2, "__metatable");
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/* require within re.lua */
static int give_lpeg(lua_State *L)
{
    lpeg_push(L);
    return 1;
}

static void re_load(lua_State *L)
{
    static const char *const globals[] = {
        "tonumber",     "type",         "error",
        "setmetatable", "getmetatable", "pairs",
        "ipairs",       "_VERSION",     NULL};
    const struct usher_embedded *file = usher_embedded_find("re.lua");

    if (!file)
        luaL_error(L, "re.lua is not built in");
    if (luaL_loadbufferx(L, file->data, file->size, "@re.lua", "t") != LUA_OK)
        lua_error(L);
    lua_newtable(L); /* its globals */
    lua_pushglobaltable(L);
    for (const char *const *name = globals; *name; name++) {
        lua_getfield(L, -1, *name);
        lua_setfield(L, -3, *name);
    }
    lua_pop(L, 1);
    lua_pushcfunction(L, give_lpeg);
    lua_setfield(L, -2, "require");
    lua_setupvalue(L, -2, 1);
    lua_call(L, 0, 1);
}

int usher_lua_re_open(lua_State *L)
{
    static const char *const unwanted[] = {"updatelocale", NULL};

    /* Once: re has to see the metatable that lpeg's open hides. */
    lua_getfield(L, LUA_REGISTRYINDEX, "usher.re");
    if (lua_istable(L, -1))
        return 1;
    lua_pop(L, 1);
    re_load(L);
    drop(L, unwanted);
    lua_pushvalue(L, -1);
    lua_setfield(L, LUA_REGISTRYINDEX, "usher.re");
    return 1;
}

int usher_lua_lpeg_open(lua_State *L)
{
    static const char *const unwanted[] = {"setmaxstack", "ptree", "pcode",
                                           NULL};

    usher_lua_re_open(L);
    lua_pop(L, 1);
    lpeg_push(L);
    drop(L, unwanted);
    hide_metatable(L);
    return 1;
}
