/* tests/unit/zoho_error_test.c - what Zoho says, as kinds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "zoho/error.h"

enum way { READ, WRITE, VISITOR };

struct answer_case {
    enum usher_zoho_service service;
    enum way way;
    unsigned status;
    const char *body;
    enum usher_error_kind kind;
    int token_refused;
    const char *hint; /* a part of it; NULL: any */
};

#define SALESIQ USHER_ZOHO_SALESIQ
#define DESK USHER_ZOHO_DESK

static enum usher_error_kind map(enum usher_zoho_service service, enum way way,
                                 const struct usher_client_answer *answer,
                                 struct usher_zoho_error *error)
{
    struct usher_zoho_facts facts = {0};

    facts.service = service;
    facts.is_write = way != READ;
    facts.visitor_api = way == VISITOR;
    facts.wants_json = 1;
    facts.scopes = "Desk.calls.CREATE";
    facts.answer = answer;
    return usher_zoho_error_map(&facts, error);
}

static const struct answer_case answers[] = {
    {SALESIQ, VISITOR, 200, "{\"data\":{\"id\":\"1\"}}", USHER_KIND_NONE, 0, 0},
    {SALESIQ, VISITOR, 201, "{\"data\":{\"id\":\"1\"}}", USHER_KIND_NONE, 0, 0},
    {SALESIQ, WRITE, 204, "", USHER_KIND_NONE, 0, 0},
    /* "error" somewhere inside is the visitor's business. */
    {SALESIQ, VISITOR, 200, "{\"data\":{\"question\":\"\\\"error\\\"\"}}",
     USHER_KIND_NONE, 0, 0},
    {SALESIQ, VISITOR, 200, "{\"data\":{\"error\":{\"code\":1008}}}",
     USHER_KIND_NONE, 0, 0},
    {SALESIQ, VISITOR, 200,
     "{\"error\":{\"code\":1008,\"message\":\"Invalid OAuthToken\"}}",
     USHER_KIND_TOKEN, 1, "ZOHO_DC"},
    {SALESIQ, VISITOR, 400,
     "{\"error\":{\"code\":1008,\"message\":\"Invalid OAuthToken\"}}",
     USHER_KIND_TOKEN, 1, 0},
    {SALESIQ, READ, 400, "{\"error\":{\"code\":\"1008\"}}", USHER_KIND_TOKEN, 1,
     0},
    {SALESIQ, READ, 400, "{\"error\":{\"code\":1002}}", USHER_KIND_TOKEN, 1, 0},
    {SALESIQ, VISITOR, 400,
     "{\"error\":{\"code\":1009,\"message\":\"Invalid OAuthScope\"}}",
     USHER_KIND_SCOPE, 0, "SALESIQ_VISITOR_REFRESH_TOKEN"},
    {SALESIQ, READ, 400, "{\"error\":{\"code\":1009}}", USHER_KIND_SCOPE, 0,
     "Desk.calls.CREATE"},
    {SALESIQ, READ, 400, "{\"error\":{\"code\":1005}}", USHER_KIND_INVALID, 0,
     "SALESIQ_SCREEN_NAME"},
    {SALESIQ, READ, 400, "{\"error\":{\"code\":1006}}", USHER_KIND_NOT_FOUND, 0,
     0},
    {SALESIQ, READ, 400, "{\"error\":{\"code\":1004}}", USHER_KIND_INVALID, 0,
     0},
    {SALESIQ, VISITOR, 200,
     "{\"error\":{\"code\":1011,\"message\":\"Either the request parameters "
     "are invalid or absent\",\"json_key\":\"department_id\"}}",
     USHER_KIND_INVALID, 0, "named"},
    {SALESIQ, VISITOR, 200, "{\"error\":{\"code\":1077}}", USHER_KIND_REJECTED,
     0, 0},
    {SALESIQ, VISITOR, 429, "{\"error\":{\"code\":1001}}",
     USHER_KIND_RATE_LIMITED, 0, 0},
    {SALESIQ, VISITOR, 503, "{\"error\":{\"code\":1001}}",
     USHER_KIND_RATE_LIMITED, 0, 0},
    {SALESIQ, VISITOR, 200, "{\"error\":{\"code\":1001}}", USHER_KIND_OFFLINE,
     0, 0},
    {SALESIQ, VISITOR, 502, "<html>bad gateway</html>", USHER_KIND_UNCLEAR, 0,
     0},
    {SALESIQ, READ, 502, "<html>bad gateway</html>", USHER_KIND_OFFLINE, 0, 0},
    {SALESIQ, READ, 200, "<html>please log in</html>", USHER_KIND_OFFLINE, 0,
     "proxy"},
    {SALESIQ, WRITE, 200, "<html>please log in</html>", USHER_KIND_UNCLEAR, 0,
     "proxy"},
    {DESK, READ, 204, "", USHER_KIND_NONE, 0, 0},
    {DESK, READ, 200, "", USHER_KIND_OFFLINE, 0, "proxy"},
    {DESK, WRITE, 200, "", USHER_KIND_UNCLEAR, 0, "proxy"},
    {DESK, WRITE, 201, " \r\n", USHER_KIND_UNCLEAR, 0, "proxy"},
    {DESK, WRITE, 200, "{\"id\":\"1\"}", USHER_KIND_NONE, 0, 0},
    {DESK, WRITE, 401, "{\"errorCode\":\"INVALID_OAUTH\",\"message\":\"x\"}",
     USHER_KIND_TOKEN, 1, 0},
    {DESK, WRITE, 401, "{\"errorCode\":\"UNAUTHORIZED\",\"message\":\"x\"}",
     USHER_KIND_TOKEN, 1, 0},
    {DESK, WRITE, 401, "", USHER_KIND_TOKEN, 1, 0},
    {DESK, WRITE, 403, "{\"errorCode\":\"SCOPE_MISMATCH\"}", USHER_KIND_SCOPE,
     0, "Desk.calls.CREATE"},
    {DESK, WRITE, 403, "{\"errorCode\":\"OAUTH_ORG_MISMATCH\"}",
     USHER_KIND_SCOPE, 0, "DESK_ORG_ID"},
    {DESK, WRITE, 403, "{\"errorCode\":\"FORBIDDEN\"}", USHER_KIND_REJECTED, 0,
     "profile"},
    {DESK, WRITE, 403, "{\"errorCode\":\"LICENSE_ACCESS_LIMITED\"}",
     USHER_KIND_REJECTED, 0, 0},
    {DESK, READ, 404, "{\"errorCode\":\"URL_NOT_FOUND\"}", USHER_KIND_NOT_FOUND,
     0, 0},
    {DESK, WRITE, 422, "{\"errorCode\":\"INVALID_DATA\"}", USHER_KIND_INVALID,
     0, 0},
    {DESK, READ, 422, "{\"errorCode\":\"UNPROCESSABLE_ENTITY\"}",
     USHER_KIND_INVALID, 0, 0},
    {DESK, WRITE, 422, "{\"errorCode\":\"EMPTY_PAYLOAD\"}", USHER_KIND_INVALID,
     0, 0},
    {DESK, WRITE, 400, "{\"errorCode\":\"BAD_REQUEST\"}", USHER_KIND_INVALID, 0,
     0},
    {DESK, WRITE, 409, "{\"errorCode\":\"DUPLICATE_CONTRACT\"}",
     USHER_KIND_REJECTED, 0, 0},
    {DESK, READ, 429, "{\"errorCode\":\"TOO_MANY_REQUESTS\"}",
     USHER_KIND_RATE_LIMITED, 0, 0},
    {DESK, READ, 429, "", USHER_KIND_RATE_LIMITED, 0, 0},
    {DESK, WRITE, 500, "{\"errorCode\":\"INTERNAL_SERVER_ERROR\"}",
     USHER_KIND_UNCLEAR, 0, "DESK_ORG_ID"},
    {DESK, READ, 500, "{\"errorCode\":\"INTERNAL_SERVER_ERROR\"}",
     USHER_KIND_OFFLINE, 0, 0},
    {DESK, READ, 301, "", USHER_KIND_REJECTED, 0, "redirect"},
    {DESK, READ, 418, "[1,2", USHER_KIND_REJECTED, 0, 0},
};

static void each_answer_has_its_kind(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        const struct answer_case *c = &answers[i];
        struct usher_client_answer answer = {0};
        struct usher_zoho_error error;
        enum usher_error_kind kind;

        answer.status = c->status;
        answer.body = c->body;
        answer.body_len = strlen(c->body);
        answer.retry_after_s = -1;
        kind = map(c->service, c->way, &answer, &error);
        if (kind != c->kind)
            print_error("%u %s: %s\n", c->status, c->body,
                        usher_error_kind_text(kind));
        assert_int_equal(kind, c->kind);
        if (kind == USHER_KIND_NONE)
            continue;
        assert_int_equal(error.token_refused, c->token_refused);
        assert_int_equal(error.status, c->status);
        assert_true(error.message[0] != '\0');
        if (c->hint && !strcasestr(error.hint, c->hint))
            print_error("%s: hint is \"%s\"\n", c->body, error.hint);
        assert_true(!c->hint || strcasestr(error.hint, c->hint));
    }
}

static void a_lost_write_is_unclear(void **state)
{
    static const struct {
        enum usher_net_result result;
        int sent;
        enum usher_error_kind read;
        enum usher_error_kind write;
    } cases[] = {
        {USHER_NET_OFFLINE, 0, USHER_KIND_OFFLINE, USHER_KIND_OFFLINE},
        {USHER_NET_TIMEOUT, 0, USHER_KIND_TIMEOUT, USHER_KIND_TIMEOUT},
        {USHER_NET_TIMEOUT, 1, USHER_KIND_TIMEOUT, USHER_KIND_UNCLEAR},
        {USHER_NET_BROKEN, 0, USHER_KIND_OFFLINE, USHER_KIND_OFFLINE},
        {USHER_NET_BROKEN, 1, USHER_KIND_OFFLINE, USHER_KIND_UNCLEAR},
        {USHER_NET_TOO_LARGE, 1, USHER_KIND_REJECTED, USHER_KIND_UNCLEAR},
        {USHER_NET_TLS, 0, USHER_KIND_OFFLINE, USHER_KIND_OFFLINE},
        {USHER_NET_BAD_URL, 0, USHER_KIND_INVALID, USHER_KIND_INVALID},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct usher_client_answer answer = {0};
        struct usher_zoho_error error;

        answer.result = cases[i].result;
        answer.sent = cases[i].sent;
        answer.retry_after_s = -1;
        answer.error = "the reason";
        assert_int_equal(map(DESK, READ, &answer, &error), cases[i].read);
        assert_int_equal(map(DESK, WRITE, &answer, &error), cases[i].write);
        assert_non_null(strstr(error.message, "the reason"));
    }
}

static void the_named_field_is_told(void **state)
{
    static const char desk[] =
        "{\"errorCode\":\"INVALID_DATA\",\"message\":\"The data does not "
        "comply\",\"errors\":[{\"fieldName\":\"/contactId\",\"errorType\":"
        "\"missing\",\"errorMessage\":\"\"}]}";
    static const char salesiq[] =
        "{\"error\":{\"code\":1011,\"message\":\"bad\",\"json_key\":"
        "\"department_id\"}}";
    struct usher_client_answer answer = {0};
    struct usher_zoho_error error;

    (void)state;
    answer.retry_after_s = -1;
    answer.status = 422;
    answer.body = desk;
    answer.body_len = sizeof(desk) - 1;
    map(DESK, WRITE, &answer, &error);
    assert_string_equal(error.field, "contactId");
    assert_string_equal(error.code, "INVALID_DATA");
    assert_non_null(strstr(error.message, "contactId is missing"));
    answer.status = 200;
    answer.body = salesiq;
    answer.body_len = sizeof(salesiq) - 1;
    map(SALESIQ, VISITOR, &answer, &error);
    assert_string_equal(error.field, "department_id");
    assert_string_equal(error.code, "1011");
}

static void daily_credits_tell_when_to_come_back(void **state)
{
    static const char body[] = "{\"errorCode\":\"THRESHOLD_EXCEEDED\"}";
    struct usher_client_answer answer = {0};
    struct usher_zoho_error error;

    (void)state;
    answer.status = 429;
    answer.body = body;
    answer.body_len = sizeof(body) - 1;
    answer.retry_after_s = 3600;
    assert_int_equal(map(DESK, READ, &answer, &error), USHER_KIND_RATE_LIMITED);
    assert_int_equal(error.retry_after_s, 3600);
    assert_false(error.busy);
    answer.body = "{\"errorCode\":\"TOO_MANY_REQUESTS\"}";
    answer.body_len = strlen(answer.body);
    answer.retry_after_s = -1;
    map(DESK, READ, &answer, &error);
    assert_true(error.busy);
}

static void messages_are_masked_and_cut(void **state)
{
    static const char body[] =
        "{\"errorCode\":\"INVALID_DATA\",\"message\":\"asha@example.com and "
        "+91 98765 43210 are no good\"}";
    static const char start[] = "{\"errorCode\":\"A\",\"message\":\"";
    char big[4096];
    struct usher_client_answer answer = {0};
    struct usher_zoho_error error;

    (void)state;
    answer.status = 422;
    answer.retry_after_s = -1;
    answer.body = body;
    answer.body_len = sizeof(body) - 1;
    map(DESK, WRITE, &answer, &error);
    assert_null(strstr(error.message, "asha@"));
    assert_null(strstr(error.message, "98765"));
    memset(big, 'x', sizeof(big));
    memcpy(big, start, sizeof(start) - 1);
    memcpy(big + sizeof(big) - 2, "\"}", 2);
    answer.body = big;
    answer.body_len = sizeof(big);
    map(DESK, WRITE, &answer, &error);
    assert_int_equal(strlen(error.message), sizeof(error.message) - 1);
}

static void kinds_are_the_fixed_words(void **state)
{
    (void)state;
    assert_string_equal(usher_error_kind_text(USHER_KIND_TIMEOUT), "timeout");
    assert_string_equal(usher_error_kind_text(USHER_KIND_OFFLINE), "offline");
    assert_string_equal(usher_error_kind_text(USHER_KIND_RATE_LIMITED),
                        "rate_limited");
    assert_string_equal(usher_error_kind_text(USHER_KIND_TOKEN), "token");
    assert_string_equal(usher_error_kind_text(USHER_KIND_SCOPE), "scope");
    assert_string_equal(usher_error_kind_text(USHER_KIND_INVALID), "invalid");
    assert_string_equal(usher_error_kind_text(USHER_KIND_NOT_FOUND),
                        "not_found");
    assert_string_equal(usher_error_kind_text(USHER_KIND_REJECTED), "rejected");
    assert_string_equal(usher_error_kind_text(USHER_KIND_UNCLEAR), "unclear");
    assert_string_equal(usher_error_kind_text(USHER_KIND_DEADLINE), "deadline");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_answer_has_its_kind),
        cmocka_unit_test(a_lost_write_is_unclear),
        cmocka_unit_test(the_named_field_is_told),
        cmocka_unit_test(daily_credits_tell_when_to_come_back),
        cmocka_unit_test(messages_are_masked_and_cut),
        cmocka_unit_test(kinds_are_the_fixed_words),
    };

    return cmocka_run_group_tests_name("zoho_error", tests, NULL, NULL);
}
