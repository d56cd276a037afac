/* tests/unit/zoho_error_code_test.c - each code and each status of Zoho alone:
 * its kind, whether a refresh or a moment may help, and what is said of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "zoho/error.h"

#define SALESIQ USHER_ZOHO_SALESIQ
#define DESK USHER_ZOHO_DESK

struct asked {
    enum usher_zoho_service service;
    int is_write;
    int visitor_api;
    int any_body; /* JSON is not expected */
    unsigned status;
    int64_t retry_after_s; /* -1: none */
    const char *body;
};

static enum usher_error_kind map(const struct asked *asked,
                                 struct usher_zoho_error *error)
{
    struct usher_client_answer answer = {0};
    struct usher_zoho_facts facts = {0};

    answer.status = asked->status;
    answer.body = asked->body;
    answer.body_len = strlen(asked->body);
    answer.retry_after_s = asked->retry_after_s;
    facts.service = asked->service;
    facts.is_write = asked->is_write;
    facts.visitor_api = asked->visitor_api;
    facts.wants_json = !asked->any_body;
    facts.answer = &answer;
    memset(error, 'x', sizeof(*error));
    return usher_zoho_error_map(&facts, error);
}

/* A status that says nothing: the code alone decides. */
#define TEAPOT 418

static const struct {
    enum usher_zoho_service service;
    const char *code;
    enum usher_error_kind kind;
    int token_refused;
    int busy;
    const char *hint; /* a part of it */
} codes[] = {
    {SALESIQ, "1002", USHER_KIND_TOKEN, 1, 0, "ZOHO_DC"},
    {SALESIQ, "1004", USHER_KIND_INVALID, 0, 0, "method"},
    {SALESIQ, "1005", USHER_KIND_INVALID, 0, 0, "SALESIQ_SCREEN_NAME"},
    {SALESIQ, "1006", USHER_KIND_NOT_FOUND, 0, 0, "path"},
    {SALESIQ, "1008", USHER_KIND_TOKEN, 1, 0, "ZOHO_DC"},
    {SALESIQ, "1009", USHER_KIND_SCOPE, 0, 0, "(see Zoho's API page)"},
    {SALESIQ, "1001", USHER_KIND_OFFLINE, 0, 0, "out of order"},
    {SALESIQ, "1003", USHER_KIND_REJECTED, 0, 0, ""},
    {SALESIQ, "1010", USHER_KIND_REJECTED, 0, 0, ""},
    {DESK, "UNAUTHORIZED", USHER_KIND_TOKEN, 1, 0, "ZOHO_DC"},
    {DESK, "INVALID_OAUTH", USHER_KIND_TOKEN, 1, 0, "ZOHO_DC"},
    {DESK, "SCOPE_MISMATCH", USHER_KIND_SCOPE, 0, 0, "lacks a scope"},
    {DESK, "OAUTH_ORG_MISMATCH", USHER_KIND_SCOPE, 0, 0, "DESK_ORG_ID"},
    {DESK, "FORBIDDEN", USHER_KIND_REJECTED, 0, 0, "profile"},
    {DESK, "LICENSE_ACCESS_LIMITED", USHER_KIND_REJECTED, 0, 0, "edition"},
    {DESK, "ONLY_LIVECHAT_USER", USHER_KIND_REJECTED, 0, 0, "licence"},
    {DESK, "URL_NOT_FOUND", USHER_KIND_NOT_FOUND, 0, 0, "path"},
    {DESK, "METHOD_NOT_ALLOWED", USHER_KIND_INVALID, 0, 0, "method"},
    {DESK, "RESOURCE_SIZE_EXCEEDED", USHER_KIND_INVALID, 0, 0, "too large"},
    {DESK, "UNSUPPORTED_MEDIA_TYPE", USHER_KIND_INVALID, 0, 0, "Content-Type"},
    {DESK, "INVALID_DATA", USHER_KIND_INVALID, 0, 0, "field"},
    {DESK, "UNPROCESSABLE_ENTITY", USHER_KIND_INVALID, 0, 0, "parameter"},
    {DESK, "EMPTY_PAYLOAD", USHER_KIND_INVALID, 0, 0, "empty"},
    {DESK, "BAD_REQUEST", USHER_KIND_INVALID, 0, 0, ""},
    {DESK, "THRESHOLD_EXCEEDED", USHER_KIND_RATE_LIMITED, 0, 0, "credits"},
    {DESK, "TOO_MANY_REQUESTS", USHER_KIND_RATE_LIMITED, 0, 1,
     "ZOHO_CONCURRENCY"},
    /* Of the other one, or nobody's. */
    {DESK, "1008", USHER_KIND_REJECTED, 0, 0, ""},
    {DESK, "1001", USHER_KIND_REJECTED, 0, 0, ""},
    {DESK, "DUPLICATE_CONTRACT", USHER_KIND_REJECTED, 0, 0, ""},
    {SALESIQ, "INVALID_OAUTH", USHER_KIND_REJECTED, 0, 0, ""},
};

static void each_code_alone(void **state)
{
    struct usher_zoho_error error;
    char body[160];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        struct asked asked = {codes[i].service, 1, 0, 0, TEAPOT, -1, body};

        snprintf(body, sizeof(body),
                 codes[i].service == DESK
                     ? "{\"errorCode\":\"%s\",\"message\":\"m\"}"
                     : "{\"error\":{\"code\":\"%s\",\"message\":\"m\"}}",
                 codes[i].code);
        if (map(&asked, &error) != codes[i].kind || error.kind != codes[i].kind)
            fail_msg("%s is %s", codes[i].code,
                     usher_error_kind_text(error.kind));
        assert_int_equal(error.token_refused, codes[i].token_refused);
        assert_int_equal(error.busy, codes[i].busy);
        assert_int_equal(error.status, TEAPOT);
        assert_int_equal(error.retry_after_s, -1);
        assert_string_equal(error.code, codes[i].code);
        assert_string_equal(error.field, "");
        assert_string_equal(error.message, "m");
        if (!strstr(error.hint, codes[i].hint) ||
            (!codes[i].hint[0] && error.hint[0]))
            fail_msg("%s: \"%s\"", codes[i].code, error.hint);
    }
}

static const struct {
    unsigned status;
    enum usher_error_kind read;
    enum usher_error_kind write;
    int token_refused;
    int busy;
    const char *hint;
} statuses[] = {
    {300, USHER_KIND_REJECTED, USHER_KIND_REJECTED, 0, 0, "redirect"},
    {302, USHER_KIND_REJECTED, USHER_KIND_REJECTED, 0, 0, "redirect"},
    {399, USHER_KIND_REJECTED, USHER_KIND_REJECTED, 0, 0, "redirect"},
    {400, USHER_KIND_INVALID, USHER_KIND_INVALID, 0, 0, ""},
    {401, USHER_KIND_TOKEN, USHER_KIND_TOKEN, 1, 0, "ZOHO_DC"},
    {403, USHER_KIND_REJECTED, USHER_KIND_REJECTED, 0, 0, ""},
    {404, USHER_KIND_NOT_FOUND, USHER_KIND_NOT_FOUND, 0, 0, "path"},
    {405, USHER_KIND_INVALID, USHER_KIND_INVALID, 0, 0, "method"},
    {409, USHER_KIND_REJECTED, USHER_KIND_REJECTED, 0, 0, ""},
    {413, USHER_KIND_INVALID, USHER_KIND_INVALID, 0, 0, "too large"},
    {415, USHER_KIND_INVALID, USHER_KIND_INVALID, 0, 0, ""},
    {422, USHER_KIND_INVALID, USHER_KIND_INVALID, 0, 0, ""},
    {429, USHER_KIND_RATE_LIMITED, USHER_KIND_RATE_LIMITED, 0, 1, "calls"},
    {499, USHER_KIND_REJECTED, USHER_KIND_REJECTED, 0, 0, ""},
    {500, USHER_KIND_OFFLINE, USHER_KIND_UNCLEAR, 0, 0, "out of order"},
    {503, USHER_KIND_OFFLINE, USHER_KIND_UNCLEAR, 0, 0, "out of order"},
    {599, USHER_KIND_OFFLINE, USHER_KIND_UNCLEAR, 0, 0, "out of order"},
};

static void each_status_without_a_code(void **state)
{
    static const char *const bodies[] = {"", "<html>", "{}", "[]"};
    struct usher_zoho_error error;
    size_t i;

    (void)state;
    for (i = 0; i < 2 * sizeof(statuses) / sizeof(statuses[0]); i++) {
        size_t at = i / 2;
        int write = i % 2;
        struct asked asked = {i % 4 < 2 ? DESK : SALESIQ,
                              write,
                              0,
                              0,
                              statuses[at].status,
                              -1,
                              bodies[i % 4]};
        enum usher_error_kind kind = map(&asked, &error);
        char said[64];

        if (kind != (write ? statuses[at].write : statuses[at].read))
            fail_msg("%u is %s", statuses[at].status,
                     usher_error_kind_text(kind));
        assert_int_equal(error.token_refused, statuses[at].token_refused);
        assert_int_equal(error.busy, statuses[at].busy);
        assert_string_equal(error.code, "");
        snprintf(said, sizeof(said), "status %u and code none",
                 statuses[at].status);
        assert_non_null(strstr(error.message, said));
        assert_non_null(strstr(error.hint, statuses[at].hint));
        if (!statuses[at].hint[0])
            assert_string_equal(error.hint, "");
    }
    /* DESK_ORG_ID that is no number is a 500, at Desk only. */
    for (i = 0; i < 2; i++) {
        struct asked asked = {i ? DESK : SALESIQ, 0, 0, 0, 500, -1, ""};

        map(&asked, &error);
        assert_int_equal(strstr(error.hint, "DESK_ORG_ID") != NULL, i);
    }
}

static void an_answer_of_a_success_status_is_looked_into(void **state)
{
    static const struct {
        struct asked asked;
        enum usher_error_kind kind;
    } cases[] = {
        {{DESK, 1, 0, 0, 200, -1, "{\"id\":\"1\"}"}, USHER_KIND_NONE},
        {{DESK, 1, 0, 0, 299, -1, "{\"id\":\"1\"}"}, USHER_KIND_NONE},
        {{DESK, 0, 0, 0, 204, -1, ""}, USHER_KIND_NONE},
        {{DESK, 0, 0, 0, 200, -1, "\t\r\n [1]"}, USHER_KIND_NONE},
        {{DESK, 0, 0, 0, 200, -1, "\"text\""}, USHER_KIND_OFFLINE},
        {{DESK, 0, 0, 0, 205, -1, ""}, USHER_KIND_OFFLINE},
        {{DESK, 1, 0, 0, 199, -1, "{}"}, USHER_KIND_REJECTED},
        /* No JSON wanted, none missed. */
        {{DESK, 1, 0, 1, 200, -1, ""}, USHER_KIND_NONE},
        {{DESK, 1, 0, 1, 200, -1, "<html>"}, USHER_KIND_NONE},
        /* Desk tells errors by the status alone. */
        {{DESK, 1, 0, 0, 200, -1, "{\"error\":{\"code\":1008}}"},
         USHER_KIND_NONE},
        {{DESK, 1, 0, 0, 200, -1, "{\"errorCode\":\"INVALID_OAUTH\"}"},
         USHER_KIND_NONE},
        {{SALESIQ, 1, 0, 1, 201, -1, "{\"error\":{\"code\":1008}}"},
         USHER_KIND_TOKEN},
        {{SALESIQ, 1, 0, 0, 200, -1, "{\"error\":\"sorry\"}"},
         USHER_KIND_REJECTED},
        {{SALESIQ, 1, 0, 0, 200, -1, "{\"error\":[]}"}, USHER_KIND_NONE},
        {{SALESIQ, 1, 0, 0, 200, -1, "{\"error\":null,\"data\":{}}"},
         USHER_KIND_NONE},
        {{SALESIQ, 1, 0, 0, 200, -1, "{\"errors\":{\"code\":1008}}"},
         USHER_KIND_NONE},
        {{SALESIQ, 1, 0, 0, 200, -1, "{\"error\":{\"code\":1008}"},
         USHER_KIND_NONE}, /* cut: no object any more */
    };
    struct usher_zoho_error error;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (map(&cases[i].asked, &error) != cases[i].kind)
            fail_msg("%u %s is %s", cases[i].asked.status, cases[i].asked.body,
                     usher_error_kind_text(error.kind));
}

/* Not let in: nothing was done, not even by a write. */
static void what_1001_means_the_status_tells(void **state)
{
    static const struct {
        unsigned status;
        enum usher_error_kind kind;
        int busy;
    } cases[] = {
        {200, USHER_KIND_OFFLINE, 0},      {400, USHER_KIND_OFFLINE, 0},
        {401, USHER_KIND_OFFLINE, 0},      {428, USHER_KIND_OFFLINE, 0},
        {429, USHER_KIND_RATE_LIMITED, 1}, {500, USHER_KIND_OFFLINE, 0},
        {502, USHER_KIND_OFFLINE, 0},      {503, USHER_KIND_RATE_LIMITED, 1},
    };
    struct usher_zoho_error error;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct asked asked = {SALESIQ,
                              1,
                              0,
                              0,
                              cases[i].status,
                              -1,
                              "{\"error\":{\"code\":1001}}"};

        assert_int_equal(map(&asked, &error), cases[i].kind);
        assert_int_equal(error.busy, cases[i].busy);
        assert_false(error.token_refused);
    }
}

static void retry_after_comes_through_and_is_no_moment(void **state)
{
    static const struct asked all[] = {
        {DESK, 0, 0, 0, 429, 7, "{\"errorCode\":\"TOO_MANY_REQUESTS\"}"},
        {DESK, 0, 0, 0, 429, 7, ""},
        {SALESIQ, 0, 0, 0, 429, 7, "{\"error\":{\"code\":1001}}"},
        {SALESIQ, 0, 0, 0, 503, 7, "{\"error\":{\"code\":1001}}"},
        {SALESIQ, 0, 0, 0, 200, 7, "{\"error\":{\"code\":1077}}"},
        {DESK, 0, 0, 0, 500, 7, ""},
        {DESK, 0, 0, 0, 429, 0, ""},
    };
    struct usher_zoho_error error;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        map(&all[i], &error);
        assert_int_equal(error.retry_after_s, all[i].retry_after_s);
        assert_false(error.busy); /* it said when */
        assert_int_equal(error.status, all[i].status);
    }
}

static void the_culprit_is_named(void **state)
{
    static const struct {
        struct asked asked;
        enum usher_error_kind kind;
        const char *field;
        const char *message;
        const char *hint;
    } cases[] = {
        {{SALESIQ, 1, 0, 0, 200, -1,
          "{\"error\":{\"code\":1077,\"message\":\"m\",\"json_key\":\"a\"}}"},
         USHER_KIND_INVALID,
         "a",
         "m",
         "Mend the field"},
        {{SALESIQ, 1, 0, 0, 400, -1,
          "{\"error\":{\"code\":1077,\"message\":\"m\",\"param\":\"b\"}}"},
         USHER_KIND_INVALID,
         "b",
         "m",
         "Mend the field"},
        {{SALESIQ, 1, 0, 0, 409, -1,
          "{\"error\":{\"code\":1077,\"message\":\"m\",\"header\":\"c\"}}"},
         USHER_KIND_INVALID,
         "c",
         "m",
         "Mend the field"},
        {{SALESIQ, 1, 0, 0, 400, -1,
          "{\"error\":{\"header\":\"c\",\"param\":\"b\",\"json_key\":\"a\"}}"},
         USHER_KIND_INVALID,
         "a",
         "status 400 and code none",
         "Mend"},
        {{SALESIQ, 1, 0, 0, 400, -1, "{\"error\":\"no good\"}"},
         USHER_KIND_INVALID,
         "",
         "no good",
         ""},
        {{SALESIQ, 1, 0, 0, 400, -1, "{\"error\":\"\"}"},
         USHER_KIND_INVALID,
         "",
         "Zoho SalesIQ answered with status 400",
         ""},
        {{DESK, 1, 0, 0, 422, -1,
          "{\"errorCode\":\"INVALID_DATA\",\"message\":\"m\",\"errors\":[{"
          "\"fieldName\":\"/a/b\",\"errorType\":\"invalid\"},{\"fieldName\":"
          "\"/c\",\"errorType\":\"missing\"}]}"},
         USHER_KIND_INVALID,
         "a/b",
         "a/b is invalid: m",
         "Mend the field"},
        {{DESK, 1, 0, 0, 422, -1,
          "{\"errorCode\":\"INVALID_DATA\",\"message\":\"m\",\"errors\":[{"
          "\"fieldName\":\"a\"}]}"},
         USHER_KIND_INVALID,
         "a",
         "m",
         "Mend the field"},
        {{DESK, 1, 0, 0, 400, -1,
          "{\"errorCode\":\"BAD_REQUEST\",\"errors\":[{\"fieldName\":\"/a\"}]"
          "}"},
         USHER_KIND_INVALID,
         "a",
         "code BAD_REQUEST",
         ""},
        {{DESK, 1, 0, 0, 418, -1, "{\"message\":\"no code\"}"},
         USHER_KIND_REJECTED,
         "",
         "Zoho Desk answered with status 418",
         ""},
    };
    struct usher_zoho_error error;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(map(&cases[i].asked, &error), cases[i].kind);
        assert_string_equal(error.field, cases[i].field);
        assert_non_null(strstr(error.message, cases[i].message));
        if (!strstr(error.hint, cases[i].hint) ||
            (!cases[i].hint[0] && error.hint[0]))
            fail_msg("%s: \"%s\"", cases[i].asked.body, error.hint);
    }
}

static void what_is_too_long_is_cut_between_characters(void **state)
{
    struct usher_zoho_error error;
    char message[400] = "";
    int i;

    (void)state;
    usher_zoho_error_set(&error, USHER_KIND_OFFLINE, "m", NULL);
    assert_string_equal(error.hint, "");
    assert_int_equal(error.retry_after_s, -1);
    for (i = 0; i < 130; i++)
        strcat(message, "\xc3\xa9");
    usher_zoho_error_set(&error, USHER_KIND_OFFLINE, message, message);
    assert_int_equal(error.kind, USHER_KIND_OFFLINE);
    assert_int_equal(strlen(error.message), sizeof(error.message) - 2);
    assert_memory_equal(error.message, message, sizeof(error.message) - 2);
    assert_string_equal(error.hint, message);
    message[sizeof(error.message) - 1] = '\0';
    message[sizeof(error.message) - 2] = 'e'; /* as long as there is room */
    usher_zoho_error_set(&error, USHER_KIND_OFFLINE, message, NULL);
    assert_string_equal(error.message, message);
}

static void where_the_visitor_api_lacks_a_scope_its_token_is_named(void **state)
{
    struct usher_zoho_error error;
    int i;

    (void)state;
    for (i = 0; i < 2; i++) {
        struct asked asked = {
            SALESIQ, 1, i, 0, 400, -1, "{\"error\":{\"code\":1009}}"};

        assert_int_equal(map(&asked, &error), USHER_KIND_SCOPE);
        assert_int_equal(
            strstr(error.hint, "SALESIQ_VISITOR_REFRESH_TOKEN") != NULL, i);
    }
}

/* ---- No answer at all ---- */

static void a_lost_call_says_why(void **state)
{
    static const struct {
        enum usher_net_result result;
        int is_write;
        int sent;
        enum usher_error_kind kind;
        const char *what;
        const char *hint; /* "": none */
    } cases[] = {
        {USHER_NET_OFFLINE, 1, 0, USHER_KIND_OFFLINE, "could not be reached",
         "proxy"},
        {USHER_NET_TIMEOUT, 0, 1, USHER_KIND_TIMEOUT, "did not answer in time",
         ""},
        {USHER_NET_TIMEOUT, 1, 0, USHER_KIND_TIMEOUT, "did not answer in time",
         ""},
        {USHER_NET_TIMEOUT, 1, 1, USHER_KIND_UNCLEAR, "did not answer in time",
         "look before"},
        {USHER_NET_BROKEN, 0, 1, USHER_KIND_OFFLINE, "broke off", ""},
        {USHER_NET_BROKEN, 1, 1, USHER_KIND_UNCLEAR, "broke off",
         "look before"},
        {USHER_NET_TOO_LARGE, 0, 1, USHER_KIND_REJECTED, "more than usher",
         "limit"},
        {USHER_NET_TOO_LARGE, 1, 1, USHER_KIND_UNCLEAR, "more than usher",
         "look before"},
        {USHER_NET_TLS, 1, 0, USHER_KIND_OFFLINE, "certificate", "clock"},
        {USHER_NET_BAD_URL, 1, 0, USHER_KIND_INVALID, "no usable URL",
         "DESK_URL"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct usher_client_answer answer = {.result = cases[i].result,
                                             .sent = cases[i].sent,
                                             .status = 200,
                                             .retry_after_s = 9};
        struct usher_zoho_facts facts = {.service = SALESIQ,
                                         .is_write = cases[i].is_write,
                                         .answer = &answer};
        struct usher_zoho_error error;

        assert_int_equal(usher_zoho_error_map(&facts, &error), cases[i].kind);
        assert_int_equal(error.status, 0); /* there was none */
        assert_int_equal(error.retry_after_s, -1);
        assert_false(error.token_refused);
        assert_false(error.busy);
        assert_non_null(strstr(error.message, "Zoho SalesIQ"));
        assert_non_null(strstr(error.message, cases[i].what));
        assert_non_null(strstr(error.hint, cases[i].hint));
        if (!cases[i].hint[0])
            assert_string_equal(error.hint, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_code_alone),
        cmocka_unit_test(each_status_without_a_code),
        cmocka_unit_test(an_answer_of_a_success_status_is_looked_into),
        cmocka_unit_test(what_1001_means_the_status_tells),
        cmocka_unit_test(retry_after_comes_through_and_is_no_moment),
        cmocka_unit_test(the_culprit_is_named),
        cmocka_unit_test(what_is_too_long_is_cut_between_characters),
        cmocka_unit_test(
            where_the_visitor_api_lacks_a_scope_its_token_is_named),
        cmocka_unit_test(a_lost_call_says_why),
    };

    return cmocka_run_group_tests_name("zoho_error_code", tests, NULL, NULL);
}
