/* engine/net/client_transfer.c - transfers kept for reuse. */
#include <stdlib.h>

#include "net/client_private.h"

enum { POOL_MAX = 2048, REQUEST_KEEP = 4096 };

struct usher_transfer *usher_transfer_take(struct usher_client *client)
{
    struct usher_transfer *transfer = client->pool;

    if (transfer != NULL) {
        client->pool = transfer->next;
        client->pool_count--;
        return transfer;
    }
    transfer = calloc(1, sizeof(*transfer));
    if (transfer == NULL)
        return NULL;
    transfer->client = client;
    transfer->base.done = usher_curl_done;
    return transfer;
}

void usher_transfer_free(struct usher_transfer *transfer)
{
    if (transfer->easy != NULL)
        curl_easy_cleanup(transfer->easy);
    usher_response_free(&transfer->response);
    usher_buffer_free(&transfer->request);
    free(transfer->parts);
    free(transfer);
}

void usher_transfer_recycle(struct usher_transfer *transfer)
{
    struct usher_client *client = transfer->client;

    free(transfer->parts);
    transfer->parts = NULL;
    transfer->headers = NULL;
    transfer->body = NULL;
    if (client->pool_count >= POOL_MAX) {
        usher_transfer_free(transfer);
        return;
    }
    usher_buffer_rest(&transfer->request, REQUEST_KEEP);
    usher_response_begin(&transfer->response, 0, 0); /* lets go of much */
    transfer->next = client->pool;
    client->pool = transfer;
    client->pool_count++;
}
