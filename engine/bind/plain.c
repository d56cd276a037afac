/* engine/bind/plain.c - encoded plain data read by C. */
#include "bind/plain.h"

#include <math.h>
#include <string.h>

#include "script/value.h"
#include "script/value_tags.h"

static double read_float(struct usher_reader *reader)
{
    uint64_t bits = 0;
    double number;

    for (int i = 0; i < 8; i++)
        bits |= (uint64_t)(unsigned char)usher_reader_byte(reader) << (8 * i);
    memcpy(&number, &bits, sizeof(number));
    return number;
}

void usher_plain_next(struct usher_reader *reader, struct usher_plain *plain)
{
    uint64_t bits;

    memset(plain, 0, sizeof(*plain));
    switch (usher_reader_byte(reader)) {
    case VALUE_FALSE:
        plain->type = USHER_PLAIN_FALSE;
        break;
    case VALUE_TRUE:
        plain->type = USHER_PLAIN_TRUE;
        break;
    case VALUE_INTEGER:
        bits = usher_reader_varint(reader);
        plain->type = USHER_PLAIN_INTEGER;
        plain->integer = (int64_t)((bits >> 1) ^ (~(bits & 1) + 1));
        break;
    case VALUE_FLOAT:
        plain->type = USHER_PLAIN_FLOAT;
        plain->number = read_float(reader);
        break;
    case VALUE_STRING:
        plain->type = USHER_PLAIN_STRING;
        plain->text = usher_reader_bytes(reader, &plain->len);
        break;
    case VALUE_TABLE:
        plain->type = USHER_PLAIN_TABLE;
        plain->values = usher_reader_varint(reader);
        plain->pairs = usher_reader_varint(reader);
        break;
    default:
        plain->type = USHER_PLAIN_NIL;
        break;
    }
}

enum usher_status usher_plain_text(const struct usher_plain *plain,
                                   struct usher_buffer *out)
{
    switch (plain->type) {
    case USHER_PLAIN_FALSE:
        return usher_buffer_text(out, "false");
    case USHER_PLAIN_TRUE:
        return usher_buffer_text(out, "true");
    case USHER_PLAIN_INTEGER:
        return usher_buffer_integer(out, plain->integer);
    case USHER_PLAIN_FLOAT:
        if (!isfinite(plain->number))
            return USHER_ERR_INVALID;
        return usher_buffer_printf(out, "%.14g", plain->number);
    case USHER_PLAIN_STRING:
        return usher_buffer_append(out, plain->text, plain->len);
    default:
        return USHER_ERR_INVALID;
    }
}

int usher_plain_member(const void *table, size_t table_len, const char *name,
                       const char **at, size_t *len)
{
    struct usher_reader reader;
    struct usher_plain plain;
    size_t name_len = strlen(name);

    usher_reader_init(&reader, table, table_len);
    usher_plain_next(&reader, &plain);
    if (plain.type != USHER_PLAIN_TABLE)
        return 0;
    for (uint64_t i = 0; i < plain.values && !reader.failed; i++)
        usher_value_skip(&reader, at, len);
    for (uint64_t i = 0; i < plain.pairs && !reader.failed; i++) {
        struct usher_plain key; /* never a table */

        usher_plain_next(&reader, &key);
        usher_value_skip(&reader, at, len);
        if (!reader.failed && key.type == USHER_PLAIN_STRING &&
            key.len == name_len && memcmp(key.text, name, name_len) == 0)
            return 1;
    }
    return 0;
}

static enum usher_status form_pair(struct usher_buffer *out, size_t start,
                                   const struct usher_plain *name,
                                   const struct usher_plain *value)
{
    struct usher_buffer text;
    enum usher_status st;

    usher_buffer_init(&text, out->max);
    st = usher_plain_text(value, &text);
    if (st == USHER_OK) {
        if (out->len > start)
            usher_buffer_byte(out, '&');
        usher_buffer_escape(out, name->text, name->len, "");
        usher_buffer_byte(out, '=');
        usher_buffer_escape(out, text.data, text.len, "");
        st = (enum usher_status)out->failed;
    }
    usher_buffer_free(&text);
    return st;
}

static enum usher_status form_member(struct usher_buffer *out, size_t start,
                                     struct usher_reader *reader,
                                     struct usher_error *error)
{
    struct usher_plain name, value, item;
    enum usher_status st = USHER_OK;

    usher_plain_next(reader, &name);
    usher_plain_next(reader, &value);
    if (name.type != USHER_PLAIN_STRING) {
        usher_error_set(error, "has a value without a name");
        return USHER_ERR_INVALID;
    }
    if (value.type != USHER_PLAIN_TABLE)
        st = form_pair(out, start, &name, &value);
    else if (value.pairs)
        st = USHER_ERR_INVALID;
    for (uint64_t i = 0; i < value.values && st == USHER_OK; i++) {
        usher_plain_next(reader, &item);
        st = form_pair(out, start, &name, &item);
    }
    if (st == USHER_ERR_INVALID)
        usher_error_set(error,
                        "%.*s must be a text, a number, a boolean or a list "
                        "of these",
                        (int)(name.len < 60 ? name.len : 60), name.text);
    return st;
}

enum usher_status usher_plain_form(struct usher_buffer *out, const void *table,
                                   size_t len, struct usher_error *error)
{
    struct usher_reader reader;
    struct usher_plain plain;
    size_t start = out->len;
    enum usher_status st = USHER_OK;

    usher_reader_init(&reader, table, len);
    usher_plain_next(&reader, &plain);
    if (plain.type != USHER_PLAIN_TABLE || plain.values) {
        usher_error_set(error, "must be a table of names and values");
        return USHER_ERR_INVALID;
    }
    for (uint64_t i = 0; i < plain.pairs && st == USHER_OK; i++)
        st = form_member(out, start, &reader, error);
    if (st == USHER_ERR_LIMIT)
        usher_error_set(error, "is too large");
    return st;
}
