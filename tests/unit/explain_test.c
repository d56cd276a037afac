/* tests/unit/explain_test.c - messages about flows: the line that is meant,
 * its text, and what to do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>
#include <lua.h>

#include "script/explain.h"
#include "script/lua_block.h"

/* What is said of a file that Lua cannot read, "" for one that it can. */
static const char *said_of_bytes(const char *text, size_t len)
{
    static struct usher_error error;
    struct usher_source source = {"one.lua", text, len};
    lua_State *L = luaL_newstate();

    assert_non_null(L);
    error.text[0] = '\0';
    if (usher_source_compile(L, "flows", &source) != LUA_OK) {
        usher_error_set(&error, "%s", lua_tostring(L, -1));
        usher_explain(&source, 1, "flows", &error);
    }
    lua_close(L);
    return error.text;
}

static void says(const char *text, const char *expected)
{
    assert_string_equal(said_of_bytes(text, strlen(text)), expected);
}

static void a_block_without_end_is_where_it_begins(void **state)
{
    static const struct {
        const char *text, *place;
    } cases[] = {
        {"return function(chat)\n  if x then\n    y()\nend\n",
         "flows/one.lua:2: 'end' expected for this `if` | line 2: if x then"},
        {"local function a()\n  for i = 1, 3 do\n    y()\nend\n\n"
         "return function()\n  a()\nend\n",
         "flows/one.lua:2: 'end' expected for this `for`"},
        {"return function()\n  while x do\n    if y then z() end\nend\n",
         "flows/one.lua:2: 'end' expected for this `while`"},
        {"return function()\n  if x then y()\n  else if z then y() end\nend\n",
         "flows/one.lua:3: 'end' expected for this `else if`"},
        {"return function()\n  if x then\n    y()\n  else if z then\n"
         "    y()\n  end\nend\n",
         "flows/one.lua:4: 'end' expected for this `else if`"},
        {"if x then y() end if z then\nw()\n",
         "flows/one.lua:1: 'end' expected for this `if`"},
        {"do\n  local t = { [\"end\"] = 1 }\n  t.x = t.do_it -- end\n",
         "flows/one.lua:1: 'end' expected for this `do`"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *said = said_of_bytes(cases[i].text, strlen(cases[i].text));

        if (strncmp(said, cases[i].place, strlen(cases[i].place)) != 0)
            fail_msg("%zu: %s", i, said);
    }
}

static void what_is_open_at_the_end_is_where_it_begins(void **state)
{
    (void)state;
    says("local a = [[\n  hello\n\n",
         "flows/one.lua:1: unfinished long string (starting at line 1) near "
         "<eof> | line 1: local a = [[ | a ]] is missing at the text's end");
    says("local a = {\n  1,\n\n",
         "flows/one.lua:1: '}' expected for this `{` | line 1: local a = { | a "
         "comma is missing between two entries of the "
         "table, or the } at its end");
    says(
        "local x =\n\n\n",
        "flows/one.lua:1: unexpected symbol near <eof> | line 1: local x = | a "
        "value is missing before this sign, or there is one sign too many");
    says("return function()\n  x(\"a\"\n",
         "flows/one.lua:2: ')' expected for this `(` | line 2: x(\"a\" | a "
         "comma "
         "is missing between two arguments, or the ) at their end");
}

static void the_line_above_is_shown_where_something_may_miss_there(void **state)
{
    (void)state;
    says("return { a = 1 -- one\n\n  b = 2 }\n",
         "flows/one.lua:3: '}' expected (to close '{' at line 1) near 'b' | "
         "line 1: return { a = 1 -- one | line 3: b = 2 } | a comma is missing "
         "between two entries of the table, or the } at its end");
    says(
        "x(\"a\" x)\n",
        "flows/one.lua:1: ')' expected near 'x' | line 1: x(\"a\" x) | a comma "
        "is missing between two arguments, or the ) at their end");
}

static void what_is_no_text_is_said_with_its_line(void **state)
{
    static const char zeros[] = "return 1\n\0\0\0";
    static const char utf16[] = "\xFF\xFEr\0e\0";
    static const char utf16_plain[] = "r\0e\0t\0";
    static const char compiled[] = "\x1BLuaT";

    (void)state;
    assert_non_null(strstr(said_of_bytes(zeros, sizeof(zeros) - 1),
                           "flows/one.lua:2: there are zero bytes here"));
    assert_non_null(strstr(said_of_bytes(utf16, sizeof(utf16) - 1),
                           "flows/one.lua:1: the file is in UTF-16"));
    assert_non_null(strstr(said_of_bytes(utf16_plain, sizeof(utf16_plain) - 1),
                           "flows/one.lua:1: the file is in UTF-16"));
    assert_non_null(strstr(said_of_bytes(compiled, sizeof(compiled) - 1),
                           "flows/one.lua:1: this is compiled Lua"));
    assert_string_equal(said_of_bytes("\xEF\xBB\xBFreturn 1\r\n", 13), "");
}

static void too_much_in_one_another_is_said_with_its_line(void **state)
{
    char text[4096] = "local a = 1\nreturn ";
    size_t at = strlen(text);
    const char *said;

    (void)state;
    memset(text + at, '(', sizeof(text) - at);
    said = said_of_bytes(text, sizeof(text));
    assert_non_null(strstr(said, "flows/one.lua:2: too many parentheses"));
    assert_null(strstr(said, "calls itself"));
    memset(text, '\n', 2048);
    memset(text + 2048, '{', sizeof(text) - 2048);
    memcpy(text + 2048 - 2, "x=", 2);
    said = said_of_bytes(text, sizeof(text));
    assert_non_null(strstr(said, "flows/one.lua:2047: too many parentheses"));
}

static void what_the_file_returns_stands_at_its_line(void **state)
{
    static const struct {
        const char *code;
        long line;
    } cases[] = {
        {"", 1},
        {"local function a()\n  return 1\nend\nreturn a\n", 4},
        {"return {\n  a = function() return 1 end,\n}\n", 1},
        {"for i = 1, 2 do\n  if i then return 1 end\nend\nlocal x = 1\n", 4},
        {"repeat local x = 1 until x\nreturn 2", 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(usher_lua_return_line(cases[i].code,
                                               strlen(cases[i].code)),
                         cases[i].line);
}

static void local_names_are_known_with_their_lines(void **state)
{
    static const char code[] =
        "local one, two <const> = 1, other\n"
        "local function three(four, five) return M.six end\n"
        "for seven, eight in pairs(nine) do ten() end\n"
        "function M.eleven(twelve) local thirteen\n return fourteen end\n";
    static const struct {
        const char *name;
        long line;
    } cases[] = {
        {"one", 1},    {"two", 1},      {"const", 0},    {"other", 0},
        {"three", 2},  {"four", 2},     {"five", 2},     {"six", 0},
        {"seven", 3},  {"eight", 3},    {"nine", 0},     {"ten", 0},
        {"eleven", 0}, {"twelve", 4},   {"thirteen", 4}, {"fourteen", 0},
        {"return", 0}, {"function", 0},
    };
    size_t len = 0;
    const char *near =
        usher_lua_local_near(code, sizeof(code) - 1, "thre", &len);

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (usher_lua_local_line(code, sizeof(code) - 1, cases[i].name) !=
            cases[i].line)
            fail_msg("%s", cases[i].name);
    }
    assert_non_null(near);
    assert_int_equal(len, 5);
    assert_memory_equal(near, "three", 5);
    assert_null(usher_lua_local_near(code, sizeof(code) - 1, "xyzzy", &len));
}

static void a_letter_of_an_old_encoding_is_told_with_its_line(void **state)
{
    static const char *const fine = "-- \xc3\xa9\n\xe2\x82\xac\n";
    static const char *const old = "-- \xc3\xa9\n\xe2\x82\xac\n-- caf\xe9\n";
    struct usher_source source = {"one.lua", fine, strlen(fine)};
    struct usher_error error = {""};

    (void)state;
    assert_true(usher_source_is_utf8(&source, "flows", &error));
    source.text = old;
    source.len = strlen(old);
    assert_false(usher_source_is_utf8(&source, "flows", &error));
    assert_non_null(strstr(error.text, "flows/one.lua:3: this letter is not "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_letter_of_an_old_encoding_is_told_with_its_line),
        cmocka_unit_test(a_block_without_end_is_where_it_begins),
        cmocka_unit_test(what_is_open_at_the_end_is_where_it_begins),
        cmocka_unit_test(
            the_line_above_is_shown_where_something_may_miss_there),
        cmocka_unit_test(what_is_no_text_is_said_with_its_line),
        cmocka_unit_test(too_much_in_one_another_is_said_with_its_line),
        cmocka_unit_test(what_the_file_returns_stands_at_its_line),
        cmocka_unit_test(local_names_are_known_with_their_lines),
    };

    return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
