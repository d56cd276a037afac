/* tests/unit/bind_world.h - flows that use the modules of engine/bind, run by
 * a small host of effects on the loop of zoho_world.h, beside an HTTP server
 * that does as its paths say. Include cmocka.h before it. */
#ifndef USHER_TESTS_BIND_WORLD_H
#define USHER_TESTS_BIND_WORLD_H

#include "bind/bind.h"
#include "core/buffer.h"
#include "script/fiber.h"
#include "zoho_world.h"

struct bind_world {
    struct zoho_world *zoho;
    struct usher_config *config;
    struct usher_bind bind;
    struct usher_server *server;
    char url[64];
    const char *settings;  /* Lua of init.lua's list; NULL: none */
    size_t state_bytes;    /* 0: the usual limit */
    unsigned long fail_at; /* allocation of the flow that fails; 0: none */
    const struct usher_script_module *modules; /* NULL: usher's own */
    size_t module_count;

    /* What the server saw last. */
    unsigned requests;
    char method[16], path[256], body[512];
    char authorization[128], content_type[64], accept[64];
    struct usher_request *held; /* of /hold */

    /* The host: what the last effect at once was; the last with waiting. */
    char begun[128]; /* "name target" */
    unsigned begun_flags;
    int64_t deadline_ms; /* given to jobs; 0: none */
    int cancel;          /* nonzero: jobs are cancelled after so many steps */
    char effect[64], target[256];
    unsigned flags;
    size_t args_len;
    unsigned args_sum; /* of the bytes of its args */
    enum usher_outcome outcome;
    struct usher_job *job;
    struct usher_buffer results;
    unsigned result_count;
    /* Effects and their results, for a replay. */
    struct usher_buffer journal;
    size_t cursor;
    int is_replay;
    int diverged;
    char message[512]; /* of the last run that failed */
};

/* With settings of the environment ("NAME=value", ended by NULL) besides those
 * that the fake Zoho needs. */
struct bind_world *bind_world_new(const char *const *settings);
void bind_world_free(struct bind_world *world);

/* Runs `code` as the body of a flow whose argument is `url`, the server's; it
 * checks for itself with assert(). Gives how it ended. */
enum usher_fiber_state bind_try(struct bind_world *world, const char *code);
/* It must end well. */
void bind_run(struct bind_world *world, const char *code);
/* It must raise a message that has this part. */
void bind_raises(struct bind_world *world, const char *code, const char *part);
/* Again, its effects answered from what the last run did. */
void bind_replay(struct bind_world *world, const char *code);

/* Runs the code in states that have ever more room, by `step` bytes, until it
 * ends well: what is left behind when Lua's memory is out, the sanitizer tells.
 */
void bind_fill(struct bind_world *world, const char *code, size_t step);

#endif
