/* engine/conversation/waiting.h - the tasks that do not succeed before a
 * person has done something: why each of them waits, and what there is to do.
 * For /readyz (one line a reason, however many wait), /metrics, `usher tasks`
 * and the flows that wait for such a task. Any thread. */
#ifndef USHER_CONVERSATION_WAITING_H
#define USHER_CONVERSATION_WAITING_H

#include <stddef.h>

#include "core/problems.h"
#include "core/status.h"
#include "store/store.h"

enum usher_why {
    USHER_WHY_NONE, /* it goes on by itself */
    USHER_WHY_TOKEN,
    USHER_WHY_SCOPE,
    USHER_WHY_INVALID,
    USHER_WHY_NOT_FOUND,
    USHER_WHY_REJECTED,
    USHER_WHY_FLOW,
    USHER_WHY_UNCLEAR,
    USHER_WHY_SIMULATOR, /* usher_tasks_hold(): promised there, Zoho came */
    USHER_WHY_GIVEN_UP,
    USHER_WHY_COUNT
};

/* The kind of error that a task has whose function raised, or is not in the
 * live version. */
#define USHER_KIND_FLOW "flow"
/* Of a task that was promised at the built-in simulator. */
#define USHER_KIND_SIMULATOR "simulator"

/* Of a task that stands so in the store. reason: "kind: message" of its last
 * try, or NULL. */
enum usher_why usher_why_of(enum usher_task_state state, const char *reason);
/* The kind of error in front of a reason; NONE: not one of these. */
enum usher_why usher_why_kind(const char *reason);
/* "invalid"; "" for NONE. */
const char *usher_why_name(enum usher_why why);
/* What a person can do; "" for NONE. */
const char *usher_why_hint(enum usher_why why);

struct usher_waiting;

/* problems: where they are told; NULL: nowhere (specs). */
USHER_MUST_USE enum usher_status
usher_waiting_new(struct usher_problems *problems, struct usher_waiting **out);
void usher_waiting_free(struct usher_waiting *waiting); /* NULL is fine */

/* The task of this id waits so from now on; NONE: it waits for nobody. Without
 * memory it is only in the log. */
void usher_waiting_set(struct usher_waiting *waiting, const char *id,
                       const char *name, enum usher_why why);
enum usher_why usher_waiting_find(struct usher_waiting *waiting,
                                  const char *id);
size_t usher_waiting_count(struct usher_waiting *waiting, enum usher_why why);

#endif
