/* tests/unit/engine_database_test.c - threaded; whose a database is: what was
 * promised at the simulator is never sent to Zoho. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "conversation/waiting.h"
#include "engine_world.h"
#include "store_disk.h"

#define DATABASE "DATABASE_URL=sqlite:usher.db\n"

static unsigned held(struct engine_world *world)
{
    return (unsigned)usher_waiting_count(world->usher->waiting,
                                         USHER_WHY_SIMULATOR);
}

/* A task that the simulator has refused for now. */
static void promise(struct engine_world *world)
{
    engine_open(world, "");
    engine_end(world);
    engine_save(world, ".env", DATABASE);
    assert_true(engine_begin(world));
    assert_true(usher_simulator_port(world->usher) > 0);
    engine_say(world, 0, 1, "job rate_limited");
    engine_end(world);
    engine_env(world, DATABASE);
}

static void what_was_promised_at_the_simulator_is_held(void **state)
{
    struct engine_world world;

    (void)state;
    promise(&world);
    assert_true(engine_begin(&world));
    assert_int_equal(usher_simulator_port(world.usher), 0);
    assert_int_equal(held(&world), 1);
    engine_close(&world);
}

/* Not even once: who cannot keep that it is Zoho's now does not begin. */
static void without_room_to_keep_that_nothing_begins(void **state)
{
    struct engine_world world;

    (void)state;
    promise(&world);
    disk_begin();
    disk_refuse(DISK_SYNC, 1, SQLITE_FULL);
    assert_false(engine_begin(&world));
    assert_non_null(strstr(world.error, "cannot be written to work with Zoho"));
    assert_true(disk_refuse(DISK_NOTHING, 0, 0));
    assert_true(engine_begin(&world));
    assert_int_equal(held(&world), 1);
    engine_close(&world);
    disk_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_promised_at_the_simulator_is_held),
        cmocka_unit_test(without_room_to_keep_that_nothing_begins),
    };

    return cmocka_run_group_tests_name("engine_database", tests, NULL, NULL);
}
