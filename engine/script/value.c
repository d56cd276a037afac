/* engine/script/value.c - plain data as bytes, from and to Lua. The JSON half
 * is in value_json.c. */
#include "script/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "script/metatable.h"
#include "script/script.h"
#include "script/value_tags.h"

/* What it takes, in instructions: a table has the most. */
#define VALUE_COST 10
#define BYTES_A_CHARGE 16

/* Where in the value we are, for the message: a list on the C stack. */
struct path {
    const struct path *up;
    const char *name;
    lua_Integer index;
};

struct encoder {
    lua_State *L;
    struct usher_buffer *buffer;
    const char *what;
    struct usher_error *error;
    int64_t *work; /* in instructions */
};

struct key {
    const char *text; /* NULL: a number */
    size_t len;
    lua_Number number;
    lua_Integer integer;
    int is_integer;
};

static void path_write(const struct path *path, struct usher_buffer *out)
{
    if (!path)
        return;
    path_write(path->up, out);
    if (path->name)
        usher_buffer_printf(out, ".%.60s", path->name);
    else
        usher_buffer_printf(out, "[%lld]", (long long)path->index);
}

static enum usher_status refuse(const struct encoder *e,
                                const struct path *path, const char *kind,
                                enum usher_status status)
{
    struct usher_buffer where;

    usher_buffer_init(&where, 400);
    path_write(path, &where);
    usher_error_set(e->error,
                    "%s%s: %s cannot be kept; only nil, booleans, numbers, "
                    "strings and tables of these can",
                    e->what, where.data ? where.data : "", kind);
    usher_buffer_free(&where);
    return status;
}

static int key_compare(const void *left, const void *right)
{
    const struct key *a = left;
    const struct key *b = right;
    size_t shorter;
    int order;

    if (!a->text || !b->text) {
        if (!a->text != !b->text)
            return a->text ? 1 : -1;
        if (a->is_integer != b->is_integer)
            return a->is_integer ? -1 : 1;
        if (a->is_integer)
            return (a->integer > b->integer) - (a->integer < b->integer);
        return (a->number > b->number) - (a->number < b->number);
    }
    shorter = a->len < b->len ? a->len : b->len;
    order = memcmp(a->text, b->text, shorter);
    return order ? order : (a->len > b->len) - (a->len < b->len);
}

static enum usher_status encode(const struct encoder *e, int index,
                                const struct path *path, int depth);

/* Reads the key on the top of the stack; 0: not a key that can be kept. */
static int key_read(lua_State *L, struct key *key)
{
    memset(key, 0, sizeof(*key));
    if (lua_type(L, -1) == LUA_TSTRING) {
        key->text = lua_tolstring(L, -1, &key->len);
        return 1;
    }
    if (lua_type(L, -1) != LUA_TNUMBER)
        return 0;
    key->is_integer = lua_isinteger(L, -1);
    key->integer = key->is_integer ? lua_tointeger(L, -1) : 0;
    key->number = lua_tonumber(L, -1);
    return 1;
}

static void key_push(lua_State *L, const struct key *key)
{
    if (key->text)
        lua_pushlstring(L, key->text, key->len);
    else if (key->is_integer)
        lua_pushinteger(L, key->integer);
    else
        lua_pushnumber(L, key->number);
}

static void key_write(struct usher_buffer *buffer, const struct key *key)
{
    if (key->text)
        usher_value_string(buffer, key->text, key->len);
    else if (key->is_integer)
        usher_value_integer(buffer, key->integer);
    else
        usher_value_float(buffer, key->number);
}

/* Room on the stack for the keys of most tables. */
#define KEYS_FIRST 12

struct keys {
    struct key *list; /* first, or from malloc */
    size_t count, cap;
    struct key first[KEYS_FIRST];
};

static void keys_free(struct keys *keys)
{
    if (keys->list != keys->first)
        free(keys->list);
}

static enum usher_status keys_add(struct keys *keys, const struct key *key)
{
    if (keys->count == keys->cap) {
        struct key *more = malloc(2 * keys->cap * sizeof(*more));

        if (!more)
            return USHER_ERR_NOMEM;
        memcpy(more, keys->list, keys->count * sizeof(*more));
        keys_free(keys);
        keys->list = more;
        keys->cap *= 2;
    }
    keys->list[keys->count++] = *key;
    return USHER_OK;
}

/* The keys outside 1..values, sorted; for keys_free(). The strings stay alive
 * in the table. */
static enum usher_status keys_collect(const struct encoder *e, int table,
                                      lua_Integer values,
                                      const struct path *path,
                                      struct keys *keys)
{
    struct key key;
    const char *odd = NULL; /* of several the first, as order.h does */
    char text[48];

    keys->list = keys->first;
    keys->cap = KEYS_FIRST;
    keys->count = 0;
    for (lua_pushnil(e->L); lua_next(e->L, table);) {
        lua_pop(e->L, 1);
        *e->work += VALUE_COST;
        if (!key_read(e->L, &key)) {
            const char *kind = lua_typename(e->L, lua_type(e->L, -1));

            odd = odd && strcmp(odd, kind) <= 0 ? odd : kind;
            continue;
        }
        if (key.is_integer && key.integer >= 1 && key.integer <= values)
            continue;
        if (keys_add(keys, &key) != USHER_OK) {
            lua_pop(e->L, 1);
            return USHER_ERR_NOMEM;
        }
    }
    if (odd) {
        snprintf(text, sizeof(text), "a key of type %s", odd);
        return refuse(e, path, text, USHER_ERR_INVALID);
    }
    if (keys->count > 1)
        qsort(keys->list, keys->count, sizeof(key), key_compare);
    return USHER_OK;
}

static enum usher_status encode_pairs(const struct encoder *e, int table,
                                      const struct key *keys, size_t count,
                                      const struct path *path, int depth)
{
    enum usher_status st = USHER_OK;

    for (size_t i = 0; i < count && st == USHER_OK; i++) {
        struct path here = {path, keys[i].text, keys[i].integer};

        key_write(e->buffer, &keys[i]);
        key_push(e->L, &keys[i]);
        lua_rawget(e->L, table);
        st = encode(e, lua_gettop(e->L), &here, depth + 1);
        lua_pop(e->L, 1);
    }
    return st;
}

static enum usher_status encode_table(const struct encoder *e, int table,
                                      const struct path *path, int depth)
{
    lua_Integer values = 0;
    struct keys keys;
    enum usher_status st;

    if (depth >= USHER_VALUE_DEPTH)
        return refuse(e, path, "a cycle, or a table nested deeper than 64",
                      USHER_ERR_LIMIT);
    if (usher_metatable_get(e->L, table)) {
        lua_pop(e->L, 1);
        return refuse(e, path, "a table with a metatable", USHER_ERR_INVALID);
    }
    /* rawlen is any border; the run from 1 is what counts, so that equal
     * tables encode alike however they were built. */
    while (lua_rawgeti(e->L, table, values + 1) != LUA_TNIL) {
        lua_pop(e->L, 1);
        values++;
    }
    lua_pop(e->L, 1);
    st = keys_collect(e, table, values, path, &keys);
    if (st != USHER_OK)
        goto done;
    usher_value_table(e->buffer, (size_t)values, keys.count);
    for (lua_Integer i = 1; i <= values; i++) {
        struct path here = {path, NULL, i};

        lua_rawgeti(e->L, table, i);
        st = encode(e, lua_gettop(e->L), &here, depth + 1);
        lua_pop(e->L, 1);
        if (st != USHER_OK)
            goto done;
    }
    st = encode_pairs(e, table, keys.list, keys.count, path, depth);
done:
    keys_free(&keys);
    return st;
}

static enum usher_status encode(const struct encoder *e, int index,
                                const struct path *path, int depth)
{
    const char *text;
    size_t len;

    /* Too large already. A table may stand in another many times over. */
    if (e->buffer->failed)
        return USHER_ERR_LIMIT;
    *e->work += VALUE_COST;
    if (!lua_checkstack(e->L, 4))
        return USHER_ERR_NOMEM;
    switch (lua_type(e->L, index)) {
    case LUA_TNIL:
        usher_value_nil(e->buffer);
        break;
    case LUA_TBOOLEAN:
        usher_value_boolean(e->buffer, lua_toboolean(e->L, index));
        break;
    case LUA_TNUMBER:
        if (lua_isinteger(e->L, index))
            usher_value_integer(e->buffer, lua_tointeger(e->L, index));
        else
            usher_value_float(e->buffer, lua_tonumber(e->L, index));
        break;
    case LUA_TSTRING:
        text = lua_tolstring(e->L, index, &len);
        *e->work += (int64_t)(len / BYTES_A_CHARGE);
        usher_value_string(e->buffer, text, len);
        break;
    case LUA_TTABLE:
        return encode_table(e, index, path, depth);
    default: {
        char kind[32];

        snprintf(kind, sizeof(kind), "a %s",
                 lua_typename(e->L, lua_type(e->L, index)));
        return refuse(e, path, kind, USHER_ERR_INVALID);
    }
    }
    return USHER_OK;
}

enum usher_status usher_value_encode(lua_State *L, int index,
                                     struct usher_buffer *buffer,
                                     const char *what,
                                     struct usher_error *error)
{
    int64_t work = 0;
    struct encoder e = {L, buffer, what, error, &work};
    enum usher_status st = encode(&e, lua_absindex(L, index), NULL, 0);

    usher_script_spend(L, work);
    if (buffer->failed) {
        usher_error_set(error, "%s is too large: above %zu bytes", what,
                        buffer->max);
        return USHER_ERR_LIMIT;
    }
    return st;
}

/* lua_rawset() raises for others: they would be no value that was encoded. */
static int can_be_key(lua_State *L, int index)
{
    if (lua_type(L, index) == LUA_TNUMBER)
        return lua_isinteger(L, index) ||
               lua_tonumber(L, index) == lua_tonumber(L, index);
    return lua_type(L, index) == LUA_TSTRING;
}

static void decode(lua_State *L, struct usher_reader *reader, int depth)
{
    int tag = usher_reader_byte(reader);
    const char *text;
    size_t len;
    uint64_t bits;
    double number;

    luaL_checkstack(L, 4, "value");
    switch (tag) {
    case VALUE_FALSE:
    case VALUE_TRUE:
        lua_pushboolean(L, tag == VALUE_TRUE);
        return;
    case VALUE_INTEGER:
        bits = usher_reader_varint(reader);
        lua_pushinteger(L, (lua_Integer)((bits >> 1) ^ (~(bits & 1) + 1)));
        return;
    case VALUE_FLOAT:
        bits = 0;
        for (int i = 0; i < 8; i++)
            bits |= (uint64_t)(unsigned char)usher_reader_byte(reader)
                    << (8 * i);
        memcpy(&number, &bits, sizeof(number));
        lua_pushnumber(L, number);
        return;
    case VALUE_STRING:
        text = usher_reader_bytes(reader, &len);
        lua_pushlstring(L, text, len);
        return;
    case VALUE_TABLE: {
        uint64_t values = usher_reader_varint(reader);
        uint64_t pairs = usher_reader_varint(reader);
        uint64_t left = (uint64_t)(reader->end - reader->at);

        if (values > left || pairs > left / 2 || depth >= USHER_VALUE_DEPTH)
            break;
        lua_createtable(L, (int)values, (int)pairs);
        for (uint64_t i = 1; i <= values && !reader->failed; i++) {
            decode(L, reader, depth + 1);
            lua_rawseti(L, -2, (lua_Integer)i);
        }
        for (uint64_t i = 0; i < pairs && !reader->failed; i++) {
            decode(L, reader, depth + 1);
            decode(L, reader, depth + 1);
            if (!can_be_key(L, -2))
                reader->failed = 1;
            if (reader->failed)
                lua_pop(L, 2);
            else
                lua_rawset(L, -3);
        }
        return;
    }
    case VALUE_NIL:
        lua_pushnil(L);
        return;
    default:
        break;
    }
    reader->failed = 1;
    lua_pushnil(L);
}

void usher_value_decode(lua_State *L, struct usher_reader *reader)
{
    decode(L, reader, 0);
}

void usher_value_nil(struct usher_buffer *buffer)
{
    usher_buffer_byte(buffer, VALUE_NIL);
}

void usher_value_boolean(struct usher_buffer *buffer, int value)
{
    usher_buffer_byte(buffer, value ? VALUE_TRUE : VALUE_FALSE);
}

void usher_value_integer(struct usher_buffer *buffer, int64_t value)
{
    uint64_t bits = (uint64_t)value;

    usher_buffer_byte(buffer, VALUE_INTEGER);
    usher_buffer_varint(buffer, (bits << 1) ^ (value < 0 ? ~0ULL : 0ULL));
}

void usher_value_float(struct usher_buffer *buffer, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof(bits));
    usher_buffer_byte(buffer, VALUE_FLOAT);
    for (int i = 0; i < 8; i++)
        usher_buffer_byte(buffer, (int)((bits >> (8 * i)) & 0xff));
}

void usher_value_string(struct usher_buffer *buffer, const char *text,
                        size_t len)
{
    usher_buffer_byte(buffer, VALUE_STRING);
    usher_buffer_bytes(buffer, text, len);
}

void usher_value_table(struct usher_buffer *buffer, size_t values, size_t pairs)
{
    usher_buffer_byte(buffer, VALUE_TABLE);
    usher_buffer_varint(buffer, values);
    usher_buffer_varint(buffer, pairs);
}

static void skip(struct usher_reader *reader, int depth)
{
    size_t len;
    uint64_t count;

    switch (usher_reader_byte(reader)) {
    case VALUE_NIL:
    case VALUE_FALSE:
    case VALUE_TRUE:
        return;
    case VALUE_INTEGER:
        usher_reader_varint(reader);
        return;
    case VALUE_FLOAT:
        for (int i = 0; i < 8; i++)
            usher_reader_byte(reader);
        return;
    case VALUE_STRING:
        usher_reader_bytes(reader, &len);
        return;
    case VALUE_TABLE:
        count = usher_reader_varint(reader);
        count += 2 * usher_reader_varint(reader);
        if (depth >= USHER_VALUE_DEPTH)
            break;
        while (count-- > 0 && !reader->failed)
            skip(reader, depth + 1);
        return;
    default:
        break;
    }
    reader->failed = 1;
}

void usher_value_skip(struct usher_reader *reader, const char **at, size_t *len)
{
    *at = reader->at;
    skip(reader, 0);
    *len = (size_t)(reader->at - *at);
}
