/* tests/fuzz/json.c - core/json.h reads what jansson reads, and the same. */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "core/json.h"
#include "fuzz.h"

static void same(const struct usher_json *ours,
                 const struct usher_json_node *node, json_t *theirs);

static void same_object(const struct usher_json *ours,
                        const struct usher_json_node *node, json_t *theirs)
{
    const char *name;
    json_t *inside;

    json_object_foreach(theirs, name, inside)
        same(ours, usher_json_get(ours, node, name), inside);
}

static void same_array(const struct usher_json *ours,
                       const struct usher_json_node *node, json_t *theirs)
{
    uint32_t at = (uint32_t)(node - ours->nodes) + 1;

    for (size_t i = 0; i < json_array_size(theirs); i++) {
        FUZZ_CHECK(at < node->next);
        same(ours, &ours->nodes[at], json_array_get(theirs, i));
        at = ours->nodes[at].next;
    }
    FUZZ_CHECK(at == node->next);
}

static void same(const struct usher_json *ours,
                 const struct usher_json_node *node, json_t *theirs)
{
    FUZZ_CHECK(node != NULL);
    switch (json_typeof(theirs)) {
    case JSON_OBJECT:
        FUZZ_CHECK(node->kind == USHER_JSON_OBJECT);
        same_object(ours, node, theirs);
        break;
    case JSON_ARRAY:
        FUZZ_CHECK(node->kind == USHER_JSON_ARRAY);
        same_array(ours, node, theirs);
        break;
    case JSON_STRING:
        FUZZ_CHECK(node->kind == USHER_JSON_STRING);
        FUZZ_CHECK(node->len == json_string_length(theirs));
        FUZZ_CHECK(memcmp(node->text, json_string_value(theirs), node->len) ==
                   0);
        break;
    case JSON_INTEGER:
        FUZZ_CHECK(node->kind == USHER_JSON_INTEGER);
        FUZZ_CHECK(node->integer == json_integer_value(theirs));
        break;
    case JSON_REAL:
        FUZZ_CHECK(node->kind == USHER_JSON_REAL);
        FUZZ_CHECK(usher_json_real(ours, node) == json_real_value(theirs));
        break;
    case JSON_TRUE:
        FUZZ_CHECK(node->kind == USHER_JSON_TRUE);
        break;
    case JSON_FALSE:
        FUZZ_CHECK(node->kind == USHER_JSON_FALSE);
        break;
    case JSON_NULL:
        FUZZ_CHECK(node->kind == USHER_JSON_NULL);
        break;
    }
}

/* Every node lies within the one around it, and in the text. */
static void check_places(const struct usher_json *json, size_t len)
{
    for (size_t i = 0; i < json->count; i++) {
        const struct usher_json_node *node = &json->nodes[i];

        FUZZ_CHECK(node->start < node->end && node->end <= len);
        FUZZ_CHECK(node->next > i && node->next <= json->count);
        for (size_t at = i + 1; at < node->next; at++)
            FUZZ_CHECK(json->nodes[at].end <= node->end);
        if (node->kind == USHER_JSON_REAL)
            FUZZ_CHECK(!isnan(usher_json_real(json, node)));
        if (node->kind == USHER_JSON_STRING)
            FUZZ_CHECK(node->text[node->len] == '\0' &&
                       fuzz_is_utf8(node->text, node->len));
    }
}

/* What jansson refuses for a number's size or for its depth is fine here. */
static int is_ours_alone(const json_error_t *why)
{
    enum json_error_code code = json_error_code(why);

    return code == json_error_numeric_overflow ||
           code == json_error_stack_overflow;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct usher_json json;
    enum usher_status st;
    json_error_t why;
    json_t *theirs;

    usher_json_init(&json);
    st = usher_json_read(&json, text, size);
    FUZZ_CHECK(st == USHER_OK || st == USHER_ERR_PARSE);
    if (st == USHER_OK)
        check_places(&json, size);
    else
        FUZZ_CHECK(json.count == 0 && json.problem_at <= size);
    /* jansson overlooks some zero bytes. */
    if (size > 0 && !memchr(text, '\0', size)) {
        theirs = json_loadb(text, size, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
        if (theirs)
            FUZZ_CHECK(st == USHER_OK);
        else if (!is_ours_alone(&why))
            FUZZ_CHECK(st == USHER_ERR_PARSE);
        if (theirs)
            same(&json, json.nodes, theirs);
        json_decref(theirs);
    }
    usher_json_free(&json);
    return 0;
}
