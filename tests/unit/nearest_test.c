/* tests/unit/nearest_test.c - words that are meant, and advice on errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/nearest.h"
#include "script/advice.h"

static void the_distance_counts_changes(void **state)
{
    static const struct {
        const char *a, *b;
        size_t far;
    } cases[] = {
        {"say", "say", 0}, {"SAY", "say", 0},     {"sya", "say", 1},
        {"sa", "say", 1},  {"says", "say", 1},    {"soy", "say", 1},
        {"", "say", 3},    {"finder", "find", 2}, {"hand_ovre", "hand_over", 1},
        {"abc", "xyz", 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(usher_word_distance(cases[i].a, cases[i].b),
                         cases[i].far);
        assert_int_equal(usher_word_distance(cases[i].b, cases[i].a),
                         cases[i].far);
    }
}

static void long_words_are_far_from_everything(void **state)
{
    static const char word[] = "0123456789012345678901234567890123456789"
                               "012345678901234567890123456789";

    (void)state;
    assert_true(usher_word_distance(word, word) == SIZE_MAX);
    assert_true(usher_word_distance(word, "a") == SIZE_MAX);
    assert_true(usher_word_distance("a", word) == SIZE_MAX);
    assert_true(usher_word_distance(word + 5, "a") == SIZE_MAX); /* 65 */
    assert_int_equal(usher_word_distance(word + 6, word + 6), 0);
    assert_int_equal(usher_word_distance(word + 6, ""), 64);
}

static void longer_words_reach_further(void **state)
{
    (void)state;
    assert_int_equal(usher_word_reach("say"), 1);
    assert_int_equal(usher_word_reach("4444"), 1);
    assert_int_equal(usher_word_reach("55555"), 2);
    assert_int_equal(usher_word_reach("88888888"), 2);
    assert_int_equal(usher_word_reach("999999999"), 3);
    assert_int_equal(usher_word_reach("choose"), 2);
    assert_int_equal(usher_word_reach("transcript"), 3);
}

static void a_word_of_four_letters_is_no_other_one(void **state)
{
    (void)state;
    assert_true(usher_word_distance("wait", "task") > usher_word_reach("wait"));
    assert_true(usher_word_distance("send", "find") > usher_word_reach("send"));
    assert_true(usher_word_distance("vist", "visit") <=
                usher_word_reach("vist"));
}

static void advice_knows_the_line(void **state)
{
    (void)state;
    assert_string_equal(usher_advice("flows/x.lua:2: 'then' expected near '='",
                                     "if x = 1 then"),
                        "to compare, write == ; a single = sets");
    assert_string_equal(usher_advice("flows/x.lua:2: no luck", "error 'x'"),
                        "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_distance_counts_changes),
        cmocka_unit_test(long_words_are_far_from_everything),
        cmocka_unit_test(longer_words_reach_further),
        cmocka_unit_test(a_word_of_four_letters_is_no_other_one),
        cmocka_unit_test(advice_knows_the_line),
    };

    return cmocka_run_group_tests_name("nearest", tests, NULL, NULL);
}
