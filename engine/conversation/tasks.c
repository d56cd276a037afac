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
    return usher_clock_wall_ms(tasks->worker->shared->clock);
}

/* ---- the stored form ---- */

void task_data_new(const struct usher_buffer *args, struct usher_buffer *out)
{
    static const struct usher_intents none = {NULL, 0};

    usher_buffer_bytes(out, args->data, args->len);
    usher_buffer_bytes(out, NULL, 0);
    usher_intents_write(&none, out);
}

void task_data_write(const struct task *task, struct usher_buffer *out)
{
    const struct usher_run *run = &task->run;

    usher_buffer_bytes(out, task->args.data, task->args.len);
    if (task->running) {
        /* Without the first entry: it is made anew from the arguments. */
        usher_buffer_bytes(out, run->journal.data + run->turn_start,
                           run->journal.len - run->turn_start);
        usher_intents_write(&run->intents, out);
    } else {
        usher_buffer_bytes(out, task->progress.data, task->progress.len);
        usher_intents_write(&task->intents, out);
    }
    if (task->state == USHER_TASK_DONE)
        usher_buffer_bytes(out, task->result.data, task->result.len);
}

enum usher_status task_data_read(struct task *task, const void *data,
                                 size_t len)
{
    struct usher_reader reader;
    const char *bytes;
    size_t part;
    enum usher_status st;

    usher_reader_init(&reader, data, len);
    bytes = usher_reader_bytes(&reader, &part);
    usher_buffer_append(&task->args, bytes, part);
    bytes = usher_reader_bytes(&reader, &part);
    usher_buffer_append(&task->progress, bytes, part);
    st = usher_intents_read(&task->intents, &reader);
    if (st == USHER_OK && reader.failed)
        st = USHER_ERR_PARSE;
    if (st == USHER_OK && (task->args.failed || task->progress.failed))
        st = USHER_ERR_NOMEM;
    return st;
}

/* Borrowed from the stored form; empty where the task is not done. */
static const char *task_data_result(struct usher_reader *reader, size_t *len)
{
    struct usher_intents intents;
    const char *result;

    (void)usher_reader_bytes(reader, len);
    (void)usher_reader_bytes(reader, len);
    *len = 0;
    if (usher_intents_read(&intents, reader) != USHER_OK)
        return NULL;
    usher_intents_clear(&intents);
    result = usher_reader_bytes(reader, len);
    return reader->failed ? NULL : result;
}

/* ---- the list ---- */

/* A task at work counts as a call in flight: an orderly end waits for it. */
void task_started(struct task *task)
{
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
    if (task->state == USHER_TASK_PAUSED)
        task->tasks->paused--;
    if (state == USHER_TASK_PAUSED)
        task->tasks->paused++;
    task->state = state;
    count(task->tasks);
}

void task_free(struct task *task)
{
    struct usher_tasks *tasks = task->tasks;
    struct task **at = &tasks->list;

    while (*at && *at != task)
        at = &(*at)->next;
    if (*at)
        *at = task->next;
    tasks->open--;
    task_state_set(task, USHER_TASK_DONE);
    task_tell(task, NULL);
    usher_timer_cancel(tasks->worker->loop, &task->timer);
    if (task->running)
        task_stopped(task);
    usher_run_free(&task->run);
    if (task->lua)
        usher_states_let_go(&tasks->worker->states, task->lua);
    usher_buffer_free(&task->args);
    usher_buffer_free(&task->progress);
    usher_buffer_free(&task->result);
    usher_intents_clear(&task->intents);
    free(task);
}

void usher_tasks_free(struct usher_tasks *tasks)
{
    if (!tasks)
        return;
    tasks->closing = 1;
    while (tasks->list)
        task_free(tasks->list);
    free(tasks);
}

static struct task *find(struct usher_tasks *tasks, const char *id)
{
    struct task *task = tasks->list;

    while (task && strcmp(task->id, id) != 0)
        task = task->next;
    return task;
}

enum usher_status usher_tasks_load(struct usher_tasks *tasks,
                                   const struct usher_task_row *row)
{
    struct task *task;
    enum usher_status st;

    if (find(tasks, row->id))
        return USHER_OK;
    task = calloc(1, sizeof(*task));
    if (!task)
        return USHER_ERR_NOMEM;
    task->tasks = tasks;
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
    /* What it waited for may have come while nobody was there to see it: one
     * try tells. */
    if (task->state == USHER_TASK_PAUSED) {
        task->state = USHER_TASK_READY;
        task->due_ms = 0;
    }
    st = task_data_read(task, row->data, row->data_len);
    task->next = tasks->list;
    tasks->list = task;
    tasks->open++;
    count(tasks);
    if (st != USHER_OK) {
        task_free(task);
        return st;
    }
    task_schedule(task);
    return USHER_OK;
}

/* One that is not here: it was dead, or it has ended since the row was read.
 * The store knows which, and what it has done. */
static enum usher_status load_again(struct usher_tasks *tasks,
                                    const struct usher_task_row *row)
{
    struct usher_task_row fresh = *row;
    struct usher_reader reader;
    char *data = NULL;
    enum usher_status st = usher_store_task(tasks->worker->shared->store,
                                            row->id, &data, &fresh.data_len);

    if (st == USHER_OK) {
        size_t len;

        fresh.data = data;
        usher_reader_init(&reader, data, fresh.data_len);
        (void)task_data_result(&reader, &len);
        if (len == 0) /* it is not done */
            st = usher_tasks_load(tasks, &fresh);
    }
    free(data);
    return st;
}

enum usher_status usher_tasks_retry(struct usher_tasks *tasks,
                                    const struct usher_task_row *row)
{
    struct task *task = find(tasks, row->id);

    if (!task)
        return load_again(tasks, row);
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
    if (task->tasks->running >= TASKS_RUNNING_MAX)
        return; /* tasks_next() comes back to it */
    task_try(task);
}

void task_schedule(struct task *task)
{
    int64_t wait = task->due_ms - task_now_ms(task->tasks);

    if (task->state == USHER_TASK_PAUSED)
        return; /* until a credential has a new token */
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
            task->state != USHER_TASK_READY || task->due_ms > now)
            continue;
        task_schedule(task);
        room--;
    }
}

void usher_tasks_wake(struct usher_tasks *tasks)
{
    tasks->wakes++;
    for (struct task *task = tasks->list; task; task = task->next) {
        if (task->state != USHER_TASK_PAUSED)
            continue;
        task_state_set(task, USHER_TASK_READY);
        task->due_ms = 0;
        task_schedule(task);
    }
}

/* ---- waiting for a task ---- */

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

static void wait_over(void *user)
{
    struct task_wait *wait = user;
    struct usher_buffer out;
    int done = wait->value.len > 0;

    wait_unlink(wait);
    usher_buffer_init(&out, 0);
    usher_value_table(&out, 0, done ? 2 : 1);
    usher_value_string(&out, "done", 4);
    usher_value_boolean(&out, done);
    if (done) {
        usher_value_string(&out, "value", 5);
        usher_buffer_append(&out, wait->value.data, wait->value.len);
    }
    usher_job_done(&wait->job, out.data, out.len, 1, USHER_OUTCOME_DONE);
    usher_buffer_free(&out);
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
            usher_timer_set(task->tasks->worker->loop, &wait->timer, 0,
                            wait_over, wait);
    }
}

/* The result of a task that ended before anybody waited for it: in this
 * turn, days ago, or while a crash kept its flow from hearing of it. */
static void wait_look(struct task_wait *wait, const struct task *task)
{
    struct usher_store *store = wait->tasks->worker->shared->store;
    struct usher_reader reader;
    char *data = NULL;
    const char *result;
    size_t len;

    if (task) {
        usher_buffer_append(&wait->value, task->result.data, task->result.len);
        return;
    }
    if (usher_store_task(store, wait->id, &data, &len) == USHER_OK) {
        usher_reader_init(&reader, data, len);
        result = task_data_result(&reader, &len);
        usher_buffer_append(&wait->value, result, len);
    }
    free(data);
}

static void wait_start(struct usher_job *job, int64_t deadline_ms)
{
    struct task_wait *wait = (struct task_wait *)job;
    struct usher_loop *loop = wait->tasks->worker->loop;
    struct task *task = find(wait->tasks, wait->id);
    int64_t left = deadline_ms - usher_loop_now_ms(loop);
    int64_t delay = wait->wait_ms;

    if (deadline_ms && left < delay)
        delay = left > 0 ? left : 0;
    if (!task || task->state == USHER_TASK_DONE)
        wait_look(wait, task);
    if (!task || task->state != USHER_TASK_READY)
        delay = 0; /* finished, or nobody knows when */
    if (task) {
        wait->task = task;
        wait->next = task->waits;
        task->waits = wait;
    }
    usher_timer_set(loop, &wait->timer, delay, wait_over, wait);
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
