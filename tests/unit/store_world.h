/* tests/unit/store_world.h - a store with its folder, loop and clock, and
 * short words for what the store's tests do with it. */
#ifndef USHER_TESTS_STORE_WORLD_H
#define USHER_TESTS_STORE_WORLD_H

#include <stddef.h>
#include <stdint.h>

#include "own_folder.h"
#include "store/store.h"

struct store_world {
    struct usher_clock_manual time; /* starts at 1,000,000 ms */
    struct usher_loop *loop;
    struct usher_store *store;
    struct usher_log *log;
    char folder[OWN_FOLDER_SIZE];
    const char *url;
    struct usher_error error; /* of the last opening */
    char logged[2048];        /* lines of the log */
};

/* A world with an open store in an empty folder. */
struct store_world *store_world_new(const char *url);
void store_world_free(struct store_world *world);
/* As a case's setup and teardown; *state is the world. */
int store_setup_memory(void **state);
int store_setup_sqlite(void **state);
int store_teardown(void **state);
#define STORE_MEMORY(test)                                               \
    {                                                                    \
        "memory: " #test, test, store_setup_memory, store_teardown, NULL \
    }
#define STORE_SQLITE(test)                                               \
    {                                                                    \
        "sqlite: " #test, test, store_setup_sqlite, store_teardown, NULL \
    }
/* On both backends: a case twice. */
#define STORE_BOTH(test) STORE_MEMORY(test), STORE_SQLITE(test)

/* Closing and opening again, as a restart does. */
enum usher_status store_world_open(struct store_world *world);
void store_world_close(struct store_world *world);
void store_world_reopen(struct store_world *world);
/* The path of a file in the folder, for the next call to overwrite. */
const char *store_world_path(struct store_world *world, const char *name);

/* Submits and waits for the decision. */
enum usher_status store_do(struct store_world *world,
                           struct usher_commit *commit);
/* One head, and a row of its number unless row is NULL. */
enum usher_status store_turn(struct store_world *world, const char *key,
                             int64_t expect, int64_t seq, const char *head,
                             const char *row);
struct usher_commit *store_commit(void);

/* "seq/head[seq:kind:data ...]" of what a load finds, or "error N", into a
 * text that lives until the next call. */
const char *store_seen(struct store_world *world, const char *key);
/* The same for a task: "1 + state/data[]". */
const char *store_task_seen(struct store_world *world, const char *id);

#endif
