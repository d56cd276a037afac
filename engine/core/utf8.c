/* engine/core/utf8.c */
#include "core/utf8.h"

#include <stdint.h>
#include <string.h>

size_t usher_utf8_length(const unsigned char *at, size_t left)
{
    size_t len = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;

    if (at[0] < 0xC2 || at[0] > 0xF4 || left < len)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    if ((at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xED && at[1] > 0x9F) ||
        (at[0] == 0xF0 && at[1] < 0x90) || (at[0] == 0xF4 && at[1] > 0x8F))
        return 0;
    return len;
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Nonzero where one of eight bytes may be special; wrong only to the safe
 * side, and behind one that is. */
static uint64_t special(uint64_t eight)
{
    uint64_t quote = eight ^ EACH('"'), slash = eight ^ EACH('\\');

    return (eight | (eight - EACH(0x20)) | (quote - EACH(1)) |
            (slash - EACH(1))) &
           EACH(0x80);
}

size_t usher_ascii_plain(const char *at, size_t left)
{
    uint64_t eight;
    size_t n = 0;

    for (; left - n >= sizeof(eight); n += sizeof(eight)) {
        memcpy(&eight, at + n, sizeof(eight));
        if (special(eight))
            break;
    }
    for (; n < left; n++) {
        unsigned char c = (unsigned char)at[n];

        if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\')
            break;
    }
    return n;
}
