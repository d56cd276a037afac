/* engine/script/effect.c - from a binding to the host of the running fiber. */
#include "script/effect.h"

#include <lauxlib.h>
#include <string.h>

#include "script/script_internal.h"
#include "script/value.h"

/* Why no effect can happen now, or NULL. */
static const char *refusal(const struct usher_script *script)
{
    if (script->loading)
        return "cannot be used while a file loads; move it into the function "
               "that answers the visitor";
    if (!script->running)
        return "can be used only while a flow answers a visitor";
    if (script->running->closing)
        return "cannot be used while a flow is being ended";
    return NULL;
}

static struct usher_script *script_check(lua_State *L, const char *name)
{
    struct usher_script *script = usher_script_of(L);
    const char *why = refusal(script);

    if (why)
        luaL_error(L, "%s %s", name, why);
    return script;
}

int usher_effect_begin(lua_State *L, const struct usher_effect *effect)
{
    struct usher_fiber *fiber = script_check(L, effect->name)->running;

    return fiber->host->begin(fiber->user, L, effect);
}

int usher_effect_end(lua_State *L, const struct usher_effect *effect, int count)
{
    struct usher_fiber *fiber = usher_script_of(L)->running;

    return fiber->host->end(fiber->user, L, effect, count);
}

int usher_effect_raised(lua_State *L, const struct usher_effect *effect,
                        int status)
{
    struct usher_script *script = usher_script_of(L);
    struct usher_fiber *fiber = script->running;

    if (status == LUA_ERRMEM && !script->killed)
        script->killed = script_memory_why(script);
    if (script->killed) /* no end of an effect, but of the turn */
        return script_raise_killed(L, script);
    return fiber->host->raised ? fiber->host->raised(fiber->user, L, effect)
                               : lua_error(L);
}

void usher_effect_may_wait(lua_State *L, const char *name)
{
    (void)script_check(L, name);
    if (!lua_isyieldable(L))
        luaL_error(L,
                   "%s cannot wait inside a function that gsub, sort or "
                   "another one of Lua's own calls: do it before, and use its "
                   "result there",
                   name);
}

int usher_effect_job(lua_State *L, const struct usher_effect *effect,
                     struct usher_job *job)
{
    struct usher_script *script = usher_script_of(L);
    struct usher_fiber *fiber = script->running;

    if (refusal(script) || !lua_isyieldable(L))
        job->ops->free(job);
    usher_effect_may_wait(L, effect->name);
    return fiber->host->job(fiber->user, L, effect, job);
}

int usher_effect_replaying(lua_State *L)
{
    struct usher_fiber *fiber = usher_script_of(L)->running;

    return fiber && fiber->host->replaying(fiber->user);
}

void usher_job_done(struct usher_job *job, const void *results, size_t len,
                    unsigned count, enum usher_outcome outcome)
{
    job->done(job, results, len, count, outcome);
}

static void pair(struct usher_buffer *out, const char *name, const char *value)
{
    usher_value_string(out, name, strlen(name));
    usher_value_string(out, value, strlen(value));
}

void usher_effect_at(struct usher_buffer *results, int64_t at_ms)
{
    usher_value_string(results, "at", 2);
    usher_value_float(results, (double)at_ms / 1000.0);
}

void usher_effect_fail(struct usher_buffer *results, const char *kind,
                       const char *message, const char *hint, int status,
                       int64_t retry_after_s, int64_t at_ms)
{
    size_t pairs = 2u + (hint != NULL) + (status != 0) + (retry_after_s >= 0) +
                   (at_ms != 0);

    usher_value_nil(results);
    usher_value_table(results, 0, pairs);
    if (at_ms)
        usher_effect_at(results, at_ms);
    if (hint)
        pair(results, "hint", hint);
    pair(results, "kind", kind);
    pair(results, "message", message);
    if (retry_after_s >= 0) {
        usher_value_string(results, "retry_after", 11);
        usher_value_integer(results, retry_after_s);
    }
    if (status) {
        usher_value_string(results, "status", 6);
        usher_value_integer(results, status);
    }
}
