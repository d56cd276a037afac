/* tests/unit/zoho_case.c - see the header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "zoho_case.h"

int zoho_make(void **state)
{
    struct zoho_world *world = zoho_world_new();

    world_set(world, "OAUTH_REFRESH_TOKEN=1000.refresh.one");
    world_set(world, "OAUTH_CLIENT_ID=1000.CLIENT");
    world_set(world, "OAUTH_CLIENT_SECRET=client-secret");
    *state = world;
    return 0;
}

int zoho_make_running(void **state)
{
    zoho_make(state);
    world_start(*state);
    return 0;
}

int zoho_drop(void **state)
{
    zoho_world_free(*state);
    return 0;
}

enum usher_credential_state zoho_state(struct zoho_world *world,
                                       enum usher_credential_id set)
{
    return world_token(world, set)->state;
}
