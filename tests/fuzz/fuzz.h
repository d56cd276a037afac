/* tests/fuzz/fuzz.h - what the fuzzers share.
 *
 * A fuzzer is one function that is given bytes. It may neither crash nor break
 * one of its FUZZ_CHECKs, whatever the bytes are. `make fuzz` looks for bytes
 * that do (clang's libFuzzer), `make test` runs the seeds (seeds.c). */
#ifndef USHER_TESTS_FUZZ_H
#define USHER_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include <lua.h>

#include "core/buffer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program with a stack trace where `what` does not hold. */
#define FUZZ_CHECK(what) \
    ((what) ? (void)0 : fuzz_fail(#what, __FILE__, __LINE__))
_Noreturn void fuzz_fail(const char *what, const char *file, int line);

/* An input of several parts, which stand apart by lines "--". */
struct fuzz_input {
    const char *at;
    size_t left;
};

/* The next part, "" behind the last one: a copy for free() with a zero byte
 * behind it. */
char *fuzz_next(struct fuzz_input *input, size_t *len);

/* A number below `below`, of the input's next byte; 0 behind the last one. */
unsigned fuzz_number(struct fuzz_input *input, unsigned below);

int fuzz_same(const struct usher_buffer *a, const struct usher_buffer *b);
int fuzz_is_utf8(const char *text, size_t len);

/* A Lua state for the whole process. */
lua_State *fuzz_lua(void);
/* Pushes the value in these bytes. 0: they are none, or nothing was left to
 * read; then nothing is pushed. *used is how many were read. */
int fuzz_decode(lua_State *L, const void *data, size_t len, size_t *used);

#endif
