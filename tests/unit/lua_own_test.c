/* tests/unit/lua_own_test.c - what flows have of Lua's own library does what it
 * does in Lua, on all small arguments, errors among them: library.lua, run here
 * and there. */
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

#include "script/script.h"

/* Leaves the text of library.lua on the stack. Tests run in folders of their
 * own and find the repository in ROOT; by hand they run in the repository. */
static const char *code_push(lua_State *L, size_t *len)
{
    const char *root = getenv("ROOT");
    char path[512];
    luaL_Buffer text;
    FILE *file;

    snprintf(path, sizeof(path), "%s/tests/match/library.lua",
             root ? root : ".");
    file = fopen(path, "rb");
    assert_non_null(file);
    luaL_buffinit(L, &text);
    for (size_t got = 1; got > 0;) {
        char *room = luaL_prepbuffer(&text);

        got = fread(room, 1, LUAL_BUFFERSIZE, file);
        luaL_addsize(&text, got);
    }
    fclose(file);
    luaL_pushresult(&text);
    return lua_tolstring(L, -1, len);
}

static struct usher_script *script_new(const char *code, size_t len)
{
    const struct usher_source sources[] = {{"init.lua", "return {}", 9},
                                           {"library.lua", code, len}};
    struct usher_script_options options = {
        .sources = sources,
        .source_count = 2,
        .limits = usher_script_limits_default(),
        .folder = "flows",
    };
    struct usher_script *script = NULL;
    struct usher_error error = {""};

    options.limits.state_bytes = options.limits.turn_bytes = 256 << 20;
    options.limits.text_bytes = 64 << 20;
    options.limits.instructions = options.limits.match_steps = 1 << 30;
    options.limits.cpu_ms = 1000 * 1000;
    assert_int_equal(usher_script_new(&options, &script, &error), USHER_OK);
    if (usher_script_load(script, &error) != USHER_OK)
        fail_msg("%s", error.text);
    usher_script_module_value(script, "library");
    return script;
}

/* Lines end with \1. */
static void assert_alike(const char *ours, size_t len, const char *luas,
                         size_t luas_len)
{
    size_t line = 0, at = 0;

    while (at < len && at < luas_len && ours[at] == luas[at]) {
        if (ours[at++] == '\1')
            line = at;
    }
    if (at < len || at < luas_len)
        fail_msg("%.200s\ninstead of\n%.200s", ours + line, luas + line);
}

static void it_does_what_luas_own_does(void **state)
{
    lua_State *L = luaL_newstate();
    struct usher_script *script;
    size_t code_len, len, luas_len;
    const char *code, *ours, *luas;

    (void)state;
    assert_non_null(L);
    luaL_openlibs(L);
    code = code_push(L, &code_len);
    script = script_new(code, code_len);
    if (luaL_loadbuffer(L, code, code_len, "@library") != LUA_OK ||
        lua_pcall(L, 0, 1, 0) != LUA_OK)
        fail_msg("%s", lua_tostring(L, -1));
    luas = lua_tolstring(L, -1, &luas_len);
    ours = lua_tolstring(usher_script_lua(script), -1, &len);
    assert_non_null(ours);
    assert_true(luas_len > 1000 * 1000);
    assert_alike(ours, len, luas, luas_len);
    usher_script_free(script);
    lua_close(L);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_does_what_luas_own_does),
    };

    return cmocka_run_group_tests_name("lua_own", tests, NULL, NULL);
}
