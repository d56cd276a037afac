/* tests/unit/edited_test.c - a flow that waits for its visitor, and that
 * another version has in its place: it begins again at what he says now, and
 * nothing that it wrote is written again. */
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

#define INIT                                                         \
    {                                                                \
        "init.lua", "return { apology = 'sorry', flows = {\n"        \
                    "{ 'first', fallback = true }, { 'second' } } }" \
    }
#define SECOND                                                          \
    {                                                                   \
        "second.lua", "return function(chat)\n"                         \
                      "  chat:say('second ' .. chat.message.text)\nend" \
    }
#define END        \
    {              \
        NULL, NULL \
    }

static const struct turn_flow asks[] = {
    INIT,
    {"first.lua", "return function(chat)\n"
                  "  http.post('http://out/a', { at = clock.now() })\n"
                  "  chat.memory.seen = (chat.memory.seen or 0) + 1\n"
                  "  chat:say('got ' .. chat:ask 'one?')\nend"},
    SECOND,
    END};

/* Wherever it goes where it asked before. */
static void it_begins_again_at_what_is_said_now(void **state)
{
    static const struct {
        const char *line, *answer;
    } cases[] = {
        {"chat:say('end ' .. chat.message.text)", "\"end red\""},
        {"chat:forward('bye ' .. chat.message.text)", "\"bye red\""},
        {"chat:continue 'second'", "\"second red\""},
        {"http.get('http://out/x') chat:say('read ' .. chat.message.text)",
         "\"read red\""},
        {"http.post('http://out/b', 'b') chat:say('b ' .. chat.message.text)",
         "\"b red\""},
        /* All that it did, and then something else than to ask. */
        {"chat:say 'one?' chat:say('end ' .. chat.message.text)",
         "[\"one?\",\"end red\"]"},
        {"chat:say 'one?' http.get('http://out/x')\n"
         "chat:say('read ' .. chat.message.text)",
         "[\"one?\",\"read red\"]"},
        {"chat:say 'one?' chat:forward('bye ' .. chat.message.text)",
         "[\"one?\",\"bye red\"]"},
        /* It raises where it went on; not with what is remembered by now. */
        {"chat:say(chat.memory.seen + 1 .. ' ' .. chat.message.text)",
         "\"2 red\""},
        {"chat:say 'one?' chat:say(chat.memory.seen .. chat.message.text)",
         "[\"one?\",\"1red\"]"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[512];
        const struct turn_flow edited[] = {
            INIT, {"first.lua", text}, SECOND, END};
        struct turn_world *world = turn_world_new(asks, 1);

        snprintf(text, sizeof(text),
                 "return function(chat)\n"
                 "  http.post('http://out/a', { at = clock.now() })\n"
                 "  %s\nend",
                 cases[i].line);
        turn_ask(world, "c", "hi");
        says(world, "one?");
        assert_string_equal(world->done, "POST /a\n");
        turn_wait(world, 60000);
        turn_crash(world, edited);
        turn_ask(world, "c", "red");
        says(world, cases[i].answer);
        assert_memory_equal(world->done + strlen("POST /a\n"),
                            i == 4 ? "POST /b\n" : "", i == 4 ? 9 : 1);
        assert_int_equal(usher_stage_worker(world->stage)->counters.diverged,
                         1);
        /* Who begins anew is another one. */
        turn_ask(world, "d", "hi");
        assert_non_null(strstr(world->done + strlen("POST /a\n"), "POST /a\n"));
        turn_world_free(world);
    }
}

/* What it remembers by now, not what it knew when it began. */
static void it_begins_again_with_what_it_remembers(void **state)
{
    static const struct turn_flow edited[] = {
        INIT,
        {"first.lua", "return function(chat)\n"
                      "  chat:say('seen ' .. (chat.memory.seen or 'none'))\n"
                      "end"},
        SECOND,
        END};
    struct turn_world *world = turn_world_new(asks, 1);

    (void)state;
    turn_ask(world, "c", "hi");
    turn_crash(world, edited);
    turn_ask(world, "c", "red");
    says(world, "seen 1");
    turn_world_free(world);
}

/* One that raises wherever it begins holds nobody: the next message begins
 * another one, and what was written stays known. */
static void one_that_only_raises_is_left(void **state)
{
    static const struct turn_flow raising[] = {
        {"init.lua", "return { apology = 'sorry', flows = {\n"
                     "{ 'first', triggers = { 'again' } },\n"
                     "{ 'second', fallback = true } } }"},
        {"first.lua", "return function(chat) error 'no' end"},
        SECOND,
        END};
    static const struct turn_flow gone[] = {
        {"init.lua", "return { apology = 'sorry', flows = {\n"
                     "{ 'second', fallback = true } } }"},
        SECOND,
        END};
    const struct turn_flow *edits[] = {raising, gone};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct turn_world *world = turn_world_new(asks, 1);

        turn_ask(world, "c", "hi");
        turn_crash(world, edits[i]);
        turn_ask(world, "c", "red");
        says(world, "sorry");
        turn_ask(world, "c", "blue");
        says(world, "second blue");
        assert_string_equal(world->done, "POST /a\n");
        turn_world_free(world);
    }
}

/* Where nothing changes of what it did, it goes on. */
static void an_edit_behind_its_question_is_none(void **state)
{
    static const struct turn_flow edited[] = {
        INIT,
        {"first.lua", "return function(chat)\n"
                      "  http.post('http://out/a', { at = clock.now() })\n"
                      "  chat.memory.seen = (chat.memory.seen or 0) + 1\n"
                      "  chat:say('had ' .. chat:ask 'one?')\nend"},
        SECOND,
        END};
    struct turn_world *world = turn_world_new(asks, 1);

    (void)state;
    turn_ask(world, "c", "hi");
    turn_crash(world, edited);
    turn_ask(world, "c", "red");
    says(world, "had red");
    assert_string_equal(world->done, "POST /a\n");
    assert_int_equal(usher_stage_worker(world->stage)->counters.diverged, 0);
    turn_world_free(world);
}

/* Refused to the flow before it in the same turn, and done by this one: it is
 * this one's. */
static void a_write_is_of_the_flow_that_got_it_done(void **state)
{
    static const struct turn_flow pair[] = {
        INIT,
        {"first.lua", "return function(chat)\n"
                      "  http.post('http://out/a', 'a')\n"
                      "  chat:continue 'second'\nend"},
        {"second.lua", "return function(chat)\n"
                       "  http.post('http://out/a', 'a')\n"
                       "  chat:ask 'one?'\nend"},
        END};
    static const struct turn_flow edited[] = {
        INIT,
        {"first.lua", "return function(chat) end"},
        {"second.lua", "return function(chat)\n"
                       "  http.post('http://out/a', 'a')\n"
                       "  chat:say('end ' .. chat.message.text)\nend"},
        END};
    struct turn_world *world = turn_world_new(pair, 1);

    (void)state;
    world->refused = "/a";
    world->refusals = 1;
    turn_ask(world, "c", "hi");
    says(world, "one?");
    assert_int_equal(world->asked, 2);
    turn_crash(world, edited);
    turn_ask(world, "c", "red");
    says(world, "end red");
    assert_string_equal(world->done, "POST /a\n");
    turn_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_begins_again_at_what_is_said_now),
        cmocka_unit_test(it_begins_again_with_what_it_remembers),
        cmocka_unit_test(one_that_only_raises_is_left),
        cmocka_unit_test(an_edit_behind_its_question_is_none),
        cmocka_unit_test(a_write_is_of_the_flow_that_got_it_done),
    };

    return cmocka_run_group_tests_name("edited", tests, NULL, NULL);
}
