/* tests/unit/client_fault_test.c - the HTTP client when things break: what is
 * told, and above all whether the request was sent. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client_world.h"
#include "fail_alloc.h"
#include "net/server.h"

#define OK_REPLY "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

static void run_url(struct world *world, const char *url)
{
    struct usher_client_request request = {.method = "GET", .url = url};

    client_run(world, &request, NULL);
}

static void expect(const struct world *world, enum usher_net_result result,
                   int sent)
{
    assert_int_equal(world->result, result);
    assert_int_equal(world->sent, sent);
    assert_true(result == USHER_NET_OK || world->error[0] != '\0');
}

/* Not connected */

static void a_closed_port_is_offline_and_nothing_was_sent(void **state)
{
    struct world *world = *state;
    char url[64];
    uint16_t port;
    int fd;

    assert_int_equal(usher_server_listen("127.0.0.1", 0, 0, &fd, &port, NULL),
                     USHER_OK);
    close(fd);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/", (unsigned)port);
    run_url(world, url);
    expect(world, USHER_NET_OFFLINE, 0);
}

static void a_url_that_cannot_be_read_is_a_bad_url(void **state)
{
    run_url(*state, "http://[::1");
    expect(*state, USHER_NET_BAD_URL, 0);
}

/* Time-outs */

static void start(struct world *world, const char *url, int64_t timeout_ms)
{
    struct usher_client_request request = {
        .method = "GET", .url = url, .timeout_ms = timeout_ms};

    assert_int_equal(usher_client_send(world->client, &request, client_answered,
                                       world, NULL),
                     USHER_OK);
}

static void no_answer_in_time_is_a_timeout_after_sending(void **state)
{
    struct world *world = *state;
    char url[64];

    client_url(world, "/later", url, sizeof(url));
    start(world, url, 1500);
    client_until_later(world, 1);
    usher_clock_manual_advance(&world->time, 1499);
    usher_loop_step(world->loop, 0);
    assert_int_equal(world->answers, 0);
    usher_clock_manual_advance(&world->time, 1);
    client_until(world, 1);
    expect(world, USHER_NET_TIMEOUT, 1);
    assert_int_equal(world->elapsed_ms, 1500);
    has(world->error, "1500 ms");
    server_answer_later(world);
}

static void a_timeout_is_30_seconds_when_none_is_given(void **state)
{
    struct world *world = *state;
    char url[64];

    client_url(world, "/later", url, sizeof(url));
    start(world, url, 0);
    client_until_later(world, 1);
    usher_clock_manual_advance(&world->time, 29999);
    usher_loop_step(world->loop, 0);
    assert_int_equal(world->answers, 0);
    usher_clock_manual_advance(&world->time, 1);
    client_until(world, 1);
    expect(world, USHER_NET_TIMEOUT, 1);
    server_answer_later(world);
}

static void what_waited_for_a_connection_was_not_sent(void **state)
{
    struct world *world = *state;
    char url[64];

    client_bounded(world, 1);
    client_url(world, "/later", url, sizeof(url));
    start(world, url, 5000);
    client_until_later(world, 1);
    start(world, url, 1000);
    usher_loop_step(world->loop, 5);
    usher_clock_manual_advance(&world->time, 1000);
    client_until(world, 1);
    expect(world, USHER_NET_TIMEOUT, 0);
    server_answer_later(world);
    client_until(world, 2);
    expect(world, USHER_NET_OK, 1);
}

/* A full backlog: the system drops what would connect, as a firewall does. */
static void a_host_that_does_not_take_us_was_sent_nothing(void **state)
{
    enum { FILLERS = 8 };
    struct world *world = *state;
    struct sockaddr_in address = {.sin_family = AF_INET};
    int filler[FILLERS], listener, i;
    socklen_t size = sizeof(address);
    char url[64];

    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(
        bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 0), 0);
    getsockname(listener, (struct sockaddr *)&address, &size);
    for (i = 0; i < FILLERS; i++) {
        filler[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(filler[i], (struct sockaddr *)&address, size);
    }
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/",
             (unsigned)ntohs(address.sin_port));
    start(world, url, 3000);
    for (i = 0; i < 3; i++)
        usher_loop_step(world->loop, 5);
    usher_clock_manual_advance(&world->time, 3000);
    client_until(world, 1);
    expect(world, USHER_NET_TIMEOUT, 0);
    has(world->error, "not connected");
    for (i = 0; i < FILLERS; i++)
        close(filler[i]);
    close(listener);
}

/* Broken connections and answers */

static void broken_answers_are_told_from_none(void **state)
{
    static const struct peer_reply cases[] = {
        {NULL, 0, PEER_CLOSE},
        {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", 0, PEER_CLOSE},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", 0,
         PEER_CLOSE},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab", 0,
         PEER_CLOSE},
        {"<html>no HTTP at all</html>", 0, PEER_CLOSE},
        {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n"
         "\r\nnope",
         0, PEER_CLOSE},
    };
    struct world *world = *state;
    size_t i, count = sizeof(cases) / sizeof(cases[0]);

    client_peer(world, cases, count);
    for (i = 0; i < count; i++) {
        client_get_peer(world, "POST", "{}");
        expect(world, USHER_NET_BROKEN, 1);
        assert_string_equal(world->body, "");
        assert_int_equal(world->peer.requests, i + 1);
    }
}

static void an_answer_that_is_too_large_is_cut_off(void **state)
{
    struct world *world = *state;
    struct usher_client_options options = {.max_response = 1000};
    char url[64], *body = calloc(1, 1001);
    struct usher_client_request request = {
        .method = "POST", .url = url, .body = body, .body_len = 1000};

    assert_non_null(body);
    usher_client_free(world->client);
    assert_int_equal(usher_client_new(world->loop, &options, &world->client),
                     USHER_OK);
    client_url(world, "/mirror", url, sizeof(url));
    client_run(world, &request, NULL);
    expect(world, USHER_NET_OK, 1);
    request.body_len = 1001;
    client_run(world, &request, NULL);
    expect(world, USHER_NET_TOO_LARGE, 1);
    assert_string_equal(world->error, "the answer is larger than allowed");
    assert_int_equal(world->body_len, 0);
    request.body_len = 3;
    client_run(world, &request, NULL);
    expect(world, USHER_NET_OK, 1);
    assert_int_equal(world->body_len, 3);
    request.body_len = 1001;
    client_run(world, &request, NULL);
    expect(world, USHER_NET_TOO_LARGE, 1);
    run_url(world, "http://[::1"); /* which is another fault */
    expect(world, USHER_NET_BAD_URL, 0);
    free(body);
}

/* On a kept connection that breaks without an answer libcurl sends again by
 * itself. The peer may have done the first one already. */
static const struct peer_reply closes_on_second[] = {
    {OK_REPLY, 0, PEER_KEEP}, {NULL, 0, PEER_CLOSE}, {OK_REPLY, 0, PEER_KEEP}};

static void a_write_is_never_sent_twice(void **state)
{
    static const char *const methods[] = {"POST", "PUT", "PATCH", "DELETE"};
    struct world *world = *state;
    size_t i;

    for (i = 0; i < 4; i++) {
        client_peer(world, closes_on_second, 3);
        client_get_peer(world, "GET", NULL);
        client_get_peer(world, methods[i], i < 3 ? "{}" : NULL);
        expect(world, USHER_NET_BROKEN, 1);
        assert_int_equal(world->peer.requests, 2);
        has(world->error, "not sent twice");
        peer_close(&world->peer);
        world->peer_is_open = 0;
    }
}

static void a_read_is_sent_again_on_a_new_connection(void **state)
{
    struct world *world = *state;

    client_peer(world, closes_on_second, 3);
    client_get_peer(world, "GET", NULL);
    client_get_peer(world, "GET", NULL);
    expect(world, USHER_NET_OK, 1);
    assert_int_equal(world->peer.requests, 3);
    assert_int_equal(world->peer.accepted, 2);
}

/* Closed while idle: that is seen before anything is sent. */
static void a_connection_that_was_closed_while_idle_is_replaced(void **state)
{
    static const struct peer_reply replies[] = {{OK_REPLY, 0, PEER_CLOSE},
                                                {OK_REPLY, 0, PEER_KEEP}};
    struct world *world = *state;

    client_peer(world, replies, 2);
    client_get_peer(world, "POST", "{}");
    usher_loop_step(world->loop, 5);
    client_get_peer(world, "POST", "{}");
    expect(world, USHER_NET_OK, 1);
    assert_int_equal(world->peer.requests, 2);
    assert_int_equal(world->peer.accepted, 2);
}

/* Redirects */

static void redirect(struct world *world, const char *method, int status,
                     const char *to, int follow)
{
    static const struct usher_header headers[] = {
        {"Authorization", "Zoho-oauthtoken secret"},
        {"X-Api-Key", "secret"},
        {"Content-Type", "application/json"},
        {"Accept", "a/b"}};
    char path[192];
    struct usher_client_request request = {.method = method,
                                           .headers = headers,
                                           .header_count = 4,
                                           .follow = follow};

    if (strcmp(method, "POST") == 0) {
        request.body = "{\"a\":1}";
        request.body_len = 7;
    }
    snprintf(path, sizeof(path), "/to/%d?url=%s", status, to);
    client_run(world, &request, path);
}

static void redirects_are_not_followed_unasked(void **state)
{
    redirect(*state, "GET", 302, "/echo", 0);
    assert_int_equal(((struct world *)*state)->status, 302);
}

static void in_the_same_origin_all_headers_go_along(void **state)
{
    struct world *world = *state;

    redirect(world, "GET", 302, "/echo", 3);
    assert_int_equal(world->status, 200);
    has(world->body, "GET /echo\n");
    has(world->body, "Authorization: Zoho-oauthtoken secret\n");
    has(world->body, "X-Api-Key: secret\n");
}

static void posts_turn_into_gets_as_in_browsers(void **state)
{
    static const struct {
        int status;
        const char *seen;
    } cases[] = {
        {301, "GET /echo\nbody=\n"},
        {302, "GET /echo\nbody=\n"},
        {303, "GET /echo\nbody=\n"},
        {307, "POST /echo\nbody={\"a\":1}\n"},
        {308, "POST /echo\nbody={\"a\":1}\n"},
    };
    struct world *world = *state;
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        redirect(world, "POST", cases[i].status, "/echo", 1);
        has(world->body, cases[i].seen);
        assert_int_equal(strstr(world->body, "Content-Type") != NULL,
                         cases[i].status >= 307);
    }
}

static void to_peer(struct world *world, const char *method, int status)
{
    char url[64];

    snprintf(url, sizeof(url), "http://127.0.0.1:%u/x",
             (unsigned)world->peer.port);
    redirect(world, method, status, url, 1);
}

static void secrets_stay_behind_when_the_origin_changes(void **state)
{
    static const struct peer_reply replies[] = {{OK_REPLY, 0, PEER_KEEP}};
    struct world *world = *state;

    client_peer(world, replies, 1);
    to_peer(world, "GET", 302);
    assert_string_equal(world->body, "ok");
    has(world->peer.last, "GET /x HTTP/1.1");
    has(world->peer.last, "Accept: a/b");
    lacks(world->peer.last, "secret");
    lacks(world->peer.last, "X-Api-Key");
}

static void bodies_stay_behind_when_the_origin_changes(void **state)
{
    static const struct peer_reply replies[] = {{OK_REPLY, 0, PEER_KEEP}};
    struct world *world = *state;

    client_peer(world, replies, 1);
    to_peer(world, "POST", 307);
    assert_int_equal(world->status, 307);
    assert_int_equal(world->peer.requests, 0);
    to_peer(world, "DELETE", 307);
    assert_int_equal(world->status, 307);
    assert_int_equal(world->peer.requests, 0);
}

static void redirects_end_when_the_number_is_used_up(void **state)
{
    struct world *world = *state;

    redirect(world, "GET", 302, "/to/302%3Furl=/echo", 1);
    assert_int_equal(world->status, 302);
    redirect(world, "GET", 302, "/to/302%3Furl=/echo", 2);
    assert_int_equal(world->status, 200);
}

static void redirects_lead_to_http_only(void **state)
{
    struct world *world = *state;

    redirect(world, "GET", 302, "file:///etc/hostname", 5);
    expect(world, USHER_NET_OK, 1);
    assert_int_equal(world->status, 302);
    assert_string_equal(world->body, "");
}

/* The POST was done even where the page it leads to is not reached. */
static void a_write_counts_as_sent_when_a_later_hop_fails(void **state)
{
    struct world *world = *state;
    char url[64];
    uint16_t port;
    int fd;

    assert_int_equal(usher_server_listen("127.0.0.1", 0, 0, &fd, &port, NULL),
                     USHER_OK);
    close(fd);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/", (unsigned)port);
    redirect(world, "POST", 303, url, 1);
    assert_int_equal(world->sent, 1);
    assert_int_not_equal(world->result, USHER_NET_OK);
}

/* Proxies */

static int without_proxy(void **state)
{
    unsetenv("http_proxy");
    return world_drop(state);
}

static void
a_proxy_of_the_environment_is_used_but_not_for_loopback(void **state)
{
    static const struct peer_reply replies[] = {{OK_REPLY, 0, PEER_KEEP}};
    struct world *world = *state;
    char proxy[64];

    client_peer(world, replies, 1);
    snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%u",
             (unsigned)world->peer.port);
    assert_int_equal(setenv("http_proxy", proxy, 1), 0);
    client_bounded(world, 0);
    run_url(world, "http://far.invalid/page");
    expect(world, USHER_NET_OK, 1);
    has(world->peer.last, "GET http://far.invalid/page HTTP/1.1");
    client_get(world, "/echo");
    has(world->body, "GET /echo\n");
    assert_int_equal(world->peer.requests, 1);
}

static int without_https_proxy(void **state)
{
    unsetenv("https_proxy");
    return world_drop(state);
}

/* The proxy got a CONNECT, the host nothing. */
static void a_proxy_that_refuses_means_nothing_was_sent(void **state)
{
    static const struct peer_reply replies[] = {
        {"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", 0, PEER_CLOSE}};
    struct world *world = *state;
    char proxy[64];
    struct usher_client_request request = {.method = "POST",
                                           .url = "https://far.invalid/",
                                           .body = "{}",
                                           .body_len = 2};

    client_peer(world, replies, 1);
    snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%u",
             (unsigned)world->peer.port);
    assert_int_equal(setenv("https_proxy", proxy, 1), 0);
    client_bounded(world, 0);
    client_get(world, "/echo"); /* its handle, which sent, is used again */
    client_run(world, &request, NULL);
    expect(world, USHER_NET_OFFLINE, 0);
    has(world->peer.last, "CONNECT far.invalid:443");
}

/* Memory */

static void no_memory_is_told_and_nothing_leaks(void **state)
{
    static const struct usher_header headers[] = {{"Authorization", "x"}};
    struct world *world = *state;
    const struct usher_client_options options = {.user_agent = "usher-test",
                                                 .max_response = WORLD_BODY};
    char url[64];
    struct usher_client_request request = {.method = "POST",
                                           .url = url,
                                           .headers = headers,
                                           .header_count = 1,
                                           .body = "{}",
                                           .body_len = 2};
    enum usher_status st = USHER_ERR_NOMEM;
    unsigned long n;

    client_url(world, "/echo", url, sizeof(url));
    usher_client_free(world->client);
    for (n = 1; st != USHER_OK; n++) {
        assert_in_range(n, 1, 100);
        fail_alloc_at(n);
        st = usher_client_new(world->loop, &options, &world->client);
        if (st == USHER_OK) {
            st = usher_client_send(world->client, &request, client_answered,
                                   world, NULL);
            if (st != USHER_OK)
                usher_client_free(world->client);
        }
        if (!fail_alloc_off())
            assert_int_equal(st, USHER_OK);
        if (st != USHER_OK) {
            assert_int_equal(st, USHER_ERR_NOMEM);
            world->client = NULL;
        }
    }
    client_until(world, 1);
    expect(world, USHER_NET_OK, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_make, world_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_closed_port_is_offline_and_nothing_was_sent),
        CASE(a_url_that_cannot_be_read_is_a_bad_url),
        CASE(no_answer_in_time_is_a_timeout_after_sending),
        CASE(a_timeout_is_30_seconds_when_none_is_given),
        CASE(what_waited_for_a_connection_was_not_sent),
        CASE(a_host_that_does_not_take_us_was_sent_nothing),
        CASE(broken_answers_are_told_from_none),
        CASE(an_answer_that_is_too_large_is_cut_off),
        CASE(a_write_is_never_sent_twice),
        CASE(a_read_is_sent_again_on_a_new_connection),
        CASE(a_connection_that_was_closed_while_idle_is_replaced),
        CASE(redirects_are_not_followed_unasked),
        CASE(in_the_same_origin_all_headers_go_along),
        CASE(posts_turn_into_gets_as_in_browsers),
        CASE(secrets_stay_behind_when_the_origin_changes),
        CASE(bodies_stay_behind_when_the_origin_changes),
        CASE(redirects_end_when_the_number_is_used_up),
        CASE(redirects_lead_to_http_only),
        CASE(a_write_counts_as_sent_when_a_later_hop_fails),
        cmocka_unit_test_setup_teardown(
            a_proxy_of_the_environment_is_used_but_not_for_loopback, world_make,
            without_proxy),
        cmocka_unit_test_setup_teardown(
            a_proxy_that_refuses_means_nothing_was_sent, world_make,
            without_https_proxy),
        CASE(no_memory_is_told_and_nothing_leaks),
    };

    return cmocka_run_group_tests_name("client_fault", tests, allow_many_files,
                                       NULL);
}
