/* engine/zoho/credential_internal.h - shared by credential.c, need.c,
 * refresh.c, persist.c and snapshot.c; nobody else's. Everything but what is
 * marked belongs to the control thread. */
#ifndef USHER_ZOHO_CREDENTIAL_INTERNAL_H
#define USHER_ZOHO_CREDENTIAL_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "core/config.h"
#include "zoho/credential.h"

#define REFRESHES_MAX 5               /* of one refresh token ... */
#define REFRESHES_MS (10 * 60 * 1000) /* ... in this time; Zoho allows 10 */
#define REFRESH_EARLY_MS (5 * 60 * 1000)
#define REFRESH_FLOOR_MS                             \
    (60 * 1000) /* between two refreshes that nobody \
                   asked for */
#define DIGEST_BYTES 32
#define PARTS 4 /* enum usher_credential_part */

/* What can be made into access tokens: one per refresh token. */
struct grant {
    struct grant *next;
    struct usher_credentials *credentials;
    char *refresh_token;
    enum usher_credential_id client; /* the set whose client it goes with */
    int64_t attempts[REFRESHES_MAX]; /* wall time; the oldest first */
    size_t attempt_count;
    unsigned failures;          /* temporary ones in a row */
    int dead;                   /* until a person changes a value */
    int64_t retry_ms;           /* steady; none is tried before; 0 */
    enum usher_error_kind kind; /* why it waits or is dead */
    char reason[200];
    char hint[320];
    uint64_t counted; /* the refresh to come waits for this record; 0 */
    struct usher_transfer *transfer; /* the refresh in flight */
    struct usher_timer timer;
    int news; /* the listener has to be told */
};

struct credential {
    enum usher_credential_id id;
    int present;
    char *configured[PARTS]; /* values last applied; NULL: not set */
    char *previous_access;   /* the line in .env before we wrote it */
    int in_env_file;         /* our tokens go back there */
    int unwritten;           /* the one in use could not be, so far */
    char *access_token;      /* the one in use */
    uint64_t generation;
    int64_t expires_ms;                     /* 0: unknown */
    int64_t obtained_ms;                    /* 0: not made by us */
    unsigned refused;                       /* bit 1 << service */
    unsigned worked;                        /* bit 1 << service */
    unsigned refusals[USHER_ZOHO_SERVICES]; /* tokens refused in a row */
    int tried;                              /* it has worked once */
    int stale;     /* made from another refresh token: renew soon */
    int diagnosed; /* fresh and refused: reason and hint are set */
    char reason[200];
    char hint[320];
    struct grant *grant; /* NULL: no refresh token */
};

enum need_state { NEED_ASKED, NEED_WAITING, NEED_ANSWERED };

/* A question of another thread. The fields below `lock` are guarded by it. */
struct usher_need {
    struct usher_credentials *credentials;
    enum usher_credential_id set;
    uint64_t generation;
    enum usher_zoho_service service;
    int force;  /* a refresh was asked for by a person */
    int worked; /* not a question: the token works */
    usher_need_fn *fn;
    void *user;
    enum usher_status status;
    struct usher_need *waiting_next; /* the control thread's */

    /* lock: */
    struct usher_need *next, *prev; /* all there are, to be freed at the end */
    struct usher_loop *loop;
    enum need_state state;
    int cancelled;
    const struct usher_tokens *tokens;
};

struct usher_credentials {
    struct usher_loop *loop;
    struct usher_client *client;
    struct usher_store *store;
    const struct usher_clock *clock;
    struct usher_log *log;
    char *env_path;
    struct usher_config *config; /* as last applied; retained */
    struct usher_zoho_settings settings;
    struct usher_credential_values fallback; /* owned copies; all NULL: none */
    struct credential set[USHER_CREDENTIAL_COUNT];
    struct grant *grants;
    uint64_t records;              /* given to the store so far ... */
    uint64_t records_decided;      /* ... and decided there */
    struct usher_timer keep_timer; /* records that the store did not take */
    int64_t keep_wait_ms;
    struct usher_need *waiting; /* for a refresh, in order */
    struct usher_need **waiting_end;
    usher_credentials_change_fn *on_change;
    void *on_change_user;

    _Atomic uint64_t version;
    pthread_mutex_t lock;
    /* lock: */
    const struct usher_tokens *current;
    struct usher_need *needs;
};

/* Helpers for secrets. */
char *secret_copy(const char *text);            /* NULL for NULL or no memory */
void secret_free(char *text);                   /* wipes; NULL is fine */
int secret_equal(const char *a, const char *b); /* NULL equals "" */

/* credential.c */
int64_t credentials_now(const struct usher_credentials *credentials);
int64_t credentials_steady(const struct usher_credentials *credentials);
int credential_expired(const struct credential *set, int64_t now);
/* Tells the listener; after a publish. */
/* Tells the listener. */
void credential_works(struct usher_credentials *credentials,
                      const struct credential *set);
void credential_changed(struct usher_credentials *credentials,
                        const struct credential *set);
/* When the grant has to be refreshed next; sets its timer. */
void grant_schedule(struct grant *grant);
/* "default+salesiq": the sets that use the grant, for the log. */
void grant_names(const struct grant *grant, char *out, size_t size);

/* What else of the settings is another than before. */
struct move {
    int accounts; /* the host of Accounts */
    int hosts;    /* any host */
    int ids;      /* screen name or organisation */
};

/* apply.c: values from the settings. at_start: also what the store kept. */
USHER_MUST_USE enum usher_status
credentials_apply(struct usher_credentials *credentials,
                  const struct usher_config *config, int at_start,
                  const struct move *move);
void grant_free(struct grant *grant);

/* Nonzero: the service refused the token before this one, too, and this one
 * soon after it was made: another refresh would give the same again. */
int credential_is_fresh_refused(const struct credential *set,
                                enum usher_zoho_service service, int64_t now);

/* refresh.c: starts a refresh unless one is in flight. USHER_OK: it is in
 * flight; otherwise the grant's kind and reason say why not. */
enum usher_status grant_refresh(struct grant *grant);
/* A refresh is under way: asked for, or waiting for its count to be kept. */
int grant_is_refreshed(const struct grant *grant);
/* Records were decided: refreshes that waited for them go. */
void grants_counted(struct usher_credentials *credentials);
/* Part of a set's client: its own, or else that of default; NULL: not set. */
const char *credential_client(const struct usher_credentials *credentials,
                              enum usher_credential_id set,
                              enum usher_credential_part part);
/* Sets that share a refresh token may name several clients, and it goes with
 * one of them: the first that is whole is tried, then the next. */
void grant_first_client(struct grant *grant);
int grant_owns_client(const struct grant *grant);
/* Nonzero: there is another one to try, and it is the grant's now. */
int grant_next_client(struct grant *grant);
/* Nonzero: it has both a client id and a client secret. */
int grant_has_client(const struct grant *grant);
/* The settings of these parts (bit 1 << part) of every set with this grant:
 * "OAUTH_REFRESH_TOKEN, DESK_REFRESH_TOKEN". */
void grant_setting_names(const struct grant *grant, unsigned parts, char *out,
                         size_t size);

/* persist.c */
struct kept_token {
    unsigned char seen_access[DIGEST_BYTES];
    unsigned char grant[DIGEST_BYTES];
    char *access_token; /* the caller's, for secret_free(); "" for none */
    int64_t expires_ms;
    int64_t obtained_ms;
};
void secret_digest(const char *text, unsigned char out[DIGEST_BYTES]);
#define TOKEN_NAME_MAX 32
/* The name of a set's record in the store. */
void token_name(enum usher_credential_id id, char out[TOKEN_NAME_MAX]);
/* USHER_ERR_NOT_FOUND: nothing was kept. */
enum usher_status persist_load(struct usher_credentials *credentials,
                               const struct credential *set,
                               struct kept_token *out);
void persist_save(struct usher_credentials *credentials,
                  const struct credential *set);
void persist_load_grant(struct grant *grant);
void persist_save_grant(const struct grant *grant);
/* Writes the set's access token to the .env, if it belongs there. */
void persist_env(struct usher_credentials *credentials, struct credential *set);
/* The settings were read anew: once more those that it could not write. */
void persist_env_again(struct usher_credentials *credentials);

/* snapshot.c */
enum usher_credential_state
credential_state(const struct usher_credentials *credentials,
                 const struct credential *set);
/* Makes the present state the newest snapshot. */
void credentials_publish(struct usher_credentials *credentials);

/* need.c */
/* All who wait are looked at again: answered if their set has a new token or
 * can get none, else they stay. */
void needs_again(struct usher_credentials *credentials);
void needs_free(struct usher_credentials *credentials);

#endif
