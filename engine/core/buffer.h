/* engine/core/buffer.h - a growing run of bytes with a maximum. */
#ifndef USHER_CORE_BUFFER_H
#define USHER_CORE_BUFFER_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

/* Zero-initialised plus usher_buffer_init() is empty and owns nothing.
 * `data` is NULL or has a 0 behind its last byte. Once an append failed (no
 * memory, above `max`) `failed` keeps its status, later appends do nothing and
 * return it again, and the caller may check once at the end: the functions
 * that append may have their result ignored. */
struct usher_buffer {
    char *data;
    size_t len;
    size_t cap;
    size_t max; /* bytes; 0: no bound */
    int failed; /* USHER_OK, or the status of the append that failed */
};

void usher_buffer_init(struct usher_buffer *buffer, size_t max);
void usher_buffer_free(struct usher_buffer *buffer); /* and empty again */
/* The same for secrets: overwrites them first. What grew left copies behind:
 * reserve the whole size before the first append. */
void usher_buffer_wipe(struct usher_buffer *buffer);
/* Empty and not failed again; keeps the memory. */
void usher_buffer_clear(struct usher_buffer *buffer);

/* Makes room for `more` bytes behind len and gives their place, or NULL
 * (failed is set then). The caller adds to len what it wrote. */
char *usher_buffer_reserve(struct usher_buffer *buffer, size_t more);

enum usher_status usher_buffer_append(struct usher_buffer *buffer,
                                      const void *data, size_t len);
enum usher_status usher_buffer_text(struct usher_buffer *buffer,
                                    const char *text);
enum usher_status usher_buffer_byte(struct usher_buffer *buffer, int byte);
enum usher_status usher_buffer_printf(struct usher_buffer *buffer,
                                      const char *format, ...)
    USHER_PRINTF(2, 3);
/* What many come of is written without printf(): "-12"; "0F". */
enum usher_status usher_buffer_integer(struct usher_buffer *buffer,
                                       int64_t value);
enum usher_status usher_buffer_hex(struct usher_buffer *buffer,
                                   unsigned char byte);
/* Appends the text percent-encoded, but for letters, digits, -._~ and the
 * characters of `also`. */
void usher_buffer_escape(struct usher_buffer *buffer, const char *text,
                         size_t len, const char *also);

/* Empties it; keeps its memory unless that is more than `keep` bytes. */
void usher_buffer_rest(struct usher_buffer *buffer, size_t keep);

/* Copies what fits of a text, with its closing 0; size is at least 1. */
void usher_text_copy(char *out, size_t size, const char *text);

/* A JSON string with its quotes: escapes what JSON demands, replaces bytes
 * that are not UTF-8 by U+FFFD. */
enum usher_status usher_buffer_json(struct usher_buffer *buffer,
                                    const char *text, size_t len);

/* Unsigned LEB128 and length-prefixed bytes, for the journal's encodings. */
enum usher_status usher_buffer_varint(struct usher_buffer *buffer,
                                      uint64_t value);
enum usher_status usher_buffer_bytes(struct usher_buffer *buffer,
                                     const void *data, size_t len);

/* Hands the bytes to the caller (for free()), "" where nothing was appended.
 * NULL where an append failed: half of something is never handed on. The
 * buffer is empty after. len may be NULL. */
char *usher_buffer_take(struct usher_buffer *buffer, size_t *len);

/* Reading what the two above wrote. `failed` stays set after the first read
 * beyond the end, and every later read gives 0 or an empty run. */
struct usher_reader {
    const char *at;
    const char *end;
    int failed;
};

void usher_reader_init(struct usher_reader *reader, const void *data,
                       size_t len);
uint64_t usher_reader_varint(struct usher_reader *reader);
int usher_reader_byte(struct usher_reader *reader);
/* Borrowed from the input; *len is 0 and the result "" on failure. */
const char *usher_reader_bytes(struct usher_reader *reader, size_t *len);

#endif
