/* engine/bind/lua_token.c - the credentials for flows, never their tokens.
 *
 *   token.status("desk")   -> { state = "alive", expires_at = unix seconds,
 *                               reason = ..., hint = ... }; an effect
 *   token.refresh("desk")  -> true; nil, err; an effect that waits
 *
 * Names are default (also when none is given), salesiq, visitor, desk. */
#include "bind/bind.h"
#include "bind/call.h"
#include "bind/modules.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "script/value.h"

static int name_check(lua_State *L, const char *function)
{
    const char *name = "default";
    int set;

    if (!lua_isnoneornil(L, 1)) {
        if (lua_type(L, 1) != LUA_TSTRING)
            return luaL_error(L,
                              "token.%s: the credential must be a name, not a "
                              "%s; for example token.%s(\"desk\")",
                              function, luaL_typename(L, 1), function);
        name = lua_tostring(L, 1);
    }
    set = usher_credential_find(name);
    if (set < 0)
        return luaL_error(L,
                          "token.%s: there is no credential '%s'; there are "
                          "default, salesiq, visitor, desk",
                          function, name);
    return set;
}

/* ---- status ---- */

struct box {
    const struct usher_tokens *tokens;
};

#define BOX "usher.tokens"

static int box_gc(lua_State *L)
{
    struct box *box = luaL_checkudata(L, 1, BOX);

    usher_tokens_release(box->tokens);
    box->tokens = NULL;
    return 0;
}

/* Pushes what holds a snapshot while Lua makes strings of it. */
static const struct usher_tokens *tokens_push(lua_State *L)
{
    struct box *box = lua_newuserdatauv(L, sizeof(*box), 0);

    box->tokens = NULL;
    if (luaL_newmetatable(L, BOX)) {
        lua_pushcfunction(L, box_gc);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    box->tokens = usher_credentials_tokens(usher_bind_of(L)->credentials);
    return box->tokens;
}

static void text_set(lua_State *L, const char *name, const char *text)
{
    if (!text)
        return;
    lua_pushstring(L, text);
    lua_setfield(L, -2, name);
}

static int token_status(lua_State *L)
{
    int set = name_check(L, "status");
    const char *name = usher_credential_name((enum usher_credential_id)set);
    struct usher_effect effect = {"token.status", name, strlen(name), "", 0, 0};
    int count = usher_effect_begin(L, &effect);
    const struct usher_token *token;

    if (count >= 0)
        return count;
    token = &tokens_push(L)->token[set];
    lua_createtable(L, 0, 4);
    text_set(L, "state", usher_credential_state_text(token->state));
    text_set(L, "reason", token->reason);
    text_set(L, "hint", token->hint);
    if (token->expires_ms > 0) {
        lua_pushinteger(L, token->expires_ms / 1000);
        lua_setfield(L, -2, "expires_at");
    }
    return usher_effect_end(L, &effect, 1);
}

/* ---- refresh ---- */

struct refresh {
    struct usher_job job;
    const struct usher_bind *bind;
    enum usher_credential_id set;
    struct usher_need *need;
    struct usher_timer timer;
    const char *kind; /* what the timer says */
    const char *message;
};

static void refresh_stop(struct refresh *refresh)
{
    if (refresh->need)
        usher_need_cancel(refresh->need);
    refresh->need = NULL;
    if (refresh->timer.armed)
        usher_timer_cancel(refresh->bind->loop, &refresh->timer);
}

static void on_need(void *user, enum usher_status status,
                    const struct usher_tokens *tokens)
{
    struct refresh *refresh = user;
    const struct usher_token *token = &tokens->token[refresh->set];
    struct usher_buffer results;

    refresh->need = NULL;
    refresh_stop(refresh);
    usher_buffer_init(&results, USHER_RESULTS_MAX);
    if (status == USHER_OK)
        usher_value_boolean(&results, 1);
    else
        usher_effect_fail(
            &results,
            token->kind == USHER_KIND_NONE ? "token"
                                           : usher_error_kind_text(token->kind),
            token->reason ? token->reason : "the token could not be refreshed",
            token->hint, 0, -1, 0);
    usher_call_done(&refresh->job, &results, status == USHER_OK ? 1 : 2,
                    USHER_OUTCOME_DONE);
}

static void on_timer(void *user)
{
    struct refresh *refresh = user;
    struct usher_buffer results;

    refresh_stop(refresh);
    usher_buffer_init(&results, USHER_RESULTS_MAX);
    usher_effect_fail(&results, refresh->kind, refresh->message, NULL, 0, -1,
                      0);
    usher_call_done(&refresh->job, &results, 2, USHER_OUTCOME_DONE);
}

static void refresh_start(struct usher_job *job, int64_t deadline_ms)
{
    struct refresh *refresh = (struct refresh *)job;
    struct usher_loop *loop = refresh->bind->loop;
    int64_t left = deadline_ms - usher_loop_now_ms(loop);
    enum usher_status st =
        usher_credentials_refresh(refresh->bind->credentials, refresh->set,
                                  loop, on_need, refresh, &refresh->need);

    refresh->kind = "deadline";
    refresh->message = "the turn's time was over before the new token was "
                       "there; the refresh goes on";
    if (st != USHER_OK) {
        refresh->need = NULL;
        refresh->kind = "offline";
        refresh->message = "not enough memory";
        left = 0;
    }
    if (deadline_ms || st != USHER_OK)
        usher_timer_set(loop, &refresh->timer, left > 0 ? left : 0, on_timer,
                        refresh);
}

static void refresh_cancel(struct usher_job *job)
{
    refresh_stop((struct refresh *)job);
}

static void refresh_free(struct usher_job *job)
{
    free(job);
}

static int token_refresh(lua_State *L)
{
    static const struct usher_job_ops ops = {refresh_start, refresh_cancel,
                                             refresh_free};
    int set = name_check(L, "refresh");
    struct usher_call *call = usher_call_new(L);
    struct refresh *refresh = calloc(1, sizeof(*refresh));

    if (!refresh)
        return luaL_error(L, "not enough memory");
    refresh->job.ops = &ops;
    refresh->bind = usher_bind_of(L);
    refresh->set = (enum usher_credential_id)set;
    call->job = &refresh->job;
    usher_buffer_text(&call->target, usher_credential_name(refresh->set));
    return usher_call_run(L, call, "token.refresh", 0);
}

static const luaL_Reg functions[] = {
    {"status", token_status},
    {"refresh", token_refresh},
    {NULL, NULL},
};

int usher_lua_token_open(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
