/* tests/unit/match_test.c - the pattern functions of flows: Lua's own results
 * and errors, and a budget that always ends them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "script/lua_match.h"
#include "script/match.h"

/* A state whose global `ours` has the functions, and its budget. */
struct fixture {
    lua_State *L;
    struct usher_match_budget budget;
    int64_t refill; /* steps to give when they run out, 0 to raise */
    int calls;      /* how often they ran out */
};

static void on_exhausted(lua_State *L, void *user)
{
    struct fixture *f = user;

    f->calls++;
    if (f->refill == 0)
        luaL_error(L, "too many steps");
    f->budget.steps_left = f->refill;
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    assert_non_null(f);
    f->L = luaL_newstate();
    assert_non_null(f->L);
    luaL_openlibs(f->L);
    f->budget.steps_left = 1000000;
    usher_match_open(f->L, &f->budget, on_exhausted, f);
    lua_setglobal(f->L, "ours");
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    lua_close(f->L);
    free(f);
    return 0;
}

/* Runs a chunk that must give one string, which stays on the stack. */
static const char *run(struct fixture *f, const char *chunk)
{
    if (luaL_dostring(f->L, chunk) != LUA_OK)
        fail_msg("%s: %s", chunk, lua_tostring(f->L, -1));
    return lua_tostring(f->L, -1);
}

static const char *run_error(struct fixture *f, const char *chunk)
{
    if (luaL_dostring(f->L, chunk) == LUA_OK)
        fail_msg("%s: no error", chunk);
    return lua_tostring(f->L, -1);
}

static double cpu_seconds(void)
{
    struct timespec t;

    assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t), 0);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The path of compare.lua: tests run in folders of their own and find the
 * repository in ROOT; by hand they run in the repository. */
static const char *compare_path(char *path, size_t max)
{
    const char *root = getenv("ROOT");

    snprintf(path, max, "%s/tests/match/compare.lua",
             root != NULL ? root : ".");
    return path;
}

static int give_anew(lua_State *L)
{
    struct fixture *f = lua_touserdata(L, lua_upvalueindex(1));

    f->budget.steps_left = 50000;
    return 0;
}

/* Runs compare.lua on the global `lib`; returns how many calls it compared
 * and leaves the list of differences and two numbers: how many calls found
 * something, and how many were left out. */
static lua_Integer compare(struct fixture *f, const char *lib, int seed,
                           int rounds)
{
    char path[512];

    if (luaL_loadfile(f->L, compare_path(path, sizeof(path))) != LUA_OK)
        fail_msg("%s", lua_tostring(f->L, -1));
    lua_getglobal(f->L, lib);
    lua_pushinteger(f->L, seed);
    lua_pushinteger(f->L, rounds);
    lua_pushlightuserdata(f->L, f);
    lua_pushcclosure(f->L, give_anew, 1);
    if (lua_pcall(f->L, 4, 4, 0) != LUA_OK)
        fail_msg("%s", lua_tostring(f->L, -1));
    return lua_tointeger(f->L, -4);
}

static void agrees_with_lua_on_generated_patterns(void **state)
{
    struct fixture *f = *state;

    for (int seed = 1; seed <= 5; seed++) {
        assert_true(compare(f, "ours", seed, 4000) >= 15900);
        if (lua_rawlen(f->L, -3) != 0) {
            lua_rawgeti(f->L, -3, 1);
            fail_msg("seed %d: %s", seed, lua_tostring(f->L, -1));
        }
        assert_true(lua_tointeger(f->L, -2) > 4000); /* not all misses */
        assert_true(lua_tointeger(f->L, -1) < 100);
    }
}

static void comparison_notices_a_small_difference(void **state)
{
    struct fixture *f = *state;

    run(f, "wrong = setmetatable({}, { __index = ours })\n"
           "function wrong.find(s, p, ...)\n"
           "  return ours.find(s, (p:gsub('%%z', '%%c')), ...)\n"
           "end return ''");
    compare(f, "wrong", 1, 500);
    assert_true(lua_rawlen(f->L, -3) > 0);
}

static void raises_what_lua_raises(void **state)
{
    static const char *const cases[][2] = {
        {"return ours.find('a', '%')", "malformed pattern (ends with '%')"},
        {"return ours.find('a', '[a')", "malformed pattern (missing ']')"},
        {"return ours.find('a', '%b(')",
         "malformed pattern (missing arguments to '%b')"},
        {"return ours.find('a', '%fa')", "missing '[' after '%f' in pattern"},
        {"return ours.find('a', '(a')", "unfinished capture"},
        {"return ours.find('a', '.)')", "invalid pattern capture"},
        {"return ours.find('a', '(a%1)')", "invalid capture index %1"},
        {"return ours.gsub('a', 'a', '%2')", "invalid capture index %2"},
        {"return ours.gsub('a', 'a', '%a')",
         "invalid use of '%' in replacement string"},
        {"return ours.gsub('a', 'a', function() return {} end)",
         "invalid replacement value (a table)"},
        {"return ours.gsub('a', 'a')", "bad argument #3 to 'gsub'"},
        {"return ours.find('a', ('(a?)'):rep(33))", "too many captures"},
        {"return ours.find(('a'):rep(300), ('a?'):rep(300))",
         "pattern too complex"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *message = run_error(f, cases[i][0]);
        if (strstr(message, cases[i][1]) == NULL)
            fail_msg("%s: %s", cases[i][0], message);
        if (strncmp(message, "[string ", 8) != 0) /* the flow's own line */
            fail_msg("no place in: %s", message);
    }
}

static void hostile_patterns_end_through_the_budget(void **state)
{
    static const char *const chunks[] = {
        "return ours.find(('a'):rep(400), ('(.-)'):rep(4) .. 'b')",
        "return ours.find(('\"'):rep(400), ('(\".-\"'):rep(4) .. 'b')",
        "return ours.match(('a'):rep(400), ('.-'):rep(6) .. 'b')",
        "return ours.match(('a'):rep(30), ('a?'):rep(30) .. 'b')",
        "return ours.gsub(('a'):rep(1e6), 'a*b', '')",
        "return ours.gsub(('('):rep(1e6), '%b()', '')",
        "return ours.gsub(('a'):rep(1e6), '(a*)%1b', '')",
        "return ours.find(('a'):rep(1e6), '[' .. ('b'):rep(1e6) .. ']')",
        "return ours.find(('a'):rep(1e6), '[' .. ('b'):rep(1e6) .. ']+c')",
        "for _ in ours.gmatch(('a'):rep(1e6), 'a*()b') do end",
        "local s = ('a'):rep(1e6)\n"
        "for i = 1, 1e6 do ours.find(s, 'b', 1, true) end",
        "local s = ('a'):rep(1e6)\n"
        "for i = 1, 1e6 do ours.find('a', s) end",
        "local s = ours.gsub(('a'):rep(1e3), 'a', ('b'):rep(1e5)) return s",
        "for i = 1, 1e9 do ours.match('', '') end",
        "local s = ('a'):rep(1e6)\n"
        "for i = 1, 1e9 do ours.gsub(s, '', '') end",
        "for i = 1, 1e9 do ours.gmatch('a', 'a') end",
        "for i = 1, 1e9 do ours.find('a', '', 1, true) end",
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(chunks) / sizeof(*chunks); i++) {
        double start = cpu_seconds();
        f->budget.steps_left = 1000000;
        assert_non_null(strstr(run_error(f, chunks[i]), "too many steps"));
        lua_settop(f->L, 0);
        lua_gc(f->L, LUA_GCCOLLECT);
        if (cpu_seconds() - start > 1.0) /* sanitizers are slow */
            fail_msg("%s took %.3f s", chunks[i], cpu_seconds() - start);
    }
}

static void a_refill_changes_no_result(void **state)
{
    struct fixture *f = *state;

    f->budget.steps_left = 1;
    f->refill = 1;
    assert_string_equal(
        run(f, "local r = { ours.find('key = value', '^(%w+)%s*=%s*(%w+)$') }\n"
               "for w in ours.gmatch('one two', '%a+') do r[#r + 1] = w end\n"
               "r[#r + 1] = ours.gsub('hello', 'l+', '<%0>')\n"
               "return table.concat(r, ' ')"),
        "1 11 key value one two he<ll>o");
    assert_true(f->calls > 20);
}

static void pays_for_what_it_does(void **state)
{
    struct fixture *f = *state;

    f->budget.steps_left = 1000000;
    run(f, "return ours.match('', '')");
    assert_in_range(1000000 - f->budget.steps_left, 8, 20);
    f->budget.steps_left = 1000000;
    run(f, "return ours.find(('a'):rep(5000), 'b', 1, true)");
    assert_in_range(1000000 - f->budget.steps_left, 5000, 5100);
    f->budget.steps_left = 1000000;
    run(f, "return ours.gsub('a', 'a', ('b'):rep(160000))");
    assert_in_range(1000000 - f->budget.steps_left, 10000, 10100);
    f->budget.steps_left = 1000000;
    run(f, "return ours.match(('a'):rep(5000), '^%a+$')");
    assert_in_range(1000000 - f->budget.steps_left, 5000, 5400);
}

static void functions_share_one_budget_with_their_callbacks(void **state)
{
    struct fixture *f = *state;

    assert_string_equal(
        run(f, "return (ours.gsub('a b', '%a', function(letter)\n"
               "  return ours.gsub(letter, '.', { a = 'A', b = 'B' })\n"
               "end))"),
        "A B");
    f->budget.steps_left = 1000;
    assert_non_null(
        strstr(run_error(f, "return ours.gsub(('a'):rep(100), 'a', function()\n"
                            "  return ours.find(('a'):rep(50), '.-b')\n"
                            "end)"),
               "too many steps"));
}

static void an_iterator_survives_a_yield(void **state)
{
    struct fixture *f = *state;

    assert_string_equal(
        run(f, "local co = coroutine.wrap(function()\n"
               "  for k, v in ours.gmatch('a=1,b=2', '(%w)=(%w)') do\n"
               "    coroutine.yield(k .. v)\n"
               "  end\n"
               "end)\n"
               "local first = co() collectgarbage() return first .. co()"),
        "a1b2");
}

static void gsub_yields_no_more_than_luas_own(void **state)
{
    struct fixture *f = *state;

    assert_non_null(
        strstr(run_error(f, "coroutine.wrap(function()\n"
                            "  ours.gsub('a', 'a', coroutine.yield)\n"
                            "end)()"),
               "attempt to yield across a C-call boundary"));
}

/* An allocator that fails once `left` allocations are used up. */
struct scarce {
    int64_t left;
};

static void *scarce_alloc(void *user, void *block, size_t old, size_t size)
{
    struct scarce *scarce = user;

    if (size == 0) {
        free(block);
        return NULL;
    }
    if ((block == NULL || size > old) && scarce->left-- <= 0)
        return NULL;
    return realloc(block, size);
}

static const char *const busy_chunk =
    "local t = {}\n"
    "for k in ours.gmatch('some words to walk', '(%a+)()') do t[#t+1] = k end\n"
    "t[#t+1] = ours.gsub(('ab'):rep(2000), '%a', { a = ('long '):rep(9) })\n"
    "t[#t+1] = ours.gsub('xyz', '', function(c) return c .. '!' end)\n"
    "t[#t+1] = ours.match('key=value', '(%w+)=(%w+)')\n"
    "return #table.concat(t)";

static void ends_cleanly_when_memory_does(void **state)
{
    struct fixture *f = *state;
    struct scarce scarce = {INT64_MAX};
    lua_State *L = lua_newstate(scarce_alloc, &scarce);
    int st;

    assert_non_null(L);
    luaL_openlibs(L);
    f->refill = 1000000;
    usher_match_open(L, &f->budget, on_exhausted, f);
    lua_setglobal(L, "ours");
    assert_int_equal(luaL_loadstring(L, busy_chunk), LUA_OK);
    for (int n = 0;; n++) {
        lua_pushvalue(L, 1);
        scarce.left = n;
        st = lua_pcall(L, 0, 1, 0);
        scarce.left = INT64_MAX;
        if (st == LUA_OK)
            break;
        /* Lua's buffers raise it as an ordinary error. */
        if (strstr(lua_tostring(L, -1), "not enough memory") == NULL)
            fail_msg("%d: %s", n, lua_tostring(L, -1));
        lua_settop(L, 1);
        lua_gc(L, LUA_GCCOLLECT);
        assert_true(n < 10000);
    }
    lua_close(L);
}

/* match.c on its own: bytes without a terminator, errors by longjmp. */
struct bare {
    jmp_buf out;
    char message[64];
};

static void bare_fail(void *user, const char *message)
{
    struct bare *bare = user;

    snprintf(bare->message, sizeof(bare->message), "%s", message);
    longjmp(bare->out, 1);
}

static void bare_exhausted(void *user)
{
    bare_fail(user, "spent");
}

static void reads_nothing_beyond_its_bytes(void **state)
{
    static const char *const patterns[] = {
        "%",       "[",   "[^",  "[a", "[%", "%b",    "%b(",
        "%f",      "%f[", "(",   "a",  "a*", "(a)%1", "%f[%z]",
        "%f[^%w]", "[]",  "[a-", ".-", "()", "$",     "a?a?",
    };
    struct usher_match_budget budget = {100000};
    struct bare bare;
    struct usher_match_host host = {bare_exhausted, bare_fail, &bare};
    struct usher_match m;

    (void)state;
    for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
        size_t bytes = strlen(patterns[i]);
        /* On the heap and exactly as long: a sanitizer sees one more. */
        char *pattern = malloc(bytes);
        char *subject = malloc(3);
        const char *at = subject;
        assert_non_null(pattern);
        assert_non_null(subject);
        memcpy(pattern, patterns[i], bytes);
        memcpy(subject, "aba", 3);
        usher_match_init(&m, subject, 3, pattern, bytes, &budget, host);
        if (setjmp(bare.out) == 0) {
            while (at <= m.subject_end && usher_match_search(&m, &at) != NULL)
                at++;
            for (size_t k = 0; k <= 3; k++)
                usher_match_at(&m, subject + k);
        }
        free(pattern);
        free(subject);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
        CASE(agrees_with_lua_on_generated_patterns),
        CASE(comparison_notices_a_small_difference),
        CASE(raises_what_lua_raises),
        CASE(hostile_patterns_end_through_the_budget),
        CASE(a_refill_changes_no_result),
        CASE(pays_for_what_it_does),
        CASE(functions_share_one_budget_with_their_callbacks),
        CASE(an_iterator_survives_a_yield),
        CASE(gsub_yields_no_more_than_luas_own),
        CASE(ends_cleanly_when_memory_does),
        cmocka_unit_test(reads_nothing_beyond_its_bytes),
#undef CASE
    };

    return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
