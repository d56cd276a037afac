/* tests/unit/store_heal_test.c - a store that fails looks by itself whether it
 * can write again, and whether its files are there. The time it waits in
 * between is the test's. (threaded) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "patience.h"
#include "store_disk.h"
#include "store_world.h"

#define assert_says(text, part) assert_non_null(strstr(text, part))

/* ---- The store's time ---- */

static atomic_llong now_ms;   /* moved by the test only */
static atomic_llong asked_ms; /* the length of the last wait */
static atomic_int waits;      /* that are over */
static atomic_int waiting;    /* nonzero: one is on */

typedef int wait_fn(pthread_cond_t *, pthread_mutex_t *,
                    const struct timespec *);

/* What the thread sanitizer has in libc's stead, where it is there. */
extern wait_fn __interceptor_pthread_cond_timedwait __attribute__((weak));

/* Stands before libc's: waits for the test's time, not for the machine's. */
int pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                           const struct timespec *until)
{
    wait_fn *machine;
    struct timespec now;
    int64_t goal;
    int rc = ETIMEDOUT;

    machine = __interceptor_pthread_cond_timedwait;
    if (!machine)
        *(void **)&machine = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    clock_gettime(CLOCK_MONOTONIC, &now);
    /* To the second: between the caller's clock and this one time goes by. */
    goal = (until->tv_sec - now.tv_sec) * 1000 +
           (until->tv_nsec - now.tv_nsec) / 1000000;
    goal = (goal + 500) / 1000 * 1000;
    atomic_store(&asked_ms, goal);
    goal += atomic_load(&now_ms);
    atomic_store(&waiting, 1);
    while (atomic_load(&now_ms) < goal) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        now.tv_nsec += 1000000;
        now.tv_sec += now.tv_nsec / 1000000000;
        now.tv_nsec %= 1000000000;
        rc = machine(cond, mutex, &now);
        if (rc != ETIMEDOUT)
            break;
    }
    atomic_store(&waiting, 0);
    atomic_fetch_add(&waits, 1);
    return rc;
}

/* Until the committing thread has done what there was to do. */
static void until_it_waits(struct store_world *world)
{
    WAIT_FOR("the committing thread's rest", atomic_load(&waiting),
             usher_loop_step(world->loop, 1));
}

/* So much time goes by, and the store does what it does then. */
static void time_goes(struct store_world *world, int64_t ms)
{
    int over;

    until_it_waits(world);
    over = atomic_load(&waits);
    atomic_fetch_add(&now_ms, ms);
    WAIT_FOR("the wait's end", atomic_load(&waits) != over,
             usher_loop_step(world->loop, 1));
    until_it_waits(world);
}

static int make(void **state)
{
    disk_begin();
    *state = store_world_new("sqlite:usher.db");
    return 0;
}

static int drop(void **state)
{
    store_world_free(*state);
    disk_end();
    return 0;
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

/* ---- Writing again ---- */

static void test_a_store_gets_well_by_itself(void **state)
{
    struct store_world *world = *state;
    struct usher_error error = {""};
    sqlite3 *db = NULL;

    assert_int_equal(store_turn(world, "a", 0, 1, "h", NULL), USHER_OK);
    assert_int_equal(sqlite3_open(store_world_path(world, "usher.db"), &db),
                     SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(store_turn(world, "a", 1, 2, "h", NULL), USHER_ERR_IO);
    assert_true(usher_store_failing(world->store, &error));
    assert_says(error.text, "another program keeps the database");
    assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    time_goes(world, 1000);
    assert_false(usher_store_failing(world->store, NULL));
    assert_int_equal(count_of(world->logged, "commits work again"), 1);
    assert_int_equal(store_turn(world, "a", 1, 2, "h", NULL), USHER_OK);
}

struct other {
    sqlite3 *db;
    int waits; /* until it gives the lock back */
};

static void other_ends(void *user)
{
    struct other *other = user;

    if (--other->waits == 0)
        (void)sqlite3_exec(other->db, "ROLLBACK", NULL, NULL, NULL);
}

static void other_opens(struct other *other, struct store_world *world)
{
    assert_int_equal(sqlite3_open(store_world_path(world, "usher.db"),
                                  &other->db),
                     SQLITE_OK);
}

/* Holds the database for so many waits. */
static void other_begins(struct other *other, int count)
{
    assert_int_equal(sqlite3_exec(other->db, "BEGIN IMMEDIATE", NULL, NULL,
                                  NULL),
                     SQLITE_OK);
    other->waits = count;
    disk_on_wait(other_ends, other);
}

/* A backup, a person's sqlite3: over in a moment. Before and after the store
 * has failed for longer ones. */
static void test_a_short_lock_of_another_program_fails_nothing(void **state)
{
    struct store_world *world = *state;
    struct other other = {NULL, 0};

    assert_int_equal(store_turn(world, "a", 0, 1, "h", NULL), USHER_OK);
    other_opens(&other, world);
    for (int64_t seq = 1; seq < 4; seq++) {
        other_begins(&other, 3);
        assert_int_equal(store_turn(world, "a", seq, seq + 1, "h", NULL),
                         USHER_OK);
        assert_int_equal(other.waits, 0);
        disk_on_wait(NULL, NULL);
        (void)disk_refuse(DISK_WRITE, 1, SQLITE_FULL);
        assert_int_equal(store_turn(world, "a", seq + 1, seq + 2, "h", NULL),
                         USHER_ERR_IO);
        (void)disk_refuse(DISK_NOTHING, 1, 0);
        time_goes(world, 1000);
        assert_false(usher_store_failing(world->store, NULL));
    }
    sqlite3_close(other.db);
}

/* Two seconds, of which SQLite makes waits of up to 100 ms. */
static void test_a_longer_lock_fails_the_commit(void **state)
{
    struct store_world *world = *state;
    struct other other = {NULL, 0};

    assert_int_equal(store_turn(world, "a", 0, 1, "h", NULL), USHER_OK);
    other_opens(&other, world);
    for (int64_t seq = 1; seq < 3; seq++) {
        other_begins(&other, seq == 1 ? 25 : 40);
        assert_int_equal(store_turn(world, "a", seq, seq + 1, "h", NULL),
                         seq == 1 ? USHER_OK : USHER_ERR_IO);
        disk_on_wait(NULL, NULL);
    }
    assert_in_range(other.waits, 5, 12);
    sqlite3_close(other.db);
}

/* "from every second to every half minute"; then every second again. */
static void test_it_tries_ever_more_seldom(void **state)
{
    static const int64_t waited[] = {1000,  2000,  4000,  8000,
                                     16000, 30000, 30000, 30000};
    struct store_world *world = *state;

    assert_int_equal(store_turn(world, "a", 0, 1, "h", NULL), USHER_OK);
    for (int round = 0; round < 2; round++) {
        (void)disk_refuse(DISK_WRITE, 1, SQLITE_FULL);
        assert_int_equal(store_turn(world, "a", 1, 2, "h", NULL), USHER_ERR_IO);
        until_it_waits(world);
        for (size_t i = 0; i < sizeof(waited) / sizeof(waited[0]); i++) {
            assert_int_equal(atomic_load(&asked_ms), waited[i]);
            time_goes(world, waited[i]);
            assert_true(usher_store_failing(world->store, NULL));
        }
        (void)disk_refuse(DISK_NOTHING, 1, 0);
        time_goes(world, 30000);
        assert_false(usher_store_failing(world->store, NULL));
        assert_int_equal(atomic_load(&asked_ms), 1000);
        assert_int_equal(count_of(world->logged, "commits fail"), round + 1);
        assert_int_equal(count_of(world->logged, "commits work again"),
                         round + 1);
    }
    assert_string_equal(store_seen(world, "a"), "1/h[]");
}

/* ---- Files that are lost ---- */

/* It looks once a second, without commits, too. */
static void looks(struct store_world *world, int failing)
{
    time_goes(world, 1000);
    assert_int_equal(usher_store_failing(world->store, NULL), failing);
}

static void file_move(struct store_world *world, const char *from,
                      const char *to)
{
    char old[256];

    snprintf(old, sizeof(old), "%s", store_world_path(world, from));
    assert_int_equal(rename(old, store_world_path(world, to)), 0);
}

static void loses(struct store_world *world, const char *name, int64_t seq)
{
    struct usher_error error = {""};
    int fd;

    assert_int_equal(store_turn(world, "a", seq - 1, seq, "h", NULL), USHER_OK);
    file_move(world, name, "away");
    assert_int_equal(store_turn(world, "a", seq, seq + 1, "h", NULL),
                     USHER_ERR_IO);
    assert_true(usher_store_failing(world->store, &error));
    assert_says(error.text, name);
    assert_says(error.text, "is gone");
    fd = open(store_world_path(world, name), O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(store_turn(world, "a", seq, seq + 1, "h", NULL),
                     USHER_ERR_IO);
    assert_true(usher_store_failing(world->store, &error));
    assert_says(error.text, "was replaced");
    file_move(world, "away", name);
    looks(world, 0);
    file_move(world, name, "away");
    for (int i = 0; i < 3; i++) {
        looks(world, 1);
        assert_int_equal(atomic_load(&asked_ms), 1000);
    }
    file_move(world, "away", name);
    assert_int_equal(store_turn(world, "a", seq, seq + 1, "h", NULL), USHER_OK);
    assert_false(usher_store_failing(world->store, NULL));
}

static void test_files_that_are_lost_fail_commits_until_they_are_back(void **st)
{
    struct store_world *world = *st;

    loses(world, "usher.db", 1);
    loses(world, "usher.db-wal", 3);
    store_world_reopen(world);
    assert_string_equal(store_seen(world, "a"), "4/h[]");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_store_gets_well_by_itself),
        CASE(test_a_short_lock_of_another_program_fails_nothing),
        CASE(test_a_longer_lock_fails_the_commit),
        CASE(test_it_tries_ever_more_seldom),
        CASE(test_files_that_are_lost_fail_commits_until_they_are_back),
    };

    return cmocka_run_group_tests_name("store_heal", tests, NULL, NULL);
}
