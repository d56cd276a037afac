/* engine/conversation/version_keep.c */
#include "conversation/version_keep.h"

#include <stdlib.h>

#include "conversation/reload.h"

/* A store that fails is tried after so long, twice as long each time. */
#define KEEP_FIRST_MS 1000
#define KEEP_LAST_MS 30000

struct keep {
    struct usher_keeper *keeper;
    struct usher_version *version; /* retained */
    int64_t loaded_ms;             /* 0: only the marks are to be written */
    int failed;                    /* to be tried again */
    struct keep *next;
};

static void keep_free(struct keep *keep)
{
    struct keep **at = &keep->keeper->keeps;

    while (*at != keep)
        at = &(*at)->next;
    *at = keep->next;
    usher_version_release(keep->version);
    free(keep);
}

void usher_keeper_clear(struct usher_keeper *keeper)
{
    usher_timer_cancel(keeper->loop, &keeper->timer);
    while (keeper->keeps)
        keep_free(keeper->keeps);
    usher_back_free(&keeper->back);
}

static void keeps_again(void *user);

static void kept(void *user, enum usher_status status)
{
    struct keep *keep = user;
    struct usher_keeper *keeper = keep->keeper;
    int64_t wait = keeper->wait_ms * 2;

    if (status == USHER_OK) {
        usher_version_set_kept(keep->version);
        keeper->wait_ms = 0;
        keep_free(keep);
        return;
    }
    keep->failed = 1;
    usher_log_event(keeper->shared->log, USHER_LOG_WARN, "reload",
                    keep->loaded_ms ? "a version is not in the store yet"
                                    : "a rollback is not in the store yet",
                    "version", usher_version_hash(keep->version), "reason",
                    usher_status_text(status), NULL);
    if (status == USHER_ERR_CLOSED)
        return;
    keeper->wait_ms = wait < KEEP_FIRST_MS  ? KEEP_FIRST_MS
                      : wait > KEEP_LAST_MS ? KEEP_LAST_MS
                                            : wait;
    usher_timer_set(keeper->loop, &keeper->timer, keeper->wait_ms, keeps_again,
                    keeper);
}

static void keep_submit(struct keep *keep)
{
    struct usher_commit *commit = usher_commit_new();
    enum usher_status st = USHER_ERR_NOMEM;
    size_t len;
    const char *archive = usher_version_archive(keep->version, &len);

    keep->failed = 0;
    if (commit)
        usher_commit_back(commit, &keep->keeper->back);
    if (commit && keep->loaded_ms) {
        usher_commit_version(commit, usher_version_hash(keep->version),
                             keep->loaded_ms, archive, len);
        usher_commit_trim(commit, USHER_VERSIONS_KEPT);
    }
    if (!commit || usher_store_submit(keep->keeper->shared->store, commit,
                                      keep->keeper->loop, kept, keep, &st))
        kept(keep, st);
}

static void keep_add(struct usher_keeper *keeper, struct usher_version *version,
                     int64_t loaded_ms)
{
    struct keep *keep = calloc(1, sizeof(*keep));
    struct keep **end = &keeper->keeps;

    if (!keep)
        return; /* the first flow that waits in it brings it along */
    keep->keeper = keeper;
    keep->version = usher_version_retain(version);
    keep->loaded_ms = loaded_ms;
    while (*end)
        end = &(*end)->next;
    *end = keep;
    keep_submit(keep);
}

void usher_keeper_add(struct usher_keeper *keeper,
                      struct usher_version *version, int64_t loaded_ms)
{
    usher_back_folder(&keeper->back, usher_version_hash(version));
    keep_add(keeper, version, loaded_ms);
}

void usher_keeper_back(struct usher_keeper *keeper,
                       struct usher_version *version)
{
    keep_add(keeper, version, 0);
}

/* In the order in which they were live. Where an older one was late, the one
 * that is live goes behind it: the last is the newest. Not one that a
 * rollback chose: that is older than they are. */
static void keeps_again(void *user)
{
    struct usher_keeper *keeper = user;
    const struct usher_publication *live =
        atomic_load(&keeper->shared->publication);
    const struct usher_version *late = NULL;
    struct keep *keep, *next;

    for (keep = keeper->keeps; keep; keep = next) {
        next = keep->next;
        if (!keep->failed)
            continue;
        if (keep->loaded_ms)
            late = keep->version;
        keep_submit(keep);
    }
    if (late && live && late != live->version && !keeper->back.is_back)
        usher_keeper_add(keeper, live->version,
                         usher_clock_wall_ms(keeper->shared->clock));
}
