/* tests/unit/flow_run.h - runs a piece of Lua as a flow, within limits. */
#ifndef TESTS_UNIT_FLOW_RUN_H
#define TESTS_UNIT_FLOW_RUN_H

#include "script/fiber.h"
#include "script/script.h"

struct flow_run {
    struct usher_script_limits limits;
    const struct usher_script_module *modules;
    size_t module_count;
    char out[1024]; /* the result as text, or why it ended */
};

/* Ordinary limits, but no time runs out: only steps count. */
void flow_run_init(struct flow_run *run);
/* `code` is the body of a flow. */
enum usher_fiber_state flow_run(struct flow_run *run, const char *code);
/* Fails unless it is killed, with `words` in the message. */
void flow_run_killed(struct flow_run *run, const char *code, const char *words);
/* Fails unless it gives `wanted`. */
void flow_run_gives(struct flow_run *run, const char *code, const char *wanted);

/* For flows that do more than one thing: a state with meter.h's module and one
 * flow; a coroutine at its start; and how one that gets `what` ends, which must
 * be so: gives the text that it returned, or why it ended. */
struct usher_script *flow_state(const char *flow,
                                struct usher_script_limits limits);
struct usher_fiber *flow_fiber(struct usher_script *script);
const char *flow_asks(struct usher_script *script, const char *what,
                      enum usher_fiber_state wanted);
/* A hundred times less than a turn has, and no time runs out. */
struct usher_script_limits flow_limits_small(void);

#endif
