/* tests/unit/lpeg_test.c - lpeg in flows: as it is, but its grammars end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <lauxlib.h>

#include "bind/bind.h"
#include "plain_host.h"
#include "script/fiber.h"

/* Runs `code` as a flow that has lpeg and re; its result as text in out. */
static enum usher_fiber_state run(const char *code, char *out, size_t size)
{
    char text[1024];
    struct usher_source sources[2] = {{"init.lua", "return {}", 9},
                                      {"flow.lua", text, 0}};
    struct usher_script_options options = {
        .sources = sources,
        .source_count = 2,
        .limits = usher_script_limits_default(),
        .folder = "flows",
    };
    struct usher_fiber_error why;
    struct usher_error error = {""};
    struct usher_script *script;
    struct usher_fiber *fiber;
    enum usher_fiber_state state;

    sources[1].len =
        (size_t)snprintf(text, sizeof(text),
                         "local lpeg, re = require 'lpeg', require 're'\n"
                         "return function() %s end",
                         code);
    options.modules = usher_bind_modules(&options.module_count);
    assert_int_equal(usher_script_new(&options, &script, &error), USHER_OK);
    if (usher_script_load(script, &error) != USHER_OK)
        fail_msg("%s", error.text);
    lua_settop(usher_script_lua(script), 0);
    fiber = usher_fiber_new(script, &plain_host, NULL);
    usher_script_module_value(script, "flow");
    lua_xmove(usher_script_lua(script), usher_fiber_lua(fiber), 1);
    state = usher_fiber_resume(fiber, 0, &why);
    if (state == USHER_FIBER_DONE)
        snprintf(out, size, "%s",
                 luaL_tolstring(usher_fiber_lua(fiber), 1, NULL));
    else
        snprintf(out, size, "%s", why.message);
    usher_fiber_free(fiber);
    usher_script_free(script);
    return state;
}

static void gives(const char *code, const char *wanted)
{
    char out[512];

    if (run(code, out, sizeof(out)) != USHER_FIBER_DONE)
        fail_msg("%s: %s", code, out);
    assert_string_equal(out, wanted);
}

static void patterns_and_grammars_match_as_ever(void **state)
{
    (void)state;
    gives("return lpeg.match(lpeg.C(lpeg.R'az'^1), 'abc1')", "abc");
    gives("local g = lpeg.P { 'S', S = '(' * lpeg.V'S'^0 * ')' }\n"
          "return lpeg.match(g, '(()())')",
          "7");
    gives("local g = lpeg.P { lpeg.P'a' * lpeg.V(1) + -1 }\n"
          "return lpeg.match(g, 'aaa')",
          "4");
    gives("return re.match('a=1', [[ s <- {%a+} '=' {%d+} ]])", "a");
}

static void a_grammar_that_tries_for_ever_ends_its_turn(void **state)
{
    static const char *const hostile[] = {
        "local g = lpeg.P { 'a' * lpeg.V(1) * 'b' + 'a' * lpeg.V(1) * 'c' + "
        "'a' }\n"
        "return lpeg.match(g, ('a'):rep(60))",
        "return re.match(('a'):rep(60), \"s <- 'a' s 'b' / 'a' s 'c' / 'a'\")",
    };
    char out[512];

    (void)state;
    for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
        assert_int_equal(run(hostile[i], out, sizeof(out)), USHER_FIBER_KILLED);
        assert_non_null(strstr(out, "ran too long"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_and_grammars_match_as_ever),
        cmocka_unit_test(a_grammar_that_tries_for_ever_ends_its_turn),
    };

    return cmocka_run_group_tests_name("lpeg", tests, NULL, NULL);
}
