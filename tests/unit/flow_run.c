/* tests/unit/flow_run.c */
#include "flow_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <lauxlib.h>

#include "meter.h"
#include "plain_host.h"

void flow_run_init(struct flow_run *run)
{
    memset(run, 0, sizeof(*run));
    run->limits = usher_script_limits_default();
    run->limits.cpu_ms = 1000 * 1000;
}

static struct usher_script *script_new(const struct flow_run *run,
                                       const struct usher_source *sources)
{
    struct usher_script_options options = {
        .sources = sources,
        .source_count = 2,
        .modules = run->modules,
        .module_count = run->module_count,
        .limits = run->limits,
        .folder = "flows",
    };
    struct usher_error error = {""};
    struct usher_script *script;

    if (usher_script_new(&options, &script, &error) != USHER_OK)
        fail_msg("%s", error.text);
    if (usher_script_load(script, &error) != USHER_OK)
        fail_msg("%s", error.text);
    lua_settop(usher_script_lua(script), 0);
    return script;
}

static enum usher_fiber_state fiber_run(struct flow_run *run,
                                        struct usher_script *script)
{
    struct usher_fiber *fiber = flow_fiber(script);
    lua_State *L = usher_fiber_lua(fiber);
    struct usher_fiber_error why;
    enum usher_fiber_state state;

    memset(&why, 0, sizeof(why));
    state = usher_fiber_resume(fiber, 0, &why);
    if (state == USHER_FIBER_DONE)
        snprintf(run->out, sizeof(run->out), "%s",
                 lua_gettop(L) ? luaL_tolstring(L, 1, NULL) : "");
    else
        snprintf(run->out, sizeof(run->out), "%s", why.message);
    usher_fiber_free(fiber);
    return state;
}

enum usher_fiber_state flow_run(struct flow_run *run, const char *code)
{
    size_t size = strlen(code) + 64;
    char *text = malloc(size);
    struct usher_source sources[2] = {{"init.lua", "return {}", 9},
                                      {"flow.lua", text, 0}};
    struct usher_script *script;
    enum usher_fiber_state state;

    assert_non_null(text);
    sources[1].len =
        (size_t)snprintf(text, size, "return function(...) %s\nend", code);
    script = script_new(run, sources);
    state = fiber_run(run, script);
    usher_script_free(script);
    free(text);
    return state;
}

void flow_run_killed(struct flow_run *run, const char *code, const char *words)
{
    enum usher_fiber_state state = flow_run(run, code);

    if (state != USHER_FIBER_KILLED || !strstr(run->out, words))
        fail_msg("%s: state %d, '%s'", code, (int)state, run->out);
}

void flow_run_gives(struct flow_run *run, const char *code, const char *wanted)
{
    if (flow_run(run, code) != USHER_FIBER_DONE)
        fail_msg("%s: %s", code, run->out);
    assert_string_equal(run->out, wanted);
}

struct usher_script *flow_state(const char *flow,
                                struct usher_script_limits limits)
{
    static struct usher_source sources[2] = {{"init.lua", "return {}", 9},
                                             {"flow.lua", NULL, 0}};
    struct flow_run run = {
        .limits = limits, .modules = &meter_module, .module_count = 1};

    sources[1].text = flow;
    sources[1].len = strlen(flow);
    return script_new(&run, sources);
}

struct usher_fiber *flow_fiber(struct usher_script *script)
{
    struct usher_fiber *fiber = usher_fiber_new(script, &plain_host, NULL);

    usher_script_module_value(script, "flow");
    lua_xmove(usher_script_lua(script), usher_fiber_lua(fiber), 1);
    return fiber;
}

const char *flow_asks(struct usher_script *script, const char *what,
                      enum usher_fiber_state wanted)
{
    static char out[sizeof(((struct usher_fiber_error *)NULL)->message)];

    struct usher_fiber *fiber = flow_fiber(script);
    struct usher_fiber_error error = {"", ""};
    lua_State *L = usher_fiber_lua(fiber);

    lua_pushstring(L, what);
    if (usher_fiber_resume(fiber, 1, &error) != wanted)
        fail_msg("%s: %s", what, error.message);
    snprintf(out, sizeof(out), "%s",
             wanted == USHER_FIBER_DONE ? lua_tostring(L, -1) : error.message);
    usher_fiber_free(fiber);
    return out;
}

struct usher_script_limits flow_limits_small(void)
{
    struct usher_script_limits limits = usher_script_limits_default();

    limits.instructions = 100000;
    limits.match_steps = 100000;
    limits.turn_bytes = 1 << 20;
    limits.cpu_ms = 1000 * 1000;
    return limits;
}
