/* engine/script/lua_sort.c - a merge sort of runs that insertion has sorted.
 *
 * The values stand in one list of Lua's, which is raw, twice: from 1 on and
 * from n + 1 on, and each round merges from one half into the other. What the
 * comparison does to the table that is sorted changes nothing. */
#include "script/lua_sort.h"

#include <lauxlib.h>

#include "script/script.h"

/* Runs that insertion sorts. */
#define RUN 8
/* The stack: the table, the comparison or nil, the list. */
enum { TABLE = 1, BEFORE = 2, LIST = 3 };

/* Whether the value at `a` of the stack comes before the one at `b`. */
static int is_before(lua_State *L, int a, int b)
{
    int answer;

    usher_script_charge(L, USHER_STEP_COST);
    if (lua_isnil(L, BEFORE))
        return lua_compare(L, a, b, LUA_OPLT);
    a = lua_absindex(L, a);
    b = lua_absindex(L, b);
    lua_pushvalue(L, BEFORE);
    lua_pushvalue(L, a);
    lua_pushvalue(L, b);
    lua_call(L, 2, 1);
    answer = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return answer;
}

/* Sorts the values first to last. */
static void run_sort(lua_State *L, lua_Integer first, lua_Integer last)
{
    for (lua_Integer i = first + 1; i <= last; i++) {
        lua_Integer at = i;

        lua_rawgeti(L, LIST, i); /* value */
        for (; at > first; at--) {
            lua_rawgeti(L, LIST, at - 1); /* value other */
            if (!is_before(L, -2, -1)) {
                lua_pop(L, 1);
                break;
            }
            lua_rawseti(L, LIST, at);
        }
        lua_rawseti(L, LIST, at);
    }
}

/* Merges what stands at [from, middle) and [middle, end) to `to`. */
static void runs_merge(lua_State *L, lua_Integer from, lua_Integer middle,
                       lua_Integer end, lua_Integer to)
{
    lua_Integer left = from;
    lua_Integer right = middle;

    while (left < middle && right < end) {
        lua_rawgeti(L, LIST, left);
        lua_rawgeti(L, LIST, right); /* left right */
        if (is_before(L, -1, -2)) {
            lua_rawseti(L, LIST, to++);
            right++;
            lua_pop(L, 1);
        } else {
            lua_pop(L, 1);
            lua_rawseti(L, LIST, to++);
            left++;
        }
    }
    for (; left < middle || right < end; to++) {
        lua_rawgeti(L, LIST, left < middle ? left++ : right++);
        lua_rawseti(L, LIST, to);
    }
}

static lua_Integer least(lua_Integer a, lua_Integer b)
{
    return a < b ? a : b;
}

/* Sorts the values 1 to n of the list; returns what stands before the first
 * of them in the end: 0 or n. */
static lua_Integer list_sort(lua_State *L, lua_Integer n)
{
    lua_Integer base = 0;

    for (lua_Integer first = 1; first <= n; first += RUN)
        run_sort(L, first, least(first + RUN - 1, n));
    for (lua_Integer width = RUN; width < n; width *= 2, base = n - base) {
        for (lua_Integer first = 0; first < n; first += 2 * width)
            runs_merge(L, base + first + 1, base + least(first + width, n) + 1,
                       base + least(first + 2 * width, n) + 1,
                       (n - base) + first + 1);
    }
    return base;
}

int usher_sort(lua_State *L, lua_Integer n)
{
    lua_Integer base;

    if (n < 2)
        return 0;
    luaL_argcheck(L, n < USHER_VALUES_MAX, 1, "array too big");
    if (!lua_isnoneornil(L, 2))
        luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    usher_script_charge(L, 2 * n);
    lua_createtable(L, n <= RUN ? (int)n : 2 * (int)n, 0);
    for (lua_Integer i = 1; i <= n; i++) {
        usher_script_charge(L, USHER_STEP_COST);
        lua_geti(L, TABLE, i);
        lua_rawseti(L, LIST, i);
    }
    base = list_sort(L, n);
    for (lua_Integer i = 1; i <= n; i++) {
        usher_script_charge(L, USHER_STEP_COST);
        lua_rawgeti(L, LIST, base + i);
        lua_seti(L, TABLE, i);
    }
    return 0;
}
