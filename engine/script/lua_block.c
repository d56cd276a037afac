/* engine/script/lua_block.c - blocks, brackets and local names of Lua source.
 */
#include "script/lua_block.h"

#include <string.h>

#include "core/nearest.h"
#include "script/lua_token.h"

#define DEPTH_MAX 200 /* Lua's own limit */
#define NAME_MAX_BYTES 64

/* ---- reading word by word ---- */

struct walk {
    const char *at, *end;
    const char *line_start;
    const char *counted; /* lines are counted up to here */
    long line;           /* of the token */
    struct usher_lua_token token, before;
    int is_first; /* the token is its line's first */
    size_t indent;
};

static void walk_begin(struct walk *walk, const char *code, size_t len)
{
    memset(walk, 0, sizeof(*walk));
    walk->at = walk->counted = walk->line_start = code;
    walk->end = code + len;
    walk->line = 1;
}

/* Takes the next token; 0 at the end. */
static int walk_next(struct walk *walk)
{
    const char *text;

    walk->before = walk->token;
    walk->token = usher_lua_token_next(&walk->at, walk->end);
    text = walk->token.text;
    for (; walk->counted < text; walk->counted++) {
        if (*walk->counted == '\n') {
            walk->line++;
            walk->line_start = walk->counted + 1;
        }
    }
    walk->indent = 0;
    while (walk->line_start + walk->indent < text &&
           strchr(" \t", walk->line_start[walk->indent]))
        walk->indent++;
    walk->is_first = walk->line_start + walk->indent == text;
    return walk->token.kind != USHER_LUA_END;
}

static int is_name(const struct usher_lua_token *token, const char *word)
{
    return usher_lua_token_is(token, USHER_LUA_NAME, word);
}

/* x.end, chat:repeat: no keyword, though Lua would not read it. */
static int is_member(const struct walk *walk)
{
    return usher_lua_token_is(&walk->before, USHER_LUA_OTHER, ".") ||
           usher_lua_token_is(&walk->before, USHER_LUA_OTHER, ":");
}

/* ---- blocks ---- */

struct open_block {
    struct usher_lua_block block;
    size_t indent; /* of its line */
};

struct blocks {
    struct open_block stack[DEPTH_MAX];
    size_t depth;
    struct open_block else_if; /* the first that is open where another ends */
};

static int is_sign(const struct usher_lua_token *token, char sign)
{
    return token->kind == USHER_LUA_OTHER && token->len == 1 &&
           token->text[0] == sign;
}

/* The word that opens a block here; NULL: none. `do` of for and while is
 * theirs. */
static const char *opener(const struct walk *walk, int *head)
{
    static const char *const words[] = {"if",     "for",      "while",
                                        "repeat", "function", NULL};

    for (const char *const *word = words; *word; word++) {
        if (!is_name(&walk->token, *word))
            continue;
        if (word[0][0] == 'w' || strcmp(*word, "for") == 0)
            (*head)++;
        return *word;
    }
    if (!is_name(&walk->token, "do"))
        return NULL;
    if (*head > 0) {
        (*head)--;
        return NULL;
    }
    return "do";
}

static void block_push(struct blocks *blocks, const struct walk *walk,
                       const char *word, const char *close)
{
    struct open_block *open;

    if (blocks->depth == DEPTH_MAX)
        return;
    open = &blocks->stack[blocks->depth++];
    open->block.word = word;
    open->block.close = close;
    open->block.line = walk->line;
    open->block.is_else_if = is_name(&walk->before, "else");
    open->indent = walk->indent;
}

/* Whether the one on top was left open, since what stands here ends a block
 * further out. */
static int is_left_open(const struct blocks *blocks, const struct walk *walk)
{
    return walk->is_first && blocks->depth > 0 &&
           walk->indent < blocks->stack[blocks->depth - 1].indent;
}

/* An `else if` inside the block that lacks its end is what was meant. */
static void suspect(const struct blocks *blocks, struct usher_lua_block *out)
{
    if (strcmp(out->close, "end") == 0 &&
        blocks->else_if.block.line > out->line)
        *out = blocks->else_if.block;
}

/* A token that opens something. */
static int block_opens(struct blocks *blocks, const struct walk *walk,
                       int *head)
{
    static const char *const signs[][2] = {{"(", ")"}, {"{", "}"}, {"[", "]"}};
    const char *word = is_member(walk) ? NULL : opener(walk, head);

    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        if (is_sign(&walk->token, signs[i][0][0]))
            block_push(blocks, walk, signs[i][0], signs[i][1]);
    }
    if (!word)
        return 0;
    block_push(blocks, walk, word, word[0] == 'r' ? "until" : "end");
    if (is_name(&walk->before, "else") && !blocks->else_if.block.line)
        blocks->else_if = blocks->stack[blocks->depth - 1];
    return 1;
}

/* Whether the token closes something. */
static int is_close(const struct walk *walk)
{
    if (walk->token.kind == USHER_LUA_OTHER)
        return strchr(")}]", walk->token.text[0]) != NULL;
    return !is_member(walk) &&
           (is_name(&walk->token, "end") || is_name(&walk->token, "until"));
}

int usher_lua_unclosed(const char *code, size_t len,
                       struct usher_lua_block *out)
{
    struct blocks blocks = {.depth = 0};
    struct walk walk;
    int head = 0;

    walk_begin(&walk, code, len);
    while (walk_next(&walk)) {
        const struct usher_lua_block *top;

        if (block_opens(&blocks, &walk, &head) || !is_close(&walk))
            continue;
        if (blocks.depth == 0)
            return 0;
        top = &blocks.stack[blocks.depth - 1].block;
        if (is_left_open(&blocks, &walk) ||
            walk.token.len != strlen(top->close) ||
            memcmp(walk.token.text, top->close, walk.token.len) != 0) {
            *out = *top;
            suspect(&blocks, out);
            return 1;
        }
        blocks.depth--;
    }
    if (blocks.depth == 0)
        return 0;
    *out = blocks.stack[blocks.depth - 1].block;
    suspect(&blocks, out);
    return 1;
}

long usher_lua_return_line(const char *code, size_t len)
{
    struct walk walk;
    long last = 1;
    int depth = 0, head = 0;

    walk_begin(&walk, code, len);
    while (walk_next(&walk)) {
        last = walk.line;
        if (is_member(&walk))
            continue;
        if (depth == 0 && is_name(&walk.token, "return"))
            return walk.line;
        if (opener(&walk, &head))
            depth++;
        else if (is_name(&walk.token, "end") || is_name(&walk.token, "until"))
            depth--;
    }
    return last;
}

/* ---- entries of a table ---- */

/* Walks to behind `list = {`; 0: there is none. */
static int list_find(struct walk *walk, const char *list)
{
    int state = 0;

    while (walk_next(walk)) {
        if (is_name(&walk->token, list))
            state = 1;
        else if (state == 1 && is_sign(&walk->token, '='))
            state = 2;
        else if (state == 2 && is_sign(&walk->token, '{'))
            return 1;
        else
            state = 0;
    }
    return 0;
}

long usher_lua_entry_line(const char *code, size_t len, const char *list,
                          long number, long *last)
{
    long at = 1, first = 0;
    int depth = 0, is_new = 1;
    struct walk walk;

    walk_begin(&walk, code, len);
    if (!list_find(&walk, list))
        return 0;
    while (at <= number && depth >= 0 && walk_next(&walk)) {
        char sign = walk.token.kind == USHER_LUA_OTHER ? *walk.token.text : 'x';

        if (is_new && at == number)
            first = walk.line;
        is_new = 0;
        depth += sign == '{' || sign == '(' ? 1 : 0;
        depth -= sign == '}' || sign == ')' ? 1 : 0;
        if (depth == 0 && (sign == ',' || sign == ';')) {
            at++;
            is_new = 1;
        } else if (first && depth >= 0) {
            *last = walk.line;
        }
    }
    return first;
}

/* ---- local names ---- */

/* What is being declared where the walk stands. */
enum declares { NOTHING, LOCALS, ARGUMENTS, LOOP, FUNCTION };

/* Whether the token is a name that is declared there; moves *state on. */
static int declares(const struct walk *walk, enum declares *state)
{
    const struct usher_lua_token *token = &walk->token;

    if (is_name(token, "local") || is_name(token, "for")) {
        *state = is_name(token, "for") ? LOOP : LOCALS;
        return 0;
    }
    if (is_name(token, "function")) {
        int is_local = *state == LOCALS && is_name(&walk->before, "local");

        *state = is_local ? LOCALS : FUNCTION;
        return 0;
    }
    if (*state == NOTHING)
        return 0;
    if (token->kind == USHER_LUA_OTHER && token->text[0] == '(') {
        *state = ARGUMENTS;
        return 0;
    }
    if (token->kind == USHER_LUA_OTHER && strchr(",<>.:", token->text[0]))
        return 0;
    if (token->kind != USHER_LUA_NAME || is_name(token, "in")) {
        *state = NOTHING;
        return 0;
    }
    if (*state == FUNCTION ||
        usher_lua_token_is(&walk->before, USHER_LUA_OTHER, "<"))
        return 0; /* the function's own name, or an attribute */
    return 1;
}

/* Names behind `local x = ...` of another statement are none. */
static int declared_next(struct walk *walk, enum declares *state)
{
    while (walk_next(walk)) {
        if (walk->before.kind == USHER_LUA_NAME &&
            walk->token.kind == USHER_LUA_NAME && *state != NOTHING &&
            !is_name(&walk->before, "local") &&
            !is_name(&walk->before, "for") &&
            !is_name(&walk->before, "function"))
            *state = NOTHING; /* `local x` without a value, then more */
        if (declares(walk, state))
            return 1;
    }
    return 0;
}

long usher_lua_local_line(const char *code, size_t len, const char *name)
{
    enum declares state = NOTHING;
    struct walk walk;

    walk_begin(&walk, code, len);
    while (declared_next(&walk, &state)) {
        if (is_name(&walk.token, name))
            return walk.line;
    }
    return 0;
}

const char *usher_lua_local_near(const char *code, size_t len, const char *name,
                                 size_t *found_len)
{
    size_t best = usher_word_reach(name) + 1;
    enum declares state = NOTHING;
    const char *found = NULL;
    struct walk walk;

    walk_begin(&walk, code, len);
    while (declared_next(&walk, &state)) {
        char known[NAME_MAX_BYTES];
        size_t far;

        if (walk.token.len >= sizeof(known))
            continue;
        memcpy(known, walk.token.text, walk.token.len);
        known[walk.token.len] = '\0';
        far = usher_word_distance(name, known);
        if (far > 0 && far < best) {
            best = far;
            found = walk.token.text;
            *found_len = walk.token.len;
        }
    }
    return found;
}
