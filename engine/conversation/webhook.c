/* engine/conversation/webhook.c - HTTP in, HTTP out: who may call, which
 * worker owns the call, who gets the answer (design.md sections 4 and 10). */
#include <stdlib.h>
#include <string.h>

#include "conversation/conversation.h"
#include "core/log_limit.h"

#define JSON_TYPE "application/json"

/* ---- answers ---- */

/* Until a loop that had no room for a message is tried again. */
#define AGAIN_MS 100

/* Said where there is no memory for anything better. */
static const char last_words[] =
    "{\"action\":\"reply\",\"replies\":[\"Sorry, something went wrong on our "
    "side. Please try again in a moment.\"]}";

/* Takes json; NULL: the last words. */
static void request_send(struct usher_worker *worker,
                         struct usher_request *request, char *json, size_t len)
{
    if (json)
        usher_request_answer(request, 200, JSON_TYPE, json, len, 1, NULL, 0);
    else
        usher_request_answer(request, 200, JSON_TYPE,
                             (char *)(uintptr_t)last_words,
                             sizeof(last_words) - 1, 0, NULL, 0);
    atomic_fetch_sub(&worker->busy, 1);
}

static void deliver(void *user)
{
    struct waiter *waiter = user;

    request_send(waiter->origin, waiter->request, waiter->json, waiter->len);
    free(waiter);
}

/* The waiter itself is what is posted: nothing more has to be found for it. */
static void waiter_post(void *user)
{
    struct waiter *waiter = user;

    if (usher_loop_post(waiter->origin->loop, deliver, waiter) != USHER_OK)
        usher_timer_set(waiter->owner->loop, &waiter->again, AGAIN_MS,
                        waiter_post, waiter);
}

static char *copy(const char *json, size_t len)
{
    char *text = malloc(len + 1);

    if (text) {
        memcpy(text, json, len);
        text[len] = '\0';
    }
    return text;
}

/* Takes the waiter. */
static void waiter_answer(struct usher_worker *here, struct waiter *waiter,
                          const char *json, size_t len)
{
    if (waiter->fn) {
        waiter->fn(waiter->user, json, len);
        free(waiter);
        return;
    }
    waiter->owner = here;
    waiter->json = copy(json, len);
    waiter->len = len;
    if (waiter->origin == here)
        deliver(waiter);
    else
        waiter_post(waiter);
}

/* What is said when there is nothing better: an apology and every way to a
 * person that init.lua offers. */
static void emergency_write(struct usher_worker *worker,
                            struct usher_buffer *out)
{
    struct usher_answer answer;

    usher_answer_init(&answer);
    if (worker->states.newest)
        apology_fill(worker, &answer);
    usher_answer_write(&answer, worker->objects, NULL,
                       "Sorry, something went wrong on our side. Please try "
                       "again in a moment.",
                       out);
    usher_answer_free(&answer);
}

void call_answer(struct call *call, const char *json, size_t len)
{
    struct usher_worker *worker = call->owner;
    struct usher_buffer emergency;
    struct waiter *waiter;

    usher_buffer_init(&emergency, 0);
    if (!json && call->waiters) {
        emergency_write(worker, &emergency);
        json = emergency.failed ? last_words : emergency.data;
        len = emergency.failed ? sizeof(last_words) - 1 : emergency.len;
    }
    while ((waiter = call->waiters) != NULL) {
        call->waiters = waiter->next;
        waiter_answer(worker, waiter, json, len);
    }
    usher_buffer_free(&emergency);
}

void call_free(struct call *call)
{
    if (call->owner)
        usher_timer_cancel(call->owner->loop, &call->holding);
    usher_turn_clear(&call->turn);
    free(call);
}

/* ---- calls ---- */

static void body_complain(struct usher_worker *worker,
                          const struct usher_turn *turn,
                          const struct waiter *waiter)
{
    char caller[64] = "";

    if (waiter->request)
        usher_request_caller(waiter->request, caller, sizeof(caller));
    usher_log_limited(worker->shared->log, usher_loop_now_ms(worker->loop),
                      USHER_LOG_WARN, "webhook", "a body was not as expected",
                      "problem", turn->problem_kind, turn->problem, caller);
}

static struct call *call_new(struct usher_worker *worker, const char *body,
                             size_t len, struct waiter *waiter)
{
    struct usher_shared *shared = worker->shared;
    struct call *call = calloc(1, sizeof(*call));

    if (!call)
        return NULL;
    if (usher_turn_parse(&call->turn, body, len,
                         usher_clock_wall_ms(shared->clock),
                         &worker->place) != USHER_OK) {
        free(call);
        return NULL;
    }
    call->started_ms = usher_loop_now_ms(worker->loop);
    call->waiters = waiter;
    if (call->turn.problem[0])
        body_complain(worker, &call->turn, waiter);
    if (call->turn.kind == USHER_TURN_UNREADABLE)
        WORKER_COUNT(worker, unreadable);
    return call;
}

struct transfer {
    struct usher_worker *to;
    struct call *call;
};

static void accept_posted(void *user)
{
    struct transfer *transfer = user;

    conversation_accept(transfer->to, transfer->call);
    free(transfer);
}

static enum usher_status call_route(struct usher_worker *worker,
                                    struct call *call)
{
    struct usher_shared *shared = worker->shared;
    struct transfer *transfer;
    size_t owner = worker->index;

    if (call->turn.key_len)
        owner = usher_worker_of(call->turn.key, call->turn.key_len,
                                shared->worker_count);
    if (owner == worker->index) {
        conversation_accept(worker, call);
        return USHER_OK;
    }
    transfer = malloc(sizeof(*transfer));
    if (!transfer)
        return USHER_ERR_NOMEM;
    transfer->to = shared->workers[owner];
    transfer->call = call;
    if (usher_loop_post(transfer->to->loop, accept_posted, transfer) !=
        USHER_OK) {
        free(transfer);
        return USHER_ERR_NOMEM;
    }
    return USHER_OK;
}

static enum usher_status webhook_start(struct usher_worker *worker,
                                       const char *body, size_t len,
                                       const struct waiter *who)
{
    struct waiter *waiter = malloc(sizeof(*waiter));
    struct call *call;

    if (!waiter)
        return USHER_ERR_NOMEM;
    *waiter = *who;
    call = call_new(worker, body, len, waiter);
    if (!call) {
        free(waiter);
        return USHER_ERR_NOMEM;
    }
    if (call_route(worker, call) != USHER_OK) {
        free(waiter);
        call_free(call);
        return USHER_ERR_NOMEM;
    }
    return USHER_OK;
}

enum usher_status usher_worker_webhook(struct usher_worker *worker,
                                       const char *body, size_t len,
                                       usher_answer_fn *fn, void *user)
{
    struct waiter who = {.origin = worker, .fn = fn, .user = user};

    return webhook_start(worker, body, len, &who);
}

static void answer_text(struct usher_request *request, unsigned status,
                        const char *type, const char *text)
{
    /* The server copies it. */
    usher_request_answer(request, status, type, (char *)(uintptr_t)text,
                         strlen(text), 0, NULL, 0);
}

void refusal_log(struct usher_worker *worker,
                 const struct usher_request *request, const char *why)
{
    char caller[64];

    usher_request_caller(request, caller, sizeof(caller));
    usher_log_limited(worker->shared->log, usher_loop_now_ms(worker->loop),
                      USHER_LOG_WARN, "webhook", "refused a call", "reason",
                      why, NULL, caller);
}

static void webhook_post(struct usher_worker *worker,
                         struct usher_request *request)
{
    const char *refusal = usher_guard_refusal(&worker->guard, request);
    struct waiter who = {.origin = worker, .request = request};
    const char *body;
    size_t len;

    if (refusal) {
        WORKER_COUNT(worker, refused);
        refusal_log(worker, request, refusal);
        answer_text(request, 401, JSON_TYPE, "{\"error\":\"unauthorized\"}");
        return;
    }
    body = usher_request_body(request, &len);
    atomic_fetch_add(&worker->busy, 1);
    if (webhook_start(worker, body, len, &who) != USHER_OK) {
        struct usher_buffer json;

        usher_buffer_init(&json, 0);
        emergency_write(worker, &json);
        len = json.len;
        request_send(worker, request, usher_buffer_take(&json, NULL), len);
    }
}

void webhook_request(struct usher_worker *worker, struct usher_request *request)
{
    struct usher_shared *shared = worker->shared;
    const char *path = usher_request_path(request);
    const char *method = usher_request_method(request);

    if (strcmp(path, "/webhook/salesiq") != 0 &&
        strcmp(path, "/webhook") != 0) {
        if (!serve_request(worker, request))
            shared->other_request(shared->control, worker, request);
        return;
    }
    if (strcmp(method, "POST") == 0)
        webhook_post(worker, request);
    else if (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0)
        answer_text(request, 200, JSON_TYPE, "{\"status\":\"ok\"}");
    else
        answer_text(request, 405, JSON_TYPE,
                    "{\"error\":\"this path takes POST\"}");
}
