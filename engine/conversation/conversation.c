/* engine/conversation/conversation.c - a worker's conversations: which are in
 * memory, loading them, queueing their calls. The turn itself is in
 * turn_run.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conversation/conversation.h"

/* Conversations at rest that stay in memory above a store that must be asked
 * (above a local one none does), and flows that stay live in one state. */
#define IDLE_MAX 4096

/* Structs kept for conversations to come, and what their buffers may have. */
#define SPARES_MAX 256
#define SPARE_BUFFER 4096

static uint64_t key_hash(const char *key, size_t len)
{
    uint64_t h = 1469598103934665603ULL;

    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)key[i]) * 1099511628211ULL;
    return h ^ (h >> 29);
}

size_t usher_worker_of(const char *key, size_t len, size_t worker_count)
{
    return worker_count < 2
               ? 0
               : (size_t)((key_hash(key, len) >> 16) % worker_count);
}

static struct conversation **bucket_of(struct usher_worker *worker,
                                       uint64_t hash)
{
    return &worker->buckets[hash % CONVERSATION_BUCKETS];
}

static struct conversation *find(struct usher_worker *worker, const char *key,
                                 size_t len, uint64_t hash)
{
    struct conversation *conv = *bucket_of(worker, hash);

    while (conv && (conv->hash != hash || conv->key_len != len ||
                    memcmp(conv->key, key, len) != 0))
        conv = conv->hash_next;
    return conv;
}

static void list_remove(struct conversation *conv)
{
    struct usher_worker *worker = conv->worker;

    *(conv->older ? &conv->older->newer : &worker->oldest) = conv->newer;
    *(conv->newer ? &conv->newer->older : &worker->newest) = conv->older;
    conv->older = conv->newer = NULL;
}

static void list_append(struct conversation *conv)
{
    struct usher_worker *worker = conv->worker;

    conv->older = worker->newest;
    conv->newer = NULL;
    *(worker->newest ? &worker->newest->newer : &worker->oldest) = conv;
    worker->newest = conv;
}

/* A struct whose buffers have memory already, if there is one. */
static struct conversation *take(struct usher_worker *worker)
{
    struct conversation *conv = worker->spare;

    if (!conv) {
        conv = calloc(1, sizeof(*conv));
        if (!conv)
            return NULL;
        usher_transcript_init(&conv->transcript);
        usher_answer_init(&conv->answer);
        return conv;
    }
    worker->spare = conv->hash_next;
    worker->spares--;
    memset((char *)conv + offsetof(struct conversation, worker), 0,
           sizeof(*conv) - offsetof(struct conversation, worker));
    return conv;
}

static struct conversation *add(struct usher_worker *worker, const char *key,
                                size_t len, uint64_t hash)
{
    struct conversation *conv = take(worker);

    if (!conv)
        return NULL;
    conv->worker = worker;
    conv->hash = hash;
    memcpy(conv->key, key, len);
    conv->key_len = len;
    conv->queue_end = &conv->queue;
    usher_run_init(&conv->run, NULL, "", conv, NULL);
    conv->new_tasks.tasks = worker->tasks;
    conv->new_tasks.key = conv->key;
    conv->new_tasks.key_len = len;
    conv->hash_next = *bucket_of(worker, hash);
    *bucket_of(worker, hash) = conv;
    list_append(conv);
    worker->conversations++;
    WORKER_GAUGE(worker, conversations, worker->conversations);
    return conv;
}

void conversation_drop_run(struct conversation *conv)
{
    usher_run_clear(&conv->run);
    if (conv->state) {
        usher_states_let_go(&conv->worker->states, conv->state);
        conv->state = NULL;
    }
    conv->has_run = 0;
    conv->pending = 0;
    conv->unfinished = 0;
}

void conversation_memory_free(struct conversation *conv)
{
    usher_run_free(&conv->run);
    usher_answer_free(&conv->answer);
    usher_transcript_free(&conv->transcript);
    usher_buffer_free(&conv->memory);
    usher_buffer_free(&conv->offered);
    usher_buffer_free(&conv->undelivered);
    usher_buffer_free(&conv->recorded);
    usher_buffer_free(&conv->unfinished_entries);
    usher_buffer_free(&conv->earlier);
    usher_buffer_free(&conv->drawn);
    usher_buffer_free(&conv->before);
    usher_intents_clear(&conv->retry_intents);
    free(conv);
}

/* Kept for the next one, with buffers as most conversations need them. */
static void spare_keep(struct usher_worker *worker, struct conversation *conv)
{
    usher_answer_rest(&conv->answer, SPARE_BUFFER);
    usher_buffer_rest(&conv->transcript.bytes, SPARE_BUFFER);
    conv->transcript.count = 0;
    usher_buffer_rest(&conv->memory, SPARE_BUFFER);
    usher_buffer_rest(&conv->offered, SPARE_BUFFER);
    usher_buffer_rest(&conv->undelivered, SPARE_BUFFER);
    usher_buffer_rest(&conv->recorded, SPARE_BUFFER);
    usher_buffer_rest(&conv->unfinished_entries, SPARE_BUFFER);
    usher_buffer_free(&conv->earlier); /* mostly there is none */
    usher_buffer_free(&conv->drawn);
    usher_buffer_free(&conv->before);
    conv->hash_next = worker->spare;
    worker->spare = conv;
    worker->spares++;
}

static void conversation_free(struct conversation *conv)
{
    struct usher_worker *worker = conv->worker;
    struct conversation **at = bucket_of(worker, conv->hash);

    while (*at != conv)
        at = &(*at)->hash_next;
    *at = conv->hash_next;
    list_remove(conv);
    worker->conversations--;
    WORKER_GAUGE(worker, conversations, worker->conversations);
    conversation_drop_run(conv);
    usher_intents_clear(&conv->retry_intents);
    usher_new_tasks_clear(&conv->new_tasks);
    if (worker->spares < SPARES_MAX)
        spare_keep(worker, conv);
    else
        conversation_memory_free(conv);
}

/* Forgets what it knows: the next call loads it from the store. */
void conversation_reset(struct conversation *conv)
{
    conversation_drop_run(conv);
    usher_buffer_clear(&conv->transcript.bytes);
    conv->transcript.count = 0;
    usher_buffer_clear(&conv->memory);
    usher_buffer_clear(&conv->offered);
    usher_buffer_clear(&conv->undelivered);
    usher_buffer_clear(&conv->recorded);
    usher_buffer_clear(&conv->unfinished_entries);
    usher_buffer_clear(&conv->earlier);
    usher_buffer_clear(&conv->drawn);
    usher_buffer_clear(&conv->before);
    usher_intents_clear(&conv->retry_intents);
    usher_new_tasks_clear(&conv->new_tasks);
    conv->retry = 0;
    conv->owed = 0;
    conv->unreadable = 0;
    conv->request_id[0] = '\0';
    memset(conv->seen, 0, sizeof(conv->seen));
    conv->run_number = 0;
    conv->seq = 0;
    conv->phase = PHASE_EMPTY;
}

static int is_at_rest(const struct conversation *conv)
{
    return (conv->phase == PHASE_IDLE || conv->phase == PHASE_EMPTY) &&
           !conv->queue && !conv->pumping;
}

/* At rest and of no use in memory: the store is as near, or nobody will ask
 * for it. */
static int is_spare(const struct conversation *conv)
{
    return is_at_rest(conv) &&
           (conv->phase == PHASE_EMPTY || conv->anonymous ||
            (!conv->run.fiber &&
             usher_store_is_local(conv->worker->shared->store)));
}

static int is_resting_in(const struct conversation *conv,
                         const struct usher_state *state)
{
    return conv->state == state && is_at_rest(conv);
}

/* Flows at rest give their coroutines in the state back. */
static void fibers_rest(struct usher_worker *worker,
                        const struct usher_state *state)
{
    for (struct conversation *conv = worker->oldest; conv; conv = conv->newer) {
        if (is_resting_in(conv, state) && conv->run.fiber)
            usher_run_rest(&conv->run);
    }
    lua_gc(usher_script_lua(state->script), LUA_GCCOLLECT);
}

/* Those at rest in a state that was replaced leave it: their next turn
 * replays in the other one. */
static void replaced_leave(struct conversation *conv)
{
    if (!conv->state || !conv->state->replaced || !is_at_rest(conv))
        return;
    usher_run_rest(&conv->run);
    usher_states_let_go(&conv->worker->states, conv->state);
    conv->state = NULL;
}

void conversations_leave_replaced(struct usher_worker *worker)
{
    for (struct conversation *conv = worker->oldest; conv; conv = conv->newer)
        replaced_leave(conv);
}

static void state_look(struct usher_worker *worker, struct usher_state *state,
                       const char *flow)
{
    struct usher_script_limits limits = usher_script_limits_default();
    size_t most = limits.state_bytes / 4 * 3;
    size_t bytes = usher_script_bytes(state->script);

    if (state->full || bytes <= most || bytes <= state->look_at)
        return;
    fibers_rest(worker, state);
    bytes = usher_script_bytes(state->script);
    /* Not again with each turn: a whole collection takes its time. */
    state->look_at = bytes + limits.turn_bytes / 2;
    if (bytes > most)
        (void)state_full(worker, state, flow);
}

void states_look(struct usher_worker *worker, const char *flow)
{
    for (struct usher_state *state = worker->states.list; state;
         state = state->next)
        state_look(worker, state, flow);
    WORKER_GAUGE(worker, script_bytes, usher_states_bytes(&worker->states));
}

void conversations_leave_old_states(struct usher_worker *worker)
{
    struct usher_state *state = usher_states_surplus(&worker->states);
    struct conversation *next;

    if (!state)
        return;
    for (struct conversation *conv = worker->oldest; conv; conv = next) {
        int last = state->users == 1; /* it may be gone after */

        next = conv->newer;
        if (conv->state != state || !is_at_rest(conv))
            continue;
        usher_run_rest(&conv->run);
        conv->state = NULL;
        usher_states_let_go(&worker->states, state);
        if (last)
            return;
    }
}

/* What only a turn needs is given back by a conversation that stays. */
static void slim(struct conversation *conv)
{
    usher_answer_free(&conv->answer);
    if (!conv->has_run)
        usher_run_free(&conv->run);
}

/* A turn of conv has ended: above a local store it is kept only for its live
 * flow; in all, so many are kept, and the longest unused go. */
static void trim(struct usher_worker *worker, struct conversation *conv)
{
    struct conversation *next;

    states_look(worker, conv->run.flow);
    replaced_leave(conv);
    if (is_spare(conv))
        conversation_free(conv);
    else if (is_at_rest(conv))
        slim(conv);
    for (conv = worker->oldest; conv && worker->conversations > IDLE_MAX;
         conv = next) {
        next = conv->newer;
        if (is_at_rest(conv))
            conversation_free(conv);
    }
}

static void on_loaded(void *user, enum usher_status status,
                      const struct usher_stored_conversation *found)
{
    struct conversation *conv = user;
    int later = conv->phase == PHASE_LOADING;

    if (status == USHER_OK)
        status = head_read(conv, found);
    unreadable_seen(conv->worker->shared, conv->key, conv->key_len, status);
    if (status != USHER_OK) {
        conversation_reset(conv);
        conv->unreadable = (int)status;
    }
    conv->phase = PHASE_IDLE;
    if (later)
        conversation_pump(conv);
}

/* Nonzero: it is loaded; else on_loaded() goes on. */
static int load(struct conversation *conv)
{
    /* Set before the call: a store that answers at once leaves it alone. */
    int now =
        usher_store_load(conv->worker->shared->store, conv->key, conv->key_len,
                         conv->worker->loop, on_loaded, conv);

    if (!now)
        conv->phase = PHASE_LOADING;
    return now;
}

void conversation_pump(struct conversation *conv)
{
    struct call *call;

    if (conv->pumping) /* the loop below goes on */
        return;
    conv->pumping = 1;
    while ((call = conv->queue) != NULL) {
        if (conv->phase == PHASE_EMPTY && !load(conv))
            break;
        if (conv->phase != PHASE_IDLE)
            break;
        conv->queue = call->next;
        if (!conv->queue)
            conv->queue_end = &conv->queue;
        call->next = NULL;
        conversation_turn(conv, call);
    }
    conv->pumping = 0;
    if (conv->phase == PHASE_IDLE || conv->phase == PHASE_EMPTY)
        trim(conv->worker, conv);
}

void usher_worker_restart(struct usher_worker *worker,
                          struct usher_version *version,
                          struct usher_script *script)
{
    struct usher_state *fresh =
        usher_states_add(&worker->states, version, script);

    if (!fresh)
        return; /* without memory: goes on in the old one */
    worker->states.newest = fresh;
    usher_worker_forget(worker);
}

void usher_worker_forget(struct usher_worker *worker)
{
    struct conversation *conv, *next;

    for (conv = worker->oldest; conv; conv = next) {
        next = conv->newer;
        if (is_at_rest(conv))
            conversation_free(conv);
    }
}

/* The same request again, or the same message while its turn still runs. */
static int is_repeat(const struct call *running, const struct call *call)
{
    if (!running)
        return 0;
    if (call->turn.request_id[0] &&
        strcmp(call->turn.request_id, running->turn.request_id) == 0)
        return 1;
    return call->turn.fingerprint == running->turn.fingerprint &&
           call->turn.kind != USHER_TURN_UNREADABLE;
}

static void holding_due(void *user)
{
    struct call *call = user;
    struct usher_worker *worker = call->owner;
    char text[1024];
    struct usher_buffer json;

    call->held = 1;
    WORKER_COUNT(worker, answered_late);
    route_text(worker, "holding", text, sizeof(text));
    usher_buffer_init(&json, 0);
    usher_buffer_text(&json, "{\"action\":\"reply\",\"replies\":[");
    usher_buffer_json(&json, text, strlen(text));
    usher_buffer_text(&json, "]}");
    if (!json.failed)
        call_answer(call, json.data, json.len);
    usher_buffer_free(&json);
}

void conversation_accept(struct usher_worker *worker, struct call *call)
{
    struct conversation *conv;
    uint64_t hash;
    char key[USHER_KEY_MAX];
    int anonymous = call->turn.key_len == 0;

    call->owner = worker;
    if (worker->closed) {
        call_answer(call, NULL, 0);
        call_free(call);
        return;
    }
    if (call->turn.key_len == 0) {
        /* A conversation of its own, found by nothing again. */
        int len =
            snprintf(key, sizeof(key), "none:%zu-%llu-%lld", worker->index,
                     (unsigned long long)++worker->anonymous,
                     (long long)call->turn.received_ms);

        memcpy(call->turn.key, key, (size_t)len);
        call->turn.key_len = (size_t)len;
    }
    hash = key_hash(call->turn.key, call->turn.key_len);
    conv = find(worker, call->turn.key, call->turn.key_len, hash);
    if (!conv)
        conv = add(worker, call->turn.key, call->turn.key_len, hash);
    if (!conv) {
        call_answer(call, NULL, 0);
        call_free(call);
        return;
    }
    conv->anonymous = anonymous;
    call->conversation = conv;
    if (is_repeat(conv->current, call) && !conv->current->held) {
        struct waiter **end = &conv->current->waiters;

        while (*end)
            end = &(*end)->next;
        *end = call->waiters;
        call->waiters = NULL;
        call_free(call);
        return;
    }
    list_remove(conv);
    list_append(conv);
    *conv->queue_end = call;
    conv->queue_end = &call->next;
    worker->finished = NULL;
    /* An answer that was lost for want of memory must not be waited for for
     * ever. */
    if (conv->phase == PHASE_STATE)
        worker->shared->want_state(worker->shared->control, worker->index,
                                   conv->version);
    conversation_pump(conv);
    /* Most calls are answered by now; only the others need the timer. */
    if (worker->finished != call) {
        int64_t left = USHER_HOLDING_MS -
                       (usher_loop_now_ms(worker->loop) - call->started_ms);

        usher_timer_set(worker->loop, &call->holding, left > 0 ? left : 0,
                        holding_due, call);
    }
}

/* Its version is there, but cannot be read: nothing is done on another one. */
static void state_failed(struct conversation *conv, enum usher_status why)
{
    conv->unreadable = (int)why;
    conv->pumping = 1; /* who is answered may ask again at once */
    turn_lost(conv, why);
    conv->pumping = 0;
    conversation_pump(conv);
}

void conversation_state_ready(struct usher_worker *worker, const char *hash,
                              enum usher_status why)
{
    struct conversation *conv = worker->oldest;

    while (conv) {
        if (conv->phase == PHASE_STATE && strcmp(conv->version, hash) == 0) {
            if (why == USHER_OK)
                conversation_go_on(conv);
            else
                state_failed(conv, why);
            conv = worker->oldest; /* the list may be another one now */
        } else {
            conv = conv->newer;
        }
    }
}

void conversations_free(struct usher_worker *worker)
{
    struct conversation *conv;

    while ((conv = worker->oldest) != NULL) {
        struct call *call;

        if (conv->current) {
            call_answer(conv->current, NULL, 0);
            call_free(conv->current);
        }
        while ((call = conv->queue) != NULL) {
            conv->queue = call->next;
            call_answer(call, NULL, 0);
            call_free(call);
        }
        conversation_free(conv);
    }
    while ((conv = worker->spare) != NULL) {
        worker->spare = conv->hash_next;
        conversation_memory_free(conv);
    }
}
