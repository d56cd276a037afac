/* engine/bind/lua_math.c - Lua's math, with random as an effect.
 *
 *   math.random()      -> float in [0, 1)
 *   math.random(m)     -> integer in [1, m];  math.random(0): any integer
 *   math.random(m, n)  -> integer in [m, n]
 *
 * There is no randomseed: what was drawn stands in the journal. */
#include "bind/bind.h"
#include "bind/modules.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <string.h>

#include "script/effect.h"

static uint64_t random_bits(const struct usher_clock *clock)
{
    uint64_t bits = 0;

    clock->random(clock->user, &bits, sizeof(bits));
    return bits;
}

/* Uniform in [0, span]: draws below the smallest 2^b - 1 that holds span until
 * one fits. */
static uint64_t random_below(const struct usher_clock *clock, uint64_t span)
{
    uint64_t mask = span;
    uint64_t value;

    for (unsigned shift = 1; shift < 64; shift *= 2)
        mask |= mask >> shift;
    do {
        value = random_bits(clock) & mask;
    } while (value > span);
    return value;
}

static void draw_push(lua_State *L, int given, lua_Integer low,
                      lua_Integer high)
{
    const struct usher_clock *clock = usher_bind_of(L)->clock;

    if (given == 0)
        lua_pushnumber(L, usher_clock_random(clock));
    else if (given == 1 && high == 0)
        lua_pushinteger(L, (lua_Integer)random_bits(clock));
    else
        lua_pushinteger(
            L,
            (lua_Integer)(random_below(clock, (uint64_t)high - (uint64_t)low) +
                          (uint64_t)low));
}

static int math_random(lua_State *L)
{
    int given = lua_gettop(L);
    lua_Integer low = 1;
    lua_Integer high = 0;
    struct usher_effect effect = {"math.random",     NULL, 0, "", 0,
                                  USHER_EFFECT_DRAWN};
    char target[64] = "";
    int count;

    if (given > 2)
        return luaL_error(L, "wrong number of arguments");
    if (given == 2)
        low = luaL_checkinteger(L, 1);
    if (given > 0)
        high = luaL_checkinteger(L, given);
    if (given == 2 || (given == 1 && high != 0))
        luaL_argcheck(L, low <= high, given, "interval is empty");
    if (given)
        snprintf(target, sizeof(target), "%lld to %lld", (long long)low,
                 (long long)high);
    effect.target = target;
    effect.target_len = strlen(target);
    count = usher_effect_begin(L, &effect);
    if (count >= 0)
        return count;
    draw_push(L, given, low, high);
    return usher_effect_end(L, &effect, 1);
}

int usher_lua_math_open(lua_State *L)
{
    lua_pushcfunction(L, luaopen_math);
    lua_call(L, 0, 1);
    lua_pushcfunction(L, math_random);
    lua_setfield(L, -2, "random");
    lua_pushnil(L);
    lua_setfield(L, -2, "randomseed");
    return 1;
}
