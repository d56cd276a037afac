/* tests/unit/fiber_test.c - a flow's coroutine from its start to its end, and
 * the state that many of them share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <lauxlib.h>

#include "flow_run.h"
#include "meter.h"
#include "plain_host.h"

static const char closes[] =
    "local seen = {}\n"
    "return function(what)\n"
    "  if what == 'seen' then return table.concat(seen, ' ') end\n"
    "  if what == 'effect' then meter.effect() return 'done' end\n"
    "  if what == 'marks' then return meter.mark() end\n"
    "  if what == 'made' then return meter.made() end\n"
    "  if what == 'place' then\n"
    "    return load('return meter.place() or \"none\"', '=x')() end\n"
    "  local y <close> = setmetatable({}, { __close = meter.mark })\n"
    "  tostring(nil) meter.note()\n"
    "  local x <close> = setmetatable({}, { __close = function()\n"
    "    seen[#seen + 1] = tostring(pcall(meter.effect))\n"
    "    for _ = 1, 10000000 do end\n"
    "    seen[#seen + 1] = 'for ever' end })\n"
    "  if what == 'loop' then pcall(function()\n"
    "    local z <close> = setmetatable({}, { __close = meter.mark })\n"
    "    while true do end end) end\n"
    "  meter.wait()\nend\n";

/* What a flow closes when it is ended runs by the limits, without effects; of
 * one that was killed nothing runs. The next one knows nothing of it. */
static void an_ended_flow_closes_within_the_limits(void **state)
{
    struct usher_script *script = flow_state(closes, flow_limits_small());

    (void)state;
    flow_asks(script, "wait", USHER_FIBER_WAITING);
    assert_string_equal(flow_asks(script, "seen", USHER_FIBER_DONE), "false");
    assert_string_equal(flow_asks(script, "effect", USHER_FIBER_DONE), "done");
    flow_asks(script, "loop", USHER_FIBER_KILLED);
    assert_string_equal(flow_asks(script, "seen", USHER_FIBER_DONE), "false");
    assert_string_equal(flow_asks(script, "effect", USHER_FIBER_DONE), "done");
    usher_script_free(script);
}

static void a_killed_flow_closes_nothing(void **state)
{
    struct usher_script *script = flow_state(closes, flow_limits_small());
    long before =
        strtol(flow_asks(script, "marks", USHER_FIBER_DONE), NULL, 10);

    (void)state;
    flow_asks(script, "loop", USHER_FIBER_KILLED);
    assert_int_equal(strtol(flow_asks(script, "marks", USHER_FIBER_DONE), NULL,
                            10),
                     before + 1);
    flow_asks(script, "wait", USHER_FIBER_WAITING);
    assert_int_equal(strtol(flow_asks(script, "marks", USHER_FIBER_DONE), NULL,
                            10),
                     before + 3);
    usher_script_free(script);
}

/* What one flow made a text, and where it stood, is nothing to the next. */
static void a_flow_knows_nothing_of_the_one_before(void **state)
{
    struct usher_script *script = flow_state(closes, flow_limits_small());

    (void)state;
    flow_asks(script, "wait", USHER_FIBER_WAITING);
    assert_string_equal(flow_asks(script, "made", USHER_FIBER_DONE), "");
    flow_asks(script, "wait", USHER_FIBER_WAITING);
    assert_string_equal(flow_asks(script, "place", USHER_FIBER_DONE), "none");
    usher_script_free(script);
}

/* Each time a flow goes on it has the processor's time anew. */
static void each_slice_has_its_own_time(void **state)
{
    static const char flow[] = "return function(ms) for _ = 1, 14 do "
                               "meter.spin(ms) meter.wait() end end\n";
    struct usher_script_limits limits = flow_limits_small();
    struct usher_script *script;
    struct usher_fiber *fiber;
    struct usher_fiber_error error;

    (void)state;
    limits.cpu_ms = 60; /* far more than a slice, less than all */
    script = flow_state(flow, limits);
    fiber = flow_fiber(script);
    lua_pushinteger(usher_fiber_lua(fiber), 5);
    for (int i = 0; i < 15; i++)
        assert_int_equal(usher_fiber_resume(fiber, i == 0, &error),
                         i < 14 ? USHER_FIBER_WAITING : USHER_FIBER_DONE);
    usher_fiber_free(fiber);
    assert_non_null(strstr(flow_asks(script, "70", USHER_FIBER_KILLED),
                           "flows/flow.lua:1: the turn ran too long: it took "
                           "too much of the processor's time"));
    usher_script_free(script);
}

/* The line is that of the turn which ended now. */
static void each_end_has_its_own_line(void **state)
{
    static const char flow[] = "return function(what)\n"
                               "  if what == 'a' then while true do end end\n"
                               "  if what == 'b' then error 'no' end\n"
                               "  while true do end\nend\n";
    struct usher_script *script = flow_state(flow, flow_limits_small());

    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_non_null(strstr(flow_asks(script, "a", USHER_FIBER_KILLED),
                               "flows/flow.lua:2: the turn ran"));
        assert_string_equal(flow_asks(script, "b", USHER_FIBER_FAILED),
                            "flows/flow.lua:3: no");
        assert_non_null(strstr(flow_asks(script, "c", USHER_FIBER_KILLED),
                               "flows/flow.lua:4: the turn ran"));
    }
    usher_script_free(script);
}

/* Coroutines that ended are kept for use again, so many and no more. */
static void ended_flows_are_kept_within_bounds(void **state)
{
    static const char flow[] = "return function() end\n";
    struct usher_script *script = flow_state(flow, flow_limits_small());
    struct usher_fiber *fibers[600];
    size_t bytes[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        for (int k = 0; k < 300 * (i + 1); k++)
            fibers[k] = usher_fiber_new(script, &plain_host, NULL);
        for (int k = 0; k < 300 * (i + 1); k++)
            usher_fiber_free(fibers[k]);
        lua_gc(usher_script_lua(script), LUA_GCCOLLECT);
        bytes[i] = usher_script_bytes(script);
    }
    assert_true(bytes[1] < bytes[0] + 300 * 100); /* for the registry */
    usher_script_free(script);
}

/* Neither one that waits nor one that ended lends its host to others. */
static void outside_of_a_flow_is_no_effect(void **state)
{
    struct usher_script *script = flow_state(closes, flow_limits_small());
    lua_State *L = usher_script_lua(script);
    struct usher_fiber *waits = flow_fiber(script);
    struct usher_error error = {""};
    struct usher_fiber_error why;

    (void)state;
    for (int i = 0; i < 2; i++) {
        if (i == 0)
            flow_asks(script, "effect", USHER_FIBER_DONE);
        else
            assert_int_equal(usher_fiber_resume(waits, 0, &why),
                             USHER_FIBER_WAITING);
        usher_script_module_value(script, "meter");
        lua_getfield(L, -1, "effect");
        assert_int_equal(usher_script_call(script, 0, 0, &error),
                         USHER_ERR_INVALID);
        assert_non_null(strstr(error.text, "only while a flow answers"));
        lua_settop(L, 0);
    }
    usher_fiber_free(waits);
    usher_script_free(script);
}

/* ---- how often is looked ---- */

/* While there are long texts the limits are looked at sooner; too many are
 * taken for ever, the shortest first. */
static void long_texts_let_it_look_sooner(void **state)
{
    static const char *const cases[][2] = {
        {"local s = ('x'):rep(15000) return meter.hook()", "1000"},
        {"local s = ('x'):rep(20000) return meter.hook()", "500"},
        {"local s = ('x'):rep(1000000) return meter.hook()", "15"},
        {"do local s = ('x'):rep(1000000) end meter.collect() "
         "return meter.hook()",
         "1000"},
        {"local t = {} for i = 1, 16 do t[i] = ('x'):rep(20000 + i) end "
         "t = nil meter.collect() return meter.hook()",
         "1000"},
        {"local t = { ('x'):rep(400000) } "
         "for i = 1, 20 do t[#t + 1] = ('x'):rep(20000 + i) end "
         "local h = meter.hook() t = nil meter.collect() "
         "return h .. ' ' .. meter.hook()",
         "31 500"},
    };
    struct flow_run run;

    (void)state;
    flow_run_init(&run);
    run.modules = &meter_module;
    run.module_count = 1;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        flow_run_gives(&run, cases[i][0], cases[i][1]);
}

/* ... in every flow of the state. */
static void a_flow_after_the_long_text_looks_sooner_too(void **state)
{
    static const char flow[] = "local kept\nreturn function(what)\n"
                               "  if what == 'seen' then\n"
                               "    return tostring(meter.hook()) end\n"
                               "  meter.wait() kept = ('x'):rep(1000000)\n"
                               "  kept = kept or 1\nend\n";
    struct usher_script_limits limits = usher_script_limits_default();
    struct usher_script *script = flow_state(flow, limits);
    struct usher_fiber *fiber = flow_fiber(script);
    struct usher_fiber_error error;

    (void)state;
    flow_asks(script, "seen", USHER_FIBER_DONE); /* this one is used again */
    assert_int_equal(usher_fiber_resume(fiber, 0, &error), USHER_FIBER_WAITING);
    assert_int_equal(usher_fiber_resume(fiber, 0, &error), USHER_FIBER_DONE);
    assert_string_equal(flow_asks(script, "seen", USHER_FIBER_DONE), "15");
    usher_fiber_free(fiber);
    usher_script_free(script);
}

/* What must not be left half done is looked at after. */
static void what_was_made_in_a_pause_counts(void **state)
{
    struct flow_run run;

    (void)state;
    flow_run_init(&run);
    run.modules = &meter_module;
    run.module_count = 1;
    run.limits.turn_bytes = 1 << 20;
    flow_run_gives(&run, "meter.paused(900000) return 'done'", "done");
    flow_run_killed(&run, "meter.paused(1100000) return 'done'",
                    "too much memory");
    flow_run_killed(&run, "return pcall(meter.paused, 1100000)",
                    "too much memory");
    run.limits.turn_bytes = 8 << 20;
    run.limits.state_bytes = 2 << 20;
    flow_run_killed(&run, "return pcall(meter.paused, 2200000)",
                    "too much memory");
}

/* ---- the whole state ---- */

static const char keeps[] =
    "local kept = {}\n"
    "for i = 1, 20 do kept[i] = ('x'):rep(100000) .. i end\n"
    "return function(what)\n"
    "  local t = { kept }\n"
    "  if what == 'churn' then\n"
    "    for _ = 1, 1e7 do t[2] = {} end end\n"
    "  for i = 1, what + 0 do t[i] = ('x'):rep(100000) .. i end\n"
    "  return 'done'\nend\n";

/* Loading may take more than a turn; then the state may be full before a turn
 * took what is its own. */
static void a_full_state_is_told_from_a_turn_that_takes_too_much(void **state)
{
    struct usher_script_limits limits = flow_limits_small();
    struct usher_script *script;

    (void)state;
    limits.instructions = 10000000;
    limits.state_bytes = 2900000;
    limits.turn_bytes = 2 << 20;
    script = flow_state(keeps, limits);
    assert_string_equal(flow_asks(script, "3", USHER_FIBER_DONE), "done");
    assert_int_equal(usher_script_was_full(script), 0);
    flow_asks(script, "9", USHER_FIBER_KILLED);
    assert_int_equal(usher_script_was_full(script), 1);
    usher_script_free(script);
    /* Most of its instructions go into collecting what others keep. */
    limits.turn_bytes = 8 << 20;
    limits.instructions = 1000000;
    script = flow_state(keeps, limits);
    flow_asks(script, "churn", USHER_FIBER_KILLED);
    assert_int_equal(usher_script_was_full(script), 1);
    usher_script_free(script);
    limits.state_bytes = 64 << 20;
    script = flow_state(keeps, limits);
    flow_asks(script, "churn", USHER_FIBER_KILLED);
    assert_int_equal(usher_script_was_full(script), 0);
    usher_script_free(script);
    limits.turn_bytes = 2 << 20;
    limits.instructions = 10000000;
    script = flow_state(keeps, limits);
    assert_string_equal(flow_asks(script, "9", USHER_FIBER_DONE), "done");
    flow_asks(script, "40", USHER_FIBER_KILLED);
    assert_int_equal(usher_script_was_full(script), 0);
    usher_script_free(script);
}

/* ---- loading ---- */

static enum usher_status loads(const char *init, const atomic_int *stop,
                               struct usher_error *error,
                               struct usher_script **out)
{
    static struct usher_source source;
    struct usher_script_options options = {.sources = &source,
                                           .source_count = 1,
                                           .modules = &meter_module,
                                           .module_count = 1,
                                           .limits = flow_limits_small(),
                                           .folder = "flows",
                                           .stop = stop};

    source.path = "init.lua";
    source.text = init;
    source.len = strlen(init);
    options.limits.cpu_ms = strstr(init, "spin") ? 20 : 1000 * 1000;
    assert_int_equal(usher_script_new(&options, out, error), USHER_OK);
    return usher_script_load(*out, error);
}

/* Loading has five turns' instructions, and the turn after it has one's. */
static void loading_may_take_five_turns(void **state)
{
    struct usher_error error = {""};
    struct usher_script *script;
    lua_State *L;

    (void)state;
    assert_int_equal(loads("for _ = 1, 480000 do end return function(n) "
                           "for _ = 1, n do end end",
                           NULL, &error, &script),
                     USHER_OK);
    L = usher_script_lua(script);
    for (int i = 0; i < 2; i++) {
        lua_settop(L, 1);
        lua_pushvalue(L, 1);
        lua_pushinteger(L, i ? 110000 : 90000);
        assert_int_equal(usher_script_call(script, 1, 0, &error),
                         i ? USHER_ERR_LIMIT : USHER_OK);
    }
    assert_non_null(strstr(error.text, "too many instructions"));
    usher_script_free(script);
    assert_int_equal(loads("for _ = 1, 520000 do end return {}", NULL, &error,
                           &script),
                     USHER_ERR_LIMIT);
    assert_non_null(strstr(error.text, "flows/init.lua:1: the turn ran too"));
    usher_script_free(script);
    assert_int_equal(loads("meter.spin(45) return {}", NULL, &error, &script),
                     USHER_OK);
    usher_script_free(script);
    assert_int_equal(loads("meter.spin(105) return {}", NULL, &error, &script),
                     USHER_ERR_LIMIT);
    assert_non_null(strstr(error.text, "processor's time"));
    usher_script_free(script);
}

/* Who stops it stops the loading, also under pcall, and nothing after. */
static void loading_stops_when_it_is_told_to(void **state)
{
    struct usher_error error = {""};
    struct usher_script *script;
    atomic_int stop = 1;
    lua_State *L;

    (void)state;
    assert_int_equal(
        loads("pcall(function() for _ = 1, 10000 do end end) return {}", &stop,
              &error, &script),
        USHER_ERR_CLOSED);
    assert_non_null(strstr(error.text, "loading was stopped"));
    usher_script_free(script);
    stop = 0;
    assert_int_equal(loads("return function() for _ = 1, 10000 do end end",
                           &stop, &error, &script),
                     USHER_OK);
    stop = 1;
    L = usher_script_lua(script);
    lua_pushvalue(L, -1);
    assert_int_equal(usher_script_call(script, 0, 0, &error), USHER_OK);
    usher_script_free(script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ended_flow_closes_within_the_limits),
        cmocka_unit_test(a_killed_flow_closes_nothing),
        cmocka_unit_test(a_flow_knows_nothing_of_the_one_before),
        cmocka_unit_test(each_slice_has_its_own_time),
        cmocka_unit_test(each_end_has_its_own_line),
        cmocka_unit_test(ended_flows_are_kept_within_bounds),
        cmocka_unit_test(long_texts_let_it_look_sooner),
        cmocka_unit_test(a_flow_after_the_long_text_looks_sooner_too),
        cmocka_unit_test(what_was_made_in_a_pause_counts),
        cmocka_unit_test(a_full_state_is_told_from_a_turn_that_takes_too_much),
        cmocka_unit_test(loading_may_take_five_turns),
        cmocka_unit_test(loading_stops_when_it_is_told_to),
        cmocka_unit_test(outside_of_a_flow_is_no_effect),
    };

    return cmocka_run_group_tests_name("fiber", tests, NULL, NULL);
}
