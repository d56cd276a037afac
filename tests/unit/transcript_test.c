/* tests/unit/transcript_test.c - the last messages of a conversation, as flows
 * see them live and in a replay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conversation/transcript.h"
#include "script/script.h"
#include "script/value.h"

static void shown(const struct usher_transcript *transcript,
                  struct usher_buffer *out)
{
    struct usher_buffer value;
    struct usher_reader reader;
    struct usher_error error;

    usher_buffer_init(&value, 0);
    usher_buffer_init(out, 0);
    usher_transcript_encode(transcript, &value);
    usher_reader_init(&reader, value.data, value.len);
    assert_int_equal(usher_value_to_json(out, &reader, &error), USHER_OK);
    usher_buffer_free(&value);
}

static void twenty_are_kept_the_last_ones(void **state)
{
    struct usher_transcript transcript;
    struct usher_buffer text;

    (void)state;
    usher_transcript_init(&transcript);
    for (int i = 1; i <= 21; i++) {
        char word[16];

        snprintf(word, sizeof(word), "m%d", i);
        usher_transcript_add(&transcript, i % 2 ? 'v' : 'b', word,
                             strlen(word));
        assert_int_equal(transcript.count, i < 20 ? i : 20);
        assert_true(usher_transcript_is_whole(&transcript));
    }
    shown(&transcript, &text);
    assert_memory_equal(text.data, "[{\"text\":\"m2\",\"who\":\"bot\"},", 27);
    assert_string_equal(text.data + text.len - 32,
                        ",{\"text\":\"m21\",\"who\":\"visitor\"}]");
    usher_buffer_free(&text);
    usher_transcript_free(&transcript);
}

static void a_message_is_cut_between_letters(void **state)
{
    static const struct {
        size_t before; /* letters of one byte in front of one of two */
        size_t len;    /* of what is kept */
    } cases[] = {{997, 1000}, {998, 1000}, {999, 999}, {1000, 1000}};
    char text[1004];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct usher_transcript transcript;
        struct usher_reader reader;
        const char *kept;
        size_t len;

        memset(text, 'x', sizeof(text));
        memcpy(text + cases[i].before, "\xC3\xA9", 2);
        usher_transcript_init(&transcript);
        usher_transcript_add(&transcript, 'v', text, sizeof(text));
        usher_reader_init(&reader, transcript.bytes.data, transcript.bytes.len);
        assert_int_equal(usher_reader_byte(&reader), 'v');
        kept = usher_reader_bytes(&reader, &len);
        assert_int_equal(len, cases[i].len);
        assert_memory_equal(kept, text, len);
        usher_transcript_free(&transcript);
    }
}

/* What a flow gets live, and in a replay from the journal. */
static void live_and_replayed_it_is_the_same(void **state)
{
    struct usher_script_options options = {.limits =
                                               usher_script_limits_default()};
    struct usher_script *script;
    struct usher_transcript transcript;
    struct usher_buffer value, live;
    struct usher_error error;
    lua_State *L;

    (void)state;
    assert_int_equal(usher_script_new(&options, &script, &error), USHER_OK);
    L = usher_script_lua(script);
    usher_transcript_init(&transcript);
    usher_transcript_add(&transcript, 'v', "hi", 2);
    usher_transcript_add(&transcript, 'b', "hello\n", 6);
    usher_transcript_add(&transcript, 'v', "", 0);
    usher_buffer_init(&value, 0);
    usher_buffer_init(&live, 0);
    usher_transcript_encode(&transcript, &value);
    usher_transcript_push(L, &transcript);
    assert_int_equal(usher_value_encode(L, -1, &live, "it", &error), USHER_OK);
    assert_int_equal(live.len, value.len);
    assert_memory_equal(live.data, value.data, live.len);
    usher_buffer_free(&value);
    usher_buffer_free(&live);
    usher_transcript_free(&transcript);
    usher_script_free(script);
}

static void it_is_kept_as_bytes(void **state)
{
    struct usher_transcript transcript, read;
    struct usher_buffer bytes;
    struct usher_reader reader;

    (void)state;
    usher_transcript_init(&transcript);
    usher_transcript_init(&read);
    usher_transcript_add(&transcript, 'v', "hi", 2);
    usher_transcript_add(&transcript, 'b', "hello", 5);
    usher_buffer_init(&bytes, 0);
    usher_transcript_write(&transcript, &bytes);
    usher_reader_init(&reader, bytes.data, bytes.len);
    assert_int_equal(usher_transcript_read(&read, &reader), USHER_OK);
    assert_true(reader.at == reader.end);
    assert_int_equal(read.count, 2);
    assert_memory_equal(read.bytes.data, transcript.bytes.data,
                        transcript.bytes.len);
    read.count = 3;
    assert_false(usher_transcript_is_whole(&read));
    read.count = 1;
    assert_false(usher_transcript_is_whole(&read));
    bytes.data[0] = 21;
    usher_reader_init(&reader, bytes.data, bytes.len);
    assert_int_equal(usher_transcript_read(&read, &reader), USHER_ERR_PARSE);
    usher_buffer_free(&bytes);
    usher_transcript_free(&transcript);
    usher_transcript_free(&read);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twenty_are_kept_the_last_ones),
        cmocka_unit_test(a_message_is_cut_between_letters),
        cmocka_unit_test(live_and_replayed_it_is_the_same),
        cmocka_unit_test(it_is_kept_as_bytes),
    };

    return cmocka_run_group_tests_name("transcript", tests, NULL, NULL);
}
