/* engine/net/client.c - requests under way, from their start to their end. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "net/client_private.h"

enum {
    SHARD_FULL = 64,        /* transfers, before the next multi is used */
    IDLE_CONNECTIONS = 512, /* kept by a multi for reuse */
    DEFAULT_TIMEOUT_MS = 30000,
    DEFAULT_MAX_RESPONSE = 8 * 1024 * 1024
};

/* The life of a transfer */

static void transfer_list(struct usher_transfer *transfer)
{
    struct usher_client *client = transfer->client;

    transfer->prev = NULL;
    transfer->next = client->active;
    if (transfer->next != NULL)
        transfer->next->prev = transfer;
    client->active = transfer;
}

static void transfer_unlist(struct usher_transfer *transfer)
{
    if (transfer->prev != NULL)
        transfer->prev->next = transfer->next;
    else
        transfer->client->active = transfer->next;
    if (transfer->next != NULL)
        transfer->next->prev = transfer->prev;
}

static void transfer_leave_multi(struct usher_transfer *transfer)
{
    if (transfer->shard == NULL)
        return;
    curl_multi_remove_handle(transfer->shard->multi, transfer->easy);
    transfer->shard->active--;
    transfer->shard = NULL;
}

/* It ends without the transport's answer. */
static void transfer_uncarry(struct usher_transfer *transfer)
{
    const struct usher_client_transport *to = &transfer->client->transport;

    if (transfer->carried)
        to->cancel(to->user, transfer);
}

static void transfer_end(struct usher_transfer *transfer)
{
    transfer_uncarry(transfer);
    usher_timer_cancel(transfer->client->loop, &transfer->timer);
    transfer_leave_multi(transfer);
    transfer_unlist(transfer);
    usher_transfer_recycle(transfer);
}

/* During the callback the transfer is in no list: the callback may send,
 * cancel others and read the answer's headers. */
void usher_transfer_deliver(struct usher_transfer *transfer)
{
    usher_client_fn *fn;

    usher_timer_cancel(transfer->client->loop, &transfer->timer);
    transfer_leave_multi(transfer);
    transfer_unlist(transfer);
    fn = transfer->fn;
    transfer->fn = NULL; /* cancelling it now does nothing */
    fn(transfer->user, &transfer->answer);
    usher_transfer_recycle(transfer);
}

static void transfer_late(void *user)
{
    struct usher_transfer *transfer = user;

    transfer_uncarry(transfer);
    usher_transfer_time_out(transfer);
    usher_transfer_deliver(transfer);
}

static void transfer_done(struct usher_transfer *transfer, CURLcode code)
{
    int next = 0;

    if (code == CURLE_OK && transfer->follow > 0) {
        transfer_leave_multi(transfer);
        next = usher_transfer_redirect(transfer);
        if (next > 0 && usher_transfer_start(transfer) == USHER_OK)
            return;
    }
    usher_transfer_conclude(transfer, next == 0 ? code : CURLE_OUT_OF_MEMORY);
    usher_transfer_deliver(transfer);
}

/* Multi handles */

static enum usher_status shard_open(struct client_shard *shard)
{
    CURLM *multi = curl_multi_init();

    if (multi == NULL)
        return USHER_ERR_NOMEM;
    shard->multi = multi;
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, usher_client_on_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, shard);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, usher_client_on_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, shard);
    curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)IDLE_CONNECTIONS);
    curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS,
                      (long)shard->client->max_per_host);
    return USHER_OK;
}

/* The first that is not full, so that few calls share warm connections; under
 * load the emptiest. */
static struct client_shard *shard_choose(struct usher_client *client)
{
    struct client_shard *best = &client->shards[0];
    size_t i;

    for (i = 0; i < client->shard_count; i++) {
        struct client_shard *shard = &client->shards[i];

        if (shard->active < SHARD_FULL)
            return shard;
        if (shard->active < best->active)
            best = shard;
    }
    return best;
}

enum usher_status usher_transfer_start(struct usher_transfer *transfer)
{
    struct client_shard *shard = shard_choose(transfer->client);

    if (shard->multi == NULL && shard_open(shard) != USHER_OK)
        return USHER_ERR_NOMEM;
    if (curl_multi_add_handle(shard->multi, transfer->easy) != CURLM_OK)
        return USHER_ERR_NOMEM;
    transfer->shard = shard;
    shard->active++;
    return USHER_OK;
}

static void shard_read(struct client_shard *shard)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(shard->multi, &left)) != NULL) {
        struct usher_transfer *transfer = NULL;
        CURLcode code = message->data.result;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        transfer_done(transfer, code);
    }
}

/* libcurl is driven here for its timers, and finished transfers are read here
 * for all its sockets: never from inside one of its callbacks. */
static int client_work(void *user)
{
    struct usher_client *client = user;
    int work = 0, running;
    size_t i;

    for (i = 0; i < client->shard_count; i++) {
        struct client_shard *shard = &client->shards[i];

        if (shard->due) {
            shard->due = 0;
            shard->touched = 1;
            curl_multi_socket_action(shard->multi, CURL_SOCKET_TIMEOUT, 0,
                                     &running);
        }
        if (shard->touched) {
            shard->touched = 0;
            work = 1;
            shard_read(shard);
        }
    }
    return work;
}

/* The client */

static int environment_names_a_proxy(void)
{
    static const char *const names[] = {
        "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *value = getenv(names[i]);

        if (value != NULL && value[0] != '\0')
            return 1;
    }
    return 0;
}

/* OpenSSL writes to sockets without MSG_NOSIGNAL: a peer that went would end
 * the process, unless it has a handler of its own. */
static void ignore_sigpipe(void)
{
    struct sigaction action;

    if (sigaction(SIGPIPE, NULL, &action) != 0 || action.sa_handler != SIG_DFL)
        return;
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

static enum usher_status
client_copy_options(struct usher_client *client,
                    const struct usher_client_options *o)
{
    client->max_per_host = o->max_per_host;
    client->shard_count = o->max_per_host > 0 ? 1 : CLIENT_SHARDS;
    client->max_response =
        o->max_response > 0 ? o->max_response : DEFAULT_MAX_RESPONSE;
    client->proxied = !o->unix_path && environment_names_a_proxy();
    if (o->transport != NULL)
        client->transport = *o->transport;
    if (o->user_agent != NULL) {
        client->user_agent = strdup(o->user_agent);
        if (client->user_agent == NULL)
            return USHER_ERR_NOMEM;
    }
    if (o->ca_file != NULL) {
        client->ca_file = strdup(o->ca_file);
        if (client->ca_file == NULL)
            return USHER_ERR_NOMEM;
    }
    if (o->unix_path != NULL) {
        client->unix_path = strdup(o->unix_path);
        if (client->unix_path == NULL)
            return USHER_ERR_NOMEM;
    }
    return USHER_OK;
}

enum usher_status usher_client_new(struct usher_loop *loop,
                                   const struct usher_client_options *options,
                                   struct usher_client **out)
{
    struct usher_client *client;
    enum usher_status st;
    size_t i;

    *out = NULL;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return USHER_ERR_NOMEM;
    client = calloc(1, sizeof(*client));
    if (client == NULL) {
        curl_global_cleanup();
        return USHER_ERR_NOMEM;
    }
    ignore_sigpipe();
    client->loop = loop;
    for (i = 0; i < CLIENT_SHARDS; i++)
        client->shards[i].client = client;
    client->hook.fn = client_work;
    client->hook.user = client;
    usher_loop_hook(loop, &client->hook);
    st = client_copy_options(client, options);
    if (st != USHER_OK) {
        usher_client_free(client);
        return st;
    }
    *out = client;
    return USHER_OK;
}

static void shard_close(struct client_shard *shard)
{
    if (shard->multi != NULL)
        curl_multi_cleanup(shard->multi);
    usher_timer_cancel(shard->client->loop, &shard->timer);
}

void usher_client_free(struct usher_client *client)
{
    struct usher_transfer *transfer;
    size_t i;

    if (client == NULL)
        return;
    usher_loop_unhook(client->loop, &client->hook);
    while (client->active != NULL)
        transfer_end(client->active);
    while ((transfer = client->pool) != NULL) {
        client->pool = transfer->next;
        usher_transfer_free(transfer);
    }
    for (i = 0; i < CLIENT_SHARDS; i++)
        shard_close(&client->shards[i]);
    usher_client_sockets_free(client);
    free(client->user_agent);
    free(client->ca_file);
    free(client->unix_path);
    free(client);
    curl_global_cleanup();
}

enum usher_status usher_client_send(struct usher_client *client,
                                    const struct usher_client_request *request,
                                    usher_client_fn *fn, void *user,
                                    struct usher_transfer **out)
{
    struct usher_transfer *transfer;
    enum usher_status st;

    if (out != NULL)
        *out = NULL;
    if (!usher_client_request_valid(request))
        return USHER_ERR_INVALID;
    transfer = usher_transfer_take(client);
    if (transfer == NULL)
        return USHER_ERR_NOMEM;
    st = usher_transfer_fill(transfer, request);
    transfer->carried_header_count = 0;
    transfer->carried =
        st == USHER_OK && client->transport.start != NULL &&
        client->transport.start(client->transport.user, transfer, request);
    if (st == USHER_OK && !transfer->carried)
        st = usher_transfer_start(transfer);
    if (st != USHER_OK) {
        usher_transfer_recycle(transfer);
        return st;
    }
    transfer->fn = fn;
    transfer->user = user;
    transfer->started_ms = usher_loop_now_ms(client->loop);
    transfer->timeout_ms =
        request->timeout_ms > 0 ? request->timeout_ms : DEFAULT_TIMEOUT_MS;
    transfer_list(transfer);
    usher_timer_set(client->loop, &transfer->timer, transfer->timeout_ms,
                    transfer_late, transfer);
    if (out != NULL)
        *out = transfer;
    return USHER_OK;
}

void usher_transfer_cancel(struct usher_transfer *transfer)
{
    if (transfer != NULL && transfer->fn != NULL)
        transfer_end(transfer);
}
