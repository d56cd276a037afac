/* engine/script/match_item.h - the items of a pattern that stand for one
 * byte: x, ., %a, [set]. Inside of match.c; see match.h for the outside. */

#ifndef USHER_SCRIPT_MATCH_ITEM_H
#define USHER_SCRIPT_MATCH_ITEM_H

#include <stdbool.h>

/* The classes that a byte is in, one bit each, and the bits that a class
 * letter in lower case stands for (0 where it is no class). They are those of
 * the C locale, whatever the machine's is: a flow must match the same
 * everywhere. */
extern const unsigned char usher_match_class_of[256];
extern const unsigned char usher_match_mask_of[256];

/* Does the set from p ('[') to last (its ']') hold the byte c? */
bool usher_match_set_has(const char *p, const char *last, unsigned char c);

static inline unsigned char match_byte(const char *p)
{
    return (unsigned char)*p;
}

/* Does %letter stand for the byte c? */
static inline bool match_class_has(unsigned char letter, unsigned char c)
{
    unsigned mask = usher_match_mask_of[letter | 0x20];

    if (mask == 0)
        return letter == c;
    /* A letter in upper case has the bit 0x20 clear and means "not". */
    return ((usher_match_class_of[c] & mask) != 0) == ((letter & 0x20) != 0);
}

/* Does the item from p to end stand for the byte c? */
static inline bool match_item_has(const char *p, const char *end,
                                  unsigned char c)
{
    switch (*p) {
    case '.':
        return true;
    case '%':
        return match_class_has(match_byte(p + 1), c);
    case '[':
        return usher_match_set_has(p, end - 1, c);
    default:
        return match_byte(p) == c;
    }
}

#endif
