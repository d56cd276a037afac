/* engine/bind/lpeg_bound.c
 *
 * lpeg counts in ints and trusts them, builds a pattern's code by functions
 * that call themselves for each level of it, and matches in one C call where
 * no hook fires. So
 *
 *   - what a pattern is made of is looked at first: numbers and sizes are
 *     bounded, tables become grammars here and not in lpeg;
 *   - how long it will take to check and compile is counted beforehand;
 *   - each rule of a grammar (which may try exponentially many ways) and each
 *     round of a repetition that may take long for little begins with a step
 *     that is charged to the turn;
 *   - what a match may take without such a step, the pattern's size times the
 *     text's, is charged and bounded;
 *   - what makes values of captured ones, and may do so again and again for
 *     the same (lpeg.Cb, "%1 %1", lpeg.Cs in each other), hands them to a
 *     function that is charged. */
#include "bind/lpeg_bound.h"

#include <lauxlib.h>
#include <lua-lpeg.h>

#include "bind/lpeg_tree.h"
#include "script/script.h"

/* Of a pattern, in bytes: 32,000 parts, so nested that it takes 5 MB of
 * stack. */
#define PATTERN_MAX (256 * 1024)
/* Optional repetitions, p^-n, are nested n times. */
#define COUNT_MAX 4096
/* Grammars in grammars. */
#define DEPTH_MAX 16
/* What lpeg takes for a part. */
#define PART 8
/* Parts times bytes of text that a match may have: a tenth of a second. */
#define WORK_MAX ((size_t)1 << 30)
#define WORK_A_CHARGE 512
/* What it may take to check and compile, as usher_lpeg_cost() counts. */
#define COST_MAX 2e7f
#define STEP_COST 20
#define SHORT 1024

/* The upvalues of all functions here. */
enum {
    OWN = 1,     /* lpeg's function */
    LPEG_P = 2,  /* lpeg's P */
    STEP = 3,    /* a pattern that matches nothing and is charged */
    KNOWN = 4,   /* lpeg's trees can be read; else they may be anything */
    PATTERNS = 5 /* how many of the first arguments are patterns */
};

static int is_known(lua_State *L)
{
    return lua_toboolean(L, lua_upvalueindex(KNOWN));
}

/* Called with the text. Over a long one much may happen between two steps. */
static int step(lua_State *L)
{
    usher_script_charge(L, STEP_COST);
    if (lua_rawlen(L, 1) > SHORT)
        usher_script_look(L);
    lua_pushboolean(L, 1); /* matches, takes nothing */
    return 1;
}

/* Replaces the value on the top by step * value. */
static void step_before(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(STEP));
    lua_insert(L, -2);
    lua_pushvalue(L, lua_upvalueindex(LPEG_P));
    lua_insert(L, -2);
    lua_call(L, 1, 1);
    lua_arith(L, LUA_OPMUL);
}

static void too_large(lua_State *L)
{
    luaL_error(L,
               "lpeg: the pattern is too large: it may have %d parts; "
               "repeat with ^0 or ^1, or match in several steps",
               PATTERN_MAX / PART);
}

static void cost_check(lua_State *L, int index)
{
    if (is_known(L) && usher_lpeg_cost(L, index) > COST_MAX)
        luaL_error(L,
                   "lpeg: the pattern takes too long to compile: its choices "
                   "begin with one another again and again; write a common "
                   "beginning once (a * (b + c) for a * b + a * c), or match "
                   "in several steps");
}

/* lpeg says the same of the first that it comes across, in the order of Lua's
 * hashes. */
static void undefined_check(lua_State *L, int grammar)
{
    const char *name = is_known(L) ? usher_lpeg_undefined(L, grammar) : NULL;

    if (name)
        luaL_error(L, "rule '%s' undefined in given grammar", name);
    lua_settop(L, grammar);
}

/* ---- values of captures ---- */

/* Called with values that a capture has made. */
static int pass(lua_State *L)
{
    usher_script_charge(L, STEP_COST + lua_gettop(L));
    usher_script_look(L);
    return lua_gettop(L);
}

/* Replaces the capture on the top by one that gives the same, charged. lpeg
 * also counts how deep such are nested in each other, and others not. */
static void pass_after(lua_State *L)
{
    lua_pushcfunction(L, pass);
    lua_arith(L, LUA_OPDIV);
}

/* What a match captured, in the table that is the upvalue. */
static int look_up(lua_State *L)
{
    usher_script_charge(L, STEP_COST);
    usher_script_look(L);
    lua_settop(L, 1);
    lua_gettable(L, lua_upvalueindex(1));
    return !lua_isnil(L, 1);
}

static size_t argument_size(lua_State *L, int arg, int depth);

/* Replaces the grammar at `arg` by one whose rules begin with a step. */
static void grammar_bound(lua_State *L, int arg, int depth)
{
    size_t bytes = 0;

    if (depth > DEPTH_MAX)
        luaL_error(L, "lpeg: a grammar in a grammar, again and again");
    luaL_checkstack(L, 8, "lpeg");
    lua_newtable(L); /* new */
    for (lua_pushnil(L); lua_next(L, arg);) {
        int is_first = lua_isinteger(L, -2) && lua_tointeger(L, -2) == 1;

        /* [1] may be the name of the first rule. */
        if (!is_first || lua_type(L, -1) != LUA_TSTRING) {
            bytes += argument_size(L, lua_gettop(L), depth + 1);
            if (bytes > PATTERN_MAX)
                too_large(L);
            step_before(L);
        }
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -4);
    }
    cost_check(L, lua_gettop(L));
    undefined_check(L, lua_gettop(L));
    lua_pushvalue(L, lua_upvalueindex(LPEG_P));
    lua_insert(L, -2);
    lua_call(L, 1, 1);
    lua_replace(L, arg);
}

/* The bytes of what the argument means as a pattern. Numbers that lpeg would
 * cut are refused. */
static size_t argument_size(lua_State *L, int arg, int depth)
{
    lua_Number number;

    switch (lua_type(L, arg)) {
    case LUA_TUSERDATA:
        return lua_rawlen(L, arg);
    case LUA_TSTRING:
        return 2 * PART * (size_t)lua_rawlen(L, arg);
    case LUA_TNUMBER:
        number = lua_tonumber(L, arg);
        if (!(number > -PATTERN_MAX && number < PATTERN_MAX))
            too_large(L);
        return 2 * PART * (size_t)(number < 0 ? -number : number);
    case LUA_TTABLE:
        grammar_bound(L, arg, depth);
        return lua_rawlen(L, arg);
    default:
        return PART;
    }
}

/* Any function or operator that makes a pattern of patterns. */
static int bounded(lua_State *L)
{
    int patterns = (int)lua_tointeger(L, lua_upvalueindex(PATTERNS));
    int count = lua_gettop(L);
    size_t bytes = 0;

    for (int arg = 1; arg <= patterns && arg <= count; arg++)
        bytes += argument_size(L, arg, 0);
    if (bytes > PATTERN_MAX)
        too_large(L);
    usher_script_charge(L, count + (lua_Integer)bytes / 64);
    return lua_tocfunction(L, lua_upvalueindex(OWN))(L);
}

/* lpeg.Cb(name), lpeg.Cs(pattern) */
static int bounded_capture(lua_State *L)
{
    bounded(L);
    pass_after(L);
    return 1;
}

static int has_captures(lua_State *L, int arg)
{
    return lua_type(L, arg) == LUA_TUSERDATA &&
           (!is_known(L) || usher_lpeg_captures(L, arg));
}

/* pattern / value */
static int bounded_divide(lua_State *L)
{
    int is_text = lua_type(L, 2) == LUA_TSTRING && has_captures(L, 1);

    if (lua_istable(L, 2)) {
        lua_settop(L, 2);
        lua_pushcclosure(L, look_up, 1);
    }
    bounded(L);
    if (is_text)
        pass_after(L);
    return 1;
}

/* pattern ^ n */
static int bounded_power(lua_State *L)
{
    size_t bytes = argument_size(L, 1, 0);
    lua_Integer n = luaL_checkinteger(L, 2);
    size_t times = n < 0 ? 0 - (size_t)n : (size_t)n;

    lua_settop(L, 2);
    if (times > COUNT_MAX)
        luaL_error(L,
                   "lpeg: ^%I is too often: at most %d times; ^0 and ^1 "
                   "have no bound",
                   (LUAI_UACINT)n, COUNT_MAX);
    if (n >= 0 && lua_type(L, 1) == LUA_TUSERDATA &&
        (!is_known(L) || usher_lpeg_wastes(L, 1))) {
        lua_pushvalue(L, 1);
        step_before(L);
        lua_replace(L, 1);
        bytes = lua_rawlen(L, 1);
    }
    bytes = (times + 1) * (bytes + 4 * PART);
    if (bytes > PATTERN_MAX)
        too_large(L);
    usher_script_charge(L, 1 + (lua_Integer)bytes / 64);
    return lua_tocfunction(L, lua_upvalueindex(OWN))(L);
}

/* match(pattern, text [, init, ...]) */
static int bounded_match(lua_State *L)
{
    size_t bytes = argument_size(L, 1, 0);
    size_t len;
    size_t work;

    luaL_checklstring(L, 2, &len);
    if (bytes > PATTERN_MAX)
        too_large(L);
    work = (bytes / PART + 1) * (len + 1);
    if (work > WORK_MAX)
        return luaL_error(L,
                          "lpeg.match: the text of %I bytes is too long for "
                          "so large a pattern; match a part of it",
                          (LUAI_UACINT)len);
    usher_script_charge(L, (lua_Integer)(work / WORK_A_CHARGE));
    if (lua_type(L, 1) == LUA_TUSERDATA && is_known(L) &&
        !usher_lpeg_is_compiled(L, 1))
        cost_check(L, 1);
    return lua_tocfunction(L, lua_upvalueindex(OWN))(L);
}

/* Replaces functions of the table at `at`. The four values from `common` on
 * are upvalues of all. */
static void replace(lua_State *L, int at, int common, const char *name,
                    lua_CFunction function, int patterns)
{
    lua_getfield(L, at, name);
    for (int i = 0; i < 3; i++)
        lua_pushvalue(L, common + i);
    lua_pushinteger(L, patterns);
    lua_pushcclosure(L, function, 5);
    lua_setfield(L, at, name);
}

static void replace_all(lua_State *L, int lpeg, int meta, int common)
{
    static const char *const makers[] = {"P",  "B",   "C",  "Cf",
                                         "Cg", "Cmt", "Ct", NULL};
    /* These take no patterns, and pay for what they get. */
    static const char *const plain[] = {"S",    "R",  "V",      "Cc",
                                        "Carg", "Cp", "locale", NULL};

    for (const char *const *name = makers; *name; name++)
        replace(L, lpeg, common, *name, bounded, 1);
    for (const char *const *name = plain; *name; name++)
        replace(L, lpeg, common, *name, bounded, 0);
    replace(L, lpeg, common, "Cb", bounded_capture, 0);
    replace(L, lpeg, common, "Cs", bounded_capture, 1);
    replace(L, lpeg, common, "match", bounded_match, 1);
    replace(L, meta, common, "__mul", bounded, 2);
    replace(L, meta, common, "__add", bounded, 2);
    replace(L, meta, common, "__sub", bounded, 2);
    replace(L, meta, common, "__div", bounded_divide, 1);
    replace(L, meta, common, "__unm", bounded, 1);
    replace(L, meta, common, "__len", bounded, 1);
    replace(L, meta, common, "__pow", bounded_power, 1);
}

void usher_lpeg_push(lua_State *L)
{
    int lpeg;

    lua_getfield(L, LUA_REGISTRYINDEX, "usher.lpeg");
    if (lua_istable(L, -1))
        return;
    lua_pop(L, 1);
    luaL_requiref(L, "lpeg", luaopen_lpeg, 0);
    lpeg = lua_gettop(L);
    lua_getfield(L, lpeg, "P"); /* lpeg P */
    lua_getfield(L, lpeg, "Cmt");
    lua_pushliteral(L, "");
    lua_pushcfunction(L, step);
    lua_call(L, 2, 1); /* lpeg P step */
    lua_getmetatable(L, -1);
    lua_pushboolean(L, usher_lpeg_is_known(L, lpeg));
    lua_insert(L, -2); /* lpeg P step known meta */
    replace_all(L, lpeg, lpeg + 4, lpeg + 1);
    lua_pushboolean(L, 0); /* flows cannot have it */
    lua_setfield(L, lpeg + 4, "__metatable");
    lua_settop(L, lpeg);
    lua_pushvalue(L, -1);
    lua_setfield(L, LUA_REGISTRYINDEX, "usher.lpeg");
}
