/* tests/unit/watch_world.h - a watcher on real files, with a clock of the
 * test's, and an inotify that can be taken away. */
#ifndef USHER_TESTS_WATCH_WORLD_H
#define USHER_TESTS_WATCH_WORLD_H

#include "conversation/watch.h"
#include "own_folder.h"

/* The numbers of watch.h, written again: no test would see them move there. */
enum {
    QUIET_MS = 50,
    WRITING_MS = 1000,
    STILL_MS = 5000,
    LOOK_MS = 1000,
    LOOKS_READ = 15
};

struct world {
    struct usher_clock_manual time;
    struct usher_loop *loop;
    struct usher_problems *problems;
    struct usher_watcher *watcher;
    char root[OWN_FOLDER_SIZE];
    char path[256];           /* of the last path_of() */
    int folders, files;       /* changes told */
    int unread;               /* so often they cannot be read */
    enum usher_writer writer; /* as last told of the .env */
};

/* What inotify is like, for every world. */
enum watch_inotify {
    WATCHES, /* as it is */
    MUTE,    /* as on network file systems: no events */
    NONE,    /* the system's limit is reached */
    TOLD,    /* a watcher made then hears what the test says, nothing else */
};
extern enum watch_inotify watch_inotify;
/* Watches that were taken away. */
extern int watch_removed;

/* root/flows with one.lua and parse/, watched; root/.env is not there yet. */
int watch_setup(void **state);
int watch_teardown(void **state);

/* Another watcher instead, on these paths in the root, and its first telling
 * taken. file may be a whole path. */
void watch_on(struct world *world, const char *folder, const char *file);

const char *path_of(struct world *world, const char *name);
void put(struct world *world, const char *name, const char *text);
void move(struct world *world, const char *from, const char *to);
void folder(struct world *world, const char *name);
void link_to(struct world *world, const char *to, const char *name);
/* With TOLD: an event (IN_MODIFY) of what is watched under this name in the
 * root; NULL: of nothing, as where the queue overflows. */
void say(struct world *world, const char *watched, const char *name,
         uint32_t mask);
/* A link is replaced as deployments do it. */
void turn(struct world *world, const char *to, const char *name);

/* So much time goes by, in steps as short as the watcher's. */
void pass(struct world *world, int64_t ms);
/* Soon so often was told in all: after an event of what is read; after one on
 * the way there, which takes a look more; without events, by comparison. */
void expect_changes(struct world *world, int folders, int files);
void expect_way(struct world *world, int folders, int files);
void expect_look(struct world *world, int folders, int files);

#endif
