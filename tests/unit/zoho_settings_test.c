/* tests/unit/zoho_settings_test.c - from the settings to hosts, ids and how
 * many calls run at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/config.h"
#include "zoho/gate.h"
#include "zoho/zoho_settings.h"

#define LINES 4

/* Of an environment of these lines; NULL ends them. */
static enum usher_status load(const char *const lines[LINES],
                              struct usher_zoho_settings *settings,
                              struct usher_error *error)
{
    char text[LINES][512];
    char *environment[LINES + 1] = {NULL};
    struct usher_config_source source = {.environ = environment};
    struct usher_config *config;
    enum usher_status st;
    size_t i;

    for (i = 0; i < LINES && lines[i]; i++) {
        snprintf(text[i], sizeof(text[i]), "%s", lines[i]);
        environment[i] = text[i];
    }
    assert_int_equal(usher_config_load(&source, &config, NULL), USHER_OK);
    st = usher_zoho_settings_load(config, settings, error);
    usher_config_release(config);
    return st;
}

static void how_many_calls_run_at_once(void **state)
{
    static const struct {
        const char *lines[LINES];
        unsigned salesiq;
        unsigned desk;
    } cases[] = {
        {{NULL}, 32, 4},
        {{"ZOHO_CONCURRENCY=desk=9"}, 32, 9},
        {{"ZOHO_CONCURRENCY=salesiq=7"}, 7, 4},
        {{"ZOHO_CONCURRENCY=desk=1,salesiq=2"}, 2, 1},
        /* A simulator needs no limit, whatever is set. */
        {{"DESK_URL=http://127.0.0.1:9", "ZOHO_CONCURRENCY=desk=1"}, 32, 0},
        {{"SALESIQ_URL=http://localhost:9", "ZOHO_CONCURRENCY=salesiq=3"},
         0,
         4},
        /* Another host of Zoho's does. */
        {{"DESK_URL=https://desk.example.com", "ZOHO_CONCURRENCY=desk=2"},
         32,
         2},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct usher_zoho_settings settings;

        assert_int_equal(load(cases[i].lines, &settings, NULL), USHER_OK);
        assert_int_equal(settings.concurrency[USHER_ZOHO_SALESIQ],
                         cases[i].salesiq);
        assert_int_equal(settings.concurrency[USHER_ZOHO_DESK], cases[i].desk);
        assert_int_equal(settings.concurrency[USHER_ZOHO_ACCOUNTS], 0);
    }
}

/* For hosts that were set by hand, and no ZOHO_CONCURRENCY. */
static void the_usual_limits_are_those_of_the_hosts(void **state)
{
    struct usher_zoho_settings settings;

    (void)state;
    memset(&settings, 0xff, sizeof(settings));
    assert_int_equal(usher_zoho_hosts_set(&settings.hosts, "in", NULL, NULL,
                                          NULL, NULL),
                     USHER_OK);
    usher_zoho_settings_limits(&settings);
    assert_int_equal(settings.concurrency[USHER_ZOHO_ACCOUNTS], 0);
    assert_int_equal(settings.concurrency[USHER_ZOHO_SALESIQ], 32);
    assert_int_equal(settings.concurrency[USHER_ZOHO_DESK], 4);
    assert_int_equal(usher_zoho_hosts_set(&settings.hosts, "in", NULL,
                                          "http://[::1]:9", NULL, NULL),
                     USHER_OK);
    usher_zoho_settings_limits(&settings);
    assert_int_equal(settings.concurrency[USHER_ZOHO_SALESIQ], 0);
    assert_int_equal(settings.concurrency[USHER_ZOHO_DESK], 4);
}

static void each_host_has_its_setting(void **state)
{
    static const char *const lines[] = {
        "ZOHO_ACCOUNTS_URL=https://a.example.com",
        "SALESIQ_URL=https://s.example.com", "DESK_URL=https://d.example.com",
        "ZOHO_DC=jp"};
    struct usher_zoho_settings settings;
    size_t i;

    (void)state;
    assert_int_equal(load(lines, &settings, NULL), USHER_OK);
    assert_string_equal(settings.hosts.base[USHER_ZOHO_ACCOUNTS],
                        "https://a.example.com");
    assert_string_equal(settings.hosts.base[USHER_ZOHO_SALESIQ],
                        "https://s.example.com");
    assert_string_equal(settings.hosts.base[USHER_ZOHO_DESK],
                        "https://d.example.com");
    assert_string_equal(settings.screen_name, "");
    assert_string_equal(settings.org_id, "");
    for (i = 0; i < 3; i++) {
        const char *const one[LINES] = {lines[i], lines[3], NULL};
        size_t service;

        assert_int_equal(load(one, &settings, NULL), USHER_OK);
        for (service = 0; service < USHER_ZOHO_SERVICES; service++)
            assert_int_equal(strstr(settings.hosts.base[service], ".zoho.jp") ==
                                 NULL,
                             service == i);
    }
}

static void the_gate_opens_as_far_as_is_set(void **state)
{
    struct usher_zoho_settings settings = {.concurrency = {0, 2, 1}};
    struct usher_gate_ticket tickets[USHER_ZOHO_SERVICES][3];
    struct usher_gate_entry *entry;
    struct usher_gate *gate;
    unsigned held[USHER_ZOHO_SERVICES] = {0};
    size_t service, i;

    (void)state;
    memset(tickets, 0, sizeof(tickets));
    assert_int_equal(usher_gate_new(0, &gate), USHER_OK);
    assert_int_equal(usher_gate_enter(gate, NULL, &entry), USHER_OK);
    usher_zoho_settings_open(&settings, gate);
    for (service = 0; service < USHER_ZOHO_SERVICES; service++)
        for (i = 0; i < 3; i++)
            held[service] += usher_gate_take(entry, &tickets[service][i],
                                             (enum usher_zoho_service)service,
                                             NULL, NULL) == USHER_OK;
    assert_int_equal(held[USHER_ZOHO_ACCOUNTS], 3);
    assert_int_equal(held[USHER_ZOHO_SALESIQ], 2);
    assert_int_equal(held[USHER_ZOHO_DESK], 1);
    usher_gate_leave(entry);
    usher_gate_free(gate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(how_many_calls_run_at_once),
        cmocka_unit_test(the_usual_limits_are_those_of_the_hosts),
        cmocka_unit_test(each_host_has_its_setting),
        cmocka_unit_test(the_gate_opens_as_far_as_is_set),
    };

    return cmocka_run_group_tests_name("zoho_settings", tests, NULL, NULL);
}
