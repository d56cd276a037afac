/* tests/unit/credential_wake_test.c - what lets a credential go on that waits
 * or is dead, and whoever waits for it: CONTRIBUTING.md, "What waits, and what
 * wakes it". */
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
#define DAY (24 * 60 * MINUTE)

static int is_usable(struct zoho_world *world, enum usher_credential_id set)
{
    return usher_token_usable(world_token(world, set), USHER_ZOHO_DESK,
                              world->time.wall_ms);
}

static void told(struct zoho_world *world, const char *changes)
{
    assert_string_equal(world->changes, changes);
    world->changes[0] = '\0';
}

/* The fake's own host under another name. */
static void hosts_rename(struct zoho_world *world,
                         enum usher_zoho_service service)
{
    snprintf(world->settings.hosts.base[service], USHER_ZOHO_URL_MAX,
             "HTTP://127.0.0.1:%s", strrchr(world->base, ':') + 1);
}

static void works(struct zoho_world *world, enum usher_credential_id set,
                  enum usher_zoho_service service)
{
    usher_credentials_worked(world->credentials, set,
                             world_token(world, set)->generation, service);
    world_settle(world);
}

/* ---- an access token is judged by itself ---- */

static void beside_a_dead_refresh_token(void **state)
{
    struct zoho_world *world = *state;

    world->accounts_error = "invalid_code";
    world_start(world);
    told(world, "default:dead ");
    world_set(world, "OAUTH_ACCESS_TOKEN=1000.by.hand");
    world_reload(world);
    told(world, "default:unknown ");
    assert_true(is_usable(world, 0));
    /* That it ends one day is known now. */
    assert_non_null(strstr(world_token(world, 0)->reason, "invalid_code"));
    works(world, 0, USHER_ZOHO_DESK);
    told(world, "default:works ");
    assert_non_null(world_token(world, 0)->reason);
    assert_int_equal(world->refreshes, 1);
}

static void and_dead_again_once_it_is_refused(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;
    int i;

    world->accounts_error = "invalid_code";
    world_start(world);
    for (i = 0; i < 3; i++) {
        char line[64];

        snprintf(line, sizeof(line), "OAUTH_ACCESS_TOKEN=1000.by.hand.%d", i);
        world_set(world, line);
        world->changes[0] = '\0';
        world_reload(world);
        told(world, "default:unknown ");
        asked = world_refuse(world, 0);
        assert_int_equal(asked.status, USHER_ERR_INVALID);
        assert_int_equal(asked.kind, USHER_KIND_TOKEN);
        told(world, "default:dead ");
        assert_non_null(strstr(world_token(world, 0)->reason,
                               "access token is no longer good"));
        assert_non_null(strstr(world_token(world, 0)->reason, "invalid_code"));
        assert_non_null(
            strstr(world_token(world, 0)->hint, "OAUTH_REFRESH_TOKEN"));
        world_refuse(world, 0);
        assert_int_equal(world_logged(world, "credential dead"), i + 2);
    }
    assert_int_equal(world->refreshes, 1);
}

static void an_access_token_that_ended_has_a_reason(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;

    world_start(world); /* a token of known age is kept */
    world_stop(world);
    world->accounts_error = "invalid_code";
    world_start(world);
    world_advance(world, 58 * MINUTE);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
    world_advance(world, 3 * MINUTE);
    world_ask(world, 0, 0, &asked);
    world_settle(world);
    assert_int_equal(asked.status, USHER_ERR_INVALID);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_DEAD);
    assert_non_null(strstr(world_token(world, 0)->reason, "invalid_code"));
}

static void a_new_one_answers_who_waits_for_a_slow_refresh(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;

    world_set(world, "OAUTH_ACCESS_TOKEN=1000.old.one");
    world_start(world);
    world->accounts_hold = 1;
    world_ask(world, 0, world_token(world, 0)->generation, &asked);
    world_settle(world);
    assert_int_equal(asked.answers, 0);
    world_set(world, "OAUTH_ACCESS_TOKEN=1000.by.hand");
    world_reload(world);
    assert_int_equal(asked.answers, 1);
    assert_int_equal(asked.status, USHER_OK);
}

static void the_first_success_with_a_token_is_told(void **state)
{
    struct zoho_world *world = *state;

    world_start(world);
    told(world, "default:alive ");
    works(world, 0, USHER_ZOHO_DESK);
    told(world, "default:works ");
    works(world, 0, USHER_ZOHO_DESK);
    told(world, "");
    works(world, 0, USHER_ZOHO_SALESIQ);
    told(world, "default:works ");
}

/* ---- two sets, one refresh token ---- */

static void of_two_that_share_a_refresh_token(void **state)
{
    struct zoho_world *world = *state;

    world_set(world, "DESK_REFRESH_TOKEN=1000.refresh.one");
    world->accounts_error = "invalid_code";
    world_start(world);
    told(world, "default:dead desk:dead ");
    world_set(world, "DESK_ACCESS_TOKEN=1000.by.hand");
    world_reload(world);
    told(world, "desk:unknown ");
    assert_true(is_usable(world, DESK));
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_DEAD);
    assert_int_equal(world->refreshes, 1);
}

static void the_right_client_may_be_either_ones(void **state)
{
    struct zoho_world *world = *state;

    world_set(world, "DESK_REFRESH_TOKEN=1000.refresh.one");
    world->accounts_secret = "right-secret";
    world_start(world);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_DEAD);
    world_set(world, "DESK_CLIENT_SECRET=right-secret");
    world_reload(world);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
    assert_int_equal(zoho_state(world, DESK), USHER_CREDENTIAL_ALIVE);
    /* And so after a restart, and where nothing has changed. */
    world_reload(world);
    world_stop(world);
    world_advance(world, 60 * MINUTE);
    world_start(world);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
    world_set(world, "DESK_CLIENT_SECRET=wrong-again");
    world_set(world, "OAUTH_CLIENT_SECRET=right-secret");
    world_reload(world);
    world_advance(world, 11 * MINUTE);
    assert_int_equal(zoho_state(world, DESK), USHER_CREDENTIAL_ALIVE);
}

/* ---- hosts, ids ---- */

static void another_host_is_another_judge(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;
    uint64_t old;

    world_set(world, "DESK_ACCESS_TOKEN=1000.desk.only");
    world_start(world);
    old = world_token(world, DESK)->generation;
    world_refuse(world, DESK);
    assert_int_equal(zoho_state(world, DESK), USHER_CREDENTIAL_DEAD);
    world->changes[0] = '\0';
    hosts_rename(world, USHER_ZOHO_DESK);
    world_reload(world);
    assert_non_null(strstr(world->changes, "desk:unknown "));
    assert_true(is_usable(world, DESK));
    assert_null(world_token(world, DESK)->reason);
    /* What the old host says now does not count. */
    world_ask(world, DESK, old, &asked);
    world_settle(world);
    assert_int_equal(asked.status, USHER_OK);
    assert_true(is_usable(world, DESK));
    world_refuse(world, DESK);
    assert_int_equal(zoho_state(world, DESK), USHER_CREDENTIAL_DEAD);
    assert_non_null(world_token(world, DESK)->reason);
}

static void another_organisation_is_another_judge(void **state)
{
    struct zoho_world *world = *state;
    int i;

    for (i = 0; i < 2; i++) {
        world_set(world, "DESK_ACCESS_TOKEN=1000.desk.only");
        if (i == 0)
            world_start(world);
        world_refuse(world, DESK);
        assert_int_equal(zoho_state(world, DESK), USHER_CREDENTIAL_DEAD);
        strcpy(i ? world->settings.screen_name : world->settings.org_id, "7");
        world_reload(world);
        assert_true(is_usable(world, DESK));
        assert_int_equal(zoho_state(world, DESK), USHER_CREDENTIAL_UNKNOWN);
    }
    assert_int_equal(world_logged(world, "credential changed"), 0);
}

static void another_accounts_is_asked_at_once(void **state)
{
    static const char *const errors[] = {"invalid_client", "Access Denied"};
    size_t i;

    for (i = 0; i < 2; i++) {
        struct zoho_world *world;

        if (i > 0) {
            zoho_drop(state);
            zoho_make(state);
        }
        world = *state;
        world->accounts_error = errors[i];
        world_start(world);
        assert_null(world_token(world, 0)->header);
        world->accounts_error = NULL;
        hosts_rename(world, USHER_ZOHO_ACCOUNTS);
        world_reload(world);
        assert_int_equal(world->refreshes, 2);
        assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
    }
}

/* ---- calls under way while hosts and tokens change ---- */

static void to_new_host_and_token(struct zoho_world *world)
{
    snprintf(world->settings.hosts.base[USHER_ZOHO_DESK], USHER_ZOHO_URL_MAX,
             "%s/new", world->base);
    strcpy(world->settings.org_id, "800");
    strcpy(world->valid, "1000.right.one");
    world_set(world, "OAUTH_ACCESS_TOKEN=1000.right.one");
    world->api_hold = 0;
    world_reload(world);
}

static void went_to_the_new_host(struct zoho_world *world,
                                 const struct got *got)
{
    assert_int_equal(got->answers, 1);
    assert_true(got->ok);
    assert_string_equal(world->path, "/new/api/v1/departments");
    assert_string_equal(world->authorization, "Zoho-oauthtoken 1000.right.one");
    assert_string_equal(world->org, "800");
    assert_true(is_usable(world, 0));
}

static void world_start_wrong(struct zoho_world *world)
{
    world_set(world, "OAUTH_REFRESH_TOKEN=");
    world_set(world, "OAUTH_ACCESS_TOKEN=1000.wrong.one");
    world_start(world);
}

static void an_old_hosts_refusal_kills_no_new_token(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_read();
    struct got got;

    world_start_wrong(world);
    world->api_hold = 1;
    world_send(world, &call, &got);
    world_settle(world);
    assert_int_equal(world->calls, 1);
    to_new_host_and_token(world);
    strcpy(world->authorization, "Zoho-oauthtoken 1000.wrong.one");
    world_release(world);
    went_to_the_new_host(world, &got);
    assert_int_equal(world->calls, 2);
}

static void who_waits_for_room_goes_to_the_new_host(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_read();
    struct got first, got;

    world_start_wrong(world);
    usher_gate_limit(world->gate, USHER_ZOHO_DESK, 1);
    world->api_hold = 1;
    world_send(world, &call, &first);
    world_send(world, &call, &got);
    world_settle(world);
    assert_int_equal(world->calls, 1);
    to_new_host_and_token(world);
    world_release(world);
    went_to_the_new_host(world, &got);
}

static void a_higher_limit_lets_who_waits_for_room_in(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_read();
    struct got got[3];
    int i;

    strcpy(world->valid, "1000.wrong.one");
    world_start_wrong(world);
    usher_gate_limit(world->gate, USHER_ZOHO_DESK, 1);
    world->api_hold = 1;
    for (i = 0; i < 3; i++)
        world_send(world, &call, &got[i]);
    world_settle(world);
    assert_int_equal(world->calls, 1);
    world->settings.concurrency[USHER_ZOHO_DESK] = 2;
    usher_zoho_settings_open(&world->settings, world->gate);
    world_settle(world);
    assert_int_equal(world->calls, 2);
    world->settings.concurrency[USHER_ZOHO_DESK] = 0;
    usher_zoho_settings_open(&world->settings, world->gate);
    world_settle(world);
    assert_int_equal(world->calls, 3);
    world_release(world);
}

static void who_waits_for_a_token_goes_to_the_new_host(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_read();
    struct got got;

    world->accounts_hold = 1;
    world_start(world); /* a first token is on its way */
    world_send(world, &call, &got);
    world_settle(world);
    assert_int_equal(got.answers, 0);
    to_new_host_and_token(world);
    went_to_the_new_host(world, &got);
}

static void who_waits_for_a_set_that_goes_takes_another(void **state)
{
    struct zoho_world *world = *state;
    struct usher_zoho_call call = world_read();
    struct got got;

    world_start(world);
    world_set(world, "DESK_REFRESH_TOKEN=1000.refresh.desk");
    world->accounts_hold = 1;
    world_reload(world);
    world_send(world, &call, &got);
    world_settle(world);
    assert_int_equal(got.answers, 0);
    world_set(world, "DESK_REFRESH_TOKEN=");
    world_reload(world);
    assert_int_equal(got.answers, 1);
    assert_true(got.ok);
    assert_string_equal(world->authorization, "Zoho-oauthtoken 1000.t1.x");
}

/* ---- the clock ---- */

static void a_clock_set_back_delays_nothing(void **state)
{
    struct zoho_world *world = *state;
    int i;

    world->accounts_drop = 1;
    world_start(world);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_WAITING);
    world->time.wall_ms -= DAY;
    world->accounts_drop = 0;
    for (i = 0; i < 5 && zoho_state(world, 0) != USHER_CREDENTIAL_ALIVE; i++)
        world_advance(world, 500);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
}

static void a_clock_set_anywhere_leaves_the_throttle_as_it_is(void **state)
{
    static const int64_t jumps[] = {-DAY, DAY};
    size_t i;

    for (i = 0; i < 2; i++) {
        struct zoho_world *world;
        struct got got;

        if (i > 0) {
            zoho_drop(state);
            zoho_make(state);
        }
        world = *state;
        world->accounts_error = "Access Denied";
        world_start(world);
        world->time.wall_ms += jumps[i];
        got = world_call(world, world_read());
        assert_int_equal(got.kind, USHER_KIND_RATE_LIMITED);
        assert_int_equal(got.retry_after_s, 600);
        assert_int_equal(world->refreshes, 1);
        world->accounts_error = NULL;
        world_advance(world, 10 * MINUTE + 1);
        assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
    }
}

/* ---- a person asks ---- */

static void a_person_gets_another_try(void **state)
{
    struct zoho_world *world = *state;

    world_set(world, "DESK_ACCESS_TOKEN=1000.desk.only");
    world->accounts_error = "unauthorized_client";
    world_start(world);
    world_refuse(world, DESK);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_DEAD);
    assert_int_equal(zoho_state(world, DESK), USHER_CREDENTIAL_DEAD);
    world->accounts_error = NULL; /* mended in Zoho's console */
    usher_credentials_again(world->credentials);
    world_settle(world);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
    assert_true(is_usable(world, DESK));
}

/* What is under way will tell more than what was refused just now. */
static void and_who_waits_for_a_refresh_gets_its_token(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;

    world_start(world);
    world->accounts_hold = 1;
    world_ask(world, 0, world_token(world, 0)->generation, &asked);
    world_settle(world);
    assert_int_equal(world->refreshes, 2);
    usher_credentials_again(world->credentials);
    world_settle(world);
    assert_int_equal(asked.answers, 0);
    world_release(world);
    world_settle(world);
    assert_int_equal(asked.answers, 1);
    assert_int_equal(asked.status, USHER_OK);
    assert_int_equal(world->refreshes, 2);
    assert_non_null(strstr(world_token(world, 0)->header, world->valid));
}

static void but_no_way_round_the_throttle(void **state)
{
    struct zoho_world *world = *state;

    world->accounts_error = "Access Denied";
    world_start(world);
    usher_credentials_again(world->credentials);
    world_settle(world);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_WAITING);
    assert_int_equal(world->refreshes, 1);
}

static void a_flow_that_refreshes_revives(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked = {0};

    world->accounts_error = "invalid_code";
    world_start(world);
    world->accounts_error = NULL;
    assert_int_equal(usher_credentials_refresh(world->credentials, 0,
                                               world->loop, world_asked, &asked,
                                               NULL),
                     USHER_OK);
    world_settle(world);
    assert_int_equal(asked.status, USHER_OK);
    told(world, "default:dead default:alive ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(beside_a_dead_refresh_token),
        WITH_WORLD(and_dead_again_once_it_is_refused),
        WITH_WORLD(an_access_token_that_ended_has_a_reason),
        WITH_WORLD(a_new_one_answers_who_waits_for_a_slow_refresh),
        WITH_WORLD(the_first_success_with_a_token_is_told),
        WITH_WORLD(of_two_that_share_a_refresh_token),
        WITH_WORLD(the_right_client_may_be_either_ones),
        WITH_WORLD(another_host_is_another_judge),
        WITH_WORLD(another_organisation_is_another_judge),
        WITH_WORLD(another_accounts_is_asked_at_once),
        WITH_WORLD(an_old_hosts_refusal_kills_no_new_token),
        WITH_WORLD(who_waits_for_room_goes_to_the_new_host),
        WITH_WORLD(a_higher_limit_lets_who_waits_for_room_in),
        WITH_WORLD(who_waits_for_a_token_goes_to_the_new_host),
        WITH_WORLD(who_waits_for_a_set_that_goes_takes_another),
        WITH_WORLD(a_clock_set_back_delays_nothing),
        WITH_WORLD(a_clock_set_anywhere_leaves_the_throttle_as_it_is),
        WITH_WORLD(a_person_gets_another_try),
        WITH_WORLD(and_who_waits_for_a_refresh_gets_its_token),
        WITH_WORLD(but_no_way_round_the_throttle),
        WITH_WORLD(a_flow_that_refreshes_revives),
    };

    return cmocka_run_group_tests_name("credential_wake", tests, NULL, NULL);
}
