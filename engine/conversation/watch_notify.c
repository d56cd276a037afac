/* engine/conversation/watch_notify.c - see watch_notify.h */
#include "conversation/watch_notify.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "conversation/folder.h"

#define WRITING_MAX 16
/* Of folders on the way: a name in them may be replaced by another. */
#define NAME_EVENTS \
    (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR)
/* Of the files, and of folders that hold them. */
#define CONTENT_EVENTS \
    (IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF)

struct watched {
    int wd;
    enum watch_whose whose;
    unsigned round; /* of the last that came by */
};

/* A file that somebody has written to and not closed yet. */
struct writing {
    int wd;
    enum watch_whose whose;
    char name[NAME_MAX + 1]; /* "": what is watched is the file itself */
};

struct watch_notify {
    struct usher_loop *loop;
    watch_notify_event *event;
    void *user;
    int fd; /* -1: no inotify */
    struct usher_watch *watch;
    struct watched *watched;
    size_t watched_count, watched_cap;
    struct writing writing[WRITING_MAX];
    size_t writing_count;
    unsigned round;
    int refused; /* errno of inotify in this round; 0: it works */
};

/* ---- writers ---- */

static void writing_drop(struct watch_notify *notify, size_t index)
{
    notify->writing[index] = notify->writing[--notify->writing_count];
}

static void writing_note(struct watch_notify *notify, enum watch_whose whose,
                         const struct inotify_event *event)
{
    const char *name = event->len ? event->name : "";
    size_t i = 0;

    while (i < notify->writing_count &&
           (notify->writing[i].wd != event->wd ||
            strcmp(notify->writing[i].name, name) != 0))
        i++;
    if (event->mask & IN_MODIFY) {
        if (i < notify->writing_count || i == WRITING_MAX)
            return;
        notify->writing[i].wd = event->wd;
        notify->writing[i].whose = whose;
        snprintf(notify->writing[i].name, sizeof(notify->writing[i].name), "%s",
                 name);
        notify->writing_count++;
    } else if (i < notify->writing_count &&
               !(event->mask & (IN_CREATE | IN_ATTRIB))) {
        writing_drop(notify, i);
    }
}

int watch_notify_is_writing(const struct watch_notify *notify,
                            enum watch_whose whose)
{
    for (size_t i = 0; i < notify->writing_count; i++) {
        if (notify->writing[i].whose == whose)
            return 1;
    }
    return 0;
}

void watch_notify_forget_writing(struct watch_notify *notify,
                                 enum watch_whose whose)
{
    for (size_t i = notify->writing_count; i > 0; i--) {
        if (notify->writing[i - 1].whose == whose)
            writing_drop(notify, i - 1);
    }
}

/* ---- events ---- */

static enum watch_whose whose_is(const struct watch_notify *notify, int wd)
{
    for (size_t i = 0; i < notify->watched_count; i++) {
        if (notify->watched[i].wd == wd)
            return notify->watched[i].whose;
    }
    return WATCH_WAY;
}

static int whole_of(uint32_t mask)
{
    return mask & (IN_CLOSE_WRITE | IN_MOVED_TO) ? 1
           : mask & (IN_MODIFY | IN_CREATE)      ? 0
                                                 : -1;
}

static void event_take(struct watch_notify *notify,
                       const struct inotify_event *event)
{
    enum watch_whose whose = whose_is(notify, event->wd);
    const char *name = event->len ? event->name : "";
    int change = whose != WATCH_WAY && !(event->mask & IN_IGNORED) &&
                 (!*name || usher_folder_is_source(name));

    if (event->mask & IN_Q_OVERFLOW) { /* nobody knows what was missed */
        notify->writing_count = 0;
        notify->event(notify->user, WATCH_FOLDER, "", 1, 0);
        notify->event(notify->user, WATCH_FILE, "", 1, 0);
        return;
    }
    if (change)
        writing_note(notify, whose, event);
    else if (event->mask & (IN_MODIFY | IN_CLOSE_WRITE))
        return; /* an editor's temporary file, a log, our own database */
    notify->event(notify->user, whose, name, change, whole_of(event->mask));
}

static void readable(void *user, uint32_t events)
{
    struct watch_notify *notify = user;
    char buffer[8192] __attribute__((aligned(8)));
    ssize_t got;

    (void)events;
    while ((got = read(notify->fd, buffer, sizeof(buffer))) > 0) {
        for (char *at = buffer; at < buffer + got;) {
            const struct inotify_event *event =
                (const struct inotify_event *)(const void *)at;

            event_take(notify, event);
            at += sizeof(*event) + event->len;
        }
    }
}

/* ---- rounds ---- */

static void watch_keep(struct watch_notify *notify, int wd,
                       enum watch_whose whose)
{
    struct watched *more = notify->watched;
    size_t i = 0;

    while (i < notify->watched_count && more[i].wd != wd)
        i++;
    if (i == notify->watched_cap) {
        size_t cap = notify->watched_cap ? notify->watched_cap * 2 : 16;

        more = realloc(more, cap * sizeof(*more));
        if (!more)
            return; /* its events count as something, if nothing special */
        notify->watched = more;
        notify->watched_cap = cap;
    }
    if (i == notify->watched_count) {
        notify->watched_count++;
        more[i].wd = wd;
        more[i].whose = WATCH_WAY;
    }
    if (whose)
        more[i].whose = whose;
    more[i].round = notify->round;
}

static void watch_add(struct watch_notify *notify, const char *path,
                      uint32_t events, enum watch_whose whose)
{
    int wd;

    if (notify->fd < 0)
        return;
    /* One folder may be on the way and hold files: events add up. */
    wd = inotify_add_watch(notify->fd, path, events | IN_MASK_ADD);
    if (wd >= 0)
        watch_keep(notify, wd, whose);
    else if (errno == ENOSPC || errno == ENOMEM || errno == ENOSYS)
        notify->refused = errno;
}

void watch_notify_folder(struct watch_notify *notify, const char *path,
                         enum watch_whose whose)
{
    watch_add(notify, path, NAME_EVENTS | CONTENT_EVENTS, whose);
}

void watch_notify_file(struct watch_notify *notify, const char *path,
                       enum watch_whose whose)
{
    watch_add(notify, path, CONTENT_EVENTS, whose);
}

/* "conf/.env" is looked up in "." and "conf". */
void watch_notify_way(struct watch_notify *notify, const char *path)
{
    char folder[PATH_MAX];
    size_t len = strlen(path);

    if (len >= sizeof(folder))
        return;
    memcpy(folder, path, len + 1);
    while (len > 0) {
        while (len > 0 && folder[len - 1] != '/')
            len--;
        while (len > 1 && folder[len - 1] == '/')
            len--;
        folder[len] = '\0';
        watch_add(notify, len ? folder : ".", NAME_EVENTS, WATCH_WAY);
        if (len == 1 && folder[0] == '/')
            break;
    }
}

void watch_notify_begin(struct watch_notify *notify)
{
    notify->round++;
    notify->refused = 0;
    if (notify->fd >= 0)
        return;
    notify->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (notify->fd >= 0 &&
        usher_watch_new(notify->loop, notify->fd, EPOLLIN, readable, notify,
                        &notify->watch) != USHER_OK) {
        close(notify->fd);
        notify->fd = -1;
        errno = ENOMEM;
    }
    if (notify->fd < 0)
        notify->refused = errno;
}

/* What no look came by any more: moved away, or no longer read. */
int watch_notify_end(struct watch_notify *notify)
{
    size_t kept = 0;

    for (size_t i = 0; i < notify->watched_count; i++) {
        if (notify->watched[i].round == notify->round) {
            notify->watched[kept++] = notify->watched[i];
            continue;
        }
        (void)inotify_rm_watch(notify->fd, notify->watched[i].wd);
        for (size_t j = notify->writing_count; j > 0; j--) {
            if (notify->writing[j - 1].wd == notify->watched[i].wd)
                writing_drop(notify, j - 1);
        }
    }
    notify->watched_count = kept;
    return notify->refused;
}

/* ---- opening ---- */

struct watch_notify *watch_notify_new(struct usher_loop *loop,
                                      watch_notify_event *event, void *user)
{
    struct watch_notify *notify = calloc(1, sizeof(*notify));

    if (!notify)
        return NULL;
    notify->loop = loop;
    notify->event = event;
    notify->user = user;
    notify->fd = -1;
    return notify;
}

void watch_notify_free(struct watch_notify *notify)
{
    if (!notify)
        return;
    usher_watch_free(notify->watch);
    if (notify->fd >= 0)
        close(notify->fd);
    free(notify->watched);
    free(notify);
}
