/* engine/conversation/needed_ids.c - which ids of Zoho a version needs. */
#include "conversation/needed_ids.h"

#include <stdio.h>
#include <string.h>

#include "script/lua_token.h"
#include "zoho/operation.h"

#define NAME USHER_LUA_NAME
#define STRING USHER_LUA_STRING
#define OTHER USHER_LUA_OTHER

/* What was found in all files of a version. */
struct found {
    unsigned mentioned; /* bits below */
    unsigned config;    /* ids that stand behind "config." */
    /* The first operation that needs each id, of those that are called in any
     * case and of those that INSTANT_CHAT=forward spares; NULL: none. */
    const struct usher_zoho_operation *by[2][USHER_ZOHO_IDS];
};

#define ZOHO 1u
#define DESK 2u
#define SALESIQ 4u
#define REQUEST 8u
#define INSTANT_CHAT 16u

/* A file, and the last three tokens of it, the newest first. */
struct reader {
    const char *at, *end;
    struct usher_lua_token last[3];
};

static int is(const struct usher_lua_token *token,
              enum usher_lua_token_kind kind, const char *text)
{
    return usher_lua_token_is(token, kind, text);
}

/* Under this name, as a word or as a text: zoho.desk, zoho["desk"]. */
static int names(const struct usher_lua_token *token, const char *text)
{
    return is(token, NAME, text) || is(token, STRING, text);
}

/* The member that the newest token names: .create_call, or a text that may
 * stand between brackets anywhere. */
static int is_member(const struct reader *reader)
{
    return reader->last[0].kind == STRING ||
           (reader->last[0].kind == NAME && is(&reader->last[1], OTHER, "."));
}

/* ---- ids that a call gives itself ---- */

static int depth_change(const struct usher_lua_token *token)
{
    if (token->kind != OTHER || token->len != 1)
        return token->kind == USHER_LUA_END ? -1000 : 0;
    return strchr("{([", *token->text)   ? 1
           : strchr("})]", *token->text) ? -1
                                         : 0;
}

/* Behind "field =": whether its value looks elsewhere than into this setting.
 * Leaves *at at the comma or bracket behind the value. */
static int is_own_value(const char **at, const char *end, const char *setting)
{
    int depth = 0, own = 1;

    for (;;) {
        const char *start = *at;
        struct usher_lua_token token = usher_lua_token_next(at, end);

        depth += depth_change(&token);
        if (depth < 0 || (depth == 0 && is(&token, OTHER, ","))) {
            *at = start;
            return own;
        }
        if (names(&token, setting) || is(&token, NAME, "nil"))
            own = 0;
    }
}

/* Of the table that stands behind an operation's name; 0 where it is another
 * value. */
static unsigned own_ids(const char *at, const char *end)
{
    struct usher_lua_token token = usher_lua_token_next(&at, end);
    unsigned own = 0;
    int depth = 1;

    if (is(&token, OTHER, "]"))
        token = usher_lua_token_next(&at, end);
    if (is(&token, OTHER, "("))
        token = usher_lua_token_next(&at, end);
    if (!is(&token, OTHER, "{"))
        return 0;
    while (depth > 0) {
        struct usher_lua_token name = token;
        int setting;

        token = usher_lua_token_next(&at, end);
        depth += depth_change(&token);
        if (depth != 1 || !is(&token, OTHER, "=") || name.kind != NAME)
            continue;
        setting = usher_zoho_field_setting(name.text, name.len);
        if (setting >= 0 &&
            is_own_value(&at, end, usher_setting_at((size_t)setting)->name))
            own |= usher_zoho_id((enum usher_setting)setting);
    }
    return own;
}

/* ---- one token after the other ---- */

static void operation_seen(struct found *found,
                           const struct usher_zoho_operation *operation,
                           const struct reader *reader)
{
    unsigned ids =
        usher_zoho_operation_ids(operation) & ~own_ids(reader->at, reader->end);
    int spared = strcmp(operation->name, "salesiq.open_conversation") == 0;

    for (size_t i = 0; i < USHER_ZOHO_IDS; i++)
        if (ids & (1u << i) && !found->by[spared][i])
            found->by[spared][i] = operation;
}

static void member_seen(struct found *found, const struct reader *reader)
{
    const struct usher_zoho_operation *operation;

    for (size_t i = 0; (operation = usher_zoho_operation_at(i)) != NULL; i++)
        if (names(&reader->last[0], strchr(operation->name, '.') + 1))
            operation_seen(found, operation, reader);
    if (is(&reader->last[0], NAME, "request") &&
        !is(&reader->last[2], NAME, "http"))
        found->mentioned |= REQUEST;
    for (size_t i = 0; i < USHER_ZOHO_IDS; i++)
        if (names(&reader->last[0],
                  usher_setting_at(USHER_ZOHO_FIRST_ID + i)->name))
            found->config |= 1u << i;
}

static void token_seen(struct found *found, const struct reader *reader)
{
    static const struct {
        const char *text;
        unsigned bit;
    } words[] = {{"zoho", ZOHO},
                 {"desk", DESK},
                 {"salesiq", SALESIQ},
                 {"INSTANT_CHAT", INSTANT_CHAT}};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (names(&reader->last[0], words[i].text))
            found->mentioned |= words[i].bit;
    if (is_member(reader))
        member_seen(found, reader);
}

static void source_read(struct found *found, const struct usher_source *source)
{
    struct reader reader = {.at = source->text,
                            .end = source->text + source->len};

    do {
        reader.last[2] = reader.last[1];
        reader.last[1] = reader.last[0];
        reader.last[0] = usher_lua_token_next(&reader.at, reader.end);
        token_seen(found, &reader);
    } while (reader.last[0].kind != USHER_LUA_END);
}

/* ---- what is missing ---- */

static unsigned service_of_id(size_t id)
{
    return usher_setting_at(USHER_ZOHO_FIRST_ID + id)->name[0] == 'D' ? DESK
                                                                      : SALESIQ;
}

/* Who needs the id, without "zoho."; NULL: nobody. */
static const char *needed_by(const struct found *found, size_t id, int forward)
{
    int spares = forward && (found->mentioned & INSTANT_CHAT);

    if (!(found->mentioned & ZOHO) || !(found->mentioned & service_of_id(id)))
        return NULL;
    if (found->by[0][id])
        return found->by[0][id]->name;
    if (found->by[1][id] && !spares)
        return found->by[1][id]->name;
    /* Any path can be asked for: what Desk always wants, and what is named. */
    if (found->mentioned & REQUEST &&
        (usher_zoho_id(USHER_SETTING_DESK_ORG_ID) == 1u << id ||
         (found->config & (1u << id) && !found->by[1][id])))
        return "request";
    return NULL;
}

void usher_missing_ids(const struct usher_version *version,
                       const struct usher_config *config,
                       usher_missing_id_fn *each, void *user)
{
    const char *how = usher_config_text(config, USHER_SETTING_INSTANT_CHAT);
    int forward = how && strcmp(how, "forward") == 0;
    struct found found = {.mentioned = 0};
    size_t count;
    const struct usher_source *sources = usher_version_sources(version, &count);

    for (size_t i = 0; i < count; i++)
        source_read(&found, &sources[i]);
    for (size_t i = 0; i < USHER_ZOHO_IDS; i++) {
        enum usher_setting setting =
            (enum usher_setting)(USHER_ZOHO_FIRST_ID + i);
        const struct usher_setting_info *info = usher_setting_at(setting);
        const char *by = needed_by(&found, i, forward);
        char detail[96], hint[160];

        if (!by || usher_config_text(config, setting))
            continue;
        snprintf(detail, sizeof(detail), "zoho.%s needs it", by);
        snprintf(hint, sizeof(hint), "add the line %s=... to .env: %s",
                 info->name, info->about);
        each(user, info->name, detail, hint);
    }
}

struct missing {
    struct usher_problems *problems;
    const char *names[USHER_ZOHO_IDS];
    size_t count;
};

static void missing_raise(void *user, const char *setting, const char *detail,
                          const char *hint)
{
    struct missing *missing = user;

    missing->names[missing->count++] = setting;
    usher_problem_raise(missing->problems, USHER_PROBLEM_ID_MISSING, setting,
                        detail, hint);
}

static int is_missing(void *user, const char *setting)
{
    const struct missing *missing = user;

    for (size_t i = 0; i < missing->count; i++)
        if (strcmp(missing->names[i], setting) == 0)
            return 1;
    return 0;
}

void usher_missing_ids_tell(const struct usher_version *version,
                            const struct usher_config *config,
                            struct usher_problems *problems)
{
    struct missing missing = {problems, {NULL}, 0};

    usher_missing_ids(version, config, missing_raise, &missing);
    usher_problems_end(problems, USHER_PROBLEM_ID_MISSING, is_missing,
                       &missing);
}
