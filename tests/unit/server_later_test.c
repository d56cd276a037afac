/* tests/unit/server_later_test.c - requests that are answered later, clients
 * that go, and the end of a server. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server_world.h"

/* Later */

static void a_request_can_be_answered_later(void **state)
{
    struct serve *world = *state;
    int fd = wire_dial(world), ended;

    wire_put_text(world, fd,
                  HEAD("POST", "/later") "Content-Length: 2\r\n\r\nhi");
    serve_until_later(world, 1);
    assert_int_equal(usher_server_pending(world->server), 1);
    assert_string_equal(usher_request_path(world->later[0]), "/later");
    assert_string_equal(usher_request_header(world->later[0], "host"), "x");
    serve_answer_all(world);
    has(wire_get(world, fd, "later", &ended), "HTTP/1.1 200 ");
    assert_int_equal(usher_server_pending(world->server), 0);
    close(fd);
}

static void a_request_can_be_dropped_later(void **state)
{
    struct serve *world = *state;
    int fd = wire_dial(world), ended;

    wire_put_text(world, fd, HEAD("GET", "/later") "\r\n");
    serve_until_later(world, 1);
    usher_request_drop(world->later[0]);
    assert_string_equal(wire_get(world, fd, NULL, &ended), "");
    assert_true(ended);
    close(fd);
}

static void pipelined_requests_are_answered_in_their_order(void **state)
{
    struct serve *world = *state;
    int fd = wire_dial(world), ended;
    const char *text;

    wire_put_text(world, fd,
                  HEAD("GET", "/later") "\r\n" HEAD("GET", "/now") "\r\n" HEAD(
                      "POST", "/echo") "Content-Length: 4\r\n\r\nlast");
    serve_until_later(world, 1);
    usher_loop_step(world->loop, 20);
    assert_int_equal(world->calls, 1);
    serve_answer_all(world);
    text = wire_get(world, fd, "last", &ended);
    has(text, "later");
    has(strstr(text, "later"), "now");
    has(strstr(text, "\r\n\r\nnow"), "last");
    close(fd);
}

static void a_client_that_went_does_no_harm(void **state)
{
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    struct serve *world = *state;
    int polite = wire_dial(world), rude = wire_dial(world), i;

    wire_put_text(world, polite, HEAD("GET", "/later") "\r\n");
    wire_put_text(world, rude, HEAD("GET", "/later") "\r\n");
    serve_until_later(world, 2);
    close(polite);
    assert_int_equal(
        setsockopt(rude, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)), 0);
    close(rude);
    for (i = 0; i < 3; i++)
        usher_loop_step(world->loop, 5);
    assert_int_equal(usher_server_pending(world->server), 2);
    serve_answer_all(world);
    for (i = 0; i < 3; i++)
        usher_loop_step(world->loop, 5);
    assert_int_equal(usher_server_pending(world->server), 0);
    has(wire_ask(world, HEAD("GET", "/now") "\r\n"), "now");
}

static void a_thousand_wait_and_all_are_answered_from_a_timer(void **state)
{
    struct serve *world = *state;
    static int fds[CROWD];
    int i, ended;

    for (i = 0; i < CROWD; i++) {
        fds[i] = wire_dial(world);
        wire_put_text(world, fds[i], HEAD("GET", "/later") "\r\n");
    }
    serve_until_later(world, CROWD);
    usher_timer_set(world->loop, &world->timer, 4000, serve_answer_all, world);
    usher_clock_manual_advance(&world->time, 4000);
    for (i = 0; i < CROWD; i++) {
        has(wire_get(world, fds[i], "\r\n\r\nlater", &ended), "HTTP/1.1 200 ");
        close(fds[i]);
    }
    assert_int_equal(usher_server_pending(world->server), 0);
}

/* The end */

static void freeing_drops_what_is_pending(void **state)
{
    struct serve *world = *state;
    int fd = wire_dial(world), ended;

    wire_put_text(world, fd, HEAD("GET", "/later") "\r\n");
    serve_until_later(world, 1);
    usher_server_free(world->server);
    world->server = NULL;
    assert_string_equal(wire_get(world, fd, NULL, &ended), "");
    assert_true(ended);
    close(fd);
}

static void freeing_still_sends_what_was_answered(void **state)
{
    struct serve *world = *state;
    int fd = wire_dial(world), ended;

    wire_put_text(world, fd, HEAD("GET", "/later") "\r\n");
    serve_until_later(world, 1);
    serve_answer_all(world);
    usher_server_free(world->server);
    world->server = NULL;
    has(wire_get(world, fd, NULL, &ended), "\r\n\r\nlater");
    close(fd);
}

static void quiesced_it_accepts_no_more_but_finishes(void **state)
{
    struct serve *world = *state;
    int fd = wire_dial(world), ended, second;
    struct sockaddr_in address = {.sin_family = AF_INET};
    const char *text;

    wire_put_text(world, fd, HEAD("GET", "/later") "\r\n");
    serve_until_later(world, 1);
    usher_server_quiesce(world->server);
    usher_server_quiesce(world->server);
    serve_answer_all(world);
    text = wire_get(world, fd, NULL, &ended);
    has(text, "Connection: close");
    has(text, "later");
    assert_true(ended);
    close(fd);
    second = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_port = htons(world->port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(
        connect(second, (struct sockaddr *)&address, sizeof(address)), -1);
    assert_int_equal(errno, ECONNREFUSED);
    close(second);
}

/* Bounds of connections */

static void replace_server(struct serve *world, unsigned clients,
                           unsigned idle_s)
{
    struct usher_server_options options = {
        .max_body = MAX_BODY, .max_clients = clients, .idle_s = idle_s};

    usher_server_free(world->server);
    assert_int_equal(usher_server_listen("127.0.0.1", world->port, 0,
                                         &options.listen_fd, NULL, NULL),
                     USHER_OK);
    assert_int_equal(usher_server_new(world->loop, &options, serve_handle,
                                      world, &world->server),
                     USHER_OK);
}

static void more_clients_than_allowed_wait_for_a_place(void **state)
{
    struct serve *world = *state;
    int fds[3], i, ended;

    replace_server(world, 2, 30);
    for (i = 0; i < 3; i++) {
        fds[i] = wire_dial(world);
        wire_put_text(world, fds[i], HEAD("GET", "/later") "\r\n");
    }
    serve_until_later(world, 2);
    for (i = 0; i < 3; i++)
        usher_loop_step(world->loop, 5);
    assert_int_equal(world->later_count, 2);
    serve_answer_all(world);
    has(wire_get(world, fds[0], "later", &ended), "HTTP/1.1 200 ");
    close(fds[0]);
    serve_until_later(world, 1);
    serve_answer_all(world);
    has(wire_get(world, fds[2], "later", &ended), "HTTP/1.1 200 ");
    close(fds[1]);
    close(fds[2]);
}

/* libmicrohttpd has a clock of its own: this case takes a second. */
static void an_idle_connection_is_closed_but_no_waiting_one(void **state)
{
    struct serve *world = *state;
    struct usher_loop *still = world->loop;
    int idle, waiting, ended;

    usher_server_free(world->server);
    world->server = NULL;
    assert_int_equal(usher_loop_new(usher_clock_system(), &world->loop),
                     USHER_OK);
    replace_server(world, 2, 1);
    idle = wire_dial(world);
    waiting = wire_dial(world);
    wire_put_text(world, waiting, HEAD("GET", "/later") "\r\n");
    serve_until_later(world, 1);
    wire_put_text(world, idle, HEAD("GET", "/now") "\r\n");
    has(wire_get(world, idle, NULL, &ended), "now");
    assert_true(ended);
    serve_answer_all(world);
    has(wire_get(world, waiting, "later", &ended), "HTTP/1.1 200 ");
    close(idle);
    close(waiting);
    usher_server_free(world->server);
    world->server = NULL;
    usher_loop_free(world->loop);
    world->loop = still;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, serve_make, serve_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_request_can_be_answered_later),
        CASE(a_request_can_be_dropped_later),
        CASE(pipelined_requests_are_answered_in_their_order),
        CASE(a_client_that_went_does_no_harm),
        CASE(a_thousand_wait_and_all_are_answered_from_a_timer),
        CASE(freeing_drops_what_is_pending),
        CASE(freeing_still_sends_what_was_answered),
        CASE(more_clients_than_allowed_wait_for_a_place),
        CASE(an_idle_connection_is_closed_but_no_waiting_one),
        CASE(quiesced_it_accepts_no_more_but_finishes),
    };

    return cmocka_run_group_tests_name("server_later", tests, serve_allow_files,
                                       NULL);
}
