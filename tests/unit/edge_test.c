/* tests/unit/edge_test.c - where each limit of a turn lies: what is below it
 * goes on, what is above it ends, and nothing that a flow writes catches the
 * end. */
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
#include "plain_host.h"
#include "script/script_internal.h"

static void the_limits_are_what_the_manual_says(void **state)
{
    struct usher_script_limits limits = usher_script_limits_default();

    (void)state;
    assert_int_equal(limits.state_bytes, 64 << 20);
    assert_int_equal(limits.turn_bytes, 8 << 20);
    assert_int_equal(limits.instructions, 10000000);
    assert_int_equal(limits.match_steps, 10000000);
    assert_int_equal(limits.text_bytes, 1 << 20);
    assert_int_equal(limits.cpu_ms, 300 * SLOWER);
}

/* A tenth below the limit, and a tenth above. */
static void each_limit_has_two_sides(void **state)
{
    static const struct {
        const char *below, *above, *why;
    } cases[] = {
        {"for _ = 1, 90000 do end", "for _ = 1, 110000 do end",
         "too many instructions"},
        {"local _ = ('a'):rep(90000):find('b')",
         "local _ = ('a'):rep(110000):find('b')", "string matching"},
        {"for _ = 1, 9 do local _ = ('a'):rep(10000):find('b') end",
         "for _ = 1, 11 do local _ = ('a'):rep(10000):find('b') end",
         "string matching"},
        {"for _ = 1, 9 do local _ = ('a'):rep(10000):match '%d' end",
         "for _ = 1, 11 do local _ = ('a'):rep(10000):match '%d' end",
         "string matching"},
        {"local t = {} for i = 1, 900 do t[i] = ('xxxx'):rep(250) .. i end",
         "local t = {} for i = 1, 1150 do t[i] = ('xxxx'):rep(250) .. i end",
         "the turn used too much memory"},
        {"local _ = ('x'):rep(100000)",
         "local _ = ('x'):rep(90000) .. "
         "('x'):rep(20000)",
         "a text may have 1 MiB"},
    };
    struct flow_run run;

    (void)state;
    flow_run_init(&run);
    run.limits.instructions = 100000;
    run.limits.match_steps = 100000;
    run.limits.turn_bytes = 1 << 20;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        run.limits.text_bytes = i == 5 ? 100000 : 1 << 20;
        run.limits.instructions = i == 4 ? 1000000 : 100000;
        flow_run_gives(&run, cases[i].below, "");
        flow_run_killed(&run, cases[i].above, cases[i].why);
    }
}

/* How deep a function may call itself where errors are caught, and how much
 * Lua load() takes. */
static void calls_and_code_have_two_sides(void **state)
{
    static const char deep[] =
        "local function f(n) if n == 0 then return (pcall(error)) end "
        "return (f(n - 1)) end return tostring(f(%d))";
    struct flow_run run;
    char code[256];

    (void)state;
    flow_run_init(&run);
    snprintf(code, sizeof(code), deep, 4800);
    flow_run_gives(&run, code, "false");
    snprintf(code, sizeof(code), deep, 5200);
    flow_run_killed(&run, code, "calls itself again and again");
    flow_run_gives(
        &run, "return load((' '):rep((1 << 16) - 8) .. 'return 7')()", "7");
    flow_run_gives(&run,
                   "return select(2, pcall(load, (' '):rep((1 << 16) + 1)))",
                   "load: the text is longer than 64 KiB");
}

/* Of several keys without an order the same is told each time. */
static void the_same_key_is_told_each_time(void **state)
{
    struct flow_run run;

    (void)state;
    flow_run_init(&run);
    flow_run_gives(
        &run,
        "for i = 1, 50 do local t = { [{}] = 1, [{}] = 2, [{}] = 3, "
        "[type] = 4, [{}] = 5 } for _, f in pairs { next, pairs } do "
        "local ok, why = pcall(f, t) "
        "assert(why:find 'type function', why) end end "
        "return 'function'",
        "function");
}

/* What is needed no more is no growth, metatables included. */
static void garbage_does_not_count(void **state)
{
    struct flow_run run;

    (void)state;
    flow_run_init(&run);
    run.limits.turn_bytes = 1 << 20;
    flow_run_gives(&run,
                   "for i = 1, 20000 do setmetatable({}, { __index = {} }) "
                   "setmetatable({}, {}) end return 'done'",
                   "done");
}

/* Whatever ends a turn ends it in whatever catches errors, also where no
 * instruction of Lua follows: at the flow's own return. */
static void nothing_catches_the_end(void **state)
{
    static const char *const ends[][2] = {
        {"local t = {} while true do t[#t + 1] = ('xxxxxxxxxx'):rep(100) .. #t "
         "end",
         "too much memory"},
        {"return ('x'):rep(1 << 20) .. ('x'):rep(64)", "1 MiB"},
        {"while true do end", "too many instructions"},
        {"while true do ('a'):rep(1000):find 'b' end", "string matching"},
        {"local t = {} for i = 1, 21 do t = { t, t, t } meter.encode(t) end",
         "too many instructions"},
    };
    static const char *const catches[] = {
        "return pcall(function() %s end)",
        "return xpcall(function() %s end, type)",
        "return xpcall(error, function() %s end)",
        "return pcall(pcall, function() %s end)",
        "return pcall(string.gsub, 'a', 'a', function() %s end)",
        "return pcall(table.sort, { 2, 1 }, function() %s end)",
        "return pcall(function() return setmetatable({}, { __index = "
        "function() %s end }).x end)",
        "return pcall(load 'return (...)()', function() %s end)",
        "local x <close> = setmetatable({}, { __close = function() "
        "error 'closed' end }) return pcall(function() %s end)",
    };
    struct flow_run run;
    char code[512];

    (void)state;
    flow_run_init(&run);
    run.modules = &meter_module;
    run.module_count = 1;
    run.limits.turn_bytes = 4 << 20;
    run.limits.instructions = 1000000;
    run.limits.match_steps = 100000;
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        for (size_t k = 0; k < sizeof(catches) / sizeof(catches[0]); k++) {
            const char *at = strstr(catches[k], "%s");

            snprintf(code, sizeof(code), "%.*s%s%s", (int)(at - catches[k]),
                     catches[k], ends[i][0], at + 2);
            flow_run_killed(&run, code, ends[i][1]);
        }
    }
}

/* Works, waits, works: in one turn, or in two. */
static void what_a_turn_took_before_it_waited_counts(void **state)
{
    static const char *const works[] = {
        "for _ = 1, 60000 do end",
        "local _ = ('aaaaaaaaaa'):rep(6000):find 'b'",
        ("t[#t + 1] = {} for i = 1, 9 do t[#t][i] = ('xxxxxxxxxx'):rep(6500) "
         ".. "
         "i end"),
    };

    (void)state;
    for (size_t i = 0; i < 2 * sizeof(works) / sizeof(works[0]); i++) {
        char code[512];
        struct usher_script_limits limits = flow_limits_small();
        struct usher_script *script;
        struct usher_fiber *fiber;
        struct usher_fiber_error error;

        limits.instructions *= i / 2 == 2 ? 10 : 1; /* filling costs, too */
        (void)snprintf(code, sizeof(code),
                       "return function() local t = {} %s meter.wait() %s end",
                       works[i / 2], works[i / 2]);
        script = flow_state(code, limits);
        fiber = flow_fiber(script);
        assert_int_equal(usher_fiber_resume(fiber, 0, &error),
                         USHER_FIBER_WAITING);
        if (i % 2)
            usher_fiber_turn(fiber);
        assert_int_equal(usher_fiber_resume(fiber, 0, &error),
                         i % 2 ? USHER_FIBER_DONE : USHER_FIBER_KILLED);
        usher_fiber_free(fiber);
        usher_script_free(script);
    }
}

/* Each turn of a replay has its own limits, and all have ten turns' together;
 * more of the processor's time is there, too. */
static void a_replay_is_bounded(void **state)
{
    static const char *const works[] = {
        "for _ = 1, 90000 do end",
        "local _ = ('aaaaaaaaaa'):rep(9000):find 'b'",
    };
    struct flow_run run;
    char code[256];

    (void)state;
    flow_run_init(&run);
    run.limits = flow_limits_small();
    run.modules = &meter_module;
    run.module_count = 1;
    for (size_t i = 0; i < sizeof(works) / sizeof(works[0]); i++) {
        snprintf(code, sizeof(code),
                 "for _ = 1, 8 do %s meter.turn() end return 'done'", works[i]);
        flow_run_gives(&run, code, "done");
        snprintf(code, sizeof(code),
                 "for _ = 1, 14 do %s meter.turn() end return 'done'",
                 works[i]);
        flow_run_killed(&run, code, "the turn ran too long");
    }
    run.limits.instructions = INT64_MAX / 100;
    run.limits.turn_bytes = 1 << 20;
    flow_run_gives(
        &run,
        "local t = {} for k = 1, 4 do t[k] = {} "
        "for i = 1, 9 do t[k][i] = ('xxxxxxxxxx'):rep(6500) .. i end "
        "meter.turn() end return 'done'",
        "done");
    run.limits.cpu_ms = 100;
    flow_run_gives(&run,
                   "local _, _, once = meter.left() meter.turn() "
                   "local _, _, all = meter.left() "
                   "return once // 1000000 .. ' ' .. all // 1000000",
                   "100 300");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_limits_are_what_the_manual_says),
        cmocka_unit_test(each_limit_has_two_sides),
        cmocka_unit_test(calls_and_code_have_two_sides),
        cmocka_unit_test(the_same_key_is_told_each_time),
        cmocka_unit_test(garbage_does_not_count),
        cmocka_unit_test(nothing_catches_the_end),
        cmocka_unit_test(what_a_turn_took_before_it_waited_counts),
        cmocka_unit_test(a_replay_is_bounded),
    };

    return cmocka_run_group_tests_name("edge", tests, NULL, NULL);
}
