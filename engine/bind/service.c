/* engine/bind/service.c - the simulator as a service. */
#include "bind/service.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "bind/plain.h"
#include "bind/simulator.h"
#include "core/buffer.h"
#include "net/loop.h"
#include "net/server.h"

#define HEADERS_MAX 64
#define HOLD_MAX_MS (120 * 1000) /* what hangs is dropped after this */

struct usher_service {
    struct usher_loop *loop;
    struct usher_server *server;
    struct usher_simulator *simulator;
    struct usher_buffer defaults; /* name 0 value 0 ... */
    struct held *held;
    uint16_t port;
    pthread_t thread;
    int has_thread;
};

/* An answer that goes out later, or never. */
struct held {
    struct usher_service *service;
    struct usher_request *request;
    struct usher_timer timer;
    int drop;
    unsigned status;
    struct usher_buffer text; /* the body, then name 0 value 0 of each header */
    size_t body_len;
    size_t header_count;
    struct held *next, *prev;
};

/* ---- answering ---- */

static void answer_send(struct usher_request *request, unsigned status,
                        const char *body, size_t len,
                        const struct usher_header *headers, size_t count)
{
    struct usher_header others[USHER_SIMULATOR_HEADERS];
    const char *type = NULL;
    size_t other_count = 0;

    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(headers[i].name, "content-type") == 0)
            type = headers[i].value;
        else
            others[other_count++] = headers[i];
    }
    /* Copied: the body may be changed by nobody. */
    usher_request_answer(request, status, type, (char *)(uintptr_t)body, len, 0,
                         others, other_count);
}

static void held_free(struct held *held)
{
    if (held->prev)
        held->prev->next = held->next;
    else
        held->service->held = held->next;
    if (held->next)
        held->next->prev = held->prev;
    usher_timer_cancel(held->service->loop, &held->timer);
    usher_buffer_free(&held->text);
    free(held);
}

static void on_timer(void *user)
{
    struct held *held = user;
    struct usher_header headers[USHER_SIMULATOR_HEADERS];
    const char *at;

    if (held->drop) {
        usher_request_drop(held->request);
        held_free(held);
        return;
    }
    at = held->text.data + held->body_len;
    for (size_t i = 0; i < held->header_count; i++) {
        headers[i].name = at;
        at += strlen(at) + 1;
        headers[i].value = at;
        at += strlen(at) + 1;
    }
    answer_send(held->request, held->status, held->text.data, held->body_len,
                headers, held->header_count);
    held_free(held);
}

/* What came of the simulator lives until its next call: a copy waits. */
static void answer_hold(struct usher_service *service,
                        struct usher_request *request,
                        const struct usher_simulator_answer *answer)
{
    struct held *held = calloc(1, sizeof(*held));

    if (!held) {
        usher_request_drop(request);
        return;
    }
    held->service = service;
    held->request = request;
    held->status = answer->status;
    usher_buffer_init(&held->text, 0);
    usher_buffer_append(&held->text, answer->body, answer->body_len);
    held->body_len = answer->body_len;
    held->header_count = answer->header_count;
    for (size_t i = 0; i < answer->header_count; i++) {
        const struct usher_header *header = &answer->headers[i];

        usher_buffer_append(&held->text, header->name,
                            strlen(header->name) + 1);
        usher_buffer_append(&held->text, header->value,
                            strlen(header->value) + 1);
    }
    held->drop = answer->hang || answer->drop || held->text.failed;
    held->next = service->held;
    if (held->next)
        held->next->prev = held;
    service->held = held;
    usher_timer_set(service->loop, &held->timer,
                    answer->hang ? HOLD_MAX_MS : answer->delay_ms, on_timer,
                    held);
}

/* ---- a request ---- */

struct incoming {
    struct usher_header headers[HEADERS_MAX];
    size_t header_count;
    struct usher_buffer path; /* encoded again, with its query */
    char before;              /* '?' or '&' */
};

static void header_add(void *user, const char *name, const char *value)
{
    struct incoming *in = user;

    if (in->header_count == HEADERS_MAX)
        return;
    in->headers[in->header_count].name = name;
    in->headers[in->header_count++].value = value;
}

static void query_add(void *user, const char *name, const char *value)
{
    struct incoming *in = user;

    usher_buffer_byte(&in->path, in->before);
    in->before = '&';
    usher_buffer_escape(&in->path, name, strlen(name), "");
    usher_buffer_byte(&in->path, '=');
    usher_buffer_escape(&in->path, value ? value : "",
                        value ? strlen(value) : 0, "");
}

static void on_request(void *user, struct usher_request *request)
{
    struct usher_service *service = user;
    struct usher_simulator_request given = {0};
    struct usher_simulator_answer answer;
    struct incoming in = {.before = '?'};
    const char *path = usher_request_path(request);

    usher_buffer_init(&in.path, 1 << 20);
    usher_buffer_escape(&in.path, path, strlen(path), "/");
    usher_request_each_query(request, query_add, &in);
    usher_request_each_header(request, header_add, &in);
    if (in.path.failed) {
        usher_buffer_free(&in.path);
        usher_request_drop(request);
        return;
    }
    given.method = usher_request_method(request);
    given.path = in.path.data;
    given.headers = in.headers;
    given.header_count = in.header_count;
    given.body = usher_request_body(request, &given.body_len);
    usher_simulator_handle(service->simulator, &given, &answer);
    usher_buffer_free(&in.path);
    if (answer.hang || answer.delay_ms > 0)
        answer_hold(service, request, &answer);
    else if (answer.drop)
        usher_request_drop(request);
    else
        answer_send(request, answer.status, answer.body, answer.body_len,
                    answer.headers, answer.header_count);
}

/* ---- life ---- */

static void default_keep(void *user, const char *name, const char *value)
{
    struct usher_buffer *defaults = user;

    usher_buffer_append(defaults, name, strlen(name) + 1);
    usher_buffer_append(defaults, value, strlen(value) + 1);
}

static void *run(void *user)
{
    struct usher_service *service = user;

    usher_loop_run(service->loop);
    return NULL;
}

/* Signals are for the other threads. */
static int thread_start(struct usher_service *service)
{
    sigset_t all, before;
    int failed;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(&service->thread, NULL, run, service);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    service->has_thread = !failed;
    return !failed;
}

static enum usher_status server_open(struct usher_service *service,
                                     uint16_t port, struct usher_error *error)
{
    struct usher_server_options options = {.max_clients = 4096, .idle_s = 60};
    enum usher_status st;

    st = usher_server_listen("127.0.0.1", port, 0, &options.listen_fd,
                             &service->port, error);
    if (st != USHER_OK)
        return st;
    return usher_server_new(service->loop, &options, on_request, service,
                            &service->server);
}

enum usher_status
usher_service_start(const struct usher_service_options *options,
                    struct usher_service **out, struct usher_error *error)
{
    struct usher_service *service = calloc(1, sizeof(*service));
    enum usher_status st = USHER_ERR_NOMEM;

    *out = NULL;
    usher_error_set(error, "the simulator could not be started");
    if (!service)
        return st;
    usher_buffer_init(&service->defaults, 0);
    st = usher_simulator_new(options->clock, &service->simulator, error);
    if (st == USHER_OK)
        st = usher_simulator_defaults(service->simulator, default_keep,
                                      &service->defaults);
    if (st == USHER_OK && service->defaults.failed)
        st = USHER_ERR_NOMEM;
    if (st == USHER_OK)
        st = usher_loop_new(options->clock, &service->loop);
    if (st == USHER_OK)
        st = server_open(service, options->port, error);
    if (st == USHER_OK && !thread_start(service)) {
        usher_error_set(error, "the simulator's thread could not be started");
        st = USHER_ERR_IO;
    }
    if (st == USHER_OK) {
        *out = service;
        service = NULL;
    }
    usher_service_stop(service);
    return st;
}

void usher_service_stop(struct usher_service *service)
{
    if (!service)
        return;
    if (service->has_thread) {
        usher_loop_stop(service->loop);
        pthread_join(service->thread, NULL);
    }
    while (service->held)
        held_free(service->held); /* the server drops their requests */
    if (service->server)
        usher_server_free(service->server);
    if (service->loop)
        usher_loop_free(service->loop);
    usher_simulator_free(service->simulator);
    usher_buffer_free(&service->defaults);
    free(service);
}

uint16_t usher_service_port(const struct usher_service *service)
{
    return service->port;
}

void usher_service_defaults(const struct usher_service *service,
                            void (*each)(void *user, const char *name,
                                         const char *value),
                            void *user)
{
    const char *at = service->defaults.data;
    const char *end = at + service->defaults.len;

    while (at < end) {
        const char *value = at + strlen(at) + 1;

        each(user, at, value);
        at = value + strlen(value) + 1;
    }
}
