/* engine/bind/lua_os.c - the harmless part of Lua's os, in UTC.
 *
 *   os.time()            -> Unix seconds; an effect
 *   os.time { year = 2026, month = 3, day = 25, hour = 9 }  -> Unix seconds
 *   os.date(format, seconds)   as Lua's; an effect only without seconds
 *   os.clock()           -> seconds that never go back; an effect
 *   os.difftime(a, b)    -> a - b
 *
 * The machine's time zone never plays a part: os.time takes its fields as UTC,
 * os.date shows UTC with and without "!". For other zones there is clock. */
#include "bind/bind.h"
#include "bind/modules.h"

#include <lauxlib.h>
#include <limits.h>
#include <string.h>
#include <time.h>

#include "script/effect.h"

/* Unix seconds. */
static int64_t wall_seconds(lua_State *L)
{
    int64_t ms = usher_clock_wall_ms(usher_bind_of(L)->clock);

    return ms / 1000 - (ms % 1000 < 0);
}

/* Pushes the present second, live or from the journal. */
static void now_push(lua_State *L, const char *name)
{
    struct usher_effect effect = {name, "", 0, "", 0, USHER_EFFECT_DRAWN};

    if (usher_effect_begin(L, &effect) >= 0)
        return;
    lua_pushinteger(L, wall_seconds(L));
    usher_effect_end(L, &effect, 1);
}

/* ---- os.time ---- */

static int field_get(lua_State *L, const char *name, int missing, int delta)
{
    int is_integer;
    lua_Integer value;

    lua_getfield(L, 1, name);
    if (lua_isnil(L, -1) && missing >= 0) {
        lua_pop(L, 1);
        return missing;
    }
    value = lua_tointegerx(L, -1, &is_integer);
    if (!is_integer)
        luaL_error(L,
                   "os.time: field '%s' is %s; for example os.time { year "
                   "= 2026, month = 3, day = 25 }",
                   name, lua_isnil(L, -1) ? "missing" : "not an integer");
    if (value < INT_MIN / 4 || value > INT_MAX / 4)
        luaL_error(L, "os.time: field '%s' is out of bounds", name);
    lua_pop(L, 1);
    return (int)value - delta;
}

static void field_set(lua_State *L, const char *name, int value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

/* Onto the table on the top. */
static void fields_set(lua_State *L, const struct tm *tm)
{
    field_set(L, "year", tm->tm_year + 1900);
    field_set(L, "month", tm->tm_mon + 1);
    field_set(L, "day", tm->tm_mday);
    field_set(L, "hour", tm->tm_hour);
    field_set(L, "min", tm->tm_min);
    field_set(L, "sec", tm->tm_sec);
    field_set(L, "yday", tm->tm_yday + 1);
    field_set(L, "wday", tm->tm_wday + 1);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "isdst");
}

static int os_time(lua_State *L)
{
    struct tm tm;
    time_t moment;

    if (lua_isnoneornil(L, 1)) {
        now_push(L, "os.time");
        return 1;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    memset(&tm, 0, sizeof(tm));
    tm.tm_year = field_get(L, "year", -1, 1900);
    tm.tm_mon = field_get(L, "month", -1, 1);
    tm.tm_mday = field_get(L, "day", -1, 0);
    tm.tm_hour = field_get(L, "hour", 12, 0);
    tm.tm_min = field_get(L, "min", 0, 0);
    tm.tm_sec = field_get(L, "sec", 0, 0);
    moment = timegm(&tm);
    if (moment == (time_t)-1 && tm.tm_year != 69)
        return luaL_error(L, "os.time: the fields are no time");
    fields_set(L, &tm); /* as Lua's: what carried over is put right */
    lua_pushinteger(L, (lua_Integer)moment);
    return 1;
}

/* ---- os.date ---- */

/* C99's conversions, as Lua takes them. */
static int is_conversion(const char *at)
{
    static const char plain[] = "aAbBcCdDeFgGhHIjmMnprRStTuUVwWxXyYzZ%";

    if (*at == 'E')
        return at[1] && strchr("cCxXyY", at[1]) ? 2 : 0;
    if (*at == 'O')
        return at[1] && strchr("deHImMSuUVwWy", at[1]) ? 2 : 0;
    return *at && strchr(plain, *at) ? 1 : 0;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
/* piece is one conversion that was checked. */
static size_t date_piece(char *out, size_t size, const char *piece,
                         const struct tm *tm)
{
    return strftime(out, size, piece, tm);
}
#pragma GCC diagnostic pop

static int date_text(lua_State *L, const char *format, size_t len,
                     const struct tm *tm)
{
    const char *end = format + len;
    luaL_Buffer out;

    luaL_buffinit(L, &out);
    while (format < end) {
        char piece[5] = "%";
        int n;

        if (*format != '%') {
            luaL_addchar(&out, *format++);
            continue;
        }
        n = is_conversion(++format);
        if (!n)
            return luaL_error(L,
                              "os.date: '%%%c' is no conversion; for "
                              "example \"%%Y-%%m-%%d %%H:%%M\"",
                              *format ? *format : '%');
        memcpy(piece + 1, format, (size_t)n);
        format += n;
        luaL_addsize(&out,
                     date_piece(luaL_prepbuffsize(&out, 256), 256, piece, tm));
    }
    luaL_pushresult(&out);
    return 1;
}

static int os_date(lua_State *L)
{
    size_t len;
    const char *format = luaL_optlstring(L, 1, "%c", &len);
    time_t moment;
    struct tm tm;

    lua_settop(L, 2);
    if (lua_isnil(L, 2))
        now_push(L, "os.date");
    moment = (time_t)luaL_checkinteger(L, -1);
    if (*format == '!') {
        format++;
        len--;
    }
    if (!gmtime_r(&moment, &tm))
        return luaL_error(L, "os.date: the time is out of bounds");
    if (strncmp(format, "*t", 2) != 0)
        return date_text(L, format, len, &tm);
    lua_createtable(L, 0, 9);
    fields_set(L, &tm);
    return 1;
}

/* ---- the rest ---- */

static int os_clock(lua_State *L)
{
    static const struct usher_effect effect = {"os.clock",        "", 0, "", 0,
                                               USHER_EFFECT_DRAWN};
    int count = usher_effect_begin(L, &effect);

    if (count >= 0)
        return count;
    lua_pushnumber(
        L, (lua_Number)usher_clock_steady_ms(usher_bind_of(L)->clock) / 1000.0);
    return usher_effect_end(L, &effect, 1);
}

static int os_difftime(lua_State *L)
{
    lua_pushnumber(L, luaL_checknumber(L, 1) - luaL_checknumber(L, 2));
    return 1;
}

static const luaL_Reg functions[] = {
    {"time", os_time},         {"date", os_date}, {"clock", os_clock},
    {"difftime", os_difftime}, {NULL, NULL},
};

int usher_lua_os_open(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
