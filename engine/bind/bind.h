/* engine/bind/bind.h - the Lua modules that flows see: here script and zoho
 * meet. One file a module, lua_<module>.c, its head shows the Lua use.
 *
 * Everything here runs on the thread that has the Lua state at the moment. */
#ifndef USHER_BIND_BIND_H
#define USHER_BIND_BIND_H

#include <lua.h>
#include <stddef.h>

#include "core/clock.h"
#include "core/config.h"
#include "core/log.h"
#include "core/status.h"
#include "net/client.h"
#include "net/loop.h"
#include "script/script.h"
#include "zoho/credential.h"
#include "zoho/zoho.h"

/* What the modules need of the worker: its script's user pointer
 * (usher_script_set_user()) is one of these, all of it borrowed. It may be
 * missing, or have missing parts, while files load: only the log is used then.
 * `config` is replaced by the worker when settings change. */
struct usher_bind {
    struct usher_loop *loop;
    struct usher_client *client; /* on that loop */
    struct usher_zoho *zoho;     /* on that loop */
    struct usher_credentials *credentials;
    const struct usher_config *config;
    const struct usher_clock *clock;
    struct usher_log *log;
    /* The conversation or task whose fiber L is, for log lines; the function
     * may be NULL and may give NULL. */
    const char *(*conversation)(lua_State *L);
    /* The authors of the flows look on (specs, the terminal chat): what a
     * visitor should not read raises. Else it is left out and logged. */
    int strict;
};

/* The script's, or NULL. */
struct usher_bind *usher_bind_of(lua_State *L);

/* usher_config_get() of the bind's config; NULL where there is none. */
const char *usher_bind_setting(const struct usher_bind *bind, const char *name);

/* For usher_script_options.modules: http, zoho, token, clock, log, config, os,
 * math as globals; cjson, lpeg, re by require only. Static. */
const struct usher_script_module *usher_bind_modules(size_t *count);

/* Declares what `config` may show besides usher's own settings: the table at
 * `index` is init.lua's, its `settings` a list of names or of
 *   { "NAME", default = value, required = true, about = "what it is for" }
 * or nil for none. Replaces what was declared. Raises nothing. On L's main
 * stack, within the limits of a turn, as usher_script_call().
 * USHER_ERR_INVALID: `error` says what is wrong with the list. */
USHER_MUST_USE enum usher_status
usher_bind_allow_settings(lua_State *L, int index, struct usher_error *error);

/* A setting that the flows have declared. Lives for the call. */
struct usher_wish {
    const char *name;
    int required;
    int has_default;
    const char *about; /* or NULL */
};
/* Calls each for what was declared, in the order of init.lua. */
void usher_bind_each_setting(lua_State *L,
                             void (*each)(void *user,
                                          const struct usher_wish *wish),
                             void *user);
/* Their names, for usher_config_check_names(): at most max, which live as long
 * as the state. Gives how many there are. */
size_t usher_bind_setting_names(lua_State *L, const char **names, size_t max);

#endif
