/* tests/unit/zoho_world.h - a Zoho of a few lines on a loop, a clock that
 * stands still, and credentials and a client that talk to it. */
#ifndef USHER_TESTS_ZOHO_WORLD_H
#define USHER_TESTS_ZOHO_WORLD_H

#include <stddef.h>
#include <stdint.h>

#include "core/config.h"
#include "net/server.h"
#include "own_folder.h"
#include "zoho/zoho.h"

#define WORLD_HELD_MAX 64
#define WORLD_ENV_MAX 12

struct zoho_world {
    struct usher_clock_manual time; /* wall starts at WORLD_START */
    struct usher_loop *loop;
    struct usher_server *server;
    struct usher_client *client;
    struct usher_store *store;
    struct usher_log *log;
    struct usher_credentials *credentials;
    struct usher_gate *gate;
    struct usher_zoho *zoho;
    struct usher_zoho_settings settings;
    char base[64]; /* the fake's URL */
    char folder[OWN_FOLDER_SIZE];
    char env_path[96];
    char logged[16384];

    /* The settings: "NAME=value" of the environment; the .env is a file. */
    char environment[WORLD_ENV_MAX][128];
    int use_env_file;

    /* What the fake does. */
    const char *accounts_error;  /* NULL: it makes a token */
    const char *accounts_body;   /* instead of all that; NULL */
    const char *accounts_secret; /* the one client secret that is right */
    unsigned accounts_status;    /* 0: 200 */
    int accounts_hold;           /* keeps the request; world_release() */
    int accounts_drop;
    int expires_in; /* 3600 */
    int refuse_all; /* no token is good */
    unsigned api_status;
    const char *api_body;
    const char *retry_after;
    unsigned busy; /* so many calls are answered TOO_MANY_REQUESTS first */
    int api_hold;
    int api_drop;

    /* What it saw. */
    char valid[64];     /* the token that is good: "1000.t<n>.x" */
    unsigned refreshes; /* requests to Accounts */
    unsigned calls;     /* requests to the API */
    char form[512];
    char method[16];
    char path[256];
    char authorization[128];
    char org[64];
    char content_type[64];
    char extra[64];
    char body[512];
    struct usher_request *held[WORLD_HELD_MAX];
    size_t held_count;

    /* What the listener was told, as "default:alive ". */
    char changes[512];
};

#define WORLD_START INT64_C(1774500000000)

/* With the fake running, and an empty "memory:" store. */
struct zoho_world *zoho_world_new(void);
void zoho_world_free(struct zoho_world *world);

void world_set(struct zoho_world *world, const char *line); /* NAME=value */
void world_env_file(struct zoho_world *world, const char *text);
struct usher_config *world_config(struct zoho_world *world); /* release it */
const char *world_env_text(struct zoho_world *world);

/* Makes credentials and client from the settings. stop and start again is a
 * restart with the same store. */
void world_start(struct zoho_world *world);
void world_stop(struct zoho_world *world);
void world_reload(struct zoho_world *world);

void world_settle(struct zoho_world *world); /* until nothing goes on */
/* Whether a loop has something to do. All of it happens on loops of this
 * thread, so that what follows from a round is there at once. */
int world_goes_on(struct usher_loop *loop);
void world_advance(struct zoho_world *world, int64_t ms); /* and settle */
void world_release(struct zoho_world *world); /* answers what is held */

/* The set's token in the newest snapshot; borrowed until the next call. */
const struct usher_token *world_token(struct zoho_world *world,
                                      enum usher_credential_id set);
/* How often text stands in the log. */
unsigned world_logged(const struct zoho_world *world, const char *text);

/* What came of a question to the credentials. */
struct asked {
    int answers;
    enum usher_status status;
    enum usher_error_kind kind;
    uint64_t generation;
    enum usher_credential_id set;
};
void world_asked(void *user, enum usher_status status,
                 const struct usher_tokens *tokens); /* a usher_need_fn */
/* "The token of this generation was refused by Desk." */
void world_ask(struct zoho_world *world, enum usher_credential_id set,
               uint64_t generation, struct asked *asked);
/* The same of the newest token, and what came of it. */
struct asked world_refuse(struct zoho_world *world,
                          enum usher_credential_id set);

/* What came of token.refresh of this set, which is answered at once. */
struct asked world_refresh(struct zoho_world *world,
                           enum usher_credential_id set);
/* How long until its next refresh by itself, ms. */
int64_t world_retry_in(struct zoho_world *world, enum usher_credential_id set);
/* The same of the newest token at any service. */
void world_refused_by(struct zoho_world *world, enum usher_credential_id set,
                      enum usher_zoho_service service, struct asked *asked);
/* "This token works at this service." */
void world_works(struct zoho_world *world, enum usher_credential_id set,
                 uint64_t generation, enum usher_zoho_service service);

/* What came of a call. */
struct got {
    int answers;
    int ok;
    unsigned status;
    char body[256];
    enum usher_error_kind kind;
    char message[256];
    char hint[384];
    char field[96];
    int64_t retry_after_s;
    unsigned attempts;
};
void world_got(void *user, const struct usher_zoho_result *result);
void world_send(struct zoho_world *world, const struct usher_zoho_call *call,
                struct got *got);
/* Sends and waits. */
struct got world_call(struct zoho_world *world, struct usher_zoho_call call);
struct usher_zoho_call world_write(void); /* a call that writes to Desk */
struct usher_zoho_call world_read(void);

#endif
