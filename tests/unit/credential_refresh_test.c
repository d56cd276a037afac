/* tests/unit/credential_refresh_test.c - one refresh: what is sent, what each
 * answer means, when the next one goes, and which of them count. */
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

static struct accounts_peer peer;

static struct zoho_world *anew(void **state)
{
    zoho_drop(state);
    zoho_make(state);
    return *state;
}

/* A world that has just asked its Accounts, and been answered so. */
static struct zoho_world *begin(void **state, unsigned status, const char *body)
{
    struct zoho_world *world = anew(state);

    accounts_peer_use(&peer, world);
    accounts_peer_says(&peer, status, body);
    world_start(world);
    return world;
}

/* ---- The request ---- */

static void a_form_goes_to_accounts(void **state)
{
    struct zoho_world *world = *state;

    world_set(world, "OAUTH_CLIENT_SECRET=a&b=c+d");
    accounts_peer_use(&peer, world);
    assert_int_equal(usher_zoho_hosts_set(&world->settings.hosts, "eu", NULL,
                                          NULL, NULL, NULL),
                     USHER_OK);
    world_start(world);
    assert_int_equal(peer.requests, 1);
    assert_string_equal(peer.url,
                        "POST https://accounts.zoho.eu/oauth/v2/token");
    assert_string_equal(peer.content_type, "application/x-www-form-urlencoded");
    assert_string_equal(
        peer.form, "grant_type=refresh_token&refresh_token=1000.refresh."
                   "one&client_id=1000.CLIENT&client_secret=a%26b%3Dc%2Bd");
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
}

static void without_a_whole_client_nothing_is_asked(void **state)
{
    static const char *const missing[] = {"OAUTH_CLIENT_ID=",
                                          "OAUTH_CLIENT_SECRET="};
    size_t i;

    for (i = 0; i < 2; i++) {
        struct zoho_world *world = anew(state);

        world_set(world, missing[i]);
        accounts_peer_use(&peer, world);
        world_start(world);
        assert_int_equal(peer.requests, 0);
        assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_DEAD);
        assert_int_equal(world_token(world, 0)->kind, USHER_KIND_TOKEN);
        assert_non_null(strstr(world_token(world, 0)->reason, "no client"));
        assert_non_null(strstr(world_token(world, 0)->hint,
                               "OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET"));
        world_advance(world, 20 * MINUTE);
        assert_int_equal(world_logged(world, "credential dead"), 1);
        world_set(world, i ? "OAUTH_CLIENT_SECRET=s" : "OAUTH_CLIENT_ID=c");
        world_reload(world);
        assert_int_equal(peer.requests, 1);
        assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
    }
}

/* ---- The answer ---- */

#define GOOD "{\"access_token\":\"1000.a.b\",\"expires_in\":3600}"

static void each_answer_means_one_thing(void **state)
{
    static const struct {
        unsigned status;
        const char *body;
        enum usher_credential_state state;
        enum usher_error_kind kind;
        int64_t least, most; /* ms until the next try */
    } cases[] = {
        {200, GOOD, USHER_CREDENTIAL_ALIVE, 0, 0, 0},
        {201, GOOD, USHER_CREDENTIAL_ALIVE, 0, 0, 0},
        {299, GOOD, USHER_CREDENTIAL_ALIVE, 0, 0, 0},
        /* A token counts with a success only ... */
        {300, GOOD, USHER_CREDENTIAL_WAITING, USHER_KIND_OFFLINE, 1000, 2000},
        {500, GOOD, USHER_CREDENTIAL_WAITING, USHER_KIND_OFFLINE, 1000, 2000},
        /* ... and with no error beside it. */
        {200, "{\"error\":\"invalid_code\",\"access_token\":\"1000.a.b\"}",
         USHER_CREDENTIAL_DEAD, USHER_KIND_TOKEN, 0, 0},
        {200, "{\"error\":\"invalid_code\"}", USHER_CREDENTIAL_DEAD,
         USHER_KIND_TOKEN, 0, 0},
        {400, "{\"error\":\"invalid_code\"}", USHER_CREDENTIAL_DEAD,
         USHER_KIND_TOKEN, 0, 0},
        {400, "{\"error\":\"invalid_codes\"}", USHER_CREDENTIAL_WAITING,
         USHER_KIND_OFFLINE, 30000, 60000},
        {500, "{\"error\":\"general_error\"}", USHER_CREDENTIAL_WAITING,
         USHER_KIND_OFFLINE, 30000, 60000},
        {400, "{\"error\":\"Access Denied\"}", USHER_CREDENTIAL_WAITING,
         USHER_KIND_RATE_LIMITED, 600000, 600001},
        {200, "{\"error\":\"access denied\"}", USHER_CREDENTIAL_WAITING,
         USHER_KIND_RATE_LIMITED, 600000, 600001},
        {429, "{\"error\":\"invalid_code\"}", USHER_CREDENTIAL_WAITING,
         USHER_KIND_RATE_LIMITED, 600000, 600001},
        {429, "<html>", USHER_CREDENTIAL_WAITING, USHER_KIND_RATE_LIMITED,
         600000, 600001},
        {429, GOOD, USHER_CREDENTIAL_WAITING, USHER_KIND_RATE_LIMITED, 600000,
         600001},
        {428, "<html>", USHER_CREDENTIAL_WAITING, USHER_KIND_OFFLINE, 1000,
         2000},
    };
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct zoho_world *world = begin(state, cases[i].status, cases[i].body);

        if (zoho_state(world, 0) != cases[i].state)
            fail_msg("%u %s", cases[i].status, cases[i].body);
        assert_int_equal(peer.requests, 1);
        if (cases[i].kind == 0) {
            assert_int_equal(world_token(world, 0)->retry_ms, 0);
            continue;
        }
        assert_null(world_token(world, 0)->header);
        assert_int_equal(world_token(world, 0)->kind, cases[i].kind);
        assert_non_null(world_token(world, 0)->reason);
        if (cases[i].state == USHER_CREDENTIAL_DEAD)
            assert_int_equal(world_token(world, 0)->retry_ms, 0);
        else
            assert_in_range(world_retry_in(world, 0), cases[i].least,
                            cases[i].most - 1);
    }
}

static void what_fits_no_header_is_no_token(void **state)
{
    char token[4100];
    char body[4200];
    int c;

    for (c = 0; c < 6; c++) {
        static const struct {
            size_t len;
            char last;
            int good;
        } cases[] = {{4000, 'x', 1}, {4001, 'x', 0}, {20, '~', 1},
                     {20, '!', 1},   {20, ' ', 0},   {20, 0x7f, 0}};

        memset(token, 'x', sizeof(token));
        token[cases[c].len - 1] = cases[c].last;
        token[cases[c].len] = '\0';
        snprintf(body, sizeof(body), "{\"access_token\":\"%s\"}", token);
        assert_int_equal(world_token(begin(state, 200, body), 0)->header !=
                             NULL,
                         cases[c].good);
    }
}

static void the_lifetime_is_what_it_says(void **state)
{
    static const struct {
        const char *says;
        int64_t ms;
    } cases[] = {
        {"\"expires_in\":1", 1000},
        {"\"expires_in\":86400", 86400000},
        {"\"expires_in\":86401", 86000}, /* those were milliseconds */
        {"\"expires_in_sec\":7200,\"expires_in\":3600", 7200000},
        {"\"expires_in\":0", 0},
        {"\"expires_in\":null", 0},
        {"\"expires_in\":\"soon\"", 0},
    };
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct zoho_world *world;
        char body[160];

        snprintf(body, sizeof(body), "{\"access_token\":\"1000.a.b\",%s}",
                 cases[i].says);
        world = begin(state, 200, body);
        assert_int_equal(world_token(world, 0)->expires_ms,
                         cases[i].ms ? WORLD_START + cases[i].ms : 0);
    }
}

/* ---- Clients ---- */

/* Sets that share a refresh token may have other clients: where it is the
 * client that is wrong, each of them is tried once. */
static void another_client_is_tried_where_it_may_help(void **state)
{
    static const struct {
        const char *error;
        unsigned requests;
    } cases[] = {
        {"invalid_code", 1},        {"invalid_grant", 1},
        {"invalid_client", 3},      {"invalid_client_secret", 3},
        {"unauthorized_client", 3},
    };
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct zoho_world *world;
        char body[64];

        world = anew(state);
        world_set(world, "SALESIQ_REFRESH_TOKEN=1000.refresh.one");
        world_set(world, "SALESIQ_CLIENT_SECRET=second-secret");
        world_set(world, "SALESIQ_VISITOR_REFRESH_TOKEN=1000.refresh.one");
        world_set(world, "DESK_REFRESH_TOKEN=1000.refresh.one");
        world_set(world, "DESK_CLIENT_ID=1000.THIRD");
        accounts_peer_use(&peer, world);
        snprintf(body, sizeof(body), "{\"error\":\"%s\"}", cases[i].error);
        accounts_peer_says(&peer, 200, body);
        world_start(world);
        assert_int_equal(peer.requests, cases[i].requests);
        assert_int_equal(strstr(peer.form, "client_id=1000.THIRD") != NULL,
                         cases[i].requests == 3);
        assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_DEAD);
        assert_int_equal(world_logged(world, "credential dead"), 1);
        assert_non_null(strstr(world->logged, "default+salesiq+visitor+desk"));
    }
}

/* ---- When the next one goes ---- */

/* Doubled each time, half of it left to chance. */
static void who_is_away_is_asked_more_and_more_seldom(void **state)
{
    static const int64_t longest[] = {500,   1000,  2000,  4000, 8000,
                                      16000, 30000, 30000, 30000};
    struct zoho_world *world = *state;
    size_t i;

    accounts_peer_use(&peer, world);
    accounts_peer_fails(&peer, USHER_NET_OFFLINE, 0);
    world_start(world);
    for (i = 0; i < sizeof(longest) / sizeof(longest[0]); i++) {
        int64_t wait = world_retry_in(world, 0);

        assert_int_equal(peer.requests, i + 1);
        assert_in_range(wait, longest[i] / 2, longest[i] - 1);
        assert_int_equal(world_token(world, 0)->kind, USHER_KIND_OFFLINE);
        /* Nobody reads of an outage of seconds. */
        assert_string_equal(world_token(world, 0)->hint, "");
        world_advance(world, wait - 1);
        assert_int_equal(peer.requests, i + 1);
        assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_WAITING);
        world_advance(world, 1);
    }
    assert_int_equal(world_logged(world, "level=warn"), 1);
    accounts_peer_good(&peer);
    world_advance(world, 30000);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
    assert_null(world_token(world, 0)->reason);
    /* And soon again, once it was there. */
    accounts_peer_fails(&peer, USHER_NET_OFFLINE, 0);
    world_refresh(world, 0);
    assert_in_range(world_retry_in(world, 0), 250, 499);
    assert_int_equal(world_logged(world, "level=warn"), 2);
}

/* A person says that it is mended: as if it had never failed. */
static void a_person_begins_the_waits_anew(void **state)
{
    struct zoho_world *world = *state;
    int i;

    accounts_peer_use(&peer, world);
    accounts_peer_fails(&peer, USHER_NET_OFFLINE, 0);
    world_start(world);
    for (i = 0; i < 6; i++)
        world_advance(world, world_retry_in(world, 0));
    assert_in_range(world_retry_in(world, 0), 15000, 29999);
    usher_credentials_again(world->credentials);
    world_settle(world);
    assert_int_equal(peer.requests, 8);
    assert_in_range(world_retry_in(world, 0), 250, 499);
}

/* A host that is none: it is told, and costs none of the five. */
static void what_cannot_be_called_is_told(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;
    int i;

    world_set(world, "OAUTH_ACCESS_TOKEN=1000.old.one");
    strcpy(world->settings.hosts.base[USHER_ZOHO_ACCOUNTS], "ftp://a b");
    world_start(world);
    for (i = 0; i < 8; i++) {
        asked = world_refresh(world, 0);
        assert_int_equal(asked.status, USHER_ERR_INVALID);
        assert_int_equal(asked.kind, USHER_KIND_OFFLINE);
        assert_non_null(strstr(world_token(world, 0)->reason,
                               "could not be called: ftp://a b"));
        world_advance(world, 30000);
    }
    assert_true(usher_token_usable(world_token(world, 0), USHER_ZOHO_DESK,
                                   world->time.wall_ms));
}

static void a_strange_answer_waits_for_minutes(void **state)
{
    struct zoho_world *world = begin(state, 200, "{\"error\":\"odd\"}");
    int64_t wait = world_retry_in(world, 0);

    assert_in_range(wait, 30000, 59999);
    assert_non_null(strstr(world_token(world, 0)->hint, "by itself at 04:4"));
    assert_non_null(strstr(world_token(world, 0)->reason, "odd"));
    world_advance(world, wait);
    assert_int_equal(peer.requests, 2);
    assert_in_range(world_retry_in(world, 0), 60000, 119999);
}

/* ---- Which of them count ---- */

static void an_outage_uses_up_none_of_the_five(void **state)
{
    struct zoho_world *world = *state;
    int i;

    accounts_peer_use(&peer, world);
    accounts_peer_fails(&peer, USHER_NET_OFFLINE, 0);
    world_start(world);
    for (i = 0; i < 7; i++)
        world_advance(world, 30000);
    assert_true(peer.requests >= 8);
    accounts_peer_good(&peer);
    world_advance(world, 30000);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
    for (i = 0; i < 3; i++)
        assert_int_equal(world_refresh(world, 0).status, USHER_OK);
    accounts_peer_fails(&peer, USHER_NET_OFFLINE, 0);
    assert_int_equal(world_refresh(world, 0).kind, USHER_KIND_OFFLINE);
    /* Nor by what is kept of it: one more. */
    world_stop(world);
    accounts_peer_good(&peer);
    world_start(world);
    assert_int_equal(world_refresh(world, 0).status, USHER_OK);
    assert_int_equal(world_refresh(world, 0).kind, USHER_KIND_RATE_LIMITED);
}

static void what_may_have_reached_accounts_counts(void **state)
{
    static const enum usher_net_result results[] = {USHER_NET_BROKEN,
                                                    USHER_NET_TIMEOUT};
    size_t i;

    for (i = 0; i < 2; i++) {
        struct zoho_world *world;
        int n;

        world = anew(state);
        accounts_peer_use(&peer, world);
        accounts_peer_fails(&peer, results[i], 1);
        world_start(world);
        assert_int_equal(world_token(world, 0)->kind,
                         i ? USHER_KIND_TIMEOUT : USHER_KIND_OFFLINE);
        for (n = 0; n < 4; n++)
            world_advance(world, 30000);
        assert_int_equal(peer.requests, 5);
        world_advance(world, 30000);
        assert_int_equal(peer.requests, 5);
        assert_int_equal(world_token(world, 0)->kind, USHER_KIND_RATE_LIMITED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(a_form_goes_to_accounts),
        WITH_WORLD(without_a_whole_client_nothing_is_asked),
        WITH_WORLD(each_answer_means_one_thing),
        WITH_WORLD(what_fits_no_header_is_no_token),
        WITH_WORLD(the_lifetime_is_what_it_says),
        WITH_WORLD(another_client_is_tried_where_it_may_help),
        WITH_WORLD(who_is_away_is_asked_more_and_more_seldom),
        WITH_WORLD(a_person_begins_the_waits_anew),
        WITH_WORLD(what_cannot_be_called_is_told),
        WITH_WORLD(a_strange_answer_waits_for_minutes),
        WITH_WORLD(an_outage_uses_up_none_of_the_five),
        WITH_WORLD(what_may_have_reached_accounts_counts),
    };

    return cmocka_run_group_tests_name("credential_refresh", tests, NULL, NULL);
}
