/* A client without a network: requests go to a function. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "net/client.h"

struct world {
    struct usher_clock_manual time;
    struct usher_loop *loop;
    struct usher_client *client;
    struct usher_transfer *carried; /* the last that was given to us */
    char url[128];
    unsigned starts, cancels, answers;
    struct usher_client_answer answer;
    char body[64], header[64], type[64];
};

static int on_start(void *user, struct usher_transfer *transfer,
                    const struct usher_client_request *request)
{
    struct world *world = user;

    world->starts++;
    world->carried = transfer;
    strncpy(world->url, request->url, sizeof(world->url) - 1);
    return strncmp(request->url, "https://", 8) == 0;
}

static void on_cancel(void *user, struct usher_transfer *transfer)
{
    struct world *world = user;

    assert_ptr_equal(transfer, world->carried);
    world->cancels++;
}

static void on_answer(void *user, const struct usher_client_answer *answer)
{
    struct world *world = user;
    const char *value = usher_client_header(answer, "x-fact");

    world->answers++;
    world->answer = *answer;
    strncpy(world->type, answer->content_type ? answer->content_type : "",
            sizeof(world->type) - 1);
    assert_int_equal(answer->error[0] == '\0', answer->result == USHER_NET_OK);
    strncpy(world->body, answer->body, sizeof(world->body) - 1);
    strncpy(world->header, value ? value : "", sizeof(world->header) - 1);
}

static int make(void **state)
{
    static struct world world;
    struct usher_client_transport transport = {on_start, on_cancel, &world};
    struct usher_client_options options = {.transport = &transport,
                                           .max_response = 40};

    memset(&world, 0, sizeof(world));
    usher_clock_manual_init(&world.time, 1772440200000, 7);
    assert_int_equal(usher_loop_new(&world.time.clock, &world.loop), USHER_OK);
    assert_int_equal(usher_client_new(world.loop, &options, &world.client),
                     USHER_OK);
    *state = &world;
    return 0;
}

static int drop(void **state)
{
    struct world *world = *state;

    usher_client_free(world->client);
    usher_loop_free(world->loop);
    return 0;
}

static struct usher_transfer *begin(struct world *world, int64_t timeout_ms)
{
    struct usher_client_request request = {
        .method = "GET",
        .url = "https://desk.example.com/a",
        .timeout_ms = timeout_ms,
    };
    struct usher_transfer *transfer;

    assert_int_equal(usher_client_send(world->client, &request, on_answer,
                                       world, &transfer),
                     USHER_OK);
    return transfer;
}

static void an_answer_comes_from_the_transport(void **state)
{
    struct world *world = *state;
    struct usher_client_answer answer = {
        .status = 429, .body = "slow", .body_len = 4};
    const struct usher_header headers[] = {{"Content-Type", "text/plain"},
                                           {"X-Fact", "yes"},
                                           {"Retry-After", "12"}};

    begin(world, 0);
    assert_string_equal(world->url, "https://desk.example.com/a");
    usher_clock_manual_advance(&world->time, 250);
    usher_transfer_answer(world->carried, &answer, headers, 3);
    assert_int_equal(world->answers, 1);
    assert_int_equal(world->answer.result, USHER_NET_OK);
    assert_int_equal(world->answer.status, 429);
    assert_string_equal(world->body, "slow");
    assert_string_equal(world->header, "yes");
    assert_string_equal(world->type, "text/plain");
    assert_int_equal(world->answer.retry_after_s, 12);
    assert_int_equal(world->answer.elapsed_ms, 250);
    assert_int_equal(world->cancels, 0);
}

static void silence_times_out_by_the_loops_clock(void **state)
{
    struct world *world = *state;

    begin(world, 20000);
    usher_clock_manual_advance(&world->time, 19999);
    usher_loop_step(world->loop, 0);
    assert_int_equal(world->answers, 0);
    assert_int_equal(usher_loop_patience_ms(world->loop), 1);
    usher_clock_manual_advance(&world->time, 1);
    usher_loop_step(world->loop, 0);
    assert_int_equal(world->answers, 1);
    assert_int_equal(world->answer.result, USHER_NET_TIMEOUT);
    assert_int_equal(world->answer.sent, 1);
    assert_int_equal(world->cancels, 1);
    assert_int_equal(usher_loop_patience_ms(world->loop), -1);
}

static void what_is_cancelled_is_told_to_the_transport(void **state)
{
    struct world *world = *state;
    struct usher_transfer *transfer = begin(world, 0);

    usher_transfer_cancel(transfer);
    assert_int_equal(world->cancels, 1);
    assert_int_equal(world->answers, 0);
    begin(world, 0); /* and by the client's end */
    usher_client_free(world->client);
    world->client = NULL;
    assert_int_equal(world->cancels, 2);
    assert_int_equal(world->answers, 0);
}

static void an_answer_above_the_bound_is_cut(void **state)
{
    struct world *world = *state;
    char body[64];
    struct usher_client_answer answer = {
        .status = 200, .body = body, .body_len = 41};

    memset(body, 'a', sizeof(body));
    begin(world, 0);
    usher_transfer_answer(world->carried, &answer, NULL, 0);
    assert_int_equal(world->answer.result, USHER_NET_TOO_LARGE);
    assert_string_equal(world->body, "");
}

/* Both sides of the bound, and of the one where none is given: 8 MiB. */
static void an_answer_may_be_as_large_as_the_bound(void **state)
{
    static const size_t bounds[] = {40, 8 * 1024 * 1024};
    struct world *world = *state;
    struct usher_client_transport transport = {on_start, on_cancel, world};
    struct usher_client_options options = {.transport = &transport};
    char *body = calloc(1, bounds[1] + 2);
    struct usher_client_answer answer = {.status = 200, .body = body};

    assert_non_null(body);
    for (size_t i = 0; i < 2; i++) {
        answer.body_len = bounds[i];
        begin(world, 0);
        usher_transfer_answer(world->carried, &answer, NULL, 0);
        assert_int_equal(world->answer.result, USHER_NET_OK);
        assert_int_equal(world->answer.body_len, bounds[i]);
        answer.body_len++;
        begin(world, 0);
        usher_transfer_answer(world->carried, &answer, NULL, 0);
        assert_int_equal(world->answer.result, USHER_NET_TOO_LARGE);
        assert_int_equal(world->answer.body_len, 0);
        usher_client_free(world->client);
        assert_int_equal(
            usher_client_new(world->loop, &options, &world->client), USHER_OK);
    }
    free(body);
}

/* The headers of one answer are not those of the next. */
static void a_header_belongs_to_its_answer(void **state)
{
    struct world *world = *state;
    struct usher_client_answer answer = {.status = 200};
    const struct usher_header headers[] = {
        {"X-Other", "no"}, {"X-FACT", "yes"}, {"X-Fact", "second"}};

    begin(world, 0);
    usher_transfer_answer(world->carried, &answer, headers, 3);
    assert_string_equal(world->header, "yes");
    assert_string_equal(world->body, "");
    assert_int_equal(world->answer.retry_after_s, -1);
    begin(world, 0);
    usher_transfer_answer(world->carried, &answer, headers, 1);
    assert_string_equal(world->header, "");
    assert_null(world->answer.content_type);
}

static void what_the_transport_leaves_goes_to_the_network(void **state)
{
    struct world *world = *state;
    struct usher_client_request request = {
        .method = "GET",
        .url = "http://127.0.0.1:1/nobody",
        .timeout_ms = 5000,
    };

    assert_int_equal(usher_client_send(world->client, &request, on_answer,
                                       world, NULL),
                     USHER_OK);
    for (int i = 0; i < 200 && world->answers == 0; i++)
        usher_loop_step(world->loop, 10);
    assert_int_equal(world->starts, 1);
    assert_int_equal(world->answers, 1);
    assert_int_equal(world->answer.result, USHER_NET_OFFLINE);
    assert_int_equal(world->cancels, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_answer_comes_from_the_transport,
                                        make, drop),
        cmocka_unit_test_setup_teardown(silence_times_out_by_the_loops_clock,
                                        make, drop),
        cmocka_unit_test_setup_teardown(
            what_is_cancelled_is_told_to_the_transport, make, drop),
        cmocka_unit_test_setup_teardown(an_answer_above_the_bound_is_cut, make,
                                        drop),
        cmocka_unit_test_setup_teardown(an_answer_may_be_as_large_as_the_bound,
                                        make, drop),
        cmocka_unit_test_setup_teardown(a_header_belongs_to_its_answer, make,
                                        drop),
        cmocka_unit_test_setup_teardown(
            what_the_transport_leaves_goes_to_the_network, make, drop),
    };

    return cmocka_run_group_tests_name("client without a network", tests, NULL,
                                       NULL);
}
