/* engine/store/deliver.c - sends decided commits and finished loads back to
 * the loops of their submitters, one post for each loop and group. */
#include <stdlib.h>
#include <time.h>

#include "store/store_internal.h"

void store_item_free(struct store_item *item)
{
    if (item->kind == STORE_COMMIT) {
        usher_commit_free((struct usher_commit *)item);
    } else {
        struct store_load *load = (struct store_load *)item;
        free(load->rows);
        free(load->bytes);
        free(load);
    }
}

static void item_tell(struct store_item *item)
{
    if (item->kind == STORE_COMMIT) {
        struct usher_commit *commit = (struct usher_commit *)item;
        if (commit->fn)
            commit->fn(commit->user, commit->status);
    } else {
        struct store_load *load = (struct store_load *)item;
        load->fn(load->user, load->status, &load->found);
    }
}

static void owed_add(struct usher_store *store, struct store_item *first)
{
    pthread_mutex_lock(&store->owed_lock);
    first->owed_prev = NULL;
    first->owed_next = store->owed;
    if (store->owed)
        store->owed->owed_prev = first;
    store->owed = first;
    pthread_mutex_unlock(&store->owed_lock);
}

static void owed_remove(struct usher_store *store, struct store_item *first)
{
    pthread_mutex_lock(&store->owed_lock);
    if (first->owed_prev)
        first->owed_prev->owed_next = first->owed_next;
    else
        store->owed = first->owed_next;
    if (first->owed_next)
        first->owed_next->owed_prev = first->owed_prev;
    pthread_mutex_unlock(&store->owed_lock);
}

/* On the submitter's loop. */
static void batch_run(void *user)
{
    struct store_item *item = user;
    struct store_item *next;

    owed_remove(item->store, item);
    for (; item; item = next) {
        next = item->next;
        item_tell(item);
        store_item_free(item);
    }
}

static void batch_post(struct usher_store *store, struct store_item *first)
{
    /* Read before the post: the loop may have freed the batch by then. */
    struct usher_loop *loop = first->loop;
    struct timespec pause = {0, 5000000};

    first->store = store;
    owed_add(store, first);
    while (usher_loop_post(loop, batch_run, first) != USHER_OK)
        nanosleep(&pause, NULL);
}

void store_deliver(struct usher_store *store, struct store_item *list)
{
    while (list) {
        struct usher_loop *loop = list->loop;
        struct store_item *batch = NULL;
        struct store_item **batch_end = &batch;
        struct store_item **at = &list;

        /* Loops are few (one a worker): a pass over the list for each. */
        while (*at) {
            struct store_item *item = *at;
            if (item->loop != loop) {
                at = &item->next;
                continue;
            }
            *at = item->next;
            item->next = NULL;
            if (!loop) {
                store_item_free(item);
                continue;
            }
            *batch_end = item;
            batch_end = &item->next;
        }
        if (batch)
            batch_post(store, batch);
    }
}

enum usher_status store_base_init(struct usher_store *store,
                                  const struct store_backend *backend,
                                  const struct usher_store_options *options)
{
    store->backend = backend;
    store->clock = options->clock;
    store->log = options->log;
    store->clock->random(store->clock->user, &store->seed, sizeof(store->seed));
    return pthread_mutex_init(&store->owed_lock, NULL) == 0 ? USHER_OK
                                                            : USHER_ERR_NOMEM;
}

void store_base_clear(struct usher_store *store)
{
    struct store_item *first = store->owed;

    while (first) {
        struct store_item *next_batch = first->owed_next;
        struct store_item *item = first;
        while (item) {
            struct store_item *next = item->next;
            store_item_free(item);
            item = next;
        }
        first = next_batch;
    }
    store->owed = NULL;
    pthread_mutex_destroy(&store->owed_lock);
}
