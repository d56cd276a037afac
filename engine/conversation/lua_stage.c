/* engine/conversation/lua_stage.c - stages as userdata of an ordinary Lua
 * state. Nothing of Lua is touched from inside the stage's callbacks but the
 * `web` function, which is called protected: what they tell is kept as encoded
 * values until it is taken. */
#include "conversation/lua_stage.h"

#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bind/bind.h"
#include "conversation/lua_web.h"
#include "conversation/stage_plain.h"
#include "core/config_value.h"
#include "script/value.h"

#define STAGE "usher.stage"
#define SETTINGS_MAX 64
#define NAMES_MAX 200 /* of settings that init.lua declares */
/* Rounds of the loop without any time going by: more is a fault. */
#define ROUNDS_MAX 100000

/* A list of encoded values. */
struct list {
    struct usher_buffer items;
    size_t count;
};

struct box {
    const struct usher_lua_stage *common;
    struct usher_clock_manual clock;
    struct usher_log *log;
    struct usher_stage *stage; /* NULL: closed */
    struct usher_lua_web web;
    struct list calls, flows, lines;
    int answered;
    struct usher_buffer answer;
};

/* ---- what happens meanwhile ---- */

static void list_text(struct list *list, const char *text, size_t len)
{
    usher_value_string(&list->items, text, len);
    list->count++;
}

static void on_log(void *user, enum usher_log_level level, const char *line,
                   size_t len)
{
    struct box *box = user;

    (void)level;
    list_text(&box->lines, line, len);
}

static void on_flow(void *user, const char *flow)
{
    struct box *box = user;

    list_text(&box->flows, flow, strlen(flow));
}

static void pair(struct usher_buffer *out, const char *name, const char *value)
{
    usher_value_string(out, name, strlen(name));
    usher_value_string(out, value, strlen(value));
}

static void on_zoho(void *user, const struct usher_zoho_event *event)
{
    struct box *box = user;
    struct usher_buffer *out = &box->calls.items;

    usher_value_table(out, 0, 6);
    pair(out, "operation", event->operation);
    pair(out, "method", event->method);
    pair(out, "path", event->path);
    pair(out, "kind",
         event->kind == USHER_KIND_NONE ? ""
                                        : usher_error_kind_text(event->kind));
    usher_value_string(out, "status", 6);
    usher_value_integer(out, event->status);
    usher_value_string(out, "ms", 2);
    usher_value_integer(out, event->elapsed_ms);
    box->calls.count++;
}

static void on_state(void *user, struct usher_script *script)
{
    const struct box *box = user;

    box->common->state(box->common->user, script);
}

/* ---- the spec's own web ---- */

static int on_web(void *user, const struct usher_client_request *request,
                  struct usher_simulator_answer *answer)
{
    struct box *box = user;
    struct usher_error why;
    int found = usher_lua_web_answer(&box->web, request, answer, &why);

    if (why.text[0])
        usher_log_event(box->log, USHER_LOG_ERROR, "spec",
                        "the spec's web raised", "error", why.text, NULL);
    return found;
}

/* ---- making and freeing ---- */

static struct box *box_check(lua_State *L)
{
    struct box *box = luaL_checkudata(L, 1, STAGE);

    if (!box->stage)
        luaL_error(L, "this stage is closed");
    return box;
}

static int stage_close(lua_State *L)
{
    struct box *box = luaL_checkudata(L, 1, STAGE);

    usher_stage_free(box->stage);
    box->stage = NULL;
    usher_log_free(box->log);
    box->log = NULL;
    usher_buffer_free(&box->calls.items);
    usher_buffer_free(&box->flows.items);
    usher_buffer_free(&box->lines.items);
    usher_buffer_free(&box->answer);
    usher_lua_web_close(&box->web);
    return 0;
}

static void box_open_log(lua_State *L, struct box *box)
{
    struct usher_log_options options = {
        .level = USHER_LOG_INFO,
        .format = USHER_LOG_JSON,
        .fd = -1,
        .sink = on_log,
        .user = box,
    };

    if (usher_log_new(&options, &box->log) != USHER_OK)
        luaL_error(L, "not enough memory");
}

/* The list of "NAME=value" at the top of the stack, as pointers into it. */
static void settings_read(lua_State *L, char *settings[SETTINGS_MAX])
{
    lua_Integer count = luaL_len(L, -1);

    if (count >= SETTINGS_MAX)
        luaL_error(L, "a spec may have at most %d settings", SETTINGS_MAX - 1);
    for (lua_Integer i = 0; i < count; i++) {
        lua_geti(L, -1, i + 1);
        settings[i] = (char *)(uintptr_t)luaL_checkstring(L, -1);
        lua_pop(L, 1);
    }
    settings[count] = NULL;
}

static int host_new(lua_State *L)
{
    const struct usher_lua_stage *common =
        lua_touserdata(L, lua_upvalueindex(1));
    struct box *box = lua_newuserdatauv(L, sizeof(*box), 0);
    char *settings[SETTINGS_MAX] = {NULL};
    struct usher_stage_options options = {
        .clock = &box->clock.clock,
        .version = common->version,
        .folder = common->folder,
        .spare = common->spare,
        .settings = settings,
        .places = common->places,
        .web = on_web,
        .closed = 1,
        .zoho_event = on_zoho,
        .flow = on_flow,
        .state = common->state ? on_state : NULL,
        .user = box,
    };
    struct usher_error error = {""};

    memset(box, 0, sizeof(*box));
    box->common = common;
    luaL_setmetatable(L, STAGE);
    lua_getfield(L, 1, "at");
    usher_clock_manual_init(&box->clock,
                            (int64_t)llround(luaL_checknumber(L, -1) * 1000.0),
                            20260302);
    lua_getfield(L, 1, "web");
    if (!lua_isnil(L, -1))
        usher_lua_web_open(&box->web, L);
    box_open_log(L, box);
    options.log = box->log;
    lua_settop(L, 2);
    lua_getfield(L, 1, "settings");
    if (lua_istable(L, -1))
        settings_read(L, settings);
    if (usher_stage_new(&options, &box->stage, &error) != USHER_OK) {
        lua_pushstring(L, error.text); /* its place is in the flows */
        return lua_error(L);
    }
    lua_settop(L, 2);
    return 1;
}

static int host_sources(lua_State *L)
{
    const struct usher_lua_stage *common =
        lua_touserdata(L, lua_upvalueindex(1));
    size_t count;
    const struct usher_source *sources =
        usher_version_sources(common->version, &count);

    usher_sources_push(L, common->folder, sources, count);
    return 1;
}

/* ---- time ---- */

/* Does what is due without time going by. */
static void settle(lua_State *L, struct box *box)
{
    struct usher_loop *loop = usher_stage_loop(box->stage);
    int rounds = 0;

    do {
        usher_loop_step(loop, 0);
        if (++rounds > ROUNDS_MAX)
            luaL_error(L, "the engine finds work without end at one moment");
    } while (usher_loop_patience_ms(loop) == 0);
}

/* To the next timer, but not beyond `most`. Gives the time that went by; 0:
 * there is nothing to wait for within it. */
static int64_t move(lua_State *L, struct box *box, int64_t most)
{
    int64_t wait = usher_loop_patience_ms(usher_stage_loop(box->stage));

    if (wait < 0 || wait > most)
        return 0;
    usher_clock_manual_advance(&box->clock, wait);
    settle(L, box);
    return wait;
}

static int stage_advance(lua_State *L)
{
    struct box *box = box_check(L);
    int64_t left = (int64_t)llround(luaL_checknumber(L, 2) * 1000.0);
    int64_t gone;

    luaL_argcheck(L, left >= 0, 2, "time does not go back");
    settle(L, box);
    while (left > 0 && (gone = move(L, box, left)) > 0)
        left -= gone;
    usher_clock_manual_advance(&box->clock, left);
    settle(L, box);
    return 0;
}

static int stage_now(lua_State *L)
{
    lua_pushnumber(L, (lua_Number)box_check(L)->clock.wall_ms / 1000.0);
    return 1;
}

/* The wall clock is put to another time; no time goes by. */
static int stage_set(lua_State *L)
{
    struct box *box = box_check(L);

    box->clock.wall_ms = (int64_t)llround(luaL_checknumber(L, 2) * 1000.0);
    return 0;
}

/* ---- talking to it ---- */

static void on_answer(void *user, const char *json, size_t len)
{
    struct box *box = user;

    box->answered = 1;
    usher_buffer_append(&box->answer, json, len);
}

static int stage_webhook(lua_State *L)
{
    struct box *box = box_check(L);
    size_t len;
    const char *body = luaL_checklstring(L, 2, &len);
    int64_t before = box->clock.steady_ms;

    box->answered = 0;
    usher_buffer_clear(&box->answer);
    if (usher_worker_webhook(usher_stage_worker(box->stage), body, len,
                             on_answer, box) != USHER_OK)
        return luaL_error(L, "not enough memory");
    settle(L, box);
    while (!box->answered && move(L, box, 60000) > 0)
        ;
    if (!box->answered)
        return luaL_error(L, "the engine gave no answer within a minute");
    lua_pushlstring(L, box->answer.data ? box->answer.data : "",
                    box->answer.len);
    lua_pushnumber(L, (lua_Number)(box->clock.steady_ms - before) / 1000.0);
    return 2;
}

static int stage_zoho(lua_State *L)
{
    struct box *box = box_check(L);
    struct usher_simulator_request request = {
        .method = luaL_checkstring(L, 2),
        .path = luaL_checkstring(L, 3),
    };
    struct usher_simulator_answer answer;

    request.body = luaL_optlstring(L, 4, NULL, &request.body_len);
    usher_simulator_handle(usher_stage_simulator(box->stage), &request,
                           &answer);
    lua_pushinteger(L, answer.status);
    lua_pushlstring(L, answer.body, answer.body_len);
    return 2;
}

static int stage_restart(lua_State *L)
{
    struct box *box = box_check(L);
    struct usher_error error = {""};

    if (usher_stage_restart(box->stage, &error) != USHER_OK)
        return luaL_error(L, "%s", error.text);
    return 0;
}

static int stage_force(lua_State *L)
{
    struct box *box = box_check(L);

    usher_worker_force(usher_stage_worker(box->stage), luaL_checkstring(L, 2));
    return 0;
}

/* ---- what there is to see ---- */

/* Pushes the list and empties it. */
static int list_take(lua_State *L, struct list *list)
{
    struct usher_reader reader;

    lua_createtable(L, (int)list->count, 0);
    usher_reader_init(&reader, list->items.data, list->items.len);
    for (size_t i = 1; i <= list->count; i++) {
        usher_value_decode(L, &reader);
        lua_rawseti(L, -2, (lua_Integer)i);
    }
    usher_buffer_clear(&list->items);
    list->count = 0;
    return 1;
}

static int stage_take(lua_State *L)
{
    static const char *const names[] = {"calls", "flows", "log", NULL};
    struct box *box = box_check(L);
    struct list *const lists[] = {&box->calls, &box->flows, &box->lines};

    return list_take(L, lists[luaL_checkoption(L, 2, NULL, names)]);
}

static int task_each(void *user, const struct usher_task_row *row)
{
    static const char *const states[] = {"ready", "paused", "done", "dead"};
    struct list *list = user;
    struct usher_buffer *out = &list->items;
    struct usher_reader reader;
    const char *args;
    size_t len;

    usher_reader_init(&reader, row->data, row->data_len);
    args = usher_reader_bytes(&reader, &len);
    usher_value_table(out, 0, 6);
    pair(out, "id", row->id);
    pair(out, "name", row->name);
    pair(out, "state", states[row->state]);
    pair(out, "reason", row->reason ? row->reason : "");
    usher_value_string(out, "conversation", 12);
    usher_value_string(out, row->conversation ? row->conversation : "",
                       row->conversation_len);
    usher_value_string(out, "args", 4);
    if (len)
        usher_buffer_append(out, args, len);
    else
        usher_value_nil(out);
    list->count++;
    return 0;
}

static int stage_tasks(lua_State *L)
{
    struct box *box = box_check(L);
    struct list list = {.count = 0};

    usher_buffer_init(&list.items, 0);
    (void)usher_store_tasks(usher_stage_store(box->stage), 0xf, task_each,
                            &list);
    list_take(L, &list);
    usher_buffer_free(&list.items);
    return 1;
}

static void counter(lua_State *L, const char *name, unsigned long long value)
{
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, name);
}

static int stage_counters(lua_State *L)
{
    struct box *box = box_check(L);
    const struct usher_counters *counters =
        usher_worker_counters(usher_stage_worker(box->stage));

    lua_newtable(L);
    counter(L, "turns", atomic_load(&counters->turns));
    counter(L, "diverged", atomic_load(&counters->diverged));
    counter(L, "apologies", atomic_load(&counters->apologies));
    counter(L, "replays", atomic_load(&counters->replays));
    counter(L, "answered_late", atomic_load(&counters->answered_late));
    return 1;
}

static int stage_init(lua_State *L)
{
    struct usher_script *script = usher_stage_script(box_check(L)->stage);

    return stage_plain_module(L, script, "init");
}

/* Whether the engine or init.lua has a setting of this name; else, the name
 * that may be meant, or nil. */
static int stage_knows(lua_State *L)
{
    struct usher_script *script = usher_stage_script(box_check(L)->stage);
    const char *name = luaL_checkstring(L, 2), *names[NAMES_MAX];
    size_t count =
        usher_bind_setting_names(usher_script_lua(script), names, NAMES_MAX);
    int known = usher_setting_find(name) >= 0;

    for (size_t i = 0; i < count; i++)
        known |= strcmp(names[i], name) == 0;
    lua_pushboolean(L, known);
    lua_pushstring(L, known ? NULL : usher_name_nearest(name, names, count));
    return 2;
}

static int stage_module(lua_State *L)
{
    struct usher_script *script = usher_stage_script(box_check(L)->stage);

    return stage_plain_module(L, script, luaL_checkstring(L, 2));
}

static int stage_call(lua_State *L)
{
    struct usher_script *script = usher_stage_script(box_check(L)->stage);

    return stage_plain_call(L, script, luaL_checkstring(L, 2),
                            luaL_checkstring(L, 3), 4);
}

static const luaL_Reg methods[] = {
    {"webhook", stage_webhook}, {"advance", stage_advance},
    {"now", stage_now},         {"set", stage_set},
    {"zoho", stage_zoho},       {"restart", stage_restart},
    {"force", stage_force},     {"take", stage_take},
    {"tasks", stage_tasks},     {"counters", stage_counters},
    {"init", stage_init},       {"knows", stage_knows},
    {"module", stage_module},   {"call", stage_call},
    {"close", stage_close},     {NULL, NULL},
};

void usher_lua_stage_open(lua_State *L, struct usher_lua_stage *common)
{
    luaL_newmetatable(L, STAGE); /* meta */
    lua_pushcfunction(L, stage_close);
    lua_setfield(L, -2, "__gc");
    luaL_newlib(L, methods); /* meta methods */
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    lua_newtable(L); /* host */
    lua_pushlightuserdata(L, common);
    lua_pushcclosure(L, host_new, 1);
    lua_setfield(L, -2, "new");
    lua_pushlightuserdata(L, common);
    lua_pushcclosure(L, host_sources, 1);
    lua_setfield(L, -2, "sources");
}
