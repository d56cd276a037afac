/* engine/script/missing.c - names that somebody looks for in vain: what they
 * probably meant. */
#include <lauxlib.h>
#include <string.h>

#include "core/nearest.h"
#include "script/lua_block.h"
#include "script/lua_string.h"
#include "script/script_internal.h"

/* What other languages, and Lua outside of flows, have under these names. */
static const struct {
    const char *where; /* "": a global */
    const char *name;
    const char *instead;
} elsewhere[] = {
    {"", "print", "use log.info(\"...\"), or chat:say(...) to answer"},
    {"", "io",
     "flows have no files; keep data in chat.memory or ask over http"},
    {"", "dofile", "use require \"name\" with a file of the flows folder"},
    {"", "loadfile", "use require \"name\" with a file of the flows folder"},
    {"", "loadstring", "use load(text)"},
    {"", "unpack", "use table.unpack"},
    {"", "coroutine",
     "a flow waits by itself: chat:ask and http calls return when the answer "
     "is there"},
    {"", "debug", "use log.info, or `usher test` with a spec"},
    {"", "collectgarbage", "memory is the engine's"},
    {"", "rawset", "write t[k] = v"},
    {"", "setfenv", "Lua 5.4 has none; use load(text, name, \"t\", env)"},
    {"", "package", "use require"},
    {"", "chat",
     "chat is the argument of a flow: return function(chat) ... end; hand it "
     "on "
     "to functions that need it"},
    {"", "null", "nothing is nil in Lua"},
    {"", "None", "nothing is nil in Lua"},
    {"", "undefined", "nothing is nil in Lua"},
    {"", "True", "true is written small in Lua"},
    {"", "False", "false is written small in Lua"},
    {"", "console", "use log.info(\"...\")"},
    {"", "self", "a function has self only when it was defined with a colon"},
    {"string", "trim", "text:match \"^%s*(.-)%s*$\" takes blanks off"},
    {"string", "strip", "text:match \"^%s*(.-)%s*$\" takes blanks off"},
    {"string", "split", "for word in text:gmatch \"[^,]+\" do ... end"},
    {"string", "startswith", "text:sub(1, #start) == start"},
    {"string", "endswith", "text:sub(-#ending) == ending"},
    {"string", "contains", "text:find(part, 1, true)"},
    {"string", "includes", "text:find(part, 1, true)"},
    {"string", "replace", "text:gsub(pattern, by)"},
    {"string", "length", "#text"},
    {"string", "toupper", "text:upper()"},
    {"string", "tolower", "text:lower()"},
    {"string", "dump", "flows have no bytecode"},
    {"table", "getn", "#list"},
    {"table", "length", "#list"},
    {"table", "push", "table.insert(list, value)"},
    {"table", "contains", "make a set: { yes = true }, then set[word]"},
    {"table", "foreach", "for key, value in pairs(t) do ... end"},
    {"math", "pow", "x ^ y"},
    {"math", "round", "math.floor(x + 0.5)"},
    {"os", "execute",
     "a flow starts no programs; ask another service over http"},
    {"os", "getenv", "config.NAME, with \"NAME\" in init.lua's settings"},
    {"os", "exit", "return ends the flow, chat:finish() the chat"},
    {"os", "remove", "flows have no files"},
    {"os", "rename", "flows have no files"},
    {"os", "sleep", "a flow does not sleep; a task is retried by itself"},
    {"log", "debug", "use log.info"},
    {"log", "print", "use log.info"},
};

static const char *instead_of(const char *where, const char *name)
{
    for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++) {
        if (strcmp(elsewhere[i].where, where) == 0 &&
            strcmp(elsewhere[i].name, name) == 0)
            return elsewhere[i].instead;
    }
    return NULL;
}

const char *usher_script_nearest(lua_State *L, int index, const char *name)
{
    size_t best = usher_word_reach(name) + 1;
    const char *nearest = NULL;

    index = lua_absindex(L, index);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        if (lua_type(L, -2) == LUA_TSTRING) {
            const char *known = lua_tostring(L, -2);
            size_t far = usher_word_distance(name, known);

            /* In a tie the first by the alphabet, to say the same each time. */
            if (far < best ||
                (far == best && nearest && strcmp(known, nearest) < 0)) {
                best = far;
                nearest = known; /* the table keeps it alive */
            }
        }
        lua_pop(L, 1);
    }
    return nearest;
}

/* The source that the caller of this C function stands in, and its line. */
static const struct usher_source *caller(lua_State *L, int *line)
{
    struct usher_script *script = usher_script_of(L);
    size_t folder = strlen(script->folder);
    lua_Debug ar;

    if (!lua_getstack(L, 1, &ar))
        return NULL;
    lua_getinfo(L, "Sl", &ar);
    *line = ar.currentline;
    if (ar.source[0] != '@' ||
        strncmp(ar.source + 1, script->folder, folder) != 0)
        return NULL;
    for (size_t i = 0; i < script->source_count; i++) {
        if (strcmp(ar.source + 1 + folder + 1, script->sources[i].path) == 0)
            return &script->sources[i];
    }
    return NULL;
}

/* A local variable of the same file: one that cannot be seen here, or one with
 * a name that is near. Raises, or there is none. */
static void missing_local(lua_State *L, const char *name)
{
    int line = 0;
    const struct usher_source *source = caller(L, &line);
    const char *code, *near;
    size_t len, near_len;
    int made;

    if (!source)
        return;
    code = usher_source_code(source, &len);
    made = (int)usher_lua_local_line(code, len, name);
    if (made > line)
        luaL_error(L,
                   "'%s' is not defined yet: line %d makes it, below; move "
                   "that above what uses it",
                   name, made);
    if (made > 0)
        luaL_error(L,
                   "'%s' is not defined here: the one of line %d is local to "
                   "another function or block",
                   name, made);
    near = usher_lua_local_near(code, len, name, &near_len);
    if (near) {
        lua_pushlstring(L, near, near_len);
        luaL_error(L, "'%s' is not defined; did you mean '%s'?", name,
                   lua_tostring(L, -1));
    }
}

int script_missing_global(lua_State *L)
{
    const char *name = usher_string_tolstring(L, 2, NULL);
    const char *instead = instead_of("", name);
    const char *nearest;

    if (strcmp(name, "chat") != 0)
        missing_local(L, name);
    if (instead)
        return luaL_error(L, "there is no '%s' in a flow: %s", name, instead);
    if (script_is_module(L, name))
        return luaL_error(L,
                          "'%s' is a module that this file does not require: "
                          "local %s = require \"%s\"",
                          name, name, name);
    nearest = usher_script_nearest(L, 1, name);
    if (nearest)
        return luaL_error(L, "'%s' is not defined; did you mean '%s'?", name,
                          nearest);
    return luaL_error(L,
                      "'%s' is not defined; a misspelt local variable, or one "
                      "of another function?",
                      name);
}

/* Upvalue: the library's name. Arguments: its table, the key. */
static int missing_member(lua_State *L)
{
    const char *where = lua_tostring(L, lua_upvalueindex(1));
    const char *name;
    const char *instead;
    const char *nearest;

    if (lua_type(L, 2) != LUA_TSTRING)
        return 0;
    name = lua_tostring(L, 2);
    instead = instead_of(where, name);
    if (instead)
        return luaL_error(L, "there is no %s.%s: %s", where, name, instead);
    nearest = usher_script_nearest(L, 1, name);
    if (nearest)
        return luaL_error(L, "there is no %s.%s; did you mean %s.%s?", where,
                          name, where, nearest);
    return luaL_error(L, "there is no %s.%s", where, name);
}

void usher_script_strict(lua_State *L, const char *name)
{
    if (lua_getmetatable(L, -1)) { /* it knows itself what it has not */
        lua_pop(L, 1);
        return;
    }
    lua_createtable(L, 0, 1);
    lua_pushstring(L, name);
    lua_pushcclosure(L, missing_member, 1);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
}
