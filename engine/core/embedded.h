/* engine/core/embedded.h - the Lua files that are built into the program.
 *
 * Names are paths in the repository ("engine/lua/chat.lua",
 * "flows/init.lua") and "re.lua" for lpeg's own. Everything here is constant
 * and lives as long as the program; nothing blocks, nothing fails but by
 * NULL, every thread may ask. */
#ifndef USHER_CORE_EMBEDDED_H
#define USHER_CORE_EMBEDDED_H

#include <stddef.h>

struct usher_embedded {
    const char *name;
    const char *data; /* size bytes, then a NUL that size does not count */
    size_t size;
};

/* The file of that name, or NULL when there is none. */
const struct usher_embedded *usher_embedded_find(const char *name);

/* The files in the order of their names' bytes, index from 0; NULL past the
 * last one. */
const struct usher_embedded *usher_embedded_at(size_t index);

#endif
