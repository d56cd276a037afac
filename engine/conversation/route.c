/* engine/conversation/route.c - asks engine/lua/routing.lua, in the newest
 * state: which flow answers, and init.lua's texts. */
#include <stdio.h>
#include <string.h>

#include "conversation/conversation.h"
#include "script/value.h"

static lua_State *newest_lua(struct usher_worker *worker)
{
    return usher_script_lua(worker->states.newest->script);
}

void route_text(struct usher_worker *worker, const char *name, char *out,
                size_t size)
{
    lua_State *L = newest_lua(worker);

    lua_getfield(L, LUA_REGISTRYINDEX, "usher.texts");
    lua_getfield(L, -1, name);
    snprintf(out, size, "%s",
             lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "");
    lua_pop(L, 2);
}

static void push_text(lua_State *L, const struct usher_buffer *text)
{
    lua_pushlstring(L, text->data ? text->data : "", text->len);
}

/* The message as a table, which only functions among the triggers look at;
 * else nil. */
static void push_message(lua_State *L, const struct usher_turn *turn)
{
    struct usher_reader reader;
    int dynamic;

    lua_getfield(L, LUA_REGISTRYINDEX, "usher.texts");
    lua_getfield(L, -1, "dynamic");
    dynamic = lua_toboolean(L, -1);
    lua_pop(L, 2);
    if (!dynamic) {
        lua_pushnil(L);
        return;
    }
    usher_reader_init(&reader, turn->input.data, turn->input.len);
    usher_value_decode(L, &reader);
}

void usher_worker_force(struct usher_worker *worker, const char *flow)
{
    usher_text_copy(worker->forced, sizeof(worker->forced), flow);
}

/* A trigger's function raised: what the turn ends with. */
static void routing_failed(struct usher_run *run, const char *text)
{
    const char *traceback = strstr(text, "\nstack traceback:");
    size_t len = traceback ? (size_t)(traceback - text) : strlen(text);

    snprintf(run->error.message, sizeof(run->error.message), "%.*s", (int)len,
             text);
    run->error.traceback[0] = '\0';
}

/* The flow that answers, into out; "" when none does. Gives 0 when routing
 * itself failed (a trigger's function raised). */
int route_find(struct conversation *conv, int stage, char *out, size_t size)
{
    struct usher_worker *worker = conv->worker;
    const struct usher_turn *turn = &conv->current->turn;
    lua_State *L = newest_lua(worker);
    struct usher_error error;

    lua_getfield(L, LUA_REGISTRYINDEX, "usher.route");
    lua_pushinteger(L, stage);
    lua_pushstring(L, usher_turn_kind_text(turn->kind));
    push_text(L, &turn->text);
    push_text(L, &turn->payload);
    push_text(L, &conv->offered);
    push_message(L, turn);
    lua_pushboolean(L, usher_turn_is_wordless(turn));
    out[0] = '\0';
    if (usher_script_call(worker->states.newest->script, 7, 1, &error) !=
        USHER_OK) {
        routing_failed(&conv->run, error.text);
        return 0;
    }
    if (lua_type(L, -1) == LUA_TSTRING)
        usher_text_copy(out, size, lua_tostring(L, -1));
    lua_pop(L, 1);
    return 1;
}

void apology_fill(struct usher_worker *worker, struct usher_answer *answer)
{
    lua_State *L = newest_lua(worker);
    char text[1024];

    usher_answer_clear(answer);
    route_text(worker, "apology", text, sizeof(text));
    usher_answer_text(answer, text, strlen(text));
    lua_getfield(L, LUA_REGISTRYINDEX, "usher.texts");
    lua_getfield(L, -1, "ways");
    for (lua_Integer i = 1; lua_istable(L, -1); i++) {
        size_t label_len, value_len;
        const char *label, *value;

        if (lua_geti(L, -1, i) != LUA_TTABLE) {
            lua_pop(L, 1);
            break;
        }
        lua_geti(L, -1, 1);
        lua_geti(L, -2, 2);
        label = lua_tolstring(L, -2, &label_len);
        value = lua_tolstring(L, -1, &value_len);
        if (label && value)
            usher_answer_button(answer, label, label_len, value, value_len);
        lua_pop(L, 3);
    }
    lua_pop(L, 2);
}
