/* engine/bind/http_job.c - one HTTP request of a flow as a job. */
#include "bind/http_job.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "bind/call.h"
#include "bind/plain.h"
#include "bind/secret.h"
#include "script/value.h"

/* ---- what came back ---- */

/* Response headers that flows get, by their names in lower case: what people
 * need to act on, without what would fill the journal. */
static const char *const shown_headers[] = {
    "content-disposition",
    "content-language",
    "content-type",
    "etag",
    "last-modified",
    "link",
    "location",
    "retry-after",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-request-id",
    "x-total-count",
};
#define SHOWN (sizeof(shown_headers) / sizeof(shown_headers[0]))

static void headers_write(struct usher_buffer *out,
                          const struct usher_client_answer *answer)
{
    const char *values[SHOWN];
    size_t count = 0;

    /* A value lives until the next one is asked for: count first. */
    for (size_t i = 0; i < SHOWN; i++)
        count += usher_client_header(answer, shown_headers[i]) != NULL;
    usher_value_table(out, 0, count);
    for (size_t i = 0; i < SHOWN; i++) {
        values[i] = usher_client_header(answer, shown_headers[i]);
        if (!values[i])
            continue;
        usher_value_string(out, shown_headers[i], strlen(shown_headers[i]));
        usher_value_string(out, values[i], strlen(values[i]));
    }
}

/* "application/json", "application/problem+json; charset=utf-8" */
static int is_json(const char *type)
{
    size_t len = type ? strcspn(type, "; ") : 0;

    return len >= 4 && strncasecmp(type + len - 4, "json", 4) == 0;
}

static void name_write(struct usher_buffer *out, const char *name)
{
    usher_value_string(out, name, strlen(name));
}

/* { body, headers, json, status }. body is left out where it would not fit
 * beside its json; where nothing fits the results fail, and those of a write,
 * which was done, get too_large = true instead. */
static void response_write(struct usher_buffer *out,
                           const struct usher_client_answer *answer,
                           int is_write)
{
    struct usher_buffer headers, json;
    int has_json, has_body, too_large;
    size_t room;

    usher_buffer_init(&headers, USHER_RESULTS_MAX / 4);
    usher_buffer_init(&json, USHER_RESULTS_MAX);
    headers_write(&headers, answer);
    if (headers.failed) {
        usher_buffer_clear(&headers);
        usher_value_table(&headers, 0, 0);
    }
    room = USHER_RESULTS_MAX - 128 - headers.len;
    has_json = is_json(answer->content_type) && answer->body_len > 0 &&
               usher_value_from_json(&json, answer->body, answer->body_len,
                                     NULL) == USHER_OK &&
               !json.failed && json.len <= room;
    has_body = answer->body_len + (has_json ? json.len : 0) <= room;
    too_large = !has_body && !has_json;
    if (too_large && !is_write)
        out->failed = USHER_ERR_LIMIT;
    usher_value_table(out, 0, 2u + (unsigned)(has_body + has_json + too_large));
    if (has_body) {
        name_write(out, "body");
        usher_value_string(out, answer->body, answer->body_len);
    }
    name_write(out, "headers");
    usher_buffer_append(out, headers.data, headers.len);
    if (has_json) {
        name_write(out, "json");
        usher_buffer_append(out, json.data, json.len);
    }
    name_write(out, "status");
    usher_value_integer(out, answer->status);
    if (too_large) {
        name_write(out, "too_large");
        usher_value_boolean(out, 1);
    }
    usher_buffer_free(&headers);
    usher_buffer_free(&json);
}

/* A write that the server answered with an error of its own (5xx, also 503:
 * whoever stands before it says that, too) may have been done all the same. One
 * that was refused (4xx) was not, nor one that is to be sent to another place
 * (307, 308). After a redirect that asks for its result (303, and what is
 * treated like it) it was done, whatever that result is. */
static enum usher_outcome
response_outcome(const struct usher_client_answer *answer)
{
    if (answer->turned)
        return USHER_OUTCOME_DONE;
    if (answer->status >= 500)
        return USHER_OUTCOME_UNCLEAR;
    return answer->status >= 400 || answer->status == 307 ||
                   answer->status == 308
               ? USHER_OUTCOME_FAILED
               : USHER_OUTCOME_DONE;
}

/* ---- no answer ---- */

struct failure {
    const char *kind;
    const char *what;
    const char *hint;
};

static struct failure failure_of(const struct usher_http_job *job,
                                 const struct usher_client_answer *answer)
{
    static const char look[] = "It may or may not have been done: look before "
                               "it is sent again.";
    struct failure f = {"offline", "could not be reached", NULL};

    switch (answer->result) {
    case USHER_NET_TIMEOUT:
        f.kind = job->by_deadline                 ? "deadline"
                 : job->is_write && !answer->sent ? "offline"
                                                  : "timeout";
        f.what = job->by_deadline ? "did not answer within the turn's time"
                                  : "did not answer in time";
        if (job->by_deadline)
            f.hint = "Do slow work in a task: chat:task(name, args).";
        break;
    case USHER_NET_BROKEN:
        f.what = "broke off the connection";
        break;
    case USHER_NET_TOO_LARGE:
        f.kind = "rejected";
        f.what = "answered more than usher takes";
        f.hint = "Ask for less.";
        break;
    case USHER_NET_TLS:
        f.what = "has no certificate that can be trusted";
        f.hint = "Check the machine's clock, its ca-certificates and the URL.";
        break;
    case USHER_NET_BAD_URL:
        f.kind = "invalid";
        f.what = "is no URL that can be used";
        break;
    default:
        break;
    }
    if (job->is_write && answer->sent) {
        f.kind = "unclear";
        f.hint = look;
    }
    return f;
}

/* The URL as far as it may be shown: without its query. */
static int shown_url_len(const struct usher_http_job *job)
{
    size_t len = strcspn(job->url.data, "?#");

    return (int)(len < 160 ? len : 160);
}

static void failure_write(const struct usher_http_job *job,
                          struct usher_buffer *out,
                          const struct usher_client_answer *answer,
                          const struct failure *f)
{
    struct usher_error text;

    usher_error_set(&text, "%.*s %s%s%.160s", shown_url_len(job), job->url.data,
                    f->what, answer->error && *answer->error ? ": " : "",
                    answer->error ? answer->error : "");
    usher_effect_fail(out, f->kind, text.text, f->hint, (int)answer->status,
                      answer->retry_after_s,
                      job->is_write && answer->sent
                          ? usher_clock_wall_ms(job->bind->clock)
                          : 0);
}

static void on_answer(void *user, const struct usher_client_answer *answer)
{
    struct usher_http_job *job = user;
    struct usher_buffer results;
    enum usher_outcome outcome = USHER_OUTCOME_FAILED;
    unsigned count = 2;

    job->transfer = NULL;
    usher_buffer_init(&results, USHER_RESULTS_MAX);
    if (answer->result == USHER_NET_OK) {
        count = 1;
        response_write(&results, answer, job->is_write);
        outcome = response_outcome(answer);
    } else {
        struct failure f = failure_of(job, answer);

        failure_write(job, &results, answer, &f);
        if (job->is_write && answer->sent)
            outcome = USHER_OUTCOME_UNCLEAR;
    }
    usher_call_done(&job->job, &results, count, outcome);
}

/* ---- sending ---- */

static void on_timer(void *user)
{
    struct usher_http_job *job = user;
    struct usher_buffer results;

    usher_buffer_init(&results, USHER_RESULTS_MAX);
    usher_effect_fail(&results, job->kind, job->error.text, NULL, 0, -1, 0);
    usher_call_done(&job->job, &results, 2, USHER_OUTCOME_FAILED);
}

/* Nothing was sent: says so in the loop's next round. */
static void fail_later(struct usher_http_job *job, const char *kind)
{
    job->kind = kind;
    usher_timer_set(job->bind->loop, &job->timer, 0, on_timer, job);
}

struct header_list {
    struct usher_header *list;
    size_t count;
    struct usher_buffer text; /* names and values, each ended by 0 */
};

static void header_list_free(struct header_list *headers)
{
    free(headers->list);
    usher_buffer_wipe(&headers->text);
}

/* Fills `text` with name 0 value 0 for each; when `list` is there, its entries
 * point into text, which must not grow then. */
static enum usher_status headers_fill(const struct usher_http_job *job,
                                      struct header_list *headers,
                                      struct usher_error *error)
{
    struct usher_reader reader;
    struct usher_plain table, name, value;
    enum usher_status st = USHER_OK;

    usher_reader_init(&reader, job->headers.data, job->headers.len);
    usher_plain_next(&reader, &table);
    headers->count = (size_t)table.pairs;
    for (uint64_t i = 0; i < table.pairs && st == USHER_OK; i++) {
        usher_plain_next(&reader, &name);
        usher_plain_next(&reader, &value);
        usher_buffer_append(&headers->text, name.text, name.len);
        usher_buffer_byte(&headers->text, 0);
        st = usher_secret_fill(value.text, value.len, job->bind->config,
                               &headers->text, error);
        usher_buffer_byte(&headers->text, 0);
    }
    return st != USHER_OK ? st : (enum usher_status)headers->text.failed;
}

static enum usher_status headers_make(const struct usher_http_job *job,
                                      struct header_list *headers,
                                      struct usher_error *error)
{
    enum usher_status st;
    const char *at;

    /* Room at once: what grows leaves copies of secrets behind. */
    if (!usher_buffer_reserve(&headers->text, 64 * 1024))
        return USHER_ERR_NOMEM;
    st = headers_fill(job, headers, error);
    if (st != USHER_OK)
        return st;
    headers->list = calloc(headers->count + 1, sizeof(*headers->list));
    if (!headers->list)
        return USHER_ERR_NOMEM;
    at = headers->text.data;
    for (size_t i = 0; i < headers->count; i++) {
        headers->list[i].name = at;
        at += strlen(at) + 1;
        headers->list[i].value = at;
        at += strlen(at) + 1;
    }
    return USHER_OK;
}

static enum usher_status send_request(struct usher_http_job *job,
                                      int64_t timeout_ms)
{
    struct header_list headers = {NULL, 0, {NULL, 0, 0, 0, 0}};
    struct usher_client_request request = {0};
    enum usher_status st;

    usher_buffer_init(&headers.text, 64 * 1024);
    st = headers_make(job, &headers, &job->error);
    if (st == USHER_ERR_LIMIT)
        usher_error_set(&job->error, "the headers are too long");
    if (st != USHER_OK)
        goto done;
    request.method = job->method.data;
    request.url = job->url.data;
    request.headers = headers.list;
    request.header_count = headers.count;
    request.body =
        job->has_body ? (job->body.data ? job->body.data : "") : NULL;
    request.body_len = job->body.len;
    request.timeout_ms = timeout_ms;
    request.follow = job->follow;
    st = usher_client_send(job->bind->client, &request, on_answer, job,
                           &job->transfer);
    if (st == USHER_ERR_INVALID)
        usher_error_set(&job->error,
                        "%.*s: the URL must begin with http:// or https:// and "
                        "have no blank; method and headers must have no line "
                        "break",
                        shown_url_len(job), job->url.data);
done:
    header_list_free(&headers);
    return st;
}

static void job_start(struct usher_job *base, int64_t deadline_ms)
{
    struct usher_http_job *job = (struct usher_http_job *)base;
    int64_t timeout = job->timeout_ms;
    int64_t left = deadline_ms - usher_loop_now_ms(job->bind->loop);
    enum usher_status st;

    if (!timeout)
        timeout =
            deadline_ms ? USHER_HTTP_TIMEOUT_MS : USHER_HTTP_TASK_TIMEOUT_MS;
    job->by_deadline = deadline_ms && left < timeout;
    if (job->by_deadline && left <= 0) {
        usher_error_set(&job->error,
                        "the turn's time is over: %.*s was not "
                        "called",
                        shown_url_len(job), job->url.data);
        fail_later(job, "deadline");
        return;
    }
    st = send_request(job, job->by_deadline ? left : timeout);
    if (st == USHER_OK)
        return;
    if (st == USHER_ERR_NOMEM)
        usher_error_set(&job->error, "not enough memory");
    fail_later(job, st == USHER_ERR_NOMEM ? "offline" : "invalid");
}

static void job_cancel(struct usher_job *base)
{
    struct usher_http_job *job = (struct usher_http_job *)base;

    if (job->transfer)
        usher_transfer_cancel(job->transfer);
    job->transfer = NULL;
    if (job->timer.armed)
        usher_timer_cancel(job->bind->loop, &job->timer);
}

static void job_free(struct usher_job *base)
{
    struct usher_http_job *job = (struct usher_http_job *)base;

    usher_buffer_free(&job->method);
    usher_buffer_free(&job->url);
    usher_buffer_free(&job->headers);
    usher_buffer_free(&job->body);
    free(job);
}

struct usher_http_job *usher_http_job_new(const struct usher_bind *bind)
{
    static const struct usher_job_ops ops = {job_start, job_cancel, job_free};
    struct usher_http_job *job = calloc(1, sizeof(*job));

    if (!job)
        return NULL;
    job->job.ops = &ops;
    job->bind = bind;
    usher_buffer_init(&job->method, 64);
    usher_buffer_init(&job->url, USHER_REQUEST_MAX);
    usher_buffer_init(&job->headers, USHER_REQUEST_MAX);
    usher_buffer_init(&job->body, USHER_REQUEST_MAX);
    return job;
}
