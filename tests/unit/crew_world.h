/* tests/unit/crew_world.h - several workers on one loop, each with its own HTTP
 * server, above a turn_world.h: so all they do for each other happens step by
 * step. Include cmocka.h before it. */
#ifndef USHER_TESTS_CREW_WORLD_H
#define USHER_TESTS_CREW_WORLD_H

#include "conversation/internal.h"
#include "server_world.h"
#include "turn_world.h"

#define CREW 3

struct crew {
    struct turn_world *turn; /* its worker is the first */
    struct usher_worker *workers[CREW];
    struct serve doors[CREW]; /* for wire_ask(); the first has none */
    struct usher_publication *publication;
    char text[65536];
};

struct crew *crew_new(const struct turn_flow *flows);
void crew_free(struct crew *crew);

/* Their settings from now on: "NAME=value" lines, ended by NULL. */
void crew_configure(struct crew *crew, char *const *settings);
/* A conversation's key that this worker owns, the nth of those. */
const char *crew_key(size_t owner, unsigned nth);
/* A message that arrives at this worker; the answer comes to crew->turn. */
void crew_say(struct crew *crew, size_t at, const char *key, const char *text);
/* One request over HTTP at this worker, and its answer. headers: whole lines
 * with their ends, or "". The same in two steps: gives the socket; takes it. */
const char *crew_ask(struct crew *crew, size_t at, const char *request,
                     const char *headers, const char *body, size_t len);
int crew_send(struct crew *crew, size_t at, const char *request,
              const char *headers, const char *body, size_t len);
const char *crew_answer(struct crew *crew, size_t at, int fd);
/* A webhook call, and its answer. */
#define MESSAGE(key, text)                                   \
    "{\"handler\":\"message\",\"message\":{\"text\":\"" text \
    "\"},\"visitor\":{\"active_conversation_id\":\"" key "\"}}"
const char *crew_post(struct crew *crew, size_t at, const char *headers,
                      const char *body);

#endif
