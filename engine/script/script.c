/* engine/script/script.c - a Lua state: its memory, its life, calls into it. */
#include "script/script.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

#include "script/built_in.h"
#include "script/script_internal.h"

struct usher_script_limits usher_script_limits_default(void)
{
    struct usher_script_limits limits = {
        .state_bytes = 64u << 20,
        .turn_bytes = 8u << 20,
        .instructions = 10 * 1000 * 1000,
        .match_steps = 10 * 1000 * 1000,
        .text_bytes = 1u << 20,
        .cpu_ms = 300 * SLOWER,
    };

    return limits;
}

static int traceback(lua_State *L)
{
    char message[512];

    script_raised(L, 1, message, sizeof(message));
    luaL_traceback(L, L, message, 1);
    return 1;
}

static int open_all(lua_State *L)
{
    struct usher_script *script = lua_touserdata(L, 1);

    lua_pushcfunction(L, traceback);
    script->traceback = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_pushliteral(L, "the turn was ended");
    script->ended = luaL_ref(L, LUA_REGISTRYINDEX);
    script_sandbox_open(L, script);
    script_loader_open(L, script);
    return 0;
}

enum usher_status usher_script_new(const struct usher_script_options *options,
                                   struct usher_script **out,
                                   struct usher_error *error)
{
    struct usher_script *script = calloc(1, sizeof(*script));

    *out = NULL;
    if (!script)
        return USHER_ERR_NOMEM;
    script->limits = options->limits;
    script->sources = options->sources;
    script->source_count = options->source_count;
    script->modules = options->modules;
    script->module_count = options->module_count;
    script->folder = options->folder ? options->folder : "flows";
    script->user = options->user;
    script->hook_every = SCRIPT_HOOK_EVERY;
    script->stop = options->stop;
    script->L = lua_newstate(script_allocate, script);
    if (!script->L) {
        usher_blocks_free(&script->blocks);
        free(script);
        return USHER_ERR_NOMEM;
    }
    *(struct usher_script **)lua_getextraspace(script->L) = script;
    lua_pushcfunction(script->L, open_all);
    lua_pushlightuserdata(script->L, script);
    if (lua_pcall(script->L, 1, 0, 0) != LUA_OK) {
        usher_error_set(error, "%s", lua_tostring(script->L, -1));
        usher_script_free(script);
        return USHER_ERR_INVALID;
    }
    *out = script;
    return USHER_OK;
}

void usher_script_free(struct usher_script *script)
{
    struct usher_fiber *fiber;

    if (!script)
        return;
    while ((fiber = script->pool) != NULL) {
        script->pool = fiber->next;
        free(fiber);
    }
    lua_close(script->L);
    usher_blocks_free(&script->blocks);
    free(script);
}

lua_State *usher_script_lua(struct usher_script *script)
{
    return script->L;
}

struct usher_script *usher_script_of(lua_State *L)
{
    return *(struct usher_script **)lua_getextraspace(L);
}

void *usher_script_user(lua_State *L)
{
    return usher_script_of(L)->user;
}

void usher_script_set_user(struct usher_script *script, void *user)
{
    script->user = user;
}

int usher_script_was_full(const struct usher_script *script)
{
    return script->killed == SCRIPT_KILLED_STATE;
}

size_t usher_script_bytes(const struct usher_script *script)
{
    return script->bytes;
}

enum usher_status usher_script_call(struct usher_script *script, int nargs,
                                    int nresults, struct usher_error *error)
{
    lua_State *L = script->L;
    int base = lua_gettop(L) - nargs;
    int nested = script->armed;
    int status;

    lua_rawgeti(L, LUA_REGISTRYINDEX, script->traceback);
    lua_insert(L, base);
    if (!nested) {
        script->instructions_left = script->limits.instructions;
        script_match_set(script, script->limits.match_steps);
        script_arm(script, 0);
        script->loaded_at[0] = '\0';
        script_hook_set(L, script);
    }
    status = lua_pcall(L, nargs, nresults, base);
    if (!nested) {
        script_disarm(script);
        lua_sethook(L, NULL, 0, 0);
    }
    lua_remove(L, base);
    if (status == LUA_OK)
        return USHER_OK;
    if (status == LUA_ERRMEM && script->killed == SCRIPT_ALIVE)
        script->killed = script_memory_why(script);
    if (script->killed)
        usher_error_set(error, "%s%s",
                        script->killed_at[0] ? script->killed_at
                                             : script->loaded_at,
                        script_kill_text(script->killed));
    else
        usher_error_set(error, "%s", lua_tostring(L, -1));
    lua_pop(L, 1);
    if (script->killed == SCRIPT_KILLED_STOPPED)
        return USHER_ERR_CLOSED;
    return script->killed ? USHER_ERR_LIMIT : USHER_ERR_INVALID;
}

/* Stack: the file's record as light userdata, the arguments. */
static int run_engine_file(lua_State *L)
{
    const struct usher_embedded *file = lua_touserdata(L, 1);
    struct usher_script *script = usher_script_of(L);

    usher_built_in_load(L, file);
    lua_rawgeti(L, LUA_REGISTRYINDEX, script->inner);
    lua_setupvalue(L, -2, 1);
    lua_replace(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

enum usher_status usher_script_run_engine_file(struct usher_script *script,
                                               const char *name, int nargs,
                                               struct usher_error *error)
{
    const struct usher_embedded *file = usher_embedded_find(name);
    lua_State *L = script->L;

    if (!file) {
        lua_pop(L, nargs);
        usher_error_set(error, "%s is not built in", name);
        return USHER_ERR_NOT_FOUND;
    }
    lua_pushcfunction(L, run_engine_file);
    lua_pushlightuserdata(L, (void *)(uintptr_t)file);
    lua_rotate(L, -(nargs + 2), 2); /* function file arguments */
    return usher_script_call(script, nargs + 1, 1, error);
}
