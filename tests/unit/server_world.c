/* tests/unit/server_world.c - what the tests of the server share. */
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
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server_world.h"

enum { PATIENCE_MS = 20000 };

static void answer_text(struct usher_request *request, unsigned status,
                        const char *text)
{
    usher_request_answer(request, status, "text/plain", (char *)(uintptr_t)text,
                         strlen(text), 0, NULL, 0);
}

static void note_pair(void *user, const char *name, const char *value)
{
    assert_int_equal(usher_buffer_printf(user, "%s=%s;", name, value),
                     USHER_OK);
}

static void answer_extra(struct usher_request *request)
{
    const struct usher_header extra[] = {{"X-One", "1"},
                                         {"X-Bad", "a\r\nX-Evil: 1"},
                                         {"content-LENGTH", "99"},
                                         {"Transfer-Encoding", "chunked"}};
    char *body = malloc(3);

    assert_non_null(body);
    memcpy(body, "yes", 3);
    usher_request_answer(request, 201, NULL, body, 3, 1, extra, 4);
}

static void answer_query(struct usher_request *request)
{
    struct usher_buffer text;

    usher_buffer_init(&text, 0);
    usher_request_each_query(request, note_pair, &text);
    note_pair(&text, "absent",
              usher_request_query(request, "absent") ? "there" : "not");
    note_pair(&text, "bare", usher_request_query(request, "flag"));
    note_pair(&text, "agent", usher_request_header(request, "uSER-aGENT"));
    answer_text(request, 200, text.data);
    usher_buffer_free(&text);
}

void serve_handle(void *user, struct usher_request *request)
{
    struct serve *world = user;
    const char *path = usher_request_path(request);
    const char *body;
    char caller[46];
    size_t len;

    world->calls++;
    if (strcmp(path, "/now") == 0) {
        answer_text(request, 200, "now");
    } else if (strcmp(path, "/echo") == 0) {
        body = usher_request_body(request, &len);
        usher_request_answer(request, 200, usher_request_method(request),
                             (char *)(uintptr_t)body, len, 0, NULL, 0);
    } else if (strcmp(path, "/extra") == 0) {
        answer_extra(request);
    } else if (strcmp(path, "/a b") == 0) {
        answer_query(request);
    } else if (strcmp(path, "/empty") == 0) {
        usher_request_answer(request, 204, NULL, NULL, 0, 0, NULL, 0);
    } else if (strcmp(path, "/empty-taken") == 0) {
        usher_request_answer(request, 200, NULL, malloc(1), 0, 1, NULL, 0);
    } else if (strcmp(path, "/status") == 0) {
        answer_text(request, 100, "no status");
    } else if (strncmp(path, "/status/", 8) == 0) {
        answer_text(request, (unsigned)atoi(path + 8), "status");
    } else if (strcmp(path, "/caller") == 0) {
        usher_request_caller(request, caller, sizeof(caller));
        answer_text(request, 200, caller);
    } else if (strcmp(path, "/drop") == 0) {
        usher_request_drop(request);
    } else {
        assert_true(world->later_count < CROWD);
        world->later[world->later_count++] = request;
    }
}

void serve_answer_all(void *user)
{
    struct serve *world = user;
    size_t i;

    for (i = 0; i < world->later_count; i++)
        answer_text(world->later[i], 200, "later");
    world->later_count = 0;
}

static void note_refusal(void *user, const struct usher_request *request,
                         const char *why)
{
    struct serve *world = user;

    assert_non_null(usher_request_path(request));
    world->refusals++;
    snprintf(world->why, sizeof(world->why), "%s", why);
}

struct usher_server *serve_on(struct serve *world, int fd)
{
    struct usher_server_options options = {
        .listen_fd = fd,
        .max_body = MAX_BODY,
        .max_clients = 2 * CROWD,
        .idle_s = 30,
        .too_large_body = "{\"action\":\"reply\"}",
        .refused = note_refusal,
    };
    struct usher_server *server;

    assert_int_equal(usher_server_new(world->loop, &options, serve_handle,
                                      world, &server),
                     USHER_OK);
    return server;
}

int serve_make(void **state)
{
    struct serve *world = calloc(1, sizeof(*world));
    int fd;

    assert_non_null(world);
    usher_clock_manual_init(&world->time, 1700000000000, 7);
    assert_int_equal(usher_loop_new(&world->time.clock, &world->loop),
                     USHER_OK);
    assert_int_equal(usher_server_listen("127.0.0.1", 0, 0, &fd, &world->port,
                                         NULL),
                     USHER_OK);
    world->server = serve_on(world, fd);
    *state = world;
    return 0;
}

int serve_drop(void **state)
{
    struct serve *world = *state;

    usher_server_free(world->server);
    usher_loop_free(world->loop);
    free(world);
    return 0;
}

/* The client's side */

int wire_dial(const struct serve *world)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    address.sin_port = htons(world->port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)),
                     0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

static int64_t real_ms(void)
{
    return usher_clock_steady_ms(usher_clock_system());
}

void wire_put(struct serve *world, int fd, const char *data, size_t len)
{
    int64_t end = real_ms() + PATIENCE_MS;

    while (len > 0 && real_ms() < end) {
        ssize_t sent = send(fd, data, len, MSG_NOSIGNAL);

        if (sent > 0) {
            data += sent;
            len -= (size_t)sent;
        } else if (sent < 0 && errno != EAGAIN) {
            return; /* the server closed: what came before is what counts */
        }
        usher_loop_step(world->loop, 0);
    }
}

void wire_put_text(struct serve *world, int fd, const char *text)
{
    wire_put(world, fd, text, strlen(text));
}

const char *wire_get(struct serve *world, int fd, const char *until, int *ended)
{
    static char text[64 * 1024];
    int64_t end = real_ms() + PATIENCE_MS;
    size_t len = 0;
    ssize_t got;

    *ended = 0;
    text[0] = '\0';
    while (real_ms() < end && len + 1 < sizeof(text)) {
        got = recv(fd, text + len, sizeof(text) - 1 - len, 0);
        if (got == 0 || (got < 0 && errno != EAGAIN)) {
            *ended = 1;
            break;
        }
        if (got > 0)
            len += (size_t)got;
        text[len] = '\0';
        if (until != NULL && strstr(text, until) != NULL)
            break;
        if (got < 0)
            usher_loop_step(world->loop, 20);
    }
    return text;
}

const char *wire_ask(struct serve *world, const char *request)
{
    int fd = wire_dial(world), ended;
    const char *text;

    wire_put_text(world, fd, request);
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    text = wire_get(world, fd, NULL, &ended);
    assert_true(ended);
    close(fd);
    return text;
}

void serve_until_later(struct serve *world, size_t count)
{
    int64_t end = real_ms() + PATIENCE_MS;

    while (world->later_count < count && real_ms() < end)
        usher_loop_step(world->loop, 20);
    assert_int_equal(world->later_count, count);
}

int serve_allow_files(void **state)
{
    struct rlimit limit;

    (void)state;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return -1;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit);
}
