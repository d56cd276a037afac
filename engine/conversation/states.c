/* engine/conversation/states.c - a worker's Lua states. */
#include "conversation/states.h"

#include <stdlib.h>
#include <string.h>

/* States of old versions that nobody holds, kept all the same. */
#define IDLE_MAX 2
/* States that flows at rest may hold. */
#define HELD_MAX 6

struct usher_publication *usher_publication_new(struct usher_version *version,
                                                size_t worker_count)
{
    struct usher_publication *publication = calloc(1, sizeof(*publication));

    if (!publication)
        return NULL;
    publication->scripts = calloc(worker_count, sizeof(struct usher_script *));
    if (!publication->scripts) {
        free(publication);
        return NULL;
    }
    atomic_init(&publication->references, 1);
    publication->version = usher_version_retain(version);
    publication->worker_count = worker_count;
    return publication;
}

void usher_publication_release(struct usher_publication *publication)
{
    if (!publication || atomic_fetch_sub(&publication->references, 1) != 1)
        return;
    for (size_t i = 0; i < publication->worker_count; i++)
        usher_script_free(publication->scripts[i]);
    usher_version_release(publication->version);
    free(publication->scripts);
    free(publication);
}

static void state_free(struct usher_state *state)
{
    usher_script_free(state->script);
    usher_version_release(state->version);
    free(state);
}

/* Frees the idle states that were replaced. */
static void replaced_free(struct usher_states *states)
{
    struct usher_state **at = &states->list;

    while (*at) {
        struct usher_state *state = *at;

        if (!state->replaced || state->users) {
            at = &state->next;
            continue;
        }
        *at = state->next;
        state_free(state);
    }
}

/* Likewise those used longest ago, above IDLE_MAX. */
static void trim(struct usher_states *states)
{
    replaced_free(states);
    for (;;) {
        struct usher_state **oldest = NULL;
        struct usher_state *state;
        size_t idle = 0;

        for (struct usher_state **at = &states->list; *at; at = &(*at)->next) {
            if ((*at)->users || *at == states->newest)
                continue;
            idle++;
            if (!oldest || (*at)->used < (*oldest)->used)
                oldest = at;
        }
        if (idle <= IDLE_MAX || !oldest)
            return;
        state = *oldest;
        *oldest = state->next;
        state_free(state);
    }
}

struct usher_state *usher_states_surplus(const struct usher_states *states)
{
    struct usher_state *oldest = NULL;
    size_t held = 0;

    /* New ones are put in front. */
    for (struct usher_state *at = states->list; at; at = at->next) {
        if (!at->users || at == states->newest)
            continue;
        held++;
        oldest = at;
    }
    return held > HELD_MAX ? oldest : NULL;
}

struct usher_state *usher_states_find(struct usher_states *states,
                                      const char *hash)
{
    struct usher_state *state = states->list;

    while (state && (state->replaced ||
                     strcmp(usher_version_hash(state->version), hash) != 0))
        state = state->next;
    return state;
}

struct usher_state *usher_states_add(struct usher_states *states,
                                     struct usher_version *version,
                                     struct usher_script *script)
{
    struct usher_state *state = calloc(1, sizeof(*state));
    struct usher_state *old =
        usher_states_find(states, usher_version_hash(version));

    if (!state) {
        usher_script_free(script);
        return NULL;
    }
    state->version = usher_version_retain(version);
    state->script = script;
    state->used = ++states->clock;
    state->grown = usher_script_bytes(script) +
                   usher_script_limits_default().turn_bytes / 2;
    state->look_at = state->grown;
    state->next = states->list;
    states->list = state;
    if (old && old->full) {
        old->replaced = 1;
        if (states->newest == old)
            states->newest = state;
        trim(states);
    }
    return state;
}

int usher_states_adopt(struct usher_states *states,
                       struct usher_publication *publication, size_t worker)
{
    struct usher_state *state;
    struct usher_script *script = publication->scripts[worker];

    if (states->newest && states->newest->version == publication->version)
        return 0;
    state = usher_states_find(states, usher_version_hash(publication->version));
    if (!state) {
        if (!script)
            return 0;
        publication->scripts[worker] = NULL; /* this worker's slot only */
        state = usher_states_add(states, publication->version, script);
        if (!state)
            return 0;
    }
    states->newest = state;
    trim(states);
    return 1;
}

void usher_state_hold(struct usher_state *state)
{
    state->users++;
}

void usher_states_let_go(struct usher_states *states, struct usher_state *state)
{
    if (--state->users == 0) {
        state->used = ++states->clock;
        trim(states);
    }
}

struct usher_script *usher_states_take(struct usher_states *states)
{
    struct usher_state *state = states->newest;
    struct usher_script *script = state ? state->script : NULL;

    if (!script || state->users || state->full)
        return NULL;
    state->script = NULL; /* the caller's */
    state->replaced = 1;
    states->newest = NULL;
    replaced_free(states);
    return script;
}

size_t usher_states_bytes(const struct usher_states *states)
{
    size_t sum = 0;

    for (const struct usher_state *state = states->list; state;
         state = state->next)
        sum += usher_script_bytes(state->script);
    return sum;
}

void usher_states_free(struct usher_states *states)
{
    struct usher_state *state;

    while ((state = states->list) != NULL) {
        states->list = state->next;
        state_free(state);
    }
    states->newest = NULL;
}
