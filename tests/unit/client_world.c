/* tests/unit/client_world.c - what the tests of the client share. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "client_world.h"

enum { PATIENCE_MS = 20000 };

static int64_t real_ms(void)
{
    return usher_clock_steady_ms(usher_clock_system());
}

/* The server */

static void answer_text(struct usher_request *request, const char *type,
                        const char *text)
{
    static const struct usher_header extra[] = {{"X-Extra", "here"}};

    usher_request_answer(request, 200, type, (char *)(uintptr_t)text,
                         strlen(text), 0, extra, 1);
}

static void append_header(void *user, const char *name, const char *value)
{
    if (usher_buffer_printf(user, "%s: %s\n", name, value) != USHER_OK)
        abort();
}

/* The method, the path, the body and all headers. */
static void answer_echo(struct usher_request *request)
{
    struct usher_buffer text;
    const char *body;
    size_t len;

    usher_buffer_init(&text, 0);
    body = usher_request_body(request, &len);
    if (usher_buffer_printf(
            &text, "%s %s\nbody=%.*s\n", usher_request_method(request),
            usher_request_path(request), (int)len, body) != USHER_OK)
        abort();
    usher_request_each_header(request, append_header, &text);
    answer_text(request, "text/echo", text.data);
    usher_buffer_free(&text);
}

/* /to/STATUS?URL */
static void answer_redirect(struct usher_request *request)
{
    const struct usher_header location = {"Location",
                                          usher_request_query(request, "url")};
    unsigned long status = strtoul(usher_request_path(request) + 4, NULL, 10);

    usher_request_answer(request, (unsigned)status, NULL, NULL, 0, 0, &location,
                         1);
}

static void chain_answered(void *user, const struct usher_client_answer *answer)
{
    struct usher_buffer text;

    usher_buffer_init(&text, 0);
    if (usher_buffer_printf(&text, "chained: %s", answer->body) != USHER_OK)
        abort();
    answer_text(user, "text/plain", text.data);
    usher_buffer_free(&text);
}

static void answer_chain(struct world *world, struct usher_request *request)
{
    char url[64];
    struct usher_client_request next = {.method = "GET", .url = url};

    client_url(world, "/echo", url, sizeof(url));
    if (usher_client_send(world->client, &next, chain_answered, request,
                          NULL) != USHER_OK)
        abort();
}

static void handle(void *user, struct usher_request *request)
{
    struct world *world = user;
    const char *path = usher_request_path(request), *body;
    size_t len;

    if (strcmp(path, "/echo") == 0) {
        answer_echo(request);
    } else if (strcmp(path, "/mirror") == 0) {
        body = usher_request_body(request, &len);
        usher_request_answer(request, 200, "text/plain",
                             (char *)(uintptr_t)body, len, 0, NULL, 0);
    } else if (strncmp(path, "/to/", 4) == 0) {
        answer_redirect(request);
    } else if (strcmp(path, "/chain") == 0) {
        answer_chain(world, request);
    } else {
        if (world->later_count == WORLD_LATER)
            abort();
        world->later[world->later_count++] = request;
    }
}

void server_answer_later(struct world *world)
{
    size_t i;

    for (i = 0; i < world->later_count; i++)
        answer_text(world->later[i], "text/plain", "later");
    world->later_count = 0;
}

/* The client */

static void keep(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text != NULL ? text : "");
}

void client_answered(void *user, const struct usher_client_answer *answer)
{
    struct world *world = user;

    world->answers++;
    world->result = answer->result;
    world->sent = answer->sent;
    world->turned = answer->turned;
    world->status = answer->status;
    world->retry_after_s = answer->retry_after_s;
    world->elapsed_ms = answer->elapsed_ms;
    keep(world->type, sizeof(world->type), answer->content_type);
    keep(world->error, sizeof(world->error), answer->error);
    keep(world->header, sizeof(world->header),
         answer->result == USHER_NET_OK ? usher_client_header(answer, "x-eXTRA")
                                        : NULL);
    free(world->body);
    world->body = malloc(answer->body_len + 1);
    if (world->body == NULL)
        abort();
    memcpy(world->body, answer->body, answer->body_len + 1);
    world->body_len = answer->body_len;
}

void client_until(struct world *world, unsigned answers)
{
    int64_t end = real_ms() + PATIENCE_MS;

    while (world->answers < answers && real_ms() < end)
        usher_loop_step(world->loop, 20);
    assert_int_equal(world->answers, answers);
}

void client_until_later(struct world *world, size_t count)
{
    int64_t end = real_ms() + PATIENCE_MS;

    while (world->later_count < count && real_ms() < end)
        usher_loop_step(world->loop, 20);
    assert_int_equal(world->later_count, count);
}

void client_url(const struct world *world, const char *path, char *out,
                size_t size)
{
    snprintf(out, size, "http://127.0.0.1:%u%s", (unsigned)world->port, path);
}

void client_run(struct world *world, struct usher_client_request *request,
                const char *path)
{
    char url[256];
    unsigned before = world->answers;

    if (request->url == NULL) {
        client_url(world, path, url, sizeof(url));
        request->url = url;
    }
    assert_int_equal(usher_client_send(world->client, request, client_answered,
                                       world, NULL),
                     USHER_OK);
    assert_int_equal(world->answers, before);
    client_until(world, before + 1);
}

void client_get(struct world *world, const char *path)
{
    struct usher_client_request request = {.method = "GET"};

    client_run(world, &request, path);
}

void client_peer(struct world *world, const struct peer_reply *replies,
                 size_t count)
{
    peer_open(&world->peer, world->loop, replies, count);
    world->peer_is_open = 1;
}

void client_get_peer(struct world *world, const char *method, const char *body)
{
    char url[64];
    struct usher_client_request request = {
        .method = method, .url = url, .body = body};

    request.body_len = body != NULL ? strlen(body) : 0;
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/",
             (unsigned)world->peer.port);
    client_run(world, &request, NULL);
}

void client_bounded(struct world *world, unsigned max_per_host)
{
    const struct usher_client_options options = {.max_per_host = max_per_host,
                                                 .max_response = WORLD_BODY,
                                                 .user_agent = "usher-test"};

    usher_client_free(world->client);
    assert_int_equal(usher_client_new(world->loop, &options, &world->client),
                     USHER_OK);
}

int world_make(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    struct usher_server_options options = {
        .max_body = WORLD_BODY, .max_clients = 2 * WORLD_LATER, .idle_s = 30};

    assert_non_null(world);
    usher_clock_manual_init(&world->time, 1700000000000, 7);
    assert_int_equal(usher_loop_new(&world->time.clock, &world->loop),
                     USHER_OK);
    assert_int_equal(usher_server_listen("127.0.0.1", 0, 0, &options.listen_fd,
                                         &world->port, NULL),
                     USHER_OK);
    assert_int_equal(usher_server_new(world->loop, &options, handle, world,
                                      &world->server),
                     USHER_OK);
    client_bounded(world, 0);
    *state = world;
    return 0;
}

int world_drop(void **state)
{
    struct world *world = *state;

    usher_client_free(world->client);
    usher_server_free(world->server);
    if (world->peer_is_open)
        peer_close(&world->peer);
    usher_loop_free(world->loop);
    free(world->body);
    free(world);
    return 0;
}

int allow_many_files(void **state)
{
    struct rlimit limit;

    (void)state;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return -1;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit);
}
