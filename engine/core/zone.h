/* engine/core/zone.h - time zones by their IANA names.
 *
 * Turns Unix seconds into the fields of a wall clock and back, for any
 * zone, without touching TZ or any other state of the process. The rules
 * come from the system's tzdata through GLib's GTimeZone.
 *
 * A cache belongs to one thread. Nothing here blocks, save that the first
 * use of a zone reads its file. */

#ifndef USHER_CORE_ZONE_H
#define USHER_CORE_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct usher_zones; /* opaque: the zones used so far, by name */
struct usher_zone;  /* opaque: one of them; lives as long as its cache */

/* A moment as a wall clock and a calendar show it (Gregorian, years 1 to
 * 9999). For usher_zone_unix() only year to sec are read, and they may be
 * out of their range ("31 February", hour 25): they carry over. */
struct usher_zone_fields {
    int64_t year, month, day; /* month 1..12, day 1..31 */
    int64_t hour, min, sec;   /* 0..23, 0..59, 0..59 */
    int weekday;              /* 1..7, 1 is Monday */
    int yearday;              /* 1..366 */
    int offset;               /* seconds east of UTC */
    bool dst;                 /* daylight saving time */
    char abbreviation[16];    /* "IST", "EDT"; cut where it is longer */
};

/* What usher_zone_unix() had to decide. */
enum usher_zone_note {
    USHER_ZONE_PLAIN, /* the local time came exactly once */
    USHER_ZONE_GAP,   /* it never came: moved on by the gap's length */
    USHER_ZONE_FOLD,  /* it came twice: the first is taken */
};

/* NULL when memory is out; free with usher_zones_free(), which takes NULL. */
struct usher_zones *usher_zones_new(void);
void usher_zones_free(struct usher_zones *zones);

/* The name that a zone has today, for one that it had before ("Asia/Calcutta":
 * "Asia/Kolkata"), else NULL. */
const char *usher_zone_successor(const char *name);

/* The zone of that name ("Asia/Kolkata"), or NULL where tzdata has none of
 * it. Old names mean their successors, whether tzdata has them or not, so that
 * all machines read one message alike. The name needs no end mark and is
 * untrusted: it reaches the file system only when it looks like a zone's name.
 */
const struct usher_zone *usher_zones_find(struct usher_zones *zones,
                                          const char *name, size_t length);

/* Its name today; lives as long as the zone. */
const char *usher_zone_name(const struct usher_zone *zone);

/* Fills *out for a moment in Unix seconds; false, and *out untouched, when
 * it lies outside the years 1 to 9999. */
bool usher_zone_fields(const struct usher_zone *zone, int64_t unix_s,
                       struct usher_zone_fields *out);

/* The moment at which the zone's clocks show these fields; false when it
 * lies outside the years 1 to 9999. note may be NULL. */
bool usher_zone_unix(const struct usher_zone *zone,
                     const struct usher_zone_fields *fields, int64_t *unix_s,
                     enum usher_zone_note *note);

#endif
