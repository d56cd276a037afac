/* engine/conversation/build.h - Lua states of versions: one (state_build.c), or
 * one for each worker on a thread of their own, so that a file that takes its
 * time when it is loaded holds nobody up (builder.c). */
#ifndef USHER_CONVERSATION_BUILD_H
#define USHER_CONVERSATION_BUILD_H

#include <stdatomic.h>

#include "conversation/version.h"
#include "core/config.h"
#include "net/loop.h"

struct usher_bind;

/* Builds one ready state of a version. *out is the caller's. The version must
 * outlive it. config: what init.lua calls required must stand there; NULL: it
 * need not. stop: see script.h, or NULL. */
USHER_MUST_USE enum usher_status usher_state_build(
    struct usher_version *version, const struct usher_script_module *modules,
    size_t module_count, const char *folder, struct usher_bind *bind,
    const struct usher_config *config, const atomic_int *stop,
    struct usher_script **out, struct usher_error *error);
/* Of a state that was built without: what init.lua calls required. */
USHER_MUST_USE enum usher_status
usher_state_settings(struct usher_script *script, struct usher_version *version,
                     const char *folder, const struct usher_config *config,
                     struct usher_error *error);

/* The first thing that is odd about a version though it loads, or "". */
void usher_state_odd(const struct usher_version *version,
                     struct usher_script *script, struct usher_error *out);
/* What routing finds odd about it, from 0 on, with its place; 0 behind the
 * last. */
int usher_state_note(const struct usher_version *version,
                     struct usher_script *script, size_t index,
                     struct usher_error *out);

/* States of one version to be built; the caller's, all zeros but for what it
 * sets, and not to be touched until done() was called. */
struct usher_build {
    struct usher_version *version; /* set, outlives it */
    struct usher_bind **binds;     /* set, one for each state; likewise */
    size_t count;                  /* set */
    struct usher_script **scripts; /* set, for as many; NULL at first and on
                                    * error, else the caller's */
    void (*done)(void *user, struct usher_build *build); /* set */
    void *user;                                          /* set */

    enum usher_status status;
    struct usher_error error;

    atomic_int stop; /* the builder's, like all below */
    struct usher_builder *builder;
    struct usher_build *next;
};

struct usher_builder;

/* loop: where done() is called. modules and folder are borrowed. The thread
 * begins with the first build. */
USHER_MUST_USE enum usher_status usher_builder_new(
    struct usher_loop *loop, const struct usher_script_module *modules,
    size_t module_count, const char *folder, struct usher_builder **out);
/* Stops what runs and ends the thread, some milliseconds later. What was not
 * reported is not reported any more, and the caller's again. */
void usher_builder_free(struct usher_builder *builder); /* NULL is fine */

/* Builds them, one after the other in the order of the calls, so that neither
 * versions to come nor states that workers wait for starve. status is
 * USHER_ERR_CLOSED where it was stopped. USHER_ERR_NOMEM: no thread, done() is
 * not called. */
USHER_MUST_USE enum usher_status
usher_builder_add(struct usher_builder *builder, struct usher_build *build);
/* Soon done() is called. */
void usher_build_stop(struct usher_build *build);
/* The same on this thread; done() is not called. */
void usher_build_now(struct usher_builder *builder, struct usher_build *build);

#endif
