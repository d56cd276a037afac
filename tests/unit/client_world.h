/* tests/unit/client_world.h - a client, a server and a scripted peer in one
 * loop, shared by the tests of the client. Include cmocka.h before it. */
#ifndef USHER_TESTS_CLIENT_WORLD_H
#define USHER_TESTS_CLIENT_WORLD_H

#include "core/buffer.h"
#include "net/client.h"
#include "net_peer.h"

enum { WORLD_LATER = 512, WORLD_BODY = 1000 * 1000 };

struct world {
    struct usher_clock_manual time;
    struct usher_loop *loop;
    struct usher_server *server; /* see client_world.c for its paths */
    uint16_t port;
    struct usher_client *client;
    struct peer peer;
    int peer_is_open;
    struct usher_request *later[WORLD_LATER];
    size_t later_count;

    unsigned answers; /* and what the last one held: */
    enum usher_net_result result;
    int sent, turned;
    unsigned status;
    char *body;
    size_t body_len;
    char type[64], header[64], error[256];
    int64_t retry_after_s;
    int64_t elapsed_ms;
};

#define has(text, part) assert_non_null(strstr(text, part))
#define lacks(text, part) assert_null(strstr(text, part))

int world_make(void **state);
int world_drop(void **state);
int allow_many_files(void **state);

/* The callback that notes an answer in its world. */
void client_answered(void *user, const struct usher_client_answer *answer);
/* Steps until so many answers came, or so many requests wait at /later. */
void client_until(struct world *world, unsigned answers);
void client_until_later(struct world *world, size_t count);
void server_answer_later(struct world *world);

/* A client that keeps to so many connections, in place of the first. */
void client_bounded(struct world *world, unsigned max_per_host);
void client_url(const struct world *world, const char *path, char *out,
                size_t size);

/* Sends and steps until the answer is there. A NULL url is replaced by the
 * path on the world's server. */
void client_run(struct world *world, struct usher_client_request *request,
                const char *path);
void client_get(struct world *world, const char *path);

void client_peer(struct world *world, const struct peer_reply *replies,
                 size_t count);
void client_get_peer(struct world *world, const char *method, const char *body);

#endif
