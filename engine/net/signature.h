/* engine/net/signature.h - is a webhook call from SalesIQ? RSASSA-PKCS1-v1_5
 * with SHA-256 over the raw body, standard Base64, in `x-siqsignature`
 * (zoho-protocol.md section 2). Also constant-time comparison of secrets. */
#ifndef USHER_NET_SIGNATURE_H
#define USHER_NET_SIGNATURE_H

#include <stddef.h>

#include "core/status.h"

struct usher_keys; /* one or two public keys; immutable, any thread */

/* text: PEM blocks or bare Base64 DER (SPKI), two keys separated by a comma
 * or following each other; literal "\n" in it counts as a line break, as .env
 * files have it. NULL or "": *out is NULL and the status USHER_OK. */
USHER_MUST_USE enum usher_status usher_keys_parse(const char *text,
                                                  struct usher_keys **out,
                                                  struct usher_error *error);
void usher_keys_free(struct usher_keys *keys);

/* 1 if `signature` (Base64, no line breaks, not URL-safe, perhaps with blanks
 * around it) fits the body under any of the keys. */
int usher_keys_verify(const struct usher_keys *keys, const char *signature,
                      const void *body, size_t len);

/* 1 if equal, but for blanks around `given`, which HTTP strips from a header
 * (and settings have none); the time depends on the length of `given` only.
 * NULL is equal to nothing. */
int usher_secret_equal(const char *secret, const char *given);

/* SHA-256 in lower-case hex; 0 without memory. */
USHER_MUST_USE int usher_sha256_hex(const void *data, size_t len, char out[65]);

#endif
