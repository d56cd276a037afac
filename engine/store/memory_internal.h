/* engine/store/memory_internal.h - what the memory backend keeps. */
#ifndef USHER_STORE_MEMORY_INTERNAL_H
#define USHER_STORE_MEMORY_INTERNAL_H

#include "store/memory_table.h"
#include "store/store_internal.h"

#define MEMORY_SHARDS 64 /* bits of a uint64_t */

struct memory_row {
    struct memory_row *next; /* the next older */
    int64_t seq;
    uint32_t len;
    char kind;
    char data[];
};

/* One allocation: the struct, the key, the head and a little room for it to
 * grow in. seq 0: only rows came yet. */
struct memory_conversation {
    struct table_entry entry; /* first */
    struct memory_row *rows;  /* the newest first */
    int64_t seq;
    int64_t keep_from;
    int64_t updated_ms;
    uint64_t pin; /* memory_pin() of the version it waits in */
    uint32_t head_len;
    uint32_t head_cap;
    char bytes[]; /* key, head */
};

/* A task, version or credential: the operation that wrote it, as it came. */
struct memory_record {
    struct table_entry entry; /* first */
    int64_t updated_ms;
    uint64_t stamp; /* counts writes: the order of equal times */
    struct store_op op;
};

struct memory_shard {
    _Alignas(64) pthread_mutex_t lock;
    struct table conversations;
};

struct memory_store {
    struct usher_store base; /* first */
    struct memory_shard shards[MEMORY_SHARDS];
    pthread_mutex_t lock; /* the records' */
    struct table tasks;
    struct table versions;
    struct table credentials;
    uint64_t stamp;
    int64_t loaded_ms;  /* of the newest version */
    unsigned forget_at; /* the shard to look at first */
};

static inline struct memory_shard *memory_shard_of(struct memory_store *store,
                                                   uint64_t hash)
{
    return &store->shards[hash >> 58];
}

static inline struct table *memory_records(struct memory_store *store,
                                           enum store_what what)
{
    return what == STORE_TASK      ? &store->tasks
           : what == STORE_VERSION ? &store->versions
                                   : &store->credentials;
}

/* All of the commit, or nothing. */
enum usher_status memory_commit(struct memory_store *store,
                                struct usher_commit *commit);
/* Looks at a bounded number of shards, on from where the last call ended. */
void memory_forget(struct memory_store *store, int64_t before_ms,
                   int64_t latest_ms);
/* A number that stands for a version's hash; 0 for "". */
uint64_t memory_pin(const struct memory_store *store, const char *version);
/* Deletes versions but the newest `keep` and the pinned ones. */
void memory_trim(struct memory_store *store, size_t keep);
void memory_conversation_free(struct table_entry *entry);
void memory_record_free(struct table_entry *entry); /* wipes credentials */

/* The reading half of the backend (memory_read.c). */
int memory_load(struct usher_store *store, enum store_what what,
                const char *key, size_t key_len, struct usher_loop *loop,
                usher_load_fn *fn, void *user);
enum usher_status memory_tasks(struct usher_store *store, unsigned state_mask,
                               int (*each)(void *user,
                                           const struct usher_task_row *),
                               void *user);
enum usher_status memory_versions(struct usher_store *store,
                                  int (*each)(void *user, const char *hash,
                                              int64_t loaded_ms),
                                  void *user);
enum usher_status memory_record(struct usher_store *store, enum store_what what,
                                const char *name, char **out, size_t *len);
enum usher_status memory_conversations(struct usher_store *store, size_t limit,
                                       int (*each)(void *user, const char *key,
                                                   size_t key_len, int64_t seq,
                                                   int64_t updated_ms),
                                       void *user);
enum usher_status
memory_journal(struct usher_store *store, const char *key, size_t key_len,
               int (*each)(void *user, const struct usher_stored_row *),
               void *user);

#endif
