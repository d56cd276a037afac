/* engine/conversation/stage_plain.c - plain data between the state of a spec
 * and the state of the flows. */
#include "conversation/stage_plain.h"

#include <lauxlib.h>
#include <string.h>

#include "core/buffer.h"
#include "script/metatable.h"
#include "script/value.h"

#define DEPTH_MAX 16
#define ARGUMENTS_MAX 16
#define BYTES_MAX (1u << 20)

/* ---- a module's value, copied ---- */

/* The table behind a read-only view, in place of the view. */
static void unfreeze(lua_State *from)
{
    if (!usher_metatable_get(from, -1))
        return;
    lua_pushliteral(from, "__index");
    lua_rawget(from, -2);
    lua_remove(from, -2);
    if (lua_istable(from, -1))
        lua_remove(from, -2);
    else
        lua_pop(from, 1);
}

static void copy(lua_State *from, lua_State *to, int depth);

/* Keys that are neither texts nor numbers are left out. */
static void copy_table(lua_State *from, lua_State *to, int depth)
{
    luaL_checkstack(to, 4, "the module");
    lua_newtable(to);
    if (depth == 0 || !lua_checkstack(from, 4))
        return;
    lua_pushvalue(from, -1);
    unfreeze(from);
    for (lua_pushnil(from); lua_next(from, -2); lua_pop(from, 1)) {
        if (lua_isinteger(from, -2))
            lua_pushinteger(to, lua_tointeger(from, -2));
        else if (lua_type(from, -2) == LUA_TSTRING)
            lua_pushstring(to, lua_tostring(from, -2));
        else
            continue;
        copy(from, to, depth - 1);
        lua_rawset(to, -3);
    }
    lua_pop(from, 1);
}

/* Pushes to `to` the value on the top of `from`. */
static void copy(lua_State *from, lua_State *to, int depth)
{
    const char *text;
    size_t len;

    switch (lua_type(from, -1)) {
    case LUA_TSTRING:
        text = lua_tolstring(from, -1, &len);
        lua_pushlstring(to, text, len);
        break;
    case LUA_TNUMBER:
        if (lua_isinteger(from, -1))
            lua_pushinteger(to, lua_tointeger(from, -1));
        else
            lua_pushnumber(to, lua_tonumber(from, -1));
        break;
    case LUA_TBOOLEAN:
        lua_pushboolean(to, lua_toboolean(from, -1));
        break;
    case LUA_TTABLE:
        copy_table(from, to, depth);
        break;
    default:
        lua_pushboolean(to, 1);
    }
}

int stage_plain_module(lua_State *L, struct usher_script *script,
                       const char *name)
{
    lua_State *from = usher_script_lua(script);
    int top = lua_gettop(from);

    if (!usher_script_module_value(script, name))
        lua_pushnil(L);
    else
        copy(from, L, DEPTH_MAX);
    lua_settop(from, top);
    return 1;
}

/* ---- a call ---- */

/* In the flows' state: arguments are the function's name or "", the encoded
 * arguments, their number; upvalue: none. Stack 1 is the module's value. */
static int call_inside(lua_State *L)
{
    const char *function = lua_tostring(L, 2);
    size_t len;
    const char *bytes = lua_tolstring(L, 3, &len);
    int count = (int)lua_tointeger(L, 4);
    struct usher_buffer out;
    struct usher_error error = {""};
    struct usher_reader reader;
    enum usher_status st = USHER_OK;

    lua_pushvalue(L, 1);
    if (function[0])
        lua_getfield(L, -1, function);
    usher_reader_init(&reader, bytes, len);
    for (int i = 0; i < count; i++)
        usher_value_decode(L, &reader);
    lua_call(L, count, LUA_MULTRET);
    usher_buffer_init(&out, BYTES_MAX);
    count = lua_gettop(L) - (function[0] ? 5 : 4);
    for (int i = 0; i < count && st == USHER_OK; i++)
        st = usher_value_encode(L, lua_gettop(L) - count + 1 + i, &out,
                                "the result", &error);
    if (st == USHER_OK)
        lua_pushlstring(L, out.data ? out.data : "", out.len);
    usher_buffer_free(&out);
    if (st != USHER_OK)
        return luaL_error(L, "%s", error.text);
    lua_pushinteger(L, count);
    return 2;
}

/* Encodes the values of L from `first` on, and pushes the bytes to `to`. */
static void arguments_push(lua_State *L, lua_State *to, int first)
{
    struct usher_buffer bytes;
    struct usher_error error = {""};
    enum usher_status st = USHER_OK;

    usher_buffer_init(&bytes, BYTES_MAX);
    for (int i = first; i <= lua_gettop(L) && st == USHER_OK; i++)
        st = usher_value_encode(L, i, &bytes, "the argument", &error);
    if (st == USHER_OK)
        lua_pushlstring(to, bytes.data ? bytes.data : "", bytes.len);
    usher_buffer_free(&bytes);
    if (st != USHER_OK)
        luaL_error(L, "%s", error.text);
}

/* Pushes the results of call_inside() to L. */
static int results_pull(lua_State *from, lua_State *L)
{
    struct usher_reader reader;
    size_t len;
    const char *bytes = lua_tolstring(from, -2, &len);
    int count = (int)lua_tointeger(from, -1);

    luaL_checkstack(L, count, "results");
    usher_reader_init(&reader, bytes, len);
    for (int i = 0; i < count; i++)
        usher_value_decode(L, &reader);
    lua_pop(from, 2);
    return count;
}

int stage_plain_call(lua_State *L, struct usher_script *script,
                     const char *module, const char *function, int first)
{
    lua_State *to = usher_script_lua(script);
    int count = lua_gettop(L) - first + 1;
    struct usher_error error = {""};
    int top = lua_gettop(to);

    luaL_argcheck(L, count <= ARGUMENTS_MAX, first, "too many arguments");
    lua_pushcfunction(to, call_inside);
    if (!usher_script_module_value(script, module)) {
        lua_settop(to, top);
        return luaL_error(L, "the flows have no module '%s'", module);
    }
    lua_pushstring(to, function);
    arguments_push(L, to, first);
    lua_pushinteger(to, count < 0 ? 0 : count);
    if (usher_script_call(script, 4, 2, &error) != USHER_OK) {
        lua_settop(to, top);
        return luaL_error(L, "%s", error.text);
    }
    return results_pull(to, L);
}
