/* engine/script/lua_utf8.c
 *
 * The work is Lua's own. What goes over a part of a text is charged for that
 * part, and not for the whole: flows step through long texts. */
#include "script/lua_utf8.h"

#include <lauxlib.h>
#include <lualib.h>

#include "script/charged.h"
#include "script/script.h"

/* offset(s, n [, i]) is paid for afterwards: one pass over the bytes between.
 * Upvalue: Lua's own. */
static int offset_charged(lua_State *L)
{
    size_t len;
    lua_Integer n;
    lua_Integer from;
    lua_Integer to;
    int count;

    luaL_checklstring(L, 1, &len);
    n = luaL_checkinteger(L, 2);
    from = luaL_optinteger(L, 3, n > 0 ? 1 : (lua_Integer)len + 1);
    from = usher_charge_place(from, (lua_Integer)len);
    count = lua_tocfunction(L, lua_upvalueindex(1))(L);
    to = lua_isnil(L, -1) ? (n > 0 ? (lua_Integer)len : 0)
                          : lua_tointeger(L, -1);
    usher_charge_bytes(L, from, to);
    return count;
}

/* What codes() gives to the loop. Upvalue: Lua's own. The bytes that it goes
 * over are those between two places that it gives. */
static int codes_next(lua_State *L)
{
    lua_Integer from = lua_tointeger(L, 2);
    int count = lua_tocfunction(L, lua_upvalueindex(1))(L);
    lua_Integer to =
        count ? lua_tointeger(L, -2) : (lua_Integer)lua_rawlen(L, 1);

    usher_charge_bytes(L, from, to);
    return count;
}

/* Upvalue: Lua's own codes. */
static int codes(lua_State *L)
{
    int count = lua_tocfunction(L, lua_upvalueindex(1))(L);

    lua_pushvalue(L, -count);
    lua_pushcclosure(L, codes_next, 1);
    lua_replace(L, -count - 1);
    return count;
}

static void replace(lua_State *L, const char *name, lua_CFunction function)
{
    lua_getfield(L, -1, name);
    lua_pushcclosure(L, function, 1);
    lua_setfield(L, -2, name);
}

void usher_utf8_open(lua_State *L)
{
    static const struct usher_charged list[] = {
        {"char", USHER_CHARGE_VALUES},
        {"len", USHER_CHARGE_PART},
        {"codepoint", USHER_CHARGE_PART_OF_1},
        {NULL, USHER_CHARGE_VALUES},
    };

    lua_pushcfunction(L, luaopen_utf8);
    lua_call(L, 0, 1);
    usher_charged_replace(L, list);
    replace(L, "offset", offset_charged);
    replace(L, "codes", codes);
}
