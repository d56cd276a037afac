/* engine/zoho/job.c - a call's way: token, slot, request, answer, and again
 * where that is safe. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zoho/zoho_internal.h"

#define BUSY_TRIES 3
#define BUSY_FIRST_MS 120

static int64_t steady_now(const struct usher_zoho *zoho)
{
    return usher_clock_steady_ms(zoho->clock);
}

/* ---- Lists ---- */

static void wait_add(struct job_list *list, struct usher_zoho_job *job)
{
    struct usher_zoho_job **end = &list->first;

    while (*end)
        end = &(*end)->wait_next;
    job->wait_next = NULL;
    job->wait_link = end;
    *end = job;
}

static void wait_remove(struct usher_zoho_job *job)
{
    if (!job->wait_link)
        return;
    *job->wait_link = job->wait_next;
    if (job->wait_next)
        job->wait_next->wait_link = job->wait_link;
    job->wait_link = NULL;
}

void job_free(struct usher_zoho_job *job)
{
    struct usher_zoho *zoho = job->zoho;

    wait_remove(job);
    usher_timer_cancel(zoho->loop, &job->timer);
    if (job->transfer)
        usher_transfer_cancel(job->transfer);
    usher_gate_give(&job->ticket);
    if (job->prev)
        job->prev->next = job->next;
    else
        zoho->jobs = job->next;
    if (job->next)
        job->next->prev = job->prev;
    zoho->pending--;
    free(job->error);
    free(job);
}

/* ---- The end ---- */

static const char *job_name(const struct usher_zoho_job *job)
{
    return job->operation ? job->operation->name : "request";
}

static void job_log(const struct usher_zoho_job *job,
                    const struct usher_zoho_result *result)
{
    struct usher_log *log = job->zoho->log;
    enum usher_log_level level = result->ok ? USHER_LOG_DEBUG : USHER_LOG_WARN;
    const struct usher_zoho_error *error = result->error;
    char status[16];
    char attempts[16];
    char elapsed[24];

    if (!usher_log_on(log, level))
        return;
    snprintf(status, sizeof(status), "%u", result->status);
    snprintf(attempts, sizeof(attempts), "%u", result->attempts);
    snprintf(elapsed, sizeof(elapsed), "%lld", (long long)result->elapsed_ms);
    usher_log_event(log, level, "zoho", error ? "call failed" : "call",
                    "operation", job_name(job), "service",
                    usher_zoho_service_text(job->service), "kind",
                    error ? usher_error_kind_text(error->kind) : NULL,
                    "#status", result->status ? status : NULL, "code",
                    error && error->code[0] ? error->code : NULL, "field",
                    error && error->field[0] ? error->field : NULL, "message",
                    error ? error->message : NULL, "hint",
                    error && error->hint[0] ? error->hint : NULL, "#attempts",
                    attempts, "#ms", elapsed, NULL);
}

static void job_observe(const struct usher_zoho_job *job,
                        const struct usher_zoho_result *result)
{
    struct usher_zoho_event event;
    char path[256];

    if (!job->zoho->observe)
        return;
    snprintf(path, sizeof(path), "%.*s", (int)strcspn(job->path, "?"),
             job->path);
    event.operation = job_name(job);
    event.service = job->service;
    event.method = job->method;
    event.path = path;
    event.status = result->status;
    event.kind = result->error ? result->error->kind : USHER_KIND_NONE;
    event.attempts = result->attempts;
    event.elapsed_ms = result->elapsed_ms;
    job->zoho->observe(job->zoho->observe_user, &event);
}

/* Calls back and frees the job. The caller's fn may cancel other jobs, send
 * new ones, or free all of it: nothing is touched after. */
static void job_end(struct usher_zoho_job *job,
                    struct usher_zoho_result *result)
{
    usher_zoho_fn *fn = job->fn;
    void *user = job->user;
    struct usher_zoho_error *error = job->error;

    result->attempts = job->attempts;
    result->elapsed_ms = steady_now(job->zoho) - job->started_ms;
    job_log(job, result);
    job_observe(job, result);
    job->error = NULL; /* lives as long as the result */
    job_free(job);
    fn(user, result);
    free(error);
}

static void job_end_failed(void *user)
{
    struct usher_zoho_job *job = user;
    struct usher_zoho_result result = {0};
    struct usher_zoho_error none;

    if (!job->error) /* there was no memory for it */
        usher_zoho_error_set(&none, USHER_KIND_OFFLINE, "out of memory", NULL);
    result.error = job->error ? job->error : &none;
    result.status = result.error->status;
    result.body = "";
    job_end(job, &result);
}

static void job_error_keep(struct usher_zoho_job *job,
                           const struct usher_zoho_error *error)
{
    if (!job->error)
        job->error = malloc(sizeof(*job->error));
    if (job->error)
        *job->error = *error;
}

void job_fail(struct usher_zoho_job *job, const struct usher_zoho_error *error)
{
    job_error_keep(job, error);
    wait_remove(job);
    usher_gate_give(&job->ticket);
    job->has_slot = 0;
    usher_timer_set(job->zoho->loop, &job->timer, 0, job_end_failed, job);
}

static void job_fail_text(struct usher_zoho_job *job,
                          enum usher_error_kind kind, const char *message,
                          const char *hint)
{
    struct usher_zoho_error error;

    usher_zoho_error_set(&error, kind, message, hint);
    job_fail(job, &error);
}

/* Whoever asks next asks anew: an answer that was lost on its way must not
 * hold up all who come after. */
static void waits_end(struct usher_zoho *zoho)
{
    size_t set, service;

    for (set = 0; set < USHER_CREDENTIAL_COUNT; set++)
        for (service = 0; service < USHER_ZOHO_SERVICES; service++) {
            struct token_wait *wait = &zoho->wait[set][service];

            if (!wait->need || wait->jobs.first)
                continue;
            usher_need_cancel(wait->need);
            wait->need = NULL;
        }
}

/* The time is over while the job waits for something. */
static void job_late(void *user)
{
    struct usher_zoho_job *job = user;

    wait_remove(job);
    waits_end(job->zoho);
    if (job->error && job->refusals > 1)
        job_fail(job, job->error);
    else
        job_fail_text(job, USHER_KIND_DEADLINE,
                      job->refusals ? "no fresh token in time"
                                    : "not sent: the time was over",
                      NULL);
}

static void job_wait_until_late(struct usher_zoho_job *job)
{
    int64_t left = job->deadline_ms - steady_now(job->zoho);

    usher_timer_set(job->zoho->loop, &job->timer, left > 0 ? left : 0, job_late,
                    job);
}

/* ---- Token ---- */

void tokens_look(struct usher_zoho *zoho)
{
    if (zoho->tokens->version == usher_credentials_version(zoho->credentials))
        return;
    usher_tokens_release(zoho->tokens);
    zoho->tokens = usher_credentials_tokens(zoho->credentials);
}

static void job_fail_token(struct usher_zoho_job *job,
                           const struct usher_token *token)
{
    struct usher_zoho_error error;
    char message[256];

    snprintf(message, sizeof(message), "credential \"%s\": %s",
             usher_credential_name(token->set),
             token->reason ? token->reason : "no valid access token");
    usher_zoho_error_set(&error, token->kind ? token->kind : USHER_KIND_TOKEN,
                         message, token->hint);
    if (token->retry_ms > 0) {
        int64_t left = token->retry_ms - steady_now(job->zoho);
        error.retry_after_s = left > 0 ? (left + 999) / 1000 : 0;
    }
    if (job->error)
        error.status = job->error->status;
    job_fail(job, &error);
}

static void need_answered(void *user, enum usher_status status,
                          const struct usher_tokens *tokens)
{
    struct token_wait *wait = user;
    struct usher_zoho *zoho = wait->zoho;
    struct job_list jobs = wait->jobs;

    wait->need = NULL;
    wait->jobs.first = NULL;
    if (jobs.first)
        jobs.first->wait_link = &jobs.first;
    usher_tokens_retain(tokens);
    usher_tokens_release(zoho->tokens);
    zoho->tokens = tokens;
    /* Nothing here calls back: jobs end from the loop. */
    while (jobs.first) {
        struct usher_zoho_job *job = jobs.first;

        wait_remove(job);
        usher_timer_cancel(zoho->loop, &job->timer);
        if (status == USHER_ERR_NOT_FOUND)
            job_advance(job); /* the set is gone: another may do */
        else if (status != USHER_OK)
            job_fail_token(job, &tokens->token[wait->set]);
        else if (job->refusals > 1)
            job_fail(job, job->error); /* repeated once: enough */
        else
            job_advance(job);
    }
}

static void job_need_token(struct usher_zoho_job *job,
                           const struct usher_token *token, uint64_t generation)
{
    struct usher_zoho *zoho = job->zoho;
    struct token_wait *wait = &zoho->wait[token->set][job->service];

    if (!wait->need &&
        usher_credentials_need(zoho->credentials, token->set, generation,
                               job->service, zoho->loop, need_answered, wait,
                               &wait->need) != USHER_OK) {
        job_fail_text(job, USHER_KIND_TOKEN, "out of memory", NULL);
        return;
    }
    wait_add(&wait->jobs, job);
    job_wait_until_late(job);
}

/* The token to send with; NULL: the job waits or has failed. */
static const struct usher_token *job_token(struct usher_zoho_job *job)
{
    struct usher_zoho *zoho = job->zoho;
    const struct usher_token *token;

    tokens_look(zoho);
    token = usher_tokens_choose(zoho->tokens, &job->choice);
    if (!token) {
        job_fail_text(job, USHER_KIND_TOKEN, "there is no credential for this",
                      "Set OAUTH_REFRESH_TOKEN, OAUTH_CLIENT_ID and "
                      "OAUTH_CLIENT_SECRET.");
        return NULL;
    }
    if (usher_token_usable(token, job->service,
                           usher_clock_wall_ms(zoho->clock)))
        return token;
    if (token->state == USHER_CREDENTIAL_DEAD)
        job_fail_token(job, token);
    else
        job_need_token(
            job, token,
            (token->refused & (1U << job->service)) ? token->generation : 0);
    return NULL;
}

/* ---- Answer ---- */

static void retry_tick(void *user)
{
    job_advance(user);
}

/* Nonzero: it is tried again in a moment. */
static int job_retry_busy(struct usher_zoho_job *job)
{
    struct usher_zoho *zoho = job->zoho;
    double random = usher_clock_random(zoho->clock);
    int64_t delay = (int64_t)BUSY_FIRST_MS << job->busy_tries;

    if (job->is_write || job->busy_tries >= BUSY_TRIES)
        return 0;
    delay = delay / 2 + (int64_t)((double)delay * random);
    if (steady_now(zoho) + delay >= job->deadline_ms)
        return 0;
    job->busy_tries++;
    usher_timer_set(zoho->loop, &job->timer, delay, retry_tick, job);
    return 1;
}

/* A refused write was not done: with a new token it may be sent again, once.
 * A second refusal is told to the control thread all the same, which knows
 * whether that token was fresh. */
static void job_refused(struct usher_zoho_job *job,
                        const struct usher_zoho_error *error)
{
    struct usher_zoho *zoho = job->zoho;
    const struct usher_token *token;

    job->refusals++;
    job_error_keep(job, error);
    tokens_look(zoho);
    token = &zoho->tokens->token[job->set];
    if (token->generation != job->generation && job->refusals == 1)
        job_advance(job);
    else if (token->generation != job->generation)
        job_fail(job, error);
    else
        job_need_token(job, token, job->generation);
}

/* Our own time limit was the turn's deadline: then that is what happened. */
static void error_deadline(const struct usher_zoho_job *job,
                           struct usher_zoho_error *error)
{
    if (error->kind == USHER_KIND_TIMEOUT && job->has_deadline)
        error->kind = USHER_KIND_DEADLINE;
}

static void job_succeeded(struct usher_zoho_job *job,
                          const struct usher_client_answer *answer)
{
    struct usher_zoho_result result = {0};

    if (job->token_is_new)
        usher_credentials_worked(job->zoho->credentials, job->set,
                                 job->generation, job->service);
    result.ok = 1;
    result.status = answer->status;
    result.body = answer->body ? answer->body : "";
    result.body_len = answer->body_len;
    job_end(job, &result);
}

static void job_answered(void *user, const struct usher_client_answer *answer)
{
    struct usher_zoho_job *job = user;
    struct usher_zoho_error error;
    struct usher_zoho_result result = {0};
    struct usher_zoho_facts facts = {0};

    job->transfer = NULL;
    usher_gate_give(&job->ticket);
    job->has_slot = 0;
    facts.service = job->service;
    facts.is_write = job->is_write;
    facts.visitor_api = job->visitor_api;
    facts.wants_json = job->operation != NULL;
    facts.scopes = job->operation ? job->operation->scopes : NULL;
    facts.answer = answer;
    facts.log = job->zoho->log;
    if (usher_zoho_error_map(&facts, &error) == USHER_KIND_NONE) {
        job_succeeded(job, answer);
        return;
    }
    error_deadline(job, &error);
    if (error.token_refused) {
        job_refused(job, &error);
        return;
    }
    if (error.busy && job_retry_busy(job))
        return;
    result.status = answer->status;
    result.body =
        answer->result == USHER_NET_OK && answer->body ? answer->body : "";
    result.body_len = result.body[0] ? answer->body_len : 0;
    result.error = &error;
    job_end(job, &result);
}

/* ---- Out ---- */

/* Host and token are of one snapshot: whatever has been changed since the job
 * began or was sent before, no host gets the token of another. */
static const char *job_url(struct usher_zoho_job *job)
{
    const struct usher_zoho_settings *settings = &job->zoho->tokens->settings;
    const char *base = settings->hosts.base[job->service];
    size_t len = strlen(base);

    memcpy(job->path - len, base, len);
    return job->path - len;
}

/* The token is of zoho->tokens. */
static void job_send(struct usher_zoho_job *job,
                     const struct usher_token *token, int64_t left_ms)
{
    struct usher_zoho *zoho = job->zoho;
    const struct usher_zoho_settings *settings = &zoho->tokens->settings;
    struct usher_header headers[EXTRA_HEADERS_MAX + 4];
    struct usher_client_request request = {0};
    size_t n = 0;
    enum usher_status st;

    headers[n].name = "Authorization";
    headers[n++].value = token->header;
    headers[n].name = "Accept";
    headers[n++].value = "application/json";
    if (job->body) {
        headers[n].name = "Content-Type";
        headers[n++].value = "application/json";
    }
    if (job->wants_org && settings->org_id[0]) {
        headers[n].name = "orgId";
        headers[n++].value = settings->org_id;
    }
    memcpy(headers + n, job->headers, job->header_count * sizeof(headers[0]));
    request.method = job->method;
    request.url = job_url(job);
    request.headers = headers;
    request.header_count = n + job->header_count;
    request.body = job->body;
    request.body_len = job->body_len;
    request.timeout_ms = left_ms;
    job->set = token->set;
    job->generation = token->generation;
    job->token_is_new = !(token->worked & (1U << job->service)) ||
                        (token->refused & (1U << job->service)) != 0;
    st = usher_client_send(zoho->client, &request, job_answered, job,
                           &job->transfer);
    if (st == USHER_OK)
        job->attempts++;
    else
        job_fail_text(job, USHER_KIND_INVALID, usher_status_text(st),
                      "Check the path, the headers and the *_URL settings.");
}

static void slot_granted(void *user)
{
    struct usher_zoho_job *job = user;

    job->has_slot = 1;
    usher_timer_cancel(job->zoho->loop, &job->timer);
    job_advance(job);
}

/* Nonzero: the job has a slot. */
static int job_slot(struct usher_zoho_job *job)
{
    enum usher_status st;

    if (job->has_slot)
        return 1;
    st = usher_gate_take(job->zoho->entry, &job->ticket, job->service,
                         slot_granted, job);
    job->has_slot = st == USHER_OK;
    if (st == USHER_ERR_EXISTS)
        job_wait_until_late(job);
    else if (st != USHER_OK)
        job_fail_text(job, USHER_KIND_RATE_LIMITED,
                      "too many calls are waiting already",
                      "Raise ZOHO_CONCURRENCY if your Zoho edition allows "
                      "more calls at once.");
    return job->has_slot;
}

void job_advance(struct usher_zoho_job *job)
{
    const struct usher_token *token;
    int64_t left = job->deadline_ms - steady_now(job->zoho);

    if (left <= 0) {
        job_late(job);
        return;
    }
    token = job_token(job);
    if (!token) {
        /* Others may use the slot while this one waits for a token. */
        usher_gate_give(&job->ticket);
        job->has_slot = 0;
        return;
    }
    if (job_slot(job))
        job_send(job, token, left);
}
