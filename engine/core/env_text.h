/* engine/core/env_text.h - the lines of a `.env`, with their places; for
 * env_file.c, which reads them, and env_update.c, which changes them. */
#ifndef USHER_CORE_ENV_TEXT_H
#define USHER_CORE_ENV_TEXT_H

#include <stddef.h>

#include "core/buffer.h"

enum usher_env_fault {
    USHER_ENV_FINE,
    USHER_ENV_NO_EQUALS, /* no NAME= at its start */
    USHER_ENV_BAD_NAME,  /* NAME has other bytes than A-Z a-z 0-9 _ */
    USHER_ENV_OPEN_QUOTE,
    USHER_ENV_AFTER_QUOTE /* something other than a remark */
};

/* One NAME=VALUE (or a fault) in the text. Offsets count from the text's
 * start; a line without any (empty, a remark) is passed over. */
struct usher_env_line {
    enum usher_env_fault fault;
    unsigned line;      /* where it starts, from 1 */
    unsigned last_line; /* where its value ends */
    size_t name;
    size_t name_len; /* 0 where there is no usable name */
    size_t value;    /* with its quotes, without blanks and remark */
    size_t value_len;
    char quote; /* ' or ", 0: bare */
};

struct usher_env_scan {
    const char *text;
    size_t len;
    size_t at;
    unsigned line;
};

void usher_env_scan_start(struct usher_env_scan *scan, const char *text,
                          size_t len);
/* The next line with something in it; 0 at the end. */
int usher_env_scan_next(struct usher_env_scan *scan,
                        struct usher_env_line *out);

/* Appends the value without its quotes and escapes. */
void usher_env_value_read(const char *text, const struct usher_env_line *line,
                          struct usher_buffer *out);

/* Appends the value so that reading gives it back, in this quote if it can
 * be; 0 means bare if possible. */
void usher_env_value_write(const char *value, char quote,
                           struct usher_buffer *out);

/* Appends what is in the file at fd: USHER_OK, USHER_ERR_IO (errno says why),
 * USHER_ERR_LIMIT, USHER_ERR_NOMEM. Blocks. */
USHER_MUST_USE enum usher_status usher_env_read_fd(int fd,
                                                   struct usher_buffer *out);

/* 1: letters, digits and _, not a digit first. */
int usher_env_is_name(const char *name, size_t len);

#endif
