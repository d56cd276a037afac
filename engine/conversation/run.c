/* engine/conversation/run.c - a run's life, its steps, its replay. */
#include "conversation/run.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conversation/run_internal.h"
#include "conversation/tasks.h"
#include "script/value.h"

/* Buffers keep so much for the next run. */
#define KEEP_MAX 4096

/* ---- life ---- */

static void run_zero(struct usher_run *run)
{
    struct usher_buffer journal = run->journal;
    struct usher_buffer memory_start = run->memory_start;
    struct usher_buffer results = run->results;

    usher_buffer_free(&run->counts_start); /* mostly there is none */
    run_guess_drop(run);
    memset(run, 0, offsetof(struct usher_run, error));
    run->error.message[0] = '\0';
    run->error.traceback[0] = '\0';
    run->object = LUA_NOREF;
    usher_buffer_rest(&journal, KEEP_MAX);
    usher_buffer_rest(&memory_start, KEEP_MAX);
    usher_buffer_rest(&results, KEEP_MAX);
    run->journal = journal;
    run->journal.max = USHER_JOURNAL_MAX;
    run->memory_start = memory_start;
    run->memory_start.max = USHER_MEMORY_MAX;
    run->results = results;
    run->results.max = 0;
}

void usher_run_init(struct usher_run *run, struct usher_script *script,
                    const char *flow, void *owner,
                    const struct usher_run_owner *ops)
{
    run_zero(run);
    run->script = script;
    usher_text_copy(run->flow, sizeof(run->flow), flow);
    run->owner = owner;
    run->ops = ops;
    run->object = LUA_NOREF;
}

static void job_stop(struct usher_run *run)
{
    if (run->job && run->job_started)
        run->job->ops->cancel(run->job);
    run_job_free(run);
    run->write = 0;
}

void usher_run_rest(struct usher_run *run)
{
    if (run->object != LUA_NOREF) {
        luaL_unref(usher_script_lua(run->script), LUA_REGISTRYINDEX,
                   run->object);
        run->object = LUA_NOREF;
    }
    usher_fiber_free(run->fiber);
    run->fiber = NULL;
    run->cursor = 0;
    run->begun = 0;
    run->occurrence_count = 0;
}

void usher_run_clear(struct usher_run *run)
{
    job_stop(run);
    if (run->script)
        usher_run_rest(run);
    usher_intents_clear(&run->intents);
    free(run->occurrences);
    run_zero(run);
}

void usher_run_free(struct usher_run *run)
{
    usher_run_clear(run);
    usher_buffer_free(&run->journal);
    usher_buffer_free(&run->memory_start);
    usher_buffer_free(&run->results);
}

void usher_run_undo_turn(struct usher_run *run)
{
    job_stop(run);
    usher_run_rest(run);
    run_guess_drop(run);
    run->journal.len = run->turn_start;
    run->diverged = 0;
    run->broken = USHER_OK;
    run->broken_why = NULL;
}

void usher_run_restart(struct usher_run *run)
{
    job_stop(run);
    usher_run_rest(run);
    run_guess_drop(run);
    usher_buffer_clear(&run->journal);
    run->turn_start = 0;
    run->diverged = 0;
    run->broken = USHER_OK;
    run->broken_why = NULL;
}

void usher_run_begin(struct usher_run *run, const void *input, size_t len)
{
    struct run_entry entry = {"start", "", input, 5, 0, len, 1, 0};

    (void)run_entry_write(run, &entry);
    run->cursor = 0; /* read again by fiber_prepare() */
}

void usher_run_turn(struct usher_run *run)
{
    run->turn_start = run->journal.len;
    run->effects = 0;
    run->said = 0;
    run->refused = 0;
    run->made = 0;
    if (run->fiber)
        usher_fiber_turn(run->fiber);
}

/* ---- stepping ---- */

int usher_run_input_push(struct usher_run *run, lua_State *L)
{
    size_t cursor = run->cursor;
    struct run_entry entry;
    int good;

    run->cursor = 0;
    good = run_entry_read(run, &entry);
    run->cursor = cursor;
    if (!good || entry.count != 1)
        return luaL_error(L, "the journal is damaged");
    return run_values_push(L, entry.values, entry.len, entry.count);
}

int usher_run_memory_push(struct usher_run *run, lua_State *L)
{
    if (!run->memory_start.len) {
        lua_newtable(L);
        return 1;
    }
    return run_values_push(L, run->memory_start.data, run->memory_start.len, 1);
}

/* Stack of the fiber at the start: the flow's function, its object. The
 * object's maker is the engine's Lua (lua/chat.lua): the value of registry
 * field "usher.object", called with a task's input and memory. A chat asks for
 * them when its flow does; short flows never look. */
static int fiber_prepare(lua_State *L)
{
    struct usher_run *run = lua_touserdata(L, 1);
    struct run_entry entry;
    int nargs = 0;

    lua_getfield(L, LUA_REGISTRYINDEX, "usher.object");
    if (!run_entry_read(run, &entry))
        return luaL_error(L, "the journal is damaged");
    if (!run->answer)
        nargs = usher_run_input_push(run, L) + usher_run_memory_push(run, L);
    lua_call(L, nargs, 1);
    lua_pushvalue(L, -1);
    run->object = luaL_ref(L, LUA_REGISTRYINDEX);
    if (!usher_script_module_value(run->script, run->flow) ||
        !lua_isfunction(L, -1))
        return luaL_error(L, "there is no flow '%s' any more", run->flow);
    lua_insert(L, -2);
    return 2; /* function object */
}

static int fiber_start(struct usher_run *run)
{
    lua_State *L = usher_script_lua(run->script);
    int status;

    run->cursor = 0;
    run->occurrence_count = 0;
    run->diverged = 0;
    run->last_call = USHER_CALL_CLEAR;
    if (run_counts_read(run))
        run->fiber = usher_fiber_new(run->script, &usher_run_host, run);
    if (!run->fiber) {
        run->broken = USHER_ERR_NOMEM;
        snprintf(run->error.message, sizeof(run->error.message),
                 "not enough memory");
        return 0;
    }
    lua_pushcfunction(L, fiber_prepare);
    lua_pushlightuserdata(L, run);
    status = lua_pcall(L, 1, 2, 0);
    if (status != LUA_OK) {
        if (status == LUA_ERRMEM)
            run->broken = USHER_ERR_NOMEM;
        snprintf(run->error.message, sizeof(run->error.message), "%s",
                 lua_tostring(L, -1));
        lua_pop(L, 1);
        usher_run_rest(run);
        return 0;
    }
    lua_xmove(L, usher_fiber_lua(run->fiber), 2);
    return 1;
}

/* A task's results, encoded for whoever waits for it. */
static enum usher_run_state keep_results(struct usher_run *run)
{
    lua_State *L = usher_fiber_lua(run->fiber);
    struct usher_error error;
    int count = lua_gettop(L) < 2 ? lua_gettop(L) : 2;

    usher_buffer_clear(&run->results);
    run->results.max = USHER_ENTRY_MAX;
    run->result_count = (unsigned)count;
    for (int i = 1; i <= count; i++) {
        if (usher_value_encode(L, i, &run->results, "the flow's result",
                               &error) != USHER_OK) {
            /* A flow's result is read by nobody; a task's is. */
            usher_buffer_clear(&run->results);
            run->result_count = 0;
            break;
        }
    }
    return USHER_RUN_DONE;
}

static enum usher_run_state went_elsewhere(struct usher_run *run)
{
    snprintf(run->error.message, sizeof(run->error.message),
             "diverged: the flow now ends where it went on before");
    return USHER_RUN_DIVERGED;
}

/* What the flow did after that entry is not kept: it must not count. */
static enum usher_run_state broken(struct usher_run *run)
{
    snprintf(run->error.message, sizeof(run->error.message), "%s",
             run->broken_why ? run->broken_why
             : run->broken == USHER_ERR_LIMIT
                 ? "the flow's journal is full: it asked and did too much "
                   "without ever ending"
                 : "not enough memory for the flow's journal");
    return USHER_RUN_FAILED;
}

static enum usher_run_state resume_once(struct usher_run *run, int nargs)
{
    enum usher_fiber_state state;

    run->wait = USHER_RUN_FAILED;
    run->error.message[0] = '\0';
    run->error.traceback[0] = '\0';
    state = usher_fiber_resume(run->fiber, nargs, &run->error);
    if (run->diverged)
        return USHER_RUN_DIVERGED;
    if (run->begun && run->wait != USHER_RUN_LISTEN &&
        run->wait != USHER_RUN_PASS && state != USHER_FIBER_FAILED &&
        state != USHER_FIBER_KILLED) {
        run->broken = USHER_ERR_INVALID;
        run->broken_why = RUN_HALF_DONE;
    }
    if (run->broken)
        return broken(run);
    switch (state) {
    case USHER_FIBER_WAITING:
        if (run->wait == USHER_RUN_LEFT && run_replaying(run))
            return went_elsewhere(run);
        return run->wait;
    case USHER_FIBER_DONE:
        if (run_replaying(run))
            return went_elsewhere(run);
        return keep_results(run);
    case USHER_FIBER_KILLED:
        return USHER_RUN_KILLED;
    default:
        return USHER_RUN_FAILED;
    }
}

static enum usher_run_state resume(struct usher_run *run, int nargs)
{
    enum usher_run_state state = resume_once(run, nargs);

    while (run_guess_again(run)) {
        run_job_free(run);
        run->write = 0;
        usher_run_rest(run);
        state = fiber_start(run) ? resume_once(run, 1) : USHER_RUN_FAILED;
    }
    return state;
}

enum usher_run_state usher_run_step(struct usher_run *run)
{
    if (run->fiber)
        return resume(run, 0);
    if (!fiber_start(run))
        return USHER_RUN_FAILED;
    return resume(run, 1);
}

enum usher_run_state usher_run_message(struct usher_run *run, const void *input,
                                       size_t len)
{
    /* `ask` was left waiting with its question as the entry's target. */
    struct usher_buffer question = run->results;
    enum usher_run_state state;

    struct run_entry entry = {"ask",        question.data, input, 3,
                              question.len, len,           1,     0};

    usher_buffer_init(&run->results, 0);
    (void)run_entry_write(run, &entry);
    if (usher_buffer_append(&run->results, input, len) != USHER_OK)
        run->broken = USHER_ERR_NOMEM;
    run->result_count = 1;
    usher_buffer_free(&question);
    if (run->broken)
        return broken(run);
    usher_fiber_turn(run->fiber);
    state = resume(run, 0);
    return state;
}

enum usher_run_state usher_run_ask_again(struct usher_run *run)
{
    static const struct run_entry entry = {"pass", "", NULL, 4, 0, 0, 0, 0};

    if (run_entry_write(run, &entry) != USHER_OK)
        return broken(run);
    usher_buffer_clear(&run->results);
    run->result_count = 0;
    return resume(run, 0);
}

enum usher_status usher_run_memory(struct usher_run *run,
                                   struct usher_buffer *out,
                                   struct usher_error *error)
{
    lua_State *L = usher_script_lua(run->script);
    enum usher_status st;

    out->max = USHER_MEMORY_MAX;
    lua_rawgeti(L, LUA_REGISTRYINDEX, run->object);
    lua_pushliteral(L, "memory");
    if (lua_rawget(L, -2) == LUA_TNIL) { /* the flow never looked at it */
        lua_pop(L, 2);
        if (!run->memory_start.len)
            return USHER_OK;
        return usher_buffer_append(out, run->memory_start.data,
                                   run->memory_start.len);
    }
    if (!lua_istable(L, -1)) {
        lua_pop(L, 2);
        usher_error_set(error, "chat.memory must stay a table");
        return USHER_ERR_INVALID;
    }
    st = usher_value_encode(L, -1, out, "chat.memory", error);
    lua_pop(L, 2);
    return st;
}
