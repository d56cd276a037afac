/* engine/net/client_exchange.c - one request and its response over a link.
 *
 * The request is written as one text and the response is read by
 * net/response.h. A link that was used before may have been closed by its
 * server: a request that broke there without a byte of an answer is sent again,
 * on a new connection, if it changes nothing; the others are told as unclear
 * (see the header of the client). */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "net/client_private.h"

/* ---- what goes this way ---- */

struct place {
    const char *url;
    size_t origin_len; /* "https://host:port" */
    const char *host;
    size_t host_len;  /* with the port, unless that is the scheme's */
    const char *path; /* "" or with "/" or "?" before it */
};

static int is_host(const char *text, size_t len)
{
    static const char marks[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
    size_t name = strspn(text, marks);

    if (name == 0 || name > len || text[0] == '.' || text[0] == '-')
        return 0;
    if (name == len)
        return 1;
    /* A port of one to five digits: libcurl says whether it is one. */
    return text[name] == ':' && len - name > 1 && len - name <= 6 &&
           strspn(text + name + 1, "0123456789") == len - name - 1;
}

/* What a URL means beyond its letters is libcurl's to know: dot segments,
 * fragments, backslashes, letters that are not ASCII. */
static int is_path(const char *text)
{
    const char *query = strchr(text, '?');
    const char *dot = strstr(text, "/.");

    if (dot != NULL && (query == NULL || dot < query))
        return 0;
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text > 0x7e || *text == '#' || *text == '\\')
            return 0;
    }
    return 1;
}

static void cut_port(struct place *place, const char *port)
{
    size_t len = strlen(port);

    if (place->host_len > len &&
        memcmp(place->host + place->host_len - len, port, len) == 0)
        place->host_len -= len;
}

static int place_find(const char *url, struct place *place)
{
    int is_tls = strncmp(url, "https://", 8) == 0;

    if (!is_tls && strncmp(url, "http://", 7) != 0)
        return 0;
    place->url = url;
    place->host = url + (is_tls ? 8 : 7);
    place->host_len = strcspn(place->host, "/?#");
    place->path = place->host + place->host_len;
    place->origin_len = (size_t)(place->path - url);
    if (!is_host(place->host, place->host_len) || !is_path(place->path))
        return 0;
    cut_port(place, is_tls ? ":443" : ":80");
    return 1;
}

/* Headers that concern the frame, or that libcurl treats in its own way. */
static int is_special(const char *name)
{
    static const char *const names[] = {
        "Host",    "Connection", "Content-Length",  "Transfer-Encoding",
        "Expect",  "TE",         "Accept-Encoding", "Proxy-Connection",
        "Upgrade", "Trailer",    "Keep-Alive",      NULL};
    const char *const *at;

    for (at = names; *at != NULL; at++) {
        if (strcasecmp(*at, name) == 0)
            return 1;
    }
    return 0;
}

int usher_exchange_fits(const struct usher_client *client,
                        const struct usher_client_request *request)
{
    struct place place;
    size_t i;

    if (client->proxied || client->max_per_host > 0 || request->follow > 0 ||
        !place_find(request->url, &place))
        return 0;
    for (i = 0; i < request->header_count; i++) {
        if (is_special(request->headers[i].name))
            return 0;
    }
    return 1;
}

/* ---- the request's text ---- */

static void line_write(struct usher_buffer *out, const char *name,
                       const char *value)
{
    usher_buffer_text(out, name);
    usher_buffer_append(out, ": ", 2);
    usher_buffer_text(out, value);
    usher_buffer_append(out, "\r\n", 2);
}

static int is_given(const struct usher_client_request *request,
                    const char *name)
{
    size_t i;

    for (i = 0; i < request->header_count; i++) {
        if (strcasecmp(request->headers[i].name, name) == 0)
            return 1;
    }
    return 0;
}

static void length_write(struct usher_buffer *out,
                         const struct usher_client_request *r, size_t len)
{
    char text[48];

    if (r->body == NULL && strcmp(r->method, "POST") != 0 &&
        strcmp(r->method, "PUT") != 0 && strcmp(r->method, "PATCH") != 0)
        return;
    snprintf(text, sizeof(text), "Content-Length: %zu\r\n", len);
    usher_buffer_text(out, text);
}

static enum usher_status request_write(struct usher_transfer *transfer,
                                       const struct usher_client_request *r,
                                       const struct place *place)
{
    struct usher_buffer *out = &transfer->request;
    const char *agent = transfer->client->user_agent;
    size_t len = r->body != NULL ? r->body_len : 0, i;

    usher_buffer_clear(out);
    usher_buffer_text(out, r->method);
    usher_buffer_byte(out, ' ');
    if (*place->path != '/')
        usher_buffer_byte(out, '/');
    usher_buffer_text(out, place->path);
    usher_buffer_text(out, " HTTP/1.1\r\nHost: ");
    usher_buffer_append(out, place->host, place->host_len);
    usher_buffer_text(out, "\r\n");
    if (agent != NULL && !is_given(r, "User-Agent"))
        line_write(out, "User-Agent", agent);
    if (!is_given(r, "Accept"))
        usher_buffer_text(out, "Accept: */*\r\n");
    usher_buffer_text(out, "Accept-Encoding: gzip\r\n");
    for (i = 0; i < r->header_count; i++)
        line_write(out, r->headers[i].name, r->headers[i].value);
    length_write(out, r, len);
    usher_buffer_append(out, "\r\n", 2);
    return usher_buffer_append(out, r->body, len);
}

/* ---- the end ---- */

static void exchange_end(struct usher_transfer *transfer, CURLcode code)
{
    usher_link_close(transfer->link);
    usher_transfer_conclude(transfer, code);
    usher_transfer_deliver(transfer);
}

static CURLcode unpack(struct usher_transfer *transfer)
{
    struct usher_response *response = &transfer->response;
    struct usher_buffer plain;
    enum usher_status st;

    if (response->body.len == 0)
        return CURLE_OK;
    if (response->is_unknown)
        return CURLE_BAD_CONTENT_ENCODING;
    if (!response->is_packed)
        return CURLE_OK;
    usher_buffer_init(&plain, response->body.max);
    st = usher_client_unpack(&response->body, &plain);
    usher_buffer_free(&response->body);
    response->body = plain;
    transfer->too_large = st == USHER_ERR_LIMIT;
    if (st == USHER_OK)
        return CURLE_OK;
    return st == USHER_ERR_NOMEM ? CURLE_OUT_OF_MEMORY
                                 : CURLE_BAD_CONTENT_ENCODING;
}

/* The whole response is there; `rest`: and something behind it. */
static void exchange_complete(struct usher_transfer *transfer, int rest)
{
    if (transfer->response.keeps && !rest &&
        transfer->written == transfer->request.len)
        usher_link_give(transfer->link);
    exchange_end(transfer, unpack(transfer));
}

static void exchange_spoiled(struct usher_transfer *transfer,
                             enum usher_response_state state)
{
    CURLcode code = CURLE_WEIRD_SERVER_REPLY;

    if (state == USHER_RESPONSE_NOMEM)
        code = CURLE_OUT_OF_MEMORY;
    transfer->too_large = state == USHER_RESPONSE_LARGE;
    exchange_end(transfer, code);
}

/* The same once more, from its start, over a new connection. */
static enum usher_status exchange_again(struct usher_transfer *transfer)
{
    struct client_link *old = transfer->link;
    enum usher_status st;

    usher_response_begin(&transfer->response, transfer->client->max_response,
                         strcmp(transfer->method, "HEAD") == 0);
    transfer->written = 0;
    transfer->write_failed = 0;
    old->transfer = NULL;
    transfer->link = NULL;
    st = usher_link_take(transfer, old->origin->text, old->origin->len, 1);
    usher_link_close(old);
    return st;
}

/* No more will come. `code`: CURLE_OK when the server closed in good form. */
static void exchange_broken(struct usher_transfer *transfer, CURLcode code)
{
    int is_mute = transfer->response.head.len == 0;
    int was_used = transfer->link->exchanges > 0;

    if (code == CURLE_OK &&
        usher_response_end(&transfer->response) == USHER_RESPONSE_DONE) {
        exchange_complete(transfer, 1);
        return;
    }
    if (is_mute && was_used &&
        (!transfer->sent || usher_transfer_is_safe(transfer))) {
        if (exchange_again(transfer) != USHER_OK)
            exchange_end(transfer, CURLE_OUT_OF_MEMORY);
        return;
    }
    transfer->resend_refused = is_mute && was_used;
    if (code == CURLE_OK)
        code = is_mute ? CURLE_GOT_NOTHING : CURLE_PARTIAL_FILE;
    exchange_end(transfer, code);
}

/* ---- to and fro ---- */

static void exchange_write(struct usher_transfer *transfer)
{
    const struct usher_buffer *request = &transfer->request;
    struct client_link *link = transfer->link;
    CURLcode code = CURLE_OK;

    while (transfer->written < request->len && !transfer->write_failed) {
        size_t count = 0;

        code = curl_easy_send(link->easy, request->data + transfer->written,
                              request->len - transfer->written, &count);
        if (code == CURLE_AGAIN) {
            transfer->sent = 1; /* TLS may hold some of it */
            break;
        }
        transfer->sent |= count > 0;
        transfer->written += count;
        /* There may be an answer all the same: it is read first. */
        transfer->write_failed = code != CURLE_OK;
    }
    usher_client_socket_wants_write(link->socket, code == CURLE_AGAIN);
}

/* Until all is there, or there is nothing to read. */
static void exchange_read(struct usher_transfer *transfer)
{
    struct usher_client *client = transfer->client;
    enum usher_response_state state = USHER_RESPONSE_MORE;

    while (state == USHER_RESPONSE_MORE) {
        size_t count = 0, used = 0;
        CURLcode code = curl_easy_recv(transfer->link->easy, client->input,
                                       sizeof(client->input), &count);

        if (code == CURLE_AGAIN)
            return;
        if (code != CURLE_OK || count == 0) {
            exchange_broken(transfer, code);
            return;
        }
        state = usher_response_take(&transfer->response, client->input, count,
                                    &used);
        if (state == USHER_RESPONSE_DONE) {
            exchange_complete(transfer, used < count);
            return;
        }
    }
    exchange_spoiled(transfer, state);
}

void usher_exchange_ready(struct usher_transfer *transfer)
{
    exchange_write(transfer);
    exchange_read(transfer);
}

void usher_exchange_open(struct usher_transfer *transfer, CURLcode code)
{
    struct client_link *link = transfer->link;

    if (code == CURLE_OK) {
        exchange_write(transfer);
        return;
    }
    usher_text_copy(transfer->error, sizeof(transfer->error), link->error);
    exchange_end(transfer, code);
}

enum usher_status
usher_exchange_start(struct usher_transfer *transfer,
                     const struct usher_client_request *request)
{
    struct place place;
    enum usher_status st;

    (void)place_find(request->url, &place);
    transfer->written = 0;
    transfer->write_failed = 0;
    usher_response_begin(&transfer->response, transfer->client->max_response,
                         strcmp(request->method, "HEAD") == 0);
    st = request_write(transfer, request, &place);
    if (st == USHER_OK)
        st = usher_link_take(transfer, place.url, place.origin_len, 0);
    if (st != USHER_OK || transfer->link->socket == NULL)
        return st;
    exchange_write(transfer);
    /* Closed since: the loop would tell, but nothing has left yet. */
    if (transfer->write_failed && !transfer->sent)
        st = exchange_again(transfer);
    return st;
}
