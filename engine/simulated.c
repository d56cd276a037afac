/* engine/simulated.c - the built-in simulator in Zoho's place. */
#include <stdio.h>

#include "engine.h"

static void default_fix(void *user, const char *name, const char *value)
{
    usher_config_fix(user, name, value);
}

enum usher_status simulated_start(struct usher *usher,
                                  struct usher_error *error)
{
    static const enum usher_setting urls[] = {USHER_SETTING_ZOHO_ACCOUNTS_URL,
                                              USHER_SETTING_SALESIQ_URL,
                                              USHER_SETTING_DESK_URL};
    struct usher_service_options options = {.clock = usher->clock};
    struct usher_config_fixed *fixed = &usher->simulator_settings;
    enum usher_status st;

    st = usher_service_start(&options, &usher->simulator, error);
    if (st != USHER_OK)
        return st;
    snprintf(usher->simulator_url, sizeof(usher->simulator_url),
             "http://127.0.0.1:%u", usher_service_port(usher->simulator));
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
        usher_config_fix(fixed, usher_setting_at(urls[i])->name,
                         usher->simulator_url);
    usher_service_defaults(usher->simulator, default_fix, fixed);
    usher_config_fix_zoho(fixed);
    return fixed->failed ? USHER_ERR_NOMEM : USHER_OK;
}

void simulated_free(struct usher *usher)
{
    if (usher->simulator)
        usher_service_stop(usher->simulator);
    usher_config_fixed_free(&usher->simulator_settings);
}
