/* tests/unit/settings_show_test.c - what people who may not read `.env` are
 * told of it, the group of ADMIN_GROUP, and where the socket is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "config_fixture.h"
#include "conversation/admin.h"
#include "conversation/settings_show.h"

static char *show(struct fixture *f, const char *const *declared, size_t count)
{
    struct usher_buffer out;

    usher_buffer_init(&out, 0);
    usher_settings_show(f->config, declared, count, &out);
    return usher_buffer_take(&out, NULL);
}

static void no_secret_is_shown_but_that_it_is_set(void **state)
{
    struct fixture *f = *state;
    const char *declared[] = {"SHOP_KEY", "SHOP_PAGE", "SHOP_NONE"};
    char *text;

    assert_int_equal(
        config_load(f, "SHOP_KEY=one-secret-here",
                    "TIME_ZONE=Asia/Kolkata\n"
                    "OAUTH_REFRESH_TOKEN=two-secret-here\n"
                    "WEBHOOK_SECRET=three-secret-here\n"
                    "ADMIN_TOKEN=four-secret-here\n"
                    "SHOP_PAGE=https://ann:five-secret-here@example.com\n"
                    "UNKNOWN=six-secret-here\n"),
        USHER_OK);
    text = show(f, declared, 3);
    assert_non_null(strstr(text, "\"settings\":{\"TIME_ZONE\":"
                                 "\"Asia/Kolkata\"}"));
    assert_non_null(
        strstr(text, "\"set\":[\"OAUTH_REFRESH_TOKEN\",\"WEBHOOK_SECRET\","
                     "\"ADMIN_TOKEN\",\"SHOP_KEY\",\"SHOP_PAGE\""));
    assert_non_null(strstr(text, "\"UNKNOWN\""));
    assert_null(strstr(text, "SHOP_NONE"));
    assert_null(strstr(text, "secret-here"));
    free(text);
}

static void what_is_not_set_is_not_shown(void **state)
{
    struct fixture *f = *state;
    char *text;

    assert_int_equal(config_load(f, NULL, NULL), USHER_OK);
    text = show(f, NULL, 0);
    assert_non_null(strstr(text, "\"settings\":{},\"set\":[]"));
    free(text);
}

static void a_group_is_a_name_or_a_number(void **state)
{
    struct fixture *f = *state;
    int64_t gid;

    assert_int_equal(config_load(f, NULL, NULL), USHER_OK);
    assert_true(usher_config_admin_group(f->config, &gid, NULL));
    assert_int_equal(gid, -1);
    assert_int_equal(config_load(f, "ADMIN_GROUP=root", NULL), USHER_OK);
    assert_true(usher_config_admin_group(f->config, &gid, NULL));
    assert_int_equal(gid, 0);
    assert_int_equal(config_load(f, "ADMIN_GROUP=4711", NULL), USHER_OK);
    assert_true(usher_config_admin_group(f->config, &gid, NULL));
    assert_int_equal(gid, 4711);
}

static void a_group_that_is_none_is_told_with_its_line(void **state)
{
    struct fixture *f = *state;
    int64_t gid;

    assert_int_equal(config_load(f, NULL, "#\nADMIN_GROUP=no-such-group\n"),
                     USHER_OK);
    assert_false(usher_config_admin_group(f->config, &gid, &f->problems));
    assert_int_equal(gid, -1);
    assert_non_null(
        strstr(config_problem(f, 0), ".env:2: ADMIN_GROUP must be"));
    assert_non_null(strstr(config_problem(f, 0), "\"no-such-group\""));
}

/* Beside the database, or where a person wants it; two engines that share the
 * settings have one each. */
static void the_socket_has_its_place(void **state)
{
    static const char simulators[] = "sqlite:usher.db.simulator";
    struct fixture *f = *state;
    char path[256];

    assert_int_equal(
        config_load(f, NULL, "DATABASE_URL=sqlite:/srv/usher.db\n"), USHER_OK);
    assert_true(usher_admin_socket(f->config, "sqlite:/srv/usher.db", path,
                                   sizeof(path)));
    assert_string_equal(path, "/srv/usher.db.socket");
    assert_true(usher_admin_socket(f->config, simulators, path, sizeof(path)));
    assert_non_null(strstr(path, "/usher.db.simulator.socket"));
    assert_false(usher_admin_socket(f->config, "memory:", path, sizeof(path)));
    assert_false(
        usher_admin_socket(f->config, "sqlite:/srv/usher.db", path, 20));
    assert_int_equal(config_load(f, NULL,
                                 "DATABASE_URL=sqlite:/srv/usher.db\n"
                                 "ADMIN_SOCKET=/run/usher\n"),
                     USHER_OK);
    assert_true(usher_admin_socket(f->config, "sqlite:/srv/usher.db", path,
                                   sizeof(path)));
    assert_string_equal(path, "/run/usher");
    assert_true(usher_admin_socket(f->config, simulators, path, sizeof(path)));
    assert_string_equal(path, "/run/usher.simulator");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(no_secret_is_shown_but_that_it_is_set),
        CASE(what_is_not_set_is_not_shown),
        CASE(a_group_is_a_name_or_a_number),
        CASE(a_group_that_is_none_is_told_with_its_line),
        CASE(the_socket_has_its_place),
    };

    return cmocka_run_group_tests_name("settings_show", tests, NULL, NULL);
}
