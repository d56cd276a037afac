/* engine/core/mask_phone.c - finds phone numbers for mask.h. */
#include "core/mask_phone.h"

#include <string.h>
#include <strings.h>

#define PHONE_MIN_DIGITS 7
#define PHONE_MAX_DIGITS 15
#define PHONE_MAX_GAP 3 /* separators between two digits: ") -" */

struct scan {
    const char *at;
    const char *end;
};

struct number {
    const char *end;   /* behind the last digit */
    const char *shown; /* behind the second digit */
    const char *tail[3];
    size_t digits;
    size_t groups;
    size_t first_group;
    int plus;
    char gap; /* the first separator, where it is one byte */
};

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static int starts(const char *at, const char *end, const char *with)
{
    size_t len = strlen(with);

    return (size_t)(end - at) >= len && strncasecmp(at, with, len) == 0;
}

/* Bytes of the digit at `at`, 0 if it is none: ASCII, Arabic-Indic, Persian,
 * Devanagari, full width. */
static size_t digit_length(const char *at, const char *end)
{
    const unsigned char *b = (const unsigned char *)at;
    size_t left = (size_t)(end - at);

    if (left == 0)
        return 0;
    if (b[0] < 0x80)
        return is_digit(*at) ? 1 : 0;
    if (left >= 2 && ((b[0] == 0xD9 && b[1] >= 0xA0 && b[1] <= 0xA9) ||
                      (b[0] == 0xDB && b[1] >= 0xB0 && b[1] <= 0xB9)))
        return 2;
    if (left >= 3 &&
        ((b[0] == 0xE0 && b[1] == 0xA5 && b[2] >= 0xA6 && b[2] <= 0xAF) ||
         (b[0] == 0xEF && b[1] == 0xBC && b[2] >= 0x90 && b[2] <= 0x99)))
        return 3;
    return 0;
}

/* Bytes of the separator at `at`, 0 if it is none. */
static size_t gap_length(const char *at, const char *end)
{
    static const char *const wide[] = {
        "%20",          "%28", "%29", "%2D", "\xC2\xA0", /* no-break space */
        "\xE2\x80\x89",                                  /* thin space */
        "\xE2\x80\x91",                                  /* no-break hyphen */
        "\xE2\x80\x93",                                  /* en dash */
        "\xE2\x80\xAF", /* narrow no-break space */
    };

    if (at == end)
        return 0;
    if (*at && strchr(" -.()/\t", *at))
        return 1;
    if (*at != '%' && (unsigned char)*at < 0x80)
        return 0;
    for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
        if (starts(at, end, wide[i]))
            return strlen(wide[i]);
    return 0;
}

/* Follows a pattern of d (digit), h (hex digit) and literal bytes; gives the
 * end, NULL if it does not fit. */
static const char *follow(const char *at, const char *end, const char *pattern)
{
    for (; *pattern; pattern++, at++) {
        if (at == end)
            return NULL;
        if (*pattern == 'd' ? !is_digit(*at)
            : *pattern == 'h'
                ? !is_digit(*at) && !strchr("abcdefABCDEF", *at ? *at : 'x')
                : *at != *pattern)
            return NULL;
    }
    return at;
}

static int number_of(const char *at, const char *end)
{
    int n = 0;

    for (; at < end; at++)
        n = n * 10 + (*at - '0');
    return n;
}

/* "T09:30:00.123+05:30" behind a date, if it is there. */
static const char *skip_clock(const char *at, const char *end)
{
    const char *p;

    if (at == end || (*at != 'T' && *at != ' '))
        return at;
    p = follow(at + 1, end, "dd:dd");
    if (!p)
        return at;
    at = p;
    p = follow(at, end, ":dd");
    at = p ? p : at;
    if (p && at < end && *at == '.')
        for (at++; at < end && is_digit(*at); at++)
            continue;
    if (at < end && *at == 'Z')
        return at + 1;
    if (at < end && (*at == '+' || *at == '-')) {
        p = follow(at + 1, end, "dd:dd");
        p = p ? p : follow(at + 1, end, "dddd");
    } else {
        p = NULL;
    }
    return p ? p : at;
}

/* "2026-03-02" with or without a time; NULL if there is none. */
static const char *skip_iso_date(const char *at, const char *end)
{
    const char *p = follow(at, end, "dddd-dd-dd");

    if (!p)
        p = follow(at, end, "dddd/dd/dd");
    if (!p || number_of(at + 5, at + 7) > 12 || number_of(at + 8, p) > 31)
        return NULL;
    p = skip_clock(p, end);
    return p < end && is_digit(*p) ? NULL : p;
}

/* "3/12/2026", "03.12.2026"; NULL if there is none. */
static const char *skip_common_date(const char *at, const char *end)
{
    const char *p = at;
    int part[2];
    char gap = 0;

    for (int i = 0; i < 2; i++) {
        const char *from = p;
        while (p < end && is_digit(*p) && p - from < 2)
            p++;
        if (p == from || p == end || !strchr("/.-", *p ? *p : 'x') ||
            (gap && *p != gap))
            return NULL;
        part[i] = number_of(from, p);
        gap = *p++;
    }
    at = follow(p, end, "dddd");
    if (!at || number_of(p, at) < 1900 || number_of(p, at) > 2099)
        return NULL;
    if (part[0] > 31 || part[1] > 31 || (part[0] > 12 && part[1] > 12))
        return NULL;
    if (at < end && (is_digit(*at) || (at + 1 < end && gap_length(at, end) &&
                                       *at != ' ' && is_digit(at[1]))))
        return NULL;
    return skip_clock(at, end);
}

/* "192.168.0.1"; NULL if there is none. */
static const char *skip_ipv4(const char *at, const char *end)
{
    for (int i = 0; i < 4; i++) {
        const char *from = at;
        while (at < end && is_digit(*at) && at - from < 4)
            at++;
        if (at == from || at - from > 3 || number_of(from, at) > 255 ||
            (*from == '0' && at - from > 1))
            return NULL;
        if (i < 3 && (at == end || *at++ != '.'))
            return NULL;
    }
    if (at + 1 < end && *at == '.' && is_digit(at[1]))
        return NULL;
    return at;
}

static const char *skip_date(const char *at, const char *end)
{
    const char *p = skip_iso_date(at, end);

    return p ? p : skip_common_date(at, end);
}

/* The end of the word of letters and digits at `at`; *groups counts how
 * often letters and digits take turns in it. */
static const char *word_end(const char *at, const char *end, int *groups)
{
    int kind = 0;

    *groups = 0;
    for (; at < end && (is_digit(*at) || is_letter(*at)); at++) {
        int now = is_digit(*at) ? 1 : 2;
        *groups += now != kind;
        kind = now;
    }
    return at;
}

/* Whether a unit stands at `at` or behind a blank: 1234567ms. */
static int is_measure(const char *at, const char *end)
{
    static const char *const units[] = {
        "ms", "us", "ns", "s",   "sec", "seconds", "min",   "h",    "b",
        "kb", "mb", "gb", "kib", "mib", "gib",     "bytes", "byte",
    };
    const char *stop;
    int groups;

    if (at < end && *at == ' ')
        at++;
    stop = word_end(at, end, &groups);
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if ((size_t)(stop - at) == strlen(units[i]) &&
            strncasecmp(at, units[i], strlen(units[i])) == 0)
            return 1;
    return 0;
}

/* Takes the digits at `at` into the number, as one group. A group too long
 * for a phone, the hour of a clock time and a date do not belong to it:
 * NULL. */
static const char *take_group(struct number *n, const char *at, const char *end)
{
    struct number with = *n;
    size_t count = 0;
    size_t len;

    if (n->groups > 0 && skip_date(at, end))
        return NULL;
    while ((len = digit_length(at, end)) > 0) {
        with.tail[0] = with.tail[1];
        with.tail[1] = with.tail[2];
        with.tail[2] = at;
        at += len;
        count++;
        with.digits++;
        if (with.digits == 2)
            with.shown = at;
    }
    if (n->groups > 0 &&
        (count > PHONE_MAX_DIGITS || (count <= 2 && at < end && *at == ':' &&
                                      at + 1 < end && is_digit(at[1]))))
        return NULL;
    with.groups++;
    with.end = at;
    if (n->groups == 0)
        with.first_group = count;
    *n = with;
    return at;
}

/* Reads what may be a phone from its first digit on. */
static void read_number(struct number *n, const char *at, const char *end)
{
    while (at) {
        size_t len;
        int gaps = 0;

        at = take_group(n, at, end);
        /* A run longer than any phone is an id and stands alone. */
        if (!at ||
            (n->groups == 1 && !n->plus && n->first_group > PHONE_MAX_DIGITS))
            return;
        if (n->groups == 1)
            n->gap = at < end ? *at : '\0';
        while (gaps < PHONE_MAX_GAP && (len = gap_length(at, end)) > 0) {
            at += len;
            gaps++;
        }
        if (gaps == 0 || digit_length(at, end) == 0)
            return;
    }
}

static int number_is_phone(const struct number *n, const char *end)
{
    if (n->digits < PHONE_MIN_DIGITS)
        return 0;
    if (n->plus)
        return 1;
    if (n->groups == 1)
        return n->digits <= PHONE_MAX_DIGITS && !is_measure(n->end, end);
    return !(n->groups == 2 && n->gap == '.' && n->first_group <= 2);
}

static struct usher_phone_run as_it_is(const char *at, const char *stop)
{
    return (struct usher_phone_run){.len = (size_t)(stop - at)};
}

/* What starts a word and is no phone whatever digits it has; NULL: nothing
 * of the kind. */
static const char *skip_word(const char *at, const char *end)
{
    const char *stop = follow(at, end, "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh");
    int groups;

    if (!stop && is_digit(*at)) {
        stop = skip_date(at, end);
        stop = stop ? stop : skip_ipv4(at, end);
    }
    if (stop)
        return stop;
    stop = word_end(at, end, &groups);
    return groups > 3 ? stop : NULL;
}

struct usher_phone_run usher_phone_run_at(const char *text, size_t at,
                                          size_t end_at)
{
    const char *from = text + at;
    const char *end = text + end_at;
    const char *p = from;
    struct number n = {0};
    int in_word = at > 0 && (is_letter(p[-1]) || is_digit(p[-1]));

    if (p == end)
        return as_it_is(from, from);
    if (!in_word && (is_letter(*p) || is_digit(*p))) {
        const char *stop = skip_word(p, end);
        if (stop)
            return as_it_is(from, stop);
    }
    if (*p == '+' || starts(p, end, "%2B")) {
        n.plus = 1;
        p += *p == '+' ? 1 : 3;
    }
    if (p < end && (*p == '(' || *p == ' '))
        p += n.plus || *p == '(';
    if (digit_length(p, end) == 0)
        return as_it_is(from, from);
    read_number(&n, p, end);
    if (!number_is_phone(&n, end))
        return as_it_is(from, n.end);
    return (struct usher_phone_run){
        .len = (size_t)(n.end - from),
        .is_phone = 1,
        .shown = n.plus && n.digits >= 10 ? (size_t)(n.shown - from) : 0,
        .tail = (size_t)(n.tail[0] - from),
    };
}
