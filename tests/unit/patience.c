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
#include <time.h>
#include <sys/time.h>
#include <unistd.h>
#include <cmocka.h>

#ifndef CASE_MS_MAX
#define CASE_MS_MAX (120 * 1000)
#endif
#define DEPTH 5 /* the case, and what stands in each other */

/* What is waited for, each in the one before; texts are made beforehand, for a
 * handler may only write. */
static struct wait {
    char said[256];  /* where its time is over */
    char stood[256]; /* where that of one before it is */
    long until_ms;
} waits[DEPTH];
static int depth;
static long patience_ms = CASE_MS_MAX;

static long now_ms(void)
{
    struct timespec now;

    /* Which no test puts its own in the stead of. */
    clock_gettime(CLOCK_BOOTTIME, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The one whose time is over first; of several, that which began first. */
static int first_due(void)
{
    int first = 0;

    for (int i = 1; i < depth; i++)
        if (waits[i].until_ms < waits[first].until_ms)
            first = i;
    return first;
}

static void say(const char *text)
{
    (void)!write(1, text, strlen(text));
}

static void on_alarm(int signal)
{
    int i = first_due();

    (void)signal;
    say(waits[i].said);
    while (++i < depth)
        say(waits[i].stood);
    _exit(1);
}

static void alarm_set(void)
{
    long ms = depth > 0 ? waits[first_due()].until_ms - now_ms() : 0;
    struct itimerval timer = {.it_value = {ms / 1000, ms % 1000 * 1000}};

    if (depth > 0 && ms <= 0)
        on_alarm(SIGALRM);
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void begin(const char *where, const char *what)
{
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    struct wait *wait = &waits[depth];

    if (depth == DEPTH)
        abort();
    snprintf(wait->said, sizeof(wait->said),
             "\nnot ok - %s: waited %ld ms in vain for %s\n", where,
             patience_ms, what);
    snprintf(wait->stood, sizeof(wait->stood), "  %s: it waited for %s\n",
             where, what);
    wait->until_ms = now_ms() + patience_ms;
    depth++;
    fflush(stdout); /* what went well is not lost */
    sigaction(SIGALRM, &action, NULL);
    alarm_set();
}

void patience(const char *what, const char *file, int line)
{
    char where[128];

    snprintf(where, sizeof(where), "%s:%d", file, line);
    begin(where, what);
}

void patience_over(void)
{
    depth--;
    alarm_set();
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
    depth = 0;
    alarm_set();
    free(bounded);
    return failed;
}
