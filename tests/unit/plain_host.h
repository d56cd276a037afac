/* tests/unit/plain_host.h - for fibers outside a conversation: every effect
 * happens at once and nothing is written down. */
#ifndef USHER_TESTS_PLAIN_HOST_H
#define USHER_TESTS_PLAIN_HOST_H

#include "script/effect.h"

extern const struct usher_effect_host plain_host;

#endif
