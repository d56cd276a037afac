/* tests/fuzz/value.c - plain data from bytes, to bytes, to JSON and back. */
#include "script/value.h"

#include <string.h>

#include "fuzz.h"

/* Encoding is canonical: what was decoded and encoded once stays as it is. */
static void check_encode(lua_State *L, struct usher_buffer *bytes)
{
    struct usher_buffer again;
    struct usher_error error;
    size_t used;

    usher_buffer_init(&again, 0);
    FUZZ_CHECK(usher_value_encode(L, -1, bytes, "value", &error) == USHER_OK);
    FUZZ_CHECK(fuzz_decode(L, bytes->data, bytes->len, &used));
    FUZZ_CHECK(used == bytes->len);
    FUZZ_CHECK(usher_value_encode(L, -1, &again, "value", &error) == USHER_OK);
    FUZZ_CHECK(fuzz_same(bytes, &again));
    lua_pop(L, 1);
    usher_buffer_free(&again);
}

/* 0: it has no JSON form. */
static int to_json(const struct usher_buffer *bytes, struct usher_buffer *json)
{
    struct usher_reader reader;
    struct usher_error error;
    enum usher_status st;

    usher_reader_init(&reader, bytes->data, bytes->len);
    st = usher_value_to_json(json, &reader, &error);
    FUZZ_CHECK(st == USHER_OK || st == USHER_ERR_INVALID ||
               st == USHER_ERR_LIMIT);
    if (st == USHER_OK)
        FUZZ_CHECK(reader.at == reader.end && !reader.failed &&
                   fuzz_is_utf8(json->data, json->len));
    return st == USHER_OK;
}

/* After the first time, where what JSON cannot say goes, all stays. */
static void check_json(const struct usher_buffer *bytes)
{
    struct usher_buffer first, second, third, value;
    struct usher_error error;

    usher_buffer_init(&first, 0);
    usher_buffer_init(&second, 0);
    usher_buffer_init(&third, 0);
    usher_buffer_init(&value, 0);
    /* No reader takes a name with a zero byte. */
    if (to_json(bytes, &first) && !strstr(first.data, "\\u0000")) {
        FUZZ_CHECK(usher_value_from_json(&value, first.data, first.len,
                                         &error) == USHER_OK);
        FUZZ_CHECK(to_json(&value, &second));
        usher_buffer_clear(&value);
        FUZZ_CHECK(usher_value_from_json(&value, second.data, second.len,
                                         &error) == USHER_OK);
        FUZZ_CHECK(to_json(&value, &third));
        FUZZ_CHECK(fuzz_same(&second, &third));
    }
    usher_buffer_free(&first);
    usher_buffer_free(&second);
    usher_buffer_free(&third);
    usher_buffer_free(&value);
}

/* Bytes that are no value are told by all who read them. */
static void check_broken(const uint8_t *data, size_t size)
{
    struct usher_buffer json;
    struct usher_reader reader;
    struct usher_error error;

    usher_buffer_init(&json, 64 * 1024);
    usher_reader_init(&reader, data, size);
    FUZZ_CHECK(usher_value_to_json(&json, &reader, &error) != USHER_OK);
    usher_buffer_free(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lua_State *L = fuzz_lua();
    struct usher_reader reader;
    struct usher_buffer bytes;
    const char *at;
    size_t used, len;

    usher_reader_init(&reader, data, size);
    usher_value_skip(&reader, &at, &len);
    if (!fuzz_decode(L, data, size, &used)) {
        check_broken(data, size);
        return 0;
    }
    FUZZ_CHECK(!reader.failed && len == used);
    usher_buffer_init(&bytes, 0);
    check_encode(L, &bytes);
    lua_pop(L, 1);
    check_json(&bytes);
    usher_buffer_free(&bytes);
    return 0;
}
