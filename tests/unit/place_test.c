/* tests/unit/place_test.c - countries by name and by zone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/place.h"
#include "fail_alloc.h"
#include "own_folder.h"

static void country_by_name_or_code(void **state)
{
    struct usher_places *places;

    (void)state;
    assert_int_equal(usher_places_load("/usr/share/zoneinfo", &places),
                     USHER_OK);
    assert_string_equal(usher_places_country(places, "India"), "IN");
    assert_string_equal(usher_places_country(places, "in"), "IN");
    assert_string_equal(usher_places_country(places, "United Kingdom"), "GB");
    assert_null(usher_places_country(places, "Atlantis"));
    assert_string_equal(usher_places_zone_country(places, "Asia/Kolkata"),
                        "IN");
    assert_string_equal(usher_places_zone_country(places, "US/Eastern"), "US");
    assert_string_equal(usher_places_zone_country(places, "Africa/Asmera"),
                        "ER");
    assert_null(usher_places_zone_country(places, "Etc/UTC"));
    usher_places_free(places);
}

static void a_table_may_be_older_than_a_zones_name(void **state)
{
    char folder[OWN_FOLDER_SIZE], path[96];
    struct usher_places *places;
    FILE *out;

    (void)state;
    own_folder(folder);
    (void)snprintf(path, sizeof(path), "%s/zone.tab", folder);
    out = fopen(path, "we");
    assert_non_null(out);
    fputs("UA\t+5026+03031\tEurope/Kiev\n", out);
    fclose(out);
    assert_int_equal(usher_places_load(folder, &places), USHER_OK);
    assert_string_equal(usher_places_zone_country(places, "Europe/Kiev"), "UA");
    usher_places_free(places);
    unlink(path);
    rmdir(folder);
}

/* Names that people and SalesIQ use, besides those of the table. */
static void countries_have_names_that_people_use(void **state)
{
    static const char *const cases[][2] = {{"United States", "US"},
                                           {"United States of America", "US"},
                                           {"usa", "US"},
                                           {"UK", "GB"},
                                           {"Great Britain", "GB"},
                                           {"South Korea", "KR"},
                                           {"Russian Federation", "RU"},
                                           {"Viet Nam", "VN"},
                                           {"czechia", "CZ"},
                                           {"UAE", "AE"},
                                           {"Germany", "DE"},
                                           {"Zimbabwe", "ZW"}};
    struct usher_places *places;

    (void)state;
    assert_int_equal(usher_places_load("/usr/share/zoneinfo", &places),
                     USHER_OK);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(usher_places_country(places, cases[i][0]),
                            cases[i][1]);
    assert_null(usher_places_country(places, "United"));
    assert_null(usher_places_country(places, ""));
    assert_null(usher_places_zone_country(places, "Asia"));
    usher_places_free(places);
    assert_null(usher_places_country(NULL, "India"));
    assert_null(usher_places_zone_country(NULL, "Asia/Kolkata"));
    usher_places_free(NULL);
}

static void write_table(const char *folder, const char *name, const char *text)
{
    char path[128];
    FILE *out;

    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    out = fopen(path, "we");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

/* Comments, lines of another form, columns behind the ones that count. */
static void only_whole_lines_of_a_table_count(void **state)
{
    char folder[OWN_FOLDER_SIZE], path[96];
    struct usher_places *places = NULL;
    enum usher_status st = USHER_ERR_NOMEM;
    unsigned long n;

    (void)state;
    own_folder(folder);
    write_table(folder, "iso3166.tab",
                "# x\tComment\n#a\tNowhere\nXYZ\tLong\nQ\tShort\n\nIN\t"
                "India\tmore\r\nFR\tFrance");
    write_table(folder, "zone.tab",
                "#c\t1\tX/Comment\nFR\t+48\nIN\t+22\tAsia/Kolkata\tmore\n"
                "FR\t+48\tEurope/Paris\n");
    for (n = 1; st != USHER_OK; n++) {
        assert_in_range(n, 1, 40);
        fail_alloc_at(n);
        st = usher_places_load(folder, &places);
        if (!fail_alloc_off())
            assert_int_equal(st, USHER_OK);
        if (st != USHER_OK) {
            assert_int_equal(st, USHER_ERR_NOMEM);
            assert_null(places);
        }
    }
    assert_true(n > 4);
    assert_null(usher_places_country(places, "Comment"));
    assert_null(usher_places_country(places, "Nowhere"));
    assert_null(usher_places_country(places, "Long"));
    assert_null(usher_places_country(places, "Short"));
    assert_string_equal(usher_places_country(places, "INDIA"), "IN");
    assert_string_equal(usher_places_country(places, "France"), "FR");
    assert_null(usher_places_zone_country(places, "X/Comment"));
    assert_string_equal(usher_places_zone_country(places, "Asia/Kolkata"),
                        "IN");
    assert_string_equal(usher_places_zone_country(places, "Europe/Paris"),
                        "FR");
    usher_places_free(places);
    for (int i = 0; i < 2; i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", folder,
                       i ? "zone.tab" : "iso3166.tab");
        unlink(path);
    }
    rmdir(folder);
}

static void nothing_is_found_without_the_tables(void **state)
{
    struct usher_places *places;

    (void)state;
    assert_int_equal(usher_places_load("/nonexistent", &places), USHER_OK);
    assert_null(usher_places_zone_country(places, "Asia/Kolkata"));
    usher_places_free(places);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(country_by_name_or_code),
        cmocka_unit_test(a_table_may_be_older_than_a_zones_name),
        cmocka_unit_test(countries_have_names_that_people_use),
        cmocka_unit_test(only_whole_lines_of_a_table_count),
        cmocka_unit_test(nothing_is_found_without_the_tables),
    };

    return cmocka_run_group_tests_name("place", tests, NULL, NULL);
}
