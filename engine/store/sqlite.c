/* engine/store/sqlite.c - "sqlite:PATH": opening and closing, the queues, the
 * committing thread. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/sqlite_internal.h"

/* Commits in one transaction: many enough to share an fsync, few enough that
 * the first of them need not wait long for the last. */
#define GROUP_MAX 1024

/* ---- Queues ---- */

void sqlite_queue_init(struct item_queue *queue)
{
    queue->first = NULL;
    queue->end = &queue->first;
}

void sqlite_queue_add(struct item_queue *queue, struct store_item *item)
{
    item->next = NULL;
    *queue->end = item;
    queue->end = &item->next;
}

struct store_item *sqlite_queue_take(struct item_queue *queue, int max)
{
    struct store_item *list = queue->first;
    struct store_item **at = &queue->first;

    while (*at && max-- > 0)
        at = &(*at)->next;
    if (!*at) {
        sqlite_queue_init(queue);
    } else {
        queue->first = *at;
        *at = NULL;
        if (at == &queue->first) /* max was 0 */
            list = NULL;
    }
    return list;
}

/* ---- The committing thread ---- */

static void pending_count(struct sqlite_store *store,
                          const struct usher_commit *commit, uint32_t more)
{
    const struct store_op *op = NULL;

    while ((op = store_op_next(commit, op)) != NULL) {
        if (op->what <= STORE_TASK)
            store->pending[op->hash & (SQLITE_PENDING - 1)] += more;
    }
}

/* Their commits are on disk: marks them so, and lets the loads that waited
 * for them go. What is left is for the loops to be told. */
static struct store_item *group_decided(struct sqlite_store *store,
                                        struct store_item *list)
{
    struct item_queue tell;

    sqlite_queue_init(&tell);
    pthread_mutex_lock(&store->lock);
    while (list) {
        struct store_item *item = list;
        list = list->next;
        if (item->kind == STORE_LOAD) {
            sqlite_queue_add(&store->loads, item);
            pthread_cond_signal(&store->load_work);
            continue;
        }
        pending_count(store, (struct usher_commit *)item, UINT32_MAX);
        store->decided++;
        sqlite_queue_add(&tell, item);
    }
    pthread_cond_broadcast(&store->decided_more);
    pthread_mutex_unlock(&store->lock);
    return tell.first;
}

/* Under lock. Waits for something to do; gives 0 when it is time to look after
 * the files. */
static int work_wait(struct sqlite_store *store)
{
    struct timespec until;
    int rc = 0;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += store->probe_ms / 1000;
    while (!store->commits.first && !store->stop_committing && rc == 0)
        rc = pthread_cond_timedwait(&store->commit_work, &store->lock, &until);
    return rc == 0;
}

static void *committing_main(void *user)
{
    struct sqlite_store *store = user;
    struct store_item *list;
    int work;

    for (;;) {
        pthread_mutex_lock(&store->lock);
        work = work_wait(store);
        list = sqlite_queue_take(&store->commits, GROUP_MAX);
        pthread_mutex_unlock(&store->lock);
        if (!list && !work) {
            sqlite_probe(store);
            continue;
        }
        if (!list)
            return NULL;
        sqlite_write_group(store, list);
        store_deliver(&store->base, group_decided(store, list));
        sqlite_checkpoint(store);
    }
}

/* ---- The backend ---- */

static int sqlite_submit(struct usher_store *base, struct usher_commit *commit,
                         enum usher_status *status)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    struct store_op *op = NULL;

    while ((op = store_op_next(commit, op)) != NULL) {
        if (op->what <= STORE_TASK)
            op->hash = store_hash(base->seed, store_op_run(op, 0), op->len[0]);
    }
    *status = USHER_OK;
    pthread_mutex_lock(&store->lock);
    pending_count(store, commit, 1);
    store->submitted++;
    sqlite_queue_add(&store->commits, &commit->item);
    pthread_cond_signal(&store->commit_work);
    pthread_mutex_unlock(&store->lock);
    return 0;
}

static int sqlite_load(struct usher_store *base, enum store_what what,
                       const char *key, size_t key_len, struct usher_loop *loop,
                       usher_load_fn *fn, void *user)
{
    static const struct usher_stored_conversation none = {.head = ""};
    struct sqlite_store *store = (struct sqlite_store *)base;
    struct store_load *load = calloc(1, sizeof(*load) + key_len);

    if (!load) {
        fn(user, USHER_ERR_NOMEM, &none);
        return 1;
    }
    load->item.kind = STORE_LOAD;
    load->item.loop = loop;
    load->fn = fn;
    load->user = user;
    load->what = what;
    load->key_len = (uint32_t)key_len;
    memcpy(load->key, key, key_len);
    load->hash = store_hash(base->seed, key, key_len);
    pthread_mutex_lock(&store->lock);
    if (store->pending[load->hash & (SQLITE_PENDING - 1)] > 0) {
        sqlite_queue_add(&store->commits, &load->item);
    } else {
        sqlite_queue_add(&store->loads, &load->item);
        pthread_cond_signal(&store->load_work);
    }
    pthread_mutex_unlock(&store->lock);
    return 0;
}

static int sqlite_failing(struct usher_store *base, struct usher_error *error)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    int failing;

    pthread_mutex_lock(&store->lock);
    failing = store->failing;
    if (failing && error)
        *error = store->failure;
    pthread_mutex_unlock(&store->lock);
    return failing;
}

/* The committing thread first: it may still hand loads to the other. */
static void threads_stop(struct sqlite_store *store)
{
    pthread_mutex_lock(&store->lock);
    store->stop_committing = 1;
    pthread_cond_signal(&store->commit_work);
    pthread_mutex_unlock(&store->lock);
    if (store->has_committing)
        pthread_join(store->committing, NULL);
    store->has_committing = 0;
    pthread_mutex_lock(&store->lock);
    store->stop_loading = 1;
    pthread_cond_signal(&store->load_work);
    pthread_mutex_unlock(&store->lock);
    if (store->has_loading)
        pthread_join(store->loading, NULL);
    store->has_loading = 0;
}

static void sqlite_stop(struct usher_store *base)
{
    threads_stop((struct sqlite_store *)base);
}

static void sqlite_close(struct usher_store *base)
{
    struct sqlite_store *store = (struct sqlite_store *)base;

    threads_stop(store);
    sqlite_close_files(store);
    store_lock_release(store->lock_fd);
    pthread_cond_destroy(&store->decided_more);
    pthread_cond_destroy(&store->load_work);
    pthread_cond_destroy(&store->commit_work);
    pthread_mutex_destroy(&store->lock);
    pthread_mutex_destroy(&store->ask_lock);
    store_base_clear(base);
    free(store->path);
    free(store);
}

static const struct store_backend sqlite_backend = {
    .is_local = 0,
    .stop = sqlite_stop,
    .close = sqlite_close,
    .failing = sqlite_failing,
    .submit = sqlite_submit,
    .load = sqlite_load,
    .tasks = sqlite_tasks,
    .versions = sqlite_versions,
    .record = sqlite_record,
    .conversations = sqlite_conversations,
    .journal = sqlite_journal,
};

static void sync_init(struct sqlite_store *store)
{
    pthread_mutexattr_t recursive;
    pthread_condattr_t steady; /* the machine's time may jump */

    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&store->ask_lock, &recursive);
    pthread_mutexattr_destroy(&recursive);
    pthread_mutex_init(&store->lock, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&store->commit_work, &steady);
    pthread_condattr_destroy(&steady);
    pthread_cond_init(&store->load_work, NULL);
    pthread_cond_init(&store->decided_more, NULL);
    sqlite_queue_init(&store->commits);
    sqlite_queue_init(&store->loads);
    store->probe_ms = SQLITE_LOOK_MS;
}

static enum usher_status threads_start(struct sqlite_store *store,
                                       struct usher_error *error)
{
    store->has_committing =
        pthread_create(&store->committing, NULL, committing_main, store) == 0;
    store->has_loading =
        pthread_create(&store->loading, NULL, sqlite_loading_main, store) == 0;
    if (store->has_committing && store->has_loading)
        return USHER_OK;
    usher_error_set(error, "cannot start the threads of the store");
    return USHER_ERR_NOMEM;
}

enum usher_status store_sqlite_open(const struct usher_store_options *options,
                                    const char *path, struct usher_store **out,
                                    struct usher_error *error)
{
    struct sqlite_store *store = calloc(1, sizeof(*store));
    enum usher_status st;

    *out = NULL;
    if (!store)
        return USHER_ERR_NOMEM;
    store->lock_fd = -1;
    sync_init(store);
    st = store_base_init(&store->base, &sqlite_backend, options);
    if (st == USHER_OK)
        st = sqlite_path(options->base, path, &store->path, error);
    if (st == USHER_OK)
        st = store_lock_take(store->path, &store->lock_fd, error);
    if (st == USHER_OK)
        st = sqlite_open_files(store, error);
    if (st == USHER_OK)
        st = threads_start(store, error);
    if (st != USHER_OK) {
        sqlite_close(&store->base);
        return st;
    }
    *out = &store->base;
    return USHER_OK;
}
