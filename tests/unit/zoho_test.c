/* tests/unit/zoho_test.c - calls to Zoho: tokens, repeats, limits, deadlines,
 * against a small Zoho on the same loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "zoho_world.h"

struct got {
    int answers;
    int ok;
    unsigned status;
    char body[256];
    enum usher_error_kind kind;
    char message[256];
    char hint[384];
    char field[96];
    int64_t retry_after_s;
    unsigned attempts;
};

static void on_result(void *user, const struct usher_zoho_result *result)
{
    struct got *got = user;

    got->answers++;
    got->ok = result->ok;
    got->status = result->status;
    got->attempts = result->attempts;
    snprintf(got->body, sizeof(got->body), "%s", result->body);
    assert_int_equal(strlen(result->body), result->body_len);
    assert_int_equal(result->ok, result->error == NULL);
    if (!result->error)
        return;
    got->kind = result->error->kind;
    got->retry_after_s = result->error->retry_after_s;
    snprintf(got->message, sizeof(got->message), "%s", result->error->message);
    snprintf(got->hint, sizeof(got->hint), "%s", result->error->hint);
    snprintf(got->field, sizeof(got->field), "%s", result->error->field);
}

static int make_world(void **state)
{
    struct zoho_world *world = zoho_world_new();

    world_set(world, "OAUTH_REFRESH_TOKEN=1000.refresh.one");
    world_set(world, "OAUTH_CLIENT_ID=1000.CLIENT");
    world_set(world, "OAUTH_CLIENT_SECRET=client-secret");
    *state = world;
    return 0;
}

/* With a good token already there. */
static int make_running(void **state)
{
    make_world(state);
    world_start(*state);
    return 0;
}

static int drop_world(void **state)
{
    zoho_world_free(*state);
    return 0;
}

static struct usher_zoho_call write_call(void)
{
    static const char body[] = "{\"lastName\":\"Rao\"}";
    struct usher_zoho_call call = {0};

    call.operation = usher_zoho_operation_find("desk.create_contact");
    call.body = body;
    call.body_len = sizeof(body) - 1;
    return call;
}

static struct usher_zoho_call read_call(void)
{
    struct usher_zoho_call call = {0};

    call.operation = usher_zoho_operation_find("desk.departments");
    return call;
}

static void start(struct zoho_world *world, const struct usher_zoho_call *call,
                  struct got *got)
{
    memset(got, 0, sizeof(*got));
    assert_int_equal(usher_zoho_send(world->zoho, call, on_result, got, NULL,
                                     NULL),
                     USHER_OK);
    assert_int_equal(got->answers, 0); /* never from inside */
}

static struct got run(struct zoho_world *world, struct usher_zoho_call call)
{
    struct got got;

    start(world, &call, &got);
    world_settle(world);
    assert_int_equal(got.answers, 1);
    return got;
}

static int64_t in_ms(struct zoho_world *world, int64_t ms)
{
    return usher_clock_steady_ms(&world->time.clock) + ms;
}

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
    got = run(world, call);
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
    assert_true(run(world, call).ok);
    assert_string_equal(world->org, "700");
    assert_string_equal(world->path,
                        "/api/v1/contacts/search?email=a+b@example.com");
    call.operation = usher_zoho_operation_find("desk.organizations");
    call.query_count = 0;
    assert_true(run(world, call).ok);
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
    assert_true(run(world, call).ok);
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
        assert_int_equal(usher_zoho_send(world->zoho, &call, on_result, NULL,
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
    usher_zoho_apply(world->zoho, &world->settings);
    call.operation = usher_zoho_operation_find("salesiq.operators");
    got = run(world, call);
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
    got = run(world, read_call());
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
    got = run(world, call);
    assert_true(got.ok);
    assert_int_equal(got.attempts, 2);
    assert_int_equal(world->calls, 2);
    assert_int_equal(world->refreshes, 1);
    assert_string_equal(world->authorization, "Zoho-oauthtoken 1000.t1.x");
}

static void many_refused_calls_share_one_refresh(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = write_call();
    struct got got[30];
    size_t i;

    world_set(world, "OAUTH_ACCESS_TOKEN=1000.stale.one");
    world_start(world);
    for (i = 0; i < 30; i++)
        start(world, &call, &got[i]);
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
    assert_int_equal(run(world, read_call()).attempts, 1);
    assert_int_equal(world->calls, 1);
}

static void a_dead_credential_fails_without_a_call(void **state)
{
    struct zoho_world *world = *state;
    struct got got;

    world->accounts_error = "invalid_code";
    world_start(world);
    got = run(world, write_call());
    assert_int_equal(got.kind, USHER_KIND_TOKEN);
    assert_non_null(strstr(got.message, "invalid_code"));
    assert_non_null(strstr(got.hint, "OAUTH_REFRESH_TOKEN"));
    assert_int_equal(world->calls, 0);
    world->accounts_error = NULL;
    world_set(world, "OAUTH_REFRESH_TOKEN=1000.refresh.two");
    world_reload(world);
    assert_true(run(world, write_call()).ok);
}

static void a_throttled_credential_says_when(void **state)
{
    struct zoho_world *world = *state;
    struct got got;

    world->accounts_error = "Access Denied";
    world->accounts_status = 400;
    world_start(world);
    got = run(world, write_call());
    assert_int_equal(got.kind, USHER_KIND_RATE_LIMITED);
    assert_int_equal(got.retry_after_s, 600);
}

static void no_credential_at_all_is_named(void **state)
{
    struct zoho_world *world = *state;
    struct got got;

    memset(world->environment, 0, sizeof(world->environment));
    world_start(world);
    got = run(world, write_call());
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
    got = run(world, write_call());
    assert_int_equal(got.kind, USHER_KIND_TOKEN);
    assert_int_equal(got.attempts, 2);
    assert_non_null(strstr(got.message, "just made"));
    for (i = 0; i < 5; i++)
        assert_int_equal(run(world, write_call()).attempts, 1);
    assert_int_equal(world->refreshes, 1);
    world->refuse_all = 0; /* Zoho was late to know its own token */
    assert_true(run(world, write_call()).ok);
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
    got = run(world, call);
    assert_string_equal(world->authorization, "Zoho-oauthtoken 1005.org.one");
    assert_int_equal(got.kind, USHER_KIND_SCOPE);
    assert_non_null(strstr(got.hint, "SALESIQ_VISITOR_REFRESH_TOKEN"));
    assert_int_equal(world->refreshes, 0); /* never helps */
}

/* ---- Errors, deadlines ---- */

static void zohos_complaint_comes_through(void **state)
{
    struct zoho_world *world = *state;
    struct got got;

    world->api_status = 422;
    world->api_body = "{\"errorCode\":\"INVALID_DATA\",\"message\":\"no\","
                      "\"errors\":[{\"fieldName\":\"/lastName\","
                      "\"errorType\":\"invalid\"}]}";
    got = run(world, write_call());
    assert_int_equal(got.kind, USHER_KIND_INVALID);
    assert_int_equal(got.status, 422);
    assert_string_equal(got.field, "lastName");
    assert_string_equal(got.body, world->api_body);
    assert_int_equal(world_logged(world, "call failed"), 1);
    assert_int_equal(world_logged(world, "desk.create_contact"), 1);
}

static void a_lost_write_is_unclear_and_not_repeated(void **state)
{
    struct zoho_world *world = *state;

    world->api_drop = 1;
    assert_int_equal(run(world, write_call()).kind, USHER_KIND_UNCLEAR);
    assert_int_equal(world->calls, 1);
    assert_int_equal(run(world, read_call()).kind, USHER_KIND_OFFLINE);
}

static void a_deadline_ends_a_read_and_leaves_a_write_unclear(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call write = write_call();
    struct usher_zoho_call read = read_call();
    struct got wrote;
    struct got looked;

    world->api_hold = 1;
    write.deadline_ms = read.deadline_ms = in_ms(world, 3500);
    start(world, &write, &wrote);
    start(world, &read, &looked);
    world_settle(world);
    assert_int_equal(world->held_count, 2);
    world_advance(world, 3499);
    assert_int_equal(wrote.answers + looked.answers, 0);
    world_advance(world, 2);
    assert_int_equal(wrote.kind, USHER_KIND_UNCLEAR);
    assert_int_equal(looked.kind, USHER_KIND_DEADLINE);
}

static void a_call_without_a_deadline_times_out(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = read_call();
    struct got got;

    world->api_hold = 1;
    start(world, &call, &got);
    world_settle(world);
    world_advance(world, 30001);
    assert_int_equal(got.kind, USHER_KIND_TIMEOUT);
}

static void a_deadline_that_is_over_sends_nothing(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = write_call();
    struct got got;

    world_advance(world, 1000);
    call.deadline_ms = in_ms(world, 0);
    got = run(world, call);
    assert_int_equal(got.kind, USHER_KIND_DEADLINE);
    assert_int_equal(got.attempts, 0);
    assert_int_equal(world->calls, 0);
}

static void a_refresh_that_hangs_meets_the_deadline(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = write_call();
    struct got got;

    world_set(world, "OAUTH_ACCESS_TOKEN=1000.stale.one");
    world_start(world);
    world->accounts_hold = 1;
    call.deadline_ms = in_ms(world, 3500);
    start(world, &call, &got);
    world_settle(world);
    world_advance(world, 3501);
    assert_int_equal(got.kind, USHER_KIND_DEADLINE); /* refused: not done */
    world_release(world);
    assert_int_equal(got.answers, 1);
    assert_int_equal(world->calls, 1);
}

/* ---- How many at once ---- */

static void calls_wait_for_a_slot_in_order(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = read_call();
    struct got got[6];
    size_t i;

    usher_gate_limit(world->gate, USHER_ZOHO_DESK, 2);
    world->api_hold = 1;
    for (i = 0; i < 6; i++)
        start(world, &call, &got[i]);
    world_settle(world);
    assert_int_equal(world->held_count, 2);
    assert_int_equal(usher_gate_waiting(world->gate, USHER_ZOHO_DESK), 4);
    world_release(world);
    assert_int_equal(got[0].answers + got[1].answers, 2);
    assert_int_equal(world->held_count, 2);
    world_release(world);
    assert_int_equal(got[2].answers + got[3].answers, 2);
    assert_int_equal(got[4].answers + got[5].answers, 0);
    world_release(world);
    assert_int_equal(world->calls, 6);
    assert_int_equal(usher_gate_waiting(world->gate, USHER_ZOHO_DESK), 0);
}

static void a_full_queue_refuses(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = read_call();
    struct got got[10];
    size_t i;

    usher_gate_limit(world->gate, USHER_ZOHO_DESK, 1);
    world->api_hold = 1;
    for (i = 0; i < 10; i++)
        start(world, &call, &got[i]);
    world_settle(world);
    assert_int_equal(got[8].answers, 0);
    assert_int_equal(got[9].kind, USHER_KIND_RATE_LIMITED);
    assert_non_null(strstr(got[9].hint, "ZOHO_CONCURRENCY"));
    world->api_hold = 0;
    for (i = 0; i < 10; i++)
        world_release(world);
    for (i = 0; i < 9; i++)
        assert_true(got[i].ok);
}

static void a_waiting_call_gives_up_its_place_at_the_deadline(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = read_call();
    struct got first;
    struct got second;

    usher_gate_limit(world->gate, USHER_ZOHO_DESK, 1);
    world->api_hold = 1;
    start(world, &call, &first);
    call.deadline_ms = in_ms(world, 1000);
    start(world, &call, &second);
    world_settle(world);
    world_advance(world, 1001);
    assert_int_equal(second.kind, USHER_KIND_DEADLINE);
    assert_int_equal(second.attempts, 0);
    assert_int_equal(usher_gate_waiting(world->gate, USHER_ZOHO_DESK), 0);
    world_release(world);
    assert_true(first.ok);
}

static void salesiq_does_not_wait_for_desk(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call desk = read_call();
    struct usher_zoho_call salesiq = {0};
    struct got got;
    struct got other;

    usher_gate_limit(world->gate, USHER_ZOHO_DESK, 1);
    world->api_hold = 1;
    start(world, &desk, &got);
    world_settle(world);
    world->api_hold = 0;
    salesiq.operation = usher_zoho_operation_find("salesiq.operators");
    start(world, &salesiq, &other);
    world_settle(world);
    assert_true(other.ok);
    world_release(world);
    assert_true(got.ok);
}

static void a_busy_zoho_is_asked_again_when_reading(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = read_call();
    struct got got;
    int i;

    world->busy = 2;
    start(world, &call, &got);
    world_settle(world);
    assert_int_equal(got.answers, 0);
    for (i = 0; i < 10 && !got.answers; i++)
        world_advance(world, 200);
    assert_true(got.ok);
    assert_int_equal(got.attempts, 3);
    world->busy = 1;
    got = run(world, write_call());
    assert_int_equal(got.kind, USHER_KIND_RATE_LIMITED);
    assert_int_equal(got.attempts, 1);
}

static void busy_for_too_long_is_told(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = read_call();
    struct got got;
    int i;

    world->busy = 100;
    start(world, &call, &got);
    for (i = 0; i < 20 && !got.answers; i++)
        world_advance(world, 200);
    assert_int_equal(got.kind, USHER_KIND_RATE_LIMITED);
    assert_int_equal(got.attempts, 4);
}

/* ---- Ends ---- */

static void a_cancelled_call_is_silent(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = read_call();
    struct usher_zoho_job *job[4];
    struct got got = {0};
    size_t i;

    /* One sent, one in the queue, one that waits for a token, one failed. */
    usher_gate_limit(world->gate, USHER_ZOHO_DESK, 1);
    world->api_hold = 1;
    for (i = 0; i < 2; i++)
        assert_int_equal(usher_zoho_send(world->zoho, &call, on_result, &got,
                                         &job[i], NULL),
                         USHER_OK);
    world_settle(world);
    for (i = 0; i < 2; i++)
        usher_zoho_cancel(job[i]);
    assert_int_equal(usher_zoho_pending(world->zoho), 0);
    world->api_hold = 0;
    world_release(world);
    call.deadline_ms = in_ms(world, 0);
    assert_int_equal(usher_zoho_send(world->zoho, &call, on_result, &got,
                                     &job[3], NULL),
                     USHER_OK);
    usher_zoho_cancel(job[3]);
    call.deadline_ms = 0;
    world->refuse_all = 1;
    world->accounts_hold = 1;
    assert_int_equal(usher_zoho_send(world->zoho, &call, on_result, &got,
                                     &job[2], NULL),
                     USHER_OK);
    world_settle(world);
    assert_int_equal(world->refreshes, 2);
    usher_zoho_cancel(job[2]);
    world_release(world);
    assert_int_equal(got.answers, 0);
    world->refuse_all = 0;
    assert_true(run(world, read_call()).ok); /* no slot was lost */
}

static void the_end_of_the_client_is_silent(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = read_call();
    struct got got[4];
    size_t i;

    usher_gate_limit(world->gate, USHER_ZOHO_DESK, 2);
    world->api_hold = 1;
    for (i = 0; i < 4; i++)
        start(world, &call, &got[i]);
    world_settle(world);
    world_stop(world);
    world->api_hold = 0;
    world_release(world);
    for (i = 0; i < 4; i++)
        assert_int_equal(got[i].answers, 0);
    assert_int_equal(usher_gate_waiting(world->gate, USHER_ZOHO_DESK), 0);
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
    run(world, call);
    assert_string_equal(seen.text, "desk.search_contacts GET "
                                   "/api/v1/contacts/search 200 none 1");
    world->api_status = 404;
    world->api_body = "{\"errorCode\":\"URL_NOT_FOUND\"}";
    memset(&call, 0, sizeof(call));
    call.service = USHER_ZOHO_DESK;
    call.method = "GET";
    call.path = "/api/v1/calls/9?x=1";
    run(world, call);
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

#define WITH_WORLD(test) \
    cmocka_unit_test_setup_teardown(test, make_world, drop_world)
#define RUNNING(test) \
    cmocka_unit_test_setup_teardown(test, make_running, drop_world)

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
        RUNNING(zohos_complaint_comes_through),
        RUNNING(a_lost_write_is_unclear_and_not_repeated),
        RUNNING(a_deadline_ends_a_read_and_leaves_a_write_unclear),
        RUNNING(a_call_without_a_deadline_times_out),
        RUNNING(a_deadline_that_is_over_sends_nothing),
        WITH_WORLD(a_refresh_that_hangs_meets_the_deadline),
        RUNNING(calls_wait_for_a_slot_in_order),
        RUNNING(a_full_queue_refuses),
        RUNNING(a_waiting_call_gives_up_its_place_at_the_deadline),
        RUNNING(salesiq_does_not_wait_for_desk),
        RUNNING(a_busy_zoho_is_asked_again_when_reading),
        RUNNING(busy_for_too_long_is_told),
        RUNNING(a_cancelled_call_is_silent),
        RUNNING(the_end_of_the_client_is_silent),
        RUNNING(an_observer_sees_each_call_without_its_query),
        cmocka_unit_test(settings_come_from_the_config),
    };

    return cmocka_run_group_tests_name("zoho", tests, NULL, NULL);
}
