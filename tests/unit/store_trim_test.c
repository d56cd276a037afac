/* tests/unit/store_trim_test.c - old versions go, but for those that
 * conversations wait in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "store_world.h"

static void versions_put(struct store_world *world, int from, int to)
{
    for (int i = from; i <= to; i++) {
        struct usher_commit *commit = store_commit();
        char hash[8];

        snprintf(hash, sizeof(hash), "v%d", i);
        usher_commit_version(commit, hash, i, "text", 4);
        assert_int_equal(store_do(world, commit), USHER_OK);
    }
}

static void trim(struct store_world *world, size_t keep)
{
    struct usher_commit *commit = store_commit();

    usher_commit_trim(commit, keep);
    assert_int_equal(store_do(world, commit), USHER_OK);
}

/* A conversation's next head; version as in usher_commit_pinned_head(). */
static void turn(struct store_world *world, const char *key, int64_t seq,
                 const char *version)
{
    struct usher_commit *commit = store_commit();

    usher_commit_pinned_head(commit, key, strlen(key), seq - 1, seq, 1, "head",
                             4, version);
    assert_int_equal(store_do(world, commit), USHER_OK);
}

static int version_each(void *user, const char *hash, int64_t loaded_ms)
{
    char *text = user;

    (void)loaded_ms;
    strcat(strcat(text, hash), " ");
    return 0;
}

static void expect_versions(struct store_world *world, const char *wanted)
{
    char text[256] = "";

    assert_int_equal(usher_store_versions(world->store, version_each, text),
                     USHER_OK);
    assert_string_equal(text, wanted);
}

static void test_only_the_newest_stay(void **state)
{
    versions_put(*state, 1, 6);
    trim(*state, 2);
    expect_versions(*state, "v6 v5 ");
    trim(*state, 2);
    expect_versions(*state, "v6 v5 ");
}

static void test_a_version_that_came_back_is_new(void **state)
{
    struct store_world *world = *state;
    struct usher_commit *commit = store_commit();

    versions_put(world, 1, 4);
    usher_commit_version(commit, "v1", 9, "text", 4);
    usher_commit_trim(commit, 2);
    assert_int_equal(store_do(world, commit), USHER_OK);
    expect_versions(world, "v1 v4 ");
}

static void test_a_pinned_version_stays_until_its_flow_ends(void **state)
{
    struct store_world *world = *state;

    versions_put(world, 1, 4);
    turn(world, "siq:1", 1, "v1");
    turn(world, "siq:2", 1, NULL);
    trim(world, 1);
    expect_versions(world, "v4 v1 ");
    turn(world, "siq:1", 2, NULL); /* as it was */
    trim(world, 1);
    expect_versions(world, "v4 v1 ");
    turn(world, "siq:1", 3, "");
    trim(world, 1);
    expect_versions(world, "v4 ");
}

/* Heads grow and shrink while the flow goes on in its version. */
static void test_a_pin_outlives_a_head_of_any_size(void **state)
{
    static const size_t sizes[] = {10, 5000, 50000, 3, 700};
    struct store_world *world = *state;
    char head[50000];

    memset(head, 'h', sizeof(head));
    versions_put(world, 1, 4);
    turn(world, "siq:1", 1, "v1");
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct usher_commit *commit = store_commit();
        int64_t seq = (int64_t)i + 2;

        usher_commit_head(commit, "siq:1", 5, seq - 1, seq, 1, head, sizes[i]);
        assert_int_equal(store_do(world, commit), USHER_OK);
        trim(world, 1);
        expect_versions(world, "v4 v1 ");
    }
}

static void test_a_pin_moves(void **state)
{
    struct store_world *world = *state;

    versions_put(world, 1, 4);
    turn(world, "siq:1", 1, "v1");
    turn(world, "siq:1", 2, "v2");
    trim(world, 1);
    expect_versions(world, "v4 v2 ");
}

static void test_pins_outlive_a_restart(void **state)
{
    struct store_world *world = *state;

    versions_put(world, 1, 4);
    turn(world, "siq:1", 1, "v2");
    store_world_reopen(world);
    trim(world, 1);
    expect_versions(world, "v4 v2 ");
}

static void test_many_versions_of_one_waiting_talk_each(void **state)
{
    struct store_world *world = *state;

    for (int i = 1; i <= 5; i++) {
        char key[16], hash[16];

        versions_put(world, i, i);
        snprintf(key, sizeof(key), "siq:%d", i);
        snprintf(hash, sizeof(hash), "v%d", i);
        turn(world, key, 1, i % 2 ? hash : NULL);
    }
    trim(world, 1);
    expect_versions(world, "v5 v3 v1 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_BOTH(test_only_the_newest_stay),
        STORE_BOTH(test_a_version_that_came_back_is_new),
        STORE_BOTH(test_a_pinned_version_stays_until_its_flow_ends),
        STORE_BOTH(test_a_pin_outlives_a_head_of_any_size),
        STORE_BOTH(test_a_pin_moves),
        STORE_SQLITE(test_pins_outlive_a_restart),
        STORE_BOTH(test_many_versions_of_one_waiting_talk_each),
    };

    return cmocka_run_group_tests_name("store_trim", tests, NULL, NULL);
}
