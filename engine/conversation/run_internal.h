/* engine/conversation/run_internal.h - what run.c and run_effects.c share: the
 * journal's entries. */
#ifndef USHER_CONVERSATION_RUN_INTERNAL_H
#define USHER_CONVERSATION_RUN_INTERNAL_H

#include "conversation/run.h"

struct run_entry {
    const char *name, *target, *values;
    size_t name_len, target_len, len;
    unsigned count;
};

/* Appends an entry; the cursor stands behind it. USHER_ERR_LIMIT (the journal
 * is full) or USHER_ERR_NOMEM: nothing is appended, and run->broken makes the
 * turn fail, whatever the flow does. */
enum usher_status run_entry_write(struct usher_run *run, const char *name,
                                  const char *target, size_t target_len,
                                  unsigned count, const void *values,
                                  size_t len);
/* Reads the entry at the cursor, borrowed from the journal; 0: damaged. */
int run_entry_read(struct usher_run *run, struct run_entry *entry);
/* The cursor is not at the journal's end yet. */
int run_replaying(const struct usher_run *run);
/* Pushes `count` encoded values; gives count. May raise. */
int run_values_push(lua_State *L, const char *values, size_t len,
                    unsigned count);
/* Reads counts_start into the occurrences; 0 without memory. */
int run_counts_read(struct usher_run *run);
/* Frees the job, started or not, without cancelling it. */
void run_job_free(struct usher_run *run);

#endif
