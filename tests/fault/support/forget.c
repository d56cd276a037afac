/* tests/fault/support/forget.c - what the disk has after a loss of power.
 *
 *   forget JOURNAL HOW SEED FOLDER...
 *     Takes from the files of the folders what layer.c noted and nobody
 *     synced, and prints how much that was. What was synced always stays:
 *       all    nothing else is there: neither data nor names of files
 *       names  the names are there (a new file, a rename), the data not
 *       data   the data are there, the names not
 *       some   the names up to some moment; of the data any writes, whole or
 *              the first sectors of them (SEED says which)
 *   forget count FILE
 *     Prints the counters of a process, "CLASS COUNT", and where it died. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal.h"

#define SECTOR 512
#define HALF 2

struct entry {
    struct journal_record record;
    const char *old;
    const char *new;
    int stays; /* survives: synced, or chosen; HALF */
};

static struct entry *entries;
static size_t entry_count;
static const char *journal_path;
static char *const *folders;
static unsigned long long seed;

static void fail(const char *what)
{
    perror(what);
    exit(2);
}

/* xorshift: the same everywhere. */
static unsigned roll(unsigned sides)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 11) % sides);
}

/* A path in a record is not terminated there. */
static const char *path_of(const char *text, uint32_t len)
{
    char *path = strndup(text, len);

    if (!path)
        fail("memory");
    return path;
}

static int is_name(const struct entry *entry)
{
    return entry->record.kind == JOURNAL_CREATE ||
           entry->record.kind == JOURNAL_RENAME ||
           entry->record.kind == JOURNAL_UNLINK;
}

static void read_journal(void)
{
    struct stat now;
    char *text, *at, *end;
    int fd = open(journal_path, O_RDONLY);

    if (fd < 0 || fstat(fd, &now) != 0)
        fail(journal_path);
    text = malloc((size_t)now.st_size + 1);
    if (!text || read(fd, text, (size_t)now.st_size) != now.st_size)
        fail(journal_path);
    close(fd);
    end = text + now.st_size;
    for (at = text; (size_t)(end - at) >= sizeof(struct journal_record);) {
        struct entry *entry;
        struct journal_record record;

        memcpy(&record, at, sizeof(record));
        at += sizeof(record);
        if ((size_t)(end - at) < (size_t)record.old_len + record.new_len)
            return; /* the kill cut it off: its change was not made */
        entries = realloc(entries, (entry_count + 1) * sizeof(*entries));
        if (!entries)
            fail("memory");
        entry = &entries[entry_count++];
        entry->record = record;
        entry->stays = 0;
        entry->old = at;
        entry->new = at + record.old_len;
        if (record.kind != JOURNAL_DATA && record.kind != JOURNAL_SYNC) {
            entry->old = path_of(at, record.old_len);
            entry->new = path_of(at + record.old_len, record.new_len);
        }
        at += record.old_len + record.new_len;
    }
}

static int lies_in(const char *path, const char *folder)
{
    size_t len = strlen(folder);

    return strncmp(path, folder, len) == 0 && path[len] == '/' &&
           !strchr(path + len + 1, '/');
}

/* What was synced after it was changed, stays. */
static void mark_synced(void)
{
    for (size_t i = 0; i < entry_count; i++) {
        const struct entry *sync = &entries[i];

        for (size_t j = 0; j < i; j++) {
            struct entry *entry = &entries[j];
            if (sync->record.kind == JOURNAL_SYNC &&
                entry->record.kind == JOURNAL_DATA &&
                entry->record.inode == sync->record.inode)
                entry->stays = 1;
            if (sync->record.kind == JOURNAL_NAMES && is_name(entry) &&
                lies_in(entry->old, sync->old))
                entry->stays = 1;
        }
    }
}

/* ---- What else survives ---- */

static void choose_names(const char *how)
{
    size_t open_count = 0, keep;

    for (size_t i = 0; i < entry_count; i++)
        open_count += is_name(&entries[i]) && !entries[i].stays;
    keep = strcmp(how, "names") == 0  ? open_count
           : strcmp(how, "some") == 0 ? roll((unsigned)open_count + 1)
                                      : 0;
    for (size_t i = 0; i < entry_count && keep; i++)
        if (is_name(&entries[i]) && !entries[i].stays) {
            entries[i].stays = 1;
            keep--;
        }
}

static void choose_data(const char *how)
{
    int is_all = strcmp(how, "data") == 0;
    int is_some = strcmp(how, "some") == 0;

    for (size_t i = 0; i < entry_count; i++) {
        struct entry *entry = &entries[i];
        if (entry->record.kind == JOURNAL_DATA && !entry->stays)
            entry->stays = is_all ? 1 : is_some ? (int)roll(3) : 0;
    }
}

/* ---- Doing it ---- */

/* The file with this number, wherever it is called now; -1: it is gone. */
static int open_inode(uint64_t inode)
{
    for (char *const *folder = folders; *folder; folder++) {
        DIR *open_folder = opendir(*folder);
        struct dirent *found;

        if (!open_folder)
            fail(*folder);
        while ((found = readdir(open_folder)) != NULL) {
            struct stat now;

            if (fstatat(dirfd(open_folder), found->d_name, &now, 0) == 0 &&
                now.st_ino == inode) {
                int fd = openat(dirfd(open_folder), found->d_name, O_RDWR);
                closedir(open_folder);
                return fd;
            }
        }
        closedir(open_folder);
    }
    return -1;
}

static void undo_name(const struct entry *entry)
{
    const char *first = entry->old, *second = entry->new;
    char was[PATH_MAX];

    snprintf(was, sizeof(was), JOURNAL_KEPT, journal_path,
             (long long)entry->record.at);
    if (entry->record.kind == JOURNAL_CREATE)
        unlink(first);
    if (entry->record.kind == JOURNAL_RENAME) {
        /* One that the kill forestalled has nothing to undo. */
        if (access(first, F_OK) != 0)
            rename(second, first);
        if (entry->record.at && access(second, F_OK) != 0)
            rename(was, second);
    }
    if (entry->record.kind == JOURNAL_UNLINK && entry->record.at &&
        access(first, F_OK) != 0)
        rename(was, first);
}

static void put(int fd, const char *data, size_t len, int64_t at, int64_t size)
{
    if ((len && pwrite(fd, data, len, at) != (ssize_t)len) ||
        ftruncate(fd, size) != 0)
        fail("pwrite");
}

static void undo_data(const struct entry *entry, int fd)
{
    put(fd, entry->old, entry->record.old_len, entry->record.at,
        entry->record.size_before);
}

/* is_half: only its first sectors, as when the power goes in between. */
static void do_data(const struct entry *entry, int fd, int is_half)
{
    struct stat now;
    size_t len = entry->record.new_len;
    int64_t size = entry->record.size_after;

    if (is_half && len > SECTOR)
        len = roll((unsigned)(len / SECTOR)) * SECTOR;
    fstat(fd, &now);
    if (entry->record.new_len && size < now.st_size)
        size = now.st_size; /* a cut before it did not survive */
    put(fd, entry->new, len, entry->record.at, size);
}

/* All open changes of one file: back to what is sure, then what survived. */
static void file_settle(size_t first)
{
    uint64_t inode = entries[first].record.inode;
    int fd = open_inode(inode);
    size_t last = first;

    if (fd < 0)
        return; /* its name was forgotten */
    for (size_t i = first; i < entry_count; i++)
        if (entries[i].record.kind == JOURNAL_DATA &&
            entries[i].record.inode == inode)
            last = i;
    for (size_t i = last + 1; i-- > first;)
        if (entries[i].record.kind == JOURNAL_DATA &&
            entries[i].record.inode == inode)
            undo_data(&entries[i], fd);
    for (size_t i = first; i <= last; i++)
        if (entries[i].record.kind == JOURNAL_DATA &&
            entries[i].record.inode == inode && entries[i].stays)
            do_data(&entries[i], fd, entries[i].stays == HALF);
    close(fd);
}

static void forget(void)
{
    size_t names = 0, data = 0;

    for (size_t i = entry_count; i-- > 0;)
        if (is_name(&entries[i]) && !entries[i].stays) {
            undo_name(&entries[i]);
            names++;
        }
    for (size_t i = 0; i < entry_count; i++) {
        size_t before = 0;

        if (entries[i].record.kind != JOURNAL_DATA)
            continue;
        data += !entries[i].stays;
        while (before < i &&
               (entries[before].record.kind != JOURNAL_DATA ||
                entries[before].record.inode != entries[i].record.inode))
            before++;
        if (before == i)
            file_settle(i);
    }
    printf("%zu names, %zu writes\n", names, data);
}

static int count(const char *file)
{
    static const char *const names[] = {POINT_NAMES};
    struct points points;
    int fd = open(file, O_RDONLY);

    if (fd < 0 || read(fd, &points, sizeof(points)) != sizeof(points))
        fail(file);
    for (int i = 1; i < POINT_CLASSES; i++)
        printf("%s %llu\n", names[i], (unsigned long long)points.count[i]);
    printf("killed %.*s\n", (int)sizeof(points.killed), points.killed);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "count") == 0)
        return count(argv[2]);
    if (argc < 5) {
        fputs("forget: see the head of forget.c\n", stderr);
        return 2;
    }
    journal_path = argv[1];
    folders = argv + 4;
    seed = strtoull(argv[3], NULL, 10) * 2654435761ULL + 88172645463325252ULL;
    read_journal();
    mark_synced();
    choose_names(argv[2]);
    choose_data(argv[2]);
    forget();
    return 0;
}
