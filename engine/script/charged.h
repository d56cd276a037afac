/* engine/script/charged.h - Lua's own functions, paid for by what they work
 * on: an instruction for each argument and for every four bytes. */
#ifndef USHER_SCRIPT_CHARGED_H
#define USHER_SCRIPT_CHARGED_H

#include <lua.h>

enum usher_charge_by {
    USHER_CHARGE_VALUES, /* the arguments' number */
    USHER_CHARGE_TEXTS,  /* and the bytes of those that are texts */
    USHER_CHARGE_PART,   /* the bytes from i to j of f(text, i = 1, j = -1) */
    USHER_CHARGE_PART_OF_1, /* the same where j is i if it is missing */
    USHER_CHARGE_READ       /* of unpack(format, text, i = 1), up to where it
                               came, afterwards */
};

struct usher_charged {
    const char *name; /* NULL ends a list */
    enum usher_charge_by by;
};

/* Replaces functions of the table on the stack's top, C functions without
 * upvalues, by ones that are charged. */
void usher_charged_replace(lua_State *L, const struct usher_charged *list);

/* Charges for the bytes from `from` to `to`, in whatever order. */
void usher_charge_bytes(lua_State *L, lua_Integer from, lua_Integer to);
/* Where a position is that counts from the end where it is negative; 0: before
 * the text. */
lua_Integer usher_charge_place(lua_Integer at, lua_Integer len);

#endif
