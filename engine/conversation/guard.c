/* engine/conversation/guard.c - who may call the webhook: SalesIQ, which signs
 * what it sends, or who knows the secret. */
#include "conversation/guard.h"

#include <stdlib.h>
#include <string.h>

void usher_guard_clear(struct usher_webhook_guard *guard)
{
    if (guard->secret)
        explicit_bzero(guard->secret, strlen(guard->secret));
    free(guard->secret);
    usher_keys_free(guard->keys);
    guard->secret = NULL;
    guard->keys = NULL;
}

/* The error names the setting and where it stands. */
static enum usher_status keys_load(const struct usher_config *config,
                                   struct usher_keys **keys,
                                   struct usher_error *error)
{
    const enum usher_setting setting = USHER_SETTING_SALESIQ_PUBLIC_KEY;
    struct usher_error why = {""};
    enum usher_status st =
        usher_keys_parse(usher_config_text(config, setting), keys, &why);

    if (st != USHER_OK && st != USHER_ERR_NOMEM)
        usher_error_set(error, "%s: %s: %s",
                        usher_config_origin(config, setting),
                        usher_setting_at(setting)->name, why.text);
    return st;
}

enum usher_status usher_guard_load(struct usher_webhook_guard *guard,
                                   const struct usher_config *config,
                                   struct usher_error *error)
{
    const char *secret =
        usher_config_text(config, USHER_SETTING_WEBHOOK_SECRET);
    enum usher_status st;

    guard->secret = NULL;
    st = keys_load(config, &guard->keys, error);
    if (st != USHER_OK || !secret)
        return st;
    guard->secret = strdup(secret);
    if (guard->secret)
        return USHER_OK;
    usher_guard_clear(guard);
    return USHER_ERR_NOMEM;
}

enum usher_status usher_guard_check(const struct usher_config *config,
                                    struct usher_error_list *problems)
{
    struct usher_keys *keys;
    struct usher_error error = {""};
    enum usher_status st = keys_load(config, &keys, &error);

    usher_keys_free(keys);
    if (st == USHER_OK || st == USHER_ERR_NOMEM)
        return st;
    usher_error_list_error(problems, "%s", error.text);
    return USHER_ERR_INVALID;
}

const char *usher_guard_refusal(const struct usher_webhook_guard *guard,
                                const struct usher_request *request)
{
    const char *signature = usher_request_header(request, "x-siqsignature");
    const char *secret = usher_request_header(request, "x-webhook-secret");
    const char *body;
    size_t len;

    if (!guard->secret && !guard->keys)
        return NULL;
    if (guard->secret && usher_secret_equal(guard->secret, secret))
        return NULL;
    body = usher_request_body(request, &len);
    if (guard->keys && signature &&
        usher_keys_verify(guard->keys, signature, body, len))
        return NULL;
    if (guard->keys && signature)
        return "the signature in x-siqsignature does not fit";
    if (guard->secret && secret)
        return "the secret in X-Webhook-Secret is not the one that is set";
    if (guard->keys && guard->secret)
        return "neither x-siqsignature nor X-Webhook-Secret was sent";
    return guard->keys ? "x-siqsignature is missing"
                       : "X-Webhook-Secret is missing";
}
