/* tests/unit/reload_keep_test.c - threaded; versions in the store: which stay,
 * in which a flow goes on after a restart, and what comes late. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "patience.h"
#include "reload_world.h"

#define says(world, text) assert_non_null(strstr((world)->turns->answer, text))

/* "return function..." of a flow that asks twice and names its version. */
static const char *asks(int number)
{
    static char text[256];

    snprintf(text, sizeof(text),
             "return function(chat)\n"
             "  local one = chat:ask 'version %d, one?'\n"
             "  local two = chat:ask('version %d, two after ' .. one)\n"
             "  chat:say('version %d has ' .. one .. ' ' .. two)\nend",
             number, number, number);
    return text;
}

static void edit(struct reload_world *world, int number)
{
    assert_int_equal(reload_edit(world, asks(number)).status, USHER_OK);
}

static size_t stored(const struct reload_world *world)
{
    return strlen(reload_stored(world, 1)) / 2;
}

static int is_stored(const struct reload_world *world, const char *hash)
{
    return strstr(reload_stored(world, 64), hash) != NULL;
}

/* More edits than versions are kept, and each of the two talks has more in its
 * head than before. */
static void a_flow_goes_on_in_its_version(void **state)
{
    struct reload_world world;
    char first[65];

    (void)state;
    reload_world_open(&world, 1, 1);
    edit(&world, 1);
    snprintf(first, sizeof(first), "%s", reload_live(&world));
    reload_ask(&world, "a", "hello");
    says(&world, "version 1, one?");
    reload_ask(&world, "b", "hello");
    reload_ask(&world, "a", "a long answer that makes the head grow");
    says(&world, "version 1, two after");
    for (int i = 2; i <= 52; i++)
        edit(&world, i);
    assert_int_equal(stored(&world), 51);
    assert_true(is_stored(&world, first));
    reload_world_crash(&world);
    reload_ask(&world, "b", "B");
    says(&world, "version 1, two after B");
    reload_ask(&world, "a", "A");
    says(&world, "version 1 has a long answer that makes the head grow A");
    assert_int_equal(world.wanted, 1); /* then it is here for both */
    reload_ask(&world, "a", "hello");
    says(&world, "version 52, one?");
    /* Once no flow waits in it, it goes. */
    edit(&world, 99);
    assert_true(is_stored(&world, first));
    reload_ask(&world, "b", "C");
    says(&world, "version 1 has B C");
    edit(&world, 100);
    assert_false(is_stored(&world, first));
    assert_int_equal(stored(&world), 50);
    reload_world_close(&world);
}

/* A flow that waits in it does not make a version of the store the newest. */
static void what_is_used_again_keeps_its_place(void **state)
{
    struct reload_world world;
    char order[64];

    (void)state;
    reload_world_open(&world, 1, 1);
    edit(&world, 1);
    reload_ask(&world, "a", "hello");
    edit(&world, 2);
    snprintf(order, sizeof(order), "%s", reload_stored(&world, 12));
    reload_world_crash(&world);
    reload_ask(&world, "a", "A");
    says(&world, "version 1, two after A");
    assert_string_equal(reload_stored(&world, 12), order);
    reload_world_close(&world);
}

#ifdef USHER_FAULTS
static void fault(struct reload_world *world, enum usher_store_fault what)
{
    usher_store_fault(usher_stage_store(world->turns->stage), what);
}

static void a_version_that_was_not_kept_is_kept_later(void **state)
{
    struct reload_world world;
    char late[2][65];

    (void)state;
    reload_world_open(&world, 1, 0);
    turn_settle(world.turns);
    fault(&world, USHER_STORE_FAULT_COMMIT);
    for (int i = 0; i < 2; i++) {
        edit(&world, i);
        snprintf(late[i], sizeof(late[i]), "%s", reload_live(&world));
        assert_false(is_stored(&world, late[i]));
    }
    fault(&world, USHER_STORE_FAULT_NONE);
    turn_wait(world.turns, 30000);
    /* In the order in which they were live. */
    assert_int_equal(stored(&world), 3);
    assert_memory_equal(reload_stored(&world, 64), late[1], 64);
    assert_memory_equal(reload_stored(&world, 64) + 65, late[0], 64);
    reload_world_close(&world);
}

/* One that is late goes behind what is live. */
static void what_is_live_is_the_newest(void **state)
{
    struct reload_world world;

    (void)state;
    reload_world_open(&world, 1, 0);
    turn_settle(world.turns);
    fault(&world, USHER_STORE_FAULT_COMMIT);
    edit(&world, 1);
    fault(&world, USHER_STORE_FAULT_NONE);
    edit(&world, 2);
    turn_wait(world.turns, 30000);
    assert_int_equal(stored(&world), 3);
    assert_memory_equal(reload_stored(&world, 64), reload_live(&world), 64);
    reload_world_close(&world);
}

/* Soon at first, then more and more seldom, every half minute at last. */
static void it_is_tried_again_more_and_more_seldom(void **state)
{
    static const int64_t waits[] = {1000,  2000,  4000, 8000,
                                    16000, 30000, 30000};
    struct reload_world world;
    size_t before;

    (void)state;
    reload_world_open(&world, 1, 0);
    turn_settle(world.turns);
    fault(&world, USHER_STORE_FAULT_COMMIT);
    edit(&world, 1);
    for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
        before = strlen(world.turns->logged);
        turn_wait(world.turns, waits[i] - 1);
        assert_null(strstr(world.turns->logged + before, "not in the store"));
        turn_wait(world.turns, 1);
        assert_non_null(
            strstr(world.turns->logged + before, "not in the store"));
    }
    fault(&world, USHER_STORE_FAULT_NONE);
    turn_wait(world.turns, 30000);
    assert_true(is_stored(&world, reload_live(&world)));
    /* A failure of another day begins anew. */
    fault(&world, USHER_STORE_FAULT_COMMIT);
    edit(&world, 2);
    fault(&world, USHER_STORE_FAULT_NONE);
    turn_wait(world.turns, 1000);
    assert_true(is_stored(&world, reload_live(&world)));
    reload_world_close(&world);
}

/* The store does not have it, and it is here all the same. */
static void a_full_state_of_what_is_live_is_made_anew(void **state)
{
    struct reload_world world;
    struct usher_states *states;
    struct usher_state *full;

    (void)state;
    reload_world_open(&world, 1, 0);
    turn_settle(world.turns);
    fault(&world, USHER_STORE_FAULT_COMMIT);
    edit(&world, 1);
    states = &world.workers[0]->states;
    full = states->newest;
    usher_state_hold(full);
    full->full = 1;
    usher_reload_want_state(world.reload, 0, reload_live(&world));
    WAIT_FOR("another state", states->newest != full,
             usher_loop_step(usher_stage_loop(world.turns->stage), 10));
    usher_states_let_go(states, full);
    reload_world_close(&world);
}

static void a_flow_brings_its_version_along(void **state)
{
    struct reload_world world;

    (void)state;
    reload_world_open(&world, 1, 1);
    turn_settle(world.turns);
    fault(&world, USHER_STORE_FAULT_COMMIT);
    edit(&world, 1);
    fault(&world, USHER_STORE_FAULT_NONE);
    reload_ask(&world, "a", "hello");
    says(&world, "version 1, one?");
    assert_true(is_stored(&world, reload_live(&world)));
    reload_save(&world, "one.lua", asks(2));
    reload_world_crash(&world);
    reload_ask(&world, "a", "A");
    says(&world, "version 1, two after A");
    reload_world_close(&world);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flow_goes_on_in_its_version),
        cmocka_unit_test(what_is_used_again_keeps_its_place),
#ifdef USHER_FAULTS
        cmocka_unit_test(a_version_that_was_not_kept_is_kept_later),
        cmocka_unit_test(what_is_live_is_the_newest),
        cmocka_unit_test(it_is_tried_again_more_and_more_seldom),
        cmocka_unit_test(a_full_state_of_what_is_live_is_made_anew),
        cmocka_unit_test(a_flow_brings_its_version_along),
#endif
    };

    return cmocka_run_group_tests_name("reload_keep", tests, NULL, NULL);
}
