/* engine/zoho/zoho_settings.c - see the header. */
#include "zoho/zoho_settings.h"

#include <string.h>

#define DESK_AT_ONCE 4
#define SALESIQ_AT_ONCE 32

static enum usher_status text_copy(char *out, size_t size, const char *text,
                                   const char *name, struct usher_error *error)
{
    size_t len = text ? strlen(text) : 0;

    if (len >= size) {
        usher_error_set(error, "%s is too long: at most %zu characters", name,
                        size - 1);
        return USHER_ERR_LIMIT;
    }
    memcpy(out, text ? text : "", len);
    out[len] = '\0';
    return USHER_OK;
}

void usher_zoho_settings_limits(struct usher_zoho_settings *settings)
{
    static const unsigned usual[USHER_ZOHO_SERVICES] = {0, SALESIQ_AT_ONCE,
                                                        DESK_AT_ONCE};
    size_t i;

    for (i = 0; i < USHER_ZOHO_SERVICES; i++)
        settings->concurrency[i] =
            usher_url_is_loopback(settings->hosts.base[i]) ? 0 : usual[i];
}

static void limits_load(const struct usher_config *config,
                        struct usher_zoho_settings *settings)
{
    size_t i;

    usher_zoho_settings_limits(settings);
    for (i = 0; i < USHER_ZOHO_SERVICES; i++) {
        unsigned calls = usher_config_calls(
            config, usher_zoho_service_text((enum usher_zoho_service)i));

        if (settings->concurrency[i] != 0 && calls != 0)
            settings->concurrency[i] = calls;
    }
}

enum usher_status usher_zoho_settings_load(const struct usher_config *config,
                                           struct usher_zoho_settings *settings,
                                           struct usher_error *error)
{
    enum usher_status st;

    memset(settings, 0, sizeof(*settings));
    st = usher_zoho_hosts_set(
        &settings->hosts, usher_config_text(config, USHER_SETTING_ZOHO_DC),
        usher_config_text(config, USHER_SETTING_ZOHO_ACCOUNTS_URL),
        usher_config_text(config, USHER_SETTING_SALESIQ_URL),
        usher_config_text(config, USHER_SETTING_DESK_URL), error);
    if (st == USHER_OK)
        st = text_copy(settings->screen_name, sizeof(settings->screen_name),
                       usher_config_text(config,
                                         USHER_SETTING_SALESIQ_SCREEN_NAME),
                       "SALESIQ_SCREEN_NAME", error);
    if (st == USHER_OK)
        st = text_copy(settings->org_id, sizeof(settings->org_id),
                       usher_config_text(config, USHER_SETTING_DESK_ORG_ID),
                       "DESK_ORG_ID", error);
    if (st == USHER_OK)
        limits_load(config, settings);
    return st;
}

void usher_zoho_settings_open(const struct usher_zoho_settings *settings,
                              struct usher_gate *gate)
{
    size_t i;

    for (i = 0; i < USHER_ZOHO_SERVICES; i++)
        usher_gate_limit(gate, (enum usher_zoho_service)i,
                         settings->concurrency[i]);
}
