/* engine/script/order.c - tables in a stable order.
 *
 * pairs takes the keys once and sorts them; next has nowhere to keep them and
 * looks for the smallest key above the last one. Both are raw, like Lua's. */

#include "script/order.h"

#include <lauxlib.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "script/script.h"

enum order_rank { ORDER_INTEGER, ORDER_FLOAT, ORDER_STRING, ORDER_BOOLEAN };

/* A key as C compares it. The bytes of a string are the Lua string's own. */
struct order_key {
    enum order_rank rank;
    int index; /* its place in the list of keys */
    size_t bytes;
    union {
        lua_Integer integer;
        lua_Number number;
        const char *text;
        int boolean;
    } as;
};

/* How an integer compares with a float that has no integer value. */
static int order_mixed(lua_Integer integer, lua_Number number)
{
    if (number >= 0x1p63)
        return -1;
    if (number < -0x1p63)
        return 1;
    return integer <= (lua_Integer)floor(number) ? -1 : 1;
}

static int order_numbers(const struct order_key *a, const struct order_key *b)
{
    if (a->rank == ORDER_INTEGER && b->rank == ORDER_INTEGER)
        return (a->as.integer > b->as.integer) -
               (a->as.integer < b->as.integer);
    if (a->rank == ORDER_INTEGER)
        return order_mixed(a->as.integer, b->as.number);
    if (b->rank == ORDER_INTEGER)
        return -order_mixed(b->as.integer, a->as.number);
    return (a->as.number > b->as.number) - (a->as.number < b->as.number);
}

static int order_strings(const struct order_key *a, const struct order_key *b)
{
    size_t shorter = a->bytes < b->bytes ? a->bytes : b->bytes;
    int sign = memcmp(a->as.text, b->as.text, shorter);

    return sign != 0 ? sign : (a->bytes > b->bytes) - (a->bytes < b->bytes);
}

static int order_compare(const struct order_key *a, const struct order_key *b)
{
    if (a->rank <= ORDER_FLOAT && b->rank <= ORDER_FLOAT)
        return order_numbers(a, b);
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    if (a->rank == ORDER_STRING)
        return order_strings(a, b);
    return a->as.boolean - b->as.boolean;
}

static int order_compare_void(const void *a, const void *b)
{
    return order_compare(a, b);
}

static void order_load_number(lua_State *L, int at, struct order_key *key)
{
    int is_integer;

    /* A float with an integer's value is that integer, as a key. */
    key->as.integer = lua_tointegerx(L, at, &is_integer);
    key->rank = ORDER_INTEGER;
    if (is_integer)
        return;
    key->rank = ORDER_FLOAT;
    key->as.number = lua_tonumber(L, at);
    if (isnan(key->as.number))
        luaL_error(L, "not a number is no key of a table");
}

static void order_refuse(lua_State *L, const char *type)
{
    luaL_error(L,
               "a key of type %s has no stable order: pairs and next go "
               "over numbers, strings and booleans",
               type);
}

/* Reads the key at a stack index. Where it has no order *odd becomes its type,
 * or stays the first of several. */
static bool order_load(lua_State *L, int at, struct order_key *key,
                       const char **odd)
{
    const char *type;

    memset(key, 0, sizeof(*key)); /* whole, also where luaL_error() leaves */
    switch (lua_type(L, at)) {
    case LUA_TNUMBER:
        order_load_number(L, at, key);
        return true;
    case LUA_TSTRING:
        key->rank = ORDER_STRING;
        key->as.text = lua_tolstring(L, at, &key->bytes);
        return true;
    case LUA_TBOOLEAN:
        key->rank = ORDER_BOOLEAN;
        key->as.boolean = lua_toboolean(L, at);
        return true;
    default:
        type = luaL_typename(L, at);
        *odd = *odd && strcmp(*odd, type) <= 0 ? *odd : type;
        return false;
    }
}

/* ---- next ---- */

int usher_order_next(lua_State *L)
{
    struct order_key last;
    struct order_key best;
    struct order_key key;
    bool from_start = lua_isnoneornil(L, 2);
    bool found = false;
    lua_Integer seen = 0;
    const char *odd = NULL;

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    if (!from_start && !order_load(L, 2, &last, &odd))
        order_refuse(L, odd);
    lua_pushnil(L); /* t last best */
    for (lua_pushnil(L); lua_next(L, 1) != 0; seen++) {
        lua_pop(L, 1); /* t last best key */
        if (!order_load(L, -1, &key, &odd))
            continue;
        if ((found && order_compare(&key, &best) >= 0) ||
            (!from_start && order_compare(&key, &last) <= 0))
            continue;
        lua_copy(L, -1, 3);
        best = key;
        found = true;
    }
    usher_script_charge(L, seen);
    if (odd)
        order_refuse(L, odd);
    if (!found) /* nil is at the top */
        return 1;
    lua_pushvalue(L, 3);
    lua_rawget(L, 1);
    return 2;
}

/* ---- pairs of a plain sequence ---- */

/* Upvalue: how long the sequence was. */
static int order_sequence_next(lua_State *L)
{
    lua_Integer length = lua_tointeger(L, lua_upvalueindex(1));
    lua_Integer first = lua_tointeger(L, 2) + 1; /* nil counts as 0 */

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    for (lua_Integer i = first; i >= 1 && i <= length; i++) {
        if (lua_rawgeti(L, 1, i) == LUA_TNIL) {
            lua_pop(L, 1);
            continue;
        }
        if (i > first)
            usher_script_charge(L, i - first);
        lua_pushinteger(L, i);
        lua_insert(L, -2);
        return 2;
    }
    usher_script_charge(L, length > first ? length - first : 0);
    lua_pushnil(L);
    return 1;
}

/* ---- pairs of any other table ---- */

/* Upvalues: the sorted list of keys, the place of the one that comes next. */
static int order_list_next(lua_State *L)
{
    lua_Integer place = lua_tointeger(L, lua_upvalueindex(2));
    lua_Integer first;

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    if (lua_isnil(L, 2))
        place = 1; /* a loop begins */
    for (first = place;; place++) {
        if (lua_rawgeti(L, lua_upvalueindex(1), place) == LUA_TNIL)
            break;
        lua_pushvalue(L, -1); /* t last key key */
        if (lua_rawget(L, 1) != LUA_TNIL)
            break;
        lua_settop(L, 2); /* cleared meanwhile */
    }
    lua_pushinteger(L, place + 1);
    lua_replace(L, lua_upvalueindex(2));
    usher_script_charge(L, place - first);
    return lua_gettop(L) - 2;
}

/* What a first look at a table tells. */
struct order_survey {
    bool texts_only; /* other keys are passed over, and counted */
    lua_Integer others;
    lua_Integer count;
    size_t text_bytes; /* of the keys that are strings */
    bool is_sequence;  /* keys 1 to count, all integers */
};

/* Whether the key on the top is one of those that are wanted. */
static bool order_wants(lua_State *L, const struct order_survey *survey)
{
    return !survey->texts_only || lua_type(L, -1) == LUA_TSTRING;
}

static void order_survey(lua_State *L, struct order_survey *survey)
{
    struct order_key key;
    lua_Integer highest = 0;
    const char *odd = NULL;

    survey->is_sequence = true;
    for (lua_pushnil(L); lua_next(L, 1) != 0;) {
        lua_pop(L, 1);
        if (!order_wants(L, survey)) {
            survey->others++;
            continue;
        }
        survey->count++;
        if (!order_load(L, -1, &key, &odd))
            continue;
        survey->text_bytes += key.bytes;
        if (key.rank != ORDER_INTEGER || key.as.integer < 1)
            survey->is_sequence = false;
        else if (key.as.integer > highest)
            highest = key.as.integer;
    }
    /* So many different integers from 1 on, none above their number. */
    survey->is_sequence = survey->is_sequence && highest == survey->count;
    usher_script_charge(L, survey->count + survey->others);
    if (odd)
        order_refuse(L, odd);
}

/* Pays for the comparisons that sorting takes, before it does. */
static void order_charge_sort(lua_State *L, const struct order_survey *survey)
{
    lua_Integer rounds = 1;

    while (((lua_Integer)1 << rounds) < survey->count)
        rounds++;
    usher_script_charge(L, rounds * (2 * survey->count +
                                     (lua_Integer)(survey->text_bytes / 16)));
}

/* Fills keys[] and the list on the stack's top with the keys of the table at
 * 1, in no order. Returns how many there are: the collector may have emptied a
 * weak table since they were counted. */
static int order_collect(lua_State *L, const struct order_survey *survey,
                         struct order_key *keys)
{
    int list = lua_gettop(L);
    int n = 0;
    const char *odd = NULL; /* there were none */

    lua_pushnil(L);
    while (n < survey->count && lua_next(L, 1) != 0) {
        lua_pop(L, 1);
        if (!order_wants(L, survey) || !order_load(L, -1, &keys[n], &odd))
            continue;
        keys[n].index = n + 1;
        n++;
        lua_pushvalue(L, -1);
        lua_rawseti(L, list, n);
    }
    lua_settop(L, list);
    return n;
}

/* Puts the list on the stack's top into the order of keys[], whose indices
 * say where each key stands now. Uses up the indices; allocates nothing. */
static void order_arrange(lua_State *L, struct order_key *keys, int count)
{
    int list = lua_gettop(L);

    for (int start = 0; start < count; start++) {
        int to = start;
        if (keys[start].index == 0)
            continue;
        lua_rawgeti(L, list, start + 1); /* is overwritten first */
        for (;;) {
            int from = keys[to].index - 1;
            keys[to].index = 0;
            if (from == start)
                break;
            lua_rawgeti(L, list, from + 1);
            lua_rawseti(L, list, to + 1);
            to = from;
        }
        lua_rawseti(L, list, to + 1);
    }
}

/* Pushes the list of the keys of the table at 1, sorted, and returns how many
 * it has. */
static int order_push_list(lua_State *L, const struct order_survey *survey)
{
    struct order_key few[32] = {0};
    struct order_key *keys = few;
    int count = (int)survey->count;

    if (survey->count > INT32_MAX / 2)
        luaL_error(L, "table too large for pairs");
    if ((size_t)count > sizeof(few) / sizeof(*few))
        keys = lua_newuserdatauv(L, (size_t)count * sizeof(*keys), 0);
    /* From here on nothing is allocated that could let the collector free a
     * string which keys[] points to. */
    lua_createtable(L, count, 0);
    count = order_collect(L, survey, keys);
    qsort(keys, (size_t)count, sizeof(*keys), order_compare_void);
    order_arrange(L, keys, count);
    return count;
}

static void order_push_iterator(lua_State *L)
{
    struct order_survey survey = {0};

    order_survey(L, &survey);
    if (survey.is_sequence) {
        lua_pushinteger(L, survey.count);
        lua_pushcclosure(L, order_sequence_next, 1);
        return;
    }
    order_charge_sort(L, &survey);
    order_push_list(L, &survey);
    lua_pushinteger(L, 1);
    lua_pushcclosure(L, order_list_next, 2);
}

static int order_pairs_called(lua_State *L, int status, lua_KContext context)
{
    (void)L;
    (void)status;
    (void)context;
    return 3;
}

int usher_order_pairs(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_callk(L, 1, 3, 0, order_pairs_called);
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    order_push_iterator(L);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

/* ---- names ---- */

/* Table, where the counts go -> the list */
static int order_names_called(lua_State *L)
{
    lua_Integer *counts = lua_touserdata(L, 2);
    struct order_survey survey = {.texts_only = true};

    lua_settop(L, 1);
    order_survey(L, &survey);
    order_charge_sort(L, &survey);
    counts[0] = order_push_list(L, &survey);
    counts[1] = survey.others;
    return 1;
}

lua_Integer usher_order_names(lua_State *L, int index, lua_Integer *others)
{
    lua_Integer counts[2];

    index = lua_absindex(L, index);
    luaL_checkstack(L, 4, "names");
    lua_pushcfunction(L, order_names_called);
    lua_pushvalue(L, index);
    lua_pushlightuserdata(L, counts);
    lua_call(L, 2, 1);
    if (others)
        *others = counts[1];
    return counts[0];
}
