/* engine/script/value_json.c - plain data from and to JSON. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script/value.h"
#include "script/value_tags.h"

struct source {
    const struct usher_json *json;
    struct usher_buffer *out;
};

static enum usher_status from_node(const struct source *source,
                                   const struct usher_json_node *node,
                                   int depth);

/* By name; of equal names the last one stands last. */
static int member_compare(const void *left, const void *right)
{
    const struct usher_json_node *const *a = left, *const *b = right;
    int order = strcmp((*a)->text, (*b)->text);

    return order ? order : (*a > *b) - (*a < *b);
}

/* The names in their order, each once, without those of a null. */
static size_t members_sort(const struct usher_json_node **names, size_t count)
{
    size_t kept = 0;

    qsort(names, count, sizeof(*names), member_compare);
    for (size_t i = 0; i < count; i++) {
        if (i + 1 < count && strcmp(names[i]->text, names[i + 1]->text) == 0)
            continue;
        if (names[i][1].kind != USHER_JSON_NULL)
            names[kept++] = names[i];
    }
    return kept;
}

static enum usher_status from_object(const struct source *source,
                                     const struct usher_json_node *node,
                                     int depth)
{
    const struct usher_json_node *nodes = source->json->nodes;
    const struct usher_json_node **names;
    uint32_t first = (uint32_t)(node - nodes) + 1;
    enum usher_status st = USHER_OK;
    size_t count = 0;

    for (uint32_t at = first; at < node->next; at = nodes[at + 1].next)
        count++;
    names = malloc((count + 1) * sizeof(*names));
    if (!names)
        return USHER_ERR_NOMEM;
    count = 0;
    for (uint32_t at = first; at < node->next; at = nodes[at + 1].next)
        names[count++] = &nodes[at];
    count = members_sort(names, count);
    usher_value_table(source->out, 0, count);
    for (size_t i = 0; i < count && st == USHER_OK; i++) {
        usher_value_string(source->out, names[i]->text, names[i]->len);
        st = from_node(source, names[i] + 1, depth + 1);
    }
    free(names);
    return st;
}

static enum usher_status from_array(const struct source *source,
                                    const struct usher_json_node *node,
                                    int depth)
{
    const struct usher_json_node *nodes = source->json->nodes;
    uint32_t first = (uint32_t)(node - nodes) + 1;
    enum usher_status st = USHER_OK;
    size_t count = 0;

    for (uint32_t at = first; at < node->next; at = nodes[at].next)
        count++;
    usher_value_table(source->out, count, 0);
    for (uint32_t at = first; at < node->next && st == USHER_OK;
         at = nodes[at].next) {
        if (nodes[at].kind == USHER_JSON_NULL)
            usher_value_boolean(source->out, 0);
        else
            st = from_node(source, &nodes[at], depth + 1);
    }
    return st;
}

static enum usher_status from_node(const struct source *source,
                                   const struct usher_json_node *node,
                                   int depth)
{
    struct usher_buffer *out = source->out;

    if (depth >= USHER_VALUE_DEPTH)
        return USHER_ERR_LIMIT;
    switch (node->kind) {
    case USHER_JSON_OBJECT:
        return from_object(source, node, depth);
    case USHER_JSON_ARRAY:
        return from_array(source, node, depth);
    case USHER_JSON_STRING:
        usher_value_string(out, node->text, node->len);
        break;
    case USHER_JSON_INTEGER:
        usher_value_integer(out, node->integer);
        break;
    case USHER_JSON_REAL:
        usher_value_float(out, usher_json_real(source->json, node));
        break;
    case USHER_JSON_TRUE:
    case USHER_JSON_FALSE:
        usher_value_boolean(out, node->kind == USHER_JSON_TRUE);
        break;
    case USHER_JSON_NULL:
        usher_value_nil(out);
        break;
    }
    return (enum usher_status)out->failed;
}

enum usher_status usher_value_from_node(struct usher_buffer *buffer,
                                        const struct usher_json *json,
                                        const struct usher_json_node *node)
{
    struct source source = {json, buffer};
    enum usher_status st = from_node(&source, node, 0);

    return st == USHER_OK && buffer->failed ? (enum usher_status)buffer->failed
                                            : st;
}

/* The line that byte `at` stands in, from 1. */
static unsigned line_of(const char *text, size_t at)
{
    unsigned line = 1;

    for (size_t i = 0; i < at; i++)
        line += text[i] == '\n';
    return line;
}

enum usher_status usher_value_from_json(struct usher_buffer *buffer,
                                        const char *text, size_t len,
                                        struct usher_error *error)
{
    struct usher_json json;
    enum usher_status st;

    usher_json_init(&json);
    st = usher_json_read(&json, text, len);
    if (st == USHER_ERR_PARSE)
        usher_error_set(error, "not JSON at line %u: %s",
                        line_of(text, json.problem_at), json.problem);
    if (st == USHER_OK)
        st = usher_value_from_node(buffer, &json, json.nodes);
    if (st == USHER_ERR_LIMIT)
        usher_error_set(error, "the JSON is nested too deep or too large");
    else if (st == USHER_ERR_NOMEM)
        usher_error_set(error, "not enough memory");
    usher_json_free(&json);
    return st;
}

/* The name is the last that was written, "json" before the first. */
struct writer {
    struct usher_buffer *out;
    struct usher_reader *reader;
    struct usher_error *error;
    const char *name;
    size_t name_len;
};

static enum usher_status to_json(struct writer *w, int depth);

static enum usher_status to_array(struct writer *w, uint64_t count, int depth)
{
    enum usher_status st = USHER_OK;

    usher_buffer_byte(w->out, '[');
    for (uint64_t i = 0; i < count && st == USHER_OK && !w->reader->failed;
         i++) {
        if (i)
            usher_buffer_byte(w->out, ',');
        st = to_json(w, depth + 1);
    }
    usher_buffer_byte(w->out, ']');
    return st;
}

static enum usher_status to_name(struct writer *w)
{
    if (usher_reader_byte(w->reader) != VALUE_STRING) {
        usher_error_set(w->error, "JSON wants names: a table has both a list "
                                  "and names, or a number as a name");
        return USHER_ERR_INVALID;
    }
    w->name = usher_reader_bytes(w->reader, &w->name_len);
    return usher_buffer_json(w->out, w->name, w->name_len);
}

static enum usher_status to_object(struct writer *w, uint64_t count, int depth)
{
    enum usher_status st = USHER_OK;

    usher_buffer_byte(w->out, '{');
    for (uint64_t i = 0; i < count && st == USHER_OK && !w->reader->failed;
         i++) {
        if (i)
            usher_buffer_byte(w->out, ',');
        st = to_name(w);
        usher_buffer_byte(w->out, ':');
        if (st == USHER_OK)
            st = to_json(w, depth + 1);
    }
    usher_buffer_byte(w->out, '}');
    return st;
}

static enum usher_status to_table(struct writer *w, int depth)
{
    uint64_t values = usher_reader_varint(w->reader);
    uint64_t pairs = usher_reader_varint(w->reader);

    if (values && pairs) {
        usher_error_set(w->error, "a table with both a list and names has no "
                                  "JSON form; use one or the other");
        return USHER_ERR_INVALID;
    }
    if (values)
        return to_array(w, values, depth);
    return to_object(w, pairs, depth);
}

static enum usher_status to_number(struct writer *w, double number)
{
    char text[40];

    if (!isfinite(number) && w->error) {
        usher_error_set(w->error, "\"%.*s\" is no number (0/0 or 1/0)",
                        (int)(w->name_len < 64 ? w->name_len : 64), w->name);
        return USHER_ERR_INVALID;
    }
    if (!isfinite(number))
        return usher_buffer_text(w->out, "null");
    snprintf(text, sizeof(text), "%.17g", number);
    return usher_buffer_text(w->out, text);
}

static enum usher_status to_json(struct writer *w, int depth)
{
    uint64_t bits = 0;
    const char *text;
    size_t len;
    double number;
    int tag = usher_reader_byte(w->reader);

    if (depth >= USHER_VALUE_DEPTH) {
        usher_error_set(w->error, "the value is nested too deep");
        return USHER_ERR_LIMIT;
    }
    switch (tag) {
    case VALUE_NIL:
        return usher_buffer_text(w->out, "null");
    case VALUE_FALSE:
    case VALUE_TRUE:
        return usher_buffer_text(w->out, tag == VALUE_TRUE ? "true" : "false");
    case VALUE_INTEGER:
        bits = usher_reader_varint(w->reader);
        return usher_buffer_integer(w->out,
                                    (int64_t)((bits >> 1) ^ (~(bits & 1) + 1)));
    case VALUE_FLOAT:
        for (int i = 0; i < 8; i++)
            bits |= (uint64_t)(unsigned char)usher_reader_byte(w->reader)
                    << (8 * i);
        memcpy(&number, &bits, sizeof(number));
        return to_number(w, number);
    case VALUE_STRING:
        text = usher_reader_bytes(w->reader, &len);
        return usher_buffer_json(w->out, text, len);
    case VALUE_TABLE:
        return to_table(w, depth);
    default:
        usher_error_set(w->error, "the bytes are no value");
        return USHER_ERR_PARSE;
    }
}

enum usher_status usher_value_to_json(struct usher_buffer *buffer,
                                      struct usher_reader *reader,
                                      struct usher_error *error)
{
    struct writer w = {buffer, reader, error, "json", 4};
    enum usher_status st = to_json(&w, 0);

    /* Checked first: of bytes that end too early the rest is read as nil. */
    if (reader->failed) {
        usher_error_set(error, "the bytes are no value");
        return USHER_ERR_PARSE;
    }
    return st == USHER_OK && buffer->failed ? (enum usher_status)buffer->failed
                                            : st;
}
