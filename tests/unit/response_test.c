/* tests/unit/response_test.c - HTTP/1.x responses, whole and in pieces. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "fail_alloc.h"
#include "net/response.h"

#define MORE USHER_RESPONSE_MORE
#define DONE USHER_RESPONSE_DONE
#define GARBLED USHER_RESPONSE_GARBLED
#define OK "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

enum { BODY_MAX = 100 };

/* Feeds `text` in pieces of `step` bytes; ends the connection where it wants
 * more. *used: how many bytes it took. */
static enum usher_response_state feed(struct usher_response *response,
                                      const char *text, size_t step,
                                      size_t *used)
{
    enum usher_response_state state = MORE;
    size_t len = strlen(text), took;

    *used = 0;
    while (state == MORE && *used < len) {
        size_t piece = len - *used < step ? len - *used : step;

        state = usher_response_take(response, text + *used, piece, &took);
        assert_true(took <= piece);
        *used += took;
    }
    return state == MORE ? usher_response_end(response) : state;
}

static const struct {
    const char *text, *body, *rest;
    unsigned status;
    int keeps;
} good[] = {
    {OK "Content-Length: 2\r\n\r\nok", "ok", "", 200, 1},
    {"HTTP/1.1 204\r\n\r\n", "", "", 204, 1},
    {"HTTP/1.1 304 X\r\nContent-Length: 9\r\n\r\n", "", "", 304, 1},
    {OK "content-length:2\n\nok", "ok", "", 200, 1},
    {OK "Content-Length: 2\r\nContent-Length: 2\r\n\r\nok", "ok", "", 200, 1},
    {OK "Content-Length: 2\r\n\r\nok more", "ok", " more", 200, 1},
    {OK "Content-Length: 0\r\n\r\n", "", "", 200, 1},
    {OK "\r\nuntil the end", "until the end", "", 200, 0},
    {OK "Connection: Keep-Alive, Close\r\nContent-Length: 1\r\n\r\nx", "x", "",
     200, 0},
    {"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", "x", "", 200, 0},
    {"HTTP/1.1 100 Continue\r\nX: 1\r\n\r\n" OK "Content-Length: 1\r\n\r\nx",
     "x", "", 200, 1},
    {CHUNKED "2\r\nab\r\nA;name=value\r\n0123456789\r\n0\r\n\r\n",
     "ab0123456789", "", 200, 1},
    {CHUNKED "1 \r\na\r\n0\r\nTrailer: x\r\n\r\nrest", "a", "rest", 200, 1},
    {OK "Transfer-Encoding: Chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", "",
     "", 200, 0},
};

static void an_answer_is_the_same_however_it_comes(void **state)
{
    struct usher_response response = {0};
    size_t i, step, used;

    (void)state;
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        for (step = strlen(good[i].text); step > 0; step--) {
            usher_response_begin(&response, BODY_MAX, 0);
            assert_int_equal(feed(&response, good[i].text, step, &used), DONE);
            assert_string_equal(good[i].text + used, good[i].rest);
            assert_int_equal(response.status, good[i].status);
            assert_int_equal(response.keeps, good[i].keeps);
            assert_string_equal(response.body.data != NULL ? response.body.data
                                                           : "",
                                good[i].body);
        }
    }
    usher_response_free(&response);
}

static const char *const bad[] = {
    "",
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na",
    "HTTP/2 200 OK\r\n\r\n",
    "http/1.1 200 OK\r\n\r\n",
    "HTTP/1.1  200 OK\r\n\r\n",
    "HTTP/1.1 2000 OK\r\n\r\n",
    "HTTP/1.1 099 OK\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\n\r\n",
    "<html>",
    OK "no colon\r\n\r\n",
    OK ": no name\r\n\r\n",
    OK "Name : value\r\n\r\n",
    OK "X: 1\r\n folded\r\n\r\n",
    OK "Content-Length: \r\n\r\n",
    OK "Content-Length: -1\r\n\r\n",
    OK "Content-Length: 1, 1\r\n\r\na",
    OK "Content-Length: 99999999999999999999\r\n\r\n",
    OK "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    OK "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
    CHUNKED "x\r\n",
    CHUNKED "\r\n",
    CHUNKED "1x\r\na\r\n0\r\n\r\n",
    CHUNKED "2\r\nabc\r\n0\r\n\r\n",
    CHUNKED "10000000000000000\r\n",
    CHUNKED "1\r\na\r\n0\r\n",
};

static void what_is_garbled_or_cut_off_is_no_answer(void **state)
{
    struct usher_response response = {0};
    size_t i, step, used;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        for (step = strlen(bad[i]) + 1; step > 0; step--) {
            usher_response_begin(&response, BODY_MAX, 0);
            assert_int_equal(feed(&response, bad[i], step, &used), GARBLED);
        }
    }
    usher_response_free(&response);
}

static void a_zero_byte_in_the_head_is_garbled(void **state)
{
    static const char text[] = "HTTP/1.1 200 O\0K\r\n";
    struct usher_response response = {0};
    size_t used;

    (void)state;
    usher_response_begin(&response, BODY_MAX, 0);
    assert_int_equal(
        usher_response_take(&response, text, sizeof(text) - 1, &used), GARBLED);
    usher_response_free(&response);
}

static void the_answer_of_a_head_has_no_body(void **state)
{
    struct usher_response response = {0};
    size_t used;

    (void)state;
    usher_response_begin(&response, BODY_MAX, 1);
    assert_int_equal(
        feed(&response, OK "Content-Length: 50\r\n\r\n", 100, &used), DONE);
    assert_int_equal(response.body.len, 0);
    usher_response_free(&response);
}

static void a_body_and_a_head_have_bounds(void **state)
{
    struct usher_response response = {0};
    char line[1024];
    enum usher_response_state is = MORE;
    size_t used;

    (void)state;
    usher_response_begin(&response, 3, 0);
    assert_int_equal(feed(&response, OK "Content-Length: 4\r\n\r\n", 99, &used),
                     USHER_RESPONSE_LARGE);
    usher_response_begin(&response, 3, 0);
    assert_int_equal(feed(&response, CHUNKED "4\r\nabcd\r\n", 99, &used),
                     USHER_RESPONSE_LARGE);
    usher_response_begin(&response, 3, 0);
    assert_int_equal(feed(&response, OK "\r\nabcd", 1, &used),
                     USHER_RESPONSE_LARGE);
    usher_response_begin(&response, 3, 0);
    memset(line, 'a', sizeof(line));
    memcpy(line, "Name:", 5);
    line[sizeof(line) - 1] = '\n';
    is = usher_response_take(&response, OK, strlen(OK), &used);
    while (is == MORE)
        is = usher_response_take(&response, line, sizeof(line), &used);
    assert_int_equal(is, GARBLED);
    usher_response_begin(&response, 3, 0);
    is = usher_response_take(&response, CHUNKED, strlen(CHUNKED), &used);
    memset(line, '0', sizeof(line));
    while (is == MORE)
        is = usher_response_take(&response, line, sizeof(line), &used);
    assert_int_equal(is, GARBLED);
    usher_response_free(&response);
}

static void headers_are_found_by_name(void **state)
{
    static const char text[] = OK "Empty:\r\nX-One: \t first \t\r\n"
                                  "x-one: second\r\nContent-Length: 0\r\n\r\n";
    struct usher_response response = {0};
    size_t used;

    (void)state;
    usher_response_begin(&response, BODY_MAX, 0);
    assert_null(usher_response_header(&response, "X-One"));
    assert_int_equal(feed(&response, text, 7, &used), DONE);
    assert_string_equal(usher_response_header(&response, "x-ONE"), "first");
    assert_string_equal(usher_response_header(&response, "empty"), "");
    assert_null(usher_response_header(&response, "X-On"));
    assert_null(usher_response_header(&response, "HTTP/1.1 200 OK"));
    usher_response_free(&response);
}

static void codings_of_the_content_are_told(void **state)
{
    static const struct {
        const char *value;
        int is_packed, is_unknown;
    } cases[] = {{"gzip", 1, 0},     {"X-GZIP", 1, 0}, {"deflate", 1, 0},
                 {"identity", 0, 0}, {"br", 0, 1},     {"gzip, br", 0, 1}};
    struct usher_response response = {0};
    size_t i, used;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct usher_buffer text;

        usher_buffer_init(&text, 0);
        assert_int_equal(usher_buffer_printf(&text,
                                             OK "Content-Encoding: %s\r\n\r\n",
                                             cases[i].value),
                         USHER_OK);
        usher_response_begin(&response, BODY_MAX, 0);
        assert_int_equal(feed(&response, text.data, 9, &used), DONE);
        assert_int_equal(response.is_packed, cases[i].is_packed);
        assert_int_equal(response.is_unknown, cases[i].is_unknown);
        usher_buffer_free(&text);
    }
    usher_response_free(&response);
}

static void no_memory_is_told(void **state)
{
    static const char text[] = OK "Content-Length: 2\r\n\r\nok";
    enum usher_response_state is = MORE;
    unsigned long n;
    size_t used;

    (void)state;
    for (n = 1; is != DONE; n++) {
        struct usher_response response = {0};

        usher_response_begin(&response, BODY_MAX, 0);
        fail_alloc_at(n);
        is = feed(&response, text, 100, &used);
        if (fail_alloc_off())
            assert_int_equal(is, USHER_RESPONSE_NOMEM);
        else
            assert_int_equal(is, DONE);
        usher_response_free(&response);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_the_same_however_it_comes),
        cmocka_unit_test(what_is_garbled_or_cut_off_is_no_answer),
        cmocka_unit_test(a_zero_byte_in_the_head_is_garbled),
        cmocka_unit_test(the_answer_of_a_head_has_no_body),
        cmocka_unit_test(a_body_and_a_head_have_bounds),
        cmocka_unit_test(headers_are_found_by_name),
        cmocka_unit_test(codings_of_the_content_are_told),
        cmocka_unit_test(no_memory_is_told),
    };

    return cmocka_run_group_tests_name("response", tests, NULL, NULL);
}
