/* tests/unit/store_sqlite_test.c - what only a database in a file has: its
 * URL, mode, lock and schema, its errors, its groups. (threaded) */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "patience.h"
#include "store_world.h"

static int make(void **state)
{
    *state = store_world_new("sqlite:usher.db");
    return 0;
}

static int drop(void **state)
{
    store_world_free(*state);
    return 0;
}

/* Opens a URL in the world's folder and gives the error's text. */
static const char *refused(struct store_world *world, const char *url,
                           enum usher_status expected)
{
    store_world_close(world);
    world->url = url;
    assert_int_equal(store_world_open(world), expected);
    assert_null(world->store);
    return world->error.text;
}

#define assert_says(text, part) assert_non_null(strstr(text, part))

/* ---- URLs ---- */

static void test_urls_that_are_not_understood_say_what_to_write(void **state)
{
    assert_says(refused(*state, "postgresql://u:secret@h/db",
                        USHER_ERR_INVALID),
                "not built in yet; use sqlite:FILE or memory:");
    assert_null(strstr(((struct store_world *)*state)->error.text, "secret"));
    assert_says(refused(*state, "sqlite::memory:", USHER_ERR_INVALID),
                "write memory:");
    assert_says(refused(*state, "sqlite:", USHER_ERR_INVALID), "sqlite:FILE");
    assert_says(refused(*state, "usher.db", USHER_ERR_INVALID), "sqlite:FILE");
    assert_says(refused(*state, "mysql://h", USHER_ERR_INVALID), "sqlite:FILE");
}

static void test_a_folder_that_is_not_there_is_named(void **state)
{
    const char *text = refused(*state, "sqlite:no/such.db", USHER_ERR_IO);

    assert_says(text, "/no/such.db");
    assert_says(text, "Make it");
}

static void test_an_absolute_path_with_slashes_works(void **state)
{
    struct store_world *world = *state;
    char url[300];

    store_world_close(world);
    snprintf(url, sizeof(url), "sqlite://%s",
             store_world_path(world, "other.db"));
    world->url = url;
    assert_int_equal(store_world_open(world), USHER_OK);
    assert_int_equal(access(store_world_path(world, "other.db"), F_OK), 0);
}

/* ---- Files ---- */

static void assert_private(struct store_world *world, const char *name)
{
    struct stat info;

    assert_int_equal(stat(store_world_path(world, name), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

static void test_all_files_are_private(void **state)
{
    struct store_world *world = *state;
    mode_t mask = umask(0);

    store_world_close(world);
    assert_int_equal(chmod(store_world_path(world, "usher.db"), 0644), 0);
    assert_int_equal(store_world_open(world), USHER_OK);
    assert_int_equal(store_turn(world, "a", 0, 1, "h", "x"), USHER_OK);
    assert_private(world, "usher.db");
    assert_private(world, "usher.db-wal");
    assert_private(world, "usher.db-shm");
    assert_private(world, "usher.db.lock");
    umask(mask);
}

static void test_everything_is_there_after_a_restart(void **state)
{
    struct store_world *world = *state;

    assert_int_equal(store_turn(world, "a", 0, 1, "one", "x"), USHER_OK);
    store_world_reopen(world);
    assert_string_equal(store_seen(world, "a"), "1/one[1:t:x]");
    assert_int_equal(store_turn(world, "a", 1, 2, "two", "y"), USHER_OK);
}

static void test_closing_commits_what_was_submitted(void **state)
{
    struct store_world *world = *state;
    enum usher_status status;

    for (int i = 1; i <= 100; i++) {
        struct usher_commit *commit = store_commit();
        usher_commit_head(commit, "a", 1, i - 1, i, 0, "h", 1);
        (void)usher_store_submit(world->store, commit, world->loop, NULL, NULL,
                                 &status);
    }
    store_world_reopen(world);
    assert_string_equal(store_seen(world, "a"), "100/h[]");
}

static void never(void *user, enum usher_status status)
{
    (void)status;
    fail_msg("%s", (const char *)user);
}

static void told(void *user, enum usher_status status)
{
    *(int *)user = (int)status;
}

static void test_a_stopped_store_has_answered_and_takes_no_more(void **state)
{
    struct store_world *world = *state;
    struct usher_commit *commit = store_commit();
    enum usher_status st;
    int answer = -1;

    usher_commit_head(commit, "a", 1, 0, 1, 0, "h", 1);
    assert_int_equal(usher_store_submit(world->store, commit, world->loop, told,
                                        &answer, &st),
                     0);
    usher_store_stop(world->store);
    usher_store_stop(world->store);
    usher_loop_step(world->loop, 0);
    assert_int_equal(answer, USHER_OK);
    assert_int_equal(store_turn(world, "a", 1, 2, "h", NULL), USHER_ERR_CLOSED);
    assert_int_equal(strncmp(store_seen(world, "a"), "error", 5), 0);
    store_world_reopen(world);
    assert_string_equal(store_seen(world, "a"), "1/h[]");
}

static void test_answers_are_dropped_by_closing(void **state)
{
    struct store_world *world = *state;
    struct usher_commit *commit = store_commit();
    enum usher_status status;

    usher_commit_head(commit, "a", 1, 0, 1, 0, "h", 1);
    assert_int_equal(usher_store_submit(world->store, commit, world->loop,
                                        never, "answered after closing",
                                        &status),
                     0);
    store_world_reopen(world);
    assert_string_equal(store_seen(world, "a"), "1/h[]");
}

static void test_a_second_process_is_told_who_has_it(void **state)
{
    struct store_world *world = *state;
    struct usher_store *first = world->store;
    char expected[64];

    assert_int_equal(store_world_open(world), USHER_ERR_EXISTS);
    snprintf(expected, sizeof(expected), "process %ld (%s)", (long)getpid(),
             program_invocation_short_name);
    assert_says(world->error.text, expected);
    world->store = first;
    store_world_reopen(world); /* closing gave it back */
}

static off_t lock_size(struct store_world *world)
{
    struct stat info;

    assert_int_equal(stat(store_world_path(world, "usher.db.lock"), &info), 0);
    return info.st_size;
}

/* A number in it means a process that lives; a link is no lock file. */
static void test_a_lock_that_was_given_back_names_nobody(void **state)
{
    struct store_world *world = *state;
    char lock[256];

    assert_true(lock_size(world) > 0);
    store_world_close(world);
    assert_int_equal(lock_size(world), 0);
    snprintf(lock, sizeof(lock), "%s",
             store_world_path(world, "usher.db.lock"));
    assert_int_equal(unlink(lock), 0);
    assert_int_equal(symlink("elsewhere", lock), 0);
    assert_says(refused(world, world->url, USHER_ERR_IO), "usher.db.lock");
    assert_int_equal(access(store_world_path(world, "elsewhere"), F_OK), -1);
}

static void test_the_lock_holds_through_a_symbolic_link(void **state)
{
    struct store_world *world = *state;
    struct usher_store *first = world->store;

    assert_int_equal(symlink("usher.db", store_world_path(world, "link.db")),
                     0);
    world->url = "sqlite:link.db";
    assert_int_equal(store_world_open(world), USHER_ERR_EXISTS);
    world->store = first;
}

/* ---- Groups ---- */

struct tally {
    int ok;
    int exists;
    int other;
};

static void tally_take(void *user, enum usher_status status)
{
    struct tally *tally = user;

    if (status == USHER_OK)
        tally->ok++;
    else if (status == USHER_ERR_EXISTS)
        tally->exists++;
    else
        tally->other++;
}

static void submit(struct store_world *world, struct usher_commit *commit,
                   struct tally *tally)
{
    enum usher_status status;

    assert_int_equal(usher_store_submit(world->store, commit, world->loop,
                                        tally_take, tally, &status),
                     0);
}

/* Some fail their check, some only in the middle of being written: what they
 * wrote goes, what others wrote stays. */
static void test_one_bad_commit_spoils_no_other(void **state)
{
    struct store_world *world = *state;
    struct tally tally = {0, 0, 0};

    assert_int_equal(store_turn(world, "a", 0, 1, "h", "x"), USHER_OK);
    for (int i = 0; i < 90; i++) {
        struct usher_commit *commit = store_commit();
        char key[16];
        int len = snprintf(key, sizeof(key), "k%d", i);
        usher_commit_head(commit, key, (size_t)len, i % 3 == 1 ? 5 : 0, 6, 0,
                          "new", 3);
        if (i % 3 == 2)
            usher_commit_row(commit, "a", 1, 1, 't', "twice", 5);
        submit(world, commit, &tally);
    }
    WAIT_FOR("ninety commits", tally.ok + tally.exists + tally.other >= 90,
             usher_loop_step(world->loop, -1));
    assert_int_equal(tally.ok, 30);
    assert_int_equal(tally.exists, 60);
    assert_string_equal(store_seen(world, "k0"), "6/new[]");
    assert_string_equal(store_seen(world, "k1"), "0/[]");
    assert_string_equal(store_seen(world, "k2"), "0/[]");
    assert_string_equal(store_seen(world, "a"), "1/h[1:t:x]");
    assert_false(usher_store_failing(world->store, NULL));
}

/* A write that no room is left for: the system refuses to let any file of
 * this process grow. Whatever fits in the WAL as it is may still pass. */
static void files_may_grow(rlim_t bytes)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static enum usher_status big_turn(struct store_world *world, int64_t seq)
{
    struct usher_commit *commit = store_commit();
    char *head = malloc(200000);

    memset(head, (int)seq, 200000); /* what stays as it was is not written */
    usher_commit_head(commit, "a", 1, seq - 1, seq, 0, head, 200000);
    free(head);
    return store_do(world, commit);
}

static int count_of(const char *text, const char *part)
{
    int count = 0;

    while ((text = strstr(text, part)) != NULL) {
        text += strlen(part);
        count++;
    }
    return count;
}

static void test_a_full_disk_fails_commits_until_there_is_room(void **state)
{
    struct store_world *world = *state;
    struct usher_error error = {""};

    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(store_turn(world, "a", 0, 1, "h", "x"), USHER_OK);
    files_may_grow(4096);
    assert_int_equal(big_turn(world, 2), USHER_ERR_IO);
    assert_int_equal(big_turn(world, 2), USHER_ERR_IO);
    assert_true(usher_store_failing(world->store, &error));
    assert_says(error.text, "usher.db");
    assert_string_equal(store_seen(world, "a"), "1/h[1:t:x]");
    files_may_grow(RLIM_INFINITY);
    assert_int_equal(big_turn(world, 2), USHER_OK);
    assert_false(usher_store_failing(world->store, NULL));
    assert_int_equal(count_of(world->logged, "commits fail"), 1);
    assert_int_equal(count_of(world->logged, "commits work again"), 1);
}

/* Many pages: the WAL is moved into the database and does not grow for
 * ever. */
static void test_the_wal_stays_small(void **state)
{
    struct store_world *world = *state;
    struct stat info;

    for (int i = 1; i <= 200; i++)
        assert_int_equal(big_turn(world, i), USHER_OK);
    assert_int_equal(stat(store_world_path(world, "usher.db-wal"), &info), 0);
    assert_in_range(info.st_size, 1, 16 * 1000 * 1000);
}

#ifdef USHER_FAULTS
static void test_faults_can_be_switched(void **state)
{
    struct store_world *world = *state;

    assert_int_equal(store_turn(world, "a", 0, 1, "h", NULL), USHER_OK);
    usher_store_fault(world->store, USHER_STORE_FAULT_COMMIT);
    assert_int_equal(store_turn(world, "a", 1, 2, "h", NULL), USHER_ERR_IO);
    assert_true(usher_store_failing(world->store, NULL));
    usher_store_fault(world->store, USHER_STORE_FAULT_LOAD);
    assert_int_equal(strncmp(store_seen(world, "a"), "error", 5), 0);
    usher_store_fault(world->store, USHER_STORE_FAULT_NONE);
    assert_int_equal(store_turn(world, "a", 1, 2, "h", NULL), USHER_OK);
    assert_false(usher_store_failing(world->store, NULL));
}
#endif

#define CASE(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_urls_that_are_not_understood_say_what_to_write),
        CASE(test_a_folder_that_is_not_there_is_named),
        CASE(test_an_absolute_path_with_slashes_works),
        CASE(test_all_files_are_private),
        CASE(test_everything_is_there_after_a_restart),
        CASE(test_closing_commits_what_was_submitted),
        CASE(test_a_stopped_store_has_answered_and_takes_no_more),
        CASE(test_answers_are_dropped_by_closing),
        CASE(test_a_second_process_is_told_who_has_it),
        CASE(test_a_lock_that_was_given_back_names_nobody),
        CASE(test_the_lock_holds_through_a_symbolic_link),
        CASE(test_one_bad_commit_spoils_no_other),
        CASE(test_a_full_disk_fails_commits_until_there_is_room),
        CASE(test_the_wal_stays_small),
#ifdef USHER_FAULTS
        CASE(test_faults_can_be_switched),
#endif
    };

    return cmocka_run_group_tests_name("store_sqlite", tests, NULL, NULL);
}
