/* engine/conversation/parser.h - the parsers of the flows (parse/phone.lua,
 * parse/time.lua) for `usher parse`: in a state like that of the service, one
 * message at a time. One thread. */
#ifndef USHER_CONVERSATION_PARSER_H
#define USHER_CONVERSATION_PARSER_H

#include <stdint.h>

#include "core/buffer.h"
#include "core/status.h"

struct usher_parser;

/* The parsers of this flows folder; where it has none, or is NULL, those that
 * are built in. */
USHER_MUST_USE enum usher_status usher_parser_new(const char *folder,
                                                  struct usher_parser **out,
                                                  struct usher_error *error);
void usher_parser_free(struct usher_parser *parser); /* NULL is fine */

/* One JSON line in, one appended to out (no line break): see
 * engine/cli/parse.lua. A line that cannot be read gives one that says so. */
USHER_MUST_USE enum usher_status usher_parser_line(struct usher_parser *parser,
                                                   const char *line, size_t len,
                                                   struct usher_buffer *out,
                                                   struct usher_error *error);

/* What was understood of the text, for people: appended to out. region may be
 * NULL. */
USHER_MUST_USE enum usher_status
usher_parser_explain(struct usher_parser *parser, const char *text,
                     int64_t now_s, const char *zone, const char *region,
                     struct usher_buffer *out, struct usher_error *error);

#endif
