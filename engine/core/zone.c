/* engine/core/zone.c - see zone.h */

#include "core/zone.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES 64
#define DAY_S 86400
#define UNIX_MIN (-62135596800LL) /* 0001-01-01, less is year 0 */
#define UNIX_MAX 253402300799LL   /* 9999-12-31 23:59:59 */

/* GLib looks for the interval of a moment from the first one of the zone on,
 * hundreds of them, several times for each time that is read. So what was
 * found for a stretch of 36 hours is kept, where one interval covers it. */
#define STRETCH_S (1 << 17)
#define STRETCHES 64 /* a power of two; enough for two months from now */

struct stretch {
    int64_t number; /* stretches since 1970; says whose the entry is */
    int interval;   /* UNKNOWN, MANY, or GLib's number of it */
};

enum { UNKNOWN = -1, MANY = -2 };

struct usher_zone {
    GTimeZone *tz;
    struct stretch *stretches;
    char name[NAME_MAX_BYTES + 1];
};

struct usher_zones {
    GHashTable *by_name; /* name inside the zone -> struct usher_zone */
};

static void zone_free(gpointer data)
{
    struct usher_zone *zone = data;

    g_time_zone_unref(zone->tz);
    free(zone->stretches);
    free(zone);
}

struct usher_zones *usher_zones_new(void)
{
    struct usher_zones *zones = malloc(sizeof(*zones));

    if (zones != NULL)
        zones->by_name =
            g_hash_table_new_full(g_str_hash, g_str_equal, NULL, zone_free);
    return zones;
}

void usher_zones_free(struct usher_zones *zones)
{
    if (zones == NULL)
        return;
    g_hash_table_destroy(zones->by_name);
    free(zones);
}

/* "Asia/Kolkata", "Etc/GMT+2", "UTC": begins with a letter, and each part
 * is letters, digits, '_', '+' and '-'. That leaves out "..", absolute
 * paths and the offsets and rules that GLib would also take. */
static bool name_is_plain(const char *name)
{
    bool part_empty = true;

    if (!g_ascii_isalpha(name[0]))
        return false;
    for (; *name != '\0'; name++) {
        if (*name == '/' && part_empty)
            return false;
        if (*name != '/' && !g_ascii_isalnum(*name) &&
            strchr("_+-", *name) == NULL)
            return false;
        part_empty = *name == '/';
    }
    return !part_empty;
}

/* GLib also reads POSIX rules ("ABC5") as zones; only what tzdata holds is
 * a zone here. */
static bool name_is_in_tzdata(const char *name)
{
    const char *folder = g_getenv("TZDIR");
    char *path;
    bool found;

    if (strcmp(name, "UTC") == 0)
        return true;
    if (folder == NULL)
        folder = "/usr/share/zoneinfo";
    path = g_build_filename(folder, name, NULL);
    found = g_file_test(path, G_FILE_TEST_IS_REGULAR);
    g_free(path);
    return found;
}

static struct usher_zone *zone_open(const char *name)
{
    struct usher_zone *zone = NULL;
    GTimeZone *tz = NULL;

    if (!name_is_plain(name) || !name_is_in_tzdata(name))
        return NULL;
    tz = g_time_zone_new_identifier(name);
    if (tz == NULL)
        return NULL;
    zone = calloc(1, sizeof(*zone));
    if (zone != NULL)
        zone->stretches = malloc(STRETCHES * sizeof(*zone->stretches));
    if (zone == NULL || zone->stretches == NULL) {
        free(zone);
        g_time_zone_unref(tz);
        return NULL;
    }
    for (size_t i = 0; i < STRETCHES; i++)
        zone->stretches[i].interval = UNKNOWN;
    zone->tz = tz;
    g_strlcpy(zone->name, name, sizeof(zone->name));
    return zone;
}

static const struct usher_zone *zone_get(struct usher_zones *zones,
                                         const char *name)
{
    struct usher_zone *zone = g_hash_table_lookup(zones->by_name, name);

    if (zone != NULL)
        return zone;
    /* Unknown names are not kept: visitors choose them, tzdata does not. */
    zone = zone_open(name);
    if (zone != NULL)
        g_hash_table_insert(zones->by_name, zone->name, zone);
    return zone;
}

const struct usher_zone *usher_zones_find(struct usher_zones *zones,
                                          const char *name, size_t length)
{
    char key[NAME_MAX_BYTES + 1];
    const struct usher_zone *zone;
    const char *successor;

    if (length == 0 || length > NAME_MAX_BYTES ||
        memchr(name, '\0', length) != NULL)
        return NULL;
    memcpy(key, name, length);
    key[length] = '\0';
    successor = usher_zone_successor(key);
    zone = successor != NULL ? zone_get(zones, successor) : NULL;
    /* An old tzdata may not have the new name yet. */
    return zone != NULL ? zone : zone_get(zones, key);
}

const char *usher_zone_name(const struct usher_zone *zone)
{
    return zone->name;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    int64_t q = a / b;

    return a % b < 0 ? q - 1 : q;
}

/* Days since 1970-01-01 of a Gregorian date; month 1..12, any day. Years
 * are counted from March, so that the leap day comes last. */
static int64_t days_from_date(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t m = month > 2 ? month - 3 : month + 9;
    int64_t before =
        365 * y + floor_div(y, 4) - floor_div(y, 100) + floor_div(y, 400);

    return before + (153 * m + 2) / 5 + day - 1 - 719468;
}

/* The reverse of days_from_date(). */
static void date_from_days(int64_t days, struct usher_zone_fields *out)
{
    int64_t z = days + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t m = (5 * doy + 2) / 153;

    out->day = doy - (153 * m + 2) / 5 + 1;
    out->month = m < 10 ? m + 3 : m - 9;
    out->year = yoe + era * 400 + (out->month <= 2 ? 1 : 0);
}

static int search_interval(const struct usher_zone *zone, int64_t unix_s)
{
    return g_time_zone_find_interval(zone->tz, G_TIME_TYPE_UNIVERSAL, unix_s);
}

static int interval_at(const struct usher_zone *zone, int64_t unix_s)
{
    int64_t number = floor_div(unix_s, STRETCH_S);
    struct stretch *stretch = &zone->stretches[number & (STRETCHES - 1)];

    if (stretch->interval == UNKNOWN || stretch->number != number) {
        int64_t start = number * STRETCH_S;
        int first = search_interval(zone, start);
        int last = search_interval(zone, start + STRETCH_S - 1);

        stretch->number = number;
        stretch->interval = first == last ? first : MANY;
    }
    if (stretch->interval == MANY)
        return search_interval(zone, unix_s);
    return stretch->interval;
}

static int64_t offset_at(const struct usher_zone *zone, int64_t unix_s)
{
    return g_time_zone_get_offset(zone->tz, interval_at(zone, unix_s));
}

bool usher_zone_fields(const struct usher_zone *zone, int64_t unix_s,
                       struct usher_zone_fields *out)
{
    int interval;
    int64_t local, days, second;

    if (unix_s < UNIX_MIN + DAY_S || unix_s > UNIX_MAX - DAY_S)
        return false;
    interval = interval_at(zone, unix_s);
    out->offset = g_time_zone_get_offset(zone->tz, interval);
    out->dst = g_time_zone_is_dst(zone->tz, interval);
    g_strlcpy(out->abbreviation,
              g_time_zone_get_abbreviation(zone->tz, interval),
              sizeof(out->abbreviation));
    local = unix_s + out->offset;
    days = floor_div(local, DAY_S);
    second = local - days * DAY_S;
    date_from_days(days, out);
    out->hour = second / 3600;
    out->min = second / 60 % 60;
    out->sec = second % 60;
    out->weekday = (int)(days + 3 - floor_div(days + 3, 7) * 7) + 1;
    out->yearday = (int)(days - days_from_date(out->year, 1, 1)) + 1;
    return true;
}

/* Seconds of the fields as if the zone were UTC; false when a field is so
 * far out that the sum could not be a year from 1 to 9999. */
static bool local_seconds(const struct usher_zone_fields *fields, int64_t *out)
{
    const int64_t all[] = {fields->year, fields->month, fields->day,
                           fields->hour, fields->min,   fields->sec};
    int64_t year, month;

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (all[i] > UNIX_MAX || all[i] < UNIX_MIN)
            return false;
    year = fields->year + floor_div(fields->month - 1, 12);
    month = fields->month - floor_div(fields->month - 1, 12) * 12;
    *out = days_from_date(year, month, fields->day) * DAY_S +
           fields->hour * 3600 + fields->min * 60 + fields->sec;
    return *out >= UNIX_MIN + DAY_S && *out <= UNIX_MAX - DAY_S;
}

bool usher_zone_unix(const struct usher_zone *zone,
                     const struct usher_zone_fields *fields, int64_t *unix_s,
                     enum usher_zone_note *note)
{
    enum usher_zone_note found = USHER_ZONE_PLAIN;
    int64_t local, with_old, with_new;
    bool old_fits, new_fits;

    if (!local_seconds(fields, &local))
        return false;
    /* The offsets a day to either side are those before and after a
     * change, if there is one; each gives a candidate. */
    with_old = local - offset_at(zone, local - DAY_S);
    with_new = local - offset_at(zone, local + DAY_S);
    old_fits = with_old + offset_at(zone, with_old) == local;
    new_fits = with_new + offset_at(zone, with_new) == local;
    if (old_fits && new_fits && with_old != with_new)
        found = USHER_ZONE_FOLD;
    else if (!old_fits && !new_fits)
        found = USHER_ZONE_GAP;
    /* In a fold the old offset is the first; in a gap it moves us on. */
    *unix_s = old_fits || !new_fits ? with_old : with_new;
    if (note != NULL)
        *note = found;
    return true;
}
