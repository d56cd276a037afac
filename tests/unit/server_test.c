/* tests/unit/server_test.c - the HTTP server, spoken to over raw sockets on
 * loopback. The clock of the loop stands still unless a case moves it. */
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
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/buffer.h"
#include "net/server.h"

enum { MAX_BODY = 4096, CROWD = 1000, PATIENCE_MS = 20000 };

struct world {
    struct usher_clock_manual time;
    struct usher_loop *loop;
    struct usher_server *server;
    uint16_t port;
    struct usher_request *later[CROWD];
    size_t later_count;
    struct usher_timer timer;
    struct usher_buffer headers;
    unsigned calls;
};

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
                                         {"X-Bad", "a\r\nX-Evil: 1"}};
    char *body = malloc(3);

    assert_non_null(body);
    memcpy(body, "yes", 3);
    usher_request_answer(request, 201, NULL, body, 3, 1, extra, 2);
}

static void answer_query(struct usher_request *request)
{
    struct usher_buffer text;

    usher_buffer_init(&text, 0);
    usher_request_each_query(request, note_pair, &text);
    note_pair(&text, "absent",
              usher_request_query(request, "absent") ? "there" : "not");
    note_pair(&text, "agent", usher_request_header(request, "uSER-aGENT"));
    answer_text(request, 200, text.data);
    usher_buffer_free(&text);
}

static void handle(void *user, struct usher_request *request)
{
    struct world *world = user;
    const char *path = usher_request_path(request);
    const char *body;
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
    } else if (strcmp(path, "/drop") == 0) {
        usher_request_drop(request);
    } else {
        assert_true(world->later_count < CROWD);
        world->later[world->later_count++] = request;
    }
}

static void answer_all(void *user)
{
    struct world *world = user;
    size_t i;

    for (i = 0; i < world->later_count; i++)
        answer_text(world->later[i], 200, "later");
    world->later_count = 0;
}

static struct usher_server *serve(struct world *world, int fd)
{
    struct usher_server_options options = {
        .listen_fd = fd,
        .max_body = MAX_BODY,
        .max_clients = 2 * CROWD,
        .idle_s = 30,
        .too_large_body = "{\"action\":\"reply\"}",
    };
    struct usher_server *server;

    assert_int_equal(
        usher_server_new(world->loop, &options, handle, world, &server),
        USHER_OK);
    return server;
}

static int world_make(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    int fd;

    assert_non_null(world);
    usher_clock_manual_init(&world->time, 1700000000000, 7);
    assert_int_equal(usher_loop_new(&world->time.clock, &world->loop),
                     USHER_OK);
    assert_int_equal(
        usher_server_listen("127.0.0.1", 0, 0, &fd, &world->port, NULL),
        USHER_OK);
    world->server = serve(world, fd);
    *state = world;
    return 0;
}

static int world_drop(void **state)
{
    struct world *world = *state;

    usher_server_free(world->server);
    usher_loop_free(world->loop);
    free(world);
    return 0;
}

/* The client's side. It reads and steps the loop in turn. */

static int dial(const struct world *world)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    address.sin_port = htons(world->port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(
        connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

static int64_t real_ms(void)
{
    return usher_clock_steady_ms(usher_clock_system());
}

static void put(struct world *world, int fd, const char *data, size_t len)
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

static void put_text(struct world *world, int fd, const char *text)
{
    put(world, fd, text, strlen(text));
}

/* Reads until `until` stands in the text or, NULL, until the end. Gives what
 * came; *ended tells whether the server closed. */
static const char *get(struct world *world, int fd, const char *until,
                       int *ended)
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

/* One request on a connection of its own that closes after. */
static const char *ask(struct world *world, const char *request)
{
    int fd = dial(world), ended;
    const char *text;

    put_text(world, fd, request);
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    text = get(world, fd, NULL, &ended);
    assert_true(ended);
    close(fd);
    return text;
}

static void step_until_later(struct world *world, size_t count)
{
    int64_t end = real_ms() + PATIENCE_MS;

    while (world->later_count < count && real_ms() < end)
        usher_loop_step(world->loop, 20);
    assert_int_equal(world->later_count, count);
}

#define HEAD(method, path) method " " path " HTTP/1.1\r\nHost: x\r\n"
#define has(text, part) assert_non_null(strstr(text, part))
#define lacks(text, part) assert_null(strstr(text, part))

/* Answers */

static void an_answer_has_status_type_length_and_body(void **state)
{
    const char *text = ask(*state, HEAD("GET", "/now") "\r\n");

    has(text, "HTTP/1.1 200 OK\r\n");
    has(text, "Content-Type: text/plain\r\n");
    has(text, "Content-Length: 3\r\n");
    has(text, "\r\n\r\nnow");
    lacks(text, "Date:");
}

static void head_is_answered_without_a_body(void **state)
{
    const char *text = ask(*state, HEAD("HEAD", "/now") "\r\n");

    has(text, "HTTP/1.1 200 OK\r\n");
    has(text, "Content-Length: 3\r\n");
    lacks(text, "now");
}

static void headers_are_added_and_none_can_be_smuggled_in(void **state)
{
    const char *text = ask(*state, HEAD("GET", "/extra") "\r\n");

    has(text, "HTTP/1.1 201 ");
    has(text, "X-One: 1\r\n");
    has(text, "\r\n\r\nyes");
    lacks(text, "Evil");
    lacks(text, "Content-Type");
}

static void an_answer_may_be_empty(void **state)
{
    has(ask(*state, HEAD("GET", "/empty") "\r\n"), "HTTP/1.1 204 ");
}

static void path_query_and_headers_are_decoded(void **state)
{
    const char *text =
        ask(*state, HEAD("GET", "/a%20b?x=1%262&flag&y=") "User-Agent: me\r\n"
                                                          "\r\n");

    has(text, "x=1&2;flag=;y=;absent=not;agent=me;");
}

static void a_dropped_request_gets_no_answer(void **state)
{
    struct world *world = *state;

    assert_string_equal(ask(world, HEAD("GET", "/drop") "\r\n"), "");
    assert_int_equal(usher_server_pending(world->server), 0);
}

static void garbage_never_reaches_the_handler(void **state)
{
    struct world *world = *state;

    has(ask(world, "GET\x01 / nonsense\r\n\r\n"), "HTTP/1.1 400 ");
    assert_int_equal(world->calls, 0);
}

/* Bodies */

static void a_body_comes_whole_however_it_is_cut(void **state)
{
    struct world *world = *state;
    int fd = dial(world), ended;

    put_text(world, fd, HEAD("POST", "/echo") "Content-Le");
    usher_loop_step(world->loop, 20);
    put_text(world, fd, "ngth: 10\r\n\r\n012");
    usher_loop_step(world->loop, 20);
    put_text(world, fd, "34567");
    usher_loop_step(world->loop, 20);
    put_text(world, fd, "89");
    has(get(world, fd, "0123456789", &ended), "Content-Type: POST");
    close(fd);
}

static void a_chunked_body_comes_whole(void **state)
{
    const char *text =
        ask(*state, HEAD("POST", "/echo") "Transfer-Encoding: chunked\r\n\r\n"
                                          "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");

    has(text, "\r\n\r\nabcdefg");
}

static void an_empty_body_is_empty(void **state)
{
    has(ask(*state, HEAD("POST", "/echo") "Content-Length: 0\r\n\r\n"),
        "Content-Length: 0\r\n");
}

static const char *ask_with_body(struct world *world, size_t len)
{
    char head[128];
    char *request;
    const char *text;
    int size = snprintf(head, sizeof(head),
                        HEAD("POST", "/echo") "Content-Length: %zu\r\n\r\n",
                        len);

    request = malloc((size_t)size + len + 1);
    assert_non_null(request);
    memcpy(request, head, (size_t)size);
    memset(request + size, 'z', len);
    request[(size_t)size + len] = '\0';
    text = ask(world, request);
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
    struct world *world = *state;
    const char *text = ask_with_body(world, MAX_BODY + 1);

    has(text, "HTTP/1.1 413 ");
    has(text, "Content-Type: application/json\r\n");
    has(text, "{\"action\":\"reply\"}");
    assert_int_equal(world->calls, 0);
}

static void after_a_413_the_connection_still_serves(void **state)
{
    struct world *world = *state;
    static char body[MAX_BODY + 8];
    int fd = dial(world), ended;

    memset(body, 'z', sizeof(body));
    put_text(world, fd, HEAD("POST", "/echo") "Content-Length: 4104\r\n\r\n");
    put(world, fd, body, sizeof(body));
    has(get(world, fd, "reply\"}", &ended), "HTTP/1.1 413 ");
    put_text(world, fd, HEAD("GET", "/now") "\r\n");
    has(get(world, fd, "\r\n\r\nnow", &ended), "HTTP/1.1 200 ");
    close(fd);
}

/* Announced so large that it is not worth reading: answered at the head. */
static void a_huge_body_is_refused_before_it_comes(void **state)
{
    struct world *world = *state;
    int fd = dial(world), ended;

    put_text(world, fd,
             HEAD("POST", "/echo") "Content-Length: 99999999999999\r\n\r\n");
    has(get(world, fd, "reply\"}", &ended), "HTTP/1.1 413 ");
    close(fd);
}

static void who_expects_100_gets_413_instead(void **state)
{
    struct world *world = *state;
    int fd = dial(world), ended;
    const char *text;

    put_text(world, fd, HEAD("POST", "/echo") "Content-Length: 5000\r\n"
                                              "Expect: 100-continue\r\n\r\n");
    text = get(world, fd, "reply\"}", &ended);
    has(text, "HTTP/1.1 413 ");
    lacks(text, "100 Continue");
    close(fd);
}

static void a_chunked_body_is_bounded_while_it_streams(void **state)
{
    struct world *world = *state;
    static char chunk[1000];
    int fd = dial(world), ended, i;

    memset(chunk, 'z', sizeof(chunk));
    put_text(world, fd,
             HEAD("POST", "/echo") "Transfer-Encoding: chunked\r\n\r\n");
    for (i = 0; i < 6; i++) {
        put_text(world, fd, "3e8\r\n");
        put(world, fd, chunk, sizeof(chunk));
        put_text(world, fd, "\r\n");
    }
    put_text(world, fd, "0\r\n\r\n");
    has(get(world, fd, "reply\"}", &ended), "HTTP/1.1 413 ");
    assert_int_equal(world->calls, 0);
    close(fd);
}

static void an_endless_chunked_body_is_cut_off(void **state)
{
    struct world *world = *state;
    static char chunk[1000];
    int fd = dial(world), ended, i;

    memset(chunk, 'z', sizeof(chunk));
    put_text(world, fd,
             HEAD("POST", "/echo") "Transfer-Encoding: chunked\r\n\r\n");
    for (i = 0; i < 200; i++) {
        put_text(world, fd, "3e8\r\n");
        put(world, fd, chunk, sizeof(chunk));
        put_text(world, fd, "\r\n");
    }
    get(world, fd, NULL, &ended);
    assert_true(ended);
    assert_int_equal(world->calls, 0);
    close(fd);
}

/* Later */

static void a_request_can_be_answered_later(void **state)
{
    struct world *world = *state;
    int fd = dial(world), ended;

    put_text(world, fd, HEAD("POST", "/later") "Content-Length: 2\r\n\r\nhi");
    step_until_later(world, 1);
    assert_int_equal(usher_server_pending(world->server), 1);
    assert_string_equal(usher_request_path(world->later[0]), "/later");
    assert_string_equal(usher_request_header(world->later[0], "host"), "x");
    answer_all(world);
    has(get(world, fd, "later", &ended), "HTTP/1.1 200 ");
    assert_int_equal(usher_server_pending(world->server), 0);
    close(fd);
}

static void a_request_can_be_dropped_later(void **state)
{
    struct world *world = *state;
    int fd = dial(world), ended;

    put_text(world, fd, HEAD("GET", "/later") "\r\n");
    step_until_later(world, 1);
    usher_request_drop(world->later[0]);
    assert_string_equal(get(world, fd, NULL, &ended), "");
    assert_true(ended);
    close(fd);
}

static void pipelined_requests_are_answered_in_their_order(void **state)
{
    struct world *world = *state;
    int fd = dial(world), ended;
    const char *text;

    put_text(world, fd, HEAD("GET", "/later") "\r\n"
                        HEAD("GET", "/now") "\r\n"
                        HEAD("POST", "/echo") "Content-Length: 4\r\n\r\nlast");
    step_until_later(world, 1);
    usher_loop_step(world->loop, 20);
    assert_int_equal(world->calls, 1);
    answer_all(world);
    text = get(world, fd, "last", &ended);
    has(text, "later");
    has(strstr(text, "later"), "now");
    has(strstr(text, "\r\n\r\nnow"), "last");
    close(fd);
}

static void a_client_that_went_does_no_harm(void **state)
{
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    struct world *world = *state;
    int polite = dial(world), rude = dial(world), i;

    put_text(world, polite, HEAD("GET", "/later") "\r\n");
    put_text(world, rude, HEAD("GET", "/later") "\r\n");
    step_until_later(world, 2);
    close(polite);
    assert_int_equal(
        setsockopt(rude, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)), 0);
    close(rude);
    for (i = 0; i < 3; i++)
        usher_loop_step(world->loop, 5);
    assert_int_equal(usher_server_pending(world->server), 2);
    answer_all(world);
    for (i = 0; i < 3; i++)
        usher_loop_step(world->loop, 5);
    assert_int_equal(usher_server_pending(world->server), 0);
    has(ask(world, HEAD("GET", "/now") "\r\n"), "now");
}

static void a_thousand_wait_and_all_are_answered_from_a_timer(void **state)
{
    struct world *world = *state;
    static int fds[CROWD];
    int i, ended;

    for (i = 0; i < CROWD; i++) {
        fds[i] = dial(world);
        put_text(world, fds[i], HEAD("GET", "/later") "\r\n");
    }
    step_until_later(world, CROWD);
    usher_timer_set(world->loop, &world->timer, 4000, answer_all, world);
    usher_clock_manual_advance(&world->time, 4000);
    for (i = 0; i < CROWD; i++) {
        has(get(world, fds[i], "\r\n\r\nlater", &ended), "HTTP/1.1 200 ");
        close(fds[i]);
    }
    assert_int_equal(usher_server_pending(world->server), 0);
}

/* The end */

static void freeing_drops_what_is_pending(void **state)
{
    struct world *world = *state;
    int fd = dial(world), ended;

    put_text(world, fd, HEAD("GET", "/later") "\r\n");
    step_until_later(world, 1);
    usher_server_free(world->server);
    world->server = NULL;
    assert_string_equal(get(world, fd, NULL, &ended), "");
    assert_true(ended);
    close(fd);
}

static void freeing_still_sends_what_was_answered(void **state)
{
    struct world *world = *state;
    int fd = dial(world), ended;

    put_text(world, fd, HEAD("GET", "/later") "\r\n");
    step_until_later(world, 1);
    answer_all(world);
    usher_server_free(world->server);
    world->server = NULL;
    has(get(world, fd, NULL, &ended), "\r\n\r\nlater");
    close(fd);
}

static void quiesced_it_accepts_no_more_but_finishes(void **state)
{
    struct world *world = *state;
    int fd = dial(world), ended, second;
    struct sockaddr_in address = {.sin_family = AF_INET};
    const char *text;

    put_text(world, fd, HEAD("GET", "/later") "\r\n");
    step_until_later(world, 1);
    usher_server_quiesce(world->server);
    usher_server_quiesce(world->server);
    answer_all(world);
    text = get(world, fd, NULL, &ended);
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

/* Listening */

static void a_taken_port_is_refused_with_the_process_that_has_it(void **state)
{
    struct world *world = *state;
    struct usher_error error;
    char port[16], pid[32];
    int fd;

    assert_int_equal(
        usher_server_listen("127.0.0.1", world->port, 0, &fd, NULL, &error),
        USHER_ERR_EXISTS);
    assert_int_equal(fd, -1);
    snprintf(port, sizeof(port), "port %u ", (unsigned)world->port);
    snprintf(pid, sizeof(pid), "(pid %ld)", (long)getpid());
    has(error.text, port);
    has(error.text, pid);
}

static void further_threads_share_the_port_of_the_first(void **state)
{
    struct world *world = *state;
    struct usher_server *second;
    uint16_t port;
    int fd;

    assert_int_equal(
        usher_server_listen("127.0.0.1", world->port, 1, &fd, &port, NULL),
        USHER_OK);
    assert_int_equal(port, world->port);
    second = serve(world, fd);
    usher_server_free(world->server);
    world->server = second;
    has(ask(world, HEAD("GET", "/now") "\r\n"), "now");
}

/* A restart: the old server closed first, which leaves TIME_WAIT behind. */
static void a_port_can_be_taken_again_at_once(void **state)
{
    struct world *world = *state;
    int fd = dial(world), ended, again;

    put_text(world, fd, HEAD("GET", "/later") "\r\n");
    step_until_later(world, 1);
    usher_server_free(world->server);
    get(world, fd, NULL, &ended);
    close(fd);
    assert_int_equal(
        usher_server_listen("127.0.0.1", world->port, 0, &again, NULL, NULL),
        USHER_OK);
    world->server = serve(world, again);
    has(ask(world, HEAD("GET", "/now") "\r\n"), "now");
}

static void a_host_that_is_none_is_refused(void **state)
{
    struct usher_error error;
    int fd;

    (void)state;
    assert_int_equal(
        usher_server_listen("no such host", 0, 0, &fd, NULL, &error),
        USHER_ERR_INVALID);
    has(error.text, "no such host");
}

static int dial_unix(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    strcpy(address.sun_path, path);
    assert_int_equal(
        connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

static void a_unix_socket_is_private_and_serves(void **state)
{
    struct world *world = *state;
    char dir[] = "/tmp/usher-server-XXXXXX", path[64];
    struct usher_server *admin;
    struct stat info;
    int fd, ended;

    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/admin.sock", dir);
    assert_int_equal(usher_server_listen_unix(path, &fd, NULL), USHER_OK);
    close(fd); /* leaves its file, as a crash does */
    assert_int_equal(usher_server_listen_unix(path, &fd, NULL), USHER_OK);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    admin = serve(world, fd);
    fd = dial_unix(path);
    put_text(world, fd, HEAD("GET", "/now") "\r\n");
    has(get(world, fd, "\r\n\r\nnow", &ended), "HTTP/1.1 200 ");
    close(fd);
    usher_server_free(admin);
    unlink(path);
    rmdir(dir);
}

static void a_file_is_never_replaced_by_a_socket(void **state)
{
    char path[] = "/tmp/usher-server-XXXXXX";
    struct usher_error error;
    int file = mkstemp(path), fd;

    (void)state;
    assert_true(file >= 0);
    close(file);
    assert_int_equal(usher_server_listen_unix(path, &fd, &error),
                     USHER_ERR_EXISTS);
    assert_int_equal(access(path, F_OK), 0);
    unlink(path);
}

static int allow_many_files(void **state)
{
    struct rlimit limit;

    (void)state;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return -1;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit);
}

#define CASE(name) \
    cmocka_unit_test_setup_teardown(name, world_make, world_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_answer_has_status_type_length_and_body),
        CASE(head_is_answered_without_a_body),
        CASE(headers_are_added_and_none_can_be_smuggled_in),
        CASE(an_answer_may_be_empty),
        CASE(path_query_and_headers_are_decoded),
        CASE(a_dropped_request_gets_no_answer),
        CASE(garbage_never_reaches_the_handler),
        CASE(a_body_comes_whole_however_it_is_cut),
        CASE(a_chunked_body_comes_whole),
        CASE(an_empty_body_is_empty),
        CASE(a_body_may_be_as_large_as_the_bound),
        CASE(a_larger_body_is_413_and_the_handler_not_called),
        CASE(after_a_413_the_connection_still_serves),
        CASE(a_huge_body_is_refused_before_it_comes),
        CASE(who_expects_100_gets_413_instead),
        CASE(a_chunked_body_is_bounded_while_it_streams),
        CASE(an_endless_chunked_body_is_cut_off),
        CASE(a_request_can_be_answered_later),
        CASE(a_request_can_be_dropped_later),
        CASE(pipelined_requests_are_answered_in_their_order),
        CASE(a_client_that_went_does_no_harm),
        CASE(a_thousand_wait_and_all_are_answered_from_a_timer),
        CASE(freeing_drops_what_is_pending),
        CASE(freeing_still_sends_what_was_answered),
        CASE(quiesced_it_accepts_no_more_but_finishes),
        CASE(a_taken_port_is_refused_with_the_process_that_has_it),
        CASE(further_threads_share_the_port_of_the_first),
        CASE(a_port_can_be_taken_again_at_once),
        CASE(a_host_that_is_none_is_refused),
        CASE(a_unix_socket_is_private_and_serves),
        CASE(a_file_is_never_replaced_by_a_socket),
    };

    return cmocka_run_group_tests_name("server", tests, allow_many_files,
                                       NULL);
}
