/* tests/unit/utf8_test.c - characters of several bytes beside GLib's look at
 * them, and plain ASCII beside a look at one byte after the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "core/utf8.h"

/* The length of the one character that begins here; 0 for ASCII. */
static size_t wanted(const unsigned char *at, size_t left)
{
    gunichar c = g_utf8_get_char_validated((const char *)at, (gssize)left);

    if (c >= 0x80000000U || c < 0x80)
        return 0;
    return (size_t)g_unichar_to_utf8(c, NULL);
}

static void look(const unsigned char *text)
{
    for (size_t left = 1; left <= 4; left++)
        if (usher_utf8_length(text, left) != wanted(text, left))
            fail_msg("%02x %02x %02x %02x, of them %zu", text[0], text[1],
                     text[2], text[3], left);
}

static void a_character_is_what_glib_says(void **state)
{
    static const unsigned char later[] = {0x41, 0x7F, 0x80, 0x8F,
                                          0xBF, 0xC0, 0xFF};
    unsigned char text[4];

    (void)state;
    for (int first = 0; first < 256; first++)
        for (int second = 1; second < 256; second++)
            for (size_t i = 0; i < sizeof(later) * sizeof(later); i++) {
                text[0] = (unsigned char)first;
                text[1] = (unsigned char)second;
                text[2] = later[i % sizeof(later)];
                text[3] = later[i / sizeof(later)];
                if (first >= 0x80 || i == 0)
                    look(text);
            }
}

/* Each byte at each place of texts of all small lengths. */
static void plain_ascii_ends_at_the_first_that_is_not(void **state)
{
    char text[20];

    (void)state;
    for (size_t len = 0; len <= sizeof(text); len++)
        for (size_t at = 0; at < len; at++)
            for (int byte = 0; byte < 256; byte++) {
                int is_plain =
                    byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';

                memset(text, '~', sizeof(text));
                text[at] = (char)byte;
                assert_int_equal(usher_ascii_plain(text, len),
                                 is_plain ? len : at);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_character_is_what_glib_says),
        cmocka_unit_test(plain_ascii_ends_at_the_first_that_is_not),
    };

    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
