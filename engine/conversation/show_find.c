/* engine/conversation/show_find.c - in which conversations something stands. */
#include "conversation/show_find.h"

#include <ctype.h>
#include <string.h>

#include "script/value.h"

#define TASKS_MAX 1000 /* conversations that are found by their tasks */
#define DIGITS_MIN 4   /* fewer are words, not a number */

/* ---- what stands in it ---- */

static int has(const struct usher_buffer *text, const struct usher_buffer *part)
{
    return part->len && text->len &&
           memmem(text->data, text->len, part->data, part->len) != NULL;
}

static void lower_add(struct usher_buffer *out, const char *text, size_t len)
{
    size_t start = out->len;

    usher_buffer_append(out, text, len);
    for (size_t i = start; i < out->len; i++)
        out->data[i] = (char)tolower((unsigned char)out->data[i]);
}

/* Figures that signs and blanks within a number keep apart stand together. */
static void figures_of(const char *text, size_t len, struct usher_buffer *out)
{
    usher_buffer_clear(out);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (isdigit(c))
            usher_buffer_byte(out, c);
        else if (!strchr(" -().+/", c) || !c)
            usher_buffer_byte(out, '|');
    }
}

static int stands(struct usher_find *find)
{
    if (has(&find->text, &find->wanted))
        return 1;
    if (!find->digits.len)
        return 0;
    figures_of(find->text.data, find->text.len, &find->figures);
    return has(&find->figures, &find->digits);
}

/* "098765 43210", "+91 98765 43210": a number as people write it. What stands
 * before its last ten figures, they may leave out. */
void usher_find_set(struct usher_find *find, const char *search)
{
    struct usher_buffer *digits = &find->digits;
    size_t begins = 0, len = strlen(search);

    lower_add(&find->wanted, search, len);
    if (search[strspn(search, "0123456789 -().+/")])
        return;
    figures_of(search, len, digits);
    while (begins < digits->len && digits->data[begins] == '0')
        begins++;
    if (digits->len > begins + 10)
        begins = digits->len - 10;
    if (digits->len < begins + DIGITS_MIN) {
        usher_buffer_clear(digits);
        return;
    }
    memmove(digits->data, digits->data + begins, digits->len - begins);
    digits->len -= begins;
}

static void value_add(struct usher_buffer *out, const char *bytes, size_t len)
{
    struct usher_reader reader;
    size_t start = out->len;

    if (!len)
        return;
    usher_reader_init(&reader, bytes, len);
    if (usher_value_to_json(out, &reader, NULL) != USHER_OK) {
        out->len = start;
        return;
    }
    for (size_t i = start; i < out->len; i++)
        out->data[i] = (char)tolower((unsigned char)out->data[i]);
}

/* Key, what was said, what is remembered, and the visitor as SalesIQ told
 * them in the turns that are kept. */
static void text_fill(const struct conversation *conv, struct usher_buffer *out)
{
    struct usher_reader reader;
    size_t len;

    usher_buffer_clear(out);
    lower_add(out, conv->key, conv->key_len);
    usher_reader_init(&reader, conv->transcript.bytes.data,
                      conv->transcript.bytes.len);
    for (unsigned i = 0; i < conv->transcript.count; i++) {
        const char *text;

        (void)usher_reader_byte(&reader);
        text = usher_reader_bytes(&reader, &len);
        usher_buffer_byte(out, '\n');
        lower_add(out, text, len);
    }
    usher_buffer_byte(out, '\n');
    value_add(out, conv->memory.data, conv->memory.len);
    if (conv->has_run &&
        usher_turn_input_find(conv->run.journal.data, conv->run.journal.len,
                              &reader)) {
        usher_buffer_byte(out, '\n');
        value_add(out, reader.at, (size_t)(reader.end - reader.at));
    }
}

/* ---- the tasks ---- */

static int is_of_task(const struct usher_find *find, const char *key,
                      size_t key_len)
{
    struct usher_reader reader;

    usher_reader_init(&reader, find->keys.data, find->keys.len);
    for (size_t i = 0; i < find->key_count; i++) {
        size_t len;
        const char *one = usher_reader_bytes(&reader, &len);

        if (len == key_len && memcmp(one, key, len) == 0)
            return 1;
    }
    return 0;
}

/* What a task was given names people who have ended their talk. */
static int task_each(void *user, const struct usher_task_row *row)
{
    struct usher_find *find = user;

    if (!row->conversation || !row->conversation_len)
        return 0;
    usher_buffer_clear(&find->text);
    lower_add(&find->text, row->data, row->data_len);
    if (stands(find) &&
        !is_of_task(find, row->conversation, row->conversation_len)) {
        usher_buffer_bytes(&find->keys, row->conversation,
                           row->conversation_len);
        find->key_count++;
    }
    return find->key_count == TASKS_MAX;
}

enum usher_status usher_find_tasks(struct usher_find *find,
                                   struct usher_store *store)
{
    unsigned all = 1u << USHER_TASK_READY | 1u << USHER_TASK_PAUSED |
                   1u << USHER_TASK_DEAD | 1u << USHER_TASK_DONE;

    return usher_store_tasks(store, all, task_each, find);
}

int usher_find_is_in(struct usher_find *find, const struct conversation *conv)
{
    if (is_of_task(find, conv->key, conv->key_len))
        return 1;
    text_fill(conv, &find->text);
    return stands(find);
}

int usher_find_failed(const struct usher_find *find)
{
    return find->wanted.failed || find->digits.failed || find->text.failed ||
           find->figures.failed || find->keys.failed;
}

void usher_find_free(struct usher_find *find)
{
    usher_buffer_free(&find->wanted);
    usher_buffer_free(&find->digits);
    usher_buffer_free(&find->text);
    usher_buffer_free(&find->figures);
    usher_buffer_free(&find->keys);
}
