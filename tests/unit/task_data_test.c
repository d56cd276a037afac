/* tests/unit/task_data_test.c - a task's row as bytes: all of it, in part as
 * versions before wrote it, and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conversation/run_internal.h"
#include "conversation/task_internal.h"
#include "script/value.h"

#define DAY_MS (24LL * 3600 * 1000)

static void fill(struct usher_buffer *out, const char *text)
{
    usher_buffer_clear(out);
    usher_value_string(out, text, strlen(text));
}

static void entry_fill(struct usher_buffer *out, const char *target)
{
    struct run_entry entry = {"say", target, "", 3, strlen(target), 0, 0, 0};

    run_entry_append(out, &entry);
}

static void intent_fill(struct usher_intents *intents, const char *key)
{
    intents->list = calloc(1, sizeof(*intents->list));
    assert_non_null(intents->list);
    intents->count = 1;
    strcpy(intents->list[0].key, key);
    intents->list[0].state = USHER_INTENT_UNCLEAR;
    usher_buffer_init(&intents->list[0].results, 0);
}

static struct task *task_empty(void)
{
    struct task *task = calloc(1, sizeof(*task));

    assert_non_null(task);
    usher_run_init(&task->run, NULL, "", task, NULL);
    return task;
}

static struct task *task_full(void)
{
    struct task *task = task_empty();

    fill(&task->args, "args");
    entry_fill(&task->progress, "progress");
    intent_fill(&task->intents, "rest");
    fill(&task->result, "result");
    entry_fill(&task->earlier, "earlier");
    task->age_ms = 6 * DAY_MS;
    task->delay_ms = 1234;
    task->began_ms = 1772442000000;
    task->told = 1;
    return task;
}

static void task_drop(struct task *task)
{
    usher_run_free(&task->run);
    usher_buffer_free(&task->args);
    usher_buffer_free(&task->progress);
    usher_buffer_free(&task->result);
    usher_buffer_free(&task->earlier);
    usher_intents_clear(&task->intents);
    free(task);
}

static void same(const struct usher_buffer *a, const struct usher_buffer *b)
{
    assert_int_equal(a->len, b->len);
    if (a->len)
        assert_memory_equal(a->data, b->data, a->len);
}

/* Reads it and compares; gives what was read. */
static struct task *read_back(const struct task *task,
                              const struct usher_buffer *progress,
                              const char *key)
{
    struct task *again = task_empty();
    struct usher_buffer data;

    usher_buffer_init(&data, 0);
    task_data_write(task, &data);
    assert_int_equal(task_data_read(again, data.data, data.len), USHER_OK);
    usher_buffer_free(&data);
    same(&again->args, &task->args);
    same(&again->progress, progress);
    same(&again->earlier, &task->earlier);
    assert_int_equal(again->intents.count, 1);
    assert_string_equal(again->intents.list[0].key, key);
    assert_int_equal(again->intents.list[0].state, USHER_INTENT_UNCLEAR);
    assert_int_equal(again->delay_ms, task->delay_ms);
    assert_true(again->began_ms == task->began_ms);
    assert_int_equal(again->told, task->told);
    return again;
}

static void at_rest_all_of_it_is_kept(void **state)
{
    struct task *task = task_full();
    struct task *again = read_back(task, &task->progress, "rest");

    (void)state;
    assert_true(again->age_ms == 6 * DAY_MS);
    task_drop(again);
    task->told = 0;
    task_drop(read_back(task, &task->progress, "rest"));
    task_drop(task);
}

/* At work the journal and the writes are the try's; its input stands in the
 * arguments already. */
static void at_work_the_try_is_kept(void **state)
{
    struct task *task = task_full();
    struct usher_buffer progress;

    (void)state;
    usher_buffer_init(&progress, 0);
    task->running = 1;
    intent_fill(&task->run.intents, "work");
    entry_fill(&task->run.journal, "start");
    task->run.turn_start = task->run.journal.len;
    entry_fill(&task->run.journal, "one");
    entry_fill(&task->run.journal, "two");
    entry_fill(&progress, "one");
    entry_fill(&progress, "two");
    task_drop(read_back(task, &progress, "work"));
    usher_buffer_free(&progress);
    task_drop(task);
}

/* A person wants one tried again that was given up. */
static void seven_days_begin_anew_once_they_are_over(void **state)
{
    static const struct {
        int64_t age_ms, read_ms;
    } cases[] = {{7 * DAY_MS - 1, 7 * DAY_MS - 1}, {7 * DAY_MS, 0}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct task *task = task_full();
        struct task *again;

        task->age_ms = cases[i].age_ms;
        again = read_back(task, &task->progress, "rest");
        assert_true(again->age_ms == cases[i].read_ms);
        task_drop(again);
        task_drop(task);
    }
}

static void a_result_is_there_once_it_is_done(void **state)
{
    static const enum usher_task_state states[] = {
        USHER_TASK_READY, USHER_TASK_PAUSED, USHER_TASK_DEAD, USHER_TASK_DONE};
    struct task *task = task_full();

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct usher_buffer data;
        const char *result;
        size_t len;

        usher_buffer_init(&data, 0);
        task->state = states[i];
        task_data_write(task, &data);
        result = task_data_result(data.data, data.len, &len);
        assert_int_equal(len, i == 3 ? task->result.len : 0);
        if (len)
            assert_memory_equal(result, task->result.data, len);
        (void)task_data_result(data.data, data.len - 2, &len);
        assert_int_equal(len, 0);
        usher_buffer_free(&data);
    }
    task_drop(task);
}

/* Rows of versions before end earlier. */
static void a_row_of_before_is_read(void **state)
{
    struct usher_buffer args, data;
    size_t ends[3];

    (void)state;
    usher_buffer_init(&args, 0);
    usher_buffer_init(&data, 0);
    fill(&args, "args");
    usher_buffer_bytes(&data, args.data, args.len);
    usher_buffer_bytes(&data, NULL, 0);
    usher_buffer_varint(&data, 0);
    ends[0] = data.len; /* behind the writes */
    usher_buffer_bytes(&data, NULL, 0);
    ends[1] = data.len; /* behind the result */
    usher_buffer_varint(&data, 5000);
    usher_buffer_varint(&data, 6000);
    ends[2] = data.len; /* behind the delay */
    for (size_t i = 0; i < 3; i++) {
        struct task *task = task_empty();
        struct usher_task_row row = {.id = "t", .name = "n"};

        assert_int_equal(task_data_read(task, data.data, ends[i]), USHER_OK);
        same(&task->args, &args);
        assert_int_equal(task->age_ms, i == 2 ? 5000 : 0);
        /* Where it is not told: the longest there was. */
        assert_int_equal(task->delay_ms, i == 2 ? 6000 : 901000);
        assert_int_equal(task->told, 0);
        row.data = data.data;
        row.data_len = ends[i];
        assert_true(usher_task_is_readable(&row));
        row.state = USHER_TASK_UNKNOWN;
        assert_false(usher_task_is_readable(&row));
        task_drop(task);
    }
    usher_buffer_free(&args);
    usher_buffer_free(&data);
}

static enum usher_status changed(void (*change)(struct task *task))
{
    struct task *task = task_full(), *again = task_empty();
    struct usher_buffer data;
    enum usher_status st;

    change(task);
    usher_buffer_init(&data, 0);
    task_data_write(task, &data);
    st = task_data_read(again, data.data, data.len);
    assert_null(st == USHER_OK ? NULL : again->intents.list);
    usher_buffer_free(&data);
    task_drop(task);
    task_drop(again);
    return st;
}

static void leave(struct task *task)
{
    (void)task;
}

static void cut_args(struct task *task)
{
    task->args.len--;
}

static void cut_progress(struct task *task)
{
    task->progress.len--;
}

static void cut_earlier(struct task *task)
{
    task->earlier.len--;
}

static void cut_result(struct task *task)
{
    task->state = USHER_TASK_DONE;
    task->result.len--;
}

static void tell_twice(struct task *task)
{
    task->told = 2;
}

static void delay_most(struct task *task)
{
    task->delay_ms = DAY_MS + 901000;
}

static void delay_more(struct task *task)
{
    task->delay_ms = DAY_MS + 901001;
}

static void each_part_that_is_damaged_is_told(void **state)
{
    static void (*const damages[])(struct task *) = {cut_args,    cut_progress,
                                                     cut_earlier, cut_result,
                                                     tell_twice,  delay_more};

    (void)state;
    assert_int_equal(changed(leave), USHER_OK);
    assert_int_equal(changed(delay_most), USHER_OK);
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++)
        assert_int_equal(changed(damages[i]), USHER_ERR_PARSE);
}

/* Of several writes that nobody knows of the last is the one it ended at. */
static void what_a_person_found_not_done_is_the_last(void **state)
{
    static const enum usher_intent_state states[] = {
        USHER_INTENT_UNCLEAR, USHER_INTENT_UNCLEAR, USHER_INTENT_DONE};
    struct task *task = task_full(), *again = task_empty();
    struct usher_buffer data, after;

    (void)state;
    usher_intents_clear(&task->intents);
    task->intents.list = calloc(3, sizeof(*task->intents.list));
    assert_non_null(task->intents.list);
    task->intents.count = 3;
    for (size_t i = 0; i < 3; i++) {
        task->intents.list[i].key[0] = (char)('a' + i);
        task->intents.list[i].state = states[i];
    }
    usher_buffer_init(&data, 0);
    usher_buffer_init(&after, 0);
    task_data_write(task, &data);
    assert_int_equal(usher_task_not_done(data.data, data.len, &after),
                     USHER_OK);
    assert_int_equal(task_data_read(again, after.data, after.len), USHER_OK);
    assert_int_equal(again->intents.list[0].state, USHER_INTENT_UNCLEAR);
    assert_int_equal(again->intents.list[1].state, USHER_INTENT_FAILED);
    assert_int_equal(again->intents.list[2].state, USHER_INTENT_DONE);
    same(&again->earlier, &task->earlier);
    same(&again->args, &task->args);
    assert_int_equal(usher_task_not_done(data.data, data.len - 2, &after),
                     USHER_ERR_PARSE);
    usher_buffer_free(&data);
    usher_buffer_free(&after);
    task_drop(task);
    task_drop(again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_rest_all_of_it_is_kept),
        cmocka_unit_test(at_work_the_try_is_kept),
        cmocka_unit_test(seven_days_begin_anew_once_they_are_over),
        cmocka_unit_test(a_result_is_there_once_it_is_done),
        cmocka_unit_test(a_row_of_before_is_read),
        cmocka_unit_test(each_part_that_is_damaged_is_told),
        cmocka_unit_test(what_a_person_found_not_done_is_the_last),
    };

    return cmocka_run_group_tests_name("task_data", tests, NULL, NULL);
}
