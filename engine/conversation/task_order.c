/* engine/conversation/task_order.c - tasks of one name that one conversation
 * began go one after another, in the order in which they were promised: what
 * changes a record must not come behind a later change of it. One that has
 * ended, or is dead and waits for a person, lets the next one go; one that is
 * put off or paused does not. */
#include <string.h>

#include "conversation/task_internal.h"

static int is_of(const struct task *task, const char *name, const char *key,
                 size_t key_len)
{
    return task->conversation_len == key_len && key_len > 0 &&
           memcmp(task->conversation, key, key_len) == 0 &&
           strcmp(task->name, name) == 0;
}

/* Not always the last one: a person wants an older one tried again. */
void task_order_in(struct task *task)
{
    struct task *other = task->tasks->list;

    for (; other; other = other->next) {
        if (other == task || !is_of(other, task->name, task->conversation,
                                    task->conversation_len))
            continue;
        /* The newest are the first in the list: so of two of one moment. */
        if (other->created_ms > task->created_ms) {
            if (!task->behind || other->created_ms <= task->behind->created_ms)
                task->behind = other;
        } else if (!task->before ||
                   other->created_ms > task->before->created_ms) {
            task->before = other;
        }
    }
    if (task->before)
        task->before->behind = task;
    if (task->behind)
        task->behind->before = task;
}

void task_order_out(struct task *task)
{
    if (task->before)
        task->before->behind = task->behind;
    if (task->behind)
        task->behind->before = task->before;
}

int task_is_behind(const struct task *task)
{
    const struct task *other = task->behind;

    while (other && !other->running)
        other = other->behind;
    return task->before != NULL || other != NULL;
}

int64_t task_order_ms(const struct usher_tasks *tasks, const char *name,
                      const char *key, size_t key_len, int64_t now_ms)
{
    const struct task *task = tasks->list;

    for (; task; task = task->next) {
        if (is_of(task, name, key, key_len) && task->created_ms >= now_ms)
            now_ms = task->created_ms + 1;
    }
    return now_ms;
}
