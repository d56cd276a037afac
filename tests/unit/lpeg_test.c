/* tests/unit/lpeg_test.c - lpeg in flows: as it is, but its grammars end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "bind/bind.h"
#include "flow_run.h"

static struct flow_run run;

/* Code that has lpeg and re. */
static const char *with_lpeg(const char *code)
{
    static char text[2048];

    flow_run_init(&run);
    run.modules = usher_bind_modules(&run.module_count);
    snprintf(text, sizeof(text),
             "local lpeg, re = require 'lpeg', require 're' %s", code);
    return text;
}

static void gives(const char *code, const char *wanted)
{
    flow_run_gives(&run, with_lpeg(code), wanted);
}

static void patterns_and_grammars_match_as_ever(void **state)
{
    (void)state;
    gives("return lpeg.match(lpeg.C(lpeg.R'az'^1), 'abc1')", "abc");
    gives("local g = lpeg.P { 'S', S = '(' * lpeg.V'S'^0 * ')' }\n"
          "return lpeg.match(g, '(()())')",
          "7");
    gives("local g = lpeg.P { lpeg.P'a' * lpeg.V(1) + -1 }\n"
          "return lpeg.match(g, 'aaa')",
          "4");
    gives("return re.match('a=1', [[ s <- {%a+} '=' {%d+} ]])", "a");
}

static void a_grammar_that_tries_for_ever_ends_its_turn(void **state)
{
    static const char *const hostile[] = {
        "local g = lpeg.P { 'a' * lpeg.V(1) * 'b' + 'a' * lpeg.V(1) * 'c' + "
        "'a' }\n"
        "return lpeg.match(g, ('a'):rep(60))",
        "return re.match(('a'):rep(60), \"s <- 'a' s 'b' / 'a' s 'c' / 'a'\")",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
        const char *code = with_lpeg(hostile[i]);

        run.limits.instructions = 2000000;
        flow_run_killed(&run, code, "ran too long");
    }
}

/* lpeg counts in ints: these ended the process, or made another pattern. */
static void numbers_and_sizes_are_bounded(void **state)
{
    static const char *const refused[] = {
        "lpeg.P(2^31)",
        "lpeg.P(-2^31)",
        "lpeg.P(2^32 + 5)",
        "lpeg.P(math.mininteger)",
        "lpeg.P(0/0)",
        "lpeg.C(2^31)",
        "lpeg.B(2^31)",
        "lpeg.Cs(2^30)",
        "lpeg.Cmt(2^31, error)",
        "lpeg.P { 2^31 }",
        "lpeg.P 'a' * 2^31",
        "2^31 + lpeg.P 'a'",
        "lpeg.P 'a' - 2^31",
        "lpeg.match(2^31, 'x')",
        "lpeg.P 'a' ^ (2^31 - 1)",
        "lpeg.P 'ab' ^ -858993459",
        "lpeg.P 'a' ^ math.mininteger",
        "lpeg.P 'a' ^ 4097",
        "lpeg.P 'a' ^ -4097",
        "lpeg.P(('x'):rep(16385))",
        "lpeg.P(('x'):rep(1000000))",
        "lpeg.P(('x'):rep(10000)) ^ 1000",
        "((lpeg.P 'a' ^ -4000) ^ -4000) ^ -4000",
        "(function() local p = lpeg.P 'a' for _ = 1, 40 do p = p * p end "
        "end)()",
        "(function() local p = lpeg.P 'a' for _ = 1, 40 do p = p + 'b' * p end "
        "end)()",
        "re.compile \"'a'^2147483648\"",
        "re.compile(('a'):rep(5) .. \" <- 'b'^-99999999\")",
        "(function() local t = {} t[1] = t lpeg.P(t) end)()",
    };
    char code[512];

    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        snprintf(code, sizeof(code),
                 "local ok, why = pcall(function() return %s end) "
                 "return ok and 'taken' or why:match 'lpeg: ' or why",
                 refused[i]);
        flow_run(&run, with_lpeg(code));
        if (strcmp(run.out, "lpeg: ") != 0)
            fail_msg("%s: %s", refused[i], run.out);
    }
}

static void deep_patterns_are_built_and_matched(void **state)
{
    (void)state;
    gives("local p = lpeg.P 'a' for _ = 1, 1000 do p = p * 'a' end "
          "return p:match(('a'):rep(1001))",
          "1002");
    gives("return (lpeg.P 'ab' ^ -1000):match(('ab'):rep(900))", "1801");
    gives("return (lpeg.P 'a' ^ 4096):match(('a'):rep(4097))", "4098");
    gives("local s = ('x'):rep(16000) return lpeg.P(s):match(s)", "16001");
    gives("local p = lpeg.P 'a' for _ = 1, 30 do p = lpeg.C(p) end "
          "return select('#', p:match 'a')",
          "30");
    gives("local p = lpeg.P 'a' for _ = 1, 100 do p = -p end "
          "return p:match 'a'",
          "1");
}

/* In one call, without a rule: each took seconds to years. */
static void repetitions_in_repetitions_end_their_turn(void **state)
{
    static const char *const loops[] = {
        "local p = lpeg.P 'a' ^ 1 * 'b' local q = (1 - p) ^ 0 * p "
        "while true do q:match(('a'):rep(3000)) end",
        "local p = lpeg.P 'a' ^ 1 * 'b' for _ = 1, 4 do p = (1 - p) ^ 0 * p "
        "end p:match(('a'):rep(10000))",
        "local p = lpeg.P(false) for i = 1, 800 do p = p + lpeg.P 'a' ^ 1 * "
        "('b' .. i % 10) end p = (p + 1) ^ 0 p:match(('a'):rep(10000))",
        "local s = ('x'):rep(100000) local p = lpeg.P 'y' "
        "while true do p:match(s) lpeg.match('y', s) end",
        "local g = { 'S', S = lpeg.P 'a' * lpeg.V 'S' * 'b' + "
        "'a' * lpeg.V 'S' * 'c' + 'a' } lpeg.C(g):match(('a'):rep(60))",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(loops) / sizeof(loops[0]); i++) {
        const char *code = with_lpeg(loops[i]);

        run.limits.cpu_ms = 100;
        run.limits.instructions = 2000000;
        flow_run_killed(&run, code, "ran too long");
    }
}

/* lpeg checks and compiles in one call, without a callback; each took seconds
 * to years. */
static void what_takes_long_to_compile_is_refused(void **state)
{
    static const char *const refused[] = {
        /* rules that begin with the next one twice */
        "local g = { 'r1', r60 = lpeg.P 'a' } for i = 1, 59 do "
        "g['r' .. i] = lpeg.V('r' .. i + 1) + lpeg.V('r' .. i + 1) end "
        "lpeg.P(g)",
        "local g = 'r60 <- \"a\"' for i = 1, 59 do g = 'r' .. i .. ' <- r' .. "
        "i + 1 .. ' / \"b\" r' .. i + 1 .. ' / r' .. i + 1 .. '\\n' .. g "
        "end re.compile(g)",
        "local g = { 'r1', r60 = lpeg.P(true) } for i = 1, 59 do "
        "g['r' .. i] = lpeg.V('r' .. i + 1) * lpeg.V('r' .. i + 1) end "
        "lpeg.P(g)",
        /* a grammar in a grammar, and a pattern without any */
        "local p = lpeg.P 'a' for i = 1, 15 do p = lpeg.P { 'r', s = p, "
        "r = lpeg.V 's' + lpeg.V 's' + lpeg.V 's' + lpeg.V 's' } end",
        "local p = lpeg.P 'a' ^ -1 for i = 1, 500 do p = "
        "lpeg.Cg(p * lpeg.P 'a' ^ -1) end p:match 'a'",
    };
    char code[512];

    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        snprintf(code, sizeof(code),
                 "return select(2, pcall(function() %s return '' end))"
                 ":match 'the pattern takes too long to compile'",
                 refused[i]);
        gives(code, "the pattern takes too long to compile");
    }
    gives("return select(2, pcall(lpeg.P, { lpeg.V(1) * 'a' + 'b' }))",
          "rule '1' may be left recursive");
    gives("local function words(a, b) if a == b then return lpeg.P('w' .. a) "
          "end local m = (a + b) // 2 return words(a, m) + words(m + 1, b) end "
          "return words(1, 1500):match 'w77'",
          "3");
}

/* Values may be made of values again and again, or of a list each time. */
static void making_values_of_captures_ends_the_turn(void **state)
{
    static const char *const loops[] = {
        "local p = lpeg.Cg('', 'x0') for i = 1, 30 do "
        "local b = lpeg.Cb('x' .. i - 1) "
        "p = p * lpeg.Cg(lpeg.Cs(b * b), 'x' .. i) end "
        "(p * lpeg.Cb 'x30'):match ''",
        "local p = lpeg.C '' / '%1%1' for i = 1, 60 do p = p / '%1%1' end "
        "p:match ''",
        "local t = {} for i = 1, 1900 do t = setmetatable({}, { __index = t }) "
        "end local p = (lpeg.C(1) / t) ^ 0 while true do "
        "p:match(('x'):rep(30000)) end",
        "local p = lpeg.Cg('', 'x') * lpeg.Cs((lpeg.C(1) * lpeg.Cb 'x') ^ 0) "
        "while true do p:match(('x'):rep(50000)) end",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(loops) / sizeof(loops[0]); i++) {
        const char *code = with_lpeg(loops[i]);

        run.limits.cpu_ms = 100;
        run.limits.instructions = 2000000;
        flow_run_killed(&run, code, "ran too long");
    }
}

/* These ended the process: lpeg goes from one into the next on C's stack. */
static void values_in_each_other_do_not_end_the_process(void **state)
{
    static const char *const deep[] = {
        "local p = lpeg.P 'a' * lpeg.V 'S' + 'b' for i = 1, 600 do "
        "p = lpeg.Cs(p) end lpeg.P { 'S', S = p }:match(('a'):rep(390) .. 'b')",
        "local p = lpeg.C 'a' for i = 1, 1500 do p = p / 'x%1' end "
        "p:match 'a'",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(deep) / sizeof(deep[0]); i++) {
        const char *code = with_lpeg(deep[i]);

        run.limits.turn_bytes = run.limits.state_bytes;
        run.limits.instructions *= 100;
        if (flow_run(&run, code) != USHER_FIBER_FAILED ||
            !strstr(run.out, "nesting too deep"))
            fail_msg("%s: %s", deep[i], run.out);
    }
}

static void values_of_captures_are_lpegs(void **state)
{
    (void)state;
    gives("return table.concat(lpeg.Ct(lpeg.Cg(lpeg.C 'a' * lpeg.C 'b', 'x') * "
          "'-' * lpeg.Cb 'x'):match 'ab-', ',')",
          "a,b");
    gives("return lpeg.Cs((lpeg.P 'a' / 'b' + "
          "lpeg.Cs(lpeg.P 'e' / 'ff') + lpeg.C(1) / { c = 'd' } + 1) ^ 0)"
          ":match 'aacexy'",
          "bbdffxy");
    gives("return (lpeg.C(1) * (lpeg.C(1) / '<%1>') / '%2%1'):match 'ab'",
          "<b>a");
    gives("return select('#', (lpeg.C(1) / {}):match 'a') .. "
          "tostring((lpeg.C(1) / { a = false }):match 'a')",
          "1false");
    gives("return re.match('aba', [[ {:q: 'a' :} 'b' =q {} ]])", "4");
    gives("return re.gsub('hello', '[l]', 'L') .. re.find('hello', '[l]')",
          "heLLo3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_and_grammars_match_as_ever),
        cmocka_unit_test(a_grammar_that_tries_for_ever_ends_its_turn),
        cmocka_unit_test(numbers_and_sizes_are_bounded),
        cmocka_unit_test(deep_patterns_are_built_and_matched),
        cmocka_unit_test(repetitions_in_repetitions_end_their_turn),
        cmocka_unit_test(what_takes_long_to_compile_is_refused),
        cmocka_unit_test(making_values_of_captures_ends_the_turn),
        cmocka_unit_test(values_in_each_other_do_not_end_the_process),
        cmocka_unit_test(values_of_captures_are_lpegs),
    };

    return cmocka_run_group_tests_name("lpeg", tests, NULL, NULL);
}
