/* tests/fuzz/fuzz.c - see the header. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "core/utf8.h"
#include "script/value.h"

_Noreturn void fuzz_fail(const char *what, const char *file, int line)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    abort();
}

char *fuzz_next(struct fuzz_input *input, size_t *len)
{
    static const char border[] = "\n--\n";
    const size_t border_len = sizeof(border) - 1;
    const char *end = NULL;
    char *text;

    if (input->left > 0)
        end = memmem(input->at, input->left, border, border_len);
    *len = end ? (size_t)(end - input->at) : input->left;
    text = malloc(*len + 1);
    FUZZ_CHECK(text != NULL);
    if (*len > 0)
        memcpy(text, input->at, *len);
    text[*len] = '\0';
    input->at += end ? *len + border_len : *len;
    input->left -= end ? *len + border_len : *len;
    return text;
}

unsigned fuzz_number(struct fuzz_input *input, unsigned below)
{
    unsigned byte;

    if (input->left == 0)
        return 0;
    byte = (unsigned char)*input->at++;
    input->left--;
    return byte % below;
}

int fuzz_same(const struct usher_buffer *a, const struct usher_buffer *b)
{
    return a->len == b->len &&
           (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

int fuzz_is_utf8(const char *text, size_t len)
{
    const unsigned char *at = (const unsigned char *)text;

    while (len > 0) {
        size_t step = *at < 0x80 ? 1 : usher_utf8_length(at, len);

        if (step == 0)
            return 0;
        at += step;
        len -= step;
    }
    return 1;
}

lua_State *fuzz_lua(void)
{
    static lua_State *L;

    if (!L) {
        L = luaL_newstate();
        FUZZ_CHECK(L != NULL);
        memset(lua_getextraspace(L), 0, LUA_EXTRASPACE); /* no script's */
    }
    return L;
}

static int decode(lua_State *L)
{
    usher_value_decode(L, lua_touserdata(L, 1));
    return 1;
}

int fuzz_decode(lua_State *L, const void *data, size_t len, size_t *used)
{
    struct usher_reader reader;

    usher_reader_init(&reader, data, len);
    lua_pushcfunction(L, decode);
    lua_pushlightuserdata(L, &reader);
    FUZZ_CHECK(lua_pcall(L, 1, 1, 0) == LUA_OK);
    *used = len - (size_t)(reader.end - reader.at);
    if (reader.failed)
        lua_pop(L, 1);
    return !reader.failed;
}
