/* tests/unit/server_world.h - a server on a loop whose clock stands still, and
 * raw sockets to speak to it. Include cmocka.h before it. */
#ifndef USHER_TESTS_SERVER_WORLD_H
#define USHER_TESTS_SERVER_WORLD_H

#include "core/buffer.h"
#include "net/server.h"

enum { MAX_BODY = 4096, CROWD = 1000 };

struct serve {
    struct usher_clock_manual time;
    struct usher_loop *loop;
    struct usher_server *server;
    uint16_t port;
    struct usher_request *later[CROWD];
    size_t later_count;
    struct usher_timer timer;
    struct usher_buffer headers;
    unsigned calls;
    unsigned refusals; /* by the server itself, and why the last one */
    char why[64];
};

#define HEAD(method, path) method " " path " HTTP/1.1\r\nHost: x\r\n"
#define has(text, part) assert_non_null(strstr(text, part))
#define lacks(text, part) assert_null(strstr(text, part))

/* A cmocka case's set-up and tear-down, and a group's. */
int serve_make(void **state);
int serve_drop(void **state);
int serve_allow_files(void **state);

/* What the server does, by path: see server_world.c. */
void serve_handle(void *user, struct usher_request *request);
/* A further server with the same handler. */
struct usher_server *serve_on(struct serve *world, int fd);
/* Steps until so many requests wait; answers them (also as a timer). */
void serve_until_later(struct serve *world, size_t count);
void serve_answer_all(void *user);

/* The client's side. It reads, writes and steps the loop in turn. */
int wire_dial(const struct serve *world);
void wire_put(struct serve *world, int fd, const char *data, size_t len);
void wire_put_text(struct serve *world, int fd, const char *text);
/* Reads until `until` stands in the text or, NULL, until the end. Gives what
 * came; *ended tells whether the server closed. */
const char *wire_get(struct serve *world, int fd, const char *until,
                     int *ended);
/* One request on a connection of its own that closes after. */
const char *wire_ask(struct serve *world, const char *request);

#endif
