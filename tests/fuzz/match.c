/* tests/fuzz/match.c - the pattern functions of flows give what Lua's own give,
 * or run out of steps. Parts: a text, a pattern, a replacement. */
#include "script/match.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "script/lua_match.h"

/* What takes ours longer, Lua's own may take for ever. */
#define STEPS 20000

static struct usher_match_budget budget;

static const char compare_lua[] =
    "local ours, text, pattern, with = ...\n"
    "local function same(name, ...)\n"
    "  local a = table.pack(pcall(ours[name], ...))\n"
    "  if a[2] == 'steps' then return end\n"
    "  local b = table.pack(pcall(string[name], ...))\n"
    "  assert(a.n == b.n, name)\n"
    "  for i = 1, a.n do\n"
    "    if a[i] ~= b[i] then\n"
    "      error(name .. ': ' .. tostring(a[i]) .. ' / ' .. tostring(b[i]))\n"
    "    end\n"
    "  end\n"
    "end\n"
    "same('find', text, pattern)\n"
    "same('find', text, pattern, -3)\n"
    "same('match', text, pattern, 2)\n"
    "same('gsub', text, pattern, with)\n"
    "same('gsub', text, pattern, '<%0>', 2)\n";

static void on_exhausted(lua_State *L, void *user)
{
    (void)user;
    lua_pushliteral(L, "steps");
    lua_error(L);
}

/* Pushes the comparison and the table of ours. */
static void push(lua_State *L)
{
    static int opened;

    if (!opened) {
        luaL_openlibs(L);
        usher_match_open(L, &budget, on_exhausted, NULL);
        lua_setfield(L, LUA_REGISTRYINDEX, "ours");
        FUZZ_CHECK(luaL_loadstring(L, compare_lua) == LUA_OK);
        lua_setfield(L, LUA_REGISTRYINDEX, "compare");
        opened = 1;
    }
    lua_getfield(L, LUA_REGISTRYINDEX, "compare");
    lua_getfield(L, LUA_REGISTRYINDEX, "ours");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *)data, size};
    lua_State *L = fuzz_lua();

    push(L);
    for (int i = 0; i < 3; i++) {
        size_t len;
        char *part = fuzz_next(&input, &len);

        lua_pushlstring(L, part, len);
        free(part);
    }
    budget.steps_left = STEPS;
    if (lua_pcall(L, 4, 0, 0) != LUA_OK)
        fuzz_fail(lua_tostring(L, -1), __FILE__, __LINE__);
    return 0;
}
