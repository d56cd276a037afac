/* tests/unit/store_test.c - what every backend must do; the same cases run on
 * "memory:" and on "sqlite:". (threaded) */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store_world.h"

/* ---- Conversations ---- */

static void test_unknown_conversation_is_empty(void **state)
{
    assert_string_equal(store_seen(*state, "siq:1"), "0/[]");
}

static void test_head_and_rows_come_back(void **state)
{
    struct store_world *world = *state;

    assert_int_equal(store_turn(world, "siq:1", 0, 1, "one", "a"), USHER_OK);
    assert_int_equal(store_turn(world, "siq:1", 1, 2, "twice", "b"), USHER_OK);
    assert_int_equal(store_turn(world, "siq:2", 0, 5, "x", NULL), USHER_OK);
    assert_string_equal(store_seen(world, "siq:1"), "2/twice[1:t:a 2:t:b]");
    assert_string_equal(store_seen(world, "siq:2"), "5/x[]");
}

static void test_head_of_any_size_replaces(void **state)
{
    static const int sizes[] = {10, 3000, 3001, 20, 0, 100000, 1};
    struct store_world *world = *state;
    char *text = malloc(100001);

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        int64_t seq = (int64_t)i + 1;
        struct usher_commit *commit = store_commit();
        memset(text, 'a' + (int)i, (size_t)sizes[i]);
        usher_commit_head(commit, "k", 1, seq - 1, seq, 0, text,
                          (size_t)sizes[i]);
        assert_int_equal(store_do(world, commit), USHER_OK);
    }
    assert_string_equal(store_seen(world, "k"), "7/g[]");
    free(text);
}

static void test_bytes_are_kept_exactly(void **state)
{
    static const char key[] = {'k', 0, '\'', (char)0xff, 'z'};
    static const char data[] = {0, 1, (char)0xfe, 0};
    struct store_world *world = *state;
    struct usher_commit *commit = store_commit();

    usher_commit_head(commit, key, sizeof(key), 0, 1, 0, data, sizeof(data));
    assert_int_equal(store_do(world, commit), USHER_OK);
    commit = store_commit();
    usher_commit_head(commit, key, 1, 0, 9, 0, "short", 5);
    assert_int_equal(store_do(world, commit), USHER_OK);
    commit = store_commit();
    usher_commit_head(commit, key, sizeof(key), 1, 2, 0, "whole", 5);
    assert_int_equal(store_do(world, commit), USHER_OK);
    assert_string_equal(store_seen(world, "k"), "9/short[]");
}

static void test_wrong_expectation_is_refused_whole(void **state)
{
    struct store_world *world = *state;
    struct usher_commit *commit = store_commit();

    assert_int_equal(store_turn(world, "a", 0, 1, "one", "x"), USHER_OK);
    usher_commit_row(commit, "a", 1, 2, 't', "y", 1);
    usher_commit_head(commit, "b", 1, 0, 1, 0, "new", 3);
    usher_commit_head(commit, "a", 1, 7, 8, 0, "late", 4);
    assert_int_equal(store_do(world, commit), USHER_ERR_EXISTS);
    assert_int_equal(store_turn(world, "a", 0, 1, "again", NULL),
                     USHER_ERR_EXISTS);
    assert_string_equal(store_seen(world, "a"), "1/one[1:t:x]");
    assert_string_equal(store_seen(world, "b"), "0/[]");
}

static void test_row_that_is_there_is_refused_whole(void **state)
{
    struct store_world *world = *state;

    assert_int_equal(store_turn(world, "a", 0, 1, "one", "x"), USHER_OK);
    assert_int_equal(store_turn(world, "a", 1, 2, "two", "y"), USHER_OK);
    assert_int_equal(store_turn(world, "a", 2, 1, "back", "z"),
                     USHER_ERR_EXISTS);
    assert_string_equal(store_seen(world, "a"), "2/two[1:t:x 2:t:y]");
}

/* Whatever its kind, and that of the one that is there. */
static void test_a_number_is_given_once(void **state)
{
    static const char kinds[] = {'t', 'i', 'r'};
    struct store_world *world = *state;

    for (int64_t i = 0; i < 3; i++) {
        struct usher_commit *commit = store_commit();

        usher_commit_row(commit, "a", 1, i + 1, kinds[i], "x", 1);
        assert_int_equal(store_do(world, commit), USHER_OK);
    }
    for (int64_t i = 0; i < 9; i++) {
        struct usher_commit *commit = store_commit();

        usher_commit_row(commit, "a", 1, i / 3 + 1, kinds[i % 3], "y", 1);
        assert_int_equal(store_do(world, commit), USHER_ERR_EXISTS);
    }
    assert_string_equal(store_seen(world, "a"), "0/[1:t:x 2:i:x 3:r:x]");
}

static void test_rows_may_come_before_their_head(void **state)
{
    struct store_world *world = *state;
    struct usher_commit *commit = store_commit();

    usher_commit_row(commit, "a", 1, 1, 'i', "intent", 6);
    assert_int_equal(store_do(world, commit), USHER_OK);
    assert_string_equal(store_seen(world, "a"), "0/[1:i:intent]");
    commit = store_commit();
    usher_commit_row(commit, "a", 1, 3, 't', "turn", 4);
    usher_commit_row(commit, "a", 1, 2, 'r', "result", 6);
    usher_commit_head(commit, "a", 1, 0, 3, 0, "head", 4);
    assert_int_equal(store_do(world, commit), USHER_OK);
    assert_string_equal(store_seen(world, "a"),
                        "3/head[1:i:intent 2:r:result 3:t:turn]");
}

static void test_row_and_head_of_a_new_one_in_any_order(void **state)
{
    struct store_world *world = *state;
    struct usher_commit *commit = store_commit();

    usher_commit_row(commit, "a", 1, 1, 'i', "x", 1);
    usher_commit_head(commit, "a", 1, 0, 2, 0, "head", 4);
    usher_commit_row(commit, "a", 1, 2, 't', "y", 1);
    assert_int_equal(store_do(world, commit), USHER_OK);
    assert_string_equal(store_seen(world, "a"), "2/head[1:i:x 2:t:y]");
}

static void test_rows_below_keep_from_are_not_loaded(void **state)
{
    struct store_world *world = *state;
    struct usher_commit *commit;

    for (int i = 1; i <= 40; i++) {
        char row[16];
        snprintf(row, sizeof(row), "r%d", i);
        assert_int_equal(store_turn(world, "a", i - 1, i, "h", row), USHER_OK);
    }
    commit = store_commit();
    usher_commit_head(commit, "a", 1, 40, 41, 39, "H", 1);
    assert_int_equal(store_do(world, commit), USHER_OK);
    assert_string_equal(store_seen(world, "a"), "41/H[39:t:r39 40:t:r40]");
}

static void test_load_sees_what_was_submitted_before(void **state)
{
    struct store_world *world = *state;
    enum usher_status status;

    for (int i = 1; i <= 50; i++) {
        struct usher_commit *commit = store_commit();
        char head[16];
        int len = snprintf(head, sizeof(head), "h%d", i);
        usher_commit_head(commit, "a", 1, i - 1, i, 0, head, (size_t)len);
        (void)usher_store_submit(world->store, commit, NULL, NULL, NULL,
                                 &status);
    }
    assert_string_equal(store_seen(world, "a"), "50/h50[]");
}

/* ---- Building a commit ---- */

static void test_nonsense_is_refused(void **state)
{
    struct store_world *world = *state;
    struct usher_commit *commit = store_commit();
    char key[300] = "";

    memset(key, 'k', sizeof(key));
    assert_int_equal(usher_commit_head(commit, "", 0, 0, 1, 0, "", 0),
                     USHER_ERR_INVALID);
    assert_int_equal(usher_commit_row(commit, "a", 1, 1, 't', "x", 1),
                     USHER_ERR_INVALID); /* an error sticks */
    assert_int_equal(store_do(world, commit), USHER_ERR_INVALID);
    assert_string_equal(store_seen(world, "a"), "0/[]");
    commit = store_commit();
    assert_int_equal(usher_commit_row(commit, key, sizeof(key), 1, 't', "", 0),
                     USHER_ERR_INVALID);
    usher_commit_free(commit);
    commit = store_commit();
    assert_int_equal(usher_commit_head(commit, "a", 1, 0, 1, 0, "", 0),
                     USHER_OK);
    assert_int_equal(usher_commit_head(commit, "a", 1, 1, 2, 0, "", 0),
                     USHER_ERR_INVALID);
    usher_commit_free(commit);
}

static void test_an_empty_commit_succeeds(void **state)
{
    assert_int_equal(store_do(*state, store_commit()), USHER_OK);
}

/* ---- Tasks ---- */

static enum usher_status task_put(struct store_world *world, const char *id,
                                  enum usher_task_state state, int64_t due_ms,
                                  const char *reason)
{
    struct usher_commit *commit = store_commit();
    struct usher_task_row row = {.id = id,
                                 .name = "book",
                                 .conversation = reason ? "siq:1" : NULL,
                                 .conversation_len = reason ? 5 : 0,
                                 .data = "d\0t",
                                 .data_len = 3,
                                 .state = state,
                                 .tries = 2,
                                 .created_ms = 77,
                                 .due_ms = due_ms,
                                 .reason = reason};

    usher_commit_task(commit, &row);
    return store_do(world, commit);
}

static int task_list(void *user, const struct usher_task_row *row)
{
    char *text = user;
    size_t have = strlen(text);

    assert_int_equal(row->data_len, 3);
    assert_memory_equal(row->data, "d\0t", 3);
    assert_string_equal(row->name, "book");
    assert_int_equal(row->tries, 2);
    assert_int_equal(row->created_ms, 77);
    assert_int_equal(row->conversation_len, row->conversation ? 5 : 0);
    snprintf(text + have, 512 - have, "%s:%d:%lld:%s:%s ", row->id,
             (int)row->state, (long long)row->due_ms,
             row->conversation ? row->conversation : "-",
             row->reason ? row->reason : "-");
    return strcmp(row->id, "last") == 0;
}

static void test_tasks_come_in_due_order_by_state(void **state)
{
    struct store_world *world = *state;
    char text[512] = "";

    assert_int_equal(task_put(world, "b", USHER_TASK_READY, 30, NULL), 0);
    assert_int_equal(task_put(world, "a", USHER_TASK_PAUSED, 20, "desk"), 0);
    assert_int_equal(task_put(world, "c", USHER_TASK_DEAD, 10, "no"), 0);
    assert_int_equal(task_put(world, "d", USHER_TASK_READY, 5, NULL), 0);
    assert_int_equal(task_put(world, "d", USHER_TASK_DONE, 6, "gone"), 0);
    assert_int_equal(usher_store_tasks(world->store, 1U | 2U, task_list, text),
                     USHER_OK);
    assert_string_equal(text, "a:1:20:siq:1:desk b:0:30:-:- ");
    text[0] = '\0';
    assert_int_equal(usher_store_tasks(world->store, 15U, task_list, text),
                     USHER_OK);
    assert_string_equal(text, "d:2:6:siq:1:gone c:3:10:siq:1:no "
                              "a:1:20:siq:1:desk b:0:30:-:- ");
}

static void test_one_task_is_found_in_any_state(void **state)
{
    struct store_world *world = *state;

    assert_int_equal(task_put(world, "a", USHER_TASK_READY, 1, NULL), 0);
    assert_int_equal(task_put(world, "b", USHER_TASK_DONE, 1, NULL), 0);
    assert_string_equal(store_task_seen(world, "a"), "1/d[]");
    assert_string_equal(store_task_seen(world, "b"), "3/d[]");
    assert_string_equal(store_task_seen(world, "c"), "0/[]");
}

static void test_a_task_is_seen_as_it_was_just_submitted(void **state)
{
    struct store_world *world = *state;

    for (int i = 0; i < 20; i++) {
        struct usher_task_row row = {.id = "t", .name = "book", .data = "x"};
        struct usher_commit *commit = store_commit();
        enum usher_status status;

        row.state = i % 2 ? USHER_TASK_DONE : USHER_TASK_READY;
        row.data_len = 1;
        usher_commit_task(commit, &row);
        (void)usher_store_submit(world->store, commit, NULL, NULL, NULL,
                                 &status);
        assert_string_equal(store_task_seen(world, "t"),
                            i % 2 ? "3/x[]" : "1/x[]");
    }
}

static void test_each_can_end_the_list(void **state)
{
    struct store_world *world = *state;
    char text[512] = "";

    assert_int_equal(task_put(world, "last", USHER_TASK_READY, 1, NULL), 0);
    assert_int_equal(task_put(world, "more", USHER_TASK_READY, 2, NULL), 0);
    assert_int_equal(usher_store_tasks(world->store, 1U, task_list, text),
                     USHER_OK);
    assert_string_equal(text, "last:0:1:-:- ");
}

static void test_a_task_lives_and_dies_with_its_turn(void **state)
{
    struct store_world *world = *state;
    struct usher_commit *commit = store_commit();
    struct usher_task_row row = {.id = "t", .name = "book", .data = ""};
    char text[512] = "";

    usher_commit_task(commit, &row);
    usher_commit_head(commit, "a", 1, 3, 4, 0, "h", 1);
    assert_int_equal(store_do(world, commit), USHER_ERR_EXISTS);
    assert_int_equal(usher_store_tasks(world->store, 15U, task_list, text),
                     USHER_OK);
    assert_string_equal(text, "");
}

/* ---- Versions, credentials ---- */

static enum usher_status version_put(struct store_world *world,
                                     const char *hash, int64_t loaded_ms,
                                     const char *sources)
{
    struct usher_commit *commit = store_commit();

    usher_commit_version(commit, hash, loaded_ms, sources, strlen(sources));
    return store_do(world, commit);
}

static int version_list(void *user, const char *hash, int64_t loaded_ms)
{
    char *text = user;
    size_t have = strlen(text);

    snprintf(text + have, 256 - have, "%s:%lld ", hash, (long long)loaded_ms);
    return 0;
}

static void test_versions_come_newest_first(void **state)
{
    struct store_world *world = *state;
    char text[256] = "";
    char *sources = NULL;
    size_t len = 0;

    assert_int_equal(version_put(world, "one", 10, "first"), USHER_OK);
    assert_int_equal(version_put(world, "two", 20, "second"), USHER_OK);
    assert_int_equal(version_put(world, "one", 30, "first"), USHER_OK);
    assert_int_equal(usher_store_versions(world->store, version_list, text),
                     USHER_OK);
    assert_string_equal(text, "one:30 two:20 ");
    assert_int_equal(usher_store_version(world->store, "two", &sources, &len),
                     USHER_OK);
    assert_int_equal(len, 6);
    assert_string_equal(sources, "second");
    free(sources);
    assert_int_equal(usher_store_version(world->store, "no", &sources, &len),
                     USHER_ERR_NOT_FOUND);
    assert_null(sources);
}

static int version_names(void *user, const char *hash, int64_t loaded_ms)
{
    (void)loaded_ms;
    strcat(strcat(user, hash), " ");
    return 0;
}

static void test_the_last_version_is_the_newest_whatever_the_clock(void **state)
{
    struct store_world *world = *state;
    char text[256] = "";

    assert_int_equal(version_put(world, "v1", 9000, "text"), USHER_OK);
    assert_int_equal(version_put(world, "v2", 10, "text"), USHER_OK);
    assert_int_equal(version_put(world, "v3", 20, "text"), USHER_OK);
    assert_int_equal(version_put(world, "v1", 30, "text"), USHER_OK);
    assert_int_equal(usher_store_versions(world->store, version_names, text),
                     USHER_OK);
    assert_string_equal(text, "v1 v3 v2 ");
}

static void test_a_credential_is_replaced(void **state)
{
    struct store_world *world = *state;
    char *data = NULL;
    size_t len = 0;

    for (int i = 0; i < 2; i++) {
        struct usher_commit *commit = store_commit();
        usher_commit_credential(commit, "desk", i ? "" : "old", i ? 0 : 3);
        assert_int_equal(store_do(world, commit), USHER_OK);
    }
    assert_int_equal(usher_store_credential(world->store, "desk", &data, &len),
                     USHER_OK);
    assert_int_equal(len, 0);
    assert_string_equal(data, "");
    free(data);
    assert_int_equal(usher_store_credential(world->store, "x", &data, &len),
                     USHER_ERR_NOT_FOUND);
}

/* ---- Lists ---- */

static int conversation_list(void *user, const char *key, size_t key_len,
                             int64_t seq, int64_t updated_ms)
{
    char *text = user;
    size_t have = strlen(text);

    snprintf(text + have, 256 - have, "%.*s:%lld:%lld ", (int)key_len, key,
             (long long)seq, (long long)updated_ms);
    return 0;
}

static void test_conversations_come_last_touched_first(void **state)
{
    struct store_world *world = *state;
    struct usher_commit *commit = store_commit();
    char text[256] = "";

    assert_int_equal(store_turn(world, "a", 0, 1, "h", NULL), USHER_OK);
    usher_clock_manual_advance(&world->time, 10);
    assert_int_equal(store_turn(world, "b", 0, 2, "h", NULL), USHER_OK);
    usher_clock_manual_advance(&world->time, 10);
    assert_int_equal(store_turn(world, "c", 0, 3, "h", NULL), USHER_OK);
    usher_clock_manual_advance(&world->time, 10);
    usher_commit_row(commit, "a", 1, 2, 'i', "", 0);
    assert_int_equal(store_do(world, commit), USHER_OK);
    assert_int_equal(usher_store_conversations(world->store, 2,
                                               conversation_list, text),
                     USHER_OK);
    assert_string_equal(text, "a:1:1000030 c:3:1000020 ");
}

static int row_list(void *user, const struct usher_stored_row *row)
{
    char *text = user;
    size_t have = strlen(text);

    snprintf(text + have, 256 - have, "%lld:%c:%.*s ", (long long)row->seq,
             row->kind, (int)row->len, row->data);
    return 0;
}

static void test_the_journal_comes_in_order(void **state)
{
    struct store_world *world = *state;
    char text[256] = "";

    assert_int_equal(store_turn(world, "a", 0, 1, "h", "x"), USHER_OK);
    assert_int_equal(store_turn(world, "b", 0, 1, "h", "other"), USHER_OK);
    assert_int_equal(store_turn(world, "a", 1, 2, "h", ""), USHER_OK);
    assert_int_equal(usher_store_journal(world->store, "a", 1, row_list, text),
                     USHER_OK);
    assert_string_equal(text, "1:t:x 2:t: ");
}

/* ---- Forgetting ---- */

static void forget_all(struct store_world *world, int64_t before_ms,
                       int64_t latest_ms)
{
    struct usher_commit *commit = store_commit();

    usher_commit_forget(commit, before_ms, latest_ms);
    assert_int_equal(store_do(world, commit), USHER_OK);
}

static void forget(struct store_world *world, int64_t before_ms)
{
    forget_all(world, before_ms, INT64_MAX);
}

static void test_forget_deletes_what_is_untouched(void **state)
{
    struct store_world *world = *state;
    char text[512] = "";

    assert_int_equal(store_turn(world, "old", 0, 1, "h", "x"), USHER_OK);
    assert_int_equal(store_turn(world, "used", 0, 1, "h", "x"), USHER_OK);
    assert_int_equal(task_put(world, "done", USHER_TASK_DONE, 1, NULL), 0);
    assert_int_equal(task_put(world, "dead", USHER_TASK_DEAD, 1, NULL), 0);
    usher_clock_manual_advance(&world->time, 1000);
    assert_int_equal(store_turn(world, "used", 1, 2, "h", NULL), USHER_OK);
    assert_int_equal(store_turn(world, "new", 0, 1, "h", NULL), USHER_OK);
    assert_int_equal(task_put(world, "fresh", USHER_TASK_DONE, 2, NULL), 0);
    forget(world, 1000500);
    assert_string_equal(store_seen(world, "old"), "0/[]");
    assert_string_equal(store_seen(world, "used"), "2/h[1:t:x]");
    assert_string_equal(store_seen(world, "new"), "1/h[]");
    assert_int_equal(usher_store_tasks(world->store, 15U, task_list, text),
                     USHER_OK);
    assert_string_equal(text, "dead:3:1:-:- fresh:2:2:-:- ");
    /* Its rows went too: the same numbers may come again. */
    assert_int_equal(store_turn(world, "old", 0, 1, "anew", "y"), USHER_OK);
    assert_string_equal(store_seen(world, "old"), "1/anew[1:t:y]");
}

/* Made while the clock stood ahead: it must not hide what came after. */
static void test_one_of_the_future_stops_no_forgetting(void **state)
{
    struct store_world *world = *state;

    world->time.wall_ms = 900000000;
    assert_int_equal(store_turn(world, "future", 0, 1, "h", NULL), USHER_OK);
    world->time.wall_ms = 1000000;
    assert_int_equal(store_turn(world, "old", 0, 1, "h", NULL), USHER_OK);
    forget(world, 2000000);
    assert_string_equal(store_seen(world, "old"), "0/[]");
    assert_string_equal(store_seen(world, "future"), "1/h[]");
}

static void test_what_was_touched_in_the_future_gets_old_too(void **state)
{
    struct store_world *world = *state;
    char text[512] = "";

    world->time.wall_ms = 900000000;
    assert_int_equal(store_turn(world, "future", 0, 1, "h", "x"), USHER_OK);
    assert_int_equal(task_put(world, "done", USHER_TASK_DONE, 1, NULL), 0);
    world->time.wall_ms = 1000000;
    forget_all(world, 500000, 1000000);
    assert_string_equal(store_seen(world, "future"), "1/h[1:t:x]");
    forget(world, 1000001);
    assert_string_equal(store_seen(world, "future"), "0/[]");
    assert_int_equal(usher_store_tasks(world->store, 15U, task_list, text),
                     USHER_OK);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_BOTH(test_unknown_conversation_is_empty),
        STORE_BOTH(test_head_and_rows_come_back),
        STORE_BOTH(test_head_of_any_size_replaces),
        STORE_BOTH(test_bytes_are_kept_exactly),
        STORE_BOTH(test_wrong_expectation_is_refused_whole),
        STORE_BOTH(test_row_that_is_there_is_refused_whole),
        STORE_BOTH(test_a_number_is_given_once),
        STORE_BOTH(test_rows_may_come_before_their_head),
        STORE_BOTH(test_row_and_head_of_a_new_one_in_any_order),
        STORE_BOTH(test_rows_below_keep_from_are_not_loaded),
        STORE_BOTH(test_load_sees_what_was_submitted_before),
        STORE_BOTH(test_nonsense_is_refused),
        STORE_BOTH(test_an_empty_commit_succeeds),
        STORE_BOTH(test_tasks_come_in_due_order_by_state),
        STORE_BOTH(test_one_task_is_found_in_any_state),
        STORE_BOTH(test_a_task_is_seen_as_it_was_just_submitted),
        STORE_BOTH(test_each_can_end_the_list),
        STORE_BOTH(test_a_task_lives_and_dies_with_its_turn),
        STORE_BOTH(test_versions_come_newest_first),
        STORE_BOTH(test_the_last_version_is_the_newest_whatever_the_clock),
        STORE_BOTH(test_a_credential_is_replaced),
        STORE_BOTH(test_conversations_come_last_touched_first),
        STORE_BOTH(test_the_journal_comes_in_order),
        STORE_BOTH(test_forget_deletes_what_is_untouched),
        STORE_BOTH(test_one_of_the_future_stops_no_forgetting),
        STORE_BOTH(test_what_was_touched_in_the_future_gets_old_too),
    };

    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
