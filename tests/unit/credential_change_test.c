/* tests/unit/credential_change_test.c - settings that change while the
 * credentials are in use, and what a person asks of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "zoho_case.h"

#define DESK USHER_CREDENTIAL_DESK
#define BIT(service) (1U << USHER_ZOHO_##service)

static void told(struct zoho_world *world, const char *changes)
{
    assert_string_equal(world->changes, changes);
    world->changes[0] = '\0';
}

/* ---- Settings that change ---- */

static void a_set_that_is_taken_out_is_gone(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;

    world_set(world, "DESK_ACCESS_TOKEN=1000.desk.one");
    world_start(world);
    world->changes[0] = '\0';
    world_set(world, "DESK_ACCESS_TOKEN=");
    world_reload(world);
    told(world, "desk:absent ");
    assert_int_equal(world_logged(world, "credential removed"), 1);
    assert_null(world_token(world, DESK)->header);
    world_refused_by(world, DESK, USHER_ZOHO_DESK, &asked);
    assert_int_equal(asked.status, USHER_ERR_NOT_FOUND);
    world_set(world, "DESK_ACCESS_TOKEN=1000.desk.one");
    world_reload(world);
    told(world, "desk:unknown ");
    assert_string_equal(world_token(world, DESK)->header,
                        "Zoho-oauthtoken 1000.desk.one");
    assert_int_equal(world->refreshes, 1);
}

/* Until the new refresh token has made one, the old access token serves. */
static void a_new_refresh_token_leaves_the_access_token_in_use(void **state)
{
    struct zoho_world *world = *state;
    int i;

    world_start(world);
    world->accounts_hold = 1;
    world_set(world, "OAUTH_REFRESH_TOKEN=1000.refresh.two");
    world_reload(world);
    assert_int_equal(world->refreshes, 2); /* it may be of other scopes */
    assert_non_null(strstr(world->form, "1000.refresh.two"));
    assert_string_equal(world_token(world, 0)->header,
                        "Zoho-oauthtoken 1000.t1.x");
    assert_true(usher_token_usable(world_token(world, 0), USHER_ZOHO_DESK,
                                   world->time.wall_ms));
    world_release(world);
    assert_string_equal(world_token(world, 0)->header,
                        "Zoho-oauthtoken 1000.t2.x");
    /* And the old refresh token is asked with no more. */
    world->accounts_hold = 0;
    for (i = 0; i < 60; i++)
        world_advance(world, MINUTE);
    assert_int_equal(world->refreshes, 3);
    assert_non_null(strstr(world->form, "1000.refresh.two"));
}

/* What was asked with the old client is of no interest any more. */
static void a_client_that_changes_meanwhile_is_asked_with_at_once(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;

    world->accounts_hold = 1;
    world_start(world);
    world_ask(world, 0, 0, &asked);
    world_settle(world);
    assert_int_equal(world->refreshes, 1);
    world_set(world, "OAUTH_CLIENT_SECRET=the-right-one");
    world->accounts_hold = 0;
    world_reload(world);
    assert_int_equal(world->refreshes, 2);
    assert_non_null(strstr(world->form, "client_secret=the-right-one"));
    assert_int_equal(asked.answers, 1);
    assert_int_equal(asked.status, USHER_OK);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
    world_release(world); /* nobody hears of it */
    assert_string_equal(world_token(world, 0)->header,
                        "Zoho-oauthtoken 1000.t2.x");
}

/* A person's token is kept as such: not the one before it, not by a restart. */
static void a_token_by_hand_stays_over_a_restart(void **state)
{
    struct zoho_world *world = *state;

    world_start(world);
    world_set(world, "OAUTH_ACCESS_TOKEN=1000.by.hand");
    world_reload(world);
    world_stop(world);
    world_start(world);
    assert_string_equal(world_token(world, 0)->header,
                        "Zoho-oauthtoken 1000.by.hand");
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_UNKNOWN);
    assert_int_equal(world->refreshes, 1);
}

/* The simulator's serve only where there are none of any set. */
static void values_by_hand_are_for_nobody_else(void **state)
{
    static const struct usher_credential_values fallback = {"1000.simulated",
                                                            NULL, NULL, NULL};
    char *environment[] = {(char *)(uintptr_t) "DESK_ACCESS_TOKEN=1000.desk.x",
                           NULL};
    struct usher_config_source source = {.environ = environment};
    struct zoho_world *world = *state;
    struct usher_credentials_options options = {0};
    struct usher_credentials *credentials;
    const struct usher_tokens *tokens;
    struct usher_config *config;

    assert_int_equal(usher_config_load(&source, &config, NULL), USHER_OK);
    options.loop = world->loop;
    options.client = world->client;
    options.clock = &world->time.clock;
    options.settings = &world->settings;
    options.fallback = &fallback;
    assert_int_equal(usher_credentials_new(&options, config, &credentials),
                     USHER_OK);
    usher_config_release(config);
    tokens = usher_credentials_tokens(credentials);
    assert_int_equal(tokens->token[0].state, USHER_CREDENTIAL_ABSENT);
    assert_string_equal(tokens->token[DESK].header,
                        "Zoho-oauthtoken 1000.desk.x");
    usher_tokens_release(tokens);
    usher_credentials_free(credentials);
}

/* Any host and any id: a token is judged anew where it goes elsewhere. */
static void whatever_moves_is_judged_anew(void **state)
{
    struct zoho_world *world = *state;
    char *const where[] = {
        world->settings.hosts.base[USHER_ZOHO_ACCOUNTS],
        world->settings.hosts.base[USHER_ZOHO_SALESIQ],
        world->settings.hosts.base[USHER_ZOHO_DESK],
        world->settings.screen_name,
        world->settings.org_id,
    };
    size_t i;

    world_set(world, "DESK_ACCESS_TOKEN=1000.desk.only");
    world_start(world);
    for (i = 0; i < sizeof(where) / sizeof(where[0]); i++) {
        uint64_t old = world_token(world, DESK)->generation;
        struct asked asked;

        world_works(world, DESK, old, USHER_ZOHO_SALESIQ);
        assert_int_equal(world_token(world, DESK)->worked, BIT(SALESIQ));
        world_refused_by(world, DESK, USHER_ZOHO_DESK, &asked);
        world_refused_by(world, DESK, USHER_ZOHO_SALESIQ, &asked);
        assert_int_equal(zoho_state(world, DESK), USHER_CREDENTIAL_DEAD);
        strcat(where[i], "/1");
        world_reload(world);
        assert_true(world_token(world, DESK)->generation > old);
        assert_int_equal(world_token(world, DESK)->refused, 0);
        assert_int_equal(world_token(world, DESK)->worked, 0);
        assert_int_equal(zoho_state(world, DESK), USHER_CREDENTIAL_UNKNOWN);
    }
    world->changes[0] = '\0';
    world_reload(world); /* nothing has moved */
    told(world, "");
}

/* ---- A person asks ---- */

static void a_person_ends_the_wait_for_an_accounts_that_was_away(void **state)
{
    struct zoho_world *world = *state;

    world->accounts_error = "general_error";
    world_start(world);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_WAITING);
    world->accounts_error = NULL;
    usher_credentials_again(world->credentials);
    world_settle(world);
    assert_int_equal(world->refreshes, 2);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
    assert_null(world_token(world, 0)->reason);
}

static void a_person_has_a_refused_token_tried_again(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;
    uint64_t old;

    world_start(world);
    world_refused_by(world, 0, USHER_ZOHO_DESK, &asked);
    world_refused_by(world, 0, USHER_ZOHO_DESK, &asked);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_REFUSED);
    old = world_token(world, 0)->generation;
    usher_credentials_again(world->credentials);
    world_settle(world);
    assert_int_equal(world_token(world, 0)->refused, 0);
    assert_true(world_token(world, 0)->generation > old);
    assert_null(world_token(world, 0)->reason);
    /* What was not refused stays as it is, with its number. */
    old = world_token(world, 0)->generation;
    usher_credentials_again(world->credentials);
    world_settle(world);
    assert_int_equal(world_token(world, 0)->generation, old);
    assert_int_equal(world->refreshes, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(a_set_that_is_taken_out_is_gone),
        WITH_WORLD(a_new_refresh_token_leaves_the_access_token_in_use),
        WITH_WORLD(a_client_that_changes_meanwhile_is_asked_with_at_once),
        WITH_WORLD(a_token_by_hand_stays_over_a_restart),
        WITH_WORLD(values_by_hand_are_for_nobody_else),
        WITH_WORLD(whatever_moves_is_judged_anew),
        WITH_WORLD(a_person_ends_the_wait_for_an_accounts_that_was_away),
        WITH_WORLD(a_person_has_a_refused_token_tried_again),
    };

    return cmocka_run_group_tests_name("credential_change", tests, NULL, NULL);
}
