/* tests/unit/reach_test.c - every function that a flow can reach stands in
 * reach_list.h with what bounds it, and nothing else stands there; and no table
 * of the engine's own can be written. */
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
#include "turn_world.h"

/* What the engine gives a flow, and what that gives, is kept for the test. The
 * names of the modules stand before it. */
static const char keep[] =
    "local kept = { _G }\n"
    "for i = 1, #names do kept[names[i]] = require(names[i]) end\n"
    "for name in ('_G io debug package coroutine usher.web cjson.safe '\n"
    "  .. 'parse.yes_no engine chat'):gmatch '%S+' do\n"
    "  local is_there, module = pcall(require, name)\n"
    "  if is_there then kept[name] = module end end\n"
    "local lpeg, meta = require 'lpeg',\n"
    "  { own = true, __index = { own = true } }\n"
    "kept.text, kept.pattern = '', lpeg.P(1)\n"
    "kept['re.compile()'] = require 're'.compile \"'a'\"\n"
    "kept['string.gmatch()'] = string.gmatch('', '')\n"
    "kept['utf8.codes()'], kept['ipairs()'] = utf8.codes '', ipairs {}\n"
    "kept['pairs()'] = pairs { 1 }\n"
    "kept['pairs() of names'] = pairs { a = 1 }\n"
    "kept['a metatable'] = setmetatable({}, meta) and meta\n"
    "kept['another one'] = setmetatable({ own = true },\n"
    "  setmetatable(meta.__index,\n"
    "    { own = true, __index = rawlen, __call = rawlen }))\n"
    "kept['another one'] = setmetatable({}, kept['another one'])\n"
    "return function(name, ...)\n"
    "  if not name then return kept, getmetatable end\n"
    "  if kept[name] == nil then kept[name] = table.pack(...) end\n"
    "  return ...\n"
    "end\n";

static const struct turn_flow flows[] = {
    {"init.lua",
     "return { apology = 'sorry', tasks = { 'job' },\n"
     "  flows = { { 'first', fallback = true, triggers = {\n"
     "    function(...) require 'keep'('trigger', ...) end } } } }\n"},
    {"first.lua",
     "local keep, json = require 'keep', require 'cjson'\n"
     "local function find(...) keep('find', ...) return true end\n"
     "return function(chat)\n"
     "  local task = chat:task('job', { list = { 1 } })\n"
     "  keep('chat', chat, chat.message, chat.visitor, chat.memory)\n"
     "  keep('transcript', chat:transcript())\n"
     "  keep('task handle', task, chat:begun(task.id), task:wait(0))\n"
     "  keep('answer', http.get 'http://out/x')\n"
     "  keep('no answer', http.get 'http://none/x')\n"
     "  keep('calls', zoho.desk.list_calls {})\n"
     "  keep('no call', zoho.desk.get_call { id = '1' })\n"
     "  keep('token', token.status())\n"
     "  keep('secret', config.OAUTH_CLIENT_SECRET)\n"
     "  keep('joined', 'Bearer ' .. config.OAUTH_CLIENT_SECRET)\n"
     "  keep('json', json.decode '{\"a\":[null,{}]}')\n"
     "  keep('error', select(2, pcall(error, {})))\n"
     "  keep('load', load 'return 1')\n"
     "  keep('time', clock.fields(0, 'UTC'), os.date '*t')\n"
     "  local lpeg = require 'lpeg'\n"
     "  keep('captured', (lpeg.Ct(lpeg.Cc {})):match '')\n"
     "  lpeg.Cmt(1, function(...) keep('Cmt', ...) end):match 'a'\n"
     "  chat:ask { 'Name?', find = find }\n"
     "  chat:confirm { 'Sure?', find = find }\n"
     "  chat:say 'end'\n"
     "end\n"},
    {"job.lua", "return function(task)\n"
                "  require 'keep'('task', task, task.args, task.memory)\n"
                "  return true\nend\n"},
    {"keep.lua", NULL},
    {NULL, NULL},
};

/* Gives the names of the functions in the value, the flows' own excepted, and
 * of the kinds of userdata, in order; goes through tables and metatables,
 * whatever protects them. A C function that many tables have as the same
 * metamethod is named once.
 *
 * Held is what a flow can get hold of itself: the second text names the tables
 * of those which the engine's own functions lead to and which
 * can be written, so that one conversation would change another. */
static const char walker[] =
    "local own_getmetatable, c, value = ...\n"
    "local seen, named, found, held = {}, {}, {}, {}\n"
    "local walk\n"
    "local function is_flows(f)\n"
    "  return debug.getinfo(f, 'S').source:find '^@flows/'\n"
    "    or debug.getinfo(f, 'S').source == 'return 1' end\n"
    "local function note(path)\n"
    "  if not named[path] then\n"
    "    named[path] = true found[#found + 1] = path end end\n"
    "local function sorted(t) local keys = {}\n"
    "  for k in next, t do keys[#keys + 1] = k end\n"
    "  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)\n"
    "  return ipairs(keys) end\n"
    "local function below(path, k)\n"
    "  local name = tostring(k)\n"
    "  if k == 1 or name == '_G' then return path end\n"
    "  return path == '' and name or path .. '.' .. name end\n"
    "local function inside(path, t)\n"
    "  for _, k in sorted(t) do\n"
    "    walk(below(path, k), k) walk(below(path, k), rawget(t, k)) end end\n"
    "local function metamethods(path, v, meta)\n"
    "  if path == '' then path = '_G' end\n"
    "  for _, k in sorted(meta) do local f = meta[k]\n"
    "    if type(f) == 'function' then\n"
    "      local same = c(f) and tostring(c(f)) .. tostring(k)\n"
    "      if type(v) ~= 'table' or not named[same or f] then\n"
    "        if same then named[same] = true end\n"
    "        walk(path .. '.' .. tostring(k), f) end end end end\n"
    "function walk(path, v)\n"
    "  local kind = type(v)\n"
    "  if kind == 'function' then\n"
    "    if not seen[v] and not is_flows(v) then\n"
    "      seen[v] = path note(path) end\n"
    "    return end\n"
    "  if kind == 'thread' then return note(path .. ' (thread)') end\n"
    "  local meta = (kind ~= 'string' or path == 'text')\n"
    "    and debug.getmetatable(v)\n"
    "  if kind == 'userdata' and not seen[meta or kind] then\n"
    "    seen[meta or kind] = true note(path .. ' (userdata)') end\n"
    "  if (kind ~= 'table' and not meta) or seen[v] then return end\n"
    "  seen[v] = path\n"
    "  if kind == 'table' then held[v] = path inside(path, v) end\n"
    "  if not meta then return end\n"
    "  metamethods(path, v, meta)\n"
    "  local got = own_getmetatable(v)\n"
    "  if type(got) == 'table' then walk(path .. ' (metatable)', got) end\n"
    "  local index = meta.__index\n"
    "  if c(index) then -- with the methods' table, as chat's\n"
    "    for i = 1, 255 do local name, up = debug.getupvalue(index, i)\n"
    "      if not name then break end\n"
    "      if type(up) == 'table' then inside(path, up) end end end\n"
    "  while type(index) == 'table' do\n"
    "    inside(path, index)\n"
    "    local next_meta = debug.getmetatable(index)\n"
    "    if next_meta then metamethods(path, index, next_meta) end\n"
    "    index = next_meta and next_meta.__index end\n"
    "end\n"
    "walk('', value)\n"
    "table.sort(found)\n"
    "local open, gone = {}, {}\n"
    "local function look(v)\n"
    "  local kind = type(v)\n"
    "  if kind ~= 'table' and kind ~= 'function' or gone[v] then return end\n"
    "  if kind == 'function' and is_flows(v) then return end\n"
    "  gone[v] = true\n"
    "  if kind == 'function' then\n"
    "    for i = 1, 255 do local name, up = debug.getupvalue(v, i)\n"
    "      if not name then return end\n"
    "      look(up) look(debug.getmetatable(up)) end end\n"
    "  if held[v] and not rawget(v, 'own')\n"
    "    and pcall(function() v.reached = 1 end) then\n"
    "    open[#open + 1] = held[v] end\n"
    "  look(debug.getmetatable(v))\n"
    "  for k, up in next, v do look(k) look(up) end\n"
    "end\n"
    "for f in next, seen do if type(f) == 'function' then look(f) end end\n"
    "for v in next, held do look(debug.getmetatable(v)) end\n"
    "table.sort(open)\n"
    "return table.concat(found, '\\n') .. '\\n', table.concat(open, ', ')\n";

/* The C function behind a value, or nil. */
static int c_function(lua_State *L)
{
    lua_CFunction function = lua_tocfunction(L, 1);

    if (!function)
        return 0;
    lua_pushfstring(L, "%p", (void *)(uintptr_t)function);
    return 1;
}

/* Runs the walker with Lua's own libraries over what the flows kept; leaves
 * its two texts. */
static void reach(struct usher_script *script)
{
    lua_State *L = usher_script_lua(script);

    assert_true(usher_script_module_value(script, "keep"));
    if (lua_pcall(L, 0, 2, 0) != LUA_OK) /* kept getmetatable */
        fail_msg("%s", lua_tostring(L, -1));
    lua_pushcfunction(L, luaopen_base);
    lua_call(L, 0, 0); /* the state's own globals, which flows never see */
    luaL_requiref(L, "debug", luaopen_debug, 1);
    luaL_requiref(L, "table", luaopen_table, 1);
    lua_pop(L, 2);
    if (luaL_loadstring(L, walker) != LUA_OK)
        fail_msg("%s", lua_tostring(L, -1));
    lua_insert(L, -3);
    lua_insert(L, -2); /* walker getmetatable kept */
    lua_pushcfunction(L, c_function);
    lua_insert(L, -2);
    if (lua_pcall(L, 3, 2, 0) != LUA_OK)
        fail_msg("%s", lua_tostring(L, -1));
}

/* How many names stand in one of the two only. */
static int differences(const char *at)
{
    char name[64];
    size_t listed = 0;
    int wrong = 0;

    while (*at || listed < REACH_COUNT) {
        size_t len = strcspn(at, "\n");
        int order;

        snprintf(name, sizeof(name), "%.*s", (int)len, at);
        order = !*at                    ? -1
                : listed == REACH_COUNT ? 1
                                        : strcmp(reach_list[listed].name, name);
        if (order < 0)
            print_error("not there: %s\n", reach_list[listed].name);
        else if (order > 0)
            print_error("not in the list: %s\n", name);
        wrong += order != 0;
        listed += order <= 0;
        at += order >= 0 ? len + 1 : 0;
    }
    return wrong;
}

static void what_a_flow_reaches_is_the_list(void **state)
{
    struct turn_flow all[sizeof(flows) / sizeof(flows[0])];
    const struct usher_script_module *modules;
    struct turn_world *world;
    char code[4096] = "local names = { ";
    size_t count;
    lua_State *L;

    (void)state;
    modules = usher_bind_modules(&count);
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(code);

        snprintf(code + used, sizeof(code) - used, "'%s', ", modules[i].name);
    }
    strcat(strcat(code, "}\n"), keep);
    memcpy(all, flows, sizeof(flows));
    all[sizeof(flows) / sizeof(flows[0]) - 2].text = code;
    world = turn_world_new(all, 0);
    assert_non_null(strstr(turn_ask(world, "c", "Hello"), "Name?"));
    assert_non_null(strstr(turn_ask(world, "c", "Ann"), "Sure?"));
    assert_non_null(strstr(turn_ask(world, "c", "yes"), "end"));
    turn_wait(world, 60000);
    assert_string_equal(turn_task(world, "job"), "done 0");
    reach(usher_stage_script(world->stage));
    L = usher_script_lua(usher_stage_script(world->stage));
    assert_string_equal(lua_tostring(L, -1), "");
    assert_int_equal(differences(lua_tostring(L, -2)), 0);
    lua_pop(L, 2);
    turn_world_free(world);
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
    run.limits.instructions /= 10; /* more turns come to their end by them */
    run.limits.match_steps /= 10;
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
