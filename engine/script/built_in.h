/* engine/script/built_in.h - compiles the Lua files that are built into the
 * program (core/embedded.h), each once: there are many states, and the same
 * files in all of them. Any thread. */
#ifndef USHER_SCRIPT_BUILT_IN_H
#define USHER_SCRIPT_BUILT_IN_H

#include <lua.h>

#include "core/embedded.h"

/* Pushes the file's function, its chunk named "@" and the file's name; raises
 * when it cannot. */
void usher_built_in_load(lua_State *L, const struct usher_embedded *file);

#endif
