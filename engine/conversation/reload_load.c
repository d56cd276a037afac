/* engine/conversation/reload_load.c - versions on their way to be live: one
 * after the other, in the order in which they were asked for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conversation/reload_internal.h"

#define RETRY_MS 1000

static void loads_next(struct usher_reload *reload);

/* ---- who waits ---- */

static void waiters_tell(struct reload_load *load, enum usher_status status,
                         int changed, const struct usher_error *error)
{
    struct reload_waiter *waiter;

    while ((waiter = load->waiters) != NULL) {
        load->waiters = waiter->next;
        waiter->done(waiter->user, status, changed, error);
        free(waiter);
    }
}

/* Without memory it is told at once; the load goes on. */
static void waiter_add(struct reload_load *load, usher_reload_fn *done,
                       void *user)
{
    static const struct usher_error error = {"not enough memory"};
    struct reload_waiter **end = &load->waiters;
    struct reload_waiter *waiter;

    if (!done)
        return;
    waiter = calloc(1, sizeof(*waiter));
    if (!waiter) {
        done(user, USHER_ERR_NOMEM, 0, &error);
        return;
    }
    waiter->done = done;
    waiter->user = user;
    while (*end)
        end = &(*end)->next;
    *end = waiter;
}

/* ---- a load's life ---- */

static void built_drop(struct reload_load *load)
{
    usher_publication_release(load->fresh);
    load->fresh = NULL;
    free(load->binds);
    load->binds = NULL;
    usher_version_release(load->built);
    load->built = NULL;
    load->building = 0;
}

static void load_free(struct reload_load *load)
{
    built_drop(load);
    usher_version_release(load->version);
    usher_buffer_free(&load->order);
    free(load);
}

static struct reload_load *load_new(struct usher_reload *reload)
{
    struct reload_load *load = calloc(1, sizeof(*load));
    struct reload_load **end = &reload->loads;

    if (!load)
        return NULL;
    load->reload = reload;
    usher_buffer_init(&load->order, 0);
    while (*end)
        end = &(*end)->next;
    *end = load;
    return load;
}

static void folder_end(struct reload_load *load, enum usher_status status,
                       const struct usher_error *error)
{
    struct usher_reload *reload = load->reload;

    reload->outcome = status;
    if (status == USHER_OK)
        reload_rolled_back_tell(reload, 0);
    else
        reload_refuse(reload, load->mode, error);
    if (status == USHER_ERR_NOMEM)
        usher_timer_set(reload->loop, &reload->retry, RETRY_MS, reload_retry,
                        reload);
}

static void rollback_end(struct usher_reload *reload, enum usher_status status)
{
    if (status != USHER_OK)
        return;
    reload->outcome = USHER_OK;
    reload_rolled_back_tell(reload, 1);
}

/* The load, which is the first, is over. */
static void load_end(struct reload_load *load, enum usher_status status,
                     int changed, const struct usher_error *error)
{
    struct usher_reload *reload = load->reload;

    reload->loads = load->next;
    if (load->is_rollback)
        rollback_end(reload, status);
    else
        folder_end(load, status, error);
    waiters_tell(load, status, changed, error);
    load_free(load);
    loads_next(reload);
}

static void load_built(void *user, struct usher_build *build)
{
    struct reload_load *load = user;
    struct usher_reload *reload = load->reload;
    struct usher_error error = build->error;
    enum usher_status status = build->status;

    if (!reload->builder)
        return; /* the engine stops, and all have been told */
    if (load->again || status == USHER_ERR_CLOSED) {
        built_drop(load);
        load->again = 0;
        loads_next(reload);
        return;
    }
    if (status == USHER_OK)
        status =
            reload_publish(reload, load->fresh,
                           load->is_rollback ? load->order.data : NULL, &error);
    if (status == USHER_OK)
        load->fresh = NULL;
    load_end(load, status, 1, &error);
}

/* Everything that a build needs; USHER_ERR_NOMEM leaves nothing. */
static enum usher_status build_fill(struct usher_reload *reload,
                                    struct reload_load *load)
{
    struct usher_shared *shared = reload->shared;
    size_t count = shared->worker_count;

    load->fresh = usher_publication_new(load->version, count);
    load->binds = calloc(count, sizeof(struct usher_bind *));
    if (!load->fresh || !load->binds) {
        built_drop(load);
        return USHER_ERR_NOMEM;
    }
    for (size_t i = 0; i < count; i++)
        load->binds[i] = usher_worker_bind(shared->workers[i]);
    load->built = usher_version_retain(load->version);
    load->build = (struct usher_build){
        .version = load->built,
        .binds = load->binds,
        .count = count,
        .scripts = load->fresh->scripts,
        .done = load_built,
        .user = load,
    };
    return USHER_OK;
}

/* Which version of the store it is to be, by what is live now. */
static enum usher_status rollback_find(struct reload_load *load,
                                       struct usher_error *error)
{
    struct usher_reload *reload = load->reload;
    struct usher_version *live = reload_live_version(reload);
    char found[65] = "";
    enum usher_status st =
        usher_back_order(reload->shared->store, &load->order);

    if (st == USHER_OK)
        st = usher_back_find(&reload->keeper.back, load->order.data,
                             load->prefix, live ? usher_version_hash(live) : "",
                             found, error);
    if (st == USHER_OK)
        st = reload_stored_version(reload, found, &load->version);
    if (st == USHER_ERR_PARSE)
        usher_error_set(error,
                        "the sources of %.12s cannot be read: a newer "
                        "usher wrote them, or they are damaged",
                        found);
    return st;
}

/* Begins the first load, unless it is at work; ends those that need no
 * building. */
static void loads_next(struct usher_reload *reload)
{
    struct reload_load *load = reload->loads;
    struct usher_error error = {"it cannot be loaded"};
    enum usher_status st = USHER_OK;

    if (!load || load->building || !reload->builder)
        return;
    if (load->is_rollback && !load->version)
        st = rollback_find(load, &error);
    if (st == USHER_OK && !load->is_rollback &&
        reload_is_live(reload, usher_version_hash(load->version))) {
        reload_status_fine(reload); /* a broken edit was taken back */
        load_end(load, USHER_OK, 0, &error);
        return;
    }
    if (st == USHER_OK)
        st = build_fill(reload, load);
    if (st == USHER_OK)
        st = usher_builder_add(reload->builder, &load->build);
    if (st == USHER_OK) {
        load->building = 1;
        return;
    }
    if (st == USHER_ERR_NOMEM)
        usher_error_set(&error, "not enough memory");
    load_end(load, st, 0, &error);
}

enum usher_status reload_load_now(struct usher_reload *reload,
                                  struct usher_version *version,
                                  struct usher_error *error)
{
    struct reload_load load = {.reload = reload, .is_rollback = !version};
    enum usher_status st = USHER_OK;

    usher_error_set(error, "not enough memory");
    usher_buffer_init(&load.order, 0);
    if (version)
        load.version = usher_version_retain(version);
    else
        st = rollback_find(&load, error);
    if (st == USHER_OK)
        st = build_fill(reload, &load);
    if (st == USHER_OK) {
        usher_build_now(reload->builder, &load.build);
        st = load.build.status;
        *error = load.build.error;
    }
    if (st == USHER_OK)
        st = reload_publish(reload, load.fresh,
                            load.is_rollback ? load.order.data : NULL, error);
    if (st == USHER_OK)
        load.fresh = NULL;
    built_drop(&load);
    usher_version_release(load.version);
    usher_buffer_free(&load.order);
    return st;
}

/* ---- asking for one ---- */

static void refuse_at_once(usher_reload_fn *done, void *user,
                           enum usher_status status)
{
    struct usher_error error;

    usher_error_set(&error, "%s", usher_status_text(status));
    if (done)
        done(user, status, 0, &error);
}

/* The last that is asked for, where it is the folder's. */
static struct reload_load *folder_last(const struct usher_reload *reload)
{
    struct reload_load *load = reload->loads;

    while (load && load->next)
        load = load->next;
    return load && !load->is_rollback ? load : NULL;
}

int reload_is_loading(const struct usher_reload *reload, const char *hash)
{
    const struct reload_load *load = folder_last(reload);

    return load && strcmp(usher_version_hash(load->version), hash) == 0;
}

void reload_load_folder(struct usher_reload *reload,
                        struct usher_version *version, enum reload_mode mode,
                        usher_reload_fn *done, void *user)
{
    struct reload_load *load = folder_last(reload);
    const char *hash = usher_version_hash(version);

    if (!reload->builder) {
        refuse_at_once(done, user, USHER_ERR_CLOSED);
        return;
    }
    snprintf(reload->seen, sizeof(reload->seen), "%s", hash);
    if (!load)
        load = load_new(reload);
    if (!load) {
        reload->outcome = USHER_ERR_NOMEM;
        usher_timer_set(reload->loop, &reload->retry, RETRY_MS, reload_retry,
                        reload);
        refuse_at_once(done, user, USHER_ERR_NOMEM);
        return;
    }
    if (mode == RELOAD_ALWAYS || !load->version)
        load->mode = mode;
    usher_version_retain(version);
    usher_version_release(load->version);
    load->version = version;
    /* Nobody needs what is being built of what the folder held before. */
    load->again =
        load->building && strcmp(usher_version_hash(load->built), hash) != 0;
    if (load->again)
        usher_build_stop(&load->build);
    waiter_add(load, done, user);
    loads_next(reload);
}

void reload_load_stored(struct usher_reload *reload, const char *prefix,
                        usher_reload_fn *done, void *user)
{
    struct reload_load *load = reload->builder ? load_new(reload) : NULL;

    if (!load) {
        refuse_at_once(done, user,
                       reload->builder ? USHER_ERR_NOMEM : USHER_ERR_CLOSED);
        return;
    }
    load->is_rollback = 1;
    snprintf(load->prefix, sizeof(load->prefix), "%s", prefix);
    waiter_add(load, done, user);
    loads_next(reload);
}

void reload_loads_end(struct usher_reload *reload)
{
    struct usher_error error;

    usher_error_set(&error, "%s", usher_status_text(USHER_ERR_CLOSED));
    for (struct reload_load *load = reload->loads; load; load = load->next)
        waiters_tell(load, USHER_ERR_CLOSED, 0, &error);
}

void reload_loads_free(struct usher_reload *reload)
{
    struct reload_load *load;

    while ((load = reload->loads) != NULL) {
        reload->loads = load->next;
        load_free(load);
    }
}
