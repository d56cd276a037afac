/* engine/bind/lua_clock.c - the time for flows.
 *
 *   clock.now()                     -> Unix seconds with a fraction; an effect
 *   clock.zone, fields, unix        the pure half: lua_zone.c */
#include "bind/bind.h"
#include "bind/lua_zone.h"
#include "bind/modules.h"

#include <lauxlib.h>

#include "script/effect.h"

static int clock_now(lua_State *L)
{
    static const struct usher_effect effect = {"clock.now",       "", 0, "", 0,
                                               USHER_EFFECT_DRAWN};
    int count = usher_effect_begin(L, &effect);

    if (count >= 0)
        return count;
    lua_pushnumber(L, (lua_Number)usher_clock_wall_ms(usher_bind_of(L)->clock) /
                          1000.0);
    return usher_effect_end(L, &effect, 1);
}

int usher_lua_clock_open(lua_State *L)
{
    usher_lua_zone_open(L);
    lua_pushcfunction(L, clock_now);
    lua_setfield(L, -2, "now");
    return 1;
}
