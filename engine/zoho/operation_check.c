/* engine/zoho/operation_check.c - filling in paths and queries, and checking
 * requests against the table before they are sent. */
#include "zoho/operation.h"

#include <string.h>

#include "core/json.h"

static void encode(struct usher_buffer *out, const char *text)
{
    usher_buffer_escape(out, text, strlen(text), "");
}

static const char *value_of(const struct usher_zoho_value *values, size_t count,
                            const char *name, size_t len)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (strncmp(values[i].name, name, len) == 0 &&
            values[i].name[len] == '\0')
            return values[i].value;
    return NULL;
}

enum usher_status usher_zoho_path_fill(const char *path,
                                       const struct usher_zoho_value *values,
                                       size_t count, struct usher_buffer *out,
                                       struct usher_error *error)
{
    while (*path) {
        size_t plain = strcspn(path, "{");
        const char *value;
        const char *end;

        usher_buffer_append(out, path, plain);
        path += plain;
        end = strchr(path, '}');
        if (!end)
            break;
        value = value_of(values, count, path + 1, (size_t)(end - path - 1));
        if (!value || !*value) {
            usher_error_set(error, "\"%.*s\" is missing", (int)(end - path - 1),
                            path + 1);
            return USHER_ERR_INVALID;
        }
        /* "." and ".." would be taken for steps in the path. */
        if (strcmp(value, ".") == 0 || strcmp(value, "..") == 0) {
            usher_error_set(error, "\"%.*s\" cannot be \"%s\"",
                            (int)(end - path - 1), path + 1, value);
            return USHER_ERR_INVALID;
        }
        encode(out, value);
        path = end + 1;
    }
    usher_buffer_text(out, path);
    return out->failed ? USHER_ERR_NOMEM : USHER_OK;
}

enum usher_status usher_zoho_query_fill(const struct usher_zoho_value *query,
                                        size_t count, struct usher_buffer *out)
{
    int more = out->len > 0 && memchr(out->data, '?', out->len) != NULL;
    size_t i;

    for (i = 0; i < count; i++) {
        usher_buffer_byte(out, more ? '&' : '?');
        encode(out, query[i].name);
        usher_buffer_byte(out, '=');
        encode(out, query[i].value);
        more = 1;
    }
    return out->failed ? USHER_ERR_NOMEM : USHER_OK;
}

/* ---- Checks ---- */

/* Characters, not bytes, of a text that is UTF-8. */
static size_t text_length(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        if (((unsigned char)*text & 0xC0) != 0x80)
            n++;
    return n;
}

static int is_digits(const char *text)
{
    return text[0] && text[strspn(text, "0123456789")] == '\0';
}

/* yyyy-MM-ddTHH:mm:ss, then perhaps . and up to three digits, then Z: Zoho
 * takes no other zone. */
static int is_time(const char *text)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    size_t i;

    for (i = 0; form[i]; i++) {
        int digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == 'd' ? !digit : text[i] != form[i])
            return 0;
    }
    text += i;
    if (*text == '.') {
        size_t digits = strspn(text + 1, "0123456789");
        if (digits > 3)
            return 0;
        text += 1 + digits;
    }
    return strcmp(text, "Z") == 0;
}

static int is_allowed(const char *allowed, const char *text)
{
    size_t len = strlen(text);

    while (*allowed) {
        size_t size = strcspn(allowed, "|");
        if (size == len && strncmp(allowed, text, len) == 0)
            return 1;
        allowed += size;
        if (*allowed == '|')
            allowed++;
    }
    return 0;
}

/* What a text value of this field must be; NULL when it is fine. */
static const char *text_wants(const struct usher_zoho_field *field,
                              const char *text)
{
    switch (field->type) {
    case USHER_ZOHO_ID:
        return is_digits(text) ? NULL : "must be an id: digits, as a string";
    case USHER_ZOHO_INTEGER:
        return is_digits(text) ? NULL : "must be a whole number";
    case USHER_ZOHO_BOOLEAN:
        return strcmp(text, "true") == 0 || strcmp(text, "false") == 0
                   ? NULL
                   : "must be true or false";
    case USHER_ZOHO_TIME:
        return is_time(text)
                   ? NULL
                   : "must be a UTC time such as 2026-03-25T09:00:00.000Z";
    case USHER_ZOHO_OBJECT:
        return "must be a table of fields";
    case USHER_ZOHO_LIST:
        return "must be a list";
    case USHER_ZOHO_TEXT:
    case USHER_ZOHO_ANY:
        break;
    }
    return NULL;
}

static enum usher_status check_text(const struct usher_zoho_field *field,
                                    const char *text, struct usher_error *error)
{
    const char *wants;

    if (field->allowed && !is_allowed(field->allowed, text)) {
        usher_error_set(error, "\"%s\" must be one of %s", field->name,
                        field->allowed);
        return USHER_ERR_INVALID;
    }
    if (field->max && text_length(text) > field->max) {
        usher_error_set(error,
                        "\"%s\" is too long: %zu characters, at most %zu",
                        field->name, text_length(text), field->max);
        return USHER_ERR_INVALID;
    }
    wants = text_wants(field, text);
    if (!wants)
        return USHER_OK;
    usher_error_set(error, "\"%s\" %s", field->name, wants);
    return USHER_ERR_INVALID;
}

/* Nonzero: a JSON value that is no string has the right type. */
static int json_fits(const struct usher_zoho_field *field,
                     const struct usher_json_node *value)
{
    switch (field->type) {
    case USHER_ZOHO_TEXT:
    case USHER_ZOHO_TIME:
        return 0;
    case USHER_ZOHO_ID:
    case USHER_ZOHO_INTEGER:
        return value->kind == USHER_JSON_INTEGER && value->integer >= 0;
    case USHER_ZOHO_BOOLEAN:
        return value->kind == USHER_JSON_TRUE ||
               value->kind == USHER_JSON_FALSE;
    case USHER_ZOHO_OBJECT:
        return value->kind == USHER_JSON_OBJECT;
    case USHER_ZOHO_LIST:
        return value->kind == USHER_JSON_ARRAY;
    case USHER_ZOHO_ANY:
        return 1;
    }
    return 0;
}

static const char *type_text(enum usher_zoho_type type)
{
    static const char *const names[] = {
        "a text",         "an id: digits, as a string",
        "a whole number", "true or false",
        "a time as text", "a table of fields",
        "a list",         "a value",
    };
    return names[type];
}

static enum usher_status check_value(const struct usher_zoho_field *field,
                                     const struct usher_json_node *value,
                                     struct usher_error *error)
{
    if (value->kind == USHER_JSON_STRING)
        return check_text(field, value->text, error);
    if (json_fits(field, value))
        return USHER_OK;
    usher_error_set(error, "\"%s\" must be %s", field->name,
                    type_text(field->type));
    return USHER_ERR_INVALID;
}

/* A field by its name; "visitor.user_id" is looked for inside visitor. */
static const struct usher_json_node *field_value(const struct usher_json *body,
                                                 const char *name)
{
    char outer[64];
    const char *dot = strchr(name, '.');
    size_t len = dot ? (size_t)(dot - name) : 0;

    if (!dot || len >= sizeof(outer))
        return usher_json_get(body, body->nodes, name);
    memcpy(outer, name, len);
    outer[len] = '\0';
    return usher_json_get(body, usher_json_get(body, body->nodes, outer),
                          dot + 1);
}

static int is_missing(const struct usher_json_node *value)
{
    return !value || value->kind == USHER_JSON_NULL ||
           (value->kind == USHER_JSON_STRING && value->len == 0);
}

static enum usher_status missing(struct usher_error *error, const char *name)
{
    usher_error_set(error, "\"%s\" is missing", name);
    return USHER_ERR_INVALID;
}

static enum usher_status check_required(const struct usher_zoho_field *fields,
                                        const struct usher_json *body,
                                        struct usher_error *error)
{
    const struct usher_zoho_field *field;
    const char *either = NULL;
    int found = 0;

    for (field = fields; field->name; field++) {
        int absent = is_missing(field_value(body, field->name));

        if (field->required == 1 && absent)
            return missing(error, field->name);
        if (field->required == 2) {
            either = either ? either : field->name;
            found = found || !absent;
        }
    }
    return either && !found ? missing(error, either) : USHER_OK;
}

static const struct usher_zoho_field *
field_find(const struct usher_zoho_field *fields, const char *name)
{
    for (; fields->name; fields++)
        if (strcmp(fields->name, name) == 0)
            return fields;
    return NULL;
}

/* No member may be there that the table does not know. */
static enum usher_status
check_closed(const struct usher_zoho_operation *operation,
             const struct usher_json *body, struct usher_error *error)
{
    uint32_t at = 1;

    for (; at < body->nodes[0].next; at = body->nodes[at + 1].next) {
        const char *name = body->nodes[at].text;

        if (field_find(operation->fields, name))
            continue;
        usher_error_set(error, "\"%s\" is no field of %s; own fields go in cf",
                        name, operation->name);
        return USHER_ERR_INVALID;
    }
    return USHER_OK;
}

static enum usher_status
check_body(const struct usher_zoho_operation *operation,
           const struct usher_json *body, struct usher_error *error)
{
    const struct usher_zoho_field *field;
    enum usher_status st;

    st = check_required(operation->fields, body, error);
    if (st != USHER_OK)
        return st;
    for (field = operation->fields; field->name; field++) {
        const struct usher_json_node *value = field_value(body, field->name);

        if (is_missing(value))
            continue;
        st = check_value(field, value, error);
        if (st != USHER_OK)
            return st;
    }
    return operation->closed ? check_closed(operation, body, error) : USHER_OK;
}

static enum usher_status
check_query(const struct usher_zoho_operation *operation,
            const struct usher_zoho_value *query, size_t count,
            struct usher_error *error)
{
    size_t i;

    for (i = 0; i < count; i++) {
        const struct usher_zoho_field *field = NULL;
        enum usher_status st;

        if (operation->query)
            field = field_find(operation->query, query[i].name);
        if (!field) {
            usher_error_set(error, "\"%s\" is no parameter of %s",
                            query[i].name, operation->name);
            return USHER_ERR_INVALID;
        }
        st = check_text(field, query[i].value, error);
        if (st != USHER_OK)
            return st;
    }
    return USHER_OK;
}

enum usher_status
usher_zoho_operation_check(const struct usher_zoho_operation *operation,
                           const char *body, size_t body_len,
                           const struct usher_zoho_value *query,
                           size_t query_count, struct usher_error *error)
{
    struct usher_json json;
    enum usher_status st;

    st = check_query(operation, query, query_count, error);
    if (st != USHER_OK || !operation->fields)
        return st;
    if (!body || body_len == 0) {
        body = "{}";
        body_len = 2;
    }
    usher_json_init(&json);
    st = usher_json_read(&json, body, body_len);
    if (st == USHER_OK && json.nodes[0].kind != USHER_JSON_OBJECT)
        st = USHER_ERR_PARSE;
    if (st == USHER_OK)
        st = check_body(operation, &json, error);
    else if (st == USHER_ERR_PARSE)
        usher_error_set(error, "the body of %s must be a JSON object",
                        operation->name);
    usher_json_free(&json);
    return st;
}
