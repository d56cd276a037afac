/* tests/unit/meter.c - see the header. */
#include "meter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <lauxlib.h>

#include "script/script_internal.h"
#include "script/value.h"

static int meter_left(lua_State *L)
{
    const struct usher_script *script = usher_script_of(L);

    lua_pushinteger(L, script->instructions_left);
    lua_pushinteger(L, script_match_left(script));
    lua_pushinteger(L, script->cpu_allowed);
    return 3;
}

static int meter_hook(lua_State *L)
{
    lua_pushinteger(L, lua_gethookcount(L));
    return 1;
}

static int meter_encode(lua_State *L)
{
    struct usher_error error = {""};
    struct usher_buffer out;

    usher_buffer_init(&out, 0);
    assert_int_equal(usher_value_encode(L, 1, &out, "value", &error), USHER_OK);
    usher_buffer_free(&out);
    return 0;
}

static int meter_wait(lua_State *L)
{
    return lua_yield(L, 0);
}

static int meter_turn(lua_State *L)
{
    usher_fiber_next_turn(L);
    return 0;
}

static int meter_paused(lua_State *L)
{
    size_t bytes = (size_t)luaL_checkinteger(L, 1);
    int was_armed = usher_script_pause(L);

    lua_newuserdatauv(L, bytes, 0);
    usher_script_go_on(L, was_armed);
    return 1;
}

static int meter_collect(lua_State *L)
{
    lua_gc(L, LUA_GCCOLLECT);
    return 0;
}

static int meter_effect(lua_State *L)
{
    static const struct usher_effect effect = {"meter.effect", "", 0, "", 0, 0};
    int count = usher_effect_begin(L, &effect);

    return count >= 0 ? count : usher_effect_end(L, &effect, 0);
}

static int meter_open(lua_State *L)
{
    static const luaL_Reg functions[] = {{"left", meter_left},
                                         {"hook", meter_hook},
                                         {"encode", meter_encode},
                                         {"wait", meter_wait},
                                         {"turn", meter_turn},
                                         {"paused", meter_paused},
                                         {"collect", meter_collect},
                                         {"effect", meter_effect},
                                         {NULL, NULL}};

    luaL_newlib(L, functions);
    return 1;
}

const struct usher_script_module meter_module = {"meter", meter_open, 1, NULL};
