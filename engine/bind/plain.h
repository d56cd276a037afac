/* engine/bind/plain.h - encoded plain data (script/value.h) read by C. Pure. */
#ifndef USHER_BIND_PLAIN_H
#define USHER_BIND_PLAIN_H

#include "core/buffer.h"
#include "core/status.h"

enum usher_plain_type {
    USHER_PLAIN_NIL,
    USHER_PLAIN_FALSE,
    USHER_PLAIN_TRUE,
    USHER_PLAIN_INTEGER,
    USHER_PLAIN_FLOAT,
    USHER_PLAIN_STRING,
    USHER_PLAIN_TABLE
};

struct usher_plain {
    enum usher_plain_type type;
    int64_t integer;
    double number;
    const char *text; /* borrowed from the input */
    size_t len;
    uint64_t values; /* of a table: these follow, */
    uint64_t pairs;  /* then so many times key, value */
};

/* Reads a value; of a table only its head. */
void usher_plain_next(struct usher_reader *reader, struct usher_plain *plain);

/* A string, number or boolean as text. USHER_ERR_INVALID for others, and for
 * numbers that are not finite. */
enum usher_status usher_plain_text(const struct usher_plain *plain,
                                   struct usher_buffer *out);

/* The member of this name in an encoded table: 1 with its bytes, or 0. */
int usher_plain_member(const void *table, size_t table_len, const char *name,
                       const char **at, size_t *len);

/* Appends the table as a=b&c=d, percent-encoded; a list repeats its name.
 * USHER_ERR_INVALID: `error` names what is neither text, number, boolean nor a
 * list of these. */
enum usher_status usher_plain_form(struct usher_buffer *out, const void *table,
                                   size_t len, struct usher_error *error);

#endif
