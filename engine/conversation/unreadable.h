/* engine/conversation/unreadable.h - conversations that this version cannot
 * read. */
#ifndef USHER_CONVERSATION_UNREADABLE_H
#define USHER_CONVERSATION_UNREADABLE_H

#include "conversation/worker.h"

/* Looks at those that were told again, by way of the loop: the problem is over
 * where one can be read by now, or is gone. The loop outlives the store's
 * answers. */
void usher_unreadable_look(struct usher_shared *shared,
                           struct usher_loop *loop);

#endif
