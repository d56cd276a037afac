/* engine/conversation/new_tasks.c - tasks between chat:task and the commit
 * that makes them real. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conversation/run_internal.h"
#include "conversation/task_internal.h"
#include "net/signature.h"
#include "script/value.h"

/* The same in every replay: from the conversation, the run, what is asked and
 * which of the run's tasks of this name it is. 0 without memory. */
static int id_make(const struct usher_new_tasks *new_tasks, const char *name,
                   unsigned number, const struct usher_buffer *args,
                   char id[USHER_TASK_ID_MAX])
{
    struct usher_buffer bytes;
    char hex[65];
    int good;

    usher_buffer_init(&bytes, 0);
    usher_buffer_bytes(&bytes, new_tasks->key, new_tasks->key_len);
    usher_buffer_varint(&bytes, new_tasks->run_number);
    usher_buffer_varint(&bytes, number);
    usher_buffer_bytes(&bytes, name, strlen(name));
    usher_buffer_bytes(&bytes, args->data, args->len);
    good = !bytes.failed && usher_sha256_hex(bytes.data, bytes.len, hex);
    usher_buffer_free(&bytes);
    memcpy(id, good ? hex : "", good ? USHER_TASK_ID_MAX - 1 : 1);
    id[USHER_TASK_ID_MAX - 1] = '\0';
    return good;
}

enum usher_status usher_new_tasks_add(lua_State *L, struct usher_run *run,
                                      const struct usher_effect *effect,
                                      struct usher_buffer *args,
                                      char id[USHER_TASK_ID_MAX])
{
    const char *name = effect->target;
    unsigned number = usher_run_task_number(run, name);
    struct usher_new_tasks *tasks = run->new_tasks;
    struct usher_new_task *more;

    if (!number || !id_make(tasks, name, number, args, id))
        return USHER_ERR_NOMEM;
    if (usher_run_remembers(run, id))
        return USHER_OK;
    run_guess_look(L, run, effect);
    more = realloc(tasks->list, (tasks->count + 1) * sizeof(*more));
    if (!more)
        return USHER_ERR_NOMEM;
    tasks->list = more;
    more += tasks->count++;
    memcpy(more->id, id, sizeof(more->id));
    snprintf(more->name, sizeof(more->name), "%s", name);
    more->args = *args;
    usher_buffer_init(args, 0);
    return USHER_OK;
}

void usher_new_tasks_clear(struct usher_new_tasks *new_tasks)
{
    for (size_t i = 0; i < new_tasks->count; i++)
        usher_buffer_free(&new_tasks->list[i].args);
    free(new_tasks->list);
    new_tasks->list = NULL;
    new_tasks->count = 0;
}

enum usher_status usher_new_tasks_commit(struct usher_new_tasks *tasks,
                                         struct usher_commit *commit,
                                         int64_t now_ms)
{
    enum usher_status st = USHER_OK;

    for (size_t i = 0; i < tasks->count && st == USHER_OK; i++) {
        struct usher_new_task *fresh = &tasks->list[i];
        struct usher_buffer data;
        struct usher_task_row row = {
            .id = fresh->id,
            .name = fresh->name,
            .conversation = tasks->key,
            .conversation_len = tasks->key_len,
            .state = USHER_TASK_READY,
            .due_ms = now_ms,
        };

        /* Wherever the clock is set, and in one turn: in their order. */
        fresh->created_ms =
            (int64_t)i + task_order_ms(tasks->tasks, fresh->name, tasks->key,
                                       tasks->key_len, now_ms);
        row.created_ms = fresh->created_ms;
        usher_buffer_init(&data, 0);
        task_data_new(&fresh->args, &data);
        row.data = data.data;
        row.data_len = data.len;
        st = data.failed ? USHER_ERR_NOMEM : usher_commit_task(commit, &row);
        usher_buffer_free(&data);
    }
    return st;
}

void usher_new_tasks_begin(struct usher_new_tasks *new_tasks)
{
    struct usher_tasks *tasks = new_tasks->tasks;

    for (size_t i = 0; i < new_tasks->count; i++) {
        const struct usher_new_task *fresh = &new_tasks->list[i];
        struct usher_buffer data;
        struct usher_task_row row = {
            .id = fresh->id,
            .name = fresh->name,
            .conversation = new_tasks->key,
            .conversation_len = new_tasks->key_len,
            .state = USHER_TASK_READY,
            .created_ms = fresh->created_ms,
            .due_ms = 0,
        };

        usher_buffer_init(&data, 0);
        task_data_new(&fresh->args, &data);
        row.data = data.data;
        row.data_len = data.len;
        (void)usher_tasks_load(tasks, &row); /* else at the next start */
        usher_buffer_free(&data);
    }
    usher_new_tasks_clear(new_tasks);
}
