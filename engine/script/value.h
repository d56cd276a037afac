/* engine/script/value.h - plain data as bytes: the encoding of the journal,
 * of task arguments and of chat.memory.
 *
 * Plain data is nil, boolean, integer, float, string of bytes, and tables of
 * these without a cycle. The encoding is exact (a float keeps its bits, an
 * integer stays one) and canonical: equal values give equal bytes, since keys
 * stand in order (integers, floats, then strings by their bytes).
 *
 *   value  := tag [payload]
 *   0 nil | 1 false | 2 true | 3 integer (zigzag varint) | 4 float (8 bytes,
 *   little endian) | 5 string (varint length, bytes)
 *   6 table (varint n: values of keys 1..n; varint m: m pairs key value)
 */
#ifndef USHER_SCRIPT_VALUE_H
#define USHER_SCRIPT_VALUE_H

#include <lua.h>

#include "core/buffer.h"
#include "core/json.h"
#include "core/status.h"

/* How deep tables may nest. */
#define USHER_VALUE_DEPTH 64

/* Appends the value at `index`. `what` begins the path in the error ("task
 * argument"): what cannot be kept is named with the path to it, such as
 * `memory.cart[2].run: a function cannot be kept`. Raises nothing; the buffer
 * holds a broken tail after an error, the caller cuts it off.
 * USHER_ERR_INVALID, USHER_ERR_LIMIT (above buffer->max, too deep or a cycle),
 * USHER_ERR_NOMEM. */
enum usher_status usher_value_encode(lua_State *L, int index,
                                     struct usher_buffer *buffer,
                                     const char *what,
                                     struct usher_error *error);

/* Pushes one value from the reader. Raises only on memory; bytes that are no
 * value push nil and set reader->failed. */
void usher_value_decode(lua_State *L, struct usher_reader *reader);

/* Writers for C. A table is opened with its counts; its values and pairs
 * follow in canonical order (the caller's duty). */
void usher_value_nil(struct usher_buffer *buffer);
void usher_value_boolean(struct usher_buffer *buffer, int value);
void usher_value_integer(struct usher_buffer *buffer, int64_t value);
void usher_value_float(struct usher_buffer *buffer, double value);
void usher_value_string(struct usher_buffer *buffer, const char *text,
                        size_t len);
void usher_value_table(struct usher_buffer *buffer, size_t values,
                       size_t pairs);

/* Skips one value; *at is its first byte, *len its length. */
void usher_value_skip(struct usher_reader *reader, const char **at,
                      size_t *len);

/* A JSON document as a value. JSON null becomes nil: a member that is null is
 * absent, in an array it is false. A number that is no 64-bit integer is a
 * float. Nesting is capped at USHER_VALUE_DEPTH. USHER_ERR_PARSE with line and
 * reason in error, USHER_ERR_LIMIT, USHER_ERR_NOMEM. */
enum usher_status usher_value_from_json(struct usher_buffer *buffer,
                                        const char *text, size_t len,
                                        struct usher_error *error);

/* The same of a part of a text that was read. */
enum usher_status usher_value_from_node(struct usher_buffer *buffer,
                                        const struct usher_json *json,
                                        const struct usher_json_node *node);

/* The JSON of a value: a table with values 1..n and no pair is an array, an
 * empty one is {}; a table with both parts is USHER_ERR_INVALID. So is a float
 * that is not finite; where error is NULL, to be shown only, it is null.
 * USHER_ERR_PARSE: the bytes are no value; USHER_ERR_LIMIT; USHER_ERR_NOMEM. */
enum usher_status usher_value_to_json(struct usher_buffer *buffer,
                                      struct usher_reader *reader,
                                      struct usher_error *error);

#endif
