/* engine/script/charged.c */
#include "script/charged.h"

#include <lauxlib.h>

#include "script/script.h"

/* A byte is looked at in one to four nanoseconds (a number is read, a letter
 * made small), an instruction takes five. */
#define BYTES_A_CHARGE 4

void usher_charge_bytes(lua_State *L, lua_Integer from, lua_Integer to)
{
    from = from > 0 ? from : 0;
    to = to > 0 ? to : 0;
    usher_script_charge(L,
                        (from < to ? to - from : from - to) / BYTES_A_CHARGE);
}

lua_Integer usher_charge_place(lua_Integer at, lua_Integer len)
{
    if (at >= 0)
        return at < len ? at : len;
    return at < -len ? 0 : len + at + 1;
}

static void charge_texts(lua_State *L)
{
    size_t bytes = 0;

    for (int arg = lua_gettop(L); arg >= 1; arg--) {
        if (lua_type(L, arg) == LUA_TSTRING)
            bytes += lua_rawlen(L, arg);
    }
    usher_charge_bytes(L, 0, (lua_Integer)bytes);
}

static void charge_part(lua_State *L, enum usher_charge_by by)
{
    size_t len;
    lua_Integer from;
    lua_Integer to;

    luaL_checklstring(L, 1, &len);
    from = luaL_optinteger(L, 2, 1);
    to = luaL_optinteger(L, 3, by == USHER_CHARGE_PART ? -1 : from);
    from = usher_charge_place(from, (lua_Integer)len);
    to = usher_charge_place(to, (lua_Integer)len);
    if (from < to)
        usher_charge_bytes(L, from, to);
}

static void charge_read(lua_State *L, lua_Integer format, lua_Integer from,
                        int count)
{
    usher_charge_bytes(L, 0, format);
    if (count > 0)
        usher_charge_bytes(L, from, lua_tointeger(L, -1));
}

/* Upvalues: Lua's own function, called as C in our place, so that its errors
 * name the place in the flow; how it is charged. */
static int charged(lua_State *L)
{
    enum usher_charge_by by =
        (enum usher_charge_by)lua_tointeger(L, lua_upvalueindex(2));
    lua_CFunction own = lua_tocfunction(L, lua_upvalueindex(1));
    lua_Integer from = 1;
    size_t format;
    int count;

    usher_script_charge(L, lua_gettop(L));
    switch (by) {
    case USHER_CHARGE_VALUES:
        break;
    case USHER_CHARGE_TEXTS:
        charge_texts(L);
        break;
    case USHER_CHARGE_READ:
        luaL_checklstring(L, 1, &format);
        from = luaL_optinteger(L, 3, 1);
        count = own(L);
        charge_read(L, (lua_Integer)format, from, count);
        return count;
    case USHER_CHARGE_PART:
    case USHER_CHARGE_PART_OF_1:
        charge_part(L, by);
        break;
    }
    return own(L);
}

void usher_charged_replace(lua_State *L, const struct usher_charged *list)
{
    for (; list->name; list++) {
        lua_getfield(L, -1, list->name);
        lua_pushinteger(L, list->by);
        lua_pushcclosure(L, charged, 2);
        lua_setfield(L, -2, list->name);
    }
}
