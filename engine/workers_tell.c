/* engine/workers_tell.c - what the control thread owes its workers: the
 * settings, and that what waits may go on. A post that finds no memory is made
 * again by the next health check, so that nobody waits for ever. */
#include "engine.h"

static void worker_tell(struct usher *usher, size_t index)
{
    struct usher_worker *worker = usher->shared.workers[index];
    unsigned char *owed = &usher->owed[index];

    if (*owed & USHER_OWED_SETTINGS &&
        usher_worker_configure(worker, usher->config) == USHER_OK)
        *owed &= (unsigned char)~USHER_OWED_SETTINGS;
    /* A task that wakes to old settings would fail for them once more. */
    if (!*owed || *owed & USHER_OWED_SETTINGS)
        return;
    if ((*owed & USHER_OWED_WAKE
             ? usher_worker_wake_tasks(worker)
             : usher_worker_token_works(worker)) == USHER_OK)
        *owed = 0;
}

void workers_tell(struct usher *usher, unsigned owed)
{
    for (size_t i = 0; i < usher->shared.worker_count; i++) {
        usher->owed[i] |= (unsigned char)owed;
        worker_tell(usher, i);
    }
}

void workers_again(struct usher *usher)
{
    usher_credentials_again(usher->credentials);
    workers_tell(usher, USHER_OWED_WAKE);
}
