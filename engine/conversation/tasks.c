/* engine/conversation/tasks.c - a worker's tasks: the list, when each is due,
 * the flows that wait for them. */
#include "conversation/tasks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conversation/task_internal.h"
#include "script/value.h"

int64_t task_now_ms(const struct usher_tasks *tasks)
{
    return usher_clock_wall_ms(tasks->worker->shared->even);
}

void task_age(struct task *task)
{
    int64_t now = usher_loop_now_ms(task->tasks->worker->loop);

    if (task->state != USHER_TASK_PAUSED)
        task->age_ms += now - task->aged_ms;
    task->aged_ms = now;
}

/* ---- the list ---- */

/* A task at work counts as a call in flight: an orderly end waits for it. */
void task_started(struct task *task)
{
    usher_timer_cancel(task->tasks->worker->loop, &task->timer);
    task_idle_set(task, 0);
    task->running = 1;
    task->tasks->running++;
    atomic_fetch_add(&task->tasks->worker->busy, 1);
}

void task_stopped(struct task *task)
{
    task->running = 0;
    task->tasks->running--;
    atomic_fetch_sub(&task->tasks->worker->busy, 1);
}

enum usher_status usher_tasks_new(struct usher_worker *worker,
                                  struct usher_tasks **out)
{
    struct usher_tasks *tasks = calloc(1, sizeof(*tasks));

    *out = tasks;
    if (!tasks)
        return USHER_ERR_NOMEM;
    tasks->worker = worker;
    return USHER_OK;
}

/* For /metrics. */
static void count(struct usher_tasks *tasks)
{
    WORKER_GAUGE(tasks->worker, tasks_open, tasks->open);
    WORKER_GAUGE(tasks->worker, tasks_paused, tasks->paused);
}

void task_state_set(struct task *task, enum usher_task_state state)
{
    task_age(task);
    if (task->state == USHER_TASK_PAUSED)
        task->tasks->paused--;
    if (state == USHER_TASK_PAUSED)
        task->tasks->paused++;
    if (state == USHER_TASK_DONE ||
        (state == USHER_TASK_READY && task->state != state))
        task_why_set(task, USHER_WHY_NONE);
    task->state = state;
    count(task->tasks);
}

void task_why_set(struct task *task, enum usher_why why)
{
    usher_waiting_set(task->tasks->worker->shared->waiting, task->id,
                      task->name, why);
}

void task_free(struct task *task)
{
    struct usher_tasks *tasks = task->tasks;
    struct task **at = &tasks->list;

    while (*at && *at != task)
        at = &(*at)->next;
    if (*at)
        *at = task->next;
    task_order_out(task); /* the next one: tasks_next(), by who ended it */
    tasks->open--;
    task_idle_set(task, 0);
    task_tell(task, NULL);
    if (task->state == USHER_TASK_PAUSED)
        tasks->paused--;
    count(tasks);
    usher_timer_cancel(tasks->worker->loop, &task->timer);
    if (task->running)
        task_stopped(task);
    usher_run_free(&task->run);
    if (task->lua)
        usher_states_let_go(&tasks->worker->states, task->lua);
    usher_buffer_free(&task->args);
    usher_buffer_free(&task->progress);
    usher_buffer_free(&task->result);
    usher_buffer_free(&task->earlier);
    usher_intents_clear(&task->intents);
    free(task);
}

void usher_tasks_free(struct usher_tasks *tasks)
{
    if (!tasks)
        return;
    tasks->closing = 1;
    task_looks_free(tasks);
    while (tasks->list)
        task_free(tasks->list);
    free(tasks);
}

struct task *task_find(struct usher_tasks *tasks, const char *id)
{
    struct task *task = tasks->list;

    while (task && strcmp(task->id, id) != 0)
        task = task->next;
    return task;
}

/* It stays in its row, for the version that can read it. */
static void unreadable_tell(const struct usher_tasks *tasks,
                            const struct usher_task_row *row, int readable)
{
    struct usher_problems *problems = tasks->worker->shared->problems;

    if (readable)
        usher_problem_end(problems, USHER_PROBLEM_TASK_UNREADABLE, row->id);
    else
        usher_problem_raise(problems, USHER_PROBLEM_TASK_UNREADABLE, row->id,
                            row->name, NULL);
}

/* What it waited for may have come while nobody was there to see it: one try
 * tells. A time that is later than it was put off for comes of a clock that was
 * set back. */
static void due_mend(struct task *task)
{
    int64_t now = task_now_ms(task->tasks);

    if (task->state == USHER_TASK_PAUSED) {
        task->state = USHER_TASK_READY;
        task->due_ms = 0;
    }
    if (task->due_ms - now > task->delay_ms)
        task->due_ms = now + task->delay_ms;
    task_idle_set(task, task->due_ms > now);
}

enum usher_status usher_tasks_load(struct usher_tasks *tasks,
                                   const struct usher_task_row *row)
{
    struct task *task;
    enum usher_status st;

    if (task_find(tasks, row->id))
        return USHER_OK;
    task = calloc(1, sizeof(*task));
    if (!task)
        return USHER_ERR_NOMEM;
    task->tasks = tasks;
    task->aged_ms = usher_loop_now_ms(tasks->worker->loop);
    usher_run_init(&task->run, NULL, row->name, task, NULL);
    snprintf(task->id, sizeof(task->id), "%s", row->id);
    snprintf(task->name, sizeof(task->name), "%s", row->name);
    if (row->conversation && row->conversation_len <= USHER_KEY_MAX) {
        memcpy(task->conversation, row->conversation, row->conversation_len);
        task->conversation_len = row->conversation_len;
    }
    task->state = row->state;
    task->tries = row->tries;
    task->created_ms = row->created_ms;
    task->due_ms = row->due_ms;
    snprintf(task->reason, sizeof(task->reason), "%s",
             row->reason ? row->reason : "");
    st = row->state == USHER_TASK_UNKNOWN
             ? USHER_ERR_PARSE
             : task_data_read(task, row->data, row->data_len);
    task->next = tasks->list;
    tasks->list = task;
    tasks->open++;
    count(tasks);
    if (st == USHER_OK || st == USHER_ERR_PARSE)
        unreadable_tell(tasks, row, st == USHER_OK);
    if (st != USHER_OK) {
        task_free(task);
        return st;
    }
    task_order_in(task);
    task_why_set(task, usher_why_of(row->state, row->reason));
    due_mend(task);
    task_schedule(task);
    return USHER_OK;
}

enum usher_status usher_tasks_retry(struct usher_tasks *tasks,
                                    const struct usher_task_row *row)
{
    struct task *task = task_find(tasks, row->id);

    usher_waiting_set(tasks->worker->shared->waiting, row->id, row->name,
                      USHER_WHY_NONE);
    if (!task)
        return task_load_again(tasks, row);
    task->age_ms = 0;
    task->told = 0;
    task->wakes--; /* where it is at work: again, should it fail */
    if (task->running || task->state == USHER_TASK_DONE)
        return USHER_OK;
    task_state_set(task, USHER_TASK_READY);
    task->due_ms = 0;
    task_schedule(task);
    return USHER_OK;
}

static void due(void *user)
{
    struct task *task = user;

    if (task->running || task->tasks->closing || task->tasks->worker->draining)
        return;
    if (task->committing)
        return; /* the end of its last try schedules it again */
    if (task->tasks->running >= TASKS_RUNNING_MAX || task_is_behind(task)) {
        task->due_ms = 0; /* tasks_next() comes back to it */
        return;
    }
    task_try(task);
}

void task_schedule(struct task *task)
{
    int64_t wait = task->due_ms - task_now_ms(task->tasks);

    if (task->state == USHER_TASK_PAUSED)
        return; /* until something wakes it */
    /* Never from here: the caller may be in the middle of something. */
    usher_timer_set(task->tasks->worker->loop, &task->timer,
                    wait > 0 ? wait : 0, due, task);
}

void tasks_next(struct usher_tasks *tasks)
{
    int64_t now = task_now_ms(tasks);
    size_t room = tasks->running < TASKS_RUNNING_MAX
                      ? TASKS_RUNNING_MAX - tasks->running
                      : 0;

    if (tasks->closing)
        return;
    for (struct task *task = tasks->list; task && room; task = task->next) {
        if (task->running || task->committing ||
            task->state != USHER_TASK_READY || task->due_ms > now ||
            task_is_behind(task))
            continue;
        task_schedule(task);
        room--;
    }
}
