/* engine/bind/simulator.c - calls the simulator's Lua. Its state's stack is
 * 1: the simulator's object, 2: the last answer, which keeps what was handed
 * out alive. */
#include "bind/simulator.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "bind/ordinary.h"
#include "script/lua_string.h"

enum { AT_OBJECT = 1, AT_ANSWER = 2 };

struct usher_simulator {
    lua_State *L;
    const struct usher_clock *clock;
};

static int lua_now(lua_State *L)
{
    const struct usher_clock *clock = lua_touserdata(L, lua_upvalueindex(1));

    lua_pushnumber(L, (lua_Number)usher_clock_wall_ms(clock) / 1000.0);
    return 1;
}

static int lua_random(lua_State *L)
{
    const struct usher_clock *clock = lua_touserdata(L, lua_upvalueindex(1));

    lua_pushnumber(L, usher_clock_random(clock));
    return 1;
}

static void push_function(lua_State *L, struct usher_simulator *simulator,
                          lua_CFunction fn, const char *name)
{
    lua_pushlightuserdata(L, (void *)(uintptr_t)simulator->clock);
    lua_pushcclosure(L, fn, 1);
    lua_setfield(L, -2, name);
}

/* Argument: the simulator; gives its object. */
static int object_make(lua_State *L)
{
    struct usher_simulator *simulator = lua_touserdata(L, 1);

    lua_getglobal(L, "require");
    lua_pushliteral(L, "simulator");
    lua_call(L, 1, 1);
    lua_getfield(L, -1, "new");
    lua_newtable(L);
    push_function(L, simulator, lua_now, "now");
    push_function(L, simulator, lua_random, "random");
    lua_call(L, 1, 1);
    return 1;
}

enum usher_status usher_simulator_renew(struct usher_simulator *simulator,
                                        const struct usher_clock *clock,
                                        struct usher_error *error)
{
    enum usher_status st;

    simulator->clock = clock;
    lua_settop(simulator->L, 0);
    lua_pushcfunction(simulator->L, object_make);
    lua_pushlightuserdata(simulator->L, simulator);
    st = usher_ordinary_call(simulator->L, 1, 1, error);
    if (st == USHER_OK)
        lua_pushnil(simulator->L); /* no answer yet */
    return st;
}

enum usher_status usher_simulator_new(const struct usher_clock *clock,
                                      struct usher_simulator **out,
                                      struct usher_error *error)
{
    struct usher_simulator *simulator = calloc(1, sizeof(*simulator));
    enum usher_status st = USHER_ERR_NOMEM;

    *out = NULL;
    usher_error_set(error, "not enough memory for the simulator");
    if (!simulator)
        return st;
    simulator->L = usher_ordinary_new();
    if (simulator->L)
        st = usher_simulator_renew(simulator, clock, error);
    if (st == USHER_OK)
        *out = simulator;
    else
        usher_simulator_free(simulator);
    return st;
}

void usher_simulator_free(struct usher_simulator *simulator)
{
    if (!simulator)
        return;
    if (simulator->L)
        lua_close(simulator->L);
    free(simulator);
}

/* ---- a request ---- */

/* "https://desk.zoho.in/api/v1/calls" -> "/api/v1/calls" */
static const char *path_of(const char *url)
{
    const char *host = strstr(url, "://");
    const char *path;

    if (!host || url[0] == '/')
        return url;
    path = strchr(host + 3, '/');
    return path ? path : "/";
}

static void push_headers(lua_State *L,
                         const struct usher_simulator_request *request)
{
    lua_createtable(L, 0, (int)request->header_count);
    for (size_t i = 0; i < request->header_count; i++) {
        lua_pushstring(L, request->headers[i].value);
        lua_setfield(L, -2, request->headers[i].name);
    }
}

/* Arguments: the simulator's object, the request. */
static int handle(lua_State *L)
{
    const struct usher_simulator_request *request = lua_touserdata(L, 2);

    lua_getfield(L, 1, "handle");
    lua_pushvalue(L, 1);
    lua_createtable(L, 0, 4);
    lua_pushstring(L, request->method);
    lua_setfield(L, -2, "method");
    lua_pushstring(L, path_of(request->path));
    lua_setfield(L, -2, "path");
    push_headers(L, request);
    lua_setfield(L, -2, "headers");
    if (request->body) {
        lua_pushlstring(L, request->body, request->body_len);
        lua_setfield(L, -2, "body");
    }
    lua_call(L, 2, 1);
    luaL_checktype(L, -1, LUA_TTABLE);
    return 1;
}

/* Header values become strings in their table, where they live on; those of
 * keys that are no strings are passed over. */
static void headers_read(lua_State *L, struct usher_simulator_answer *answer)
{
    if (lua_getfield(L, 1, "headers") != LUA_TTABLE)
        return;
    for (lua_pushnil(L); lua_next(L, 2); lua_settop(L, 3)) {
        struct usher_header *header = &answer->headers[answer->header_count];

        if (lua_type(L, 3) != LUA_TSTRING ||
            answer->header_count == USHER_SIMULATOR_HEADERS)
            continue;
        header->name = lua_tostring(L, 3);
        header->value = usher_string_tolstring(L, 4, NULL);
        lua_pushvalue(L, 3);
        lua_pushvalue(L, -2);
        lua_rawset(L, 2); /* kept: assigning to a known key is allowed */
        answer->header_count++;
    }
    lua_settop(L, 1);
}

/* Arguments: the answer's table, the answer. */
static int answer_read(lua_State *L)
{
    struct usher_simulator_answer *answer = lua_touserdata(L, 2);

    lua_settop(L, 1);
    headers_read(L, answer);
    lua_settop(L, 1);
    lua_getfield(L, 1, "status");
    answer->status = (unsigned)luaL_optnumber(L, -1, 200);
    lua_getfield(L, 1, "delay_ms");
    answer->delay_ms = (int64_t)luaL_optnumber(L, -1, 0);
    lua_getfield(L, 1, "drop");
    answer->drop = lua_toboolean(L, -1);
    lua_getfield(L, 1, "hang");
    answer->hang = lua_toboolean(L, -1);
    lua_getfield(L, 1, "body");
    answer->body = luaL_optlstring(L, -1, "", &answer->body_len);
    return 0;
}

static void answer_trouble(struct usher_simulator_answer *answer)
{
    static const char body[] = "{\"error\":\"the simulator itself failed\"}";

    memset(answer, 0, sizeof(*answer));
    answer->status = 500;
    answer->body = body;
    answer->body_len = sizeof(body) - 1;
}

void usher_simulator_handle(struct usher_simulator *simulator,
                            const struct usher_simulator_request *request,
                            struct usher_simulator_answer *answer)
{
    lua_State *L = simulator->L;

    memset(answer, 0, sizeof(*answer));
    answer->body = "";
    lua_settop(L, AT_OBJECT);
    lua_pushcfunction(L, handle);
    lua_pushvalue(L, AT_OBJECT);
    lua_pushlightuserdata(L, (void *)(uintptr_t)request);
    if (usher_ordinary_call(L, 2, 1, NULL) != USHER_OK) {
        answer_trouble(answer);
        return;
    }
    lua_pushcfunction(L, answer_read);
    lua_pushvalue(L, AT_ANSWER);
    lua_pushlightuserdata(L, answer);
    if (usher_ordinary_call(L, 2, 0, NULL) != USHER_OK)
        answer_trouble(answer);
}

/* ---- defaults ---- */

struct defaults {
    void (*each)(void *user, const char *name, const char *value);
    void *user;
};

static int defaults_read(lua_State *L)
{
    const struct defaults *defaults = lua_touserdata(L, 1);

    lua_getglobal(L, "require");
    lua_pushliteral(L, "simulator");
    lua_call(L, 1, 1);
    lua_getfield(L, -1, "defaults");
    lua_call(L, 0, 1);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
        defaults->each(defaults->user, luaL_checkstring(L, -2),
                       luaL_checkstring(L, -1));
    return 0;
}

enum usher_status usher_simulator_defaults(
    struct usher_simulator *simulator,
    void (*each)(void *user, const char *name, const char *value), void *user)
{
    struct defaults defaults = {each, user};

    lua_pushcfunction(simulator->L, defaults_read);
    lua_pushlightuserdata(simulator->L, &defaults);
    return usher_ordinary_call(simulator->L, 1, 0, NULL);
}
