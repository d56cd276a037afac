/* tests/unit/turn_bound_test.c - what a body may bring into a turn: which place
 * goes before which, and both sides of each bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "body_world.h"

/* Takes a body of this form, with a text of so many x in place of its %s. */
static void take_long(struct world *w, const char *form, size_t count)
{
    char *text = malloc(count + 1);
    struct usher_buffer body;

    assert_non_null(text);
    memset(text, 'x', count);
    text[count] = '\0';
    usher_buffer_init(&body, 0);
    for (const char *at = form; *at; at++) {
        if (*at == '%')
            usher_buffer_text(&body, text);
        else
            usher_buffer_byte(&body, *at);
    }
    take_bytes(w, body.data, body.len);
    usher_buffer_free(&body);
    free(text);
}

static size_t count_of(const struct world *w, const char *part)
{
    size_t count = 0;

    for (const char *at = w->shown.data; (at = strstr(at, part)) != NULL;
         at += strlen(part))
        count++;
    return count;
}

/* ---- places ---- */

/* Of several ids the surest is the key, whatever else there is. */
static void each_id_goes_before_all_behind_it(void **state)
{
    static const char *const keys[] = {
        "siq:a",  "chat:b",    "conversation:c", "session:d",   "body:e",
        "body:f", "request:g", "visitor:h",      "visitor_id:i"};
    struct world *w = *state;

    for (size_t from = 0; from < sizeof(keys) / sizeof(keys[0]); from++) {
        struct usher_buffer body;

#define ID(i, text) (from <= (i) ? text : "")
        usher_buffer_init(&body, 0);
        usher_buffer_printf(
            &body,
            "{%s\"entity\":{%s%s%s%s%s\"visitor\":{%s%s%s\"name\":\"n\"}}}",
            ID(5, "\"conversation_id\":\"f\","),
            ID(1, "\"chat\":{\"id\":\"b\"},"),
            ID(2, "\"conversation\":{\"id\":\"c\"},"),
            ID(3, "\"session_id\":\"d\","), ID(4, "\"conversation_id\":\"e\","),
            ID(6, "\"request\":{\"conversation_id\":\"g\"},"),
            ID(0, "\"active_conversation_id\":\"a\","), ID(7, "\"id\":\"h\","),
            ID(8, "\"visitor_id\":\"i\","));
        take_bytes(w, body.data, body.len);
        expect_key(w, keys[from]);
        usher_buffer_free(&body);
    }
}

static void a_preview_is_known_whatever_its_place(void **state)
{
    static const struct {
        const char *body;
        int preview;
    } cases[] = {
        {"{\"visitor\":{\"active_conversation_id\":\"botpreview_1\"}}", 1},
        {"{\"chat\":{\"id\":\"botpreview_1\"}}", 1},
        {"{\"visitor\":{\"id\":\"botpreview_1\"}}", 1},
        {"{\"visitor\":{\"id\":\"botpreview_\"}}", 0},
        {"{\"visitor\":{\"id\":\"xbotpreview_1\"}}", 0},
        {"{\"visitor\":{\"id\":\"botpreviews1\"}}", 0},
    };
    struct world *w = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        take(w, cases[i].body);
        assert_int_equal(w->turn.preview, cases[i].preview);
        assert_int_equal(count_of(w, "\"preview\":true"), cases[i].preview);
    }
}

static void each_handler_is_known(void **state)
{
    static const struct {
        const char *body;
        enum usher_turn_kind kind;
        const char *shown;
    } cases[] = {
        {"{\"handler\":\"message\"}", USHER_TURN_MESSAGE, "message"},
        {"{\"handler\":\"trigger\"}", USHER_TURN_TRIGGER, "trigger"},
        {"{\"handler\":\"context\"}", USHER_TURN_CONTEXT, "context"},
        {"{\"handler\":\"failure\"}", USHER_TURN_FAILURE, "failure"},
        {"{\"message\":\"a\"}", USHER_TURN_MESSAGE, "message"},
        {"nonsense", USHER_TURN_UNREADABLE, "unreadable"},
    };
    struct world *w = *state;
    uint64_t prints[6];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char shown[64];

        take(w, cases[i].body);
        assert_int_equal(w->turn.kind, cases[i].kind);
        snprintf(shown, sizeof(shown), "\"kind\":\"%s\"", cases[i].shown);
        assert_int_equal(count_of(w, shown), 1);
        prints[i] = w->turn.fingerprint;
    }
    /* A visit is no empty message. */
    for (size_t i = 1; i < 4; i++)
        assert_true(prints[i] != prints[0] && prints[i] != prints[i - 1]);
}

static void a_payload_is_found_where_channels_put_it(void **state)
{
    static const struct {
        const char *body, *payload, *text;
    } cases[] = {
        {"{\"message\":{\"text\":\"t\",\"payload\":\"a\",\"action_value\":"
         "\"b\"},\"payload\":\"c\",\"action_value\":\"d\"}",
         "a", "t"},
        {"{\"message\":{\"text\":\"t\",\"action_value\":\"b\"},\"payload\":"
         "\"c\",\"action_value\":\"d\"}",
         "b", "t"},
        {"{\"message\":{\"text\":\"t\"},\"payload\":\"c\",\"action_value\":"
         "\"d\"}",
         "c", "t"},
        {"{\"message\":{\"value\":\"t\"},\"action_value\":\"d\"}", "d", "t"},
        {"{\"message\":{\"text\":\"t\",\"value\":\"u\"},\"payload\":{"
         "\"value\":7}}",
         "7", "t"},
        {"{\"message\":\"t\",\"value\":\"e\"}", "", "t"},
    };
    struct world *w = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        take(w, cases[i].body);
        expect_text(&w->turn.payload, cases[i].payload);
        expect_text(&w->turn.text, cases[i].text);
    }
}

/* The visitor's own country first, last the country of the zone. */
static void each_country_goes_before_all_behind_it(void **state)
{
    static const char *const regions[] = {"DE", "FR", "IT", "NP", "IN"};
    struct world *w = *state;

    for (size_t from = 0; from < sizeof(regions) / sizeof(regions[0]); from++) {
        struct usher_buffer body;
        char place[64];

        w->place.region = from <= 3 ? "NP" : NULL;
        usher_buffer_init(&body, 0);
        usher_buffer_printf(
            &body,
            "{\"visitor\":{%s%s\"id\":\"v\"},\"request\":{\"location\":{%s"
            "\"x\":1}}}",
            ID(0, "\"country_code\":\"de\","), ID(1, "\"country\":\"France\","),
            ID(2, "\"country\":\"IT\","));
        take_bytes(w, body.data, body.len);
        snprintf(place, sizeof(place),
                 "{\"region\":\"%s\",\"zone\":\"Asia/Kolkata\"}",
                 regions[from]);
        assert_int_equal(count_of(w, place), 1);
        usher_buffer_free(&body);
    }
    /* A country that nobody knows is none. */
    take(w, "{\"visitor\":{\"country_code\":\"??\",\"country\":\"IT\"}}");
    assert_int_equal(count_of(w, "\"region\":\"IT\""), 1);
}

static void a_visitors_plain_members_are_there(void **state)
{
    struct world *w = *state;

    take(w,
         "{\"visitor\":{\"a\":true,\"b\":false,\"c\":1,\"d\":1.5,\"e\":\"x\","
         "\"f\":\"\",\"g\":null,\"h\":[],\"i\":{}}}");
    assert_int_equal(count_of(w, "\"visitor\":{\"a\":true,\"b\":false,\"c\":1,"
                                 "\"d\":1.5,\"e\":\"x\"}"),
                     1);
}

static void each_kind_of_file_is_known(void **state)
{
    static const char *const kinds[][2] = {
        {"file", "file"},         {"files", "file"},
        {"attachment", "file"},   {"attachments", "file"},
        {"document", "file"},     {"media", "file"},
        {"upload", "file"},       {"file-upload", "file"},
        {"file_upload", "file"},  {"image", "image"},
        {"images", "image"},      {"picture", "image"},
        {"photo", "image"},       {"gif", "image"},
        {"video", "video"},       {"audio", "audio"},
        {"voice", "audio"},       {"sticker", "sticker"},
        {"location", "location"}, {"contact", "contact"},
        {"contacts", "contact"},  {"image/png", "image"},
        {"unheard", "file"},
    };
    struct world *w = *state;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        char body[128], shown[64];

        snprintf(body, sizeof(body),
                 "{\"file\":{\"type\":\"%s\",\"url\":\"http://x/a/b.pdf?c\"}}",
                 kinds[i][0]);
        take(w, body);
        snprintf(shown, sizeof(shown), "\"name\":\"b.pdf\",\"type\":\"%s\"",
                 kinds[i][1]);
        assert_int_equal(count_of(w, shown), 1);
    }
}

/* ---- prints ---- */

static void another_button_is_another_message(void **state)
{
    static const char *const bodies[] = {
        "{\"message\":{\"text\":\"a\",\"payload\":\"1\"}}",
        "{\"message\":{\"text\":\"a\",\"payload\":\"2\"}}",
        "{\"message\":{\"text\":\"a\"}}",
        "{\"message\":{\"text\":\"b\",\"payload\":\"1\"}}",
        "{\"message\":{\"text\":\"a1\"}}",
    };
    struct world *w = *state;
    uint64_t prints[5];

    for (size_t i = 0; i < 5; i++) {
        take(w, bodies[i]);
        prints[i] = w->turn.fingerprint;
        assert_true(w->turn.delivery == 0); /* no id, no delivery */
        for (size_t n = 0; n < i; n++)
            assert_true(prints[n] != prints[i]);
    }
}

static void a_delivery_is_an_id_with_its_words(void **state)
{
    static const char *const bodies[] = {
        "{\"message\":\"a\",\"request\":{\"id\":\"1\"}}",
        "{\"message\":\"a\",\"request\":{\"id\":\"2\"}}",
        "{\"message\":\"b\",\"request\":{\"id\":\"1\"}}",
    };
    struct world *w = *state;
    uint64_t deliveries[3];

    for (size_t i = 0; i < 3; i++) {
        take(w, bodies[i]);
        deliveries[i] = w->turn.delivery;
        for (size_t n = 0; n < i; n++)
            assert_true(deliveries[n] != deliveries[i]);
    }
    take(w, bodies[0]);
    assert_true(w->turn.delivery == deliveries[0]);
}

/* ---- bounds ---- */

static void an_id_of_a_request_has_128_bytes_at_most(void **state)
{
    struct world *w = *state;

    take_long(w, "{\"request\":{\"id\":\"%\"}}", 128);
    assert_int_equal(strlen(w->turn.request_id), 128);
    take_long(w, "{\"request\":{\"id\":\"%\"}}", 129);
    assert_string_equal(w->turn.request_id, "");
}

static void a_message_is_cut_at_10000_bytes_between_letters(void **state)
{
    static const struct {
        size_t count, len;
    } cases[] = {{9995, 9998}, {9997, 10000}, {9998, 9998}, {10000, 10000}};
    struct world *w = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        take_long(w, "{\"message\":{\"text\":\"%\xE2\x82\xAC\"}}",
                  cases[i].count);
        assert_int_equal(w->turn.text.len, cases[i].len);
        take_long(w, "{\"message\":{\"payload\":\"%\xE2\x82\xAC\"}}",
                  cases[i].count);
        assert_int_equal(w->turn.payload.len, cases[i].len);
    }
}

static void a_visitors_members_are_bounded(void **state)
{
    struct world *w = *state;
    struct usher_buffer body;

    take_long(w, "{\"visitor\":{\"a\":\"%\"}}", 2048);
    assert_int_equal(count_of(w, "\"visitor\":{\"a\":\"xx"), 1);
    take_long(w, "{\"visitor\":{\"a\":\"%\"}}", 2049);
    assert_int_equal(count_of(w, "\"visitor\":{}"), 1);
    take_long(w, "{\"visitor\":{\"%\":true}}", 128);
    assert_int_equal(count_of(w, "x\":true"), 1);
    take_long(w, "{\"visitor\":{\"%\":true}}", 129);
    assert_int_equal(count_of(w, "\"visitor\":{}"), 1);
    usher_buffer_init(&body, 0);
    usher_buffer_text(&body, "{\"visitor\":{");
    for (int i = 0; i < 65; i++)
        usher_buffer_printf(&body, "%s\"m%02d\":%d", i ? "," : "", i, i);
    usher_buffer_text(&body, "}}");
    take_bytes(w, body.data, body.len);
    assert_int_equal(count_of(w, "\"m"), 64 + 1); /* and "message" */
    assert_int_equal(count_of(w, "\"m63\":63"), 1);
    usher_buffer_free(&body);
}

static void what_else_comes_has_64_kib_together(void **state)
{
    static const char *const forms[] = {
        "{\"attachments\":[\"%\"]}", "{\"cause\":{\"a\":\"%\"}}",
        "{\"message\":{\"text\":\"t\",\"meta\":{\"a\":\"%\"}}}",
        "{\"answers\":{\"a\":\"%\"}}",
        "{\"answers\":\"{\\\"a\\\":\\\"%\\\"}\"}"};
    struct world *w = *state;

    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        take_long(w, forms[i], 60000);
        assert_true(w->shown.len > 60000);
        take_long(w, forms[i], 66000);
        assert_true(w->shown.len < 1000);
        /* The turn is whole all the same. */
        assert_int_equal(count_of(w, "\"zone\":\"Asia/Kolkata\""), 1);
    }
}

static void files_are_bounded(void **state)
{
    struct world *w = *state;
    struct usher_buffer body;

    for (size_t count = 16; count <= 17; count++) {
        usher_buffer_init(&body, 0);
        usher_buffer_text(&body, "{\"message\":{\"text\":\"\"},\"files\":[");
        for (size_t i = 0; i < count; i++)
            usher_buffer_printf(&body, "%s\"f%02zu.jpg\"", i ? "," : "", i);
        usher_buffer_text(&body, "]}");
        take_bytes(w, body.data, body.len);
        assert_int_equal(count_of(w, "\"type\":\"file\""), 16);
        assert_non_null(strstr(w->turn.files_shown.data, "f15.jpg]"));
        usher_buffer_free(&body);
    }
    take_long(w, "{\"file\":{\"name\":\"a\",\"url\":\"http://%\"}}", 2048 - 7);
    assert_int_equal(count_of(w, "\"url\":\"http://x"), 1);
    take_long(w, "{\"file\":{\"name\":\"a\",\"url\":\"http://%\"}}", 2049 - 7);
    assert_int_equal(count_of(w, "\"url\""), 0);
    assert_int_equal(count_of(w, "\"name\":\"a\""), 1);
    take_long(w, "{\"file\":{\"name\":\"%\xC3\xA9\"}}", 253);
    assert_int_equal(w->turn.files_shown.len, strlen("[file: ]") + 255);
    take_long(w, "{\"file\":{\"name\":\"%\xC3\xA9\"}}", 254);
    assert_int_equal(w->turn.files_shown.len, strlen("[file: ]") + 254);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_id_goes_before_all_behind_it),
        TEST(a_preview_is_known_whatever_its_place),
        TEST(each_handler_is_known),
        TEST(a_payload_is_found_where_channels_put_it),
        TEST(each_country_goes_before_all_behind_it),
        TEST(a_visitors_plain_members_are_there),
        TEST(each_kind_of_file_is_known),
        TEST(another_button_is_another_message),
        TEST(a_delivery_is_an_id_with_its_words),
        TEST(an_id_of_a_request_has_128_bytes_at_most),
        TEST(a_message_is_cut_at_10000_bytes_between_letters),
        TEST(a_visitors_members_are_bounded),
        TEST(what_else_comes_has_64_kib_together),
        TEST(files_are_bounded),
    };

    return cmocka_run_group_tests_name("turn_bound", tests, NULL, NULL);
}
