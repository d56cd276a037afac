/* engine/core/log.c - the structured log: logfmt or JSON, one line an event. */
#include "core/log.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/buffer.h"
#include "core/clock.h"
#include "core/log_limit.h"
#include "core/mask.h"

#define VALUE_MAX_BYTES (16 * 1024)
#define LINE_MAX_BYTES (64 * 1024)
#define STALL_MS 100 /* for a full pipe that does not block */

struct usher_log {
    atomic_int level;
    struct usher_log_options options;
    struct usher_mask *mask;
    struct usher_log_limit *limit;
    pthread_mutex_t lock; /* around the sink, or the write */
};

enum usher_status usher_log_new(const struct usher_log_options *options,
                                struct usher_log **out)
{
    struct usher_log *log = calloc(1, sizeof(*log));

    *out = NULL;
    if (!log)
        return USHER_ERR_NOMEM;
    log->options = *options;
    atomic_init(&log->level, (int)options->level);
    log->mask = usher_mask_new();
    log->limit = usher_log_limit_new();
    if (!log->mask || !log->limit ||
        pthread_mutex_init(&log->lock, NULL) != 0) {
        usher_mask_free(log->mask);
        usher_log_limit_free(log->limit);
        free(log);
        return USHER_ERR_NOMEM;
    }
    *out = log;
    return USHER_OK;
}

void usher_log_free(struct usher_log *log)
{
    if (!log)
        return;
    usher_mask_free(log->mask);
    usher_log_limit_free(log->limit);
    pthread_mutex_destroy(&log->lock);
    free(log);
}

struct usher_log_limit *usher_log_limit_of(struct usher_log *log)
{
    return log->limit;
}

int usher_log_on(const struct usher_log *log, enum usher_log_level level)
{
    return log && (int)level >=
                      atomic_load_explicit(&log->level, memory_order_relaxed);
}

void usher_log_set_level(struct usher_log *log, enum usher_log_level level)
{
    if (log)
        atomic_store_explicit(&log->level, (int)level, memory_order_relaxed);
}

enum usher_status usher_log_secret(struct usher_log *log, const char *value)
{
    return usher_mask_secret(log ? log->mask : NULL, value);
}

static const char *level_name(enum usher_log_level level)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};

    return names[level];
}

/* n in so many digits. */
static void put_digits(char *at, int n, int digits)
{
    for (int i = digits - 1; i >= 0; i--, n /= 10)
        at[i] = (char)('0' + n % 10);
}

/* printf takes longer than the rest of a line. */
static void append_time(struct usher_buffer *line, int64_t ms)
{
    char text[] = "0000-00-00T00:00:00.000Z";
    int64_t rest = ms % 1000;
    time_t seconds;
    struct tm tm;

    rest += rest < 0 ? 1000 : 0;
    seconds = (time_t)((ms - rest) / 1000);
    if (gmtime_r(&seconds, &tm)) {
        put_digits(text, tm.tm_year + 1900, 4);
        put_digits(text + 5, tm.tm_mon + 1, 2);
        put_digits(text + 8, tm.tm_mday, 2);
        put_digits(text + 11, tm.tm_hour, 2);
        put_digits(text + 14, tm.tm_min, 2);
        put_digits(text + 17, tm.tm_sec, 2);
        put_digits(text + 20, (int)rest, 3);
    }
    usher_buffer_text(line, text);
}

/* In logfmt a value stands bare if nobody could misread it. */
static int is_bare(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c <= ' ' || c >= 0x7F || c == '"' || c == '=' || c == '\\')
            return 0;
    }
    return len > 0;
}

static void append_value(struct usher_buffer *line,
                         enum usher_log_format format, const char *text,
                         size_t len)
{
    if (format == USHER_LOG_LOGFMT && is_bare(text, len))
        usher_buffer_append(line, text, len);
    else
        usher_buffer_json(line, text, len);
}

/* The key is changed where it stands. */
static void append_key(struct usher_buffer *line, enum usher_log_format format,
                       struct usher_buffer *key)
{
    const char *quote = format == USHER_LOG_JSON ? "\"" : "";

    usher_buffer_text(line, format == USHER_LOG_JSON ? "," : " ");
    usher_buffer_text(line, quote);
    for (size_t i = 0; i < key->len; i++) {
        char c = key->data[i];
        int fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                   (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
        if (!fine)
            key->data[i] = '_';
    }
    usher_buffer_append(line, key->data ? key->data : "", key->len);
    if (key->len == 0)
        usher_buffer_byte(line, '_');
    usher_buffer_text(line, quote);
    usher_buffer_text(line, format == USHER_LOG_JSON ? ":" : "=");
}

static size_t digits(const char *text, size_t len, size_t from)
{
    size_t at = from;

    while (at < len && text[at] >= '0' && text[at] <= '9')
        at++;
    return at - from;
}

/* What JSON takes for a number, true or false. */
static int is_literal(const char *text, size_t len)
{
    size_t at = len > 0 && text[0] == '-', count = digits(text, len, at);

    if ((len == 4 && memcmp(text, "true", 4) == 0) ||
        (len == 5 && memcmp(text, "false", 5) == 0))
        return 1;
    if (count == 0 || (count > 1 && text[at] == '0'))
        return 0;
    at += count;
    if (at < len && text[at] == '.') {
        count = digits(text, len, at + 1);
        if (count == 0)
            return 0;
        at += 1 + count;
    }
    if (at < len && (text[at] == 'e' || text[at] == 'E')) {
        at++;
        at += at < len && (text[at] == '+' || text[at] == '-');
        count = digits(text, len, at);
        if (count == 0)
            return 0;
        at += count;
    }
    return at == len;
}

/* Puts the text as it may be shown into scratch. */
static void show(const struct usher_log *log, const char *text, size_t len,
                 int phones, struct usher_buffer *scratch)
{
    usher_buffer_clear(scratch);
    usher_mask_append(log->mask, text, len, phones, scratch);
    if (scratch->failed) {
        usher_buffer_clear(scratch);
        usher_buffer_text(scratch, "[masked]");
    }
    /* Cut only now: the first half of a secret would not be recognised. */
    if (scratch->len > VALUE_MAX_BYTES) {
        len = VALUE_MAX_BYTES;
        while (((unsigned char)scratch->data[len] & 0xC0) == 0x80)
            len--;
        scratch->len = len;
        usher_buffer_text(scratch, "…");
    }
}

/* A pair that does not fit, in memory or in the line, is left out whole. */
static void append_pair(const struct usher_log *log, struct usher_buffer *line,
                        struct usher_buffer *scratch, const char *key,
                        const char *value)
{
    size_t before = line->len;
    size_t len = strlen(value);
    int is_number = key[0] == '#';

    if (line->failed)
        return;
    key += is_number;
    /* Flows name keys, too: a phone may be one. */
    show(log, key, strlen(key), 1, scratch);
    append_key(line, log->options.format, scratch);
    show(log, value, len, !usher_mask_plain_field(key, value, len), scratch);
    if (is_number && scratch->data && is_literal(scratch->data, scratch->len))
        usher_buffer_append(line, scratch->data, scratch->len);
    else
        append_value(line, log->options.format,
                     scratch->data ? scratch->data : "", scratch->len);
    if (line->failed) {
        line->len = before;
        line->failed = USHER_OK;
    }
}

static void append_head(const struct usher_log *log, struct usher_buffer *line,
                        enum usher_log_level level)
{
    int json = log->options.format == USHER_LOG_JSON;
    int64_t now = log->options.now_ms
                      ? log->options.now_ms(log->options.user)
                      : usher_clock_wall_ms(usher_clock_system());

    usher_buffer_text(line, json ? "{\"time\":\"" : "time=");
    append_time(line, now);
    usher_buffer_text(line, json ? "\",\"level\":\"" : " level=");
    usher_buffer_text(line, level_name(level));
    if (json)
        usher_buffer_byte(line, '"');
}

/* Whole lines in one write; what remains of a cut one is sent after it. A
 * line that cannot be written is dropped: there is no place to say so. */
static void write_line(int fd, const char *line, size_t len)
{
    while (len > 0) {
        ssize_t sent = write(fd, line, len);
        struct pollfd wait = {.fd = fd, .events = POLLOUT};
        if (sent >= 0) {
            line += sent;
            len -= (size_t)sent;
        } else if (errno != EINTR &&
                   (errno != EAGAIN || poll(&wait, 1, STALL_MS) <= 0)) {
            return;
        }
    }
}

static void emit(struct usher_log *log, enum usher_log_level level,
                 struct usher_buffer *line)
{
    int json = log->options.format == USHER_LOG_JSON;
    const char *text =
        json ? "{\"level\":\"error\",\"area\":\"log\",\"event\":\"line lost: "
               "out "
               "of memory\"}\n"
             : "level=error area=log event=\"line lost: out of memory\"\n";
    size_t len = strlen(text);

    line->max += 2; /* kept free for these */
    if (json)
        usher_buffer_byte(line, '}');
    usher_buffer_byte(line, '\n');
    if (!line->failed) {
        text = line->data;
        len = line->len;
    }
    pthread_mutex_lock(&log->lock);
    if (log->options.sink)
        log->options.sink(log->options.user, level, text, len - 1);
    else
        write_line(log->options.fd, text, len);
    pthread_mutex_unlock(&log->lock);
}

void usher_log_event(struct usher_log *log, enum usher_log_level level,
                     const char *area, const char *event, ...)
{
    struct usher_buffer line;
    struct usher_buffer scratch;
    const char *key;
    va_list pairs;
    int saved = errno;

    if (!usher_log_on(log, level))
        return;
    usher_buffer_init(&line, LINE_MAX_BYTES);
    usher_buffer_init(&scratch, 0);
    append_head(log, &line, level);
    append_pair(log, &line, &scratch, "area", area);
    append_pair(log, &line, &scratch, "event", event);
    va_start(pairs, event);
    while ((key = va_arg(pairs, const char *)) != NULL) {
        const char *value = va_arg(pairs, const char *);
        if (value)
            append_pair(log, &line, &scratch, key, value);
    }
    va_end(pairs);
    emit(log, level, &line);
    usher_buffer_free(&scratch);
    usher_buffer_free(&line);
    errno = saved; /* a log line must not change what is reported after it */
}

size_t usher_log_mask(const struct usher_log *log, int phones, const char *text,
                      size_t len, char *out, size_t size)
{
    struct usher_buffer masked;
    const char *from = "[masked]";
    size_t need = strlen(from);
    size_t fits;

    usher_buffer_init(&masked, 0);
    usher_mask_append(log ? log->mask : NULL, text, len, phones, &masked);
    if (!masked.failed) {
        from = masked.data ? masked.data : "";
        need = masked.len;
    }
    if (size > 0) {
        fits = need < size ? need : size - 1;
        memcpy(out, from, fits);
        out[fits] = '\0';
    }
    usher_buffer_free(&masked);
    return need;
}
