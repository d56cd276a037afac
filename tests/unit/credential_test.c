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

#include "zoho_world.h"

#define MINUTE INT64_C(60000)

static int make_world(void **state)
{
    struct zoho_world *world = zoho_world_new();

    world_set(world, "OAUTH_REFRESH_TOKEN=1000.refresh.one");
    world_set(world, "OAUTH_CLIENT_ID=1000.CLIENT");
    world_set(world, "OAUTH_CLIENT_SECRET=client-secret");
    *state = world;
    return 0;
}

static int drop_world(void **state)
{
    zoho_world_free(*state);
    return 0;
}

/* What came of a question. */
struct asked {
    int answers;
    enum usher_status status;
    enum usher_error_kind kind;
    uint64_t generation;
    enum usher_credential_id set;
};

static void on_answer(void *user, enum usher_status status,
                      const struct usher_tokens *tokens)
{
    struct asked *asked = user;

    asked->answers++;
    asked->status = status;
    asked->kind = tokens->token[asked->set].kind;
    asked->generation = tokens->token[asked->set].generation;
}

static void ask(struct zoho_world *world, enum usher_credential_id set,
                uint64_t generation, struct asked *asked)
{
    memset(asked, 0, sizeof(*asked));
    asked->set = set;
    assert_int_equal(usher_credentials_need(world->credentials, set, generation,
                                            USHER_ZOHO_DESK, world->loop,
                                            on_answer, asked, NULL),
                     USHER_OK);
}

/* "The token I have was refused by Desk", and what came of it. */
static struct asked refuse(struct zoho_world *world,
                           enum usher_credential_id set)
{
    struct asked asked;

    ask(world, set, world_token(world, set)->generation, &asked);
    assert_int_equal(asked.answers, 0); /* never from inside the call */
    world_settle(world);
    return asked;
}

static enum usher_credential_state state_of(struct zoho_world *world,
                                            enum usher_credential_id set)
{
    return world_token(world, set)->state;
}

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
    assert_int_equal(state_of(world, USHER_CREDENTIAL_DESK),
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
    options.hosts = &world->settings.hosts;
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
    assert_int_equal(state_of(world, 0), USHER_CREDENTIAL_UNKNOWN);
    assert_string_equal(world_token(world, 0)->header,
                        "Zoho-oauthtoken 1000.old.one");
    assert_true(usher_token_usable(world_token(world, 0), USHER_ZOHO_DESK,
                                   WORLD_START));
    usher_credentials_worked(world->credentials, 0,
                             world_token(world, 0)->generation,
                             USHER_ZOHO_DESK);
    world_settle(world);
    assert_int_equal(state_of(world, 0), USHER_CREDENTIAL_ALIVE);
}

static void without_an_access_token_one_is_made_at_the_start(void **state)
{
    struct zoho_world *world = *state;

    world_start(world);
    assert_int_equal(world->refreshes, 1);
    assert_int_equal(state_of(world, 0), USHER_CREDENTIAL_ALIVE);
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
        ask(world, i % 2 ? USHER_CREDENTIAL_DESK : USHER_CREDENTIAL_DEFAULT,
            old, &asked[i]);
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
    refuse(world, 0);
    assert_int_equal(world->refreshes, 2);
    ask(world, 0, old, &asked);
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
                                               world->loop, on_answer, &asked,
                                               NULL),
                     USHER_OK);
    world_settle(world);
    assert_int_equal(asked.status, USHER_OK);
    assert_int_equal(asked.answers, 1);
    assert_int_equal(world->refreshes, 2);
}

static void who_cancels_is_not_called(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked = {0};
    struct usher_need *need;

    world_start(world);
    world->accounts_hold = 1;
    assert_int_equal(usher_credentials_refresh(world->credentials, 0,
                                               world->loop, on_answer, &asked,
                                               &need),
                     USHER_OK);
    world_settle(world);
    usher_need_cancel(need);
    world_release(world);
    assert_int_equal(asked.answers, 0);
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
    };
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct zoho_world *world;

        if (i > 0) {
            drop_world(state);
            make_world(state);
        }
        world = *state;
        world->accounts_body = cases[i].body;
        world_start(world);
        assert_int_equal(
            world_token(world, 0)->expires_ms,
            cases[i].seconds ? WORLD_START + cases[i].seconds * 1000 : 0);
    }
}

/* ---- What goes wrong ---- */

static void a_dead_refresh_token_is_told_once(void **state)
{
    static const char *const errors[] = {"invalid_code", "invalid_client",
                                         "invalid_client_secret"};
    size_t i;

    for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        struct zoho_world *world;
        struct asked asked;
        int n;

        if (i > 0) {
            drop_world(state);
            make_world(state);
        }
        world = *state;
        world->accounts_error = errors[i];
        world_start(world);
        assert_int_equal(state_of(world, 0), USHER_CREDENTIAL_DEAD);
        assert_non_null(strstr(world_token(world, 0)->reason, errors[i]));
        assert_non_null(
            strstr(world_token(world, 0)->hint, "OAUTH_REFRESH_TOKEN"));
        for (n = 0; n < 5; n++) {
            asked = refuse(world, 0);
            assert_int_equal(asked.status, USHER_ERR_INVALID);
            assert_int_equal(asked.kind, USHER_KIND_TOKEN);
            world_advance(world, 20 * MINUTE);
        }
        assert_int_equal(world->refreshes, 1);
        assert_int_equal(world_logged(world, "credential dead"), 1);
        assert_string_equal(world->changes, "default:dead ");
    }
}

static void a_new_value_revives(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;

    world->accounts_error = "invalid_code";
    world_start(world);
    world->accounts_error = NULL;
    world_reload(world); /* nothing changed: nothing happens */
    assert_int_equal(world->refreshes, 1);
    world->changes[0] = '\0';
    world_set(world, "OAUTH_REFRESH_TOKEN=1000.refresh.two");
    world_reload(world);
    assert_int_equal(state_of(world, 0), USHER_CREDENTIAL_ALIVE);
    assert_string_equal(world->changes, "default:unknown default:alive ");
    asked = refuse(world, 0);
    (void)asked;
    assert_non_null(strstr(world->form, "1000.refresh.two"));
}

static void a_new_access_token_alone_serves_a_dead_set(void **state)
{
    struct zoho_world *world = *state;

    world->accounts_error = "invalid_code";
    world_start(world);
    world_set(world, "OAUTH_ACCESS_TOKEN=1000.by.hand");
    world_reload(world);
    assert_true(usher_token_usable(world_token(world, 0), USHER_ZOHO_DESK,
                                   WORLD_START));
    assert_string_equal(world_token(world, 0)->header,
                        "Zoho-oauthtoken 1000.by.hand");
}

static void a_corrected_client_secret_revives(void **state)
{
    struct zoho_world *world = *state;

    world->accounts_error = "invalid_client_secret";
    world_start(world);
    assert_int_equal(state_of(world, 0), USHER_CREDENTIAL_DEAD);
    world->accounts_error = NULL;
    world_set(world, "OAUTH_CLIENT_SECRET=the-right-one");
    world_reload(world);
    assert_int_equal(state_of(world, 0), USHER_CREDENTIAL_ALIVE);
}

static void access_denied_waits_for_ten_minutes(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;
    int i;

    world->accounts_error = "Access Denied";
    world->accounts_status = 400;
    world_start(world);
    assert_int_equal(state_of(world, 0), USHER_CREDENTIAL_WAITING);
    asked = refuse(world, 0);
    assert_int_equal(asked.status, USHER_ERR_INVALID);
    assert_int_equal(asked.kind, USHER_KIND_RATE_LIMITED);
    assert_int_equal(world_token(world, 0)->retry_ms,
                     WORLD_START + 10 * MINUTE);
    world->accounts_error = NULL;
    world->accounts_status = 0;
    for (i = 0; i < 9; i++)
        world_advance(world, MINUTE);
    assert_int_equal(world->refreshes, 1);
    world_advance(world, MINUTE);
    assert_int_equal(world->refreshes, 2);
    assert_int_equal(state_of(world, 0), USHER_CREDENTIAL_ALIVE);
}

static void ask_for_a_refresh(struct zoho_world *world, struct asked *asked)
{
    memset(asked, 0, sizeof(*asked));
    assert_int_equal(usher_credentials_refresh(world->credentials, 0,
                                               world->loop, on_answer, asked,
                                               NULL),
                     USHER_OK);
    world_settle(world);
}

static void five_in_ten_minutes_also_over_a_restart(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;

    world_start(world); /* the first */
    ask_for_a_refresh(world, &asked);
    ask_for_a_refresh(world, &asked);
    assert_int_equal(world->refreshes, 3);
    world_stop(world);
    world_start(world);
    assert_int_equal(world->refreshes, 3); /* the kept token serves */
    ask_for_a_refresh(world, &asked);
    ask_for_a_refresh(world, &asked);
    assert_int_equal(asked.status, USHER_OK);
    ask_for_a_refresh(world, &asked); /* the sixth */
    assert_int_equal(asked.status, USHER_ERR_INVALID);
    assert_int_equal(asked.kind, USHER_KIND_RATE_LIMITED);
    assert_int_equal(world->refreshes, 5);
    assert_true(usher_token_usable(world_token(world, 0), USHER_ZOHO_DESK,
                                   WORLD_START)); /* the last one is good */
    world_stop(world);
    world_start(world);
    ask_for_a_refresh(world, &asked);
    assert_int_equal(world->refreshes, 5);
    world_advance(world, 11 * MINUTE);
    ask_for_a_refresh(world, &asked);
    assert_int_equal(asked.status, USHER_OK);
    assert_int_equal(world->refreshes, 6);
}

static void lost_connections_are_tried_again(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;
    int i;

    world_set(world, "OAUTH_ACCESS_TOKEN=1000.old.one");
    world_start(world);
    world->accounts_drop = 1;
    asked = refuse(world, 0);
    assert_int_equal(asked.status, USHER_ERR_INVALID);
    assert_int_equal(asked.kind, USHER_KIND_OFFLINE);
    assert_int_equal(state_of(world, 0), USHER_CREDENTIAL_WAITING);
    world->accounts_drop = 0;
    for (i = 0; i < 5 && state_of(world, 0) != USHER_CREDENTIAL_ALIVE; i++)
        world_advance(world, 500);
    assert_int_equal(state_of(world, 0), USHER_CREDENTIAL_ALIVE);
    assert_int_equal(world_logged(world, "credential dead"), 0);
}

static void an_accounts_that_hangs_is_a_timeout(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;

    world_set(world, "OAUTH_ACCESS_TOKEN=1000.old.one");
    world_start(world);
    world->accounts_hold = 1;
    ask(world, 0, world_token(world, 0)->generation, &asked);
    world_settle(world);
    assert_int_equal(asked.answers, 0);
    world_advance(world, 10001);
    assert_int_equal(asked.answers, 1);
    assert_int_equal(asked.kind, USHER_KIND_TIMEOUT);
}

static void an_answer_without_a_token_is_no_success(void **state)
{
    static const char *const bodies[] = {
        "{}",
        "",
        "<html>",
        "{\"access_token\":\"\"}",
        "{\"access_token\":\"a\\r\\nX: y\"}",
        "{\"access_token\":7}",
        "{\"error\":\"general_error\"}",
    };
    size_t i;

    for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        struct zoho_world *world;

        if (i > 0) {
            drop_world(state);
            make_world(state);
        }
        world = *state;
        world->accounts_body = bodies[i];
        world_start(world);
        assert_int_equal(world->refreshes, 1);
        assert_int_equal(state_of(world, 0), USHER_CREDENTIAL_WAITING);
        assert_null(world_token(world, 0)->header);
    }
}

static void without_a_refresh_token_a_refused_token_is_the_end(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;

    world_set(world, "DESK_ACCESS_TOKEN=1000.desk.only");
    world_start(world);
    asked = refuse(world, USHER_CREDENTIAL_DESK);
    assert_int_equal(asked.status, USHER_ERR_INVALID);
    assert_int_equal(state_of(world, USHER_CREDENTIAL_DESK),
                     USHER_CREDENTIAL_DEAD);
    assert_non_null(strstr(world_token(world, USHER_CREDENTIAL_DESK)->hint,
                           "DESK_REFRESH_TOKEN"));
    /* What Desk refuses may still do for SalesIQ. */
    assert_true(usher_token_usable(world_token(world, USHER_CREDENTIAL_DESK),
                                   USHER_ZOHO_SALESIQ, WORLD_START));
    refuse(world, USHER_CREDENTIAL_DESK);
    assert_int_equal(world_logged(world, "credential dead"), 1);
}

static void a_fresh_token_that_is_refused_is_diagnosed(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;
    int i;

    world_start(world);
    asked = refuse(world, 0); /* that may happen: pushed out by another */
    assert_int_equal(asked.status, USHER_OK);
    for (i = 0; i < 5; i++) {
        asked = refuse(world, 0);
        assert_int_equal(asked.status, USHER_ERR_INVALID);
        assert_int_equal(asked.kind, USHER_KIND_TOKEN);
    }
    assert_int_equal(world->refreshes, 2);
    assert_int_equal(state_of(world, 0), USHER_CREDENTIAL_REFUSED);
    assert_int_equal(world_logged(world, "fresh token refused"), 1);
    assert_non_null(strstr(world_token(world, 0)->hint, "organisation"));
    /* Ten minutes on, one more try is made. */
    world_advance(world, 11 * MINUTE);
    asked = refuse(world, 0);
    assert_int_equal(asked.status, USHER_OK);
    assert_int_equal(world->refreshes, 3);
}

static void a_refused_token_that_works_after_all_is_forgiven(void **state)
{
    struct zoho_world *world = *state;

    world_start(world);
    refuse(world, 0);
    refuse(world, 0);
    assert_int_equal(state_of(world, 0), USHER_CREDENTIAL_REFUSED);
    assert_true(usher_token_usable(world_token(world, 0), USHER_ZOHO_DESK,
                                   WORLD_START));
    usher_credentials_worked(world->credentials, 0,
                             world_token(world, 0)->generation,
                             USHER_ZOHO_DESK);
    world_settle(world);
    assert_int_equal(state_of(world, 0), USHER_CREDENTIAL_ALIVE);
    assert_null(world_token(world, 0)->reason);
}

static void a_token_that_worked_may_be_pushed_out_at_any_time(void **state)
{
    struct zoho_world *world = *state;
    int i;

    world_start(world);
    for (i = 0; i < 3; i++) {
        usher_credentials_worked(world->credentials, 0,
                                 world_token(world, 0)->generation,
                                 USHER_ZOHO_DESK);
        world_settle(world);
        assert_true(world_token(world, 0)->worked & (1U << USHER_ZOHO_DESK));
        assert_int_equal(refuse(world, 0).status, USHER_OK);
        assert_false(world_token(world, 0)->worked);
    }
}

static void two_data_centres_are_named(void **state)
{
    struct zoho_world *world = *state;

    world_start(world);
    refuse(world, 0);
    assert_int_equal(usher_zoho_hosts_set(&world->settings.hosts, "in", NULL,
                                          NULL, "https://desk.zoho.com", NULL),
                     USHER_OK);
    world_reload(world);
    refuse(world, 0);
    assert_non_null(strstr(world_token(world, 0)->reason, "India"));
    assert_non_null(strstr(world_token(world, 0)->reason, "United States"));
    assert_non_null(strstr(world_token(world, 0)->hint, "ZOHO_DC"));
}

static void an_organisation_token_at_desk_is_named(void **state)
{
    struct zoho_world *world = *state;

    world->accounts_body =
        "{\"access_token\":\"1005.org.token\",\"expires_in\":3600}";
    world_start(world);
    refuse(world, 0);
    refuse(world, 0);
    assert_non_null(strstr(world_token(world, 0)->hint, "DESK_REFRESH_TOKEN"));
}

static void secrets_do_not_reach_the_log(void **state)
{
    struct zoho_world *world = *state;

    world_set(world, "DESK_ACCESS_TOKEN=1000.desk.only");
    world_start(world);
    refuse(world, 0);
    refuse(world, USHER_CREDENTIAL_DESK);
    world->accounts_error = "invalid_code";
    world_advance(world, 11 * MINUTE);
    refuse(world, 0);
    assert_true(world_logged(world, "zoho") > 2);
    assert_int_equal(world_logged(world, "1000."), 0);
    assert_int_equal(world_logged(world, "client-secret"), 0);
}

/* ---- What outlives the process ---- */

static void a_kept_token_beats_an_older_setting(void **state)
{
    struct zoho_world *world = *state;

    world_set(world, "OAUTH_ACCESS_TOKEN=1000.old.one");
    world_start(world);
    refuse(world, 0);
    assert_int_equal(world->refreshes, 1);
    world_stop(world);
    world_start(world);
    assert_string_equal(world_token(world, 0)->header,
                        "Zoho-oauthtoken 1000.t1.x");
    assert_int_equal(world_token(world, 0)->expires_ms,
                     WORLD_START + 60 * MINUTE);
    assert_int_equal(world->refreshes, 1);
}

static void a_value_that_a_person_changed_wins(void **state)
{
    struct zoho_world *world = *state;

    world_set(world, "OAUTH_ACCESS_TOKEN=1000.old.one");
    world_start(world);
    refuse(world, 0);
    world_stop(world);
    world_set(world, "OAUTH_ACCESS_TOKEN=1000.by.hand");
    world_start(world);
    assert_string_equal(world_token(world, 0)->header,
                        "Zoho-oauthtoken 1000.by.hand");
    world_stop(world);
    world_start(world); /* and stays, seen now */
    assert_string_equal(world_token(world, 0)->header,
                        "Zoho-oauthtoken 1000.by.hand");
}

static void another_refresh_token_drops_the_kept_one(void **state)
{
    struct zoho_world *world = *state;

    world_start(world);
    world_stop(world);
    world_set(world, "OAUTH_REFRESH_TOKEN=1000.refresh.two");
    world_start(world);
    assert_int_equal(world->refreshes, 2);
    assert_non_null(strstr(world->form, "refresh.two"));
}

static void a_kept_token_that_ran_out_is_renewed(void **state)
{
    struct zoho_world *world = *state;

    world_start(world);
    world_stop(world);
    world_advance(world, 120 * MINUTE);
    world_start(world);
    assert_int_equal(world->refreshes, 2);
    assert_int_equal(state_of(world, 0), USHER_CREDENTIAL_ALIVE);
}

/* ---- .env ---- */

#define ENV                                          \
    "# my bot\n"                                     \
    "OAUTH_ACCESS_TOKEN=\"1000.old.one\" # hourly\n" \
    "OAUTH_REFRESH_TOKEN=1000.refresh.env\n"         \
    "PORT=8000\n"

static void make_env(struct zoho_world *world)
{
    memset(world->environment, 0, sizeof(world->environment));
    world_set(world, "OAUTH_CLIENT_ID=1000.CLIENT");
    world_set(world, "OAUTH_CLIENT_SECRET=client-secret");
    world_env_file(world, ENV);
}

static void new_tokens_go_back_to_their_line(void **state)
{
    struct zoho_world *world = *state;

    make_env(world);
    world_start(world);
    assert_string_equal(world_env_text(world), ENV);
    refuse(world, 0);
    assert_string_equal(world_env_text(world),
                        "# my bot\n"
                        "OAUTH_ACCESS_TOKEN=\"1000.t1.x\" # hourly\n"
                        "OAUTH_REFRESH_TOKEN=1000.refresh.env\n"
                        "PORT=8000\n");
}

static void our_own_writing_changes_nothing(void **state)
{
    struct zoho_world *world = *state;
    uint64_t generation;

    make_env(world);
    world_start(world);
    refuse(world, 0);
    generation = world_token(world, 0)->generation;
    world->changes[0] = '\0';
    world_reload(world);
    assert_string_equal(world->changes, "");
    assert_int_equal(world_token(world, 0)->generation, generation);
    world_env_file(world, ENV); /* read just before our write */
    world_reload(world);
    assert_string_equal(world->changes, "");
    world_stop(world);
    world_start(world); /* with the old file: seen was what we wrote */
    assert_string_equal(world_token(world, 0)->header,
                        "Zoho-oauthtoken 1000.old.one");
}

static void a_line_changed_by_hand_wins_at_once(void **state)
{
    struct zoho_world *world = *state;

    make_env(world);
    world_start(world);
    refuse(world, 0);
    world_env_file(world, "OAUTH_ACCESS_TOKEN=1000.by.hand\n"
                          "OAUTH_REFRESH_TOKEN=1000.refresh.env\n");
    world_reload(world);
    assert_string_equal(world_token(world, 0)->header,
                        "Zoho-oauthtoken 1000.by.hand");
    assert_non_null(strstr(world->changes, "default:unknown"));
}

static void a_line_that_is_missing_is_added(void **state)
{
    struct zoho_world *world = *state;

    make_env(world);
    world_env_file(world, "OAUTH_REFRESH_TOKEN=1000.refresh.env\n");
    world_start(world);
    assert_string_equal(world_env_text(world),
                        "OAUTH_REFRESH_TOKEN=1000.refresh.env\n"
                        "OAUTH_ACCESS_TOKEN=1000.t1.x\n");
}

static void tokens_of_the_environment_leave_the_file_alone(void **state)
{
    struct zoho_world *world = *state;

    world_env_file(world, "PORT=8000\n");
    world_start(world);
    assert_int_equal(world->refreshes, 1);
    assert_string_equal(world_env_text(world), "PORT=8000\n");
}

#define WITH_WORLD(test) \
    cmocka_unit_test_setup_teardown(test, make_world, drop_world)

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
        WITH_WORLD(who_cancels_is_not_called),
        WITH_WORLD(lifetimes_come_in_several_forms),
        WITH_WORLD(a_dead_refresh_token_is_told_once),
        WITH_WORLD(a_new_value_revives),
        WITH_WORLD(a_new_access_token_alone_serves_a_dead_set),
        WITH_WORLD(a_corrected_client_secret_revives),
        WITH_WORLD(access_denied_waits_for_ten_minutes),
        WITH_WORLD(five_in_ten_minutes_also_over_a_restart),
        WITH_WORLD(lost_connections_are_tried_again),
        WITH_WORLD(an_accounts_that_hangs_is_a_timeout),
        WITH_WORLD(an_answer_without_a_token_is_no_success),
        WITH_WORLD(without_a_refresh_token_a_refused_token_is_the_end),
        WITH_WORLD(a_fresh_token_that_is_refused_is_diagnosed),
        WITH_WORLD(a_refused_token_that_works_after_all_is_forgiven),
        WITH_WORLD(a_token_that_worked_may_be_pushed_out_at_any_time),
        WITH_WORLD(two_data_centres_are_named),
        WITH_WORLD(an_organisation_token_at_desk_is_named),
        WITH_WORLD(secrets_do_not_reach_the_log),
        WITH_WORLD(a_kept_token_beats_an_older_setting),
        WITH_WORLD(a_value_that_a_person_changed_wins),
        WITH_WORLD(another_refresh_token_drops_the_kept_one),
        WITH_WORLD(a_kept_token_that_ran_out_is_renewed),
        WITH_WORLD(new_tokens_go_back_to_their_line),
        WITH_WORLD(our_own_writing_changes_nothing),
        WITH_WORLD(a_line_changed_by_hand_wins_at_once),
        WITH_WORLD(a_line_that_is_missing_is_added),
        WITH_WORLD(tokens_of_the_environment_leave_the_file_alone),
    };

    return cmocka_run_group_tests_name("credential", tests, NULL, NULL);
}
