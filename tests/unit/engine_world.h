/* tests/unit/engine_world.h - a whole engine in this process, as usher serve
 * starts it: two workers on threads of their own, the control thread's loop in
 * the test's hands. Its folder has .env and flows/, which nobody watches. */
#ifndef USHER_TESTS_ENGINE_WORLD_H
#define USHER_TESTS_ENGINE_WORLD_H

#include "engine.h"
#include "own_folder.h"

#define ENGINE_WORKERS 2
#define ENGINE_INIT                                           \
    "return { settings = { { 'SHOP', default = 'none' } },\n" \
    "  tasks = { 'job' }, flows = { { 'first', fallback = true } } }\n"

struct engine_world {
    char folder[OWN_FOLDER_SIZE];
    struct usher *usher;
    struct usher_clock ahead; /* see engine_ahead() */
    int64_t ahead_ms;
    char error[1024]; /* of a start that was refused */
    unsigned short port;
    char settings[2][96]; /* of its environment */
    char answer[262144];  /* of the last call: its body */
};

/* Starts with these lines in .env beside those that every engine here has: a
 * token for a Zoho that is not there, the database memory:. Flow "first" says
 * config.SHOP; "job rejected" begins a task that fails so. */
void engine_open(struct engine_world *world, const char *env);
/* The same folder; 0: the start was refused. */
int engine_begin(struct engine_world *world);
void engine_end(struct engine_world *world);
void engine_close(struct engine_world *world);

void engine_save(const struct engine_world *world, const char *name,
                 const char *text);
/* .env has these lines now, beside those of all; a person asks for it. */
void engine_settings(struct engine_world *world, const char *env);
/* The same file, and nobody knows of it. */
void engine_env(const struct engine_world *world, const char *env);

/* All that the workers have been told until now is done. */
void engine_settle(struct engine_world *world);
/* The control thread's clocks are this far ahead of the machine's, evenly. */
void engine_ahead(struct engine_world *world, int64_t ms);
/* What the control thread does every half second; what it logs. */
const char *engine_look(struct engine_world *world);

/* A call; its status. headers: lines that end in \r\n, or NULL; body: JSON, or
 * NULL. */
unsigned engine_call(struct engine_world *world, const char *method,
                     const char *path, const char *headers, const char *body);
/* The same call on its way, without waiting; the socket of it. */
int engine_send(const struct engine_world *world, const char *method,
                const char *path, const char *headers, const char *body);
/* One that is connected to a port of this machine; 0: bound to a free one. */
int engine_socket(int to);
unsigned short engine_port_of(int fd);
/* A message of a conversation that this worker owns; what is answered. */
const char *engine_say(struct engine_world *world, size_t worker, int number,
                       const char *text);
/* Whether /readyz names it: "code" or "code subject". */
int engine_has_problem(struct engine_world *world, const char *problem);
/* Rounds of the control loop until /readyz does, or does not. */
void engine_await_problem(struct engine_world *world, const char *problem,
                          int there);

#endif
