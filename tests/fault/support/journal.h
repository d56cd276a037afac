/* tests/fault/support/journal.h - what layer.c notes of each change to a
 * file and forget.c reads: enough to undo it and to do it again.
 *
 * A record stands in the journal before its change is made; one that was cut
 * off by the kill was not made. Old and new bytes follow it, or two paths. */
#ifndef FAULT_JOURNAL_H
#define FAULT_JOURNAL_H

#include <stdint.h>

enum journal_kind {
    JOURNAL_DATA = 1, /* old bytes at `at` become the new ones */
    JOURNAL_SYNC,     /* the file's data are on the disk */
    JOURNAL_CREATE,   /* path */
    JOURNAL_RENAME,   /* path, second path; `at`: number of what it replaced */
    JOURNAL_UNLINK,   /* path; `at`: number of what was removed */
    JOURNAL_NAMES     /* path: this folder's names are on the disk */
};

struct journal_record {
    uint32_t kind;
    uint32_t old_len; /* of the old bytes, or of the path */
    uint32_t new_len; /* of the new bytes, or of the second path */
    uint32_t unused;
    uint64_t inode;
    int64_t at;
    int64_t size_before;
    int64_t size_after;
};

/* What a rename or an unlink takes away is kept as JOURNAL.NUMBER. */
#define JOURNAL_KEPT "%s.%lld"

/* The counters, shared with the harness through a file: "CLASS COUNT" lines
 * are printed from it by `forget count`. */
enum point_class {
    POINT_NONE,
    POINT_STORE,
    POINT_ENV,
    POINT_ZOHO,
    POINT_VISITOR,
    POINT_CLASSES
};
#define POINT_NAMES "", "store", "env", "zoho", "visitor"

struct points {
    uint64_t count[POINT_CLASSES];
    char killed[200]; /* where, in words */
};

#endif
