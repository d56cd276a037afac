/* engine/bind/lua_json.c - cjson for flows: lua-cjson reads, we write.
 *
 *   local json = require "cjson"
 *   json.decode(text)    raises on what is no JSON; null is json.null
 *   json.encode(value)   members in the order of their names
 *
 * lua-cjson writes members in the order of Lua's hashes, which differs from
 * one state to the next: a replay would send other bytes than the run did. It
 * reads every number as a float: whole ones become integers here. What can be
 * set in lua-cjson is left out: it would hold for every flow. */
#include "bind/call.h"
#include "bind/modules.h"

#include <lauxlib.h>
#include <lua-cjson.h>
#include <math.h>

#include "script/order.h"

#define DEPTH_MAX 64
#define BYTES_A_CHARGE 4

/* ---- writing ---- */

static void write_value(lua_State *L, struct usher_buffer *out, int depth);

static void write_number(lua_State *L, struct usher_buffer *out)
{
    if (lua_isinteger(L, -1))
        usher_buffer_integer(out, lua_tointeger(L, -1));
    else if (isfinite(lua_tonumber(L, -1)))
        usher_buffer_printf(out, "%.14g", lua_tonumber(L, -1));
    else
        luaL_error(L, "cjson.encode: JSON has no inf and no nan");
}

/* A list has the keys 1 to n only; an empty table is an object, as with
 * lua-cjson. A module's read-only table is taken by its length. */
static int is_list(lua_State *L, lua_Integer length)
{
    lua_Integer count = 0;

    if (length == 0)
        return 0;
    if (luaL_getmetafield(L, -1, "__pairs") != LUA_TNIL) {
        lua_pop(L, 1);
        return 1;
    }
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        if (!lua_isinteger(L, -2) || lua_tointeger(L, -2) < 1 ||
            lua_tointeger(L, -2) > length) {
            lua_pop(L, 2);
            return 0;
        }
        count++;
    }
    usher_script_charge(L, count);
    return count == length;
}

static void write_list(lua_State *L, struct usher_buffer *out,
                       lua_Integer length, int depth)
{
    usher_buffer_byte(out, '[');
    for (lua_Integer i = 1; i <= length; i++) {
        if (i > 1)
            usher_buffer_byte(out, ',');
        usher_script_charge(L, USHER_STEP_COST);
        lua_geti(L, -1, i);
        write_value(L, out, depth + 1);
        lua_pop(L, 1);
    }
    usher_buffer_byte(out, ']');
}

/* Pays for the bytes, and writes them as a JSON text. */
static void write_text(lua_State *L, struct usher_buffer *out, int index)
{
    size_t len;
    const char *text = lua_tolstring(L, index, &len);

    usher_script_charge(L, (lua_Integer)(len / BYTES_A_CHARGE));
    usher_buffer_json(out, text, len);
}

/* Stack: key value. */
static void write_member(lua_State *L, struct usher_buffer *out, int depth)
{
    if (!lua_isstring(L, -2))
        luaL_error(L,
                   "cjson.encode: a name in JSON is a text or a number, "
                   "not a %s",
                   luaL_typename(L, -2));
    lua_pushvalue(L, -2); /* a key must not be changed into a string */
    write_text(L, out, -1);
    lua_pop(L, 1);
    usher_buffer_byte(out, ':');
    write_value(L, out, depth + 1);
}

static void write_object(lua_State *L, struct usher_buffer *out, int depth)
{
    int base = lua_gettop(L); /* the table; above it iterator, state, key */
    int first = 1;

    lua_pushcfunction(L, usher_order_pairs);
    lua_pushvalue(L, base);
    lua_call(L, 1, 3);
    usher_buffer_byte(out, '{');
    for (;;) {
        usher_script_charge(L, USHER_STEP_COST);
        lua_pushvalue(L, base + 1);
        lua_pushvalue(L, base + 2);
        lua_pushvalue(L, base + 3);
        lua_call(L, 2, 2);
        if (lua_isnil(L, -2))
            break;
        if (!first)
            usher_buffer_byte(out, ',');
        first = 0;
        write_member(L, out, depth);
        lua_pop(L, 1);
        lua_replace(L, base + 3);
    }
    usher_buffer_byte(out, '}');
    lua_settop(L, base);
}

static void write_table(lua_State *L, struct usher_buffer *out, int depth)
{
    lua_Integer length;

    luaL_checkstack(L, 16, "cjson.encode");
    if (depth >= DEPTH_MAX)
        luaL_error(L, "cjson.encode: a cycle, or a table nested deeper than %d",
                   DEPTH_MAX);
    if (out->failed) /* too long already: what follows changes nothing */
        return;
    length = luaL_len(L, -1); /* once: it may answer otherwise */
    if (is_list(L, length))
        write_list(L, out, length, depth);
    else
        write_object(L, out, depth);
}

/* The value on the top of the stack, which it leaves there. */
static void write_value(lua_State *L, struct usher_buffer *out, int depth)
{
    switch (lua_type(L, -1)) {
    case LUA_TNIL:
        usher_buffer_text(out, "null");
        return;
    case LUA_TBOOLEAN:
        usher_buffer_text(out, lua_toboolean(L, -1) ? "true" : "false");
        return;
    case LUA_TNUMBER:
        write_number(L, out);
        return;
    case LUA_TSTRING:
        write_text(L, out, -1);
        return;
    case LUA_TTABLE:
        write_table(L, out, depth);
        return;
    case LUA_TLIGHTUSERDATA:
        if (!lua_touserdata(L, -1)) { /* json.null */
            usher_buffer_text(out, "null");
            return;
        } /* fall through */
    default:
        luaL_error(L, "cjson.encode: JSON has no %s", luaL_typename(L, -1));
    }
}

static int json_encode(lua_State *L)
{
    struct usher_call *call;

    luaL_checkany(L, 1);
    lua_settop(L, 1);
    call = usher_call_new(L);
    lua_pushvalue(L, 1);
    write_value(L, &call->scratch, 0);
    if (call->scratch.failed == USHER_ERR_LIMIT)
        return luaL_error(L, "cjson.encode: the text is above %d KiB",
                          (int)(call->scratch.max / 1024));
    if (call->scratch.failed)
        return luaL_error(L, "not enough memory");
    lua_pushlstring(L, call->scratch.data, call->scratch.len);
    return 1;
}

/* ---- reading ---- */

/* Replaces the number on the top, if it is whole, by an integer. */
static int make_integer(lua_State *L)
{
    int is_whole;
    lua_Integer whole;

    if (lua_type(L, -1) != LUA_TNUMBER || lua_isinteger(L, -1))
        return 0;
    whole = lua_tointegerx(L, -1, &is_whole);
    if (!is_whole)
        return 0;
    lua_pop(L, 1);
    lua_pushinteger(L, whole);
    return 1;
}

/* Of what was just read: no cycles, no metatables, DEPTH_MAX deep. Changing
 * fields that are there is allowed while one goes over them. */
static void make_integers(lua_State *L)
{
    luaL_checkstack(L, 8, "cjson.decode");
    if (!lua_istable(L, -1)) {
        make_integer(L);
        return;
    }
    for (lua_pushnil(L); lua_next(L, -2);) {
        if (lua_istable(L, -1)) {
            make_integers(L);
        } else if (make_integer(L)) {
            lua_pushvalue(L, -2);
            lua_insert(L, -2);
            lua_rawset(L, -4);
            continue;
        }
        lua_pop(L, 1);
    }
}

/* Upvalue: lua-cjson's decode. */
static int json_decode(lua_State *L)
{
    size_t len;
    int was_armed;
    int status;

    if (lua_type(L, 1) != LUA_TSTRING)
        return luaL_error(L, "cjson.decode: the JSON must be a text, not a %s",
                          luaL_typename(L, 1));
    lua_tolstring(L, 1, &len);
    usher_script_charge(L, (int64_t)len / BYTES_A_CHARGE);
    lua_settop(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    /* lua-cjson loses its own memory where Lua's ends: it is looked at after.
     */
    was_armed = usher_script_pause(L);
    status = lua_pcall(L, 1, 1, 0);
    usher_script_go_on(L, was_armed);
    if (status != LUA_OK)
        return lua_error(L);
    make_integers(L);
    return 1;
}

int usher_lua_cjson_open(lua_State *L)
{
    lua_createtable(L, 0, 3);
    lua_pushcfunction(L, luaopen_cjson);
    lua_call(L, 0, 1); /* module cjson */
    lua_getfield(L, -1, "decode_max_depth");
    lua_pushinteger(L, DEPTH_MAX);
    lua_call(L, 1, 0);
    lua_getfield(L, -1, "decode_invalid_numbers");
    lua_pushboolean(L, 0);
    lua_call(L, 1, 0);
    lua_getfield(L, -1, "null");
    lua_setfield(L, -3, "null");
    lua_getfield(L, -1, "decode");
    lua_pushcclosure(L, json_decode, 1);
    lua_setfield(L, -3, "decode");
    lua_pop(L, 1);
    lua_pushcfunction(L, json_encode);
    lua_setfield(L, -2, "encode");
    return 1;
}
