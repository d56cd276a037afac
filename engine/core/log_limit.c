/* engine/core/log_limit.c - lines that outsiders can bring about at will, told
 * once in a while. */
#include "core/log_limit.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Different lines remembered; the last place is for all that find none. */
#define ENTRIES 256
/* Callers of one reason that have a line of their own: no crowd of them leaves
 * other reasons without a place. */
#define CALLERS 16
#define VARIOUS "various"

struct entry {
    int used;
    enum usher_log_level level;
    const char *area; /* these, and who_key, are constants */
    const char *event;
    const char *key;
    char reason[96]; /* its beginning */
    const char *who_key;
    char who[160]; /* "": none */
    int64_t until_ms;
    uint64_t left_out;
};

struct usher_log_limit {
    pthread_mutex_t lock;
    struct entry entries[ENTRIES];
};

struct usher_log_limit *usher_log_limit_new(void)
{
    struct usher_log_limit *limit = calloc(1, sizeof(*limit));

    if (limit && pthread_mutex_init(&limit->lock, NULL) != 0) {
        free(limit);
        limit = NULL;
    }
    return limit;
}

void usher_log_limit_free(struct usher_log_limit *limit)
{
    if (!limit)
        return;
    pthread_mutex_destroy(&limit->lock);
    free(limit);
}

static int is_same(const struct entry *a, const struct entry *b)
{
    return a->used && strcmp(a->area, b->area) == 0 &&
           strcmp(a->event, b->event) == 0 && strcmp(a->reason, b->reason) == 0;
}

static int is_over(const struct entry *at, int64_t now_ms)
{
    /* One that still has a number to tell waits for the flush. */
    return !at->used || (now_ms >= at->until_ms && !at->left_out);
}

/* Where this line is remembered, or may be; `shared` becomes those of its
 * reason for whom there is no place of their own. */
static struct entry *place(struct usher_log_limit *limit,
                           const struct entry *line, int64_t now_ms,
                           const char **shared)
{
    struct entry *last = &limit->entries[ENTRIES - 1];
    struct entry *free_one = NULL, *various = NULL;
    size_t callers = 0;

    *shared = NULL;
    for (struct entry *at = limit->entries; at < last; at++) {
        if (is_same(at, line) && strcmp(at->who, line->who) == 0)
            return at;
        if (!free_one && is_over(at, now_ms))
            free_one = at;
        if (!is_same(at, line))
            continue;
        if (strcmp(at->who, VARIOUS) == 0)
            various = at;
        else
            callers += !is_over(at, now_ms);
    }
    if (callers < CALLERS && free_one)
        return free_one;
    *shared = line->reason;
    if (various || free_one)
        return various ? various : free_one;
    *shared = VARIOUS;
    return last;
}

/* The place is this line's. Those who share one are not counted as one of
 * them: it is the flush that tells of them. */
static void renew(struct entry *at, struct entry *line, const char *shared)
{
    uint64_t left_out = at->used ? at->left_out : 0;

    if (!shared)
        line->left_out = left_out;
    *at = *line;
    at->left_out = shared ? left_out : 0;
    if (!shared)
        return;
    (void)snprintf(at->reason, sizeof(at->reason), "%s", shared);
    (void)snprintf(at->who, sizeof(at->who), "%s",
                   shared == line->reason ? VARIOUS : "");
}

/* Whether the line is to be written now; it then knows how many were not. */
static int take(struct usher_log_limit *limit, struct entry *line,
                int64_t now_ms)
{
    const char *shared;
    struct entry *at;
    int written;

    pthread_mutex_lock(&limit->lock);
    at = place(limit, line, now_ms, &shared);
    written = !at->used || now_ms >= at->until_ms;
    line->until_ms = now_ms + USHER_LOG_LIMIT_MS;
    if (written)
        renew(at, line, shared);
    else
        at->left_out++;
    pthread_mutex_unlock(&limit->lock);
    return written;
}

static void write_line(struct usher_log *log, const struct entry *line,
                       const char *text)
{
    char repeated[24];

    (void)snprintf(repeated, sizeof(repeated), "%llu",
                   (unsigned long long)line->left_out);
    usher_log_event(log, line->level, line->area, line->event, line->key, text,
                    line->who_key, line->who[0] ? line->who : NULL, "#left_out",
                    line->left_out ? repeated : NULL, NULL);
}

void usher_log_limited_of(struct usher_log *log, int64_t now_ms,
                          enum usher_log_level level, const char *area,
                          const char *event, const char *key,
                          const char *reason, const char *text,
                          const char *who_key, const char *who)
{
    struct entry line = {.used = 1,
                         .level = level,
                         .area = area,
                         .event = event,
                         .key = key,
                         .who_key = who_key};

    if (!usher_log_on(log, level))
        return;
    (void)snprintf(line.reason, sizeof(line.reason), "%s", reason);
    (void)snprintf(line.who, sizeof(line.who), "%s", who ? who : "");
    if (take(usher_log_limit_of(log), &line, now_ms))
        write_line(log, &line, text ? text : reason);
}

void usher_log_limited(struct usher_log *log, int64_t now_ms,
                       enum usher_log_level level, const char *area,
                       const char *event, const char *key, const char *reason,
                       const char *text, const char *caller)
{
    usher_log_limited_of(log, now_ms, level, area, event, key, reason, text,
                         "caller", caller);
}

/* The next line whose time is over: a copy to be written, where some were left
 * out; others are forgotten. */
static int next_over(struct usher_log_limit *limit, size_t *from,
                     int64_t now_ms, struct entry *out)
{
    int found = 0;

    pthread_mutex_lock(&limit->lock);
    for (; *from < ENTRIES && !found; (*from)++) {
        struct entry *at = &limit->entries[*from];

        if (!at->used || now_ms < at->until_ms)
            continue;
        *out = *at;
        found = at->left_out > 0;
        at->used = found;
        at->left_out = 0;
        at->until_ms = now_ms + USHER_LOG_LIMIT_MS;
    }
    pthread_mutex_unlock(&limit->lock);
    return found;
}

void usher_log_limit_flush(struct usher_log *log, int64_t now_ms)
{
    struct entry line;
    size_t from = 0;

    while (log && next_over(usher_log_limit_of(log), &from, now_ms, &line))
        write_line(log, &line, line.reason);
}
