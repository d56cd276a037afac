/* engine/net/server_request.c - a request's way through the server.
 *
 * libmicrohttpd calls the handler for the head, for each part of the body,
 * and once more when all is there; after a resume once again. Only the first
 * and the last of these calls may queue an answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "net/server_private.h"

enum {
    POOL_MAX = 256,        /* requests kept for reuse */
    BODY_KEEP = 16 * 1024, /* memory of a body kept for reuse */
    SWALLOW_FACTOR = 16    /* how much of a refused body is read to its end */
};

/* The pool */

static struct usher_request *request_new(struct usher_server *server)
{
    struct usher_request *request = server->pool;

    if (request != NULL) {
        server->pool = request->next;
        server->pool_count--;
    } else {
        request = calloc(1, sizeof(*request));
        if (request == NULL)
            return NULL;
        usher_buffer_init(&request->body, server->max_body);
        request->server = server;
    }
    request->stage = REQUEST_READING;
    request->promised = 0;
    request->fault = NULL;
    request->swallowed = 0;
    request->next = request->prev = NULL;
    return request;
}

static void request_free(struct usher_request *request)
{
    usher_buffer_free(&request->body);
    free(request);
}

static void request_recycle(struct usher_request *request)
{
    struct usher_server *server = request->server;

    if (server->pool_count >= POOL_MAX) {
        request_free(request);
        return;
    }
    if (request->body.cap > BODY_KEEP)
        usher_buffer_free(&request->body);
    else
        usher_buffer_clear(&request->body);
    request->body.max = server->max_body;
    request->body.failed = 0;
    request->next = server->pool;
    server->pool = request;
    server->pool_count++;
}

void usher_server_pool_free(struct usher_server *server)
{
    struct usher_request *request, *next;

    for (request = server->pool; request != NULL; request = next) {
        next = request->next;
        request_free(request);
    }
    server->pool = NULL;
}

static void promise(struct usher_request *request)
{
    struct usher_server *server = request->server;

    request->promised = 1;
    request->next = server->pending;
    if (request->next != NULL)
        request->next->prev = request;
    server->pending = request;
    server->pending_count++;
}

static void promise_kept(struct usher_request *request)
{
    struct usher_server *server = request->server;

    if (!request->promised)
        return;
    request->promised = 0;
    if (request->prev != NULL)
        request->prev->next = request->next;
    else
        server->pending = request->next;
    if (request->next != NULL)
        request->next->prev = request->prev;
    server->pending_count--;
}

/* Answers */

static struct MHD_Response *response_new(struct usher_request *request,
                                         const char *content_type, char *body,
                                         size_t len, int take)
{
    struct MHD_Response *response;

    response = MHD_create_response_from_buffer(
        len, body, take ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_MUST_COPY);
    if (response == NULL) {
        if (take)
            free(body);
        return NULL;
    }
    if (content_type != NULL)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
                                content_type);
    if (request->server->quiet || request->fault)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    return response;
}

static enum MHD_Result queue(struct usher_request *request)
{
    enum MHD_Result queued = MHD_queue_response(
        request->connection, request->status, request->response);

    MHD_destroy_response(request->response);
    request->response = NULL;
    request->stage = queued == MHD_YES ? REQUEST_DONE : REQUEST_DROPPED;
    usher_server_client_answered(request->connection);
    return queued;
}

static enum MHD_Result refuse(struct usher_request *request)
{
    const char *text = request->server->too_large_body;
    char fault[128];

    if (request->fault) {
        (void)snprintf(fault, sizeof(fault), "{\"error\":\"%s\"}\n",
                       request->fault);
        text = fault;
    } else if (text == NULL || request->status != MHD_HTTP_CONTENT_TOO_LARGE) {
        text = "";
    }
    request->response =
        response_new(request, text[0] != '\0' ? "application/json" : NULL,
                     (char *)(uintptr_t)text, strlen(text), 0);
    return request->response != NULL ? queue(request) : MHD_NO;
}

/* Ends what the handler was called for: at once when it still runs, else by
 * resuming the connection, whose handler call then queues or closes. */
static void conclude(struct usher_request *request, enum request_stage stage)
{
    struct usher_server *server = request->server;
    int inside = request->stage == REQUEST_HANDLING;

    request->stage = stage;
    if (!inside) {
        MHD_resume_connection(request->connection);
        server->ready = 1;
    } else if (stage == REQUEST_ANSWERED) {
        queue(request);
    }
}

/* The frame of the answer is the server's. */
static int is_framing(const char *name)
{
    return strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0 ||
           strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0;
}

void usher_request_answer(struct usher_request *request, unsigned status,
                          const char *content_type, char *body, size_t len,
                          int take, const struct usher_header *headers,
                          size_t header_count)
{
    size_t i;

    if (len == 0 && take) {
        free(body);
        take = 0;
    }
    if (len == 0)
        body = (char[]){""};
    request->status = status >= 200 && status <= 999 ? status : 500;
    request->response = response_new(request, content_type, body, len, take);
    if (request->response == NULL) {
        conclude(request, REQUEST_DROPPED);
        return;
    }
    for (i = 0; i < header_count; i++) {
        if (!is_framing(headers[i].name))
            MHD_add_response_header(request->response, headers[i].name,
                                    headers[i].value);
    }
    conclude(request, REQUEST_ANSWERED);
}

void usher_request_drop(struct usher_request *request)
{
    conclude(request, REQUEST_DROPPED);
}

/* The way in */

static void turn_away(struct usher_request *request, unsigned status)
{
    struct usher_server *server = request->server;

    request->stage = REQUEST_REFUSED;
    request->status = status;
    if (server->refused && status != MHD_HTTP_SERVICE_UNAVAILABLE)
        server->refused(server->user, request,
                        request->fault ? request->fault
                                       : "the body is too large");
    usher_buffer_free(&request->body);
}

/* Usually the whole body then fits without growing. Not all of a large one is
 * believed before it comes. */
static void body_expect(struct usher_request *request, size_t len)
{
    size_t first = len < BODY_KEEP ? len : BODY_KEEP;

    if (len > 0 && usher_buffer_reserve(&request->body, first) == NULL)
        turn_away(request, MHD_HTTP_SERVICE_UNAVAILABLE);
}

/* A body that is announced as too large is refused at once where reading it
 * would take long or the client asked first. A smaller one is read to its end
 * all the same: a client that is still writing when the connection closes
 * often loses the answer with it. */
static enum MHD_Result head_came(struct usher_request *request,
                                 const char *version)
{
    struct MHD_Connection *connection = request->connection;
    size_t max = request->server->max_body;
    const char *text = MHD_lookup_connection_value(
        connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    unsigned long long len;

    request->fault = usher_server_frame_fault(connection, version);
    if (request->fault) {
        turn_away(request, MHD_HTTP_BAD_REQUEST);
        return refuse(request);
    }
    if (text == NULL)
        return MHD_YES;
    len = strtoull(text, NULL, 10);
    if (len <= max) {
        body_expect(request, (size_t)len);
        return MHD_YES;
    }
    turn_away(request, MHD_HTTP_CONTENT_TOO_LARGE);
    if (len / SWALLOW_FACTOR > max ||
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
                                    MHD_HTTP_HEADER_EXPECT) != NULL)
        return refuse(request);
    return MHD_YES;
}

static enum MHD_Result part_came(struct usher_request *request,
                                 const char *data, size_t *size)
{
    size_t len = *size;

    *size = 0;
    if (request->stage == REQUEST_READING &&
        usher_buffer_append(&request->body, data, len) == USHER_OK)
        return MHD_YES;
    if (request->stage == REQUEST_READING) {
        int too_large = request->body.len + len > request->server->max_body;

        request->swallowed = request->body.len;
        turn_away(request, too_large ? MHD_HTTP_CONTENT_TOO_LARGE
                                     : MHD_HTTP_SERVICE_UNAVAILABLE);
    }
    request->swallowed += len;
    if (request->swallowed / SWALLOW_FACTOR > request->server->max_body)
        return MHD_NO;
    return MHD_YES;
}

static enum MHD_Result all_came(struct usher_request *request)
{
    struct usher_server *server = request->server;

    usher_server_client_asked(request->connection);
    request->stage = REQUEST_HANDLING;
    promise(request);
    server->fn(server->user, request);
    if (request->stage == REQUEST_HANDLING) {
        request->stage = REQUEST_PROMISED;
        MHD_suspend_connection(request->connection);
    }
    return request->stage == REQUEST_DROPPED ? MHD_NO : MHD_YES;
}

static enum MHD_Result request_begin(struct usher_server *server,
                                     struct MHD_Connection *connection,
                                     const char *url, const char *method,
                                     const char *version, void **state)
{
    struct usher_request *request = request_new(server);

    if (request == NULL)
        return MHD_NO;
    request->connection = connection;
    request->path = url;
    request->method = method;
    *state = request;
    usher_server_client_head(connection);
    return head_came(request, version);
}

enum MHD_Result usher_server_handle(void *user,
                                    struct MHD_Connection *connection,
                                    const char *url, const char *method,
                                    const char *version, const char *data,
                                    size_t *size, void **state)
{
    struct usher_server *server = user;
    struct usher_request *request = *state;

    if (server->closing &&
        (request == NULL || request->stage != REQUEST_ANSWERED))
        return MHD_NO;
    if (request == NULL)
        return request_begin(server, connection, url, method, version, state);
    if (*size > 0)
        return part_came(request, data, size);
    switch (request->stage) {
    case REQUEST_READING:
        return all_came(request);
    case REQUEST_REFUSED:
        return refuse(request);
    case REQUEST_ANSWERED:
        return queue(request);
    default:
        return MHD_NO;
    }
}

/* Also called for connections that broke, whatever their stage. */
void usher_server_completed(void *user, struct MHD_Connection *connection,
                            void **state, enum MHD_RequestTerminationCode why)
{
    struct usher_request *request = *state;

    (void)user;
    (void)why;
    if (request == NULL)
        return;
    *state = NULL;
    usher_server_client_answered(connection);
    if (request->response != NULL)
        MHD_destroy_response(request->response);
    request->response = NULL;
    promise_kept(request);
    request_recycle(request);
}
