/* tests/unit/credential_keep_all_test.c - what is kept of several sets: all of
 * it, in the store and in the .env, and each where it belongs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "zoho/credential_internal.h"
#include "zoho_case.h"

#define DESK USHER_CREDENTIAL_DESK

static void restart(struct zoho_world *world)
{
    world_stop(world);
    world_start(world);
}

/* ---- The store ---- */

static void the_token_of_each_set_outlives_the_process(void **state)
{
    struct zoho_world *world = *state;
    char before[USHER_CREDENTIAL_COUNT][64];
    enum usher_credential_id set;

    world_set(world, "SALESIQ_REFRESH_TOKEN=1000.refresh.salesiq");
    world_set(world, "SALESIQ_VISITOR_REFRESH_TOKEN=1005.refresh.visitor");
    world_set(world, "DESK_REFRESH_TOKEN=1000.refresh.desk");
    world_start(world);
    for (set = 0; set < USHER_CREDENTIAL_COUNT; set++)
        snprintf(before[set], sizeof(before[set]), "%s",
                 world_token(world, set)->header);
    world_advance(world, MINUTE);
    restart(world);
    assert_int_equal(world->refreshes, USHER_CREDENTIAL_COUNT);
    for (set = 0; set < USHER_CREDENTIAL_COUNT; set++) {
        assert_string_equal(world_token(world, set)->header, before[set]);
        assert_int_equal(world_token(world, set)->expires_ms,
                         WORLD_START + 60 * MINUTE);
        assert_int_equal(zoho_state(world, set), USHER_CREDENTIAL_ALIVE);
    }
}

static void the_count_of_each_refresh_token_outlives_it_too(void **state)
{
    static const enum usher_credential_id sets[] = {0, DESK};
    struct zoho_world *world = *state;
    struct asked asked;
    size_t i, n;

    world_set(world, "DESK_REFRESH_TOKEN=1000.refresh.desk");
    world_start(world);
    for (i = 0; i < 2; i++)
        for (n = 0; n < 4; n++)
            asked = world_refresh(world, sets[i]);
    assert_int_equal(world->refreshes, 10);
    restart(world);
    for (i = 0; i < 2; i++) {
        asked = world_refresh(world, sets[i]);
        assert_int_equal(asked.kind, USHER_KIND_RATE_LIMITED);
    }
    assert_int_equal(world->refreshes, 10);
}

/* How old it is counts as well: fresh it is, and so diagnosed. */
static void a_kept_token_keeps_its_age(void **state)
{
    struct zoho_world *world = *state;

    world->expires_in = 120;
    world_start(world);
    world_advance(world, 50000);
    restart(world);
    world_advance(world, 9999);
    assert_int_equal(world->refreshes, 1);
    world_advance(world, 1); /* half its life, from when it was made */
    assert_int_equal(world->refreshes, 2);
}

static void record_put(struct zoho_world *world, const char *name,
                       const char *bytes, size_t len)
{
    struct usher_commit *commit = usher_commit_new();
    enum usher_status st;

    assert_non_null(commit);
    usher_commit_credential(commit, name, bytes, len);
    assert_true(
        usher_store_submit(world->store, commit, NULL, NULL, NULL, &st));
    assert_int_equal(st, USHER_OK);
}

static int record_is(struct zoho_world *world, const char *name,
                     const char *bytes, size_t len)
{
    char *record = NULL;
    size_t size = 0;
    int same = usher_store_credential(world->store, name, &record, &size) ==
                   USHER_OK &&
               size == len && memcmp(record, bytes, len) == 0;

    free(record);
    return same;
}

/* Five are all there can be, whatever a record says. */
static void a_count_that_is_too_long_is_read_as_far_as_it_may_be(void **state)
{
    struct zoho_world *world = *state;
    unsigned char digest[DIGEST_BYTES];
    char name[48];
    size_t i;

    secret_digest("1000.refresh.one", digest);
    strcpy(name, "refresh:");
    for (i = 0; i < 8; i++)
        snprintf(name + 8 + 2 * i, 3, "%02x", digest[i]);
    record_put(world, name, "\x01\x09\x01\x01\x01\x01\x01\x01\x01\x01\x01", 11);
    world_start(world);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
    assert_int_equal(world->refreshes, 1);
    assert_int_equal(world_logged(world, "put aside"), 0);
}

/* Of a newer usher, or damaged: kept, and as if there were none. */
static void a_count_that_cannot_be_read_is_put_aside(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } records[] = {{"\x02newer", 6}, {"\x01\x05", 2}, {"\x01", 1}};
    unsigned char digest[DIGEST_BYTES];
    char name[48], aside[64];
    size_t i, n;

    secret_digest("1000.refresh.one", digest);
    strcpy(name, "refresh:");
    for (i = 0; i < 8; i++)
        snprintf(name + 8 + 2 * i, 3, "%02x", digest[i]);
    snprintf(aside, sizeof(aside), "aside:%s", name);
    for (n = 0; n < sizeof(records) / sizeof(records[0]); n++) {
        struct zoho_world *world;

        zoho_drop(state);
        zoho_make(state);
        world = *state;
        record_put(world, name, records[n].bytes, records[n].len);
        world_start(world);
        assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
        assert_true(record_is(world, aside, records[n].bytes, records[n].len));
        assert_false(record_is(world, name, records[n].bytes, records[n].len));
    }
}

static void a_token_that_is_cut_short_is_put_aside(void **state)
{
    struct zoho_world *world;
    char *record;
    size_t len, cut;

    world = *state;
    world_start(world);
    assert_int_equal(usher_store_credential(world->store, "token:default",
                                            &record, &len),
                     USHER_OK);
    for (cut = 0; cut<len; cut += len> cut + 8 ? 7 : 1) {
        zoho_drop(state);
        zoho_make(state);
        world = *state;
        record_put(world, "token:default", record, cut);
        world_start(world);
        assert_int_equal(world->refreshes, 1);
        assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
        assert_true(record_is(world, "aside:token:default", record, cut));
    }
    free(record);
}

#ifdef USHER_FAULTS
/* The count, too: all that were made while nothing could be kept. */
static void a_count_that_was_not_taken_is_kept_later(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;
    int i;

    usher_store_fault(world->store, USHER_STORE_FAULT_COMMIT);
    world_start(world);
    for (i = 0; i < 3; i++)
        asked = world_refresh(world, 0);
    assert_int_equal(world->refreshes, 4);
    usher_store_fault(world->store, USHER_STORE_FAULT_NONE);
    world_advance(world, MINUTE / 2);
    restart(world);
    assert_int_equal(world->refreshes, 4);
    asked = world_refresh(world, 0);
    assert_int_equal(asked.status, USHER_OK);
    asked = world_refresh(world, 0);
    assert_int_equal(asked.kind, USHER_KIND_RATE_LIMITED);
}

/* More and more seldom while it fails, and no more seldom than that. */
static void
a_store_that_failed_for_long_is_tried_within_half_a_minute(void **state)
{
    struct zoho_world *world = *state;
    unsigned tries;
    int i;

    world_start(world);
    usher_store_fault(world->store, USHER_STORE_FAULT_COMMIT);
    world_advance(world, 55 * MINUTE); /* renewed, and not kept */
    assert_int_equal(world->refreshes, 2);
    tries = world_logged(world, "token not kept");
    assert_true(tries > 0);
    world_advance(world, 999);
    assert_int_equal(world_logged(world, "token not kept"), tries);
    for (i = 0; i < 40; i++)
        world_advance(world, 10000);
    world->logged[0] = '\0';
    usher_store_fault(world->store, USHER_STORE_FAULT_NONE);
    for (i = 0; i < 3; i++)
        world_advance(world, 10000);
    restart(world);
    assert_string_equal(world_token(world, 0)->header,
                        "Zoho-oauthtoken 1000.t2.x");
    assert_int_equal(world->refreshes, 2);
}

/* A store that took something is well: the next failure is a first one. */
static void a_store_that_fails_again_is_tried_soon_again(void **state)
{
    struct zoho_world *world = *state;
    int i;

    usher_store_fault(world->store, USHER_STORE_FAULT_COMMIT);
    world_start(world);
    for (i = 0; i < 8; i++)
        world_advance(world, 10000);
    usher_store_fault(world->store, USHER_STORE_FAULT_NONE);
    for (i = 0; i < 3; i++)
        world_advance(world, 10000);
    usher_store_fault(world->store, USHER_STORE_FAULT_COMMIT);
    (void)world_refresh(world, 0);
    assert_int_equal(world->refreshes, 2);
    usher_store_fault(world->store, USHER_STORE_FAULT_NONE);
    world_advance(world, 8000);
    restart(world);
    assert_string_equal(world_token(world, 0)->header,
                        "Zoho-oauthtoken 1000.t2.x");
}
#endif

/* ---- .env ---- */

#define CLIENT                 \
    "OAUTH_CLIENT_ID=1000.C\n" \
    "OAUTH_CLIENT_SECRET=client-secret\n"

static void only_in_the_file(struct zoho_world *world, const char *text)
{
    memset(world->environment, 0, sizeof(world->environment));
    world_env_file(world, text);
}

static void each_line_gets_the_token_of_its_set(void **state)
{
    struct zoho_world *world = *state;

    only_in_the_file(world, CLIENT "OAUTH_REFRESH_TOKEN=1000.r.one\n"
                                   "SALESIQ_ACCESS_TOKEN=1000.old.salesiq\n"
                                   "SALESIQ_REFRESH_TOKEN=1000.r.one\n"
                                   "DESK_ACCESS_TOKEN=1000.old.desk\n"
                                   "DESK_REFRESH_TOKEN=1000.r.desk\n");
    world_start(world);
    assert_int_equal(world->refreshes, 1); /* default has no access token */
    assert_string_equal(world_env_text(world),
                        CLIENT "OAUTH_REFRESH_TOKEN=1000.r.one\n"
                               "SALESIQ_ACCESS_TOKEN=1000.t1.x\n"
                               "SALESIQ_REFRESH_TOKEN=1000.r.one\n"
                               "DESK_ACCESS_TOKEN=1000.old.desk\n"
                               "DESK_REFRESH_TOKEN=1000.r.desk\n"
                               "OAUTH_ACCESS_TOKEN=1000.t1.x\n");
    world_refuse(world, DESK);
    assert_non_null(
        strstr(world_env_text(world), "\nDESK_ACCESS_TOKEN=1000.t2.x\n"));
    assert_non_null(
        strstr(world_env_text(world), "\nSALESIQ_ACCESS_TOKEN=1000.t1.x\n"));
    /* None of that is a person's change. */
    world->changes[0] = '\0';
    world_reload(world);
    assert_string_equal(world->changes, "");
    restart(world);
    assert_int_equal(world->refreshes, 2);
}

/* What the environment says hides the file. */
static void a_line_that_would_be_hidden_is_not_written(void **state)
{
    struct zoho_world *world = *state;

    only_in_the_file(world, CLIENT "OAUTH_REFRESH_TOKEN=1000.r.one\n"
                                   "DESK_REFRESH_TOKEN=1000.r.desk\n");
    world_set(world, "OAUTH_ACCESS_TOKEN=1000.old.one");
    world_start(world);
    world_refuse(world, 0);
    assert_int_equal(world->refreshes, 2);
    assert_null(strstr(world_env_text(world), "\nOAUTH_ACCESS_TOKEN="));
    assert_non_null(strstr(world_env_text(world), "\nDESK_ACCESS_TOKEN="));
}

/* A token whose line is taken out serves on: it is not a worse one. */
static void a_line_that_is_taken_out_changes_nothing(void **state)
{
    struct zoho_world *world = *state;
    uint64_t generation;

    only_in_the_file(world, CLIENT "OAUTH_REFRESH_TOKEN=1000.r.one\n");
    world_start(world);
    generation = world_token(world, 0)->generation;
    world->changes[0] = '\0';
    world_env_file(world, CLIENT "OAUTH_REFRESH_TOKEN=1000.r.one\n");
    world_reload(world);
    assert_string_equal(world->changes, "");
    assert_int_equal(world_token(world, 0)->generation, generation);
    assert_int_equal(world->refreshes, 1);
}

/* A file of the same lines: only what could not be written is written. */
static void what_stands_there_is_not_written_again(void **state)
{
    static const char by_hand[] = CLIENT "OAUTH_REFRESH_TOKEN=1000.r.one\n"
                                         "OAUTH_ACCESS_TOKEN=1000.t1.x # hm\n";
    struct zoho_world *world = *state;

    only_in_the_file(world, CLIENT "OAUTH_REFRESH_TOKEN=1000.r.one\n");
    world_start(world);
    world_env_file(world, by_hand);
    world_reload(world);
    assert_string_equal(world_env_text(world), by_hand);
    assert_int_equal(world_logged(world, "not written to .env"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(the_token_of_each_set_outlives_the_process),
        WITH_WORLD(the_count_of_each_refresh_token_outlives_it_too),
        WITH_WORLD(a_kept_token_keeps_its_age),
        WITH_WORLD(a_count_that_is_too_long_is_read_as_far_as_it_may_be),
        WITH_WORLD(a_count_that_cannot_be_read_is_put_aside),
        WITH_WORLD(a_token_that_is_cut_short_is_put_aside),
#ifdef USHER_FAULTS
        WITH_WORLD(a_count_that_was_not_taken_is_kept_later),
        WITH_WORLD(a_store_that_fails_again_is_tried_soon_again),
        WITH_WORLD(a_store_that_failed_for_long_is_tried_within_half_a_minute),
#endif
        WITH_WORLD(each_line_gets_the_token_of_its_set),
        WITH_WORLD(a_line_that_would_be_hidden_is_not_written),
        WITH_WORLD(a_line_that_is_taken_out_changes_nothing),
        WITH_WORLD(what_stands_there_is_not_written_again),
    };

    return cmocka_run_group_tests_name("credential_keep_all", tests, NULL,
                                       NULL);
}
