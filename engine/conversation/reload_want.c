/* engine/conversation/reload_want.c - states that workers ask for: of old
 * versions, and others in place of those that are full. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conversation/reload_internal.h"

struct reload_want {
    struct usher_reload *reload;
    size_t worker;
    char hash[65];
    struct usher_version *version;
    struct usher_bind *bind;
    struct usher_script *script;
    struct usher_build build;
    struct reload_want *next;
};

enum usher_status reload_stored_version(struct usher_reload *reload,
                                        const char *hash,
                                        struct usher_version **out)
{
    char *archive = NULL;
    size_t len;
    enum usher_status st =
        usher_store_version(reload->shared->store, hash, &archive, &len);

    *out = NULL;
    if (st == USHER_OK)
        st = usher_version_unpack_kept(hash, archive, len, out);
    free(archive);
    return st;
}

/* What cannot be read just now, or by this version, makes nobody's flow go on
 * in another one; what is gone does. */
static enum usher_status version_seen(struct usher_reload *reload,
                                      const char *hash, enum usher_status st)
{
    struct usher_problems *problems = reload->shared->problems;
    char name[13];

    snprintf(name, sizeof(name), "%.12s", hash);
    if (st == USHER_ERR_PARSE)
        usher_problem_raise(problems, USHER_PROBLEM_VERSION_UNREADABLE, name,
                            NULL, NULL);
    else if (st == USHER_OK || st == USHER_ERR_NOT_FOUND)
        usher_problem_end(problems, USHER_PROBLEM_VERSION_UNREADABLE, name);
    return st == USHER_ERR_NOT_FOUND ? USHER_OK : st;
}

static void want_free(struct reload_want *want)
{
    usher_script_free(want->script);
    usher_version_release(want->version);
    free(want);
}

/* why: as for usher_worker_state_ready(). */
static void want_answer(struct reload_want *want, enum usher_status why,
                        const char *error)
{
    struct usher_reload *reload = want->reload;

    if (!want->script)
        usher_log_event(reload->shared->log, USHER_LOG_WARN, "reload",
                        why == USHER_OK
                            ? "an old version cannot be had; its flows go on "
                              "with the newest"
                            : "a version cannot be had now; its flows wait",
                        "version", want->hash, "error", error, NULL);
    usher_worker_state_ready(reload->shared->workers[want->worker], want->hash,
                             want->version, want->script, why);
    want->script = NULL;
    want_free(want);
}

static void want_built(void *user, struct usher_build *build)
{
    struct reload_want *want = user;
    struct reload_want **at = &want->reload->wants;

    if (!want->reload->builder)
        return; /* the engine stops: reload_wants_end() has told */
    while (*at != want)
        at = &(*at)->next;
    *at = want->next;
    /* A version that cannot be built now was, and will be no better later. */
    want_answer(want,
                build->status == USHER_ERR_NOMEM ||
                        build->status == USHER_ERR_CLOSED
                    ? build->status
                    : USHER_OK,
                build->error.text);
}

static enum usher_status want_version(struct reload_want *want)
{
    struct usher_reload *reload = want->reload;

    /* The live one may be in no store. */
    if (reload_is_live(reload, want->hash)) {
        want->version = usher_version_retain(reload_live_version(reload));
        return USHER_OK;
    }
    return reload_stored_version(reload, want->hash, &want->version);
}

/* Many conversations of a worker may wait for the same state, and each of
 * their calls asks again: it is built once. */
static int is_on_its_way(const struct reload_want *want)
{
    const struct reload_want *at = want->reload->wants;

    while (at &&
           (at->worker != want->worker || strcmp(at->hash, want->hash) != 0))
        at = at->next;
    return at != NULL;
}

static void want_posted(void *user)
{
    struct reload_want *want = user;
    struct usher_reload *reload = want->reload;
    enum usher_status st, why;

    if (reload->builder && is_on_its_way(want)) {
        want_free(want);
        return;
    }
    st = want_version(want);
    why = version_seen(reload, want->hash, st);
    if (st != USHER_OK) {
        want_answer(want, why,
                    why == USHER_OK ? "it is not in the store"
                                    : usher_status_text(why));
        return;
    }
    want->bind = usher_worker_bind(reload->shared->workers[want->worker]);
    want->build = (struct usher_build){
        .version = want->version,
        .binds = &want->bind,
        .count = 1,
        .scripts = &want->script,
        .done = want_built,
        .user = want,
    };
    if (!reload->builder) {
        want_answer(want, USHER_ERR_CLOSED,
                    usher_status_text(USHER_ERR_CLOSED));
        return;
    }
    want->next = reload->wants;
    reload->wants = want;
    if (usher_builder_add(reload->builder, &want->build) != USHER_OK) {
        want->build.status = USHER_ERR_NOMEM;
        want_built(want, &want->build);
    }
}

void reload_wants_end(struct usher_reload *reload)
{
    for (struct reload_want *want = reload->wants; want; want = want->next)
        usher_worker_state_ready(reload->shared->workers[want->worker],
                                 want->hash, NULL, NULL, USHER_ERR_CLOSED);
}

void reload_wants_free(struct usher_reload *reload)
{
    struct reload_want *want;

    while ((want = reload->wants) != NULL) {
        reload->wants = want->next;
        want_free(want);
    }
}

void usher_reload_want_state(struct usher_reload *reload, size_t worker,
                             const char *hash)
{
    struct reload_want *want = calloc(1, sizeof(*want));

    if (want) {
        want->reload = reload;
        want->worker = worker;
        snprintf(want->hash, sizeof(want->hash), "%s", hash);
        if (usher_loop_post(reload->loop, want_posted, want) == USHER_OK)
            return;
        free(want);
    }
    usher_worker_state_ready(reload->shared->workers[worker], hash, NULL, NULL,
                             USHER_ERR_NOMEM);
}
