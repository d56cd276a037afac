/* tests/unit/reach_test.c - every C function that a flow can reach stands in
 * reach_list.h with what bounds it, and nothing else stands there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <lauxlib.h>
#include <lualib.h>

#include "bind/bind.h"
#include "flow_run.h"
#include "reach_list.h"
#include "script/script.h"

static const char flow[] =
    "local lpeg = require 'lpeg'\n"
    "return { _G, lpeg = lpeg, re = require 're', cjson = require 'cjson',\n"
    "  text = '', pattern = lpeg.P(1),\n"
    "  ['string.gmatch()'] = string.gmatch('', ''),\n"
    "  ['utf8.codes()'] = utf8.codes '', ['ipairs()'] = ipairs {},\n"
    "  ['pairs()'] = pairs { 1 }, ['pairs() of names'] = pairs { a = 1 } }\n";

/* Gives the names of the C functions in the value, in order, each once; goes
 * through tables and metatables, whatever protects them. */
static const char walker[] =
    "local value = ...\n"
    "local seen, named, found = {}, {}, {}\n"
    "local function walk(path, v)\n"
    "  local kind = type(v)\n"
    "  if kind == 'function' then\n"
    "    if seen[v] or named[path] or debug.getinfo(v, 'S').what ~= 'C' then\n"
    "      return end\n"
    "    seen[v], named[path] = true, true found[#found + 1] = path\n"
    "    return end\n"
    "  local meta = (kind ~= 'string' or path == 'text')\n"
    "    and debug.getmetatable(v)\n"
    "  if (kind ~= 'table' and not meta) or seen[v] then return end\n"
    "  seen[v] = true\n"
    "  if kind == 'table' then local keys = {}\n"
    "    for k in next, v do keys[#keys + 1] = k end\n"
    "    table.sort(keys, function(a, b) return tostring(a) < tostring(b) "
    "end)\n"
    "    for _, k in ipairs(keys) do\n"
    "      local name = tostring(k)\n"
    "      if k == 1 or name == '_G' then name = path\n"
    "      elseif path ~= '' then name = path .. '.' .. name end\n"
    "      walk(name, rawget(v, k)) end end\n"
    "  for k, f in next, meta or {} do\n"
    "    if kind ~= 'table' then walk(path .. '.' .. k, f)\n"
    "    elseif type(f) == 'function' then walk('a table\\'s ' .. k, f) end "
    "end\n"
    "  if meta and type(meta.__index) == 'table' then\n"
    "    walk(path, meta.__index) end\n"
    "end\n"
    "walk('', value)\n"
    "table.sort(found)\n"
    "return table.concat(found, '\\n') .. '\\n'\n";

/* Runs the walker with Lua's own libraries; leaves its text. */
static const char *reached(lua_State *L)
{
    if (luaL_loadstring(L, walker) != LUA_OK)
        fail_msg("%s", lua_tostring(L, -1));
    lua_newtable(L);
    lua_pushcfunction(L, luaopen_base);
    lua_call(L, 0, 1); /* the state's own globals, which flows never see */
    lua_pop(L, 1);
    lua_pop(L, 1);
    luaL_requiref(L, "debug", luaopen_debug, 1);
    luaL_requiref(L, "table", luaopen_table, 1);
    lua_pop(L, 2);
    lua_insert(L, -2); /* walker value */
    if (lua_pcall(L, 1, 1, 0) != LUA_OK)
        fail_msg("%s", lua_tostring(L, -1));
    return lua_tostring(L, -1);
}

static void what_a_flow_reaches_is_the_list(void **state)
{
    struct usher_source sources[2] = {{"init.lua", "return {}", 9},
                                      {"flow.lua", flow, sizeof(flow) - 1}};
    struct usher_script_options options = {
        .sources = sources,
        .source_count = 2,
        .limits = usher_script_limits_default(),
        .folder = "flows",
    };
    struct usher_error error = {""};
    struct usher_script *script;
    char name[64];
    size_t listed = 0;
    int wrong = 0;

    (void)state;
    options.modules = usher_bind_modules(&options.module_count);
    assert_int_equal(usher_script_new(&options, &script, &error), USHER_OK);
    if (usher_script_load(script, &error) != USHER_OK)
        fail_msg("%s", error.text);
    usher_script_module_value(script, "flow");
    for (const char *at = reached(usher_script_lua(script)); *at;) {
        size_t len = strcspn(at, "\n");

        snprintf(name, sizeof(name), "%.*s", (int)len, at);
        at += len + 1;
        while (listed < REACH_COUNT &&
               strcmp(reach_list[listed].name, name) < 0) {
            print_error("not there: %s\n", reach_list[listed++].name);
            wrong++;
        }
        if (listed < REACH_COUNT &&
            strcmp(reach_list[listed].name, name) == 0) {
            listed++;
            continue;
        }
        print_error("not in the list: %s\n", name);
        wrong++;
    }
    assert_int_equal(listed, REACH_COUNT);
    assert_int_equal(wrong, 0);
    usher_script_free(script);
}

/* Calls them all, in tables and alone, with whatever comes, from a seed. */
static const char odd[] =
    "local lpeg, re, json = require 'lpeg', require 're', require 'cjson'\n"
    "local seed = ...\n"
    "local function rnd(n) seed = seed * 1103515245 + 12345 & 0x7fffffff\n"
    "  return seed // 65536 % n + 1 end\n"
    "local liar = setmetatable({}, { __len = function() return 1 << 60 end,\n"
    "  __index = rawlen, __newindex = rawequal, __pairs = pairs,\n"
    "  __lt = rawequal, __concat = rawequal, __tostring = function()\n"
    "  return 1 end, __name = 1, __call = select })\n"
    "local cycle = {} cycle[1] = cycle\n"
    "local v = { false, 0, 1, -1, 2^53, -2^63, math.maxinteger,\n"
    "  math.mininteger, 0/0, 1/0, -1/0, 1.5, '', 'a', '%', '%s%d%q%99.99f',\n"
    "  '%a+(%w', '[', '\\0\\1', ('a'):rep(5000), ('\\0'):rep(70000),\n"
    "  (' '):rep(70000) .. 1, '1e308', '0x', '!%Y', 'i16s4z', {}, { 1, 2, 3 "
    "},\n"
    "  { a = 1 }, cycle, liar, type, tostring, rawlen, function() return 1 "
    "end,\n"
    "  lpeg.P(1), lpeg.P 'a' ^ 1, lpeg.V 'x', lpeg.Cs(1), json.null, string,\n"
    "  '\"A\" <- . A', '!*t', ('('):rep(300), '\\xff\\xfe\\x80', 2^31, 2^32 + "
    "1,\n"
    "  -2^31, ('['):rep(300), { lpeg.V(1) }, { 'x', x = lpeg.V 'x' } }\n"
    "local list = { pcall, xpcall, select, tonumber, tostring, rawget, load,\n"
    "  rawequal, next, pairs, ipairs, setmetatable, getmetatable, require,\n"
    "  function(a, b) return a * b end, function(a, b) return a + b end,\n"
    "  function(a, b) return a - b end, function(a, b) return a ^ b end,\n"
    "  function(a, b) return a / b end, function(a, b) return a .. b end,\n"
    "  function(a, b) return a < b end, function(a) return -a, #a end }\n"
    "for _, m in ipairs { string, table, utf8, lpeg, re, json, math } do\n"
    "  for k, f in pairs(m) do if type(f) == 'function' and k ~= 'random' "
    "then\n"
    "    list[#list + 1] = f end end end\n"
    "for _ = 1, 300 do local n, f = #v, list[rnd(#list)]\n"
    "  local ok, got = pcall(f, v[rnd(n)], v[rnd(n)], v[rnd(n)], v[rnd(n)])\n"
    "  if ok and got ~= nil and rnd(4) == 1 then v[rnd(n)] = got end end\n"
    "return 'lives'\n";

static void odd_arguments_end_a_turn_at_most(void **state)
{
    struct flow_run run;
    char code[sizeof(odd) + 64];
    int lives = 0;

    (void)state;
    flow_run_init(&run);
    run.modules = usher_bind_modules(&run.module_count);
    for (int seed = 1; seed <= 150; seed++) {
        const char *at = strstr(odd, "...");

        snprintf(code, sizeof(code), "%.*s%d%s", (int)(at - odd), odd, seed,
                 at + 3);
        if (flow_run(&run, code) == USHER_FIBER_FAILED)
            fail_msg("seed %d: %s", seed, run.out);
        lives += strcmp(run.out, "lives") == 0;
    }
    assert_true(lives > 50); /* the others came to their limits */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_flow_reaches_is_the_list),
        cmocka_unit_test(odd_arguments_end_a_turn_at_most),
    };

    return cmocka_run_group_tests_name("reach", tests, NULL, NULL);
}
