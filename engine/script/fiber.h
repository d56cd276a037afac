/* engine/script/fiber.h - a flow's coroutine: run, wait, resume, end; and the
 * limits of a turn. A fiber belongs to its script and its thread. */
#ifndef USHER_SCRIPT_FIBER_H
#define USHER_SCRIPT_FIBER_H

#include "script/effect.h"
#include "script/script.h"

struct usher_fiber;

enum usher_fiber_state {
    USHER_FIBER_WAITING, /* it yielded; usher_fiber_resume() goes on */
    USHER_FIBER_DONE,    /* it returned; its results are on its stack */
    USHER_FIBER_FAILED,  /* it raised: message and traceback in error */
    USHER_FIBER_KILLED   /* it went over a limit: the message says which */
};

struct usher_fiber_error {
    char message[512];    /* with file and line */
    char traceback[1536]; /* the flow's own frames */
};

/* host and user answer the fiber's effects; NULL without memory. */
struct usher_fiber *usher_fiber_new(struct usher_script *script,
                                    const struct usher_effect_host *host,
                                    void *user);
/* Ends it wherever it stands and gives it back to the script's pool. What it
 * had to close (__close) runs under the turn's limits, without effects; a
 * killed one closes nothing. */
void usher_fiber_free(struct usher_fiber *fiber);

lua_State *usher_fiber_lua(struct usher_fiber *fiber);
struct usher_script *usher_fiber_script(struct usher_fiber *fiber);
/* The host's user pointer of the fiber that L is. */
void *usher_fiber_user(lua_State *L);

/* The host of the fiber that L is; NULL outside of fibers. */
const struct usher_effect_host *usher_fiber_host(lua_State *L);

/* A new turn: the limits start anew. */
void usher_fiber_turn(struct usher_fiber *fiber);

/* The running fiber replays, and its next turn begins: its limits start anew,
 * until it has used REPLAY_TURNS times what one turn may. */
void usher_fiber_next_turn(lua_State *L);

/* Starts the function below nargs arguments on the fiber's stack, or goes on
 * with nargs results of the yield. */
enum usher_fiber_state usher_fiber_resume(struct usher_fiber *fiber, int nargs,
                                          struct usher_fiber_error *error);

#endif
