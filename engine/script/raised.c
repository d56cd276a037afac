/* engine/script/raised.c - what was raised, as a message for the flows'
 * authors: with their file and line, never the engine's. */
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "script/script_internal.h"

int script_depth(lua_State *L)
{
    lua_Debug ar;
    int depth = 32;

    if (lua_getstack(L, SCRIPT_DEEP, &ar))
        return SCRIPT_DEEP;
    while (depth < SCRIPT_DEEP && lua_getstack(L, depth, &ar))
        depth *= 2;
    return depth < SCRIPT_DEEP ? depth : SCRIPT_DEEP - 1;
}

void script_place(lua_State *L, char *out, size_t size)
{
    struct usher_author at;

    out[0] = '\0';
    if (usher_author_find(L, &at))
        snprintf(out, size, "%s:%d: ", at.path, at.line);
}

/* The text of a table's field, or NULL. Nothing is called and nothing made. */
static const char *field(lua_State *L, int index, const char *name)
{
    const char *text = NULL;

    lua_pushnil(L);
    while (!text && lua_next(L, index)) {
        if (lua_type(L, -2) == LUA_TSTRING && lua_type(L, -1) == LUA_TSTRING &&
            strcmp(lua_tostring(L, -2), name) == 0)
            text = lua_tostring(L, -1); /* the table keeps it */
        lua_pop(L, 1);
        if (text)
            lua_pop(L, 1);
    }
    return text;
}

/* What error() was called with. */
static void value_text(lua_State *L, int index, char *out, size_t size)
{
    int type = lua_type(L, index);
    const char *kind = NULL, *message = NULL;

    if (type == LUA_TSTRING || type == LUA_TNUMBER) {
        snprintf(out, size, "%s", lua_tostring(L, index));
        return;
    }
    if (type == LUA_TTABLE) {
        kind = field(L, index, "kind");
        message = field(L, index, "message");
    }
    if (message)
        snprintf(out, size, "%s%s%s", kind ? kind : "", kind ? ": " : "",
                 message);
    else
        snprintf(out, size,
                 "error was called with %s%s; call it with a text that says "
                 "what is wrong: error(\"...\")",
                 type == LUA_TNIL ? "" : "a ",
                 type == LUA_TNIL ? "nothing" : lua_typename(L, type));
}

/* Behind "engine/lua/chat.lua:70: ", which is no line of the author's. */
static const char *without_engine(const char *text)
{
    const char *end = strstr(text, ".lua:");

    if (strncmp(text, "engine/", strlen("engine/")) != 0 || !end)
        return text;
    end += strlen(".lua:");
    end += strspn(end, "0123456789");
    return strncmp(end, ": ", 2) == 0 ? end + 2 : text;
}

void script_raised(lua_State *L, int index, char *out, size_t size)
{
    const char *folder = usher_script_of(L)->folder;
    size_t len = strlen(folder);
    char text[512], place[160] = "";
    const char *said;

    if (!lua_checkstack(L, 4)) {
        snprintf(out, size, "stack overflow");
        return;
    }
    value_text(L, lua_absindex(L, index), text, sizeof(text));
    said = without_engine(text);
    if (strncmp(said, folder, len) != 0 || said[len] != '/')
        script_place(L, place, sizeof(place));
    snprintf(out, size, "%s%s", place, said);
}
