/* tests/unit/patience.c - see the header. */
#include "patience.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>
#include <cmocka.h>

#ifndef PATIENCE_MS
#define PATIENCE_MS (120 * 1000)
#endif
#define DEPTH 5 /* the case, and what stands in each other */

static char said[DEPTH][256]; /* made beforehand: a handler may only write */
static int depth;
static long patience_ms = PATIENCE_MS;

static void on_alarm(int signal)
{
    const char *text = said[depth - 1];

    (void)signal;
    (void)!write(1, text, strlen(text));
    _exit(1);
}

static void alarm_set(long ms)
{
    struct itimerval timer = {.it_value = {ms / 1000, ms % 1000 * 1000}};

    setitimer(ITIMER_REAL, &timer, NULL);
}

static void begin(const char *where, const char *what)
{
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};

    if (depth == DEPTH)
        abort();
    snprintf(said[depth], sizeof(said[depth]),
             "\nnot ok - %s: waited %ld ms in vain for %s\n", where,
             patience_ms, what);
    depth++;
    fflush(stdout); /* what went well is not lost */
    sigaction(SIGALRM, &action, NULL);
    alarm_set(patience_ms);
}

void patience(const char *what, const char *file, int line)
{
    char where[128];

    snprintf(where, sizeof(where), "%s:%d", file, line);
    begin(where, what);
}

void patience_over(void)
{
    alarm_set(--depth > 0 ? patience_ms : 0);
}

void patience_set_ms(long ms)
{
    patience_ms = ms;
}

/* ---- every case ---- */

static const struct CMUnitTest *cases;
static size_t next_case;

/* What the case before left open where it failed is over. */
static int case_begin(void **state)
{
    const struct CMUnitTest *one = &cases[next_case++];

    depth = 0;
    begin(one->name, "its end");
    return one->setup_func ? one->setup_func(state) : 0;
}

int __real__cmocka_run_group_tests(const char *name,
                                   const struct CMUnitTest *tests, size_t count,
                                   CMFixtureFunction setup,
                                   CMFixtureFunction teardown);
int __wrap__cmocka_run_group_tests(const char *name,
                                   const struct CMUnitTest *tests, size_t count,
                                   CMFixtureFunction setup,
                                   CMFixtureFunction teardown);

/* The linker puts it in place of cmocka's own, which it calls. */
int __wrap__cmocka_run_group_tests(const char *name,
                                   const struct CMUnitTest *tests, size_t count,
                                   CMFixtureFunction setup,
                                   CMFixtureFunction teardown)
{
    struct CMUnitTest *bounded = malloc(count * sizeof(*bounded));
    int failed;

    if (!bounded)
        abort();
    for (size_t i = 0; i < count; i++) {
        bounded[i] = tests[i];
        bounded[i].setup_func = case_begin;
    }
    cases = tests;
    next_case = 0;
    failed =
        __real__cmocka_run_group_tests(name, bounded, count, setup, teardown);
    alarm_set(0);
    free(bounded);
    return failed;
}
