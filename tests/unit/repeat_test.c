/* tests/unit/repeat_test.c - calls that come twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "conversation/internal.h"
#include "turn_world.h"

#define says(world, text) assert_non_null(strstr((world)->answer, text))

/* Each message goes out once. */
static const struct turn_flow slow[] = {
    {"init.lua", "return { flows = { { 'first', fallback = true } } }"},
    {"first.lua", "return function(chat)\n"
                  "  local said = chat.message.text\n"
                  "  local a, err = http.post('http://out/x', said)\n"
                  "  chat:say(said .. ' ' .. (a and 'ok' or err.kind))\nend"},
    {NULL, NULL}};

static void a_request_id_again_gets_the_recorded_answer(void **state)
{
    struct turn_world *world = turn_world_new(slow, 0);

    (void)state;
    turn_say(world, "c", "r1", "a");
    turn_settle(world);
    turn_say(world, "c", "r1", "a");
    turn_settle(world);
    assert_int_equal(world->answers, 2);
    says(world, "a ok");
    assert_int_equal(world->asked, 1);
    turn_world_free(world);
}

/* A call that comes again when others have come since: what the bot said last
 * is said again, nothing is done. */
static void an_older_call_again_is_no_new_turn(void **state)
{
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct turn_world *world = turn_world_new(slow, on_disk);

        (void)state;
        turn_say(world, "c", "r1", "a");
        turn_say(world, "c", "r2", "b");
        turn_settle(world);
        if (on_disk)
            turn_crash(world, NULL);
        turn_say(world, "c", "r1", "a");
        turn_settle(world);
        says(world, "b ok");
        assert_int_equal(world->asked, 2);
        turn_say(world, "c", "r1", "other words");
        turn_settle(world);
        says(world, "other words ok");
        turn_world_free(world);
    }
}

static void of_many_calls_the_last_are_known(void **state)
{
    struct turn_world *world = turn_world_new(slow, 0);
    char id[16];

    (void)state;
    for (int i = 0; i <= 8; i++) {
        snprintf(id, sizeof(id), "r%d", i);
        turn_say(world, "c", id, id);
        turn_settle(world);
    }
    assert_int_equal(world->asked, 9);
    turn_say(world, "c", "r1", "r1");
    turn_settle(world);
    assert_int_equal(world->asked, 9);
    turn_say(world, "c", "r0", "r0");
    turn_settle(world);
    assert_int_equal(world->asked, 10);
    turn_world_free(world);
}

static void the_same_message_meanwhile_is_not_run_again(void **state)
{
    struct turn_world *world = turn_world_new(slow, 0);

    (void)state;
    world->delay_ms = 500;
    turn_say(world, "c", NULL, "a");
    turn_say(world, "c", NULL, "a");
    turn_wait(world, 500);
    assert_int_equal(world->answers, 2);
    assert_int_equal(world->asked, 1);
    turn_world_free(world);
}

/* A visitor may say the same twice: to a flow that waits, too. */
static void the_same_words_in_the_next_turn_are_another_message(void **state)
{
    static const struct turn_flow loops[] = {
        {"init.lua", "return { flows = { { 'first', fallback = true } } }"},
        {"first.lua", "return function(chat)\n"
                      "  local said = chat:ask 'go?'\n"
                      "  for i = 1, 9 do\n"
                      "    http.post('http://out/x', said)\n"
                      "    said = chat:ask('did ' .. i)\n"
                      "  end\nend"},
        {NULL, NULL}};

    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct turn_world *world = turn_world_new(loops, on_disk);

        turn_ask(world, "c", "a");
        for (unsigned i = 1; i <= 3; i++) {
            char text[16];

            snprintf(text, sizeof(text), "did %u", i);
            turn_ask(world, "c", "a");
            says(world, text);
            assert_int_equal(world->asked, i);
            if (on_disk && i == 2)
                turn_crash(world, NULL);
        }
        turn_world_free(world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_id_again_gets_the_recorded_answer),
        cmocka_unit_test(an_older_call_again_is_no_new_turn),
        cmocka_unit_test(of_many_calls_the_last_are_known),
        cmocka_unit_test(the_same_message_meanwhile_is_not_run_again),
        cmocka_unit_test(the_same_words_in_the_next_turn_are_another_message),
    };

    return cmocka_run_group_tests_name("repeat", tests, NULL, NULL);
}
