/* engine/simulated.c - the built-in simulator in Zoho's place: settings that
 * lead to it win over all that people have set, so that nothing which is meant
 * for the one comes to the other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"

/* The first one of a name counts. */
static void setting_add(void *user, const char *name, const char *value)
{
    struct usher *usher = user;
    char *text = NULL;

    if (simulated_fixes(usher, name) ||
        asprintf(&text, "%s=%s", name, value) < 0)
        return;
    for (size_t i = 0; i < USHER_SETTING_COUNT; i++) {
        if (!usher->simulator_settings[i]) {
            usher->simulator_settings[i] = text;
            return;
        }
    }
    free(text);
}

/* One that must not be missing: else the way would lead to the real Zoho. */
static enum usher_status setting_fix(struct usher *usher, const char *name,
                                     const char *value, enum usher_status st)
{
    setting_add(usher, name, value);
    return simulated_fixes(usher, name) ? st : USHER_ERR_NOMEM;
}

enum usher_status simulated_start(struct usher *usher,
                                  struct usher_error *error)
{
    static const enum usher_setting urls[] = {USHER_SETTING_ZOHO_ACCOUNTS_URL,
                                              USHER_SETTING_SALESIQ_URL,
                                              USHER_SETTING_DESK_URL};
    struct usher_service_options options = {.clock = usher->clock};
    enum usher_status st;

    st = usher_service_start(&options, &usher->simulator, error);
    if (st != USHER_OK)
        return st;
    snprintf(usher->simulator_url, sizeof(usher->simulator_url),
             "http://127.0.0.1:%u", usher_service_port(usher->simulator));
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
        st = setting_fix(usher, usher_setting_at(urls[i])->name,
                         usher->simulator_url, st);
    usher_service_defaults(usher->simulator, setting_add, usher);
    /* Real secrets are not for it. */
    for (int i = USHER_SETTING_OAUTH_ACCESS_TOKEN;
         i <= USHER_SETTING_DESK_CLIENT_SECRET; i++)
        st = setting_fix(usher, usher_setting_at((size_t)i)->name, "", st);
    return st;
}

int simulated_fixes(const struct usher *usher, const char *name)
{
    size_t len = strlen(name);

    for (char *const *at = usher->simulator_settings; *at; at++)
        if (strncmp(*at, name, len) == 0 && (*at)[len] == '=')
            return 1;
    return 0;
}

void simulated_free(struct usher *usher)
{
    if (usher->simulator)
        usher_service_stop(usher->simulator);
    for (char **at = usher->simulator_settings; *at; at++)
        free(*at);
}
