/* tests/unit/store_world.c */
#include <dirent.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "patience.h"
#include "store_world.h"

static void remember_line(void *user, enum usher_log_level level,
                          const char *line, size_t len)
{
    struct store_world *world = user;
    size_t have = strlen(world->logged);

    (void)level;
    snprintf(world->logged + have, sizeof(world->logged) - have, "%.*s\n",
             (int)len, line);
}

struct store_world *store_world_new(const char *url)
{
    struct store_world *world = calloc(1, sizeof(*world));
    struct usher_log_options log = {.level = USHER_LOG_DEBUG,
                                    .sink = remember_line};

    assert_non_null(world);
    world->url = url;
    usher_clock_manual_init(&world->time, 1000000, 7);
    log.user = world;
    assert_int_equal(usher_log_new(&log, &world->log), USHER_OK);
    assert_int_equal(usher_loop_new(&world->time.clock, &world->loop),
                     USHER_OK);
    own_folder(world->folder);
    assert_int_equal(store_world_open(world), USHER_OK);
    return world;
}

static void folder_remove(const char *folder)
{
    DIR *list = opendir(folder);
    struct dirent *entry;
    char path[512];

    while (list && (entry = readdir(list)) != NULL) {
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        unlink(path);
    }
    if (list)
        closedir(list);
    rmdir(folder);
}

void store_world_free(struct store_world *world)
{
    store_world_close(world);
    usher_loop_step(world->loop, 0);
    usher_loop_free(world->loop);
    usher_log_free(world->log);
    folder_remove(world->folder);
    free(world);
}

int store_setup_memory(void **state)
{
    *state = store_world_new("memory:");
    return 0;
}

int store_setup_sqlite(void **state)
{
    *state = store_world_new("sqlite:usher.db");
    return 0;
}

int store_teardown(void **state)
{
    store_world_free(*state);
    return 0;
}

enum usher_status store_world_open(struct store_world *world)
{
    struct usher_store_options options = {.url = world->url,
                                          .base = world->folder,
                                          .clock = &world->time.clock,
                                          .log = world->log};

    return usher_store_open(&options, &world->store, &world->error);
}

void store_world_close(struct store_world *world)
{
    usher_store_close(world->store);
    world->store = NULL;
}

void store_world_reopen(struct store_world *world)
{
    store_world_close(world);
    assert_int_equal(store_world_open(world), USHER_OK);
}

const char *store_world_path(struct store_world *world, const char *name)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/%s", world->folder, name);
    return path;
}

struct answer {
    int given;
    enum usher_status status;
};

static void answer_take(void *user, enum usher_status status)
{
    struct answer *answer = user;

    answer->given++;
    answer->status = status;
}

enum usher_status store_do(struct store_world *world,
                           struct usher_commit *commit)
{
    struct answer answer = {0, USHER_OK};
    enum usher_status status = USHER_OK;

    if (usher_store_submit(world->store, commit, world->loop, answer_take,
                           &answer, &status))
        return status;
    WAIT_FOR("a commit", answer.given, usher_loop_step(world->loop, -1));
    return answer.status;
}

struct usher_commit *store_commit(void)
{
    struct usher_commit *commit = usher_commit_new();

    assert_non_null(commit);
    return commit;
}

enum usher_status store_turn(struct store_world *world, const char *key,
                             int64_t expect, int64_t seq, const char *head,
                             const char *row)
{
    struct usher_commit *commit = store_commit();

    usher_commit_head(commit, key, strlen(key), expect, seq, 0, head,
                      strlen(head));
    if (row)
        usher_commit_row(commit, key, strlen(key), seq, 't', row, strlen(row));
    return store_do(world, commit);
}

struct seen {
    int given;
    char text[4096];
};

static void seen_take(void *user, enum usher_status status,
                      const struct usher_stored_conversation *found)
{
    struct seen *seen = user;
    char *at = seen->text;
    char *end = seen->text + sizeof(seen->text);

    seen->given++;
    assert_non_null(found->head);
    if (status != USHER_OK) {
        assert_int_equal(found->seq, 0);
        assert_int_equal(found->row_count, 0);
        snprintf(at, sizeof(seen->text), "error %d", (int)status);
        return;
    }
    at += snprintf(at, (size_t)(end - at), "%lld/%.*s[", (long long)found->seq,
                   (int)found->head_len, found->head);
    for (size_t i = 0; i < found->row_count && at < end - 64; i++)
        at += snprintf(at, (size_t)(end - at), "%s%lld:%c:%.*s", i ? " " : "",
                       (long long)found->rows[i].seq, found->rows[i].kind,
                       (int)found->rows[i].len, found->rows[i].data);
    snprintf(at, (size_t)(end - at), "]");
}

static const char *seen_wait(struct store_world *world, struct seen *seen)
{
    WAIT_FOR("what was loaded", seen->given, usher_loop_step(world->loop, -1));
    assert_int_equal(seen->given, 1);
    return seen->text;
}

const char *store_seen(struct store_world *world, const char *key)
{
    static struct seen seen;

    seen.given = 0;
    (void)usher_store_load(world->store, key, strlen(key), world->loop,
                           seen_take, &seen);
    return seen_wait(world, &seen);
}

const char *store_task_seen(struct store_world *world, const char *id)
{
    static struct seen seen;

    seen.given = 0;
    (void)usher_store_load_task(world->store, id, world->loop, seen_take,
                                &seen);
    return seen_wait(world, &seen);
}
