/* tests/unit/turn_world.h - a whole engine on one thread with flows given as
 * text, a clock that the test moves, and a web of one host, "http://out",
 * that counts what it is asked. */
#ifndef USHER_TESTS_TURN_WORLD_H
#define USHER_TESTS_TURN_WORLD_H

#include "conversation/stage.h"
#include "own_folder.h"

struct turn_flow {
    const char *path; /* "init.lua" */
    const char *text;
};

struct turn_world {
    struct usher_clock_manual time;
    struct usher_log *log;
    struct usher_version *version;
    struct usher_stage *stage;
    char folder[OWN_FOLDER_SIZE]; /* of the database; "": memory: */
    char database[96];
    char *settings[2]; /* see turn_world_with() */
    /* The web: requests so far, what the next ones get. */
    unsigned asked;
    char last[128];      /* body of the last request */
    char done[4096];     /* "POST /x\n" for each write that got 200 */
    const char *body;    /* NULL: "fine" */
    const char *refused; /* URLs with this end get 429, so many times */
    int refusals;
    unsigned chance; /* of a hundred that a write gets 429 */
    unsigned seed;   /* for that */
    unsigned status;
    int64_t delay_ms;
    int hang;
    /* Answers so far, and the last of them. */
    unsigned answers;
    char answer[64 * 1024];
    char logged[16384];
};

/* Sources in memory; for usher_version_release(). flows: ended by a NULL
 * path. */
struct usher_version *turn_version(const struct turn_flow *flows);

/* on_disk: a SQLite database in a new folder. */
struct turn_world *turn_world_new(const struct turn_flow *flows, int on_disk);
/* The same with a setting, "NAME=value" (borrowed), or NULL. */
struct turn_world *turn_world_with(const struct turn_flow *flows, int on_disk,
                                   char *setting);
void turn_world_free(struct turn_world *world);

/* Hands in a message; does not wait. id NULL: without a request id; key NULL:
 * a conversation of its own. */
void turn_say(struct turn_world *world, const char *key, const char *id,
              const char *text);
/* The same, without an id, as it arrives at this worker. */
void turn_say_at(struct turn_world *world, struct usher_worker *worker,
                 const char *key, const char *text);
/* A whole body. */
void turn_post(struct turn_world *world, const char *body);
/* A message, and everything that is due without time going by; gives the
 * answer's JSON, "" when there was none. */
const char *turn_ask(struct turn_world *world, const char *key,
                     const char *text);
/* Does what is due. */
void turn_settle(struct turn_world *world);
/* Time goes by, event after event. */
void turn_wait(struct turn_world *world, int64_t ms);
/* The process dies and starts again on the same database; what had been
 * answered or not is forgotten. Flows NULL: the same. */
void turn_crash(struct turn_world *world, const struct turn_flow *flows);
/* A row of the store's tasks as "state tries", or "none". */
const char *turn_task(struct turn_world *world, const char *name);

#endif
