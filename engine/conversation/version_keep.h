/* engine/conversation/version_keep.h - versions on their way into the store,
 * tried again while it fails. On the control thread. */
#ifndef USHER_CONVERSATION_VERSION_KEEP_H
#define USHER_CONVERSATION_VERSION_KEEP_H

#include "conversation/version_back.h"
#include "conversation/worker.h"

struct keep;

struct usher_keeper {
    struct usher_shared *shared;
    struct usher_loop *loop;
    struct usher_back back; /* goes into the store with each of them */
    struct keep *keeps;     /* those that are not kept yet, the oldest first */
    struct usher_timer timer;
    int64_t wait_ms;
};

/* The version (retained) was loaded at this time, and is the newest; old ones
 * are trimmed with it. */
void usher_keeper_add(struct usher_keeper *keeper,
                      struct usher_version *version, int64_t loaded_ms);
/* A rollback made the version (retained), which is in the store, live: its
 * place among the others stays, the marks are written. */
void usher_keeper_back(struct usher_keeper *keeper,
                       struct usher_version *version);
/* Forgets what is not kept. After the store was stopped. */
void usher_keeper_clear(struct usher_keeper *keeper);

#endif
