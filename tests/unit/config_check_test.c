/* tests/unit/config_check_test.c - settings as a whole: credentials, names,
 * secrets, changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_fixture.h"
#include "core/config.h"

static void the_simulator_starts_only_where_no_visitor_can_be(void **state)
{
    static const struct {
        const char *line;
        int wants;
        const char *host;
    } cases[] = {
        {"PORT=1", 1, "127.0.0.1"},
        {"HOST=127.0.0.2", 1, "127.0.0.2"},
        {"HOST=::1", 1, "::1"},
        {"HOST=0.0.0.0", 0, "0.0.0.0"},
        {"DESK_CLIENT_ID=x", 0, "0.0.0.0"},
        {"OAUTH_ACCESS_TOKEN=x", 0, "0.0.0.0"},
        {"SALESIQ_VISITOR_REFRESH_TOKEN=x", 0, "0.0.0.0"},
        {"ZOHO_ACCOUNTS_URL=http://127.0.0.1:1", 0, "0.0.0.0"},
        {"ZOHO_DC=eu", 1, "127.0.0.1"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(config_load(f, cases[i].line, NULL), USHER_OK);
        assert_int_equal(usher_config_wants_simulator(f->config),
                         cases[i].wants);
        assert_string_equal(config_text(f, USHER_SETTING_HOST), cases[i].host);
    }
}

static void a_missing_credential_names_the_lines_to_add(void **state)
{
    static const struct {
        const char *text;
        size_t errors;
        size_t warnings;
        const char *first;
    } cases[] = {
        {"", 1, 0,
         "there is no credential for Zoho; add to .env: "
         "OAUTH_REFRESH_TOKEN=..., OAUTH_CLIENT_ID=..., "
         "OAUTH_CLIENT_SECRET=... (or start with --simulator to try usher "
         "without)"},
        {"OAUTH_CLIENT_ID=a\nOAUTH_CLIENT_SECRET=b", 1, 0,
         "there is no credential for Zoho; add to .env: "
         "OAUTH_REFRESH_TOKEN=... (or start with --simulator to try usher "
         "without)"},
        {"OAUTH_REFRESH_TOKEN=r\nOAUTH_CLIENT_ID=a\nOAUTH_CLIENT_SECRET=b", 0,
         0, NULL},
        {"OAUTH_REFRESH_TOKEN=r\nOAUTH_CLIENT_ID=a", 1, 0,
         ".env:1: OAUTH_REFRESH_TOKEN is of no use without "
         "OAUTH_CLIENT_SECRET; add the line OAUTH_CLIENT_SECRET=... to .env "
         "(it stands beside the client in Zoho's API console)"},
        {"OAUTH_REFRESH_TOKEN=r\nOAUTH_CLIENT_SECRET=b", 1, 0,
         ".env:1: OAUTH_REFRESH_TOKEN is of no use without OAUTH_CLIENT_ID; "
         "add the line OAUTH_CLIENT_ID=... to .env (it stands beside the "
         "client in Zoho's API console)"},
        {"OAUTH_REFRESH_TOKEN=r", 2, 0,
         ".env:1: OAUTH_REFRESH_TOKEN is of no use without OAUTH_CLIENT_ID; "
         "add the line OAUTH_CLIENT_ID=... to .env (it stands beside the "
         "client in Zoho's API console)"},
        {"DESK_REFRESH_TOKEN=r\nDESK_CLIENT_ID=a\nDESK_CLIENT_SECRET=b\n"
         "OAUTH_ACCESS_TOKEN=t\nSALESIQ_CLIENT_SECRET=s",
         1, 1,
         ".env:4: OAUTH_ACCESS_TOKEN ends within the hour and cannot be "
         "renewed; add the line OAUTH_REFRESH_TOKEN=... to .env"},
        {"SALESIQ_ACCESS_TOKEN=t\nSALESIQ_VISITOR_ACCESS_TOKEN=t\n"
         "DESK_ACCESS_TOKEN=t",
         0, 3,
         ".env:1: SALESIQ_ACCESS_TOKEN ends within the hour and cannot be "
         "renewed; add the line SALESIQ_REFRESH_TOKEN=... to .env"},
        {"OAUTH_ACCESS_TOKEN=t", 0, 1,
         ".env:1: OAUTH_ACCESS_TOKEN ends within the hour and cannot be "
         "renewed; add the line OAUTH_REFRESH_TOKEN=... to .env"},
        {"DESK_REFRESH_TOKEN=r\nOAUTH_CLIENT_ID=a\nOAUTH_CLIENT_SECRET=b", 0, 2,
         "there is no credential for calls of salesiq; add the line "
         "SALESIQ_REFRESH_TOKEN=... or OAUTH_REFRESH_TOKEN=... to .env"},
        {"OAUTH_REFRESH_TOKEN=r\nOAUTH_CLIENT_ID=a\nOAUTH_CLIENT_SECRET=b\n"
         "DESK_CLIENT_ID=c",
         1, 0,
         "the client of credential desk has no token; add the line "
         "DESK_REFRESH_TOKEN=... to .env"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(config_load(f, NULL, cases[i].text), USHER_OK);
        assert_int_equal(usher_config_check_credentials(f->config,
                                                        &f->problems),
                         cases[i].errors ? USHER_ERR_INVALID : USHER_OK);
        assert_int_equal(f->problems.errors, cases[i].errors);
        assert_int_equal(f->problems.warnings, cases[i].warnings);
        if (cases[i].first)
            assert_string_equal(config_problem(f, 0), cases[i].first);
        assert_int_equal(usher_config_check_credentials(f->config, NULL),
                         cases[i].errors ? USHER_ERR_INVALID : USHER_OK);
    }
}

static void a_webhook_with_neither_secret_nor_key_is_open(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(config_load(f, NULL, "OAUTH_REFRESH_TOKEN=r"), USHER_OK);
    assert_true(usher_config_is_open(f->config));
    assert_int_equal(config_load(f, NULL, "WEBHOOK_SECRET=s"), USHER_OK);
    assert_false(usher_config_is_open(f->config));
    assert_int_equal(config_load(f, "WEBHOOK_SECRET=s", NULL), USHER_OK);
    assert_false(usher_config_is_open(f->config));
    assert_int_equal(config_load(f, NULL, "WEBHOOK_SECRET="), USHER_OK);
    assert_true(usher_config_is_open(f->config));
}

static void a_file_with_secrets_is_its_owners(void **state)
{
    static const struct {
        const char *text;
        mode_t mode;
        unsigned exposed;
    } cases[] = {
        {"DESK_CLIENT_SECRET=s", 0644, 0644},
        {"DESK_CLIENT_SECRET=s", 0640, 0640},
        {"DESK_CLIENT_SECRET=s", 0602, 0602},
        {"DESK_CLIENT_SECRET=s", 0600, 0},
        {"DESK_CLIENT_SECRET=s", 0400, 0},
        {"SHOP_API_KEY=s", 0644, 0644},
        {"DESK_CLIENT_SECRET=", 0644, 0},
        {"TIME_ZONE=Asia/Kolkata", 0644, 0},
    };
    struct fixture *f = *state;
    char link[128];

    snprintf(link, sizeof(link), "%s/link", f->folder);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(config_load(f, NULL, cases[i].text), USHER_OK);
        assert_int_equal(chmod(f->path, cases[i].mode), 0);
        assert_int_equal(usher_config_exposed(f->config, f->path),
                         cases[i].exposed);
        assert_int_equal(symlink(f->path, link), 0);
        assert_int_equal(usher_config_exposed(f->config, link),
                         cases[i].exposed);
        unlink(link);
        unlink(f->path);
        assert_int_equal(usher_config_exposed(f->config, f->path), 0);
    }
    assert_int_equal(config_load(f, "DESK_CLIENT_SECRET=s", NULL), USHER_OK);
    assert_int_equal(usher_config_exposed(f->config, f->path), 0);
}

static void an_unknown_name_is_a_warning_with_the_nearest(void **state)
{
    static const char *const declared[] = {"WEATHER_URL", "SHOP_KEY"};
    static const char *const cases[][2] = {
        {"PROT", "PORT"},
        {"port", "PORT"},
        {"SALES_IQ_APP_ID", "SALESIQ_APP_ID"},
        {"ZOHO_CLIENT_ID", "OAUTH_CLIENT_ID"},
        {"CLIENT_SECRET", "OAUTH_CLIENT_SECRET"},
        {"DESK_CLIENTID", "DESK_CLIENT_ID"},
        {"ZOHO_REFRESH_TOKEN", "OAUTH_REFRESH_TOKEN"},
        {"my_other_access_token", "OAUTH_ACCESS_TOKEN"},
        {"SHOP_KY", "SHOP_KEY"},
        {"DSK_CLIENT_ID", "DESK_CLIENT_ID"},
        {"WHETHER_URL", "WEATHER_URL"},
        {"TIMEZONE", "TIME_ZONE"},
    };
    struct fixture *f = *state;
    char line[128];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        (void)snprintf(line, sizeof(line), "SHOP_KEY=1\n%s=2\n", cases[i][0]);
        assert_int_equal(config_load(f, "ODD_NAME=1", line), USHER_OK);
        usher_config_check_names(f->config, declared, 2, &f->problems);
        assert_int_equal(f->problems.count, 1);
        (void)snprintf(line, sizeof(line),
                       ".env:2: nobody knows the setting %s; is %s meant?",
                       cases[i][0], cases[i][1]);
        assert_string_equal(config_problem(f, 0), line);
    }
    assert_int_equal(config_load(f, NULL, "QUITE_ANOTHER_WORD=1"), USHER_OK);
    usher_config_check_names(f->config, NULL, 0, &f->problems);
    assert_string_equal(config_problem(f, 0),
                        ".env:1: nobody knows the setting "
                        "QUITE_ANOTHER_WORD; a flow that needs it names it "
                        "under settings in init.lua");
}

static void settings_of_flows_are_found_by_name(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(
        config_load(f, "SHOP=env", "SHOP=file\nCITY=Pune\nNONE=\n"), USHER_OK);
    assert_string_equal(usher_config_get(f->config, "SHOP"), "env");
    assert_string_equal(usher_config_get(f->config, "CITY"), "Pune");
    assert_string_equal(usher_config_get(f->config, "PORT"), "8000");
    assert_null(usher_config_get(f->config, "NONE"));
    assert_null(usher_config_get(f->config, "SHO"));
    assert_null(usher_config_get(f->config, "TIME_ZONE"));
}

static void names_that_sound_secret_are(void **state)
{
    static const char *const yes[] = {"SHOP_KEY",      "shop_api_key",
                                      "APIKEY",        "DB_PASSWORD",
                                      "MY_TOKEN",      "SENTRY_DSN",
                                      "TOKEN_OF_MINE", "WEBHOOK_SECRET",
                                      "ADMIN_TOKEN"};
    static const char *const no[] = {
        "PORT", "SHOP_URL", "KEYBOARD", "SALESIQ_PUBLIC_KEY", "TOKENIZERS", ""};

    (void)state;
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
        assert_true(usher_config_is_secret(yes[i]));
    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
        assert_false(usher_config_is_secret(no[i]));
}

static void note_secret(void *user, const char *value)
{
    struct fixture *f = user;

    strcat(f->seen, value);
    strcat(f->seen, " ");
}

static void all_secrets_are_told_to_the_log(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(config_load(f, "SHOP_KEY=from-env",
                                 "CITY=Pune\nSHOP_KEY=from-file\nOTHER_KEY=\n"
                                 "ADMIN_TOKEN='admin' # x\nPORT=1\n"),
                     USHER_OK);
    usher_config_secrets(f->config, note_secret, f);
    assert_string_equal(f->seen, "admin from-file admin from-env ");
}

static void note_change(void *user, const char *name, int restart)
{
    struct fixture *f = user;

    strcat(f->seen, name);
    strcat(f->seen, restart ? "! " : " ");
}

static void changes_are_listed_with_what_needs_a_restart(void **state)
{
    struct fixture *f = *state;
    struct usher_config *before;

    assert_int_equal(config_load(f, NULL,
                                 "PORT=1\nSHOP=a\nGONE=x\nSAME=s\n"
                                 "LOG_LEVEL=debug\nZOHO_DC=com\n"),
                     USHER_OK);
    before = usher_config_retain(f->config);
    assert_int_equal(config_load(f, NULL,
                                 "PORT=2\nSHOP=b\nNEW=y\nSAME='s'\n"
                                 "LOG_LEVEL=warn\nZOHO_DC=us\n"
                                 "OAUTH_ACCESS_TOKEN=t\n"),
                     USHER_OK);
    usher_config_diff(before, f->config, note_change, f);
    assert_string_equal(f->seen, "HOST! PORT! OAUTH_ACCESS_TOKEN LOG_LEVEL "
                                 "SHOP NEW GONE ");
    f->seen[0] = '\0';
    usher_config_diff(f->config, f->config, note_change, f);
    assert_string_equal(f->seen, "");
    usher_config_diff(NULL, f->config, note_change, f); /* all that is set */
    assert_non_null(strstr(f->seen, "PORT! "));
    assert_non_null(strstr(f->seen, " SHOP NEW SAME "));
    usher_config_release(before);
}

static void fixed_settings_win_and_hide(void **state)
{
    struct fixture *f = *state;
    char *fixed[] = {"DESK_URL=http://127.0.0.1:9",
                     "DESK_REFRESH_TOKEN=", "OAUTH_ACCESS_TOKEN=one",
                     "OAUTH_ACCESS_TOKEN=two", NULL};
    char *environment[] = {"DESK_REFRESH_TOKEN=real", "PORT=1", NULL};
    struct usher_config_source source = {
        .fixed = fixed, .environ = environment, .env_path = f->path};
    struct usher_config *config;

    assert_int_equal(config_load(f, NULL,
                                 "DESK_URL=https://desk.zoho.in\n"
                                 "OAUTH_ACCESS_TOKEN=real\nDESK_ORG_ID=7\n"),
                     USHER_OK);
    assert_int_equal(usher_config_load(&source, &config, NULL), USHER_OK);
    assert_string_equal(usher_config_text(config, USHER_SETTING_DESK_URL),
                        "http://127.0.0.1:9");
    assert_string_equal(
        usher_config_text(config, USHER_SETTING_OAUTH_ACCESS_TOKEN), "one");
    assert_null(usher_config_text(config, USHER_SETTING_DESK_REFRESH_TOKEN));
    assert_null(usher_config_get(config, "DESK_REFRESH_TOKEN"));
    assert_string_equal(usher_config_text(config, USHER_SETTING_DESK_ORG_ID),
                        "7");
    assert_int_equal(usher_config_number(config, USHER_SETTING_PORT), 1);
    assert_string_equal(usher_config_origin(config, USHER_SETTING_DESK_URL),
                        "the simulator");
    assert_true(
        usher_config_differs(config, f->config, USHER_SETTING_DESK_URL));
    assert_false(
        usher_config_differs(config, f->config, USHER_SETTING_DESK_ORG_ID));
    usher_config_release(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_simulator_starts_only_where_no_visitor_can_be),
        CASE(a_missing_credential_names_the_lines_to_add),
        CASE(a_webhook_with_neither_secret_nor_key_is_open),
        CASE(a_file_with_secrets_is_its_owners),
        CASE(an_unknown_name_is_a_warning_with_the_nearest),
        CASE(settings_of_flows_are_found_by_name),
        cmocka_unit_test(names_that_sound_secret_are),
        CASE(all_secrets_are_told_to_the_log),
        CASE(changes_are_listed_with_what_needs_a_restart),
        CASE(fixed_settings_win_and_hide),
    };

    return cmocka_run_group_tests_name("config_check", tests, NULL, NULL);
}
