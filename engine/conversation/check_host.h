/* engine/conversation/check_host.h - looks at flows and settings as `usher
 * serve` would load them, and more closely (engine/cli/check.lua). */
#ifndef USHER_CONVERSATION_CHECK_HOST_H
#define USHER_CONVERSATION_CHECK_HOST_H

#include <stdio.h>

#include "core/config.h"
#include "core/status.h"

struct usher_check_options {
    const char *flows; /* the folder */
    /* Settings, for what flows require and for unknown names; NULL: not
     * looked at. */
    const struct usher_config *config;
    struct usher_error_list *problems; /* of the settings; is added to */
    FILE *out;                         /* findings, two lines each */
};

struct usher_check_result {
    size_t errors, warnings;
};

/* An error is one of the looking itself: no folder, no memory. Blocks. */
USHER_MUST_USE enum usher_status
usher_check_flows(const struct usher_check_options *options,
                  struct usher_check_result *result, struct usher_error *error);

#endif
