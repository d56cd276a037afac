/* engine/conversation/lua_text.c */
#include "conversation/lua_text.h"

#include <ctype.h>
#include <lauxlib.h>
#include <string.h>

#include "bind/bind.h"
#include "conversation/run.h"
#include "script/author.h"
#include "script/lua_token.h"

#define CODE_MAX 2000 /* bytes of a call, over all its lines */

int usher_lua_author(lua_State *L)
{
    struct usher_author at;

    if (!usher_author_find(L, &at))
        return 0;
    lua_pushstring(L, at.path);
    lua_pushinteger(L, at.line);
    return 2;
}

/* The file "flows/one.lua", or NULL. */
static const struct usher_source *source_of(lua_State *L, const char *path)
{
    const char *inside = strchr(path, '/');
    size_t count;
    const struct usher_source *sources =
        usher_script_sources(usher_script_of(L), &count);

    for (size_t i = 0; inside && i < count; i++)
        if (strcmp(sources[i].path, inside + 1) == 0)
            return &sources[i];
    return NULL;
}

int usher_lua_code(lua_State *L)
{
    const struct usher_source *source = source_of(L, luaL_checkstring(L, 1));
    lua_Integer line = luaL_checkinteger(L, 2);
    size_t len;
    const char *at;

    if (!source)
        return 0;
    at = usher_source_code(source, &len);
    for (; line > 1 && len > 0; at++, len--)
        line -= *at == '\n';
    lua_pushlstring(L, at, len < CODE_MAX ? len : CODE_MAX);
    return 1;
}

/* The character before a word; an escape such as "\n" is no letter. */
static int is_start(const char *text, const char *at)
{
    return at == text || !isalnum((unsigned char)at[-1]) ||
           (at - text > 1 && at[-2] == '\\');
}

/* The word alone is no text, but what type() is compared with. */
static int has_word(const struct usher_lua_token *token, const char *word,
                    size_t len)
{
    const char *end = token->text + token->len, *at = token->text;

    while ((at = memmem(at, (size_t)(end - at), word, len)) != NULL) {
        if (token->len > len && is_start(token->text, at) &&
            (at + len == end || !isalnum((unsigned char)at[len])))
            return 1;
        at++;
    }
    return 0;
}

/* The part stands at the text's begin or end, next to the end of a word. */
static int has_part(const struct usher_lua_token *token, const char *part,
                    size_t len, int at_end)
{
    size_t rest = token->len - len;

    if (token->len < len)
        return 0;
    if (memcmp(token->text + (at_end ? rest : 0), part, len) != 0)
        return 0;
    return !rest || (at_end ? is_start(token->text, token->text + rest)
                            : !isalnum((unsigned char)token->text[len]));
}

int usher_lua_is_written(lua_State *L)
{
    const char *where = luaL_optstring(L, 3, NULL);
    size_t word_len, len;
    const char *word = luaL_checklstring(L, 1, &word_len), *at;
    const struct usher_source *source = source_of(L, luaL_checkstring(L, 2));
    struct usher_lua_token token = {0};
    int found = 0;

    at = source ? usher_source_code(source, &len) : NULL;
    for (const char *end = at ? at + len : NULL; at && !found;) {
        token = usher_lua_token_next(&at, end);
        if (token.kind == USHER_LUA_END)
            break;
        found = token.kind == USHER_LUA_STRING &&
                (where ? has_part(&token, word, word_len, *where == 'e')
                       : has_word(&token, word, word_len));
    }
    lua_pushboolean(L, found);
    return 1;
}

int usher_lua_made(lua_State *L)
{
    const struct usher_author_word *made = usher_author_words(L);
    lua_Integer count = 0;

    if (!made)
        return 0;
    lua_newtable(L);
    for (int i = 0; i < USHER_AUTHOR_MADE; i++) {
        if (!made[i].word[0])
            continue;
        lua_createtable(L, 3, 0);
        lua_pushstring(L, made[i].word);
        lua_rawseti(L, -2, 1);
        lua_pushstring(L, made[i].at.line ? made[i].at.path : "");
        lua_rawseti(L, -2, 2);
        lua_pushinteger(L, made[i].at.line);
        lua_rawseti(L, -2, 3);
        lua_rawseti(L, -2, ++count);
    }
    return 1;
}

int usher_lua_strict(lua_State *L)
{
    const struct usher_bind *bind = usher_bind_of(L);

    lua_pushboolean(L, !bind || bind->strict);
    return 1;
}

int usher_lua_hole(lua_State *L)
{
    const char *message = luaL_checkstring(L, 1);
    const struct usher_run *run = usher_run_of(L);

    if (run && run->ops->hole && !usher_effect_replaying(L))
        run->ops->hole(run->owner, message);
    return 0;
}

int usher_lua_chat_index(lua_State *L)
{
    usher_author_note(L);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    lua_settop(L, 2);
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_insert(L, 1);
    lua_call(L, 2, 1);
    return 1;
}
