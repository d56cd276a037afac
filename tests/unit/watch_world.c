/* tests/unit/watch_world.c - see watch_world.h */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "watch_world.h"

enum watch_inotify watch_inotify;
int watch_removed;

/* With TOLD: the pipe in inotify's place, and what is watched, in order. */
static int told_end = -1;
static char told_paths[64][256];
static int told_count;

static int told_watch(const char *path)
{
    int wd = 0;

    while (wd < told_count && strcmp(told_paths[wd], path) != 0)
        wd++;
    assert_true(wd < 64);
    if (wd == told_count)
        snprintf(told_paths[told_count++], sizeof(told_paths[0]), "%s", path);
    return wd;
}

void say(struct world *world, const char *watched, const char *name,
         uint32_t mask)
{
    struct inotify_event event = {.wd = -1, .mask = mask};
    char said[sizeof(event) + 64] = "";
    size_t len = name ? sizeof(said) : sizeof(event);

    if (watched) {
        int count = told_count;

        event.wd = told_watch(path_of(world, watched));
        assert_int_equal(told_count, count); /* it is watched */
    }
    event.len = (uint32_t)(len - sizeof(event));
    memcpy(said, &event, sizeof(event));
    if (name)
        snprintf(said + sizeof(event), event.len, "%s", name);
    assert_int_equal(write(told_end, said, len), (ssize_t)len);
}

/* These stand before libc's. */
int inotify_init1(int flags)
{
    int ends[2];

    if (watch_inotify != TOLD)
        return (int)syscall(SYS_inotify_init1, flags);
    assert_int_equal(pipe2(ends, flags), 0); /* NONBLOCK, CLOEXEC: the same */
    if (told_end >= 0)
        close(told_end);
    told_end = ends[1];
    told_count = 0;
    return ends[0];
}

int inotify_rm_watch(int fd, int wd)
{
    watch_removed++;
    return (int)syscall(SYS_inotify_rm_watch, fd, wd);
}

int inotify_add_watch(int fd, const char *path, uint32_t mask)
{
    if (watch_inotify == NONE) {
        errno = ENOSPC;
        return -1;
    }
    if (watch_inotify == TOLD)
        return told_watch(path);
    if (watch_inotify == MUTE)
        mask = IN_ONESHOT | IN_UNMOUNT;
    return (int)syscall(SYS_inotify_add_watch, fd, path, mask);
}

static int told(struct world *world, int *count)
{
    ++*count;
    return world->unread ? world->unread-- == 0 : 1;
}

static int folder_changed(void *user, enum usher_writer writer)
{
    struct world *world = user;

    (void)writer;
    return told(world, &world->folders);
}

static int file_changed(void *user, enum usher_writer writer)
{
    struct world *world = user;

    world->writer = writer;
    return told(world, &world->files);
}

const char *path_of(struct world *world, const char *name)
{
    snprintf(world->path, sizeof(world->path), "%s/%s", world->root, name);
    return world->path;
}

void put(struct world *world, const char *name, const char *text)
{
    FILE *file = fopen(path_of(world, name), "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

void move(struct world *world, const char *from, const char *to)
{
    char old[256];

    snprintf(old, sizeof(old), "%s", path_of(world, from));
    assert_int_equal(rename(old, path_of(world, to)), 0);
}

void pass(struct world *world, int64_t ms)
{
    for (int64_t done = 0; done <= ms; done += 10) {
        usher_loop_step(world->loop, 0);
        usher_loop_step(world->loop, 0);
        if (done < ms)
            usher_clock_manual_advance(&world->time, 10);
    }
}

void watch_on(struct world *world, const char *folder_name,
              const char *file_name)
{
    char folder_path[256], file_path[256];
    struct usher_watcher_options options = {
        .loop = world->loop,
        .problems = world->problems,
        .folder = folder_path,
        .file = file_path,
        .folder_changed = folder_changed,
        .file_changed = file_changed,
        .user = world,
    };

    snprintf(folder_path, sizeof(folder_path), "%s/%s", world->root,
             folder_name);
    snprintf(file_path, sizeof(file_path), "%s%s%s",
             file_name[0] == '/' ? "" : world->root,
             file_name[0] == '/' ? "" : "/", file_name);
    options.file_print = usher_watch_print(file_path);
    usher_watcher_free(world->watcher);
    assert_int_equal(usher_watcher_new(&options, &world->watcher), USHER_OK);
    /* Told once, since whoever read the folder did so before. */
    world->folders = world->files = 0;
    pass(world, 2 * QUIET_MS);
    assert_int_equal(world->folders, 1);
    assert_int_equal(world->files, 0);
    world->folders = 0;
}

int watch_setup(void **state)
{
    struct world *world = calloc(1, sizeof(*world));

    *state = world;
    watch_inotify = WATCHES;
    own_folder(world->root);
    assert_int_equal(mkdir(path_of(world, "flows"), 0700), 0);
    assert_int_equal(mkdir(path_of(world, "flows/parse"), 0700), 0);
    put(world, "flows/one.lua", "return 1\n");
    usher_clock_manual_init(&world->time, 1000000, 1);
    assert_int_equal(usher_loop_new(&world->time.clock, &world->loop),
                     USHER_OK);
    assert_int_equal(usher_problems_new(NULL, &world->problems), USHER_OK);
    watch_on(world, "flows", ".env");
    return 0;
}

int watch_teardown(void **state)
{
    struct world *world = *state;
    char command[96];

    usher_watcher_free(world->watcher);
    usher_loop_free(world->loop);
    usher_problems_free(world->problems);
    snprintf(command, sizeof(command), "rm -rf %s", world->root);
    assert_int_equal(system(command), 0);
    free(world);
    return 0;
}

void expect_changes(struct world *world, int folders, int files)
{
    pass(world, QUIET_MS + 10);
    assert_int_equal(world->folders, folders);
    assert_int_equal(world->files, files);
}

void expect_way(struct world *world, int folders, int files)
{
    pass(world, QUIET_MS);
    expect_changes(world, folders, files);
}

void expect_look(struct world *world, int folders, int files)
{
    pass(world, LOOK_MS);
    expect_changes(world, folders, files);
}

void link_to(struct world *world, const char *to, const char *name)
{
    assert_int_equal(symlink(to, path_of(world, name)), 0);
}

void turn(struct world *world, const char *to, const char *name)
{
    link_to(world, to, "fresh-link");
    move(world, "fresh-link", name);
}

void folder(struct world *world, const char *name)
{
    assert_int_equal(mkdir(path_of(world, name), 0700), 0);
}
