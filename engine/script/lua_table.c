/* engine/script/lua_table.c - insert, remove, move, concat, pack, unpack. */
#include "script/lua_table.h"

#include <lauxlib.h>

#include "script/lua_sort.h"
#include "script/script.h"

enum table_use { TABLE_READ = 1, TABLE_WRITE = 2, TABLE_LENGTH = 4 };

static int lacks(lua_State *L, int meta, unsigned wanted, const char *name)
{
    return wanted && lua_getfield(L, meta, name) == LUA_TNIL;
}

/* A table, or what can be used like one. */
static void table_check(lua_State *L, int arg, unsigned use)
{
    int top = lua_gettop(L);

    if (lua_type(L, arg) == LUA_TTABLE)
        return;
    if (!lua_getmetatable(L, arg) ||
        lacks(L, top + 1, use & TABLE_READ, "__index") ||
        lacks(L, top + 1, use & TABLE_WRITE, "__newindex") ||
        lacks(L, top + 1, use & TABLE_LENGTH, "__len"))
        luaL_checktype(L, arg, LUA_TTABLE);
    lua_settop(L, top);
}

static lua_Integer table_length(lua_State *L, unsigned use)
{
    table_check(L, 1, use | TABLE_LENGTH);
    return luaL_len(L, 1);
}

static int table_insert(lua_State *L)
{
    lua_Integer end = table_length(L, TABLE_READ | TABLE_WRITE);
    lua_Integer at;

    end = luaL_intop(+, end, 1); /* the first empty place */
    switch (lua_gettop(L)) {
    case 2:
        lua_seti(L, 1, end);
        return 0;
    case 3:
        at = luaL_checkinteger(L, 2);
        luaL_argcheck(L, (lua_Unsigned)at - 1u < (lua_Unsigned)end, 2,
                      "position out of bounds");
        for (lua_Integer i = end; i > at; i--) {
            usher_script_charge(L, USHER_STEP_COST);
            lua_geti(L, 1, i - 1);
            lua_seti(L, 1, i);
        }
        lua_seti(L, 1, at);
        return 0;
    default:
        return luaL_error(L, "wrong number of arguments to 'insert'");
    }
}

static int table_remove(lua_State *L)
{
    lua_Integer size = table_length(L, TABLE_READ | TABLE_WRITE);
    lua_Integer at = luaL_optinteger(L, 2, size);

    if (at != size)
        luaL_argcheck(L, (lua_Unsigned)at - 1u <= (lua_Unsigned)size, 2,
                      "position out of bounds");
    lua_geti(L, 1, at);
    for (; at < size; at++) {
        usher_script_charge(L, USHER_STEP_COST);
        lua_geti(L, 1, at + 1);
        lua_seti(L, 1, at);
    }
    lua_pushnil(L);
    lua_seti(L, 1, at); /* what stood last */
    return 1;
}

static void move_one(lua_State *L, int to, lua_Integer from, lua_Integer at)
{
    usher_script_charge(L, USHER_STEP_COST);
    lua_geti(L, 1, from);
    lua_seti(L, to, at);
}

static int table_move(lua_State *L)
{
    lua_Integer first = luaL_checkinteger(L, 2);
    lua_Integer last = luaL_checkinteger(L, 3);
    lua_Integer at = luaL_checkinteger(L, 4);
    int to = lua_isnoneornil(L, 5) ? 1 : 5;
    lua_Integer count;

    table_check(L, 1, TABLE_READ);
    table_check(L, to, TABLE_WRITE);
    if (last >= first) {
        luaL_argcheck(L, first > 0 || last < LUA_MAXINTEGER + first, 3,
                      "too many elements to move");
        count = last - first + 1;
        luaL_argcheck(L, at <= LUA_MAXINTEGER - count + 1, 4,
                      "destination wrap around");
        /* Where the new place overlaps, and is the later one: from the end. */
        if (at > last || at <= first ||
            (to != 1 && !lua_compare(L, 1, to, LUA_OPEQ))) {
            for (lua_Integer i = 0; i < count; i++)
                move_one(L, to, first + i, at + i);
        } else {
            for (lua_Integer i = count; i > 0; i--)
                move_one(L, to, first + (i - 1), at + (i - 1));
        }
    }
    lua_pushvalue(L, to);
    return 1;
}

static void concat_add(lua_State *L, luaL_Buffer *out, lua_Integer i)
{
    usher_script_charge(L, USHER_STEP_COST);
    lua_geti(L, 1, i);
    if (!lua_isstring(L, -1))
        luaL_error(L, "invalid value (at index %I) in table for 'concat'",
                   (LUAI_UACINT)i);
    usher_script_charge(L, (lua_Integer)(lua_rawlen(L, -1) / 16));
    luaL_addvalue(out);
}

static int table_concat(lua_State *L)
{
    lua_Integer last = table_length(L, TABLE_READ);
    size_t between_len;
    const char *between = luaL_optlstring(L, 2, "", &between_len);
    lua_Integer first = luaL_optinteger(L, 3, 1);
    luaL_Buffer out;

    last = luaL_optinteger(L, 4, last);
    luaL_buffinit(L, &out);
    for (; first < last; first++) {
        concat_add(L, &out, first);
        usher_script_charge(L, (lua_Integer)(between_len / 16));
        luaL_addlstring(&out, between, between_len);
    }
    if (first == last)
        concat_add(L, &out, first);
    luaL_pushresult(&out);
    return 1;
}

static int table_unpack(lua_State *L)
{
    lua_Integer first = luaL_optinteger(L, 2, 1);
    lua_Integer last =
        lua_isnoneornil(L, 3) ? luaL_len(L, 1) : luaL_checkinteger(L, 3);
    lua_Unsigned count;

    if (first > last)
        return 0;
    count = (lua_Unsigned)last - (lua_Unsigned)first;
    if (count >= USHER_VALUES_MAX || !lua_checkstack(L, (int)++count))
        return luaL_error(L, "too many results to unpack");
    for (; first < last; first++) {
        usher_script_charge(L, USHER_STEP_COST);
        lua_geti(L, 1, first);
    }
    lua_geti(L, 1, last);
    return (int)count;
}

static int table_pack(lua_State *L)
{
    int count = lua_gettop(L);

    usher_script_charge(L, count);
    lua_createtable(L, count, 1);
    lua_insert(L, 1);
    for (int i = count; i >= 1; i--)
        lua_rawseti(L, 1, i);
    lua_pushinteger(L, count);
    lua_setfield(L, 1, "n");
    return 1;
}

static int table_sort(lua_State *L)
{
    lua_Integer size = table_length(L, TABLE_READ | TABLE_WRITE);

    return usher_sort(L, size);
}

void usher_table_open(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"insert", table_insert}, {"remove", table_remove},
        {"move", table_move},     {"concat", table_concat},
        {"unpack", table_unpack}, {"pack", table_pack},
        {"sort", table_sort},     {NULL, NULL},
    };

    luaL_newlib(L, functions);
}
