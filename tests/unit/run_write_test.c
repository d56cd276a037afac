/* tests/unit/run_write_test.c - a run's outside writes: their intents, their
 * recorded results. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "fail_alloc.h"
#include "run_world.h"

static enum usher_intent_state intent_state(const struct run_world *world,
                                            size_t i)
{
    assert_true(i < world->run.intents.count);
    return world->run.intents.list[i].state;
}

/* ---- outside writes ---- */

static const char writes[] = "return function(chat)\n"
                             "  local a = out.write 'w'\n"
                             "  chat:say(tostring(a))\n"
                             "  error 'no'\n"
                             "end\n";

/* Runs it once, the write ends so; then again as after a failed turn. */
static struct run_world *write_twice(enum usher_outcome outcome)
{
    struct run_world *world = run_world_new(writes);

    run_begin(world);
    assert_true(world->run.write);
    assert_int_equal(intent_state(world, 0), USHER_INTENT_OPEN);
    run_job_ends(world, "first", outcome);
    assert_int_equal(world->state, USHER_RUN_FAILED);
    usher_run_restart(&world->run);
    usher_answer_clear(&world->answer);
    run_begin(world);
    return world;
}

static void a_done_write_is_not_done_again(void **state)
{
    struct run_world *world = write_twice(USHER_OUTCOME_DONE);

    (void)state;
    assert_int_equal(world->state, USHER_RUN_FAILED);
    assert_string_equal(run_said(world), "first");
    assert_int_equal(world->started, 1);
    run_world_free(world);
}

static void an_unclear_write_stays_unclear(void **state)
{
    struct run_world *world = write_twice(USHER_OUTCOME_UNCLEAR);

    (void)state;
    assert_int_equal(intent_state(world, 0), USHER_INTENT_UNCLEAR);
    assert_string_equal(run_said(world), "first");
    assert_int_equal(world->started, 1);
    run_world_free(world);
}

static void a_write_that_failed_may_be_done_again(void **state)
{
    struct run_world *world = write_twice(USHER_OUTCOME_FAILED);

    (void)state;
    run_job_ends(world, "second", USHER_OUTCOME_DONE);
    assert_string_equal(run_said(world), "second");
    assert_int_equal(world->started, 2);
    assert_int_equal(world->run.intents.count, 1);
    run_world_free(world);
}

static void an_open_write_comes_back_as_unclear(void **state)
{
    struct run_world *world =
        run_world_new("return function(chat)\n"
                      "  local a, err = out.write 'w'\n"
                      "  chat:say(tostring(a) .. err.kind)\n"
                      "end\n");

    (void)state;
    run_begin(world);
    usher_run_job_start(&world->run);
    usher_run_restart(&world->run); /* as a crash does */
    assert_int_equal(world->stopped, 1);
    run_begin(world);
    assert_int_equal(world->state, USHER_RUN_DONE);
    assert_string_equal(run_said(world), "nilunclear");
    assert_int_equal(world->started, 1);
    run_world_free(world);
}

static void the_same_write_twice_is_two_writes(void **state)
{
    struct run_world *world = run_world_new("return function(chat)\n"
                                            "  chat:say(out.write 'w')\n"
                                            "  chat:say(out.write 'w')\n"
                                            "  chat:say(out.write 'v')\n"
                                            "  chat:ask 'q'\nend");

    (void)state;
    run_begin(world);
    run_job_ends(world, "1", USHER_OUTCOME_DONE);
    run_job_ends(world, "2", USHER_OUTCOME_DONE);
    run_job_ends(world, "3", USHER_OUTCOME_DONE);
    assert_string_equal(run_said(world), "1\n2\n3\nq");
    assert_int_equal(world->run.intents.count, 3);
    usher_run_restart(&world->run);
    usher_answer_clear(&world->answer);
    run_begin(world);
    assert_string_equal(run_said(world), "1\n2\n3\nq");
    assert_int_equal(world->started, 3);
    run_world_free(world);
}

static void a_replayed_write_still_counts(void **state)
{
    struct run_world *world = run_world_new("return function(chat)\n"
                                            "  out.write 'w'\n  chat:ask 'q'\n"
                                            "  chat:say(out.write 'w')\nend");

    (void)state;
    run_begin(world);
    run_job_ends(world, "1", USHER_OUTCOME_DONE);
    usher_run_rest(&world->run);
    run_tell(world, "a");
    run_job_ends(world, "2", USHER_OUTCOME_DONE);
    assert_string_equal(run_said(world), "2");
    assert_int_equal(world->started, 2);
    run_world_free(world);
}

/* ---- a write that surely failed uses up no number ---- */

static const char again[] = "return function(chat)\n"
                            "  local a, err = out.write 'w'\n"
                            "  if not a then a = out.write 'w' end\n"
                            "  chat:say(tostring(a))\n"
                            "  if chat:ask 'q' == 'no' then error 'no' end\n"
                            "  chat:say(tostring(out.write 'w'))\n"
                            "end\n";

/* The run's first turn: refused, asked for again and done. */
static struct run_world *refused_then_done(void)
{
    struct run_world *world = run_world_new(again);

    run_begin(world);
    run_job_fails(world, "rate_limited", USHER_OUTCOME_FAILED);
    run_job_ends(world, "first", USHER_OUTCOME_DONE);
    assert_string_equal(run_said(world), "first\nq");
    assert_int_equal(world->started, 2);
    return world;
}

/* From the flow's start, as after an error: what is done stays done, what was
 * never asked for is done now. */
static void from_the_start(struct run_world *world)
{
    usher_run_restart(&world->run);
    usher_answer_clear(&world->answer);
    run_begin(world);
    assert_string_equal(run_said(world), "first\nq");
    assert_int_equal(world->started, 2);
    run_tell(world, "x");
    run_job_ends(world, "second", USHER_OUTCOME_DONE);
    assert_string_equal(run_said(world), "second");
    assert_int_equal(world->started, 3);
}

static void what_was_done_after_a_refusal_is_not_done_again(void **state)
{
    struct run_world *world = refused_then_done();

    (void)state;
    from_the_start(world);
    run_world_free(world);
}

static void a_refusal_counts_in_no_replay(void **state)
{
    struct run_world *world = refused_then_done();

    (void)state;
    usher_run_rest(&world->run);
    run_tell(world, "no");
    assert_int_equal(world->state, USHER_RUN_FAILED);
    usher_run_undo_turn(&world->run);
    run_tell(world, "x");
    run_job_ends(world, "second", USHER_OUTCOME_DONE);
    assert_int_equal(world->run.intents.count, 2);
    /* A mended flow, from its start: both are known. */
    usher_run_restart(&world->run);
    usher_answer_clear(&world->answer);
    run_begin(world);
    run_tell(world, "x");
    assert_string_equal(run_said(world), "second");
    assert_int_equal(world->started, 3);
    run_world_free(world);
}

/* Takes the marks away that stand behind the values of the writes. */
static void marks_strip(struct usher_buffer *journal)
{
    struct usher_buffer old;
    struct usher_reader reader;

    usher_buffer_init(&old, 0);
    usher_reader_init(&reader, journal->data, journal->len);
    while (reader.at < reader.end) {
        size_t name_len, target_len, len;
        const char *name = usher_reader_bytes(&reader, &name_len);
        const char *target = usher_reader_bytes(&reader, &target_len);
        uint64_t count = usher_reader_varint(&reader);
        const char *values = usher_reader_bytes(&reader, &len);

        if (name_len == 9 && memcmp(name, "out.write", 9) == 0)
            len--;
        usher_buffer_bytes(&old, name, name_len);
        usher_buffer_bytes(&old, target, target_len);
        usher_buffer_varint(&old, count);
        usher_buffer_bytes(&old, values, len);
    }
    usher_buffer_clear(journal);
    usher_buffer_append(journal, old.data, old.len);
    usher_buffer_free(&old);
}

/* As the version before left it: the refused write has the first number, the
 * one that was done the second, and no entry tells an outcome. */
static struct run_world *of_the_version_before(void)
{
    struct run_world *old = run_world_new("return function(chat)\n"
                                          "  out.write 'w' out.write 'w'\nend");
    struct run_world *world = refused_then_done();

    run_begin(old);
    run_job_ends(old, "first", USHER_OUTCOME_DONE);
    run_job_ends(old, "first", USHER_OUTCOME_DONE);
    old->run.intents.list[0].state = USHER_INTENT_FAILED;
    usher_intents_clear(&world->run.intents);
    world->run.intents = old->run.intents;
    old->run.intents = (struct usher_intents){NULL, 0};
    marks_strip(&world->run.journal);
    usher_run_rest(&world->run);
    run_world_free(old);
    return world;
}

static void a_run_of_the_version_before_does_nothing_twice(void **state)
{
    struct run_world *world = of_the_version_before();

    (void)state;
    from_the_start(world);
    assert_int_equal(world->run.intents.count, 3);
    run_world_free(world);
}

static void entries_of_the_version_before_count_by_their_values(void **state)
{
    struct run_world *world = of_the_version_before();

    (void)state;
    run_tell(world, "x");
    run_job_ends(world, "second", USHER_OUTCOME_DONE);
    assert_string_equal(run_said(world), "second");
    assert_int_equal(world->started, 3);
    usher_run_restart(&world->run);
    usher_answer_clear(&world->answer);
    run_begin(world);
    run_tell(world, "x");
    assert_string_equal(run_said(world), "second");
    assert_int_equal(world->started, 3);
    run_world_free(world);
}

static void an_unclear_write_has_its_number(void **state)
{
    struct run_world *world = run_world_new(again);

    (void)state;
    run_begin(world);
    run_job_fails(world, "unclear", USHER_OUTCOME_UNCLEAR);
    run_job_ends(world, "first", USHER_OUTCOME_DONE);
    assert_int_equal(world->run.intents.count, 2);
    from_the_start(world);
    run_world_free(world);
}

static void intents_survive_as_bytes(void **state)
{
    struct run_world *world = write_twice(USHER_OUTCOME_UNCLEAR);
    struct usher_intents back = {NULL, 0};
    struct usher_buffer bytes;
    struct usher_reader reader;

    (void)state;
    usher_buffer_init(&bytes, 0);
    usher_intents_write(&world->run.intents, &bytes);
    usher_reader_init(&reader, bytes.data, bytes.len);
    assert_int_equal(usher_intents_read(&back, &reader), USHER_OK);
    assert_int_equal(back.count, 1);
    assert_string_equal(back.list[0].key, world->run.intents.list[0].key);
    assert_int_equal(back.list[0].state, USHER_INTENT_UNCLEAR);
    usher_intents_clear(&back);
    for (size_t len = 0; len < bytes.len; len++) {
        usher_reader_init(&reader, bytes.data, len);
        assert_int_equal(usher_intents_read(&back, &reader), USHER_ERR_PARSE);
        assert_null(back.list);
    }
    usher_buffer_free(&bytes);
    run_world_free(world);
}

/* ---- without memory ---- */

/* Each has an answer of its own, too long for a buffer that is there. */
static void job_answered(struct run_world *world)
{
    char text[640];

    snprintf(text, sizeof(text), "%d%0590d", world->started + 1, 0);
    run_job_ends(world, text, USHER_OUTCOME_DONE);
}

static void as_after_a_failed_turn(struct run_world *world)
{
    usher_run_restart(&world->run);
    usher_answer_clear(&world->answer);
    usher_intents_unmeet(&world->run.intents, 1);
    run_begin(world);
}

/* What is kept of the writes can be read again. */
static void assert_kept(const struct run_world *world)
{
    struct usher_intents read;
    struct usher_buffer bytes;
    struct usher_reader reader;

    usher_buffer_init(&bytes, 0);
    usher_intents_write(&world->run.intents, &bytes);
    usher_reader_init(&reader, bytes.data, bytes.len);
    assert_int_equal(usher_intents_read(&read, &reader), USHER_OK);
    usher_intents_clear(&read);
    usher_buffer_free(&bytes);
}

/* Twice the same write, in turns that fail for want of memory (the flow takes
 * no notice) and in one that does not: two are sent, or nobody can say of one;
 * and what the flow gets is what they gave. */
static void a_write_is_not_doubled_for_want_of_memory(void **state)
{
    static const char flow[] =
        "return function(chat)\n"
        "  for i = 1, 2 do\n"
        "    local ok, a, err = pcall(out.write, 'w')\n"
        "    chat:say(a and a:sub(1, 1) or err and err.kind or tostring(ok))\n"
        "  end\nend\n";
    unsigned long n;
    int reached = 1;

    (void)state;
    for (n = 1; reached; n++) {
        struct run_world *world = run_world_new(flow);

        fail_alloc_at(n);
        run_begin(world);
        while (world->state == USHER_RUN_JOB)
            job_answered(world);
        reached = fail_alloc_off();
        assert_kept(world);
        as_after_a_failed_turn(world);
        while (world->state == USHER_RUN_JOB)
            job_answered(world);
        assert_int_equal(world->state, USHER_RUN_DONE);
        if (strcmp(run_said(world), "1\n2") != 0 &&
            strcmp(run_said(world), "unclear\n2") != 0 &&
            strcmp(run_said(world), "1\nunclear") != 0)
            fail_msg("%lu: %s", n, run_said(world));
        assert_int_equal(world->started, 2);
        run_world_free(world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_done_write_is_not_done_again),
        cmocka_unit_test(an_unclear_write_stays_unclear),
        cmocka_unit_test(a_write_that_failed_may_be_done_again),
        cmocka_unit_test(an_open_write_comes_back_as_unclear),
        cmocka_unit_test(the_same_write_twice_is_two_writes),
        cmocka_unit_test(a_replayed_write_still_counts),
        cmocka_unit_test(what_was_done_after_a_refusal_is_not_done_again),
        cmocka_unit_test(a_refusal_counts_in_no_replay),
        cmocka_unit_test(a_run_of_the_version_before_does_nothing_twice),
        cmocka_unit_test(entries_of_the_version_before_count_by_their_values),
        cmocka_unit_test(an_unclear_write_has_its_number),
        cmocka_unit_test(intents_survive_as_bytes),
        cmocka_unit_test(a_write_is_not_doubled_for_want_of_memory),
    };

    return cmocka_run_group_tests_name("run_write", tests, NULL, NULL);
}
