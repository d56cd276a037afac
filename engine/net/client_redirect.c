/* engine/net/client_redirect.c - following a redirect without giving secrets
 * away.
 *
 * libcurl drops only Authorization and Cookie on the way to another host; here
 * any header may be a secret, so all but a few harmless ones stay behind. */
#include <string.h>
#include <strings.h>

#include "net/client_private.h"

static int part_equal(CURLU *a, CURLU *b, CURLUPart part)
{
    char *left = NULL, *right = NULL;
    int equal;

    equal = curl_url_get(a, part, &left, CURLU_DEFAULT_PORT) == CURLUE_OK &&
            curl_url_get(b, part, &right, CURLU_DEFAULT_PORT) == CURLUE_OK &&
            strcasecmp(left, right) == 0;
    curl_free(left);
    curl_free(right);
    return equal;
}

/* Scheme, host and port. */
static int same_origin(const char *from, const char *to)
{
    CURLU *a = curl_url(), *b = curl_url();
    int same;

    same = a != NULL && b != NULL &&
           curl_url_set(a, CURLUPART_URL, from, 0) == CURLUE_OK &&
           curl_url_set(b, CURLUPART_URL, to, 0) == CURLUE_OK &&
           part_equal(a, b, CURLUPART_SCHEME) &&
           part_equal(a, b, CURLUPART_HOST) && part_equal(a, b, CURLUPART_PORT);
    curl_url_cleanup(a);
    curl_url_cleanup(b);
    return same;
}

static int is_named(const char *line, const char *const *names)
{
    size_t len = strcspn(line, ":;");

    for (; *names != NULL; names++) {
        if (strlen(*names) == len && strncasecmp(line, *names, len) == 0)
            return 1;
    }
    return 0;
}

static void keep_headers(struct usher_transfer *transfer,
                         const char *const *names, int keep_named)
{
    struct curl_slist **at = &transfer->headers;

    while (*at != NULL) {
        if (is_named((*at)->data, names) == keep_named)
            at = &(*at)->next;
        else
            *at = (*at)->next;
    }
}

/* What browsers do: 303 always turns into GET, 301 and 302 do for POST. */
static int becomes_get(const struct usher_transfer *transfer, long status)
{
    if (status == 303)
        return strcmp(transfer->method, "HEAD") != 0;
    return (status == 301 || status == 302) &&
           strcmp(transfer->method, "POST") == 0;
}

static void become_get(struct usher_transfer *transfer)
{
    static const char *const of_body[] = {"Content-Type", "Content-Length",
                                          "Content-Encoding",
                                          "Transfer-Encoding", NULL};

    strcpy(transfer->method, "GET");
    transfer->has_body = 0;
    transfer->body_len = 0;
    keep_headers(transfer, of_body, 0);
}

static int is_redirect(long status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 ||
           status == 308;
}

/* To another origin only a GET or HEAD is sent; with anything else the caller
 * gets the redirect itself as the answer. */
static int cross(struct usher_transfer *transfer)
{
    static const char *const harmless[] = {"Accept", "Accept-Language",
                                           "Expect", "Content-Type", NULL};

    if (!usher_transfer_is_safe(transfer) || transfer->has_body)
        return 0;
    keep_headers(transfer, harmless, 1);
    return 1;
}

int usher_transfer_redirect(struct usher_transfer *transfer)
{
    struct usher_client_request next = {.method = "GET"};
    const char *from = NULL;
    char *to = NULL;
    long status = 0;
    int away;

    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(transfer->easy, CURLINFO_REDIRECT_URL, &to);
    curl_easy_getinfo(transfer->easy, CURLINFO_EFFECTIVE_URL, &from);
    next.url = to;
    if (!is_redirect(status) || to == NULL || from == NULL ||
        !usher_client_request_valid(&next))
        return 0;
    away = !same_origin(from, to);
    if (becomes_get(transfer, status)) {
        transfer->turned |= !usher_transfer_is_safe(transfer);
        become_get(transfer);
    }
    if (away && !cross(transfer))
        return 0;
    transfer->follow--;
    transfer->redirected = 1;
    if (usher_transfer_set_url(transfer, to) != USHER_OK ||
        usher_transfer_set_method(transfer) != USHER_OK)
        return -1;
    return 1;
}
