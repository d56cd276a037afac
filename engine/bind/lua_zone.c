/* engine/bind/lua_zone.c - time zones for flows.
 *
 *   clock.zone("Asia/Kolkata")        -> "Asia/Kolkata"; nil if unknown
 *   clock.zone("Asia/Calcutta")       -> "Asia/Kolkata", its name today
 *   clock.fields(unix, "Asia/Kolkata")
 *     -> { year, month, day, hour, min, sec, wday (1 is Monday), yday,
 *          offset (seconds east), abbreviation, dst }
 *   clock.unix({ year, month, day, hour, min, sec }, "Asia/Kolkata")
 *     -> unix, nil | "gap" | "fold"
 *
 * Pure: same arguments, same results. hour is 12 when missing, min and sec
 * are 0; fields out of their range carry over (day 32 is the next month).
 * An unknown zone and a year outside 1..9999 raise: they are misuse, since
 * clock.zone() says beforehand what is known. */

#include "bind/lua_zone.h"

#include "core/zone.h"

#include <lauxlib.h>

#define ZONES "usher.zones"

struct box {
    struct usher_zones *zones;
};

static int box_gc(lua_State *L)
{
    struct box *box = luaL_checkudata(L, 1, ZONES);

    usher_zones_free(box->zones);
    box->zones = NULL;
    return 0;
}

static const struct usher_zone *find_zone(lua_State *L, int arg)
{
    struct box *box = lua_touserdata(L, lua_upvalueindex(1));
    size_t length;
    const char *name = luaL_checklstring(L, arg, &length);

    return usher_zones_find(box->zones, name, length);
}

static const struct usher_zone *check_zone(lua_State *L, int arg)
{
    const struct usher_zone *zone = find_zone(L, arg);

    luaL_argcheck(L, zone != NULL, arg, "not a known time zone");
    return zone;
}

static int clock_zone(lua_State *L)
{
    const struct usher_zone *zone =
        lua_type(L, 1) == LUA_TSTRING ? find_zone(L, 1) : NULL;

    lua_pushstring(L, zone ? usher_zone_name(zone) : NULL); /* or nil */
    return 1;
}

static void set_integer(lua_State *L, const char *name, int64_t value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

/* A moment may be a float (now, with its fraction): the second it is in. */
static int64_t check_moment(lua_State *L, int arg)
{
    lua_Number moment = luaL_checknumber(L, arg);

    luaL_argcheck(L, moment > -1e12 && moment < 1e12, arg,
                  "not a moment in Unix seconds");
    if (moment < 0 && moment != (lua_Number)(int64_t)moment)
        return (int64_t)moment - 1;
    return (int64_t)moment;
}

static int clock_fields(lua_State *L)
{
    int64_t moment = check_moment(L, 1);
    const struct usher_zone *zone = check_zone(L, 2);
    struct usher_zone_fields f;

    luaL_argcheck(L, usher_zone_fields(zone, moment, &f), 1,
                  "outside the years 1 to 9999");
    lua_createtable(L, 0, 11);
    set_integer(L, "year", f.year);
    set_integer(L, "month", f.month);
    set_integer(L, "day", f.day);
    set_integer(L, "hour", f.hour);
    set_integer(L, "min", f.min);
    set_integer(L, "sec", f.sec);
    set_integer(L, "wday", f.weekday);
    set_integer(L, "yday", f.yearday);
    set_integer(L, "offset", f.offset);
    lua_pushstring(L, f.abbreviation);
    lua_setfield(L, -2, "abbreviation");
    lua_pushboolean(L, f.dst);
    lua_setfield(L, -2, "dst");
    return 1;
}

static int64_t get_field(lua_State *L, const char *name, lua_Integer missing)
{
    lua_Integer value = missing;
    int is_integer = 1;

    lua_getfield(L, 1, name);
    if (!lua_isnil(L, -1))
        value = lua_tointegerx(L, -1, &is_integer);
    else if (missing < 0)
        is_integer = 0;
    if (!is_integer)
        luaL_error(L, "field '%s' is missing or no integer", name);
    lua_pop(L, 1);
    return value;
}

static int clock_unix(lua_State *L)
{
    static const char *const notes[] = {NULL, "gap", "fold"};
    const struct usher_zone *zone;
    struct usher_zone_fields f = {0};
    enum usher_zone_note note;
    int64_t moment;

    luaL_checktype(L, 1, LUA_TTABLE);
    zone = check_zone(L, 2);
    f.year = get_field(L, "year", -1);
    f.month = get_field(L, "month", -1);
    f.day = get_field(L, "day", -1);
    f.hour = get_field(L, "hour", 12);
    f.min = get_field(L, "min", 0);
    f.sec = get_field(L, "sec", 0);
    luaL_argcheck(L, usher_zone_unix(zone, &f, &moment, &note), 1,
                  "outside the years 1 to 9999");
    lua_pushinteger(L, moment);
    lua_pushstring(L, notes[note]); /* NULL pushes nil */
    return 2;
}

static const luaL_Reg functions[] = {
    {"zone", clock_zone},
    {"fields", clock_fields},
    {"unix", clock_unix},
    {NULL, NULL},
};

int usher_lua_zone_open(lua_State *L)
{
    struct box *box;

    luaL_newlibtable(L, functions); /* clock */
    /* The box comes first and empty, so that an error leaks nothing. */
    box = lua_newuserdatauv(L, sizeof(*box), 0); /* clock box */
    box->zones = NULL;
    if (luaL_newmetatable(L, ZONES)) { /* clock box meta */
        lua_pushcfunction(L, box_gc);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2); /* clock box */
    box->zones = usher_zones_new();
    if (box->zones == NULL)
        return luaL_error(L, "not enough memory");
    luaL_setfuncs(L, functions, 1); /* clock */
    return 1;
}
