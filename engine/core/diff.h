/* engine/core/diff.h - what differs between two texts, line by line, in the
 * unified form that people and `patch` know. */
#ifndef USHER_CORE_DIFF_H
#define USHER_CORE_DIFF_H

#include "core/buffer.h"

/* Appends the difference, with three lines around each change and the names in
 * its head; nothing where the texts are equal. A text NULL: the file is not
 * there on that side. Texts that have little in common are shown as one whole
 * replaced by the other. USHER_ERR_NOMEM. */
enum usher_status usher_diff(struct usher_buffer *out, const char *old_name,
                             const char *old_text, size_t old_len,
                             const char *new_name, const char *new_text,
                             size_t new_len);

#endif
