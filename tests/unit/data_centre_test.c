/* tests/unit/data_centre_test.c - hosts of the data centres. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "zoho/data_centre.h"

static void every_centre_is_found_by_its_name(void **state)
{
    const struct usher_data_centre *centre;
    size_t i;

    (void)state;
    for (i = 0; (centre = usher_data_centre_at(i)) != NULL; i++)
        assert_ptr_equal(usher_data_centre_find(centre->name), centre);
    assert_int_equal(i, 11);
    assert_null(usher_data_centre_find("mars"));
    assert_null(usher_data_centre_find(""));
    assert_null(usher_data_centre_find(NULL));
}

static void other_ways_to_write_a_centre(void **state)
{
    (void)state;
    assert_string_equal(usher_data_centre_find("US")->name, "com");
    assert_string_equal(usher_data_centre_find("au")->name, "com.au");
    assert_string_equal(usher_data_centre_find("CN")->name, "com.cn");
    assert_string_equal(usher_data_centre_find(".eu")->name, "eu");
    assert_string_equal(usher_data_centre_find("zoho.in")->name, "in");
}

static void hosts_follow_the_centre(void **state)
{
    struct usher_zoho_hosts hosts;

    (void)state;
    assert_int_equal(
        usher_zoho_hosts_set(&hosts, "com.au", NULL, "", NULL, NULL), USHER_OK);
    assert_string_equal(hosts.base[USHER_ZOHO_ACCOUNTS],
                        "https://accounts.zoho.com.au");
    assert_string_equal(hosts.base[USHER_ZOHO_SALESIQ],
                        "https://salesiq.zoho.com.au");
    assert_string_equal(hosts.base[USHER_ZOHO_DESK],
                        "https://desk.zoho.com.au");
    assert_int_equal(usher_zoho_hosts_set(&hosts, "ca", NULL, NULL, NULL, NULL),
                     USHER_OK);
    assert_string_equal(hosts.base[USHER_ZOHO_DESK],
                        "https://desk.zohocloud.ca");
}

static void a_url_replaces_its_host_only(void **state)
{
    struct usher_zoho_hosts hosts;

    (void)state;
    assert_int_equal(usher_zoho_hosts_set(&hosts, "in", NULL, NULL,
                                          "http://127.0.0.1:9/api/v1/", NULL),
                     USHER_OK);
    assert_string_equal(hosts.base[USHER_ZOHO_DESK], "http://127.0.0.1:9");
    assert_string_equal(hosts.base[USHER_ZOHO_SALESIQ],
                        "https://salesiq.zoho.in");
}

static void what_is_wrong_is_named(void **state)
{
    struct usher_zoho_hosts hosts;
    struct usher_error error;
    char url[400];

    (void)state;
    assert_int_equal(usher_zoho_hosts_set(&hosts, "mars", NULL, NULL, NULL,
                                          &error),
                     USHER_ERR_NOT_FOUND);
    assert_non_null(strstr(error.text, "ZOHO_DC=mars"));
    memset(url, 'a', sizeof(url) - 1);
    url[sizeof(url) - 1] = '\0';
    assert_int_equal(usher_zoho_hosts_set(&hosts, "in", NULL, url, NULL,
                                          &error),
                     USHER_ERR_LIMIT);
    assert_non_null(strstr(error.text, "SALESIQ_URL"));
}

static void a_url_tells_its_centre(void **state)
{
    (void)state;
    assert_string_equal(
        usher_data_centre_of_url("https://desk.zoho.in/api/v1")->name, "in");
    assert_string_equal(
        usher_data_centre_of_url("https://accounts.zoho.com.au")->name,
        "com.au");
    assert_string_equal(
        usher_data_centre_of_url("https://salesiq.zoho.com:443/x")->name,
        "com");
    assert_null(usher_data_centre_of_url("https://desk.notzoho.in/"));
    assert_null(usher_data_centre_of_url("https://zoho.in.example.com/"));
    assert_null(usher_data_centre_of_url("http://127.0.0.1:8001"));
    assert_null(usher_data_centre_of_url("no url"));
    assert_null(usher_data_centre_of_url(NULL));
}

static void loopback_is_known(void **state)
{
    (void)state;
    assert_true(usher_url_is_loopback("http://127.0.0.1:8000/x"));
    assert_true(usher_url_is_loopback("http://127.1.2.3"));
    assert_true(usher_url_is_loopback("http://localhost:1"));
    assert_true(usher_url_is_loopback("http://[::1]:80/"));
    assert_false(usher_url_is_loopback("http://127.example.com/"));
    assert_false(usher_url_is_loopback("http://127.0.0.1.example.com/"));
    assert_false(usher_url_is_loopback("https://desk.zoho.in"));
    assert_false(usher_url_is_loopback("http://user@desk.zoho.in/127.0.0.1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_centre_is_found_by_its_name),
        cmocka_unit_test(other_ways_to_write_a_centre),
        cmocka_unit_test(hosts_follow_the_centre),
        cmocka_unit_test(a_url_replaces_its_host_only),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(a_url_tells_its_centre),
        cmocka_unit_test(loopback_is_known),
    };

    return cmocka_run_group_tests_name("data_centre", tests, NULL, NULL);
}
