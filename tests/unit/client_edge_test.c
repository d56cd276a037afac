/* tests/unit/client_edge_test.c - the HTTP client's edges: each name of a
 * proxy, both sides of what a request may hold; and that nothing of one request
 * sticks to the next. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "client_world.h"
#include "fail_alloc.h"
#include "net/loop_private.h"
#include "own_folder.h"
#include "patience.h"

#define OK_REPLY "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

static void expect(const struct world *world, enum usher_net_result result,
                   int sent)
{
    assert_int_equal(world->result, result);
    assert_int_equal(world->sent, sent);
}

/* ---- one request after another on a pooled handle ---- */

static void nothing_sticks_to_the_next_request(void **state)
{
    static const struct peer_reply replies[] = {{OK_REPLY, 0, PEER_KEEP},
                                                {NULL, 0, PEER_CLOSE},
                                                {OK_REPLY, 0, PEER_KEEP}};
    struct world *world = *state;
    struct usher_client_request nobody = {.method = "GET"};
    struct usher_client_request redirected = {.method = "POST"};
    char url[64];
    uint16_t port;
    int fd;

    assert_int_equal(usher_server_listen("127.0.0.1", 0, 0, &fd, &port, NULL),
                     USHER_OK);
    close(fd);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/", (unsigned)port);
    nobody.url = url;
    client_peer(world, replies, 3);
    client_get_peer(world, "GET", NULL);
    client_get_peer(world, "POST", "{}"); /* refused to be sent again */
    expect(world, USHER_NET_BROKEN, 1);
    client_run(world, &nobody, NULL);
    expect(world, USHER_NET_OFFLINE, 0);
    lacks(world->error, "twice");
    client_get_peer(world, "POST", "{}");
    expect(world, USHER_NET_OK, 1);
    assert_string_equal(world->error, "");
    redirected.follow = 1;
    client_run(world, &redirected, "/to/303?url=/echo");
    assert_int_equal(world->turned, 1);
    client_run(world, &nobody, NULL);
    expect(world, USHER_NET_OFFLINE, 0);
    client_get(world, "/echo");
    assert_int_equal(world->turned, 0);
    lacks(world->body, "secret");
}

/* The memory of a large answer is not kept for the next ones. */
static void memory_of_an_answer_is_given_back(void **state)
{
    enum { SIZE = 900 * 1000 };
    struct world *world = *state;
    char *body = calloc(1, SIZE);
    struct usher_client_request request = {
        .method = "POST", .body = body, .body_len = SIZE};

    assert_non_null(body);
    client_get(world, "/echo");
    fail_alloc_count();
    client_run(world, &request, "/mirror");
    assert_int_equal(world->body_len, SIZE);
    for (int i = 0; i < 10; i++)
        usher_loop_step(world->loop, 0);
    assert_true(fail_alloc_most() > SIZE);
    assert_true(fail_alloc_held() < SIZE + 200 * 1000); /* the test has it */
    free(body);
}

/* What changes nothing is sent again, whatever its name. */
static void reads_are_sent_again_by_any_name(void **state)
{
    static const struct peer_reply replies[] = {{OK_REPLY, 0, PEER_KEEP},
                                                {NULL, 0, PEER_CLOSE},
                                                {"HTTP/1.1 204 OK\r\n\r\n", 0,
                                                 PEER_KEEP}};
    static const char *const methods[] = {"GET", "HEAD", "OPTIONS", "TRACE",
                                          "get"};
    struct world *world = *state;

    for (size_t i = 0; i < 5; i++) {
        client_peer(world, replies, 3);
        client_get_peer(world, "GET", NULL);
        client_get_peer(world, methods[i], NULL);
        expect(world, i < 3 ? USHER_NET_OK : USHER_NET_BROKEN, 1);
        assert_int_equal(world->peer.requests, i < 3 ? 3 : 2);
        peer_close(&world->peer);
        world->peer_is_open = 0;
    }
}

static void a_content_type_is_sent_once_however_it_is_written(void **state)
{
    static const struct usher_header headers[] = {{"content-TYPE", "a/b"}};
    struct world *world = *state;
    struct usher_client_request request = {.method = "POST",
                                           .headers = headers,
                                           .header_count = 1,
                                           .body = "x",
                                           .body_len = 1};
    const char *at;

    client_run(world, &request, "/echo");
    at = strstr(world->body, "content-TYPE: a/b\n");
    assert_non_null(at);
    lacks(world->body, "Content-Type");
}

/* What begins work has a length, also without a body. */
static void a_write_without_a_body_has_an_empty_one(void **state)
{
    static const char *const methods[] = {"POST", "PUT", "PATCH", "DELETE"};
    struct world *world = *state;

    for (size_t i = 0; i < 4; i++) {
        struct usher_client_request request = {.method = methods[i]};

        client_run(world, &request, "/echo");
        assert_int_equal(world->status, 200);
        assert_memory_equal(world->body, methods[i], strlen(methods[i]));
        assert_int_equal(strstr(world->body, "Content-Length: 0\n") != NULL,
                         i < 3);
    }
}

static void answer_path(void *user, struct usher_request *request)
{
    const char *path = usher_request_path(request);

    (void)user;
    usher_request_answer(request, 200, NULL, (char *)(uintptr_t)path,
                         strlen(path), 0, NULL, 0);
}

static void answer_whether_asked(void *user, struct usher_request *request)
{
    const char *text = usher_request_header(request, "Expect") ? "yes" : "no";

    (void)user;
    usher_request_answer(request, 200, NULL, (char *)(uintptr_t)text,
                         strlen(text), 0, NULL, 0);
}

/* Which would cost a second where nobody answers it. */
static void no_large_body_waits_for_leave(void **state)
{
    enum { SIZE = 1200 * 1000 };
    struct world *world = *state;
    struct usher_server_options options = {.max_body = SIZE, .max_clients = 9};
    struct usher_client_request request = {.method = "POST", .body_len = SIZE};
    struct usher_server *server;
    char *body = calloc(1, SIZE), url[64];
    uint16_t port;

    assert_non_null(body);
    assert_int_equal(usher_server_listen("127.0.0.1", 0, 0, &options.listen_fd,
                                         &port, NULL),
                     USHER_OK);
    assert_int_equal(usher_server_new(world->loop, &options,
                                      answer_whether_asked, NULL, &server),
                     USHER_OK);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/", (unsigned)port);
    request.url = url;
    request.body = body;
    client_run(world, &request, NULL);
    assert_string_equal(world->body, "no");
    usher_server_free(server);
    free(body);
}

/* What was answered has no time to run out any more. */
static void an_answer_ends_its_time(void **state)
{
    struct world *world = *state;

    client_get(world, "/echo");
    usher_clock_manual_advance(&world->time, 60000);
    usher_loop_step(world->loop, 0);
    client_get(world, "/echo");
    usher_clock_manual_advance(&world->time, 60000);
    usher_loop_step(world->loop, 0);
    assert_int_equal(world->answers, 2);
    expect(world, USHER_NET_OK, 1);
}

/* ---- Retry-After ---- */

static void retry_after_is_never_less_than_nothing(void **state)
{
    static const struct {
        const char *value;
        int64_t seconds;
    } cases[] = {{"0", 0},
                 {"3600", 3600},
                 {"-5", -1},
                 {"", -1},
                 {"Tue, 14 Nov 2023 22:13:21 GMT", 1},
                 {"Tue, 14 Nov 2023 22:13:20 GMT", 0},
                 {"Tue, 14 Nov 2023 22:13:19 GMT", 0},
                 {"Wed, 15 Nov 2023 22:13:20 GMT", 86400},
                 {"Mon, 14 Nov 2022 22:13:20 GMT", 0}};
    struct world *world = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[128];
        const struct peer_reply reply = {text, 0, PEER_KEEP};

        snprintf(text, sizeof(text),
                 "HTTP/1.1 429 X\r\nRetry-After: %s\r\n"
                 "Content-Length: 0\r\n\r\n",
                 cases[i].value);
        client_peer(world, &reply, 1);
        client_get_peer(world, "GET", NULL);
        assert_int_equal(world->retry_after_s, cases[i].seconds);
        peer_close(&world->peer);
        world->peer_is_open = 0;
    }
}

/* ---- what a request may hold ---- */

static enum usher_status try_request(struct world *world,
                                     struct usher_client_request request)
{
    struct usher_transfer *transfer;
    enum usher_status st;

    if (request.method == NULL)
        request.method = "GET";
    if (request.url == NULL)
        request.url = "http://127.0.0.1:1/";
    st = usher_client_send(world->client, &request, client_answered, world,
                           &transfer);
    usher_transfer_cancel(transfer);
    return st;
}

static void both_sides_of_what_a_request_may_hold(void **state)
{
    static const struct usher_header good[][1] = {
        {{"X-a_1.~!", "a\tb caf\xC3\xA9"}}, {{"x", ""}}};
    static const struct usher_header bad[][1] = {
        {{"", "1"}},         {{"X:", "1"}},   {{"X\n", "1"}},
        {{"X\xC3\xA9", ""}}, {{"X", "\n"}},   {{"X", "a\x01"}},
        {{"X", "a\x7f"}},    {{"X", "a\rb"}}, {{"X(", "1"}}};
    static const char *const urls[] = {"http://127.0.0.1:1/\x7f",
                                       "http://127.0.0.1:1/\t",
                                       "http://127.0.0.1:1/ ",
                                       "ftp://x/",
                                       "file:///etc/hostname",
                                       "http:/x",
                                       "httpx://y",
                                       ""};
    struct world *world = *state;
    const struct usher_header two[] = {{"A", "1"}, {"B", "\r"}};

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_int_equal(
            try_request(world,
                        (struct usher_client_request){.headers = good[i],
                                                      .header_count = 1}),
            USHER_OK);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(try_request(world,
                                     (struct usher_client_request){
                                         .headers = bad[i], .header_count = 1}),
                         USHER_ERR_INVALID);
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
        assert_int_equal(
            try_request(world, (struct usher_client_request){.url = urls[i]}),
            USHER_ERR_INVALID);
    assert_int_equal(
        try_request(world, (struct usher_client_request){.headers = two,
                                                         .header_count = 2}),
        USHER_ERR_INVALID);
    assert_int_equal(
        try_request(world,
                    (struct usher_client_request){.method = "ABCDEFGHIJKLMNO"}),
        USHER_OK);
    assert_int_equal(try_request(world,
                                 (struct usher_client_request){
                                     .method = "ABCDEFGHIJKLMNOP"}),
                     USHER_ERR_INVALID);
    assert_int_equal(
        try_request(world,
                    (struct usher_client_request){.url = "HTTPS://127.0.0.1:1/",
                                                  .follow = 5}),
        USHER_OK);
    for (int follow = -1; follow <= 6; follow += 7)
        assert_int_equal(
            try_request(world, (struct usher_client_request){.follow = follow}),
            USHER_ERR_INVALID);
}

/* First, middle and last of those under way may be cancelled. */
static void whichever_is_cancelled_the_others_are_answered(void **state)
{
    struct world *world = *state;
    char url[64];
    struct usher_client_request request = {.method = "GET", .url = url};

    client_url(world, "/later", url, sizeof(url));
    for (int gone = 0; gone < 3; gone++) {
        struct usher_transfer *transfers[3];

        world->answers = 0;
        for (int i = 0; i < 3; i++)
            assert_int_equal(usher_client_send(world->client, &request,
                                               client_answered, world,
                                               &transfers[i]),
                             USHER_OK);
        client_until_later(world, 3);
        usher_transfer_cancel(transfers[gone]);
        server_answer_later(world);
        client_until(world, 2);
        for (int i = 0; i < 5; i++)
            usher_loop_step(world->loop, 0);
        assert_int_equal(world->answers, 2);
    }
}

/* Once all that came is done a step waits: nothing is there to be read. */
static int sleeps(struct world *world)
{
    struct pollfd loop = {.fd = world->loop->epoll_fd, .events = POLLIN};

    for (int i = 0; i < 10; i++)
        usher_loop_step(world->loop, 0);
    return poll(&loop, 1, 0) == 0 && usher_loop_patience_ms(world->loop) != 0;
}

/* While an answer is waited for, and after it, the loop's thread sleeps. */
static void a_client_that_waits_lets_its_thread_sleep(void **state)
{
    static const struct peer_reply replies[] = {{OK_REPLY, 0, PEER_KEEP},
                                                {NULL, 0, PEER_KEEP}};
    static const struct peer_reply closes[] = {{OK_REPLY, 0, PEER_CLOSE}};
    struct world *world = *state;
    char url[64];
    struct usher_client_request request = {
        .method = "GET", .url = url, .timeout_ms = 5000};

    client_peer(world, replies, 2);
    client_get_peer(world, "GET", NULL);
    usher_loop_step(world->loop, 0);
    assert_int_equal(usher_loop_patience_ms(world->loop), -1);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/",
             (unsigned)world->peer.port);
    assert_int_equal(usher_client_send(world->client, &request, client_answered,
                                       world, NULL),
                     USHER_OK);
    WAIT_FOR("the second request", world->peer.requests == 2,
             usher_loop_step(world->loop, 5));
    assert_true(sleeps(world));
    assert_int_equal(world->answers, 1);
    assert_true(usher_loop_patience_ms(world->loop) > 100);
    peer_close(&world->peer); /* in the middle; and then, of an idle one */
    world->peer_is_open = 0;
    client_until(world, 2);
    client_peer(world, closes, 1);
    client_get_peer(world, "GET", NULL);
    assert_true(sleeps(world));
}

/* Where nothing else is said. */
static void a_request_has_thirty_seconds(void **state)
{
    struct world *world = *state;
    char url[64];
    struct usher_client_request request = {.method = "GET", .url = url};

    client_url(world, "/later", url, sizeof(url));
    assert_int_equal(usher_client_send(world->client, &request, client_answered,
                                       world, NULL),
                     USHER_OK);
    client_until_later(world, 1);
    usher_clock_manual_advance(&world->time, 29990);
    for (int i = 0; i < 3; i++)
        usher_loop_step(world->loop, 0);
    assert_int_equal(world->answers, 0);
    usher_clock_manual_advance(&world->time, 11);
    client_until(world, 1);
    assert_int_equal(world->result, USHER_NET_TIMEOUT);
    server_answer_later(world);
}

static void no_answer(void *user, const struct usher_client_answer *answer)
{
    (void)user;
    (void)answer;
    fail_msg("an answer came after the client's end");
}

static void all_under_way_end_with_the_client(void **state)
{
    struct world *world = *state;
    char url[64];
    struct usher_client_request request = {.method = "GET", .url = url};

    client_url(world, "/later", url, sizeof(url));
    for (int i = 0; i < 3; i++)
        assert_int_equal(usher_client_send(world->client, &request, no_answer,
                                           NULL, NULL),
                         USHER_OK);
    client_until_later(world, 3);
    usher_client_free(world->client);
    world->client = NULL;
    server_answer_later(world);
    for (int i = 0; i < 5; i++)
        usher_loop_step(world->loop, 0);
    usher_clock_manual_advance(&world->time, 60000);
    usher_loop_step(world->loop, 0);
}

/* ---- proxies ---- */

static const char *const proxies[] = {"http_proxy", "https_proxy",
                                      "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};

static int without_proxies(void **state)
{
    for (size_t i = 0; i < 5; i++)
        unsetenv(proxies[i]);
    return world_drop(state);
}

/* Each name alone; and this machine is never asked for through one. */
static void each_name_of_a_proxy_counts(void **state)
{
    static const struct peer_reply replies[] = {
        {"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", 0, PEER_CLOSE}};
    struct world *world = *state;

    for (size_t i = 0; i < 5; i++) {
        int tls = strncasecmp(proxies[i], "https", 5) == 0;
        struct usher_client_request far = {.method = "GET",
                                           .url = tls ? "https://far.invalid/"
                                                      : "http://far.invalid/"};
        char url[64];

        client_peer(world, replies, 1);
        snprintf(url, sizeof(url), "http://127.0.0.1:%u",
                 (unsigned)world->peer.port);
        assert_int_equal(setenv(proxies[i], url, 1), 0);
        client_bounded(world, 0);
        client_run(world, &far, NULL);
        has(world->peer.last, "far.invalid");
        client_get(world, "/echo");
        has(world->body, "GET /echo\n");
        snprintf(url, sizeof(url), "http://LOCALHOST:%u/echo",
                 (unsigned)world->port);
        far.url = url;
        client_run(world, &far, NULL);
        has(world->body, "GET /echo\n");
        snprintf(url, sizeof(url), "http://[::1]:%u/", (unsigned)world->port);
        client_run(world, &far, NULL);
        assert_int_equal(world->peer.requests, 1);
        unsetenv(proxies[i]);
        peer_close(&world->peer);
        world->peer_is_open = 0;
    }
}

/* Nobody listens at the socket: no proxy is asked instead. */
static void a_unix_socket_needs_no_proxy(void **state)
{
    static const struct peer_reply replies[] = {{OK_REPLY, 0, PEER_KEEP}};
    struct world *world = *state;
    struct usher_client_options options = {.unix_path = "/nonexistent/s"};
    struct usher_client_request request = {.method = "GET",
                                           .url = "http://far.invalid/"};
    char url[64];

    client_peer(world, replies, 1);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u",
             (unsigned)world->peer.port);
    assert_int_equal(setenv("http_proxy", url, 1), 0);
    usher_client_free(world->client);
    assert_int_equal(usher_client_new(world->loop, &options, &world->client),
                     USHER_OK);
    client_run(world, &request, NULL);
    expect(world, USHER_NET_OFFLINE, 0);
    assert_int_equal(world->peer.requests, 0);
}

/* Whatever host a request names. */
static void all_requests_go_to_the_unix_socket(void **state)
{
    struct world *world = *state;
    struct usher_client_options options = {.max_response = 1000};
    struct usher_server_options at = {.max_body = 10, .max_clients = 10};
    struct usher_client_request request = {.method = "GET",
                                           .url = "http://far.invalid/a/b"};
    char dir[OWN_FOLDER_SIZE], path[96];
    struct usher_server *server;

    own_folder(dir);
    snprintf(path, sizeof(path), "%s/s", dir);
    assert_int_equal(usher_server_listen_unix(path, &at.listen_fd, NULL),
                     USHER_OK);
    assert_int_equal(usher_server_new(world->loop, &at, answer_path, NULL,
                                      &server),
                     USHER_OK);
    assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
    options.unix_path = path;
    usher_client_free(world->client);
    assert_int_equal(usher_client_new(world->loop, &options, &world->client),
                     USHER_OK);
    client_run(world, &request, NULL);
    expect(world, USHER_NET_OK, 1);
    assert_string_equal(world->body, "/a/b");
    usher_server_free(server);
    unlink(path);
    rmdir(dir);
}

/* ---- the process ---- */

static void own_handler(int number)
{
    (void)number;
}

/* A peer that goes must not end the process; a host's own handler stays. */
static void a_broken_pipe_ends_no_process(void **state)
{
    struct world *world = *state;
    struct sigaction action;

    client_bounded(world, 0);
    assert_int_equal(sigaction(SIGPIPE, NULL, &action), 0);
    assert_true(action.sa_handler == SIG_IGN);
    signal(SIGPIPE, own_handler);
    client_bounded(world, 0);
    assert_int_equal(sigaction(SIGPIPE, NULL, &action), 0);
    assert_true(action.sa_handler == own_handler);
    signal(SIGPIPE, SIG_DFL);
    client_bounded(world, 0);
    assert_int_equal(sigaction(SIGPIPE, NULL, &action), 0);
    assert_true(action.sa_handler == SIG_IGN);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_make, world_drop)
#define PROXY(name) \
    cmocka_unit_test_setup_teardown(name, world_make, without_proxies)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(nothing_sticks_to_the_next_request),
        CASE(memory_of_an_answer_is_given_back),
        CASE(reads_are_sent_again_by_any_name),
        CASE(a_content_type_is_sent_once_however_it_is_written),
        CASE(a_write_without_a_body_has_an_empty_one),
        CASE(no_large_body_waits_for_leave),
        CASE(an_answer_ends_its_time),
        CASE(retry_after_is_never_less_than_nothing),
        CASE(both_sides_of_what_a_request_may_hold),
        CASE(whichever_is_cancelled_the_others_are_answered),
        CASE(all_under_way_end_with_the_client),
        CASE(a_request_has_thirty_seconds),
        CASE(a_client_that_waits_lets_its_thread_sleep),
        PROXY(each_name_of_a_proxy_counts),
        PROXY(a_unix_socket_needs_no_proxy),
        PROXY(all_requests_go_to_the_unix_socket),
        CASE(a_broken_pipe_ends_no_process),
    };

    return cmocka_run_group_tests_name("client_edge", tests, allow_many_files,
                                       NULL);
}
