/* engine/net/client_private.h - what the files of the client share. */
#ifndef USHER_NET_CLIENT_PRIVATE_H
#define USHER_NET_CLIENT_PRIVATE_H

#include <curl/curl.h>

#include "core/buffer.h"
#include "net/client.h"

enum { CLIENT_SHARDS = 8, CLIENT_REDIRECTS_MAX = 5, CLIENT_METHOD_MAX = 15 };

/* libcurl walks through all connections of a host that its multi handle has,
 * twice a call: a busy client spreads its transfers over several. */
struct client_shard {
    struct usher_client *client;
    CURLM *multi; /* NULL until it is needed */
    struct usher_timer timer;
    unsigned active;
    int due;     /* libcurl's timer is over */
    int touched; /* there may be finished transfers to read */
};

/* One of libcurl's sockets. */
struct client_socket {
    struct client_shard *shard;
    struct usher_watch *watch; /* NULL: not in the epoll */
    int fd;
    int ours;        /* opened by us, so we are told when it is closed */
    uint32_t events; /* what the epoll watches */
    uint32_t wants;  /* what libcurl waits for; 0: idle */
};

struct usher_client {
    struct usher_loop *loop;
    struct usher_hook hook;
    struct client_shard shards[CLIENT_SHARDS];
    size_t shard_count;
    unsigned max_per_host;
    size_t max_response;
    char *user_agent;
    char *ca_file;
    char *unix_path;
    int proxied;                    /* the environment names a proxy */
    struct client_socket **sockets; /* by descriptor */
    size_t socket_cap;
    struct usher_transfer *active;
    struct usher_transfer *pool;
    size_t pool_count;
    struct usher_client_transport transport; /* start NULL: the network */
};

/* Pooled with its easy handle: options that never change are set once. */
struct usher_transfer {
    struct usher_client_answer answer; /* first: see usher_client_header() */
    struct usher_client *client;
    struct client_shard *shard;
    CURL *easy;
    usher_client_fn *fn;
    void *user;
    struct usher_timer timer;
    int64_t started_ms;
    int64_t timeout_ms;
    char method[CLIENT_METHOD_MAX + 1];
    char *parts; /* one allocation: headers and body; wiped: tokens */
    size_t parts_size;
    struct curl_slist *headers;
    const char *body;
    size_t body_len;
    int has_body;
    int follow;     /* redirects left */
    int redirected; /* an earlier hop was answered */
    int turned;     /* ... and asked for a GET, which this is */
    struct usher_buffer response;
    int too_large;
    int resend_refused;
    unsigned attempts; /* of libcurl, to send the request */
    char error[CURL_ERROR_SIZE];
    int carried; /* by the client's transport, not by libcurl */
    const struct usher_header *carried_headers; /* while it is answered */
    size_t carried_header_count;
    struct usher_transfer *next, *prev;
};

/* client_socket.c */
int usher_client_on_socket(CURL *easy, curl_socket_t fd, int what, void *user,
                           void *assigned);
int usher_client_on_timer(CURLM *multi, long timeout_ms, void *user);
curl_socket_t usher_client_open_socket(void *user, curlsocktype purpose,
                                       struct curl_sockaddr *address);
int usher_client_close_socket(void *user, curl_socket_t fd);
void usher_client_sockets_free(struct usher_client *client);

/* client_transfer.c: a transfer of the pool or a new one; NULL: no memory. */
struct usher_transfer *usher_transfer_take(struct usher_client *client);
void usher_transfer_recycle(struct usher_transfer *transfer);
void usher_transfer_free(struct usher_transfer *transfer);
/* The options that vary; USHER_ERR_NOMEM. */
enum usher_status usher_transfer_fill(struct usher_transfer *transfer,
                                      const struct usher_client_request *r);
enum usher_status usher_transfer_set_url(struct usher_transfer *transfer,
                                         const char *url);
enum usher_status usher_transfer_set_method(struct usher_transfer *transfer);

/* client.c: hands the transfer to libcurl. */
enum usher_status usher_transfer_start(struct usher_transfer *transfer);
/* Calls the request's function with the answer; the transfer is gone. */
void usher_transfer_deliver(struct usher_transfer *transfer);

/* client_transport.c */
const char *usher_transfer_carried_header(const struct usher_transfer *transfer,
                                          const char *name);

/* client_request.c: is it one that libcurl may be given? */
int usher_client_request_valid(const struct usher_client_request *request);
int usher_client_url_is_loopback(const char *url);

/* client_redirect.c: 1 when the transfer was prepared for its next hop, 0 when
 * the answer is to be delivered, -1 without memory. */
int usher_transfer_redirect(struct usher_transfer *transfer);

/* client_answer.c: fills the answer from what libcurl knows. */
void usher_transfer_conclude(struct usher_transfer *transfer, CURLcode code);
void usher_transfer_time_out(struct usher_transfer *transfer);
/* Of the header Retry-After, in seconds; -1 where it is neither number nor
 * date. */
int64_t usher_transfer_retry_after(const struct usher_transfer *transfer);
/* A request that may be sent twice without harm. */
int usher_transfer_is_safe(const struct usher_transfer *transfer);
/* The request or part of it has left. */
int usher_transfer_sent(const struct usher_transfer *transfer);

#endif
