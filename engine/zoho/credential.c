/* engine/zoho/credential.c - the credentials as a whole: birth, reload, when
 * the next refresh is due, end. */
#include "zoho/credential.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zoho/credential_internal.h"

/* Timers run on steady time, expiry on wall time: looking again each minute
 * bounds what a corrected clock or a sleeping machine can do. */
#define LOOK_AGAIN_MS 60000

char *secret_copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

void secret_free(char *text)
{
    if (!text)
        return;
    explicit_bzero(text, strlen(text));
    free(text);
}

int secret_equal(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

int64_t credentials_now(const struct usher_credentials *credentials)
{
    return usher_clock_wall_ms(credentials->clock);
}

int64_t credentials_steady(const struct usher_credentials *credentials)
{
    return usher_clock_steady_ms(credentials->clock);
}

int credential_expired(const struct credential *set, int64_t now)
{
    return set->expires_ms != 0 && now >= set->expires_ms;
}

int credential_is_fresh_refused(const struct credential *set,
                                enum usher_zoho_service service, int64_t now)
{
    int64_t age = now - set->obtained_ms;

    if (!(set->refused & (1U << service)) || set->refusals[service] < 2 ||
        set->obtained_ms == 0 || age < 0)
        return 0;
    return age < (set->diagnosed ? REFRESHES_MS : REFRESH_FLOOR_MS);
}

static void tell(struct usher_credentials *credentials,
                 const struct credential *set, int only_works)
{
    enum usher_credential_state state;

    if (!credentials->on_change)
        return;
    state = credentials->current->token[set->id].state;
    credentials->on_change(credentials->on_change_user, set->id, state,
                           only_works);
}

void credential_works(struct usher_credentials *credentials,
                      const struct credential *set)
{
    tell(credentials, set, 1);
}

void credential_changed(struct usher_credentials *credentials,
                        const struct credential *set)
{
    tell(credentials, set, 0);
}

void grant_names(const struct grant *grant, char *out, size_t size)
{
    size_t len = 0;
    size_t i;

    out[0] = '\0';
    for (i = 0; i < USHER_CREDENTIAL_COUNT && len < size; i++)
        if (grant->credentials->set[i].grant == grant)
            len += (size_t)snprintf(
                out + len, size - len, "%s%s", len ? "+" : "",
                usher_credential_name((enum usher_credential_id)i));
}

/* ---- When to refresh ---- */

/* Wall time at which a set wants a new token without being asked. */
static int64_t credential_due(const struct credential *set, int64_t now)
{
    int64_t early = REFRESH_EARLY_MS;
    int64_t due;

    if (!set->access_token || set->stale || credential_expired(set, now))
        return now;
    if (set->refused && !set->diagnosed)
        return now;
    if (set->expires_ms == 0)
        return INT64_MAX; /* of unknown age: until it is refused */
    /* A short-lived token must not be renewed again and again. */
    if (set->obtained_ms && (set->expires_ms - set->obtained_ms) / 2 < early)
        early = (set->expires_ms - set->obtained_ms) / 2;
    due = set->expires_ms - early;
    if (set->obtained_ms && due < set->obtained_ms + REFRESH_FLOOR_MS)
        due = set->obtained_ms + REFRESH_FLOOR_MS;
    return due;
}

/* Ms until the grant is to be refreshed. */
static int64_t grant_delay(const struct grant *grant)
{
    int64_t now = credentials_now(grant->credentials);
    int64_t due = INT64_MAX, wait;
    size_t i;

    for (i = 0; i < USHER_CREDENTIAL_COUNT; i++) {
        const struct credential *set = &grant->credentials->set[i];
        int64_t at;

        if (set->grant != grant)
            continue;
        at = credential_due(set, now);
        due = at < due ? at : due;
    }
    if (due == INT64_MAX)
        return due;
    due = due > now ? due - now : 0;
    wait = grant->retry_ms - credentials_steady(grant->credentials);
    return due < wait ? wait : due;
}

static void grant_tick(void *user)
{
    struct grant *grant = user;

    if (grant->retry_ms != 0 &&
        grant->retry_ms <= credentials_steady(grant->credentials)) {
        grant->retry_ms = 0; /* no longer waiting: show it */
        credentials_publish(grant->credentials);
    }
    /* Starting a refresh that fails at once sets the timer, too. */
    if (grant_delay(grant) == 0 && grant_refresh(grant) != USHER_OK)
        return;
    grant_schedule(grant);
}

void grant_schedule(struct grant *grant)
{
    int64_t delay;

    usher_timer_cancel(grant->credentials->loop, &grant->timer);
    if (grant->dead || grant_is_refreshed(grant))
        return;
    delay = grant_delay(grant);
    if (delay == INT64_MAX)
        return;
    if (delay > LOOK_AGAIN_MS)
        delay = LOOK_AGAIN_MS;
    usher_timer_set(grant->credentials->loop, &grant->timer, delay, grant_tick,
                    grant);
}

/* ---- Birth and end ---- */

static enum usher_status
fallback_copy(struct usher_credentials *credentials,
              const struct usher_credential_values *from)
{
    struct usher_credential_values *to = &credentials->fallback;

    if (!from)
        return USHER_OK;
    to->access_token = secret_copy(from->access_token);
    to->refresh_token = secret_copy(from->refresh_token);
    to->client_id = secret_copy(from->client_id);
    to->client_secret = secret_copy(from->client_secret);
    if ((from->access_token && !to->access_token) ||
        (from->refresh_token && !to->refresh_token) ||
        (from->client_id && !to->client_id) ||
        (from->client_secret && !to->client_secret))
        return USHER_ERR_NOMEM;
    return USHER_OK;
}

static enum usher_status
credentials_init(struct usher_credentials *credentials,
                 const struct usher_credentials_options *options)
{
    size_t i;

    credentials->loop = options->loop;
    credentials->client = options->client;
    credentials->store = options->store;
    credentials->clock = options->clock;
    credentials->log = options->log;
    credentials->settings = *options->settings;
    credentials->waiting_end = &credentials->waiting;
    for (i = 0; i < USHER_CREDENTIAL_COUNT; i++)
        credentials->set[i].id = (enum usher_credential_id)i;
    if (options->env_path) {
        credentials->env_path = strdup(options->env_path);
        if (!credentials->env_path)
            return USHER_ERR_NOMEM;
    }
    return fallback_copy(credentials, options->fallback);
}

enum usher_status
usher_credentials_new(const struct usher_credentials_options *options,
                      struct usher_config *config,
                      struct usher_credentials **out)
{
    struct usher_credentials *credentials = calloc(1, sizeof(*credentials));
    static const struct move nothing = {0, 0, 0};
    enum usher_status st;

    *out = NULL;
    if (!credentials)
        return USHER_ERR_NOMEM;
    if (pthread_mutex_init(&credentials->lock, NULL) != 0) {
        free(credentials);
        return USHER_ERR_NOMEM;
    }
    st = credentials_init(credentials, options);
    credentials->config = usher_config_retain(config);
    if (st == USHER_OK)
        st = credentials_apply(credentials, config, 1, &nothing);
    if (st == USHER_OK && !credentials->current)
        st = USHER_ERR_NOMEM;
    if (st == USHER_OK)
        *out = credentials;
    else
        usher_credentials_free(credentials);
    return st;
}

static void set_clear(struct credential *set)
{
    size_t i;

    for (i = 0; i < PARTS; i++)
        secret_free(set->configured[i]);
    secret_free(set->previous_access);
    secret_free(set->access_token);
}

void usher_credentials_free(struct usher_credentials *credentials)
{
    size_t i;

    if (!credentials)
        return;
    usher_timer_cancel(credentials->loop, &credentials->keep_timer);
    while (credentials->grants) {
        struct grant *grant = credentials->grants;
        credentials->grants = grant->next;
        grant_free(grant);
    }
    needs_free(credentials);
    for (i = 0; i < USHER_CREDENTIAL_COUNT; i++)
        set_clear(&credentials->set[i]);
    usher_tokens_release(credentials->current);
    secret_free((char *)(uintptr_t)credentials->fallback.access_token);
    secret_free((char *)(uintptr_t)credentials->fallback.refresh_token);
    secret_free((char *)(uintptr_t)credentials->fallback.client_id);
    secret_free((char *)(uintptr_t)credentials->fallback.client_secret);
    pthread_mutex_destroy(&credentials->lock);
    usher_config_release(credentials->config);
    free(credentials->env_path);
    free(credentials);
}

static struct move move_of(const struct usher_zoho_settings *from,
                           const struct usher_zoho_settings *to)
{
    struct move move = {0, 0, 0};
    size_t i;

    for (i = 0; i < USHER_ZOHO_SERVICES; i++)
        if (strcmp(from->hosts.base[i], to->hosts.base[i]) != 0)
            move.hosts = 1;
    move.accounts = strcmp(from->hosts.base[USHER_ZOHO_ACCOUNTS],
                           to->hosts.base[USHER_ZOHO_ACCOUNTS]) != 0;
    move.ids = strcmp(from->screen_name, to->screen_name) != 0 ||
               strcmp(from->org_id, to->org_id) != 0;
    return move;
}

void usher_credentials_reload(struct usher_credentials *credentials,
                              struct usher_config *config,
                              const struct usher_zoho_settings *settings)
{
    struct move move = move_of(&credentials->settings, settings);
    struct usher_zoho_settings before = credentials->settings;
    enum usher_status st;

    credentials->settings = *settings;
    st = credentials_apply(credentials, config, 0, &move);
    if (st != USHER_OK) {
        credentials->settings = before; /* the next one sees the move */
        usher_log_event(credentials->log, USHER_LOG_ERROR, "zoho",
                        "credentials not reloaded", "reason",
                        usher_status_text(st), NULL);
    }
    usher_config_release(credentials->config);
    credentials->config = usher_config_retain(config);
    persist_env_again(credentials);
    needs_again(credentials);
}

void usher_credentials_on_change(struct usher_credentials *credentials,
                                 usher_credentials_change_fn *fn, void *user)
{
    credentials->on_change = fn;
    credentials->on_change_user = user;
}
