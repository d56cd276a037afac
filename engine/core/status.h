/* engine/core/status.h - how a function of the engine says what happened. */
#ifndef USHER_CORE_STATUS_H
#define USHER_CORE_STATUS_H

#define USHER_MUST_USE __attribute__((warn_unused_result))
#define USHER_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

enum usher_status {
    USHER_OK = 0,
    USHER_ERR_NOMEM,     /* memory is used up */
    USHER_ERR_IO,        /* the system refused a read, write or socket */
    USHER_ERR_PARSE,     /* the input is not of the expected form */
    USHER_ERR_NOT_FOUND, /* there is no such thing */
    USHER_ERR_EXISTS,    /* it is there already, or was changed by another */
    USHER_ERR_LIMIT,     /* a stated bound would be exceeded */
    USHER_ERR_INVALID,   /* the caller's arguments make no sense */
    USHER_ERR_CLOSED,    /* it is shutting down or was cancelled */
    USHER_ERR_TIMEOUT    /* the time for it is over */
};

/* A fixed English phrase for a status; never NULL, not to be freed. */
const char *usher_status_text(enum usher_status status);

/* A message for people, filled by functions that can say more than a status:
 * what is wrong and what to do next. The caller owns the struct; `text` is
 * always a terminated string. Pass NULL where nobody reads it. */
struct usher_error {
    char text[512];
};

/* Writes the message (cut where it does not fit); error may be NULL. */
void usher_error_set(struct usher_error *error, const char *format, ...)
    USHER_PRINTF(2, 3);

#endif
