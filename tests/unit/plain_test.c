/* tests/unit/plain_test.c - plain data as text, as a form and by name:
 * each kind of value, each place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <lauxlib.h>

#include "bind/plain.h"
#include "script/script.h"
#include "script/value.h"

/* Encodes what the expression gives. */
static void encode(const char *expression, struct usher_buffer *out)
{
    struct usher_script_options options = {
        .limits = usher_script_limits_default(),
    };
    struct usher_script *script = NULL;
    struct usher_error error = {""};
    lua_State *L;

    assert_int_equal(usher_script_new(&options, &script, &error), USHER_OK);
    L = usher_script_lua(script);
    usher_buffer_init(out, 0);
    lua_pushfstring(L, "return %s", expression);
    if (luaL_dostring(L, lua_tostring(L, -1)) != LUA_OK)
        fail_msg("%s", lua_tostring(L, -1));
    if (usher_value_encode(L, -1, out, "it", &error) != USHER_OK)
        fail_msg("%s: %s", expression, error.text);
    usher_script_free(script);
}

static void a_form_takes(void **state)
{
    static const char *const rows[][2] = {
        {"{}", ""},
        {"{ a = '' }", "a="},
        {"{ a = 'x y', ['b&'] = 'é=' }", "a=x%20y&b%26=%C3%A9%3D"},
        {"{ a = true, b = false }", "a=true&b=false"},
        {"{ a = 0, b = -1, c = 63 }", "a=0&b=-1&c=63"},
        {"{ a = 0x7FFFFFFFFFFFFFFF, b = 0x8000000000000000 }",
         "a=9223372036854775807&b=-9223372036854775808"},
        {"{ a = 1.5, b = -0.25, c = 1e100, d = 3.0 }",
         "a=1.5&b=-0.25&c=1e%2B100&d=3"},
        {"{ a = 0.1, b = 12345678901234.0 }", "a=0.1&b=12345678901234"},
        {"{ a = {} }", ""},
        {"{ a = { 'x' } }", "a=x"},
        {"{ a = { 'x', 2, true }, b = 'z' }", "a=x&a=2&a=true&b=z"},
        {"{ a = { 'x', {} } }", NULL},
        {"{ a = { b = 1 } }", NULL},
        {"{ a = { 'x', b = 1 } }", NULL},
        {"{ a = 1/0 }", NULL},
        {"{ a = -1/0 }", NULL},
        {"{ a = { 1/0 } }", NULL},
        {"{ 'x' }", NULL},
        {"{ 'x', a = 'y' }", NULL},
        {"{ [2] = 'x' }", NULL},
        {"'x'", NULL},
        {"7", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct usher_buffer plain, out;
        struct usher_error error = {""};
        enum usher_status st;

        encode(rows[i][0], &plain);
        usher_buffer_init(&out, 0);
        st = usher_plain_form(&out, plain.data, plain.len, &error);
        if ((st == USHER_OK) != (rows[i][1] != NULL))
            fail_msg("%s: %s", rows[i][0], error.text);
        if (st == USHER_OK)
            assert_string_equal(out.data ? out.data : "", rows[i][1]);
        else
            assert_true(st == USHER_ERR_INVALID && error.text[0]);
        usher_buffer_free(&plain);
        usher_buffer_free(&out);
    }
}

static void a_member_is_found_by_its_whole_name(void **state)
{
    static const char *const rows[][3] = {
        {"{ a = 'x' }", "a", "x"},
        {"{ a = 'x', ab = 'y', b = 'z' }", "a", "x"},
        {"{ a = 'x', ab = 'y', b = 'z' }", "ab", "y"},
        {"{ a = 'x', ab = 'y', b = 'z' }", "b", "z"},
        {"{ a = 'x', ab = 'y', b = 'z' }", "c", NULL},
        {"{ a = 'x', ab = 'y', b = 'z' }", "", NULL},
        {"{ 'one', { a = 'in' }, a = 'x' }", "a", "x"},
        {"{ b = { a = 'in' } }", "a", NULL},
        {"{ [7] = 'n', a = 'x' }", "a", "x"},
        {"{ [-1] = 'n', [1.5] = 'm', a = 'x' }", "a", "x"},
        {"{ 'a' }", "a", NULL},
        {"'a'", "a", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct usher_buffer plain;
        struct usher_reader reader;
        struct usher_plain value;
        const char *at;
        size_t len;
        int found;

        encode(rows[i][0], &plain);
        found =
            usher_plain_member(plain.data, plain.len, rows[i][1], &at, &len);
        assert_int_equal(found, rows[i][2] != NULL);
        if (found) {
            usher_reader_init(&reader, at, len);
            usher_plain_next(&reader, &value);
            assert_int_equal(value.type, USHER_PLAIN_STRING);
            assert_int_equal(value.len, strlen(rows[i][2]));
            assert_memory_equal(value.text, rows[i][2], value.len);
        }
        usher_buffer_free(&plain);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_takes),
        cmocka_unit_test(a_member_is_found_by_its_whole_name),
    };

    return cmocka_run_group_tests_name("plain", tests, NULL, NULL);
}
