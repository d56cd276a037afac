/* engine/script/as_built.c - puts all that Lua can reach in a state back to
 * what it was: the variables of its functions, the fields and metatables of its
 * tables. What came since is in no reach then, and is collected.
 *
 * The copies stand in two long lists of the state itself, which are read from
 * end to end: for each table itself, its metatable or false, the number of its
 * fields, then each key and value, in Lua's order; for each variable a function
 * that has it, which one of that function's it is, its value. */
#include <lauxlib.h>

#include "script/script_internal.h"

/* A state of more is built anew instead. */
#define THINGS_MAX 200000

enum { TABLES = 1, VARIABLES = 2 };

static char nothing; /* stands for nil in a list */

/* ---- copying ---- */

/* Where on the stack the lists lie. What was seen is a table whose keys are
 * the things and, as light userdata, the variables. */
enum { AT_SEEN = 1, AT_QUEUE, AT_TABLES, AT_VARIABLES, AT_TOP = AT_VARIABLES };

struct copies {
    lua_State *L;
    lua_Integer queued, tables, variables; /* entries of the lists */
};

/* Whether the key on the top, which goes, is seen for the first time. */
static int is_new(lua_State *L)
{
    int is_it;

    lua_pushvalue(L, -1);
    is_it = lua_rawget(L, AT_SEEN) == LUA_TNIL;
    lua_pop(L, 1);
    if (!is_it) {
        lua_pop(L, 1);
        return 0;
    }
    lua_pushboolean(L, 1);
    lua_rawset(L, AT_SEEN);
    return 1;
}

/* The value on the top, which goes, is looked into later. */
static void queue(struct copies *copies)
{
    lua_State *L = copies->L;
    int type = lua_type(L, -1);

    if (type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TUSERDATA) {
        lua_pushvalue(L, -1);
        if (is_new(L)) {
            if (copies->queued == THINGS_MAX)
                luaL_error(L, "too much to copy");
            lua_rawseti(L, AT_QUEUE, ++copies->queued);
            return;
        }
    }
    lua_pop(L, 1);
}

/* What stands at `index` becomes the last of the tables' list. */
static void table_note(struct copies *copies, int index)
{
    lua_pushvalue(copies->L, index);
    lua_rawseti(copies->L, AT_TABLES, ++copies->tables);
}

/* Stack: AT_TOP + 1 the table. */
static void table_copy(struct copies *copies)
{
    lua_State *L = copies->L;
    lua_Integer count_at, count = 0;

    table_note(copies, AT_TOP + 1);
    if (!lua_getmetatable(L, AT_TOP + 1))
        lua_pushboolean(L, 0);
    table_note(copies, -1);
    queue(copies);
    count_at = ++copies->tables;
    lua_pushinteger(L, 0);
    lua_rawseti(L, AT_TABLES, count_at);
    for (lua_pushnil(L); lua_next(L, AT_TOP + 1); count++) { /* key value */
        table_note(copies, -2);
        table_note(copies, -1);
        queue(copies);
        lua_pushvalue(L, -1);
        queue(copies);
    }
    lua_pushinteger(L, count);
    lua_rawseti(L, AT_TABLES, count_at);
}

/* Stack: AT_TOP + 1 the function. A variable of several is copied once. */
static void function_copy(struct copies *copies)
{
    lua_State *L = copies->L;
    lua_Integer *last = &copies->variables;

    for (int i = 1; lua_getupvalue(L, AT_TOP + 1, i); i++) {
        lua_pushlightuserdata(L, lua_upvalueid(L, AT_TOP + 1, i));
        if (!is_new(L)) {
            lua_pop(L, 1);
            continue;
        }
        lua_pushvalue(L, AT_TOP + 1);
        lua_rawseti(L, AT_VARIABLES, ++*last);
        lua_pushinteger(L, i);
        lua_rawseti(L, AT_VARIABLES, ++*last);
        if (lua_isnil(L, -1))
            lua_pushlightuserdata(L, &nothing);
        else
            lua_pushvalue(L, -1);
        lua_rawseti(L, AT_VARIABLES, ++*last);
        queue(copies);
    }
}

/* From all that C refers to, but for coroutines, which are the conversations'.
 */
static int copy_all(lua_State *L)
{
    struct copies copies = {.L = L};

    for (int i = 0; i < AT_TOP; i++)
        lua_newtable(L);
    for (lua_pushnil(L); lua_next(L, LUA_REGISTRYINDEX);)
        queue(&copies);
    for (lua_Integer at = 1; at <= copies.queued; at++) {
        int type = lua_rawgeti(L, AT_QUEUE, at);

        if (type == LUA_TTABLE) {
            table_copy(&copies);
        } else if (type == LUA_TFUNCTION) {
            function_copy(&copies);
        } else { /* what C keeps there is its own: no flow puts it there */
            lua_getiuservalue(L, -1, 1);
            queue(&copies);
        }
        lua_settop(L, AT_TOP);
    }
    lua_createtable(L, 2, 0);
    lua_pushvalue(L, AT_TABLES);
    lua_rawseti(L, -2, TABLES);
    lua_pushvalue(L, AT_VARIABLES);
    lua_rawseti(L, -2, VARIABLES);
    usher_script_of(L)->as_built = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

/* ---- putting back ---- */

/* Where on the stack the argument is, the list that is read, and what is put
 * back. */
enum { AT_LIST = 1, AT_THING, AT_META };

/* 1 is not 1.0. */
static int is_same(lua_State *L, int a, int b)
{
    return lua_rawequal(L, a, b) && lua_isinteger(L, a) == lua_isinteger(L, b);
}

/* Whether the table has these fields and no others, in this order. */
static int has_fields(lua_State *L, lua_Integer at, lua_Integer count)
{
    int key = AT_THING + 1;

    lua_settop(L, AT_THING);
    lua_pushnil(L);
    for (lua_Integer end = at + 2 * count; at < end; at += 2) {
        if (!lua_next(L, AT_THING))
            return 0;
        lua_rawgeti(L, AT_LIST, at);
        lua_rawgeti(L, AT_LIST, at + 1); /* key value key-before value-before */
        if (!lua_rawequal(L, key, key + 2) || !is_same(L, key + 1, key + 3))
            return 0;
        lua_settop(L, key);
    }
    return !lua_next(L, AT_THING);
}

static void fields_restore(lua_State *L, lua_Integer at, lua_Integer count)
{
    lua_settop(L, AT_THING);
    for (lua_pushnil(L); lua_next(L, AT_THING);) {
        lua_pop(L, 1);
        lua_pushvalue(L, -1);
        lua_pushnil(L);
        lua_rawset(L, AT_THING);
    }
    for (lua_Integer end = at + 2 * count; at < end; at += 2) {
        lua_rawgeti(L, AT_LIST, at);
        lua_rawgeti(L, AT_LIST, at + 1);
        lua_rawset(L, AT_THING);
    }
}

/* Stack: the list, the table, its metatable or false, as it should be. */
static void meta_restore(lua_State *L)
{
    if (!lua_getmetatable(L, AT_THING))
        lua_pushboolean(L, 0);
    if (lua_rawequal(L, -1, AT_META))
        return;
    if (lua_istable(L, AT_META))
        lua_pushvalue(L, AT_META);
    else
        lua_pushnil(L);
    lua_setmetatable(L, AT_THING);
}

static int tables_restore(lua_State *L)
{
    lua_Integer end = (lua_Integer)lua_rawlen(L, AT_LIST);

    for (lua_Integer at = 1, count; at <= end; at += 3 + 2 * count) {
        lua_rawgeti(L, AT_LIST, at);
        lua_rawgeti(L, AT_LIST, at + 1);
        lua_rawgeti(L, AT_LIST, at + 2);
        count = lua_tointeger(L, -1);
        meta_restore(L);
        if (!has_fields(L, at + 3, count))
            fields_restore(L, at + 3, count);
        lua_settop(L, AT_LIST);
    }
    return 0;
}

static int variables_restore(lua_State *L)
{
    lua_Integer end = (lua_Integer)lua_rawlen(L, AT_LIST);

    for (lua_Integer at = 1; at < end; at += 3) {
        int i;

        lua_rawgeti(L, AT_LIST, at);
        lua_rawgeti(L, AT_LIST, at + 1);
        i = (int)lua_tointeger(L, -1);
        lua_getupvalue(L, AT_THING, i);
        lua_rawgeti(L, AT_LIST, at + 2); /* now before */
        if (lua_touserdata(L, -1) == &nothing) {
            lua_pop(L, 1);
            lua_pushnil(L);
        }
        if (!is_same(L, -1, -2))
            lua_setupvalue(L, AT_THING, i);
        lua_settop(L, AT_LIST);
    }
    return 0;
}

static int restore_all(lua_State *L)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, usher_script_of(L)->as_built);
    lua_pushcfunction(L, tables_restore);
    lua_rawgeti(L, 1, TABLES);
    lua_call(L, 1, 0);
    lua_pushcfunction(L, variables_restore);
    lua_rawgeti(L, 1, VARIABLES);
    lua_call(L, 1, 0);
    return 0;
}

/* ---- both ---- */

void usher_script_remember(struct usher_script *script)
{
    lua_State *L = script->L;
    size_t before;

    lua_gc(L, LUA_GCCOLLECT);
    before = script->bytes;
    lua_pushcfunction(L, copy_all);
    if (lua_pcall(L, 0, 0, 0) != LUA_OK)
        lua_pop(L, 1);
    lua_gc(L, LUA_GCCOLLECT);   /* what was needed for copying */
    if (script->bytes > before) /* the flows have as much as without it */
        script->limits.state_bytes += script->bytes - before;
}

int usher_script_restore(struct usher_script *script)
{
    lua_State *L = script->L;
    int status;

    if (!script->as_built)
        return 0;
    lua_pushcfunction(L, restore_all);
    status = lua_pcall(L, 0, 0, 0);
    if (status != LUA_OK)
        lua_pop(L, 1);
    return status == LUA_OK;
}
