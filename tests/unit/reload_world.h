/* tests/unit/reload_world.h - versions of a folder of flows on their way to be
 * live, for the stage's worker, and one more on a loop of its own that runs
 * only when the test lets it. Files can hold the loading thread at a gate:
 * gate.pass 'a', which gives how many letters have passed. */
#ifndef USHER_TESTS_RELOAD_WORLD_H
#define USHER_TESTS_RELOAD_WORLD_H

#include <semaphore.h>

#include "conversation/internal.h"
#include "conversation/reload.h"
#include "own_folder.h"
#include "turn_world.h"

#define RELOAD_INIT "return { flows = { { 'one', fallback = true } } }"

struct reload_world {
    struct turn_world *turns;
    struct usher_problems *problems;
    struct usher_worker *workers[2];
    size_t worker_count;
    struct usher_reload *reload;
    struct usher_script_module modules[32];
    size_t module_count;
    char folder[OWN_FOLDER_SIZE];
    unsigned wanted; /* states that workers asked for */
};

struct reload_heard {
    int count;
    enum usher_status status;
    int changed;
    struct usher_error error;
};

/* Waits until a file has come to the gate; to be posted for it to go on. The
 * names of those that came. */
void reload_gate_await(void);
extern sem_t reload_gate_opened;
extern char reload_passed[16];
/* States with their modules that were freed. */
extern atomic_uint reload_freed;

/* init.lua as above and one.lua, which says "first", are live. workers: 1 or
 * 2. on_disk: as for turn_world_new(). */
void reload_world_open(struct reload_world *world, size_t workers, int on_disk);
void reload_world_close(struct reload_world *world);
/* The process dies, and starts again on the same database and folder. */
void reload_world_crash(struct reload_world *world);

/* A file of the folder. */
void reload_save(const struct reload_world *world, const char *name,
                 const char *text);
const char *reload_live(const struct reload_world *world);
/* A usher_reload_fn for struct reload_heard. */
void reload_hear(void *user, enum usher_status status, int changed,
                 const struct usher_error *error);
/* Rounds of the control thread until that was heard. */
void reload_await(const struct reload_world *world,
                  const struct reload_heard *heard);
/* one.lua is this text, and is loaded because somebody asks for it: what he
 * hears. Everything is in the store then. */
struct reload_heard reload_edit(struct reload_world *world, const char *text);
/* A message whose turn may wait for a state; the answer. */
const char *reload_ask(struct reload_world *world, const char *key,
                       const char *text);
/* The second worker does what it was asked to. */
void reload_second(struct reload_world *world);
size_t reload_problems(const struct reload_world *world,
                       enum usher_problem code);
/* "hash hash " of the store's versions, each as many digits; newest first. */
const char *reload_stored(const struct reload_world *world, int digits);

#endif
