/* engine/conversation/lua_engine.c - the table `engine`: the effects that
 * chat.lua is built from, and what routing.lua hands to the engine. */
#include "conversation/lua_engine.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "bind/bind.h"
#include "conversation/answer.h"
#include "conversation/lua_say.h"
#include "conversation/lua_text.h"
#include "conversation/normal.h"
#include "conversation/run_internal.h"
#include "conversation/tasks.h"
#include "conversation/transcript.h"
#include "core/embedded.h"
#include "net/signature.h"
#include "script/lua_block.h"
#include "script/value.h"

static struct usher_effect effect_of(const char *name, const char *target,
                                     size_t len)
{
    struct usher_effect effect = {name, target, len, "", 0, 0};

    return effect;
}

/* ---- listen and pass: the waits for the visitor ---- */

static int listen_go_on(lua_State *L, int status, lua_KContext context)
{
    struct usher_run *run = usher_run_of(L);
    struct usher_reader reader;

    (void)status;
    (void)context;
    usher_reader_init(&reader, run->results.data, run->results.len);
    usher_value_decode(L, &reader);
    return 1;
}

/* engine.listen(question) -> message */
static int engine_listen(lua_State *L)
{
    struct usher_run *run = usher_run_of(L);
    size_t len;
    const char *question = luaL_checklstring(L, 1, &len);
    struct usher_effect effect = effect_of("ask", question, len);
    int count;

    if (!run->answer)
        return luaL_error(L, "a task has no visitor to ask");
    usher_effect_may_wait(L, "chat:ask");
    count = usher_effect_begin(L, &effect);
    if (count >= 0) {
        usher_fiber_next_turn(L);
        return count;
    }
    usher_buffer_clear(&run->results);
    if (usher_buffer_append(&run->results, question, len) != USHER_OK)
        return run_break(L, run, RUN_NO_MEMORY);
    run->wait = USHER_RUN_LISTEN;
    return lua_yieldk(L, 0, 0, listen_go_on);
}

static int pass_go_on(lua_State *L, int status, lua_KContext context)
{
    (void)L;
    (void)status;
    (void)context;
    return 0;
}

/* engine.pass(): the message is not for this question, unless nobody else
 * wants it; returns when it is to be asked again. */
static int engine_pass(lua_State *L)
{
    struct usher_effect effect = effect_of("pass", "", 0);
    int count;

    usher_effect_may_wait(L, "chat:ask");
    count = usher_effect_begin(L, &effect);
    if (count >= 0)
        return count;
    usher_run_of(L)->wait = USHER_RUN_PASS;
    return lua_yieldk(L, 0, 0, pass_go_on);
}

/* engine.leave(action, flow, members as JSON): never returns. */
static int engine_leave(lua_State *L)
{
    struct usher_run *run = usher_run_of(L);
    size_t len;
    const char *action = luaL_checkstring(L, 1);
    const char *flow = luaL_checkstring(L, 2);
    const char *members = luaL_checklstring(L, 3, &len);

    if (!run->answer)
        return luaL_error(L, "a task has no chat to leave");
    usher_effect_may_wait(L, "leaving a chat");
    snprintf(run->leave, sizeof(run->leave), "%s", action);
    snprintf(run->leave_flow, sizeof(run->leave_flow), "%s", flow);
    if (len > 2) { /* not "{}": the members without their braces */
        usher_buffer_byte(&run->answer->extra, ',');
        usher_buffer_append(&run->answer->extra, members + 1, len - 2);
        if (run->answer->extra.failed)
            return luaL_error(L, "what the chat is left with is too large");
    }
    run->wait = USHER_RUN_LEFT;
    return lua_yield(L, 0);
}

/* ---- what a chat begins with ---- */

static struct usher_run *run_check(lua_State *L)
{
    struct usher_run *run = usher_run_of(L);

    if (!run)
        luaL_error(L, "only while a flow runs");
    return run;
}

/* engine.message() -> the message that the run began with */
static int engine_message(lua_State *L)
{
    return usher_run_input_push(run_check(L), L);
}

/* engine.memory() -> chat.memory as the run began */
static int engine_memory(lua_State *L)
{
    return usher_run_memory_push(run_check(L), L);
}

/* Into the journal from its own bytes: a table of twenty messages takes longer
 * to read than all of a short turn. */
static enum usher_status transcript_record(struct usher_run *run)
{
    struct run_entry entry = {"transcript", "", NULL, 10, 0, 0, 1, 0};
    struct usher_buffer values;
    enum usher_status st;

    usher_buffer_init(&values, USHER_ENTRY_MAX);
    usher_buffer_reserve(&values, run->transcript->bytes.len + 1024);
    usher_transcript_encode(run->transcript, &values);
    st = (enum usher_status)values.failed;
    entry.values = values.data;
    entry.len = values.len;
    if (st == USHER_OK)
        (void)run_entry_write(run, &entry); /* else run->broken */
    usher_buffer_free(&values);
    return st;
}

/* engine.transcript() -> { { who, text }, ... } */
static int engine_transcript(lua_State *L)
{
    struct usher_run *run = usher_run_of(L);
    struct usher_effect effect = effect_of("transcript", "", 0);
    int count = usher_effect_begin(L, &effect);

    if (count >= 0)
        return count;
    if (!run->transcript) {
        lua_newtable(L);
        return usher_effect_end(L, &effect, 1);
    }
    if (transcript_record(run) != USHER_OK)
        return run_break(L, run, RUN_NO_MEMORY);
    usher_transcript_push(L, run->transcript);
    return 1;
}

/* engine.json(value) -> text; pure */
static int engine_json(lua_State *L)
{
    struct usher_buffer value, json;
    struct usher_reader reader;
    struct usher_error error = {""};
    enum usher_status st;

    usher_buffer_init(&value, USHER_ENTRY_MAX);
    usher_buffer_init(&json, USHER_ENTRY_MAX);
    st = usher_value_encode(L, 1, &value, "the card", &error);
    usher_reader_init(&reader, value.data, value.len);
    if (st == USHER_OK)
        st = usher_value_to_json(&json, &reader, &error);
    usher_buffer_free(&value);
    if (st == USHER_OK) {
        /* Lua's copy may raise: the buffer's bytes leak then, once, in a state
         * that is out of memory and about to end its turn. */
        lua_pushlstring(L, json.data, json.len);
    }
    usher_buffer_free(&json);
    return st == USHER_OK ? 1 : luaL_error(L, "%s", error.text);
}

/* ---- tasks ---- */

/* A task's arguments as bytes, held by a userdata: what follows may raise. */
struct task_args {
    struct usher_buffer bytes;
};

static int args_gc(lua_State *L)
{
    struct task_args *args = lua_touserdata(L, 1);

    usher_buffer_free(&args->bytes);
    return 0;
}

/* Pushes them, until the C function ends; raises on what cannot be kept. */
static struct task_args *args_push(lua_State *L, struct usher_run *run,
                                   int index)
{
    struct task_args *args = lua_newuserdatauv(L, sizeof(*args), 0);
    struct usher_error error = {""};
    enum usher_status st;

    usher_buffer_init(&args->bytes, USHER_ENTRY_MAX);
    if (luaL_newmetatable(L, "usher.task_args")) {
        lua_pushcfunction(L, args_gc);
        lua_pushvalue(L, -1);
        lua_setfield(L, -3, "__close");
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    lua_toclose(L, -1);
    st = usher_value_encode(L, index, &args->bytes, "the task's argument",
                            &error);
    if (st == USHER_ERR_NOMEM)
        run_break(L, run, RUN_NO_MEMORY);
    if (st != USHER_OK)
        luaL_error(L, "%s", error.text);
    return args;
}

/* engine.task(name, arguments) -> id */
static int engine_task(lua_State *L)
{
    struct usher_run *run = usher_run_of(L);
    size_t len;
    const char *name = luaL_checklstring(L, 1, &len);
    struct usher_effect effect = effect_of("task", name, len);
    struct task_args *args;
    char id[USHER_TASK_ID_MAX];
    int count;

    lua_settop(L, 2);
    if (!run->new_tasks)
        return luaL_error(L, "a task cannot start another one");
    if (len > USHER_NAME_MAX)
        return luaL_error(L, "a task's name has at most %d bytes",
                          USHER_NAME_MAX);
    args = args_push(L, run, 2);
    effect.flags = RUN_EFFECT_KNOWN;
    count = usher_effect_begin(L, &effect);
    if (count >= 0) {
        if (!usher_run_task_number(run, name)) /* it counts on */
            return run_break(L, run, RUN_NO_MEMORY);
        return count;
    }
    if (usher_new_tasks_add(L, run, &effect, &args->bytes, id) != USHER_OK)
        return run_break(L, run, RUN_NO_MEMORY);
    lua_pushstring(L, id);
    return usher_effect_end(L, &effect, 1);
}

/* engine.wait(id, seconds) -> { done, value, error } */
static int engine_wait(lua_State *L)
{
    struct usher_run *run = usher_run_of(L);
    size_t len;
    const char *id = luaL_checklstring(L, 1, &len);
    double seconds = luaL_checknumber(L, 2);
    struct usher_effect effect = effect_of("wait", id, len);
    struct usher_job *job;

    if (!run->new_tasks)
        return luaL_error(L, "a task cannot wait for another one");
    usher_effect_may_wait(L, effect.name);
    job = usher_task_wait_new(run->new_tasks->tasks, id, seconds);
    if (!job)
        return run_break(L, run, RUN_NO_MEMORY);
    return usher_effect_job(L, &effect, job);
}

/* ---- what the Lua files hand over ---- */

static int engine_object(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, "usher.object");
    return 0;
}

static int engine_route(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    lua_setfield(L, LUA_REGISTRYINDEX, "usher.texts");
    lua_setfield(L, LUA_REGISTRYINDEX, "usher.route");
    return 0;
}

/* engine.module(name) -> what the file of this name returned, or nil */
static int engine_module(lua_State *L)
{
    struct usher_script *script = usher_script_of(L);

    (void)usher_script_module_value(script, luaL_checkstring(L, 1));
    lua_xmove(usher_script_lua(script), L, 1);
    return 1;
}

/* engine.kind(name) -> what kind of value the file of this name returned;
 * "nil": there is no such file. */
static int engine_kind(lua_State *L)
{
    engine_module(L);
    lua_pushstring(L, luaL_typename(L, -1));
    return 1;
}

/* engine.embedded(path) -> the text of a file that is built in, or nil */
static int engine_embedded(lua_State *L)
{
    const struct usher_embedded *file =
        usher_embedded_find(luaL_checkstring(L, 1));

    if (!file)
        return 0;
    lua_pushlstring(L, file->data, file->size);
    return 1;
}

/* engine.names() -> { [name] = true } of all files, for nearest() */
static int engine_names(lua_State *L)
{
    usher_script_names(L);
    return 1;
}

/* Whether a source holds the text in quotes. */
static int quoted_in(const struct usher_source *source, const char *text)
{
    size_t len = strlen(text);

    for (const char *at = source->text; (at = strstr(at, text)) != NULL; at++) {
        if (at > source->text && (at[-1] == '"' || at[-1] == '\'') &&
            at[len] == at[-1])
            return 1;
    }
    return 0;
}

/* engine.is_named(name) -> whether any file has the name in quotes */
static int engine_is_named(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    size_t count;
    const struct usher_source *sources =
        usher_script_sources(usher_script_of(L), &count);
    int found = 0;

    for (size_t i = 0; i < count && !found; i++)
        found = quoted_in(&sources[i], name);
    lua_pushboolean(L, found);
    return 1;
}

/* engine.is_module(name) -> whether the engine has a module of this name */
static int engine_is_module(lua_State *L)
{
    lua_pushboolean(L, usher_script_has_module(usher_script_of(L),
                                               luaL_checkstring(L, 1)));
    return 1;
}

/* engine.return_line(name) -> where its file gives what it returns */
static int engine_return_line(lua_State *L)
{
    const char *path = luaL_gsub(L, luaL_checkstring(L, 1), ".", "/");
    size_t count, path_len = strlen(path);
    const struct usher_source *sources =
        usher_script_sources(usher_script_of(L), &count);

    for (size_t i = 0; i < count; i++) {
        size_t len;
        const char *code = usher_source_code(&sources[i], &len);

        if (strncmp(sources[i].path, path, path_len) != 0 ||
            strcmp(sources[i].path + path_len, ".lua") != 0)
            continue;
        lua_pushinteger(L, usher_lua_return_line(code, len));
        return 1;
    }
    lua_pushinteger(L, 1);
    return 1;
}

/* engine.gave_nothing(name): a task was done, and what it returned is nil. */
static int engine_gave_nothing(lua_State *L)
{
    struct usher_run *run = usher_run_of(L);

    usher_text_copy(run->gave_nothing, sizeof(run->gave_nothing),
                    luaL_checkstring(L, 1));
    return 0;
}

/* engine.note(text): for usher_lua_engine_note() */
static int engine_note(lua_State *L)
{
    luaL_checkstring(L, 1);
    lua_settop(L, 1);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, "usher.notes");
    lua_pushvalue(L, 1);
    lua_rawseti(L, 2, (lua_Integer)lua_rawlen(L, 2) + 1);
    return 0;
}

const char *usher_lua_engine_note(struct usher_script *script, size_t index)
{
    lua_State *L = usher_script_lua(script);
    int top = lua_gettop(L);
    const char *note = "";

    if (lua_getfield(L, LUA_REGISTRYINDEX, "usher.notes") == LUA_TTABLE &&
        lua_rawgeti(L, -1, (lua_Integer)index + 1) == LUA_TSTRING)
        note = lua_tostring(L, -1);
    lua_settop(L, top);
    return note;
}

/* engine.nearest(word, table) -> the key it was probably meant as, or nil */
int usher_lua_engine_nearest(lua_State *L)
{
    const char *word = luaL_checkstring(L, 1);

    luaL_checktype(L, 2, LUA_TTABLE);
    lua_pushstring(L, usher_script_nearest(L, 2, word));
    return 1;
}

/* engine.index(methods, otherwise) -> __index of chat */
static int engine_index(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    lua_pushcclosure(L, usher_lua_chat_index, 2);
    return 1;
}

static const luaL_Reg functions[] = {
    {"listen", engine_listen},
    {"pass", engine_pass},
    {"leave", engine_leave},
    {"say", usher_lua_say},
    {"json", engine_json},
    {"message", engine_message},
    {"memory", engine_memory},
    {"transcript", engine_transcript},
    {"task", engine_task},
    {"wait", engine_wait},
    {"object", engine_object},
    {"route", engine_route},
    {"kind", engine_kind},
    {"module", engine_module},
    {"embedded", engine_embedded},
    {"names", engine_names},
    {"nearest", usher_lua_engine_nearest},
    {"is_module", engine_is_module},
    {"return_line", engine_return_line},
    {"is_named", engine_is_named},
    {"gave_nothing", engine_gave_nothing},
    {"note", engine_note},
    {"normal", usher_lua_normal},
    {"author", usher_lua_author},
    {"code", usher_lua_code},
    {"is_written", usher_lua_is_written},
    {"made", usher_lua_made},
    {"strict", usher_lua_strict},
    {"hole", usher_lua_hole},
    {"index", engine_index},
    {NULL, NULL},
};

static int make_table(lua_State *L)
{
    luaL_newlib(L, functions);
    lua_newtable(L);
    lua_setfield(L, -2, "buttons");
    lua_newtable(L);
    lua_setfield(L, -2, "tasks");
    lua_pushinteger(L, USHER_NAME_MAX);
    lua_setfield(L, -2, "name_max");
    lua_pushstring(L, usher_script_folder(usher_script_of(L)));
    lua_setfield(L, -2, "folder");
    lua_pushvalue(L, -1);
    lua_pushcclosure(L, usher_lua_say_plain, 1);
    lua_setfield(L, -2, "say_plain");
    return 1;
}

/* Runs chat.lua; leaves: engine chat, or less on error. */
static enum usher_status chat_open(struct usher_script *script,
                                   struct usher_error *error)
{
    static const struct {
        const char *name, *file;
    } units[] = {
        {"texts", "engine/lua/texts.lua"},
        {"modules", "engine/lua/modules.lua"},
        {"cards", "engine/lua/cards.lua"},
    };
    lua_State *L = usher_script_lua(script);
    enum usher_status st;

    lua_pushcfunction(L, make_table);
    st = usher_script_call(script, 0, 1, error); /* engine */
    if (st != USHER_OK)
        return st;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        lua_pushvalue(L, -1);
        st = usher_script_run_engine_file(script, units[i].file, 1,
                                          error); /* engine unit */
        if (st != USHER_OK)
            return st;
        lua_setfield(L, -2, units[i].name);
    }
    lua_pushvalue(L, -1);
    return usher_script_run_engine_file(script, "engine/lua/chat.lua", 1,
                                        error); /* engine chat */
}

enum usher_status usher_lua_engine_sketch(struct usher_script *script,
                                          struct usher_error *error)
{
    lua_State *L = usher_script_lua(script);
    int base = lua_gettop(L);
    enum usher_status st = chat_open(script, error);

    lua_settop(L, base);
    return st;
}

enum usher_status usher_lua_engine_open(struct usher_script *script,
                                        struct usher_error *error)
{
    lua_State *L = usher_script_lua(script);
    int base = lua_gettop(L);
    enum usher_status st = chat_open(script, error);

    if (st != USHER_OK)
        goto done;
    st = usher_script_load(script, error); /* engine chat init */
    if (st != USHER_OK)
        goto done;
    if (!lua_istable(L, -1)) {
        usher_error_set(error,
                        "%s/init.lua<return>: init.lua must return a table, "
                        "not a %s: return { flows = { ... } }",
                        usher_script_folder(script), luaL_typename(L, -1));
        st = USHER_ERR_INVALID;
        goto done;
    }
    st = usher_bind_allow_settings(L, -1, error);
    if (st != USHER_OK)
        goto done;
    lua_setfield(L, -3, "init");
    st = usher_script_run_engine_file(script, "engine/lua/routing.lua", 2,
                                      error);
done:
    lua_settop(L, base);
    return st;
}
