/* engine/conversation/lua_say.c */
#include "conversation/lua_say.h"

#include <ctype.h>
#include <lauxlib.h>
#include <string.h>

#include "conversation/answer.h"
#include "conversation/run_internal.h"
#include "script/author.h"
#include "script/metatable.h"

/* Longer texts are split, by chat.lua. */
#define PLAIN_TEXT_MAX 1000
#define PLAIN_MAX 32 /* texts and buttons of one reply */

struct saying {
    const char *kind;
    const char *text;
    size_t len;
    const char *more;
    size_t more_len;
};

static void answer_add(struct usher_answer *answer, const struct saying *said)
{
    if (strcmp(said->kind, "text") == 0) {
        usher_answer_text(answer, said->text, said->len);
    } else if (strcmp(said->kind, "button") == 0) {
        usher_answer_button(answer, said->text, said->len, said->more,
                            said->more_len);
    } else if (strcmp(said->kind, "card") == 0) {
        usher_answer_card(answer, said->text, said->len, said->more,
                          said->more_len);
    } else {
        usher_buffer_clear(&answer->input);
        usher_buffer_append(&answer->input, said->text, said->len);
    }
}

static int say(lua_State *L, const struct saying *said)
{
    struct usher_run *run = usher_run_of(L);
    struct usher_effect effect = {"say", said->kind, strlen(said->kind),
                                  "",    0,          0};
    int count;

    if (!run->answer)
        return luaL_error(L, "a task has no visitor to say something to");
    count = usher_effect_begin(L, &effect);
    if (count >= 0) {
        /* Replayed within this very turn, after a crash: nobody has seen it. */
        if (run->cursor > run->turn_start && run->cursor > run->said)
            answer_add(run->answer, said);
        return count;
    }
    answer_add(run->answer, said);
    if (usher_answer_failed(run->answer))
        return run_break(L, run, "the answer of one turn is too large");
    return usher_effect_end(L, &effect, 0);
}

int usher_lua_say(lua_State *L)
{
    struct saying said;

    said.kind = luaL_checkstring(L, 1);
    said.text = luaL_checklstring(L, 2, &said.len);
    said.more = luaL_optlstring(L, 3, "", &said.more_len);
    return say(L, &said);
}

/* ---- plain replies ---- */

struct plain {
    struct saying list[PLAIN_MAX];
    int count;
};

static int is_blank(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!isspace((unsigned char)text[i]))
            return 0;
    }
    return 1;
}

/* The text at the top of the stack, which someone holds on to. */
static int plain_text(lua_State *L, struct plain *plain)
{
    struct saying *said = &plain->list[plain->count];

    if (lua_type(L, -1) != LUA_TSTRING || plain->count == PLAIN_MAX)
        return 0;
    *said = (struct saying){"text", NULL, 0, "", 0};
    said->text = lua_tolstring(L, -1, &said->len);
    if (said->len > PLAIN_TEXT_MAX || memchr(said->text, '%', said->len))
        return 0;
    plain->count += !is_blank(said->text, said->len);
    return 1;
}

/* A list without holes of which each item is taken; the list is popped. */
static int plain_list(lua_State *L, struct plain *plain,
                      int (*take)(lua_State *L, struct plain *plain))
{
    int good = lua_type(L, -1) == LUA_TTABLE && !usher_metatable_get(L, -1);

    for (lua_Integer i = 1; good; i++) {
        if (lua_rawgeti(L, -1, i) == LUA_TNIL) {
            lua_pop(L, 1);
            good = lua_rawlen(L, -1) < (lua_Unsigned)i; /* no hole */
            break;
        }
        good = take(L, plain);
        lua_pop(L, 1);
    }
    return good;
}

/* Of the pair at the top of the stack; NULL: no string. */
static const char *known_text(lua_State *L, lua_Integer i, size_t *len)
{
    const char *text = NULL;

    if (lua_rawgeti(L, -1, i) == LUA_TSTRING)
        text = lua_tolstring(L, -1, len);
    lua_pop(L, 1);
    return text;
}

/* A flow's name or a label, at the top of the stack. */
static int plain_button(lua_State *L, struct plain *plain)
{
    struct saying *said = &plain->list[plain->count];

    if (lua_type(L, -1) != LUA_TSTRING || plain->count == PLAIN_MAX)
        return 0;
    *said = (struct saying){"button", NULL, 0, NULL, 0};
    said->text = said->more = lua_tolstring(L, -1, &said->len);
    said->more_len = said->len;
    if (memchr(said->text, '%', said->len))
        return 0;
    lua_getfield(L, lua_upvalueindex(1), "buttons");
    lua_pushvalue(L, -2);
    if (lua_rawget(L, -2) == LUA_TTABLE) { /* text buttons button */
        said->text = known_text(L, 1, &said->len);
        said->more = known_text(L, 2, &said->more_len);
    }
    lua_pop(L, 2);
    plain->count++;
    return said->text && said->more;
}

/* Besides its texts it has buttons at most. */
static int plain_keys(lua_State *L)
{
    int good = 1;

    for (lua_pushnil(L); good && lua_next(L, 1);) {
        lua_pop(L, 1);
        good = lua_type(L, -1) == LUA_TNUMBER ||
               (lua_type(L, -1) == LUA_TSTRING &&
                strcmp(lua_tostring(L, -1), "buttons") == 0);
    }
    lua_settop(L, 1);
    return good;
}

/* Nothing is said before all of it is known to be plain. */
static int plain_read(lua_State *L, struct plain *plain)
{
    int good;

    plain->count = 0;
    if (lua_gettop(L) != 1 || usher_author_words(L))
        return 0;
    if (lua_type(L, 1) == LUA_TSTRING)
        return plain_text(L, plain);
    if (!plain_list(L, plain, plain_text) || !plain_keys(L))
        return 0;
    lua_pushliteral(L, "buttons");
    good = lua_rawget(L, 1) == LUA_TNIL || plain_list(L, plain, plain_button);
    lua_settop(L, 1);
    return good && plain->count > 0;
}

int usher_lua_say_plain(lua_State *L)
{
    struct plain plain;
    int good = plain_read(L, &plain);

    for (int i = 0; good && i < plain.count; i++)
        lua_pop(L, say(L, &plain.list[i]));
    lua_pushboolean(L, good);
    return 1;
}
