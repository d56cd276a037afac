/* engine/net/server_private.h - what server.c and server_request.c share. */
#ifndef USHER_NET_SERVER_PRIVATE_H
#define USHER_NET_SERVER_PRIVATE_H

#include <microhttpd.h>

#include "core/buffer.h"
#include "net/server.h"

enum request_stage {
    REQUEST_READING,  /* the head is there, the body comes */
    REQUEST_REFUSED,  /* will be answered without the handler: refusal */
    REQUEST_HANDLING, /* the handler runs, inside libmicrohttpd's call */
    REQUEST_PROMISED, /* suspended until somebody answers */
    REQUEST_ANSWERED, /* resumed; the answer waits to be queued */
    REQUEST_DROPPED,  /* its connection is to be closed */
    REQUEST_DONE      /* the answer is libmicrohttpd's */
};

/* Pooled: the struct and its body's memory serve one request after another. */
struct usher_request {
    struct usher_server *server;
    struct MHD_Connection *connection;
    const char *method;
    const char *path;
    struct usher_buffer body;
    enum request_stage stage;
    int promised;      /* in the server's list of pending ones */
    unsigned status;   /* of the answer or the refusal */
    const char *fault; /* of its head: the connection ends with the refusal */
    struct MHD_Response *response;
    size_t swallowed;                  /* bytes of a refused body */
    struct usher_request *next, *prev; /* pending, or next in the pool */
};

struct usher_server {
    struct usher_loop *loop;
    struct MHD_Daemon *daemon;
    struct usher_watch *watch;
    struct usher_hook hook;
    struct usher_timer idle_timer;
    usher_server_fn *fn;
    void (*refused)(void *user, const struct usher_request *request,
                    const char *why);
    void *user;
    size_t max_body;
    const char *too_large_body;
    int ready;   /* MHD_run() has something to do */
    int quiet;   /* accepts no more */
    int closing; /* every request is dropped */
    size_t pending_count;
    struct usher_request *pending;
    struct usher_request *pool;
    size_t pool_count;
    size_t max_clients;
    size_t client_count;
    int64_t idle_ms;                       /* 0: for ever */
    struct client *clients, *clients_last; /* see server_clients.c */
    struct usher_timer clients_timer;
};

/* server_clients.c: a connection came and went; the head of a request came, all
 * of it came, its answer is on the way or out. */
void usher_server_client_came(struct usher_server *server,
                              struct MHD_Connection *connection, void **state);
void usher_server_client_went(struct usher_server *server, void **state);
void usher_server_client_head(struct MHD_Connection *connection);
void usher_server_client_asked(struct MHD_Connection *connection);
void usher_server_client_answered(struct MHD_Connection *connection);

/* server_frame.c: NULL, or why nobody can be sure where the request's body
 * ends. */
const char *usher_server_frame_fault(struct MHD_Connection *connection,
                                     const char *version);

/* server_request.c: libmicrohttpd's callbacks. */
enum MHD_Result usher_server_handle(void *user,
                                    struct MHD_Connection *connection,
                                    const char *url, const char *method,
                                    const char *version, const char *data,
                                    size_t *size, void **state);
void usher_server_completed(void *user, struct MHD_Connection *connection,
                            void **state, enum MHD_RequestTerminationCode why);
void usher_server_pool_free(struct usher_server *server);

#endif
