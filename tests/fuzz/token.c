/* tests/fuzz/token.c - what Zoho Accounts answers to a refresh. A byte for the
 * status, then the body. */
#include <string.h>

#include "core/clock.h"
#include "core/config.h"
#include "fuzz.h"
#include "zoho/credential.h"

#define START INT64_C(1774500000000)

static const unsigned statuses[] = {200, 400, 401, 429, 500, 302};

struct world {
    struct usher_clock_manual time;
    struct usher_loop *loop;
    struct usher_client *client;
    struct usher_zoho_settings settings;
    struct usher_config *config;
    struct usher_client_answer answer;
    struct usher_transfer *transfer; /* to be answered */
};

static int on_start(void *user, struct usher_transfer *transfer,
                    const struct usher_client_request *request)
{
    struct world *world = user;

    (void)request;
    world->transfer = transfer;
    return 1;
}

static void on_cancel(void *user, struct usher_transfer *transfer)
{
    struct world *world = user;

    if (world->transfer == transfer)
        world->transfer = NULL;
}

static struct world *the_world(void)
{
    static struct world world;
    struct usher_client_transport transport = {on_start, on_cancel, &world};
    struct usher_client_options options = {.transport = &transport};
    struct usher_config_source none = {0};

    if (world.loop)
        return &world;
    usher_clock_manual_init(&world.time, START, 7);
    FUZZ_CHECK(usher_loop_new(&world.time.clock, &world.loop) == USHER_OK);
    FUZZ_CHECK(usher_client_new(world.loop, &options, &world.client) ==
               USHER_OK);
    FUZZ_CHECK(usher_zoho_hosts_set(&world.settings.hosts, "in", NULL, NULL,
                                    NULL, NULL) == USHER_OK);
    FUZZ_CHECK(usher_config_load(&none, &world.config, NULL) == USHER_OK);
    return &world;
}

static void settle(struct world *world)
{
    do {
        usher_loop_step(world->loop, 0);
        if (world->transfer) {
            struct usher_transfer *transfer = world->transfer;

            world->transfer = NULL;
            usher_transfer_answer(transfer, &world->answer, NULL, 0);
        }
    } while (usher_loop_patience_ms(world->loop) == 0);
}

/* Times stay where they can be counted on, headers are headers. */
static void check(const struct usher_token *token)
{
    int64_t century = INT64_C(100) * 366 * 24 * 3600 * 1000;

    FUZZ_CHECK(token->state != USHER_CREDENTIAL_ABSENT);
    FUZZ_CHECK(token->expires_ms >= 0 && token->expires_ms < START + century);
    FUZZ_CHECK(token->retry_ms >= 0 && token->retry_ms < START + century);
    if (token->state != USHER_CREDENTIAL_ALIVE)
        return;
    FUZZ_CHECK(token->header && strlen(token->header) > 16);
    for (const char *at = token->header; *at; at++)
        FUZZ_CHECK(*at >= ' ' && *at <= '~');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct usher_credential_values values = {
        NULL, "1000.refresh.one", "1000.CLIENT", "client-secret"};
    struct fuzz_input input = {(const char *)data, size};
    struct usher_credentials_options options = {0};
    struct usher_credentials *credentials;
    struct world *world = the_world();
    struct usher_log_options log_options = {0};
    const struct usher_tokens *tokens;
    struct usher_log *log;

    FUZZ_CHECK(usher_log_new(&log_options, &log) == USHER_OK);
    world->answer.status = statuses[fuzz_number(&input, 6)];
    world->answer.sent = 1;
    world->answer.body = input.at;
    world->answer.body_len = input.left;
    options.loop = world->loop;
    options.client = world->client;
    options.clock = &world->time.clock;
    options.log = log;
    options.settings = &world->settings;
    options.fallback = &values;
    FUZZ_CHECK(usher_credentials_new(&options, world->config, &credentials) ==
               USHER_OK);
    settle(world);
    tokens = usher_credentials_tokens(credentials);
    check(&tokens->token[USHER_CREDENTIAL_DEFAULT]);
    usher_tokens_release(tokens);
    usher_credentials_free(credentials);
    usher_log_free(log);
    return 0;
}
