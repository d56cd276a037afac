/* engine/core/config_table.c - every setting, and what is known about it. */
#include "core/config.h"
#include "core/config_value.h"
#include "core/nearest.h"

#include <string.h>
#include <strings.h>

#define URL_MAX_BYTES 255 /* zoho/ has places of these sizes */
#define ID_MAX_BYTES 127
#define ORG_ID_MAX_BYTES 39
#define NAME_MAX_BYTES 40 /* longer names are not compared */

#define CREDENTIAL(prefix, whom)                                              \
    {.name = prefix "_ACCESS_TOKEN",                                          \
     .type = USHER_SETTING_TOKEN,                                             \
     .secret = 1,                                                             \
     .about = "access token for " whom "; made anew from the refresh token"}, \
        {.name = prefix "_REFRESH_TOKEN",                                     \
         .type = USHER_SETTING_TOKEN,                                         \
         .secret = 1,                                                         \
         .about = "refresh token for " whom},                                 \
        {.name = prefix "_CLIENT_ID",                                         \
         .type = USHER_SETTING_TOKEN,                                         \
         .secret = 1,                                                         \
         .about = "client id of the refresh token for " whom},                \
    {                                                                         \
        .name = prefix "_CLIENT_SECRET", .type = USHER_SETTING_TOKEN,         \
        .secret = 1, .about = "client secret that belongs to it"              \
    }

/* In the order of enum usher_setting. */
static const struct usher_setting_info settings[USHER_SETTING_COUNT] = {
    {.name = "HOST",
     .type = USHER_SETTING_ADDRESS,
     .restart = 1,
     .about = "address to listen at; 127.0.0.1 while the simulator starts by "
              "itself, else 0.0.0.0"},
    {.name = "PORT",
     .type = USHER_SETTING_NUMBER,
     .fallback = "8000",
     .min = 1,
     .max = 65535,
     .restart = 1,
     .about = "port to listen at"},
    {.name = "FLOWS_DIR",
     .type = USHER_SETTING_TEXT,
     .fallback = "flows",
     .restart = 1,
     .about = "folder of the flows, seen from the folder of .env"},
    {.name = "DATABASE_URL",
     .type = USHER_SETTING_DATABASE,
     .fallback = "sqlite:usher.db",
     .restart = 1,
     .about = "where conversations are kept: sqlite:FILE or memory:"},
    {.name = "ZOHO_DC",
     .type = USHER_SETTING_CHOICE,
     .fallback = "in",
     .choices = "in com eu com.au com.cn jp ca sa uk ae sg",
     .about = "Zoho's data centre: the end of the address you log in at"},
    {.name = "ZOHO_ACCOUNTS_URL",
     .type = USHER_SETTING_URL,
     .max = URL_MAX_BYTES,
     .about = "Zoho Accounts, if not the one of ZOHO_DC"},
    {.name = "SALESIQ_URL",
     .type = USHER_SETTING_URL,
     .max = URL_MAX_BYTES,
     .about = "SalesIQ, if not the one of ZOHO_DC"},
    {.name = "DESK_URL",
     .type = USHER_SETTING_URL,
     .max = URL_MAX_BYTES,
     .about = "Desk, if not the one of ZOHO_DC"},
    {.name = "SALESIQ_SCREEN_NAME",
     .type = USHER_SETTING_ID,
     .max = ID_MAX_BYTES,
     .about = "SalesIQ portal: salesiq.zoho.in/NAME"},
    {.name = "SALESIQ_APP_ID",
     .type = USHER_SETTING_ID,
     .max = ID_MAX_BYTES,
     .about = "SalesIQ app (brand) that opens conversations"},
    {.name = "SALESIQ_DEPARTMENT_ID",
     .type = USHER_SETTING_ID,
     .max = ID_MAX_BYTES,
     .about = "SalesIQ department that answers them"},
    {.name = "DESK_ORG_ID",
     .type = USHER_SETTING_ID,
     .max = ORG_ID_MAX_BYTES,
     .about = "Desk organisation"},
    {.name = "DESK_DEPARTMENT_ID",
     .type = USHER_SETTING_ID,
     .max = ID_MAX_BYTES,
     .about = "Desk department of callbacks and tickets"},
    CREDENTIAL("OAUTH", "everything"),
    CREDENTIAL("SALESIQ", "SalesIQ only"),
    CREDENTIAL("SALESIQ_VISITOR", "the Visitor API only"),
    CREDENTIAL("DESK", "Desk only"),
    {.name = "WEBHOOK_SECRET",
     .type = USHER_SETTING_TEXT,
     .secret = 1,
     .about = "what callers of the webhook send as X-Webhook-Secret"},
    {.name = "SALESIQ_PUBLIC_KEY",
     .type = USHER_SETTING_KEY,
     .about = "key that checks SalesIQ's signature; two with a comma"},
    {.name = "ADMIN_TOKEN",
     .type = USHER_SETTING_TOKEN,
     .secret = 1,
     .about = "opens /admin/ over HTTP"},
    {.name = "ADMIN_GROUP",
     .type = USHER_SETTING_TEXT,
     .about = "group of this machine that may use the commands, such as "
              "support; else only the user that usher runs as"},
    {.name = "ADMIN_SOCKET",
     .type = USHER_SETTING_TEXT,
     .restart = 1,
     .about = "socket that the commands use, seen from the folder of .env; "
              "else beside the database"},
    {.name = "TIME_ZONE",
     .type = USHER_SETTING_ZONE,
     .about = "zone of visitors who tell none, such as Asia/Kolkata; else the "
              "machine's"},
    {.name = "DEFAULT_REGION",
     .type = USHER_SETTING_REGION,
     .about = "country of phone numbers without a country code, such as IN; "
              "else the zone's"},
    {.name = "BUSINESS_HOURS",
     .type = USHER_SETTING_HOURS,
     .about = "opening hours, such as Mon-Fri 09:00-18:00; Sat 10:00-14:00"},
    {.name = "WORKERS",
     .type = USHER_SETTING_NUMBER,
     .min = 1,
     .max = 256,
     .restart = 1,
     .about = "threads that answer; else one a processor"},
    {.name = "LOG_LEVEL",
     .type = USHER_SETTING_CHOICE,
     .fallback = "info",
     .choices = "debug info warn error",
     .about = "least important lines that are logged"},
    {.name = "LOG_FORMAT",
     .type = USHER_SETTING_CHOICE,
     .fallback = "logfmt",
     .choices = "logfmt json",
     .restart = 1,
     .about = "form of the log's lines"},
    {.name = "RETENTION_DAYS",
     .type = USHER_SETTING_NUMBER,
     .fallback = "90",
     .min = 1,
     .max = 3650,
     .about = "days after which a finished conversation is deleted"},
    {.name = "QUESTION_HOURS",
     .type = USHER_SETTING_NUMBER,
     .fallback = "24",
     .min = 1,
     .max = 720,
     .about = "hours after which a question nobody answered ends its flow"},
    {.name = "SUGGESTIONS",
     .type = USHER_SETTING_CHOICE,
     .fallback = "objects",
     .choices = "objects strings",
     .about = "form of the buttons in an answer"},
    {.name = "INSTANT_CHAT",
     .type = USHER_SETTING_CHOICE,
     .fallback = "open_conversation",
     .choices = "open_conversation forward",
     .about = "how a visitor comes to a person"},
    {.name = "ZOHO_CONCURRENCY",
     .type = USHER_SETTING_CALLS,
     .fallback = "desk=4,salesiq=32",
     .min = 1,
     .max = 1000,
     .about = "calls to Zoho at once"},
};

const struct usher_setting_info *usher_setting_at(size_t setting)
{
    return setting < USHER_SETTING_COUNT ? &settings[setting] : NULL;
}

int usher_setting_find(const char *name)
{
    for (int i = 0; i < USHER_SETTING_COUNT; i++)
        if (strcmp(settings[i].name, name) == 0)
            return i;
    return -1;
}

enum usher_setting usher_setting_credential(enum usher_credential_id credential,
                                            enum usher_credential_part part)
{
    return (enum usher_setting)(USHER_SETTING_OAUTH_ACCESS_TOKEN +
                                4 * (int)credential + (int)part);
}

const char *usher_credential_name(enum usher_credential_id credential)
{
    static const char *const names[] = {"default", "salesiq", "visitor",
                                        "desk"};

    return names[credential];
}

static int word_sounds_secret(const char *word, size_t len)
{
    static const char *const ends[] = {
        "TOKEN", "TOKENS",     "SECRET",      "SECRETS", "PASSWORD", "PASSWD",
        "PASS",  "CREDENTIAL", "CREDENTIALS", "KEY",     "DSN",
    };

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        size_t end_len = strlen(ends[i]);
        if (len >= end_len &&
            strncasecmp(word + len - end_len, ends[i], end_len) == 0)
            return 1;
    }
    return 0;
}

int usher_config_is_secret(const char *name)
{
    int known = usher_setting_find(name);

    if (known >= 0)
        return settings[known].secret;
    while (*name) {
        size_t len = strcspn(name, "_");
        if (word_sounds_secret(name, len))
            return 1;
        name += len;
        name += *name == '_';
    }
    return 0;
}

/* OAUTH_CLIENT_ID for ZOHO_CLIENT_ID or CLIENT_ID: other programs name the
 * same things so. */
static const char *credential_like(const char *name)
{
    size_t len = strlen(name);

    for (int i = USHER_SETTING_OAUTH_ACCESS_TOKEN;
         i <= USHER_SETTING_OAUTH_CLIENT_SECRET; i++) {
        const char *part = strchr(settings[i].name, '_') + 1;
        size_t part_len = strlen(part);
        if (len >= part_len && strcasecmp(name + len - part_len, part) == 0)
            return settings[i].name;
    }
    return NULL;
}

const char *usher_name_nearest(const char *name, const char *const *more,
                               size_t count)
{
    const char *nearest = NULL;
    size_t best = usher_word_reach(name); /* above it is another word */

    if (strlen(name) > NAME_MAX_BYTES)
        return NULL;
    for (size_t i = 0; i < USHER_SETTING_COUNT + count; i++) {
        const char *known = i < USHER_SETTING_COUNT
                                ? settings[i].name
                                : more[i - USHER_SETTING_COUNT];
        size_t far;
        if (strlen(known) > NAME_MAX_BYTES)
            continue;
        far = usher_word_distance(name, known);
        if (far < best || (far == best && !nearest)) {
            best = far;
            nearest = known;
        }
    }
    if (best > 2 && credential_like(name))
        return credential_like(name);
    return nearest;
}
