/* tests/unit/engine_world.c - see engine_world.h */
#include "engine_world.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "patience.h"

static const char common[] = "OAUTH_ACCESS_TOKEN=1000.0123456789abcdef\n"
                             "ZOHO_ACCOUNTS_URL=http://127.0.0.1:1\n"
                             "SALESIQ_URL=http://127.0.0.1:1\n"
                             "DESK_URL=http://127.0.0.1:1\n";

void engine_save(const struct engine_world *world, const char *name,
                 const char *text)
{
    char path[128], fresh[136];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", world->folder, name);
    snprintf(fresh, sizeof(fresh), "%s.new", path);
    file = fopen(fresh, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(fresh, 0600), 0);
    assert_int_equal(rename(fresh, path), 0);
}

void engine_env(const struct engine_world *world, const char *env)
{
    char text[2048];

    snprintf(text, sizeof(text), "%s%s", common, env);
    engine_save(world, ".env", text);
}

void engine_settings(struct engine_world *world, const char *env)
{
    engine_env(world, env);
    settings_reload(world->usher, NULL);
    engine_settle(world);
}

static void settled(void *user)
{
    sem_post(user);
}

void engine_settle(struct engine_world *world)
{
    sem_t done;

    assert_int_equal(sem_init(&done, 0, 0), 0);
    for (size_t i = 0; i < ENGINE_WORKERS; i++) {
        struct usher_worker *worker = world->usher->shared.workers[i];

        assert_int_equal(usher_loop_post(usher_worker_loop(worker), settled,
                                         &done),
                         USHER_OK);
        while (sem_wait(&done) != 0)
            ;
    }
    sem_destroy(&done);
}

int engine_socket(int to)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)to),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_true(fd >= 0);
    if (to)
        assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    else
        assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    return fd;
}

unsigned short engine_port_of(int fd)
{
    struct sockaddr_in at;
    socklen_t len = sizeof(at);

    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    return ntohs(at.sin_port);
}

static unsigned short port_free(void)
{
    int fd = engine_socket(0);
    unsigned short port = engine_port_of(fd);

    close(fd);
    return port;
}

int engine_begin(struct engine_world *world)
{
    char env[96], *port = world->settings[0], *flows = world->settings[1];
    char *environment[] = {
        "HOST=127.0.0.1", "WORKERS=2", "LOG_LEVEL=error", port, flows, NULL};
    struct usher_options options = {
        .env_path = env, .environment = environment, .no_signals = 1};

    snprintf(env, sizeof(env), "%s/.env", world->folder);
    snprintf(flows, sizeof(world->settings[1]), "FLOWS_DIR=%s/flows",
             world->folder);
    for (int i = 0; i < 5; i++) {
        world->port = port_free();
        snprintf(port, sizeof(world->settings[0]), "PORT=%u", world->port);
        if (usher_start(&options, &world->usher, world->error,
                        sizeof(world->error)) == 0) {
            usher_watcher_free(world->usher->watcher);
            world->usher->watcher = NULL;
            return 1;
        }
        if (!strstr(world->error, port))
            return 0;
    }
    return 0;
}

void engine_open(struct engine_world *world, const char *env)
{
    char path[96];

    memset(world, 0, sizeof(*world));
    own_folder(world->folder);
    snprintf(path, sizeof(path), "%s/flows", world->folder);
    assert_int_equal(mkdir(path, 0700), 0);
    engine_save(world, "flows/init.lua", ENGINE_INIT);
    engine_save(world, "flows/first.lua",
                "return function(chat)\n"
                "  local kind = chat.message.text:match '^job ?(%l*)'\n"
                "  if kind then chat:task('job', { kind = kind }) end\n"
                "  chat:say('shop ' .. config.SHOP)\nend\n");
    engine_save(world, "flows/job.lua",
                "return function(task)\n"
                "  return nil, { kind = task.args.kind, message = 'no',\n"
                "    retry_after = 3600 }\n"
                "end\n");
    if (!strstr(env, "DATABASE_URL")) {
        char text[1024];

        snprintf(text, sizeof(text), "DATABASE_URL=memory:\n%s", env);
        engine_env(world, text);
    } else {
        engine_env(world, env);
    }
    if (!engine_begin(world))
        fail_msg("%s", world->error);
}

void engine_end(struct engine_world *world)
{
    usher_free(world->usher);
    world->usher = NULL;
}

void engine_close(struct engine_world *world)
{
    char command[96];

    engine_end(world);
    snprintf(command, sizeof(command), "rm -rf %s", world->folder);
    assert_int_equal(system(command), 0);
}

static int64_t wall_ahead(void *user)
{
    return usher_clock_wall_ms(usher_clock_system()) +
           ((struct engine_world *)user)->ahead_ms;
}

static int64_t steady_ahead(void *user)
{
    return usher_clock_steady_ms(usher_clock_system()) +
           ((struct engine_world *)user)->ahead_ms;
}

void engine_ahead(struct engine_world *world, int64_t ms)
{
    world->ahead_ms = ms;
    world->ahead = *usher_clock_system();
    world->ahead.wall_ms = wall_ahead;
    world->ahead.steady_ms = steady_ahead;
    world->ahead.user = world;
    world->usher->clock = &world->ahead;
    world->usher->even.machine = &world->ahead;
}

const char *engine_look(struct engine_world *world)
{
    struct usher_timer *timer = &world->usher->health_timer;
    char path[96];
    int usual = dup(2), file;
    ssize_t len;

    snprintf(path, sizeof(path), "%s/log", world->folder);
    file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(file >= 0 && usual >= 0 && dup2(file, 2) == 2);
    timer->fn(timer->user);
    assert_int_equal(dup2(usual, 2), 2);
    len = pread(file, world->answer, sizeof(world->answer) - 1, 0);
    world->answer[len > 0 ? len : 0] = '\0';
    close(usual);
    close(file);
    return world->answer;
}

int engine_send(const struct engine_world *world, const char *method,
                const char *path, const char *headers, const char *body)
{
    int fd = engine_socket(world->port);

    assert_true(dprintf(fd,
                        "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                        "%sContent-Type: application/json\r\n"
                        "Content-Length: %zu\r\n\r\n%s",
                        method, path, headers ? headers : "",
                        body ? strlen(body) : 0, body ? body : "") > 0);
    return fd;
}

unsigned engine_call(struct engine_world *world, const char *method,
                     const char *path, const char *headers, const char *body)
{
    int fd = engine_send(world, method, path, headers, body);
    size_t len = 0;
    ssize_t got = 1;
    char *text;

    patience("an answer", __FILE__, __LINE__);
    while (got != 0) {
        struct pollfd waits = {.fd = fd, .events = POLLIN};

        usher_loop_step(world->usher->loop, 0);
        if (poll(&waits, 1, 5) == 0)
            continue;
        got = read(fd, world->answer + len, sizeof(world->answer) - 1 - len);
        assert_true(got >= 0);
        len += (size_t)got;
    }
    patience_over();
    close(fd);
    world->answer[len] = '\0';
    assert_int_equal(strncmp(world->answer, "HTTP/1.1 ", 9), 0);
    text = strstr(world->answer, "\r\n\r\n");
    assert_non_null(text);
    len = strtoul(world->answer + 9, NULL, 10);
    memmove(world->answer, text + 4, strlen(text + 4) + 1);
    return (unsigned)len;
}

const char *engine_say(struct engine_world *world, size_t worker, int number,
                       const char *text)
{
    char key[32], body[256];
    int salt = 0;

    do {
        snprintf(key, sizeof(key), "siq:%d-%d", number, salt++);
    } while (usher_worker_of(key, strlen(key), ENGINE_WORKERS) != worker);
    snprintf(body, sizeof(body),
             "{\"handler\":\"message\",\"message\":{\"text\":\"%s\"},"
             "\"visitor\":{\"active_conversation_id\":\"%s\"}}",
             text, key + 4);
    assert_int_equal(engine_call(world, "POST", "/webhook/salesiq", NULL, body),
                     200);
    return world->answer;
}

int engine_has_problem(struct engine_world *world, const char *problem)
{
    const char *space = strchr(problem, ' ');
    char code[64], subject[64];
    const char *at;

    (void)engine_call(world, "GET", "/readyz", NULL, NULL);
    snprintf(code, sizeof(code), "\"code\":\"%.*s\"",
             (int)strcspn(problem, " "), problem);
    snprintf(subject, sizeof(subject), "\"subject\":\"%s\"",
             space ? space + 1 : "");
    for (at = world->answer; (at = strstr(at, code)) != NULL; at++) {
        const char *end = strchr(at, '}');
        const char *found = strstr(at, subject);

        if (!space || (found && end && found < end))
            return 1;
    }
    return 0;
}

void engine_await_problem(struct engine_world *world, const char *problem,
                          int there)
{
    WAIT_FOR(problem, engine_has_problem(world, problem) == there,
             usher_loop_step(world->usher->loop, 50));
}
