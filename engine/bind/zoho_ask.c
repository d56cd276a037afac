/* engine/bind/zoho_ask.c - one call to Zoho of a flow as a job. */
#include "bind/zoho_ask.h"

#include <stdlib.h>
#include <string.h>

#include "bind/call.h"
#include "bind/plain.h"
#include "script/value.h"

/* ---- what came back ---- */

static void name_write(struct usher_buffer *out, const char *name)
{
    usher_value_string(out, name, strlen(name));
}

static void text_write(struct usher_buffer *out, const char *name,
                       const char *text)
{
    if (!text[0])
        return;
    name_write(out, name);
    usher_value_string(out, text, strlen(text));
}

/* nil, { at, code, field, hint, kind, message, retry_after, status } */
static void error_write(struct usher_buffer *out,
                        const struct usher_zoho_error *e,
                        const struct usher_clock *clock)
{
    int is_unclear = e->kind == USHER_KIND_UNCLEAR;
    size_t pairs = 2u + (e->code[0] != 0) + (e->field[0] != 0) +
                   (e->hint[0] != 0) + (e->retry_after_s >= 0) +
                   (e->status != 0) + (size_t)is_unclear;

    usher_value_nil(out);
    usher_value_table(out, 0, pairs);
    if (is_unclear)
        usher_effect_at(out, usher_clock_wall_ms(clock));
    text_write(out, "code", e->code);
    text_write(out, "field", e->field);
    text_write(out, "hint", e->hint);
    name_write(out, "kind");
    name_write(out, usher_error_kind_text(e->kind));
    name_write(out, "message");
    name_write(out, e->message);
    if (e->retry_after_s >= 0) {
        name_write(out, "retry_after");
        usher_value_integer(out, e->retry_after_s);
    }
    if (e->status) {
        name_write(out, "status");
        usher_value_integer(out, e->status);
    }
}

/* Lists and everything of SalesIQ come inside "data"; a record of Desk comes
 * as it is. */
static int has_envelope(const struct usher_zoho_operation *operation)
{
    return operation->service == USHER_ZOHO_SALESIQ ||
           (!operation->is_write && !strchr(operation->path, '{'));
}

static void operation_write(struct usher_buffer *out,
                            const struct usher_zoho_operation *operation,
                            const struct usher_buffer *json)
{
    const char *data;
    size_t len;

    if (has_envelope(operation) &&
        usher_plain_member(json->data, json->len, "data", &data, &len))
        usher_buffer_append(out, data, len);
    else
        usher_buffer_append(out, json->data, json->len);
}

/* { json, status } */
static void request_write(struct usher_buffer *out,
                          const struct usher_zoho_result *result,
                          const struct usher_buffer *json)
{
    usher_value_table(out, 0, 2);
    name_write(out, "json");
    usher_buffer_append(out, json->data, json->len);
    name_write(out, "status");
    usher_value_integer(out, result->status);
}

/* 0: the answer is no JSON. */
static int result_write(const struct usher_zoho_ask *ask,
                        struct usher_buffer *out,
                        const struct usher_zoho_result *result)
{
    struct usher_buffer json;
    enum usher_status st = USHER_OK;

    usher_buffer_init(&json, USHER_RESULTS_MAX);
    if (result->body_len)
        st = usher_value_from_json(&json, result->body, result->body_len, NULL);
    else /* 204: no results */
        usher_value_table(&json, 0, 0);
    if (st == USHER_OK && json.failed)
        st = (enum usher_status)json.failed;
    if (st != USHER_OK && st != USHER_ERR_PARSE)
        out->failed = (int)st;
    else if (st == USHER_OK && ask->operation)
        operation_write(out, ask->operation, &json);
    else if (st == USHER_OK)
        request_write(out, result, &json);
    usher_buffer_free(&json);
    return st != USHER_ERR_PARSE;
}

static void on_result(void *user, const struct usher_zoho_result *result)
{
    struct usher_zoho_ask *ask = user;
    struct usher_zoho_error broken;
    const struct usher_zoho_error *error = result->error;
    struct usher_buffer results;
    enum usher_outcome outcome = USHER_OUTCOME_DONE;

    ask->sent = NULL;
    usher_buffer_init(&results, USHER_RESULTS_MAX);
    if (result->ok && !result_write(ask, &results, result)) {
        usher_zoho_error_set(
            &broken, ask->is_write ? USHER_KIND_UNCLEAR : USHER_KIND_OFFLINE,
            "Zoho answered JSON that is broken", NULL);
        broken.status = result->status;
        error = &broken;
    }
    if (error) {
        error_write(&results, error, ask->bind->clock);
        outcome = error->kind == USHER_KIND_UNCLEAR ? USHER_OUTCOME_UNCLEAR
                                                    : USHER_OUTCOME_FAILED;
    }
    usher_call_done(&ask->job, &results, error ? 2 : 1, outcome);
}

/* ---- sending ---- */

static void on_timer(void *user)
{
    struct usher_zoho_ask *ask = user;
    struct usher_buffer results;

    usher_buffer_init(&results, USHER_RESULTS_MAX);
    usher_effect_fail(&results, ask->kind, ask->error.text, NULL, 0, -1, 0);
    usher_call_done(&ask->job, &results, 2, USHER_OUTCOME_FAILED);
}

static void ask_start(struct usher_job *job, int64_t deadline_ms)
{
    struct usher_zoho_ask *ask = (struct usher_zoho_ask *)job;
    struct usher_zoho_call call = {0};
    enum usher_status st;

    call.operation = ask->operation;
    call.path_values = ask->path.list;
    call.path_value_count = ask->path.count;
    call.query = ask->query.list;
    call.query_count = ask->query.count;
    call.body = ask->has_body ? ask->body.data : NULL;
    call.body_len = ask->has_body ? ask->body.len : 0;
    call.deadline_ms = deadline_ms;
    call.service = ask->service;
    call.method = ask->method.data;
    call.path = ask->address.data;
    call.credential = ask->credential[0] ? ask->credential : NULL;
    call.is_read = !ask->is_write;
    st = ask->is_short ? USHER_ERR_INVALID
                       : usher_zoho_send(ask->bind->zoho, &call, on_result, ask,
                                         &ask->sent, &ask->error);
    if (st == USHER_OK)
        return;
    ask->sent = NULL;
    ask->kind = "invalid";
    if (st != USHER_ERR_INVALID) {
        ask->kind = "offline";
        usher_error_set(&ask->error, "%s", usher_status_text(st));
    }
    usher_timer_set(ask->bind->loop, &ask->timer, 0, on_timer, ask);
}

static void ask_cancel(struct usher_job *job)
{
    struct usher_zoho_ask *ask = (struct usher_zoho_ask *)job;

    if (ask->sent)
        usher_zoho_cancel(ask->sent);
    ask->sent = NULL;
    if (ask->timer.armed)
        usher_timer_cancel(ask->bind->loop, &ask->timer);
}

static void pairs_free(struct usher_zoho_pairs *pairs)
{
    usher_buffer_free(&pairs->text);
    free(pairs->list);
}

static void ask_free(struct usher_job *job)
{
    struct usher_zoho_ask *ask = (struct usher_zoho_ask *)job;

    pairs_free(&ask->path);
    pairs_free(&ask->query);
    usher_buffer_free(&ask->body);
    usher_buffer_free(&ask->method);
    usher_buffer_free(&ask->address);
    free(ask);
}

struct usher_zoho_ask *usher_zoho_ask_new(const struct usher_bind *bind)
{
    static const struct usher_job_ops ops = {ask_start, ask_cancel, ask_free};
    struct usher_zoho_ask *ask = calloc(1, sizeof(*ask));

    if (!ask)
        return NULL;
    ask->job.ops = &ops;
    ask->bind = bind;
    usher_buffer_init(&ask->path.text, USHER_REQUEST_MAX);
    usher_buffer_init(&ask->query.text, USHER_REQUEST_MAX);
    usher_buffer_init(&ask->body, USHER_REQUEST_MAX);
    usher_buffer_init(&ask->method, 64);
    usher_buffer_init(&ask->address, USHER_REQUEST_MAX);
    return ask;
}
