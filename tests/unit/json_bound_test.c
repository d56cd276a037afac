/* tests/unit/json_bound_test.c - cjson, and values that are handed to effects,
 * end by the turn's limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "bind/bind.h"
#include "flow_run.h"

static void lying_and_long_values_end_their_turn(void **state)
{
    static const char *const loops[] = {
        "json.encode(setmetatable({}, { __pairs = pairs, __len = function() "
        "return math.maxinteger end }))",
        "local n = 0 json.encode(setmetatable({ 1, 2 }, { __len = function() "
        "n = n + 1 return n == 1 and 2 or 1 << 60 end, __index = rawlen })) "
        "json.encode(setmetatable({}, { __pairs = function() return rawlen, "
        "'x' end }))",
        "local t = { ('x'):rep(200000), function() end } "
        "while true do pcall(json.encode, t) end",
        "local t = {} for i = 1, 30000 do t[i] = true end t.x = print "
        "while true do pcall(json.encode, t) end",
        "local s = '[' .. ('1,'):rep(100000) while true do "
        "pcall(json.decode, s) end",
        "json.decode('[' .. ('[],'):rep(340000) .. '1]')",
    };
    struct flow_run run;
    char code[512];

    (void)state;
    flow_run_init(&run);
    run.limits.instructions = 2000000; /* each loop would fill any */
    run.modules = usher_bind_modules(&run.module_count);
    for (size_t i = 0; i < sizeof(loops) / sizeof(loops[0]); i++) {
        snprintf(code, sizeof(code),
                 "local print, json = type, require 'cjson' %s", loops[i]);
        flow_run_killed(&run, code, "the turn ");
    }
}

/* 2^30 tables, of which 2 MiB are written each time. */
static void values_of_effects_end_their_turn(void **state)
{
    static const char *const loops[] = {
        "zoho.desk.create_ticket, t",
        "http.post, 'http://x/', { json = t }",
        "http.post, 'http://x/', { json = { ('x'):rep(1000000), print } }",
    };
    struct flow_run run;
    char code[512];

    (void)state;
    flow_run_init(&run);
    run.limits.instructions = 2000000; /* each loop would fill any */
    run.modules = usher_bind_modules(&run.module_count);
    for (size_t i = 0; i < sizeof(loops) / sizeof(loops[0]); i++) {
        snprintf(code, sizeof(code),
                 "local print, t = type, {} for i = 1, 30 do t = { t, t } end "
                 "while true do pcall(%s) end",
                 loops[i]);
        flow_run_killed(&run, code, "too many instructions");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lying_and_long_values_end_their_turn),
        cmocka_unit_test(values_of_effects_end_their_turn),
    };

    return cmocka_run_group_tests_name("json_bound", tests, NULL, NULL);
}
