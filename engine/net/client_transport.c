/* engine/net/client_transport.c - requests that a transport answers instead of
 * the network. */
#include <strings.h>

#include "net/client_private.h"

const char *usher_transfer_carried_header(const struct usher_transfer *transfer,
                                          const char *name)
{
    size_t i;

    for (i = 0; i < transfer->carried_header_count; i++) {
        if (strcasecmp(transfer->carried_headers[i].name, name) == 0)
            return transfer->carried_headers[i].value;
    }
    return NULL;
}

static void answer_cut(struct usher_client_answer *answer)
{
    answer->result = USHER_NET_TOO_LARGE;
    answer->error = "the answer is larger than allowed";
    answer->body = "";
    answer->body_len = 0;
}

void usher_transfer_answer(struct usher_transfer *transfer,
                           const struct usher_client_answer *answer,
                           const struct usher_header *headers,
                           size_t header_count)
{
    struct usher_client *client = transfer->client;
    struct usher_client_answer *own = &transfer->answer;

    *own = *answer;
    if (own->body == NULL)
        own->body = "";
    if (own->error == NULL)
        own->error = "";
    transfer->carried_headers = headers;
    transfer->carried_header_count = header_count;
    own->content_type = usher_client_header(own, "Content-Type");
    own->retry_after_s = usher_transfer_retry_after(transfer);
    own->elapsed_ms = usher_loop_now_ms(client->loop) - transfer->started_ms;
    if (own->body_len > client->max_response)
        answer_cut(own);
    usher_transfer_deliver(transfer);
}
