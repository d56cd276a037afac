/* engine/core/problems.h - what is wrong with this engine right now, for
 * people: each problem has a fixed code and the one thing to do. /readyz and
 * /metrics show the list; the log tells when one begins and when it is over.
 *
 * A problem is a state, not an event: whoever raises one also names what ends
 * it, and ends it. Any thread may use the list. Secrets and visitors' data do
 * not belong in it. */
#ifndef USHER_CORE_PROBLEMS_H
#define USHER_CORE_PROBLEMS_H

#include <stddef.h>

#include "core/buffer.h"
#include "core/log.h"
#include "core/status.h"

/* The table in problems.c has each one's name, text and remedy. */
enum usher_problem {
    USHER_PROBLEM_NO_FLOWS,     /* nothing is loaded: no call is answered */
    USHER_PROBLEM_EDIT_REFUSED, /* of the flows */
    USHER_PROBLEM_NOT_WATCHED,  /* the flows and .env, by inotify */
    USHER_PROBLEM_STORE_FAILING,
    USHER_PROBLEM_CREDENTIAL_DEAD,    /* subject: its name */
    USHER_PROBLEM_CREDENTIAL_REFUSED, /* the same */
    USHER_PROBLEM_CREDENTIAL_ENDS,    /* the same */
    USHER_PROBLEM_CREDENTIAL_WAITING, /* the same */
    USHER_PROBLEM_TASK_WAITS,         /* subject: why; one for all such tasks */
    USHER_PROBLEM_ID_MISSING,         /* subject: the setting */
    USHER_PROBLEM_SETTINGS_REFUSED,   /* an edit of .env */
    USHER_PROBLEM_ENV_READABLE,       /* by others; subject: the path */
    USHER_PROBLEM_WEBHOOK_OPEN,       /* to everybody */
    USHER_PROBLEM_ROLLED_BACK,        /* subject: the live version */
    USHER_PROBLEM_SETTINGS_FILE,      /* subject: its path */
    USHER_PROBLEM_SETTINGS_GUARD,     /* the same */
    USHER_PROBLEM_ADMIN_SOCKET,
    USHER_PROBLEM_RESTART_NEEDED, /* subject: a setting; not serious */
    /* subject: a key, an id */
    USHER_PROBLEM_CONVERSATION_UNREADABLE,
    USHER_PROBLEM_TASK_UNREADABLE,
    USHER_PROBLEM_STILL_SIMULATED, /* subject: a setting */
    USHER_PROBLEM_VERSION_UNREADABLE,
    USHER_PROBLEM_STATE_REBUILT, /* subject: the version */
    USHER_PROBLEM_FLOW_FAILS,    /* subject: the line, or the flow */
    USHER_PROBLEM_COUNT
};

struct usher_problems;

/* log may be NULL. */
USHER_MUST_USE enum usher_status
usher_problems_new(struct usher_log *log, struct usher_problems **out);
void usher_problems_free(struct usher_problems *problems); /* NULL is fine */

/* The problem is there. `subject` tells those of one code apart (a setting, a
 * task's id; "" or NULL: there is only one); raised again it replaces its
 * detail. detail: what was found; hint: what to do where that depends on it,
 * else NULL and the table's is shown. All is copied. Of one code the log
 * names a hundred; the others are counted. problems NULL: nobody is
 * to be told (specs). Without memory the log has it, the list does not. */
void usher_problem_raise(struct usher_problems *problems,
                         enum usher_problem code, const char *subject,
                         const char *detail, const char *hint);
/* It is over; that it was not there is fine. */
void usher_problem_end(struct usher_problems *problems, enum usher_problem code,
                       const char *subject);
/* All of this code are over, but those whose subject keep() accepts; keep
 * NULL: all. keep is called under the list's lock. */
void usher_problems_end(struct usher_problems *problems,
                        enum usher_problem code,
                        int (*keep)(void *user, const char *subject),
                        void *user);

/* 1: one of them makes the work worse right now. */
int usher_problems_serious(struct usher_problems *problems);
/* How many there are of a code: what /metrics shows. */
size_t usher_problems_count(struct usher_problems *problems,
                            enum usher_problem code);
/* "edit_refused" */
const char *usher_problem_name(enum usher_problem code);

/* Appends the list to `out`, in the order of the codes, as JSON objects with
 * commas between: {"code", "what", "subject", "detail", "hint"}, of one code no
 * more than 20, the last with "more", the number of those left out; nothing
 * where all is well. Secrets in subject and detail are masked as in the log,
 * since /readyz is open to everybody; numbers stay, save in a visitor's id.
 * out's errors stick as ever. */
void usher_problems_json(struct usher_problems *problems,
                         struct usher_buffer *out);

#endif
