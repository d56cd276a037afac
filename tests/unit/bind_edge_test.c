/* tests/unit/bind_edge_test.c - clock, os, math, log, config and cjson for
 * flows: both sides of their limits, all of their lists, which effect each is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>

#include "bind/call.h"
#include "bind/host.h"
#include "bind_world.h"
#include "script/value.h"

static int setup(void **state)
{
    *state = bind_world_new(NULL);
    return 0;
}

static int teardown(void **state)
{
    bind_world_free(*state);
    return 0;
}

/* ---- which effect each is ---- */

/* What is drawn is another value each time, and no reason for another turn of
 * a replay; what is set or known is. */
static void an_effect_has_its_name_and_kind(void **state)
{
    static const struct {
        const char *code, *begun;
        unsigned flags;
    } cases[] = {
        {"clock.now()", "clock.now ", USHER_EFFECT_DRAWN},
        {"os.time()", "os.time ", USHER_EFFECT_DRAWN},
        {"os.date()", "os.date ", USHER_EFFECT_DRAWN},
        {"os.date('%Y')", "os.date ", USHER_EFFECT_DRAWN},
        {"os.clock()", "os.clock ", USHER_EFFECT_DRAWN},
        {"math.random()", "math.random ", USHER_EFFECT_DRAWN},
        {"math.random(6)", "math.random 1 to 6", USHER_EFFECT_DRAWN},
        {"math.random(2, 6)", "math.random 2 to 6", USHER_EFFECT_DRAWN},
        {"return config.PORT", "config PORT", 0},
        {"token.status()", "token.status default", 0},
        {"token.status('visitor')", "token.status visitor", 0},
        {"os.time { year = 2026, month = 3, day = 1 }", "", 0},
        {"os.date('%Y', 0)", "", 0},
        {"clock.zone 'Asia/Kolkata'", "", 0},
    };
    struct bind_world *world = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        world->begun[0] = '\0';
        world->begun_flags = 0;
        bind_run(world, cases[i].code);
        assert_string_equal(world->begun, cases[i].begun);
        assert_int_equal(world->begun_flags, cases[i].flags);
    }
    bind_run(world, "token.refresh()");
    assert_string_equal(world->effect, "token.refresh");
    assert_string_equal(world->target, "default");
    assert_int_equal(world->flags, 0);
}

/* ---- time and chance ---- */

static void a_second_begins_below_zero_as_well(void **state)
{
    static const struct {
        int64_t wall_ms;
        int second;
    } cases[] = {{0, 0},     {999, 0},    {1000, 1},  {-1, -1},
                 {-999, -1}, {-1000, -1}, {-1001, -2}};
    struct bind_world *world = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char code[128];

        world->zoho->time.wall_ms = cases[i].wall_ms;
        snprintf(code, sizeof(code), "assert(os.time() == %d, os.time())",
                 cases[i].second);
        bind_run(world, code);
    }
}

static void what_is_not_given_is_noon(void **state)
{
    bind_run(*state,
             "assert(os.time { year = 1970, month = 1, day = 1 } == 43200)\n"
             "assert(os.time { year = 1970, month = 1, day = 1, hour = 0 } == "
             "0)\n"
             "assert(os.time { year = 1970, month = 1, day = 1, hour = 0, min ="
             " 1, sec = 2 } == 62)");
    bind_raises(*state, "os.time { year = 1970, day = 1 }",
                "'month' is missing");
    bind_raises(*state, "os.time { month = 1, day = 1 }", "'year' is missing");
    bind_raises(*state, "os.time { year = 1970, month = 1, day = 1.5 }",
                "'day' is not an integer");
}

/* All the bits of it, at both ends. */
static void chance_reaches_everywhere(void **state)
{
    bind_run(*state,
             "local odd, even, low, high\n"
             "for i = 1, 300 do\n"
             "  local n = math.random(0, 1 << 40)\n"
             "  assert(n >= 0 and n <= 1 << 40)\n"
             "  if n % 2 == 0 then even = true else odd = true end\n"
             "  if n < 1 << 39 then low = true else high = true end\n"
             "end\n"
             "assert(odd and even and low and high)\n"
             "local seen = {}\n"
             "for i = 1, 300 do seen[math.random(-1, 2)] = true end\n"
             "assert(seen[-1] and seen[0] and seen[1] and seen[2])\n"
             "local negative\n"
             "for i = 1, 64 do negative = negative or math.random(0) < 0 end\n"
             "assert(negative)");
}

/* ---- the log ---- */

static void a_line_is_cut_between_letters(void **state)
{
    struct bind_world *world = *state;

    bind_run(world, "log.info(('m'):rep(1000), { f = ('v'):rep(1000) })");
    assert_int_equal(world_logged(world->zoho, "..."), 0);
    bind_run(world, "log.info(('m'):rep(1001))");
    assert_int_equal(world_logged(world->zoho, "mmm..."), 1);
    bind_run(world, "log.info('x', { f = ('v'):rep(1001) })");
    assert_int_equal(world_logged(world->zoho, "vvv..."), 1);
    /* The ä has two bytes, and the second is the 1001st. */
    bind_run(world, "log.info(('n'):rep(999) .. 'ä')");
    assert_int_equal(world_logged(world->zoho, "nnn..."), 1);
    bind_run(world, "log.info(('o'):rep(998) .. 'ä')");
    assert_int_equal(world_logged(world->zoho, "oooä"), 1);
}

/* ---- settings ---- */

static void words_are_yes_or_no(void **state)
{
    static const struct {
        const char *text, *value;
    } cases[] = {
        {"SOME=true", "true"}, {"SOME=yes", "true"},  {"SOME=on", "true"},
        {"SOME=1", "true"},    {"SOME=YES", "true"},  {"SOME=false", "false"},
        {"SOME=no", "false"},  {"SOME=off", "false"}, {"SOME=0", "false"},
        {"SOME=maybe", NULL},  {"SOME=2", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *settings[] = {cases[i].text, NULL};
        struct bind_world *world = bind_world_new(settings);
        char code[64];

        world->settings = "{ { 'SOME', default = true } }";
        snprintf(code, sizeof(code), "assert(config.SOME == %s)",
                 cases[i].value ? cases[i].value : "nil");
        if (cases[i].value)
            bind_run(world, code);
        else
            bind_raises(world, code, "must be true or false");
        bind_world_free(world);
    }
}

static void numbers_are_numbers(void **state)
{
    static const char *const settings[] = {"A=5", "B=1.5", "C=0x10", NULL};
    struct bind_world *world = bind_world_new(settings);

    (void)state;
    world->settings = "{ { 'A', default = 1 }, { 'B', default = 1 }, { 'C', "
                      "default = 1 }, { 'D', default = 7 }, 'E', 'BUDGET' }";
    bind_run(world, "assert(math.type(config.A) == 'integer' and config.A == "
                    "5)\n"
                    "assert(config.B == 1.5 and config.C == 16)\n"
                    "assert(config.D == 7 and config.E == nil)");
    bind_raises(world, "return config.F", "config.F is not declared");
    bind_raises(world, "return config.BUDEGT", "did you mean config.BUDGET?");
    world->settings = "{ { 'CRM_TOKEN', default = 'x' } }";
    bind_run(world, "assert(config.CRM_TOKEN == nil)"); /* no secret in flows */
    world->settings = "{ '' }";
    bind_raises(world, "", "settings[1] in init.lua must be a name");
    world->settings = "{ 'A', { 'B', default = pairs } }";
    bind_raises(world, "", "settings[2] in init.lua: a default must be");
    bind_world_free(world);
}

/* ---- JSON ---- */

static void json_has_its_bounds(void **state)
{
    struct bind_world *world = *state;

    bind_run(world,
             "local json = require 'cjson'\n"
             "local t = 1 for i = 1, 64 do t = { t } end\n"
             "local text = json.encode(t)\n"
             "assert(text == ('['):rep(64) .. '1' .. (']'):rep(64))\n"
             "assert(json.encode(json.decode(text)) == text)\n"
             "assert(json.encode { 9007199254740993, -1 } == "
             "'[9007199254740993,-1]')\n"
             "assert(json.encode(0.1) == '0.1' and json.encode(1e300))\n"
             "assert(json.encode { [1] = 'a', [3] = 'c' } == "
             "'{\"1\":\"a\",\"3\":\"c\"}')\n"
             "assert(json.encode { 'a', x = 1 } == '{\"1\":\"a\",\"x\":1}')\n"
             "assert(json.encode { 1, nil, 3 } == '{\"1\":1,\"3\":3}')\n"
             "assert(json.encode { [2] = 'b' } == '{\"2\":\"b\"}')\n"
             "assert(json.decode '[1.0,2,1e2]'[3] == 100)\n"
             "assert(math.type(json.decode '[1.0]'[1]) == 'integer')\n"
             "assert(json.decode 'null' == json.null)\n"
             "assert(json.encode(('x'):rep(1000)) == '\"' .. ('x'):rep(1000) "
             ".. '\"')");
    bind_raises(world,
                "local t = 1 for i = 1, 65 do t = { t } end "
                "require('cjson').encode(t)",
                "nested deeper than 64");
    bind_raises(world,
                "require('cjson').decode(('['):rep(65) .. (']'):rep(65))",
                "nested");
    bind_raises(world, "require('cjson').encode(1/0)", "no inf");
    bind_raises(world, "require('cjson').decode 'NaN'", "");
    bind_raises(world, "require('cjson').decode '0x1F'", "");
    bind_raises(world, "require('cjson').decode '[1] 2'", "");
    bind_raises(world,
                "local x = ('x'):rep(1 << 20) "
                "require('cjson').encode { x, x }",
                "above 2048 KiB");
}

/* ---- http.serve ---- */

/* The engine's own pages, and what is below them. */
static void a_flow_serves_no_page_of_the_engine(void **state)
{
    static const char *const own[] = {"/webhook", "/webhook/salesiq",
                                      "/admin",   "/admin/x",
                                      "/healthz", "/healthz/x",
                                      "/readyz",  "/readyz/x",
                                      "/metrics", "/metrics/x"};
    static const char *const others[] = {"/webhooks", "/administration",
                                         "/health", "/", "/x/metrics"};
    char code[128];

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        snprintf(code, sizeof(code),
                 "end, http.serve('GET', '%s', function() end), function()",
                 own[i]);
        bind_raises(*state, code, "is the engine's own");
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        snprintf(code, sizeof(code),
                 "end, http.serve('GET', '%s', function() end), function()",
                 others[i]);
        bind_run(*state, code);
    }
}

/* ---- what a job gives that cannot be kept ---- */

static enum usher_outcome done_outcome;
static char done_text[256];
static unsigned done_count;

static void on_done(struct usher_job *job, const void *results, size_t len,
                    unsigned count, enum usher_outcome outcome)
{
    struct usher_reader reader;
    struct usher_buffer json;

    (void)job;
    done_outcome = outcome;
    done_count = count;
    done_text[0] = '\0';
    usher_buffer_init(&json, 0);
    usher_reader_init(&reader, results, len);
    for (unsigned i = 0; i < count; i++) {
        usher_buffer_clear(&json);
        assert_int_equal(usher_value_to_json(&json, &reader, NULL), USHER_OK);
        strncat(done_text, json.data, sizeof(done_text) - 1);
        strcat(done_text, " ");
    }
    usher_buffer_free(&json);
}

static void done(int failed, enum usher_outcome outcome)
{
    struct usher_job job = {.done = on_done};
    struct usher_buffer results;

    usher_buffer_init(&results, 64);
    usher_value_boolean(&results, 1);
    results.failed = failed;
    usher_call_done(&job, &results, 1, outcome);
}

/* A write that was done and whose result is lost is one that nobody knows of;
 * one whose result is only too large was done. */
static void what_cannot_be_kept_is_no_other_outcome(void **state)
{
    (void)state;
    done(0, USHER_OUTCOME_DONE);
    assert_int_equal(done_outcome, USHER_OUTCOME_DONE);
    assert_int_equal(done_count, 1);
    assert_string_equal(done_text, "true ");
    done(USHER_ERR_NOMEM, USHER_OUTCOME_DONE);
    assert_int_equal(done_outcome, USHER_OUTCOME_UNCLEAR);
    assert_int_equal(done_count, 2);
    assert_non_null(strstr(done_text, "\"kind\":\"unclear\""));
    done(USHER_ERR_NOMEM, USHER_OUTCOME_FAILED);
    assert_int_equal(done_outcome, USHER_OUTCOME_FAILED);
    assert_non_null(strstr(done_text, "\"kind\":\"offline\""));
    done(USHER_ERR_LIMIT, USHER_OUTCOME_DONE);
    assert_int_equal(done_outcome, USHER_OUTCOME_DONE);
    assert_non_null(strstr(done_text, "\"kind\":\"rejected\""));
    done(USHER_ERR_LIMIT, USHER_OUTCOME_UNCLEAR);
    assert_int_equal(done_outcome, USHER_OUTCOME_UNCLEAR);
}

/* Nothing comes of it any more, at once or later, and nothing is left. */
static void what_is_cancelled_never_comes(void **state)
{
    static const struct {
        const char *code;
        int steps;
    } cases[] = {
        {"http.get(url .. '/hold')", 1}, {"http.get(url .. '/hold')", 30},
        {"http.get 'nonsense'", 1},      {"zoho.desk.get_call { id = '1' }", 1},
        {"token.refresh()", 1},
    };
    struct bind_world *world = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        world->cancel = cases[i].steps;
        world->deadline_ms = world->zoho->time.steady_ms + 3500;
        assert_int_equal(bind_try(world, cases[i].code), USHER_FIBER_WAITING);
        assert_null(world->job);
        if (world->held)
            usher_request_drop(world->held);
        world->held = NULL;
        for (int step = 0; step < 30; step++)
            usher_loop_step(world->zoho->loop, 1);
        usher_clock_manual_advance(&world->zoho->time, 60000);
        usher_loop_step(world->zoho->loop, 0);
        assert_int_equal(world->journal.len, 0);
    }
}

/* ---- a host's modules ---- */

static int host_calls;

static int host_draw(lua_State *L)
{
    lua_pushinteger(L, ++host_calls);
    lua_pushvalue(L, 1);
    return 2;
}

static int host_twice(lua_State *L)
{
    host_calls++;
    lua_pushinteger(L, 2 * luaL_checkinteger(L, 1));
    return 1;
}

static void host_open(struct usher_module *module, void *user)
{
    assert_string_equal(user, "mine");
    usher_module_add(module, "draw", host_draw, USHER_EFFECT);
    usher_module_add(module, "twice", host_twice, USHER_PURE);
}

/* An effect is journaled and not done again; what is pure is done each time. */
static void a_hosts_effect_is_done_once(void **state)
{
    static char mine[] = "mine";
    static const struct usher_host_module host = {"crm", host_open, mine};
    static const char code[] = "local n, given = crm.draw('x')\n"
                               "assert(n == 1 and given == 'x')\n"
                               "assert(crm.twice(4) == 8)\n"
                               "math.random()";
    struct bind_world *world = *state;
    struct usher_script_module *modules;
    struct usher_error error = {""};
    size_t count, own;

    assert_int_equal(usher_host_modules(&host, 1, &modules, &count, &error),
                     USHER_OK);
    usher_bind_modules(&own);
    assert_int_equal(count, own + 1);
    world->modules = modules;
    world->module_count = count;
    host_calls = 0;
    bind_run(world, code);
    assert_int_equal(host_calls, 2);
    bind_replay(world, code);
    assert_int_equal(host_calls, 3); /* the pure one */
    host_calls = 0;
    bind_run(world, "crm.draw()");
    assert_string_equal(world->begun, "crm.draw ");
    assert_int_equal(world->begun_flags, USHER_EFFECT_CALLS);
    free(modules);
    world->modules = NULL;
}

static void a_hosts_module_takes_no_name_of_ushers(void **state)
{
    static const struct usher_host_module twice[] = {{"crm", host_open, NULL},
                                                     {"crm", host_open, NULL}};
    struct usher_script_module *modules;
    struct usher_error error = {""};
    size_t count, own;
    const struct usher_script_module *mine = usher_bind_modules(&own);

    (void)state;
    for (size_t i = 0; i < own; i++) {
        struct usher_host_module hosts[] = {{"crm", host_open, NULL},
                                            {mine[i].name, host_open, NULL}};

        assert_int_equal(usher_host_modules(hosts, 2, &modules, &count, &error),
                         USHER_ERR_EXISTS);
        assert_null(modules);
        assert_non_null(strstr(error.text, mine[i].name));
    }
    assert_int_equal(usher_host_modules(twice, 2, &modules, &count, &error),
                     USHER_ERR_EXISTS);
    assert_non_null(strstr(error.text, "'crm' already"));
}

static int late_opened;

/* As where the turn has no room for it: not the first time. */
static int late_open(lua_State *L)
{
    if (++late_opened == 1)
        return luaL_error(L, "no room");
    lua_newtable(L);
    lua_pushinteger(L, late_opened);
    lua_setfield(L, -2, "times");
    return 1;
}

static void a_late_module_is_opened_where_it_is_required(void **state)
{
    static const struct usher_script_module module = {"late", late_open,
                                                      USHER_MODULE_LATE, NULL};
    struct bind_world *world = *state;

    world->modules = &module;
    world->module_count = 1;
    late_opened = 0;
    bind_raises(world, "return late", "'late' is a module that this file");
    bind_raises(world, "require 'lat'", "did you mean require \"late\"");
    assert_int_equal(late_opened, 0);
    bind_run(world,
             "local ok, why = pcall(require, 'late')\n"
             "assert(not ok and why:find 'no room')\n"
             "local late = require 'late'\n"
             "assert(late.times == 2 and rawequal(require 'late', late))\n"
             "assert(not pcall(function() late.x = 1 end))\n"
             "assert(not pcall(function() return late.none end))");
    assert_int_equal(late_opened, 2);
    world->modules = NULL;
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(an_effect_has_its_name_and_kind),
        CASE(a_second_begins_below_zero_as_well),
        CASE(what_is_not_given_is_noon),
        CASE(chance_reaches_everywhere),
        CASE(a_line_is_cut_between_letters),
        cmocka_unit_test(words_are_yes_or_no),
        cmocka_unit_test(numbers_are_numbers),
        CASE(json_has_its_bounds),
        CASE(a_flow_serves_no_page_of_the_engine),
        cmocka_unit_test(what_cannot_be_kept_is_no_other_outcome),
        CASE(what_is_cancelled_never_comes),
        CASE(a_hosts_effect_is_done_once),
        CASE(a_late_module_is_opened_where_it_is_required),
        cmocka_unit_test(a_hosts_module_takes_no_name_of_ushers),
    };

    return cmocka_run_group_tests_name("bind_edge", tests, NULL, NULL);
}
