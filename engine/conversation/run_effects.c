/* engine/conversation/run_effects.c - the host of a run's effects: answered
 * from the journal in replay, let happen and recorded when live; jobs. */
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "conversation/run_internal.h"
#include "script/value.h"

/* ---- the journal's entries ---- */

void run_entry_append(struct usher_buffer *out, const struct run_entry *entry)
{
    int marked = entry->mark != 0;

    usher_buffer_bytes(out, entry->name, entry->name_len);
    usher_buffer_bytes(out, entry->target, entry->target_len);
    usher_buffer_varint(out, entry->count);
    usher_buffer_varint(out, entry->len + (size_t)marked);
    usher_buffer_append(out, entry->values, entry->len);
    if (marked)
        usher_buffer_byte(out, (int)entry->mark);
}

enum usher_status run_entry_write(struct usher_run *run,
                                  const struct run_entry *entry)
{
    struct usher_buffer *journal = &run->journal;
    size_t before = journal->len;

    if (run->broken)
        return (enum usher_status)run->broken;
    run_entry_append(journal, entry);
    if (journal->failed) { /* no half of an entry stays */
        run->broken = journal->failed;
        journal->failed = USHER_OK;
        journal->len = before;
    }
    run->begun = 0;
    run->cursor = journal->len;
    return (enum usher_status)run->broken;
}

static int entry_take(struct usher_reader *reader, struct run_entry *entry)
{
    uint64_t count;

    entry->name = usher_reader_bytes(reader, &entry->name_len);
    entry->target = usher_reader_bytes(reader, &entry->target_len);
    count = usher_reader_varint(reader);
    entry->values = usher_reader_bytes(reader, &entry->len);
    entry->count = (unsigned)count;
    entry->mark = 0;
    /* A value has a byte at least. */
    return !reader->failed && count <= entry->len;
}

int run_entry_read(struct usher_run *run, struct run_entry *entry)
{
    struct usher_reader reader;

    usher_reader_init(&reader, run->journal.data + run->cursor,
                      run->journal.len - run->cursor);
    if (!entry_take(&reader, entry))
        return 0;
    run->cursor = (size_t)(reader.at - run->journal.data);
    return 1;
}

int run_entry_mark(struct run_entry *entry)
{
    struct usher_reader values;
    const char *at;
    size_t len;

    usher_reader_init(&values, entry->values, entry->len);
    for (unsigned i = 0; i < entry->count && !values.failed; i++)
        usher_value_skip(&values, &at, &len);
    if (!values.failed && values.at < values.end)
        entry->mark = (unsigned)usher_reader_byte(&values);
    return !values.failed && values.at == values.end &&
           entry->mark <= RUN_MARK_MAX;
}

int run_entry_next(struct usher_reader *reader, struct run_entry *entry)
{
    return entry_take(reader, entry) && run_entry_mark(entry);
}

int usher_entries_are_whole(const void *bytes, size_t len)
{
    struct usher_reader reader;
    struct run_entry entry;
    int whole = 1;

    usher_reader_init(&reader, bytes, len);
    while (whole && reader.at < reader.end)
        whole = run_entry_next(&reader, &entry);
    return whole;
}

size_t usher_entries_last_start(const void *bytes, size_t len)
{
    struct usher_reader reader;
    struct run_entry entry;
    size_t at = 0, last = 0;

    usher_reader_init(&reader, bytes, len);
    while (reader.at < reader.end && run_entry_next(&reader, &entry)) {
        if (entry.name_len == 5 && memcmp(entry.name, "start", 5) == 0)
            last = at;
        at = len - (size_t)(reader.end - reader.at);
    }
    return last;
}

int run_replaying(const struct usher_run *run)
{
    return run->cursor < run->journal.len;
}

static int bytes_equal(const char *a, size_t a_len, const char *b, size_t b_len)
{
    return a_len == b_len && (a_len == 0 || memcmp(a, b, a_len) == 0);
}

/* ---- effects ---- */

struct usher_run *usher_run_of(lua_State *L)
{
    /* A chat that a flow has put aside is nothing to other fibers. */
    if (usher_fiber_host(L) != &usher_run_host)
        luaL_error(L, "the chat can be used only while its flow answers");
    return usher_fiber_user(L);
}

int run_values_push(lua_State *L, const char *values, size_t len,
                    unsigned count)
{
    struct usher_reader reader;

    luaL_checkstack(L, (int)count + 2, "results");
    usher_reader_init(&reader, values, len);
    for (unsigned i = 0; i < count; i++)
        usher_value_decode(L, &reader);
    return (int)count;
}

int run_break(lua_State *L, struct usher_run *run, const char *why)
{
    if (!run->broken) {
        run->broken = USHER_ERR_INVALID;
        run->broken_why = why;
    }
    return luaL_error(
        L, "%s", run->broken_why ? run->broken_why : "the journal is full");
}

static int diverge(lua_State *L, struct usher_run *run,
                   const struct usher_effect *effect,
                   const struct run_entry *entry)
{
    run->diverged = 1;
    return luaL_error(
        L, "diverged: the flow now does %s %s where it did %s %s before",
        effect->name, lua_pushlstring(L, effect->target, effect->target_len),
        lua_pushlstring(L, entry->name, entry->name_len),
        lua_pushlstring(L, entry->target, entry->target_len));
}

/* Nothing of the turn may go on that would leave no entry. */
static void check(lua_State *L, struct usher_run *run)
{
    if (run->diverged)
        luaL_error(L, "diverged");
    if (run->again)
        luaL_error(L, "the flow is run again");
    if (run->broken)
        run_break(L, run, run->broken_why);
    if (run->begun == RUN_CALLING)
        luaL_error(L, "an effect cannot be used inside another one");
    if (run->begun)
        run_break(L, run, RUN_HALF_DONE);
}

/* An effect that raised, by its message. Its name is one that no effect has:
 * an engine that knows no such entries sees that it cannot go on. */
static const char raised_name[] = "raised";

/* Raises what the entry's effect raised, if it is of that kind. */
static void raise_again(lua_State *L, const struct usher_effect *effect,
                        const struct run_entry *entry)
{
    size_t len = strlen(effect->name);

    if (!bytes_equal(entry->name, entry->name_len, raised_name,
                     sizeof(raised_name) - 1) ||
        !bytes_equal(entry->target, entry->target_len, effect->name, len))
        return;
    run_values_push(L, entry->values, entry->len, entry->count);
    lua_error(L);
}

/* Answers from the journal: the count of results, -1 where it is at its end. */
static int replay(lua_State *L, struct usher_run *run,
                  const struct usher_effect *effect)
{
    struct run_entry entry;

    check(L, run);
    if (!run_replaying(run))
        return -1;
    if (!run_entry_read(run, &entry))
        return luaL_error(L, "the journal is damaged");
    raise_again(L, effect, &entry);
    if (!bytes_equal(entry.name, entry.name_len, effect->name,
                     strlen(effect->name)) ||
        !bytes_equal(entry.target, entry.target_len, effect->target,
                     effect->target_len))
        return diverge(L, run, effect, &entry);
    if (effect->flags & USHER_EFFECT_WRITE)
        run_write_replayed(L, run, effect, &entry);
    return run_values_push(L, entry.values, entry.len, entry.count);
}

#define TEXT_(number) #number
#define TEXT(number) TEXT_(number)

static void count_effect(lua_State *L, struct usher_run *run, const char *name)
{
    if (++run->effects > USHER_EFFECTS_MAX)
        run_break(L, run,
                  "this turn made more than " TEXT(
                      USHER_EFFECTS_MAX) " effects; is there a loop that does "
                                         "not end?");
    if (run->ops->effect)
        run->ops->effect(run->owner, name);
}

static int host_begin(void *user, lua_State *L,
                      const struct usher_effect *effect)
{
    struct usher_run *run = user;
    int count = replay(L, run, effect);

    if (count >= 0)
        return count;
    if (!(effect->flags & RUN_EFFECT_KNOWN))
        run_guess_live(L, run);
    count_effect(L, run, effect->name);
    run->begun = effect->flags & USHER_EFFECT_CALLS ? RUN_CALLING : RUN_BEGUN;
    return -1;
}

/* Encodes the `count` values on the top. */
static enum usher_status values_write(lua_State *L, int count, const char *what,
                                      struct usher_buffer *values,
                                      struct usher_error *error)
{
    enum usher_status st = USHER_OK;

    usher_buffer_init(values, USHER_ENTRY_MAX);
    for (int i = 0; i < count && st == USHER_OK; i++)
        st = usher_value_encode(L, i - count, values, what, error);
    return st;
}

static int host_raised(void *user, lua_State *L,
                       const struct usher_effect *effect)
{
    struct usher_run *run = user;
    struct run_entry entry = {raised_name,
                              effect->name,
                              NULL,
                              sizeof(raised_name) - 1,
                              strlen(effect->name),
                              0,
                              1,
                              0};
    struct usher_buffer values;
    enum usher_status st = values_write(L, 1, effect->name, &values, NULL);

    entry.values = values.data;
    entry.len = values.len;
    if (st == USHER_OK)
        (void)run_entry_write(run, &entry); /* else run->broken */
    usher_buffer_free(&values);
    if (st != USHER_OK)
        return run_break(L, run, RUN_HALF_DONE);
    return lua_error(L);
}

static unsigned mark_of(const struct usher_effect *effect)
{
    if (effect->flags & RUN_EFFECT_KNOWN)
        return USHER_OUTCOME_DONE + 1;
    return effect->flags & USHER_EFFECT_DRAWN ? RUN_MARK_DRAWN : 0;
}

static int host_end(void *user, lua_State *L, const struct usher_effect *effect,
                    int count)
{
    struct usher_run *run = user;
    struct run_entry entry = {effect->name,
                              effect->target,
                              NULL,
                              strlen(effect->name),
                              effect->target_len,
                              0,
                              0,
                              0};
    struct usher_error error = {""};
    struct usher_buffer values;
    enum usher_status st =
        values_write(L, count, effect->name, &values, &error);

    entry.values = values.data;
    entry.len = values.len;
    entry.count = (unsigned)count;
    entry.mark = mark_of(effect);
    if (st == USHER_OK)
        (void)run_entry_write(run, &entry); /* else run->broken */
    usher_buffer_free(&values);
    if (st == USHER_ERR_NOMEM)
        return run_break(L, run, RUN_NO_MEMORY);
    if (st != USHER_OK) { /* what the effect gave cannot be kept */
        lua_pushstring(L, error.text);
        return host_raised(user, L, effect);
    }
    if (run->broken)
        check(L, run);
    return count;
}

/* ---- jobs ---- */

void run_job_free(struct usher_run *run)
{
    if (!run->job)
        return;
    run->job->ops->free(run->job);
    run->job = NULL;
    run->job_started = 0;
}

/* Where the coroutine goes on once the job is done. */
static int job_results(lua_State *L, int status, lua_KContext context)
{
    struct usher_run *run = usher_run_of(L);

    (void)status;
    (void)context;
    return run_values_push(L, run->results.data, run->results.len,
                           run->result_count);
}

/* Name and target of the job, kept until its entry is written. They stand at
 * the head of `results` meanwhile: a job has none yet. */
static int job_remember(struct usher_run *run,
                        const struct usher_effect *effect)
{
    usher_buffer_clear(&run->results);
    usher_buffer_bytes(&run->results, effect->name, strlen(effect->name));
    usher_buffer_bytes(&run->results, effect->target, effect->target_len);
    return !run->results.failed;
}

static void run_job_done(struct usher_job *job, const void *results, size_t len,
                         unsigned count, enum usher_outcome outcome)
{
    struct usher_run *run = job->host;
    struct usher_reader reader;
    struct usher_buffer head = run->results;
    struct run_entry entry = {NULL, NULL, results, 0, 0, len, count, 0};

    usher_buffer_init(&run->results, 0);
    if (usher_buffer_append(&run->results, results, len) != USHER_OK)
        run->broken = USHER_ERR_NOMEM; /* the flow would go on without them */
    run->result_count = count;
    usher_reader_init(&reader, head.data, head.len);
    entry.name = usher_reader_bytes(&reader, &entry.name_len);
    entry.target = usher_reader_bytes(&reader, &entry.target_len);
    if (run->write)
        entry.mark = (unsigned)outcome + 1;
    (void)run_entry_write(run, &entry); /* else run->broken */
    usher_buffer_free(&head);
    if (run->write)
        run_write_end(run, results, len, count, outcome);
    run_job_free(run);
    run->ops->job_done(run->owner, run);
}

static int host_job(void *user, lua_State *L, const struct usher_effect *effect,
                    struct usher_job *job)
{
    struct usher_run *run = user;
    int count;

    /* The run owns it before anything can raise. */
    run_job_free(run);
    run->job = job;
    run->job_started = 0;
    run->write = 0;
    job->host = run;
    job->done = run_job_done;
    run->last_call = USHER_CALL_CLEAR;
    count = replay(L, run, effect);
    if (count < 0) {
        if (!(effect->flags & USHER_EFFECT_WRITE))
            run_guess_live(L, run);
        count_effect(L, run, effect->name);
        if (!job_remember(run, effect)) /* before an intent says it is sent */
            return run_break(L, run, RUN_NO_MEMORY);
        if (effect->flags & USHER_EFFECT_WRITE)
            count = run_write_begin(L, run, effect);
    }
    if (count >= 0) {
        run_job_free(run);
        return count;
    }
    run->wait = USHER_RUN_JOB;
    return lua_yieldk(L, 0, 0, job_results);
}

static int host_replaying(void *user)
{
    return run_replaying(user);
}

const struct usher_effect_host usher_run_host = {host_begin, host_end, host_job,
                                                 host_replaying, host_raised};

void usher_run_job_start(struct usher_run *run)
{
    run->job_started = 1;
    run->job->ops->start(run->job, run->deadline_ms);
}
