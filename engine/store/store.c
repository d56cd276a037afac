/* engine/store/store.c - the front: opens the backend that DATABASE_URL
 * names, checks what every backend would have to check, hands on. */
#include <stdlib.h>
#include <string.h>

#include "store/store_internal.h"

static int starts_with(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Never shows the URL: it may hold a password. */
static enum usher_status url_is_bad(const char *url, struct usher_error *error)
{
    if (starts_with(url, "postgres://") || starts_with(url, "postgresql://"))
        usher_error_set(error, "DATABASE_URL: postgresql:// is not built in "
                               "yet; use sqlite:FILE or memory:");
    else if (strstr(url, "memory"))
        usher_error_set(error, "DATABASE_URL: to keep everything in memory "
                               "write memory:");
    else if (!strchr(url, ':'))
        usher_error_set(error, "DATABASE_URL: a file name needs its kind "
                               "before it: sqlite:FILE");
    else
        usher_error_set(error, "DATABASE_URL: use sqlite:FILE (for example "
                               "sqlite:usher.db) or memory:");
    return USHER_ERR_INVALID;
}

const char *usher_store_file(const char *url)
{
    const char *file = url + strlen("sqlite:");

    if (!starts_with(url, "sqlite:"))
        return NULL;
    if (starts_with(file, "//")) /* sqlite:///var/lib/usher.db */
        file += 2;
    return file[0] && !starts_with(file, ":memory:") ? file : NULL;
}

enum usher_status usher_store_open(const struct usher_store_options *options,
                                   struct usher_store **out,
                                   struct usher_error *error)
{
    const char *url = options->url;
    const char *path;
    enum usher_status st;

    *out = NULL;
    usher_error_set(error, "%s", "");
    if (strcmp(url, "memory:") == 0) {
        st = store_memory_open(options, out);
        if (st != USHER_OK)
            usher_error_set(error, "%s", usher_status_text(st));
        return st;
    }
    path = usher_store_file(url);
    if (!path)
        return url_is_bad(url, error);
    return store_sqlite_open(options, path, out, error);
}

static int is_stopped(struct usher_store *store)
{
    return __atomic_load_n(&store->stopped, __ATOMIC_ACQUIRE);
}

void usher_store_stop(struct usher_store *store)
{
    if (!store)
        return;
    __atomic_store_n(&store->stopped, 1, __ATOMIC_RELEASE);
    if (store->backend->stop)
        store->backend->stop(store);
}

void usher_store_close(struct usher_store *store)
{
    if (store)
        store->backend->close(store);
}

int usher_store_is_local(const struct usher_store *store)
{
    return store->backend->is_local;
}

int usher_store_failing(struct usher_store *store, struct usher_error *error)
{
    return store->backend->failing(store, error);
}

int64_t usher_store_last_ms(const struct usher_store *store)
{
    return store->last_ms;
}

int usher_store_submit(struct usher_store *store, struct usher_commit *commit,
                       struct usher_loop *loop, usher_commit_fn *fn, void *user,
                       enum usher_status *status)
{
    if (commit->broken != USHER_OK || commit->len == 0 || is_stopped(store)) {
        *status = commit->broken == USHER_OK && commit->len ? USHER_ERR_CLOSED
                                                            : commit->broken;
        usher_commit_free(commit);
        return 1;
    }
    commit->item.loop = fn ? loop : NULL;
    commit->fn = fn;
    commit->user = user;
    return store->backend->submit(store, commit, status);
}

static int load(struct usher_store *store, enum store_what what,
                const char *key, size_t key_len, struct usher_loop *loop,
                usher_load_fn *fn, void *user)
{
    static const struct usher_stored_conversation none = {.head = ""};

    if (is_stopped(store)) {
        fn(user, USHER_ERR_CLOSED, &none);
        return 1;
    }
    return store->backend->load(store, what, key, key_len, loop, fn, user);
}

int usher_store_load(struct usher_store *store, const char *key, size_t key_len,
                     struct usher_loop *loop, usher_load_fn *fn, void *user)
{
    return load(store, STORE_HEAD, key, key_len, loop, fn, user);
}

int usher_store_load_task(struct usher_store *store, const char *id,
                          struct usher_loop *loop, usher_load_fn *fn,
                          void *user)
{
    return load(store, STORE_TASK, id, strlen(id), loop, fn, user);
}

enum usher_status
usher_store_tasks(struct usher_store *store, unsigned state_mask,
                  int (*each)(void *user, const struct usher_task_row *),
                  void *user)
{
    return store->backend->tasks(store, state_mask, each, user);
}

enum usher_status usher_store_versions(struct usher_store *store,
                                       int (*each)(void *user, const char *hash,
                                                   int64_t loaded_ms),
                                       void *user)
{
    return store->backend->versions(store, each, user);
}

enum usher_status usher_store_version(struct usher_store *store,
                                      const char *hash, char **out, size_t *len)
{
    *out = NULL;
    *len = 0;
    return store->backend->record(store, STORE_VERSION, hash, out, len);
}

enum usher_status usher_store_credential(struct usher_store *store,
                                         const char *name, char **out,
                                         size_t *len)
{
    *out = NULL;
    *len = 0;
    return store->backend->record(store, STORE_CREDENTIAL, name, out, len);
}

enum usher_status usher_store_conversations(
    struct usher_store *store, size_t limit,
    int (*each)(void *user, const char *key, size_t key_len, int64_t seq,
                int64_t updated_ms),
    void *user)
{
    return store->backend->conversations(store, limit, each, user);
}

enum usher_status
usher_store_journal(struct usher_store *store, const char *key, size_t key_len,
                    int (*each)(void *user, const struct usher_stored_row *),
                    void *user)
{
    return store->backend->journal(store, key, key_len, each, user);
}

#ifdef USHER_FAULTS
void usher_store_fault(struct usher_store *store, enum usher_store_fault fault)
{
    __atomic_store_n(&store->fault, (int)fault, __ATOMIC_RELEASE);
}
#endif

int store_fault_is(struct usher_store *store, int fault)
{
    return __atomic_load_n(&store->fault, __ATOMIC_ACQUIRE) == fault;
}
