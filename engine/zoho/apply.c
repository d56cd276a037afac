/* engine/zoho/apply.c - settings become credentials: at the start, beside
 * what the store kept, and again when a person has changed them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zoho/credential_internal.h"

/* A set's values as the settings have them; borrowed. */
struct wanted {
    const char *value[PARTS];
    const char *client_id; /* with those of default as the fallback */
    const char *client_secret;
    int in_env_file;
};

static int is_from_file(const struct usher_config *config,
                        enum usher_setting setting)
{
    return usher_config_is_set(config, setting) &&
           strcmp(usher_config_origin(config, setting), "environment") != 0;
}

static void wanted_read(const struct usher_config *config,
                        enum usher_credential_id id, struct wanted *out)
{
    enum usher_setting access =
        usher_setting_credential(id, USHER_CREDENTIAL_ACCESS_TOKEN);
    enum usher_setting refresh =
        usher_setting_credential(id, USHER_CREDENTIAL_REFRESH_TOKEN);
    size_t i;

    for (i = 0; i < PARTS; i++)
        out->value[i] = usher_config_text(
            config,
            usher_setting_credential(id, (enum usher_credential_part)i));
    /* An access token in the environment would hide the one we wrote; and
     * where nothing of the set stands in the file it is not our place. */
    out->in_env_file =
        is_from_file(config, access) ||
        (!usher_config_is_set(config, access) && is_from_file(config, refresh));
}

static void wanted_fallback(const struct usher_credential_values *values,
                            struct wanted *out)
{
    out->value[USHER_CREDENTIAL_ACCESS_TOKEN] = values->access_token;
    out->value[USHER_CREDENTIAL_REFRESH_TOKEN] = values->refresh_token;
    out->value[USHER_CREDENTIAL_CLIENT_ID] = values->client_id;
    out->value[USHER_CREDENTIAL_CLIENT_SECRET] = values->client_secret;
}

static int is_given(const char *text)
{
    return text && *text;
}

static int wanted_present(const struct wanted *wanted)
{
    return is_given(wanted->value[USHER_CREDENTIAL_ACCESS_TOKEN]) ||
           is_given(wanted->value[USHER_CREDENTIAL_REFRESH_TOKEN]);
}

static void wanted_all(const struct usher_credentials *credentials,
                       const struct usher_config *config,
                       struct wanted wanted[USHER_CREDENTIAL_COUNT])
{
    const struct wanted *base = &wanted[USHER_CREDENTIAL_DEFAULT];
    int any = 0;
    size_t i;

    for (i = 0; i < USHER_CREDENTIAL_COUNT; i++) {
        wanted_read(config, (enum usher_credential_id)i, &wanted[i]);
        any = any || wanted_present(&wanted[i]);
    }
    if (!any)
        wanted_fallback(&credentials->fallback,
                        &wanted[USHER_CREDENTIAL_DEFAULT]);
    for (i = 0; i < USHER_CREDENTIAL_COUNT; i++) {
        const char *const *own = wanted[i].value;

        wanted[i].client_id = is_given(own[USHER_CREDENTIAL_CLIENT_ID])
                                  ? own[USHER_CREDENTIAL_CLIENT_ID]
                                  : base->value[USHER_CREDENTIAL_CLIENT_ID];
        wanted[i].client_secret =
            is_given(own[USHER_CREDENTIAL_CLIENT_SECRET])
                ? own[USHER_CREDENTIAL_CLIENT_SECRET]
                : base->value[USHER_CREDENTIAL_CLIENT_SECRET];
    }
}

/* ---- Grants ---- */

void grant_free(struct grant *grant)
{
    if (!grant)
        return;
    if (grant->transfer)
        usher_transfer_cancel(grant->transfer);
    usher_timer_cancel(grant->credentials->loop, &grant->timer);
    secret_free(grant->refresh_token);
    free(grant);
}

static struct grant *grant_find(struct usher_credentials *credentials,
                                const char *refresh_token)
{
    struct grant *grant;

    for (grant = credentials->grants; grant; grant = grant->next)
        if (secret_equal(grant->refresh_token, refresh_token))
            return grant;
    return NULL;
}

static struct grant *grant_new(struct usher_credentials *credentials,
                               const char *refresh_token)
{
    struct grant *grant = calloc(1, sizeof(*grant));

    if (!grant)
        return NULL;
    grant->credentials = credentials;
    grant->refresh_token = secret_copy(refresh_token);
    if (!grant->refresh_token) {
        grant_free(grant);
        return NULL;
    }
    persist_load_grant(grant);
    grant->next = credentials->grants;
    credentials->grants = grant;
    return grant;
}

static enum usher_status grant_for(struct usher_credentials *credentials,
                                   const struct wanted *wanted,
                                   struct grant **out)
{
    const char *token = wanted->value[USHER_CREDENTIAL_REFRESH_TOKEN];

    *out = NULL;
    if (!is_given(token))
        return USHER_OK;
    *out = grant_find(credentials, token);
    if (!*out)
        *out = grant_new(credentials, token);
    if (!*out)
        return USHER_ERR_NOMEM;
    return USHER_OK;
}

/* What was dead or waited may live now: its values are others, or Accounts is
 * another. */
static void grant_revive(struct grant *grant)
{
    struct credential *set = grant->credentials->set;
    size_t i;

    if (grant->transfer)
        usher_transfer_cancel(grant->transfer);
    grant->transfer = NULL;
    grant->counted = 0;
    grant->dead = 0;
    grant->retry_ms = 0;
    grant->failures = 0;
    grant_first_client(grant);
    for (i = 0; i < USHER_CREDENTIAL_COUNT; i++)
        if (set[i].grant == grant && !set[i].diagnosed)
            set[i].reason[0] = '\0';
}

static int grant_is_used(const struct grant *grant)
{
    size_t i;

    for (i = 0; i < USHER_CREDENTIAL_COUNT; i++)
        if (grant->credentials->set[i].grant == grant)
            return 1;
    return 0;
}

static void grants_sweep(struct usher_credentials *credentials)
{
    struct grant **at = &credentials->grants;

    while (*at) {
        struct grant *grant = *at;

        if (grant_is_used(grant)) {
            at = &grant->next;
        } else {
            *at = grant->next;
            grant_free(grant);
        }
    }
}

/* ---- Sets ---- */

static enum usher_status text_replace(char **at, const char *text)
{
    char *copy = NULL;

    if (is_given(text)) {
        copy = secret_copy(text);
        if (!copy)
            return USHER_ERR_NOMEM;
    }
    secret_free(*at);
    *at = copy;
    return USHER_OK;
}

/* What has been heard about the token does not count any more. With a number
 * of its own, so that who used it before says nothing about it now. */
static void credential_forget(struct credential *set)
{
    set->generation++;
    set->refused = 0;
    set->worked = 0;
    memset(set->refusals, 0, sizeof(set->refusals));
    set->tried = 0;
    set->diagnosed = 0;
    set->reason[0] = '\0';
}

/* What a set is to have. That of all sets is made before any of them is
 * touched: where there is no memory nothing changes, and the next reload finds
 * all that is new. */
struct prepared {
    char *configured[PARTS];
    char *access_token;
    struct grant *grant; /* borrowed */
};

static enum usher_status set_prepare(struct usher_credentials *credentials,
                                     const struct wanted *wanted,
                                     struct prepared *out)
{
    enum usher_status st;
    size_t i;

    st = text_replace(&out->access_token,
                      wanted->value[USHER_CREDENTIAL_ACCESS_TOKEN]);
    for (i = 0; i < PARTS && st == USHER_OK; i++)
        st = text_replace(&out->configured[i], wanted->value[i]);
    return st == USHER_OK ? grant_for(credentials, wanted, &out->grant) : st;
}

static void prepared_clear(struct prepared *prepared)
{
    size_t i;

    for (i = 0; i < PARTS; i++)
        secret_free(prepared->configured[i]);
    secret_free(prepared->access_token);
}

/* What was there before goes with what was prepared. */
static void text_swap(char **a, char **b)
{
    char *kept = *a;

    *a = *b;
    *b = kept;
}

static void token_swap(struct credential *set, char **token)
{
    text_swap(&set->access_token, token);
    set->expires_ms = 0;
    set->obtained_ms = 0;
    set->stale = 0;
    credential_forget(set);
}

static void remember_part(struct credential *set, struct prepared *prepared,
                          enum usher_credential_part part)
{
    text_swap(&set->configured[part], &prepared->configured[part]);
}

/* Always: other sets fall back to the client of default. */
static void remember_client(struct credential *set, struct prepared *prepared)
{
    remember_part(set, prepared, USHER_CREDENTIAL_CLIENT_ID);
    remember_part(set, prepared, USHER_CREDENTIAL_CLIENT_SECRET);
    set->grant = prepared->grant;
}

static void remember(struct credential *set, const struct wanted *wanted,
                     struct prepared *prepared)
{
    remember_part(set, prepared, USHER_CREDENTIAL_ACCESS_TOKEN);
    remember_part(set, prepared, USHER_CREDENTIAL_REFRESH_TOKEN);
    set->present = wanted_present(wanted);
    set->in_env_file = wanted->in_env_file;
}

/* Whether the kept token still stands: the settings are those it was made
 * beside, or hold that very token (written there just before the end). */
static int kept_stands(const struct kept_token *kept,
                       const struct wanted *wanted)
{
    const char *access = wanted->value[USHER_CREDENTIAL_ACCESS_TOKEN];
    unsigned char digest[DIGEST_BYTES];

    if (!kept->access_token[0])
        return 0;
    secret_digest(wanted->value[USHER_CREDENTIAL_REFRESH_TOKEN], digest);
    if (memcmp(digest, kept->grant, sizeof(digest)) != 0)
        return 0;
    if (secret_equal(access, kept->access_token))
        return 1;
    secret_digest(access, digest);
    return memcmp(digest, kept->seen_access, sizeof(digest)) == 0;
}

static enum usher_status set_start(struct usher_credentials *credentials,
                                   struct credential *set,
                                   const struct wanted *wanted,
                                   struct prepared *prepared)
{
    struct kept_token kept;
    enum usher_status st;

    remember_client(set, prepared);
    remember(set, wanted, prepared);
    if (!set->present)
        return USHER_OK;
    st = persist_load(credentials, set, &kept);
    if (st == USHER_ERR_NOMEM) /* what is kept is not to be written over */
        return st;
    if (st == USHER_OK && kept_stands(&kept, wanted)) {
        (void)usher_log_secret(credentials->log, kept.access_token);
        token_swap(set, &kept.access_token);
        set->expires_ms = kept.expires_ms;
        set->obtained_ms = kept.obtained_ms;
        set->tried = 1;
    } else {
        token_swap(set, &prepared->access_token);
        persist_save(credentials, set);
    }
    secret_free(kept.access_token);
    return USHER_OK;
}

/* Nonzero: a person changed the access token. What we wrote, and what stood
 * there before we did (a file read just before our write), is no change. */
static int access_changed(const struct credential *set,
                          const struct wanted *wanted)
{
    const char *access = wanted->value[USHER_CREDENTIAL_ACCESS_TOKEN];

    if (!is_given(access))
        return 0;
    return !secret_equal(access,
                         set->configured[USHER_CREDENTIAL_ACCESS_TOKEN]) &&
           !secret_equal(access, set->access_token) &&
           !(set->previous_access &&
             secret_equal(access, set->previous_access));
}

/* Nonzero: Accounts may answer otherwise than it did. */
static int grant_changed(const struct usher_credentials *credentials,
                         const struct credential *set,
                         const struct wanted *wanted)
{
    if (!secret_equal(set->configured[USHER_CREDENTIAL_REFRESH_TOKEN],
                      wanted->value[USHER_CREDENTIAL_REFRESH_TOKEN]))
        return 1;
    return set->grant &&
           (!secret_equal(credential_client(credentials, set->id,
                                            USHER_CREDENTIAL_CLIENT_ID),
                          wanted->client_id) ||
            !secret_equal(credential_client(credentials, set->id,
                                            USHER_CREDENTIAL_CLIENT_SECRET),
                          wanted->client_secret));
}

/* What a reload means for a set; all sets are looked at before any of them
 * is touched, since they share grants and fallbacks. */
struct change {
    int access;
    int grant;
    int forget; /* another host, another answer */
    int news;   /* for people */
    int any;
};

static struct change change_of(const struct usher_credentials *credentials,
                               const struct credential *set,
                               const struct wanted *wanted,
                               const struct move *move)
{
    struct change change;

    change.access = access_changed(set, wanted);
    change.grant = grant_changed(credentials, set, wanted) ||
                   (move->accounts && set->grant);
    change.forget = set->present && (move->hosts || move->ids);
    change.news = change.access || change.grant ||
                  set->present != wanted_present(wanted) ||
                  (set->present && move->hosts);
    change.any = change.news || change.forget;
    return change;
}

static void set_reload(struct usher_credentials *credentials,
                       struct credential *set, const struct wanted *wanted,
                       const struct change *change, struct prepared *prepared)
{
    int was_present = set->present;

    remember_client(set, prepared);
    if (!change->any)
        return;
    remember(set, wanted, prepared);
    set->diagnosed = 0;
    set->reason[0] = '\0';
    if (change->access || !was_present || !set->present) {
        token_swap(set, &prepared->access_token);
    } else {
        if (change->forget)
            credential_forget(set);
        if (change->grant && set->grant)
            set->stale = 1; /* perhaps it was made for other scopes */
    }
    if (set->present && (change->access || change->grant))
        persist_save(credentials, set);
}

static void log_applied(struct usher_credentials *credentials,
                        const struct credential *set)
{
    usher_log_event(credentials->log, USHER_LOG_INFO, "zoho",
                    set->present ? "credential changed" : "credential removed",
                    "credential", usher_credential_name(set->id), NULL);
}

static void secret_register(void *user, const char *value)
{
    struct usher_log *log = user;

    /* Too short to be hidden, or no memory: neither can be helped here. */
    (void)usher_log_secret(log, value);
}

/* A reload: all sets, or none. `changes` are NULL at the start. */
static enum usher_status sets_apply(struct usher_credentials *credentials,
                                    const struct wanted *wanted,
                                    const struct change *changes)
{
    struct prepared prepared[USHER_CREDENTIAL_COUNT] = {{{0}, NULL, NULL}};
    struct credential *set = credentials->set;
    enum usher_status st = USHER_OK;
    size_t i;

    for (i = 0; i < USHER_CREDENTIAL_COUNT && st == USHER_OK; i++)
        st = set_prepare(credentials, &wanted[i], &prepared[i]);
    for (i = 0; i < USHER_CREDENTIAL_COUNT && st == USHER_OK; i++)
        if (changes)
            set_reload(credentials, &set[i], &wanted[i], &changes[i],
                       &prepared[i]);
        else
            st = set_start(credentials, &set[i], &wanted[i], &prepared[i]);
    for (i = 0; i < USHER_CREDENTIAL_COUNT; i++)
        prepared_clear(&prepared[i]);
    grants_sweep(credentials);
    return st;
}

/* After all sets: they share grants. */
static void grants_reload(struct usher_credentials *credentials,
                          const struct change *changes, const struct move *move)
{
    struct grant *grant;
    size_t i;

    for (i = 0; i < USHER_CREDENTIAL_COUNT; i++)
        if (credentials->set[i].grant && changes[i].grant)
            grant_revive(credentials->set[i].grant);
    for (grant = credentials->grants; grant; grant = grant->next) {
        if (!grant_owns_client(grant))
            grant_first_client(grant);
        if (move->accounts)
            grant->attempt_count = 0; /* that one has counted none */
    }
}

static void changes_tell(struct usher_credentials *credentials,
                         const struct change *changes)
{
    size_t i;

    for (i = 0; i < USHER_CREDENTIAL_COUNT; i++) {
        if (changes[i].news)
            log_applied(credentials, &credentials->set[i]);
        if (changes[i].any)
            credential_changed(credentials, &credentials->set[i]);
    }
}

enum usher_status credentials_apply(struct usher_credentials *credentials,
                                    const struct usher_config *config,
                                    int at_start, const struct move *move)
{
    struct wanted wanted[USHER_CREDENTIAL_COUNT];
    struct change changes[USHER_CREDENTIAL_COUNT] = {{0, 0, 0, 0, 0}};
    enum usher_status st;
    struct grant *grant;
    size_t i;

    usher_config_secrets(config, secret_register, credentials->log);
    wanted_all(credentials, config, wanted);
    for (i = 0; i < USHER_CREDENTIAL_COUNT && !at_start; i++)
        changes[i] =
            change_of(credentials, &credentials->set[i], &wanted[i], move);
    st = sets_apply(credentials, wanted, at_start ? NULL : changes);
    if (st != USHER_OK)
        return st;
    grants_reload(credentials, changes, move);
    credentials_publish(credentials);
    for (grant = credentials->grants; grant; grant = grant->next)
        grant_schedule(grant);
    changes_tell(credentials, changes);
    return USHER_OK;
}

/* Nobody has to be asked again who is being asked. */
static int is_under_way(const struct grant *grant)
{
    return grant && grant_is_refreshed(grant);
}

void usher_credentials_again(struct usher_credentials *credentials)
{
    struct credential *set = credentials->set;
    struct grant *grant;
    size_t i;

    for (i = 0; i < USHER_CREDENTIAL_COUNT; i++)
        if (set[i].refused && !is_under_way(set[i].grant))
            credential_forget(&set[i]);
    for (grant = credentials->grants; grant; grant = grant->next)
        if (!is_under_way(grant) &&
            (grant->dead || grant->kind != USHER_KIND_RATE_LIMITED))
            grant_revive(grant);
    credentials_publish(credentials);
    for (grant = credentials->grants; grant; grant = grant->next)
        grant_schedule(grant);
    needs_again(credentials);
}
