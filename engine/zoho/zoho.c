/* engine/zoho/zoho.c - see the header: birth and end, and how a call becomes
 * a job. What a job does then is in job.c. */
#include "zoho/zoho.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/buffer.h"
#include "zoho/zoho_internal.h"

#define DEFAULT_TIME_MS 30000
#define URL_MAX_BYTES 16384

/* ---- Birth and end ---- */

enum usher_status usher_zoho_new(const struct usher_zoho_options *options,
                                 struct usher_zoho **out)
{
    struct usher_zoho *zoho = calloc(1, sizeof(*zoho));
    enum usher_status st;
    size_t set;
    size_t service;

    *out = NULL;
    if (!zoho)
        return USHER_ERR_NOMEM;
    zoho->loop = options->loop;
    zoho->client = options->client;
    zoho->credentials = options->credentials;
    zoho->clock = options->clock;
    zoho->log = options->log;
    for (set = 0; set < USHER_CREDENTIAL_COUNT; set++)
        for (service = 0; service < USHER_ZOHO_SERVICES; service++) {
            zoho->wait[set][service].zoho = zoho;
            zoho->wait[set][service].set = (enum usher_credential_id)set;
        }
    st = usher_gate_enter(options->gate, options->loop, &zoho->entry);
    if (st != USHER_OK) {
        free(zoho);
        return st;
    }
    zoho->tokens = usher_credentials_tokens(zoho->credentials);
    *out = zoho;
    return USHER_OK;
}

void usher_zoho_free(struct usher_zoho *zoho)
{
    size_t set;
    size_t service;

    if (!zoho)
        return;
    while (zoho->jobs)
        job_free(zoho->jobs);
    for (set = 0; set < USHER_CREDENTIAL_COUNT; set++)
        for (service = 0; service < USHER_ZOHO_SERVICES; service++)
            if (zoho->wait[set][service].need)
                usher_need_cancel(zoho->wait[set][service].need);
    usher_gate_leave(zoho->entry);
    usher_tokens_release(zoho->tokens);
    free(zoho);
}

void usher_zoho_observe(struct usher_zoho *zoho, usher_zoho_observe_fn *fn,
                        void *user)
{
    zoho->observe = fn;
    zoho->observe_user = user;
}

size_t usher_zoho_pending(const struct usher_zoho *zoho)
{
    return zoho->pending;
}

/* ---- From call to job ---- */

/* What a call says, operation or not, with nothing left open. */
struct plan {
    enum usher_zoho_service service;
    const char *method;
    const char *path;
    struct usher_credential_choice choice;
    int is_write;
    int visitor_api;
    int wants_org;
    int lacks_screen;
};

static int is_read_method(const char *method)
{
    return strcasecmp(method, "GET") == 0 || strcasecmp(method, "HEAD") == 0;
}

static enum usher_status plan_credential(const char *name, struct plan *plan,
                                         struct usher_error *error)
{
    int set;

    if (!name)
        return USHER_OK;
    set = usher_credential_find(name);
    if (set < 0) {
        usher_error_set(error,
                        "\"%s\" is no credential: write default, salesiq, "
                        "visitor or desk",
                        name);
        return USHER_ERR_INVALID;
    }
    plan->choice.set[0] = (enum usher_credential_id)set;
    plan->choice.count = 1;
    return USHER_OK;
}

static int is_plain_path(const char *path)
{
    if (path[0] != '/')
        return 0;
    for (; *path; path++)
        if ((unsigned char)*path <= ' ' || *path == 0x7f)
            return 0;
    return 1;
}

static enum usher_status plan_request(const struct usher_zoho_call *call,
                                      struct plan *plan,
                                      struct usher_error *error)
{
    plan->service = call->service;
    plan->method = call->method;
    plan->path = call->path;
    if (!call->method || !call->method[0] || !call->path ||
        (call->service != USHER_ZOHO_SALESIQ &&
         call->service != USHER_ZOHO_DESK)) {
        usher_error_set(error, "a service (salesiq or desk), a method and a "
                               "path are needed");
        return USHER_ERR_INVALID;
    }
    if (!is_plain_path(call->path)) {
        usher_error_set(error, "the path must begin with \"/\" and have no "
                               "blanks: encode them as %%20");
        return USHER_ERR_INVALID;
    }
    plan->choice = usher_zoho_choice(call->service, call->path);
    plan->visitor_api = plan->choice.count > 2;
    plan->is_write = !is_read_method(call->method) && !call->is_read;
    plan->wants_org = call->service == USHER_ZOHO_DESK;
    return plan_credential(call->credential, plan, error);
}

static enum usher_status plan_make(const struct usher_zoho *zoho,
                                   const struct usher_zoho_call *call,
                                   struct plan *plan, struct usher_error *error)
{
    const struct usher_zoho_operation *operation = call->operation;

    memset(plan, 0, sizeof(*plan));
    if (!operation)
        return plan_request(call, plan, error);
    plan->service = operation->service;
    plan->method = operation->method;
    plan->path = operation->path;
    plan->choice = operation->credentials;
    plan->is_write = operation->is_write;
    plan->visitor_api = operation->visitor_api;
    plan->wants_org = operation->wants_org;
    plan->lacks_screen = !zoho->tokens->settings.screen_name[0] &&
                         strstr(plan->path, "{screen_name}") != NULL;
    return plan_credential(call->credential, plan, error);
}

/* The part of the URL behind the host. */
static enum usher_status path_make(const struct usher_zoho *zoho,
                                   const struct usher_zoho_call *call,
                                   const struct plan *plan,
                                   struct usher_buffer *url,
                                   struct usher_error *error)
{
    struct usher_zoho_value values[8];
    size_t count = 0;
    size_t i;
    enum usher_status st = USHER_OK;

    if (!call->operation) {
        usher_buffer_text(url, plan->path);
    } else {
        values[count].name = "screen_name";
        /* Without one the job fails before this is used. */
        values[count++].value =
            plan->lacks_screen ? "-" : zoho->tokens->settings.screen_name;
        if (call->path_value_count > 7) {
            usher_error_set(error, "too many values for the path");
            return USHER_ERR_INVALID;
        }
        for (i = 0; i < call->path_value_count; i++)
            values[count + i] = call->path_values[i];
        st = usher_zoho_path_fill(plan->path, values,
                                  count + call->path_value_count, url, error);
    }
    if (st == USHER_OK)
        st = usher_zoho_query_fill(call->query, call->query_count, url);
    if (st == USHER_ERR_NOMEM && url->failed == USHER_ERR_LIMIT) {
        usher_error_set(error, "the URL is too long");
        st = USHER_ERR_INVALID;
    }
    return st;
}

static int has_line_break(const char *text)
{
    return text[strcspn(text, "\r\n")] != '\0';
}

static enum usher_status headers_check(const struct usher_zoho_call *call,
                                       size_t *bytes, struct usher_error *error)
{
    size_t i;

    *bytes = 0;
    if (call->header_count > EXTRA_HEADERS_MAX) {
        usher_error_set(error, "too many headers: at most %d",
                        EXTRA_HEADERS_MAX);
        return USHER_ERR_INVALID;
    }
    for (i = 0; i < call->header_count; i++) {
        const struct usher_header *header = &call->headers[i];

        if (!header->name[0] || has_line_break(header->name) ||
            has_line_break(header->value) || strchr(header->name, ':')) {
            usher_error_set(error, "a header has a line break or a bad name");
            return USHER_ERR_INVALID;
        }
        if (strcasecmp(header->name, "Authorization") == 0) {
            usher_error_set(error, "usher sets Authorization itself: choose a "
                                   "credential instead");
            return USHER_ERR_INVALID;
        }
        *bytes += strlen(header->name) + strlen(header->value) + 2;
    }
    return USHER_OK;
}

static char *put(char **at, const char *bytes, size_t len)
{
    char *start = *at;

    if (len > 0)
        memcpy(start, bytes, len);
    start[len] = '\0';
    *at = start + len + 1;
    return start;
}

static char *put_text(char **at, const char *text)
{
    return put(at, text, strlen(text));
}

/* One block for the job and all its texts. */
static struct usher_zoho_job *job_make(struct usher_zoho *zoho,
                                       const struct usher_zoho_call *call,
                                       const struct plan *plan,
                                       const struct usher_buffer *path,
                                       size_t header_bytes)
{
    struct usher_zoho_job *job;
    size_t bytes = strlen(plan->method) + 1 + USHER_ZOHO_URL_MAX + path->len +
                   1 + call->body_len + 1 + header_bytes;
    char *at;
    size_t i;

    job = malloc(sizeof(*job) + bytes);
    if (!job)
        return NULL;
    memset(job, 0, offsetof(struct usher_zoho_job, headers));
    at = (char *)(job + 1);
    job->zoho = zoho;
    job->method = put_text(&at, plan->method);
    at += USHER_ZOHO_URL_MAX; /* for the host, see job_url() */
    job->path = put(&at, path->data, path->len);
    if (call->body)
        job->body = put(&at, call->body, call->body_len);
    job->body_len = call->body ? call->body_len : 0;
    for (i = 0; i < call->header_count; i++) {
        job->headers[i].name = put_text(&at, call->headers[i].name);
        job->headers[i].value = put_text(&at, call->headers[i].value);
    }
    job->header_count = call->header_count;
    return job;
}

static void job_start(struct usher_zoho_job *job,
                      const struct usher_zoho_call *call,
                      const struct plan *plan)
{
    struct usher_zoho *zoho = job->zoho;
    struct usher_zoho_error error;

    job->operation = call->operation;
    job->service = plan->service;
    job->choice = plan->choice;
    job->is_write = plan->is_write;
    job->visitor_api = plan->visitor_api;
    job->wants_org = plan->wants_org;
    job->started_ms = usher_clock_steady_ms(zoho->clock);
    job->has_deadline = call->deadline_ms != 0;
    job->deadline_ms = job->has_deadline ? call->deadline_ms
                                         : job->started_ms + DEFAULT_TIME_MS;
    job->next = zoho->jobs;
    if (job->next)
        job->next->prev = job;
    zoho->jobs = job;
    zoho->pending++;
    if (plan->lacks_screen) {
        usher_zoho_error_set(&error, USHER_KIND_INVALID,
                             "SALESIQ_SCREEN_NAME is not set",
                             "It is the portal's name in the URL of the "
                             "SalesIQ console.");
        job_fail(job, &error);
        return;
    }
    job_advance(job);
}

enum usher_status usher_zoho_send(struct usher_zoho *zoho,
                                  const struct usher_zoho_call *call,
                                  usher_zoho_fn *fn, void *user,
                                  struct usher_zoho_job **out,
                                  struct usher_error *error)
{
    struct usher_zoho_job *job = NULL;
    struct usher_buffer path;
    struct plan plan;
    size_t header_bytes;
    enum usher_status st;

    if (out)
        *out = NULL;
    usher_buffer_init(&path, URL_MAX_BYTES);
    tokens_look(zoho);
    st = plan_make(zoho, call, &plan, error);
    if (st == USHER_OK)
        st = headers_check(call, &header_bytes, error);
    if (st == USHER_OK)
        st = path_make(zoho, call, &plan, &path, error);
    if (st != USHER_OK)
        goto done;
    job = job_make(zoho, call, &plan, &path, header_bytes);
    if (!job) {
        st = USHER_ERR_NOMEM;
        goto done;
    }
    job->fn = fn;
    job->user = user;
    if (out)
        *out = job;
    job_start(job, call, &plan);
done:
    usher_buffer_free(&path);
    return st;
}

void usher_zoho_cancel(struct usher_zoho_job *job)
{
    job_free(job);
}
