/* tests/unit/own_folder.c - a folder of a test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "own_folder.h"

void own_folder(char out[OWN_FOLDER_SIZE])
{
    const char *in = getenv("TMPDIR");

    if (!in || strlen(in) > OWN_FOLDER_SIZE - sizeof("/usher-XXXXXX"))
        in = "/tmp";
    snprintf(out, OWN_FOLDER_SIZE, "%s/usher-XXXXXX", in);
    assert_non_null(mkdtemp(out));
}
