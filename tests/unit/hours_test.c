/* tests/unit/hours_test.c - opening hours as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "core/hours.h"

/* "Mo 540-1080 ..." for comparing. */
static void show(const struct usher_hours *hours, char *out, size_t size)
{
    static const char *const days[] = {"Mo", "Tu", "We", "Th",
                                       "Fr", "Sa", "Su"};
    size_t len = 0;

    out[0] = '\0';
    for (int d = 0; d < 7; d++) {
        for (int i = 0; i < hours->days[d].count; i++) {
            len += (size_t)snprintf(out + len, size - len, "%s%s %d-%d",
                                    len ? " " : "", days[d],
                                    hours->days[d].spans[i].from,
                                    hours->days[d].spans[i].to);
        }
    }
}

static void hours_are_read(void **state)
{
    static const char *const cases[][2] = {
        {"Mon 9-18", "Mo 540-1080"},
        {"Mon-Tue 09:00-18:00; Sat 10:00-14:00",
         "Mo 540-1080 Tu 540-1080 Sa 600-840"},
        {"mo,WED 9:30 - 12", "Mo 570-720 We 570-720"},
        {"Monday: 9.15-10", "Mo 555-600"},
        {"Sun-Mon 1-2", "Mo 60-120 Su 60-120"},
        {"Sat-Tue 1-2", "Mo 60-120 Tu 60-120 Sa 60-120 Su 60-120"},
        {"Tue-Tue 1-2", "Tu 60-120"},
        {"Fr 14-18, 09-13", "Fr 540-780 Fr 840-1080"},
        {"Fr 9-13, 13-18", "Fr 540-1080"},
        {"Fr 9-14; Fr 10-11; Fr 13-18", "Fr 540-1080"},
        {"Fr 1-2,3-4,5-6,7-8,2-7", "Fr 60-480"},
        {"Tu 24h", "Tu 0-1440"},
        {"Tu 0:00-24:00", "Tu 0-1440"},
        {"Tu closed; We 1-2;", "We 60-120"},
        {"Tu 9\xE2\x80\x93"
         "17",
         "Tu 540-1020"},
        {"daily 23-24", "Mo 1380-1440 Tu 1380-1440 We 1380-1440 Th 1380-1440 "
                        "Fr 1380-1440 Sa 1380-1440 Su 1380-1440"},
    };
    struct usher_hours hours;
    char text[512];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(usher_hours_parse(cases[i][0], &hours, NULL),
                         USHER_OK);
        show(&hours, text, sizeof(text));
        assert_string_equal(text, cases[i][1]);
    }
}

static void the_normal_form_is_short_and_means_the_same(void **state)
{
    static const char *const cases[][2] = {
        {"Fri 9-18; Mon-Thu 9-18; sa 10-14",
         "Mon-Fri 09:00-18:00; Sat 10:00-14:00"},
        {"Sun-Mon 1:05-2", "Mon 01:05-02:00; Sun 01:05-02:00"},
        {"We 14-18, 9-13", "Wed 09:00-13:00,14:00-18:00"},
        {"24/7", "Mon-Sun 00:00-24:00"},
        {"daily 24h; Tu closed", "Mon-Sun 00:00-24:00"},
        {"Sat to Sun 9-10", "Sat-Sun 09:00-10:00"},
        {"Mon 9-18; Tue 9-17; Wed 8-17",
         "Mon 09:00-18:00; Tue 09:00-17:00; Wed 08:00-17:00"},
        {"Mon-Tue 9-12,13-18; Wed 9-12",
         "Mon-Tue 09:00-12:00,13:00-18:00; Wed 09:00-12:00"},
        {"Mon 09:59 - 23:59 ; Tue 0-1", "Mon 09:59-23:59; Tue 00:00-01:00"},
    };
    struct usher_hours hours;
    struct usher_hours again;
    struct usher_buffer text;

    (void)state;
    usher_buffer_init(&text, 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(usher_hours_parse(cases[i][0], &hours, NULL),
                         USHER_OK);
        usher_buffer_clear(&text);
        usher_hours_write(&hours, &text);
        assert_string_equal(text.data, cases[i][1]);
        assert_int_equal(usher_hours_parse(text.data, &again, NULL), USHER_OK);
        for (int d = 0; d < 7; d++) {
            assert_int_equal(hours.days[d].count, again.days[d].count);
            assert_memory_equal(hours.days[d].spans, again.days[d].spans,
                                (size_t)hours.days[d].count *
                                    sizeof(hours.days[d].spans[0]));
        }
    }
    usher_buffer_free(&text);
}

static void what_is_wrong_is_told(void **state)
{
    static const char *const cases[][2] = {
        {"", "days and times are expected at its end"},
        {" ; ", "days and times are expected at its end"},
        {"9-18", "a day such as Mon is expected at \"9-18\""},
        {"M 9-18", "a day such as Mon is expected at \"M 9-18\""},
        {"Mon- 9-18", "a day such as Mon is expected at \"9-18\""},
        {"Mondays 9-18", "a day such as Mon is expected at \"Mondays 9-18\""},
        {"Mon", "a time such as 09:00-18:00 is expected at its end"},
        {"Mon 9", "a time such as 09:00-18:00 is expected at \"9\""},
        {"Mon 9 till 5",
         "a time such as 09:00-18:00 is expected at \"9 till 5\""},
        {"Mon 9 to 5", "a time that ends before it begins (divide it at "
                       "midnight) at \"9 to 5\""},
        {"Mon closed", "no day is open at its end"},
        {"24/7 or so", "nothing more is expected at \"or so\""},
        {"Mon 9:60-10",
         "a time such as 09:00-18:00 is expected at \"9:60-10\""},
        {"Mon 9-24:01",
         "a time such as 09:00-18:00 is expected at \"9-24:01\""},
        {"Mon 100-200",
         "a time such as 09:00-18:00 is expected at \"100-200\""},
        {"Mon 22-6", "a time that ends before it begins (divide it at "
                     "midnight) at \"22-6\""},
        {"Mon 9-9", "a time that ends before it begins (divide it at "
                    "midnight) at \"9-9\""},
        {"Mon 9-18 Tue 9-18",
         "a ; between two parts is expected at \"Tue 9-18\""},
        {"Mon 9-25", "a time such as 09:00-18:00 is expected at \"9-25\""},
        {"Mon 9-18; Montag und Dienstag den ganzen Tag, sonst zu",
         "a day such as Mon is expected at \"Montag und Dienstag den ganzen "
         "Tag, sons\""},
        {"Mon 1-2,3-4,5-6,7-8,9-10", "a day has too many parts at its end"},
    };
    struct usher_hours hours;
    struct usher_hours closed;
    struct usher_error error;

    (void)state;
    memset(&closed, 0, sizeof(closed));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(usher_hours_parse(cases[i][0], &hours, &error),
                         USHER_ERR_PARSE);
        assert_memory_equal(error.text, cases[i][1], strlen(cases[i][1]));
        assert_string_equal(error.text + strlen(cases[i][1]),
                            "; write it as in Mon-Fri 09:00-18:00; Sat "
                            "10:00-14:00");
        assert_memory_equal(&hours, &closed, sizeof(hours));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hours_are_read),
        cmocka_unit_test(the_normal_form_is_short_and_means_the_same),
        cmocka_unit_test(what_is_wrong_is_told),
    };

    return cmocka_run_group_tests_name("hours", tests, NULL, NULL);
}
