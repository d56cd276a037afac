/* engine/conversation/transcript.h - the last messages of a conversation, as
 * bytes outside the Lua heap. */
#ifndef USHER_CONVERSATION_TRANSCRIPT_H
#define USHER_CONVERSATION_TRANSCRIPT_H

#include <lua.h>

#include "core/buffer.h"

/* So many messages are kept, each cut at so many bytes. */
#define USHER_TRANSCRIPT_MAX 20
#define USHER_TRANSCRIPT_TEXT_MAX 1000

/* Entries one after the other: 'v' or 'b', length-prefixed text. */
struct usher_transcript {
    struct usher_buffer bytes;
    unsigned count;
};

void usher_transcript_init(struct usher_transcript *transcript);
void usher_transcript_free(struct usher_transcript *transcript);
/* who: 'v' visitor, 'b' bot. The oldest goes when there are too many. */
void usher_transcript_add(struct usher_transcript *transcript, char who,
                          const char *text, size_t len);
void usher_transcript_write(const struct usher_transcript *transcript,
                            struct usher_buffer *out);
/* Nonzero: its bytes are what it says. */
int usher_transcript_is_whole(const struct usher_transcript *transcript);
USHER_MUST_USE enum usher_status
usher_transcript_read(struct usher_transcript *transcript,
                      struct usher_reader *reader);
/* Appends what usher_transcript_push() pushes as plain data. */
void usher_transcript_encode(const struct usher_transcript *transcript,
                             struct usher_buffer *out);
/* Pushes { { who = "visitor"|"bot", text = ... }, ... }; may raise. */
void usher_transcript_push(lua_State *L,
                           const struct usher_transcript *transcript);

#endif
