/* engine/net/base64.c - strict, since a signature has one spelling only. */
#include <limits.h>
#include <stdint.h>

#include "net/base64.h"

static int digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

/* Four characters, the last `padding` of which are "=". */
static int decode_group(const char *text, int padding, unsigned char *out)
{
    uint32_t bits = 0;
    int i, bytes = 3 - padding;

    for (i = 0; i < 4; i++) {
        int value = i < 4 - padding ? digit(text[i]) : 0;

        if (value < 0)
            return 0;
        bits = bits << 6 | (uint32_t)value;
    }
    if ((bits & ((UINT32_C(1) << 8 * padding) - 1)) != 0)
        return 0;
    for (i = 0; i < bytes; i++)
        out[i] = (unsigned char)(bits >> (16 - 8 * i) & 0xff);
    return 1;
}

long usher_base64_decode(const char *text, size_t len, unsigned char *out)
{
    size_t at;
    long written = 0;

    if (len % 4 != 0 || len > LONG_MAX)
        return -1;
    for (at = 0; at < len; at += 4) {
        int padding = 0;

        if (at + 4 == len && text[at + 3] == '=')
            padding = text[at + 2] == '=' ? 2 : 1;
        if (!decode_group(text + at, padding, out + written))
            return -1;
        written += 3 - padding;
    }
    return written;
}
