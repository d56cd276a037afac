/* engine/bind/lua_config.c - settings for flows.
 *
 *   config.SALESIQ_SCREEN_NAME  -> "acme"; nil where it is not set
 *   config.CRM_API_KEY          -> a secret, for the headers of http
 *
 * Names are usher's own settings and what init.lua declares:
 *   settings = { "CRM_URL", { "CRM_LIMIT", default = 20 } }
 * A setting is text, unless its default is a number or a boolean: then it is
 * one, too. Reading one is an effect: it is journaled, its secrets are not. */
#include "bind/bind.h"
#include "bind/modules.h"
#include "bind/secret.h"

#include <lauxlib.h>
#include <string.h>
#include <strings.h>

#include "script/effect.h"

/* Registry: the declared settings, in order: { name, default, required, about }
 * under their numbers and under their names. */
#define DECLARED "usher.settings"

/* ---- what is declared ---- */

/* Stack: declared, an entry of init's list at `entry`. Leaves the record. */
static void entry_read(lua_State *L, int entry, lua_Integer number)
{
    lua_newtable(L);
    if (lua_istable(L, entry))
        lua_geti(L, entry, 1);
    else
        lua_pushvalue(L, entry);
    if (lua_type(L, -1) != LUA_TSTRING || lua_rawlen(L, -1) == 0)
        luaL_error(L,
                   "settings[%d] in init.lua must be a name or { \"NAME\", "
                   "default = ..., about = \"...\" }, not a %s",
                   (int)number, luaL_typename(L, entry));
    lua_setfield(L, -2, "name");
    if (!lua_istable(L, entry))
        return;
    lua_getfield(L, entry, "default");
    if (lua_isfunction(L, -1) || lua_istable(L, -1) || lua_isuserdata(L, -1))
        luaL_error(L,
                   "settings[%d] in init.lua: a default must be a text, a "
                   "number or a boolean, not a %s",
                   (int)number, luaL_typename(L, -1));
    lua_setfield(L, -2, "default");
    lua_getfield(L, entry, "required");
    lua_pushboolean(L, lua_toboolean(L, -1));
    lua_setfield(L, -3, "required");
    lua_pop(L, 1);
    lua_getfield(L, entry, "about");
    if (!lua_isnil(L, -1) && lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "settings[%d] in init.lua: about must be a text",
                   (int)number);
    lua_setfield(L, -2, "about");
}

/* Argument: what init.lua returned. */
static int allow(lua_State *L)
{
    lua_settop(L, 1);
    lua_getfield(L, 1, "settings");
    lua_replace(L, 1);
    lua_newtable(L); /* list declared */
    if (!lua_isnil(L, 1) && !lua_istable(L, 1))
        return luaL_error(L,
                          "settings in init.lua must be a list of names, not "
                          "a %s",
                          luaL_typename(L, 1));
    for (lua_Integer i = 1; lua_istable(L, 1); i++) {
        if (lua_geti(L, 1, i) == LUA_TNIL)
            break;
        entry_read(L, 3, i); /* list declared entry record */
        lua_getfield(L, 4, "name");
        lua_pushvalue(L, 4);
        lua_rawset(L, 2);
        lua_rawseti(L, 2, i);
        lua_settop(L, 2);
    }
    lua_settop(L, 2);
    lua_setfield(L, LUA_REGISTRYINDEX, DECLARED);
    return 0;
}

enum usher_status usher_bind_allow_settings(lua_State *L, int index,
                                            struct usher_error *error)
{
    index = lua_absindex(L, index);
    if (!lua_checkstack(L, 4))
        return USHER_ERR_NOMEM;
    lua_pushcfunction(L, allow);
    lua_pushvalue(L, index);
    /* The metatables on the way are the flows'. */
    return usher_script_call(usher_script_of(L), 1, 0, error);
}

/* Pushes the declared settings, or nil. Raises nothing: no string is made. */
static int declared_push(lua_State *L)
{
    return lua_getfield(L, LUA_REGISTRYINDEX, DECLARED) == LUA_TTABLE;
}

void usher_bind_each_setting(lua_State *L,
                             void (*each)(void *user,
                                          const struct usher_wish *wish),
                             void *user)
{
    int top = lua_gettop(L);

    if (!lua_checkstack(L, 8) || !declared_push(L))
        goto done;
    for (lua_Integer i = 1; lua_rawgeti(L, top + 1, i) == LUA_TTABLE; i++) {
        struct usher_wish wish;

        lua_getfield(L, top + 2, "name");
        lua_getfield(L, top + 2, "about");
        lua_getfield(L, top + 2, "required");
        wish.has_default = lua_getfield(L, top + 2, "default") != LUA_TNIL;
        wish.name = lua_tostring(L, top + 3);
        wish.about = lua_tostring(L, top + 4);
        wish.required = lua_toboolean(L, top + 5);
        each(user, &wish);
        lua_settop(L, top + 1);
    }
done:
    lua_settop(L, top);
}

struct names {
    const char **list;
    size_t count;
    size_t max;
};

static void name_take(void *user, const struct usher_wish *wish)
{
    struct names *names = user;

    if (names->count < names->max)
        names->list[names->count++] = wish->name;
}

size_t usher_bind_setting_names(lua_State *L, const char **names, size_t max)
{
    struct names taken = {names, 0, max};

    usher_bind_each_setting(L, name_take, &taken);
    return taken.count;
}

/* ---- reading ---- */

static int undeclared(lua_State *L, const char *name)
{
    const char *nearest =
        declared_push(L) ? usher_script_nearest(L, -1, name) : NULL;

    if (nearest)
        return luaL_error(L,
                          "config.%s is not declared; did you mean config.%s?",
                          name, nearest);
    return luaL_error(L,
                      "config.%s is not declared: add \"%s\" to settings in "
                      "%s/init.lua",
                      name, name, usher_script_folder(usher_script_of(L)));
}

/* Pushes the setting's record, or nil where it is one of usher's own; raises
 * where it is neither. */
static void record_push(lua_State *L, const char *name)
{
    if (declared_push(L)) {
        lua_getfield(L, -1, name);
        lua_remove(L, -2);
        if (!lua_isnil(L, -1))
            return;
    }
    lua_pop(L, 1);
    if (usher_setting_find(name) < 0)
        undeclared(L, name);
    lua_pushnil(L);
}

static int is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++) {
        if (strcasecmp(text, *words) == 0)
            return 1;
    }
    return 0;
}

/* The type that a setting of this name has: that of its default. record: its
 * place on the stack, nil where it is one of usher's own. */
static int type_of(lua_State *L, int record, const char *name)
{
    int known = usher_setting_find(name);
    int type = LUA_TNIL;

    if (known >= 0 &&
        usher_setting_at((size_t)known)->type == USHER_SETTING_NUMBER)
        return LUA_TNUMBER;
    if (lua_istable(L, record)) {
        type = lua_getfield(L, record, "default");
        lua_pop(L, 1);
    }
    return type;
}

/* Pushes the text as what it is; what is not of the type stays a text. */
static void typed_push(lua_State *L, const char *text, int type)
{
    static const char *const yes[] = {"true", "yes", "on", "1", NULL};
    static const char *const no[] = {"false", "no", "off", "0", NULL};

    if (type == LUA_TBOOLEAN && is_one_of(text, yes))
        lua_pushboolean(L, 1);
    else if (type == LUA_TBOOLEAN && is_one_of(text, no))
        lua_pushboolean(L, 0);
    else if (type != LUA_TNUMBER || lua_stringtonumber(L, text) == 0)
        lua_pushstring(L, text);
}

/* Pushes what is journaled: of a secret only that there is one, else the
 * value, the default or nil. */
static void value_push(lua_State *L, int record, const char *name, int type)
{
    const char *text = usher_bind_setting(usher_bind_of(L), name);

    if (text && usher_config_is_secret(name))
        lua_pushboolean(L, 1);
    else if (text)
        typed_push(L, text, type);
    else if (lua_istable(L, record) && !usher_config_is_secret(name))
        lua_getfield(L, record, "default");
    else
        lua_pushnil(L);
}

/* After the effect: live and in replay the same is misuse. */
static void type_check(lua_State *L, const char *name, int type)
{
    if (lua_type(L, -1) != LUA_TSTRING)
        return;
    if (type == LUA_TBOOLEAN)
        luaL_error(L, "the setting %s must be true or false, not \"%s\"", name,
                   lua_tostring(L, -1));
    if (type == LUA_TNUMBER)
        luaL_error(L, "the setting %s must be a number, not \"%s\"", name,
                   lua_tostring(L, -1));
}

/* config.NAME; arguments: the module's table, the name. */
static int config_index(lua_State *L)
{
    const char *name = luaL_checkstring(L, 2);
    struct usher_effect effect = {"config", name, strlen(name), "", 0, 0};
    int type;

    lua_settop(L, 2);
    record_push(L, name);
    type = type_of(L, 3, name);
    if (usher_effect_begin(L, &effect) < 0) {
        value_push(L, 3, name, type);
        usher_effect_end(L, &effect, 1);
    }
    if (!usher_config_is_secret(name))
        type_check(L, name, type);
    else if (lua_toboolean(L, -1))
        usher_secret_push(L, name);
    return 1;
}

int usher_lua_config_open(lua_State *L)
{
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, config_index);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    return 1;
}
