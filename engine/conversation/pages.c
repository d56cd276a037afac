/* engine/conversation/pages.c - health, metrics and the admin calls. */
#include "conversation/pages.h"

#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conversation/admin.h"
#include "conversation/waiting.h"
#include "core/log_limit.h"

struct usher_pages {
    struct usher_shared *shared;
    struct usher_reload *reload;
    struct usher_loop *loop;
    struct usher_admin admin;
    struct usher_searches searches;
    char *simulator;
    pthread_mutex_t lock;
    char *admin_token; /* under lock */
};

enum usher_status usher_pages_new(const struct usher_pages_options *options,
                                  struct usher_pages **out)
{
    struct usher_pages *pages = calloc(1, sizeof(*pages));

    *out = NULL;
    if (!pages)
        return USHER_ERR_NOMEM;
    pages->shared = options->shared;
    pages->reload = options->reload;
    pages->loop = options->loop;
    pages->searches.loop = options->loop;
    pages->admin.store = options->shared->store;
    pages->admin.clock = options->shared->clock;
    pages->admin.shared = options->shared;
    pages->admin.reload = options->reload;
    pages->admin.settings = options->settings;
    if (usher_loop_new(options->shared->clock, &pages->admin.loop) !=
        USHER_OK) {
        free(pages);
        return USHER_ERR_NOMEM;
    }
    pthread_mutex_init(&pages->lock, NULL);
    if (options->simulator)
        pages->simulator = strdup(options->simulator);
    usher_pages_admin_token(pages, options->admin_token);
    *out = pages;
    return USHER_OK;
}

void usher_pages_stop(struct usher_pages *pages)
{
    if (pages)
        usher_searches_stop(&pages->searches);
}

void usher_pages_free(struct usher_pages *pages)
{
    if (!pages)
        return;
    pthread_mutex_destroy(&pages->lock);
    usher_loop_free(pages->admin.loop);
    free(pages->simulator);
    free(pages->admin_token);
    free(pages);
}

void usher_pages_admin_token(struct usher_pages *pages, const char *token)
{
    pthread_mutex_lock(&pages->lock);
    free(pages->admin_token);
    pages->admin_token = token ? strdup(token) : NULL;
    pthread_mutex_unlock(&pages->lock);
}

static void send_text(struct usher_request *request, unsigned status,
                      const char *type, const char *text)
{
    usher_request_answer(request, status, type, (char *)(uintptr_t)text,
                         strlen(text), 0, NULL, 0);
}

/* ---- /readyz ---- */

/* What is asked rather than told: it changes by itself, with time. */
static void store_look(struct usher_pages *pages, int failing,
                       const struct usher_error *error)
{
    if (failing)
        usher_problem_raise(pages->shared->problems,
                            USHER_PROBLEM_STORE_FAILING, NULL, error->text,
                            NULL);
    else
        usher_problem_end(pages->shared->problems, USHER_PROBLEM_STORE_FAILING,
                          NULL);
}

/* USHER_PROBLEM_COUNT: none. */
static enum usher_problem credential_problem(const struct usher_token *token)
{
    if (!token->reason)
        return USHER_PROBLEM_COUNT;
    switch (token->state) {
    case USHER_CREDENTIAL_DEAD:
        return USHER_PROBLEM_CREDENTIAL_DEAD;
    case USHER_CREDENTIAL_REFUSED:
        return USHER_PROBLEM_CREDENTIAL_REFUSED;
    case USHER_CREDENTIAL_WAITING:
        return USHER_PROBLEM_CREDENTIAL_WAITING;
    default:
        return USHER_PROBLEM_CREDENTIAL_ENDS;
    }
}

static void credential_look(struct usher_problems *problems,
                            const struct usher_token *token, const char *name)
{
    static const enum usher_problem all[] = {USHER_PROBLEM_CREDENTIAL_DEAD,
                                             USHER_PROBLEM_CREDENTIAL_REFUSED,
                                             USHER_PROBLEM_CREDENTIAL_WAITING,
                                             USHER_PROBLEM_CREDENTIAL_ENDS};
    enum usher_problem code = credential_problem(token);

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (all[i] != code)
            usher_problem_end(problems, all[i], name);
    if (code != USHER_PROBLEM_COUNT)
        usher_problem_raise(problems, code, name, token->reason, token->hint);
}

static void credentials_look(struct usher_pages *pages)
{
    const struct usher_tokens *tokens;

    if (!pages->shared->credentials)
        return;
    tokens = usher_credentials_tokens(pages->shared->credentials);
    for (int i = 0; i < USHER_CREDENTIAL_COUNT; i++)
        credential_look(pages->shared->problems, &tokens->token[i],
                        usher_credential_name((enum usher_credential_id)i));
    usher_tokens_release(tokens);
}

static void flows_look(struct usher_pages *pages)
{
    struct usher_reload_status status;

    usher_reload_status(pages->reload, &status);
    if (status.hash[0])
        usher_problem_end(pages->shared->problems, USHER_PROBLEM_NO_FLOWS,
                          NULL);
    else
        usher_problem_raise(pages->shared->problems, USHER_PROBLEM_NO_FLOWS,
                            NULL, NULL, NULL);
}

int usher_pages_look(struct usher_pages *pages)
{
    struct usher_error error = {""};
    int failing = usher_store_failing(pages->shared->store, &error);

    store_look(pages, failing, &error);
    credentials_look(pages);
    flows_look(pages);
    return failing;
}

void usher_pages_readyz(struct usher_pages *pages, struct usher_buffer *out,
                        int *ready)
{
    struct usher_reload_status status;
    struct usher_buffer list;
    int failing = usher_pages_look(pages);

    usher_buffer_init(&list, 256 * 1024);
    usher_reload_status(pages->reload, &status);
    usher_problems_json(pages->shared->problems, &list);
    *ready = status.hash[0] != '\0' && !failing;
    usher_buffer_printf(out, "{\"status\":\"%s\",\"version\":\"%.12s\"",
                        !*ready ? "failing"
                        : usher_problems_serious(pages->shared->problems)
                            ? "degraded"
                            : "ok",
                        status.hash);
    if (pages->simulator) {
        usher_buffer_text(out, ",\"simulator\":");
        usher_buffer_json(out, pages->simulator, strlen(pages->simulator));
    }
    usher_buffer_text(out, ",\"problems\":[");
    if (list.len && !list.failed)
        usher_buffer_append(out, list.data, list.len);
    usher_buffer_text(out, "]}\n");
    usher_buffer_free(&list);
}

static void readyz(struct usher_pages *pages, struct usher_request *request)
{
    struct usher_buffer out;
    int ready = 0;

    usher_buffer_init(&out, 0);
    usher_pages_readyz(pages, &out, &ready);
    usher_request_answer(request, ready ? 200 : 503, "application/json",
                         out.data, out.len, 0, NULL, 0);
    usher_buffer_free(&out);
}

/* ---- /metrics ---- */

struct metric {
    const char *name;
    const char *kind;
    const char *help;
    size_t offset; /* in struct usher_counters */
    int gauge;
};

#define COUNTER(field, help)                          \
    {                                                 \
        "usher_" #field "_total", "counter", help,    \
            offsetof(struct usher_counters, field), 0 \
    }
#define GAUGE(field, help)                            \
    {                                                 \
        "usher_" #field, "gauge", help,               \
            offsetof(struct usher_counters, field), 1 \
    }

static const struct metric metrics[] = {
    COUNTER(turns, "Webhook calls that became a turn."),
    COUNTER(answered_late, "Turns answered with the holding reply."),
    COUNTER(apologies, "Turns that ended in an error or a limit."),
    COUNTER(holes, "Texts said without a value that was missing."),
    COUNTER(diverged, "Replays that met other effects than the journal."),
    COUNTER(replays, "Flows run again from their journal."),
    COUNTER(refused, "Webhook calls without a valid signature or secret."),
    COUNTER(unreadable, "Webhook bodies that could not be read."),
    COUNTER(zoho_calls, "Calls to Zoho."),
    COUNTER(zoho_failures, "Calls to Zoho that failed."),
    COUNTER(tasks_done, "Tasks that were done."),
    COUNTER(tasks_failed, "Tries of tasks that failed."),
    COUNTER(commits_failed, "Commits that the store refused."),
    GAUGE(conversations, "Conversations in memory."),
    GAUGE(tasks_open, "Tasks that are not done."),
    GAUGE(tasks_paused, "Tasks that wait for a credential."),
    GAUGE(script_bytes, "Bytes in Lua states."),
};

static long long metric_sum(const struct usher_pages *pages,
                            const struct metric *metric)
{
    long long sum = 0;

    for (size_t i = 0; i < pages->shared->worker_count; i++) {
        char *counters =
            (char *)usher_worker_counters(pages->shared->workers[i]);

        /* Counters and gauges are both 64-bit atomics. */
        if (metric->gauge)
            sum += atomic_load(
                (atomic_llong *)(void *)(counters + metric->offset));
        else
            sum += (long long)atomic_load(
                (atomic_ullong *)(void *)(counters + metric->offset));
    }
    return sum;
}

/* One line a code, also where there is none: alerts want a 0 to compare. */
static void problems_metrics(struct usher_pages *pages,
                             struct usher_buffer *out)
{
    (void)usher_pages_look(pages);
    usher_buffer_text(out,
                      "# HELP usher_problems Problems in /readyz, by code.\n"
                      "# TYPE usher_problems gauge\n");
    for (int code = 0; code < USHER_PROBLEM_COUNT; code++)
        usher_buffer_printf(out, "usher_problems{code=\"%s\"} %zu\n",
                            usher_problem_name((enum usher_problem)code),
                            usher_problems_count(pages->shared->problems,
                                                 (enum usher_problem)code));
}

static void waiting_metrics(const struct usher_pages *pages,
                            struct usher_buffer *out)
{
    usher_buffer_text(out, "# HELP usher_tasks_waiting Tasks that wait for a "
                           "person, by reason.\n"
                           "# TYPE usher_tasks_waiting gauge\n");
    for (int i = USHER_WHY_NONE + 1; i < USHER_WHY_COUNT; i++) {
        enum usher_why why = (enum usher_why)i;

        usher_buffer_printf(out, "usher_tasks_waiting{reason=\"%s\"} %zu\n",
                            usher_why_name(why),
                            usher_waiting_count(pages->shared->waiting, why));
    }
}

static void metrics_page(struct usher_pages *pages,
                         struct usher_request *request)
{
    struct usher_reload_status status;
    struct usher_buffer out;

    usher_buffer_init(&out, 0);
    for (size_t i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++)
        usher_buffer_printf(&out, "# HELP %s %s\n# TYPE %s %s\n%s %lld\n",
                            metrics[i].name, metrics[i].help, metrics[i].name,
                            metrics[i].kind, metrics[i].name,
                            metric_sum(pages, &metrics[i]));
    problems_metrics(pages, &out);
    waiting_metrics(pages, &out);
    usher_reload_status(pages->reload, &status);
    usher_buffer_printf(&out,
                        "# HELP usher_reloads_total Versions made live.\n"
                        "# TYPE usher_reloads_total counter\n"
                        "usher_reloads_total %llu\n"
                        "# HELP usher_reloads_refused_total Edits refused.\n"
                        "# TYPE usher_reloads_refused_total counter\n"
                        "usher_reloads_refused_total %llu\n",
                        (unsigned long long)status.reloads,
                        (unsigned long long)status.refused);
    usher_request_answer(request, 200, "text/plain; version=0.0.4", out.data,
                         out.len, 0, NULL, 0);
    usher_buffer_free(&out);
}

/* ---- /admin ---- */

static int admin_allowed(struct usher_pages *pages,
                         const struct usher_request *request)
{
    const char *given = usher_request_header(request, "authorization");
    int allowed;

    if (given && strncmp(given, "Bearer ", 7) == 0)
        given += 7;
    pthread_mutex_lock(&pages->lock);
    allowed = usher_secret_equal(pages->admin_token, given);
    pthread_mutex_unlock(&pages->lock);
    return allowed;
}

/* An admin call on its way to the control thread and back. */
struct admin_trip {
    struct usher_pages *pages;
    struct usher_worker *worker;
    struct usher_request *request;
    unsigned status;
    struct usher_buffer out;
};

static void trip_back(void *user)
{
    struct admin_trip *trip = user;

    usher_request_answer(trip->request, trip->status, "application/json",
                         trip->out.data, trip->out.len, 0, NULL, 0);
    usher_buffer_free(&trip->out);
    free(trip);
}

static void trip_answered(void *user, unsigned status)
{
    struct admin_trip *trip = user;

    trip->status = status;
    if (!trip->worker || usher_loop_post(usher_worker_loop(trip->worker),
                                         trip_back, trip) != USHER_OK)
        trip_back(trip);
}

static void trip_there(void *user)
{
    struct admin_trip *trip = user;
    const struct usher_admin *admin = &trip->pages->admin;
    struct usher_admin_ask ask;

    usher_admin_read(trip->request, &ask);
    if (!usher_admin_load(admin, trip->request, &trip->out, trip_answered,
                          trip) &&
        !usher_admin_search(&trip->pages->searches, admin, &ask, &trip->out,
                            trip_answered, trip))
        trip_answered(trip, usher_admin_answer(admin, &ask, &trip->out));
}

static void admin_complain(struct usher_pages *pages,
                           const struct usher_request *request)
{
    char caller[64];

    usher_request_caller(request, caller, sizeof(caller));
    usher_log_limited(pages->shared->log,
                      usher_clock_steady_ms(pages->shared->clock),
                      USHER_LOG_WARN, "admin", "refused a call", "reason",
                      usher_request_header(request, "authorization")
                          ? "the token is not ADMIN_TOKEN"
                          : "the header Authorization is missing",
                      NULL, caller);
}

static void admin(struct usher_pages *pages, struct usher_worker *worker,
                  struct usher_request *request)
{
    struct admin_trip *trip;

    if (worker && !admin_allowed(pages, request)) {
        admin_complain(pages, request);
        send_text(request, 401, "application/json",
                  "{\"error\":\"/admin needs the header `Authorization: "
                  "Bearer ADMIN_TOKEN`, and ADMIN_TOKEN to be set\"}\n");
        return;
    }
    trip = calloc(1, sizeof(*trip));
    if (!trip) {
        send_text(request, 503, "application/json",
                  "{\"error\":\"not enough memory\"}\n");
        return;
    }
    trip->pages = pages;
    trip->worker = worker;
    trip->request = request;
    usher_buffer_init(&trip->out, 0);
    if (!worker) {
        trip_there(trip);
        return;
    }
    if (usher_loop_post(pages->loop, trip_there, trip) != USHER_OK) {
        free(trip);
        send_text(request, 503, "application/json",
                  "{\"error\":\"shutting down\"}\n");
    }
}

void usher_pages_request(struct usher_pages *pages, struct usher_worker *worker,
                         struct usher_request *request)
{
    const char *path = usher_request_path(request);

    if (strcmp(path, "/healthz") == 0)
        send_text(request, 200, "application/json", "{\"status\":\"alive\"}\n");
    else if (strcmp(path, "/readyz") == 0)
        readyz(pages, request);
    else if (strcmp(path, "/metrics") == 0)
        metrics_page(pages, request);
    else if (strncmp(path, "/admin/", 7) == 0)
        admin(pages, worker, request);
    else
        send_text(request, 404, "application/json",
                  "{\"error\":\"there is nothing here; the webhook is POST "
                  "/webhook/salesiq\"}\n");
}
