/* tests/unit/engine_stop_test.c - an engine that is stopped while turns are
 * under way: each caller gets an answer, whichever worker has its call. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "usher.h"

#define CALLS 16

static const char init_lua[] =
    "return { apology = 'sorry', tasks = { 'job' },\n"
    "flows = { { 'first', fallback = true } } }";
/* Each goes out to a server that never answers. */
static const char first_lua[] = "return function(chat)\n"
                                "  chat:task('job', {})\n"
                                "  http.post(chat.message.text, 'x')\n"
                                "  chat:say 'too late'\nend";
static const char job_lua[] = "return function(task) return true end";

static void file_write(const char *folder, const char *name, const char *text)
{
    char path[128];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int socket_open(unsigned port)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_true(fd >= 0);
    if (port)
        assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    else
        assert_int_equal(bind(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

static unsigned port_of(int fd)
{
    struct sockaddr_in at;
    socklen_t len = sizeof(at);

    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    return ntohs(at.sin_port);
}

static void call_send(int fd, int number, unsigned silent_port)
{
    char body[256], call[512];
    int len;

    len = snprintf(body, sizeof(body),
                   "{\"handler\":\"message\",\"message\":{\"text\":"
                   "\"http://127.0.0.1:%u/\"},\"visitor\":"
                   "{\"active_conversation_id\":\"c%d\"}}",
                   silent_port, number);
    len = snprintf(call, sizeof(call),
                   "POST /webhook HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                   "Content-Type: application/json\r\n"
                   "Content-Length: %d\r\n\r\n%s",
                   len, body);
    assert_int_equal(write(fd, call, (size_t)len), len);
}

static void answer_check(int fd)
{
    char answer[4096];
    size_t len = 0;
    ssize_t got;

    while ((got = read(fd, answer + len, sizeof(answer) - 1 - len)) > 0)
        len += (size_t)got;
    answer[len] = '\0';
    assert_non_null(strstr(answer, "HTTP/1.1 200"));
    assert_non_null(strstr(answer, "sorry"));
}

static struct usher *engine_new(const char *folder)
{
    char flows[128], database[128], port[32];
    char *environment[] = {
        "HOST=127.0.0.1", port, "WORKERS=2", "LOG_LEVEL=error", flows,
        database,         NULL};
    struct usher_options options = {.env_path = NULL,
                                    .environment = environment,
                                    .simulator = 1,
                                    .no_signals = 1};
    struct usher *usher;
    char error[512];
    int fd = socket_open(0);

    snprintf(port, sizeof(port), "PORT=%u", port_of(fd));
    close(fd);
    snprintf(flows, sizeof(flows), "FLOWS_DIR=%s/flows", folder);
    snprintf(database, sizeof(database), "DATABASE_URL=sqlite:%s/db", folder);
    if (usher_start(&options, &usher, error, sizeof(error)) != 0)
        fail_msg("%s", error);
    return usher;
}

static void who_is_under_way_gets_an_answer(void **state)
{
    char folder[] = "/tmp/usher-stop-XXXXXX";
    char path[64];
    struct usher *usher;
    int silent = socket_open(0);
    int calls[CALLS], outside[CALLS];

    (void)state;
    assert_int_equal(listen(silent, CALLS * 2), 0);
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/flows", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    file_write(path, "init.lua", init_lua);
    file_write(path, "first.lua", first_lua);
    file_write(path, "job.lua", job_lua);
    usher = engine_new(folder);
    for (int i = 0; i < CALLS; i++) {
        calls[i] = socket_open(usher_port(usher));
        call_send(calls[i], i, port_of(silent));
    }
    /* All have come in once each has called the silent server. */
    for (int i = 0; i < CALLS; i++) {
        outside[i] = accept(silent, NULL, NULL);
        assert_true(outside[i] >= 0);
    }
    usher_stop(usher);
    usher_run(usher);
    usher_free(usher);
    for (int i = 0; i < CALLS; i++) {
        answer_check(calls[i]);
        close(calls[i]);
        close(outside[i]);
    }
    close(silent);
    snprintf(path, sizeof(path), "rm -r %s", folder);
    assert_int_equal(system(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_under_way_gets_an_answer),
    };

    return cmocka_run_group_tests_name("engine_stop", tests, NULL, NULL);
}
