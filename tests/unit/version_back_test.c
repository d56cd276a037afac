/* tests/unit/version_back_test.c - what a rollback goes to, told as lists of
 * versions: newest first, those that were rolled back from with a -. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conversation/version_back.h"
#include "store_world.h"

/* A version is a letter; its hash is 64 of it. */
static const char *hash_of(char letter, char out[65])
{
    memset(out, letter, 64);
    out[64] = '\0';
    return out;
}

static struct usher_buffer order_of(const char *letters)
{
    struct usher_buffer order;
    char hash[65];

    usher_buffer_init(&order, 0);
    for (; *letters; letters++)
        usher_buffer_printf(&order, "%s\n", hash_of(*letters, hash));
    return order;
}

/* "C-B-A": what is marked of an order. */
static void assert_marks(const struct usher_back *back, const char *letters,
                         const char *expected)
{
    struct usher_buffer text;
    char hash[65];

    usher_buffer_init(&text, 0);
    for (; *letters; letters++)
        usher_buffer_printf(
            &text, "%c%s", *letters,
            usher_back_is_marked(back, hash_of(*letters, hash)) ? "-" : "");
    assert_string_equal(text.data, expected);
    usher_buffer_free(&text);
}

/* Rolls back from `live` to what begins with `wanted` (0: the one before). The
 * letter of what is live then; 0: it was refused. */
static char roll(struct usher_back *back, const char *letters, char live,
                 char wanted, struct usher_error *error)
{
    struct usher_buffer order = order_of(letters);
    const char prefix[] = {wanted, '\0'};
    char found[65] = "", hash[65];

    if (usher_back_find(back, order.data, prefix, hash_of(live, hash), found,
                        error) == USHER_OK)
        usher_back_rolled(back, order.data, hash, found);
    usher_buffer_free(&order);
    return found[0];
}

static void back_begin(struct usher_back *back)
{
    usher_buffer_init(&back->marked, 0);
    back->is_back = 0;
}

static void twice_goes_further_back(void **state)
{
    struct usher_back back;
    struct usher_error error = {""};

    (void)state;
    back_begin(&back);
    assert_int_equal(roll(&back, "CBA", 'C', 0, &error), 'B');
    assert_marks(&back, "CBA", "C-BA");
    assert_int_equal(roll(&back, "CBA", 'B', 0, &error), 'A');
    assert_marks(&back, "CBA", "C-B-A");
    assert_int_equal(roll(&back, "CBA", 'A', 0, &error), 0);
    assert_non_null(strstr(error.text, "there is no version before AAAAAA"));
    usher_back_free(&back);
}

static void a_single_version_says_so(void **state)
{
    struct usher_back back;
    struct usher_error error = {""};

    (void)state;
    back_begin(&back);
    assert_int_equal(roll(&back, "A", 'A', 0, &error), 0);
    assert_non_null(strstr(error.text, "to go back to"));
    assert_null(strstr(error.text, "no such version"));
    assert_int_equal(roll(&back, "A", 'A', 'X', &error), 0);
    assert_non_null(strstr(error.text, "no such version"));
    usher_back_free(&back);
}

/* Two whose names begin alike. */
static void digits_that_fit_several_are_not_enough(void **state)
{
    struct usher_back back;
    struct usher_buffer order;
    struct usher_error error = {""};
    char hash[65], found[65] = "";

    (void)state;
    back_begin(&back);
    order = order_of("CBA");
    memcpy(order.data, "AAAAAAA1", 8); /* C is AAAAAAA1CC... now */
    assert_int_equal(usher_back_find(&back, order.data, "AAAAAA",
                                     hash_of('B', hash), found, &error),
                     USHER_ERR_NOT_FOUND);
    assert_non_null(strstr(error.text, "several versions begin so"));
    assert_int_equal(usher_back_find(&back, order.data, "AAAAAAAA",
                                     hash_of('B', hash), found, &error),
                     USHER_OK);
    assert_string_equal(found, hash_of('A', hash));
    usher_buffer_free(&order);
    usher_back_free(&back);
}

static void the_next_edits_rollback_passes_over_the_broken_one(void **state)
{
    struct usher_back back;
    struct usher_error error = {""};
    char hash[65];

    (void)state;
    back_begin(&back);
    assert_int_equal(roll(&back, "CBA", 'C', 0, &error), 'B');
    usher_back_folder(&back, hash_of('D', hash));
    assert_int_equal(roll(&back, "DCBA", 'D', 0, &error), 'B');
    assert_marks(&back, "DCBA", "D-C-BA");
    usher_back_free(&back);
}

static void one_that_the_folder_has_again_counts_again(void **state)
{
    struct usher_back back;
    struct usher_error error = {""};
    char hash[65];

    (void)state;
    back_begin(&back);
    assert_int_equal(roll(&back, "CBA", 'C', 'A', &error), 'A');
    assert_marks(&back, "CBA", "C-B-A");
    usher_back_folder(&back, hash_of('C', hash));
    assert_int_equal(back.is_back, 0);
    assert_marks(&back, "CBA", "CB-A");
    usher_back_free(&back);
}

static void one_that_is_named_counts_again(void **state)
{
    struct usher_back back;
    struct usher_error error = {""};

    (void)state;
    back_begin(&back);
    assert_int_equal(roll(&back, "CBA", 'C', 'A', &error), 'A');
    assert_int_equal(roll(&back, "CBA", 'A', 'B', &error), 'B');
    assert_marks(&back, "CBA", "C-BA");
    assert_int_equal(roll(&back, "CBA", 'B', 'C', &error), 'C');
    assert_marks(&back, "CBA", "CBA");
    /* What was older and broken stays so. */
    assert_int_equal(roll(&back, "DCBA", 'D', 'A', &error), 'A');
    assert_int_equal(roll(&back, "DCBA", 'A', 'C', &error), 'C');
    assert_marks(&back, "DCBA", "D-CB-A");
    assert_int_equal(roll(&back, "DCBA", 'C', 0, &error), 'A');
    assert_marks(&back, "DCBA", "D-C-B-A");
    usher_back_free(&back);
}

static void one_that_is_not_kept_yet_is_the_newest(void **state)
{
    struct usher_back back;
    struct usher_error error = {""};

    (void)state;
    back_begin(&back);
    assert_int_equal(roll(&back, "BA", 'C', 0, &error), 'B');
    assert_marks(&back, "CBA", "C-BA");
    usher_back_free(&back);
}

static void marks_are_kept(void **state)
{
    struct store_world *world = store_world_new("memory:");
    struct usher_commit *commit = store_commit();
    struct usher_back back, again;
    struct usher_error error = {""};

    (void)state;
    usher_back_load(world->store, &back);
    assert_marks(&back, "CBA", "CBA");
    assert_int_equal(roll(&back, "CBA", 'C', 0, &error), 'B');
    usher_commit_back(commit, &back);
    assert_int_equal(store_do(world, commit), USHER_OK);
    usher_back_load(world->store, &again);
    assert_marks(&again, "CBA", "C-BA");
    usher_back_free(&back);
    usher_back_free(&again);
    store_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twice_goes_further_back),
        cmocka_unit_test(a_single_version_says_so),
        cmocka_unit_test(digits_that_fit_several_are_not_enough),
        cmocka_unit_test(the_next_edits_rollback_passes_over_the_broken_one),
        cmocka_unit_test(one_that_the_folder_has_again_counts_again),
        cmocka_unit_test(one_that_is_named_counts_again),
        cmocka_unit_test(one_that_is_not_kept_yet_is_the_newest),
        cmocka_unit_test(marks_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
