/* tests/unit/place_test.c - countries by name and by zone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

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
        cmocka_unit_test(nothing_is_found_without_the_tables),
    };

    return cmocka_run_group_tests_name("place", tests, NULL, NULL);
}
