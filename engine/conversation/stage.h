/* engine/conversation/stage.h - a whole engine on one loop and in one thread,
 * without sockets: one worker, a store in memory, and the simulator in place
 * of Zoho. For specs, whose clock they move themselves, and for the terminal
 * chat. Nothing here blocks but usher_stage_step(). */
#ifndef USHER_CONVERSATION_STAGE_H
#define USHER_CONVERSATION_STAGE_H

#include "bind/simulator.h"
#include "conversation/worker.h"

struct usher_stage;

/* What a stage has left for the next one, since building it takes ten times as
 * long: its Lua state, put back to what it was when it was built
 * (usher_script_restore()), and its simulator (usher_simulator_renew()).
 * Begins as { NULL }. All stages that share it have the same version and
 * folder, which live longer; or `versions_differ` is set, and only the
 * simulator goes on. */
struct usher_stage_spare {
    struct usher_script *script;
    struct usher_simulator *simulator;
    int versions_differ;
};
void usher_stage_spare_free(struct usher_stage_spare *spare);

struct usher_stage_options {
    const struct usher_clock *clock;
    struct usher_log *log;           /* borrowed */
    struct usher_version *version;   /* retained */
    const char *folder;              /* shown in messages: "flows"; borrowed */
    struct usher_stage_spare *spare; /* NULL: all is built */
    /* "NAME=value", ended by NULL: settings beside the simulator's own, which
     * they replace. */
    char *const *settings;
    /* NULL: the process's environment and `.env` are not looked at. Else
     * (borrowed while the stage lives; `fixed` does not count) they are, as in
     * service with the simulator: its settings win, no secret of Zoho's is
     * used, and what init.lua requires must be there. */
    const struct usher_config_source *source;
    const char *database;              /* DATABASE_URL; NULL: memory: */
    const struct usher_places *places; /* NULL: countries are not known */
    /* A request to a host that is not Zoho's: nonzero when *answer, which is
     * borrowed until the next call, was filled. NULL or 0: to the network, or,
     * with `closed`, nowhere: it is offline. */
    int (*web)(void *user, const struct usher_client_request *request,
               struct usher_simulator_answer *answer);
    int closed;
    /* As in struct usher_shared; either may be NULL. */
    void (*zoho_event)(void *user, const struct usher_zoho_event *event);
    void (*flow)(void *user, const char *flow);
    /* Called with each Lua state that was built, before any flow runs in it;
     * may be NULL. */
    void (*state)(void *user, struct usher_script *script);
    void *user;
};

/* Flows that do not load, or a setting that is wrong: USHER_ERR_INVALID with
 * `error` for people. */
USHER_MUST_USE enum usher_status
usher_stage_new(const struct usher_stage_options *options,
                struct usher_stage **out, struct usher_error *error);
void usher_stage_free(struct usher_stage *stage); /* NULL is fine */

struct usher_worker *usher_stage_worker(struct usher_stage *stage);
struct usher_loop *usher_stage_loop(struct usher_stage *stage);
struct usher_store *usher_stage_store(struct usher_stage *stage);
struct usher_simulator *usher_stage_simulator(struct usher_stage *stage);
struct usher_config *usher_stage_config(struct usher_stage *stage);
/* The Lua state that the next turn runs in. */
struct usher_script *usher_stage_script(struct usher_stage *stage);

/* Reads `.env` again; where it is wrong the settings in use stay, and problems
 * say why. For stages with a source. */
USHER_MUST_USE enum usher_status
usher_stage_configure(struct usher_stage *stage,
                      struct usher_error_list *problems);
/* Other flows, for the talks that begin from now on; where they do not load
 * the old ones stay, and error says why. */
USHER_MUST_USE enum usher_status
usher_stage_reload(struct usher_stage *stage, struct usher_version *version,
                   struct usher_error *error);
/* As after a restart: flows that wait replay, in a state built anew, or one
 * that was put back to that. */
USHER_MUST_USE enum usher_status usher_stage_restart(struct usher_stage *stage,
                                                     struct usher_error *error);

#endif
