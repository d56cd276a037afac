/* engine/core/mask.h - takes out of a text what must not be shown.
 *
 *   secrets   every registered value, also in its percent-encoded form,
 *             wherever it stands: "[secret]"
 *   e-mails   first letter and domain stay: "a…@example.com"; "%40" counts
 *             as @
 *   phones    7 digits or more with a usual grouping (blanks, dashes, dots,
 *             brackets, slash, also "%20" and "%2B", also digits of other
 *             scripts) keep their last three, and with a + and ten digits or
 *             more their first two: "+91…890"
 *
 * When in doubt a number is masked. No phones are: ISO dates and times,
 * dates such as 3/12/2026, UUIDs, IPv4 addresses, small decimal fractions
 * (12.3456789), measures (1234567ms, 12345678 bytes), digits inside a mixed
 * token (a1b2345678c9), and one run of more than 15 digits without a group
 * (Zoho's ids). */
#ifndef USHER_CORE_MASK_H
#define USHER_CORE_MASK_H

#include <stddef.h>

#include "core/buffer.h"
#include "core/status.h"

#define USHER_MASK_SECRET_MIN_BYTES 6

struct usher_mask; /* the registered secrets; locks itself */

USHER_MUST_USE struct usher_mask *usher_mask_new(void); /* NULL: memory */
void usher_mask_free(struct usher_mask *mask); /* wipes; NULL is fine */

/* As usher_log_secret(). */
enum usher_status usher_mask_secret(struct usher_mask *mask, const char *value);

/* Appends the masked text to out (whose failed flag says whether it fitted).
 * mask may be NULL; phones 0 leaves numbers alone. Time is linear in len. */
void usher_mask_append(struct usher_mask *mask, const char *text, size_t len,
                       int phones, struct usher_buffer *out);

/* 1 if a value in a log field of this name may keep its numbers: it is one
 * word of letters, digits and : . _ - and the field is for ids, counts or
 * measures (id, conversation, request, task, run, version, ms, bytes, port,
 * pid, line, ..., or a name that ends in _id, _ms, _at, _bytes, _count). Not
 * for a word that names a visitor: SalesIQ may use a phone there. */
int usher_mask_plain_field(const char *key, const char *value, size_t len);

#endif
