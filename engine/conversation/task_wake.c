/* engine/conversation/task_wake.c - what lets tasks go on that have failed,
 * before their next try is due: CONTRIBUTING.md, "What waits, and what wakes
 * it".
 *
 * A fact (a new token, another setting, another version) wakes all of them;
 * that a token works, those that may have failed for want of one. A guess (the
 * same work was done for another visitor, the network is back) wakes those that
 * it may be true of, and those more and more seldom for which it was not. What
 * a service has said itself, with Retry-After, only time ends. */
#include <string.h>

#include "conversation/task_internal.h"

void task_idle_set(struct task *task, int idle)
{
    struct usher_tasks *tasks = task->tasks;

    tasks->idle = tasks->idle - (size_t)task->idle + (size_t)idle;
    task->idle = idle;
    WORKER_GAUGE(tasks->worker, tasks_idle, tasks->idle);
}

static void task_wake(struct task *task)
{
    task_state_set(task, USHER_TASK_READY);
    task->due_ms = 0;
    task_schedule(task);
}

static void fact_wake(struct task *task)
{
    task->guesses = 0;
    task_wake(task);
}

void usher_tasks_wake(struct usher_tasks *tasks)
{
    tasks->wakes++;
    for (struct task *task = tasks->list; task; task = task->next) {
        if (task->idle && !task->told)
            fact_wake(task);
    }
}

void task_done_wake(const struct task *done)
{
    for (struct task *task = done->tasks->list; task; task = task->next) {
        if (task == done || task->told || !done->conversation_len ||
            task->conversation_len != done->conversation_len ||
            memcmp(task->conversation, done->conversation,
                   done->conversation_len) != 0)
            continue;
        if (task->idle)
            fact_wake(task);
        else if (task->running) /* has perhaps looked already */
            task->wakes = task->tasks->wakes - 1;
    }
}

/* Want of a token is told as that, or as what Accounts said. */
static int is_of_token(const struct task *task)
{
    enum usher_why why = usher_why_kind(task->reason);

    return why == USHER_WHY_NONE || why == USHER_WHY_TOKEN;
}

void usher_tasks_token_works(struct usher_tasks *tasks)
{
    for (struct task *task = tasks->list; task; task = task->next) {
        task->token_works |= task->running;
        if (task->idle && !task->told && is_of_token(task))
            fact_wake(task);
    }
}

int task_may_be_mended(const struct task *task)
{
    return !task->told && (task->wakes != task->tasks->wakes ||
                           (task->token_works && is_of_token(task)));
}

void task_guess_failed(struct task *task)
{
    int64_t wait = TASK_RETRY_FIRST_MS;

    task->guesses += (unsigned)task->guessed;
    task->guessed = 0;
    for (unsigned i = 0; i < task->guesses && wait < TASK_RETRY_LAST_MS; i++)
        wait *= 2;
    if (wait > TASK_RETRY_LAST_MS)
        wait = TASK_RETRY_LAST_MS;
    task->guess_ms = usher_loop_now_ms(task->tasks->worker->loop) + wait;
}

static void guess_wake(void *user)
{
    struct task *task = user;

    task->guessed = 1;
    task_wake(task);
}

void usher_tasks_guess(struct usher_tasks *tasks, const char *name)
{
    struct usher_loop *loop = tasks->worker->loop;
    int64_t now = usher_loop_now_ms(loop);

    for (struct task *task = tasks->list; task; task = task->next) {
        if (!task->idle || task->told ||
            (name[0] ? strcmp(task->name, name) != 0 : !task->unreached))
            continue;
        if (task->guess_ms <= now)
            guess_wake(task);
        else if (task->state == USHER_TASK_PAUSED)
            /* No time of its own would come. */
            usher_timer_set(loop, &task->timer, task->guess_ms - now,
                            guess_wake, task);
    }
}

/* ---- on all workers ---- */

void tasks_guess_all(const struct usher_shared *shared, const char *name)
{
    for (size_t i = 0; i < shared->worker_count; i++) {
        struct usher_worker *worker = shared->workers[i];

        if (atomic_load(&usher_worker_counters(worker)->tasks_idle) > 0)
            usher_worker_guess(worker, name);
    }
}

void tasks_network(struct usher_shared *shared, enum usher_zoho_service service,
                   int reached)
{
    unsigned bit = 1u << service;

    if (!reached)
        atomic_fetch_or(&shared->unreached, bit);
    else if (atomic_load_explicit(&shared->unreached, memory_order_relaxed) &
                 bit &&
             atomic_fetch_and(&shared->unreached, ~bit) & bit)
        tasks_guess_all(shared, "");
}
