/* tests/unit/client_redirect_test.c - the HTTP client's redirects: what another
 * origin is, each status and method, what stays behind. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "client_world.h"

#define OK_REPLY "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

static void expect(const struct world *world, enum usher_net_result result,
                   int sent)
{
    assert_int_equal(world->result, result);
    assert_int_equal(world->sent, sent);
}

/* ---- redirects ---- */

static const struct usher_header secrets[] = {{"Authorization",
                                               "Zoho-oauthtoken secret"},
                                              {"Cookie", "a=secret"},
                                              {"X-Webhook-Secret", "secret"},
                                              {"orgId", "secret"},
                                              {"Accept", "a/b"},
                                              {"Accept-Language", "hi"}};

static void follow(struct world *world, const char *method, const char *body,
                   int status, const char *to)
{
    char path[256];
    struct usher_client_request request = {.method = method,
                                           .headers = secrets,
                                           .header_count = sizeof(secrets) /
                                                           sizeof(secrets[0]),
                                           .body = body,
                                           .body_len = body ? strlen(body) : 0,
                                           .follow = 5};

    snprintf(path, sizeof(path), "/to/%d?url=%s", status, to);
    client_run(world, &request, path);
}

/* The same machine and port by another name, and by another scheme. */
static void another_name_or_scheme_is_another_origin(void **state)
{
    struct world *world = *state;
    char url[64];

    snprintf(url, sizeof(url), "http://localhost:%u/echo",
             (unsigned)world->port);
    follow(world, "GET", NULL, 302, url);
    assert_int_equal(world->status, 200);
    lacks(world->body, "secret");
    has(world->body, "Accept: a/b\n");
    has(world->body, "Accept-Language: hi\n");
    follow(world, "POST", "{}", 307, url);
    assert_int_equal(world->status, 307);
    snprintf(url, sizeof(url), "https://127.0.0.1:%u/echo",
             (unsigned)world->port);
    follow(world, "POST", "{}", 307, url);
    assert_int_equal(world->status, 307);
    snprintf(url, sizeof(url), "HTTP://127.0.0.1:%u/echo",
             (unsigned)world->port);
    follow(world, "POST", "{}", 307, url);
    assert_int_equal(world->status, 200);
    has(world->body, "Cookie: a=secret\n");
}

/* What stayed behind once does not come back on the way home. */
static void secrets_do_not_come_back(void **state)
{
    struct world *world = *state;
    char url[160];

    snprintf(url, sizeof(url),
             "http://localhost:%u/to/302%%3Furl=http://127.0.0.1:%u/echo",
             (unsigned)world->port, (unsigned)world->port);
    follow(world, "GET", NULL, 302, url);
    assert_int_equal(world->status, 200);
    has(world->body, "GET /echo\n");
    lacks(world->body, "secret");
}

static void each_status_and_method_is_followed_as_browsers_do(void **state)
{
    static const struct {
        const char *method, *body, *seen;
        int status, turned;
    } cases[] = {
        {"GET", NULL, "GET /echo\nbody=\n", 301, 0},
        {"GET", NULL, "GET /echo\nbody=\n", 302, 0},
        {"GET", NULL, "GET /echo\nbody=\n", 303, 0},
        {"GET", NULL, "GET /echo\nbody=\n", 307, 0},
        {"GET", NULL, "GET /echo\nbody=\n", 308, 0},
        {"GET", NULL, NULL, 300, 0},
        {"GET", NULL, NULL, 304, 0},
        {"GET", NULL, NULL, 305, 0},
        {"GET", NULL, NULL, 200, 0},
        {"POST", "ab", "GET /echo\nbody=\n", 301, 1},
        {"POST", "ab", "GET /echo\nbody=\n", 302, 1},
        {"POST", "ab", "GET /echo\nbody=\n", 303, 1},
        {"POST", "ab", "POST /echo\nbody=ab\n", 307, 0},
        {"POST", "ab", "POST /echo\nbody=ab\n", 308, 0},
        {"PUT", "ab", "PUT /echo\nbody=ab\n", 301, 0},
        {"PUT", "ab", "PUT /echo\nbody=ab\n", 302, 0},
        {"PUT", "ab", "GET /echo\nbody=\n", 303, 1},
        {"PATCH", "ab", "GET /echo\nbody=\n", 303, 1},
        {"DELETE", NULL, "DELETE /echo\nbody=\n", 302, 0},
        {"DELETE", NULL, "GET /echo\nbody=\n", 303, 1},
        {"HEAD", NULL, "", 303, 0},
    };
    struct world *world = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        follow(world, cases[i].method, cases[i].body, cases[i].status, "/echo");
        expect(world, USHER_NET_OK, 1);
        assert_int_equal(world->status,
                         cases[i].seen ? 200 : (unsigned)cases[i].status);
        assert_int_equal(world->turned, cases[i].turned);
        if (cases[i].seen)
            assert_memory_equal(world->body, cases[i].seen,
                                strlen(cases[i].seen));
        if (strcmp(cases[i].method, "HEAD") == 0)
            assert_string_equal(world->body, "");
    }
}

/* From DELETE by 303 to another host goes a GET, which gives nothing away. */
static void a_get_that_a_redirect_made_may_cross(void **state)
{
    static const struct peer_reply replies[] = {{OK_REPLY, 0, PEER_KEEP}};
    struct world *world = *state;
    char url[64];

    client_peer(world, replies, 1);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/x",
             (unsigned)world->peer.port);
    follow(world, "POST", "{}", 303, url);
    assert_string_equal(world->body, "ok");
    assert_int_equal(world->turned, 1);
    has(world->peer.last, "GET /x HTTP/1.1");
    lacks(world->peer.last, "secret");
    lacks(world->peer.last, "Content-Type");
    lacks(world->peer.last, "{}");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_make, world_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(another_name_or_scheme_is_another_origin),
        CASE(secrets_do_not_come_back),
        CASE(each_status_and_method_is_followed_as_browsers_do),
        CASE(a_get_that_a_redirect_made_may_cross),
    };

    return cmocka_run_group_tests_name("client_redirect", tests,
                                       allow_many_files, NULL);
}
