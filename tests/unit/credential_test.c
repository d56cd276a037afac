/* tests/unit/credential_test.c - the life of the OAuth credentials, against a
 * small Zoho Accounts and a clock that is moved by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fail_alloc.h"
#include "zoho/credential_internal.h"
#include "zoho_case.h"

/* ---- Sets ---- */

static void sets_that_are_not_configured_fall_back(void **state)
{
    static const struct usher_credential_choice visitor = {
        {USHER_CREDENTIAL_VISITOR, USHER_CREDENTIAL_SALESIQ,
         USHER_CREDENTIAL_DEFAULT},
        3};
    struct zoho_world *world = *state;
    const struct usher_tokens *tokens;

    world_start(world);
    tokens = usher_credentials_tokens(world->credentials);
    assert_int_equal(usher_tokens_choose(tokens, &visitor)->set,
                     USHER_CREDENTIAL_DEFAULT);
    assert_int_equal(tokens->token[USHER_CREDENTIAL_DESK].state,
                     USHER_CREDENTIAL_ABSENT);
    usher_tokens_release(tokens);
    world_set(world, "SALESIQ_VISITOR_REFRESH_TOKEN=1005.refresh.org");
    world_reload(world);
    tokens = usher_credentials_tokens(world->credentials);
    assert_int_equal(usher_tokens_choose(tokens, &visitor)->set,
                     USHER_CREDENTIAL_VISITOR);
    usher_tokens_release(tokens);
    /* With the client of default. */
    assert_non_null(strstr(world->form, "refresh_token=1005.refresh.org"));
    assert_non_null(strstr(world->form, "client_id=1000.CLIENT"));
    assert_non_null(strstr(world->form, "client_secret=client-secret"));
}

static void a_client_without_a_token_is_no_set(void **state)
{
    struct zoho_world *world = *state;

    world_set(world, "DESK_CLIENT_ID=1000.OTHER");
    world_start(world);
    assert_int_equal(zoho_state(world, USHER_CREDENTIAL_DESK),
                     USHER_CREDENTIAL_ABSENT);
}

static void values_by_hand_serve_where_nothing_is_set(void **state)
{
    static const struct usher_credential_values fallback = {
        NULL, "sim-refresh", "sim-client", "sim-secret"};
    struct zoho_world *world = *state;
    struct usher_credentials_options options = {0};
    struct usher_credentials *credentials;
    struct usher_config_source none = {0};
    struct usher_config *config;
    const struct usher_tokens *tokens;

    assert_int_equal(usher_config_load(&none, &config, NULL), USHER_OK);
    options.loop = world->loop;
    options.client = world->client;
    options.clock = &world->time.clock;
    options.settings = &world->settings;
    options.fallback = &fallback;
    assert_int_equal(usher_credentials_new(&options, config, &credentials),
                     USHER_OK);
    usher_config_release(config);
    world_settle(world);
    tokens = usher_credentials_tokens(credentials);
    assert_int_equal(tokens->token[0].state, USHER_CREDENTIAL_ALIVE);
    usher_tokens_release(tokens);
    usher_credentials_free(credentials);
}

/* ---- Refreshing ---- */

static void a_token_of_unknown_age_is_used(void **state)
{
    struct zoho_world *world = *state;

    world_set(world, "OAUTH_ACCESS_TOKEN=1000.old.one");
    world_start(world);
    assert_int_equal(world->refreshes, 0);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_UNKNOWN);
    assert_string_equal(world_token(world, 0)->header,
                        "Zoho-oauthtoken 1000.old.one");
    assert_true(usher_token_usable(world_token(world, 0), USHER_ZOHO_DESK,
                                   WORLD_START));
    usher_credentials_worked(world->credentials, 0,
                             world_token(world, 0)->generation,
                             USHER_ZOHO_DESK);
    world_settle(world);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
}

static void without_an_access_token_one_is_made_at_the_start(void **state)
{
    struct zoho_world *world = *state;

    world_start(world);
    assert_int_equal(world->refreshes, 1);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
    assert_int_equal(world_token(world, 0)->expires_ms,
                     WORLD_START + 60 * MINUTE);
    assert_string_equal(world->changes, "default:alive ");
    assert_string_equal(world->form,
                        "grant_type=refresh_token&refresh_token=1000.refresh."
                        "one&client_id=1000.CLIENT&client_secret=client-"
                        "secret");
}

static void it_is_renewed_five_minutes_before_its_end(void **state)
{
    struct zoho_world *world = *state;
    int i;

    world_start(world);
    for (i = 0; i < 54; i++)
        world_advance(world, MINUTE);
    assert_int_equal(world->refreshes, 1);
    world_advance(world, MINUTE);
    assert_int_equal(world->refreshes, 2);
    assert_int_equal(world_token(world, 0)->expires_ms,
                     WORLD_START + (55 + 60) * MINUTE);
}

static void short_lived_tokens_make_no_storm(void **state)
{
    struct zoho_world *world = *state;
    int i;

    world->expires_in = 20;
    world_start(world);
    for (i = 0; i < 59; i++)
        world_advance(world, 1000);
    assert_int_equal(world->refreshes, 1); /* not once every ten seconds */
    world_advance(world, 1000);
    assert_int_equal(world->refreshes, 2);
}

static void all_who_wait_share_one_refresh(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked[20];
    uint64_t old;
    size_t i;

    world_set(world, "DESK_REFRESH_TOKEN=1000.refresh.one"); /* the same */
    world_start(world);
    assert_int_equal(world->refreshes, 1); /* two sets, one token */
    world_advance(world, 2 * MINUTE);
    old = world_token(world, 0)->generation;
    world->accounts_hold = 1;
    for (i = 0; i < 20; i++)
        world_ask(world,
                  i % 2 ? USHER_CREDENTIAL_DESK : USHER_CREDENTIAL_DEFAULT, old,
                  &asked[i]);
    world_settle(world);
    assert_int_equal(world->refreshes, 2);
    assert_int_equal(asked[7].answers, 0);
    world_release(world);
    for (i = 0; i < 20; i++) {
        assert_int_equal(asked[i].answers, 1);
        assert_int_equal(asked[i].status, USHER_OK);
        assert_true(asked[i].generation > old);
    }
    assert_int_equal(world->refreshes, 2);
}

static void who_comes_with_an_older_token_is_answered_at_once(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;
    uint64_t old;

    world_start(world);
    old = world_token(world, 0)->generation;
    world_advance(world, 2 * MINUTE);
    world_refuse(world, 0);
    assert_int_equal(world->refreshes, 2);
    world_ask(world, 0, old, &asked);
    world_settle(world);
    assert_int_equal(asked.status, USHER_OK);
    assert_int_equal(world->refreshes, 2);
}

static void a_refresh_can_be_asked_for(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked = {0};

    world_start(world);
    assert_int_equal(usher_credentials_refresh(world->credentials, 0,
                                               world->loop, world_asked, &asked,
                                               NULL),
                     USHER_OK);
    world_settle(world);
    assert_int_equal(asked.status, USHER_OK);
    assert_int_equal(asked.answers, 1);
    assert_int_equal(world->refreshes, 2);
}

static void without_a_refresh_token_asking_does_no_harm(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked = {0};

    world_set(world, "DESK_ACCESS_TOKEN=1000.desk.only");
    world_start(world);
    assert_int_equal(
        usher_credentials_refresh(world->credentials, USHER_CREDENTIAL_DESK,
                                  world->loop, world_asked, &asked, NULL),
        USHER_OK);
    world_settle(world);
    assert_int_equal(asked.status, USHER_ERR_INVALID);
    assert_null(world_token(world, USHER_CREDENTIAL_DESK)->reason);
    assert_int_equal(zoho_state(world, USHER_CREDENTIAL_DESK),
                     USHER_CREDENTIAL_UNKNOWN);
}

static void who_cancels_is_not_called(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked = {0};
    struct usher_need *need;

    world_start(world);
    world->accounts_hold = 1;
    assert_int_equal(usher_credentials_refresh(world->credentials, 0,
                                               world->loop, world_asked, &asked,
                                               &need),
                     USHER_OK);
    world_settle(world);
    usher_need_cancel(need);
    world_release(world);
    assert_int_equal(asked.answers, 0);
    assert_null(world->credentials->needs); /* and leaves nothing behind */
}

/* Nor do those who were answered, or said that a token works. */
static void a_question_is_gone_with_its_answer(void **state)
{
    struct zoho_world *world = *state;
    struct usher_need *need;
    struct asked asked;

    world_start(world);
    assert_int_equal(world_refuse(world, 0).status, USHER_OK);
    assert_null(world->credentials->needs);
    usher_credentials_worked(world->credentials, 0,
                             world_token(world, 0)->generation,
                             USHER_ZOHO_DESK);
    assert_non_null(world->credentials->needs);
    world_settle(world);
    assert_null(world->credentials->needs);
    /* Cancelled before it has even arrived. */
    memset(&asked, 0, sizeof(asked));
    assert_int_equal(usher_credentials_need(world->credentials, 0, 0,
                                            USHER_ZOHO_DESK, world->loop,
                                            world_asked, &asked, &need),
                     USHER_OK);
    usher_need_cancel(need);
    world_settle(world);
    assert_int_equal(asked.answers, 0);
    assert_null(world->credentials->needs);
}

static void memory_that_runs_out_leaves_nothing_behind(void **state)
{
    static const struct usher_credential_values fallback = {
        "sim-access", "sim-refresh", "sim-client", "sim-secret"};
    struct zoho_world *world = *state;
    struct usher_credentials_options options = {0};
    struct usher_config_source none = {0};
    struct usher_config *config;
    unsigned long n;
    int failed = 1;

    assert_int_equal(usher_config_load(&none, &config, NULL), USHER_OK);
    options.loop = world->loop;
    options.client = world->client;
    options.store = world->store;
    options.clock = &world->time.clock;
    options.settings = &world->settings;
    options.fallback = &fallback;
    for (n = 1; failed; n++) {
        struct usher_credentials *credentials;
        enum usher_status st;

        fail_alloc_at(n);
        st = usher_credentials_new(&options, config, &credentials);
        failed = fail_alloc_off();
        assert_int_equal(st == USHER_OK, credentials != NULL);
        if (!failed)
            assert_int_equal(st, USHER_OK);
        usher_credentials_free(credentials);
    }
    assert_true(n > 5);
    usher_config_release(config);
}

static struct usher_config *config_of(const char *refresh, const char *access)
{
    char lines[2][96];
    char *environment[] = {lines[0], lines[1],
                           (char *)(uintptr_t) "OAUTH_CLIENT_ID=1000.CLIENT",
                           (char *)(uintptr_t) "OAUTH_CLIENT_SECRET=s3cret",
                           NULL};
    struct usher_config_source source = {.environ = environment};
    struct usher_config *config;

    snprintf(lines[0], sizeof(lines[0]), "OAUTH_REFRESH_TOKEN=%s", refresh);
    snprintf(lines[1], sizeof(lines[1]), "DESK_ACCESS_TOKEN=%s", access);
    assert_int_equal(usher_config_load(&source, &config, NULL), USHER_OK);
    return config;
}

/* It is said, and the next reload makes up for it. */
static void settings_that_find_no_memory_come_with_the_next_reload(void **state)
{
    unsigned long n;
    unsigned told = 0;
    int failed = 1;

    for (n = 1; failed; n++) {
        struct usher_config *config = config_of("1000.refresh.new", "1000.new");
        struct zoho_world *world;

        zoho_drop(state);
        zoho_make(state);
        world = *state;
        world_set(world, "DESK_ACCESS_TOKEN=1000.old");
        world_start(world);
        fail_alloc_at(n);
        usher_credentials_reload(world->credentials, config, &world->settings);
        failed = fail_alloc_off();
        told += world_logged(world, "credentials not reloaded");
        if (!failed)
            assert_int_equal(world_logged(world, "not reloaded"), 0);
        world_settle(world);
        usher_credentials_reload(world->credentials, config, &world->settings);
        world_settle(world);
        assert_string_equal(world_token(world, USHER_CREDENTIAL_DESK)->header,
                            "Zoho-oauthtoken 1000.new");
        assert_non_null(strstr(world->form, "refresh_token=1000.refresh.new"));
        assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
        usher_config_release(config);
    }
    assert_true(n > 8);
    assert_true(told > 0);
}

/* Nor is another organisation forgotten with it: what was heard of a token
 * beside the old one counts no more. */
static void a_move_that_finds_no_memory_is_seen_by_the_next_reload(void **state)
{
    unsigned long n;
    int failed = 1;

    for (n = 1; failed; n++) {
        struct usher_zoho_settings moved;
        struct usher_config *config;
        struct zoho_world *world;
        uint64_t before;

        zoho_drop(state);
        zoho_make(state);
        world = *state;
        world_start(world);
        config = world_config(world);
        moved = world->settings;
        snprintf(moved.org_id, sizeof(moved.org_id), "77");
        before = world_token(world, 0)->generation;
        fail_alloc_at(n);
        usher_credentials_reload(world->credentials, config, &moved);
        failed = fail_alloc_off();
        usher_credentials_reload(world->credentials, config, &moved);
        assert_true(world_token(world, 0)->generation > before);
        usher_config_release(config);
    }
    assert_true(n > 5);
}

static void a_start_without_memory_loses_no_kept_token(void **state)
{
    unsigned long n;
    int failed = 1;

    for (n = 1; failed; n++) {
        struct usher_credentials_options options = {0};
        struct usher_credentials *credentials;
        struct usher_config *config;
        struct zoho_world *world;
        enum usher_status st;

        zoho_drop(state);
        zoho_make(state);
        world = *state;
        world_start(world);
        world_stop(world);
        assert_int_equal(world->refreshes, 1);
        config = world_config(world);
        options.loop = world->loop;
        options.client = world->client;
        options.store = world->store;
        options.clock = &world->time.clock;
        options.settings = &world->settings;
        fail_alloc_at(n);
        st = usher_credentials_new(&options, config, &credentials);
        failed = fail_alloc_off();
        assert_int_equal(st == USHER_OK, credentials != NULL);
        usher_credentials_free(credentials);
        usher_config_release(config);
        world_start(world);
        assert_int_equal(world->refreshes, 1);
        assert_string_equal(world_token(world, 0)->header,
                            "Zoho-oauthtoken 1000.t1.x");
    }
    assert_true(n > 5);
}

static void lifetimes_come_in_several_forms(void **state)
{
    static const struct {
        const char *body;
        int64_t seconds;
    } cases[] = {
        {"{\"access_token\":\"1000.a.b\",\"expires_in\":3600000,"
         "\"expires_in_sec\":3600}",
         3600},
        {"{\"access_token\":\"1000.a.b\",\"expires_in\":3600000}", 3600},
        {"{\"access_token\":\"1000.a.b\",\"expires_in\":\"3600\"}", 3600},
        {"{\"access_token\":\"1000.a.b\"}", 0},
        /* What cannot be is as if it were not said. */
        {"{\"access_token\":\"1000.a.b\",\"expires_in\":-1}", 0},
        {"{\"access_token\":\"1000.a.b\",\"expires_in\":1e300}", 0},
        {"{\"access_token\":\"1000.a.b\",\"expires_in\":36100888888000000}", 0},
        {"{\"access_token\":\"1000.a.b\",\"expires_in_sec\":"
         "\"99999999999999999999\",\"expires_in\":3600}",
         3600},
    };
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct zoho_world *world;

        if (i > 0) {
            zoho_drop(state);
            zoho_make(state);
        }
        world = *state;
        world->accounts_body = cases[i].body;
        world_start(world);
        assert_int_equal(
            world_token(world, 0)->expires_ms,
            cases[i].seconds ? WORLD_START + cases[i].seconds * 1000 : 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(sets_that_are_not_configured_fall_back),
        WITH_WORLD(a_client_without_a_token_is_no_set),
        WITH_WORLD(values_by_hand_serve_where_nothing_is_set),
        WITH_WORLD(a_token_of_unknown_age_is_used),
        WITH_WORLD(without_an_access_token_one_is_made_at_the_start),
        WITH_WORLD(it_is_renewed_five_minutes_before_its_end),
        WITH_WORLD(short_lived_tokens_make_no_storm),
        WITH_WORLD(all_who_wait_share_one_refresh),
        WITH_WORLD(who_comes_with_an_older_token_is_answered_at_once),
        WITH_WORLD(a_refresh_can_be_asked_for),
        WITH_WORLD(without_a_refresh_token_asking_does_no_harm),
        WITH_WORLD(who_cancels_is_not_called),
        WITH_WORLD(a_question_is_gone_with_its_answer),
        WITH_WORLD(memory_that_runs_out_leaves_nothing_behind),
        WITH_WORLD(settings_that_find_no_memory_come_with_the_next_reload),
        WITH_WORLD(a_move_that_finds_no_memory_is_seen_by_the_next_reload),
        WITH_WORLD(a_start_without_memory_loses_no_kept_token),
        WITH_WORLD(lifetimes_come_in_several_forms),
    };

    return cmocka_run_group_tests_name("credential", tests, NULL, NULL);
}
