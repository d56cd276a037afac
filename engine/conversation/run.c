/* engine/conversation/run.c - running and replaying a flow. */
#include "conversation/run.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conversation/tasks.h"
#include "net/signature.h"
#include "script/value.h"

/* ---- the journal's entries: name, target, count, values ---- */

static void entry_write(struct usher_run *run, const char *name,
                        const char *target, size_t target_len, unsigned count,
                        const void *values, size_t len)
{
    struct usher_buffer *journal = &run->journal;

    usher_buffer_bytes(journal, name, strlen(name));
    usher_buffer_bytes(journal, target, target_len);
    usher_buffer_varint(journal, count);
    usher_buffer_bytes(journal, values, len);
    run->cursor = journal->len;
}

struct entry {
    const char *name, *target, *values;
    size_t name_len, target_len, len;
    unsigned count;
};

static int entry_read(struct usher_run *run, struct entry *entry)
{
    struct usher_reader reader;

    usher_reader_init(&reader, run->journal.data + run->cursor,
                      run->journal.len - run->cursor);
    entry->name = usher_reader_bytes(&reader, &entry->name_len);
    entry->target = usher_reader_bytes(&reader, &entry->target_len);
    entry->count = (unsigned)usher_reader_varint(&reader);
    entry->values = usher_reader_bytes(&reader, &entry->len);
    if (reader.failed)
        return 0;
    run->cursor = (size_t)(reader.at - run->journal.data);
    return 1;
}

static int replaying(const struct usher_run *run)
{
    return run->cursor < run->journal.len;
}

static int bytes_equal(const char *a, size_t a_len, const char *b,
                       size_t b_len)
{
    return a_len == b_len && (a_len == 0 || memcmp(a, b, a_len) == 0);
}

/* ---- effects ---- */

struct usher_run *usher_run_of(lua_State *L)
{
    return usher_fiber_user(L);
}

static int push_values(lua_State *L, const char *values, size_t len,
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
                   const struct entry *entry)
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
    struct entry entry;

    if (run->diverged)
        return luaL_error(L, "diverged");
    if (!replaying(run))
        return -1;
    if (!entry_read(run, &entry))
        return luaL_error(L, "the journal is damaged");
    if (!bytes_equal(entry.name, entry.name_len, effect->name,
                     strlen(effect->name)) ||
        !bytes_equal(entry.target, entry.target_len, effect->target,
                     effect->target_len))
        return diverge(L, run, effect, &entry);
    return push_values(L, entry.values, entry.len, entry.count);
}

static void count_effect(lua_State *L, struct usher_run *run, const char *name)
{
    if (++run->effects > USHER_EFFECTS_MAX)
        luaL_error(L, "this turn made more than %d effects; is there a loop "
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

static int host_end(void *user, lua_State *L,
                    const struct usher_effect *effect, int count)
{
    struct usher_run *run = user;
    struct usher_buffer values;
    struct usher_error error;
    enum usher_status st = USHER_OK;

    usher_buffer_init(&values, USHER_ENTRY_MAX);
    for (int i = 0; i < count && st == USHER_OK; i++)
        st = usher_value_encode(L, i - count, &values, effect->name, &error);
    if (st == USHER_OK)
        entry_write(run, effect->name, effect->target, effect->target_len,
                    (unsigned)count, values.data, values.len);
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
    more = realloc(run->occurrences,
                   (run->occurrence_count + 1) * sizeof(*more));
    if (!more)
        return 0;
    run->occurrences = more;
    more[run->occurrence_count].hash = h;
    more[run->occurrence_count++].count = 1;
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

static struct usher_intent *intent_find(struct usher_run *run,
                                        const char *key)
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
    if (intent && intent->state == USHER_INTENT_OPEN)
        intent_unclear(intent);
    if (intent && intent->state != USHER_INTENT_FAILED) {
        entry_write(run, effect->name, effect->target, effect->target_len,
                    intent->count, intent->results.data, intent->results.len);
        return push_values(L, intent->results.data, intent->results.len,
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

static void job_free(struct usher_run *run)
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
    return push_values(L, run->results.data, run->results.len,
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

static void run_job_done(struct usher_job *job, const void *results,
                         size_t len, unsigned count,
                         enum usher_outcome outcome)
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
    entry_write(run, name_text, target, target_len, count, results, len);
    usher_buffer_free(&head);
    if (run->write) {
        struct usher_intent *intent = &run->intents.list[run->write_intent];

        intent->state = states[outcome];
        intent->count = count;
        usher_buffer_clear(&intent->results);
        usher_buffer_append(&intent->results, results, len);
    }
    job_free(run);
    run->ops->job_done(run->owner, run);
}

static int host_job(void *user, lua_State *L,
                    const struct usher_effect *effect, struct usher_job *job)
{
    struct usher_run *run = user;
    int count;

    /* The run owns it before anything can raise. */
    job_free(run);
    run->job = job;
    run->job_started = 0;
    run->write = 0;
    job->host = run;
    job->done = run_job_done;
    count = replay(L, run, effect);
    if (count >= 0) {
        if (effect->flags & USHER_EFFECT_WRITE)
            (void)occurrence(run, effect);
        job_free(run);
        return count;
    }
    count_effect(L, run, effect->name);
    if (effect->flags & USHER_EFFECT_WRITE) {
        count = write_begin(L, run, effect);
        if (count >= 0) {
            job_free(run);
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
    return replaying(user);
}

const struct usher_effect_host usher_run_host = {host_begin, host_end,
                                                 host_job, host_replaying};

void usher_run_job_start(struct usher_run *run)
{
    run->job_started = 1;
    run->job->ops->start(run->job, run->deadline_ms);
}

/* ---- life ---- */

void usher_run_init(struct usher_run *run, struct usher_script *script,
                    const char *flow, void *owner,
                    const struct usher_run_owner *ops)
{
    memset(run, 0, sizeof(*run));
    run->script = script;
    snprintf(run->flow, sizeof(run->flow), "%s", flow);
    usher_buffer_init(&run->journal, USHER_JOURNAL_MAX);
    usher_buffer_init(&run->memory_start, USHER_MEMORY_MAX);
    run->owner = owner;
    run->ops = ops;
    run->object = LUA_NOREF;
}

static void job_stop(struct usher_run *run)
{
    if (run->job && run->job_started)
        run->job->ops->cancel(run->job);
    job_free(run);
    run->write = 0;
}

void usher_run_rest(struct usher_run *run)
{
    if (run->object != LUA_NOREF) {
        luaL_unref(usher_script_lua(run->script), LUA_REGISTRYINDEX,
                   run->object);
        run->object = LUA_NOREF;
    }
    usher_fiber_free(run->fiber);
    run->fiber = NULL;
    run->cursor = 0;
    run->occurrence_count = 0;
}

void usher_run_clear(struct usher_run *run)
{
    job_stop(run);
    if (run->script)
        usher_run_rest(run);
    usher_buffer_free(&run->journal);
    usher_buffer_free(&run->memory_start);
    usher_buffer_free(&run->results);
    usher_intents_clear(&run->intents);
    free(run->occurrences);
    memset(run, 0, sizeof(*run));
    run->object = LUA_NOREF;
}

void usher_run_undo_turn(struct usher_run *run)
{
    job_stop(run);
    usher_run_rest(run);
    run->journal.len = run->turn_start;
    run->diverged = 0;
}

void usher_run_restart(struct usher_run *run)
{
    job_stop(run);
    usher_run_rest(run);
    usher_buffer_clear(&run->journal);
    run->turn_start = 0;
    run->diverged = 0;
}

void usher_run_begin(struct usher_run *run, const void *input, size_t len)
{
    entry_write(run, "start", "", 0, 1, input, len);
    run->cursor = 0; /* read again by fiber_prepare() */
}

void usher_run_turn(struct usher_run *run)
{
    run->turn_start = run->journal.len;
    run->effects = 0;
    if (run->fiber)
        usher_fiber_turn(run->fiber);
}

/* ---- stepping ---- */

/* Stack of the fiber at the start: the flow's function, its object. The
 * object's maker is the engine's Lua (lua/chat.lua, lua/task.lua): the value
 * of registry field "usher.object", called with the input and the memory. */
static int fiber_prepare(lua_State *L)
{
    struct usher_run *run = lua_touserdata(L, 1);
    struct usher_reader reader;
    struct entry entry;

    lua_getfield(L, LUA_REGISTRYINDEX, "usher.object");
    if (!entry_read(run, &entry))
        return luaL_error(L, "the journal is damaged");
    push_values(L, entry.values, entry.len, entry.count);
    if (run->memory_start.len) {
        usher_reader_init(&reader, run->memory_start.data,
                          run->memory_start.len);
        usher_value_decode(L, &reader);
    } else {
        lua_newtable(L);
    }
    lua_call(L, 2, 1);
    lua_pushvalue(L, -1);
    run->object = luaL_ref(L, LUA_REGISTRYINDEX);
    if (!usher_script_module_value(run->script, run->flow) ||
        !lua_isfunction(L, -1))
        return luaL_error(L, "there is no flow '%s' any more", run->flow);
    lua_insert(L, -2);
    return 2; /* function object */
}

static int fiber_start(struct usher_run *run)
{
    lua_State *L = usher_script_lua(run->script);

    run->cursor = 0;
    run->occurrence_count = 0;
    run->diverged = 0;
    if (run->new_tasks)
        run->new_tasks->made = 0;
    run->fiber = usher_fiber_new(run->script, &usher_run_host, run);
    if (!run->fiber) {
        snprintf(run->error.message, sizeof(run->error.message),
                 "not enough memory");
        return 0;
    }
    lua_pushcfunction(L, fiber_prepare);
    lua_pushlightuserdata(L, run);
    if (lua_pcall(L, 1, 2, 0) != LUA_OK) {
        snprintf(run->error.message, sizeof(run->error.message), "%s",
                 lua_tostring(L, -1));
        lua_pop(L, 1);
        usher_run_rest(run);
        return 0;
    }
    lua_xmove(L, usher_fiber_lua(run->fiber), 2);
    return 1;
}

/* A task's results, encoded for whoever waits for it. */
static enum usher_run_state keep_results(struct usher_run *run)
{
    lua_State *L = usher_fiber_lua(run->fiber);
    struct usher_error error;
    int count = lua_gettop(L) < 2 ? lua_gettop(L) : 2;

    usher_buffer_clear(&run->results);
    run->results.max = USHER_ENTRY_MAX;
    run->result_count = (unsigned)count;
    for (int i = 1; i <= count; i++) {
        if (usher_value_encode(L, i, &run->results, "the flow's result",
                               &error) != USHER_OK) {
            /* A flow's result is read by nobody; a task's is. */
            usher_buffer_clear(&run->results);
            run->result_count = 0;
            break;
        }
    }
    return USHER_RUN_DONE;
}

static enum usher_run_state resume(struct usher_run *run, int nargs)
{
    enum usher_fiber_state state;

    run->wait = USHER_RUN_FAILED;
    run->error.message[0] = '\0';
    run->error.traceback[0] = '\0';
    state = usher_fiber_resume(run->fiber, nargs, &run->error);
    if (run->diverged)
        return USHER_RUN_DIVERGED;
    switch (state) {
    case USHER_FIBER_WAITING:
        return run->wait;
    case USHER_FIBER_DONE:
        if (replaying(run)) {
            snprintf(run->error.message, sizeof(run->error.message),
                     "diverged: the flow now ends where it went on before");
            return USHER_RUN_DIVERGED;
        }
        return keep_results(run);
    case USHER_FIBER_KILLED:
        return USHER_RUN_KILLED;
    default:
        return USHER_RUN_FAILED;
    }
}

enum usher_run_state usher_run_step(struct usher_run *run)
{
    if (run->fiber)
        return resume(run, 0);
    if (!fiber_start(run))
        return USHER_RUN_FAILED;
    return resume(run, 1);
}

enum usher_run_state usher_run_message(struct usher_run *run, const void *input,
                                       size_t len)
{
    /* `ask` was left waiting with its question as the entry's target. */
    struct usher_buffer question = run->results;
    enum usher_run_state state;

    usher_buffer_init(&run->results, 0);
    entry_write(run, "ask", question.data, question.len, 1, input, len);
    usher_buffer_append(&run->results, input, len);
    run->result_count = 1;
    usher_buffer_free(&question);
    usher_fiber_turn(run->fiber);
    state = resume(run, 0);
    return state;
}

enum usher_run_state usher_run_ask_again(struct usher_run *run)
{
    entry_write(run, "pass", "", 0, 0, NULL, 0);
    usher_buffer_clear(&run->results);
    run->result_count = 0;
    return resume(run, 0);
}

enum usher_status usher_run_memory(struct usher_run *run,
                                   struct usher_buffer *out,
                                   struct usher_error *error)
{
    lua_State *L = usher_script_lua(run->script);
    enum usher_status st;

    out->max = USHER_MEMORY_MAX;
    lua_rawgeti(L, LUA_REGISTRYINDEX, run->object);
    lua_pushliteral(L, "memory");
    lua_rawget(L, -2);
    if (!lua_istable(L, -1)) {
        lua_pop(L, 2);
        usher_error_set(error, "chat.memory must stay a table");
        return USHER_ERR_INVALID;
    }
    st = usher_value_encode(L, -1, out, "chat.memory", error);
    lua_pop(L, 2);
    return st;
}
