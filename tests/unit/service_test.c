/* tests/unit/service_test.c - the simulator as a service; threaded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bind/service.h"
#include "fail_alloc.h"
#include "net/client.h"
#include "patience.h"

struct world {
    struct usher_service *service;
    struct usher_loop *loop;
    struct usher_client *client;
    int answers;
    enum usher_net_result result;
    unsigned status;
    int sent;
    char type[64];
    char body[8192];
    int64_t elapsed_ms;
};

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    struct usher_service_options options = {.clock = usher_clock_system()};
    struct usher_client_options client = {0};
    struct usher_error error = {""};

    assert_non_null(world);
    if (usher_service_start(&options, &world->service, &error) != USHER_OK)
        fail_msg("%s", error.text);
    assert_int_equal(usher_loop_new(usher_clock_system(), &world->loop),
                     USHER_OK);
    assert_int_equal(usher_client_new(world->loop, &client, &world->client),
                     USHER_OK);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;

    usher_client_free(world->client);
    usher_loop_free(world->loop);
    usher_service_stop(world->service);
    free(world);
    return 0;
}

static void on_answer(void *user, const struct usher_client_answer *answer)
{
    struct world *world = user;

    world->answers++;
    world->result = answer->result;
    world->status = answer->status;
    world->sent = answer->sent;
    world->elapsed_ms = answer->elapsed_ms;
    snprintf(world->type, sizeof(world->type), "%s",
             answer->content_type ? answer->content_type : "");
    snprintf(world->body, sizeof(world->body), "%.*s", (int)answer->body_len,
             answer->body);
}

static const struct usher_header token = {
    "Authorization", "Zoho-oauthtoken 1000.simulated-access"};
static const struct usher_header org_id = {"orgId", "700054321"};

static void call(struct world *world, const char *method, const char *path,
                 const char *type, const char *body, int64_t timeout_ms)
{
    char url[256];
    struct usher_header headers[] = {{"Content-Type", type}, token, org_id};
    struct usher_client_request request = {.method = method,
                                           .url = url,
                                           .headers = headers,
                                           .header_count = 3,
                                           .body = body,
                                           .body_len = body ? strlen(body) : 0,
                                           .timeout_ms = timeout_ms};
    int before = world->answers;

    snprintf(url, sizeof(url), "http://127.0.0.1:%u%s",
             usher_service_port(world->service), path);
    assert_int_equal(usher_client_send(world->client, &request, on_answer,
                                       world, NULL),
                     USHER_OK);
    WAIT_FOR("an answer of the service", world->answers != before,
             usher_loop_step(world->loop, 100));
}

static void control(struct world *world, const char *path, const char *body)
{
    call(world, "POST", path, "application/json", body, 0);
    assert_int_equal(world->status, 200);
}

static void contacts_and_tokens_are_those_of_the_simulator(void **state)
{
    struct world *world = *state;

    call(world, "POST", "/oauth/v2/token", "application/x-www-form-urlencoded",
         "grant_type=refresh_token&refresh_token=1000.simulated-refresh&"
         "client_id=1000.SIMULATEDCLIENT&client_secret=simulated-secret",
         0);
    assert_int_equal(world->status, 200);
    assert_non_null(strstr(world->type, "application/json"));
    assert_non_null(strstr(world->body, "access_token"));
    control(world, "/_contact",
            "{\"lastName\":\"Rao & Sons\",\"email\":\"r+1@example.com\"}");
    call(world, "GET",
         "/api/v1/contacts/search?email=r%2B1%40example.com&limit=5",
         "application/json", NULL, 0);
    assert_int_equal(world->status, 200);
    assert_non_null(strstr(world->body, "Rao & Sons"));
    call(world, "GET", "/api/v1/contacts/search?lastName=Rao%20%26%20Sons",
         "application/json", NULL, 0);
    assert_int_equal(world->status, 200);
    call(world, "GET", "/nowhere", "application/json", NULL, 0);
    assert_int_equal(world->status, 404);
}

static void faults_delay_drop_and_hang(void **state)
{
    struct world *world = *state;

    control(world, "/_delay", "{\"operation\":\"desk.*\",\"ms\":60}");
    call(world, "GET", "/api/v1/departments", "application/json", NULL, 0);
    assert_int_equal(world->status, 200);
    assert_true(world->elapsed_ms >= 55);
    control(world, "/_delay", "{\"operation\":\"desk.*\",\"ms\":0}");
    control(world, "/_fault",
            "{\"operation\":\"desk.*\",\"kind\":\"drop_before\",\"times\":1}");
    call(world, "POST", "/api/v1/contacts", "application/json", "{}", 0);
    assert_int_equal(world->result, USHER_NET_BROKEN);
    assert_int_equal(world->sent, 1);
    control(world, "/_fault",
            "{\"operation\":\"desk.*\",\"kind\":\"timeout\",\"times\":1}");
    call(world, "GET", "/api/v1/departments", "application/json", NULL, 80);
    assert_int_equal(world->result, USHER_NET_TIMEOUT);
    /* One that hangs does not keep the others waiting, nor the end. */
    call(world, "GET", "/api/v1/departments", "application/json", NULL, 0);
    assert_int_equal(world->status, 200);
}

/* The machine's clock, and what has gone by since for the service alone. */
static _Atomic int64_t ahead_ms;

static int64_t ahead_steady_ms(void *user)
{
    (void)user;
    return usher_clock_steady_ms(usher_clock_system()) + atomic_load(&ahead_ms);
}

static int ahead_setup(void **state)
{
    static struct usher_clock ahead;
    struct usher_service_options options = {.clock = &ahead};
    struct usher_error error = {""};
    struct world *world;

    setup(state);
    world = *state;
    usher_service_stop(world->service);
    ahead = *usher_clock_system();
    ahead.steady_ms = ahead_steady_ms;
    atomic_store(&ahead_ms, 0);
    if (usher_service_start(&options, &world->service, &error) != USHER_OK)
        fail_msg("%s", error.text);
    return 0;
}

static void after_two_minutes_what_hangs_is_dropped(void **state)
{
    struct world *world = *state;
    struct world hung = *world;
    struct usher_client_options client = {0};
    char url[64];
    struct usher_header headers[] = {token, org_id};
    struct usher_client_request request = {.method = "GET",
                                           .url = url,
                                           .headers = headers,
                                           .header_count = 2,
                                           .timeout_ms = 600 * 1000};

    control(world, "/_fault",
            "{\"operation\":\"desk.*\",\"kind\":\"timeout\",\"times\":1}");
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/api/v1/departments",
             usher_service_port(world->service));
    /* A connection of its own: on one that was used libcurl asks again. */
    usher_client_free(world->client);
    assert_int_equal(usher_client_new(world->loop, &client, &world->client),
                     USHER_OK);
    hung.answers = 0;
    assert_int_equal(usher_client_send(world->client, &request, on_answer,
                                       &hung, NULL),
                     USHER_OK);
    call(world, "GET", "/", "", NULL, 0);
    /* Another call wakes the service, which sees what time it is. */
    atomic_store(&ahead_ms, 100 * 1000);
    call(world, "GET", "/", "", NULL, 0);
    call(world, "GET", "/", "", NULL, 0);
    assert_int_equal(hung.answers, 0);
    atomic_store(&ahead_ms, 121 * 1000);
    call(world, "GET", "/", "", NULL, 0);
    WAIT_FOR("the end of what hangs", hung.answers,
             usher_loop_step(world->loop, 100));
    assert_int_equal(hung.result, USHER_NET_BROKEN);
}

static void note(void *user, const char *name, const char *value)
{
    char *out = user;

    if (strcmp(name, "DESK_ORG_ID") == 0)
        snprintf(out, 64, "%s", value);
}

static void its_settings_can_be_asked_for(void **state)
{
    struct world *world = *state;
    char org[64] = "";

    usher_service_defaults(world->service, note, org);
    assert_string_equal(org, "700054321");
}

static void a_port_that_is_taken_is_told(void **state)
{
    struct world *world = *state;
    struct usher_service_options options = {
        .clock = usher_clock_system(),
        .port = usher_service_port(world->service)};
    struct usher_error error = {""};
    struct usher_service *second;

    assert_int_equal(usher_service_start(&options, &second, &error),
                     USHER_ERR_EXISTS);
    assert_null(second);
    assert_true(error.text[0] != '\0');
    usher_service_stop(NULL);
}

static void without_memory_it_does_not_start(void **state)
{
    struct usher_service_options options = {.clock = usher_clock_system()};
    struct usher_service *service = NULL;
    unsigned long n;

    (void)state;
    for (n = 1;; n++) {
        enum usher_status st;

        fail_alloc_at(n);
        st = usher_service_start(&options, &service, NULL);
        if (!fail_alloc_off())
            break;
        assert_true((st == USHER_OK) == (service != NULL));
        usher_service_stop(service);
    }
    assert_non_null(service);
    usher_service_stop(service);
    assert_true(n > 5);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(contacts_and_tokens_are_those_of_the_simulator),
        CASE(faults_delay_drop_and_hang),
        cmocka_unit_test_setup_teardown(after_two_minutes_what_hangs_is_dropped,
                                        ahead_setup, teardown),
        CASE(its_settings_can_be_asked_for),
        CASE(a_port_that_is_taken_is_told),
        cmocka_unit_test(without_memory_it_does_not_start),
    };

    return cmocka_run_group_tests_name("service", tests, NULL, NULL);
}
