/* engine/net/listen_owner.c - finds the process behind a listening port:
 * /proc/net/tcp gives the socket's inode, /proc/PID/fd the one who has it. */
#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "net/listen_owner.h"

enum { TCP_STATE_LISTEN = 0x0A, PATH_SIZE = 300 };

/* The inode in one line of /proc/net/tcp if it listens on port, else 0. */
static uint64_t line_inode(const char *line, uint16_t port)
{
    unsigned local_port, state;
    uint64_t inode;
    int fields;

    fields = sscanf(line,
                    " %*d: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*x:%*x "
                    "%*x:%*x %*x %*u %*u %" SCNu64,
                    &local_port, &state, &inode);
    if (fields != 3 || state != TCP_STATE_LISTEN || local_port != port)
        return 0;
    return inode;
}

static uint64_t table_inode(const char *path, uint16_t port)
{
    FILE *file = fopen(path, "re");
    char line[512];
    uint64_t inode = 0;

    if (file == NULL)
        return 0;
    while (inode == 0 && fgets(line, sizeof(line), file) != NULL)
        inode = line_inode(line, port);
    fclose(file);
    return inode;
}

static int process_has(const char *pid, const char *link)
{
    char path[PATH_SIZE], target[64];
    DIR *dir;
    struct dirent *entry;
    int found = 0;

    snprintf(path, sizeof(path), "/proc/%s/fd", pid);
    dir = opendir(path);
    if (dir == NULL)
        return 0;
    while (!found && (entry = readdir(dir)) != NULL) {
        ssize_t len =
            readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);

        if (len <= 0)
            continue;
        target[len] = '\0';
        found = strcmp(target, link) == 0;
    }
    closedir(dir);
    return found;
}

static void process_describe(const char *pid, char *out, size_t size)
{
    char path[PATH_SIZE], name[64] = "a process";
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%s/comm", pid);
    file = fopen(path, "re");
    if (file != NULL) {
        if (fgets(name, sizeof(name), file) != NULL)
            name[strcspn(name, "\n")] = '\0';
        fclose(file);
    }
    snprintf(out, size, "%s (pid %s)", name, pid);
}

int usher_listen_owner(uint16_t port, char *out, size_t size)
{
    char link[64];
    uint64_t inode = table_inode("/proc/net/tcp", port);
    struct dirent *entry;
    DIR *proc;
    int found = 0;

    if (inode == 0)
        inode = table_inode("/proc/net/tcp6", port);
    if (inode == 0)
        return 0;
    snprintf(link, sizeof(link), "socket:[%" PRIu64 "]", inode);
    proc = opendir("/proc");
    if (proc == NULL)
        return 0;
    while (!found && (entry = readdir(proc)) != NULL) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        found = process_has(entry->d_name, link);
        if (found)
            process_describe(entry->d_name, out, size);
    }
    closedir(proc);
    return found;
}
