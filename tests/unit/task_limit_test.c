/* tests/unit/task_limit_test.c - how many tasks are at work, how long each is
 * put off, for how long it is tried, how long a flow waits for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conversation/task_internal.h"
#include "fail_alloc.h"
#include "task_flows.h"
#include "turn_world.h"

#define HOUR_MS (3600LL * 1000)
#define DAY_MS (24 * HOUR_MS)

/* Fails as the web says. */
static const struct turn_flow asks[] = {
    INIT,
    FIRST,
    {"job.lua", "local kinds = { [409] = 'unclear', [401] = 'token' }\n"
                "return function(task)\n"
                "  local a = http.get('http://out/x')\n"
                "  if a.status == 200 then return true end\n"
                "  return nil, { kind = kinds[a.status] or 'offline' }\nend"},
    END};

static struct usher_worker *worker_of(struct turn_world *world)
{
    return usher_stage_worker(world->stage);
}

static struct task *only_task(struct turn_world *world)
{
    assert_non_null(worker_of(world)->tasks->list);
    return worker_of(world)->tasks->list;
}

/* ---- how many at a time ---- */

static void sixteen_are_at_work_and_no_more(void **state)
{
    enum { ALL = 3 * 16 + 5 };
    struct turn_world *world = turn_world_new(asks, 0);
    struct usher_tasks *tasks = worker_of(world)->tasks;

    (void)state;
    world->delay_ms = 100;
    for (int i = 0; i < ALL; i++) {
        char key[16];

        snprintf(key, sizeof(key), "c%d", i);
        turn_ask(world, key, "a");
        assert_int_equal(tasks->running, i < 16 ? i + 1 : 16);
    }
    for (unsigned i = 1; i <= 4; i++) {
        assert_int_equal(world->asked, i * 16 < ALL ? i * 16 : ALL);
        assert_true(tasks->running <= 16);
        assert_int_equal(usher_worker_busy(worker_of(world)), tasks->running);
        turn_wait(world, 100);
    }
    assert_int_equal(tasks->open, 0);
    assert_int_equal(usher_worker_busy(worker_of(world)), 0);
    turn_world_free(world);
}

static void the_same_task_is_there_once(void **state)
{
    struct turn_world *world = turn_world_new(asks, 1);
    struct usher_tasks *tasks;

    (void)state;
    world->status = 500;
    turn_ask(world, "c", "a");
    turn_crash(world, NULL);
    turn_crash(world, NULL);
    tasks = worker_of(world)->tasks;
    {
        const struct task *task = only_task(world);
        struct usher_buffer args;
        struct usher_buffer data;
        struct usher_task_row row = {.id = task->id, .name = task->name};

        usher_buffer_init(&args, 0);
        usher_buffer_init(&data, 0);
        usher_buffer_append(&args, task->args.data, task->args.len);
        task_data_new(&args, &data);
        row.data = data.data;
        row.data_len = data.len;
        assert_int_equal(usher_worker_load_task(worker_of(world), &row),
                         USHER_OK);
        usher_buffer_free(&args);
        usher_buffer_free(&data);
    }
    assert_int_equal(tasks->open, 1);
    turn_world_free(world);
}

/* A wish of the same words is another one, be the first open or done. */
static void the_same_wish_again_is_another_task(void **state)
{
    struct turn_world *world = turn_world_new(asks, 1);
    struct usher_tasks *tasks = worker_of(world)->tasks;

    (void)state;
    world->status = 500;
    turn_ask(world, "c", "a");
    turn_ask(world, "c", "a");
    turn_ask(world, "d", "a");
    assert_int_equal(tasks->open, 3);
    world->status = 200;
    turn_wait(world, 60000);
    assert_int_equal(tasks->open, 0);
    assert_int_equal(worker_of(world)->counters.tasks_done, 3);
    turn_ask(world, "c", "a");
    turn_ask(world, "c", "a");
    turn_wait(world, 1000);
    assert_int_equal(worker_of(world)->counters.tasks_done, 5);
    turn_world_free(world);
}

/* A turn that fails after its task was committed, and other words then. */
static void a_wish_of_other_words_is_another_task(void **state)
{
    static const struct turn_flow fails[] = {
        INIT,
        {"first.lua", "return function(chat)\n"
                      "  local said = chat:ask 'go?'\n"
                      "  chat:task('job', { n = said })\n"
                      "  http.post('http://out/y', 'y')\n"
                      "  if said == 'bad' then error 'no' end\n"
                      "  chat:say 'fine'\nend"},
        {"job.lua", "return function(task)\n"
                    "  http.post('http://out/' .. task.args.n, 'x')\n"
                    "  return true\nend"},
        END};

    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct turn_world *world = turn_world_new(fails, on_disk);

        turn_ask(world, "c", "hi");
        turn_ask(world, "c", "bad");
        assert_non_null(strstr(world->answer, "sorry"));
        turn_ask(world, "c", "bad");
        turn_ask(world, "c", "good");
        assert_non_null(strstr(world->answer, "fine"));
        turn_wait(world, 1000);
        assert_string_equal(world->done, "POST /y\nPOST /bad\nPOST /good\n");
        turn_world_free(world);
    }
}

/* ---- when it is tried again ---- */

/* The nth try that fails is followed by the next one after a second, and a
 * random part of a time that doubles up to 15 minutes. */
static void delays_double_up_to_15_minutes(void **state)
{
    struct turn_world *world = turn_world_new(asks, 0);
    int64_t most = 1000;
    unsigned large = 0;

    (void)state;
    world->status = 500;
    turn_ask(world, "c", "a");
    for (uint32_t tries = 1; tries <= 40; tries++) {
        const struct task *task = only_task(world);
        int64_t delay = task->due_ms - world->time.wall_ms;

        assert_int_equal(task->tries, tries);
        most = 1000LL << (tries < 11 ? tries : 11);
        if (most > 15 * 60 * 1000)
            most = 15 * 60 * 1000;
        assert_in_range(delay, 1000, 1000 + most);
        assert_int_equal(delay, task->delay_ms);
        large += delay > most / 2;
        turn_wait(world, delay - 1);
        assert_int_equal(world->asked, tries);
        turn_wait(world, 1);
        assert_int_equal(world->asked, tries + 1);
    }
    /* By chance: neither always early nor always late. */
    assert_in_range(large, 10, 30);
    turn_world_free(world);
}

/* task.at, task.tries */
static void each_try_has_its_own_time_and_number(void **state)
{
    static const struct turn_flow tells[] = {
        INIT,
        FIRST,
        {"job.lua", "return function(task)\n"
                    "  http.get('http://out/x')\n"
                    "  http.request { method = 'GET', url = 'http://out/y',\n"
                    "    body = ('%d %d'):format(task.at * 1000 // 1 | 0,\n"
                    "      task.tries) }\n"
                    "  return nil, { kind = 'offline' }\nend"},
        END};
    struct turn_world *world = turn_world_new(tells, 1);
    char wanted[64];

    (void)state;
    turn_ask(world, "c", "a");
    for (unsigned tries = 0; tries < 4; tries++) {
        snprintf(wanted, sizeof(wanted), "%lld %u",
                 (long long)world->time.wall_ms, tries);
        assert_string_equal(world->last, wanted);
        turn_wait(world, only_task(world)->due_ms - world->time.wall_ms);
    }
    turn_world_free(world);
}

static void who_failed_together_comes_back_apart(void **state)
{
    struct turn_world *world = turn_world_new(asks, 0);
    int64_t first = INT64_MAX, last = 0;

    (void)state;
    world->status = 500;
    for (int i = 0; i < 10; i++) {
        char key[16];

        snprintf(key, sizeof(key), "c%d", i);
        turn_ask(world, key, "a");
    }
    for (const struct task *task = only_task(world); task; task = task->next) {
        first = task->due_ms < first ? task->due_ms : first;
        last = task->due_ms > last ? task->due_ms : last;
    }
    assert_in_range(last - first, 500, 2000);
    turn_world_free(world);
}

/* ---- seven days ---- */

/* A world whose task is of this age, and has just failed so. */
static struct turn_world *of_age(int64_t age_ms, unsigned status)
{
    struct turn_world *world = turn_world_new(asks, 1);

    world->status = 500;
    turn_ask(world, "c", "a");
    turn_wait(world, 60000);
    only_task(world)->age_ms = age_ms;
    world->status = status;
    usher_worker_wake_tasks(worker_of(world));
    turn_settle(world);
    return world;
}

static void it_is_tried_for_seven_days(void **state)
{
    static const struct {
        int64_t age_ms;
        const char *row;
    } cases[] = {{7 * DAY_MS - HOUR_MS, "ready"}, {7 * DAY_MS + 1, "dead"}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct turn_world *world = of_age(cases[i].age_ms, 500);

        assert_memory_equal(turn_task(world, "job"), cases[i].row,
                            strlen(cases[i].row));
        assert_int_equal(strstr(world->logged, "seven days") != NULL, i);
        assert_int_equal(usher_waiting_count(worker_of(world)->shared->waiting,
                                             USHER_WHY_GIVEN_UP),
                         i);
        turn_world_free(world);
    }
}

struct kept {
    struct usher_task_row row;
    char id[64], name[64], key[64];
};

static int keep_row(void *user, const struct usher_task_row *row)
{
    struct kept *kept = user;

    snprintf(kept->id, sizeof(kept->id), "%s", row->id);
    snprintf(kept->name, sizeof(kept->name), "%s", row->name);
    memcpy(kept->key, row->conversation, row->conversation_len);
    kept->row = (struct usher_task_row){
        .id = kept->id,
        .name = kept->name,
        .conversation = kept->key,
        .conversation_len = row->conversation_len,
        .data = "",
    };
    return 1;
}

static void person_retries(struct turn_world *world, int times)
{
    struct kept kept;

    usher_store_tasks(usher_stage_store(world->stage), 15, keep_row, &kept);
    while (times-- > 0)
        assert_int_equal(usher_worker_retry_task(worker_of(world), &kept.row),
                         USHER_OK);
    turn_settle(world);
}

/* Of one that is there, and of one that was dead. */
static void a_person_gives_it_seven_more(void **state)
{
    static const unsigned statuses[] = {500, 409, 401};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct turn_world *world = of_age(7 * DAY_MS - HOUR_MS, statuses[i]);

        world->status = 500;
        person_retries(world, 1);
        turn_wait(world, 2 * HOUR_MS);
        assert_memory_equal(turn_task(world, "job"), "ready", 5);
        only_task(world)->age_ms += 7 * DAY_MS - 2 * HOUR_MS;
        turn_wait(world, HOUR_MS);
        assert_memory_equal(turn_task(world, "job"), "dead", 4);
        turn_world_free(world);
    }
}

static void two_who_ask_at_once_get_one_try(void **state)
{
    struct turn_world *world = of_age(0, 409);
    unsigned asked = world->asked;

    (void)state;
    assert_memory_equal(turn_task(world, "job"), "dead", 4);
    world->delay_ms = 100;
    world->status = 200;
    person_retries(world, 3);
    turn_wait(world, 1000);
    assert_int_equal(world->asked, asked + 1);
    assert_memory_equal(turn_task(world, "job"), "done", 4);
    /* It has ended: nobody gets it done once more. */
    person_retries(world, 1);
    turn_wait(world, 1000);
    assert_int_equal(world->asked, asked + 1);
    turn_world_free(world);
}

/* ---- a flow that waits for it ---- */

static const struct turn_flow waits[] = {
    INIT,
    {"first.lua", "return function(chat)\n"
                  "  local r = chat:task('job', {})\n"
                  "    :wait(tonumber(chat.message.text))\n"
                  "  chat:say(r.done and 'done' or 'later')\nend"},
    {"job.lua", "return function(task)\n"
                "  http.get('http://out/x')\n"
                "  return true\nend"},
    END};

static void a_flow_waits_as_long_as_it_says_within_its_turn(void **state)
{
    static const struct {
        const char *seconds;
        int64_t until_ms;
    } cases[] = {{"1", 1000}, {"2.5", 2500}, {"60", 3500}, {"3599", 3500},
                 {"1e9", 0},  {"0", 0},      {"-1", 0}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct turn_world *world = turn_world_new(waits, 0);

        world->delay_ms = 20000;
        turn_ask(world, "c", cases[i].seconds);
        if (cases[i].until_ms) {
            turn_wait(world, cases[i].until_ms - 10);
            assert_int_equal(world->answers, 0);
            turn_wait(world, 10);
        }
        assert_int_equal(world->answers, 1);
        assert_non_null(strstr(world->answer, "later"));
        turn_wait(world, 20000);
        assert_memory_equal(turn_task(world, "job"), "done", 4);
        turn_world_free(world);
    }
}

/* What a task returned comes to the flow that waits, and to one that asks when
 * it is done, in whatever turn. */
static void what_a_task_returned_is_told(void **state)
{
    static const struct turn_flow values[] = {
        INIT,
        {"first.lua", "return function(chat)\n"
                      "  local m = chat.memory\n"
                      "  local task = m.id and chat:begun(m.id)\n"
                      "    or chat:task('job', {})\n"
                      "  m.id = task.id\n"
                      "  local r = task:wait(chat.message.text == 'now'\n"
                      "    and 1 or 0)\n"
                      "  chat:say(r.done and 'number ' .. r.value.number\n"
                      "    or 'later')\nend"},
        {"job.lua", "return function(task)\n"
                    "  http.get('http://out/x')\n"
                    "  return { number = 42 }\nend"},
        END};

    (void)state;
    for (int way = 0; way < 4; way++) {
        struct turn_world *world = turn_world_new(values, way > 0);

        if (way < 2) {
            assert_non_null(strstr(turn_ask(world, "c", "now"), "number 42"));
        } else {
            world->delay_ms = 500;
            assert_non_null(strstr(turn_ask(world, "c", "x"), "later"));
            turn_wait(world, 1000);
        }
        if (way == 3)
            turn_crash(world, NULL);
        assert_memory_equal(turn_task(world, "job"), "done", 4);
        assert_non_null(strstr(turn_ask(world, "c", "now"), "number 42"));
        turn_world_free(world);
    }
}

/* ---- without memory ---- */

static const struct turn_flow writes[] = {INIT, FIRST, WRITES, END};

/* Whichever allocation of a try fails, the task comes to its end. (Of the web's
 * answer, too: then the web is asked again, which was never reached, it says.)
 */
static void a_task_ends_whatever_finds_no_memory(void **state)
{
    struct turn_world *world = turn_world_new(writes, 0);
    int is_reached = 1;

    (void)state;
    for (unsigned n = 1; is_reached; n++) {
        char key[16];

        snprintf(key, sizeof(key), "c%u", n);
        world->done[0] = world->logged[0] = '\0';
        turn_say(world, key, NULL, "a");
        assert_int_equal(worker_of(world)->tasks->open, 1);
        fail_alloc_at(n);
        turn_settle(world);
        is_reached = fail_alloc_off();
        turn_wait(world, HOUR_MS);
        if (worker_of(world)->tasks->open ||
            strncmp(world->done, "POST /x\n", 8) != 0)
            fail_msg("%u: %s%s", n, world->done, world->logged);
    }
    turn_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sixteen_are_at_work_and_no_more),
        cmocka_unit_test(the_same_task_is_there_once),
        cmocka_unit_test(the_same_wish_again_is_another_task),
        cmocka_unit_test(a_wish_of_other_words_is_another_task),
        cmocka_unit_test(delays_double_up_to_15_minutes),
        cmocka_unit_test(each_try_has_its_own_time_and_number),
        cmocka_unit_test(who_failed_together_comes_back_apart),
        cmocka_unit_test(it_is_tried_for_seven_days),
        cmocka_unit_test(a_person_gives_it_seven_more),
        cmocka_unit_test(two_who_ask_at_once_get_one_try),
        cmocka_unit_test(a_flow_waits_as_long_as_it_says_within_its_turn),
        cmocka_unit_test(what_a_task_returned_is_told),
        cmocka_unit_test(a_task_ends_whatever_finds_no_memory),
    };

    return cmocka_run_group_tests_name("task_limit", tests, NULL, NULL);
}
