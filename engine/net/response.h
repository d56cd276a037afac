/* engine/net/response.h - reads one HTTP/1.x response from bytes as they come.
 *
 * Strict where a loose reading could mistake one answer's end for another's
 * beginning: a folded header line, a name without its colon, lengths that
 * differ, an unknown transfer coding or a zero byte make the whole garbled.
 * Interim answers (1xx) are read over. Knows no socket. */
#ifndef USHER_NET_RESPONSE_H
#define USHER_NET_RESPONSE_H

#include <stddef.h>
#include <stdint.h>

#include "core/buffer.h"

enum usher_response_state {
    USHER_RESPONSE_MORE,    /* is not complete yet */
    USHER_RESPONSE_DONE,    /* is complete */
    USHER_RESPONSE_GARBLED, /* is no HTTP/1.x response */
    USHER_RESPONSE_LARGE,   /* the body is longer than body->max */
    USHER_RESPONSE_NOMEM
};

struct usher_response {
    struct usher_buffer head; /* lines, each with a 0 behind it */
    struct usher_buffer body; /* as it came: perhaps packed */
    unsigned status;          /* 0 until the head is there */
    int is_packed;            /* Content-Encoding is gzip or deflate */
    int is_unknown;           /* ... is something else */
    int keeps;                /* the connection may be used again */
    /* private */
    int stage;
    int has_body; /* 0: the answer of a HEAD */
    int chunked, has_length, closes;
    uint64_t left; /* of the body or of the chunk */
    size_t line;   /* where the line of the head begins that is being read */
};

/* Zero-initialised is fine; the buffers' memory is kept from one response to
 * the next. max_body: bytes. is_head: it answers a HEAD and has no body. */
void usher_response_begin(struct usher_response *response, size_t max_body,
                          int is_head);
void usher_response_free(struct usher_response *response);

/* Takes bytes; *used tells how many belonged to it: fewer than len when it
 * became complete before their end. */
enum usher_response_state usher_response_take(struct usher_response *response,
                                              const char *data, size_t len,
                                              size_t *used);

/* The connection was closed: DONE where that is the body's end. */
enum usher_response_state usher_response_end(struct usher_response *response);

/* The value of the first header of that name; NULL if there is none or the
 * head is not complete. Lives as long as the response. */
const char *usher_response_header(const struct usher_response *response,
                                  const char *name);

#endif
