/* tests/unit/state_build_test.c - what init.lua may say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "bind/bind.h"
#include "conversation/build.h"
#include "conversation/run.h"
#include "turn_world.h"

static enum usher_status build(const struct turn_flow *flows,
                               struct usher_error *error)
{
    struct usher_version *version = turn_version(flows);
    struct usher_script *script;
    size_t count;
    const struct usher_script_module *modules = usher_bind_modules(&count);
    enum usher_status st = usher_state_build(version, modules, count, "flows",
                                             NULL, NULL, NULL, &script, error);

    usher_script_free(script);
    usher_version_release(version);
    return st;
}

/* init.lua is `before`, a name of that many letters in quotes, `behind`. */
static enum usher_status build_named(const char *before, const char *behind,
                                     int letters, struct usher_error *error)
{
    static const char code[] = "return function() end";
    char name[USHER_NAME_MAX + 2], path[sizeof(name) + 4], init[512];
    struct turn_flow flows[] = {
        {"init.lua", init}, {"first.lua", code}, {path, code}, {NULL, NULL}};

    memset(name, 'n', sizeof(name));
    name[letters] = '\0';
    snprintf(path, sizeof(path), "%s.lua", name);
    snprintf(init, sizeof(init), "%s'%s'%s", before, name, behind);
    return build(flows, error);
}

static void a_name_that_is_too_long_is_told(void **state)
{
    static const char *const inits[][2] = {
        {"return { flows = { { 'first', fallback = true },\n{ ", " } } }"},
        {"return { flows = { { 'first', fallback = true } },\ntasks = { ",
         " } }"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(inits) / sizeof(inits[0]); i++) {
        struct usher_error error = {""};

        if (build_named(inits[i][0], inits[i][1], USHER_NAME_MAX, &error))
            fail_msg("%s", error.text);
        assert_int_equal(build_named(inits[i][0], inits[i][1],
                                     USHER_NAME_MAX + 1, &error),
                         USHER_ERR_INVALID);
        assert_non_null(strstr(error.text, "flows/init.lua:2: "));
        assert_non_null(
            strstr(error.text, "64 bytes, at most 63 are possible"));
    }
}

/* What editors and the habits of other scripts put there. */
static void a_mark_or_a_first_line_for_the_shell_is_no_error(void **state)
{
    static const char *const heads[] = {"\xEF\xBB\xBF", "#!/usr/bin/lua5.4\n",
                                        "\xEF\xBB\xBF#!/usr/bin/lua5.4\r\n"};

    (void)state;
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        char init[256], module[64], flow[64], wanted[128];
        struct usher_error error = {""};
        struct turn_flow flows[] = {{"init.lua", init},
                                    {"words.lua", module},
                                    {"first.lua", flow},
                                    {NULL, NULL}};

        snprintf(init, sizeof(init),
                 "%sreturn { flows = { { 'first', fallback = true } } }\n",
                 heads[i]);
        snprintf(module, sizeof(module), "%sreturn {}\n", heads[i]);
        snprintf(flow, sizeof(flow),
                 "%srequire 'words'\nreturn function() end\n", heads[i]);
        if (build(flows, &error))
            fail_msg("%s", error.text);
        snprintf(flow, sizeof(flow), "%slocal x = = 1\n", heads[i]);
        assert_int_equal(build(flows, &error), USHER_ERR_INVALID);
        snprintf(wanted, sizeof(wanted), "flows/first.lua:%d: ", i ? 2 : 1);
        assert_non_null(strstr(error.text, wanted));
        snprintf(wanted, sizeof(wanted), "line %d: local x = = 1", i ? 2 : 1);
        assert_non_null(strstr(error.text, wanted));
    }
}

static void other_heads_say_what_to_do(void **state)
{
    struct turn_flow flows[] = {
        {"init.lua", "return { flows = { { 'first', fallback = true } } }"},
        {"first.lua", "\xFF\xFEr\0e\0"},
        {NULL, NULL}};
    struct usher_error error;

    (void)state;
    assert_int_equal(build(flows, &error), USHER_ERR_INVALID);
    assert_non_null(strstr(error.text, "flows/first.lua:1: "));
    assert_non_null(strstr(error.text, "UTF-8"));
    flows[1].text = "#!/usr/bin/lua5.4"; /* and nothing else */
    assert_int_equal(build(flows, &error), USHER_ERR_INVALID);
    assert_non_null(strstr(error.text, "first.lua returns nothing"));
}

static void a_dot_in_a_name_is_told(void **state)
{
    struct turn_flow flows[] = {
        {"init.lua", "return { flows = { { 'first', fallback = true } } }"},
        {"first.lua", "return function() end"},
        {"first.old.lua", "return function() end"},
        {NULL, NULL}};
    struct usher_error error;

    (void)state;
    assert_int_equal(build(flows, &error), USHER_ERR_INVALID);
    assert_non_null(strstr(error.text, "flows/first.old.lua: "));
    assert_non_null(strstr(error.text, "rename it"));
}

/* Who reads what init.lua returned runs its metamethods. The first two went on
 * for ever, the third ended the program. */
static void what_init_returns_is_read_within_the_limits(void **state)
{
    static const char *const inits[][2] = {
        {"return setmetatable({}, { __index = function() while true do end "
         "end })",
         "flows/init.lua:1: the turn ran too long"},
        {"return { settings = setmetatable({}, { __index = function() "
         "while true do end end }) }",
         "flows/init.lua:1: the turn ran too long"},
        {"return setmetatable({}, { __index = function() error 'no' end })",
         "flows/init.lua:1: no"},
        {"return { settings = { setmetatable({}, { __index = function() "
         "error 'no' end }) } }",
         "flows/init.lua:1: no"},
        {"return { flows = setmetatable({}, { __index = function() "
         "while true do end end, __len = function() return 1 end }) }",
         "flows/init.lua:1: the turn ran too long"},
        {"return { flows = { { 'first', fallback = true } }, "
         "leave = setmetatable({}, { __pairs = function() "
         "return function() return 'first', {} end end }) }",
         "the turn ran too long"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(inits) / sizeof(inits[0]); i++) {
        struct usher_error error = {""};
        struct turn_flow flows[] = {{"init.lua", inits[i][0]},
                                    {"first.lua", "return function() end"},
                                    {NULL, NULL}};

        if (build(flows, &error) == USHER_OK ||
            !strstr(error.text, inits[i][1]))
            fail_msg("%s: '%s'", inits[i][0], error.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_that_is_too_long_is_told),
        cmocka_unit_test(a_mark_or_a_first_line_for_the_shell_is_no_error),
        cmocka_unit_test(other_heads_say_what_to_do),
        cmocka_unit_test(what_init_returns_is_read_within_the_limits),
        cmocka_unit_test(a_dot_in_a_name_is_told),
    };

    return cmocka_run_group_tests_name("state_build", tests, NULL, NULL);
}
