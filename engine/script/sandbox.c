/* engine/script/sandbox.c - what flows see as Lua: read-only, deterministic,
 * bounded (design.md sections 3 and 4.9). */
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <string.h>

#include "script/lua_match.h"
#include "script/lua_string.h"
#include "script/metatable.h"
#include "script/order.h"
#include "script/script_internal.h"

const char *script_kill_text(enum script_kill why)
{
    switch (why) {
    case SCRIPT_KILLED_INSTRUCTIONS:
        return "the turn ran too long: too many instructions; is there a loop "
               "that does not end?";
    case SCRIPT_KILLED_MATCHING:
        return "the turn ran too long in string matching; make the pattern "
               "simpler, or use lpeg";
    case SCRIPT_KILLED_MEMORY:
        return "the turn used too much memory";
    case SCRIPT_KILLED_DEPTH:
        return "a function calls itself again and again; the turn used too "
               "much memory";
    default:
        return "";
    }
}

static void script_hook(lua_State *L, lua_Debug *ar);

void script_killed_at(lua_State *L, struct usher_script *script)
{
    if (!script->killed_at[0])
        script_place(L, script->killed_at, sizeof(script->killed_at));
}

int script_raise_killed(lua_State *L, struct usher_script *script)
{
    script_killed_at(L, script);
    /* From here on each instruction comes to the hook. */
    lua_sethook(L, script_hook, LUA_MASKCOUNT, 1);
    return luaL_error(L, "%s", script_kill_text(script->killed));
}

/* A killed flow is left standing where it is, by a yield that nobody resumes:
 * no pcall and no __close sees it. Where it cannot yield (in a function that C
 * has called) an error takes it out of there first. An error raised in a hook
 * leaves the thread's hooks off, so such a thread is never used again. */
static void line_tell(lua_State *L, lua_Debug *ar, struct usher_script *script)
{
    lua_getinfo(L, "S", ar);
    script->line(script->line_user, ar->source, ar->currentline,
                 (const void *)ar->i_ci);
}

static void script_hook(lua_State *L, lua_Debug *ar)
{
    struct usher_script *script = usher_script_of(L);

    if (ar->event == LUA_HOOKLINE) {
        line_tell(L, ar, script);
        return;
    }
    if (!script->armed)
        return;
    if (script->loading) /* memory that ends tells no line */
        script_place(L, script->loaded_at, sizeof(script->loaded_at));
    if (!script->killed) {
        script->instructions_left -= SCRIPT_HOOK_EVERY;
        if (script->instructions_left > 0)
            return;
        script->killed = SCRIPT_KILLED_INSTRUCTIONS;
    }
    script_killed_at(L, script);
    if (lua_isyieldable(L))
        lua_yield(L, 0);
    else
        script_raise_killed(L, script);
}

void script_hook_set(lua_State *L, const struct usher_script *script)
{
    lua_sethook(L, script_hook,
                LUA_MASKCOUNT | (script->line ? LUA_MASKLINE : 0),
                SCRIPT_HOOK_EVERY);
}

void usher_script_watch_lines(struct usher_script *script,
                              usher_script_line_fn *fn, void *user)
{
    script->line = fn;
    script->line_user = user;
}

static void match_exhausted(lua_State *L, void *user)
{
    struct usher_script *script = user;

    if (!script->armed) { /* the engine's own work is not bounded */
        script->match.steps_left = script->limits.match_steps;
        return;
    }
    if (!script->killed)
        script->killed = SCRIPT_KILLED_MATCHING;
    script_raise_killed(L, script);
}

void usher_script_charge(lua_State *L, int64_t instructions)
{
    struct usher_script *script = usher_script_of(L);

    if (!script->armed)
        return;
    script->instructions_left -= instructions;
    if (script->instructions_left > 0)
        return;
    if (!script->killed)
        script->killed = SCRIPT_KILLED_INSTRUCTIONS;
    script_raise_killed(L, script);
}

/* ---- pcall and xpcall that do not catch a killed turn ---- */

/* What it takes to raise an error and catch it, in instructions: a loop of
 * nothing else would hold the worker ten times longer than other loops. */
#define CATCH_COST 50

static int protected_end(lua_State *L, int status, lua_KContext first)
{
    struct usher_script *script = usher_script_of(L);

    if (status == LUA_OK || status == LUA_YIELD)
        return lua_gettop(L) - (int)first;
    if (status == LUA_ERRMEM && !script->killed)
        script->killed = SCRIPT_KILLED_MEMORY;
    if (script->killed)
        return script_raise_killed(L, script);
    usher_script_charge(L, CATCH_COST);
    lua_pushboolean(L, 0);
    lua_pushvalue(L, -2);
    return 2;
}

static int safe_pcall(lua_State *L)
{
    int status;

    luaL_checkany(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, protected_end);
    return protected_end(L, status, 0);
}

static int safe_xpcall(lua_State *L)
{
    int n = lua_gettop(L);
    int status;

    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2);
    status = lua_pcallk(L, n - 2, LUA_MULTRET, 2, 2, protected_end);
    return protected_end(L, status, 2);
}

/* ---- table functions whose work C does in one call ---- */

enum table_kind {
    TABLE_INSERT,
    TABLE_REMOVE,
    TABLE_MOVE,
    TABLE_SORT,
    TABLE_CONCAT
};

static lua_Integer table_work(lua_State *L, enum table_kind kind)
{
    lua_Integer n;

    if (kind == TABLE_MOVE)
        n = luaL_checkinteger(L, 3) - luaL_checkinteger(L, 2);
    else if ((kind == TABLE_INSERT && lua_gettop(L) < 3) ||
             (kind == TABLE_REMOVE && lua_gettop(L) < 2))
        return 1;
    else
        n = luaL_len(L, 1);
    if (n < 0)
        return 1;
    return kind == TABLE_SORT && n < (1 << 24) ? n * 16 : n;
}

/* Upvalues: Lua's own function, the kind. */
static int table_charged(lua_State *L)
{
    enum table_kind kind =
        (enum table_kind)lua_tointeger(L, lua_upvalueindex(2));

    luaL_checkany(L, 1);
    usher_script_charge(L, table_work(L, kind));
    /* Called as C, so that its errors name the place in the flow. */
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
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

static void charge(lua_State *L, const char *name, enum table_kind kind)
{
    lua_getfield(L, -1, name);
    lua_pushinteger(L, kind);
    lua_pushcclosure(L, table_charged, 2);
    lua_setfield(L, -2, name);
}

static void add_table(lua_State *L)
{
    library(L, luaopen_table, NULL);
    charge(L, "insert", TABLE_INSERT);
    charge(L, "remove", TABLE_REMOVE);
    charge(L, "move", TABLE_MOVE);
    charge(L, "sort", TABLE_SORT);
    charge(L, "concat", TABLE_CONCAT);
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

    library(L, luaopen_string, drop);
    usher_match_open(L, &script->match, match_exhausted, script);
    merge(L);
    usher_string_open(L, script->limits.turn_bytes);
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
    static const char *const keep[] = {"assert",   "error",    "ipairs",
                                       "rawequal", "rawget",   "rawlen",
                                       "select",   "tonumber", "type",
                                       "_VERSION", NULL};

    library(L, luaopen_base, NULL); /* globals base */
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

/* Runs a module's open and registers its read-only view. Stack: globals,
 * loaded. */
static void add_module(lua_State *L, const struct usher_script_module *module)
{
    lua_pushcfunction(L, module->open);
    lua_pushlightuserdata(L, module->user);
    lua_call(L, 1, 1);
    usher_script_strict(L, module->name);
    usher_script_freeze(L, module->name);
    if (module->global) {
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
    add_table(L);
    add_library(L, "table");
    library(L, luaopen_math, random);
    add_library(L, "math");
    library(L, luaopen_utf8, NULL);
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
