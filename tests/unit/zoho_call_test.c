/* tests/unit/zoho_call_test.c - what a call may be, each rule alone; what goes
 * out for it, and what is told of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "accounts_peer.h"
#include "zoho_case.h"

static struct usher_zoho_call request(const char *method, const char *path)
{
    struct usher_zoho_call call = {
        .service = USHER_ZOHO_DESK, .method = method, .path = path};

    return call;
}

/* Whether it is taken, and what is said if not. */
static const char *refusal(struct zoho_world *world,
                           const struct usher_zoho_call *call)
{
    static struct usher_error error;
    static struct got got;
    enum usher_status st;

    error.text[0] = '\0';
    memset(&got, 0, sizeof(got));
    st = usher_zoho_send(world->zoho, call, world_got, &got, NULL, &error);
    world_settle(world);
    assert_int_equal(got.answers, st == USHER_OK);
    if (st == USHER_OK)
        return NULL;
    assert_int_equal(st, USHER_ERR_INVALID);
    return error.text;
}

/* ---- What a call may be ---- */

static void a_request_has_a_method_and_a_path(void **state)
{
    static const struct {
        const char *method;
        const char *path;
        const char *says; /* NULL: fine */
    } cases[] = {
        {"GET", "/x", NULL},
        {"GET", "/x%20y?a=b~", NULL},
        {"GET", "/\xc3\xa9", NULL},
        {NULL, "/x", "a method and a path are needed"},
        {"", "/x", "a method and a path are needed"},
        {"GET", NULL, "a method and a path are needed"},
        {"GET", "", "must begin with \"/\""},
        {"GET", "x/y", "must begin with \"/\""},
        {"GET", "/a b", "no blanks"},
        {"GET", "/a\nb", "no blanks"},
        {"GET", "/a\tb", "no blanks"},
        {"GET", "/a\x7f", "no blanks"},
        {"GET", "/ab ", "no blanks"},
    };
    struct zoho_world *world = *state;
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct usher_zoho_call call = request(cases[i].method, cases[i].path);
        const char *says = refusal(world, &call);

        assert_int_equal(!says, !cases[i].says);
        if (says)
            assert_non_null(strstr(says, cases[i].says));
    }
    assert_int_equal(world->calls, 3);
}

static void a_request_goes_to_desk_or_salesiq(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = request("GET", "/x");
    int service;

    for (service = 0; service <= USHER_ZOHO_SERVICES; service++) {
        call.service = (enum usher_zoho_service)service;
        assert_int_equal(refusal(world, &call) == NULL,
                         service == USHER_ZOHO_DESK ||
                             service == USHER_ZOHO_SALESIQ);
    }
}

static void each_header_is_looked_at(void **state)
{
    static const struct {
        struct usher_header header;
        const char *says;
    } cases[] = {
        {{"X-Extra", "yes"}, NULL},
        {{"X-Extra", ""}, NULL},
        {{"X-Extra", "a: b"}, NULL},
        {{"", "x"}, "bad name"},
        {{"X:A", "x"}, "bad name"},
        {{"X\rA", "x"}, "line break"},
        {{"X\nA", "x"}, "line break"},
        {{"X-A", "x\r"}, "line break"},
        {{"X-A", "\nx"}, "line break"},
        {{"Authorization", "x"}, "choose a credential"},
        {{"AUTHORIZATION", "x"}, "choose a credential"},
    };
    struct usher_header headers[17];
    struct zoho_world *world = *state;
    struct usher_zoho_call call = request("GET", "/x");
    size_t i, n;

    call.headers = headers;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *says;

        headers[0].name = "X-First";
        headers[0].value = "1";
        headers[1] = cases[i].header;
        call.header_count = 2;
        says = refusal(world, &call);
        assert_int_equal(!says, !cases[i].says);
        if (says)
            assert_non_null(strstr(says, cases[i].says));
    }
    for (n = 0; n < 17; n++) {
        headers[n].name = n == 15 ? "X-Extra" : "X-A";
        headers[n].value = n == 15 ? "the last" : "1";
    }
    call.header_count = 17;
    assert_non_null(strstr(refusal(world, &call), "at most 16"));
    call.header_count = 16;
    assert_null(refusal(world, &call));
    assert_string_equal(world->extra, "the last");
}

static void what_is_too_much_for_a_path_is_told(void **state)
{
    struct usher_zoho_value values[8];
    struct zoho_world *world = *state;
    struct usher_zoho_call call = {0};
    char big[17000];
    size_t i;

    for (i = 0; i < 8; i++) {
        values[i].name = i == 6 ? "id" : "other";
        values[i].value = "77";
    }
    call.operation = usher_zoho_operation_find("desk.get_call");
    call.path_values = values;
    call.path_value_count = 8;
    assert_non_null(strstr(refusal(world, &call), "too many values"));
    call.path_value_count = 7;
    assert_null(refusal(world, &call));
    assert_string_equal(world->path, "/api/v1/calls/77");
    memset(big, 'x', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    values[6].value = big;
    assert_non_null(strstr(refusal(world, &call), "too long"));
    call.path_value_count = 6; /* without the id */
    assert_string_equal(refusal(world, &call), "\"id\" is missing");
}

/* ---- What goes out ---- */

static void each_credential_can_be_chosen(void **state)
{
    static const struct {
        const char *name;
        const char *token; /* NULL: there is none of this name */
    } cases[] = {
        {"default", "1000.for.default"},
        {"salesiq", "1000.for.salesiq"},
        {"visitor", "1005.for.visitor"},
        {"desk", "1000.for.desk"},
        {NULL, "1000.for.desk"},
        {"", NULL},
        {"Desk", NULL},
        {"nobody", NULL},
    };
    struct zoho_world *world = *state;
    struct usher_zoho_call own = request("GET", "/api/v1/x");
    struct usher_zoho_call call = world_read();
    char wanted[64];
    size_t i;

    world_set(world, "OAUTH_ACCESS_TOKEN=1000.for.default");
    world_set(world, "SALESIQ_ACCESS_TOKEN=1000.for.salesiq");
    world_set(world, "SALESIQ_VISITOR_ACCESS_TOKEN=1005.for.visitor");
    world_set(world, "DESK_ACCESS_TOKEN=1000.for.desk");
    world_start(world);
    for (i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
        struct usher_zoho_call *one = i % 2 ? &own : &call;
        const char *token = cases[i / 2].token;
        const char *says;

        snprintf(world->valid, sizeof(world->valid), "%s", token ? token : "");
        one->credential = cases[i / 2].name;
        says = refusal(world, one);
        assert_int_equal(!says, token != NULL);
        if (says)
            assert_non_null(strstr(says, "is no credential"));
        snprintf(wanted, sizeof(wanted), "Zoho-oauthtoken %s", token);
        if (token)
            assert_string_equal(world->authorization, wanted);
    }
}

/* One that is not configured is none, and is told. */
static void a_credential_that_is_not_set_is_named(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = request("GET", "/api/v1/x");
    struct got got;

    call.credential = "desk";
    got = world_call(world, call);
    assert_int_equal(got.kind, USHER_KIND_TOKEN);
    assert_int_equal(world->calls, 0);
    call.credential = NULL;
    assert_true(world_call(world, call).ok);
}

/* Not even an empty one, which Desk takes for a wrong one. */
static void no_organisation_no_header(void **state)
{
    struct zoho_world *world = *state;
    struct accounts_peer zoho;

    world_set(world, "OAUTH_ACCESS_TOKEN=1000.good.one");
    accounts_peer_use(&zoho, world);
    world_start(world);
    assert_true(world_call(world, world_read()).ok);
    assert_string_equal(zoho.names, "Authorization Accept orgId ");
    world->settings.org_id[0] = '\0';
    world_reload(world);
    assert_true(world_call(world, world_read()).ok);
    assert_string_equal(zoho.names, "Authorization Accept ");
    assert_true(world_call(world, world_write()).ok);
    assert_string_equal(zoho.names, "Authorization Accept Content-Type ");
}

static void a_lost_answer_is_unclear_for_a_write_only(void **state)
{
    static const struct {
        const char *method;
        int is_read;
        enum usher_error_kind kind;
    } cases[] = {
        {"GET", 0, USHER_KIND_OFFLINE},     {"get", 0, USHER_KIND_OFFLINE},
        {"HEAD", 0, USHER_KIND_OFFLINE},    {"POST", 0, USHER_KIND_UNCLEAR},
        {"PUT", 0, USHER_KIND_UNCLEAR},     {"PATCH", 0, USHER_KIND_UNCLEAR},
        {"DELETE", 0, USHER_KIND_UNCLEAR},  {"POST", 1, USHER_KIND_OFFLINE},
        {"OPTIONS", 0, USHER_KIND_UNCLEAR},
    };
    struct zoho_world *world = *state;
    size_t i;

    world->api_drop = 1;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct usher_zoho_call call = request(cases[i].method, "/api/v1/x");

        call.is_read = cases[i].is_read;
        assert_int_equal(world_call(world, call).kind, cases[i].kind);
    }
}

/* An operation says itself what it is; its answer must be JSON. */
static void an_operation_wants_json(void **state)
{
    struct zoho_world *world = *state;

    world->api_body = "<html>";
    assert_int_equal(world_call(world, world_read()).kind, USHER_KIND_OFFLINE);
    assert_int_equal(world_call(world, world_write()).kind, USHER_KIND_UNCLEAR);
    assert_true(world_call(world, request("GET", "/api/v1/x")).ok);
}

/* ---- What is told ---- */

static void a_missing_scope_is_named(void **state)
{
    struct zoho_world *world = *state;

    world->api_status = 403;
    world->api_body = "{\"errorCode\":\"SCOPE_MISMATCH\"}";
    assert_non_null(strstr(world_call(world, world_write()).hint,
                           "needs: Desk.contacts.CREATE."));
    assert_non_null(strstr(world_call(world, request("GET", "/x")).hint,
                           "(see Zoho's API page)"));
    assert_int_equal(world->refreshes, 1); /* which would not help */
}

static void the_first_success_of_a_token_is_told_to_all(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call salesiq = {
        .operation = usher_zoho_operation_find("salesiq.operators")};

    world->changes[0] = '\0';
    world->api_status = 422;
    world->api_body = "{\"errorCode\":\"INVALID_DATA\"}";
    world_call(world, world_read());
    assert_string_equal(world->changes, ""); /* not by what failed */
    world->api_status = 0;
    world->api_body = NULL;
    world_call(world, world_read());
    assert_string_equal(world->changes, "default:works ");
    world_call(world, world_read());
    assert_string_equal(world->changes, "default:works ");
    world_call(world, salesiq);
    assert_string_equal(world->changes, "default:works default:works ");
    assert_int_equal(world_token(world, 0)->worked,
                     1U << USHER_ZOHO_DESK | 1U << USHER_ZOHO_SALESIQ);
}

struct seen {
    int events;
    struct usher_zoho_event last;
    char path[300];
};

static void on_event(void *user, const struct usher_zoho_event *event)
{
    struct seen *seen = user;

    seen->events++;
    seen->last = *event;
    snprintf(seen->path, sizeof(seen->path), "%s", event->path);
}

static void an_end_is_told_with_its_time(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_read();
    struct seen seen = {0};
    struct got got;

    usher_zoho_observe(world->zoho, on_event, &seen);
    world->api_hold = 1;
    world_send(world, &call, &got);
    world_settle(world);
    world_advance(world, 250);
    assert_int_equal(seen.events, 0);
    world_release(world);
    assert_int_equal(seen.events, 1);
    assert_int_equal(seen.last.elapsed_ms, 250);
    assert_int_equal(seen.last.service, USHER_ZOHO_DESK);
    assert_int_equal(seen.last.attempts, 1);
    assert_string_equal(seen.path, "/api/v1/departments");
    assert_int_equal(world_logged(world, "ms=250"), 1);
    world->api_hold = 0;
    usher_zoho_observe(world->zoho, NULL, NULL);
    assert_true(world_call(world, call).ok);
    assert_int_equal(seen.events, 1);
}

/* What the status was before there was no token any more. */
static void a_refusal_that_kills_says_both(void **state)
{
    struct zoho_world *world = *state;
    struct got got;

    world_set(world, "OAUTH_ACCESS_TOKEN=1000.stale.one");
    world_start(world);
    world->accounts_error = "invalid_code";
    got = world_call(world, world_write());
    assert_int_equal(got.kind, USHER_KIND_TOKEN);
    assert_int_equal(got.status, 401);
    assert_int_equal(got.attempts, 1);
    assert_non_null(strstr(got.message, "credential \"default\""));
    assert_non_null(strstr(got.message, "invalid_code"));
    assert_int_equal(world->calls, 1);
    got = world_call(world, world_write());
    assert_int_equal(got.status, 0); /* not even sent */
    assert_int_equal(got.attempts, 0);
    assert_int_equal(world->calls, 1);
    assert_int_equal(world->refreshes, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUNNING(a_request_has_a_method_and_a_path),
        RUNNING(a_request_goes_to_desk_or_salesiq),
        RUNNING(each_header_is_looked_at),
        RUNNING(what_is_too_much_for_a_path_is_told),
        WITH_WORLD(each_credential_can_be_chosen),
        RUNNING(a_credential_that_is_not_set_is_named),
        WITH_WORLD(no_organisation_no_header),
        RUNNING(a_lost_answer_is_unclear_for_a_write_only),
        RUNNING(an_operation_wants_json),
        RUNNING(a_missing_scope_is_named),
        RUNNING(the_first_success_of_a_token_is_told_to_all),
        RUNNING(an_end_is_told_with_its_time),
        WITH_WORLD(a_refusal_that_kills_says_both),
    };

    return cmocka_run_group_tests_name("zoho_call", tests, NULL, NULL);
}
