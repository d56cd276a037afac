/* tests/unit/json_test.c - engine/core/json.c, also beside jansson. */
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/json.h"
#include "core/utf8.h"
#include "fail_alloc.h"

static const char body[] =
    " {\"handler\" : \"message\",\"visitor\":{\"name\":\"Asha \\u0936\","
    "\"age\":-41,\"rate\":1.5e3,\"ok\":true,"
    "\"no\":false,\"none\":null},\"list\":[1,[],{},\"x\\\"y\\n\",[[2]]],"
    "\"\":\"\\ud83d\\ude00 \xF0\x9F\x98\x80\",\"visitor \":0} ";

static void expect_text(const struct usher_json_node *node, const char *text)
{
    assert_non_null(node);
    assert_int_equal(node->kind, USHER_JSON_STRING);
    assert_int_equal(node->len, strlen(text));
    assert_string_equal(node->text, text);
}

static void a_text_is_read(void **state)
{
    const struct usher_json_node *visitor, *list;
    struct usher_json json;

    (void)state;
    usher_json_init(&json);
    assert_int_equal(usher_json_read(&json, body, strlen(body)), USHER_OK);
    expect_text(usher_json_get(&json, json.nodes, "handler"), "message");
    visitor = usher_json_get(&json, json.nodes, "visitor");
    expect_text(usher_json_get(&json, visitor, "name"), "Asha \xE0\xA4\xB6");
    assert_int_equal(usher_json_get(&json, visitor, "age")->integer, -41);
    assert_int_equal(usher_json_get(&json, visitor, "none")->kind,
                     USHER_JSON_NULL);
    expect_text(usher_json_get(&json, json.nodes, ""),
                "\xF0\x9F\x98\x80 \xF0\x9F\x98\x80");
    list = usher_json_get(&json, json.nodes, "list");
    assert_int_equal(list->kind, USHER_JSON_ARRAY);
    assert_memory_equal(body + list->start, "[1,[],{},\"x\\\"y\\n\",[[2]]]",
                        list->end - list->start);
    assert_null(usher_json_get(&json, visitor, "handler"));
    assert_null(usher_json_get(&json, list, "handler"));
    assert_null(usher_json_get(&json, NULL, "handler"));
    usher_json_free(&json);
}

static void the_last_of_a_name_counts(void **state)
{
    static const char text[] = "{\"a\":{\"a\":9},\"a\":2,\"b\":3}";
    struct usher_json json;

    (void)state;
    usher_json_init(&json);
    assert_int_equal(usher_json_read(&json, text, strlen(text)), USHER_OK);
    assert_int_equal(usher_json_get(&json, json.nodes, "a")->integer, 2);
    usher_json_free(&json);
}

static void a_real_has_its_value(void **state)
{
    static const char text[] = "[1.5e3,-0.25,1e400,-0.0]";
    struct usher_json json;

    (void)state;
    usher_json_init(&json);
    assert_int_equal(usher_json_read(&json, text, strlen(text)), USHER_OK);
    assert_true(usher_json_real(&json, &json.nodes[1]) == 1500.0);
    assert_true(usher_json_real(&json, &json.nodes[2]) == -0.25);
    assert_true(isinf(usher_json_real(&json, &json.nodes[3])));
    assert_true(signbit(usher_json_real(&json, &json.nodes[4])));
    usher_json_free(&json);
}

static void an_integer_beyond_64_bits_is_a_real_with_digits(void **state)
{
    static const char text[] =
        "[-123456789012345678901,-9223372036854775808,1e30]";
    struct usher_json json;
    const char *digits;
    size_t len;

    (void)state;
    usher_json_init(&json);
    assert_int_equal(usher_json_read(&json, text, strlen(text)), USHER_OK);
    assert_int_equal(json.nodes[1].kind, USHER_JSON_REAL);
    assert_true(usher_json_real(&json, &json.nodes[1]) ==
                -123456789012345678901.0);
    digits = usher_json_large_integer(&json, &json.nodes[1], &len);
    assert_int_equal(len, 22);
    assert_memory_equal(digits, "-123456789012345678901", 22);
    assert_int_equal(json.nodes[2].kind, USHER_JSON_INTEGER);
    assert_true(json.nodes[2].integer == INT64_MIN);
    assert_null(usher_json_large_integer(&json, &json.nodes[2], &len));
    assert_null(usher_json_large_integer(&json, &json.nodes[3], &len));
    usher_json_free(&json);
}

static void a_problem_has_its_place(void **state)
{
    static const struct {
        const char *text;
        size_t at;
        const char *problem;
    } cases[] = {
        {"", 0, "a value is expected here"},
        {"{not", 1, "a name in quotes is expected here"},
        {"{\"a\" 1}", 5, "a colon is expected here"},
        {"[1 2]", 3, "',' or ']' is expected here"},
        {"{\"a\":1]", 6, "',' or '}' is expected here"},
        {"[1] 2", 4, "nothing is expected here any more"},
        {"\"ab", 3, "a string without end"},
        {"\"a\nb\"", 2, "a control character in a string"},
        {"\"\\x\"", 2, "an unknown escape"},
        {"\"\\udc00\"", 2, "no Unicode character"},
        {"\"\xC0\x80\"", 1, "no UTF-8"},
        {"{\"a\\u0000\":1}", 10, "a zero byte in a name"},
        {"[01]", 2, "',' or ']' is expected here"},
    };
    struct usher_json json;

    (void)state;
    usher_json_init(&json);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(usher_json_read(&json, cases[i].text,
                                         strlen(cases[i].text)),
                         USHER_ERR_PARSE);
        assert_string_equal(json.problem, cases[i].problem);
        assert_int_equal(json.problem_at, cases[i].at);
        assert_int_equal(json.count, 0);
    }
    usher_json_free(&json);
}

/* Wherever it stands in a word of eight bytes. */
static void only_plain_ascii_is_plain(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        int is_plain = c >= 0x20 && c < 0x80 && c != '"' && c != '\\';

        for (size_t at = 0; at < 20; at++) {
            char text[20];

            memset(text, c % 2 ? ' ' : 0x7F, sizeof(text));
            text[at] = (char)c;
            assert_int_equal(usher_ascii_plain(text, sizeof(text)),
                             is_plain ? sizeof(text) : at);
        }
    }
    assert_int_equal(usher_ascii_plain("", 0), 0);
}

/* Both sides of where a character takes one byte more, and pairs. */
static void characters_are_written_at_each_length(void **state)
{
    static const char *const good[][2] = {
        {"\"\\u0001\"", "\x01"},
        {"\"\\u007f\"", "\x7f"},
        {"\"\\u0080\"", "\xC2\x80"},
        {"\"\\u07fF\"", "\xDF\xBF"},
        {"\"\\u0800\"", "\xE0\xA0\x80"},
        {"\"\\ud7ff\"", "\xED\x9F\xBF"},
        {"\"\\uE000\"", "\xEE\x80\x80"},
        {"\"\\uffff\"", "\xEF\xBF\xBF"},
        {"\"\\ud800\\udc00\"", "\xF0\x90\x80\x80"},
        {"\"\\uDBFF\\uDFFF\"", "\xF4\x8F\xBF\xBF"},
        {"\r\n\t \"a\"\r\n\t ", "a"}};
    static const char *const bad[] = {
        "\"\\udc00\"",        "\"\\udfff\"",        "\"\\ud800\"",
        "\"\\ud800\\udbff\"", "\"\\ud800\\ue000\"", "\"\\ud800x\"",
        "\"\\dbff\\n\"",      "\"\\u00g0\"",        "\"\\u00\"",
        "\"\x80\"",           "\"\xC1\x81\"",       "\"\x1f\""};
    struct usher_json json;

    (void)state;
    usher_json_init(&json);
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(usher_json_read(&json, good[i][0], strlen(good[i][0])),
                         USHER_OK);
        expect_text(json.nodes, good[i][1]);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(usher_json_read(&json, bad[i], strlen(bad[i])),
                         USHER_ERR_PARSE);
        assert_int_equal(json.count, 0);
        assert_non_null(json.problem);
    }
    usher_json_free(&json);
}

/* Usual texts keep their memory, large ones give it back. */
static void memory_that_a_large_text_needed_is_given_back(void **state)
{
    enum { LARGE = 40 * 1024 };
    struct usher_json json;
    char *text = malloc(LARGE + 1);
    const void *nodes;

    (void)state;
    assert_non_null(text);
    usher_json_init(&json);
    assert_int_equal(usher_json_read(&json, "[1,2]", 5), USHER_OK);
    nodes = json.nodes;
    usher_json_rest(&json);
    assert_ptr_equal(json.nodes, nodes);
    assert_int_equal(json.count, 0);
    memset(text, 'x', LARGE);
    text[0] = text[LARGE - 1] = '"';
    assert_int_equal(usher_json_read(&json, text, LARGE), USHER_OK);
    usher_json_rest(&json);
    assert_null(json.nodes);
    assert_null(json.text);
    for (size_t i = 0; i < 4000; i++)
        memcpy(text + 1 + 2 * i, "1,", 2);
    text[0] = '[';
    memcpy(text + 8001, "1]", 2);
    assert_int_equal(usher_json_read(&json, text, 8003), USHER_OK);
    assert_int_equal(json.count, 4002);
    usher_json_rest(&json);
    assert_null(json.nodes);
    free(text);
}

static void any_depth_is_read(void **state)
{
    enum { DEPTH = 500000 };
    char *text = malloc(2 * DEPTH);
    struct usher_json json;

    (void)state;
    memset(text, '[', DEPTH);
    memset(text + DEPTH, ']', DEPTH);
    usher_json_init(&json);
    assert_int_equal(usher_json_read(&json, text, 2 * DEPTH), USHER_OK);
    assert_int_equal(json.count, DEPTH);
    usher_json_rest(&json);
    assert_null(json.nodes);
    usher_json_free(&json);
    free(text);
}

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

static void same(const struct usher_json *ours,
                 const struct usher_json_node *node, json_t *theirs)
{
    uint32_t at = (uint32_t)(node - ours->nodes) + 1;

    assert_non_null(node);
    switch (json_typeof(theirs)) {
    case JSON_OBJECT:
        assert_int_equal(node->kind, USHER_JSON_OBJECT);
        same_object(ours, node, theirs);
        break;
    case JSON_ARRAY:
        assert_int_equal(node->kind, USHER_JSON_ARRAY);
        for (size_t i = 0; i < json_array_size(theirs); i++) {
            assert_true(at < node->next);
            same(ours, &ours->nodes[at], json_array_get(theirs, i));
            at = ours->nodes[at].next;
        }
        assert_int_equal(at, node->next);
        break;
    case JSON_STRING:
        assert_int_equal(node->kind, USHER_JSON_STRING);
        assert_int_equal(node->len, json_string_length(theirs));
        assert_memory_equal(node->text, json_string_value(theirs), node->len);
        break;
    case JSON_INTEGER:
        assert_int_equal(node->kind, USHER_JSON_INTEGER);
        assert_true(node->integer == json_integer_value(theirs));
        break;
    case JSON_REAL:
        assert_int_equal(node->kind, USHER_JSON_REAL);
        assert_true(usher_json_real(ours, node) == json_real_value(theirs));
        break;
    default:
        assert_int_equal(node->kind, json_is_true(theirs)    ? USHER_JSON_TRUE
                                     : json_is_false(theirs) ? USHER_JSON_FALSE
                                                             : USHER_JSON_NULL);
    }
}

/* What jansson refuses for a number's size or for its depth is fine here. */
static int is_ours_alone(const json_error_t *why)
{
    enum json_error_code code = json_error_code(why);

    return code == json_error_numeric_overflow ||
           code == json_error_stack_overflow;
}

static uint32_t draw(uint32_t *random, size_t below)
{
    *random ^= *random << 13;
    *random ^= *random >> 17;
    *random ^= *random << 5;
    return (uint32_t)(*random % below);
}

/* A byte is changed, left out or put in; gives the new length. No zero byte:
 * jansson overlooks some of them. */
static size_t change(char *text, size_t len, uint32_t *random)
{
    static const char likely[] = "\"\\{}[]:,.-+eE0123u/bdn \t\x01\x7F\x80\xC3"
                                 "\xA9\xED\xA0\xF0 abcdefghijklmnopqrstuvw";
    size_t at = draw(random, len);

    switch (draw(random, 4)) {
    case 0:
        memmove(text + at, text + at + 1, len - at);
        return len - 1;
    case 1:
        memmove(text + at + 1, text + at, len - at);
        len++;
        break;
    default:
        break;
    }
    text[at] = likely[draw(random, sizeof(likely) - 1)];
    return len;
}

/* Bodies with a byte changed, left out or put in, some thousands of them. */
static void it_reads_what_jansson_reads(void **state)
{
    struct usher_json json;
    uint32_t random = 7;
    unsigned read = 0;

    (void)state;
    usher_json_init(&json);
    for (int i = 0; i < 60000; i++) {
        char text[sizeof(body) + 8];
        size_t len = strlen(body);
        enum usher_status st;
        json_error_t why;
        json_t *theirs;

        memcpy(text, body, sizeof(body));
        for (int n = i % 3; n >= 0; n--)
            len = change(text, len, &random);
        theirs = json_loadb(text, len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
        st = usher_json_read(&json, text, len);
        if (theirs || !is_ours_alone(&why))
            assert_int_equal(st, theirs ? USHER_OK : USHER_ERR_PARSE);
        if (theirs) {
            same(&json, json.nodes, theirs);
            read++;
        }
        json_decref(theirs);
    }
    assert_true(read > 5000);
    usher_json_free(&json);
}

static void without_memory_it_says_so(void **state)
{
    struct usher_json json;
    unsigned long n;

    (void)state;
    for (n = 1;; n++) {
        enum usher_status st;

        usher_json_init(&json);
        fail_alloc_at(n);
        st = usher_json_read(&json, body, strlen(body));
        usher_json_free(&json);
        if (!fail_alloc_off()) {
            assert_int_equal(st, USHER_OK);
            break;
        }
        assert_int_equal(st, USHER_ERR_NOMEM);
    }
    assert_true(n > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_read),
        cmocka_unit_test(the_last_of_a_name_counts),
        cmocka_unit_test(a_real_has_its_value),
        cmocka_unit_test(an_integer_beyond_64_bits_is_a_real_with_digits),
        cmocka_unit_test(a_problem_has_its_place),
        cmocka_unit_test(only_plain_ascii_is_plain),
        cmocka_unit_test(characters_are_written_at_each_length),
        cmocka_unit_test(memory_that_a_large_text_needed_is_given_back),
        cmocka_unit_test(any_depth_is_read),
        cmocka_unit_test(it_reads_what_jansson_reads),
        cmocka_unit_test(without_memory_it_says_so),
    };

    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
