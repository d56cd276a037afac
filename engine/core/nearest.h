/* engine/core/nearest.h - the word that somebody probably meant. */
#ifndef USHER_CORE_NEAREST_H
#define USHER_CORE_NEAREST_H

#include <stddef.h>

/* Letters that must be added, left out, changed or swapped with their
 * neighbour to make one word the other; upper and lower case are the same.
 * Words above 64 bytes are far from everything. */
size_t usher_word_distance(const char *a, const char *b);
/* How far a word may be from a known one to be meant as it: longer ones more.
 */
size_t usher_word_reach(const char *word);

#endif
