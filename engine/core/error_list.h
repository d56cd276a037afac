/* engine/core/error_list.h - all that is wrong with an input, not only the
 * first thing: settings and flows are mended faster from a whole list. */
#ifndef USHER_CORE_ERROR_LIST_H
#define USHER_CORE_ERROR_LIST_H

#include <stddef.h>

#include "core/status.h"

/* One sentence or two for people: where, what is wrong, what to do next. A
 * warning does not keep anything from working. */
struct usher_error_item {
    int warning;
    char text[512];
};

/* Zero-initialised is empty. The fields are for reading; in order of
 * discovery. A program that cannot keep a problem for want of memory still
 * counts it, so errors > 0 can be trusted. */
struct usher_error_list {
    struct usher_error_item *items;
    size_t count;    /* of items */
    size_t errors;   /* found */
    size_t warnings; /* found */
    size_t cap;
};

void usher_error_list_free(struct usher_error_list *list); /* empty after */

/* list may be NULL: nobody reads it. Secrets do not belong in a text. */
void usher_error_list_error(struct usher_error_list *list, const char *format,
                            ...) USHER_PRINTF(2, 3);
void usher_error_list_warn(struct usher_error_list *list, const char *format,
                           ...) USHER_PRINTF(2, 3);

#endif
