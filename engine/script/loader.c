/* engine/script/loader.c - require and load for flows: names resolve only
 * within the version's own sources and the modules that were handed in. */
#include <lauxlib.h>
#include <string.h>

#include "script/lua_block.h"
#include "script/script_internal.h"

/* Loading may take so many times a turn's instructions. */
#define LOAD_FACTOR 5

/* "parse.phone" -> "parse/phone.lua" compared with a source's path. */
static int name_fits(const char *name, const char *path)
{
    for (; *name; name++, path++) {
        if (*path != (*name == '.' ? '/' : *name))
            return 0;
    }
    return strcmp(path, ".lua") == 0;
}

static const struct usher_source *source_find(const struct usher_script *script,
                                              const char *name)
{
    for (size_t i = 0; i < script->source_count; i++) {
        if (name_fits(name, script->sources[i].path))
            return &script->sources[i];
    }
    return NULL;
}

const char *usher_source_code(const struct usher_source *source, size_t *len)
{
    const char *at = source->text;
    const char *end = at + source->len;

    if (source->len >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
        at += 3;
    if (at < end && *at == '#') {
        const char *next = memchr(at, '\n', (size_t)(end - at));

        at = next ? next : end;
    }
    *len = (size_t)(end - at);
    return at;
}

void usher_sources_push(lua_State *L, const char *folder,
                        const struct usher_source *sources, size_t count)
{
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        size_t len;
        const char *code = usher_source_code(&sources[i], &len);

        lua_createtable(L, 0, 2);
        lua_pushfstring(L, "%s/%s", folder, sources[i].path);
        lua_setfield(L, -2, "path");
        lua_pushlstring(L, code, len);
        lua_setfield(L, -2, "text");
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

/* ---- compiling, within the limits ---- */

/* The compiler asks for its text piece by piece, none longer than a line: a
 * name may cost it a walk through all names around. */
#define PIECE 1024
#define BYTE_COST 4

struct text {
    const char *code;
    size_t len;
    int is_charged;
    size_t piece; /* where the last one begins, */
    size_t next;  /* and ends */
};

static const char *text_piece(lua_State *L, void *user, size_t *len)
{
    struct text *text = user;
    const char *at = text->code + text->next;
    size_t left = text->len - text->next;
    const char *end;

    *len = left < PIECE ? left : PIECE;
    end = memchr(at, '\n', *len);
    if (end)
        *len = (size_t)(end - at) + 1;
    if (text->is_charged)
        usher_script_charge(L, BYTE_COST * (int64_t)*len);
    text->piece = text->next;
    text->next += *len;
    return *len ? at : NULL;
}

/* Of too much that stands in each other Lua says neither file nor line, and
 * means its own functions: replaces that message. */
static void nested_tell(lua_State *L, const struct text *text, const char *path)
{
    const char *message = lua_tostring(L, -1);
    int line = 1;

    if (!message || !strstr(message, "C stack overflow"))
        return;
    for (size_t i = 0; i < text->piece; i++)
        line += text->code[i] == '\n';
    lua_pushfstring(L,
                    "%s:%d: too many parentheses, tables, functions or blocks "
                    "stand in one another from here on: give a part of them a "
                    "name of its own",
                    path, line);
    lua_replace(L, -2);
}

/* Like luaL_loadbufferx(), of text only; `path` is the file as people know it.
 * script: NULL in other states. Does not return where the turn ended
 * meanwhile. */
static int text_compile(lua_State *L, struct usher_script *script,
                        const char *code, size_t len, const char *name,
                        const char *path)
{
    struct text text = {code, len, script != NULL, 0, 0};
    int status = lua_load(L, text_piece, &text, name, "t");

    if (status != LUA_OK)
        nested_tell(L, &text, path);
    if (!script || status == LUA_OK)
        return status;
    if (status == LUA_ERRMEM && script->armed && !script->killed)
        script->killed = script_memory_why(script);
    if (script->killed)
        script_raise_killed(L, script);
    return status;
}

/* What no Lua is: why, and its line; NULL: it may be Lua. */
static const char *no_text(const char *code, size_t len, int *line)
{
    const char *zero = memchr(code, '\0', len);

    *line = 1;
    if (len > 0 && code[0] == LUA_SIGNATURE[0]) /* Lua names no file then */
        return "this is compiled Lua, which is not read: put its source text "
               "here";
    if (len > 1 &&
        (memcmp(code, "\xFF\xFE", 2) == 0 || memcmp(code, "\xFE\xFF", 2) == 0 ||
         (zero && zero < code + 2)))
        return "the file is in UTF-16; save it as UTF-8";
    if (!zero)
        return NULL;
    for (const char *at = code; at < zero; at++)
        *line += *at == '\n';
    return "there are zero bytes here, which no text has: the file is damaged; "
           "take them out, or put a copy of it here";
}

static int source_compile(lua_State *L, struct usher_script *script,
                          const char *folder, const struct usher_source *source)
{
    const char *chunk = lua_pushfstring(L, "@%s/%s", folder, source->path);
    size_t len;
    const char *code = usher_source_code(source, &len);
    int line;
    const char *why = no_text(code, len, &line);
    int status = LUA_ERRSYNTAX;

    if (why)
        lua_pushfstring(L, "%s:%d: %s", chunk + 1, line, why);
    else
        status = text_compile(L, script, code, len, chunk, chunk + 1);
    lua_remove(L, -2);
    return status;
}

int usher_source_compile(lua_State *L, const char *folder,
                         const struct usher_source *source)
{
    return source_compile(L, NULL, folder, source);
}

void script_load_source(lua_State *L, struct usher_script *script,
                        const struct usher_source *source)
{
    if (source_compile(L, script, script->folder, source) != LUA_OK)
        lua_error(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, script->env);
    lua_setupvalue(L, -2, 1);
    lua_call(L, 0, 1);
}

/* Runs a source for require, with effects forbidden. Protected, so that
 * `loading` goes back whatever happens; a plain pcall would hide nothing from
 * the limits, since a killed turn raises again at the next hook. */
static int load_guarded(lua_State *L)
{
    script_load_source(L, usher_script_of(L), lua_touserdata(L, 1));
    return 1;
}

/* The place is known only where it was raised. */
static int load_raised(lua_State *L)
{
    char message[512];

    script_raised(L, 1, message, sizeof(message));
    lua_pushstring(L, message);
    return 1;
}

static int module_run(lua_State *L, struct usher_script *script,
                      const struct usher_source *source)
{
    int base = lua_gettop(L) + 1;
    int status;

    lua_pushcfunction(L, load_raised);
    lua_pushcfunction(L, load_guarded);
    lua_pushlightuserdata(L, (void *)(uintptr_t)source);
    script->loading++;
    status = lua_pcall(L, 1, 1, base);
    script->loading--;
    lua_remove(L, base);
    return status;
}

/* Marks a module whose file is being run, to find a circle. */
static const char loading_mark;

const struct usher_source *
usher_script_sources(const struct usher_script *script, size_t *count)
{
    *count = script->source_count;
    return script->sources;
}

const char *usher_script_folder(const struct usher_script *script)
{
    return script->folder;
}

static const struct usher_script_module *
module_find(const struct usher_script *script, const char *name)
{
    for (size_t i = 0; i < script->module_count; i++) {
        if (strcmp(script->modules[i].name, name) == 0)
            return &script->modules[i];
    }
    return NULL;
}

int usher_script_has_module(const struct usher_script *script, const char *name)
{
    return module_find(script, name) != NULL;
}

int usher_script_loading(lua_State *L)
{
    return usher_script_of(L)->loading > 0;
}

void usher_script_names(lua_State *L)
{
    const struct usher_script *script = usher_script_of(L);

    lua_newtable(L);
    for (size_t i = 0; i < script->source_count; i++) {
        const char *path = script->sources[i].path;
        size_t len = strlen(path);

        if (len < 5)
            continue;
        lua_pushlstring(L, path, len - 4);
        luaL_gsub(L, lua_tostring(L, -1), "/", ".");
        lua_remove(L, -2);
        lua_pushboolean(L, 1);
        lua_rawset(L, -3);
    }
}

/* The name of a source or module that was probably meant; its table stays on
 * the stack. */
static const char *nearest_module(lua_State *L,
                                  const struct usher_script *script,
                                  const char *name)
{
    usher_script_names(L);
    for (size_t i = 0; i < script->module_count; i++) {
        lua_pushboolean(L, 1);
        lua_setfield(L, -2, script->modules[i].name);
    }
    return usher_script_nearest(L, -1, name);
}

static int ends(const char *text, const char *with)
{
    size_t len = strlen(text), with_len = strlen(with);

    return len > with_len && strcmp(text + len - with_len, with) == 0;
}

/* "./parse/phone.lua", "flows.parse.phone": the name that require wants, which
 * stays on the stack; NULL: there is no such source. */
static const char *path_meant(lua_State *L, const struct usher_script *script,
                              const char *name)
{
    size_t folder = strlen(script->folder);

    name += strncmp(name, "./", 2) == 0 ? 2 : 0;
    if (strncmp(name, script->folder, folder) == 0 && name[folder] &&
        strchr("/.", name[folder]))
        name += folder + 1;
    lua_pushlstring(L, name,
                    strlen(name) - (ends(name, ".lua") ? strlen(".lua") : 0));
    name = luaL_gsub(L, lua_tostring(L, -1), "/", ".");
    return source_find(script, name) ? name : NULL;
}

static int no_module(lua_State *L, const struct usher_script *script,
                     const char *name)
{
    const char *file = luaL_gsub(L, name, ".", "/");
    const char *nearest = path_meant(L, script, name);

    if (!nearest)
        nearest = nearest_module(L, script, name);

    if (nearest)
        return luaL_error(L,
                          "there is no module '%s' (no file %s/%s.lua); did "
                          "you mean require \"%s\"?",
                          name, script->folder, file, nearest);
    return luaL_error(L,
                      "there is no module '%s': no file %s/%s.lua, and no "
                      "module of the engine has this name",
                      name, script->folder, file);
}

static void nothing_push(lua_State *L, const struct usher_script *script,
                         const struct usher_source *source)
{
    size_t len;
    const char *code = usher_source_code(source, &len);

    lua_pushfstring(L,
                    "%s/%s:%d: %s returns nothing: end it with `return` and "
                    "the flow's function or the module's table",
                    script->folder, source->path,
                    (int)usher_lua_return_line(code, len), source->path);
}

int script_require(lua_State *L)
{
    struct usher_script *script = usher_script_of(L);
    const char *name = luaL_checkstring(L, 1);
    const struct usher_script_module *module;
    const struct usher_source *source;
    int status;

    lua_settop(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, script->loaded);
    lua_pushvalue(L, 1);
    if (lua_rawget(L, 2) != LUA_TNIL) {
        if (lua_touserdata(L, -1) == (void *)(uintptr_t)&loading_mark)
            return luaL_error(L,
                              "%s requires itself, through the files it "
                              "requires; move what both need to a third file",
                              name);
        return 1;
    }
    module = module_find(script, name);
    if (module) {
        script_module_open(L, module);
        lua_pushvalue(L, -1);
        lua_setfield(L, 2, name);
        return 1;
    }
    source = source_find(script, name);
    if (!source)
        return no_module(L, script, name);
    lua_pushlightuserdata(L, (void *)(uintptr_t)&loading_mark);
    lua_setfield(L, 2, name);
    lua_settop(L, 2); /* name loaded */
    status = module_run(L, script, source);
    if (status == LUA_OK && lua_isnil(L, -1)) {
        status = LUA_ERRRUN;
        nothing_push(L, script, source);
    }
    if (status != LUA_OK) { /* the mark goes: the next require tries again */
        lua_pushnil(L);
        lua_setfield(L, 2, name);
        return lua_error(L);
    }
    if (lua_istable(L, -1))
        usher_script_freeze(L, name);
    lua_pushvalue(L, -1);
    lua_setfield(L, 2, name);
    return 1;
}

int script_is_module(lua_State *L, const char *name)
{
    const struct usher_script *script = usher_script_of(L);

    return source_find(script, name) || module_find(script, name);
}

int usher_script_compile(struct usher_script *script, const char *chunk,
                         const char *code, size_t len)
{
    lua_State *L = script->L;
    int status = luaL_loadbufferx(L, code, len, chunk, "t");

    if (status == LUA_OK) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, script->env);
        lua_setupvalue(L, -2, 1);
    }
    return status;
}

/* What load() takes: gotos and names cost the compiler the square of it. */
#define LOAD_MAX ((size_t)64 * 1024)

/* load(text [, name [, mode [, env]]]): source text only. */
static int text_load(lua_State *L)
{
    struct usher_script *script = usher_script_of(L);
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    const char *name = luaL_optstring(L, 2, "=load");
    int own_env = !lua_isnoneornil(L, 4);

    if (len > LOAD_MAX)
        return luaL_error(L, "load: the text is longer than %d KiB",
                          (int)(LOAD_MAX / 1024));
    if (text_compile(L, script, text, len, name, "load") != LUA_OK) {
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }
    if (own_env)
        lua_pushvalue(L, 4);
    else
        lua_rawgeti(L, LUA_REGISTRYINDEX, script->env);
    lua_setupvalue(L, -2, 1);
    return 1;
}

void script_loader_open(lua_State *L, struct usher_script *script)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, script->globals);
    lua_pushcfunction(L, script_require);
    lua_setfield(L, -2, "require");
    lua_pushcfunction(L, text_load);
    lua_setfield(L, -2, "load");
    lua_pop(L, 1);
}

/* Stack of load_all: nothing; leaves init's value. */
static int load_all(lua_State *L)
{
    struct usher_script *script = usher_script_of(L);
    char name[256];

    for (size_t i = 0; i < script->source_count; i++) {
        const char *path = script->sources[i].path;
        size_t len = strlen(path);

        if (len < 5 || len >= sizeof(name))
            continue;
        memcpy(name, path, len - 4);
        name[len - 4] = '\0';
        if (strchr(name, '.'))
            return luaL_error(L,
                              "%s/%s: nothing can require a file with a dot in "
                              "its path; rename it, or end its name otherwise "
                              "(.bak) to set it aside",
                              script->folder, path);
        for (char *at = name; *at; at++) {
            if (*at == '/')
                *at = '.';
        }
        lua_pushcfunction(L, script_require);
        lua_pushstring(L, name);
        lua_call(L, 1, 0);
    }
    if (!source_find(script, "init"))
        return luaL_error(L,
                          "%s/init.lua is missing: it names the flows and "
                          "what starts them",
                          script->folder);
    lua_pushcfunction(L, script_require);
    lua_pushliteral(L, "init");
    lua_call(L, 1, 1);
    return 1;
}

/* Loading fails at the line that the message names: the way there through
 * require says nothing more. */
static void traceback_cut(struct usher_error *error)
{
    char *at = strstr(error->text, "\nstack traceback:");

    if (at)
        *at = '\0';
}

enum usher_status usher_script_load(struct usher_script *script,
                                    struct usher_error *error)
{
    struct usher_script_limits turn = script->limits;
    enum usher_status st;

    /* A folder of many flows may take more than a turn, but it must end. */
    script->limits.turn_bytes = turn.state_bytes;
    script->limits.instructions = turn.instructions * LOAD_FACTOR;
    script->limits.cpu_ms = turn.cpu_ms * LOAD_FACTOR;
    lua_pushcfunction(script->L, load_all);
    st = usher_script_call(script, 0, 1, error);
    script->limits = turn;
    script->stop = NULL;
    if (st != USHER_OK && error)
        traceback_cut(error);
    return st;
}

int usher_script_module_value(struct usher_script *script, const char *name)
{
    lua_State *L = script->L;

    lua_rawgeti(L, LUA_REGISTRYINDEX, script->loaded);
    lua_pushstring(L, name);
    lua_rawget(L, -2);
    lua_remove(L, -2);
    return !lua_isnil(L, -1);
}
