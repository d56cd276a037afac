/* engine/conversation/answer.c - collects a turn's replies, writes them. */
#include "conversation/answer.h"

#include <string.h>

void usher_answer_init(struct usher_answer *answer)
{
    memset(answer, 0, sizeof(*answer));
    answer->replies.max = USHER_ANSWER_MAX;
    answer->spoken.max = USHER_ANSWER_MAX;
    answer->buttons.max = 64 * 1024;
    answer->input.max = 64 * 1024;
    answer->extra.max = 16 * 1024;
}

void usher_answer_clear(struct usher_answer *answer)
{
    answer->action = NULL;
    answer->reply_count = 0;
    answer->button_count = 0;
    usher_buffer_clear(&answer->replies);
    usher_buffer_clear(&answer->spoken);
    usher_buffer_clear(&answer->buttons);
    usher_buffer_clear(&answer->input);
    usher_buffer_clear(&answer->extra);
}

void usher_answer_rest(struct usher_answer *answer, size_t keep)
{
    usher_answer_clear(answer);
    usher_buffer_rest(&answer->replies, keep);
    usher_buffer_rest(&answer->spoken, keep);
    usher_buffer_rest(&answer->buttons, keep);
    usher_buffer_rest(&answer->input, keep);
    usher_buffer_rest(&answer->extra, keep);
}

void usher_answer_free(struct usher_answer *answer)
{
    usher_buffer_free(&answer->replies);
    usher_buffer_free(&answer->spoken);
    usher_buffer_free(&answer->buttons);
    usher_buffer_free(&answer->input);
    usher_buffer_free(&answer->extra);
}

static void spoken_add(struct usher_answer *answer, const char *text,
                       size_t len)
{
    if (answer->spoken.len)
        usher_buffer_byte(&answer->spoken, '\n');
    usher_buffer_append(&answer->spoken, text, len);
}

void usher_answer_text(struct usher_answer *answer, const char *text,
                       size_t len)
{
    if (answer->reply_count++)
        usher_buffer_byte(&answer->replies, ',');
    usher_buffer_json(&answer->replies, text, len);
    spoken_add(answer, text, len);
}

void usher_answer_card(struct usher_answer *answer, const char *json,
                       size_t len, const char *text, size_t text_len)
{
    if (answer->reply_count++)
        usher_buffer_byte(&answer->replies, ',');
    usher_buffer_append(&answer->replies, json, len);
    spoken_add(answer, text, text_len);
}

void usher_answer_button(struct usher_answer *answer, const char *label,
                         size_t label_len, const char *value, size_t value_len)
{
    answer->button_count++;
    usher_buffer_bytes(&answer->buttons, label, label_len);
    usher_buffer_bytes(&answer->buttons, value, value_len);
}

void usher_answer_member(struct usher_answer *answer, const char *name,
                         const char *json, size_t len)
{
    usher_buffer_printf(&answer->extra, ",\"%s\":", name);
    usher_buffer_append(&answer->extra, json, len);
}

int usher_answer_failed(const struct usher_answer *answer)
{
    return answer->replies.failed || answer->spoken.failed ||
           answer->buttons.failed || answer->input.failed ||
           answer->extra.failed;
}

static void buttons_write(const struct usher_answer *answer, int objects,
                          struct usher_buffer *out)
{
    struct usher_reader reader;
    size_t len;
    const char *text;

    usher_reader_init(&reader, answer->buttons.data, answer->buttons.len);
    usher_buffer_text(out, ",\"suggestions\":[");
    for (unsigned i = 0; i < answer->button_count; i++) {
        if (i)
            usher_buffer_byte(out, ',');
        if (objects)
            usher_buffer_text(out, "{\"text\":");
        text = usher_reader_bytes(&reader, &len);
        usher_buffer_json(out, text, len);
        text = usher_reader_bytes(&reader, &len);
        if (objects) {
            usher_buffer_text(out,
                              ",\"action_type\":\"reply\",\"action_value\":");
            usher_buffer_json(out, text, len);
            usher_buffer_byte(out, '}');
        }
    }
    usher_buffer_byte(out, ']');
}

void usher_answer_write(const struct usher_answer *answer, int objects,
                        const struct usher_buffer *before,
                        const char *nothing_said, struct usher_buffer *out)
{
    int early = before && before->len;

    usher_buffer_text(out, "{\"action\":\"");
    usher_buffer_text(out, answer->action ? answer->action : "reply");
    usher_buffer_text(out, "\",\"replies\":[");
    if (early)
        usher_buffer_append(out, before->data, before->len);
    if (early && answer->reply_count)
        usher_buffer_byte(out, ',');
    if (answer->reply_count)
        usher_buffer_append(out, answer->replies.data, answer->replies.len);
    else if (!early)
        usher_buffer_json(out, nothing_said, strlen(nothing_said));
    usher_buffer_byte(out, ']');
    /* SalesIQ ignores suggestions beside an input card. */
    if (answer->input.len) {
        usher_buffer_text(out, ",\"input\":");
        usher_buffer_append(out, answer->input.data, answer->input.len);
    } else if (answer->button_count) {
        buttons_write(answer, objects, out);
    }
    if (answer->extra.len)
        usher_buffer_append(out, answer->extra.data, answer->extra.len);
    usher_buffer_byte(out, '}');
}
