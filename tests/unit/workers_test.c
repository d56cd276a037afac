/* tests/unit/workers_test.c - several workers: which one has a conversation,
 * what each is told and tells, how each ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "conversation/task_internal.h"
#include "crew_world.h"
#include "patience.h"

/* "go ..." writes; the task fails as the web says. */
static const struct turn_flow flows[] = {
    {"init.lua", "return { apology = 'sorry', tasks = { 'job' },\n"
                 "settings = { 'PARTNER' },\n"
                 "flows = { { 'first', fallback = true },\n"
                 "  { 'task', triggers = { 'task' }, button = { '1', 'T' } },\n"
                 "  { 'where', triggers = { '=where' } } } }"},
    {"first.lua", "return function(chat)\n"
                  "  http.post('http://out/x', chat.message.text)\n"
                  "  chat:say('did ' .. chat.message.text)\nend"},
    {"task.lua", "return function(chat)\n"
                 "  chat:task('job', {})\n"
                 "  chat:say { 'noted', buttons = { 'task' } }\nend"},
    {"where.lua", "return function(chat)\n"
                  "  local place = chat.message.place\n"
                  "  chat:say('%s %s %s', place.region or 'none',\n"
                  "    place.zone, config.PARTNER)\nend"},
    {"job.lua", "return function(task)\n"
                "  local a = http.get('http://out/job')\n"
                "  if a.status == 200 then return true end\n"
                "  return nil, { kind = a.status == 401 and 'token'\n"
                "    or 'rejected' }\nend"},
    {NULL, NULL}};

static const char guarded[] = MESSAGE("g", "in");

/* ---- whose conversation it is ---- */

static void a_conversation_has_one_worker_wherever_it_comes_in(void **state)
{
    struct crew *crew = crew_new(flows);

    (void)state;
    for (size_t owner = 0; owner < CREW; owner++) {
        const char *key = crew_key(owner, 0);

        crew->turn->asked = 0;
        crew->turn->answers = 0;
        crew->turn->delay_ms = 500;
        for (size_t at = 0; at < CREW; at++) {
            char text[16];

            snprintf(text, sizeof(text), "m%zu", at);
            crew_say(crew, at, key, text);
            turn_settle(crew->turn);
        }
        /* One after the other. */
        for (unsigned i = 1; i <= CREW; i++) {
            assert_int_equal(crew->turn->asked, i);
            for (size_t w = 0; w < CREW; w++)
                assert_int_equal(crew->workers[w]->conversations, w == owner);
            turn_wait(crew->turn, 500);
            assert_int_equal(crew->turn->answers, i);
        }
    }
    crew_free(crew);
}

static void who_calls_hears_whichever_worker_has_it(void **state)
{
    struct crew *crew = crew_new(flows);

    (void)state;
    for (size_t at = 1; at < CREW; at++) {
        for (size_t owner = 0; owner < CREW; owner++) {
            const char *key = crew_key(owner, 1);
            char body[256];
            const char *text;

            snprintf(body, sizeof(body), MESSAGE("%s", "hi"), key);
            text = crew_post(crew, at, "", body);
            has(text, "HTTP/1.1 200");
            has(text, "Content-Type: application/json");
            has(text, "\"did hi\"");
            assert_int_equal(usher_worker_busy(crew->workers[at]), 0);
        }
    }
    crew_free(crew);
}

/* From its arrival on, wherever that was. */
static void the_way_to_its_worker_is_time_that_its_caller_waits(void **state)
{
    struct crew *crew = crew_new(flows);

    (void)state;
    crew->turn->delay_ms = 3400;
    crew_say(crew, 1, crew_key(2, 0), "hi");
    usher_clock_manual_advance(&crew->turn->time, 1000);
    turn_settle(crew->turn);
    assert_int_equal(crew->turn->asked, 1);
    turn_wait(crew->turn, 2990);
    assert_int_equal(crew->turn->answers, 0);
    turn_wait(crew->turn, 10);
    assert_int_equal(crew->turn->answers, 1);
    has(crew->turn->answer, "I am still working on it.");
    crew_free(crew);
}

/* ---- settings ---- */

static void all_follow_new_settings(void **state)
{
    char *const first[] = {"PARTNER=one", "TIME_ZONE=Asia/Kolkata",
                           "DEFAULT_REGION=NP", "SUGGESTIONS=objects", NULL};
    char *const second[] = {"PARTNER=two", "TIME_ZONE=Europe/Berlin",
                            "SUGGESTIONS=strings", NULL};
    struct crew *crew = crew_new(flows);

    (void)state;
    for (int round = 0; round < 2; round++) {
        crew_configure(crew, round ? second : first);
        for (size_t i = 0; i < CREW; i++) {
            crew_say(crew, 0, crew_key(i, 2), "where");
            turn_settle(crew->turn);
            has(crew->turn->answer,
                round ? "none Europe/Berlin two" : "NP Asia/Kolkata one");
            crew_say(crew, 0, crew_key(i, 2), "task");
            turn_settle(crew->turn);
            has(crew->turn->answer,
                round ? "\"suggestions\":[\"T\"]"
                      : "\"suggestions\":[{\"text\":\"T\",\"action_type\":"
                        "\"reply\",\"action_value\":\"1\"}]");
        }
    }
    crew_free(crew);
}

/* Where nothing is set, the machine's zone, if it is one. */
static void where_no_zone_is_set_the_machines_is_taken(void **state)
{
    static const struct {
        const char *zone, *where;
    } cases[] = {{"Asia/Kolkata", "IN Asia/Kolkata one"},
                 {"Moon/Base", "none UTC one"}};
    char *const settings[] = {"PARTNER=one", NULL};
    struct crew *crew = crew_new(flows);
    struct usher_shared *shared = crew->workers[0]->shared;
    struct usher_places *places;

    (void)state;
    assert_int_equal(usher_places_load("/usr/share/zoneinfo", &places),
                     USHER_OK);
    shared->places = places;
    for (size_t i = 0; i < 2; i++) {
        shared->zone = cases[i].zone;
        crew_configure(crew, settings);
        crew_say(crew, 0, crew_key(1, 0), "where");
        turn_settle(crew->turn);
        has(crew->turn->answer, cases[i].where);
    }
    crew_free(crew);
    usher_places_free(places);
}

/* ---- what people see of it ---- */

static const struct turn_flow logs[] = {
    {"init.lua", "return { apology = 'sorry', tasks = { 'job' },\n"
                 "flows = { { 'first', fallback = true } } }"},
    {"first.lua", "return function(chat)\n"
                  "  log.info('of a flow')\n"
                  "  os.time()\n"
                  "  chat:task('job')\n"
                  "  chat:say 'hi'\nend"},
    {"job.lua", "return function(task)\n"
                "  log.info('of a task')\n"
                "  os.time()\n"
                "  return true\nend"},
    {NULL, NULL}};

static struct crew *watched;
static char at_work[256];

/* As the watchdog looks. */
static void effect_seen(void *control, const char *name)
{
    (void)control;
    for (size_t i = 0; i < CREW; i++) {
        char flow[64];

        usher_worker_current(watched->workers[i], flow, sizeof(flow));
        if (strcmp(name, "os.time") == 0)
            strcat(strcat(at_work, flow), ",");
    }
}

static void whose_turn_it_is_can_be_seen(void **state)
{
    struct crew *crew = watched = crew_new(logs);
    char line[128], flow[64];
    const char *id;

    (void)state;
    at_work[0] = '\0';
    crew->workers[0]->shared->effect = effect_seen;
    crew_say(crew, 0, crew_key(1, 0), "hi");
    turn_settle(crew->turn);
    assert_string_equal(at_work, ",first,,,job,,");
    for (size_t i = 0; i < CREW; i++) {
        usher_worker_current(crew->workers[i], flow, sizeof(flow));
        assert_string_equal(flow, "");
    }
    /* And in the lines of the log. */
    snprintf(line, sizeof(line), "conversation=siq:%s", crew_key(1, 0));
    has(crew->turn->logged, "of a flow");
    has(strstr(crew->turn->logged, "of a flow"), line);
    id = strstr(crew->turn->logged, " id=");
    assert_non_null(id);
    snprintf(line, sizeof(line), "conversation=%.32s", id + 4);
    has(crew->turn->logged, line);
    crew_free(crew);
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    for (; (text = strstr(text, part)) != NULL; text++)
        count++;
    return count;
}

/* By whichever worker: once a zone. */
static void an_unknown_zone_is_told_once(void **state)
{
    static const char *const zones[] = {"Moon/Base", "Moon/Base", "Mars/One",
                                        "Europe/Berlin"};
    struct crew *crew = crew_new(flows);

    (void)state;
    for (size_t i = 0; i < 8; i++) {
        char body[128];

        snprintf(body, sizeof(body),
                 "{\"message\":\"hi\",\"visitor\":{\"id\":\"v\","
                 "\"time_zone\":\"%s\"}}",
                 zones[i % 4]);
        (void)crew_post(crew, 1 + i % 2, "", body);
    }
    assert_int_equal(count_of(crew->turn->logged, "zone=Moon/Base"), 1);
    assert_int_equal(count_of(crew->turn->logged, "zone=Mars/One"), 1);
    assert_int_equal(count_of(crew->turn->logged, "zone="), 2);
    crew_free(crew);
}

/* ---- what each is told ---- */

/* One task on each worker has failed, and waits; asked is 0. */
static void tasks_fail(struct crew *crew, unsigned status)
{
    crew->turn->status = status;
    for (size_t i = 0; i < CREW; i++) {
        crew_say(crew, 0, crew_key(i, 3), "task");
        turn_settle(crew->turn);
        assert_int_equal(crew->workers[i]->tasks->open, 1);
    }
    /* No guess may come too soon. */
    turn_wait(crew->turn, TASK_RETRY_FIRST_MS);
    crew->turn->status = 200;
    crew->turn->asked = 0;
}

static void what_is_done_by_one_is_news_for_all(void **state)
{
    (void)state;
    for (size_t at = 0; at < CREW; at++) {
        struct crew *crew = crew_new(flows);

        tasks_fail(crew, 401);
        crew_say(crew, 0, crew_key(at, 4), "task");
        turn_settle(crew->turn);
        for (size_t i = 0; i < CREW; i++)
            assert_int_equal(crew->workers[i]->tasks->open, 0);
        assert_int_equal(crew->turn->asked, CREW + 1);
        crew_free(crew);
    }
}

/* What is posted to one is for that one. */
static void each_is_woken_by_itself(void **state)
{
    struct crew *crew = crew_new(flows);

    (void)state;
    tasks_fail(crew, 401);
    crew->turn->status = 401;
    for (size_t i = 0; i < 2 * CREW; i++) {
        struct usher_worker *worker = crew->workers[i % CREW];

        assert_int_equal(worker->counters.tasks_open, 1);
        assert_int_equal(worker->counters.tasks_paused, 1);
        assert_int_equal(worker->counters.tasks_idle, 1);
        assert_int_equal(i < CREW ? usher_worker_token_works(worker)
                                  : usher_worker_wake_tasks(worker),
                         USHER_OK);
        turn_settle(crew->turn);
        assert_int_equal(crew->turn->asked, i + 1);
    }
    crew->turn->status = 200;
    for (size_t i = 0; i < CREW; i++)
        usher_worker_wake_tasks(crew->workers[i]);
    turn_settle(crew->turn);
    for (size_t i = 0; i < CREW; i++) {
        assert_int_equal(crew->workers[i]->counters.tasks_open, 0);
        assert_int_equal(crew->workers[i]->counters.tasks_idle, 0);
        assert_int_equal(crew->workers[i]->counters.tasks_done, 1);
    }
    crew_free(crew);
}

/* ---- the end ---- */

static void who_drains_takes_no_more_and_begins_no_task(void **state)
{
    struct crew *crew = crew_new(flows);
    struct serve *door = &crew->doors[1];
    int fd;

    (void)state;
    crew->turn->status = 429;
    crew_say(crew, 1, crew_key(1, 3), "task");
    turn_settle(crew->turn);
    assert_int_equal(crew->workers[1]->tasks->open, 1);
    crew->turn->status = 200;
    crew->turn->delay_ms = 1000;
    crew->turn->asked = 0;
    fd = crew_send(crew, 1, "POST /webhook", "", guarded, strlen(guarded));
    WAIT_FOR("a call to Zoho", crew->turn->asked != 0,
             usher_loop_step(door->loop, 20));
    assert_int_equal(usher_worker_busy(crew->workers[1]), 1);
    usher_worker_drain(crew->workers[1]);
    usher_worker_wake_tasks(crew->workers[1]);
    /* New tasks are kept for the next start. */
    crew_say(crew, 1, crew_key(1, 5), "task");
    turn_wait(crew->turn, 60000);
    has(crew_answer(crew, 1, fd), "did in");
    assert_int_equal(crew->turn->asked, 1);
    assert_int_equal(crew->workers[1]->tasks->open, 2);
    assert_int_equal(usher_worker_busy(crew->workers[1]), 0);
    crew_free(crew);
}

static void who_comes_after_the_end_gets_a_way_to_a_person(void **state)
{
    struct crew *crew = crew_new(flows);

    (void)state;
    crew->turn->hang = 1;
    crew_say(crew, 1, crew_key(1, 0), "at work");
    crew_say(crew, 1, crew_key(1, 0), "queued");
    turn_settle(crew->turn);
    assert_int_equal(crew->turn->asked, 1);
    usher_worker_close(crew->workers[1]);
    assert_int_equal(crew->turn->answers, 2);
    has(crew->turn->answer, "\"sorry\"],\"suggestions\":");
    for (size_t at = 0; at < 2; at++) {
        crew_say(crew, at, crew_key(1, 1), "later");
        turn_settle(crew->turn);
        assert_int_equal(crew->turn->answers, 3 + at);
        has(crew->turn->answer, "\"sorry\"],\"suggestions\":");
    }
    assert_int_equal(crew->turn->asked, 1);
    assert_int_equal(crew->workers[1]->counters.turns, 1);
    crew_free(crew);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_conversation_has_one_worker_wherever_it_comes_in),
        cmocka_unit_test(who_calls_hears_whichever_worker_has_it),
        cmocka_unit_test(the_way_to_its_worker_is_time_that_its_caller_waits),
        cmocka_unit_test(all_follow_new_settings),
        cmocka_unit_test(where_no_zone_is_set_the_machines_is_taken),
        cmocka_unit_test(whose_turn_it_is_can_be_seen),
        cmocka_unit_test(an_unknown_zone_is_told_once),
        cmocka_unit_test(what_is_done_by_one_is_news_for_all),
        cmocka_unit_test(each_is_woken_by_itself),
        cmocka_unit_test(who_drains_takes_no_more_and_begins_no_task),
        cmocka_unit_test(who_comes_after_the_end_gets_a_way_to_a_person),
    };

    return cmocka_run_group_tests_name("workers", tests, NULL, NULL);
}
