/* tests/unit/lua_zone_test.c - the clock functions as a flow calls them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "bind/lua_zone.h"

static void run(const char *code)
{
    lua_State *L = luaL_newstate();

    assert_non_null(L);
    luaL_openlibs(L);
    usher_lua_zone_open(L);
    lua_setglobal(L, "clock");
    if (luaL_dostring(L, code) != LUA_OK)
        fail_msg("%s", lua_tostring(L, -1));
    lua_close(L);
}

static void known_zones_have_names(void **state)
{
    (void)state;
    run("assert(clock.zone('Asia/Kolkata') == 'Asia/Kolkata')\n"
        "assert(clock.zone('Nowhere') == nil and clock.zone(nil) == nil)\n"
        "assert(clock.zone(5) == nil and clock.zone({}) == nil)\n"
        "assert(clock.zone('Asia/Calcutta') == 'Asia/Kolkata')\n"
        "assert(clock.fields(0, 'US/Eastern').offset == -18000)");
}

static void fields_and_back(void **state)
{
    (void)state;
    run("local f = clock.fields(1741187700.9, 'America/New_York')\n"
        "assert(f.year == 2025 and f.month == 3 and f.day == 5)\n"
        "assert(f.hour == 10 and f.min == 15 and f.sec == 0)\n"
        "assert(f.wday == 3 and f.yday == 64 and f.offset == -18000)\n"
        "assert(f.abbreviation == 'EST' and f.dst == false)\n"
        "local at, note = clock.unix(f, 'America/New_York')\n"
        "assert(at == 1741187700 and note == nil)\n"
        "assert(math.type(at) == 'integer')");
}

/* As os.time() has it. */
static void what_is_left_out_is_noon(void **state)
{
    (void)state;
    run("local function at(more)\n"
        "  local f = { year = 1970, month = 1, day = 2 }\n"
        "  for name, value in pairs(more) do f[name] = value end\n"
        "  return clock.unix(f, 'UTC') - 86400\n"
        "end\n"
        "assert(at {} == 43200 and at { hour = 0 } == 0)\n"
        "assert(at { min = 1, sec = 2 } == 43262)\n"
        "assert(not pcall(clock.unix, { month = 1, day = 2 }, 'UTC'))\n"
        "assert(not pcall(clock.unix, { year = 1970, day = 2 }, 'UTC'))");
}

static void gaps_and_folds_are_told(void **state)
{
    (void)state;
    run("local function note(m, d, h)\n"
        "  return select(2, clock.unix({ year = 2025, month = m, day = d,\n"
        "    hour = h, min = 30 }, 'America/New_York'))\n"
        "end\n"
        "assert(note(3, 9, 2) == 'gap' and note(11, 2, 1) == 'fold')\n"
        "assert(note(3, 9, 4) == nil)");
}

static void misuse_raises(void **state)
{
    (void)state;
    run("local function bad(f, ...) assert(not pcall(f, ...)) end\n"
        "bad(clock.fields, 0, 'Nowhere')\n"
        "bad(clock.fields, 'x', 'UTC')\n"
        "bad(clock.fields, 1e300, 'UTC')\n"
        "bad(clock.fields, 0 / 0, 'UTC')\n"
        "bad(clock.fields, 9e11, 'UTC')\n"
        "bad(clock.unix, 5, 'UTC')\n"
        "bad(clock.unix, { year = 2025, month = 1 }, 'UTC')\n"
        "bad(clock.unix, { year = 2025, month = 1, day = 1.5 }, 'UTC')\n"
        "bad(clock.unix, { year = 1e9 // 1 | 0, month = 1, day = 1 }, 'UTC')");
}

/* Opening again in the same state must not mix up the caches. */
static void two_tables_of_one_state_both_work(void **state)
{
    lua_State *L = luaL_newstate();

    (void)state;
    assert_non_null(L);
    usher_lua_zone_open(L);
    usher_lua_zone_open(L);
    lua_getfield(L, 1, "zone");
    lua_pushstring(L, "UTC");
    lua_call(L, 1, 1);
    assert_string_equal(lua_tostring(L, -1), "UTC");
    lua_close(L);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_zones_have_names),
        cmocka_unit_test(fields_and_back),
        cmocka_unit_test(what_is_left_out_is_noon),
        cmocka_unit_test(gaps_and_folds_are_told),
        cmocka_unit_test(misuse_raises),
        cmocka_unit_test(two_tables_of_one_state_both_work),
    };

    return cmocka_run_group_tests_name("lua_zone", tests, NULL, NULL);
}
