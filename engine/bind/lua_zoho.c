/* engine/bind/lua_zoho.c - Zoho for flows: each operation of zoho/operation.c
 * is a function here.
 *
 *   local call, err = zoho.desk.create_call { contactId = id, subject = "Call
 *     back", startTime = time, status = "Scheduled", direction = "outbound",
 *     duration = 0 }
 *   local people = zoho.desk.search_contacts { email = address }   -- a list
 *   zoho.salesiq.open_conversation { question = text, visitor = { ... } }
 *   zoho.request { service = "desk", path = "/api/v1/agents", query = { limit =
 *     5 } }   -> { status, json }
 *
 * What Zoho surely refuses raises before anything is sent; what the world
 * causes is nil, err with kind, message, hint, status, retry_after, field and
 * code. Lists come as plain lists, SalesIQ's answers without their envelope. */
#include "bind/bind.h"
#include "bind/call.h"
#include "bind/modules.h"
#include "bind/plain.h"
#include "bind/zoho_ask.h"

#include <ctype.h>
#include <lauxlib.h>
#include <string.h>

#include "script/value.h"

static struct usher_zoho_ask *ask_new(lua_State *L, struct usher_call *call)
{
    struct usher_zoho_ask *ask = usher_zoho_ask_new(usher_bind_of(L));

    if (!ask)
        luaL_error(L, "not enough memory");
    call->job = &ask->job;
    return ask;
}

/* Encodes the argument, or a member of it, into `buffer`. */
static void encode(lua_State *L, int index, struct usher_buffer *buffer,
                   const char *what)
{
    struct usher_error error = {""};
    enum usher_status st = usher_value_encode(L, index, buffer, what, &error);

    if (st == USHER_OK)
        st = (enum usher_status)buffer->failed;
    usher_call_check(L, st, &error);
}

static void check(lua_State *L, const char *name, enum usher_status st,
                  const struct usher_error *error)
{
    if (st == USHER_OK)
        return;
    if (st == USHER_ERR_NOMEM)
        luaL_error(L, "not enough memory");
    luaL_error(L, "zoho.%s: %s", name, error->text);
}

/* ---- operations ---- */

/* What the call is aimed at: the operation and the ids of its path. */
static void target_write(const struct usher_zoho_ask *ask,
                         struct usher_buffer *target)
{
    usher_buffer_text(target, ask->operation->name);
    for (size_t i = 0; i < ask->path.count; i++) {
        usher_buffer_byte(target, ' ');
        usher_buffer_text(target, ask->path.list[i].value);
    }
}

/* Upvalue: the operation. */
static int operation_call(lua_State *L)
{
    const struct usher_zoho_operation *operation =
        lua_touserdata(L, lua_upvalueindex(1));
    struct usher_error error = {""};
    struct usher_zoho_ask *ask;
    struct usher_call *call;
    char name[64];

    lua_settop(L, 1);
    if (lua_isnil(L, 1)) {
        lua_newtable(L);
        lua_replace(L, 1);
    }
    if (!lua_istable(L, 1))
        return luaL_error(L,
                          "zoho.%s takes a table of names and values, such as "
                          "{ id = \"123\" }, not a %s",
                          operation->name, luaL_typename(L, 1));
    call = usher_call_new(L);
    encode(L, 1, &call->args,
           lua_pushfstring(L, "zoho.%s: the argument", operation->name));
    ask = ask_new(L, call);
    ask->operation = operation;
    check(L, operation->name,
          usher_zoho_ask_fill(ask, call->args.data, call->args.len, &error),
          &error);
    target_write(ask, &call->target);
    snprintf(name, sizeof(name), "zoho.%s", operation->name);
    return usher_call_run(L, call, name,
                          operation->is_write ? USHER_EFFECT_WRITE : 0u);
}

/* ---- zoho.request ---- */

static const char *const request_names[] = {
    "service", "method", "path", "query", "json", "credential", "read", NULL};

static void names_check(lua_State *L)
{
    if (usher_call_options(L, 1, "zoho.request", request_names))
        luaL_error(L, "zoho.request: options must have names, such as "
                      "service = \"desk\"");
}

/* Pushes a member that is a text, or `missing`; NULL: it must be there. */
static const char *text_get(lua_State *L, const char *name, const char *missing)
{
    int type = lua_getfield(L, 1, name);

    if (type == LUA_TNIL && missing) {
        lua_pop(L, 1);
        return lua_pushstring(L, missing);
    }
    if (type != LUA_TSTRING || strlen(lua_tostring(L, -1)) != lua_rawlen(L, -1))
        luaL_error(L,
                   "zoho.request: %s must be a text, not %s; for example "
                   "zoho.request { service = \"desk\", path = "
                   "\"/api/v1/agents\" }",
                   name, luaL_typename(L, -1));
    return lua_tostring(L, -1);
}

static void service_read(lua_State *L, struct usher_zoho_ask *ask)
{
    const char *service = text_get(L, "service", NULL);

    if (strcmp(service, "desk") == 0)
        ask->service = USHER_ZOHO_DESK;
    else if (strcmp(service, "salesiq") == 0)
        ask->service = USHER_ZOHO_SALESIQ;
    else
        luaL_error(L,
                   "zoho.request: service must be \"desk\" or \"salesiq\", "
                   "not \"%s\"",
                   service);
}

static void method_read(lua_State *L, struct usher_zoho_ask *ask)
{
    const char *method;
    int has_json = lua_getfield(L, 1, "json") != LUA_TNIL;

    method = text_get(L, "method", has_json ? "POST" : "GET");
    for (const char *at = method; *at; at++) {
        if (!isalpha((unsigned char)*at))
            luaL_error(L,
                       "zoho.request: method must be a word such as POST, "
                       "not \"%s\"",
                       method);
        usher_buffer_byte(&ask->method, toupper((unsigned char)*at));
    }
    lua_getfield(L, 1, "read");
    ask->is_write = !lua_toboolean(L, -1) && ask->method.data &&
                    strcmp(ask->method.data, "GET") != 0 &&
                    strcmp(ask->method.data, "HEAD") != 0;
}

static void path_read(lua_State *L, struct usher_zoho_ask *ask)
{
    const char *path = text_get(L, "path", NULL);

    if (path[0] != '/')
        luaL_error(L,
                   "zoho.request: path must begin with \"/\", such as "
                   "\"/api/v1/agents\", not \"%s\"",
                   path);
    usher_buffer_text(&ask->address, path);
}

static void credential_read(lua_State *L, struct usher_zoho_ask *ask)
{
    const char *name = text_get(L, "credential", "");

    if (name[0] && usher_credential_find(name) < 0)
        luaL_error(L,
                   "zoho.request: there is no credential '%s'; there are "
                   "default, salesiq, visitor, desk",
                   name);
    snprintf(ask->credential, sizeof(ask->credential), "%s", name);
}

static void query_read(lua_State *L, struct usher_zoho_ask *ask,
                       struct usher_call *call)
{
    struct usher_error error = {""};
    enum usher_status st = USHER_OK;

    if (lua_getfield(L, 1, "query") != LUA_TNIL) {
        encode(L, -1, &call->scratch, "zoho.request: query");
        st = usher_zoho_ask_query(ask, call->scratch.data, call->scratch.len,
                                  &error);
    }
    if (st == USHER_OK)
        st = usher_zoho_pairs_list(&ask->query);
    check(L, "request", st, &error);
    usher_buffer_clear(&call->scratch);
}

static void json_read(lua_State *L, struct usher_zoho_ask *ask,
                      struct usher_call *call)
{
    struct usher_error error = {""};
    struct usher_reader reader;
    enum usher_status st;

    ask->has_body = lua_getfield(L, 1, "json") != LUA_TNIL;
    if (!ask->has_body)
        return;
    encode(L, -1, &call->scratch, "zoho.request: json");
    usher_reader_init(&reader, call->scratch.data, call->scratch.len);
    st = usher_value_to_json(&ask->body, &reader, &error);
    if (st == USHER_OK)
        st = (enum usher_status)ask->body.failed;
    if (st == USHER_ERR_LIMIT)
        usher_error_set(&error, "json is too large");
    check(L, "request", st, &error);
}

static int zoho_request(lua_State *L)
{
    struct usher_zoho_ask *ask;
    struct usher_call *call;

    lua_settop(L, 1);
    if (!lua_istable(L, 1))
        return luaL_error(L,
                          "zoho.request takes a table such as { service = "
                          "\"desk\", path = \"/api/v1/agents\" }, not a %s",
                          luaL_typename(L, 1));
    names_check(L);
    call = usher_call_new(L);
    encode(L, 1, &call->args, "zoho.request: the argument");
    ask = ask_new(L, call);
    service_read(L, ask);
    method_read(L, ask);
    path_read(L, ask);
    credential_read(L, ask);
    query_read(L, ask, call);
    json_read(L, ask, call);
    if (ask->method.failed || ask->address.failed)
        return luaL_error(L, "not enough memory");
    usher_buffer_append(&call->target, ask->method.data, ask->method.len);
    usher_buffer_byte(&call->target, ' ');
    usher_buffer_append(&call->target, ask->address.data, ask->address.len);
    usher_zoho_query_fill(ask->query.list, ask->query.count, &call->target);
    return usher_call_run(L, call, "zoho.request",
                          ask->is_write ? USHER_EFFECT_WRITE : 0u);
}

/* ---- the module ---- */

/* Pushes the functions of one service: those whose names begin so. */
static void service_push(lua_State *L, const char *prefix)
{
    const struct usher_zoho_operation *operation;
    size_t len = strlen(prefix);

    lua_newtable(L);
    for (size_t i = 0; (operation = usher_zoho_operation_at(i)) != NULL; i++) {
        if (strncmp(operation->name, prefix, len) != 0)
            continue;
        lua_pushlightuserdata(L, (void *)(uintptr_t)operation);
        lua_pushcclosure(L, operation_call, 1);
        lua_setfield(L, -2, operation->name + len);
    }
}

int usher_lua_zoho_open(lua_State *L)
{
    lua_createtable(L, 0, 3);
    service_push(L, "desk.");
    usher_script_strict(L, "zoho.desk");
    usher_script_freeze(L, "zoho.desk");
    lua_setfield(L, -2, "desk");
    service_push(L, "salesiq.");
    usher_script_strict(L, "zoho.salesiq");
    usher_script_freeze(L, "zoho.salesiq");
    lua_setfield(L, -2, "salesiq");
    lua_pushcfunction(L, zoho_request);
    lua_setfield(L, -2, "request");
    return 1;
}
