/* engine/conversation/state_build.c - a version's sources to a ready Lua
 * state; errors with the line they are about. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bind/bind.h"
#include "conversation/lua_engine.h"
#include "conversation/build.h"
#include "script/explain.h"
#include "script/lua_block.h"

/* Whether the line names the word: "word", or word = . */
static int names(const char *line, const char *word)
{
    size_t len = strlen(word);

    for (const char *at = line; (at = strstr(at, word)) != NULL; at++) {
        char before = at > line ? at[-1] : ' ';
        char behind = at[len];

        if ((before == '"' || before == '\'') && behind == before)
            return 1;
        if (!strchr("abcdefghijklmnopqrstuvwxyz_", before) &&
            (behind == ' ' || behind == '='))
            return 1;
    }
    return 0;
}

static const struct usher_source *init_find(const struct usher_version *version)
{
    size_t count;
    const struct usher_source *sources = usher_version_sources(version, &count);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(sources[i].path, "init.lua") == 0)
            return &sources[i];
    }
    return NULL;
}

/* The line that names the word, from `first` to `last`; 0: none. */
static long line_naming(const struct usher_source *init, const char *word,
                        long first, long last)
{
    char text[512];

    for (long line = first; line <= last; line++) {
        if (usher_source_line(init, line, text, sizeof(text)) &&
            names(text, word))
            return line;
    }
    return 0;
}

/* "word", or "list#3 word": the line of init.lua; 0: it is not known. */
static long line_meant(const struct usher_version *version, const char *word)
{
    const struct usher_source *init = init_find(version);
    const char *number = strchr(word, '#');
    long first = 1, last = 1, line;
    char list[32], *rest;
    const char *code;
    size_t len;

    if (!init)
        return 0;
    for (size_t i = 0; i < init->len; i++)
        last += init->text[i] == '\n';
    if (!number)
        return line_naming(init, word, first, last);
    snprintf(list, sizeof(list), "%.*s", (int)(number - word), word);
    code = usher_source_code(init, &len);
    first = usher_lua_entry_line(code, len, list, strtol(number + 1, &rest, 10),
                                 &last);
    word = rest + (*rest == ' ');
    line = line_naming(init, word, first ? first : 1, last);
    return line ? line : first;
}

/* routing.lua says "flows/init.lua<word>: ...": the line that names it; of the
 * third entry of flows "flows/init.lua<flows#3 word>: ...". */
static void route_place(const struct usher_version *version, const char *folder,
                        struct usher_error *error)
{
    char head[300];
    const char *end = strchr(error->text, '>');
    struct usher_error before = *error;
    char word[128];
    size_t len;
    long line;

    len = (size_t)snprintf(head, sizeof(head), "%s/init.lua<", folder);
    if (strncmp(error->text, head, len) != 0 || !end)
        return;
    snprintf(word, sizeof(word), "%.*s", (int)(end - error->text - (long)len),
             error->text + len);
    line = word[0] ? line_meant(version, word) : 0;
    end = before.text + (end - error->text) + 1;
    if (line)
        usher_error_set(error, "%s/init.lua:%ld%s", folder, line, end);
    else
        usher_error_set(error, "%s/init.lua%s", folder, end);
}

int usher_state_note(const struct usher_version *version,
                     struct usher_script *script, size_t index,
                     struct usher_error *out)
{
    usher_error_set(out, "%s", usher_lua_engine_note(script, index));
    if (out->text[0])
        route_place(version, usher_script_folder(script), out);
    return out->text[0] != '\0';
}

void usher_state_odd(const struct usher_version *version,
                     struct usher_script *script, struct usher_error *out)
{
    size_t most = usher_script_limits_default().state_bytes >> 20;
    size_t bytes = usher_script_bytes(script) >> 20;
    size_t count;
    const struct usher_source *sources = usher_version_sources(version, &count);

    if (bytes >= most / 4 * 3) {
        usher_error_set(out,
                        "the files of the flows keep %zu MiB from the start, "
                        "of %zu that there are: turns may find no room; keep "
                        "less in variables outside of functions",
                        bytes, most);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (!usher_source_is_utf8(&sources[i], usher_script_folder(script),
                                  out))
            return;
    }
    (void)usher_state_note(version, script, 0, out);
}

/* What is wrong with the version, as its author should read it. */
static void error_explain(const struct usher_version *version,
                          const char *folder, struct usher_error *error)
{
    size_t count;
    const struct usher_source *sources = usher_version_sources(version, &count);

    route_place(version, folder, error);
    usher_explain(sources, count, folder, error);
}

struct wishes {
    const struct usher_config *config;
    struct usher_error *error;
    int missing;
};

static void wish_check(void *user, const struct usher_wish *wish)
{
    struct wishes *wishes = user;
    size_t len = strlen(wishes->error->text);

    if (!wish->required || wish->has_default ||
        usher_config_get(wishes->config, wish->name))
        return;
    snprintf(wishes->error->text + len, sizeof(wishes->error->text) - len,
             "%s %s%s%s%s: add %s=... to .env",
             wishes->missing++ ? "; and" : "flows/init.lua needs the setting",
             wish->name, wish->about ? " (" : "",
             wish->about ? wish->about : "", wish->about ? ")" : "",
             wish->name);
}

/* The settings that init.lua calls required must be there. */
static enum usher_status settings_check(struct usher_script *script,
                                        const struct usher_config *config,
                                        struct usher_error *error)
{
    struct wishes wishes = {config, error, 0};

    error->text[0] = '\0';
    if (wishes.config)
        usher_bind_each_setting(usher_script_lua(script), wish_check, &wishes);
    return wishes.missing ? USHER_ERR_INVALID : USHER_OK;
}

enum usher_status usher_state_settings(struct usher_script *script,
                                       struct usher_version *version,
                                       const char *folder,
                                       const struct usher_config *config,
                                       struct usher_error *error)
{
    struct usher_error why = {""};
    enum usher_status st = settings_check(script, config, &why);

    if (st == USHER_OK)
        return st;
    error_explain(version, folder, &why);
    if (error)
        *error = why;
    return st;
}

enum usher_status usher_state_build(
    struct usher_version *version, const struct usher_script_module *modules,
    size_t module_count, const char *folder, struct usher_bind *bind,
    const struct usher_config *config, const atomic_int *stop,
    struct usher_script **out, struct usher_error *error)
{
    struct usher_script_options options = {
        .modules = modules,
        .module_count = module_count,
        .limits = usher_script_limits_default(),
        .folder = folder,
        .user = bind,
        .stop = stop,
    };
    struct usher_error why = {""};
    enum usher_status st;

    *out = NULL;
    options.sources = usher_version_sources(version, &options.source_count);
    st = usher_script_new(&options, out, &why);
    if (st == USHER_OK)
        st = usher_lua_engine_open(*out, &why);
    if (st == USHER_OK)
        st = settings_check(*out, config, &why);
    if (st == USHER_OK) {
        /* How large it is from the start shows without garbage only. */
        if (usher_script_bytes(*out) > options.limits.state_bytes / 4)
            lua_gc(usher_script_lua(*out), LUA_GCCOLLECT);
        return st;
    }
    usher_script_free(*out);
    *out = NULL;
    error_explain(version, folder, &why);
    if (error)
        *error = why;
    return st;
}
