/* engine/zoho/operation.h - the Zoho operations that usher knows: one static
 * table, from which requests are built and checked before anything is sent.
 * Pure; any thread. */
#ifndef USHER_ZOHO_OPERATION_H
#define USHER_ZOHO_OPERATION_H

#include <stddef.h>

#include "core/buffer.h"
#include "core/config.h" /* enum usher_credential_id: the sets */
#include "core/status.h"
#include "zoho/data_centre.h"

/* Where a token for an operation comes from: the first of these sets that is
 * configured. */
struct usher_credential_choice {
    enum usher_credential_id set[3];
    size_t count;
};

enum usher_zoho_type {
    USHER_ZOHO_TEXT,
    USHER_ZOHO_ID,      /* digits, as a string */
    USHER_ZOHO_INTEGER, /* a number or a string of digits */
    USHER_ZOHO_BOOLEAN,
    USHER_ZOHO_TIME, /* yyyy-MM-ddTHH:mm:ss.000Z */
    USHER_ZOHO_OBJECT,
    USHER_ZOHO_LIST,
    USHER_ZOHO_ANY
};

struct usher_zoho_field {
    const char *name; /* NULL ends a list; "visitor.user_id" is inside */
    enum usher_zoho_type type;
    int required;        /* 2: one of those that have 2 here is required */
    size_t max;          /* characters; 0: no bound known */
    const char *allowed; /* "outbound|inbound"; NULL: anything */
};

struct usher_zoho_operation {
    const char *name; /* "desk.create_call" */
    enum usher_zoho_service service;
    struct usher_credential_choice credentials;
    const char *method;
    const char *path; /* "/api/v1/calls/{id}" */
    int is_write;     /* an outside write: never repeated blindly */
    int wants_org;    /* the header orgId */
    int visitor_api;
    int closed;         /* Zoho refuses fields that are not in the list */
    const char *scopes; /* separated by spaces; all of them */
    const struct usher_zoho_field *fields; /* of the body; NULL: no body */
    const struct usher_zoho_field *query;  /* NULL: takes none */
};

/* NULL when there is none of this name, or beyond the last one. */
const struct usher_zoho_operation *usher_zoho_operation_find(const char *name);
const struct usher_zoho_operation *usher_zoho_operation_at(size_t index);

/* The credentials a request of no operation goes with: by its service, and by
 * its path for SalesIQ's Visitor API. */
struct usher_credential_choice
usher_zoho_choice(enum usher_zoho_service service, const char *path);

/* The ids that calls take from the settings, as sets of bits. */
#define USHER_ZOHO_FIRST_ID USHER_SETTING_SALESIQ_SCREEN_NAME
#define USHER_ZOHO_IDS 5u /* up to DESK_DEPARTMENT_ID */
#define usher_zoho_id(setting) (1u << ((setting)-USHER_ZOHO_FIRST_ID))
/* The setting that fills this field of a body where a flow does not; -1:
 * none. */
int usher_zoho_field_setting(const char *field, size_t len);
/* Those that a call needs which gives none of them itself. */
unsigned usher_zoho_operation_ids(const struct usher_zoho_operation *operation);

/* The set of this name ("default", "salesiq", "visitor", "desk"), -1: none. */
int usher_credential_find(const char *name);

struct usher_zoho_value {
    const char *name;
    const char *value; /* terminated by 0 */
};

/* Appends the path with each {name} replaced by its value, percent-encoded.
 * USHER_ERR_INVALID: a value is missing or empty; error names it. */
USHER_MUST_USE enum usher_status
usher_zoho_path_fill(const char *path, const struct usher_zoho_value *values,
                     size_t count, struct usher_buffer *out,
                     struct usher_error *error);

/* Appends "?a=b&c=d", percent-encoded; nothing when count is 0. Begins with
 * "&" instead where out already holds a "?". */
enum usher_status usher_zoho_query_fill(const struct usher_zoho_value *query,
                                        size_t count, struct usher_buffer *out);

/* Checks a JSON body and query parameters against the table before they are
 * sent: required, type, length, allowed values, unknown names where Zoho
 * refuses those. USHER_ERR_INVALID with one sentence that names the field;
 * USHER_ERR_PARSE when the body is not a JSON object. */
USHER_MUST_USE enum usher_status
usher_zoho_operation_check(const struct usher_zoho_operation *operation,
                           const char *body, size_t body_len,
                           const struct usher_zoho_value *query,
                           size_t query_count, struct usher_error *error);

#endif
