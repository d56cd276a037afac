/* engine/net/server.h - an HTTP/1.1 server on a loop (libmicrohttpd).
 *
 * Belongs to the thread of its loop. Several servers (one a thread) may share
 * a port through SO_REUSEPORT. Nothing blocks but the two that listen.
 *
 * What is no HTTP is answered by libmicrohttpd (400, 431); a head that leaves
 * open where its body ends (400) and a body that is too large (413) by the
 * server; everything else comes to the handler. HEAD is
 * answered like GET, the body is left out on the way. An answer has no Date. */
#ifndef USHER_NET_SERVER_H
#define USHER_NET_SERVER_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"
#include "net/loop.h"

struct usher_server;
struct usher_request; /* one HTTP request; the server's until answered */

struct usher_server_options {
    int listen_fd;        /* bound and listening; the server closes it, also
                             when it cannot be made */
    size_t max_body;      /* bytes; above: 413, the handler is not called;
                             0: 1 MiB */
    unsigned max_clients; /* connections; before the last places are taken the
                             one goes that has let the server wait longest, for
                             a request or to read its answer */
    unsigned idle_s;      /* who has sent no whole request so long after he
                             connected or was last answered is closed, however
                             busy he is; 0: never. A body has 10 s from its head
                             on in any case */
    const char *too_large_body; /* JSON sent with 413; borrowed, lives on */
    /* Told of each 400 and 413 that the server gives by itself, with the user
     * of the handler; NULL: nobody is. The request is only to be looked at. */
    void (*refused)(void *user, const struct usher_request *request,
                    const char *why);
};

/* Called once a request is complete. The handler answers now or later, with
 * exactly one usher_request_answer() or usher_request_drop(). Whoever answers
 * later bounds the wait itself, and is not told when the client goes: the
 * answer is then thrown away. Answering inside the call costs a third less. */
typedef void usher_server_fn(void *user, struct usher_request *request);

/* A listening TCP socket, nonblocking and close-on-exec. port 0: the system
 * chooses; *bound_port (may be NULL) tells. With reuse_port 0 nobody may listen
 * there yet: USHER_ERR_EXISTS names the process that does. Then, for further
 * threads, call again with reuse_port 1 and *bound_port: they share the port
 * with the first. host: an address or a name; NULL, "": 0.0.0.0.
 * USHER_ERR_INVALID: no such host; USHER_ERR_IO: the system refuses. */
USHER_MUST_USE enum usher_status
usher_server_listen(const char *host, uint16_t port, int reuse_port, int *fd,
                    uint16_t *bound_port, struct usher_error *error);
/* A listening Unix socket, mode 0600; an old socket file there is replaced,
 * any other file, and a socket where somebody listens, is USHER_ERR_EXISTS.
 * The file stays when the server goes. */
USHER_MUST_USE enum usher_status
usher_server_listen_unix(const char *path, int *fd, struct usher_error *error);
/* Gives the socket there to this group, mode 0660; -1: to nobody but its owner,
 * mode 0600. Never touches what is no socket. USHER_ERR_IO: it is its owner's.
 */
USHER_MUST_USE enum usher_status
usher_server_unix_group(const char *path, int64_t group,
                        struct usher_error *error);

USHER_MUST_USE enum usher_status
usher_server_new(struct usher_loop *loop,
                 const struct usher_server_options *options,
                 usher_server_fn *fn, void *user, struct usher_server **out);

/* Stops accepting; open requests go on, and their connections close after. */
void usher_server_quiesce(struct usher_server *server);
/* Requests whose handler was called and whose answer is not out yet. */
size_t usher_server_pending(const struct usher_server *server);
/* Ends all: what was not answered is dropped, and nobody may answer it after.
 * Not from inside a handler. */
void usher_server_free(struct usher_server *server);

/* What came in. All borrowed, until the request is answered. */
const char *usher_request_method(const struct usher_request *request);
const char *usher_request_path(const struct usher_request *request);
/* The address at the other end of the connection (a proxy's, where one stands
 * between), "" over a Unix socket. Always terminated; 46 bytes hold any. */
void usher_request_caller(const struct usher_request *request, char *out,
                          size_t size);
/* NULL when absent; names compare without case. */
const char *usher_request_header(const struct usher_request *request,
                                 const char *name);
const char *usher_request_query(const struct usher_request *request,
                                const char *name);
typedef void usher_request_each_fn(void *user, const char *name,
                                   const char *value);
void usher_request_each_header(const struct usher_request *request,
                               usher_request_each_fn *fn, void *user);
void usher_request_each_query(const struct usher_request *request,
                              usher_request_each_fn *fn, void *user);
/* Not terminated by 0 for certain; may hold any byte. *len may be 0. */
const char *usher_request_body(const struct usher_request *request,
                               size_t *len);

/* Headers of an answer; name and value borrowed for the call. */
struct usher_header {
    const char *name;
    const char *value;
};

/* Sends the answer and ends the request: `request` is gone after. On the
 * loop's thread only. body is copied unless take is nonzero (then it was
 * malloc()ed and is the server's now). content_type NULL: none is sent. A
 * header with a line break in it is left out, and so are Content-Length and
 * Transfer-Encoding; a status outside 200 to 999 becomes 500. */
void usher_request_answer(struct usher_request *request, unsigned status,
                          const char *content_type, char *body, size_t len,
                          int take, const struct usher_header *headers,
                          size_t header_count);
/* Closes the connection without an answer (the simulator's faults). */
void usher_request_drop(struct usher_request *request);

#endif
