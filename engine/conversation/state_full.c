/* engine/conversation/state_full.c - a Lua state that is full: variables of the
 * flows' files grow with each turn. The state is thrown away, and what they
 * hold with it; conversations replay in a fresh one. */
#include <stdio.h>
#include <string.h>

#include "conversation/internal.h"

int state_full(struct usher_worker *worker, struct usher_state *state,
               const char *flow)
{
    struct usher_shared *shared = worker->shared;
    const char *hash = usher_version_hash(state->version);
    char keeps[160], subject[80], number[24], mib[24];

    if (state->full || state->replaced)
        return 1;
    lua_gc(usher_script_lua(state->script), LUA_GCCOLLECT);
    if (usher_script_bytes(state->script) <= state->grown)
        return 0;
    state->full = 1;
    usher_script_keeps(state->script, keeps, sizeof(keeps));
    snprintf(number, sizeof(number), "%zu", worker->index);
    snprintf(mib, sizeof(mib), "%zu", usher_script_bytes(state->script) >> 20);
    snprintf(subject, sizeof(subject), "%.12s", hash);
    usher_log_event(shared->log, USHER_LOG_WARN, "flow",
                    "a Lua state is full and made anew: variables outside of "
                    "the flows' functions grow",
                    "keeps", keeps[0] ? keeps : NULL, "flow",
                    flow[0] ? flow : NULL, "mib", mib, "worker", number,
                    "version", hash, NULL);
    usher_problem_raise(shared->problems, USHER_PROBLEM_STATE_REBUILT, subject,
                        keeps[0] ? keeps : flow, NULL);
    atomic_store(&shared->rebuilt_ms, usher_clock_steady_ms(shared->clock));
    shared->want_state(shared->control, worker->index, hash);
    return 1;
}
