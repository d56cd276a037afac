/* engine/conversation/turn.h - one webhook call as data: the body is read
 * once, here (zoho-protocol.md section 1, and the older shape with session_id).
 *
 * Whatever is wrong with a body, there is a turn: `problem` says for the log
 * what was wrong. */
#ifndef USHER_CONVERSATION_TURN_H
#define USHER_CONVERSATION_TURN_H

#include <stddef.h>
#include <stdint.h>

#include "core/buffer.h"
#include "core/json.h"
#include "core/place.h"
#include "core/zone.h"
#include "core/status.h"

/* A usable id is 1 to 128 bytes; the key has its source before it. */
#define USHER_KEY_MAX 144
/* Message text is cut here, at a character's border. */
#define USHER_TEXT_MAX 10000

enum usher_turn_kind {
    USHER_TURN_MESSAGE,
    USHER_TURN_TRIGGER, /* a visitor came; nothing was said */
    USHER_TURN_CONTEXT, /* answers to questions that SalesIQ asked */
    USHER_TURN_FAILURE, /* what the bot answered before could not be done */
    USHER_TURN_UNREADABLE
};

struct usher_turn {
    enum usher_turn_kind kind;
    /* "siq:310000000045001", its source before the id; not terminated. */
    char key[USHER_KEY_MAX];
    size_t key_len;       /* 0: no usable id; found by nothing again */
    char request_id[129]; /* "" when there is none */
    int preview;          /* botpreview_: cannot be handed over */
    int64_t received_ms;  /* Unix time */
    uint64_t fingerprint; /* of kind, text and payload */
    uint64_t delivery;    /* of request_id and fingerprint; 0: no id */
    struct usher_buffer text;
    struct usher_buffer payload;
    /* What was sent beside the text, none mostly: as plain data, a list of
     * {name?, type, url?}; and as people read it: "[file: photo.jpg]". Names
     * of files are in no text. */
    struct usher_buffer files;
    struct usher_buffer files_shown;
    /* The turn as plain data (script/value.h): {answers?, at, attachments?,
     * cause?, files?, forwarded?, kind, meta?, payload?, place, preview?, text,
     * visitor}. at: Unix seconds, a float; place: {region?, zone}; forwarded:
     * of a failure, see usher_turn_set_forwarded(). */
    struct usher_buffer input;
    size_t forwarded_at; /* where input has it; 0: nowhere */
    char problem[160];   /* "" when the body was fine */
    /* The same without what depends on the body's bytes, for
     * usher_log_limited(); a constant. */
    const char *problem_kind;
};

/* Where a visitor is thought to be when the call does not say. */
struct usher_turn_place {
    const struct usher_places *places;
    struct usher_zones *zones; /* of this thread */
    const char *zone;          /* TIME_ZONE, else the machine's; IANA */
    const char *region;        /* DEFAULT_REGION; NULL: the zone's country */
    const char *zone_region;   /* the country of `zone`; NULL: none */
    /* A visitor's zone that nobody knows; may be NULL. */
    void (*zone_unknown)(void *user, const char *zone);
    void *user;
    struct usher_json *json; /* of this thread, too */
};

/* Fills turn; USHER_ERR_NOMEM leaves nothing to free. The body is not kept. */
USHER_MUST_USE enum usher_status
usher_turn_parse(struct usher_turn *turn, const char *body, size_t len,
                 int64_t received_ms, const struct usher_turn_place *place);
void usher_turn_clear(struct usher_turn *turn);
/* Files came and not a word beside them. */
static inline int usher_turn_is_wordless(const struct usher_turn *turn)
{
    return turn->files.len && !turn->text.len && !turn->payload.len;
}
/* Of a failure: whether what could not be done was a forward, as the
 * conversation knows it. Until then it is as the call says. */
void usher_turn_set_forwarded(struct usher_turn *turn, int forwarded);
const char *usher_turn_kind_text(enum usher_turn_kind kind);

#endif
