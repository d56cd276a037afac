/* engine/conversation/task_wait.c - flows that wait for a task. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conversation/task_internal.h"
#include "script/value.h"

/* Where no deadline says how long the store may take to find a task. */
#define LOOK_MS 5000

struct task_wait {
    struct usher_job job;
    struct usher_tasks *tasks;
    char id[USHER_TASK_ID_MAX];
    int64_t wait_ms;
    struct usher_timer timer;
    struct task *task; /* whose list it is in; or NULL */
    struct task_wait *next;
    struct usher_buffer value; /* of the finished task, until it is told */
};

static void wait_unlink(struct task_wait *wait)
{
    struct task_wait **at;

    task_look_cancel(wait->tasks, wait);
    if (!wait->task)
        return;
    for (at = &wait->task->waits; *at; at = &(*at)->next) {
        if (*at == wait) {
            *at = wait->next;
            break;
        }
    }
    wait->task = NULL;
}

/* The task, or one that goes before it. */
static int waits_for_person(const struct task_wait *wait)
{
    struct usher_waiting *waiting = wait->tasks->worker->shared->waiting;
    const struct task *task = task_find(wait->tasks, wait->id);
    enum usher_why why = usher_waiting_find(waiting, wait->id);

    while (!why && task && (task = task->before) != NULL)
        why = usher_waiting_find(waiting, task->id);
    return why != USHER_WHY_NONE;
}

static void wait_over(void *user)
{
    struct task_wait *wait = user;
    struct usher_buffer out;
    int done = wait->value.len > 0;
    int waits = !done && waits_for_person(wait);

    wait_unlink(wait);
    usher_buffer_init(&out, 0);
    usher_value_table(&out, 0, 1 + (size_t)done + (size_t)waits);
    usher_value_string(&out, "done", 4);
    usher_value_boolean(&out, done);
    if (done) {
        usher_value_string(&out, "value", 5);
        usher_buffer_append(&out, wait->value.data, wait->value.len);
    }
    if (waits) {
        usher_value_string(&out, "waiting", 7);
        usher_value_string(&out, "person", 6);
    }
    usher_job_done(&wait->job, out.data, out.len, 1, USHER_OUTCOME_DONE);
    usher_buffer_free(&out);
}

static void wait_soon(struct task_wait *wait, int64_t delay_ms)
{
    usher_timer_set(wait->tasks->worker->loop, &wait->timer, delay_ms,
                    wait_over, wait);
}

void task_tell(struct task *task, const struct usher_buffer *results)
{
    struct task_wait *wait;

    while ((wait = task->waits) != NULL) {
        task->waits = wait->next;
        wait->task = NULL;
        if (results)
            usher_buffer_append(&wait->value, results->data, results->len);
        if (!task->tasks->closing)
            wait_soon(wait, 0);
    }
}

void task_tell_all(struct task *task)
{
    for (; task; task = task->behind)
        task_tell(task, NULL);
}

/* The result of a task that ended before anybody waited for it: in this
 * turn, days ago, or while a crash kept its flow from hearing of it. */
static void looked(void *user, enum usher_status status,
                   const struct usher_stored_conversation *found)
{
    struct task_wait *wait = user;
    const char *result;
    size_t len;

    if (status == USHER_OK) {
        result = task_data_result(found->head, found->head_len, &len);
        usher_buffer_append(&wait->value, result, len);
    }
    wait_soon(wait, 0);
}

static void wait_start(struct usher_job *job, int64_t deadline_ms)
{
    struct task_wait *wait = (struct task_wait *)job;
    struct task *task = task_find(wait->tasks, wait->id);
    int64_t left = LOOK_MS;
    int64_t delay = wait->wait_ms;

    if (deadline_ms)
        left = deadline_ms - usher_loop_now_ms(wait->tasks->worker->loop);
    if (left < 0)
        left = 0;
    if (!task) {
        wait_soon(wait, left);
        if (task_look(wait->tasks, wait->id, looked, wait) != USHER_OK)
            wait_soon(wait, 0);
        return;
    }
    if (deadline_ms && left < delay)
        delay = left;
    if (task->state == USHER_TASK_PAUSED || task->state == USHER_TASK_DEAD ||
        (!task->running && waits_for_person(wait)))
        delay = 0; /* nobody knows when */
    wait->task = task;
    wait->next = task->waits;
    task->waits = wait;
    wait_soon(wait, delay);
}

static void wait_cancel(struct usher_job *job)
{
    struct task_wait *wait = (struct task_wait *)job;

    usher_timer_cancel(wait->tasks->worker->loop, &wait->timer);
    wait_unlink(wait);
}

static void wait_free(struct usher_job *job)
{
    struct task_wait *wait = (struct task_wait *)job;

    usher_buffer_free(&wait->value);
    free(wait);
}

static const struct usher_job_ops wait_ops = {wait_start, wait_cancel,
                                              wait_free};

struct usher_job *usher_task_wait_new(struct usher_tasks *tasks, const char *id,
                                      double seconds)
{
    struct task_wait *wait = calloc(1, sizeof(*wait));

    if (!wait)
        return NULL;
    wait->job.ops = &wait_ops;
    wait->tasks = tasks;
    snprintf(wait->id, sizeof(wait->id), "%s", id);
    wait->wait_ms =
        seconds > 0 && seconds < 3600 ? (int64_t)(seconds * 1000.0) : 0;
    return &wait->job;
}
