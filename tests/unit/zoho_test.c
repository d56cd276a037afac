/* tests/unit/zoho_test.c - calls to Zoho: requests and tokens, against a small
 * Zoho on the same loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "zoho_case.h"

/* ---- Requests ---- */

static void an_operation_becomes_its_request(void **state)
{
    static const struct usher_zoho_value id = {"id", "31/4"};
    struct zoho_world *world = *state;
    struct usher_zoho_call call = {0};
    struct got got;

    call.operation = usher_zoho_operation_find("salesiq.send_message");
    call.path_values = &id;
    call.path_value_count = 1;
    call.body = "{\"text\":\"hello\"}";
    call.body_len = strlen(call.body);
    world->api_body = "{\"data\":{\"id\":\"m1\"}}";
    got = world_call(world, call);
    assert_true(got.ok);
    assert_int_equal(got.status, 200);
    assert_string_equal(got.body, "{\"data\":{\"id\":\"m1\"}}");
    assert_string_equal(world->method, "POST");
    assert_string_equal(world->authorization, "Zoho-oauthtoken 1000.t1.x");
    assert_string_equal(world->content_type, "application/json");
    assert_string_equal(world->body, "{\"text\":\"hello\"}");
    assert_string_equal(world->org, ""); /* Desk's only */
    assert_non_null(strstr(world->path, "/api/visitor/v1/acme/conversations/"));
}

static void desk_gets_the_organisation(void **state)
{
    static const struct usher_zoho_value query = {"email", "a+b@example.com"};
    struct zoho_world *world = *state;
    struct usher_zoho_call call = {0};

    call.operation = usher_zoho_operation_find("desk.search_contacts");
    call.query = &query;
    call.query_count = 1;
    assert_true(world_call(world, call).ok);
    assert_string_equal(world->org, "700");
    assert_string_equal(world->path,
                        "/api/v1/contacts/search?email=a+b@example.com");
    call.operation = usher_zoho_operation_find("desk.organizations");
    call.query_count = 0;
    assert_true(world_call(world, call).ok);
    assert_string_equal(world->org, "");
}

static void a_request_of_its_own_goes_out_as_it_is(void **state)
{
    static const struct usher_header header = {"X-Extra", "yes"};
    struct zoho_world *world = *state;
    struct usher_zoho_call call = {0};

    call.service = USHER_ZOHO_DESK;
    call.method = "DELETE";
    call.path = "/api/v1/things/7?a=b";
    call.headers = &header;
    call.header_count = 1;
    assert_true(world_call(world, call).ok);
    assert_string_equal(world->method, "DELETE");
    assert_string_equal(world->path, "/api/v1/things/7");
    assert_string_equal(world->extra, "yes");
    assert_string_equal(world->org, "700");
}

static void misuse_is_told_at_once(void **state)
{
    static const struct usher_header authorization = {"authorization", "x"};
    static const struct usher_header split = {"X-A", "b\r\nX-C: d"};
    struct zoho_world *world = *state;
    struct usher_zoho_call call = {0};
    struct usher_error error;
    int step;

    for (step = 0; step < 7; step++) {
        memset(&call, 0, sizeof(call));
        call.service = USHER_ZOHO_DESK;
        call.method = "GET";
        call.path = "/x";
        if (step == 0)
            call.operation = usher_zoho_operation_find("desk.get_call");
        else if (step == 1)
            call.path = "https://evil.example.com/";
        else if (step == 2)
            call.path = "/a b";
        else if (step == 3)
            call.credential = "nobody";
        else if (step == 4)
            call.headers = &authorization;
        else if (step == 5)
            call.headers = &split;
        else
            call.service = USHER_ZOHO_ACCOUNTS;
        call.header_count = call.headers ? 1 : 0;
        error.text[0] = '\0';
        assert_int_equal(usher_zoho_send(world->zoho, &call, world_got, NULL,
                                         NULL, &error),
                         USHER_ERR_INVALID);
        assert_true(error.text[0] != '\0');
    }
    world_settle(world);
    assert_int_equal(world->calls, 0);
    assert_int_equal(usher_zoho_pending(world->zoho), 0);
}

static void without_a_screen_name_the_setting_is_named(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = {0};
    struct got got;

    world->settings.screen_name[0] = '\0';
    world_reload(world);
    call.operation = usher_zoho_operation_find("salesiq.operators");
    got = world_call(world, call);
    assert_int_equal(got.kind, USHER_KIND_INVALID);
    assert_non_null(strstr(got.message, "SALESIQ_SCREEN_NAME"));
    assert_int_equal(world->calls, 0);
}

static void no_content_is_an_empty_result(void **state)
{
    struct zoho_world *world = *state;
    struct got got;

    world->api_status = 204;
    world->api_body = "";
    got = world_call(world, world_read());
    assert_true(got.ok);
    assert_int_equal(got.status, 204);
    assert_string_equal(got.body, "");
}

/* ---- Tokens ---- */

static void a_stale_token_is_renewed_and_the_call_repeated(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = {0};
    struct got got;

    world_set(world, "OAUTH_ACCESS_TOKEN=1000.stale.one");
    world_start(world);
    call.operation = usher_zoho_operation_find("salesiq.close_conversation");
    call.path_values = &(struct usher_zoho_value){"id", "31"};
    call.path_value_count = 1;
    got = world_call(world, call);
    assert_true(got.ok);
    assert_int_equal(got.attempts, 2);
    assert_int_equal(world->calls, 2);
    assert_int_equal(world->refreshes, 1);
    assert_string_equal(world->authorization, "Zoho-oauthtoken 1000.t1.x");
}

static void many_refused_calls_share_one_refresh(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_write();
    struct got got[30];
    size_t i;

    world_set(world, "OAUTH_ACCESS_TOKEN=1000.stale.one");
    world_start(world);
    for (i = 0; i < 30; i++)
        world_send(world, &call, &got[i]);
    for (i = 0; i < 5; i++)
        world_settle(world);
    for (i = 0; i < 30; i++)
        assert_true(got[i].ok);
    assert_int_equal(world->refreshes, 1);
}

static void a_token_past_its_end_is_not_tried(void **state)
{
    struct zoho_world *world = *state;

    /* The refresh before its end fails, and so the end comes. */
    world->accounts_drop = 1;
    world_advance(world, 3600 * 1000);
    world->accounts_drop = 0;
    world_advance(world, 60 * 1000);
    world->calls = 0;
    assert_int_equal(world_call(world, world_read()).attempts, 1);
    assert_int_equal(world->calls, 1);
}

static void a_dead_credential_fails_without_a_call(void **state)
{
    struct zoho_world *world = *state;
    struct got got;

    world->accounts_error = "invalid_code";
    world_start(world);
    got = world_call(world, world_write());
    assert_int_equal(got.kind, USHER_KIND_TOKEN);
    assert_non_null(strstr(got.message, "invalid_code"));
    assert_non_null(strstr(got.hint, "OAUTH_REFRESH_TOKEN"));
    assert_int_equal(world->calls, 0);
    world->accounts_error = NULL;
    world_set(world, "OAUTH_REFRESH_TOKEN=1000.refresh.two");
    world_reload(world);
    assert_true(world_call(world, world_write()).ok);
}

static void a_throttled_credential_says_when(void **state)
{
    struct zoho_world *world = *state;
    struct got got;

    world->accounts_error = "Access Denied";
    world->accounts_status = 400;
    world_start(world);
    got = world_call(world, world_write());
    assert_int_equal(got.kind, USHER_KIND_RATE_LIMITED);
    assert_int_equal(got.retry_after_s, 600);
}

static void no_credential_at_all_is_named(void **state)
{
    struct zoho_world *world = *state;
    struct got got;

    memset(world->environment, 0, sizeof(world->environment));
    world_start(world);
    got = world_call(world, world_write());
    assert_int_equal(got.kind, USHER_KIND_TOKEN);
    assert_non_null(strstr(got.hint, "OAUTH_REFRESH_TOKEN"));
}

static void a_fresh_token_that_is_refused_ends_it(void **state)
{
    struct zoho_world *world = *state;
    struct got got;
    int i;

    world_set(world, "OAUTH_ACCESS_TOKEN=1000.stale.one");
    world_start(world);
    world->refuse_all = 1;
    got = world_call(world, world_write());
    assert_int_equal(got.kind, USHER_KIND_TOKEN);
    assert_int_equal(got.attempts, 2);
    assert_non_null(strstr(got.message, "just made"));
    for (i = 0; i < 5; i++)
        assert_int_equal(world_call(world, world_write()).attempts, 1);
    assert_int_equal(world->refreshes, 1);
    world->refuse_all = 0; /* Zoho was late to know its own token */
    assert_true(world_call(world, world_write()).ok);
    world_settle(world);
    assert_int_equal(world_token(world, 0)->state, USHER_CREDENTIAL_ALIVE);
}

static void the_visitor_api_takes_its_own_token(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = {0};
    struct got got;

    world_set(world, "OAUTH_ACCESS_TOKEN=1000.user.one");
    world_set(world, "SALESIQ_VISITOR_ACCESS_TOKEN=1005.org.one");
    world_start(world);
    call.operation = usher_zoho_operation_find("salesiq.open_conversation");
    call.body = "{}";
    call.body_len = 2;
    strcpy(world->valid, "1005.org.one");
    world->api_status = 400;
    world->api_body =
        "{\"error\":{\"code\":1009,\"message\":\"Invalid OAuthScope\"}}";
    got = world_call(world, call);
    assert_string_equal(world->authorization, "Zoho-oauthtoken 1005.org.one");
    assert_int_equal(got.kind, USHER_KIND_SCOPE);
    assert_non_null(strstr(got.hint, "SALESIQ_VISITOR_REFRESH_TOKEN"));
    assert_int_equal(world->refreshes, 0); /* never helps */
}

struct seen {
    int events;
    char text[256];
};

static void on_event(void *user, const struct usher_zoho_event *event)
{
    struct seen *seen = user;

    seen->events++;
    snprintf(seen->text, sizeof(seen->text), "%s %s %s %u %s %u",
             event->operation, event->method, event->path, event->status,
             usher_error_kind_text(event->kind), event->attempts);
}

static void an_observer_sees_each_call_without_its_query(void **state)
{
    static const struct usher_zoho_value query = {"email", "a@example.com"};
    struct zoho_world *world = *state;
    struct usher_zoho_call call = {0};
    struct seen seen = {0};

    usher_zoho_observe(world->zoho, on_event, &seen);
    call.operation = usher_zoho_operation_find("desk.search_contacts");
    call.query = &query;
    call.query_count = 1;
    world_call(world, call);
    assert_string_equal(seen.text, "desk.search_contacts GET "
                                   "/api/v1/contacts/search 200 none 1");
    world->api_status = 404;
    world->api_body = "{\"errorCode\":\"URL_NOT_FOUND\"}";
    memset(&call, 0, sizeof(call));
    call.service = USHER_ZOHO_DESK;
    call.method = "GET";
    call.path = "/api/v1/calls/9?x=1";
    world_call(world, call);
    assert_string_equal(seen.text,
                        "request GET /api/v1/calls/9 404 not_found 1");
    assert_int_equal(seen.events, 2);
}

/* ---- Settings ---- */

static void settings_come_from_the_config(void **state)
{
    char *environment[] = {(char *)(uintptr_t) "ZOHO_DC=eu",
                           (char *)(uintptr_t) "SALESIQ_SCREEN_NAME=acme",
                           (char *)(uintptr_t) "DESK_ORG_ID=700",
                           (char *)(uintptr_t) "DESK_URL=http://127.0.0.1:9",
                           NULL};
    struct usher_config_source source = {0};
    struct usher_zoho_settings settings;
    struct usher_config *config;

    (void)state;
    source.environ = environment;
    assert_int_equal(usher_config_load(&source, &config, NULL), USHER_OK);
    assert_int_equal(usher_zoho_settings_load(config, &settings, NULL),
                     USHER_OK);
    usher_config_release(config);
    assert_string_equal(settings.hosts.base[USHER_ZOHO_SALESIQ],
                        "https://salesiq.zoho.eu");
    assert_string_equal(settings.screen_name, "acme");
    assert_string_equal(settings.org_id, "700");
    assert_int_equal(settings.concurrency[USHER_ZOHO_SALESIQ], 32);
    assert_int_equal(settings.concurrency[USHER_ZOHO_DESK], 0); /* loopback */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUNNING(an_operation_becomes_its_request),
        RUNNING(desk_gets_the_organisation),
        RUNNING(a_request_of_its_own_goes_out_as_it_is),
        RUNNING(misuse_is_told_at_once),
        RUNNING(without_a_screen_name_the_setting_is_named),
        RUNNING(no_content_is_an_empty_result),
        WITH_WORLD(a_stale_token_is_renewed_and_the_call_repeated),
        WITH_WORLD(many_refused_calls_share_one_refresh),
        RUNNING(a_token_past_its_end_is_not_tried),
        WITH_WORLD(a_dead_credential_fails_without_a_call),
        WITH_WORLD(a_throttled_credential_says_when),
        WITH_WORLD(no_credential_at_all_is_named),
        WITH_WORLD(a_fresh_token_that_is_refused_ends_it),
        WITH_WORLD(the_visitor_api_takes_its_own_token),
        RUNNING(an_observer_sees_each_call_without_its_query),
        cmocka_unit_test(settings_come_from_the_config),
    };

    return cmocka_run_group_tests_name("zoho", tests, NULL, NULL);
}
