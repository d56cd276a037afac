/* tests/unit/stranger_test.c - nothing of one visitor reaches another one, who
 * gets the memory that the first one had; nor what was not kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conversation/internal.h"
#include "turn_world.h"

#define says(world, text) assert_non_null(strstr((world)->answer, text))
#define says_not(world, text) assert_null(strstr((world)->answer, text))

static const struct turn_flow flows[] = {
    {"init.lua", "return { apology = 'sorry', holding = 'hold on',\n"
                 "tasks = { 'job' }, flows = {\n"
                 "  { 'first', fallback = true },\n"
                 "  { 'look', triggers = { '=look' } },\n"
                 "  { 'button', button = { '1', 'Button' } },\n"
                 "  { 'late', triggers = { '=late', '=later' } },\n"
                 "  { 'fails', triggers = { '=fails' } },\n"
                 "  { 'leaves', triggers = { '=leaves' } } } }"},
    {"first.lua", "return function(chat)\n"
                  "  chat.memory.secret = chat.message.text\n"
                  "  chat:say { 'noted', buttons = { 'button' } }\nend"},
    {"look.lua", "return function(chat)\n"
                 "  chat:say('%s, %d messages', chat.memory.secret or 'none',\n"
                 "    #chat:transcript())\nend"},
    {"button.lua", "return function(chat) chat:say 'pressed' end"},
    {"late.lua", "return function(chat)\n"
                 "  http.get('http://out/x')\n"
                 "  chat:say 'a secret, late'\nend"},
    {"fails.lua", "return function(chat)\n"
                  "  chat:task('job', {})\n"
                  "  chat:say 'begun'\n"
                  "  http.post('http://out/x', 'x')\n"
                  "  error 'no'\nend"},
    {"leaves.lua", "return function(chat)\n"
                   "  chat:forward { 'bye', department = '7' }\nend"},
    {"job.lua", "return function() return true end"},
    {NULL, NULL}};

static const char none[] =
    "{\"action\":\"reply\",\"replies\":[\"none, 1 messages\"]}";

/* A new visitor knows of nothing. */
static void look(struct turn_world *world, unsigned nth)
{
    char key[16];

    snprintf(key, sizeof(key), "new%u", nth);
    assert_string_equal(turn_ask(world, key, "look"), none);
    snprintf(key, sizeof(key), "number%u", nth);
    turn_ask(world, key, "1");
    says_not(world, "pressed");
}

static void nothing_of_a_visitor_reaches_the_next_one(void **state)
{
    static const char *const words[] = {"my secret", "fails", "leaves", "late"};

    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct turn_world *world = turn_world_new(flows, on_disk);

        for (unsigned i = 0; i < 4; i++) {
            char key[16];

            snprintf(key, sizeof(key), "old%u", i);
            world->delay_ms = i == 3 ? 3000 : 0;
            turn_say(world, key, "r1", words[i]);
            turn_say(world, key, "r2", i == 3 ? "later" : words[i]);
            turn_wait(world, 10000);
            turn_crash(world, NULL);
            world->delay_ms = 0;
            /* Loaded, and out of memory again. */
            turn_ask(world, key, "look");
            look(world, 10 * i);
            turn_say(world, key, "r3", words[i]);
            turn_settle(world);
            look(world, 10 * i + 1);
            /* Calls of the same number are another visitor's own. */
            turn_say(world, "other", "r3", "look");
            turn_settle(world);
            assert_string_equal(world->answer, none);
            turn_crash(world, NULL);
        }
        turn_world_free(world);
    }
}

/* Within one life of the process, one after another in the same memory. */
static void nor_where_he_leaves_it_as_it_is(void **state)
{
    struct turn_world *world = turn_world_new(flows, 0);
    struct usher_worker *worker = usher_stage_worker(world->stage);

    (void)state;
    turn_ask(world, "a", "my secret");
    says(world, "noted");
    assert_int_equal(worker->conversations, 0);
    assert_int_equal(worker->spares, 1);
    look(world, 1);
    world->delay_ms = 3000;
    turn_say(world, "b", NULL, "late");
    turn_say(world, "b", NULL, "later");
    turn_wait(world, 10000);
    says(world, "hold on");
    world->delay_ms = 0;
    assert_int_equal(worker->conversations, 0);
    look(world, 2);
    look(world, 3);
    look(world, 4);
    turn_ask(world, "c", "leaves");
    says(world, "forward");
    look(world, 5);
    turn_ask(world, "d", "fails");
    says(world, "sorry");
    look(world, 6);
    /* The first one is known all the same. */
    turn_ask(world, "a", "look");
    says(world, "my secret, 3 messages");
    turn_ask(world, "b", "look");
    says(world, "a secret, late");
    turn_world_free(world);
}

#ifdef USHER_FAULTS
/* A turn that was lost leaves nothing of it behind, and all from before. */
static void what_was_not_kept_is_forgotten(void **state)
{
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct turn_world *world = turn_world_new(flows, on_disk);
        struct usher_store *store = usher_stage_store(world->stage);

        (void)state;
        turn_ask(world, "a", "my secret");
        turn_ask(world, "a", "look");
        usher_store_fault(store, USHER_STORE_FAULT_COMMIT);
        turn_say(world, "a", "r1", "another");
        turn_settle(world);
        says(world, "sorry");
        turn_ask(world, "a", "fails");
        says(world, "sorry");
        assert_non_null(strstr(world->logged, "a turn could not be kept"));
        assert_non_null(strstr(world->logged, "conversation=siq:a"));
        usher_store_fault(store, USHER_STORE_FAULT_NONE);
        turn_ask(world, "a", "look");
        says(world, "my secret, 5 messages");
        turn_ask(world, "a", "1");
        says(world, "noted"); /* no number of what nobody was offered */
        turn_say(world, "a", "r1", "another");
        turn_settle(world);
        says(world, "noted");
        turn_ask(world, "a", "look");
        says(world, "another");
        turn_wait(world, 1000);
        assert_string_equal(turn_task(world, "job"), "none");
        turn_world_free(world);
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_of_a_visitor_reaches_the_next_one),
        cmocka_unit_test(nor_where_he_leaves_it_as_it_is),
#ifdef USHER_FAULTS
        cmocka_unit_test(what_was_not_kept_is_forgotten),
#endif
    };

    return cmocka_run_group_tests_name("stranger", tests, NULL, NULL);
}
