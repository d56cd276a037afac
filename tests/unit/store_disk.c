/* tests/unit/store_disk.c - see the header. SQLite's own way to its files
 * stays, with some of its calls replaced. */
#include "store_disk.h"

#include <pthread.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define FILES 16

struct file {
    sqlite3_file *id; /* NULL: free */
    const sqlite3_io_methods *real;
    sqlite3_io_methods mine;
    int is_log;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t news = PTHREAD_COND_INITIALIZER;
static sqlite3_vfs vfs; /* the machine's, changed */
static sqlite3_vfs *machine;
static struct file files[FILES];
static unsigned syncs;
static int dirty;
static int hold, held;
static void (*on_wait)(void *user);
static void *on_wait_user;
static unsigned may_pass;
static struct {
    enum disk_call call;
    unsigned left; /* calls that still pass */
    int rc;
    int was;
} refused;

/* Under lock. */
static struct file *file_of(const sqlite3_file *id)
{
    for (size_t i = 0; i < FILES; i++)
        if (files[i].id == id)
            return &files[i];
    return NULL;
}

/* Under lock. */
static int refusal(enum disk_call call)
{
    if (refused.call != call)
        return SQLITE_OK;
    if (refused.left > 0) {
        refused.left--;
        return SQLITE_OK;
    }
    refused.was = 1;
    return refused.rc;
}

static int disk_read(sqlite3_file *id, void *out, int len, sqlite3_int64 at)
{
    const sqlite3_io_methods *real;
    int rc;

    pthread_mutex_lock(&lock);
    real = file_of(id)->real;
    rc = refusal(DISK_READ);
    pthread_mutex_unlock(&lock);
    return rc != SQLITE_OK ? rc : real->xRead(id, out, len, at);
}

static int disk_write(sqlite3_file *id, const void *data, int len,
                      sqlite3_int64 at)
{
    const sqlite3_io_methods *real;
    struct file *file;
    int rc;

    pthread_mutex_lock(&lock);
    file = file_of(id);
    real = file->real;
    rc = refusal(DISK_WRITE);
    if (rc == SQLITE_OK && file->is_log)
        dirty = 1;
    pthread_mutex_unlock(&lock);
    return rc != SQLITE_OK ? rc : real->xWrite(id, data, len, at);
}

/* Only noted: no test loses its power. */
static int disk_sync(sqlite3_file *id, int flags)
{
    int rc;

    (void)flags;
    pthread_mutex_lock(&lock);
    if (file_of(id)->is_log) {
        held = hold && may_pass == 0;
        while (hold && may_pass == 0)
            pthread_cond_wait(&news, &lock);
        held = 0;
        may_pass -= may_pass > 0;
    }
    rc = refusal(DISK_SYNC);
    if (rc == SQLITE_OK && file_of(id)->is_log && dirty) {
        dirty = 0;
        syncs++;
    }
    pthread_mutex_unlock(&lock);
    return rc;
}

static int disk_close(sqlite3_file *id)
{
    const sqlite3_io_methods *real;
    struct file *file;

    pthread_mutex_lock(&lock);
    file = file_of(id);
    real = file->real;
    file->id = NULL;
    pthread_mutex_unlock(&lock);
    return real->xClose(id);
}

static int disk_open(sqlite3_vfs *self, const char *name, sqlite3_file *id,
                     int flags, int *out_flags)
{
    int rc = machine->xOpen(machine, name, id, flags, out_flags);
    struct file *file;

    (void)self;
    if (rc != SQLITE_OK)
        return rc;
    pthread_mutex_lock(&lock);
    file = file_of(NULL);
    file->id = id;
    file->real = id->pMethods;
    file->is_log = (flags & SQLITE_OPEN_WAL) != 0;
    file->mine = *id->pMethods;
    file->mine.xRead = disk_read;
    file->mine.xWrite = disk_write;
    file->mine.xSync = disk_sync;
    file->mine.xClose = disk_close;
    id->pMethods = &file->mine;
    pthread_mutex_unlock(&lock);
    return SQLITE_OK;
}

static int disk_sleep(sqlite3_vfs *self, int us)
{
    void (*fn)(void *);
    void *user;

    (void)self;
    pthread_mutex_lock(&lock);
    fn = on_wait;
    user = on_wait_user;
    pthread_mutex_unlock(&lock);
    if (fn)
        fn(user);
    return us;
}

void disk_begin(void)
{
    machine = sqlite3_vfs_find(NULL);
    assert_non_null(machine);
    vfs = *machine;
    vfs.zName = "usher-test";
    vfs.xOpen = disk_open;
    vfs.xSleep = disk_sleep;
    syncs = 0;
    dirty = 0;
    assert_int_equal(sqlite3_vfs_register(&vfs, 1), SQLITE_OK);
}

void disk_end(void)
{
    (void)disk_refuse(DISK_NOTHING, 1, 0);
    disk_on_wait(NULL, NULL);
    for (size_t i = 0; i < FILES; i++)
        assert_null(files[i].id);
    sqlite3_vfs_unregister(&vfs);
    sqlite3_vfs_register(machine, 1);
}

unsigned disk_syncs(void)
{
    unsigned now;

    pthread_mutex_lock(&lock);
    now = syncs;
    pthread_mutex_unlock(&lock);
    return now;
}

int disk_is_dirty(void)
{
    int now;

    pthread_mutex_lock(&lock);
    now = dirty;
    pthread_mutex_unlock(&lock);
    return now;
}

void disk_hold(void)
{
    pthread_mutex_lock(&lock);
    hold = 1;
    pthread_mutex_unlock(&lock);
}

int disk_is_held(void)
{
    int now;

    pthread_mutex_lock(&lock);
    now = held;
    pthread_mutex_unlock(&lock);
    return now;
}

void disk_let_one(void)
{
    pthread_mutex_lock(&lock);
    may_pass = 1;
    held = 0; /* what waits next is another one */
    pthread_cond_broadcast(&news);
    pthread_mutex_unlock(&lock);
}

void disk_go_on(void)
{
    pthread_mutex_lock(&lock);
    hold = 0;
    may_pass = 0;
    pthread_cond_broadcast(&news);
    pthread_mutex_unlock(&lock);
}

int disk_refuse(enum disk_call call, unsigned nth, int rc)
{
    int was;

    pthread_mutex_lock(&lock);
    was = refused.was;
    refused.call = call;
    refused.left = nth - 1;
    refused.rc = rc;
    refused.was = 0;
    pthread_mutex_unlock(&lock);
    return was;
}

void disk_on_wait(void (*fn)(void *user), void *user)
{
    pthread_mutex_lock(&lock);
    on_wait = fn;
    on_wait_user = user;
    pthread_mutex_unlock(&lock);
}
