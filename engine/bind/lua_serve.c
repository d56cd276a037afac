/* engine/bind/lua_serve.c - http.serve: plain requests that flows answer.
 *
 *   http.serve("GET", "/hours", function(request)
 *     return { json = { open = true, asked = request.query.day } }
 *   end)
 *
 * Called while a file loads, once for each method and path. request: method,
 * path, query, headers (small letters), body. It returns a text, or a table
 * with status, headers, and body or json; nil for 204. Other effects may be
 * used inside, and nothing is kept between two requests. */
#include <lauxlib.h>
#include <string.h>

#include "bind/modules.h"
#include "bind/serve.h"

/* Registry: "GET /hours" -> { the handler, "flows/hours.lua:3:" }. */
#define ROUTES "usher.routes"

/* The engine answers these itself. */
static const char *const own[] = {"/webhook", "/admin", "/healthz", "/readyz",
                                  "/metrics"};

static void method_check(lua_State *L, const char *method)
{
    static const char *const methods[] = {"GET",    "HEAD",  "POST", "PUT",
                                          "DELETE", "PATCH", NULL};

    for (const char *const *at = methods; *at; at++) {
        if (strcmp(*at, method) == 0)
            return;
    }
    luaL_error(L,
               "http.serve: '%s' is no method; there are GET, HEAD, POST, PUT, "
               "DELETE and PATCH",
               method);
}

static void path_check(lua_State *L, const char *path)
{
    if (path[0] != '/' || strpbrk(path, "?# "))
        luaL_error(L,
                   "http.serve: '%s' is no path: it begins with / and has no "
                   "?, # or blank",
                   path);
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        size_t len = strlen(own[i]);

        if (strncmp(path, own[i], len) == 0 &&
            (path[len] == '\0' || path[len] == '/'))
            luaL_error(L,
                       "http.serve: %s is the engine's own; take another path",
                       path);
    }
}

/* Stack: method, path, handler. */
int usher_lua_http_serve(lua_State *L)
{
    const char *method = luaL_checkstring(L, 1);
    const char *path = luaL_checkstring(L, 2);
    const char *key;

    luaL_checktype(L, 3, LUA_TFUNCTION);
    lua_settop(L, 3);
    if (!usher_script_loading(L))
        return luaL_error(L, "http.serve belongs at the top of a file, outside "
                             "of functions: routes are known when it is "
                             "loaded");
    method_check(L, method);
    path_check(L, path);
    key = lua_pushfstring(L, "%s %s", method, path); /* ... key */
    luaL_getsubtable(L, LUA_REGISTRYINDEX, ROUTES);  /* ... key routes */
    if (lua_getfield(L, -1, key) == LUA_TTABLE) {
        lua_geti(L, -1, 2);
        return luaL_error(L, "http.serve: %s is served already, at %s", key,
                          lua_tostring(L, -1));
    }
    lua_createtable(L, 2, 0); /* ... routes nil route */
    lua_pushvalue(L, 3);
    lua_seti(L, -2, 1);
    luaL_where(L, 1);
    luaL_gsub(L, lua_tostring(L, -1), ": ", "");
    lua_seti(L, -3, 2);
    lua_pop(L, 1);
    lua_setfield(L, -3, key);
    return 0;
}

int usher_serve_handler(lua_State *L, const char *method, const char *path)
{
    int top = lua_gettop(L);
    const char *key = lua_pushfstring(L, "%s %s", method, path);

    if (lua_getfield(L, LUA_REGISTRYINDEX, ROUTES) == LUA_TTABLE &&
        lua_getfield(L, -1, key) == LUA_TTABLE) {
        lua_geti(L, -1, 1);
        lua_replace(L, top + 1);
        lua_settop(L, top + 1);
        return 1;
    }
    lua_settop(L, top);
    return 0;
}
