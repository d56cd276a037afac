/* tests/unit/value_test.c - plain data as bytes: exact, canonical, bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <lauxlib.h>
#include <lualib.h>

#include "script/script.h"
#include "script/value.h"

static int open_lua(void **state)
{
    struct usher_script_options options = {.limits =
                                               usher_script_limits_default()};
    struct usher_error error;
    struct usher_script *script;

    if (usher_script_new(&options, &script, &error) != USHER_OK)
        return -1;
    luaL_openlibs(usher_script_lua(script));
    *state = usher_script_lua(script);
    return 0;
}

static int close_lua(void **state)
{
    usher_script_free(usher_script_of(*state));
    return 0;
}

static void eval(lua_State *L, const char *code)
{
    assert_int_equal(luaL_dostring(L, code), LUA_OK);
}

static void encode(lua_State *L, const char *code, struct usher_buffer *out)
{
    struct usher_error error = {""};

    usher_buffer_init(out, 0);
    eval(L, code);
    assert_int_equal(usher_value_encode(L, -1, out, "value", &error), USHER_OK);
    lua_pop(L, 1);
}

/* Decodes and compares with Lua's own idea of the value. */
static void round_trip(lua_State *L, const char *code)
{
    struct usher_buffer out;
    struct usher_reader reader;

    encode(L, code, &out);
    eval(L,
         "return function(a, b)\n"
         "  local function same(x, y)\n"
         "    if math.type(x) ~= math.type(y) then return false end\n"
         "    if type(x) ~= 'table' then return x == y or x ~= x end\n"
         "    for k, v in pairs(x) do\n"
         "      if not same(v, y[k]) then return false end\n"
         "    end\n"
         "    for k in pairs(y) do if x[k] == nil then return false end end\n"
         "    return true\n"
         "  end\n"
         "  return same(a, b)\n"
         "end");
    eval(L, code);
    usher_reader_init(&reader, out.data, out.len);
    usher_value_decode(L, &reader);
    assert_false(reader.failed);
    assert_ptr_equal(reader.at, reader.end);
    lua_call(L, 2, 1);
    assert_true(lua_toboolean(L, -1));
    lua_pop(L, 1);
    usher_buffer_free(&out);
}

static void keeps_every_kind_of_plain_data(void **state)
{
    static const char *const values[] = {
        "return nil",
        "return true",
        "return false",
        "return 0",
        "return -1",
        "return math.maxinteger",
        "return math.mininteger",
        "return 0.1",
        "return -0.0",
        "return 1/0",
        "return 0/0",
        "return 3.0",
        "return ''",
        "return '\\0\\255abc'",
        "return {}",
        "return { 1, 2, 3 }",
        "return { a = 1, b = { c = 'x' }, [10] = true, [2.5] = 'f' }",
        "return { 1, nil, 3, n = 3 }",
        "return { [0] = 'z', 'a', 'b' }",
        "return { [-1] = 'z', [2] = 'b', [4] = 'd' }",
        "return { [1.5] = 1, [1e300] = 2, [-1e300] = 3, [2^53] = 4 }",
        ("local t = {} for i = 1, 300 do t[i] = -i * i t['k' .. i] = i / 7 end "
         "return t"),
    };

    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        round_trip(*state, values[i]);
}

static void equal_tables_give_equal_bytes(void **state)
{
    struct usher_buffer a, b;

    encode(*state, "local t = {} for i = 1, 50 do t['k' .. i] = i end return t",
           &a);
    encode(*state,
           "local t = {} for i = 50, 1, -1 do t['k' .. i] = i end "
           "t.x = 1 t.x = nil return t",
           &b);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
    usher_buffer_free(&a);
    usher_buffer_free(&b);
}

/* Integers, floats, then strings by their bytes, however many there are. */
static void keys_stand_in_order(void **state)
{
    static const char *const few[] = {"[-1]",   "[9]",   "[10]",     "[-2.5]",
                                      "[9.5]",  "['']",  "['B']",    "['a']",
                                      "['aa']", "['b']", "['\\xff']"};
    char forth[256] = "return { ", back[256] = "return { ";
    struct usher_buffer a, b, wanted;

    for (size_t i = 0; i < 11; i++) {
        sprintf(forth + strlen(forth), "%s = %d, ", few[i], (int)i);
        sprintf(back + strlen(back), "%s = %d, ", few[10 - i], 10 - (int)i);
    }
    encode(*state, strcat(forth, "}"), &a);
    encode(*state, strcat(back, "}"), &b);
    usher_buffer_init(&wanted, 0);
    usher_value_table(&wanted, 0, 11);
    for (int i = 0; i < 11; i++) {
        static const char *const text[] = {"", "B", "a", "aa", "b", "\xff"};

        if (i < 3)
            usher_value_integer(&wanted, i == 0 ? -1 : i + 8);
        else if (i < 5)
            usher_value_float(&wanted, i == 3 ? -2.5 : 9.5);
        else
            usher_value_string(&wanted, text[i - 5], strlen(text[i - 5]));
        usher_value_integer(&wanted, i);
    }
    assert_int_equal(a.len, wanted.len);
    assert_memory_equal(a.data, wanted.data, a.len);
    assert_int_equal(b.len, wanted.len);
    assert_memory_equal(b.data, wanted.data, b.len);
    usher_buffer_free(&a);
    usher_buffer_free(&b);
    usher_buffer_free(&wanted);
}

static enum usher_status encodes(lua_State *L, const char *code, size_t max)
{
    struct usher_error error = {""};
    struct usher_buffer out;
    enum usher_status st;

    usher_buffer_init(&out, max);
    eval(L, code);
    st = usher_value_encode(L, -1, &out, "value", &error);
    usher_buffer_free(&out);
    lua_settop(L, 0);
    return st;
}

static void encoding_ends_at_its_bounds(void **state)
{
    assert_int_equal(encodes(*state, "return ('x'):rep(997)", 1000), USHER_OK);
    assert_int_equal(encodes(*state, "return ('x'):rep(998)", 1000),
                     USHER_ERR_LIMIT);
    assert_int_equal(encodes(*state,
                             "local t = {} for _ = 1, 63 do t = { t } end "
                             "return t",
                             0),
                     USHER_OK);
    assert_int_equal(encodes(*state,
                             "local t = {} for _ = 1, 64 do t = { t } end "
                             "return t",
                             0),
                     USHER_ERR_LIMIT);
    assert_int_equal(encodes(*state,
                             "local t = {} for _ = 1, 64 do t = { x = t } end "
                             "return t",
                             0),
                     USHER_ERR_LIMIT);
    assert_int_equal(encodes(*state, "return { [{}] = 1 }", 0),
                     USHER_ERR_INVALID);
}

/* Behind each value stands the next one. */
static void a_value_is_skipped_whole(void **state)
{
    static const char *const values[] = {
        "return nil",
        "return true",
        "return false",
        "return -1234567890123",
        "return 0.5",
        "return ('x'):rep(300)",
        "return { 1, { 2, a = {} }, x = 'y', [0.5] = { 3 } }",
    };

    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        struct usher_buffer out;
        struct usher_reader reader;
        const char *at;
        size_t len;

        encode(*state, values[i], &out);
        usher_value_boolean(&out, 1);
        usher_reader_init(&reader, out.data, out.len);
        usher_value_skip(&reader, &at, &len);
        assert_false(reader.failed);
        assert_ptr_equal(at, out.data);
        assert_int_equal(len, out.len - 1);
        usher_buffer_free(&out);
    }
}

static void refused(lua_State *L, const char *code, const char *wanted)
{
    struct usher_buffer out;
    struct usher_error error = {""};

    usher_buffer_init(&out, 1000);
    eval(L, code);
    assert_int_not_equal(usher_value_encode(L, -1, &out, "memory", &error),
                         USHER_OK);
    if (!strstr(error.text, wanted))
        fail_msg("'%s' is not in '%s'", wanted, error.text);
    lua_settop(L, 0);
    usher_buffer_free(&out);
}

static void what_is_no_plain_data_is_named_with_its_path(void **state)
{
    refused(*state, "return { cart = { 1, { run = print } } }",
            "memory.cart[2].run: a function cannot be kept");
    refused(*state, "return { [7] = { [-3] = coroutine.create(print) } }",
            "memory[7][-3]: a thread cannot be kept; only nil, booleans,");
    refused(*state, "return { { a = { [{}] = 1 } } }",
            "memory[1].a: a key of type table cannot be kept");
    refused(*state, "return print", "memory: a function cannot be kept");
    refused(*state, "return { [true] = 1 }", "a key of type boolean");
    for (int i = 0; i < 20; i++)
        refused(*state, "return { [{}] = 1, [print] = 1, [false] = 1 }",
                "a key of type boolean");
    refused(*state, "return setmetatable({}, {})", "a table with a metatable");
    refused(*state, "local t = {} t.t = t return t", "a cycle");
    refused(*state, "return ('x'):rep(2000)", "too large: above 1000 bytes");
}

/* 2^60 tables, where one stands in the next twice: what is above the bound
 * ends there. */
static void a_table_many_times_over_ends_at_the_bound(void **state)
{
    struct usher_error error = {""};
    struct usher_buffer out;
    lua_State *L = *state;

    usher_buffer_init(&out, 1024);
    eval(L, "local t = {} for i = 1, 60 do t = { t, x = t } end return t");
    assert_int_equal(usher_value_encode(L, -1, &out, "value", &error),
                     USHER_ERR_LIMIT);
    assert_string_equal(error.text, "value is too large: above 1024 bytes");
    lua_pop(L, 1);
    usher_buffer_free(&out);
}

static void json(lua_State *L, const char *text, const char *wanted)
{
    struct usher_buffer value, out;
    struct usher_reader reader;
    struct usher_error error = {""};

    (void)L;
    usher_buffer_init(&value, 0);
    usher_buffer_init(&out, 0);
    assert_int_equal(usher_value_from_json(&value, text, strlen(text), &error),
                     USHER_OK);
    usher_reader_init(&reader, value.data, value.len);
    assert_int_equal(usher_value_to_json(&out, &reader, &error), USHER_OK);
    assert_string_equal(out.data, wanted);
    usher_buffer_free(&value);
    usher_buffer_free(&out);
}

static void json_goes_in_and_comes_out(void **state)
{
    json(*state, "{\"b\":[1,2.5,\"x\"],\"a\":null,\"c\":{}}",
         "{\"b\":[1,2.5,\"x\"],\"c\":{}}");
    json(*state, "[true,null,\"\\u00e9\"]", "[true,false,\"\xc3\xa9\"]");
    json(*state, "12345678901234567", "12345678901234567");
    json(*state, "[-9223372036854775808,9223372036854775807,0,-1]",
         "[-9223372036854775808,9223372036854775807,0,-1]");
    json(*state, "[0.1,123456789.125,-2.5e-7]",
         "[0.10000000000000001,123456789.125,-2.4999999999999999e-07]");
    json(*state, "[false,\"\\\"\\\\\\n\\u0001\"]",
         "[false,\"\\\"\\\\\\n\\u0001\"]");
    json(*state, "{\"b\":{\"a\":[[],{}],\"\":null},\"a\":[{\"x\":null}]}",
         "{\"a\":[{}],\"b\":{\"a\":[{},{}]}}");
    json(*state, "{\"b\":1,\"a\":2,\"b\":null,\"a\":3}", "{\"a\":3}");
}

static void numbers_beyond_64_bits_are_floats(void **state)
{
    json(*state, "[1, 123456789012345678901]", "[1,1.2345678901234568e+20]");
    json(*state, "{\"a\":-9223372036854775809}",
         "{\"a\":-9.2233720368547758e+18}");
}

/* JSON has no form of it: null to be shown, an error where it is sent. */
static void what_is_no_number_is_shown_and_not_sent(void **state)
{
    struct usher_buffer value, out;
    struct usher_reader reader;
    struct usher_error error = {""};

    usher_buffer_init(&value, 0);
    usher_buffer_init(&out, 0);
    encode(*state, "return { a = { 1/0, 5 } }", &value);
    usher_reader_init(&reader, value.data, value.len);
    assert_int_equal(usher_value_to_json(&out, &reader, NULL), USHER_OK);
    assert_string_equal(out.data, "{\"a\":[null,5]}");
    usher_reader_init(&reader, value.data, value.len);
    assert_int_equal(usher_value_to_json(&out, &reader, &error),
                     USHER_ERR_INVALID);
    assert_string_equal(error.text, "\"a\" is no number (0/0 or 1/0)");
    usher_buffer_free(&value);
    usher_buffer_free(&out);
}

static void bad_json_is_an_error_with_its_line(void **state)
{
    struct usher_buffer value;
    struct usher_error error = {""};
    char deep[400];

    (void)state;
    usher_buffer_init(&value, 0);
    assert_int_equal(usher_value_from_json(&value, "{\n]", 3, &error),
                     USHER_ERR_PARSE);
    assert_non_null(strstr(error.text, "line 2"));
    memset(deep, '[', 200);
    memset(deep + 200, ']', 200);
    assert_int_equal(usher_value_from_json(&value, deep, 400, &error),
                     USHER_ERR_LIMIT);
    usher_buffer_free(&value);
}

/* However the value ends: with a scalar or an empty table. */
static void json_above_the_bound_is_told(void **state)
{
    static const char *const items[] = {"null,", "{},", "[],", "1,"};
    struct usher_buffer value;
    struct usher_error error = {""};

    (void)state;
    for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
        char text[512] = "[";

        for (int n = 0; n < 90; n++)
            strcat(text, items[i]);
        strcpy(text + strlen(text) - 1, "]");
        usher_buffer_init(&value, 64);
        assert_int_equal(usher_value_from_json(&value, text, strlen(text),
                                               &error),
                         USHER_ERR_LIMIT);
        usher_buffer_free(&value);
    }
}

#define BYTES(text)            \
    {                          \
        text, sizeof(text) - 1 \
    }

static void broken_bytes_are_no_value(void **state)
{
    static const struct {
        const char *at;
        size_t len;
    } bytes[] = {
        BYTES(""),
        BYTES("\x07"),
        BYTES("\x05\x09zz"),
        BYTES("\x06\x7f\x00"),
        BYTES("\x04\x01"),
        /* A list of 2^62 values, of which there is one. */
        BYTES("\x06\x80\x80\x80\x80\x80\x80\x80\x80\x40\x00\x00"),
        /* Names of which there are fewer than it says. */
        BYTES("\x06\x00\x03\x05\x01x\x00\x05\x01y"),
        /* Keys that no table has: nothing, a boolean, no number. */
        BYTES("\x06\x00\x01\x00\x01"),
        BYTES("\x06\x00\x01\x02\x01"),
        BYTES("\x06\x00\x01\x04\0\0\0\0\0\0\xf8\x7f\x01"),
    };
    lua_State *L = *state;

    for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
        struct usher_reader reader;
        struct usher_buffer out;
        struct usher_error error = {""};

        usher_reader_init(&reader, bytes[i].at, bytes[i].len);
        usher_value_decode(L, &reader);
        assert_true(reader.failed);
        lua_settop(L, 0);
        usher_buffer_init(&out, 100000);
        usher_reader_init(&reader, bytes[i].at, bytes[i].len);
        assert_int_not_equal(usher_value_to_json(&out, &reader, &error),
                             USHER_OK);
        assert_true(out.len < 100);
        assert_true(error.text[0]);
        usher_buffer_free(&out);
    }
}

static void no_json(lua_State *L, const char *code, const char *why)
{
    struct usher_buffer value, out;
    struct usher_reader reader;
    struct usher_error error = {""};

    encode(L, code, &value);
    usher_buffer_init(&out, 0);
    usher_reader_init(&reader, value.data, value.len);
    assert_int_equal(usher_value_to_json(&out, &reader, &error),
                     USHER_ERR_INVALID);
    if (!strstr(error.text, why))
        fail_msg("%s", error.text);
    usher_buffer_free(&value);
    usher_buffer_free(&out);
}

static void what_json_has_not_is_an_error(void **state)
{
    no_json(*state, "return { 1, a = 2 }", "both a list and names");
    no_json(*state, "return { x = { [5] = 1 } }", "a number as a name");
    no_json(*state, "return { { 1 }, { [0] = 1 } }", "a number as a name");
}

/* 64 lists or objects in one another, and one more. */
static void json_is_read_as_deep_as_values_are(void **state)
{
    (void)state;
    for (int more = 0; more < 2; more++) {
        struct usher_buffer value, text;
        struct usher_error error = {""};

        for (int is_object = 0; is_object < 2; is_object++) {
            usher_buffer_init(&value, 0);
            usher_buffer_init(&text, 0);
            for (int i = 0; i < USHER_VALUE_DEPTH - 1 + more; i++)
                usher_buffer_text(&text, is_object ? "{\"a\":" : "[");
            usher_buffer_text(&text, "7");
            for (int i = 0; i < USHER_VALUE_DEPTH - 1 + more; i++)
                usher_buffer_text(&text, is_object ? "}" : "]");
            assert_int_equal(usher_value_from_json(&value, text.data, text.len,
                                                   &error),
                             more ? USHER_ERR_LIMIT : USHER_OK);
            usher_buffer_free(&value);
            usher_buffer_free(&text);
        }
    }
}

/* As deep as what is encoded may be, and one deeper. */
static void decoding_is_as_deep_as_encoding(void **state)
{
    lua_State *L = *state;
    char bytes[3 * (USHER_VALUE_DEPTH + 1)];

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = "\x06\x01\x00"[i % 3];
    for (int more = 0; more < 2; more++) {
        size_t len = 3u * (unsigned)(USHER_VALUE_DEPTH + more);
        struct usher_reader reader;

        bytes[len - 2] = 0; /* the innermost is empty */
        usher_reader_init(&reader, bytes, len);
        usher_value_decode(L, &reader);
        assert_int_equal(reader.failed, more);
        lua_settop(L, 0);
        bytes[len - 2] = 1;
    }
}

/* Of a list, or of names, whose count is a number of four bytes: no room is
 * made for more than there are bytes. */
static void a_count_makes_no_room_for_what_is_not_there(void **state)
{
    static const struct {
        const char *at;
        size_t len;
    } bytes[] = {
        BYTES("\x06\xff\xff\xff\x7f\x00\x02"),
        BYTES("\x06\x00\xff\xff\xff\x7f\x02\x02"),
    };
    lua_State *L = *state;

    for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
        struct usher_reader reader;
        int before;

        lua_gc(L, LUA_GCCOLLECT);
        lua_gc(L, LUA_GCSTOP);
        before = lua_gc(L, LUA_GCCOUNT);
        usher_reader_init(&reader, bytes[i].at, bytes[i].len);
        usher_value_decode(L, &reader);
        assert_true(reader.failed);
        assert_true(lua_gc(L, LUA_GCCOUNT) - before < 64);
        lua_settop(L, 0);
        lua_gc(L, LUA_GCRESTART);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_every_kind_of_plain_data),
        cmocka_unit_test(equal_tables_give_equal_bytes),
        cmocka_unit_test(keys_stand_in_order),
        cmocka_unit_test(encoding_ends_at_its_bounds),
        cmocka_unit_test(a_value_is_skipped_whole),
        cmocka_unit_test(what_json_has_not_is_an_error),
        cmocka_unit_test(json_is_read_as_deep_as_values_are),
        cmocka_unit_test(what_is_no_plain_data_is_named_with_its_path),
        cmocka_unit_test(json_goes_in_and_comes_out),
        cmocka_unit_test(numbers_beyond_64_bits_are_floats),
        cmocka_unit_test(what_is_no_number_is_shown_and_not_sent),
        cmocka_unit_test(bad_json_is_an_error_with_its_line),
        cmocka_unit_test(a_table_many_times_over_ends_at_the_bound),
        cmocka_unit_test(json_above_the_bound_is_told),
        cmocka_unit_test(broken_bytes_are_no_value),
        cmocka_unit_test(a_count_makes_no_room_for_what_is_not_there),
        cmocka_unit_test(decoding_is_as_deep_as_encoding),
    };

    return cmocka_run_group_tests_name("value", tests, open_lua, close_lua);
}
