/* engine/core/config_value.h - checks one value of one setting; for
 * config.c. */
#ifndef USHER_CORE_CONFIG_VALUE_H
#define USHER_CORE_CONFIG_VALUE_H

#include <stdint.h>

#include "core/buffer.h"
#include "core/config.h"

/* Reads what a person wrote for a setting: takes off stray blanks and quotes
 * (and "Bearer " from a token) with a warning, checks it, appends its normal
 * form to out and gives its number. 0: there is an error in problems; it
 * starts with `where` and shows no secret. An empty value appends nothing
 * and is fine. */
int usher_config_value(const struct usher_setting_info *info, const char *where,
                       const char *raw, struct usher_buffer *out,
                       int64_t *number, struct usher_error_list *problems);

/* Of "desk=4,salesiq=32" the number for a service, 0 if it is not there. */
unsigned usher_config_calls_of(const char *text, const char *service);

/* 1 for addresses that only this machine reaches. */
int usher_config_is_loopback(const char *host);

/* The known name (or one of `more`) that a mistyped one is likely to mean;
 * NULL: none is near. */
const char *usher_name_nearest(const char *name, const char *const *more,
                               size_t count);

#endif
