/* tests/unit/net_peer.h - a scripted HTTP peer on loopback, for what a proper
 * server never does: to close, to keep silent, to garble. */
#ifndef USHER_TESTS_NET_PEER_H
#define USHER_TESTS_NET_PEER_H

#include <stddef.h>
#include <stdint.h>

#include "net/loop.h"

enum peer_then { PEER_KEEP, PEER_CLOSE };

/* What is sent for one complete request; NULL sends nothing. */
struct peer_reply {
    const void *data;
    size_t len; /* 0: data is text */
    enum peer_then then;
};

enum { PEER_CONNECTIONS = 16, PEER_REQUEST_MAX = 4096 };

struct peer {
    struct usher_loop *loop;
    const struct peer_reply *replies; /* for each request, over connections */
    size_t reply_count;               /* further ones get no answer */
    uint16_t port;
    unsigned accepted;           /* connections */
    unsigned requests;           /* complete ones */
    char last[PEER_REQUEST_MAX]; /* the last request */
    int fd;
    struct usher_watch *watch;
    struct peer_connection {
        struct peer *peer;
        int fd;
        struct usher_watch *watch;
        char text[PEER_REQUEST_MAX];
        size_t len;
    } connections[PEER_CONNECTIONS];
};

void peer_open(struct peer *peer, struct usher_loop *loop,
               const struct peer_reply *replies, size_t reply_count);
void peer_close(struct peer *peer);

#endif
