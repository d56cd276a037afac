/* tests/unit/effect_test.c - where an effect may happen, what becomes of a job
 * that may not, and the error that it ends with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <lauxlib.h>

#include "flow_run.h"
#include "meter.h"
#include "script/effect.h"
#include "script/value.h"

static void an_effect_belongs_into_a_flow(void **state)
{
    static const char *const inits[][2] = {
        {"meter.effect() return {}", "meter.effect cannot be used while a file "
                                     "loads; move it into the function"},
        {"meter.job() return {}",
         "meter.job cannot be used while a file loads"},
        {"pcall(meter.effect) return {}", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(inits) / sizeof(inits[0]); i++) {
        struct usher_source source = {"init.lua", inits[i][0],
                                      strlen(inits[i][0])};
        struct usher_script_options options = {
            .sources = &source,
            .source_count = 1,
            .modules = &meter_module,
            .module_count = 1,
            .limits = usher_script_limits_default(),
            .folder = "flows",
        };
        struct usher_error error = {""};
        struct usher_script *script;
        enum usher_status st;

        assert_int_equal(usher_script_new(&options, &script, &error), USHER_OK);
        st = usher_script_load(script, &error);
        assert_int_equal(st, inits[i][1][0] ? USHER_ERR_INVALID : USHER_OK);
        if (!strstr(error.text, inits[i][1]))
            fail_msg("%s", error.text);
        /* Neither is a function that the engine calls itself a flow. */
        assert_int_equal(luaL_loadstring(usher_script_lua(script),
                                         "local f = ... return f()"),
                         LUA_OK);
        usher_script_module_value(script, "meter");
        lua_getfield(usher_script_lua(script), -1, "effect");
        lua_remove(usher_script_lua(script), -2);
        assert_int_equal(usher_script_call(script, 1, 0, &error),
                         USHER_ERR_INVALID);
        assert_non_null(strstr(error.text, "only while a flow answers"));
        usher_script_free(script);
    }
}

/* After a file that failed to load effects are what they were. */
static void a_load_that_failed_forbids_nothing_after_it(void **state)
{
    struct flow_run run;

    (void)state;
    flow_run_init(&run);
    run.modules = &meter_module;
    run.module_count = 1;
    flow_run_gives(&run, "meter.effect() return 'done'", "done");
    flow_run_gives(
        &run, "pcall(require, 'nowhere') meter.effect() return 'done'", "done");
}

static void a_job_that_may_not_wait_is_freed(void **state)
{
    static const char *const codes[] = {
        "local n = meter.freed() local ok, why = pcall(string.gsub, 'x', 'x', "
        "meter.job) return tostring(ok) .. meter.freed() - n .. why",
        "local n = meter.freed() local ok, why = pcall(table.sort, { 2, 1 }, "
        "meter.job) return tostring(ok) .. meter.freed() - n .. why",
    };
    struct flow_run run;

    (void)state;
    flow_run_init(&run);
    run.modules = &meter_module;
    run.module_count = 1;
    for (size_t i = 0; i < 2; i++)
        flow_run_gives(&run, codes[i],
                       "false1meter.job cannot wait inside a function that "
                       "gsub, sort or another one of Lua's own calls: do it "
                       "before, and use its result there");
}

static void fails(const char *hint, int status, int64_t retry_after,
                  int64_t at_ms, const char *wanted)
{
    struct usher_buffer results, json;
    struct usher_reader reader;
    struct usher_error error = {""};

    usher_buffer_init(&results, 0);
    usher_buffer_init(&json, 0);
    usher_effect_fail(&results, "offline", "away", hint, status, retry_after,
                      at_ms);
    usher_reader_init(&reader, results.data, results.len);
    assert_int_equal(usher_value_to_json(&json, &reader, &error), USHER_OK);
    usher_buffer_byte(&json, ' ');
    assert_int_equal(usher_value_to_json(&json, &reader, &error), USHER_OK);
    assert_string_equal(json.data, wanted);
    assert_ptr_equal(reader.at, reader.end);
    usher_buffer_free(&results);
    usher_buffer_free(&json);
}

/* As a flow's own table would be: its names in order. */
static void an_error_is_a_table_of_what_is_known(void **state)
{
    (void)state;
    fails(NULL, 0, -1, 0, "null {\"kind\":\"offline\",\"message\":\"away\"}");
    fails("wait", 503, 7, 0,
          "null {\"hint\":\"wait\",\"kind\":\"offline\",\"message\":\"away\","
          "\"retry_after\":7,\"status\":503}");
    fails(NULL, 429, 0, 0,
          "null {\"kind\":\"offline\",\"message\":\"away\",\"retry_after\":0,"
          "\"status\":429}");
    fails("wait", 0, -1, 1500,
          "null {\"at\":1.5,\"hint\":\"wait\",\"kind\":\"offline\",\"message\":"
          "\"away\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_effect_belongs_into_a_flow),
        cmocka_unit_test(a_load_that_failed_forbids_nothing_after_it),
        cmocka_unit_test(a_job_that_may_not_wait_is_freed),
        cmocka_unit_test(an_error_is_a_table_of_what_is_known),
    };

    return cmocka_run_group_tests_name("effect", tests, NULL, NULL);
}
