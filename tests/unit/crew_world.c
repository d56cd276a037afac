/* tests/unit/crew_world.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "bind/bind.h"
#include "conversation/build.h"
#include "crew_world.h"

static void worker_add(struct crew *crew, size_t i)
{
    struct usher_worker *first = crew->workers[0];
    struct usher_error error = {""};
    struct serve *door = &crew->doors[i];
    struct usher_worker_options options = {
        .shared = first->shared,
        .index = i,
        .config = first->config,
        .loop = first->loop,
        .client = first->client,
        .max_clients = 16,
    };

    assert_int_equal(usher_server_listen("127.0.0.1", 0, 0, &options.listen_fd,
                                         &door->port, NULL),
                     USHER_OK);
    door->loop = first->loop;
    if (usher_worker_new(&options, &crew->workers[i], &error) != USHER_OK)
        fail_msg("%s", error.text);
}

/* The first has its state already. */
static void states_open(struct crew *crew)
{
    struct usher_shared *shared = crew->workers[0]->shared;
    struct usher_error error = {""};
    size_t count;
    const struct usher_script_module *modules = usher_bind_modules(&count);

    crew->publication = usher_publication_new(crew->turn->version, CREW);
    assert_non_null(crew->publication);
    for (size_t i = 1; i < CREW; i++)
        if (usher_state_build(crew->turn->version, modules, count, "flows",
                              usher_worker_bind(crew->workers[i]), NULL, NULL,
                              &crew->publication->scripts[i],
                              &error) != USHER_OK)
            fail_msg("%s", error.text);
    usher_publication_release(
        atomic_exchange(&shared->publication, crew->publication));
    for (size_t i = 0; i < CREW; i++)
        worker_adopt(crew->workers[i]);
}

static void other_request(void *control, struct usher_worker *worker,
                          struct usher_request *request)
{
    (void)control;
    (void)worker;
    usher_request_answer(request, 404, "text/plain",
                         (char *)(uintptr_t) "other", 5, 0, NULL, 0);
}

struct crew *crew_new(const struct turn_flow *flows)
{
    struct crew *crew = calloc(1, sizeof(*crew));
    struct usher_shared *shared;

    assert_non_null(crew);
    crew->turn = turn_world_new(flows, 0);
    crew->workers[0] = usher_stage_worker(crew->turn->stage);
    shared = crew->workers[0]->shared;
    for (size_t i = 1; i < CREW; i++)
        worker_add(crew, i);
    shared->workers = crew->workers;
    shared->worker_count = CREW;
    shared->other_request = other_request;
    states_open(crew);
    return crew;
}

void crew_free(struct crew *crew)
{
    for (size_t i = 1; i < CREW; i++)
        usher_worker_free(crew->workers[i]);
    turn_world_free(crew->turn);
    free(crew);
}

void crew_configure(struct crew *crew, char *const *settings)
{
    struct usher_config_source source = {.environ = settings};
    struct usher_config *config;

    assert_int_equal(usher_config_load(&source, &config, NULL), USHER_OK);
    for (size_t i = 0; i < CREW; i++)
        assert_int_equal(usher_worker_configure(crew->workers[i], config),
                         USHER_OK);
    turn_settle(crew->turn);
    usher_config_release(config);
}

const char *crew_key(size_t owner, unsigned nth)
{
    static char key[16];
    char whole[32];

    for (unsigned i = 0;; i++) {
        int len;

        snprintf(key, sizeof(key), "k%u", i);
        len = snprintf(whole, sizeof(whole), "siq:%s", key);
        if (usher_worker_of(whole, (size_t)len, CREW) == owner && nth-- == 0)
            return key;
    }
}

void crew_say(struct crew *crew, size_t at, const char *key, const char *text)
{
    struct turn_world *turn = crew->turn;

    turn_say_at(turn, crew->workers[at], key, text);
}

int crew_send(struct crew *crew, size_t at, const char *request,
              const char *headers, const char *body, size_t len)
{
    struct serve *door = &crew->doors[at];
    int fd = wire_dial(door);

    snprintf(crew->text, sizeof(crew->text),
             "%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
             "Content-Length: %zu\r\n%s\r\n",
             request, len, headers);
    wire_put_text(door, fd, crew->text);
    wire_put(door, fd, body, len);
    return fd;
}

const char *crew_answer(struct crew *crew, size_t at, int fd)
{
    int ended;
    const char *text = wire_get(&crew->doors[at], fd, NULL, &ended);

    /* A large one is not read to its end. */
    assert_true(ended || strlen(text) > 60000);
    close(fd);
    return text;
}

const char *crew_ask(struct crew *crew, size_t at, const char *request,
                     const char *headers, const char *body, size_t len)
{
    return crew_answer(crew, at,
                       crew_send(crew, at, request, headers, body, len));
}

const char *crew_post(struct crew *crew, size_t at, const char *headers,
                      const char *body)
{
    return crew_ask(crew, at, "POST /webhook/salesiq", headers, body,
                    strlen(body));
}
