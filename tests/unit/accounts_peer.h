/* tests/unit/accounts_peer.h - an Accounts without a network, which answers a
 * zoho_world's requests with what it was told: also what no server can be made
 * to do, such as not to be there. */
#ifndef USHER_TESTS_ACCOUNTS_PEER_H
#define USHER_TESTS_ACCOUNTS_PEER_H

#include "zoho_world.h"

struct accounts_peer {
    struct usher_client_answer answer; /* of each request */
    unsigned requests;
    char url[128];
    char form[512];
    char content_type[64];
    char names[256]; /* of the headers, each with a blank behind */

    struct usher_loop *loop; /* the peer's own from here */
    struct usher_timer timer;
    struct usher_transfer *transfer;
};

/* In place of the world's client, before its start. The peer answers with a
 * good token at first. */
void accounts_peer_use(struct accounts_peer *peer, struct zoho_world *world);
/* From now on: this status and this body (borrowed). */
void accounts_peer_says(struct accounts_peer *peer, unsigned status,
                        const char *body);
/* From now on: the token "1000.a.b", for an hour. */
void accounts_peer_good(struct accounts_peer *peer);
/* From now on: no answer. */
void accounts_peer_fails(struct accounts_peer *peer,
                         enum usher_net_result result, int sent);

#endif
