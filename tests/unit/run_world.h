/* tests/unit/run_world.h - a run and its owner, whose part (starting jobs,
 * giving messages) the test plays. The module `out` has one effect of each
 * kind: out.now() at once, out.read(what) and out.write(what) with waiting,
 * out.call(f) at once by calling f, out.half() which raises in its midst. */
#ifndef USHER_TESTS_RUN_WORLD_H
#define USHER_TESTS_RUN_WORLD_H

#include "conversation/answer.h"
#include "conversation/run.h"

struct run_world {
    struct usher_script *script;
    struct usher_answer answer;
    struct usher_run run;
    enum usher_run_state state; /* of the last step */
    int started;                /* jobs that were started */
    int stopped;                /* ... cancelled */
    int now;
};

/* flow: the text of the flow "flow". */
struct run_world *run_world_new(const char *flow);
void run_world_free(struct run_world *world);
/* Starts the run with a first message. */
void run_begin(struct run_world *world);
/* The visitor's next message; a run at rest replays first. */
void run_tell(struct run_world *world, const char *text);
/* The job under way ends with one text. */
void run_job_ends(struct run_world *world, const char *text,
                  enum usher_outcome outcome);
/* The job under way ends with nil, { kind = kind }. */
void run_job_fails(struct run_world *world, const char *kind,
                   enum usher_outcome outcome);
/* The next step goes on with other flows, as after an edit. */
void run_edit(struct run_world *world, const char *flow);
/* What was said in this turn, a line each. */
const char *run_said(const struct run_world *world);

#endif
