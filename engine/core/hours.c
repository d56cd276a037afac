/* engine/core/hours.c - opening hours: "Mon-Fri 09:00-18:00; Sat 10-14". */
#include "core/hours.h"

#include <string.h>
#include <strings.h>

#define DAY_MINUTES (24 * 60)
#define ALL_DAYS 0x7FU

struct reader {
    const char *at;
    const char *end;
    struct usher_error *error;
};

static enum usher_status fail(const struct reader *r, const char *what)
{
    const char *example = "Mon-Fri 09:00-18:00; Sat 10:00-14:00";

    if (r->at < r->end)
        usher_error_set(r->error, "%s at \"%.*s\"; write it as in %s", what,
                        (int)(r->end - r->at > 40 ? 40 : r->end - r->at), r->at,
                        example);
    else
        usher_error_set(r->error, "%s at its end; write it as in %s", what,
                        example);
    return USHER_ERR_PARSE;
}

static void skip_blanks(struct reader *r)
{
    while (r->at < r->end && strchr(" \t\r\n", *r->at))
        r->at++;
}

/* Steps over this byte. */
static int take(struct reader *r, char byte)
{
    skip_blanks(r);
    if (r->at == r->end || *r->at != byte)
        return 0;
    r->at++;
    return 1;
}

static size_t letters(const struct reader *r)
{
    size_t n = 0;

    while (r->at + n < r->end && ((r->at[n] >= 'a' && r->at[n] <= 'z') ||
                                  (r->at[n] >= 'A' && r->at[n] <= 'Z')))
        n++;
    return n;
}

static int take_word(struct reader *r, const char *word)
{
    size_t len;

    skip_blanks(r);
    len = letters(r);
    if (len != strlen(word) || strncasecmp(r->at, word, len) != 0)
        return 0;
    r->at += len;
    return 1;
}

/* What stands between the ends of a range: -, the dash people paste, "to". */
static int take_to(struct reader *r)
{
    if (take(r, '-') || take_word(r, "to"))
        return 1;
    if (r->end - r->at < 3 || memcmp(r->at, "\xE2\x80\x93", 3) != 0)
        return 0;
    r->at += 3;
    return 1;
}

/* A day from 0, Monday; -1 if no day's name stands here. */
static int take_day(struct reader *r)
{
    static const char *const names[] = {"monday",   "tuesday", "wednesday",
                                        "thursday", "friday",  "saturday",
                                        "sunday"};
    size_t len;

    skip_blanks(r);
    len = letters(r);
    for (int day = 0; day < 7 && len >= 2; day++) {
        if (len <= strlen(names[day]) &&
            strncasecmp(r->at, names[day], len) == 0) {
            r->at += len;
            return day;
        }
    }
    return -1;
}

/* One bit a day. */
static enum usher_status take_days(struct reader *r, unsigned *days)
{
    *days = 0;
    if (take_word(r, "daily")) {
        *days = ALL_DAYS;
        return USHER_OK;
    }
    do {
        int first = take_day(r);
        int last = first;
        if (first >= 0 && take_to(r))
            last = take_day(r);
        if (first < 0 || last < 0)
            return fail(r, "a day such as Mon is expected");
        for (int day = first;; day = (day + 1) % 7) { /* Sat-Mon is fine */
            *days |= 1U << day;
            if (day == last)
                break;
        }
    } while (take(r, ','));
    return USHER_OK;
}

/* A number of at most two digits; -1 if there is none. */
static int take_number(struct reader *r)
{
    int n = 0;
    int digits = 0;

    while (r->at < r->end && *r->at >= '0' && *r->at <= '9') {
        n = n * 10 + (*r->at - '0');
        r->at++;
        if (++digits > 2)
            return -1;
    }
    return digits ? n : -1;
}

/* Minutes from midnight, -1 if it is no time. */
static int take_time(struct reader *r)
{
    int hour;
    int minute = 0;

    skip_blanks(r);
    hour = take_number(r);
    if (hour >= 0 && r->at < r->end && (*r->at == ':' || *r->at == '.')) {
        r->at++;
        minute = take_number(r);
    }
    if (hour < 0 || minute < 0 || minute > 59 ||
        hour * 60 + minute > DAY_MINUTES)
        return -1;
    return hour * 60 + minute;
}

/* Puts a span among a day's, in order; two that meet become one. */
static int add_span(struct usher_hours *hours, int day, int from, int to)
{
    struct usher_hours_span *spans = hours->days[day].spans;
    int *count = &hours->days[day].count;
    int at = 0;

    while (at < *count && spans[at].to < from)
        at++;
    while (at < *count && spans[at].from <= to) {
        from = spans[at].from < from ? spans[at].from : from;
        to = spans[at].to > to ? spans[at].to : to;
        (*count)--;
        memmove(&spans[at], &spans[at + 1],
                (size_t)(*count - at) * sizeof(*spans));
    }
    if (*count == USHER_HOURS_SPANS)
        return -1;
    memmove(&spans[at + 1], &spans[at], (size_t)(*count - at) * sizeof(*spans));
    spans[at] = (struct usher_hours_span){from, to};
    (*count)++;
    return 0;
}

static enum usher_status add_days(struct reader *r, struct usher_hours *hours,
                                  unsigned days, int from, int to)
{
    for (int day = 0; day < 7; day++)
        if ((days & (1U << day)) && add_span(hours, day, from, to) != 0)
            return fail(r, "a day has too many parts");
    return USHER_OK;
}

static enum usher_status take_spans(struct reader *r, struct usher_hours *hours,
                                    unsigned days)
{
    enum usher_status st;

    skip_blanks(r);
    if (take_word(r, "closed"))
        return USHER_OK;
    if (r->end - r->at >= 3 && strncasecmp(r->at, "24h", 3) == 0) {
        r->at += 3;
        return add_days(r, hours, days, 0, DAY_MINUTES);
    }
    do {
        struct reader before;
        int from;
        int to;
        skip_blanks(r);
        before = *r;
        from = take_time(r);
        if (from < 0 || !take_to(r))
            return fail(&before, "a time such as 09:00-18:00 is expected");
        to = take_time(r);
        if (to < 0)
            return fail(&before, "a time such as 09:00-18:00 is expected");
        if (to <= from)
            return fail(&before, "a time that ends before it begins (divide "
                                 "it at midnight)");
        st = add_days(r, hours, days, from, to);
        if (st != USHER_OK)
            return st;
    } while (take(r, ','));
    return USHER_OK;
}

static enum usher_status take_parts(struct reader *r, struct usher_hours *hours)
{
    int parts = 0;
    unsigned days;
    enum usher_status st;

    for (;;) {
        while (take(r, ';'))
            continue;
        skip_blanks(r);
        if (r->at == r->end)
            return parts ? USHER_OK : fail(r, "days and times are expected");
        st = take_days(r, &days);
        (void)take(r, ':'); /* "Mon-Fri: 9-18" */
        if (st == USHER_OK)
            st = take_spans(r, hours, days);
        if (st != USHER_OK)
            return st;
        skip_blanks(r);
        if (r->at < r->end && *r->at != ';')
            return fail(r, "a ; between two parts is expected");
        parts++;
    }
}

static int any_open(const struct usher_hours *hours)
{
    for (int day = 0; day < 7; day++)
        if (hours->days[day].count > 0)
            return 1;
    return 0;
}

enum usher_status usher_hours_parse(const char *text, struct usher_hours *out,
                                    struct usher_error *error)
{
    struct reader r = {text, text + strlen(text), error};
    enum usher_status st;

    memset(out, 0, sizeof(*out));
    skip_blanks(&r);
    if (strncmp(r.at, "24/7", 4) == 0) {
        r.at += 4;
        skip_blanks(&r);
        st = r.at == r.end ? add_days(&r, out, ALL_DAYS, 0, DAY_MINUTES)
                           : fail(&r, "nothing more is expected");
    } else {
        st = take_parts(&r, out);
    }
    if (st == USHER_OK && !any_open(out))
        st = fail(&r, "no day is open");
    if (st != USHER_OK)
        memset(out, 0, sizeof(*out));
    return st;
}

static int same_day(const struct usher_hours *hours, int a, int b)
{
    if (hours->days[a].count != hours->days[b].count)
        return 0;
    for (int i = 0; i < hours->days[a].count; i++)
        if (hours->days[a].spans[i].from != hours->days[b].spans[i].from ||
            hours->days[a].spans[i].to != hours->days[b].spans[i].to)
            return 0;
    return 1;
}

void usher_hours_write(const struct usher_hours *hours,
                       struct usher_buffer *out)
{
    static const char *const names[] = {"Mon", "Tue", "Wed", "Thu",
                                        "Fri", "Sat", "Sun"};
    const char *between = "";
    int last;

    for (int day = 0; day < 7; day = last + 1) {
        for (last = day; last < 6 && same_day(hours, day, last + 1);)
            last++;
        if (hours->days[day].count == 0)
            continue;
        usher_buffer_printf(out, "%s%s%s%s", between, names[day],
                            last > day ? "-" : "",
                            last > day ? names[last] : "");
        for (int i = 0; i < hours->days[day].count; i++) {
            struct usher_hours_span span = hours->days[day].spans[i];
            usher_buffer_printf(out, "%c%02d:%02d-%02d:%02d", i ? ',' : ' ',
                                span.from / 60, span.from % 60, span.to / 60,
                                span.to % 60);
        }
        between = "; ";
    }
}
