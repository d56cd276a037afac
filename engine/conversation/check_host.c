/* engine/conversation/check_host.c - hands flows, routes and Zoho's operations
 * to check.lua in an ordinary state, and prints what it finds. */
#include "conversation/check_host.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/bind.h"
#include "bind/ordinary.h"
#include "conversation/check_ask.h"
#include "conversation/lua_engine.h"
#include "conversation/needed_ids.h"
#include "conversation/normal.h"
#include "conversation/build.h"
#include "conversation/stage_plain.h"
#include "script/explain.h"

#define LUACHECK "/usr/share/lua/5.1"
#define NAMES_MAX 200

struct check {
    const struct usher_check_options *options;
    struct usher_version *version;
    struct usher_script *script; /* NULL: the flows do not load */
    struct usher_script *sketch; /* then */
    struct usher_error load_error;
    char folder[256];
    struct usher_check_result result;
};

/* ---- settings that the flows declare ---- */

static void wish_seen(void *user, const struct usher_wish *wish)
{
    const struct usher_check_options *options = user;

    if (wish->required && !wish->has_default &&
        !usher_config_get(options->config, wish->name))
        usher_error_list_error(options->problems,
                               "the flows need the setting %s%s%s%s: add "
                               "%s=... to .env",
                               wish->name, wish->about ? " (" : "",
                               wish->about ? wish->about : "",
                               wish->about ? ")" : "", wish->name);
}

static void id_missing(void *user, const char *setting, const char *detail,
                       const char *hint)
{
    usher_error_list_warn(user, "%s is not set, and %s: %s", setting, detail,
                          hint);
}

static void settings_look(struct check *check)
{
    const char *names[NAMES_MAX];
    size_t count = 0;

    if (!check->options->config)
        return;
    if (!usher_config_wants_simulator(check->options->config))
        usher_missing_ids(check->version, check->options->config, id_missing,
                          check->options->problems);
    if (check->script) {
        lua_State *L = usher_script_lua(check->script);

        usher_bind_each_setting(L, wish_seen,
                                (void *)(uintptr_t)check->options);
        count = usher_bind_setting_names(L, names, NAMES_MAX);
    }
    usher_config_check_names(check->options->config, names, count,
                             check->options->problems);
}

/* ---- what check.lua gets ---- */

static void files_push(lua_State *L, const struct check *check)
{
    size_t count;
    const struct usher_source *sources =
        usher_version_sources(check->version, &count);

    usher_sources_push(L, check->folder, sources, count);
    for (size_t i = 0; i < count; i++) {
        struct usher_error error = {""};

        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        lua_pushlstring(L, sources[i].path, strlen(sources[i].path) - 4);
        lua_pushstring(L, luaL_gsub(L, lua_tostring(L, -1), "/", "."));
        lua_setfield(L, -4, "name");
        lua_pop(L, 2);
        if (usher_source_compile(L, check->folder, &sources[i]) != LUA_OK) {
            usher_error_set(&error, "%s", lua_tostring(L, -1));
            usher_explain(sources, count, check->folder, &error);
            lua_pushstring(L, error.text);
            lua_setfield(L, -3, "refused");
        }
        if (!usher_source_is_utf8(&sources[i], check->folder, &error)) {
            lua_pushstring(L, error.text);
            lua_setfield(L, -3, "encoding");
        }
        lua_pop(L, 2);
    }
}

static void notes_push(lua_State *L, const struct check *check)
{
    struct usher_error note;

    lua_newtable(L);
    for (size_t i = 0;
         check->script &&
         usher_state_note(check->version, check->script, i, &note);
         i++) {
        lua_pushstring(L, note.text);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

static void fields_push(lua_State *L, const struct usher_zoho_field *field)
{
    lua_newtable(L);
    for (; field && field->name; field++) {
        lua_createtable(L, 0, 2);
        lua_pushinteger(L, (lua_Integer)field->max);
        lua_setfield(L, -2, "max");
        lua_pushstring(L, field->allowed);
        lua_setfield(L, -2, "allowed");
        lua_setfield(L, -2, field->name);
    }
}

static void operations_push(lua_State *L)
{
    const struct usher_zoho_operation *operation;

    lua_newtable(L);
    for (size_t i = 0; (operation = usher_zoho_operation_at(i)) != NULL; i++) {
        lua_createtable(L, 0, 4);
        fields_push(L, operation->fields);
        lua_setfield(L, -2, "fields");
        fields_push(L, operation->query);
        lua_setfield(L, -2, "query");
        lua_pushstring(L, operation->path);
        lua_setfield(L, -2, "path");
        lua_pushboolean(L, operation->closed);
        lua_setfield(L, -2, "closed");
        lua_setfield(L, -2, operation->name);
    }
}

static void input_push(lua_State *L, struct check *check)
{
    lua_newtable(L);
    files_push(L, check);
    lua_setfield(L, -2, "files");
    operations_push(L);
    lua_setfield(L, -2, "operations");
    lua_pushcfunction(L, usher_lua_normal);
    lua_setfield(L, -2, "normal");
    lua_pushcfunction(L, usher_lua_engine_nearest);
    lua_setfield(L, -2, "nearest");
    notes_push(L, check);
    lua_setfield(L, -2, "notes");
    usher_check_ask_push(L, check->script ? check->script : check->sketch);
    lua_setfield(L, -2, "ask");
    lua_pushliteral(L, LUACHECK);
    lua_setfield(L, -2, "luacheck");
    if (check->script) {
        stage_plain_module(L, check->script, "init");
        lua_setfield(L, -2, "init");
    } else {
        lua_pushstring(L, check->load_error.text);
        lua_setfield(L, -2, "load_error");
    }
}

/* ---- what it gives ---- */

static const char *member(lua_State *L, const char *name)
{
    const char *text;

    lua_getfield(L, -1, name);
    text = lua_tostring(L, -1);
    lua_pop(L, 1); /* the finding keeps it */
    return text ? text : "";
}

/* The finding on the top of the stack. */
static void finding_print(lua_State *L, struct check *check)
{
    int is_error, line;

    lua_getfield(L, -1, "is_error");
    is_error = lua_toboolean(L, -1);
    lua_pop(L, 1);
    lua_getfield(L, -1, "line");
    line = (int)lua_tointeger(L, -1);
    lua_pop(L, 1);
    *(is_error ? &check->result.errors : &check->result.warnings) += 1;
    fprintf(check->options->out, "%s:%d: %s%s\n", member(L, "path"), line,
            is_error ? "error: " : "", member(L, "what"));
    lua_getfield(L, -1, "more");
    for (lua_Integer i = 1; lua_rawgeti(L, -1, i) == LUA_TSTRING; i++) {
        fprintf(check->options->out, "    %s\n", lua_tostring(L, -1));
        lua_pop(L, 1);
    }
    lua_pop(L, 2);
}

/* Argument: the check. */
static int run(lua_State *L)
{
    struct check *check = lua_touserdata(L, 1);
    lua_Integer count;

    lua_getglobal(L, "require");
    lua_pushliteral(L, "usher.cli.check");
    lua_call(L, 1, 1);
    input_push(L, check);
    lua_call(L, 1, 1);
    count = luaL_len(L, -1);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_geti(L, -1, i);
        finding_print(L, check);
        lua_pop(L, 1);
    }
    if (lua_getfield(L, -1, "note") == LUA_TSTRING)
        fprintf(check->options->out, "%s\n", lua_tostring(L, -1));
    return 0;
}

/* What a flow finds, also where the flows do not load. */
static enum usher_status sketch_open(struct check *check,
                                     struct usher_error *error)
{
    struct usher_script_options options = {
        .limits = usher_script_limits_default(),
        .folder = check->folder,
    };
    enum usher_status st;

    options.modules = usher_bind_modules(&options.module_count);
    options.sources =
        usher_version_sources(check->version, &options.source_count);
    st = usher_script_new(&options, &check->sketch, error);
    return st == USHER_OK ? usher_lua_engine_sketch(check->sketch, error) : st;
}

static enum usher_status state_open(struct check *check,
                                    struct usher_error *error)
{
    size_t count;
    const struct usher_script_module *modules = usher_bind_modules(&count);

    if (usher_state_build(check->version, modules, count, check->folder, NULL,
                          NULL, NULL, &check->script,
                          &check->load_error) == USHER_OK)
        return USHER_OK;
    check->script = NULL;
    return sketch_open(check, error);
}

enum usher_status usher_check_flows(const struct usher_check_options *options,
                                    struct usher_check_result *result,
                                    struct usher_error *error)
{
    struct check check = {.options = options};
    const char *slash = strrchr(options->flows, '/');
    lua_State *L;
    enum usher_status st;

    memset(result, 0, sizeof(*result));
    st = usher_version_read(options->flows, &check.version, error);
    if (st != USHER_OK)
        return st;
    snprintf(check.folder, sizeof(check.folder), "%s",
             slash && slash[1] ? slash + 1 : options->flows);
    st = state_open(&check, error);
    settings_look(&check);
    L = st == USHER_OK ? usher_ordinary_new() : NULL;
    if (st == USHER_OK && !L)
        st = USHER_ERR_NOMEM;
    if (L) {
        lua_pushcfunction(L, run);
        lua_pushlightuserdata(L, &check);
        st = usher_ordinary_call(L, 1, 0, error);
        lua_close(L);
    }
    *result = check.result;
    usher_script_free(check.script);
    usher_script_free(check.sketch);
    usher_version_release(check.version);
    return st;
}
