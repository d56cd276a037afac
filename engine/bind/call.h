/* engine/bind/call.h - an effect with waiting, while a binding puts it
 * together: everything that is not Lua's hangs on a userdata, so that an error
 * on the way leaks nothing. */
#ifndef USHER_BIND_CALL_H
#define USHER_BIND_CALL_H

#include <lua.h>

#include "core/buffer.h"
#include "script/effect.h"

/* What a job may give as results, in bytes: below what an entry of the journal
 * may have. */
#define USHER_RESULTS_MAX (255u * 1024)
/* What a request may send. */
#define USHER_REQUEST_MAX (1024u * 1024)

struct usher_call {
    struct usher_job *job; /* freed with the call unless it was run */
    struct usher_buffer target;
    struct usher_buffer args;
    struct usher_buffer scratch;
};

/* Pushes a call. It ends at once with the C function that asked for it,
 * however that ends: the collector does not know what buffers take. */
struct usher_call *usher_call_new(lua_State *L);

/* Hands the job to the host; `return` the result. flags as in struct
 * usher_effect. */
int usher_call_run(lua_State *L, struct usher_call *call, const char *name,
                   unsigned flags);

/* Raises where the table of options at `index` has a name that is not known
 * (the list is ended by NULL); the first in order, to say the same each time.
 * Returns how many keys are no names. */
lua_Integer usher_call_options(lua_State *L, int index, const char *function,
                               const char *const *known);

/* Raises "not enough memory" or, for any other status but USHER_OK, the
 * error's text. */
void usher_call_check(lua_State *L, enum usher_status status,
                      const struct usher_error *error);

/* Ends a job: with `count` results, or, where those could not be made, with an
 * error of kind "rejected" (too large) or "offline" (no memory); a write whose
 * outcome is done is "unclear" then. The job is gone after; the buffer is
 * freed. */
void usher_call_done(struct usher_job *job, struct usher_buffer *results,
                     unsigned count, enum usher_outcome outcome);

#endif
