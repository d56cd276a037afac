/* tests/unit/author_test.c - what of a text says nothing to people is noted
 * with the line that made it; and which line is a flow's. */
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

static struct flow_run run_new(void)
{
    struct flow_run run;

    flow_run_init(&run);
    run.modules = &meter_module;
    run.module_count = 1;
    return run;
}

static void what_says_nothing_is_noted_with_its_line(void **state)
{
    static const char *const cases[][2] = {
        {"tostring(nil)", "nil:flows/flow.lua:1 "},
        {"\ntostring(nil)", "nil:flows/flow.lua:2 "},
        {"('%s'):format(nil)", "nil:flows/flow.lua:1 "},
        {"('%d %s'):format(1, nil)", "nil:flows/flow.lua:1 "},
        {"('%% %5s'):format(nil)", "nil:flows/flow.lua:1 "},
        {"('%q'):format(nil)", "nil:flows/flow.lua:1 "},
        {"tostring({})", "table:flows/flow.lua:1 "},
        {"tostring(type)", "function:flows/flow.lua:1 "},
        {"tostring(1 / 0)", "inf:flows/flow.lua:1 "},
        {"tostring(string.unpack('<d', '\\0\\0\\0\\0\\0\\0\\xf8\\x7f'))",
         "nan:flows/flow.lua:1 "}, /* 0 / 0 has another sign elsewhere */
        {"('%.1f'):format(-1 / 0)", "-inf:flows/flow.lua:1 "},
        {"tostring(type) tostring({}) tostring(nil) tostring(1 / 0)",
         "nil:flows/flow.lua:1 table:flows/flow.lua:1 "
         "function:flows/flow.lua:1 inf:flows/flow.lua:1 "},
        {"tostring(nil) \n tostring(nil)", "nil:flows/flow.lua:2 "},
        {"tostring(1) tostring(2.5) tostring 'nil' tostring(true); "
         "('%d %s %q %5.1f'):format(1, 'x', 'y', 2.5)",
         ""},
        {"tostring(setmetatable({}, { __tostring = function() return 'x' end "
         "}))",
         ""},
        {"tostring(setmetatable({}, { __name = 'Box' }))",
         "Box:flows/flow.lua:1 "},
    };
    struct flow_run run = run_new();
    char code[512];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(code, sizeof(code), "local _ = %s return meter.made()",
                 cases[i][0]);
        if (strstr(cases[i][0], ") "))
            snprintf(code, sizeof(code), "%s return meter.made()", cases[i][0]);
        flow_run_gives(&run, code, cases[i][1]);
    }
}

/* Behind a tail call the line is known that was noted before. */
static void a_line_is_a_flows(void **state)
{
    struct flow_run run = run_new();

    (void)state;
    flow_run_gives(&run, "return (meter.place())", "flows/flow.lua:1");
    flow_run_gives(&run,
                   "local function f() return (meter.place()) end\n"
                   "return (f())",
                   "flows/flow.lua:1");
    flow_run_gives(&run,
                   "local at\n('x'):gsub('x', function()\n"
                   "at = meter.place() end) return at",
                   "flows/flow.lua:3");
    flow_run_gives(&run,
                   "local f = load('return tostring(meter.place())', '=x')\n"
                   "\nmeter.note()\nreturn f()",
                   "flows/flow.lua:3");
    flow_run_gives(&run,
                   "local f = load('return tostring(meter.place() or false)', "
                   "'=x')\n return f()",
                   "false");
    flow_run_gives(&run,
                   "local f = load('return (meter.place())', '=x')\n"
                   "return (f())",
                   "flows/flow.lua:2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_says_nothing_is_noted_with_its_line),
        cmocka_unit_test(a_line_is_a_flows),
    };

    return cmocka_run_group_tests_name("author", tests, NULL, NULL);
}
