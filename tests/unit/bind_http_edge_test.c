/* tests/unit/bind_http_edge_test.c - http for flows: both sides of its limits,
 * all of its lists. */
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

/* ---- writes and reads ---- */

static void a_method_says_whether_it_writes(void **state)
{
    static const struct {
        const char *method;
        unsigned flags;
    } cases[] = {
        {"GET", 0},
        {"HEAD", 0},
        {"OPTIONS", 0},
        {"POST", USHER_EFFECT_WRITE},
        {"PUT", USHER_EFFECT_WRITE},
        {"PATCH", USHER_EFFECT_WRITE},
        {"DELETE", USHER_EFFECT_WRITE},
        {"delete", USHER_EFFECT_WRITE},
        {"get", 0},
        {"ABCDEFGHIJKLMNOP", USHER_EFFECT_WRITE}, /* 16, the longest */
    };
    struct bind_world *world = *state;
    char code[256];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (int read = 0; read < 2; read++) {
            snprintf(code, sizeof(code),
                     "http.request { url = url, method = '%s', read = %s }",
                     cases[i].method, read ? "true" : "false");
            bind_run(world, code);
            assert_int_equal(world->flags, read ? 0 : cases[i].flags);
        }
    }
    bind_raises(world,
                "http.request { url = url, method = 'ABCDEFGHIJKLMNOPQ' }",
                "method must be a word");
    bind_raises(world, "http.request { url = url, method = '' }",
                "method must be a word");
    bind_run(world, "http.post(url)");
    assert_string_equal(world->method, "POST");
    assert_string_equal(world->body, "");
    assert_int_equal(world->flags, USHER_EFFECT_WRITE);
    bind_run(world, "http.request { url = url, form = { a = 1 } }");
    assert_string_equal(world->method, "POST");
    bind_run(world, "http.request { url = url, body = 'x' }");
    assert_string_equal(world->method, "POST");
}

/* A write is known by all of it: what differs in one thing is another one. */
static void a_write_is_known_by_all_of_it(void **state)
{
    static const char *const others[] = {
        "http.request { url = url .. '/a', method = 'PUT', body = 'y', headers "
        "= { A = '1' } }",
        "http.request { url = url .. '/a', method = 'PUT', body = 'x', headers "
        "= { A = '2' } }",
        "http.request { url = url .. '/a', method = 'PUT', body = 'x' }",
        "http.request { url = url .. '/a', method = 'PUT', headers = { A = '1' "
        "} }",
    };
    struct bind_world *world = *state;
    unsigned sum;

    bind_run(world, "http.request { url = url .. '/a', method = 'PUT', body = "
                    "'x', headers = { A = '1' } }");
    sum = world->args_sum;
    assert_non_null(strstr(world->target, "PUT http://"));
    assert_non_null(strstr(world->target, "/a"));
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        bind_run(world, others[i]);
        assert_int_not_equal(world->args_sum, sum);
    }
    bind_run(world, "http.request { headers = { A = '1' }, body = 'x', method "
                    "= 'put', url = url .. '/a', timeout = 3, follow = 2 }");
    assert_int_equal(world->args_sum, sum);
}

static void a_type_of_ones_own_counts(void **state)
{
    static const char *const bodies[] = {"json = { a = 1 }", "form = { a = 1 }",
                                         "body = 'x'"};
    struct bind_world *world = *state;

    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        for (int small = 0; small < 2; small++) {
            char code[256];

            snprintf(code, sizeof(code),
                     "http.request { url = url, %s, headers = { ['%s'] = "
                     "'text/own' } }",
                     bodies[i], small ? "content-type" : "Content-Type");
            bind_run(world, code);
            assert_string_equal(world->content_type, "text/own");
        }
    }
}

/* Where the coroutine cannot wait, and which function that was. */
static void who_cannot_wait_is_named(void **state)
{
    struct bind_world *world = *state;

    bind_raises(world, "('x'):gsub('x', function() http.get(url) end)",
                "http.get");
    bind_raises(world, "('x'):gsub('x', function() http.post(url, 'x') end)",
                "http.post");
    assert_int_equal(world->requests, 0);
}

/* ---- limits ---- */

static void limits_have_two_sides(void **state)
{
    struct bind_world *world = *state;

    bind_run(world, "assert(http.post(url, ('x'):rep(1 << 20)))");
    assert_int_equal(world->requests, 1);
    bind_run(world, "assert(http.get(url, { timeout = 300 }))");
    bind_run(world, "assert(http.get(url, { timeout = 0.5 }))");
    bind_raises(world, "http.get(url, { timeout = 300.001 })",
                "above 0 and at most 300");
    bind_raises(world, "http.get(url, { timeout = -1 })", "timeout must be");
    bind_raises(world, "http.get(url, { timeout = 0/0 })", "timeout must be");
    bind_run(world, "assert(http.get(url, { follow = 5 }))");
    bind_run(world, "assert(http.get(url, { follow = 0 }))");
    bind_raises(world, "http.get(url, { follow = -1 })", "follow must be");
    bind_raises(world, "http.get(url, { follow = 1.5 })", "follow must be");
    bind_raises(world, "http.post(url, nil, { json = { a = { 0/0 } } })",
                "\"a\" is no number");
    bind_raises(world, "http.post(url, nil, { json = 1/0 })",
                "\"json\" is no number");
    bind_raises(world, "http.post(url, nil, { json = {}, form = {} })",
                "one of body, json and form");
    bind_raises(world, "http.post(url, 'x', { form = {} })",
                "one of body, json and form");
    assert_int_equal(world->requests, 5);
}

static void as_many_redirects_as_were_wanted(void **state)
{
    struct bind_world *world = *state;
    static const char five[] = "/to/to/to/to/to/status/404";

    for (int follow = 0; follow <= 5; follow++) {
        char code[256];

        snprintf(code, sizeof(code),
                 "local a = assert(http.get(url .. '%s', { follow = %d }))\n"
                 "assert(a.status == %d, a.status)",
                 five, follow, follow == 5 ? 404 : 303);
        bind_run(world, code);
    }
    world->requests = 0;
    bind_run(world, "assert(http.get(url .. '/to/status/404', { follow = "
                    "false }).status == 303)\n"
                    "assert(http.get(url .. '/to/status/404').status == 303)");
    assert_int_equal(world->requests, 2);
    bind_run(world, "assert(http.get(url .. '/to/to/to/to/to/status/404', { "
                    "follow = true }).status == 404)");
}

/* The clock moves on while the server holds the request. */
static int wait_ms;
static int on_hold(void *user)
{
    struct bind_world *world = user;

    if (!world->held || !wait_ms)
        return 0;
    usher_clock_manual_advance(&world->zoho->time, wait_ms);
    wait_ms = 0;
    return 1;
}

/* How a request that is held ends when so much time has gone by; "" while it
 * has not. */
static void held(struct bind_world *world, int64_t deadline, const char *call,
                 int ms, const char *kind)
{
    struct usher_hook hook = {.fn = on_hold, .user = world};
    char code[256];

    wait_ms = ms;
    world->deadline_ms = deadline ? world->zoho->time.steady_ms + deadline : 0;
    usher_loop_hook(world->zoho->loop, &hook);
    snprintf(code, sizeof(code),
             "local a, err = %s assert(a == nil and err.kind == '%s', err and "
             "err.kind)",
             call, kind);
    bind_run(world, code);
    usher_loop_unhook(world->zoho->loop, &hook);
    if (world->held)
        usher_request_drop(world->held);
    world->held = NULL;
    assert_int_equal(wait_ms, 0);
}

/* 10 s while a visitor waits, 30 s in a task: where the flow says nothing. */
static void who_says_nothing_waits_as_long_as_is_usual(void **state)
{
    struct bind_world *world = *state;

    held(world, 60000, "http.get(url .. '/hold')", 10001, "timeout");
    held(world, 0, "http.get(url .. '/hold')", 30001, "timeout");
    held(world, 60000, "http.get(url .. '/hold', { timeout = 20 })", 20001,
         "timeout");
    held(world, 5000, "http.get(url .. '/hold', { timeout = 20 })", 5001,
         "deadline");
    /* The shortest is no "as usual". */
    held(world, 5000, "http.get(url .. '/hold', { timeout = 0.0001 })", 2,
         "timeout");
}

/* Just before: it is the server that gives up, a round later. */
static int on_hold_then_drop(void *user)
{
    struct bind_world *world = user;

    if (!world->held)
        return 0;
    if (wait_ms) {
        usher_clock_manual_advance(&world->zoho->time, wait_ms);
        wait_ms = 0;
    } else {
        usher_request_drop(world->held);
        world->held = NULL;
    }
    return 1;
}

static void nobody_gives_up_before(void **state)
{
    static const struct {
        int64_t deadline;
        const char *call;
        int ms;
    } cases[] = {
        {60000, "http.get(url .. '/hold')", 9900},
        {0, "http.get(url .. '/hold')", 29900},
        {60000, "http.get(url .. '/hold', { timeout = 20 })", 19900},
        {5000, "http.get(url .. '/hold', { timeout = 20 })", 4900},
    };
    struct bind_world *world = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct usher_hook hook = {.fn = on_hold_then_drop, .user = world};
        char code[256];

        wait_ms = cases[i].ms;
        world->deadline_ms =
            cases[i].deadline ? world->zoho->time.steady_ms + cases[i].deadline
                              : 0;
        usher_loop_hook(world->zoho->loop, &hook);
        snprintf(code, sizeof(code),
                 "local a, err = %s assert(a == nil and err.kind == 'offline', "
                 "err and err.kind)",
                 cases[i].call);
        bind_run(world, code);
        usher_loop_unhook(world->zoho->loop, &hook);
    }
}

/* The turn's last moment is over, too. */
static void at_the_deadline_nothing_is_sent(void **state)
{
    struct bind_world *world = *state;

    world->zoho->time.steady_ms = 100000;
    usher_loop_step(world->zoho->loop, 0);
    for (int64_t left = 0; left < 2; left++) {
        world->deadline_ms = 100000 + left;
        bind_try(world, "http.post(url, 'x')");
        assert_int_equal(world->requests, left);
    }
}

/* ---- what comes back ---- */

static void flows_see_these_headers_and_no_others(void **state)
{
    bind_run(*state,
             "local a = assert(http.get(url .. '/headers'))\n"
             "local names = {}\n"
             "for name in pairs(a.headers) do names[#names + 1] = name end\n"
             "table.sort(names)\n"
             "assert(table.concat(names, ' ') == 'content-disposition "
             "content-language content-type etag last-modified link location "
             "retry-after x-ratelimit-limit x-ratelimit-remaining "
             "x-ratelimit-reset x-request-id x-total-count', "
             "table.concat(names, ' '))\n"
             "assert(a.headers['x-ratelimit-remaining'] == '9')\n"
             "assert(a.headers['x-total-count'] == '3')");
}

static void json_is_known_by_its_type(void **state)
{
    static const struct {
        const char *type;
        int is;
    } cases[] = {
        {"application/json", 1},  {"application/problem+json", 1},
        {"text/JSON", 1},         {"text/json;charset=utf-8", 1},
        {"text/plain", 0},        {"application/jsonp", 0},
        {"application/jsonx", 0}, {"son", 0},
    };
    char code[256];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(code, sizeof(code),
                 "local a = assert(http.get(url .. '/as-type/%s'))\n"
                 "assert((a.json and a.json.n) == %s)",
                 cases[i].type, cases[i].is ? "5" : "nil");
        bind_run(*state, code);
    }
    bind_run(*state, "assert(http.get(url .. '/one').json == 5)");
}

/* Neither the query nor the fragment: tokens stand there. */
static void an_error_shows_no_query(void **state)
{
    static const char *const urls[] = {"http://127.0.0.1:9/x?key=1000.x",
                                       "http://127.0.0.1:9/x#key=1000.x",
                                       "ftp://127.0.0.1/x?key=1000.x"};
    char code[512];

    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        snprintf(code, sizeof(code),
                 "local a, err = http.get '%s'\n"
                 "assert(a == nil and err.message:find('/x', 1, true))\n"
                 "assert(not err.message:find('1000', 1, true), err.message)",
                 urls[i]);
        bind_run(*state, code);
    }
}

/* ---- secrets ---- */

/* Whatever the library has for a request is wiped before it is given back. */
static void a_secret_leaves_no_copy(void **state)
{
    struct bind_world *world = *state;

    fail_alloc_look_for("k3y-of-crm");
    bind_run(world, "assert(http.get(url, { headers = { Authorization = "
                    "config.CRM_API_KEY, A = '1' } }))");
    assert_int_equal(fail_alloc_left_behind(), 0);
    fail_alloc_look_for(NULL);
    assert_string_equal(world->authorization, "k3y-of-crm");
}

static void a_secret_stands_wherever_it_was_put(void **state)
{
    struct bind_world *world = *state;

    bind_run(world, "local key = config.CRM_API_KEY\n"
                    "assert(http.get(url, { headers = { Authorization = 'a ' "
                    ".. key .. ' b ' .. key .. ' c' } }))");
    assert_string_equal(world->authorization, "a k3y-of-crm b k3y-of-crm c");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_method_says_whether_it_writes),
        CASE(a_write_is_known_by_all_of_it),
        CASE(a_type_of_ones_own_counts),
        CASE(who_cannot_wait_is_named),
        CASE(limits_have_two_sides),
        CASE(as_many_redirects_as_were_wanted),
        CASE(who_says_nothing_waits_as_long_as_is_usual),
        CASE(nobody_gives_up_before),
        CASE(at_the_deadline_nothing_is_sent),
        CASE(flows_see_these_headers_and_no_others),
        CASE(json_is_known_by_its_type),
        CASE(an_error_shows_no_query),
        CASE(a_secret_leaves_no_copy),
        CASE(a_secret_stands_wherever_it_was_put),
    };

    return cmocka_run_group_tests_name("bind_http_edge", tests, NULL, NULL);
}
