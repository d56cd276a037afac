/* engine/script/metatable.c - metatables that stay strong. */
#include "script/metatable.h"

#include <lauxlib.h>
#include <string.h>

/* In hidden metatables: true, sealed; false, the plain guard; a table, what
 * takes its place is that table. */
static const char mark;
/* In hidden metatables: what they stand for is a metatable itself, too. */
static const char plain_key;
/* In the registry: the plain guard; the hidden ones by what they stand for,
 * false for a metatable that is one itself. */
static const char guard_key;
static const char wraps_key;

#define REFUSED                                                              \
    "__gc and __mode are not available in flows: what a flow does must not " \
    "depend on the collector"

#define NO_FUNCTION "__call must be a function, not a %s"

/* Lua has half: a hidden one is a step of its own. */
#define CHAIN_MAX 4000
/* Levels of error() that are counted exactly. */
#define LEVELS_MAX 100

static int is_collectors(lua_State *L, int key)
{
    const char *name =
        lua_type(L, key) == LUA_TSTRING ? lua_tostring(L, key) : "";

    return strcmp(name, "__mode") == 0 || strcmp(name, "__gc") == 0;
}

static int is_event(lua_State *L, int key)
{
    return lua_type(L, key) == LUA_TSTRING &&
           strncmp(lua_tostring(L, key), "__", 2) == 0;
}

static int is_call(lua_State *L, int key)
{
    return lua_type(L, key) == LUA_TSTRING &&
           strcmp(lua_tostring(L, key), "__call") == 0;
}

int usher_metatable_get(lua_State *L, int index)
{
    int type;

    if (!lua_getmetatable(L, index))
        return 0;
    type = lua_rawgetp(L, -1, &mark);
    if (type == LUA_TTABLE) {
        lua_remove(L, -2);
        return 1;
    }
    if (type == LUA_TBOOLEAN && !lua_toboolean(L, -1)) {
        lua_pop(L, 2);
        return 0;
    }
    lua_pop(L, 1);
    return 1;
}

/* ---- what takes a metatable's place ---- */

static int called(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    return lua_gettop(L);
}

/* t[key], step by step as in Lua, so that a function at the end may wait.
 * Upvalues: the metatable of t, the event. */
static int delegate_index(lua_State *L)
{
    lua_settop(L, 2);
    lua_pushvalue(L, lua_upvalueindex(1));
    for (int steps = 0; steps < CHAIN_MAX; steps++) { /* t key meta */
        int type;

        lua_pushvalue(L, lua_upvalueindex(2));
        type = lua_rawget(L, 3);
        if (type == LUA_TFUNCTION &&
            lua_tocfunction(L, 4) == delegate_index) { /* meta is hidden */
            lua_getupvalue(L, 4, 1);
            lua_replace(L, 3);
            lua_settop(L, 3);
            continue;
        }
        if (type == LUA_TNIL)
            return 1;
        if (type == LUA_TFUNCTION) {
            lua_replace(L, 3);
            lua_insert(L, 1);
            lua_callk(L, 2, 1, 0, called);
            return 1;
        }
        lua_pushvalue(L, 2); /* t key meta next key */
        if (type != LUA_TTABLE) {
            lua_gettable(L, -2);
            return 1;
        }
        if (lua_rawget(L, 4) != LUA_TNIL)
            return 1;
        lua_settop(L, 4);
        lua_replace(L, 1);
        lua_settop(L, 2);
        if (!lua_getmetatable(L, 1))
            return 0;
    }
    return luaL_error(L, "'__index' chain too long; possibly a loop");
}

/* Upvalues: the metatable, the event. Arguments: the operands. */
static int delegate(lua_State *L)
{
    const char *event = lua_tostring(L, lua_upvalueindex(2));
    int count = lua_gettop(L);

    lua_pushvalue(L, lua_upvalueindex(2));
    if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNIL)
        return luaL_error(L, "%s was taken out of the metatable", event);
    if (is_call(L, lua_upvalueindex(2)) && !lua_isfunction(L, -1))
        return luaL_error(L, NO_FUNCTION, luaL_typename(L, -1));
    lua_insert(L, 1);
    lua_callk(L, count, LUA_MULTRET, 0, called);
    return lua_gettop(L);
}

/* Gives the hidden table at `hidden` the event of the metatable at `meta`,
 * whose name is on the stack's top and is popped. Texts ("__name") are
 * copied; "__newindex" is the guard's. */
static void event_take(lua_State *L, int meta, int hidden)
{
    int key = lua_gettop(L);
    int type;

    if (is_collectors(L, key) ||
        strcmp(lua_tostring(L, key), "__newindex") == 0) {
        lua_pop(L, 1);
        return;
    }
    lua_pushvalue(L, key);
    type = lua_rawget(L, meta);
    if (type != LUA_TSTRING && type != LUA_TBOOLEAN) {
        int is_index = strcmp(lua_tostring(L, key), "__index") == 0;

        lua_pop(L, 1);
        lua_pushvalue(L, meta);
        lua_pushvalue(L, key);
        lua_pushcclosure(L, is_index ? delegate_index : delegate, 2);
    }
    lua_rawset(L, hidden);
}

/* ---- the guard ---- */

/* Pushes what stands for the metatable at `meta`: a hidden one; false: it is
 * one itself; nil: it was none yet. Gives the type. */
static int wrap_get(lua_State *L, int meta)
{
    int type;

    lua_rawgetp(L, LUA_REGISTRYINDEX, &wraps_key);
    lua_pushvalue(L, meta);
    type = lua_rawget(L, -2);
    lua_remove(L, -2);
    return type;
}

/* The value on the stack's top becomes what stands for it. */
static void wrap_set(lua_State *L, int meta)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &wraps_key);
    lua_insert(L, -2);
    lua_pushvalue(L, meta);
    lua_insert(L, -2);
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

/* Lua looks for the function behind a table that is called, table after table,
 * in a loop without a hook. So each "__call" is a function, and stays one since
 * Lua sees it in a hidden metatable only. Stack: t key value. */
static int call_check(lua_State *L)
{
    int type;

    if (lua_isnil(L, 3))
        return 0;
    if (!lua_isfunction(L, 3))
        return luaL_error(L, NO_FUNCTION, luaL_typename(L, 3));
    type = wrap_get(L, 1);
    if (type == LUA_TBOOLEAN ||
        (type == LUA_TTABLE && lua_rawgetp(L, -1, &plain_key) != LUA_TNIL))
        return luaL_error(L, "set __call before the table is given to "
                             "setmetatable");
    lua_settop(L, 3);
    return 0;
}

/* t[key] = value for a table that is a metatable. Stack: t key value. */
static int guarded_set(lua_State *L)
{
    if (is_collectors(L, 2))
        return luaL_error(L, REFUSED);
    if (is_call(L, 2))
        call_check(L);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, 3);
    lua_rawset(L, 1);
    if (!is_event(L, 2))
        return 0;
    if (wrap_get(L, 1) == LUA_TTABLE) {
        int hidden = lua_gettop(L);

        lua_pushvalue(L, 2);
        event_take(L, 1, hidden);
    }
    return 0;
}

/* __newindex of the plain guard. */
static int guard_newindex(lua_State *L)
{
    lua_settop(L, 3);
    return guarded_set(L);
}

/* __newindex of what takes a metatable's place. Upvalue: the metatable. */
static int wrap_newindex(lua_State *L)
{
    int type;

    lua_settop(L, 3);
    lua_pushliteral(L, "__newindex");
    type = lua_rawget(L, lua_upvalueindex(1));
    if (type == LUA_TNIL) {
        lua_settop(L, 3);
        return guarded_set(L);
    }
    lua_insert(L, 1); /* handler t key value */
    if (type != LUA_TFUNCTION) {
        lua_remove(L, 2);
        lua_settable(L, 1);
        return 0;
    }
    lua_callk(L, 3, 0, 0, called);
    return 0;
}

/* Pushes the hidden metatable that takes the place of the one at `meta`. */
static void wrap_push(lua_State *L, int meta)
{
    int type = wrap_get(L, meta);
    int hidden;

    if (type == LUA_TTABLE)
        return;
    lua_pop(L, 1);
    lua_newtable(L);
    hidden = lua_gettop(L);
    if (type == LUA_TBOOLEAN) {
        lua_pushboolean(L, 1);
        lua_rawsetp(L, hidden, &plain_key);
    }
    lua_pushvalue(L, meta);
    lua_rawsetp(L, hidden, &mark);
    for (lua_pushnil(L); lua_next(L, meta);) {
        lua_pop(L, 1);
        if (!is_event(L, -1))
            continue;
        lua_pushvalue(L, -1);
        event_take(L, meta, hidden);
    }
    lua_pushvalue(L, meta);
    lua_pushcclosure(L, wrap_newindex, 1);
    lua_setfield(L, hidden, "__newindex");
    lua_pushvalue(L, hidden);
    wrap_set(L, meta);
}

static int is_guarded(lua_State *L, int table)
{
    int guarded;

    if (!lua_getmetatable(L, table))
        return 0;
    guarded = lua_rawgetp(L, -1, &mark) != LUA_TNIL;
    lua_pop(L, 2);
    return guarded;
}

/* From now on the table at this index cannot become one that makes others
 * weak. */
static void guard(lua_State *L, int table)
{
    if (is_guarded(L, table))
        return;
    if (lua_getmetatable(L, table)) {
        wrap_push(L, lua_gettop(L));
        lua_remove(L, -2);
    } else {
        lua_rawgetp(L, LUA_REGISTRYINDEX, &guard_key);
    }
    lua_setmetatable(L, table);
}

void usher_metatable_sealed(lua_State *L)
{
    lua_pushboolean(L, 1);
    lua_rawsetp(L, -2, &mark);
}

/* ---- what flows call ---- */

static int has_raw(lua_State *L, int table, const char *name)
{
    int found;

    lua_pushstring(L, name);
    found = lua_rawget(L, table) != LUA_TNIL;
    lua_pop(L, 1);
    return found;
}

static int has_event(lua_State *L, int table)
{
    for (lua_pushnil(L); lua_next(L, table);) {
        lua_pop(L, 1);
        if (is_event(L, -1)) {
            lua_pop(L, 1);
            return 1;
        }
    }
    return 0;
}

static void check_events(lua_State *L, int meta)
{
    if (has_raw(L, meta, "__gc") || has_raw(L, meta, "__mode"))
        luaL_error(L, REFUSED);
    lua_pushliteral(L, "__call");
    if (lua_rawget(L, meta) != LUA_TNIL && !lua_isfunction(L, -1))
        luaL_error(L, NO_FUNCTION, luaL_typename(L, -1));
    lua_pop(L, 1);
}

/* Pushes what becomes a table's metatable for the one at `meta`. One that is
 * still empty may get its "__call" later. */
static void meta_push(lua_State *L, int meta, int guarded)
{
    int type = wrap_get(L, meta);

    lua_pop(L, 1);
    if (guarded || type == LUA_TTABLE ||
        (type == LUA_TNIL &&
         (has_raw(L, meta, "__call") || !has_event(L, meta)))) {
        wrap_push(L, meta);
        return;
    }
    if (type == LUA_TNIL) {
        lua_pushboolean(L, 0);
        wrap_set(L, meta);
    }
    lua_pushvalue(L, meta);
}

static int safe_setmetatable(lua_State *L)
{
    int type = lua_type(L, 2);

    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2,
                     "nil or table");
    lua_settop(L, 2);
    if (type == LUA_TTABLE)
        check_events(L, 2);
    if (usher_metatable_get(L, 1) && has_raw(L, 3, "__metatable"))
        return luaL_error(L, "cannot change a protected metatable");
    lua_settop(L, 2);
    if (type == LUA_TTABLE) {
        guard(L, 2);
        meta_push(L, 2, is_guarded(L, 1)); /* guarded it stays so */
    } else if (is_guarded(L, 1)) {
        lua_rawgetp(L, LUA_REGISTRYINDEX, &guard_key);
    }
    lua_setmetatable(L, 1);
    lua_settop(L, 1);
    return 1;
}

static int safe_getmetatable(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    if (!usher_metatable_get(L, 1)) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushliteral(L, "__metatable");
    if (lua_rawget(L, 2) == LUA_TNIL)
        lua_pop(L, 1);
    return 1;
}

static int is_hidden(lua_State *L, lua_Debug *at)
{
    lua_CFunction function;

    lua_getinfo(L, "f", at);
    function = lua_tocfunction(L, -1);
    lua_pop(L, 1);
    return function == delegate || function == delegate_index ||
           function == wrap_newindex;
}

/* error() as in Lua, but that hidden functions count as no level: an __index
 * that raises with level 2 blames the line that asked. */
static int safe_error(lua_State *L)
{
    lua_Integer level = luaL_optinteger(L, 2, 1);
    lua_Debug ar;

    lua_settop(L, 1);
    if (lua_type(L, 1) == LUA_TSTRING && level > 0) {
        for (int i = 1; i <= level && i < LEVELS_MAX; i++) {
            if (!lua_getstack(L, i, &ar))
                break;
            level += is_hidden(L, &ar);
        }
        luaL_where(L, (int)level);
        lua_insert(L, 1);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

void usher_metatable_open(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"error", safe_error},
        {"setmetatable", safe_setmetatable},
        {"getmetatable", safe_getmetatable},
        {NULL, NULL},
    };

    luaL_setfuncs(L, functions, 0);
    lua_newtable(L);
    lua_pushboolean(L, 0);
    lua_rawsetp(L, -2, &mark);
    lua_pushcfunction(L, guard_newindex);
    lua_setfield(L, -2, "__newindex");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &guard_key);
    /* Weak, but looked into only for what is there. */
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &wraps_key);
}
