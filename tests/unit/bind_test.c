/* tests/unit/bind_test.c - the modules that need no network: clock, os, math,
 * log, config, cjson, lpeg, re. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bind_world.h"
#include "fail_alloc.h"

static const char *const settings[] = {"DESK_DEPARTMENT_ID=6907",
                                       "CRM_URL=https://crm.example.com",
                                       "CRM_LIMIT=40",
                                       "CRM_ON=yes",
                                       "CRM_API_KEY=k3y-of-crm",
                                       "HIDDEN_THING=x",
                                       "CRM_BAD=many",
                                       NULL};

static int setup(void **state)
{
    struct bind_world *world = bind_world_new(settings);

    world->settings =
        "{ 'CRM_URL', { 'CRM_LIMIT', default = 20, about = 'how many' }, "
        "{ 'CRM_ON', default = false }, { 'CRM_PAGE', default = 'one' }, "
        "{ 'CRM_API_KEY', required = true }, 'CRM_GONE', 'NO_SUCH_TOKEN', "
        "{ 'CRM_BAD', default = 1 } }";
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    bind_world_free(*state);
    return 0;
}

/* ---- the time ---- */

static void the_time_is_the_clocks_and_comes_again_in_a_replay(void **state)
{
    static const char code[] =
        "assert(clock.now() == 1774500000.25)\n"
        "assert(os.time() == 1774500000 and math.type(os.time()) == 'integer')"
        "\nassert(os.date('%Y-%m-%d %H:%M:%S') == '2026-03-26 04:40:00')\n"
        "assert(os.clock() == 12.5)";
    struct bind_world *world = *state;

    world->zoho->time.wall_ms = WORLD_START + 250;
    world->zoho->time.steady_ms = 12500;
    bind_run(world, code);
    usher_clock_manual_advance(&world->zoho->time, 86400000);
    bind_replay(world, code);
}

static void os_counts_in_utc_whatever_the_machine_does(void **state)
{
    struct bind_world *world = *state;

    assert_int_equal(setenv("TZ", "Asia/Kolkata", 1), 0);
    bind_run(world,
             "local t = { year = 2026, month = 3, day = 25, hour = 9 }\n"
             "assert(os.time(t) == 1774429200)\n"
             "assert(t.wday == 4 and t.yday == 84 and t.isdst == false)\n"
             "assert(os.time { year = 2026, month = 14, day = -1 } == "
             "os.time { year = 2027, month = 1, day = 30 })\n"
             "assert(os.time { year = 1969, month = 12, day = 31, hour = 23, "
             "min = 59, sec = 59 } == -1)\n"
             "assert(os.date('%H:%M', 1774429200) == '09:00')\n"
             "assert(os.date('!%c', 0) == 'Thu Jan  1 00:00:00 1970')\n"
             "assert(os.date('*t', 1774429200).hour == 9)\n"
             "assert(os.date('!*t', 1774429200).wday == 4)\n"
             "assert(os.date('100%%', 0) == '100%')\n"
             "assert(os.difftime(5, 3) == 2)\n"
             "assert(not pcall(function() return os.getenv end))\n"
             "assert(not pcall(function() return os.exit end))");
    assert_int_equal(unsetenv("TZ"), 0);
    bind_raises(world, "os.time { year = 2026, month = 3 }",
                "'day' is missing");
    bind_raises(world, "os.time { year = 1 << 40, month = 3, day = 1 }",
                "out of bounds");
    bind_raises(world, "os.date('%Q', 0)", "'%Q' is no conversion");
    bind_raises(world, "os.date('%', 0)", "no conversion");
    bind_raises(world, "os.date('%Ez', 0)", "no conversion");
    bind_raises(world, "os.date('%c', 1 << 60)", "out of bounds");
}

static void zones_are_in_the_clock(void **state)
{
    bind_run(*state, "assert(clock.fields(0, 'Asia/Kolkata').hour == 5)\n"
                     "assert(clock.zone 'Mars/Olympus' == nil)");
}

/* ---- random numbers ---- */

static void random_has_the_forms_of_lua(void **state)
{
    struct bind_world *world = *state;

    bind_run(world,
             "for i = 1, 200 do\n"
             "  local f = math.random()\n"
             "  assert(f >= 0 and f < 1 and math.type(f) == 'float')\n"
             "  local n = math.random(6)\n"
             "  assert(n >= 1 and n <= 6 and math.type(n) == 'integer')\n"
             "  n = math.random(-3, 3)\n"
             "  assert(n >= -3 and n <= 3)\n"
             "end\n"
             "assert(math.type(math.random(0)) == 'integer')\n"
             "assert(math.random(7, 7) == 7)\n"
             "local seen = {}\n"
             "for i = 1, 200 do seen[math.random(3)] = true end\n"
             "assert(seen[1] and seen[2] and seen[3])\n"
             "math.random(math.mininteger, math.maxinteger)\n"
             "assert(not pcall(function() return math.randomseed end))\n"
             "assert(math.floor(1.5) == 1)");
    bind_raises(world, "math.random(2, 1)", "interval is empty");
    bind_raises(world, "math.random(-1)", "interval is empty");
    bind_raises(world, "math.random(1, 2, 3)", "wrong number of arguments");
    bind_raises(world, "math.random('x')", "number expected");
}

static void random_numbers_come_again_in_a_replay(void **state)
{
    struct bind_world *world = *state;
    static const char code[] =
        "local drawn = {} for i = 1, 5 do drawn[i] = math.random(1 << 40) end\n"
        "clock.now() log.info(table.concat(drawn, '-'))";
    char first[256];
    const char *at;

    bind_run(world, code);
    at = strstr(world->zoho->logged, "event=");
    assert_non_null(at);
    snprintf(first, sizeof(first), "%.*s", (int)strcspn(at, " \n"), at);
    assert_int_equal(world_logged(world->zoho, first), 1);
    bind_replay(world, code);
    assert_int_equal(world_logged(world->zoho, first), 2);
}

static void effects_cannot_be_used_while_files_load(void **state)
{
    struct bind_world *world = *state;

    /* The code ends the function, does its work at load time, and begins
     * another function. */
    bind_raises(world, "end, clock.now(), function()", "while a file loads");
    bind_raises(world, "end, config.PORT, function()", "while a file loads");
    bind_raises(world, "end, math.random(), function()", "while a file loads");
    bind_raises(world, "end, http.get('http://x'), function()",
                "while a file loads");
    bind_raises(world, "end, token.refresh(), function()",
                "while a file loads");
}

/* ---- the log ---- */

static void a_line_has_place_message_and_fields_in_order(void **state)
{
    struct bind_world *world = *state;

    bind_run(world, "\nlog.warn('call booked', { zebra = 1, call = '42', "
                    "yes = true, list = { 1, 'b' } })");
    assert_int_equal(world_logged(world->zoho, "level=warn area=flow"), 1);
    assert_int_equal(world_logged(world->zoho, "flows/flow.lua:2"), 1);
    assert_non_null(strstr(world->zoho->logged, "call=42 list="));
    assert_non_null(strstr(world->zoho->logged, "yes=true zebra=1"));
    bind_run(world, "log.info('x', { ['#a'] = '5', b = 1.5, ['#c'] = 2 })");
    assert_non_null(strstr(world->zoho->logged, "_a=5 _c=2 b=1.5"));
    bind_run(world, "log.info(12) log.error(nil) log.info({})");
    assert_int_equal(world_logged(world->zoho, "level=error"), 1);
}

static void the_log_is_silent_in_replay_and_bounded(void **state)
{
    static const char code[] = "log.info 'before' clock.now() log.info 'after'";
    struct bind_world *world = *state;

    bind_run(world, code);
    assert_int_equal(world_logged(world->zoho, "before"), 1);
    bind_replay(world, code);
    assert_int_equal(world_logged(world->zoho, "before"), 1);
    assert_int_equal(world_logged(world->zoho, "after"), 2);
    bind_run(world, "local f = {} for i = 1, 300 do f['k' .. i] = "
                    "('v'):rep(2000) end log.info(('m'):rep(100000), f)");
    bind_run(world, "local f = {} for i = 10, 60 do f['k' .. i] = i end "
                    "log.info('the first twelve', f)");
    assert_int_equal(world_logged(world->zoho, "k10=10 k11=11 k12=12 k13=13 "
                                               "k14=14 k15=15 k16=16 k17=17 "
                                               "k18=18 k19=19 k20=20 k21=21\n"),
                     1);
    bind_raises(world, "log.info('x', 5)", "log.info: fields must be a table");
    bind_raises(world, "log.info()", "value expected");
}

static const char *the_conversation(lua_State *L)
{
    (void)L;
    return "siq:7";
}

static void a_line_names_its_conversation(void **state)
{
    struct bind_world *world = *state;

    world->bind.conversation = the_conversation;
    bind_run(world, "log.info 'x'");
    assert_int_equal(world_logged(world->zoho, "conversation=siq:7"), 1);
}

static void the_log_works_while_files_load(void **state)
{
    struct bind_world *world = *state;

    bind_run(world, "end, log.info('loading'), function()");
    assert_int_equal(world_logged(world->zoho, "loading"), 1);
}

/* ---- settings ---- */

static void settings_have_the_type_of_their_default(void **state)
{
    struct bind_world *world = *state;

    bind_run(world, "assert(config.CRM_URL == 'https://crm.example.com')\n"
                    "assert(config.CRM_LIMIT == 40)\n"
                    "assert(config.CRM_ON == true)\n"
                    "assert(config.CRM_PAGE == 'one')\n"
                    "assert(config.CRM_GONE == nil)\n"
                    "assert(config.DESK_DEPARTMENT_ID == '6907')\n"
                    "assert(config.PORT == 8000)\n"
                    "assert(require 'config' == config)");
    bind_raises(world, "return config.CRM_BAD",
                "must be a number, not \"many\"");
    bind_raises(world, "return config.HIDDEN_THING",
                "config.HIDDEN_THING is not declared: add \"HIDDEN_THING\" to "
                "settings in flows/init.lua");
    bind_raises(world, "config.PORT = 1", "read-only");
    world->settings = NULL;
    bind_raises(world, "return config.CRM_URL", "is not declared");
    bind_run(world, "assert(config.PORT == 8000)");
}

/* What raises, raises in a replay, and what is silent there does the same. */
static void a_replay_meets_the_same_effects(void **state)
{
    static const char *const codes[] = {
        "local ok, why = pcall(function() return config.CRM_BAD end)\n"
        "assert(not ok and why:find 'must be a number') math.random()",
        "log.info(setmetatable({}, { __tostring = function()\n"
        "  return tostring(os.time()) end })) math.random()",
        "log.info('x', { a = setmetatable({}, { __tostring = function()\n"
        "  return tostring(os.time()) end }) }) math.random()",
    };
    struct bind_world *world = *state;

    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        bind_run(world, codes[i]);
        bind_replay(world, codes[i]);
    }
}

static void a_list_that_is_wrong_is_told(void **state)
{
    struct bind_world *world = *state;

    world->settings = "{ 5 }";
    bind_raises(world, "", "settings[1] in init.lua must be a name");
    world->settings = "'CRM_URL'";
    bind_raises(world, "", "settings in init.lua must be a list of names");
    world->settings = "{ { 'A', default = {} } }";
    bind_raises(world, "", "a default must be a text");
    world->settings = "{ { 'A', about = 5 } }";
    bind_raises(world, "", "about must be a text");
}

static void secrets_are_opaque(void **state)
{
    static const char code[] =
        "local key = config.CRM_API_KEY\n"
        "assert(tostring(key) == '[secret]')\n"
        "assert(tostring('Bearer ' .. key) == '[secret]')\n"
        "assert(tostring(key .. key) == '[secret]')\n"
        "assert(('%s'):format(key) == '[secret]')\n"
        "assert(getmetatable(key) == false)\n"
        "assert(not pcall(function() return key.text end))\n"
        "assert(not pcall(function() return #key end))\n"
        "assert(not pcall(function() return key:sub(1) end))\n"
        "assert(not pcall(function() return key .. {} end))\n"
        "assert(not pcall(function() return '\\1PORT\\1' .. key end))\n"
        "assert(not pcall(string.byte, key))\n"
        "assert(config.NO_SUCH_TOKEN == nil)\n"
        "assert(tostring(config.OAUTH_CLIENT_SECRET or 'none') == 'none')\n"
        "log.info('it is', { key = key })";
    struct bind_world *world = *state;

    bind_run(world, code);
    assert_null(
        memmem(world->journal.data, world->journal.len, "k3y-of-crm", 10));
    bind_replay(world, code);
    assert_int_equal(world_logged(world->zoho, "k3y-of-crm"), 0);
}

static void wish_note(void *user, const struct usher_wish *wish)
{
    char *out = user;
    size_t used = strlen(out);

    snprintf(out + used, 256 - used, "%s%s%s%s%s ", wish->name,
             wish->required ? "!" : "", wish->has_default ? "=" : "",
             wish->about ? ":" : "", wish->about ? wish->about : "");
}

static void what_was_declared_is_listed_in_order(void **state)
{
    struct usher_script_options options = {
        .limits = usher_script_limits_default(), .folder = "flows"};
    struct usher_script *script;
    char seen[256] = "";
    lua_State *L;

    (void)state;
    assert_int_equal(usher_script_new(&options, &script, NULL), USHER_OK);
    L = usher_script_lua(script);
    usher_bind_each_setting(L, wish_note, seen);
    assert_string_equal(seen, "");
    lua_newtable(L);
    lua_pushliteral(L, "A");
    lua_rawseti(L, -2, 1);
    lua_newtable(L);
    lua_pushliteral(L, "B");
    lua_rawseti(L, -2, 1);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "default");
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, "required");
    lua_pushliteral(L, "what for");
    lua_setfield(L, -2, "about");
    lua_rawseti(L, -2, 2);
    lua_newtable(L);
    lua_insert(L, -2);
    lua_setfield(L, -2, "settings");
    assert_int_equal(usher_bind_allow_settings(L, -1, NULL), USHER_OK);
    usher_bind_each_setting(L, wish_note, seen);
    assert_string_equal(seen, "A B!=:what for ");
    assert_int_equal(lua_gettop(L), 1);
    usher_script_free(script);
}

/* ---- libraries ---- */

static void json_is_written_in_one_order_and_read_exactly(void **state)
{
    struct bind_world *world = *state;

    bind_run(
        world,
        "local json = require 'cjson'\n"
        "local text = json.encode { b = 1, a = { 1, 2.5, 'x\"/\\n' }, c = "
        "{}, n = json.null, t = true, [10] = 'ten' }\n"
        "assert(text == '{\"10\":\"ten\",\"a\":[1,2.5,\"x\\\\\"/\\\\n\"],"
        "\"b\":1,\"c\":{},\"n\":null,\"t\":true}', text)\n"
        "local v = json.decode '{\"id\":310000000006907,\"f\":1.5,\"n\":"
        "null,\"l\":[1,[2]],\"s\":\"1\"}'\n"
        "assert(math.type(v.id) == 'integer' and v.f == 1.5)\n"
        "assert(v.n == json.null and v.l[2][1] == 2 and v.s == '1')\n"
        "assert(tostring(v.l[1]) == '1')\n"
        "assert(json.encode(json.decode('[]')) == '{}')\n"
        "assert(json.encode 'x' == '\"x\"' and json.encode(nil) == 'null')\n"
        "assert(not pcall(function() return json.new end))\n"
        "assert(not pcall(function() return json.encode_max_depth end))");
    bind_raises(world, "require('cjson').decode('{')", "Expected");
    bind_raises(world, "require('cjson').decode(5)", "must be a text");
    bind_raises(world, "require('cjson').decode(('['):rep(100))", "nested");
    bind_raises(world, "require('cjson').encode(print)", "no 'print'");
    bind_raises(world, "require('cjson').encode(pairs)", "no function");
    bind_raises(world, "require('cjson').encode(0/0)", "no nan");
    bind_raises(world, "local t = {} t.t = t require('cjson').encode(t)",
                "a cycle");
    bind_raises(world, "require('cjson').encode { [true] = 1 }",
                "a name in JSON");
}

static void lpeg_and_re_are_there_and_out_of_reach(void **state)
{
    struct bind_world *world = *state;

    bind_run(world,
             "local lpeg, re = require 'lpeg', require 're'\n"
             "local digits = lpeg.C(lpeg.R '09' ^ 1)\n"
             "assert(digits:match '123x' == '123')\n"
             "assert(lpeg.match(digits * -1, '123x') == nil)\n"
             "assert(re.match('key=12', '{%a+} \"=\" {%d+}') == 'key')\n"
             "assert(re.find('abc', '\"c\"') == 3)\n"
             "assert(re.gsub('a b', '%s', '-') == 'a-b')\n"
             "assert(getmetatable(digits) == false)\n"
             "assert(not pcall(function() return lpeg.setmaxstack end))\n"
             "assert(not pcall(function() return re.updatelocale end))\n"
             "assert(not pcall(function() lpeg.P = nil end))");
    bind_raises(world, "require('re').compile('(')", "");
}

static void without_memory_nothing_leaks(void **state)
{
    static const char code[] =
        "local json = require 'cjson'\n"
        "local key = 'Bearer ' .. config.CRM_API_KEY .. '!'\n"
        "log.info('a ' .. tostring(key), { a = { 1, { [('k'):rep(100)] = 2 } "
        "}, c = 'x' })\n"
        "local text = json.encode { a = { 1, 2 }, b = { c = 'x' } }\n"
        "assert(json.decode(text).b.c == 'x')\n"
        "assert(os.date('%Y', os.time()) == '2026' and config.CRM_LIMIT == 40)"
        "\nlocal l = require 'lpeg'\n"
        "local p = l.P { 'a', a = l.Cs((l.V 'd' / { x = 'y' } + 'z') ^ 0) * "
        "#l.P ';' * -l.P 'q', d = l.C(l.S 'xw' - 'w') / '%1' / 0 }\n"
        "assert(p:match 'zxz;' == 'zyz')";
    struct bind_world *world = *state;

    /* Lua tries a failed allocation again after a collection, so both ways:
     * one that fails, and a state that is full. */
    for (unsigned long n = 1;; n++) {
        fail_alloc_at(n);
        bind_try(world, code);
        if (!fail_alloc_off())
            break;
        if (strstr(world->message, "assert"))
            fail_msg("allocation %lu: %s", n, world->message);
    }
    bind_fill(world, code, 97);
    bind_run(world, code);
}

/* A thousand allocations, in Lua and in functions of lpeg that
 * were tried above: every so many of them. */
static void without_memory_re_is_not_half_there(void **state)
{
    static const char code[] =
        "assert(require('re').match('12', '{%d+}') == '12')";
    struct bind_world *world = *state;

    for (world->fail_at = 1;; world->fail_at += 13) {
        bind_try(world, code);
        if (!fail_alloc_off())
            break;
        assert_null(strstr(world->message, "assert"));
    }
    assert_true(world->fail_at > 50);
    world->fail_at = 0;
    bind_fill(world, code, 997);
    bind_run(world, code);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(the_time_is_the_clocks_and_comes_again_in_a_replay),
        CASE(os_counts_in_utc_whatever_the_machine_does),
        CASE(zones_are_in_the_clock),
        CASE(random_has_the_forms_of_lua),
        CASE(random_numbers_come_again_in_a_replay),
        CASE(effects_cannot_be_used_while_files_load),
        CASE(a_line_has_place_message_and_fields_in_order),
        CASE(the_log_is_silent_in_replay_and_bounded),
        CASE(a_line_names_its_conversation),
        CASE(the_log_works_while_files_load),
        CASE(settings_have_the_type_of_their_default),
        CASE(a_replay_meets_the_same_effects),
        CASE(a_list_that_is_wrong_is_told),
        CASE(secrets_are_opaque),
        cmocka_unit_test(what_was_declared_is_listed_in_order),
        CASE(json_is_written_in_one_order_and_read_exactly),
        CASE(lpeg_and_re_are_there_and_out_of_reach),
        CASE(without_memory_nothing_leaks),
        CASE(without_memory_re_is_not_half_there),
    };

    return cmocka_run_group_tests_name("bind", tests, NULL, NULL);
}
