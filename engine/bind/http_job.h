/* engine/bind/http_job.h - one HTTP request of a flow as a job (effect.h). It
 * knows no Lua: lua_http.c fills it from what the flow gave. */
#ifndef USHER_BIND_HTTP_JOB_H
#define USHER_BIND_HTTP_JOB_H

#include "bind/bind.h"
#include "core/buffer.h"
#include "script/effect.h"

/* Seconds that a request may take where the flow says nothing: while a
 * visitor waits, and in a task. */
#define USHER_HTTP_TIMEOUT_MS 10000
#define USHER_HTTP_TASK_TIMEOUT_MS 30000

/* Filled after usher_http_job_new(), before it is run. */
struct usher_http_job {
    struct usher_job job;
    const struct usher_bind *bind;
    struct usher_buffer method; /* "POST" */
    struct usher_buffer url;
    struct usher_buffer headers; /* an encoded table: name -> template of
                                    secret.h */
    struct usher_buffer body;
    int has_body;
    int64_t timeout_ms; /* 0: the usual */
    int follow;
    int is_write;

    /* The unit's own. */
    struct usher_transfer *transfer;
    struct usher_timer timer;
    int by_deadline;  /* the turn's end is nearer than the timeout */
    const char *kind; /* to fail with when the timer fires */
    struct usher_error error;
};

/* NULL without memory. Freed through its ops. */
struct usher_http_job *usher_http_job_new(const struct usher_bind *bind);

#endif
