/* engine/conversation/parser.c - calls engine/cli/parse.lua inside a flows
 * state. The main stack holds its table at the bottom. */
#include "conversation/parser.h"

#include <stdlib.h>
#include <string.h>

#include "bind/bind.h"
#include "conversation/version.h"

struct usher_parser {
    struct usher_version *version;
    struct usher_script *script;
};

static int has_parsers(const struct usher_version *version)
{
    size_t count;
    const struct usher_source *sources = usher_version_sources(version, &count);
    int found = 0;

    for (size_t i = 0; i < count; i++)
        found += strcmp(sources[i].path, "parse/phone.lua") == 0 ||
                 strcmp(sources[i].path, "parse/time.lua") == 0;
    return found == 2;
}

static enum usher_status version_find(struct usher_parser *parser,
                                      const char *folder)
{
    if (folder &&
        usher_version_read(folder, &parser->version, NULL) == USHER_OK) {
        if (has_parsers(parser->version))
            return USHER_OK;
        usher_version_release(parser->version);
        parser->version = NULL;
    }
    return usher_version_builtin(&parser->version);
}

static enum usher_status script_open(struct usher_parser *parser,
                                     struct usher_error *error)
{
    struct usher_script_options options = {
        .limits = usher_script_limits_default(),
        .folder = "flows",
    };
    enum usher_status st;

    options.modules = usher_bind_modules(&options.module_count);
    options.sources =
        usher_version_sources(parser->version, &options.source_count);
    st = usher_script_new(&options, &parser->script, error);
    if (st == USHER_OK)
        st = usher_script_run_engine_file(parser->script,
                                          "engine/cli/parse.lua", 0, error);
    if (st == USHER_OK)
        st = usher_script_run_engine_file(
            parser->script, "engine/cli/parse_flows.lua", 1, error);
    return st;
}

enum usher_status usher_parser_new(const char *folder,
                                   struct usher_parser **out,
                                   struct usher_error *error)
{
    struct usher_parser *parser = calloc(1, sizeof(*parser));
    enum usher_status st = USHER_ERR_NOMEM;

    *out = NULL;
    usher_error_set(error, "not enough memory");
    if (!parser)
        return st;
    st = version_find(parser, folder);
    if (st == USHER_OK)
        st = script_open(parser, error);
    if (st == USHER_OK) {
        *out = parser;
        parser = NULL;
    }
    usher_parser_free(parser);
    return st;
}

void usher_parser_free(struct usher_parser *parser)
{
    if (!parser)
        return;
    usher_script_free(parser->script);
    usher_version_release(parser->version);
    free(parser);
}

/* Calls what stands under nargs arguments and appends its text to out. */
static enum usher_status call(struct usher_parser *parser, int nargs,
                              struct usher_buffer *out,
                              struct usher_error *error)
{
    lua_State *L = usher_script_lua(parser->script);
    enum usher_status st = usher_script_call(parser->script, nargs, 1, error);
    const char *text;
    size_t len;

    if (st != USHER_OK)
        return st;
    text = lua_tolstring(L, -1, &len);
    usher_buffer_append(out, text ? text : "", text ? len : 0);
    lua_pop(L, 1);
    return out->failed ? USHER_ERR_NOMEM : USHER_OK;
}

enum usher_status usher_parser_line(struct usher_parser *parser,
                                    const char *line, size_t len,
                                    struct usher_buffer *out,
                                    struct usher_error *error)
{
    lua_State *L = usher_script_lua(parser->script);

    lua_getfield(L, 1, "lines");
    lua_pushlstring(L, line, len);
    return call(parser, 1, out, error);
}

enum usher_status usher_parser_explain(struct usher_parser *parser,
                                       const char *text, int64_t now_s,
                                       const char *zone, const char *region,
                                       struct usher_buffer *out,
                                       struct usher_error *error)
{
    lua_State *L = usher_script_lua(parser->script);

    lua_getfield(L, 1, "explain");
    lua_pushstring(L, text);
    lua_newtable(L);
    lua_pushinteger(L, now_s);
    lua_setfield(L, -2, "now");
    lua_pushstring(L, zone);
    lua_setfield(L, -2, "zone");
    lua_pushstring(L, region);
    lua_setfield(L, -2, "region");
    return call(parser, 2, out, error);
}
