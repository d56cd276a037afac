/* engine/conversation/run_writes.c - a run's outside writes: which time each is
 * asked for, its intent, its recorded result. */
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "bind/plain.h"
#include "conversation/run_internal.h"
#include "net/signature.h"
#include "script/value.h"

/* ---- which time it is ---- */

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

/* The counter of this very write since the run's start; NULL without memory. */
static struct usher_occurrence *occurrence_of(struct usher_run *run,
                                              uint64_t hash)
{
    struct usher_occurrence *more;

    for (size_t i = 0; i < run->occurrence_count; i++) {
        if (run->occurrences[i].hash == hash)
            return &run->occurrences[i];
    }
    more =
        realloc(run->occurrences, (run->occurrence_count + 1) * sizeof(*more));
    if (!more)
        return NULL;
    run->occurrences = more;
    more += run->occurrence_count++;
    more->hash = hash;
    more->count = 0;
    return more;
}

unsigned usher_run_task_number(struct usher_run *run, const char *name)
{
    struct usher_effect effect = {"task", name, strlen(name), "", 0, 0};
    struct usher_occurrence *own = occurrence_of(run, effect_hash(&effect));

    return own ? ++own->count : 0;
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

/* ---- intents ---- */

/* The intent's key: a digest of what is asked and which time it is; 0 without
 * memory. */
static int intent_key(const struct usher_effect *effect, unsigned time,
                      char key[33])
{
    struct usher_buffer bytes;
    char hex[65];
    int good;

    usher_buffer_init(&bytes, 0);
    usher_buffer_bytes(&bytes, effect->name, strlen(effect->name));
    usher_buffer_bytes(&bytes, effect->target, effect->target_len);
    usher_buffer_bytes(&bytes, effect->args, effect->args_len);
    usher_buffer_varint(&bytes, time);
    good = !bytes.failed && usher_sha256_hex(bytes.data, bytes.len, hex);
    usher_buffer_free(&bytes);
    memcpy(key, good ? hex : "", good ? 32 : 1);
    key[32] = '\0';
    return good;
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

/* Behind the others, as the one that was last asked for. */
static struct usher_intent *intent_last(struct usher_run *run,
                                        struct usher_intent *intent)
{
    struct usher_intents *intents = &run->intents;
    struct usher_intent moved = *intent;
    size_t after = intents->count - 1 - (size_t)(intent - intents->list);

    memmove(intent, intent + 1, after * sizeof(*intent));
    intent += after;
    *intent = moved;
    return intent;
}

enum usher_status usher_run_remember(struct usher_run *run, const char *key)
{
    struct usher_intent *intent = intent_find(run, key);

    if (!intent)
        intent = intent_add(run, key);
    if (!intent)
        return USHER_ERR_NOMEM;
    intent->carried = 0;
    intent->met = USHER_MET;
    intent->state = USHER_INTENT_DONE;
    run->made = 1;
    return USHER_OK;
}

int usher_run_remembers(struct usher_run *run, const char *key)
{
    struct usher_intent *intent = intent_find(run, key);

    if (intent)
        run_guess_found(run, intent);
    return intent != NULL;
}

/* 0 without memory. */
static int intent_unclear(const struct usher_run *run,
                          struct usher_intent *intent)
{
    int64_t at_ms = run->ops->wall_ms ? run->ops->wall_ms(run->owner) : 0;

    usher_buffer_clear(&intent->results);
    usher_effect_fail(&intent->results, "unclear",
                      "the service was stopped while this was being sent",
                      "look whether it is there before doing it again", 0, -1,
                      at_ms);
    if (intent->results.failed)
        return 0;
    intent->count = 2;
    intent->state = USHER_INTENT_UNCLEAR;
    return 1;
}

/* Which time it is asked for: 1, 2, ...; 0 without memory. The key is that of
 * this time. One that surely failed is asked for
 * anew under its own number, unless the next number is taken: before failures
 * told so in the journal each of them used up a number, and what was done then
 * stands behind it. */
static unsigned write_time(struct usher_run *run,
                           const struct usher_effect *effect, unsigned counted,
                           char key[33])
{
    unsigned time = counted + 1;
    const struct usher_intent *intent;
    char next[33];

    if (!intent_key(effect, time, key))
        return 0;
    while ((intent = intent_find(run, key)) != NULL &&
           intent->state == USHER_INTENT_FAILED) {
        if (!intent_key(effect, time + 1, next))
            return 0;
        if (!intent_find(run, next))
            break;
        time++;
        memcpy(key, next, sizeof(next));
    }
    return time;
}

static int has_failed(const struct usher_run *run)
{
    for (size_t i = 0; i < run->intents.count; i++) {
        if (run->intents.list[i].state == USHER_INTENT_FAILED)
            return 1;
    }
    return 0;
}

/* ---- outcomes in the journal ---- */

/* An entry without a mark was written before there were any: a refusal is an
 * error of any kind but "unclear", or an HTTP answer of status 4xx. */
static enum usher_outcome outcome_by_values(const struct run_entry *entry)
{
    struct usher_reader reader;
    struct usher_plain value;
    const char *at = entry->values;
    size_t len = entry->len;
    int is_error = entry->count == 2 && len > 0 && *at == 0;

    if (!is_error && entry->count != 1)
        return USHER_OUTCOME_DONE;
    if (is_error) { /* nil, { kind = ... } */
        at++;
        len--;
    }
    if (!usher_plain_member(at, len, is_error ? "kind" : "status", &at, &len))
        return USHER_OUTCOME_DONE;
    usher_reader_init(&reader, at, len);
    usher_plain_next(&reader, &value);
    if (is_error)
        return value.type == USHER_PLAIN_STRING &&
                       !(value.len == 7 &&
                         memcmp(value.text, "unclear", 7) == 0)
                   ? USHER_OUTCOME_FAILED
                   : USHER_OUTCOME_UNCLEAR;
    return value.type == USHER_PLAIN_INTEGER && value.integer >= 400 &&
                   value.integer < 500
               ? USHER_OUTCOME_FAILED
               : USHER_OUTCOME_DONE;
}

static enum usher_outcome outcome_of(struct run_entry entry)
{
    return run_entry_mark(&entry) && entry.mark
               ? (enum usher_outcome)(entry.mark - 1)
               : outcome_by_values(&entry);
}

void run_write_replayed(lua_State *L, struct usher_run *run,
                        const struct usher_effect *effect,
                        const struct run_entry *entry)
{
    struct usher_occurrence *own;
    unsigned time = 0;
    char key[33];

    if (outcome_of(*entry) == USHER_OUTCOME_FAILED)
        return;
    own = occurrence_of(run, effect_hash(effect));
    if (own)
        time = has_failed(run) ? write_time(run, effect, own->count, key)
                               : own->count + 1;
    if (!time)
        run_break(L, run, RUN_NO_MEMORY);
    own->count = time;
}

/* ---- begin and end ---- */

/* Nothing is sent: what is known of it is its result. */
static int write_answer(lua_State *L, struct usher_run *run,
                        const struct usher_effect *effect,
                        struct usher_intent *intent)
{
    int is_done = intent->state == USHER_INTENT_DONE;
    struct run_entry entry = {effect->name,
                              effect->target,
                              intent->results.data,
                              strlen(effect->name),
                              effect->target_len,
                              intent->results.len,
                              intent->count,
                              is_done ? USHER_OUTCOME_DONE + 1
                                      : USHER_OUTCOME_UNCLEAR + 1};

    intent->carried = 0;
    run_guess_found(run, intent);
    if (run_entry_write(run, &entry) != USHER_OK)
        return luaL_error(L, "the journal is full");
    return run_values_push(L, intent->results.data, intent->results.len,
                           intent->count);
}

int run_write_begin(lua_State *L, struct usher_run *run,
                    const struct usher_effect *effect)
{
    static const enum usher_last_call known[] = {
        [USHER_INTENT_OPEN] = USHER_CALL_UNCLEAR, /* from now on */
        [USHER_INTENT_DONE] = USHER_CALL_CLEAR,
        [USHER_INTENT_FAILED] = USHER_CALL_CLEAR,
        [USHER_INTENT_UNCLEAR] = USHER_CALL_STUCK};
    char key[33];
    uint64_t hash = effect_hash(effect);
    struct usher_occurrence *own = occurrence_of(run, hash);
    unsigned time = own ? write_time(run, effect, own->count, key) : 0;
    struct usher_intent *intent;

    if (!time)
        return run_break(L, run, RUN_NO_MEMORY);
    own->count = time;
    intent = intent_find(run, key);
    if (intent)
        run->last_call = known[intent->state];
    if (intent && intent->state == USHER_INTENT_OPEN &&
        !intent_unclear(run, intent))
        return run_break(L, run, RUN_NO_MEMORY);
    if (intent && intent->state != USHER_INTENT_FAILED)
        return write_answer(L, run, effect, intent_last(run, intent));
    /* One that failed has these very bytes: it is no other one. */
    if (!intent || run->guess)
        run_guess_look(L, run, effect);
    intent = intent ? intent_last(run, intent) : intent_add(run, key);
    if (!intent)
        return run_break(L, run, RUN_NO_MEMORY);
    usher_buffer_clear(&intent->results);
    intent->met = USHER_MET;
    run->made = 1;
    intent->carried = 0;
    intent->state = USHER_INTENT_OPEN;
    run->write = 1;
    run->write_hash = hash;
    run->write_intent = (size_t)(intent - run->intents.list);
    return -1;
}

void run_write_end(struct usher_run *run, const void *results, size_t len,
                   unsigned count, enum usher_outcome outcome)
{
    static const enum usher_intent_state states[] = {
        USHER_INTENT_DONE, USHER_INTENT_FAILED, USHER_INTENT_UNCLEAR};
    struct usher_intent *intent = &run->intents.list[run->write_intent];

    intent->state = states[outcome];
    if (outcome == USHER_OUTCOME_UNCLEAR)
        run->last_call = USHER_CALL_UNCLEAR;
    intent->count = count;
    usher_buffer_clear(&intent->results);
    usher_buffer_append(&intent->results, results, len);
    if (intent->results.failed) { /* kept as one whose end nobody saw */
        usher_buffer_clear(&intent->results);
        intent->count = 0;
        if (outcome != USHER_OUTCOME_FAILED)
            intent->state = USHER_INTENT_OPEN;
        run->broken = USHER_ERR_NOMEM;
    }
    if (outcome == USHER_OUTCOME_FAILED) /* the number is free again */
        occurrence_of(run, run->write_hash)->count--;
}
