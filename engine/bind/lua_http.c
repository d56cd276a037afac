/* engine/bind/lua_http.c - HTTP for flows.
 *
 *   local answer, err = http.get("https://example.com/hours", {
 *     query = { day = "mon" }, headers = { Accept = "application/json" } })
 *   http.post(url, { name = "Rao" })        -- a table goes as JSON
 *   http.post(url, "text", options)
 *   http.request { method = "PUT", url = url, form = { a = 1 }, timeout = 3 }
 *
 * -> { status, headers, body, json (decoded where the answer is JSON) }, also
 * for an error status; nil, err where there was no answer. What is neither GET,
 * HEAD nor OPTIONS is an outside write, unless read = true. */
#include "bind/bind.h"
#include "bind/call.h"
#include "bind/http_job.h"
#include "bind/modules.h"
#include "bind/plain.h"
#include "bind/secret.h"

#include <ctype.h>
#include <lauxlib.h>
#include <string.h>

#include "script/lua_string.h"
#include "script/order.h"
#include "script/value.h"

#define TIMEOUT_MAX_S 300

/* Places on the stack of request_send(). */
enum { OPTIONS = 1, METHOD, URL, HEADERS, BODY, CALL };

static const char *const option_names[] = {"method", "url",  "headers",
                                           "body",   "json", "query",
                                           "form",   "read", "timeout",
                                           "follow", NULL};

static int misuse(lua_State *L, const char *what, const char *got)
{
    return luaL_error(L,
                      "http: %s, not %s; for example http.get(\"https://"
                      "example.com/hours\", { query = { day = \"mon\" } })",
                      what, got);
}

static void options_check(lua_State *L)
{
    if (usher_call_options(L, OPTIONS, "http", option_names))
        misuse(L, "options must have names", "a list");
}

static int has_option(lua_State *L, const char *name)
{
    int has = lua_getfield(L, OPTIONS, name) != LUA_TNIL;

    lua_pop(L, 1);
    return has;
}

static void above(lua_State *L, const char *name)
{
    luaL_error(L, "http: %s is above %d KiB: send less at once", name,
               (int)(USHER_REQUEST_MAX / 1024));
}

/* Encodes an option that is there into buffer. */
static void option_encode(lua_State *L, const char *name,
                          struct usher_buffer *buffer)
{
    struct usher_error error = {""};
    enum usher_status st;

    lua_getfield(L, OPTIONS, name);
    st = usher_value_encode(L, -1, buffer, name, &error);
    lua_pop(L, 1);
    if (st == USHER_OK)
        st = (enum usher_status)buffer->failed;
    if (st == USHER_ERR_NOMEM)
        luaL_error(L, "not enough memory");
    if (st == USHER_ERR_LIMIT && buffer->failed)
        above(L, name);
    if (st != USHER_OK)
        luaL_error(L, "http: %s", error.text);
}

/* What stands in scratch. As a Lua text it would end the turn, without a word
 * of what is too large. */
static void scratch_push(lua_State *L, const char *name,
                         const struct usher_call *call)
{
    if (call->scratch.len > USHER_REQUEST_MAX)
        above(L, name);
    lua_pushlstring(L, call->scratch.data ? call->scratch.data : "",
                    call->scratch.len);
}

/* Pushes an option that is a table as a=b&c=d. */
static void option_form(lua_State *L, const char *name, struct usher_call *call)
{
    struct usher_error error = {""};
    enum usher_status st;

    usher_buffer_clear(&call->args);
    usher_buffer_clear(&call->scratch);
    option_encode(L, name, &call->args);
    st = usher_plain_form(&call->scratch, call->args.data, call->args.len,
                          &error);
    if (st == USHER_ERR_NOMEM)
        luaL_error(L, "not enough memory");
    if (st == USHER_ERR_LIMIT && call->scratch.failed)
        above(L, name);
    if (st != USHER_OK)
        luaL_error(L, "http: %s: %s", name, error.text);
    scratch_push(L, name, call);
}

/* ---- the parts of a request, each put in its place on the stack ---- */

static void method_read(lua_State *L)
{
    char method[32];
    const char *text;
    size_t len, i;

    if (lua_getfield(L, OPTIONS, "method") == LUA_TNIL) {
        int writes = has_option(L, "body") || has_option(L, "json") ||
                     has_option(L, "form");

        lua_pushstring(L, writes ? "POST" : "GET");
        lua_replace(L, METHOD);
        lua_pop(L, 1);
        return;
    }
    if (lua_type(L, -1) != LUA_TSTRING)
        misuse(L, "method must be a text", luaL_typename(L, -1));
    text = lua_tolstring(L, -1, &len);
    for (i = 0; i < len && i < sizeof(method); i++) {
        method[i] = (char)toupper((unsigned char)text[i]);
        if (!isalpha((unsigned char)method[i]))
            break;
    }
    if (i < len || len == 0 || len > 16)
        misuse(L, "method must be a word such as POST", text);
    lua_pushlstring(L, method, len);
    lua_replace(L, METHOD);
    lua_pop(L, 1);
}

/* The URL with the query behind what it has already; a fragment, which is
 * never sent, falls off. */
static void url_read(lua_State *L, struct usher_call *call)
{
    const char *url;
    size_t len;

    if (lua_getfield(L, OPTIONS, "url") != LUA_TSTRING)
        misuse(L, "the URL must be a text", luaL_typename(L, -1));
    url = lua_tolstring(L, -1, &len);
    if (len == 0 || strlen(url) != len)
        misuse(L, "the URL must be a text", len ? "one with a byte 0" : "\"\"");
    if (has_option(L, "query")) {
        lua_pushlstring(L, url, strcspn(url, "#"));
        lua_pushstring(L, strchr(lua_tostring(L, -1), '?') ? "&" : "?");
        option_form(L, "query", call); /* url before sign query */
        if (lua_rawlen(L, -1) == 0)
            lua_pop(L, 2);
        else
            lua_concat(L, 3);
        lua_replace(L, -2);
    }
    lua_replace(L, URL);
}

/* Adds a header to the table of those that are sent, its value a template. */
static void header_add(lua_State *L, const char *name, int value)
{
    const char *text = usher_secret_template(L, value);
    size_t len;

    if (!text && lua_type(L, value) != LUA_TSTRING &&
        lua_type(L, value) != LUA_TNUMBER)
        luaL_error(L,
                   "http: header %s must be a text, a number or a secret of "
                   "config, not a %s",
                   name, luaL_typename(L, value));
    if (text) {
        lua_pushstring(L, text);
    } else {
        text = usher_string_tolstring(L, value, &len);
        for (size_t i = 0; i < len; i++) {
            if ((unsigned char)text[i] < ' ' && text[i] != '\t')
                luaL_error(L,
                           "http: header %s has a line break or another "
                           "control character in it",
                           name);
        }
    }
    lua_setfield(L, HEADERS, name);
}

static void headers_read(lua_State *L)
{
    lua_Integer count, others;

    lua_newtable(L);
    lua_replace(L, HEADERS);
    if (lua_getfield(L, OPTIONS, "headers") == LUA_TNIL) {
        lua_pop(L, 1);
        return;
    }
    if (!lua_istable(L, -1))
        misuse(L, "headers must be a table such as { Accept = \"text/plain\" }",
               luaL_typename(L, -1));
    count = usher_order_names(L, -1, &others);
    if (others)
        misuse(L, "headers must have names", "a list");
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, -1, i); /* headers names name */
        lua_pushvalue(L, -1);
        lua_rawget(L, -4);
        header_add(L, lua_tostring(L, -2), lua_gettop(L));
        lua_pop(L, 2);
    }
    lua_pop(L, 2);
}

static int has_header(lua_State *L, const char *name)
{
    int found = 0;

    for (lua_pushnil(L); lua_next(L, HEADERS); lua_pop(L, 1))
        found |= strcasecmp(lua_tostring(L, -2), name) == 0;
    return found;
}

static void content_type(lua_State *L, const char *type)
{
    if (has_header(L, "Content-Type"))
        return;
    lua_pushstring(L, type);
    lua_setfield(L, HEADERS, "Content-Type");
}

static void json_push(lua_State *L, struct usher_call *call)
{
    struct usher_error error = {""};
    struct usher_reader reader;
    enum usher_status st;

    usher_buffer_clear(&call->args);
    usher_buffer_clear(&call->scratch);
    option_encode(L, "json", &call->args);
    usher_reader_init(&reader, call->args.data, call->args.len);
    st = usher_value_to_json(&call->scratch, &reader, &error);
    if (st == USHER_OK)
        st = (enum usher_status)call->scratch.failed;
    if (st == USHER_ERR_INVALID)
        luaL_error(L, "http: json: %s", error.text);
    if (st == USHER_ERR_NOMEM)
        luaL_error(L, "not enough memory");
    if (st != USHER_OK)
        above(L, "json");
    scratch_push(L, "json", call);
}

static void body_read(lua_State *L, struct usher_call *call)
{
    int json = has_option(L, "json");
    int form = has_option(L, "form");

    if (json + form + has_option(L, "body") > 1)
        luaL_error(L, "http: give one of body, json and form, not several");
    if (json) {
        json_push(L, call);
        content_type(L, "application/json");
    } else if (form) {
        option_form(L, "form", call);
        content_type(L, "application/x-www-form-urlencoded");
    } else if (lua_getfield(L, OPTIONS, "body") != LUA_TNIL &&
               lua_type(L, -1) != LUA_TSTRING) {
        misuse(L, "body must be a text (for a table use json or form)",
               luaL_typename(L, -1));
    }
    lua_replace(L, BODY);
    if (lua_rawlen(L, BODY) > USHER_REQUEST_MAX)
        above(L, "the body");
}

/* ---- numbers ---- */

static int64_t timeout_read(lua_State *L)
{
    lua_Number seconds = 0;
    int is_number = 1;

    if (lua_getfield(L, OPTIONS, "timeout") != LUA_TNIL) {
        seconds = lua_tonumberx(L, -1, &is_number);
        if (!is_number || !(seconds > 0) || seconds > TIMEOUT_MAX_S)
            misuse(L,
                   "timeout must be a number of seconds, above 0 and at "
                   "most 300",
                   usher_string_tolstring(L, -1, NULL));
    }
    lua_pop(L, 1);
    return seconds > 0 && seconds < 0.001 ? 1 : (int64_t)(seconds * 1000);
}

/* true: 5 redirects, the most; false, nil: none. */
static int follow_read(lua_State *L)
{
    lua_Integer follow = 0;
    int is_number = 1;

    lua_getfield(L, OPTIONS, "follow");
    if (lua_isboolean(L, -1))
        follow = lua_toboolean(L, -1) ? 5 : 0;
    else if (!lua_isnil(L, -1))
        follow = lua_tointegerx(L, -1, &is_number);
    if (!is_number || follow < 0 || follow > 5)
        misuse(L, "follow must be true or the number of redirects, 0 to 5",
               usher_string_tolstring(L, -1, NULL));
    lua_pop(L, 1);
    return (int)follow;
}

static int is_write(lua_State *L)
{
    const char *method = lua_tostring(L, METHOD);
    int read;

    lua_getfield(L, OPTIONS, "read");
    read = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return !read && strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0 &&
           strcmp(method, "OPTIONS") != 0;
}

/* ---- putting it together ---- */

static void append(struct usher_buffer *buffer, lua_State *L, int index)
{
    size_t len;
    const char *text = lua_tolstring(L, index, &len);

    usher_buffer_append(buffer, text, len);
}

/* What the intent of a write is known by: body, headers, method, URL. */
static void args_write(lua_State *L, struct usher_call *call)
{
    struct usher_error error = {""};
    enum usher_status st;

    usher_buffer_clear(&call->args);
    lua_createtable(L, 0, 2);
    lua_pushvalue(L, BODY);
    lua_setfield(L, -2, "body");
    lua_pushvalue(L, HEADERS);
    lua_setfield(L, -2, "headers");
    st = usher_value_encode(L, -1, &call->args, "the request", &error);
    lua_pop(L, 1);
    usher_call_check(L, st, &error);
    append(&call->target, L, METHOD);
    usher_buffer_byte(&call->target, ' ');
    append(&call->target, L, URL);
}

static void job_fill(lua_State *L, struct usher_http_job *job)
{
    struct usher_error error = {""};
    enum usher_status st;

    append(&job->method, L, METHOD);
    append(&job->url, L, URL);
    st = usher_value_encode(L, HEADERS, &job->headers, "the headers", &error);
    usher_call_check(L, st, &error);
    job->has_body = !lua_isnil(L, BODY);
    if (job->has_body)
        append(&job->body, L, BODY);
    job->timeout_ms = timeout_read(L);
    job->follow = follow_read(L);
    job->is_write = is_write(L);
    if (job->url.failed == USHER_ERR_LIMIT)
        luaL_error(L, "http: the URL is too long");
    if (job->method.failed || job->url.failed || job->body.failed)
        luaL_error(L, "not enough memory");
}

/* Argument: the options with method, url and all. */
static int request_send(lua_State *L)
{
    struct usher_http_job *job;
    struct usher_call *call;

    lua_settop(L, CALL - 1);
    call = usher_call_new(L);
    options_check(L);
    method_read(L);
    url_read(L, call);
    headers_read(L);
    body_read(L, call);
    job = usher_http_job_new(usher_bind_of(L));
    if (!job)
        return luaL_error(L, "not enough memory");
    call->job = &job->job;
    job_fill(L, job);
    args_write(L, call);
    return usher_call_run(L, call, "http.request",
                          job->is_write ? USHER_EFFECT_WRITE : 0u);
}

/* ---- what flows call ---- */

/* Pushes a copy of the options at index, which may be nil. */
static void options_copy(lua_State *L, int index)
{
    lua_newtable(L);
    if (lua_isnoneornil(L, index))
        return;
    if (!lua_istable(L, index))
        misuse(L, "options must be a table", luaL_typename(L, index));
    for (lua_pushnil(L); lua_next(L, index);) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -4);
    }
}

static void option_set(lua_State *L, const char *name, int value)
{
    if (has_option(L, name))
        luaL_error(L, "http: %s is given by the function already", name);
    lua_pushvalue(L, value);
    lua_setfield(L, OPTIONS, name);
}

/* http.get(url, options) */
static int http_get(lua_State *L)
{
    usher_effect_may_wait(L, "http.get");
    lua_settop(L, 2);
    options_copy(L, 2);
    lua_insert(L, OPTIONS); /* options url given */
    lua_pushliteral(L, "GET");
    option_set(L, "method", 4);
    option_set(L, "url", 2);
    return request_send(L);
}

/* http.post(url, body, options) */
static int http_post(lua_State *L)
{
    usher_effect_may_wait(L, "http.post");
    lua_settop(L, 3);
    options_copy(L, 3);
    lua_insert(L, OPTIONS); /* options url body given */
    lua_pushliteral(L, "POST");
    option_set(L, "method", 5);
    option_set(L, "url", 2);
    if (lua_istable(L, 3))
        option_set(L, "json", 3);
    else if (!lua_isnil(L, 3))
        option_set(L, "body", 3);
    return request_send(L);
}

/* http.request(options) */
static int http_request(lua_State *L)
{
    if (!lua_istable(L, 1))
        misuse(L,
               "http.request takes a table such as { method = \"PUT\", url "
               "= \"https://example.com\" }",
               luaL_typename(L, 1));
    lua_settop(L, 1);
    return request_send(L);
}

static const luaL_Reg functions[] = {
    {"get", http_get},
    {"post", http_post},
    {"request", http_request},
    {"serve", usher_lua_http_serve},
    {NULL, NULL},
};

int usher_lua_http_open(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
