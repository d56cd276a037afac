/* usher.h - embed usher in a program, add Lua modules of your own to it.
 *
 *     struct usher_options options = {.env_path = ".env"};
 *     struct usher *usher;
 *     char error[512];
 *
 *     if (usher_start(&options, &usher, error, sizeof(error)) != 0)
 *         return fprintf(stderr, "%s\n", error), 1;
 *     usher_run(usher);          // until usher_stop(), SIGTERM or SIGINT
 *     usher_free(usher);
 *
 * Build with what `pkg-config --cflags --libs usher` names. */
#ifndef USHER_H
#define USHER_H

#include <stddef.h>

#define USHER_VERSION "0.1.0"

#ifdef __cplusplus
extern "C" {
#endif

struct usher;
struct usher_module;
struct lua_State;

/* What a function of a host's module does. The default, an effect, is
 * journaled: in a replay its recorded results are given and it is not called
 * again. A pure function computes from its arguments only and is called
 * again. */
enum usher_function_kind { USHER_EFFECT = 0, USHER_PURE = 1 };

typedef int usher_function(struct lua_State *L); /* as a lua_CFunction */

/* Called for each Lua state that is made, on any thread: adds the module's
 * functions by usher_module_add(). */
typedef void usher_open_fn(struct usher_module *module, void *user);
void usher_module_add(struct usher_module *module, const char *name,
                      usher_function *function, enum usher_function_kind kind);

/* A module that flows see as a read-only global of this name. The strings
 * and `user` must live as long as the engine. */
struct usher_host_module {
    const char *name;
    usher_open_fn *open;
    void *user;
};

struct usher_options {
    const char *env_path; /* the settings file; NULL: ".env" if it exists */
    /* As environ, its strings live as long as the engine; NULL: this process's
     * own. */
    char *const *environment;
    int simulator;  /* 1: the built-in Zoho simulator, as --simulator */
    int no_signals; /* 1: leave signals to the host */
    const struct usher_host_module *modules;
    size_t module_count;
    /* Becomes 1 where LOG_FORMAT is json, also when the start fails: whoever
     * reads such a log wants no other lines beside it. May be NULL. */
    int *logs_json;
};

/* Starts everything; the port answers when it returns 0. Otherwise *out is
 * NULL and error (always terminated) says what to do. Blocks for some ms. */
int usher_start(const struct usher_options *options, struct usher **out,
                char *error, size_t size);

/* Runs the control loop in the calling thread, until usher_stop() or (unless
 * no_signals) SIGTERM or SIGINT; then finishes the turns in flight, at most 2
 * seconds. Gives 0. */
int usher_run(struct usher *usher);

/* Ends usher_run(). Any thread, also from a signal handler's thread. */
void usher_stop(struct usher *usher);

/* After usher_run() has returned (or without it). NULL is fine. */
void usher_free(struct usher *usher);

/* The port of the webhook, and of the simulator (0: none runs). */
unsigned usher_port(const struct usher *usher);
unsigned usher_simulator_port(const struct usher *usher);
/* The host it listens on, as set; lives as long as usher. */
const char *usher_host(const struct usher *usher);

#ifdef __cplusplus
}
#endif

#endif
