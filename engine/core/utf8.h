/* engine/core/utf8.h - what is a UTF-8 character, what is plain ASCII. */
#ifndef USHER_CORE_UTF8_H
#define USHER_CORE_UTF8_H

#include <stddef.h>

/* Length of the character of several bytes that begins at `at`, 0 where there
 * is none (also for ASCII). Refuses what decoders disagree on: overlong forms,
 * surrogates, above U+10FFFF. left: bytes there are, at least 1. */
size_t usher_utf8_length(const unsigned char *at, size_t left);

/* How many bytes from `at` on stand for themselves in a JSON string and are
 * ASCII: neither control characters nor '"' nor '\\'. */
size_t usher_ascii_plain(const char *at, size_t left);

#endif
