/* engine/script/match_item.c - which bytes a class or a set stands for. */

#include "script/match_item.h"

enum {
    UPPER = 1,
    LOWER = 2,
    DIGIT = 4,
    SPACE = 8,
    PUNCT = 16,
    CNTRL = 32,
    XDIGIT = 64,
    ZERO = 128,
    ALPHA = UPPER | LOWER,
    ALNUM = ALPHA | DIGIT,
    GRAPH = ALNUM | PUNCT
};

const unsigned char usher_match_class_of[256] = {
#define Z (CNTRL | ZERO)
#define C CNTRL
#define W (CNTRL | SPACE)
#define B SPACE
#define P PUNCT
#define D (DIGIT | XDIGIT)
#define X (UPPER | XDIGIT)
#define U UPPER
#define H (LOWER | XDIGIT)
#define L LOWER
    Z, C, C, C, C, C, C, C, C, W, W, W, W, W, C, C, /* 0x00 */
    C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, /* 0x10 */
    B, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, /* 0x20 */
    D, D, D, D, D, D, D, D, D, D, P, P, P, P, P, P, /* 0x30 */
    P, X, X, X, X, X, X, U, U, U, U, U, U, U, U, U, /* 0x40 */
    U, U, U, U, U, U, U, U, U, U, U, P, P, P, P, P, /* 0x50 */
    P, H, H, H, H, H, H, L, L, L, L, L, L, L, L, L, /* 0x60 */
    L, L, L, L, L, L, L, L, L, L, L, P, P, P, P, C, /* 0x70 */
#undef Z
#undef C
#undef W
#undef B
#undef P
#undef D
#undef X
#undef U
#undef H
#undef L
};

/* 'z' (the zero byte) is undocumented since Lua 5.2, and still there. */
const unsigned char usher_match_mask_of[256] = {
    ['a'] = ALPHA, ['c'] = CNTRL,  ['d'] = DIGIT, ['g'] = GRAPH,
    ['l'] = LOWER, ['p'] = PUNCT,  ['s'] = SPACE, ['u'] = UPPER,
    ['w'] = ALNUM, ['x'] = XDIGIT, ['z'] = ZERO,
};

bool usher_match_set_has(const char *p, const char *last, unsigned char c)
{
    bool found = true;

    if (p[1] == '^') {
        found = false;
        p++;
    }
    while (++p < last) {
        if (*p == '%') {
            p++;
            if (match_class_has(match_byte(p), c))
                return found;
        } else if (p[1] == '-' && p + 2 < last) {
            p += 2;
            if (match_byte(p - 2) <= c && c <= match_byte(p))
                return found;
        } else if (match_byte(p) == c) {
            return found;
        }
    }
    return !found;
}
