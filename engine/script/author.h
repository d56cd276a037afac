/* engine/script/author.h - where in the flows' own files something happens:
 * what a message to their authors names, never a line of the engine. */
#ifndef USHER_SCRIPT_AUTHOR_H
#define USHER_SCRIPT_AUTHOR_H

#include <lua.h>

struct usher_author {
    char path[64]; /* "flows/callback.lua" */
    int line;      /* 0: not known */
};

/* The flow's line that L is in. `return chat:say(name)` leaves no trace of its
 * line when say is called: Lua drops a caller whose last word the call is. So
 * the line that usher_author_note() noted counts where a caller is gone. Gives
 * 0 where neither is known. */
int usher_author_find(lua_State *L, struct usher_author *out);

/* Notes the line of the function that called the C function which calls this
 * (its method is being looked up there), if it stands in the flows. Cheap. */
void usher_author_note(lua_State *L);

/* A value was made a text that says nothing to people: "nil", "table",
 * "function", "-nan", a userdata's name. Kept with its line for the running
 * flow, the last of each kind. */
void usher_author_made(lua_State *L, int type, const char *word);

enum { USHER_AUTHOR_MADE = 5 };

struct usher_author_word {
    char word[24]; /* "": none */
    struct usher_author at;
};

/* Those of the running flow, USHER_AUTHOR_MADE of them, borrowed; NULL: there
 * is none. */
const struct usher_author_word *usher_author_words(lua_State *L);

#endif
