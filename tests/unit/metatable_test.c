/* tests/unit/metatable_test.c - no table of a flow is ever weak, no address is
 * ever shown; all else about metatables is as in Lua. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <lauxlib.h>

#include "script/script.h"

/* Runs `code` as a file of the flows; what it returns is a text. */
static void check(const char *code, const char *wanted)
{
    struct usher_source sources[] = {{"init.lua", code, strlen(code)},
                                     {"other.lua", "return { value = 7 }", 20}};
    struct usher_script_options options = {
        .sources = sources,
        .source_count = 2,
        .limits = usher_script_limits_default(),
        .folder = "flows",
    };
    struct usher_script *script;
    struct usher_error error = {""};
    const char *got = error.text;

    assert_int_equal(usher_script_new(&options, &script, &error), USHER_OK);
    if (usher_script_load(script, &error) == USHER_OK)
        got = lua_tostring(usher_script_lua(script), -1);
    if (!got || !strstr(got, wanted))
        fail_msg("%s\ngave '%s', not '%s'", code, got ? got : "(no text)",
                 wanted);
    usher_script_free(script);
}

static int wait_here(lua_State *L)
{
    return lua_yield(L, lua_gettop(L));
}

static int wait_open(lua_State *L)
{
    lua_newtable(L);
    lua_pushcfunction(L, wait_here);
    lua_setfield(L, -2, "here");
    return 1;
}

#define WEAK "__gc and __mode are not available"

static void no_way_leads_to_a_weak_table(void **state)
{
    (void)state;
    check("setmetatable({}, { __mode = 'k' })", WEAK);
    check("setmetatable({}, { __gc = function() end })", WEAK);
    check("local m = {} setmetatable({}, m) m.__mode = 'v'", WEAK);
    check("local m = {} setmetatable({}, m) m['__' .. 'mode'] = 'v'", WEAK);
    check("local m = {} setmetatable({}, m) m.__gc = 1", WEAK);
    /* Its own metatable set after, before, taken away, exchanged. */
    check("local m = {} setmetatable({}, m) setmetatable(m, nil) m.__mode = 1",
          WEAK);
    check("local m = {} setmetatable({}, m) setmetatable(m, {}) m.__mode = 1",
          WEAK);
    check("local m = setmetatable({}, { __index = {} }) setmetatable({}, m) "
          "m.__mode = 'v'",
          WEAK);
    check("local mm = { __newindex = function() end } local m = "
          "setmetatable({}, mm) setmetatable({}, m) mm.__newindex = nil "
          "m.__mode = 'v'",
          WEAK);
    check("local m = {} setmetatable(m, m) m.__mode = 'v'", WEAK);
    check("local m = { __metatable = 1 } setmetatable({}, m) m.__mode = 'v'",
          WEAK);
    check("local m = {} m.__newindex = m setmetatable({}, m) "
          "setmetatable(m, m) m.__mode = 'v'",
          "");
    /* Writes of C, a key that had been there, a lying __index. */
    check("local m = { __mode = 1 } m.__mode = nil setmetatable({}, m) "
          "m.__mode = 'v'",
          WEAK);
    check("local m = setmetatable({ __mode = 'k' }, { __index = function() "
          "end }) setmetatable({}, m)",
          WEAK);
    check("local m = {} setmetatable({}, m) table.move({ '__mode' }, 1, 1, 1, "
          "m) return tostring(m.__mode)",
          "nil");
}

/* What such a table holds stays, whatever the collector does. */
static void what_a_table_holds_stays(void **state)
{
    (void)state;
    check("local m = {} local t = setmetatable({}, m) "
          "pcall(function() m.__mode = 'v' end) t[1] = {} "
          "for i = 1, 100000 do local x = { i } end return type(t[1])",
          "table");
}

/* Lua went from table to table for ever, or through so many that a few calls
 * held the worker, in a loop without a hook. */
static void no_table_stands_for_a_function(void **state)
{
    static const char no[] = "__call must be a function, not a table";

    (void)state;
    check("local t = setmetatable({}, {}) getmetatable(t).__call = t t()", no);
    check("local a, b = setmetatable({}, {}), setmetatable({}, {}) "
          "getmetatable(a).__call = b getmetatable(b).__call = a a()",
          no);
    check("local f = function() end for i = 1, 100 do "
          "f = setmetatable({}, { __call = f }) end f()",
          no);
    check("local m = {} m.__call = m setmetatable(m, m)", no);
    check("setmetatable({}, { __call = 'x' })", "not a string");
    /* A function first, or another event, or another table's guard. */
    check("local m = { __call = error } local t = setmetatable({}, m) "
          "m.__call = t t()",
          no);
    check("local m = {} local t = setmetatable({}, m) m.__call = error "
          "m.__call = t t()",
          no);
    check("local m = setmetatable({}, { __call = error }) m.__call = error "
          "local t = setmetatable({}, m) m.__call = t t()",
          no);
    check("local m = { __index = error } local t = setmetatable({}, m) "
          "m.__call = t t()",
          no);
    check("local m = { __index = error } local t = setmetatable({}, m) "
          "m.__call = error m.__call = t t()",
          "flows/init.lua:1: set __call before the table is given to");
    check("local m = { __index = error } local t = setmetatable({}, m) "
          "setmetatable({}, t) m.__call = error m.__call = t t()",
          "set __call before");
}

static void what_is_called_works_as_in_lua(void **state)
{
    (void)state;
    check("local t = setmetatable({}, { __call = function(self, ...) "
          "return select('#', ...) .. type(self), 2 end }) "
          "local a, b = t(nil, nil) return a .. b",
          "2table2");
    check("local m = {} local t = setmetatable({}, m) "
          "function m.__call(_, x) return x end m.__index = { k = 'i' } "
          "function m.__add(_, x) return x end "
          "return t 'a' .. t.k .. t + 1",
          "ai1");
    check("local C = setmetatable({}, { __call = function(c, x) "
          "return setmetatable({ x = x }, c) end }) C.__index = C "
          "function C:get() return self.x end "
          "C.__call = function(self, y) return self.x .. y end "
          "return C('a'):get() .. C('b') 'c' .. tostring(getmetatable(C('d')) "
          "== C)",
          "abctrue");
    check("local m = { __call = error } local t = setmetatable({}, m) "
          "m.__call = nil m.__call = function() return 'again' end return t()",
          "again");
}

static void classes_work_as_in_lua(void **state)
{
    (void)state;
    check("local A = {} A.__index = A function A.who() return 'A' end "
          "function A.new(c) return setmetatable({}, c) end "
          "local B = setmetatable({}, { __index = A }) B.__index = B "
          "local C = setmetatable({}, B) C.__index = C "
          "return A.new(A).who() .. A.new(B).who() .. A.new(C).who()",
          "AAA");
    /* Set after, as `mt.__index = mt` mostly is. */
    check("local m = {} local t = setmetatable({}, m) m.__index = m "
          "m.x = 'late' return t.x",
          "late");
    check("local m = {} local c = setmetatable({}, m) setmetatable({}, c) "
          "m.__index = function(_, k) return k .. '!' end "
          "local a = c.x m.__index = { x = 'other' } "
          "local b = c.x m.__index = nil return a .. b .. tostring(c.x)",
          "x!othernil");
    check("local m = {} local c = setmetatable({}, m) setmetatable({}, c) "
          "m.__call = function(_, a, b) return a, b end "
          "m.__tostring = function() return 'text' end "
          "m.__len = function() return 5 end "
          "m.__concat = function(a, b) return 'joined' end "
          "return table.concat({ tostring(c), #c, c .. 'x', c('1', '2') }, "
          "' ')",
          "text 5 joined 1 2");
    check("local seen = '' local m = { __newindex = function(t, k, v) "
          "seen = seen .. k end } local c = setmetatable({}, m) "
          "setmetatable({}, c) c.x = 1 local to = {} m.__newindex = to "
          "c.y = 2 m.__newindex = nil c.z = 3 "
          "return seen .. tostring(c.x) .. to.y .. c.z",
          "xnil23");
    check("local m = { __pairs = function() return function(_, k) if not k "
          "then return 'only' end end end } local c = setmetatable({}, m) "
          "setmetatable({}, c) local s = '' for k in pairs(c) do s = s .. k "
          "end return s",
          "only");
    check("local m = {} local c = setmetatable({}, m) setmetatable({}, c) "
          "return c .. 'x'",
          "attempt to concatenate a table value (local 'c')");
    check("local m = { __eq = function() return true end } "
          "local c, d = setmetatable({}, m), setmetatable({}, m) "
          "setmetatable({}, c) setmetatable({}, d) return tostring(c == d)",
          "true");
    check("return tostring(setmetatable({}, require 'other').value)", "nil");
}

/* Nothing shows that something hidden stands in between. */
static void what_is_hidden_is_no_level_of_error(void **state)
{
    (void)state;
    check("local c = setmetatable({}, { __index = function(_, k) "
          "error('no ' .. k, 2) end })\n"
          "setmetatable({}, c)\n"
          "local _, why = pcall(function()\n return c.x .. '' end) return why",
          "flows/init.lua:4: no x");
    check("local c = setmetatable({}, { __newindex = function(_, k) "
          "error('no ' .. k, 2) end,\n"
          "__call = function(_, k) error('call ' .. k, 2) end })\n"
          "setmetatable({}, c)\n"
          "local function set() c.x = 1 end\n"
          "local function call() return (c('y')) end\n"
          "return select(2, pcall(set)) .. select(2, pcall(call))",
          "flows/init.lua:4: no xflows/init.lua:5: call y");
    check("local function f(level) error('it', level) end\n"
          "local function g(level)\n f(level) end\n"
          "local s = '' for _, level in ipairs { 0, 1, 2, 3, 1e6 } do\n"
          "s = s .. select(2, pcall(g, level)) .. ' ' end return s",
          "it flows/init.lua:1: it flows/init.lua:3: it it it ");
    check("local ok, why = pcall(error) return tostring(why)", "nil");
}

/* As Lua does: each table on the way is asked raw, then its metatable. */
static void a_chain_of_tables_is_followed_to_its_end(void **state)
{
    (void)state;
    check("local last = setmetatable({}, { __index = function(t, k) "
          "return k .. tostring(t.own) end }) last.own = 'L' "
          "local c = last for i = 1, 1500 do "
          "c = setmetatable({}, { __index = c }) setmetatable({}, c) end "
          "return c.x .. c.own",
          "xLL");
    check("local c, m = {}, {} m.__index = c setmetatable(c, m) "
          "setmetatable({}, c) return c.x",
          "'__index' chain too long; possibly a loop");
    check("local c = setmetatable({}, { __index = 'text' }) "
          "setmetatable({}, c) return tostring(c.rep == string.rep)",
          "true");
}

static void a_function_behind_a_chain_may_wait(void **state)
{
    static const char code[] =
        "local a = setmetatable({}, { __index = function(_, k) "
        "return wait.here(k) end }) "
        "local b = setmetatable({}, { __index = a }) setmetatable({}, b) "
        "local c = setmetatable({}, { __index = b }) setmetatable({}, c) "
        "return function() return c.x end";
    struct usher_source source = {"init.lua", code, sizeof(code) - 1};
    struct usher_script_module module = {
        .name = "wait", .open = wait_open, .use = USHER_MODULE_GLOBAL};
    struct usher_script_options options = {
        .sources = &source,
        .source_count = 1,
        .modules = &module,
        .module_count = 1,
        .limits = usher_script_limits_default(),
        .folder = "flows",
    };
    struct usher_script *script;
    struct usher_error error = {""};
    lua_State *L, *thread;
    int count;

    (void)state;
    assert_int_equal(usher_script_new(&options, &script, &error), USHER_OK);
    assert_int_equal(usher_script_load(script, &error), USHER_OK);
    L = usher_script_lua(script);
    thread = lua_newthread(L);
    lua_pushvalue(L, -2);
    lua_xmove(L, thread, 1);
    assert_int_equal(lua_resume(thread, L, 0, &count), LUA_YIELD);
    lua_pop(thread, count);
    lua_pushliteral(thread, "came");
    assert_int_equal(lua_resume(thread, L, 1, &count), LUA_OK);
    assert_string_equal(lua_tostring(thread, -1), "came");
    usher_script_free(script);
}

static void getmetatable_gives_what_was_set(void **state)
{
    (void)state;
    check("local m = {} local t = setmetatable({}, m) "
          "return tostring(getmetatable(t) == m)",
          "true");
    check("local m = {} setmetatable({}, m) return tostring(getmetatable(m))",
          "nil");
    check("local mm = {} local m = setmetatable({}, mm) setmetatable({}, m) "
          "local a = getmetatable(m) == mm setmetatable(m, nil) "
          "return tostring(a) .. tostring(getmetatable(m))",
          "truenil");
    check("local m = setmetatable({}, { __metatable = 'mine' }) "
          "setmetatable({}, m) local ok, why = pcall(setmetatable, m, {}) "
          "return getmetatable(m) .. why",
          "minecannot change a protected metatable");
    check("return tostring(getmetatable(require 'other'))", "false");
    check("return tostring(getmetatable(''))", "false");
    check("return tostring(getmetatable(1)) .. tostring(pcall(getmetatable))",
          "nilfalse");
    check("local m = {} setmetatable({}, m) local s = '' m.b, m.a = 1, 2 "
          "for k in pairs(m) do s = s .. k end return s .. #m",
          "ab0");
}

static void no_message_shows_an_address(void **state)
{
    static const char *const codes[] = {
        "math[{}] = 1",
        "math[print_it or function() end] = 1",
        "require('other')[{}] = 1",
        "_ENV[{}] = 1",
        "return _ENV[{}]",
        "error({})",
        "error(setmetatable({}, { __name = 'mine' }))",
        "error(function() end)",
        "return 'x' .. {}",
        "table.concat({ {} })",
        "string.rep({})",
        "return string.format('%d', {})",
        "return string.format('%s', {}) .. tostring({}) .. "
        "tostring(pcall) .. select(2, pcall(error, 'x'))",
        "setmetatable({}, { __index = error })[{}] = nil "
        "return setmetatable({}, { __index = error }).x",
        "local x <close> = {}",
        "require({})",
        "for i = {}, 2 do end",
        "return {} < {}",
        "utf8.char({})",
        "assert(false, {})",
        "load(function() end)",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        char code[512];

        snprintf(code, sizeof(code),
                 "local ok, why = pcall(function() %s end) "
                 "return tostring(why)",
                 codes[i]);
        for (int caught = 0; caught < 2; caught++) {
            struct usher_source source = {"init.lua", caught ? code : codes[i],
                                          0};
            struct usher_script_options options = {
                .sources = &source,
                .source_count = 1,
                .limits = usher_script_limits_default(),
                .folder = "flows",
            };
            struct usher_script *script;
            struct usher_error error = {""};
            const char *got = error.text;

            source.len = strlen(source.text);
            assert_int_equal(usher_script_new(&options, &script, &error),
                             USHER_OK);
            if (usher_script_load(script, &error) == USHER_OK)
                got = lua_tostring(usher_script_lua(script), -1);
            assert_non_null(got);
            if (!got[0] || strstr(got, "0x"))
                fail_msg("%s: '%s'", source.text, got);
            usher_script_free(script);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_way_leads_to_a_weak_table),
        cmocka_unit_test(what_a_table_holds_stays),
        cmocka_unit_test(no_table_stands_for_a_function),
        cmocka_unit_test(what_is_called_works_as_in_lua),
        cmocka_unit_test(classes_work_as_in_lua),
        cmocka_unit_test(what_is_hidden_is_no_level_of_error),
        cmocka_unit_test(a_chain_of_tables_is_followed_to_its_end),
        cmocka_unit_test(a_function_behind_a_chain_may_wait),
        cmocka_unit_test(getmetatable_gives_what_was_set),
        cmocka_unit_test(no_message_shows_an_address),
    };

    return cmocka_run_group_tests_name("metatable", tests, NULL, NULL);
}
