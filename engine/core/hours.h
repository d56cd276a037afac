/* engine/core/hours.h - opening hours: "Mon-Fri 09:00-18:00; Sat 10:00-14:00".
 *
 * Parts are separated by ; and each is days, then times: days are names (two
 * letters or more, English, any case), lists with commas and ranges with a
 * dash or "to", "daily" for all; times are ranges h, h:mm or hh:mm, several
 * with commas ("09:00-13:00, 14:00-18:00"), "24h" for the whole day, "closed"
 * for none; "24/7" alone is always. A day named in two parts has the hours of
 * both; a day that is not named is closed. */
#ifndef USHER_CORE_HOURS_H
#define USHER_CORE_HOURS_H

#include "core/buffer.h"
#include "core/status.h"

#define USHER_HOURS_SPANS 4

/* Minutes from the day's midnight, local time: open at from, closed at to;
 * to is at most 1440. */
struct usher_hours_span {
    int from;
    int to;
};

/* days[0] is Monday; spans in order of time, apart from each other. */
struct usher_hours {
    struct {
        int count;
        struct usher_hours_span spans[USHER_HOURS_SPANS];
    } days[7];
};

/* USHER_ERR_PARSE: `error` says which part and what would be right, or that
 * no day is open; *out is closed on all days then. */
USHER_MUST_USE enum usher_status usher_hours_parse(const char *text,
                                                   struct usher_hours *out,
                                                   struct usher_error *error);

/* Appends the normal form: days in order, alike ones joined, each once, times
 * as hh:mm. Flows read no other. */
void usher_hours_write(const struct usher_hours *hours,
                       struct usher_buffer *out);

#endif
