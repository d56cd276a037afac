/* tests/unit/credential_fail_test.c - dead, throttled, refused and diagnosed
 * credentials, and what revives them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "accounts_peer.h"
#include "zoho_case.h"

static void a_dead_refresh_token_is_told_once(void **state)
{
    static const struct {
        const char *error;
        const char *names; /* of the settings in question */
    } errors[] = {
        {"invalid_code", "set OAUTH_REFRESH_TOKEN ("},
        {"invalid_grant", "set OAUTH_REFRESH_TOKEN ("},
        {"invalid_client", "mend OAUTH_CLIENT_ID ("},
        {"unauthorized_client", ": OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET ("},
        {"invalid_client_secret",
         ": OAUTH_REFRESH_TOKEN, OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET ("},
    };
    size_t i;

    for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        struct zoho_world *world;
        struct asked asked;
        int n;

        if (i > 0) {
            zoho_drop(state);
            zoho_make(state);
        }
        world = *state;
        world->accounts_error = errors[i].error;
        world_start(world);
        assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_DEAD);
        assert_non_null(strstr(world_token(world, 0)->reason, errors[i].error));
        assert_non_null(strstr(world_token(world, 0)->hint, errors[i].names));
        for (n = 0; n < 5; n++) {
            asked = world_refuse(world, 0);
            assert_int_equal(asked.status, USHER_ERR_INVALID);
            assert_int_equal(asked.kind, USHER_KIND_TOKEN);
            world_advance(world, 20 * MINUTE);
        }
        assert_int_equal(world->refreshes, 1);
        assert_int_equal(world_logged(world, "credential dead"), 1);
        assert_string_equal(world->changes, "default:dead ");
    }
}

/* Its own client id, the default's secret. */
static void a_client_is_named_by_where_its_parts_come_from(void **state)
{
    struct zoho_world *world = *state;

    world_set(world, "DESK_REFRESH_TOKEN=1000.refresh.desk");
    world_set(world, "DESK_CLIENT_ID=1000.DESK");
    world->accounts_error = "unauthorized_client";
    world_start(world);
    assert_non_null(strstr(world_token(world, USHER_CREDENTIAL_DESK)->hint,
                           ": DESK_CLIENT_ID, OAUTH_CLIENT_SECRET ("));
}

/* Accounts calls many things an error that are over a minute later. */
static void an_unknown_error_is_an_outage(void **state)
{
    static const char *const errors[] = {"server_error", "general_error",
                                         "temporarily_unavailable", "", "?"};

    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        struct zoho_world *world;
        struct asked asked;

        if (i > 0) {
            zoho_drop(state);
            zoho_make(state);
        }
        world = *state;
        world->accounts_error = errors[i];
        world_start(world);
        assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_WAITING);
        asked = world_refuse(world, 0);
        assert_int_equal(asked.status, USHER_ERR_INVALID);
        assert_int_equal(asked.kind, USHER_KIND_OFFLINE);
        assert_non_null(strstr(world_token(world, 0)->hint, "by itself at "));
        world->accounts_error = NULL;
        world_advance(world, MINUTE);
        assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
        assert_int_equal(world_logged(world, "credential dead"), 0);
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
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
    assert_string_equal(world->changes, "default:unknown default:alive ");
    asked = world_refuse(world, 0);
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
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_DEAD);
    world->accounts_error = NULL;
    world_set(world, "OAUTH_CLIENT_SECRET=the-right-one");
    world_reload(world);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
}

static void access_denied_waits_for_ten_minutes(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;
    int i;

    world->accounts_error = "Access Denied";
    world->accounts_status = 400;
    world_start(world);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_WAITING);
    asked = world_refuse(world, 0);
    assert_int_equal(asked.status, USHER_ERR_INVALID);
    assert_int_equal(asked.kind, USHER_KIND_RATE_LIMITED);
    assert_int_equal(world_token(world, 0)->retry_ms,
                     world->time.steady_ms + 10 * MINUTE);
    assert_non_null(strstr(world_token(world, 0)->reason, "until 04:50 UTC"));
    assert_non_null(strstr(world_token(world, 0)->hint, "at 04:50 UTC"));
    world->accounts_error = NULL;
    world->accounts_status = 0;
    for (i = 0; i < 9; i++)
        world_advance(world, MINUTE);
    assert_int_equal(world->refreshes, 1);
    world_advance(world, MINUTE);
    assert_int_equal(world->refreshes, 2);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
}

static void five_in_ten_minutes_also_over_a_restart(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;

    world_start(world); /* the first */
    asked = world_refresh(world, 0);
    asked = world_refresh(world, 0);
    assert_int_equal(world->refreshes, 3);
    world_stop(world);
    world_start(world);
    assert_int_equal(world->refreshes, 3); /* the kept token serves */
    asked = world_refresh(world, 0);
    asked = world_refresh(world, 0);
    assert_int_equal(asked.status, USHER_OK);
    asked = world_refresh(world, 0); /* the sixth */
    assert_int_equal(asked.status, USHER_ERR_INVALID);
    assert_int_equal(asked.kind, USHER_KIND_RATE_LIMITED);
    assert_int_equal(world->refreshes, 5);
    assert_int_equal(world_logged(world, "allows no more until 04:50 UTC"), 1);
    assert_true(usher_token_usable(world_token(world, 0), USHER_ZOHO_DESK,
                                   WORLD_START)); /* the last one is good */
    world_stop(world);
    world_start(world);
    asked = world_refresh(world, 0);
    assert_int_equal(world->refreshes, 5);
    world_advance(world, 11 * MINUTE);
    asked = world_refresh(world, 0);
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
    asked = world_refuse(world, 0);
    assert_int_equal(asked.status, USHER_ERR_INVALID);
    assert_int_equal(asked.kind, USHER_KIND_OFFLINE);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_WAITING);
    world->accounts_drop = 0;
    for (i = 0; i < 5 && zoho_state(world, 0) != USHER_CREDENTIAL_ALIVE; i++)
        world_advance(world, 500);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
    assert_int_equal(world_logged(world, "credential dead"), 0);
}

static void an_accounts_that_hangs_is_a_timeout(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;

    world_set(world, "OAUTH_ACCESS_TOKEN=1000.old.one");
    world_start(world);
    world->accounts_hold = 1;
    world_ask(world, 0, world_token(world, 0)->generation, &asked);
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
            zoho_drop(state);
            zoho_make(state);
        }
        world = *state;
        world->accounts_body = bodies[i];
        world_start(world);
        assert_int_equal(world->refreshes, 1);
        assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_WAITING);
        assert_null(world_token(world, 0)->header);
    }
}

static void without_a_refresh_token_a_refused_token_is_the_end(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;

    world_set(world, "DESK_ACCESS_TOKEN=1000.desk.only");
    world_start(world);
    asked = world_refuse(world, USHER_CREDENTIAL_DESK);
    assert_int_equal(asked.status, USHER_ERR_INVALID);
    assert_int_equal(zoho_state(world, USHER_CREDENTIAL_DESK),
                     USHER_CREDENTIAL_DEAD);
    assert_non_null(strstr(world_token(world, USHER_CREDENTIAL_DESK)->hint,
                           "DESK_REFRESH_TOKEN"));
    /* What Desk refuses may still do for SalesIQ. */
    assert_true(usher_token_usable(world_token(world, USHER_CREDENTIAL_DESK),
                                   USHER_ZOHO_SALESIQ, WORLD_START));
    world_refuse(world, USHER_CREDENTIAL_DESK);
    assert_int_equal(world_logged(world, "credential dead"), 1);
}

static void a_fresh_token_that_is_refused_is_diagnosed(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;
    int i;

    world_start(world);
    asked = world_refuse(world, 0); /* that may happen: pushed out by another */
    assert_int_equal(asked.status, USHER_OK);
    for (i = 0; i < 5; i++) {
        asked = world_refuse(world, 0);
        assert_int_equal(asked.status, USHER_ERR_INVALID);
        assert_int_equal(asked.kind, USHER_KIND_TOKEN);
    }
    assert_int_equal(world->refreshes, 2);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_REFUSED);
    assert_int_equal(world_logged(world, "fresh token refused"), 1);
    assert_non_null(strstr(world_token(world, 0)->hint, "organisation"));
    /* Ten minutes on, one more try is made. */
    world_advance(world, 11 * MINUTE);
    asked = world_refuse(world, 0);
    assert_int_equal(asked.status, USHER_OK);
    assert_int_equal(world->refreshes, 3);
}

static void a_refused_token_that_works_after_all_is_forgiven(void **state)
{
    struct zoho_world *world = *state;

    world_start(world);
    world_refuse(world, 0);
    world_refuse(world, 0);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_REFUSED);
    assert_true(usher_token_usable(world_token(world, 0), USHER_ZOHO_DESK,
                                   WORLD_START));
    usher_credentials_worked(world->credentials, 0,
                             world_token(world, 0)->generation,
                             USHER_ZOHO_DESK);
    world_settle(world);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
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
        assert_int_equal(world_refuse(world, 0).status, USHER_OK);
        assert_false(world_token(world, 0)->worked);
    }
}

static void two_data_centres_are_named(void **state)
{
    struct zoho_world *world = *state;
    struct accounts_peer accounts;

    accounts_peer_use(&accounts, world);
    assert_int_equal(usher_zoho_hosts_set(&world->settings.hosts, "in", NULL,
                                          NULL, "https://desk.zoho.com", NULL),
                     USHER_OK);
    world_start(world);
    world_refuse(world, 0);
    world_refuse(world, 0);
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
    world_refuse(world, 0);
    world_refuse(world, 0);
    assert_non_null(strstr(world_token(world, 0)->hint, "DESK_REFRESH_TOKEN"));
}

static void secrets_do_not_reach_the_log(void **state)
{
    struct zoho_world *world = *state;

    world_set(world, "DESK_ACCESS_TOKEN=1000.desk.only");
    world_start(world);
    world_refuse(world, 0);
    world_refuse(world, USHER_CREDENTIAL_DESK);
    world->accounts_error = "invalid_code";
    world_advance(world, 11 * MINUTE);
    world_refuse(world, 0);
    assert_true(world_logged(world, "zoho") > 2);
    assert_int_equal(world_logged(world, "1000."), 0);
    assert_int_equal(world_logged(world, "client-secret"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(a_dead_refresh_token_is_told_once),
        WITH_WORLD(a_new_value_revives),
        WITH_WORLD(an_unknown_error_is_an_outage),
        WITH_WORLD(a_client_is_named_by_where_its_parts_come_from),
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
    };

    return cmocka_run_group_tests_name("credential_fail", tests, NULL, NULL);
}
