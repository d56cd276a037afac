/* engine/zoho/error.h - what went wrong at Zoho, in words flows can act upon
 * and a support engineer can act on.
 *
 * Pure: no network, no allocation that stays. Any thread. */
#ifndef USHER_ZOHO_ERROR_H
#define USHER_ZOHO_ERROR_H

#include <stddef.h>
#include <stdint.h>

#include "core/log.h"
#include "net/client.h"
#include "zoho/data_centre.h"

/* The fixed words of err.kind. */
enum usher_error_kind {
    USHER_KIND_NONE,
    USHER_KIND_TIMEOUT,      /* no answer to a read in time */
    USHER_KIND_OFFLINE,      /* not reached, or out of order; not done */
    USHER_KIND_RATE_LIMITED, /* too many calls; retry_after_s may tell */
    USHER_KIND_TOKEN,        /* the credential is dead or refused */
    USHER_KIND_SCOPE,        /* the token may not do this, refreshed or not */
    USHER_KIND_INVALID,      /* the request is wrong; `field` may name it */
    USHER_KIND_NOT_FOUND,    /* no such record or path */
    USHER_KIND_REJECTED,     /* understood and refused */
    USHER_KIND_UNCLEAR,      /* a write that may or may not have been done */
    USHER_KIND_DEADLINE      /* the turn's time was over: not done */
};

/* "timeout", "rate_limited", ...; "none" for USHER_KIND_NONE. */
const char *usher_error_kind_text(enum usher_error_kind kind);

struct usher_zoho_error {
    enum usher_error_kind kind;
    unsigned status;       /* HTTP; 0: there was no answer */
    int64_t retry_after_s; /* -1: unknown */
    int token_refused;     /* a refresh may help (401, INVALID_OAUTH, 1008) */
    int busy;              /* too many at once: a short wait may help */
    char code[48];         /* Zoho's own: "INVALID_DATA", "1008"; or "" */
    char field[96];        /* the field it complains about; or "" */
    char message[256];     /* what Zoho said, cut and masked */
    char hint[384];        /* what to do; or "" */
};

/* What is known about a call. */
struct usher_zoho_facts {
    enum usher_zoho_service service;
    int is_write;
    int visitor_api;    /* the Visitor API, which wants an org token */
    int wants_json;     /* a success without JSON is none */
    const char *scopes; /* the scopes it needs, for hints; or NULL */
    const struct usher_client_answer *answer;
    const struct usher_log *log; /* its masking is applied; or NULL */
};

/* Gives USHER_KIND_NONE for a success and leaves *error alone then (204 is an
 * empty list); otherwise fills it. Decided by the body first and the status
 * second, since SalesIQ reports errors with status 200, too. */
enum usher_error_kind usher_zoho_error_map(const struct usher_zoho_facts *facts,
                                           struct usher_zoho_error *error);

/* One of our own making: nothing was sent. hint may be NULL. */
void usher_zoho_error_set(struct usher_zoho_error *error,
                          enum usher_error_kind kind, const char *message,
                          const char *hint);

#endif
