/* tests/unit/run_world.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <lauxlib.h>

#include "conversation/lua_engine.h"
#include "run_world.h"
#include "script/value.h"

struct job {
    struct usher_job job;
    struct run_world *world;
};

static struct run_world *world_of(lua_State *L)
{
    return usher_script_user(L);
}

static void job_start(struct usher_job *job, int64_t deadline_ms)
{
    (void)deadline_ms;
    ((struct job *)job)->world->started++;
}

static void job_cancel(struct usher_job *job)
{
    ((struct job *)job)->world->stopped++;
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
    struct job *job = calloc(1, sizeof(*job));

    if (!job)
        return luaL_error(L, "not enough memory");
    job->job.ops = &job_ops;
    job->world = world_of(L);
    return usher_effect_job(L, &effect, &job->job);
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
    lua_pushinteger(L, ++world_of(L)->now);
    return usher_effect_end(L, &effect, 1);
}

static int out_half(lua_State *L)
{
    struct usher_effect effect = {"out.half", "", 0, "", 0, 0};
    int count = usher_effect_begin(L, &effect);

    return count >= 0 ? count : luaL_error(L, "half");
}

static int out_call(lua_State *L)
{
    struct usher_effect effect = {"out.call", "", 0, "", 0, USHER_EFFECT_CALLS};
    int count = usher_effect_begin(L, &effect);
    int status;

    if (count >= 0)
        return count;
    lua_settop(L, 1);
    status = lua_pcall(L, 0, 1, 0);
    if (status != LUA_OK)
        return usher_effect_raised(L, &effect, status);
    return usher_effect_end(L, &effect, 1);
}

static int out_open(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"write", out_write}, {"read", out_read}, {"now", out_now},
        {"half", out_half},   {"call", out_call}, {NULL, NULL}};

    luaL_newlib(L, functions);
    return 1;
}

static void on_job(void *owner, struct usher_run *run)
{
    struct run_world *world = owner;

    world->state = usher_run_step(run);
}

static const struct usher_run_owner ops = {on_job, NULL, NULL, NULL};

static const char init_lua[] = "return { flows = { { 'flow', fallback = true,"
                               " } } }";

static struct usher_script *script_new(struct run_world *world,
                                       const char *flow)
{
    static struct usher_source sources[2]; /* borrowed by the script */
    struct usher_script_module modules[] = {
        {"out", out_open, USHER_MODULE_GLOBAL, NULL}};
    struct usher_script_options options = {
        .sources = sources,
        .source_count = 2,
        .modules = modules,
        .module_count = 1,
        .limits = usher_script_limits_default(),
        .folder = "flows",
        .user = world,
    };
    struct usher_error error = {""};
    struct usher_script *script = NULL;

    sources[0] = (struct usher_source){"flow.lua", flow, strlen(flow)};
    sources[1] =
        (struct usher_source){"init.lua", init_lua, sizeof(init_lua) - 1};
    if (usher_script_new(&options, &script, &error) != USHER_OK ||
        usher_lua_engine_open(script, &error) != USHER_OK)
        fail_msg("%s", error.text);
    return script;
}

/* The value { text = text } as a message. */
static void message(struct usher_buffer *out, const char *text)
{
    usher_buffer_init(out, 0);
    usher_value_table(out, 0, 2);
    usher_value_string(out, "text", 4);
    usher_value_string(out, text, strlen(text));
    usher_value_string(out, "visitor", 7);
    usher_value_table(out, 0, 0);
}

static void attach(struct run_world *world)
{
    world->run.script = world->script;
    world->run.owner = world;
    world->run.ops = &ops;
    world->run.answer = &world->answer;
}

struct run_world *run_world_new(const char *flow)
{
    struct run_world *world = calloc(1, sizeof(*world));

    assert_non_null(world);
    usher_answer_init(&world->answer);
    world->script = script_new(world, flow);
    usher_run_init(&world->run, world->script, "flow", world, &ops);
    attach(world);
    return world;
}

void run_world_free(struct run_world *world)
{
    usher_run_free(&world->run);
    usher_script_free(world->script);
    usher_answer_free(&world->answer);
    free(world);
}

void run_begin(struct run_world *world)
{
    struct usher_buffer input;

    message(&input, "hello");
    usher_run_turn(&world->run);
    usher_run_begin(&world->run, input.data, input.len);
    usher_buffer_free(&input);
    world->state = usher_run_step(&world->run);
}

/* The visitor's next message; a run at rest replays first. */
void run_tell(struct run_world *world, const char *text)
{
    struct usher_buffer input;

    usher_answer_clear(&world->answer);
    usher_run_turn(&world->run);
    world->state =
        world->run.fiber ? USHER_RUN_LISTEN : usher_run_step(&world->run);
    if (world->state != USHER_RUN_LISTEN)
        return;
    message(&input, text);
    world->state = usher_run_message(&world->run, input.data, input.len);
    usher_buffer_free(&input);
}

/* The job under way ends with one text. */
void run_job_ends(struct run_world *world, const char *text,
                  enum usher_outcome outcome)
{
    struct usher_buffer results;

    assert_int_equal(world->state, USHER_RUN_JOB);
    usher_run_job_start(&world->run);
    usher_buffer_init(&results, 0);
    do { /* an allocation that fails is not meant for this one */
        usher_buffer_clear(&results);
        usher_value_string(&results, text, strlen(text));
    } while (results.failed);
    usher_job_done(world->run.job, results.data, results.len, 1, outcome);
    usher_buffer_free(&results);
}

void run_job_fails(struct run_world *world, const char *kind,
                   enum usher_outcome outcome)
{
    struct usher_buffer results;

    assert_int_equal(world->state, USHER_RUN_JOB);
    usher_run_job_start(&world->run);
    usher_buffer_init(&results, 0);
    usher_effect_fail(&results, kind, "no", NULL, 0, -1, 0);
    usher_job_done(world->run.job, results.data, results.len, 2, outcome);
    usher_buffer_free(&results);
}

/* The next step goes on with other flows, as after an edit. */
void run_edit(struct run_world *world, const char *flow)
{
    struct usher_script *old = world->script;

    usher_run_rest(&world->run);
    world->script = script_new(world, flow);
    usher_script_free(old);
    attach(world);
}

const char *run_said(const struct run_world *world)
{
    return world->answer.spoken.len ? world->answer.spoken.data : "";
}
