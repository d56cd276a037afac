/* tests/mutate/support/plain_alloc.c - memory for the shared library.
 *
 * libusher.so is linked with --wrap as the unit tests are; a program without
 * tests/unit/fail_alloc.c has these. */
#include <stdlib.h>
#include <string.h>

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *old);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t most);

void *__wrap_malloc(size_t size)
{
    return malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return realloc(old, size);
}

void __wrap_free(void *old)
{
    free(old);
}

char *__wrap_strdup(const char *text)
{
    return strdup(text);
}

char *__wrap_strndup(const char *text, size_t most)
{
    return strndup(text, most);
}
