/* tests/fuzz/journal.c - a flow is replayed from a journal of any bytes. Parts:
 * the journal, occurrences, what chat.memory begins with, a message. */
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "conversation/answer.h"
#include "conversation/lua_engine.h"
#include "conversation/run.h"
#include "fuzz.h"
#include "script/value.h"

static const char init_lua[] = "return { flows = { { 'flow', fallback = true,"
                               " } } }";
static const char flow_lua[] =
    "local out = require 'out'\n"
    "return function(chat)\n"
    "  chat.memory.n = out.now()\n"
    "  chat:say('now ' .. tostring(chat.memory.n))\n"
    "  local a, b = out.read 'x'\n"
    "  local c = chat:ask('one? ' .. tostring(a) .. tostring(b))\n"
    "  local done, err = out.write(tostring(c))\n"
    "  chat:say(tostring(done) .. tostring(err and err.kind))\n"
    "  chat:choose { 'two?', 'Yes', 'No' }\n"
    "end";

static void job_start(struct usher_job *job, int64_t deadline_ms)
{
    (void)job;
    (void)deadline_ms;
}

static void job_cancel(struct usher_job *job)
{
    (void)job;
}

static void job_free(struct usher_job *job)
{
    free(job);
}

static const struct usher_job_ops job_ops = {job_start, job_cancel, job_free};

static int out_job(lua_State *L, const char *name, unsigned flags)
{
    size_t len;
    const char *what = luaL_checklstring(L, 1, &len);
    struct usher_effect effect = {name, "there", 5, what, len, flags};
    struct usher_job *job = calloc(1, sizeof(*job));

    FUZZ_CHECK(job != NULL);
    job->ops = &job_ops;
    return usher_effect_job(L, &effect, job);
}

static int out_write(lua_State *L)
{
    return out_job(L, "out.write", USHER_EFFECT_WRITE);
}

static int out_read(lua_State *L)
{
    return out_job(L, "out.read", 0);
}

static int out_now(lua_State *L)
{
    struct usher_effect effect = {"out.now", "", 0, "", 0, 0};
    int count = usher_effect_begin(L, &effect);

    if (count >= 0)
        return count;
    lua_pushinteger(L, 7);
    return usher_effect_end(L, &effect, 1);
}

static int out_open(lua_State *L)
{
    static const luaL_Reg functions[] = {{"write", out_write},
                                         {"read", out_read},
                                         {"now", out_now},
                                         {NULL, NULL}};

    luaL_newlib(L, functions);
    return 1;
}

static struct usher_script *the_script(void)
{
    static const struct usher_source sources[] = {
        {"flow.lua", flow_lua, sizeof(flow_lua) - 1},
        {"init.lua", init_lua, sizeof(init_lua) - 1},
    };
    static const struct usher_script_module modules[] = {
        {"out", out_open, USHER_MODULE_GLOBAL, NULL}};
    static struct usher_script *script;
    struct usher_script_options options = {
        .sources = sources,
        .source_count = 2,
        .modules = modules,
        .module_count = 1,
        .limits = usher_script_limits_default(),
        .folder = "flows",
    };

    if (script)
        return script;
    FUZZ_CHECK(usher_script_new(&options, &script, NULL) == USHER_OK);
    FUZZ_CHECK(usher_lua_engine_open(script, NULL) == USHER_OK);
    return script;
}

static void job_done(void *owner, struct usher_run *run)
{
    (void)owner;
    (void)run;
}

/* As far as it goes without a job that starts. */
static void go_on(struct usher_run *run, struct fuzz_input *input)
{
    size_t len;
    char *message = fuzz_next(input, &len);
    enum usher_run_state state;
    struct usher_buffer memory;
    struct usher_error error;

    usher_buffer_init(&memory, USHER_MEMORY_MAX);
    usher_run_turn(run);
    state = usher_run_step(run);
    if (state == USHER_RUN_LISTEN)
        state = usher_run_message(run, message, len);
    if (state == USHER_RUN_PASS)
        state = usher_run_ask_again(run);
    if (state == USHER_RUN_LISTEN)
        FUZZ_CHECK(usher_run_memory(run, &memory, &error) == USHER_OK ||
                   error.text[0]);
    if (state == USHER_RUN_FAILED || state == USHER_RUN_KILLED ||
        state == USHER_RUN_DIVERGED)
        FUZZ_CHECK(run->error.message[0]);
    usher_buffer_free(&memory);
    free(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct usher_run_owner ops = {job_done, NULL, NULL, NULL};
    struct fuzz_input input = {(const char *)data, size};
    struct usher_answer answer;
    struct usher_buffer *parts[3];
    struct usher_run run;

    memset(&run, 0, sizeof(run));
    usher_answer_init(&answer);
    usher_run_init(&run, the_script(), "flow", &run, &ops);
    run.answer = &answer;
    parts[0] = &run.journal;
    parts[1] = &run.counts_start;
    parts[2] = &run.memory_start;
    for (int i = 0; i < 3; i++) {
        size_t len;
        char *part = fuzz_next(&input, &len);

        usher_buffer_append(parts[i], part, len);
        free(part);
    }
    if (run.journal.len)
        go_on(&run, &input);
    usher_run_free(&run);
    usher_answer_free(&answer);
    return 0;
}
