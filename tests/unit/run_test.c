/* tests/unit/run_test.c - runs: journal, replay, divergence, bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "run_world.h"
#include "script/value.h"

/* ---- replay ---- */

static const char three[] = "return function(chat)\n"
                            "  local first = chat:ask 'one?'\n"
                            "  local n, got = out.now(), out.read 'x'\n"
                            "  chat:say('%s %d %s', first, n, got)\n"
                            "  local second = chat:ask 'two?'\n"
                            "  chat:say('%s %s %d', first, second, n)\n"
                            "end\n";

static void replay_goes_the_way_of_the_run(void **state)
{
    struct run_world *world = run_world_new(three);

    (void)state;
    run_begin(world);
    assert_int_equal(world->state, USHER_RUN_LISTEN);
    run_tell(world, "a");
    run_job_ends(world, "r", USHER_OUTCOME_DONE);
    assert_int_equal(world->state, USHER_RUN_LISTEN);
    assert_string_equal(run_said(world), "a 1 r\ntwo?");
    usher_run_rest(&world->run);
    assert_null(world->run.fiber);
    run_tell(world, "b");
    assert_int_equal(world->state, USHER_RUN_DONE);
    assert_string_equal(run_said(world), "a b 1"); /* nothing is said twice */
    assert_int_equal(world->now, 1);
    assert_int_equal(world->started, 1);
    run_world_free(world);
}

static void a_live_run_and_a_replayed_one_write_the_same_journal(void **state)
{
    struct run_world *live = run_world_new(three);
    struct run_world *rested = run_world_new(three);
    struct run_world *both[2] = {live, rested};

    (void)state;
    for (int i = 0; i < 2; i++) {
        run_begin(both[i]);
        run_tell(both[i], "a");
        run_job_ends(both[i], "r", USHER_OUTCOME_DONE);
        if (i)
            usher_run_rest(&both[i]->run);
        run_tell(both[i], "b");
    }
    assert_int_equal(live->run.journal.len, rested->run.journal.len);
    assert_memory_equal(live->run.journal.data, rested->run.journal.data,
                        live->run.journal.len);
    run_world_free(live);
    run_world_free(rested);
}

/* ---- divergence ---- */

static void diverges(const char *before, const char *after)
{
    struct run_world *world = run_world_new(before);

    run_begin(world);
    assert_int_equal(world->state, USHER_RUN_LISTEN);
    run_edit(world, after);
    usher_run_turn(&world->run);
    world->state = usher_run_step(&world->run);
    assert_int_equal(world->state, USHER_RUN_DIVERGED);
    assert_non_null(strstr(world->run.error.message, "diverged"));
    run_world_free(world);
}

static void another_effect_diverges(void **state)
{
    (void)state;
    diverges("return function(chat) out.now() chat:ask 'q' end",
             "return function(chat) chat:say 'x' chat:ask 'q' end");
}

static void diverging_cannot_be_caught(void **state)
{
    (void)state;
    diverges("return function(chat) out.now() chat:ask 'q' end",
             "return function(chat)\n"
             "  pcall(function() chat:say 'x' end)\n"
             "  chat:ask 'q'\nend");
}

static void a_flow_that_ends_early_diverges(void **state)
{
    (void)state;
    diverges("return function(chat) out.now() chat:ask 'q' end",
             "return function(chat) end");
}

static void a_flow_that_leaves_early_diverges(void **state)
{
    (void)state;
    diverges("return function(chat) out.now() chat:ask 'q' end",
             "return function(chat) chat:finish() end");
}

static void a_restart_begins_at_the_message_and_knows_its_writes(void **state)
{
    struct run_world *world =
        run_world_new("return function(chat)\n"
                      "  out.write 'w'\n  chat:ask 'q'\nend");

    (void)state;
    run_begin(world);
    run_job_ends(world, "done", USHER_OUTCOME_DONE);
    assert_int_equal(world->state, USHER_RUN_LISTEN);
    run_edit(world, "return function(chat)\n"
                    "  chat:say(out.write 'w')\n  chat:ask 'q'\nend");
    usher_run_restart(&world->run);
    run_begin(world);
    assert_int_equal(world->state, USHER_RUN_LISTEN);
    assert_string_equal(run_said(world), "q\ndone\nq");
    assert_int_equal(world->started, 1);
    run_world_free(world);
}

/* ---- the end of a turn that failed ---- */

static void an_undone_turn_never_was(void **state)
{
    struct run_world *world =
        run_world_new("return function(chat)\n"
                      "  local a = chat:ask 'one?'\n"
                      "  if a == 'bad' then error 'no' end\n"
                      "  chat:say(a)\n  chat:ask 'two?'\nend");
    size_t before;

    (void)state;
    run_begin(world);
    before = world->run.journal.len;
    run_tell(world, "bad");
    assert_int_equal(world->state, USHER_RUN_FAILED);
    usher_run_undo_turn(&world->run);
    assert_int_equal(world->run.journal.len, before);
    run_tell(world, "good");
    assert_int_equal(world->state, USHER_RUN_LISTEN);
    assert_string_equal(run_said(world), "good\ntwo?");
    run_world_free(world);
}

static void an_undone_turn_keeps_its_writes(void **state)
{
    struct run_world *world =
        run_world_new("return function(chat)\n"
                      "  local a = chat:ask 'one?'\n"
                      "  local w = out.write 'w'\n"
                      "  if a == 'bad' then error 'no' end\n"
                      "  chat:say(w)\n  chat:ask 'two?'\nend");

    (void)state;
    run_begin(world);
    run_tell(world, "bad");
    run_job_ends(world, "only", USHER_OUTCOME_DONE);
    assert_int_equal(world->state, USHER_RUN_FAILED);
    usher_run_undo_turn(&world->run);
    run_tell(world, "good");
    assert_string_equal(run_said(world), "only\ntwo?");
    assert_int_equal(world->started, 1);
    run_world_free(world);
}

/* ---- bounds ---- */

static void a_result_above_the_bound_raises(void **state)
{
    struct run_world *world = run_world_new(
        "return function(chat)\n"
        "  local ok, why = pcall(chat.task, chat, 'x')\n"
        "  chat:say { 'x', card = { t = ('x'):rep(300 * 1024) } }\nend");

    (void)state;
    run_begin(world);
    assert_int_equal(world->state, USHER_RUN_FAILED);
    run_world_free(world);
}

/* A journal that is full ends the turn with an error; it never goes on with
 * holes in it. */
static void a_full_journal_fails_the_turn(void **state)
{
    struct run_world *world =
        run_world_new("return function(chat)\n"
                      "  while true do chat:say(#chat:ask 'more?' .. '') end\n"
                      "end");
    char *text = malloc(60001);
    size_t before = 0;
    int turns = 0;

    (void)state;
    assert_non_null(text);
    memset(text, 'x', 60000);
    text[60000] = '\0';
    run_begin(world);
    while (world->state == USHER_RUN_LISTEN && turns < 200) {
        before = world->run.journal.len;
        run_tell(world, text);
        turns++;
    }
    assert_int_equal(world->state, USHER_RUN_FAILED);
    assert_non_null(strstr(world->run.error.message, "journal"));
    usher_run_undo_turn(&world->run);
    assert_int_equal(world->run.journal.len, before);
    /* What is there still replays, and a short message still fits or fails
     * cleanly. */
    usher_run_turn(&world->run);
    assert_int_equal(usher_run_step(&world->run), USHER_RUN_LISTEN);
    free(text);
    run_world_free(world);
}

/* Each turn had limits of its own; their replay in one go has room for all. */
static void a_long_run_of_heavy_turns_replays(void **state)
{
    struct run_world *world =
        run_world_new("return function(chat)\n"
                      "  while true do\n"
                      "    local n = 0\n"
                      "    for i = 1, 500000 do n = n + i end\n"
                      "    chat:ask 'more?'\n"
                      "  end\nend");

    (void)state;
    run_begin(world);
    for (int i = 0; i < 20; i++) {
        run_tell(world, "a");
        assert_int_equal(world->state, USHER_RUN_LISTEN);
    }
    usher_run_rest(&world->run);
    run_tell(world, "b");
    assert_int_equal(world->state, USHER_RUN_LISTEN);
    run_world_free(world);
}

static void a_loop_of_effects_ends(void **state)
{
    struct run_world *world =
        run_world_new("return function(chat)\n"
                      "  while true do out.now() end\nend");

    (void)state;
    run_begin(world);
    assert_int_equal(world->state, USHER_RUN_FAILED);
    assert_int_equal(world->now, 10000);
    run_world_free(world);
}

static void a_damaged_journal_is_an_error(void **state)
{
    struct run_world *world = run_world_new(three);

    (void)state;
    run_begin(world);
    run_tell(world, "a");
    run_job_ends(world, "r", USHER_OUTCOME_DONE);
    usher_run_rest(&world->run);
    world->run.journal.len -= 3;
    usher_run_turn(&world->run);
    assert_int_equal(usher_run_step(&world->run), USHER_RUN_FAILED);
    run_world_free(world);
}

/* ---- memory ---- */

/* An entry that claims more results than it has bytes. */
static void an_entry_of_too_many_results_is_damage(void **state)
{
    static const unsigned counts[] = {2, 0x7FFFFFFE, 0xFFFFFFFF};

    (void)state;
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        struct run_world *world =
            run_world_new("return function(chat) out.now() end");
        struct usher_buffer *journal = &world->run.journal;

        usher_run_turn(&world->run);
        usher_run_begin(&world->run, "\x00", 1);
        usher_buffer_bytes(journal, "out.now", 7);
        usher_buffer_bytes(journal, "", 0);
        usher_buffer_varint(journal, counts[i]);
        usher_buffer_bytes(journal, "\x02", 1);
        world->state = usher_run_step(&world->run);
        assert_int_equal(world->state, USHER_RUN_FAILED);
        assert_non_null(strstr(world->run.error.message, "damaged"));
        run_world_free(world);
    }
}

/* ---- effects that raise ---- */

#define CAUGHT(what)                                              \
    "return function(chat)\n"                                     \
    "  local ok, why = pcall(function() " what " end)\n"          \
    "  local text = type(why) == 'string' and why or type(why)\n" \
    "  chat:say(tostring(ok) .. ' ' .. text)\n"                   \
    "  chat:ask 'q'\n"                                            \
    "  chat:say('again ' .. tostring(ok) .. ' ' .. text)\nend"

/* Live and in replay the flow goes the same way. */
static void what_raises_in_an_effect_raises_in_replay(void **state)
{
    static const struct {
        const char *flow;
        const char *said;
    } cases[] = {
        {CAUGHT("out.call(function() error('no', 0) end)"), "false no"},
        {CAUGHT("out.call(function() error { } end)"), "false table"},
        {CAUGHT("return out.call(function() return math.sin end)"),
         "false out.call: a function cannot be kept"},
        {CAUGHT("out.call(function() out.now() end)"),
         "false flows/flow.lua:2: an effect cannot be used inside another one"},
        {CAUGHT("return out.call(function() return 7 end)"), "true number"},
        {CAUGHT("('1'):gsub('1', function() out.read 'x' end)"),
         "false flows/flow.lua:2: out.read cannot wait inside a function that "
         "gsub, "
         "sort or another one of Lua's own calls: do it before, and use its "
         "result there"},
        {CAUGHT("table.sort({ 1, 2 }, function() out.write 'x' end)"),
         "false flows/flow.lua:2: out.write cannot wait inside"},
        {CAUGHT("('1'):gsub('1', function() chat:ask 'x' end)"), "x\nfalse"},
        {CAUGHT("('1'):gsub('1', function() chat:finish() end)"), "false"},
        {CAUGHT("('1'):gsub('1', function() out.now() end)"), "true nil"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct run_world *world = run_world_new(cases[i].flow);
        char live[512];
        const char *said;

        run_begin(world);
        assert_int_equal(world->state, USHER_RUN_LISTEN);
        if (strstr(run_said(world), cases[i].said) != run_said(world))
            fail_msg("%s", run_said(world));
        said = strrchr(run_said(world), '\n');
        snprintf(live, sizeof(live), "%.*s", (int)(said - run_said(world)),
                 run_said(world));
        said = strncmp(live, "x\n", 2) == 0 ? live + 2 : live;
        assert_int_equal(world->started, 0);
        assert_int_equal(world->run.intents.count, 0);
        usher_run_rest(&world->run);
        run_tell(world, "a");
        assert_int_equal(world->state, USHER_RUN_DONE);
        assert_string_equal(run_said(world) + strlen("again "), said);
        run_world_free(world);
    }
}

static void an_effect_that_leaves_no_entry_ends_the_turn(void **state)
{
    static const char *const flows[] = {
        CAUGHT("out.half()"),
        "return function(chat)\n  pcall(out.half)\nend",
        "return function(chat)\n"
        "  pcall(function() while true do out.now() end end)\n"
        "  chat:ask 'q'\nend",
        "return function(chat)\n"
        "  pcall(function() chat:say(('x'):rep(300000)) end)\n"
        "  chat:ask 'q'\nend",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(flows) / sizeof(flows[0]); i++) {
        struct run_world *world = run_world_new(flows[i]);

        run_begin(world);
        assert_int_equal(world->state, USHER_RUN_FAILED);
        assert_true(world->run.error.message[0]);
        assert_int_not_equal(world->run.broken, USHER_ERR_LIMIT);
        run_world_free(world);
    }
}

/* An engine that knows no such entries must see that it cannot go on. */
static void what_raised_stands_under_a_name_of_its_own(void **state)
{
    struct run_world *world =
        run_world_new(CAUGHT("out.call(function() error('no', 0) end)"));

    (void)state;
    run_begin(world);
    assert_non_null(memmem(world->run.journal.data, world->run.journal.len,
                           "\6raised\10out.call\1\4\5\2no", 21));
    run_world_free(world);
}

/* Half an occurrence is none. */
static void damaged_occurrences_are_left_out(void **state)
{
    static const struct {
        const char *bytes;
        size_t len, count;
    } cases[] = {{"\x05", 1, 0}, {"\x05\x01\x07", 3, 1}, {"\xFF\xFF", 2, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct run_world *world =
            run_world_new("return function(chat) chat:ask '?' end");

        usher_buffer_append(&world->run.counts_start, cases[i].bytes,
                            cases[i].len);
        run_begin(world);
        assert_int_equal(world->state, USHER_RUN_LISTEN);
        assert_int_equal(world->run.occurrence_count, cases[i].count);
        usher_run_rest(&world->run); /* it is read a second time */
        run_tell(world, "a");
        assert_int_equal(world->state, USHER_RUN_DONE);
        run_world_free(world);
    }
}

static void memory_is_what_the_flow_left(void **state)
{
    struct run_world *world = run_world_new("return function(chat)\n"
                                            "  chat.memory.a = 1\n"
                                            "  chat:ask 'q'\n"
                                            "  chat.memory.a = 2\nend");
    struct usher_buffer out;
    struct usher_error error;
    struct usher_reader reader;
    lua_State *L = usher_script_lua(world->script);

    (void)state;
    usher_buffer_init(&out, USHER_MEMORY_MAX);
    run_begin(world);
    usher_run_rest(&world->run);
    run_tell(world, "x");
    assert_int_equal(usher_run_memory(&world->run, &out, &error), USHER_OK);
    usher_reader_init(&reader, out.data, out.len);
    usher_value_decode(L, &reader);
    lua_getfield(L, -1, "a");
    assert_int_equal(lua_tointeger(L, -1), 2);
    lua_pop(L, 2);
    usher_buffer_free(&out);
    run_world_free(world);
}

static void memory_too_large_is_an_error(void **state)
{
    struct run_world *world =
        run_world_new("return function(chat)\n"
                      "  chat.memory.a = ('x'):rep(40000)\nend");
    struct usher_buffer out;
    struct usher_error error = {""};

    (void)state;
    usher_buffer_init(&out, USHER_MEMORY_MAX);
    run_begin(world);
    assert_int_not_equal(usher_run_memory(&world->run, &out, &error), USHER_OK);
    assert_true(error.text[0]);
    usher_buffer_free(&out);
    run_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replay_goes_the_way_of_the_run),
        cmocka_unit_test(a_live_run_and_a_replayed_one_write_the_same_journal),
        cmocka_unit_test(another_effect_diverges),
        cmocka_unit_test(diverging_cannot_be_caught),
        cmocka_unit_test(a_flow_that_ends_early_diverges),
        cmocka_unit_test(a_flow_that_leaves_early_diverges),
        cmocka_unit_test(a_restart_begins_at_the_message_and_knows_its_writes),
        cmocka_unit_test(an_undone_turn_never_was),
        cmocka_unit_test(an_undone_turn_keeps_its_writes),
        cmocka_unit_test(a_result_above_the_bound_raises),
        cmocka_unit_test(a_full_journal_fails_the_turn),
        cmocka_unit_test(a_long_run_of_heavy_turns_replays),
        cmocka_unit_test(a_loop_of_effects_ends),
        cmocka_unit_test(a_damaged_journal_is_an_error),
        cmocka_unit_test(an_entry_of_too_many_results_is_damage),
        cmocka_unit_test(what_raises_in_an_effect_raises_in_replay),
        cmocka_unit_test(an_effect_that_leaves_no_entry_ends_the_turn),
        cmocka_unit_test(what_raised_stands_under_a_name_of_its_own),
        cmocka_unit_test(damaged_occurrences_are_left_out),
        cmocka_unit_test(memory_is_what_the_flow_left),
        cmocka_unit_test(memory_too_large_is_an_error),
    };

    return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
