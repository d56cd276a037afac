/* tests/unit/engine_stop_test.c - threaded; an engine that is stopped while
 * turns are under way: each caller gets an answer, whichever worker has its
 * call. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <sys/socket.h>
#include <unistd.h>

#include "engine_world.h"

#define CALLS 16

static const char init_lua[] =
    "return { apology = 'sorry', tasks = { 'job' },\n"
    "flows = { { 'first', fallback = true } } }";
/* Each goes out to a server that never answers. */
static const char first_lua[] = "return function(chat)\n"
                                "  chat:task('job', {})\n"
                                "  http.post(chat.message.text, 'x')\n"
                                "  chat:say 'too late'\nend";

static void answer_check(int fd)
{
    char answer[4096];
    size_t len = 0;
    ssize_t got;

    while ((got = read(fd, answer + len, sizeof(answer) - 1 - len)) > 0)
        len += (size_t)got;
    answer[len] = '\0';
    assert_non_null(strstr(answer, "HTTP/1.1 200"));
    assert_non_null(strstr(answer, "sorry"));
}

static void who_is_under_way_gets_an_answer(void **state)
{
    struct engine_world world;
    int silent = engine_socket(0);
    int calls[CALLS], outside[CALLS];

    (void)state;
    assert_int_equal(listen(silent, CALLS * 2), 0);
    engine_open(&world, "DATABASE_URL=sqlite:usher.db\n");
    engine_end(&world);
    engine_save(&world, "flows/init.lua", init_lua);
    engine_save(&world, "flows/first.lua", first_lua);
    assert_true(engine_begin(&world));
    for (int i = 0; i < CALLS; i++) {
        char body[256];

        snprintf(body, sizeof(body),
                 "{\"handler\":\"message\",\"message\":{\"text\":"
                 "\"http://127.0.0.1:%u/\"},\"visitor\":"
                 "{\"active_conversation_id\":\"c%d\"}}",
                 (unsigned)engine_port_of(silent), i);
        calls[i] = engine_send(&world, "POST", "/webhook", NULL, body);
    }
    /* All have come in once each has called the silent server. */
    for (int i = 0; i < CALLS; i++) {
        outside[i] = accept(silent, NULL, NULL);
        assert_true(outside[i] >= 0);
    }
    usher_stop(world.usher);
    usher_run(world.usher);
    engine_end(&world);
    for (int i = 0; i < CALLS; i++) {
        answer_check(calls[i]);
        close(calls[i]);
        close(outside[i]);
    }
    close(silent);
    engine_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_under_way_gets_an_answer),
    };

    return cmocka_run_group_tests_name("engine_stop", tests, NULL, NULL);
}
