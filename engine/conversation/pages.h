/* engine/conversation/pages.h - everything over HTTP that is not the webhook:
 * /healthz, /readyz, /metrics, /admin/... (design.md section 10). */
#ifndef USHER_CONVERSATION_PAGES_H
#define USHER_CONVERSATION_PAGES_H

#include "conversation/reload.h"

struct usher_pages;

struct usher_pages_options {
    struct usher_shared *shared;
    struct usher_reload *reload;
    struct usher_loop *loop; /* the control thread's */
    const char *simulator;   /* where it listens; NULL: none */
    void (*settings)(void *control, struct usher_buffer *notes); /* admin.h */
    const char *admin_token; /* NULL: /admin is closed on TCP; copied */
};

USHER_MUST_USE enum usher_status
usher_pages_new(const struct usher_pages_options *options,
                struct usher_pages **out);
/* Who still waits for an answer is told that usher ends. Before the servers and
 * workers are freed; NULL is fine. */
void usher_pages_stop(struct usher_pages *pages);
/* After the store was closed. */
void usher_pages_free(struct usher_pages *pages);

/* Answers the request, now or later. worker NULL: it came over the admin
 * socket, on the control thread, and needs no token. */
void usher_pages_request(struct usher_pages *pages, struct usher_worker *worker,
                         struct usher_request *request);
/* A changed ADMIN_TOKEN. Control thread. */
void usher_pages_admin_token(struct usher_pages *pages, const char *token);

/* Begins and ends the problems that nobody tells of: of the store, of tokens,
 * of flows that are not there. 1: the store fails. Any thread. */
int usher_pages_look(struct usher_pages *pages);

/* The JSON of /readyz; *ready: webhook calls can be answered. */
void usher_pages_readyz(struct usher_pages *pages, struct usher_buffer *out,
                        int *ready);

#endif
