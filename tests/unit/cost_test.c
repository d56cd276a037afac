/* tests/unit/cost_test.c - what C does for a flow in one call is charged, for
 * what it is: neither a tenth of it nor ten times as much. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "bind/modules.h"
#include "flow_run.h"
#include "meter.h"

struct cost {
    const char *before; /* not measured */
    const char *work;
    long wanted; /* instructions, or steps of matching */
};

#define LONG "local s = ('x'):rep(400000)"
#define TEXT "local s = ('a'):rep(10000)"
#define LIST "local t = {} for i = 1, 20000 do t[i] = i end"
#define SET "[bcdefghijklmnopqrstuvwxyzABCDEFGHIJK]"

static const struct cost instructions[] = {
    {"local t = table.pack(table.unpack({}, 1, 20000))",
     "select('#', table.unpack(t, 1, 20000))", 100000},
    {LONG, "s:byte(1, 40000)", 50000},
    {"local t = {} for i = 1, 20000 do t[i] = 65 end",
     "string.char(table.unpack(t))", 160000},
    {"local t = {} for i = 1, 20000 do t[i] = 65 end",
     "utf8.char(table.unpack(t))", 160000},
    {LONG, "s:byte(-500000, 20000)", 25000},
    {LONG, "s:lower()", 150000},
    {LONG, "s:upper()", 150000},
    {LONG, "s:reverse()", 150000},
    {LONG, "string.pack('z', s)", 200000},
    {"local f = (' '):rep(400000)", "string.pack(f)", 100000},
    {"local f = (' '):rep(400000)", "string.packsize(f)", 100000},
    {"local f = (' '):rep(400000)", "string.unpack(f, '')", 100000},
    {LONG, "string.unpack('c400000', s)", 130000},
    {"local s = (' '):rep(400000) .. '1'", "tonumber(s)", 100000},
    {LONG, "utf8.len(s)", 100000},
    {LONG, "utf8.len(s, 200001)", 50000},
    {LONG, "utf8.codepoint(s, 1, 20000)", 25000},
    {LONG, "utf8.offset(s, 200000)", 50000},
    {LONG, "utf8.offset(s, -200000)", 50000},
    {LONG, "utf8.offset(s, 100000, 100000)", 25000},
    {LONG, "utf8.offset(s, 400002)", 100000},
    {LONG, "utf8.offset(s, -400001)", 100000},
    {"local s = 'x' .. ('\\x80'):rep(400000)", "pcall(utf8.codes(s), s, 1)",
     100000},
    {"local s = ('x'):rep(40000)", "for _ in utf8.codes(s) do end", 40000},
    {"", "('x'):rep(400000)", 280000},
    {"", "('x'):rep(40000, 'yyyyyyyyy')", 95000},
    {LONG, "('%s'):format(s)", 75000},
    {"local s = ('x'):rep(50000)", "load('-- ' .. s)", 200000},
    {"local s = ('x\\n'):rep(20000)", "load('--[[ ' .. s .. ']]')", 160000},
    {"local t = table.pack(table.unpack({}, 1, 20000))",
     "table.pack(table.unpack(t, 1, 20000))", 120000},
    {"local t = {}", "select('#', table.unpack(t, 1, 20000))", 160000},
    {LIST, "table.insert(t, 1, 1)", 80000},
    {LIST, "table.remove(t, 1)", 80000},
    {LIST, "table.move(t, 1, 20000, 1, t)", 80000},
    {LIST, "table.move(t, 1, 19999, 2)", 80000},
    {"local t = {} for i = 1, 20000 do t[i] = 'x' end", "table.concat(t)",
     85000},
    {"local s, t = ('x'):rep(4000), {} for i = 1, 100 do t[i] = s end",
     "table.concat(t)", 110000},
    {"local s, t = ('x'):rep(4000), {} for i = 1, 100 do t[i] = '' end",
     "table.concat(t, s)", 110000},
    {"local t = {} for i = 1, 4096 do t[i] = i end", "table.sort(t)", 140000},
    {"local t = {} for i = 1, 4096 do t[i] = -i end", "table.sort(t)", 180000},
    {"local t = {} for i = 1, 4096 do t[i] = -i end", "table.sort(t, rawequal)",
     140000},
    {LIST, "next(t)", 20000},
    {LIST, "pairs(t)", 20000},
    {"local t = {} for i = 1, 20000 do t['k' .. i] = i end", "pairs(t)",
     770000},
    {"local s, t = ('x'):rep(1000), {} for i = 1, 256 do t[s .. i] = i end",
     "pairs(t)", 130000},
    {LIST " local f = pairs(t) for i = 2, 19999 do t[i] = nil end", "f(t, 1)",
     20000},
    {LIST " local f = pairs(t) for i = 2, 20000 do t[i] = nil end", "f(t, 1)",
     20000},
    {"local t = {} for i = 1, 20000 do t[-i] = i end local f = pairs(t) local "
     "k = f(t) for i = 2, 19999 do t[-i] = nil end",
     "f(t, k)", 20000},
    {"", "for i = 1, 1000 do pcall(error) end", 86000},
    {"", "for i = 1, 1000 do xpcall(error, rawequal) end", 170000},
    {"local function deep(n) if n > 0 then return 1 + deep(n - 1) end for i = "
     "1, 100 do pcall(error) end return 1 end",
     "deep(150)", 33000},
    {LIST, "meter.encode(t)", 400000},
    {"local t = {} for i = 1, 20000 do t['k' .. i] = i end", "meter.encode(t)",
     400000},
    {LONG, "meter.encode(s)", 25000},
    {"local t = ('x'):rep(400000)", "local _ = t .. 'y'", 25000},
    {LONG " local j = require 'cjson'", "j.encode(s)", 125000},
    {LONG " local j = require 'cjson'", "j.encode { [s] = 1 }", 150000},
    {LIST " local j = require 'cjson'", "j.encode(t)", 107000},
    {"local t = {} for i = 1, 20000 do t['k' .. i] = i end "
     "local j = require 'cjson'",
     "j.encode(t)", 890000},
    {"local s = '\"' .. ('x'):rep(400000) .. '\"' local j = require 'cjson'",
     "j.decode(s)", 100000},
};

static const struct cost steps[] = {
    {TEXT, "s:match('ab')", 40000},
    {TEXT, "s:find('b', 1, true)", 10000},
    {TEXT, "('a'):find(s, 1, true)", 10000},
    {TEXT, "('a'):find(s .. '.')", 10000},
    {TEXT, "s:find('b')", 10000},
    {TEXT, "s:match('b')", 10000},
    {TEXT, "s:match('%d')", 10000},
    {TEXT, "s:match('" SET "')", 100000},
    {TEXT, "s:match('^[abcdefghijklmnopqrstuvwxyzABCDEFGHIJ]*$')", 100000},
    {TEXT, "s:match('^[abcdefghijklmnopqrstuvwxyzABCDEFGHIJ]-$')", 110000},
    {TEXT, "s:match('^a-$')", 21000},
    {TEXT, "s:match('^.-$')", 21000},
    {TEXT, "s:match('^%a*$')", 11000},
    {TEXT, "s:match('^%a*b')", 20000},
    {TEXT, "s:match('^.*b')", 10000},
    {"local s = '(' .. ('a'):rep(10000) .. ')'", "s:match('^%b()')", 11000},
    {TEXT, "s:match('%f" SET "')", 220000},
    {"local s = ('a'):rep(10000) s = s .. ' ' .. s", "s:match('^(%a*) %1$')",
     21000},
    {TEXT, "s:match('()" SET "')", 130000},
    {TEXT, "s:match('()b')", 30000},
    {LONG, "s:match('^(.*)$')", 25000},
    {LONG, "s:match('^.*$')", 25000},
    {LONG, "s:gsub('^.*$', '%0')", 25000},
    {LONG, "s:gsub('^(.*)$', '%1')", 25000},
    {LONG, "('a'):gsub('a', s)", 25000},
    {LONG, "('a'):gsub('a', { a = s })", 25000},
    {LONG, "(s .. 'b'):gsub('^x', 'c')", 25000},
    {TEXT, "s:gsub('', '')", 30000},
    {TEXT, "s:gsub('a', 'b')", 50000},
    {TEXT, "s:gsub('a', '%%')", 50000},
    {TEXT, "s:gsub('a', {})", 80000},
    {TEXT, "s:gsub('a', rawlen)", 80000},
    {"", "for i = 1, 1000 do ('').gmatch('', '') end", 50000},
    {"", "for i = 1, 1000 do ('').match('', '') end", 10000},
    {"", "for i = 1, 1000 do ('').find('', '', 1, true) end", 8000},
    {TEXT, "for _ in s:gmatch('a') do end", 40000},
};

/* What the work takes. */
static long cost_of(const struct cost *cost, int is_matching)
{
    const struct usher_script_module modules[] = {
        meter_module,
        {"cjson", usher_lua_cjson_open, USHER_MODULE_REQUIRED, NULL}};
    char code[1024];
    struct flow_run run;
    long taken = -1;

    flow_run_init(&run);
    run.modules = modules;
    run.module_count = sizeof(modules) / sizeof(modules[0]);
    snprintf(code, sizeof(code),
             "%s local left = meter.left local a, am = left() "
             "do %s end local b, bm = left() return %s",
             cost->before, cost->work, is_matching ? "am - bm" : "a - b");
    if (flow_run(&run, code) != USHER_FIBER_DONE)
        fail_msg("%s: %s", cost->work, run.out);
    (void)sscanf(run.out, "%ld", &taken);
    return taken;
}

/* A sixth more or less is no other price. */
static void check(const struct cost *list, size_t count, int is_matching)
{
    int wrong = 0;

    for (size_t i = 0; i < count; i++) {
        long taken = cost_of(&list[i], is_matching);

        if (labs(taken - list[i].wanted) <= list[i].wanted / 6)
            continue;
        print_error("%s: %s: takes %ld, not %ld\n", list[i].before,
                    list[i].work, taken, list[i].wanted);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void work_costs_instructions(void **state)
{
    (void)state;
    check(instructions, sizeof(instructions) / sizeof(instructions[0]), 0);
}

static void matching_costs_steps(void **state)
{
    (void)state;
    check(steps, sizeof(steps) / sizeof(steps[0]), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_costs_instructions),
        cmocka_unit_test(matching_costs_steps),
    };

    return cmocka_run_group_tests_name("cost", tests, NULL, NULL);
}
