/* tests/unit/diff_test.c - the unified form, and that it always leads from the
 * old text to the new one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/diff.h"
#include "fail_alloc.h"

/* The difference of two texts as a text for free(). */
static char *diff(const char *old, const char *fresh)
{
    struct usher_buffer out;

    usher_buffer_init(&out, 0);
    assert_int_equal(usher_diff(&out, "a/x", old, old ? strlen(old) : 0, "b/x",
                                fresh, fresh ? strlen(fresh) : 0),
                     USHER_OK);
    return usher_buffer_take(&out, NULL);
}

static void expect(const char *old, const char *fresh, const char *wanted)
{
    char *got = diff(old, fresh);

    assert_string_equal(got, wanted);
    free(got);
}

static void equal_texts_give_nothing(void **state)
{
    (void)state;
    expect("one\ntwo\n", "one\ntwo\n", "");
    expect("", "", "");
}

static void a_changed_line_stands_between_its_neighbours(void **state)
{
    (void)state;
    expect("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n",
           "--- a/x\n+++ b/x\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n"
           " 8\n");
}

static void far_changes_are_hunks_of_their_own(void **state)
{
    (void)state;
    expect("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
           "--- a/x\n+++ b/x\n@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n"
           "@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n");
}

static void near_changes_share_a_hunk(void **state)
{
    (void)state;
    expect("a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
           "--- a/x\n+++ b/x\n@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n"
           "-b\n+B\n");
}

static void files_come_and_go(void **state)
{
    (void)state;
    expect(NULL, "one\n", "--- /dev/null\n+++ b/x\n@@ -0,0 +1,1 @@\n+one\n");
    expect("one\n", NULL, "--- a/x\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-one\n");
}

static void a_last_line_without_end_is_marked(void **state)
{
    (void)state;
    expect("one", "one\n",
           "--- a/x\n+++ b/x\n@@ -1,1 +1,1 @@\n-one\n\\ No newline at end of "
           "file\n+one\n");
}

/* ---- any two texts ---- */

static uint32_t seed = 1;

static unsigned chance(unsigned below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

static void text_make(char *out, unsigned lines)
{
    *out = '\0';
    for (unsigned i = 0; i < lines; i++) {
        char line[3] = {(char)('a' + chance(4)), '\n', '\0'};

        strcat(out, line);
    }
}

static void line_add(char *text, const char *line)
{
    char both[3] = {line[0], line[1], '\0'};

    strcat(text, both);
}

/* Applies a difference without looking at its numbers: lines behind "@@". */
static void patched(const char *old, const char *change, char *out)
{
    const char *at = strstr(change, "@@ ");
    int line = 1;

    *out = '\0';
    while (at) {
        int from = 0, count = 0;

        assert_int_equal(sscanf(at, "@@ -%d,%d", &from, &count), 2);
        if (count == 0)
            from++;
        for (; line < from; line++, old += 2)
            line_add(out, old);
        for (at = strchr(at, '\n') + 1; *at && *at != '@';
             at = strchr(at, '\n') + 1) {
            if (*at != '-')
                line_add(out, at + 1);
            if (*at != '+') {
                assert_memory_equal(at + 1, old, 2);
                old += 2;
                line++;
            }
        }
        at = *at ? at : NULL;
    }
    strcat(out, old);
}

static void it_leads_from_the_old_text_to_the_new(void **state)
{
    char old[128], fresh[128], got[256];

    (void)state;
    for (int i = 0; i < 3000; i++) {
        char *change;

        text_make(old, chance(30));
        text_make(fresh, chance(30));
        change = diff(old, fresh);
        patched(old, change, got);
        assert_string_equal(got, fresh);
        free(change);
    }
}

static void texts_with_nothing_in_common_are_replaced(void **state)
{
    struct usher_buffer old, fresh, out;

    (void)state;
    usher_buffer_init(&old, 0);
    usher_buffer_init(&fresh, 0);
    usher_buffer_init(&out, 0);
    for (int i = 0; i < 3000; i++) {
        usher_buffer_printf(&old, "o%d\n", i);
        usher_buffer_printf(&fresh, "n%d\n", i);
    }
    assert_int_equal(usher_diff(&out, "a", old.data, old.len, "b", fresh.data,
                                fresh.len),
                     USHER_OK);
    assert_non_null(strstr(out.data, "@@ -1,3000 +1,3000 @@\n-o0\n"));
    usher_buffer_free(&old);
    usher_buffer_free(&fresh);
    usher_buffer_free(&out);
}

/* Where memory fails nothing passes for a difference. */
static void without_memory_it_says_so(void **state)
{
    static const char old[] = "1\n2\n3\n4", fresh[] = "1\n2\nthree\n4\n5";
    struct usher_buffer out;
    enum usher_status st = USHER_ERR_NOMEM;
    unsigned long n;

    (void)state;
    for (n = 1; st != USHER_OK; n++) {
        assert_in_range(n, 1, 40);
        usher_buffer_init(&out, 0);
        fail_alloc_at(n);
        st = usher_diff(&out, "a", old, strlen(old), "b", fresh, strlen(fresh));
        if (!fail_alloc_off())
            assert_int_equal(st, USHER_OK);
        if (st != USHER_OK) {
            assert_int_equal(st, USHER_ERR_NOMEM);
            usher_buffer_free(&out);
        }
    }
    assert_true(n > 5);
    assert_non_null(strstr(out.data, "-3\n"));
    usher_buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_texts_give_nothing),
        cmocka_unit_test(a_changed_line_stands_between_its_neighbours),
        cmocka_unit_test(far_changes_are_hunks_of_their_own),
        cmocka_unit_test(near_changes_share_a_hunk),
        cmocka_unit_test(files_come_and_go),
        cmocka_unit_test(a_last_line_without_end_is_marked),
        cmocka_unit_test(it_leads_from_the_old_text_to_the_new),
        cmocka_unit_test(texts_with_nothing_in_common_are_replaced),
        cmocka_unit_test(without_memory_it_says_so),
    };

    return cmocka_run_group_tests_name("diff", tests, NULL, NULL);
}
