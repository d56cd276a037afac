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
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    assert_int_equal(limits.cpu_ms, 3000);
#else
    assert_int_equal(limits.cpu_ms, 300);
#endif
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

/* ---- fibers ---- */

static struct usher_script *script_of(const struct usher_source *sources,
                                      struct usher_script_limits limits)
{
    struct usher_script_options options = {
        .sources = sources,
        .source_count = 2,
        .modules = &meter_module,
        .module_count = 1,
        .limits = limits,
        .folder = "flows",
    };
    struct usher_error error = {""};
    struct usher_script *script;

    assert_int_equal(usher_script_new(&options, &script, &error), USHER_OK);
    if (usher_script_load(script, &error) != USHER_OK)
        fail_msg("%s", error.text);
    lua_settop(usher_script_lua(script), 0);
    return script;
}

static struct usher_script_limits small_limits(void)
{
    struct usher_script_limits limits = usher_script_limits_default();

    limits.instructions = 100000;
    limits.match_steps = 100000;
    limits.turn_bytes = 1 << 20;
    limits.cpu_ms = 1000 * 1000;
    return limits;
}

static struct usher_fiber *fiber_of(struct usher_script *script)
{
    struct usher_fiber *fiber = usher_fiber_new(script, &plain_host, NULL);

    usher_script_module_value(script, "flow");
    lua_xmove(usher_script_lua(script), usher_fiber_lua(fiber), 1);
    return fiber;
}

/* Works, waits, works: in one turn, or in two. */
static void what_a_turn_took_before_it_waited_counts(void **state)
{
    static const char *const works[] = {
        "for _ = 1, 60000 do end",
        "local _ = ('aaaaaaaaaa'):rep(6000):find 'b'",
        "t[#t + 1] = {} for i = 1, 9 do t[#t][i] = ('xxxxxxxxxx'):rep(6500) .. "
        "i end",
    };

    (void)state;
    for (size_t i = 0; i < 2 * sizeof(works) / sizeof(works[0]); i++) {
        char code[512];
        struct usher_source sources[2] = {{"init.lua", "return {}", 9},
                                          {"flow.lua", code, 0}};
        struct usher_script_limits limits = small_limits();
        struct usher_script *script;
        struct usher_fiber *fiber;
        struct usher_fiber_error error;

        limits.instructions *= i / 2 == 2 ? 10 : 1; /* filling costs, too */
        sources[1].len = (size_t)snprintf(
            code, sizeof(code),
            "return function() local t = {} %s meter.wait() %s end",
            works[i / 2], works[i / 2]);
        script = script_of(sources, limits);
        fiber = fiber_of(script);
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
    run.limits = small_limits();
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
    "  if what == 'loop' then while true do end end\n"
    "  meter.wait()\nend\n";

static const char *asks(struct usher_script *script, const char *what,
                        enum usher_fiber_state wanted)
{
    static char out[64];
    struct usher_fiber *fiber = fiber_of(script);
    struct usher_fiber_error error;
    lua_State *L = usher_fiber_lua(fiber);

    lua_pushstring(L, what);
    if (usher_fiber_resume(fiber, 1, &error) != wanted)
        fail_msg("%s: %s", what, error.message);
    snprintf(out, sizeof(out), "%s",
             wanted == USHER_FIBER_DONE ? lua_tostring(L, -1) : "");
    usher_fiber_free(fiber);
    return out;
}

/* What a flow closes when it is ended runs by the limits, without effects; of
 * one that was killed nothing runs. The next one knows nothing of it. */
static void an_ended_flow_closes_within_the_limits(void **state)
{
    struct usher_source sources[2] = {{"init.lua", "return {}", 9},
                                      {"flow.lua", closes, sizeof(closes) - 1}};
    struct usher_script *script = script_of(sources, small_limits());

    (void)state;
    asks(script, "wait", USHER_FIBER_WAITING);
    assert_string_equal(asks(script, "seen", USHER_FIBER_DONE), "false");
    assert_string_equal(asks(script, "effect", USHER_FIBER_DONE), "done");
    asks(script, "loop", USHER_FIBER_KILLED);
    assert_string_equal(asks(script, "seen", USHER_FIBER_DONE), "false");
    assert_string_equal(asks(script, "effect", USHER_FIBER_DONE), "done");
    usher_script_free(script);
}

static void a_killed_flow_closes_nothing(void **state)
{
    struct usher_source sources[2] = {{"init.lua", "return {}", 9},
                                      {"flow.lua", closes, sizeof(closes) - 1}};
    struct usher_script *script = script_of(sources, small_limits());
    long before = strtol(asks(script, "marks", USHER_FIBER_DONE), NULL, 10);

    (void)state;
    asks(script, "loop", USHER_FIBER_KILLED);
    assert_int_equal(strtol(asks(script, "marks", USHER_FIBER_DONE), NULL, 10),
                     before + 1);
    asks(script, "wait", USHER_FIBER_WAITING);
    assert_int_equal(strtol(asks(script, "marks", USHER_FIBER_DONE), NULL, 10),
                     before + 3);
    usher_script_free(script);
}

/* What one flow made a text, and where it stood, is nothing to the next. */
static void a_flow_knows_nothing_of_the_one_before(void **state)
{
    struct usher_source sources[2] = {{"init.lua", "return {}", 9},
                                      {"flow.lua", closes, sizeof(closes) - 1}};
    struct usher_script *script = script_of(sources, small_limits());

    (void)state;
    asks(script, "wait", USHER_FIBER_WAITING);
    assert_string_equal(asks(script, "made", USHER_FIBER_DONE), "");
    asks(script, "wait", USHER_FIBER_WAITING);
    assert_string_equal(asks(script, "place", USHER_FIBER_DONE), "none");
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
    struct usher_source sources[2] = {{"init.lua", "return {}", 9},
                                      {"flow.lua", flow, sizeof(flow) - 1}};
    struct usher_script_limits limits = usher_script_limits_default();
    struct usher_script *script = script_of(sources, limits);
    struct usher_fiber *fiber = fiber_of(script);
    struct usher_fiber_error error;

    (void)state;
    asks(script, "seen", USHER_FIBER_DONE); /* this one is used again */
    assert_int_equal(usher_fiber_resume(fiber, 0, &error), USHER_FIBER_WAITING);
    assert_int_equal(usher_fiber_resume(fiber, 0, &error), USHER_FIBER_DONE);
    assert_string_equal(asks(script, "seen", USHER_FIBER_DONE), "15");
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
    "  for i = 1, what + 0 do t[i] = ('x'):rep(100000) .. i end\n"
    "  return 'done'\nend\n";

/* Loading may take more than a turn; then the state may be full before a turn
 * took what is its own. */
static void a_full_state_is_told_from_a_turn_that_takes_too_much(void **state)
{
    struct usher_source sources[2] = {{"init.lua", "return {}", 9},
                                      {"flow.lua", keeps, sizeof(keeps) - 1}};
    struct usher_script_limits limits = small_limits();
    struct usher_script *script;

    (void)state;
    limits.instructions = 10000000;
    limits.state_bytes = 2900000;
    limits.turn_bytes = 2 << 20;
    script = script_of(sources, limits);
    assert_string_equal(asks(script, "3", USHER_FIBER_DONE), "done");
    assert_int_equal(usher_script_was_full(script), 0);
    asks(script, "9", USHER_FIBER_KILLED);
    assert_int_equal(usher_script_was_full(script), 1);
    usher_script_free(script);
    limits.state_bytes = 64 << 20;
    script = script_of(sources, limits);
    assert_string_equal(asks(script, "9", USHER_FIBER_DONE), "done");
    asks(script, "40", USHER_FIBER_KILLED);
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
                                           .limits = small_limits(),
                                           .folder = "flows",
                                           .stop = stop};

    source.path = "init.lua";
    source.text = init;
    source.len = strlen(init);
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
        cmocka_unit_test(the_limits_are_what_the_manual_says),
        cmocka_unit_test(each_limit_has_two_sides),
        cmocka_unit_test(calls_and_code_have_two_sides),
        cmocka_unit_test(nothing_catches_the_end),
        cmocka_unit_test(what_a_turn_took_before_it_waited_counts),
        cmocka_unit_test(a_replay_is_bounded),
        cmocka_unit_test(an_ended_flow_closes_within_the_limits),
        cmocka_unit_test(a_killed_flow_closes_nothing),
        cmocka_unit_test(a_flow_knows_nothing_of_the_one_before),
        cmocka_unit_test(long_texts_let_it_look_sooner),
        cmocka_unit_test(a_flow_after_the_long_text_looks_sooner_too),
        cmocka_unit_test(what_was_made_in_a_pause_counts),
        cmocka_unit_test(a_full_state_is_told_from_a_turn_that_takes_too_much),
        cmocka_unit_test(loading_may_take_five_turns),
        cmocka_unit_test(loading_stops_when_it_is_told_to),
    };

    return cmocka_run_group_tests_name("edge", tests, NULL, NULL);
}
