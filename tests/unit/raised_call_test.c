/* tests/unit/raised_call_test.c - calls that raise again and again: what they
 * had outside of Lua's heap is gone at once, what they name is the same each
 * time, and what they do is paid for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "bind/bind.h"
#include "fail_alloc.h"
#include "flow_run.h"

#define MANY 100
/* What one call may have at a time, and Lua's heap. */
#define BYTES_MAX ((size_t)32 * 1024 * 1024)

static void setup(struct flow_run *run)
{
    flow_run_init(run);
    run->modules = usher_bind_modules(&run->module_count);
}

/* Each leaves half a megabyte and more in its buffers when it raises. */
static void buffers_end_with_the_call(void **state)
{
    static const char *const calls[] = {
        "http.post, url, { x, type }",
        "http.request, { url = url, json = { x, type } }",
        "http.request, { url = url, form = { a = x, b = type } }",
        "http.get, url, { query = { a = x, b = type } }",
        "zoho.desk.search_contacts, { a = x, b = type }",
        "zoho.request, { query = { a = x, b = type } }",
    };
    struct flow_run run;
    char code[512];

    (void)state;
    setup(&run);
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        snprintf(code, sizeof(code),
                 "local url = 'http://127.0.0.1:9/' "
                 "local x = ('x'):rep(500000) for i = 1, %d do "
                 "assert(not pcall(%s)) end return 'each raised'",
                 MANY, calls[i]);
        fail_alloc_count();
        flow_run_gives(&run, code, "each raised");
        if (fail_alloc_most() > BYTES_MAX)
            fail_msg("%s: %zu bytes at a time", calls[i], fail_alloc_most());
    }
}

/* Thirty names: the order of Lua's hashes, which differs from one state to the
 * next, would hardly give the first each time. */
static void the_first_name_is_told(void **state)
{
    static const struct {
        const char *call, *part;
    } calls[] = {
        {"http.get, url, t", "no option 'n01'"},
        {"http.request, t", "no option 'n01'"},
        {"zoho.request, t", "no option 'n01'"},
        {"http.get, url, { headers = t }", "header n01 "},
        {"http.get, url, { query = t }", "query.n01"},
        {"zoho.desk.search_contacts, t", "argument.n01"},
        {"lpeg.P, g", "rule 'n01' undefined"},
        {"re.compile, r", "rule 'n01' undefined"},
    };
    struct flow_run run;
    char code[768];

    (void)state;
    setup(&run);
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        snprintf(code, sizeof(code),
                 "local lpeg, re = require 'lpeg', require 're' "
                 "local url, t, g, r = 'http://127.0.0.1:9/', {}, { 'a' }, '' "
                 "for i = 1, 30 do local n = ('n%%02d'):format(i) t[n] = type "
                 "g['g' .. i] = lpeg.V(n) r = r .. 'g' .. i .. ' <- ' .. n .. "
                 "'\\n' end g.a = g.g30 "
                 "return select(2, pcall(%s))",
                 calls[i].call);
        assert_int_equal(flow_run(&run, code), USHER_FIBER_DONE);
        if (!strstr(run.out, calls[i].part))
            fail_msg("%s: '%s'", calls[i].call, run.out);
    }
}

/* Each would go on for long, were only its instructions counted. */
static void what_calls_do_is_paid_for(void **state)
{
    static const char *const loops[] = {
        "for i = 1, 3000 do log.info 'x' end",
        "local s = ('x'):rep(1000) local f = {} for i = 1, 12 do "
        "f['k' .. i] = s end for i = 1, 800 do log.info(s, f) end",
        "local t = {} for i = 1, 30000 do t['k' .. i] = 1 end "
        "for i = 1, 20 do log.info('x', t) end",
        "local t = {} for i = 1, 30000 do t['k' .. i] = 1 end "
        "for i = 1, 20 do pcall(zoho.request, t) end",
        "local t = {} for i = 1, 30000 do t['k' .. i] = 1 end "
        "for i = 1, 20 do pcall(zoho.desk.search_contacts, t) end",
    };
    struct flow_run run;

    (void)state;
    setup(&run);
    run.limits.instructions = 2000000; /* a fifth of the usual */
    for (size_t i = 0; i < sizeof(loops) / sizeof(loops[0]); i++)
        flow_run_killed(&run, loops[i], "too many instructions");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buffers_end_with_the_call),
        cmocka_unit_test(the_first_name_is_told),
        cmocka_unit_test(what_calls_do_is_paid_for),
    };

    return cmocka_run_group_tests_name("raised_call", tests, NULL, NULL);
}
