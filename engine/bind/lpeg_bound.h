/* engine/bind/lpeg_bound.h - lpeg's functions and operators, within the limits
 * of a turn. */
#ifndef USHER_BIND_LPEG_BOUND_H
#define USHER_BIND_LPEG_BOUND_H

#include <lua.h>

/* Pushes lpeg's table: the same one for flows and for re. */
void usher_lpeg_push(lua_State *L);

#endif
