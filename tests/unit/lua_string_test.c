/* tests/unit/lua_string_test.c - format, rep and tostring of flows. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <string.h>

#include "script/lua_string.h"
#include "script/script.h"

enum { MAX_BYTES = 100000 };

static int setup(void **state)
{
    struct usher_script_options options = {
        .limits = usher_script_limits_default(),
    };
    struct usher_script *script = NULL;
    struct usher_error error;
    lua_State *L;

    assert_int_equal(usher_script_new(&options, &script, &error), USHER_OK);
    L = usher_script_lua(script);
    luaL_openlibs(L);
    usher_string_open(L, MAX_BYTES);
    lua_setglobal(L, "ours");
    lua_register(L, "tostring", usher_string_tostring);
    *state = script;
    return 0;
}

static int teardown(void **state)
{
    usher_script_free(*state);
    return 0;
}

static const char *run(struct usher_script *script, const char *chunk)
{
    lua_State *L = usher_script_lua(script);

    if (luaL_dostring(L, chunk) != LUA_OK)
        fail_msg("%s: %s", chunk, lua_tostring(L, -1));
    return lua_tostring(L, -1);
}

static void assert_raises(struct usher_script *script, const char *chunk,
                          const char *message)
{
    lua_State *L = usher_script_lua(script);

    if (luaL_dostring(L, chunk) == LUA_OK)
        fail_msg("%s: no error", chunk);
    if (strstr(lua_tostring(L, -1), message) == NULL)
        fail_msg("%s: %s", chunk, lua_tostring(L, -1));
    if (strncmp(lua_tostring(L, -1), "[string ", 8) != 0)
        fail_msg("no place in: %s", lua_tostring(L, -1));
}

static void tostring_shows_no_address(void **state)
{
    assert_string_equal(run(*state, "return tostring({})"), "table");
    assert_string_equal(run(*state, "return tostring(print)"), "function");
    assert_string_equal(run(*state, "return tostring(coroutine.create(print))"),
                        "thread");
    assert_string_equal(
        run(*state, "return tostring(setmetatable({}, { __name = 'Box' }))"),
        "Box");
    assert_string_equal(
        run(*state, "return tostring(setmetatable({}, { __name = 5 }))"),
        "table");
}

static void tostring_of_plain_values_is_luas(void **state)
{
    assert_string_equal(
        run(*state, "local r = {}\n"
                    "for _, v in ipairs { 1, -0.5, 1e15, 2^63, true, false,\n"
                    "    'x\\0y', math.huge, 3.0 } do\n"
                    "  r[#r + 1] = tostring(v)\n"
                    "end\n"
                    "r[#r + 1] = tostring(nil)\n"
                    "return (table.concat(r, ' '):gsub('%z', '0'))"),
        "1 -0.5 1e+15 9.2233720368548e+18 true false x0y inf 3.0 nil");
    assert_raises(*state, "tostring()", "bad argument #1 to 'tostring'");
}

static void tostring_honours_its_metamethod(void **state)
{
    assert_string_equal(run(*state,
                            "return tostring(setmetatable({}, {\n"
                            "  __tostring = function() return 'mine' end,\n"
                            "  __name = 'Box' }))"),
                        "mine");
    assert_raises(*state,
                  "tostring(setmetatable({}, {\n"
                  "  __tostring = function() return {} end }))",
                  "'__tostring' must return a string");
}

static void format_shows_no_address(void **state)
{
    assert_string_equal(
        run(*state, "return ours.format('%s|%-8s|%.3s|%5d%%|%s', {}, print,\n"
                    "  setmetatable({}, { __name = 'Box' }), 7,\n"
                    "  setmetatable({}, { __tostring = function()\n"
                    "    return 'mine' end }))"),
        "table|function|Box|    7%|mine");
    assert_raises(*state, "ours.format('%p', {})",
                  "'%p' is not available in flows");
    assert_raises(*state, "ours.format('%d %-20p', 1, {})",
                  "'%p' is not available in flows");
}

static void format_is_luas_otherwise(void **state)
{
    /* Every call gives what Lua's own gives, errors included. */
    run(*state,
        "local cases = { { '' }, { '%' }, { '%%' }, { '100%% %s', 'x' },\n"
        "  { '%s' }, { '%d', 'x' }, { '%d', 1.5 }, { '%d', '12' },\n"
        "  { '%5.2f|%g|%a', 1.005, 1e100, 1 }, { '%x%X%o%c%i', 255, 255, 8,\n"
        "  65, 3 }, { '%q', 'a\\n\\0b' }, { '%q', 1.5 }, { '%q', {} },\n"
        "  { '%10s|%-10s|%.2s', 'ab', 'cd', 'efg' }, { '%s %s', 1, 2.0 },\n"
        "  { '%y', 1 }, { '%123d', 1 }, { '%.123d', 1 }, { '%#s', 'x' },\n"
        "  { '%5s', 'a\\0b' }, { '%s', 'a\\0b' }, { '%s', nil }, { '%\\0s',\n"
        "  'x' }, { '%s%%p', 'x' }, { '%%s' }, { 5 }, { '%-+ #0s', 'x' },\n"
        "  { '%0000000000000000000000000000000s', 'x' }, { '%s %d', true },\n"
        "  { '%s', false, 'more' }, {} }\n"
        "for _, c in ipairs(cases) do\n"
        "  local function call(lib)\n"
        "    return pcall(function()\n"
        "      return lib.format(table.unpack(c, 1, #c == 0 and 0 or\n"
        "        math.max(#c, c[1] == '%s' and c[2] == nil and 2 or 0)))\n"
        "    end)\n"
        "  end\n"
        "  local ok, want = call(string)\n"
        "  local ours_ok, got = call(ours)\n"
        "  assert(ok == ours_ok and want == got,\n"
        "    tostring(c[1]) .. ': ' .. want .. ' / ' .. got)\n"
        "end");
}

static void rep_is_luas_up_to_its_bound(void **state)
{
    assert_string_equal(run(*state, "return ours.rep('ab', 3, '-')"),
                        "ab-ab-ab");
    assert_string_equal(run(*state, "return ours.rep('ab', 1, '-')"), "ab");
    assert_string_equal(
        run(*state, "for _, s in ipairs { '', 'a', 'bc', 'def' } do "
                    "for _, by in ipairs { '', '-', ', ', '<-->' } do "
                    "for n = 0, 40 do local got = ours.rep(s, n, by) "
                    "assert(got == string.rep(s, n, by), got) end end end "
                    "return 'as Lua'"),
        "as Lua");
    assert_string_equal(run(*state, "return ours.rep('ab', 0)"), "");
    assert_string_equal(run(*state, "return ours.rep('ab', -5, 'x')"), "");
    assert_string_equal(run(*state, "return #ours.rep('a', 100000)"), "100000");
    assert_string_equal(run(*state, "return #ours.rep('', 100001, 'x')"),
                        "100000");
    assert_string_equal(run(*state,
                            "return #ours.rep('abcde', 2, ('x'):rep(99990))"),
                        "100000");
    assert_raises(*state, "ours.rep('a', 100001)",
                  "resulting string too large: longer than 100000 bytes");
    assert_raises(*state, "ours.rep('', 100002, 'x')", "too large");
    assert_raises(*state, "ours.rep('abcde', 2, ('x'):rep(99991))",
                  "too large");
    assert_raises(*state, "ours.rep('ab', math.maxinteger, 'cd')", "too large");
    assert_raises(*state, "ours.rep('x')", "bad argument #2 to 'rep'");
}

static void rep_of_nothing_is_quick(void **state)
{
    /* Lua's own would loop for centuries. */
    assert_string_equal(run(*state, "return ours.rep('', math.maxinteger)"),
                        "");
    assert_string_equal(run(*state, "return ours.rep('', math.maxinteger, '')"),
                        "");
}

static void making_strings_in_a_loop_ends_at_the_limit(void **state)
{
    static const char *const chunks[] = {
        "while true do ours.rep('x', 100000) end",
        "local s = ('x'):rep(100000) while true do ours.format('%s', s) end",
    };
    lua_State *L = usher_script_lua(*state);
    struct usher_error error;

    for (size_t i = 0; i < sizeof(chunks) / sizeof(*chunks); i++) {
        assert_int_equal(luaL_loadstring(L, chunks[i]), LUA_OK);
        assert_int_equal(usher_script_call(*state, 0, 0, &error),
                         USHER_ERR_LIMIT);
    }
}

static void opening_leaves_the_metatable_of_strings(void **state)
{
    lua_State *L = usher_script_lua(*state);

    lua_pushliteral(L, "");
    assert_int_equal(lua_getmetatable(L, -1), 1);
    usher_string_open(L, MAX_BYTES);
    lua_pushliteral(L, "");
    assert_int_equal(lua_getmetatable(L, -1), 1);
    assert_true(lua_rawequal(L, -1, -4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
        CASE(tostring_shows_no_address),
        CASE(tostring_of_plain_values_is_luas),
        CASE(tostring_honours_its_metamethod),
        CASE(format_shows_no_address),
        CASE(format_is_luas_otherwise),
        CASE(rep_is_luas_up_to_its_bound),
        CASE(rep_of_nothing_is_quick),
        CASE(making_strings_in_a_loop_ends_at_the_limit),
        CASE(opening_leaves_the_metatable_of_strings),
#undef CASE
    };

    return cmocka_run_group_tests_name("lua_string", tests, NULL, NULL);
}
