/* tests/unit/reload_workers_test.c - threaded; what is live is so on every
 * worker, and a state that a worker asks for is that worker's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "bind/bind.h"
#include "reload_world.h"

#define SAYS(text) "return function(chat) chat:say '" text "' end"

static struct usher_state *newest(const struct reload_world *world, size_t at)
{
    return world->workers[at]->states.newest;
}

static void assert_has(const struct reload_world *world, size_t at,
                       const char *hash)
{
    struct usher_worker *worker = world->workers[at];
    struct usher_state *state = usher_states_find(&worker->states, hash);

    assert_non_null(state);
    assert_ptr_equal(usher_bind_of(usher_script_lua(state->script)),
                     usher_worker_bind(worker));
}

static void every_worker_takes_what_is_live(void **state)
{
    struct reload_world world;

    (void)state;
    reload_world_open(&world, 2, 0);
    assert_int_equal(reload_edit(&world, SAYS("second")).status, USHER_OK);
    reload_second(&world);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(usher_version_hash(newest(&world, i)->version),
                            reload_live(&world));
        assert_has(&world, i, reload_live(&world));
    }
    reload_world_close(&world);
}

/* What a worker may look at this moment is not freed by another one. */
static void what_was_live_stays_until_every_worker_has_moved_on(void **state)
{
    struct reload_world world;

    (void)state;
    reload_world_open(&world, 2, 0);
    turn_settle(world.turns);
    assert_int_equal(reload_edit(&world, SAYS("second")).status, USHER_OK);
    assert_null(newest(&world, 1)); /* it has seen neither */
    assert_int_equal(atomic_load(&reload_freed), 0);
    reload_second(&world);
    /* The second's state of the first version, which it never took. */
    assert_int_equal(atomic_load(&reload_freed), 1);
    reload_world_close(&world);
    assert_int_equal(atomic_load(&reload_freed), 4);
}

/* It loads for the first worker, not for the second: none has it. */
static void what_does_not_load_for_all_is_live_for_none(void **state)
{
    struct reload_world world;
    char before[65];

    (void)state;
    reload_world_open(&world, 2, 0);
    turn_settle(world.turns);
    snprintf(before, sizeof(before), "%s", reload_live(&world));
    sem_post(&reload_gate_opened);
    sem_post(&reload_gate_opened);
    assert_int_equal(reload_edit(&world,
                                 "if gate.pass 'a' == 2 then error 'no' end\n"
                                 "return function() end")
                         .status,
                     USHER_ERR_INVALID);
    assert_string_equal(reload_passed, "aa");
    assert_string_equal(reload_live(&world), before);
    assert_int_equal(atomic_load(&reload_freed), 2); /* both are gone */
    reload_world_close(&world);
}

/* The first worker has thrown the state away, the second never had it. */
static void each_worker_gets_the_state_it_asks_for(void **state)
{
    static const char *const edits[] = {SAYS("2"), SAYS("3"), SAYS("4"),
                                        SAYS("5")};
    struct reload_world world;
    char first[65];

    (void)state;
    reload_world_open(&world, 2, 0);
    turn_settle(world.turns);
    snprintf(first, sizeof(first), "%s", reload_live(&world));
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(reload_edit(&world, edits[i]).status, USHER_OK);
    reload_second(&world);
    for (size_t i = 0; i < 2; i++) {
        assert_null(usher_states_find(&world.workers[i]->states, first));
        usher_reload_want_state(world.reload, i, first);
    }
    for (int i = 0;
         i < 300 && !usher_states_find(&world.workers[1]->states, first); i++) {
        usher_loop_step(usher_stage_loop(world.turns->stage), 10);
        reload_second(&world);
    }
    turn_settle(world.turns);
    for (size_t i = 0; i < 2; i++) {
        assert_has(&world, i, first);
        assert_string_equal(usher_version_hash(newest(&world, i)->version),
                            reload_live(&world));
    }
    reload_world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_worker_takes_what_is_live),
        cmocka_unit_test(what_was_live_stays_until_every_worker_has_moved_on),
        cmocka_unit_test(what_does_not_load_for_all_is_live_for_none),
        cmocka_unit_test(each_worker_gets_the_state_it_asks_for),
    };

    return cmocka_run_group_tests_name("reload_workers", tests, NULL, NULL);
}
