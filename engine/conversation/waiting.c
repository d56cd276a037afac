/* engine/conversation/waiting.c - the tasks that wait for a person. */
#include "conversation/waiting.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conversation/tasks.h"

#define BUCKETS 1024
#define ID_SHOWN 12 /* digits, as `usher tasks` prints them */

#define RETRY "; then it goes on by itself, at once with `usher tasks retry ID`"

/* The names are the kinds of errors, but for the last one. */
static const struct {
    const char *name;
    const char *hint;
} table[USHER_WHY_COUNT] = {
    [USHER_WHY_NONE] = {"", ""},
    [USHER_WHY_TOKEN] = {"token",
                         "renew the credential that is named, in .env; the "
                         "tasks go on by themselves then"},
    [USHER_WHY_SCOPE] =
        {"scope", "make the token anew with the scopes that `usher tasks` "
                  "names, or for the right organisation (DESK_ORG_ID); the "
                  "tasks go on by themselves then"},
    [USHER_WHY_INVALID] =
        {"invalid", "Zoho does not take what is sent: see the reason in `usher "
                    "tasks`; is a field required there that the flow does not "
                    "send, or an id in .env wrong? Mend that" RETRY},
    [USHER_WHY_NOT_FOUND] =
        {"not_found", "something that the task needs is not at Zoho: see the "
                      "reason in `usher tasks`; is an id in .env wrong, or a "
                      "record deleted? Mend that" RETRY},
    [USHER_WHY_REJECTED] =
        {"rejected", "Zoho refuses it: see the reason in `usher tasks`; does "
                     "the user of the token lack a permission or a licence? "
                     "Mend that" RETRY},
    [USHER_WHY_FLOW] =
        {USHER_KIND_FLOW,
         "the task's function raises an error, or is not in the live version: "
         "see the reason in `usher tasks`, and mend the flow" RETRY},
    [USHER_WHY_UNCLEAR] =
        {"unclear", "look whether it was done, at Zoho or wherever the "
                    "task writes to; where it was not, `usher tasks retry ID` "
                    "sends it again"},
    [USHER_WHY_SIMULATOR] =
        {USHER_KIND_SIMULATOR,
         "it was promised while Zoho was the built-in simulator, and is not "
         "sent to the real one by itself: `usher tasks retry ID` sends it"},
    [USHER_WHY_GIVEN_UP] =
        {"given_up", "it failed for seven days: mend what the reason in `usher "
                     "tasks` says, then `usher tasks retry ID`"},
};

const char *usher_why_name(enum usher_why why)
{
    return table[why].name;
}

const char *usher_why_hint(enum usher_why why)
{
    return table[why].hint;
}

enum usher_why usher_why_kind(const char *reason)
{
    size_t len = reason ? strcspn(reason, ":") : 0;

    for (int i = USHER_WHY_TOKEN; i < USHER_WHY_GIVEN_UP; i++)
        if (strlen(table[i].name) == len &&
            memcmp(table[i].name, reason, len) == 0)
            return (enum usher_why)i;
    return USHER_WHY_NONE;
}

enum usher_why usher_why_of(enum usher_task_state state, const char *reason)
{
    enum usher_why why = usher_why_kind(reason);

    switch (state) {
    case USHER_TASK_READY:
        /* Of a credential: there is another one by now. */
        return why == USHER_WHY_TOKEN || why == USHER_WHY_SCOPE ||
                       why == USHER_WHY_UNCLEAR || why == USHER_WHY_SIMULATOR
                   ? USHER_WHY_NONE
                   : why;
    case USHER_TASK_PAUSED:
        return why ? why : USHER_WHY_TOKEN;
    case USHER_TASK_DEAD:
        return why == USHER_WHY_UNCLEAR || why == USHER_WHY_SIMULATOR
                   ? why
                   : USHER_WHY_GIVEN_UP;
    default:
        return USHER_WHY_NONE;
    }
}

/* ---- the list ---- */

struct entry {
    char id[USHER_TASK_ID_MAX];
    char name[USHER_NAME_MAX + 1];
    enum usher_why why;
    struct entry *same_bucket;
    struct entry *prev, *next; /* of the same reason, as they came */
};

struct usher_waiting {
    struct usher_problems *problems;
    pthread_mutex_t lock;
    struct entry *buckets[BUCKETS];
    struct entry *first[USHER_WHY_COUNT], *last[USHER_WHY_COUNT];
    size_t count[USHER_WHY_COUNT];
};

enum usher_status usher_waiting_new(struct usher_problems *problems,
                                    struct usher_waiting **out)
{
    *out = calloc(1, sizeof(**out));
    if (!*out)
        return USHER_ERR_NOMEM;
    (*out)->problems = problems;
    pthread_mutex_init(&(*out)->lock, NULL);
    return USHER_OK;
}

void usher_waiting_free(struct usher_waiting *waiting)
{
    if (!waiting)
        return;
    for (size_t i = 0; i < BUCKETS; i++) {
        while (waiting->buckets[i]) {
            struct entry *entry = waiting->buckets[i];

            waiting->buckets[i] = entry->same_bucket;
            free(entry);
        }
    }
    pthread_mutex_destroy(&waiting->lock);
    free(waiting);
}

/* Where the entry of this id is linked, or would be. */
static struct entry **place(struct usher_waiting *waiting, const char *id)
{
    unsigned hash = 0;
    struct entry **at;

    for (const char *c = id; *c; c++)
        hash = hash * 31 + (unsigned char)*c;
    at = &waiting->buckets[hash % BUCKETS];
    while (*at && strcmp((*at)->id, id) != 0)
        at = &(*at)->same_bucket;
    return at;
}

/* Under the lock, so that what is told last is what is true. */
static void tell(struct usher_waiting *waiting, enum usher_why why)
{
    const struct entry *first = waiting->first[why];
    size_t count = waiting->count[why];
    char detail[160];

    if (!first) {
        usher_problem_end(waiting->problems, USHER_PROBLEM_TASK_WAITS,
                          table[why].name);
        return;
    }
    snprintf(detail, sizeof(detail), "%zu %s: %.*s %s", count,
             count == 1 ? "task waits" : "tasks wait, the first", ID_SHOWN,
             first->id, first->name);
    usher_problem_raise(waiting->problems, USHER_PROBLEM_TASK_WAITS,
                        table[why].name, detail, table[why].hint);
}

static void entry_unlink(struct usher_waiting *waiting, struct entry *entry)
{
    enum usher_why why = entry->why;

    *(entry->prev ? &entry->prev->next : &waiting->first[why]) = entry->next;
    *(entry->next ? &entry->next->prev : &waiting->last[why]) = entry->prev;
    waiting->count[why]--;
    tell(waiting, why);
}

static void entry_link(struct usher_waiting *waiting, struct entry *entry,
                       enum usher_why why)
{
    entry->why = why;
    entry->next = NULL;
    entry->prev = waiting->last[why];
    *(entry->prev ? &entry->prev->next : &waiting->first[why]) = entry;
    waiting->last[why] = entry;
    waiting->count[why]++;
    tell(waiting, why);
}

/* NULL without memory. */
static struct entry *entry_new(const char *id, const char *name)
{
    struct entry *entry = calloc(1, sizeof(*entry));

    if (!entry)
        return NULL;
    snprintf(entry->id, sizeof(entry->id), "%s", id);
    snprintf(entry->name, sizeof(entry->name), "%s", name);
    return entry;
}

static void set(struct usher_waiting *waiting, const char *id, const char *name,
                enum usher_why why)
{
    struct entry **at = place(waiting, id);
    struct entry *entry = *at;

    if (entry ? entry->why == why : why == USHER_WHY_NONE)
        return;
    if (entry)
        entry_unlink(waiting, entry);
    else
        entry = *at = entry_new(id, name);
    if (!entry)
        return;
    if (why) {
        entry_link(waiting, entry, why);
        return;
    }
    *at = entry->same_bucket;
    free(entry);
}

void usher_waiting_set(struct usher_waiting *waiting, const char *id,
                       const char *name, enum usher_why why)
{
    pthread_mutex_lock(&waiting->lock);
    set(waiting, id, name, why);
    pthread_mutex_unlock(&waiting->lock);
}

enum usher_why usher_waiting_find(struct usher_waiting *waiting, const char *id)
{
    const struct entry *entry;
    enum usher_why why;

    pthread_mutex_lock(&waiting->lock);
    entry = *place(waiting, id);
    why = entry ? entry->why : USHER_WHY_NONE;
    pthread_mutex_unlock(&waiting->lock);
    return why;
}

size_t usher_waiting_count(struct usher_waiting *waiting, enum usher_why why)
{
    size_t count;

    pthread_mutex_lock(&waiting->lock);
    count = waiting->count[why];
    pthread_mutex_unlock(&waiting->lock);
    return count;
}
