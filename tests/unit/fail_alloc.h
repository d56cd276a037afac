/* tests/unit/fail_alloc.h - lets the N-th allocation of the library fail.
 *
 * The test programs are linked with --wrap for malloc, calloc, realloc, strdup
 * and strndup; what other libraries allocate, for themselves or for us
 * (asprintf(), realpath()), neither fails nor counts. One thread at a time. */
#ifndef USHER_TESTS_FAIL_ALLOC_H
#define USHER_TESTS_FAIL_ALLOC_H

#include <stddef.h>

/* From now on the nth allocation (from 1) fails, the ones after it succeed. 0
 * switches it off. */
void fail_alloc_at(unsigned long nth);

/* Switches it off; 1 if that allocation was reached, so that
 *   for (n = 1;; n++) { fail_alloc_at(n); ...; if (!fail_alloc_off()) break; }
 * goes through them all. */
int fail_alloc_off(void);

/* Counts anew from here; then, the most bytes that the library had at a time of
 * what it took since. What it frees of before makes that no less. */
void fail_alloc_count(void);
size_t fail_alloc_most(void);
/* What it took since and has still. */
size_t fail_alloc_held(void);

/* From now on blocks that the library frees are looked through for this text;
 * NULL switches it off. How many held it still: a secret that is not wiped. */
void fail_alloc_look_for(const char *text);
size_t fail_alloc_left_behind(void);

#endif
