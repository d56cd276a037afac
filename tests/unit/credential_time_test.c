/* tests/unit/credential_time_test.c - the limits in time of the credentials,
 * each looked at on both sides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "zoho_case.h"

#define SECOND INT64_C(1000)
#define DESK USHER_CREDENTIAL_DESK

/* ---- Five in ten minutes ---- */

static void the_window_slides(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;
    int i;

    world_start(world); /* the first */
    for (i = 1; i < 5; i++) {
        world_advance(world, MINUTE);
        assert_int_equal(world_refresh(world, 0).status, USHER_OK);
    }
    world->changes[0] = '\0';
    asked = world_refresh(world, 0);
    assert_string_equal(world->changes, ""); /* no news to wake anybody */
    assert_int_equal(asked.status, USHER_ERR_INVALID);
    assert_int_equal(asked.kind, USHER_KIND_RATE_LIMITED);
    assert_int_equal(world_retry_in(world, 0), 6 * MINUTE);
    world_advance(world, 6 * MINUTE - 1);
    assert_int_equal(world_refresh(world, 0).status, USHER_ERR_INVALID);
    assert_int_equal(world->refreshes, 5);
    world_advance(world, 1); /* the first is ten minutes ago: one goes */
    assert_int_equal(world_refresh(world, 0).status, USHER_OK);
    assert_int_equal(world_refresh(world, 0).status, USHER_ERR_INVALID);
    assert_int_equal(world_retry_in(world, 0), MINUTE);
    assert_int_equal(world->refreshes, 6);
}

static void each_refresh_token_has_five_of_its_own(void **state)
{
    struct zoho_world *world = *state;
    int i;

    world_set(world, "DESK_REFRESH_TOKEN=1000.refresh.desk");
    world_start(world);
    for (i = 0; i < 4; i++)
        world_refresh(world, 0);
    assert_int_equal(world_refresh(world, 0).status, USHER_ERR_INVALID);
    assert_int_equal(zoho_state(world, DESK), USHER_CREDENTIAL_ALIVE);
    for (i = 0; i < 4; i++)
        assert_int_equal(world_refresh(world, DESK).status, USHER_OK);
    assert_int_equal(world_refresh(world, DESK).status, USHER_ERR_INVALID);
    assert_int_equal(world->refreshes, 10);
}

/* Another Accounts has counted none. */
static void another_accounts_has_five_of_its_own(void **state)
{
    struct zoho_world *world = *state;
    int i;

    world_start(world);
    for (i = 0; i < 5; i++)
        world_refresh(world, 0);
    assert_int_equal(world->refreshes, 5);
    snprintf(world->settings.hosts.base[USHER_ZOHO_ACCOUNTS],
             USHER_ZOHO_URL_MAX, "HTTP://127.0.0.1:%s",
             strrchr(world->base, ':') + 1);
    world_reload(world); /* asks by itself, once */
    for (i = 0; i < 4; i++)
        assert_int_equal(world_refresh(world, 0).status, USHER_OK);
    assert_int_equal(world->refreshes, 10);
    assert_int_equal(world_refresh(world, 0).kind, USHER_KIND_RATE_LIMITED);
}

/* Its token is good all the while; that it waits ends with the wait. */
static void who_is_throttled_waits_no_longer_than_that(void **state)
{
    struct zoho_world *world = *state;
    int i;

    world_start(world);
    for (i = 0; i < 5; i++)
        world_refresh(world, 0);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_WAITING);
    assert_non_null(world_token(world, 0)->header);
    for (i = 0; i < 9; i++)
        world_advance(world, MINUTE);
    world_advance(world, MINUTE - 1);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_WAITING);
    assert_int_equal(world_retry_in(world, 0), 1);
    world_advance(world, 1);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
    assert_int_equal(world_token(world, 0)->retry_ms, 0);
    assert_null(world_token(world, 0)->reason);
    assert_int_equal(world->refreshes, 5);
}

/* What lies in the future now tells nothing. */
static void a_clock_set_back_forgets_the_count(void **state)
{
    struct zoho_world *world = *state;
    int i;

    world_start(world);
    for (i = 0; i < 4; i++)
        assert_int_equal(world_refresh(world, 0).status, USHER_OK);
    world->time.wall_ms -= 60 * MINUTE;
    assert_int_equal(world_refresh(world, 0).status, USHER_OK);
}

/* ---- When a token is renewed ---- */

static void five_minutes_before_its_end_to_the_moment(void **state)
{
    struct zoho_world *world = *state;
    int i;

    world_start(world);
    for (i = 0; i < 54; i++)
        world_advance(world, MINUTE);
    world_advance(world, MINUTE - 1);
    assert_int_equal(world->refreshes, 1);
    world_advance(world, 1);
    assert_int_equal(world->refreshes, 2);
}

/* Half its life where that is shorter, but no sooner than a minute. */
static void a_short_life_is_renewed_at_its_half(void **state)
{
    static const struct {
        int life_s;
        int64_t renewed_ms;
    } cases[] = {{480, 240 * SECOND},
                 {120, 60 * SECOND},
                 {100, 60 * SECOND},
                 {1200, 900 * SECOND}};
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct zoho_world *world;
        int64_t left;

        if (i > 0) {
            zoho_drop(state);
            zoho_make(state);
        }
        world = *state;
        world->expires_in = cases[i].life_s;
        world_start(world);
        for (left = cases[i].renewed_ms; left > MINUTE; left -= MINUTE)
            world_advance(world, MINUTE);
        world_advance(world, left - 1);
        assert_int_equal(world->refreshes, 1);
        world_advance(world, 1);
        assert_int_equal(world->refreshes, 2);
    }
}

/* A machine that slept, or whose clock was set: looked at each minute. */
static void a_clock_that_jumps_is_noticed_within_a_minute(void **state)
{
    struct zoho_world *world = *state;

    world_start(world);
    world->time.wall_ms += 58 * MINUTE;
    world_advance(world, MINUTE - 1);
    assert_int_equal(world->refreshes, 1);
    world_advance(world, 1);
    assert_int_equal(world->refreshes, 2);
}

static void a_token_is_good_until_its_end(void **state)
{
    struct zoho_world *world = *state;
    const struct usher_token *token;
    int64_t end;

    world_start(world);
    token = world_token(world, 0);
    end = WORLD_START + 60 * MINUTE;
    assert_int_equal(token->expires_ms, end);
    assert_true(usher_token_usable(token, USHER_ZOHO_DESK, end - 1));
    assert_false(usher_token_usable(token, USHER_ZOHO_DESK, end));
    assert_false(usher_token_usable(token, USHER_ZOHO_SALESIQ, end + 1));
}

/* Whoever asks for more than the one it has at its end gets another. */
static void at_its_end_it_is_no_answer_to_a_question(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;

    world_start(world);
    world->accounts_hold = 1;
    world_advance(world, 60 * MINUTE - 1);
    world_ask(world, 0, 0, &asked);
    world_settle(world);
    assert_int_equal(asked.status, USHER_OK); /* it is good still */
    assert_int_equal(asked.answers, 1);
    world_advance(world, 1);
    world_ask(world, 0, 0, &asked);
    world_settle(world);
    assert_int_equal(asked.answers, 0);
    world_release(world);
    assert_int_equal(asked.answers, 1);
    assert_int_equal(asked.status, USHER_OK);
}

static void accounts_has_ten_seconds(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;

    world_set(world, "OAUTH_ACCESS_TOKEN=1000.old.one");
    world_start(world);
    world->accounts_hold = 1;
    world_ask(world, 0, world_token(world, 0)->generation, &asked);
    world_settle(world);
    world_advance(world, 9999);
    assert_int_equal(asked.answers, 0);
    world_advance(world, 1);
    assert_int_equal(asked.answers, 1);
    assert_int_equal(asked.kind, USHER_KIND_TIMEOUT);
}

/* ---- A fresh token that is refused ---- */

static void a_token_is_fresh_for_a_minute(void **state)
{
    static const int64_t ages[] = {60 * SECOND - 1, 60 * SECOND};
    size_t i;

    for (i = 0; i < 2; i++) {
        struct zoho_world *world;
        struct asked asked;

        if (i > 0) {
            zoho_drop(state);
            zoho_make(state);
        }
        world = *state;
        world_start(world);
        world_refused_by(world, 0, USHER_ZOHO_DESK, &asked);
        assert_int_equal(asked.status, USHER_OK);
        world_advance(world, ages[i]);
        world_refused_by(world, 0, USHER_ZOHO_DESK, &asked);
        assert_int_equal(asked.status, i ? USHER_OK : USHER_ERR_INVALID);
        assert_int_equal(world->refreshes, i ? 3 : 2);
        assert_int_equal(zoho_state(world, 0),
                         i ? USHER_CREDENTIAL_ALIVE : USHER_CREDENTIAL_REFUSED);
    }
}

static void and_refused_for_ten(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;

    world_start(world);
    world_refused_by(world, 0, USHER_ZOHO_DESK, &asked);
    world_refused_by(world, 0, USHER_ZOHO_DESK, &asked);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_REFUSED);
    world_advance(world, 10 * MINUTE - 1);
    world_refused_by(world, 0, USHER_ZOHO_DESK, &asked);
    assert_int_equal(asked.status, USHER_ERR_INVALID);
    assert_int_equal(world->refreshes, 2);
    world_advance(world, 1);
    world_refused_by(world, 0, USHER_ZOHO_DESK, &asked);
    assert_int_equal(asked.status, USHER_OK);
    assert_int_equal(world->refreshes, 3);
}

/* One refusal each by two services is no two by one. */
static void each_service_refuses_for_itself(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;

    world_start(world);
    world_refused_by(world, 0, USHER_ZOHO_DESK, &asked);
    world_refused_by(world, 0, USHER_ZOHO_SALESIQ, &asked);
    assert_int_equal(asked.status, USHER_OK);
    assert_int_equal(world->refreshes, 3);
    world_refused_by(world, 0, USHER_ZOHO_SALESIQ, &asked);
    assert_int_equal(asked.status, USHER_ERR_INVALID);
    assert_non_null(strstr(world_token(world, 0)->reason, "salesiq refuses"));
    assert_int_equal(world->refreshes, 3);
}

static void a_clock_set_back_makes_no_token_fresh(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;

    world_start(world);
    world_refused_by(world, 0, USHER_ZOHO_DESK, &asked);
    world->time.wall_ms -= SECOND;
    world_refused_by(world, 0, USHER_ZOHO_DESK, &asked);
    assert_int_equal(asked.status, USHER_OK);
    assert_int_equal(world->refreshes, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(the_window_slides),
        WITH_WORLD(each_refresh_token_has_five_of_its_own),
        WITH_WORLD(another_accounts_has_five_of_its_own),
        WITH_WORLD(who_is_throttled_waits_no_longer_than_that),
        WITH_WORLD(a_clock_set_back_forgets_the_count),
        WITH_WORLD(five_minutes_before_its_end_to_the_moment),
        WITH_WORLD(a_short_life_is_renewed_at_its_half),
        WITH_WORLD(a_clock_that_jumps_is_noticed_within_a_minute),
        WITH_WORLD(a_token_is_good_until_its_end),
        WITH_WORLD(at_its_end_it_is_no_answer_to_a_question),
        WITH_WORLD(accounts_has_ten_seconds),
        WITH_WORLD(a_token_is_fresh_for_a_minute),
        WITH_WORLD(and_refused_for_ten),
        WITH_WORLD(each_service_refuses_for_itself),
        WITH_WORLD(a_clock_set_back_makes_no_token_fresh),
    };

    return cmocka_run_group_tests_name("credential_time", tests, NULL, NULL);
}
