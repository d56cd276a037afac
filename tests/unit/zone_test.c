/* tests/unit/zone_test.c - wall clocks and back, in zones that are hard. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/zone.h"
#include "fail_alloc.h"
#include "own_folder.h"

static int setup(void **state)
{
    *state = usher_zones_new();
    return *state == NULL;
}

static int teardown(void **state)
{
    usher_zones_free(*state);
    return 0;
}

static const struct usher_zone *zone_of(void **state, const char *name)
{
    const struct usher_zone *zone =
        usher_zones_find(*state, name, strlen(name));

    assert_non_null(zone);
    return zone;
}

static void fields_of_a_moment(void **state)
{
    struct usher_zone_fields f;

    assert_true(
        usher_zone_fields(zone_of(state, "America/New_York"), 1741187700, &f));
    assert_int_equal(f.year, 2025);
    assert_int_equal(f.month, 3);
    assert_int_equal(f.day, 5);
    assert_int_equal(f.hour, 10);
    assert_int_equal(f.min, 15);
    assert_int_equal(f.sec, 0);
    assert_int_equal(f.weekday, 3);
    assert_int_equal(f.yearday, 64);
    assert_int_equal(f.offset, -18000);
    assert_false(f.dst);
    assert_string_equal(f.abbreviation, "EST");
}

static void zones_of_half_and_quarter_hours(void **state)
{
    struct usher_zone_fields f;

    assert_true(
        usher_zone_fields(zone_of(state, "Asia/Kathmandu"), 1736910900, &f));
    assert_int_equal(f.offset, 20700);
    assert_int_equal(f.hour, 9);
    assert_int_equal(f.min, 0);
    assert_true(usher_zone_fields(zone_of(state, "Asia/Kolkata"), -1, &f));
    assert_int_equal(f.year, 1970);
    assert_int_equal(f.hour, 5);
    assert_int_equal(f.sec, 59);
}

static int64_t unix_of(const struct usher_zone *zone, int64_t year,
                       int64_t month, int64_t day, int64_t hour, int64_t min,
                       enum usher_zone_note *note)
{
    struct usher_zone_fields f = {
        .year = year, .month = month, .day = day, .hour = hour, .min = min};
    int64_t moment;

    assert_true(usher_zone_unix(zone, &f, &moment, note));
    return moment;
}

static void a_missing_hour_moves_on_by_the_gap(void **state)
{
    const struct usher_zone *zone = zone_of(state, "America/New_York");
    enum usher_zone_note note;

    /* 02:30 was skipped: 03:30 EDT */
    assert_int_equal(unix_of(zone, 2025, 3, 9, 2, 30, &note), 1741505400);
    assert_int_equal(note, USHER_ZONE_GAP);
    assert_int_equal(unix_of(zone, 2025, 3, 9, 3, 30, &note), 1741505400);
    assert_int_equal(note, USHER_ZONE_PLAIN);
}

static void a_doubled_hour_is_its_first(void **state)
{
    const struct usher_zone *zone = zone_of(state, "America/New_York");
    enum usher_zone_note note;

    assert_int_equal(unix_of(zone, 2025, 11, 2, 1, 30, &note), 1762061400);
    assert_int_equal(note, USHER_ZONE_FOLD);
    assert_int_equal(unix_of(zone, 2025, 11, 2, 2, 30, &note), 1762068600);
    assert_int_equal(note, USHER_ZONE_PLAIN);
}

static void a_skipped_day_moves_on_by_the_gap(void **state)
{
    enum usher_zone_note note;

    /* Samoa had no 30 December 2011: it went on to the 31st. */
    assert_int_equal(
        unix_of(zone_of(state, "Pacific/Apia"), 2011, 12, 30, 12, 0, &note),
        unix_of(zone_of(state, "Pacific/Apia"), 2011, 12, 31, 12, 0, NULL));
    assert_int_equal(note, USHER_ZONE_GAP);
}

static void fields_out_of_range_carry_over(void **state)
{
    const struct usher_zone *zone = zone_of(state, "UTC");

    assert_int_equal(unix_of(zone, 2025, 2, 31, 0, 0, NULL),
                     unix_of(zone, 2025, 3, 3, 0, 0, NULL));
    assert_int_equal(unix_of(zone, 2025, 14, 1, 25, 61, NULL),
                     unix_of(zone, 2026, 2, 2, 2, 1, NULL));
    assert_int_equal(unix_of(zone, 2025, 0, 1, 0, 0, NULL),
                     unix_of(zone, 2024, 12, 1, 0, 0, NULL));
}

/* Months before January and behind December, beside GLib's counting. */
static void months_carry_over_to_other_years(void **state)
{
    const struct usher_zone *zone = zone_of(state, "UTC");

    for (int month = -60; month <= 60; month++) {
        struct usher_zone_fields f = {.year = 2024, .month = month, .day = 7};
        GDate date;
        int64_t unix_s, days;

        g_date_set_dmy(&date, 7, G_DATE_JANUARY, 2024);
        if (month > 1)
            g_date_add_months(&date, (guint)(month - 1));
        else
            g_date_subtract_months(&date, (guint)(1 - month));
        days = (int64_t)g_date_get_julian(&date) - 719163; /* 1970-01-01 */
        assert_true(usher_zone_unix(zone, &f, &unix_s, NULL));
        assert_int_equal(unix_s, days * 86400);
    }
}

static void rules_reach_past_2037(void **state)
{
    struct usher_zone_fields f;

    assert_true(
        usher_zone_fields(zone_of(state, "Europe/London"), 2540000000, &f));
    assert_int_equal(f.year, 2050);
    assert_int_equal(f.offset, 3600);
}

static void every_hour_of_thirty_years_comes_back(void **state)
{
    static const char *const names[] = {"Europe/Dublin", "America/Sao_Paulo",
                                        "Australia/Lord_Howe",
                                        "Africa/Casablanca"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct usher_zone *zone = zone_of(state, names[i]);

        for (int64_t t = 1000000000; t < 1950000000; t += 3600 * 7) {
            struct usher_zone_fields f;
            enum usher_zone_note note;
            int64_t back;

            assert_true(usher_zone_fields(zone, t, &f));
            assert_true(usher_zone_unix(zone, &f, &back, &note));
            assert_int_not_equal(note, USHER_ZONE_GAP);
            if (note == USHER_ZONE_PLAIN)
                assert_int_equal(back, t);
            else
                assert_true(back == t || t - back <= 7200);
        }
    }
}

/* What is kept of a zone must be what GLib would say of each moment, in
 * whatever order they are asked for: changes of the clocks to the second. */
static void what_is_kept_is_what_glib_says(void **state)
{
    static const char *const names[] = {"America/New_York", "Africa/Casablanca",
                                        "Australia/Lord_Howe"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct usher_zone *zone = zone_of(state, names[i]);
        GTimeZone *tz = g_time_zone_new_identifier(names[i]);
        uint64_t random = 88172645463325252ull + i;

        for (int n = 0; n < 20000; n++) {
            struct usher_zone_fields f;
            int64_t t;

            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            t = (int64_t)(random % 4000000000u);
            if (n % 2) /* near a change of New York's clocks: 9 March 2025 */
                t = 1741503600 + (int64_t)(random % 200000) - 100000;
            assert_true(usher_zone_fields(zone, t, &f));
            assert_int_equal(
                f.offset,
                g_time_zone_get_offset(tz, g_time_zone_find_interval(
                                               tz, G_TIME_TYPE_UNIVERSAL, t)));
        }
        g_time_zone_unref(tz);
    }
}

static void only_names_in_tzdata_are_zones(void **state)
{
    static const char *const bad[] = {
        "",        "Foo/Bar",    "../../etc/passwd", "/etc/localtime",
        "ABC5",    "+05:30",     "Asia/../UTC",      "Europe",
        "Europe/", "posix//UTC", "tzdata.zi/",       "Asia/Kolkata ",
    };
    static const char with_nul[] = "UTC\0x";

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_null(usher_zones_find(*state, bad[i], strlen(bad[i])));
    assert_null(usher_zones_find(*state, with_nul, sizeof(with_nul) - 1));
    assert_ptr_equal(zone_of(state, "Etc/GMT+2"), zone_of(state, "Etc/GMT+2"));
    assert_string_equal(usher_zone_name(zone_of(state, "UTC")), "UTC");
}

static void old_names_mean_their_successors(void **state)
{
    static const char *const pairs[][2] = {
        {"Asia/Calcutta", "Asia/Kolkata"},
        {"US/Eastern", "America/New_York"},
        {"Europe/Kiev", "Europe/Kyiv"},
        {"GB", "Europe/London"},
        {"Africa/Asmera", "Africa/Asmara"},
        {"Zulu", "Etc/UTC"},
        {"W-SU", "Europe/Moscow"},
        {"Etc/GMT0", "Etc/GMT"},
        {"PST8PDT", "America/Los_Angeles"},
        {"Iceland", "Atlantic/Reykjavik"},
        {"US/Pacific-New", "America/Los_Angeles"},
    };

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        assert_ptr_equal(zone_of(state, pairs[i][0]),
                         zone_of(state, pairs[i][1]));
    assert_string_equal(usher_zone_name(zone_of(state, "Asia/Calcutta")),
                        "Asia/Kolkata");
    assert_null(usher_zone_successor("Asia/Kolkata"));
    assert_null(usher_zone_successor(""));
    assert_null(usher_zone_successor("zzz"));
}

/* Systems ship the old names apart, or not at all. */
static void also_where_tzdata_has_them_no_more(void **state)
{
    char folder[OWN_FOLDER_SIZE], path[96];

    own_folder(folder);
    snprintf(path, sizeof(path), "%s/Asia", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%s/Asia/Kolkata", folder);
    assert_int_equal(symlink("/usr/share/zoneinfo/Asia/Kolkata", path), 0);
    setenv("TZDIR", folder, 1);
    assert_string_equal(usher_zone_name(zone_of(state, "Asia/Calcutta")),
                        "Asia/Kolkata");
    assert_null(usher_zones_find(*state, "US/Eastern", 10));
    unsetenv("TZDIR");
    unlink(path);
    path[strlen(folder) + strlen("/Asia")] = '\0';
    rmdir(path);
    rmdir(folder);
}

/* Of this machine's tzdata: "L SUCCESSOR NAME" is a name of before, but for
 * those that zone.tab has as a country's own. */
static void every_link_of_tzdata_is_known(void **state)
{
    FILE *in = fopen("/usr/share/zoneinfo/tzdata.zi", "re");
    char line[256], name[128], to[128], *tab = NULL;
    size_t links = 0;

    if (!in || !g_file_get_contents("/usr/share/zoneinfo/zone.tab", &tab, NULL,
                                    NULL)) {
        if (in)
            fclose(in);
        skip(); /* a system without its source */
    }
    while (fgets(line, sizeof(line), in)) {
        char own[130];
        const struct usher_zone *zone;

        if (sscanf(line, "L %127s %127s", to, name) != 2)
            continue;
        snprintf(own, sizeof(own), "\t%s", name);
        zone = zone_of(state, name);
        links++;
        if (!strstr(tab, own) && strcmp(name, "GMT") != 0 &&
            strcmp(name, "UTC") != 0)
            assert_string_not_equal(usher_zone_name(zone), name);
    }
    assert_true(links > 100);
    fclose(in);
    g_free(tab);
}

/* Before 1970, on both sides of a leap day and of a year. */
static void days_before_1970_are_days(void **state)
{
    static const struct {
        int64_t unix_s;
        int year, month, day, hour, sec, weekday, yearday;
    } cases[] = {
        {-1, 1969, 12, 31, 23, 59, 3, 365},
        {0, 1970, 1, 1, 0, 0, 4, 1},
        {86399, 1970, 1, 1, 23, 59, 4, 1},
        {86400, 1970, 1, 2, 0, 0, 5, 2},
        {-86400, 1969, 12, 31, 0, 0, 3, 365},
        {-86401, 1969, 12, 30, 23, 59, 2, 364},
        {-58060800, 1968, 2, 29, 0, 0, 4, 60},
        {-57974400, 1968, 3, 1, 0, 0, 5, 61},
        {-2203891200, 1900, 3, 1, 0, 0, 4, 60},
        {-2203977600, 1900, 2, 28, 0, 0, 3, 59},
        {951782400, 2000, 2, 29, 0, 0, 2, 60},
        {4107542400, 2100, 3, 1, 0, 0, 1, 60},
        {1735689599, 2024, 12, 31, 23, 59, 2, 366},
    };
    const struct usher_zone *zone = zone_of(state, "UTC");

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct usher_zone_fields f;
        int64_t back;

        assert_true(usher_zone_fields(zone, cases[i].unix_s, &f));
        assert_int_equal(f.year, cases[i].year);
        assert_int_equal(f.month, cases[i].month);
        assert_int_equal(f.day, cases[i].day);
        assert_int_equal(f.hour, cases[i].hour);
        assert_int_equal(f.sec, cases[i].sec);
        assert_int_equal(f.weekday, cases[i].weekday);
        assert_int_equal(f.yearday, cases[i].yearday);
        assert_true(usher_zone_unix(zone, &f, &back, NULL));
        assert_int_equal(back, cases[i].unix_s);
    }
}

/* A day inside either end of years 1 to 9999, where every zone has a year. */
static void the_calendar_has_two_ends(void **state)
{
    static const int64_t ends[] = {-62135596800 + 86400, 253402300799 - 86400};
    const struct usher_zone *zone = zone_of(state, "UTC");
    struct usher_zone_fields f;
    int64_t back;

    for (int i = 0; i < 2; i++) {
        int64_t beyond = i ? ends[i] + 1 : ends[i] - 1;

        assert_true(usher_zone_fields(zone, ends[i], &f));
        assert_int_equal(f.year, i ? 9999 : 1);
        assert_true(usher_zone_unix(zone, &f, &back, NULL));
        assert_int_equal(back, ends[i]);
        assert_false(usher_zone_fields(zone, beyond, &f));
        f.sec += i ? 1 : -1;
        assert_false(usher_zone_unix(zone, &f, &back, NULL));
    }
}

/* Names of 64 letters have room; visitors' longer ones are none. */
static void a_name_has_64_letters_at_most(void **state)
{
    char name[80];

    memset(name, 'A', sizeof(name));
    for (size_t len = 63; len <= 66; len++)
        assert_null(usher_zones_find(*state, name, len));
    assert_non_null(usher_zones_find(*state, "UTC and more", 3));
}

static void without_memory_there_is_no_zone(void **state)
{
    const struct usher_zone *zone = NULL;
    unsigned long n;

    (void)state;
    for (n = 1; n < 10; n++) {
        struct usher_zones *zones;

        fail_alloc_at(n);
        zones = usher_zones_new();
        zone = zones ? usher_zones_find(zones, "Asia/Tokyo", 10) : NULL;
        if (!fail_alloc_off()) {
            assert_non_null(zone);
            usher_zones_free(zones);
            break;
        }
        assert_null(zone);
        usher_zones_free(zones);
    }
    assert_in_range(n, 3, 9);
}

static void years_beyond_the_calendar_are_refused(void **state)
{
    const struct usher_zone *zone = zone_of(state, "UTC");
    struct usher_zone_fields f = {.year = 123456789, .month = 1, .day = 1};
    int64_t moment;

    assert_false(usher_zone_unix(zone, &f, &moment, NULL));
    f.year = INT64_MAX;
    assert_false(usher_zone_unix(zone, &f, &moment, NULL));
    f.year = 2025;
    f.min = INT64_MIN;
    assert_false(usher_zone_unix(zone, &f, &moment, NULL));
    assert_false(usher_zone_fields(zone, INT64_MAX, &f));
    assert_false(usher_zone_fields(zone, INT64_MIN, &f));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(fields_of_a_moment),
        TEST(zones_of_half_and_quarter_hours),
        TEST(a_missing_hour_moves_on_by_the_gap),
        TEST(a_doubled_hour_is_its_first),
        TEST(a_skipped_day_moves_on_by_the_gap),
        TEST(fields_out_of_range_carry_over),
        TEST(months_carry_over_to_other_years),
        TEST(rules_reach_past_2037),
        TEST(every_hour_of_thirty_years_comes_back),
        TEST(what_is_kept_is_what_glib_says),
        TEST(only_names_in_tzdata_are_zones),
        TEST(old_names_mean_their_successors),
        TEST(also_where_tzdata_has_them_no_more),
        TEST(every_link_of_tzdata_is_known),
        TEST(days_before_1970_are_days),
        TEST(the_calendar_has_two_ends),
        TEST(a_name_has_64_letters_at_most),
        TEST(without_memory_there_is_no_zone),
        TEST(years_beyond_the_calendar_are_refused),
    };

    return cmocka_run_group_tests_name("zone", tests, NULL, NULL);
}
