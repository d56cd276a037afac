/* engine/zoho/credential.h - the OAuth credentials: four sets of secrets, the
 * access tokens made from them, and everything that keeps those alive.
 *
 * They live on the control thread, which alone refreshes. Other threads hold
 * immutable snapshots (struct usher_tokens) and say which token was refused;
 * they are answered through their own loop.
 *
 * A set exists when it has a refresh token or an access token of its own; its
 * client id and secret fall back to those of `default`. An access token is
 * judged by itself: a dead refresh token does not make it dead. One of unknown
 * age is used until it is refused; one whose end is known is refreshed 5
 * minutes before it. One refresh is in flight per refresh token, and at most 5
 * are made in 10 minutes, counted in the store. Times are Unix ms. */
#ifndef USHER_ZOHO_CREDENTIAL_H
#define USHER_ZOHO_CREDENTIAL_H

#include <stddef.h>
#include <stdint.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/status.h"
#include "net/client.h"
#include "net/loop.h"
#include "store/store.h"
#include "zoho/error.h"
#include "zoho/operation.h"
#include "zoho/zoho_settings.h"

struct usher_credentials; /* the control thread's */

enum usher_credential_state {
    USHER_CREDENTIAL_ABSENT,  /* not configured */
    USHER_CREDENTIAL_UNKNOWN, /* has a token nobody has tried or dated yet, or
                                 none yet and a refresh that will make one */
    USHER_CREDENTIAL_ALIVE,
    USHER_CREDENTIAL_REFUSED, /* fresh from Accounts, yet a service refuses it:
                                 `reason` says why; calls still try it */
    USHER_CREDENTIAL_WAITING, /* throttled, or Accounts is out of reach */
    USHER_CREDENTIAL_DEAD     /* until a person changes a value */
};

const char *usher_credential_state_text(enum usher_credential_state state);
/* Nonzero where who failed for the credential may try again. */
int usher_credential_is_hope(enum usher_credential_state state);

/* One set in a snapshot. */
struct usher_token {
    enum usher_credential_id set;
    enum usher_credential_state state;
    uint64_t generation; /* grows with each new token of the set; 0: none */
    const char *header;  /* "Zoho-oauthtoken ..."; NULL: there is no token */
    int64_t expires_ms;  /* 0: unknown */
    int64_t retry_ms;    /* steady; when the next refresh may be tried; 0 */
    unsigned refused;    /* bit 1 << service: it refused this very token */
    unsigned worked;     /* the same: it has let this very token in */
    const char *reason;  /* for people; NULL when all is well. Of a token that
                            works: it cannot be renewed, and why */
    const char *hint;    /* what to do; or NULL */
    enum usher_error_kind kind; /* what a call without this token fails with:
                                   token, rate_limited, offline, timeout */
};

/* All sets at one moment, and where they are good; immutable, shared by
 * counting. */
struct usher_tokens {
    uint64_t version; /* grows with each snapshot */
    struct usher_zoho_settings settings;
    struct usher_token token[USHER_CREDENTIAL_COUNT];
};

/* Settings by hand, for the simulator: used as `default` where the config has
 * no credential at all. Borrowed for the call. */
struct usher_credential_values {
    const char *access_token;
    const char *refresh_token;
    const char *client_id;
    const char *client_secret;
};

struct usher_credentials_options {
    struct usher_loop *loop;     /* the control thread's */
    struct usher_client *client; /* on that loop */
    struct usher_store *store;   /* NULL: nothing is kept */
    const struct usher_clock *clock;
    struct usher_log *log;
    const char *env_path; /* the .env to write back to; NULL: none */
    const struct usher_zoho_settings *settings;     /* copied */
    const struct usher_credential_values *fallback; /* or NULL */
};

/* Reads the sets from config (borrowed for the call) and what the store kept.
 * Blocks for the store; at start, on the control thread. Starts the refreshes
 * that are due once the loop runs. */
USHER_MUST_USE enum usher_status
usher_credentials_new(const struct usher_credentials_options *options,
                      struct usher_config *config, /* retained */
                      struct usher_credentials **out);
/* After every other thread that uses them has ended. NULL is fine. */
void usher_credentials_free(struct usher_credentials *credentials);

/* The settings were read anew: values that differ from those last applied
 * replace the old ones and revive a dead set; where hosts or ids are others,
 * what was heard of all tokens is forgotten. A token that could not be written
 * to the .env is tried again. Control thread. */
void usher_credentials_reload(struct usher_credentials *credentials,
                              struct usher_config *config, /* retained */
                              const struct usher_zoho_settings *settings);
/* A person says that what was wrong is mended, perhaps at Zoho: what is dead or
 * was refused gets another try. Control thread. */
void usher_credentials_again(struct usher_credentials *credentials);

/* ---- From any thread ---- */

/* The number of the newest snapshot: one atomic load. */
uint64_t usher_credentials_version(const struct usher_credentials *credentials);
/* The newest snapshot, to be released by the caller; never NULL. */
const struct usher_tokens *
usher_credentials_tokens(struct usher_credentials *credentials);
void usher_tokens_retain(const struct usher_tokens *tokens);
void usher_tokens_release(const struct usher_tokens *tokens); /* NULL is fine */

/* The token a call with this choice of sets goes with; NULL: none of the sets
 * is configured. */
const struct usher_token *
usher_tokens_choose(const struct usher_tokens *tokens,
                    const struct usher_credential_choice *choice);

/* Nonzero when the token can be tried for a call to `service` at now_ms. */
int usher_token_usable(const struct usher_token *token,
                       enum usher_zoho_service service, int64_t now_ms);

struct usher_need; /* a wait for a token */

/* tokens is a snapshot from after the refresh, borrowed. status USHER_OK: the
 * set has a token newer than the refused one; otherwise the token's kind,
 * reason and hint say why not. */
typedef void usher_need_fn(void *user, enum usher_status status,
                           const struct usher_tokens *tokens);

/* "Token `generation` of this set was refused by `service`" (generation 0: the
 * set has none that is valid). Answered on `loop`, never from inside the
 * call: at once when there is a newer one, or when nothing can be done; else
 * after the refresh, which all who wait share. *out may be NULL.
 * USHER_ERR_NOMEM: fn will not be called. */
USHER_MUST_USE enum usher_status
usher_credentials_need(struct usher_credentials *credentials,
                       enum usher_credential_id set, uint64_t generation,
                       enum usher_zoho_service service, struct usher_loop *loop,
                       usher_need_fn *fn, void *user, struct usher_need **out);
/* fn will not come. On the thread of its loop, before fn was called. */
void usher_need_cancel(struct usher_need *need);

/* A call to the service with this token went through; to be told where the
 * token's `worked` does not have it yet. Any thread. */
void usher_credentials_worked(struct usher_credentials *credentials,
                              enum usher_credential_id set, uint64_t generation,
                              enum usher_zoho_service service);

/* Asks for a fresh token of the set whether or not the old one is good
 * (token.refresh); counts as one of the five. Answered as
 * usher_credentials_need() is; a failure without a reason in the token means
 * that the set has no refresh token. */
USHER_MUST_USE enum usher_status
usher_credentials_refresh(struct usher_credentials *credentials,
                          enum usher_credential_id set, struct usher_loop *loop,
                          usher_need_fn *fn, void *user,
                          struct usher_need **out);

/* ---- On the control thread ---- */

/* Called on the control thread each time a set has a new token, was revived
 * or died, and when a service has let a token in that it did not know or had
 * refused (only_works: its scopes, and all else, are as they were); one
 * listener. The snapshot is newer than the news. */
typedef void usher_credentials_change_fn(void *user,
                                         enum usher_credential_id set,
                                         enum usher_credential_state state,
                                         int only_works);
void usher_credentials_on_change(struct usher_credentials *credentials,
                                 usher_credentials_change_fn *fn, void *user);

#endif
