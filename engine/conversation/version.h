/* engine/conversation/version.h - a set of flow files, named by the hash of
 * its contents. Immutable, counted, any thread. */
#ifndef USHER_CONVERSATION_VERSION_H
#define USHER_CONVERSATION_VERSION_H

#include <stddef.h>

#include "core/status.h"
#include "script/script.h"

struct usher_version;

/* Reads every *.lua file below the folder (folder.h says which), twice with
 * the same result: what is being written meanwhile is read again.
 * USHER_ERR_IO, USHER_ERR_LIMIT (files above 1 MiB, more than 500), and
 * USHER_ERR_TIMEOUT (it kept changing), with the path in error. Blocks. */
USHER_MUST_USE enum usher_status usher_version_read(const char *folder,
                                                    struct usher_version **out,
                                                    struct usher_error *error);
/* The flows that are built into the program. */
USHER_MUST_USE enum usher_status
usher_version_builtin(struct usher_version **out);
/* From the bytes that usher_version_archive() gave. */
USHER_MUST_USE enum usher_status
usher_version_unpack(const void *archive, size_t len,
                     struct usher_version **out);
/* The same, when they were kept under this hash: USHER_ERR_PARSE also where
 * they are not those any more. */
USHER_MUST_USE enum usher_status
usher_version_unpack_kept(const char *hash, const void *archive, size_t len,
                          struct usher_version **out);

struct usher_version *usher_version_retain(struct usher_version *version);
void usher_version_release(struct usher_version *version); /* NULL is fine */

/* Whether the store has its sources for certain. Any thread. */
int usher_version_is_kept(const struct usher_version *version);
void usher_version_set_kept(struct usher_version *version);

/* 64 hex digits; the first 12 are its name in messages. */
const char *usher_version_hash(const struct usher_version *version);
const struct usher_source *
usher_version_sources(const struct usher_version *version, size_t *count);
const char *usher_version_archive(const struct usher_version *version,
                                  size_t *len);

#endif
