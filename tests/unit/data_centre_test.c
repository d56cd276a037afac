/* tests/unit/data_centre_test.c - hosts of the data centres. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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

/* What Zoho's page of data centres says. */
static void every_centre_has_its_hosts(void **state)
{
    static const struct {
        const char *name;
        const char *country;
        const char *domain;
    } centres[] = {
        {"in", "India", "zoho.in"},
        {"com", "United States", "zoho.com"},
        {"eu", "Europe", "zoho.eu"},
        {"com.au", "Australia", "zoho.com.au"},
        {"com.cn", "China", "zoho.com.cn"},
        {"jp", "Japan", "zoho.jp"},
        {"ca", "Canada", "zohocloud.ca"},
        {"sa", "Saudi Arabia", "zoho.sa"},
        {"uk", "United Kingdom", "zoho.uk"},
        {"ae", "United Arab Emirates", "zoho.ae"},
        {"sg", "Singapore", "zoho.sg"},
    };
    static const char *const services[] = {"accounts", "salesiq", "desk"};
    struct usher_zoho_hosts hosts;
    char wanted[64];
    size_t i, k;

    (void)state;
    for (i = 0; i < sizeof(centres) / sizeof(centres[0]); i++) {
        assert_int_equal(usher_zoho_hosts_set(&hosts, centres[i].name, NULL,
                                              NULL, NULL, NULL),
                         USHER_OK);
        for (k = 0; k < USHER_ZOHO_SERVICES; k++) {
            const struct usher_data_centre *centre =
                usher_data_centre_of_url(hosts.base[k]);

            snprintf(wanted, sizeof(wanted), "https://%s.%s", services[k],
                     centres[i].domain);
            assert_string_equal(hosts.base[k], wanted);
            assert_string_equal(centre->name, centres[i].name);
            assert_string_equal(centre->country, centres[i].country);
            assert_string_equal(
                usher_zoho_service_text((enum usher_zoho_service)k),
                services[k]);
        }
    }
    assert_string_equal(usher_zoho_service_text(USHER_ZOHO_SERVICES), "zoho");
}

static void other_ways_to_write_a_centre(void **state)
{
    (void)state;
    assert_string_equal(usher_data_centre_find("US")->name, "com");
    assert_string_equal(usher_data_centre_find("usa")->name, "com");
    assert_string_equal(usher_data_centre_find("GB")->name, "uk");
    assert_string_equal(usher_data_centre_find("Com.Au")->name, "com.au");
    assert_string_equal(usher_data_centre_find("zohocloud.CA")->name, "ca");
    assert_null(usher_data_centre_find("i"));
    assert_null(usher_data_centre_find("..in"));
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
    assert_string_equal(hosts.base[USHER_ZOHO_ACCOUNTS],
                        "https://accounts.zoho.in");
    assert_int_equal(usher_zoho_hosts_set(&hosts, "in", "https://a/api/v1//",
                                          "https://s//",
                                          "https://d/api/v2/api/v1", NULL),
                     USHER_OK);
    assert_string_equal(hosts.base[USHER_ZOHO_ACCOUNTS], "https://a");
    assert_string_equal(hosts.base[USHER_ZOHO_SALESIQ], "https://s");
    assert_string_equal(hosts.base[USHER_ZOHO_DESK], "https://d/api/v2");
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
    assert_non_null(strstr(error.text, "at most 255 characters"));
    assert_int_equal(usher_zoho_hosts_set(&hosts, "in", url, NULL, NULL,
                                          &error),
                     USHER_ERR_LIMIT);
    assert_non_null(strstr(error.text, "ZOHO_ACCOUNTS_URL"));
    assert_int_equal(usher_zoho_hosts_set(&hosts, "in", NULL, NULL, url,
                                          &error),
                     USHER_ERR_LIMIT);
    assert_non_null(strstr(error.text, "DESK_URL"));
    url[USHER_ZOHO_URL_MAX] = '\0';
    assert_int_equal(usher_zoho_hosts_set(&hosts, "in", NULL, NULL, url, NULL),
                     USHER_ERR_LIMIT);
    url[USHER_ZOHO_URL_MAX - 1] = '\0';
    assert_int_equal(usher_zoho_hosts_set(&hosts, "in", NULL, NULL, url, NULL),
                     USHER_OK);
    assert_string_equal(hosts.base[USHER_ZOHO_DESK], url);
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
    assert_string_equal(usher_data_centre_of_url("https://zoho.in")->name,
                        "in");
    assert_string_equal(usher_data_centre_of_url("https://DESK.Zoho.EU/")->name,
                        "eu");
    assert_string_equal(
        usher_data_centre_of_url("https://desk.zoho.jp?a=.zoho.in")->name,
        "jp");
    assert_string_equal(
        usher_data_centre_of_url("https://a@b@desk.zoho.sa/")->name, "sa");
    assert_null(usher_data_centre_of_url("https://zoho.in@example.com/"));
    assert_null(usher_data_centre_of_url("https://example.com/zoho.in"));
    assert_null(usher_data_centre_of_url("https://example.com#.zoho.in"));
    assert_null(usher_data_centre_of_url("https://oho.in"));
    assert_null(usher_data_centre_of_url(NULL));
}

static void loopback_is_known(void **state)
{
    (void)state;
    assert_true(usher_url_is_loopback("http://127.0.0.1:8000/x"));
    assert_true(usher_url_is_loopback("http://127.1.2.3"));
    assert_true(usher_url_is_loopback("http://localhost:1"));
    assert_true(usher_url_is_loopback("http://[::1]:80/"));
    assert_true(usher_url_is_loopback("http://LocalHost"));
    assert_true(usher_url_is_loopback("http://user:word@127.0.0.1/"));
    assert_false(usher_url_is_loopback("http://127.example.com/"));
    assert_false(usher_url_is_loopback("http://128.0.0.1/"));
    assert_false(usher_url_is_loopback("http://127."));
    assert_false(usher_url_is_loopback("http://localhosts/"));
    assert_false(usher_url_is_loopback("http://localhost.example.com/"));
    assert_false(usher_url_is_loopback("http://[::2]/"));
    assert_false(usher_url_is_loopback("http://127.0.0.1@desk.zoho.in/"));
    assert_false(usher_url_is_loopback("127.0.0.1"));
    assert_false(usher_url_is_loopback(NULL));
    assert_false(usher_url_is_loopback("http://127.0.0.1.example.com/"));
    assert_false(usher_url_is_loopback("https://desk.zoho.in"));
    assert_false(usher_url_is_loopback("http://user@desk.zoho.in/127.0.0.1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_centre_is_found_by_its_name),
        cmocka_unit_test(every_centre_has_its_hosts),
        cmocka_unit_test(other_ways_to_write_a_centre),
        cmocka_unit_test(hosts_follow_the_centre),
        cmocka_unit_test(a_url_replaces_its_host_only),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(a_url_tells_its_centre),
        cmocka_unit_test(loopback_is_known),
    };

    return cmocka_run_group_tests_name("data_centre", tests, NULL, NULL);
}
