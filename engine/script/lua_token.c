/* engine/script/lua_token.c - the words of Lua source. */
#include "script/lua_token.h"

#include <ctype.h>
#include <string.h>

/* Behind the bracket "[==[" at `at`, with the number of its signs in *level;
 * NULL: there is none. */
static const char *long_open(const char *at, const char *end, size_t *level)
{
    *level = 0;
    if (at == end || *at++ != '[')
        return NULL;
    for (; at < end && *at == '='; at++)
        (*level)++;
    return at < end && *at == '[' ? at + 1 : NULL;
}

/* The "]==]" that closes; `end` where none does. */
static const char *long_close(const char *at, const char *end, size_t level)
{
    for (; at < end; at++) {
        const char *sign = at + 1;

        if (*at != ']')
            continue;
        while (sign < end && *sign == '=' && (size_t)(sign - at) <= level)
            sign++;
        if ((size_t)(sign - at) == level + 1 && sign < end && *sign == ']')
            return at;
    }
    return end;
}

/* Moves *at behind what `from` is closed with, `width` bytes. */
static void close_move(const char **at, const char *from, const char *end,
                       size_t width)
{
    *at = (size_t)(end - from) > width ? from + width : end;
}

static void comment_skip(const char **at, const char *end)
{
    size_t level;
    const char *inside = long_open(*at, end, &level);

    if (inside) {
        close_move(at, long_close(inside, end, level), end, level + 2);
        return;
    }
    while (*at < end && **at != '\n')
        (*at)++;
}

static void blank_skip(const char **at, const char *end)
{
    while (*at < end) {
        if (isspace((unsigned char)**at)) {
            (*at)++;
        } else if (end - *at >= 2 && memcmp(*at, "--", 2) == 0) {
            *at += 2;
            comment_skip(at, end);
        } else {
            return;
        }
    }
}

static struct usher_lua_token string_read(const char **at, const char *end)
{
    struct usher_lua_token token = {USHER_LUA_STRING, *at + 1, 0};
    const char quote = **at, *stop = *at + 1;

    while (stop < end && *stop != quote && *stop != '\n')
        stop += *stop == '\\' && stop + 1 < end ? 2 : 1;
    token.len = (size_t)(stop - token.text);
    close_move(at, stop, end, 1);
    return token;
}

static struct usher_lua_token long_read(const char **at, const char *end,
                                        const char *inside, size_t level)
{
    const char *stop = long_close(inside, end, level);
    struct usher_lua_token token = {USHER_LUA_STRING, inside,
                                    (size_t)(stop - inside)};

    close_move(at, stop, end, level + 2);
    return token;
}

static int is_word(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_';
}

struct usher_lua_token usher_lua_token_next(const char **at, const char *end)
{
    struct usher_lua_token token = {USHER_LUA_END, end, 0};
    const char *inside;
    size_t level;

    blank_skip(at, end);
    if (*at == end)
        return token;
    if (**at == '"' || **at == '\'')
        return string_read(at, end);
    inside = long_open(*at, end, &level);
    if (inside)
        return long_read(at, end, inside, level);
    token.text = *at;
    token.kind = is_word(**at) && !isdigit((unsigned char)**at)
                     ? USHER_LUA_NAME
                     : USHER_LUA_OTHER;
    do
        (*at)++;
    while (is_word(*token.text) && *at < end && is_word(**at));
    token.len = (size_t)(*at - token.text);
    return token;
}

int usher_lua_token_is(const struct usher_lua_token *token,
                       enum usher_lua_token_kind kind, const char *text)
{
    return token->kind == kind && token->len == strlen(text) &&
           memcmp(token->text, text, token->len) == 0;
}
