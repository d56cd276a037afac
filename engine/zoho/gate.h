/* engine/zoho/gate.h - how many calls run at once, over all workers: a slot
 * is taken before a call is sent and given back after it. Those who wait are
 * served in the order they came, whatever worker they are on. */
#ifndef USHER_ZOHO_GATE_H
#define USHER_ZOHO_GATE_H

#include <stddef.h>

#include "core/status.h"
#include "net/loop.h"
#include "zoho/data_centre.h"

struct usher_gate;       /* shared by all workers; any thread */
struct usher_gate_entry; /* one worker's door; that worker's thread only */

/* A place in the queue; inside its owner's struct, zero-initialised. */
struct usher_gate_ticket {
    struct usher_gate_ticket *next, *prev; /* the gate's own */
    struct usher_gate_entry *entry;
    enum usher_zoho_service service;
    int state;              /* idle, queued, granted, held */
    void (*fn)(void *user); /* the slot is yours now */
    void *user;
};

/* max_waiting: tickets in the queue of each service; more are refused. */
USHER_MUST_USE enum usher_status usher_gate_new(size_t max_waiting,
                                                struct usher_gate **out);
void usher_gate_free(struct usher_gate *gate); /* after all its entries */

/* Calls at once to a service; 0: no limit (the default). A lower limit takes
 * effect as calls end. */
void usher_gate_limit(struct usher_gate *gate, enum usher_zoho_service service,
                      unsigned limit);

USHER_MUST_USE enum usher_status
usher_gate_enter(struct usher_gate *gate, struct usher_loop *loop,
                 struct usher_gate_entry **out);
/* Its tickets must have been left. */
void usher_gate_leave(struct usher_gate_entry *entry);

/* Takes a slot. USHER_OK: it is held now. USHER_ERR_EXISTS: it waits, and
 * fn(user) is called on the entry's loop once the slot is held.
 * USHER_ERR_LIMIT: the queue is full. */
USHER_MUST_USE enum usher_status usher_gate_take(
    struct usher_gate_entry *entry, struct usher_gate_ticket *ticket,
    enum usher_zoho_service service, void (*fn)(void *user), void *user);
/* Gives the slot back, or the place in the queue; an idle ticket is fine. */
void usher_gate_give(struct usher_gate_ticket *ticket);

/* Tickets that wait, for /metrics and tests. */
size_t usher_gate_waiting(struct usher_gate *gate,
                          enum usher_zoho_service service);

#endif
