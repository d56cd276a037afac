/* engine/store/sqlite_place.c - whether the database's files are still where
 * they were opened. SQLite goes on in a file that was removed or moved away,
 * as any program does: nobody would ever find again what it writes there. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "store/sqlite_internal.h"

/* The -shm holds nothing: it is made anew at each start. */
static const char *const ends[SQLITE_FILES] = {"", "-wal"};

/* 0, or what stat(2) says. */
static int file_look(const struct sqlite_store *store, int file,
                     struct stat *info, char *name, size_t size)
{
    (void)snprintf(name, size, "%s%s", store->path, ends[file]);
    return stat(name, info) == 0 ? 0 : errno;
}

enum usher_status sqlite_place_take(struct sqlite_store *store,
                                    struct usher_error *error)
{
    char name[PATH_MAX];
    struct stat info;

    for (int i = 0; i < SQLITE_FILES; i++) {
        int failed = file_look(store, i, &info, name, sizeof(name));

        if (failed) {
            usher_error_set(error, "cannot look at %s: %s", name,
                            strerror(failed));
            return USHER_ERR_IO;
        }
        store->place[i].device = info.st_dev;
        store->place[i].inode = info.st_ino;
    }
    return USHER_OK;
}

int sqlite_place_lost(const struct sqlite_store *store,
                      struct usher_error *error)
{
    char name[PATH_MAX];
    struct stat info;

    for (int i = 0; i < SQLITE_FILES; i++) {
        int failed = file_look(store, i, &info, name, sizeof(name));

        if (failed) {
            usher_error_set(error,
                            "the database file %.280s is gone (%s): put the "
                            "same file back, usher then goes on by itself; or "
                            "stop usher, put a backup in its place, start it",
                            name, strerror(failed));
            return 1;
        }
        if (info.st_dev == store->place[i].device &&
            info.st_ino == store->place[i].inode)
            continue;
        usher_error_set(error,
                        "the database file %.280s was replaced while usher "
                        "runs: stop usher, put the right file there without "
                        "the -wal and -shm of the other one, start it",
                        name);
        return 1;
    }
    return 0;
}
