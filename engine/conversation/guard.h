/* engine/conversation/guard.h - who may call the webhook: who signs as SalesIQ
 * does, or knows the secret; where neither is set, everybody. */
#ifndef USHER_CONVERSATION_GUARD_H
#define USHER_CONVERSATION_GUARD_H

#include "core/config.h"
#include "net/server.h"
#include "net/signature.h"

struct usher_webhook_guard {
    char *secret; /* NULL: none */
    struct usher_keys *keys;
};

/* As the settings have it: the caller's, for usher_guard_clear(). Empty on any
 * error. */
USHER_MUST_USE enum usher_status
usher_guard_load(struct usher_webhook_guard *guard,
                 const struct usher_config *config, struct usher_error *error);
void usher_guard_clear(struct usher_webhook_guard *guard);
/* Can the keys of the settings be read? USHER_ERR_INVALID: an error in
 * `problems` names setting, line and which key. */
enum usher_status usher_guard_check(const struct usher_config *config,
                                    struct usher_error_list *problems);
/* NULL: let in; else what was wrong. Where signature and secret are set either
 * is enough. */
const char *usher_guard_refusal(const struct usher_webhook_guard *guard,
                                const struct usher_request *request);

#endif
