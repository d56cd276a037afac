/* engine/net/client_private.h - what the files of the client share. */
#ifndef USHER_NET_CLIENT_PRIVATE_H
#define USHER_NET_CLIENT_PRIVATE_H

#include <curl/curl.h>

#include "core/buffer.h"
#include "net/client.h"
#include "net/response.h"

enum {
    CLIENT_SHARDS = 32,
    CLIENT_REDIRECTS_MAX = 5,
    CLIENT_METHOD_MAX = 15,
    CLIENT_READ_BYTES = 16 * 1024
};

/* Two ways lead out. An exchange is the short one: libcurl opens a connection
 * (names, TLS and what is checked there), and the request and its response go
 * over it by code of ours, again and again: client_link.c, client_exchange.c.
 * What is out of the ordinary, a proxy, a redirect to follow, a URL or header
 * that needs thought, is a whole transfer of libcurl's: client_curl.c. */

/* First in whatever an easy handle belongs to: what to do when libcurl is done
 * with it. */
struct client_easy {
    void (*done)(struct client_easy *easy, CURLcode code);
};

/* libcurl walks through all connections that a multi handle has: a busy client
 * spreads them over several. */
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
    struct usher_client *client;
    struct client_shard *shard; /* that libcurl drives it for */
    struct usher_watch *watch;  /* NULL: not in the epoll */
    int fd;
    int ours;        /* opened by us, so we are told when it is closed */
    uint32_t events; /* what the epoll watches */
    uint32_t wants;  /* what libcurl waits for; 0: idle */
    struct client_link *link; /* its events are this one's; NULL: libcurl's */
};

/* A connection for exchanges. Once it is open libcurl leaves it alone; it is
 * closed by taking its easy handle out of the multi. */
struct client_link {
    struct client_easy base;
    struct usher_client *client;
    struct client_origin *origin;
    struct client_shard *shard;
    CURL *easy;
    struct client_socket *socket;    /* NULL: is not open yet */
    struct usher_transfer *transfer; /* whose exchange this is; NULL: idle */
    unsigned exchanges;              /* that were completed */
    int is_idle;
    int64_t idle_since_ms;
    struct client_link *newer, *older; /* of the idle */
    char error[CURL_ERROR_SIZE];
};

/* A scheme, host and port, with the connections to it that are idle. */
struct client_origin {
    struct client_origin *next;
    struct client_link *newest, *oldest;
    size_t links; /* all, idle or not; without any it goes */
    size_t len;
    char text[]; /* "https://desk.zoho.in" */
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
    struct client_origin *origins;
    size_t idle_count;             /* links */
    char input[CLIENT_READ_BYTES]; /* what a link has just read */
    struct usher_transfer *active;
    struct usher_transfer *pool;
    size_t pool_count;
    struct usher_client_transport transport; /* start NULL: the network */
};

/* Pooled, with its buffers, and with its easy handle where it has one. */
struct usher_transfer {
    struct usher_client_answer answer; /* first: see usher_client_header() */
    struct client_easy base;
    struct usher_client *client;
    usher_client_fn *fn;
    void *user;
    struct usher_timer timer;
    int64_t started_ms;
    int64_t timeout_ms;
    char method[CLIENT_METHOD_MAX + 1];
    char error[CURL_ERROR_SIZE];
    int too_large;
    int resend_refused;
    int is_exchange;

    /* An exchange's. */
    struct client_link *link;    /* NULL: it ended */
    struct usher_buffer request; /* its bytes: head and body */
    size_t written;              /* of them */
    int sent;                    /* some of them left, or may have */
    int write_failed;            /* the rest cannot be written */
    struct usher_response response;

    /* A transfer of libcurl's. */
    CURL *easy; /* NULL until it is needed; options that never change are set
                   once */
    struct client_shard *shard;
    char *parts; /* one allocation: headers and body */
    struct curl_slist *headers;
    const char *body;
    size_t body_len;
    int has_body;
    int follow;        /* redirects left */
    int redirected;    /* an earlier hop was answered */
    unsigned attempts; /* of libcurl, to send the request */

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
/* From now on the events of a socket of ours are the link's; NULL where there
 * is no such socket or it cannot be watched. It is told of what can be read
 * and, if it wants that, of room to write. */
struct client_socket *usher_client_socket_lend(struct usher_client *client,
                                               int fd,
                                               struct client_link *link);
void usher_client_socket_wants_write(struct client_socket *entry, int wants);

/* client.c: into the multi of a shard, and out again. */
struct client_shard *usher_client_shard_add(struct usher_client *client,
                                            CURL *easy);
void usher_client_shard_remove(struct client_shard *shard, CURL *easy);
/* Calls the request's function with the answer; the transfer is gone. */
void usher_transfer_deliver(struct usher_transfer *transfer);

/* client_transfer.c: a transfer of the pool or a new one; NULL: no memory. */
struct usher_transfer *usher_transfer_take(struct usher_client *client);
void usher_transfer_recycle(struct usher_transfer *transfer);
void usher_transfer_free(struct usher_transfer *transfer);

/* client_link.c: a connection for this transfer, idle before or, with `fresh`,
 * surely new; usher_exchange_open() is called when it is open, at once where
 * it is already. USHER_ERR_NOMEM. */
enum usher_status usher_link_take(struct usher_transfer *transfer,
                                  const char *origin, size_t len, int fresh);
/* The exchange is complete: the connection waits for the next one. */
void usher_link_give(struct client_link *link);
void usher_link_close(struct client_link *link); /* NULL is fine */
void usher_links_free(struct usher_client *client);
/* Something came, or there is room to write. */
void usher_link_ready(struct client_link *link);

/* client_exchange.c */
int usher_exchange_fits(const struct usher_client *client,
                        const struct usher_client_request *request);
enum usher_status
usher_exchange_start(struct usher_transfer *transfer,
                     const struct usher_client_request *request);
void usher_exchange_open(struct usher_transfer *transfer, CURLcode code);
void usher_exchange_ready(struct usher_transfer *transfer);

/* client_unpack.c: gzip and zlib. out->max bounds it. */
enum usher_status usher_client_unpack(const struct usher_buffer *packed,
                                      struct usher_buffer *out);

/* client_curl.c: options that never change; 0: no memory. */
int usher_curl_set_constants(const struct usher_client *client, CURL *easy);
/* Takes over the request; then hands it to libcurl. */
enum usher_status usher_curl_fill(struct usher_transfer *transfer,
                                  const struct usher_client_request *r);
enum usher_status usher_curl_set_url(struct usher_transfer *transfer,
                                     const char *url);
enum usher_status usher_curl_set_method(struct usher_transfer *transfer);
enum usher_status usher_curl_start(struct usher_transfer *transfer);
void usher_curl_leave(struct usher_transfer *transfer);
void usher_curl_done(struct client_easy *base, CURLcode code);

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
