/* engine/conversation/reload.h - versions on the control thread: read the
 * flows folder, build a state for every worker aside, publish all with one
 * pointer; any error keeps the old version (design.md section 6). */
#ifndef USHER_CONVERSATION_RELOAD_H
#define USHER_CONVERSATION_RELOAD_H

#include "conversation/version_back.h"
#include "conversation/worker.h"

/* So many versions stay in the store, and those that flows wait in. */
#define USHER_VERSIONS_KEPT 50

struct usher_reload;

struct usher_reload_options {
    struct usher_shared *shared;               /* with its workers */
    struct usher_loop *loop;                   /* the control thread's */
    const char *folder;                        /* the flows folder; copied */
    const struct usher_script_module *modules; /* borrowed, lives on */
    size_t module_count;
    struct usher_config *config; /* retained */
};

/* What is live, and what was wrong with the last edit. Text for people. */
struct usher_reload_status {
    char hash[65];     /* "": none yet */
    int64_t loaded_ms; /* Unix */
    uint64_t reloads;  /* published since the start */
    uint64_t refused;  /* edits that were refused */
    char note[256];    /* what is odd about the live one; "": nothing */
    char error[1024];  /* of the last edit; "": it is live */
};

USHER_MUST_USE enum usher_status
usher_reload_new(const struct usher_reload_options *options,
                 struct usher_reload **out);
/* Changed settings (retained), for the checks of versions to come. */
void usher_reload_configure(struct usher_reload *reload,
                            struct usher_config *config);
/* The names that the live flows have declared; until the next version is
 * live. Control thread. */
const char *const *usher_reload_settings(const struct usher_reload *reload,
                                         size_t *count);
/* Which versions were rolled back from. Control thread. */
const struct usher_back *usher_reload_back(const struct usher_reload *reload);
/* The settings in use: those of the last usher_reload_configure(). Borrowed
 * until the next one. Control thread. */
const struct usher_config *
usher_reload_config(const struct usher_reload *reload);
/* After the workers were freed. */
void usher_reload_free(struct usher_reload *reload);

/* What came of it. USHER_OK also when nothing changed. On error the old version
 * stays, and error says file, line, the line's text. USHER_ERR_CLOSED: the
 * engine stops. */
typedef void usher_reload_fn(void *user, enum usher_status status, int changed,
                             const struct usher_error *error);

/* Reads the folder, which blocks some milliseconds, and makes it live: its
 * states are built on a thread of their own. Then, or at once, done(user, ...)
 * is called (NULL: nobody asks). What the folder holds by now takes the place
 * of what is being built of it: whoever waits hears of that. Control thread. */
void usher_reload_now(struct usher_reload *reload, usher_reload_fn *done,
                      void *user);
/* The watcher saw something: the same, unless the files are what they were
 * when they were last read. (A rollback is not undone by an editor's backup
 * file, a refused edit not reported twice.) 0: they could not be read; to be
 * called again in a while. */
int usher_reload_folder_changed(struct usher_reload *reload);
/* Settings have changed, and the workers have them: an edit that was refused
 * may have waited for one. */
void usher_reload_again(struct usher_reload *reload);
/* Makes the version of this hash (a prefix of at least 6 digits) from the
 * store live; "": the one before, passing over those that were rolled back
 * from (version_back.h). The folder stays as it is, and wins again once it
 * changes. What is asked for before is done before. done as above. Control
 * thread. */
void usher_reload_rollback(struct usher_reload *reload, const char *hash,
                           usher_reload_fn *done, void *user);
/* No version any more: what is being built is stopped, who waits is told.
 * Before the workers are freed; twice is fine. */
void usher_reload_stop(struct usher_reload *reload);
/* The first version, at start, on this thread: the folder, else, where that is
 * broken, the newest version of the store (error tells what is wrong with the
 * folder). */
USHER_MUST_USE enum usher_status usher_reload_first(struct usher_reload *reload,
                                                    struct usher_error *error);
/* For want_state; any thread. */
void usher_reload_want_state(struct usher_reload *reload, size_t worker,
                             const char *hash);
/* Any thread. */
void usher_reload_status(struct usher_reload *reload,
                         struct usher_reload_status *out);

#endif
