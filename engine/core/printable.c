/* engine/core/printable.c - text of strangers on a terminal. */
#include "core/printable.h"

#include <stddef.h>

static int is_control(unsigned char byte)
{
    return byte < ' ' || byte == 0x7f;
}

/* At the first byte of U+0080 to U+009F; the byte behind is 0 at the end. */
static int is_second_set(const unsigned char *at)
{
    return at[0] == 0xc2 && at[1] >= 0x80 && at[1] <= 0x9f;
}

void usher_printable(char *text, int lines)
{
    unsigned char *at = (unsigned char *)text;

    for (; at && *at; at++) {
        if (is_second_set(at)) {
            *at++ = '?';
            *at = '?';
        } else if (*at == '\n' || *at == '\t') {
            if (!lines)
                *at = ' ';
        } else if (is_control(*at)) {
            *at = '?';
        }
    }
}
