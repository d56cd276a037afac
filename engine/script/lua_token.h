/* engine/script/lua_token.h - reads Lua source word by word, without running
 * it: for what is to be known about a flow before anybody calls it. Comments
 * and blanks are passed over. Pure; any thread. */
#ifndef USHER_SCRIPT_LUA_TOKEN_H
#define USHER_SCRIPT_LUA_TOKEN_H

#include <stddef.h>

enum usher_lua_token_kind {
    USHER_LUA_END,
    USHER_LUA_NAME,   /* keywords, too */
    USHER_LUA_STRING, /* what stands between the quotes, escapes as written */
    USHER_LUA_OTHER   /* one sign or number */
};

struct usher_lua_token {
    enum usher_lua_token_kind kind;
    const char *text; /* inside the source */
    size_t len;
};

/* Takes the next token from *at, which moves behind it; source that no Lua
 * would read gives some tokens and ends. */
struct usher_lua_token usher_lua_token_next(const char **at, const char *end);
/* Whether it is of this kind and this text. */
int usher_lua_token_is(const struct usher_lua_token *token,
                       enum usher_lua_token_kind kind, const char *text);

#endif
