/* engine/conversation/turn_run.c - a turn from its message to its end:
 * routing, the flow's steps (design.md section 4). */
#include <stdio.h>
#include <string.h>

#include "conversation/conversation.h"
#include "core/log_limit.h"
#include "script/value.h"

/* Flows that hand over to each other within one turn. */
#define JUMPS_MAX 8

/* ---- the run's owner ---- */

static void job_done(void *owner, struct usher_run *run)
{
    struct conversation *conv = owner;

    if (run->write) {
        turn_commit_write(conv, COMMIT_RESULT);
        return;
    }
    turn_handle(conv, usher_run_step(run));
}

static void effect_seen(void *owner, const char *name)
{
    struct conversation *conv = owner;
    struct usher_shared *shared = conv->worker->shared;

    if (shared->effect)
        shared->effect(shared->control, name);
}

static void hole_seen(void *owner, const char *message)
{
    struct usher_worker *worker = ((struct conversation *)owner)->worker;

    WORKER_COUNT(worker, holes);
    usher_log_limited(worker->shared->log, usher_loop_now_ms(worker->loop),
                      USHER_LOG_WARN, "flow",
                      "a text was said without what was missing", "error",
                      message, message, NULL);
}

static int64_t wall_ms(void *owner)
{
    struct conversation *conv = owner;

    return usher_clock_wall_ms(conv->worker->shared->clock);
}

static const struct usher_run_owner owner_ops = {job_done, effect_seen,
                                                 hole_seen, wall_ms};

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
    run->earlier = &conv->earlier;
    run->part = conv->jumps;
    run->deadline_ms = conv->current->begun_ms + USHER_EFFECTS_DEADLINE_MS;
}

/* ---- what the turn drew ---- */

void turn_drawn(struct conversation *conv)
{
    const struct usher_run *run = &conv->run;

    if (run->journal.len > run->turn_start)
        usher_run_drawn(run->journal.data + run->turn_start,
                        run->journal.len - run->turn_start, &conv->drawn);
}

/* Another flow goes on in this turn: what this one learned in it stays, for
 * who reads the turn. */
static void before_keep(struct conversation *conv)
{
    const struct usher_run *run = &conv->run;

    conv->before.max = USHER_JOURNAL_MAX;
    if (conv->has_run && run->journal.len > run->turn_start)
        usher_buffer_append(&conv->before, run->journal.data + run->turn_start,
                            run->journal.len - run->turn_start);
}

/* A turn was cut off, and something else was said: it has failed. */
static void cut_off_drawn(struct conversation *conv)
{
    usher_run_drawn(conv->unfinished_entries.data, conv->unfinished_entries.len,
                    &conv->drawn);
    conv->run.made = 1;
    usher_intents_unmeet(&conv->run.intents, 0);
    usher_run_drawn_keep(&conv->run, &conv->drawn, &conv->earlier);
}

/* ---- starting a flow ---- */

/* What the next run takes over of outside writes: those of a turn that failed
 * or was cut off before, asked again by whichever flow, get their recorded
 * results; those of a flow that hands over within this turn are kept in case
 * the turn fails, and its occurrences go on in `counts`. */
static struct usher_intents intents_keep(struct conversation *conv,
                                         struct usher_buffer *counts)
{
    struct usher_intents kept = {NULL, 0};
    struct usher_intents *from = NULL;

    if (conv->retry) {
        from = &conv->retry_intents;
    } else if (conv->has_run && conv->jumps > 0) {
        from = &conv->run.intents;
        usher_intents_carry(from);
        usher_run_counts(&conv->run, counts);
    } else if (conv->has_run && !conv->pending) {
        from = &conv->run.intents;
    }
    if (from) {
        kept = *from;
        from->list = NULL;
        from->count = 0;
    } else {
        conv->run_number++;
        usher_buffer_clear(&conv->earlier);
    }
    usher_intents_clear(&conv->retry_intents);
    conv->retry = 0;
    return kept;
}

/* memory: what chat.memory begins with. */
static void flow_start_with(struct conversation *conv, const char *flow,
                            struct usher_buffer *memory)
{
    struct usher_worker *worker = conv->worker;
    const struct usher_turn *turn = &conv->current->turn;
    struct usher_run *run = &conv->run;
    struct usher_buffer counts;
    struct usher_intents intents;

    usher_buffer_init(&counts, 0);
    if (conv->has_run && conv->jumps > 0)
        turn_drawn(conv);
    before_keep(conv);
    intents = intents_keep(conv, &counts);
    if (worker->shared->flow)
        worker->shared->flow(worker->shared->control, flow);
    conversation_drop_run(conv);
    usher_run_init(run, NULL, flow, conv, &owner_ops);
    run->intents = intents;
    run->counts_start = counts;
    run_attach(conv, worker->states.newest);
    usher_text_copy(conv->version, sizeof(conv->version),
                    usher_version_hash(conv->state->version));
    usher_buffer_append(&run->memory_start, memory->data, memory->len);
    conv->has_run = 1;
    conv->pending = 0;
    conv->first_seq = conv->seq + 1;
    conv->new_tasks.run_number = conv->run_number;
    usher_run_turn(run);
    usher_run_begin(run, turn->input.data, turn->input.len);
    worker_current(worker, flow);
    turn_handle(conv, usher_run_step(run));
}

static void flow_start(struct conversation *conv, const char *flow)
{
    flow_start_with(conv, flow, &conv->memory);
}

/* ---- a message for the run that waits ---- */

/* A replay must end where the flow waited: at its question. What it raises on
 * the way there it has not raised before, and would at each message. */
static enum usher_run_state elsewhere(struct usher_run *run,
                                      enum usher_run_state state)
{
    char raised[400];

    if (state == USHER_RUN_KILLED || state == USHER_RUN_DIVERGED || run->broken)
        return state;
    usher_text_copy(raised, sizeof(raised), run->error.message);
    if (state == USHER_RUN_FAILED)
        snprintf(run->error.message, sizeof(run->error.message),
                 "diverged: the flow now raises where it went on: %s", raised);
    else
        snprintf(run->error.message, sizeof(run->error.message),
                 "diverged: the flow now goes elsewhere than it did");
    return USHER_RUN_DIVERGED;
}

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
        turn_handle(conv, usher_run_step(run));
        return;
    }
    conv->unfinished = 0;
    if (!run->fiber) {
        WORKER_COUNT(conv->worker, replays);
        state = usher_run_step(run);
    }
    if (state != USHER_RUN_LISTEN) {
        turn_handle(conv, elsewhere(run, state));
        return;
    }
    turn_handle(conv,
                usher_run_message(run, turn->input.data, turn->input.len));
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
    turn_handle(conv, usher_run_step(run));
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
        usher_text_copy(conv->version, sizeof(conv->version),
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
            usher_text_copy(conv->version, sizeof(conv->version),
                            usher_version_hash(state->version));
        }
        run_attach(conv, state);
    }
    conv->run.deadline_ms = conv->current->begun_ms + USHER_EFFECTS_DEADLINE_MS;
    conv->new_tasks.run_number = conv->run_number;
    worker_current(worker, conv->run.flow);
    if (conv->stepping) {
        conv->stepping = 0;
        turn_handle(conv, usher_run_step(&conv->run));
    } else if (conv->pending)
        message_give(conv);
    else
        first_turn_again(conv);
}

/* ---- the turn ---- */

/* A question that was left unanswered for QUESTION_HOURS ends its flow. */
static int is_stale(const struct conversation *conv)
{
    int64_t hours =
        usher_config_number(conv->worker->config, USHER_SETTING_QUESTION_HOURS);

    return usher_clock_wall_ms(conv->worker->shared->even) - conv->touched_ms >
           hours * 3600 * 1000;
}

/* It was answered before: the last call, or one of those before it with the
 * same words (an id alone may be a caller's that counts from 1 again). */
static int was_answered(const struct conversation *conv,
                        const struct usher_turn *turn)
{
    if (!turn->request_id[0] || !conv->recorded.len)
        return 0;
    if (strcmp(turn->request_id, conv->request_id) == 0)
        return 1;
    for (size_t i = 0; i < USHER_SEEN_MAX; i++)
        if (conv->seen[i] == turn->delivery && turn->delivery)
            return 1;
    return 0;
}

/* A failure is of what was answered last. Only where nothing is kept of that
 * (who has no id, a call without one before a restart) the call's own word
 * counts. */
static void failure_look(const struct conversation *conv,
                         struct usher_turn *turn)
{
    static const char forward[] = "{\"action\":\"forward\"";
    size_t len = sizeof(forward) - 1;

    if (turn->kind != USHER_TURN_FAILURE)
        return;
    if (conv->recorded.len)
        usher_turn_set_forwarded(turn, conv->recorded.len > len &&
                                           memcmp(conv->recorded.data, forward,
                                                  len) == 0);
    else if (conv->seq == 0 && !conv->anonymous)
        usher_turn_set_forwarded(turn, 0);
}

void conversation_turn(struct conversation *conv, struct call *call)
{
    struct usher_turn *turn = &call->turn;
    char flow[USHER_NAME_MAX + 1];
    int waits;

    conv->current = call;
    conv->phase = PHASE_RUN;
    call->begun_ms = usher_loop_now_ms(conv->worker->loop);
    conv->jumps = 0;
    conv->again = conv->stepping = 0;
    conv->restarted = 0;
    conv->apology = 0;
    WORKER_COUNT(conv->worker, turns);
    worker_adopt(conv->worker); /* the way to a person is its init.lua's */
    if (conv->unreadable) {
        turn_lost(conv, (enum usher_status)conv->unreadable);
        return;
    }
    if (was_answered(conv, turn)) {
        call->kept = 1;
        turn_send(conv); /* asked again: what was said last */
        return;
    }
    if (conv->owed && !is_stale(conv)) {
        turn_owed(conv);
        return;
    }
    if (conv->unfinished && conv->unfinished_print != turn->fingerprint)
        cut_off_drawn(conv);
    if (!conv->unfinished)
        usher_buffer_clear(&conv->drawn);
    conv->run.part = 0;
    usher_buffer_clear(&conv->before);
    failure_look(conv, turn);
    usher_answer_clear(&conv->answer);
    usher_new_tasks_clear(&conv->new_tasks);
    if (turn->text.len)
        usher_transcript_add(&conv->transcript, 'v', turn->text.data,
                             turn->text.len);
    if (turn->files_shown.len)
        usher_transcript_add(&conv->transcript, 'v', turn->files_shown.data,
                             turn->files_shown.len);
    if (conv->has_run && !conv->pending &&
        !(conv->unfinished && conv->unfinished_print == turn->fingerprint)) {
        /* A first turn was cut off, and something else was said: as if that
         * turn had failed. */
        conv->retry = 1;
        conv->retry_intents = conv->run.intents;
        conv->run.intents.list = NULL;
        conv->run.intents.count = 0;
        conversation_drop_run(conv);
    }
    if (conv->pending && is_stale(conv))
        conversation_drop_run(conv);
    waits = conv->has_run;
    if (waits) /* should routing fail, nothing of before is undone */
        usher_run_turn(&conv->run);
    if (waits && conv->unfinished &&
        conv->unfinished_print == turn->fingerprint) {
        state_find(conv);
        return;
    }
    if (conv->worker->forced[0]) {
        usher_text_copy(flow, sizeof(flow), conv->worker->forced);
        conv->worker->forced[0] = '\0';
        flow_start(conv, flow);
    } else if (!route_find(conv, waits ? 2 : 1, flow, sizeof(flow)))
        turn_fail(conv, "routing");
    else if (flow[0])
        flow_start(conv, flow);
    else
        state_find(conv);
}

static void handle_job(struct conversation *conv)
{
    if (conv->run.write || conv->new_tasks.count)
        turn_commit_write(conv, COMMIT_INTENT);
    else
        usher_run_job_start(&conv->run);
}

static void handle_pass(struct conversation *conv)
{
    char flow[USHER_NAME_MAX + 1];

    if (!route_find(conv, 3, flow, sizeof(flow)))
        turn_fail(conv, "routing");
    else if (flow[0])
        flow_start(conv, flow);
    else
        turn_handle(conv, usher_run_ask_again(&conv->run));
}

static void handle_left(struct conversation *conv)
{
    const char *leave = conv->run.leave;
    struct usher_buffer memory;
    struct usher_error error;
    char flow[USHER_NAME_MAX + 1];

    if (strcmp(leave, "flow") != 0) {
        conv->answer.action = strcmp(leave, "forward") == 0 ? "forward"
                              : strcmp(leave, "end") == 0   ? "end"
                                                            : "operator_busy";
        turn_finish(conv);
        return;
    }
    usher_text_copy(flow, sizeof(flow), conv->run.leave_flow);
    if (++conv->jumps > JUMPS_MAX) {
        snprintf(conv->run.error.message, sizeof(conv->run.error.message),
                 "flows hand over to each other in a circle, last to %s", flow);
        turn_fail(conv, "jumps");
        return;
    }
    /* The next flow finds what this one remembered; the conversation itself
     * does only when the turn ends well. */
    usher_buffer_init(&memory, USHER_MEMORY_MAX);
    if (usher_run_memory(&conv->run, &memory, &error) == USHER_OK) {
        flow_start_with(conv, flow, &memory);
    } else {
        snprintf(conv->run.error.message, sizeof(conv->run.error.message), "%s",
                 error.text);
        turn_fail(conv, "memory");
    }
    usher_buffer_free(&memory);
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
    /* What it wrote in turns before may be asked for again, from its start. */
    usher_buffer_clear(&conv->earlier);
    usher_run_drawn(conv->run.journal.data, conv->run.journal.len,
                    &conv->earlier);
    usher_intents_unmeet(&conv->run.intents, 1);
    usher_run_restart(&conv->run);
    /* As any flow that starts now: with all that is remembered by now. */
    usher_buffer_clear(&conv->run.memory_start);
    usher_buffer_append(&conv->run.memory_start, conv->memory.data,
                        conv->memory.len);
    usher_states_let_go(&worker->states, conv->state);
    conv->state = NULL;
    usher_answer_clear(&conv->answer);
    usher_new_tasks_clear(&conv->new_tasks);
    conv->pending = 0;
    conv->first_seq = conv->seq + 1;
    run_attach(conv, worker->states.newest);
    usher_text_copy(conv->version, sizeof(conv->version),
                    usher_version_hash(conv->state->version));
    usher_run_turn(&conv->run);
    usher_run_begin(&conv->run, turn->input.data, turn->input.len);
    turn_handle(conv, usher_run_step(&conv->run));
}

/* The state was full, which is not this turn's fault: it goes on in another
 * one, its effects answered from the journal. Nonzero: it does. */
static int turn_again(struct conversation *conv)
{
    struct usher_worker *worker = conv->worker;
    struct usher_run *run = &conv->run;
    int may_again = !conv->again && !run->begun && !run->broken;

    if (!usher_script_was_full(run->script))
        return 0;
    if (run->cursor > run->said)
        run->said = run->cursor; /* it is in the answer */
    usher_run_rest(run);
    if (!state_full(worker, conv->state, run->flow) || !may_again)
        return 0;
    conv->again = 1;
    /* A replay of turns before has not come to this message yet. */
    conv->stepping = !conv->pending || run->journal.len > run->turn_start;
    WORKER_COUNT(worker, replays);
    usher_states_let_go(&worker->states, conv->state);
    conv->state = NULL;
    if (usher_states_find(&worker->states, conv->version) &&
        !usher_states_find(&worker->states, conv->version)->full)
        conversation_go_on(conv);
    else
        conv->phase = PHASE_STATE; /* asked for by state_full() */
    return 1;
}

void turn_handle(struct conversation *conv, enum usher_run_state state)
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
    case USHER_RUN_KILLED:
        if (!turn_again(conv))
            turn_fail(conv, "error");
        break;
    default:
        turn_fail(conv, "error");
    }
}
