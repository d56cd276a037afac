/* engine/core/config.h - the settings: environment first, then `.env`.
 *
 * A config is loaded once and never changes; a changed `.env` is loaded into
 * a new one and compared. Any thread may read it while it holds a reference.
 * An empty value counts as not set, so an empty environment variable does
 * not hide the line in `.env`. */
#ifndef USHER_CORE_CONFIG_H
#define USHER_CORE_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#include "core/env_file.h"
#include "core/error_list.h"
#include "core/status.h"

/* In the order of the documentation. The credentials are four groups of four
 * in the order of the two enums below: see usher_setting_credential(). */
enum usher_setting {
    USHER_SETTING_HOST,
    USHER_SETTING_PORT,
    USHER_SETTING_FLOWS_DIR,
    USHER_SETTING_DATABASE_URL,
    USHER_SETTING_ZOHO_DC,
    USHER_SETTING_ZOHO_ACCOUNTS_URL,
    USHER_SETTING_SALESIQ_URL,
    USHER_SETTING_DESK_URL,
    USHER_SETTING_SALESIQ_SCREEN_NAME,
    USHER_SETTING_SALESIQ_APP_ID,
    USHER_SETTING_SALESIQ_DEPARTMENT_ID,
    USHER_SETTING_DESK_ORG_ID,
    USHER_SETTING_DESK_DEPARTMENT_ID,
    USHER_SETTING_OAUTH_ACCESS_TOKEN,
    USHER_SETTING_OAUTH_REFRESH_TOKEN,
    USHER_SETTING_OAUTH_CLIENT_ID,
    USHER_SETTING_OAUTH_CLIENT_SECRET,
    USHER_SETTING_SALESIQ_ACCESS_TOKEN,
    USHER_SETTING_SALESIQ_REFRESH_TOKEN,
    USHER_SETTING_SALESIQ_CLIENT_ID,
    USHER_SETTING_SALESIQ_CLIENT_SECRET,
    USHER_SETTING_SALESIQ_VISITOR_ACCESS_TOKEN,
    USHER_SETTING_SALESIQ_VISITOR_REFRESH_TOKEN,
    USHER_SETTING_SALESIQ_VISITOR_CLIENT_ID,
    USHER_SETTING_SALESIQ_VISITOR_CLIENT_SECRET,
    USHER_SETTING_DESK_ACCESS_TOKEN,
    USHER_SETTING_DESK_REFRESH_TOKEN,
    USHER_SETTING_DESK_CLIENT_ID,
    USHER_SETTING_DESK_CLIENT_SECRET,
    USHER_SETTING_WEBHOOK_SECRET,
    USHER_SETTING_SALESIQ_PUBLIC_KEY,
    USHER_SETTING_ADMIN_TOKEN,
    USHER_SETTING_ADMIN_GROUP,
    USHER_SETTING_ADMIN_SOCKET,
    USHER_SETTING_TIME_ZONE,
    USHER_SETTING_DEFAULT_REGION,
    USHER_SETTING_BUSINESS_HOURS,
    USHER_SETTING_WORKERS,
    USHER_SETTING_LOG_LEVEL,
    USHER_SETTING_LOG_FORMAT,
    USHER_SETTING_RETENTION_DAYS,
    USHER_SETTING_QUESTION_HOURS,
    USHER_SETTING_SUGGESTIONS,
    USHER_SETTING_INSTANT_CHAT,
    USHER_SETTING_ZOHO_CONCURRENCY,
    USHER_SETTING_COUNT
};

enum usher_credential_id {
    USHER_CREDENTIAL_DEFAULT,
    USHER_CREDENTIAL_SALESIQ,
    USHER_CREDENTIAL_VISITOR,
    USHER_CREDENTIAL_DESK,
    USHER_CREDENTIAL_COUNT
};

enum usher_credential_part {
    USHER_CREDENTIAL_ACCESS_TOKEN,
    USHER_CREDENTIAL_REFRESH_TOKEN,
    USHER_CREDENTIAL_CLIENT_ID,
    USHER_CREDENTIAL_CLIENT_SECRET
};

enum usher_setting_type {
    USHER_SETTING_TEXT,
    USHER_SETTING_KEY,    /* PEM or Base64, on any number of lines */
    USHER_SETTING_ID,     /* letters, digits and . _ - */
    USHER_SETTING_TOKEN,  /* one word without blanks; prefixes are taken off */
    USHER_SETTING_NUMBER, /* whole, min to max */
    USHER_SETTING_CHOICE, /* one of choices; its number is the place there */
    USHER_SETTING_ADDRESS,
    USHER_SETTING_URL, /* http or https, without the slash at the end */
    USHER_SETTING_DATABASE,
    USHER_SETTING_ZONE,   /* a known IANA name */
    USHER_SETTING_REGION, /* ISO 3166, two capitals */
    USHER_SETTING_HOURS,  /* hours.h */
    USHER_SETTING_CALLS   /* service=number, ... */
};

/* What is known about a setting; also the source of the documentation. */
struct usher_setting_info {
    const char *name;
    enum usher_setting_type type;
    const char *fallback; /* the default; NULL: none, or computed */
    int64_t min;          /* of a number */
    int64_t max;          /* of a URL or ID the most letters */
    const char *choices;  /* of a choice: words separated by a blank */
    int secret;           /* never shown, opaque to flows */
    int restart;          /* a change takes effect at the next start only */
    const char *about;    /* one line */
};

/* NULL from USHER_SETTING_COUNT on. */
const struct usher_setting_info *usher_setting_at(size_t setting);
/* The setting of this exact name, or -1. */
int usher_setting_find(const char *name);
/* OAUTH_ACCESS_TOKEN for (DEFAULT, ACCESS_TOKEN), and so on. */
enum usher_setting usher_setting_credential(enum usher_credential_id credential,
                                            enum usher_credential_part part);
/* "default", "salesiq", "visitor", "desk". */
const char *usher_credential_name(enum usher_credential_id credential);

struct usher_config;

/* Borrowed for the call only. */
struct usher_config_source {
    char *const *fixed;   /* "NAME=value" that wins over all else; "NAME=":
                           * not set, whatever others say; NULL: none */
    char *const *environ; /* as environ(7); NULL: empty */
    const char *env_path; /* the `.env`; NULL: none */
    int env_required;     /* it was asked for: a missing one is an error, and
                           * it may be a pipe of the shell's, <(...) */
    int env_hidden;       /* it may not be read, and is not; relative paths
                           * count from its folder all the same */
};

/* Loads and checks everything. On USHER_OK *out is one reference, for
 * usher_config_release(); there may be warnings. USHER_ERR_INVALID: there is
 * at least one error in `problems`; USHER_ERR_NOMEM; *out is NULL then. Blocks
 * on the disk. */
USHER_MUST_USE enum usher_status
usher_config_load(const struct usher_config_source *source,
                  struct usher_config **out, struct usher_error_list *problems);

struct usher_config *usher_config_retain(struct usher_config *config);
void usher_config_release(struct usher_config *config); /* NULL is fine */

/* The checked value in its normal form, or the default; NULL: not set.
 * Lives as long as the config. HOST's default depends on
 * usher_config_wants_simulator(). TIME_ZONE, DEFAULT_REGION and WORKERS are
 * NULL where nobody set them. */
const char *usher_config_text(const struct usher_config *config,
                              enum usher_setting setting);

/* Of a number its value, of a choice its place in the list (from 0), 0 for
 * other types. WORKERS that nobody set: the processors this process may
 * use. */
int64_t usher_config_number(const struct usher_config *config,
                            enum usher_setting setting);

/* ZOHO_CONCURRENCY of "desk" or "salesiq"; 0 for anything else. */
unsigned usher_config_calls(const struct usher_config *config,
                            const char *service);

/* 1 where environment or `.env` gave a value. */
int usher_config_is_set(const struct usher_config *config,
                        enum usher_setting setting);

/* Where the value comes from: "the simulator" (it was fixed), "environment",
 * ".env:7", "default". Lives as long as the config. */
const char *usher_config_origin(const struct usher_config *config,
                                enum usher_setting setting);

/* Any name, also one that only a flow knows: known settings as
 * usher_config_text(), else the environment, else `.env`; NULL: not set or
 * empty. Secrets come out as well: ask usher_config_is_secret() first. */
const char *usher_config_get(const struct usher_config *config,
                             const char *name);
/* A known secret, or an unknown name that sounds like one: one of its words
 * (between _) ends in TOKEN, SECRET, PASSWORD, PASSWD, PASS, CREDENTIAL, KEY
 * or DSN. */
int usher_config_is_secret(const char *name);

/* Calls each with every secret value there is, for the log to hide. */
void usher_config_secrets(const struct usher_config *config,
                          void (*each)(void *user, const char *value),
                          void *user);

/* Warns of every name in `.env` that is neither a setting of usher nor one
 * of `declared` (what the flows have named), with the one it may mean. */
void usher_config_check_names(const struct usher_config *config,
                              const char *const *declared, size_t count,
                              struct usher_error_list *problems);

/* The same of one name, which may have left `.env`; 1: somebody knows it. */
int usher_config_check_name(const struct usher_config *config, const char *name,
                            const char *const *declared, size_t count,
                            struct usher_error_list *problems);

/* The number of ADMIN_GROUP's group on this machine, -1 where it is not set.
 * 0: there is no such group: an error in problems. Asks the machine's lists of
 * groups, which may be elsewhere. */
int usher_config_admin_group(const struct usher_config *config, int64_t *gid,
                             struct usher_error_list *problems);

/* The `.env` as it was read; NULL: there was none. Lives as long as the
 * config. */
const struct usher_env_file *
usher_config_file(const struct usher_config *config);

/* The folder of the `.env` ("." without one): relative paths count from it. */
const char *usher_config_folder(const struct usher_config *config);
/* FLOWS_DIR seen from the process's own folder. */
const char *usher_config_flows_dir(const struct usher_config *config);

/* 1: a credential, a part of one or a *_URL is set: Zoho is meant. */
int usher_config_names_zoho(const struct usher_config *config);
/* 1: none of them is set, and HOST is loopback or not set: the simulator may
 * start by itself. */
int usher_config_wants_simulator(const struct usher_config *config);

/* To be called where real Zoho is meant: without any usable credential an
 * error that names the lines to add. Credentials that are only half there
 * are errors, too; an access token that cannot be renewed and a service
 * without a credential are warnings. A group without CLIENT_ID and
 * CLIENT_SECRET of its own uses those of OAUTH_*. USHER_OK or
 * USHER_ERR_INVALID. */
enum usher_status
usher_config_check_credentials(const struct usher_config *config,
                               struct usher_error_list *problems);

/* What a `.env` that changed under a running engine is worth: many of those
 * that lose a name were never meant to. */
enum usher_config_doubt {
    USHER_CONFIG_SURE,
    USHER_CONFIG_GONE,     /* there is no file any more */
    USHER_CONFIG_EMPTY,    /* not one NAME=VALUE is left, of some */
    USHER_CONFIG_CUT,      /* it ends within a line, or is still being written,
                              and has lost names or the end of its last value */
    USHER_CONFIG_UNGUARDED /* WEBHOOK_SECRET, SALESIQ_PUBLIC_KEY or ADMIN_TOKEN
                              would go, in another way than by having its line
                              taken out of a file that ends with a line break
                              and has every other name it had */
};
/* Of the settings in use and those just loaded; open: the file is still being
 * written; why (may be NULL) says more, unless all is well. */
enum usher_config_doubt usher_config_doubt(const struct usher_config *in_use,
                                           const struct usher_config *fresh,
                                           int open, struct usher_error *why);
/* 1: a guard of those in use is not among the others. */
int usher_config_loses_guard(const struct usher_config *in_use,
                             const struct usher_config *fresh);

/* 1: the value, or the default, is another. */
int usher_config_differs(const struct usher_config *one,
                         const struct usher_config *other,
                         enum usher_setting setting);
/* 1: neither WEBHOOK_SECRET nor SALESIQ_PUBLIC_KEY is set: the webhook answers
 * whoever calls. */
int usher_config_is_open(const struct usher_config *config);
/* The mode of the `.env` at path, where it holds a secret and others than its
 * owner may read or write it (chmod 600); else 0. Asks the disk, behind
 * symbolic links. */
unsigned usher_config_exposed(const struct usher_config *config,
                              const char *path);

/* Calls each for every name whose value differs, known ones first. restart:
 * the change waits for the next start. before may be NULL: nothing set. */
void usher_config_diff(const struct usher_config *before,
                       const struct usher_config *after,
                       void (*each)(void *user, const char *name, int restart),
                       void *user);

#endif
