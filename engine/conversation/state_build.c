/* engine/conversation/state_build.c - a version's sources to a ready Lua
 * state; errors with the line they are about. */
#include <stdlib.h>
#include <string.h>

#include "bind/bind.h"
#include "conversation/lua_engine.h"
#include "conversation/reload.h"

/* The text of a line of a source, without blanks before it. */
static int line_text(const struct usher_source *source, long line, char *out,
                     size_t size)
{
    const char *at = source->text;
    const char *end = source->text + source->len;
    size_t len = 0;

    for (long i = 1; i < line && at < end; i++) {
        const char *next = memchr(at, '\n', (size_t)(end - at));

        at = next ? next + 1 : end;
    }
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    while (at + len < end && at[len] != '\n' && at[len] != '\r')
        len++;
    if (len == 0 || len >= size)
        return 0;
    memcpy(out, at, len);
    out[len] = '\0';
    return 1;
}

/* "flows/callback.lua:12: ..." gets the text of line 12 behind it. */
static void error_explain(const struct usher_version *version,
                          const char *folder, struct usher_error *error)
{
    size_t count;
    const struct usher_source *sources = usher_version_sources(version, &count);
    char text[160];

    for (size_t i = 0; i < count; i++) {
        struct usher_buffer place;
        const char *found;
        long line;

        usher_buffer_init(&place, 0);
        usher_buffer_printf(&place, "%s/%s:", folder, sources[i].path);
        found = place.data ? strstr(error->text, place.data) : NULL;
        line = found ? strtol(found + place.len, NULL, 10) : 0;
        usher_buffer_free(&place);
        if (line > 0 && line_text(&sources[i], line, text, sizeof(text))) {
            struct usher_error before = *error;

            usher_error_set(error, "%s | line %ld: %s", before.text, line,
                            text);
            return;
        }
    }
}

struct wishes {
    const struct usher_config *config;
    struct usher_error *error;
    int missing;
};

static void wish_check(void *user, const struct usher_wish *wish)
{
    struct wishes *wishes = user;

    if (!wish->required || wish->has_default || wishes->missing ||
        usher_config_get(wishes->config, wish->name))
        return;
    wishes->missing = 1;
    usher_error_set(wishes->error,
                    "flows/init.lua needs the setting %s%s%s%s: add %s=... to "
                    ".env",
                    wish->name, wish->about ? " (" : "",
                    wish->about ? wish->about : "", wish->about ? ")" : "",
                    wish->name);
}

/* The settings that init.lua calls required must be there. */
static enum usher_status settings_check(struct usher_script *script,
                                        const struct usher_bind *bind,
                                        struct usher_error *error)
{
    struct wishes wishes = {bind ? bind->config : NULL, error, 0};

    if (wishes.config)
        usher_bind_each_setting(usher_script_lua(script), wish_check, &wishes);
    return wishes.missing ? USHER_ERR_INVALID : USHER_OK;
}

enum usher_status usher_state_build(struct usher_version *version,
                                    const struct usher_script_module *modules,
                                    size_t module_count, const char *folder,
                                    struct usher_bind *bind,
                                    struct usher_script **out,
                                    struct usher_error *error)
{
    struct usher_script_options options = {
        .modules = modules,
        .module_count = module_count,
        .limits = usher_script_limits_default(),
        .folder = folder,
        .user = bind,
    };
    struct usher_error why = {""};
    enum usher_status st;

    *out = NULL;
    options.sources = usher_version_sources(version, &options.source_count);
    st = usher_script_new(&options, out, &why);
    if (st == USHER_OK)
        st = usher_lua_engine_open(*out, &why);
    if (st == USHER_OK)
        st = settings_check(*out, bind, &why);
    if (st == USHER_OK)
        return st;
    usher_script_free(*out);
    *out = NULL;
    error_explain(version, folder, &why);
    if (error)
        *error = why;
    return st;
}
