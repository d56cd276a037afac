/* tests/unit/watch_test.c - what counts as a change of the flows folder or of
 * the .env, and when. The files are real, the clock is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "conversation/watch.h"

struct world {
    struct usher_clock_manual time;
    struct usher_loop *loop;
    struct usher_watcher *watcher;
    char root[64];
    char path[256];     /* of the last path_of() */
    int folders, files; /* changes told */
};

static void folder_changed(void *user)
{
    struct world *world = user;

    world->folders++;
}

static void file_changed(void *user)
{
    struct world *world = user;

    world->files++;
}

static const char *path_of(struct world *world, const char *name)
{
    snprintf(world->path, sizeof(world->path), "%s/%s", world->root, name);
    return world->path;
}

static void put(struct world *world, const char *name, const char *text)
{
    FILE *file = fopen(path_of(world, name), "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void move(struct world *world, const char *from, const char *to)
{
    char old[256];

    snprintf(old, sizeof(old), "%s", path_of(world, from));
    assert_int_equal(rename(old, path_of(world, to)), 0);
}

/* So much time goes by, in steps as short as the watcher's. */
static void pass(struct world *world, int64_t ms)
{
    for (int64_t done = 0; done <= ms; done += 10) {
        usher_loop_step(world->loop, 0);
        usher_loop_step(world->loop, 0);
        if (done < ms)
            usher_clock_manual_advance(&world->time, 10);
    }
}

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    struct usher_watcher_options options = {
        .folder_changed = folder_changed,
        .file_changed = file_changed,
        .user = world,
    };
    char file[256], folder[256];

    *state = world;
    snprintf(world->root, sizeof(world->root), "/tmp/usher-watch-XXXXXX");
    assert_non_null(mkdtemp(world->root));
    assert_int_equal(mkdir(path_of(world, "flows"), 0700), 0);
    assert_int_equal(mkdir(path_of(world, "flows/parse"), 0700), 0);
    put(world, "flows/one.lua", "return 1\n");
    usher_clock_manual_init(&world->time, 1000000, 1);
    assert_int_equal(usher_loop_new(&world->time.clock, &world->loop),
                     USHER_OK);
    snprintf(folder, sizeof(folder), "%s", path_of(world, "flows"));
    snprintf(file, sizeof(file), "%s", path_of(world, ".env"));
    options.loop = world->loop;
    options.folder = folder;
    options.file = file;
    assert_int_equal(usher_watcher_new(&options, &world->watcher), USHER_OK);
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    char command[96];

    usher_watcher_free(world->watcher);
    usher_loop_free(world->loop);
    snprintf(command, sizeof(command), "rm -rf %s", world->root);
    assert_int_equal(system(command), 0);
    free(world);
    return 0;
}

static void expect_changes(struct world *world, int folders, int files)
{
    pass(world, USHER_QUIET_MS + 10);
    assert_int_equal(world->folders, folders);
    assert_int_equal(world->files, files);
}

static void it_waits_for_quiet(void **state)
{
    struct world *world = *state;

    for (int i = 0; i < 5; i++) {
        put(world, "flows/one.lua", "return 2\n");
        pass(world, USHER_QUIET_MS - 10);
        assert_int_equal(world->folders, 0);
    }
    expect_changes(world, 1, 0);
    expect_changes(world, 1, 0);
}

static void renaming_deleting_and_subfolders_count(void **state)
{
    struct world *world = *state;

    put(world, "flows/one.lua.tmp", "return 2\n");
    move(world, "flows/one.lua.tmp", "flows/one.lua");
    expect_changes(world, 1, 0);
    unlink(path_of(world, "flows/one.lua"));
    expect_changes(world, 2, 0);
    put(world, "flows/parse/two.lua", "return 2\n");
    expect_changes(world, 3, 0);
    assert_int_equal(mkdir(path_of(world, "flows/fresh"), 0700), 0);
    expect_changes(world, 4, 0);
    put(world, "flows/fresh/three.lua", "return 3\n");
    expect_changes(world, 5, 0);
}

static void what_editors_leave_behind_does_not(void **state)
{
    struct world *world = *state;

    put(world, "flows/one.lua~", "x");
    put(world, "flows/.one.lua.swp", "x");
    put(world, "flows/.#one.lua", "x");
    put(world, "flows/#one.lua#", "x");
    put(world, "flows/#one.lua", "x");
    put(world, "flows/4913", "x");
    put(world, "flows/README.md", "x");
    expect_changes(world, 0, 0);
}

static void a_file_that_is_being_written_is_waited_for(void **state)
{
    struct world *world = *state;
    FILE *file = fopen(path_of(world, "flows/one.lua"), "w");

    fputs("return", file);
    fflush(file);
    expect_changes(world, 0, 0);
    fputs(" 2\n", file);
    fclose(file);
    expect_changes(world, 1, 0);
}

static void but_not_for_ever(void **state)
{
    struct world *world = *state;
    FILE *file = fopen(path_of(world, "flows/one.lua"), "w");

    fputs("return", file);
    fflush(file);
    pass(world, USHER_WRITING_MS + 2 * USHER_QUIET_MS);
    assert_int_equal(world->folders, 1);
    fclose(file);
    expect_changes(world, 2, 0);
}

static void a_file_deleted_while_written_is_not_waited_for(void **state)
{
    struct world *world = *state;
    FILE *file = fopen(path_of(world, "flows/one.lua"), "w");

    fputs("return", file);
    fflush(file);
    unlink(path_of(world, "flows/one.lua"));
    expect_changes(world, 1, 0);
    fclose(file);
}

static void the_folder_may_be_replaced(void **state)
{
    struct world *world = *state;

    assert_int_equal(mkdir(path_of(world, "fresh"), 0700), 0);
    put(world, "fresh/one.lua", "return 2\n");
    move(world, "flows", "old");
    expect_changes(world, 0, 0);
    move(world, "fresh", "flows");
    expect_changes(world, 1, 0);
    put(world, "flows/one.lua", "return 3\n");
    expect_changes(world, 2, 0);
    put(world, "old/one.lua", "return 4\n");
    expect_changes(world, 2, 0);
}

static void the_env_may_come_change_and_be_replaced(void **state)
{
    struct world *world = *state;

    put(world, ".env", "A=1\n");
    expect_changes(world, 0, 1);
    put(world, ".env.tmp", "A=2\n");
    expect_changes(world, 0, 1);
    move(world, ".env.tmp", ".env");
    expect_changes(world, 0, 2);
    put(world, "other.lua", "x");
    expect_changes(world, 0, 2);
}

static FILE *half_saved(struct world *world)
{
    FILE *file;

    put(world, ".env", "A=1\nB=2\n");
    expect_changes(world, 0, 1);
    file = fopen(path_of(world, ".env"), "w");
    assert_non_null(file);
    return file;
}

static void an_env_that_is_being_written_is_waited_for(void **state)
{
    struct world *world = *state;
    FILE *file = half_saved(world);

    expect_changes(world, 0, 1); /* empty so far */
    fputs("A=1\n", file);
    fflush(file);
    expect_changes(world, 0, 1);
    fputs("B=3\n", file);
    fclose(file);
    expect_changes(world, 0, 2);
}

static void but_an_env_not_for_ever_nor_once_it_is_replaced(void **state)
{
    struct world *world = *state;
    FILE *file = half_saved(world);

    pass(world, USHER_WRITING_MS + 2 * USHER_QUIET_MS);
    assert_int_equal(world->files, 2);
    fputs("A=1\n", file);
    fflush(file);
    put(world, "fresh", "A=2\n");
    move(world, "fresh", ".env");
    expect_changes(world, 0, 3);
    fclose(file);
}

static void it_may_watch_nothing(void **state)
{
    struct world *world = *state;
    struct usher_watcher_options options = {.loop = world->loop};
    struct usher_watcher *watcher;

    assert_int_equal(usher_watcher_new(&options, &watcher), USHER_OK);
    pass(world, 100);
    usher_watcher_free(watcher);
    usher_watcher_free(NULL);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(it_waits_for_quiet),
        CASE(renaming_deleting_and_subfolders_count),
        CASE(what_editors_leave_behind_does_not),
        CASE(a_file_that_is_being_written_is_waited_for),
        CASE(but_not_for_ever),
        CASE(a_file_deleted_while_written_is_not_waited_for),
        CASE(the_folder_may_be_replaced),
        CASE(the_env_may_come_change_and_be_replaced),
        CASE(an_env_that_is_being_written_is_waited_for),
        CASE(but_an_env_not_for_ever_nor_once_it_is_replaced),
        CASE(it_may_watch_nothing),
    };

    return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
