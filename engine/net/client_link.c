/* engine/net/client_link.c - connections that carry one exchange after the
 * other.
 *
 * libcurl opens one (CURLOPT_CONNECT_ONLY): it resolves the name, connects,
 * and for https shakes hands and checks the certificate. After that bytes go
 * through curl_easy_send() and curl_easy_recv(), which encrypt where that was
 * asked for, and the socket stays in the loop's epoll, watched for reading. */
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "net/client_private.h"

enum {
    IDLE_MAX = 4096,         /* links of a client, of all origins */
    IDLE_FRESH_MS = 100,     /* so long a link needs no second look */
    IDLE_AGE_MS = 118 * 1000 /* as libcurl: servers often close after 120 s */
};

/* ---- origins ---- */

static struct client_origin *origin_find(struct usher_client *client,
                                         const char *text, size_t len)
{
    struct client_origin *origin;

    for (origin = client->origins; origin != NULL; origin = origin->next) {
        if (origin->len == len && memcmp(origin->text, text, len) == 0)
            return origin;
    }
    origin = calloc(1, sizeof(*origin) + len + 1);
    if (origin == NULL)
        return NULL;
    memcpy(origin->text, text, len);
    origin->len = len;
    origin->next = client->origins;
    client->origins = origin;
    return origin;
}

static void origin_drop(struct usher_client *client,
                        struct client_origin *origin)
{
    struct client_origin **at = &client->origins;

    if (origin->links > 0)
        return;
    while (*at != origin)
        at = &(*at)->next;
    *at = origin->next;
    free(origin);
}

/* ---- the idle ---- */

static void idle_add(struct client_link *link)
{
    struct client_origin *origin = link->origin;

    link->is_idle = 1;
    link->idle_since_ms = usher_loop_now_ms(link->client->loop);
    link->newer = NULL;
    link->older = origin->newest;
    if (link->older != NULL)
        link->older->newer = link;
    else
        origin->oldest = link;
    origin->newest = link;
    link->client->idle_count++;
}

static void idle_remove(struct client_link *link)
{
    struct client_origin *origin = link->origin;

    if (!link->is_idle)
        return;
    link->is_idle = 0;
    if (link->newer != NULL)
        link->newer->older = link->older;
    else
        origin->newest = link->older;
    if (link->older != NULL)
        link->older->newer = link->newer;
    else
        origin->oldest = link->newer;
    link->client->idle_count--;
}

/* Nothing has come from the server, not even its closing. (What TLS sends
 * behind its handshake is taken in here and is nothing.) */
static int is_quiet(struct client_link *link)
{
    struct usher_client *client = link->client;
    size_t got;

    return curl_easy_recv(link->easy, client->input, sizeof(client->input),
                          &got) == CURLE_AGAIN;
}

static void idle_age(struct client_origin *origin, int64_t now_ms)
{
    while (origin->oldest != NULL &&
           now_ms - origin->oldest->idle_since_ms > IDLE_AGE_MS)
        usher_link_close(origin->oldest);
}

/* The one that was used last. The loop closes what servers close; before a
 * request that must not be sent twice the link is looked at once more, as the
 * news may be on its way. (Not one that was busy just now: servers close what
 * has been idle, and say so before they close after an answer.) */
static struct client_link *idle_take(struct client_origin *origin,
                                     int64_t now_ms, int is_safe)
{
    struct client_link *link;

    while ((link = origin->newest) != NULL) {
        idle_remove(link);
        if (is_safe || now_ms - link->idle_since_ms < IDLE_FRESH_MS ||
            is_quiet(link))
            return link;
        usher_link_close(link);
    }
    return NULL;
}

/* ---- life ---- */

static void link_opened(struct client_easy *base, CURLcode code)
{
    struct client_link *link = (struct client_link *)base;
    curl_socket_t fd = CURL_SOCKET_BAD;

    if (code == CURLE_OK) {
        curl_easy_getinfo(link->easy, CURLINFO_ACTIVESOCKET, &fd);
        link->socket = usher_client_socket_lend(link->client, fd, link);
        if (link->socket == NULL)
            code = CURLE_COULDNT_CONNECT;
    }
    usher_exchange_open(link->transfer, code);
}

static int link_options(struct client_link *link)
{
    const char *url = link->origin->text;
    CURL *easy = link->easy;

    if (!usher_curl_set_constants(link->client, easy))
        return 0;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &link->base);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, link->error);
    curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)CLIENT_READ_BYTES);
    return curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK;
}

static struct client_link *link_new(struct usher_client *client,
                                    struct client_origin *origin)
{
    struct client_link *link = calloc(1, sizeof(*link));

    if (link == NULL)
        return NULL;
    link->base.done = link_opened;
    link->client = client;
    link->origin = origin;
    link->easy = curl_easy_init();
    if (link->easy != NULL && link_options(link))
        link->shard = usher_client_shard_add(client, link->easy);
    if (link->shard == NULL) {
        curl_easy_cleanup(link->easy);
        free(link);
        return NULL;
    }
    origin->links++;
    return link;
}

void usher_link_close(struct client_link *link)
{
    struct usher_client *client;

    if (link == NULL)
        return;
    client = link->client;
    idle_remove(link);
    if (link->transfer != NULL)
        link->transfer->link = NULL;
    usher_client_shard_remove(link->shard, link->easy); /* closes it */
    curl_easy_cleanup(link->easy);
    link->origin->links--;
    origin_drop(client, link->origin);
    free(link);
}

enum usher_status usher_link_take(struct usher_transfer *transfer,
                                  const char *text, size_t len, int fresh)
{
    struct usher_client *client = transfer->client;
    struct client_origin *origin = origin_find(client, text, len);
    int64_t now_ms = usher_loop_now_ms(client->loop);
    struct client_link *link = NULL;

    if (origin == NULL)
        return USHER_ERR_NOMEM;
    origin->links++; /* stays while its last link may be closed below */
    idle_age(origin, now_ms);
    if (!fresh)
        link = idle_take(origin, now_ms, usher_transfer_is_safe(transfer));
    if (link == NULL)
        link = link_new(client, origin);
    origin->links--;
    if (link == NULL) {
        origin_drop(client, origin);
        return USHER_ERR_NOMEM;
    }
    link->transfer = transfer;
    transfer->link = link;
    return USHER_OK;
}

void usher_link_give(struct client_link *link)
{
    link->transfer->link = NULL;
    link->transfer = NULL;
    link->exchanges++;
    if (link->client->idle_count >= IDLE_MAX)
        usher_link_close(link);
    else
        idle_add(link);
}

void usher_links_free(struct usher_client *client)
{
    struct client_origin *origin, *next;

    for (origin = client->origins; origin != NULL; origin = next) {
        size_t left = origin->links; /* all idle: the transfers are gone */

        next = origin->next;
        for (; left > 0; left--)
            usher_link_close(origin->oldest);
    }
}

void usher_link_ready(struct client_link *link)
{
    if (link->transfer != NULL)
        usher_exchange_ready(link->transfer);
    else if (!is_quiet(link))
        usher_link_close(link);
}
