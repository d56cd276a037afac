/* engine/conversation/coverage.c - a set of steps from line to line for each
 * file. A line that ran is one that some step leads to. */
#include "conversation/coverage.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES 256

struct file {
    char *name;
    uint64_t *steps; /* from << 32 | to; open addressing, 0 is free */
    size_t count, size;
    struct file *next;
};

/* The line at which each activation of a function was last. Frames are used
 * again, and few are alive at once: what is forgotten costs one step. */
struct place {
    const void *frame;
    const struct file *file;
    int line;
};

struct usher_coverage {
    struct file *files;
    struct place places[FRAMES];
};

enum usher_status usher_coverage_new(struct usher_coverage **out)
{
    *out = calloc(1, sizeof(**out));
    return *out ? USHER_OK : USHER_ERR_NOMEM;
}

void usher_coverage_free(struct usher_coverage *coverage)
{
    struct file *file;

    if (!coverage)
        return;
    while ((file = coverage->files) != NULL) {
        coverage->files = file->next;
        free(file->steps);
        free(file->name);
        free(file);
    }
    free(coverage);
}

/* The last one found comes first: lines come in runs of one file. */
static struct file *file_find(struct usher_coverage *coverage, const char *name)
{
    struct file **at, *file;

    for (at = &coverage->files; (file = *at) != NULL; at = &file->next) {
        if (strcmp(file->name, name) != 0)
            continue;
        *at = file->next;
        file->next = coverage->files;
        coverage->files = file;
        return file;
    }
    file = calloc(1, sizeof(*file));
    if (!file)
        return NULL;
    file->name = strdup(name);
    if (!file->name) {
        free(file);
        return NULL;
    }
    file->next = coverage->files;
    coverage->files = file;
    return file;
}

static uint64_t *step_place(uint64_t *steps, size_t size, uint64_t step)
{
    size_t at = (size_t)((step * 0x9e3779b97f4a7c15ULL) >> 40) & (size - 1);

    while (steps[at] != 0 && steps[at] != step)
        at = (at + 1) & (size - 1);
    return &steps[at];
}

static int file_grow(struct file *file)
{
    size_t size = file->size ? file->size * 2 : 256;
    uint64_t *steps = calloc(size, sizeof(*steps));

    if (!steps)
        return 0;
    for (size_t i = 0; i < file->size; i++) {
        if (file->steps[i] != 0)
            *step_place(steps, size, file->steps[i]) = file->steps[i];
    }
    free(file->steps);
    file->steps = steps;
    file->size = size;
    return 1;
}

static void step_add(struct file *file, int from, int to)
{
    uint64_t step = (uint64_t)(unsigned)from << 32 | (unsigned)to;
    uint64_t *place;

    if (file->count * 2 >= file->size && !file_grow(file))
        return;
    place = step_place(file->steps, file->size, step);
    file->count += *place == 0;
    *place = step;
}

void usher_coverage_line(void *user, const char *source, int line,
                         const void *frame)
{
    struct usher_coverage *coverage = user;
    size_t slot = (size_t)((uintptr_t)frame >> 4) % FRAMES;
    struct place *place = &coverage->places[slot];
    struct file *file;
    int from;

    if (source[0] != '@' || line <= 0)
        return;
    file = file_find(coverage, source + 1);
    if (!file)
        return;
    from = place->frame == frame && place->file == file ? place->line : 0;
    step_add(file, from, line);
    place->frame = frame;
    place->file = file;
    place->line = line;
}

static void file_push(lua_State *L, const struct file *file)
{
    lua_newtable(L); /* file */
    lua_newtable(L); /* file lines */
    lua_newtable(L); /* file lines jumps */
    for (size_t i = 0; i < file->size; i++) {
        unsigned from = (unsigned)(file->steps[i] >> 32);
        unsigned to = (unsigned)(file->steps[i] & 0xffffffffu);
        char step[32];

        if (file->steps[i] == 0)
            continue;
        lua_pushboolean(L, 1);
        lua_rawseti(L, -3, to);
        lua_pushboolean(L, 1);
        snprintf(step, sizeof(step), "%u:%u", from, to);
        lua_setfield(L, -2, step);
    }
    lua_setfield(L, -3, "jumps");
    lua_setfield(L, -2, "lines");
}

void usher_coverage_push(lua_State *L, const struct usher_coverage *coverage)
{
    lua_newtable(L);
    for (struct file *file = coverage->files; file; file = file->next) {
        file_push(L, file);
        lua_setfield(L, -2, file->name);
    }
}
