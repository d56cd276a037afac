/* engine/script/keeps.c - what the files of the flows keep in variables of
 * their own, between turns: which of them holds most. */
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "script/script_internal.h"

/* Looked at in all: a few ms. One that has more is the one that is meant. */
#define THINGS_MAX 200000
#define VALUE_BYTES 40
#define TABLE_BYTES 56
#define DEPTH_MAX 32

struct look {
    lua_State *L;
    int seen; /* stack index: tables and functions that were looked at */
    long left;
    size_t most;
    char *name;
    size_t size;
};

static size_t value_size(struct look *look, int depth);

/* Whether the value on the top is looked at for the first time. */
static int is_new(struct look *look)
{
    lua_State *L = look->L;
    int seen;

    lua_pushvalue(L, -1);
    seen = lua_rawget(L, look->seen) != LUA_TNIL;
    lua_pop(L, 1);
    if (seen)
        return 0;
    lua_pushvalue(L, -1);
    lua_pushboolean(L, 1);
    lua_rawset(L, look->seen);
    return 1;
}

static size_t table_size(struct look *look, int depth)
{
    lua_State *L = look->L;
    size_t sum = TABLE_BYTES;

    if (lua_getmetatable(L, -1)) { /* what stands behind a view */
        lua_pushliteral(L, "__index");
        if (lua_rawget(L, -2) == LUA_TTABLE)
            sum += value_size(look, depth);
        lua_pop(L, 2);
    }
    for (lua_pushnil(L); look->left > 0 && lua_next(L, -2); lua_pop(L, 1)) {
        sum += VALUE_BYTES + value_size(look, depth);
        if (lua_type(L, -2) == LUA_TSTRING)
            sum += lua_rawlen(L, -2);
    }
    return sum; /* what is left on the stack goes with value_size() */
}

/* A function's variables count for themselves. */
static void function_look(struct look *look, int depth)
{
    lua_State *L = look->L;
    int function = lua_gettop(L);
    lua_Debug ar;
    const char *variable;

    lua_pushvalue(L, function);
    lua_getinfo(L, ">S", &ar);
    if (ar.source[0] != '@')
        return;
    for (int i = 1; (variable = lua_getupvalue(L, function, i)); i++) {
        size_t bytes = value_size(look, depth);

        if (bytes > look->most && strcmp(variable, "_ENV") != 0) {
            look->most = bytes;
            snprintf(look->name, look->size, "%s: %s", ar.source + 1, variable);
        }
        lua_settop(L, function);
    }
}

/* Of the value on the top, which stays there. */
static size_t value_size(struct look *look, int depth)
{
    lua_State *L = look->L;
    int top = lua_gettop(L);
    size_t bytes = 0;

    if (--look->left <= 0 || depth > DEPTH_MAX || !lua_checkstack(L, 8))
        return 0;
    switch (lua_type(L, -1)) {
    case LUA_TSTRING:
        return lua_rawlen(L, -1);
    case LUA_TUSERDATA:
        return lua_rawlen(L, -1);
    case LUA_TFUNCTION:
        if (!lua_iscfunction(L, -1) && is_new(look))
            function_look(look, depth + 1);
        break;
    case LUA_TTABLE:
        if (is_new(look))
            bytes = table_size(look, depth + 1);
        break;
    default:
        break;
    }
    lua_settop(L, top);
    return bytes;
}

/* Stack: the look as light userdata. */
static int look_all(lua_State *L)
{
    struct look *look = lua_touserdata(L, 1);
    const struct usher_script *script = usher_script_of(L);

    look->L = L;
    lua_newtable(L);
    look->seen = lua_gettop(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, script->env);
    (void)is_new(look);
    lua_rawgeti(L, LUA_REGISTRYINDEX, script->globals);
    (void)is_new(look);
    lua_settop(L, look->seen);
    lua_rawgeti(L, LUA_REGISTRYINDEX, script->loaded);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        size_t bytes = value_size(look, 0);

        if (bytes > look->most && lua_type(L, -2) == LUA_TSTRING) {
            look->most = bytes;
            snprintf(look->name, look->size, "what %s returns",
                     lua_tostring(L, -2));
        }
    }
    return 0;
}

void usher_script_keeps(struct usher_script *script, char *out, size_t size)
{
    lua_State *L = script->L;
    struct look look = {.left = THINGS_MAX, .name = out, .size = size};

    out[0] = '\0';
    lua_gc(L, LUA_GCSTOP);
    lua_pushcfunction(L, look_all);
    lua_pushlightuserdata(L, &look);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK)
        lua_pop(L, 1);
    lua_gc(L, LUA_GCRESTART);
    /* Where nothing holds much, nothing is to blame. */
    if (look.left > 0 && look.most < script->bytes / 4)
        out[0] = '\0';
}
