/* engine/engine.h - inside a running engine, for engine.c, settings.c and
 * control.c. Programs use include/usher.h. */
#ifndef USHER_ENGINE_H
#define USHER_ENGINE_H

#include "bind/service.h"
#include "conversation/pages.h"
#include "conversation/reload.h"
#include "conversation/watch.h"
#include "core/config_fixed.h"
#include "core/error_list.h"
#include "core/even_clock.h"
#include "core/place.h"
#include "usher.h"

#define USHER_WORKERS_MAX 256

struct usher {
    struct usher_options options;
    char **environment; /* the given one: pointers to its strings */
    char *env_path;
    uint64_t env_print;          /* what it was like before it was read */
    struct usher_config *config; /* what is used */
    struct usher_config *saved;  /* what people have written: the simulator's
                                  * settings are not in it */
    struct usher_config *begun;  /* the same when this engine started */
    struct usher_log *log;
    struct usher_problems *problems;
    struct usher_waiting *waiting;
    const struct usher_clock *clock;
    struct usher_even_clock even;
    struct usher_loop *loop; /* the control thread's */
    struct usher_client *client;
    struct usher_store *store;
    struct usher_gate *gate;
    struct usher_credentials *credentials;
    struct usher_zoho_settings zoho;
    struct usher_places *places;
    char zone[64];
    int simulated; /* Zoho is the built-in simulator */
    struct usher_service *simulator;
    char simulator_url[64];
    /* While the simulator runs these are its own, whatever was saved. */
    struct usher_config_fixed simulator_settings;
    char *database_url; /* DATABASE_URL, or the simulator's own */
    struct usher_script_module *modules;
    size_t module_count;
    struct usher_shared shared;
    struct usher_reload *reload;
    struct usher_pages *pages;
    struct usher_watcher *watcher;
    struct usher_server *admin; /* on the Unix socket; NULL without one */
    char admin_path[512];
    unsigned exposed_mode; /* of env_path, as last told; 0: fine */
    char host[128];
    uint16_t port;
    int signal_fd;
    struct usher_watch *signal_watch;
    struct usher_timer health_timer;
    struct usher_timer drain_timer;
    int64_t drain_until_ms;
    int64_t forget_ms; /* steady; when old conversations were last dropped */
    uint64_t stuck[USHER_WORKERS_MAX];     /* busy_since_ms already reported */
    int store_failed;                      /* when it was last looked at */
    unsigned char owed[USHER_WORKERS_MAX]; /* what each worker has to be told */
};

/* workers_tell.c */
/* What a worker is owed; the settings come first. */
#define USHER_OWED_SETTINGS 1u
#define USHER_OWED_WAKE 2u
#define USHER_OWED_TOKEN 4u /* that a token works; a wake says more */
/* Tells all workers: the settings, that tasks may go on, or all. What cannot
 * be said now, for want of memory, is said later. */
void workers_tell(struct usher *usher, unsigned owed);
/* A person asks for everything to be looked at again. */
void workers_again(struct usher *usher);

/* settings.c */
/* Loads environment and .env and decides whether the simulator is wanted.
 * Prints warnings to stderr: there is no log yet. */
USHER_MUST_USE enum usher_status settings_load(struct usher *usher,
                                               struct usher_error *error);
/* Makes them the engine's; starts the simulator where it is wanted. */
USHER_MUST_USE enum usher_status settings_use(struct usher *usher,
                                              struct usher_error *error);
/* A person wants .env read now, and means what stands in it: what can take
 * effect does. notes may be NULL: it gets what there is to say about it, as
 * JSON texts separated by commas. */
void settings_reload(struct usher *usher, struct usher_buffer *notes);
/* .env has changed: the same, but where it is in doubt (usher_config_doubt)
 * the settings in use stay until a person asks. 0: it is too early to say, to
 * be called again. */
int settings_changed(struct usher *usher, enum usher_writer writer);
void settings_free(struct usher *usher);
/* settings_look.c */
/* Who could get in by the settings in use: at start and after each change. */
void settings_look(struct usher *usher);
/* Whether others can read `.env`, which nobody tells: now and then. */
void settings_mode_look(struct usher *usher);
/* The machine's own zone name, "UTC" when it has none. */
void settings_zone(char *out, size_t size);

/* simulated.c */
/* The simulator on a port of its own, and the settings that lead to it. */
USHER_MUST_USE enum usher_status simulated_start(struct usher *usher,
                                                 struct usher_error *error);
void simulated_free(struct usher *usher);

/* database.c: whom a database works with, see zoho/partner.h. */
/* Opens the database; refuses where it has worked with Zoho and the simulator
 * is wanted, save with --simulator, which then gets a database of its own.
 * Holds the tasks that were promised at the simulator, where Zoho comes now. */
USHER_MUST_USE enum usher_status database_open(struct usher *usher,
                                               struct usher_error *error);
/* To the log, once the tasks are loaded: how many of them still wait. */
void database_tell(struct usher *usher);

/* descriptors.c: raises how many files this process may have open to what the
 * system allows; gives that number. */
size_t descriptors_raise(void);
/* How many connections each of so many workers may have, that enough is left
 * for all else. */
unsigned descriptors_for_clients(size_t limit, size_t workers);

/* admin_socket.c */
/* The socket of the commands, and its group. Where there can be none, that is
 * told, and the engine goes on. */
USHER_MUST_USE enum usher_status admin_socket_open(struct usher *usher);
/* Gives it to the group that the settings in use name. */
void admin_socket_group(struct usher *usher);
void admin_socket_close(struct usher *usher);

/* control.c: the control thread's own work while the engine runs. */
USHER_MUST_USE enum usher_status control_open(struct usher *usher);
void control_close(struct usher *usher);
/* Begins to end: finish the turns in flight, then stop the loop. */
void control_drain(void *user);

#endif
