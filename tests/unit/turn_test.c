/* tests/unit/turn_test.c - engine/conversation/turn.c and turn_input.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "body_world.h"
#include "fail_alloc.h"

static void a_message_is_read(void **state)
{
    struct world *w = *state;

    take(w, "{\"handler\":\"message\",\"operation\":\"chat\",\"request\":{"
            "\"id\":\"r1\"},\"visitor\":{\"name\":\"Asha\",\"email\":\"\","
            "\"active_conversation_id\":\"310\",\"age\":41,\"vip\":true,"
            "\"list\":[1]},\"message\":{\"text\":\"h\\u00e9llo\",\"payload\":"
            "\"1\",\"meta\":{\"b\":[1,null,2.5],\"a\":\"x\"}}}");
    assert_int_equal(w->turn.kind, USHER_TURN_MESSAGE);
    assert_string_equal(w->turn.problem, "");
    assert_string_equal(w->turn.request_id, "r1");
    expect_key(w, "siq:310");
    expect_text(&w->turn.text, "h\xC3\xA9llo");
    expect_text(&w->turn.payload, "1");
    assert_string_equal(
        w->shown.data,
        "{\"at\":5.5,\"kind\":\"message\",\"meta\":{\"a\":\"x\",\"b\":[1,false,"
        "2.5]},\"payload\":\"1\",\"place\":{\"region\":\"IN\",\"zone\":"
        "\"Asia/Kolkata\"},\"text\":\"h\xC3\xA9llo\",\"visitor\":{"
        "\"active_conversation_id\":\"310\",\"age\":41,\"name\":\"Asha\","
        "\"vip\":true}}");
}

static void the_older_shape_is_read(void **state)
{
    struct world *w = *state;

    take(w, "{\"session_id\":77,\"message\":{\"text\":\"hi\"},\"visitor\":{"
            "\"id\":\"v\"},\"payload\":{\"value\":\"2\"}}");
    expect_key(w, "session:77");
    expect_text(&w->turn.payload, "2");
    take(w, "{\"message\":\"hi\",\"visitor\":{\"id\":\"v\"},\"action_value\":"
            "\"1\"}");
    expect_key(w, "visitor:v");
    expect_text(&w->turn.text, "hi");
    expect_text(&w->turn.payload, "1");
}

/* What names the conversation before what names the visitor, each kind of id
 * with a source of its own. */
static void a_key_is_found_where_channels_put_it(void **state)
{
    static const struct {
        const char *body, *key;
    } cases[] = {
        {"{\"visitor\":{\"active_conversation_id\":\"a\",\"id\":\"v\"},"
         "\"conversation_id\":\"t\"}",
         "siq:a"},
        {"{\"session_id\":\"s\",\"conversation_id\":\"t\"}", "session:s"},
        {"{\"conversation_id\":\"t\",\"request\":{\"conversation_id\":"
         "\"r\"},\"visitor\":{\"id\":\"v\"}}",
         "body:t"},
        {"{\"conversation_id\":9007199254740993,\"visitor\":{}}",
         "body:9007199254740993"},
        {"{\"conversation_id\":\"\",\"request\":{\"conversation_id\":7,"
         "\"id\":\"x\"},\"visitor\":{\"id\":\"v\"}}",
         "request:7"},
        {"{\"conversation_id\":null,\"request\":{\"conversation_id\":{}},"
         "\"visitor\":{\"id\":\"v\",\"visitor_id\":\"w\"}}",
         "visitor:v"},
        {"{\"visitor\":{\"id\":null,\"visitor_id\":\"w\"}}", "visitor_id:w"},
        {"{\"entity\":{\"visitor\":{}},\"conversation_id\":\"t\"}", "body:t"},
        {"{\"entity\":{\"request\":{\"conversation_id\":\"r\"}}}", "request:r"},
    };
    struct world *w = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        take(w, cases[i].body);
        expect_key(w, cases[i].key);
    }
    take(w, "{\"request\":{\"conversation_id\":\"botpreview_1\"}}");
    assert_int_equal(w->turn.preview, 1);
}

/* As the call says it, until the conversation knows better. */
static void a_failure_may_be_of_a_forward(void **state)
{
    struct world *w = *state;
    char *forwarded;

    take(w, "{\"handler\":\"failure\",\"failed_response\":{\"action\":"
            "\"forward\"}}");
    assert_non_null(strstr(w->shown.data, "\"forwarded\":true"));
    usher_turn_set_forwarded(&w->turn, 0);
    forwarded = w->turn.input.data + w->turn.forwarded_at;
    assert_int_equal(*forwarded, 1); /* false, see script/value.h */
    take(w, "{\"handler\":\"failure\",\"cause\":{\"code\":1002}}");
    assert_non_null(strstr(w->shown.data, "\"forwarded\":false"));
    take(w, "{\"failed_response\":{\"action\":\"forward\"}}");
    assert_null(strstr(w->shown.data, "forwarded"));
    usher_turn_set_forwarded(&w->turn, 1); /* no failure: nothing happens */
}

/* Text and files as people read them. */
static void files_are_told_from_words(void **state)
{
    static const struct {
        const char *body, *text, *shown;
    } cases[] = {
        {"{\"message\":{\"text\":\"\"},\"attachments\":[{\"name\":"
         "\"a.jpg\",\"type\":\"image/jpeg\",\"url\":\"https://x/1\"}]}",
         "", "[file: a.jpg]"},
        {"{\"message\":{\"text\":null,\"type\":\"files\"}}", "", "[file]"},
        {"{\"message\":{\"type\":\"Image\"}}", "", "[file: image]"},
        {"{\"message\":{\"text\":\"\"},\"attachments\":0}", "", ""},
        {"{\"message\":{\"type\":\"location\",\"text\":\"12 March St\"}}", "",
         "[location: 12 March St]"},
        {"{\"message\":{\"type\":\"text\",\"text\":\"a.jpg\"},"
         "\"attachments\":[]}",
         "a.jpg", ""},
        {"{\"message\":{\"text\":\" see\\na.jpg \"},\"attachments\":"
         "{\"filename\":\"a.jpg\"}}",
         "see", "[file: a.jpg]"},
        {"{\"message\":{\"text\":\"this image is bad\"},\"attachments\":"
         "[{\"name\":\"image\"},{\"name\":\"is\"}]}",
         "this image is bad", "[file: image] [file: is]"},
        {"{\"message\":{\"text\":\"scan 5\"},\"attachments\":[\"scan 5\"]}", "",
         "[file: scan 5]"},
        {"{\"message\":{\"text\":\"https://x/d/b.pdf?a=1\",\"type\":"
         "\"file\"}}",
         "", "[file: b.pdf]"},
        {"{\"message\":{\"text\":\"call me at 5 about b.pdf\"},"
         "\"attachments\":[{\"name\":\"b.pdf\"}]}",
         "call me at 5 about", "[file: b.pdf]"},
        {"{\"message\":{\"text\":\"(a.jpg)\",\"files\":[{\"file\":{"
         "\"name\":\"a.jpg\"}},7,{},null]}}",
         "", "[file: a.jpg] [file]"},
        {"{\"entity\":{\"message\":\"5.pdf\",\"attachments\":[{\"id\":"
         "1}]}}",
         "", "[file: 5.pdf]"},
        {"{\"handler\":\"trigger\",\"attachments\":[\"a.jpg\"]}", "", ""},
    };
    struct world *w = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        take(w, cases[i].body);
        expect_text(&w->turn.text, cases[i].text);
        expect_text(&w->turn.files_shown, cases[i].shown);
        assert_int_equal(usher_turn_is_wordless(&w->turn),
                         !cases[i].text[0] && cases[i].shown[0]);
    }
    take(w, cases[0].body);
    assert_non_null(strstr(w->shown.data,
                           "\"files\":[{\"name\":\"a.jpg\",\"type\":"
                           "\"image\",\"url\":\"https://x/1\"}]"));
}

/* Two files are no repeat of one. */
static void files_belong_to_the_print(void **state)
{
    struct world *w = *state;
    uint64_t first;

    take(w, "{\"message\":\"\",\"attachments\":[\"a.jpg\"]}");
    first = w->turn.fingerprint;
    take(w, "{\"message\":\"\",\"attachments\":[\"b.jpg\"]}");
    assert_true(w->turn.fingerprint != first);
    take(w, "{\"message\":\"\",\"attachments\":[\"a.jpg\"]}");
    assert_true(w->turn.fingerprint == first);
}

static void an_entity_holds_the_rest(void **state)
{
    struct world *w = *state;

    take(w, "{\"handler\":\"context\",\"entity\":{\"chat\":{\"id\":\"c\"},"
            "\"visitor\":{\"time_zone\":\"Europe/Berlin\"},\"answers\":"
            "\"{\\\"q\\\":1}\"}}");
    assert_int_equal(w->turn.kind, USHER_TURN_CONTEXT);
    expect_key(w, "chat:c");
    assert_string_equal(
        w->shown.data,
        "{\"answers\":{\"q\":1},\"at\":5.5,\"kind\":\"context\",\"place\":{"
        "\"region\":\"DE\",\"zone\":\"Europe/Berlin\"},\"text\":\"\","
        "\"visitor\":{\"time_zone\":\"Europe/Berlin\"}}");
}

static void a_zone_may_have_an_old_name_or_none(void **state)
{
    struct world *w = *state;

    take(w, "{\"message\":\"a\",\"visitor\":{\"time_zone\":\"US/Eastern\"}}");
    assert_non_null(
        strstr(w->shown.data,
               "\"place\":{\"region\":\"US\",\"zone\":\"America/New_York\"}"));
    take(w, "{\"message\":\"a\",\"visitor\":{\"time_zone\":\"\"}}");
    take(w, "{\"message\":\"a\"}");
    assert_string_equal(w->unknown, "");
    take(w, "{\"message\":\"a\",\"visitor\":{\"time_zone\":\"Moon/Base\"}}");
    assert_non_null(
        strstr(w->shown.data,
               "\"place\":{\"region\":\"IN\",\"zone\":\"Asia/Kolkata\"}"));
    assert_string_equal(w->unknown, "Moon/Base,");
}

static void what_is_wrong_is_said(void **state)
{
    static const struct {
        const char *body;
        const char *problem;
        enum usher_turn_kind kind;
    } cases[] = {
        {"", "the body is empty", USHER_TURN_UNREADABLE},
        {"[]", "the body is not a JSON object", USHER_TURN_UNREADABLE},
        {"{\"a\":", "the body is not JSON: a value is expected here, at byte 6",
         USHER_TURN_UNREADABLE},
        {"{}", "visitor is missing or not an object", USHER_TURN_MESSAGE},
        {"{\"visitor\":{}}", "no usable conversation id", USHER_TURN_MESSAGE},
        {"{\"handler\":1}", "handler is not a string", USHER_TURN_MESSAGE},
        {"{\"handler\":\"x\"}", "unknown handler, taken as a message",
         USHER_TURN_MESSAGE},
        {"{\"visitor\":{\"id\":1},\"message\":[]}",
         "message is neither an object nor a string", USHER_TURN_MESSAGE},
        {"{\"visitor\":{\"id\":1},\"message\":{\"text\":{}}}",
         "message.text is not a string", USHER_TURN_MESSAGE},
    };
    struct world *w = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        take(w, cases[i].body);
        assert_string_equal(w->turn.problem, cases[i].problem);
        assert_int_equal(w->turn.kind, cases[i].kind);
    }
}

static void a_key_is_1_to_128_bytes(void **state)
{
    struct world *w = *state;
    char body[512], id[200];

    memset(id, 'x', sizeof(id));
    snprintf(body, sizeof(body), "{\"visitor\":{\"id\":\"%.128s\"}}", id);
    take(w, body);
    assert_int_equal(w->turn.key_len, 128 + strlen("visitor:"));
    snprintf(body, sizeof(body), "{\"visitor\":{\"id\":\"%.129s\"}}", id);
    take(w, body);
    assert_int_equal(w->turn.key_len, 0);
    take(w, "{\"visitor\":{\"id\":\"a\\u0000b\"}}");
    assert_int_equal(w->turn.key_len, 0);
}

static void the_same_message_has_the_same_print(void **state)
{
    struct world *w = *state;
    uint64_t print;

    take(w, "{\"message\":{\"text\":\"a\",\"payload\":\"b\"}}");
    print = w->turn.fingerprint;
    take(w, "{ \"message\":{\"payload\":\"b\",\"text\":\"a\"},\"x\":1}");
    assert_true(w->turn.fingerprint == print);
    take(w, "{\"message\":{\"text\":\"ab\"}}");
    assert_true(w->turn.fingerprint != print);
}

/* Large parts are left out, the turn stays. */
static void what_is_too_large_is_left_out(void **state)
{
    struct world *w = *state;
    struct usher_buffer body;

    usher_buffer_init(&body, 0);
    usher_buffer_text(&body, "{\"message\":{\"text\":\"");
    for (int i = 0; i < 12000; i++)
        usher_buffer_text(&body, "\xC3\xA9");
    usher_buffer_text(&body, "\"},\"attachments\":[");
    for (int i = 0; i < 40000; i++)
        usher_buffer_text(&body, "\"abc\",");
    usher_buffer_text(&body, "1],\"visitor\":{\"id\":\"v\"");
    for (int i = 0; i < 100; i++) {
        usher_buffer_printf(&body, ",\"m%d\":\"", i);
        for (int n = 0; n < 2048; n++)
            usher_buffer_byte(&body, 'x');
        usher_buffer_text(&body, "\"");
    }
    usher_buffer_text(&body, "}}");
    take_bytes(w, body.data, body.len);
    assert_int_equal(w->turn.text.len, 10000);
    assert_null(strstr(w->shown.data, "attachments"));
    assert_non_null(strstr(w->shown.data, "\"m1\""));
    usher_buffer_free(&body);
}

/* The rest of the turn does not suffer, whatever the part consists of. */
static void a_part_of_many_empty_things_is_left_out(void **state)
{
    static const char *const items[] = {"{},", "[],", "null,"};
    struct world *w = *state;
    struct usher_buffer body;

    for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
        usher_buffer_init(&body, 0);
        usher_buffer_text(&body, "{\"message\":\"hi\",\"attachments\":[");
        for (int n = 0; n < 70000; n++)
            usher_buffer_text(&body, items[i]);
        body.data[body.len - 1] = ']';
        usher_buffer_text(&body, "}");
        take_bytes(w, body.data, body.len);
        expect_text(&w->turn.text, "hi");
        assert_null(strstr(w->shown.data, "attachments"));
        usher_buffer_free(&body);
    }
}

static void numbers_of_any_size_are_read(void **state)
{
    struct world *w = *state;

    take(w, "{\"visitor\":{\"active_conversation_id\":310000000045001000123,"
            "\"score\":4.5,\"big\":123456789012345678901},\"request\":{\"id\":"
            "18446744073709551616},\"message\":{\"text\":98765432109876543210,"
            "\"meta\":{\"n\":99999999999999999999,\"m\":7}},\"answers\":"
            "\"{\\\"q\\\":99999999999999999999}\"}");
    assert_string_equal(w->turn.problem, "");
    expect_key(w, "siq:310000000045001000123");
    assert_string_equal(w->turn.request_id, "18446744073709551616");
    expect_text(&w->turn.text, "98765432109876543210");
    assert_string_equal(
        w->shown.data,
        "{\"answers\":{\"q\":1e+20},\"at\":5.5,\"kind\":\"message\",\"meta\":{"
        "\"m\":7,\"n\":1e+20},\"place\":{\"region\":\"IN\",\"zone\":"
        "\"Asia/Kolkata\"},\"text\":\"98765432109876543210\",\"visitor\":{"
        "\"active_conversation_id\":3.1000000004500102e+20,"
        "\"big\":1.2345678901234568e+20,\"score\":4.5}}");
}

static void of_equal_names_the_last_counts(void **state)
{
    struct world *w = *state;

    take(w, "{\"visitor\":{\"name\":\"a\",\"id\":\"v\",\"name\":\"b\",\"id\":"
            "null}}");
    assert_int_equal(w->turn.key_len, 0);
    assert_non_null(strstr(w->shown.data, "\"visitor\":{\"name\":\"b\"}"));
}

static void without_memory_nothing_is_left(void **state)
{
    static const char body[] =
        "{\"visitor\":{\"id\":\"v\"},\"message\":{\"text\":\"hello there\","
        "\"payload\":\"p\"},\"attachments\":[{\"url\":\"https://x/1\"}],"
        "\"files\":\"there\"}";
    struct world *w = *state;

    for (unsigned long n = 1;; n++) {
        enum usher_status st;

        usher_turn_clear(&w->turn);
        usher_json_free(&w->json);
        fail_alloc_at(n);
        st = usher_turn_parse(&w->turn, body, strlen(body), 0, &w->place);
        if (!fail_alloc_off()) {
            assert_int_equal(st, USHER_OK);
            break;
        }
        assert_int_equal(st, USHER_ERR_NOMEM);
        assert_null(w->turn.input.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_message_is_read),
        TEST(the_older_shape_is_read),
        TEST(a_key_is_found_where_channels_put_it),
        TEST(a_failure_may_be_of_a_forward),
        TEST(files_are_told_from_words),
        TEST(files_belong_to_the_print),
        TEST(an_entity_holds_the_rest),
        TEST(a_zone_may_have_an_old_name_or_none),
        TEST(what_is_wrong_is_said),
        TEST(a_key_is_1_to_128_bytes),
        TEST(the_same_message_has_the_same_print),
        TEST(what_is_too_large_is_left_out),
        TEST(a_part_of_many_empty_things_is_left_out),
        TEST(numbers_of_any_size_are_read),
        TEST(of_equal_names_the_last_counts),
        TEST(without_memory_nothing_is_left),
    };

    return cmocka_run_group_tests_name("turn", tests, NULL, NULL);
}
