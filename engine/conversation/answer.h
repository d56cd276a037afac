/* engine/conversation/answer.h - what the bot answers to a turn, and its JSON
 * (zoho-protocol.md section 1.4). */
#ifndef USHER_CONVERSATION_ANSWER_H
#define USHER_CONVERSATION_ANSWER_H

#include "core/buffer.h"

/* All of a turn's replies together stay below this. */
#define USHER_ANSWER_MAX (256u * 1024)

struct usher_answer {
    const char *action;          /* "reply" when NULL; a literal */
    struct usher_buffer replies; /* JSON items, separated by commas */
    unsigned reply_count;
    struct usher_buffer spoken;  /* the replies' texts, one a line */
    struct usher_buffer buttons; /* label, value: length-prefixed pairs */
    unsigned button_count;
    struct usher_buffer input; /* an input card's JSON; "": none */
    struct usher_buffer extra; /* more members: `,"department":"..."` */
};

void usher_answer_init(struct usher_answer *answer);
void usher_answer_clear(struct usher_answer *answer); /* empty again */
/* Empties it; buffers above `keep` bytes give their memory back. */
void usher_answer_rest(struct usher_answer *answer, size_t keep);
void usher_answer_free(struct usher_answer *answer);

void usher_answer_text(struct usher_answer *answer, const char *text,
                       size_t len);
/* A reply object; json is trusted to be one. */
void usher_answer_card(struct usher_answer *answer, const char *json,
                       size_t len, const char *text, size_t text_len);
void usher_answer_button(struct usher_answer *answer, const char *label,
                         size_t label_len, const char *value, size_t value_len);
/* `,"name":json` beside action and replies. */
void usher_answer_member(struct usher_answer *answer, const char *name,
                         const char *json, size_t len);

/* Nonzero: a bound was exceeded or memory was short; what was said is cut. */
int usher_answer_failed(const struct usher_answer *answer);

/* Appends the JSON. objects: suggestions as {text, action_type, action_value}
 * instead of strings. before: JSON items to put first (undelivered replies),
 * may be NULL. An answer without a reply gets `nothing_said`. */
void usher_answer_write(const struct usher_answer *answer, int objects,
                        const struct usher_buffer *before,
                        const char *nothing_said, struct usher_buffer *out);

#endif
