/* tests/unit/client_test.c - the HTTP client against the engine's own server
 * and a scripted peer, in one loop. The loop's clock stands still unless a
 * case moves it. What happens on the wire when things break is in
 * client_fault_test.c. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client_world.h"

/* What is sent and what comes back */

static void an_answer_has_status_body_type_and_headers(void **state)
{
    struct world *world = *state;

    client_get(world, "/echo");
    assert_int_equal(world->result, USHER_NET_OK);
    assert_int_equal(world->sent, 1);
    assert_int_equal(world->status, 200);
    assert_string_equal(world->type, "text/echo");
    assert_string_equal(world->header, "here");
    has(world->body, "GET /echo\n");
    has(world->body, "User-Agent: usher-test\n");
    has(world->body, "Accept-Encoding: gzip\n");
    lacks(world->body, "Expect");
}

/* One pooled handle serves all of these in turn. */
static void methods_and_bodies_do_not_leak_into_the_next_request(void **state)
{
    static const struct {
        const char *method, *body, *seen;
    } cases[] = {
        {"POST", "abc", "POST /echo\nbody=abc\n"},
        {"GET", NULL, "GET /echo\nbody=\n"},
        {"POST", "", "POST /echo\nbody=\n"},
        {"PUT", "de", "PUT /echo\nbody=de\n"},
        {"DELETE", NULL, "DELETE /echo\nbody=\n"},
        {"HEAD", NULL, ""},
        {"PATCH", "{}", "PATCH /echo\nbody={}\n"},
        {"DELETE", "why", "DELETE /echo\nbody=why\n"},
        {"GET", NULL, "GET /echo\nbody=\n"},
    };
    struct world *world = *state;
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct usher_client_request request = {.method = cases[i].method,
                                               .body = cases[i].body};

        if (request.body != NULL)
            request.body_len = strlen(request.body);
        client_run(world, &request, "/echo");
        assert_int_equal(world->result, USHER_NET_OK);
        assert_memory_equal(world->body, cases[i].seen, strlen(cases[i].seen));
        lacks(world->body, "urlencoded");
        if (cases[i].seen[0] == '\0')
            assert_string_equal(world->body, "");
    }
}

static void headers_are_sent_as_given(void **state)
{
    static const struct usher_header headers[] = {
        {"Authorization", "Zoho-oauthtoken abc"},
        {"X-Empty", ""},
        {"Content-Type", "application/json"}};
    struct usher_client_request request = {.method = "POST",
                                           .headers = headers,
                                           .header_count = 3,
                                           .body = "{}",
                                           .body_len = 2};
    struct world *world = *state;

    client_run(world, &request, "/echo");
    has(world->body, "Authorization: Zoho-oauthtoken abc\n");
    has(world->body, "X-Empty: \n");
    has(world->body, "Content-Type: application/json\n");
}

static void large_bodies_go_and_come_whole(void **state)
{
    enum { SIZE = 900 * 1000 };
    struct world *world = *state;
    struct usher_client_request request = {.method = "POST"};
    char *body = malloc(SIZE);
    size_t i;

    assert_non_null(body);
    for (i = 0; i < SIZE; i++)
        body[i] = (char)('a' + i % 23);
    request.body = body;
    request.body_len = SIZE;
    client_run(world, &request, "/mirror");
    assert_int_equal(world->result, USHER_NET_OK);
    assert_int_equal(world->body_len, SIZE);
    assert_memory_equal(world->body, body, SIZE);
    free(body);
}

static void a_packed_answer_is_unpacked(void **state)
{
    static const char packed[] =
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 30\r\n"
        "\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\x57"
        "\x48\xaf\xca\x2c\x00\x00\x19\x6a\xd2\xdf\x0a\x00\x00\x00";
    static const struct peer_reply replies[] = {
        {packed, sizeof(packed) - 1, PEER_KEEP}};
    struct world *world = *state;

    client_peer(world, replies, 1);
    client_get_peer(world, "GET", NULL);
    assert_int_equal(world->result, USHER_NET_OK);
    assert_string_equal(world->body, "hello gzip");
}

static void retry_after_is_read_as_seconds_and_as_a_date(void **state)
{
    static const struct peer_reply replies[] = {
        {"HTTP/1.1 429 X\r\nRetry-After: 17\r\nContent-Length: 0\r\n\r\n", 0,
         PEER_KEEP},
        {"HTTP/1.1 503 X\r\nRetry-After: Tue, 14 Nov 2023 22:14:20 GMT\r\n"
         "Content-Length: 0\r\n\r\n",
         0, PEER_KEEP},
        {"HTTP/1.1 503 X\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n", 0,
         PEER_KEEP},
        {"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n", 0, PEER_KEEP},
    };
    static const int64_t seconds[] = {17, 60, -1, -1};
    struct world *world = *state;
    size_t i;

    client_peer(world, replies, 4);
    for (i = 0; i < 4; i++) {
        client_get_peer(world, "GET", NULL);
        assert_int_equal(world->retry_after_s, seconds[i]);
    }
    assert_int_equal(world->peer.accepted, 1);
}

static void connections_are_kept_and_used_again(void **state)
{
    static struct peer_reply replies[20];
    struct world *world = *state;
    int i;

    for (i = 0; i < 20; i++)
        replies[i].data = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    client_peer(world, replies, 20);
    for (i = 0; i < 20; i++) {
        client_get_peer(world, i % 2 ? "POST" : "GET", i % 2 ? "{}" : NULL);
        assert_string_equal(world->body, "ok");
    }
    assert_int_equal(world->peer.accepted, 1);
}

static void what_makes_no_sense_is_refused_at_once(void **state)
{
    static const struct usher_header bad_value[] = {{"X", "a\r\nEvil: 1"}};
    static const struct usher_header bad_name[] = {{"X Y", "1"}};
    static const struct usher_client_request cases[] = {
        {.method = "GET", .url = "ftp://127.0.0.1/"},
        {.method = "GET", .url = "127.0.0.1"},
        {.method = "GET", .url = NULL},
        {.method = "GET", .url = "http://127.0.0.1/a b"},
        {.method = "GET", .url = "http://127.0.0.1/\r\nEvil: 1"},
        {.method = "G ET", .url = "http://127.0.0.1/"},
        {.method = "", .url = "http://127.0.0.1/"},
        {.method = "GETGETGETGETGETGET", .url = "http://127.0.0.1/"},
        {.method = "GET", .url = "http://127.0.0.1/", .follow = 6},
        {.method = "GET",
         .url = "http://127.0.0.1/",
         .headers = bad_value,
         .header_count = 1},
        {.method = "GET",
         .url = "http://127.0.0.1/",
         .headers = bad_name,
         .header_count = 1},
    };
    struct world *world = *state;
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(usher_client_send(world->client, &cases[i],
                                           client_answered, world, NULL),
                         USHER_ERR_INVALID);
}

/* Many at once */

enum { CROWD = 400 };

static void hundreds_run_at_the_same_time(void **state)
{
    struct world *world = *state;
    char url[64];
    struct usher_client_request request = {.method = "GET", .url = url};
    int i;

    client_url(world, "/later", url, sizeof(url));
    for (i = 0; i < CROWD; i++)
        assert_int_equal(usher_client_send(world->client, &request,
                                           client_answered, world, NULL),
                         USHER_OK);
    client_until_later(world, CROWD);
    server_answer_later(world);
    client_until(world, CROWD);
    assert_int_equal(world->result, USHER_NET_OK);
    assert_string_equal(world->body, "later");
}

static void a_bound_of_connections_makes_requests_wait(void **state)
{
    struct world *world = *state;
    char url[64];
    struct usher_client_request request = {.method = "GET", .url = url};
    int i;

    client_bounded(world, 2);
    client_url(world, "/later", url, sizeof(url));
    for (i = 0; i < 5; i++)
        assert_int_equal(usher_client_send(world->client, &request,
                                           client_answered, world, NULL),
                         USHER_OK);
    client_until_later(world, 2);
    for (i = 0; i < 5; i++)
        usher_loop_step(world->loop, 5);
    assert_int_equal(world->later_count, 2);
    server_answer_later(world);
    client_until_later(world, 2);
    server_answer_later(world);
    client_until_later(world, 1);
    server_answer_later(world);
    client_until(world, 5);
}

static void a_handler_may_ask_elsewhere_before_it_answers(void **state)
{
    struct world *world = *state;

    client_get(world, "/chain");
    assert_int_equal(world->result, USHER_NET_OK);
    has(world->body, "chained: GET /echo\n");
}

/* Cancelling */

static void never_called(void *user, const struct usher_client_answer *answer)
{
    (void)user;
    (void)answer;
    fail_msg("the callback of a cancelled transfer was called");
}

static void a_cancelled_transfer_is_never_heard_of(void **state)
{
    struct world *world = *state;
    struct usher_transfer *transfer;
    char url[64];
    struct usher_client_request request = {.method = "GET", .url = url};

    client_url(world, "/later", url, sizeof(url));
    assert_int_equal(usher_client_send(world->client, &request, never_called,
                                       NULL, &transfer),
                     USHER_OK);
    usher_transfer_cancel(transfer);
    assert_int_equal(usher_client_send(world->client, &request, never_called,
                                       NULL, &transfer),
                     USHER_OK);
    client_until_later(world, 1);
    usher_transfer_cancel(transfer);
    usher_transfer_cancel(NULL);
    server_answer_later(world);
    usher_clock_manual_advance(&world->time, 60000);
    client_get(world, "/echo");
    assert_int_equal(world->result, USHER_NET_OK);
}

struct couple {
    struct world *world;
    struct usher_transfer *transfer[2];
    int called;
};

static void cancel_the_other(void *user,
                             const struct usher_client_answer *answer)
{
    struct couple *couple = user;
    struct usher_client_request request = {.method = "GET"};
    char url[64];

    (void)answer;
    couple->called++;
    usher_transfer_cancel(couple->transfer[0]);
    usher_transfer_cancel(couple->transfer[1]); /* itself: no effect */
    client_url(couple->world, "/echo", url, sizeof(url));
    request.url = url;
    assert_int_equal(usher_client_send(couple->world->client, &request,
                                       client_answered, couple->world, NULL),
                     USHER_OK);
}

/* Both answers may be there: the first one's callback cancels the second. */
static void a_callback_may_cancel_another_and_send_anew(void **state)
{
    struct world *world = *state;
    struct couple couple = {.world = world};
    char url[64];
    struct usher_client_request request = {.method = "GET", .url = url};

    client_url(world, "/later", url, sizeof(url));
    assert_int_equal(usher_client_send(world->client, &request, never_called,
                                       NULL, &couple.transfer[0]),
                     USHER_OK);
    client_until_later(world, 1);
    client_url(world, "/echo", url, sizeof(url));
    assert_int_equal(usher_client_send(world->client, &request,
                                       cancel_the_other, &couple,
                                       &couple.transfer[1]),
                     USHER_OK);
    client_until(world, 1);
    assert_int_equal(couple.called, 1);
    server_answer_later(world);
    usher_loop_step(world->loop, 5);
}

static void freeing_cancels_all(void **state)
{
    struct world *world = *state;
    char url[64];
    struct usher_client_request request = {.method = "GET", .url = url};

    client_url(world, "/later", url, sizeof(url));
    assert_int_equal(usher_client_send(world->client, &request, never_called,
                                       NULL, NULL),
                     USHER_OK);
    client_until_later(world, 1);
    usher_client_free(world->client);
    world->client = NULL;
    server_answer_later(world);
    usher_loop_step(world->loop, 5);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_make, world_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_answer_has_status_body_type_and_headers),
        CASE(methods_and_bodies_do_not_leak_into_the_next_request),
        CASE(headers_are_sent_as_given),
        CASE(large_bodies_go_and_come_whole),
        CASE(a_packed_answer_is_unpacked),
        CASE(retry_after_is_read_as_seconds_and_as_a_date),
        CASE(connections_are_kept_and_used_again),
        CASE(what_makes_no_sense_is_refused_at_once),
        CASE(hundreds_run_at_the_same_time),
        CASE(a_bound_of_connections_makes_requests_wait),
        CASE(a_handler_may_ask_elsewhere_before_it_answers),
        CASE(a_cancelled_transfer_is_never_heard_of),
        CASE(a_callback_may_cancel_another_and_send_anew),
        CASE(freeing_cancels_all),
    };

    return cmocka_run_group_tests_name("client", tests, allow_many_files, NULL);
}
