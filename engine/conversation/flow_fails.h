/* engine/conversation/flow_fails.h - a flow that raises, goes over a limit or
 * diverges is told where people look: the problem flow_fails. */
#ifndef USHER_CONVERSATION_FLOW_FAILS_H
#define USHER_CONVERSATION_FLOW_FAILS_H

#include "conversation/worker.h"

/* Raises the problem. message: the error's text; of it the problem names the
 * place in the flows alone ("flows/one.lua:4"), since flows put what visitors
 * wrote into their errors, and /readyz is open to everybody. flow: "" or the
 * flow's name, or the route's path. The caller has logged it. Any worker. */
void usher_flow_fails(struct usher_shared *shared, const char *message,
                      const char *flow);

/* Another version is live: it may be mended. */
void usher_flow_fails_end(struct usher_shared *shared);

#endif
