/* tests/unit/watch_ways_test.c - whatever a person or a platform does to make
 * files new is seen, with inotify and without. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "watch_world.h"

#define CASE(test) \
    cmocka_unit_test_setup_teardown(test, watch_setup, watch_teardown)

/* Flows and settings of a Kubernetes mount: conf/one.lua -> ..data/one.lua,
 * conf/..data -> ..1; and root/link.env -> conf/.env. */
static void mount_prepare(struct world *world)
{
    folder(world, "conf");
    folder(world, "conf/..1");
    put(world, "conf/..1/one.lua", "return 1\n");
    put(world, "conf/..1/.env", "A=1\n");
    link_to(world, "..1", "conf/..data");
    link_to(world, "..data/one.lua", "conf/one.lua");
    link_to(world, "..data/.env", "conf/.env");
    link_to(world, "conf/.env", "link.env");
}

static void mount_swap(struct world *world)
{
    folder(world, "conf/..2");
    put(world, "conf/..2/one.lua", "return 2\n");
    put(world, "conf/..2/.env", "A=2\n");
    turn(world, "..2", "conf/..data");
    unlink(path_of(world, "conf/..1/one.lua"));
    unlink(path_of(world, "conf/..1/.env"));
    assert_int_equal(rmdir(path_of(world, "conf/..1")), 0);
}

/* Releases side by side, and a link to the one in use. */
static void release_prepare(struct world *world)
{
    for (int i = 1; i <= 2; i++) {
        char name[32];

        snprintf(name, sizeof(name), "%d", i);
        folder(world, name);
        snprintf(name, sizeof(name), "%d/flows", i);
        folder(world, name);
        snprintf(name, sizeof(name), "%d/flows/one.lua", i);
        put(world, name, "return 1\n");
        snprintf(name, sizeof(name), "%d/.env", i);
        put(world, name, i == 1 ? "A=1\n" : "A=2\n");
    }
    link_to(world, "1", "current");
}

static void release_turn(struct world *world)
{
    turn(world, "2", "current");
}

static void release_edit(struct world *world)
{
    put(world, "1/flows/one.lua", "return 22\n");
    put(world, "1/.env", "A=3\n");
}

static void release_replace(struct world *world)
{
    move(world, "1", "old");
    move(world, "2", "1");
}

static void elsewhere_prepare(struct world *world)
{
    folder(world, "elsewhere");
    put(world, "elsewhere/one.lua", "return 1\n");
    put(world, "elsewhere/env", "A=1\n");
    folder(world, "conf");
    link_to(world, "../elsewhere/one.lua", "conf/one.lua");
    link_to(world, "elsewhere/env", "link.env");
}

static void elsewhere_write(struct world *world)
{
    put(world, "elsewhere/one.lua", "return 22\n");
    put(world, "elsewhere/env", "A=2\n");
}

static void elsewhere_replace(struct world *world)
{
    put(world, "elsewhere/fresh", "return 1\n");
    move(world, "elsewhere/fresh", "elsewhere/one.lua");
    put(world, "elsewhere/fresh", "A=2\n");
    move(world, "elsewhere/fresh", "elsewhere/env");
}

static void elsewhere_own(struct world *world)
{
    put(world, "fresh", "return 1\n");
    move(world, "fresh", "conf/one.lua");
    put(world, "fresh", "A=2\n");
    move(world, "fresh", "link.env");
}

static void elsewhere_mode(struct world *world)
{
    assert_int_equal(chmod(path_of(world, "elsewhere/one.lua"), 0), 0);
    assert_int_equal(chmod(path_of(world, "elsewhere/env"), 0), 0);
}

/* tar, rsync -t, git: the same size, and older than what was there. */
static void elsewhere_older(struct world *world)
{
    static const struct timespec old[2] = {{1, 0}, {1, 0}};

    put(world, "elsewhere/one.lua", "return 9\n");
    assert_int_equal(
        utimensat(AT_FDCWD, path_of(world, "elsewhere/one.lua"), old, 0), 0);
    put(world, "elsewhere/env", "A=9\n");
    assert_int_equal(
        utimensat(AT_FDCWD, path_of(world, "elsewhere/env"), old, 0), 0);
}

static void elsewhere_gone(struct world *world)
{
    unlink(path_of(world, "elsewhere/one.lua"));
    unlink(path_of(world, "elsewhere/env"));
}

/* Many folders and a deep one, as no list or depth of ours should bound. */
static void many_prepare(struct world *world)
{
    char name[128] = "conf";

    folder(world, "conf");
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof(name), "conf/many%d", i);
        folder(world, name);
    }
    snprintf(name, sizeof(name), "conf");
    for (int i = 0; i < 20; i++) {
        strcat(name, "/deep");
        folder(world, name);
    }
    strcat(name, "/one.lua");
    put(world, name, "return 1\n");
    put(world, "link.env", "A=1\n");
}

static void many_edit(struct world *world)
{
    put(world, "conf/many99/two.lua", "return 2\n");
    put(world, "link.env", "A=2\n");
}

static void deep_edit(struct world *world)
{
    put(world,
        "conf/deep/deep/deep/deep/deep/deep/deep/deep/deep/deep/deep/deep/"
        "deep/deep/deep/deep/deep/deep/deep/deep/one.lua",
        "return 22\n");
    put(world, "link.env", "A=2\n");
}

static void folder_by_link(struct world *world)
{
    move(world, "conf", "old");
    folder(world, "more");
    put(world, "more/one.lua", "return 1\n");
    turn(world, "more", "conf");
    put(world, "fresh", "A=2\n");
    move(world, "fresh", "link.env");
}

static const struct way {
    const char *name;
    void (*prepare)(struct world *world);
    const char *folder, *file;
    void (*act)(struct world *world);
} ways[] = {
    {"a mount swapped", mount_prepare, "conf", "link.env", mount_swap},
    {"a release turned", release_prepare, "current/flows", "current/.env",
     release_turn},
    {"an edit in a release", release_prepare, "current/flows", "current/.env",
     release_edit},
    {"a folder on the way replaced", release_prepare, "1/flows", "1/.env",
     release_replace},
    {"a folder behind a link replaced", release_prepare, "current/flows",
     "current/.env", release_replace},
    {"a file elsewhere written", elsewhere_prepare, "conf", "link.env",
     elsewhere_write},
    {"a file elsewhere replaced", elsewhere_prepare, "conf", "link.env",
     elsewhere_replace},
    {"a link replaced by a file", elsewhere_prepare, "conf", "link.env",
     elsewhere_own},
    {"a mode", elsewhere_prepare, "conf", "link.env", elsewhere_mode},
    {"an older file", elsewhere_prepare, "conf", "link.env", elsewhere_older},
    {"what a link leads to is gone", elsewhere_prepare, "conf", "link.env",
     elsewhere_gone},
    {"one of many folders", many_prepare, "conf", "link.env", many_edit},
    {"a deep folder", many_prepare, "conf", "link.env", deep_edit},
    {"a folder replaced by a link", elsewhere_prepare, "conf", "link.env",
     folder_by_link},
};

static void way_try(struct world *world, const struct way *way)
{
    char command[128];

    way->prepare(world);
    watch_on(world, way->folder, way->file);
    way->act(world);
    pass(world, LOOK_MS + 2 * QUIET_MS);
    if (!world->folders || world->files != 1)
        fail_msg("%s, inotify %d: folder told %d times, file %d", way->name,
                 (int)watch_inotify, world->folders, world->files);
    world->folders = world->files = 0;
    pass(world, LOOK_MS + 2 * QUIET_MS);
    if (world->folders || world->files)
        fail_msg("%s, inotify %d: told again", way->name, (int)watch_inotify);
    snprintf(command, sizeof(command),
             "cd %s && rm -rf conf elsewhere more old current 1 2 link.env",
             world->root);
    assert_int_equal(system(command), 0);
}

static void whatever_makes_files_new_is_seen(void **state)
{
    struct world *world = *state;

    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        for (watch_inotify = WATCHES; watch_inotify <= NONE; watch_inotify++)
            way_try(world, &ways[i]);
    }
}

static void with_events_it_is_seen_at_once(void **state)
{
    struct world *world = *state;

    elsewhere_prepare(world);
    release_prepare(world);
    put(world, "1/flows/two.lua", "return 2\n");
    turn(world, "../../elsewhere/one.lua", "1/flows/one.lua");
    watch_on(world, "current/flows", "link.env");
    put(world, "elsewhere/one.lua", "return 3\n");
    expect_changes(world, 1, 0);
    put(world, "elsewhere/env", "A=2\n");
    expect_changes(world, 1, 1);
    release_turn(world);
    expect_way(world, 2, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(whatever_makes_files_new_is_seen),
        CASE(with_events_it_is_seen_at_once),
    };

    return cmocka_run_group_tests_name("watch_ways", tests, NULL, NULL);
}
