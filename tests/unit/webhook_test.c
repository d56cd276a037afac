/* tests/unit/webhook_test.c - answers on their way back to who called, also
 * when memory runs out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "conversation/internal.h"
#include "fail_alloc.h"
#include "server_world.h"

#define ANSWER "{\"action\":\"reply\",\"replies\":[\"fine\"]}"

/* The worker where calls arrive, and another one, on the world's loop. */
struct workers {
    struct usher_worker here, there;
};

static struct workers *workers_new(struct serve *world)
{
    struct workers *workers = calloc(1, sizeof(*workers));

    assert_non_null(workers);
    workers->here.loop = world->loop;
    workers->there.loop = world->loop;
    return workers;
}

/* A call that arrived here and is owned by `owner`: it waits. */
static int call_make(struct serve *world, struct workers *workers,
                     struct usher_worker *owner, struct call *call)
{
    int fd = wire_dial(world);

    memset(call, 0, sizeof(*call));
    wire_put_text(world, fd,
                  HEAD("POST", "/later") "Connection: close\r\n"
                                         "Content-Length: 0\r\n\r\n");
    serve_until_later(world, 1);
    call->owner = owner;
    call->waiters = calloc(1, sizeof(*call->waiters));
    assert_non_null(call->waiters);
    call->waiters->origin = &workers->here;
    call->waiters->request = world->later[0];
    world->later_count = 0;
    atomic_fetch_add(&workers->here.busy, 1);
    return fd;
}

/* A second goes by. */
static void go_on(struct serve *world)
{
    for (int i = 0; i < 10; i++) {
        usher_loop_step(world->loop, 0);
        usher_clock_manual_advance(&world->time, 100);
    }
    usher_loop_step(world->loop, 0);
}

/* With the nth allocation failing; nonzero: there was one. */
static int answer_with(struct serve *world, struct usher_worker *owner,
                       struct workers *workers, const char *json,
                       unsigned long nth)
{
    struct call call;
    int fd = call_make(world, workers, owner, &call), ended, failed, is_posted;
    const char *text;

    fail_alloc_at(nth);
    call_answer(&call, json, json ? strlen(json) : 0);
    /* It is sent where the call came in, and by that one's thread. */
    is_posted = usher_worker_busy(&workers->here) == 1;
    go_on(world);
    failed = fail_alloc_off();
    assert_null(call.waiters);
    assert_int_equal(is_posted, owner == &workers->there);
    assert_int_equal(usher_worker_busy(&workers->here), 0);
    text = wire_get(world, fd, NULL, &ended);
    assert_true(ended);
    has(text, "HTTP/1.1 200");
    has(text, "{\"action\":\"reply\",\"replies\":[\"");
    has(text, "\"]}");
    if (json && !failed)
        has(text, json);
    close(fd);
    return failed;
}

static void every_call_is_answered_without_memory(void **state)
{
    struct serve *world = *state;
    struct workers *workers = workers_new(world);
    struct usher_worker *owners[] = {&workers->here, &workers->there};
    static const char *const answers[] = {ANSWER, NULL};

    for (int i = 0; i < 4; i++) {
        unsigned long nth = 1;

        while (answer_with(world, owners[i % 2], workers, answers[i / 2], nth))
            nth++;
        assert_true(nth > 1);
    }
    free(workers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_call_is_answered_without_memory,
                                        serve_make, serve_drop),
    };

    return cmocka_run_group_tests_name("webhook", tests, NULL, NULL);
}
