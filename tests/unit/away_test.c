/* tests/unit/away_test.c - a Zoho that is away, and back: who learns of it.
 * Also flows that fail, and tasks that ask for what they do not have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conversation/flow_fails.h"
#include "conversation/task_internal.h"
#include "task_flows.h"
#include "turn_world.h"

/* ---- Zoho ---- */

static const struct turn_flow calls[] = {
    INIT,
    {"first.lua", "return function(chat)\n"
                  "  if chat.message.text == 'task' then\n"
                  "    chat:task('job')\n"
                  "    return chat:say 'noted'\n"
                  "  end\n"
                  "  local calls, err = zoho.desk.list_calls {}\n"
                  "  chat:say(calls and 'ok' or err.kind)\nend"},
    {"job.lua", "return function(task)\n"
                "  local calls, err = zoho.desk.list_calls {}\n"
                "  return calls and true, err\nend"},
    END};

/* The next calls to Desk end so. */
static void fault(struct turn_world *world, const char *kind, int times)
{
    struct usher_simulator_request request = {.method = "POST",
                                              .path = "/_fault"};
    struct usher_simulator_answer answer;
    char body[128];

    request.body_len = (size_t)snprintf(
        body, sizeof(body),
        "{\"operation\":\"desk.*\",\"kind\":\"%s\",\"times\":%d}", kind, times);
    request.body = body;
    usher_simulator_handle(usher_stage_simulator(world->stage), &request,
                           &answer);
    assert_int_equal(answer.status, 200);
}

static void a_service_that_was_away_is_news_when_it_is_back(void **state)
{
    static const char *const kinds[] = {"timeout", "drop_before"};

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct turn_world *world = turn_world_new(calls, 0);
        const struct usher_tasks *tasks =
            usher_stage_worker(world->stage)->tasks;

        fault(world, kinds[i], 1000);
        turn_ask(world, "c", "task");
        turn_wait(world, 60000);
        while (!tasks->list->idle ||
               tasks->list->due_ms - world->time.wall_ms < 60000)
            turn_wait(world, 60000);
        /* Our own deadline tells of nothing. */
        turn_ask(world, "d", "call");
        turn_wait(world, 5000);
        assert_int_equal(tasks->idle, 1);
        {
            struct usher_simulator_request request = {.method = "DELETE",
                                                      .path = "/_fault"};
            struct usher_simulator_answer answer;

            usher_simulator_handle(usher_stage_simulator(world->stage),
                                   &request, &answer);
        }
        turn_ask(world, "d", "again");
        turn_settle(world);
        assert_non_null(strstr(world->answer, "ok"));
        assert_int_equal(tasks->open, 0);
        turn_world_free(world);
    }
}

static void a_deadline_of_ours_is_no_answer_of_theirs(void **state)
{
    struct turn_world *world = turn_world_new(calls, 0);
    struct usher_shared *shared = usher_stage_worker(world->stage)->shared;
    unsigned desk = 1u << USHER_ZOHO_DESK;

    (void)state;
    fault(world, "drop_before", 1);
    turn_ask(world, "c", "a");
    turn_wait(world, 1000);
    assert_non_null(strstr(world->answer, "offline"));
    assert_int_equal(atomic_load(&shared->unreached), desk);
    fault(world, "timeout", 1);
    turn_ask(world, "c", "b");
    turn_wait(world, 4000);
    assert_non_null(strstr(world->answer, "deadline"));
    assert_int_equal(atomic_load(&shared->unreached), desk);
    /* A refusal is an answer. */
    fault(world, "scope", 1);
    turn_ask(world, "c", "c");
    turn_wait(world, 1000);
    assert_non_null(strstr(world->answer, "scope"));
    assert_int_equal(atomic_load(&shared->unreached), 0);
    assert_int_equal(usher_stage_worker(world->stage)->counters.zoho_failures,
                     3);
    turn_world_free(world);
}

/* ---- a task has no visitor ---- */

static void a_task_cannot_do_what_only_a_chat_can(void **state)
{
    static const struct {
        const char *line, *reason;
    } cases[] = {
        {"chat:say 'x'", "a task has no visitor to say something to"},
        {"chat:say { 'x', buttons = { 'first' } }",
         "a task has no visitor to say something to"},
        {"chat:ask 'x'", "a task has no visitor"},
        {"chat:continue 'first'", "a task has no chat to leave"},
        {"chat:task('job')", "a task cannot start another one"},
        {"chat:begun(('1'):rep(32)):wait(1)",
         "a task cannot wait for another one"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char job[256];
        const struct turn_flow flows[] = {
            INIT,
            {"kept.lua", "local kept\n"
                         "return { set = function(chat) kept = chat end,\n"
                         "  get = function() return kept end }"},
            {"first.lua", "local kept = require 'kept'\n"
                          "return function(chat)\n"
                          "  kept.set(chat)\n"
                          "  chat:task('job')\n"
                          "  chat:ask 'more?'\nend"},
            {"job.lua", job},
            END};
        struct turn_world *world;
        const struct task *task;

        snprintf(job, sizeof(job),
                 "local kept = require 'kept'\n"
                 "return function(task)\n"
                 "  local chat = kept.get()\n  %s\nend",
                 cases[i].line);
        world = turn_world_new(flows, 0);
        turn_ask(world, "c", "a");
        assert_non_null(strstr(world->answer, "more?"));
        task = usher_stage_worker(world->stage)->tasks->list;
        assert_non_null(task);
        if (!strstr(task->reason, cases[i].reason))
            fail_msg("%s: %s", cases[i].line, task->reason);
        /* The chat is as it was. */
        turn_ask(world, "c", "b");
        assert_null(strstr(world->answer, "sorry"));
        turn_world_free(world);
    }
}

/* ---- a flow that fails ---- */

static void where_a_flow_fails_is_told_and_nothing_a_visitor_wrote(void **state)
{
    static const struct {
        const char *message, *flow, *subject, *not ;
    } cases[] = {
        {"flows/one.lua:4: no 5551234", "one", "flows/one.lua:4", "5551234"},
        {"flows/a/b.lua:12: x", "one", "flows/a/b.lua:12", ": x"},
        {"5551234: flows/one.lua:4", "two", "two", "5551234"},
        {"one.lua", "three", "three", "one.lua"},
        {"one.lua: 4", "four", "four", "one.lua"},
    };
    struct usher_clock_manual time;
    struct usher_problems *problems;
    struct usher_shared shared = {.clock = &time.clock};
    struct usher_buffer shown;

    (void)state;
    usher_clock_manual_init(&time, 1772442000000, 7);
    usher_clock_manual_advance(&time, 5000);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(usher_problems_new(NULL, &problems), USHER_OK);
        shared.problems = problems;
        usher_flow_fails(&shared, cases[i].message, cases[i].flow);
        assert_int_equal(atomic_load(&shared.failed_ms),
                         usher_clock_steady_ms(&time.clock));
        usher_buffer_init(&shown, 0);
        usher_problems_json(problems, &shown);
        assert_non_null(strstr(shown.data, cases[i].subject));
        assert_null(strstr(shown.data, cases[i].not ));
        assert_int_equal(
            usher_problems_count(problems, USHER_PROBLEM_FLOW_FAILS), 1);
        usher_flow_fails_end(&shared);
        assert_int_equal(atomic_load(&shared.failed_ms), 0);
        assert_int_equal(
            usher_problems_count(problems, USHER_PROBLEM_FLOW_FAILS), 0);
        usher_buffer_free(&shown);
        usher_problems_free(problems);
        usher_clock_manual_advance(&time, 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_service_that_was_away_is_news_when_it_is_back),
        cmocka_unit_test(a_deadline_of_ours_is_no_answer_of_theirs),
        cmocka_unit_test(a_task_cannot_do_what_only_a_chat_can),
        cmocka_unit_test(
            where_a_flow_fails_is_told_and_nothing_a_visitor_wrote),
    };

    return cmocka_run_group_tests_name("away", tests, NULL, NULL);
}
