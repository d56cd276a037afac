/* engine/conversation/spec_host.h - runs specs of flows: Debian's busted in an
 * ordinary Lua state, the flows in states as in service (engine/lua/spec.lua
 * says what a spec finds). */
#ifndef USHER_CONVERSATION_SPEC_HOST_H
#define USHER_CONVERSATION_SPEC_HOST_H

#include <stddef.h>

#include "core/status.h"

struct usher_spec_options {
    const char *flows;      /* the folder */
    char *const *arguments; /* busted's own */
    size_t argument_count;
    int coverage; /* report which lines of the flows never ran */
};

/* Runs them, output on standard output; *code is the exit code that busted
 * wants. An error is one of the host's own: flows that do not load, no
 * memory. Blocks. */
USHER_MUST_USE enum usher_status
usher_spec_run(const struct usher_spec_options *options, int *code,
               struct usher_error *error);

#endif
