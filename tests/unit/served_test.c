/* tests/unit/served_test.c - requests that flows answer (http.serve): both
 * sides of each limit, and the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "crew_world.h"
#include "patience.h"

/* The query says how much; a 500 tells nothing, the log does. */
static const struct turn_flow flows[] = {
    {"init.lua",
     "local number = function(request)\n"
     "  return tonumber(request.query.n)\n"
     "end\n"
     "http.serve('GET', '/status', function(request)\n"
     "  return { status = number(request), body = 'x' }\n"
     "end)\n"
     "http.serve('GET', '/headers', function(request)\n"
     "  local headers = {}\n"
     "  for i = 1, number(request) do headers['X-' .. i] = 'v' end\n"
     "  return { headers = headers, body = 'x' }\n"
     "end)\n"
     "http.serve('GET', '/effects', function(request)\n"
     "  for _ = 1, number(request) do os.time() end\n"
     "  return 'did it'\n"
     "end)\n"
     "http.serve('GET', '/large', function(request)\n"
     "  local half = ('x'):rep(number(request) // 2)\n"
     "  return { json = { half, half } }\n"
     "end)\n"
     "http.serve('GET', '/out', function(request)\n"
     "  local last\n"
     "  for _ = 1, number(request) do\n"
     "    local a, err = http.get('http://out/x')\n"
     "    last = a and 'ok' or err.kind\n"
     "  end\n"
     "  return last\n"
     "end)\n"
     "http.serve('GET', '/header', function(request)\n"
     "  local headers = { [request.query.name] = request.query.value }\n"
     "  if request.query.json then\n"
     "    return { json = { 1 }, headers = headers }\n"
     "  end\n"
     "  return { body = 'x', headers = headers }\n"
     "end)\n"
     "http.serve('POST', '/told', function(request)\n"
     "  return { json = { request.method, request.path,\n"
     "    request.headers['x-one'], request.query.a,\n"
     "    request.body } }\n"
     "end)\n"
     "return { flows = { { 'first', fallback = true } } }"},
    {"first.lua", "return function(chat) chat:say 'hi' end"},
    {NULL, NULL}};

static const char *get(struct crew *crew, const char *path, int64_t n)
{
    char request[64];

    snprintf(request, sizeof(request), "GET /%s?n=%lld", path, (long long)n);
    return crew_ask(crew, 1, request, "", "", 0);
}

static void a_handler_is_told_what_came(void **state)
{
    struct crew *crew = crew_new(flows);

    (void)state;
    has(crew_ask(crew, 1, "POST /told?a=b%20c", "X-One: 1\r\n", "body", 4),
        "\r\n\r\n[\"POST\",\"/told\",\"1\",\"b c\",\"body\"]");
    has(crew_ask(crew, 1, "GET /told", "", "", 0), "HTTP/1.1 404");
    crew_free(crew);
}

static void each_limit_has_two_sides(void **state)
{
    static const struct {
        const char *path;
        int64_t most, more;
        const char *fine, *logged;
    } cases[] = {
        {"status", 200, 199, "HTTP/1.1 200", "from 200 to 599"},
        {"status", 599, 600, "HTTP/1.1 599", "from 200 to 599"},
        {"headers", 32, 33, "X-32: v", "is one more than 32"},
        {"effects", 1000, 1001, "did it", "more than 1000 effects"},
        {"large", (1 << 20) - 64, 1 << 20, "Content-Length: 1048519",
         "too large: above 1048576"},
    };
    struct crew *crew = crew_new(flows);

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (int n = 0; n < 2; n++) /* each request by itself */
            has(get(crew, cases[i].path, cases[i].most), cases[i].fine);
        turn_wait(crew->turn, 120000);
        crew->turn->logged[0] = '\0';
        has(get(crew, cases[i].path, cases[i].more), "HTTP/1.1 500");
        if (!strstr(crew->turn->logged, cases[i].logged))
            fail_msg("%s", crew->turn->logged);
        assert_int_equal(usher_worker_busy(crew->workers[1]), 0);
    }
    crew_free(crew);
}

static void a_header_is_one_line_and_the_type_is_one(void **state)
{
    static const struct {
        const char *query, *has;
        int is_refused;
    } cases[] = {
        {"name=X-A&value=a%09b", "X-A: a\tb\r\n", 0},
        {"name=X-A&value=a%0Ab", "HTTP/1.1 500", 1},
        {"name=X-A&value=a%0Db", "HTTP/1.1 500", 1},
        {"name=X%20A&value=a", "HTTP/1.1 500", 1},
        {"name=content-type&value=text/tea", "text/tea\r\n", 0},
        {"name=CONTENT-TYPE&value=text/tea", "text/tea\r\n", 0},
        {"name=Content-Type&value=text/x-tea&json=1", "text/x-tea\r\n", 0},
    };
    struct crew *crew = crew_new(flows);
    struct usher_shared *shared = crew->workers[0]->shared;
    struct usher_problems *problems;
    size_t refused = 0;

    (void)state;
    assert_int_equal(usher_problems_new(NULL, &problems), USHER_OK);
    shared->problems = problems;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char request[96];
        const char *text;

        snprintf(request, sizeof(request), "GET /header?%s", cases[i].query);
        text = crew_ask(crew, 1, request, "", "", 0);
        has(text, cases[i].has);
        if (i >= 4) {
            lacks(text, "text/plain");
            lacks(text, "application/json");
        }
        refused += (size_t)cases[i].is_refused;
        /* One line of a file is one problem. */
        assert_int_equal(usher_problems_count(problems,
                                              USHER_PROBLEM_FLOW_FAILS),
                         refused > 0);
    }
    shared->problems = NULL;
    crew_free(crew);
    usher_problems_free(problems);
}

static int begin(struct crew *crew, int n)
{
    char request[64];
    int fd;

    snprintf(request, sizeof(request), "GET /out?n=%d", n);
    crew->turn->asked = 0;
    fd = crew_send(crew, 1, request, "", "", 0);
    WAIT_FOR("a call to Zoho", crew->turn->asked != 0,
             usher_loop_step(crew->doors[1].loop, 20));
    assert_int_equal(usher_worker_busy(crew->workers[1]), 1);
    return fd;
}

static void its_effects_give_up_at_nine_seconds(void **state)
{
    struct crew *crew = crew_new(flows);
    int fd;

    (void)state;
    crew->turn->delay_ms = 8900;
    fd = begin(crew, 1);
    turn_wait(crew->turn, 8900);
    has(crew_answer(crew, 1, fd), "\r\n\r\nok");
    crew->turn->delay_ms = 9100;
    fd = begin(crew, 1);
    turn_wait(crew->turn, 8990);
    assert_int_equal(usher_worker_busy(crew->workers[1]), 1);
    turn_wait(crew->turn, 10);
    has(crew_answer(crew, 1, fd), "\r\n\r\ndeadline");
    /* All of them together. */
    crew->turn->delay_ms = 4000;
    fd = begin(crew, 3);
    turn_wait(crew->turn, 9000);
    has(crew_answer(crew, 1, fd), "\r\n\r\ndeadline");
    assert_int_equal(crew->turn->asked, 3);
    crew_free(crew);
}

static const struct turn_flow keeps[] = {
    {"init.lua", "local kept = {}\n"
                 "http.serve('GET', '/keep', function(request)\n"
                 "  for _ = 1, 6 do\n"
                 "    kept[#kept + 1] = ('x'):rep(1 << 19) .. #kept\n"
                 "  end\n"
                 "  return 'kept'\n"
                 "end)\n"
                 "return { flows = { { 'first', fallback = true } } }"},
    {"first.lua", "return function(chat) chat:say 'hi' end"},
    {NULL, NULL}};

static unsigned wanted;

static void want_state(void *control, size_t index, const char *hash)
{
    (void)control;
    (void)hash;
    assert_int_equal(index, 1);
    wanted++;
}

/* While there is room left, and once. */
static void a_state_that_handlers_fill_is_made_anew(void **state)
{
    struct crew *crew = crew_new(keeps);

    (void)state;
    wanted = 0;
    crew->workers[0]->shared->want_state = want_state;
    for (int i = 0; i < 17; i++)
        has(get(crew, "keep", 0), "kept");
    assert_int_equal(wanted, 1);
    crew_free(crew);
}

static void who_is_under_way_at_the_end_is_told(void **state)
{
    struct crew *crew = crew_new(flows);
    int fd;

    (void)state;
    crew->turn->hang = 1;
    fd = begin(crew, 1);
    usher_worker_close(crew->workers[1]);
    has(crew_answer(crew, 1, fd), "HTTP/1.1 503");
    assert_int_equal(usher_worker_busy(crew->workers[1]), 0);
    has(get(crew, "out", 1), "HTTP/1.1 404");
    crew_free(crew);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_handler_is_told_what_came),
        cmocka_unit_test(each_limit_has_two_sides),
        cmocka_unit_test(a_header_is_one_line_and_the_type_is_one),
        cmocka_unit_test(its_effects_give_up_at_nine_seconds),
        cmocka_unit_test(a_state_that_handlers_fill_is_made_anew),
        cmocka_unit_test(who_is_under_way_at_the_end_is_told),
    };

    return cmocka_run_group_tests_name("served", tests, NULL, NULL);
}
