/* tests/unit/coverage_test.c - which lines ran, and which led to which. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <lauxlib.h>

#include "conversation/coverage.h"

struct world {
    lua_State *L;
    struct usher_coverage *coverage;
};

static int setup(void **state)
{
    static struct world world;

    world.L = luaL_newstate();
    assert_non_null(world.L);
    assert_int_equal(usher_coverage_new(&world.coverage), USHER_OK);
    *state = &world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;

    usher_coverage_free(world->coverage);
    lua_close(world->L);
    return 0;
}

static size_t size_of(lua_State *L)
{
    size_t count = 0;

    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
        count++;
    return count;
}

/* The file has this many jumps, this one among them. */
static void assert_jumps(struct world *world, const char *file, size_t count,
                         const char *jump)
{
    lua_State *L = world->L;

    usher_coverage_push(L, world->coverage);
    assert_int_equal(lua_getfield(L, -1, file), LUA_TTABLE);
    assert_int_equal(lua_getfield(L, -1, "jumps"), LUA_TTABLE);
    assert_int_equal(size_of(L), count);
    assert_int_equal(lua_getfield(L, -1, jump), LUA_TBOOLEAN);
    lua_settop(L, 0);
}

static void ran(struct world *world, const char *file, int line, uintptr_t at)
{
    usher_coverage_line(world->coverage, file, line, (const void *)at);
}

static void a_line_leads_to_the_next_of_its_function(void **state)
{
    ran(*state, "@a.lua", 3, 0x1000);
    assert_jumps(*state, "a.lua", 1, "0:3");
    ran(*state, "@a.lua", 7, 0x1010); /* a call of another */
    assert_jumps(*state, "a.lua", 2, "0:7");
    ran(*state, "@a.lua", 4, 0x1000);
    assert_jumps(*state, "a.lua", 3, "3:4");
}

/* What is remembered of a function gives way to another one. */
static void no_line_leads_to_one_of_another_function(void **state)
{
    ran(*state, "@a.lua", 3, 0x1000);
    ran(*state, "@a.lua", 8, 0x1000 + (256 << 4));
    assert_jumps(*state, "a.lua", 2, "0:8");
}

static void nor_to_one_of_another_file(void **state)
{
    ran(*state, "@a.lua", 3, 0x1000);
    ran(*state, "@b.lua", 8, 0x1000);
    assert_jumps(*state, "b.lua", 1, "0:8");
    assert_jumps(*state, "a.lua", 1, "0:3");
}

static void code_without_a_file_is_not_counted(void **state)
{
    struct world *world = *state;

    ran(world, "=[C]", 3, 0x1000);
    ran(world, "@a.lua", 0, 0x1000);
    usher_coverage_push(world->L, world->coverage);
    assert_int_equal(size_of(world->L), 0);
}

static void a_long_file_is_counted_whole(void **state)
{
    for (int line = 1; line <= 5000; line++)
        ran(*state, "@a.lua", line, 0x1000);
    assert_jumps(*state, "a.lua", 5000, "4999:5000");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_line_leads_to_the_next_of_its_function),
        CASE(no_line_leads_to_one_of_another_function),
        CASE(nor_to_one_of_another_file),
        CASE(code_without_a_file_is_not_counted),
        CASE(a_long_file_is_counted_whole),
    };

    return cmocka_run_group_tests_name("coverage", tests, NULL, NULL);
}
