/* tests/unit/state_build_test.c - what init.lua may say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "bind/bind.h"
#include "conversation/reload.h"
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
                                             NULL, NULL, &script, error);

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_that_is_too_long_is_told),
    };

    return cmocka_run_group_tests_name("state_build", tests, NULL, NULL);
}
