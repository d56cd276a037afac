/* engine/script/lua_match.c - the four pattern functions of Lua's string
 * table, on match.c:
 *
 *     string.find(s, pattern, init, plain)   string.match(s, pattern, init)
 *     string.gmatch(s, pattern, init)        string.gsub(s, pattern, repl, n)
 *
 * Each closure has one upvalue in common, the limit. Whatever is in use while
 * Lua may raise lives on the C stack or belongs to the state. */

#include "script/lua_match.h"
#include "script/lua_match_internal.h"

#include <lauxlib.h>
#include <string.h>

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

void usher_match_lua_args(lua_State *L, struct lua_match_args *args)
{
    args->subject = luaL_checklstring(L, 1, &args->subject_bytes);
    args->pattern = luaL_checklstring(L, 2, &args->pattern_bytes);
}

bool usher_match_lua_take_anchor(struct lua_match_args *args)
{
    if (args->pattern_bytes == 0 || args->pattern[0] != '^')
        return false;
    args->pattern++;
    args->pattern_bytes--;
    return true;
}

void usher_match_lua_begin(lua_State *L, struct lua_match *call,
                           const struct lua_match_args *args)
{
    struct usher_match_host host = {lua_match_exhausted, lua_match_fail, call};

    call->L = L;
    call->limit = lua_touserdata(L, lua_upvalueindex(1));
    usher_match_limit_spend(L, call->limit, LUA_MATCH_CALL_STEPS);
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

void usher_match_lua_push(lua_State *L, struct lua_match *call, int index,
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

int usher_match_lua_push_all(lua_State *L, struct lua_match *call, int count,
                             const char *start, const char *end)
{
    luaL_checkstack(L, count, "too many captures");
    for (int i = 0; i < count; i++)
        usher_match_lua_push(L, call, i, start, end);
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
    bool anchored = usher_match_lua_take_anchor(args);
    const char *start = args->subject + offset;
    const char *end;
    struct lua_match call;

    usher_match_lua_begin(L, &call, args);
    end = anchored ? usher_match_at(&call.m, start)
                   : usher_match_search(&call.m, &start);
    if (end == NULL) {
        lua_pushnil(L);
        return 1;
    }
    if (!find)
        return usher_match_lua_push_all(L, &call, usher_match_values(&call.m),
                                        start, end);
    lua_match_push_place(L, args->subject, start, end);
    return 2 + usher_match_lua_push_all(L, &call, call.m.captures, start, end);
}

/* Where the bytes of the needle first stand, or NULL. Linear, also in the
 * needle. memmem prepares a table, which short texts are not worth. */
static const char *lua_match_memmem(const char *text, size_t text_bytes,
                                    const char *needle, size_t needle_bytes)
{
    const char *last;

    if (needle_bytes > text_bytes)
        return NULL;
    if (needle_bytes == 0 || text_bytes > 64)
        return memmem(text, text_bytes, needle, needle_bytes);
    last = text + (text_bytes - needle_bytes);
    for (; text <= last; text++) {
        text = memchr(text, *needle, (size_t)(last - text) + 1);
        if (text == NULL || memcmp(text, needle, needle_bytes) == 0)
            return text;
    }
    return NULL;
}

static int lua_match_find_plain(lua_State *L, const struct lua_match_args *args,
                                size_t offset)
{
    const char *from = args->subject + offset;
    size_t left = args->subject_bytes - offset;
    const char *start =
        lua_match_memmem(from, left, args->pattern, args->pattern_bytes);

    if (start != NULL)
        left = (size_t)(start - from);
    usher_match_limit_spend(L, lua_touserdata(L, lua_upvalueindex(1)),
                            LUA_MATCH_CALL_STEPS + left + args->pattern_bytes);
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

    usher_match_lua_args(L, &args);
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

const char *usher_match_lua_next(struct lua_match *call, const char **at,
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
    end = usher_match_lua_next(&walk->call, &start, walk->last);
    if (end == NULL) {
        walk->next = walk->call.m.subject_end + 1;
        return 0;
    }
    walk->next = end;
    walk->last = end;
    return usher_match_lua_push_all(
        L, &walk->call, usher_match_values(&walk->call.m), start, end);
}

static int lua_match_gmatch(lua_State *L)
{
    struct lua_match_args args;
    struct lua_match_walk *walk;
    size_t offset;

    usher_match_lua_args(L, &args);
    offset = lua_match_offset(L, 3, args.subject_bytes);
    usher_match_limit_spend(L, lua_touserdata(L, lua_upvalueindex(1)),
                            sizeof(*walk) / 16);
    if (offset > args.subject_bytes)
        offset = args.subject_bytes + 1; /* no match, not even an empty one */
    lua_settop(L, 2);
    lua_pushvalue(L, lua_upvalueindex(1)); /* s pattern limit */
    walk = lua_newuserdatauv(L, sizeof(*walk), 0);
    usher_match_lua_begin(L, &walk->call, &args);
    walk->next = args.subject + offset;
    walk->last = NULL;
    lua_rotate(L, 1, 2); /* limit walk s pattern */
    lua_pushcclosure(L, lua_match_gmatch_next, 4);
    return 1;
}

static const luaL_Reg functions[] = {
    {"find", lua_match_find},
    {"match", lua_match_match},
    {"gmatch", lua_match_gmatch},
    {"gsub", usher_match_lua_gsub},
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
