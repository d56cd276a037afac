/* engine/net/client_curl.c - transfers that are libcurl's from start to end:
 * their easy handles and options. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "net/client_private.h"

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
    struct usher_transfer *transfer = user;
    size_t len = size * count;

    struct usher_buffer *body = &transfer->response.body;

    if (usher_buffer_append(body, data, len) == USHER_OK)
        return len;
    transfer->too_large = body->failed == USHER_ERR_LIMIT;
    return 0;
}

/* libcurl sends a request a second time, unasked, when a connection it used
 * before breaks without an answer. The server may have done its work by then:
 * what changes something is sent once, and the caller is told it is unclear. */
static int on_attempt(void *user, char *peer, char *local, int peer_port,
                      int local_port)
{
    struct usher_transfer *transfer = user;

    (void)peer;
    (void)local;
    (void)peer_port;
    (void)local_port;
    if (usher_transfer_sent(transfer) && !usher_transfer_is_safe(transfer)) {
        transfer->resend_refused = 1;
        return CURL_PREREQFUNC_ABORT;
    }
    transfer->attempts++;
    return CURL_PREREQFUNC_OK;
}

/* What is the same for every request of a client. The time-out is the loop's;
 * redirects are client_redirect.c's. */
int usher_curl_set_constants(const struct usher_client *client, CURL *easy)
{
    int failed = 0;

    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION,
                     usher_client_open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, client);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION,
                     usher_client_close_socket);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, client);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    failed |= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") != 0;
    failed |= curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip") != 0;
    if (client->user_agent != NULL)
        failed |=
            curl_easy_setopt(easy, CURLOPT_USERAGENT, client->user_agent) != 0;
    if (client->ca_file != NULL)
        failed |= curl_easy_setopt(easy, CURLOPT_CAINFO, client->ca_file) != 0;
    if (client->unix_path != NULL)
        failed |= curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH,
                                   client->unix_path) != 0;
    if (!client->proxied) /* spares libcurl its look at the environment */
        failed |= curl_easy_setopt(easy, CURLOPT_PROXY, "") != 0;
    return !failed;
}

static enum usher_status easy_make(struct usher_transfer *transfer)
{
    CURL *easy;

    if (transfer->easy != NULL)
        return USHER_OK;
    easy = curl_easy_init();
    if (easy == NULL || !usher_curl_set_constants(transfer->client, easy)) {
        curl_easy_cleanup(easy);
        return USHER_ERR_NOMEM;
    }
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfer->base);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_attempt);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
    transfer->easy = easy;
    return USHER_OK;
}

/* Headers and body are copied into one block: list nodes, then lines, then the
 * body. libcurl only reads the list. */

struct block {
    struct curl_slist *node;
    char *text;
};

static void block_line(struct block *block, const char *name, const char *value)
{
    size_t name_len = strlen(name), value_len = strlen(value);

    block->node->data = block->text;
    block->node->next = block->node + 1;
    block->node++;
    memcpy(block->text, name, name_len);
    block->text += name_len;
    /* libcurl's way to say "with an empty value"; ":" would mean "leave my
     * own header of this name out". */
    *block->text++ = value_len > 0 ? ':' : ';';
    if (value_len > 0)
        *block->text++ = ' ';
    memcpy(block->text, value, value_len + 1);
    block->text += value_len + 1;
}

static void block_omit(struct block *block, const char *name)
{
    size_t len = strlen(name);

    block->node->data = block->text;
    block->node->next = block->node + 1;
    block->node++;
    memcpy(block->text, name, len);
    memcpy(block->text + len, ":", 2);
    block->text += len + 2;
}

static int has_header(const struct usher_client_request *request,
                      const char *name)
{
    size_t i;

    for (i = 0; i < request->header_count; i++) {
        if (strcasecmp(request->headers[i].name, name) == 0)
            return 1;
    }
    return 0;
}

static enum usher_status copy_parts(struct usher_transfer *transfer,
                                    const struct usher_client_request *r)
{
    static const char expect[] = "Expect", type[] = "Content-Type";
    size_t nodes = r->header_count + 2, size, i;
    struct block block;

    size = nodes * sizeof(struct curl_slist) + sizeof(expect) + sizeof(type) +
           2 + r->body_len + 1;
    for (i = 0; i < r->header_count; i++)
        size += strlen(r->headers[i].name) + strlen(r->headers[i].value) + 3;
    transfer->parts = malloc(size);
    if (transfer->parts == NULL)
        return USHER_ERR_NOMEM;
    block.node = transfer->headers = (struct curl_slist *)transfer->parts;
    block.text = (char *)(transfer->headers + nodes);
    /* Waiting for "100 Continue" costs a second where nobody sends it. */
    block_omit(&block, expect);
    for (i = 0; i < r->header_count; i++)
        block_line(&block, r->headers[i].name, r->headers[i].value);
    if (!has_header(r, type)) /* libcurl would call it a form */
        block_omit(&block, type);
    block.node[-1].next = NULL;
    transfer->has_body = r->body != NULL;
    transfer->body_len = r->body != NULL ? r->body_len : 0;
    if (transfer->body_len > 0)
        memcpy(block.text, r->body, transfer->body_len);
    transfer->body = block.text;
    return USHER_OK;
}

/* The handle still has the last request's method: every branch sets all. */
enum usher_status usher_curl_set_method(struct usher_transfer *transfer)
{
    CURL *easy = transfer->easy;
    const char *method = transfer->method;
    const char *custom = method;
    int failed = 0;

    if (transfer->has_body || strcmp(method, "POST") == 0 ||
        strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0) {
        failed |= curl_easy_setopt(easy, CURLOPT_POST, 1L) != 0;
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)transfer->body_len);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, transfer->body);
        if (strcmp(method, "POST") == 0)
            custom = NULL;
    } else {
        /* In this order: any POSTFIELDS means POST to libcurl. */
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, NULL);
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
        if (strcmp(method, "HEAD") == 0)
            curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        if (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0)
            custom = NULL;
    }
    failed |= curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, custom) != 0;
    return failed ? USHER_ERR_NOMEM : USHER_OK;
}

/* A proxy of the environment is not for this machine itself, whether NO_PROXY
 * says so or not: the simulator and tests live there. */
enum usher_status usher_curl_set_url(struct usher_transfer *transfer,
                                     const char *url)
{
    CURL *easy = transfer->easy;
    int failed = curl_easy_setopt(easy, CURLOPT_URL, url) != CURLE_OK;

    if (transfer->client->proxied)
        failed |=
            curl_easy_setopt(easy, CURLOPT_PROXY,
                             usher_client_url_is_loopback(url) ? "" : NULL) !=
            0;
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
    usher_response_begin(&transfer->response, transfer->client->max_response,
                         0);
    transfer->attempts = 0;
    transfer->error[0] = '\0';
    return failed ? USHER_ERR_NOMEM : USHER_OK;
}

enum usher_status usher_curl_fill(struct usher_transfer *transfer,
                                  const struct usher_client_request *r)
{
    enum usher_status st = easy_make(transfer);

    if (st == USHER_OK)
        st = copy_parts(transfer, r);
    if (st == USHER_OK)
        st = usher_curl_set_url(transfer, r->url);
    if (st == USHER_OK)
        st = usher_curl_set_method(transfer);
    return st;
}

enum usher_status usher_curl_start(struct usher_transfer *transfer)
{
    transfer->shard = usher_client_shard_add(transfer->client, transfer->easy);
    return transfer->shard != NULL ? USHER_OK : USHER_ERR_NOMEM;
}

void usher_curl_leave(struct usher_transfer *transfer)
{
    if (transfer->shard != NULL)
        usher_client_shard_remove(transfer->shard, transfer->easy);
    transfer->shard = NULL;
}

void usher_curl_done(struct client_easy *base, CURLcode code)
{
    struct usher_transfer *transfer =
        (struct usher_transfer *)((char *)base -
                                  offsetof(struct usher_transfer, base));
    int next = 0;

    if (code == CURLE_OK && transfer->follow > 0) {
        usher_curl_leave(transfer);
        next = usher_transfer_redirect(transfer);
        if (next > 0 && usher_curl_start(transfer) == USHER_OK)
            return;
    }
    usher_transfer_conclude(transfer, next == 0 ? code : CURLE_OUT_OF_MEMORY);
    usher_transfer_deliver(transfer);
}
