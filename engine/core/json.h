/* engine/core/json.h - reads a JSON text (RFC 8259) into a flat list of nodes.
 *
 * For the webhook's body, which is read a hundred thousand times a second at
 * best (jansson took half of a short turn), and for JSON that becomes plain
 * data (script/value.h). It takes what jansson takes, and besides integers
 * beyond 64 bits (as USHER_JSON_REAL), reals beyond a double, any depth. */
#ifndef USHER_CORE_JSON_H
#define USHER_CORE_JSON_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

enum usher_json_kind {
    USHER_JSON_NULL,
    USHER_JSON_FALSE,
    USHER_JSON_TRUE,
    USHER_JSON_INTEGER,
    USHER_JSON_REAL, /* see usher_json_real() */
    USHER_JSON_STRING,
    USHER_JSON_ARRAY,
    USHER_JSON_OBJECT
};

/* An object's members stand behind it, name and value in turn, an array's
 * items likewise. */
struct usher_json_node {
    enum usher_json_kind kind;
    uint32_t next;       /* number of the node behind it and all inside it */
    uint32_t start, end; /* where it stands in the text that was read */
    uint32_t len;        /* of a string */
    union {
        const char *text; /* of a string: UTF-8, may hold zero bytes (a name
                             has none), a zero byte behind it; lives until the
                             next read */
        int64_t integer;
    };
};

/* Reads one text after the other with the same memory; of one thread. */
struct usher_json {
    struct usher_json_node *nodes; /* the first is the whole text's */
    size_t count, cap;
    char *text; /* a copy, strings without their escapes */
    size_t text_cap;
    const char *problem; /* what was wrong, after USHER_ERR_PARSE */
    size_t problem_at;   /* byte, from 0 */
};

void usher_json_init(struct usher_json *json);
void usher_json_free(struct usher_json *json);

/* USHER_ERR_PARSE: see problem; USHER_ERR_NOMEM; USHER_ERR_LIMIT: a text of 4
 * GiB. There are no nodes then. Nesting costs no stack: any depth is fine. */
USHER_MUST_USE enum usher_status usher_json_read(struct usher_json *json,
                                                 const char *text, size_t len);

/* Gives memory back that is more than usual texts need. The nodes are gone. */
void usher_json_rest(struct usher_json *json);

/* The value of an object's member, the last where several have this name;
 * NULL: none, or no object, or node is NULL. */
const struct usher_json_node *usher_json_get(const struct usher_json *json,
                                             const struct usher_json_node *node,
                                             const char *name);

/* The value of a USHER_JSON_REAL: the nearest double, infinite where it is too
 * large for one. */
double usher_json_real(const struct usher_json *json,
                       const struct usher_json_node *node);

/* The digits (and sign) of an integer beyond 64 bits, *len of them; NULL for
 * every other node. Lives until the next read. */
const char *usher_json_large_integer(const struct usher_json *json,
                                     const struct usher_json_node *node,
                                     size_t *len);

#endif
