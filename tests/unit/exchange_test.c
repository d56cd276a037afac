/* tests/unit/exchange_test.c - threaded; how long a command waits for the
 * engine's answer. The time that goes by is the test's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "cli/exchange.h"
#include "patience.h"

static atomic_int ahead_s; /* of the machine's steady clock */
static atomic_int looks;   /* at it */

/* Stands before libc's. */
int clock_gettime(clockid_t clock, struct timespec *out)
{
    int rc = (int)syscall(SYS_clock_gettime, clock, out);

    if (rc == 0 && clock == CLOCK_MONOTONIC) {
        out->tv_sec += atomic_load(&ahead_s);
        atomic_fetch_add(&looks, 1);
    }
    return rc;
}

struct peer {
    int listener, after_s;
    pthread_t thread;
};

static const char half[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no";

/* Half an answer so late, which makes the asker look at the time; then the
 * rest. */
static void *answer_late(void *user)
{
    struct peer *peer = user;
    int fd = accept(peer->listener, NULL, NULL), seen;
    char request[1024];

    if (read(fd, request, sizeof(request)) > 0) {
        atomic_store(&ahead_s, peer->after_s);
        seen = atomic_load(&looks);
        (void)send(fd, half, sizeof(half) - 1, MSG_NOSIGNAL);
        while (atomic_load(&looks) < seen + 3)
            sched_yield();
        (void)send(fd, "k", 1, MSG_NOSIGNAL);
    }
    close(fd);
    return NULL;
}

static void ask(int after_s, struct usher_exchange *exchange)
{
    static const struct usher_question question = {.name = "status"};
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct peer peer = {socket(AF_INET, SOCK_STREAM, 0), after_s, 0};
    socklen_t len = sizeof(at);
    char base[64];

    assert_int_equal(bind(peer.listener, (struct sockaddr *)&at, len), 0);
    assert_int_equal(listen(peer.listener, 1), 0);
    assert_int_equal(getsockname(peer.listener, (struct sockaddr *)&at, &len),
                     0);
    snprintf(base, sizeof(base), "http://127.0.0.1:%u",
             (unsigned)ntohs(at.sin_port));
    memset(exchange, 0, sizeof(*exchange));
    usher_buffer_init(&exchange->body, 0);
    atomic_store(&ahead_s, 0);
    assert_int_equal(pthread_create(&peer.thread, NULL, answer_late, &peer), 0);
    patience("an answer or its time", __FILE__, __LINE__);
    assert_int_equal(usher_exchange_do(NULL, base, NULL, &question, exchange),
                     USHER_OK);
    pthread_join(peer.thread, NULL);
    patience_over();
    close(peer.listener);
}

static void an_answer_has_a_minute(void **state)
{
    struct usher_exchange exchange;

    (void)state;
    ask(55, &exchange);
    assert_int_equal(exchange.status, 200);
    assert_string_equal(exchange.body.data, "ok");
    usher_buffer_free(&exchange.body);
    ask(61, &exchange);
    assert_int_equal(exchange.status, 0);
    assert_false(exchange.offline);
    assert_true(exchange.why[0]);
    usher_buffer_free(&exchange.body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_has_a_minute),
    };

    return cmocka_run_group_tests_name("exchange", tests, NULL, NULL);
}
