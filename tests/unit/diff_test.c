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

/* Few changes, far from each other. */
static void text_edit(const char *old, char *out)
{
    *out = '\0';
    for (; *old; old += 2) {
        unsigned way = chance(20);

        if (way == 1)
            strcat(out, "x\n");
        if (way != 0)
            strncat(out, old, 2);
    }
}

/* The fewest lines that must come and go between two texts. */
static int fewest(const char *old, const char *fresh)
{
    int n = (int)(strlen(old) + 1) / 2, m = (int)(strlen(fresh) + 1) / 2;
    int way[32][64];

    for (int i = n; i >= 0; i--)
        for (int j = m; j >= 0; j--) {
            if (i == n || j == m)
                way[i][j] = n - i + m - j;
            else if (strncmp(old + 2 * i, fresh + 2 * j, 2) == 0)
                way[i][j] = way[i + 1][j + 1];
            else
                way[i][j] = 1 + (way[i + 1][j] < way[i][j + 1] ? way[i + 1][j]
                                                               : way[i][j + 1]);
        }
    return way[0][0];
}

struct patch {
    const char *old; /* what is left of it */
    char out[256];
    int old_lines, new_lines; /* behind us */
    int changes;
};

static void old_keep(struct patch *patch)
{
    strncat(patch->out, patch->old, 2);
    patch->old += 2;
    patch->old_lines++;
    patch->new_lines++;
}

/* One line of a hunk, with the mark behind it; gives the next. */
static const char *line_patch(struct patch *patch, const char *at)
{
    const char mark[] = "\\ No newline at end of file\n";
    char line[3] = {at[1], '\n', '\0'};
    const char *next = at + 3;

    assert_non_null(strchr(" +-", *at));
    assert_int_equal(at[2], '\n');
    if (*next == '\\') {
        assert_memory_equal(next, mark, strlen(mark));
        next += strlen(mark);
        line[1] = '\0';
    }
    if (*at != '-')
        strcat(patch->out, line);
    if (*at != '+') {
        assert_string_equal(line, ((char[]){patch->old[0], patch->old[1], 0}));
        patch->old += strlen(line);
    }
    patch->old_lines += *at != '+';
    patch->new_lines += *at != '-';
    patch->changes += *at != ' ';
    return next;
}

/* Three lines before and behind, no seven that are the same between two. */
static void run_looks(int same, const char *at, int is_first)
{
    int is_last = *at != ' ' && *at != '+' && *at != '-';

    assert_in_range(same, 0, is_first || is_last ? 3 : 6);
}

static const char *hunk_patch(struct patch *patch, const char *at)
{
    int old_from, old_count, new_from, new_count, old_end, new_end;
    int same = 0, is_first = 1;

    assert_int_equal(sscanf(at, "@@ -%d,%d +%d,%d @@\n", &old_from, &old_count,
                            &new_from, &new_count),
                     4);
    while (patch->old_lines + (old_count > 0) < old_from)
        old_keep(patch);
    assert_int_equal(patch->old_lines + (old_count > 0), old_from);
    assert_int_equal(patch->new_lines + (new_count > 0), new_from);
    old_end = patch->old_lines + old_count;
    new_end = patch->new_lines + new_count;
    at = strchr(at, '\n') + 1;
    while (*at && *at != '@') {
        int is_same = *at == ' ';

        same = is_same ? same + 1 : 0;
        at = line_patch(patch, at);
        if (!is_same)
            is_first = 0;
        run_looks(same, at, is_first);
    }
    assert_int_equal(patch->old_lines, old_end);
    assert_int_equal(patch->new_lines, new_end);
    return at;
}

/* Applies a difference, looking at all its numbers. */
static void leads(const char *old, const char *fresh)
{
    struct patch patch = {.old = old};
    char *change = diff(old, fresh);
    const char *at = strstr(change, "@@ ");

    while (at && *at)
        at = hunk_patch(&patch, at);
    strcat(patch.out, patch.old);
    assert_string_equal(patch.out, fresh);
    assert_int_equal(patch.changes, fewest(old, fresh));
    free(change);
}

static void it_leads_from_the_old_text_to_the_new(void **state)
{
    char old[128], fresh[128];

    (void)state;
    for (int i = 0; i < 3000; i++) {
        text_make(old, chance(30));
        if (i % 2)
            text_make(fresh, chance(30));
        else
            text_edit(old, fresh);
        leads(old, fresh);
    }
}

/* Text `number` of those of up to three lines of two kinds, with the last
 * line's end and without; NULL behind the last. */
static const char *small_text(unsigned number, char *out)
{
    unsigned lines = number / 16, bits = number / 2 % 8;

    if (lines > 3)
        return NULL;
    *out = '\0';
    for (unsigned i = 0; i < lines; i++)
        strcat(out, bits >> i & 1 ? "a\n" : "b\n");
    if (number % 2 && lines)
        out[2 * lines - 1] = '\0';
    return out;
}

static void so_it_does_for_all_small_texts(void **state)
{
    char old[8], fresh[8];

    (void)state;
    for (unsigned i = 0; small_text(i, old); i++)
        for (unsigned j = 0; small_text(j, fresh); j++)
            leads(old, fresh);
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
        cmocka_unit_test(so_it_does_for_all_small_texts),
        cmocka_unit_test(texts_with_nothing_in_common_are_replaced),
        cmocka_unit_test(without_memory_it_says_so),
    };

    return cmocka_run_group_tests_name("diff", tests, NULL, NULL);
}
