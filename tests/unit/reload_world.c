/* tests/unit/reload_world.c - see reload_world.h */
#include "reload_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include <lauxlib.h>

#include "bind/bind.h"
#include "conversation/waiting.h"
#include "patience.h"

sem_t reload_gate_opened;
static sem_t at_gate;
char reload_passed[16];
atomic_uint reload_freed;

static int gate_pass(lua_State *L)
{
    size_t len = strlen(reload_passed);

    snprintf(reload_passed + len, sizeof(reload_passed) - len, "%s",
             luaL_optstring(L, 1, ""));
    sem_post(&at_gate);
    while (sem_wait(&reload_gate_opened) != 0)
        ;
    lua_pushinteger(L, (lua_Integer)strlen(reload_passed));
    return 1;
}

void reload_gate_await(void)
{
    WAIT_FOR("a file at the gate", sem_wait(&at_gate) == 0, (void)0);
}

static int state_freed(lua_State *L)
{
    (void)L;
    atomic_fetch_add(&reload_freed, 1);
    return 0;
}

static int gate_open(lua_State *L)
{
    lua_newuserdatauv(L, 1, 0);
    lua_newtable(L);
    lua_pushcfunction(L, state_freed);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    lua_setfield(L, LUA_REGISTRYINDEX, "test.freed");
    lua_newtable(L);
    lua_pushcfunction(L, gate_pass);
    lua_setfield(L, -2, "pass");
    return 1;
}

void reload_hear(void *user, enum usher_status status, int changed,
                 const struct usher_error *error)
{
    struct reload_heard *heard = user;

    heard->count++;
    heard->status = status;
    heard->changed = changed;
    heard->error = *error;
}

void reload_save(const struct reload_world *world, const char *name,
                 const char *text)
{
    char path[192];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", world->folder, name);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

const char *reload_live(const struct reload_world *world)
{
    static struct usher_reload_status status;

    usher_reload_status(world->reload, &status);
    return status.hash;
}

void reload_await(const struct reload_world *world,
                  const struct reload_heard *heard)
{
    WAIT_FOR("the end of a load", heard->count,
             usher_loop_step(usher_stage_loop(world->turns->stage), -1));
    assert_int_equal(heard->count, 1);
    usher_loop_step(usher_stage_loop(world->turns->stage), 0);
}

struct reload_heard reload_edit(struct reload_world *world, const char *text)
{
    struct reload_heard heard = {0};

    reload_save(world, "one.lua", text);
    usher_reload_now(world->reload, reload_hear, &heard);
    reload_await(world, &heard);
    turn_settle(world->turns);
    return heard;
}

const char *reload_ask(struct reload_world *world, const char *key,
                       const char *text)
{
    unsigned before = world->turns->answers;

    turn_ask(world->turns, key, text);
    WAIT_FOR("an answer", world->turns->answers != before,
             usher_loop_step(usher_stage_loop(world->turns->stage), 10));
    turn_settle(world->turns);
    assert_int_equal(world->turns->answers, before + 1);
    return world->turns->answer;
}

void reload_second(struct reload_world *world)
{
    usher_loop_step(usher_worker_loop(world->workers[1]), 0);
}

size_t reload_problems(const struct reload_world *world,
                       enum usher_problem code)
{
    return usher_problems_count(world->problems, code);
}

struct stored {
    char text[8192];
    int digits;
};

static int stored_each(void *user, const char *hash, int64_t loaded_ms)
{
    struct stored *stored = user;
    size_t len = strlen(stored->text);

    (void)loaded_ms;
    snprintf(stored->text + len, sizeof(stored->text) - len, "%.*s ",
             stored->digits, hash);
    return 0;
}

const char *reload_stored(const struct reload_world *world, int digits)
{
    static struct stored stored;

    stored.text[0] = '\0';
    stored.digits = digits;
    assert_int_equal(
        usher_store_versions(usher_stage_store(world->turns->stage),
                             stored_each, &stored),
        USHER_OK);
    return stored.text;
}

static void want_state(void *control, size_t worker, const char *hash)
{
    struct reload_world *world = control;

    world->wanted++;
    usher_reload_want_state(world->reload, worker, hash);
}

/* What the stage has, and a second worker beside its own. */
static void workers_open(struct reload_world *world)
{
    struct usher_worker *first = usher_stage_worker(world->turns->stage);
    struct usher_shared *shared = first->shared;
    struct usher_worker_options options = {
        .shared = shared,
        .index = 1,
        .listen_fd = -1,
        .config = usher_stage_config(world->turns->stage),
    };
    struct usher_error error;

    world->workers[0] = first;
    shared->workers = world->workers;
    shared->worker_count = world->worker_count;
    if (world->worker_count > 1)
        assert_int_equal(usher_worker_new(&options, &world->workers[1], &error),
                         USHER_OK);
    shared->control = world;
    shared->want_state = want_state;
    shared->flow = NULL;
    shared->zoho_event = NULL;
    shared->problems = world->problems;
}

static void workers_close(struct reload_world *world)
{
    world->workers[0]->shared->worker_count = 1;
    if (world->worker_count == 1)
        return;
    reload_second(world);
    usher_worker_free(world->workers[1]);
}

static void reload_new(struct reload_world *world)
{
    struct usher_reload_options options = {.folder = world->folder};
    struct usher_error error;

    workers_open(world);
    options.shared = world->workers[0]->shared;
    options.loop = usher_stage_loop(world->turns->stage);
    options.modules = world->modules;
    options.module_count = world->module_count;
    options.config = usher_stage_config(world->turns->stage);
    assert_int_equal(usher_reload_new(&options, &world->reload), USHER_OK);
    assert_int_equal(usher_reload_first(world->reload, &error), USHER_OK);
}

void reload_world_open(struct reload_world *world, size_t workers, int on_disk)
{
    static const struct turn_flow flows[] = {
        {"init.lua", RELOAD_INIT},
        {"one.lua", "return function(chat) chat:say 'one' end"},
        {NULL, NULL}};
    const struct usher_script_module *modules;
    size_t count;

    memset(world, 0, sizeof(*world));
    world->worker_count = workers;
    own_folder(world->folder);
    world->turns = turn_world_new(flows, on_disk);
    assert_int_equal(usher_problems_new(world->turns->log, &world->problems),
                     USHER_OK);
    modules = usher_bind_modules(&count);
    assert_true(count < 32);
    memcpy(world->modules, modules, count * sizeof(*modules));
    world->modules[count] = (struct usher_script_module){
        .name = "gate", .open = gate_open, .use = USHER_MODULE_GLOBAL};
    world->module_count = count + 1;
    reload_save(world, "init.lua", RELOAD_INIT);
    reload_save(world, "one.lua", "return function(chat) chat:say 'first' end");
    reload_new(world);
    reload_passed[0] = '\0';
    atomic_store(&reload_freed, 0);
    assert_int_equal(sem_init(&at_gate, 0, 0), 0);
    assert_int_equal(sem_init(&reload_gate_opened, 0, 0), 0);
}

void reload_world_crash(struct reload_world *world)
{
    turn_settle(world->turns);
    usher_reload_stop(world->reload);
    workers_close(world);
    usher_reload_free(world->reload);
    turn_crash(world->turns, NULL);
    reload_new(world);
    turn_settle(world->turns);
}

void reload_world_close(struct reload_world *world)
{
    char path[192];

    turn_settle(world->turns); /* the worker has looked at what is live */
    usher_reload_stop(world->reload);
    workers_close(world);
    usher_reload_free(world->reload);
    turn_world_free(world->turns);
    usher_problems_free(world->problems);
    snprintf(path, sizeof(path), "%s/init.lua", world->folder);
    unlink(path);
    snprintf(path, sizeof(path), "%s/one.lua", world->folder);
    unlink(path);
    rmdir(world->folder);
}
