/* engine/zoho/snapshot.c - the immutable picture of all credentials that
 * other threads hold. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zoho/credential_internal.h"

/* One block: the picture, its count, and the texts behind. */
struct snapshot {
    struct usher_tokens tokens; /* first: its address is the block's */
    _Atomic unsigned references;
    size_t text_bytes;
    char text[];
};

static const char header_prefix[] = "Zoho-oauthtoken ";

void usher_tokens_retain(const struct usher_tokens *tokens)
{
    struct snapshot *snapshot = (struct snapshot *)(uintptr_t)tokens;

    atomic_fetch_add_explicit(&snapshot->references, 1, memory_order_relaxed);
}

void usher_tokens_release(const struct usher_tokens *tokens)
{
    struct snapshot *snapshot = (struct snapshot *)(uintptr_t)tokens;

    if (!snapshot)
        return;
    if (atomic_fetch_sub_explicit(&snapshot->references, 1,
                                  memory_order_acq_rel) != 1)
        return;
    explicit_bzero(snapshot->text, snapshot->text_bytes);
    free(snapshot);
}

/* Nonzero: the access token by itself is good, as far as anybody knows. */
static int access_is_good(const struct usher_credentials *credentials,
                          const struct credential *set)
{
    return set->access_token && !set->refused &&
           !credential_expired(set, credentials_now(credentials));
}

static int grant_waits(const struct grant *grant)
{
    return grant && grant->retry_ms > credentials_steady(grant->credentials);
}

enum usher_credential_state
credential_state(const struct usher_credentials *credentials,
                 const struct credential *set)
{
    const struct grant *grant = set->grant;

    if (!set->present)
        return USHER_CREDENTIAL_ABSENT;
    if ((!grant || grant->dead) && !access_is_good(credentials, set))
        return USHER_CREDENTIAL_DEAD;
    if (set->diagnosed)
        return USHER_CREDENTIAL_REFUSED;
    if (grant_waits(grant))
        return USHER_CREDENTIAL_WAITING;
    if (!set->access_token || !set->tried)
        return USHER_CREDENTIAL_UNKNOWN;
    return USHER_CREDENTIAL_ALIVE;
}

/* Why a set is dead that has had an access token: whoever has just put a new
 * one into .env wants to hear of that one. */
static void death_explain(struct credential *set)
{
    const struct grant *grant = set->grant;

    if (grant) {
        snprintf(set->reason, sizeof(set->reason),
                 "the access token is no longer good and cannot be renewed: "
                 "%.140s",
                 grant->reason);
        snprintf(set->hint, sizeof(set->hint), "%s", grant->hint);
        return;
    }
    snprintf(set->reason, sizeof(set->reason),
             "the access token is no longer good and there is no refresh "
             "token");
    snprintf(set->hint, sizeof(set->hint),
             "Set %s with its client id and client secret.",
             usher_setting_at(usher_setting_credential(
                                  set->id, USHER_CREDENTIAL_REFRESH_TOKEN))
                 ->name);
}

/* The texts of a set: of its own, or its grant's. */
struct texts {
    const char *reason;
    const char *hint;
    enum usher_error_kind kind;
};

static struct texts credential_texts(const struct credential *set)
{
    const struct grant *grant = set->grant;
    struct texts texts = {NULL, NULL, USHER_KIND_TOKEN};

    if (grant_waits(grant) ||
        (grant && grant->dead && (set->diagnosed || !set->reason[0]))) {
        texts.reason = grant->reason;
        texts.hint = grant->hint;
        texts.kind = grant->kind;
    } else if (set->reason[0]) {
        texts.reason = set->reason;
        texts.hint = set->hint;
    }
    return texts;
}

static size_t text_bytes(const struct usher_credentials *credentials)
{
    size_t bytes = 0;
    size_t i;

    for (i = 0; i < USHER_CREDENTIAL_COUNT; i++) {
        const struct credential *set = &credentials->set[i];
        struct texts texts = credential_texts(set);

        if (set->access_token)
            bytes += sizeof(header_prefix) + strlen(set->access_token);
        if (texts.reason)
            bytes += strlen(texts.reason) + strlen(texts.hint) + 2;
    }
    return bytes;
}

static const char *text_put(char **at, const char *prefix, const char *text)
{
    char *start = *at;
    size_t len = strlen(prefix);

    memcpy(start, prefix, len);
    memcpy(start + len, text, strlen(text) + 1);
    *at = start + len + strlen(text) + 1;
    return start;
}

static void token_fill(const struct usher_credentials *credentials,
                       const struct credential *set, struct usher_token *token,
                       char **at)
{
    struct texts texts = credential_texts(set);

    token->set = set->id;
    token->state = credential_state(credentials, set);
    token->generation = set->generation;
    token->expires_ms = set->expires_ms;
    token->refused = set->refused;
    token->worked = set->worked;
    token->kind = texts.kind;
    if (grant_waits(set->grant))
        token->retry_ms = set->grant->retry_ms;
    if (set->access_token)
        token->header = text_put(at, header_prefix, set->access_token);
    if (texts.reason) {
        token->reason = text_put(at, "", texts.reason);
        token->hint = text_put(at, "", texts.hint);
    }
}

static void deaths_explain(struct usher_credentials *credentials)
{
    size_t i;

    for (i = 0; i < USHER_CREDENTIAL_COUNT; i++) {
        struct credential *set = &credentials->set[i];

        if (set->access_token && !set->reason[0] &&
            credential_state(credentials, set) == USHER_CREDENTIAL_DEAD)
            death_explain(set);
    }
}

/* Without memory the old picture stays, which is no worse than late. */
void credentials_publish(struct usher_credentials *credentials)
{
    struct snapshot *snapshot;
    const struct usher_tokens *old;
    size_t bytes;
    char *at;
    size_t i;

    deaths_explain(credentials);
    bytes = text_bytes(credentials);
    snapshot = calloc(1, sizeof(*snapshot) + bytes);
    if (!snapshot)
        return;
    atomic_init(&snapshot->references, 1);
    snapshot->text_bytes = bytes;
    snapshot->tokens.version =
        atomic_load_explicit(&credentials->version, memory_order_relaxed) + 1;
    snapshot->tokens.settings = credentials->settings;
    at = snapshot->text;
    for (i = 0; i < USHER_CREDENTIAL_COUNT; i++)
        token_fill(credentials, &credentials->set[i],
                   &snapshot->tokens.token[i], &at);

    pthread_mutex_lock(&credentials->lock);
    old = credentials->current;
    credentials->current = &snapshot->tokens;
    atomic_store_explicit(&credentials->version, snapshot->tokens.version,
                          memory_order_release);
    pthread_mutex_unlock(&credentials->lock);
    usher_tokens_release(old);
}

uint64_t usher_credentials_version(const struct usher_credentials *credentials)
{
    return atomic_load_explicit(&credentials->version, memory_order_acquire);
}

const struct usher_tokens *
usher_credentials_tokens(struct usher_credentials *credentials)
{
    const struct usher_tokens *tokens;

    pthread_mutex_lock(&credentials->lock);
    tokens = credentials->current;
    usher_tokens_retain(tokens);
    pthread_mutex_unlock(&credentials->lock);
    return tokens;
}

const struct usher_token *
usher_tokens_choose(const struct usher_tokens *tokens,
                    const struct usher_credential_choice *choice)
{
    size_t i;

    for (i = 0; i < choice->count; i++) {
        const struct usher_token *token = &tokens->token[choice->set[i]];
        if (token->state != USHER_CREDENTIAL_ABSENT)
            return token;
    }
    return NULL;
}

int usher_token_usable(const struct usher_token *token,
                       enum usher_zoho_service service, int64_t now_ms)
{
    if (!token->header)
        return 0;
    if (token->expires_ms != 0 && now_ms >= token->expires_ms)
        return 0;
    return token->state == USHER_CREDENTIAL_REFUSED ||
           !(token->refused & (1U << service));
}

int usher_credential_is_hope(enum usher_credential_state state)
{
    return state != USHER_CREDENTIAL_DEAD && state != USHER_CREDENTIAL_REFUSED;
}

const char *usher_credential_state_text(enum usher_credential_state state)
{
    static const char *const names[] = {
        "absent", "unknown", "alive", "refused", "waiting", "dead",
    };

    if ((size_t)state >= sizeof(names) / sizeof(names[0]))
        return "unknown";
    return names[state];
}
