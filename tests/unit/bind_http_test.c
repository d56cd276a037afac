/* tests/unit/bind_http_test.c - http for flows, against a server on the same
 * loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bind_world.h"
#include "fail_alloc.h"

static const char *const settings[] = {"CRM_API_KEY=k3y-of-crm", NULL};

static int setup(void **state)
{
    struct bind_world *world = bind_world_new(settings);

    world->settings = "{ 'CRM_API_KEY' }";
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    bind_world_free(*state);
    return 0;
}

/* ---- what is sent ---- */

static void get_asks_with_query_and_headers(void **state)
{
    struct bind_world *world = *state;

    bind_run(world, "local a, err = http.get(url .. '/hours', { query = { b = "
                    "'x y&', a = 1, l = { 1, 'zwei' }, t = true }, headers = { "
                    "Accept = 'text/plain' } })\n"
                    "assert(err == nil and a.status == 200 and a.body == "
                    "'hello' and a.json == nil)\n"
                    "assert(a.headers['x-request-id'] == 'r-1')\n"
                    "assert(a.headers['x-private'] == nil)");
    assert_string_equal(world->method, "GET");
    assert_string_equal(world->path, "/hours?a=1&b=x y&&l=1&l=zwei&t=true");
    assert_string_equal(world->accept, "text/plain");
    assert_int_equal(world->flags, 0);
    assert_string_equal(world->effect, "http.request");
    assert_non_null(strstr(world->target, "/hours?a=1&b=x%20y%26&l=1&l=zwei"));
    assert_true(strncmp(world->target, "GET http://", 11) == 0);
    bind_run(world, "http.get(url .. '/h?z=1#part', { query = { a = 2 } })");
    assert_string_equal(world->path, "/h?z=1&a=2");
    bind_run(world, "http.get(url .. '/h', { query = {} })");
    assert_string_equal(world->path, "/h");
}

static void post_sends_json_text_or_a_form(void **state)
{
    struct bind_world *world = *state;

    bind_run(world, "assert(http.post(url, { b = { 1, 2 }, a = 'x' }))");
    assert_string_equal(world->body, "{\"a\":\"x\",\"b\":[1,2]}");
    assert_string_equal(world->content_type, "application/json");
    assert_string_equal(world->method, "POST");
    assert_int_equal(world->flags, USHER_EFFECT_WRITE);
    assert_int_equal(world->outcome, USHER_OUTCOME_DONE);
    bind_run(world, "http.post(url, 'plain', { headers = { ['content-type'] = "
                    "'text/x' } })");
    assert_string_equal(world->body, "plain");
    assert_string_equal(world->content_type, "text/x");
    bind_run(world, "http.post(url, nil, { form = { a = 'ä', b = 1 } })");
    assert_string_equal(world->body, "a=%C3%A4&b=1");
    assert_string_equal(world->content_type,
                        "application/x-www-form-urlencoded");
    bind_run(world, "http.request { url = url, method = 'put', body = 'x' }");
    assert_string_equal(world->method, "PUT");
    bind_run(world, "http.request { url = url, json = { 1 } }");
    assert_string_equal(world->method, "POST");
    bind_run(world, "http.request { url = url }");
    assert_string_equal(world->method, "GET");
    bind_run(world, "http.post(url, { q = 1 }, { read = true })");
    assert_int_equal(world->flags, 0);
}

/* The same request has the same bytes, whatever order its tables were made
 * in: an outside write is found again by them. */
static void equal_writes_have_equal_arguments(void **state)
{
    struct bind_world *world = *state;
    size_t len;
    unsigned sum;

    bind_run(world, "local h = {} for i = 1, 40 do h['X-' .. i] = 'v' .. i end "
                    "local b = {} for i = 1, 40 do b['k' .. i] = i end "
                    "http.post(url, b, { headers = h })");
    len = world->args_len;
    sum = world->args_sum;
    assert_true(len > 0);
    bind_run(world, "local h = {} for i = 40, 1, -1 do h['X-' .. i] = 'v' .. i "
                    "end local b = {} for i = 40, 1, -1 do b['k' .. i] = i end "
                    "http.post(url, b, { headers = h })");
    assert_int_equal(world->args_len, len);
    assert_int_equal(world->args_sum, sum);
    bind_run(world, "http.post(url, { k = 2 })");
    sum = world->args_sum;
    bind_run(world, "http.post(url, { k = 3 })");
    assert_int_not_equal(world->args_sum, sum);
}

static void secrets_go_out_in_headers_and_nowhere_else(void **state)
{
    static const char code[] =
        "local key = config.CRM_API_KEY\n"
        "assert(http.post(url, { a = 1 }, { headers = { Authorization = "
        "'Bearer ' .. key } }))\n"
        "assert(not pcall(http.post, url, key))\n"
        "assert(not pcall(http.post, url, { key = key }))\n"
        "assert(not pcall(http.get, url, { query = { key = key } }))\n"
        "assert(not pcall(http.get, key))";
    struct bind_world *world = *state;

    bind_run(world, code);
    assert_string_equal(world->authorization, "Bearer k3y-of-crm");
    assert_int_equal(world->requests, 1);
    assert_null(memmem(world->journal.data, world->journal.len, "k3y", 3));
    bind_replay(world, code);
    assert_int_equal(world->requests, 1);
    bind_raises(world, "http.get(url, { headers = { A = '\\1PORT\\1' } })",
                "header A has a line break");
}

/* The settings change while the flow runs: at its log.info. */
static const struct usher_config *next_config;
static const char *change_config(lua_State *L)
{
    usher_bind_of(L)->config = next_config;
    return NULL;
}

static void a_secret_that_is_gone_sends_nothing(void **state)
{
    static const char *const none[] = {"PORT=8000", NULL};
    struct bind_world *world = *state;
    struct bind_world *other = bind_world_new(none);

    next_config = other->config;
    world->bind.conversation = change_config;
    bind_run(world, "local key = config.CRM_API_KEY\n"
                    "log.info 'now'\n"
                    "local a, err = http.get(url, { headers = { A = key } })\n"
                    "assert(a == nil and err.kind == 'invalid')\n"
                    "assert(err.message:find 'CRM_API_KEY')");
    assert_int_equal(world->requests, 0);
    bind_world_free(other);
}

/* ---- what comes back ---- */

static void json_is_decoded_and_a_replay_asks_nobody(void **state)
{
    static const char code[] =
        "local a = assert(http.get(url .. '/json'))\n"
        "assert(a.json.n == 5 and math.type(a.json.n) == 'integer')\n"
        "assert(a.json.list[2] == false and a.json.list[3] == 'x')\n"
        "assert(a.json.none == nil and #a.body > 10)\n"
        "assert(a.headers['content-type'] == 'application/json; "
        "charset=utf-8')";
    struct bind_world *world = *state;

    bind_run(world, code);
    bind_replay(world, code);
    assert_int_equal(world->requests, 1);
    bind_run(world, "local a = assert(http.get(url .. '/broken-json'))\n"
                    "assert(a.json == nil and a.body == '{\"n\":')");
}

static void an_error_status_is_an_answer(void **state)
{
    static const struct {
        int status;
        enum usher_outcome outcome;
    } cases[] = {
        {200, USHER_OUTCOME_DONE},    {302, USHER_OUTCOME_DONE},
        {303, USHER_OUTCOME_DONE},    {307, USHER_OUTCOME_FAILED},
        {308, USHER_OUTCOME_FAILED},  {400, USHER_OUTCOME_FAILED},
        {404, USHER_OUTCOME_FAILED},  {429, USHER_OUTCOME_FAILED},
        {500, USHER_OUTCOME_UNCLEAR}, {503, USHER_OUTCOME_UNCLEAR},
    };
    struct bind_world *world = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char code[256];

        snprintf(code, sizeof(code),
                 "local a, err = http.post(url .. '/status/%d', 'x')\n"
                 "assert(err == nil and a.status == %d)\n"
                 "assert(a.headers['retry-after'] == '7')",
                 cases[i].status, cases[i].status);
        bind_run(world, code);
        assert_int_equal(world->outcome, cases[i].outcome);
    }
}

static void what_is_too_large_is_refused_or_cut_to_its_json(void **state)
{
    struct bind_world *world = *state;

    bind_run(world, "assert(#http.get(url .. '/big/200000').body == 200000)");
    bind_run(world, "local a, err = http.get(url .. '/big/300000')\n"
                    "assert(a == nil and err.kind == 'rejected')");
    bind_run(world, "local a = assert(http.post(url .. '/big/300000', 'x'))\n"
                    "assert(a.too_large and not a.body and a.status == 200)");
    assert_int_equal(world->outcome, USHER_OUTCOME_DONE);
    bind_run(world, "local a = assert(http.get(url .. '/big-json/100000'))\n"
                    "assert(#a.json == 99998 and #a.body == 100000)");
    bind_run(world, "local a = assert(http.get(url .. '/big-json/200000'))\n"
                    "assert(#a.json == 199998 and a.body == nil)");
    bind_run(world, "local a, err = http.get(url .. '/big-json/300000')\n"
                    "assert(a == nil and err.kind == 'rejected')");
    bind_run(world, "local a, err = http.get(url .. '/big/2000000')\n"
                    "assert(a == nil and err.kind == 'rejected')");
    bind_run(world, "local a, err = http.post(url .. '/big/2000000', 'x')\n"
                    "assert(a == nil and err.kind == 'unclear')");
    assert_int_equal(world->outcome, USHER_OUTCOME_UNCLEAR);
}

/* ---- what goes wrong ---- */

static void no_connection_is_offline(void **state)
{
    struct bind_world *world = *state;

    bind_run(world,
             "local a, err = http.post('http://127.0.0.1:9/x?key=1', "
             "'x')\n"
             "assert(a == nil and err.kind == 'offline')\n"
             "assert(err.message:find('http://127.0.0.1:9/x', 1, true))\n"
             "assert(not err.message:find('key=1', 1, true))");
    assert_int_equal(world->outcome, USHER_OUTCOME_FAILED);
}

static void a_lost_answer_is_unclear_for_writes_only(void **state)
{
    struct bind_world *world = *state;

    bind_run(world, "local a, err = http.get(url .. '/drop')\n"
                    "assert(a == nil and err.kind == 'offline')\n"
                    "assert(err.at == nil)");
    bind_run(world, "local a, err = http.post(url .. '/drop', 'x')\n"
                    "assert(a == nil and err.kind == 'unclear' and err.hint)\n"
                    "assert(err.at == clock.now())");
    assert_int_equal(world->outcome, USHER_OUTCOME_UNCLEAR);
    bind_run(world, "local a, err = http.post(url .. '/drop', 'x', { read = "
                    "true })\n"
                    "assert(a == nil and err.kind == 'offline')");
}

static void a_bad_url_is_invalid_not_a_mistake_of_the_flow(void **state)
{
    struct bind_world *world = *state;

    bind_run(world, "for _, bad in ipairs { 'ftp://x', 'nonsense', 'http://a "
                    "b/', 'file:///etc/passwd' } do\n"
                    "  local a, err = http.get(bad)\n"
                    "  assert(a == nil and err.kind == 'invalid', bad)\n"
                    "end");
    assert_int_equal(world->outcome, USHER_OUTCOME_FAILED);
}

/* Moves the clock on while the server holds the request. */
static int hold_timer_ms;
static void on_hold(void *user)
{
    struct bind_world *world = user;

    usher_clock_manual_advance(&world->zoho->time, hold_timer_ms);
}

static int hold_hook(void *user)
{
    struct bind_world *world = user;

    if (!world->held || !hold_timer_ms)
        return 0;
    on_hold(world);
    hold_timer_ms = 0;
    return 1;
}

static void held(struct bind_world *world, const char *code, int64_t deadline,
                 int wait_ms)
{
    struct usher_hook hook = {.fn = hold_hook, .user = world};

    hold_timer_ms = wait_ms;
    world->deadline_ms = deadline ? world->zoho->time.steady_ms + deadline : 0;
    usher_loop_hook(world->zoho->loop, &hook);
    bind_run(world, code);
    usher_loop_unhook(world->zoho->loop, &hook);
    usher_request_drop(world->held);
    world->held = NULL;
    assert_int_equal(hold_timer_ms, 0);
}

static void time_runs_out_as_the_flow_or_the_turn_says(void **state)
{
    struct bind_world *world = *state;

    held(world,
         "local a, err = http.get(url .. '/hold', { timeout = 0.5 })\n"
         "assert(a == nil and err.kind == 'timeout')",
         3500, 501);
    held(world,
         "local a, err = http.get(url .. '/hold')\n"
         "assert(a == nil and err.kind == 'deadline')",
         3500, 3501);
    held(world,
         "local a, err = http.post(url .. '/hold', 'x')\n"
         "assert(a == nil and err.kind == 'unclear')",
         3500, 3501);
    assert_int_equal(world->outcome, USHER_OUTCOME_UNCLEAR);
    held(world,
         "local a, err = http.get(url .. '/hold')\n"
         "assert(a == nil and err.kind == 'timeout')",
         0, 30001);
}

static void after_the_deadline_nothing_is_sent(void **state)
{
    struct bind_world *world = *state;

    world->zoho->time.steady_ms = 100000;
    usher_loop_step(world->zoho->loop, 0);
    world->deadline_ms = 99999;
    bind_run(world, "local a, err = http.post(url, 'x')\n"
                    "assert(a == nil and err.kind == 'deadline')");
    assert_int_equal(world->requests, 0);
    assert_int_equal(world->outcome, USHER_OUTCOME_FAILED);
}

/* What is asked for then is the result of what was done. */
static void a_write_that_redirects_to_its_result_was_done(void **state)
{
    static const char *const results[] = {"404", "429", "503", "200"};
    struct bind_world *world = *state;

    for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
        char code[256];

        snprintf(code, sizeof(code),
                 "local a = assert(http.post(url .. '/to/status/%s', 'x', { "
                 "follow = true }))\nassert(a.status == %s)",
                 results[i], results[i]);
        bind_run(world, code);
        assert_string_equal(world->method, "GET");
        assert_int_equal(world->outcome, USHER_OUTCOME_DONE);
    }
    bind_run(world, "http.request { method = 'PUT', url = url .. "
                    "'/as/status/404', body = 'x', follow = true }");
    assert_string_equal(world->method, "PUT");
    assert_int_equal(world->outcome, USHER_OUTCOME_FAILED);
}

static void redirects_are_followed_only_when_wanted(void **state)
{
    struct bind_world *world = *state;

    bind_run(world, "assert(http.get(url .. '/status/302').status == 302)\n"
                    "assert(http.get(url, { follow = true }).status == 200)");
    bind_raises(world, "http.get(url, { follow = 6 })", "follow must be");
    bind_raises(world, "http.get(url, { follow = 'x' })", "follow must be");
}

/* ---- misuse ---- */

static void misuse_raises_and_shows_how(void **state)
{
    static const struct {
        const char *code, *part;
    } cases[] = {
        {"http.get()", "the URL must be a text, not nil; for example http.get"},
        {"http.get(url, 5)", "options must be a table, not number"},
        {"http.get(url, { timout = 1 })", "there is no option 'timout'"},
        {"http.get(url, { 1 })", "options must have names"},
        {"http.get(url, { method = 'PUT' })", "given by the function already"},
        {"http.request(5)", "http.request takes a table"},
        {"http.request {}", "the URL must be a text"},
        {"http.request { url = url, method = 'A B' }", "method must be a word"},
        {"http.request { url = url, method = 5 }", "method must be a text"},
        {"http.post(url, 5)", "body must be a text"},
        {"http.post(url, { print = pairs })", "json.print: a function cannot"},
        {"http.post(url, { 1, a = 2 })", "both a list and names"},
        {"http.post(url, 'x', { json = {} })", "one of body, json and form"},
        {"http.get(url, { query = 'a=1' })", "query: must be a table of"},
        {"http.get(url, { query = { a = { b = 1 } } })", "query: a must be"},
        {"http.get(url, { headers = 'x' })", "headers must be a table"},
        {"http.get(url, { headers = { 'x' } })", "headers must have names"},
        {"http.get(url, { headers = { A = {} } })", "header A must be a text"},
        {"http.get(url, { headers = { A = 'a\\r\\nB: c' } })", "line break"},
        {"http.get(url, { timeout = 0 })", "timeout must be a number"},
        {"http.get(url, { timeout = 301 })", "timeout must be a number"},
        {"http.get(url, { timeout = 'x' })", "timeout must be a number"},
        {"http.get(url .. '\\0')", "one with a byte 0"},
        {"http.post(url, ('x'):rep(1 << 20) .. 'x')",
         "flow.lua:1: http: the body is above 1024 KiB: send less at once"},
        {"local x = ('x'):rep(600000) http.post(url, { a = x, b = x })",
         "flow.lua:1: http: json is above 1024 KiB"},
        {"http.post(url, { a = ('\\1'):rep(600000) })",
         "flow.lua:1: http: json is above 1024 KiB"},
        {"local x = ('x'):rep(900000) http.post(url, { x, x, x })",
         "flow.lua:1: http: json is above 1024 KiB"},
        {"local x = ('x'):rep(600000)\n"
         "http.post(url, nil, { form = { a = x, b = x } })",
         "flow.lua:2: http: form is above 1024 KiB"},
        {"http.post(url, nil, { form = { a = ('\\1'):rep(900000) } })",
         "flow.lua:1: http: form is above 1024 KiB"},
        {"http.get(url, { query = { a = ('\\1'):rep(600000) } })",
         "flow.lua:1: http: query is above 1024 KiB"},
    };
    struct bind_world *world = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        bind_raises(world, cases[i].code, cases[i].part);
    assert_int_equal(world->requests, 0);
}

/* ---- out of memory ---- */

static void without_memory_nothing_leaks_or_hangs(void **state)
{
    static const char code[] =
        "local a, err = http.post(url .. '/json', { a = { 1, 2 } }, { query = "
        "{ q = 'x' }, headers = { A = 'Bearer ' .. config.CRM_API_KEY } })\n"
        "assert(a and a.json.n == 5 or err.kind == 'offline' or err.kind == "
        "'unclear' or err.kind == 'invalid', err and err.kind)";
    struct bind_world *world = *state;
    unsigned long n;

    for (n = 1;; n++) {
        world->fail_at = n; /* those before it are bind_test's */
        bind_try(world, code);
        if (!fail_alloc_off())
            break;
        if (strstr(world->message, "assert"))
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
        CASE(get_asks_with_query_and_headers),
        CASE(post_sends_json_text_or_a_form),
        CASE(equal_writes_have_equal_arguments),
        CASE(secrets_go_out_in_headers_and_nowhere_else),
        CASE(a_secret_that_is_gone_sends_nothing),
        CASE(json_is_decoded_and_a_replay_asks_nobody),
        CASE(an_error_status_is_an_answer),
        CASE(what_is_too_large_is_refused_or_cut_to_its_json),
        CASE(no_connection_is_offline),
        CASE(a_lost_answer_is_unclear_for_writes_only),
        CASE(a_bad_url_is_invalid_not_a_mistake_of_the_flow),
        CASE(time_runs_out_as_the_flow_or_the_turn_says),
        CASE(after_the_deadline_nothing_is_sent),
        CASE(a_write_that_redirects_to_its_result_was_done),
        CASE(redirects_are_followed_only_when_wanted),
        CASE(misuse_raises_and_shows_how),
        CASE(without_memory_nothing_leaks_or_hangs),
    };

    return cmocka_run_group_tests_name("bind_http", tests, NULL, NULL);
}
