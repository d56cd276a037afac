/* tests/unit/plain_host.c - see the header. */
#include "plain_host.h"

static int no_begin(void *user, lua_State *L, const struct usher_effect *e)
{
    (void)user;
    (void)L;
    (void)e;
    return -1;
}

static int no_end(void *user, lua_State *L, const struct usher_effect *e,
                  int count)
{
    (void)user;
    (void)L;
    (void)e;
    return count;
}

static int not_replaying(void *user)
{
    (void)user;
    return 0;
}

const struct usher_effect_host plain_host = {no_begin, no_end, NULL,
                                             not_replaying, NULL};
