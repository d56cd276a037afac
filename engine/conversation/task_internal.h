/* engine/conversation/task_internal.h - what tasks.c, task_run.c and
 * new_tasks.c share. */
#ifndef USHER_CONVERSATION_TASK_INTERNAL_H
#define USHER_CONVERSATION_TASK_INTERNAL_H

#include "conversation/internal.h"

/* Tasks of one worker that are at work at the same time. */
#define TASKS_RUNNING_MAX 16

struct task_wait; /* a flow that waits for a task */

struct task {
    struct usher_tasks *tasks;
    struct task *next;
    char id[USHER_TASK_ID_MAX];
    char name[USHER_NAME_MAX + 1];
    char conversation[USHER_KEY_MAX];
    size_t conversation_len;
    enum usher_task_state state;
    uint32_t tries;
    int64_t created_ms; /* Unix */
    int64_t due_ms;     /* Unix */
    char reason[256];

    struct usher_buffer args;     /* encoded */
    struct usher_buffer progress; /* entries of a try that a crash cut off */
    struct usher_intents intents; /* while no run holds them */
    struct usher_buffer result;   /* encoded, once it is done */

    int running;
    int committing; /* the store has not answered yet: nothing else begins */
    unsigned wakes; /* of all tasks, when its try began */
    struct usher_state *lua;
    struct usher_run run;
    enum commit_step step;
    struct usher_timer timer; /* due */
    struct task_wait *waits;
};

struct usher_tasks {
    struct usher_worker *worker;
    struct task *list;
    size_t open, paused; /* as /metrics shows them */
    size_t running;
    unsigned wakes; /* how often a credential had a new token */
    int closing;
};

int64_t task_now_ms(const struct usher_tasks *tasks);
/* The stored form: arguments, progress, intents; the result once done. */
void task_data_new(const struct usher_buffer *args, struct usher_buffer *out);
void task_data_write(const struct task *task, struct usher_buffer *out);
USHER_MUST_USE enum usher_status task_data_read(struct task *task,
                                                const void *data, size_t len);

/* It is at work, or not any more. */
void task_started(struct task *task);
void task_stopped(struct task *task);

/* task_run.c: a try. */
void task_try(struct task *task);
/* Its state, counted. */
void task_state_set(struct task *task, enum usher_task_state state);
/* Sets the timer for its next try, or starts it where there is room. */
void task_schedule(struct task *task);
/* Starts what is due and had no room. */
void tasks_next(struct usher_tasks *tasks);
/* It is finished or put off: tells the flows that wait. results: encoded
 * first value of a finished one; NULL: not done. */
void task_tell(struct task *task, const struct usher_buffer *results);
void task_free(struct task *task);

#endif
