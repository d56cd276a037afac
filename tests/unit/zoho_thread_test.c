/* tests/unit/zoho_thread_test.c - several workers share credentials and gate:
 * run under the thread sanitizer. (threaded) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "patience.h"
#include "zoho_world.h"

#define WORKERS 3
#define CALLS 300       /* of each worker */
#define AT_ONCE 20      /* of each worker */
#define LIMIT 4         /* of all */
#define TOKEN_CALLS 250 /* after so many calls the fake drops its token */

struct worker {
    struct zoho_world *world;
    pthread_t thread;
    struct usher_loop *loop;
    struct usher_client *client;
    struct usher_zoho *zoho;
    unsigned sent;
    unsigned done;
    unsigned failed;
    char first_error[256];
};

/* The fake counts how many calls it holds at once: it keeps each for a round
 * of its loop. */
struct traffic {
    struct usher_loop *loop;
    struct usher_server *server;
    struct usher_client *client;
    struct usher_credentials *credentials;
    char base[64];
    char valid[64];
    unsigned refreshes;
    unsigned calls;
    unsigned open;
    unsigned most_open;
    struct usher_request *held[WORKERS * AT_ONCE];
    size_t held_count;
    struct usher_timer timer;
    _Atomic unsigned workers_left;
};

static struct traffic traffic;
static struct usher_gate *gate;

static void reply(struct usher_request *request, unsigned status,
                  const char *body)
{
    usher_request_answer(request, status, "application/json",
                         (char *)(uintptr_t)body, strlen(body), 0, NULL, 0);
}

static void answer_call(struct usher_request *request)
{
    const char *token = usher_request_header(request, "Authorization");

    traffic.open--;
    if (token && strcmp(token + strlen("Zoho-oauthtoken "), traffic.valid) == 0)
        reply(request, 200, "{\"id\":\"1\"}");
    else
        reply(request, 401, "{\"errorCode\":\"INVALID_OAUTH\"}");
}

static void answer_all(void *user)
{
    size_t count = traffic.held_count;
    size_t i;

    (void)user;
    traffic.held_count = 0;
    for (i = 0; i < count; i++)
        answer_call(traffic.held[i]);
}

static void on_request(void *user, struct usher_request *request)
{
    char body[160];

    (void)user;
    if (strcmp(usher_request_path(request), "/oauth/v2/token") == 0) {
        snprintf(traffic.valid, sizeof(traffic.valid), "1000.t%u.x",
                 ++traffic.refreshes);
        snprintf(body, sizeof(body),
                 "{\"access_token\":\"%s\",\"expires_in\":3600}",
                 traffic.valid);
        reply(request, 200, body);
        return;
    }
    /* Another program pushed our token out: the eleventh active one. */
    if (++traffic.calls == TOKEN_CALLS)
        snprintf(traffic.valid, sizeof(traffic.valid), "none");
    traffic.open++;
    if (traffic.open > traffic.most_open)
        traffic.most_open = traffic.open;
    if (traffic.held_count == 0)
        usher_timer_set(traffic.loop, &traffic.timer, 1, answer_all, NULL);
    traffic.held[traffic.held_count++] = request;
}

static void worker_send(struct worker *worker);

static void on_result(void *user, const struct usher_zoho_result *result)
{
    struct worker *worker = user;

    worker->done++;
    if (!result->ok) {
        worker->failed++;
        snprintf(worker->first_error, sizeof(worker->first_error), "%s",
                 result->error->message);
    }
    if (worker->sent < CALLS)
        worker_send(worker);
    else if (worker->done == CALLS)
        usher_loop_stop(worker->loop);
}

static void worker_send(struct worker *worker)
{
    struct usher_zoho_call call = {0};

    worker->sent++;
    call.operation = usher_zoho_operation_find("desk.create_contact");
    call.body = "{\"lastName\":\"Rao\"}";
    call.body_len = strlen(call.body);
    if (usher_zoho_send(worker->zoho, &call, on_result, worker, NULL, NULL) !=
        USHER_OK)
        abort();
}

static void worker_open(struct worker *worker)
{
    struct usher_client_options client = {0};
    struct usher_zoho_options options = {0};

    client.max_response = 65536;
    client.user_agent = "usher-test";
    options.loop = worker->loop;
    options.credentials = traffic.credentials;
    options.gate = gate;
    options.clock = usher_clock_system();
    if (usher_client_new(worker->loop, &client, &options.client) != USHER_OK)
        abort();
    worker->client = options.client;
    if (usher_zoho_new(&options, &worker->zoho) != USHER_OK)
        abort();
}

static void *worker_run(void *user)
{
    struct worker *worker = user;
    int i;

    worker_open(worker);
    for (i = 0; i < AT_ONCE; i++)
        worker_send(worker);
    usher_loop_run(worker->loop);
    usher_zoho_free(worker->zoho);
    usher_client_free(worker->client);
    usher_loop_free(worker->loop);
    if (atomic_fetch_sub(&traffic.workers_left, 1) == 1)
        usher_loop_stop(traffic.loop);
    return NULL;
}

static void traffic_open(struct zoho_world *world)
{
    char *environment[] = {
        (char *)(uintptr_t) "OAUTH_REFRESH_TOKEN=1000.refresh.one",
        (char *)(uintptr_t) "OAUTH_CLIENT_ID=1000.CLIENT",
        (char *)(uintptr_t) "OAUTH_CLIENT_SECRET=client-secret", NULL};
    struct usher_config_source source = {0};
    struct usher_server_options server = {0};
    struct usher_client_options client = {0};
    struct usher_credentials_options options = {0};
    struct usher_config *config;
    uint16_t port;

    assert_int_equal(usher_loop_new(usher_clock_system(), &traffic.loop),
                     USHER_OK);
    assert_int_equal(usher_server_listen("127.0.0.1", 0, 0, &server.listen_fd,
                                         &port, NULL),
                     USHER_OK);
    server.max_body = 65536;
    server.max_clients = 512;
    server.idle_s = 60;
    server.too_large_body = "{}";
    assert_int_equal(usher_server_new(traffic.loop, &server, on_request, NULL,
                                      &traffic.server),
                     USHER_OK);
    snprintf(traffic.base, sizeof(traffic.base), "http://127.0.0.1:%u", port);
    assert_int_equal(usher_zoho_hosts_set(&world->settings.hosts, "in",
                                          traffic.base, traffic.base,
                                          traffic.base, NULL),
                     USHER_OK);
    client.max_response = 65536;
    client.user_agent = "usher-test";
    assert_int_equal(usher_client_new(traffic.loop, &client, &traffic.client),
                     USHER_OK);
    source.environ = environment;
    assert_int_equal(usher_config_load(&source, &config, NULL), USHER_OK);
    options.loop = traffic.loop;
    options.client = traffic.client;
    options.clock = usher_clock_system();
    options.settings = &world->settings;
    assert_int_equal(usher_credentials_new(&options, config,
                                           &traffic.credentials),
                     USHER_OK);
    usher_config_release(config);
}

static void workers_share_tokens_and_slots(void **state)
{
    struct zoho_world *world = zoho_world_new();
    struct worker workers[WORKERS] = {{0}};
    size_t i;

    (void)state;
    traffic_open(world);
    assert_int_equal(usher_gate_new(WORKERS * AT_ONCE, &gate), USHER_OK);
    usher_gate_limit(gate, USHER_ZOHO_DESK, LIMIT);
    atomic_store(&traffic.workers_left, WORKERS);
    for (i = 0; i < WORKERS; i++) {
        workers[i].world = world;
        assert_int_equal(usher_loop_new(usher_clock_system(), &workers[i].loop),
                         USHER_OK);
        assert_int_equal(pthread_create(&workers[i].thread, NULL, worker_run,
                                        &workers[i]),
                         0);
    }
    patience("the end of all calls", __FILE__, __LINE__);
    usher_loop_run(traffic.loop);
    patience_over();
    for (i = 0; i < WORKERS; i++) {
        pthread_join(workers[i].thread, NULL);
        if (workers[i].failed)
            print_error("%s\n", workers[i].first_error);
        assert_int_equal(workers[i].done, CALLS);
        assert_int_equal(workers[i].failed, 0);
    }
    assert_true(traffic.most_open <= LIMIT);
    /* One at the start and one after the loss, whoever noticed it. */
    assert_int_equal(traffic.refreshes, 2);
    usher_credentials_free(traffic.credentials);
    usher_client_free(traffic.client);
    usher_server_free(traffic.server);
    usher_loop_free(traffic.loop);
    usher_gate_free(gate);
    zoho_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(workers_share_tokens_and_slots),
    };

    return cmocka_run_group_tests_name("zoho_thread", tests, NULL, NULL);
}
