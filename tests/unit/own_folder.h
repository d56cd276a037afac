/* tests/unit/own_folder.h - a folder of a test's own. */
#ifndef USHER_TESTS_OWN_FOLDER_H
#define USHER_TESTS_OWN_FOLDER_H

enum { OWN_FOLDER_SIZE = 64 };

/* A new one, in TMPDIR; in /tmp where that is not set, or has so long a name
 * that a socket's would not fit behind it. Whoever made it removes it. */
void own_folder(char out[OWN_FOLDER_SIZE]);

#endif
