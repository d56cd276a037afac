/* tests/unit/store_crash_test.c - kill -9 in the middle of commits: what was
 * acknowledged is there afterwards, and nothing is there by halves. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "patience.h"
#include "store_world.h"

#define KEYS 8
#define KILLS 25

/* What the child tells through the pipe, one write an acknowledgement. */
struct acknowledged {
    int key;
    int64_t seq;
};

struct writer {
    struct store_world *world;
    int pipe;
    int key;
    int64_t seq; /* the last that was decided */
};

static void turn_submit(struct writer *writer);

static void turn_decided(void *user, enum usher_status status)
{
    struct writer *writer = user;
    struct acknowledged told;

    if (status != USHER_OK)
        _exit(3);
    writer->seq++;
    told.key = writer->key;
    told.seq = writer->seq;
    if (write(writer->pipe, &told, sizeof(told)) != sizeof(told))
        _exit(4);
    turn_submit(writer);
}

static int key_of(int number, char *key, size_t size)
{
    return snprintf(key, size, "siq:%d", number);
}

/* A turn as the engine writes it: head, row, task, all with the number in
 * them, so that halves can be told from wholes. */
static void turn_submit(struct writer *writer)
{
    struct usher_commit *commit = store_commit();
    struct usher_task_row task = {.name = "book", .state = USHER_TASK_READY};
    enum usher_status status;
    int64_t seq = writer->seq + 1;
    char key[16];
    char text[3000];
    size_t len = 100 + (size_t)(seq * 37 % 2800);
    size_t key_len = (size_t)key_of(writer->key, key, sizeof(key));

    memset(text, 'a' + (int)(seq % 26), sizeof(text));
    usher_commit_head(commit, key, key_len, seq - 1, seq, 0, text, len);
    usher_commit_row(commit, key, key_len, seq, 't', text, len / 3);
    task.id = key;
    task.data = &seq;
    task.data_len = sizeof(seq);
    usher_commit_task(commit, &task);
    if (usher_store_submit(writer->world->store, commit, writer->world->loop,
                           turn_decided, writer, &status))
        _exit(5);
}

struct found {
    int64_t seq;
    size_t head_len;
    size_t rows;
    int given;
};

static void found_take(void *user, enum usher_status status,
                       const struct usher_stored_conversation *stored)
{
    struct found *found = user;

    assert_int_equal(status, USHER_OK);
    found->given = 1;
    found->seq = stored->seq;
    found->head_len = stored->head_len;
    found->rows = stored->row_count;
    for (size_t i = 0; i < stored->row_count; i++) {
        const struct usher_stored_row *row = &stored->rows[i];
        assert_int_equal(row->seq, (int64_t)i + 1);
        assert_int_equal(row->len, (100 + (size_t)(row->seq * 37 % 2800)) / 3);
        assert_int_equal(row->data[row->len - 1], 'a' + (int)(row->seq % 26));
    }
    if (stored->seq > 0)
        assert_int_equal(stored->head[0], 'a' + (int)(stored->seq % 26));
}

static struct found conversation_of(struct store_world *world, int number)
{
    struct found found = {0, 0, 0, 0};
    char key[16];
    int len = key_of(number, key, sizeof(key));

    (void)usher_store_load(world->store, key, (size_t)len, world->loop,
                           found_take, &found);
    WAIT_FOR("a conversation from the store", found.given,
             usher_loop_step(world->loop, -1));
    return found;
}

static void child_run(struct store_world *world, int pipe)
{
    struct writer writers[KEYS];

    if (store_world_open(world) != USHER_OK)
        _exit(2);
    for (int i = 0; i < KEYS; i++) {
        struct found found = conversation_of(world, i);
        writers[i] = (struct writer){world, pipe, i, found.seq};
        turn_submit(&writers[i]);
    }
    for (;;)
        usher_loop_step(world->loop, -1);
}

static int task_check(void *user, const struct usher_task_row *row)
{
    int64_t *seqs = user;

    assert_int_equal(row->data_len, sizeof(*seqs));
    memcpy(&seqs[row->id[4] - '0'], row->data, sizeof(*seqs));
    return 0;
}

/* Reads acknowledgements until enough came, kills, reads those that were
 * still on their way. */
static void run_and_kill(struct store_world *world, int enough, int64_t *last)
{
    struct acknowledged told;
    int ends[2];
    int status;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        child_run(world, ends[1]);
    }
    close(ends[1]);
    patience("word of what was kept, and a child's end", __FILE__, __LINE__);
    while (read(ends[0], &told, sizeof(told)) == sizeof(told)) {
        assert_int_equal(told.seq, last[told.key] + 1);
        last[told.key] = told.seq;
        if (enough-- == 0)
            kill(child, SIGKILL);
    }
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    patience_over();
    assert_true(WIFSIGNALED(status));
}

static void check_all(struct store_world *world, int64_t *last)
{
    int64_t tasks[KEYS] = {0};

    assert_int_equal(store_world_open(world), USHER_OK);
    assert_int_equal(usher_store_tasks(world->store, 1U, task_check, tasks),
                     USHER_OK);
    for (int i = 0; i < KEYS; i++) {
        struct found found = conversation_of(world, i);
        assert_true(found.seq >= last[i]);
        assert_true(found.seq <= last[i] + 1); /* one was on its way */
        assert_int_equal(found.rows, found.seq);
        assert_int_equal(tasks[i], found.seq);
        if (found.seq > 0)
            assert_int_equal(found.head_len,
                             100 + (size_t)(found.seq * 37 % 2800));
        last[i] = found.seq;
    }
    store_world_close(world);
}

static void test_kill_leaves_what_was_acknowledged(void **state)
{
    struct store_world *world = store_world_new("sqlite:usher.db");
    int64_t last[KEYS] = {0};

    (void)state;
    store_world_close(world);
    for (int i = 0; i < KILLS; i++) {
        run_and_kill(world, 1 + i * 13 % 97, last);
        check_all(world, last);
    }
    store_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kill_leaves_what_was_acknowledged),
    };

    return cmocka_run_group_tests_name("store_crash", tests, NULL, NULL);
}
