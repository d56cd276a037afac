/* tests/unit/normal_test.c - engine/conversation/normal.c. */
#include <lauxlib.h>
#include <lualib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "conversation/normal.h"

static void expect(const char *text, const char *wanted)
{
    char out[256];
    size_t len = usher_normal(text, strlen(text), out);

    out[len] = '\0';
    assert_string_equal(out, wanted);
}

static void signs_and_case_do_not_count(void **state)
{
    (void)state;
    expect("Hello!", "hello");
    expect("  I'd like -- to TALK...\n", "i'd like to talk");
    expect("", "");
    expect("?!.", "");
    expect("option_1", "option 1");
}

static void emoji_do_not_count(void **state)
{
    (void)state;
    expect("\xF0\x9F\x93\x9E Instant Chat", "instant chat");
    expect("Chat \xE2\x98\x8E\xEF\xB8\x8F", "chat");
    expect("2\xEF\xB8\x8F\xE2\x83\xA3", "2"); /* the key 2 */
    expect("\xE2\x8F\xB3 Wait", "\xE2\x8F\xB3 wait");
}

static void other_letters_stay(void **state)
{
    (void)state;
    expect("CAF\xC3\x89 \xE0\xA4\xB9", "caf\xC3\x89 \xE0\xA4\xB9");
}

static void it_may_be_done_in_place(void **state)
{
    char text[] = " A,  b ";

    (void)state;
    assert_int_equal(usher_normal(text, strlen(text), text), 3);
    assert_memory_equal(text, "a b", 3);
}

/* The same in Lua's patterns, for texts of all bytes, broken UTF-8 too. */
static const char in_lua[] =
    "local text = ...\n"
    "text = text:lower():gsub(\"[^%w%s\\128-\\255']\", \" \")\n"
    "text = text:gsub(\"[\\240-\\247][\\128-\\191]*\", \" \")\n"
    "text = text:gsub(\"\\226[\\152-\\175][\\128-\\191]\", \" \")\n"
    "text = text:gsub(\"\\239\\184\\143\", \" \")\n"
    "text = text:gsub(\"\\226\\131\\163\", \" \")\n"
    "return (text:gsub(\"%s+\", \" \"):gsub(\"^ \", \"\"):gsub(\" $\", "
    "\"\"))\n";

static void it_is_what_lua_patterns_say(void **state)
{
    static const unsigned char likely[] = {'a',  'Z',  ' ',  '\t', '\'', '!',
                                           0xF0, 0x9F, 0x80, 0xE2, 0x98, 0xAF,
                                           0xEF, 0xB8, 0x8F, 0xC3};
    lua_State *L = luaL_newstate();
    uint32_t random = 1;

    (void)state;
    luaL_openlibs(L);
    assert_int_equal(luaL_loadstring(L, in_lua), LUA_OK);
    for (int i = 0; i < 20000; i++) {
        char text[24], out[24];
        size_t len = (size_t)(i % 24), n;

        for (size_t at = 0; at < len; at++) {
            random = random * 1664525u + 1013904223u;
            text[at] = (char)((random >> 28) == 0 ? random >> 16
                                                  : likely[random >> 28]);
        }
        lua_pushvalue(L, -1);
        lua_pushlstring(L, text, len);
        lua_call(L, 1, 1);
        n = usher_normal(text, len, out);
        assert_int_equal(n, lua_rawlen(L, -1));
        assert_memory_equal(out, lua_tostring(L, -1), n);
        lua_pop(L, 1);
    }
    lua_close(L);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_and_case_do_not_count),
        cmocka_unit_test(emoji_do_not_count),
        cmocka_unit_test(other_letters_stay),
        cmocka_unit_test(it_may_be_done_in_place),
        cmocka_unit_test(it_is_what_lua_patterns_say),
    };

    return cmocka_run_group_tests_name("normal", tests, NULL, NULL);
}
