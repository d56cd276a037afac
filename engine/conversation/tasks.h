/* engine/conversation/tasks.h - tasks: work that must get done. Each worker
 * runs the tasks that its own conversations began, on the same journal and
 * replay as flows. Those of one name that one conversation began go one after
 * another, as they were promised: each is done, or dead, before the next one is
 * tried. All others are independent. */
#ifndef USHER_CONVERSATION_TASKS_H
#define USHER_CONVERSATION_TASKS_H

#include <lua.h>

#include "conversation/run.h"
#include "store/store.h"

#define USHER_TASK_ID_MAX 33

struct usher_tasks; /* a worker's */
struct usher_worker;

/* A task that a turn began and that no commit has taken yet. */
struct usher_new_task {
    char id[USHER_TASK_ID_MAX];
    char name[USHER_NAME_MAX + 1];
    struct usher_buffer args; /* encoded */
    int64_t created_ms;       /* once it is in a commit */
};

/* The new tasks of one conversation's turn. */
struct usher_new_tasks {
    struct usher_tasks *tasks;
    const char *key; /* the conversation's; borrowed */
    size_t key_len;
    uint64_t run_number; /* makes ids differ from run to run */
    struct usher_new_task *list;
    size_t count;
};

/* Adds the one that the effect is aimed at to run->new_tasks, unless the run
 * began it before (in a turn that failed later). Its id is the same in every
 * replay. args, its encoded arguments, are empty after where it was added. May
 * leave the coroutine (run_guess.c). USHER_ERR_NOMEM. */
USHER_MUST_USE enum usher_status
usher_new_tasks_add(lua_State *L, struct usher_run *run,
                    const struct usher_effect *effect,
                    struct usher_buffer *args, char id[USHER_TASK_ID_MAX]);
void usher_new_tasks_clear(struct usher_new_tasks *new_tasks);
/* Puts them into the commit that makes them real. */
enum usher_status usher_new_tasks_commit(struct usher_new_tasks *tasks,
                                         struct usher_commit *commit,
                                         int64_t now_ms);
/* After that commit succeeded: they begin. */
void usher_new_tasks_begin(struct usher_new_tasks *new_tasks);

USHER_MUST_USE enum usher_status usher_tasks_new(struct usher_worker *worker,
                                                 struct usher_tasks **out);
void usher_tasks_free(struct usher_tasks *tasks);
/* Nonzero: this version knows such a task's state and can read its data. */
int usher_task_is_readable(const struct usher_task_row *row);
/* Appends such data anew after a person has looked: the write of which nobody
 * knew whether it was done was not done, and may be sent again. USHER_ERR_PARSE
 * or USHER_ERR_NOMEM. */
USHER_MUST_USE enum usher_status
usher_task_not_done(const void *data, size_t len, struct usher_buffer *out);
/* A task found in the store at start; copied. USHER_ERR_PARSE: it cannot be
 * read, stays in its row and is a problem. */
enum usher_status usher_tasks_load(struct usher_tasks *tasks,
                                   const struct usher_task_row *row);
/* A person wants this one tried now, for seven more days: an open one is due at
 * once, one that is not here (it was dead) is taken as usher_tasks_load() does,
 * as the store has it by then. */
enum usher_status usher_tasks_retry(struct usher_tasks *tasks,
                                    const struct usher_task_row *row);
/* Adds all tasks of the store that are not done to the commit, dead, for this
 * reason: a person decides about each (usher_tasks_retry()), and then it begins
 * anew, since what was done of it was done elsewhere. Before any worker has
 * them; blocks. */
USHER_MUST_USE enum usher_status usher_tasks_hold(struct usher_store *store,
                                                  struct usher_commit *commit,
                                                  const char *reason);
/* Whatever they have failed for may be mended (a new token, setting, version):
 * those that wait go on now, paused or put off, but for what a service has put
 * off itself. Those at work get another try if this one fails. */
void usher_tasks_wake(struct usher_tasks *tasks);
/* A service has let a token in that it did not know or had refused: the same
 * for those that may have failed for want of a token. It says nothing about
 * what a service has refused for another reason: a scope, a field, an id. */
void usher_tasks_token_works(struct usher_tasks *tasks);
/* A task of this name was done: perhaps others of it go well now, too. "": a
 * service that could not be reached answers. Which failed after such a guess
 * before are left alone for a while; those that are paused go on behind it. */
void usher_tasks_guess(struct usher_tasks *tasks, const char *name);
/* A job that waits for a task, at most so long: gives one value
 * {done, value, error}. */
struct usher_job *usher_task_wait_new(struct usher_tasks *tasks, const char *id,
                                      double seconds);

#endif
