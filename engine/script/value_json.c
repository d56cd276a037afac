/* engine/script/value_json.c - plain data from and to JSON. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script/value.h"
#include "script/value_tags.h"

static int name_compare(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static enum usher_status from_json(struct usher_buffer *buffer,
                                   const json_t *json, int depth);

static enum usher_status from_object(struct usher_buffer *buffer,
                                     const json_t *json, int depth)
{
    const char **names;
    size_t count = 0;
    enum usher_status st = USHER_OK;
    /* jansson's iterator takes a pointer it may not write through. */
    json_t *object = (json_t *)(uintptr_t)json;
    void *at;

    names = malloc((json_object_size(json) + 1) * sizeof(*names));
    if (!names)
        return USHER_ERR_NOMEM;
    for (at = json_object_iter(object); at;
         at = json_object_iter_next(object, at)) {
        if (!json_is_null(json_object_iter_value(at)))
            names[count++] = json_object_iter_key(at);
    }
    qsort(names, count, sizeof(*names), name_compare);
    usher_value_table(buffer, 0, count);
    for (size_t i = 0; i < count && st == USHER_OK; i++) {
        usher_value_string(buffer, names[i], strlen(names[i]));
        st = from_json(buffer, json_object_get(json, names[i]), depth + 1);
    }
    free(names);
    return st;
}

static enum usher_status from_array(struct usher_buffer *buffer,
                                    const json_t *json, int depth)
{
    enum usher_status st = USHER_OK;
    size_t count = json_array_size(json);

    usher_value_table(buffer, count, 0);
    for (size_t i = 0; i < count && st == USHER_OK; i++) {
        const json_t *item = json_array_get(json, i);

        if (json_is_null(item))
            usher_value_boolean(buffer, 0);
        else
            st = from_json(buffer, item, depth + 1);
    }
    return st;
}

static enum usher_status from_json(struct usher_buffer *buffer,
                                   const json_t *json, int depth)
{
    if (depth >= USHER_VALUE_DEPTH)
        return USHER_ERR_LIMIT;
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        return from_object(buffer, json, depth);
    case JSON_ARRAY:
        return from_array(buffer, json, depth);
    case JSON_STRING:
        usher_value_string(buffer, json_string_value(json),
                           json_string_length(json));
        break;
    case JSON_INTEGER:
        usher_value_integer(buffer, json_integer_value(json));
        break;
    case JSON_REAL:
        usher_value_float(buffer, json_real_value(json));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        usher_value_boolean(buffer, json_is_true(json));
        break;
    default:
        usher_value_nil(buffer);
        break;
    }
    return buffer->failed ? USHER_ERR_LIMIT : USHER_OK;
}

enum usher_status usher_value_from_json(struct usher_buffer *buffer,
                                        const char *text, size_t len,
                                        struct usher_error *error)
{
    json_error_t why;
    json_t *json =
        json_loadb(text, len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
    enum usher_status st;

    if (!json) {
        usher_error_set(error, "not JSON at line %d: %s", why.line, why.text);
        return USHER_ERR_PARSE;
    }
    st = from_json(buffer, json, 0);
    if (st == USHER_ERR_LIMIT)
        usher_error_set(error, "the JSON is nested too deep or too large");
    json_decref(json);
    return st;
}

static enum usher_status to_json(struct usher_buffer *buffer,
                                 struct usher_reader *reader, int depth,
                                 struct usher_error *error);

static enum usher_status to_array(struct usher_buffer *buffer,
                                  struct usher_reader *reader, uint64_t count,
                                  int depth, struct usher_error *error)
{
    enum usher_status st = USHER_OK;

    usher_buffer_byte(buffer, '[');
    for (uint64_t i = 0; i < count && st == USHER_OK; i++) {
        if (i)
            usher_buffer_byte(buffer, ',');
        st = to_json(buffer, reader, depth + 1, error);
    }
    usher_buffer_byte(buffer, ']');
    return st;
}

static enum usher_status to_name(struct usher_buffer *buffer,
                                 struct usher_reader *reader,
                                 struct usher_error *error)
{
    const char *text;
    size_t len;

    if (usher_reader_byte(reader) != VALUE_STRING) {
        usher_error_set(error, "JSON wants names: a table has both a list "
                               "and names, or a number as a name");
        return USHER_ERR_INVALID;
    }
    text = usher_reader_bytes(reader, &len);
    return usher_buffer_json(buffer, text, len);
}

static enum usher_status to_object(struct usher_buffer *buffer,
                                   struct usher_reader *reader, uint64_t count,
                                   int depth, struct usher_error *error)
{
    enum usher_status st = USHER_OK;

    usher_buffer_byte(buffer, '{');
    for (uint64_t i = 0; i < count && st == USHER_OK; i++) {
        if (i)
            usher_buffer_byte(buffer, ',');
        st = to_name(buffer, reader, error);
        usher_buffer_byte(buffer, ':');
        if (st == USHER_OK)
            st = to_json(buffer, reader, depth + 1, error);
    }
    usher_buffer_byte(buffer, '}');
    return st;
}

static enum usher_status to_table(struct usher_buffer *buffer,
                                  struct usher_reader *reader, int depth,
                                  struct usher_error *error)
{
    uint64_t values = usher_reader_varint(reader);
    uint64_t pairs = usher_reader_varint(reader);

    if (values && pairs) {
        usher_error_set(error, "a table with both a list and names has no "
                               "JSON form; use one or the other");
        return USHER_ERR_INVALID;
    }
    if (values)
        return to_array(buffer, reader, values, depth, error);
    return to_object(buffer, reader, pairs, depth, error);
}

static void to_number(struct usher_buffer *buffer, double number)
{
    char text[40];

    if (!isfinite(number)) {
        usher_buffer_text(buffer, "null");
        return;
    }
    snprintf(text, sizeof(text), "%.17g", number);
    usher_buffer_text(buffer, text);
}

static enum usher_status to_json(struct usher_buffer *buffer,
                                 struct usher_reader *reader, int depth,
                                 struct usher_error *error)
{
    uint64_t bits = 0;
    const char *text;
    size_t len;
    double number;
    int tag = usher_reader_byte(reader);

    if (depth >= USHER_VALUE_DEPTH)
        return USHER_ERR_LIMIT;
    switch (tag) {
    case VALUE_NIL:
        return usher_buffer_text(buffer, "null");
    case VALUE_FALSE:
    case VALUE_TRUE:
        return usher_buffer_text(buffer, tag == VALUE_TRUE ? "true" : "false");
    case VALUE_INTEGER:
        bits = usher_reader_varint(reader);
        return usher_buffer_printf(buffer, "%lld",
                                   (long long)(int64_t)((bits >> 1) ^
                                                        (~(bits & 1) + 1)));
    case VALUE_FLOAT:
        for (int i = 0; i < 8; i++)
            bits |= (uint64_t)(unsigned char)usher_reader_byte(reader)
                    << (8 * i);
        memcpy(&number, &bits, sizeof(number));
        to_number(buffer, number);
        return USHER_OK;
    case VALUE_STRING:
        text = usher_reader_bytes(reader, &len);
        return usher_buffer_json(buffer, text, len);
    case VALUE_TABLE:
        return to_table(buffer, reader, depth, error);
    default:
        usher_error_set(error, "the bytes are no value");
        return USHER_ERR_PARSE;
    }
}

enum usher_status usher_value_to_json(struct usher_buffer *buffer,
                                      struct usher_reader *reader,
                                      struct usher_error *error)
{
    enum usher_status st = to_json(buffer, reader, 0, error);

    return st == USHER_OK && buffer->failed ? USHER_ERR_LIMIT : st;
}
