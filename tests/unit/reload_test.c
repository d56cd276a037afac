/* tests/unit/reload_test.c - threaded; versions on their way to be live: what
 * happens while files load. A gate holds the loading thread where the test
 * wants it. */
#include <semaphore.h>
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
#include "conversation/internal.h"
#include "conversation/reload.h"
#include "turn_world.h"

#define INIT "return { flows = { { 'one', fallback = true } } }"

static sem_t at_gate, opened;
static char passed[16]; /* the names of those that came to the gate */

static int gate_pass(lua_State *L)
{
    size_t len = strlen(passed);

    snprintf(passed + len, sizeof(passed) - len, "%s",
             luaL_optstring(L, 1, ""));
    sem_post(&at_gate);
    while (sem_wait(&opened) != 0)
        ;
    return 0;
}

static int gate_open(lua_State *L)
{
    lua_newtable(L);
    lua_pushcfunction(L, gate_pass);
    lua_setfield(L, -2, "pass");
    return 1;
}

struct world {
    struct turn_world *turns;
    struct usher_worker *worker;
    struct usher_reload *reload;
    struct usher_script_module modules[32];
    char folder[128];
};

struct heard {
    int count;
    enum usher_status status;
    int changed;
    struct usher_error error;
};

static void hear(void *user, enum usher_status status, int changed,
                 const struct usher_error *error)
{
    struct heard *heard = user;

    heard->count++;
    heard->status = status;
    heard->changed = changed;
    heard->error = *error;
}

static void save(const struct world *world, const char *name, const char *text)
{
    char path[192];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", world->folder, name);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static const char *live(const struct world *world)
{
    static struct usher_reload_status status;

    usher_reload_status(world->reload, &status);
    return status.hash;
}

/* Rounds of the control thread until that was heard. */
static void await(const struct world *world, const struct heard *heard)
{
    while (!heard->count)
        usher_loop_step(usher_stage_loop(world->turns->stage), 1000);
    usher_loop_step(usher_stage_loop(world->turns->stage), 0);
}

static void open_world(struct world *world)
{
    static const struct turn_flow flows[] = {
        {"init.lua", INIT},
        {"one.lua", "return function(chat) chat:say 'one' end"},
        {NULL, NULL}};
    const char *tmp = getenv("TMPDIR");
    struct usher_reload_options options = {.folder = world->folder};
    const struct usher_script_module *modules;
    struct usher_error error;
    size_t count;

    memset(world, 0, sizeof(*world));
    snprintf(world->folder, sizeof(world->folder), "%s/flowsXXXXXX",
             tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(world->folder));
    world->turns = turn_world_new(flows, 0);
    world->worker = usher_stage_worker(world->turns->stage);
    modules = usher_bind_modules(&count);
    assert_true(count < 32);
    memcpy(world->modules, modules, count * sizeof(*modules));
    world->modules[count] = (struct usher_script_module){
        .name = "gate", .open = gate_open, .global = 1};
    options.shared = world->worker->shared;
    options.loop = usher_stage_loop(world->turns->stage);
    options.modules = world->modules;
    options.module_count = count + 1;
    options.config = usher_stage_config(world->turns->stage);
    assert_int_equal(usher_reload_new(&options, &world->reload), USHER_OK);
    save(world, "init.lua", INIT);
    save(world, "one.lua", "return function(chat) chat:say 'first' end");
    assert_int_equal(usher_reload_first(world->reload, &error), USHER_OK);
    passed[0] = '\0';
    assert_int_equal(sem_init(&at_gate, 0, 0), 0);
    assert_int_equal(sem_init(&opened, 0, 0), 0);
}

static void close_world(struct world *world)
{
    char path[192];

    turn_settle(world->turns); /* the worker has looked at what is live */
    usher_reload_free(world->reload);
    turn_world_free(world->turns);
    snprintf(path, sizeof(path), "%s/init.lua", world->folder);
    unlink(path);
    snprintf(path, sizeof(path), "%s/one.lua", world->folder);
    unlink(path);
    rmdir(world->folder);
}

/* A version whose loading waits at the gate and then runs for ever. */
static void begin_endless(struct world *world, struct heard *heard)
{
    save(world, "one.lua", "gate.pass() while true do end");
    usher_reload_now(world->reload, hear, heard);
    while (sem_wait(&at_gate) != 0)
        ;
    assert_int_equal(heard->count, 0);
}

static void the_control_thread_goes_on_while_files_load(void **state)
{
    struct world world;
    struct heard heard = {0};
    char before[65];

    (void)state;
    open_world(&world);
    snprintf(before, sizeof(before), "%s", live(&world));
    save(&world, "one.lua", "gate.pass() return function() end");
    usher_reload_now(world.reload, hear, &heard);
    while (sem_wait(&at_gate) != 0)
        ;
    /* It is here, and what is live is as it was. */
    usher_loop_step(usher_stage_loop(world.turns->stage), 0);
    assert_string_equal(live(&world), before);
    sem_post(&opened);
    await(&world, &heard);
    assert_int_equal(heard.status, USHER_OK);
    assert_true(heard.changed);
    assert_string_not_equal(live(&world), before);
    close_world(&world);
}

static void an_edit_takes_the_place_of_what_loads(void **state)
{
    struct world world;
    struct heard heard = {0};
    struct usher_reload_status status;

    (void)state;
    open_world(&world);
    begin_endless(&world, &heard);
    save(&world, "one.lua", "return function(chat) chat:say 'second' end");
    assert_true(usher_reload_folder_changed(world.reload));
    sem_post(&opened);
    await(&world, &heard);
    /* Who asked hears of what is in the folder by now; nothing was refused. */
    assert_int_equal(heard.count, 1);
    assert_int_equal(heard.status, USHER_OK);
    usher_reload_status(world.reload, &status);
    assert_int_equal(status.refused, 0);
    assert_string_equal(status.error, "");
    assert_int_equal(status.reloads, 2);
    close_world(&world);
}

static void back_to_what_is_live_stops_what_loads(void **state)
{
    struct world world;
    struct heard heard = {0};

    (void)state;
    open_world(&world);
    begin_endless(&world, &heard);
    save(&world, "one.lua", "return function(chat) chat:say 'first' end");
    assert_true(usher_reload_folder_changed(world.reload));
    sem_post(&opened);
    await(&world, &heard);
    assert_int_equal(heard.status, USHER_OK);
    assert_false(heard.changed);
    close_world(&world);
}

static void who_asks_while_it_loads_waits_for_it(void **state)
{
    struct world world;
    struct heard first = {0}, second = {0};

    (void)state;
    open_world(&world);
    save(&world, "one.lua", "gate.pass() return function() end");
    usher_reload_now(world.reload, hear, &first);
    while (sem_wait(&at_gate) != 0)
        ;
    usher_reload_now(world.reload, hear, &second);
    assert_int_equal(second.count, 0);
    sem_post(&opened);
    await(&world, &second);
    assert_int_equal(first.count, 1);
    assert_int_equal(second.status, USHER_OK);
    close_world(&world);
}

static void a_rollback_comes_behind_what_loads(void **state)
{
    struct world world;
    struct heard load = {0}, back = {0};
    char before[65];

    (void)state;
    open_world(&world);
    turn_settle(world.turns); /* the first version is in the store */
    snprintf(before, sizeof(before), "%s", live(&world));
    save(&world, "one.lua", "gate.pass() return function() end");
    usher_reload_now(world.reload, hear, &load);
    while (sem_wait(&at_gate) != 0)
        ;
    usher_reload_rollback(world.reload, "", hear, &back);
    assert_int_equal(back.count, 0);
    sem_post(&opened);
    await(&world, &back);
    assert_int_equal(load.count, 1);
    assert_int_equal(back.status, USHER_OK);
    assert_string_equal(live(&world), before);
    close_world(&world);
}

static void the_end_waits_for_no_file(void **state)
{
    struct world world;
    struct heard heard = {0}, late = {0};

    (void)state;
    open_world(&world);
    begin_endless(&world, &heard);
    sem_post(&opened);
    usher_reload_stop(world.reload);
    assert_int_equal(heard.count, 1);
    assert_int_equal(heard.status, USHER_ERR_CLOSED);
    usher_reload_now(world.reload, hear, &late);
    assert_int_equal(late.status, USHER_ERR_CLOSED);
    close_world(&world);
}

static void what_is_refused_names_the_line(void **state)
{
    struct world world;
    struct heard heard = {0};

    (void)state;
    open_world(&world);
    save(&world, "one.lua", "\nwhile true do end");
    usher_reload_now(world.reload, hear, &heard);
    await(&world, &heard);
    assert_int_equal(heard.status, USHER_ERR_LIMIT);
    assert_non_null(strstr(heard.error.text, "one.lua:2: "));
    close_world(&world);
}

/* Makes a version live whose loading passes the gate as `name`. */
static void live_make(const struct world *world, const char *name, char *hash)
{
    char text[64];
    struct heard heard = {0};

    snprintf(text, sizeof(text), "gate.pass '%s' return function() end", name);
    save(world, "one.lua", text);
    sem_post(&opened);
    usher_reload_now(world->reload, hear, &heard);
    await(world, &heard);
    assert_int_equal(heard.status, USHER_OK);
    while (sem_wait(&at_gate) != 0)
        ;
    turn_settle(world->turns); /* it is in the store */
    snprintf(hash, 65, "%s", live(world));
}

/* What workers want and versions to come go in the order in which they were
 * asked for; a state that many wait for is built once. */
static void neither_edits_nor_wanted_states_starve(void **state)
{
    struct world world;
    struct heard heard = {0};
    char first[65], second[65], third[65];
    struct usher_loop *loop;

    (void)state;
    open_world(&world);
    loop = usher_stage_loop(world.turns->stage);
    live_make(&world, "a", first);
    live_make(&world, "b", second);
    usher_reload_want_state(world.reload, 0, second);
    usher_loop_step(loop, 0);
    while (sem_wait(&at_gate) != 0)
        ;
    save(&world, "one.lua", "gate.pass 'c' return function() end");
    usher_reload_now(world.reload, hear, &heard);
    for (int i = 0; i < 3; i++)
        usher_reload_want_state(world.reload, 0, first);
    usher_loop_step(loop, 0);
    for (int i = 0; i < 5; i++)
        sem_post(&opened);
    await(&world, &heard);
    live_make(&world, "d", third);
    assert_string_equal(passed, "abbcad");
    close_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_control_thread_goes_on_while_files_load),
        cmocka_unit_test(an_edit_takes_the_place_of_what_loads),
        cmocka_unit_test(back_to_what_is_live_stops_what_loads),
        cmocka_unit_test(who_asks_while_it_loads_waits_for_it),
        cmocka_unit_test(a_rollback_comes_behind_what_loads),
        cmocka_unit_test(the_end_waits_for_no_file),
        cmocka_unit_test(what_is_refused_names_the_line),
        cmocka_unit_test(neither_edits_nor_wanted_states_starve),
    };

    return cmocka_run_group_tests_name("reload", tests, NULL, NULL);
}
