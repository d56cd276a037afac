/* tests/unit/bind_zoho_test.c - zoho and token for flows, against the fake
 * Zoho of zoho_world.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>

#include "bind_world.h"
#include "fail_alloc.h"

static const char *const settings[] = {"DESK_DEPARTMENT_ID=6907",
                                       "SALESIQ_APP_ID=12001",
                                       "SALESIQ_DEPARTMENT_ID=2013", NULL};

static int setup(void **state)
{
    *state = bind_world_new(settings);
    return 0;
}

static int setup_without_ids(void **state)
{
    *state = bind_world_new(NULL);
    return 0;
}

static int teardown(void **state)
{
    bind_world_free(*state);
    return 0;
}

#define CALL                                                          \
    "zoho.desk.create_call { contactId = 310000000009001, subject = " \
    "'Call back', startTime = 1774515600, status = 'Scheduled', "     \
    "direction = 'outbound', duration = 0 }"

/* ---- operations ---- */

static void a_write_takes_numbers_times_and_known_ids(void **state)
{
    struct bind_world *world = *state;

    world->zoho->api_body = "{\"id\":\"77\",\"ticket\":null}";
    bind_run(world, "local call, err = " CALL "\n"
                    "assert(err == nil and call.id == '77', err and "
                    "err.message)");
    assert_string_equal(world->zoho->method, "POST");
    assert_string_equal(world->zoho->path, "/api/v1/calls");
    assert_non_null(strstr(world->zoho->body, "\"departmentId\":\"6907\""));
    assert_non_null(
        strstr(world->zoho->body, "\"contactId\":\"310000000009001\""));
    assert_non_null(strstr(world->zoho->body,
                           "\"startTime\":\"2026-03-26T09:00:00.000Z\""));
    assert_string_equal(world->zoho->org, "700");
    assert_string_equal(world->effect, "zoho.desk.create_call");
    assert_string_equal(world->target, "desk.create_call");
    assert_int_equal(world->flags, USHER_EFFECT_WRITE);
    assert_int_equal(world->outcome, USHER_OUTCOME_DONE);
}

static void path_values_leave_the_body(void **state)
{
    struct bind_world *world = *state;

    bind_run(world, "assert(zoho.desk.update_call { id = 42, subject = 'x' })");
    assert_string_equal(world->zoho->method, "PATCH");
    assert_string_equal(world->zoho->path, "/api/v1/calls/42");
    assert_string_equal(world->zoho->body, "{\"subject\":\"x\"}");
    assert_string_equal(world->target, "desk.update_call 42");
    bind_run(world, "assert(zoho.desk.get_contact { id = '9' }.id == '1')");
    assert_string_equal(world->zoho->path, "/api/v1/contacts/9");
    assert_int_equal(world->flags, 0);
}

static void lists_come_without_their_envelope(void **state)
{
    static const char code[] =
        "local people, err = zoho.desk.search_contacts { email = 'a@b.c', "
        "limit = 5 }\n"
        "assert(err == nil and #people == 2 and people[2].id == '2')";
    struct bind_world *world = *state;

    world->zoho->api_body =
        "{\"data\":[{\"id\":\"1\"},{\"id\":\"2\"}],\"count\":2}";
    bind_run(world, code);
    assert_string_equal(world->zoho->path,
                        "/api/v1/contacts/search?email=a@b.c");
    bind_replay(world, code);
    assert_int_equal(world->zoho->calls, 1);
    world->zoho->api_status = 204;
    world->zoho->api_body = "";
    bind_run(world, "assert(#zoho.desk.list_calls() == 0)");
}

static void salesiq_answers_come_without_their_envelope(void **state)
{
    struct bind_world *world = *state;

    world->zoho->api_body =
        "{\"url\":\"/x\",\"object\":\"list\",\"data\":{\"id\":\"5\"}}";
    bind_run(world, "local c = assert(zoho.salesiq.open_conversation { question"
                    " = 'Help', visitor = { user_id = 'v1' } })\n"
                    "assert(c.id == '5')");
    assert_string_equal(world->zoho->path,
                        "/api/visitor/v1/acme/conversations");
    assert_non_null(strstr(world->zoho->body, "\"app_id\":\"12001\""));
    assert_non_null(strstr(world->zoho->body, "\"department_id\":\"2013\""));
    bind_run(world, "assert(zoho.salesiq.close_conversation { id = '5' })");
    assert_string_equal(world->zoho->body, "");
}

static void what_the_world_causes_is_an_error_table(void **state)
{
    struct bind_world *world = *state;

    world->zoho->api_status = 422;
    world->zoho->api_body =
        "{\"errorCode\":\"INVALID_DATA\",\"message\":\"bad\",\"errors\":[{"
        "\"fieldName\":\"/contactId\",\"errorType\":\"invalid\"}]}";
    bind_run(world, "local call, err = " CALL "\n"
                    "assert(call == nil and err.kind == 'invalid')\n"
                    "assert(err.field == 'contactId' and err.status == 422)\n"
                    "assert(err.code == 'INVALID_DATA' and err.message)");
    assert_int_equal(world->outcome, USHER_OUTCOME_FAILED);
    world->zoho->api_drop = 1;
    bind_run(world, "local call, err = " CALL "\n"
                    "assert(call == nil and err.kind == 'unclear')\n"
                    "assert(err.at == clock.now())");
    assert_int_equal(world->outcome, USHER_OUTCOME_UNCLEAR);
    bind_run(world, "local call, err = zoho.desk.get_call { id = '1' }\n"
                    "assert(call == nil and err.kind == 'offline')\n"
                    "assert(err.at == nil)");
}

static void broken_json_is_no_success(void **state)
{
    struct bind_world *world = *state;

    world->zoho->api_body = "{\"id\":";
    bind_run(world, "local call, err = " CALL "\n"
                    "assert(call == nil and err.kind == 'unclear')");
    assert_int_equal(world->outcome, USHER_OUTCOME_UNCLEAR);
    bind_run(world, "local call, err = zoho.desk.get_call { id = '1' }\n"
                    "assert(call == nil and err.kind == 'offline')");
}

static void misuse_raises_and_names_the_field(void **state)
{
    static const struct {
        const char *code, *part;
    } cases[] = {
        {"zoho.desk.create_call(5)", "takes a table of names and values"},
        {"zoho.desk.create_call {}", "\"contactId\" is missing"},
        {"zoho.desk.create_call { 1 }", "must be a table of names"},
        {"zoho.desk.create_call { subjekt = 'x' }", "is missing"},
        {"zoho.desk.update_call { id = 1, subjekt = 'x' }",
         "\"subjekt\" is no field of desk.update_call"},
        {"zoho.desk.update_call { subject = 'x' }", "\"id\" is missing"},
        {"zoho.desk.update_call { id = {}, subject = 'x' }", ""},
        {"zoho.desk.get_call()", "\"id\" is missing"},
        {"zoho.desk.get_call { id = '' }", "\"id\" is missing"},
        {"zoho.desk.get_call { id = '1', x = 1 }", "\"x\" is no parameter"},
        {"zoho.desk.list_calls { limit = 'x' }", "whole number"},
        {"zoho.desk.list_calls { limit = { a = 1 } }", "\"limit\" must be"},
        {"zoho.desk.list_calls { fields = 'a\\0b' }", "\"fields\" must be"},
        {"zoho.desk.update_call { id = 1, subject = pairs }",
         "the argument.subject: a function cannot be kept"},
        {"zoho.desk.update_call { id = 1, startTime = 1e300 }", "startTime"},
        {"zoho.desk.update_call { id = 1, subject = 0/0 }", ""},
        {"zoho.desk.no_such()", "no_such"},
        {"zoho.desk.get_call = 1", "read-only"},
        {"zoho.desk = 1", "read-only"},
    };
    struct bind_world *world = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        bind_raises(world, cases[i].code, cases[i].part);
    assert_int_equal(world->zoho->calls, 0);
}

/* No misuse: what is set may be another thing when the flow is replayed. */
static void an_id_that_no_setting_knows_is_named(void **state)
{
    static const char code[] =
        "local call, err = " CALL "\n"
        "assert(call == nil and err.kind == 'invalid')\n"
        "assert(err.message == '\"departmentId\" is missing: give it, or set "
        "DESK_DEPARTMENT_ID')";
    struct bind_world *world = *state;

    bind_run(world, code);
    assert_int_equal(world->zoho->calls, 0);
    assert_int_equal(world->outcome, USHER_OUTCOME_FAILED);
    bind_replay(world, code);
}

/* ---- zoho.request ---- */

static void requests_of_ones_own_go_the_same_way(void **state)
{
    struct bind_world *world = *state;

    world->zoho->api_body = "{\"data\":[1]}";
    bind_run(world, "local a = assert(zoho.request { service = 'desk', path = "
                    "'/api/v1/agents', query = { email = 'x y' } })\n"
                    "assert(a.status == 200 and a.json.data[1] == 1)");
    assert_string_equal(world->zoho->path, "/api/v1/agents?email=x y");
    assert_string_equal(world->target, "GET /api/v1/agents?email=x%20y");
    assert_int_equal(world->flags, 0);
    bind_run(world, "assert(zoho.request { service = 'salesiq', path = "
                    "'/api/v2/acme/tags', json = { a = 1 }, credential = "
                    "'default' })");
    assert_string_equal(world->zoho->method, "POST");
    assert_string_equal(world->zoho->body, "{\"a\":1}");
    assert_int_equal(world->flags, USHER_EFFECT_WRITE);
    bind_run(world, "assert(zoho.request { service = 'desk', method = 'post', "
                    "path = '/api/v1/x', read = true })");
    assert_int_equal(world->flags, 0);
    bind_raises(world, "zoho.request()", "takes a table such as");
    bind_raises(world, "zoho.request { path = '/' }", "service must be a text");
    bind_raises(world, "zoho.request { service = 'crm', path = '/' }",
                "service must be \"desk\" or \"salesiq\"");
    bind_raises(world, "zoho.request { service = 'desk', path = 'x' }",
                "path must begin with");
    bind_raises(world,
                "zoho.request { service = 'desk', path = '/', body = 1 }",
                "there is no option 'body'");
    bind_raises(world,
                "zoho.request { service = 'desk', path = '/', credential = "
                "'crm' }",
                "there is no credential 'crm'");
    bind_raises(world,
                "zoho.request { service = 'desk', path = '/', method = 'A B' }",
                "method must be a word");
    bind_run(world, "local a, err = zoho.request { service = 'desk', path = '/a"
                    " b' }\n"
                    "assert(a == nil and err.kind == 'invalid')");
}

/* ---- token ---- */

static void a_status_shows_no_token(void **state)
{
    static const char code[] =
        "local s = token.status()\n"
        "assert(s.state == 'unknown', s.state)\n"
        "assert(token.status('visitor').state == 'absent')\n"
        "for _, v in pairs(s) do assert(not tostring(v):find '1000%.') end";
    struct bind_world *world = *state;

    bind_run(world, code);
    bind_replay(world, code);
    bind_raises(world, "token.status('crm')", "there is no credential 'crm'");
    bind_raises(world, "token.refresh(5)", "must be a name");
}

static void a_refresh_waits_for_the_new_token(void **state)
{
    static const char code[] =
        "assert(token.refresh() == true)\n"
        "local s = token.status 'default'\n"
        "assert(s.state == 'alive' and s.expires_at == 1774500000 + 3600)";
    struct bind_world *world = *state;

    bind_run(world, code);
    assert_int_equal(world->zoho->refreshes, 1);
    bind_replay(world, code);
    assert_int_equal(world->zoho->refreshes, 1);
}

static void a_refresh_that_fails_says_why(void **state)
{
    struct bind_world *world = *state;

    world->zoho->accounts_error = "invalid_code";
    bind_run(world, "local ok, err = token.refresh()\n"
                    "assert(ok == nil and err.kind == 'token' and err.message "
                    "and err.hint)");
}

static int hold_hook(void *user)
{
    struct bind_world *world = user;

    if (!world->zoho->held_count || world->zoho->time.steady_ms > 3000)
        return 0;
    usher_clock_manual_advance(&world->zoho->time, 4000);
    return 1;
}

static void a_refresh_does_not_outlast_the_turn(void **state)
{
    struct bind_world *world = *state;
    struct usher_hook hook = {.fn = hold_hook, .user = world};

    world->zoho->accounts_hold = 1;
    world->zoho->time.steady_ms = 0;
    world->deadline_ms = 3500;
    usher_loop_hook(world->zoho->loop, &hook);
    bind_run(world, "local ok, err = token.refresh()\n"
                    "assert(ok == nil and err.kind == 'deadline')");
    usher_loop_unhook(world->zoho->loop, &hook);
}

/* ---- out of memory ---- */

static void without_memory_nothing_leaks_or_hangs(void **state)
{
    static const char code[] = "local call, err = " CALL "\n"
                               "assert(call or err.kind, 'no kind')";
    struct bind_world *world = *state;
    unsigned long n;

    for (n = 1;; n++) {
        world->fail_at = n; /* those before it are bind_test's */
        bind_try(world, code);
        if (!fail_alloc_off())
            break;
        if (strstr(world->message, "no kind"))
            fail_msg("allocation %lu: %s", n, world->message);
    }
    assert_true(n > 20);
    world->fail_at = 0;
    bind_fill(world, code, 97);
    bind_run(world, code);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_write_takes_numbers_times_and_known_ids),
        CASE(path_values_leave_the_body),
        CASE(lists_come_without_their_envelope),
        CASE(salesiq_answers_come_without_their_envelope),
        CASE(what_the_world_causes_is_an_error_table),
        CASE(broken_json_is_no_success),
        CASE(misuse_raises_and_names_the_field),
        cmocka_unit_test_setup_teardown(an_id_that_no_setting_knows_is_named,
                                        setup_without_ids, teardown),
        CASE(requests_of_ones_own_go_the_same_way),
        CASE(a_status_shows_no_token),
        CASE(a_refresh_waits_for_the_new_token),
        CASE(a_refresh_that_fails_says_why),
        CASE(a_refresh_does_not_outlast_the_turn),
        CASE(without_memory_nothing_leaks_or_hangs),
    };

    return cmocka_run_group_tests_name("bind_zoho", tests, NULL, NULL);
}
