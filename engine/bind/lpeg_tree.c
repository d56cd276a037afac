/* engine/bind/lpeg_tree.c
 *
 * lpeg keeps a pattern as its nodes in the order of a walk from the root: what
 * a node is made of follows it. So one pass from the last to the first counts
 * what lpeg's own functions, which call themselves, would visit. What a rule
 * takes depends on those it begins with: passes are made until nothing
 * changes. */
#include "bind/lpeg_tree.h"

#include <lauxlib.h>
#include <stddef.h>
#include <string.h>

#include "script/script.h"

/* Of lpeg 1.0.2. */
#define KNOWN "1.0.2"
enum tag {
    CHAR,
    SET,
    ANY,
    YES,
    NO,
    REPEAT,
    SEQUENCE,
    CHOICE,
    NOT,
    AND,
    CALL,
    OPEN_CALL,
    RULE,
    GRAMMAR,
    BEHIND,
    CAPTURE,
    RUN_TIME,
    BYTES_OF_SET = 255
};
struct node {
    unsigned char tag, capture;
    unsigned short key;
    int n; /* how far the second part is, or the rule called */
};
struct pattern {
    void *code;
    int code_size;
    struct node nodes[];
};
#define SET_NODES 4 /* that follow a set, and are its bytes */
#define SIMPLE 5    /* lpeg.C */
/* Rules that lpeg visits one in the other before it says that they are left
 * recursive. */
#define RULES_MAX 1000
#define NODES_A_CHARGE 2

/* What lpeg's functions visit from a node on. */
struct cost {
    float head;  /* to tell whether it may take nothing */
    float first; /* to tell which characters it may begin with */
    float code;  /* to make its code */
    float parts;
    float chain; /* parts of a sequence, or a choice, that see its end */
    int rule;    /* of an open call: the tree that it calls, or -1 */
    unsigned char tag;
    unsigned char nullable;
};

struct tree {
    const struct node *nodes;
    struct cost *costs;
    int count;
};

int usher_lpeg_is_known(lua_State *L, int index)
{
    int known;

    lua_getfield(L, index, "version");
    if (lua_isfunction(L, -1))
        lua_call(L, 0, 1);
    known = lua_type(L, -1) == LUA_TSTRING &&
            strcmp(lua_tostring(L, -1), KNOWN) == 0;
    lua_pop(L, 1);
    return known;
}

static const struct node *nodes_of(lua_State *L, int index, int *count)
{
    const struct pattern *pattern = lua_touserdata(L, index);
    size_t head = offsetof(struct pattern, nodes);

    *count = (int)((lua_rawlen(L, index) - head) / sizeof(struct node));
    return pattern->nodes;
}

/* Where the node after the one at `i` stands. */
static int next_node(const struct node *nodes, int i)
{
    return i + 1 + (nodes[i].tag == SET ? SET_NODES : 0);
}

int usher_lpeg_is_compiled(lua_State *L, int index)
{
    return ((const struct pattern *)lua_touserdata(L, index))->code != NULL;
}

int usher_lpeg_captures(lua_State *L, int index)
{
    int count;
    const struct node *nodes = nodes_of(L, index, &count);

    for (int i = 0; i < count; i = next_node(nodes, i)) {
        int tag = nodes[i].tag;

        if (tag == CALL || tag == OPEN_CALL || tag == RUN_TIME ||
            (tag == CAPTURE && nodes[i].capture != SIMPLE))
            return 1;
    }
    return 0;
}

/* ---- one node ---- */

static const struct cost *second_of(const struct tree *tree, int i)
{
    return &tree->costs[i + tree->nodes[i].n];
}

static float chain_of(const struct cost *part, int tag)
{
    return part->tag == tag ? part->chain : 1;
}

/* lpeg first turns (a b) c into a (b c): what `b` costs is asked for each part
 * of `a`. */
static void sequence_cost(struct cost *to, const struct cost *a,
                          const struct cost *b)
{
    float before = chain_of(a, SEQUENCE);

    to->nullable = a->nullable && b->nullable;
    to->head += a->head + (a->nullable ? b->head : 0);
    to->first += a->head + a->first + (a->nullable ? b->first : 0);
    to->code += a->code + b->code + before * b->first;
    to->parts += a->parts + b->parts;
    to->chain = chain_of(b, SEQUENCE) + (b->nullable ? before : 0);
}

static void choice_cost(struct cost *to, const struct cost *a,
                        const struct cost *b)
{
    float before = chain_of(a, CHOICE);

    to->nullable = a->nullable || b->nullable;
    to->head += a->head + b->head;
    to->first += a->first + b->first;
    to->code += a->code + b->code + a->first + a->parts + before * b->first;
    to->parts += a->parts + b->parts;
    to->chain = before + chain_of(b, CHOICE);
}

/* What has one part. */
static void around_cost(struct cost *to, const struct cost *a)
{
    to->nullable = a->nullable || to->tag == REPEAT || to->tag == NOT ||
                   to->tag == AND || to->tag == BEHIND;
    to->head += a->head;
    to->first += a->first;
    to->code += a->code + a->head + a->first + 2 * a->parts;
    to->parts += a->parts;
}

static void call_cost(struct cost *to, const struct cost *rule)
{
    to->nullable = rule->nullable;
    to->head += rule->head;
    to->first += rule->first;
}

/* A rule's second part is the next rule: only code is made of it, by the
 * grammar. */
static void rule_cost(struct cost *to, const struct cost *body,
                      const struct cost *next)
{
    around_cost(to, body);
    to->code += next->code;
    to->parts += next->parts;
}

static void node_cost(const struct tree *trees, const struct tree *tree, int i)
{
    struct cost *to = &tree->costs[i];
    const struct cost *a = to + 1; /* what follows, where something does */

    to->head = to->first = to->code = to->parts = 1;
    switch (to->tag) {
    case YES:
        to->nullable = 1;
        break;
    case SEQUENCE:
        sequence_cost(to, a, second_of(tree, i));
        break;
    case CHOICE:
        choice_cost(to, a, second_of(tree, i));
        break;
    case RULE:
        rule_cost(to, a, second_of(tree, i));
        break;
    case CALL:
        call_cost(to, second_of(tree, i));
        break;
    case OPEN_CALL:
        if (to->rule >= 0)
            call_cost(to, trees[to->rule].costs);
        break;
    case REPEAT:
    case NOT:
    case AND:
    case BEHIND:
    case CAPTURE:
    case RUN_TIME:
    case GRAMMAR:
        around_cost(to, a);
        break;
    default:
        break;
    }
}

/* ---- repetitions ---- */

/* What a pattern may do, over a text of any length. */
enum may {
    FAIL = 1,
    TAKE_MUCH = 2, /* as much as there is */
    WASTE = 4,     /* look at much, and then take little */
    FAIL_LATE = 8  /* look at much, and then fail */
};

static int if_much(int may, int then)
{
    return may & (TAKE_MUCH | WASTE | FAIL_LATE) ? then : 0;
}

static int sequence_may(int a, int b)
{
    return a | b | (a & (TAKE_MUCH | WASTE) && b & FAIL ? FAIL_LATE : 0);
}

static int choice_may(int a, int b)
{
    int may = (a | b) & (TAKE_MUCH | WASTE);

    may |= a & b & FAIL;
    may |= a & FAIL_LATE ? WASTE : 0;
    return may | (b & FAIL_LATE) | (b & FAIL ? a & FAIL_LATE : 0);
}

/* Of a node whose parts stand behind it. Rules begin with a step: what they do
 * is charged. */
static int node_may(const struct node *node, const unsigned char *may)
{
    switch (node->tag) {
    case YES:
        return 0;
    case REPEAT: /* the last round may be in vain */
        return TAKE_MUCH | (may[1] & (WASTE | FAIL_LATE) ? WASTE : 0);
    case SEQUENCE:
        return sequence_may(may[1], may[node->n]);
    case CHOICE:
        return choice_may(may[1], may[node->n]);
    case NOT:
        return FAIL | if_much(may[1], WASTE | FAIL_LATE);
    case AND:
        return (may[1] & (FAIL | FAIL_LATE)) | if_much(may[1], WASTE);
    case CAPTURE:
        return may[1];
    case RUN_TIME:
        return FAIL | may[1] | if_much(may[1], FAIL_LATE);
    default:
        return FAIL;
    }
}

int usher_lpeg_wastes(lua_State *L, int index)
{
    int count;
    const struct node *nodes = nodes_of(L, index, &count);
    unsigned char *may = lua_newuserdatauv(L, (size_t)count * 2, 0);
    unsigned char *is_node = may + count;

    memset(may, 0, (size_t)count * 2);
    for (int i = 0; i < count; i = next_node(nodes, i))
        is_node[i] = 1;
    for (int i = count - 1; i >= 0; i--) {
        if (is_node[i])
            may[i] = (unsigned char)node_may(&nodes[i], &may[i]);
    }
    count = may[0];
    lua_pop(L, 1);
    return count & WASTE;
}

/* ---- all of them ---- */

/* Whether what others may ask for has changed. */
static int tree_pass(const struct tree *trees, const struct tree *tree)
{
    int changed = 0;

    for (int i = tree->count - 1; i >= 0; i--) {
        struct cost before = tree->costs[i];
        const struct cost *now = &tree->costs[i];

        if (before.tag == BYTES_OF_SET)
            continue;
        node_cost(trees, tree, i);
        if (i == 0 || before.tag == RULE)
            changed |= before.head != now->head || before.first != now->first ||
                       before.nullable != now->nullable;
    }
    return changed;
}

static float trees_cost(lua_State *L, const struct tree *trees, int count,
                        int nodes, int calls)
{
    float sum = 0;
    int changed = 1;

    for (int pass = 0; changed && pass <= calls; pass++) {
        usher_script_charge(L, 1 + nodes / NODES_A_CHARGE);
        changed = 0;
        for (int i = count - 1; i >= 0; i--)
            changed |= tree_pass(trees, &trees[i]);
    }
    for (int i = 0; i < count; i++)
        sum += trees[i].costs->head + trees[i].costs->code;
    return changed && calls ? sum * RULES_MAX : sum;
}

/* The stack's top is a table of the trees by their rules' names. */
static int rule_of(lua_State *L, int pattern, int key)
{
    int rule;

    lua_getiuservalue(L, pattern, 1);
    lua_rawgeti(L, -1, key);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 2);
        return -1;
    }
    lua_rawget(L, -3);
    rule = lua_isinteger(L, -1) ? (int)lua_tointeger(L, -1) : -1;
    lua_pop(L, 2);
    return rule;
}

/* Fills a tree of the pattern at `index`; returns how many nodes are
 * rules or call some. */
static int tree_fill(lua_State *L, int index, struct tree *tree)
{
    int calls = 0;

    for (int i = 0; i < tree->count; i = next_node(tree->nodes, i)) {
        const struct node *node = &tree->nodes[i];

        tree->costs[i].tag = node->tag;
        tree->costs[i].rule =
            node->tag == OPEN_CALL ? rule_of(L, index, node->key) : -1;
        calls += node->tag == RULE || node->tag == OPEN_CALL;
    }
    return calls;
}

/* Pushes the costs of `nodes` nodes. */
static struct cost *costs_push(lua_State *L, int nodes)
{
    struct cost *costs =
        lua_newuserdatauv(L, (size_t)nodes * sizeof(*costs), 0);

    memset(costs, 0, (size_t)nodes * sizeof(*costs));
    for (int i = 0; i < nodes; i++)
        costs[i].tag = BYTES_OF_SET;
    return costs;
}

static float pattern_cost(lua_State *L, int index)
{
    struct tree tree;
    int calls;

    tree.nodes = nodes_of(L, index, &tree.count);
    tree.costs = costs_push(L, tree.count);
    lua_newtable(L); /* it calls no rules */
    calls = tree_fill(L, index, &tree);
    return trees_cost(L, &tree, 1, tree.count, calls);
}

/* Pushes the numbers of a grammar's rules by their names; returns how many
 * there are. [1] may be the name of the first. */
static int rules_push(lua_State *L, int grammar, int *nodes)
{
    int rules = 0;
    int more;

    lua_newtable(L);
    for (lua_pushnil(L); lua_next(L, grammar); lua_pop(L, 1)) {
        if (lua_type(L, -1) != LUA_TUSERDATA)
            continue;
        nodes_of(L, -1, &more);
        *nodes += more;
        lua_pushvalue(L, -2);
        lua_pushinteger(L, rules++);
        lua_rawset(L, -5);
    }
    return rules;
}

static float grammar_cost(lua_State *L, int grammar)
{
    int nodes = 0;
    int count = rules_push(L, grammar, &nodes);
    int names = lua_gettop(L);
    struct tree *trees =
        lua_newuserdatauv(L, (size_t)(count + 1) * sizeof(*trees), 0);
    struct cost *costs = costs_push(L, nodes);
    int calls = 0;

    lua_pushvalue(L, names);
    for (lua_pushnil(L); lua_next(L, names); lua_pop(L, 1)) {
        struct tree *tree = &trees[lua_tointeger(L, -1)];

        lua_pushvalue(L, -2);
        lua_rawget(L, grammar);
        lua_pushvalue(L, names);
        tree->nodes = nodes_of(L, -2, &tree->count);
        tree->costs = costs;
        costs += tree->count;
        calls += tree_fill(L, lua_gettop(L) - 1, tree);
        lua_pop(L, 2);
    }
    return trees_cost(L, trees, count, nodes, calls);
}

float usher_lpeg_cost(lua_State *L, int index)
{
    int top = lua_gettop(L);
    float cost;

    luaL_checkstack(L, 12, "lpeg");
    cost =
        lua_istable(L, index) ? grammar_cost(L, index) : pattern_cost(L, index);
    lua_settop(L, top);
    return cost;
}

/* ---- rules that are not there ---- */

/* Puts the name on the top in the place of the one below, if it is a text, has
 * no rule and comes before. */
static void least_keep(lua_State *L, int grammar)
{
    int least = lua_gettop(L) - 1;
    int is_missing = 0;

    if (lua_type(L, -1) == LUA_TSTRING) {
        lua_pushvalue(L, -1);
        is_missing = lua_rawget(L, grammar) == LUA_TNIL;
        lua_pop(L, 1);
    }
    if (is_missing && (lua_isnil(L, least) ||
                       strcmp(lua_tostring(L, -1), lua_tostring(L, least)) < 0))
        lua_replace(L, least);
    else
        lua_pop(L, 1);
}

/* Stack: the least name so far, the rule's name, the rule. */
static void rule_undefined(lua_State *L, int grammar)
{
    int rule = lua_gettop(L);
    int count;
    const struct node *nodes = nodes_of(L, rule, &count);

    lua_getiuservalue(L, rule, 1);
    for (int i = 0; i < count; i = next_node(nodes, i)) {
        if (nodes[i].tag != OPEN_CALL || lua_isnil(L, rule + 1))
            continue;
        lua_pushvalue(L, rule - 2);
        lua_rawgeti(L, rule + 1, nodes[i].key);
        least_keep(L, grammar);
        lua_replace(L, rule - 2);
    }
    lua_settop(L, rule);
}

const char *usher_lpeg_undefined(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    luaL_checkstack(L, 12, "lpeg");
    lua_pushnil(L);
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -1) == LUA_TUSERDATA)
            rule_undefined(L, index);
    }
    return lua_tostring(L, -1);
}
