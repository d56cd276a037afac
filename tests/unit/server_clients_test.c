/* tests/unit/server_clients_test.c - who is slow or silent keeps no place that
 * another needs, and none for ever. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine.h"
#include "server_world.h"

enum { PLACES = 24, SPARE = 6, IDLE_S = 60, FLOOD = 100 };

#define HALF HEAD("POST", "/echo") "Content-Length: 10\r\n\r\nab"

/* The world's server, with few places. */
static int make(void **state)
{
    struct usher_server_options options = {
        .max_body = MAX_BODY, .max_clients = PLACES, .idle_s = IDLE_S};
    struct serve *world;

    if (serve_make(state) != 0)
        return -1;
    world = *state;
    usher_server_free(world->server);
    if (usher_server_listen("127.0.0.1", 0, 0, &options.listen_fd, &world->port,
                            NULL) != USHER_OK)
        return -1;
    return (int)usher_server_new(world->loop, &options, serve_handle, world,
                                 &world->server);
}

/* Nobody is at the other end any more. */
static int is_closed(struct serve *world, int fd)
{
    char byte;

    for (int i = 0; i < 20; i++)
        usher_loop_step(world->loop, 0);
    return recv(fd, &byte, 1, 0) == 0 || (errno != EAGAIN && errno != EINTR);
}

static void pass(struct serve *world, int64_t ms)
{
    for (int64_t done = 0; done < ms; done += 500) {
        usher_clock_manual_advance(&world->time, 500);
        usher_loop_step(world->loop, 0);
    }
}

static int dial_with(struct serve *world, const char *text)
{
    int fd = wire_dial(world);

    wire_put_text(world, fd, text);
    for (int i = 0; i < 5; i++)
        usher_loop_step(world->loop, 0);
    return fd;
}

static void flood(struct serve *world, int fds[FLOOD], const char *text)
{
    for (int i = 0; i < FLOOD; i++) {
        fds[i] = dial_with(world, text);
        usher_clock_manual_advance(&world->time, 1);
    }
}

static void flood_end(int fds[FLOOD])
{
    for (int i = 0; i < FLOOD; i++)
        close(fds[i]);
}

/* Silent ones, in the middle of a head, of a body, idle after an answer. */
static void who_waits_longest_goes_when_places_run_out(void **state)
{
    static const char *const texts[] = {"", "GET / HT", HALF,
                                        HEAD("GET", "/now") "\r\n"};
    struct serve *world = *state;
    int fds[FLOOD], good, ended;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        flood(world, fds, texts[i]);
        good = dial_with(world, HEAD("GET", "/now") "\r\n");
        has(wire_get(world, good, "now", &ended), "HTTP/1.1 200");
        assert_false(is_closed(world, good));
        if (i < 3) {
            assert_true(is_closed(world, fds[0]));
            assert_true(is_closed(world, fds[FLOOD - PLACES]));
            assert_false(is_closed(world, fds[FLOOD - PLACES + SPARE + 2]));
            assert_false(is_closed(world, fds[FLOOD - 1]));
        }
        close(good);
        flood_end(fds);
    }
}

static void who_waits_for_an_answer_stays(void **state)
{
    struct serve *world = *state;
    int fds[FLOOD], good[3], ended;

    for (int i = 0; i < 3; i++)
        good[i] = dial_with(world, HEAD("GET", "/later") "\r\n");
    serve_until_later(world, 3);
    flood(world, fds, HALF);
    pass(world, 2 * IDLE_S * 1000);
    serve_answer_all(world);
    for (int i = 0; i < 3; i++) {
        has(wire_get(world, good[i], "later", &ended), "HTTP/1.1 200");
        close(good[i]);
    }
    flood_end(fds);
}

/* However busy a client is: a byte now and then is no request. */
static void a_request_has_its_time(void **state)
{
    static const struct {
        const char *text;
        int64_t over_ms;
    } cases[] = {{"", IDLE_S * 1000}, {"G", IDLE_S * 1000}, {HALF, 10000}};
    struct serve *world = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int fd = dial_with(world, cases[i].text);

        pass(world, cases[i].over_ms / 2);
        if (cases[i].text[0])
            wire_put_text(world, fd, "E");
        pass(world, cases[i].over_ms / 2 - 1500);
        assert_false(is_closed(world, fd));
        pass(world, 3000);
        assert_true(is_closed(world, fd));
        close(fd);
    }
}

static void an_answer_begins_a_new_time(void **state)
{
    struct serve *world = *state;
    int fd = wire_dial(world), ended;

    for (int i = 0; i < 4; i++) {
        wire_put_text(world, fd, HEAD("GET", "/now") "\r\n");
        has(wire_get(world, fd, "\r\n\r\nnow", &ended), "HTTP/1.1 200");
        pass(world, IDLE_S * 1000 - 3000);
    }
    assert_false(is_closed(world, fd));
    pass(world, 5000);
    assert_true(is_closed(world, fd));
    close(fd);
}

/* Sends requests until the server, too, waits: for its answers to be read. */
static void stuff(struct serve *world, int fd)
{
    static const char head[] =
        HEAD("POST", "/echo") "Content-Length: 1900\r\n\r\n";
    char request[sizeof(head) - 1 + 1900];
    int full = 0;

    memset(request, 'x', sizeof(request));
    memcpy(request, head, sizeof(head) - 1);
    for (int i = 0; i < 100000 && full < 50; i++) {
        ssize_t sent = send(fd, request, sizeof(request), MSG_NOSIGNAL);

        full = sent < 0 ? full + 1 : 0;
        usher_loop_step(world->loop, 0);
    }
    assert_int_equal(full, 50);
}

static void who_does_not_read_is_ended(void **state)
{
    struct serve *world = *state;
    char bytes[65536];
    int fd = wire_dial(world);
    unsigned answered;
    ssize_t got;

    stuff(world, fd);
    answered = world->calls;
    pass(world, IDLE_S * 1000 + 2000);
    do {
        got = recv(fd, bytes, sizeof(bytes), 0);
        usher_loop_step(world->loop, 0);
    } while (got > 0);
    assert_true(got == 0 || errno == ECONNRESET);
    assert_int_equal(world->calls, answered);
    close(fd);
}

static void descriptors_are_kept_for_all_else(void **state)
{
    (void)state;
    assert_int_equal(descriptors_for_clients(200, 1), 100);
    assert_int_equal(descriptors_for_clients(1024, 1), 1024 - 200);
    assert_int_equal(descriptors_for_clients(1024, 8), (1024 - 256) / 8);
    assert_int_equal(descriptors_for_clients(1 << 20, 2), 16384);
    assert_int_equal(descriptors_for_clients(20, 4), 8);
    for (size_t limit = 64; limit < 5000; limit += 7)
        for (size_t workers = 1; workers * 16 < limit; workers++)
            assert_true(limit -
                            descriptors_for_clients(limit, workers) * workers >=
                        (limit / 2 < 192 ? limit / 2 : 192));
    assert_true(descriptors_raise() >= 64);
    assert_int_equal(descriptors_raise(), descriptors_raise());
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make, serve_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(who_waits_longest_goes_when_places_run_out),
        CASE(who_waits_for_an_answer_stays),
        CASE(a_request_has_its_time),
        CASE(an_answer_begins_a_new_time),
        CASE(who_does_not_read_is_ended),
        cmocka_unit_test(descriptors_are_kept_for_all_else),
    };

    return cmocka_run_group_tests_name("server_clients", tests, NULL, NULL);
}
