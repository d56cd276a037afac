/* engine/core/config_value.c - checks one value of one setting. */
#include "core/config_value.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/hours.h"
#include "core/zone.h"

#define SHOWN_MAX_BYTES 40 /* of a wrong value, in a message */
#define SECRET_RUN 20      /* letters and digits, mixed, in a row */

/* The value at work, between from and from + len. */
struct reading {
    const struct usher_setting_info *info;
    const char *where;
    const char *from;
    size_t len;
    struct usher_buffer *out;
    int64_t *number;
    struct usher_error_list *problems;
};

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A token or a key that was pasted behind the wrong name: messages go to the
 * log and to /readyz. */
static int is_like_a_secret(const struct reading *r)
{
    size_t letters = 0, digits = 0;

    for (size_t i = 0; i < r->len; i++) {
        if (is_letter(r->from[i]))
            letters++;
        else if (is_digit(r->from[i]))
            digits++;
        else
            letters = digits = 0;
        if (letters && digits && letters + digits >= SECRET_RUN)
            return 1;
    }
    return 0;
}

/* "WHERE: NAME must be EXPECTED, not "VALUE"; write EXAMPLE". */
static int refuse(const struct reading *r, const char *expected,
                  const char *example)
{
    int shown = (int)(r->len > SHOWN_MAX_BYTES ? SHOWN_MAX_BYTES : r->len);

    if (r->info->secret || is_like_a_secret(r))
        usher_error_list_error(r->problems, "%s: %s must be %s; write %s=%s",
                               r->where, r->info->name, expected, r->info->name,
                               example);
    else
        usher_error_list_error(r->problems,
                               "%s: %s must be %s, not \"%.*s\"; write %s=%s",
                               r->where, r->info->name, expected, shown,
                               r->from, r->info->name, example);
    return 0;
}

static void warn(const struct reading *r, const char *what)
{
    usher_error_list_warn(r->problems, "%s: %s %s", r->where, r->info->name,
                          what);
}

static int keep(const struct reading *r)
{
    return usher_buffer_append(r->out, r->from, r->len) == USHER_OK;
}

static int starts(const struct reading *r, const char *with)
{
    return r->len >= strlen(with) &&
           strncasecmp(r->from, with, strlen(with)) == 0;
}

static int is_word(const struct reading *r, const char *word)
{
    return r->len == strlen(word) && starts(r, word);
}

static void drop(struct reading *r, size_t front, size_t back)
{
    r->from += front;
    r->len -= front + back;
}

static int trim(struct reading *r)
{
    size_t before = r->len;

    while (r->len > 0 && is_blank(r->from[0]))
        drop(r, 1, 0);
    while (r->len > 0 && is_blank(r->from[r->len - 1]))
        drop(r, 0, 1);
    return r->len != before;
}

/* docker's --env-file keeps quotes, word processors make them curly. */
static int unquote(struct reading *r)
{
    static const char *const pairs[][2] = {
        {"\"", "\""},
        {"'", "'"},
        {"`", "`"},
        {"\xE2\x80\x9C", "\xE2\x80\x9D"},
        {"\xE2\x80\x98", "\xE2\x80\x99"},
    };

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        size_t front = strlen(pairs[i][0]);
        size_t back = strlen(pairs[i][1]);
        if (r->len >= front + back && starts(r, pairs[i][0]) &&
            memcmp(r->from + r->len - back, pairs[i][1], back) == 0) {
            drop(r, front, back);
            return 1;
        }
    }
    return 0;
}

static void clean(struct reading *r)
{
    int blanks = trim(r);
    int quotes = 0;

    while (unquote(r)) {
        quotes = 1;
        blanks |= trim(r);
    }
    if (quotes)
        warn(r, "has quotes that do not belong to it; they are left out");
    if (blanks)
        warn(r, "has blanks around it; they are left out");
}

/* What people copy together with a token. */
static int read_token(struct reading *r)
{
    static const char *const prefixes[] = {"Authorization:", "Bearer ",
                                           "Zoho-oauthtoken "};
    int dropped = 0;

    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        if (!starts(r, prefixes[i]))
            continue;
        drop(r, strlen(prefixes[i]), 0);
        trim(r);
        dropped = 1;
    }
    if (dropped)
        warn(r, "begins with \"Bearer\" or \"Zoho-oauthtoken\"; that is left "
                "out");
    for (size_t i = 0; i < r->len; i++)
        if ((unsigned char)r->from[i] <= ' ' ||
            (unsigned char)r->from[i] >= 0x7F)
            return refuse(r,
                          "one word of plain letters, without a blank or "
                          "line break inside",
                          "... copied again in one piece");
    return keep(r);
}

static int read_text(struct reading *r)
{
    for (size_t i = 0; i < r->len; i++)
        if ((unsigned char)r->from[i] < ' ' || r->from[i] == 0x7F)
            return refuse(r, "one line without control characters", "...");
    return keep(r);
}

static int read_id(struct reading *r)
{
    for (size_t i = 0; i < r->len; i++)
        if (!is_letter(r->from[i]) && !is_digit(r->from[i]) &&
            !strchr("._-", r->from[i]))
            return refuse(r, "one word of letters, digits, - and _",
                          "... as Zoho shows it");
    return keep(r);
}

static int read_number(struct reading *r)
{
    char expected[96];
    char nearest[24];
    int is_number = r->len > 0, is_negative = r->len > 1 && r->from[0] == '-';
    int64_t n = 0;

    for (size_t i = (size_t)is_negative; i < r->len && is_number; i++) {
        is_number = is_digit(r->from[i]);
        if (n <= r->info->max) /* else it is too large, whatever follows */
            n = n * 10 + (r->from[i] - '0');
    }
    n = is_negative ? -n : n;
    if (is_number && n >= r->info->min && n <= r->info->max) {
        *r->number = n;
        return usher_buffer_printf(r->out, "%lld", (long long)n) == USHER_OK;
    }
    (void)snprintf(expected, sizeof(expected), "a number from %lld to %lld",
                   (long long)r->info->min, (long long)r->info->max);
    (void)snprintf(nearest, sizeof(nearest), "%lld",
                   (long long)(is_number && n > r->info->max ? r->info->max
                                                             : r->info->min));
    /* Of ports none is meant more than another because it is near. */
    if (r->info->fallback && (!is_number || strcmp(r->info->name, "PORT") == 0))
        return refuse(r, expected, r->info->fallback);
    return refuse(r, expected, nearest);
}

/* What people write for the data centres besides their names. */
static void read_data_centre(struct reading *r)
{
    static const char *const other[][2] = {
        {"us", "com"}, {"au", "com.au"}, {"cn", "com.cn"}, {"gb", "uk"}};

    if (starts(r, "zohocloud."))
        drop(r, strlen("zohocloud."), 0);
    else if (starts(r, "zoho."))
        drop(r, strlen("zoho."), 0);
    else if (starts(r, "."))
        drop(r, 1, 0);
    for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
        if (is_word(r, other[i][0])) {
            r->from = other[i][1];
            r->len = strlen(r->from);
            return;
        }
    }
}

static int read_choice(struct reading *r)
{
    struct reading given = *r;
    const char *word = r->info->choices;
    char expected[128];

    if (strcmp(r->info->name, "ZOHO_DC") == 0)
        read_data_centre(r);
    for (int64_t i = 0; *word; i++) {
        size_t len = strcspn(word, " ");
        if (len == r->len && strncasecmp(word, r->from, len) == 0) {
            *r->number = i;
            return usher_buffer_append(r->out, word, len) == USHER_OK;
        }
        word += len;
        word += *word == ' ';
    }
    (void)snprintf(expected, sizeof(expected), "one of %s", r->info->choices);
    return refuse(&given, expected, r->info->fallback);
}

/* A copy with an end mark, for functions that want one. */
static int copy_to(const struct reading *r, char *out, size_t size)
{
    if (r->len >= size)
        return 0;
    memcpy(out, r->from, r->len);
    out[r->len] = '\0';
    return 1;
}

static int read_address(struct reading *r)
{
    char text[64];
    unsigned char bytes[16];

    if (is_word(r, "localhost")) {
        r->from = "127.0.0.1";
        r->len = strlen(r->from);
    }
    if (r->len >= 2 && r->from[0] == '[' && r->from[r->len - 1] == ']')
        drop(r, 1, 1);
    if (copy_to(r, text, sizeof(text)) &&
        (inet_pton(AF_INET, text, bytes) == 1 ||
         inet_pton(AF_INET6, text, bytes) == 1))
        return keep(r);
    return refuse(r, "an IP address of this machine, 0.0.0.0 for all",
                  "0.0.0.0");
}

int usher_config_is_loopback(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0 ||
           strcasecmp(host, "localhost") == 0;
}

/* The end of the host's name or [address] at `at`; `at` if there is none. */
static const char *host_end(const char *at, const char *end)
{
    const char *from = at;

    if (at < end && *at == '[') {
        const char *close = memchr(at, ']', (size_t)(end - at));
        return close ? close + 1 : from;
    }
    while (at < end &&
           (is_letter(*at) || is_digit(*at) || *at == '-' || *at == '.'))
        at++;
    return at;
}

/* ":8000" at `at`; NULL if what stands there is no port. */
static const char *port_end(const char *at, const char *end)
{
    long port = 0;

    if (at == end || *at != ':')
        return at;
    for (at++; at < end && is_digit(*at) && port <= 65535; at++)
        port = port * 10 + (*at - '0');
    return port >= 1 && port <= 65535 ? at : NULL;
}

/* Whether scheme://host[:port][/path] stands there; *host is set. */
static int is_url(const struct reading *r, size_t scheme, char *host,
                  size_t size)
{
    const char *end = r->from + r->len;
    const char *at = r->from + scheme;
    const char *stop = host_end(at, end);
    size_t len = (size_t)(stop - at);

    if (len == 0 || len >= size)
        return 0;
    memcpy(host, at, len);
    host[len] = '\0';
    at = port_end(stop, end);
    if (!at || (at < end && *at != '/'))
        return 0;
    for (; at < end; at++)
        if ((unsigned char)*at <= ' ' || (unsigned char)*at >= 0x7F ||
            strchr("?#@\"<>\\", *at))
            return 0;
    return 1;
}

/* What belongs there where ZOHO_DC is not set. */
static const char *url_example(const char *name)
{
    return strcmp(name, "ZOHO_ACCOUNTS_URL") == 0 ? "https://accounts.zoho.in"
           : strcmp(name, "SALESIQ_URL") == 0     ? "https://salesiq.zoho.in"
                                                  : "https://desk.zoho.in";
}

static int read_url(struct reading *r)
{
    int plain = starts(r, "http://");
    size_t scheme = plain ? strlen("http://") : strlen("https://");
    char host[256];

    while (r->len > 0 && r->from[r->len - 1] == '/')
        drop(r, 0, 1);
    if ((!plain && !starts(r, "https://")) ||
        !is_url(r, scheme, host, sizeof(host)))
        return refuse(r,
                      "an address that begins with https:// and ends before "
                      "any ? or @",
                      url_example(r->info->name));
    if (plain && !usher_config_is_loopback(host) && strcmp(host, "[::1]") != 0)
        warn(r, "is not https: tokens cross the network for everyone to read");
    usher_buffer_text(r->out, plain ? "http://" : "https://");
    drop(r, scheme, 0);
    return keep(r);
}

static int read_database(struct reading *r)
{
    if (is_word(r, "memory:") || (starts(r, "sqlite:") && r->len > 7))
        return keep(r);
    if (starts(r, "postgres"))
        return refuse(r,
                      "sqlite:FILE or memory: (this version knows no "
                      "other)",
                      "sqlite:usher.db");
    return refuse(r, "sqlite:FILE or memory:", "sqlite:usher.db");
}

static int read_zone(struct reading *r)
{
    struct usher_zones *zones = usher_zones_new();
    int known = zones && usher_zones_find(zones, r->from, r->len) != NULL;

    if (!zones)
        r->out->failed = USHER_ERR_NOMEM;
    usher_zones_free(zones);
    if (r->out->failed)
        return 0;
    return known ? keep(r)
                 : refuse(r, "a time zone's name as Continent/City",
                          "Asia/Kolkata");
}

static int read_region(struct reading *r)
{
    if (r->len != 2 || !is_letter(r->from[0]) || !is_letter(r->from[1]))
        return refuse(r, "a country's two letters", "IN");
    for (size_t i = 0; i < 2; i++)
        usher_buffer_byte(r->out, r->from[i] & ~0x20); /* capitals */
    return !r->out->failed;
}

static int read_hours(struct reading *r)
{
    struct usher_hours hours;
    struct usher_error error;
    char text[512];

    if (!copy_to(r, text, sizeof(text)))
        return refuse(r, "shorter than 512 letters",
                      "Mon-Fri 09:00-18:00; Sat 10:00-14:00");
    if (usher_hours_parse(text, &hours, &error) == USHER_OK) {
        usher_hours_write(&hours, r->out);
        return !r->out->failed;
    }
    usher_error_list_error(r->problems, "%s: %s: %s", r->where, r->info->name,
                           error.text);
    return 0;
}

/* A number from min to max at *at, which it steps over; 0: none. */
static unsigned take_calls(const struct reading *r, const char **at)
{
    int64_t n = 0;

    for (; is_digit(**at) && n <= r->info->max; (*at)++)
        n = n * 10 + (**at - '0');
    return n >= r->info->min && n <= r->info->max ? (unsigned)n : 0;
}

/* "8" for both, or "desk=8, salesiq=64" in any order, each at will. */
static int parse_calls(const struct reading *r, unsigned *desk,
                       unsigned *salesiq)
{
    char text[64];
    const char *at = text;

    if (!copy_to(r, text, sizeof(text)))
        return 0;
    if (is_digit(*at)) {
        *desk = *salesiq = take_calls(r, &at);
        return *desk > 0 && *at == '\0';
    }
    while (*at) {
        unsigned *into = strncasecmp(at, "desk", 4) == 0      ? desk
                         : strncasecmp(at, "salesiq", 7) == 0 ? salesiq
                                                              : NULL;
        if (!into)
            return 0;
        at += into == desk ? 4 : 7;
        at += strspn(at, " =:");
        *into = take_calls(r, &at);
        if (*into == 0 || (*at && !strchr(", ;", *at)))
            return 0;
        at += strspn(at, ", ;");
    }
    return 1;
}

static int read_calls(struct reading *r)
{
    unsigned desk = usher_config_calls_of(r->info->fallback, "desk");
    unsigned salesiq = usher_config_calls_of(r->info->fallback, "salesiq");

    if (!parse_calls(r, &desk, &salesiq))
        return refuse(r, "numbers from 1 to 1000 for desk and salesiq",
                      r->info->fallback);
    return usher_buffer_printf(r->out, "desk=%u,salesiq=%u", desk, salesiq) ==
           USHER_OK;
}

unsigned usher_config_calls_of(const char *text, const char *service)
{
    size_t len = strlen(service);

    for (const char *at = text; len > 0 && at; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, service, len) == 0 && at[len] == '=')
            return (unsigned)strtoul(at + len + 1, NULL, 10);
    }
    return 0;
}

/* What is kept in a place of a fixed size. */
static int is_too_long(const struct reading *r)
{
    return (r->info->type == USHER_SETTING_URL ||
            r->info->type == USHER_SETTING_ID) &&
           r->len > (size_t)r->info->max;
}

static int refuse_long(const struct reading *r)
{
    char expected[64];

    (void)snprintf(expected, sizeof(expected), "at most %lld letters long",
                   (long long)r->info->max);
    return refuse(r, expected, "... as Zoho shows it");
}

static int read_typed(struct reading *r)
{
    if (is_too_long(r))
        return refuse_long(r);
    switch (r->info->type) {
    case USHER_SETTING_TEXT:
        return read_text(r);
    case USHER_SETTING_KEY:
        return keep(r);
    case USHER_SETTING_ID:
        return read_id(r);
    case USHER_SETTING_TOKEN:
        return read_token(r);
    case USHER_SETTING_NUMBER:
        return read_number(r);
    case USHER_SETTING_CHOICE:
        return read_choice(r);
    case USHER_SETTING_ADDRESS:
        return read_address(r);
    case USHER_SETTING_URL:
        return read_url(r);
    case USHER_SETTING_DATABASE:
        return read_database(r);
    case USHER_SETTING_ZONE:
        return read_zone(r);
    case USHER_SETTING_REGION:
        return read_region(r);
    case USHER_SETTING_HOURS:
        return read_hours(r);
    case USHER_SETTING_CALLS:
        return read_calls(r);
    }
    return 0;
}

int usher_config_value(const struct usher_setting_info *info, const char *where,
                       const char *raw, struct usher_buffer *out,
                       int64_t *number, struct usher_error_list *problems)
{
    struct reading r = {info, where, raw, strlen(raw), out, number, problems};

    *number = 0;
    usher_buffer_reserve(out, r.len); /* no copies of secrets by growing */
    clean(&r);
    return r.len == 0 ? !out->failed : read_typed(&r);
}
