/* tests/unit/store_edges_test.c - both sides of what store.h says, on both
 * backends alike: how long, how many, how old, who is called. (threaded) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail_alloc.h"
#include "store_world.h"

/* ---- What a commit takes ---- */

static enum usher_status with_head(struct usher_commit *commit,
                                   const char *name)
{
    return usher_commit_head(commit, name, strlen(name), 0, 1, 0, "h", 1);
}

static enum usher_status with_pin(struct usher_commit *commit, const char *name)
{
    return usher_commit_pinned_head(commit, "k", 1, 0, 1, 0, "h", 1, name);
}

static enum usher_status with_row(struct usher_commit *commit, const char *name)
{
    return usher_commit_row(commit, name, strlen(name), 1, 't', "x", 1);
}

static enum usher_status with_version(struct usher_commit *commit,
                                      const char *name)
{
    return usher_commit_version(commit, name, 1, "x", 1);
}

static enum usher_status with_credential(struct usher_commit *commit,
                                         const char *name)
{
    return usher_commit_credential(commit, name, "x", 1);
}

static enum usher_status with_task(struct usher_commit *commit, const char *id,
                                   const char *name, const char *conversation)
{
    struct usher_task_row row = {.id = id,
                                 .name = name,
                                 .conversation = conversation,
                                 .conversation_len = strlen(conversation),
                                 .data = "x",
                                 .data_len = 1};

    return usher_commit_task(commit, &row);
}

static enum usher_status with_task_id(struct usher_commit *commit,
                                      const char *name)
{
    return with_task(commit, name, "n", "c");
}

static enum usher_status with_task_name(struct usher_commit *commit,
                                        const char *name)
{
    return with_task(commit, "i", name, "c");
}

static enum usher_status with_task_of(struct usher_commit *commit,
                                      const char *name)
{
    return with_task(commit, "i", "n", name);
}

static void expect_name(struct store_world *world,
                        enum usher_status (*with)(struct usher_commit *,
                                                  const char *),
                        size_t len, enum usher_status expected)
{
    struct usher_commit *commit = store_commit();
    char name[300];

    memset(name, 'n', len);
    name[len] = '\0';
    assert_int_equal(with(commit, name), expected);
    assert_int_equal(store_do(world, commit), expected);
}

static void test_names_have_their_length(void **state)
{
    static const struct {
        enum usher_status (*with)(struct usher_commit *, const char *);
        size_t most;
        enum usher_status empty;
    } cases[] = {
        {with_head, 256, USHER_ERR_INVALID},
        {with_pin, 256, USHER_OK},
        {with_row, 256, USHER_ERR_INVALID},
        {with_version, 256, USHER_ERR_INVALID},
        {with_credential, 256, USHER_ERR_INVALID},
        {with_task_id, 64, USHER_ERR_INVALID},
        {with_task_name, 256, USHER_ERR_INVALID},
        {with_task_of, 256, USHER_OK},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct store_world *world = *state;

        store_world_reopen(world);
        expect_name(world, cases[i].with, cases[i].most + 1, USHER_ERR_INVALID);
        expect_name(world, cases[i].with, 0, cases[i].empty);
    }
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct usher_commit *commit = store_commit();
        char name[300] = "";

        memset(name, 'n', cases[i].most);
        assert_int_equal(cases[i].with(commit, name), USHER_OK);
        usher_commit_free(commit);
    }
}

static void test_the_longest_key_comes_back(void **state)
{
    struct store_world *world = *state;
    char key[257], almost[257];

    memset(key, 'k', 256);
    key[256] = '\0';
    memcpy(almost, key, sizeof(key));
    almost[255] = 'l';
    assert_int_equal(store_turn(world, key, 0, 1, "one", "x"), USHER_OK);
    assert_int_equal(store_turn(world, almost, 0, 7, "two", NULL), USHER_OK);
    assert_string_equal(store_seen(world, key), "1/one[1:t:x]");
    assert_string_equal(store_seen(world, almost), "7/two[]");
    almost[255] = '\0';
    assert_string_equal(store_seen(world, almost), "0/[]");
}

static void test_numbers_begin_at_one(void **state)
{
    static const char bad[] = {'\0', ' ', '\x7f', (char)0xff};
    struct usher_commit *commit = store_commit();
    struct usher_task_row row = {
        .id = "t", .name = "n", .data = "", .state = USHER_TASK_UNKNOWN};

    (void)state;
    assert_int_equal(usher_commit_row(commit, "a", 1, 1, 't', "", 0), USHER_OK);
    assert_int_equal(usher_commit_row(commit, "a", 1, 2, 't', "", 0), USHER_OK);
    assert_int_equal(usher_commit_row(commit, "b", 1, 2, 't', "", 0), USHER_OK);
    assert_int_equal(usher_commit_head(commit, "b", 1, 0, 1, 0, "", 0),
                     USHER_OK);
    assert_int_equal(usher_commit_row(commit, "a", 1, 2, 't', "", 0),
                     USHER_ERR_INVALID);
    usher_commit_free(commit);
    for (size_t i = 0; i < sizeof(bad); i++) {
        commit = store_commit();
        assert_int_equal(usher_commit_row(commit, "a", 1, 1, bad[i], "", 0),
                         USHER_ERR_INVALID);
        usher_commit_free(commit);
    }
    commit = store_commit();
    assert_int_equal(usher_commit_row(commit, "a", 1, 0, 't', "", 0),
                     USHER_ERR_INVALID);
    usher_commit_free(commit);
    commit = store_commit();
    assert_int_equal(usher_commit_head(commit, "a", 1, 0, 0, 0, "", 0),
                     USHER_ERR_INVALID);
    usher_commit_free(commit);
    commit = store_commit();
    assert_int_equal(usher_commit_head(commit, "a", 1, -1, 1, 0, "", 0),
                     USHER_ERR_INVALID);
    usher_commit_free(commit);
    commit = store_commit();
    assert_int_equal(usher_commit_task(commit, &row), USHER_ERR_INVALID);
    usher_commit_free(commit);
}

#define MOST (64 * 1024 * 1024)

static void test_64_mib_are_taken_and_no_more(void **state)
{
    struct usher_commit *commit = store_commit();
    char *data = calloc(1, MOST);

    (void)state;
    assert_int_equal(usher_commit_version(commit, "v", 1, data, MOST),
                     USHER_OK);
    assert_int_equal(usher_commit_version(commit, "w", 1, data,
                                          (size_t)MOST + 1),
                     USHER_ERR_LIMIT);
    usher_commit_free(commit);
    free(data);
}

/* A store hands out again what it is done with. */
static void test_a_broken_commit_breaks_no_later_one(void **state)
{
    struct store_world *world = *state;

    for (int i = 0; i < 3; i++) {
        struct usher_commit *commit = usher_store_commit_new(world->store);

        assert_non_null(commit);
        (void)usher_commit_head(commit, "", 0, 0, 1, 0, "", 0);
        assert_int_equal(store_do(world, commit), USHER_ERR_INVALID);
        commit = usher_store_commit_new(world->store);
        assert_non_null(commit);
        usher_commit_head(commit, "a", 1, i, i + 1, 0, "h", 1);
        assert_int_equal(store_do(world, commit), USHER_OK);
    }
    assert_string_equal(store_seen(world, "a"), "3/h[]");
}

/* ---- What is kept ---- */

/* The head's place moves as it grows and shrinks; its rows, its pin and where
 * they begin stay. */
static void test_a_head_that_changes_its_size_keeps_its_rows(void **state)
{
    static const size_t sizes[] = {3, 40, 900, 60000, 900, 40, 3, 3000};
    struct store_world *world = *state;
    char head[60001], wanted[4096];

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        int64_t seq = (int64_t)i + 1;
        struct usher_commit *commit = store_commit();

        memset(head, 'a' + (int)i, sizes[i]);
        usher_commit_row(commit, "k", 1, seq, 't', "r", 1);
        usher_commit_head(commit, "k", 1, seq - 1, seq, seq > 2 ? 3 : 1, head,
                          sizes[i]);
        assert_int_equal(store_do(world, commit), USHER_OK);
        if (sizes[i] > 3000)
            continue;
        snprintf(wanted, sizeof(wanted), "%d/%.*s[%s", (int)seq, (int)sizes[i],
                 head, seq > 2 ? "" : "1:t:r");
        for (int64_t row = 2 + (seq > 2); row <= seq; row++)
            snprintf(wanted + strlen(wanted), sizeof(wanted) - strlen(wanted),
                     "%s%d:t:r", row == 3 || row == 1 ? "" : " ", (int)row);
        strcat(wanted, "]");
        assert_string_equal(store_seen(world, "k"), wanted);
    }
}

static void test_a_row_below_what_is_kept_is_not_loaded(void **state)
{
    struct store_world *world = *state;
    struct usher_commit *commit = store_commit();

    usher_commit_head(commit, "a", 1, 0, 5, 4, "h", 1);
    assert_int_equal(store_do(world, commit), USHER_OK);
    commit = store_commit();
    usher_commit_row(commit, "a", 1, 3, 'r', "late", 4);
    usher_commit_row(commit, "a", 1, 4, 'r', "kept", 4);
    assert_int_equal(store_do(world, commit), USHER_OK);
    assert_string_equal(store_seen(world, "a"), "5/h[4:r:kept]");
}

static int count_tasks(void *user, const struct usher_task_row *row)
{
    (void)row;
    ++*(int *)user;
    return 0;
}

static void test_many_of_a_kind_are_each_found(void **state)
{
    struct store_world *world = *state;
    struct usher_commit *commit = store_commit();
    char name[16];
    int count = 0;

    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof(name), "n%d", i);
        with_task_id(commit, name);
        usher_commit_version(commit, name, i + 1, name, strlen(name));
        usher_commit_credential(commit, name, name, strlen(name));
    }
    assert_int_equal(store_do(world, commit), USHER_OK);
    for (int i = 0; i < 100; i++) {
        char *version = NULL, *credential = NULL;
        size_t len;

        snprintf(name, sizeof(name), "n%d", i);
        assert_string_equal(store_task_seen(world, name), "1/x[]");
        assert_int_equal(
            usher_store_version(world->store, name, &version, &len), USHER_OK);
        assert_string_equal(version, name);
        assert_int_equal(usher_store_credential(world->store, name, &credential,
                                                &len),
                         USHER_OK);
        assert_string_equal(credential, name);
        free(version);
        free(credential);
    }
    assert_int_equal(usher_store_tasks(world->store, 1, count_tasks, &count),
                     USHER_OK);
    assert_int_equal(count, 100);
    assert_string_equal(store_task_seen(world, "n100"), "0/[]");
}

static int note_version(void *user, const char *hash, int64_t loaded_ms)
{
    char *text = user;
    size_t have = strlen(text);

    snprintf(text + have, 256 - have, "%s:%lld ", hash, (long long)loaded_ms);
    return 0;
}

/* "or right after the one before it where a clock that was set back says
 * otherwise" */
static void test_versions_are_loaded_one_after_another(void **state)
{
    static const struct {
        const char *hash;
        int64_t loaded_ms;
    } loads[] = {{"a", 100}, {"b", 50}, {"c", 101}, {"a", 7}, {"d", 500}};
    struct store_world *world = *state;
    char text[256] = "";

    for (size_t i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
        struct usher_commit *commit = store_commit();

        usher_commit_version(commit, loads[i].hash, loads[i].loaded_ms, "x", 1);
        assert_int_equal(store_do(world, commit), USHER_OK);
    }
    assert_int_equal(usher_store_versions(world->store, note_version, text),
                     USHER_OK);
    assert_string_equal(text, "d:500 a:103 c:102 b:101 ");
}

/* ---- Lists ---- */

struct visit {
    struct store_world *world;
    int calls, expected;
};

/* It may read and submit itself, and end the list. */
static int visit_once(struct visit *visit)
{
    struct store_world *world = visit->world;
    struct usher_commit *commit = store_commit();
    enum usher_status st = USHER_OK;
    char name[2] = {(char)('0' + visit->calls++), '\0'};
    char *data = NULL;
    size_t len;

    with_credential(commit, name);
    (void)usher_store_submit(world->store, commit, NULL, NULL, NULL, &st);
    assert_int_equal(st, USHER_OK);
    assert_int_equal(usher_store_credential(world->store, "a", &data, &len),
                     USHER_OK);
    free(data);
    return 1;
}

/* What it submitted is there. */
static void visited(struct visit *visit, enum usher_status st)
{
    char name[2] = {(char)('0' + visit->calls - 1), '\0'};
    char *data = NULL;
    size_t len;

    assert_int_equal(st, USHER_OK);
    assert_int_equal(visit->calls, ++visit->expected);
    assert_int_equal(usher_store_credential(visit->world->store, name, &data,
                                            &len),
                     USHER_OK);
    free(data);
}

static int visit_task(void *user, const struct usher_task_row *row)
{
    (void)row;
    return visit_once(user);
}

static int visit_version(void *user, const char *hash, int64_t loaded_ms)
{
    (void)hash;
    (void)loaded_ms;
    return visit_once(user);
}

static int visit_conversation(void *user, const char *key, size_t key_len,
                              int64_t seq, int64_t updated_ms)
{
    (void)key;
    (void)key_len;
    (void)seq;
    (void)updated_ms;
    return visit_once(user);
}

static int visit_row(void *user, const struct usher_stored_row *row)
{
    (void)row;
    return visit_once(user);
}

static void test_who_is_called_may_call_and_end_the_list(void **state)
{
    struct store_world *world = *state;
    struct usher_commit *commit = store_commit();
    struct visit visit = {world, 0, 0};

    for (int i = 0; i < 2; i++) {
        const char *name = i ? "b" : "a";

        with_task_id(commit, name);
        with_version(commit, name);
        with_credential(commit, name);
        with_head(commit, name);
        usher_commit_row(commit, "a", 1, i + 1, 't', "x", 1);
    }
    assert_int_equal(store_do(world, commit), USHER_OK);
    visited(&visit, usher_store_tasks(world->store, 1, visit_task, &visit));
    visited(&visit, usher_store_versions(world->store, visit_version, &visit));
    visited(&visit, usher_store_conversations(world->store, 9,
                                              visit_conversation, &visit));
    visited(&visit,
            usher_store_journal(world->store, "a", 1, visit_row, &visit));
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

static int count_versions(void *user, const char *hash, int64_t loaded_ms)
{
    (void)hash;
    (void)loaded_ms;
    ++*(int *)user;
    return 0;
}

static int count_rows(void *user, const struct usher_stored_row *row)
{
    (void)row;
    ++*(int *)user;
    return 0;
}

/* Each read sees the commit that was submitted before it and not waited for. */
static void test_reads_see_what_was_submitted(void **state)
{
    struct store_world *world = *state;
    struct usher_store *store = world->store;

    for (int i = 1; i <= 5; i++) {
        struct usher_commit *commit = store_commit();
        enum usher_status st;
        char name[16];
        char *data = NULL;
        size_t len;
        int count = 0;

        snprintf(name, sizeof(name), "n%d", i);
        with_task_id(commit, name);
        with_version(commit, name);
        with_credential(commit, name);
        with_head(commit, name);
        with_row(commit, name);
        (void)usher_store_submit(store, commit, NULL, NULL, NULL, &st);
        switch (i) { /* the first to ask is the one that must wait */
        case 1:
            usher_store_tasks(store, 1, count_tasks, &count);
            break;
        case 2:
            usher_store_versions(store, count_versions, &count);
            break;
        case 3:
            usher_store_conversations(store, 99, count_any, &count);
            break;
        case 4:
            usher_store_journal(store, name, strlen(name), count_rows, &count);
            count += 3;
            break;
        default:
            assert_int_equal(usher_store_version(store, name, &data, &len),
                             USHER_OK);
            free(data);
            count = 5;
        }
        assert_int_equal(count, i);
    }
}

/* ---- The end, secrets ---- */

static void none_given(void *user, enum usher_status status,
                       const struct usher_stored_conversation *found)
{
    assert_int_equal(status, USHER_ERR_CLOSED);
    assert_int_equal(found->seq, 0);
    assert_string_equal(found->head, "");
    assert_int_equal(found->row_count, 0);
    ++*(int *)user;
}

static void test_a_stopped_store_says_so(void **state)
{
    struct store_world *world = *state;
    int given = 0;

    assert_int_equal(store_turn(world, "a", 0, 1, "h", NULL), USHER_OK);
    usher_store_stop(world->store);
    assert_int_equal(store_turn(world, "a", 1, 2, "h", NULL), USHER_ERR_CLOSED);
    assert_int_equal(store_do(world, store_commit()), USHER_OK);
    assert_int_equal(usher_store_load(world->store, "a", 1, world->loop,
                                      none_given, &given),
                     1);
    assert_int_equal(usher_store_load_task(world->store, "t", world->loop,
                                           none_given, &given),
                     1);
    assert_int_equal(given, 2);
}

static void test_only_memory_is_local(void **state)
{
    struct store_world *world = *state;

    assert_int_equal(usher_store_is_local(world->store),
                     strcmp(world->url, "memory:") == 0);
}

static const char secret[] = "1000.secret-of-desk";

/* What is given back to the system has no token in it: not the commit, grown
 * or not, not the one before, not the last. */
static void test_no_token_is_left_in_memory(void **state)
{
    struct store_world *world = *state;
    char *big = calloc(1, 5000);

    fail_alloc_look_for(secret);
    for (int i = 0; i < 3; i++) {
        struct usher_commit *commit = store_commit();

        usher_commit_credential(commit, "desk", secret, sizeof(secret));
        if (i == 1)
            usher_commit_version(commit, "v", 1, big, 5000);
        if (i == 2) /* one that is never submitted */
            usher_commit_free(commit);
        else
            assert_int_equal(store_do(world, commit), USHER_OK);
    }
    store_world_close(world);
    assert_int_equal(fail_alloc_left_behind(), 0);
    fail_alloc_look_for(NULL);
    free(big);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_BOTH(test_names_have_their_length),
        STORE_BOTH(test_the_longest_key_comes_back),
        STORE_MEMORY(test_numbers_begin_at_one),
        STORE_MEMORY(test_64_mib_are_taken_and_no_more),
        STORE_BOTH(test_a_broken_commit_breaks_no_later_one),
        STORE_BOTH(test_a_head_that_changes_its_size_keeps_its_rows),
        STORE_BOTH(test_a_row_below_what_is_kept_is_not_loaded),
        STORE_BOTH(test_many_of_a_kind_are_each_found),
        STORE_BOTH(test_versions_are_loaded_one_after_another),
        STORE_BOTH(test_who_is_called_may_call_and_end_the_list),
        STORE_BOTH(test_reads_see_what_was_submitted),
        STORE_BOTH(test_a_stopped_store_says_so),
        STORE_BOTH(test_only_memory_is_local),
        STORE_BOTH(test_no_token_is_left_in_memory),
    };

    return cmocka_run_group_tests_name("store_edges", tests, NULL, NULL);
}
