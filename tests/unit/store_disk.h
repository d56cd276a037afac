/* tests/unit/store_disk.h - the disk under SQLite, as a test wants it: it
 * counts what is synced, holds a sync back, refuses a call. Waits for a locked
 * database take no time. For every store that is opened between disk_begin()
 * and disk_end(); any thread. */
#ifndef USHER_TESTS_STORE_DISK_H
#define USHER_TESTS_STORE_DISK_H

enum disk_call { DISK_NOTHING, DISK_READ, DISK_WRITE, DISK_SYNC };

void disk_begin(void);
/* What was opened is closed by then. */
void disk_end(void);

/* Syncs of the log that commits go to, so far; a sync of nothing is none. */
unsigned disk_syncs(void);
/* Nonzero: something stands in that log which no sync has covered. */
int disk_is_dirty(void);

/* From now on a sync of the log waits: until one may pass, or all. */
void disk_hold(void);
void disk_let_one(void);
void disk_go_on(void);
/* Nonzero: a sync waits now. */
int disk_is_held(void);

/* From the nth such call on (1: the next) all give SQLite's result code `rc`;
 * DISK_NOTHING: none does. Gives whether one was refused since the last time.
 */
int disk_refuse(enum disk_call call, unsigned nth, int rc);

/* Called at each wait for a database that another connection has locked; NULL:
 * nothing is. On the thread that waits. */
void disk_on_wait(void (*fn)(void *user), void *user);

#endif
