/* engine/net/client.h - an HTTP client on a loop (libcurl's multi interface):
 * HTTP/1.1 keep-alive with reuse, verified TLS (1.2 at least), gzip. Belongs to
 * the thread of its loop; nothing blocks (names are resolved in libcurl's own
 * threads). Making a client lets the process ignore SIGPIPE, unless it already
 * does something else with it.
 *
 * Proxies are those of the environment when the client is made (http_proxy,
 * https_proxy, all_proxy, no_proxy), but never for this machine itself
 * (localhost, 127.*, ::1).
 *
 * A request that may change something (not GET, HEAD or OPTIONS) leaves at most
 * once: where libcurl would silently send it again, on a kept connection that
 * broke without an answer, the result is USHER_NET_BROKEN with `sent`. */
#ifndef USHER_NET_CLIENT_H
#define USHER_NET_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"
#include "net/loop.h"
#include "net/server.h" /* struct usher_header */

struct usher_client;
struct usher_transfer; /* a request under way; the client's */

struct usher_client_request;

/* Where requests go instead of to the network: specs and the terminal chat
 * put the simulator here. */
struct usher_client_transport {
    /* Nonzero: it takes the request, which lives for the call, and answers it
     * with usher_transfer_answer(), later and not from inside. 0: the request
     * goes to the network. */
    int (*start)(void *user, struct usher_transfer *transfer,
                 const struct usher_client_request *request);
    /* It was cancelled, or its time is over: no answer is wanted any more. */
    void (*cancel)(void *user, struct usher_transfer *transfer);
    void *user;
};

struct usher_client_options {
    unsigned max_per_host;  /* connections; further requests wait, within
                               their timeout_ms; 0: no bound */
    size_t max_response;    /* bytes of body, unpacked; above:
                               USHER_NET_TOO_LARGE; 0: 8 MiB */
    const char *user_agent; /* copied; NULL: none is sent */
    const char *ca_file;    /* copied; NULL: the system's */
    const char *unix_path;  /* copied; all requests go to this Unix socket,
                               whatever host they name; NULL: by the host */
    const struct usher_client_transport *transport; /* copied; NULL: the
                                                       network */
};

struct usher_client_request {
    const char *method; /* "GET", "POST", ... */
    const char *url;    /* http or https only */
    const struct usher_header *headers;
    size_t header_count;
    const char *body; /* NULL: none; copied */
    size_t body_len;
    int64_t timeout_ms; /* for the whole of it; 0: 30 s */
    int follow;         /* redirects to follow, 0 to 5 */
};

/* Redirects: to another origin (scheme, host, port) go no headers but Accept
 * and Accept-Language, and only a GET or HEAD; what cannot be followed is the
 * answer itself (status 3xx). POST turns into GET on 301, 302 and 303. */

enum usher_net_result {
    USHER_NET_OK,      /* an HTTP answer came, whatever its status */
    USHER_NET_OFFLINE, /* not connected: nothing was sent */
    USHER_NET_TIMEOUT, /* no answer in time; `sent` tells the rest */
    USHER_NET_BROKEN,  /* connection lost or answer garbled; see `sent` */
    USHER_NET_TOO_LARGE,
    USHER_NET_TLS, /* certificate or handshake refused: not sent */
    USHER_NET_BAD_URL
};

struct usher_client_answer {
    enum usher_net_result result;
    int sent;         /* the request, or part of it, went out: unclear */
    int turned;       /* a redirect made a GET of it: this answers that GET, the
                         request itself was answered by the redirect */
    unsigned status;  /* HTTP */
    const char *body; /* with a 0 behind */
    size_t body_len;
    const char *content_type; /* or NULL */
    int64_t retry_after_s;    /* of Retry-After, also when that was a date;
                                 -1: none was given */
    const char *error;        /* what libcurl said, for the log; no secrets */
    int64_t elapsed_ms;
};

/* answer and all in it lives until the callback returns. */
typedef void usher_client_fn(void *user,
                             const struct usher_client_answer *answer);

USHER_MUST_USE enum usher_status
usher_client_new(struct usher_loop *loop,
                 const struct usher_client_options *options,
                 struct usher_client **out);
/* Cancels what is under way; callbacks are not called. Not from inside one. */
void usher_client_free(struct usher_client *client);

/* Starts a request; everything in it is copied. fn is called once, later and
 * never from inside this call, unless the transfer is cancelled. out may be
 * NULL when nobody cancels; *out is good until fn is called. USHER_ERR_INVALID
 * for a URL that is not http(s) or has a space, a method or header name that is
 * no token, a line break in a header's value, follow out of range. A body gets
 * no Content-Type but what the headers give. */
USHER_MUST_USE enum usher_status
usher_client_send(struct usher_client *client,
                  const struct usher_client_request *request,
                  usher_client_fn *fn, void *user, struct usher_transfer **out);
/* The callback will not come; the transfer is gone. NULL is fine, and so is
 * one inside its own callback: nothing happens then. */
void usher_transfer_cancel(struct usher_transfer *transfer);

/* For transports: what came of a request. All is borrowed for the call, which
 * calls the request's function; content_type, retry_after_s and elapsed_ms of
 * the answer are found out here, and redirects are not followed. */
void usher_transfer_answer(struct usher_transfer *transfer,
                           const struct usher_client_answer *answer,
                           const struct usher_header *headers,
                           size_t header_count);

/* A response header of the answer in whose callback we are; NULL if absent. */
const char *usher_client_header(const struct usher_client_answer *answer,
                                const char *name);

#endif
