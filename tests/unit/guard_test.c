/* tests/unit/guard_test.c - keys that cannot be read are named, with setting
 * and line, before anybody calls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "config_fixture.h"
#include "conversation/guard.h"

#define KEY                                                            \
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDDTJahoaOwIPHRqLBJ6spHFaBa" \
    "VCAzGnIM3cR+3Gy54pSV802Tw3j1tCsEG0eKnCSXcNRwPlMY7uCBTkrZnxopTaDK" \
    "dr5XtmO/xHWBb+b/IRaI3p12cLhOFVybFAK8gzUj6NaMW+cdh7EPd8+pmsCISng6" \
    "fTaJ7dHoQy+4nmeppwIDAQAB"

static void expect_refused(struct fixture *f, const char *environment,
                           const char *text, const char *where,
                           const char *what)
{
    assert_int_equal(config_load(f, environment, text), USHER_OK);
    assert_int_equal(usher_guard_check(f->config, &f->problems),
                     USHER_ERR_INVALID);
    assert_int_equal(f->problems.errors, 1);
    assert_memory_equal(config_problem(f, 0), where, strlen(where));
    assert_non_null(strstr(config_problem(f, 0), what));
    assert_null(strstr(config_problem(f, 0), "AAAA"));
}

static void a_key_that_cannot_be_read_is_named(void **state)
{
    struct fixture *f = *state;

    expect_refused(f, NULL, "PORT=1\nSALESIQ_PUBLIC_KEY=AAAAjunk\n",
                   ".env:2: SALESIQ_PUBLIC_KEY: ", "public key 1 ");
    expect_refused(f, NULL, "\nSALESIQ_PUBLIC_KEY=" KEY ",AAAA\n",
                   ".env:2: SALESIQ_PUBLIC_KEY: ", "public key 2 ");
    expect_refused(f, NULL,
                   "A=1\nSALESIQ_PUBLIC_KEY=\"-----BEGIN PUBLIC KEY-----\n" KEY
                   "\n-----END PUBLIC KEY-----\n-----BEGIN PUBLIC KEY-----\n"
                   "AAAA\"\nB=1\n",
                   ".env:2: SALESIQ_PUBLIC_KEY: ", "public key 2 ");
    expect_refused(f, NULL,
                   "SALESIQ_PUBLIC_KEY='-----BEGIN CERTIFICATE-----'\n",
                   ".env:1: SALESIQ_PUBLIC_KEY: ", "never put a private key");
    expect_refused(f, "SALESIQ_PUBLIC_KEY=AAAA", "A=1\n",
                   "environment: SALESIQ_PUBLIC_KEY: ", "public key 1 ");
    expect_refused(f, NULL, "SALESIQ_PUBLIC_KEY=" KEY "," KEY "," KEY "\n",
                   ".env:1: SALESIQ_PUBLIC_KEY: ", "more than 2 public keys");
}

static void what_can_be_read_or_is_not_set_is_fine(void **state)
{
    static const char *const fine[] = {
        "A=1\n",
        "SALESIQ_PUBLIC_KEY=" KEY "\n",
        "SALESIQ_PUBLIC_KEY=" KEY "," KEY "\n",
        "SALESIQ_PUBLIC_KEY=\"-----BEGIN PUBLIC KEY-----\n" KEY
        "\n-----END PUBLIC KEY-----\"\n",
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++) {
        assert_int_equal(config_load(f, NULL, fine[i]), USHER_OK);
        assert_int_equal(usher_guard_check(f->config, &f->problems), USHER_OK);
        assert_int_equal(f->problems.count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_key_that_cannot_be_read_is_named),
        CASE(what_can_be_read_or_is_not_set_is_fine),
    };

    return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
