/* engine/bind/service.h - the simulator as a service: one thread with its own
 * loop, listening server and Lua state, on 127.0.0.1. */
#ifndef USHER_BIND_SERVICE_H
#define USHER_BIND_SERVICE_H

#include <stdint.h>

#include "core/clock.h"
#include "core/status.h"

struct usher_service;

struct usher_service_options {
    const struct usher_clock *clock; /* borrowed; read on the thread */
    uint16_t port;                   /* 0: the system chooses one */
};

/* Makes the simulator and starts its thread; it answers when this returns.
 * USHER_ERR_EXISTS: the port is taken; `error` says by whom. Blocks shortly. */
USHER_MUST_USE enum usher_status
usher_service_start(const struct usher_service_options *options,
                    struct usher_service **out, struct usher_error *error);
/* Stops and joins the thread; what waits for an answer is dropped. NULL is
 * fine. Not from the service's own thread. */
void usher_service_stop(struct usher_service *service);

uint16_t usher_service_port(const struct usher_service *service);
/* Calls each for the settings of an engine that fits the simulator as it was
 * at its start. Any thread. */
void usher_service_defaults(const struct usher_service *service,
                            void (*each)(void *user, const char *name,
                                         const char *value),
                            void *user);

#endif
