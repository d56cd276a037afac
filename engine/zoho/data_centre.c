/* engine/zoho/data_centre.c - see the header. */
#include "zoho/data_centre.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct usher_data_centre centres[] = {
    {"in", "India", "zoho.in"},
    {"com", "United States", "zoho.com"},
    {"eu", "Europe", "zoho.eu"},
    {"com.au", "Australia", "zoho.com.au"},
    {"com.cn", "China", "zoho.com.cn"},
    {"jp", "Japan", "zoho.jp"},
    {"ca", "Canada", "zohocloud.ca"},
    {"sa", "Saudi Arabia", "zoho.sa"},
    {"uk", "United Kingdom", "zoho.uk"},
    {"ae", "United Arab Emirates", "zoho.ae"},
    {"sg", "Singapore", "zoho.sg"},
};

/* What people write instead. */
static const struct {
    const char *alias;
    const char *name;
} aliases[] = {
    {"us", "com"},    {"usa", "com"}, {"au", "com.au"},
    {"cn", "com.cn"}, {"gb", "uk"},
};

static const char *const services[USHER_ZOHO_SERVICES] = {
    "accounts",
    "salesiq",
    "desk",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *usher_zoho_service_text(enum usher_zoho_service service)
{
    if ((size_t)service >= COUNT(services))
        return "zoho";
    return services[service];
}

const struct usher_data_centre *usher_data_centre_at(size_t index)
{
    return index < COUNT(centres) ? &centres[index] : NULL;
}

const struct usher_data_centre *usher_data_centre_find(const char *name)
{
    size_t i;

    if (!name)
        return NULL;
    if (name[0] == '.') /* ".in", as hosts are often told apart */
        name++;
    for (i = 0; i < COUNT(aliases); i++)
        if (strcasecmp(name, aliases[i].alias) == 0)
            name = aliases[i].name;
    for (i = 0; i < COUNT(centres); i++)
        if (strcasecmp(name, centres[i].name) == 0 ||
            strcasecmp(name, centres[i].domain) == 0)
            return &centres[i];
    return NULL;
}

/* The host in a URL, without port; *len is 0 when there is none. */
static const char *url_host(const char *url, size_t *len)
{
    const char *host;
    const char *at;
    size_t authority;

    *len = 0;
    host = url ? strstr(url, "://") : NULL;
    if (!host)
        return "";
    host += 3;
    authority = strcspn(host, "/?#");
    at = memchr(host, '@', authority);
    if (at) {
        authority -= (size_t)(at + 1 - host);
        host = at + 1;
    }
    if (host[0] == '[') { /* IPv6 */
        const char *end = memchr(host, ']', authority);
        *len = end ? (size_t)(end + 1 - host) : authority;
        return host;
    }
    *len = 0;
    while (*len < authority && host[*len] != ':')
        (*len)++;
    return host;
}

const struct usher_data_centre *usher_data_centre_of_url(const char *url)
{
    size_t len;
    const char *host = url_host(url, &len);
    size_t i;

    for (i = 0; i < COUNT(centres); i++) {
        const char *domain = centres[i].domain;
        size_t size = strlen(domain);

        if (len < size || strncasecmp(host + len - size, domain, size) != 0)
            continue;
        if (len == size || host[len - size - 1] == '.')
            return &centres[i];
    }
    return NULL;
}

int usher_url_is_loopback(const char *url)
{
    size_t len;
    const char *host = url_host(url, &len);

    if (len == 9 && strncasecmp(host, "localhost", 9) == 0)
        return 1;
    if (len == 5 && strncmp(host, "[::1]", 5) == 0)
        return 1;
    /* 127.0.0.0/8, but not a name such as 127.example.com. */
    return len > 4 && strncmp(host, "127.", 4) == 0 &&
           strspn(host, "0123456789.") >= len;
}

/* Copies a base URL without what every path brings along. */
static enum usher_status base_set(char *out, const char *url,
                                  const char *setting,
                                  struct usher_error *error)
{
    static const char api[] = "/api/v1";
    size_t len = strlen(url);

    while (len > 0 && url[len - 1] == '/')
        len--;
    if (len > sizeof(api) - 1 &&
        strncmp(url + len - (sizeof(api) - 1), api, sizeof(api) - 1) == 0)
        len -= sizeof(api) - 1;
    if (len >= USHER_ZOHO_URL_MAX) {
        usher_error_set(error, "%s is too long: at most %d characters", setting,
                        USHER_ZOHO_URL_MAX - 1);
        return USHER_ERR_LIMIT;
    }
    memcpy(out, url, len);
    out[len] = '\0';
    return USHER_OK;
}

enum usher_status
usher_zoho_hosts_set(struct usher_zoho_hosts *hosts, const char *data_centre,
                     const char *accounts_url, const char *salesiq_url,
                     const char *desk_url, struct usher_error *error)
{
    static const char *const settings[USHER_ZOHO_SERVICES] = {
        "ZOHO_ACCOUNTS_URL", "SALESIQ_URL", "DESK_URL"};
    const char *urls[USHER_ZOHO_SERVICES] = {accounts_url, salesiq_url,
                                             desk_url};
    const struct usher_data_centre *centre;
    size_t i;

    centre = usher_data_centre_find(data_centre);
    if (!centre) {
        usher_error_set(error,
                        "ZOHO_DC=%s is no data centre of Zoho; write one of "
                        "in, com, eu, com.au, com.cn, jp, ca, sa, uk, ae, sg",
                        data_centre ? data_centre : "");
        return USHER_ERR_NOT_FOUND;
    }
    for (i = 0; i < USHER_ZOHO_SERVICES; i++) {
        if (urls[i] && urls[i][0]) {
            enum usher_status st =
                base_set(hosts->base[i], urls[i], settings[i], error);
            if (st != USHER_OK)
                return st;
        } else {
            snprintf(hosts->base[i], USHER_ZOHO_URL_MAX, "https://%s.%s",
                     services[i], centre->domain);
        }
    }
    return USHER_OK;
}
