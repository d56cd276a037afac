/* engine/conversation/task_look.c - tasks that are not in memory, looked up in
 * the store while the worker goes on: those that a person wants tried again,
 * those that flows wait for after they ended. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conversation/task_internal.h"

struct task_look {
    struct usher_tasks *tasks;
    struct task_look *next;
    task_look_fn *fn; /* NULL: nobody wants to know any more */
    void *user;
    struct usher_task_row row; /* of one that is wanted again; points below */
    char id[USHER_TASK_ID_MAX];
    char name[USHER_NAME_MAX + 1];
    char conversation[USHER_KEY_MAX];
};

static void look_free(struct task_look *look)
{
    struct task_look **at = &look->tasks->looks;

    while (*at != look)
        at = &(*at)->next;
    *at = look->next;
    free(look);
}

static void looked(void *user, enum usher_status status,
                   const struct usher_stored_conversation *found)
{
    struct task_look *look = user;

    if (look->fn)
        look->fn(look->user, status, found);
    look_free(look);
}

static struct task_look *look_new(struct usher_tasks *tasks, const char *id,
                                  task_look_fn *fn, void *user)
{
    struct task_look *look = calloc(1, sizeof(*look));

    if (!look)
        return NULL;
    look->tasks = tasks;
    look->fn = fn;
    look->user = user;
    snprintf(look->id, sizeof(look->id), "%s", id);
    look->next = tasks->looks;
    tasks->looks = look;
    return look;
}

static void look_start(struct task_look *look)
{
    struct usher_worker *worker = look->tasks->worker;

    (void)usher_store_load_task(worker->shared->store, look->id, worker->loop,
                                looked, look);
}

enum usher_status task_look(struct usher_tasks *tasks, const char *id,
                            task_look_fn *fn, void *user)
{
    struct task_look *look = look_new(tasks, id, fn, user);

    if (!look)
        return USHER_ERR_NOMEM;
    look_start(look);
    return USHER_OK;
}

void task_look_cancel(struct usher_tasks *tasks, const void *user)
{
    struct task_look *look = tasks->looks;

    for (; look; look = look->next) {
        if (look->user == user)
            look->fn = NULL;
    }
}

void task_looks_free(struct usher_tasks *tasks)
{
    while (tasks->looks)
        look_free(tasks->looks);
}

/* ---- one that a person wants tried again ---- */

/* It was dead, or has ended since its row was read: the store knows which, and
 * what it has done. */
static void again(void *user, enum usher_status status,
                  const struct usher_stored_conversation *found)
{
    struct task_look *look = user;
    struct usher_tasks *tasks = look->tasks;
    struct task *task;

    if (status == USHER_OK &&
        (found->seq == 0 || found->seq == 1 + (int64_t)USHER_TASK_DONE))
        return;
    look->row.data = found->head;
    look->row.data_len = found->head_len;
    if (status == USHER_OK)
        status = usher_tasks_load(tasks, &look->row);
    task = task_find(tasks, look->id);
    if (task)
        task->age_ms = 0;
    if (status != USHER_OK)
        usher_log_event(tasks->worker->shared->log, USHER_LOG_ERROR, "task",
                        "cannot be read from the store", "id", look->id,
                        "reason", usher_status_text(status), NULL);
}

enum usher_status task_load_again(struct usher_tasks *tasks,
                                  const struct usher_task_row *row)
{
    struct task_look *look = tasks->looks;

    /* Looked up twice, the later answer could be older than its end. */
    for (; look; look = look->next) {
        if (look->fn == again && strcmp(look->id, row->id) == 0)
            return USHER_OK;
    }
    look = look_new(tasks, row->id, again, NULL);
    if (!look)
        return USHER_ERR_NOMEM;
    look->user = look;
    look->row = *row;
    look->row.id = look->id;
    snprintf(look->name, sizeof(look->name), "%s", row->name);
    look->row.name = look->name;
    look->row.conversation = NULL;
    if (row->conversation &&
        row->conversation_len <= sizeof(look->conversation)) {
        memcpy(look->conversation, row->conversation, row->conversation_len);
        look->row.conversation = look->conversation;
    }
    look_start(look);
    return USHER_OK;
}
