/* engine/conversation/lua_stage.h - a stage for an ordinary Lua state: what
 * engine/lua/spec.lua is built on. The clock stands still but for what the
 * Lua side asks for. Lua use:
 *
 *   local stage = host.new { at = unix_s, settings = { "TIME_ZONE=UTC" },
 *     web = function(method, url, body) return { status = 200 } end }
 *   host.sources()            -> { { path = "flows/init.lua", text = "..." } }
 *   stage:webhook(json)       -> the answer, as soon as it comes by the clock
 *   stage:advance(seconds)    what is due meanwhile happens
 *   stage:now(), stage:set(unix_s)
 *   stage:zoho(method, path, body) -> status, body: the simulator
 *   stage:restart()           the next turn replays in a state like one built
 *                             anew
 *   stage:force(flow)         the next turn starts this flow
 *   stage:take "calls"        lists since the last time: calls, flows, log
 *   stage:tasks()             -> { { name, args, state, ... } }
 *   stage:counters()          -> { diverged, apologies, ... }
 *   stage:init()              what flows/init.lua returned, functions as true
 *   stage:module(name)        -> { function's name = true, ... }, or nil
 *   stage:call(module, function, ...) in the flows' own state: plain data
 *   stage:close()
 */
#ifndef USHER_CONVERSATION_LUA_STAGE_H
#define USHER_CONVERSATION_LUA_STAGE_H

#include <lua.h>

#include "conversation/stage.h"

/* What all stages of a Lua state have in common; borrowed by it. */
struct usher_lua_stage {
    struct usher_version *version;
    const char *folder;
    const struct usher_places *places;
    struct usher_stage_spare *spare;
    void (*state)(void *user, struct usher_script *script); /* or NULL */
    void *user;
};

/* Pushes the table `host` above. */
void usher_lua_stage_open(lua_State *L, struct usher_lua_stage *common);

#endif
