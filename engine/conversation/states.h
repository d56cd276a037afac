/* engine/conversation/states.h - a worker's Lua states: one for each version
 * it needs, the newest always.
 *
 * The control thread builds a state for every worker and publishes all of
 * them with one pointer; a worker looks at the pointer at the start of a turn
 * and takes its own. States of older versions stay while flows are pinned to
 * them, a few more as a cache. */
#ifndef USHER_CONVERSATION_STATES_H
#define USHER_CONVERSATION_STATES_H

#include <stdatomic.h>

#include "conversation/version.h"

/* What the control thread publishes; freed when the last holder lets go. */
struct usher_publication {
    atomic_uint references;
    struct usher_version *version;
    size_t worker_count;
    struct usher_script **scripts; /* one a worker; NULL once taken */
};

USHER_MUST_USE struct usher_publication *
usher_publication_new(struct usher_version *version, size_t worker_count);
void usher_publication_release(struct usher_publication *publication);

/* One version's Lua state on this worker. */
struct usher_state {
    struct usher_version *version;
    struct usher_script *script;
    size_t users;   /* conversations and tasks that hold it */
    uint64_t used;  /* when it was last let go, for the cache */
    size_t grown;   /* bytes above which it holds more than from the start */
    size_t look_at; /* bytes from which on it may be full */
    int full;       /* another one was asked for */
    int replaced;   /* that is here: nobody begins in this one */
    struct usher_state *next;
};

struct usher_states {
    struct usher_state *list;
    struct usher_state *newest;
    uint64_t clock;
};

/* Takes this worker's state of the publication, if it is not the newest yet.
 * Gives nonzero when it changed. */
int usher_states_adopt(struct usher_states *states,
                       struct usher_publication *publication, size_t worker);
/* The one added longest ago, when more than a few are held; NULL otherwise. Its
 * holders should let go: it can be had again from the store. */
struct usher_state *usher_states_surplus(const struct usher_states *states);
/* NULL: not here, or replaced. */
struct usher_state *usher_states_find(struct usher_states *states,
                                      const char *hash);
/* Adds one that was built on demand; takes the script. One of the same version
 * that is full is replaced by it. NULL: memory, and the script is freed. */
struct usher_state *usher_states_add(struct usher_states *states,
                                     struct usher_version *version,
                                     struct usher_script *script);
void usher_state_hold(struct usher_state *state);
/* Lets go; frees what nobody needs beyond a few. */
void usher_states_let_go(struct usher_states *states,
                         struct usher_state *state);
/* The newest one's script, the caller's now; NULL: none, or somebody needs it.
 */
struct usher_script *usher_states_take(struct usher_states *states);
/* In all their Lua heaps. */
size_t usher_states_bytes(const struct usher_states *states);
void usher_states_free(struct usher_states *states);

#endif
