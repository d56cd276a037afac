/* tests/unit/store_thread_test.c - several workers at one store, each with
 * its loop, while another thread forgets and lists. (threaded) */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail_alloc.h"
#include "patience.h"
#include "store_world.h"

#define WORKERS 4
#define CONVERSATIONS 20
#define TURNS 30

struct worker;
struct talk {
    struct worker *worker;
    char key[32];
    size_t key_len;
    int64_t seq;
};

struct worker {
    struct store_world *world;
    struct usher_loop *loop;
    pthread_t thread;
    struct talk talks[CONVERSATIONS];
    int open;   /* talks that are not through */
    int errors; /* assertions belong to the main thread */
};

static void talk_turn(struct talk *talk);

static void talk_decided(void *user, enum usher_status status)
{
    struct talk *talk = user;

    if (status != USHER_OK)
        talk->worker->errors++;
    talk_turn(talk);
}

/* Every load must find exactly what this thread has submitted. */
static void talk_loaded(void *user, enum usher_status status,
                        const struct usher_stored_conversation *found)
{
    struct talk *talk = user;
    struct worker *worker = talk->worker;

    if (status != USHER_OK || found->seq != talk->seq ||
        found->row_count != (size_t)talk->seq)
        worker->errors++;
    if (talk->seq < TURNS)
        talk_turn(talk);
    else
        worker->open--;
}

static void talk_turn(struct talk *talk)
{
    struct usher_commit *commit = usher_commit_new();
    struct worker *worker = talk->worker;
    struct usher_task_row task = {.name = "n", .data = ""};
    enum usher_status status = USHER_OK;
    int64_t seq = talk->seq + 1;
    int last = seq % 5 == 0;
    int now;

    if (!commit) {
        worker->errors++;
        return;
    }
    talk->seq = seq;
    usher_commit_head(commit, talk->key, talk->key_len, seq - 1, seq, 0,
                      talk->key, talk->key_len);
    usher_commit_row(commit, talk->key, talk->key_len, seq, 't', "row", 3);
    task.id = talk->key;
    task.state = seq < TURNS ? USHER_TASK_READY : USHER_TASK_DONE;
    usher_commit_task(commit, &task);
    now = usher_store_submit(worker->world->store, commit, worker->loop,
                             last ? NULL : talk_decided, talk, &status);
    if (status != USHER_OK)
        worker->errors++;
    if (last)
        (void)usher_store_load(worker->world->store, talk->key, talk->key_len,
                               worker->loop, talk_loaded, talk);
    else if (now)
        talk_turn(talk);
}

static void *worker_main(void *user)
{
    struct worker *worker = user;

    for (int i = 0; i < CONVERSATIONS; i++)
        talk_turn(&worker->talks[i]);
    while (worker->open > 0)
        usher_loop_step(worker->loop, -1);
    return NULL;
}

static void worker_start(struct worker *worker, struct store_world *world,
                         int number)
{
    worker->world = world;
    worker->open = CONVERSATIONS;
    assert_int_equal(usher_loop_new(usher_clock_system(), &worker->loop),
                     USHER_OK);
    for (int i = 0; i < CONVERSATIONS; i++) {
        struct talk *talk = &worker->talks[i];
        talk->worker = worker;
        talk->key_len = (size_t)snprintf(talk->key, sizeof(talk->key),
                                         "siq:%d-%d", number, i);
    }
    assert_int_equal(pthread_create(&worker->thread, NULL, worker_main, worker),
                     0);
}

static int count_key(void *user, const char *key, size_t key_len, int64_t seq,
                     int64_t updated_ms)
{
    (void)key;
    (void)key_len;
    (void)seq;
    (void)updated_ms;
    ++*(int *)user;
    return 0;
}

static int count_task(void *user, const struct usher_task_row *row)
{
    (void)row;
    ++*(int *)user;
    return 0;
}

static void run_workers(const char *url)
{
    struct store_world *world = store_world_new(url);
    struct worker *workers = calloc(WORKERS, sizeof(*workers));
    int count = 0;

    for (int i = 0; i < WORKERS; i++)
        worker_start(&workers[i], world, i);
    for (int i = 0; i < 20; i++) {
        struct usher_commit *commit = store_commit();
        usher_commit_forget(commit, 1, INT64_MAX); /* all are younger */
        assert_int_equal(store_do(world, commit), USHER_OK);
        assert_int_equal(usher_store_conversations(world->store, 1000,
                                                   count_key, &count),
                         USHER_OK);
        assert_int_equal(
            usher_store_tasks(world->store, 31, count_task, &count), USHER_OK);
    }
    patience("the workers' ends", __FILE__, __LINE__);
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(workers[i].thread, NULL);
        assert_int_equal(workers[i].errors, 0);
    }
    patience_over();
    count = 0;
    assert_int_equal(usher_store_conversations(world->store, 1000, count_key,
                                               &count),
                     USHER_OK);
    assert_int_equal(count, WORKERS * CONVERSATIONS);
    count = 0;
    assert_int_equal(usher_store_tasks(world->store, 1U << USHER_TASK_DONE,
                                       count_task, &count),
                     USHER_OK);
    assert_int_equal(count, WORKERS * CONVERSATIONS);
    store_world_close(world);
    for (int i = 0; i < WORKERS; i++) {
        usher_loop_step(workers[i].loop, 0);
        usher_loop_free(workers[i].loop);
    }
    free(workers);
    store_world_free(world);
}

static void test_workers_share_memory(void **state)
{
    (void)state;
    run_workers("memory:");
}

static void test_workers_share_sqlite(void **state)
{
    (void)state;
    run_workers("sqlite:usher.db");
}

/* ---- Memory that is used up ---- */

static struct usher_commit *mixed_commit(void)
{
    struct usher_commit *commit = usher_commit_new();
    struct usher_task_row task = {.id = "t", .name = "n", .data = ""};
    char big[4000];

    if (!commit)
        return NULL;
    memset(big, 'b', sizeof(big));
    usher_commit_row(commit, "b", 1, 1, 'i', "x", 1);
    usher_commit_head(commit, "a", 1, 1, 2, 0, big, sizeof(big));
    usher_commit_row(commit, "a", 1, 2, 't', "y", 1);
    usher_commit_task(commit, &task);
    return commit;
}

/* The N-th allocation fails, for every N: all of the commit or nothing. */
static void no_memory(const char *url)
{
    struct store_world *world = store_world_new(url);
    unsigned long nth = 1;

    assert_int_equal(store_turn(world, "a", 0, 1, "one", "x"), USHER_OK);
    for (;; nth++) {
        struct usher_commit *commit;
        enum usher_status st = USHER_ERR_NOMEM;
        fail_alloc_at(nth);
        commit = mixed_commit();
        if (commit)
            st = store_do(world, commit);
        if (!fail_alloc_off() || st == USHER_OK) {
            assert_int_equal(st, USHER_OK);
            break;
        }
        assert_int_equal(st, USHER_ERR_NOMEM);
        assert_string_equal(store_seen(world, "a"), "1/one[1:t:x]");
        assert_string_equal(store_seen(world, "b"), "0/[]");
    }
    assert_true(nth > 2);
    assert_string_equal(store_seen(world, "b"), "0/[1:i:x]");
    store_world_free(world);
}

static void test_memory_without_memory(void **state)
{
    (void)state;
    no_memory("memory:");
}

static void test_sqlite_without_memory(void **state)
{
    (void)state;
    no_memory("sqlite:usher.db");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_workers_share_memory),
        cmocka_unit_test(test_workers_share_sqlite),
        cmocka_unit_test(test_memory_without_memory),
        cmocka_unit_test(test_sqlite_without_memory),
    };

    return cmocka_run_group_tests_name("store_thread", tests, NULL, NULL);
}
