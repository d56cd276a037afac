/* engine/bind/simulator.h - the simulator in this process, without thread or
 * socket: a request in, its answer out. It belongs to one thread; nothing
 * blocks. engine/simulator/README.md says what it does. */
#ifndef USHER_BIND_SIMULATOR_H
#define USHER_BIND_SIMULATOR_H

#include <stddef.h>
#include <stdint.h>

#include "core/clock.h"
#include "core/status.h"
#include "net/server.h" /* struct usher_header */

struct usher_simulator;

struct usher_simulator_request {
    const char *method;
    const char *path; /* with its query; a whole URL is fine as well */
    const struct usher_header *headers;
    size_t header_count;
    const char *body; /* NULL: none */
    size_t body_len;
};

#define USHER_SIMULATOR_HEADERS 16

/* Lives until the next call of the same simulator. */
struct usher_simulator_answer {
    unsigned status;
    struct usher_header headers[USHER_SIMULATOR_HEADERS];
    size_t header_count;
    const char *body;
    size_t body_len;
    int64_t delay_ms; /* when to send it */
    int drop;         /* close the connection instead */
    int hang;         /* neither answer nor close */
};

/* Time and randomness are the clock's (borrowed). On error *out is NULL and
 * error says why. */
USHER_MUST_USE enum usher_status
usher_simulator_new(const struct usher_clock *clock,
                    struct usher_simulator **out, struct usher_error *error);
void usher_simulator_free(struct usher_simulator *simulator); /* NULL is fine */

/* As if it were made anew, with a clock that may be another: a tenth of the
 * time. On error it answers nothing until this works. */
USHER_MUST_USE enum usher_status
usher_simulator_renew(struct usher_simulator *simulator,
                      const struct usher_clock *clock,
                      struct usher_error *error);

/* Never fails for what a caller sends: the answer is a 4xx then. Where the
 * simulator itself raised (memory, a mistake in it), status is 500. */
void usher_simulator_handle(struct usher_simulator *simulator,
                            const struct usher_simulator_request *request,
                            struct usher_simulator_answer *answer);

/* The settings of an engine that fits a simulator in its first state. */
USHER_MUST_USE enum usher_status usher_simulator_defaults(
    struct usher_simulator *simulator,
    void (*each)(void *user, const char *name, const char *value), void *user);

#endif
