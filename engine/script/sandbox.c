/* engine/script/sandbox.c - what flows see as Lua: read-only, deterministic,
 * bounded (design.md sections 3 and 4.9). */
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <string.h>

#include "script/charged.h"
#include "script/lua_match.h"
#include "script/lua_string.h"
#include "script/lua_table.h"
#include "script/lua_utf8.h"
#include "script/metatable.h"
#include "script/order.h"
#include "script/script_internal.h"

/* ---- pcall and xpcall that do not catch a killed turn ---- */

/* What it takes to raise an error and catch it, in instructions: a loop of
 * nothing else would hold the worker ten times longer than other loops. */
#define CATCH_COST 50

/* What was raised may be caught, unless it ends the turn. Lua walks over all
 * open calls then; and where it has no room for one more C call it finds some
 * again once that was caught: a function that calls itself under pcall would
 * do so for ever. */
static void caught(lua_State *L, int status)
{
    struct usher_script *script = usher_script_of(L);
    int depth = script_depth(L);

    if (status == LUA_ERRMEM && !script->killed)
        script->killed = script_memory_why(script);
    if (script->armed && depth >= SCRIPT_DEEP && !script->killed)
        script->killed = SCRIPT_KILLED_DEPTH;
    if (script->killed)
        script_raise_killed(L, script);
    usher_script_charge(L, CATCH_COST + depth);
}

/* Stack: ..., what was raised or given. */
static int failed(lua_State *L)
{
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
}

static int pcall_end(lua_State *L, int status, lua_KContext context)
{
    (void)context;
    if (status == LUA_OK || status == LUA_YIELD)
        return lua_gettop(L);
    caught(L, status);
    return failed(L);
}

static int safe_pcall(lua_State *L)
{
    int status;

    luaL_checkany(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, pcall_end);
    return pcall_end(L, status, 0);
}

static int handler_end(lua_State *L, int status, lua_KContext context)
{
    (void)context;
    if (status != LUA_OK && status != LUA_YIELD)
        caught(L, status);
    return failed(L);
}

/* A handler runs when what it handles is over. As a handler of Lua's own it
 * would run inside what raised, the hook of a killed turn, too, where it
 * could neither be ended nor wait. Stack: function handler true ... */
static int xpcall_end(lua_State *L, int status, lua_KContext context)
{
    (void)context;
    if (status == LUA_OK || status == LUA_YIELD)
        return lua_gettop(L) - 2;
    caught(L, status);
    lua_pushvalue(L, 2);
    lua_insert(L, -2);
    status = lua_pcallk(L, 1, 1, 0, 0, handler_end);
    return handler_end(L, status, 0);
}

static int safe_xpcall(lua_State *L)
{
    int n = lua_gettop(L);
    int status;

    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2);
    status = lua_pcallk(L, n - 2, LUA_MULTRET, 0, 0, xpcall_end);
    return xpcall_end(L, status, 0);
}

/* ---- read-only views ---- */

/* Upvalue: the module's name. */
static int refuse_write(lua_State *L)
{
    return luaL_error(L,
                      "%s is read-only: %s cannot be set; use a local "
                      "variable, or chat.memory for what the conversation "
                      "should keep",
                      lua_tostring(L, lua_upvalueindex(1)),
                      usher_string_tolstring(L, 2, NULL));
}

/* Upvalue: the table behind the view. */
static int view_pairs(lua_State *L)
{
    lua_settop(L, 0);
    lua_pushvalue(L, lua_upvalueindex(1));
    return usher_order_pairs(L);
}

static int view_len(lua_State *L)
{
    lua_pushinteger(L, luaL_len(L, lua_upvalueindex(1)));
    return 1;
}

void usher_script_freeze(lua_State *L, const char *name)
{
    lua_newtable(L);          /* table view */
    lua_createtable(L, 0, 5); /* table view meta */
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushstring(L, name);
    lua_pushcclosure(L, refuse_write, 1);
    lua_setfield(L, -2, "__newindex");
    lua_pushvalue(L, -3);
    lua_pushcclosure(L, view_pairs, 1);
    lua_setfield(L, -2, "__pairs");
    lua_pushvalue(L, -3);
    lua_pushcclosure(L, view_len, 1);
    lua_setfield(L, -2, "__len");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    usher_metatable_sealed(L);
    lua_setmetatable(L, -2);
    lua_remove(L, -2);
}

static int refuse_global(lua_State *L)
{
    const char *name = usher_string_tolstring(L, 2, NULL);

    if (lua_type(L, 2) != LUA_TSTRING)
        return luaL_error(L,
                          "a global's name is a text, not a %s; and globals "
                          "cannot be set: use a local table",
                          luaL_typename(L, 2));
    return luaL_error(L, "global '%s' cannot be set: write `local %s = ...`",
                      name, name);
}

/* ---- putting it together ---- */

/* Pushes a copy of Lua's library without the names in `drop`. */
static void library(lua_State *L, lua_CFunction open, const char *const *drop)
{
    lua_pushcfunction(L, open);
    lua_call(L, 0, 1);
    for (; drop && *drop; drop++) {
        lua_pushnil(L);
        lua_setfield(L, -2, *drop);
    }
}

/* Copies the functions of the table on the top into the one below it. */
static void merge(lua_State *L)
{
    for (lua_pushnil(L); lua_next(L, -2);) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -5);
    }
    lua_pop(L, 1);
}

static void add_string(lua_State *L, struct usher_script *script)
{
    static const char *const drop[] = {"dump", "rep", "format", NULL};
    static const struct usher_charged charged[] = {
        {"byte", USHER_CHARGE_PART_OF_1}, {"char", USHER_CHARGE_VALUES},
        {"lower", USHER_CHARGE_TEXTS},    {"upper", USHER_CHARGE_TEXTS},
        {"reverse", USHER_CHARGE_TEXTS},  {"pack", USHER_CHARGE_TEXTS},
        {"packsize", USHER_CHARGE_TEXTS}, {"unpack", USHER_CHARGE_READ},
        {NULL, USHER_CHARGE_VALUES},
    };

    library(L, luaopen_string, drop);
    usher_charged_replace(L, charged);
    usher_match_open(L, &script->match, script_match_exhausted, script);
    merge(L);
    usher_string_open(L, script->limits.text_bytes);
    merge(L);
    /* Methods of strings come from the same table; their metatable keeps what
     * lets "10" * 2 be 20. */
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 2);
}

static void add_base(lua_State *L)
{
    static const char *const keep[] = {"assert",   "ipairs", "rawequal",
                                       "rawget",   "rawlen", "select",
                                       "tonumber", "type",   "_VERSION",
                                       NULL};
    static const struct usher_charged charged[] = {
        {"select", USHER_CHARGE_VALUES},
        {"tonumber", USHER_CHARGE_TEXTS},
        {NULL, USHER_CHARGE_VALUES},
    };

    library(L, luaopen_base, NULL); /* globals base */
    usher_charged_replace(L, charged);
    for (const char *const *name = keep; *name; name++) {
        lua_getfield(L, -1, *name);
        lua_setfield(L, -3, *name);
    }
    lua_pop(L, 1);
}

static void add_functions(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"pcall", safe_pcall},
        {"xpcall", safe_xpcall},
        {"pairs", usher_order_pairs},
        {"next", usher_order_next},
        {"tostring", usher_string_tostring},
        {NULL, NULL},
    };

    luaL_setfuncs(L, functions, 0);
    usher_metatable_open(L);
}

void script_module_open(lua_State *L, const struct usher_script_module *module)
{
    lua_pushcfunction(L, module->open);
    lua_pushlightuserdata(L, module->user);
    lua_call(L, 1, 1);
    usher_script_strict(L, module->name);
    usher_script_freeze(L, module->name);
}

/* Stack: globals, loaded. */
static void add_module(lua_State *L, const struct usher_script_module *module)
{
    if (module->use == USHER_MODULE_LATE)
        return;
    script_module_open(L, module);
    if (module->use == USHER_MODULE_GLOBAL) {
        lua_pushvalue(L, -1);
        lua_setfield(L, -4, module->name);
    }
    lua_setfield(L, -2, module->name);
}

static void add_library(lua_State *L, const char *name)
{
    usher_script_strict(L, name);
    usher_script_freeze(L, name);
    lua_setfield(L, -2, name);
}

static int raw_set(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 3);
    lua_rawset(L, 1);
    return 1;
}

static void add_rawset(lua_State *L)
{
    lua_pushcfunction(L, raw_set);
    lua_setfield(L, -2, "rawset");
}

void script_sandbox_open(lua_State *L, struct usher_script *script)
{
    static const char *const random[] = {"random", "randomseed", NULL};

    lua_newtable(L); /* globals */
    add_base(L);
    add_functions(L);
    add_string(L, script);
    add_library(L, "string");
    usher_table_open(L);
    add_library(L, "table");
    library(L, luaopen_math, random);
    add_library(L, "math");
    usher_utf8_open(L);
    add_library(L, "utf8");
    lua_newtable(L); /* globals loaded */
    for (size_t i = 0; i < script->module_count; i++)
        add_module(L, &script->modules[i]);
    script->loaded = luaL_ref(L, LUA_REGISTRYINDEX);

    lua_newtable(L); /* globals inner */
    lua_newtable(L); /* globals inner meta */
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    add_rawset(L);
    script->inner = luaL_ref(L, LUA_REGISTRYINDEX);

    lua_newtable(L); /* globals meta */
    lua_pushcfunction(L, script_missing_global);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);

    lua_newtable(L); /* globals env */
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "_G");
    lua_newtable(L); /* globals env meta */
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, refuse_global);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    usher_metatable_sealed(L);
    lua_setmetatable(L, -2);
    script->env = luaL_ref(L, LUA_REGISTRYINDEX);
    script->globals = luaL_ref(L, LUA_REGISTRYINDEX);
}
