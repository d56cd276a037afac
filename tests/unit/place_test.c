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
    char folder[] = "/tmp/usher_place.XXXXXX", path[64];
    struct usher_places *places;
    FILE *out;

    (void)state;
    assert_non_null(mkdtemp(folder));
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
        cmocka_unit_test(nothing_is_found_without_the_tables),
    };

    return cmocka_run_group_tests_name("place", tests, NULL, NULL);
}
