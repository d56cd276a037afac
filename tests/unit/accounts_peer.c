/* tests/unit/accounts_peer.c - see the header. */
#include "accounts_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void peer_answer(void *user)
{
    struct accounts_peer *peer = user;

    usher_transfer_answer(peer->transfer, &peer->answer, NULL, 0);
}

static int peer_start(void *user, struct usher_transfer *transfer,
                      const struct usher_client_request *request)
{
    struct accounts_peer *peer = user;
    size_t i;

    peer->requests++;
    peer->transfer = transfer;
    snprintf(peer->url, sizeof(peer->url), "%s %s", request->method,
             request->url);
    snprintf(peer->form, sizeof(peer->form), "%.*s", (int)request->body_len,
             request->body ? request->body : "");
    peer->names[0] = '\0';
    for (i = 0; i < request->header_count; i++)
        snprintf(peer->names + strlen(peer->names),
                 sizeof(peer->names) - strlen(peer->names), "%s ",
                 request->headers[i].name);
    for (i = 0; i < request->header_count; i++)
        if (strcmp(request->headers[i].name, "Content-Type") == 0)
            snprintf(peer->content_type, sizeof(peer->content_type), "%s",
                     request->headers[i].value);
    usher_timer_set(peer->loop, &peer->timer, 0, peer_answer, peer);
    return 1;
}

static void peer_cancel(void *user, struct usher_transfer *transfer)
{
    struct accounts_peer *peer = user;

    (void)transfer;
    usher_timer_cancel(peer->loop, &peer->timer);
}

void accounts_peer_use(struct accounts_peer *peer, struct zoho_world *world)
{
    struct usher_client_transport transport = {peer_start, peer_cancel, peer};
    struct usher_client_options client = {.transport = &transport};

    memset(peer, 0, sizeof(*peer));
    peer->loop = world->loop;
    accounts_peer_good(peer);
    usher_client_free(world->client);
    assert_int_equal(usher_client_new(world->loop, &client, &world->client),
                     USHER_OK);
}

void accounts_peer_says(struct accounts_peer *peer, unsigned status,
                        const char *body)
{
    peer->answer.result = USHER_NET_OK;
    peer->answer.sent = 1;
    peer->answer.status = status;
    peer->answer.body = body;
    peer->answer.body_len = strlen(body);
}

void accounts_peer_good(struct accounts_peer *peer)
{
    accounts_peer_says(peer, 200,
                       "{\"access_token\":\"1000.a.b\",\"expires_in\":3600}");
}

void accounts_peer_fails(struct accounts_peer *peer,
                         enum usher_net_result result, int sent)
{
    memset(&peer->answer, 0, sizeof(peer->answer));
    peer->answer.result = result;
    peer->answer.sent = sent;
}
