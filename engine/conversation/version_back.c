/* engine/conversation/version_back.c - versions that were rolled back from. */
#include "conversation/version_back.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Beside the credentials, as works-with: no new schema is needed. */
#define RECORD "rolled-back"

#define HASH_LEN 64

void usher_back_load(struct usher_store *store, struct usher_back *back)
{
    char *record = NULL;
    size_t len = 0;

    usher_buffer_init(&back->marked, 0);
    back->is_back = 0;
    if (usher_store_credential(store, RECORD, &record, &len) == USHER_OK)
        usher_buffer_append(&back->marked, record, len);
    free(record);
}

void usher_back_free(struct usher_back *back)
{
    usher_buffer_free(&back->marked);
}

static int is_among(const char *lines, const char *hash)
{
    return lines && strlen(hash) == HASH_LEN && strstr(lines, hash) != NULL;
}

int usher_back_is_marked(const struct usher_back *back, const char *hash)
{
    return is_among(back->marked.data, hash);
}

static void line_add(struct usher_buffer *lines, const char *hash)
{
    usher_buffer_text(lines, hash);
    usher_buffer_byte(lines, '\n');
}

/* The next line of a list; NULL: there is none. */
static const char *line_next(const char *at, char hash[HASH_LEN + 1])
{
    size_t len = at ? strcspn(at, "\n") : 0;

    if (len == 0)
        return NULL;
    snprintf(hash, HASH_LEN + 1, "%.*s", (int)len, at);
    return at + len + (at[len] == '\n');
}

/* Marks are replaced whole; where memory is short they stay as they were. */
static void marks_take(struct usher_back *back, struct usher_buffer *marked)
{
    if (marked->failed) {
        usher_buffer_free(marked);
        return;
    }
    usher_buffer_free(&back->marked);
    back->marked = *marked;
}

void usher_back_folder(struct usher_back *back, const char *hash)
{
    struct usher_buffer marked;
    char each[HASH_LEN + 1];

    back->is_back = 0;
    if (!usher_back_is_marked(back, hash))
        return;
    usher_buffer_init(&marked, 0);
    for (const char *at = back->marked.data; (at = line_next(at, each));)
        if (strcmp(each, hash) != 0)
            line_add(&marked, each);
    marks_take(back, &marked);
}

static int order_each(void *user, const char *hash, int64_t loaded_ms)
{
    (void)loaded_ms;
    line_add(user, hash);
    return 0;
}

enum usher_status usher_back_order(struct usher_store *store,
                                   struct usher_buffer *order)
{
    enum usher_status st = usher_store_versions(store, order_each, order);

    return st == USHER_OK && order->failed ? USHER_ERR_NOMEM : st;
}

static enum usher_status by_name(const char *order, const char *prefix,
                                 char found[65], struct usher_error *error)
{
    char each[HASH_LEN + 1];
    unsigned count = 0;

    for (const char *at = order; (at = line_next(at, each));) {
        if (strncmp(each, prefix, strlen(prefix)) != 0)
            continue;
        count++;
        memcpy(found, each, sizeof(each));
    }
    if (count == 1)
        return USHER_OK;
    usher_error_set(error, count ? "several versions begin so: give more of "
                                   "its digits"
                                 : "there is no such version; `usher versions` "
                                   "lists them");
    return USHER_ERR_NOT_FOUND;
}

static enum usher_status before(const struct usher_back *back,
                                const char *order, const char *live,
                                char found[65], struct usher_error *error)
{
    char each[HASH_LEN + 1];
    /* One that the store did not take is newer than all others. */
    int is_older = !is_among(order, live), passed = 0;

    for (const char *at = order; (at = line_next(at, each));) {
        if (is_older && !usher_back_is_marked(back, each)) {
            memcpy(found, each, sizeof(each));
            return USHER_OK;
        }
        passed |= is_older;
        is_older |= strcmp(each, live) == 0;
    }
    usher_error_set(error,
                    passed ? "there is no version before %.12s that was not "
                             "rolled back from; `usher versions` lists them "
                             "all, `usher rollback VERSION` takes any"
                           : "there is no version before %.12s to go back to; "
                             "`usher versions` lists them all",
                    live);
    return USHER_ERR_NOT_FOUND;
}

enum usher_status usher_back_find(const struct usher_back *back,
                                  const char *order, const char *prefix,
                                  const char *live, char found[65],
                                  struct usher_error *error)
{
    if (prefix[0])
        return by_name(order, prefix, found, error);
    return before(back, order, live, found, error);
}

void usher_back_rolled(struct usher_back *back, const char *order,
                       const char *live, const char *hash)
{
    struct usher_buffer marked;
    char each[HASH_LEN + 1];
    int is_newer = 1;

    usher_buffer_init(&marked, 0);
    if (!is_among(order, live))
        line_add(&marked, live);
    for (const char *at = order; (at = line_next(at, each));) {
        int is_it = strcmp(each, hash) == 0;

        is_newer &= !is_it;
        if (is_newer || (!is_it && usher_back_is_marked(back, each)))
            line_add(&marked, each);
    }
    marks_take(back, &marked);
    back->is_back = 1;
}

enum usher_status usher_commit_back(struct usher_commit *commit,
                                    const struct usher_back *back)
{
    return usher_commit_credential(commit, RECORD,
                                   back->marked.len ? back->marked.data : "\n",
                                   back->marked.len ? back->marked.len : 1);
}
