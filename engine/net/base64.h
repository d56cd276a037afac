/* engine/net/base64.h - strict decoding of standard Base64. */
#ifndef USHER_NET_BASE64_H
#define USHER_NET_BASE64_H

#include <stddef.h>

/* Decodes exactly len characters: alphabet of RFC 4648 section 4, padded, no
 * line breaks, no stray bits. out has room for len / 4 * 3 bytes. Gives the
 * number of bytes, or -1. */
long usher_base64_decode(const char *text, size_t len, unsigned char *out);

#endif
