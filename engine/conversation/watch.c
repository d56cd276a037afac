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

#include "conversation/version.h"

#define FOLDERS_MAX 64
#define DEPTH_MAX 8
#define WRITING_MAX 16
/* The file is watched through its folder, and the flows folder through the one
 * above it: editors, deployments and usher itself replace them by renaming,
 * which a watch on the thing itself would lose. */
#define FOLDER_EVENTS                                                       \
    (IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | \
     IN_MODIFY | IN_ONLYDIR)
#define ABOVE_EVENTS (IN_CREATE | IN_MOVED_TO | IN_ONLYDIR)

/* A file that somebody has written to and not closed yet. */
struct writing {
    int wd;
    char name[NAME_MAX + 1];
};

struct usher_watcher {
    struct usher_watcher_options options;
    char *folder;
    char *folder_name; /* its last part, and what is above it */
    char *above;
    char *file_folder;
    char *file_name;
    int fd;
    struct usher_watch *watch;
    int folders[FOLDERS_MAX]; /* watch descriptors of the flows folder */
    size_t folder_count;
    int above_wd;
    int file_wd;
    struct writing writing[WRITING_MAX];
    size_t writing_count;
    int64_t settle_ms; /* wait no longer for who writes; 0: not waiting */
    int file_writing;  /* somebody is at the file */
    int64_t file_settle_ms;
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

/* ---- quiet ---- */

/* Half a file is not read while its writer is at it, within reason: whether to
 * wait on. *until_ms: no longer than this; 0 while nobody waits. */
static int wait_on(const struct usher_watcher *watcher, int writing,
                   int64_t *until_ms)
{
    int64_t now = usher_loop_now_ms(watcher->options.loop);

    if (writing && !*until_ms)
        *until_ms = now + USHER_WRITING_MS;
    if (writing && now < *until_ms)
        return 1;
    *until_ms = 0;
    return 0;
}

static void folder_settled(void *user)
{
    struct usher_watcher *watcher = user;

    if (wait_on(watcher, watcher->writing_count > 0, &watcher->settle_ms)) {
        usher_timer_set(watcher->options.loop, &watcher->folder_quiet,
                        USHER_QUIET_MS, folder_settled, watcher);
        return;
    }
    watcher->writing_count = 0;
    watcher->options.folder_changed(watcher->options.user);
}

static void file_settled(void *user)
{
    struct usher_watcher *watcher = user;

    if (wait_on(watcher, watcher->file_writing, &watcher->file_settle_ms)) {
        usher_timer_set(watcher->options.loop, &watcher->file_quiet,
                        USHER_QUIET_MS, file_settled, watcher);
        return;
    }
    watcher->file_writing = 0;
    watcher->options.file_changed(watcher->options.user);
}

static void file_touched(struct usher_watcher *watcher)
{
    usher_timer_set(watcher->options.loop, &watcher->file_quiet, USHER_QUIET_MS,
                    file_settled, watcher);
}

static void folder_touched(struct usher_watcher *watcher)
{
    usher_timer_set(watcher->options.loop, &watcher->folder_quiet,
                    USHER_QUIET_MS, folder_settled, watcher);
}

/* ---- events ---- */

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

/* Everything about the flows folder anew: it came, or was replaced. */
static void folders_again(struct usher_watcher *watcher)
{
    for (size_t i = 0; i < watcher->folder_count; i++) {
        if (watcher->folders[i] != watcher->file_wd &&
            watcher->folders[i] != watcher->above_wd)
            (void)inotify_rm_watch(watcher->fd, watcher->folders[i]);
    }
    watcher->folder_count = 0;
    watcher->writing_count = 0;
    if (!watcher->folder)
        return;
    folders_add(watcher, watcher->folder, 0);
    folder_touched(watcher);
}

static void writing_note(struct usher_watcher *watcher,
                         const struct inotify_event *event)
{
    size_t i = 0;

    while (i < watcher->writing_count &&
           (watcher->writing[i].wd != event->wd ||
            strcmp(watcher->writing[i].name, event->name) != 0))
        i++;
    if (event->mask & IN_MODIFY) {
        if (i < watcher->writing_count || i == WRITING_MAX)
            return;
        watcher->writing[i].wd = event->wd;
        snprintf(watcher->writing[i].name, sizeof(watcher->writing[i].name),
                 "%s", event->name);
        watcher->writing_count++;
    } else if (i < watcher->writing_count && !(event->mask & IN_CREATE)) {
        watcher->writing[i] = watcher->writing[--watcher->writing_count];
    }
}

static void folder_event(struct usher_watcher *watcher,
                         const struct inotify_event *event)
{
    if (event->mask & IN_IGNORED) {
        forget_folder(watcher, event->wd);
        return;
    }
    if (!event->len)
        return;
    if (event->mask & IN_ISDIR) {
        if (event->name[0] == '.')
            return;
        folders_add(watcher, watcher->folder, 0);
    } else if (!usher_version_is_source(event->name)) {
        return; /* an editor's temporary file, or not a flow at all */
    } else {
        writing_note(watcher, event);
    }
    folder_touched(watcher);
}

static void event_take(struct usher_watcher *watcher,
                       const struct inotify_event *event)
{
    if (event->mask & IN_Q_OVERFLOW) { /* nobody knows what was missed */
        folders_again(watcher);
        if (watcher->file_name)
            file_touched(watcher);
        return;
    }
    if (watcher->file_name && event->wd == watcher->file_wd && event->len &&
        strcmp(event->name, watcher->file_name) == 0) {
        if (!(event->mask & IN_CREATE)) /* what is new is written to next */
            watcher->file_writing = (event->mask & IN_MODIFY) != 0;
        file_touched(watcher);
    }
    if (watcher->folder_name && event->wd == watcher->above_wd && event->len &&
        (event->mask & ABOVE_EVENTS) &&
        strcmp(event->name, watcher->folder_name) == 0)
        folders_again(watcher);
    if (is_flow_folder(watcher, event->wd))
        folder_event(watcher, event);
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

/* ---- opening ---- */

/* "a/b" into "a" and "b", both from malloc. */
static enum usher_status path_split(const char *path, char **folder,
                                    char **name)
{
    char *copy = strdup(path);
    char *again = strdup(path);

    if (copy && again) {
        *folder = strdup(dirname(copy));
        *name = strdup(basename(again));
    }
    free(copy);
    free(again);
    return *folder && *name ? USHER_OK : USHER_ERR_NOMEM;
}

/* A symbolic link is followed: what changes is the file behind it. */
static enum usher_status file_split(struct usher_watcher *watcher,
                                    const char *file)
{
    char *real = realpath(file, NULL);
    enum usher_status st = path_split(real ? real : file, &watcher->file_folder,
                                      &watcher->file_name);

    free(real);
    return st;
}

/* Not followed: where the folder is a link, a deployment turns the link. */
static enum usher_status folder_split(struct usher_watcher *watcher,
                                      const char *folder)
{
    watcher->folder = strdup(folder);
    return watcher->folder
               ? path_split(folder, &watcher->above, &watcher->folder_name)
               : USHER_ERR_NOMEM;
}

static void watches_add(struct usher_watcher *watcher)
{
    if (watcher->above)
        watcher->above_wd = inotify_add_watch(watcher->fd, watcher->above,
                                              ABOVE_EVENTS | IN_MASK_ADD);
    if (watcher->file_folder)
        watcher->file_wd = inotify_add_watch(watcher->fd, watcher->file_folder,
                                             FOLDER_EVENTS | IN_MASK_ADD);
    /* Last: it asks for all that the others ask for, should they be the
     * same folder. */
    if (watcher->folder)
        folders_add(watcher, watcher->folder, 0);
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
    watcher->above_wd = -1;
    watcher->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watcher->fd < 0)
        st = USHER_ERR_IO;
    if (st == USHER_OK && options->folder)
        st = folder_split(watcher, options->folder);
    if (st == USHER_OK && options->file)
        st = file_split(watcher, options->file);
    if (st == USHER_OK)
        st = usher_watch_new(options->loop, watcher->fd, EPOLLIN, readable,
                             watcher, &watcher->watch);
    if (st != USHER_OK) {
        usher_watcher_free(watcher);
        return st;
    }
    watches_add(watcher);
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
    free(watcher->folder_name);
    free(watcher->above);
    free(watcher->file_folder);
    free(watcher->file_name);
    free(watcher);
}
