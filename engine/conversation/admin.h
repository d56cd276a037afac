/* engine/conversation/admin.h - what /admin and the commands do: reload,
 * versions, tasks, conversations. On the control thread, or in a command when
 * no engine runs. Whoever may ask (ADMIN_GROUP) need not be allowed to read
 * `.env`: no answer has a secret. Each answer is JSON; an error is {"error":
 * "..."}.
 *
 *   POST reload                GET versions          GET version?hash=
 *   POST rollback?hash=        GET tasks             POST retry?id=
 *   GET conversations?limit=&search=   GET conversation?key=   GET turns?key=
 *   GET settings: without the secrets (settings_show.h)
 *
 * hash, id: at least 6 digits of it. */
#ifndef USHER_CONVERSATION_ADMIN_H
#define USHER_CONVERSATION_ADMIN_H

#include "conversation/reload.h"

struct usher_admin {
    struct usher_store *store;
    const struct usher_clock *clock;
    struct usher_loop *loop; /* nobody else's, to wait for the store with; must
                              * outlive it: its threads may still be about to
                              * wake the loop when the answer is there */
    struct usher_shared *shared; /* NULL: no engine runs, only the store is
                                  * there; reload and rollback are refused */
    struct usher_reload *reload; /* likewise */
    /* Reads .env again; notes: JSON texts, separated by commas. May be NULL. */
    void (*settings)(void *control, struct usher_buffer *notes);
};

struct usher_admin_ask {
    int post;
    const char *name; /* "reload", "versions", ... */
    const char *hash; /* these five may be NULL */
    const char *id;
    const char *key;
    const char *limit;
    const char *search;
};

/* What an HTTP request below /admin/ asks; borrows from it. */
void usher_admin_read(const struct usher_request *request,
                      struct usher_admin_ask *ask);
/* Does it and writes the answer. Gives the HTTP status. Blocks for the
 * store. */
unsigned usher_admin_answer(const struct usher_admin *admin,
                            const struct usher_admin_ask *ask,
                            struct usher_buffer *out);
/* POST reload and rollback, below /admin/, of a running engine: done() gets the
 * HTTP status when the version is live or refused, maybe at once; `out` has the
 * answer then. 0: it is another call. */
typedef void usher_admin_done(void *user, unsigned status);
int usher_admin_load(const struct usher_admin *admin,
                     const struct usher_request *request,
                     struct usher_buffer *out, usher_admin_done *done,
                     void *user);
/* admin_search.c: the listings of a running engine, one after the other, with
 * the loop's other work in between. Zero-initialised but for `loop`. */
struct usher_searches {
    struct usher_loop *loop;
    struct search *first;
    struct usher_timer timer;
};
/* GET conversations, as usher_admin_load(). */
int usher_admin_search(struct usher_searches *searches,
                       const struct usher_admin *admin,
                       const struct usher_admin_ask *ask,
                       struct usher_buffer *out, usher_admin_done *done,
                       void *user);
/* Who still waits is told that the engine ends. */
void usher_searches_stop(struct usher_searches *searches);
/* {"error": why}; gives the status. */
unsigned usher_admin_fail(struct usher_buffer *out, unsigned status,
                          const char *why);

/* Where a running engine on the database of this URL (DATABASE_URL, or the
 * simulator's beside it) listens for the commands: at ADMIN_SOCKET, else beside
 * that database. 0 where there is no such place (memory:, a path too long). */
int usher_admin_socket(const struct usher_config *config, const char *url,
                       char *out, size_t size);
/* Where one listens that was started before ADMIN_SOCKET was set. */
int usher_admin_socket_beside(const struct usher_config *config,
                              const char *url, char *out, size_t size);

/* show.c: a conversation as JSON {key, flow, version, waits, memory,
 * messages}. USHER_ERR_NOT_FOUND; USHER_ERR_PARSE: damaged, or of a format to
 * come. */
USHER_MUST_USE enum usher_status
usher_conversation_show(const struct usher_admin *admin, const char *key,
                        struct usher_buffer *out);
/* show_list.c: the last ones as JSON {conversations: [{key, turns, touched_at,
 * flow?, waits, first?}], looked, most}, at most `limit`; or {key, turns,
 * touched_at, unreadable}. search: those in whose key, last messages, memory,
 * current flow's visitor or tasks it stands, in letters of any size, a number
 * however it is written; of the last `most` conversations. NULL: all.
 * Gives 0, or the status of what is wrong, and then no listing. */
struct usher_listing;
USHER_MUST_USE unsigned usher_listing_new(const struct usher_admin *admin,
                                          const char *limit, const char *search,
                                          struct usher_buffer *out,
                                          struct usher_listing **listing);
/* Looks at some more, for a few ms; nonzero: that was all. */
USHER_MUST_USE int usher_listing_step(struct usher_listing *listing);
/* Ends the answer, gives its status and frees the listing; free() alone leaves
 * the answer unfinished. */
unsigned usher_listing_end(struct usher_listing *listing);
void usher_listing_free(struct usher_listing *listing);
/* show_turns.c: all its turns as JSON {key, turns: [{flow, input, answer}]}, or
 * {unreadable: true} for one that cannot be read. USHER_ERR_NOT_FOUND. */
USHER_MUST_USE enum usher_status
usher_conversation_turns(const struct usher_admin *admin, const char *key,
                         struct usher_buffer *out);

#endif
