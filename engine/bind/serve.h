/* engine/bind/serve.h - the routes that flows add with http.serve. */
#ifndef USHER_BIND_SERVE_H
#define USHER_BIND_SERVE_H

#include <lua.h>

/* Pushes the handler of a request and gives 1, or pushes nothing and gives 0.
 * May raise. */
int usher_serve_handler(lua_State *L, const char *method, const char *path);

#endif
