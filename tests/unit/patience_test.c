/* tests/unit/patience_test.c - what never comes ends a test program, which says
 * what it waited for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "patience.h"

#define AMPLE_MS 60000 /* for what comes, on whatever machine */

static int pipe_of_nobody[2];

static void in_a_loop(void)
{
    volatile int come = 0;

    WAIT_FOR("the one in the loop", come, (void)0);
}

static void in_a_call(void)
{
    char byte;

    patience("a byte of nobody", "there.c", 7);
    (void)!read(pipe_of_nobody[0], &byte, 1);
    patience_over();
}

static void in_a_call_of_its_own(void)
{
    char byte;

    (void)!read(pipe_of_nobody[0], &byte, 1);
}

/* The inner one came; the outer one is waited for on. */
static void behind_another(void)
{
    patience_set_ms(AMPLE_MS);
    patience("the outer one", "there.c", 7);
    WAIT_FOR("the inner one", 1, (void)0);
    patience_set_ms(20);
    in_a_call();
}

static void outer_after_inner(void)
{
    volatile int come = 0;

    patience("the outer one", "there.c", 8);
    patience_set_ms(AMPLE_MS);
    patience("the inner one", "there.c", 9);
    patience_over();
    while (!come)
        ;
}

/* What comes each time gives the outer one no more time. */
static void again_and_again(void)
{
    volatile int come = 0;

    patience("the outer one", "there.c", 10);
    while (!come)
        WAIT_FOR("the quick one", 1, (void)0);
}

static void inside_another(void)
{
    patience("the outer one", "there.c", 11);
    patience_set_ms(AMPLE_MS);
    in_a_call();
}

/* What a program that waits in vain says; it must end by itself. */
static void says(void (*waits)(void), const char *text)
{
    char said[1024];
    size_t len = 0;
    ssize_t got;
    int ends[2], status;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        dup2(ends[1], 1);
        patience_set_ms(20);
        waits();
        _exit(0);
    }
    close(ends[1]);
    patience("the end of a child that waits in vain", __FILE__, __LINE__);
    while ((got = read(ends[0], said + len, sizeof(said) - 1 - len)) > 0)
        len += (size_t)got;
    assert_int_equal(waitpid(child, &status, 0), child);
    patience_over();
    close(ends[0]);
    said[len] = '\0';
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
    assert_non_null(strstr(said, "\nnot ok - "));
    if (!strstr(said, text))
        fail_msg("no '%s' in '%s'", text, said);
}

static void who_waits_in_vain_ends_and_says_for_what(void **state)
{
    (void)state;
    assert_int_equal(pipe(pipe_of_nobody), 0);
    fflush(stdout);
    says(in_a_loop, "patience_test.c:");
    says(in_a_loop, "waited 20 ms in vain for the one in the loop");
    says(in_a_call, "there.c:7: waited 20 ms in vain for a byte of nobody");
    says(behind_another, "for a byte of nobody");
    says(outer_after_inner, "there.c:8: waited 20 ms in vain for the outer");
    says(again_and_again, "there.c:10: waited 20 ms in vain for the outer");
    says(inside_another, "there.c:11: waited 20 ms in vain for the outer");
    says(inside_another, "  there.c:7: it waited for a byte of nobody\n");
}

static void never_done(void **state)
{
    (void)state;
    in_a_call_of_its_own();
}

static void waits_again_and_again(void **state)
{
    volatile int come = 0;

    (void)state;
    while (!come)
        WAIT_FOR("the quick one", 1, (void)0);
}

static void a_whole_program(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(never_done)};

    (void)cmocka_run_group_tests(tests, NULL, NULL);
}

static void a_program_that_waits_again(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(waits_again_and_again)};

    (void)cmocka_run_group_tests(tests, NULL, NULL);
}

static void a_case_that_is_never_done_is_named(void **state)
{
    (void)state;
    says(a_whole_program, "never_done: waited 20 ms in vain for its end");
    says(a_program_that_waits_again, "_again: waited 20 ms in vain for its");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_waits_in_vain_ends_and_says_for_what),
        cmocka_unit_test(a_case_that_is_never_done_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
