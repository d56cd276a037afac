/* engine/conversation/needed_ids.h - the ids of Zoho that the flows of a
 * version need, found in their sources before any visitor comes. A name is
 * enough to count as a call: better one told too often than a booking that
 * cannot be made. */
#ifndef USHER_CONVERSATION_NEEDED_IDS_H
#define USHER_CONVERSATION_NEEDED_IDS_H

#include "conversation/version.h"
#include "core/config.h"
#include "core/problems.h"

/* setting: "DESK_ORG_ID"; detail: "zoho.desk.create_call needs it"; hint: the
 * line to add. All of them live for the call only. */
typedef void usher_missing_id_fn(void *user, const char *setting,
                                 const char *detail, const char *hint);

/* Calls each for every id that is needed and not set. Where INSTANT_CHAT is
 * forward, and the flows look at that, no conversation is opened. */
void usher_missing_ids(const struct usher_version *version,
                       const struct usher_config *config,
                       usher_missing_id_fn *each, void *user);
/* The same for the list of problems: what is missing no more ends. */
void usher_missing_ids_tell(const struct usher_version *version,
                            const struct usher_config *config,
                            struct usher_problems *problems);

#endif
