/* engine/core/config_fixed.h - settings that win over all that people have
 * set: those of the simulator, where it stands in Zoho's place, so that
 * nothing which is meant for the one comes to the other. */
#ifndef USHER_CORE_CONFIG_FIXED_H
#define USHER_CORE_CONFIG_FIXED_H

#include "core/config.h"

#define USHER_CONFIG_FIXED_MAX 128

/* Zero-initialised is empty. */
struct usher_config_fixed {
    char *lines[USHER_CONFIG_FIXED_MAX + 1]; /* for usher_config_source */
    size_t count;
    int failed; /* one found no memory or no place: do not go on */
};

void usher_config_fixed_free(struct usher_config_fixed *fixed);

/* The first value of a name stays; "": it is not set, whatever others say. */
void usher_config_fix(struct usher_config_fixed *fixed, const char *name,
                      const char *value);
/* What is not fixed yet of Zoho's hosts and secrets is not set. */
void usher_config_fix_zoho(struct usher_config_fixed *fixed);
int usher_config_fixes(const struct usher_config_fixed *fixed,
                       const char *name);

#endif
