/* engine/bind/call.c - an effect with waiting, in the making. */
#include "bind/call.h"

#include <lauxlib.h>
#include <string.h>

#include "script/order.h"

#define CALL "usher.call"

static int call_gc(lua_State *L)
{
    struct usher_call *call = luaL_checkudata(L, 1, CALL);

    if (call->job)
        call->job->ops->free(call->job);
    call->job = NULL;
    usher_buffer_free(&call->target);
    usher_buffer_free(&call->args);
    usher_buffer_free(&call->scratch);
    return 0;
}

struct usher_call *usher_call_new(lua_State *L)
{
    struct usher_call *call = lua_newuserdatauv(L, sizeof(*call), 0);

    call->job = NULL;
    usher_buffer_init(&call->target, USHER_REQUEST_MAX);
    usher_buffer_init(&call->args, 2 * USHER_REQUEST_MAX);
    usher_buffer_init(&call->scratch, 2 * USHER_REQUEST_MAX);
    if (luaL_newmetatable(L, CALL)) {
        lua_pushcfunction(L, call_gc);
        lua_pushvalue(L, -1);
        lua_setfield(L, -3, "__close");
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    lua_toclose(L, -1);
    return call;
}

int usher_call_run(lua_State *L, struct usher_call *call, const char *name,
                   unsigned flags)
{
    struct usher_job *job = call->job;
    struct usher_effect effect = {
        name,
        call->target.data ? call->target.data : "",
        call->target.len,
        call->args.data ? call->args.data : "",
        call->args.len,
        flags,
    };

    if (call->target.failed || call->args.failed || !job)
        return luaL_error(L, "not enough memory");
    call->job = NULL; /* the host's, whatever happens */
    return usher_effect_job(L, &effect, job);
}

static int is_known(const char *const *known, const char *name)
{
    while (*known && strcmp(*known, name) != 0)
        known++;
    return *known != NULL;
}

static void unknown(lua_State *L, const char *function,
                    const char *const *known, const char *name)
{
    luaL_Buffer list;

    luaL_buffinit(L, &list);
    for (size_t i = 0; known[i]; i++) {
        luaL_addstring(&list, i ? ", " : "");
        luaL_addstring(&list, known[i]);
    }
    luaL_pushresult(&list);
    luaL_error(L, "%s: there is no option '%s'; there are %s", function, name,
               lua_tostring(L, -1));
}

lua_Integer usher_call_options(lua_State *L, int index, const char *function,
                               const char *const *known)
{
    lua_Integer others;
    lua_Integer count = usher_order_names(L, index, &others);

    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, -1, i);
        if (!is_known(known, lua_tostring(L, -1)))
            unknown(L, function, known, lua_tostring(L, -1));
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return others;
}

void usher_call_check(lua_State *L, enum usher_status status,
                      const struct usher_error *error)
{
    if (status == USHER_OK)
        return;
    if (status == USHER_ERR_NOMEM)
        luaL_error(L, "not enough memory");
    luaL_error(L, "%s", error->text);
}

/* nil, { kind = ..., message = ... }: made beforehand, for when there is no
 * memory to make it. The tags are those of script/value.h. */
#define RAW(kind_len, kind, message_len, message) \
    "\0\6\0\2\5\4kind\5" kind_len kind "\5\7message\5" message_len message

static const char no_memory[] =
    RAW("\7", "offline", "\21", "not enough memory");
static const char no_memory_unclear[] =
    RAW("\7", "unclear", "\21", "not enough memory");

void usher_call_done(struct usher_job *job, struct usher_buffer *results,
                     unsigned count, enum usher_outcome outcome)
{
    int failed = results->failed;
    const char *last = no_memory;

    if (!failed) {
        usher_job_done(job, results->data, results->len, count, outcome);
        usher_buffer_free(results);
        return;
    }
    usher_buffer_free(results);
    usher_buffer_init(results, 0);
    if (outcome == USHER_OUTCOME_DONE && failed != USHER_ERR_LIMIT) {
        outcome = USHER_OUTCOME_UNCLEAR;
        last = no_memory_unclear;
    }
    if (failed == USHER_ERR_LIMIT)
        usher_effect_fail(results, "rejected",
                          "the answer is too large to be kept", "Ask for less.",
                          0, -1, 0);
    if (failed == USHER_ERR_LIMIT && !results->failed)
        usher_job_done(job, results->data, results->len, 2, outcome);
    else
        usher_job_done(job, last, sizeof(no_memory) - 1, 2, outcome);
    usher_buffer_free(results);
}
