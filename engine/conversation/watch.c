/* engine/conversation/watch.c - inotify on the flows folder and the .env. */
#include "conversation/watch.h"

#include <dirent.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDERS_MAX 64
#define DEPTH_MAX 8
/* The file is watched through its folder: editors and usher itself replace it
 * by renaming, which a watch on the file would lose. */
#define FOLDER_EVENTS                                                       \
    (IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | \
     IN_MODIFY | IN_ONLYDIR)

struct usher_watcher {
    struct usher_watcher_options options;
    char *folder;
    char *file_folder;
    char *file_name;
    int fd;
    struct usher_watch *watch;
    int folders[FOLDERS_MAX]; /* watch descriptors of the flows folder */
    size_t folder_count;
    int file_wd;
    struct usher_timer folder_quiet;
    struct usher_timer file_quiet;
};

static void folders_add(struct usher_watcher *watcher, const char *path,
                        int depth)
{
    DIR *list;
    struct dirent *entry;
    int wd;

    if (watcher->folder_count == FOLDERS_MAX || depth > DEPTH_MAX)
        return;
    wd = inotify_add_watch(watcher->fd, path, FOLDER_EVENTS);
    if (wd < 0)
        return;
    for (size_t i = 0; i < watcher->folder_count; i++) {
        if (watcher->folders[i] == wd)
            wd = -1; /* known already */
    }
    if (wd >= 0)
        watcher->folders[watcher->folder_count++] = wd;
    list = opendir(path);
    if (!list)
        return;
    while ((entry = readdir(list)) != NULL) {
        char below[PATH_MAX];
        struct stat st;

        if (entry->d_name[0] == '.' ||
            (size_t)snprintf(below, sizeof(below), "%s/%s", path,
                             entry->d_name) >= sizeof(below))
            continue;
        if (stat(below, &st) == 0 && S_ISDIR(st.st_mode))
            folders_add(watcher, below, depth + 1);
    }
    closedir(list);
}

static void folder_settled(void *user)
{
    struct usher_watcher *watcher = user;

    watcher->options.folder_changed(watcher->options.user);
}

static void file_settled(void *user)
{
    struct usher_watcher *watcher = user;

    watcher->options.file_changed(watcher->options.user);
}

static int is_flow_folder(const struct usher_watcher *watcher, int wd)
{
    for (size_t i = 0; i < watcher->folder_count; i++) {
        if (watcher->folders[i] == wd)
            return 1;
    }
    return 0;
}

static void forget_folder(struct usher_watcher *watcher, int wd)
{
    for (size_t i = 0; i < watcher->folder_count; i++) {
        if (watcher->folders[i] == wd)
            watcher->folders[i] = watcher->folders[--watcher->folder_count];
    }
}

static void event_take(struct usher_watcher *watcher,
                       const struct inotify_event *event)
{
    struct usher_loop *loop = watcher->options.loop;

    if (event->mask & IN_Q_OVERFLOW) {
        folders_add(watcher, watcher->folder ? watcher->folder : "/", 0);
        usher_timer_set(loop, &watcher->folder_quiet, USHER_QUIET_MS,
                        folder_settled, watcher);
        return;
    }
    if (watcher->file_name && event->wd == watcher->file_wd && event->len &&
        strcmp(event->name, watcher->file_name) == 0)
        usher_timer_set(loop, &watcher->file_quiet, USHER_QUIET_MS,
                        file_settled, watcher);
    if (!is_flow_folder(watcher, event->wd))
        return;
    if (event->mask & IN_IGNORED) {
        forget_folder(watcher, event->wd);
        return;
    }
    if (event->mask & IN_ISDIR)
        folders_add(watcher, watcher->folder, 0);
    usher_timer_set(loop, &watcher->folder_quiet, USHER_QUIET_MS,
                    folder_settled, watcher);
}

static void readable(void *user, uint32_t events)
{
    struct usher_watcher *watcher = user;
    char buffer[8192] __attribute__((aligned(8)));
    ssize_t got;

    (void)events;
    while ((got = read(watcher->fd, buffer, sizeof(buffer))) > 0) {
        for (char *at = buffer; at < buffer + got;) {
            const struct inotify_event *event =
                (const struct inotify_event *)(const void *)at;

            event_take(watcher, event);
            at += sizeof(*event) + event->len;
        }
    }
}

/* A symbolic link is followed: what changes is the file behind it. */
static enum usher_status file_split(struct usher_watcher *watcher,
                                    const char *file)
{
    char *real = realpath(file, NULL);
    char *copy = strdup(real ? real : file);
    char *again = strdup(real ? real : file);

    free(real);
    if (copy && again) {
        watcher->file_folder = strdup(dirname(copy));
        watcher->file_name = strdup(basename(again));
    }
    free(copy);
    free(again);
    return watcher->file_folder && watcher->file_name ? USHER_OK
                                                      : USHER_ERR_NOMEM;
}

enum usher_status usher_watcher_new(const struct usher_watcher_options *options,
                                    struct usher_watcher **out)
{
    struct usher_watcher *watcher = calloc(1, sizeof(*watcher));
    enum usher_status st = USHER_OK;

    *out = NULL;
    if (!watcher)
        return USHER_ERR_NOMEM;
    watcher->options = *options;
    watcher->file_wd = -1;
    watcher->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watcher->fd < 0)
        st = USHER_ERR_IO;
    if (st == USHER_OK && options->folder) {
        watcher->folder = strdup(options->folder);
        st = watcher->folder ? USHER_OK : USHER_ERR_NOMEM;
    }
    if (st == USHER_OK && options->file)
        st = file_split(watcher, options->file);
    if (st == USHER_OK)
        st = usher_watch_new(options->loop, watcher->fd, EPOLLIN, readable,
                             watcher, &watcher->watch);
    if (st != USHER_OK) {
        usher_watcher_free(watcher);
        return st;
    }
    if (watcher->folder)
        folders_add(watcher, watcher->folder, 0);
    if (watcher->file_folder)
        watcher->file_wd = inotify_add_watch(watcher->fd, watcher->file_folder,
                                             FOLDER_EVENTS | IN_MASK_ADD);
    *out = watcher;
    return USHER_OK;
}

void usher_watcher_free(struct usher_watcher *watcher)
{
    if (!watcher)
        return;
    usher_timer_cancel(watcher->options.loop, &watcher->folder_quiet);
    usher_timer_cancel(watcher->options.loop, &watcher->file_quiet);
    usher_watch_free(watcher->watch);
    if (watcher->fd >= 0)
        close(watcher->fd);
    free(watcher->folder);
    free(watcher->file_folder);
    free(watcher->file_name);
    free(watcher);
}
