/* tests/unit/waiting_test.c - tasks that wait for a person: which they are,
 * and how they are told. threaded */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "conversation/waiting.h"

static void only_what_a_person_can_mend_waits(void **state)
{
    static const struct {
        enum usher_task_state state;
        const char *reason;
        const char *why;
    } cases[] = {
        {USHER_TASK_READY, NULL, ""},
        {USHER_TASK_READY, "", ""},
        {USHER_TASK_READY, "offline: no answer", ""},
        {USHER_TASK_READY, "timeout", ""},
        {USHER_TASK_READY, "rate_limited: too many", ""},
        {USHER_TASK_READY, "the store failed", ""},
        {USHER_TASK_READY, "invalidated: a word of the flow's own", ""},
        {USHER_TASK_READY, "token: there is another one by now", ""},
        {USHER_TASK_READY, "invalid: cf is required", "invalid"},
        {USHER_TASK_READY, "invalid", "invalid"},
        {USHER_TASK_READY, "not_found: no such department", "not_found"},
        {USHER_TASK_READY, "rejected: FORBIDDEN", "rejected"},
        {USHER_TASK_READY, "flow: flows/a.lua:3: nil", "flow"},
        {USHER_TASK_PAUSED, "token: dead", "token"},
        {USHER_TASK_PAUSED, "scope: lacks one", "scope"},
        {USHER_TASK_PAUSED, NULL, "token"},
        {USHER_TASK_DEAD, "unclear: was it?", "unclear"},
        {USHER_TASK_DEAD, "simulator: promised there", "simulator"},
        {USHER_TASK_READY, "simulator: promised there", ""},
        {USHER_TASK_DEAD, "offline: no answer", "given_up"},
        {USHER_TASK_DEAD, "invalid: cf is required", "given_up"},
        {USHER_TASK_DEAD, NULL, "given_up"},
        {USHER_TASK_DONE, "invalid: long ago", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        enum usher_why why = usher_why_of(cases[i].state, cases[i].reason);

        assert_string_equal(usher_why_name(why), cases[i].why);
        assert_int_equal(usher_why_hint(why)[0] != '\0', why != USHER_WHY_NONE);
    }
}

struct world {
    struct usher_problems *problems;
    struct usher_waiting *waiting;
};

static void world_new(struct world *world)
{
    assert_int_equal(usher_problems_new(NULL, &world->problems), USHER_OK);
    assert_int_equal(usher_waiting_new(world->problems, &world->waiting),
                     USHER_OK);
}

static void world_free(struct world *world)
{
    usher_waiting_free(world->waiting);
    usher_problems_free(world->problems);
}

/* The problems in /readyz hold this; NULL: there is none. */
static void told(struct world *world, const char *text)
{
    struct usher_buffer out;

    usher_buffer_init(&out, 0);
    usher_problems_json(world->problems, &out);
    if (!text)
        assert_int_equal(out.len, 0);
    else if (!out.data || !strstr(out.data, text))
        fail_msg("%s", out.data ? out.data : "no problem");
    usher_buffer_free(&out);
}

static void one_task_is_told_until_it_goes_on(void **state)
{
    struct world world;

    (void)state;
    world_new(&world);
    usher_waiting_set(world.waiting, "5d41e9aa0011ff", "book",
                      USHER_WHY_INVALID);
    told(&world, "{\"code\":\"task_waits\",\"what\":\"tasks wait for a "
                 "person\",\"subject\":\"invalid\",\"detail\":\"1 task waits: "
                 "5d41e9aa0011 book\",\"hint\":\"Zoho does not take");
    assert_int_equal(usher_waiting_find(world.waiting, "5d41e9aa0011ff"),
                     USHER_WHY_INVALID);
    usher_waiting_set(world.waiting, "5d41e9aa0011ff", "book", USHER_WHY_NONE);
    told(&world, NULL);
    assert_int_equal(usher_waiting_find(world.waiting, "5d41e9aa0011ff"),
                     USHER_WHY_NONE);
    world_free(&world);
}

static void a_task_has_one_reason_at_a_time(void **state)
{
    struct world world;

    (void)state;
    world_new(&world);
    usher_waiting_set(world.waiting, "aaaa", "book", USHER_WHY_INVALID);
    usher_waiting_set(world.waiting, "aaaa", "book", USHER_WHY_INVALID);
    assert_int_equal(usher_waiting_count(world.waiting, USHER_WHY_INVALID), 1);
    usher_waiting_set(world.waiting, "aaaa", "book", USHER_WHY_GIVEN_UP);
    assert_int_equal(usher_waiting_count(world.waiting, USHER_WHY_INVALID), 0);
    assert_int_equal(usher_waiting_count(world.waiting, USHER_WHY_GIVEN_UP), 1);
    told(&world, "\"subject\":\"given_up\"");
    world_free(&world);
}

#define MANY 10000

static void set_many(struct world *world, int from, enum usher_why why)
{
    char id[33];

    for (int i = from; i < MANY; i++) {
        snprintf(id, sizeof(id), "%032d", i);
        usher_waiting_set(world->waiting, id, "book", why);
    }
}

static void ten_thousand_tasks_are_one_line(void **state)
{
    struct world world;

    (void)state;
    world_new(&world);
    set_many(&world, 0, USHER_WHY_TOKEN);
    assert_int_equal(
        usher_problems_count(world.problems, USHER_PROBLEM_TASK_WAITS), 1);
    told(&world, "\"detail\":\"10000 tasks wait, the first: 000000000000 book");
    set_many(&world, 1, USHER_WHY_NONE);
    told(&world, "\"detail\":\"1 task waits: 000000000000 book");
    set_many(&world, 0, USHER_WHY_NONE);
    told(&world, NULL);
    world_free(&world);
}

static void the_first_is_who_waits_longest(void **state)
{
    struct world world;

    (void)state;
    world_new(&world);
    usher_waiting_set(world.waiting, "aaaa", "one", USHER_WHY_FLOW);
    usher_waiting_set(world.waiting, "bbbb", "two", USHER_WHY_FLOW);
    usher_waiting_set(world.waiting, "cccc", "three", USHER_WHY_FLOW);
    told(&world, "3 tasks wait, the first: aaaa one");
    usher_waiting_set(world.waiting, "bbbb", "two", USHER_WHY_NONE);
    usher_waiting_set(world.waiting, "aaaa", "one", USHER_WHY_NONE);
    told(&world, "1 task waits: cccc three");
    world_free(&world);
}

/* Those that wait, in the order in which they began: what is told beside a
 * plain list of them. */
struct plain {
    int task;
    enum usher_why why;
};

#define TASKS 7

static void plain_set(struct plain *list, int task, enum usher_why why)
{
    int n = 0;

    for (int i = 0; i < TASKS; i++)
        if (list[i].task == task && list[i].why == why)
            return;
    for (int i = 0; i < TASKS; i++)
        if (list[i].why && list[i].task != task)
            list[n++] = list[i];
    if (why)
        list[n++] = (struct plain){task, why};
    for (; n < TASKS; n++)
        list[n] = (struct plain){-1, USHER_WHY_NONE};
}

static void same_told(struct world *world, const struct plain *list)
{
    size_t problems = 0;

    for (int why = 1; why < USHER_WHY_COUNT; why++) {
        size_t count = 0;
        int first = -1;
        char text[80];

        for (int i = TASKS - 1; i >= 0; i--) {
            if ((int)list[i].why != why)
                continue;
            count++;
            first = list[i].task;
        }
        assert_int_equal(
            usher_waiting_count(world->waiting, (enum usher_why)why), count);
        snprintf(text, sizeof(text), "%zu %s: t%d n%d\"", count,
                 count == 1 ? "task waits" : "tasks wait, the first", first,
                 first);
        if (count)
            told(world, text);
        problems += count > 0;
    }
    assert_int_equal(usher_problems_count(world->problems,
                                          USHER_PROBLEM_TASK_WAITS),
                     problems);
}

static void what_is_told_is_what_a_list_says(void **state)
{
    static const enum usher_why whys[] = {USHER_WHY_NONE, USHER_WHY_TOKEN,
                                          USHER_WHY_FLOW, USHER_WHY_GIVEN_UP};
    struct plain list[TASKS] = {{-1, USHER_WHY_NONE}};
    struct world world;
    unsigned random = 1;

    (void)state;
    world_new(&world);
    for (int i = 0; i < 2000; i++) {
        enum usher_why why;
        char id[8], name[8];
        int task;

        random = random * 1664525u + 1013904223u;
        task = (int)((random >> 16) % TASKS);
        why = whys[random >> 30];
        snprintf(id, sizeof(id), "t%d", task);
        snprintf(name, sizeof(name), "n%d", task);
        usher_waiting_set(world.waiting, id, name, why);
        plain_set(list, task, why);
        assert_int_equal(usher_waiting_find(world.waiting, id), why);
        same_told(&world, list);
    }
    world_free(&world);
}

/* Each thread's own tasks, under the same reason. */
struct share {
    struct world *world;
    char prefix;
};

static void *come_and_go(void *user)
{
    struct share *share = user;
    char id[33];

    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 500; i++) {
            snprintf(id, sizeof(id), "%c%d", share->prefix, i);
            usher_waiting_set(share->world->waiting, id, "book",
                              round ? USHER_WHY_NONE : USHER_WHY_SCOPE);
        }
    return NULL;
}

static void workers_may_tell_at_the_same_time(void **state)
{
    struct world world;
    struct share shares[4];
    pthread_t threads[4];

    (void)state;
    world_new(&world);
    for (int i = 0; i < 4; i++) {
        shares[i].world = &world;
        shares[i].prefix = (char)('a' + i);
        assert_int_equal(
            pthread_create(&threads[i], NULL, come_and_go, &shares[i]), 0);
    }
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    told(&world, NULL);
    world_free(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_a_person_can_mend_waits),
        cmocka_unit_test(one_task_is_told_until_it_goes_on),
        cmocka_unit_test(a_task_has_one_reason_at_a_time),
        cmocka_unit_test(ten_thousand_tasks_are_one_line),
        cmocka_unit_test(the_first_is_who_waits_longest),
        cmocka_unit_test(what_is_told_is_what_a_list_says),
        cmocka_unit_test(workers_may_tell_at_the_same_time),
    };

    return cmocka_run_group_tests_name("waiting", tests, NULL, NULL);
}
