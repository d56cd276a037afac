/* tests/unit/states_test.c - a worker's Lua states: which it takes of a
 * publication, which stay, which go. A version is a letter; a state that is
 * freed writes its letter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>

#include "conversation/states.h"
#include "turn_world.h"

static char freed[64];

static int mark_freed(lua_State *L)
{
    const char letter[] = {*(const char *)lua_touserdata(L, 1), '\0'};

    strcat(freed, letter);
    return 0;
}

static int mark_open(lua_State *L)
{
    char letter = *(const char *)lua_touserdata(L, 1);

    *(char *)lua_newuserdatauv(L, 1, 0) = letter;
    lua_newtable(L);
    lua_pushcfunction(L, mark_freed);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    lua_setfield(L, LUA_REGISTRYINDEX, "test.mark");
    lua_newtable(L);
    return 1;
}

static struct usher_script *script_of(char letter)
{
    struct usher_script_module mark = {
        .name = "mark", .open = mark_open, .user = &letter};
    struct usher_script_options options = {
        .modules = &mark,
        .module_count = 1,
        .limits = usher_script_limits_default(),
        .folder = "flows",
    };
    struct usher_script *script;
    struct usher_error error;

    assert_int_equal(usher_script_new(&options, &script, &error), USHER_OK);
    return script;
}

static struct usher_version *version_of(char letter)
{
    const char text[] = {letter, '\0'};
    const struct turn_flow flows[] = {{"init.lua", text}, {NULL, NULL}};

    return turn_version(flows);
}

static struct usher_publication *publication_of(char letter, size_t workers)
{
    struct usher_version *version = version_of(letter);
    struct usher_publication *publication =
        usher_publication_new(version, workers);

    assert_non_null(publication);
    for (size_t i = 0; i < workers; i++)
        publication->scripts[i] = script_of(letter);
    usher_version_release(version);
    return publication;
}

/* Takes each of these versions in turn. */
static void adopt(struct usher_states *states, const char *letters)
{
    for (; *letters; letters++) {
        struct usher_publication *publication = publication_of(*letters, 1);

        assert_true(usher_states_adopt(states, publication, 0));
        usher_publication_release(publication);
    }
}

static struct usher_state *find(struct usher_states *states, char letter)
{
    struct usher_version *version = version_of(letter);
    struct usher_state *state =
        usher_states_find(states, usher_version_hash(version));

    usher_version_release(version);
    return state;
}

static int begin(void **state)
{
    (void)state;
    freed[0] = '\0';
    return 0;
}

static void each_worker_takes_its_own(void **state)
{
    struct usher_publication *publication = publication_of('a', 3);
    struct usher_script *own = publication->scripts[1];
    struct usher_states states = {NULL, NULL, 0};

    (void)state;
    assert_true(usher_states_adopt(&states, publication, 1));
    assert_ptr_equal(states.newest->script, own);
    assert_non_null(publication->scripts[0]);
    assert_null(publication->scripts[1]);
    assert_non_null(publication->scripts[2]);
    assert_false(usher_states_adopt(&states, publication, 1));
    usher_publication_release(publication);
    assert_string_equal(freed, "aa"); /* those that nobody has taken */
    usher_states_free(&states);
    assert_string_equal(freed, "aaa");
}

static void two_old_ones_stay_those_used_last(void **state)
{
    struct usher_states states = {NULL, NULL, 0};

    (void)state;
    adopt(&states, "abc");
    assert_string_equal(freed, "");
    usher_state_hold(find(&states, 'a'));
    usher_states_let_go(&states, find(&states, 'a'));
    adopt(&states, "d");
    assert_string_equal(freed, "b");
    adopt(&states, "e");
    assert_string_equal(freed, "bc");
    assert_ptr_equal(states.newest, find(&states, 'e'));
    usher_states_free(&states);
}

static void one_that_is_held_stays_until_it_is_let_go(void **state)
{
    struct usher_states states = {NULL, NULL, 0};
    struct usher_state *held;

    (void)state;
    adopt(&states, "a");
    held = find(&states, 'a');
    usher_state_hold(held);
    usher_state_hold(held);
    adopt(&states, "bcde");
    assert_string_equal(freed, "b");
    assert_ptr_equal(find(&states, 'a'), held);
    usher_states_let_go(&states, held);
    assert_string_equal(freed, "b");
    usher_states_let_go(&states, held);
    assert_string_equal(freed, "bc"); /* it was used last */
    usher_states_free(&states);
}

/* A rollback to a version whose state is here: flows that wait in it and new
 * ones share it. */
static void one_that_is_here_is_taken_again(void **state)
{
    struct usher_states states = {NULL, NULL, 0};
    struct usher_state *first;

    (void)state;
    adopt(&states, "a");
    first = states.newest;
    adopt(&states, "b");
    assert_ptr_not_equal(states.newest, first);
    adopt(&states, "a");
    assert_ptr_equal(states.newest, first);
    assert_string_equal(freed, "a"); /* the one that was built in vain */
    usher_states_free(&states);
    assert_int_equal(strlen(freed), 3);
}

static void six_old_ones_may_be_held(void **state)
{
    struct usher_states states = {NULL, NULL, 0};

    (void)state;
    for (const char *at = "abcdefg"; *at; at++) {
        const char letter[] = {*at, '\0'};

        adopt(&states, letter);
        usher_state_hold(states.newest);
        assert_null(usher_states_surplus(&states));
    }
    adopt(&states, "h");
    assert_ptr_equal(usher_states_surplus(&states), find(&states, 'a'));
    usher_states_let_go(&states, find(&states, 'a'));
    assert_null(usher_states_surplus(&states));
    usher_states_free(&states);
}

static struct usher_state *add(struct usher_states *states, char letter)
{
    struct usher_version *version = version_of(letter);
    struct usher_state *state =
        usher_states_add(states, version, script_of(letter));

    usher_version_release(version);
    return state;
}

static void one_that_is_full_goes_when_it_is_let_go(void **state)
{
    struct usher_states states = {NULL, NULL, 0};
    struct usher_state *full, *fresh;

    (void)state;
    adopt(&states, "a");
    full = states.newest;
    usher_state_hold(full);
    full->full = 1;
    fresh = add(&states, 'a');
    assert_ptr_equal(find(&states, 'a'), fresh);
    assert_ptr_equal(states.newest, fresh);
    assert_string_equal(freed, "");
    usher_states_let_go(&states, full);
    assert_string_equal(freed, "a");
    usher_states_free(&states);
}

static void one_of_an_old_version_is_not_the_newest(void **state)
{
    struct usher_states states = {NULL, NULL, 0};
    struct usher_state *old, *fresh;

    (void)state;
    adopt(&states, "b");
    old = add(&states, 'a');
    assert_ptr_equal(states.newest, find(&states, 'b'));
    old->full = 1;
    usher_state_hold(old);
    fresh = add(&states, 'a');
    assert_ptr_equal(find(&states, 'a'), fresh);
    assert_ptr_equal(states.newest, find(&states, 'b'));
    usher_states_free(&states);
    assert_int_equal(strlen(freed), 3);
}

static void the_bytes_of_all_are_counted(void **state)
{
    struct usher_states states = {NULL, NULL, 0};
    size_t first;

    (void)state;
    adopt(&states, "a");
    first = usher_states_bytes(&states);
    adopt(&states, "b");
    assert_int_equal(usher_states_bytes(&states),
                     first + usher_script_bytes(states.newest->script));
    usher_states_free(&states);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_worker_takes_its_own, begin),
        cmocka_unit_test_setup(two_old_ones_stay_those_used_last, begin),
        cmocka_unit_test_setup(one_that_is_held_stays_until_it_is_let_go,
                               begin),
        cmocka_unit_test_setup(one_that_is_here_is_taken_again, begin),
        cmocka_unit_test_setup(six_old_ones_may_be_held, begin),
        cmocka_unit_test_setup(one_that_is_full_goes_when_it_is_let_go, begin),
        cmocka_unit_test_setup(one_of_an_old_version_is_not_the_newest, begin),
        cmocka_unit_test_setup(the_bytes_of_all_are_counted, begin),
    };

    return cmocka_run_group_tests_name("states", tests, NULL, NULL);
}
