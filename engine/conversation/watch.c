/* engine/conversation/watch.c - looks at the flows folder and the .env, now
 * and then and when inotify says that there is something to see. */
#include "conversation/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conversation/folder.h"
#include "conversation/watch_notify.h"
#include "core/regular.h"

/* What is compared: the flows folder, or the .env. */
struct target {
    const char *path; /* NULL: none */
    uint64_t told;    /* what it was like when its change was last told */
    uint64_t last;    /* at the last look */
    int stirred;      /* since then, and quiet when it is looked at */
    int doubtful;     /* told even if nothing looks different */
    int64_t until_ms; /* wait no longer for who writes; 0: not waiting */
    int64_t since_ms; /* it is as it is */
    int whole;        /* by the last event */
    int early;        /* told while its writer was at work */
    int (*changed)(void *user, enum usher_writer writer);
};

struct usher_watcher {
    struct usher_watcher_options options;
    struct target folder, file;
    struct watch_notify *notify;
    unsigned ticks;
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
    uint64_t hash = HASH_START;
    struct stat st = {0};
    int fd = usher_regular_open(AT_FDCWD, file, 0, &st);

    if (fd < 0 && is_shortage(errno))
        return 0;
    if (fd < 0) {
        hash = mix_number(hash, (uint64_t)errno);
        hash = mix_number(hash, st.st_mode & S_IFMT);
    } else {
        hash = mix_number(hash, st.st_mode);
        hash = mix_number(hash, st.st_uid);
        hash = mix_number(hash, st.st_gid);
        hash = contents_print(fd, hash);
    }
    if (fd >= 0)
        close(fd);
    return hash ? hash : 1;
}

/* ---- looking ---- */

static void refusal_tell(struct usher_watcher *watcher, int refused)
{
    struct usher_problems *problems = watcher->options.problems;
    const char *why = refused == ENOSPC /* of the disk, says strerror() */
                          ? "no inotify watches are left"
                          : strerror(refused);

    if (refused)
        usher_problem_raise(problems, USHER_PROBLEM_NOT_WATCHED, NULL, why,
                            NULL);
    else
        usher_problem_end(problems, USHER_PROBLEM_NOT_WATCHED, NULL);
}

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
        watch_notify_folder(watcher->notify, path, WATCH_FOLDER);
        return USHER_OK;
    }
    if (entry->is_link)
        watch_notify_file(watcher->notify, path, WATCH_FOLDER);
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
    watch_notify_way(watcher->notify, watcher->folder.path);
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
    watch_notify_way(watcher->notify, watcher->file.path);
    watch_notify_file(watcher->notify, watcher->file.path, WATCH_FILE);
    print = usher_watch_print(watcher->file.path);
    return print ? print : watcher->file.last;
}

static int is_writing(const struct usher_watcher *watcher,
                      const struct target *target)
{
    return watch_notify_is_writing(watcher->notify, target == &watcher->folder
                                                        ? WATCH_FOLDER
                                                        : WATCH_FILE);
}

/* Half a file is not read while its writer is at it, within reason. Whoever
 * reads the .env is told of its writer, who is not forgotten. */
static int waits_for_writer(struct usher_watcher *watcher,
                            struct target *target)
{
    int64_t now = usher_loop_now_ms(watcher->options.loop);
    int waits = is_writing(watcher, target);

    if (waits && !target->until_ms)
        target->until_ms = now + USHER_WRITING_MS;
    if (waits && now < target->until_ms)
        return 1;
    target->until_ms = 0;
    if (target == &watcher->folder)
        watch_notify_forget_writing(watcher->notify, WATCH_FOLDER);
    return 0;
}

static void tell(struct usher_watcher *watcher, struct target *target)
{
    int64_t still = usher_loop_now_ms(watcher->options.loop) - target->since_ms;
    enum usher_writer writer = USHER_WRITER_UNKNOWN;

    target->early = is_writing(watcher, target);
    if (target->early)
        writer = USHER_WRITER_AT_WORK;
    else if (target->whole || still >= USHER_STILL_MS)
        writer = USHER_WRITER_DONE;
    target->told = target->last;
    target->doubtful = !target->changed(watcher->options.user, writer);
    if (!target->doubtful)
        target->whole = 0; /* the next change needs a word of its own */
}

/* Tells a change that stood still, since an event or between two looks;
 * whether to look again soon. */
static int target_settle(struct usher_watcher *watcher, struct target *target,
                         uint64_t now)
{
    int moved = !target->stirred && now != target->last;

    if (moved || target->stirred)
        target->since_ms = usher_loop_now_ms(watcher->options.loop);
    target->last = now;
    target->stirred = 0;
    if (moved)
        return 1;
    if (target->early && !is_writing(watcher, target))
        target->doubtful = 1;
    if (!target->path || (now == target->told && !target->doubtful))
        return 0;
    if (waits_for_writer(watcher, target))
        return 1;
    tell(watcher, target);
    return 0;
}

static void look(struct usher_watcher *watcher)
{
    uint64_t folder, file;

    watcher->stirred_ms = 0;
    watch_notify_begin(watcher->notify);
    folder = folder_look(watcher);
    file = file_look(watcher);
    refusal_tell(watcher, watch_notify_end(watcher->notify));
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

/* A folder on the way, such as /tmp, may be full of strangers' doings. */
static int is_on_the_way(const struct usher_watcher *watcher, const char *name)
{
    return (watcher->folder.path && strstr(watcher->folder.path, name)) ||
           (watcher->file.path && strstr(watcher->file.path, name));
}

static int is_the_file(const struct usher_watcher *watcher,
                       enum watch_whose whose, const char *name)
{
    const char *path = watcher->file.path;
    const char *slash = path ? strrchr(path, '/') : NULL;

    return *name ? path && strcmp(name, slash ? slash + 1 : path) == 0
                 : whose == WATCH_FILE;
}

/* Every event is worth a look; those of what is read say more than a look can
 * see, where the clock of the files is coarse. */
static void event_take(void *user, enum watch_whose whose, const char *name,
                       int change, int whole)
{
    struct usher_watcher *watcher = user;

    if (whose == WATCH_WAY && *name && !is_on_the_way(watcher, name))
        return;
    if (whole >= 0 && is_the_file(watcher, whose, name))
        watcher->file.whole = whole;
    if (!change) {
        if (!watcher->soon)
            soon(watcher);
        return;
    }
    if (whose == WATCH_FOLDER)
        watcher->folder.stirred = watcher->folder.doubtful = 1;
    else
        watcher->file.stirred = 1;
    stir(watcher);
}

/* ---- opening ---- */

static enum usher_status target_open(struct target *target, const char *path,
                                     int (*changed)(void *user,
                                                    enum usher_writer writer))
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
    watcher->notify = watch_notify_new(options->loop, event_take, watcher);
    st = watcher->notify ? USHER_OK : USHER_ERR_NOMEM;
    if (st == USHER_OK)
        st = target_open(&watcher->folder, options->folder,
                         options->folder_changed);
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
    watch_notify_free(watcher->notify);
    free((void *)(uintptr_t)watcher->folder.path);
    free((void *)(uintptr_t)watcher->file.path);
    free(watcher);
}
