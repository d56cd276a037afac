/* tests/unit/credential_mask_test.c - every secret is known to the log by the
 * time it is used, and so stands in no message, whoever repeats it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "zoho_case.h"

static int is_hidden(const struct usher_log *log, const char *secret)
{
    char out[128];

    usher_log_mask(log, 0, secret, strlen(secret), out, sizeof(out));
    return strcmp(out, "[secret]") == 0;
}

/* Desk refuses a call and repeats this in its answer. */
static struct got repeat(struct zoho_world *world, const char *secret)
{
    static char body[256];

    snprintf(body, sizeof(body),
             "{\"errorCode\":\"INVALID_DATA\",\"message\":\"bad: <%s>\"}",
             secret);
    world->api_status = 422;
    world->api_body = body;
    return world_call(world, world_write());
}

static void is_repeated_by_nobody(struct zoho_world *world, const char *secret)
{
    struct got got = repeat(world, secret);

    assert_int_equal(got.kind, USHER_KIND_INVALID);
    assert_string_equal(got.message, "bad: <[secret]>");
    assert_int_equal(world_logged(world, secret), 0);
}

static void a_token_that_was_made(void **state)
{
    struct zoho_world *world = *state;

    world_start(world);
    is_repeated_by_nobody(world, "1000.t1.x");
    world_advance(world, 56 * MINUTE);
    assert_string_equal(world->valid, "1000.t2.x");
    is_repeated_by_nobody(world, "1000.t2.x");
    /* The old one may still be good elsewhere. */
    is_repeated_by_nobody(world, "1000.t1.x");
}

static void what_the_settings_say(void **state)
{
    static const char *const lines[] = {
        "OAUTH_ACCESS_TOKEN=1000.a.default",
        "SALESIQ_ACCESS_TOKEN=1000.a.salesiq",
        "SALESIQ_VISITOR_ACCESS_TOKEN=1005.a.visitor",
        "DESK_ACCESS_TOKEN=1000.a.desk",
        "OAUTH_REFRESH_TOKEN=1000.r.default",
        "SALESIQ_VISITOR_REFRESH_TOKEN=1005.r.visitor",
        "DESK_REFRESH_TOKEN=1000.r.desk",
        "OAUTH_CLIENT_SECRET=c-default",
        "DESK_CLIENT_SECRET=c-desk-one",
    };
    struct zoho_world *world = *state;
    size_t i;

    world_start(world);
    strcpy(world->valid, "1000.a.desk");
    for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        world_set(world, lines[i]);
    world->accounts_hold = 1;
    world_reload(world);
    for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        is_repeated_by_nobody(world, strchr(lines[i], '=') + 1);
    /* Those before are hidden still. */
    is_repeated_by_nobody(world, "1000.refresh.one");
    is_repeated_by_nobody(world, "client-secret");
}

/* A start with another log: nothing is hidden there but what it is told. */
static void a_token_that_was_kept(void **state)
{
    struct zoho_world *world = *state;
    struct usher_log_options quiet = {.level = USHER_LOG_ERROR, .fd = -1};
    struct usher_credentials_options options = {0};
    char *environment[] = {
        (char *)(uintptr_t) "OAUTH_REFRESH_TOKEN=1000.refresh.one",
        (char *)(uintptr_t) "DESK_REFRESH_TOKEN=1000.refresh.desk", NULL};
    struct usher_config_source source = {.environ = environment};
    struct usher_credentials *credentials;
    struct usher_config *config;
    struct usher_log *log;

    world_set(world, "DESK_REFRESH_TOKEN=1000.refresh.desk");
    world_start(world);
    assert_int_equal(world->refreshes, 2);
    world_stop(world);
    assert_int_equal(usher_log_new(&quiet, &log), USHER_OK);
    assert_int_equal(usher_config_load(&source, &config, NULL), USHER_OK);
    options.loop = world->loop;
    options.client = world->client;
    options.store = world->store;
    options.clock = &world->time.clock;
    options.log = log;
    options.settings = &world->settings;
    assert_false(is_hidden(log, "1000.t1.x"));
    assert_int_equal(usher_credentials_new(&options, config, &credentials),
                     USHER_OK);
    usher_config_release(config);
    assert_true(is_hidden(log, "1000.t1.x"));
    assert_true(is_hidden(log, "1000.t2.x"));
    assert_true(is_hidden(log, "1000.refresh.one"));
    assert_true(is_hidden(log, "1000.refresh.desk"));
    usher_credentials_free(credentials);
    usher_log_free(log);
}

/* The reason is shown to people and flows. */
static void an_accounts_that_repeats_what_it_was_sent(void **state)
{
    struct zoho_world *world = *state;
    struct got got;

    world->accounts_error = "odd <1000.refresh.one>";
    world_start(world);
    assert_non_null(strstr(world_token(world, 0)->reason, "odd <[secret]>"));
    got = world_call(world, world_write());
    assert_non_null(strstr(got.message, "odd <[secret]>"));
    assert_int_equal(world_logged(world, "1000.refresh"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(a_token_that_was_made),
        WITH_WORLD(what_the_settings_say),
        WITH_WORLD(a_token_that_was_kept),
        WITH_WORLD(an_accounts_that_repeats_what_it_was_sent),
    };

    return cmocka_run_group_tests_name("credential_mask", tests, NULL, NULL);
}
