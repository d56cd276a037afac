/* tests/unit/talk_test.c - what a turn knows of those before it: the words, the
 * buttons, what was answered last. */
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
    {"init.lua", "return { apology = 'sorry', flows = {\n"
                 "  { 'first', fallback = true },\n"
                 "  { 'one', button = { '1', 'One' } },\n"
                 "  { 'two', button = { '2', 'Two' } },\n"
                 "  { 'look', triggers = { '=look' } },\n"
                 "  { 'leave', triggers = { '=leave' } },\n"
                 "  { 'asks', triggers = { '=asks' } },\n"
                 "  { 'file', on = { 'file' } },\n"
                 "  { 'failed', on = { 'failure' } },\n"
                 "  { 'bad', triggers = { '=bad' } } } }"},
    {"first.lua", "return function(chat)\n"
                  "  chat:say 'A'\n"
                  "  chat:say { 'B', buttons = { 'one', 'two' } }\nend"},
    {"one.lua", "return function(chat) chat:say 'pressed one' end"},
    {"two.lua", "return function(chat) chat:say 'pressed two' end"},
    {"look.lua", "return function(chat)\n"
                 "  local list = {}\n"
                 "  for i, line in ipairs(chat:transcript()) do\n"
                 "    list[i] = line.who:sub(1, 1) .. ' ' .. line.text\n"
                 "  end\n"
                 "  chat:say(table.concat(list, '|'))\nend"},
    {"leave.lua", "return function(chat) chat:forward 'bye' end"},
    {"asks.lua", "return function(chat)\n"
                 "  local file = chat:ask { 'which?', buttons = { 'two' } }\n"
                 "  chat:say('got ' .. file)\nend"},
    {"file.lua", "return function(chat) chat:say 'a file' end"},
    {"failed.lua", "return function(chat)\n"
                   "  chat:say(tostring(chat.message.forwarded))\nend"},
    {"bad.lua", "return function(chat) chat:say 'x' error 'no' end"},
    {NULL, NULL}};

#define VISITOR(key) "\"visitor\":{\"active_conversation_id\":\"" key "\"}"
static const char file[] = "{\"message\":{\"text\":\"\"},\"attachments\":[{"
                           "\"name\":\"a.jpg\"}]," VISITOR("c") "}";
static const char failure[] = "{\"handler\":\"failure\"," VISITOR("c") "}";

static void all_that_was_said_is_in_the_transcript(void **state)
{
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct turn_world *world = turn_world_new(flows, on_disk);

        (void)state;
        turn_ask(world, "c", "hi");
        turn_post(world, file);
        says(world, "a file");
        turn_ask(world, "c", "1");
        turn_ask(world, "c", "bad");
        if (on_disk)
            turn_crash(world, NULL);
        turn_ask(world, "c", "look");
        says(world, "v hi|b A\\nB|v [file: a.jpg]|b a file|v 1|b pressed one|"
                    "v bad|b sorry|v look");
        turn_world_free(world);
    }
}

/* With an id of its own, as SalesIQ sends it. */
static void tell(struct turn_world *world, const char *text)
{
    char id[16];

    snprintf(id, sizeof(id), "r%u", world->answers);
    turn_say(world, "c", id, text);
    turn_settle(world);
}

/* They stay where they are, since a file says nothing to them. */
static void a_file_leaves_the_buttons_where_they_are(void **state)
{
    static const char *const forms[] = {
        NULL, "{\"text\":\"One\",\"action_type\":\"reply\","};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct turn_world *world = turn_world_new(flows, 0);

        usher_stage_worker(world->stage)->objects = forms[i] != NULL;
        tell(world, "hi");
        says(world, "Two");
        turn_post(world, file);
        says(world, "a file");
        says(world, forms[i] ? forms[i] : "\"suggestions\":[\"One\",\"Two\"]");
        tell(world, "2");
        says(world, "pressed two");
        /* They are gone with an answer to words. */
        tell(world, "hi");
        tell(world, "look");
        says_not(world, "suggestions");
        turn_post(world, file);
        says_not(world, "suggestions");
        tell(world, "1");
        says_not(world, "pressed");
        turn_world_free(world);
    }
}

static void a_number_is_a_button_of_the_last_answer_alone(void **state)
{
    struct turn_world *world = turn_world_new(flows, 0);

    (void)state;
    turn_ask(world, "c", "1");
    says(world, "\"B\"");
    turn_ask(world, "c", "2");
    says(world, "pressed two");
    turn_ask(world, "c", "2");
    says(world, "\"B\"");
    turn_ask(world, "c", "asks");
    turn_ask(world, "c", "1");
    says(world, "got 1");
    turn_world_free(world);
}

/* A click comes back as the payload, the label, or both. */
static void a_click_is_known_by_its_payload(void **state)
{
    static const char *const messages[] = {
        "{\"text\":\"Two\"}",
        "{\"text\":\"One\",\"payload\":\"2\"}",
        "{\"text\":\"hm\",\"payload\":\"Two\"}",
        "{\"text\":\"\",\"payload\":\"2\"}",
    };
    struct turn_world *world = turn_world_new(flows, 0);

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        char body[256];

        snprintf(body, sizeof(body), "{\"message\":%s," VISITOR("c") "}",
                 messages[i]);
        turn_post(world, body);
        says(world, "pressed two");
    }
    turn_world_free(world);
}

/* An apology shows every way there is, in their order. */
static void an_apology_has_all_ways(void **state)
{
    struct turn_world *world = turn_world_new(flows, 0);

    (void)state;
    turn_ask(world, "c", "bad");
    assert_string_equal(
        world->answer,
        "{\"action\":\"reply\",\"replies\":[\"sorry\"],\"suggestions\":["
        "{\"text\":\"One\",\"action_type\":\"reply\",\"action_value\":\"1\"},"
        "{\"text\":\"Two\",\"action_type\":\"reply\",\"action_value\":\"2\"}]"
        "}");
    turn_ask(world, "c", "2");
    says(world, "pressed two");
    turn_world_free(world);
}

/* A failure is of what was answered last, whatever the call says. */
static void a_failure_is_of_the_last_answer(void **state)
{
    static const char claims[] =
        "{\"handler\":\"failure\",\"failed_response\":{\"action\":"
        "\"forward\"}," VISITOR("c") "}";
    static const char nobodys[] =
        "{\"handler\":\"failure\",\"failed_response\":{\"action\":"
        "\"forward\"}}";
    struct turn_world *world = turn_world_new(flows, 0);

    (void)state;
    turn_post(world, claims);
    says(world, "false"); /* nothing was answered yet */
    tell(world, "leave");
    says(world, "\"action\":\"forward\"");
    turn_post(world, failure);
    says(world, "true");
    tell(world, "hi");
    turn_post(world, claims);
    says(world, "false");
    /* Who has no id is known by nothing but his own word. */
    turn_post(world, nobodys);
    says(world, "true");
    turn_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_was_said_is_in_the_transcript),
        cmocka_unit_test(a_file_leaves_the_buttons_where_they_are),
        cmocka_unit_test(a_number_is_a_button_of_the_last_answer_alone),
        cmocka_unit_test(a_click_is_known_by_its_payload),
        cmocka_unit_test(an_apology_has_all_ways),
        cmocka_unit_test(a_failure_is_of_the_last_answer),
    };

    return cmocka_run_group_tests_name("talk", tests, NULL, NULL);
}
