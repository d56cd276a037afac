/* tests/unit/config_limit_test.c - settings one by one: both sides of each
 * limit, each guard alone, all of a group. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_fixture.h"
#include "core/config_fixed.h"

static enum usher_status load_pair(struct fixture *f, const char *name,
                                   const char *value)
{
    char line[640];

    (void)snprintf(line, sizeof(line), "%s=%s\n", name, value);
    return config_load(f, NULL, line);
}

static enum usher_status load_number(struct fixture *f, const char *name,
                                     int64_t number)
{
    char text[32];

    (void)snprintf(text, sizeof(text), "%lld", (long long)number);
    return load_pair(f, name, text);
}

/* What README.md and the page of each setting say. */
static const struct {
    const char *name;
    int64_t min, max, fallback; /* 0: it depends on the machine */
} numbers[] = {
    {"PORT", 1, 65535, 8000},
    {"WORKERS", 1, 256, 0},
    {"RETENTION_DAYS", 1, 3650, 90},
    {"QUESTION_HOURS", 1, 720, 24},
};
#define NUMBERS (sizeof(numbers) / sizeof(numbers[0]))

static void a_number_is_good_from_its_least_to_its_most(void **state)
{
    struct fixture *f = *state;
    size_t known = 0;

    for (size_t i = 0; i < NUMBERS; i++) {
        enum usher_setting at =
            (enum usher_setting)usher_setting_find(numbers[i].name);
        int64_t min = numbers[i].min, max = numbers[i].max;

        assert_int_equal(load_number(f, numbers[i].name, min), USHER_OK);
        assert_int_equal(config_number(f, at), min);
        assert_int_equal(load_number(f, numbers[i].name, max), USHER_OK);
        assert_int_equal(config_number(f, at), max);
        assert_int_equal(load_number(f, numbers[i].name, min - 1),
                         USHER_ERR_INVALID);
        assert_int_equal(load_number(f, numbers[i].name, max + 1),
                         USHER_ERR_INVALID);
        assert_int_equal(load_number(f, numbers[i].name, max * 10),
                         USHER_ERR_INVALID);
        assert_int_equal(config_load(f, NULL, NULL), USHER_OK);
        if (numbers[i].fallback)
            assert_int_equal(config_number(f, at), numbers[i].fallback);
    }
    for (size_t i = 0; i < USHER_SETTING_COUNT; i++)
        known += usher_setting_at(i)->type == USHER_SETTING_NUMBER;
    assert_int_equal(known, NUMBERS);
}

static void calls_at_once_are_1_to_1000_for_each_service(void **state)
{
    static const char *const good[] = {"1", "1000", "desk=1,salesiq=1000",
                                       "desk=1000,salesiq=1"};
    static const char *const bad[] = {"0",
                                      "1001",
                                      "desk=1001",
                                      "salesiq=0",
                                      "desk=",
                                      "salesiq=1001",
                                      "desk=4,salesiq=0",
                                      "desk=4x",
                                      "crm=4",
                                      "4x",
                                      "desk=4 salesiq=9999",
                                      "desk=-1",
                                      "desk=4,crm=4",
                                      "desk=4salesiq=5"};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_int_equal(load_pair(f, "ZOHO_CONCURRENCY", good[i]), USHER_OK);
    assert_int_equal(usher_config_calls(f->config, "desk"), 1000);
    assert_int_equal(usher_config_calls(f->config, "salesiq"), 1);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(load_pair(f, "ZOHO_CONCURRENCY", bad[i]),
                         USHER_ERR_INVALID);
}

/* Each word that the list of a choice has, as its number in the list. */
static void every_word_of_a_choice_is_taken(void **state)
{
    static const struct {
        const char *name, *words;
    } choices[] = {
        {"ZOHO_DC", "in com eu com.au com.cn jp ca sa uk ae sg"},
        {"LOG_LEVEL", "debug info warn error"},
        {"LOG_FORMAT", "logfmt json"},
        {"SUGGESTIONS", "objects strings"},
        {"INSTANT_CHAT", "open_conversation forward"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
        char words[64], *rest = words, *word;
        enum usher_setting at =
            (enum usher_setting)usher_setting_find(choices[i].name);

        strcpy(words, choices[i].words);
        for (int n = 0; (word = strtok_r(rest, " ", &rest)) != NULL; n++) {
            assert_int_equal(load_pair(f, choices[i].name, word), USHER_OK);
            assert_string_equal(config_text(f, at), word);
            assert_int_equal(config_number(f, at), n);
        }
    }
}

static void data_centres_have_other_names_too(void **state)
{
    static const char *const cases[][2] = {
        {"us", "com"},         {"au", "com.au"},  {"cn", "com.cn"},
        {"gb", "uk"},          {"zoho.in", "in"}, {".jp", "jp"},
        {"zohocloud.ca", "ca"}};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(load_pair(f, "ZOHO_DC", cases[i][0]), USHER_OK);
        assert_string_equal(config_text(f, USHER_SETTING_ZOHO_DC), cases[i][1]);
    }
}

static void every_id_and_address_has_its_most(void **state)
{
    static const struct {
        const char *name, *start;
        size_t max;
    } cases[] = {{"SALESIQ_SCREEN_NAME", "n", 127},
                 {"SALESIQ_APP_ID", "1", 127},
                 {"SALESIQ_DEPARTMENT_ID", "2", 127},
                 {"DESK_ORG_ID", "6", 39},
                 {"DESK_DEPARTMENT_ID", "7", 127},
                 {"ZOHO_ACCOUNTS_URL", "https://accounts.example.com/", 255},
                 {"SALESIQ_URL", "https://salesiq.example.com/", 255},
                 {"DESK_URL", "https://desk.example.com/", 255}};
    struct fixture *f = *state;
    char value[300];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (size_t more = 0; more < 2; more++) {
            memset(value, '7', sizeof(value));
            memcpy(value, cases[i].start, strlen(cases[i].start));
            value[cases[i].max + more] = '\0';
            assert_int_equal(load_pair(f, cases[i].name, value),
                             more ? USHER_ERR_INVALID : USHER_OK);
        }
}

static void ports_and_hosts_of_an_address_have_their_ends(void **state)
{
    static const char *const good[] = {"https://a:1", "https://a:65535/x",
                                       "https://a-b.C9:443", "http://[::1]:1"};
    static const char *const bad[] = {
        "https://a:0",     "https://a:65536", "https://a:",   "https://a:1x",
        "https://a_b",     "https://a\"b",    "https://a/<x", "https://a/x>",
        "https://a/\\x",   "https://a/\x7f",  "https://a/\"", "https://a/@",
        "https://[::1]x/", "https://"};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_int_equal(config_load(f, NULL, NULL) +
                             load_pair(f, "DESK_URL", good[i]),
                         USHER_OK);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char quoted[64];

        (void)snprintf(quoted, sizeof(quoted), "'%s'", bad[i]);
        assert_int_equal(load_pair(f, "DESK_URL", quoted), USHER_ERR_INVALID);
    }
}

/* Plain http is for this machine: whatever way it is named. */
static void plain_http_to_another_machine_is_warned_of(void **state)
{
    static const struct {
        const char *url;
        size_t warnings;
    } cases[] = {{"http://127.0.0.1:1", 0}, {"http://127.9.9.9", 0},
                 {"http://localhost", 0},   {"http://LOCALHOST:1", 0},
                 {"http://[::1]", 0},       {"http://[::2]", 1},
                 {"http://10.0.0.1", 1},    {"http://localhost.example", 1},
                 {"https://10.0.0.1", 0}};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(load_pair(f, "SALESIQ_URL", cases[i].url), USHER_OK);
        assert_int_equal(f->problems.warnings, cases[i].warnings);
    }
}

/* A control character in a secret, a blank in a token: no service takes it. */
static void what_cannot_be_in_a_value_is_refused(void **state)
{
    static const char *const bad[][2] = {{"ADMIN_TOKEN", "a b"},
                                         {"ADMIN_TOKEN", "a\x7f"},
                                         {"ADMIN_TOKEN", "caf\xC3\xA9"},
                                         {"WEBHOOK_SECRET", "a\x7f"},
                                         {"WEBHOOK_SECRET", "a\x1f"},
                                         {"DESK_ORG_ID", "1/2"},
                                         {"SALESIQ_APP_ID", "caf\xC3\xA9"},
                                         {"DEFAULT_REGION", "I1"},
                                         {"DEFAULT_REGION", "1N"},
                                         {"DEFAULT_REGION", "I"},
                                         {"HOST", "[::1"},
                                         {"HOST", "1.2.3"},
                                         {"DATABASE_URL", "memory:x"},
                                         {"DATABASE_URL", "sqlite:"},
                                         {"PORT", "-"},
                                         {"PORT", "+1"},
                                         {"HOST", "::1]"},
                                         {"LOG_LEVEL", ".info"},
                                         {"LOG_FORMAT", "zoho.json"},
                                         {"PORT", "1-"},
                                         {"PORT", "8 0"}};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(load_pair(f, bad[i][0], bad[i][1]), USHER_ERR_INVALID);
        assert_non_null(strstr(config_problem(f, 0), bad[i][0]));
    }
    assert_int_equal(load_pair(f, "WEBHOOK_SECRET", "two words, caf\xC3\xA9"),
                     USHER_OK);
    assert_int_equal(load_pair(f, "DATABASE_URL", "postgres://x"),
                     USHER_ERR_INVALID);
    assert_non_null(strstr(config_problem(f, 0), "no other"));
}

/* Each pair of quotes that people and their programs put around a value. */
static void quotes_of_each_kind_are_left_out(void **state)
{
    static const char *const values[] = {"\"1000.ab\"",
                                         "'1000.ab'",
                                         "`1000.ab`",
                                         "\xE2\x80\x9C"
                                         "1000.ab\xE2\x80\x9D",
                                         "\xE2\x80\x98"
                                         "1000.ab\xE2\x80\x99",
                                         "\"' 1000.ab '\"",
                                         " \t1000.ab\r"};
    struct fixture *f = *state;
    char line[64];

    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        (void)snprintf(line, sizeof(line), "OAUTH_CLIENT_ID=%s", values[i]);
        assert_int_equal(config_load(f, line, NULL), USHER_OK);
        assert_string_equal(config_text(f, USHER_SETTING_OAUTH_CLIENT_ID),
                            "1000.ab");
        assert_true(f->problems.warnings > 0);
    }
    assert_int_equal(config_load(f, "WEBHOOK_SECRET=\"a'", NULL), USHER_OK);
    assert_string_equal(config_text(f, USHER_SETTING_WEBHOOK_SECRET), "\"a'");
    assert_int_equal(config_load(f, "WEBHOOK_SECRET=\"", NULL), USHER_OK);
    assert_string_equal(config_text(f, USHER_SETTING_WEBHOOK_SECRET), "\"");
}

/* Opening hours have a bound, whatever they say. */
static void hours_are_shorter_than_512_letters(void **state)
{
    struct fixture *f = *state;
    char value[520];

    for (int len = 511; len <= 512; len++) {
        (void)snprintf(value, sizeof(value), "Mon%*s9-18", len - 7, "");
        assert_int_equal(strlen(value), len);
        assert_int_equal(load_pair(f, "BUSINESS_HOURS", value),
                         len < 512 ? USHER_OK : USHER_ERR_INVALID);
    }
    assert_non_null(strstr(config_problem(f, 0), "shorter than 512"));
}

/* From twenty letters and digits in a row on, both of them. */
static void a_wrong_value_is_shown_where_it_is_like_no_secret(void **state)
{
    static const struct {
        const char *value;
        int shown;
    } cases[] = {
        {"12345678901234567a/", 1},      {"a234567890123456789/", 1},
        {"a2345678901234567890/", 0},    {"ab12 cd34 ef56 gh78 ij90 kl/", 1},
        {"12345678901234567890123/", 1}, {"abcdefghijklmnopqrstuvw/", 1},
        {"x/a2345678901234567890", 0},   {"ZA9876543210zzzzzzzz/", 0}};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(load_pair(f, "DESK_ORG_ID", cases[i].value),
                         USHER_ERR_INVALID);
        assert_int_equal(strstr(config_problem(f, 0), cases[i].value) != NULL,
                         cases[i].shown);
    }
    assert_int_equal(load_pair(f, "DESK_URL",
                               "12345678901234567890123456789012345678901"),
                     USHER_ERR_INVALID);
    assert_non_null(strstr(config_problem(f, 0), "567890\";")); /* forty */
}

/* Which settings wait for a restart; all others count at once. */
static void some_settings_wait_for_a_restart(void **state)
{
    static const char waits[] = " HOST PORT FLOWS_DIR DATABASE_URL "
                                "ADMIN_SOCKET WORKERS LOG_FORMAT ";

    (void)state;
    for (size_t i = 0; i < USHER_SETTING_COUNT; i++) {
        char name[64];

        (void)snprintf(name, sizeof(name), " %s ", usher_setting_at(i)->name);
        assert_int_equal(usher_setting_at(i)->restart,
                         strstr(waits, name) != NULL);
    }
}

/* ---- guards, each alone ---- */

static const char *const guards[] = {"WEBHOOK_SECRET", "SALESIQ_PUBLIC_KEY",
                                     "ADMIN_TOKEN"};

static void one_of_secret_and_key_is_enough_and_no_other(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(load_pair(f, guards[i], "value-1"), USHER_OK);
        assert_int_equal(usher_config_is_open(f->config),
                         strcmp(guards[i], "ADMIN_TOKEN") == 0);
    }
    assert_int_equal(
        config_load(f, "SALESIQ_PUBLIC_KEY=k", "WEBHOOK_SECRET=s\n"), USHER_OK);
    assert_false(usher_config_is_open(f->config));
}

#define REST "PORT=1\nTIME_ZONE=UTC\nDESK_ORG_ID=7\n"

static struct usher_config *guarded(struct fixture *f, const char *guard)
{
    char text[128];

    (void)snprintf(text, sizeof(text), REST "%s=value-1\n", guard);
    assert_int_equal(config_load(f, NULL, text), USHER_OK);
    return usher_config_retain(f->config);
}

static void no_guard_is_lost_by_accident(void **state)
{
    struct fixture *f = *state;
    struct usher_error why;
    char text[128];

    for (size_t i = 0; i < 3; i++) {
        struct usher_config *in_use = guarded(f, guards[i]);

        assert_false(usher_config_loses_guard(in_use, f->config));
        (void)snprintf(text, sizeof(text), REST "%s=\n", guards[i]);
        assert_int_equal(config_load(f, NULL, text), USHER_OK);
        assert_true(usher_config_loses_guard(in_use, f->config));
        assert_int_equal(usher_config_doubt(in_use, f->config, 0, &why),
                         USHER_CONFIG_UNGUARDED);
        assert_non_null(strstr(why.text, guards[i]));
        /* Another value, and one that comes, lose nothing. */
        (void)snprintf(text, sizeof(text), REST "%s=value-2\nADMIN_TOKEN=n\n",
                       guards[i]);
        assert_int_equal(config_load(f, NULL, text), USHER_OK);
        assert_false(usher_config_loses_guard(in_use, f->config));
        assert_int_equal(usher_config_doubt(in_use, f->config, 0, &why),
                         USHER_CONFIG_SURE);
        usher_config_release(in_use);
    }
}

/* Three letters away it is meant, four away it is another name. */
static void a_guard_that_is_misspelt_is_lost_by_accident(void **state)
{
    static const struct {
        const char *line;
        enum usher_config_doubt doubt;
    } cases[] = {
        {"WEBHOK_SECRT=x\n", USHER_CONFIG_UNGUARDED},
        {"WEBHOK_SECR=x\n", USHER_CONFIG_UNGUARDED},
        {"WBHOK_SECR=x\n", USHER_CONFIG_SURE},
        {"HOST=value-1\n", USHER_CONFIG_SURE}, /* a known name is no other */
        {"OTHER_NAME=value-1\n", USHER_CONFIG_UNGUARDED},
        {"OTHER_NAME=value-2\n", USHER_CONFIG_SURE},
    };
    struct fixture *f = *state;
    struct usher_error why;
    char text[128];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct usher_config *in_use = guarded(f, "WEBHOOK_SECRET");

        (void)snprintf(text, sizeof(text), REST "%s", cases[i].line);
        (void)config_load(f, NULL, text);
        if (!f->config) /* HOST has no such value */
            assert_int_equal(config_load(f, NULL, REST "HOST=127.0.0.1\n"),
                             USHER_OK);
        assert_int_equal(usher_config_doubt(in_use, f->config, 0, &why),
                         cases[i].doubt);
        usher_config_release(in_use);
    }
}

/* ---- all of a group ---- */

static int is_zohos(size_t i)
{
    return (i >= USHER_SETTING_ZOHO_ACCOUNTS_URL &&
            i <= USHER_SETTING_DESK_URL) ||
           (i >= USHER_SETTING_OAUTH_ACCESS_TOKEN &&
            i <= USHER_SETTING_DESK_CLIENT_SECRET);
}

static void each_secret_and_host_of_zoho_is_a_wish_for_zoho(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < USHER_SETTING_COUNT; i++) {
        const struct usher_setting_info *info = usher_setting_at(i);

        if (info->type != USHER_SETTING_TOKEN &&
            info->type != USHER_SETTING_URL)
            continue;
        assert_int_equal(load_pair(f, info->name,
                                   info->type == USHER_SETTING_URL
                                       ? "http://127.0.0.1:1"
                                       : "x"),
                         USHER_OK);
        assert_int_equal(usher_config_names_zoho(f->config), is_zohos(i));
        assert_int_equal(usher_config_wants_simulator(f->config), !is_zohos(i));
    }
}

static void the_simulator_stands_in_place_of_all_of_zoho(void **state)
{
    struct usher_config_fixed fixed = {.count = 0};
    char name[32];

    (void)state;
    usher_config_fix_zoho(&fixed);
    for (size_t i = 0; i < USHER_SETTING_COUNT; i++)
        assert_int_equal(usher_config_fixes(&fixed, usher_setting_at(i)->name),
                         is_zohos(i));
    usher_config_fixed_free(&fixed);
    usher_config_fix(&fixed, "DESK_URL", "http://127.0.0.1:9");
    usher_config_fix_zoho(&fixed);
    for (size_t i = 0; i < USHER_SETTING_COUNT; i++)
        assert_int_equal(usher_config_fixes(&fixed, usher_setting_at(i)->name),
                         is_zohos(i));
    assert_int_equal(fixed.count, 19);
    assert_string_equal(fixed.lines[0], "DESK_URL=http://127.0.0.1:9");
    assert_false(usher_config_fixes(&fixed, "DESK_UR"));
    assert_false(usher_config_fixes(&fixed, "DESK_URL_"));
    for (size_t i = fixed.count; i < USHER_CONFIG_FIXED_MAX; i++) {
        (void)snprintf(name, sizeof(name), "N%zu", i);
        usher_config_fix(&fixed, name, "1");
        assert_false(fixed.failed);
    }
    usher_config_fix(&fixed, "ONE_MORE", "1");
    assert_true(fixed.failed);
    usher_config_fixed_free(&fixed);
    assert_int_equal(fixed.count, 0);
}

/* A group of the machine by its number or name; a long number is a name. */
static void a_group_is_a_number_or_a_name(void **state)
{
    struct fixture *f = *state;
    int64_t gid;

    assert_int_equal(config_load(f, NULL, NULL), USHER_OK);
    assert_true(usher_config_admin_group(f->config, &gid, &f->problems));
    assert_int_equal(gid, -1);
    assert_int_equal(load_pair(f, "ADMIN_GROUP", "999999999"), USHER_OK);
    assert_true(usher_config_admin_group(f->config, &gid, &f->problems));
    assert_int_equal(gid, 999999999);
    assert_int_equal(load_pair(f, "ADMIN_GROUP", "9999999999"), USHER_OK);
    assert_false(usher_config_admin_group(f->config, &gid, &f->problems));
    assert_int_equal(f->problems.errors, 1);
    assert_int_equal(gid, -1);
    assert_false(usher_config_admin_group(f->config, &gid, NULL));
}

/* Whatever groups this machine has: the first that is not root's. */
static void a_groups_name_is_its_number(void **state)
{
    struct fixture *f = *state;
    const struct group *group;
    int64_t gid;

    setgrent();
    while ((group = getgrent()) != NULL && group->gr_gid == 0)
        continue;
    if (group) {
        int64_t wanted = (int64_t)group->gr_gid;

        assert_int_equal(load_pair(f, "ADMIN_GROUP", group->gr_name), USHER_OK);
        assert_true(usher_config_admin_group(f->config, &gid, NULL));
        assert_int_equal(gid, wanted);
    }
    endgrent();
}

/* More than are kept in one piece of memory: none is lost. */
static void many_problems_are_all_told(void **state)
{
    struct fixture *f = *state;
    char text[2048] = "";

    for (int i = 0; i < 40; i++)
        (void)snprintf(text + strlen(text), sizeof(text) - strlen(text),
                       "no setting %d\n", i);
    assert_int_equal(config_load(f, NULL, text), USHER_ERR_INVALID);
    assert_int_equal(f->problems.errors, 40);
    assert_int_equal(f->problems.count, 40);
    assert_memory_equal(config_problem(f, 39), ".env:40:", 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_number_is_good_from_its_least_to_its_most),
        CASE(calls_at_once_are_1_to_1000_for_each_service),
        CASE(every_word_of_a_choice_is_taken),
        CASE(data_centres_have_other_names_too),
        CASE(every_id_and_address_has_its_most),
        CASE(ports_and_hosts_of_an_address_have_their_ends),
        CASE(plain_http_to_another_machine_is_warned_of),
        CASE(what_cannot_be_in_a_value_is_refused),
        CASE(quotes_of_each_kind_are_left_out),
        CASE(hours_are_shorter_than_512_letters),
        CASE(a_wrong_value_is_shown_where_it_is_like_no_secret),
        cmocka_unit_test(some_settings_wait_for_a_restart),
        CASE(one_of_secret_and_key_is_enough_and_no_other),
        CASE(no_guard_is_lost_by_accident),
        CASE(a_guard_that_is_misspelt_is_lost_by_accident),
        CASE(each_secret_and_host_of_zoho_is_a_wish_for_zoho),
        CASE(the_simulator_stands_in_place_of_all_of_zoho),
        CASE(a_group_is_a_number_or_a_name),
        CASE(a_groups_name_is_its_number),
        CASE(many_problems_are_all_told),
    };

    return cmocka_run_group_tests_name("config_limit", tests, NULL, NULL);
}
