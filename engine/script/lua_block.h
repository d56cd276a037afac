/* engine/script/lua_block.h - the blocks of Lua source that Lua itself cannot
 * read: which of them was left open, told by how its lines are indented. Pure;
 * any thread. */
#ifndef USHER_SCRIPT_LUA_BLOCK_H
#define USHER_SCRIPT_LUA_BLOCK_H

#include <stddef.h>

struct usher_lua_block {
    const char *word;  /* "if", "for", "function" ..., "(", "{"; static */
    const char *close; /* "end", "until", ")" ...; static */
    long line;         /* on which it begins, from 1 */
    int is_else_if;    /* `else if` in two words, where `elseif` was meant */
};

/* The block or bracket that is not closed. 0: every one is, or nothing tells
 * which is not. */
int usher_lua_unclosed(const char *code, size_t len,
                       struct usher_lua_block *out);
/* The line of the `return` that gives what the file returns; else its last
 * line with code, 1 for none. */
long usher_lua_return_line(const char *code, size_t len);
/* The line on which the entry of this number (from 1) begins in the table
 * `list = { ... }`, and in *last the one on which it ends; 0: it is written in
 * another way, *last stays. */
long usher_lua_entry_line(const char *code, size_t len, const char *list,
                          long number, long *last);
/* The first line in which the file makes a local variable of this name; 0:
 * none. */
long usher_lua_local_line(const char *code, size_t len, const char *name);
/* The local name of the file that the name was probably meant as; its length
 * in *found_len. It lies in code. NULL: none is near. */
const char *usher_lua_local_near(const char *code, size_t len, const char *name,
                                 size_t *found_len);

#endif
