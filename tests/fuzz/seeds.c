/* tests/fuzz/seeds.c - a fuzzer without libFuzzer: FUZZER FOLDER runs every
 * file of the folder and what is left of it when its end is cut off. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define CUTS_MAX 100 /* of one file */

/* A copy of exactly this size, so that reading beyond it is seen. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    FUZZ_CHECK(copy != NULL);
    memcpy(copy, data, size);
    (void)LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void run_file(const char *folder, const char *name)
{
    static uint8_t data[1024 * 1024];
    char path[1024];
    FILE *file;
    size_t size, step;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "rb");
    FUZZ_CHECK(file != NULL);
    size = fread(data, 1, sizeof(data), file);
    fclose(file);
    fprintf(stderr, "%s\n", path); /* said of a failure only */
    step = size / CUTS_MAX + 1;
    for (size_t cut = 0; cut < size; cut += step)
        run(data, cut);
    run(data, size);
    printf("ok %s\n", name);
}

int main(int argc, char **argv)
{
    struct dirent **found;
    int count;

    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    count = scandir(argv[1], &found, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        if (found[i]->d_name[0] != '.')
            run_file(argv[1], found[i]->d_name);
        free(found[i]);
    }
    if (count >= 0)
        free(found);
    return count < 0;
}
