/* engine/bind/secret.c - secret settings as flows have them. */
#include "bind/secret.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#define SECRET "secret"
#define MARK '\1'

static int secret_tostring(lua_State *L)
{
    lua_pushliteral(L, "[secret]");
    return 1;
}

static void push_template(lua_State *L, const char *text, size_t len);

/* One side of `..` as a template. */
static const char *concat_side(lua_State *L, int index, size_t *len)
{
    const char *text = usher_secret_template(L, index);

    if (text) {
        *len = strlen(text);
        return text;
    }
    if (!lua_isstring(L, index))
        luaL_error(L, "a secret can be joined with text only, not with a %s",
                   luaL_typename(L, index));
    text = lua_tolstring(L, index, len);
    for (size_t i = 0; i < *len; i++) {
        if ((unsigned char)text[i] < ' ')
            luaL_error(L, "a secret cannot be joined with text that has "
                          "control characters");
    }
    return text;
}

static int secret_concat(lua_State *L)
{
    size_t left_len, right_len, len;
    const char *left = concat_side(L, 1, &left_len);
    const char *right = concat_side(L, 2, &right_len);
    const char *text;

    lua_pushlstring(L, left, left_len);
    lua_pushlstring(L, right, right_len);
    lua_concat(L, 2);
    text = lua_tolstring(L, -1, &len);
    push_template(L, text, len);
    return 1;
}

static int secret_index(lua_State *L)
{
    return luaL_error(L, "a secret cannot be looked into; http takes it in "
                         "headers, as it is or behind text: \"Bearer \" .. "
                         "config.NAME");
}

static int secret_len(lua_State *L)
{
    return secret_index(L);
}

static const luaL_Reg metamethods[] = {
    {"__tostring", secret_tostring},
    {"__concat", secret_concat},
    {"__index", secret_index},
    {"__len", secret_len},
    {NULL, NULL},
};

/* Leaves the secret on the top. */
static void push_template(lua_State *L, const char *text, size_t len)
{
    char *at = lua_newuserdatauv(L, len + 1, 0);

    memcpy(at, text, len);
    at[len] = '\0';
    if (luaL_newmetatable(L, SECRET)) {
        luaL_setfuncs(L, metamethods, 0);
        lua_pushboolean(L, 0);
        lua_setfield(L, -2, "__metatable");
    }
    lua_setmetatable(L, -2);
}

void usher_secret_push(lua_State *L, const char *name)
{
    size_t len;
    const char *text = lua_pushfstring(L, "%c%s%c", MARK, name, MARK);

    len = strlen(text);
    push_template(L, text, len);
    lua_remove(L, -2);
}

const char *usher_secret_template(lua_State *L, int index)
{
    return luaL_testudata(L, index, SECRET);
}

static enum usher_status fill_name(const char *name, size_t len,
                                   const struct usher_config *config,
                                   struct usher_buffer *out,
                                   struct usher_error *error)
{
    char *text = strndup(name, len);
    const char *value;
    enum usher_status st;

    if (!text)
        return USHER_ERR_NOMEM;
    value = config ? usher_config_get(config, text) : NULL;
    st = value ? usher_buffer_text(out, value) : USHER_ERR_NOT_FOUND;
    if (!value)
        usher_error_set(error, "the setting %s is not there any more", text);
    free(text);
    return st;
}

enum usher_status usher_secret_fill(const char *text, size_t len,
                                    const struct usher_config *config,
                                    struct usher_buffer *out,
                                    struct usher_error *error)
{
    enum usher_status st = USHER_OK;
    const char *end = text + len;

    while (text < end && st == USHER_OK) {
        const char *mark = memchr(text, MARK, (size_t)(end - text));
        const char *close =
            mark ? memchr(mark + 1, MARK, (size_t)(end - mark - 1)) : NULL;

        if (!close)
            return usher_buffer_append(out, text, (size_t)(end - text));
        usher_buffer_append(out, text, (size_t)(mark - text));
        st =
            fill_name(mark + 1, (size_t)(close - mark - 1), config, out, error);
        text = close + 1;
    }
    return st != USHER_OK ? st : (enum usher_status)out->failed;
}
