/* tests/unit/loop_thread_test.c - posts between threads. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>

#include "net/loop.h"
#include "patience.h"

enum { THREADS = 4, POSTS = 5000 };

struct crowd {
    struct usher_loop *loop;
    int ran, disorder, last[THREADS];
    struct crowd_post {
        struct crowd *crowd;
        int thread, number;
    } posts[THREADS][POSTS];
};

struct poster {
    struct crowd *crowd;
    int thread;
};

static void crowd_ran(void *user)
{
    struct crowd_post *post = user;
    struct crowd *crowd = post->crowd;

    if (post->number != crowd->last[post->thread] + 1)
        crowd->disorder++;
    crowd->last[post->thread] = post->number;
    if (++crowd->ran == THREADS * POSTS)
        usher_loop_stop(crowd->loop);
}

static void *poster_main(void *user)
{
    struct poster *poster = user;
    int i;

    for (i = 0; i < POSTS; i++) {
        struct crowd_post *post = &poster->crowd->posts[poster->thread][i];

        post->crowd = poster->crowd;
        post->thread = poster->thread;
        post->number = i + 1;
        if (usher_loop_post(poster->crowd->loop, crowd_ran, post) != USHER_OK)
            abort();
    }
    return NULL;
}

static void posts_of_many_threads_all_arrive_in_their_order(void **state)
{
    struct crowd *crowd = calloc(1, sizeof(*crowd));
    struct poster posters[THREADS];
    pthread_t threads[THREADS];
    int i;

    (void)state;
    assert_non_null(crowd);
    assert_int_equal(usher_loop_new(usher_clock_system(), &crowd->loop),
                     USHER_OK);
    for (i = 0; i < THREADS; i++) {
        posters[i].crowd = crowd;
        posters[i].thread = i;
        assert_int_equal(
            pthread_create(&threads[i], NULL, poster_main, &posters[i]), 0);
    }
    patience("all that was posted", __FILE__, __LINE__);
    usher_loop_run(crowd->loop);
    patience_over();
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(crowd->ran, THREADS * POSTS);
    assert_int_equal(crowd->disorder, 0);
    usher_loop_free(crowd->loop);
    free(crowd);
}

struct rally {
    struct usher_loop *loop[2];
    int hits;
};

static void rally_return(void *user)
{
    struct rally *rally = user;

    if (++rally->hits == 4000) {
        usher_loop_stop(rally->loop[0]);
        usher_loop_stop(rally->loop[1]);
        return;
    }
    if (usher_loop_post(rally->loop[rally->hits & 1], rally_return, rally) !=
        USHER_OK)
        abort();
}

static void *run_loop(void *user)
{
    usher_loop_run(user);
    return NULL;
}

/* Each post finds the other loop about to sleep: a lost wake-up hangs here. */
static void no_wake_up_is_lost_between_two_loops(void **state)
{
    struct rally rally = {0};
    pthread_t thread;
    int i;

    (void)state;
    for (i = 0; i < 2; i++)
        assert_int_equal(usher_loop_new(usher_clock_system(), &rally.loop[i]),
                         USHER_OK);
    assert_int_equal(usher_loop_post(rally.loop[0], rally_return, &rally),
                     USHER_OK);
    assert_int_equal(pthread_create(&thread, NULL, run_loop, rally.loop[1]), 0);
    patience("the end of a rally", __FILE__, __LINE__);
    usher_loop_run(rally.loop[0]);
    pthread_join(thread, NULL);
    patience_over();
    assert_int_equal(rally.hits, 4000);
    for (i = 0; i < 2; i++)
        usher_loop_free(rally.loop[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(posts_of_many_threads_all_arrive_in_their_order),
        cmocka_unit_test(no_wake_up_is_lost_between_two_loops),
    };

    return cmocka_run_group_tests_name("loop_thread", tests, NULL, NULL);
}
