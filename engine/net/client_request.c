/* engine/net/client_request.c - what a request may hold. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "net/client_private.h"

static int is_token(const char *text)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";
    const char *at;

    for (at = text; *at != '\0'; at++) {
        if (!isalnum((unsigned char)*at) && strchr(marks, *at) == NULL)
            return 0;
    }
    return at > text;
}

/* A line break in a value would begin a header of the sender's choice. */
static int is_header_value(const char *text)
{
    for (; *text != '\0'; text++) {
        if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7f)
            return 0;
    }
    return 1;
}

static int is_http_url(const char *url)
{
    const char *at;

    if (url == NULL || (strncasecmp(url, "http://", 7) != 0 &&
                        strncasecmp(url, "https://", 8) != 0))
        return 0;
    for (at = url; *at != '\0'; at++) {
        if ((unsigned char)*at <= 0x20 || *at == 0x7f)
            return 0;
    }
    return 1;
}

int usher_client_request_valid(const struct usher_client_request *request)
{
    size_t i;

    if (!is_http_url(request->url) || request->method == NULL ||
        strlen(request->method) > CLIENT_METHOD_MAX ||
        !is_token(request->method))
        return 0;
    for (i = 0; i < request->header_count; i++) {
        if (!is_token(request->headers[i].name) ||
            !is_header_value(request->headers[i].value))
            return 0;
    }
    return request->follow >= 0 && request->follow <= CLIENT_REDIRECTS_MAX;
}

int usher_client_url_is_loopback(const char *url)
{
    CURLU *parsed = curl_url();
    char *host = NULL;
    int loopback = 0;

    if (parsed == NULL)
        return 0;
    if (curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
        curl_url_get(parsed, CURLUPART_HOST, &host, 0) == CURLUE_OK)
        loopback = strcasecmp(host, "localhost") == 0 ||
                   strncmp(host, "127.", 4) == 0 || strcmp(host, "[::1]") == 0;
    curl_free(host);
    curl_url_cleanup(parsed);
    return loopback;
}
