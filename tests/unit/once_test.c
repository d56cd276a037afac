/* tests/unit/once_test.c - what is told once, from any thread. threaded */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>

#include "core/once.h"

static void each_text_is_first_once(void **state)
{
    struct usher_once once = {0};

    (void)state;
    assert_true(usher_once_first(&once, "a"));
    assert_true(usher_once_first(&once, ""));
    assert_false(usher_once_first(&once, "a"));
    assert_false(usher_once_first(&once, ""));
    assert_true(usher_once_first(&once, "b"));
}

static void it_is_bounded(void **state)
{
    struct usher_once once = {0};
    char text[16];
    int firsts = 0;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        snprintf(text, sizeof(text), "%d", i);
        firsts += usher_once_first(&once, text);
    }
    assert_int_equal(firsts, 64);
}

struct race {
    struct usher_once once;
    atomic_int firsts;
};

static void *run(void *user)
{
    struct race *race = user;
    char text[16];

    for (int i = 0; i < 64; i++) {
        snprintf(text, sizeof(text), "%d", i);
        atomic_fetch_add(&race->firsts, usher_once_first(&race->once, text));
    }
    return NULL;
}

static void threads_share_one(void **state)
{
    struct race race = {0};
    pthread_t threads[4];

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run, &race), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&race.firsts), 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_text_is_first_once),
        cmocka_unit_test(it_is_bounded),
        cmocka_unit_test(threads_share_one),
    };

    return cmocka_run_group_tests_name("once", tests, NULL, NULL);
}
