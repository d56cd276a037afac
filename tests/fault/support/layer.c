/* tests/fault/support/layer.c - with calls.c, stands between usher and the
 * kernel (LD_PRELOAD): counts the system calls that matter, kills the process
 * with -9 before or after a chosen one, and notes what a loss of power would
 * take.
 *
 * A point is a place before or after a call that changes something: of the
 * database's files (class store), of `.env` and the folder it lies in (env),
 * of a connection to Zoho (zoho) or from SalesIQ (visitor). Calls that change
 * nothing (open without creating, read of a file, locks) make no points: a
 * kill there is one at the point before. Points are numbered by class, from 1
 * at the start of the process.
 *
 *   FAULT_STORE=/folder/usher.db  FAULT_ENV=/folder/.env  FAULT_ZOHO=port
 *   FAULT_POINTS=file    the counters (journal.h), shared with the harness
 *   FAULT_KILL=zoho:17   dies there
 *   FAULT_JOURNAL=file   notes changes, for forget.c
 *   FAULT_LIE=store      says that this class was synced when it was not
 *
 * The kernel under the tests never loses power: fsync() only notes. SQLite's
 * -shm is left alone; it is made anew by the first who opens the database.
 * Calls that would change a file unseen (writev, rename over a link) end the
 * process with a message, so that a new way of writing is noticed here. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "layer.h"

#define FDS 65536

static unsigned char class_of[FDS]; /* enum point_class, of open files */
static unsigned char is_folder[FDS];
static const char *const names[] = {POINT_NAMES};
static char store_path[PATH_MAX], env_path[PATH_MAX], journal_path[PATH_MAX];
int zoho_port;
static struct points nowhere;
static struct points *points = &nowhere;
static enum point_class kill_class, lie_class;
static uint64_t kill_at;
static int journal = -1;
static long long kept; /* files kept beside the journal */
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

void *next_function(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);

    if (!found)
        abort();
    return found;
}

void give_up(const char *what)
{
    dprintf(2, "tests/fault: %s is not followed; teach layer.c\n", what);
    _exit(99);
}

static enum point_class class_named(const char *name, size_t len)
{
    for (int i = 1; i < POINT_CLASSES; i++)
        if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
            return (enum point_class)i;
    give_up(name);
    return POINT_NONE;
}

static void setting(const char *name, char *out)
{
    const char *value = getenv(name);

    snprintf(out, PATH_MAX, "%s", value ? value : "");
}

__attribute__((constructor)) static void begin(void)
{
    const char *kill_text = getenv("FAULT_KILL");
    const char *lie = getenv("FAULT_LIE");
    const char *port = getenv("FAULT_ZOHO");
    char path[PATH_MAX];
    int fd;

    setting("FAULT_STORE", store_path);
    setting("FAULT_ENV", env_path);
    setting("FAULT_JOURNAL", journal_path);
    zoho_port = port ? atoi(port) : 0;
    lie_class = lie ? class_named(lie, strlen(lie)) : POINT_NONE;
    if (kill_text) {
        kill_class = class_named(kill_text, strcspn(kill_text, ":"));
        kill_at = strtoull(strchr(kill_text, ':') + 1, NULL, 10);
    }
    if (journal_path[0])
        journal = NEXT(open, journal_path,
                       O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    setting("FAULT_POINTS", path);
    if (!path[0])
        return;
    fd = NEXT(open, path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || NEXT(ftruncate, fd, sizeof(*points)) != 0)
        give_up(path);
    points =
        mmap(NULL, sizeof(*points), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (points == MAP_FAILED)
        give_up(path);
}

/* ---- Points ---- */

void point(enum point_class class, const char *when, const char *call,
           const char *what)
{
    uint64_t at;

    if (class == POINT_NONE)
        return;
    at = __atomic_add_fetch(&points->count[class], 1, __ATOMIC_SEQ_CST);
    if (class != kill_class || at != kill_at)
        return;
    snprintf(points->killed, sizeof(points->killed), "%s %s %s", when, call,
             what);
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

/* ---- What is what ---- */

static int begins(const char *path, const char *with)
{
    return with[0] && strncmp(path, with, strlen(with)) == 0;
}

static int ends(const char *path, const char *with)
{
    size_t len = strlen(path), end = strlen(with);

    return len >= end && strcmp(path + len - end, with) == 0;
}

static int is_folder_of(const char *folder, const char *file)
{
    size_t len = strlen(folder);

    return begins(file, folder) && file[len] == '/' &&
           !strchr(file + len + 1, '/');
}

static enum point_class class_of_path(const char *path)
{
    if (begins(path, store_path) && !ends(path, "-shm"))
        return POINT_STORE;
    return begins(path, env_path) ? POINT_ENV : POINT_NONE;
}

static enum point_class class_of_folder(const char *path)
{
    if (is_folder_of(path, store_path))
        return POINT_STORE;
    return is_folder_of(path, env_path) ? POINT_ENV : POINT_NONE;
}

/* The absolute path; our folders have no links in them. */
static void whole_path(int folder, const char *path, char out[PATH_MAX])
{
    char name[64], base[PATH_MAX];
    ssize_t len;

    if (path[0] == '/') {
        snprintf(out, PATH_MAX, "%s", path);
        return;
    }
    if (folder == AT_FDCWD)
        snprintf(name, sizeof(name), "/proc/self/cwd");
    else
        snprintf(name, sizeof(name), "/proc/self/fd/%d", folder);
    len = readlink(name, base, sizeof(base) - 1);
    base[len > 0 ? len : 0] = '\0';
    if (snprintf(out, PATH_MAX, "%s/%s", base, path) >= PATH_MAX)
        give_up("a long path");
}

enum point_class class_of_fd(int fd)
{
    return fd >= 0 && fd < FDS ? (enum point_class)class_of[fd] : POINT_NONE;
}

void fd_is(int fd, enum point_class class, int folder)
{
    if (fd < 0)
        return;
    if (fd >= FDS)
        give_up("a large file descriptor");
    class_of[fd] = (unsigned char)class;
    is_folder[fd] = (unsigned char)folder;
}

int is_socket(enum point_class class)
{
    return class == POINT_ZOHO || class == POINT_VISITOR;
}

static const char *last_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* ---- The journal ---- */

static void note(const struct journal_record *record, const void *old,
                 const void *new)
{
    struct iovec parts[] = {
        {(void *)record, sizeof(*record)},
        {(void *)old, record->old_len},
        {(void *)new, record->new_len},
    };
    ssize_t whole =
        (ssize_t)(sizeof(*record) + record->old_len + record->new_len);

    if (journal >= 0 && NEXT(writev, journal, parts, 3) != whole)
        give_up("a full disk");
}

static void note_path(enum journal_kind kind, const char *path,
                      const char *second, long long at)
{
    struct journal_record record = {.kind = kind, .at = at};

    record.old_len = (uint32_t)strlen(path);
    record.new_len = (uint32_t)strlen(second);
    note(&record, path, second);
}

static void note_sync(int fd)
{
    struct journal_record record = {.kind = JOURNAL_SYNC};
    char name[64], path[PATH_MAX];
    struct stat now;
    ssize_t len;

    if (class_of_fd(fd) == lie_class)
        return;
    if (is_folder[fd]) {
        snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
        len = readlink(name, path, sizeof(path) - 1);
        path[len > 0 ? len : 0] = '\0';
        note_path(JOURNAL_NAMES, path, "", 0);
        return;
    }
    fstat(fd, &now);
    record.inode = now.st_ino;
    note(&record, "", "");
}

/* A change of the bytes from `at` on, by which the file becomes so long. */
static void note_data(int fd, int64_t at, const void *new, size_t new_len,
                      int64_t size_after)
{
    struct journal_record record = {.kind = JOURNAL_DATA};
    struct stat now;
    char *old = NULL;

    if (journal < 0)
        return;
    fstat(fd, &now);
    record.inode = now.st_ino;
    record.at = at;
    record.size_before = now.st_size;
    record.size_after =
        size_after > now.st_size || !new ? size_after : now.st_size;
    record.new_len = (uint32_t)new_len;
    if (at < now.st_size) {
        size_t most = (size_t)(now.st_size - at);
        record.old_len = (uint32_t)(new &&new_len < most ? new_len : most);
        old = malloc(record.old_len);
        if (!old || pread(fd, old, record.old_len, at) != record.old_len)
            give_up("a file that cannot be read");
    }
    note(&record, old, new);
    free(old);
}

/* Keeps what a rename or an unlink takes away; 0 where nothing is there. */
static long long keep(const char *path)
{
    char name[PATH_MAX + 32];
    long long number = kept + 1;

    if (journal < 0)
        return 0;
    snprintf(name, sizeof(name), JOURNAL_KEPT, journal_path, number);
    if (link(path, name) != 0)
        return 0;
    kept = number;
    return number;
}

/* ---- Files ---- */

ssize_t file_write(int fd, const void *data, size_t len, int64_t at,
                   const char *call, int is_at)
{
    enum point_class class = class_of_fd(fd);
    char text[64], name[PATH_MAX] = "";
    ssize_t done;

    pthread_mutex_lock(&order);
    snprintf(text, sizeof(text), "/proc/self/fd/%d", fd);
    (void)!readlink(text, name, sizeof(name) - 1);
    point(class, "before", call, last_of(name));
    note_data(fd, at, data, len, at + (int64_t)len);
    done = is_at ? NEXT(pwrite, fd, data, len, at) : NEXT(write, fd, data, len);
    point(class, "after", call, last_of(name));
    pthread_mutex_unlock(&order);
    return done;
}

int file_open(int folder, const char *path, int flags, mode_t mode)
{
    char whole[PATH_MAX];
    enum point_class class;
    struct stat now;
    int fd, is_new;

    whole_path(folder, path, whole);
    class = class_of_path(whole);
    if (class == POINT_NONE) {
        fd = NEXT(openat, folder, path, flags, mode);
        fd_is(fd, class_of_folder(whole), 1);
        return fd;
    }
    if (flags & (O_TRUNC | O_APPEND))
        give_up("open() that empties or appends");
    pthread_mutex_lock(&order);
    is_new = (flags & O_CREAT) && lstat(whole, &now) != 0;
    if (is_new) {
        point(class, "before", "creating", last_of(whole));
        note_path(JOURNAL_CREATE, whole, "", 0);
    }
    fd = NEXT(openat, folder, path, flags, mode);
    fd_is(fd, class, 0);
    if (is_new)
        point(class, "after", "creating", last_of(whole));
    pthread_mutex_unlock(&order);
    return fd;
}

int file_sync(int fd, const char *call)
{
    enum point_class class = class_of_fd(fd);
    char text[64], name[PATH_MAX] = "";

    pthread_mutex_lock(&order);
    snprintf(text, sizeof(text), "/proc/self/fd/%d", fd);
    (void)!readlink(text, name, sizeof(name) - 1);
    point(class, "before", call, last_of(name));
    note_sync(fd);
    point(class, "after", call, last_of(name));
    pthread_mutex_unlock(&order);
    return 0;
}

int file_rename(int from_folder, const char *from, int to_folder,
                const char *to)
{
    char first[PATH_MAX], second[PATH_MAX];
    enum point_class class;
    int done;

    whole_path(from_folder, from, first);
    whole_path(to_folder, to, second);
    class = class_of_path(second);
    if (class == POINT_NONE)
        return NEXT(renameat, from_folder, from, to_folder, to);
    pthread_mutex_lock(&order);
    point(class, "before", "renaming", last_of(first));
    note_path(JOURNAL_RENAME, first, second, keep(second));
    done = NEXT(renameat, from_folder, from, to_folder, to);
    point(class, "after", "renaming", last_of(first));
    pthread_mutex_unlock(&order);
    return done;
}

int file_unlink(int folder, const char *path, int flags)
{
    char whole[PATH_MAX];
    enum point_class class;
    struct stat now;
    int done;

    whole_path(folder, path, whole);
    class = class_of_path(whole);
    if (class == POINT_NONE || lstat(whole, &now) != 0 || !S_ISREG(now.st_mode))
        return NEXT(unlinkat, folder, path, flags);
    pthread_mutex_lock(&order);
    point(class, "before", "deleting", last_of(whole));
    note_path(JOURNAL_UNLINK, whole, "", keep(whole));
    done = NEXT(unlinkat, folder, path, flags);
    point(class, "after", "deleting", last_of(whole));
    pthread_mutex_unlock(&order);
    return done;
}

int file_cut(int fd, off_t size)
{
    enum point_class class = class_of_fd(fd);
    int done;

    pthread_mutex_lock(&order);
    point(class, "before", "cutting", "a file");
    note_data(fd, size, NULL, 0, size);
    done = NEXT(ftruncate, fd, size);
    point(class, "after", "cutting", "a file");
    pthread_mutex_unlock(&order);
    return done;
}
