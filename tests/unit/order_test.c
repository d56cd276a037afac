/* tests/unit/order_test.c - pairs and next in their stable order. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <string.h>

#include "script/order.h"
#include "script/script.h"

/* keys(t) joins the keys that pairs gives; chain(t) those that next gives. */
static const char *const prelude =
    "local function text(k)\n"
    "  return type(k) == 'string' and string.format('%q', k)\n"
    "    or math.type(k) == 'integer' and ('%d'):format(k) or tostring(k)\n"
    "end\n"
    "function keys(t)\n"
    "  local r = {}\n"
    "  for k, v in pairs(t) do\n"
    "    assert(v == rawget(t, k)) r[#r + 1] = text(k)\n"
    "  end\n"
    "  return table.concat(r, ' ')\n"
    "end\n"
    "function chain(t)\n"
    "  local r = {}\n"
    "  local k, v = next(t)\n"
    "  while k ~= nil do\n"
    "    assert(v == rawget(t, k)) r[#r + 1] = text(k) k, v = next(t, k)\n"
    "  end\n"
    "  return table.concat(r, ' ')\n"
    "end\n";

static int setup(void **state)
{
    struct usher_script_options options = {
        .limits = usher_script_limits_default(),
    };
    struct usher_script *script = NULL;
    struct usher_error error;
    lua_State *L;

    options.limits.instructions = 1000000;
    options.limits.cpu_ms = 1000 * 1000;
    assert_int_equal(usher_script_new(&options, &script, &error), USHER_OK);
    L = usher_script_lua(script);
    luaL_openlibs(L);
    lua_register(L, "pairs", usher_order_pairs);
    lua_register(L, "next", usher_order_next);
    if (luaL_dostring(L, prelude) != LUA_OK)
        fail_msg("%s", lua_tostring(L, -1));
    *state = script;
    return 0;
}

static int teardown(void **state)
{
    usher_script_free(*state);
    return 0;
}

static const char *run(struct usher_script *script, const char *chunk)
{
    lua_State *L = usher_script_lua(script);

    if (luaL_dostring(L, chunk) != LUA_OK)
        fail_msg("%s: %s", chunk, lua_tostring(L, -1));
    return lua_tostring(L, -1);
}

static void assert_raises(struct usher_script *script, const char *chunk,
                          const char *message)
{
    lua_State *L = usher_script_lua(script);

    if (luaL_dostring(L, chunk) == LUA_OK)
        fail_msg("%s: no error", chunk);
    if (strstr(lua_tostring(L, -1), message) == NULL)
        fail_msg("%s: %s", chunk, lua_tostring(L, -1));
}

static const char *const mixed =
    "local t = { [true] = 1, [false] = 2, b = 3, a = 4, [''] = 5, aa = 6,\n"
    "  ['a\\0b'] = 7, ['\\255'] = 8, [2] = 9, [1] = 10, [-3] = 11,\n"
    "  [0.5] = 12, [-0.5] = 13, [1e300] = 14, [math.huge] = 15,\n"
    "  [-math.huge] = 16, [math.maxinteger] = 17, [math.mininteger] = 18,\n"
    "  [2^53] = 19, [2^63] = 20, [0] = 21, B = 22, ['10'] = 23 }\n";
static const char *const mixed_keys =
    "-inf -9223372036854775808 -3 -0.5 0 0.5 1 2 9007199254740992 "
    "9223372036854775807 9.2233720368548e+18 1e+300 inf "
    "\"\" \"10\" \"B\" \"a\" \"a\\0b\" \"aa\" \"b\" \"\xff\" false true";

static void numbers_then_strings_then_booleans(void **state)
{
    lua_State *L = usher_script_lua(*state);

    run(*state, lua_pushfstring(L, "%s return keys(t)", mixed));
    assert_string_equal(lua_tostring(L, -1), mixed_keys);
    run(*state, lua_pushfstring(L, "%s return chain(t)", mixed));
    assert_string_equal(lua_tostring(L, -1), mixed_keys);
}

/* All tables of these keys: those that are nearly a list, too. */
static void each_key_is_met_once_whatever_others_there_are(void **state)
{
    assert_string_equal(
        run(*state, "local all = { 0, 0.5, 1, 2, 3, 'a', false }\n"
                    "for set = 0, 2^#all - 1 do\n"
                    "  local t, want = {}, {}\n"
                    "  for i, k in ipairs(all) do\n"
                    "    if set >> (i - 1) & 1 == 1 then\n"
                    "      t[k], want[#want + 1] = k, tostring(k)\n"
                    "    end\n"
                    "  end\n"
                    "  want = table.concat(want, ' ')\n"
                    "  local got = keys(t):gsub('\"', '')\n"
                    "  if got ~= want then return 'pairs: ' .. got .. ' for ' "
                    ".. want end\n"
                    "  got = chain(t):gsub('\"', '')\n"
                    "  if got ~= want then return 'next: ' .. got .. ' for ' "
                    ".. want end\n"
                    "end\n"
                    "return 'each'"),
        "each");
}

static void order_does_not_depend_on_how_a_table_grew(void **state)
{
    /* Many tables of the same keys, made in other orders and with other
     * fields that came and went. */
    run(*state,
        "local seed = 7\n"
        "local function random(n)\n"
        "  seed = (seed * 1103515245 + 12345) & 0x7fffffff\n"
        "  return (seed >> 8) % n + 1\n"
        "end\n"
        "for size = 0, 90, 3 do\n"
        "  local list = {}\n"
        "  for i = 1, size do\n"
        "    local kind = random(5)\n"
        "    list[i] = kind == 1 and 'k' .. i or kind == 2 and i / 4\n"
        "      or kind == 3 and ('long'):rep(20) .. i or i - 20\n"
        "  end\n"
        "  local want\n"
        "  for round = 1, 6 do\n"
        "    local t = {}\n"
        "    for i = 1, random(40) do t['x' .. i] = true t[-i] = true end\n"
        "    for k in next, t do t[k] = nil end\n"
        "    for i = size, 2, -1 do\n"
        "      local j = random(i) list[i], list[j] = list[j], list[i]\n"
        "    end\n"
        "    for i = 1, size do t[list[i]] = i end\n"
        "    local got = keys(t)\n"
        "    want = want or got\n"
        "    assert(got == want, got)\n"
        "    assert(chain(t) == want)\n"
        "    local count = 0\n"
        "    for _ in pairs(t) do count = count + 1 end\n"
        "    local real = 0\n"
        "    for _ in pairs(setmetatable({}, { __pairs = function()\n"
        "      return rawnext, t end })) do real = real + 1 end\n"
        "    assert(count == real)\n"
        "  end\n"
        "end");
}

static void a_sequence_goes_from_one_to_its_end(void **state)
{
    assert_string_equal(run(*state, "return keys({})"), "");
    assert_string_equal(run(*state, "return keys({ 'a', 'b', 'c' })"), "1 2 3");
    assert_string_equal(
        run(*state, "local t = {} t[3] = 1 t[2] = 1 t[1] = 1 return keys(t)"),
        "1 2 3");
    assert_string_equal(run(*state, "return keys({ 1, nil, 3 })"), "1 3");
    assert_string_equal(run(*state, "return keys({ [2] = 1, [3] = 1 })"),
                        "2 3");
}

static void fields_may_be_set_and_cleared_on_the_way(void **state)
{
    assert_string_equal(run(*state,
                            "local t = { 1, 2, 3, 4, 5 }\n"
                            "local seen = ''\n"
                            "for k in pairs(t) do\n"
                            "  seen = seen .. k t[k] = nil t[k + 1] = nil\n"
                            "end\n"
                            "assert(next(t) == nil)\n"
                            "return seen"),
                        "135");
    assert_string_equal(
        run(*state, "local t = { a = 1, b = 2, c = 3, d = 4 }\n"
                    "local seen = ''\n"
                    "for k, v in pairs(t) do\n"
                    "  seen = seen .. k .. v t[k] = nil t.c = nil t.d = 'D'\n"
                    "end\n"
                    "return seen"),
        "a1b2dD");
    assert_string_equal(run(*state, "local t = { a = 1, b = 2, c = 3 }\n"
                                    "local seen = ''\n"
                                    "for k in next, t do\n"
                                    "  seen = seen .. k t[k] = nil\n"
                                    "end\n"
                                    "return seen"),
                        "abc");
}

static void a_field_added_on_the_way_is_not_seen(void **state)
{
    assert_string_equal(run(*state, "local t = { b = 1, c = 1 }\n"
                                    "local seen = ''\n"
                                    "for k in pairs(t) do\n"
                                    "  seen = seen .. k\n"
                                    "  for i = 1, 50 do t['z' .. i] = i end\n"
                                    "end\n"
                                    "return seen"),
                        "bc");
}

static void a_loop_may_be_begun_again(void **state)
{
    assert_string_equal(run(*state, "local f, t = pairs({ a = 1, b = 2 })\n"
                                    "local seen = ''\n"
                                    "for k in f, t do seen = seen .. k end\n"
                                    "for k in f, t do seen = seen .. k end\n"
                                    "return seen"),
                        "abab");
}

static void other_keys_raise(void **state)
{
    static const char *const keys[] = {"{}", "print", "io.stdout",
                                       "coroutine.create(print)"};
    static const char *const names[] = {"table", "function", "userdata",
                                        "thread"};
    char chunk[128];
    char message[64];

    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
        snprintf(message, sizeof(message),
                 "a key of type %s has no stable order", names[i]);
        snprintf(chunk, sizeof(chunk), "pairs({ a = 1, [%s] = 1 })", keys[i]);
        assert_raises(*state, chunk, message);
        snprintf(chunk, sizeof(chunk), "next({ a = 1, [%s] = 1 })", keys[i]);
        assert_raises(*state, chunk, message);
        snprintf(chunk, sizeof(chunk), "next({ a = 1 }, %s)", keys[i]);
        assert_raises(*state, chunk, message);
    }
}

/* Of several, whatever their addresses: twenty tables would hardly all have
 * the function first. */
static void of_other_keys_the_same_is_told(void **state)
{
    assert_string_equal(
        run(*state, "local seen = '' for i = 1, 20 do "
                    "local t = { [{}] = 1, [function() return i end] = 1 } "
                    "for _, f in ipairs { pairs, next } do "
                    "local _, e = pcall(f, t) "
                    "seen = seen .. e:match('of type (.)') end end "
                    "return seen"),
        "ffffffffffffffffffffffffffffffffffffffff");
}

static void misuse_raises(void **state)
{
    assert_raises(*state, "pairs()", "bad argument #1 to 'pairs'");
    assert_raises(*state, "pairs(nil)", "table expected, got nil");
    assert_raises(*state, "next('x')", "bad argument #1 to 'next'");
    assert_raises(*state, "next({ 1 }, 0 / 0)", "no key of a table");
}

static void next_goes_on_from_a_key_that_is_gone(void **state)
{
    assert_string_equal(run(*state, "return next({ a = 1, c = 2 }, 'b')"), "2");
    assert_string_equal(run(*state, "return (next({ 7, 8, 9 }, 1.0))"), "2");
    assert_string_equal(run(*state, "return (next({ 7, 8, 9 }, 1.5))"), "2");
    assert_string_equal(run(*state, "return tostring(next({ 7 }, 1))"), "nil");
    assert_string_equal(run(*state, "return select('#', next({}))"), "1");
}

static void pairs_honours_its_metamethod(void **state)
{
    assert_string_equal(
        run(*state,
            "local t = setmetatable({ 1 }, { __pairs = function(t)\n"
            "  return function(_, k) if not k then return 'own' end\n"
            "  end, t, nil, 'dropped'\n"
            "end })\n"
            "assert(select('#', pairs(t)) == 3)\n"
            "local seen = '' for k in pairs(t) do seen = seen .. k end\n"
            "return seen"),
        "own");
}

static void a_metamethod_may_yield(void **state)
{
    assert_string_equal(
        run(*state, "local t = setmetatable({}, { __pairs = function(t)\n"
                    "  coroutine.yield('waits') return next, { a = 1 }\n"
                    "end })\n"
                    "local co = coroutine.wrap(function()\n"
                    "  for k in pairs(t) do return k end\n"
                    "end)\n"
                    "return co() .. ' ' .. co()"),
        "waits a");
}

static void next_allocates_nothing(void **state)
{
    lua_State *L = usher_script_lua(*state);
    size_t before;

    run(*state, "big = {} for i = 1, 500 do big['key' .. i] = i end");
    lua_gc(L, LUA_GCSTOP);
    lua_settop(L, 0);
    assert_int_equal(luaL_loadstring(L, "local k repeat k = next(big, k)\n"
                                        "until k == nil"),
                     LUA_OK);
    lua_pushvalue(L, 1);
    lua_call(L, 0, 0); /* the stack has grown now */
    lua_pushvalue(L, 1);
    before = usher_script_bytes(*state);
    lua_call(L, 0, 0);
    assert_int_equal(usher_script_bytes(*state), before);
}

static void work_on_large_tables_ends_at_the_limit(void **state)
{
    static const char *const chunks[] = {
        "local t = big while true do next(t, 'key5') end",
        "local t = big while true do pairs(t) end",
        "local t = sequence while true do pairs(t) end",
        "local f, t = pairs(sequence) for i = 2, 9999 do t[i] = nil end\n"
        "while true do f(t, 1) end",
        "local f, t = pairs(small) for i = 2, 9999 do t['k' .. i] = nil end\n"
        "while true do f(t) end",
    };
    lua_State *L = usher_script_lua(*state);
    struct usher_error error;

    run(*state, "big, sequence, small = {}, {}, {}\n"
                "for i = 1, 20000 do\n"
                "  big['key' .. i] = i sequence[i] = i small['k' .. i] = i\n"
                "end");
    for (size_t i = 0; i < sizeof(chunks) / sizeof(*chunks); i++) {
        assert_int_equal(luaL_loadstring(L, chunks[i]), LUA_OK);
        assert_int_equal(usher_script_call(*state, 0, 0, &error),
                         USHER_ERR_LIMIT);
        if (!strstr(error.text, "too many instructions"))
            fail_msg("%s: %s", chunks[i], error.text);
    }
}

static void weak_tables_may_shrink_meanwhile(void **state)
{
    run(*state, "collectgarbage('setpause', 10)\n"
                "for round = 1, 50 do\n"
                "  local t = setmetatable({}, { __mode = 'v' })\n"
                "  for i = 1, 300 do t[('key'):rep(20) .. i] = {} end\n"
                "  local last = ''\n"
                "  for k in pairs(t) do assert(k > last) last = k end\n"
                "end");
}

static int rawnext(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    return lua_next(L, 1) ? 2 : 0;
}

static int setup_with_rawnext(void **state)
{
    setup(state);
    lua_register(usher_script_lua(*state), "rawnext", rawnext);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
        CASE(each_key_is_met_once_whatever_others_there_are),
        CASE(numbers_then_strings_then_booleans),
        cmocka_unit_test_setup_teardown(
            order_does_not_depend_on_how_a_table_grew, setup_with_rawnext,
            teardown),
        CASE(a_sequence_goes_from_one_to_its_end),
        CASE(fields_may_be_set_and_cleared_on_the_way),
        CASE(a_field_added_on_the_way_is_not_seen),
        CASE(a_loop_may_be_begun_again),
        CASE(other_keys_raise),
        CASE(of_other_keys_the_same_is_told),
        CASE(misuse_raises),
        CASE(next_goes_on_from_a_key_that_is_gone),
        CASE(pairs_honours_its_metamethod),
        CASE(a_metamethod_may_yield),
        CASE(next_allocates_nothing),
        CASE(work_on_large_tables_ends_at_the_limit),
        CASE(weak_tables_may_shrink_meanwhile),
#undef CASE
    };

    return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
