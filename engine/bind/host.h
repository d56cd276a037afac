/* engine/bind/host.h - modules of a program that embeds usher
 * (include/usher.h), as modules of a script. */
#ifndef USHER_BIND_HOST_H
#define USHER_BIND_HOST_H

#include "core/status.h"
#include "script/script.h"
#include "usher.h"

/* usher's own modules, then the host's: *out is the caller's, for free(). The
 * host's array is borrowed and must live on. USHER_ERR_EXISTS: a name is
 * taken; error says which. */
USHER_MUST_USE enum usher_status
usher_host_modules(const struct usher_host_module *host, size_t host_count,
                   struct usher_script_module **out, size_t *count,
                   struct usher_error *error);

#endif
