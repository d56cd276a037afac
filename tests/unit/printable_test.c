/* tests/unit/printable_test.c - text of strangers steers no terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/printable.h"

static void control_characters_are_replaced(void **state)
{
    static const struct {
        const char *text;
        const char *line;
        const char *lines;
    } cases[] = {
        {"", "", ""},
        {"plain, gr\xc3\xbc\xc3\x9f", "plain, gr\xc3\xbc\xc3\x9f",
         "plain, gr\xc3\xbc\xc3\x9f"},
        {"\x1b[2Jgone", "?[2Jgone", "?[2Jgone"},
        {"a\nb\tc", "a b c", "a\nb\tc"},
        {"over\rwritten\x08\x7f", "over?written??", "over?written??"},
        {"\xc2\x9b"
         "31mred",
         "??31mred", "??31mred"},
        {"ends \xc2", "ends \xc2", "ends \xc2"},
        {"\xc2\xa0kept", "\xc2\xa0kept", "\xc2\xa0kept"},
        {"\x1f\x01 !~", "?? !~", "?? !~"},
        {"\xc2\x80\xc2\x9f\xc2\x7f", "????\xc2?", "????\xc2?"},
        {"\xc3\x9b", "\xc3\x9b", "\xc3\x9b"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[64];

        snprintf(text, sizeof(text), "%s", cases[i].text);
        usher_printable(text, 0);
        assert_string_equal(text, cases[i].line);
        snprintf(text, sizeof(text), "%s", cases[i].text);
        usher_printable(text, 1);
        assert_string_equal(text, cases[i].lines);
    }
    usher_printable(NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(control_characters_are_replaced),
    };

    return cmocka_run_group_tests_name("printable", tests, NULL, NULL);
}
