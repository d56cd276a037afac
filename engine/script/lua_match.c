/* engine/script/lua_match.c - the four pattern functions of Lua's string
 * table, on match.c:
 *
 *     string.find(s, pattern, init, plain)   string.match(s, pattern, init)
 *     string.gmatch(s, pattern, init)        string.gsub(s, pattern, repl, n)
 *
 * Each closure has one upvalue in common, the limit. Whatever is in use while
 * Lua may raise lives on the C stack or belongs to the state. */

#include "script/lua_match.h"

#include <lauxlib.h>
#include <string.h>

/* A match with the state it runs in; its own host.user. */
struct lua_match {
    struct usher_match m;
    lua_State *L;
    const struct usher_match_limit *limit;
};

void usher_match_limit_spend(lua_State *L,
                             const struct usher_match_limit *limit,
                             size_t steps)
{
    if (limit == NULL)
        return;
    limit->budget->steps_left -= (int64_t)steps;
    if (limit->budget->steps_left <= 0)
        limit->exhausted(L, limit->user);
}

static void lua_match_exhausted(void *user)
{
    struct lua_match *call = user;

    call->limit->exhausted(call->L, call->limit->user);
}

static void lua_match_fail(void *user, const char *message)
{
    struct lua_match *call = user;

    luaL_error(call->L, "%s", message);
}

/* The strings that the arguments 1 and 2 are. */
struct lua_match_args {
    const char *subject;
    const char *pattern;
    size_t subject_bytes;
    size_t pattern_bytes;
};

static void lua_match_args(lua_State *L, struct lua_match_args *args)
{
    args->subject = luaL_checklstring(L, 1, &args->subject_bytes);
    args->pattern = luaL_checklstring(L, 2, &args->pattern_bytes);
}

/* Takes a leading '^' off the pattern, and says whether there was one. */
static bool lua_match_take_anchor(struct lua_match_args *args)
{
    if (args->pattern_bytes == 0 || args->pattern[0] != '^')
        return false;
    args->pattern++;
    args->pattern_bytes--;
    return true;
}

/* Prepares *call, which stays where it is. */
static void lua_match_begin(lua_State *L, struct lua_match *call,
                            const struct lua_match_args *args)
{
    struct usher_match_host host = {lua_match_exhausted, lua_match_fail, call};

    call->L = L;
    call->limit = lua_touserdata(L, lua_upvalueindex(1));
    usher_match_init(&call->m, args->subject, args->subject_bytes,
                     args->pattern, args->pattern_bytes, call->limit->budget,
                     host);
}

/* The offset that the optional argument at `arg` means: from 1, or from the
 * end where it is negative. May be beyond the subject. */
static size_t lua_match_offset(lua_State *L, int arg, size_t subject_bytes)
{
    lua_Integer init = luaL_optinteger(L, arg, 1);

    if (init > 0)
        return (size_t)init - 1;
    if (init == 0 || init < -(lua_Integer)subject_bytes)
        return 0;
    return subject_bytes - (size_t)-init;
}

/* Pushes value number `index` of the match from start to end. */
static void lua_match_push(lua_State *L, struct lua_match *call, int index,
                           const char *start, const char *end)
{
    struct usher_match_capture value =
        usher_match_value(&call->m, index, start, end);

    if (value.length == USHER_MATCH_POSITION) {
        lua_pushinteger(L, value.start - call->m.subject + 1);
    } else {
        usher_match_spend(&call->m, 1 + (size_t)value.length / 16);
        lua_pushlstring(L, value.start, (size_t)value.length);
    }
}

/* Pushes `count` values of the match and returns count. */
static int lua_match_push_all(lua_State *L, struct lua_match *call, int count,
                              const char *start, const char *end)
{
    luaL_checkstack(L, count, "too many captures");
    for (int i = 0; i < count; i++)
        lua_match_push(L, call, i, start, end);
    return count;
}

/* Pushes where a match is and returns 2. */
static int lua_match_push_place(lua_State *L, const char *subject,
                                const char *start, const char *end)
{
    lua_pushinteger(L, start - subject + 1);
    lua_pushinteger(L, end - subject);
    return 2;
}

/* find and match, once the arguments are understood. */
static int lua_match_first(lua_State *L, struct lua_match_args *args, bool find,
                           size_t offset)
{
    bool anchored = lua_match_take_anchor(args);
    const char *start = args->subject + offset;
    const char *end;
    struct lua_match call;

    lua_match_begin(L, &call, args);
    end = anchored ? usher_match_at(&call.m, start)
                   : usher_match_search(&call.m, &start);
    if (end == NULL) {
        lua_pushnil(L);
        return 1;
    }
    if (!find)
        return lua_match_push_all(L, &call, usher_match_values(&call.m), start,
                                  end);
    lua_match_push_place(L, args->subject, start, end);
    return 2 + lua_match_push_all(L, &call, call.m.captures, start, end);
}

static int lua_match_find_plain(lua_State *L, const struct lua_match_args *args,
                                size_t offset)
{
    const char *from = args->subject + offset;
    size_t left = args->subject_bytes - offset;
    const char *start = NULL;

    if (args->pattern_bytes <= left)
        start = memmem(from, left, args->pattern, args->pattern_bytes);
    if (start != NULL)
        left = (size_t)(start - from);
    /* memmem takes linear time, also in the pattern. */
    usher_match_limit_spend(L, lua_touserdata(L, lua_upvalueindex(1)),
                            1 + left + args->pattern_bytes);
    if (start != NULL)
        return lua_match_push_place(L, args->subject, start,
                                    start + args->pattern_bytes);
    lua_pushnil(L);
    return 1;
}

static int lua_match_find_or_match(lua_State *L, bool find)
{
    struct lua_match_args args;
    size_t offset;

    lua_match_args(L, &args);
    offset = lua_match_offset(L, 3, args.subject_bytes);
    if (offset > args.subject_bytes) {
        lua_pushnil(L);
        return 1;
    }
    if (!find)
        return lua_match_first(L, &args, false, offset);
    if (lua_toboolean(L, 4) ||
        usher_match_is_plain(args.pattern, args.pattern_bytes))
        return lua_match_find_plain(L, &args, offset);
    /* The pattern was looked through once. */
    usher_match_limit_spend(L, lua_touserdata(L, lua_upvalueindex(1)),
                            args.pattern_bytes);
    return lua_match_first(L, &args, true, offset);
}

static int lua_match_find(lua_State *L)
{
    return lua_match_find_or_match(L, true);
}

static int lua_match_match(lua_State *L)
{
    return lua_match_find_or_match(L, false);
}

/* What an iterator of gmatch remembers. */
struct lua_match_walk {
    struct lua_match call;
    const char *next; /* where to look from */
    const char *last; /* end of the last match: no empty one may follow it */
};

/* The next match from *at on that does not end at `last`. */
static const char *lua_match_next(struct lua_match *call, const char **at,
                                  const char *last)
{
    const char *end;

    while (*at <= call->m.subject_end) {
        end = usher_match_search(&call->m, at);
        if (end == NULL || end != last)
            return end;
        ++*at;
    }
    return NULL;
}

/* Upvalues: the limit, the walk, then the strings it points into. */
static int lua_match_gmatch_next(lua_State *L)
{
    struct lua_match_walk *walk = lua_touserdata(L, lua_upvalueindex(2));
    const char *start = walk->next;
    const char *end;

    walk->call.L = L;
    end = lua_match_next(&walk->call, &start, walk->last);
    if (end == NULL) {
        walk->next = walk->call.m.subject_end + 1;
        return 0;
    }
    walk->next = end;
    walk->last = end;
    return lua_match_push_all(L, &walk->call, usher_match_values(&walk->call.m),
                              start, end);
}

static int lua_match_gmatch(lua_State *L)
{
    struct lua_match_args args;
    struct lua_match_walk *walk;
    size_t offset;

    lua_match_args(L, &args);
    offset = lua_match_offset(L, 3, args.subject_bytes);
    if (offset > args.subject_bytes)
        offset = args.subject_bytes + 1; /* no match, not even an empty one */
    lua_settop(L, 2);
    lua_pushvalue(L, lua_upvalueindex(1)); /* s pattern limit */
    walk = lua_newuserdatauv(L, sizeof(*walk), 0);
    lua_match_begin(L, &walk->call, &args);
    walk->next = args.subject + offset;
    walk->last = NULL;
    lua_rotate(L, 1, 2); /* limit walk s pattern */
    lua_pushcclosure(L, lua_match_gmatch_next, 4);
    return 1;
}

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

/* Adds the replacement string at 3, with its %0 to %9. */
static void gsub_add_string(struct lua_match_gsub *g, const char *start,
                            const char *end)
{
    size_t bytes;
    const char *text = lua_tolstring(g->call.L, 3, &bytes);
    const char *text_end = text + bytes;

    gsub_catch_up(g, start, end);
    while (text < text_end) {
        const char *escape = memchr(text, '%', (size_t)(text_end - text));
        char c;

        usher_match_spend(&g->call.m, 1);
        if (escape == NULL) {
            gsub_add(g, text, (size_t)(text_end - text));
            return;
        }
        gsub_add(g, text, (size_t)(escape - text));
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
    /* The buffer may have its box above the value, but not below it: text
     * before the value is copied while the value is out of the way. */
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

    if (type == LUA_TFUNCTION) {
        int count = usher_match_values(&g->call.m);
        lua_pushvalue(L, 3);
        lua_match_push_all(L, &g->call, count, start, end);
        lua_call(L, count, 1);
    } else if (type == LUA_TTABLE) {
        lua_match_push(L, &g->call, 0, start, end);
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
        const char *end = anchored ? usher_match_at(&g->call.m, start)
                                   : lua_match_next(&g->call, &start, last);
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

static int lua_match_gsub(lua_State *L)
{
    struct lua_match_gsub g;
    struct lua_match_args args;
    lua_Integer most;
    lua_Integer count;
    bool anchored;
    int type;

    lua_match_args(L, &args);
    type = lua_type(L, 3);
    most = luaL_optinteger(L, 4, (lua_Integer)args.subject_bytes + 1);
    luaL_argexpected(L,
                     type == LUA_TNUMBER || type == LUA_TSTRING ||
                         type == LUA_TFUNCTION || type == LUA_TTABLE,
                     3, "string/function/table");
    lua_settop(L, 4); /* 4 is free now: gsub_add_result() uses it */
    anchored = lua_match_take_anchor(&args);
    lua_match_begin(L, &g.call, &args);
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

static const luaL_Reg functions[] = {
    {"find", lua_match_find},
    {"match", lua_match_match},
    {"gmatch", lua_match_gmatch},
    {"gsub", lua_match_gsub},
    {NULL, NULL},
};

/* Lets Lua make the metatable of its buffers' boxes now. Lua makes it when a
 * buffer first outgrows the C stack; should memory run out just then, a half
 * made one stays, and every later buffer of the state raises "got a
 * non-closable value". */
static void lua_match_make_box(lua_State *L)
{
    luaL_Buffer buffer;

    luaL_buffinitsize(L, &buffer, LUAL_BUFFERSIZE + 1);
    luaL_pushresultsize(&buffer, 0);
    lua_pop(L, 1);
}

void usher_match_open(lua_State *L, struct usher_match_budget *budget,
                      void (*exhausted)(lua_State *L, void *user), void *user)
{
    struct usher_match_limit *limit;

    lua_match_make_box(L);
    luaL_newlibtable(L, functions);
    limit = lua_newuserdatauv(L, sizeof(*limit), 0);
    limit->budget = budget;
    limit->exhausted = exhausted;
    limit->user = user;
    luaL_setfuncs(L, functions, 1);
}
