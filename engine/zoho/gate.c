/* engine/zoho/gate.c - see the header. Slots are handed from the one who
 * leaves to the first in the queue, under one lock; the worker of that one is
 * woken by a post, once for all its grants. */
#include "zoho/gate.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum ticket_state {
    TICKET_IDLE,
    TICKET_QUEUED,
    TICKET_GRANTED, /* counted; its worker does not know yet */
    TICKET_HELD
};

struct ticket_list {
    struct usher_gate_ticket *first, *last;
};

struct lane {
    _Atomic unsigned limit;
    unsigned in_use;
    size_t waiting;
    struct ticket_list queue;
};

struct usher_gate {
    pthread_mutex_t lock; /* guards everything here and in entries */
    size_t max_waiting;
    struct lane lane[USHER_ZOHO_SERVICES];
    struct usher_gate_entry *entries;
};

struct usher_gate_entry {
    struct usher_gate *gate;
    struct usher_gate_entry *next, *prev;
    struct usher_loop *loop;
    struct ticket_list granted;
    int posted; /* a wake-up is on its way */
    int left;   /* freed by that wake-up, or with the gate */
};

static void list_append(struct ticket_list *list,
                        struct usher_gate_ticket *ticket)
{
    ticket->next = NULL;
    ticket->prev = list->last;
    if (list->last)
        list->last->next = ticket;
    else
        list->first = ticket;
    list->last = ticket;
}

static void list_remove(struct ticket_list *list,
                        struct usher_gate_ticket *ticket)
{
    if (ticket->prev)
        ticket->prev->next = ticket->next;
    else
        list->first = ticket->next;
    if (ticket->next)
        ticket->next->prev = ticket->prev;
    else
        list->last = ticket->prev;
    ticket->next = ticket->prev = NULL;
}

static void entry_unlink(struct usher_gate_entry *entry)
{
    if (entry->prev)
        entry->prev->next = entry->next;
    else
        entry->gate->entries = entry->next;
    if (entry->next)
        entry->next->prev = entry->prev;
}

/* On the entry's thread: those who were granted a slot get to know. One at a
 * time, since what they do may end others. */
static void entry_wake(void *user)
{
    struct usher_gate_entry *entry = user;
    struct usher_gate *gate = entry->gate;
    struct usher_gate_ticket *ticket;

    pthread_mutex_lock(&gate->lock);
    entry->posted = 0;
    if (entry->left) {
        entry_unlink(entry);
        pthread_mutex_unlock(&gate->lock);
        free(entry);
        return;
    }
    /* As many as there are now; nobody may leave from inside fn. */
    while ((ticket = entry->granted.first) != NULL) {
        list_remove(&entry->granted, ticket);
        ticket->state = TICKET_HELD;
        pthread_mutex_unlock(&gate->lock);
        ticket->fn(ticket->user);
        pthread_mutex_lock(&gate->lock);
    }
    pthread_mutex_unlock(&gate->lock);
}

static void lane_pump(struct lane *lane)
{
    unsigned limit = atomic_load(&lane->limit);

    while (lane->queue.first && (limit == 0 || lane->in_use < limit)) {
        struct usher_gate_ticket *ticket = lane->queue.first;
        struct usher_gate_entry *entry = ticket->entry;

        list_remove(&lane->queue, ticket);
        lane->waiting--;
        lane->in_use++;
        ticket->state = TICKET_GRANTED;
        list_append(&entry->granted, ticket);
        /* A post that fails is made up for by the next one; until then the
         * caller's deadline holds. */
        if (!entry->posted)
            entry->posted =
                usher_loop_post(entry->loop, entry_wake, entry) == USHER_OK;
    }
}

enum usher_status usher_gate_new(size_t max_waiting, struct usher_gate **out)
{
    struct usher_gate *gate = calloc(1, sizeof(*gate));

    *out = NULL;
    if (!gate)
        return USHER_ERR_NOMEM;
    if (pthread_mutex_init(&gate->lock, NULL) != 0) {
        free(gate);
        return USHER_ERR_NOMEM;
    }
    gate->max_waiting = max_waiting;
    *out = gate;
    return USHER_OK;
}

void usher_gate_free(struct usher_gate *gate)
{
    if (!gate)
        return;
    while (gate->entries) {
        struct usher_gate_entry *entry = gate->entries;
        gate->entries = entry->next;
        free(entry);
    }
    pthread_mutex_destroy(&gate->lock);
    free(gate);
}

void usher_gate_limit(struct usher_gate *gate, enum usher_zoho_service service,
                      unsigned limit)
{
    pthread_mutex_lock(&gate->lock);
    atomic_store(&gate->lane[service].limit, limit);
    lane_pump(&gate->lane[service]);
    pthread_mutex_unlock(&gate->lock);
}

enum usher_status usher_gate_enter(struct usher_gate *gate,
                                   struct usher_loop *loop,
                                   struct usher_gate_entry **out)
{
    struct usher_gate_entry *entry = calloc(1, sizeof(*entry));

    *out = NULL;
    if (!entry)
        return USHER_ERR_NOMEM;
    entry->gate = gate;
    entry->loop = loop;
    pthread_mutex_lock(&gate->lock);
    entry->next = gate->entries;
    if (entry->next)
        entry->next->prev = entry;
    gate->entries = entry;
    pthread_mutex_unlock(&gate->lock);
    *out = entry;
    return USHER_OK;
}

void usher_gate_leave(struct usher_gate_entry *entry)
{
    struct usher_gate *gate;
    int posted;

    if (!entry)
        return;
    gate = entry->gate;
    pthread_mutex_lock(&gate->lock);
    entry->left = 1;
    posted = entry->posted;
    if (!posted)
        entry_unlink(entry);
    pthread_mutex_unlock(&gate->lock);
    if (!posted)
        free(entry);
}

enum usher_status usher_gate_take(struct usher_gate_entry *entry,
                                  struct usher_gate_ticket *ticket,
                                  enum usher_zoho_service service,
                                  void (*fn)(void *user), void *user)
{
    struct usher_gate *gate = entry->gate;
    struct lane *lane = &gate->lane[service];
    enum usher_status st = USHER_OK;

    ticket->entry = entry;
    ticket->service = service;
    ticket->fn = fn;
    ticket->user = user;
    /* Where there is no limit nobody needs the lock. */
    if (atomic_load_explicit(&lane->limit, memory_order_relaxed) == 0) {
        ticket->fn = NULL; /* see usher_gate_give() */
        return USHER_OK;
    }
    pthread_mutex_lock(&gate->lock);
    if (!lane->queue.first && lane->in_use < atomic_load(&lane->limit)) {
        lane->in_use++;
        ticket->state = TICKET_HELD;
    } else if (lane->waiting >= gate->max_waiting) {
        st = USHER_ERR_LIMIT;
    } else {
        lane->waiting++;
        ticket->state = TICKET_QUEUED;
        list_append(&lane->queue, ticket);
        st = USHER_ERR_EXISTS;
        lane_pump(lane); /* the limit may have gone up this moment */
    }
    pthread_mutex_unlock(&gate->lock);
    return st;
}

void usher_gate_give(struct usher_gate_ticket *ticket)
{
    struct usher_gate *gate;
    struct lane *lane;

    if (!ticket->entry)
        return;
    gate = ticket->entry->gate;
    /* Taken where there was no limit: neither counted nor queued. */
    if (!ticket->fn) {
        ticket->entry = NULL;
        return;
    }
    lane = &gate->lane[ticket->service];
    pthread_mutex_lock(&gate->lock);
    switch ((enum ticket_state)ticket->state) {
    case TICKET_IDLE:
        break;
    case TICKET_QUEUED:
        list_remove(&lane->queue, ticket);
        lane->waiting--;
        break;
    case TICKET_GRANTED:
        list_remove(&ticket->entry->granted, ticket);
        lane->in_use--;
        break;
    case TICKET_HELD:
        lane->in_use--;
        break;
    }
    ticket->state = TICKET_IDLE;
    ticket->entry = NULL;
    lane_pump(lane);
    pthread_mutex_unlock(&gate->lock);
}

size_t usher_gate_waiting(struct usher_gate *gate,
                          enum usher_zoho_service service)
{
    size_t waiting;

    pthread_mutex_lock(&gate->lock);
    waiting = gate->lane[service].waiting;
    pthread_mutex_unlock(&gate->lock);
    return waiting;
}
