/* tests/unit/reload_test.c - threaded; versions on their way to be live: what
 * happens while files load. A gate holds the loading thread where the test
 * wants it. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "patience.h"
#include "reload_world.h"

/* A version whose loading waits at the gate and then runs for ever. */
static void begin_endless(struct reload_world *world,
                          struct reload_heard *heard)
{
    reload_save(world, "one.lua", "gate.pass() while true do end");
    usher_reload_now(world->reload, reload_hear, heard);
    reload_gate_await();
    assert_int_equal(heard->count, 0);
}

static void the_control_thread_goes_on_while_files_load(void **state)
{
    struct reload_world world;
    struct reload_heard heard = {0};
    char before[65];

    (void)state;
    reload_world_open(&world, 1, 0);
    snprintf(before, sizeof(before), "%s", reload_live(&world));
    reload_save(&world, "one.lua", "gate.pass() return function() end");
    usher_reload_now(world.reload, reload_hear, &heard);
    reload_gate_await();
    /* It is here, and what is live is as it was. */
    usher_loop_step(usher_stage_loop(world.turns->stage), 0);
    assert_string_equal(reload_live(&world), before);
    sem_post(&reload_gate_opened);
    reload_await(&world, &heard);
    assert_int_equal(heard.status, USHER_OK);
    assert_true(heard.changed);
    assert_string_not_equal(reload_live(&world), before);
    reload_world_close(&world);
}

static void an_edit_takes_the_place_of_what_loads(void **state)
{
    struct reload_world world;
    struct reload_heard heard = {0};
    struct usher_reload_status status;

    (void)state;
    reload_world_open(&world, 1, 0);
    begin_endless(&world, &heard);
    reload_save(&world, "one.lua",
                "return function(chat) chat:say 'second' end");
    assert_true(usher_reload_folder_changed(world.reload));
    sem_post(&reload_gate_opened);
    reload_await(&world, &heard);
    /* Who asked hears of what is in the folder by now; nothing was refused. */
    assert_int_equal(heard.count, 1);
    assert_int_equal(heard.status, USHER_OK);
    usher_reload_status(world.reload, &status);
    assert_int_equal(status.refused, 0);
    assert_string_equal(status.error, "");
    assert_int_equal(status.reloads, 2);
    reload_world_close(&world);
}

/* It is built, and an edit comes before anybody has looked. */
static void an_edit_takes_the_place_of_what_has_loaded(void **state)
{
    struct reload_world world;
    struct reload_heard heard = {0};

    (void)state;
    reload_world_open(&world, 1, 0);
    turn_settle(world.turns);
    reload_save(&world, "one.lua", "return function() end");
    usher_reload_now(world.reload, reload_hear, &heard);
    WAIT_FOR("word that it is built",
             usher_loop_patience_ms(usher_stage_loop(world.turns->stage)) == 0,
             sched_yield());
    reload_save(&world, "one.lua",
                "return function(chat) chat:say 'second' end");
    assert_true(usher_reload_folder_changed(world.reload));
    reload_await(&world, &heard);
    assert_int_equal(heard.status, USHER_OK);
    assert_non_null(strstr(reload_ask(&world, "a", "hello"), "second"));
    reload_world_close(&world);
}

static void back_to_what_is_live_stops_what_loads(void **state)
{
    struct reload_world world;
    struct reload_heard heard = {0};

    (void)state;
    reload_world_open(&world, 1, 0);
    begin_endless(&world, &heard);
    reload_save(&world, "one.lua",
                "return function(chat) chat:say 'first' end");
    assert_true(usher_reload_folder_changed(world.reload));
    sem_post(&reload_gate_opened);
    reload_await(&world, &heard);
    assert_int_equal(heard.status, USHER_OK);
    assert_false(heard.changed);
    reload_world_close(&world);
}

static void who_asks_while_it_loads_waits_for_it(void **state)
{
    struct reload_world world;
    struct reload_heard first = {0}, second = {0};

    (void)state;
    reload_world_open(&world, 1, 0);
    reload_save(&world, "one.lua", "gate.pass() return function() end");
    usher_reload_now(world.reload, reload_hear, &first);
    reload_gate_await();
    usher_reload_now(world.reload, reload_hear, &second);
    assert_int_equal(second.count, 0);
    sem_post(&reload_gate_opened);
    reload_await(&world, &second);
    assert_int_equal(first.count, 1);
    assert_int_equal(second.status, USHER_OK);
    reload_world_close(&world);
}

static void a_rollback_comes_behind_what_loads(void **state)
{
    struct reload_world world;
    struct reload_heard load = {0}, back = {0};
    char before[65];

    (void)state;
    reload_world_open(&world, 1, 0);
    turn_settle(world.turns); /* the first version is in the store */
    snprintf(before, sizeof(before), "%s", reload_live(&world));
    reload_save(&world, "one.lua", "gate.pass() return function() end");
    usher_reload_now(world.reload, reload_hear, &load);
    reload_gate_await();
    usher_reload_rollback(world.reload, "", reload_hear, &back);
    assert_int_equal(back.count, 0);
    sem_post(&reload_gate_opened);
    reload_await(&world, &back);
    assert_int_equal(load.count, 1);
    assert_int_equal(back.status, USHER_OK);
    assert_string_equal(reload_live(&world), before);
    reload_world_close(&world);
}

static void the_end_waits_for_no_file(void **state)
{
    struct reload_world world;
    struct reload_heard heard = {0}, late = {0};

    (void)state;
    reload_world_open(&world, 1, 0);
    begin_endless(&world, &heard);
    sem_post(&reload_gate_opened);
    usher_reload_stop(world.reload);
    assert_int_equal(heard.count, 1);
    assert_int_equal(heard.status, USHER_ERR_CLOSED);
    usher_reload_now(world.reload, reload_hear, &late);
    assert_int_equal(late.status, USHER_ERR_CLOSED);
    reload_world_close(&world);
}

static void what_is_refused_names_the_line(void **state)
{
    struct reload_world world;
    struct reload_heard heard = {0};

    (void)state;
    reload_world_open(&world, 1, 0);
    reload_save(&world, "one.lua", "\nwhile true do end");
    usher_reload_now(world.reload, reload_hear, &heard);
    reload_await(&world, &heard);
    assert_int_equal(heard.status, USHER_ERR_LIMIT);
    assert_non_null(strstr(heard.error.text, "one.lua:2: "));
    reload_world_close(&world);
}

/* Makes a version live whose loading passes the gate as `name`. */
static void live_make(const struct reload_world *world, const char *name,
                      char *hash)
{
    char text[64];
    struct reload_heard heard = {0};

    snprintf(text, sizeof(text), "gate.pass '%s' return function() end", name);
    reload_save(world, "one.lua", text);
    sem_post(&reload_gate_opened);
    usher_reload_now(world->reload, reload_hear, &heard);
    reload_await(world, &heard);
    assert_int_equal(heard.status, USHER_OK);
    reload_gate_await();
    turn_settle(world->turns); /* it is in the store */
    snprintf(hash, 65, "%s", reload_live(world));
}

/* What workers want and versions to come go in the order in which they were
 * asked for; a state that many wait for is built once. */
static void neither_edits_nor_wanted_states_starve(void **state)
{
    struct reload_world world;
    struct reload_heard heard = {0};
    char first[65], second[65], third[65];
    struct usher_loop *loop;

    (void)state;
    reload_world_open(&world, 1, 0);
    loop = usher_stage_loop(world.turns->stage);
    live_make(&world, "a", first);
    live_make(&world, "b", second);
    usher_reload_want_state(world.reload, 0, second);
    usher_loop_step(loop, 0);
    reload_gate_await();
    reload_save(&world, "one.lua", "gate.pass 'c' return function() end");
    usher_reload_now(world.reload, reload_hear, &heard);
    for (int i = 0; i < 3; i++)
        usher_reload_want_state(world.reload, 0, first);
    usher_loop_step(loop, 0);
    for (int i = 0; i < 5; i++)
        sem_post(&reload_gate_opened);
    reload_await(&world, &heard);
    live_make(&world, "d", third);
    assert_string_equal(reload_passed, "abbcad");
    reload_world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_control_thread_goes_on_while_files_load),
        cmocka_unit_test(an_edit_takes_the_place_of_what_loads),
        cmocka_unit_test(an_edit_takes_the_place_of_what_has_loaded),
        cmocka_unit_test(back_to_what_is_live_stops_what_loads),
        cmocka_unit_test(who_asks_while_it_loads_waits_for_it),
        cmocka_unit_test(a_rollback_comes_behind_what_loads),
        cmocka_unit_test(the_end_waits_for_no_file),
        cmocka_unit_test(what_is_refused_names_the_line),
        cmocka_unit_test(neither_edits_nor_wanted_states_starve),
    };

    return cmocka_run_group_tests_name("reload", tests, NULL, NULL);
}
