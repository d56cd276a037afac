/* engine/conversation/watch.c - looks at the flows folder and the .env, now
 * and then and when inotify says that there is something to see. */
#include "conversation/watch.h"

#include <errno.h>
#include <fcntl.h>
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

/* What is compared: the flows folder, or the .env. */
struct target {
    const char *path; /* NULL: none */
    uint64_t told;    /* what it was like when its change was last told */
    uint64_t last;    /* at the last look */
    int stirred;      /* since then, and quiet when it is looked at */
    int doubtful;     /* told even if nothing looks different */
    int64_t until_ms; /* wait no longer for who writes; 0: not waiting */
    int (*changed)(void *user);
};

struct watched {
    int wd;
    struct target *target; /* whose contents they are; NULL: on the way */
    unsigned round;        /* of the last look that came by */
};

/* A file that somebody has written to and not closed yet. */
struct writing {
    int wd;
    struct target *target;
    char name[NAME_MAX + 1]; /* "": what is watched is the file itself */
};

struct usher_watcher {
    struct usher_watcher_options options;
    struct target folder, file;
    int fd; /* -1: no inotify */
    struct usher_watch *watch;
    struct watched *watched;
    size_t watched_count, watched_cap;
    struct writing writing[WRITING_MAX];
    size_t writing_count;
    unsigned round;
    unsigned ticks;
    int refused;        /* errno of inotify in this round; 0: it works */
    int soon;           /* the timer is set to USHER_QUIET_MS */
    int64_t stirred_ms; /* the first of the events that put it off; 0: none */
    struct usher_timer timer;
};

/* ---- what things are like ---- */

/* FNV-1a, 64 bits. */
static uint64_t mix(uint64_t hash, const void *data, size_t len)
{
    const unsigned char *at = data;

    for (size_t i = 0; i < len; i++)
        hash = (hash ^ at[i]) * 0x100000001b3ULL;
    return hash;
}

static uint64_t mix_number(uint64_t hash, uint64_t number)
{
    return mix(hash, &number, sizeof(number));
}

#define HASH_START 0xcbf29ce484222325ULL

/* Everything but the contents that says which file this is, and may be read. */
static uint64_t entry_print(const struct usher_folder_entry *entry)
{
    const struct stat *st = entry->st;
    uint64_t hash = mix(HASH_START, entry->path, strlen(entry->path));

    hash = mix_number(hash, st->st_dev);
    hash = mix_number(hash, st->st_ino);
    hash = mix_number(hash, (uint64_t)st->st_size);
    hash = mix_number(hash, st->st_mode);
    hash = mix_number(hash, (uint64_t)st->st_mtim.tv_sec);
    hash = mix_number(hash, (uint64_t)st->st_mtim.tv_nsec);
    hash = mix_number(hash, (uint64_t)st->st_ctim.tv_sec);
    return mix_number(hash, (uint64_t)st->st_ctim.tv_nsec);
}

static uint64_t contents_print(int fd, uint64_t hash)
{
    char block[4096];
    ssize_t got;

    while ((got = read(fd, block, sizeof(block))) > 0)
        hash = mix(hash, block, (size_t)got);
    if (got < 0)
        hash = mix_number(hash, (uint64_t)errno);
    explicit_bzero(block, sizeof(block));
    return hash;
}

/* Not the file's fault: nothing is known about it. */
static int is_shortage(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOMEM;
}

uint64_t usher_watch_print(const char *file)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    uint64_t hash = HASH_START;
    struct stat st;

    if (fd < 0 && is_shortage(errno))
        return 0;
    if (fd < 0 || fstat(fd, &st) != 0) {
        hash = mix_number(hash, (uint64_t)errno);
    } else if (S_ISREG(st.st_mode)) {
        hash = mix_number(hash, st.st_mode);
        hash = mix_number(hash, st.st_uid);
        hash = mix_number(hash, st.st_gid);
        hash = contents_print(fd, hash);
    }
    if (fd >= 0)
        close(fd);
    return hash ? hash : 1;
}

/* ---- inotify ---- */

static void watch_keep(struct usher_watcher *watcher, int wd,
                       struct target *target)
{
    struct watched *more = watcher->watched;
    size_t i = 0;

    while (i < watcher->watched_count && more[i].wd != wd)
        i++;
    if (i == watcher->watched_cap) {
        size_t cap = watcher->watched_cap ? watcher->watched_cap * 2 : 16;

        more = realloc(more, cap * sizeof(*more));
        if (!more)
            return; /* its events count as something, if nothing special */
        watcher->watched = more;
        watcher->watched_cap = cap;
    }
    if (i == watcher->watched_count) {
        watcher->watched_count++;
        more[i].wd = wd;
        more[i].target = NULL;
    }
    if (target)
        more[i].target = target;
    more[i].round = watcher->round;
}

static void watch_add(struct usher_watcher *watcher, const char *path,
                      uint32_t events, struct target *target)
{
    int wd;

    if (watcher->fd < 0)
        return;
    /* One folder may be on the way and hold files: events add up. */
    wd = inotify_add_watch(watcher->fd, path, events | IN_MASK_ADD);
    if (wd >= 0)
        watch_keep(watcher, wd, target);
    else if (errno == ENOSPC || errno == ENOMEM || errno == ENOSYS)
        watcher->refused = errno;
}

/* "conf/.env" is looked up in "." and "conf". */
static void way_add(struct usher_watcher *watcher, const char *path)
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
        watch_add(watcher, len ? folder : ".", NAME_EVENTS, NULL);
        if (len == 1 && folder[0] == '/')
            break;
    }
}

static void writing_drop(struct usher_watcher *watcher, size_t index)
{
    watcher->writing[index] = watcher->writing[--watcher->writing_count];
}

/* What no look came by any more: moved away, or no longer read. */
static void watches_trim(struct usher_watcher *watcher)
{
    size_t kept = 0;

    for (size_t i = 0; i < watcher->watched_count; i++) {
        if (watcher->watched[i].round == watcher->round) {
            watcher->watched[kept++] = watcher->watched[i];
            continue;
        }
        (void)inotify_rm_watch(watcher->fd, watcher->watched[i].wd);
        for (size_t j = watcher->writing_count; j > 0; j--) {
            if (watcher->writing[j - 1].wd == watcher->watched[i].wd)
                writing_drop(watcher, j - 1);
        }
    }
    watcher->watched_count = kept;
}

static void readable(void *user, uint32_t events);

/* Tried again at each look: the limits may have been raised. */
static void inotify_open(struct usher_watcher *watcher)
{
    watcher->refused = 0;
    if (watcher->fd >= 0)
        return;
    watcher->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watcher->fd >= 0 &&
        usher_watch_new(watcher->options.loop, watcher->fd, EPOLLIN, readable,
                        watcher, &watcher->watch) != USHER_OK) {
        close(watcher->fd);
        watcher->fd = -1;
        errno = ENOMEM;
    }
    if (watcher->fd < 0)
        watcher->refused = errno;
}

static void inotify_tell(struct usher_watcher *watcher)
{
    if (watcher->refused)
        usher_problem_raise(watcher->options.problems,
                            USHER_PROBLEM_NOT_WATCHED, NULL,
                            watcher->refused == ENOSPC /* of the disk, says
                                                        * strerror() */
                                ? "no inotify watches are left"
                                : strerror(watcher->refused),
                            NULL);
    else
        usher_problem_end(watcher->options.problems, USHER_PROBLEM_NOT_WATCHED,
                          NULL);
}

/* ---- looking ---- */

struct look {
    struct usher_watcher *watcher;
    uint64_t sum; /* of all entries: they come in any order */
};

static enum usher_status entry_look(void *user,
                                    const struct usher_folder_entry *entry)
{
    struct look *look = user;
    struct usher_watcher *watcher = look->watcher;
    char path[PATH_MAX];

    (void)snprintf(path, sizeof(path), "%s/%s", watcher->folder.path,
                   entry->path);
    if (S_ISDIR(entry->st->st_mode)) {
        watch_add(watcher, path, NAME_EVENTS | CONTENT_EVENTS,
                  &watcher->folder);
        return USHER_OK;
    }
    if (entry->is_link)
        watch_add(watcher, path, CONTENT_EVENTS, &watcher->folder);
    look->sum += entry_print(entry);
    return USHER_OK;
}

/* Both: 0 where there is nothing to look at. */
static uint64_t folder_look(struct usher_watcher *watcher)
{
    struct look look = {watcher, HASH_START};
    struct usher_error why = {""};
    enum usher_status st;

    if (!watcher->folder.path)
        return 0;
    way_add(watcher, watcher->folder.path);
    st = usher_folder_walk(watcher->folder.path, entry_look, &look, &why);
    if (st == USHER_ERR_NOMEM)
        return watcher->folder.last; /* nobody can say */
    if (st != USHER_OK)
        return mix(HASH_START, why.text, strlen(why.text));
    return look.sum;
}

static uint64_t file_look(struct usher_watcher *watcher)
{
    uint64_t print;

    if (!watcher->file.path)
        return 0;
    way_add(watcher, watcher->file.path);
    watch_add(watcher, watcher->file.path, CONTENT_EVENTS, &watcher->file);
    print = usher_watch_print(watcher->file.path);
    return print ? print : watcher->file.last;
}

/* Half a file is not read while its writer is at it, within reason. */
static int waits_for_writer(struct usher_watcher *watcher,
                            struct target *target)
{
    int64_t now = usher_loop_now_ms(watcher->options.loop);
    int waits = 0;

    for (size_t i = 0; i < watcher->writing_count; i++)
        waits |= watcher->writing[i].target == target;
    if (waits && !target->until_ms)
        target->until_ms = now + USHER_WRITING_MS;
    if (waits && now < target->until_ms)
        return 1;
    target->until_ms = 0;
    for (size_t i = watcher->writing_count; i > 0; i--) {
        if (watcher->writing[i - 1].target == target)
            writing_drop(watcher, i - 1);
    }
    return 0;
}

/* Tells a change that stood still, since an event or between two looks;
 * whether to look again soon. */
static int target_settle(struct usher_watcher *watcher, struct target *target,
                         uint64_t now)
{
    int moved = !target->stirred && now != target->last;

    target->last = now;
    target->stirred = 0;
    if (moved)
        return 1;
    if (!target->path || (now == target->told && !target->doubtful))
        return 0;
    if (waits_for_writer(watcher, target))
        return 1;
    target->told = now;
    target->doubtful = !target->changed(watcher->options.user);
    return 0;
}

static void look(struct usher_watcher *watcher)
{
    uint64_t folder, file;

    watcher->round++;
    watcher->stirred_ms = 0;
    inotify_open(watcher);
    folder = folder_look(watcher);
    file = file_look(watcher);
    watches_trim(watcher);
    inotify_tell(watcher);
    watcher->soon = target_settle(watcher, &watcher->folder, folder);
    watcher->soon |= target_settle(watcher, &watcher->file, file);
}

static void look_again(void *user);

static void timer_set(struct usher_watcher *watcher)
{
    usher_timer_set(watcher->options.loop, &watcher->timer,
                    watcher->soon ? USHER_QUIET_MS : USHER_LOOK_MS, look_again,
                    watcher);
}

static void look_again(void *user)
{
    struct usher_watcher *watcher = user;

    if (!watcher->soon && ++watcher->ticks % USHER_LOOKS_READ == 0)
        watcher->folder.doubtful = 1;
    look(watcher);
    timer_set(watcher);
}

/* ---- events ---- */

static void writing_note(struct usher_watcher *watcher, struct target *target,
                         const struct inotify_event *event)
{
    const char *name = event->len ? event->name : "";
    size_t i = 0;

    while (i < watcher->writing_count &&
           (watcher->writing[i].wd != event->wd ||
            strcmp(watcher->writing[i].name, name) != 0))
        i++;
    if (event->mask & IN_MODIFY) {
        if (i < watcher->writing_count || i == WRITING_MAX)
            return;
        watcher->writing[i].wd = event->wd;
        watcher->writing[i].target = target;
        snprintf(watcher->writing[i].name, sizeof(watcher->writing[i].name),
                 "%s", name);
        watcher->writing_count++;
    } else if (i < watcher->writing_count &&
               !(event->mask & (IN_CREATE | IN_ATTRIB))) {
        writing_drop(watcher, i);
    }
}

static struct target *target_of(const struct usher_watcher *watcher, int wd)
{
    for (size_t i = 0; i < watcher->watched_count; i++) {
        if (watcher->watched[i].wd == wd)
            return watcher->watched[i].target;
    }
    return NULL;
}

static void soon(struct usher_watcher *watcher)
{
    watcher->soon = 1;
    timer_set(watcher);
}

/* Puts the look off until it is quiet, within reason. */
static void stir(struct usher_watcher *watcher)
{
    int64_t now = usher_loop_now_ms(watcher->options.loop);

    if (!watcher->stirred_ms)
        watcher->stirred_ms = now;
    if (now - watcher->stirred_ms < USHER_WRITING_MS)
        soon(watcher);
}

enum { NOTHING, SOMETHING, CHANGE };

/* What an event is worth. Those of what is read say more than a look can see,
 * where the clock of the files is coarse. */
static int event_take(struct usher_watcher *watcher,
                      const struct inotify_event *event)
{
    struct target *target = target_of(watcher, event->wd);

    if (event->mask & IN_Q_OVERFLOW) { /* nobody knows what was missed */
        watcher->folder.doubtful = 1;
        watcher->writing_count = 0;
    }
    if (!target || (event->mask & IN_IGNORED) ||
        (event->len && !usher_folder_is_source(event->name)))
        return event->mask & (IN_MODIFY | IN_CLOSE_WRITE) ? NOTHING : SOMETHING;
    writing_note(watcher, target, event);
    target->stirred = 1;
    if (target == &watcher->folder)
        target->doubtful = 1;
    return CHANGE;
}

static void readable(void *user, uint32_t events)
{
    struct usher_watcher *watcher = user;
    char buffer[8192] __attribute__((aligned(8)));
    int worth = NOTHING;
    ssize_t got;

    (void)events;
    while ((got = read(watcher->fd, buffer, sizeof(buffer))) > 0) {
        for (char *at = buffer; at < buffer + got;) {
            const struct inotify_event *event =
                (const struct inotify_event *)(const void *)at;
            int this = event_take(watcher, event);

            worth = this > worth ? this : worth;
            at += sizeof(*event) + event->len;
        }
    }
    if (worth == CHANGE)
        stir(watcher);
    else if (worth == SOMETHING && !watcher->soon)
        soon(watcher);
}

/* ---- opening ---- */

static enum usher_status target_open(struct target *target, const char *path,
                                     int (*changed)(void *user))
{
    target->changed = changed;
    target->path = path ? strdup(path) : NULL;
    return path && !target->path ? USHER_ERR_NOMEM : USHER_OK;
}

enum usher_status usher_watcher_new(const struct usher_watcher_options *options,
                                    struct usher_watcher **out)
{
    struct usher_watcher *watcher = calloc(1, sizeof(*watcher));
    enum usher_status st;

    *out = NULL;
    if (!watcher)
        return USHER_ERR_NOMEM;
    watcher->options = *options;
    watcher->fd = -1;
    st =
        target_open(&watcher->folder, options->folder, options->folder_changed);
    if (st == USHER_OK)
        st = target_open(&watcher->file, options->file, options->file_changed);
    if (st != USHER_OK) {
        usher_watcher_free(watcher);
        return st;
    }
    watcher->file.told = options->file_print;
    /* Whoever read the folder did so before: it is told once, soon. */
    look(watcher);
    timer_set(watcher);
    *out = watcher;
    return USHER_OK;
}

void usher_watcher_free(struct usher_watcher *watcher)
{
    if (!watcher)
        return;
    usher_timer_cancel(watcher->options.loop, &watcher->timer);
    usher_watch_free(watcher->watch);
    if (watcher->fd >= 0)
        close(watcher->fd);
    free((void *)(uintptr_t)watcher->folder.path);
    free((void *)(uintptr_t)watcher->file.path);
    free(watcher->watched);
    free(watcher);
}
