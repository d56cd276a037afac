/* engine/cli/exchange.h - one question to an engine over HTTP, and its answer.
 * Blocks. */
#ifndef USHER_CLI_EXCHANGE_H
#define USHER_CLI_EXCHANGE_H

#include "core/buffer.h"
#include "core/status.h"

struct usher_question {
    int post;
    const char *name;      /* as in conversation/admin.h */
    const char *parameter; /* or NULL */
    const char *value;
    const char *limit; /* of a list; or NULL */
};

struct usher_exchange {
    unsigned status; /* HTTP; 0: no answer came */
    int offline;     /* nobody listens there */
    struct usher_buffer body;
    char why[256];
    struct usher_loop *loop;
};

/* Asks at a Unix socket; or (unix_path NULL) at `base`, "http://host:port",
 * with ADMIN_TOKEN. body is to be initialised, and freed by the caller. */
USHER_MUST_USE enum usher_status
usher_exchange_do(const char *unix_path, const char *base, const char *token,
                  const struct usher_question *question,
                  struct usher_exchange *exchange);

#endif
