/* tests/unit/sandbox_test.c - what flows share nobody of them changes; what
 * they load is text; what they require is found, or told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <lauxlib.h>

#include "flow_run.h"
#include "meter.h"

static int code_add(lua_State *L, const void *bytes, size_t len, void *user)
{
    char *out = user;

    (void)L;
    for (size_t i = 0; i < len; i++)
        sprintf(out + strlen(out), "\\x%02x",
                ((const unsigned char *)bytes)[i]);
    return 0;
}

/* A flow that loads what string.dump() would give outside. */
static void bytecode_is_not_loaded(void **state)
{
    static const char *const modes[] = {"", ", 'x', 'b'", ", 'x', 'bt'"};
    static const char *const gone[] = {"string.dump",     "math.random",
                                       "math.randomseed", "rawset",
                                       "collectgarbage",  "dofile"};
    lua_State *L = luaL_newstate();
    char bytes[4096] = "", code[8192];
    struct flow_run run;

    (void)state;
    assert_int_equal(luaL_loadstring(L, "return 7"), LUA_OK);
    assert_int_equal(lua_dump(L, code_add, bytes, 1), 0);
    lua_close(L);
    flow_run_init(&run);
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        snprintf(code, sizeof(code),
                 "local f, why = load('%s'%s) return tostring(f) .. ' ' .. why",
                 bytes, modes[i]);
        flow_run_gives(&run, code,
                       "nil attempt to load a binary chunk (mode is 't')");
    }
    for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++) {
        snprintf(code, sizeof(code),
                 "return tostring(pcall(function() return %s end))", gone[i]);
        flow_run_gives(&run, code, "false");
    }
}

/* Read-only for who writes, ordinary for who reads. */
static void what_is_shared_cannot_be_written(void **state)
{
    static const char *const shared[] = {
        "string", "table", "math", "utf8", "meter", "_G", "require 'init'"};
    struct flow_run run;
    char code[512];

    (void)state;
    flow_run_init(&run);
    run.modules = &meter_module;
    run.module_count = 1;
    for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++) {
        snprintf(code, sizeof(code),
                 "local t = %s local ok, why = pcall(function() t.own = 1 end) "
                 "assert(not ok and (why:find 'read%%-only' or why:find "
                 "'cannot be set'), why) "
                 "assert(rawget(t, 'own') == nil) "
                 "assert(not pcall(setmetatable, t, {})) "
                 "assert(not pcall(table.insert, t, 1)) "
                 "assert(getmetatable(t) == false) return 'whole'",
                 shared[i]);
        flow_run_gives(&run, code, "whole");
    }
    flow_run_gives(&run,
                   "local n = 0 for name, f in pairs(math) do "
                   "assert(math[name] == f) n = n + 1 end return n > 20",
                   "true");
    flow_run_gives(&run,
                   "assert(not pcall(function() own = 1 end)) "
                   "assert(not pcall(load 'own = 1')) "
                   "local env = {} load('own = ...', 'n', 't', env)(7) "
                   "assert(not pcall(load('print()', 'n', 't', env))) "
                   "return env.own .. tostring(rawget(_G, 'own'))",
                   "7nil");
    flow_run_gives(&run, "return (('abc'):gsub('%w', { a = false, b = 'x' }))",
                   "axc");
    flow_run_gives(&run,
                   "assert(getmetatable('') == false) "
                   "return ('a'):upper() .. '10' * 2",
                   "A20");
}

/* ---- files ---- */

/* Loads init.lua and others; on the stack what init returned. */
static enum usher_status load(const struct usher_source *sources, size_t count,
                              struct usher_script **script,
                              struct usher_error *error)
{
    struct usher_script_options options = {
        .sources = sources,
        .source_count = count,
        .modules = &meter_module,
        .module_count = 1,
        .limits = usher_script_limits_default(),
        .folder = "flows",
    };

    assert_int_equal(usher_script_new(&options, script, error), USHER_OK);
    return usher_script_load(*script, error);
}

#define FILE_OF(path, text)          \
    {                                \
        path, text, sizeof(text) - 1 \
    }

static void init_gives(const struct usher_source *others, size_t count,
                       const char *init, const char *wanted)
{
    struct usher_source sources[8] = {{"init.lua", init, strlen(init)}};
    struct usher_error error = {""};
    struct usher_script *script;

    memcpy(sources + 1, others, count * sizeof(*others));
    if (load(sources, count + 1, &script, &error) != USHER_OK)
        fail_msg("%s: %s", init, error.text);
    assert_string_equal(luaL_tolstring(usher_script_lua(script), -1, NULL),
                        wanted);
    usher_script_free(script);
}

static void init_refused(const struct usher_source *others, size_t count,
                         const char *init, const char *wanted)
{
    struct usher_source sources[8] = {{"init.lua", init, strlen(init)}};
    struct usher_error error = {""};
    struct usher_script *script;

    memcpy(sources + 1, others, count * sizeof(*others));
    assert_int_not_equal(load(sources, count + 1, &script, &error), USHER_OK);
    if (!strstr(error.text, wanted) || strstr(error.text, "traceback"))
        fail_msg("%s: '%s' is not in '%s'", init, wanted, error.text);
    usher_script_free(script);
}

static void a_file_is_found_by_its_path(void **state)
{
    static const struct usher_source others[] = {
        FILE_OF("a.lua", "\xEF\xBB\xBFreturn { 10, 20, nam = 1 }"),
        FILE_OF("b.lua", "#!/usr/bin/lua\nreturn (meter.place())"),
        FILE_OF("sub/c.lua", "return 'deep'"),
        FILE_OF("sub/sub/c.lua", "return 'deeper'"),
    };
    static const char *const wrong[][2] = {
        {"a.lua", "did you mean require \"a\""},
        {"./a", "did you mean require \"a\""},
        {"flows/a", "did you mean require \"a\""},
        {"flows.sub.c", "did you mean require \"sub.c\""},
        {"sub.d", "(no file flows/sub/d.lua); did you mean require \"sub.c\""},
        {"sub", "no file flows/sub.lua"},
        {"c", "no file flows/c.lua"},
        {"metr", "did you mean require \"meter\""},
        {"something", "no file flows/something.lua, and no module of the"},
    };
    char init[128];

    (void)state;
    init_gives(others, 4, "return require 'b'", "flows/b.lua:2");
    init_gives(others, 4, "return require 'sub.c' .. require 'sub.sub.c'",
               "deepdeeper");
    init_gives(others, 4,
               "local a, s = require 'a', '' for k, v in pairs(a) do "
               "s = s .. k .. v .. ' ' end "
               "for _, v in ipairs(a) do s = s .. v end "
               "return s .. #a .. tostring(a == require 'a')",
               "110 220 nam1 10202true");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        snprintf(init, sizeof(init), "return require '%s'", wrong[i][0]);
        init_refused(others, 4, init, wrong[i][1]);
    }
}

static void what_is_wrong_with_a_file_is_said(void **state)
{
    static const struct usher_source bad[] = {FILE_OF("bad.lua", "error 'no'")};
    static const struct usher_source dot[] = {FILE_OF("a.b.lua", "return 1")};
    static const struct usher_source ring[] = {
        FILE_OF("a.lua", "return require 'b'"),
        FILE_OF("b.lua", "return require 'a'")};
    static const struct usher_source wide[] = {
        FILE_OF("a.lua", "\xFF\xFEr\0e\0t\0")};
    static const struct usher_source zero[] = {
        FILE_OF("a.lua", "return 1\n\n-- \0")};
    static const struct usher_source compiled[] = {
        FILE_OF("a.lua", "\xEF\xBB\xBF\x1BLua")};
    static const struct usher_source nothing[] = {
        FILE_OF("a.lua", "local a = 1\n\nreturn\n")};
    static const struct usher_source other = FILE_OF("other.lua", "return 1");
    struct usher_error error = {""};
    struct usher_script *script;

    (void)state;
    init_refused(bad, 1, "pcall(require, 'bad') return {}",
                 "flows/bad.lua:1: no");
    init_refused(dot, 1, "return {}",
                 "flows/a.b.lua: nothing can require a file with a dot");
    init_refused(ring, 2, "return {}", "requires itself, through the files");
    init_refused(wide, 1, "return {}", "flows/a.lua:1: the file is in UTF-16");
    init_refused(zero, 1, "return {}", "flows/a.lua:3: there are zero bytes");
    init_refused(compiled, 1, "return {}",
                 "flows/a.lua:1: this is compiled Lua");
    init_refused(nothing, 1, "return {}",
                 "flows/a.lua:3: a.lua returns nothing");
    assert_int_not_equal(load(&other, 1, &script, &error), USHER_OK);
    assert_non_null(strstr(error.text, "flows/init.lua is missing"));
    usher_script_free(script);
}

static void a_name_that_is_not_there_is_looked_for(void **state)
{
    static const char *const cases[][2] = {
        {"return nmae", "'nmae' is not defined"},
        {"local function f() return later end local later = 1 return f()",
         "'later' is not defined here: the one of line 1 is local"},
        {"local function f() return later end\nlocal later = 1 return f()",
         "'later' is not defined yet: line 2 makes it, below"},
        {"do local inner = 1 end\nreturn inner",
         "'inner' is not defined here: the one of line 1 is local to another"},
        {"local number = 1 return nunber", "did you mean 'number'?"},
        {"return tostrin(1)", "did you mean 'tostring'?"},
        {"return string.trim 'x'", "there is no string.trim: text:match"},
        {"return string.lowr 'x'", "did you mean string.lower?"},
        {"return table.zzzzzz", "there is no table.zzzzzz"},
        {"return os.execute 'x'", "'os' is not defined"},
        {"return init", "'init' is a module that this file does not require"},
        {"print 'x'", "there is no 'print' in a flow: use log.info"},
    };
    struct flow_run run;

    (void)state;
    flow_run_init(&run);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(flow_run(&run, cases[i][0]), USHER_FIBER_FAILED);
        if (!strstr(run.out, cases[i][1]))
            fail_msg("%s: %s", cases[i][0], run.out);
    }
}

static void what_was_raised_is_a_message_with_its_line(void **state)
{
    static const char *const cases[][2] = {
        {"error 'no'", "flows/flow.lua:1: no"},
        {"error('no', 0)", "flows/flow.lua:1: no"},
        {"\nerror('no', 2)", "flows/flow.lua:2: no"},
        {"error { message = 'away' }", "flows/flow.lua:1: away"},
        {"error { kind = 'offline', message = 'away', hint = 'x' }",
         "flows/flow.lua:1: offline: away"},
        {"error { kind = 'offline' }",
         "flows/flow.lua:1: error was called with a table; call it with a text "
         "that says what is wrong: error(\"...\")"},
        {"error()",
         "flows/flow.lua:1: error was called with nothing; call it with a text "
         "that says what is wrong: error(\"...\")"},
        {"error(7)", "flows/flow.lua:1: 7"},
        {"error('engine/lua/chat.lua:70: no', 0)", "flows/flow.lua:1: no"},
        {"local x\nreturn x.y.z",
         "flows/flow.lua:2: attempt to index a nil value (local 'x')"},
        {"local f = load('error(\"no\", 0)', '=x')\nf()",
         "flows/flow.lua:2: no"},
    };
    struct flow_run run;

    (void)state;
    flow_run_init(&run);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(flow_run(&run, cases[i][0]), USHER_FIBER_FAILED);
        assert_string_equal(run.out, cases[i][1]);
    }
}

/* Of several that are as near it says the same each time. */
static void the_nearest_name_is_the_first_by_the_alphabet(void **state)
{
    static const struct usher_source others[] = {
        FILE_OF("note_c.lua", "return 1"), FILE_OF("note_e.lua", "return 1"),
        FILE_OF("note_b.lua", "return 1"), FILE_OF("note_g.lua", "return 1"),
        FILE_OF("note_a.lua", "return 1"), FILE_OF("note_d.lua", "return 1"),
        FILE_OF("note_f.lua", "return 1")};

    (void)state;
    for (size_t first = 0; first < 4; first++)
        init_refused(others + first, 7 - first, "return require 'note_x'",
                     "did you mean require \"note_a\"");
}

/* What counts values must not count them in 32 bits. */
static void a_number_of_values_is_bounded(void **state)
{
    static const char *const codes[] = {
        "table.unpack({}, 1, (1 << 20) + 1)",
        "table.unpack({}, 1, (1 << 32) + 5)",
        "table.unpack({}, math.mininteger, math.maxinteger)",
        "table.unpack({}, 0, math.maxinteger)",
    };
    struct flow_run run;
    char code[256];

    (void)state;
    flow_run_init(&run);
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        snprintf(code, sizeof(code),
                 "return select(2, pcall(function() %s end))", codes[i]);
        flow_run_gives(&run, code,
                       "flows/flow.lua:1: too many results to unpack");
    }
    flow_run_gives(&run,
                   "return select('#', table.unpack({}, -5, 5)) .. "
                   "select('#', table.unpack({}, 2, 1))",
                   "110");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytecode_is_not_loaded),
        cmocka_unit_test(what_is_shared_cannot_be_written),
        cmocka_unit_test(a_file_is_found_by_its_path),
        cmocka_unit_test(what_is_wrong_with_a_file_is_said),
        cmocka_unit_test(a_name_that_is_not_there_is_looked_for),
        cmocka_unit_test(what_was_raised_is_a_message_with_its_line),
        cmocka_unit_test(the_nearest_name_is_the_first_by_the_alphabet),
        cmocka_unit_test(a_number_of_values_is_bounded),
    };

    return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
