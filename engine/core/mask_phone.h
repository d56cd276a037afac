/* engine/core/mask_phone.h - finds phone numbers for mask.h. */
#ifndef USHER_CORE_MASK_PHONE_H
#define USHER_CORE_MASK_PHONE_H

#include <stddef.h>

struct usher_phone_run {
    size_t len;   /* bytes; 0: nothing of interest starts here */
    int is_phone; /* 0: only looks like one, to be copied as it is */
    size_t shown; /* of a phone: bytes at its start that may be shown */
    size_t tail;  /* of a phone: where its last three digits start */
};

/* Looks at text[at]. To be called at every byte from left to right, leaving
 * out the runs it gives; the bytes before `at` tell whether a word starts
 * here. Reads nothing from `end` on. Offsets in the result count from at. */
struct usher_phone_run usher_phone_run_at(const char *text, size_t at,
                                          size_t end);

#endif
