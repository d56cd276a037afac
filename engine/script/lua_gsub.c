/* engine/script/lua_gsub.c - string.gsub for flows. */

#include <lauxlib.h>
#include <string.h>

#include "script/lua_match_internal.h"

/* A gsub at work. Unchanged text is not copied before something after it
 * changes: from `kept` on, the subject is still to be copied. */
struct lua_match_gsub {
    struct lua_match call;
    luaL_Buffer out;
    const char *kept;
    bool changed;
};

/* Pays for bytes that go into the result, then adds them. */
static void gsub_add(struct lua_match_gsub *g, const char *text, size_t bytes)
{
    if (bytes == 0)
        return;
    usher_match_spend(&g->call.m, bytes / 16);
    luaL_addlstring(&g->out, text, bytes);
}

/* Adds the unchanged text before a replacement of start to end. */
static void gsub_catch_up(struct lua_match_gsub *g, const char *start,
                          const char *end)
{
    gsub_add(g, g->kept, (size_t)(start - g->kept));
    g->kept = end;
    g->changed = true;
}

/* Adds capture number `digit` of the match, %0 being the whole. */
static void gsub_add_capture(struct lua_match_gsub *g, char digit,
                             const char *start, const char *end)
{
    struct usher_match_capture value = {start, end - start};

    if (digit != '0')
        value = usher_match_value(&g->call.m, digit - '1', start, end);
    if (value.length == USHER_MATCH_POSITION) {
        lua_pushinteger(g->call.L, value.start - g->call.m.subject + 1);
        luaL_addvalue(&g->out);
    } else {
        gsub_add(g, value.start, (size_t)value.length);
    }
}

/* Where the next escape is, or the end. Most replacements are too short for a
 * call of memchr to pay. */
static const char *gsub_escape(const char *text, const char *end)
{
    if (end - text > 16) {
        const char *escape = memchr(text, '%', (size_t)(end - text));
        return escape != NULL ? escape : end;
    }
    while (text < end && *text != '%')
        text++;
    return text;
}

/* Adds the replacement string at 3, with its %0 to %9. */
static void gsub_add_string(struct lua_match_gsub *g, const char *start,
                            const char *end)
{
    size_t bytes;
    const char *text = lua_tolstring(g->call.L, 3, &bytes);
    const char *text_end = text + bytes;

    gsub_catch_up(g, start, end);
    while (text < text_end) {
        const char *escape = gsub_escape(text, text_end);
        char c;

        usher_match_spend(&g->call.m, 1);
        gsub_add(g, text, (size_t)(escape - text));
        if (escape == text_end)
            return;
        c = escape + 1 < text_end ? escape[1] : '\0';
        if (c == '%')
            luaL_addchar(&g->out, '%');
        else if (c >= '0' && c <= '9')
            gsub_add_capture(g, c, start, end);
        else
            luaL_error(g->call.L, "invalid use of '%c' in replacement string",
                       '%');
        text = escape + 2;
    }
}

/* Adds the value on top of the stack, and pops it. Nil and false keep the
 * text as it was. */
static void gsub_add_result(struct lua_match_gsub *g, const char *start,
                            const char *end)
{
    lua_State *L = g->call.L;
    size_t bytes;

    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        return;
    }
    if (!lua_isstring(L, -1))
        luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    lua_tolstring(L, -1, &bytes);
    usher_match_spend(&g->call.m, bytes / 16);
    /* While text is added, nothing may stand above the buffer's box. */
    lua_replace(L, 4);
    gsub_catch_up(g, start, end);
    lua_pushvalue(L, 4);
    luaL_addvalue(&g->out);
}

/* Replaces one match by what the argument at 3 makes of it. */
static void gsub_replace(struct lua_match_gsub *g, int type, const char *start,
                         const char *end)
{
    lua_State *L = g->call.L;

    usher_match_spend(&g->call.m, type == LUA_TSTRING ? 1 : 4);
    if (type == LUA_TFUNCTION) {
        int count = usher_match_values(&g->call.m);
        lua_pushvalue(L, 3);
        usher_match_lua_push_all(L, &g->call, count, start, end);
        lua_call(L, count, 1);
    } else if (type == LUA_TTABLE) {
        usher_match_lua_push(L, &g->call, 0, start, end);
        lua_gettable(L, 3);
    } else {
        gsub_add_string(g, start, end);
        return;
    }
    gsub_add_result(g, start, end);
}

/* Replaces up to `most` matches; returns how many there were. */
static lua_Integer gsub_run(struct lua_match_gsub *g, int type,
                            lua_Integer most, bool anchored)
{
    const char *at = g->call.m.subject;
    const char *last = NULL;
    lua_Integer count = 0;

    while (count < most) {
        const char *start = at;
        const char *end = anchored
                              ? usher_match_at(&g->call.m, start)
                              : usher_match_lua_next(&g->call, &start, last);
        if (end == NULL)
            break;
        count++;
        gsub_replace(g, type, start, end);
        at = end;
        last = end;
        if (anchored)
            break;
    }
    return count;
}

int usher_match_lua_gsub(lua_State *L)
{
    struct lua_match_gsub g;
    struct lua_match_args args;
    lua_Integer most;
    lua_Integer count;
    bool anchored;
    int type;

    usher_match_lua_args(L, &args);
    type = lua_type(L, 3);
    most = luaL_optinteger(L, 4, (lua_Integer)args.subject_bytes + 1);
    luaL_argexpected(L,
                     type == LUA_TNUMBER || type == LUA_TSTRING ||
                         type == LUA_TFUNCTION || type == LUA_TTABLE,
                     3, "string/function/table");
    lua_settop(L, 4); /* 4 is free now: gsub_add_result() uses it */
    anchored = usher_match_lua_take_anchor(&args);
    usher_match_lua_begin(L, &g.call, &args);
    g.kept = g.call.m.subject;
    g.changed = false;
    luaL_buffinit(L, &g.out);
    count = gsub_run(&g, type, most, anchored);
    if (g.changed) {
        gsub_add(&g, g.kept, (size_t)(g.call.m.subject_end - g.kept));
        luaL_pushresult(&g.out);
    } else {
        lua_pushvalue(L, 1);
    }
    lua_pushinteger(L, count);
    return 2;
}
