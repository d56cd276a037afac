/* engine/core/log.h - the structured log: logfmt or JSON, one line an event.
 *
 *   time=2026-03-02T09:30:00.000Z level=warn area=zoho event="token refused"
 * Secrets do not get in: values that were registered as secret are replaced
 * by "[secret]", and phones and e-mail addresses are masked in the sink
 * ("+91…890", "a…@example.com"), whatever field they stand in: see mask.h.
 * All functions may be called from any thread. A line is written with one
 * write(2), under a lock: a pipe that nobody reads holds the writers up. */
#ifndef USHER_CORE_LOG_H
#define USHER_CORE_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

enum usher_log_level {
    USHER_LOG_DEBUG,
    USHER_LOG_INFO,
    USHER_LOG_WARN,
    USHER_LOG_ERROR
};

enum usher_log_format { USHER_LOG_LOGFMT, USHER_LOG_JSON };

struct usher_log;

/* A sink for lines (without line break); for tests and `usher chat`. */
typedef void usher_log_sink(void *user, enum usher_log_level level,
                            const char *line, size_t len);

struct usher_log_options {
    enum usher_log_level level;
    enum usher_log_format format;
    int fd;               /* where lines go when sink is NULL */
    usher_log_sink *sink; /* called with the log's lock held */
    void *user;
    int64_t (*now_ms)(void *user); /* Unix ms; NULL: the system's clock */
};

USHER_MUST_USE enum usher_status
usher_log_new(const struct usher_log_options *options, struct usher_log **out);
void usher_log_free(struct usher_log *log); /* NULL is fine */

/* Whether a line of this level would be written; cheap. 0 for NULL. */
int usher_log_on(const struct usher_log *log, enum usher_log_level level);

/* LOG_LEVEL changed while running. */
void usher_log_set_level(struct usher_log *log, enum usher_log_level level);

/* Registers a value that must never be shown; it is kept until the log is
 * freed (wiped then), so that an old token is hidden, too. Twice is fine, as
 * are NULL for log and "". USHER_ERR_INVALID: below 6 bytes, too short to be
 * told from ordinary words; USHER_ERR_NOMEM. */
enum usher_status usher_log_secret(struct usher_log *log, const char *value);

/* One event: `area` is the unit's word ("net", "zoho", "conversation",
 * "flow"), `event` a short fixed phrase, then pairs of const char *key,
 * const char *value (a NULL value leaves the pair out), closed by NULL.
 *   usher_log_event(log, USHER_LOG_WARN, "zoho", "token refused",
 *                   "credential", "desk", "hint", hint, NULL);
 * A key that begins with # says that its value is a number, "#port": JSON has
 * it without quotes (or true, false), logfmt as any other; the # is not
 * written. log may be NULL: nothing is written then. In keys, bytes outside A-Z
 * a-z 0-9 _ . - become "_". A value above 16 KiB is cut; pairs that would take
 * a line above 64 KiB are left out. */
void usher_log_event(struct usher_log *log, enum usher_log_level level,
                     const char *area, const char *event, ...)
    __attribute__((sentinel));

/* The masking that the sink applies, for other outputs; phones 0: numbers stay,
 * which may be ids. Writes at most size bytes, terminated; gives the length
 * that was needed. log may be NULL: no secrets are known then. Where memory is
 * used up the result is "[masked]". */
size_t usher_log_mask(const struct usher_log *log, int phones, const char *text,
                      size_t len, char *out, size_t size);

#endif
