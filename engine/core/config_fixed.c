/* engine/core/config_fixed.c - a list of settings that win. */
#include "core/config_fixed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void usher_config_fixed_free(struct usher_config_fixed *fixed)
{
    for (size_t i = 0; i < fixed->count; i++)
        free(fixed->lines[i]);
    memset(fixed, 0, sizeof(*fixed));
}

int usher_config_fixes(const struct usher_config_fixed *fixed, const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < fixed->count; i++)
        if (strncmp(fixed->lines[i], name, len) == 0 &&
            fixed->lines[i][len] == '=')
            return 1;
    return 0;
}

void usher_config_fix(struct usher_config_fixed *fixed, const char *name,
                      const char *value)
{
    char *line = NULL;

    if (usher_config_fixes(fixed, name))
        return;
    if (fixed->count == USHER_CONFIG_FIXED_MAX ||
        asprintf(&line, "%s=%s", name, value) < 0) {
        fixed->failed = 1;
        return;
    }
    fixed->lines[fixed->count++] = line;
}

static void range_fix(struct usher_config_fixed *fixed,
                      enum usher_setting first, enum usher_setting last)
{
    for (int i = (int)first; i <= (int)last; i++)
        usher_config_fix(fixed, usher_setting_at((size_t)i)->name, "");
}

void usher_config_fix_zoho(struct usher_config_fixed *fixed)
{
    range_fix(fixed, USHER_SETTING_ZOHO_ACCOUNTS_URL, USHER_SETTING_DESK_URL);
    range_fix(fixed, USHER_SETTING_OAUTH_ACCESS_TOKEN,
              USHER_SETTING_DESK_CLIENT_SECRET);
}
