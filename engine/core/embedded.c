/* engine/core/embedded.c - finds built-in Lua files in the table that
 * mk/embed makes. */
#include "core/embedded.h"

#include <string.h>

/* Sorted by name in strcmp's order. */
extern const struct usher_embedded usher_embedded_table[];
extern const size_t usher_embedded_count;

const struct usher_embedded *usher_embedded_find(const char *name)
{
    size_t low = 0;
    size_t high = usher_embedded_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, usher_embedded_table[middle].name);
        if (order == 0)
            return &usher_embedded_table[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct usher_embedded *usher_embedded_at(size_t index)
{
    return index < usher_embedded_count ? &usher_embedded_table[index] : NULL;
}
