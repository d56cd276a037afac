/* engine/zoho/zoho.h - calls to Zoho: a worker's client for SalesIQ and Desk.
 *
 * It puts the right token on a call, waits for a fresh one before an old one
 * ends, refreshes and repeats once when a token is refused (a refused write
 * was not done), keeps to ZOHO_CONCURRENCY, and turns whatever happens into
 * one of the kinds of zoho/error.h. Belongs to the thread of its loop. */
#ifndef USHER_ZOHO_ZOHO_H
#define USHER_ZOHO_ZOHO_H

#include <stddef.h>
#include <stdint.h>

#include "core/log.h"
#include "core/status.h"
#include "net/client.h"
#include "net/loop.h"
#include "zoho/credential.h"
#include "zoho/data_centre.h"
#include "zoho/error.h"
#include "zoho/gate.h"
#include "zoho/operation.h"

struct usher_zoho;
struct usher_zoho_job; /* a call under way; the unit's */

struct usher_zoho_options {
    struct usher_loop *loop;
    struct usher_client *client; /* on that loop */
    struct usher_credentials *credentials;
    struct usher_gate *gate;
    const struct usher_clock *clock;
    struct usher_log *log;
};

USHER_MUST_USE enum usher_status
usher_zoho_new(const struct usher_zoho_options *options,
               struct usher_zoho **out);
/* Cancels what is under way. Before its client and loop. NULL is fine. */
void usher_zoho_free(struct usher_zoho *zoho);

/* A call; all of it is copied. Either an operation of the table, or one of
 * its own: operation NULL, then service, method and path (beginning with "/",
 * may hold a query) are needed. */
struct usher_zoho_call {
    const struct usher_zoho_operation *operation;
    const struct usher_zoho_value *path_values; /* {id} and the like; the
                                                   screen name is known */
    size_t path_value_count;
    const struct usher_zoho_value *query;
    size_t query_count;
    const char *body; /* JSON; NULL: none */
    size_t body_len;
    int64_t deadline_ms; /* steady time; 0: 30 s from now */

    /* Where operation is NULL: */
    enum usher_zoho_service service;
    const char *method;
    const char *path;
    const char *credential;             /* name of a set; NULL: the usual one */
    const struct usher_header *headers; /* more of them; not Authorization */
    size_t header_count;
    int is_read; /* the method says it writes, but it does not */
};

/* Lives until the callback returns. */
struct usher_zoho_result {
    int ok;
    unsigned status;  /* HTTP; 0: no answer */
    const char *body; /* with a 0 behind; "" when empty (204: no results) */
    size_t body_len;
    const struct usher_zoho_error *error; /* NULL when ok */
    unsigned attempts;                    /* requests that were sent */
    int64_t elapsed_ms;
};

typedef void usher_zoho_fn(void *user, const struct usher_zoho_result *result);

/* fn is called once, later and never from inside this call, whatever goes
 * wrong, unless the job is cancelled. *out may be NULL. Only misuse and lack
 * of memory are told here: USHER_ERR_INVALID (`error` names what is missing:
 * a path value, a line break in a header, no screen name set),
 * USHER_ERR_NOMEM. */
USHER_MUST_USE enum usher_status
usher_zoho_send(struct usher_zoho *zoho, const struct usher_zoho_call *call,
                usher_zoho_fn *fn, void *user, struct usher_zoho_job **out,
                struct usher_error *error);
/* The callback will not come; the job is gone. A write that was sent may
 * still be done. */
void usher_zoho_cancel(struct usher_zoho_job *job);

/* One event a finished call, for `usher chat` and the metrics. */
struct usher_zoho_event {
    const char *operation; /* "desk.create_call"; "request" for others */
    enum usher_zoho_service service;
    const char *method;
    const char *path; /* without the query, which may hold a visitor's data */
    unsigned status;
    enum usher_error_kind kind; /* USHER_KIND_NONE: it went well */
    unsigned attempts;
    int64_t elapsed_ms;
};
typedef void usher_zoho_observe_fn(void *user,
                                   const struct usher_zoho_event *event);
/* One observer; fn NULL: none. */
void usher_zoho_observe(struct usher_zoho *zoho, usher_zoho_observe_fn *fn,
                        void *user);

/* Calls under way or waiting. */
size_t usher_zoho_pending(const struct usher_zoho *zoho);

#endif
