/* engine/core/log_limit.c - lines that outsiders can bring about at will, told
 * once in a while. */
#include "core/log_limit.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Different lines remembered; the last place is for all that find none. */
#define ENTRIES 64

struct entry {
    int used;
    enum usher_log_level level;
    const char *area; /* these three are the caller's constants */
    const char *event;
    const char *key;
    char what[256];  /* its beginning */
    char caller[48]; /* "": none */
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
           strcmp(a->event, b->event) == 0 && strcmp(a->what, b->what) == 0 &&
           strcmp(a->caller, b->caller) == 0;
}

/* Where this line is remembered, or may be. */
static struct entry *place(struct usher_log_limit *limit,
                           const struct entry *line, int64_t now_ms)
{
    struct entry *found = &limit->entries[ENTRIES - 1];

    for (size_t i = 0; i < ENTRIES - 1; i++) {
        struct entry *at = &limit->entries[i];

        if (is_same(at, line))
            return at;
        /* One that still has a number to tell waits for the flush. */
        if (found == &limit->entries[ENTRIES - 1] &&
            (!at->used || (now_ms >= at->until_ms && !at->left_out)))
            found = at;
    }
    return found;
}

static void renew(struct entry *at, struct entry *line)
{
    line->left_out = at->used ? at->left_out : 0;
    *at = *line;
    at->left_out = 0;
}

/* Those who share a place are not counted as one of them: it is the flush that
 * tells of them. */
static void share(struct entry *at, const struct entry *line)
{
    uint64_t left_out = at->used ? at->left_out : 0;

    *at = *line;
    (void)snprintf(at->what, sizeof(at->what), "various");
    at->caller[0] = '\0';
    at->left_out = left_out;
}

/* Whether the line is to be written now; it then knows how many were not. */
static int take(struct usher_log_limit *limit, struct entry *line,
                int64_t now_ms)
{
    struct entry *at;
    int written;

    pthread_mutex_lock(&limit->lock);
    at = place(limit, line, now_ms);
    written = !at->used || now_ms >= at->until_ms;
    line->until_ms = now_ms + USHER_LOG_LIMIT_MS;
    if (!written)
        at->left_out++;
    else if (at == &limit->entries[ENTRIES - 1])
        share(at, line);
    else
        renew(at, line);
    pthread_mutex_unlock(&limit->lock);
    return written;
}

static void write_line(struct usher_log *log, const struct entry *line,
                       const char *what)
{
    char repeated[24];

    (void)snprintf(repeated, sizeof(repeated), "%llu",
                   (unsigned long long)line->left_out);
    usher_log_event(log, line->level, line->area, line->event, line->key, what,
                    "caller", line->caller[0] ? line->caller : NULL, "left_out",
                    line->left_out ? repeated : NULL, NULL);
}

void usher_log_limited(struct usher_log *log, int64_t now_ms,
                       enum usher_log_level level, const char *area,
                       const char *event, const char *key, const char *what,
                       const char *caller)
{
    struct entry line = {
        .used = 1, .level = level, .area = area, .event = event, .key = key};

    if (!usher_log_on(log, level))
        return;
    (void)snprintf(line.what, sizeof(line.what), "%s", what);
    (void)snprintf(line.caller, sizeof(line.caller), "%s",
                   caller ? caller : "");
    if (take(usher_log_limit_of(log), &line, now_ms))
        write_line(log, &line, what);
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
        write_line(log, &line, line.what);
}
