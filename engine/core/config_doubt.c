/* engine/core/config_doubt.c - was this `.env` saved by a person who means it,
 * or is it what a crash, a full disk or half a deployment left? */
#include "core/config.h"

#include <string.h>

#include "core/nearest.h"

/* What keeps strangers out. */
static const enum usher_setting guards[] = {USHER_SETTING_WEBHOOK_SECRET,
                                            USHER_SETTING_SALESIQ_PUBLIC_KEY,
                                            USHER_SETTING_ADMIN_TOKEN};
#define GUARDS (sizeof(guards) / sizeof(guards[0]))

/* The name whose value, the file's last, is only the beginning of what it was;
 * NULL: it is not. */
static const char *last_is_cut(const struct usher_env_file *before,
                               const struct usher_env_file *now)
{
    const struct usher_env_entry *last =
        usher_env_file_at(now, usher_env_file_count(now) - 1);
    const struct usher_env_entry *was = usher_env_file_find(before, last->name);
    size_t len = strlen(last->value);

    return was && was->value[len] && strncmp(was->value, last->value, len) == 0
               ? last->name
               : NULL;
}

static int is_cut(const struct usher_env_file *before,
                  const struct usher_env_file *now, int open,
                  struct usher_error *why)
{
    const char *name;

    if (!open && usher_env_file_is_ended(now))
        return 0;
    name = usher_env_file_lost(before, now, NULL);
    if (!name)
        name = last_is_cut(before, now);
    if (name)
        usher_error_set(why, "%s, and %s is missing or cut short",
                        open ? "it is still being written"
                             : "it ends without a line break",
                        name);
    return name != NULL;
}

static int goes(const struct usher_config *in_use,
                const struct usher_config *fresh, enum usher_setting guard)
{
    return usher_config_text(in_use, guard) && !usher_config_text(fresh, guard);
}

int usher_config_loses_guard(const struct usher_config *in_use,
                             const struct usher_config *fresh)
{
    for (size_t i = 0; i < GUARDS; i++)
        if (goes(in_use, fresh, guards[i]))
            return 1;
    return 0;
}

/* The new name in the guard's place that is hardly another: it has the same
 * value, or is misspelt. NULL: there is none. */
static const char *renamed(const struct usher_env_file *before,
                           const struct usher_env_file *now, const char *guard)
{
    const struct usher_env_entry *was = usher_env_file_find(before, guard);
    const struct usher_env_entry *entry;

    for (size_t i = 0; (entry = usher_env_file_at(now, i)) != NULL; i++) {
        if (usher_setting_find(entry->name) >= 0 ||
            usher_env_file_find(before, entry->name))
            continue;
        if ((was && strcmp(entry->value, was->value) == 0) ||
            usher_word_distance(entry->name, guard) <= usher_word_reach(guard))
            return entry->name;
    }
    return NULL;
}

/* Whether this guard is lost without having been taken out; of a file that is
 * not cut. */
static int is_lost(const struct usher_config *in_use,
                   const struct usher_config *fresh, enum usher_setting guard,
                   struct usher_error *why)
{
    const struct usher_env_file *before = usher_config_file(in_use);
    const struct usher_env_file *now = usher_config_file(fresh);
    const char *name = usher_setting_at(guard)->name;
    const char *other;

    if (!goes(in_use, fresh, guard))
        return 0;
    other = usher_env_file_lost(before, now, name);
    if (usher_env_file_find(now, name))
        usher_error_set(why, "%s has no value any more", name);
    else if (other)
        usher_error_set(why, "%s is not there any more, and neither is %s",
                        name, other);
    else if ((other = renamed(before, now, name)) != NULL)
        usher_error_set(why,
                        "%s is not there any more, but %s is, which nobody "
                        "knows; is %s meant?",
                        name, other, name);
    else
        return 0;
    return 1;
}

enum usher_config_doubt usher_config_doubt(const struct usher_config *in_use,
                                           const struct usher_config *fresh,
                                           int open, struct usher_error *why)
{
    const struct usher_env_file *before = usher_config_file(in_use);
    const struct usher_env_file *now = usher_config_file(fresh);

    usher_error_set(why, "%s", "");
    if (!before || usher_env_file_count(before) == 0)
        return USHER_CONFIG_SURE; /* all that was, is in the environment */
    if (!now) {
        usher_error_set(why, "there is no such file any more");
        return USHER_CONFIG_GONE;
    }
    if (usher_env_file_count(now) == 0) {
        usher_error_set(why, "there is no setting in it any more");
        return USHER_CONFIG_EMPTY;
    }
    if (is_cut(before, now, open, why))
        return USHER_CONFIG_CUT;
    for (size_t i = 0; i < GUARDS; i++)
        if (is_lost(in_use, fresh, guards[i], why))
            return USHER_CONFIG_UNGUARDED;
    return USHER_CONFIG_SURE;
}
