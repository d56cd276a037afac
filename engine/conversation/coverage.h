/* engine/conversation/coverage.h - which lines of the flows ran, and which
 * line followed which. One thread. */
#ifndef USHER_CONVERSATION_COVERAGE_H
#define USHER_CONVERSATION_COVERAGE_H

#include <lua.h>

#include "core/status.h"

struct usher_coverage;

USHER_MUST_USE enum usher_status
usher_coverage_new(struct usher_coverage **out);
void usher_coverage_free(struct usher_coverage *coverage); /* NULL is fine */

/* A usher_script_line_fn; user is the coverage. */
void usher_coverage_line(void *user, const char *source, int line,
                         const void *frame);

/* Pushes { ["flows/callback.lua"] = { lines = { [12] = true }, jumps =
 * { ["12:15"] = true } } }. */
void usher_coverage_push(lua_State *L, const struct usher_coverage *coverage);

#endif
