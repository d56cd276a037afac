/* engine/conversation/show_find.h - what a search of conversations looks for:
 * words in letters of any size, or a number however it is written. */
#ifndef USHER_CONVERSATION_SHOW_FIND_H
#define USHER_CONVERSATION_SHOW_FIND_H

#include "conversation/admin.h"
#include "conversation/conversation.h"

/* Zero-initialised before usher_find_set(); usher_find_free() frees it. */
struct usher_find {
    struct usher_buffer wanted;        /* small letters */
    struct usher_buffer digits;        /* the number, if it is one */
    struct usher_buffer text, figures; /* of the conversation at hand */
    struct usher_buffer keys;          /* of the tasks in which it stands */
    size_t key_count;
};

void usher_find_set(struct usher_find *find, const char *search);
/* Once, before usher_find_is_in(): in which tasks it stands. Blocks. */
USHER_MUST_USE enum usher_status usher_find_tasks(struct usher_find *find,
                                                  struct usher_store *store);
/* In its key, last messages, memory, its visitor as the flow at work was told
 * of them, or its tasks. */
int usher_find_is_in(struct usher_find *find, const struct conversation *conv);
int usher_find_failed(const struct usher_find *find); /* no memory */
void usher_find_free(struct usher_find *find);

#endif
