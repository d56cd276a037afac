/* tests/unit/server_bound_test.c - the HTTP server's bounds, both sides of
 * each; what it refuses by itself; and that nothing of one request sticks to
 * the next. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fail_alloc.h"
#include "own_folder.h"
#include "server_world.h"

/* The world's server anew, on a socket of its own. */
static void replace(struct serve *world, size_t max_body, unsigned clients)
{
    struct usher_server_options options = {
        .max_body = max_body, .max_clients = clients, .idle_s = 60};

    usher_server_free(world->server);
    assert_int_equal(usher_server_listen("127.0.0.1", 0, 0, &options.listen_fd,
                                         &world->port, NULL),
                     USHER_OK);
    assert_int_equal(usher_server_new(world->loop, &options, serve_handle,
                                      world, &world->server),
                     USHER_OK);
}

static const char *post(struct serve *world, size_t len)
{
    char *request = malloc(len + 128), *end;
    const char *text;

    assert_non_null(request);
    end = request + sprintf(request,
                            HEAD("POST", "/later") "Connection: close\r\n"
                                                   "Content-Length: %zu"
                                                   "\r\n\r\n",
                            len);
    memset(end, 'z', len);
    end[len] = '\0';
    text = wire_ask(world, request);
    free(request);
    return text;
}

/* ---- bounds ---- */

static void a_body_may_have_1_mib_where_nothing_is_said(void **state)
{
    enum { MIB = 1024 * 1024 };
    static char body[4096];
    struct serve *world = *state;
    int fd, ended;

    memset(body, 'z', sizeof(body));
    replace(world, 0, 10);
    fd = wire_dial(world);
    wire_put_text(world, fd,
                  HEAD("POST", "/later") "Content-Length: 1048576\r\n\r\n");
    for (size_t i = 0; i < MIB / sizeof(body); i++)
        wire_put(world, fd, body, sizeof(body));
    serve_until_later(world, 1);
    serve_answer_all(world);
    has(wire_get(world, fd, "later", &ended), "HTTP/1.1 200 ");
    close(fd);
    has(post(world, MIB + 1), "HTTP/1.1 413 ");
    assert_int_equal(world->calls, 1);
}

/* One large body, and many at once: what they needed is given back. */
static void memory_of_bodies_is_given_back(void **state)
{
    enum { MANY = 300, KIB = 1024 };
    static int fds[MANY];
    static char body[8 * KIB];
    struct serve *world = *state;
    int ended;

    memset(body, 'z', sizeof(body));
    replace(world, 0, 2 * MANY);
    fail_alloc_count();
    for (int i = 0; i < MANY; i++) {
        fds[i] = wire_dial(world);
        wire_put_text(world, fds[i],
                      HEAD("POST", "/later") "Content-Length: 65536\r\n\r\n");
        for (int part = 0; part < 8; part++)
            wire_put(world, fds[i], body, sizeof(body));
    }
    serve_until_later(world, MANY);
    assert_true(fail_alloc_held() > MANY * 64 * KIB);
    serve_answer_all(world);
    for (int i = 0; i < MANY; i++) {
        has(wire_get(world, fds[i], "later", &ended), "HTTP/1.1 200 ");
        close(fds[i]);
    }
    for (int i = 0; i < 10; i++)
        usher_loop_step(world->loop, 0);
    assert_true(fail_alloc_held() < MANY * 2 * KIB);
}

/* Up to 16 times the bound a body that is refused is read to its end, which
 * leaves the connection in order; a larger one is answered at its head. */
static void a_refused_body_is_read_up_to_16_times_the_bound(void **state)
{
    static const struct {
        const char *head;
        int at_once;
    } cases[] = {
        {HEAD("POST", "/echo") "Content-Length: 65551\r\n\r\n", 0},
        {HEAD("POST", "/echo") "Content-Length: 65552\r\n\r\n", 1},
        {HEAD("POST", "/echo") "Expect: 100-continue\r\n"
                               "Content-Length: 4097\r\n\r\n",
         1},
        {HEAD("POST", "/echo") "Content-Length: 4097\r\n\r\n", 0},
    };
    struct serve *world = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int fd = wire_dial(world);
        char byte;
        ssize_t got;

        wire_put_text(world, fd, cases[i].head);
        for (int step = 0; step < 10; step++)
            usher_loop_step(world->loop, 0);
        got = recv(fd, &byte, 1, 0);
        assert_int_equal(got > 0, cases[i].at_once);
        close(fd);
        assert_int_equal(world->refusals, i + 1);
        assert_string_equal(world->why, "the body is too large");
    }
    assert_int_equal(world->calls, 0);
}

static void a_head_may_have_6_kb_and_not_16(void **state)
{
    struct serve *world = *state;
    char *request = malloc(20000);

    assert_non_null(request);
    for (int kb = 6; kb <= 16; kb += 10) {
        int len = sprintf(request, HEAD("GET", "/now") "X-Long: ");
        int fd = wire_dial(world), ended;

        memset(request + len, 'x', (size_t)kb * 1000);
        strcpy(request + len + kb * 1000, "\r\n\r\n");
        wire_put_text(world, fd, request);
        has(wire_get(world, fd, "\r\n\r\n", &ended),
            kb == 6 ? "HTTP/1.1 200 " : "HTTP/1.1 431 ");
        close(fd);
    }
    assert_int_equal(world->calls, 1);
    free(request);
}

static void a_status_is_from_200_to_999(void **state)
{
    static const char *const cases[][2] = {{"/status/199", "500"},
                                           {"/status/200", "200"},
                                           {"/status/999", "999"},
                                           {"/status/1000", "500"}};
    char request[128], wanted[32];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(request, sizeof(request), HEAD("GET", "%s") "\r\n",
                 cases[i][0]);
        snprintf(wanted, sizeof(wanted), "HTTP/1.1 %s ", cases[i][1]);
        has(wire_ask(*state, request), wanted);
    }
}

static int is_open(struct serve *world, int fd)
{
    char byte;

    for (int i = 0; i < 3; i++)
        usher_loop_step(world->loop, 0);
    return recv(fd, &byte, 1, 0) < 0 && errno == EAGAIN;
}

/* Of many places the last 32 are kept free for who comes. */
static void the_last_32_places_are_for_who_comes(void **state)
{
    enum { PLACES = 200, STAY = PLACES - 32 };
    struct serve *world = *state;
    int fds[STAY + 2];

    replace(world, 0, PLACES);
    for (int i = 0; i < STAY + 2; i++) {
        fds[i] = wire_dial(world);
        for (int step = 0; step < 3; step++)
            usher_loop_step(world->loop, 0);
        if (i == STAY - 1)
            assert_true(is_open(world, fds[0]));
        if (i == STAY)
            assert_false(is_open(world, fds[0]));
    }
    assert_false(is_open(world, fds[1]));
    for (int i = 2; i < STAY + 2; i++)
        assert_true(is_open(world, fds[i]));
    for (int i = 0; i < STAY + 2; i++)
        close(fds[i]);
}

/* To the millisecond, where the server looks each second. */
static void who_sends_nothing_has_his_time_and_no_more(void **state)
{
    struct serve *world = *state;
    int fd;

    replace(world, 0, 10);
    fd = wire_dial(world);
    assert_true(is_open(world, fd));
    for (int i = 0; i < 59; i++) {
        usher_clock_manual_advance(&world->time, 1000);
        assert_true(is_open(world, fd));
    }
    usher_clock_manual_advance(&world->time, 1000);
    assert_false(is_open(world, fd));
    close(fd);
}

/* ---- what the server refuses by itself ---- */

static void a_refusal_is_told_with_its_reason(void **state)
{
    struct serve *world = *state;

    has(post(world, MAX_BODY + 1), "HTTP/1.1 413 ");
    assert_int_equal(world->refusals, 1);
    assert_string_equal(world->why, "the body is too large");
    has(wire_ask(world, HEAD("POST", "/echo") "Content-Length: 3\r\n"
                                              "Content-Length: 4\r\n\r\nabc"),
        "{\"error\":\"there are two different Content-Length\"}\n");
    assert_int_equal(world->refusals, 2);
    assert_string_equal(world->why, "there are two different Content-Length");
    has(wire_ask(world, HEAD("GET", "/now") "\r\n"), "now");
    assert_int_equal(world->refusals, 2);
    assert_int_equal(world->calls, 1);
}

static void each_fault_of_a_head_has_its_words(void **state)
{
    static const char *const cases[][2] = {
        {"X Y: 1", "a header's name is not one word"},
        {"X@Y: 1", "a header's name is not one word"},
        {"X\x7f: 1", "a header's name is not one word"},
        {"X\xC3\xA9: 1", "a header's name is not one word"},
        {"X: a\x7f", "a header has a control character in it"},
        {"X: a\x01", "a header has a control character in it"},
        {"Transfer-Encoding: gzip", "the Transfer-Encoding is not chunked"},
        {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
         "there is more than one Transfer-Encoding"},
        {"Transfer-Encoding: chunked\r\nContent-Length: 3",
         "there are Content-Length and Transfer-Encoding"},
    };
    struct serve *world = *state;
    char text[256];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(text, sizeof(text), HEAD("POST", "/echo") "%s\r\n\r\n",
                 cases[i][0]);
        has(wire_ask(world, text), "HTTP/1.1 400 ");
        assert_string_equal(world->why, cases[i][1]);
    }
    has(wire_ask(world, "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked"
                        "\r\n\r\n0\r\n\r\n"),
        " 400 ");
    assert_string_equal(world->why, "HTTP/1.0 has no Transfer-Encoding");
    assert_int_equal(world->calls, 0);
    has(wire_ask(world, HEAD("GET", "/now") "X: a\tb c ~\xC3\xA9\r\n\r\n"),
        "now");
    has(wire_ask(world,
                 HEAD("POST", "/echo") "transfer-encoding: CHUNKED\r\n\r\n"
                                       "1\r\na\r\n0\r\n\r\n"),
        "\r\n\r\na");
}

/* ---- one request after another ---- */

static void nothing_of_a_refused_request_sticks_to_the_next(void **state)
{
    static char chunk[60000];
    struct serve *world = *state;
    int fd, ended;
    const char *text;

    memset(chunk, 'z', sizeof(chunk));
    for (int round = 0; round < 3; round++) {
        /* A bad head; a body that is swallowed. */
        has(wire_ask(world, HEAD("POST", "/echo") "Content-Length: 1\r\n"
                                                  "Content-Length: 2\r\n\r\n"),
            "HTTP/1.1 400 ");
        fd = wire_dial(world);
        wire_put_text(world, fd,
                      HEAD("POST", "/echo") "Content-Length: 60000\r\n\r\n");
        wire_put(world, fd, chunk, sizeof(chunk));
        has(wire_get(world, fd, "reply\"}", &ended), "HTTP/1.1 413 ");
        wire_put_text(world, fd,
                      HEAD("POST", "/echo") "Content-Length: 3\r\n\r\nabc");
        text = wire_get(world, fd, "\r\n\r\nabc", &ended);
        has(text, "HTTP/1.1 200 ");
        has(text, "Content-Length: 3\r\n");
        lacks(text, "close");
        assert_false(ended);
        close(fd);
    }
}

/* First, middle and last of those that wait may be answered in any order. */
static void who_waits_is_answered_in_whatever_order(void **state)
{
    static const int orders[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 0, 2}, {1, 2, 0}};
    struct serve *world = *state;

    for (size_t o = 0; o < sizeof(orders) / sizeof(orders[0]); o++) {
        int fds[3], ended;

        for (size_t i = 0; i < 3; i++) {
            fds[i] = wire_dial(world);
            wire_put_text(world, fds[i], HEAD("GET", "/later") "\r\n");
            serve_until_later(world, i + 1);
        }
        for (size_t i = 0; i < 3; i++) {
            int at = orders[o][i];

            assert_int_equal(usher_server_pending(world->server), 3 - i);
            usher_request_answer(world->later[at], 200, "text/plain",
                                 (char[]){"mine"}, 4, 0, NULL, 0);
            has(wire_get(world, fds[at], "mine", &ended), "HTTP/1.1 200 ");
            close(fds[at]);
            for (int step = 0; step < 5; step++)
                usher_loop_step(world->loop, 0);
        }
        assert_int_equal(usher_server_pending(world->server), 0);
        world->later_count = 0;
    }
}

/* Two wait while the server ends, and one that was answered meanwhile. */
static void at_the_end_all_that_wait_are_dropped(void **state)
{
    struct serve *world = *state;
    int fds[3], ended;

    for (size_t i = 0; i < 3; i++) {
        fds[i] = wire_dial(world);
        wire_put_text(world, fds[i], HEAD("GET", "/later") "\r\n");
        serve_until_later(world, i + 1);
    }
    usher_request_answer(world->later[1], 200, "text/plain", (char[]){"mine"},
                         4, 0, NULL, 0);
    usher_server_free(world->server);
    world->server = NULL;
    usher_clock_manual_advance(&world->time, 3600 * 1000); /* its timers */
    for (int i = 0; i < 3; i++) {
        const char *text = wire_get(world, fds[i], NULL, &ended);

        assert_true(ended);
        assert_int_equal(strstr(text, "mine") != NULL, i == 1);
        close(fds[i]);
    }
}

/* What comes in while the server ends begins nothing any more. */
static void no_call_begins_at_the_end(void **state)
{
    static const char request[] = HEAD("GET", "/later") "\r\n";
    struct serve *world = *state;
    int fd = wire_dial(world), ended;

    for (int i = 0; i < 5; i++)
        usher_loop_step(world->loop, 0); /* the connection is there */
    assert_int_equal(send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL),
                     sizeof(request) - 1);
    usher_server_free(world->server);
    world->server = NULL;
    assert_int_equal(world->calls, 0);
    assert_string_equal(wire_get(world, fd, NULL, &ended), "");
    close(fd);
}

/* Whoever is connected: where nothing happens the loop's thread sleeps. */
static void an_idle_server_lets_its_thread_sleep(void **state)
{
    struct serve *world = *state;
    int idle = wire_dial(world), waiting = wire_dial(world), ended;

    wire_put_text(world, idle, HEAD("GET", "/now") "\r\n");
    has(wire_get(world, idle, "\r\n\r\nnow", &ended), "200");
    wire_put_text(world, waiting, HEAD("GET", "/later") "\r\n");
    serve_until_later(world, 1);
    for (int i = 0; i < 5; i++)
        usher_loop_step(world->loop, 0);
    assert_true(usher_loop_patience_ms(world->loop) > 100);
    usher_server_quiesce(world->server);
    for (int i = 0; i < 5; i++)
        usher_loop_step(world->loop, 0);
    assert_true(usher_loop_patience_ms(world->loop) > 100);
    close(idle);
    close(waiting);
}

/* ---- who calls ---- */

static const char *ask_at(struct serve *world, int family, const void *address,
                          socklen_t size)
{
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), ended;
    const char *text;

    assert_int_equal(connect(fd, address, size), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    wire_put_text(world, fd,
                  HEAD("GET", "/caller") "Connection: close\r\n"
                                         "\r\n");
    text = wire_get(world, fd, NULL, &ended);
    close(fd);
    return text;
}

static void a_caller_is_named_as_people_write_addresses(void **state)
{
    struct serve *world = *state;
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    struct usher_server *both;
    uint16_t port;
    int fd;

    has(wire_ask(world, HEAD("GET", "/caller") "\r\n"), "\r\n\r\n127.0.0.1");
    if (usher_server_listen("::", 0, 0, &fd, &port, NULL) != USHER_OK)
        skip(); /* a machine without IPv6 */
    both = serve_on(world, fd);
    v4.sin_port = v6.sin6_port = htons(port);
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    v6.sin6_addr = in6addr_loopback;
    has(ask_at(world, AF_INET, &v4, sizeof(v4)), "\r\n\r\n127.0.0.1");
    has(ask_at(world, AF_INET6, &v6, sizeof(v6)), "\r\n\r\n::1");
    usher_server_free(both);
}

static void over_a_unix_socket_a_caller_has_no_address(void **state)
{
    struct serve *world = *state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char dir[OWN_FOLDER_SIZE];
    struct usher_server *admin;
    int fd;

    own_folder(dir);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s/s", dir);
    assert_int_equal(usher_server_listen_unix(address.sun_path, &fd, NULL),
                     USHER_OK);
    admin = serve_on(world, fd);
    has(ask_at(world, AF_UNIX, &address, sizeof(address)),
        "Content-Length: 0\r\n");
    usher_server_free(admin);
    unlink(address.sun_path);
    rmdir(dir);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, serve_make, serve_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_body_may_have_1_mib_where_nothing_is_said),
        CASE(memory_of_bodies_is_given_back),
        CASE(a_refused_body_is_read_up_to_16_times_the_bound),
        CASE(a_head_may_have_6_kb_and_not_16),
        CASE(a_status_is_from_200_to_999),
        CASE(the_last_32_places_are_for_who_comes),
        CASE(who_sends_nothing_has_his_time_and_no_more),
        CASE(a_refusal_is_told_with_its_reason),
        CASE(each_fault_of_a_head_has_its_words),
        CASE(nothing_of_a_refused_request_sticks_to_the_next),
        CASE(who_waits_is_answered_in_whatever_order),
        CASE(at_the_end_all_that_wait_are_dropped),
        CASE(no_call_begins_at_the_end),
        CASE(an_idle_server_lets_its_thread_sleep),
        CASE(a_caller_is_named_as_people_write_addresses),
        CASE(over_a_unix_socket_a_caller_has_no_address),
    };

    return cmocka_run_group_tests_name("server_bound", tests, serve_allow_files,
                                       NULL);
}
