/* engine/conversation/version_back.h - versions that were rolled back from.
 *
 * The store lists versions in the order in which the folder made them live,
 * newest first; a rollback leaves that order alone. It marks the versions that
 * it passes over. A mark goes when the folder makes the version live again, or
 * a person asks for it by name. So the live version is the newest one without
 * a mark, and none that was rolled back from comes back by itself.
 *
 * The marks are a record of the store, beside the versions. Not thread-safe. */
#ifndef USHER_CONVERSATION_VERSION_BACK_H
#define USHER_CONVERSATION_VERSION_BACK_H

#include "core/buffer.h"
#include "store/store.h"

struct usher_back {
    struct usher_buffer marked; /* their hashes, a line each */
    int is_back;                /* 1: what is live was chosen, by a rollback */
};

/* Reads the marks; without any where the store has none or cannot be read. */
void usher_back_load(struct usher_store *store, struct usher_back *back);
void usher_back_free(struct usher_back *back);

int usher_back_is_marked(const struct usher_back *back, const char *hash);
/* The folder made this version live. */
void usher_back_folder(struct usher_back *back, const char *hash);

/* The versions of a store, newest first: their hashes, a line each. */
USHER_MUST_USE enum usher_status usher_back_order(struct usher_store *store,
                                                  struct usher_buffer *order);
/* Whom a rollback goes to, of that order: with a prefix the version that
 * begins so, without one ("") the newest before `live` that has no mark (live
 * "": the newest of all without one). USHER_ERR_NOT_FOUND: error says why. */
USHER_MUST_USE enum usher_status
usher_back_find(const struct usher_back *back, const char *order,
                const char *prefix, const char *live, char found[65],
                struct usher_error *error);
/* A rollback from `live` has made `hash` live. */
void usher_back_rolled(struct usher_back *back, const char *order,
                       const char *live, const char *hash);

enum usher_status usher_commit_back(struct usher_commit *commit,
                                    const struct usher_back *back);

#endif
