/* engine/conversation/reload.c - builds and publishes versions. */
#include "conversation/reload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bind/bind.h"
#include "conversation/flow_fails.h"
#include "conversation/needed_ids.h"
#include "conversation/reload_internal.h"

/* The folder's own name, as messages show it. */
const char *reload_folder_name(const struct usher_reload *reload)
{
    const char *slash = strrchr(reload->folder, '/');

    return slash && slash[1] ? slash + 1 : reload->folder;
}

enum usher_status usher_reload_new(const struct usher_reload_options *options,
                                   struct usher_reload **out)
{
    struct usher_reload *reload = calloc(1, sizeof(*reload));

    *out = NULL;
    if (!reload)
        return USHER_ERR_NOMEM;
    reload->folder = strdup(options->folder);
    if (!reload->folder) {
        free(reload);
        return USHER_ERR_NOMEM;
    }
    reload->shared = options->shared;
    reload->loop = options->loop;
    reload->keeper.shared = options->shared;
    reload->keeper.loop = options->loop;
    usher_back_load(options->shared->store, &reload->keeper.back);
    reload->modules = options->modules;
    reload->module_count = options->module_count;
    reload->config = usher_config_retain(options->config);
    pthread_mutex_init(&reload->lock, NULL);
    if (usher_builder_new(reload->loop, reload->modules, reload->module_count,
                          reload_folder_name(reload),
                          &reload->builder) != USHER_OK) {
        usher_reload_free(reload);
        return USHER_ERR_NOMEM;
    }
    *out = reload;
    return USHER_OK;
}

struct usher_version *reload_live_version(const struct usher_reload *reload)
{
    struct usher_publication *now = atomic_load(&reload->shared->publication);

    return now ? now->version : NULL;
}

/* What the live flows need and the settings do not have. */
static void ids_tell(const struct usher_reload *reload)
{
    struct usher_version *version = reload_live_version(reload);

    if (version)
        usher_missing_ids_tell(version, reload->config,
                               reload->shared->problems);
}

void usher_reload_configure(struct usher_reload *reload,
                            struct usher_config *config)
{
    usher_config_retain(config);
    usher_config_release(reload->config);
    reload->config = config;
    ids_tell(reload);
}

static void settings_forget(struct usher_reload *reload)
{
    for (size_t i = 0; i < reload->setting_count; i++)
        free(reload->settings[i]);
    free(reload->settings);
    reload->settings = NULL;
    reload->setting_count = 0;
}

/* One that finds no memory is only warned about in vain. */
static void setting_take(void *user, const struct usher_wish *wish)
{
    struct usher_reload *reload = user;
    char *name = strdup(wish->name);
    char **more = realloc(reload->settings, (reload->setting_count + 1) *
                                                sizeof(*reload->settings));

    if (more)
        reload->settings = more;
    if (more && name)
        more[reload->setting_count++] = name;
    else
        free(name);
}

const struct usher_config *
usher_reload_config(const struct usher_reload *reload)
{
    return reload->config;
}

const struct usher_back *usher_reload_back(const struct usher_reload *reload)
{
    return &reload->keeper.back;
}

const char *const *usher_reload_settings(const struct usher_reload *reload,
                                         size_t *count)
{
    *count = reload->setting_count;
    return (const char *const *)reload->settings;
}

void usher_reload_free(struct usher_reload *reload)
{
    if (!reload)
        return;
    usher_reload_stop(reload);
    reload_loads_free(reload);
    reload_wants_free(reload);
    usher_publication_release(atomic_load(&reload->shared->publication));
    atomic_store(&reload->shared->publication, NULL);
    usher_keeper_clear(&reload->keeper);
    usher_config_release(reload->config);
    settings_forget(reload);
    pthread_mutex_destroy(&reload->lock);
    free(reload->folder);
    free(reload);
}

void usher_reload_status(struct usher_reload *reload,
                         struct usher_reload_status *out)
{
    pthread_mutex_lock(&reload->lock);
    *out = reload->status;
    pthread_mutex_unlock(&reload->lock);
}

/* ---- publishing ---- */

/* An old publication goes once every worker has looked at the new one. */
struct retirement {
    struct usher_publication *old;
    atomic_size_t left;
};

static void worker_moved_on(void *user)
{
    struct retirement *retirement = user;

    if (atomic_fetch_sub(&retirement->left, 1) != 1)
        return;
    usher_publication_release(retirement->old);
    free(retirement);
}

static void retire(struct usher_reload *reload, struct usher_publication *old)
{
    struct usher_shared *shared = reload->shared;
    struct retirement *retirement;

    if (!old)
        return;
    retirement = malloc(sizeof(*retirement));
    if (!retirement)
        return; /* kept for ever: better than freed too early */
    retirement->old = old;
    atomic_init(&retirement->left, shared->worker_count);
    for (size_t i = 0; i < shared->worker_count; i++)
        usher_worker_adopt(shared->workers[i], worker_moved_on, retirement);
}

void reload_status_fine(struct usher_reload *reload)
{
    int was_refused;

    pthread_mutex_lock(&reload->lock);
    was_refused = reload->status.error[0] != '\0';
    reload->status.error[0] = '\0';
    pthread_mutex_unlock(&reload->lock);
    if (was_refused)
        usher_log_event(reload->shared->log, USHER_LOG_INFO, "reload",
                        "the edit that was refused is mended", NULL);
    usher_problem_end(reload->shared->problems, USHER_PROBLEM_EDIT_REFUSED,
                      NULL);
}

static void status_live(struct usher_reload *reload,
                        struct usher_version *version, const char *note,
                        int64_t now)
{
    pthread_mutex_lock(&reload->lock);
    memcpy(reload->status.hash, usher_version_hash(version),
           sizeof(reload->status.hash));
    reload->status.loaded_ms = now;
    reload->status.reloads++;
    usher_text_copy(reload->status.note, sizeof(reload->status.note), note);
    pthread_mutex_unlock(&reload->lock);
    reload_status_fine(reload);
}

static void status_refused(struct usher_reload *reload, const char *why)
{
    pthread_mutex_lock(&reload->lock);
    reload->status.refused++;
    snprintf(reload->status.error, sizeof(reload->status.error), "%s", why);
    pthread_mutex_unlock(&reload->lock);
    usher_problem_raise(reload->shared->problems, USHER_PROBLEM_EDIT_REFUSED,
                        NULL, why, NULL);
}

/* Chosen among those of the store. */
static void rolled_keep(struct usher_reload *reload,
                        struct usher_version *version, const char *order)
{
    struct usher_version *live = reload_live_version(reload);

    if (live)
        usher_back_rolled(&reload->keeper.back, order, usher_version_hash(live),
                          usher_version_hash(version));
    usher_keeper_back(&reload->keeper, version);
}

enum usher_status reload_publish(struct usher_reload *reload,
                                 struct usher_publication *fresh,
                                 const char *order, struct usher_error *error)
{
    struct usher_shared *shared = reload->shared;
    struct usher_version *version = fresh->version;
    int64_t now = usher_clock_wall_ms(shared->clock);
    struct usher_error note;
    /* Looked at now: they may have changed while it was built. */
    enum usher_status st =
        usher_state_settings(fresh->scripts[0], version,
                             reload_folder_name(reload), reload->config, error);

    if (st != USHER_OK)
        return st;
    /* Asked now: the script is its worker's once it is published. */
    settings_forget(reload);
    usher_bind_each_setting(usher_script_lua(fresh->scripts[0]), setting_take,
                            reload);
    usher_state_odd(version, fresh->scripts[0], &note);
    /* Kept before a turn can be pinned to it. */
    if (order)
        rolled_keep(reload, version, order);
    else
        usher_keeper_add(&reload->keeper, version, now);
    retire(reload, atomic_exchange(&shared->publication, fresh));
    status_live(reload, version, note.text, now);
    usher_problems_end(shared->problems, USHER_PROBLEM_STATE_REBUILT, NULL,
                       NULL);
    usher_flow_fails_end(shared);
    ids_tell(reload);
    usher_log_event(shared->log, USHER_LOG_INFO, "reload", "live", "version",
                    usher_version_hash(version), NULL);
    if (note.text[0])
        usher_log_event(shared->log, USHER_LOG_WARN, "reload",
                        "about the live version", "note", note.text, NULL);
    return USHER_OK;
}

int reload_is_live(const struct usher_reload *reload, const char *hash)
{
    struct usher_version *version = reload_live_version(reload);

    return version && strcmp(usher_version_hash(version), hash) == 0;
}

/* A person chose what is live, and the folder holds something else. */
void reload_rolled_back_tell(const struct usher_reload *reload,
                             int is_rolled_back)
{
    struct usher_problems *problems = reload->shared->problems;
    char name[13];

    usher_problems_end(problems, USHER_PROBLEM_ROLLED_BACK, NULL, NULL);
    if (!is_rolled_back || reload_is_live(reload, reload->seen))
        return;
    snprintf(name, sizeof(name), "%s",
             usher_version_hash(reload_live_version(reload)));
    usher_problem_raise(problems, USHER_PROBLEM_ROLLED_BACK, name, NULL, NULL);
}

void reload_refuse(struct usher_reload *reload, enum reload_mode mode,
                   const struct usher_error *why)
{
    struct usher_reload_status before;

    usher_reload_status(reload, &before);
    /* Tried again and no better: nobody wants to read that each second. */
    if (mode != RELOAD_ALWAYS && strcmp(before.error, why->text) == 0)
        return;
    status_refused(reload, why->text);
    usher_log_event(reload->shared->log, USHER_LOG_ERROR, "reload",
                    reload_live_version(reload)
                        ? "an edit was refused; the old version stays"
                        : "the flows cannot be loaded",
                    "error", why->text, NULL);
}

/* A refused version is no better for being seen again, unless memory was
 * short; but where the folder could not be read meanwhile, it is told again
 * what is wrong. */
static int is_wanted(const struct usher_reload *reload,
                     const struct usher_version *version, enum reload_mode mode,
                     int was_unreadable)
{
    if (mode == RELOAD_ALWAYS ||
        strcmp(reload->seen, usher_version_hash(version)) != 0)
        return 1;
    return reload->outcome != USHER_OK &&
           !reload_is_loading(reload, usher_version_hash(version)) &&
           (mode == RELOAD_IF_REFUSED || was_unreadable ||
            reload->outcome == USHER_ERR_NOMEM);
}

/* 0: it could not be read. */
static int folder_load(struct usher_reload *reload, enum reload_mode mode,
                       usher_reload_fn *done, void *user)
{
    struct usher_version *version = NULL;
    struct usher_error why = {"not enough memory"};
    enum usher_status st = usher_version_read(reload->folder, &version, &why);
    int was_unreadable = reload->unreadable;

    reload->unreadable = st != USHER_OK;
    if (st != USHER_OK) {
        if (done)
            done(user, st, 0, &why);
        reload_refuse(reload, mode, &why);
        return 0;
    }
    if (is_wanted(reload, version, mode, was_unreadable))
        reload_load_folder(reload, version, mode, done, user);
    else if (was_unreadable)
        reload_status_fine(reload);
    usher_version_release(version);
    return 1;
}

void usher_reload_now(struct usher_reload *reload, usher_reload_fn *done,
                      void *user)
{
    (void)folder_load(reload, RELOAD_ALWAYS, done, user);
}

int usher_reload_folder_changed(struct usher_reload *reload)
{
    return folder_load(reload, RELOAD_UNLESS_SEEN, NULL, NULL);
}

void usher_reload_again(struct usher_reload *reload)
{
    if (reload->outcome != USHER_OK)
        (void)folder_load(reload, RELOAD_IF_REFUSED, NULL, NULL);
}

void reload_retry(void *user)
{
    (void)usher_reload_folder_changed(user);
}

void usher_reload_rollback(struct usher_reload *reload, const char *hash,
                           usher_reload_fn *done, void *user)
{
    struct usher_error error;

    if (!hash[0] || strlen(hash) >= 6) {
        reload_load_stored(reload, hash, done, user);
        return;
    }
    usher_error_set(&error, "give at least 6 digits of the version");
    done(user, USHER_ERR_INVALID, 0, &error);
}

void usher_reload_stop(struct usher_reload *reload)
{
    struct usher_builder *builder = reload ? reload->builder : NULL;

    if (!builder)
        return;
    reload->builder = NULL;
    usher_timer_cancel(reload->loop, &reload->retry);
    usher_builder_free(builder);
    reload_loads_end(reload);
    reload_wants_end(reload);
}

enum usher_status usher_reload_first(struct usher_reload *reload,
                                     struct usher_error *error)
{
    struct usher_version *version = NULL;
    struct usher_error ignored;
    enum usher_status st = usher_version_read(reload->folder, &version, error);

    reload->unreadable = st != USHER_OK;
    if (st == USHER_OK) {
        usher_text_copy(reload->seen, sizeof(reload->seen),
                        usher_version_hash(version));
        st = reload_load_now(reload, version, error);
        reload->outcome = st;
    }
    usher_version_release(version);
    if (st == USHER_OK)
        return st;
    reload_refuse(reload, RELOAD_ALWAYS, error);
    if (reload_load_now(reload, NULL, &ignored) != USHER_OK)
        return st;
    status_refused(reload, error->text);
    return USHER_OK;
}
