/* engine/net/client_answer.c - what became of a request. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/client_private.h"

int usher_transfer_is_safe(const struct usher_transfer *transfer)
{
    return strcmp(transfer->method, "GET") == 0 ||
           strcmp(transfer->method, "HEAD") == 0 ||
           strcmp(transfer->method, "OPTIONS") == 0;
}

/* Before the first attempt there may be bytes too, but those were for a proxy
 * only. */
int usher_transfer_sent(const struct usher_transfer *transfer)
{
    long size = 0;

    if (transfer->carried)
        return 1;
    if (transfer->attempts == 0)
        return 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &size);
    return size > 0;
}

static enum usher_net_result classify_unsent(CURLcode code)
{
    switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return USHER_NET_BAD_URL;
    case CURLE_OPERATION_TIMEDOUT:
        return USHER_NET_TIMEOUT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CLIENTCERT:
        return USHER_NET_TLS;
    default:
        return USHER_NET_OFFLINE;
    }
}

static enum usher_net_result classify(const struct usher_transfer *transfer,
                                      CURLcode code)
{
    if (code == CURLE_OK)
        return USHER_NET_OK;
    if (transfer->too_large)
        return USHER_NET_TOO_LARGE;
    if (!transfer->answer.sent)
        return classify_unsent(code);
    return code == CURLE_OPERATION_TIMEDOUT ? USHER_NET_TIMEOUT
                                            : USHER_NET_BROKEN;
}

static const char *explain(const struct usher_transfer *transfer, CURLcode code)
{
    if (code == CURLE_OK)
        return "";
    if (transfer->too_large)
        return "the answer is larger than allowed";
    if (transfer->resend_refused)
        return "the connection broke without an answer after the request was "
               "sent; it is not sent twice";
    return transfer->error[0] != '\0' ? transfer->error
                                      : curl_easy_strerror(code);
}

int64_t usher_transfer_retry_after(const struct usher_transfer *transfer)
{
    const struct usher_clock *clock = usher_loop_clock(transfer->client->loop);
    const char *text = usher_client_header(&transfer->answer, "Retry-After");
    int64_t at, now;

    if (text == NULL)
        return -1;
    if (isdigit((unsigned char)text[0]))
        return strtoll(text, NULL, 10);
    at = (int64_t)curl_getdate(text, NULL);
    if (at < 0)
        return -1;
    now = usher_clock_wall_ms(clock) / 1000;
    return at > now ? at - now : 0;
}

static void answer_begin(struct usher_transfer *transfer)
{
    struct usher_client_answer *answer = &transfer->answer;

    memset(answer, 0, sizeof(*answer));
    answer->body = "";
    answer->error = "";
    answer->retry_after_s = -1;
    answer->elapsed_ms =
        usher_loop_now_ms(transfer->client->loop) - transfer->started_ms;
    answer->sent = transfer->redirected || usher_transfer_sent(transfer);
    answer->turned = transfer->turned;
}

void usher_transfer_conclude(struct usher_transfer *transfer, CURLcode code)
{
    struct usher_client_answer *answer = &transfer->answer;
    char *type = NULL;
    long status = 0;

    answer_begin(transfer);
    answer->sent |= code == CURLE_OK || transfer->resend_refused;
    answer->result = classify(transfer, code);
    answer->error = explain(transfer, code);
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    answer->status = status > 0 ? (unsigned)status : 0;
    if (code != CURLE_OK)
        return;
    curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_TYPE, &type);
    answer->content_type = type;
    answer->retry_after_s = usher_transfer_retry_after(transfer);
    if (transfer->response.len > 0) {
        answer->body = transfer->response.data;
        answer->body_len = transfer->response.len;
    }
}

void usher_transfer_time_out(struct usher_transfer *transfer)
{
    answer_begin(transfer);
    transfer->answer.result = USHER_NET_TIMEOUT;
    snprintf(transfer->error, sizeof(transfer->error),
             transfer->answer.sent ? "no answer within %" PRId64
                                     " ms after the request was sent"
                                   : "not connected within %" PRId64 " ms",
             transfer->timeout_ms);
    transfer->answer.error = transfer->error;
}

const char *usher_client_header(const struct usher_client_answer *answer,
                                const char *name)
{
    const struct usher_transfer *transfer = (const void *)answer;
    struct curl_header *header = NULL;

    if (transfer->carried)
        return usher_transfer_carried_header(transfer, name);
    if (curl_easy_header(transfer->easy, name, 0, CURLH_HEADER, -1, &header) !=
        CURLHE_OK)
        return NULL;
    return header->value;
}
