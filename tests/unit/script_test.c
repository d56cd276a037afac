/* tests/unit/script_test.c - the sandbox, the limits, fibers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <lauxlib.h>

#include "plain_host.h"
#include "script/fiber.h"
#include "script/script.h"

static struct usher_script *script_of(const struct usher_source *sources,
                                      size_t count)
{
    struct usher_script_options options = {
        .sources = sources,
        .source_count = count,
        .limits = usher_script_limits_default(),
        .folder = "flows",
    };
    struct usher_script *script;
    struct usher_error error = {""};

    if (usher_script_new(&options, &script, &error) != USHER_OK)
        fail_msg("%s", error.text);
    return script;
}

/* Runs `code` as the body of a flow; gives how it ended. */
static enum usher_fiber_state
run(const char *code, struct usher_fiber_error *error, char *out, size_t size)
{
    char text[2048];
    struct usher_source sources[2] = {{"init.lua", "return {}", 9},
                                      {"flow.lua", text, 0}};
    struct usher_error why = {""};
    struct usher_script *script;
    struct usher_fiber *fiber;
    enum usher_fiber_state state;

    sources[1].len =
        (size_t)snprintf(text, sizeof(text), "return function() %s end", code);
    script = script_of(sources, 2);
    if (usher_script_load(script, &why) != USHER_OK)
        fail_msg("%s", why.text);
    lua_settop(usher_script_lua(script), 0);
    fiber = usher_fiber_new(script, &plain_host, NULL);
    usher_script_module_value(script, "flow");
    lua_xmove(usher_script_lua(script), usher_fiber_lua(fiber), 1);
    memset(error, 0, sizeof(*error));
    state = usher_fiber_resume(fiber, 0, error);
    if (state == USHER_FIBER_DONE && out) {
        lua_State *L = usher_fiber_lua(fiber);

        snprintf(out, size, "%s",
                 lua_gettop(L) ? luaL_tolstring(L, 1, NULL) : "");
    }
    usher_fiber_free(fiber);
    usher_script_free(script);
    return state;
}

static void compiled_lua_is_refused_by_name(void **state)
{
    static const struct usher_source sources[2] = {
        {"init.lua", "return {}", 9}, {"flow.lua", LUA_SIGNATURE "T\0", 6}};
    struct usher_script *script = script_of(sources, 2);
    struct usher_error why = {""};

    (void)state;
    assert_int_not_equal(usher_script_load(script, &why), USHER_OK);
    assert_non_null(strstr(why.text, "flows/flow.lua:1: this is compiled Lua"));
    usher_script_free(script);
}

static void gives(const char *code, const char *wanted)
{
    struct usher_fiber_error error;
    char out[256] = "";
    enum usher_fiber_state state = run(code, &error, out, sizeof(out));

    if (state != USHER_FIBER_DONE)
        fail_msg("%s: %s", code, error.message);
    assert_string_equal(out, wanted);
}

static void ends(const char *code, enum usher_fiber_state wanted,
                 const char *message)
{
    struct usher_fiber_error error;
    enum usher_fiber_state state = run(code, &error, NULL, 0);

    if (state != wanted || !strstr(error.message, message))
        fail_msg("%s: state %d, message '%s'", code, (int)state, error.message);
}

static void a_flow_is_ordinary_lua(void **state)
{
    (void)state;
    gives("return ('a,b'):gsub(',', ';')", "a;b");
    gives("local t = { 3, 1, 2 } table.sort(t) return table.concat(t, ' ')",
          "1 2 3");
    gives("return math.floor(3.7) .. utf8.char(233)", "3\xc3\xa9");
    gives("local ok, e = pcall(error, { kind = 'x' }) return e.kind", "x");
    gives("return select(2, xpcall(error, function(m) return 'h' .. m end, "
          "'m'))",
          "hm");
    gives("return load('return 1 + 1')()", "2");
    gives("return '10' * 2", "20");
    gives("return ('%d'):format(7) .. ('x'):rep(2)", "7xx");
}

static void what_would_break_a_replay_is_not_there(void **state)
{
    (void)state;
    ends("x = 1", USHER_FIBER_FAILED,
         "global 'x' cannot be set: write "
         "`local x = ...`");
    ends("string.x = 1", USHER_FIBER_FAILED, "string is read-only");
    ends("getmetatable('').__index = {}", USHER_FIBER_FAILED, "");
    ends("print(1)", USHER_FIBER_FAILED, "use log.info");
    ends("io.open('x')", USHER_FIBER_FAILED, "flows have no files");
    ends("return nmae", USHER_FIBER_FAILED, "'nmae' is not defined");
    ends("coroutine.wrap(1)", USHER_FIBER_FAILED, "a flow waits by itself");
    ends("setmetatable({}, { __gc = function() end })", USHER_FIBER_FAILED,
         "__gc and __mode are not available");
    ends("require 'os.path'", USHER_FIBER_FAILED,
         "there is no module 'os.path': no file flows/os/path.lua");
    gives("return tostring({}) .. tostring(function() end)", "tablefunction");
    gives("return tostring(load('\\27Lua', 'x', 'b'))", "nil");
    gives("local s = '' for k in pairs { b = 1, a = 2, [2] = 3, [1] = 4 } do "
          "s = s .. k end return s",
          "12ab");
}

static void a_turn_that_goes_over_a_limit_ends(void **state)
{
    (void)state;
    ends("while true do end", USHER_FIBER_KILLED, "ran too long");
    ends("while true do pcall(function() while true do end end) end",
         USHER_FIBER_KILLED, "ran too long");
    ends("while true do pcall(error, 'again') end", USHER_FIBER_KILLED,
         "ran too long");
    gives("for _ = 1, 250000 do pcall(math.abs, 1) end return 'done'", "done");
    ends("for _ = 1, 250000 do pcall(error, 'costs more') end",
         USHER_FIBER_KILLED, "ran too long");
    ends("local t = setmetatable({}, { __close = function() while true do end "
         "end }) local x <close> = t while true do end",
         USHER_FIBER_KILLED, "ran too long");
    ends("local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end",
         USHER_FIBER_KILLED, "too much memory");
    ends("local t = {} while true do pcall(function() while true do "
         "t[#t + 1] = ('x'):rep(1000) .. #t end end) end",
         USHER_FIBER_KILLED, "too much memory");
    ends("local function f() return 1 + f() end return f()", USHER_FIBER_KILLED,
         "calls itself again and again");
    ends("return (('x'):rep(400)):find(('(\".-\"):rep(4)'):rep(1) .. 'b')"
         " or (('\"'):rep(400)):find(('\".-'):rep(40) .. 'b')",
         USHER_FIBER_KILLED, "string matching");
    ends("table.move({}, 1, 1e9, 2)", USHER_FIBER_KILLED, "ran too long");
    ends("table.insert(setmetatable({}, { __len = function() return 1 << 40 "
         "end }), 1, 1)",
         USHER_FIBER_KILLED, "ran too long");
}

static void a_raised_error_has_file_line_and_traceback(void **state)
{
    struct usher_fiber_error error;

    (void)state;
    assert_int_equal(run("local x = nil\n return x.y", &error, NULL, 0),
                     USHER_FIBER_FAILED);
    assert_non_null(strstr(error.message, "flows/flow.lua:2: attempt to "
                                          "index a nil value (local 'x')"));
    assert_non_null(strstr(error.traceback, "flows/flow.lua:2"));
}

static void load_refused(const char *init, const char *wanted)
{
    struct usher_source source = {"init.lua", init, strlen(init)};
    struct usher_script *script = script_of(&source, 1);
    struct usher_error error = {""};

    assert_int_not_equal(usher_script_load(script, &error), USHER_OK);
    if (!strstr(error.text, wanted))
        fail_msg("'%s' is not in '%s'", wanted, error.text);
    usher_script_free(script);
}

static void a_broken_file_is_refused_with_its_line(void **state)
{
    (void)state;
    load_refused("return {\n a = \n}", "flows/init.lua:3:");
    load_refused("local x", "flows/init.lua:1: init.lua returns nothing");
    load_refused("return require 'init'", "init requires itself");
    load_refused("while true do end", "ran too long");
    load_refused("error 'no'", "flows/init.lua:1: no");
}

static void fibers_are_used_again_after_any_end(void **state)
{
    struct usher_source sources[] = {
        {"init.lua", "return {}", 9},
        {"flow.lua",
         "return function(n) if n == 1 then error 'x' end "
         "if n == 2 then while true do end end return n end",
         0}};
    struct usher_script *script;
    struct usher_fiber_error error;

    (void)state;
    sources[1].len = strlen(sources[1].text);
    script = script_of(sources, 2);
    assert_int_equal(usher_script_load(script, NULL), USHER_OK);
    lua_settop(usher_script_lua(script), 0);
    for (int i = 0; i < 300; i++) {
        static const enum usher_fiber_state wanted[] = {
            USHER_FIBER_DONE, USHER_FIBER_FAILED, USHER_FIBER_KILLED};
        struct usher_fiber *fiber = usher_fiber_new(script, &plain_host, NULL);
        int n = i % 40 == 2 ? 2 : i % 2;

        usher_script_module_value(script, "flow");
        lua_xmove(usher_script_lua(script), usher_fiber_lua(fiber), 1);
        lua_pushinteger(usher_fiber_lua(fiber), n);
        assert_int_equal(usher_fiber_resume(fiber, 1, &error), wanted[n]);
        usher_fiber_free(fiber);
    }
    usher_script_free(script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flow_is_ordinary_lua),
        cmocka_unit_test(compiled_lua_is_refused_by_name),
        cmocka_unit_test(what_would_break_a_replay_is_not_there),
        cmocka_unit_test(a_turn_that_goes_over_a_limit_ends),
        cmocka_unit_test(a_raised_error_has_file_line_and_traceback),
        cmocka_unit_test(a_broken_file_is_refused_with_its_line),
        cmocka_unit_test(fibers_are_used_again_after_any_end),
    };

    return cmocka_run_group_tests_name("script", tests, NULL, NULL);
}
