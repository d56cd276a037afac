/* engine/script/lua_string.c - string.format, string.rep and tostring without
 * addresses and without end:
 *
 *     string.format("%s", {})   --> "table"
 *     string.rep("x", 1e9)      --> error: ... longer than 1048576 bytes
 *
 * The work itself is left to Lua's own functions. They are called as plain C
 * functions in our frame, so that their errors name the flow's line and the
 * flow's argument numbers. */

#include "script/lua_string.h"

#include <lauxlib.h>
#include <lualib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "script/author.h"
#include "script/script.h"

const char *usher_string_tolstring(lua_State *L, int index, size_t *bytes)
{
    int name;

    index = lua_absindex(L, index);
    if (luaL_getmetafield(L, index, "__tostring") != LUA_TNIL) {
        lua_pop(L, 1);
        return luaL_tolstring(L, index, bytes);
    }
    switch (lua_type(L, index)) {
    case LUA_TNIL:
    case LUA_TBOOLEAN:
    case LUA_TNUMBER:
    case LUA_TSTRING:
        return luaL_tolstring(L, index, bytes);
    default:
        break;
    }
    name = luaL_getmetafield(L, index, "__name");
    if (name == LUA_TSTRING)
        return lua_tolstring(L, -1, bytes);
    if (name != LUA_TNIL) /* which pushes nothing */
        lua_pop(L, 1);
    lua_pushstring(L, luaL_typename(L, index));
    return lua_tolstring(L, -1, bytes);
}

/* The number that is none, or without end. */
static void number_note(lua_State *L, int index)
{
    double value = lua_tonumber(L, index);
    char word[16];

    if (isfinite(value))
        return;
    snprintf(word, sizeof(word), "%g", value);
    usher_author_made(L, LUA_TNUMBER, word);
}

/* Pushes the text of a value that a flow makes a text; what says nothing to
 * people is noted, for the moment at which it is to be said to one. */
static void string_push(lua_State *L, int index)
{
    int type = lua_type(L, index);
    const char *text = usher_string_tolstring(L, index, NULL);

    if (type == LUA_TSTRING || type == LUA_TBOOLEAN)
        return;
    if (type == LUA_TNUMBER)
        number_note(L, index);
    else if (type == LUA_TTABLE &&
             luaL_getmetafield(L, index, "__tostring") != LUA_TNIL)
        lua_pop(L, 1); /* a text of its own */
    else
        usher_author_made(L, type, text);
}

int usher_string_tostring(lua_State *L)
{
    luaL_checkany(L, 1);
    string_push(L, 1);
    return 1;
}

/* Runs the C function that is upvalue 1 in the caller's place. */
static int string_own(lua_State *L)
{
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/* Puts a string in place of the argument that a %s will show. */
static void string_prepare(lua_State *L, int arg)
{
    if (arg > lua_gettop(L) || lua_type(L, arg) == LUA_TSTRING)
        return; /* Lua's own format reports what is missing */
    string_push(L, arg);
    lua_replace(L, arg);
}

/* Pays for the bytes of all arguments. */
static void string_charge_arguments(lua_State *L)
{
    size_t bytes = 0;

    for (int arg = lua_gettop(L); arg > 0; arg--) {
        if (lua_type(L, arg) == LUA_TSTRING)
            bytes += lua_rawlen(L, arg);
    }
    usher_script_charge(L, (int64_t)(bytes / 16));
}

static int string_format(lua_State *L)
{
    size_t bytes;
    const char *at = luaL_checklstring(L, 1, &bytes);
    const char *end = at + bytes;
    int arg = 1;

    while (at < end) {
        if (*at++ != '%')
            continue;
        if (at < end && *at == '%') {
            at++;
            continue;
        }
        arg++;
        while (at < end && *at != '\0' && strchr("-+ #.0123456789", *at))
            at++;
        if (at < end && *at == 'p')
            return luaL_error(L, "'%%p' is not available in flows: an address "
                                 "is another one in each run");
        if (at < end && *at == 's')
            string_prepare(L, arg);
        else if (lua_type(L, arg) == LUA_TNUMBER)
            number_note(L, arg);
        else if (at < end && *at == 'q' && lua_isnil(L, arg))
            usher_author_made(L, LUA_TNIL, "nil");
    }
    string_charge_arguments(L);
    return string_own(L);
}

/* Pushes `total` bytes of the text and what stands between, again and again.
 * Lua's own takes one copy after the other; this copies the copies. */
static void repeated_push(lua_State *L, const char *text, size_t bytes,
                          const char *separator, size_t between, size_t total)
{
    luaL_Buffer buffer;
    char *out = luaL_buffinitsize(L, &buffer, total);
    size_t done = bytes;

    memcpy(out, text, bytes);
    if (done < total) {
        memcpy(out + done, separator, between);
        done += between;
    }
    while (done < total) {
        size_t part = done < total - done ? done : total - done;

        memcpy(out + done, out, part);
        done += part;
    }
    luaL_pushresultsize(&buffer, total);
}

/* Upvalue: the most bytes. */
static int string_rep(lua_State *L)
{
    size_t bytes;
    size_t between;
    size_t max_bytes = (size_t)lua_tointeger(L, lua_upvalueindex(1));
    const char *text = luaL_checklstring(L, 1, &bytes);
    lua_Integer count = luaL_checkinteger(L, 2);
    const char *separator = luaL_optlstring(L, 3, "", &between);

    if (count <= 0 || bytes + between == 0) {
        /* Lua's own would add nothing, count times. */
        lua_pushliteral(L, "");
        return 1;
    }
    /* Strings are in memory: their sum is far from overflowing. The separator
     * stands between the copies only. */
    if ((size_t)count > (max_bytes + between) / (bytes + between))
        return luaL_error(L, "resulting string too large: longer than %I bytes",
                          (LUAI_UACINT)max_bytes);
    usher_script_charge(L, (int64_t)((bytes + between) * (size_t)count / 16) +
                               count / 2);
    repeated_push(L, text, bytes, separator, between,
                  (bytes + between) * (size_t)count - between);
    return 1;
}

/* Pushes Lua's string library. Opening it sets the metatable of strings,
 * which is put back. */
static void string_push_own(lua_State *L)
{
    lua_pushliteral(L, ""); /* "" */
    if (lua_getmetatable(L, -1) == 0)
        lua_pushnil(L);
    lua_pushcfunction(L, luaopen_string); /* "" meta open */
    lua_call(L, 0, 1);                    /* "" meta own */
    lua_insert(L, -3);                    /* own "" meta */
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
}

void usher_string_open(lua_State *L, size_t max_bytes)
{
    string_push_own(L);
    lua_createtable(L, 0, 2); /* own new */
    lua_getfield(L, -2, "format");
    lua_pushcclosure(L, string_format, 1);
    lua_setfield(L, -2, "format");
    lua_pushinteger(L, (lua_Integer)max_bytes);
    lua_pushcclosure(L, string_rep, 1);
    lua_setfield(L, -2, "rep");
    lua_remove(L, -2);
}
