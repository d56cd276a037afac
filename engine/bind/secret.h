/* engine/bind/secret.h - secret settings as flows have them: a value that
 * stands for the setting, shows "[secret]" and never its contents.
 *
 *   headers = { Authorization = "Bearer " .. config.CRM_API_KEY }
 *
 * What Lua holds is a template: text in which a setting's name stands between
 * two bytes 1. The contents are put in by the http module as it sends. */
#ifndef USHER_BIND_SECRET_H
#define USHER_BIND_SECRET_H

#include <lua.h>

#include "core/buffer.h"
#include "core/config.h"
#include "core/status.h"

/* Pushes the secret that stands for the setting `name`. */
void usher_secret_push(lua_State *L, const char *name);

/* The template of the secret at index, terminated by 0; NULL: it is none. */
const char *usher_secret_template(lua_State *L, int index);

/* Appends the template with the settings' contents. USHER_ERR_NOT_FOUND: a
 * setting is not there; `error` names it. USHER_ERR_NOMEM. The buffer is to be
 * wiped. */
enum usher_status usher_secret_fill(const char *text, size_t len,
                                    const struct usher_config *config,
                                    struct usher_buffer *out,
                                    struct usher_error *error);

#endif
