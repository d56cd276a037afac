/* tests/unit/answer_test.c - a turn's answer as SalesIQ reads it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conversation/answer.h"

struct world {
    struct usher_answer answer;
    struct usher_buffer out;
};

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof(*w));

    assert_non_null(w);
    usher_answer_init(&w->answer);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;

    usher_answer_free(&w->answer);
    usher_buffer_free(&w->out);
    free(w);
    return 0;
}

static void say(struct world *w, const char *text)
{
    usher_answer_text(&w->answer, text, strlen(text));
}

static void button(struct world *w, const char *label, const char *value)
{
    usher_answer_button(&w->answer, label, strlen(label), value, strlen(value));
}

/* before: replies of earlier turns, or NULL. */
static void expect(struct world *w, int objects, const char *before,
                   const char *json)
{
    struct usher_buffer early;

    usher_buffer_init(&early, 0);
    if (before)
        usher_buffer_text(&early, before);
    usher_buffer_clear(&w->out);
    usher_answer_write(&w->answer, objects, &early, "nothing", &w->out);
    usher_buffer_free(&early);
    assert_string_equal(w->out.data, json);
}

static void replies_are_a_list(void **state)
{
    struct world *w = *state;

    expect(w, 0, NULL, "{\"action\":\"reply\",\"replies\":[\"nothing\"]}");
    expect(w, 0, "\"a\"", "{\"action\":\"reply\",\"replies\":[\"a\"]}");
    say(w, "x \"y\"");
    expect(w, 0, NULL, "{\"action\":\"reply\",\"replies\":[\"x \\\"y\\\"\"]}");
    usher_answer_card(&w->answer, "{\"type\":\"t\"}", 12, "card", 4);
    expect(w, 0, "\"a\",\"b\"",
           "{\"action\":\"reply\",\"replies\":[\"a\",\"b\",\"x \\\"y\\\"\","
           "{\"type\":\"t\"}]}");
    /* As people read it who take over. */
    assert_string_equal(w->answer.spoken.data, "x \"y\"\ncard");
}

static void buttons_are_words_or_objects(void **state)
{
    struct world *w = *state;

    say(w, "x");
    button(w, "One", "1");
    button(w, "Two", "2");
    expect(w, 0, NULL,
           "{\"action\":\"reply\",\"replies\":[\"x\"],\"suggestions\":["
           "\"One\",\"Two\"]}");
    expect(w, 1, NULL,
           "{\"action\":\"reply\",\"replies\":[\"x\"],\"suggestions\":["
           "{\"text\":\"One\",\"action_type\":\"reply\",\"action_value\":"
           "\"1\"},{\"text\":\"Two\",\"action_type\":\"reply\","
           "\"action_value\":\"2\"}]}");
    /* SalesIQ shows one or the other. */
    usher_buffer_text(&w->answer.input, "{\"type\":\"tel\"}");
    expect(w, 1, NULL,
           "{\"action\":\"reply\",\"replies\":[\"x\"],\"input\":{\"type\":"
           "\"tel\"}}");
}

static void whatever_the_action_its_members_go_with_it(void **state)
{
    struct world *w = *state;

    say(w, "x");
    w->answer.action = "forward";
    usher_answer_member(&w->answer, "department", "\"1\"", 3);
    usher_answer_member(&w->answer, "agents", "[2]", 3);
    expect(w, 0, NULL,
           "{\"action\":\"forward\",\"replies\":[\"x\"],\"department\":\"1\","
           "\"agents\":[2]}");
    usher_answer_clear(&w->answer);
    expect(w, 0, NULL, "{\"action\":\"reply\",\"replies\":[\"nothing\"]}");
    assert_int_equal(w->answer.spoken.len, 0);
}

/* Of whatever there is too much, it is told. */
static void each_part_has_its_bound(void **state)
{
    static const struct {
        size_t part, bound;
    } parts[] = {
        {offsetof(struct usher_answer, replies), 256 * 1024},
        {offsetof(struct usher_answer, spoken), 256 * 1024},
        {offsetof(struct usher_answer, buttons), 64 * 1024},
        {offsetof(struct usher_answer, input), 64 * 1024},
        {offsetof(struct usher_answer, extra), 16 * 1024},
    };
    struct world *w = *state;
    char *much = calloc(1, 256 * 1024);

    assert_non_null(much);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        char *at = (char *)&w->answer + parts[i].part;
        struct usher_buffer *part = (struct usher_buffer *)(void *)at;

        usher_buffer_append(part, much, parts[i].bound - 1);
        assert_int_equal(usher_answer_failed(&w->answer), 0);
        usher_buffer_append(part, much, 2);
        assert_int_equal(usher_answer_failed(&w->answer), 1);
        usher_answer_clear(&w->answer);
        assert_int_equal(usher_answer_failed(&w->answer), 0);
    }
    free(much);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(replies_are_a_list),
        CASE(buttons_are_words_or_objects),
        CASE(whatever_the_action_its_members_go_with_it),
        CASE(each_part_has_its_bound),
    };

    return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}
