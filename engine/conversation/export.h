/* engine/conversation/export.h - a recorded conversation as a spec. */
#ifndef USHER_CONVERSATION_EXPORT_H
#define USHER_CONVERSATION_EXPORT_H

#include "core/buffer.h"
#include "core/status.h"

/* json: {key, turns} as usher_conversation_turns() writes it. Appends the text
 * of a spec file, the visitor's name, phones and e-mail addresses replaced.
 * USHER_ERR_INVALID: `error` says why there is nothing to export. */
USHER_MUST_USE enum usher_status usher_export_spec(const char *json, size_t len,
                                                   struct usher_buffer *out,
                                                   struct usher_error *error);

#endif
