/* engine/bind/lua_log.c - the log for flows.
 *
 *   log.info("callback booked", { call = id })
 *   log.warn(message, fields)   log.error(message, fields)
 *
 * Not an effect: it is silent while a replay goes over what was logged before.
 * The line shows where in the flow it was written. At most FIELDS fields, each
 * cut at VALUE_MAX bytes. */
#include "bind/bind.h"
#include "bind/modules.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "script/effect.h"
#include "script/lua_string.h"
#include "script/order.h"
#include "script/value.h"

#define FIELDS 12
#define MESSAGE_MAX 1000
#define VALUE_MAX 1000
/* A turn may write some ten thousand lines. */
#define LINE_COST 1000
#define BYTES_A_CHARGE 4

struct fields {
    const char *name[FIELDS + 1]; /* one NULL behind the last */
    const char *value[FIELDS + 1];
};

/* Pushes text, cut at max bytes, and gives it. */
static const char *cut_push(lua_State *L, const char *text, size_t len,
                            size_t max)
{
    if (len <= max)
        return lua_pushlstring(L, text, len);
    while (max > 0 && ((unsigned char)text[max] & 0xC0) == 0x80)
        max--;
    lua_pushlstring(L, text, max);
    lua_pushliteral(L, "...");
    lua_concat(L, 2);
    return lua_tostring(L, -1);
}

/* A table as JSON, where it is plain data. Leaves the stack as it was and
 * gives 0 where it is not; else the text is pushed. */
static int json_push(lua_State *L, int index)
{
    struct usher_buffer value, json;
    struct usher_reader reader;
    char text[VALUE_MAX + 1];
    size_t len;
    int ok;

    usher_buffer_init(&value, 4 * VALUE_MAX);
    usher_buffer_init(&json, 8 * VALUE_MAX);
    ok = usher_value_encode(L, index, &value, "", NULL) == USHER_OK;
    usher_reader_init(&reader, value.data, value.len);
    ok = ok && usher_value_to_json(&json, &reader, NULL) == USHER_OK;
    len = json.len < VALUE_MAX ? json.len : VALUE_MAX;
    if (ok)
        memcpy(text, json.data, len);
    usher_buffer_free(&value);
    usher_buffer_free(&json);
    if (ok)
        lua_pushlstring(L, text, len);
    return ok;
}

/* Pushes the value at index as text. */
static const char *value_text(lua_State *L, int index)
{
    size_t len;
    const char *text;

    if (lua_istable(L, index) && json_push(L, index))
        return lua_tostring(L, -1);
    text = usher_string_tolstring(L, index, &len);
    return cut_push(L, text, len, VALUE_MAX);
}

/* The key for usher_log_event(), pushed where it is not the name itself: "#"
 * before the name of a number, and before no other. Numbers that readers of
 * JSON would round stay texts. */
static const char *key_push(lua_State *L, const char *name, int value)
{
    int is_exact = lua_isboolean(L, value);

    if (lua_type(L, value) == LUA_TNUMBER) {
        lua_Number number = lua_tonumber(L, value);

        is_exact =
            number >= -9007199254740992.0 && number <= 9007199254740992.0;
    }
    if (is_exact)
        return lua_pushfstring(L, "#%s", name);
    return name[0] == '#' ? lua_pushfstring(L, "_%s", name + 1) : name;
}

/* In the order of their names, since a table has none. The texts stay on the
 * stack, which keeps them alive. */
static void fields_read(lua_State *L, int index, struct fields *fields)
{
    lua_Integer count = usher_order_names(L, index, NULL);
    int names = lua_gettop(L);

    luaL_checkstack(L, 5 * FIELDS + 8, "log");
    for (lua_Integer i = 1; i <= count && i <= FIELDS; i++) {
        int key = lua_gettop(L) + 1;

        lua_rawgeti(L, names, i);
        lua_pushvalue(L, key);
        lua_rawget(L, index);
        fields->name[i - 1] = key_push(L, lua_tostring(L, key), key + 1);
        fields->value[i - 1] = value_text(L, key + 1);
    }
}

static void where(lua_State *L, char *out, size_t size)
{
    lua_Debug ar;

    out[0] = '\0';
    if (lua_getstack(L, 1, &ar) && lua_getinfo(L, "Sl", &ar) &&
        ar.currentline > 0)
        snprintf(out, size, "%s:%d", ar.short_src, ar.currentline);
}

static void write_event(lua_State *L, const struct usher_bind *bind,
                        enum usher_log_level level, const char *message,
                        const struct fields *f)
{
    char at[LUA_IDSIZE + 16];
    const char *conversation =
        bind->conversation ? bind->conversation(L) : NULL;

    where(L, at, sizeof(at));
    /* The first name that is NULL ends the list. */
    usher_log_event(bind->log, level, "flow", message, "at", at[0] ? at : NULL,
                    "conversation", conversation, f->name[0], f->value[0],
                    f->name[1], f->value[1], f->name[2], f->value[2],
                    f->name[3], f->value[3], f->name[4], f->value[4],
                    f->name[5], f->value[5], f->name[6], f->value[6],
                    f->name[7], f->value[7], f->name[8], f->value[8],
                    f->name[9], f->value[9], f->name[10], f->value[10],
                    f->name[11], f->value[11], NULL);
}

/* Masking, escaping and writing, which a replay has to pay for as the run did.
 */
static void charge(lua_State *L, const char *message, const struct fields *f)
{
    size_t bytes = strlen(message);

    for (int i = 0; f->name[i]; i++)
        bytes += strlen(f->name[i]) + strlen(f->value[i]);
    usher_script_charge(L, LINE_COST + (int64_t)(bytes / BYTES_A_CHARGE));
}

static int log_write(lua_State *L, enum usher_log_level level,
                     const char *function)
{
    const struct usher_bind *bind = usher_bind_of(L);
    struct fields fields = {{NULL}, {NULL}};
    const char *message;
    size_t len;

    luaL_checkany(L, 1);
    lua_settop(L, 2);
    if (!lua_isnil(L, 2) && !lua_istable(L, 2))
        return luaL_error(L,
                          "log.%s: fields must be a table such as { call = "
                          "id }, not a %s",
                          function, luaL_typename(L, 2));
    /* Made of it first, whether it is written or not: a __tostring may do
     * anything, also effects, and a replay must do the same. */
    message = usher_string_tolstring(L, 1, &len);
    message = cut_push(L, message, len, MESSAGE_MAX);
    if (lua_istable(L, 2))
        fields_read(L, 2, &fields);
    charge(L, message, &fields);
    if (!bind || !usher_log_on(bind->log, level) || usher_effect_replaying(L))
        return 0;
    write_event(L, bind, level, message, &fields);
    return 0;
}

static int log_info(lua_State *L)
{
    return log_write(L, USHER_LOG_INFO, "info");
}

static int log_warn(lua_State *L)
{
    return log_write(L, USHER_LOG_WARN, "warn");
}

static int log_error(lua_State *L)
{
    return log_write(L, USHER_LOG_ERROR, "error");
}

static const luaL_Reg functions[] = {
    {"info", log_info},
    {"warn", log_warn},
    {"error", log_error},
    {NULL, NULL},
};

int usher_lua_log_open(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
