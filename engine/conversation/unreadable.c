/* engine/conversation/unreadable.c - conversations whose stored bytes this
 * version cannot read: told while they are there. Nothing is written over
 * them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conversation/conversation.h"
#include "conversation/unreadable.h"

#define KNOWN_MAX 10000 /* more are not counted: each costs every load */
#define LOOK_MAX 100    /* at a time */

static void count_again(struct usher_shared *shared)
{
    atomic_store(&shared->unreadable,
                 usher_problems_count(shared->problems,
                                      USHER_PROBLEM_CONVERSATION_UNREADABLE));
}

void unreadable_seen(struct usher_shared *shared, const char *key,
                     size_t key_len, enum usher_status status)
{
    size_t told = atomic_load(&shared->unreadable);
    char subject[USHER_KEY_MAX + 1];

    if (status != USHER_ERR_PARSE && (status != USHER_OK || !told))
        return;
    if (status == USHER_ERR_PARSE && told >= KNOWN_MAX)
        return;
    snprintf(subject, sizeof(subject), "%.*s", (int)key_len, key);
    if (status == USHER_OK)
        usher_problem_end(shared->problems,
                          USHER_PROBLEM_CONVERSATION_UNREADABLE, subject);
    else
        usher_problem_raise(shared->problems,
                            USHER_PROBLEM_CONVERSATION_UNREADABLE, subject,
                            NULL, NULL);
    count_again(shared);
}

struct conversation *conversation_scratch(const char *key, size_t key_len)
{
    struct conversation *conv = calloc(1, sizeof(*conv));

    if (!conv)
        return NULL;
    usher_transcript_init(&conv->transcript);
    usher_run_init(&conv->run, NULL, "", conv, NULL);
    memcpy(conv->key, key, key_len);
    conv->key_len = key_len;
    return conv;
}

/* ---- looked at again ---- */

struct look {
    struct usher_shared *shared;
    char key[USHER_KEY_MAX + 1];
};

/* One that is gone (RETENTION_DAYS, a person) reads as an empty one. */
static void looked(void *user, enum usher_status status,
                   const struct usher_stored_conversation *found)
{
    struct look *look = user;
    size_t len = strlen(look->key);
    struct conversation *conv = conversation_scratch(look->key, len);

    if (conv && status == USHER_OK)
        unreadable_seen(look->shared, look->key, len, head_read(conv, found));
    if (conv)
        conversation_memory_free(conv);
    free(look);
}

struct subjects {
    struct usher_shared *shared;
    struct look *list[LOOK_MAX];
    size_t count;
    size_t skip; /* those that were looked at before */
};

static int subject_copy(void *user, const char *subject)
{
    struct subjects *subjects = user;
    struct look *look;

    if (subjects->count == LOOK_MAX)
        return 1;
    if (subjects->skip) {
        subjects->skip--;
        return 1;
    }
    look = calloc(1, sizeof(*look));
    if (!look)
        return 1;
    look->shared = subjects->shared;
    snprintf(look->key, sizeof(look->key), "%s", subject);
    subjects->list[subjects->count++] = look;
    return 1;
}

void usher_unreadable_look(struct usher_shared *shared, struct usher_loop *loop)
{
    struct subjects subjects = {.shared = shared,
                                .skip = shared->unreadable_looked};

    if (!atomic_load(&shared->unreadable))
        return;
    usher_problems_end(shared->problems, USHER_PROBLEM_CONVERSATION_UNREADABLE,
                       subject_copy, &subjects);
    shared->unreadable_looked += LOOK_MAX;
    if (subjects.count < LOOK_MAX) /* all, by now */
        shared->unreadable_looked = 0;
    for (size_t i = 0; i < subjects.count; i++)
        (void)usher_store_load(shared->store, subjects.list[i]->key,
                               strlen(subjects.list[i]->key), loop, looked,
                               subjects.list[i]);
}
