/* tests/unit/server_test.c - the HTTP server, spoken to over raw sockets on
 * loopback: answers and bodies. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail_alloc.h"
#include "server_world.h"

/* Answers */

static void an_answer_has_status_type_length_and_body(void **state)
{
    const char *text = wire_ask(*state, HEAD("GET", "/now") "\r\n");

    has(text, "HTTP/1.1 200 OK\r\n");
    has(text, "Content-Type: text/plain\r\n");
    has(text, "Content-Length: 3\r\n");
    has(text, "\r\n\r\nnow");
    lacks(text, "Date:");
}

static void head_is_answered_without_a_body(void **state)
{
    const char *text = wire_ask(*state, HEAD("HEAD", "/now") "\r\n");

    has(text, "HTTP/1.1 200 OK\r\n");
    has(text, "Content-Length: 3\r\n");
    lacks(text, "now");
}

static void headers_are_added_and_none_can_be_smuggled_in(void **state)
{
    const char *text = wire_ask(*state, HEAD("GET", "/extra") "\r\n");

    has(text, "HTTP/1.1 201 ");
    has(text, "X-One: 1\r\n");
    has(text, "\r\n\r\nyes");
    lacks(text, "Evil");
    lacks(text, "Content-Type");
    has(text, "Content-Length: 3\r\n");
    lacks(text, "99");
    lacks(text, "chunked");
}

static void a_status_that_is_none_becomes_500(void **state)
{
    has(wire_ask(*state, HEAD("GET", "/status") "\r\n"), "HTTP/1.1 500 ");
}

static void an_answer_may_be_empty(void **state)
{
    has(wire_ask(*state, HEAD("GET", "/empty") "\r\n"), "HTTP/1.1 204 ");
    has(wire_ask(*state, HEAD("GET", "/empty-taken") "\r\n"),
        "Content-Length: 0\r\n");
}

static void path_query_and_headers_are_decoded(void **state)
{
    const char *text =
        wire_ask(*state,
                 HEAD("GET", "/a%20b?x=1%262&flag&y=") "User-Agent: me\r\n"
                                                       "\r\n");

    has(text, "x=1&2;flag=;y=;absent=not;bare=;agent=me;");
}

static void a_dropped_request_gets_no_answer(void **state)
{
    struct serve *world = *state;

    assert_string_equal(wire_ask(world, HEAD("GET", "/drop") "\r\n"), "");
    assert_int_equal(usher_server_pending(world->server), 0);
}

static void garbage_never_reaches_the_handler(void **state)
{
    struct serve *world = *state;

    has(wire_ask(world, "GET\x01 / nonsense\r\n\r\n"), "HTTP/1.1 400 ");
    assert_int_equal(world->calls, 0);
}

/* Bodies */

static void a_body_comes_whole_however_it_is_cut(void **state)
{
    struct serve *world = *state;
    int fd = wire_dial(world), ended;

    wire_put_text(world, fd, HEAD("POST", "/echo") "Content-Le");
    usher_loop_step(world->loop, 20);
    wire_put_text(world, fd, "ngth: 10\r\n\r\n012");
    usher_loop_step(world->loop, 20);
    wire_put_text(world, fd, "34567");
    usher_loop_step(world->loop, 20);
    wire_put_text(world, fd, "89");
    has(wire_get(world, fd, "0123456789", &ended), "Content-Type: POST");
    close(fd);
}

static void a_chunked_body_comes_whole(void **state)
{
    const char *text =
        wire_ask(*state,
                 HEAD("POST", "/echo") "Transfer-Encoding: chunked\r\n\r\n"
                                       "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");

    has(text, "\r\n\r\nabcdefg");
}

/* Two readers of such a head may find two ends of its body. */
static void a_head_that_leaves_open_where_its_body_ends_is_refused(void **state)
{
    static const char *const heads[] = {
        "Content-Length: 3\r\nContent-Length: 4",
        "Content-Length: 4\r\nX: y\r\ncontent-length: 3",
        "Content-Length: 3\r\nContent-Length: 03",
        "Content-Length: 3, 3",
        "Content-Length: +3",
        "Content-Length: -3",
        "Content-Length: 0x3",
        "Content-Length: 3 3",
        "Content-Length: 3x",
        "Content-Length: ",
        "Content-Length : 3",
        "Content-Length: 3\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 3",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding:",
        "Transfer-Encoding : chunked",
        "X: a\rContent-Length: 3",
    };
    struct serve *world = *state;
    char text[256];

    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        snprintf(text, sizeof(text), HEAD("POST", "/echo") "%s\r\n\r\nabc",
                 heads[i]);
        has(wire_ask(world, text), "HTTP/1.1 400 ");
    }
    has(wire_ask(world, "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked"
                        "\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
        " 400 ");
    assert_int_equal(world->calls, 0);
}

/* Also what comes behind it on the connection is no request. */
static void the_connection_of_such_a_head_is_closed(void **state)
{
    struct serve *world = *state;
    int fd = wire_dial(world), ended;
    const char *text;

    wire_put_text(world, fd,
                  HEAD("POST", "/echo") "Content-Length: 3\r\n"
                                        "Content-Length: 0\r\n\r\n"
                                        "abc" HEAD("GET", "/now") "\r\n");
    text = wire_get(world, fd, NULL, &ended);
    assert_true(ended);
    has(text, "Connection: close\r\n");
    has(text, "two different Content-Length");
    lacks(text, "200 OK");
    assert_int_equal(world->calls, 0);
    close(fd);
}

static void a_length_said_twice_alike_is_one(void **state)
{
    has(wire_ask(*state, HEAD("POST", "/echo") "Content-Length: 3\r\n"
                                               "Content-Length:3\r\n\r\nabc"),
        "\r\n\r\nabc");
}

static void an_empty_body_is_empty(void **state)
{
    has(wire_ask(*state, HEAD("POST", "/echo") "Content-Length: 0\r\n\r\n"),
        "Content-Length: 0\r\n");
}

/* For free(). */
static char *post_of(size_t len)
{
    char head[128];
    char *request;
    int size =
        snprintf(head, sizeof(head),
                 HEAD("POST", "/echo") "Content-Length: %zu\r\n\r\n", len);

    request = malloc((size_t)size + len + 1);
    assert_non_null(request);
    memcpy(request, head, (size_t)size);
    memset(request + size, 'z', len);
    request[(size_t)size + len] = '\0';
    return request;
}

static const char *ask_with_body(struct serve *world, size_t len)
{
    char *request = post_of(len);
    const char *text = wire_ask(world, request);

    free(request);
    return text;
}

static void a_body_may_be_as_large_as_the_bound(void **state)
{
    const char *text = ask_with_body(*state, MAX_BODY);

    has(text, "HTTP/1.1 200 ");
    has(text, "Content-Length: 4096\r\n");
}

static void a_larger_body_is_413_and_the_handler_not_called(void **state)
{
    struct serve *world = *state;
    const char *text = ask_with_body(world, MAX_BODY + 1);

    has(text, "HTTP/1.1 413 ");
    has(text, "Content-Type: application/json\r\n");
    has(text, "{\"action\":\"reply\"}");
    assert_int_equal(world->calls, 0);
}

static void after_a_413_the_connection_still_serves(void **state)
{
    struct serve *world = *state;
    static char body[MAX_BODY + 8];
    int fd = wire_dial(world), ended;

    memset(body, 'z', sizeof(body));
    wire_put_text(world, fd,
                  HEAD("POST", "/echo") "Content-Length: 4104\r\n\r\n");
    wire_put(world, fd, body, sizeof(body));
    has(wire_get(world, fd, "reply\"}", &ended), "HTTP/1.1 413 ");
    wire_put_text(world, fd, HEAD("GET", "/now") "\r\n");
    has(wire_get(world, fd, "\r\n\r\nnow", &ended), "HTTP/1.1 200 ");
    close(fd);
}

/* Announced so large that it is not worth reading: answered at the head. */
static void a_huge_body_is_refused_before_it_comes(void **state)
{
    struct serve *world = *state;
    int fd = wire_dial(world), ended;

    wire_put_text(world, fd,
                  HEAD("POST",
                       "/echo") "Content-Length: 99999999999999\r\n\r\n");
    has(wire_get(world, fd, "reply\"}", &ended), "HTTP/1.1 413 ");
    close(fd);
}

static void who_expects_100_gets_413_instead(void **state)
{
    struct serve *world = *state;
    int fd = wire_dial(world), ended;
    const char *text;

    wire_put_text(world, fd,
                  HEAD("POST", "/echo") "Content-Length: 5000\r\n"
                                        "Expect: 100-continue\r\n\r\n");
    text = wire_get(world, fd, "reply\"}", &ended);
    has(text, "HTTP/1.1 413 ");
    lacks(text, "100 Continue");
    close(fd);
}

static void a_chunked_body_is_bounded_while_it_streams(void **state)
{
    struct serve *world = *state;
    static char chunk[1000];
    int fd = wire_dial(world), ended, i;

    memset(chunk, 'z', sizeof(chunk));
    wire_put_text(world, fd,
                  HEAD("POST", "/echo") "Transfer-Encoding: chunked\r\n\r\n");
    for (i = 0; i < 6; i++) {
        wire_put_text(world, fd, "3e8\r\n");
        wire_put(world, fd, chunk, sizeof(chunk));
        wire_put_text(world, fd, "\r\n");
    }
    wire_put_text(world, fd, "0\r\n\r\n");
    has(wire_get(world, fd, "reply\"}", &ended), "HTTP/1.1 413 ");
    assert_int_equal(world->calls, 0);
    close(fd);
}

static void an_endless_chunked_body_is_cut_off(void **state)
{
    struct serve *world = *state;
    static char chunk[1000];
    int fd = wire_dial(world), ended, i;

    memset(chunk, 'z', sizeof(chunk));
    wire_put_text(world, fd,
                  HEAD("POST", "/echo") "Transfer-Encoding: chunked\r\n\r\n");
    for (i = 0; i < 200; i++) {
        wire_put_text(world, fd, "3e8\r\n");
        wire_put(world, fd, chunk, sizeof(chunk));
        wire_put_text(world, fd, "\r\n");
    }
    wire_get(world, fd, NULL, &ended);
    assert_true(ended);
    assert_int_equal(world->calls, 0);
    close(fd);
}

/* A request that finds no memory is closed or answered 503; the next one is
 * served. */
static void no_memory_costs_one_request_at_most(void **state)
{
    struct serve *world = *state;
    char *request = post_of(3000);
    const char *text;
    unsigned long n;
    int reached = 1;

    for (n = 1; reached; n++) {
        assert_in_range(n, 1, 50);
        fail_alloc_at(n);
        text = wire_ask(world, request);
        reached = fail_alloc_off();
        if (text[0] != '\0' && strstr(text, "HTTP/1.1 200 ") == NULL)
            has(text, "HTTP/1.1 503 ");
        if (!reached)
            has(text, "HTTP/1.1 200 ");
        has(wire_ask(world, HEAD("GET", "/now") "\r\n"), "now");
    }
    assert_true(n > 2);
    free(request);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, serve_make, serve_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_answer_has_status_type_length_and_body),
        CASE(head_is_answered_without_a_body),
        CASE(headers_are_added_and_none_can_be_smuggled_in),
        CASE(a_status_that_is_none_becomes_500),
        CASE(an_answer_may_be_empty),
        CASE(path_query_and_headers_are_decoded),
        CASE(a_dropped_request_gets_no_answer),
        CASE(garbage_never_reaches_the_handler),
        CASE(a_body_comes_whole_however_it_is_cut),
        CASE(a_chunked_body_comes_whole),
        CASE(a_head_that_leaves_open_where_its_body_ends_is_refused),
        CASE(the_connection_of_such_a_head_is_closed),
        CASE(a_length_said_twice_alike_is_one),
        CASE(an_empty_body_is_empty),
        CASE(a_body_may_be_as_large_as_the_bound),
        CASE(a_larger_body_is_413_and_the_handler_not_called),
        CASE(after_a_413_the_connection_still_serves),
        CASE(a_huge_body_is_refused_before_it_comes),
        CASE(who_expects_100_gets_413_instead),
        CASE(a_chunked_body_is_bounded_while_it_streams),
        CASE(an_endless_chunked_body_is_cut_off),
        CASE(no_memory_costs_one_request_at_most),
    };

    return cmocka_run_group_tests_name("server", tests, NULL, NULL);
}
