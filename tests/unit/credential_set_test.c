/* tests/unit/credential_set_test.c - several sets and several services: what is
 * said of one is not said of another, and what concerns all reaches all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "zoho_case.h"

#define SALESIQ USHER_CREDENTIAL_SALESIQ
#define VISITOR USHER_CREDENTIAL_VISITOR
#define DESK USHER_CREDENTIAL_DESK
#define BIT(service) (1U << USHER_ZOHO_##service)

static void told(struct zoho_world *world, const char *changes)
{
    assert_string_equal(world->changes, changes);
    world->changes[0] = '\0';
}

/* Four sets, each with a refresh token of its own. */
static void four_sets(struct zoho_world *world)
{
    world_set(world, "SALESIQ_REFRESH_TOKEN=1000.refresh.salesiq");
    world_set(world, "SALESIQ_VISITOR_REFRESH_TOKEN=1005.refresh.visitor");
    world_set(world, "DESK_REFRESH_TOKEN=1000.refresh.desk");
}

/* ---- All of several ---- */

static void each_set_gets_its_token(void **state)
{
    struct zoho_world *world = *state;
    enum usher_credential_id set, other;

    four_sets(world);
    world_start(world);
    assert_int_equal(world->refreshes, USHER_CREDENTIAL_COUNT);
    for (set = 0; set < USHER_CREDENTIAL_COUNT; set++) {
        assert_int_equal(zoho_state(world, set), USHER_CREDENTIAL_ALIVE);
        assert_int_equal(world_token(world, set)->set, set);
        for (other = 0; other < set; other++)
            assert_string_not_equal(world_token(world, set)->header,
                                    world_token(world, other)->header);
    }
    /* And each its next one. */
    world_advance(world, 55 * MINUTE);
    assert_int_equal(world->refreshes, 2 * USHER_CREDENTIAL_COUNT);
}

static void sets_that_share_a_refresh_token_share_the_access_token(void **state)
{
    struct zoho_world *world = *state;
    enum usher_credential_id set;

    world_set(world, "SALESIQ_REFRESH_TOKEN=1000.refresh.one");
    world_set(world, "SALESIQ_VISITOR_REFRESH_TOKEN=1000.refresh.one");
    world_set(world, "DESK_REFRESH_TOKEN=1000.refresh.one");
    world_start(world);
    assert_int_equal(world->refreshes, 1);
    for (set = 0; set < USHER_CREDENTIAL_COUNT; set++)
        assert_string_equal(world_token(world, set)->header,
                            "Zoho-oauthtoken 1000.t1.x");
    told(world, "default:alive salesiq:alive visitor:alive desk:alive ");
    assert_int_equal(
        world_logged(world, "credential=default+salesiq+visitor+desk"), 1);
}

/* The client of default stands in for those that are not there. */
static void a_mended_client_of_default_revives_all_who_use_it(void **state)
{
    struct zoho_world *world = *state;
    enum usher_credential_id set;

    four_sets(world);
    world_set(world, "SALESIQ_CLIENT_SECRET=their-own");
    world->accounts_error = "invalid_client_secret";
    world_start(world);
    for (set = 0; set < USHER_CREDENTIAL_COUNT; set++)
        assert_int_equal(zoho_state(world, set), USHER_CREDENTIAL_DEAD);
    world->accounts_error = NULL;
    world->refreshes = 0;
    world_set(world, "OAUTH_CLIENT_SECRET=the-right-one");
    world_reload(world);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
    assert_int_equal(zoho_state(world, VISITOR), USHER_CREDENTIAL_ALIVE);
    assert_int_equal(zoho_state(world, DESK), USHER_CREDENTIAL_ALIVE);
    /* Nothing has changed for who has a secret of its own. */
    assert_int_equal(zoho_state(world, SALESIQ), USHER_CREDENTIAL_DEAD);
    assert_int_equal(world->refreshes, 3);
    world_set(world, "OAUTH_CLIENT_ID=1000.ANOTHER");
    world_reload(world);
    assert_int_equal(world->refreshes, 7);
    assert_int_equal(zoho_state(world, SALESIQ), USHER_CREDENTIAL_ALIVE);
}

/* A refresh ends: who waits for another one goes on waiting. */
static void each_waits_for_its_own_refresh(void **state)
{
    struct zoho_world *world = *state;
    struct usher_request *second;
    struct asked first, other, again;

    world_set(world, "DESK_REFRESH_TOKEN=1000.refresh.desk");
    world_start(world);
    world->accounts_hold = 1;
    world_ask(world, 0, world_token(world, 0)->generation, &first);
    world_ask(world, DESK, world_token(world, DESK)->generation, &other);
    world_ask(world, 0, world_token(world, 0)->generation, &again);
    world_settle(world);
    assert_int_equal(world->held_count, 2);
    second = world->held[1];
    world->held_count = 1;
    world_release(world);
    assert_int_equal(first.answers, 1);
    assert_int_equal(again.answers, 1);
    assert_int_equal(first.status, USHER_OK);
    assert_int_equal(again.status, USHER_OK);
    assert_int_equal(other.answers, 0);
    world->held[world->held_count++] = second;
    world_release(world);
    assert_int_equal(other.answers, 1);
    assert_int_equal(other.status, USHER_OK);
    assert_int_equal(world->refreshes, 4);
}

static void who_waits_hears_that_it_failed(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked[3];
    int i;

    world_set(world, "DESK_REFRESH_TOKEN=1000.refresh.one");
    world_start(world);
    world->accounts_hold = 1;
    for (i = 0; i < 3; i++)
        world_ask(world, i == 1 ? DESK : 0, world_token(world, 0)->generation,
                  &asked[i]);
    world_settle(world);
    world->accounts_error = "invalid_code";
    world_release(world);
    for (i = 0; i < 3; i++) {
        assert_int_equal(asked[i].answers, 1);
        assert_int_equal(asked[i].status, USHER_ERR_INVALID);
        assert_int_equal(asked[i].kind, USHER_KIND_TOKEN);
    }
    assert_int_equal(world->refreshes, 2);
}

/* ---- What is said of one token ---- */

static void each_service_judges_for_itself(void **state)
{
    struct zoho_world *world = *state;
    const struct usher_token *token;
    struct asked asked;
    int i;

    world_start(world);
    for (i = 0; i < 2; i++)
        world_refused_by(world, 0, USHER_ZOHO_DESK, &asked);
    world_refused_by(world, 0, USHER_ZOHO_SALESIQ, &asked);
    world_refused_by(world, 0, USHER_ZOHO_DESK, &asked);
    token = world_token(world, 0);
    assert_int_equal(token->refused, BIT(DESK));
    assert_int_equal(token->state, USHER_CREDENTIAL_REFUSED);
    /* One that is all right there is not so here. */
    world_works(world, 0, token->generation, USHER_ZOHO_SALESIQ);
    token = world_token(world, 0);
    assert_int_equal(token->refused, BIT(DESK));
    assert_int_equal(token->worked, BIT(SALESIQ));
    assert_int_equal(token->state, USHER_CREDENTIAL_REFUSED);
    assert_non_null(token->reason);
    world_works(world, 0, token->generation, USHER_ZOHO_DESK);
    token = world_token(world, 0);
    assert_int_equal(token->refused, 0);
    assert_int_equal(token->worked, BIT(DESK) | BIT(SALESIQ));
    assert_int_equal(token->state, USHER_CREDENTIAL_ALIVE);
    assert_null(token->reason);
}

/* Only Desk has something against a token of an organisation. */
static void an_organisations_token_is_named_at_desk_only(void **state)
{
    static const char *const reasons[] = {"desk refuses this organisation",
                                          "salesiq refuses a token that was"};
    int i, n;

    for (i = 0; i < 2; i++) {
        struct zoho_world *world;
        struct asked asked;

        zoho_drop(state);
        zoho_make(state);
        world = *state;
        world->accounts_body =
            "{\"access_token\":\"1005.org.token\",\"expires_in\":3600}";
        world_start(world);
        for (n = 0; n < 3; n++)
            world_refused_by(world, 0, i ? USHER_ZOHO_SALESIQ : USHER_ZOHO_DESK,
                             &asked);
        assert_non_null(strstr(world_token(world, 0)->reason, reasons[i]));
        assert_int_equal(asked.kind, USHER_KIND_TOKEN);
        assert_int_equal(world_logged(world, "fresh token refused"), 1);
        told(world, "default:alive default:alive default:refused ");
    }
}

/* Its refusals were a matter of the moment: they are counted from none. */
static void what_worked_begins_with_no_refusals(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;

    world_start(world);
    world_refused_by(world, 0, USHER_ZOHO_DESK, &asked);
    world_works(world, 0, world_token(world, 0)->generation, USHER_ZOHO_DESK);
    world_refused_by(world, 0, USHER_ZOHO_DESK, &asked);
    assert_int_equal(asked.status, USHER_OK);
    assert_int_equal(world->refreshes, 3);
}

static void what_is_said_of_an_older_token_is_no_news(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;
    uint64_t old;

    world_set(world, "DESK_ACCESS_TOKEN=1000.desk.one");
    world_start(world);
    old = world_token(world, DESK)->generation;
    world_set(world, "DESK_ACCESS_TOKEN=1000.desk.two");
    world_reload(world);
    world->changes[0] = '\0';
    world_works(world, DESK, old, USHER_ZOHO_DESK);
    told(world, "");
    assert_int_equal(zoho_state(world, DESK), USHER_CREDENTIAL_UNKNOWN);
    assert_int_equal(world_token(world, DESK)->worked, 0);
    world_ask(world, DESK, old, &asked); /* refused, the old one */
    world_settle(world);
    assert_int_equal(asked.status, USHER_OK);
    assert_int_equal(world_token(world, DESK)->refused, 0);
}

static void to_work_where_it_was_refused_is_news(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;
    uint64_t generation;

    world_set(world, "DESK_ACCESS_TOKEN=1000.desk.one");
    world_start(world);
    generation = world_token(world, DESK)->generation;
    world_works(world, DESK, generation, USHER_ZOHO_DESK);
    world_refused_by(world, DESK, USHER_ZOHO_DESK, &asked);
    assert_int_equal(zoho_state(world, DESK), USHER_CREDENTIAL_DEAD);
    world->changes[0] = '\0';
    world_works(world, DESK, generation, USHER_ZOHO_DESK);
    told(world, "desk:works ");
    assert_int_equal(zoho_state(world, DESK), USHER_CREDENTIAL_ALIVE);
    assert_null(world_token(world, DESK)->reason);
}

/* To be asked for is no refusal. */
static void who_asks_for_a_fresh_token_says_nothing_of_the_old(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked[2];
    int i;

    world_start(world);
    world->accounts_hold = 1;
    memset(asked, 0, sizeof(asked));
    for (i = 0; i < 2; i++)
        assert_int_equal(usher_credentials_refresh(world->credentials, 0,
                                                   world->loop, world_asked,
                                                   &asked[i], NULL),
                         USHER_OK);
    world_settle(world);
    assert_int_equal(world->refreshes, 2); /* one for both */
    assert_int_equal(world_token(world, 0)->refused, 0);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
    world_release(world);
    assert_int_equal(asked[0].answers + asked[1].answers, 2);
    assert_int_equal(asked[0].status, USHER_OK);
    assert_int_equal(asked[1].status, USHER_OK);
}

/* ---- Words ---- */

static void states_are_words_and_two_of_them_give_no_hope(void **state)
{
    static const struct {
        enum usher_credential_state state;
        const char *text;
        int is_hope;
    } states[] = {
        {USHER_CREDENTIAL_ABSENT, "absent", 1},
        {USHER_CREDENTIAL_UNKNOWN, "unknown", 1},
        {USHER_CREDENTIAL_ALIVE, "alive", 1},
        {USHER_CREDENTIAL_REFUSED, "refused", 0},
        {USHER_CREDENTIAL_WAITING, "waiting", 1},
        {USHER_CREDENTIAL_DEAD, "dead", 0},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        assert_string_equal(usher_credential_state_text(states[i].state),
                            states[i].text);
        assert_int_equal(usher_credential_is_hope(states[i].state),
                         states[i].is_hope);
    }
}

static void a_token_is_usable_where_it_may_be_let_in(void **state)
{
    static const struct {
        struct usher_token token;
        int desk, salesiq;
    } cases[] = {
        {{.state = USHER_CREDENTIAL_ALIVE, .header = "h"}, 1, 1},
        {{.state = USHER_CREDENTIAL_WAITING, .header = "h"}, 1, 1},
        {{.state = USHER_CREDENTIAL_ALIVE}, 0, 0},
        {{.state = USHER_CREDENTIAL_ALIVE, .header = "h", .expires_ms = 1001},
         1,
         1},
        {{.state = USHER_CREDENTIAL_ALIVE, .header = "h", .expires_ms = 1000},
         0,
         0},
        {{.state = USHER_CREDENTIAL_ALIVE, .header = "h", .refused = BIT(DESK)},
         0,
         1},
        {{.state = USHER_CREDENTIAL_DEAD,
          .header = "h",
          .refused = BIT(SALESIQ)},
         1,
         0},
        /* It is tried all the same: nothing else will come. */
        {{.state = USHER_CREDENTIAL_REFUSED,
          .header = "h",
          .refused = BIT(DESK)},
         1,
         1},
        {{.state = USHER_CREDENTIAL_REFUSED,
          .header = "h",
          .expires_ms = 999,
          .refused = BIT(DESK)},
         0,
         0},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(usher_token_usable(&cases[i].token, USHER_ZOHO_DESK,
                                            1000),
                         cases[i].desk);
        assert_int_equal(usher_token_usable(&cases[i].token, USHER_ZOHO_SALESIQ,
                                            1000),
                         cases[i].salesiq);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(each_set_gets_its_token),
        WITH_WORLD(sets_that_share_a_refresh_token_share_the_access_token),
        WITH_WORLD(a_mended_client_of_default_revives_all_who_use_it),
        WITH_WORLD(each_waits_for_its_own_refresh),
        WITH_WORLD(who_waits_hears_that_it_failed),
        WITH_WORLD(each_service_judges_for_itself),
        WITH_WORLD(an_organisations_token_is_named_at_desk_only),
        WITH_WORLD(what_worked_begins_with_no_refusals),
        WITH_WORLD(what_is_said_of_an_older_token_is_no_news),
        WITH_WORLD(to_work_where_it_was_refused_is_news),
        WITH_WORLD(who_asks_for_a_fresh_token_says_nothing_of_the_old),
        cmocka_unit_test(states_are_words_and_two_of_them_give_no_hope),
        cmocka_unit_test(a_token_is_usable_where_it_may_be_let_in),
    };

    return cmocka_run_group_tests_name("credential_set", tests, NULL, NULL);
}
