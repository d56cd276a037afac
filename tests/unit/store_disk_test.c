/* tests/unit/store_disk_test.c - what is told is on disk, and a disk that
 * refuses is not believed. (threaded) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "patience.h"
#include "store_disk.h"
#include "store_world.h"

#define assert_says(text, part) assert_non_null(strstr(text, part))

static int make(void **state)
{
    disk_begin();
    *state = store_world_new("sqlite:usher.db");
    return 0;
}

static int drop(void **state)
{
    disk_go_on();
    store_world_free(*state);
    disk_end();
    return 0;
}

/* ---- Before the answer ---- */

static void add_head(struct usher_commit *commit)
{
    usher_commit_head(commit, "a", 1, 0, 1, 0, "head", 4);
}

static void add_row(struct usher_commit *commit)
{
    usher_commit_row(commit, "b", 1, 1, 'i', "intent", 6);
}

static void add_task(struct usher_commit *commit)
{
    struct usher_task_row row = {.id = "t", .name = "book", .data = "x"};

    usher_commit_task(commit, &row);
}

static void add_version(struct usher_commit *commit)
{
    usher_commit_version(commit, "v1", 5, "sources", 7);
}

static void add_credential(struct usher_commit *commit)
{
    usher_commit_credential(commit, "desk", "token", 5);
}

static void (*const adds[])(struct usher_commit *) = {
    add_head, add_row, add_task, add_version, add_credential};
#define ADDS (sizeof(adds) / sizeof(adds[0]))

struct told {
    int given;
    enum usher_status status;
    unsigned syncs; /* when it was told */
    int dirty;
};

static void told(void *user, enum usher_status status)
{
    struct told *answer = user;

    answer->given++;
    answer->status = status;
    answer->syncs = disk_syncs();
    answer->dirty = disk_is_dirty();
}

static void submit(struct store_world *world, struct usher_commit *commit,
                   struct told *answer)
{
    enum usher_status st;

    assert_int_equal(usher_store_submit(world->store, commit, world->loop, told,
                                        answer, &st),
                     0);
}

static void until_told(struct store_world *world, const struct told *answer)
{
    WAIT_FOR("a commit", answer->given, usher_loop_step(world->loop, -1));
}

/* A sync waits, and this one was not told before. */
static void until_held(struct store_world *world, const struct told *answer)
{
    WAIT_FOR("a sync", disk_is_held(), usher_loop_step(world->loop, 1));
    assert_false(answer->given);
}

/* Each in a commit of its own, and each is synced for itself. */
static void test_whatever_is_told_was_synced_before(void **state)
{
    struct store_world *world = *state;

    for (size_t i = 0; i < ADDS; i++) {
        struct usher_commit *commit = store_commit();
        struct told answer = {0};
        unsigned before = disk_syncs();

        adds[i](commit);
        submit(world, commit, &answer);
        until_told(world, &answer);
        assert_int_equal(answer.status, USHER_OK);
        assert_int_equal(answer.syncs, before + 1);
        assert_false(answer.dirty);
    }
}

static void test_nobody_is_told_while_the_disk_takes_its_time(void **state)
{
    struct store_world *world = *state;
    struct told answers[ADDS] = {{0}};

    disk_hold();
    for (size_t i = 0; i < ADDS; i++) {
        struct usher_commit *commit = store_commit();

        adds[i](commit);
        submit(world, commit, &answers[i]);
    }
    until_held(world, &answers[0]);
    for (int i = 0; i < 3; i++)
        usher_loop_step(world->loop, 0);
    for (size_t i = 0; i < ADDS; i++)
        assert_int_equal(answers[i].given, 0);
    disk_go_on();
    for (size_t i = 0; i < ADDS; i++) {
        until_told(world, &answers[i]);
        assert_int_equal(answers[i].status, USHER_OK);
    }
}

/* What came while the disk was busy goes in one transaction. */
static void test_many_share_one_sync(void **state)
{
    struct store_world *world = *state;
    struct told answers[200] = {{0}};
    unsigned before;

    disk_hold();
    for (int i = 0; i < 200; i++) {
        struct usher_commit *commit = store_commit();
        char key[16];
        int len = snprintf(key, sizeof(key), "k%d", i);

        usher_commit_head(commit, key, (size_t)len, 0, 1, 0, "h", 1);
        submit(world, commit, &answers[i]);
        if (i == 0)
            until_held(world, &answers[0]);
    }
    before = disk_syncs();
    disk_go_on();
    until_told(world, &answers[199]);
    assert_int_equal(answers[0].given, 1);
    assert_int_equal(disk_syncs(), before + 2);
}

struct order {
    char text[64];
};

struct numbered {
    struct order *order;
    char name;
};

static void note_order(void *user, enum usher_status status)
{
    struct numbered *one = user;
    size_t len = strlen(one->order->text);

    assert_int_equal(status, USHER_OK);
    one->order->text[len] = one->name;
}

static void test_answers_come_in_the_order_of_submission(void **state)
{
    struct store_world *world = *state;
    struct order order = {""};
    struct numbered all[8];
    enum usher_status st;

    disk_hold();
    for (int i = 0; i < 8; i++) {
        struct usher_commit *commit = store_commit();

        all[i] = (struct numbered){&order, (char)('a' + i)};
        usher_commit_row(commit, "k", 1, i + 1, 't', "x", 1);
        (void)usher_store_submit(world->store, commit, world->loop, note_order,
                                 &all[i], &st);
    }
    disk_go_on();
    WAIT_FOR("all answers", strlen(order.text) == 8,
             usher_loop_step(world->loop, -1));
    assert_string_equal(order.text, "abcdefgh");
}

/* ---- Reading meanwhile ---- */

struct seen {
    int given;
    int64_t seq;
};

static void seen_take(void *user, enum usher_status status,
                      const struct usher_stored_conversation *found)
{
    struct seen *seen = user;

    assert_int_equal(status, USHER_OK);
    seen->given = 1;
    seen->seq = found->seq;
}

static void until_seen(struct store_world *world, const struct seen *seen)
{
    WAIT_FOR("what was loaded", seen->given, usher_loop_step(world->loop, -1));
}

/* A load sees the commit before it, also one on its way to the disk; others
 * need not wait for that. */
static void test_only_what_is_on_its_way_is_waited_for(void **state)
{
    struct store_world *world = *state;
    struct usher_commit *commit = store_commit();
    struct told answer = {0};
    struct seen other = {0}, same = {0}, task = {0}, free_task = {0};

    assert_int_equal(store_turn(world, "a", 0, 1, "one", NULL), USHER_OK);
    assert_int_equal(store_turn(world, "b", 0, 5, "one", NULL), USHER_OK);
    usher_commit_head(commit, "a", 1, 1, 2, 0, "two", 3);
    add_task(commit);
    disk_hold();
    submit(world, commit, &answer);
    until_held(world, &answer);
    (void)usher_store_load(world->store, "a", 1, world->loop, seen_take, &same);
    (void)usher_store_load_task(world->store, "t", world->loop, seen_take,
                                &task);
    (void)usher_store_load(world->store, "b", 1, world->loop, seen_take,
                           &other);
    (void)usher_store_load_task(world->store, "u", world->loop, seen_take,
                                &free_task);
    until_seen(world, &other);
    until_seen(world, &free_task);
    assert_int_equal(other.seq, 5);
    assert_int_equal(free_task.seq, 0);
    assert_false(same.given || task.given || answer.given);
    disk_go_on();
    until_seen(world, &same);
    until_seen(world, &task);
    assert_int_equal(same.seq, 2);
    assert_int_equal(task.seq, 1 + USHER_TASK_READY);
}

/* ---- A disk that refuses ---- */

static void fails_and_heals(struct store_world *world, enum disk_call call,
                            int rc, const char *part)
{
    struct usher_error error = {""};

    (void)disk_refuse(call, 1, rc);
    assert_int_equal(store_turn(world, "a", 1, 2, "two", "y"), USHER_ERR_IO);
    assert_true(usher_store_failing(world->store, &error));
    assert_says(error.text, part);
    assert_true(disk_refuse(DISK_NOTHING, 1, 0));
    assert_string_equal(store_seen(world, "a"), "1/one[1:t:x]");
    assert_int_equal(store_turn(world, "b", 0, 1, "h", NULL), USHER_OK);
    assert_false(usher_store_failing(world->store, &error));
}

static void test_a_sync_that_fails_is_no_success(void **state)
{
    struct store_world *world = *state;

    assert_int_equal(store_turn(world, "a", 0, 1, "one", "x"), USHER_OK);
    fails_and_heals(world, DISK_SYNC, SQLITE_IOERR_FSYNC, "disk I/O error");
    store_world_reopen(world);
    assert_string_equal(store_seen(world, "a"), "1/one[1:t:x]");
}

static void test_a_full_disk_says_so(void **state)
{
    struct store_world *world = *state;

    assert_int_equal(store_turn(world, "a", 0, 1, "one", "x"), USHER_OK);
    fails_and_heals(world, DISK_WRITE, SQLITE_FULL, "is full: make room");
}

static void test_no_right_to_write_says_so(void **state)
{
    struct store_world *world = *state;

    assert_int_equal(store_turn(world, "a", 0, 1, "one", "x"), USHER_OK);
    fails_and_heals(world, DISK_WRITE, SQLITE_READONLY, "check the owner");
}

/* All of a group fail then, and nothing of it is there. */
static void test_a_group_that_fails_is_told_to_all_of_it(void **state)
{
    struct store_world *world = *state;
    struct told first = {0}, answers[5] = {{0}};
    struct usher_commit *commit = store_commit();

    usher_commit_head(commit, "a", 1, 0, 1, 0, "one", 3);
    disk_hold();
    submit(world, commit, &first);
    until_held(world, &first);
    for (int i = 0; i < 5; i++) {
        char key = (char)('p' + i);

        commit = store_commit();
        usher_commit_head(commit, &key, 1, 0, 1, 0, "h", 1);
        submit(world, commit, &answers[i]);
    }
    (void)disk_refuse(DISK_SYNC, 2, SQLITE_IOERR_FSYNC);
    disk_go_on();
    until_told(world, &first);
    assert_int_equal(first.status, USHER_OK);
    for (int i = 0; i < 5; i++) {
        until_told(world, &answers[i]);
        assert_int_equal(answers[i].status, USHER_ERR_IO);
    }
    (void)disk_refuse(DISK_NOTHING, 1, 0);
    assert_string_equal(store_seen(world, "a"), "1/one[]");
    assert_string_equal(store_seen(world, "p"), "0/[]");
    assert_string_equal(store_seen(world, "t"), "0/[]");
}

/* Deleting what is not there says nothing about the disk. */
static void test_only_what_was_written_proves_that_it_works(void **state)
{
    struct store_world *world = *state;
    struct usher_commit *commit = store_commit();

    assert_int_equal(store_turn(world, "a", 0, 1, "one", NULL), USHER_OK);
    (void)disk_refuse(DISK_WRITE, 1, SQLITE_FULL);
    assert_int_equal(store_turn(world, "a", 1, 2, "two", NULL), USHER_ERR_IO);
    usher_commit_trim(commit, 10);
    assert_int_equal(store_do(world, commit), USHER_OK);
    assert_true(usher_store_failing(world->store, NULL));
    (void)disk_refuse(DISK_NOTHING, 1, 0);
}

/* The nth read fails, for every n: an error, or all of it. */
static void test_what_cannot_be_read_is_not_taken_for_empty(void **state)
{
    struct store_world *world = *state;
    char row[2000], whole[4096], error[16];
    int failed = 1;
    unsigned nth = 1;

    memset(row, 'r', sizeof(row) - 1);
    row[sizeof(row) - 1] = '\0';
    assert_int_equal(store_turn(world, "a", 0, 1, "one", row), USHER_OK);
    assert_int_equal(store_turn(world, "a", 1, 2, "two", "y"), USHER_OK);
    snprintf(whole, sizeof(whole), "2/two[1:t:%s 2:t:y]", row);
    snprintf(error, sizeof(error), "error %d", (int)USHER_ERR_IO);
    for (; failed; nth++) {
        const char *seen;

        store_world_reopen(world); /* nothing of it is in memory */
        (void)disk_refuse(DISK_READ, nth, SQLITE_IOERR_READ);
        seen = store_seen(world, "a");
        failed = disk_refuse(DISK_NOTHING, 1, 0);
        assert_string_equal(seen, failed ? error : whole);
    }
    assert_true(nth > 3);
}

static int any(void *user, const struct usher_task_row *row)
{
    (void)row;
    ++*(int *)user;
    return 0;
}

static void test_lists_that_cannot_be_read_fail(void **state)
{
    struct store_world *world = *state;
    struct usher_commit *commit = store_commit();
    char *data = NULL;
    size_t len;
    int count = 0;

    add_task(commit);
    add_credential(commit);
    assert_int_equal(store_do(world, commit), USHER_OK);
    store_world_reopen(world);
    (void)disk_refuse(DISK_READ, 1, SQLITE_IOERR_READ);
    assert_int_equal(usher_store_tasks(world->store, 31, any, &count),
                     USHER_ERR_IO);
    assert_int_equal(usher_store_credential(world->store, "desk", &data, &len),
                     USHER_ERR_IO);
    assert_true(disk_refuse(DISK_NOTHING, 1, 0));
    assert_int_equal(count, 0);
    assert_null(data);
    assert_int_equal(usher_store_tasks(world->store, 31, any, &count),
                     USHER_OK);
    assert_int_equal(count, 1);
}

/* Wherever the disk gives out in the middle of it. */
static void test_half_a_list_is_no_list(void **state)
{
    struct store_world *world = *state;
    struct usher_commit *commit = store_commit();
    char data[3000], id[16];
    int i, count, failed = 1;
    unsigned nth = 1;

    memset(data, 'd', sizeof(data));
    for (i = 0; i < 20; i++) {
        struct usher_task_row row = {.id = id, .name = "book", .data = data};

        snprintf(id, sizeof(id), "t%d", i);
        row.data_len = sizeof(data);
        usher_commit_task(commit, &row);
    }
    assert_int_equal(store_do(world, commit), USHER_OK);
    for (; failed; nth++) {
        enum usher_status st;

        store_world_reopen(world); /* nothing of it is in memory */
        (void)disk_refuse(DISK_READ, nth, SQLITE_IOERR_READ);
        count = 0;
        st = usher_store_tasks(world->store, 31, any, &count);
        failed = disk_refuse(DISK_NOTHING, 1, 0);
        assert_int_equal(st, count == 20 ? USHER_OK : USHER_ERR_IO);
    }
    assert_int_equal(count, 20);
    assert_true(nth > 5);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_whatever_is_told_was_synced_before),
        CASE(test_nobody_is_told_while_the_disk_takes_its_time),
        CASE(test_many_share_one_sync),
        CASE(test_answers_come_in_the_order_of_submission),
        CASE(test_only_what_is_on_its_way_is_waited_for),
        CASE(test_a_sync_that_fails_is_no_success),
        CASE(test_a_full_disk_says_so),
        CASE(test_no_right_to_write_says_so),
        CASE(test_a_group_that_fails_is_told_to_all_of_it),
        CASE(test_only_what_was_written_proves_that_it_works),
        CASE(test_what_cannot_be_read_is_not_taken_for_empty),
        CASE(test_lists_that_cannot_be_read_fail),
        CASE(test_half_a_list_is_no_list),
    };

    return cmocka_run_group_tests_name("store_disk", tests, NULL, NULL);
}
