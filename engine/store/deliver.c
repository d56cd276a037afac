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

/* What was posted to one loop and has not run yet. It outlives the store
 * where a loop runs later than that: its items are gone by then. */
struct batch {
    struct batch *prev, *next;
    struct store_outbox *outbox;
    struct store_item *items;
};

/* Shared by the store and its batches; the last of them frees it. */
struct store_outbox {
    pthread_mutex_t lock;
    size_t users;
    struct batch *owed;
};

static struct store_outbox *outbox_new(void)
{
    struct store_outbox *outbox = calloc(1, sizeof(*outbox));

    if (!outbox)
        return NULL;
    outbox->users = 1;
    pthread_mutex_init(&outbox->lock, NULL);
    return outbox;
}

/* Gives back the lock and one use. */
static void outbox_leave(struct store_outbox *outbox)
{
    size_t left = --outbox->users;

    pthread_mutex_unlock(&outbox->lock);
    if (left > 0)
        return;
    pthread_mutex_destroy(&outbox->lock);
    free(outbox);
}

static void batch_add(struct store_outbox *outbox, struct batch *batch)
{
    pthread_mutex_lock(&outbox->lock);
    outbox->users++;
    batch->outbox = outbox;
    batch->next = outbox->owed;
    if (outbox->owed)
        outbox->owed->prev = batch;
    outbox->owed = batch;
    pthread_mutex_unlock(&outbox->lock);
}

/* Takes the items out; the batch is free then. */
static struct store_item *batch_finish(struct batch *batch)
{
    struct store_outbox *outbox = batch->outbox;
    struct store_item *items;

    pthread_mutex_lock(&outbox->lock);
    items = batch->items;
    if (batch->prev)
        batch->prev->next = batch->next;
    else if (outbox->owed == batch)
        outbox->owed = batch->next;
    if (batch->next)
        batch->next->prev = batch->prev;
    outbox_leave(outbox);
    free(batch);
    return items;
}

/* On the submitter's loop. */
static void batch_run(void *user)
{
    struct store_item *item = batch_finish(user);
    struct store_item *next;

    for (; item; item = next) {
        next = item->next;
        item_tell(item);
        store_item_free(item);
    }
}

static struct batch *batch_new(struct store_item *items)
{
    struct batch *batch = calloc(1, sizeof(*batch));

    if (batch)
        batch->items = items;
    return batch;
}

static void batch_post(struct usher_store *store, struct store_item *items)
{
    /* Read before the post: the loop may have freed the items by then. */
    struct usher_loop *loop = items->loop;
    struct timespec pause = {0, 5000000};
    struct batch *batch;

    while ((batch = batch_new(items)) == NULL)
        nanosleep(&pause, NULL);
    batch_add(store->outbox, batch);
    while (usher_loop_post(loop, batch_run, batch) != USHER_OK)
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
    store->outbox = outbox_new();
    return store->outbox ? USHER_OK : USHER_ERR_NOMEM;
}

void store_base_clear(struct usher_store *store)
{
    struct store_outbox *outbox = store->outbox;

    free(atomic_exchange(&store->spare, NULL));
    if (!outbox)
        return;
    store->outbox = NULL;
    pthread_mutex_lock(&outbox->lock);
    while (outbox->owed) {
        struct batch *batch = outbox->owed;
        struct store_item *item = batch->items;
        outbox->owed = batch->next;
        batch->items = NULL; /* the batch itself is its post's */
        batch->prev = NULL;
        batch->next = NULL;
        while (item) {
            struct store_item *next = item->next;
            store_item_free(item);
            item = next;
        }
    }
    outbox_leave(outbox);
}
