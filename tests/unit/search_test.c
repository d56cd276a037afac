/* tests/unit/search_test.c - conversations that are listed and searched in a
 * running engine: step by step, the loop's other work in between. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "conversation/admin.h"
#include "patience.h"
#include "turn_world.h"

#define TALKS 100

static const struct turn_flow flows[] = {
    {"init.lua", "return { flows = { { 'asks', triggers = { 'ask me' } }, "
                 "{ 'hello', fallback = true } } }"},
    {"asks.lua", "return function(chat) chat.memory.who = chat:ask 'Who?' "
                 "chat.memory.city = chat:ask 'Where?' end"},
    {"hello.lua", "return function(chat) chat:say 'eleven' end"},
    {NULL, NULL}};

struct asked {
    struct turn_world *world;
    struct usher_clock_manual time; /* of the loop that waits for the store */
    struct usher_loop *waits;
    struct usher_admin admin;
    struct usher_searches searches;
    struct usher_buffer out;
    unsigned status, between;
};

static void open_world(struct asked *asked)
{
    char key[16], text[32];

    memset(asked, 0, sizeof(*asked));
    asked->world = turn_world_new(flows, 1);
    for (int i = 0; i < TALKS; i++) {
        snprintf(key, sizeof(key), "c%d", i);
        snprintf(text, sizeof(text), "Printer number %d!", i);
        assert_non_null(strstr(turn_ask(asked->world, key, text), "eleven"));
    }
    usher_clock_manual_init(&asked->time, 1772442000000, 7);
    assert_int_equal(usher_loop_new(&asked->time.clock, &asked->waits),
                     USHER_OK);
    asked->admin.store = usher_stage_store(asked->world->stage);
    asked->admin.clock = &asked->world->time.clock;
    asked->admin.loop = asked->waits;
    asked->searches.loop = usher_stage_loop(asked->world->stage);
}

static void close_world(struct asked *asked)
{
    usher_buffer_free(&asked->out);
    turn_world_free(asked->world);
    usher_loop_step(asked->waits, 0);
    usher_loop_free(asked->waits);
}

static void answered(void *user, unsigned status)
{
    struct asked *asked = user;

    assert_int_equal(asked->status, 0);
    asked->status = status;
}

static void ask(struct asked *asked, const char *search, const char *limit)
{
    struct usher_admin_ask wanted = {
        .name = "conversations", .search = search, .limit = limit};

    usher_buffer_clear(&asked->out);
    asked->status = 0;
    assert_int_equal(usher_admin_search(&asked->searches, &asked->admin,
                                        &wanted, &asked->out, answered, asked),
                     1);
}

/* Something else that the loop has to do, again and again. */
static void other_work(void *user)
{
    struct asked *asked = user;

    asked->between++;
    if (!asked->status)
        assert_int_equal(
            usher_loop_post(asked->searches.loop, other_work, asked), USHER_OK);
}

static unsigned found(struct asked *asked, const char *search,
                      const char *limit)
{
    const char *at;
    unsigned count = 0;

    ask(asked, search, limit);
    WAIT_FOR("what is found", asked->status,
             usher_loop_step(asked->searches.loop, 0));
    assert_int_equal(asked->status, 200);
    for (at = asked->out.data; (at = strstr(at, "\"key\"")) != NULL; at++)
        count++;
    return count;
}

static void other_work_goes_on_meanwhile(void **state)
{
    struct asked asked;

    (void)state;
    open_world(&asked);
    ask(&asked, "no such words", NULL);
    other_work(&asked);
    WAIT_FOR("what is found beside other work", asked.status,
             usher_loop_step(asked.searches.loop, 0));
    assert_int_equal(asked.status, 200);
    assert_non_null(strstr(asked.out.data, "\"conversations\":[],"
                                           "\"looked\":100"));
    assert_true(asked.between >= TALKS / 20);
    close_world(&asked);
}

static void the_whole_list_is_looked_at(void **state)
{
    struct asked asked;

    (void)state;
    open_world(&asked);
    assert_int_equal(found(&asked, "pRINTER", NULL), 50);
    assert_int_equal(found(&asked, "pRINTER", "1000"), TALKS);
    assert_int_equal(found(&asked, "number 77!", NULL), 1);
    assert_non_null(strstr(asked.out.data, "c77\""));
    assert_int_equal(found(&asked, "eleven", "3"), 3);
    assert_non_null(strstr(asked.out.data, "\"most\":10000}"));
    assert_int_equal(found(&asked, NULL, NULL), 50);
    assert_int_equal(found(&asked, "", "1000"), TALKS);
    close_world(&asked);
}

static void a_number_is_found_however_it_is_written(void **state)
{
    static const char *const found_by[] = {"98765 43210",   "9876543210",
                                           "098765-43210",  "+91 98765 43210",
                                           "+919876543210", "00919876543210",
                                           "765.432",       "043210",
                                           "6543"};
    static const char *const not_by[] = {"98765 43211", "5-4", "019876543",
                                         "0000"};
    struct asked asked;

    (void)state;
    open_world(&asked);
    assert_non_null(
        strstr(turn_ask(asked.world, "n", "it is (98765) 43210."), "eleven"));
    for (size_t i = 0; i < sizeof(found_by) / sizeof(found_by[0]); i++) {
        assert_int_equal(found(&asked, found_by[i], NULL), 1);
        assert_non_null(strstr(asked.out.data, "n\""));
    }
    for (size_t i = 0; i < sizeof(not_by) / sizeof(not_by[0]); i++)
        assert_int_equal(found(&asked, not_by[i], NULL), 0);
    close_world(&asked);
}

/* The visitor's first words, not cut within a letter. */
static void the_first_words_are_shown(void **state)
{
    struct asked asked;
    char text[160] = "a", wanted[160];

    (void)state;
    open_world(&asked);
    for (int i = 0; i < 60; i++)
        strcat(text, "\xC3\xA9");
    assert_non_null(strstr(turn_ask(asked.world, "n", text), "eleven"));
    assert_non_null(strstr(turn_ask(asked.world, "n", "later"), "eleven"));
    snprintf(wanted, sizeof(wanted), "\"first\":\"%.79s\"}", text);
    assert_int_equal(found(&asked, NULL, "1"), 1);
    assert_non_null(strstr(asked.out.data, wanted));
    close_world(&asked);
}

/* One conversation, its version without the 64 figures. */
static void shown(struct asked *asked, const char *key, const char *wanted)
{
    char *version;

    usher_buffer_clear(&asked->out);
    assert_int_equal(usher_conversation_show(&asked->admin, key, &asked->out),
                     USHER_OK);
    version = strstr(asked->out.data, "\"version\":\"");
    if (version) {
        version += strlen("\"version\":\"");
        assert_int_equal(strspn(version, "0123456789abcdef"), 64);
        memmove(version, version + 64, strlen(version + 64) + 1);
    }
    assert_string_equal(asked->out.data, wanted);
}

/* Each member with a value of its own: one whose flow waits, one at its end. */
static void all_of_a_conversation_is_shown(void **state)
{
    struct asked asked;

    (void)state;
    open_world(&asked);
    turn_ask(asked.world, "w", "ask me");
    turn_ask(asked.world, "w", "Ann \"A\"");
    usher_clock_manual_advance(&asked.world->time, 61000);
    turn_ask(asked.world, "e", "bye");
    assert_int_equal(found(&asked, NULL, "2"), 2);
    assert_string_equal(
        asked.out.data,
        "{\"conversations\":[{\"key\":\"siq:e\",\"turns\":1,\"touched_at\":"
        "1772442061,\"waits\":false,\"first\":\"bye\"},{\"key\":\"siq:w\","
        "\"turns\":2,\"touched_at\":1772442000,\"flow\":\"asks\",\"waits\":"
        "true,\"first\":\"ask me\"}],\"looked\":2,\"most\":10000}\n");
    shown(
        &asked, "siq:w",
        "{\"key\":\"siq:w\",\"turns\":2,\"touched_at\":1772442000,\"flow\":"
        "\"asks\",\"version\":\"\",\"waits\":true,\"memory\":{\"who\":\"Ann "
        "\\\"A\\\"\"},\"messages\":[{\"who\":\"visitor\",\"text\":\"ask me\"},"
        "{\"who\":\"bot\",\"text\":\"Who?\"},{\"who\":\"visitor\",\"text\":"
        "\"Ann "
        "\\\"A\\\"\"},{\"who\":\"bot\",\"text\":\"Where?\"}]}\n");
    shown(&asked, "siq:e",
          "{\"key\":\"siq:e\",\"turns\":1,\"touched_at\":1772442061,\"waits\":"
          "false,\"memory\":{},\"messages\":[{\"who\":\"visitor\",\"text\":"
          "\"bye\"},{\"who\":\"bot\",\"text\":\"eleven\"}]}\n");
    usher_buffer_clear(&asked.out);
    assert_int_equal(usher_conversation_show(&asked.admin, "siq:nobody",
                                             &asked.out),
                     USHER_ERR_NOT_FOUND);
    assert_int_equal(asked.out.len, 0);
    close_world(&asked);
}

static void several_wait_for_one_another(void **state)
{
    struct asked asked;
    struct usher_admin_ask second = {.name = "conversations", .limit = "1"};
    struct asked other = {.status = 0};

    (void)state;
    open_world(&asked);
    ask(&asked, "number 1!", NULL);
    assert_int_equal(usher_admin_search(&asked.searches, &asked.admin, &second,
                                        &other.out, answered, &other),
                     1);
    WAIT_FOR("the answer to the second", other.status,
             usher_loop_step(asked.searches.loop, 0));
    assert_int_equal(asked.status, 200);
    assert_int_equal(other.status, 200);
    usher_buffer_free(&other.out);
    close_world(&asked);
}

#ifdef USHER_FAULTS
/* A list without those that could not be read is none. */
static void a_store_that_cannot_be_read_is_told(void **state)
{
    struct asked asked;

    (void)state;
    open_world(&asked);
    usher_store_fault(asked.admin.store, USHER_STORE_FAULT_LOAD);
    ask(&asked, NULL, NULL);
    WAIT_FOR("word that it failed", asked.status,
             usher_loop_step(asked.searches.loop, 0));
    assert_int_equal(asked.status, 503);
    assert_null(strstr(asked.out.data, "\"key\""));
    usher_store_fault(asked.admin.store, USHER_STORE_FAULT_NONE);
    close_world(&asked);
}
#endif

static void what_is_wrong_is_told_at_once(void **state)
{
    struct asked asked;

    (void)state;
    open_world(&asked);
    ask(&asked, NULL, "1001");
    assert_int_equal(asked.status, 422);
    close_world(&asked);
}

static void the_end_waits_for_none(void **state)
{
    struct asked asked;

    (void)state;
    open_world(&asked);
    ask(&asked, "no such words", NULL);
    usher_loop_step(asked.searches.loop, 0);
    assert_int_equal(asked.status, 0);
    usher_searches_stop(&asked.searches);
    assert_int_equal(asked.status, 503);
    usher_loop_step(asked.searches.loop, 0);
    close_world(&asked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_work_goes_on_meanwhile),
        cmocka_unit_test(the_whole_list_is_looked_at),
        cmocka_unit_test(a_number_is_found_however_it_is_written),
        cmocka_unit_test(the_first_words_are_shown),
        cmocka_unit_test(all_of_a_conversation_is_shown),
        cmocka_unit_test(several_wait_for_one_another),
#ifdef USHER_FAULTS
        cmocka_unit_test(a_store_that_cannot_be_read_is_told),
#endif
        cmocka_unit_test(what_is_wrong_is_told_at_once),
        cmocka_unit_test(the_end_waits_for_none),
    };

    return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
