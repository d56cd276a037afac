/* tests/unit/zoho_world_ask.c - questions and calls of zoho_world.h. */
#include "zoho_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

void world_asked(void *user, enum usher_status status,
                 const struct usher_tokens *tokens)
{
    struct asked *asked = user;

    asked->answers++;
    asked->status = status;
    asked->kind = tokens->token[asked->set].kind;
    asked->generation = tokens->token[asked->set].generation;
}

void world_ask(struct zoho_world *world, enum usher_credential_id set,
               uint64_t generation, struct asked *asked)
{
    memset(asked, 0, sizeof(*asked));
    asked->set = set;
    assert_int_equal(usher_credentials_need(world->credentials, set, generation,
                                            USHER_ZOHO_DESK, world->loop,
                                            world_asked, asked, NULL),
                     USHER_OK);
}

/* "The token I have was refused by Desk", and what came of it. */
struct asked world_refuse(struct zoho_world *world,
                          enum usher_credential_id set)
{
    struct asked asked;

    world_ask(world, set, world_token(world, set)->generation, &asked);
    assert_int_equal(asked.answers, 0); /* never from inside the call */
    world_settle(world);
    return asked;
}

struct asked world_refresh(struct zoho_world *world,
                           enum usher_credential_id set)
{
    struct asked asked = {.set = set};

    assert_int_equal(usher_credentials_refresh(world->credentials, set,
                                               world->loop, world_asked, &asked,
                                               NULL),
                     USHER_OK);
    world_settle(world);
    assert_int_equal(asked.answers, 1);
    return asked;
}

int64_t world_retry_in(struct zoho_world *world, enum usher_credential_id set)
{
    return world_token(world, set)->retry_ms - world->time.steady_ms;
}

void world_refused_by(struct zoho_world *world, enum usher_credential_id set,
                      enum usher_zoho_service service, struct asked *asked)
{
    memset(asked, 0, sizeof(*asked));
    asked->set = set;
    assert_int_equal(usher_credentials_need(world->credentials, set,
                                            world_token(world, set)->generation,
                                            service, world->loop, world_asked,
                                            asked, NULL),
                     USHER_OK);
    world_settle(world);
    assert_int_equal(asked->answers, 1);
}

void world_works(struct zoho_world *world, enum usher_credential_id set,
                 uint64_t generation, enum usher_zoho_service service)
{
    usher_credentials_worked(world->credentials, set, generation, service);
    world_settle(world);
}

void world_got(void *user, const struct usher_zoho_result *result)
{
    struct got *got = user;

    got->answers++;
    got->ok = result->ok;
    got->status = result->status;
    got->attempts = result->attempts;
    snprintf(got->body, sizeof(got->body), "%s", result->body);
    assert_int_equal(strlen(result->body), result->body_len);
    assert_int_equal(result->ok, result->error == NULL);
    if (!result->error)
        return;
    got->kind = result->error->kind;
    got->retry_after_s = result->error->retry_after_s;
    snprintf(got->message, sizeof(got->message), "%s", result->error->message);
    snprintf(got->hint, sizeof(got->hint), "%s", result->error->hint);
    snprintf(got->field, sizeof(got->field), "%s", result->error->field);
}

struct usher_zoho_call world_write(void)
{
    static const char body[] = "{\"lastName\":\"Rao\"}";
    struct usher_zoho_call call = {0};

    call.operation = usher_zoho_operation_find("desk.create_contact");
    call.body = body;
    call.body_len = sizeof(body) - 1;
    return call;
}

struct usher_zoho_call world_read(void)
{
    struct usher_zoho_call call = {0};

    call.operation = usher_zoho_operation_find("desk.departments");
    return call;
}

void world_send(struct zoho_world *world, const struct usher_zoho_call *call,
                struct got *got)
{
    memset(got, 0, sizeof(*got));
    assert_int_equal(usher_zoho_send(world->zoho, call, world_got, got, NULL,
                                     NULL),
                     USHER_OK);
    assert_int_equal(got->answers, 0); /* never from inside */
}

struct got world_call(struct zoho_world *world, struct usher_zoho_call call)
{
    struct got got;

    world_send(world, &call, &got);
    world_settle(world);
    assert_int_equal(got.answers, 1);
    return got;
}
