/* tests/unit/bind_zoho_edge_test.c - zoho for flows: what a value becomes,
 * which of two ids counts, what is a write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bind_world.h"

static const char *const settings[] = {"DESK_DEPARTMENT_ID=6907",
                                       "SALESIQ_APP_ID=12001",
                                       "SALESIQ_DEPARTMENT_ID=2013", NULL};

static int setup(void **state)
{
    *state = bind_world_new(settings);
    return 0;
}

static int teardown(void **state)
{
    bind_world_free(*state);
    return 0;
}

#define UPDATE(fields) "zoho.desk.update_call { id = 1, " fields " }"

/* ---- values ---- */

static void a_value_becomes_what_zoho_takes(void **state)
{
    static const struct {
        const char *code, *body;
    } cases[] = {
        {UPDATE("subject = 'x'"), "{\"subject\":\"x\"}"},
        {UPDATE("subject = 42"), "{\"subject\":\"42\"}"},
        {UPDATE("contactId = 310000000009001"),
         "{\"contactId\":\"310000000009001\"}"},
        {UPDATE("startTime = 0"),
         "{\"startTime\":\"1970-01-01T00:00:00.000Z\"}"},
        {UPDATE("startTime = 1774515600.9"),
         "{\"startTime\":\"2026-03-26T09:00:00.000Z\"}"},
        {UPDATE("startTime = 253402300799"),
         "{\"startTime\":\"9999-12-31T23:59:59.000Z\"}"},
        {UPDATE("duration = 5"), "{\"duration\":5}"},
    };
    struct bind_world *world = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bind_run(world, cases[i].code);
        assert_string_equal(world->zoho->body, cases[i].body);
    }
    bind_raises(world, UPDATE("startTime = 253402300800"), "startTime");
    bind_raises(world, UPDATE("startTime = -1"), "startTime");
    world->zoho->calls = 0;
    /* No number: as null it would empty the field. */
    bind_raises(world, UPDATE("startTime = 0/0"), "startTime");
    bind_raises(world, UPDATE("duration = 0/0"), "duration");
    bind_raises(world, UPDATE("duration = 1/0"), "duration");
    bind_raises(world, UPDATE("subject = 1/0"), "subject");
    bind_raises(world, UPDATE("cf = { cf_score = 0/0 }"), "cf_score");
    bind_raises(world, UPDATE("cf = { cf_list = { 1, 1/0 } }"), "cf_list");
    bind_raises(world,
                "zoho.request { service = 'desk', method = 'POST', "
                "path = '/', json = { deep = { { score = -1/0 } } } }",
                "score");
    bind_raises(world,
                "zoho.request { service = 'desk', path = '/', "
                "query = { limit = 0/0 } }",
                "limit");
    assert_int_equal(world->zoho->calls, 0);
}

static void a_list_of_values_has_commas(void **state)
{
    struct bind_world *world = *state;

    bind_run(world, "zoho.request { service = 'desk', path = '/api/v1/calls', "
                    "query = { fields = { 'id', 'subject', 3 }, limit = 5 } }");
    assert_string_equal(world->target,
                        "GET /api/v1/calls?fields=id%2Csubject%2C3&limit=5");
    bind_raises(world,
                "zoho.request { service = 'desk', path = '/', query = { "
                "a = { b = 1 } } }",
                "\"a\" must be a text, a number");
    bind_raises(world,
                "zoho.request { service = 'desk', path = '/', query = { "
                "1 } }",
                "query must be a table of names");
}

/* ---- ids ---- */

#define CALL(more)                                               \
    "assert(zoho.desk.create_call { contactId = '9', subject = " \
    "'s', startTime = 0, status = 'Scheduled', direction = "     \
    "'outbound', duration = 0" more " })"

static void the_id_that_is_given_counts(void **state)
{
    struct bind_world *world = *state;

    bind_run(world, CALL(", departmentId = '77'"));
    assert_non_null(strstr(world->zoho->body, "\"departmentId\":\"77\""));
    assert_null(strstr(world->zoho->body, "6907"));
    bind_run(world, CALL(""));
    assert_non_null(strstr(world->zoho->body, "\"departmentId\":\"6907\""));
    /* Only where it is required: an update leaves the department alone. */
    bind_run(world, UPDATE("subject = 'x'"));
    assert_null(strstr(world->zoho->body, "departmentId"));
}

/* ---- writes ---- */

static void a_request_says_whether_it_writes(void **state)
{
    static const struct {
        const char *method;
        unsigned flags;
    } cases[] = {
        {"GET", 0},
        {"HEAD", 0},
        {"get", 0},
        {"POST", USHER_EFFECT_WRITE},
        {"PATCH", USHER_EFFECT_WRITE},
        {"put", USHER_EFFECT_WRITE},
        {"DELETE", USHER_EFFECT_WRITE},
    };
    struct bind_world *world = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char code[256];

        snprintf(code, sizeof(code),
                 "zoho.request { service = 'desk', path = '/api/v1/x', method ="
                 " '%s' }",
                 cases[i].method);
        bind_run(world, code);
        assert_int_equal(world->flags, cases[i].flags);
    }
    bind_run(world, "zoho.request { service = 'desk', path = '/api/v1/x', json"
                    " = { a = 1 } }");
    assert_string_equal(world->zoho->method, "POST");
    assert_int_equal(world->flags, USHER_EFFECT_WRITE);
    bind_run(world, "zoho.request { service = 'desk', path = '/api/v1/x' }");
    assert_string_equal(world->zoho->method, "GET");
    bind_raises(world, "zoho.request { service = 'desk', path = '/a\\0b' }",
                "path must be a text");
}

/* The intent is found again by all of the argument. */
static void a_write_is_known_by_its_argument(void **state)
{
    struct bind_world *world = *state;
    unsigned sum;

    bind_run(world, UPDATE("subject = 'x', duration = 5"));
    sum = world->args_sum;
    bind_run(world, UPDATE("duration = 5, subject = 'x'"));
    assert_int_equal(world->args_sum, sum);
    bind_run(world, UPDATE("subject = 'x', duration = 6"));
    assert_int_not_equal(world->args_sum, sum);
    bind_run(world, "zoho.request { service = 'desk', path = '/api/v1/x', json"
                    " = { a = 1 } }");
    sum = world->args_sum;
    bind_run(world, "zoho.request { service = 'desk', path = '/api/v1/x', json"
                    " = { a = 2 } }");
    assert_int_not_equal(world->args_sum, sum);
}

/* ---- what goes wrong ---- */

static void errors_have_all_that_is_known(void **state)
{
    struct bind_world *world = *state;

    world->zoho->api_status = 404;
    world->zoho->api_body =
        "{\"errorCode\":\"URL_NOT_FOUND\",\"message\":\"no such thing\"}";
    bind_run(world, "local call, err = zoho.desk.get_call { id = '1' }\n"
                    "assert(call == nil and err.kind == 'not_found')\n"
                    "assert(err.status == 404 and err.message)\n"
                    "assert(err.field == nil and err.retry_after == nil)");
    assert_int_equal(world->outcome, USHER_OUTCOME_FAILED);
}

static void after_the_deadline_nothing_is_sent(void **state)
{
    struct bind_world *world = *state;

    world->zoho->time.steady_ms = 100000;
    usher_loop_step(world->zoho->loop, 0);
    world->deadline_ms = 99999;
    bind_run(world, "local call, err = zoho.desk.get_call { id = '1' }\n"
                    "assert(call == nil and err.kind == 'deadline', err and "
                    "err.kind)");
    assert_int_equal(world->zoho->calls, 0);
    assert_int_equal(world->outcome, USHER_OUTCOME_FAILED);
    bind_run(world, "local ok, err = token.refresh()\n"
                    "assert(ok == nil and err.kind == 'deadline')");
}

static void the_credential_that_is_named_is_used(void **state)
{
    struct bind_world *world = *state;

    bind_run(world, "local a, err = zoho.request { service = 'desk', path = "
                    "'/api/v1/x', credential = 'visitor' }\n"
                    "assert(a == nil and err.kind == 'token', err and "
                    "err.kind)");
    assert_int_equal(world->zoho->calls, 0);
    bind_run(world, "assert(zoho.request { service = 'desk', path = "
                    "'/api/v1/x', credential = 'default' })");
    assert_int_equal(world->zoho->calls, 1);
}

/* Nothing that came back: 204 is an empty list, and no error. */
static void an_empty_answer_is_an_answer(void **state)
{
    struct bind_world *world = *state;

    world->zoho->api_status = 204;
    world->zoho->api_body = "";
    bind_run(world, "local a, err = zoho.request { service = 'desk', path = "
                    "'/api/v1/x' }\n"
                    "assert(err == nil and a.status == 204)\n"
                    "assert(next(a.json) == nil)");
    world->zoho->api_status = 200;
    world->zoho->api_body = "{\"data\":{\"id\":\"3\"}}";
    /* A record of Desk has no envelope, whatever its fields are called. */
    bind_run(world, "assert(zoho.desk.get_call { id = '1' }.data.id == '3')");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_value_becomes_what_zoho_takes),
        CASE(a_list_of_values_has_commas),
        CASE(the_id_that_is_given_counts),
        CASE(a_request_says_whether_it_writes),
        CASE(a_write_is_known_by_its_argument),
        CASE(errors_have_all_that_is_known),
        CASE(after_the_deadline_nothing_is_sent),
        CASE(the_credential_that_is_named_is_used),
        CASE(an_empty_answer_is_an_answer),
    };

    return cmocka_run_group_tests_name("bind_zoho_edge", tests, NULL, NULL);
}
