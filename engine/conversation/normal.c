/* engine/conversation/normal.c - in C, since routing asks for it several
 * times a turn: as gsubs of Lua it was a fifth of a short turn. */
#include "conversation/normal.h"

#include <lauxlib.h>

static int is_inner(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

/* Bytes of the emoji at `at`, 0 where there is none: all of four bytes,
 * U+2600 to U+2BFF, the variation selector behind some of them, and what makes
 * a key of a figure (U+20E3). */
static size_t emoji(const unsigned char *at, size_t left)
{
    size_t n = 1;

    if (at[0] >= 0xF0 && at[0] <= 0xF7) {
        while (n < left && is_inner(at[n]))
            n++;
        return n;
    }
    if (left < 3)
        return 0;
    if (at[0] == 0xE2 && at[1] >= 0x98 && at[1] <= 0xAF && is_inner(at[2]))
        return 3;
    if (at[0] == 0xE2 && at[1] == 0x83 && at[2] == 0xA3)
        return 3;
    return at[0] == 0xEF && at[1] == 0xB8 && at[2] == 0x8F ? 3 : 0;
}

/* As it stands in the result; ' ' for what parts words. */
static unsigned char plain(unsigned char c)
{
    if (c >= 'A' && c <= 'Z')
        return (unsigned char)(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '\'' ||
        c >= 0x80)
        return c;
    return ' ';
}

size_t usher_normal(const char *text, size_t len, char *out)
{
    const unsigned char *in = (const unsigned char *)text;
    size_t at = 0, n = 0;

    while (at < len) {
        size_t gone = in[at] >= 0x80 ? emoji(in + at, len - at) : 0;
        unsigned char c = gone ? ' ' : plain(in[at]);

        at += gone ? gone : 1;
        if (c != ' ' || (n > 0 && out[n - 1] != ' '))
            out[n++] = (char)c;
    }
    return n > 0 && out[n - 1] == ' ' ? n - 1 : n;
}

int usher_lua_normal(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    luaL_Buffer buffer;
    char *out = luaL_buffinitsize(L, &buffer, len);

    luaL_pushresultsize(&buffer, usher_normal(text, len, out));
    return 1;
}
