/* engine/conversation/reload.c - builds and publishes versions. */
#include "conversation/reload.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bind/bind.h"
#include "conversation/version_keep.h"
#include "conversation/needed_ids.h"

struct usher_reload {
    struct usher_shared *shared;
    struct usher_loop *loop;
    char *folder;
    const struct usher_script_module *modules;
    size_t module_count;
    struct usher_config *config;
    struct usher_keeper keeper;
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

/* The folder's own name, as messages show it. */
static const char *folder_name(const struct usher_reload *reload)
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
    *out = reload;
    return USHER_OK;
}

static struct usher_version *live_version(const struct usher_reload *reload)
{
    struct usher_publication *now = atomic_load(&reload->shared->publication);

    return now ? now->version : NULL;
}

/* What the live flows need and the settings do not have. */
static void ids_tell(const struct usher_reload *reload)
{
    struct usher_version *version = live_version(reload);

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

static void status_fine(struct usher_reload *reload)
{
    pthread_mutex_lock(&reload->lock);
    reload->status.error[0] = '\0';
    pthread_mutex_unlock(&reload->lock);
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
    status_fine(reload);
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
    struct usher_version *live = live_version(reload);

    if (live)
        usher_back_rolled(&reload->keeper.back, order, usher_version_hash(live),
                          usher_version_hash(version));
    usher_keeper_back(&reload->keeper, version);
}

/* Builds a state for every worker, then makes them all live at one point.
 * order: NULL, the folder holds it; else a rollback, among these. */
static enum usher_status publish(struct usher_reload *reload,
                                 struct usher_version *version,
                                 const char *order, struct usher_error *error)
{
    struct usher_shared *shared = reload->shared;
    struct usher_publication *fresh =
        usher_publication_new(version, shared->worker_count);
    enum usher_status st = fresh ? USHER_OK : USHER_ERR_NOMEM;
    int64_t now = usher_clock_wall_ms(shared->clock);
    struct usher_error note;

    for (size_t i = 0; st == USHER_OK && i < shared->worker_count; i++)
        st = usher_state_build(version, reload->modules, reload->module_count,
                               folder_name(reload),
                               usher_worker_bind(shared->workers[i]),
                               reload->config, &fresh->scripts[i], error);
    if (st != USHER_OK) {
        usher_publication_release(fresh);
        return st;
    }
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
    ids_tell(reload);
    usher_log_event(shared->log, USHER_LOG_INFO, "reload", "live", "version",
                    usher_version_hash(version), NULL);
    if (note.text[0])
        usher_log_event(shared->log, USHER_LOG_WARN, "reload",
                        "about the live version", "note", note.text, NULL);
    return USHER_OK;
}

static int is_live(const struct usher_reload *reload, const char *hash)
{
    struct usher_version *version = live_version(reload);

    return version && strcmp(usher_version_hash(version), hash) == 0;
}

/* A person chose what is live, and the folder holds something else. */
static void rolled_back_tell(const struct usher_reload *reload,
                             int is_rolled_back)
{
    struct usher_problems *problems = reload->shared->problems;
    char name[13];

    usher_problems_end(problems, USHER_PROBLEM_ROLLED_BACK, NULL, NULL);
    if (!is_rolled_back || is_live(reload, reload->seen))
        return;
    snprintf(name, sizeof(name), "%s",
             usher_version_hash(live_version(reload)));
    usher_problem_raise(problems, USHER_PROBLEM_ROLLED_BACK, name, NULL, NULL);
}

/* How what stands in the folder is taken. */
enum mode {
    ALWAYS,
    UNLESS_SEEN,
    IF_REFUSED, /* or not seen */
};

static void refuse(struct usher_reload *reload, enum mode mode,
                   const struct usher_error *why)
{
    struct usher_reload_status before;

    usher_reload_status(reload, &before);
    /* Tried again and no better: nobody wants to read that each second. */
    if (mode != ALWAYS && strcmp(before.error, why->text) == 0)
        return;
    status_refused(reload, why->text);
    usher_log_event(reload->shared->log, USHER_LOG_ERROR, "reload",
                    live_version(reload)
                        ? "an edit was refused; the old version stays"
                        : "the flows cannot be loaded",
                    "error", why->text, NULL);
}

static enum usher_status load(struct usher_reload *reload,
                              struct usher_version *version, int *changed,
                              struct usher_error *why)
{
    const char *hash = usher_version_hash(version);
    enum usher_status st = USHER_OK;

    snprintf(reload->seen, sizeof(reload->seen), "%s", hash);
    if (is_live(reload, hash)) {
        status_fine(reload); /* a broken edit was taken back */
    } else {
        st = publish(reload, version, NULL, why);
        *changed = st == USHER_OK;
    }
    reload->outcome = st;
    if (st == USHER_OK)
        rolled_back_tell(reload, 0);
    return st;
}

/* A refused version is no better for being seen again, unless memory was
 * short; but where the folder could not be read meanwhile, it is told again
 * what is wrong. */
static int is_wanted(const struct usher_reload *reload,
                     const struct usher_version *version, enum mode mode)
{
    if (mode == ALWAYS ||
        strcmp(reload->seen, usher_version_hash(version)) != 0)
        return 1;
    return reload->outcome != USHER_OK &&
           (mode == IF_REFUSED || reload->unreadable ||
            reload->outcome == USHER_ERR_NOMEM);
}

static enum usher_status folder_load(struct usher_reload *reload,
                                     enum mode mode, int *changed,
                                     struct usher_error *error)
{
    struct usher_version *version = NULL;
    struct usher_error why = {"not enough memory"};
    enum usher_status st = usher_version_read(reload->folder, &version, &why);
    int is_read = st == USHER_OK;

    *changed = 0;
    if (is_read && is_wanted(reload, version, mode))
        st = load(reload, version, changed, &why);
    else if (is_read && reload->unreadable)
        status_fine(reload);
    reload->unreadable = !is_read;
    usher_version_release(version);
    if (st == USHER_OK)
        return st;
    if (error)
        *error = why;
    refuse(reload, mode, &why);
    return st;
}

enum usher_status usher_reload_now(struct usher_reload *reload, int *changed,
                                   struct usher_error *error)
{
    return folder_load(reload, ALWAYS, changed, error);
}

int usher_reload_folder_changed(struct usher_reload *reload)
{
    int changed;
    enum usher_status st =
        folder_load(reload, UNLESS_SEEN, &changed, NULL); /* it logs */

    return !reload->unreadable && st != USHER_ERR_NOMEM;
}

void usher_reload_again(struct usher_reload *reload)
{
    int changed;

    if (reload->outcome != USHER_OK)
        (void)folder_load(reload, IF_REFUSED, &changed, NULL);
}

/* ---- versions of the store ---- */

static enum usher_status stored_version(struct usher_reload *reload,
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

static const char *live_hash(const struct usher_reload *reload)
{
    struct usher_version *version = live_version(reload);

    return version ? usher_version_hash(version) : "";
}

static enum usher_status stored_publish(struct usher_reload *reload,
                                        const char *prefix,
                                        struct usher_error *error)
{
    struct usher_version *version = NULL;
    struct usher_buffer order;
    char found[65] = "";
    enum usher_status st;

    usher_buffer_init(&order, 0);
    st = usher_back_order(reload->shared->store, &order);
    if (st == USHER_OK)
        st = usher_back_find(&reload->keeper.back, order.data, prefix,
                             live_hash(reload), found, error);
    if (st == USHER_OK)
        st = stored_version(reload, found, &version);
    if (st == USHER_ERR_PARSE)
        usher_error_set(error,
                        "the sources of %.12s cannot be read: a newer "
                        "usher wrote them, or they are damaged",
                        found);
    if (st == USHER_OK)
        st = publish(reload, version, order.data, error);
    usher_version_release(version);
    usher_buffer_free(&order);
    return st;
}

enum usher_status usher_reload_rollback(struct usher_reload *reload,
                                        const char *hash,
                                        struct usher_error *error)
{
    enum usher_status st;

    if (hash[0] && strlen(hash) < 6) {
        usher_error_set(error, "give at least 6 digits of the version");
        return USHER_ERR_INVALID;
    }
    st = stored_publish(reload, hash, error);
    if (st == USHER_OK) {
        reload->outcome = USHER_OK;
        rolled_back_tell(reload, 1);
    }
    return st;
}

enum usher_status usher_reload_first(struct usher_reload *reload,
                                     struct usher_error *error)
{
    struct usher_error ignored;
    int changed;
    enum usher_status st = usher_reload_now(reload, &changed, error);

    if (st == USHER_OK)
        return st;
    if (stored_publish(reload, "", &ignored) != USHER_OK)
        return st;
    status_refused(reload, error->text);
    return USHER_OK;
}

/* ---- old states, asked for by workers ---- */

struct want {
    struct usher_reload *reload;
    size_t worker;
    char hash[65];
};

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

static void want_posted(void *user)
{
    struct want *want = user;
    struct usher_reload *reload = want->reload;
    struct usher_worker *worker = reload->shared->workers[want->worker];
    struct usher_version *version = NULL;
    struct usher_script *script = NULL;
    struct usher_error error = {"it is not in the store"};
    enum usher_status st = stored_version(reload, want->hash, &version);
    enum usher_status why = version_seen(reload, want->hash, st);

    if (st == USHER_OK)
        st = usher_state_build(version, reload->modules, reload->module_count,
                               folder_name(reload), usher_worker_bind(worker),
                               NULL, &script, &error);
    if (st != USHER_OK)
        usher_log_event(reload->shared->log, USHER_LOG_WARN, "reload",
                        why == USHER_OK
                            ? "an old version cannot be had; its flows go on "
                              "with the newest"
                            : "an old version cannot be read; its flows wait",
                        "version", want->hash, "error",
                        why == USHER_OK ? error.text : usher_status_text(why),
                        NULL);
    usher_worker_state_ready(worker, want->hash, version, script, why);
    usher_version_release(version);
    free(want);
}

void usher_reload_want_state(struct usher_reload *reload, size_t worker,
                             const char *hash)
{
    struct want *want = malloc(sizeof(*want));

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
