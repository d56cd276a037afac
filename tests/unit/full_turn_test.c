/* tests/unit/full_turn_test.c - a turn that finds the Lua state full goes on in
 * another one: it says nothing twice and writes nothing twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "bind/bind.h"
#include "conversation/build.h"
#include "conversation/internal.h"
#include "turn_world.h"

/* Each turn keeps 3 MiB; the write lies in the middle of what fills it. */
static const struct turn_flow flows[] = {
    {"init.lua", "return { flows = { { 'ask', triggers = { 'ask' } }, "
                 "{ 'big', fallback = true } }, apology = 'SORRY' }"},
    {"ask.lua", "return function(chat)\n"
                "  local large = {}\n"
                "  for i = 1, 9 do large[i] = ('x'):rep(1 << 19) .. i end\n"
                "  chat:say 'asked'\n"
                "  chat:say('got ' .. chat:ask 'what?' .. #large)\n"
                "end"},
    {"big.lua", "local cache = {}\n"
                "local function keep() for _ = 1, 6 do "
                "cache[#cache + 1] = ('x'):rep(1 << 19) .. #cache end end\n"
                "return function(chat)\n"
                "  chat:say 'begun'\n"
                "  http.post('http://out/x', { body = chat.message.text })\n"
                "  keep()\n"
                "  chat:say 'kept'\n"
                "end"},
    {NULL, NULL}};

/* What it holds, it holds from the start. */
static const struct turn_flow large[] = {
    {"init.lua", "return { flows = { { 'big', fallback = true } }, "
                 "apology = 'SORRY' }"},
    {"big.lua", "local kept = {}\n"
                "for i = 1, 57 do local t = {} kept[i] = t\n"
                "  for j = 1, 65536 do t[j] = j end\n"
                "end\n"
                "return function(chat)\n"
                "  local mine = {}\n"
                "  for i = 1, 13 do mine[i] = ('x'):rep(1 << 19) .. i end\n"
                "  chat:say(#kept .. #mine)\n"
                "end"},
    {NULL, NULL}};

struct asked {
    struct turn_world *world;
    unsigned count;
    char hash[65];
};

/* The other state comes when the test wants it. */
static void want_state(void *control, size_t index, const char *hash)
{
    struct asked *asked = control;

    assert_int_equal(index, 0);
    asked->count++;
    memcpy(asked->hash, hash, sizeof(asked->hash));
}

static void state_give(struct asked *asked)
{
    struct usher_worker *worker = usher_stage_worker(asked->world->stage);
    const struct usher_script_module *modules;
    struct usher_script *script;
    struct usher_error error;
    size_t count;

    modules = usher_bind_modules(&count);
    assert_int_equal(usher_state_build(asked->world->version, modules, count,
                                       "flows", usher_worker_bind(worker), NULL,
                                       NULL, &script, &error),
                     USHER_OK);
    usher_worker_state_ready(worker, asked->hash, asked->world->version, script,
                             USHER_OK);
    turn_settle(asked->world);
}

static void open_world(struct asked *asked, const struct turn_flow *with)
{
    struct usher_shared *shared;

    memset(asked, 0, sizeof(*asked));
    asked->world = turn_world_new(with, 0);
    usher_clock_manual_advance(&asked->world->time, 5000);
    shared = usher_stage_worker(asked->world->stage)->shared;
    shared->want_state = want_state;
    shared->control = asked;
    shared->flow = NULL;
    shared->zoho_event = NULL;
}

/* Turns until one gets no answer; gives its number. */
static unsigned until_full(struct asked *asked)
{
    for (unsigned i = 1; i < 40; i++) {
        char key[16];

        snprintf(key, sizeof(key), "c%u", i);
        asked->world->answer[0] = '\0';
        turn_ask(asked->world, key, key);
        if (!asked->world->answer[0])
            return i;
        if (!strstr(asked->world->answer, "kept"))
            fail_msg("turn %u: %s %s", i, asked->world->answer,
                     asked->world->logged);
    }
    fail_msg("the state never got full");
    return 0;
}

static void a_turn_goes_on_in_another_state(void **state)
{
    struct asked asked;
    unsigned turns;
    const char *said;

    (void)state;
    open_world(&asked, flows);
    turns = until_full(&asked);
    assert_int_equal(asked.count, 1); /* asked once, while there was room */
    assert_int_equal(
        atomic_load(
            &usher_stage_worker(asked.world->stage)->shared->rebuilt_ms),
        usher_clock_steady_ms(&asked.world->time.clock));
    assert_int_equal(asked.world->asked, turns);
    state_give(&asked);
    assert_null(strstr(asked.world->answer, "SORRY"));
    said = strstr(asked.world->answer, "begun");
    assert_non_null(said);
    assert_null(strstr(said + 1, "begun"));
    assert_non_null(strstr(said, "kept"));
    assert_int_equal(asked.world->asked, turns); /* written once */
    /* And all is as before. */
    turn_ask(asked.world, "after", "after");
    assert_non_null(strstr(asked.world->answer, "kept"));
    assert_int_equal(asked.count, 1);
    turn_world_free(asked.world);
}

/* One that waited replays there first: what its visitor said then comes behind
 * that in the other one. */
static void a_replay_of_before_goes_on_with_the_message(void **state)
{
    struct asked asked;

    (void)state;
    open_world(&asked, flows);
    turn_ask(asked.world, "waits", "ask");
    assert_non_null(strstr(asked.world->answer, "what?"));
    (void)until_full(&asked);
    turn_ask(asked.world, "waits", "tea");
    assert_string_equal(asked.world->answer, "");
    state_give(&asked);
    assert_non_null(strstr(asked.world->answer, "got tea9"));
    assert_null(strstr(asked.world->answer, "asked"));
    turn_world_free(asked.world);
}

/* Word that there is none: it goes on in the old one, however that ends. */
static void where_there_is_no_other_one_it_goes_on_there(void **state)
{
    struct asked asked;

    (void)state;
    open_world(&asked, flows);
    (void)until_full(&asked);
    usher_worker_state_ready(usher_stage_worker(asked.world->stage), asked.hash,
                             NULL, NULL, USHER_OK);
    turn_settle(asked.world);
    assert_non_null(strstr(asked.world->answer, "reply"));
    assert_true(asked.count > 1); /* it is asked again */
    turn_world_free(asked.world);
}

/* Nor is one asked for that would be as full. */
static void a_state_that_is_full_from_the_start_is_not_made_anew(void **state)
{
    struct asked asked;

    (void)state;
    open_world(&asked, large);
    for (int i = 0; i < 3; i++) {
        asked.world->answer[0] = '\0';
        turn_ask(asked.world, i ? "b" : "a", i == 2 ? "y" : "x");
        assert_non_null(strstr(asked.world->answer, "SORRY"));
    }
    assert_int_equal(asked.count, 0);
    assert_non_null(strstr(asked.world->logged, "what the files of the flows "
                                                "keep in variables"));
    turn_world_free(asked.world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_turn_goes_on_in_another_state),
        cmocka_unit_test(a_replay_of_before_goes_on_with_the_message),
        cmocka_unit_test(where_there_is_no_other_one_it_goes_on_there),
        cmocka_unit_test(a_state_that_is_full_from_the_start_is_not_made_anew),
    };

    return cmocka_run_group_tests_name("full_turn", tests, NULL, NULL);
}
