/* engine/conversation/reload_internal.h - what reload.c (what is live),
 * reload_load.c (what is to be) and reload_want.c (states of old versions)
 * share. */
#ifndef USHER_CONVERSATION_RELOAD_INTERNAL_H
#define USHER_CONVERSATION_RELOAD_INTERNAL_H

#include <pthread.h>

#include "conversation/build.h"
#include "conversation/reload.h"
#include "conversation/version_keep.h"

/* How what stands in the folder is taken. */
enum reload_mode {
    RELOAD_ALWAYS,
    RELOAD_UNLESS_SEEN,
    RELOAD_IF_REFUSED, /* or not seen */
};

/* Who asked for a load. */
struct reload_waiter {
    usher_reload_fn *done;
    void *user;
    struct reload_waiter *next;
};

/* A version on its way to be live. */
struct reload_load {
    struct usher_reload *reload;
    struct usher_version *version; /* NULL: a rollback, not begun */
    int is_rollback;
    char prefix[65];           /* what the rollback asks for */
    struct usher_buffer order; /* the store's versions, of a rollback */
    enum reload_mode mode;
    int building;
    int again; /* the folder holds something else by now: `version` */
    struct usher_version *built; /* what is being built; NULL: nothing */
    struct usher_publication *fresh;
    struct usher_bind **binds;
    struct usher_build build;
    struct reload_waiter *waiters;
    struct reload_load *next;
};

struct usher_reload {
    struct usher_shared *shared;
    struct usher_loop *loop;
    char *folder;
    const struct usher_script_module *modules;
    size_t module_count;
    struct usher_config *config;
    struct usher_keeper keeper;
    struct usher_builder *builder; /* NULL once it is stopped */
    struct reload_load *loads;     /* the first is at work */
    struct reload_want *wants;
    struct usher_timer retry; /* of a load that found no memory */
    char seen[65]; /* the hash that the folder had when it was last read */
    /* Of the load of that; USHER_OK too where a rollback came after it: then
     * nothing is left to be tried again. */
    enum usher_status outcome;
    int unreadable;  /* the folder, since then */
    char **settings; /* that the live flows have declared */
    size_t setting_count;
    pthread_mutex_t lock;
    struct usher_reload_status status; /* under lock */
};

/* reload.c */
/* The folder's own name, as messages show it. */
const char *reload_folder_name(const struct usher_reload *reload);
int reload_is_live(const struct usher_reload *reload, const char *hash);
struct usher_version *reload_live_version(const struct usher_reload *reload);
void reload_status_fine(struct usher_reload *reload);
/* All states are there: makes them live at one point, unless a setting is
 * missing. Takes `fresh` where it gives USHER_OK. order: NULL, the folder holds
 * the version; else a rollback, among these. */
USHER_MUST_USE enum usher_status reload_publish(struct usher_reload *reload,
                                                struct usher_publication *fresh,
                                                const char *order,
                                                struct usher_error *error);
void reload_refuse(struct usher_reload *reload, enum reload_mode mode,
                   const struct usher_error *why);
void reload_rolled_back_tell(const struct usher_reload *reload,
                             int is_rolled_back);
/* Reads the folder once more where memory was short. */
void reload_retry(void *user);

/* reload_load.c */
/* The folder holds this version. done may be NULL. Without memory it is told
 * so and nothing is loaded. */
void reload_load_folder(struct usher_reload *reload,
                        struct usher_version *version, enum reload_mode mode,
                        usher_reload_fn *done, void *user);
void reload_load_stored(struct usher_reload *reload, const char *prefix,
                        usher_reload_fn *done, void *user);
/* The version that the folder held last is on its way. */
int reload_is_loading(const struct usher_reload *reload, const char *hash);
/* All who wait are told that the engine stops. */
void reload_loads_end(struct usher_reload *reload);
void reload_loads_free(struct usher_reload *reload);
/* On this thread, at start: builds and publishes. version NULL: the newest of
 * the store that was not rolled back from. */
USHER_MUST_USE enum usher_status reload_load_now(struct usher_reload *reload,
                                                 struct usher_version *version,
                                                 struct usher_error *error);

/* reload_want.c */
USHER_MUST_USE enum usher_status
reload_stored_version(struct usher_reload *reload, const char *hash,
                      struct usher_version **out);
void reload_wants_end(struct usher_reload *reload);
void reload_wants_free(struct usher_reload *reload);

#endif
