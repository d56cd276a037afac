/* tests/unit/limits_test.c - a turn ends by its limits, whatever C does for
 * it in one call. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "flow_run.h"

/* Each loop would take minutes to years where its work is not charged; here
 * only steps count, and no time runs out. */
static void work_of_c_is_charged(void **state)
{
    static const char *const loops[] = {
        "local t = setmetatable({}, { __index = getmetatable, "
        "__metatable = '' }) table.concat(t, '', 1, math.maxinteger)",
        "local t = {} for i = 1, 50000 do t[i] = i end "
        "while true do select('#', table.unpack(t)) end",
        "local s = ('x'):rep(1000000) while true do utf8.len(s) end",
        "local s = ('x'):rep(4000) while true do utf8.len(s) end",
        "local s = ('x'):rep(4000) while true do utf8.codepoint(s, 1, -1) end",
        "local s = ('x'):rep(4000) while true do utf8.offset(s, -1) "
        "utf8.offset(s, 3999) end",
        "local f = utf8.codes '' local s = ('\\x80'):rep(100000) "
        "while true do pcall(f, s, 1) end",
        "local s = (';'):rep(50000) while true do load(s) end",
        "local s = (' '):rep(1000000) while true do tonumber(s) end",
        "local s = ('1'):rep(4000) while true do tonumber(s, 36) end",
        "local s = ('x'):rep(4000) while true do s:byte(1, -1) end",
        "local s = ('x'):rep(4000) while true do s:upper() end",
        "local s = ('x'):rep(4000) while true do s:reverse() end",
        "local f = ('x'):rep(4000) while true do string.pack(f) end",
        "local f = ('i1'):rep(2000) while true do string.packsize(f) end",
        "local s = ('x'):rep(4000) while true do string.unpack('c4000', s) end",
        "local f = ('x'):rep(4000) while true do string.unpack(f, f) end",
        "local s = ('x'):rep(4000) while true do ('%q'):format(s) end",
        "local t = {} for i = 1, 4000 do t[i] = 1 end "
        "while true do table.remove(t, 1) t[#t + 1] = 1 end",
        "local t = setmetatable({}, { __len = function() return 1 << 60 end }) "
        "table.remove(t, 1)",
        "local n = 0 local t = setmetatable({}, { __len = function() n = n + 1 "
        "return n == 1 and 2 or 1 << 60 end }) "
        "while true do n = 0 table.insert(t, 1, 1) pcall(table.sort, t, "
        "rawequal) end",
        "table.move({}, math.mininteger, -2, math.mininteger)",
        "table.move(setmetatable({}, { __index = rawlen }), 1, "
        "math.maxinteger, 1, setmetatable({}, { __newindex = rawequal }))",
        "local t = {} for i = 1, 50000 do t[i] = i end "
        "while true do table.sort(t, rawequal) end",
        "local t = {} for i = 1, 10000 do t[i] = i end "
        "while true do table.sort(t, function() return true end) end",
    };
    struct flow_run run;

    (void)state;
    flow_run_init(&run);
    run.limits.instructions = 1000000; /* each loop would fill any */
    for (size_t i = 0; i < sizeof(loops) / sizeof(loops[0]); i++)
        flow_run_killed(&run, loops[i], "too many instructions");
}

/* What no function can charge: operators, and indices through many tables. */
static void time_ends_what_cannot_be_charged(void **state)
{
    static const char *const loops[] = {
        "local a = ('\\0'):rep(1000000) local b = a .. 'x' "
        "while true do local _ = a < b end",
        "local a, b = ('x'):rep(1000000), ('x'):rep(1000000) "
        "while true do local _ = a == b end",
        "local s = (' '):rep(1000000) .. '1' while true do local _ = s + 1 end",
        "local s = (' '):rep(1000000) .. '1' while true do ('x'):sub(s) end",
        "local s = (' '):rep(1000000) .. '1' while true do math.abs(s) end",
        "local t = {} for i = 1, 1900 do t = setmetatable({}, { __index = t }) "
        "end while true do local _ = t.x end",
        "local t = {} for i = 1, 1900 do t = setmetatable({}, { __index = t }) "
        "end while true do table.concat({}, '') table.unpack(t, 1, 100) end",
        "local t = {} for i = 1, 1900 do t = setmetatable({}, { __index = t }) "
        "end return (('x'):rep(1000000):gsub('.', t))",
        "local function f(...) while true do select('#', ...) end end "
        "local t = {} for i = 1, 20000 do t[i] = i end f(table.unpack(t))",
    };
    struct flow_run run;

    (void)state;
    flow_run_init(&run);
    run.limits.cpu_ms = 20;
    run.limits.instructions = INT64_MAX / 16;
    run.limits.match_steps = INT64_MAX / 16;
    for (size_t i = 0; i < sizeof(loops) / sizeof(loops[0]); i++)
        flow_run_killed(&run, loops[i], "processor's time");
}

/* Flows step through long texts. */
static void a_part_of_a_text_costs_what_it_is(void **state)
{
    struct flow_run run;

    (void)state;
    flow_run_init(&run);
    flow_run_gives(
        &run,
        "local s = ('x'):rep(1000000) for i = 1, 100000 do s:byte(i) "
        "utf8.codepoint(s, i) utf8.offset(s, 2, i) utf8.len(s, i, i) "
        "string.unpack('c4', s, i) select('#', s) end return 'done'",
        "done");
}

static void a_text_is_bounded(void **state)
{
    struct flow_run run;

    (void)state;
    flow_run_init(&run);
    flow_run_gives(&run, "return #('x'):rep(1 << 20)", "1048576");
    flow_run_killed(&run, "return ('x'):rep(1 << 20) .. ('x'):rep(64)",
                    "1 MiB");
    flow_run_killed(
        &run,
        "pcall(function() return ('x'):rep(1 << 20) .. ('x'):rep(64) "
        "end) return 'caught'",
        "1 MiB");
    flow_run_gives(&run, "return select(2, pcall(string.rep, 'x', 1 << 21))",
                   "resulting string too large: longer than 1048576 bytes");
}

/* Lua does without memory for its table of short texts, and would collect all
 * garbage anew for each further one. */
static void a_turn_at_the_end_of_its_memory_ends(void **state)
{
    struct flow_run run;

    (void)state;
    flow_run_init(&run);
    run.limits.turn_bytes = 2u << 20;
    run.limits.instructions = 2000000;
    flow_run_killed(&run,
                    "local t = {} for i = 1, 1e9 do t[i % 25000] = 'k' .. i "
                    "end",
                    "memory");
}

/* Each of these went on for ever: an error in the hook of a killed turn called
 * the handler, inside the hook, where nothing is counted. */
static void a_handler_ends_by_the_limits(void **state)
{
    static const char *const loops[] = {
        "xpcall(error, function() while true do end end)",
        "xpcall(function() error 'x' end, function() while true do end end)",
        "while true do xpcall(error, function() while true do end end) end",
        "xpcall(function() while true do end end, "
        "function() while true do end end)",
        "string.gsub('a', 'a', function() "
        "xpcall(error, function() while true do end end) end)",
        "table.sort({ 2, 1 }, function() "
        "xpcall(error, function() while true do end end) end)",
    };
    struct flow_run run;

    (void)state;
    flow_run_init(&run);
    run.limits.instructions = 1000000; /* each loop would fill any */
    for (size_t i = 0; i < sizeof(loops) / sizeof(loops[0]); i++)
        flow_run_killed(&run, loops[i], "too many instructions");
    flow_run_init(&run);
    flow_run_killed(&run,
                    "local function h() return xpcall(error, h, 'x') end "
                    "while true do xpcall(error, h, 'x') end",
                    "calls itself again and again");
}

static void a_handler_is_called_once(void **state)
{
    struct flow_run run;

    (void)state;
    flow_run_init(&run);
    flow_run_gives(&run,
                   "local n, t = 0 t = table.pack(xpcall(error, function(e) "
                   "n = n + 1 return e .. '!', 2 end, 'x')) "
                   "return n .. tostring(t[1]) .. t[2] .. t.n",
                   "1falsex!2");
    flow_run_gives(&run,
                   "local n, ok, why = 0 ok, why = xpcall(error, function() "
                   "n = n + 1 error('y', 0) end) "
                   "return n .. tostring(ok) .. why",
                   "1falsey");
    flow_run_gives(&run,
                   "local t = table.pack(xpcall(error, function() end)) "
                   "return t.n .. tostring(t[1]) .. tostring(t[2])",
                   "2falsenil");
    flow_run_gives(&run,
                   "local t = table.pack(xpcall(function(...) return ... end, "
                   "error, 1, nil, nil)) return t.n .. tostring(t[1]) .. t[2]",
                   "4true1");
}

/* An error on the way out cost a whole collection for each of the calls. */
static void a_function_that_calls_itself_under_pcall_ends(void **state)
{
    static const char *const loops[] = {
        "local function f() pcall(f) f() end f()",
        "local function f() pcall(f) pcall(f) end f()",
        "local function f() pcall(f) return f() end f()",
        "local function f() xpcall(f, f) f() end f()",
        ("local t t = setmetatable({}, { __index = function() "
         "pcall(function() return t.x end) return t.y end }) return t.x"),
        "local s = 'pcall(load(...), ...) pcall(load(...), ...)' load(s)(s)",
    };
    struct flow_run run;

    (void)state;
    flow_run_init(&run);
    for (size_t i = 0; i < sizeof(loops) / sizeof(loops[0]); i++)
        flow_run_killed(&run, loops[i], "calls itself again and again");
}

static void tables_are_luas(void **state)
{
    struct flow_run run;

    (void)state;
    flow_run_init(&run);
    flow_run_gives(&run,
                   "local t = { 3, 1, 2 } table.insert(t, 0) "
                   "table.insert(t, 2, 9) table.remove(t) table.remove(t, 1) "
                   "return table.concat(t, ',')",
                   "9,1,2");
    flow_run_gives(&run, "return table.concat({ 1, 2.5, 'x' }, '-', 2, 3)",
                   "2.5-x");
    flow_run_gives(&run,
                   "return table.concat({}, ',') .. #table.pack() .. "
                   "table.pack(1, nil, nil).n",
                   "03");
    flow_run_gives(&run,
                   "return tostring(table.remove({}, 0)) .. "
                   "tostring(table.remove({}, #{})) .. "
                   "tostring(table.remove({ 1 }, 2))",
                   "nilnilnil");
    flow_run_gives(&run,
                   "local t = table.move({ 1, 2, 3 }, 1, 3, 2) "
                   "return table.concat(t, ',') .. ';' .. "
                   "table.concat(table.move({ 1, 2, 3 }, 2, 3, 1), ',') .. ';' "
                   ".. table.concat(table.move({ 1, 2 }, 1, 2, 1, {}), ',')",
                   "1,1,2,3;2,3,3;1,2");
    flow_run_gives(&run,
                   "return select(2, pcall(function() table.move({}, 0, "
                   "math.maxinteger, 1) end))",
                   "flows/flow.lua:1: bad argument #3 to 'move' (too many "
                   "elements to move)");
    flow_run_gives(&run,
                   "return select(2, pcall(function() table.move({}, 1, 2, "
                   "math.maxinteger) end))",
                   "flows/flow.lua:1: bad argument #4 to 'move' (destination "
                   "wrap around)");
    flow_run_gives(&run, "return select(2, pcall(table.concat, { {} }))",
                   "invalid value (at index 1) in table for 'concat'");
    flow_run_gives(
        &run,
        "return select(2, pcall(function() table.insert({ 1 }, 5, 1) end))",
        "flows/flow.lua:1: bad argument #2 to 'insert' (position out of "
        "bounds)");
    flow_run_gives(
        &run, "return select(2, pcall(function() table.insert(nil, 5) end))",
        "flows/flow.lua:1: bad argument #1 to 'insert' (table expected, got "
        "nil)");
    flow_run_gives(&run, "return select(2, pcall(table.unpack, {}, 1, 1e7))",
                   "too many results to unpack");
    flow_run_gives(&run,
                   "local p = setmetatable({}, { __len = function() "
                   "return 2 end, __index = function(_, i) return i end })"
                   "return table.concat(p, ',') .. "
                   "select('#', table.unpack(p))",
                   "1,22");
}

static void sorting_is_stable_and_sorts(void **state)
{
    struct flow_run run;

    (void)state;
    flow_run_init(&run);
    flow_run_gives(
        &run,
        "for n = 0, 70 do local t, x = {}, 7 for i = 1, n do "
        "x = x * 1103515245 + 12345 & 0x7fffffff t[i] = { x >> 16 & 7, i } end "
        "table.sort(t, function(a, b) return a[1] < b[1] end) "
        "for i = 2, n do local a, b = t[i - 1], t[i] assert(a[1] < b[1] or "
        "a[1] == b[1] and a[2] < b[2], n) end end return 'sorted'",
        "sorted");
    flow_run_gives(&run,
                   "local t = { 'b', 'a', 'c' } table.sort(t) "
                   "return table.concat(t)",
                   "abc");
    flow_run_gives(&run, "return select(2, pcall(table.sort, { 1, 'x' }))",
                   "attempt to compare string with number");
    flow_run_gives(
        &run, "return select(2, pcall(function() table.sort({ 2, 1 }, 5) end))",
        "flows/flow.lua:1: bad argument #2 to 'sort' (function expected, got "
        "number)");
}

static void utf8_is_luas(void **state)
{
    struct flow_run run;

    (void)state;
    flow_run_init(&run);
    flow_run_gives(&run,
                   "local s = 'a\\u{e9}\\u{20ac}' local o = '' "
                   "for p, c in utf8.codes(s) do o = o .. p .. ':' .. c .. ' ' "
                   "end return o .. utf8.len(s) .. utf8.len(s, -3) .. "
                   "utf8.codepoint(s, 2) .. ' ' .. utf8.offset(s, 3) .. "
                   "utf8.offset(s, -1) .. tostring(utf8.offset(s, 9)) .. "
                   "tostring(utf8.len '\\xff')",
                   "1:97 2:233 4:8364 31233 44nilnil");
    flow_run_gives(&run,
                   "return select(2, pcall(function() utf8.len('x', 5) end))",
                   "flows/flow.lua:1: bad argument #2 to 'len' (initial "
                   "position out of bounds)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_of_c_is_charged),
        cmocka_unit_test(time_ends_what_cannot_be_charged),
        cmocka_unit_test(a_part_of_a_text_costs_what_it_is),
        cmocka_unit_test(a_text_is_bounded),
        cmocka_unit_test(a_turn_at_the_end_of_its_memory_ends),
        cmocka_unit_test(a_handler_ends_by_the_limits),
        cmocka_unit_test(a_handler_is_called_once),
        cmocka_unit_test(a_function_that_calls_itself_under_pcall_ends),
        cmocka_unit_test(tables_are_luas),
        cmocka_unit_test(sorting_is_stable_and_sorts),
        cmocka_unit_test(utf8_is_luas),
    };

    return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
