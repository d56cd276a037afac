/* engine/core/log_limit.h - log lines that somebody outside can bring about as
 * often as he likes: each is written once, and while it goes on once in a
 * while, with how many were left out. What is remembered for that is bounded:
 * beyond sixteen callers of one reason the others share one line, and how many
 * were left out of it is told as of the caller "various"; beyond 255 lines all
 * others share one, told as of "various". */
#ifndef USHER_CORE_LOG_LIMIT_H
#define USHER_CORE_LOG_LIMIT_H

#include "core/log.h"

/* The same line at most once in so long. */
#define USHER_LOG_LIMIT_MS 60000

/* usher_log_event() with the pairs key=text, caller=ADDRESS (NULL: none) and,
 * where lines were left out, left_out=NUMBER. Lines of one area, event, reason
 * and caller are the same, whatever their text. The reason is one of few:
 * nothing that a caller chooses, nothing that counts; it stands for the text
 * (NULL: it is the text) where what was left out is told. area, event and key
 * are constants; now_ms is steady time. log may be NULL. Any thread. */
void usher_log_limited(struct usher_log *log, int64_t now_ms,
                       enum usher_log_level level, const char *area,
                       const char *event, const char *key, const char *reason,
                       const char *text, const char *caller);
/* The same where it is not a caller, but, say, a conversation that is told
 * apart: who_key=who. who_key is a constant. */
void usher_log_limited_of(struct usher_log *log, int64_t now_ms,
                          enum usher_log_level level, const char *area,
                          const char *event, const char *key,
                          const char *reason, const char *text,
                          const char *who_key, const char *who);

/* Writes what lines of the time gone by stood for; to be called now and then.
 * log may be NULL. Any thread. */
void usher_log_limit_flush(struct usher_log *log, int64_t now_ms);

/* For log.c, which has one. new: NULL without memory; free: NULL is fine. */
struct usher_log_limit;
struct usher_log_limit *usher_log_limit_new(void);
void usher_log_limit_free(struct usher_log_limit *limit);
struct usher_log_limit *usher_log_limit_of(struct usher_log *log);

#endif
