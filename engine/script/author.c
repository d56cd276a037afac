/* engine/script/author.c - the lines of the flows, found from the stack. */
#include "script/author.h"

#include <string.h>

#include "script/script_internal.h"

/* The frame of a flow's file: its place. 0: it is none. `ar` has S and l. */
static int author_read(const struct usher_script *script, const lua_Debug *ar,
                       struct usher_author *out)
{
    size_t len = strlen(script->folder);

    if (ar->currentline < 1 || ar->source[0] != '@' ||
        strncmp(ar->source + 1, script->folder, len) != 0 ||
        ar->source[1 + len] != '/')
        return 0;
    usher_text_copy(out->path, sizeof(out->path), ar->source + 1);
    out->line = ar->currentline;
    return 1;
}

int usher_author_find(lua_State *L, struct usher_author *out)
{
    struct usher_script *script = usher_script_of(L);
    const struct usher_fiber *fiber = script->running;
    lua_Debug ar;

    for (int level = 0; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Slt", &ar);
        if (author_read(script, &ar, out))
            return 1;
        if (ar.istailcall && fiber && fiber->noted.line) {
            *out = fiber->noted;
            return 1;
        }
    }
    return 0;
}

void usher_author_note(lua_State *L)
{
    struct usher_script *script = usher_script_of(L);
    lua_Debug ar;

    if (!script->running || !lua_getstack(L, 1, &ar))
        return;
    lua_getinfo(L, "Sl", &ar);
    (void)author_read(script, &ar, &script->running->noted);
}

void usher_author_made(lua_State *L, int type, const char *word)
{
    struct usher_fiber *fiber = usher_script_of(L)->running;
    struct usher_author_word *made;

    if (!fiber)
        return;
    made = &fiber->made[type == LUA_TNIL        ? 0
                        : type == LUA_TTABLE    ? 1
                        : type == LUA_TFUNCTION ? 2
                        : type == LUA_TNUMBER   ? 3
                                                : 4];
    usher_text_copy(made->word, sizeof(made->word), word);
    made->at.line = 0;
    (void)usher_author_find(L, &made->at);
    fiber->made_any = 1;
}

const struct usher_author_word *usher_author_words(lua_State *L)
{
    const struct usher_fiber *fiber = usher_script_of(L)->running;

    return fiber && fiber->made_any ? fiber->made : NULL;
}
