/* engine/script/as_built.c - puts all that Lua can reach in a state back to
 * what it was: the variables of its functions, the fields and metatables of its
 * tables. What came since is in no reach then, and is collected.
 *
 * The copies stand in a table of the state itself: by table { its fields, its
 * metatable }, by function { its variables }. */
#include <lauxlib.h>

#include "script/script_internal.h"

/* A state of more, or nested deeper, is built anew instead. */
#define THINGS_MAX 200000
#define DEPTH_MAX 180 /* each level is some calls on the C stack */

enum { FIELDS = 1, META = 2 };

struct copies {
    lua_State *L;
    int table; /* where it stands */
    int left;
};

/* ---- copying ---- */

static void value_copy(struct copies *copies, int depth);

static void inside_copy(struct copies *copies, int depth)
{
    value_copy(copies, depth);
    lua_pop(copies->L, 1);
}

/* Stack: the table, its record. */
static void table_copy(struct copies *copies, int depth)
{
    lua_State *L = copies->L;
    int table = lua_gettop(L) - 1;

    if (lua_getmetatable(L, table)) {
        lua_pushvalue(L, -1);
        lua_rawseti(L, table + 1, META);
        inside_copy(copies, depth);
    }
    lua_newtable(L); /* table record fields */
    lua_pushvalue(L, -1);
    lua_rawseti(L, table + 1, FIELDS);
    for (lua_pushnil(L); lua_next(L, table);) {
        lua_pushvalue(L, -2);
        lua_pushvalue(L, -2);
        lua_rawset(L, table + 2);
        inside_copy(copies, depth);
        lua_pushvalue(L, -1);
        inside_copy(copies, depth);
    }
    lua_pop(L, 1);
}

/* Stack: the function, its record. */
static void function_copy(struct copies *copies, int depth)
{
    lua_State *L = copies->L;
    int function = lua_gettop(L) - 1;

    for (int i = 1; lua_getupvalue(L, function, i); i++) {
        lua_pushvalue(L, -1);
        lua_rawseti(L, function + 1, i);
        inside_copy(copies, depth);
    }
}

/* The value on the top, which stays there. */
static void value_copy(struct copies *copies, int depth)
{
    lua_State *L = copies->L;
    int type = lua_type(L, -1);

    if (type != LUA_TTABLE && type != LUA_TFUNCTION && type != LUA_TUSERDATA)
        return;
    lua_pushvalue(L, -1);
    if (lua_rawget(L, copies->table) != LUA_TNIL) {
        lua_pop(L, 1);
        return;
    }
    lua_pop(L, 1);
    if (--copies->left < 0 || depth > DEPTH_MAX)
        luaL_error(L, "too much to copy");
    luaL_checkstack(L, 12, NULL);
    lua_newtable(L); /* value record */
    lua_pushvalue(L, -2);
    lua_pushvalue(L, -2);
    lua_rawset(L, copies->table);
    if (type == LUA_TTABLE)
        table_copy(copies, depth + 1);
    else if (type == LUA_TFUNCTION)
        function_copy(copies, depth + 1);
    lua_pop(L, 1);
    /* What C keeps in a userdata is its own: no flow puts anything there. */
    if (type == LUA_TUSERDATA) {
        lua_getiuservalue(L, -1, 1);
        inside_copy(copies, depth + 1);
    }
}

/* From all that C refers to, but for coroutines, which are the conversations'.
 */
static int copy_all(lua_State *L)
{
    struct copies copies = {L, 1, THINGS_MAX};

    lua_newtable(L);
    for (lua_pushnil(L); lua_next(L, LUA_REGISTRYINDEX);)
        inside_copy(&copies, 0);
    usher_script_of(L)->as_built = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

/* ---- putting back ---- */

/* Stack: table, fields, the fields there should be. */
static void fields_restore(lua_State *L, int table, int fields)
{
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        lua_pushvalue(L, -2);
        lua_rawget(L, fields); /* key value before */
        if (!lua_rawequal(L, -1, -2)) {
            lua_pushvalue(L, -3);
            lua_pushvalue(L, -2);
            lua_rawset(L, table);
        }
        lua_pop(L, 1);
    }
    for (lua_pushnil(L); lua_next(L, fields); lua_pop(L, 1)) {
        lua_pushvalue(L, -2);
        if (lua_rawget(L, table) == LUA_TNIL) { /* key before nil */
            lua_pushvalue(L, -3);
            lua_pushvalue(L, -3);
            lua_rawset(L, table);
        }
        lua_pop(L, 1);
    }
}

static void table_restore(lua_State *L, int table, int record)
{
    int has_meta = lua_getmetatable(L, table);

    if (!has_meta)
        lua_pushnil(L);
    lua_rawgeti(L, record, META); /* now before */
    if (!lua_rawequal(L, -1, -2))
        lua_setmetatable(L, table);
    lua_settop(L, record);
    lua_rawgeti(L, record, FIELDS);
    fields_restore(L, table, record + 1);
    lua_settop(L, record);
}

static void function_restore(lua_State *L, int function, int record)
{
    for (int i = 1; lua_getupvalue(L, function, i); i++) {
        lua_rawgeti(L, record, i); /* now before */
        if (!lua_rawequal(L, -1, -2))
            lua_setupvalue(L, function, i);
        lua_settop(L, record);
    }
}

static int restore_all(lua_State *L)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, usher_script_of(L)->as_built);
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        if (lua_istable(L, 2))
            table_restore(L, 2, 3);
        else if (lua_isfunction(L, 2))
            function_restore(L, 2, 3);
    }
    return 0;
}

/* ---- both ---- */

void usher_script_remember(struct usher_script *script)
{
    lua_State *L = script->L;
    size_t before = script->bytes;

    lua_pushcfunction(L, copy_all);
    if (lua_pcall(L, 0, 0, 0) != LUA_OK)
        lua_pop(L, 1);
    else if (script->bytes > before) /* the flows have as much as without it */
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
