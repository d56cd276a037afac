/* engine/conversation/lua_web.h - answers of hosts that are not Zoho's, from a
 * function of an ordinary Lua state: function(method, url, body) gives a table
 * { status, body, type, delay, hang, drop }, or nil for none. */
#ifndef USHER_CONVERSATION_LUA_WEB_H
#define USHER_CONVERSATION_LUA_WEB_H

#include <lua.h>

#include "bind/simulator.h"
#include "net/client.h"

struct usher_lua_web {
    lua_State *L; /* NULL: there is no function */
    int function; /* registry references */
    int answer;
};

/* Takes the function at the top of the stack. */
void usher_lua_web_open(struct usher_lua_web *web, lua_State *L);
/* Before the state is closed; zero-initialised is fine. */
void usher_lua_web_close(struct usher_lua_web *web);

/* Nonzero when *answer, which is borrowed until the next call, was filled. 0:
 * no answer, or the function raised, which error (else empty) tells. Raises
 * nothing. */
int usher_lua_web_answer(struct usher_lua_web *web,
                         const struct usher_client_request *request,
                         struct usher_simulator_answer *answer,
                         struct usher_error *error);

#endif
