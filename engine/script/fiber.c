/* engine/script/fiber.c - a flow's coroutine and the limits of its turn. */
#include "script/fiber.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script/script_internal.h"

/* Ended coroutines kept for use again: lua_newthread costs more than a turn
 * of a small flow. */
#define POOL_MAX 256

/* All turns of a flow are replayed in one go, for which it may use so many
 * times what one turn may: about a second. */
#define REPLAY_TURNS 10
/* And so many times the processor's time of one slice. */
#define REPLAY_CPU 3

static struct usher_fiber *fiber_new(struct usher_script *script)
{
    struct usher_fiber *fiber = script->pool;

    if (fiber) {
        script->pool = fiber->next;
        script->pooled--;
        return fiber;
    }
    fiber = calloc(1, sizeof(*fiber));
    if (!fiber)
        return NULL;
    fiber->script = script;
    if (!lua_checkstack(script->L, 2)) {
        free(fiber);
        return NULL;
    }
    fiber->L = lua_newthread(script->L);
    fiber->ref = luaL_ref(script->L, LUA_REGISTRYINDEX);
    script_hook_set(fiber->L, fiber->script);
    return fiber;
}

struct usher_fiber *usher_fiber_new(struct usher_script *script,
                                    const struct usher_effect_host *host,
                                    void *user)
{
    struct usher_fiber *fiber = fiber_new(script);

    if (!fiber)
        return NULL;
    fiber->host = host;
    fiber->user = user;
    fiber->closing = 0;
    fiber->started = 0;
    fiber->killed = 0;
    fiber->noted.line = 0;
    memset(fiber->made, 0, sizeof(fiber->made));
    fiber->made_any = 0;
    usher_fiber_turn(fiber);
    return fiber;
}

static void fiber_close(struct usher_fiber *fiber)
{
    struct usher_script *script = fiber->script;
    struct usher_fiber *before = script->running;

    fiber->closing = 1;
    script->running = fiber;
    script->instructions_left = fiber->instructions_left;
    script_match_set(script, fiber->match_left);
    script_arm(script, 0);
    (void)lua_resetthread(fiber->L);
    script_disarm(script);
    script->running = before;
    lua_settop(fiber->L, 0);
    script_hook_set(fiber->L, fiber->script);
}

void usher_fiber_free(struct usher_fiber *fiber)
{
    struct usher_script *script;

    if (!fiber)
        return;
    script = fiber->script;
    if (fiber->killed)
        goto drop; /* left where it stands, for the collector */
    if (fiber->started)
        fiber_close(fiber);
    else
        lua_settop(fiber->L, 0);
    if (script->pooled < POOL_MAX) {
        fiber->next = script->pool;
        script->pool = fiber;
        script->pooled++;
        return;
    }
drop:
    luaL_unref(script->L, LUA_REGISTRYINDEX, fiber->ref);
    free(fiber);
}

lua_State *usher_fiber_lua(struct usher_fiber *fiber)
{
    return fiber->L;
}

struct usher_script *usher_fiber_script(struct usher_fiber *fiber)
{
    return fiber->script;
}

void *usher_fiber_user(lua_State *L)
{
    struct usher_fiber *fiber = usher_script_of(L)->running;

    return fiber ? fiber->user : NULL;
}

const struct usher_effect_host *usher_fiber_host(lua_State *L)
{
    struct usher_fiber *fiber = usher_script_of(L)->running;

    return fiber ? fiber->host : NULL;
}

void usher_fiber_turn(struct usher_fiber *fiber)
{
    fiber->turn_growth = 0;
    fiber->replayed = 0;
    fiber->instructions_left = fiber->script->limits.instructions;
    fiber->match_left = fiber->script->limits.match_steps;
}

void usher_fiber_next_turn(lua_State *L)
{
    struct usher_script *script = usher_script_of(L);
    struct usher_fiber *fiber = script->running;
    const struct usher_script_limits *limits = &script->limits;

    fiber->replayed += limits->instructions - script->instructions_left;
    fiber->replayed += limits->match_steps - script_match_left(script);
    if (fiber->replayed > REPLAY_TURNS * limits->instructions)
        return;
    script->instructions_left = limits->instructions;
    script_match_set(script, limits->match_steps);
    script->cpu_allowed = REPLAY_CPU * limits->cpu_ms * 1000000;
    script->turn_base = script->bytes;
    script->turn_growth = 0;
}

/* Lua's traceback without the frames of the engine's own Lua. */
static void traceback_fill(const char *text, struct usher_fiber_error *error)
{
    static const char ours[] = "\n\tengine/";
    size_t len = 0;

    while (*text && len + 1 < sizeof(error->traceback)) {
        if (strncmp(text, ours, sizeof(ours) - 1) == 0)
            text += 1 + strcspn(text + 1, "\n");
        else
            error->traceback[len++] = *text++;
    }
    error->traceback[len] = '\0';
}

static void error_fill(struct usher_fiber *fiber,
                       struct usher_fiber_error *error)
{
    struct usher_script *script = fiber->script;
    lua_State *L = fiber->L;

    if (!error)
        return;
    if (script->killed)
        snprintf(error->message, sizeof(error->message), "%s%s",
                 script->killed_at, script_kill_text(script->killed));
    else
        script_raised(L, -1, error->message, sizeof(error->message));
    luaL_traceback(script->L, L, NULL, 0);
    traceback_fill(lua_tostring(script->L, -1), error);
    lua_pop(script->L, 1);
}

enum usher_fiber_state usher_fiber_resume(struct usher_fiber *fiber, int nargs,
                                          struct usher_fiber_error *error)
{
    struct usher_script *script = fiber->script;
    struct usher_fiber *before = script->running;
    int results = 0;
    int status;

    script->running = fiber;
    script->instructions_left = fiber->instructions_left;
    script_match_set(script, fiber->match_left);
    script_arm(script, fiber->turn_growth);
    fiber->started = 1;
    if (lua_gethookcount(fiber->L) != script->hook_every)
        script_hook_set(fiber->L, script);
    status = lua_resume(fiber->L, script->L, nargs, &results);
    fiber->turn_growth = script_disarm(script);
    fiber->instructions_left = script->instructions_left;
    fiber->match_left = script_match_left(script);
    script->running = before;
    if (status == LUA_YIELD && !script->killed) {
        lua_pop(fiber->L, results);
        return USHER_FIBER_WAITING;
    }
    if (status == LUA_OK) {
        fiber->started = 0; /* nothing is left to close */
        return USHER_FIBER_DONE;
    }
    if ((status == LUA_ERRMEM && !script->killed) ||
        script->killed == SCRIPT_KILLED_MEMORY)
        script->killed = script_depth(fiber->L) >= SCRIPT_DEEP
                             ? SCRIPT_KILLED_DEPTH
                             : script_memory_why(script);
    script->running = fiber; /* it knows lines that the stack has lost */
    if (script->killed)
        script_killed_at(fiber->L, script);
    error_fill(fiber, error);
    script->running = before;
    fiber->killed = script->killed != SCRIPT_ALIVE;
    return fiber->killed ? USHER_FIBER_KILLED : USHER_FIBER_FAILED;
}
