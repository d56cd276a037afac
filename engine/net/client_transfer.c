/* engine/net/client_transfer.c - a transfer's easy handle and its options. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "net/client_private.h"

/* libcurl takes its buffer for reading anew for each transfer. Answers are
 * small; 16 KiB, its default, cost malloc() a tenth of a call. */
enum { POOL_MAX = 512, RESPONSE_KEEP = 64 * 1024, READ_BYTES = 1024 };

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
    struct usher_transfer *transfer = user;
    size_t len = size * count;

    if (usher_buffer_append(&transfer->response, data, len) == USHER_OK)
        return len;
    transfer->too_large =
        transfer->response.len + len > transfer->client->max_response;
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

static void set_callbacks(struct usher_transfer *transfer)
{
    CURL *easy = transfer->easy;

    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_attempt);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION,
                     usher_client_open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer->client);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION,
                     usher_client_close_socket);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, transfer->client);
}

/* What is the same for every request of a client. The time-out is the loop's;
 * redirects are client_redirect.c's. */
static int set_constants(struct usher_transfer *transfer)
{
    const struct usher_client *client = transfer->client;
    CURL *easy = transfer->easy;
    int failed = 0;

    set_callbacks(transfer);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)READ_BYTES);
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

static struct usher_transfer *transfer_new(struct usher_client *client)
{
    struct usher_transfer *transfer = calloc(1, sizeof(*transfer));

    if (transfer == NULL)
        return NULL;
    transfer->client = client;
    usher_buffer_init(&transfer->response, client->max_response);
    transfer->easy = curl_easy_init();
    if (transfer->easy == NULL || !set_constants(transfer)) {
        usher_transfer_free(transfer);
        return NULL;
    }
    return transfer;
}

struct usher_transfer *usher_transfer_take(struct usher_client *client)
{
    struct usher_transfer *transfer = client->pool;

    if (transfer == NULL)
        return transfer_new(client);
    client->pool = transfer->next;
    client->pool_count--;
    return transfer;
}

static void parts_free(struct usher_transfer *transfer)
{
    if (transfer->parts != NULL)
        explicit_bzero(transfer->parts, transfer->parts_size);
    free(transfer->parts);
    transfer->parts = NULL;
    transfer->headers = NULL;
    transfer->body = NULL;
}

void usher_transfer_free(struct usher_transfer *transfer)
{
    if (transfer->easy != NULL)
        curl_easy_cleanup(transfer->easy);
    usher_buffer_wipe(&transfer->response);
    parts_free(transfer);
    free(transfer);
}

void usher_transfer_recycle(struct usher_transfer *transfer)
{
    struct usher_client *client = transfer->client;

    parts_free(transfer);
    if (client->pool_count >= POOL_MAX) {
        usher_transfer_free(transfer);
        return;
    }
    if (transfer->response.cap > RESPONSE_KEEP)
        usher_buffer_wipe(&transfer->response);
    transfer->next = client->pool;
    client->pool = transfer;
    client->pool_count++;
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
    transfer->parts_size = size;
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
enum usher_status usher_transfer_set_method(struct usher_transfer *transfer)
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
enum usher_status usher_transfer_set_url(struct usher_transfer *transfer,
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
    usher_buffer_clear(&transfer->response);
    transfer->attempts = 0;
    transfer->error[0] = '\0';
    return failed ? USHER_ERR_NOMEM : USHER_OK;
}

enum usher_status usher_transfer_fill(struct usher_transfer *transfer,
                                      const struct usher_client_request *r)
{
    enum usher_status st = copy_parts(transfer, r);

    strcpy(transfer->method, r->method);
    transfer->follow = r->follow;
    transfer->redirected = 0;
    transfer->turned = 0;
    transfer->too_large = 0;
    transfer->resend_refused = 0;
    if (st == USHER_OK)
        st = usher_transfer_set_url(transfer, r->url);
    if (st == USHER_OK)
        st = usher_transfer_set_method(transfer);
    return st;
}
