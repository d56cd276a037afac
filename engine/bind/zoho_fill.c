/* engine/bind/zoho_fill.c - from a flow's argument to the request that an
 * operation of Zoho wants. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bind/call.h"
#include "bind/plain.h"
#include "bind/zoho_ask.h"
#include "script/value.h"

/* ---- names and values ---- */

static enum usher_status too_large(struct usher_error *error)
{
    usher_error_set(error, "is too large");
    return USHER_ERR_INVALID;
}

/* Appends a value as text; a list as its items with commas between them. */
static enum usher_status value_text(struct usher_buffer *out,
                                    const struct usher_plain *value,
                                    struct usher_reader *reader)
{
    enum usher_status st = USHER_OK;
    struct usher_plain item;

    if (value->type != USHER_PLAIN_TABLE)
        return usher_plain_text(value, out);
    if (value->pairs)
        return USHER_ERR_INVALID;
    for (uint64_t i = 0; i < value->values && st == USHER_OK; i++) {
        if (i)
            usher_buffer_byte(out, ',');
        usher_plain_next(reader, &item);
        st = usher_plain_text(&item, out);
    }
    return st;
}

static enum usher_status pair_add(struct usher_zoho_pairs *pairs,
                                  const struct usher_plain *name,
                                  const char *value, size_t len,
                                  struct usher_error *error)
{
    struct usher_reader reader;
    struct usher_plain plain;
    enum usher_status st;
    size_t start;

    usher_reader_init(&reader, value, len);
    usher_plain_next(&reader, &plain);
    usher_buffer_append(&pairs->text, name->text, name->len);
    usher_buffer_byte(&pairs->text, 0);
    start = pairs->text.len;
    st = value_text(&pairs->text, &plain, &reader);
    if (st == USHER_OK && pairs->text.len > start &&
        memchr(pairs->text.data + start, 0, pairs->text.len - start))
        st = USHER_ERR_INVALID;
    usher_buffer_byte(&pairs->text, 0);
    pairs->count++;
    if (st == USHER_ERR_INVALID)
        usher_error_set(error,
                        "\"%.*s\" must be a text, a number, a boolean or a "
                        "list of these",
                        (int)(name->len < 60 ? name->len : 60), name->text);
    return st == USHER_ERR_LIMIT ? too_large(error) : st;
}

enum usher_status usher_zoho_pairs_list(struct usher_zoho_pairs *pairs)
{
    const char *at = pairs->text.data;

    /* What is too large was told when it was added. */
    if (pairs->text.failed)
        return USHER_ERR_NOMEM;
    if (pairs->count == 0)
        return USHER_OK;
    pairs->list = calloc(pairs->count, sizeof(*pairs->list));
    if (!pairs->list)
        return USHER_ERR_NOMEM;
    for (size_t i = 0; i < pairs->count; i++) {
        pairs->list[i].name = at;
        at += strlen(at) + 1;
        pairs->list[i].value = at;
        at += strlen(at) + 1;
    }
    return USHER_OK;
}

/* ---- the body ---- */

static const struct usher_zoho_field *
field_of(const struct usher_zoho_operation *operation,
         const struct usher_plain *name)
{
    const struct usher_zoho_field *field = operation->fields;

    for (; field && field->name; field++) {
        if (strlen(field->name) == name->len &&
            memcmp(field->name, name->text, name->len) == 0)
            return field;
    }
    return NULL;
}

static int is_number(const struct usher_plain *value)
{
    return value->type == USHER_PLAIN_INTEGER ||
           value->type == USHER_PLAIN_FLOAT;
}

/* Unix seconds in the one form that Zoho takes. 0: out of bounds. */
static int time_write(struct usher_buffer *out, const struct usher_plain *value)
{
    double number = value->type == USHER_PLAIN_INTEGER ? (double)value->integer
                                                       : floor(value->number);
    char text[40];
    struct tm tm;
    time_t moment;

    if (!(number >= 0 && number < 253402300800.0)) /* the year 10000 */
        return 0;
    moment = (time_t)number;
    if (!gmtime_r(&moment, &tm))
        return 0;
    usher_value_string(
        out, text, strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S.000Z", &tm));
    return 1;
}

/* Appends a number as the text that Zoho wants for this field; 0: as it is. */
static int number_write(struct usher_buffer *out,
                        const struct usher_zoho_field *field,
                        const struct usher_plain *value)
{
    struct usher_buffer text;

    if (value->type == USHER_PLAIN_FLOAT && !isfinite(value->number))
        return 0; /* refused as it becomes JSON */
    if (field->type == USHER_ZOHO_TIME)
        return time_write(out, value);
    if (field->type != USHER_ZOHO_ID && field->type != USHER_ZOHO_TEXT)
        return 0;
    usher_buffer_init(&text, 64);
    if (usher_plain_text(value, &text) == USHER_OK)
        usher_value_string(out, text.data, text.len);
    else
        out->failed = USHER_ERR_NOMEM;
    usher_buffer_free(&text);
    return 1;
}

/* Appends the value as Zoho wants it for this field; NULL: not known. */
static void field_write(struct usher_buffer *out,
                        const struct usher_zoho_field *field, const char *value,
                        size_t len)
{
    struct usher_reader reader;
    struct usher_plain plain;

    usher_reader_init(&reader, value, len);
    usher_plain_next(&reader, &plain);
    if (!field || !is_number(&plain) || !number_write(out, field, &plain))
        usher_buffer_append(out, value, len);
}

struct filling {
    struct usher_zoho_ask *ask;
    struct usher_buffer members; /* encoded pairs of the body */
    size_t member_count;
    unsigned ids; /* that are given, of those which the settings know */
    struct usher_error *error;
};

static int is_path_name(const struct usher_zoho_operation *operation,
                        const struct usher_plain *name)
{
    const char *at = operation->path;

    while ((at = strchr(at, '{')) != NULL) {
        at++;
        if (strcspn(at, "}") == name->len &&
            memcmp(at, name->text, name->len) == 0)
            return 1;
    }
    return 0;
}

static enum usher_status member_add(struct filling *f,
                                    const struct usher_plain *name,
                                    const char *value, size_t len)
{
    const struct usher_zoho_operation *operation = f->ask->operation;
    int setting = usher_zoho_field_setting(name->text, name->len);

    if (is_path_name(operation, name))
        return pair_add(&f->ask->path, name, value, len, f->error);
    if (!operation->fields)
        return pair_add(&f->ask->query, name, value, len, f->error);
    if (setting >= 0)
        f->ids |= usher_zoho_id((enum usher_setting)setting);
    usher_value_string(&f->members, name->text, name->len);
    field_write(&f->members, field_of(operation, name), value, len);
    f->member_count++;
    return USHER_OK;
}

/* Ids that are required, not given, and known from the settings. */
static void ids_add(struct filling *f)
{
    const struct usher_zoho_field *field = f->ask->operation->fields;

    for (; field && field->name; field++) {
        int id = usher_zoho_field_setting(field->name, strlen(field->name));
        const char *name, *value;

        if (field->required != 1 || id < 0 ||
            (f->ids & usher_zoho_id((enum usher_setting)id)))
            continue;
        name = usher_setting_at((size_t)id)->name;
        value = usher_bind_setting(f->ask->bind, name);
        if (!value) { /* checked with any id, and not sent */
            usher_error_set(&f->ask->error,
                            "\"%s\" is missing: give it, or set %s",
                            field->name, name);
            f->ask->is_short = 1;
            value = "1";
        }
        usher_value_string(&f->members, field->name, strlen(field->name));
        usher_value_string(&f->members, value, strlen(value));
        f->member_count++;
    }
}

static enum usher_status members_read(struct filling *f, const void *argument,
                                      size_t len)
{
    struct usher_reader reader;
    struct usher_plain table, name;
    enum usher_status st = USHER_OK;

    usher_reader_init(&reader, argument, len);
    usher_plain_next(&reader, &table);
    if (table.type != USHER_PLAIN_TABLE || table.values) {
        usher_error_set(f->error, "the argument must be a table of names and "
                                  "values");
        return USHER_ERR_INVALID;
    }
    for (uint64_t i = 0; i < table.pairs && st == USHER_OK; i++) {
        const char *value;
        size_t value_len;

        usher_plain_next(&reader, &name);
        usher_value_skip(&reader, &value, &value_len);
        if (name.type != USHER_PLAIN_STRING || memchr(name.text, 0, name.len)) {
            usher_error_set(f->error, "the argument has a value without a "
                                      "name");
            return USHER_ERR_INVALID;
        }
        st = member_add(f, &name, value, value_len);
    }
    return st;
}

static enum usher_status body_make(struct filling *f)
{
    struct usher_zoho_ask *ask = f->ask;
    struct usher_buffer table;
    struct usher_reader reader;
    enum usher_status st;

    if (!ask->operation->fields || f->member_count == 0)
        return USHER_OK;
    usher_buffer_init(&table, USHER_REQUEST_MAX);
    usher_value_table(&table, 0, f->member_count);
    usher_buffer_append(&table, f->members.data, f->members.len);
    st = (enum usher_status)(f->members.failed ? f->members.failed
                                               : table.failed);
    usher_reader_init(&reader, table.data, table.len);
    if (st == USHER_OK)
        st = usher_value_to_json(&ask->body, &reader, f->error);
    usher_buffer_free(&table);
    if (st == USHER_OK)
        st = (enum usher_status)ask->body.failed;
    ask->has_body = 1;
    return st == USHER_ERR_LIMIT ? too_large(f->error) : st;
}

static enum usher_status path_check(const struct usher_zoho_ask *ask,
                                    struct usher_error *error)
{
    const char *at = ask->operation->path;

    while ((at = strchr(at, '{')) != NULL) {
        size_t len = strcspn(++at, "}");
        int found = len == 11 && memcmp(at, "screen_name", 11) == 0;

        for (size_t i = 0; i < ask->path.count && !found; i++)
            found = strlen(ask->path.list[i].name) == len &&
                    memcmp(ask->path.list[i].name, at, len) == 0 &&
                    ask->path.list[i].value[0] != '\0';
        if (!found) {
            usher_error_set(error, "\"%.*s\" is missing", (int)len, at);
            return USHER_ERR_INVALID;
        }
    }
    return USHER_OK;
}

enum usher_status usher_zoho_ask_fill(struct usher_zoho_ask *ask,
                                      const void *argument, size_t len,
                                      struct usher_error *error)
{
    struct filling f = {ask, {NULL, 0, 0, 0, 0}, 0, 0, error};
    enum usher_status st;

    usher_buffer_init(&f.members, USHER_REQUEST_MAX);
    ask->is_write = ask->operation->is_write;
    st = members_read(&f, argument, len);
    if (st == USHER_OK) {
        ids_add(&f);
        st = body_make(&f);
    }
    if (st == USHER_OK)
        st = usher_zoho_pairs_list(&ask->path);
    if (st == USHER_OK)
        st = usher_zoho_pairs_list(&ask->query);
    if (st == USHER_OK)
        st = path_check(ask, error);
    if (st == USHER_OK)
        st = usher_zoho_operation_check(ask->operation,
                                        ask->has_body ? ask->body.data : NULL,
                                        ask->body.len, ask->query.list,
                                        ask->query.count, error);
    usher_buffer_free(&f.members);
    return st;
}

enum usher_status usher_zoho_ask_query(struct usher_zoho_ask *ask,
                                       const void *table, size_t len,
                                       struct usher_error *error)
{
    struct usher_reader reader;
    struct usher_plain plain, name;
    enum usher_status st = USHER_OK;

    usher_reader_init(&reader, table, len);
    usher_plain_next(&reader, &plain);
    if (plain.type != USHER_PLAIN_TABLE || plain.values) {
        usher_error_set(error, "query must be a table of names and values");
        return USHER_ERR_INVALID;
    }
    for (uint64_t i = 0; i < plain.pairs && st == USHER_OK; i++) {
        const char *value;
        size_t value_len;

        usher_plain_next(&reader, &name);
        usher_value_skip(&reader, &value, &value_len);
        if (name.type != USHER_PLAIN_STRING) {
            usher_error_set(error, "query has a value without a name");
            return USHER_ERR_INVALID;
        }
        st = pair_add(&ask->query, &name, value, value_len, error);
    }
    return st;
}
