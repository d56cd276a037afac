/* engine/script/explain.h - a message about the flows, made one that helps:
 * the place where the mistake is, the text of that line, and what to do. */
#ifndef USHER_SCRIPT_EXPLAIN_H
#define USHER_SCRIPT_EXPLAIN_H

#include "core/status.h"
#include "script/script.h"

/* "flows/callback.lua:12: ..." gets the text of line 12 behind it, and advice;
 * all in one line, with " | " between. Where Lua names the end of the file, or
 * the line behind a mistake, the line that is meant takes its place. */
void usher_explain(const struct usher_source *sources, size_t count,
                   const char *folder, struct usher_error *error);

/* The text of a line of a source, without blanks before it, cut where it does
 * not fit. 0: there is nothing in it. */
int usher_source_line(const struct usher_source *source, long line, char *out,
                      size_t size);

/* Whether the file is UTF-8; else what is wrong, with its first line. */
int usher_source_is_utf8(const struct usher_source *source, const char *folder,
                         struct usher_error *error);

#endif
