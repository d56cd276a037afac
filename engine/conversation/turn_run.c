/* engine/conversation/turn_run.c - a turn from its message to its answer:
 * routing, the flow's steps, the commits between, the errors (design.md
 * section 4). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conversation/conversation.h"
#include "script/value.h"

/* Flows that hand over to each other within one turn. */
#define JUMPS_MAX 8

static void handle(struct conversation *conv, enum usher_run_state state);
static void turn_finish(struct conversation *conv);
static void turn_fail(struct conversation *conv, const char *what);

/* ---- routing: engine/lua/routing.lua in the newest state ---- */

static lua_State *newest_lua(struct usher_worker *worker)
{
    return usher_script_lua(worker->states.newest->script);
}

void route_text(struct usher_worker *worker, const char *name, char *out,
                size_t size)
{
    lua_State *L = newest_lua(worker);

    lua_getfield(L, LUA_REGISTRYINDEX, "usher.texts");
    lua_getfield(L, -1, name);
    snprintf(out, size, "%s", lua_type(L, -1) == LUA_TSTRING
                                  ? lua_tostring(L, -1)
                                  : "");
    lua_pop(L, 2);
}

static void push_text(lua_State *L, const struct usher_buffer *text)
{
    lua_pushlstring(L, text->data ? text->data : "", text->len);
}

void usher_worker_force(struct usher_worker *worker, const char *flow)
{
    snprintf(worker->forced, sizeof(worker->forced), "%s", flow);
}

/* The flow that answers, into out; "" when none does. Gives 0 when routing
 * itself failed (a trigger's function raised). */
static int route(struct conversation *conv, int stage, char *out, size_t size)
{
    struct usher_worker *worker = conv->worker;
    const struct usher_turn *turn = &conv->current->turn;
    lua_State *L = newest_lua(worker);
    struct usher_reader reader;
    struct usher_error error;

    lua_getfield(L, LUA_REGISTRYINDEX, "usher.route");
    lua_pushinteger(L, stage);
    lua_pushstring(L, usher_turn_kind_text(turn->kind));
    push_text(L, &turn->text);
    push_text(L, &turn->payload);
    push_text(L, &conv->offered);
    usher_reader_init(&reader, turn->input.data, turn->input.len);
    usher_value_decode(L, &reader);
    out[0] = '\0';
    if (usher_script_call(worker->states.newest->script, 6, 1, &error) !=
        USHER_OK) {
        usher_log_event(worker->shared->log, USHER_LOG_ERROR, "flow",
                        "routing failed", "error", error.text, NULL);
        return 0;
    }
    if (lua_type(L, -1) == LUA_TSTRING)
        snprintf(out, size, "%s", lua_tostring(L, -1));
    lua_pop(L, 1);
    return 1;
}

/* ---- committing ---- */

static void committed(void *user, enum usher_status status);

/* A task that is committed counts as a write that was done: should the turn
 * fail after this, the flow gets the same task again, not another one. */
static enum usher_status tasks_remember(struct conversation *conv)
{
    enum usher_status st = USHER_OK;

    for (size_t i = 0; i < conv->new_tasks.count && st == USHER_OK; i++)
        st = usher_run_remember(&conv->run, conv->new_tasks.list[i].id);
    return st;
}

/* The head with the next number, a row if it is worth one, new tasks. */
static void commit_submit(struct conversation *conv, enum commit_step step,
                          char kind, const struct usher_buffer *row)
{
    struct usher_worker *worker = conv->worker;
    struct usher_store *store = worker->shared->store;
    struct usher_commit *commit = usher_commit_new();
    struct usher_buffer head;
    enum usher_status st = USHER_ERR_NOMEM;
    int64_t keep = conv->has_run ? conv->first_seq : conv->seq + 2;

    conv->step = step;
    conv->phase = PHASE_COMMIT;
    usher_buffer_init(&head, 0);
    if (conv->new_tasks.count && tasks_remember(conv) != USHER_OK) {
        usher_commit_free(commit);
        committed(conv, USHER_ERR_NOMEM);
        return;
    }
    head_write(conv, &head);
    if (!commit || head.failed) {
        usher_commit_free(commit);
        usher_buffer_free(&head);
        committed(conv, st);
        return;
    }
    usher_commit_head(commit, conv->key, conv->key_len, conv->seq,
                      conv->seq + 1, keep, head.data, head.len);
    usher_buffer_free(&head);
    if (row && (conv->has_run || !usher_store_is_local(store)))
        usher_commit_row(commit, conv->key, conv->key_len, conv->seq + 1, kind,
                         row->data, row->len);
    if (conv->new_tasks.count)
        usher_new_tasks_commit(
            &conv->new_tasks, commit,
            usher_clock_wall_ms(worker->shared->clock));
    if (usher_store_submit(store, commit, worker->loop, committed, conv, &st))
        committed(conv, st);
}

/* An intent's or a result's row is for people who read the journal: what was
 * asked, and the entries so far. */
static void commit_write(struct conversation *conv, enum commit_step step)
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
    commit_submit(conv, step, step == COMMIT_INTENT ? 'i' : 'r', &row);
    usher_buffer_free(&row);
}

static void send_and_rest(struct conversation *conv)
{
    struct usher_worker *worker = conv->worker;
    struct call *call = conv->current;

    conv->current = NULL;
    conv->phase = PHASE_IDLE;
    call_answer(call, conv->recorded.data, conv->recorded.len);
    worker->finished = call;
    call_free(call);
}

/* The commit failed: nothing of the turn is kept, nothing is built upon. */
static void commit_failed(struct conversation *conv, enum usher_status status)
{
    struct usher_worker *worker = conv->worker;
    struct call *call = conv->current;

    WORKER_COUNT(worker, commits_failed);
    usher_log_event(worker->shared->log, USHER_LOG_ERROR, "store",
                    "a turn could not be kept", "reason",
                    usher_status_text(status), NULL);
    conversation_reset(conv);
    conv->current = NULL;
    call_answer(call, NULL, 0);
    worker->finished = call;
    call_free(call);
}

static void committed(void *user, enum usher_status status)
{
    struct conversation *conv = user;

    if (status != USHER_OK) {
        commit_failed(conv, status);
        conversation_pump(conv);
        return;
    }
    conv->seq++;
    usher_new_tasks_begin(&conv->new_tasks);
    switch (conv->step) {
    case COMMIT_INTENT:
        conv->phase = PHASE_RUN;
        usher_run_job_start(&conv->run);
        return;
    case COMMIT_RESULT:
        conv->phase = PHASE_RUN;
        handle(conv, usher_run_step(&conv->run));
        return;
    default:
        send_and_rest(conv);
        conversation_pump(conv);
    }
}

/* ---- the run's owner ---- */

static void job_done(void *owner, struct usher_run *run)
{
    struct conversation *conv = owner;

    if (run->write) {
        commit_write(conv, COMMIT_RESULT);
        return;
    }
    handle(conv, usher_run_step(run));
}

static void effect_seen(void *owner, const char *name)
{
    struct conversation *conv = owner;
    struct usher_shared *shared = conv->worker->shared;

    if (shared->effect)
        shared->effect(shared->control, name);
}

static const struct usher_run_owner owner_ops = {job_done, effect_seen};

static void run_attach(struct conversation *conv, struct usher_state *state)
{
    struct usher_run *run = &conv->run;

    conv->state = state;
    usher_state_hold(state);
    run->script = state->script;
    run->owner = conv;
    run->ops = &owner_ops;
    run->answer = &conv->answer;
    run->transcript = &conv->transcript;
    run->new_tasks = &conv->new_tasks;
    run->deadline_ms = conv->current->started_ms + USHER_EFFECTS_DEADLINE_MS;
}

/* ---- starting a flow ---- */

/* The intents of a run that is started again: its own, or those of the same
 * flow that failed in its first turn. */
static struct usher_intents intents_keep(struct conversation *conv,
                                         const char *flow)
{
    struct usher_intents kept = {NULL, 0};
    struct usher_intents *from = NULL;

    if (strcmp(conv->retry_flow, flow) == 0)
        from = &conv->retry_intents;
    else if (conv->has_run && !conv->pending &&
             strcmp(conv->run.flow, flow) == 0)
        from = &conv->run.intents;
    if (from) {
        kept = *from;
        from->list = NULL;
        from->count = 0;
    } else {
        conv->run_number++;
    }
    usher_intents_clear(&conv->retry_intents);
    conv->retry_flow[0] = '\0';
    return kept;
}

static void flow_start(struct conversation *conv, const char *flow)
{
    struct usher_worker *worker = conv->worker;
    const struct usher_turn *turn = &conv->current->turn;
    struct usher_intents intents = intents_keep(conv, flow);
    struct usher_run *run = &conv->run;

    if (worker->shared->flow)
        worker->shared->flow(worker->shared->control, flow);
    conversation_drop_run(conv);
    usher_run_init(run, NULL, flow, conv, &owner_ops);
    run->intents = intents;
    run_attach(conv, worker->states.newest);
    snprintf(conv->version, sizeof(conv->version), "%s",
             usher_version_hash(conv->state->version));
    usher_buffer_append(&run->memory_start, conv->memory.data,
                        conv->memory.len);
    conv->has_run = 1;
    conv->pending = 0;
    conv->first_seq = conv->seq + 1;
    conv->new_tasks.run_number = conv->run_number;
    usher_run_turn(run);
    usher_run_begin(run, turn->input.data, turn->input.len);
    worker_current(worker, flow);
    handle(conv, usher_run_step(run));
}

/* ---- a message for the run that waits ---- */

/* A replay must end where the flow waited: at its question. */
static void message_give(struct conversation *conv)
{
    struct usher_run *run = &conv->run;
    const struct usher_turn *turn = &conv->current->turn;
    enum usher_run_state state = USHER_RUN_LISTEN;

    usher_run_turn(run);
    if (conv->unfinished && conv->unfinished_print == turn->fingerprint) {
        usher_run_rest(run);
        usher_buffer_append(&run->journal, conv->unfinished_entries.data,
                            conv->unfinished_entries.len);
        conv->unfinished = 0;
        WORKER_COUNT(conv->worker, replays);
        handle(conv, usher_run_step(run));
        return;
    }
    conv->unfinished = 0;
    if (!run->fiber) {
        WORKER_COUNT(conv->worker, replays);
            state = usher_run_step(run);
    }
    if (state != USHER_RUN_LISTEN) {
        if (state == USHER_RUN_DONE || state == USHER_RUN_LEFT ||
            state == USHER_RUN_PASS || state == USHER_RUN_JOB) {
            snprintf(run->error.message, sizeof(run->error.message),
                     "diverged: the flow now goes elsewhere than it did");
            state = USHER_RUN_DIVERGED;
        }
        handle(conv, state);
        return;
    }
    handle(conv, usher_run_message(run, turn->input.data, turn->input.len));
}

/* A first turn that a crash cut off, and the same message again: the flow is
 * run from its start, what it did is answered from the journal. */
static void first_turn_again(struct conversation *conv)
{
    struct usher_run *run = &conv->run;

    usher_run_turn(run);
    usher_buffer_append(&run->journal, conv->unfinished_entries.data,
                        conv->unfinished_entries.len);
    conv->unfinished = 0;
    WORKER_COUNT(conv->worker, replays);
    handle(conv, usher_run_step(run));
}

/* Finds the state of the version that the run began with. */
static void state_find(struct conversation *conv)
{
    struct usher_worker *worker = conv->worker;
    struct usher_shared *shared = worker->shared;
    struct usher_state *state = worker->states.newest;

    if (conv->state && conv->version[0]) { /* live, or at rest but here */
        conversation_go_on(conv);
        return;
    }
    if (conv->state) { /* unpinned: moves to the newest */
        usher_run_rest(&conv->run);
        usher_states_let_go(&worker->states, conv->state);
        conv->state = NULL;
    }
    if (!conv->version[0]) {
        snprintf(conv->version, sizeof(conv->version), "%s",
                 usher_version_hash(state->version));
    } else {
        state = usher_states_find(&worker->states, conv->version);
        if (!state) {
            conv->phase = PHASE_STATE;
            shared->want_state(shared->control, worker->index, conv->version);
            return;
        }
    }
    run_attach(conv, state);
    conversation_go_on(conv);
}

void conversation_go_on(struct conversation *conv)
{
    struct usher_worker *worker = conv->worker;

    conv->phase = PHASE_RUN;
    if (!conv->state) { /* after waiting for it */
        struct usher_state *state =
            usher_states_find(&worker->states, conv->version);

        if (!state) { /* not to be had: the newest must do */
            state = worker->states.newest;
            snprintf(conv->version, sizeof(conv->version), "%s",
                     usher_version_hash(state->version));
        }
        run_attach(conv, state);
    }
    conv->run.deadline_ms =
        conv->current->started_ms + USHER_EFFECTS_DEADLINE_MS;
    conv->new_tasks.run_number = conv->run_number;
    worker_current(worker, conv->run.flow);
    if (conv->pending)
        message_give(conv);
    else
        first_turn_again(conv);
}

/* ---- the turn ---- */

void conversation_turn(struct conversation *conv, struct call *call)
{
    struct usher_turn *turn = &call->turn;
    char flow[64];
    int waits;

    conv->current = call;
    conv->phase = PHASE_RUN;
    conv->jumps = 0;
    conv->restarted = 0;
    conv->apology = 0;
    WORKER_COUNT(conv->worker, turns);
    if (turn->request_id[0] &&
        strcmp(turn->request_id, conv->request_id) == 0 && conv->recorded.len) {
        send_and_rest(conv); /* asked again: the recorded answer */
        return;
    }
    worker_adopt(conv->worker);
    usher_answer_clear(&conv->answer);
    usher_new_tasks_clear(&conv->new_tasks);
    if (turn->text.len)
        usher_transcript_add(&conv->transcript, 'v', turn->text.data,
                             turn->text.len);
    if (conv->has_run && !conv->pending &&
        !(conv->unfinished && conv->unfinished_print == turn->fingerprint)) {
        /* A first turn was cut off, and something else was said: as if that
         * turn had failed. */
        snprintf(conv->retry_flow, sizeof(conv->retry_flow), "%s",
                 conv->run.flow);
        conv->retry_intents = conv->run.intents;
        conv->run.intents.list = NULL;
        conv->run.intents.count = 0;
        conversation_drop_run(conv);
    }
    waits = conv->has_run;
    if (waits && conv->unfinished &&
        conv->unfinished_print == turn->fingerprint) {
        state_find(conv);
        return;
    }
    if (conv->worker->forced[0]) {
        snprintf(flow, sizeof(flow), "%s", conv->worker->forced);
        conv->worker->forced[0] = '\0';
        flow_start(conv, flow);
    } else if (!route(conv, waits ? 2 : 1, flow, sizeof(flow)))
        turn_fail(conv, "routing");
    else if (flow[0])
        flow_start(conv, flow);
    else
        state_find(conv);
}

static void handle_job(struct conversation *conv)
{
    if (conv->run.write || conv->new_tasks.count)
        commit_write(conv, COMMIT_INTENT);
    else
        usher_run_job_start(&conv->run);
}

static void handle_pass(struct conversation *conv)
{
    char flow[64];

    if (!route(conv, 3, flow, sizeof(flow)))
        turn_fail(conv, "routing");
    else if (flow[0])
        flow_start(conv, flow);
    else
        handle(conv, usher_run_ask_again(&conv->run));
}

static void handle_left(struct conversation *conv)
{
    const char *leave = conv->run.leave;
    char flow[64];

    if (strcmp(leave, "flow") != 0) {
        conv->answer.action = strcmp(leave, "forward") == 0 ? "forward"
                              : strcmp(leave, "end") == 0   ? "end"
                                                            : "operator_busy";
        turn_finish(conv);
        return;
    }
    snprintf(flow, sizeof(flow), "%s", conv->run.leave_flow);
    if (++conv->jumps > JUMPS_MAX) {
        snprintf(conv->run.error.message, sizeof(conv->run.error.message),
                 "flows hand over to each other in a circle, last to %s",
                 flow);
        turn_fail(conv, "jumps");
        return;
    }
    flow_start(conv, flow);
}

static void handle_diverged(struct conversation *conv)
{
    struct usher_worker *worker = conv->worker;
    const struct usher_turn *turn = &conv->current->turn;

    WORKER_COUNT(worker, diverged);
    usher_log_event(worker->shared->log, USHER_LOG_WARN, "flow",
                    "replay diverged; the flow starts again at this message",
                    "flow", conv->run.flow, "reason", conv->run.error.message,
                    NULL);
    if (conv->restarted++) {
        turn_fail(conv, "diverged");
        return;
    }
    usher_run_restart(&conv->run);
    usher_states_let_go(&worker->states, conv->state);
    conv->state = NULL;
    usher_answer_clear(&conv->answer);
    usher_new_tasks_clear(&conv->new_tasks);
    conv->pending = 0;
    conv->first_seq = conv->seq + 1;
    run_attach(conv, worker->states.newest);
    snprintf(conv->version, sizeof(conv->version), "%s",
             usher_version_hash(conv->state->version));
    usher_run_turn(&conv->run);
    usher_run_begin(&conv->run, turn->input.data, turn->input.len);
    handle(conv, usher_run_step(&conv->run));
}

static void handle(struct conversation *conv, enum usher_run_state state)
{
    switch (state) {
    case USHER_RUN_LISTEN:
    case USHER_RUN_DONE:
        turn_finish(conv);
        break;
    case USHER_RUN_PASS:
        handle_pass(conv);
        break;
    case USHER_RUN_JOB:
        handle_job(conv);
        break;
    case USHER_RUN_LEFT:
        handle_left(conv);
        break;
    case USHER_RUN_DIVERGED:
        handle_diverged(conv);
        break;
    default:
        turn_fail(conv, "error");
    }
}

/* ---- its end ---- */

/* Remembers what the answer offered, for numbers typed next: values between
 * zero bytes. */
static void offered_keep(struct conversation *conv)
{
    struct usher_reader reader;
    size_t len;

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

/* Replies of a call that was already answered with the holding reply are put
 * before the next answer. */
static void undelivered_keep(struct conversation *conv)
{
    struct usher_buffer *out = &conv->undelivered;

    if (!conv->current->held) {
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

static void answer_record(struct conversation *conv)
{
    struct usher_worker *worker = conv->worker;
    const struct usher_turn *turn = &conv->current->turn;
    char nothing[512];

    nothing[0] = '\0';
    if (!conv->answer.reply_count)
        route_text(worker, "nothing_said", nothing, sizeof(nothing));
    usher_buffer_clear(&conv->recorded);
    usher_answer_write(&conv->answer, worker->objects, &conv->undelivered,
                       nothing, &conv->recorded);
    undelivered_keep(conv);
    if (conv->answer.spoken.len)
        usher_transcript_add(&conv->transcript, 'b', conv->answer.spoken.data,
                             conv->answer.spoken.len);
    offered_keep(conv);
    snprintf(conv->request_id, sizeof(conv->request_id), "%s",
             turn->request_id);
    conv->fingerprint = turn->fingerprint;
    conv->touched_ms = turn->received_ms;
}

static void turn_commit(struct conversation *conv)
{
    struct usher_buffer row;
    int wants = conv->has_run ||
                !usher_store_is_local(conv->worker->shared->store);

    worker_current(conv->worker, NULL);
    usher_buffer_init(&row, 0);
    if (wants)
        row_write(conv, &row);
    commit_submit(conv, COMMIT_TURN, 't', wants ? &row : NULL);
    usher_buffer_free(&row);
}

static void turn_finish(struct conversation *conv)
{
    struct usher_error error;
    struct usher_buffer memory;
    int ended = conv->run.wait != USHER_RUN_LISTEN;

    usher_buffer_init(&memory, USHER_MEMORY_MAX);
    if (usher_run_memory(&conv->run, &memory, &error) != USHER_OK) {
        usher_buffer_free(&memory);
        snprintf(conv->run.error.message, sizeof(conv->run.error.message),
                 "%s", error.text);
        turn_fail(conv, "memory");
        return;
    }
    usher_buffer_free(&conv->memory);
    conv->memory = memory;
    conv->unfinished = 0;
    answer_record(conv);
    if (!ended) {
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

void apology_fill(struct usher_worker *worker, struct usher_answer *answer)
{
    lua_State *L = newest_lua(worker);
    char text[1024];

    usher_answer_clear(answer);
    route_text(worker, "apology", text, sizeof(text));
    usher_answer_text(answer, text, strlen(text));
    lua_getfield(L, LUA_REGISTRYINDEX, "usher.texts");
    lua_getfield(L, -1, "ways");
    for (lua_Integer i = 1; lua_istable(L, -1); i++) {
        size_t label_len, value_len;
        const char *label, *value;

        if (lua_geti(L, -1, i) != LUA_TTABLE) {
            lua_pop(L, 1);
            break;
        }
        lua_geti(L, -1, 1);
        lua_geti(L, -2, 2);
        label = lua_tolstring(L, -2, &label_len);
        value = lua_tolstring(L, -1, &value_len);
        if (label && value)
            usher_answer_button(answer, label, label_len, value, value_len);
        lua_pop(L, 3);
    }
    lua_pop(L, 2);
}

/* The flow raised or went over a limit: what it said, asked and remembered in
 * this turn is dropped, its outside writes are not. */
static void turn_fail(struct conversation *conv, const char *what)
{
    struct usher_worker *worker = conv->worker;
    struct usher_run *run = &conv->run;

    WORKER_COUNT(worker, apologies);
    usher_log_event(worker->shared->log, USHER_LOG_ERROR, "flow",
                    "a turn ended in an error", "what", what, "flow",
                    run->flow, "error", run->error.message, "traceback",
                    run->error.traceback[0] ? run->error.traceback : NULL,
                    NULL);
    usher_new_tasks_clear(&conv->new_tasks);
    apology_fill(worker, &conv->answer);
    if (conv->has_run && conv->pending && run->turn_start > 0) {
        usher_run_undo_turn(run);
        conv->version[0] = '\0'; /* the next message replays on the newest */
    } else if (conv->has_run) {
        usher_intents_clear(&conv->retry_intents);
        snprintf(conv->retry_flow, sizeof(conv->retry_flow), "%s", run->flow);
        conv->retry_intents = run->intents;
        run->intents.list = NULL;
        run->intents.count = 0;
        conversation_drop_run(conv);
    }
    conv->unfinished = 0;
    answer_record(conv);
    turn_commit(conv);
}
