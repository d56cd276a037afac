/* tests/unit/unreadable_test.c - conversations that a newer usher wrote, or
 * that are damaged; questions while the clock jumps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conversation/internal.h"
#include "conversation/unreadable.h"
#include "core/even_clock.h"
#include "patience.h"
#include "turn_world.h"

#define says(world, text) assert_non_null(strstr((world)->answer, text))

static const struct turn_flow asks[] = {
    {"init.lua", "return { apology = 'sorry', holding = 'hold on',\n"
                 "flows = { { 'first', fallback = true } } }"},
    {"first.lua", "return function(chat)\n"
                  "  http.post('http://out/x', 'x')\n"
                  "  local a = chat:ask 'one?'\n"
                  "  local b = chat:ask('two? ' .. a)\n"
                  "  chat:say('got ' .. a .. ' ' .. b)\nend"},
    {NULL, NULL}};

static void a_question_outlives_a_clock_that_jumps(void **state)
{
    struct turn_world *world = turn_world_new(asks, 0);
    struct usher_even_clock even;

    (void)state;
    usher_even_clock_init(&even, &world->time.clock);
    usher_stage_worker(world->stage)->shared->even = &even.clock;
    turn_ask(world, "c", "hi");
    world->time.wall_ms += 25LL * 3600 * 1000;
    turn_ask(world, "c", "red");
    says(world, "two? red");
    turn_world_free(world);
    usher_even_clock_clear(&even);
}

/* ---- what cannot be read ---- */

struct kept {
    int done;
    int64_t seq;
    char head[4096];
    size_t len;
};

static void kept_take(void *user, enum usher_status status,
                      const struct usher_stored_conversation *found)
{
    struct kept *kept = user;

    assert_int_equal(status, USHER_OK);
    assert_true(found->head_len < sizeof(kept->head));
    kept->done = 1;
    kept->seq = found->seq;
    kept->len = found->head_len;
    memcpy(kept->head, found->head, found->head_len);
}

static struct kept kept_of(struct turn_world *world, const char *key)
{
    struct kept kept = {.done = 0};

    (void)usher_store_load(usher_stage_store(world->stage), key, strlen(key),
                           usher_stage_loop(world->stage), kept_take, &kept);
    WAIT_FOR("what the store keeps", kept.done,
             usher_loop_step(usher_stage_loop(world->stage), -1));
    return kept;
}

static struct kept kept_head(struct turn_world *world)
{
    return kept_of(world, "siq:c");
}

/* Whether it was taken shows in the next load. */
static void head_put(struct turn_world *world, const char *head, size_t len)
{
    int64_t seq = kept_head(world).seq;
    struct usher_commit *commit = usher_commit_new();
    enum usher_status st;

    usher_commit_head(commit, "siq:c", 5, seq, seq + 1, 0, head, len);
    (void)usher_store_submit(usher_stage_store(world->stage), commit, NULL,
                             NULL, NULL, &st);
    assert_int_equal(kept_head(world).seq, seq + 1);
}

/* Looks again, and waits for the answers: loads come in their order. */
static size_t looked_again(struct turn_world *world)
{
    struct usher_shared *shared = usher_stage_worker(world->stage)->shared;

    usher_unreadable_look(shared, usher_stage_loop(world->stage));
    (void)kept_head(world);
    return usher_problems_count(shared->problems,
                                USHER_PROBLEM_CONVERSATION_UNREADABLE);
}

static void what_cannot_be_read_is_told_and_left_alone(void **state)
{
    static const char newer[] = "\x63 of a format to come";
    struct turn_world *world = turn_world_new(asks, 1);
    struct usher_problems *problems;
    struct kept before, after;

    (void)state;
    assert_int_equal(usher_problems_new(NULL, &problems), USHER_OK);
    turn_ask(world, "c", "hi");
    turn_crash(world, NULL);
    usher_stage_worker(world->stage)->shared->problems = problems;
    before = kept_head(world);
    head_put(world, newer, sizeof(newer) - 1);
    after = kept_head(world);
    world->asked = 0;
    for (int i = 0; i < 3; i++) {
        turn_ask(world, "c", "red");
        says(world, "sorry");
    }
    assert_int_equal(world->asked, 0); /* no flow has begun */
    assert_int_equal(kept_head(world).seq, after.seq);
    assert_int_equal(kept_head(world).len, sizeof(newer) - 1);
    assert_int_equal(looked_again(world), 1);
    head_put(world, before.head, before.len);
    assert_int_equal(looked_again(world), 0);
    turn_ask(world, "c", "red");
    says(world, "two? red");
    turn_world_free(world);
    usher_problems_free(problems);
}

static void head_set(struct turn_world *world, const char *key, int64_t seq,
                     const struct kept *kept)
{
    struct usher_commit *commit = usher_commit_new();
    enum usher_status st;

    usher_commit_head(commit, key, strlen(key), seq - 1, seq, 0, kept->head,
                      kept->len);
    (void)usher_store_submit(usher_stage_store(world->stage), commit, NULL,
                             NULL, NULL, &st);
    assert_int_equal(kept_of(world, key).seq, seq);
}

static void many_are_all_counted_and_looked_at_in_turn(void **state)
{
    static const struct kept bad = {.head = "\x63?", .len = 2};
    struct turn_world *world = turn_world_new(asks, 1);
    struct usher_problems *problems;
    struct kept good;
    char key[32];

    (void)state;
    assert_int_equal(usher_problems_new(NULL, &problems), USHER_OK);
    usher_stage_worker(world->stage)->shared->problems = problems;
    turn_ask(world, "c", "hi");
    turn_ask(world, "c", "red");
    turn_ask(world, "c", "blue"); /* the flow has ended */
    good = kept_head(world);
    for (int i = 0; i < 250; i++) {
        snprintf(key, sizeof(key), "siq:k%d", i);
        head_set(world, key, 1, &bad);
        turn_ask(world, key + 4, "hi");
        says(world, "sorry");
    }
    for (int i = 0; i < 3; i++) /* all of them, once */
        assert_int_equal(looked_again(world), 250);
    for (int i = 150; i < 250; i++) {
        snprintf(key, sizeof(key), "siq:k%d", i);
        head_set(world, key, 2, &good);
    }
    for (int i = 0; i < 5; i++) /* some move up meanwhile: twice around */
        (void)looked_again(world);
    assert_int_equal(looked_again(world), 150);
    turn_world_free(world);
    usher_problems_free(problems);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_outlives_a_clock_that_jumps),
        cmocka_unit_test(what_cannot_be_read_is_told_and_left_alone),
        cmocka_unit_test(many_are_all_counted_and_looked_at_in_turn),
    };

    return cmocka_run_group_tests_name("unreadable", tests, NULL, NULL);
}
