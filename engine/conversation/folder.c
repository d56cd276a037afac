/* engine/conversation/folder.c - the walk through a flows folder. */
#include "conversation/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct walk {
    const char *folder;
    usher_folder_visit *visit;
    void *user;
    struct usher_error *error;
};

/* A folder that is being walked, and the one it is in. */
struct level {
    const struct level *above;
    int fd;
    dev_t dev;
    ino_t ino;
    char path[USHER_FLOW_PATH_SIZE]; /* "", "parse/" */
};

int usher_folder_is_source(const char *name)
{
    size_t len = strlen(name);

    return len > 4 && strcmp(name + len - 4, ".lua") == 0 && name[0] != '#' &&
           name[0] != '.';
}

enum usher_status usher_folder_fail(struct usher_error *error,
                                    const char *folder, const char *path)
{
    const char *hint = "";

    if (errno == EACCES || errno == EPERM)
        hint = "; give the user that runs usher the right to read it (chmod, "
               "chown)";
    else if (!*path && (errno == ENOENT || errno == ENOTDIR))
        hint = "; set FLOWS_DIR or start usher beside it";
    usher_error_set(error, "cannot %s %s%s%s: %s%s",
                    *path ? "read" : "open the flows folder", folder,
                    *path ? "/" : "", path, strerror(errno), hint);
    return errno == EMFILE || errno == ENFILE || errno == ENOMEM
               ? USHER_ERR_NOMEM
               : USHER_ERR_IO;
}

/* What editors and file systems leave: a disk of its own has a lost+found,
 * which nobody but root may read. */
static int is_passed_over(const char *name)
{
    return name[0] == '.' || name[strlen(name) - 1] == '~' ||
           strcmp(name, "lost+found") == 0;
}

static enum usher_status folder_walk(const struct walk *walk,
                                     const struct level *above, int dir,
                                     const char *name, const char *path);

static enum usher_status entry_walk(const struct walk *walk,
                                    const struct level *level, const char *name,
                                    int is_link)
{
    struct usher_folder_entry entry = {
        .dir = level->fd, .name = name, .is_link = is_link};
    char path[USHER_FLOW_PATH_SIZE];
    struct stat st;
    int len = snprintf(path, sizeof(path), "%s%s", level->path, name);
    int fits = len >= 0 && (size_t)len < sizeof(path) - 1; /* and a slash */

    if (fstatat(level->fd, name, &st, 0) != 0) {
        if (errno == ENOENT || errno == ELOOP)
            return USHER_OK; /* a link, or gone */
        return usher_folder_fail(walk->error, walk->folder, path);
    }
    if (!S_ISDIR(st.st_mode) &&
        !(S_ISREG(st.st_mode) && usher_folder_is_source(name)))
        return USHER_OK;
    if (!fits) {
        usher_error_set(walk->error,
                        "%s/%s...: this path is longer than %d bytes; move it "
                        "up or shorten its name",
                        walk->folder, path, USHER_FLOW_PATH_SIZE - 2);
        return USHER_ERR_LIMIT;
    }
    if (S_ISDIR(st.st_mode))
        return folder_walk(walk, level, level->fd, name, path);
    entry.path = path;
    entry.st = &st;
    return walk->visit(walk->user, &entry);
}

static int leads_back(const struct level *above, const struct stat *st)
{
    while (above && (above->dev != st->st_dev || above->ino != st->st_ino))
        above = above->above;
    return above != NULL;
}

static enum usher_status level_walk(const struct walk *walk,
                                    struct level *level, DIR *list)
{
    enum usher_status st = USHER_OK;

    while (st == USHER_OK) {
        struct dirent *entry;

        errno = 0;
        entry = readdir(list);
        if (!entry)
            return errno ? usher_folder_fail(walk->error, walk->folder,
                                             level->path)
                         : USHER_OK;
        if (!is_passed_over(entry->d_name))
            st =
                entry_walk(walk, level, entry->d_name, entry->d_type == DT_LNK);
    }
    return st;
}

static enum usher_status folder_open(const struct walk *walk, int dir,
                                     const char *name, const char *path,
                                     DIR **list, struct stat *st)
{
    int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum usher_status status;

    *list = fd < 0 ? NULL : fdopendir(fd);
    if (*list && fstat(fd, st) == 0)
        return USHER_OK;
    if (*path && (errno == ENOENT || errno == ENOTDIR))
        return USHER_ERR_NOT_FOUND; /* gone meanwhile */
    status = usher_folder_fail(walk->error, walk->folder, path);
    if (*list)
        closedir(*list);
    else if (fd >= 0)
        close(fd);
    return status;
}

static enum usher_status folder_walk(const struct walk *walk,
                                     const struct level *above, int dir,
                                     const char *name, const char *path)
{
    struct usher_folder_entry entry = {.path = path, .dir = dir, .name = name};
    struct level level = {.above = above};
    struct stat st;
    DIR *list;
    enum usher_status status = folder_open(walk, dir, name, path, &list, &st);

    if (status != USHER_OK)
        return status;
    if (!leads_back(above, &st)) {
        entry.st = &st;
        level.fd = dirfd(list);
        level.dev = st.st_dev;
        level.ino = st.st_ino;
        snprintf(level.path, sizeof(level.path), "%s%s", path,
                 *path ? "/" : "");
        status = walk->visit(walk->user, &entry);
        if (status == USHER_OK)
            status = level_walk(walk, &level, list);
    }
    closedir(list);
    return status;
}

enum usher_status usher_folder_walk(const char *folder,
                                    usher_folder_visit *visit, void *user,
                                    struct usher_error *error)
{
    struct walk walk = {folder, visit, user, error};

    return folder_walk(&walk, NULL, AT_FDCWD, folder, "");
}
