/* engine/zoho/need.c - other threads ask for a token, and are answered
 * through their loop.
 *
 * A need is in the list of all needs from its birth to its answer, so that
 * none is lost when a loop ends with posts it did not run. Who cancels only
 * marks it: it may be on its way on another thread just now. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zoho/credential_internal.h"

static void need_unlink(struct usher_need *need)
{
    if (need->prev)
        need->prev->next = need->next;
    else
        need->credentials->needs = need->next;
    if (need->next)
        need->next->prev = need->prev;
}

static void need_drop(struct usher_need *need)
{
    pthread_mutex_lock(&need->credentials->lock);
    need_unlink(need);
    pthread_mutex_unlock(&need->credentials->lock);
    usher_tokens_release(need->tokens);
    free(need);
}

/* On the asker's thread. */
static void need_deliver(void *user)
{
    struct usher_need *need = user;
    int cancelled;

    pthread_mutex_lock(&need->credentials->lock);
    need_unlink(need);
    cancelled = need->cancelled;
    pthread_mutex_unlock(&need->credentials->lock);
    if (!cancelled)
        need->fn(need->user, need->status, need->tokens);
    usher_tokens_release(need->tokens);
    free(need);
}

static void need_answer(struct usher_need *need, enum usher_status status)
{
    struct usher_credentials *credentials = need->credentials;
    int cancelled;

    pthread_mutex_lock(&credentials->lock);
    cancelled = need->cancelled;
    if (!cancelled) {
        need->status = status;
        need->tokens = credentials->current;
        usher_tokens_retain(need->tokens);
        need->state = NEED_ANSWERED;
        /* Under the lock: whoever cancels knows that its loop gets no post
         * after. A post that fails leaves the asker to its deadline. */
        (void)usher_loop_post(need->loop, need_deliver, need);
    }
    pthread_mutex_unlock(&credentials->lock);
    if (cancelled)
        need_drop(need);
}

static void diagnose(struct usher_credentials *credentials,
                     struct credential *set, enum usher_zoho_service service)
{
    const char *accounts =
        credentials->settings.hosts.base[USHER_ZOHO_ACCOUNTS];
    const char *base = credentials->settings.hosts.base[service];
    const struct usher_data_centre *from = usher_data_centre_of_url(accounts);
    const struct usher_data_centre *to = usher_data_centre_of_url(base);
    const char *name = usher_zoho_service_text(service);

    if (from && to && from != to) {
        snprintf(set->reason, sizeof(set->reason),
                 "tokens are made in %s, but %s is called in %s", from->country,
                 name, to->country);
        snprintf(set->hint, sizeof(set->hint),
                 "Data centres do not know each other's tokens: set ZOHO_DC, "
                 "ZOHO_ACCOUNTS_URL, SALESIQ_URL and DESK_URL to one.");
        return;
    }
    if (service == USHER_ZOHO_DESK &&
        strncmp(set->access_token, "1005.", 5) == 0) {
        snprintf(set->reason, sizeof(set->reason),
                 "desk refuses this organisation token");
        snprintf(set->hint, sizeof(set->hint),
                 "Desk wants the token of a user: set DESK_REFRESH_TOKEN, "
                 "DESK_CLIENT_ID and DESK_CLIENT_SECRET.");
        return;
    }
    snprintf(set->reason, sizeof(set->reason),
             "%s refuses a token that was just made", name);
    snprintf(set->hint, sizeof(set->hint),
             "The refresh token belongs to another organisation or to a user "
             "who may no longer enter the portal, or more than ten programs "
             "use it. Make a new one in the right portal.");
}

static void refuse_fresh(struct usher_credentials *credentials,
                         struct credential *set,
                         enum usher_zoho_service service)
{
    if (set->diagnosed)
        return;
    set->diagnosed = 1;
    diagnose(credentials, set, service);
    usher_log_event(credentials->log, USHER_LOG_ERROR, "zoho",
                    "fresh token refused", "credential",
                    usher_credential_name(set->id), "service",
                    usher_zoho_service_text(service), "reason", set->reason,
                    "hint", set->hint, NULL);
    credentials_publish(credentials);
    credential_changed(credentials, set);
}

/* Nothing renews its access token, and that has come to its end. */
static void death_tell(struct usher_credentials *credentials,
                       const struct credential *set)
{
    const struct usher_token *token = &credentials->current->token[set->id];

    usher_log_event(credentials->log, USHER_LOG_ERROR, "zoho",
                    "credential dead", "credential",
                    usher_credential_name(set->id), "reason", token->reason,
                    "hint", token->hint, NULL);
    credential_changed(credentials, set);
}

/* Notes what the asker says about the token. Nonzero: it is news. */
static int need_note(struct usher_need *need, struct credential *set)
{
    unsigned bit = 1U << need->service;

    if (need->force || need->generation == 0 ||
        need->generation != set->generation || (set->refused & bit))
        return 0;
    set->refused |= bit;
    set->refusals[need->service]++;
    return 1;
}

/* A token newer than the asker's. */
static int need_is_met(const struct usher_need *need,
                       const struct credential *set, int64_t now)
{
    return set->access_token && need->generation != set->generation &&
           !credential_expired(set, now);
}

/* Nonzero: a refresh is in flight that will answer it. */
static int need_refresh(struct usher_need *need, struct credential *set,
                        int64_t now)
{
    struct usher_credentials *credentials = need->credentials;
    struct grant *grant = set->grant;

    if (!grant)
        return 0;
    if (!need->force && credential_is_fresh_refused(set, need->service, now)) {
        refuse_fresh(credentials, set, need->service);
        return 0;
    }
    if (need->force && !grant_is_refreshed(grant))
        grant->dead = 0; /* a person wants to know: one more try */
    return grant_refresh(grant) == USHER_OK;
}

/* Looks at a need: answers it, or gives nonzero when it has to wait for a
 * refresh. */
static int need_waits(struct usher_need *need)
{
    struct usher_credentials *credentials = need->credentials;
    struct credential *set = &credentials->set[need->set];
    int was_dead =
        credentials->current->token[need->set].state == USHER_CREDENTIAL_DEAD;
    int64_t now = credentials_now(credentials);

    if (!set->present) {
        need_answer(need, USHER_ERR_NOT_FOUND);
        return 0;
    }
    if (need_is_met(need, set, now)) {
        need_answer(need, USHER_OK);
        return 0;
    }
    if (need_note(need, set) ||
        (!was_dead &&
         credential_state(credentials, set) == USHER_CREDENTIAL_DEAD))
        credentials_publish(credentials);
    if (!was_dead &&
        credentials->current->token[need->set].state == USHER_CREDENTIAL_DEAD)
        death_tell(credentials, set);
    if (need_refresh(need, set, now))
        return 1;
    need_answer(need, USHER_ERR_INVALID);
    return 0;
}

static void need_wait(struct usher_need *need)
{
    need->state = NEED_WAITING;
    need->waiting_next = NULL;
    *need->credentials->waiting_end = need;
    need->credentials->waiting_end = &need->waiting_next;
}

static struct usher_need *waiting_take(struct usher_credentials *credentials)
{
    struct usher_need *all = credentials->waiting;

    credentials->waiting = NULL;
    credentials->waiting_end = &credentials->waiting;
    return all;
}

void needs_again(struct usher_credentials *credentials)
{
    struct usher_need *need = waiting_take(credentials);

    while (need) {
        struct usher_need *next = need->waiting_next;
        const struct credential *set = &credentials->set[need->set];
        const struct grant *grant = set->grant;

        if (need_is_met(need, set, credentials_now(credentials)))
            need_answer(need, USHER_OK); /* whoever has brought it */
        else if (grant && grant_is_refreshed(grant))
            need_wait(need); /* another grant's news */
        else if (grant && (grant->dead ||
                           grant->retry_ms > credentials_steady(credentials)))
            need_answer(need, USHER_ERR_INVALID);
        else if (need_waits(need))
            need_wait(need);
        need = next;
    }
}

static void token_worked(struct usher_need *need)
{
    struct usher_credentials *credentials = need->credentials;
    struct credential *set = &credentials->set[need->set];
    unsigned bit = 1U << need->service;

    if (need->generation != set->generation)
        return;
    if ((set->worked & bit) && !(set->refused & bit))
        return;
    set->tried = 1;
    set->worked |= bit;
    set->refused &= ~bit;
    set->refusals[need->service] = 0;
    if (set->refused == 0) {
        set->diagnosed = 0;
        set->reason[0] = '\0';
    }
    credentials_publish(credentials);
    credential_works(credentials, set);
}

/* On the control thread. */
static void need_arrive(void *user)
{
    struct usher_need *need = user;

    if (need->worked) {
        token_worked(need);
        need_drop(need);
        return;
    }
    if (need_waits(need))
        need_wait(need);
}

static enum usher_status need_post(struct usher_need *need,
                                   struct usher_need **out)
{
    struct usher_credentials *credentials = need->credentials;
    enum usher_status st;

    pthread_mutex_lock(&credentials->lock);
    need->next = credentials->needs;
    if (need->next)
        need->next->prev = need;
    credentials->needs = need;
    pthread_mutex_unlock(&credentials->lock);
    if (out)
        *out = need;
    st = usher_loop_post(credentials->loop, need_arrive, need);
    if (st == USHER_OK)
        return USHER_OK;
    if (out)
        *out = NULL;
    need_drop(need);
    return st;
}

static enum usher_status need_ask(const struct usher_need *like,
                                  struct usher_need **out)
{
    struct usher_need *need = malloc(sizeof(*need));

    if (out)
        *out = NULL;
    if (!need)
        return USHER_ERR_NOMEM;
    *need = *like;
    return need_post(need, out);
}

enum usher_status
usher_credentials_need(struct usher_credentials *credentials,
                       enum usher_credential_id set, uint64_t generation,
                       enum usher_zoho_service service, struct usher_loop *loop,
                       usher_need_fn *fn, void *user, struct usher_need **out)
{
    struct usher_need need = {.credentials = credentials,
                              .set = set,
                              .generation = generation,
                              .service = service,
                              .loop = loop,
                              .fn = fn,
                              .user = user};
    return need_ask(&need, out);
}

enum usher_status
usher_credentials_refresh(struct usher_credentials *credentials,
                          enum usher_credential_id set, struct usher_loop *loop,
                          usher_need_fn *fn, void *user,
                          struct usher_need **out)
{
    const struct usher_tokens *tokens = usher_credentials_tokens(credentials);
    struct usher_need need = {.credentials = credentials,
                              .set = set,
                              .generation = tokens->token[set].generation,
                              .force = 1,
                              .loop = loop,
                              .fn = fn,
                              .user = user};

    usher_tokens_release(tokens);
    return need_ask(&need, out);
}

void usher_credentials_worked(struct usher_credentials *credentials,
                              enum usher_credential_id set, uint64_t generation,
                              enum usher_zoho_service service)
{
    struct usher_need need = {.credentials = credentials,
                              .set = set,
                              .generation = generation,
                              .service = service,
                              .worked = 1};

    /* Lost for want of memory: the next call that works says it again. */
    if (need_ask(&need, NULL) != USHER_OK)
        return;
}

void usher_need_cancel(struct usher_need *need)
{
    pthread_mutex_lock(&need->credentials->lock);
    need->cancelled = 1;
    pthread_mutex_unlock(&need->credentials->lock);
}

void needs_free(struct usher_credentials *credentials)
{
    struct usher_need *need = credentials->needs;

    while (need) {
        struct usher_need *next = need->next;
        usher_tokens_release(need->tokens);
        free(need);
        need = next;
    }
    credentials->needs = NULL;
    (void)waiting_take(credentials);
}
