/* engine/conversation/turn_end.c - the end of a turn: its answer, its commit,
 * its errors; and the commits between its steps. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conversation/conversation.h"
#include "conversation/flow_fails.h"
#include "core/log_limit.h"
#include "script/advice.h"

/* Memory of a head that is kept for the next one. */
#define HEAD_KEEP ((size_t)64 * 1024)

/* ---- committing ---- */

static void committed(void *user, enum usher_status status);

/* A task that is committed counts as a write that was done: should the turn
 * fail after this, the flow gets the same task again, not another one. A flow
 * that has ended asks for none any more. */
static enum usher_status tasks_remember(struct conversation *conv)
{
    enum usher_status st = USHER_OK;

    for (size_t i = 0; i < conv->new_tasks.count && st == USHER_OK; i++)
        st = usher_run_remember(&conv->run, conv->new_tasks.list[i].id);
    return st;
}

/* The version that the store must keep for the waiting flow, where that
 * changes; NULL: it does not. */
static const char *pin_of(struct conversation *conv)
{
    const char *wanted = conv->has_run ? conv->version : "";

    if (strcmp(conv->pinned, wanted) == 0)
        return NULL;
    snprintf(conv->pinned, sizeof(conv->pinned), "%s", wanted);
    return conv->pinned;
}

/* Nobody finds it again, and it left no trace so far: none is made. */
static int is_untraced(const struct conversation *conv)
{
    return conv->anonymous && conv->step == COMMIT_TURN && conv->seq == 0;
}

/* A flow must not wait in a version that a restart cannot find: where its
 * sources are not in the store yet, they come with the pin. */
static enum usher_status pin_keep(struct conversation *conv,
                                  struct usher_commit *commit, const char *pin)
{
    const struct usher_shared *shared = conv->worker->shared;
    const char *archive;
    size_t len;

    if (!pin || !pin[0] || !conv->state ||
        usher_version_is_kept(conv->state->version))
        return USHER_OK;
    conv->keeps = 1;
    archive = usher_version_archive(conv->state->version, &len);
    return usher_commit_version(commit, pin, usher_clock_wall_ms(shared->clock),
                                archive, len);
}

/* The head with the next number, a row if it is worth one. */
static enum usher_status head_commit(struct conversation *conv,
                                     struct usher_commit *commit, char kind,
                                     const struct usher_buffer *row)
{
    struct usher_store *store = conv->worker->shared->store;
    int64_t keep = conv->has_run ? conv->first_seq : conv->seq + 2;
    struct usher_buffer *head = &conv->worker->head;
    const char *pin;
    enum usher_status st;

    usher_buffer_rest(head, HEAD_KEEP);
    head_write(conv, head);
    st = (enum usher_status)head->failed;
    if (st != USHER_OK)
        return st;
    pin = pin_of(conv);
    st = usher_commit_pinned_head(commit, conv->key, conv->key_len, conv->seq,
                                  conv->seq + 1, keep, head->data, head->len,
                                  pin);
    if (st == USHER_OK)
        st = pin_keep(conv, commit, pin);
    if (st != USHER_OK || !row ||
        (!conv->has_run && usher_store_is_local(store)))
        return st;
    if (row->failed) /* half a row would be replayed as a whole one */
        return (enum usher_status)row->failed;
    return usher_commit_row(commit, conv->key, conv->key_len, conv->seq + 1,
                            kind, row->data, row->len);
}

static enum usher_status commit_fill(struct conversation *conv,
                                     struct usher_commit *commit, char kind,
                                     const struct usher_buffer *row)
{
    enum usher_status st = USHER_OK;

    if (conv->has_run)
        st = tasks_remember(conv);
    if (st == USHER_OK && !is_untraced(conv))
        st = head_commit(conv, commit, kind, row);
    if (st == USHER_OK && conv->new_tasks.count)
        st = usher_new_tasks_commit(
            &conv->new_tasks, commit,
            usher_clock_wall_ms(conv->worker->shared->clock));
    return st;
}

static void commit_submit(struct conversation *conv, enum commit_step step,
                          char kind, const struct usher_buffer *row)
{
    struct usher_worker *worker = conv->worker;
    struct usher_store *store = worker->shared->store;
    struct usher_commit *commit = usher_store_commit_new(store);
    enum usher_status st = USHER_ERR_NOMEM;

    conv->step = step;
    conv->keeps = 0;
    conv->phase = PHASE_COMMIT;
    if (commit)
        st = commit_fill(conv, commit, kind, row);
    if (st != USHER_OK) {
        usher_commit_free(commit);
        committed(conv, st);
        return;
    }
    if (usher_store_submit(store, commit, worker->loop, committed, conv, &st))
        committed(conv, st);
}

/* The row is for people who read the journal: what was
 * asked, and the entries so far. */
void turn_commit_write(struct conversation *conv, enum commit_step step)
{
    struct usher_run *run = &conv->run;
    struct usher_buffer row;

    conv->unfinished = 1;
    conv->unfinished_print = conv->current->turn.fingerprint;
    usher_buffer_clear(&conv->unfinished_entries);
    usher_buffer_append(&conv->unfinished_entries,
                        run->journal.data + run->turn_start,
                        run->journal.len - run->turn_start);
    usher_buffer_init(&row, 0);
    usher_buffer_bytes(&row, run->flow, strlen(run->flow));
    if (run->write)
        usher_buffer_bytes(&row, run->intents.list[run->write_intent].key, 32);
    row.failed |= conv->unfinished_entries.failed;
    commit_submit(conv, step, step == COMMIT_INTENT ? 'i' : 'r', &row);
    usher_buffer_free(&row);
}

/* Replies of a call that was already answered with the holding reply are put
 * before the next answer; one that does more is the next answer. */
static void undelivered_keep(struct conversation *conv)
{
    struct usher_buffer *out = &conv->undelivered;

    conv->current->kept = conv->current->held;
    conv->owed = conv->current->held && conv->answer.action;
    if (!conv->current->held || conv->owed) {
        usher_buffer_clear(out);
        return;
    }
    if (out->len + conv->answer.replies.len > 32 * 1024 ||
        !conv->answer.reply_count)
        return;
    if (out->len)
        usher_buffer_byte(out, ',');
    usher_buffer_append(out, conv->answer.replies.data,
                        conv->answer.replies.len);
}

void turn_send(struct conversation *conv)
{
    struct usher_worker *worker = conv->worker;
    struct call *call = conv->current;
    const struct usher_buffer *json = &conv->recorded;

    if (call->held && !call->kept)
        undelivered_keep(conv); /* the holding reply went during the commit */
    conv->current = NULL;
    conv->phase = PHASE_IDLE;
    call_answer(call, json->failed ? NULL : json->data, json->len);
    worker->finished = call;
    call_free(call);
}

/* The current call is the last that was answered. */
static void call_remember(struct conversation *conv)
{
    const struct usher_turn *turn = &conv->current->turn;

    usher_text_copy(conv->request_id, sizeof(conv->request_id),
                    turn->request_id);
    if (!turn->delivery)
        return;
    memmove(conv->seen + 1, conv->seen,
            (USHER_SEEN_MAX - 1) * sizeof(conv->seen[0]));
    conv->seen[0] = turn->delivery;
}

void turn_owed(struct conversation *conv)
{
    conv->current->kept = 1;
    if (conv->current->held) { /* nobody hears this one either */
        turn_send(conv);
        return;
    }
    conv->owed = 0;
    usher_buffer_clear(&conv->undelivered);
    call_remember(conv);
    commit_submit(conv, COMMIT_TURN, 't', NULL);
}

/* Every message of its visitor may bring it about. */
static void loss_tell(const struct conversation *conv, enum usher_status status)
{
    const struct usher_worker *worker = conv->worker;
    char key[USHER_KEY_MAX + 1];

    snprintf(key, sizeof(key), "%.*s", (int)conv->key_len, conv->key);
    usher_log_limited_of(worker->shared->log, usher_loop_now_ms(worker->loop),
                         USHER_LOG_ERROR, "store",
                         conv->unreadable ? "a conversation could not be read"
                                          : "a turn could not be kept",
                         "reason", usher_status_text(status), NULL,
                         "conversation", key);
}

void turn_lost(struct conversation *conv, enum usher_status status)
{
    struct usher_worker *worker = conv->worker;
    struct call *call = conv->current;

    if (!conv->unreadable)
        WORKER_COUNT(worker, commits_failed);
    loss_tell(conv, status);
    conversation_reset(conv);
    conv->current = NULL;
    call_answer(call, NULL, 0);
    worker->finished = call;
    call_free(call);
}

static void commit_done(struct conversation *conv, enum usher_status status)
{
    if (status != USHER_OK) {
        turn_lost(conv, status);
        return;
    }
    conv->seq++;
    if (conv->keeps && conv->state)
        usher_version_set_kept(conv->state->version);
    usher_new_tasks_begin(&conv->new_tasks);
    switch (conv->step) {
    case COMMIT_INTENT:
        if (conv->worker->closing)
            return; /* not sent now: the next start finds it unclear */
        conv->phase = PHASE_RUN;
        usher_run_job_start(&conv->run);
        return;
    case COMMIT_RESULT:
        conv->phase = PHASE_RUN;
        turn_handle(conv, usher_run_step(&conv->run));
        return;
    default:
        turn_send(conv);
    }
}

static void committed(void *user, enum usher_status status)
{
    struct conversation *conv = user;
    int pumping = conv->pumping;

    /* Who gets an answer may ask again at once: that call is queued, and the
     * conversation stays. */
    conv->pumping = 1;
    commit_done(conv, status);
    conv->pumping = pumping;
    if (conv->phase == PHASE_IDLE || conv->phase == PHASE_EMPTY)
        conversation_pump(conv);
}

/* ---- its end ---- */

/* A file without a word leaves the buttons of before where they are: an answer
 * to it that has none shows them once more. */
static void buttons_show_again(struct conversation *conv)
{
    struct usher_json json;
    const struct usher_json_node *list;
    const char *value = conv->offered.data, *end;
    uint32_t at;

    if (!usher_turn_is_wordless(&conv->current->turn) || conv->answer.action ||
        conv->answer.button_count || conv->answer.input.len ||
        conv->offered.len < 2 || !conv->recorded.len)
        return;
    end = value + conv->offered.len;
    usher_json_init(&json);
    if (usher_json_read(&json, conv->recorded.data, conv->recorded.len) ==
        USHER_OK) {
        list = usher_json_get(&json, json.nodes, "suggestions");
        at = list ? (uint32_t)(list - json.nodes) + 1 : 0;
        for (; list && at < list->next; at = json.nodes[at].next) {
            const struct usher_json_node *label = &json.nodes[at];
            size_t len;

            if (label->kind == USHER_JSON_OBJECT)
                label = usher_json_get(&json, label, "text");
            if (++value >= end || !label || label->kind != USHER_JSON_STRING)
                break;
            len = strnlen(value, (size_t)(end - value));
            usher_answer_button(&conv->answer, label->text, label->len, value,
                                len);
            value += len;
        }
    }
    usher_json_free(&json);
}

/* Remembers what the answer offered, for numbers typed next: values between
 * zero bytes. */
static void offered_keep(struct conversation *conv)
{
    struct usher_reader reader;
    size_t len;

    if (!conv->answer.button_count &&
        usher_turn_is_wordless(&conv->current->turn))
        return;
    usher_buffer_clear(&conv->offered);
    if (!conv->answer.button_count)
        return;
    usher_reader_init(&reader, conv->answer.buttons.data,
                      conv->answer.buttons.len);
    usher_buffer_byte(&conv->offered, 0);
    for (unsigned i = 0; i < conv->answer.button_count; i++) {
        const char *value;

        (void)usher_reader_bytes(&reader, &len);
        value = usher_reader_bytes(&reader, &len);
        usher_buffer_append(&conv->offered, value, len);
        usher_buffer_byte(&conv->offered, 0);
    }
}

static void answer_record(struct conversation *conv)
{
    struct usher_worker *worker = conv->worker;
    const struct usher_turn *turn = &conv->current->turn;
    char nothing[512];

    nothing[0] = '\0';
    if (!conv->answer.reply_count)
        route_text(worker, "nothing_said", nothing, sizeof(nothing));
    buttons_show_again(conv);
    usher_buffer_clear(&conv->recorded);
    usher_answer_write(&conv->answer, worker->objects, &conv->undelivered,
                       nothing, &conv->recorded);
    undelivered_keep(conv);
    if (conv->answer.spoken.len)
        usher_transcript_add(&conv->transcript, 'b', conv->answer.spoken.data,
                             conv->answer.spoken.len);
    offered_keep(conv);
    call_remember(conv);
    conv->fingerprint = turn->fingerprint;
    conv->touched_ms = usher_clock_wall_ms(worker->shared->even);
}

static void turn_commit(struct conversation *conv)
{
    struct usher_buffer row;
    int wants =
        conv->has_run || !usher_store_is_local(conv->worker->shared->store);

    worker_current(conv->worker, NULL);
    usher_buffer_init(&row, 0);
    if (wants)
        row_write(conv, &row);
    commit_submit(conv, COMMIT_TURN, 't', wants ? &row : NULL);
    usher_buffer_free(&row);
}

void turn_finish(struct conversation *conv)
{
    struct usher_error error;
    struct usher_buffer memory;
    int ended = conv->run.wait != USHER_RUN_LISTEN || conv->anonymous;

    if (usher_answer_failed(&conv->answer)) { /* its flow caught the error */
        snprintf(conv->run.error.message, sizeof(conv->run.error.message),
                 "the answer of one turn is too large");
        turn_fail(conv, "answer");
        return;
    }
    usher_buffer_init(&memory, USHER_MEMORY_MAX);
    if (usher_run_memory(&conv->run, &memory, &error) != USHER_OK) {
        usher_buffer_free(&memory);
        snprintf(conv->run.error.message, sizeof(conv->run.error.message), "%s",
                 error.text);
        turn_fail(conv, "memory");
        return;
    }
    usher_buffer_free(&conv->memory);
    conv->memory = memory;
    conv->unfinished = 0;
    usher_buffer_clear(&conv->earlier);
    usher_buffer_clear(&conv->drawn);
    usher_intents_settle(&conv->run.intents);
    answer_record(conv);
    if (!ended) {
        usher_intents_drop_carried(&conv->run.intents);
        conv->pending = 1;
        turn_commit(conv);
        return;
    }
    /* The row is written from the run, the head without it. */
    {
        struct usher_buffer row;

        usher_buffer_init(&row, 0);
        if (!usher_store_is_local(conv->worker->shared->store))
            row_write(conv, &row);
        conversation_drop_run(conv);
        worker_current(conv->worker, NULL);
        commit_submit(conv, COMMIT_TURN, 't', &row);
        usher_buffer_free(&row);
    }
}

/* What an error mostly means. A value that is nil may be what a task did not
 * return: its file is the one to look at, not that of the error. */
static const char *advice_of(const struct usher_run *run, char *out,
                             size_t size)
{
    if (!run->gave_nothing[0] || !strstr(run->error.message, "a nil value"))
        return usher_advice(run->error.message, "");
    snprintf(out, size,
             "the task %s was done and returned nothing: end %s/%s.lua with "
             "return { ... }",
             run->gave_nothing, usher_script_folder(run->script),
             run->gave_nothing);
    return out;
}

/* The flow raised or went over a limit: what it said, asked and remembered in
 * this turn is dropped, its outside writes are not. */
void turn_fail(struct conversation *conv, const char *what)
{
    struct usher_worker *worker = conv->worker;
    struct usher_run *run = &conv->run;
    char text[256];
    const char *advice = advice_of(run, text, sizeof(text));

    WORKER_COUNT(worker, apologies);
    usher_log_event(worker->shared->log, USHER_LOG_ERROR, "flow",
                    "a turn ended in an error", "what", what, "flow", run->flow,
                    "error", run->error.message, "advice",
                    advice[0] ? advice : NULL, "traceback",
                    run->error.traceback[0] ? run->error.traceback : NULL,
                    NULL);
    usher_flow_fails(worker->shared, run->error.message, run->flow);
    usher_new_tasks_clear(&conv->new_tasks);
    if (conv->has_run) {
        turn_drawn(conv);
        usher_run_drawn_keep(run, &conv->drawn, &conv->earlier);
        usher_intents_unmeet(&run->intents, 0);
    }
    apology_fill(worker, &conv->answer);
    usher_buffer_clear(&conv->before);
    /* A run whose journal is full could never go on. */
    if (conv->has_run && conv->pending && run->turn_start > 0 &&
        run->broken != USHER_ERR_LIMIT) {
        usher_run_undo_turn(run);
        conv->version[0] = '\0'; /* the next message replays on the newest */
    } else if (conv->has_run) {
        usher_intents_clear(&conv->retry_intents);
        conv->retry = 1;
        conv->retry_intents = run->intents;
        run->intents.list = NULL;
        run->intents.count = 0;
        conversation_drop_run(conv);
    }
    conv->unfinished = 0;
    answer_record(conv);
    turn_commit(conv);
}
