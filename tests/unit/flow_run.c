/* tests/unit/flow_run.c */
#include "flow_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <lauxlib.h>

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
    struct usher_fiber *fiber = usher_fiber_new(script, &plain_host, NULL);
    lua_State *L = usher_fiber_lua(fiber);
    struct usher_fiber_error why;
    enum usher_fiber_state state;

    memset(&why, 0, sizeof(why));
    usher_script_module_value(script, "flow");
    lua_xmove(usher_script_lua(script), L, 1);
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
