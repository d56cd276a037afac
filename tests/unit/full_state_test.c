/* tests/unit/full_state_test.c - variables of files that grow: whose they are,
 * how long loading may take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "script/script.h"

static struct usher_script *script_of(const char *init, const char *flow,
                                      int64_t cpu_ms, const atomic_int *stop,
                                      enum usher_status wanted,
                                      const char *message)
{
    struct usher_source sources[] = {{"init.lua", init, strlen(init)},
                                     {"one.lua", flow, strlen(flow)}};
    struct usher_script_options options = {
        .sources = sources,
        .source_count = 2,
        .limits = usher_script_limits_default(),
        .folder = "flows",
        .stop = stop,
    };
    struct usher_script *script;
    struct usher_error error = {""};

    if (cpu_ms)
        options.limits.cpu_ms = cpu_ms;
    assert_int_equal(usher_script_new(&options, &script, &error), USHER_OK);
    assert_int_equal(usher_script_load(script, &error), wanted);
    if (!strstr(error.text, message))
        fail_msg("'%s' is not in '%s'", message, error.text);
    return script;
}

static void loading_ends(void **state)
{
    static const char loop[] = "\nwhile true do end";
    atomic_int stop;

    (void)state;
    atomic_init(&stop, 1);
    usher_script_free(script_of("return {}", loop, 0, &stop, USHER_ERR_CLOSED,
                                "loading was stopped"));
    usher_script_free(
        script_of("return {}", loop, 1, NULL, USHER_ERR_LIMIT,
                  "flows/one.lua:2: the turn ran too long: it took"));
}

static void what_holds_most_is_named(void **state)
{
    static const struct {
        const char *flow, *wanted;
    } cases[] = {
        {"local small, cache = {}, {} for i = 1, 9e4 do cache[i] = { i } end "
         "return function() return small, cache end",
         "flows/one.lua: cache"},
        {"local cache = {} for i = 1, 40 do cache['k' .. i] = ('x'):rep(1 << "
         "19) .. i end local function get() return cache end "
         "return { get = get }",
         "flows/one.lua: cache"},
        {"local m = { kept = {} } for i = 1, 40 do m.kept[i] = ('x'):rep(1 << "
         "19) .. i end return m",
         "what one returns"},
        {"local text = ('x'):rep(1 << 19) .. 1 local list = {} for i = 1, 9e4 "
         "do list[i] = { i } end return function() return text, list end",
         "flows/one.lua: list"},
        {"local a, b = {}, {} return function() return a, b end", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct usher_script *script =
            script_of("return {}", cases[i].flow, 0, NULL, USHER_OK, "");
        char out[160];

        usher_script_keeps(script, out, sizeof(out));
        assert_string_equal(out, cases[i].wanted);
        usher_script_free(script);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loading_ends),
        cmocka_unit_test(what_holds_most_is_named),
    };

    return cmocka_run_group_tests_name("full_state", tests, NULL, NULL);
}
