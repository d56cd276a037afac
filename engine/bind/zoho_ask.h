/* engine/bind/zoho_ask.h - one call to Zoho of a flow as a job (effect.h). It
 * knows no Lua: lua_zoho.c fills it from what the flow gave. */
#ifndef USHER_BIND_ZOHO_ASK_H
#define USHER_BIND_ZOHO_ASK_H

#include "bind/bind.h"
#include "core/buffer.h"
#include "script/effect.h"

/* Names and values, each ended by a 0. */
struct usher_zoho_pairs {
    struct usher_buffer text;
    size_t count;
    struct usher_zoho_value *list; /* of usher_zoho_pairs_list() */
};

struct usher_zoho_ask {
    struct usher_job job;
    const struct usher_bind *bind;
    const struct usher_zoho_operation *operation; /* NULL: one of its own */
    struct usher_zoho_pairs path;
    struct usher_zoho_pairs query;
    struct usher_buffer body; /* JSON */
    int has_body;
    int is_write;
    int is_short; /* an id that a setting should give is missing: it fails when
                     it is started, with `error` */

    /* Where operation is NULL: */
    enum usher_zoho_service service;
    struct usher_buffer method;
    struct usher_buffer address; /* the path */
    char credential[16];         /* "": the usual one */

    /* The unit's own. */
    struct usher_zoho_job *sent;
    struct usher_timer timer;
    const char *kind; /* to fail with when the timer fires */
    struct usher_error error;
};

/* NULL without memory. Freed through its ops. */
struct usher_zoho_ask *usher_zoho_ask_new(const struct usher_bind *bind);

/* Makes path, query and body of ask->operation from a flow's argument, an
 * encoded table (script/value.h): numbers where Zoho wants ids or texts become
 * texts, Unix seconds where it wants a time become one, ids that the settings
 * know are added where the flow gives none. Then checks it all, without regard
 * to what the settings are: that is nothing a flow does wrong, and may be
 * another thing in a replay. USHER_ERR_INVALID: `error` names the field;
 * USHER_ERR_NOMEM. */
USHER_MUST_USE enum usher_status usher_zoho_ask_fill(struct usher_zoho_ask *ask,
                                                     const void *argument,
                                                     size_t len,
                                                     struct usher_error *error);

/* Adds the members of an encoded table to the query. */
USHER_MUST_USE enum usher_status
usher_zoho_ask_query(struct usher_zoho_ask *ask, const void *table, size_t len,
                     struct usher_error *error);

/* Makes the list; nothing is added after. */
USHER_MUST_USE enum usher_status
usher_zoho_pairs_list(struct usher_zoho_pairs *pairs);

#endif
