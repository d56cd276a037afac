/* tests/unit/config_test.c - settings: where from, checked how, told how. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config_fixture.h"
#include "core/config.h"
#include "fail_alloc.h"

static void nothing_set_gives_the_defaults(void **state)
{
    struct fixture *f = *state;
    cpu_set_t set;

    assert_int_equal(config_load(f, NULL, NULL), USHER_OK);
    assert_int_equal(f->problems.count, 0);
    assert_string_equal(config_text(f, USHER_SETTING_HOST), "127.0.0.1");
    assert_int_equal(config_number(f, USHER_SETTING_PORT), 8000);
    assert_string_equal(config_text(f, USHER_SETTING_DATABASE_URL),
                        "sqlite:usher.db");
    assert_string_equal(config_text(f, USHER_SETTING_ZOHO_DC), "in");
    assert_string_equal(config_text(f, USHER_SETTING_SUGGESTIONS), "objects");
    assert_int_equal(config_number(f, USHER_SETTING_SUGGESTIONS), 0);
    assert_string_equal(config_text(f, USHER_SETTING_LOG_LEVEL), "info");
    assert_int_equal(config_number(f, USHER_SETTING_LOG_LEVEL), 1);
    assert_int_equal(config_number(f, USHER_SETTING_QUESTION_HOURS), 24);
    assert_int_equal(usher_config_calls(f->config, "desk"), 4);
    assert_int_equal(usher_config_calls(f->config, "salesiq"), 32);
    assert_int_equal(usher_config_calls(f->config, "other"), 0);
    assert_int_equal(usher_config_calls(f->config, ""), 0);
    assert_null(config_text(f, USHER_SETTING_TIME_ZONE));
    assert_null(config_text(f, USHER_SETTING_WORKERS));
    assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
    assert_int_equal(config_number(f, USHER_SETTING_WORKERS),
                     CPU_COUNT(&set) < 256 ? CPU_COUNT(&set) : 256);
    assert_string_equal(usher_config_origin(f->config, USHER_SETTING_PORT),
                        "default");
    assert_false(usher_config_is_set(f->config, USHER_SETTING_PORT));
    assert_string_equal(usher_config_folder(f->config), ".");
    assert_string_equal(usher_config_flows_dir(f->config), "flows");
    assert_true(usher_config_wants_simulator(f->config));
}

static void every_setting_has_a_good_entry(void **state)
{
    (void)state;
    for (size_t i = 0; i < USHER_SETTING_COUNT; i++) {
        const struct usher_setting_info *info = usher_setting_at(i);
        assert_non_null(info->name);
        assert_non_null(info->about);
        assert_int_equal(usher_setting_find(info->name), (int)i);
        if (info->type == USHER_SETTING_NUMBER)
            assert_true(info->max > info->min);
        if (info->type == USHER_SETTING_CHOICE)
            assert_non_null(info->choices);
    }
    assert_null(usher_setting_at(USHER_SETTING_COUNT));
    assert_int_equal(usher_setting_find("port"), -1);
    assert_int_equal(usher_setting_find(""), -1);
}

static void credentials_are_four_groups_of_four(void **state)
{
    static const char *const groups[] = {"OAUTH", "SALESIQ", "SALESIQ_VISITOR",
                                         "DESK"};
    static const char *const parts[] = {"ACCESS_TOKEN", "REFRESH_TOKEN",
                                        "CLIENT_ID", "CLIENT_SECRET"};
    char name[64];

    (void)state;
    for (int g = 0; g < 4; g++) {
        for (int p = 0; p < 4; p++) {
            (void)snprintf(name, sizeof(name), "%s_%s", groups[g], parts[p]);
            assert_int_equal(
                usher_setting_find(name),
                (int)usher_setting_credential((enum usher_credential_id)g,
                                              (enum usher_credential_part)p));
            assert_true(usher_config_is_secret(name));
        }
    }
    assert_string_equal(usher_credential_name(USHER_CREDENTIAL_DEFAULT),
                        "default");
    assert_string_equal(usher_credential_name(USHER_CREDENTIAL_DESK), "desk");
}

static void the_environment_comes_before_the_file(void **state)
{
    struct fixture *f = *state;
    char origin[128];

    assert_int_equal(config_load(f, "PORT=1", "# x\nPORT=2\n"), USHER_OK);
    assert_int_equal(config_number(f, USHER_SETTING_PORT), 1);
    assert_string_equal(usher_config_origin(f->config, USHER_SETTING_PORT),
                        "environment");
    assert_int_equal(config_load(f, "PORT=", "# x\nPORT=2\n"), USHER_OK);
    assert_int_equal(config_number(f, USHER_SETTING_PORT), 2);
    (void)snprintf(origin, sizeof(origin), "%s:2", f->path);
    assert_string_equal(usher_config_origin(f->config, USHER_SETTING_PORT),
                        origin);
    assert_int_equal(config_load(f, "PORTER=3", "PORT=\n"), USHER_OK);
    assert_int_equal(config_number(f, USHER_SETTING_PORT), 8000);
    assert_false(usher_config_is_set(f->config, USHER_SETTING_PORT));
}

static void good_values_get_their_normal_form(void **state)
{
    static const char *const cases[][2] = {
        {"PORT=080", "80"},
        {"PORT='443'", "443"},
        {"HOST=localhost", "127.0.0.1"},
        {"HOST=[::1]", "::1"},
        {"HOST=::", "::"},
        {"ZOHO_DC=US", "com"},
        {"ZOHO_DC=com.AU", "com.au"},
        {"ZOHO_DC=.eu", "eu"},
        {"ZOHO_DC=zoho.com.cn", "com.cn"},
        {"ZOHO_DC=zohocloud.ca", "ca"},
        {"ZOHO_DC=gb", "uk"},
        {"LOG_LEVEL=WARN", "warn"},
        {"DESK_URL=HTTPS://Desk.example.com:8443/x/", "https://Desk.example."
                                                      "com:8443/x"},
        {"SALESIQ_URL=http://127.0.0.1:9000/", "http://127.0.0.1:9000"},
        {"SALESIQ_URL=http://[::1]:9000", "http://[::1]:9000"},
        {"DATABASE_URL=memory:", "memory:"},
        {"DATABASE_URL=sqlite:/var/lib/usher.db", "sqlite:/var/lib/usher.db"},
        {"TIME_ZONE=Asia/Kolkata", "Asia/Kolkata"},
        {"DEFAULT_REGION=in", "IN"},
        {"BUSINESS_HOURS=mo-fr 9 to 18", "Mon-Fri 09:00-18:00"},
        {"ZOHO_CONCURRENCY=8", "desk=8,salesiq=8"},
        {"ZOHO_CONCURRENCY=salesiq: 7", "desk=4,salesiq=7"},
        {"ZOHO_CONCURRENCY=SalesIQ=64; Desk=2", "desk=2,salesiq=64"},
        {"OAUTH_CLIENT_ID=1000.ABC", "1000.ABC"},
        {"SALESIQ_SCREEN_NAME=my-company_1", "my-company_1"},
        {"WEBHOOK_SECRET=\"two words\"", "two words"},
        {"SALESIQ_PUBLIC_KEY=\"-----BEGIN\nabc\n-----END\"",
         "-----BEGIN\nabc\n-----END"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char name[64] = {0};
        assert_int_equal(config_load(f, NULL, cases[i][0]), USHER_OK);
        assert_int_equal(f->problems.count, 0);
        memcpy(name, cases[i][0], strcspn(cases[i][0], "="));
        assert_string_equal(usher_config_get(f->config, name), cases[i][1]);
    }
}

static void a_wrong_value_is_told_with_its_line_and_a_right_one(void **state)
{
    static const char *const cases[][2] = {
        {"PORT=80a", "PORT must be a number from 1 to 65535, not \"80a\"; "
                     "write PORT=8000"},
        {"PORT=0", "PORT must be a number from 1 to 65535, not \"0\"; write "
                   "PORT=8000"},
        {"PORT=65536", "PORT must be a number from 1 to 65535, not \"65536\"; "
                       "write PORT=8000"},
        {"PORT=-1", "PORT must be a number from 1 to 65535, not \"-1\"; write "
                    "PORT=8000"},
        {"WORKERS=99999999999999999999",
         "WORKERS must be a number from 1 to 256, not "
         "\"99999999999999999999\"; write WORKERS=256"},
        {"WORKERS=0", "WORKERS must be a number from 1 to 256, not \"0\"; "
                      "write WORKERS=1"},
        {"WORKERS=-4", "WORKERS must be a number from 1 to 256, not \"-4\"; "
                       "write WORKERS=1"},
        {"WORKERS=many", "WORKERS must be a number from 1 to 256, not "
                         "\"many\"; write WORKERS=1"},
        {"RETENTION_DAYS=4000", "RETENTION_DAYS must be a number from 1 to "
                                "3650, not \"4000\"; write "
                                "RETENTION_DAYS=3650"},
        {"LOG_LEVEL=loud", "LOG_LEVEL must be one of debug info warn error, "
                           "not \"loud\"; write LOG_LEVEL=info"},
        {"ZOHO_DC=zoho.de", "ZOHO_DC must be one of in com eu com.au com.cn "
                            "jp ca sa uk ae sg, not \"zoho.de\"; write "
                            "ZOHO_DC=in"},
        {"HOST=example.com", "HOST must be an IP address of this machine, "
                             "0.0.0.0 for all, not \"example.com\"; write "
                             "HOST=0.0.0.0"},
        {"DESK_URL=desk.zoho.in", "DESK_URL must be an address that begins "
                                  "with https:// and ends before any ? or @, "
                                  "not \"desk.zoho.in\"; write DESK_URL="
                                  "https://desk.zoho.in"},
        {"SALESIQ_URL=notaurl", "SALESIQ_URL must be an address that begins "
                                "with https:// and ends before any ? or @, "
                                "not \"notaurl\"; write SALESIQ_URL="
                                "https://salesiq.zoho.in"},
        {"ZOHO_ACCOUNTS_URL=x", "ZOHO_ACCOUNTS_URL must be an address that "
                                "begins with https:// and ends before any ? "
                                "or @, not \"x\"; write ZOHO_ACCOUNTS_URL="
                                "https://accounts.zoho.in"},
        {"DATABASE_URL=usher.db", "DATABASE_URL must be sqlite:FILE or "
                                  "memory:, not \"usher.db\"; write "
                                  "DATABASE_URL=sqlite:usher.db"},
        {"DATABASE_URL=sqlite:", "DATABASE_URL must be sqlite:FILE or "
                                 "memory:, not \"sqlite:\"; write "
                                 "DATABASE_URL=sqlite:usher.db"},
        {"TIME_ZONE=IST!", "TIME_ZONE must be a time zone's name as "
                           "Continent/City, not \"IST!\"; write "
                           "TIME_ZONE=Asia/Kolkata"},
        {"DEFAULT_REGION=IND", "DEFAULT_REGION must be a country's two "
                               "letters, not \"IND\"; write "
                               "DEFAULT_REGION=IN"},
        {"BUSINESS_HOURS=9 to 5", "BUSINESS_HOURS: a day such as Mon is "
                                  "expected at \"9 to 5\"; write it as in "
                                  "Mon-Fri 09:00-18:00; Sat 10:00-14:00"},
        {"ZOHO_CONCURRENCY=desk=0", "ZOHO_CONCURRENCY must be numbers from 1 "
                                    "to 1000 for desk and salesiq, not "
                                    "\"desk=0\"; write ZOHO_CONCURRENCY="
                                    "desk=4,salesiq=32"},
        {"DESK_ORG_ID=12 34", "DESK_ORG_ID must be one word of letters, "
                              "digits, - and _, not \"12 34\"; write "
                              "DESK_ORG_ID=... as Zoho shows it"},
    };
    struct fixture *f = *state;
    char line[256];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        (void)snprintf(line, sizeof(line), "\n%s\n", cases[i][0]);
        assert_int_equal(config_load(f, NULL, line), USHER_ERR_INVALID);
        assert_null(f->config);
        assert_int_equal(f->problems.count, 1);
        (void)snprintf(line, sizeof(line), ".env:2: %s", cases[i][1]);
        assert_string_equal(config_problem(f, 0), line);
        assert_int_equal(config_load(f, cases[i][0], NULL), USHER_ERR_INVALID);
        (void)snprintf(line, sizeof(line), "environment: %s", cases[i][1]);
        assert_string_equal(config_problem(f, 0), line);
    }
}

static void urls_are_checked(void **state)
{
    static const char *const bad[] = {
        "https://",
        "https:///x",
        "https://a b",
        "https://a?x",
        "https://u:p@host",
        "https://a:0",
        "https://a:65536",
        "https://a:b",
        "ftp://a",
        "https://a/x y",
        "https://a/\xC3\xA9",
        "https://[::1",
        "https://a#x",
        "http:/a",
    };
    struct fixture *f = *state;
    char line[128];

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        (void)snprintf(line, sizeof(line), "DESK_URL='%s'", bad[i]);
        assert_int_equal(config_load(f, NULL, line), USHER_ERR_INVALID);
    }
    assert_int_equal(config_load(f, NULL, "DESK_URL=http://sim:8000"),
                     USHER_OK);
    assert_int_equal(f->problems.warnings, 1);
    assert_string_equal(config_problem(f, 0),
                        ".env:1: DESK_URL is not https: tokens cross the "
                        "network for everyone to read");
}

static void a_value_too_long_for_its_place_names_its_line(void **state)
{
    static const struct {
        const char *name;
        const char *start;
        size_t max;
    } cases[] = {{"SALESIQ_SCREEN_NAME", "n", 127},
                 {"SALESIQ_APP_ID", "1", 127},
                 {"DESK_ORG_ID", "6", 39},
                 {"DESK_DEPARTMENT_ID", "7", 127},
                 {"DESK_URL", "https://desk.example.com/", 255}};
    struct fixture *f = *state;
    char text[512], want[64];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int rest = (int)(cases[i].max - strlen(cases[i].start));

        for (int more = 0; more < 2; more++) {
            (void)snprintf(text, sizeof(text), "A=1\n%s=%s%0*d\n",
                           cases[i].name, cases[i].start, rest + more, 7);
            assert_int_equal(config_load(f, NULL, text),
                             more ? USHER_ERR_INVALID : USHER_OK);
        }
        (void)snprintf(want, sizeof(want), ".env:2: %s must be at most %zu ",
                       cases[i].name, cases[i].max);
        assert_memory_equal(config_problem(f, 0), want, strlen(want));
    }
}

static void all_errors_are_told_at_once(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(config_load(f, "WORKERS=many",
                                 "PORT=x\nwhat is this\n"
                                 "LOG_FORMAT=xml\n"),
                     USHER_ERR_INVALID);
    assert_int_equal(f->problems.errors, 4);
    assert_int_equal(f->problems.count, 4);
}

static void a_secret_comes_into_no_message(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(config_load(f, "WEBHOOK_SECRET=top\x01secret",
                                 "OAUTH_ACCESS_TOKEN=top secret\n"),
                     USHER_ERR_INVALID);
    assert_int_equal(f->problems.errors, 2);
    for (size_t i = 0; i < f->problems.count; i++)
        assert_null(strstr(f->problems.items[i].text, "top"));
    assert_string_equal(config_problem(f, 0),
                        ".env:1: OAUTH_ACCESS_TOKEN must be one word of plain "
                        "letters, without a blank or line break inside; write "
                        "OAUTH_ACCESS_TOKEN=... copied again in one piece");
}

/* Whatever the setting: a token may stand behind the wrong name. */
static void what_is_like_a_secret_comes_into_no_message(void **state)
{
    static const char *const names[] = {"DESK_ORG_ID", "PORT", "ZOHO_DC",
                                        "SALESIQ_URL", "TIME_ZONE"};
    static const char *const values[] = {
        "1000.0123456789abcdef0123456789abcdef.fedcba98",
        "0123456789abcdef0123456789abcdef0123456789", "=0123456789abcdef0123!"};
    struct fixture *f = *state;

    for (size_t i = 0; i < 15; i++) {
        char line[96];

        (void)snprintf(line, sizeof(line), "%s=%s\n", names[i / 3],
                       values[i % 3]);
        assert_int_equal(config_load(f, NULL, line), USHER_ERR_INVALID);
        assert_non_null(strstr(config_problem(f, 0), names[i / 3]));
        assert_null(strstr(config_problem(f, 0), "0123"));
    }
    assert_int_equal(config_load(f, NULL, "PORT=eighty-and-a-half\n"),
                     USHER_ERR_INVALID);
    assert_non_null(strstr(config_problem(f, 0), "\"eighty-and-a-half\""));
}

static void what_was_copied_with_a_value_is_left_out(void **state)
{
    static const char *const cases[][3] = {
        {"OAUTH_ACCESS_TOKEN=Bearer 1000.ab", "1000.ab", "begins with"},
        {"OAUTH_ACCESS_TOKEN=zoho-oauthtoken 1000.ab", "1000.ab",
         "begins with"},
        {"OAUTH_ACCESS_TOKEN=Authorization: Zoho-oauthtoken 1000.ab", "1000.ab",
         "begins with"},
        {"OAUTH_ACCESS_TOKEN='1000.ab'", "1000.ab", "has quotes"},
        {"OAUTH_ACCESS_TOKEN=\xE2\x80\x9C"
         "1000.ab\xE2\x80\x9D",
         "1000.ab", "has quotes"},
        {"OAUTH_ACCESS_TOKEN= 1000.ab\r\n", "1000.ab", "has blanks"},
        {"PORT=\"80\"", "80", "has quotes"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char name[64] = {0};
        assert_int_equal(config_load(f, cases[i][0], NULL), USHER_OK);
        memcpy(name, cases[i][0], strcspn(cases[i][0], "="));
        assert_string_equal(usher_config_get(f->config, name), cases[i][1]);
        assert_int_equal(f->problems.warnings, 1);
        assert_non_null(strstr(f->problems.items[0].text, cases[i][2]));
    }
    assert_int_equal(config_load(f, "PORT=' '", NULL), USHER_OK);
    assert_false(usher_config_is_set(f->config, USHER_SETTING_PORT));
    assert_int_equal(config_number(f, USHER_SETTING_PORT), 8000);
}

static void a_file_that_was_asked_for_must_be_there(void **state)
{
    struct fixture *f = *state;
    struct usher_config_source source = {.env_path = f->path};

    assert_int_equal(usher_config_load(&source, &f->config, &f->problems),
                     USHER_OK);
    usher_config_release(f->config);
    f->config = NULL;
    source.env_required = 1;
    assert_int_equal(usher_config_load(&source, &f->config, &f->problems),
                     USHER_ERR_INVALID);
    assert_string_equal(config_problem(f, 0),
                        ".env: there is no such file; make it, or name "
                        "another one with --env");
}

/* For who may not read it: its place counts, what stands in it does not. */
static void a_hidden_file_is_not_read(void **state)
{
    struct fixture *f = *state;
    char *environment[] = {"PORT=1", NULL};
    struct usher_config_source source = {.environ = environment,
                                         .env_path = f->path,
                                         .env_required = 1,
                                         .env_hidden = 1};

    assert_int_equal(config_load(f, NULL, "PORT=2\nADMIN_TOKEN=t\n"), USHER_OK);
    usher_config_release(f->config);
    assert_int_equal(usher_config_load(&source, &f->config, &f->problems),
                     USHER_OK);
    assert_int_equal(config_number(f, USHER_SETTING_PORT), 1);
    assert_null(config_text(f, USHER_SETTING_ADMIN_TOKEN));
    assert_null(usher_config_file(f->config));
    assert_string_equal(usher_config_folder(f->config), f->folder);
}

static void relative_paths_count_from_the_files_folder(void **state)
{
    struct fixture *f = *state;
    struct usher_config_source source = {.env_path = "/.env"};
    char expected[128];

    assert_int_equal(config_load(f, NULL, "FLOWS_DIR=my/flows"), USHER_OK);
    assert_string_equal(usher_config_folder(f->config), f->folder);
    (void)snprintf(expected, sizeof(expected), "%s/my/flows", f->folder);
    assert_string_equal(usher_config_flows_dir(f->config), expected);
    assert_int_equal(config_load(f, NULL, "FLOWS_DIR=/my/flows"), USHER_OK);
    assert_string_equal(usher_config_flows_dir(f->config), "/my/flows");
    usher_config_release(f->config);
    assert_int_equal(usher_config_load(&source, &f->config, &f->problems),
                     USHER_OK);
    assert_string_equal(usher_config_flows_dir(f->config), "/flows");
}

static void *read_and_release(void *user)
{
    struct usher_config *config = user;

    for (int i = 0; i < 1000; i++) {
        usher_config_retain(config);
        if (usher_config_number(config, USHER_SETTING_PORT) != 8000 ||
            !usher_config_get(config, "PORT"))
            return NULL;
        usher_config_release(config);
    }
    usher_config_release(config);
    return user;
}

static void threads_share_a_config(void **state)
{
    struct fixture *f = *state;
    pthread_t threads[4];
    void *fine;

    assert_int_equal(config_load(f, NULL, NULL), USHER_OK);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_and_release,
                                        usher_config_retain(f->config)),
                         0);
    usher_config_release(f->config);
    f->config = NULL; /* the last thread frees it */
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], &fine);
        assert_non_null(fine);
    }
}

static void without_memory_there_is_no_config(void **state)
{
    struct fixture *f = *state;
    unsigned long n;

    for (n = 1; n < 500; n++) {
        enum usher_status st;
        usher_config_release(f->config);
        f->config = NULL;
        fail_alloc_at(n);
        st = config_load(f, "SHOP=env",
                         "PORT=1\nADMIN_TOKEN=Bearer abc\nLOG_LEVEL=warn\n");
        if (!fail_alloc_off())
            break;
        /* A lost warning is none the worse. */
        assert_true(st == USHER_ERR_NOMEM || st == USHER_OK);
        assert_true((st == USHER_OK) == (f->config != NULL));
        if (st == USHER_OK) {
            assert_int_equal(f->problems.warnings, 1);
            assert_string_equal(usher_config_get(f->config, "SHOP"), "env");
        }
    }
    assert_in_range(n, 20, 400);
    assert_string_equal(config_text(f, USHER_SETTING_ADMIN_TOKEN), "abc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(nothing_set_gives_the_defaults),
        cmocka_unit_test(every_setting_has_a_good_entry),
        cmocka_unit_test(credentials_are_four_groups_of_four),
        CASE(the_environment_comes_before_the_file),
        CASE(good_values_get_their_normal_form),
        CASE(a_wrong_value_is_told_with_its_line_and_a_right_one),
        CASE(urls_are_checked),
        CASE(a_value_too_long_for_its_place_names_its_line),
        CASE(all_errors_are_told_at_once),
        CASE(a_secret_comes_into_no_message),
        CASE(what_is_like_a_secret_comes_into_no_message),
        CASE(what_was_copied_with_a_value_is_left_out),
        CASE(a_file_that_was_asked_for_must_be_there),
        CASE(a_hidden_file_is_not_read),
        CASE(relative_paths_count_from_the_files_folder),
        CASE(threads_share_a_config),
        CASE(without_memory_there_is_no_config),
    };

    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
