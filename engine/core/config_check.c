/* engine/core/config_check.c - is there what real Zoho needs? */
#include "core/config.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/env_file.h"

static const char *name_of(enum usher_credential_id id,
                           enum usher_credential_part part)
{
    return usher_setting_at(usher_setting_credential(id, part))->name;
}

static int has(const struct usher_config *config, enum usher_credential_id id,
               enum usher_credential_part part)
{
    return usher_config_text(config, usher_setting_credential(id, part)) !=
           NULL;
}

/* CLIENT_ID and CLIENT_SECRET of OAUTH_* serve the other groups, too. */
static int has_client(const struct usher_config *config,
                      enum usher_credential_id id,
                      enum usher_credential_part part)
{
    return has(config, id, part) || has(config, USHER_CREDENTIAL_DEFAULT, part);
}

static int has_token(const struct usher_config *config,
                     enum usher_credential_id id)
{
    return has(config, id, USHER_CREDENTIAL_ACCESS_TOKEN) ||
           has(config, id, USHER_CREDENTIAL_REFRESH_TOKEN);
}

static void need(const struct usher_config *config, enum usher_credential_id id,
                 enum usher_credential_part part,
                 struct usher_error_list *problems)
{
    const char *refresh = name_of(id, USHER_CREDENTIAL_REFRESH_TOKEN);

    if (has_client(config, id, part))
        return;
    usher_error_list_error(
        problems,
        "%s: %s is of no use without %s; add the line %s=... to .env "
        "(it stands beside the client in Zoho's API console)",
        usher_config_origin(config, usher_setting_credential(
                                        id, USHER_CREDENTIAL_REFRESH_TOKEN)),
        refresh, name_of(id, part), name_of(id, part));
}

static void check_group(const struct usher_config *config,
                        enum usher_credential_id id,
                        struct usher_error_list *problems)
{
    if (has(config, id, USHER_CREDENTIAL_REFRESH_TOKEN)) {
        need(config, id, USHER_CREDENTIAL_CLIENT_ID, problems);
        need(config, id, USHER_CREDENTIAL_CLIENT_SECRET, problems);
    } else if (has(config, id, USHER_CREDENTIAL_ACCESS_TOKEN)) {
        usher_error_list_warn(
            problems,
            "%s: %s ends within the hour and cannot be renewed; add the line "
            "%s=... to .env",
            usher_config_origin(config, usher_setting_credential(
                                            id, USHER_CREDENTIAL_ACCESS_TOKEN)),
            name_of(id, USHER_CREDENTIAL_ACCESS_TOKEN),
            name_of(id, USHER_CREDENTIAL_REFRESH_TOKEN));
    } else if (id != USHER_CREDENTIAL_DEFAULT &&
               (has(config, id, USHER_CREDENTIAL_CLIENT_ID) ||
                has(config, id, USHER_CREDENTIAL_CLIENT_SECRET))) {
        usher_error_list_error(problems,
                               "the client of credential %s has no token; add "
                               "the line %s=... to .env",
                               usher_credential_name(id),
                               name_of(id, USHER_CREDENTIAL_REFRESH_TOKEN));
    }
}

static void missing_all(const struct usher_config *config,
                        struct usher_error_list *problems)
{
    const enum usher_credential_part last = USHER_CREDENTIAL_CLIENT_SECRET;
    char lines[128] = "";

    for (int i = USHER_CREDENTIAL_REFRESH_TOKEN; i <= (int)last; i++) {
        enum usher_credential_part part = (enum usher_credential_part)i;
        size_t len = strlen(lines);
        if (!has(config, USHER_CREDENTIAL_DEFAULT, part))
            (void)snprintf(lines + len, sizeof(lines) - len, "%s%s=...",
                           len ? ", " : "",
                           name_of(USHER_CREDENTIAL_DEFAULT, part));
    }
    usher_error_list_error(problems,
                           "there is no credential for Zoho; add to .env: %s "
                           "(or start with --simulator to try usher without)",
                           lines);
}

enum usher_status
usher_config_check_credentials(const struct usher_config *config,
                               struct usher_error_list *problems)
{
    struct usher_error_list found = {0};
    struct usher_error_list *list = problems ? problems : &found;
    size_t before = list->errors;
    int any = 0;

    for (int i = 0; i < USHER_CREDENTIAL_COUNT; i++)
        any |= has_token(config, (enum usher_credential_id)i);
    if (!any)
        missing_all(config, list);
    for (int i = 0; i < USHER_CREDENTIAL_COUNT && any; i++) {
        enum usher_credential_id id = (enum usher_credential_id)i;
        check_group(config, id, list);
        if (id != USHER_CREDENTIAL_DEFAULT && !has_token(config, id) &&
            !has_token(config, USHER_CREDENTIAL_DEFAULT))
            usher_error_list_warn(
                list,
                "there is no credential for calls of %s; add the line %s=... "
                "or %s=... to .env",
                usher_credential_name(id),
                name_of(id, USHER_CREDENTIAL_REFRESH_TOKEN),
                name_of(USHER_CREDENTIAL_DEFAULT,
                        USHER_CREDENTIAL_REFRESH_TOKEN));
    }
    before = list->errors - before;
    usher_error_list_free(&found);
    return before == 0 ? USHER_OK : USHER_ERR_INVALID;
}

int usher_config_is_open(const struct usher_config *config)
{
    return !usher_config_text(config, USHER_SETTING_WEBHOOK_SECRET) &&
           !usher_config_text(config, USHER_SETTING_SALESIQ_PUBLIC_KEY);
}

static int has_secret(const struct usher_env_file *file)
{
    const struct usher_env_entry *entry;

    for (size_t i = 0; file && (entry = usher_env_file_at(file, i)); i++)
        if (entry->value[0] && usher_config_is_secret(entry->name))
            return 1;
    return 0;
}

unsigned usher_config_exposed(const struct usher_config *config,
                              const char *path)
{
    struct stat info;

    if (!has_secret(usher_config_file(config)) || stat(path, &info) != 0)
        return 0;
    return info.st_mode & 077 ? (unsigned)(info.st_mode & 07777) : 0;
}
