/* engine/conversation/run_effects.c - the host of a run's effects: answered
 * from the journal in replay, let happen and recorded when live; outside
 * writes with their intents; jobs. */
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conversation/run_internal.h"
#include "net/signature.h"
#include "script/value.h"

/* ---- the journal's entries: name, target, count, values ---- */

enum usher_status run_entry_write(struct usher_run *run, const char *name,
                                  const char *target, size_t target_len,
                                  unsigned count, const void *values,
                                  size_t len)
{
    struct usher_buffer *journal = &run->journal;
    size_t before = journal->len;

    if (run->broken)
        return (enum usher_status)run->broken;
    usher_buffer_bytes(journal, name, strlen(name));
    usher_buffer_bytes(journal, target, target_len);
    usher_buffer_varint(journal, count);
    usher_buffer_bytes(journal, values, len);
    if (journal->failed) { /* no half of an entry stays */
        run->broken = journal->failed;
        journal->failed = USHER_OK;
        journal->len = before;
    }
    run->cursor = journal->len;
    return (enum usher_status)run->broken;
}

int run_entry_read(struct usher_run *run, struct run_entry *entry)
{
    struct usher_reader reader;
    uint64_t count;

    usher_reader_init(&reader, run->journal.data + run->cursor,
                      run->journal.len - run->cursor);
    entry->name = usher_reader_bytes(&reader, &entry->name_len);
    entry->target = usher_reader_bytes(&reader, &entry->target_len);
    count = usher_reader_varint(&reader);
    entry->values = usher_reader_bytes(&reader, &entry->len);
    if (reader.failed || count > entry->len) /* a value has a byte at least */
        return 0;
    entry->count = (unsigned)count;
    run->cursor = (size_t)(reader.at - run->journal.data);
    return 1;
}

int usher_entries_are_whole(const void *bytes, size_t len)
{
    struct usher_reader reader, values;
    uint64_t count;
    size_t part;
    const char *at;

    usher_reader_init(&reader, bytes, len);
    while (reader.at < reader.end && !reader.failed) {
        (void)usher_reader_bytes(&reader, &part);
        (void)usher_reader_bytes(&reader, &part);
        count = usher_reader_varint(&reader);
        at = usher_reader_bytes(&reader, &part);
        usher_reader_init(&values, at, part);
        while (count-- > 0 && !values.failed)
            usher_value_skip(&values, &at, &part);
        reader.failed |= values.failed || values.at != values.end;
    }
    return !reader.failed;
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

/* Answers from the journal: the count of results, -1 where it is at its end. */
static int replay(lua_State *L, struct usher_run *run,
                  const struct usher_effect *effect)
{
    struct run_entry entry;

    if (run->diverged)
        return luaL_error(L, "diverged");
    if (run->broken)
        return luaL_error(L, "the journal is full");
    if (!run_replaying(run))
        return -1;
    if (!run_entry_read(run, &entry))
        return luaL_error(L, "the journal is damaged");
    if (!bytes_equal(entry.name, entry.name_len, effect->name,
                     strlen(effect->name)) ||
        !bytes_equal(entry.target, entry.target_len, effect->target,
                     effect->target_len))
        return diverge(L, run, effect, &entry);
    return run_values_push(L, entry.values, entry.len, entry.count);
}

static void count_effect(lua_State *L, struct usher_run *run, const char *name)
{
    if (++run->effects > USHER_EFFECTS_MAX)
        luaL_error(L,
                   "this turn made more than %d effects; is there a loop "
                   "that does not end?",
                   USHER_EFFECTS_MAX);
    if (run->ops->effect)
        run->ops->effect(run->owner, name);
}

static int host_begin(void *user, lua_State *L,
                      const struct usher_effect *effect)
{
    struct usher_run *run = user;
    int count = replay(L, run, effect);

    if (count < 0)
        count_effect(L, run, effect->name);
    return count;
}

static int host_end(void *user, lua_State *L, const struct usher_effect *effect,
                    int count)
{
    struct usher_run *run = user;
    struct usher_buffer values;
    struct usher_error error;
    enum usher_status st = USHER_OK;

    usher_buffer_init(&values, USHER_ENTRY_MAX);
    for (int i = 0; i < count && st == USHER_OK; i++)
        st = usher_value_encode(L, i - count, &values, effect->name, &error);
    if (st == USHER_OK &&
        run_entry_write(run, effect->name, effect->target, effect->target_len,
                        (unsigned)count, values.data, values.len) != USHER_OK) {
        st = USHER_ERR_LIMIT;
        usher_error_set(&error, "the journal is full");
    }
    usher_buffer_free(&values);
    if (st == USHER_ERR_NOMEM)
        return luaL_error(L, "not enough memory");
    if (st != USHER_OK)
        return luaL_error(L, "%s", error.text);
    return count;
}

/* ---- outside writes ---- */

static uint64_t effect_hash(const struct usher_effect *effect)
{
    uint64_t h = 1469598103934665603ULL;
    const char *parts[3] = {effect->name, effect->target, effect->args};
    size_t lens[3] = {strlen(effect->name), effect->target_len,
                      effect->args_len};

    for (int p = 0; p < 3; p++) {
        for (size_t i = 0; i < lens[p]; i++)
            h = (h ^ (unsigned char)parts[p][i]) * 1099511628211ULL;
        h = (h ^ 0xff) * 1099511628211ULL;
    }
    return h;
}

/* Which time this very write is asked for since the run's start: 1, 2, ...;
 * 0 without memory. */
static unsigned occurrence(struct usher_run *run,
                           const struct usher_effect *effect)
{
    uint64_t h = effect_hash(effect);
    struct usher_occurrence *more;

    for (size_t i = 0; i < run->occurrence_count; i++) {
        if (run->occurrences[i].hash == h)
            return ++run->occurrences[i].count;
    }
    more =
        realloc(run->occurrences, (run->occurrence_count + 1) * sizeof(*more));
    if (!more)
        return 0;
    run->occurrences = more;
    more[run->occurrence_count].hash = h;
    more[run->occurrence_count++].count = 1;
    return 1;
}

unsigned usher_run_task_number(struct usher_run *run, const char *name)
{
    struct usher_effect effect = {"task", name, strlen(name), "", 0, 0};

    return occurrence(run, &effect);
}

void usher_run_counts(const struct usher_run *run, struct usher_buffer *out)
{
    for (size_t i = 0; i < run->occurrence_count; i++) {
        usher_buffer_varint(out, run->occurrences[i].hash);
        usher_buffer_varint(out, run->occurrences[i].count);
    }
}

int run_counts_read(struct usher_run *run)
{
    const struct usher_buffer *from = &run->counts_start;
    struct usher_occurrence *more;
    struct usher_reader reader;

    run->occurrence_count = 0;
    /* Each takes two bytes at least. */
    if (from->len < 2)
        return 1;
    more = realloc(run->occurrences, from->len / 2 * sizeof(*more));
    if (!more)
        return 0;
    run->occurrences = more;
    usher_reader_init(&reader, from->data, from->len);
    while (reader.at < reader.end) {
        uint64_t hash = usher_reader_varint(&reader);
        uint64_t count = usher_reader_varint(&reader);

        if (reader.failed)
            break;
        more[run->occurrence_count].hash = hash;
        more[run->occurrence_count++].count = (unsigned)count;
    }
    return 1;
}

/* The intent's key: a digest of what is asked and which time it is. */
static void intent_key(const struct usher_effect *effect, unsigned time,
                       char key[33])
{
    struct usher_buffer bytes;
    char hex[65];

    usher_buffer_init(&bytes, 0);
    usher_buffer_bytes(&bytes, effect->name, strlen(effect->name));
    usher_buffer_bytes(&bytes, effect->target, effect->target_len);
    usher_buffer_bytes(&bytes, effect->args, effect->args_len);
    usher_buffer_varint(&bytes, time);
    usher_sha256_hex(bytes.data, bytes.len, hex);
    usher_buffer_free(&bytes);
    memcpy(key, hex, 32);
    key[32] = '\0';
}

static struct usher_intent *intent_find(struct usher_run *run, const char *key)
{
    for (size_t i = 0; i < run->intents.count; i++) {
        if (strcmp(run->intents.list[i].key, key) == 0)
            return &run->intents.list[i];
    }
    return NULL;
}

static struct usher_intent *intent_add(struct usher_run *run, const char *key)
{
    struct usher_intents *intents = &run->intents;
    struct usher_intent *more =
        realloc(intents->list, (intents->count + 1) * sizeof(*more));

    if (!more)
        return NULL;
    intents->list = more;
    more += intents->count++;
    memset(more, 0, sizeof(*more));
    memcpy(more->key, key, sizeof(more->key));
    usher_buffer_init(&more->results, 0);
    return more;
}

enum usher_status usher_run_remember(struct usher_run *run, const char *key)
{
    struct usher_intent *intent = intent_find(run, key);

    if (!intent)
        intent = intent_add(run, key);
    if (!intent)
        return USHER_ERR_NOMEM;
    intent->carried = 0;
    intent->state = USHER_INTENT_DONE;
    return USHER_OK;
}

int usher_run_remembers(struct usher_run *run, const char *key)
{
    return intent_find(run, key) != NULL;
}

static void intent_unclear(struct usher_intent *intent)
{
    usher_buffer_clear(&intent->results);
    usher_effect_fail(&intent->results, "unclear",
                      "the service was stopped while this was being sent",
                      "look whether it is there before doing it again", 0, -1);
    intent->count = 2;
    intent->state = USHER_INTENT_UNCLEAR;
}

/* Answers a write from its recorded result, else makes its intent. */
static int write_begin(lua_State *L, struct usher_run *run,
                       const struct usher_effect *effect)
{
    unsigned time = occurrence(run, effect);
    struct usher_intent *intent;
    char key[33];

    if (!time)
        return luaL_error(L, "not enough memory");
    intent_key(effect, time, key);
    intent = intent_find(run, key);
    if (intent)
        intent->carried = 0;
    if (intent && intent->state == USHER_INTENT_OPEN)
        intent_unclear(intent);
    if (intent && intent->state != USHER_INTENT_FAILED) {
        if (run_entry_write(run, effect->name, effect->target,
                            effect->target_len, intent->count,
                            intent->results.data,
                            intent->results.len) != USHER_OK)
            return luaL_error(L, "the journal is full");
        return run_values_push(L, intent->results.data, intent->results.len,
                               intent->count);
    }
    if (!intent)
        intent = intent_add(run, key);
    if (!intent)
        return luaL_error(L, "not enough memory");
    usher_buffer_clear(&intent->results);
    intent->state = USHER_INTENT_OPEN;
    run->write = 1;
    run->write_intent = (size_t)(intent - run->intents.list);
    return -1;
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
    static const enum usher_intent_state states[] = {
        USHER_INTENT_DONE, USHER_INTENT_FAILED, USHER_INTENT_UNCLEAR};
    struct usher_run *run = job->host;
    struct usher_reader reader;
    struct usher_buffer head = run->results;
    const char *name, *target;
    size_t name_len, target_len;
    char name_text[64];

    usher_buffer_init(&run->results, 0);
    usher_buffer_append(&run->results, results, len);
    run->result_count = count;
    usher_reader_init(&reader, head.data, head.len);
    name = usher_reader_bytes(&reader, &name_len);
    target = usher_reader_bytes(&reader, &target_len);
    snprintf(name_text, sizeof(name_text), "%.*s", (int)name_len, name);
    (void)run_entry_write(run, name_text, target, target_len, count, results,
                          len); /* else run->broken */
    usher_buffer_free(&head);
    if (run->write) {
        struct usher_intent *intent = &run->intents.list[run->write_intent];

        intent->state = states[outcome];
        intent->count = count;
        usher_buffer_clear(&intent->results);
        usher_buffer_append(&intent->results, results, len);
    }
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
    count = replay(L, run, effect);
    if (count >= 0) {
        if (effect->flags & USHER_EFFECT_WRITE)
            (void)occurrence(run, effect);
        run_job_free(run);
        return count;
    }
    count_effect(L, run, effect->name);
    if (effect->flags & USHER_EFFECT_WRITE) {
        count = write_begin(L, run, effect);
        if (count >= 0) {
            run_job_free(run);
            return count;
        }
    }
    if (!job_remember(run, effect))
        return luaL_error(L, "not enough memory");
    run->wait = USHER_RUN_JOB;
    return lua_yieldk(L, 0, 0, job_results);
}

static int host_replaying(void *user)
{
    return run_replaying(user);
}

const struct usher_effect_host usher_run_host = {host_begin, host_end, host_job,
                                                 host_replaying};

void usher_run_job_start(struct usher_run *run)
{
    run->job_started = 1;
    run->job->ops->start(run->job, run->deadline_ms);
}
