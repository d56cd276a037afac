/* tests/unit/client_link_test.c - connections that are kept from one request
 * to the next, and what must not be sent over them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "client_world.h"

#define OK_REPLY "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

#define BOTH_LENGTHS                                                         \
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n" \
    "\r\n2\r\nok\r\n0\r\n\r\n"

static const struct peer_reply oks[] = {{OK_REPLY, 0, PEER_KEEP},
                                        {OK_REPLY, 0, PEER_KEEP},
                                        {OK_REPLY, 0, PEER_KEEP},
                                        {OK_REPLY, 0, PEER_KEEP}};

static void expect_ok(const struct world *world, const char *body)
{
    assert_int_equal(world->result, USHER_NET_OK);
    assert_string_equal(world->body, body);
}

/* ---- kept, or not ---- */

/* After each of these the next request takes a new connection. */
static void a_connection_that_cannot_be_trusted_is_not_kept(void **state)
{
    static const char *const answers[] = {
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        OK_REPLY "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
        BOTH_LENGTHS,
    };
    struct world *world = *state;
    size_t i;

    for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        struct peer_reply replies[2] = {{answers[i], 0, PEER_KEEP}, oks[0]};

        client_peer(world, replies, 2);
        client_get_peer(world, "GET", NULL);
        expect_ok(world, "ok");
        client_get_peer(world, "GET", NULL);
        expect_ok(world, "ok");
        assert_int_equal(world->peer.accepted, 2);
        peer_close(&world->peer);
        world->peer_is_open = 0;
    }
}

static void an_answer_of_head_leaves_the_connection_in_step(void **state)
{
    static const struct peer_reply replies[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n", 0, PEER_KEEP},
        {OK_REPLY, 0, PEER_KEEP}};
    struct world *world = *state;

    client_peer(world, replies, 2);
    client_get_peer(world, "HEAD", NULL);
    expect_ok(world, "");
    client_get_peer(world, "GET", NULL);
    expect_ok(world, "ok");
    assert_int_equal(world->peer.accepted, 1);
}

static void what_was_long_idle_is_not_used_again(void **state)
{
    struct world *world = *state;

    client_peer(world, oks, 4);
    client_get_peer(world, "GET", NULL);
    usher_clock_manual_advance(&world->time, 118 * 1000);
    client_get_peer(world, "GET", NULL);
    assert_int_equal(world->peer.accepted, 1);
    usher_clock_manual_advance(&world->time, 118 * 1000 + 1);
    client_get_peer(world, "GET", NULL);
    expect_ok(world, "ok");
    assert_int_equal(world->peer.accepted, 2);
}

/* The loop has not heard of the closing yet: the link is asked. */
static void a_write_looks_whether_the_connection_still_is(void **state)
{
    struct world *world = *state;

    client_peer(world, oks, 4);
    client_get_peer(world, "POST", "{}");
    usher_clock_manual_advance(&world->time, 1000);
    assert_int_equal(shutdown(world->peer.connections[0].fd, SHUT_WR), 0);
    client_get_peer(world, "POST", "{}");
    expect_ok(world, "ok");
    assert_int_equal(world->peer.accepted, 2);
    assert_int_equal(world->peer.requests, 2);
}

static void what_comes_unasked_ends_the_connection(void **state)
{
    struct world *world = *state;
    int i;

    client_peer(world, oks, 4);
    client_get_peer(world, "GET", NULL);
    assert_int_equal(send(world->peer.connections[0].fd, OK_REPLY,
                          strlen(OK_REPLY), MSG_NOSIGNAL),
                     (ssize_t)strlen(OK_REPLY));
    for (i = 0; i < 3; i++)
        usher_loop_step(world->loop, 5);
    client_get_peer(world, "GET", NULL);
    expect_ok(world, "ok");
    assert_int_equal(world->peer.accepted, 2);
}

static void a_cancelled_request_takes_its_connection_along(void **state)
{
    static const struct peer_reply silent[] = {{NULL, 0, PEER_KEEP},
                                               {OK_REPLY, 0, PEER_KEEP}};
    struct world *world = *state;
    char url[64];
    struct usher_client_request request = {.method = "GET", .url = url};
    struct usher_transfer *transfer;

    client_peer(world, silent, 2);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/",
             (unsigned)world->peer.port);
    assert_int_equal(usher_client_send(world->client, &request, client_answered,
                                       world, &transfer),
                     USHER_OK);
    while (world->peer.requests == 0)
        usher_loop_step(world->loop, 20);
    usher_transfer_cancel(transfer);
    client_get_peer(world, "GET", NULL);
    expect_ok(world, "ok");
    assert_int_equal(world->answers, 1);
    assert_int_equal(world->peer.accepted, 2);
}

/* ---- answers ---- */

static void interim_answers_are_read_over(void **state)
{
    static const struct peer_reply replies[] = {
        {"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" OK_REPLY, 0, PEER_KEEP}};
    struct world *world = *state;

    client_peer(world, replies, 1);
    client_get_peer(world, "POST", "{}");
    expect_ok(world, "ok");
    assert_int_equal(world->status, 200);
}

static void a_body_may_end_with_its_connection(void **state)
{
    static const struct peer_reply replies[] = {
        {"HTTP/1.1 200 OK\r\n\r\nall of it", 0, PEER_CLOSE}};
    struct world *world = *state;

    client_peer(world, replies, 1);
    client_get_peer(world, "GET", NULL);
    expect_ok(world, "all of it");
}

/* 2,000 bytes of "a", packed to 35. */
static void a_packed_answer_is_bounded_by_what_it_holds(void **state)
{
    static const char packed[] =
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 35\r\n"
        "\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4b\x4c\x1c\x05\xa3"
        "\x60\x14\x8c\x82\x51\x30\x0a\x46\xc1\x50\x07\x00\x39\x3e\x13\xa8"
        "\xd0\x07\x00\x00";
    static const struct peer_reply replies[] = {
        {packed, sizeof(packed) - 1, PEER_KEEP},
        {packed, sizeof(packed) - 1, PEER_KEEP}};
    struct world *world = *state;
    struct usher_client_options options = {.max_response = 2000};

    client_peer(world, replies, 2);
    client_get_peer(world, "GET", NULL);
    assert_int_equal(world->result, USHER_NET_OK);
    assert_int_equal(world->body_len, 2000);
    options.max_response = 1999;
    usher_client_free(world->client);
    assert_int_equal(usher_client_new(world->loop, &options, &world->client),
                     USHER_OK);
    client_get_peer(world, "GET", NULL);
    assert_int_equal(world->result, USHER_NET_TOO_LARGE);
    assert_int_equal(world->body_len, 0);
}

static void an_unknown_coding_is_a_broken_answer(void **state)
{
    static const struct peer_reply replies[] = {
        {"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n"
         "ok",
         0, PEER_KEEP}};
    struct world *world = *state;

    client_peer(world, replies, 1);
    client_get_peer(world, "GET", NULL);
    assert_int_equal(world->result, USHER_NET_BROKEN);
    assert_string_equal(world->body, "");
}

/* ---- what goes out ---- */

static void get(struct world *world, const char *path)
{
    char url[128];
    struct usher_client_request request = {.method = "GET", .url = url};

    snprintf(url, sizeof(url), "http://127.0.0.1:%u%s",
             (unsigned)world->peer.port, path);
    client_run(world, &request, NULL);
    expect_ok(world, "ok");
}

/* The first line of what the server gets, whichever way it took. */
static void urls_mean_what_they_mean_to_libcurl(void **state)
{
    static const struct {
        const char *path, *seen;
    } cases[] = {
        {"", "GET / HTTP/1.1\r\n"},
        {"?a=b", "GET /?a=b HTTP/1.1\r\n"},
        {"/a?b=/../c", "GET /a?b=/../c HTTP/1.1\r\n"},
        {"/a/../b", "GET /b HTTP/1.1\r\n"},
        {"/a#b", "GET /a HTTP/1.1\r\n"},
        {"/%2e%2e/a", NULL},
    };
    struct world *world = *state;
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        client_peer(world, oks, 4);
        get(world, cases[i].path);
        if (cases[i].seen != NULL)
            assert_memory_equal(world->peer.last, cases[i].seen,
                                strlen(cases[i].seen));
        peer_close(&world->peer);
        world->peer_is_open = 0;
    }
}

static void a_name_and_password_in_the_url_are_sent(void **state)
{
    struct world *world = *state;
    char url[64];
    struct usher_client_request request = {.method = "GET", .url = url};

    client_peer(world, oks, 4);
    snprintf(url, sizeof(url), "http://me:pw@127.0.0.1:%u/",
             (unsigned)world->peer.port);
    client_run(world, &request, NULL);
    expect_ok(world, "ok");
    has(world->peer.last, "Authorization: Basic bWU6cHc=\r\n");
}

static void the_request_has_what_http_asks_for(void **state)
{
    static const struct usher_header headers[] = {{"Accept", "a/b"},
                                                  {"X-One", "1"}};
    struct world *world = *state;
    char url[64], host[64];
    struct usher_client_request request = {
        .method = "POST", .url = url, .headers = headers, .header_count = 2};

    client_peer(world, oks, 4);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/x",
             (unsigned)world->peer.port);
    snprintf(host, sizeof(host), "\r\nHost: 127.0.0.1:%u\r\n",
             (unsigned)world->peer.port);
    client_run(world, &request, NULL);
    expect_ok(world, "ok");
    has(world->peer.last, "POST /x HTTP/1.1\r\n");
    has(world->peer.last, host);
    has(world->peer.last, "\r\nUser-Agent: usher-test\r\n");
    has(world->peer.last, "\r\nAccept: a/b\r\n");
    lacks(world->peer.last, "*/*");
    has(world->peer.last, "\r\nX-One: 1\r\n");
    has(world->peer.last, "\r\nContent-Length: 0\r\n");
    lacks(world->peer.last, "Content-Type");
}

/* A Host of the sender's own is libcurl's business. */
static void
headers_of_the_frame_are_the_senders_where_it_gives_them(void **state)
{
    static const struct usher_header headers[] = {{"host", "else.example"}};
    struct world *world = *state;
    char url[64];
    struct usher_client_request request = {
        .method = "GET", .url = url, .headers = headers, .header_count = 1};

    client_peer(world, oks, 4);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/x",
             (unsigned)world->peer.port);
    client_run(world, &request, NULL);
    expect_ok(world, "ok");
    has(world->peer.last, "ost: else.example\r\n");
    lacks(world->peer.last, "127.0.0.1");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_make, world_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_connection_that_cannot_be_trusted_is_not_kept),
        CASE(an_answer_of_head_leaves_the_connection_in_step),
        CASE(what_was_long_idle_is_not_used_again),
        CASE(a_write_looks_whether_the_connection_still_is),
        CASE(what_comes_unasked_ends_the_connection),
        CASE(a_cancelled_request_takes_its_connection_along),
        CASE(interim_answers_are_read_over),
        CASE(a_body_may_end_with_its_connection),
        CASE(a_packed_answer_is_bounded_by_what_it_holds),
        CASE(an_unknown_coding_is_a_broken_answer),
        CASE(urls_mean_what_they_mean_to_libcurl),
        CASE(a_name_and_password_in_the_url_are_sent),
        CASE(the_request_has_what_http_asks_for),
        CASE(headers_of_the_frame_are_the_senders_where_it_gives_them),
    };

    return cmocka_run_group_tests_name("client_link", tests, allow_many_files,
                                       NULL);
}
