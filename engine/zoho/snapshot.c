/* engine/zoho/snapshot.c - the immutable picture of all credentials that
 * other threads hold. */
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

static enum usher_credential_state
credential_state(const struct credential *set, int64_t now)
{
    const struct grant *grant = set->grant;

    if (!set->present)
        return USHER_CREDENTIAL_ABSENT;
    if (grant && grant->dead)
        return USHER_CREDENTIAL_DEAD;
    if (!grant && (set->refused || credential_expired(set, now)))
        return USHER_CREDENTIAL_DEAD;
    if (set->diagnosed)
        return USHER_CREDENTIAL_REFUSED;
    if (grant && grant->retry_ms > now)
        return USHER_CREDENTIAL_WAITING;
    if (!set->access_token || !set->tried)
        return USHER_CREDENTIAL_UNKNOWN;
    return USHER_CREDENTIAL_ALIVE;
}

/* The texts of a set, its own before its grant's. */
struct texts {
    const char *reason;
    const char *hint;
    enum usher_error_kind kind;
};

static struct texts credential_texts(const struct credential *set, int64_t now)
{
    const struct grant *grant = set->grant;
    struct texts texts = {NULL, NULL, USHER_KIND_TOKEN};

    if (grant && (grant->dead || grant->retry_ms > now)) {
        texts.reason = grant->reason;
        texts.hint = grant->hint;
        texts.kind = grant->kind;
    } else if (set->reason[0]) {
        texts.reason = set->reason;
        texts.hint = set->hint;
    }
    return texts;
}

static size_t text_bytes(const struct usher_credentials *credentials,
                         int64_t now)
{
    size_t bytes = 0;
    size_t i;

    for (i = 0; i < USHER_CREDENTIAL_COUNT; i++) {
        const struct credential *set = &credentials->set[i];
        struct texts texts = credential_texts(set, now);

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

static void token_fill(struct usher_token *token, const struct credential *set,
                       int64_t now, char **at)
{
    struct texts texts = credential_texts(set, now);

    token->set = set->id;
    token->state = credential_state(set, now);
    token->generation = set->generation;
    token->expires_ms = set->expires_ms;
    token->refused = set->refused;
    token->worked = set->worked;
    token->kind = texts.kind;
    if (set->grant && set->grant->retry_ms > now)
        token->retry_ms = set->grant->retry_ms;
    if (set->access_token)
        token->header = text_put(at, header_prefix, set->access_token);
    if (texts.reason) {
        token->reason = text_put(at, "", texts.reason);
        token->hint = text_put(at, "", texts.hint);
    }
}

/* Without memory the old picture stays, which is no worse than late. */
void credentials_publish(struct usher_credentials *credentials)
{
    int64_t now = credentials_now(credentials);
    size_t bytes = text_bytes(credentials, now);
    struct snapshot *snapshot = calloc(1, sizeof(*snapshot) + bytes);
    const struct usher_tokens *old;
    char *at;
    size_t i;

    if (!snapshot)
        return;
    atomic_init(&snapshot->references, 1);
    snapshot->text_bytes = bytes;
    snapshot->tokens.version =
        atomic_load_explicit(&credentials->version, memory_order_relaxed) + 1;
    at = snapshot->text;
    for (i = 0; i < USHER_CREDENTIAL_COUNT; i++)
        token_fill(&snapshot->tokens.token[i], &credentials->set[i], now, &at);

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

const char *usher_credential_state_text(enum usher_credential_state state)
{
    static const char *const names[] = {
        "absent", "unknown", "alive", "refused", "waiting", "dead",
    };

    if ((size_t)state >= sizeof(names) / sizeof(names[0]))
        return "unknown";
    return names[state];
}
