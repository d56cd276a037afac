/* engine/conversation/turn_body.h - a webhook body on its way into a turn; for
 * turn.c, which reads it, and turn_input.c, which writes what flows see. */
#ifndef USHER_CONVERSATION_TURN_BODY_H
#define USHER_CONVERSATION_TURN_BODY_H

#include "conversation/turn.h"

struct turn_body {
    struct usher_turn *turn;
    const struct usher_json *json;
    const struct usher_json_node *root;    /* NULL: unreadable */
    const struct usher_json_node *inner;   /* its entity, else root */
    const struct usher_json_node *visitor; /* or NULL */
};

/* The member of this name; NULL: none, or node is no object or NULL. */
static inline const struct usher_json_node *
body_get(const struct turn_body *body, const struct usher_json_node *node,
         const char *name)
{
    return usher_json_get(body->json, node, name);
}

static inline int node_is(const struct usher_json_node *node,
                          enum usher_json_kind kind)
{
    return node && node->kind == kind;
}

/* The member of this name where it is an object, else NULL. */
static inline const struct usher_json_node *
body_object(const struct turn_body *body, const struct usher_json_node *node,
            const char *name)
{
    const struct usher_json_node *value = body_get(body, node, name);

    return node_is(value, USHER_JSON_OBJECT) ? value : NULL;
}

/* Up to its first zero byte; NULL where it is no string. */
static inline const char *node_text(const struct usher_json_node *node)
{
    return node_is(node, USHER_JSON_STRING) ? node->text : NULL;
}

/* Cuts at a character's border: UTF-8 continuation bytes go with theirs. */
static inline size_t body_cut(const char *text, size_t len, size_t max)
{
    if (len <= max)
        return len;
    while (max > 0 && ((unsigned char)text[max] & 0xc0) == 0x80)
        max--;
    return max;
}

/* turn_files.c: fills turn->files, and takes the names of files out of
 * turn->text. */
void turn_files_read(const struct turn_body *body);
/* turn_input.c: fills turn->input, once the rest of the turn is read. */
void turn_input_write(const struct turn_body *body,
                      const struct usher_turn_place *place);

#endif
