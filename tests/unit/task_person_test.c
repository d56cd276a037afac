/* tests/unit/task_person_test.c - tasks that wait for a person: who is told,
 * and people who want one tried again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conversation/task_internal.h"
#include "task_flows.h"
#include "turn_world.h"

static const struct turn_flow writes[] = {INIT, FIRST, WRITES, END};

static struct task *only_task(struct turn_world *world)
{
    return usher_stage_worker(world->stage)->tasks->list;
}

static const struct turn_flow refused[] = {
    INIT,
    FIRST,
    {"job.lua", "return function(task)\n"
                "  local a = http.get('http://out/x')\n"
                "  if a and a.status == 401 then\n"
                "    return nil, { kind = 'token', message = 'no' }\n"
                "  end\n"
                "  http.post('http://out/y', 'y')\n"
                "  return true\nend"},
    END};

/* ---- a person wants it tried now ---- */

struct kept {
    struct usher_task_row row;
    char id[64], name[64], key[64], data[1024];
};

static int keep_row(void *user, const struct usher_task_row *row)
{
    struct kept *kept = user;

    kept->row = *row;
    snprintf(kept->id, sizeof(kept->id), "%s", row->id);
    snprintf(kept->name, sizeof(kept->name), "%s", row->name);
    assert_true(row->data_len < sizeof(kept->data));
    memcpy(kept->data, row->data, row->data_len);
    memcpy(kept->key, row->conversation, row->conversation_len);
    kept->row.id = kept->id;
    kept->row.name = kept->name;
    kept->row.data = kept->data;
    kept->row.conversation = kept->key;
    kept->row.reason = NULL;
    kept->row.state = USHER_TASK_READY;
    return 1;
}

static void a_retry_with_an_old_row_does_not_do_it_again(void **state)
{
    struct turn_world *world = turn_world_new(writes, 0);
    struct usher_worker *worker = usher_stage_worker(world->stage);
    struct kept kept;

    (void)state;
    world->delay_ms = 100;
    turn_ask(world, "c", "a");
    usher_store_tasks(usher_stage_store(world->stage), 1, keep_row, &kept);
    turn_wait(world, 200);
    assert_string_equal(turn_task(world, "job"), "done 0");
    assert_int_equal(usher_worker_retry_task(worker, &kept.row), USHER_OK);
    turn_wait(world, 200);
    assert_int_equal(world->asked, 1);
    assert_string_equal(turn_task(world, "job"), "done 0");
    turn_world_free(world);
}

/* What a person says who has looked at Zoho, and wants it tried again. */
static void retry_as_not_done(struct turn_world *world)
{
    struct usher_store *store = usher_stage_store(world->stage);
    struct usher_commit *commit = usher_commit_new();
    struct usher_buffer data;
    struct kept kept;
    enum usher_status st;

    usher_store_tasks(store, 1u << USHER_TASK_DEAD, keep_row, &kept);
    usher_buffer_init(&data, 0);
    assert_int_equal(
        usher_task_not_done(kept.row.data, kept.row.data_len, &data), USHER_OK);
    kept.row.data = data.data;
    kept.row.data_len = data.len;
    assert_int_equal(usher_commit_task(commit, &kept.row), USHER_OK);
    usher_store_submit(store, commit, NULL, NULL, NULL, &st);
    assert_int_equal(usher_worker_retry_task(usher_stage_worker(world->stage),
                                             &kept.row),
                     USHER_OK);
    usher_buffer_free(&data);
}

static void what_a_person_found_not_done_is_sent_again(void **state)
{
    struct turn_world *world = turn_world_new(writes, 1);

    (void)state;
    world->hang = 1;
    turn_ask(world, "c", "a");
    turn_settle(world);
    turn_crash(world, NULL);
    world->hang = 0;
    turn_wait(world, 60000);
    assert_string_equal(turn_task(world, "job"), "dead 0");
    assert_int_equal(world->asked, 1);
    retry_as_not_done(world);
    turn_wait(world, 100);
    assert_string_equal(turn_task(world, "job"), "done 0");
    assert_int_equal(world->asked, 2);
    turn_world_free(world);
}

/* It went on after the first one, having looked: that was done. */
static void only_what_the_task_stopped_at_is_sent_again(void **state)
{
    static const struct turn_flow two[] = {
        INIT,
        FIRST,
        {"job.lua", "return function(task)\n"
                    "  http.post('http://out/x', 'one')\n"
                    "  local two, err = http.post('http://out/y', 'two')\n"
                    "  return two and true, err\nend"},
        END};
    struct turn_world *world = turn_world_new(two, 1);

    (void)state;
    world->hang = 1;
    turn_ask(world, "c", "a");
    turn_settle(world);
    turn_crash(world, NULL);
    turn_wait(world, 100);
    assert_int_equal(world->asked, 2);
    turn_crash(world, NULL);
    world->hang = 0;
    turn_wait(world, 60000);
    assert_string_equal(turn_task(world, "job"), "dead 0");
    retry_as_not_done(world);
    turn_wait(world, 100);
    assert_string_equal(turn_task(world, "job"), "done 0");
    assert_int_equal(world->asked, 3);
    turn_world_free(world);
}

/* ---- who is told ---- */

static struct usher_waiting *waiting_of(struct turn_world *world)
{
    return usher_stage_worker(world->stage)->shared->waiting;
}

static void waits(struct turn_world *world, enum usher_why why, size_t count)
{
    assert_int_equal(usher_waiting_count(waiting_of(world), why), count);
}

static void what_waiting_does_not_mend_is_told_at_once(void **state)
{
    struct turn_world *world = turn_world_new(writes, 1);

    (void)state;
    world->status = 422;
    turn_ask(world, "c", "a");
    turn_wait(world, 100);
    assert_string_equal(turn_task(world, "job"), "ready 1");
    waits(world, USHER_WHY_REJECTED, 1);
    /* It is told again after a restart, with its reason kept. */
    turn_crash(world, NULL);
    waits(world, USHER_WHY_REJECTED, 1);
    assert_string_equal(only_task(world)->reason, "rejected: no");
    world->status = 200;
    turn_wait(world, 60000);
    assert_string_equal(turn_task(world, "job"), "done 1");
    waits(world, USHER_WHY_REJECTED, 0);
    turn_world_free(world);
}

static void who_waits_for_a_credential_is_told_until_it_wakes(void **state)
{
    struct turn_world *world = turn_world_new(refused, 1);

    (void)state;
    world->status = 401;
    turn_ask(world, "c", "a");
    turn_wait(world, 1000);
    waits(world, USHER_WHY_TOKEN, 1);
    turn_crash(world, NULL);
    waits(world, USHER_WHY_TOKEN, 1);
    turn_wait(world, 60000);
    waits(world, USHER_WHY_TOKEN, 1);
    world->status = 200;
    usher_worker_wake_tasks(usher_stage_worker(world->stage));
    turn_wait(world, 100);
    waits(world, USHER_WHY_TOKEN, 0);
    turn_world_free(world);
}

static const struct turn_flow raises[] = {
    INIT, FIRST, {"job.lua", "return function(task) error 'oh' end"}, END};
static const struct turn_flow renamed[] = {
    {"init.lua", "return { apology = 'sorry', tasks = { 'other' },\n"
                 "flows = { { 'first', fallback = true } } }"},
    FIRST,
    {"other.lua", "return function(task) end"},
    END};

static void a_flow_that_raises_or_is_gone_is_told(void **state)
{
    struct turn_world *world = turn_world_new(raises, 1);

    (void)state;
    turn_ask(world, "c", "a");
    turn_wait(world, 100);
    waits(world, USHER_WHY_FLOW, 1);
    turn_crash(world, renamed);
    turn_wait(world, 60000);
    waits(world, USHER_WHY_FLOW, 1);
    assert_non_null(strstr(only_task(world)->reason, "there is no flow 'job'"));
    turn_crash(world, writes);
    turn_wait(world, 60000);
    waits(world, USHER_WHY_FLOW, 0);
    turn_world_free(world);
}

static const struct turn_flow asks[] = {
    INIT,
    {"first.lua",
     "return function(chat)\n"
     "  local m = chat.memory\n"
     "  local task = m.id and chat:begun(m.id) or chat:task('job')\n"
     "  m.id = task.id\n"
     "  local result = task:wait(3)\n"
     "  chat:say((result.done and 'done' or 'open') .. ' '\n"
     "    .. (result.waiting or 'by itself'))\nend"},
    {"job.lua", "return function(task)\n"
                "  local a = http.get('http://out/x')\n"
                "  local kinds = { [422] = 'invalid', [500] = 'offline',\n"
                "    [409] = 'unclear' }\n"
                "  if a.status == 200 then return true end\n"
                "  return nil, { kind = kinds[a.status] }\nend"},
    END};

static void a_flow_learns_whether_a_person_is_needed(void **state)
{
    struct turn_world *world = turn_world_new(asks, 1);

    (void)state;
    world->status = 500;
    assert_non_null(strstr(turn_ask(world, "c", "a"), "open by itself"));
    world->status = 422;
    turn_wait(world, 10000);
    assert_non_null(strstr(turn_ask(world, "c", "b"), "open person"));
    world->status = 409;
    turn_wait(world, 60000);
    assert_null(only_task(world));
    assert_non_null(strstr(turn_ask(world, "c", "c"), "open person"));
    turn_world_free(world);
}

static void what_is_unclear_is_told_until_a_person_retries(void **state)
{
    struct turn_world *world = turn_world_new(asks, 1);
    struct kept kept;

    (void)state;
    world->status = 409;
    turn_ask(world, "c", "a");
    turn_wait(world, 60000);
    assert_string_equal(turn_task(world, "job"), "dead 0");
    assert_null(only_task(world));
    waits(world, USHER_WHY_UNCLEAR, 1);
    world->status = 200;
    usher_store_tasks(usher_stage_store(world->stage), 15, keep_row, &kept);
    assert_int_equal(usher_worker_retry_task(usher_stage_worker(world->stage),
                                             &kept.row),
                     USHER_OK);
    turn_wait(world, 100);
    waits(world, USHER_WHY_UNCLEAR, 0);
    assert_string_equal(turn_task(world, "job"), "done 0");
    turn_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_retry_with_an_old_row_does_not_do_it_again),
        cmocka_unit_test(what_waiting_does_not_mend_is_told_at_once),
        cmocka_unit_test(who_waits_for_a_credential_is_told_until_it_wakes),
        cmocka_unit_test(what_is_unclear_is_told_until_a_person_retries),
        cmocka_unit_test(what_a_person_found_not_done_is_sent_again),
        cmocka_unit_test(only_what_the_task_stopped_at_is_sent_again),
        cmocka_unit_test(a_flow_that_raises_or_is_gone_is_told),
        cmocka_unit_test(a_flow_learns_whether_a_person_is_needed),
    };

    return cmocka_run_group_tests_name("task_person", tests, NULL, NULL);
}
