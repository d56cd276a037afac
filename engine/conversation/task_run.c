/* engine/conversation/task_run.c - one try of a task: the same journal and
 * replay as a flow's turn, committed to the task's row (design.md section
 * 5). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bind/plain.h"
#include "conversation/task_internal.h"
#include "script/advice.h"
#include "script/value.h"

static void handle(struct task *task, enum usher_run_state state);

/* What ended a try, from its results: nil or false, and an error table. */
struct failure {
    char kind[32];
    char message[200];
    char hint[384];
    int64_t retry_after_ms; /* not before; 0: nothing was said */
    int is_theirs;          /* ... and the service said so, not we */
};

/* The encoded value at reader, where it is a string. */
static void text_read(struct usher_reader reader, char *out, size_t size)
{
    struct usher_plain plain;

    usher_plain_next(&reader, &plain);
    if (plain.type == USHER_PLAIN_STRING)
        snprintf(out, size, "%.*s", (int)plain.len, plain.text);
}

/* Reads the string member `name` of the encoded table at reader. */
static void member_read(struct usher_reader reader, const char *name, char *out,
                        size_t size)
{
    const char *at;
    size_t len;

    if (!usher_plain_member(reader.at, (size_t)(reader.end - reader.at), name,
                            &at, &len))
        return;
    usher_reader_init(&reader, at, len);
    text_read(reader, out, size);
}

/* A member that is a number; 0: there is none. */
static double number_read(struct usher_reader reader, const char *name)
{
    struct usher_plain plain;
    const char *at;
    size_t len;

    if (!usher_plain_member(reader.at, (size_t)(reader.end - reader.at), name,
                            &at, &len))
        return 0;
    usher_reader_init(&reader, at, len);
    usher_plain_next(&reader, &plain);
    if (plain.type == USHER_PLAIN_INTEGER)
        return (double)plain.integer;
    return plain.type == USHER_PLAIN_FLOAT ? plain.number : 0;
}

/* Seconds, within a day: a server that says a year is asked again tomorrow. */
static int64_t retry_after_read(struct usher_reader reader)
{
    double seconds = number_read(reader, "retry_after");

    if (!(seconds > 0)) /* nor NaN */
        return 0;
    return seconds > (double)(TASK_RETRY_AFTER_MAX_MS / 1000)
               ? TASK_RETRY_AFTER_MAX_MS
               : (int64_t)(seconds * 1000);
}

/* Nonzero when the task's function said that it failed. */
static int failed(const struct usher_run *run, struct failure *why)
{
    struct usher_reader reader;
    const char *at;
    size_t len;

    memset(why, 0, sizeof(*why));
    if (run->result_count == 0)
        return 0; /* returned nothing: done */
    usher_reader_init(&reader, run->results.data, run->results.len);
    usher_value_skip(&reader, &at, &len);
    if (len != 1 || (*at != 0 && *at != 1)) /* neither nil nor false */
        return 0;
    if (run->result_count < 2)
        return *at == 1; /* `return nil` is done, `return false` is not */
    text_read(reader, why->message, sizeof(why->message));
    member_read(reader, "kind", why->kind, sizeof(why->kind));
    member_read(reader, "message", why->message, sizeof(why->message));
    why->retry_after_ms = retry_after_read(reader);
    member_read(reader, "hint", why->hint, sizeof(why->hint));
    /* 429 and 503 come with Retry-After; an Accounts that lets nobody refresh
     * leaves the status of the refused token. */
    why->is_theirs = number_read(reader, "status") >= 429;
    return 1;
}

/* ---- committing ---- */

static void committed(void *user, enum usher_status status);

static void commit_submit(struct task *task, enum commit_step step)
{
    struct usher_worker *worker = task->tasks->worker;
    struct usher_commit *commit = usher_commit_new();
    struct usher_buffer data;
    enum usher_status st = USHER_ERR_NOMEM;
    struct usher_task_row row = {
        .id = task->id,
        .name = task->name,
        .conversation = task->conversation,
        .conversation_len = task->conversation_len,
        .state = task->state,
        .tries = task->tries,
        .created_ms = task->created_ms,
        .due_ms = task->due_ms,
        .reason = task->reason[0] ? task->reason : NULL,
    };

    task_age(task);
    task->step = step;
    task->committing = 1;
    usher_buffer_init(&data, 0);
    task_data_write(task, &data);
    row.data = data.data;
    row.data_len = data.len;
    if (commit && !data.failed)
        st = usher_commit_task(commit, &row);
    usher_buffer_free(&data);
    if (st != USHER_OK) {
        usher_commit_free(commit);
        committed(task, st);
        return;
    }
    if (usher_store_submit(worker->shared->store, commit, worker->loop,
                           committed, task, &st))
        committed(task, st);
}

/* ---- the end of a try ---- */

static void run_end(struct task *task)
{
    struct usher_worker *worker = task->tasks->worker;

    /* What was written stays known; what failed for certain may be done
     * again. */
    usher_intents_clear(&task->intents);
    task->intents = task->run.intents;
    task->run.intents.list = NULL;
    task->run.intents.count = 0;
    usher_buffer_clear(&task->progress);
    task->began_ms = 0;
    usher_run_clear(&task->run);
    usher_run_init(&task->run, NULL, task->name, task, NULL);
    if (task->lua)
        usher_states_let_go(&worker->states, task->lua);
    task->lua = NULL;
    states_look(worker, task->name);
    task_stopped(task);
}

/* It counts as done, for whoever asks, once that is committed. */
static void try_succeeded(struct task *task)
{
    const char *at;
    size_t len = 0;
    struct usher_reader reader;

    usher_buffer_clear(&task->result);
    if (task->run.result_count) {
        usher_reader_init(&reader, task->run.results.data,
                          task->run.results.len);
        usher_value_skip(&reader, &at, &len);
        usher_buffer_append(&task->result, at, len);
    } else {
        usher_value_nil(&task->result);
    }
    run_end(task);
    task_state_set(task, USHER_TASK_DONE);
    task->reason[0] = '\0';
    commit_submit(task, COMMIT_TURN);
}

/* Full jitter between the first delay and one that doubles; never before what
 * Retry-After says. */
static int64_t retry_delay(const struct task *task, int64_t retry_after_ms)
{
    const struct usher_clock *clock = task->tasks->worker->shared->clock;
    int64_t most = TASK_RETRY_FIRST_MS;

    for (uint32_t i = 0; i < task->tries && most < TASK_RETRY_LAST_MS; i++)
        most *= 2;
    if (most > TASK_RETRY_LAST_MS)
        most = TASK_RETRY_LAST_MS;
    /* The second try mostly only tells that it is stuck(): who waits for the
     * task should hear of that. */
    if (task->tries == 1 && task->run.last_call == USHER_CALL_UNCLEAR)
        most = 0;
    most = (int64_t)(usher_clock_random(clock) * (double)most);
    return most + (retry_after_ms > TASK_RETRY_FIRST_MS ? retry_after_ms
                                                        : TASK_RETRY_FIRST_MS);
}

static void put_off(struct task *task, int64_t retry_after_ms)
{
    task_state_set(task, USHER_TASK_READY);
    task_idle_set(task, 1);
    task->tries++;
    task->delay_ms = retry_delay(task, retry_after_ms);
    task->due_ms = task_now_ms(task->tasks) + task->delay_ms;
}

static void reason_set(struct task *task, const struct failure *why)
{
    if (!why->kind[0] && !why->message[0]) {
        snprintf(task->reason, sizeof(task->reason),
                 "its function failed and said no reason: return nil, \"why\"");
        return;
    }
    snprintf(task->reason, sizeof(task->reason), "%s%s%s%s%s%s", why->kind,
             why->kind[0] && why->message[0] ? ": " : "", why->message,
             why->hint[0] ? " (" : "", why->hint, why->hint[0] ? ")" : "");
}

static int is_credential_trouble(const char *kind)
{
    return strcmp(kind, "token") == 0 || strcmp(kind, "scope") == 0;
}

/* What the next try needs to know the writes of this one by. */
static void drawn_keep(struct task *task)
{
    struct usher_buffer drawn;

    usher_buffer_init(&drawn, 0);
    usher_run_drawn(task->run.journal.data, task->run.journal.len, &drawn);
    usher_run_drawn_keep(&task->run, &drawn, &task->earlier);
    usher_buffer_free(&drawn);
}

static void waking_set(struct task *task, const struct failure *why)
{
    /* Who is paused has no time that would come. */
    task->told = why->is_theirs && why->retry_after_ms > 0 &&
                 !is_credential_trouble(why->kind);
    task->unreached =
        strcmp(why->kind, "offline") == 0 || strcmp(why->kind, "timeout") == 0;
    task_guess_failed(task);
}

static void try_failed(struct task *task, const struct failure *why)
{
    struct usher_worker *worker = task->tasks->worker;
    int is_known = task->run.last_call != USHER_CALL_UNCLEAR;
    const char *event;
    enum usher_log_level level = USHER_LOG_WARN;
    int at_once = 0;

    WORKER_COUNT(worker, tasks_failed);
    task_age(task);
    reason_set(task, why);
    waking_set(task, why);
    if (strcmp(why->kind, "unclear") == 0) {
        task_state_set(task, USHER_TASK_DEAD);
        event = "nobody knows whether it was done; a person must look";
        level = USHER_LOG_ERROR;
    } else if (task_may_be_mended(task)) {
        at_once = 1;
        task_state_set(task, USHER_TASK_READY);
        if (!is_credential_trouble(why->kind))
            task->tries++; /* the next one is another: see stuck() */
        task->due_ms = 0;
        event = "failed; what it failed for may be mended by now";
    } else if (is_credential_trouble(why->kind)) {
        task_state_set(task, USHER_TASK_PAUSED);
        task_idle_set(task, 1);
        event = "paused until a credential has a new token";
    } else if (task->age_ms > TASK_GIVE_UP_MS) {
        task_state_set(task, USHER_TASK_DEAD);
        event = "given up after seven days";
        level = USHER_LOG_ERROR;
    } else {
        put_off(task, why->retry_after_ms);
        event = usher_why_of(task->state, task->reason)
                    ? "failed; a person must act (`usher tasks` says what), "
                      "and it will be tried again"
                    : "failed; it will be tried again";
    }
    usher_log_event(worker->shared->log, level, "task", event, "task",
                    task->name, "id", task->id, "reason", task->reason, NULL);
    drawn_keep(task);
    run_end(task);
    /* Who waits hears of the try that follows at once, or that tells whether a
     * person is needed (stuck()); should that take too long, of this one's
     * failure. */
    task_why_set(task, at_once ? usher_why_kind(task->reason)
                               : usher_why_of(task->state, task->reason));
    if (!at_once && (is_known || task->state != USHER_TASK_READY))
        task_tell_all(task);
    commit_submit(task, COMMIT_TURN);
}

static void done_tell(struct task *task)
{
    struct usher_worker *worker = task->tasks->worker;

    WORKER_COUNT(worker, tasks_done);
    usher_log_event(worker->shared->log, USHER_LOG_INFO, "task", "done", "task",
                    task->name, "id", task->id, NULL);
    task_tell(task, &task->result);
    task_done_wake(task);
    tasks_guess_all(worker->shared, task->name);
}

static void committed(void *user, enum usher_status status)
{
    struct task *task = user;
    struct usher_tasks *tasks = task->tasks;

    task->committing = 0;
    if (status != USHER_OK)
        WORKER_COUNT(tasks->worker, commits_failed);
    if (task->step != COMMIT_TURN) {
        if (status != USHER_OK) {
            struct failure why = {.message = "the store failed"};
            const struct usher_run *run = &task->run;

            /* What was to be sent was not: it may be asked for again. */
            if (task->step == COMMIT_INTENT)
                run->intents.list[run->write_intent].state =
                    USHER_INTENT_FAILED;
            try_failed(task, &why);
        } else if (task->step == COMMIT_INTENT) {
            if (!tasks->worker->closing)
                usher_run_job_start(&task->run);
        } else {
            handle(task, usher_run_step(&task->run));
        }
        return;
    }
    if (task->state != USHER_TASK_DONE && task->state != USHER_TASK_DEAD) {
        task_schedule(task);
    } else if (status != USHER_OK) {
        /* Its end is not kept: try the commit again, by way of a try that
         * finds all its writes recorded. */
        put_off(task, 0);
        task_tell_all(task);
        task_schedule(task);
    } else {
        if (task->state == USHER_TASK_DONE)
            done_tell(task);
        task_free(task);
    }
    tasks_next(tasks);
}

/* ---- the try itself ---- */

static void job_done(void *owner, struct usher_run *run)
{
    struct task *task = owner;

    if (run->write)
        commit_submit(task, COMMIT_RESULT);
    else
        handle(task, usher_run_step(run));
}

static void effect_seen(void *owner, const char *name)
{
    struct task *task = owner;
    struct usher_shared *shared = task->tasks->worker->shared;

    if (shared->effect)
        shared->effect(shared->control, name);
}

static int64_t wall_ms(void *owner)
{
    struct task *task = owner;

    return usher_clock_wall_ms(task->tasks->worker->shared->clock);
}

static const struct usher_run_owner owner_ops = {job_done, effect_seen, NULL,
                                                 wall_ms};

/* What the flow says is not all. It failed at a write that nobody knows of
 * (5xx, say, which is an answer), and had so in an earlier try, whose record it
 * got: nothing else came of its being another try, which it could see by
 * task.tries. So the next one would end here, too, and so on for seven days,
 * told to nobody. A flow that looks whether the write was done, goes on to
 * something else, or sends another one in its next try made a call since: that
 * is tried again. */
static void stuck(const struct usher_run *run, struct failure *why)
{
    struct failure said = *why;

    if (run->last_call != USHER_CALL_STUCK || run->broken ||
        strcmp(said.kind, "unclear") == 0)
        return;
    snprintf(why->kind, sizeof(why->kind), "unclear");
    snprintf(why->message, sizeof(why->message),
             "its last write may have been done, and each try ends there: "
             "%s%s%.100s",
             said.kind, said.kind[0] && said.message[0] ? ": " : "",
             said.message);
}

static void handle(struct task *task, enum usher_run_state state)
{
    struct usher_worker *worker = task->tasks->worker;
    struct failure why = {.message = ""};
    const char *advice;

    worker_current(worker, NULL);
    switch (state) {
    case USHER_RUN_JOB:
        if (task->run.write)
            commit_submit(task, COMMIT_INTENT);
        else
            usher_run_job_start(&task->run);
        return;
    case USHER_RUN_DONE:
        if (!failed(&task->run, &why)) {
            try_succeeded(task);
            return;
        }
        stuck(&task->run, &why);
        try_failed(task, &why);
        return;
    case USHER_RUN_DIVERGED:
        /* Its progress was another version's: from the start, with what was
         * written known. */
        WORKER_COUNT(worker, diverged);
        /* fall through */
    default:
        if (state == USHER_RUN_KILLED &&
            usher_script_was_full(task->run.script)) { /* not its fault */
            usher_run_rest(&task->run);
            (void)state_full(worker, task->lua, task->name);
        } else if (state != USHER_RUN_DIVERGED)
            snprintf(why.kind, sizeof(why.kind), USHER_KIND_FLOW);
        snprintf(why.message, sizeof(why.message), "%.190s",
                 task->run.error.message);
        advice = usher_advice(task->run.error.message, "");
        usher_log_event(worker->shared->log, USHER_LOG_ERROR, "task",
                        "its flow raised", "task", task->name, "error",
                        task->run.error.message, "advice",
                        advice[0] ? advice : NULL, "traceback",
                        task->run.error.traceback, NULL);
        if (state == USHER_RUN_FAILED)
            stuck(&task->run, &why);
        try_failed(task, &why);
    }
}

/* What the task's function gets: {args, at, task, tries}. */
static void input_write(const struct task *task, struct usher_buffer *out)
{
    usher_value_table(out, 0, 4);
    usher_value_string(out, "args", 4);
    usher_buffer_append(out, task->args.data, task->args.len);
    usher_value_string(out, "at", 2);
    usher_value_float(out, (double)task->began_ms / 1000.0);
    usher_value_string(out, "task", 4);
    usher_value_string(out, task->id, strlen(task->id));
    usher_value_string(out, "tries", 5);
    usher_value_integer(out, task->tries);
}

void task_try(struct task *task)
{
    struct usher_worker *worker = task->tasks->worker;
    struct usher_run *run = &task->run;
    struct usher_buffer input;
    int was_cut_off;

    worker_adopt(worker);
    task->lua = worker->states.newest;
    usher_state_hold(task->lua);
    task_started(task);
    task->wakes = task->tasks->wakes;
    task->token_works = 0;
    usher_run_init(run, task->lua->script, task->name, task, &owner_ops);
    run->intents = task->intents;
    task->intents.list = NULL;
    task->intents.count = 0;
    usher_intents_unmeet(&run->intents, 1);
    run->earlier = &task->earlier;
    /* A try that was cut off goes on: it began when it did. */
    was_cut_off = task->began_ms != 0;
    if (!was_cut_off)
        task->began_ms = usher_clock_wall_ms(worker->shared->clock);
    usher_buffer_init(&input, 0);
    input_write(task, &input);
    usher_run_begin(run, input.data, input.len);
    usher_buffer_free(&input);
    usher_run_turn(run);
    run->made = was_cut_off;
    usher_buffer_append(&run->journal, task->progress.data, task->progress.len);
    usher_buffer_clear(&task->progress);
    worker_current(worker, task->name);
    handle(task, usher_run_step(run));
}
