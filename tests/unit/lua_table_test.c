/* tests/unit/lua_table_test.c - the table library does what Lua's own does: on
 * all small tables, with all small arguments, errors among them. */
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

#include "script/lua_table.h"
#include "script/script.h"

/* Gives one long text of all that was done. show() is of what a table holds,
 * try() of what a call gives or that it raised. */
static const char prelude[] =
    "local out, unpack, concat = {}, table.unpack, table.concat\n"
    "local function short(value)\n"
    "  local kind = type(value)\n"
    "  return (kind == 'table' or kind == 'function') and kind\n"
    "    or tostring(value)\n"
    "end\n"
    "local function show(t)\n"
    "  if type(t) ~= 'table' then return '' end\n"
    "  local all = {}\n"
    "  for i = -3, 9 do\n"
    "    if t[i] ~= nil then all[#all + 1] = i .. short(t[i]) end\n"
    "  end\n"
    "  return concat(all, ' ')\n"
    "end\n"
    "local function try(what, ...)\n"
    "  local got = table.pack(pcall(table[what], ...))\n"
    "  local all = { what }\n"
    "  for i = 2, select('#', ...) do\n"
    "    all[#all + 1] = short((select(i, ...)))\n"
    "  end\n"
    "  all[#all + 1] = got[1] and ':' or ': raises'\n"
    "  for i = 2, got[1] and got.n or 0 do\n"
    "    all[#all + 1] = short(got[i])\n"
    "  end\n"
    "  all[#all + 1] = '| ' .. show((...))\n"
    "  out[#out + 1] = concat(all, ' ')\n"
    "end\n"
    "local function list(n)\n"
    "  return { unpack({ 'a', 'b', 'c', 'd', 'e', 'f' }, 1, n) }\n"
    "end\n"
    "local small = { -2, -1, 0, 1, 2, 3, 4, 5, 6, 7 }\n";

static const char *const chunks[] = {
    "for n = 0, 5 do\n"
    "  for _, first in ipairs(small) do for _, last in ipairs(small) do\n"
    "    for _, at in ipairs(small) do\n"
    "      try('move', list(n), first, last, at)\n"
    "      local to = list(3)\n"
    "      try('move', list(n), first, last, at, to)\n"
    "      out[#out + 1] = show(to)\n"
    "    end\n"
    "  end end\n"
    "end\n",
    "for n = 0, 5 do\n"
    "  try('insert', list(n), 'x') try('remove', list(n))\n"
    "  try('insert', list(n)) try('insert', list(n), 1, 'x', 'y')\n"
    "  for _, at in ipairs(small) do\n"
    "    try('insert', list(n), at, 'x') try('remove', list(n), at)\n"
    "  end\n"
    "end\n",
    "for n = 0, 4 do\n"
    "  try('concat', list(n)) try('concat', list(n), '-')\n"
    "  try('unpack', list(n)) try('pack', unpack(list(n)))\n"
    "  for _, first in ipairs(small) do\n"
    "    try('concat', list(n), '-', first) try('unpack', list(n), first)\n"
    "    for _, last in ipairs(small) do\n"
    "      try('concat', list(n), '-', first, last)\n"
    "      try('unpack', list(n), first, last)\n"
    "    end\n"
    "  end\n"
    "end\n"
    "try('concat', { 1, 2.5, 'x', '' }, ', ') try('concat', { 1, {}, 2 })\n"
    "try('concat', { 1, true }) try('concat', { 'a\\0b', 3 }, '\\0')\n",
    "local function each(list, size, done)\n"
    "  if #list == size then return done({ unpack(list) }) end\n"
    "  for value = 1, 4 do\n"
    "    list[#list + 1] = value each(list, size, done) list[#list] = nil\n"
    "  end\n"
    "end\n"
    "for size = 0, 5 do\n"
    "  each({}, size, function(t) try('sort', t) end)\n"
    "  each({}, size, function(t)\n"
    "    try('sort', t, function(a, b) return a > b end)\n"
    "  end)\n"
    "end\n",
};

static const char *run(lua_State *L, const char *chunk)
{
    lua_settop(L, 0);
    lua_pushfstring(L, "%s%sreturn concat(out, '\\n')", prelude, chunk);
    if (luaL_dostring(L, lua_tostring(L, 1)) != LUA_OK)
        fail_msg("%s", lua_tostring(L, -1));
    return lua_tostring(L, -1);
}

/* The line in which they differ first. */
static void assert_alike(const char *ours, const char *luas)
{
    while (*ours || *luas) {
        size_t len = strcspn(ours, "\n"), other = strcspn(luas, "\n");

        if (len != other || memcmp(ours, luas, len) != 0)
            fail_msg("%.*s\ninstead of\n%.*s", (int)len, ours, (int)other,
                     luas);
        ours += len + (ours[len] != '\0');
        luas += len + (luas[len] != '\0');
    }
}

static void it_does_what_luas_own_does(void **state)
{
    struct usher_script_options options = {
        .limits = usher_script_limits_default(),
    };

    (void)state;
    options.limits.state_bytes = 256 << 20;
    for (size_t i = 0; i < sizeof(chunks) / sizeof(chunks[0]); i++) {
        lua_State *stock = luaL_newstate();
        struct usher_script *script = NULL;
        struct usher_error error;

        assert_non_null(stock);
        luaL_openlibs(stock);
        assert_int_equal(usher_script_new(&options, &script, &error), USHER_OK);
        luaL_openlibs(usher_script_lua(script));
        usher_table_open(usher_script_lua(script));
        lua_setglobal(usher_script_lua(script), "table");
        assert_alike(run(usher_script_lua(script), chunks[i]),
                     run(stock, chunks[i]));
        usher_script_free(script);
        lua_close(stock);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_does_what_luas_own_does),
    };

    return cmocka_run_group_tests_name("lua_table", tests, NULL, NULL);
}
