/* engine/conversation/settings_show.h - the settings of a running engine for
 * people who may use the commands and not read `.env`: never a secret. */
#ifndef USHER_CONVERSATION_SETTINGS_SHOW_H
#define USHER_CONVERSATION_SETTINGS_SHOW_H

#include "core/buffer.h"
#include "core/config.h"

/* {"flows_dir": "/the/folder", "settings": {"TIME_ZONE": "Asia/Kolkata"},
 * "set": ["OAUTH_REFRESH_TOKEN"]}: usher's own that are no secrets with their
 * values; of secrets and of the flows' own (declared, and what else stands in
 * `.env`) only that they are set. What the simulator has set is left out. */
void usher_settings_show(const struct usher_config *config,
                         const char *const *declared, size_t count,
                         struct usher_buffer *out);

#endif
