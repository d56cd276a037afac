/* engine/zoho/zoho_internal.h - shared by zoho.c and job.c; nobody else's. */
#ifndef USHER_ZOHO_ZOHO_INTERNAL_H
#define USHER_ZOHO_ZOHO_INTERNAL_H

#include "zoho/zoho.h"

#define EXTRA_HEADERS_MAX 16

struct job_list {
    struct usher_zoho_job *first;
};

/* Jobs of this worker that wait for a token: one question for all. */
struct token_wait {
    struct usher_zoho *zoho;
    enum usher_credential_id set;
    struct usher_need *need;
    struct job_list jobs;
};

struct usher_zoho {
    struct usher_loop *loop;
    struct usher_client *client;
    struct usher_credentials *credentials;
    struct usher_gate_entry *entry;
    const struct usher_clock *clock;
    struct usher_log *log;
    const struct usher_tokens *tokens; /* the newest that was seen */
    struct token_wait wait[USHER_CREDENTIAL_COUNT][USHER_ZOHO_SERVICES];
    usher_zoho_observe_fn *observe;
    void *observe_user;
    size_t pending;
    struct usher_zoho_job *jobs; /* all */
};

struct usher_zoho_job {
    struct usher_zoho *zoho;
    struct usher_zoho_job *next, *prev; /* of all */
    struct usher_zoho_job *wait_next;   /* in a token_wait */
    struct usher_zoho_job **wait_link;  /* what points here; NULL: in none */
    const struct usher_zoho_operation *operation;
    enum usher_zoho_service service;
    struct usher_credential_choice choice;
    int is_write;
    int visitor_api;
    int wants_org;
    int has_deadline; /* the caller's, not ours */
    int64_t deadline_ms;
    int64_t started_ms;
    usher_zoho_fn *fn;
    void *user;

    unsigned attempts;
    unsigned busy_tries;
    int refusals;                 /* how often a token was refused */
    enum usher_credential_id set; /* of the token it was last sent with */
    uint64_t generation;
    int token_is_new;               /* to this service: say if it works */
    struct usher_zoho_error *error; /* to end with; NULL until needed */
    struct usher_transfer *transfer;
    struct usher_gate_ticket ticket;
    int has_slot;
    struct usher_timer timer;

    const char *method; /* these lie behind the struct */
    char *path;         /* with room for the host before it */
    const char *body;   /* NULL: none */
    size_t body_len;
    struct usher_header headers[EXTRA_HEADERS_MAX];
    size_t header_count;
};

/* Takes the newest snapshot. */
void tokens_look(struct usher_zoho *zoho);
/* Goes on with the job: to a token, a slot, and out. Never ends it before it
 * returns. */
void job_advance(struct usher_zoho_job *job);
/* Ends it with *error from the loop. */
void job_fail(struct usher_zoho_job *job, const struct usher_zoho_error *error);
void job_free(struct usher_zoho_job *job);

#endif
