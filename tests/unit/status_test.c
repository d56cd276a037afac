/* tests/unit/status_test.c - every status has words, messages are cut well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "core/error_list.h"
#include "core/status.h"
#include "fail_alloc.h"

static void every_status_has_words_of_its_own(void **state)
{
    (void)state;
    for (int a = USHER_OK; a <= USHER_ERR_TIMEOUT; a++) {
        const char *text = usher_status_text((enum usher_status)a);
        assert_string_not_equal(text, "unknown status");
        for (int b = USHER_OK; b < a; b++)
            assert_string_not_equal(text,
                                    usher_status_text((enum usher_status)b));
    }
    assert_string_equal(usher_status_text((enum usher_status)99),
                        "unknown status");
}

static void a_message_is_written(void **state)
{
    struct usher_error error;

    (void)state;
    usher_error_set(&error, "line %d: %s", 7, "no");
    assert_string_equal(error.text, "line 7: no");
    usher_error_set(NULL, "nobody reads this");
}

static void a_long_message_is_cut_between_characters(void **state)
{
    struct usher_error error;
    char text[1024];

    (void)state;
    /* The cut at byte 511 falls on each byte of a character in turn. */
    for (size_t shift = 0; shift < 3; shift++) {
        memset(text, 'x', sizeof(text));
        for (size_t i = shift; i + 3 < sizeof(text); i += 3)
            memcpy(text + i, "€", 3);
        text[sizeof(text) - 1] = '\0';
        usher_error_set(&error, "%s", text);
        assert_int_equal((strlen(error.text) - shift) % 3, 0);
        assert_in_range(strlen(error.text), 509, 511);
    }
    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    usher_error_set(&error, "%s", text);
    assert_int_equal(strlen(error.text), 511);
}

static void a_list_keeps_errors_and_warnings_in_order(void **state)
{
    struct usher_error_list list = {0};

    (void)state;
    for (int i = 0; i < 20; i++) {
        usher_error_list_error(&list, "error %d", i);
        usher_error_list_warn(&list, "warning %d", i);
    }
    assert_int_equal(list.count, 40);
    assert_int_equal(list.errors, 20);
    assert_int_equal(list.warnings, 20);
    assert_string_equal(list.items[38].text, "error 19");
    assert_int_equal(list.items[38].warning, 0);
    assert_string_equal(list.items[39].text, "warning 19");
    assert_int_equal(list.items[39].warning, 1);
    usher_error_list_free(&list);
    assert_int_equal(list.count, 0);
    assert_int_equal(list.errors, 0);
    usher_error_list_error(NULL, "nobody reads this");
}

static void a_list_counts_what_it_has_no_memory_for(void **state)
{
    struct usher_error_list list = {0};

    (void)state;
    fail_alloc_at(1);
    usher_error_list_error(&list, "lost");
    assert_true(fail_alloc_off());
    assert_int_equal(list.count, 0);
    assert_int_equal(list.errors, 1);
    usher_error_list_error(&list, "kept");
    assert_int_equal(list.count, 1);
    assert_int_equal(list.errors, 2);
    usher_error_list_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_words_of_its_own),
        cmocka_unit_test(a_message_is_written),
        cmocka_unit_test(a_long_message_is_cut_between_characters),
        cmocka_unit_test(a_list_keeps_errors_and_warnings_in_order),
        cmocka_unit_test(a_list_counts_what_it_has_no_memory_for),
    };

    return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
