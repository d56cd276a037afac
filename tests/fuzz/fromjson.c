/* tests/fuzz/fromjson.c - JSON from outside becomes plain data. */
#include <string.h>

#include "fuzz.h"
#include "script/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lua_State *L = fuzz_lua();
    struct usher_buffer bytes, again;
    struct usher_error error = {""};
    enum usher_status st;
    size_t used;

    usher_buffer_init(&bytes, 64 * 1024);
    usher_buffer_init(&again, 0);
    st = usher_value_from_json(&bytes, (const char *)data, size, &error);
    if (st == USHER_OK) {
        FUZZ_CHECK(fuzz_decode(L, bytes.data, bytes.len, &used));
        FUZZ_CHECK(used == bytes.len);
        FUZZ_CHECK(usher_value_encode(L, -1, &again, "JSON", &error) ==
                   USHER_OK);
        FUZZ_CHECK(fuzz_same(&bytes, &again));
        lua_pop(L, 1);
    } else {
        FUZZ_CHECK(st == USHER_ERR_PARSE || st == USHER_ERR_LIMIT);
        FUZZ_CHECK(error.text[0]);
    }
    usher_buffer_free(&bytes);
    usher_buffer_free(&again);
    return 0;
}
