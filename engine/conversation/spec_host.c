/* engine/conversation/spec_host.c - busted and the flows in one process. */
#include "conversation/spec_host.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "bind/bind.h"
#include "bind/lua_zone.h"
#include "bind/ordinary.h"
#include "conversation/coverage.h"
#include "conversation/lua_stage.h"
#include "core/place.h"

#define ZONEINFO "/usr/share/zoneinfo"

/* What the state's open function gets as light userdata. */
struct host {
    const struct usher_spec_options *options;
    struct usher_lua_stage common;
    struct usher_coverage *coverage; /* NULL: nobody asked */
};

static void state_watch(void *user, struct usher_script *script)
{
    struct host *host = user;

    usher_script_watch_lines(script, usher_coverage_line, host->coverage);
}

/* What runs while files load counts, too: once is enough, in a state of its
 * own. */
static enum usher_status load_watched(struct host *host,
                                      struct usher_error *error)
{
    struct usher_script_options options = {
        .limits = usher_script_limits_default(),
        .folder = host->common.folder,
    };
    struct usher_script *script;
    enum usher_status st;

    options.modules = usher_bind_modules(&options.module_count);
    options.sources =
        usher_version_sources(host->common.version, &options.source_count);
    st = usher_script_new(&options, &script, error);
    if (st != USHER_OK)
        return st;
    state_watch(host, script);
    st = usher_script_load(script, error);
    usher_script_free(script);
    return st;
}

static enum usher_status coverage_open(struct host *host,
                                       struct usher_error *error)
{
    enum usher_status st = usher_coverage_new(&host->coverage);

    if (st != USHER_OK)
        return st;
    host->common.state = state_watch;
    host->common.user = host;
    return load_watched(host, error);
}

/* Prints which lines never ran. Stack: nothing. */
static void coverage_report(lua_State *L, const struct host *host)
{
    size_t count;
    const struct usher_source *sources =
        usher_version_sources(host->common.version, &count);

    lua_getglobal(L, "require");
    lua_pushliteral(L, "usher.spec_coverage");
    lua_call(L, 1, 1);
    usher_sources_push(L, host->common.folder, sources, count);
    usher_coverage_push(L, host->coverage);
    lua_call(L, 2, 1);
    fputs(lua_tostring(L, -1), stdout);
    lua_pop(L, 1);
}

static void give(lua_State *L, const char *name)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_pushvalue(L, -2);
    lua_setfield(L, -2, name);
    lua_pop(L, 2);
}

/* Argument: the host; gives the exit code. */
static int run(lua_State *L)
{
    struct host *host = lua_touserdata(L, 1);
    const struct usher_spec_options *options = host->options;

    usher_lua_stage_open(L, &host->common);
    give(L, "usher.host");
    usher_lua_zone_open(L);
    give(L, "usher.zone");
    lua_getglobal(L, "require");
    lua_pushliteral(L, "usher.spec_run");
    lua_call(L, 1, 1);
    lua_createtable(L, (int)options->argument_count, 0);
    for (size_t i = 0; i < options->argument_count; i++) {
        lua_pushstring(L, options->arguments[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_call(L, 1, 1);
    if (host->coverage)
        coverage_report(L, host);
    return 1;
}

static const char *folder_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash && slash[1] ? slash + 1 : path;
}

enum usher_status usher_spec_run(const struct usher_spec_options *options,
                                 int *code, struct usher_error *error)
{
    struct usher_stage_spare spare = {.simulator = NULL};
    struct host host = {.options = options, .common.spare = &spare};
    struct usher_places *places = NULL;
    lua_State *L = NULL;
    enum usher_status st;

    *code = 2;
    st = usher_version_read(options->flows, &host.common.version, error);
    if (st != USHER_OK)
        return st;
    host.common.folder = folder_name(options->flows);
    if (options->coverage) {
        st = coverage_open(&host, error);
        if (st != USHER_OK)
            goto done;
    }
    st = usher_places_load(ZONEINFO, &places);
    if (st != USHER_OK)
        goto done;
    host.common.places = places;
    st = USHER_ERR_NOMEM;
    L = usher_ordinary_new();
    if (!L)
        goto done;
    lua_pushcfunction(L, run);
    lua_pushlightuserdata(L, &host);
    st = usher_ordinary_call(L, 1, 1, error);
    if (st == USHER_OK)
        *code = (int)lua_tointeger(L, -1);
done:
    if (L)
        lua_close(L);
    usher_stage_spare_free(&spare);
    usher_coverage_free(host.coverage);
    usher_places_free(places);
    usher_version_release(host.common.version);
    return st;
}
