/* tests/unit/store_forget_test.c - what RETENTION_DAYS are over for goes, all
 * of it and nothing else, on both backends alike. (threaded) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "store_world.h"

static int count_tasks(void *user, const struct usher_task_row *row)
{
    (void)row;
    ++*(int *)user;
    return 0;
}

static int count_any(void *user, const char *key, size_t key_len, int64_t seq,
                     int64_t updated_ms)
{
    (void)key;
    (void)key_len;
    (void)seq;
    (void)updated_ms;
    ++*(int *)user;
    return 0;
}

static int count_rows(void *user, const struct usher_stored_row *row)
{
    (void)row;
    ++*(int *)user;
    return 0;
}

static int note_version(void *user, const char *hash, int64_t loaded_ms)
{
    char *text = user;
    size_t have = strlen(text);

    snprintf(text + have, 256 - have, "%s:%lld ", hash, (long long)loaded_ms);
    return 0;
}

static void forget(struct store_world *world, int64_t before_ms,
                   int64_t latest_ms)
{
    struct usher_commit *commit = store_commit();

    usher_commit_forget(commit, before_ms, latest_ms);
    assert_int_equal(store_do(world, commit), USHER_OK);
}

static void put_task(struct store_world *world, const char *id,
                     enum usher_task_state task_state)
{
    struct usher_commit *commit = store_commit();
    struct usher_task_row row = {
        .id = id, .name = "n", .data = "", .state = task_state};

    usher_commit_task(commit, &row);
    assert_int_equal(store_do(world, commit), USHER_OK);
}

/* Touched at 1,000,000 ms: kept while that is not before the bound. */
static void test_forget_takes_what_is_older_and_nothing_else(void **state)
{
    struct store_world *world = *state;
    int count = 0;

    assert_int_equal(store_turn(world, "a", 0, 1, "h", "x"), USHER_OK);
    put_task(world, "done", USHER_TASK_DONE);
    put_task(world, "ready", USHER_TASK_READY);
    put_task(world, "paused", USHER_TASK_PAUSED);
    put_task(world, "dead", USHER_TASK_DEAD);
    forget(world, 1000000, INT64_MAX);
    assert_string_equal(store_seen(world, "a"), "1/h[1:t:x]");
    assert_string_equal(store_task_seen(world, "done"), "3/[]");
    forget(world, 1000001, INT64_MAX);
    assert_string_equal(store_seen(world, "a"), "0/[]");
    assert_string_equal(store_task_seen(world, "done"), "0/[]");
    assert_int_equal(usher_store_tasks(world->store, 31, count_tasks, &count),
                     USHER_OK);
    assert_int_equal(count, 3);
    assert_int_equal(usher_store_journal(world->store, "a", 1, count_rows,
                                         &count),
                     USHER_OK);
    assert_int_equal(count, 3);
}

/* A few hundred go in one call. */
static void test_what_is_old_goes_at_once(void **state)
{
    struct store_world *world = *state;
    struct usher_commit *commit = store_commit();
    int count = 0;

    for (int i = 0; i < 200; i++) {
        char name[16];
        struct usher_task_row row = {
            .id = name, .name = "n", .data = "", .state = USHER_TASK_DONE};
        int len = snprintf(name, sizeof(name), "n%d", i);

        usher_commit_task(commit, &row);
        usher_commit_head(commit, name, (size_t)len, 0, 1, 0, "h", 1);
    }
    assert_int_equal(store_do(world, commit), USHER_OK);
    forget(world, 1000001, INT64_MAX);
    assert_int_equal(usher_store_conversations(world->store, SIZE_MAX,
                                               count_any, &count),
                     USHER_OK);
    assert_int_equal(usher_store_tasks(world->store, 31, count_tasks, &count),
                     USHER_OK);
    assert_int_equal(count, 0);
}

/* What came from a clock that stood ahead counts from `latest` on: all of it.
 */
static void test_latest_moves_only_what_is_later(void **state)
{
    static const char *const keys[] = {"a", "b", "c"};
    struct store_world *world = *state;

    for (int i = 0; i < 3; i++) {
        assert_int_equal(store_turn(world, keys[i], 0, 1, "h", NULL), USHER_OK);
        put_task(world, keys[i], USHER_TASK_DONE);
    }
    forget(world, 0, 1000000); /* they are just that old */
    forget(world, 1000000, INT64_MAX);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(store_seen(world, keys[i]), "1/h[]");
        assert_string_equal(store_task_seen(world, keys[i]), "3/[]");
    }
    forget(world, 0, 999999);
    forget(world, 1000000, INT64_MAX);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(store_seen(world, keys[i]), "0/[]");
        assert_string_equal(store_task_seen(world, keys[i]), "0/[]");
    }
}

/* A row alone, or a task that changes, is a touch, too. */
static void test_every_write_is_a_touch(void **state)
{
    struct store_world *world = *state;
    struct usher_commit *commit = store_commit();

    assert_int_equal(store_turn(world, "head", 0, 1, "h", NULL), USHER_OK);
    assert_int_equal(store_turn(world, "row", 0, 1, "h", NULL), USHER_OK);
    put_task(world, "t", USHER_TASK_READY);
    usher_clock_manual_advance(&world->time, 1000);
    assert_int_equal(store_turn(world, "head", 1, 2, "h", NULL), USHER_OK);
    usher_commit_row(commit, "row", 3, 2, 'i', "x", 1);
    assert_int_equal(store_do(world, commit), USHER_OK);
    put_task(world, "t", USHER_TASK_DONE);
    forget(world, 1001000, INT64_MAX);
    assert_string_equal(store_seen(world, "head"), "2/h[]");
    assert_string_equal(store_seen(world, "row"), "1/h[2:i:x]");
    assert_string_equal(store_task_seen(world, "t"), "3/[]");
}

#define CROWD 6000

static void crowd(struct store_world *world, int from, int to)
{
    for (int i = from; i < to; i++) {
        struct usher_commit *commit = store_commit();
        enum usher_status st;
        char key[16];
        int len = snprintf(key, sizeof(key), "k%d", i);

        usher_commit_head(commit, key, (size_t)len, 0, 1, 0, "h", 1);
        (void)usher_store_submit(world->store, commit, NULL, NULL, NULL, &st);
    }
}

static int conversations(struct store_world *world)
{
    int count = 0;

    assert_int_equal(usher_store_conversations(world->store, SIZE_MAX,
                                               count_any, &count),
                     USHER_OK);
    return count;
}

/* More than a call looks at: it goes on where it ended, and begins anew when it
 * is through, so what grows old later goes as well. */
static void test_forget_gets_round_and_round(void **state)
{
    struct store_world *world = *state;

    crowd(world, 0, CROWD);
    assert_int_equal(conversations(world), CROWD);
    usher_clock_manual_advance(&world->time, 1000);
    for (int i = CROWD - 100; i < CROWD; i++) { /* all but these are young */
        char key[16];

        snprintf(key, sizeof(key), "k%d", i);
        assert_int_equal(store_turn(world, key, 1, 2, "h", NULL), USHER_OK);
    }
    for (int i = 0; i < CROWD / 256 + 8; i++)
        forget(world, 1001000, INT64_MAX);
    assert_int_equal(conversations(world), 100);
    crowd(world, CROWD, CROWD + 3000);
    assert_int_equal(conversations(world), 3100);
    usher_clock_manual_advance(&world->time, 1000);
    assert_int_equal(store_turn(world, "last", 0, 1, "h", NULL), USHER_OK);
    for (int i = 0; i < 3 * CROWD / 256; i++)
        forget(world, 1001001, INT64_MAX);
    assert_int_equal(conversations(world), 1);
}

static void test_the_old_behind_many_young_go(void **state)
{
    struct store_world *world = *state;

    crowd(world, 0, CROWD);
    assert_int_equal(conversations(world), CROWD);
    world->time.wall_ms = 500; /* the clock was set back */
    crowd(world, CROWD, CROWD + 64);
    assert_int_equal(conversations(world), CROWD + 64);
    for (int i = 0; i < CROWD / 256; i++)
        forget(world, 1000, INT64_MAX);
    assert_int_equal(conversations(world), CROWD);
}

/* OPERATING.md: up to 1,024 are looked at; the disk has other work, too. */
static void test_a_call_takes_a_part_at_a_time(void **state)
{
    struct store_world *world = *state;

    crowd(world, 0, 1500); /* are young */
    assert_int_equal(conversations(world), 1500);
    world->time.wall_ms = 500; /* the clock was set back */
    crowd(world, 1500, 2000);
    assert_int_equal(conversations(world), 2000);
    forget(world, 1000, INT64_MAX);
    assert_int_equal(conversations(world), 2000);
    forget(world, 1000, INT64_MAX); /* 476 young ones, then so many old ones */
    assert_int_equal(conversations(world), 2000 - 256);
    forget(world, 1000, INT64_MAX);
    assert_int_equal(conversations(world), 1500);
}

static void test_who_is_forgotten_holds_no_version(void **state)
{
    struct store_world *world = *state;
    struct usher_commit *commit = store_commit();
    char text[256] = "";

    usher_commit_version(commit, "v1", 1, "x", 1);
    usher_commit_version(commit, "v2", 2, "x", 1);
    usher_commit_pinned_head(commit, "k", 1, 0, 1, 0, "h", 1, "v1");
    assert_int_equal(store_do(world, commit), USHER_OK);
    forget(world, 2000000, INT64_MAX);
    commit = store_commit();
    usher_commit_trim(commit, 1);
    assert_int_equal(store_do(world, commit), USHER_OK);
    assert_int_equal(usher_store_versions(world->store, note_version, text),
                     USHER_OK);
    assert_string_equal(text, "v2:2 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_BOTH(test_forget_takes_what_is_older_and_nothing_else),
        STORE_BOTH(test_what_is_old_goes_at_once),
        STORE_BOTH(test_latest_moves_only_what_is_later),
        STORE_BOTH(test_every_write_is_a_touch),
        STORE_BOTH(test_forget_gets_round_and_round),
        STORE_BOTH(test_the_old_behind_many_young_go),
        STORE_SQLITE(test_a_call_takes_a_part_at_a_time),
        STORE_BOTH(test_who_is_forgotten_holds_no_version),
    };

    return cmocka_run_group_tests_name("store_forget", tests, NULL, NULL);
}
