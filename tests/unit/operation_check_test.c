/* tests/unit/operation_check_test.c - each check of a request alone, on both
 * sides of what it lets through. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "zoho/operation.h"

static const struct usher_zoho_field fields[] = {
    {"id", USHER_ZOHO_ID, 0, 0, NULL},
    {"n", USHER_ZOHO_INTEGER, 0, 0, NULL},
    {"yes", USHER_ZOHO_BOOLEAN, 0, 0, NULL},
    {"at", USHER_ZOHO_TIME, 0, 0, NULL},
    {"object", USHER_ZOHO_OBJECT, 0, 0, NULL},
    {"list", USHER_ZOHO_LIST, 0, 0, NULL},
    {"text", USHER_ZOHO_TEXT, 0, 3, NULL},
    {"any", USHER_ZOHO_ANY, 0, 0, NULL},
    {"one", USHER_ZOHO_TEXT, 0, 0, "In Progress|Missed|Done"},
    {NULL, USHER_ZOHO_ANY, 0, 0, NULL},
};

static const struct usher_zoho_field wanted[] = {
    {"first", USHER_ZOHO_TEXT, 1, 0, NULL},
    {"outer.inner", USHER_ZOHO_TEXT, 1, 0, NULL},
    {"one", USHER_ZOHO_TEXT, 2, 0, NULL},
    {"other", USHER_ZOHO_OBJECT, 2, 0, NULL},
    {"last", USHER_ZOHO_TEXT, 1, 0, NULL},
    {NULL, USHER_ZOHO_ANY, 0, 0, NULL}};

static const struct usher_zoho_operation closed = {
    .name = "a.closed", .fields = fields, .query = fields, .closed = 1};
static const struct usher_zoho_operation open_one = {.name = "an.open",
                                                     .fields = fields};
static const struct usher_zoho_operation demanding = {.name = "a.demanding",
                                                      .fields = wanted};

static enum usher_status check(const struct usher_zoho_operation *operation,
                               const char *body, struct usher_error *error)
{
    error->text[0] = '\0';
    return usher_zoho_operation_check(operation, body, strlen(body), NULL, 0,
                                      error);
}

/* A value, in JSON, of each field, and whether it is fine. */
static const struct {
    const char *field;
    const char *json;
    int fine;
} judged[] = {
    {"id", "\"0\"", 1},
    {"id", "\"310000000042032\"", 1},
    {"id", "0", 1},
    {"id", "42", 1},
    {"id", "\"\"", 1}, /* as if it were not there */
    {"id", "null", 1},
    {"id", "-1", 0},
    {"id", "\"-1\"", 0},
    {"id", "1.5", 0},
    {"id", "\"1x\"", 0},
    {"id", "\"x1\"", 0},
    {"id", "\" 1\"", 0},
    {"id", "true", 0},
    {"id", "[1]", 0},
    {"id", "{}", 0},
    {"n", "\"15\"", 1},
    {"n", "15", 1},
    {"n", "0", 1},
    {"n", "-1", 0},
    {"n", "\"1.5\"", 0},
    {"n", "1.5", 0},
    {"n", "false", 0},
    {"yes", "true", 1},
    {"yes", "false", 1},
    {"yes", "\"true\"", 1},
    {"yes", "\"false\"", 1},
    {"yes", "\"yes\"", 0},
    {"yes", "\"TRUE\"", 0},
    {"yes", "1", 0},
    {"yes", "{}", 0},
    {"at", "\"2026-03-25T09:00:00Z\"", 1},
    {"at", "\"2026-03-25T09:00:00.Z\"", 1},
    {"at", "\"2026-03-25T09:00:00.1Z\"", 1},
    {"at", "\"2026-03-25T09:00:00.123Z\"", 1},
    {"at", "\"2026-03-25T09:00:00.1234Z\"", 0},
    {"at", "\"2026-03-25T09:00:00,123Z\"", 0},
    {"at", "\"2026-03-25T09:00:00\"", 0},
    {"at", "\"2026-03-25T09:00:00z\"", 0},
    {"at", "\"2026-03-25T09:00:00.000+05:30\"", 0},
    {"at", "\"2026-03-25T09:00:00ZZ\"", 0},
    {"at", "\"2026-03-25 09:00:00Z\"", 0},
    {"at", "\"2026-03-25T09:00Z\"", 0},
    {"at", "\"2026-3-25T09:00:00Z\"", 0},
    {"at", "\"2O26-03-25T09:00:00Z\"", 0},
    {"at", "\"2026-03-25\"", 0},
    {"at", "1774429200000", 0},
    {"object", "{}", 1},
    {"object", "{\"a\":1}", 1},
    {"object", "[]", 0},
    {"object", "\"a\"", 0},
    {"object", "1", 0},
    {"list", "[]", 1},
    {"list", "[1]", 1},
    {"list", "{}", 0},
    {"list", "\"a\"", 0},
    {"list", "true", 0},
    {"text", "\"abc\"", 1},
    {"text", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x93\x85\"", 1},
    {"text", "\"abcd\"", 0},
    {"text", "\"abc\xc3\xa9\"", 0},
    {"text", "7", 0},
    {"text", "true", 0},
    {"text", "[]", 0},
    {"text", "{}", 0},
    {"any", "7.5", 1},
    {"any", "\"a\"", 1},
    {"any", "[{}]", 1},
    {"one", "\"In Progress\"", 1},
    {"one", "\"Missed\"", 1},
    {"one", "\"Done\"", 1},
    {"one", "\"Don\"", 0},
    {"one", "\"Donee\"", 0},
    {"one", "\"done\"", 0},
    {"one", "\"In\"", 0},
    {"one", "\"Missed|Done\"", 0},
    {"one", "\"|\"", 0},
};

static void each_value_is_judged_by_its_type(void **state)
{
    struct usher_error error;
    char body[160];
    char name[32];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(judged) / sizeof(judged[0]); i++) {
        snprintf(body, sizeof(body), "{\"%s\":%s}", judged[i].field,
                 judged[i].json);
        if ((check(&closed, body, &error) == USHER_OK) != judged[i].fine)
            fail_msg("%s: \"%s\"", body, error.text);
        snprintf(name, sizeof(name), "\"%s\"", judged[i].field);
        if (!judged[i].fine)
            assert_non_null(strstr(error.text, name));
    }
}

/* The wrong one may stand anywhere. */
static void one_wrong_among_many_is_found(void **state)
{
    static const char *const bodies[] = {
        "{\"id\":\"x\",\"n\":1,\"list\":[]}",
        "{\"list\":[1,{\"id\":1}],\"id\":\"x\",\"object\":{\"id\":1}}",
        "{\"object\":{\"id\":\"1\"},\"n\":1,\"id\":\"x\"}",
    };
    struct usher_error error;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        assert_int_equal(check(&closed, bodies[i], &error), USHER_ERR_INVALID);
        assert_non_null(strstr(error.text, "\"id\" must be an id"));
    }
}

static void an_unknown_field_is_refused_where_zoho_refuses_it(void **state)
{
    static const char *const bodies[] = {
        "{\"colour\":1}",
        "{\"colour\":1,\"n\":1}",
        "{\"n\":1,\"colour\":null}",
        "{\"object\":{\"a\":{\"b\":1}},\"list\":[{},[]],\"colour\":{\"n\":1}}",
        "{\"N\":1,\"n\":1,\"colour\":1}",
    };
    struct usher_error error;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        assert_int_equal(check(&closed, bodies[i], &error), USHER_ERR_INVALID);
        assert_non_null(strstr(error.text, "is no field of a.closed"));
        assert_int_equal(check(&open_one, bodies[i], &error), USHER_OK);
    }
    /* Only at the top: inside, anything goes. */
    assert_int_equal(check(&closed,
                           "{\"object\":{\"colour\":1},\"list\":[{\"x\":1}]}",
                           &error),
                     USHER_OK);
}

static void what_is_demanded_is_missed_one_by_one(void **state)
{
    static const struct {
        const char *body;
        const char *missing; /* NULL: all is there */
    } cases[] = {
        {"{\"first\":\"a\",\"outer\":{\"inner\":\"b\"},\"one\":\"c\","
         "\"last\":\"d\"}",
         NULL},
        {"{\"first\":\"a\",\"outer\":{\"inner\":\"b\"},\"other\":{},"
         "\"last\":\"d\"}",
         NULL},
        {"{\"outer\":{\"inner\":\"b\"},\"one\":\"c\",\"last\":\"d\"}",
         "\"first\" is missing"},
        {"{\"first\":\"\",\"outer\":{\"inner\":\"b\"},\"one\":\"c\","
         "\"last\":\"d\"}",
         "\"first\" is missing"},
        {"{\"first\":null,\"outer\":{\"inner\":\"b\"},\"one\":\"c\","
         "\"last\":\"d\"}",
         "\"first\" is missing"},
        {"{\"first\":\"a\",\"one\":\"c\",\"last\":\"d\"}",
         "\"outer.inner\" is missing"},
        {"{\"first\":\"a\",\"outer\":{},\"inner\":\"b\",\"one\":\"c\","
         "\"last\":\"d\"}",
         "\"outer.inner\" is missing"},
        {"{\"first\":\"a\",\"outer\":\"inner\",\"one\":\"c\",\"last\":\"d\"}",
         "\"outer.inner\" is missing"},
        {"{\"first\":\"a\",\"outer\":{\"inner\":\"b\"},\"one\":\"c\"}",
         "\"last\" is missing"},
        {"{\"first\":\"a\",\"outer\":{\"inner\":\"b\"},\"last\":\"d\"}",
         "\"one\" is missing"},
        {"{\"first\":\"a\",\"outer\":{\"inner\":\"b\"},\"one\":\"\","
         "\"other\":null,\"last\":\"d\"}",
         "\"one\" is missing"},
        {"{\"first\":\"a\",\"outer\":{\"inner\":7},\"one\":\"c\","
         "\"last\":\"d\"}",
         "\"outer.inner\" must be a text"},
    };
    struct usher_error error;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        enum usher_status st = check(&demanding, cases[i].body, &error);

        assert_int_equal(st, cases[i].missing ? USHER_ERR_INVALID : USHER_OK);
        if (cases[i].missing && !strstr(error.text, cases[i].missing))
            fail_msg("%s: %s", cases[i].body, error.text);
    }
    assert_int_equal(usher_zoho_operation_check(&demanding, NULL, 0, NULL, 0,
                                                &error),
                     USHER_ERR_INVALID);
    assert_non_null(strstr(error.text, "\"first\" is missing"));
}

static void only_an_object_is_a_body(void **state)
{
    static const char *const bodies[] = {"[]",  "1",        "\"a\"", "null",
                                         "{",   "{\"a\"}",  "{}x",   " ",
                                         "nul", "{\"n\":1", "true"};
    struct usher_error error;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        assert_int_equal(check(&closed, bodies[i], &error), USHER_ERR_PARSE);
        assert_non_null(strstr(error.text, "a.closed must be a JSON object"));
    }
    assert_int_equal(check(&closed, "", &error), USHER_OK);
    assert_int_equal(check(&closed, " {} ", &error), USHER_OK);
}

static void each_parameter_is_judged(void **state)
{
    static const struct {
        const char *name;
        const char *value;
        int fine;
    } cases[] = {
        {"id", "42", 1},
        {"id", "4x2", 0},
        {"n", "0", 1},
        {"n", "-1", 0},
        {"yes", "true", 1},
        {"yes", "false", 1},
        {"yes", "maybe", 0},
        {"text", "abc", 1},
        {"text", "abcd", 0},
        {"text", "\xc3\xa9\xc3\xa9\xc3\xa9", 1},
        {"one", "Missed", 1},
        {"one", "Miss", 0},
        {"at", "2026-03-25T09:00:00Z", 1},
        {"at", "today", 0},
        {"object", "{}", 0},
        {"list", "[]", 0},
        {"any", "[]", 1},
        {"colour", "red", 0},
        {"i", "1", 0},
        {"idd", "1", 0},
    };
    const struct usher_zoho_value good = {"id", "1"};
    struct usher_error error;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct usher_zoho_value query[] = {
            good, {cases[i].name, cases[i].value}, good};
        enum usher_status st;

        error.text[0] = '\0';
        st = usher_zoho_operation_check(&closed, NULL, 0, query, 3, &error);
        if ((st == USHER_OK) != cases[i].fine)
            fail_msg("%s=%s: %s", cases[i].name, cases[i].value, error.text);
        if (!cases[i].fine)
            assert_non_null(strstr(error.text, cases[i].name));
    }
    /* One that takes none refuses any. */
    assert_int_equal(usher_zoho_operation_check(&open_one, NULL, 0, &good, 1,
                                                &error),
                     USHER_ERR_INVALID);
    assert_non_null(strstr(error.text, "\"id\" is no parameter of an.open"));
}

/* ---- Paths and queries ---- */

static void only_what_needs_no_code_goes_as_it_is(void **state)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    struct usher_buffer out;
    int c;

    (void)state;
    usher_buffer_init(&out, 0);
    for (c = 1; c < 256; c++) {
        const char text[] = {'x', (char)c, '\0'};
        const struct usher_zoho_value value = {"id", text};
        char coded[16];

        if (strchr(plain, c))
            snprintf(coded, sizeof(coded), "/x%c/y", c);
        else
            snprintf(coded, sizeof(coded), "/x%%%02X/y", (unsigned)c);
        usher_buffer_clear(&out);
        assert_int_equal(usher_zoho_path_fill("/{id}/y", &value, 1, &out, NULL),
                         USHER_OK);
        assert_string_equal(out.data, coded);
    }
    usher_buffer_free(&out);
}

static void a_value_is_found_by_its_whole_name(void **state)
{
    const struct usher_zoho_value values[] = {
        {"i", "1"}, {"idx", "2"}, {"id", "3"}, {"other", ""}};
    struct usher_buffer out;
    struct usher_error error;

    (void)state;
    usher_buffer_init(&out, 0);
    assert_int_equal(
        usher_zoho_path_fill("/a/{id}/{i}", values, 4, &out, &error), USHER_OK);
    assert_string_equal(out.data, "/a/3/1");
    usher_buffer_clear(&out);
    assert_int_equal(usher_zoho_path_fill("/a/{other}", values, 4, &out,
                                          &error),
                     USHER_ERR_INVALID);
    assert_string_equal(error.text, "\"other\" is missing");
    usher_buffer_free(&out);
}

static void dots_are_no_steps_in_a_path(void **state)
{
    static const struct {
        const char *id;
        enum usher_status status;
    } cases[] = {{".", USHER_ERR_INVALID},
                 {"..", USHER_ERR_INVALID},
                 {"...", USHER_OK},
                 {".a", USHER_OK},
                 {"../..", USHER_OK}}; /* as ..%2F.. */
    struct usher_buffer out;
    struct usher_error error;
    size_t i;

    (void)state;
    usher_buffer_init(&out, 0);
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct usher_zoho_value value = {"id", cases[i].id};

        usher_buffer_clear(&out);
        assert_int_equal(usher_zoho_path_fill("/c/{id}/x", &value, 1, &out,
                                              &error),
                         cases[i].status);
        if (cases[i].status == USHER_OK)
            assert_null(strstr(out.data, "/../"));
    }
    usher_buffer_free(&out);
}

static void a_query_begins_once(void **state)
{
    const struct usher_zoho_value query[] = {{"a&", "b=c"}, {"d", ""}};
    struct usher_buffer out;

    (void)state;
    usher_buffer_init(&out, 0);
    assert_int_equal(usher_zoho_query_fill(query, 0, &out), USHER_OK);
    assert_int_equal(out.len, 0);
    usher_buffer_text(&out, "/x?y=1");
    assert_int_equal(usher_zoho_query_fill(query, 2, &out), USHER_OK);
    assert_string_equal(out.data, "/x?y=1&a%26=b%3Dc&d=");
    usher_buffer_clear(&out);
    usher_buffer_text(&out, "/x");
    assert_int_equal(usher_zoho_query_fill(query, 2, &out), USHER_OK);
    assert_string_equal(out.data, "/x?a%26=b%3Dc&d=");
    usher_buffer_free(&out);
    /* Too long for its bound: an error, no half of one. */
    usher_buffer_init(&out, 4);
    assert_int_equal(usher_zoho_query_fill(query, 2, &out), USHER_ERR_NOMEM);
    assert_int_equal(usher_zoho_path_fill("/long/path", NULL, 0, &out, NULL),
                     USHER_ERR_NOMEM);
    usher_buffer_free(&out);
}

/* ---- Whose token ---- */

static void a_path_tells_whose_token(void **state)
{
    static const struct {
        enum usher_zoho_service service;
        const char *path;
        enum usher_credential_id set[3];
        size_t count;
    } cases[] = {
#define D USHER_CREDENTIAL_DEFAULT
#define S USHER_CREDENTIAL_SALESIQ
#define V USHER_CREDENTIAL_VISITOR
        {USHER_ZOHO_SALESIQ, "/api/visitor/v1/a", {V, S, D}, 3},
        {USHER_ZOHO_SALESIQ, "/visitor/v2/a", {V, S, D}, 3},
        {USHER_ZOHO_SALESIQ, "/api/v2/a/visitors/b/messages", {S, D, D}, 2},
        {USHER_ZOHO_SALESIQ, "/api/visitors/v1", {S, D, D}, 2},
        {USHER_ZOHO_SALESIQ, "/visitors", {S, D, D}, 2},
        {USHER_ZOHO_SALESIQ, NULL, {S, D, D}, 2},
        {USHER_ZOHO_DESK,
         "/api/visitor/v1/a",
         {USHER_CREDENTIAL_DESK, D, D},
         2},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct usher_credential_choice choice =
            usher_zoho_choice(cases[i].service, cases[i].path);

        assert_int_equal(choice.count, cases[i].count);
        assert_memory_equal(choice.set, cases[i].set,
                            choice.count * sizeof(choice.set[0]));
    }
    assert_int_equal(usher_credential_find("default"), D);
    assert_int_equal(usher_credential_find("salesiq"), S);
    assert_int_equal(usher_credential_find("visitor"), V);
    assert_int_equal(usher_credential_find("desk"), USHER_CREDENTIAL_DESK);
    assert_int_equal(usher_credential_find("Desk"), -1);
    assert_int_equal(usher_credential_find(""), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_value_is_judged_by_its_type),
        cmocka_unit_test(one_wrong_among_many_is_found),
        cmocka_unit_test(an_unknown_field_is_refused_where_zoho_refuses_it),
        cmocka_unit_test(what_is_demanded_is_missed_one_by_one),
        cmocka_unit_test(only_an_object_is_a_body),
        cmocka_unit_test(each_parameter_is_judged),
        cmocka_unit_test(only_what_needs_no_code_goes_as_it_is),
        cmocka_unit_test(a_value_is_found_by_its_whole_name),
        cmocka_unit_test(dots_are_no_steps_in_a_path),
        cmocka_unit_test(a_query_begins_once),
        cmocka_unit_test(a_path_tells_whose_token),
    };

    return cmocka_run_group_tests_name("operation_check", tests, NULL, NULL);
}
